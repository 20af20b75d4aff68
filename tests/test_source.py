"""A formula shows itself as the Python that writes it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from derive.formula.arrays import Array
from derive.formula.notation import (
    D,
    Sum,
    by_cases,
    by_label,
    decimal,
    delta,
    diag,
    exp,
    fraction,
    listed,
    log,
    norm_squared,
    number,
    ones,
    outer,
    strike,
    trace,
    zeros,
)
from derive.formula.source import source
from derive.formula.tree import Cases, Distinct, Expr, Formula, Negative, Pick, Same, written
from tests.formulas import NAMES, A, K, N, S, X, arrays, c, formulas, g, i, j, k, label, sigma, t, w, x, y, z
from tests.sampling import examples


@settings(max_examples=examples(200))
@given(formulas)
def test_a_scalar_evaluates_back(formula: Expr) -> None:
    assert written(eval(repr(formula), NAMES)) == formula


@settings(max_examples=examples(100))
@given(arrays)
def test_an_array_evaluates_back(array: Array) -> None:
    assert eval(repr(array), NAMES) == array


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (x - (c - w), "x - (c - w)"),
        (x - c - w, "x - c - w"),
        (x + (c + w), "x + (c + w)"),
        (x + -c, "x - c"),
        (x - -c, "x - (-c)"),
        (-x * c, "-x*c"),
        (x * -c, "x*(-c)"),
        (-(x**2), "-x**2"),
        ((-x) ** 2, "(-x)**2"),
        (x**-c, "x**(-c)"),
        (x**c**w, "x**c**w"),
        ((x**c) ** w, "(x**c)**w"),
        (2**x, "2**x"),
        (x / c / w, "x/c/w"),
        (x / (c / w), "x/(c/w)"),
        (x / (c * w), "x/(c*w)"),
        (x / c * w, "(x/c)*w"),
        (x * (c * w), "x*(c*w)"),
        (x * (c + w), "x*(c + w)"),
        (fraction(1, 2) * x, "fraction(1, 2)*x"),
        (-fraction(1, 2), "-fraction(1, 2)"),
        (fraction(1, -2), "number(1)/(-2)"),
        (number(1) + 2, "number(1) + 2"),
        (number(-1) - 2 + x, "number(-1) - 2 + x"),
        (number(2) * 3 * x, "number(2)*3*x"),
        (number(2) ** 3, "number(2)**3"),
        (number(2) ** -1, "number(2)**(-1)"),
        (-number(-1), "-number(-1)"),
        (-number(0), "-number(0)"),
        (decimal("0.50"), "decimal('0.50')"),
        (exp(x) * log(c), "exp(x)*log(c)"),
        (g.prime.prime(x), "g.prime.prime(x)"),
        (D(sigma(x), x), "D(sigma(x), x)"),
        (Sum(k, y[k]) * S, "Sum(k, y[k])*S"),
        (strike(S) / S ** strike(2), "strike(S)/S**strike(2)"),
        (delta(i, 2), "delta(i, 2)"),
        (by_cases(i, j, same=1, distinct=x), "by_cases(i, j, same=1, distinct=x)"),
        (by_label(label, {0: x, 1: 1 - x}), "by_label(label, {0: x, 1: 1 - x})"),
        (listed(K, 1, x).at(i), "listed(K, 1, x).at(i)"),
        (Pick(1, (x, c)), 'listed(size("K"), x, c).at(1)'),
        (diag(y) - outer(y, y), "diag(y) - outer(y, y)"),
        (X.T @ (X @ z) / N, "X.T @ (X @ z)/N"),
        (-A @ z, "-A @ z"),
        (A @ -z, "A @ (-z)"),
        (-2 * z, "-2*z"),
        (2 * (A @ z), "2*(A @ z)"),
        ((x + 1) * z, "(x + 1)*z"),
        (x / c * z, "(x/c)*z"),
        (exp(z) / (ones(K) @ exp(z)), "exp(z)/(ones(K) @ exp(z))"),
        (zeros(K) + listed(K, 1, 2), "zeros(K) + listed(K, 1, 2)"),
        ((z + t).T, "(z + t).T"),
        (z * t * y, "(z*t)*y"),
        (z * (t * y), "z*(t*y)"),
        (z * (A @ t), "z*(A @ t)"),
        (A @ (z * t), "A @ (z*t)"),
        (-z * t, "-z*t"),
        (z * -t, "z*(-t)"),
        (z * (t + y), "z*(t + y)"),
        (z / t, "z/t"),
        (ones(K) / (z / t), "ones(K)/(z/t)"),
        (trace(A @ A), "trace(A @ A)"),
        (norm_squared(z - t), "norm_squared(z - t)"),
        (norm_squared(z) ** 2, "norm_squared(z)**2"),
        ((z @ t) ** -1, "(z @ t)**(-1)"),
        ((z @ t) * z, "(z @ t)*z"),
        ((z @ t) * 2, "(z @ t)*2"),
        (2 * x * (z @ t), "(2*x)*(z @ t)"),
        (1 - trace(A) + x, "1 - trace(A) + x"),
        (number(1) + 2 - trace(A), "number(1) + 2 - trace(A)"),
        (-2 / norm_squared(z), "-2/norm_squared(z)"),
        (x * 2 / (z @ t), "x*2/(z @ t)"),
        (log(z @ t), "log(z @ t)"),
        (D(y, z), "D(y, z)"),
        (D(y, z, "denominator"), "D(y, z, 'denominator')"),
    ],
)
def test_by_hand(formula: Formula, expected: str) -> None:
    assert source(formula) == repr(formula) == expected
    assert eval(expected, NAMES) == formula


def test_cases_that_no_word_writes() -> None:
    with pytest.raises(TypeError, match="notation cannot write"):
        source(Cases((Distinct(i, j), Same(i, j)), (x, c)))


def test_what_is_no_formula_has_no_source() -> None:
    class Unknown(Formula):
        __slots__ = ()

    with pytest.raises(TypeError, match="Unknown"):
        source(Unknown())


def test_what_is_too_deep_still_has_a_text() -> None:
    deep: Expr = x
    for _ in range(5000):
        deep = Negative(deep)
    assert repr(deep) == "a formula that is nested too deeply to be shown"
