"""What stands beside a line: how it was decided, short and as a sentence."""

from __future__ import annotations

from derive.proof import Proof, StepProof

from .every import index_letters, kinds
from .scopes import HOLDS, every_words
from .words import is_every, scope_words


def mark_words(step: StepProof, proof: Proof, beside: bool) -> str:
    """The method and the instances, as they stand beside a line; with the scope where there are two marks."""
    name, general = step.verdict.name, is_every(proof)
    sizes = ", ".join(f"{size.name} = {number}" for size, number in proof.sizes)
    if name not in HOLDS:
        every = f"{'not' if name == 'refuted' else name} for {proof.scope}"
        return every if general else f"{name} at {sizes}" if beside else name
    method = f"{step.method}, {sizes}" if beside and not general else step.method
    if step.instances <= 1:
        return method
    return f"{method} · {step.instances} {'kinds' if general else 'instances'}"


def step_sentence(step: StepProof, proof: Proof, beside: bool) -> str:
    """What was decided about one line, in words; with the scope where another was decided as well."""
    above, n, method = step.number - 1, step.number, _called(step.method)
    scope = f"for {every_words(proof)}" if is_every(proof) else f"at {scope_words(proof)}" if beside else ""
    start = f"{scope[:1].upper()}{scope[1:]}, decided" if scope else "Decided"
    count = _count(step, proof)
    match step.verdict.name:
        case "proved" if step.step.relation == "≈":
            every = f", {count}" if step.instances > 1 else ""
            return (
                f"{start} by {method}: line ({above}) differs by less than half a unit of the last digit shown{every}."
            )
        case "proved":
            return f"{start} by {method}: the difference to line ({above}) is exactly 0, {count}."
        case "conditional":
            return f"{start} by {method}: equal to line ({above}) wherever the conditions hold, {count}."
        case "refuted" if is_every(proof):
            return f"Refuted as a claim {scope}: the tower found a point at which line ({above}) and line ({n}) differ."
        case "refuted":
            where = f" {scope}" if scope else ""
            return f"Refuted{where} by {method}: line ({above}) and line ({n}) differ at the point shown."
    where = f" {scope}" if scope else ""
    return f"Not decided{where}: line ({above}) may or may not equal line ({n})."


def _count(step: StepProof, proof: Proof) -> str:
    """In how many instances, or with letters for which indices."""
    if is_every(proof) and proof.derivation is not None and (named := index_letters(proof.derivation)):
        return f"with {named}{kinds(proof.derivation, step.instances)}"
    each = "kinds" if is_every(proof) else "instances"
    return f"in all {step.instances} {each}" if step.instances > 1 else "as one identity"


def _called(method: str) -> str:
    """A method in a sentence."""
    return method if method == "interval arithmetic" else f"the {method}"
