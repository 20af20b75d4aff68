"""Formulas at a chosen size as SymPy, and SymPy's opinion on derivations."""

from __future__ import annotations

import inspect
from collections.abc import Sequence

import mpmath
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derive import Derivation, Step, rules
from derive.catalog import entries as catalog
from derive.concrete.from_sympy import from_sympy
from derive.concrete.functions import LONG, compiled, with_stand_ins
from derive.concrete.opinion import opinion
from derive.concrete.oracle import evaluate
from derive.concrete.points import Domain, random_points
from derive.concrete.settled import describe, settled
from derive.concrete.sympy_latex import sympy_latex
from derive.concrete.too_large import LARGEST_SIZE
from derive.concrete.world import World, differentiated
from derive.formula.hypotheses import Equation, Hypothesis, Positive
from derive.formula.notation import (
    D,
    Sum,
    by_cases,
    by_label,
    decimal,
    define,
    delta,
    distinct,
    equal,
    exp,
    fraction,
    function,
    indices,
    listed,
    log,
    one_hot,
    positive,
    scalar,
    scalars,
    size,
    tanh,
    vector,
)
from derive.formula.tree import Expr, Index, Numeral, Size, WrittenError
from derive.kernel.decide import Decider
from derive.kernel.instances import instances
from derive.kernel.value import Instance
from derive.kernel.verdict import Proved, Unknown, Verdict
from derive.proof import Opinion, sizes_for

from .sampling import some

K = size("K")
i, j, k, c = indices("i j k c", K)
z, t = vector("z", K), vector("t", K)
x, p, u0 = scalars("x p a_1")
S = define("S", Sum(k, exp(z[k])))
y = define("y", i, exp(z[i]) / S)
L = define("L", -Sum(k, t[k] * log(y[k])))
sigma = define("sigma", x, 1 / (1 + exp(-x)))
f = function("f")
SIZES = {K: 3}


def symbol(name: str) -> sp.Symbol:
    return sp.Symbol(name, real=True)


def value(expr: Expr, at: dict[Index, int] | None = None) -> sp.Expr:
    return World(SIZES).value(expr, at or {})


def ask(derivation: Derivation, sizes: dict[Size, int] | None = None) -> Opinion:
    chosen = sizes or {s: 3 for s in derivation.free_sizes}
    lines: Sequence[Expr] = derivation.scalars
    known: list[Hypothesis] = [h for h in derivation.assuming if isinstance(h, Equation | Positive)]
    decider = Decider(chosen, known)

    def decide(left: Expr, right: Expr) -> Verdict:
        return decider.decide(left, right).verdict

    return opinion(derivation, chosen, list(instances(lines, derivation.assuming, chosen, every=False)), decide)


def derivation(claim: Expr, result: Expr, *assuming: Hypothesis) -> Derivation:
    return Derivation("test", claim, Step(result, by=rules.algebra), assuming=assuming)


# ------------------------------------------------------------------- values


def test_sums_are_written_out() -> None:
    assert value(S) == sum(sp.exp(symbol(f"z_{n}")) for n in (1, 2, 3))


def test_a_derivative_is_sympys_diff() -> None:
    total = value(S)
    found = value(D(y[i], z[j]), {i: 1, j: 2})
    assert found == sp.diff(sp.exp(symbol("z_1")) / total, symbol("z_2"))


X, A, B = sp.symbols("x a b", real=True)
F = sp.Function("f", real=True)


@pytest.mark.parametrize("variable", [X, A, F(X)])
@pytest.mark.parametrize(
    "body",
    [
        sp.Integer(2),
        X,
        A * B,
        A * sp.log(X) / 3 + B * X - A,
        -A * (X + B) * sp.exp(X),
        -2 * (A - B) * sp.log(sp.exp(X) / (sp.exp(X) + sp.exp(A))) - (1 - A) * sp.log(1 - X),
        A * F(X) + B * F(A * X) * X,
        -3 * A * (B * sp.log(X) + sp.exp(X)) + B * sp.tanh(A * X) ** 2,
    ],
)
def test_a_derivative_is_sympys_though_taken_apart(body: sp.Expr, variable: sp.Expr) -> None:
    assert differentiated(body, variable) == sp.diff(body, variable)


