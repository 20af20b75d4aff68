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

SMALLEST_DIGIT = 307
"""Where the digits of the smallest normal float begin."""

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


class Sized(Arithmetic[tuple[Real, Real]]):
    """Numbers beside the size of their terms: what they would be at most if all terms of all sums had one sign."""

    def __init__(self, numbers: Precise) -> None:
        self.numbers = numbers

    def number(self, value: Fraction) -> tuple[Real, Real]:
        return self._whole(self.numbers.number(value))

    def apply(self, function: str, argument: tuple[Real, Real]) -> tuple[Real, Real]:
        return self._whole(self.numbers.apply(function, argument[0]))

    def power(self, base: tuple[Real, Real], exponent: tuple[Real, Real]) -> tuple[Real, Real]:
        value = self.numbers.power(base[0], exponent[0])
        return (value, base[1] ** exponent[0]) if exponent[0] > 0 else self._whole(value)

    def divide(self, top: tuple[Real, Real], bottom: tuple[Real, Real]) -> tuple[Real, Real]:
        return self.numbers.divide(top[0], bottom[0]), self.numbers.divide(top[1], abs(bottom[0]))

    def add(self, terms: list[tuple[Real, Real]]) -> tuple[Real, Real]:
        return self.numbers.add([value for value, _ in terms]), self.numbers.add([size for _, size in terms])

    def multiply(self, factors: list[tuple[Real, Real]]) -> tuple[Real, Real]:
        values, sizes = [value for value, _ in factors], [size for _, size in factors]
        return self.numbers.multiply(values), self.numbers.multiply(sizes)

    def derivative(
        self, function: Callable[[tuple[Real, Real]], tuple[Real, Real]], at: tuple[Real, Real]
    ) -> tuple[Real, Real]:
        return self._whole(self.numbers.derivative(lambda x: function(self._whole(x))[0], at[0]))

    def _whole(self, value: Real) -> tuple[Real, Real]:
        return value, abs(value)


@cache
def precise(digits: int) -> Precise:
    """The numbers of so many digits."""
    return Precise(digits)


def digits_for(point: Mapping[Leaf, Fraction]) -> int:
    """40 digits beyond those of e^{4m}, where m is the largest coordinate: products of two entries of a softmax.

    No more than for the smallest float: what is nearer to 0 counts as 0.
    """
    largest = max((abs(value) for value in point.values()), default=Fraction(0))
    return 40 + min(int(4 * largest / Fraction(23, 10)), SMALLEST_DIGIT)


def nonzero(value: Real, digits: int) -> bool:
    """Whether a value that was computed to so many digits is neither noise nor nearer to 0 than any float."""
    return bool(abs(value) > value.context.mpf(10) ** -min(digits - 10, SMALLEST_DIGIT))


def size_of_terms(expr: Expr, point: Mapping[Leaf, Fraction], sizes: Mapping[Size, int], digits: int) -> Real:
    """The value of `expr` with every term of a sum that is no argument and no denominator made positive."""
    numbers = precise(digits)
    values = {leaf: (number := numbers.number(value), abs(number)) for leaf, value in point.items()}
    try:
        return Evaluation(Sized(numbers), sizes, values).value(expr)[1]
    except NoNumberError:
        return numbers.context.zero


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
