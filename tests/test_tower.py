"""The tower: derivatives, logarithms, signs and substitutions against mpmath, and its canonical forms."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp

from derive.kernel.polynomial import Clock, Limits, Polynomial, constant
from derive.kernel.tower import NoValue, OutsideClass, Tower
from derive.kernel.witness import Point

Build = Callable[[Tower, Polynomial, Polynomial], Polynomial]


def new() -> tuple[Tower, Polynomial, Polynomial]:
    tower = Tower(Clock(Limits(seconds=10**6)))
    return tower, tower.variable("a"), tower.variable("b")


leaves: st.SearchStrategy[Build] = st.one_of(
    st.sampled_from([lambda t, a, b: a, lambda t, a, b: b]),
    st.builds(lambda n: lambda t, a, b: constant(n), st.fractions(-2, 2, max_denominator=4)),
)


def grow(part: st.SearchStrategy[Build]) -> st.SearchStrategy[Build]:
    return st.one_of(
        st.builds(lambda p, q: lambda t, a, b: p(t, a, b) + q(t, a, b), part, part),
        st.builds(lambda p, q: lambda t, a, b: t.times(p(t, a, b), q(t, a, b)), part, part),
        st.builds(lambda p: lambda t, a, b: t.exp(p(t, a, b)), part),
        st.builds(lambda p: lambda t, a, b: t.inverse(constant(1) + t.exp(p(t, a, b))), part),
        st.builds(lambda p: lambda t, a, b: t.log(constant(1) + t.power(p(t, a, b), 2)), part),
        st.builds(lambda p: lambda t, a, b: t.fold(p(t, a, b)), part),
    )


builds = st.recursive(leaves, grow, max_leaves=6)
rationals = st.fractions(-2, 2, max_denominator=5)


def at(tower: Tower, p: Polynomial, a: Fraction, b: Fraction) -> Any:
    interval = Point(tower, {0: a, 1: b}, 400).value(p)
    middle = (interval.low + interval.high) / 2
    return mp.mpf(middle.numerator) / middle.denominator


@given(builds, rationals, rationals)
def test_derivatives_agree_with_numeric_ones(build: Build, a: Fraction, b: Fraction) -> None:
    tower, x, y = new()
    try:
        p = build(tower, x, y)
    except OutsideClass:
        return
    h = Fraction(1, 10**25)
    with mp.workdps(100):
        numeric = (at(tower, p, a + h, b) - at(tower, p, a - h, b)) / (2 * mp.mpf(1) / 10**25)
        exact = at(tower, tower.derivative(p, 0), a, b)
        assert mp.almosteq(numeric, exact, 1e-20, 1e-20)
    assert tower.gradient_of(p).get(0, constant(0)) == tower.derivative(p, 0)


@given(builds, rationals, rationals)
def test_folding_expanding_and_signs_keep_the_value(build: Build, a: Fraction, b: Fraction) -> None:
    tower, x, y = new()
    try:
        p = build(tower, x, y)
    except OutsideClass:
        return
    with mp.workdps(60):
        value = at(tower, p, a, b)
        assert mp.almosteq(value, at(tower, tower.fold(p), a, b), 1e-40, 1e-40)
        q, cleared = tower.expanded(p)
        assert mp.almosteq(value, at(tower, tower.times(q, Polynomial({cleared: 1})), a, b), 1e-40, 1e-40)
        if not tower.is_zero(p):
            assert tower.sign(p) * value >= 0
            assert tower.sign(-p) == -tower.sign(p)
            if tower.sign(p):
                assert value != 0


@given(builds, builds, rationals)
def test_substitution_is_composition(build: Build, inner: Build, b: Fraction) -> None:
    tower, x, y = new()
    try:
        p, value = build(tower, x, y), inner(tower, y, y)
        together = tower.substitute(p, {0: value})
        direct = build(tower, value, y)
    except (OutsideClass, NoValue):
        return
    with mp.workdps(60):
        assert mp.almosteq(at(tower, together, b, b), at(tower, direct, b, b), 1e-40, 1e-40)


def test_one_generator_for_one_polynomial() -> None:
    tower, x, y = new()
    first = tower.inverse(x + y)
    assert tower.inverse((x + y).scaled(-2)) == first.scaled(Fraction(-1, 2))
    assert tower.inverse(tower.times(x, x + y)) == tower.times(tower.inverse(x), first)
    assert tower.inverse((x + y).scaled(Fraction(3, 7))) == first.scaled(Fraction(7, 3))
    with pytest.raises(NoValue):
        tower.inverse(x - x)
    with pytest.raises(NoValue):
        tower.log(x - x)


@pytest.mark.parametrize(("sign", "expected"), [(1, (1, 1, 0, 0)), (-1, (0, 0, 0, 0))])
def test_what_a_hypothesis_says_of_signs(sign: int, expected: tuple[int, ...]) -> None:
    tower, x, y = new()
    tower.assume_positive(tower.power(x, 3).scaled(sign))
    asked = (x, tower.inverse(x), y, tower.times(x, y))
    assert tuple(tower.sign(p) for p in asked) == expected


def test_a_product_that_is_positive_says_nothing_of_its_factors() -> None:
    tower, x, y = new()
    tower.assume_positive(tower.times(x, y))
    tower.assume_positive(tower.times(tower.power(x, 2), y))
    tower.assume_positive(constant(2))
    assert not tower.positive
    assert tower.sign(tower.power(x, 2)) == 0
    assert tower.sign(tower.power(x, 2) + constant(1)) == 1
    assert tower.sign(-tower.power(x, 2) - constant(1)) == -1
    assert tower.sign(x - x) == 0


def test_what_is_nothing_when_multiplied_out_folds_to_nothing() -> None:
    tower, a, _ = new()
    total = constant(1) + tower.exp(a)
    folded = tower.fold(total)
    assert len(folded) == 1 and len(folded - total) == 3
    assert tower.fold(folded - total).is_zero


def test_exp_of_a_name_for_a_sum_is_exp_of_the_sum() -> None:
    tower, a, b = new()
    named = tower.fold(a - b)
    assert len(named) == 1
    assert (tower.exp(named.scaled(2)) - tower.exp((a - b).scaled(2))).is_zero
