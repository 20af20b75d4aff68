"""The lines of a derivation and its exported function as ways to compute one result: how exact, and how costly."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from derive.numeric.accuracy import Measured
from derive.numeric.costs import FUNCTIONS_OFF, LINES_OFF, LOOP, NUMPY, PROCESSOR, Work, cost, operations

from .figures import Box, number, svg
from .language import gettext
from .units import decades, ulp

WIDTH, HEIGHT = 640, 330
LEFT, RIGHT, TOP, BOTTOM = 58, 24, 52, 62
LETTER, LINE = 11.0, 20.0
"""How wide and high a letter is at most: the ticks are larger where the page is narrow."""
DOT = 5
"""Half of a dot's size."""
APART = 64
"""How far apart the numbers along an axis stand."""
ROUND = tuple(
    round(digits * 10.0**power, 3)
    for digits in (1, 2, 5, 3, 7, 1.5, 4, 8, 1.2, 6, 9, 1.1, 1.3)
    for power in (0, -1, 1, 2, 3, -2)
)
"""Numbers for an axis, from the roundest on."""
LEAST, MARGIN = 0.01, 1.15


@dataclass(frozen=True, slots=True)
class Way:
    """A way to compute a result."""

    work: Work
    errors: Measured
    line: int | None
    """Its number; None for the exported function."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """A row of the table."""

    line: int | None
    operations: int
    cost: str
    """As a ratio to the last line; nothing where it is not known."""
    largest: str
    mean: str
    best: bool
    """Whether no other line has a smaller largest error, and some have a larger one."""
    unbeaten: bool
    """Whether nothing is better in one of cost and largest error, and as good in the other."""


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The lines, then the function, and a figure where they differ."""

    rows: tuple[Alternative, ...]
    entries: int
    """Of the result: all of them are counted."""
    at_once: bool
    """Whether the function takes many points at once."""
    has_short_rows: bool
    """Whether it goes through rows one by one, which takes time of its own."""
    figure: Markup
    numpy: str = NUMPY
    processor: str = PROCESSOR
    lines_off: float = LINES_OFF
    functions_off: float = FUNCTIONS_OFF


@dataclass(frozen=True, slots=True)
class Spot:
    """A way by what is shown of it: its cost as a ratio, rounded, and its largest error, rounded."""

    line: int | None
    cost: float
    error: float

    def beats(self, other: Spot) -> bool:
        """Whether this is better in one, and as good in the other."""
        mine, its = (self.cost, self.error), (other.cost, other.error)
        return mine != its and mine[0] <= its[0] and mine[1] <= its[1]


def alternatives(ways: Sequence[Way], entries: int, at_once: bool) -> Alternatives:
    """The part of a page on these ways: the last one is the function, and the one before it the last line."""
    *lines, _ = ways
    unit = cost(lines[-1].work)
    costs = [cost(way.work) for way in ways]
    spots = [
        Spot(way.line, _rounded(found / unit), round(way.errors.largest, 2)) if unit and found is not None else None
        for way, found in zip(ways, costs, strict=True)
    ]
    known = [spot for spot in spots if spot is not None]
    differ = len({(spot.cost, spot.error) for spot in known}) > 1
    least, most = (pick(way.errors.largest for way in lines) for pick in (min, max))
    rows = [
        Alternative(
            way.line,
            round(operations(way.work)),
            "" if spot is None else f"${spot.cost:g}$",
            ulp(way.errors.largest),
            ulp(way.errors.mean),
            best=way.line is not None and way.errors.largest == least < most,
            unbeaten=differ and spot is not None and not any(other.beats(spot) for other in known),
        )
        for way, spot in zip(ways, spots, strict=True)
    ]
    has_short_rows = ways[-1].work.get(LOOP, 0) >= 1
    return Alternatives(tuple(rows), entries, at_once, has_short_rows, plot(known) if differ else Markup(""))


def _rounded(ratio: float) -> float:
    """To two digits, and to a whole number from 100 on: an estimate has no more."""
    return float(f"{ratio:.2g}") if ratio < 100 else round(ratio)


# ------------------------------------------------------------------ the figure


class Scale:
    """Where a way stands: both by logarithms, its cost from left to right and its error upwards."""

    def __init__(self, spots: Sequence[Spot]) -> None:
        ratios = [max(spot.cost, LEAST) for spot in spots]
        self.low, self.high = math.log(min(ratios) / MARGIN), math.log(max(ratios) * MARGIN)
        self.top = max(3, math.ceil(math.log10(max(spot.error for spot in spots) or 1)))

    def x(self, ratio: float) -> float:
        share = (math.log(max(ratio, LEAST)) - self.low) / (self.high - self.low)
        return round(LEFT + share * (WIDTH - RIGHT - LEFT), 1)

    def y(self, error: float) -> float:
        bottom = HEIGHT - BOTTOM
        return round(bottom - decades(error) / (self.top + 1) * (bottom - TOP), 1)

    def ratios(self) -> dict[float, float]:
        """The numbers along the axis and where they stand, the roundest first, as far as there is room."""
        found: dict[float, float] = {}
        for ratio in ROUND:
            if self.low <= math.log(ratio) <= self.high:
                x = self.x(ratio)
                if all(abs(x - other) >= APART for other in found.values()):
                    found[ratio] = x
        return found


