"""What a reader may want next: on what a result rests, what rests on it, its derivative elsewhere, false claims."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from derive.derivation import Overflow, Pitfall
from derive.formula.arrays import Jacobian
from derive.formula.latex import latex_hypothesis
from derive.formula.tree import Derivative, Formula
from derive.proof import Proof, primary

from .chain import Link
from .claims import equation
from .language import prose
from .rests import carried, reasons
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
    below = reasons(proofs, titles)
    above = carried(below)
    false = {proof.name: proof.entry for proof in proofs if isinstance(proof.entry, Pitfall | Overflow)}
    shown = {proof.name: relative(titles[proof.name], proof) for proof in proofs}
    alike = _alike(proof for proof in proofs if proof.name not in false)
    found: dict[str, Related] = {}
    for name in titles:
        wrong = _warnings(name, above.get(name, ()), false)
        section = _section(wrong, alike.get(name, ()), below.get(name, ()), above.get(name, ()), shown)
        if section is not None and name not in false:
            found[name] = section
    return found


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


def _warnings(name: str, above: Sequence[str], false: Mapping[str, Pitfall | Overflow]) -> tuple[str, ...]:
    """The false claims about a derivation: it is what is right instead, or a reason in the false lines."""
    return tuple(other for other, entry in false.items() if entry.instead == name or other in above)


def _section(
    wrong: Sequence[str],
    same: Sequence[str],
    below: Sequence[str],
    above: Sequence[str],
    shown: Mapping[str, Relative],
) -> Related | None:
    """The section of one page, where its groups are known by name; None where nothing is to be said."""
    above = [other for other in above if other not in wrong]
    same = [other for other in same if other not in (*above, *below)]
    if not (wrong or same or above or below):
        return None
    return Related(
        wrong=tuple(shown[other] for other in wrong),
        same=tuple(shown[other] for other in same),
        below=tuple(shown[other] for other in below),
        above=tuple(shown[other] for other in above[:MOST]),
        more=max(0, len(above) - MOST),
    )


def _alike(proofs: Iterable[Proof]) -> dict[str, list[str]]:
    """By name, those that claim something of the very same derivative; letters alone would not tell."""
    claimed: dict[Formula, list[str]] = {}
    for proof in proofs:
        if proof.derivation is not None and isinstance(proof.derivation.claim, Derivative | Jacobian):
            claimed.setdefault(proof.derivation.claim, []).append(proof.name)
    return {name: [other for other in names if other != name] for names in claimed.values() for name in names}
