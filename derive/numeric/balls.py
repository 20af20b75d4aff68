"""Numbers of mpmath with a bound of their error: what the value of a formula certainly is, however large it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any, TypeAlias

from mpmath.libmp import (
    fone,
    from_int,
    from_rational,
    fzero,
    mpf_add,
    mpf_cosh,
    mpf_div,
    mpf_exp,
    mpf_ln2,
    mpf_log,
    mpf_mul,
    mpf_shift,
    mpf_sinh,
    mpf_sub,
    mpf_tanh,
    to_float,
    to_int,
    to_rational,
)

from ..concrete.arithmetic import Arithmetic, Moving, NoNumberError, slope

Raw: TypeAlias = tuple[int, int, int, int]
"""A number of mpmath: sign, mantissa, exponent, and the bits of the mantissa."""
Ball: TypeAlias = tuple[Raw, int]
"""A number, and the power of two by which it is off at most."""

EXACT = -(1 << 1200)
"""The power of two of no error: 2 to it is below whatever comes of floats by one exponential after the other."""
LARGEST = 1100
"""exp of 2 to this is refused: no float is so large, nor a product of a few of them, unless exp was taken before."""
SLACK = 8
"""mpmath's functions are right to their last bits; so many of them are not relied on."""
MOST_POWER = 1000
MOST_REMEMBERED = 4096
MOST_TERMS = 12
"""Where so many terms of its series are enough, they take less time than what mpmath does for any argument."""
WHOLE = 12
"""exp of less than 2 to this is mpmath's."""

FUNCTIONS: Mapping[str, Callable[[Raw, int, str], Raw]] = MappingProxyType(
    {"exp": mpf_exp, "log": mpf_log, "sinh": mpf_sinh, "cosh": mpf_cosh, "tanh": mpf_tanh}
)
TURNED = MappingProxyType({"coth": "tanh", "csch": "sinh", "sech": "cosh"})
"""Functions that are 1 over another one."""


class Undecided(NoNumberError):
    """With so few bits it is not known whether there is a value: a divisor that may be 0, for one."""


def magnitude(value: Raw) -> int:
    """The least power of two above a number without its sign."""
    return value[2] + value[3] if value[1] else EXACT


