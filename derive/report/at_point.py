"""Claim and result evaluated at a point: what a page shows before anyone moves a control, and the data to go on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from typing import Any

from derive.concrete.evaluation import Evaluation, Leaf, NoNumberError
from derive.concrete.floating import STEP, Floating
from derive.derivation import Derivation
from derive.formula.arrays import in_letters
from derive.formula.hypotheses import Positive
from derive.formula.hypotheses import letters as letters_of
from derive.formula.latex import latex, letter
from derive.formula.scope import meanings
from derive.formula.substitution import unfold_all
from derive.formula.tree import Derivative, Distinct, Expr, Index, Same, Size, TooLargeError
from derive.proof import Proof

from .evidence import scientific
from .figures import decimals
from .inputs import RANGES, Input, NoControlError, in_order, inputs
from .language import gettext
from .syntax import NotDataError, condition, data, definitions

SMALLEST, LARGEST, USUAL, OTHERS = 2, 6, 3, 2
"""Of the size that can be chosen: from, to, and where it begins; and the value of every other size."""
MOST_CONTROLS = 40
VARIED = "K"
DIGITS = 4
AGREES = 1e-6
"""Differences of second order keep about eight digits: two lines that are further apart are not equal."""


@dataclass(frozen=True, slots=True)
class Control:
    """A slider of one entry, or of a scalar."""

    symbol: str
    places: tuple[int, ...]
    low: float
    high: float
    step: float
    start: float
    shown: bool
    """At the size where the page begins."""


@dataclass(frozen=True, slots=True)
class Group:
    """The sliders of one variable."""

    name: str
    symbol: str
    about: str
    kind: str
    folded: bool
    """A matrix has too many entries to stand open."""
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A list of numbers to choose from: a size, a class, or the value of a label."""

    name: str
    symbol: str
    about: str
    kind: str
    values: tuple[int, ...]
    start: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and how deep its shade is, from −1 to 1; empty where a hypothesis leaves the entry out."""

    text: str
    depth: str
    value: float | None


@dataclass(frozen=True, slots=True)
class AtPoint:
    """The section: a table of values at the first point, with what the script needs to compute others."""

    entry: str
    """What a cell holds, in LaTeX."""
    rows: str
    columns: str
    """The letters of the table's axes; empty where there is none."""
    table: tuple[tuple[Cell, ...], ...]
    point: tuple[str, ...]
    """Where that is, in LaTeX."""
    sizes: tuple[str, ...]
    differs: str
    """By how much the two lines differ there, as prose."""
    derived: bool
    agrees: bool
    choices: tuple[Choice, ...]
    groups: tuple[Group, ...]
    last: int
    """The number of the last line."""
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FirstPoint:
    """Where the section begins."""

    lines: tuple[Expr, ...]
    """All of them, in letters."""
    sizes: Mapping[Size, int]
    here: Evaluation[float]
    """What evaluates lines there, each part once."""
    written: tuple[str, ...]
    """The variables with their values, in LaTeX."""
    spots: tuple[Mapping[Index, int], ...]
    """A number for each free index, as the hypotheses allow."""


def at_point(proof: Proof) -> AtPoint | None:
    """The section for a proof; None where there is nothing to evaluate."""
    try:
        return explored.section() if (explored := _explored(proof)) is not None else None
    except (NotDataError, NoControlError, NoNumberError, TooLargeError, RecursionError):
        return None


def first_point(proof: Proof) -> FirstPoint | None:
    """The point at which the section begins; None where it has none."""
    try:
        return explored.first() if (explored := _explored(proof)) is not None else None
    except (NoControlError, NoNumberError, TooLargeError, RecursionError):
        return None


def _explored(proof: Proof) -> _Explored | None:
    derivation = proof.derivation
    if derivation is None or proof.verdict not in ("proved", "conditional", "refuted"):
        return None
    if any(step.relation == "≈" for step in derivation.steps):
        return None
    return _explored_at(derivation, proof.sizes)


@lru_cache(maxsize=1)
def _explored_at(derivation: Derivation, sizes: tuple[tuple[Size, int], ...]) -> _Explored:
    """The same for both sections of a page."""
    return _Explored(derivation, dict(sizes))


