"""Sums inside of one another, in whatever order they were written: Σ_k Σ_m A_km is Σ_m Σ_k A_km.

Every finite sum of sums is one sum over all of their subscripts, of a product
that is written out; its subscripts are then numbered so that the product comes
first in a fixed order.  Where that leaves a choice, the same sum may get two
names, and equal entries are not seen to be equal; never the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import TypeAlias

from .columns import Calculus, Column, Family, Generator, Monomial, Nested, Total, Value, plus

MOST = 4
"""Sums in more subscripts than these are left as they are: there would be too many ways to number them."""

Mark: TypeAlias = int | Column
Factor: TypeAlias = tuple[Family, int, tuple[Mark, ...]]


def nested(value: Value, calculus: Calculus) -> Value:
    """A value with each sum of sums as one sum."""
    if not any(holds_a_sum(family) for monomial in value for (family, _), _ in monomial.factors):
        return value
    return plus(
        {
            Monomial(
                monomial.pins, frozenset((as_one(generator, calculus), e) for generator, e in monomial.factors)
            ): number
        }
        for monomial, number in value.items()
    )


def holds_a_sum(family: Family) -> bool:
    """Whether it is a sum of a product with a sum in it."""
    return isinstance(family, Total) and any(isinstance(factor, Total) for factor, _, _ in family.body)


def as_one(generator: Generator, calculus: Calculus) -> Generator:
    """A sum of sums as one sum; other generators as they are."""
    family, places = generator
    if not isinstance(family, Total):
        return generator
    extents: list[int] = []
    factors = list(opened(family, places, extents))
    if not 1 < len(extents) <= MOST:
        return generator

    def numbered(order: Sequence[int]) -> tuple[tuple[int, ...], list[tuple[int, int, tuple[int, ...], list[Column]]]]:
        marked = sorted(
            (
                calculus.order.setdefault(factor, len(calculus.order)),
                e,
                tuple(order[mark] + 1 if isinstance(mark, int) else 0 for mark in marks),
                [mark for mark in marks if isinstance(mark, Column)],
            )
            for factor, e, marks in factors
        )
        return tuple(extent for _, extent in sorted(zip(order, extents, strict=True))), marked

    sizes, parts = min(map(numbered, permutations(range(len(extents)))))
    names = {number: factor for factor, number in calculus.order.items()}
    one = Nested(sizes, tuple((names[number], e, marks) for number, e, marks, _ in parts))
    return one, tuple(column for _, _, _, columns in parts for column in columns)


def opened(family: Total, places: Sequence[Mark], extents: list[int]) -> Iterator[Factor]:
    """The factors below a sum, each subscript by the number of the sum that it belongs to, or its own column."""
    mine = len(extents)
    extents.append(family.extent)
    rest = iter(places)
    for factor, e, summed in family.body:
        marks = tuple(mine if here else next(rest) for here in summed)
        if isinstance(factor, Total) and e == 1:
            yield from opened(factor, marks, extents)
        else:
            yield factor, e, marks
