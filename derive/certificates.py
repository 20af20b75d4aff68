"""The certificates of a proof: one for each of its steps, as files for `derive recheck`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .derivation import Derivation
from .formula.tree import Expr
from .kernel.certificate import Readings, certificate
from .kernel.cofactors import NoCertificate
from .kernel.decide import Decider
from .kernel.every import IndexDecider
from .proof import Proof, StepProof, speaks_of_sizes

LARGEST_SIZE = 10
"""The largest chosen size for which certificates are written: every sum is written out in them."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The certificate of one step, or why there is none."""

    name: str
    line: int
    file: str
    text: str = ""
    reason: str = ""


def certificates_of(proof: Proof) -> list[Certificate]:
    """The same at once."""
    return list(certificates(proof))


def certificates(proof: Proof) -> Iterator[Certificate]:
    """For each step that is proved: for every K where that is what was proved, and at the chosen sizes."""
    derivation = proof.derivation
    if derivation is None:
        return
    if proof.general is not None:
        yield from certificates(proof.general)
        if max((number for _, number in proof.sizes), default=0) > LARGEST_SIZE:
            return
    decider = decider_of(proof, derivation)
    suffix = "".join(f".{size.name}{number}" for size, number in proof.sizes) if proof.general is not None else ""
    lines = derivation.scalars
    readings: Readings = {}
    for step in proof.steps:
        if step.verdict.name in ("proved", "conditional"):
            file = f"{proof.name}-{step.number}{suffix}.json"
            yield one(proof.name, step, (lines[step.number - 1], lines[step.number]), decider, readings, file)


def decider_of(proof: Proof, derivation: Derivation) -> Decider | IndexDecider:
    """What decides the lines anew, so that it can say how."""
    if proof.sizes or not speaks_of_sizes(derivation):
        return Decider(dict(proof.sizes), derivation.assuming)
    return IndexDecider(derivation.assuming, sizes=dict(derivation.sizes))


def one(
    name: str,
    step: StepProof,
    sides: tuple[Expr, Expr],
    decider: Decider | IndexDecider,
    readings: Readings,
    file: str,
) -> Certificate:
    """The certificate of one step."""
    if step.step.relation == "≈":
        return Certificate(name, step.number, file, reason="it shows rounded digits")
    try:
        text = certificate(name, step.number, sides, decider, step.verdict, readings)
    except NoCertificate as refusal:
        return Certificate(name, step.number, file, reason=str(refusal))
    return Certificate(name, step.number, file, text)
