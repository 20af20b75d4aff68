"""A matrix of derivatives at a point, as a table of shaded cells."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from derive.derivation import Derivation
from derive.formula.hypotheses import given_indices
from derive.formula.latex import latex, letter
from derive.formula.substitution import leaves
from derive.formula.tree import Derivative, Entry, Index, Size

from .figures import Box, decimals, named, svg
from .floats import NoNumberError, entries_of, has_values, is_variable, logits, value
from .language import gettext, sentences

CLASSES = range(2, 7)
"""The numbers of classes that a table has room for; others are shown at 3."""
ZERO = 1e-12
CELL, EDGE = 92, 46


@dataclass(frozen=True, slots=True)
class Heat:
    """The entries of a result at one point of its variable."""

    derivative: str
    """What the entries are, in LaTeX."""
    variable: str
    rows: str
    columns: str
    """The letters of the two indices."""
    point: tuple[float, ...]
    cells: tuple[tuple[float, ...], ...]

    @property
    def largest(self) -> float:
        """The largest entry without its sign."""
        return max(abs(cell) for row in self.cells for cell in row)

    @property
    def is_symmetric(self) -> bool:
        """Whether the entries are those of the transposed matrix, to the last digits of a float."""
        size = range(len(self.cells))
        return all(abs(self.cells[i][j] - self.cells[j][i]) < ZERO for i in size for j in size)

    @property
    def rows_sum_to_zero(self) -> bool:
        """Whether every row adds up to 0, to the last digits of a float."""
        return all(abs(sum(row)) < ZERO for row in self.cells)


def heat(derivation: Derivation, sizes: dict[Size, int]) -> Heat | None:
    """The table of a result with two indices over one size, a derivative in a vector; None where it is none."""
    claim, result = derivation.scalars[0], derivation.scalars[-1]
    if not isinstance(claim, Derivative) or not isinstance(claim.variable, Entry) or not has_values(result):
        return None
    tensor = claim.variable.tensor
    indices = places(derivation)
    if len(indices) != 2 or len(tensor.shape) != 1 or not is_variable(tensor) or leaves(result) != {tensor}:
        return None
    if any(index.size != tensor.shape[0] for index in indices) or any(map(given_indices, derivation.assuming)):
        return None
    first, second = indices
    classes = sizes.get(first.size, 3)
    point = logits(classes if classes in CLASSES else 3)
    values, here = entries_of(tensor, point), {first.size: len(point)}
    numbers = range(1, len(point) + 1)
    try:
        cells = tuple(
            tuple(value(result, values, here, {first: row, second: column}) for column in numbers) for row in numbers
        )
    except (NoNumberError, ArithmeticError, ValueError):
        return None
    return Heat(
        latex(claim), letter(tensor.name), letter(first.name), letter(second.name), point, cells
    )  # fmt: skip


def places(derivation: Derivation) -> tuple[Index, ...]:
    """The free indices of the claim's entries: rows first, the differentiated place last."""
    claim = derivation.scalars[0]
    free = sorted(claim.free_indices, key=str)
    if isinstance(claim, Derivative) and isinstance(claim.variable, Entry) and len(claim.variable.places) == 1:
        (last,) = claim.variable.places
        free.sort(key=lambda index: index == last)
    return tuple(free)


def described(heat: Heat) -> str:
    """What one sees, in numbers."""
    count = len(heat.cells)
    rows = gettext("; ").join(
        gettext("row %(number)s: %(entries)s", number=n, entries=", ".join(map(decimals, row)))
        for n, row in enumerate(heat.cells, 1)
    )
    words = gettext(
        "%(count)s by %(count)s entries at %(point)s. %(rows)s.", count=count, point=point_words(heat), rows=rows
    )
    return sentences(words, *remarks(heat))


def remarks(heat: Heat) -> tuple[str, ...]:
    """What is seen of these numbers at once."""
    found = []
    if heat.is_symmetric:
        found.append(gettext("The matrix is its own mirror image along the diagonal."))
    if heat.rows_sum_to_zero:
        found.append(gettext("Every row adds up to 0."))
    return tuple(found)


def point_words(heat: Heat) -> str:
    """The point at which the entries are shown."""
    return f"{heat.variable} = ({', '.join(f'{place:g}' for place in heat.point)})"


def depth(heat: Heat, cell: float) -> float:
    """How strongly a cell is coloured: the larger the entry, the more; not at all where it is 0."""
    return 0.06 + 0.54 * abs(cell) / heat.largest if abs(cell) > ZERO else 0.0


def draw(heat: Heat, name: str, title: str) -> Markup:
    """The table as SVG; the shade is the size of an entry, its colour the sign."""
    count = len(heat.cells)
    side = EDGE + count * CELL + 2
    lines = []
    for n in range(count):
        middle = EDGE + (n + 0.5) * CELL
        lines.append(f'<text class="label" x="{middle:.0f}" y="{EDGE - 14}" text-anchor="middle">')
        lines[-1] += f"{named(heat.columns)} = {n + 1}</text>"
        lines.append(f'<text class="label" x="{EDGE - 14}" y="{middle:.0f}" text-anchor="middle" ')
        lines[-1] += f'transform="rotate(-90 {EDGE - 14} {middle:.0f})">{named(heat.rows)} = {n + 1}</text>'
    for i, row in enumerate(heat.cells):
        for j, cell in enumerate(row):
            x, y = EDGE + j * CELL, EDGE + i * CELL
            sign = "less" if cell < 0 else "more"
            lines.append(
                f'<rect class="cell {sign}" x="{x}" y="{y}" width="{CELL}" height="{CELL}" '
                f'fill-opacity="{depth(heat, cell):.3f}"/>'
            )
            lines.append(
                f'<text class="number" x="{x + CELL // 2}" y="{y + CELL // 2}" dy="0.35em" text-anchor="middle">'
                f"{decimals(cell)}</text>"
            )
    lines.append(
        f'<rect class="edge" x="{EDGE}" y="{EDGE}" width="{count * CELL}" height="{count * CELL}"/>'
    )  # fmt: skip
    return svg(Box(name, "heat", side, side), title, described(heat), lines)
