"""How exact each line of a chain is as it is written, in float64, and what it takes."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import mpmath
import pytest

from derive.catalog import entries
from derive.formula.notation import D, exp, function, scalar
from derive.numeric.accuracy import SAMPLES, Line, line_by_line
from derive.numeric.costs import operations
from derive.proof import prove
from derive.report.accuracy import Accuracy, accuracy
from derive.report.alternatives import Alternative
from derive.report.exported import Exported

MODULE = (Path(__file__).parent / "golden" / "derived.py").read_text(encoding="utf-8")

x = scalar("x")
ALONG = Line(lambda at: {x: at}, {}, {})


def test_the_operations_of_a_line() -> None:
    good, bad = exp(-x) / (1 + exp(-x)) ** 2, 1 / (1 + exp(-x)) * (1 - 1 / (1 + exp(-x)))
    found = line_by_line((good, 2 * good / 2, bad), ALONG)
    assert [operations(one.work) for one in found if one] == [4, 6, 5]  # exp, +, ^, ÷; two more; exp, +, ÷, −, ×


def test_errors_are_those_of_the_line_as_it_is_written() -> None:
    good, bad = exp(-x) / (1 + exp(-x)) ** 2, 1 / (1 + exp(-x)) * (1 - 1 / (1 + exp(-x)))
    first, second = line_by_line((good, bad), ALONG)
    assert first and second and first.errors.largest < 4 and second.errors.largest > 2.0**50
    for at, error in zip(SAMPLES, second.errors.errors, strict=True):
        with mpmath.workdps(60):
            exact = mpmath.exp(-at) / (1 + mpmath.exp(-mpmath.mpf(at))) ** 2
            y = 1 / (1 + math.exp(-at))
            apart = float(abs(mpmath.mpf(y * (1 - y)) - exact)) / math.ulp(float(exact))
        assert error == pytest.approx(apart, abs=4)  # NumPy's exp is not Python's


def test_a_derivative_is_no_way_to_compute() -> None:
    sigma = function("sigma", x, 1 / (1 + exp(-x)))
    first, second = line_by_line((D(sigma(x), x), sigma(x) * (1 - sigma(x))), ALONG)
    assert first is None and second is not None


def test_a_result_without_units_has_no_table() -> None:
    assert line_by_line((x - x, x - x), ALONG) == (None, None)


@cache
def shown(name: str) -> Accuracy:
    proof = prove(entries()[name], 3)
    found = accuracy(proof, Exported(name, "", 1, "", (), MODULE, None))
    assert found is not None
    return found


def lines(name: str) -> list[Alternative]:
    found = shown(name).alternatives
    assert found is not None and found.rows[-1].line is None, "the last row is the function's"
    return list(found.rows[:-1])


def test_the_table_of_a_page() -> None:
    rows = lines("sigmoid-derivative")
    assert [row.line for row in rows if row.best] == [3, 4]
    assert [row.line for row in rows] == list(range(3, 11)), "the lines before hold a derivative"
    assert rows[1].operations < rows[0].operations


def test_the_last_line_says_what_the_text_says() -> None:
    found = shown("softmax-jacobian")
    last = lines("softmax-jacobian")[-1]
    assert (last.largest, last.mean) == (found.naive.largest, found.naive.mean)


def test_where_all_lines_are_equally_bad_none_is_the_best() -> None:
    rows = lines("softmax-jacobian")
    assert len({row.largest for row in rows}) == 1 and not any(row.best for row in rows)
