"""The figures of a page in TikZ: the same values at the same places as in SVG, by styles that the preamble names.

What stands here are the lines between \\begin{tikzpicture} and \\end{tikzpicture}; downwards is positive, as in SVG.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from derive.formula.latex import letter

from . import accuracy, heat, simplex, surface
from .accuracy import Accuracy
from .curve import Curve
from .figures import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, axes, decimals, number
from .heat import CELL, EDGE, Heat
from .prose import formula_tex
from .saturation import Saturation
from .simplex import Field, Map, Spot
from .surface import CUTS, REACH, Surface
from .units import highest

INSET = 7
"""How far within a cell of a table stands the frame of a negative entry."""


def _place(spot: Sequence[float | str]) -> str:
    """A place on the page, to the tenth, as in SVG."""
    return f"({','.join(f'{round(float(one), 1):g}' for one in spot)})"


def _path(spots: Iterable[Sequence[float | str]]) -> str:
    return "--".join(map(_place, spots))


def _dots(spots: Iterable[Sequence[float | str]]) -> str:
    return f"coordinates {{{''.join(map(_place, spots))}}}"


def _node(style: str, spot: Sequence[float | str], formula: str) -> str:
    """A formula; whoever wrote its letters, nothing in it is a command that is not on the list."""
    return rf"\node[{style}] at {_place(spot)} {{${formula_tex(formula)}$}};"


# ------------------------------------------------------------------ curves, and errors along a line


def curves(variable: str, drawn: Sequence[Curve], flat: Saturation | None) -> str:
    """The curves in their frame, over the stretches where the slope is flat."""
    frame, across, up = axes([one.points for one in drawn])
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    zero = frame.y(min(max(0.0, frame.low_y), frame.high_y))
    lines = [
        rf"\fill[shade] {_place((frame.x(low), TOP))} rectangle {_place((frame.x(high), bottom))};"
        for low, high in (flat.stretches if flat else ())
    ]
    lines += _grid([(frame.y(tick), number(tick)) for tick in up], [(frame.x(tick), number(tick)) for tick in across])
    lines.append(rf"\draw[axis] {_path([(LEFT, zero), (right, zero)])};")
    lines.append(_node("label below", ((LEFT + right) / 2, bottom + 22), letter(variable)))
    for n, one in enumerate(drawn):
        spots = [(frame.x(x), frame.y(y)) for x, y in one.points]
        lines.append(rf"\draw[line {'ab'[n % 2]}] plot {_dots(spots)};")
    return "\n".join(lines)


def _grid(up: Iterable[tuple[str, str]], across: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Lines from left to right and from top to bottom, with their numbers."""
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    for y, tick in up:
        yield rf"\draw[grid] {_path([(LEFT, y), (right, y)])}; {_node('tick left', (LEFT - 9, y), tick)}"
    for x, tick in across:
        yield rf"\draw[grid] {_path([(x, TOP), (x, bottom)])}; {_node('tick below', (x, bottom + 9), tick)}"


def errors(measured: Accuracy) -> str:
    """Both errors at each sample, on a logarithmic scale."""
    kinds = {"a": measured.naive.units, "b": measured.exported.units}
    top = highest(*(max(units) for units in kinds.values()))
    right, bottom = accuracy.WIDTH - accuracy.RIGHT, accuracy.HEIGHT - accuracy.BOTTOM

    def level(error: float) -> str:
        return accuracy.level(error, top)

    lines = []
    for tick in range(0, top + 1, 3):
        y, style = level(10.0**tick), "grid" if tick else "axis"
        lines.append(rf"\draw[{style}] {_path([(accuracy.LEFT, y), (right, y)])};")
        lines.append(_node("tick left", (accuracy.LEFT - 9, y), f"10^{{{tick}}}" if tick else "1"))
    for tick in range(accuracy.EDGES[0], accuracy.EDGES[1] + 1, 20):
        x = accuracy.place(tick)
        lines.append(rf"\draw[grid] {_path([(x, accuracy.TOP), (x, bottom)])};")
        lines.append(_node("tick below", (x, bottom + 9), number(tick)))
    lines.append(rf"\node[tick above] at {_place((accuracy.LEFT, accuracy.TOP - 14))} {{ULP}};")
    lines.append(_node("label below", ((accuracy.LEFT + right) / 2, bottom + 22), measured.variable))
    for style, units in kinds.items():
        spots = [(accuracy.place(x), level(error)) for x, error in zip(measured.samples, units, strict=True)]
        lines.append(rf"\draw[marks {style}] plot {_dots(spots)};")
    return "\n".join(lines)


# ------------------------------------------------------------------ a table of shaded cells