class _Explored:
    """A derivation with its controls, and its lines at the first point, while its sections are made."""

    def __init__(self, derivation: Derivation, sizes: Mapping[Size, int]) -> None:
        self.derivation = derivation
        letters, self.lines = in_letters(derivation.lines, letters_of(derivation.assuming))
        self.claim, *_, self.result = self.lines
        self.ends = (self.claim, self.result)
        self.inputs = inputs(self.ends, derivation.assuming)
        if not self.inputs:
            raise NoControlError("there is no variable")
        self.least = max((n for n in map(_largest_numeral, _bodies(self.ends)) if n), default=1)
        self.varied = next(
            (s for s in derivation.free_sizes if s not in dict(derivation.sizes) and s.name == "K"), None
        )
        self.sizes = {size: self._first_size(size, sizes) for size in derivation.free_sizes}
        hot = {one.letter for one in self.inputs if one.kind == "hot"}
        order = [index for index in dict.fromkeys((*in_order(self.ends), *letters)) if index.name not in hot]
        order.sort(key=lambda index: letters.index(index) if index in letters else -1)
        self.axes = tuple(order[-2:])
        self.chosen = tuple(sorted((i for i in in_order(self.ends) if i not in self.axes), key=lambda i: i.name))

    def _first_size(self, size: Size, sizes: Mapping[Size, int]) -> int:
        pinned = dict(self.derivation.sizes)
        if size in pinned:
            return pinned[size]
        if size == self.varied:
            wanted = sizes.get(size, USUAL)
            return max(self.least, wanted if SMALLEST <= wanted <= LARGEST else USUAL)
        return OTHERS

    def section(self) -> AtPoint:
        groups = tuple(self._group(one) for one in self.inputs if one.kind in RANGES)
        if sum(control.shown for group in groups for control in group.controls) > MOST_CONTROLS:
            raise NoControlError("there are too many variables")
        here = self.here
        claims, results = [self._cells(line, here) for line in self.ends]
        apart = [abs(a - b) for a, b in zip(claims, results, strict=True) if a is not None and b is not None]
        numbers = [value for value in results if value is not None]
        if not apart:
            raise NoControlError("no entry is left")
        largest = max(map(abs, numbers))
        derived = any(isinstance(node, Derivative) for node in unfold_all(self.claim).walk())
        cells = [_cell(value, largest if len(results) > 1 else 0) for value in results]
        width = self.sizes[self.axes[-1].size] if self.axes else 1
        return AtPoint(
            entry=latex(self.result),
            rows=letter(self.axes[0].name) if len(self.axes) == 2 else "",
            columns=letter(self.axes[-1].name) if self.axes else "",
            table=tuple(tuple(cells[n : n + width]) for n in range(0, len(cells), width)),
            point=tuple(self._point(one) for one in self.inputs if one.kind in RANGES),
            sizes=tuple(f"{latex(size)} = {number}" for size, number in self.sizes.items() if size != self.varied),
            differs=scientific(max(apart)),
            derived=derived,
            agrees=max(apart) <= AGREES * max(1, largest),
            choices=self._choices(),
            groups=groups,
            last=len(self.derivation.steps),
            data=self._data(),
        )

    def first(self) -> FirstPoint:
        written = tuple(self._point(one) for one in self.inputs if one.kind in (*RANGES, "label"))
        spots = tuple(at for at in self._spots() if self._meant(at))
        return FirstPoint(tuple(self.lines), self.sizes, self.here, written, spots)

    # ---------------------------------------------------------------- values

    @cached_property
    def here(self) -> Evaluation[float]:
        """Lines at the first point."""
        values = self._values()
        if not self._positive(values):
            raise NoControlError("the first point is not one that the hypotheses allow")
        return Evaluation(Floating(), self.sizes, values)

    def _values(self) -> dict[Leaf, float]:
        """The first point."""
        return {
            one.leaf(places): self._start(one, places)
            for one in self.inputs
            for places in one.places(self.sizes)
            if one.name.of is None
        }

    def _start(self, one: Input, places: tuple[int, ...]) -> float:
        if one.name.of is not None:  # an unknown function is no variable: it has the value of its stand-in
            return self.here.value(one.leaf(places))
        match one.kind:
            case "hot":
                return float(places == (1,))
            case "label":
                return float(one.values[-1])
            case "share":
                row = [one.start((*places[:-1], n), self.sizes) for n in range(1, self.sizes[one.sizes[-1]] + 1)]
                return row[places[-1] - 1] / sum(row)
        return one.start(places, self.sizes)

    def _cells(self, line: Expr, here: Evaluation[float]) -> list[float | None]:
        """The entries of a line in reading order; None where a hypothesis says nothing of them."""
        return [here.value(line, at) if self._meant(at) else None for at in self._spots()]

    def _spots(self) -> Iterator[Mapping[Index, int]]:
        """The entries of a line in reading order; what no axis shows is 1."""
        for numbers in product(*(range(1, self.sizes[index.size] + 1) for index in self.axes)):
            yield {index: 1 for index in self.chosen} | dict(zip(self.axes, numbers, strict=True))

    def _positive(self, values: Mapping[Leaf, float]) -> bool:
        """Whether what is assumed to be positive is so."""
        for h in self.derivation.assuming:
            if isinstance(h, Positive):
                letters = sorted(h.body.free_indices, key=str)
                for numbers in product(*(range(1, self.sizes[index.size] + 1) for index in letters)):
                    at = dict(zip(letters, numbers, strict=True))
                    if not Evaluation(Floating(), self.sizes, values).value(h.body, at) > 0:
                        return False
        return True

    def _meant(self, at: Mapping[Index, int]) -> bool:
        for h in self.derivation.assuming:
            match h:
                case Distinct(Index() as left, Index() as right) if at[left] == at[right]:
                    return False
                case Same(Index() as left, Index() as right) if at[left] != at[right]:
                    return False
        return True

    # -------------------------------------------------------------- controls

    def _choices(self) -> tuple[Choice, ...]:
        found = []
        if self.varied is not None:
            values = tuple(range(max(SMALLEST, self.least), LARGEST + 1))
            found.append(Choice(VARIED, VARIED, gettext("classes"), "size", values, self.sizes[self.varied]))
        for index in self.chosen:
            most = LARGEST if index.size == self.varied else self.sizes[index.size]
            found.append(
                Choice(index.name, letter(index.name), gettext("index"), "index", tuple(range(1, most + 1)), 1)
            )
        for one in self.inputs:
            if one.kind == "label":
                found.append(
                    Choice(one.name.name, latex(one.name), gettext("label"), "label", one.values, one.values[-1])
                )
        return tuple(found)

    def _group(self, one: Input) -> Group:
        low, high, step = RANGES[one.kind]
        most = {size: LARGEST if size == self.varied else n for size, n in self.sizes.items()}
        controls = []
        for places in one.places(most):
            leaf = one.leaf(places)
            shown = all(place <= self.sizes[size] for place, size in zip(places, one.sizes, strict=True))
            controls.append(Control(latex(leaf), places, low, high, step, one.start(places, self.sizes), shown))
        about = gettext("sum to 1") if one.kind == "share" else ""
        return Group(one.name.name, latex(one.name), about, one.kind, len(one.sizes) > 1, tuple(controls))

    def _point(self, one: Input) -> str:
        """The start of one variable, written out."""
        if not one.sizes:
            return f"{latex(one.name)} = {self._start(one, ()):g}"
        numbers = [f"{self._start(one, places):.4g}" for places in one.places(self.sizes)]
        width = self.sizes[one.sizes[-1]]
        rows = [", ".join(numbers[n : n + width]) for n in range(0, len(numbers), width)]
        written = r";\; ".join(rows)
        return f"{latex(one.name)} = ({written})"

    def _data(self) -> dict[str, Any]:
        """Everything that the script wants to know."""
        return {
            "claim": data(self.claim),
            "result": data(self.result),
            "definitions": definitions(self.ends),
            "sizes": {size.name: number for size, number in self.sizes.items()},
            "varied": self.varied.name if self.varied is not None else None,
            "axes": [[index.name, index.size.name] for index in self.axes],
            "shapes": {one.name.name: [size.name for size in one.sizes] for one in self.inputs},
            "hot": [[one.name.name, one.letter, one.sizes[0].name] for one in self.inputs if one.kind == "hot"],
            "positive": [
                [[[index.name, index.size.name] for index in sorted(h.body.free_indices, key=str)], data(h.body)]
                for h in self.derivation.assuming
                if isinstance(h, Positive)
            ],
            "only": [condition(h) for h in self.derivation.assuming if isinstance(h, Same | Distinct)],
            "step": STEP,
            "agrees": AGREES,
        }


def _bodies(lines: Sequence[Expr]) -> list[Expr]:
    """The lines and the definitions behind them."""
    behind = [getattr(meaning, "definition", None) for meaning in meanings(*lines).values()]
    return [*lines, *(body for body in behind if isinstance(body, Expr))]


def _largest_numeral(line: Expr) -> int:
    return max((p for node in line.walk() for p in node.own_places if isinstance(p, int)), default=0)


def _cell(value: float | None, largest: float) -> Cell:
    if value is None:
        return Cell("–", "0", None)
    text = decimals(value, DIGITS)
    return Cell(text, f"{value / largest if largest else 0:.2f}", value)