def plot(spots: Sequence[Spot]) -> Markup:
    """Cost against largest error, with stairs through what nothing beats."""
    scale = Scale(spots)
    front = sorted({(spot.cost, spot.error) for spot in spots if not any(other.beats(spot) for other in spots)})
    stairs = _stairs(scale, front)
    lines = [*_axes(scale), f'<path class="stairs" d="M{"L".join(f"{x} {y}" for x, y in stairs)}"/>']
    for style, of_lines in (("a", True), ("b", False)):
        at = dict.fromkeys(
            (scale.x(one.cost), scale.y(one.error)) for one in spots if (one.line is not None) == of_lines
        )
        lines.append(f'<path class="dots {style}" d="{"".join(f"M{x} {y}h0" for x, y in at)}"/>')
    lines += _labels(scale, spots, stairs)
    cheapest, exact = front[0], front[-1]
    text = gettext(
        "Estimated cost against the largest error: the cheapest costs %(cheapest)s and is off by up to %(worst)s ULP; "
        "the most exact costs %(cost)s and is off by up to %(best)s ULP.",
        cheapest=f"{cheapest[0]:g}",
        worst=f"{cheapest[1]:.2g}",
        cost=f"{exact[0]:g}",
        best=f"{exact[1]:.2g}",
    )
    box = Box("costs", "costs", WIDTH, HEIGHT, role="group")
    return svg(box, gettext("Estimated cost and largest error"), text, lines)


def _axes(scale: Scale) -> Iterator[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    for tick in range(0, scale.top + 1, 3):
        y = scale.y(10.0**tick)
        power = f'10<tspan class="power" dy="-0.45em">{tick}</tspan>' if tick else "1"
        yield f'<path class="grid" d="M{LEFT} {y}H{right}"/>'
        yield f'<text class="tick" x="{LEFT - 9}" y="{y}" dy="0.35em" text-anchor="end">{power}</text>'
    yield f'<path class="axis" d="M{LEFT} {bottom}H{right}"/>'
    yield f'<text class="tick" x="{LEFT - 9}" y="{TOP - 22}" text-anchor="end">ULP</text>'
    for ratio, x in scale.ratios().items():
        yield f'<path class="grid" d="M{x} {TOP}V{bottom}"/>'
        yield f'<text class="tick" x="{x}" y="{bottom + 21}" text-anchor="middle">{number(ratio)}</text>'
    words = escape(gettext("estimated cost, with the last line as 1"))
    yield f'<text class="tick" x="{(LEFT + right) // 2}" y="{HEIGHT - 8}" text-anchor="middle">{words}</text>'


def _stairs(scale: Scale, front: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The corners, from the cheapest down to the most exact: what is to the right and above is beaten."""
    found = [(scale.x(front[0][0]), float(TOP))]
    for ratio, error in front:
        x, y = scale.x(ratio), scale.y(error)
        found += [(x, found[-1][1]), (x, y)]
    return [*found, (WIDTH - RIGHT, found[-1][1])]


def _labels(scale: Scale, spots: Sequence[Spot], stairs: Sequence[tuple[float, float]]) -> Iterator[str]:
    """The number of each line beside its dot, as a link, where there is room; dots that meet share a label."""
    at: dict[tuple[float, float], list[int]] = {}
    taken = [(x - 1, min(y, v) - 1, max(x, u) + 1, max(y, v) + 1) for (x, y), (u, v) in pairwise(stairs)]
    for spot in spots:
        x, y = scale.x(spot.cost), scale.y(spot.error)
        taken.append((x - DOT, y - DOT, x + DOT, y + DOT))
        if spot.line is not None:
            near = next((one for one in at if abs(one[0] - x) <= DOT and abs(one[1] - y) <= DOT), (x, y))
            at.setdefault(near, []).append(spot.line)
    for (x, y), numbers in sorted(at.items()):
        widths = [LETTER * len(f"({n})") for n in numbers]
        box = next((box for box in _boxes(x, y, sum(widths)) if _is_free(box, taken)), None)
        if box is None:
            continue
        taken.append(box)
        middle, low = box[0], box[3] - 5
        for n, width in zip(numbers, widths, strict=True):
            shown = f'<text class="tick" x="{middle + width / 2:.1f}" y="{low:.1f}" text-anchor="middle">({n})</text>'
            yield f'<a href="#eq-{n}">{shown}</a>'
            middle += width


def _boxes(x: float, y: float, wide: float) -> Iterator[tuple[float, float, float, float]]:
    """Where a label may stand: above or below its dot, right or left of it, or further off."""
    for left, low in (
        (x - wide / 2, y - 6),
        (x - wide / 2, y + 6 + LINE),
        (x + 8, y + LINE / 2),
        (x - 8 - wide, y + LINE / 2),
        (x - 4, y - 6),
        (x + 4 - wide, y - 6),
        (x - 4, y + 6 + LINE),
        (x + 4 - wide, y + 6 + LINE),
        (x - wide / 2, y - 6 - LINE),
        (x - wide / 2, y + 6 + 2 * LINE),
    ):
        if left >= LEFT - 4 and left + wide <= WIDTH and low - LINE >= 0 and low <= HEIGHT - BOTTOM + 2:
            yield left, low - LINE, left + wide, low


def _is_free(box: tuple[float, float, float, float], taken: Sequence[tuple[float, float, float, float]]) -> bool:
    left, top, right, bottom = box
    return all(right <= one[0] or one[2] <= left or bottom <= one[1] or one[3] <= top for one in taken)
