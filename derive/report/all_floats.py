"""Errors at points drawn from all floats: how many digits are kept where, and the worst point."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from derive.numeric.accuracy import LOST
from derive.numeric.all_floats import BITS as SETTLED_BITS
from derive.numeric.all_floats import Off, Sample, Truth

from .figures import Box, number, svg
from .language import gettext, marked, sentences

NEAR, FAR = 1.0, 2.0**10
"""In units in the last place: within the first a value is as good as exact, within the second it keeps most digits."""
COUNTED: tuple[Truth, ...] = ("normal", "small", "large")
HEADINGS = {
    "normal": marked("The true value is 0 or a normal float: %(points)s points"),
    "small": marked("It is too small for a normal float: %(points)s points"),
    "large": marked("It is too large for a float: %(points)s points"),
}
WIDTH, HEIGHT = 640, 262
LEFT, RIGHT, TOP, BOTTOM = 58, 24, 48, 60
NO_NUMBER = 22
"""How high the dots of what is no number stand."""
DECADES = 309
BITS = int(math.log2(LOST))


@dataclass(frozen=True, slots=True)
class Row:
    """At how many points the error is in a range."""

    words: str
    written: int
    exported: int


@dataclass(frozen=True, slots=True)
class Group:
    """The points whose true values are of one kind."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Worst:
    """The point at which something is off most; of equally bad ones that with the smallest inputs."""

    computed: str
    exact: str
    inputs: str


@dataclass(frozen=True, slots=True)
class AllFloats:
    """What a formula as it is written, and a function, keep of their digits over all floats."""

    points: int
    bits: int
    """With how many at most the true values were settled."""
    lead: str
    """The points with a normal value, as a sentence."""
    groups: tuple[Group, ...]
    notes: str
    """What is to be said of some points, or of how they were drawn."""
    written: Worst | None
    """None where it is off by no more than a unit anywhere."""
    exported: Worst | None
    figure: Markup


def all_floats(sample: Sample, written: Off, exported: Off, unit: str = "") -> AllFloats:
    """The part of a page on the errors at these points; `unit` is a variable that is drawn between 0 and 1."""
    truths, pair = sample.truths, (written, exported)
    return AllFloats(
        points=len(truths),
        bits=SETTLED_BITS,
        lead=_lead(truths, pair),
        groups=tuple(_group(kind, _at(pair, truths, (kind,))) for kind in COUNTED if kind in truths),
        notes=_notes(sample.truths, unit),
        written=_worst(sample, written),
        exported=_worst(sample, exported),
        figure=_plot(sample, pair),
    )


def _at(pair: tuple[Off, Off], truths: Sequence[Truth], kinds: Sequence[Truth]) -> list[list[float]]:
    """The errors of both at the points whose true values are of these kinds."""
    return [[units for units, truth in zip(one.units, truths, strict=True) if truth in kinds] for one in pair]


def _within(units: Sequence[float], above: float, most: float) -> int:
    return sum(above < one <= most for one in units)


def _lead(truths: Sequence[Truth], pair: tuple[Off, Off]) -> str:
    written, exported = _at(pair, truths, ("normal", "small"))
    return gettext(
        "Of %(points)s points that are drawn from all floats, %(finite)s have a finite true value, which at %(small)s "
        "of them is too small for a normal float. As it is written, the last line is within 1 ULP at %(written)s of "
        "these, and nan or infinite at %(lost)s; the exported function is within 1 ULP at %(exported)s, and nan or "
        "infinite at %(none)s.",
        points=len(truths),
        finite=len(written),
        small=truths.count("small"),
        written=_within(written, -1, NEAR),
        lost=written.count(math.inf),
        exported=_within(exported, -1, NEAR),
        none=exported.count(math.inf),
    )


def _group(kind: Truth, pair: Sequence[Sequence[float]]) -> Group:
    if kind == "large":
        ranges = [(gettext("infinite, as it is rounded"), -1.0, 0.0), (gettext("finite, or nan"), 0.0, math.inf)]
    else:
        ranges = [
            (gettext("within 1 ULP"), -1.0, NEAR),
            (gettext("within $2^{10}$ ULP"), NEAR, FAR),
            (gettext("further off"), FAR, LOST),
            (gettext("nan or infinite"), LOST, math.inf),
        ]
    written, exported = pair
    rows = [Row(words, _within(written, *ends), _within(exported, *ends)) for words, *ends in ranges]
    return Group(gettext(HEADINGS[kind], points=len(written)), tuple(rows))


