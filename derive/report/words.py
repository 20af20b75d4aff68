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

from .language import gettext, marked, said
from .reasons import told

VERDICTS: dict[VerdictName, str] = {
    "proved": marked("Proved"),
    "conditional": marked("Conditional"),
    "refuted": marked("Refuted"),
    "unknown": marked("Unknown"),
    "ill-formed": marked("Ill-formed"),
}
NAMES = (
    marked("proved"),
    marked("conditional"),
    marked("refuted"),
    marked("unknown"),
    marked("ill-formed"),
    marked("agrees"),
    marked("differs"),
    marked("undecided"),
    marked("not asked"),
    marked("pass"),
    marked("fail"),
    marked("tower"),
    marked("index calculus"),
    marked("interval arithmetic"),
)
"""What programs call verdicts, opinions, results and methods, and people too."""


def verdict_name(verdict: VerdictName) -> str:
    """A verdict as a heading."""
    return said(VERDICTS[verdict])


def named(name: str) -> str:
    """A verdict, an opinion, a result or a method in a sentence."""
    return said(name)


def is_scalar(proof: Proof) -> bool:
    """Whether no size occurs: the formulas speak of numbers alone."""
    return proof.derivation is not None and not proof.derivation.free_sizes


def is_every(proof: Proof) -> bool:
    """Whether sizes occur and the proof leaves them open."""
    return proof.derivation is not None and not proof.sizes and not is_scalar(proof)


def sizes_words(proof: Proof) -> str:
    """The chosen sizes: $K = 3$."""
    return ", ".join(f"${letter(size.name)} = {value}$" for size, value in proof.sizes) or proof.scope


def has_variables(proof: Proof) -> bool:
    """Whether the lines speak of anything but numbers."""
    return proof.derivation is not None and any(map(leaves, proof.derivation.lines))


def scope_words(proof: Proof) -> str:
    """The sizes, or the values, for which it was decided."""
    if not is_scalar(proof):
        return sizes_words(proof)
    if not has_variables(proof):
        return gettext("numbers alone")
    match _given(proof):
        case True, True:
            return gettext("all real values that the hypotheses and the conditions allow")
        case True, False:
            return gettext("all real values that the hypotheses allow")
        case False, True:
            return gettext("all real values that the conditions allow")
    return gettext("all real values")


def _given(proof: Proof) -> tuple[bool, bool]:
    """Whether hypotheses, and whether conditions, keep the variables from having all values."""
    return bool(proof.derivation is not None and proof.derivation.assuming), bool(proof.conditions)


def scope_sentence(proof: Proof) -> str:
    """What exactly was decided, at the chosen sizes or about numbers."""
    if isinstance(proof.entry, Overflow):
        return gettext("Computed in float64 as written, at the point shown; the formula itself is not in doubt.")
    if proof.derivation is None:
        return gettext("Nothing was decided: the scope check refuses the lines before they mean anything.")
    if proof.verdict == "unknown":
        if proof.sizes:
            return gettext(
                "Not every line was decided at %(scope)s. The mark beside each line says what is known about it.",
                scope=scope_words(proof),
            )
        return gettext("Not every line was decided. The mark beside each line says what is known about it.")
    told = values(proof)
    if is_scalar(proof):
        if told:
            return gettext(
                "Every line was decided exactly, as an identity between functions: it holds %(values)s.", values=told
            )
        return gettext("Every line was decided exactly.")
    if told:
        return gettext(
            "Every line was decided exactly at %(scope)s, %(values)s%(entries)s",
            scope=scope_words(proof),
            values=told,
            entries=entries(proof),
        )
    return gettext(
        "Every line was decided exactly at %(scope)s%(entries)s", scope=scope_words(proof), entries=entries(proof)
    )


def values(proof: Proof) -> str:
    """The values of the variables for which it holds, as a clause; nothing where there are none."""
    return allowed_values(proof) if has_variables(proof) and proof.verdict != "refuted" else ""


