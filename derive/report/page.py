"""Proof → what its page shows, as plain values: LaTeX, prose and numbers, neither HTML nor TeX."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypedDict

from derive.derivation import Derivation, Overflow, Pitfall
from derive.formula.latex import latex, latex_hypothesis, letter
from derive.proof import NumericCheck, Proof, VerdictName, primary

from . import certificates, every, scopes, words
from .accuracy import Accuracy, accuracy
from .at_point import AtPoint, at_point
from .background import Context
from .chain import Line, Link, UsedRule, chain, condition, used_rules
from .claims import claim_and_result, joined
from .conditional import OnlyWhere, only_where
from .curve import Curve, curves
from .evidence import Difference, Figure, difference, headline, scientific
from .exercises import Exercise
from .exported import Code, Exported, exported
from .forms import Form, forms
from .in_numbers import InNumbers, in_numbers
from .language import prose
from .pictures import Pictures, pictures
from .reasons import told
from .refusal import Refusal, refusal
from .refuted import Wrong, wrong
from .related import Related
from .saturation import Saturation, saturation
from .training import Training
from .undecided import Undecided, undecided

__all__ = ["Link", "Page", "outline", "page"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict, for every K or at the chosen one."""

    verdict: VerdictName
    name: str
    place: str
    """For which sizes or values."""
    kind: scopes.Kind
    """For what, as the index counts it."""
    how: str
    """By which method, and how many steps hold."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the hypotheses leave open."""

    place: str
    """For which sizes, where both scopes have not the same conditions; else nothing."""
    formulas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Certificates:
    """The files in which the proved lines can be read again."""

    words: str
    command: str
    """What reads the last of them."""


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
    verdict: VerdictName
    """That for every K where there is one, else that at the chosen sizes."""
    verdict_sentence: str
    findings: tuple[Finding, ...]
    """The verdict for every K first, then that at the chosen K."""
    quantifier: str
    """How a theorem about it begins."""
    expected: str
    as_expected: bool
    claim: str
    result: str
    equation: str
    """Claim and result as one formula; empty where nothing could be written."""
    lines: tuple[Line, ...]
    definitions: tuple[tuple[str, str], ...]
    hypotheses: tuple[str, ...]
    conditions: tuple[Conditions, ...]
    broken: str
    """At which sizes a claim for every K breaks."""
    layout: str
    decided: tuple[str, ...]
    """What exactly was decided, in paragraphs."""
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
    certificates: Certificates | None
    saturation: Saturation | None
    pictures: Pictures
    wrong: Wrong | None
    only_where: OnlyWhere | None
    undecided: Undecided | None
    refused: Refusal | None
    at_point: AtPoint | None
    in_numbers: InNumbers | None
    exported: Exported | None
    accuracy: Accuracy | None
    forms: tuple[Form, ...]
    background: Context | None = None
    """That of its family as well, which the page of a run knows."""
    related: Related | None = None
    """Other pages; it is known when all of them are."""
    exercises: tuple[Exercise, ...] = ()
    """Some of them are about other pages."""
    training: Training | None = None
    """What rests on derivations that another page shows."""


def page(
    proof: Proof,
    titles: Mapping[str, Link],
    certified: Collection[str] | None = None,
    known: Mapping[str, Derivation] = {},
    code: Code | None = None,
) -> Page:
    """The page of one proof; `titles` are the pages of the run, by name, and `certified` the certificates' files.

    `known` are the derivations that the run has proved: their results may stand in figures.  `code` is the module of
    the run, and what it may say of its derivations.
    """
    derivation = proof.derivation
    claim, result = claim_and_result(proof)
    lines = chain(proof, derivation, titles, certified) if derivation is not None else ()
    main = primary(proof)
    return Page(
        name=proof.name,
        href=titles[proof.name].href,
        title=prose(proof.entry.title),
        about=prose(derivation.about) if derivation is not None else "",
        verdict=main.verdict,
        verdict_sentence=every.verdict_sentence(proof),
        findings=tuple(map(_finding, _both(proof))),
        quantifier=scopes.quantifier(main),
        expected=proof.expected,
        as_expected=proof.as_expected and (main.as_expected or main.verdict == "unknown"),
        claim=claim,
        result=result,
        equation=joined(proof, claim, result),
        lines=lines,
        definitions=_definitions(proof),
        hypotheses=tuple(map(latex_hypothesis, derivation.assuming)) if derivation is not None else (),
        conditions=_conditions(proof),
        broken=every.breaks(main) if words.is_every(main) else "",
        layout=words.layout_sentence(derivation) if derivation is not None else "",
        decided=every.scope_sentences(proof),
        not_proved=every.not_proved(proof),
        rules=used_rules(lines),
        opinion=_opinion(proof),
        checks=_checks(proof.numeric),
        error=headline(proof.numeric),
        **_plotted(proof),
        **_of_pitfall(proof, titles),
        certificates=_certificates(lines),
        pictures=pictures(proof, known),
        wrong=wrong(proof),
        only_where=only_where(proof),
        undecided=undecided(proof, code.argument(proof.name) if code is not None else ""),
        refused=refusal(proof),
        at_point=at_point(proof),
        in_numbers=in_numbers(proof),
        **_coded(proof, code),
        forms=forms(proof),
    )


