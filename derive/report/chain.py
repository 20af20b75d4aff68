"""The lines of a derivation as a page shows them, with their reasons and what was decided about them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from derive.derivation import Derivation
from derive.formula.latex import latex
from derive.formula.tree import Formula
from derive.kernel.verdict import Conditional, Refuted, SideCondition, Unknown, Verdict
from derive.proof import Proof, StepProof
from derive.rules import Rule

from .certificates import certificate_file, certified_lines
from .every import breaks
from .evidence import Difference, difference
from .language import prose
from .marks import mark_words, step_sentence
from .prose import capital
from .reasons import rule_name, told
from .scopes import HOLDS, chosen_of, general_of, place
from .words import is_every

RELATIONS = {"=": "=", "≈": r"\approx"}
WORST = ("refuted", "unknown", "conditional", "proved")


@dataclass(frozen=True, slots=True)
class Link:
    """Another page of the run; without `href` where the run doesn't hold it."""

    name: str
    title: str
    href: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule as it is shown beside a line."""

    name: str
    equation: str
    condition: str
    link: Link | None


@dataclass(frozen=True, slots=True)
class Mark:
    """The verdict on a line, for every K or at the chosen one."""

    verdict: str
    words: str
    sentence: str
    place: str
    """For which sizes, where the two marks of a line have not the same to show; else nothing."""
    conditions: tuple[str, ...] = ()
    difference: Difference | None = None
    note: str = ""
    """At which sizes a claim for every K breaks."""
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the chain: the claim is line 0."""

    number: int
    relation: str
    shown: str
    """With what changed tinted, and the result boxed."""
    source: str
    """To copy."""
    reason: Reason
    because: str
    verdict: str
    """The worst of the marks; "undecided" where there are none."""
    marks: tuple[Mark, ...]
    """For every K, then at the chosen one."""
    certificate: str
    """The name of its file; nothing where there is none."""
    is_result: bool


@dataclass(frozen=True, slots=True)
class UsedRule:
    """A rule, and the lines that name it."""

    reason: Reason
    lines: tuple[int, ...]


def condition(one: SideCondition) -> str:
    """A side condition in LaTeX."""
    return f"{latex(one.body)} {one.relation.replace('≠', chr(92) + 'ne')}"


def chain(
    proof: Proof, derivation: Derivation, titles: Mapping[str, Link], written: Collection[str] | None
) -> tuple[Line, ...]:
    """All lines but the claim; `written` are the certificates that there are."""
    proofs = [one for one in (general_of(proof), chosen_of(proof)) if one is not None]
    boxed = any(one.verdict in HOLDS for one in proofs) and all(one.verdict != "refuted" for one in proofs)
    certified = certified_lines(proof, written)
    found = []
    for number, (before, step) in enumerate(derivation.pairs(), 1):
        last = number == len(derivation.steps)
        changed = derivation.changed(number)
        plain = latex(step.line)
        tinted = changed and not (last and changed == {()})  # a box around the whole of it says it already
        shown = latex(step.line, changed) if tinted else plain
        marks = _marks(number, before, proofs)
        found.append(
            Line(
                number=number,
                relation=RELATIONS[step.relation],
                shown=rf"\boxed{{{shown}}}" if last and boxed else shown,
                source=f"{RELATIONS[step.relation]} {plain}",
                reason=_reason(step.by, titles),
                because=prose(step.because),
                verdict=next((v for v in WORST if any(mark.verdict == v for mark in marks)), "undecided"),
                marks=marks,
                certificate=certificate_file(proof.name, number) if number in certified else "",
                is_result=last,
            )
        )
    return tuple(found)


def _marks(number: int, before: Formula, proofs: Sequence[Proof]) -> tuple[Mark, ...]:
    """What each proof says of a line; what both show alike, the point or the conditions, is shown once."""
    both = len(proofs) > 1
    marks = [_mark(step, before, one, both) for one in proofs for step in one.steps if step.number == number]
    for first, second in pairwise(marks):
        if _panel(first) == _panel(second):
            bare = replace(second, place="", conditions=(), difference=None, unknown="")
            return replace(first, place=""), bare
    return tuple(marks)


def _panel(mark: Mark) -> tuple[object, ...]:
    """What a mark has to show below its line."""
    return mark.conditions, mark.difference, mark.unknown


def _reason(rule: Rule, titles: Mapping[str, Link]) -> Reason:
    link = titles.get(rule.name)
    name = link.title if link else rule_name(rule.name)
    if "-" not in name:  # the name of a derivation stays as it is
        name = capital(name)
    return Reason(name, prose(rule.equation), rule.condition, link)


def _mark(step: StepProof, before: Formula, proof: Proof, beside: bool) -> Mark:
    verdict, general = step.verdict, is_every(proof)
    return Mark(
        verdict=verdict.name,
        words=mark_words(step, proof, beside),
        sentence=step_sentence(step, proof, beside),
        place=place(proof) if beside else "",
        conditions=tuple(map(condition, verdict.conditions)) if isinstance(verdict, Conditional) else (),
        difference=_difference(verdict, before, step),
        note=breaks(proof) if isinstance(verdict, Refuted) and general else "",
        unknown=told(verdict.reason) if isinstance(verdict, Unknown) else "",
    )


def _difference(verdict: Verdict, before: Formula, step: StepProof) -> Difference | None:
    if not isinstance(verdict, Refuted):
        return None
    return difference(verdict.counterexample, latex(before), latex(step.step.line))


def used_rules(lines: tuple[Line, ...]) -> tuple[UsedRule, ...]:
    """The rules that say something, in the order of their first use."""
    found: dict[Reason, list[int]] = {}
    for line in lines:
        if line.reason.equation:
            found.setdefault(line.reason, []).append(line.number)
    return tuple(UsedRule(reason, tuple(numbers)) for reason, numbers in found.items())
