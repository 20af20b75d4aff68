"""What SymPy and floating point say about a proof: opinions beside the kernel's verdict, never instead of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from .concrete.too_large import too_large
from .derivation import Derivation, Overflow
from .formula.hypotheses import Equation, Positive
from .formula.tree import Expr, Size
from .kernel.decide import Decider
from .kernel.instances import has_numerals, instances
from .kernel.value import Instance
from .kernel.verdict import Verdict
from .proof import Opinion, Proof


@lru_cache(maxsize=8)
def representatives(derivation: Derivation, sizes: tuple[tuple[Size, int], ...]) -> tuple[Instance, ...]:
    """One instance for each way in which the free indices coincide; all, where a numeral tells the entries apart.

    Remembered, as the opinion and the numeric checks ask one after the other.
    """
    lines, given = derivation.scalars, derivation.assuming
    return tuple(instances(lines, given, dict(sizes), every=has_numerals(lines, given)))


def with_opinion(proof: Proof, printed: bool = True) -> Proof:
    """The proof with SymPy's opinion on it: its own derivative of the claim, at a chosen size, `printed` or not.

    Where SymPy's value of the claim is seen not to be the proved result, one of
    the two is wrong: the proof is then unknown, and says so. What SymPy leaves
    undecided takes nothing from the proof.
    """
    if proof.derivation is None or proof.verdict not in ("proved", "conditional"):
        return proof
    derivation, sizes = proof.derivation, dict(proof.sizes)
    if reason := too_large(sizes):
        return replace(proof, opinion=Opinion("not asked", 0, "", "", reason))
    from .concrete.opinion import opinion

    known = [h for h in derivation.assuming if isinstance(h, Equation | Positive)]
    decider = Decider(sizes, known)

    def decide(left: Expr, right: Expr) -> Verdict:
        return decider.decide(left, right).verdict

    found = opinion(derivation, sizes, representatives(derivation, proof.sizes), decide, printed)
    if found.verdict == "differs":
        return replace(proof, opinion=found, verdict="unknown", refusal=f"SymPy's opinion differs: {found.reason}")
    return replace(proof, opinion=found)


def with_numbers(proof: Proof) -> Proof:
    """The proof with its numeric checks; a claim about computing is refuted by the point at which floats fail."""
    match proof.entry:
        case Overflow() as claim:
            from .numeric.overflow import overflow

            found = overflow(claim, dict(proof.sizes))
            return replace(proof, overflow=found, verdict="refuted" if found is not None else "unknown")
    if proof.derivation is None or proof.verdict not in ("proved", "conditional"):
        return proof
    from .numeric.checks import checks

    found_checks = checks(proof.derivation, dict(proof.sizes), representatives(proof.derivation, proof.sizes))
    return replace(proof, numeric=found_checks)


def failed_checks(proofs: Sequence[Proof]) -> list[str]:
    """One line for each numeric check that did not keep its limit."""
    return [
        f"{proof.name} ({proof.scope}): {check.method}, {check.points}: {check.largest:.2g} > {check.limit:.2g}"
        for proof in proofs
        for check in proof.numeric
        if not check.passed and check.limit is not None
    ]
