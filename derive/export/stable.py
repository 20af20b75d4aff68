"""Rewrites that keep digits and do not overflow: each an identity of real numbers, stated as formulas.

In a replacement the letters of `computed` stand for |x|, min(x, 0), max(x, 0) or a
maximum.  The identity holds for whatever `cases` puts in for them, which is
what the kernel proves: |x| is x or -x, and a maximum is some number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations, permutations

from ..formula.arrays import Tensor
from ..formula.notation import Sum, by_cases, delta, exp, indices, log, scalars, size, vector
from ..formula.substitution import substitute, unfold
from ..formula.tree import (
    Apply,
    Cases,
    Delta,
    Distinct,
    Entry,
    Expr,
    Index,
    Negative,
    Numeral,
    Place,
    Plus,
    Power,
    Quotient,
    Same,
    Strike,
    Symbol,
    Times,
)
from ..formula.tree import Sum as SumOver
from .deltas import Product, contracted

x, magnitude, below, above, largest, rest = scalars("x a l r m q")
"""The letter of a pattern; in replacements |x|, min(x, 0), max(x, 0), max_k z_k, and Σ_k e^{z_k - m} without its 1."""

K = size("K")
i, j, k, at = indices("i j k at", K)
z = vector("z", K)

COMPUTED: Mapping[Symbol, tuple[str, ...]] = {
    magnitude: ("np.abs",),
    below: ("np.minimum", "0"),
    above: ("np.maximum", "0"),
}
"""How the letters of replacements are computed from x; those of z are its maximum, and what is left without it."""

Case = Mapping[Symbol, Expr]
SIGNS: tuple[Case, ...] = (
    {magnitude: x, below: Numeral(0), above: x},
    {magnitude: Negative(x), below: x, above: Numeral(0)},
)
"""For x ≥ 0, and for x ≤ 0."""

ANY: tuple[Case, ...] = ({},)
"""True of every m."""

SOME: tuple[Case, ...] = ({largest: z[at], rest: Sum(k, (1 - delta(k, at)) * exp(z[k] - z[at]))},)
"""True of any class that m and the rest belong to, the largest too."""


@dataclass(frozen=True)
class Rewrite:
    """A pattern, what is computed instead, and the cases in which the two have to be equal."""

    name: str
    pattern: Expr
    replacement: Expr
    cases: tuple[Case, ...]

    def identities(self) -> Iterator[tuple[Expr, Expr]]:
        """The equations to prove: pattern = replacement, case by case; both speak of the class that a case chooses."""
        for case in self.cases:
            right = substitute(self.replacement, symbols=case)
            left = self.pattern if right.free_indices <= self.pattern.free_indices else self.pattern + 0 * z[at]
            yield left, right


small = exp(-magnitude)
logistic = 1 / (1 + exp(-x))
softmax = exp(z[i]) / Sum(k, exp(z[k]))
softmax_j = exp(z[j]) / Sum(k, exp(z[k]))
shifted = Sum(k, exp(z[k] - largest))
rest_of_sum = Sum(k, (1 - delta(k, i)) * exp(z[k]))
others = Sum(k, (1 - delta(k, i)) * exp(z[k] - largest))
others_j = Sum(k, (1 - delta(k, j)) * exp(z[k] - largest))
error = by_cases(i, j, same=others_j / shifted, distinct=-exp(z[j] - largest) / shifted)
jacobian = by_cases(
    i,
    j,
    same=exp(z[i] - largest) * others / shifted**2,
    distinct=-exp(z[i] - largest) * exp(z[j] - largest) / shifted**2,
)

REWRITES: tuple[Rewrite, ...] = (
    Rewrite("sigmoid-slope", logistic * (1 - logistic), small / (1 + small) ** 2, SIGNS),
    Rewrite("sigmoid-slope-exp", exp(-x) / (1 + exp(-x)) ** 2, small / (1 + small) ** 2, SIGNS),
    Rewrite("log-sigmoid", log(logistic), below - log(1 + small), SIGNS),
    Rewrite("one-less-sigmoid", 1 - logistic, exp(-above) / (1 + small), SIGNS),
    Rewrite("log-one-less-sigmoid", log(1 - logistic), -above - log(1 + small), SIGNS),
    Rewrite("sigmoid", logistic, exp(below) / (1 + small), SIGNS),
    Rewrite("sigmoid-exp", exp(x) / (1 + exp(x)), exp(below) / (1 + small), SIGNS),
    Rewrite("softplus", log(1 + exp(x)), above + log(1 + small), SIGNS),
    Rewrite("log-softmax", log(softmax), z[i] - largest - log(1 + rest), SOME),
    Rewrite("log-one-more-odds", log(1 + rest_of_sum / exp(z[i])), largest - z[i] + log(1 + rest), SOME),
    Rewrite("rest-of-softmax", rest_of_sum / Sum(k, exp(z[k])), others / shifted, ANY),
    Rewrite("odds", rest_of_sum / exp(z[i]), others / exp(z[i] - largest), ANY),
    Rewrite("one-less-softmax", 1 - softmax, others / shifted, ANY),
    Rewrite("softmax-variance", softmax * (1 - softmax), exp(z[i] - largest) * others / shifted**2, ANY),
    Rewrite("delta-less-softmax", delta(i, j) - softmax_j, error, ANY),
    Rewrite("delta-less-softmax-turned", delta(j, i) - softmax_j, error, ANY),
    Rewrite("softmax-jacobian", delta(i, j) * softmax - softmax * softmax_j, jacobian, ANY),
    Rewrite("softmax", softmax, exp(z[i] - largest) / shifted, ANY),
    Rewrite("logsumexp", log(Sum(k, exp(z[k]))), largest + log(1 + rest), SOME),
)
"""All rewrites; of several that match, the first is taken."""


@dataclass(frozen=True)
class Match:
    """What the letters of a pattern stand for: scalars, entries of z in a letter, and places."""

    scalars: Mapping[Symbol, Expr] = field(default_factory=dict)
    vectors: Mapping[Tensor, tuple[Index, Expr]] = field(default_factory=dict)
    places: Mapping[Index, Place] = field(default_factory=dict)
    waiting: tuple[tuple[Entry, Expr], ...] = ()
    """Entries z_i that were met before it is known what z is."""


def rewrite(expr: Expr) -> tuple[Rewrite, Match] | None:
    """The first rewrite whose pattern is `expr`, its names unfolded, and what the pattern's letters stand for."""
    forms = [(type(form), form) for form in _unfolded(expr)]
    for candidate in REWRITES:
        pattern = candidate.pattern
        tried = (_alike(pattern, form, Match(), {}) for kind, form in forms if kind is type(pattern))
        found = next((match for match in tried if match is not None), None)
        if found is not None and (settled := _settled(found)) is not None:
            return candidate, settled
    return None


