"""`derive.decide`: one equation, of our formulas or of SymPy's."""

from __future__ import annotations

import pytest
import sympy as sp

import derive
from derive import (
    EVERY,
    D,
    Sum,
    decide,
    define,
    diag,
    equal,
    exp,
    indices,
    log,
    one_hot,
    outer,
    positive,
    scalar,
    size,
    vector,
)
from derive.formula.tree import Expr, WrittenError

K = size("K")
i, j, k, c = indices("i j k c", K)
z, t = vector("z", K), vector("t", K)
x, p = scalar("x"), scalar("p")
y = define("y", i, exp(z[i]) / Sum(k, exp(z[k])))
loss = define("L", -Sum(i, t[i] * log(y[i])))


@pytest.mark.parametrize(
    ("verdict", "name"),
    [
        (decide(D(exp(2 * x), x), 2 * exp(2 * x)), "proved"),
        (decide(D(exp(2 * x), x), exp(2 * x)), "refuted"),
        (decide(log(exp(x)), x), "proved"),
        (decide(exp(log(p)), p, assuming=[positive(p)]), "proved"),
        (decide(x / x, 1), "conditional"),
        (decide(2 * x, 2), "refuted"),
        (decide(D(y, z), diag(y) - outer(y, y), K=4), "proved"),
        (decide(D(loss, z[j]), y[j] - t[j]), "refuted"),
        (decide(D(loss, z[j]), y[j] - t[j], assuming=[equal(Sum(k, t[k]), 1)]), "proved"),
        (decide(loss, -log(y[c]), assuming=[one_hot(t, c)]), "proved"),
        (decide(x ** scalar("a"), x ** scalar("a") + 1), "unknown"),
    ],
)
def test_verdicts(verdict: derive.Verdict, name: str) -> None:
    assert verdict.name == name


def test_a_verdict_says_itself() -> None:
    assert [repr(v) for v in (decide(x, x), decide(x / x, 1), decide(D(x**2, x), x))] == [
        "Proved(1 instance)", "Conditional(where x ≠ 0)", "Refuted(x = 1: left 2, right 1)",
    ]  # fmt: skip
    assert repr(decide(y, y)) == "Proved(3 instances)"
    assert repr(decide(x**x, 1)).startswith("Unknown(the power x**x")


def test_a_verdict_is_not_a_bool() -> None:
    with pytest.raises(TypeError, match="a verdict is not a bool"):
        assert decide(x, x)


def test_sides_speak_of_the_same_indices() -> None:
    with pytest.raises(WrittenError, match="index j is free"):
        decide(y[i], y[j])
    with pytest.raises(WrittenError, match="one is an array, the other a scalar"):
        decide(y, y[i])


def test_sympy_is_read() -> None:
    a, b, s, t = sp.symbols("a b s t")
    q = sp.Symbol("q", positive=True)
    assert decide(sp.diff(sp.tanh(a), a), 1 - sp.tanh(a) ** 2).name == "proved"
    assert decide((a + b) ** 2, a**2 + b**2).name == "refuted"
    assert decide(sp.exp(sp.log(q)), q).name == "proved"
    assert decide(a * (s + t), a, assuming=[sp.Eq(s + t, 1)]).name == "proved"
    assert decide(sp.log(a * b, evaluate=False), sp.log(a) + sp.log(b), assuming=[a > 0, b > 0]).name == "proved"
    assert decide(0, a - a).name == "proved"
    with pytest.raises(TypeError, match="cannot be compared"):
        decide(a, "a")


def test_from_sympy_is_public_and_lazy() -> None:
    assert derive.from_sympy(sp.exp(sp.Symbol("a"))) == exp(scalar("a"))
    with pytest.raises(AttributeError, match="no attribute"):
        _ = derive.nothing


def test_what_is_too_large_is_unknown() -> None:
    deep: Expr = x
    wide: Expr = x
    for _ in range(3000):
        deep = exp(deep)
    for _ in range(40):  # 2^40 symbols, of which only 40 are different
        wide = wide * wide + 1
    for formula in (deep, wide):
        verdict = decide(formula, x)
        assert isinstance(verdict, derive.Unknown)
        assert "a formula" in verdict.reason
    named = x
    for n in range(25):  # of degree 2^25
        named = define(f"a{n}", named * named + 1)
    assert decide(D(named, x), x).name == "unknown"
    assert decide((1 + x) ** 10**6, x).name == "unknown"


def test_an_unknown_function_of_sympys() -> None:
    a = sp.Symbol("a")
    f = sp.Function("f")
    assert decide(sp.Derivative(a * f(a), a), f(a) + a * sp.Derivative(f(a), a)).name == "proved"


def test_for_every_k() -> None:
    assert decide(D(Sum(k, exp(z[k])), z[j]), exp(z[j]), K=EVERY).name == "proved"
    assert decide(x / x, 1, K=EVERY).name == "conditional"
    assert decide(Sum(k, z[k]), z[1], K=EVERY).name == "refuted"
