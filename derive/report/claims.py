"""What a proof claims, in LaTeX."""

from __future__ import annotations

from derive.derivation import Overflow
from derive.formula.latex import latex
from derive.proof import Proof

from .chain import RELATIONS


def claim_and_result(proof: Proof) -> tuple[str, str]:
    """The first line and the last; nothing where there is none."""
    if proof.derivation is not None:
        return latex(proof.derivation.claim), latex(proof.derivation.result)
    if isinstance(proof.entry, Overflow):
        return latex(proof.entry.formula), ""
    return "", ""


def equation(proof: Proof) -> str:
    """Both as one formula."""
    return joined(proof, *claim_and_result(proof))


def joined(proof: Proof, claim: str, result: str) -> str:
    """Claim and result, with ≈ between them where one of the steps only rounds."""
    steps = proof.derivation.steps if proof.derivation is not None else ()
    relation = RELATIONS["≈"] if any(step.relation == "≈" for step in steps) else RELATIONS["="]
    return f"{claim} {relation} {result}" if result else claim