def _unfolded(expr: Expr) -> Iterator[Expr]:
    """A formula, what it names, what that names, …: each without a stroke."""
    named: Expr | None = expr
    while named is not None:
        while isinstance(named, Strike):
            named = named.body
        yield named
        body = unfold(named)
        named = contracted(body) if body is not None else None


def _matched(pattern: Expr, expr: Expr, match: Match, bound: Mapping[Index, Index]) -> Match | None:
    """The match, extended so that the pattern stands for `expr`; None where it cannot."""
    if isinstance(expr, Strike):
        return _matched(pattern, expr.body, match, bound)
    match pattern:
        case Symbol():
            if (known := match.scalars.get(pattern)) is not None:
                return match if known == expr else None
            return replace(match, scalars={**match.scalars, pattern: expr})
        case Entry(tensor, (Index() as place,)):
            return _entry(tensor, place, expr, match, bound)
        case Negative(Symbol() as letter) if not isinstance(expr, Negative):
            return _matched(letter, Negative(expr), match, bound)  # e^u is e^{-x} with x = -u
        case Numeral():
            return match if expr == pattern else None
        case Delta(Index() as left, Index() as right) if isinstance(expr, Delta):
            turned = left in bound and bound[left] == expr.right
            spots: dict[Index, Place] = (
                {left: expr.right, right: expr.left} if turned else {left: expr.left, right: expr.right}
            )
            fixed: Mapping[Index, Place] = {**match.places, **bound}
            agree = all(fixed.get(letter, place) == place for letter, place in spots.items())
            free = {letter: place for letter, place in spots.items() if letter not in bound}
            return replace(match, places={**match.places, **free}) if agree else None
    if (found := _alike(pattern, expr, match, bound)) is not None:
        return found
    body = unfold(expr)
    return _matched(pattern, contracted(body), match, bound) if body is not None else None


