"""The reference: formulas as written, in mpmath's numbers, differentiated by dual numbers of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Any, Generic, TypeAlias, TypeVar

import mpmath
from mpmath.libmp import (
    from_float,
    from_int,
    from_man_exp,
    fzero,
    mpf_abs,
    mpf_cosh,
    mpf_div,
    mpf_exp,
    mpf_log,
    mpf_mul,
    mpf_pow_int,
    mpf_sinh,
    mpf_sub,
    mpf_sum,
    mpf_tanh,
    to_float,
)

from ..formula.tree import Expr, Size
from .arithmetic import Arithmetic, Moving, NoNumberError, Reals, slope
from .evaluation import At, Evaluation, Leaf, Parts
from .parts import Number

N = TypeVar("N")
Real: TypeAlias = Any
"""A number of mpmath, which has no types."""

Raw: TypeAlias = Any
"""The same without its context: sign, mantissa (odd, or 0), exponent, and the bits of the mantissa."""

Row: TypeAlias = tuple[Raw, ...]
"""One at each of several points."""

MOST_REMEMBERED = 4096

SMALLEST_DIGIT = 307
"""Where the digits of the smallest normal float begin."""

LARGEST_EXPONENT = 10**7
"""exp of more than this is refused: mpmath would compute it, with that many digits."""

FIGURES = 60
"""So many bits of an error are computed."""

LARGEST_BITS = LARGEST_EXPONENT.bit_length() - 1


FUNCTIONS: Mapping[str, Callable[[Raw, int, str], Raw]] = MappingProxyType(
    {"exp": mpf_exp, "log": mpf_log, "sinh": mpf_sinh, "cosh": mpf_cosh, "tanh": mpf_tanh}
)
"""Those that mpmath has for bare numbers; coth, sech and csch it has for its contexts only."""


class Bare(Arithmetic[Raw]):
    """mpmath's reals with so many digits, without their context; nobody's settings change.

    What the context does for each operation (it converts, and asks for the precision again and again) takes longer
    than the operation: mpmath's functions of bare numbers are called instead, and round as the context says.
    """

    def __init__(self, digits: int) -> None:
        self.context = mpmath.MPContext()
        self.context.dps = digits
        self.rounding = tuple(self.context._prec_rounding)
        self._known: dict[tuple[str, Raw], Raw] = {}

    def number(self, value: Fraction) -> Raw:
        top, bottom = value.numerator, value.denominator
        if bottom & (bottom - 1) == 0:
            return from_man_exp(top, 1 - bottom.bit_length())
        return mpf_div(from_int(top), from_int(bottom), *self.rounding)

    def apply(self, function: str, argument: Raw) -> Raw:
        # a derivative moves one variable only: most exponentials are those of the step before
        key = (function, argument)
        if (found := self._known.get(key)) is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            found = self._known[key] = self._applied(function, argument)
        return found

    def _applied(self, function: str, argument: Raw) -> Raw:
        sign, _, exponent, bits = argument
        if function == "log" and (sign or argument == fzero):
            raise NoNumberError(f"log({self._shown(argument)})")
        if function in ("coth", "csch") and argument == fzero:
            raise NoNumberError(f"{function}(0)")
        if exponent + bits > LARGEST_BITS and abs(self.real(argument)) > LARGEST_EXPONENT and function != "log":
            raise NoNumberError(f"{function}({self._shown(argument)}) is too large")
        if function in FUNCTIONS:
            return FUNCTIONS[function](argument, *self.rounding)
        return getattr(self.context, function)(self.real(argument))._mpf_

    def power(self, base: Raw, exponent: Raw) -> Raw:
        sign, mantissa, shift, _ = exponent
        if shift >= 0:  # a mantissa is odd: this is an integer
            whole = (-mantissa if sign else mantissa) << shift
            if whole < 0 and base == fzero:
                raise NoNumberError(f"0^{whole}")
            return mpf_pow_int(base, whole, *self.rounding)
        if base[0] or base == fzero:
            raise NoNumberError(f"({self._shown(base)})^({self._shown(exponent)})")
        return (self.real(base) ** self.real(exponent))._mpf_

    def divide(self, top: Raw, bottom: Raw) -> Raw:
        if bottom == fzero:
            raise NoNumberError(f"{self._shown(top)}/0")
        return mpf_div(top, bottom, *self.rounding)

    def add(self, terms: Sequence[Raw]) -> Raw:
        return mpf_sum(terms, *self.rounding)

    def multiply(self, factors: Sequence[Raw]) -> Raw:
        precision, rounding = self.rounding
        product, *others = factors
        for factor in others:
            product = mpf_mul(product, factor, precision, rounding)
        return product

    def derivative(self, function: Moving[Raw], at: Raw) -> Raw:
        return slope(self, function, at)

    def real(self, bare: Raw) -> Real:
        """The number with its context."""
        return self.context.make_mpf(bare)

    def _shown(self, bare: Raw) -> str:
        return str(self.context.nstr(self.real(bare), 6))


class Precise(Reals[Real]):
    """The same with their context, so that they can be compared and printed."""

    def __init__(self, digits: int) -> None:
        self.bare = Bare(digits)
        self.context, self.real = self.bare.context, self.bare.real

    def number(self, value: Fraction) -> Real:
        return self.real(self.bare.number(value))

    def apply(self, function: str, argument: Real) -> Real:
        return self.real(self.bare.apply(function, argument._mpf_))

    def power(self, base: Real, exponent: Real) -> Real:
        return self.real(self.bare.power(base._mpf_, exponent._mpf_))

    def divide(self, top: Real, bottom: Real) -> Real:
        return self.real(self.bare.divide(top._mpf_, bottom._mpf_))

    def add(self, terms: list[Real]) -> Real:
        return self.real(self.bare.add([term._mpf_ for term in terms]))

    def multiply(self, factors: list[Real]) -> Real:
        return self.real(self.bare.multiply([factor._mpf_ for factor in factors]))

    def size(self, value: Real) -> Real:
        return self.real(mpf_abs(value._mpf_))

    def is_positive(self, value: Real) -> bool:
        return bool(value > 0)

    def derivative(self, function: Moving[Real], at: Real) -> Real:
        return slope(self, function, at)


class Rows(Arithmetic[Row]):
    """Bare numbers at several points: a formula is gone through once for all of them.

    Where it has no value at one of them, there is none of the row.
    """

    def __init__(self, numbers: Bare, count: int) -> None:
        self.numbers, self.count = numbers, count

    def number(self, value: Fraction) -> Row:
        return (self.numbers.number(value),) * self.count

    def apply(self, function: str, argument: Row) -> Row:
        return tuple([self.numbers.apply(function, one) for one in argument])

    def power(self, base: Row, exponent: Row) -> Row:
        return tuple(map(self.numbers.power, base, exponent))

    def divide(self, top: Row, bottom: Row) -> Row:
        return tuple(map(self.numbers.divide, top, bottom))

    def add(self, terms: list[Row]) -> Row:
        return tuple(map(self.numbers.add, zip(*terms, strict=True)))

    def multiply(self, factors: list[Row]) -> Row:
        return tuple(map(self.numbers.multiply, zip(*factors, strict=True)))

    def derivative(self, function: Moving[Row], at: Row) -> Row:
        return slope(self, function, at)

    def equals(self, value: Row, number: Fraction) -> bool:
        here = {self.numbers.equals(one, number) for one in value}
        if len(here) > 1:
            raise NoNumberError(f"{number} at some of the points only")
        return here.pop()


class Sized(Arithmetic[tuple[N, N]]):
    """Numbers beside the size of their terms: what they would be at most if all terms of all sums had one sign."""

    def __init__(self, numbers: Reals[N]) -> None:
        self.numbers = numbers

    def number(self, value: Fraction) -> tuple[N, N]:
        return self.whole(self.numbers.number(value))

    def apply(self, function: str, argument: tuple[N, N]) -> tuple[N, N]:
        return self.whole(self.numbers.apply(function, argument[0]))

    def power(self, base: tuple[N, N], exponent: tuple[N, N]) -> tuple[N, N]:
        value = self.numbers.power(base[0], exponent[0])
        if self.numbers.is_positive(exponent[0]):
            return value, self.numbers.power(base[1], exponent[0])
        return self.whole(value)

    def divide(self, top: tuple[N, N], bottom: tuple[N, N]) -> tuple[N, N]:
        below = self.numbers.size(bottom[0])
        return self.numbers.divide(top[0], bottom[0]), self.numbers.divide(top[1], below)

    def add(self, terms: list[tuple[N, N]]) -> tuple[N, N]:
        return self.numbers.add([value for value, _ in terms]), self.numbers.add([size for _, size in terms])

    def multiply(self, factors: list[tuple[N, N]]) -> tuple[N, N]:
        values, sizes = [value for value, _ in factors], [size for _, size in factors]
        return self.numbers.multiply(values), self.numbers.multiply(sizes)

    def derivative(self, function: Moving[tuple[N, N]], at: tuple[N, N]) -> tuple[N, N]:
        return self.whole(self.numbers.derivative(_Unsized(self.numbers, function), at[0]))

    def equals(self, value: tuple[N, N], number: Fraction) -> bool:
        return self.numbers.equals(value[0], number)

    def whole(self, value: N) -> tuple[N, N]:
        """A number that is one term."""
        return value, self.numbers.size(value)


class _Unsized(Generic[N]):
    """A formula in numbers beside their sizes, computed without these."""

    def __init__(self, numbers: Reals[N], function: Moving[tuple[N, N]]) -> None:
        self.numbers, self.function = numbers, function

    def __call__(self, x: N, /) -> N:
        value: N = self.within(self.numbers, x, lambda value: value)
        return value

    def within(self, arithmetic: Arithmetic[Any], x: Any, lift: Callable[[N], Any], /) -> Any:
        return self.function.within(arithmetic, x, lambda pair: lift(pair[0]))


@cache
def precise(digits: int) -> Precise:
    """The numbers of so many digits."""
    return Precise(digits)


def digits_for(point: Mapping[Leaf, Fraction]) -> int:
    """40 digits beyond those of e^{4m}, where m is the largest coordinate: products of two entries of a softmax.

    No more than for the smallest float: what is nearer to 0 counts as 0.
    """
    largest = max((abs(value.numerator / value.denominator) for value in point.values()), default=0.0)
    return 40 + min(int(4 * largest / 2.3), SMALLEST_DIGIT)


def nonzero(value: Real, digits: int) -> bool:
    """Whether a value that was computed to so many digits is neither noise nor nearer to 0 than any float."""
    return bool(abs(value) > value.context.mpf(10) ** -min(digits - 10, SMALLEST_DIGIT))


def apart(number: float, exact: Real, scale: Real | float) -> float:
    """How far a float is from the exact value, in units of a scale."""
    gap = mpf_abs(mpf_sub(from_float(number), exact._mpf_))
    unit = from_float(scale) if isinstance(scale, float) else scale._mpf_
    found: float = to_float(mpf_div(gap, unit, FIGURES, "n"), rnd="n")
    return found


def size_of_terms(expr: Expr, point: Mapping[Leaf, Fraction], sizes: Mapping[Size, int], digits: int) -> Real:
    """The value of `expr` with every term of a sum that is no argument and no denominator made positive."""
    sized = Sized(precise(digits))
    values = {leaf: sized.number(value) for leaf, value in point.items()}
    try:
        return Evaluation(sized, sizes, values).value(expr)[1]
    except NoNumberError:
        return sized.numbers.number(Fraction(0))


def evaluate(expr: Expr, point: Mapping[Leaf, Fraction], at: At, sizes: Mapping[Size, int], digits: int) -> Real:
    """The value of `expr` at a point to about so many digits, as a number of mpmath.

    Where it has none (1 − y is rounded to 0, and its logarithm wanted), twice the digits are tried. Raises
    NoNumberError where it has none even then.
    """
    parts = Parts(sizes)
    return computed(parts, parts.part(expr, at), point, digits)


def computed(parts: Parts, number: Number, point: Mapping[Leaf, Fraction], digits: int) -> Real:
    """The same of a formula that is written out, to be evaluated at many points."""
    try:
        return _computed(parts, number, point, digits)
    except NoNumberError:
        return _computed(parts, number, point, 2 * digits)


def _computed(parts: Parts, number: Number, point: Mapping[Leaf, Fraction], digits: int) -> Real:
    bare = precise(digits).bare
    values = {leaf: bare.number(value) for leaf, value in point.items()}
    return _finite(bare, Evaluation(bare, {}, values, parts).number(number))


def computed_together(
    parts: Parts, number: Number, points: Sequence[Mapping[Leaf, Fraction]], digits: int
) -> tuple[Real, ...]:
    """The same at several points that have the same variables; raises NoNumberError where one of them has no value."""
    bare = precise(digits).bare
    values = {leaf: tuple([bare.number(point[leaf]) for point in points]) for leaf in points[0]}
    row = Evaluation(Rows(bare, len(points)), {}, values, parts).number(number)
    return tuple(_finite(bare, one) for one in row)


def _finite(numbers: Bare, value: Raw) -> Real:
    found = numbers.real(value)
    if not numbers.context.isfinite(found):
        raise NoNumberError("it is not finite here")
    return found
