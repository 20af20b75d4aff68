"""A chain of formulas, each with the reason for which it equals the one before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .background import Background
from .formula.arrays import Array, Jacobian, Tensor, entries
from .formula.changes import Path, changes
from .formula.hypotheses import Hypothesis, OneHot, check_hypotheses, formulas, given_indices, letters
from .formula.latex import latex, latex_hypothesis
from .formula.names import as_prose
from .formula.scope import Meanings, check_line, check_lines, meanings, names, note_meanings, sizes_among
from .formula.substitution import without_strokes
from .formula.tree import (
    Distinct,
    Expr,
    Formula,
    Function,
    Index,
    Same,
    Size,
    Symbol,
    WrittenError,
    check_size_is_named,
    written,
)
from .rules import Rule

NAME = re.compile(r"[A-Za-z0-9]+([-_][A-Za-z0-9]+)*")

NAME_LENGTH = 100


def check_entry_name(name: str) -> None:
    """Refuse what could not be a file's name as well: reports are filed by it."""
    if not isinstance(name, str) or len(name) > NAME_LENGTH or not NAME.fullmatch(name):
        raise WrittenError(f"{name!r:.200} cannot name a derivation; take letters, digits and hyphens, as softmax-sum")


class IllFormedError(WrittenError):
    """A derivation that cannot mean anything, with its lines and the number of the one that is refused."""

    def __init__(self, message: str, lines: tuple[Formula, ...] = (), number: int = 0) -> None:
        super().__init__(message)
        self.lines, self.number = lines, number


Relation: TypeAlias = Literal["=", "≈"]


def as_line(line: Formula | int) -> Formula:
    """What stands on a line: a formula, or an integer, which becomes a numeral."""
    return line if isinstance(line, Array) else written(line)  # type: ignore[arg-type]  # written refuses the rest


@dataclass(frozen=True, slots=True, init=False)
class Step:
    """A line, and why it equals the line before; with "≈", equals it when rounded to the digits shown."""

    line: Formula
    by: Rule
    because: str
    relation: Relation

    def __init__(self, line: Formula | int, *, by: Rule, because: str = "", relation: Relation = "=") -> None:
        if not isinstance(by, Rule):
            raise WrittenError(f"by={by!r} is not a rule; take one of derive.rules, or write Rule({by!r})")
        if relation not in ("=", "≈"):
            raise WrittenError(f"relation={relation!r}: a line is = or ≈ the one before")
        for attribute, value in zip(self.__slots__, (as_line(line), by, because, relation), strict=True):
            object.__setattr__(self, attribute, value)

    def checked(self, place: str) -> Step:
        """The step with its words on one line; raises WrittenError, with the place, where they are not readable."""
        because = as_prose(self.because, f"{place}, because")
        by = Rule(
            as_prose(self.by.name, f"{place}, name of its rule"),
            as_prose(self.by.equation, f"{place}, equation of its rule"),
            as_prose(self.by.condition, f"{place}, condition of its rule"),
            self.by.removes_strokes,
        )
        return Step(self.line, by=by, because=because, relation=self.relation)


def definitions_of(*lines: Formula) -> list[tuple[Formula, Formula]]:
    """What the names in some lines stand for, as pairs (name, meaning)."""
    found: list[tuple[Formula, Formula]] = []
    for name in meanings(*lines).values():
        match name:
            case Symbol(definition=Expr() as body):
                found.append((name, body))
            case Tensor(definition=Expr() as body):
                found.append((name[name.parameters], body))
            case Function(_, Symbol() as parameter, Expr() as body):
                found.append((name(parameter), body))
    return found


