"""Which proof a page is about, that for every K or that at a chosen one, and for what it holds, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from derive.formula.latex import letter
from derive.proof import Proof

from .language import comma, gettext, ngettext
from .prose import capital
from .words import allowed_values, has_variables, is_every, is_scalar, named, scope_words

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
    return _every(general, listed(named))


def _every(general: Proof, named: str) -> str:
    """Every K, as far as sizes are open, and the small numbers at which it holds as well."""
    pinned, apart = _pinned(general), _separately(general)
    if pinned and apart:
        return gettext("every %(sizes)s at %(pinned)s, and for %(apart)s", sizes=named, pinned=pinned, apart=apart)
    if pinned:
        return gettext("every %(sizes)s at %(pinned)s", sizes=named, pinned=pinned)
    if apart:
        return gettext("every %(sizes)s, and for %(apart)s", sizes=named, apart=apart)
    return gettext("every %(sizes)s", sizes=named)


def quantifier(proof: Proof) -> str:
    """How a theorem about it begins; nothing where it speaks of numbers alone."""
    if proof.derivation is None:
        return ""
    if is_every(proof):
        named = [at_least(name, n) for name, n in proof.least]
        return gettext("For %(scope)s", scope=_every(proof, listed(named)))
    if is_scalar(proof):
        return capital(allowed_values(proof)) if has_variables(proof) else ""
    return gettext("For %(scope)s", scope=scope_words(proof))


def _pinned(general: Proof) -> str:
    """The sizes that are written as numbers while others stay open."""
    sizes = general.derivation.sizes if general.derivation is not None else ()
    return listed([f"{letter(size.name)} = {number}" for size, number in sizes])


def _separately(general: Proof) -> str:
    """The small numbers at which it holds as well."""
    ((name, _), *_) = general.least
    return listed([f"{letter(name)} = {number}" for number in general.separately])


def at_least(name: str, least: int) -> str:
    """A size and the number from which on it is meant, as a formula."""
    return rf"{letter(name)} \ge {least}"


def listed(formulas: Sequence[str]) -> str:
    """Formulas one after the other, in prose."""
    *before, last = [f"${one}$" for one in formulas] or [""]
    return gettext("%(before)s and %(last)s", before=comma().join(before), last=last) if before else last


def place(proof: Proof) -> str:
    """What stands beside a verdict: for what it was given."""
    if proof.derivation is None and proof.verdict == "ill-formed":
        return ""
    if is_every(proof) or (is_scalar(proof) and has_variables(proof)):
        scope = every_words(proof) if is_every(proof) else scope_words(proof)
        if proof.verdict == "refuted":
            return gettext("as a claim for %(scope)s", scope=scope)
        return gettext("for %(scope)s", scope=scope)
    return scope_words(proof) if is_scalar(proof) else gettext("at %(scope)s", scope=scope_words(proof))


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
    count = ngettext("%(held)s of %(n)s step holds", "%(held)s of %(n)s steps hold", total, held=held)
    if proof.verdict == "refuted":  # the step that fails is what matters, and the tower found its point
        return count
    used = list(dict.fromkeys(named(step.method) for step in proof.steps))
    methods = gettext("%(first)s and %(second)s", first=used[0], second=used[1]) if len(used) > 1 else used[0]
    entrywise = proof.every_entry and not proof.entries and any(step.instances > 1 for step in proof.steps)
    if entrywise and proof.sizes:
        return gettext("%(methods)s, entry by entry, %(count)s", methods=methods, count=count)
    return gettext("%(methods)s, %(count)s", methods=methods, count=count)