def test_parts_of_a_formula_are_printed_once_as_sympy_prints_them() -> None:
    total = sp.exp(X) + sp.exp(A) + 1
    for expression in (X / total - X**2 / total**2, sp.Derivative(F(X), X) * total, sp.sqrt(total) / F(total), total):
        assert sympy_latex(expression) == sp.latex(expression)


def test_a_name_is_held_while_differentiating_in_it() -> None:
    found = value(D(L, y[j]), {j: 2})
    assert sp.simplify(found + symbol("t_2") * value(S) / sp.exp(symbol("z_2"))) == 0


def test_nested_derivatives() -> None:
    found = value(D(D(exp(2 * x), x), x))
    assert found == 4 * sp.exp(2 * symbol("x"))


def test_a_derivative_in_a_name_inside_another() -> None:
    u = define("u", 1 + exp(-x))
    found = value(D(1 / u, u) * D(u, x))
    assert sp.simplify(found - sp.diff(1 / (1 + sp.exp(-symbol("x"))), symbol("x"))) == 0


def test_a_parameter_is_bound() -> None:
    w = scalar("w")
    square = define("g", x, D(x * w, x) * x)
    assert value(square(w)) == symbol("w") ** 2


def test_products_with_zero() -> None:
    assert value(log(y[i]) * delta(i, j), {i: 1, j: 2}) == 0
    assert value(delta(i, j) * (1 / (x - x)), {i: 1, j: 2}) is sp.nan


def test_a_function_of_its_own_parameter() -> None:
    assert value(sigma(2 * x)) == 1 / (1 + sp.exp(-2 * symbol("x")))


def test_hyperbolic_functions_decimals_and_sizes() -> None:
    assert value(tanh(x) + decimal("0.25") * K) == sp.tanh(symbol("x")) + sp.Rational(3, 4)


def test_cases_picks_and_labels() -> None:
    assert value(by_cases(i, j, same=x, distinct=p), {i: 1, j: 2}) == symbol("p")
    assert value(by_cases(i, j, same=x, distinct=p), {i: 2, j: 2}) == symbol("x")
    assert value(listed(K, 5, 6, 7).at(i), {i: 2}) == 6
    assert World(SIZES).value(by_label(p, {0: x, 1: 2 * x}), {}, {p: 1}) == 2 * symbol("x")
    with pytest.raises(WrittenError, match="no value is given for p"):
        value(by_label(p, {0: x, 1: 2 * x}))


def test_one_hot_labels_are_put_in_at_the_end() -> None:
    world = World(SIZES)
    found = world.value(L).xreplace(world.given([one_hot(t, c)], Instance({c: 2}, {})))
    assert found == -sp.log(sp.exp(symbol("z_2")) / value(S))


def test_an_entry_and_a_scalar_of_the_same_spelling_differ() -> None:
    a = vector("a", K)
    assert value(u0 - a[1]) != 0


def test_unknown_functions() -> None:
    s = scalar("s", of=z)
    found = value(D(s * z[i], z[i]), {i: 1})
    applied = sp.Function("s", real=True)(*(symbol(f"z_{n}") for n in (1, 2, 3)))
    assert found == applied + symbol("z_1") * sp.diff(applied, symbol("z_1"))
    assert value(D(f(x), x) - f.prime(x)) == 0
    assert with_stand_ins(value(D(f(x**2), x) - 2 * x * f.prime(x**2)), {}) == 0


def test_functions_of_functions_have_stand_ins() -> None:
    inner = scalar("u", of=x)
    outer_of = scalar("h", of=inner)
    world = World({})
    difference = world.value(D(outer_of, x) - D(outer_of, inner) * D(inner, x))
    assert with_stand_ins(difference, world.leaves).simplify() == 0
    assert with_stand_ins(world.value(D(outer_of, inner) - D(outer_of, x)), world.leaves).simplify() != 0


def test_compiled_functions() -> None:
    function = compiled(value(y[i], {i: 1}))
    values = {symbol(f"z_{n}"): 0.0 for n in (1, 2, 3)}
    assert function(values) == pytest.approx(1 / 3)