@dataclass(frozen=True, slots=True, init=False)
class Derivation:
    """`claim` = first line = … = last line, under the hypotheses `assuming`.

    `sizes` pins sizes that the derivation is about, such as {K: 2}.  `title` and
    `about` are for the reader, and so is `background`, the context that no verdict rests on; prose may hold $…$.

    Raises WrittenError, naming the line, when a line cannot mean anything or speaks of other indices than the claim.
    """

    name: str
    claim: Formula
    steps: tuple[Step, ...]
    assuming: tuple[Hypothesis, ...]
    sizes: tuple[tuple[Size, int], ...]
    title: str
    about: str
    background: Background | None
    """What is told of this derivation beside what is told of its family."""
    free_sizes: tuple[Size, ...]
    """The sizes that the formulas speak of, pinned or not, by name."""

    def __init__(
        self,
        name: str,
        claim: Formula | int,
        *steps: Step,
        assuming: Iterable[Hypothesis] = (),
        sizes: Mapping[Size, int] = {},
        title: str = "",
        about: str = "",
        background: Background | None = None,
    ) -> None:
        check_entry_name(name)
        try:
            given = check_hypotheses(assuming)
        except WrittenError as error:
            raise WrittenError(f"{name}: {error}") from None
        for size, pinned in sizes.items():
            check_size_is_named(size, name)
            if type(pinned) is not int or pinned < 1:
                raise WrittenError(f"{name}: {size} = {pinned!r}; a size is an integer from 1")
        if not steps:
            raise WrittenError(f"{name}: a derivation needs at least one step")
        for step in steps:
            if not isinstance(step, Step):
                raise WrittenError(f"{name}: {step!r} is not a step; write Step(formula, by=rule)")
        written_steps = tuple(step.checked(f"{name}, line {n}") for n, step in enumerate(steps, 1))
        prose = (as_prose(title, f"{name}, title") or name, as_prose(about, f"{name}, about"))
        if background is not None and not isinstance(background, Background):
            raise WrittenError(f"{name}: background={background!r:.200}; write Background(text, sources)")
        values = (name, as_line(claim), written_steps, given, tuple(sizes.items()), *prose, background)
        for attribute, value in zip(self.__slots__, values, strict=False):
            object.__setattr__(self, attribute, value)
        object.__setattr__(self, "free_sizes", sizes_among(self._check()))

    def _check(self) -> Meanings:
        """What the letters of the lines and hypotheses stand for; refuses what cannot mean anything."""
        known: Meanings = {}
        from_hypotheses = frozenset[Index]().union(*(given_indices(h) for h in self.assuming))
        assumed = [formula for h in self.assuming for formula in formulas(h)]
        for n, line in enumerate(self.lines):
            try:
                check_lines(self.claim, line, from_hypotheses, known)
                if n and (before := self.lines[n - 1]) is not None and self.steps[n - 1].by.removes_strokes:
                    self._check_strokes(before, line)
            except WrittenError as error:
                raise IllFormedError(f"{self.name}, line {n}: {error}", self.lines, n) from None
        try:
            for formula in assumed:
                check_line(formula)
            self._check_distinct()
            for formula in assumed:
                note_meanings(known, formula)
            if len(layouts := {j.layout for line in self.lines for j in line.walk() if isinstance(j, Jacobian)}) > 1:
                raise WrittenError(f"layouts are mixed: {', '.join(sorted(layouts))}")
        except WrittenError as error:
            raise WrittenError(f"{self.name}: {error}") from None
        return known

    def _check_distinct(self) -> None:
        # of an array every entry is meant: the letters of its entries are nobody's to restrict
        known = self.claim.free_indices.union(*(given_indices(h) for h in self.assuming if isinstance(h, OneHot)))
        for h in self.assuming:
            if isinstance(h, Same | Distinct) and (stray := given_indices(h) - known):
                raise WrittenError(f"{names(stray)} compared by a hypothesis, but not free in {self.claim}")

    def _check_strokes(self, before: Formula, line: Formula) -> None:
        if isinstance(before, Expr) and without_strokes(before) != line:
            raise WrittenError(f"without its strokes, {before} is {without_strokes(before)}, not {line}")

    @property
    def lines(self) -> tuple[Formula, ...]:
        """The claim, then the line of each step: line 0, line 1, …"""
        return (self.claim, *(step.line for step in self.steps))

    @property
    def scalars(self) -> tuple[Expr, ...]:
        """The lines as scalars: of arrays their entries, in letters that nothing else has."""
        return tuple(entries(*self.lines, taken=letters(self.assuming)))

    @property
    def result(self) -> Formula:
        """The last line."""
        return self.steps[-1].line

    @property
    def layout(self) -> str | None:
        """The layout of the Jacobians in the lines; None when there are none."""
        return next((node.layout for line in self.lines for node in line.walk() if isinstance(node, Jacobian)), None)

    @property
    def because(self) -> Rule:
        """This derivation, as the reason of a step in another: its equation, under its hypotheses."""
        condition = r",\; ".join(map(latex_hypothesis, self.assuming))
        return Rule(self.name, f"{latex(self.claim)} = {latex(self.result)}", condition)

    def pairs(self) -> Iterator[tuple[Formula, Step]]:
        """Each step with the line before it."""
        return zip(self.lines, self.steps, strict=False)

    def changed(self, n: int) -> frozenset[Path]:
        """The subformulas of line n that line n − 1 does not have."""
        return changes(self.lines[n - 1], self.lines[n])

    def definitions(self) -> list[tuple[Formula, Formula]]:
        """What the names in the lines stand for, as pairs (name, meaning)."""
        return definitions_of(*self.lines)

    def _repr_latex_(self) -> str:
        rows = [f"{latex(self.claim)} &{self.steps[0].relation} {latex(self.steps[0].line)}"]
        rows += [f"&{step.relation} {latex(step.line)}" for step in self.steps[1:]]
        body = r" \\ ".join(rows).replace("≈", r"\approx")
        return rf"$\displaystyle \begin{{aligned}} {body} \end{{aligned}}$"


@dataclass(frozen=True, slots=True)
class Pitfall:
    """A claim that texts do get wrong, kept with its expected verdict and the right derivation beside it.

    `wrong` writes the false derivation; where the scope check refuses it, the
    refusal is the expected outcome.
    """

    name: str
    wrong: Callable[[], Derivation]
    expected: Literal["refuted", "ill-formed"]
    instead: str
    title: str
    lesson: str

    def __post_init__(self) -> None:
        check_entry_name(self.name)
        check_entry_name(self.instead)
        for field in ("title", "lesson"):
            object.__setattr__(self, field, as_prose(getattr(self, field), f"{self.name}, {field}"))


@dataclass(frozen=True, slots=True)
class Overflow:
    """A false claim about computing: that `formula`, evaluated as written in float64, stays finite.

    `shift` is a symbol of the formula that is computed as the maximum of the
    vector `of`.  Its counterexample is a point; the numeric gate replays it.
    """

    name: str
    formula: Expr
    shift: Symbol
    of: Tensor
    instead: str
    title: str
    lesson: str

    def __post_init__(self) -> None:
        check_entry_name(self.name)
        check_entry_name(self.instead)
        for field in ("title", "lesson"):
            object.__setattr__(self, field, as_prose(getattr(self, field), f"{self.name}, {field}"))


Entry: TypeAlias = Derivation | Pitfall | Overflow
