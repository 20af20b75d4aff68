"""The step that is wrong: both lines with what differs, the point, the values, and the Python that shows it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from derive.concrete.evaluation import Leaf, NoNumberError, variables
from derive.concrete.oracle import evaluate
from derive.formula.arrays import Array, Listed
from derive.formula.changes import Path, changes
from derive.formula.latex import latex, letter
from derive.formula.tree import Expr, Formula, Index, Size
from derive.kernel.verdict import Counterexample
from derive.proof import Proof, StepProof

from .every import breaks
from .evidence import Difference, difference
from .reasons import rule_name
from .scopes import chosen_of, general_of, place
from .snippet import decide_source
from .words import is_every

DIGITS = 40
EQUAL = 10**-25
WHOLE: frozenset[Path] = frozenset({()})


@dataclass(frozen=True, slots=True)
class Wrong:
    """A refuted step, as the top of the page shows it."""

    number: int
    reason: str
    """The name of the rule, as it is written."""
    place: str
    """For which sizes, where both scopes were decided."""
    note: str
    """At which sizes a claim for every K breaks."""
    found: Difference
    """Both lines with the terms that differ tinted, and their values."""
    terms: bool
    """Whether only parts of the lines are tinted, not all of both."""
    source: str
    """The Python that decides the two lines again; nothing where it can't be written."""
    steps_before: int
    """How many steps come before this one."""
    holds_before: bool
    """Whether all of these are proved, under conditions or without."""
    entry: str
    """Which entry of the two lines the values belong to, where these are arrays, in LaTeX."""
    others: tuple[int, ...]
    """Further steps that are refuted as well."""


def wrong(proof: Proof) -> Wrong | None:
    """The first refuted step of a proof, for every K where that is refuted, else at the chosen one."""
    both = [one for one in (general_of(proof), chosen_of(proof)) if one is not None]
    for one in both:
        failed = [step for step in one.steps if step.counterexample is not None]
        if failed:
            return _wrong(failed[0], one, tuple(step.number for step in failed[1:]), len(both) > 1)
    return None


def _wrong(step: StepProof, proof: Proof, others: tuple[int, ...], beside: bool) -> Wrong:
    found = step.counterexample
    assert found is not None and proof.derivation is not None
    before, after = step.before, step.step.line
    array = isinstance(before, Array) and before.shape != ()
    marks = differing(before, after, found)
    terms = marks != (WHOLE, WHOLE)
    marks = marks if terms else (frozenset(), frozenset())
    assuming = proof.derivation.assuming
    return Wrong(
        number=step.number,
        reason=rule_name(step.step.by.name),
        place=place(proof) if beside and not is_every(proof) else "",
        note=breaks(proof) if is_every(proof) else "",
        found=difference(found, latex(before, marks[0]), latex(after, marks[1])),
        terms=terms,
        source=decide_source(before, after, assuming, found.sizes) if step.step.relation == "=" else "",
        steps_before=step.number - 1,
        holds_before=all(one.verdict.name == "proved" for one in proof.steps if one.number < step.number),
        entry=", ".join(f"{letter(name)} = {number}" for name, number in found.indices) if array else "",
        others=others,
    )


def differing(before: Formula, after: Formula, found: Counterexample) -> tuple[frozenset[Path], frozenset[Path]]:
    """The subformulas of both lines that the step changed, less those that have the same value at the point.

    A step may change three terms, and get two of them right.
    """
    old, new = changes(after, before), changes(before, after)
    if entries := _entry(after, found):
        return _entry(before, found) or old, entries
    if old != new or not isinstance(before, Expr) or not isinstance(after, Expr):
        return old, new
    left = frozenset(path for path in new if not _agree(_part(before, path), _part(after, path), found))
    return (left, left) if left else (old, new)


def _entry(formula: Formula, found: Counterexample) -> frozenset[Path]:
    """The entry of a written-out vector whose values are shown; nothing where no vector is written out."""
    if not isinstance(formula, Listed) or len(found.indices) != 1:
        return frozenset()
    ((_, number),) = found.indices
    return frozenset({(number - 1,)})


def _part(formula: Formula, path: Path) -> Formula:
    for child in path:
        formula = formula.children()[child]
    return formula


def _agree(first: Formula, second: Formula, found: Counterexample) -> bool:
    """Whether both have one value at the point, as far as 40 digits tell; not where one has none."""
    if not isinstance(first, Expr) or not isinstance(second, Expr):
        return False
    numbers = dict(found.indices)
    letters = {
        index: numbers[index.name] for index in first.free_indices | second.free_indices if index.name in numbers
    }
    if len(letters) < len(first.free_indices | second.free_indices):
        return False  # a letter of a sum: the parts have a value for each term
    sizes = {Size(name): number for name, number in found.sizes}
    try:
        point = _point(first, second, found, sizes)
        return _close(first, second, point, letters, sizes)
    except (NoNumberError, ArithmeticError, ValueError, KeyError):
        return False


def _close(
    first: Expr, second: Expr, point: Mapping[Leaf, Fraction], letters: Mapping[Index, int], sizes: Mapping[Size, int]
) -> bool:
    one, two = (evaluate(part, point, letters, sizes, DIGITS) for part in (first, second))
    return bool(abs(one - two) <= EQUAL * (1 + abs(one)))


def _point(
    first: Formula, second: Formula, found: Counterexample, sizes: Mapping[Size, int]
) -> dict[Leaf, Fraction]:  # fmt: skip
    """The coordinates by the entries that they belong to; raises KeyError where one is not printed."""
    values = dict(found.point)
    return {leaf: values[str(leaf)] for leaf in variables((first, second), sizes)}
