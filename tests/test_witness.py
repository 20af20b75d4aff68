"""Points: demands that certainly hold, unknown functions at separate arguments, and names to print."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from typing import Any

import pytest

from derive.formula.notation import *
from derive.formula.tree import Expr
from derive.kernel.interval import Interval
from derive.kernel.polynomial import Clock, Limits, constant, generator
from derive.kernel.tower import Tower
from derive.kernel.verdict import Refuted
from derive.kernel.witness import Demand, Point, candidates, has_zero, leaves, points

from .deciding import K, S, c, f, verdict, w, x, z

of_vector = scalar("h", of=z)


@pytest.mark.parametrize(
    ("relation", "low", "high", "holds"),
    [
        ("> 0", 1, 2, True),
        ("> 0", 0, 2, False),
        ("≠ 0", -2, -1, True),
        ("≠ 0", -1, 1, False),
        ("= 0", 0, 0, True),
        ("= 0", 0, 1, False),
        ("= 0", -1, 0, False),
    ],
)
def test_demands(relation: str, low: int, high: int, holds: bool) -> None:
    demand = Demand(constant(1), relation)  # type: ignore[arg-type]
    assert demand.holds(Interval(Fraction(low), Fraction(high))) is holds


def test_candidates_are_the_same_every_time_and_simple_first() -> None:
    assert list(candidates(3)) == list(candidates(3))
    assert next(iter(candidates(2))) == [0, 0]
    assert any(number < 0 for numbers in candidates(2) for number in numbers)
    assert all(len(numbers) == 4 for numbers in candidates(4))
    assert list(islice(candidates(0), 1)) == [[]]


def test_unknown_functions_take_any_value_only_at_separate_arguments() -> None:
    tower = Tower(Clock(Limits()))
    a, b = tower.variable("a"), tower.variable("b")
    jets = [tower.unknown("f", 0, a), tower.unknown("f", 0, b), tower.unknown("f", 1, a), tower.unknown("g", 0, a)]
    unknown = leaves(tower, [*jets, a, b])
    for point in points(tower, unknown, [], 96):
        assert point.value(a - b).excludes_zero
    together = Point(tower, dict.fromkeys(unknown, Fraction(1)), 96)
    assert not together.separates(unknown)
    assert not list(points(tower, unknown, [Demand(generator(0, -1), "> 0"), Demand(-a, "> 0")], 96))


@pytest.mark.parametrize(
    ("left", "right", "name"),
    [
        (f(x), 0, "f(x)"),
        (f.prime.prime(x), 0, "f''(x)"),
        (f(2 * x - 3 * w**2 + 1), 0, "f(1 + 2*x - 3*w**2)"),
        (f(-x), 0, "f(-x)"),
        (f(x - x), 0, "f(0)"),
        (f(exp(x / 2)), 0, "f(exp(x)**(1/2))"),
        (f(log(x)), 0, "f(log(x))"),
        (f(log(number(2))), 0, "f(log(2))"),
        (f(1 / (1 + exp(x))), 0, "f((1 + exp(x))**-1)"),
        (f(f(x)), 0, "f(f(x))"),
        (of_vector, 0, "h"),
        (D(D(of_vector, z[1]), z[2]), 0, "D(h, z[1], z[2])"),
        (scalar("s", of=c), 0, "s"),
    ],
)
def test_how_coordinates_are_written(left: object, right: object, name: str) -> None:
    found = verdict(left, right, [positive(x)] if "log(x)" in name else [])  # type: ignore[arg-type]
    assert isinstance(found, Refuted)
    assert name in dict(found.counterexample.point)


def test_points_near_a_pole_are_passed_over() -> None:
    found = verdict(1 / (S - 3), 0, (), {K: 3})
    assert isinstance(found, Refuted)
    found = verdict(log(x) ** 2 * exp(x) / (x - 2), 0, [positive(x - 1)])
    assert isinstance(found, Refuted)


@pytest.mark.parametrize(
    ("value", "positives", "low", "high"),
    [
        (x, [x - 100], 100, None),
        (x, [-x - 5000], None, -5000),
        (x, [x - fraction(1, 1000), fraction(2, 1000) - x], Fraction(1, 1000), Fraction(1, 500)),
        (x, [x - 3, 5 * x - 100, 21 - x, 90 - 2 * x], 20, 21),
        (x, [-x, x + fraction(1, 9)], Fraction(-1, 9), 0),
        (x, [x**2 - 10**6], None, None),
        (x * w, [w - 50, x + w - 70], None, None),
        (S, [S - 1000], None, None),
    ],
)
def test_points_where_the_hypotheses_want_them(value: Expr, positives: list[Expr], low: Any, high: Any) -> None:
    hypotheses = [positive(body) for body in positives]
    assert verdict(value, value, hypotheses).name == "proved"
    found = verdict(value, value + 1, hypotheses)
    assert isinstance(found, Refuted)
    at = dict(found.counterexample.point).get("x", Fraction(0))
    assert (low is None or low < at) and (high is None or at < high)


def test_no_points_where_there_are_none() -> None:
    assert verdict(x, x, [positive(x - 3), positive(2 - x)]).name == "unknown"


def test_a_zero_between_two_signs() -> None:
    tower = Tower(Clock(Limits()))
    a = tower.variable("a")
    up = tower.exp(a)
    for body, expected in (
        (up - constant(1000), True),
        (a.power(2, tower.clock) - constant(2), True),
        (a.power(2, tower.clock) + constant(1), False),
        (up + constant(1), False),
        (generator(0, -1) + constant(1), False),  # a pole: no argument from signs
        (tower.exp(generator(0, -1)) - constant(2), False),
        (tower.log(a) - constant(2), False),
    ):
        assert has_zero(tower, body) is expected