def _entry(tensor: Tensor, place: Index, expr: Expr, match: Match, bound: Mapping[Index, Index]) -> Match | None:
    if place not in bound:
        return replace(match, waiting=(*match.waiting, (tensor[place], expr)))
    letter = bound[place]
    if (known := match.vectors.get(tensor)) is not None:
        return match if substitute(known[1], {known[0]: letter}) == expr else None
    return replace(match, vectors={**match.vectors, tensor: (letter, expr)})


def _alike(pattern: Expr, expr: Expr, match: Match, bound: Mapping[Index, Index]) -> Match | None:
    """A match of two nodes of one kind, part by part; terms and factors may stand in any order."""
    match pattern, expr:
        case (Plus(), Plus()) | (Times(), Times()):
            parts, wanted = expr.children(), pattern.children()
            if len(parts) != len(wanted):
                return None
            orders = (_row(wanted, order, match, bound) for order in permutations(parts))
            return next((found for found in orders if found is not None), None)
        case SumOver(index, body), SumOver(letter, inner):
            return _matched(body, inner, match, {**bound, index: letter})
        case Apply(function), Apply(other) if function != other:
            return None
        case ((Negative() | Quotient() | Power() | Apply()), _) if type(pattern) is type(expr):
            return _row(pattern.children(), expr.children(), match, bound)
    return None


def _row(
    patterns: tuple[Expr, ...], exprs: tuple[Expr, ...], match: Match, bound: Mapping[Index, Index]
) -> Match | None:
    found: Match | None = match
    for pattern, expr in zip(patterns, exprs, strict=True):
        if found is None:
            return None
        found = _matched(pattern, expr, found, bound)
    return found


def _settled(match: Match) -> Match | None:
    """The match with a place for every entry z_i that waited: where is z_k, at this place, what stood there?"""
    for entry, expr in match.waiting:
        (place,) = entry.places
        if entry.tensor not in match.vectors or not isinstance(place, Index):
            return None
        letter, body = match.vectors[entry.tensor]
        numerals = [p for node in expr.walk() for p in node.own_places if isinstance(p, int)]
        free: list[Place] = [*sorted(expr.free_indices, key=str), *numerals]
        candidates = [match.places[place]] if place in match.places else free
        at = next((p for p in candidates if substitute(body, {letter: p}) == expr), None)
        if at is None:
            return None
        match = replace(match, places={**match.places, place: at})
    return match


# --------------------------------------------------------------- in products


def regrouped(product: Product) -> Product:
    """A product with what makes up a pattern put together: e^{z_i} and S far apart become one fraction."""
    above, under = list(product.above), [part for factor in product.below for part in _repeated(factor)]
    found: list[Expr] = []
    for top in product.above:
        for bottom in under:
            if rewrite(Quotient(top, bottom)) is not None:
                found.append(Quotient(top, bottom))
                above.remove(top)
                under.remove(bottom)
                break
    for bottom in product.below:
        if bottom in under and rewrite(Quotient(Numeral(1), bottom)) is not None:
            found.append(Quotient(Numeral(1), bottom))
            under.remove(bottom)
    above, joined = _joined([*found, *above])
    below, more = _joined(under)
    return Product(product.negative, tuple(above), tuple(below)) if found or joined or more else product


def _joined(parts: list[Expr]) -> tuple[list[Expr], bool]:
    """Factors with those pairs made one that are a pattern, such as p and 1 - p."""
    for first, second in combinations(parts, 2):
        if rewrite(both := Times((first, second))) is not None:
            rest = list(parts)
            rest.remove(first)
            rest.remove(second)
            return _joined([both, *rest])[0], True
    return parts, False


def _repeated(factor: Expr) -> list[Expr]:
    """A square or cube below the line as so many factors."""
    match factor:
        case Power(base, Numeral(2 | 3 as exponent)):
            return [base] * exponent
    return [factor]


def placed(expr: Expr, letters: Mapping[Index, Place]) -> Expr:
    """A replacement with other letters, bound ones too."""

    def place(p: Place) -> Place:
        return letters.get(p, p) if isinstance(p, Index) else p

    match expr:
        case Entry(tensor, places):
            return Entry(tensor, tuple(map(place, places)))
        case Delta(left, right):
            return Delta(place(left), place(right))
        case Cases((Same(left, right), Distinct()), values):
            where, at = place(left), place(right)
            return Cases((Same(where, at), Distinct(where, at)), tuple(placed(value, letters) for value in values))
        case SumOver(index, body):
            letter = place(index)
            assert isinstance(letter, Index)
            return SumOver(letter, placed(body, letters))
    return expr.with_children(*(placed(child, letters) for child in expr.children()))
