"""The sentences about a proof for every K, and about the chosen K beside it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from derive.derivation import Derivation
from derive.formula.hypotheses import OneOf, formulas, given_indices
from derive.formula.latex import latex, latex_hypothesis, letter
from derive.formula.scope import sizes
from derive.formula.tree import Apply, Distinct, Expr, Index, Numeral, Power, Quotient, Size, Sum
from derive.kernel.instances import everything, letters, numerals
from derive.proof import Proof, primary

from .scopes import HOLDS, chosen_of, covers, every_words, general_of, listed
from .words import entries, scope_sentence, scope_words, values
from .words import verdict_sentence as sentence_on_verdict

COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
VALUES = {"K": "classes", "N": "rows", "F": "features"}


# ------------------------------------------------------------------ the top of the page


def verdict_sentence(proof: Proof) -> str:
    """The verdict in one or two sentences: what it means, and where every K and the chosen one differ."""
    return f"{sentence_on_verdict(primary(proof))}{_difference(proof)}"


def _difference(proof: Proof) -> str:
    """What is to be said where the two verdicts are not the same; nothing where they are."""
    general, chosen = general_of(proof), chosen_of(proof)
    if general is None or chosen is None or general.verdict == chosen.verdict:
        return ""
    here, every = scope_words(chosen), every_words(general)
    if not covers(general, chosen):
        return f" The chosen {here} is not among these sizes."
    match general.verdict, chosen.verdict:
        case "unknown", ("proved" | "conditional"):
            return f" It is not proved for {every}; what is proved is {here} alone."
        case "refuted", ("proved" | "conditional"):
            return f" It does hold at {here}, but not for {every}."
        case "conditional", "proved":
            return f" At {here} no condition is left open."
        case "proved", "conditional":
            return f" At {here} alone, conditions stay open that the proof for {every} does not need."
        case (("proved" | "conditional"), "unknown"):
            return f" At {here} the check by another method did not come to an end."
        case (("proved" | "conditional"), "refuted"):
            return f" But at {here} a line is refuted: the two methods contradict each other, and one of them is wrong."
    return f" At {here} it is {chosen.verdict}."


def breaks(general: Proof) -> str:
    """At which sizes the counterexample to a claim for every K was found."""
    if (found := general.counterexample) is None:
        return ""
    where = ", ".join(f"${letter(name)} = {number}$" for name, number in found.sizes)
    if len(found.sizes) != 1:
        return f"The first counterexample was found at {where}." if where else ""
    ((name, number),) = found.sizes
    if number == 1:
        return f"The smallest ${letter(name)}$ that breaks it is $1$."
    return f"The smallest ${letter(name)}$ at which a counterexample was found is ${number}$."


# ------------------------------------------------------------------ what was decided


def scope_sentences(proof: Proof) -> tuple[str, ...]:
    """What exactly was decided: for every K, then at the chosen K."""
    general, chosen = general_of(proof), chosen_of(proof)
    if general is None:
        return (scope_sentence(proof),)
    told = general_sentences(general)
    return told if chosen is None else (*told, _chosen_sentence(general, chosen))


def general_sentences(general: Proof) -> tuple[str, ...]:
    """What was decided for every K, and from which K on."""
    derivation, every = general.derivation, every_words(general)
    if general.verdict == "refuted":
        return (
            f"As a claim for {every} it is refuted, by a point that the tower found at small sizes: "
            f"the index calculus itself refutes nothing. {breaks(general)}",
        )
    if general.verdict not in HOLDS or derivation is None:
        lines = [f"({step.number})" for step in general.steps if step.verdict.name == "unknown"]
        tried = derivation is not None and not derivation.sizes
        return (
            f"For {every}, the index calculus left line{'s' * (len(lines) != 1)} {', '.join(lines)} undecided"
            f"{', and at small sizes no counterexample was found' * tried}.",
        )
    means = ", and ".join(_means(general, derivation))
    first = f"Every line was decided once for {every}{',' * bool(values(general))}{values(general)}."
    how = f" That is done by the index calculus{': ' if means else ''}{means}."
    return (f"{first}{how}{starts(general, derivation)}",)


def _means(general: Proof, derivation: Derivation) -> Iterator[str]:
    """What the index calculus puts in the place of indices and sums."""
    if named := index_letters(derivation):
        count = max(step.instances for step in general.steps)
        apart = kinds(derivation, count)
        each = " (one for each way in which indices, numerals and labels can coincide)" if apart[-5:] == "kinds" else ""
        yield f"it computes with {named}{apart}{each}"
    if any(isinstance(node, Sum) for node in everything(derivation.scalars, derivation.assuming)):
        yield "a sum counts as one generator, whatever its length"


def index_letters(derivation: Derivation) -> str:
    """Letters for which indices; nothing where no index is free."""
    names = [letter(index.name) for index in letters(derivation.scalars, derivation.assuming)]
    return f"{'a letter' if len(names) == 1 else 'letters'} for {listed(names)}" if names else ""


def kinds(derivation: Derivation, count: int) -> str:
    """In which cases a line was decided with letters for its indices, as a clause; nothing where there is but one."""
    indices, given = letters(derivation.scalars, derivation.assuming), derivation.assuming
    together = len(indices) == 2 and indices[0].size == indices[1].size
    if together and not numerals(derivation.scalars, given) and not any(isinstance(h, OneOf) for h in given):
        left, right = (letter(index.name) for index in indices)
        if count == 2:
            return rf", in both kinds (${left} = {right}$ and ${left} \ne {right}$)"
        if any(isinstance(h, Distinct) for h in given):
            return rf" where ${left} \ne {right}$"
    if count == 1:
        return ""
    return f", in {count} kinds"


def starts(general: Proof, derivation: Derivation) -> str:
    """From which sizes on it holds, where not from 1, and why."""
    return "".join(
        f" It holds from ${letter(name)} = {least}$ on: {_why(derivation, name, least)}."
        for name, least in general.least
        if least > 1
    )


def _why(derivation: Derivation, name: str, least: int) -> str:
    count = COUNTS[least] if least < len(COUNTS) else str(least)
    needed = f"needs {count} {VALUES.get(name, 'values')}"
    if (name, least) in numerals(derivation.scalars, derivation.assuming):
        return f"the subscript ${least}$ {needed}"
    if apart := _apart(derivation, name, least):
        together = needed.replace("needs", "together need") if len(apart) > 1 else needed
        return f"{listed([latex_hypothesis(h) for h in apart])} {together}"
    for body, relation in _wanted(derivation):
        if {node.name for node in body.walk() if isinstance(node, Size)} == {name}:
            return f"only from there on is ${latex(body)} {relation}$"
    if any(name in {size.name for size in sizes(*formulas(h))} for h in derivation.assuming):
        return f"for fewer {VALUES.get(name, 'values')} no point was found at which the hypotheses hold"
    return f"what the lines speak of {needed}"


def _apart(derivation: Derivation, name: str, count: int) -> list[Distinct]:
    """The hypotheses by which so many indices are all different from each other; none where there are not so many."""
    wanted = [h for h in derivation.assuming if isinstance(h, Distinct) and name in _names(h)]
    found = {frozenset({h.left, h.right}): h for h in wanted}
    places = sorted(frozenset[Index | int]().union(*found), key=str)
    for group in combinations(places, count):
        pairs = [frozenset(pair) for pair in combinations(group, 2)]
        if all(pair in found for pair in pairs):
            return [found[pair] for pair in pairs]
    return []


def _names(hypothesis: Distinct) -> set[str]:
    """The sizes of the indices that are to differ."""
    return {index.size.name for index in given_indices(hypothesis)}


def _wanted(derivation: Derivation) -> Iterator[tuple[Expr, str]]:
    """Divisors and arguments of logarithms in which sizes and numbers alone stand."""
    for node in everything(derivation.scalars, derivation.assuming):
        found: tuple[Expr, str] | None = None
        match node:
            case Quotient(_, bottom):
                found = bottom, r"\ne 0"
            case Power(base, exponent) if str(exponent).startswith("-"):
                found = base, r"\ne 0"
            case Apply(function, argument) if function.name == "log":
                found = argument, "> 0"
        if found and all(isinstance(leaf, Size | Numeral) for leaf in found[0].walk() if not leaf.children()):
            yield found


def _chosen_sentence(general: Proof, chosen: Proof) -> str:
    """What was decided at the chosen sizes, beside the proof for every K."""
    here = scope_words(chosen)
    if general.verdict not in HOLDS or chosen.verdict not in HOLDS or not covers(general, chosen):
        return scope_sentence(chosen)
    if all(step.method == "index calculus" for step in chosen.steps):
        return f"{here} is an instance of it; every line was decided once more by the index calculus, at these sizes."
    return (
        f"{here} is an instance of it. As a check by another method, the tower, every line was decided again there, "
        f"with numbers for the indices and sizes{entries(chosen)}"
    )


def not_proved(proof: Proof) -> tuple[str, ...]:
    """What nobody should read into the verdict."""
    verdict = primary(proof).verdict
    if verdict == "ill-formed":
        return ()
    if verdict == "refuted":
        return ("Other points: one is enough to refute the claim. Elsewhere both sides may well agree.",)
    claims = [*_other_sizes(proof)]
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


def _other_sizes(proof: Proof) -> Iterator[str]:
    """What is not said about other sizes; nothing where it holds for every K."""
    general, chosen = general_of(proof), chosen_of(proof)
    if chosen is None or not chosen.sizes or chosen.derivation is None:
        return
    here = scope_words(chosen)
    if general is not None and general.verdict not in HOLDS:
        yield f"Other sizes: the proof is about {here} alone. For {every_words(general)} there is no proof."
    elif general is None and chosen.derivation.sizes:
        yield f"Other sizes: the formulas are written for {here}, and the proof is about these alone."
    elif general is None:
        yield f"Other sizes: the proof is about {here} alone, although the same lines can be run at others."