def outline(page: Page) -> Page:
    """What the index of a run shows of a page: its sections would take longer to be sent than to be written."""
    return replace(
        page,
        lines=(),
        rules=(),
        decided=(),
        not_proved=(),
        opinion=None,
        checks=(),
        curves=(),
        saturation=None,
        wrong=None,
        at_point=None,
        in_numbers=None,
        exported=None,
        accuracy=None,
        forms=(),
        background=None,
        related=None,
        exercises=(),
        training=None,
    )


class _Plotted(TypedDict):
    variable: str
    curves: tuple[Curve, ...]
    saturation: Saturation | None


def _plotted(proof: Proof) -> _Plotted:
    """The curves of what is proved, where it is a function of one variable."""
    plot = curves(proof.derivation) if proof.derivation is not None and proof.verdict == "proved" else None
    if proof.derivation is None or plot is None:
        return {"variable": "", "curves": (), "saturation": None}
    return {"variable": plot[0].name, "curves": plot[1], "saturation": saturation(proof.derivation, plot[1])}


class _OfPitfall(TypedDict):
    is_pitfall: bool
    lesson: str
    instead: Link | None
    refusal: str
    overflow: Difference | None


def _of_pitfall(proof: Proof, titles: Mapping[str, Link]) -> _OfPitfall:
    """What a false claim teaches, and how it was refused or overflows."""
    pitfall = proof.entry if isinstance(proof.entry, Pitfall | Overflow) else None
    return {
        "is_pitfall": pitfall is not None,
        "lesson": prose(pitfall.lesson) if pitfall else "",
        "instead": _instead(pitfall.instead, titles) if pitfall else None,
        "refusal": told(proof.refusal),
        "overflow": difference(proof.overflow) if proof.overflow else None,
    }


class _Coded(TypedDict):
    exported: Exported | None
    accuracy: Accuracy | None


def _coded(proof: Proof, code: Code | None) -> _Coded:
    """The function that computes the result, and what it was measured to keep of its digits."""
    function = exported(proof, code) if code is not None else None
    return {"exported": function, "accuracy": accuracy(proof, function) if function is not None else None}


def _both(proof: Proof) -> list[Proof]:
    """The proof for every K and that at the chosen sizes, as far as there are both."""
    return [one for one in (scopes.general_of(proof), scopes.chosen_of(proof)) if one is not None]


def _finding(proof: Proof) -> Finding:
    return Finding(
        verdict=proof.verdict,
        name=words.verdict_name(proof.verdict),
        place=scopes.place(proof),
        kind=scopes.kind(proof),
        how=scopes.method_words(proof),
    )


def _conditions(proof: Proof) -> tuple[Conditions, ...]:
    """The conditions of both; those that are the same once."""
    found = [Conditions(scopes.place(one), tuple(map(condition, one.conditions))) for one in _both(proof)]
    if len({one.formulas for one in found}) == 1:
        found = [Conditions("", found[0].formulas)]
    return tuple(one for one in found if one.formulas)


def _certificates(lines: tuple[Line, ...]) -> Certificates | None:
    files = [line.certificate for line in lines if line.certificate]
    if not files:
        return None
    return Certificates(certificates.certificate_words(files), certificates.recheck_command(files[-1]))


def _definitions(proof: Proof) -> tuple[tuple[str, str], ...]:
    if isinstance(proof.entry, Overflow):
        vector = letter(proof.entry.of.name)
        return ((latex(proof.entry.shift), rf"\max_{{k}} {vector}_{{k}}"),)
    if proof.derivation is None:
        return ()
    return tuple((latex(name), latex(meaning)) for name, meaning in proof.derivation.definitions())


def _opinion(proof: Proof) -> Second | None:
    if (one := proof.opinion) is None or proof.derivation is None:
        return None
    sentence = words.opinion_sentence(one, proof.derivation)
    reason = told(one.reason) if one.verdict in ("differs", "not asked") else ""  # the others' stands in the sentence
    return Second(one.verdict, sentence, one.derivative, one.instance, reason)


def _checks(numeric: tuple[NumericCheck, ...]) -> tuple[Check, ...]:
    groups = [tuple(rows) for _, rows in groupby(numeric, key=lambda one: one.method)]
    return tuple(_check(one, 0 if n else len(rows)) for rows in groups for n, one in enumerate(rows))


def _check(one: NumericCheck, rows: int) -> Check:
    return Check(
        method=told(one.method),
        rows=rows,
        points=told(one.points),
        largest=scientific(one.largest),
        limit=scientific(one.limit) if one.limit is not None else "",
        note=told(one.note),
        result="" if one.limit is None else "pass" if one.passed else "fail",
    )


def _instead(name: str, titles: Mapping[str, Link]) -> Link:
    return titles.get(name, Link(name, name, ""))
