"""The sentences about a proof for every K, and about the chosen K beside it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

from derive.derivation import Derivation
from derive.formula.hypotheses import OneOf, formulas, given_indices
from derive.formula.latex import latex, latex_hypothesis, letter
from derive.formula.scope import sizes
from derive.formula.tree import Apply, Distinct, Expr, Index, Numeral, Power, Quotient, Size, Sum
from derive.kernel.instances import everything, letters, numerals
from derive.proof import Proof, primary

from .language import comma, gettext, marked, ngettext, said, sentences
from .scopes import HOLDS, chosen_of, covers, every_words, general_of, listed
from .words import entries, named, scope_sentence, scope_words, values
from .words import verdict_sentence as sentence_on_verdict

COUNTS = (
    marked("no"),
    marked("one"),
    marked("two"),
    marked("three"),
    marked("four"),
    marked("five"),
    marked("six"),
    marked("seven"),
    marked("eight"),
    marked("nine"),
    marked("ten"),
)
VALUES = {"K": marked("classes"), "N": marked("rows"), "F": marked("features")}
"""What the numbers of a size count."""


# ------------------------------------------------------------------ the top of the page


def verdict_sentence(proof: Proof) -> str:
    """The verdict in one or two sentences: what it means, and where every K and the chosen one differ."""
    return sentences(sentence_on_verdict(primary(proof)), _difference(proof))


def _difference(proof: Proof) -> str:
    """What is to be said where the two verdicts are not the same; nothing where they are."""
    general, chosen = general_of(proof), chosen_of(proof)
    if general is None or chosen is None or general.verdict == chosen.verdict:
        return ""
    here, every = scope_words(chosen), every_words(general)
    if not covers(general, chosen):
        return gettext("The chosen %(here)s is not among these sizes.", here=here)
    match general.verdict, chosen.verdict:
        case "unknown", ("proved" | "conditional"):
            return gettext("It is not proved for %(every)s; what is proved is %(here)s alone.", every=every, here=here)
        case "refuted", ("proved" | "conditional"):
            return gettext("It does hold at %(here)s, but not for %(every)s.", here=here, every=every)
        case "conditional", "proved":
            return gettext("At %(here)s no condition is left open.", here=here)
        case "proved", "conditional":
            return gettext(
                "At %(here)s alone, conditions stay open that the proof for %(every)s does not need.",
                here=here,
                every=every,
            )
        case (("proved" | "conditional"), "unknown"):
            return gettext("At %(here)s the check by another method did not come to an end.", here=here)
        case (("proved" | "conditional"), "refuted"):
            return gettext(
                "But at %(here)s a line is refuted: the two methods contradict each other, and one of them is wrong.",
                here=here,
            )
    return gettext("At %(here)s it is %(verdict)s.", here=here, verdict=named(chosen.verdict))


def breaks(general: Proof) -> str:
    """At which sizes the counterexample to a claim for every K was found."""
    if (found := general.counterexample) is None:
        return ""
    where = comma().join(f"${letter(name)} = {number}$" for name, number in found.sizes)
    if len(found.sizes) != 1:
        return gettext("The first counterexample was found at %(where)s.", where=where) if where else ""
    ((name, number),) = found.sizes
    if number == 1:
        return gettext("The smallest $%(size)s$ that breaks it is $1$.", size=letter(name))
    return gettext(
        "The smallest $%(size)s$ at which a counterexample was found is $%(number)s$.",
        size=letter(name),
        number=number,
    )


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
        first = gettext(
            "As a claim for %(every)s it is refuted, by a point that the tower found at small sizes: "
            "the index calculus itself refutes nothing.",
            every=every,
        )
        return (sentences(first, breaks(general)),)
    if general.verdict not in HOLDS or derivation is None:
        return (_left_open(general, every),)
    if told := values(general):
        first = gettext("Every line was decided once for %(every)s, %(values)s.", every=every, values=told)
    else:
        first = gettext("Every line was decided once for %(every)s.", every=every)
    return (sentences(first, _how(general, derivation), *starts(general, derivation)),)


def _left_open(general: Proof, every: str) -> str:
    """Which lines the index calculus did not decide."""
    lines = [f"({step.number})" for step in general.steps if step.verdict.name == "unknown"]
    listing, n = comma().join(lines), len(lines)
    if general.derivation is not None and not general.derivation.sizes:
        return ngettext(
            "For %(every)s, the index calculus left line %(lines)s undecided, "
            "and at small sizes no counterexample was found.",
            "For %(every)s, the index calculus left lines %(lines)s undecided, "
            "and at small sizes no counterexample was found.",
            n,
            every=every,
            lines=listing,
        )
    return ngettext(
        "For %(every)s, the index calculus left line %(lines)s undecided.",
        "For %(every)s, the index calculus left lines %(lines)s undecided.",
        n,
        every=every,
        lines=listing,
    )


def _how(general: Proof, derivation: Derivation) -> str:
    """What the index calculus puts in the place of indices and sums."""
    named = index_letters(derivation)
    sums = any(isinstance(node, Sum) for node in everything(derivation.scalars, derivation.assuming))
    if not named:
        if sums:
            return gettext("That is done by the index calculus: a sum counts as one generator, whatever its length.")
        return gettext("That is done by the index calculus.")
    count = max(step.instances for step in general.steps)
    letters = f"{named}{kinds(derivation, count)}"
    if not _two_kinds(derivation, count) and count > 1:
        letters = gettext(
            "%(letters)s (one for each way in which indices, numerals and labels can coincide)", letters=letters
        )
    if sums:
        return gettext(
            "That is done by the index calculus: it computes with %(letters)s, and a sum counts as one generator, "
            "whatever its length.",
            letters=letters,
        )
    return gettext("That is done by the index calculus: it computes with %(letters)s.", letters=letters)


@lru_cache(maxsize=8)
def _letters(derivation: Derivation) -> tuple[Index, ...]:
    """The indices that are free in the lines: what is said of each line asks for them."""
    return tuple(letters(derivation.scalars, derivation.assuming))


@lru_cache(maxsize=8)
def _numerals(derivation: Derivation) -> frozenset[tuple[str, int]]:
    """The numerals that stand as subscripts in the lines."""
    return numerals(derivation.scalars, derivation.assuming)


def index_letters(derivation: Derivation) -> str:
    """Letters for which indices; nothing where no index is free."""
    names = [letter(index.name) for index in _letters(derivation)]
    if not names:
        return ""
    return ngettext("a letter for %(names)s", "letters for %(names)s", len(names), names=listed(names))


def kinds(derivation: Derivation, count: int) -> str:
    """In which cases a line was decided with letters for its indices, as a clause; nothing where there is but one."""
    if two := _two_kinds(derivation, count):
        return two
    return gettext(", in %(count)s kinds", count=count) if count > 1 else ""


def _two_kinds(derivation: Derivation, count: int) -> str:
    """The cases where two indices of one size are all that can coincide; nothing where there is more."""
    indices, given = _letters(derivation), derivation.assuming
    together = len(indices) == 2 and indices[0].size == indices[1].size
    if together and not _numerals(derivation) and not any(isinstance(h, OneOf) for h in given):
        left, right = (letter(index.name) for index in indices)
        if count == 2:
            return gettext(
                r", in both kinds ($%(left)s = %(right)s$ and $%(left)s \ne %(right)s$)", left=left, right=right
            )
        if any(isinstance(h, Distinct) for h in given):
            return gettext(r" where $%(left)s \ne %(right)s$", left=left, right=right)
    return ""


def starts(general: Proof, derivation: Derivation) -> list[str]:
    """From which sizes on it holds, where not from 1, and why."""
    return [
        gettext(
            "It holds from $%(size)s = %(least)s$ on: %(why)s.",
            size=letter(name),
            least=least,
            why=_why(derivation, name, least),
        )
        for name, least in general.least
        if least > 1
    ]


def _why(derivation: Derivation, name: str, least: int) -> str:
    count = said(COUNTS[least]) if least < len(COUNTS) else str(least)
    counted = said(VALUES.get(name, marked("values")))
    if (name, least) in _numerals(derivation):
        return gettext(
            "the subscript $%(least)s$ needs %(count)s %(counted)s", least=least, count=count, counted=counted
        )
    if apart := _apart(derivation, name, least):
        return ngettext(
            "%(hypotheses)s needs %(count)s %(counted)s",
            "%(hypotheses)s together need %(count)s %(counted)s",
            len(apart),
            hypotheses=listed([latex_hypothesis(h) for h in apart]),
            count=count,
            counted=counted,
        )
    for body, relation in _wanted(derivation):
        if {node.name for node in body.walk() if isinstance(node, Size)} == {name}:
            return gettext("only from there on is $%(condition)s$", condition=f"{latex(body)} {relation}")
    if any(name in {size.name for size in sizes(*formulas(h))} for h in derivation.assuming):
        return gettext("for fewer %(counted)s no point was found at which the hypotheses hold", counted=counted)
    return gettext("what the lines speak of needs %(count)s %(counted)s", count=count, counted=counted)


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
        return gettext(
            "%(here)s is an instance of it; every line was decided once more by the index calculus, at these sizes.",
            here=here,
        )
    return gettext(
        "%(here)s is an instance of it. As a check by another method, the tower, every line was decided again there, "
        "with numbers for the indices and sizes%(entries)s",
        here=here,
        entries=entries(chosen),
    )


def not_proved(proof: Proof) -> tuple[str, ...]:
    """What nobody should read into the verdict."""
    verdict = primary(proof).verdict
    if verdict == "ill-formed":
        return ()
    if verdict == "refuted":
        return (gettext("Other points: one is enough to refute the claim. Elsewhere both sides may well agree."),)
    claims = [*_other_sizes(proof)]
    if proof.numeric:
        claims.append(
            gettext("Floating point: the numeric table reports what was measured at its points; it bounds nothing.")
        )
    claims.append(
        gettext("Code: the NumPy functions in derived.py compute these formulas, but the proof is about the formulas.")
    )
    if proof.opinion is not None and proof.opinion.verdict == "agrees":
        claims.append(
            gettext(
                "SymPy's agreement is a second opinion: no verdict rests on it, "
                "but where it differs a proof is withdrawn."
            )
        )
    claims.append(gettext("The checker itself: derive's kernel is trusted to decide; it has tests, but no proof."))
    return tuple(claims)


def _other_sizes(proof: Proof) -> Iterator[str]:
    """What is not said about other sizes; nothing where it holds for every K."""
    general, chosen = general_of(proof), chosen_of(proof)
    if chosen is None or not chosen.sizes or chosen.derivation is None:
        return
    here = scope_words(chosen)
    if general is not None and general.verdict not in HOLDS:
        yield gettext(
            "Other sizes: the proof is about %(here)s alone. For %(every)s there is no proof.",
            here=here,
            every=every_words(general),
        )
    elif general is None and chosen.derivation.sizes:
        yield gettext(
            "Other sizes: the formulas are written for %(here)s, and the proof is about these alone.", here=here
        )
    elif general is None:
        yield gettext(
            "Other sizes: the proof is about %(here)s alone, although the same lines can be run at others.", here=here
        )
