"""Intervals with dyadic rational ends, rounded outward: what they enclose is certain.

exp by halving the argument and the Taylor series with its remainder, log by
the series of artanh with its remainder; integers and fractions alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache


class Undecided(Exception):
    """An interval that is too wide for the question: it contains 0, or its ends overflow."""


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers from low to high."""

    low: Fraction
    high: Fraction

    @property
    def is_positive(self) -> bool:
        """Whether every number of it is > 0."""
        return self.low > 0

    @property
    def excludes_zero(self) -> bool:
        """Whether 0 is certainly not in it."""
        return self.low > 0 or self.high < 0


def exactly(value: Fraction | int) -> Interval:
    """One number."""
    return Interval(Fraction(value), Fraction(value))


def rounded(low: Fraction, high: Fraction, bits: int) -> Interval:
    """The interval with ends of about `bits` binary digits, outward."""
    return Interval(_down(low, bits), -_down(-high, bits))


def _down(value: Fraction, bits: int) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > LARGEST_BITS:
        raise Undecided
    if value.denominator.bit_length() <= bits and value.numerator.bit_length() <= bits:
        return value
    shift = bits - (abs(value.numerator).bit_length() - value.denominator.bit_length())
    if shift >= 0:
        return Fraction((value.numerator << shift) // value.denominator, 1 << shift)
    return Fraction((value.numerator // (value.denominator << -shift)) << -shift)


LARGEST_BITS = 1_000_000
"""An end with more binary digits than this, before or behind the point, is refused."""


def add(a: Interval, b: Interval, bits: int) -> Interval:
    """All sums."""
    return rounded(a.low + b.low, a.high + b.high, bits)


def multiply(a: Interval, b: Interval, bits: int) -> Interval:
    """All products."""
    if a.low >= 0 and b.low >= 0:
        return rounded(a.low * b.low, a.high * b.high, bits)
    ends = (a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high)
    return rounded(min(ends), max(ends), bits)


def reciprocal(a: Interval, bits: int) -> Interval:
    """All reciprocals; Undecided where 0 is among the numbers."""
    if not a.excludes_zero:
        raise Undecided
    return rounded(1 / a.high, 1 / a.low, bits)


def integer_power(a: Interval, exponent: int, bits: int) -> Interval:
    """All powers; exponents of either sign."""
    if exponent < 0:
        return reciprocal(integer_power(a, -exponent, bits), bits)
    result = exactly(1)
    for digit in f"{exponent:b}":
        result = multiply(result, result, bits)
        if digit == "1":
            result = multiply(result, a, bits)
    return result


LARGEST_EXPONENT = 100_000
"""Beyond e to this power an enclosure is refused: its ends would have too many digits."""


def exponential(a: Interval, bits: int) -> Interval:
    """All values of exp."""
    return Interval(_exp(a.low, bits).low, _exp(a.high, bits).high)


def logarithm(a: Interval, bits: int) -> Interval:
    """All values of log; Undecided where a number is not positive."""
    if not a.is_positive:
        raise Undecided
    return Interval(_log(a.low, bits).low, _log(a.high, bits).high)


@lru_cache(maxsize=4096)
def _exp(x: Fraction, bits: int) -> Interval:
    if abs(x) > LARGEST_EXPONENT:
        raise Undecided
    halvings = max(0, abs(x.numerator).bit_length() - x.denominator.bit_length() + 1) + 8
    small = x / (1 << halvings)  # now |small| < 1/128
    work = bits + halvings + 16
    start = rounded(small, small, work)
    term, result, n = exactly(1), exactly(1), 0
    while max(abs(term.low), abs(term.high)) > Fraction(1, 1 << work):
        n += 1
        term = multiply(term, start, work)
        term = rounded(term.low / n, term.high / n, work)
        result = add(result, term, work)
    # the rest of the series is less than twice its first term, and so than the last one that was added
    rest = max(abs(term.low), abs(term.high))
    result = rounded(result.low - rest, result.high + rest, work)
    for _ in range(halvings):
        result = multiply(result, result, work)
    return rounded(result.low, result.high, bits)


@lru_cache(maxsize=4096)
def _log(x: Fraction, bits: int) -> Interval:
    work = bits + 16
    twos = x.numerator.bit_length() - x.denominator.bit_length()
    reduced = x / (1 << twos) if twos >= 0 else x * (1 << -twos)  # now 1/2 < reduced < 2
    own = _log_near_one(reduced, work)
    if not twos:
        return rounded(own.low, own.high, bits)
    two = _log_near_one(Fraction(2), work)
    ends = (twos * two.low, twos * two.high)
    return rounded(own.low + min(ends), own.high + max(ends), bits)


@lru_cache(maxsize=256)
def _log_near_one(x: Fraction, bits: int) -> Interval:
    """2 artanh((x − 1)/(x + 1)) for 1/2 ≤ x ≤ 2, where the argument is at most 1/3."""
    argument = (x - 1) / (x + 1)
    start = rounded(argument, argument, bits)
    square = multiply(start, start, bits)
    power, result, n = start, start, 1
    while max(abs(power.low), abs(power.high)) > Fraction(1, 1 << bits):
        n += 2
        power = multiply(power, square, bits)
        result = rounded(result.low + power.low / n, result.high + power.high / n, bits)
    rest = max(abs(power.low), abs(power.high))  # the series falls by 9 at each term
    return rounded(2 * (result.low - rest), 2 * (result.high + rest), bits)
