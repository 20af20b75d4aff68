"""The reference: formulas as written, in mpmath's numbers, differentiated numerically by `mpmath.diff`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

import mpmath

from ..formula.tree import Expr, Size
from .evaluation import Arithmetic, At, Evaluation, Leaf, NoNumberError

Real: TypeAlias = Any
"""A number of mpmath, which has no types."""

MOST_REMEMBERED = 4096

LARGEST_EXPONENT = 10**7
"""exp of more than this is refused: mpmath would compute it, with that many digits."""


class Precise(Arithmetic[Real]):
    """mpmath's reals with so many digits; in a context of their own: nobody's settings change."""

    def __init__(self, digits: int) -> None:
        self.context = mpmath.MPContext()
        self.context.dps = digits
        self._known: dict[tuple[str, Real, int], Real] = {}

    def number(self, value: Fraction) -> Real:
        if value.denominator == 1:
            return self.context.mpf(value.numerator)
        return self.context.mpf(value.numerator) / value.denominator

    def apply(self, function: str, argument: Real) -> Real:
        if function == "log" and argument <= 0:
            raise NoNumberError(f"log({self.context.nstr(argument, 6)})")
        if function in ("coth", "csch") and argument == 0:
            raise NoNumberError(f"{function}(0)")
        if abs(argument) > LARGEST_EXPONENT and function != "log":
            raise NoNumberError(f"{function}({self.context.nstr(argument, 6)}) is too large")
        # a derivative moves one variable only: most exponentials are those of the step before
        key = (function, argument, self.context.prec)
        if (found := self._known.get(key)) is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            found = self._known[key] = getattr(self.context, function)(argument)
        return found

    def power(self, base: Real, exponent: Real) -> Real:
        whole = int(exponent)
        if exponent == whole:
            if whole < 0 and base == 0:
                raise NoNumberError(f"0^{whole}")
            return base**whole
        if base <= 0:
            raise NoNumberError(f"({self.context.nstr(base, 6)})^({self.context.nstr(exponent, 6)})")
        return base**exponent

    def divide(self, top: Real, bottom: Real) -> Real:
        if bottom == 0:
            raise NoNumberError(f"{self.context.nstr(top, 6)}/0")
        return top / bottom

    def add(self, terms: list[Real]) -> Real:
        return self.context.fsum(terms)

    def multiply(self, factors: list[Real]) -> Real:
        return self.context.fprod(factors)

    def derivative(self, function: Callable[[Real], Real], at: Real) -> Real:
        return self.context.diff(function, at)


@cache
def precise(digits: int) -> Precise:
    """The numbers of so many digits."""
    return Precise(digits)


def digits_for(point: Mapping[Leaf, Fraction]) -> int:
    """40 digits beyond those of e^m, where m is the largest coordinate: enough for 1 − σ(m)."""
    largest = max((abs(value) for value in point.values()), default=Fraction(0))
    return 40 + int(largest / Fraction(23, 10))


def evaluate(expr: Expr, point: Mapping[Leaf, Fraction], at: At, sizes: Mapping[Size, int], digits: int) -> Real:
    """The value of `expr` at a point to about so many digits, as a number of mpmath.

    Where it has none (1 − y is rounded to 0, and its logarithm wanted), twice the digits are tried. Raises
    NoNumberError where it has none even then.
    """
    try:
        return _value(expr, point, at, sizes, digits)
    except NoNumberError:
        return _value(expr, point, at, sizes, 2 * digits)


def _value(expr: Expr, point: Mapping[Leaf, Fraction], at: At, sizes: Mapping[Size, int], digits: int) -> Real:
    numbers = precise(digits)
    values = {leaf: numbers.number(value) for leaf, value in point.items()}
    value = Evaluation(numbers, sizes, values).value(expr, at)
    if not numbers.context.isfinite(value):
        raise NoNumberError(f"{expr} is not finite here")
    return value