def _notes(truths: Sequence[Truth], unit: str) -> str:
    none, unsettled = truths.count("none"), truths.count("open")
    said = []
    if unit:
        said.append(
            gettext(
                "%(label)s is drawn between 0 and 1: the exported function takes no other labels.", label=f"${unit}$"
            )
        )
    if none:
        said.append(gettext("At %(points)s points there is no value.", points=none))
    if unsettled:
        said.append(
            gettext("At %(points)s points the value was not settled: it is far below the inputs.", points=unsettled)
        )
    return sentences(*said)


def _worst(sample: Sample, found: Off) -> Worst | None:
    counted = [n for n, truth in enumerate(sample.truths) if truth in COUNTED and found.units[n] > NEAR]
    if not counted:
        return None
    largest = sample.largest
    n = max(counted, key=lambda n: (found.units[n], sample.truths[n] == "normal", -largest[n]))
    inputs = ", ".join(f"{one.name} = {_shown(sample.given(one.name)[n].tolist())}" for one in sample.arguments)
    return Worst(_shown(found.values[n]), _shown(sample.exact[n].item() + 0.0), inputs)


def _shown(value: float | list[float]) -> str:
    """Floats as Python writes them, so that they can be computed with."""
    return repr(value)


# ------------------------------------------------------------------ the figure


def _across(value: float) -> int:
    """Where a size stands from left to right, by its logarithm."""
    return round(LEFT + (math.log10(max(value, 10.0**-DECADES)) + DECADES) / (2 * DECADES) * (WIDTH - RIGHT - LEFT))


def _up(units: float) -> int:
    """Where an error stands from top to bottom, by its bits."""
    bottom = HEIGHT - BOTTOM
    return NO_NUMBER if math.isinf(units) else round(bottom - math.log2(1 + units) / BITS * (bottom - TOP))


def _axes() -> Iterator[str]:
    """Lines from left to right and from top to bottom, with their numbers."""
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    for bits in (0, 20, 40):
        y = _up(2.0**bits - 1)
        yield f'<path class="{"grid" if bits else "axis"}" d="M{LEFT} {y}H{right}"/>'
        yield f'<text class="tick" x="{LEFT - 9}" y="{y}" dy="0.35em" text-anchor="end">{bits}</text>'
    unit, nan = escape(gettext("bits")), escape(gettext("nan"))
    yield f'<text class="tick" x="{LEFT - 9}" y="{TOP + 8}" text-anchor="end">{unit}</text>'
    yield f'<path class="grid" d="M{LEFT} {NO_NUMBER}H{right}"/>'
    yield f'<text class="tick" x="{LEFT - 9}" y="{NO_NUMBER}" dy="0.35em" text-anchor="end">{nan}</text>'
    for decade in range(-300, 301, 150):
        x = _across(10.0**decade)
        power = f'10<tspan class="power" dy="-0.45em">{number(decade)}</tspan>' if decade else "1"
        yield f'<path class="grid" d="M{x} {NO_NUMBER}V{bottom}"/>'
        yield f'<text class="tick" x="{x}" y="{bottom + 28}" text-anchor="middle">{power}</text>'
    words = escape(gettext("the largest input, without its sign"))
    yield f'<text class="tick" x="{(LEFT + right) // 2}" y="{HEIGHT - 8}" text-anchor="middle">{words}</text>'


def _plot(sample: Sample, pair: tuple[Off, Off]) -> Markup:
    """The error in bits at each point, against its largest input; what is no number stands above."""
    lines = list(_axes())
    counted = [_across(one) for one, truth in zip(sample.largest, sample.truths, strict=True) if truth in COUNTED]
    written, exported = _at(pair, sample.truths, COUNTED)
    for style, units in (("a", written), ("b", exported)):
        spots = dict.fromkeys(zip(counted, map(_up, units), strict=True))
        lines.append(f'<path class="dots {style}" d="{"".join(f"M{x} {y}h0" for x, y in spots)}"/>')
    text = gettext(
        "Errors in bits against the size of the largest input: as written no number at %(written)s of %(points)s "
        "points, the exported function at %(exported)s.",
        points=len(counted),
        written=written.count(math.inf),
        exported=exported.count(math.inf),
    )
    return svg(Box("floats", "floats", WIDTH, HEIGHT), gettext("Errors over all floats"), text, lines)
