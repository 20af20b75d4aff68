"""Intervals enclose what mpmath finds with many more digits, and refuse what they cannot."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp

from derive.kernel.interval import (
    Interval,
    Undecided,
    add,
    exactly,
    exponential,
    integer_power,
    logarithm,
    multiply,
    reciprocal,
    rounded,
)

BITS = st.sampled_from([16, 53, 96, 320])
rationals = st.one_of(
    st.fractions(-50, 50, max_denominator=10**6),
    st.builds(lambda a, b: Fraction(a, b), st.integers(-(10**40), 10**40), st.integers(1, 10**40)),
    st.builds(
        lambda n, s: Fraction(s * 10**n if n > 0 else s, 1 if n > 0 else 10**-n),
        st.integers(-60, 60),
        st.sampled_from([1, -1]),
    ),
)
intervals = st.builds(lambda a, b: Interval(min(a, b), max(a, b)), rationals, rationals)
inner = st.fractions(0, 1)


def at(interval: Interval, share: Fraction) -> Fraction:
    return interval.low + (interval.high - interval.low) * share


def encloses(interval: Interval, value: Fraction) -> bool:
    return interval.low <= value <= interval.high


def encloses_real(interval: Interval, value: Any) -> bool:
    low, high = (mp.mpf(end.numerator) / end.denominator for end in (interval.low, interval.high))
    slack = abs(value) * mp.mpf(2) ** (8 - mp.prec)
    return bool(low - slack <= value <= high + slack)


@given(intervals, intervals, inner, inner, BITS)
def test_sums_and_products_are_enclosed(a: Interval, b: Interval, s: Fraction, t: Fraction, bits: int) -> None:
    x, y = at(a, s), at(b, t)
    assert encloses(add(a, b, bits), x + y)
    assert encloses(multiply(a, b, bits), x * y)


@given(intervals, inner, st.integers(-7, 12), BITS)
def test_powers_are_enclosed(a: Interval, s: Fraction, exponent: int, bits: int) -> None:
    if exponent < 0 and not a.excludes_zero:
        with pytest.raises(Undecided):
            integer_power(a, exponent, bits)
        return
    try:
        found = integer_power(a, exponent, bits)
    except Undecided:  # after rounding, 0 may be among the powers
        assert exponent < 0
        return
    assert encloses(found, at(a, s) ** exponent)


@given(intervals, inner, BITS)
def test_reciprocals_are_enclosed(a: Interval, s: Fraction, bits: int) -> None:
    if a.excludes_zero:
        assert encloses(reciprocal(a, bits), 1 / at(a, s))
    else:
        with pytest.raises(Undecided):
            reciprocal(a, bits)


@given(rationals, rationals, BITS)
def test_rounding_goes_outward_and_is_tight(a: Fraction, b: Fraction, bits: int) -> None:
    low, high = min(a, b), max(a, b)
    found = rounded(low, high, bits)
    assert found.low <= low <= high <= found.high
    for end, exact in ((found.low, low), (found.high, high)):
        assert abs(end - exact) <= abs(exact) * Fraction(4, 1 << bits)


@given(st.fractions(-2000, 2000, max_denominator=10**9), BITS)
def test_exp_is_enclosed(x: Fraction, bits: int) -> None:
    with mp.workprec(2 * bits + 4000):
        found = exponential(exactly(x), bits)
        assert encloses_real(found, mp.exp(mp.mpf(x.numerator) / x.denominator))
        assert found.low > 0
        assert found.high - found.low <= found.high * Fraction(64, 1 << bits)


@given(
    st.one_of(rationals.map(abs), st.fractions(0, 3), st.integers(1, 90).map(lambda n: 1 + Fraction(1, 10**n))), BITS
)
def test_log_is_enclosed(x: Fraction, bits: int) -> None:
    if not x:
        return
    with mp.workprec(2 * bits + 1000):
        found = logarithm(exactly(x), bits)
        assert encloses_real(found, mp.log(mp.mpf(x.numerator) / x.denominator))
        assert found.high - found.low <= max(Fraction(1), abs(found.high)) * Fraction(256, 1 << bits)


@given(intervals, inner, BITS)
def test_exp_and_log_of_intervals(a: Interval, s: Fraction, bits: int) -> None:
    if max(abs(a.low), abs(a.high)) < 3000:
        found = exponential(a, bits)
        here = exponential(exactly(at(a, s)), bits)
        assert found.low <= here.high
        assert here.low <= found.high
    if a.is_positive:
        assert logarithm(a, bits).low <= logarithm(exactly(at(a, s)), bits).high
    else:
        with pytest.raises(Undecided):
            logarithm(a, bits)


@pytest.mark.parametrize("x", [Fraction(0), Fraction(1, 10**300), Fraction(-99_999), Fraction(99_999), Fraction(-1, 3)])
def test_exp_where_it_is_extreme(x: Fraction) -> None:
    with mp.workprec(4000):
        assert encloses_real(exponential(exactly(x), 96), mp.exp(mp.mpf(x.numerator) / x.denominator))


def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(Undecided):
        exponential(exactly(100_001), 96)
    with pytest.raises(Undecided):
        integer_power(exactly(Fraction(1, 3)), 10**12, 96)
    with pytest.raises(Undecided):
        integer_power(exactly(3), 10**12, 96)


def test_more_bits_decide_more() -> None:
    x = Fraction(1, 10**40)
    assert not add(logarithm(exactly(1 + x), 96), exactly(0), 96).is_positive
    assert logarithm(exactly(1 + x), 320).is_positive
