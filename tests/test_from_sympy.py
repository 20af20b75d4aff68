"""SymPy expressions as formulas: what is read, and what is refused with a reason."""

from __future__ import annotations

import subprocess
import sys

import pytest
import sympy as sp

from derive import decide
from derive.concrete.from_sympy import ReadingError, from_sympy, hypotheses_from_sympy, read_sympy
from derive.formula.notation import scalar, vector
from derive.formula.tree import Size

K = sp.Symbol("K", integer=True, positive=True)
i, j, k, m = sp.symbols("i j k m", integer=True)
x, p, q = sp.symbols("x p q")
z, t = sp.IndexedBase("z"), sp.IndexedBase("t")
f = sp.Function("f")
S = sp.Sum(sp.exp(z[k]), (k, 1, K))

READ = [
    (sp.Rational(-3, 4) * x / p**2, "-3*x/(4*p**2)"),
    (sp.Integer(-2), "-2"),
    (1 / x, "1/x"),
    (sp.exp(-x), "exp(-x)"),
    (sp.E, "exp(1)"),
    (sp.log(p) + sp.tanh(x), "log(p) + tanh(x)"),
    (S, "Sum(k, exp(z[k]))"),
    (sp.exp(z[k]) / S, "exp(z[k])/Sum(k', exp(z[k']))"),
    (sp.Derivative(sp.exp(z[k]) / S, z[k]), "D(exp(z[k])/Sum(k', exp(z[k'])), z[k])"),
    (sp.Sum(z[k], (k, 0, K - 1)), "Sum(k, z[k])"),
    (sp.Sum(z[k], (k, 0, K - 1)) + z[0], "z[1] + Sum(k, z[k])"),
    (sp.Sum(z[k], (k, 1, 3)), "z[1] + z[2] + z[3]"),
    (sp.Sum(z[k] * t[j], (k, 1, K), (j, 1, K)), "Sum(j, Sum(k, t[j]*z[k]))"),
    (sp.KroneckerDelta(i, j) * z[i], "z[i]*delta(i, j)"),
    (sp.Piecewise((1, sp.Eq(i, j)), (0, True)) * z[i] * z[j], "z[i]*z[j]*delta(i, j)"),
    (sp.Piecewise((z[i], sp.Eq(i, j)), (0, True)) * z[j], "z[j]*by_cases(i, j, same=z[i], distinct=0)"),
    (sp.Derivative(f(x), x), "D(f(x), x)"),
    (sp.Derivative(x**3, (x, 2)), "D(D(x**3, x), x)"),
    (f(x**2).diff(x), "2*x*f.prime(x**2)"),
]


@pytest.mark.parametrize(("expression", "written"), READ, ids=str)
def test_what_is_read(expression: sp.Expr, written: str) -> None:
    assert repr(from_sympy(expression)) == written


def test_a_size_is_a_number_where_a_range_says_so() -> None:
    (average, _), _ = read_sympy([x / K, S])
    assert Size("K") in set(average.walk())
    assert Size("K") not in set(from_sympy(x / K).walk())


REFUSED = [
    (sp.Float(0.5) * x, "rounded number"),
    (sp.sqrt(x), "exponent 1/2 is not an integer"),
    (x**p, "exponent p is not an integer"),
    (sp.sin(x), r"sin\(x\) \(sin\) is outside"),
    (sp.Abs(x), "outside of what is read"),
    (sp.Max(x, p), "outside of what is read"),
    (sp.pi * x, "Pi"),
    (sp.zoo, "divided by zero"),
    (sp.nan, "divided by zero"),
    (sp.I * x, "outside"),
    (sp.Integral(x, x), "outside"),
    (k * z[k], "index k is used as a number"),
    (z[0] + 1, "subscripts begin with 1"),
    (z[k + 1], "single letter or a number"),
    (sp.Sum(z[k], (k, 2, K)), "runs from 2"),
    (sp.Sum(z[k], (k, 1, K + 1)), r"runs to K \+ 1"),
    (sp.Sum(z[k], (k, 0, K - 1)) + sp.Sum(t[m], (m, 1, K)), "count from 1 everywhere"),
    (sp.Sum(z[k], (k, 1, 10**6)), "give the size a name"),
    (sp.Sum(z[k], (k, 1, K)) + sp.Sum(z[k], (k, 1, sp.Symbol("N"))), "must agree"),
    (f(x, p), "one argument"),
    (sp.Function("exp")(x), "not SymPy's own exp"),
    (x + sp.Symbol("x", positive=True), "two different symbols"),
    (sp.Symbol("z") + z[1], "plain symbol elsewhere"),
    (sp.Piecewise((x, x > 0), (0, True)), "only cases i = j"),
    (sp.MatrixSymbol("A", 2, 2)[0, 0], "matrices are read as entries"),
    (sp.Subs(sp.Derivative(x**2, x), x, p), "put the value in"),
    (sp.Derivative(f(x), f(x)), "neither a symbol nor Indexed"),
    (sp.Symbol("a b"), "is not a name"),
    (sp.Symbol("A", commutative=False), "does not commute"),
]


