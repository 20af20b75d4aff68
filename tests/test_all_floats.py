"""Points from all floats: how they are drawn, what is true there, and what a page says of the errors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any

import mpmath
import numpy as np
import pytest

from derive.catalog import entries
from derive.formula.notation import exp, log, scalar
from derive.numeric.all_floats import (
    HUGE,
    MAGNITUDES,
    ONE,
    POINTS,
    TINY,
    Argument,
    at_float,
    by_points,
    drawn,
    off,
    sample,
    spread,
    together,
    written,
)
from derive.proof import prove
from derive.report.accuracy import accuracy
from derive.report.all_floats import AllFloats, all_floats
from derive.report.exported import Exported

from .test_accuracy import MODULE

x, p = scalar("x"), scalar("p")
REAL, POSITIVE = Argument("x", "real", (x,), False), Argument("p", "positive", (p,), False)


def test_floats_are_those_of_their_bits() -> None:
    assert at_float(0) == 0.0 and at_float(1) == math.ulp(0.0)
    assert at_float(MAGNITUDES) == math.inf and at_float(MAGNITUDES - 1) == HUGE
    assert at_float(ONE) == 1.0


def test_one_float_is_drawn_of_each_part() -> None:
    found = sorted(spread(Random("seed"), 64, "real"))
    assert sum(value < 0 for value in found) == 32 and all(map(math.isfinite, found))
    exponents = sorted(math.frexp(value)[1] for value in found if value > 0)
    assert all(0 < b - a < 130 for a, b in pairwise(exponents))
    assert all(value > 0 for value in spread(Random("seed"), 64, "positive"))
    assert all(0 < value < 1 for value in spread(Random("seed"), 64, "unit"))


def test_constrained_variables_are_drawn_where_the_hypotheses_hold() -> None:
    shares = Argument("t", "share", tuple(scalar(name) for name in "tuv"), True)
    assert np.all(sum(drawn(shares).values()) == 1.0)
    assert all(np.all(column >= 0) for column in drawn(shares).values())
    assert set(drawn(Argument("x", "label", (x,), False, values=(-1, 1)))[x]) == {-1.0, 1.0}
    hot = drawn(Argument("t", "hot", tuple(scalar(name) for name in "tuv"), True, hot=1))
    assert [column[0] for column in hot.values()] == [0.0, 1.0, 0.0]


def test_the_true_value_is_that_of_mpmath_with_very_many_digits() -> None:
    found = sample(1 / (1 + exp(-x)) * (1 - 1 / (1 + exp(-x))), (REAL,), (), ())
    assert "open" not in found.truths
    with mpmath.workdps(900):
        for at, exact in zip(found.given("x").tolist(), found.exact.tolist(), strict=True):
            e = mpmath.exp(-abs(mpmath.mpf(at)))
            assert exact == float(e / (1 + e) ** 2)


def test_what_is_true_has_its_kind() -> None:
    found = sample(exp(x), (REAL,), (), ())
    for at, exact, truth in zip(found.given("x").tolist(), found.exact.tolist(), found.truths, strict=True):
        assert truth == ("large" if at > 709.8 else "small" if at < -708.4 else "normal")
        assert exact == (math.inf if at > 709.8 else 0.0 if at < -746 else pytest.approx(math.exp(at)))
    assert set(sample(x - x, (REAL,), (), ()).truths) == {"normal"}, "0 is what it should be"
    assert {"none"} == {truth for truth in sample(log(-p), (POSITIVE,), (), ()).truths}


def test_what_is_in_common_does_not_change_what_is_found() -> None:
    alone = sample(exp(-x) / (1 + exp(-x)), (REAL,), (), ())
    sample.cache_clear()
    after = [sample(formula, (REAL,), (), ()) for formula in (1 + exp(-x), exp(-x) / (1 + exp(-x)))][1]
    assert alone.truths == after.truths and np.array_equal(alone.exact, after.exact)


def test_errors_are_in_units_of_the_true_value() -> None:
    exact = np.array([1.0, 1.0, 1.0, 0.0, math.inf, math.inf, 1e300, TINY / 4])
    values = np.array([1.0, 1 + 2**-51, math.nan, 5e-324, math.inf, 1e308, -1e300, 0.0])
    assert off(values, exact).units == tuple([0, 2, math.inf, 1, 0, math.inf, 2.0**53, 2.0**50])


def test_a_function_is_called_for_all_points_or_for_each() -> None:
    found = sample(1 + exp(-x), (REAL,), (), ())

    def call(given: Mapping[str, Any]) -> Any:
        with np.errstate(all="ignore"):
            return np.asarray(1 + np.exp(-given["x"]))

    at_once, one_by_one = together(found, call), by_points(found, call)
    assert at_once == one_by_one
    assert at_once == written(found)


# ------------------------------------------------------------------ on a page


@cache
def shown(name: str) -> AllFloats:
    found = accuracy(prove(entries()[name], 3), Exported(name, "", 1, "", (), MODULE, None))
    assert found is not None and found.everywhere is not None
    return found.everywhere


def test_softmax_as_written_overflows_and_the_exported_one_does_not() -> None:
    rows = [row for group in shown("softmax-shift-by-maximum").groups for row in group.rows]
    nan = [row for row in rows if row.words == "nan or infinite"]
    assert sum(row.written for row in nan) > POINTS / 8 and not any(row.exported for row in nan)
    assert sum(row.written for row in rows) == sum(row.exported for row in rows) == POINTS


def test_the_worst_point_can_be_computed_again() -> None:
    worst = shown("softmax-shift-by-maximum").written
    assert worst is not None and worst.computed == "nan"
    name, _, values = worst.inputs.partition(" = ")
    z = [float(part) for part in values.strip("[]").split(", ")]
    with np.errstate(all="ignore"):
        e = np.exp(z)
        assert name == "z" and math.isnan(e[0] / e.sum())


def test_the_sentence_counts_what_the_table_counts() -> None:
    found = shown("sigmoid-derivative")
    finite = [row for group in found.groups for row in group.rows if row.words == "within 1 ULP"]
    assert f"within 1 ULP at {sum(row.written for row in finite)} of these" in found.lead
    assert f"Of {POINTS} points" in found.lead


def test_a_label_that_the_function_bounds_is_drawn_so_and_that_is_said() -> None:
    assert "$t$ is drawn between 0 and 1" in shown("logistic-loss-gradient").notes


def test_what_is_not_settled_is_said() -> None:
    found = sample(exp(x) - exp(x * 1), (REAL,), (), ())
    assert set(found.truths) <= {"normal", "small", "open"}
    told = all_floats(found, written(found), written(found))
    counted = found.truths.count("open")
    assert counted and f"At {counted} points the value was not settled" in told.notes


def test_the_figure_is_the_same_each_time_and_says_what_it_shows() -> None:
    first = shown("softmax-jacobian").figure
    shown.cache_clear()
    sample.cache_clear()
    assert shown("softmax-jacobian").figure == first
    assert "<title" in first and "<desc" in first and 'class="dots a"' in first and 'class="dots b"' in first
