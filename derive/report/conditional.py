"""The conditions that stay open: which line wants each, and how to state it as a hypothesis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derive.derivation import Derivation
from derive.formula.hypotheses import Hypothesis, Positive
from derive.formula.latex import latex
from derive.formula.tree import Apply, Expr, Formula, WrittenError
from derive.kernel.verdict import Conditional, SideCondition
from derive.proof import EVERY, Proof, StepProof, prove

from .chain import condition
from .language import gettext
from .scopes import chosen_of, general_of, place
from .snippet import hypothesis_source


@dataclass(frozen=True, slots=True)
class Open:
    """A condition that the hypotheses do not give."""

    formula: str
    lines: tuple[int, ...]
    """The lines that need it."""
    why: str
    """Where it comes from, in prose."""


@dataclass(frozen=True, slots=True)
class OnlyWhere:
    """The conditions of a page, and the way to close them."""

    place: str
    """For which sizes, where both scopes have not the same conditions; else nothing."""
    conditions: tuple[Open, ...]
    also: tuple[str, ...]
    """Those at the chosen sizes, where they are others."""
    also_place: str
    source: str
    """The hypotheses to add, as Python."""
    stronger: bool
    """Whether they ask for more than the conditions: > 0 for ≠ 0."""
    closes: bool
    """Whether the derivation is proved with them: that was tried."""


def only_where(proof: Proof) -> OnlyWhere | None:
    """The open conditions, for every K first; None where there are none."""
    both = [one for one in (general_of(proof), chosen_of(proof)) if one is not None and one.conditions]
    if not both or proof.derivation is None:
        return None
    first, *rest = both
    wanted = _enough([Positive(one.body) for one in first.conditions], proof.derivation, both)
    other = rest[0] if rest and rest[0].conditions != first.conditions else None
    everywhere = len(both) > 1 and other is None
    return OnlyWhere(
        place="" if everywhere or proof.general is None else place(first),
        conditions=tuple(_open(one, first) for one in first.conditions),
        also=tuple(map(condition, other.conditions)) if other else (),
        also_place=place(other) if other else "",
        source=f"assuming=[{', '.join(map(hypothesis_source, (*proof.derivation.assuming, *wanted)))}]",
        stronger=any(one.relation != "> 0" for one in first.conditions),
        closes=all(closes(proof.derivation, wanted, one) for one in both),
    )


def _enough(wanted: list[Positive], derivation: Derivation, both: list[Proof]) -> list[Positive]:
    """As few of the hypotheses as close it: one of them may give another."""
    for one in list(wanted):
        fewer = [other for other in wanted if other != one]
        if fewer and all(closes(derivation, fewer, proof) for proof in both):
            wanted = fewer
    return wanted


def _open(one: SideCondition, proof: Proof) -> Open:
    lines = tuple(
        step.number
        for step in proof.steps
        if isinstance(step.verdict, Conditional) and one in step.verdict.conditions
    )  # fmt: skip
    body = latex(one.body)
    if one.relation != "> 0":
        why = gettext("$%(body)s$ divides", body=body)
    elif any(_is_logarithm_of(one.body, line) for step in proof.steps for line in _both(step)):
        why = gettext("a logarithm is taken of $%(body)s$", body=body)
    else:
        why = gettext("$%(body)s$ has to be positive", body=body)
    return Open(condition(one), lines, why)


def _both(step: StepProof) -> tuple[Formula, Formula]:
    return step.before, step.step.line


def _is_logarithm_of(body: Expr, line: Formula) -> bool:
    return any(
        isinstance(node, Apply) and node.function.name == "log" and node.argument == body for node in line.walk()
    )


def closes(derivation: Derivation, wanted: Sequence[Positive], proof: Proof) -> bool:
    """Whether the derivation is proved when the conditions are assumed: it is decided again."""
    given: tuple[Hypothesis, ...] = (*derivation.assuming, *wanted)
    try:
        closed = Derivation(
            derivation.name, derivation.claim, *derivation.steps, assuming=given, sizes=dict(derivation.sizes)
        )
    except WrittenError:
        return False
    numbers = {size.name: number for size, number in proof.sizes}
    again = prove(closed, numbers.pop("K", 3), sizes=numbers) if proof.sizes else prove(closed, EVERY)
    return again.verdict == "proved"
