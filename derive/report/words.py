"""The sentences that a report makes up; templates hold the fixed ones.  Prose with $…$, escaped where it is shown."""

from __future__ import annotations

from derive.derivation import Derivation, Overflow
from derive.formula.arrays import Jacobian
from derive.formula.hypotheses import OneOf
from derive.formula.latex import letter
from derive.formula.substitution import leaves
from derive.formula.tree import Derivative
from derive.kernel.instances import has_numerals
from derive.proof import Opinion, Proof, StepProof, VerdictName

VERDICTS: dict[VerdictName, str] = {
    "proved": "Proved",
    "conditional": "Conditional",
    "refuted": "Refuted",
    "unknown": "Unknown",
    "ill-formed": "Ill-formed",
}


def is_scalar(proof: Proof) -> bool:
    """Whether no size occurs: the formulas speak of numbers alone."""
    return proof.derivation is not None and not proof.derivation.free_sizes


def is_every(proof: Proof) -> bool:
    """Whether sizes occur and the proof leaves them open."""
    return proof.scope == "every K" and not is_scalar(proof)


def scope_words(proof: Proof) -> str:
    """What stands beside the verdict: the sizes at which it was decided."""
    if is_every(proof):
        return "every $K$"
    if is_scalar(proof):
        return f"all real values{_allowed(proof)}" if _has_variables(proof) else "numbers alone"
    return ", ".join(f"${letter(size.name)} = {value}$" for size, value in proof.sizes) or proof.scope


def _has_variables(proof: Proof) -> bool:
    return proof.derivation is not None and any(map(leaves, proof.derivation.lines))


def _allowed(proof: Proof) -> str:
    """What keeps the variables from having all values, as a clause; nothing where nothing does."""
    hypotheses = proof.derivation is not None and proof.derivation.assuming
    given = [name for name, some in (("hypotheses", hypotheses), ("conditions", proof.conditions)) if some]
    return f" that the {' and the '.join(given)} allow" if given else ""


def scope_sentence(proof: Proof) -> str:
    """What exactly was decided."""
    if isinstance(proof.entry, Overflow):
        return "Computed in float64 as written, at the point shown; the formula itself is not in doubt."
    if proof.derivation is None:
        return "Nothing was decided: the scope check refuses the lines before they mean anything."
    if proof.verdict == "unknown":
        return "Not every line was decided. The mark beside each line says what is known about it."
    if is_every(proof):
        return "Every line was decided symbolically, with $K$ left open: the proof holds for every number of classes."
    holds = _has_variables(proof) and proof.verdict != "refuted"
    values = f"for all real values of the variables{_allowed(proof)}"
    if is_scalar(proof):
        functions = f", as an identity between functions: it holds {values}" if holds else ""
        return f"Every line was decided exactly{functions}."
    where = f"Every line was decided exactly at {scope_words(proof)}" + (f", {values}" if holds else "")
    if all(step.instances <= 1 for step in proof.steps):
        return f"{where}."
    if proof.every_entry:
        return f"{where}: every entry one by one."
    return (
        f"{where}: one instance for each way in which the free indices coincide. A formula without a numeral as "
        "subscript is unchanged by a permutation of the classes, so these instances stand for all entries."
    )


def not_proved(proof: Proof) -> tuple[str, ...]:
    """What nobody should read into the verdict."""
    if proof.verdict == "ill-formed":
        return ()
    if proof.verdict == "refuted":
        return ("Other points: one is enough to refute the claim. Elsewhere both sides may well agree.",)
    claims = []
    if proof.sizes and not is_every(proof) and proof.derivation is not None:
        chosen = scope_words(proof)
        claims.append(f"Other sizes: the proof is about {chosen} alone, although the same lines can be run at others.")
    if proof.numeric:
        claims.append("Floating point: the numeric table reports what was measured at its points; it bounds nothing.")
    claims.append(
        "Code: the NumPy functions in derived.py compute these formulas, but the proof is about the formulas."
    )
    if proof.opinion is not None and proof.opinion.verdict == "agrees":
        claims.append(
            "SymPy's agreement is a second opinion: no verdict rests on it, but where it differs a proof is withdrawn."
        )
    claims.append("The checker itself: derive's kernel is trusted to decide; it has tests, but no proof.")
    return tuple(claims)


