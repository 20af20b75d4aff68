"""Exercises with their answers: both are what the run proved, refuted or computed, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from derive.concrete.evaluation import NoNumberError, variables
from derive.derivation import Derivation, Pitfall
from derive.formula.hypotheses import Hypothesis
from derive.formula.latex import latex, latex_hypothesis
from derive.formula.tree import TooLargeError, WrittenError
from derive.kernel.decide import Decider
from derive.kernel.verdict import Conditional, Proved, Refuted, Unknown, Verdict
from derive.proof import Proof, primary, rounded

from .chain import Link, condition
from .evidence import Difference, difference
from .in_numbers import Followed, InNumbers
from .language import gettext, sentences
from .reasons import told
from .related import Related, Relative, relative
from .scopes import chosen_of, general_of, listed, place

MOST, OF_A_KIND = 4, 2
"""How many exercises a page has at most, and how many of one kind."""
_ENTRY = re.compile(r"_\{(\d+)\}$")
CONDITIONS = 2
"""More of them, for one line, are no answer that anybody finds."""
COORDINATES = 8
"""A point of more numbers is nobody's exercise, and the kernel may look for it for a tenth of a second."""


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence of a question or an answer, and what is shown below it."""

    text: str = ""
    """Prose."""
    equation: str = ""
    """A claim or a hypothesis, in LaTeX."""
    side: tuple[str, ...] = ()
    """Under which hypotheses it is claimed."""
    formulas: tuple[str, ...] = ()
    """Numbers and names, in LaTeX."""
    lines: tuple[int, ...] = ()
    """The lines of this page of which the sentence speaks."""
    verdict: str = ""
    """What the kernel found of them."""
    link: Link | None = None
    """Where the sentence leads to; a section of this page has no name."""
    anchor: str = ""
    """The place on the page that is linked."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """What is asked, and the answer."""

    asked: tuple[Part, ...]
    answer: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Posed:
    """The exercises of a page that need other pages."""

    false: tuple[Exercise, ...] = ()
    uses: tuple[Exercise, ...] = ()


def posed(proofs: Sequence[Proof], titles: Mapping[str, Link], near: Mapping[str, Related]) -> dict[str, Posed]:
    """The exercises that false claims and other derivations give, by the names of the pages that have some."""
    by_name = {proof.name: proof for proof in proofs}
    uses = _uses(by_name, titles)
    found = {}
    for name, proof in by_name.items():
        if _is_proved(proof):
            about = near[name].wrong if name in near else ()
            false = [_false_claim(other, by_name[other.link.name], name) for other in about]
            found[name] = Posed(tuple(one for one in false if one is not None), tuple(uses.get(name, ())))
    return {name: one for name, one in found.items() if one.false or one.uses}


def exercises(proof: Proof, numbers: InNumbers | None, others: Posed | None) -> tuple[Exercise, ...]:
    """The exercises of a page, easy ones first: of each kind one before there is a second; none where nothing holds."""
    if proof.derivation is None or not _is_proved(proof):
        return ()
    others = others or Posed()
    kinds: list[Iterable[Exercise]] = [
        [_by_hand(proof.derivation, numbers)] if numbers is not None and numbers.agrees else [],
        others.false[:OF_A_KIND],
        _without_hypotheses(proof, proof.derivation),
        others.uses[:OF_A_KIND],
    ]
    found = [(nth, kind, one) for kind, several in enumerate(kinds) for nth, one in enumerate(several)]
    chosen = sorted(found, key=lambda one: one[:2])[:MOST]
    return tuple(one for _, _, one in sorted(chosen, key=lambda one: (one[1], one[0])))


def _is_proved(proof: Proof) -> bool:
    return isinstance(proof.entry, Derivation) and proof.verdict == primary(proof).verdict == "proved"


# ------------------------------------------------------------------ by hand


def _by_hand(derivation: Derivation, numbers: InNumbers) -> Exercise:
    """The names and the claim at the point of the section that follows the chain there."""
    names = _values(numbers.names)
    places = [one.entry for one in numbers.followed if one.entry]
    ask = gettext("What do these come to?")
    if places:
        ask = gettext("What do these come to, for %(places)s?", places=listed(places))
    asked = dict.fromkeys([*names, latex(derivation.claim)])
    values = dict.fromkeys([*(f"{name} = {value}" for name, value in names.items()), *map(_result, numbers.followed)])
    section = Link("", gettext("In numbers"), "")
    return Exercise(
        (Part(gettext("Put these numbers in:"), formulas=numbers.point), Part(ask, formulas=tuple(asked))),
        (
            Part(formulas=tuple(values)),
            Part(gettext("Each line with its numbers:"), link=section, anchor="in-numbers"),
        ),
    )


def _values(equations: Sequence[str]) -> dict[str, str]:
    """The names of the section with their values; an entry is not asked for beside all of its array."""
    found = {one.partition(" = ")[0]: one.rpartition(" = ")[2] for one in equations}
    return {name: value for name, value in found.items() if not any(name.startswith(f"{of}_{{") for of in found)}


def _result(one: Followed) -> str:
    """The claim at an entry, and what the result comes to."""
    value = one.rows[-1].value.replace("\N{MINUS SIGN}", "-")
    return " = ".join(dict.fromkeys([one.rows[0].formula, value]))


# ------------------------------------------------------------------ a false claim


def _false_claim(other: Relative, proof: Proof, name: str) -> Exercise | None:
    """A false claim instead of which this page is right; None where the counterexample is not one of the claim."""
    if not isinstance(proof.entry, Pitfall) or proof.entry.instead != name:
        return None
    both = (general_of(proof), chosen_of(proof))
    refuted = next((one for one in both if one is not None and one.counterexample is not None), None)
    if refuted is None or refuted.counterexample is None:
        return None
    if sum(not isinstance(step.verdict, Proved) for step in refuted.steps) > 1:
        return None  # the other lines do not carry its two values to the claim and the result
    found = difference(refuted.counterexample)
    sides = gettext(
        "For example here, where the left side is $%(left)s$ and the right side $%(right)s$:",
        left=_bare(found.left),
        right=_bare(found.right),
    )
    point = _point(found, refuted.counterexample.sizes)
    return Exercise(
        (_claimed(gettext("A text claims:"), other), Part(gettext("Find numbers for which this is false."))),
        (Part(sides, formulas=point), Part(gettext("What is wrong with it:"), link=other.link)),
    )


def _claimed(text: str, other: Relative) -> Part:
    return Part(text, other.equation, other.hypotheses)


def _point(found: Difference, sizes: Iterable[tuple[str, int]]) -> tuple[str, ...]:
    """Sizes, indices and variables with their values; a vector of which every entry is known is written as one."""
    numbers = {number for _, number in sizes}
    shown = [_with_sign(name, value) for name, value in found.where]
    for name, several in groupby(found.point, key=lambda place: _ENTRY.sub("", place[0])):
        places = list(several)
        known = [_ENTRY.search(entry) for entry, _ in places]
        order = [int(place[1]) for place in known if place is not None]
        whole = order == list(range(1, len(places) + 1)) and len(places) in numbers
        if whole and not any(value.startswith(r"\approx") for _, value in places):
            shown.append(f"{name} = ({', '.join(value for _, value in places)})")
        else:
            shown += [_with_sign(entry, value) for entry, value in places]
    return tuple(shown)


def _with_sign(name: str, value: str) -> str:
    return f"{name} {value}" if value.startswith(r"\approx") else f"{name} = {value}"


def _bare(value: str) -> str:
    """A value in a sentence: exactly it, or about it."""
    return value.removeprefix("= ")


# ------------------------------------------------------------------ without a hypothesis


def _without_hypotheses(proof: Proof, derivation: Derivation) -> Iterator[Exercise]:
    """For each hypothesis the lines that need it, as the kernel decides them again without it, at the chosen sizes."""
    given = derivation.assuming[:OF_A_KIND]
    if not given or not _is_small(proof, derivation):
        return
    for hypothesis in given:
        rest = [one for one in derivation.assuming if one is not hypothesis]
        try:
            decider = Decider(dict(proof.sizes), rest)
            decisions = decider.decide_chain(derivation.lines, rounded(derivation))
        except WrittenError:
            continue  # without it the lines say nothing
        verdicts = [one.verdict for one in decisions]
        if all(len(one.conditions) <= CONDITIONS for one in verdicts if isinstance(one, Conditional)):
            yield _without(hypothesis, verdicts, proof, len(rest) > 0)


def _is_small(proof: Proof, derivation: Derivation) -> bool:
    try:
        return len(variables(derivation.lines, dict(proof.sizes))) <= COORDINATES
    except (NoNumberError, TooLargeError):
        return False


def _without(hypothesis: Hypothesis, verdicts: Sequence[Verdict], proof: Proof, more: bool) -> Exercise:
    answer = [*_refuted(verdicts), *_open(verdicts)]
    last = gettext("Every other line is proved without it.") if any(isinstance(v, Proved) for v in verdicts) else ""
    if not answer:
        last = gettext("No line needs it: each is proved without it.")
    told_by = gettext("The kernel decided every line again without it.")
    if proof.sizes:
        told_by = gettext("The kernel decided every line again without it, %(place)s.", place=place(proof))
    ask = sentences(gettext("Which lines need this hypothesis?"), gettext("The others stay.") if more else "")
    ends = [Part(last)] if last else []
    return Exercise((Part(ask, latex_hypothesis(hypothesis)),), (Part(told_by), *answer, *ends))


def _refuted(verdicts: Sequence[Verdict]) -> Iterator[Part]:
    """The lines that are false without it, each with the kernel's point."""
    for number, verdict in enumerate(verdicts, 1):
        if isinstance(verdict, Refuted):
            found = difference(verdict.counterexample)
            text = gettext(
                "here line (%(above)s) is $%(left)s$ and line (%(line)s) $%(right)s$:",
                above=number - 1,
                line=number,
                left=_bare(found.left),
                right=_bare(found.right),
            )
            yield Part(text, formulas=_point(found, verdict.counterexample.sizes), lines=(number,), verdict="refuted")


