"""SymPy's expressions computed by mpmath: the same digits as `evalf`, or no value."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from derive.concrete.digits import Digits
from derive.concrete.evaluation import NoNumberError

x, y = sp.symbols("x y", real=True)
POINT = {x: Fraction(3, 4), y: Fraction(-5, 3)}
VALUES = {x: sp.Rational(3, 4), y: sp.Rational(-5, 3)}
DIGITS = 60


def digits(expression: sp.Expr) -> sp.Expr:
    return sp.Float(str(Digits(POINT, DIGITS).value(expression)), DIGITS)


@pytest.mark.parametrize(
    "expression",
    [
        sp.diff(sp.exp(x) / (sp.exp(x) + sp.exp(y)), x, y),
        sp.log(1 + sp.exp(-x)) ** 3 / (x - y),
        sp.sqrt(x) * sp.tanh(y) + sp.sinh(x) * sp.cosh(y),
        sp.coth(x) + sp.sech(y) * sp.csch(x),
        sp.log(1 + sp.Rational(1, 10**20)) * x,
        sp.Rational(1, 3),
        x,
    ],
    ids=str,
)
def test_the_digits_are_those_of_evalf(expression: sp.Expr) -> None:
    expected = expression.evalf(DIGITS, subs=VALUES)
    assert abs(digits(expression) - expected) <= abs(expected) * sp.Rational(1, 10 ** (DIGITS - 2))


def test_a_sum_that_is_zero_is_zero_to_so_many_decimals() -> None:
    total = sp.exp(x) + sp.exp(y)
    whole = sp.exp(x) / total + sp.exp(y) / total - 1
    assert abs(Digits(POINT, DIGITS).value(whole)) < sp.Rational(1, 10**DIGITS)


@pytest.mark.parametrize(
    "expression",
    [
        sp.log(sp.exp(x) / (sp.exp(x) + 1) + 1 / (sp.exp(x) + 1) - 1 + sp.Rational(1, 10**60)),  # too little is left
        sp.exp(120 + y) / (1 + sp.Rational(1, 10**45) - sp.cosh(0 * x) * sp.exp(sp.Rational(1, 10**45))),
        sp.log(y),
        sp.sqrt(y),
        sp.sin(x),
        sp.Symbol("z"),
        sp.Function("f")(x),
    ],
    ids=str,
)
def test_what_is_left_to_evalf(expression: sp.Expr) -> None:
    with pytest.raises(NoNumberError):
        Digits(POINT, DIGITS).value(expression)