def mark_words(step: StepProof) -> str:
    """The method and the instances, as they stand beside a line."""
    name = step.verdict.name
    if name in ("proved", "conditional") and step.instances > 1:
        return f"{step.method} · {step.instances} instances"
    return step.method if name in ("proved", "conditional") else name


def step_sentence(step: StepProof) -> str:
    """What was decided about one line, in words."""
    above = step.number - 1
    count = f"in all {step.instances} instances" if step.instances > 1 else "as one identity"
    match step.verdict.name:
        case "proved" if step.step.relation == "≈":
            every = f", {count}" if step.instances > 1 else ""
            return (
                f"Decided by {step.method}: line ({above}) differs by less than half a unit of the last digit shown"
                f"{every}."
            )
        case "proved":
            return f"Decided by {step.method}: the difference to line ({above}) is exactly 0, {count}."
        case "conditional":
            return f"Decided by {step.method}: equal to line ({above}) wherever the conditions hold, {count}."
        case "refuted":
            return f"Refuted by {step.method}: line ({above}) and line ({step.number}) differ at the point shown."
        case _:
            return f"Not decided: line ({above}) may or may not equal line ({step.number})."


def layout_sentence(derivation: Derivation) -> str:
    """Which layout the Jacobians are written in, if there are any."""
    match derivation.layout:
        case "numerator":
            return "Jacobians are in numerator layout: rows belong to the output, columns to the variable."
        case "denominator":
            return "Jacobians are in denominator layout: rows belong to the variable, columns to the output."
    return ""


def opinion_sentence(opinion: Opinion, derivation: Derivation) -> str:
    """SymPy's opinion on a claim in words."""
    where = f", at {opinion.instance}," if opinion.instance else ""
    match opinion.verdict:
        case "agrees":
            derivative = any(isinstance(node, Derivative | Jacobian) for node in derivation.claim.walk())
            does, how = ("differentiates", ", by diff") if derivative else ("evaluates", "")
            count = _instances(opinion.instances, derivation)
            return f"SymPy {does} the claim on its own{how}, and its result equals the last line in {count}."
        case "differs":
            return f"SymPy's own result{where} does not equal the last line."
        case "not asked":
            return "SymPy was not asked."
    return f"SymPy's opinion is undecided: {opinion.reason}"


def _instances(number: int, derivation: Derivation) -> str:
    """How many instances SymPy was asked about, and which."""
    if number == 1:
        return "one instance"
    if has_numerals(derivation.scalars, derivation.assuming):
        return f"all {number} instances"
    indices = any(line.free_indices for line in derivation.scalars)
    labels = any(isinstance(h, OneOf) for h in derivation.assuming)
    each = (indices, "each way in which the free indices coincide"), (labels, "each label")
    return f"one instance for {' and '.join(words for some, words in each if some)} ({number})"


def verdict_sentence(proof: Proof) -> str:
    """The verdict in one sentence, for the top of the page."""
    match proof.verdict:
        case "proved":
            return "Each line equals the one above it, and both are defined, wherever the hypotheses hold."
        case "conditional":
            return "Each line equals the one above it wherever the conditions hold; the hypotheses don't give them."
        case "refuted" if isinstance(proof.entry, Overflow):
            return "As written, the computation does not stay finite."
        case "refuted":
            return "A line does not equal the one above it. The point at which they differ is exact."
        case "ill-formed":
            return "The lines cannot mean anything as they are written, so there is nothing to prove or refute."
    return "At least one line was neither proved nor refuted."
