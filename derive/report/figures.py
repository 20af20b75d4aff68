"""SVG by hand: classes and CSS variables, so that a figure follows dark mode; the same bytes every time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from markupsafe import Markup, escape

Points: TypeAlias = tuple[tuple[float, float], ...]

WIDTH, HEIGHT = 640, 280
LEFT, RIGHT, TOP, BOTTOM = 58, 18, 16, 46

GREEK = dict(
    zip(
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
        "omega ell".split(),
        "αβγδεζηθικλμνξπρστυφχψωℓ",
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class Box:
    """The paper that a figure is drawn on."""

    name: str
    """What its title and description are called by."""
    kind: str
    width: float
    height: float
    role: str = "img"
    """A group where it holds links."""


def svg(box: Box, title: str, description: str, lines: Sequence[str]) -> Markup:
    """A figure of ready lines; `title` and `description` are for those who can't see it."""
    return Markup(
        "\n".join(
            [
                f'<svg class="plot {box.kind}" viewBox="0 0 {box.width:g} {box.height:g}" role="{box.role}" '
                f'aria-labelledby="{box.name}-title {box.name}-text">',
                f'<title id="{box.name}-title">{escape(title)}</title>',
                f'<desc id="{box.name}-text">{escape(description)}</desc>',
                *lines,
                "</svg>",
            ]
        )
    )


def named(text: str, below: object = "") -> str:
    """A letter as SVG text, in italics where it is one, with a subscript where it has one."""
    shown = str(escape(GREEK.get(text.lstrip("\\"), text)))
    if below == "":
        return f"<tspan>{shown}</tspan>"
    return f'<tspan>{shown}</tspan><tspan class="below" dy="0.28em">{escape(below)}</tspan>'


def decimals(value: float, places: int = 3) -> str:
    """A value to three places, with a real minus sign, and no sign before 0."""
    text = f"{value:.{places}f}"
    return (text.lstrip("-") if float(text) == 0 else text).replace("-", "\u2212")


@dataclass(frozen=True, slots=True)
class Series:
    """A curve; `style` is its class, a colour and a dash."""

    style: str
    points: Points


@dataclass(frozen=True, slots=True)
class Frame:
    """From values to places on the page."""

    low_x: float
    high_x: float
    low_y: float
    high_y: float

    def x(self, value: float) -> str:
        return f"{LEFT + (value - self.low_x) / (self.high_x - self.low_x) * (WIDTH - LEFT - RIGHT):.1f}"

    def y(self, value: float) -> str:
        return f"{HEIGHT - BOTTOM - (value - self.low_y) / (self.high_y - self.low_y) * (HEIGHT - TOP - BOTTOM):.1f}"


def plot(
    name: str,
    title: str,
    description: str,
    variable: str,
    series: Sequence[Series],
    shaded: Sequence[tuple[float, float]] = (),
) -> Markup:
    """A line plot with grid and axes; `shaded` are stretches of the horizontal axis."""
    frame, ticks_x, ticks_y = axes([one.points for one in series])
    lines = [
        *(shade(frame, low, high) for low, high in shaded),
        *grid(frame, ticks_x, ticks_y),
        f'<text class="label" x="{(LEFT + WIDTH - RIGHT) / 2:.1f}" y="{HEIGHT - 6}" text-anchor="middle">'
        f"{escape(variable)}</text>",
    ]
    for one in series:
        path = "L".join(f"{frame.x(x)} {frame.y(y)}" for x, y in one.points)
        lines.append(f'<path class="line {one.style}" d="M{path}"/>')
    return svg(Box(name, "wide", WIDTH, HEIGHT), title, description, lines)


def axes(curves: Sequence[Points]) -> tuple[Frame, list[float], list[float]]:
    """The frame that holds all curves, and the numbers along it."""
    xs = [x for points in curves for x, _ in points]
    ys = [y for points in curves for _, y in points]
    ticks_x, ticks_y = ticks(min(xs), max(xs)), ticks(min(ys), max(ys))
    frame = Frame(min(xs), max(xs), ticks_y[0], ticks_y[-1])
    return frame, [tick for tick in ticks_x if frame.low_x <= tick <= frame.high_x], ticks_y


def shade(frame: Frame, low: float, high: float) -> str:
    """A stretch of the horizontal axis, from top to bottom."""
    left, right = float(frame.x(low)), float(frame.x(high))
    return f'<rect class="shade" x="{left:.1f}" y="{TOP}" width="{right - left:.1f}" height="{HEIGHT - TOP - BOTTOM}"/>'


def grid(frame: Frame, ticks_x: Sequence[float], ticks_y: Sequence[float]) -> list[str]:
    """Grid lines with their numbers, and the axes."""
    lines, bottom = [], HEIGHT - BOTTOM
    for tick in ticks_y:
        y = frame.y(tick)
        lines.append(f'<path class="grid" d="M{LEFT} {y}H{WIDTH - RIGHT}"/>')
        lines.append(f'<text class="tick" x="{LEFT - 9}" y="{y}" dy="0.35em" text-anchor="end">{number(tick)}</text>')
    for tick in ticks_x:
        x = frame.x(tick)
        lines.append(f'<path class="grid" d="M{x} {TOP}V{bottom}"/>')
        lines.append(f'<text class="tick" x="{x}" y="{bottom + 19}" text-anchor="middle">{number(tick)}</text>')
    zero = min(max(0.0, frame.low_y), frame.high_y)
    return [*lines, f'<path class="axis" d="M{LEFT} {frame.y(zero)}H{WIDTH - RIGHT}"/>']


def ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Round numbers that enclose low and high, about `wanted` steps apart."""
    span = (high - low) or 1.0
    power = 10.0 ** math.floor(math.log10(span / wanted))
    step = next(m * power for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * power >= span / wanted * 0.999)
    # a curve that comes within a hair of a round number is not given another step of empty paper
    first, last = math.floor(low / step + 0.02), math.ceil(high / step - 0.02)
    return [round(n * step, 10) for n in range(first, last + 1)]


def number(value: float) -> str:
    """A tick's number with a real minus sign."""
    return f"{value:g}".replace("-", "\u2212")
