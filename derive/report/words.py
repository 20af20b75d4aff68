"""The sentences that a report makes up; templates hold the fixed ones.  Prose with $…$, escaped where it is shown."""

from __future__ import annotations

from derive.derivation import Derivation, Overflow
from derive.formula.arrays import Jacobian
from derive.formula.hypotheses import OneOf
from derive.formula.latex import letter
from derive.formula.substitution import leaves
from derive.formula.tree import Derivative
from derive.kernel.instances import has_numerals
from derive.proof import Opinion, Proof, VerdictName

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
    return proof.derivation is not None and not proof.sizes and not is_scalar(proof)


def scope_words(proof: Proof) -> str:
    """The sizes, or the values, for which it was decided."""
    if is_scalar(proof):
        return f"all real values{allowed(proof)}" if has_variables(proof) else "numbers alone"
    return ", ".join(f"${letter(size.name)} = {value}$" for size, value in proof.sizes) or proof.scope


def has_variables(proof: Proof) -> bool:
    """Whether the lines speak of anything but numbers."""
    return proof.derivation is not None and any(map(leaves, proof.derivation.lines))


def allowed(proof: Proof) -> str:
    """What keeps the variables from having all values, as a clause; nothing where nothing does."""
    hypotheses = proof.derivation is not None and proof.derivation.assuming
    given = [name for name, some in (("hypotheses", hypotheses), ("conditions", proof.conditions)) if some]
    return f" that the {' and the '.join(given)} allow" if given else ""


def scope_sentence(proof: Proof) -> str:
    """What exactly was decided, at the chosen sizes or about numbers."""
    if isinstance(proof.entry, Overflow):
        return "Computed in float64 as written, at the point shown; the formula itself is not in doubt."
    if proof.derivation is None:
        return "Nothing was decided: the scope check refuses the lines before they mean anything."
    if proof.verdict == "unknown":
        at = f" at {scope_words(proof)}" if proof.sizes else ""
        return f"Not every line was decided{at}. The mark beside each line says what is known about it."
    if is_scalar(proof):
        functions = ", as an identity between functions: it holds" if values(proof) else ""
        return f"Every line was decided exactly{functions}{values(proof)}."
    comma = "," if values(proof) else ""
    return f"Every line was decided exactly at {scope_words(proof)}{comma}{values(proof)}{entries(proof)}"


def values(proof: Proof) -> str:
    """The values of the variables for which it holds, as a clause; nothing where there are none."""
    if not has_variables(proof) or proof.verdict == "refuted":
        return ""
    return f" for all real values of the variables{allowed(proof)}"


def entries(proof: Proof) -> str:
    """Which instances were decided, as the end of a sentence."""
    if all(step.instances <= 1 for step in proof.steps):
        return "."
    if proof.entries:
        return f", with letters for indices, and claim and result once more at all {proof.entries} entries, one by one."
    if proof.every_entry:
        return ": every entry one by one."
    return (
        ": one instance for each way in which the free indices coincide. A formula without a numeral as "
        "subscript is unchanged by a permutation of the classes, so these instances stand for all entries."
    )


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
    """A verdict in one sentence, for the top of the page."""
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
