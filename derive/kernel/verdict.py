"""The four verdicts.  Never a bool: whoever asks has to say which verdict is meant."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import Literal, TypeAlias

from derive.formula.tree import Expr


@dataclass(frozen=True, slots=True)
class SideCondition:
    """What has to hold for a formula to have a value: a denominator ≠ 0, an argument of log > 0."""

    body: Expr
    relation: Literal["≠ 0", "> 0"]

    def __str__(self) -> str:
        return f"{self.body} {self.relation}"


@dataclass(frozen=True, slots=True)
class Enclosure:
    """An interval with rational ends that certainly contains a value."""

    low: Fraction
    high: Fraction

    def __str__(self) -> str:
        if self.low <= 0 <= self.high:  # the middle of an interval around 0 would only show its width
            return "0"
        return decimal(self.low + (self.high - self.low) / 2)


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A point at which the two sides certainly differ.

    `point` gives an exact rational number for every variable that matters, by
    name (`z[1]`, `t[2]`, `f'(x)`); `sizes` and `indices` give K, i, j, ….
    """

    sizes: tuple[tuple[str, int], ...]
    indices: tuple[tuple[str, int], ...]
    point: tuple[tuple[str, Fraction], ...]
    left: Enclosure
    right: Enclosure

    def __str__(self) -> str:
        places: tuple[tuple[str, int | Fraction], ...] = (*self.sizes, *self.indices, *self.point)
        where = ", ".join(f"{name} = {exact(value)}" for name, value in places)
        return f"{where}: left {self.left}, right {self.right}" if where else f"left {self.left}, right {self.right}"


class _NeverABool:
    """Unknown is not false, and conditional is not true."""

    __slots__ = ()
    name: str

    def _repr_html_(self) -> str:
        return f"<strong>{self.name}</strong> <code>{escape(repr(self))}</code>"

    def __bool__(self) -> bool:
        raise TypeError(f"a verdict is not a bool: {self!r}; compare its `name`, or match its class")


@dataclass(frozen=True, slots=True, repr=False)
class Proved(_NeverABool):
    """Equal at every point that the hypotheses allow, with both sides defined there."""

    instances: int
    name: Literal["proved"] = "proved"

    def __repr__(self) -> str:
        return f"Proved({self.instances} instance{'s' * (self.instances != 1)})"


@dataclass(frozen=True, slots=True, repr=False)
class Conditional(_NeverABool):
    """Equal wherever the conditions hold, which the hypotheses do not give."""

    conditions: tuple[SideCondition, ...]
    instances: int
    name: Literal["conditional"] = "conditional"

    def __repr__(self) -> str:
        return f"Conditional(where {', '.join(map(str, self.conditions))})"


@dataclass(frozen=True, slots=True, repr=False)
class Refuted(_NeverABool):
    """Different at a printed point, where every hypothesis and condition holds."""

    counterexample: Counterexample
    name: Literal["refuted"] = "refuted"

    def __repr__(self) -> str:
        return f"Refuted({self.counterexample})"


@dataclass(frozen=True, slots=True, repr=False)
class Unknown(_NeverABool):
    """Outside the class, or a limit was reached."""

    reason: str
    name: Literal["unknown"] = "unknown"

    def __repr__(self) -> str:
        return f"Unknown({self.reason})"


Verdict: TypeAlias = Proved | Conditional | Refuted | Unknown


LONGEST = 200
"""Binary digits of a coordinate that is still written out."""


def exact(value: Fraction | int) -> str:
    """`value` as it is; one that nobody could read, to some digits."""
    long = max(value.numerator.bit_length(), value.denominator.bit_length()) > LONGEST
    return f"about {decimal(Fraction(value))}" if long else str(value)


def decimal(value: Fraction, digits: int = 6) -> str:
    """`value` to a few significant digits, exactly rounded; integers of moderate size as they are."""
    if value.denominator == 1 and abs(value) < 10**9:
        return str(value.numerator)
    sign, rest = "-" if value < 0 else "", abs(value)
    # 10^0.30103 is 2 nearly enough to begin with; Python refuses to write integers of thousands of digits
    exponent = (rest.numerator.bit_length() - rest.denominator.bit_length()) * 30103 // 100_000
    while rest < Fraction(10) ** exponent:
        exponent -= 1
    while rest >= Fraction(10) ** (exponent + 1):
        exponent += 1
    mantissa = round(rest / Fraction(10) ** (exponent - digits + 1))
    if mantissa == 10**digits:
        mantissa, exponent = mantissa // 10, exponent + 1
    text = str(mantissa)
    if -4 <= exponent < digits:
        whole, rest_of_it = text[: exponent + 1] if exponent >= 0 else "0", text[max(exponent + 1, 0) :]
        text = f"{whole}.{'0' * (-exponent - 1)}{rest_of_it}"
        return sign + (text.rstrip("0").rstrip(".") if "." in text else text)
    return f"{sign}{text[0]}.{text[1:]}".rstrip("0").rstrip(".") + f"e{exponent:+d}"