def test_long_expressions_are_compiled_with_what_they_share() -> None:
    """Second derivatives for ten classes, in which the sum of exponentials stands a hundred times."""
    many = World({K: 10})
    both = [many.value(D(D(L, z[i]), z[j]), {i: 1, j: n}) for n in (1, 2)]
    function, values = compiled(sp.Add(*both)), {many.leaf(leaf[n]): n / 16 for n in range(1, 11) for leaf in (z, t)}
    assert sum(1 for _ in sp.preorder_traversal(function.expression)) > LONG
    assert str(function.expression).count("exp(z_1)") > 10
    assert inspect.getsource(function.function).count("exp(z_1)") == 1
    assert function(values) == pytest.approx(float(function.expression.subs(values)), rel=1e-12, abs=1e-15)


def test_many_classes_are_quick() -> None:
    found = World({K: 10}).value(D(L, z[i]), {i: 1})
    assert len(found.free_symbols) == 20


# ----------------------------------------------------------------- settled


def test_settled_formulas() -> None:
    here = Instance({i: 1, c: 2}, {p: 0})
    assert settled(y[i] - t[i], here, [one_hot(t, c)]) == y[1] - delta(1, 2)
    assert settled(by_label(p, {0: x, 1: 2 * x}), here) == x
    assert settled(p * x, here) == Numeral(0) * x
    assert settled(listed(K, 5, 6, 7).at(i), here) == Numeral(5)
    assert settled(Sum(k, by_cases(i, k, same=1, distinct=0)), here).free_indices == frozenset()
    assert describe(here) == "i = 1, c = 2, p = 0"
    assert settled(L, here, [one_hot(t, c)]) == -Sum(k, delta(k, 2) * log(y[k]))
    with pytest.raises(WrittenError, match="derivative in a label"):
        settled(D(L, t[i]), here, [one_hot(t, c)])


# ---------------------------------------------------------------- opinions

RIGHT = [
    derivation(D(y[i], z[j]), y[i] * (delta(i, j) - y[j])),
    derivation(D(y[i], z[j]), -y[i] * y[j], distinct(i, j)),
    derivation(D(L, z[i]), y[i] - t[i], equal(Sum(k, t[k]), 1)),
    derivation(D(L, z[i]), y[i] - delta(i, c), one_hot(t, c)),
    derivation(D(L, y[j]), -t[j] / y[j]),
    derivation(D(sigma(x), x), sigma(x) * (1 - sigma(x))),
    derivation(D(f(x) * x, x), f.prime(x) * x + f(x)),
    derivation(D(log(p), p), 1 / p, positive(p)),
    derivation(Sum(i, y[i]), fraction(1, 1)),
]


@pytest.mark.parametrize("right", RIGHT, ids=lambda d: str(d.claim))
def test_sympy_agrees(right: Derivation) -> None:
    found = ask(right)
    assert (found.verdict, found.reason) == ("agrees", "")


WRONG = [
    derivation(D(y[i], z[j]), y[i] * (delta(i, j) + y[j])),
    derivation(D(L, z[i]), y[i] - t[i]),
    derivation(D(sigma(x), x), sigma(x)),
    derivation(D(x**2, x), 2 * x + fraction(1, 10**40)),
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda d: str(d.claim))
def test_sympy_differs(wrong: Derivation) -> None:
    found = ask(wrong)
    assert found.verdict == "differs"
    assert "SymPy's value is not the result" in found.reason


@pytest.mark.parametrize("wrong", WRONG, ids=lambda d: str(d.claim))
def test_fifty_digits_see_it_too(wrong: Derivation) -> None:
    lines = wrong.scalars
    here = list(instances(lines, wrong.assuming, SIZES, every=False))
    found = opinion(wrong, {s: 3 for s in wrong.free_sizes}, here, lambda a, b: Proved(1))
    assert found.verdict == "differs"
    assert "at a rational point" in found.reason


def test_what_the_kernel_does_not_know_is_no_agreement() -> None:
    right = RIGHT[0]
    here = [Instance({i: 1, j: 1}, {})]
    found = opinion(right, SIZES, here, lambda a, b: Unknown("too long"))
    assert (found.verdict, found.instances) == ("undecided", 1)
    assert found.reason == "i = 1, j = 1: the kernel does not decide whether SymPy's value is the result: too long"


