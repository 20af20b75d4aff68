"""The result in other forms: by cases, in entries, in matrices; each shown only where the kernel proves it equal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.derivation import Derivation
from derive.formula.arrays import Array, Jacobian, entry, in_letters
from derive.formula.hypotheses import OneHot, letters
from derive.formula.latex import latex
from derive.formula.notation import by_cases
from derive.formula.substitution import substitute
from derive.formula.tree import (
    Delta,
    Distinct,
    Expr,
    Formula,
    Index,
    Negative,
    Numeral,
    Pick,
    Plus,
    Power,
    Quotient,
    Same,
    Strike,
    Sum,
    Times,
    WrittenError,
)
from derive.proof import EVERY, Proof, primary
from derive.statement import decide

from .inputs import in_order
from .language import gettext
from .matrix_form import NoMatrixError, factors, matrix_form, times
from .scopes import place
from .words import is_every


@dataclass(frozen=True, slots=True)
class Form:
    """Another way to write the result."""

    name: str
    equation: str
    place: str
    """For which sizes it is proved."""
    note: str
    """The layout, where it matters."""


def forms(proof: Proof) -> tuple[Form, ...]:
    """Every other form of a proof's result that is proved as well."""
    derivation, main = proof.derivation, primary(proof)
    if derivation is None or main.verdict != "proved" or any(step.relation == "≈" for step in derivation.steps):
        return ()
    found = []
    for name, left, right, pairs in _proposed(derivation):
        if all(_proved(main, derivation, a, b) for a, b in pairs):
            layouts = {one.layout for side in (left, right) for one in side.walk() if isinstance(one, Jacobian)}
            note = layout_words(layouts.pop()) if len(layouts) == 1 else ""
            found.append(Form(name, f"{latex(left)} = {latex(right)}", place(main), note))
    return tuple(found)


def layout_words(layout: str) -> str:
    """In which layout a form is written."""
    return gettext("in numerator layout") if layout == "numerator" else gettext("in denominator layout")


Proposal = tuple[str, Formula, Formula, tuple[tuple[Expr, Expr], ...]]
"""What it is called, both sides, and the pairs that have to be equal for it."""


def _proposed(derivation: Derivation) -> Iterator[Proposal]:
    places, (claim, *_, result) = in_letters(derivation.lines, letters(derivation.assuming))
    plain = folded(result)
    if isinstance(derivation.claim, Array) and not any(isinstance(node, Pick) for node in plain.walk()):
        bare = folded(claim)
        yield gettext("In entries") if places else gettext("In sums"), bare, plain, ((claim, bare), (result, plain))
    pair = _deltas(plain)
    if pair is not None:
        left, right = pair
        cases = by_cases(
            left, right, same=folded(substitute(plain, {right: left})), distinct=folded(_without(plain, pair))
        )
        yield gettext("By cases"), claim, cases, ((result, cases),)
    given = {h.at for h in derivation.assuming if isinstance(h, OneHot)}
    compared = any(isinstance(h, Same | Distinct) for h in derivation.assuming)
    axes = in_order((claim, result))
    if isinstance(derivation.claim, Expr) and axes and not given & set(axes) and not compared:
        try:
            sides = matrix_form(claim, axes), matrix_form(plain, axes)
            entries = [entry(side, *(axes if isinstance(side, Array) else ())) for side in sides]
        except (NoMatrixError, WrittenError, TypeError):
            return
        called = gettext("In matrices") if len(axes) == 2 else gettext("As a vector")
        yield called, *sides, ((claim, entries[0]), (result, entries[1]))


def _proved(main: Proof, derivation: Derivation, left: Formula, right: Formula) -> bool:
    if left == right:
        return True
    chosen = {size.name: number for size, number in main.sizes}
    K = EVERY if is_every(main) else chosen.get("K", 3)
    try:
        verdict = decide(left, right, derivation.assuming, K, sizes={} if K is EVERY else chosen)
    except (WrittenError, ValueError):
        return False
    return verdict.name == "proved"


def _deltas(formula: Expr) -> tuple[Index, Index] | None:
    """The two free indices that are compared, if there is one such pair."""
    found: dict[frozenset[Index], tuple[Index, Index]] = {}
    for node in formula.walk():
        match node:
            case Delta(Index() as left, Index() as right) if {left, right} <= formula.free_indices and left != right:
                found.setdefault(frozenset((left, right)), (left, right))
    return next(iter(found.values())) if len(found) == 1 else None


def _without(formula: Expr, pair: tuple[Index, Index]) -> Expr:
    """The formula where the two indices differ."""
    match formula:
        case Delta(left, right) if {left, right} == set(pair):
            return Numeral(0)
    return formula.with_children(*(_without(child, pair) for child in formula.children()))


def folded(formula: Expr) -> Expr:
    """The formula without factors 1, terms 0, and δ of one index with itself; products of 0 are 0."""
    match formula.with_children(*map(folded, formula.children())):
        case Strike(body):
            return body
        case Delta(left, right) if left == right:
            return Numeral(1)
        case Times(parts):
            return _product(parts)
        case Plus(terms):
            kept = tuple(term for term in terms if term not in (Numeral(0), Negative(Numeral(0))))
            return Plus(kept) if len(kept) > 1 else kept[0] if kept else Numeral(0)
        case Negative(Negative(term)):
            return term
        case Negative(Numeral(0)) | Quotient(Numeral(0), _) | Sum(_, Numeral(0)):
            return Numeral(0)
        case Quotient(top, Numeral(1)):
            return top
        case Sum(index, body) if (found := _contracted(index, tuple(factors(body)))) is not None:
            return folded(found)
        case other:
            return other


def _product(parts: tuple[Expr, ...]) -> Expr:
    """Signs in front, no 1, and 0 where a factor is."""
    negative = sum(isinstance(factor, Negative) for factor in parts) % 2
    bare = [factor.term if isinstance(factor, Negative) else factor for factor in parts]
    if Numeral(0) in bare:
        return Numeral(0)
    kept = tuple(factor for factor in bare if factor != Numeral(1))
    if len(kept) == 2 and kept[0] == kept[1] and not isinstance(kept[0], Sum | Power):
        kept = (Power(kept[0], Numeral(2)),)
    found = Times(kept) if len(kept) > 1 else kept[0] if kept else Numeral(1)
    return Negative(found) if negative else found


def _contracted(index: Index, parts: tuple[Expr, ...]) -> Expr | None:
    """A sum in which a δ leaves one term: that term."""
    for n, factor in enumerate(parts):
        match factor:
            case Delta(left, right) if (left == index) != (right == index):
                return substitute(times(parts[:n] + parts[n + 1 :]), {index: right if left == index else left})
    return None
