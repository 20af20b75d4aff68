"""Formulas go into formulas all at once, and nothing is captured."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from derive.formula.notation import (
    D,
    Sum,
    by_cases,
    by_label,
    define,
    delta,
    diag,
    exp,
    index,
    listed,
    scalar,
    strike,
)
from derive.formula.scope import check_size
from derive.formula.substitution import leaves, substitute, unfold, unfold_all, without_strokes
from derive.formula.tree import Expr, Index, Place, Symbol, WrittenError
from tests.formulas import NAMES, K, S, T, c, f, i, j, k, n, polynomials, t, v, value, w, x, y, z
from tests.sampling import examples

FRACTIONS = st.fractions(min_value=-3, max_value=3, max_denominator=4)
POINTS = st.fixed_dictionaries(
    {key: FRACTIONS for key in [x, c, w, (z, 1), (z, 2)]},
)
NUMBERS = st.fixed_dictionaries({index: st.sampled_from([1, 2]) for index in [i, j, k]})


@settings(max_examples=examples(60))
@given(polynomials, st.dictionaries(st.sampled_from([i, j, k]), st.sampled_from([i, j, k, 1, 2])), NUMBERS, POINTS)
@example(Sum(k, z[k] * z[i]), {i: k}, {i: 1, j: 1, k: 2}, {(z, 1): Fraction(1), (z, 2): Fraction(3)})
def test_indices_are_never_captured(
    expr: Expr, places: dict[Index, Place], at: dict[Index, int], of: dict[object, Fraction]
) -> None:
    there = {index: at[place] if isinstance(place, Index) else place for index, place in places.items()}
    assert value(substitute(expr, places), at, of) == value(expr, at | there, of)


@settings(max_examples=examples(60))
@given(polynomials, st.dictionaries(st.sampled_from([x, c, w]), polynomials), NUMBERS, POINTS)
def test_symbols_are_never_captured(
    expr: Expr, symbols: dict[Symbol, Expr], at: dict[Index, int], of: dict[object, Fraction]
) -> None:
    there: dict[object, Fraction] = {symbol: value(put, at, of) for symbol, put in symbols.items()}
    assert value(substitute(expr, symbols=symbols), at, of) == value(expr, at, of | there)


@settings(max_examples=examples(40))
@given(polynomials, NUMBERS, POINTS)
def test_unfolding_keeps_the_value(expr: Expr, at: dict[Index, int], of: dict[object, Fraction]) -> None:
    assert value(unfold_all(expr), at, of) == value(expr, at, of)


k_ = index("k'", K)
d = define("d", c + 1)
h = define("h", c, Sum(k, d * z[k]))  # c stands in it by way of d alone
scaled = define("scaled", x, x * c)
row = define("row", i, Sum(k, z[k] * z[i]))


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (substitute(Sum(k, exp(z[k]) * z[i]), {i: k}), "Sum(k', exp(z[k'])*z[k])"),
        (substitute(y[i] - y[j], {i: j, j: i}), "y[j] - y[i]"),
        (substitute(Sum(k, Sum(k_, z[k] * z[k_] * z[i])), {i: k}), "Sum(k', Sum(k'', z[k']*z[k'']*z[k]))"),
        (substitute(Sum(k, z[k]), {k: 2}), "Sum(k, z[k])"),
        (substitute(delta(i, j) * z[i], {i: 1}), "delta(1, j)*z[1]"),
        (substitute(by_cases(i, j, same=z[i], distinct=z[j]), {i: k}), "by_cases(k, j, same=z[k], distinct=z[j])"),
        (substitute(listed(K, z[i], x).at(i), {i: j}), "listed(K, z[j], x).at(j)"),
        (substitute(D(z[i] ** 2, z[j]), {j: i}), "D(z[i]**2, z[i])"),
        (substitute(x * c, symbols={x: c, c: x}), "c*x"),
        (substitute(Sum(k, x * z[k]), symbols={x: z[k]}), "Sum(k', z[k]*z[k'])"),
        (substitute(d * x, symbols={c: w}), "(w + 1)*x"),
        (substitute(scaled(x), symbols={c: w}), "x*w"),
        (substitute(scaled(x), symbols={x: w}), "scaled(w)"),
        (substitute(scaled(c), symbols={c: w}), "w*w"),
        (substitute(by_label(x, {0: c, 1: w}), symbols={c: w}), "by_label(x, {0: w, 1: w})"),
        (unfold(h(z[k])), "Sum(k', (z[k] + 1)*z[k'])"),
        (unfold(row[k]), "Sum(k', z[k']*z[k])"),
        (unfold(row[1]), "Sum(k, z[k]*z[1])"),
        (unfold(x), "None"),
        (unfold(z[i]), "None"),
        (unfold_all(D(exp(z[k]) / S, z[k])), "D(exp(z[k])/Sum(k, exp(z[k])), z[k])"),
        (unfold_all(D(y[i] / S, y[i])), "D(y[i]/Sum(k, exp(z[k])), y[i])"),  # in a name: down to it, no further
        (unfold_all(S * y[i], frozenset({S})), "S*(exp(z[i])/S)"),
    ],
)  # fmt: skip
def test_by_hand(expr: Expr | None, expected: str) -> None:
    assert repr(expr) == expected


slope = define("slope", c, D(x * c, x) * d)


@pytest.mark.parametrize(
    ("put", "message"),
    [
        ('unfold(define("f", x, D(x * c, x))(c))', r"into D\(x\*c, x\): a derivative holds its variable"),
        ("unfold(slope(x))", r"a derivative holds its variable"),  # D(x*x, x) would be 2x, and it is x
        ("substitute(D(S * c, z[i]), symbols={c: z[i]})", r"a derivative holds its variable"),
        ("substitute(by_label(x, {0: c, 1: w}), symbols={x: c})", r"cannot put c for x: cases are told apart by it"),
        ('substitute(define("b", by_label(x, {0: c})), symbols={x: c})', r"cases are told apart by it"),
        ('substitute(scalar("u", of=x) * x, symbols={x: c})', r"into u: an unknown function"),
        ('substitute(vector("u", K, of=x)[i] * x, symbols={x: c})', r"into u\[i\]: an unknown function"),
    ],
)  # fmt: skip
def test_refused(put: str, message: str) -> None:
    with pytest.raises(WrittenError, match=message):
        eval(put, {**NAMES, **globals()})


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (x * c, {x, c}),
        (S, {z}),
        (y[i] + t[j], {z, t}),
        (f(w), {z, w, c}),  # T stands in f, and x is its parameter there
        (scaled(w), {w, c}),
        (exp(z), {z}),
        (define("sq", x, x * x)(z), {z}),
        (diag(y) @ z, {z}),
        (by_label(x, {0: c, 1: w}), {x, c, w}),
        (K * delta(i, j), set()),
        (v[i, j], {z, c, x}),
    ],
)
def test_leaves(formula: Expr, expected: set[object]) -> None:
    assert leaves(formula) == expected


def test_leaves_stop_at_what_is_kept() -> None:
    assert leaves(y[i] * S, {S}) == {z, S}
    assert leaves(T * S, {T}) == {z, T}
    u = scalar("u", of=x)
    assert leaves(u) == {u, x}


def test_shared_definitions_are_entered_once() -> None:
    name: Symbol = x
    for number in range(45):  # as a tree it would have 2^45 leaves
        name = define(f"x_{number}", name * name)
    check_size(name)
    assert leaves(name) == {x}
    with pytest.raises(WrittenError, match="derivative holds"):
        substitute(D(name, c), symbols={x: w})


@pytest.mark.parametrize(
    ("struck", "expected"),
    [
        (x * strike(S) / S ** strike(2), "x/S"),
        (strike(x) * strike(c), "1"),
        (strike(x) * c * w, "c*w"),
        (strike(x) * c / (strike(x) * w), "c/w"),
        (x / strike(c), "x"),
        (strike(x) / c, "1/c"),
        (strike(x), "1"),
        (x + strike(c) - strike(c), "x"),
        (x + strike(1) - strike(1) + w, "x + w"),
        (strike(x) - strike(x), "0"),
        (exp(x * strike(c)), "exp(x)"),
        (Sum(n, x * strike(c)), "Sum(n, x)"),
    ],
)
def test_without_strokes(struck: Expr, expected: str) -> None:
    assert repr(without_strokes(struck)) == expected