def test_fifty_digits_differ_where_the_kernel_does_not_know() -> None:
    found = opinion(WRONG[2], {}, [Instance({}, {})], lambda a, b: Unknown("too long"))
    assert found.verdict == "differs"
    assert "at a rational point" in found.reason


UNDECIDED = [
    (derivation(log(S), fraction(0, 1), equal(S, 1)), "no point was found at which the hypotheses hold"),
    (derivation(z[c], fraction(1, 1), equal(z[k], t[k]), one_hot(t, c)), "a hypothesis relates a label"),
    (derivation(log(x - x), log(x - x)), "is no number"),
    (derivation(-log(y[i]), D(L, t[i]), one_hot(t, c)), "derivative in a label"),
]


@pytest.mark.parametrize(("right", "reason"), UNDECIDED, ids=lambda d: str(getattr(d, "claim", "")))
def test_sympy_leaves_it_undecided(right: Derivation, reason: str) -> None:
    found = ask(right)
    assert found.verdict == "undecided"
    assert reason in found.reason


def test_hypotheses_hold_for_every_value_of_their_indices() -> None:
    assert ask(derivation(Sum(j, t[j]) + t[i], fraction(0, 1), equal(t[i], 0))).verdict == "agrees"


def test_sympy_prints_its_derivative() -> None:
    found = ask(RIGHT[0])
    assert found.instance == "i = 1, j = 1"
    assert r"e^{z_{1}}" in found.derivative
    assert found.instances == 2


def test_sympy_is_not_asked_at_large_sizes() -> None:
    found = ask(RIGHT[0], {K: LARGEST_SIZE + 1})
    assert found.verdict == "not asked"
    assert "K = 11" in found.reason


def test_sympy_is_not_asked_where_there_is_no_instance() -> None:
    assert opinion(RIGHT[1], {K: 1}, [], lambda a, b: Unknown("")).verdict == "not asked"


def test_rounded_numbers() -> None:
    def rounded(digits: str) -> Derivation:
        step = Step(decimal(digits), by=rules.rounding, relation="≈")
        return Derivation("test", exp(fraction(1, 2)), step)

    assert ask(rounded("1.649")).verdict == "agrees"
    assert ask(rounded("1.648")).verdict == "differs"


def test_sympy_agrees_with_the_whole_catalog() -> None:
    found = {
        name: ask(entry, dict(sizes_for(entry, 3)))
        for name, entry in some(list(catalog().items()), 3)
        if isinstance(entry, Derivation)
    }
    assert {name: said.reason for name, said in found.items() if said.verdict != "agrees"} == {}


# -------------------------------------------------------------- round trip


def formulas() -> st.SearchStrategy[Expr]:
    numbers = st.integers(1, 5).map(lambda n: fraction(n, 3))
    atoms = st.sampled_from([x, p, z[i], z[2], y[j], S, delta(i, j), f(x)]) | numbers

    def grow(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
        pairs = st.tuples(inner, inner)
        return st.one_of(
            pairs.map(lambda ab: ab[0] + ab[1]),
            pairs.map(lambda ab: ab[0] - ab[1]),
            pairs.map(lambda ab: ab[0] * ab[1]),
            pairs.map(lambda ab: ab[0] / (1 + ab[1] ** 2)),
            inner.map(lambda a: exp(-(a**2))),
            inner.map(lambda a: log(1 + a**2)),
            inner.map(tanh),
            inner.map(lambda a: Sum(k, a * z[k])),
            inner.map(lambda a: D(a, z[i])),
        )

    return st.recursive(atoms, grow, max_leaves=5)


@given(formulas())
def test_round_trip(formula: Expr) -> None:
    """Formula → SymPy → formula keeps the value, to 45 digits, in mpmath's numbers."""
    world, at = World(SIZES), {i: 1, j: 2}
    back = from_sympy(world.value(formula, at), world.leaves)
    (point,) = random_points(Domain((formula, z, x, p), SIZES, (), at, {}), 1).points
    here, there = (evaluate(e, point, at, SIZES, 60) for e in (formula, back))
    assert abs(here - there) <= mpmath.mpf(10) ** -45 * max(1, abs(here))
