"""Four verdicts, none of them a bool, and numbers that are rounded exactly."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.kernel.verdict import (
    Conditional,
    Counterexample,
    Enclosure,
    Proved,
    Refuted,
    SideCondition,
    Unknown,
    Verdict,
    decimal,
)
from tests.formulas import S, x

POINT = Counterexample(
    (("K", 2),),
    (("i", 1), ("j", 2)),
    (("z[1]", Fraction(1, 2)), ("z[2]", Fraction(-3))),
    Enclosure(Fraction(1, 3), Fraction(1, 3)),
    Enclosure(Fraction(0), Fraction(1, 10**9)),
)
VERDICTS: list[tuple[Verdict, str]] = [
    (Proved(9), "proved"),
    (Conditional((SideCondition(x, "≠ 0"),), 1), "conditional"),
    (Refuted(POINT), "refuted"),
    (Unknown("outside the class"), "unknown"),
]


@pytest.mark.parametrize(("verdict", "name"), VERDICTS)
def test_a_verdict_has_a_name_and_is_no_bool(verdict: Verdict, name: str) -> None:
    assert verdict.name == name
    with pytest.raises(TypeError, match="a verdict is not a bool"):
        bool(verdict)
    with pytest.raises(TypeError, match="compare its `name`, or match its class"):
        assert verdict


def test_a_condition_is_printed() -> None:
    assert str(SideCondition(x * S, "≠ 0")) == "x*S ≠ 0"
    assert str(SideCondition(x, "> 0")) == "x > 0"


def test_a_counterexample_is_printed() -> None:
    assert str(POINT) == "K = 2, i = 1, j = 2, z[1] = 1/2, z[2] = -3: left 0.333333, right 0"
    nowhere = Counterexample((), (), (), Enclosure(Fraction(1), Fraction(1)), Enclosure(Fraction(2), Fraction(2)))
    assert str(nowhere) == "left 1, right 2"
    far = Counterexample((), (), (("x", Fraction(10**90 + 1, 3)),), POINT.right, POINT.left)
    assert str(far) == "x = about 3.33333e+89: left 0, right 0.333333"  # around 0, the middle would show the width


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (Fraction(0), 6, "0"),
        (Fraction(12), 6, "12"),
        (Fraction(-7), 6, "-7"),
        (Fraction(999_999_999), 6, "999999999"),
        (Fraction(10**9), 6, "1e+9"),
        (Fraction(123_456_789_012), 6, "1.23457e+11"),
        (Fraction(1, 2), 6, "0.5"),
        (Fraction(1, 3), 6, "0.333333"),
        (Fraction(-2, 3), 6, "-0.666667"),
        (Fraction(200, 3), 6, "66.6667"),
        (Fraction(1, 3000), 6, "0.000333333"),
        (Fraction(1, 30000), 6, "3.33333e-5"),
        (Fraction(9999999, 10**7), 6, "1"),
        (Fraction(99999999, 100), 6, "1e+6"),
        (Fraction(123456789, 1000), 6, "123457"),
        (Fraction(1, 10), 3, "0.1"),
        (Fraction(12345, 10), 3, "1.23e+3"),
        (Fraction(1, 7), 2, "0.14"),
        (Fraction(10**5000 + 1, 3), 3, "3.33e+4999"),
        (Fraction(1, 3 * 10**5000), 3, "3.33e-5001"),
    ],
)
def test_decimals(value: Fraction, digits: int, shown: str) -> None:
    assert decimal(value, digits) == shown


@given(st.fractions(), st.integers(2, 8))
def test_a_decimal_is_near(value: Fraction, digits: int) -> None:
    shown = Fraction(decimal(value, digits))
    assert abs(shown - value) * 2 <= abs(value) * Fraction(10) ** (1 - digits)
