"""Proof → what its page shows, as plain values: LaTeX, prose and numbers, neither HTML nor TeX."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from derive.derivation import Derivation, Overflow, Pitfall
from derive.formula.latex import latex, latex_hypothesis, letter
from derive.formula.tree import Formula
from derive.kernel.verdict import Conditional, Refuted, SideCondition, Unknown
from derive.proof import NumericCheck, Proof, StepProof
from derive.rules import Rule

from . import words
from .curve import Curve, curves
from .evidence import Difference, Figure, difference, headline, scientific

RELATIONS = {"=": "=", "≈": r"\approx"}


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
    """The verdict on a line."""

    verdict: str
    words: str
    sentence: str
    conditions: tuple[str, ...] = ()
    difference: Difference | None = None
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
    mark: Mark | None
    """None where nothing was decided."""
    is_result: bool


@dataclass(frozen=True, slots=True)
class UsedRule:
    """A rule, and the lines that name it."""

    reason: Reason
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """A row of the numeric table."""

    method: str
    rows: int
    """How many rows the method stands beside; 0 where the row above has named it."""
    points: str
    largest: str
    limit: str
    note: str
    result: str
    """pass, fail, or nothing where there is no limit."""


@dataclass(frozen=True, slots=True)
class Second:
    """SymPy's opinion."""

    verdict: str
    sentence: str
    derivative: str
    instance: str
    reason: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that one page shows."""

    name: str
    href: str
    title: str
    about: str
    verdict: str
    verdict_name: str
    verdict_sentence: str
    expected: str
    as_expected: bool
    claim: str
    result: str
    equation: str
    """Claim and result as one formula; empty where nothing could be written."""
    lines: tuple[Line, ...]
    decided: int
    definitions: tuple[tuple[str, str], ...]
    hypotheses: tuple[str, ...]
    conditions: tuple[str, ...]
    layout: str
    scope: str
    scope_sentence: str
    not_proved: tuple[str, ...]
    rules: tuple[UsedRule, ...]
    opinion: Second | None
    checks: tuple[Check, ...]
    error: Figure | None
    variable: str
    curves: tuple[Curve, ...]
    is_pitfall: bool
    lesson: str
    instead: Link | None
    refusal: str
    overflow: Difference | None


def page(proof: Proof, titles: Mapping[str, Link]) -> Page:
    """The page of one proof; `titles` are the pages of the run, by name."""
    derivation, entry = proof.derivation, proof.entry
    claim, result = _claim_and_result(proof)
    pitfall = entry if isinstance(entry, Pitfall | Overflow) else None
    plot = curves(derivation) if derivation is not None and proof.verdict == "proved" else None
    lines = _lines(proof, derivation, titles) if derivation is not None else ()
    return Page(
        name=proof.name,
        href=titles[proof.name].href,
        title=entry.title,
        about=derivation.about if derivation is not None else "",
        verdict=proof.verdict,
        verdict_name=words.VERDICTS[proof.verdict],
        verdict_sentence=words.verdict_sentence(proof),
        expected=proof.expected,
        as_expected=proof.as_expected,
        claim=claim,
        result=result,
        equation=f"{claim} {_relation(proof)} {result}" if result else claim,
        lines=lines,
        decided=sum(step.verdict.name in ("proved", "conditional") for step in proof.steps),
        definitions=_definitions(proof),
        hypotheses=tuple(map(latex_hypothesis, derivation.assuming)) if derivation is not None else (),
        conditions=tuple(map(condition, proof.conditions)),
        layout=words.layout_sentence(derivation) if derivation is not None else "",
        scope=words.scope_words(proof),
        scope_sentence=words.scope_sentence(proof),
        not_proved=words.not_proved(proof),
        rules=_rules(lines),
        opinion=_opinion(proof),
        checks=_checks(proof.numeric),
        error=headline(proof.numeric),
        variable=plot[0].name if plot else "",
        curves=plot[1] if plot else (),
        is_pitfall=pitfall is not None,
        lesson=pitfall.lesson if pitfall else "",
        instead=_instead(pitfall.instead, titles) if pitfall else None,
        refusal=proof.refusal,
        overflow=difference(proof.overflow) if proof.overflow else None,
    )


def condition(one: SideCondition) -> str:
    """A side condition in LaTeX."""
    return f"{latex(one.body)} {one.relation.replace('≠', chr(92) + 'ne')}"


def _claim_and_result(proof: Proof) -> tuple[str, str]:
    if proof.derivation is not None:
        return latex(proof.derivation.claim), latex(proof.derivation.result)
    if isinstance(proof.entry, Overflow):
        return latex(proof.entry.formula), ""
    return "", ""


def _relation(proof: Proof) -> str:
    """≈ for the whole where one of the steps only rounds."""
    steps = proof.derivation.steps if proof.derivation is not None else ()
    return RELATIONS["≈"] if any(step.relation == "≈" for step in steps) else RELATIONS["="]


def _definitions(proof: Proof) -> tuple[tuple[str, str], ...]:
    if isinstance(proof.entry, Overflow):
        vector = letter(proof.entry.of.name)
        return ((latex(proof.entry.shift), rf"\max_{{k}} {vector}_{{k}}"),)
    if proof.derivation is None:
        return ()
    return tuple((latex(name), latex(meaning)) for name, meaning in proof.derivation.definitions())


def _lines(proof: Proof, derivation: Derivation, titles: Mapping[str, Link]) -> tuple[Line, ...]:
    decided = {step.number: step for step in proof.steps}
    holds = proof.verdict in ("proved", "conditional")
    found = []
    for number, (before, step) in enumerate(derivation.pairs(), 1):
        last = number == len(derivation.steps)
        changed = derivation.changed(number)
        shown = latex(step.line, frozenset() if last and changed == {()} else changed)  # the box says it already
        found.append(
            Line(
                number=number,
                relation=RELATIONS[step.relation],
                shown=rf"\boxed{{{shown}}}" if last and holds else shown,
                source=f"{RELATIONS[step.relation]} {latex(step.line)}",
                reason=_reason(step.by, titles),
                because=step.because,
                mark=_mark(decided[number], before, step.line) if number in decided else None,
                is_result=last,
            )
        )
    return tuple(found)


def _reason(rule: Rule, titles: Mapping[str, Link]) -> Reason:
    link = titles.get(rule.name)
    name = link.title if link else rule.name
    if "-" not in name:  # the name of a derivation stays as it is
        name = name[:1].upper() + name[1:]
    return Reason(name, rule.equation, rule.condition, link)


def _mark(step: StepProof, before: Formula, after: Formula) -> Mark:
    verdict = step.verdict
    return Mark(
        verdict=verdict.name,
        words=words.mark_words(step),
        sentence=words.step_sentence(step),
        conditions=tuple(map(condition, verdict.conditions)) if isinstance(verdict, Conditional) else (),
        difference=(
            difference(verdict.counterexample, latex(before), latex(after)) if isinstance(verdict, Refuted) else None
        ),
        unknown=verdict.reason if isinstance(verdict, Unknown) else "",
    )


def _rules(lines: tuple[Line, ...]) -> tuple[UsedRule, ...]:
    """The rules that say something, in the order of their first use."""
    found: dict[Reason, list[int]] = {}
    for line in lines:
        if line.reason.equation:
            found.setdefault(line.reason, []).append(line.number)
    return tuple(UsedRule(reason, tuple(numbers)) for reason, numbers in found.items())


def _opinion(proof: Proof) -> Second | None:
    if (one := proof.opinion) is None or proof.derivation is None:
        return None
    sentence = words.opinion_sentence(one, proof.derivation)
    reason = one.reason if one.verdict in ("differs", "not asked") else ""  # the others' stands in the sentence
    return Second(one.verdict, sentence, one.derivative, one.instance, reason)


def _checks(numeric: tuple[NumericCheck, ...]) -> tuple[Check, ...]:
    groups = [tuple(rows) for _, rows in groupby(numeric, key=lambda one: one.method)]
    return tuple(_check(one, 0 if n else len(rows)) for rows in groups for n, one in enumerate(rows))


def _check(one: NumericCheck, rows: int) -> Check:
    return Check(
        method=one.method,
        rows=rows,
        points=one.points,
        largest=scientific(one.largest),
        limit=scientific(one.limit) if one.limit is not None else "",
        note=one.note,
        result="" if one.limit is None else "pass" if one.passed else "fail",
    )


def _instead(name: str, titles: Mapping[str, Link]) -> Link:
    return titles.get(name, Link(name, name, ""))
