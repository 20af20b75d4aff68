"""The figures of an article or a deck: what is drawn, how large, under which number and with which words."""

from __future__ import annotations

from dataclasses import dataclass

from . import tikz
from .heat import CELL, EDGE, Heat
from .page import Page
from .pictures import Values
from .plates import Key, plates
from .simplex import Field, Map
from .surface import Surface

WIDE, NARROW = 0.62, 0.47
"""Points of paper for a unit of the drawing; a narrow one has its words beside it."""
TABLE = 176
"""How wide, in points, a table of shaded cells may be."""
ROOM = 4
"""Up to so many rows, the numbers of a table are of the ordinary size."""


@dataclass(frozen=True, slots=True)
class Illustration:
    """A figure; with no drawing where it is the graph, which is made of formulas alone."""

    number: int
    """From 1 on, on its page."""
    kind: str
    """graph, curves, heat, field, map, surface or errors."""
    unit: float
    """Points of paper for a unit of the drawing."""
    drawing: str = ""
    """TikZ."""
    heading: str = ""
    keys: tuple[Key, ...] = ()
    caption: str = ""
    """Prose with formulas, as the heading."""
    small: bool = False
    """Whether the numbers in it have little room."""

    @property
    def wide(self) -> bool:
        """Whether it takes the whole line, so that its words stand under it."""
        return self.kind in ("graph", "curves", "errors")


def is_illustrated(page: Page) -> bool:
    """Whether a page has figures."""
    return bool(page.pictures.graph or page.pictures.drawn or page.curves or page.accuracy)


def illustrations(page: Page) -> tuple[Illustration, ...]:
    """The figures of a page in the order in which its text speaks of them."""
    found = [Illustration(1, "graph", 1.0)] if page.pictures.graph else []
    for plate in plates(page):
        number = len(found) + 1
        if plate.shown is None:
            drawing = tikz.curves(page.variable, page.curves, page.saturation)
            kind, unit, small = "curves", WIDE, False
        else:
            kind, unit, drawing = _drawn(plate.shown)
            small = isinstance(plate.shown, Heat) and len(plate.shown.cells) > ROOM
        found.append(Illustration(number, kind, unit, drawing, plate.heading, plate.keys, plate.caption, small))
    if page.accuracy is not None:
        found.append(Illustration(len(found) + 1, "errors", WIDE, tikz.errors(page.accuracy)))
    return tuple(found)


def _drawn(shown: Values) -> tuple[str, float, str]:
    match shown:
        case Heat():
            side = EDGE + CELL * len(shown.cells)
            return "heat", round(min(WIDE, TABLE / side), 3), tikz.table(shown)
        case Field():
            return "field", NARROW, tikz.field(shown)
        case Map():
            return "map", NARROW, tikz.contours(shown)
        case Surface():
            return "surface", NARROW, tikz.net(shown)
