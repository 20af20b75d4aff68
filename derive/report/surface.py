"""One probability of two classes as a surface over both logits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from derive.derivation import Derivation
from derive.formula.latex import latex, letter
from derive.formula.tree import Entry, Expr, Numeral, Size

from .figures import Box, decimals, named, svg
from .floats import NoNumberError, entries_of, has_values, value
from .language import gettext, sentences
from .prose import prose_plain
from .simplex import Spot, probabilities

CLASSES = 2
REACH = 4
"""The logits run from −4 to 4."""
CUTS = 16
LEVELS = 10
CLOSE = 1e-9
ACROSS, DOWN, TALL = 10.4, 5.6, 150
WIDTH, HEIGHT = 412, 380


@dataclass(frozen=True, slots=True)
class Surface:
    """A function of two logits over a square."""

    probability: str
    formula: str
    """What is drawn, and the result by which it was computed, in LaTeX."""
    name: str
    place: int
    """The letter of the probability, and which it is."""
    variable: str
    heights: tuple[tuple[float, ...], ...]
    """By the first logit, then by the second, both from low to high."""
    only_difference: bool
    """Whether the height is the same along every line of equal difference, to the last digits of a float."""


def surface(derivation: Derivation, pinned: dict[Size, int]) -> Surface | None:
    """The surface of a claim about one probability of two, whose result has no other variable; else None."""
    claim, result = derivation.claim, derivation.result
    if not isinstance(claim, Entry) or not isinstance(result, Expr) or (found := probabilities(derivation)) is None:
        return None
    name, variable = found
    size = name.shape[0]
    (place, *_) = claim.places
    if claim.tensor != name or not isinstance(place, int) or pinned.get(size) != CLASSES or not has_values(result):
        return None
    steps = [REACH * (2 * n - CUTS) / CUTS for n in range(CUTS + 1)]
    try:
        heights = tuple(
            tuple(value(result, entries_of(variable, (first, second)), {size: CLASSES}) for second in steps)
            for first in steps
        )
    except (NoNumberError, ArithmeticError, ValueError):
        return None
    same = all(
        abs(heights[n][m] - heights[n - 1][m - 1]) < CLOSE for n in range(1, CUTS + 1) for m in range(1, CUTS + 1)
    )
    if isinstance(result, Numeral):
        return None
    return Surface(latex(claim), latex(result), name.name, place, variable.name, heights, same)


def surface_words(drawn: Surface) -> str:
    """What one sees, in numbers."""
    y, z, last = drawn.probability, letter(drawn.variable), CUTS
    high, low = drawn.heights[last][0], drawn.heights[0][last]
    middle = drawn.heights[CUTS // 2][CUTS // 2]
    height = gettext(
        "The height is $%(y)s$, from 0 to 1, over $%(z)s_1$ and $%(z)s_2$ from −%(reach)s to %(reach)s. "
        "It is %(middle)s where both logits are 0, %(high)s at (%(reach)s, −%(reach)s) and %(low)s at "
        "(−%(reach)s, %(reach)s).",
        y=y,
        z=z,
        reach=REACH,
        middle=decimals(middle, 4),
        high=decimals(high, 4),
        low=decimals(low, 4),
    )
    along = gettext(
        "Along lines of equal $%(z)s_1 - %(z)s_2$ the height stays the same, so every cut across them is one curve.",
        z=z,
    )
    return sentences(height, along if drawn.only_difference else "")


def spot(first: float, second: float, height: float) -> Spot:
    """From cuts and a height to the page: the first logit runs to the back, the second to the front, both to the right.

    Both are counted from 0 to `CUTS`, so that the surface rises towards the back and hides nothing.
    """
    return 40 + ACROSS * (first + second), 178 - DOWN * (first - second) + TALL * (0.5 - height)


def tiles(drawn: Surface) -> Iterator[tuple[int, list[Spot]]]:
    """The level and the corners of each tile, from the back to the front."""
    every = [(n, m) for n in range(CUTS) for m in range(CUTS)]
    for n, m in sorted(every, key=lambda tile: (tile[1] - tile[0], tile[0])):
        corners = ((n, m), (n + 1, m), (n + 1, m + 1), (n, m + 1))
        heights = [drawn.heights[i][j] for i, j in corners]
        level = min(int(sum(heights) / 4 * LEVELS), LEVELS - 1)
        yield level, [spot(i, j, height) for (i, j), height in zip(corners, heights, strict=True)]


def draw(drawn: Surface, name: str, title: str) -> Markup:
    """The surface as a net of shaded tiles, from the back to the front."""
    lines = _floor()
    for level, spots in tiles(drawn):
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
        lines.append(f'<path class="tile level-{level}" d="M{path}Z"/>')
    return svg(Box(name, "surface", WIDTH, HEIGHT), title, prose_plain(surface_words(drawn)), [*lines, *_axes(drawn)])


def _floor() -> list[str]:
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in floor())
    return [f'<path class="edge" d="M{path}Z"/>']


def floor() -> list[Spot]:
    """The corners of the square of logits."""
    return [spot(i, j, 0) for i, j in ((0, 0), (CUTS, 0), (CUTS, CUTS), (0, CUTS))]


def _axes(drawn: Surface) -> list[str]:
    """Numbers along the two logits, and along the height."""
    lines = []
    for n in (0, CUTS // 2, CUTS):
        number = f"{REACH * (2 * n - CUTS) // CUTS}".replace("-", "−")
        x, y = spot(0, n, 0)
        lines.append(f'<text class="tick" x="{x - 6:.1f}" y="{y + 17:.1f}" text-anchor="end">{number}</text>')
        x, y = spot(n, CUTS, 0)
        lines.append(f'<text class="tick" x="{x + 6:.1f}" y="{y + 17:.1f}">{number}</text>')
    x, y = spot(0, CUTS / 2, 0)
    lines.append(_label(x - 34, y + 42, drawn.variable, 2))
    x, y = spot(CUTS / 2, CUTS, 0)
    lines.append(_label(x + 34, y + 42, drawn.variable, 1))
    x, low = spot(0, 0, 0)
    _, high = spot(0, 0, 1)
    lines.append(f'<path class="axis" d="M{x:.1f} {low:.1f}V{high:.1f}"/>')
    for height, text in ((0.0, "0"), (0.5, "½"), (1.0, "1")):
        _, y = spot(0, 0, height)
        lines.append(f'<path class="axis" d="M{x:.1f} {y:.1f}h-5"/>')
        lines.append(f'<text class="tick" x="{x - 9:.1f}" y="{y:.1f}" dy="0.35em" text-anchor="end">{text}</text>')
    lines.append(_label(x, high - 12, drawn.name, drawn.place))
    return lines


def _label(x: float, y: float, text: str, below: int) -> str:
    return f'<text class="label" x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{named(text, below)}</text>'