def allowed_values(proof: Proof) -> str:
    """The values of the variables of which it speaks."""
    match _given(proof):
        case True, True:
            return gettext("for all real values of the variables that the hypotheses and the conditions allow")
        case True, False:
            return gettext("for all real values of the variables that the hypotheses allow")
        case False, True:
            return gettext("for all real values of the variables that the conditions allow")
    return gettext("for all real values of the variables")


def entries(proof: Proof) -> str:
    """Which instances were decided, as the end of a sentence."""
    if all(step.instances <= 1 for step in proof.steps):
        return gettext(".")
    if proof.entries:
        return gettext(
            ", with letters for indices, and claim and result once more at all %(number)s entries, one by one.",
            number=proof.entries,
        )
    if proof.every_entry:
        return gettext(": every entry one by one.")
    return gettext(
        ": one instance for each way in which the free indices coincide. A formula without a numeral as "
        "subscript is unchanged by a permutation of the classes, so these instances stand for all entries."
    )


def layout_sentence(derivation: Derivation) -> str:
    """Which layout the Jacobians are written in, if there are any."""
    match derivation.layout:
        case "numerator":
            return gettext("Jacobians are in numerator layout: rows belong to the output, columns to the variable.")
        case "denominator":
            return gettext("Jacobians are in denominator layout: rows belong to the variable, columns to the output.")
    return ""


def opinion_sentence(opinion: Opinion, derivation: Derivation) -> str:
    """SymPy's opinion on a claim in words."""
    match opinion.verdict:
        case "agrees":
            count = _instances(opinion.instances, derivation)
            if any(isinstance(node, Derivative | Jacobian) for node in derivation.claim.walk()):
                return gettext(
                    "SymPy differentiates the claim on its own, by diff, and its result equals the last line in "
                    "%(instances)s.",
                    instances=count,
                )
            return gettext(
                "SymPy evaluates the claim on its own, and its result equals the last line in %(instances)s.",
                instances=count,
            )
        case "differs" if opinion.instance:
            return gettext(
                "SymPy's own result, at %(instance)s, does not equal the last line.", instance=opinion.instance
            )
        case "differs":
            return gettext("SymPy's own result does not equal the last line.")
        case "not asked":
            return gettext("SymPy was not asked.")
    return gettext("SymPy's opinion is undecided: %(reason)s", reason=told(opinion.reason))


def _instances(number: int, derivation: Derivation) -> str:
    """How many instances SymPy was asked about, and which."""
    if number == 1:
        return gettext("one instance")
    if has_numerals(derivation.scalars, derivation.assuming):
        return gettext("all %(number)s instances", number=number)
    indices = any(line.free_indices for line in derivation.scalars)
    labels = any(isinstance(h, OneOf) for h in derivation.assuming)
    if indices and labels:
        return gettext(
            "one instance for each way in which the free indices coincide and each label (%(number)s)", number=number
        )
    if labels:
        return gettext("one instance for each label (%(number)s)", number=number)
    return gettext("one instance for each way in which the free indices coincide (%(number)s)", number=number)


def verdict_sentence(proof: Proof) -> str:
    """A verdict in one sentence, for the top of the page."""
    match proof.verdict:
        case "proved":
            return gettext("Each line equals the one above it, and both are defined, wherever the hypotheses hold.")
        case "conditional":
            return gettext(
                "Each line equals the one above it wherever the conditions hold; the hypotheses don't give them."
            )
        case "refuted" if isinstance(proof.entry, Overflow):
            return gettext("As written, the computation does not stay finite.")
        case "refuted":
            return gettext("A line does not equal the one above it. The point at which they differ is exact.")
        case "ill-formed":
            return gettext(
                "The lines cannot mean anything as they are written, so there is nothing to prove or refute."
            )
    return gettext("At least one line was neither proved nor refuted.")