def _open(verdicts: Sequence[Verdict]) -> Iterator[Part]:
    """The lines that then want a condition, and those that nobody knows about; what is said of several is said once."""
    parts: dict[tuple[str, str, tuple[str, ...]], list[int]] = {}
    for number, verdict in enumerate(verdicts, 1):
        if isinstance(verdict, Conditional):
            conditions = tuple(map(condition, verdict.conditions))
            parts.setdefault((verdict.name, gettext("equal only where"), conditions), []).append(number)
        elif isinstance(verdict, Unknown):
            parts.setdefault((verdict.name, told(verdict.reason), ()), []).append(number)
    for (name, text, shown), lines in parts.items():
        yield Part(text, formulas=shown, lines=tuple(lines), verdict=name)


# ------------------------------------------------------------------ what it is good for


def _uses(by_name: Mapping[str, Proof], titles: Mapping[str, Link]) -> dict[str, list[Exercise]]:
    """For each result those that are proved with it, by name; first those that need little else."""
    cited = {
        name: {step.by.name: number for number, step in reversed(list(enumerate(proof.derivation.steps, 1)))}
        for name, proof in by_name.items()
        if proof.derivation is not None and _is_proved(proof)
    }
    others = {name: sorted(reasons.keys() & titles.keys() - {name}) for name, reasons in cited.items()}
    found: dict[str, list[Exercise]] = {}
    for name in sorted(cited, key=lambda name: (len(others[name]), len(by_name[name].steps))):
        for below in others[name]:
            if len(several := found.setdefault(below, [])) < OF_A_KIND:
                several.append(_use(relative(titles[name], by_name[name]), cited[name][below]))
    return found


def _use(other: Relative, number: int) -> Exercise:
    told_by = gettext("Line (%(line)s) of this derivation uses it:", line=number)
    return Exercise(
        (_claimed(gettext("Use the result to show:"), other),),
        (Part(told_by, link=other.link, anchor=f"eq-{number}"),),
    )
