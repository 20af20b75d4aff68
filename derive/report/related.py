"""What a reader may want next: on what a result rests, what rests on it, its derivative elsewhere, false claims."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from derive.derivation import Derivation, Overflow, Pitfall
from derive.formula.arrays import Jacobian
from derive.formula.latex import latex_hypothesis
from derive.formula.tree import Derivative
from derive.proof import Proof, primary

from .chain import Link
from .claims import equation
from .language import prose
from .rests import Resting, rests
from .words import verdict_name

MOST = 8
"""How many derivations are named that rest on one; the map has them all."""


@dataclass(frozen=True, slots=True)
class Relative:
    """Another page of the run, as it is shown on this one."""

    link: Link
    equation: str
    """What it proves, or claims falsely, in LaTeX; nothing where it is open, or where none could be written."""
    hypotheses: tuple[str, ...]
    verdict: str
    """Where it is not simply proved."""
    lesson: str
    """Of a false claim."""


@dataclass(frozen=True, slots=True)
class Related:
    """The section; every group may be empty, but not all of them."""

    wrong: tuple[Relative, ...]
    same: tuple[Relative, ...]
    below: tuple[Relative, ...]
    """What it rests on."""
    above: tuple[Relative, ...]
    """What rests on it."""
    more: int
    """How many rest on it beside those."""


def related(proofs: Sequence[Proof], titles: Mapping[str, Link]) -> dict[str, Related]:
    """The section of each page of a run that has one; `titles` are the pages, by name."""
    members = rests(proofs, titles, {"": list(titles)}).members
    false = {one.link.name for one in members if one.is_pitfall}
    shown = {proof.name: relative(titles[proof.name], proof) for proof in proofs}
    alike = _alike(proof for proof in proofs if proof.name not in false)
    sections = {one.link.name: _section(one, proofs, alike, shown) for one in members if not one.is_pitfall}
    return {name: section for name, section in sections.items() if section is not None}


def relative(link: Link, proof: Proof) -> Relative:
    """The page of a proof, as others show it."""
    pitfall = proof.entry if isinstance(proof.entry, Pitfall | Overflow) else None
    verdict = primary(proof).verdict
    told = equation(proof) if pitfall is not None or verdict in ("proved", "conditional") else ""
    return Relative(
        link=link,
        equation=told,
        hypotheses=tuple(map(latex_hypothesis, proof.derivation.assuming)) if proof.derivation and told else (),
        verdict="" if verdict == "proved" else verdict_name(verdict),
        lesson=prose(pitfall.lesson) if pitfall else "",
    )


def _section(
    one: Resting, proofs: Sequence[Proof], alike: Mapping[str, Sequence[str]], shown: Mapping[str, Relative]
) -> Related | None:
    """The section of one page; None where nothing is to be said."""
    name = one.link.name
    wrong = [proof.name for proof in proofs if _warns(proof, name, one.carries)]
    above = [other for other in one.carries if other not in wrong]
    same = [other for other in alike.get(name, ()) if other not in (*above, *one.derivations)]
    if not (wrong or same or above or one.derivations):
        return None
    return Related(
        wrong=tuple(shown[other] for other in wrong),
        same=tuple(shown[other] for other in same),
        below=tuple(shown[other] for other in one.derivations),
        above=tuple(shown[other] for other in above[:MOST]),
        more=max(0, len(above) - MOST),
    )


def _warns(proof: Proof, name: str, carries: Iterable[str]) -> bool:
    """Whether a false claim is about this derivation: it is what is right instead, or a reason in the false lines."""
    entry = proof.entry
    return isinstance(entry, Pitfall | Overflow) and (entry.instead == name or proof.name in carries)


def _alike(proofs: Iterable[Proof]) -> dict[str, list[str]]:
    """By name, the others that claim something of the very same derivative; letters alone would not tell."""
    derivatives = [
        (proof.name, proof.derivation.claim)
        for proof in proofs
        if isinstance(proof.derivation, Derivation) and isinstance(proof.derivation.claim, Derivative | Jacobian)
    ]
    return {
        name: [other for other, second in derivatives if other != name and second == first]
        for name, first in derivatives
    }
