"""The JSON that derive prints: proofs as plain values, with keys and words that do not change between versions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite
from typing import Any

from .derivation import Overflow
from .formula.hypotheses import Equation, Hypothesis, OneHot, OneOf, Positive
from .formula.tree import Same
from .kernel.verdict import Counterexample, Unknown
from .proof import NumericCheck, Opinion, Proof, StepProof


def document(proofs: Iterable[Proof], version: str, *, timed: bool = True) -> dict[str, Any]:
    """All results of a run; without times, so that the same input gives the same bytes, where `timed` is off."""
    return {"derive": version, "results": [result(proof, timed) for proof in proofs]}


def result(proof: Proof, timed: bool = True) -> dict[str, Any]:
    """One proof."""
    derivation = proof.derivation
    found: dict[str, Any] = {
        "name": proof.name,
        "claim": claim(proof),
        "result": repr(derivation.result) if derivation else "",
        "scope": proof.scope,
        "verdict": proof.verdict,
        "expected": proof.expected,
        "assuming": [hypothesis(h) for h in derivation.assuming] if derivation else [],
        "conditions": [str(condition) for condition in proof.conditions],
        "counterexample": counterexample(proof.counterexample) if proof.counterexample else None,
        "reason": reason(proof),
        "every_entry": proof.every_entry,
        "entries": proof.entries,
        "steps": [step(one, timed) for one in proof.steps],
        "every_k": general(proof.general, timed) if proof.general else None,
        "sympy": opinion(proof.opinion) if proof.opinion else None,
        "numeric": [check(one) for one in proof.numeric],
    }
    return found | ({"seconds": round(proof.seconds, 6)} if timed else {})


def general(proof: Proof, timed: bool) -> dict[str, Any]:
    """What was decided for every K, where this is a proof at a chosen one."""
    return {
        "scope": proof.scope,
        "verdict": proof.verdict,
        "conditions": [str(condition) for condition in proof.conditions],
        "counterexample": counterexample(proof.counterexample) if proof.counterexample else None,
        "reason": reason(proof),
        "steps": [step(one, timed) for one in proof.steps],
    }


def claim(proof: Proof) -> str:
    """What is claimed: the first line, or the formula that is computed."""
    if proof.derivation is not None:
        return repr(proof.derivation.claim)
    return repr(proof.entry.formula) if isinstance(proof.entry, Overflow) else proof.entry.title


def reason(proof: Proof) -> str:
    """Why a verdict is neither proved nor refuted by a point."""
    unknown = (s.verdict.reason for s in proof.steps if isinstance(s.verdict, Unknown))
    return proof.refusal or next(unknown, "")


def step(one: StepProof, timed: bool) -> dict[str, Any]:
    """One line of a chain."""
    found: dict[str, Any] = {
        "line": one.number,
        "formula": repr(one.step.line),
        "rule": one.step.by.name,
        "verdict": one.verdict.name,
        "method": one.method,
        "instances": one.instances,
    }
    return found | ({"seconds": round(one.seconds, 6)} if timed else {})


def hypothesis(h: Hypothesis) -> str:
    """A hypothesis as it is written."""
    match h:
        case Equation(left, right):
            return f"{left} = {right}"
        case Positive(body):
            return f"{body} > 0"
        case OneHot(label, at):
            return f"{label} is one-hot at {at}"
        case OneOf(symbol, values):
            return f"{symbol} in {{{', '.join(map(str, values))}}}"
    return f"{h.left} {'=' if isinstance(h, Same) else '≠'} {h.right}"


def counterexample(found: Counterexample) -> dict[str, Any]:
    """A point, exactly, and the two values there."""
    return {
        "sizes": dict(found.sizes),
        "indices": dict(found.indices),
        "point": {name: str(value) for name, value in found.point},
        "left": str(found.left),
        "right": str(found.right),
    }


def opinion(found: Opinion) -> dict[str, Any]:
    """What SymPy said."""
    return {"verdict": found.verdict, "instances": found.instances, "reason": found.reason}


def check(found: NumericCheck) -> dict[str, Any]:
    """One row of the numeric table; JSON has no word for nan."""
    return {
        "method": found.method,
        "points": found.points,
        "largest": found.largest if isfinite(found.largest) else None,
        "limit": found.limit,
        "passed": found.passed,
        "note": found.note,
    }


def summary(proofs: Sequence[Proof]) -> str:
    """How many ended as expected, and how many steps they have."""
    good = sum(proof.as_expected for proof in proofs)
    steps = sum(len(proof.steps) for proof in proofs)
    return f"{good} of {len(proofs)}, {steps} steps"
