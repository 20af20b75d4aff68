"""Balls hold the true value, refuse what they cannot tell, and become floats only where that is certain."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath.libmp import from_float, fzero, to_rational

from derive.concrete.arithmetic import NoNumberError
from derive.numeric.balls import EXACT, Ball, Balls, Undecided, as_float, exponential, is_zero

BITS = st.sampled_from([24, 60, 128, 700])
moderate = st.floats(-30, 30, allow_subnormal=False)
OFF = Fraction(1, 2**20)


def exactly(value: float) -> Ball:
    return from_float(value), EXACT


def about(value: float, share: Fraction) -> tuple[Ball, Fraction]:
    """A ball of radius 2^-20 around a float, and a number in it."""
    return (from_float(value), -20), Fraction(value) + share * OFF


def holds(ball: Ball, value: Fraction | mpmath.mpf) -> bool:
    with mpmath.workdps(400):
        middle = mpmath.mpf(ball[0])
        true = mpmath.mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else value
        return bool(abs(middle - true) <= mpmath.ldexp(1, max(ball[1], -1300)))


@given(moderate, moderate, st.fractions(-1, 1), st.fractions(-1, 1), BITS)
def test_sums_products_and_quotients_stay_inside(x: float, y: float, s: Fraction, t: Fraction, bits: int) -> None:
    numbers, (a, u), (b, v) = Balls(bits), about(x, s), about(y, t)
    assert holds(numbers.add([a, b, a]), u + v + u)
    assert holds(numbers.multiply([a, b, b]), u * v * v)
    assert holds(numbers.power(a, exactly(3.0)), u**3)
    if abs(y) > 2**-10:
        assert holds(numbers.divide(a, b), u / v)
        assert holds(numbers.power(b, exactly(-2.0)), 1 / (v * v))


@given(moderate, st.fractions(-1, 1), BITS, st.sampled_from(["exp", "sinh", "cosh", "tanh", "log", "sech"]))
def test_functions_stay_inside(x: float, share: Fraction, bits: int, function: str) -> None:
    if function == "log":
        x = abs(x) + 2**-10
    ball, inside = about(x, share)
    with mpmath.workdps(400):
        at = mpmath.mpf(inside.numerator) / inside.denominator
        assert holds(Balls(bits).apply(function, ball), getattr(mpmath, function)(at))


@pytest.mark.parametrize("x", [1.0e5, -1.0e5, 4096.5, 1e-30, -1e-30, 1e-300, 3e-4])
@pytest.mark.parametrize("bits", [128, 1216])
def test_exp_of_any_size_is_that_of_mpmath(x: float, bits: int) -> None:
    with mpmath.workprec(bits + 200):
        true = mpmath.exp(mpmath.mpf(x))
        assert abs(mpmath.mpf(exponential(from_float(x), bits)) / true - 1) < mpmath.ldexp(1, 8 - bits)


def test_exp_of_the_largest_float_has_its_logarithm() -> None:
    numbers, largest = Balls(1300), exactly(1.7976931348623157e308)
    for x in (largest, exactly(-1.7976931348623157e308)):
        again = numbers.apply("log", numbers.apply("exp", x))
        assert as_float(again, 1300) == as_float(x, 1300)


def test_what_is_not_known_is_refused() -> None:
    numbers, near = Balls(60), (fzero, -20)
    with pytest.raises(Undecided):
        numbers.divide(exactly(1.0), near)
    with pytest.raises(Undecided):
        numbers.apply("log", near)
    with pytest.raises(Undecided):
        numbers.apply("exp", numbers.apply("exp", exactly(1e308)))


@pytest.mark.parametrize("function", ["divide", "log", "log of 0"])
def test_what_has_no_value_has_none(function: str) -> None:
    numbers = Balls(60)
    with pytest.raises(NoNumberError) as told:
        if function == "divide":
            numbers.divide(exactly(1.0), exactly(0.0))
        else:
            numbers.apply("log", exactly(-1.0 if function == "log" else 0.0))
    assert not isinstance(told.value, Undecided)


def test_what_cancels_exactly_is_0() -> None:
    numbers, large = Balls(60), exactly(-1e300)
    assert is_zero(numbers.add([large, numbers.multiply([exactly(-1.0), large])]))
    assert not is_zero(numbers.add([large, exactly(1.0), numbers.multiply([exactly(-1.0), large])]))


def test_a_ball_is_a_float_where_all_of_it_is_rounded_to_one() -> None:
    assert as_float((from_float(1.5), -60), 128) == 1.5
    assert as_float((from_float(1.5), -50), 128) is None
    assert as_float((fzero, -1100), 128) == 0.0 and not is_zero((fzero, -1100))
    assert as_float((fzero, EXACT), 128) == 0.0 and is_zero((fzero, EXACT))
    assert as_float(Balls(128).apply("exp", exactly(1e300)), 128) == math.inf
    assert as_float(Balls(128).apply("exp", exactly(-1e300)), 128) == 0.0


def test_fractions_are_rounded_inside() -> None:
    third = Balls(60).number(Fraction(1, 3))
    top, bottom = to_rational(third[0])
    assert third[1] == -61 and abs(Fraction(top, bottom) - Fraction(1, 3)) <= Fraction(1, 2**61)
    assert Balls(60).number(Fraction(3, 4))[1] == EXACT