class Balls(Arithmetic[Ball]):
    """Reals, each a number of so many bits and a bound of its error; every operation keeps the true value inside."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self._known: dict[tuple[str, Ball], Ball] = {}

    def number(self, value: Fraction) -> Ball:
        if value.denominator == 1:
            return from_int(value.numerator), EXACT
        rounded = from_rational(value.numerator, value.denominator, self.bits, "n")
        top, bottom = to_rational(rounded)
        exact = top * value.denominator == bottom * value.numerator
        return rounded, EXACT if exact else magnitude(rounded) - self.bits

    def add(self, terms: list[Ball]) -> Ball:
        bits = self.bits
        total, error = terms[0]
        for term, off in terms[1:]:
            last = min(total[2], term[2])
            first = max(magnitude(total), magnitude(term)) + 1
            total = mpf_add(total, term, bits, "n")
            error = max(error, off, EXACT if first - last <= bits else magnitude(total) - bits) + 2
        return total, error

    def multiply(self, factors: list[Ball]) -> Ball:
        bits = self.bits
        product, error = factors[0]
        for factor, off in factors[1:]:
            here, there, digits = magnitude(product), magnitude(factor), product[3] + factor[3]
            product = mpf_mul(product, factor, bits, "n")
            lost = EXACT if digits <= bits else magnitude(product) - bits
            error = max(here + off, there + error, error + off, lost) + 2
        return product, error

    def divide(self, top: Ball, bottom: Ball) -> Ball:
        (above, error), (below, off) = top, bottom
        least = magnitude(below) - 2  # the divisor is at least 2 to this, where it is not refused
        if off >= least - 1:
            raise NoNumberError("a division by 0") if is_zero(bottom) else Undecided("a divisor that may be 0")
        quotient = mpf_div(above, below, self.bits, "n")
        size = magnitude(quotient)
        return quotient, max(error - least, size + 1 + off - least, size - self.bits) + 2

    def power(self, base: Ball, exponent: Ball) -> Ball:
        sign, mantissa, shift, bits = exponent[0]
        if shift < 0 or bits + shift > MOST_POWER.bit_length() or exponent[1] > EXACT // 2:
            return self.apply("exp", self.multiply([exponent, self.apply("log", base)]))
        result: Ball = fone, EXACT
        for digit in f"{mantissa << shift:b}" if mantissa else "":
            result = self.multiply([result, result])
            if digit == "1":
                result = self.multiply([result, base])
        return self.divide((fone, EXACT), result) if sign else result

    def apply(self, function: str, argument: Ball) -> Ball:
        key = function, argument
        if (found := self._known.get(key)) is None:
            if function in TURNED:
                found = self.divide((fone, EXACT), self.apply(TURNED[function], argument))
            else:
                found = self._applied(function, argument)
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[key] = found
        return found

    def derivative(self, function: Moving[Ball], at: Ball) -> Ball:
        return slope(self, function, at)

    def equals(self, value: Ball, number: Fraction) -> bool:
        return value == self.number(number)

    def _applied(self, function: str, argument: Ball) -> Ball:
        value, error = argument
        size = magnitude(value)
        if function == "log":
            if error >= size - 3 and not is_zero(argument):
                raise Undecided("a logarithm of what may be 0")
            if value[0] or not value[1]:
                raise NoNumberError("a logarithm of no positive number")
            off = error - size + 2
        elif function == "tanh":
            off = error
        elif size > LARGEST or error > 0:
            raise Undecided(f"{function} of what is too large, or not known to 1")
        found = FUNCTIONS[function](value, self.bits, "n") if function != "exp" else exponential(value, self.bits)
        if function == "exp":
            off = error + magnitude(found) + 1
        elif function in ("sinh", "cosh"):  # the slope of both is at most 1 more than they are
            off = error + max(magnitude(found), 0) + 3
        return found, max(off, magnitude(found) - self.bits + SLACK) + 1


def exponential(value: Raw, bits: int) -> Raw:
    """exp of a number, however large: mpmath's own would take a whole one as a power of e, which takes long."""
    size = magnitude(value)
    if size * MOST_TERMS < -bits:
        return _near_one(value, bits, -bits // size + 1)
    if size <= WHOLE:
        small: Raw = mpf_exp(value, bits, "n")
        return small
    work = bits + size
    log_2 = mpf_ln2(work, "n")
    twos = to_int(mpf_div(value, log_2, work, "n"))
    rest = mpf_sub(value, mpf_mul(from_int(twos), log_2, work + size, "n"), bits + SLACK, "n")
    found: Raw = mpf_shift(mpf_exp(rest, bits, "n"), twos)
    return found


def _near_one(value: Raw, bits: int, terms: int) -> Raw:
    """exp of what is near to 0 by so many terms of its series after the first."""
    total: Raw = fone
    for n in range(terms, 0, -1):
        total = mpf_add(fone, mpf_mul(mpf_div(value, from_int(n), bits, "n"), total, bits, "n"), bits, "n")
    return total


def is_zero(ball: Ball) -> bool:
    """Whether it is 0, exactly."""
    return ball[0] == fzero and ball[1] < EXACT // 2


def as_float(ball: Ball, bits: int) -> float | None:
    """The float that every number of a ball is rounded to; None where they are rounded to several."""
    value, error = ball
    if error < EXACT // 2:
        return _rounded(value)
    radius: Any = (0, 1, error, 1)
    low = _rounded(mpf_add(value, (1, 1, error, 1), bits, "f"))
    return low if low == _rounded(mpf_add(value, radius, bits, "c")) else None


def _rounded(value: Raw) -> float:
    found: float = to_float(value, rnd="n")
    return found
