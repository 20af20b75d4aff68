"""What the index shows and searches beside a page: how many steps, how long they took, the claim as it is written."""

from __future__ import annotations

from dataclasses import dataclass

from derive.derivation import Overflow
from derive.proof import Proof


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands in the index beside a claim and its verdicts."""

    steps: int
    time: str
    """How long it took to decide; nothing where no times are asked for, as they are not the same twice."""
    source: str
    """Claim and result as they are written in Python: what a search finds."""


def beside(proof: Proof, timed: bool) -> Beside:
    """What stands beside one entry; the time is that for every K and at the chosen sizes together."""
    seconds = proof.seconds + (proof.general.seconds if proof.general is not None else 0.0)
    return Beside(
        steps=len(proof.derivation.steps) if proof.derivation is not None else 0,
        time=time_words(seconds) if timed else "",
        source=_source(proof),
    )


def time_words(seconds: float) -> str:
    """A time to two digits, in milliseconds or seconds."""
    if seconds >= 0.9995:
        return f"{seconds:.1f} s"
    return f"{1000 * seconds:.0f} ms" if seconds >= 0.0095 else f"{1000 * seconds:.1f} ms"


def _source(proof: Proof) -> str:
    if proof.derivation is not None:
        return f"{proof.derivation.claim} = {proof.derivation.result}"
    return str(proof.entry.formula) if isinstance(proof.entry, Overflow) else ""
