"""Which figures stand on a page: decided from what its derivation speaks of, never from its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from derive.derivation import Derivation
from derive.proof import Proof, primary

from .graph import Graph, graph
from .heat import CLASSES, Heat, heat
from .simplex import Field, Map, contours, field
from .surface import Surface, surface

Values: TypeAlias = "Heat | Field | Map | Surface"


@dataclass(frozen=True, slots=True)
class Pictures:
    """The figures of a page, as the values that they show."""

    graph: Graph | None = None
    drawn: tuple[Values, ...] = ()


def pictures(proof: Proof, known: Mapping[str, Derivation]) -> Pictures:
    """The figures of a proof; none where it is not proved, since a figure shows a result."""
    derivation = proof.derivation
    if derivation is None or proof.verdict != "proved" or primary(proof).verdict != "proved":
        return Pictures()
    pinned, shown = dict(derivation.sizes), dict(proof.sizes)
    if not _holds_for_few(proof):
        pinned = shown  # only what was decided may be drawn
        if any(number not in CLASSES for number in shown.values()):
            return Pictures(graph(derivation, known))
    found = (
        heat(derivation, shown),
        field(derivation, pinned),
        contours(derivation, pinned),
        surface(derivation, pinned),
    )
    return Pictures(graph(derivation, known), tuple(one for one in found if one is not None))


def _holds_for_few(proof: Proof) -> bool:
    """Whether a proof for every size covers the two and three classes that figures are drawn for."""
    return proof.general is not None and all(least <= 2 for _, least in proof.general.least)


def proved_derivations(proofs: Sequence[Proof]) -> dict[str, Derivation]:
    """The derivations of a run that are proved, by name: their results may stand on other pages' figures."""
    return {
        proof.name: proof.derivation
        for proof in proofs
        if proof.derivation is not None and proof.verdict == "proved" and primary(proof).verdict == "proved"
    }
