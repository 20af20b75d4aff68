"""Which proof a page is about, that for every K or that at a chosen one, and for what it holds, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from derive.formula.latex import letter
from derive.proof import Proof

from .words import allowed, has_variables, is_every, is_scalar, scope_words

HOLDS = ("proved", "conditional")
Kind: TypeAlias = Literal["every", "scalar", "own", "chosen"]
"""For what a verdict is given: every K, no K at all, sizes that the formulas fix themselves, or the chosen ones."""


def general_of(proof: Proof) -> Proof | None:
    """The proof for every K; None where there is nothing to prove for every K."""
    return proof if is_every(proof) else proof.general


def chosen_of(proof: Proof) -> Proof | None:
    """The proof at chosen sizes, or about numbers alone; None where only every K was asked for."""
    return None if is_every(proof) else proof


def covers(general: Proof, chosen: Proof) -> bool:
    """Whether the chosen sizes are among those for which the general proof holds."""
    least = dict(general.least)
    return all(n >= least.get(size.name, 1) or n in general.separately for size, n in chosen.sizes)


def every_words(general: Proof) -> str:
    r"""every $K \ge 2$, $F$ and $N$."""
    named = [at_least(name, n) if n > 1 else letter(name) for name, n in general.least]
    return f"every {listed(named)}{_pinned(general)}{_separately(general)}"


def quantifier(proof: Proof) -> str:
    """How a theorem about it begins; nothing where it speaks of numbers alone."""
    if proof.derivation is None:
        return ""
    if is_every(proof):
        named = [at_least(name, n) for name, n in proof.least]
        return f"For every {listed(named)}{_pinned(proof)}{_separately(proof)}"
    if is_scalar(proof):
        return f"For all real values of the variables{allowed(proof)}" if has_variables(proof) else ""
    return f"For {scope_words(proof)}"


def _pinned(general: Proof) -> str:
    """The sizes that are written as numbers while others stay open."""
    sizes = general.derivation.sizes if general.derivation is not None else ()
    return f" at {listed([f'{letter(size.name)} = {number}' for size, number in sizes])}" if sizes else ""


def _separately(general: Proof) -> str:
    """The small numbers at which it holds as well."""
    ((name, _), *_) = general.least
    named = [f"{letter(name)} = {number}" for number in general.separately]
    return f", and for {listed(named)}" if named else ""


def at_least(name: str, least: int) -> str:
    """A size and the number from which on it is meant, as a formula."""
    return rf"{letter(name)} \ge {least}"


def listed(formulas: Sequence[str]) -> str:
    """Formulas one after the other, in prose."""
    *before, last = [f"${one}$" for one in formulas]
    return f"{', '.join(before)} and {last}" if before else last


def place(proof: Proof) -> str:
    """What stands beside a verdict: for what it was given."""
    if proof.derivation is None and proof.verdict == "ill-formed":
        return ""
    if is_every(proof):
        return f"{'as a claim ' * (proof.verdict == 'refuted')}for {every_words(proof)}"
    if is_scalar(proof):
        claim = "as a claim " * (proof.verdict == "refuted")
        return f"{claim}for {scope_words(proof)}" if has_variables(proof) else scope_words(proof)
    return f"at {scope_words(proof)}"


def kind(proof: Proof) -> Kind:
    """For what a verdict is given, as the index counts it."""
    if is_every(proof):
        return "every"
    if is_scalar(proof):
        return "scalar"
    own = proof.derivation is not None and {size for size, _ in proof.derivation.sizes} >= {s for s, _ in proof.sizes}
    return "own" if own else "chosen"


def method_words(proof: Proof) -> str:
    """By which methods, and how many of the steps hold."""
    if not proof.steps or proof.derivation is None:
        return ""
    held = sum(step.verdict.name in HOLDS for step in proof.steps)
    total = len(proof.derivation.steps)
    count = f"{held} of {total} {'step holds' if total == 1 else 'steps hold'}"
    if proof.verdict == "refuted":  # the step that fails is what matters, and the tower found its point
        return count
    methods = " and ".join(dict.fromkeys(step.method for step in proof.steps))
    entrywise = proof.every_entry and not proof.entries and any(step.instances > 1 for step in proof.steps)
    each = ", entry by entry" if entrywise and proof.sizes else ""
    return f"{methods}{each}, {count}"
