"""Numbers for the reader: the points at which two sides differ, errors and their limits."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from derive.formula.latex import letter
from derive.kernel.verdict import Counterexample, Enclosure, decimal
from derive.proof import NumericCheck

from .language import gettext
from .reasons import told

EXACT = 16
"""How many digits an exact fraction may have before it is shown rounded."""

NO_NUMBER = ("nan", "inf")


@dataclass(frozen=True, slots=True)
class Difference:
    """Two formulas, the point at which they differ, and their values there, in LaTeX."""

    before: str
    after: str
    where: tuple[tuple[str, str], ...]
    """Sizes and indices."""
    point: tuple[tuple[str, str], ...]
    left: str
    """The value of the first with its sign: = where the digits are all of it, else ≈."""
    right: str
    apart: str = ""
    """The first value less the second, with its sign; nothing where one of them is no number."""


@dataclass(frozen=True, slots=True)
class Figure:
    """The error that the headline shows."""

    largest: str
    method: str
    passed: bool


def difference(found: Counterexample, before: str = "", after: str = "") -> Difference:
    """A counterexample as a page shows it."""
    left, right = _apart(found.left, found.right)
    return Difference(
        before=before,
        after=after,
        where=tuple((variable(name), str(value)) for name, value in (*found.sizes, *found.indices)),
        point=tuple((variable(name), exact(value)) for name, value in sorted(found.point, key=_by_name)),
        left=left,
        right=right,
        apart=_difference(found.left, found.right),
    )


def _difference(left: Enclosure, right: Enclosure) -> str:
    """left − right, to as many digits as its interval tells."""
    if any(str(one).lstrip("-") in NO_NUMBER for one in (left, right)):
        return ""
    low, high = left.low - right.high, left.high - right.low
    if low == high:
        text = decimal(low, 9)
        return f"= {digits(text)}" if Fraction(text) == low else rf"\approx {digits(decimal(low))}"
    texts = [(decimal(low, count), decimal(high, count)) for count in (6, 5, 4, 3, 2, 1)]
    same = next((first for first, second in texts if first == second), decimal((low + high) / 2, 1))
    return rf"\approx {digits(same)}"


def _by_name(place: tuple[str, Fraction]) -> tuple[str, list[int]]:
    """t[2] before t[10] before z[1]."""
    name, _ = place
    return re.sub(r"\d+", "", name), [int(number) for number in re.findall(r"\d+", name)]


def variable(name: str) -> str:
    """A variable's name as the counterexample spells it, in LaTeX: z[1] is z with a subscript."""
    match = re.fullmatch(r"([^\W\d_]\w*)('*)(?:\[([\w, ]+)\])?('*)(?:\((.+)\))?", name)
    if match is None:
        return rf"\text{{{re.sub(r'[^A-Za-z0-9 ,.;:()=+*/-]', '.', name)}}}"
    bare, primes, places, more, argument = match.groups()
    text = letter(bare)
    if places:
        text += f"_{{{' '.join(place.strip() for place in places.split(','))}}}"
    return text + primes + more + (rf"\left({variable(argument)}\right)" if argument else "")


def exact(value: Fraction) -> str:
    """A rational number: as it is, or rounded with a sign that says so."""
    if len(f"{value}") > EXACT:
        return rf"\approx {digits(decimal(value, 12))}"
    if value.denominator == 1:
        return str(value.numerator)
    sign = "-" if value < 0 else ""
    return rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def digits(text: str) -> str:
    """A decimal with an exponent as LaTeX."""
    mantissa, _, exponent = text.partition("e")
    return rf"{mantissa} \times 10^{{{int(exponent)}}}" if exponent else mantissa


def _apart(left: Enclosure, right: Enclosure) -> tuple[str, str]:
    """Both values with as many digits as it takes to tell them apart."""
    for count in (6, 9, 12, 18, 24, 36):
        texts = _digits(left, count), _digits(right, count)
        if texts[0] != texts[1]:
            break
    return _with_sign(left, texts[0]), _with_sign(right, texts[1])


def _digits(of: Enclosure, count: int) -> str:
    """The middle of an enclosure; a float that is no number says itself what it is."""
    said = str(of)
    return said if said.lstrip("-") in NO_NUMBER else decimal(of.low + (of.high - of.low) / 2, count)


def _with_sign(of: Enclosure, text: str) -> str:
    if text.lstrip("-") in NO_NUMBER:
        return f"= {text}".replace("nan", r"\text{nan}").replace("inf", r"\infty")
    sign = "=" if of.low == of.high == Fraction(text) else r"\approx"
    return f"{sign} {digits(text)}"


def scientific(number: float) -> str:
    """An error or a limit to two digits, as prose with a formula in it."""
    if math.isnan(number) or math.isinf(number):
        return gettext("not finite")
    if number == 0:
        return "$0$"
    mantissa, _, exponent = f"{number:.1e}".partition("e")
    power = f"10^{{{int(exponent)}}}"
    if abs(int(exponent)) <= 2:
        return f"${number:.2g}$"
    return f"${power}$" if mantissa == "1.0" else rf"${mantissa} \times {power}$"


def headline(checks: Sequence[NumericCheck]) -> Figure | None:
    """The worst failure; else the largest error among the checks that were held to the tightest limit."""
    bounded = [check for check in checks if check.limit is not None]
    if not bounded:
        return None
    failed = [check for check in bounded if not check.passed]
    tightest = min(check.limit for check in bounded if check.limit is not None)
    among = failed or [check for check in bounded if check.limit == tightest]
    worst = max(among, key=lambda check: math.inf if math.isnan(check.largest) else check.largest)
    return Figure(scientific(worst.largest), told(worst.method), not failed)
