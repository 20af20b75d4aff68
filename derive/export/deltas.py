"""Sums over Kronecker deltas, contracted: of Σ_j δ_ij a_j the code computes a_i alone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from ..formula.substitution import substitute
from ..formula.tree import (
    Delta,
    Expr,
    Index,
    Negative,
    Numeral,
    Plus,
    Power,
    Quotient,
    Strike,
    Sum,
    Times,
)


@dataclass(frozen=True)
class Product:
    """A product as its factors above and below the line; negative if a minus stands in front."""

    negative: bool
    above: tuple[Expr, ...]
    below: tuple[Expr, ...] = ()

    @property
    def formula(self) -> Expr:
        """The product, written."""
        top = times(self.above)
        whole = Quotient(top, times(self.below)) if self.below else top
        return Negative(whole) if self.negative else whole


def factors(expr: Expr) -> Product:
    """The factors of a product, of fractions and of what has a minus in front, however they are nested."""
    match expr:
        case Negative(body):
            inner = factors(body)
            return Product(not inner.negative, inner.above, inner.below)
        case Times(parts):
            found = [factors(part) for part in parts]
            above = tuple(f for one in found for f in one.above)
            return Product(sum(one.negative for one in found) % 2 == 1, above, tuple(f for p in found for f in p.below))
        case Quotient(top, bottom):
            over, under = factors(top), factors(bottom)
            return Product(over.negative != under.negative, over.above + under.below, over.below + under.above)
        case Numeral(1):
            return Product(False, ())
        case Strike(body):
            return factors(body)
    return Product(False, (expr,))


def times(parts: tuple[Expr, ...]) -> Expr:
    """A product of any number of factors."""
    return Times(parts) if len(parts) > 1 else parts[0] if parts else Numeral(1)


def plus(terms: tuple[Expr, ...]) -> Expr:
    """A sum of any number of terms."""
    return Plus(terms) if len(terms) > 1 else terms[0] if terms else Numeral(0)


def contracted(expr: Expr) -> Expr:
    """The same formula: no sum runs over an index that a delta fixes, no factor is 1, and no stroke is left."""
    if isinstance(expr, Strike):
        return contracted(expr.body)
    expr = expr.with_children(*map(contracted, expr.children()))
    if isinstance(expr, Delta) and expr.left == expr.right:
        return Numeral(1)
    if isinstance(expr, Times):  # the ones of 1ᵀv
        return times(tuple(factor for factor in expr.factors if factor != Numeral(1)))
    return _summed(expr.index, expr.body) if isinstance(expr, Sum) else expr


def _summed(index: Index, body: Expr) -> Expr:
    if not _has_delta(body, index) or others(body, index) is not None:
        return Sum(index, body)
    fixed: list[Expr] = []
    rest: list[Expr] = []
    for term in expanded(body, index):
        deltas = [f for f in term.above if isinstance(f, Delta) and index in f.own_places]
        if not deltas:
            rest.append(term.formula)
            continue
        place = next(p for p in deltas[0].own_places if p != index)
        above = list(term.above)
        above.remove(deltas[0])
        left = Product(term.negative, tuple(above), term.below).formula
        fixed.append(contracted(substitute(left, {index: place})))
    return plus((*fixed, *([Sum(index, plus(tuple(rest)))] if rest else [])))


def _has_delta(expr: Expr, index: Index) -> bool:
    """Whether a delta of this index is a factor of a term, once products are multiplied out."""
    match expr:
        case Delta():
            return index in expr.own_places
        case Plus() | Times() | Negative():
            return any(_has_delta(part, index) for part in expr.children())
        case Quotient(top):
            return _has_delta(top, index)
        case Power(base, Numeral(2 | 3)):
            return _has_delta(base, index)
    return False


def expanded(expr: Expr, index: Index) -> list[Product]:
    """The terms of a sum of products, multiplied out where a delta of this index is inside."""
    if not _has_delta(expr, index):
        return [factors(expr)]
    match expr:
        case Plus(terms):
            return [found for term in terms for found in expanded(term, index)]
        case Negative(body):
            return [Product(not one.negative, one.above, one.below) for one in expanded(body, index)]
        case Quotient(top, bottom):
            under = factors(bottom)
            return [
                _multiplied((one, Product(under.negative, under.below, under.above))) for one in expanded(top, index)
            ]
        case Times(parts):
            return [_multiplied(choice) for choice in product(*(expanded(part, index) for part in parts))]
        case Power(base, Numeral(exponent)):
            return [_multiplied(choice) for choice in product(*[expanded(base, index)] * exponent)]
    return [factors(expr)]


def _multiplied(parts: tuple[Product, ...]) -> Product:
    above = tuple(f for part in parts for f in part.above)
    return Product(sum(p.negative for p in parts) % 2 == 1, above, tuple(f for p in parts for f in p.below))


def others(body: Expr, index: Index) -> tuple[Delta, Expr] | None:
    """The δ and the a of (1 - δ) a, where that is what a sum over `index` adds: all terms but one.

    To subtract the one from the sum of all would lose its digits where the one is by far the largest.
    """
    found = factors(body)
    for n, factor in enumerate(found.above):
        match factor:
            case Plus((Numeral(1), Negative(Delta() as delta))) if index in delta.own_places:
                rest = Product(found.negative, found.above[:n] + found.above[n + 1 :], found.below).formula
                place = delta.right if delta.left == index else delta.left
                varies = index in rest.free_indices and place not in rest.free_indices
                return (delta, rest) if varies and not _has_delta(rest, index) else None
    return None
