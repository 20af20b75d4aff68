"""A step that was neither proved nor refuted: why, and what would help."""

from __future__ import annotations

from dataclasses import dataclass

from derive import shell
from derive.formula.hypotheses import Positive
from derive.formula.latex import latex
from derive.formula.tree import Apply, Numeral
from derive.kernel.verdict import Unknown
from derive.proof import Proof, StepProof

from .conditional import closes
from .language import gettext, marked, said
from .reasons import rule_name, told
from .scopes import HOLDS, chosen_of, general_of, place
from .snippet import hypothesis_source
from .words import is_every, scope_words

HELP = (
    ("assume that it is positive", marked("State what is positive as a hypothesis, such as `assuming=[positive(p)]`.")),
    (
        "a power that is not an integer",
        marked("Write the power as exp of a logarithm: the kernel knows powers of integers."),
    ),
    (
        "exponent is not an integer",
        marked("Write the power as exp of a logarithm: the kernel knows powers of integers."),
    ),
    ("not decided within", marked("Take a smaller K, or put a line between: each step then has less to do.")),
    (
        "a product has more than",
        marked("Take a smaller K, or give a name to a part with define, so that it is not expanded."),
    ),
    ("binary digits", marked("Use smaller numbers in the formula.")),
    ("nested too deeply", marked("Give names to parts with define, so that the formula becomes flat.")),
    ("no hypothesis lists the values", marked("Say which values the label takes: `assuming=[one_of(t, 0, 1)]`.")),
    ("there is no instance", marked("Take a larger K: at this one no indices are as the hypotheses want them.")),
    ("holds for one size alone", marked("Pin the size that the list is written for: `sizes={K: 3}`.")),
    ("prime factor above", marked("Give the number a name: logarithms of large primes are not split.")),
    (
        "no point shows a difference",
        marked(
            "The step may be true by a relation that the kernel is not told: state it as a hypothesis, "
            "such as `assuming=[equal(a, b)]`, or put a line between that shows how it is used."
        ),
    ),
)
"""What helps, by words of the kernel's reason."""
SPLIT = marked(
    "Put a line between the two, so that each step changes one thing: the verdict then shows which of them is open."
)


@dataclass(frozen=True, slots=True)
class Undecided:
    """The first step that stays open, as the top of the page shows it."""

    number: int
    reason: str
    place: str
    before: str
    after: str
    why: str
    """The kernel's reason."""
    known: str
    """What is known nevertheless, in prose."""
    advice: tuple[str, ...]
    """Text with code in backquotes."""
    command: str
    others: tuple[int, ...]


def undecided(proof: Proof, argument: str = "") -> Undecided | None:
    """The first step without a verdict, for every K first; None where there is none, or where one is refuted.

    `argument` is by what the command line finds the derivation, where that is not its name.
    """
    both = [one for one in (general_of(proof), chosen_of(proof)) if one is not None]
    if any(one.verdict == "refuted" for one in both):
        return None
    for one in both:
        steps = [step for step in one.steps if isinstance(step.verdict, Unknown)]
        if steps:
            return _undecided(steps, one, proof, argument or proof.name)
    return None


def _undecided(steps: list[StepProof], one: Proof, proof: Proof, argument: str) -> Undecided:
    step, verdict = steps[0], steps[0].verdict
    assert isinstance(verdict, Unknown)
    closing = _positivity(step, verdict.reason, one)
    changed = proof.derivation.changed(step.number) if proof.derivation is not None else frozenset()
    return Undecided(
        number=step.number,
        reason=rule_name(step.step.by.name),
        place=place(one) if proof.general is not None or is_every(one) else "",
        before=latex(step.before),
        after=latex(step.step.line, changed),
        why=told(verdict.reason),
        known=_known(one, proof),
        advice=(*closing, *_advice(verdict.reason, one, proof, bool(closing))),
        command=_command(one, proof, argument),
        others=tuple(other.number for other in steps[1:]),
    )


def _known(one: Proof, proof: Proof) -> str:
    """That no counterexample is known either, and what the other scope says."""
    chosen = chosen_of(proof)
    if chosen is not None and chosen is not one and chosen.verdict == "proved":
        return gettext(
            "At %(here)s every line holds; what stays open is the claim for all sizes.", here=scope_words(chosen)
        )
    return gettext("No counterexample was found either: the step may be true or false.")


def _positivity(step: StepProof, reason: str, one: Proof) -> tuple[str, ...]:
    """The hypotheses that would give every logarithm of the step a positive argument, where they do close it."""
    if one.derivation is None or "positive" not in reason:
        return ()
    found = {
        Positive(node.argument): None
        for line in (step.before, step.step.line)
        for node in line.walk()
        if isinstance(node, Apply) and node.function.name == "log" and not isinstance(node.argument, Numeral)
    }
    if not found or not closes(one.derivation, tuple(found), one):
        return ()
    given = ", ".join(map(hypothesis_source, (*one.derivation.assuming, *found)))
    return (
        gettext(
            "If the arguments of the logarithms are meant to be positive, say `assuming=[%(given)s]`: "
            "it is then proved.",
            given=given,
        ),
    )


def _advice(reason: str, one: Proof, proof: Proof, closed: bool) -> tuple[str, ...]:
    found = [said(advice) for words, advice in HELP if words in reason and not closed]
    if is_every(one) and (chosen := chosen_of(proof)) is not None and chosen.verdict in HOLDS:
        sizes = ", ".join(f"{size.name}: {number}" for size, number in chosen.sizes)
        found.append(gettext("If these sizes are all that you claim, pin them: `sizes={%(sizes)s}`.", sizes=sizes))
    return (*dict.fromkeys(found), said(SPLIT))


def _command(one: Proof, proof: Proof, argument: str) -> str:
    """What tries more sizes, or every entry one by one; nothing where no size occurs."""
    if not one.sizes and not is_every(one):
        return ""
    if any(step.method == "index calculus" for step in one.steps) and one.sizes:
        chosen = str(dict(proof.sizes).popitem()[1])
        return shell.command("prove", [argument], {"-K": chosen, "--every-entry": True})
    return shell.command("prove", [argument], {"-K": "2..6"})