@pytest.mark.parametrize(("expression", "reason"), REFUSED, ids=str)
def test_what_is_refused(expression: sp.Expr, reason: str) -> None:
    with pytest.raises(ReadingError, match=reason):
        from_sympy(expression)


def test_text_is_never_evaluated() -> None:
    with pytest.raises(ReadingError, match="text is never evaluated"):
        from_sympy("__import__('os').getcwd()")


def test_names_are_put_in() -> None:
    logits = vector("z", Size("K"))
    odd = sp.Symbol("odd name")
    assert repr(from_sympy(odd + sp.Symbol("z1"), {odd: scalar("a"), sp.Symbol("z1"): logits[1]})) == "a + z[1]"


def test_shapes_and_idx_give_ranges() -> None:
    N = sp.Symbol("N", integer=True)
    rows = sp.IndexedBase("X", shape=(N, K))
    (entry,) = read_sympy([rows[i, j]])[0]
    assert {index.name: index.size.name for index in entry.free_indices} == {"i": "N", "j": "K"}
    by_idx = from_sympy(z[sp.Idx("a", N)])
    assert {index.size.name for index in by_idx.free_indices} == {"N"}


def test_a_bound_letter_may_be_free_elsewhere() -> None:
    both = from_sympy(z[k] * sp.Sum(z[k], (k, 1, K)))
    assert {index.name for index in both.free_indices} == {"k"}


def test_hypotheses() -> None:
    positive_p = sp.Symbol("p", positive=True)
    stated = hypotheses_from_sympy([sp.Eq(x + q, 1), x > 0, q < 1, sp.Ne(i, j)], [positive_p * z[i] * z[j]])
    assert [repr(h) for h in stated] == [
        "Equation(left=q + x, right=1)",
        "Positive(body=x)",
        "Positive(body=1 - q)",
        "Distinct(left=i, right=j)",
        "Positive(body=p)",
    ]
    assert repr(hypotheses_from_sympy([], [sp.IndexedBase("t", positive=True)[k]])) == "(Positive(body=t[i]),)"
    assert len(hypotheses_from_sympy([sp.And(x > 0, q > 0), sp.true])) == 2


@pytest.mark.parametrize("relation", [sp.false, x >= 0, sp.Ne(x, 0), sp.Or(x > 0, q > 0)], ids=str)
def test_what_is_no_hypothesis(relation: sp.Basic) -> None:
    with pytest.raises(ReadingError):
        hypotheses_from_sympy([relation])


def test_sympy_expressions_are_decided() -> None:
    assert decide(sp.Derivative(sp.log(p), p), 1 / p, assuming=[p > 0]).name == "proved"
    assert decide(sp.Derivative(sp.log(p), p), 1 / p, assuming=[]).name == "conditional"
    assert decide(sp.Derivative(sp.exp(x) ** 2, x), 2 * sp.exp(x)).name == "refuted"
    positive_p = sp.Symbol("p", positive=True)
    assert decide(sp.Derivative(sp.log(positive_p), positive_p), 1 / positive_p).name == "proved"


def test_formulas_do_without_sympy() -> None:
    code = "import sys, derive.formula.notation; sys.exit('sympy' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