def table(drawn: Heat) -> str:
    """The entries; the shade is the size of an entry, its colour and a dashed frame the sign."""
    lines = []
    for n in range(len(drawn.cells)):
        middle = EDGE + (n + 0.5) * CELL
        lines.append(_node("label above", (middle, EDGE - 6), f"{drawn.columns} = {n + 1}"))
        lines.append(_node("label aside", (EDGE - 6, middle), f"{drawn.rows} = {n + 1}"))
    for i, row in enumerate(drawn.cells):
        for j, cell in enumerate(row):
            x, y = EDGE + j * CELL, EDGE + i * CELL
            colour = f"{'second' if cell < 0 else 'accent'}!{100 * heat.depth(drawn, cell):.1f}"
            lines.append(rf"\draw[cell,fill={colour}] ({x},{y}) rectangle +({CELL},{CELL});")
            if cell < 0:  # its sign is seen in print without colours
                lines.append(
                    rf"\draw[inset] ({x + INSET},{y + INSET}) rectangle +({CELL - 2 * INSET},{CELL - 2 * INSET});"
                )
            lines.append(_node("number", (x + CELL // 2, y + CELL // 2), decimals(cell)))
    side = len(drawn.cells) * CELL
    return "\n".join([*lines, rf"\draw[edge] ({EDGE},{EDGE}) rectangle +({side},{side});"])


# ------------------------------------------------------------------ the triangle of three probabilities


def field(drawn: Field) -> str:
    """The arrows of a gradient in the triangle."""
    lines = list(_triangle(drawn.probabilities))
    for arrow in drawn.arrows:
        tail, tip = simplex.ends(arrow)
        lines.append(rf"\fill[dot] {_place(tail)} circle[radius=2.6];")
        if simplex.is_seen(arrow):
            left, right = simplex.head(tail, tip)
            lines.append(rf"\draw[arrow] {_path([tail, tip])} {_path([left, tip, right])};")
    lines.append(rf"\fill[goal] {_place(simplex.spot((1.0, 0.0, 0.0)))} circle[radius=7];")
    return "\n".join(lines)


def contours(drawn: Map) -> str:
    """The lines of equal differences of logits in the triangle."""
    lines = list(_triangle(drawn.probabilities))
    for one in drawn.contours:
        style = f"contour {one.first}{one.second}{'' if one.difference else ',middle'}"
        lines.append(rf"\draw[{style}] plot {_dots(map(simplex.spot, one.points))};")
    lines.append(rf"\fill[goal] {_place(simplex.spot((1 / 3, 1 / 3, 1 / 3)))} circle[radius=4];")
    return "\n".join(lines)


def _triangle(letters: str) -> Iterator[str]:
    corners = [simplex.spot(at) for at in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))]
    yield rf"\draw[edge] {_path(corners)}--cycle;"
    for n, ((x, y), side) in enumerate(zip(corners, ("label above", "label below", "label below"), strict=True), 1):
        yield _node(side, (x, y + (-10 if side == "label above" else 8)), f"{letters}_{n} = 1")


# ------------------------------------------------------------------ the surface over two logits


def net(drawn: Surface) -> str:
    """The surface as a net of shaded tiles from the back to the front, with its axes."""
    lines = [rf"\draw[edge] {_path(surface.floor())}--cycle;"]
    for level, run in groupby(surface.tiles(drawn), key=lambda tile: tile[0]):
        tiles = " ".join(f"{_path(spots)}--cycle" for _, spots in run)
        lines.append(rf"\draw[tile,fill=accent!{8 + 8 * level}] {tiles};")
    variable, last = letter(drawn.variable), CUTS
    for n in (0, CUTS // 2, CUTS):
        tick = number(REACH * (2 * n - CUTS) // CUTS)
        lines += [_corner("label left", (0, n), tick), _corner("label right", (n, last), tick)]
    lines.append(_beside("label left", (0, CUTS / 2), (-18, 22), f"{variable}_2"))
    lines.append(_beside("label right", (CUTS / 2, last), (18, 22), f"{variable}_1"))
    x, low = surface.spot(0, 0, 0)
    _, high = surface.spot(0, 0, 1)
    lines.append(rf"\draw[axis] {_path([(x, low), (x, high)])};")
    for height, text in ((0.0, "0"), (0.5, r"\frac{1}{2}"), (1.0, "1")):
        _, y = surface.spot(0, 0, height)
        lines.append(rf"\draw[axis] {_path([(x, y), (x - 5, y)])}; {_node('tick left', (x - 9, y), text)}")
    lines.append(_node("label above", (x, high - 11), f"{letter(drawn.name)}_{{{drawn.place}}}"))
    return "\n".join(lines)


def _corner(style: str, cuts: Spot, text: str) -> str:
    x, y = surface.spot(*cuts, 0)
    return _node(f"{style},tick", (x, y + 6), text)


def _beside(style: str, cuts: Spot, away: Spot, text: str) -> str:
    x, y = surface.spot(*cuts, 0)
    return _node(style, (x + away[0], y + away[1]), text)
