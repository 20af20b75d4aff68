"""What stands beside a line: how it was decided, short and as a sentence."""

from __future__ import annotations

from derive.proof import Proof, StepProof

from .every import index_letters, kinds
from .language import comma, gettext
from .prose import capital
from .scopes import HOLDS, every_words
from .words import is_every, named, scope_words


def mark_words(step: StepProof, proof: Proof, beside: bool) -> str:
    """The method and the instances, as they stand beside a line; with the scope where there are two marks."""
    name, general = step.verdict.name, is_every(proof)
    sizes = comma().join(f"{size.name} = {number}" for size, number in proof.sizes)
    if name not in HOLDS:
        if general and name == "refuted":
            return gettext("not for %(scope)s", scope=every_scope_words(proof))
        if general:
            return gettext("%(verdict)s for %(scope)s", verdict=named(name), scope=every_scope_words(proof))
        return gettext("%(verdict)s at %(sizes)s", verdict=named(name), sizes=sizes) if beside else named(name)
    method = named(step.method)
    if beside and not general:
        method = gettext("%(method)s, %(sizes)s", method=method, sizes=sizes)
    if step.instances <= 1:
        return method
    if general:
        return gettext("%(method)s · %(count)s kinds", method=method, count=step.instances)
    return gettext("%(method)s · %(count)s instances", method=method, count=step.instances)


def every_scope_words(proof: Proof) -> str:
    """every K ≥ 2, in letters alone: for where no formula can be set."""
    sizes = comma().join(f"{name} ≥ {number}" if number > 1 else name for name, number in proof.least)
    if not proof.separately:
        return gettext("every %(sizes)s", sizes=sizes)
    apart = comma().join(map(str, proof.separately))
    return gettext(
        "every %(sizes)s, and %(size)s = %(numbers)s separately", sizes=sizes, size=proof.least[0][0], numbers=apart
    )


def step_sentence(step: StepProof, proof: Proof, beside: bool) -> str:
    """What was decided about one line, in words; with the scope where another was decided as well."""
    scope = place_of(proof, beside)
    places = {"above": step.number - 1, "line": step.number, "method": _by(step.method), "scope": scope}
    if step.verdict.name in HOLDS:
        found = _held(step, proof)
        if scope:
            start = gettext("%(scope)s, decided by %(method)s", **places | {"scope": capital(scope)})
        else:
            start = gettext("Decided by %(method)s", **places)
        return f"{start}{found}"
    if step.verdict.name == "refuted" and is_every(proof):
        return gettext(
            "Refuted as a claim %(scope)s: "
            "the tower found a point at which line (%(above)s) and line (%(line)s) differ.",
            **places,
        )
    if step.verdict.name == "refuted":
        if scope:
            return gettext(
                "Refuted %(scope)s by %(method)s: line (%(above)s) and line (%(line)s) differ at the point shown.",
                **places,
            )
        return gettext(
            "Refuted by %(method)s: line (%(above)s) and line (%(line)s) differ at the point shown.", **places
        )
    if scope:
        return gettext("Not decided %(scope)s: line (%(above)s) may or may not equal line (%(line)s).", **places)
    return gettext("Not decided: line (%(above)s) may or may not equal line (%(line)s).", **places)


def place_of(proof: Proof, beside: bool) -> str:
    """For which sizes, in a sentence about one line."""
    if is_every(proof):
        return gettext("for %(scope)s", scope=every_words(proof))
    return gettext("at %(scope)s", scope=scope_words(proof)) if beside else ""


def _held(step: StepProof, proof: Proof) -> str:
    """What is equal, and in how many instances: the end of a sentence."""
    above, count = step.number - 1, _count(step, proof)
    if step.verdict.name == "conditional":
        return gettext(": equal to line (%(above)s) wherever the conditions hold, %(count)s.", above=above, count=count)
    if step.step.relation != "≈":
        return gettext(": the difference to line (%(above)s) is exactly 0, %(count)s.", above=above, count=count)
    if step.instances > 1:
        return gettext(
            ": line (%(above)s) differs by less than half a unit of the last digit shown, %(count)s.",
            above=above,
            count=count,
        )
    return gettext(": line (%(above)s) differs by less than half a unit of the last digit shown.", above=above)


def _count(step: StepProof, proof: Proof) -> str:
    """In how many instances, or with letters for which indices."""
    if is_every(proof) and proof.derivation is not None and (letters := index_letters(proof.derivation)):
        return gettext("with %(letters)s", letters=f"{letters}{kinds(proof.derivation, step.instances)}")
    if step.instances <= 1:
        return gettext("as one identity")
    if is_every(proof):
        return gettext("in all %(count)s kinds", count=step.instances)
    return gettext("in all %(count)s instances", count=step.instances)


def _by(method: str) -> str:
    """A method in a sentence."""
    match method:
        case "tower":
            return gettext("the tower")
        case "index calculus":
            return gettext("the index calculus")
    return named(method)
