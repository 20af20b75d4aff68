"""The last step of a proof entry by entry: every entry's monomials as rows of integers, compared exactly.

A row is one term at one entry: the entry's number, the entry's own generators
with their exponents, and an integer coefficient over a common denominator.
Generators that coincide at an entry are merged there, those whose exponent
becomes 0 are dropped, and the rest are sorted; so two rows are the same
monomial exactly when their integers are the same.  Rows are packed into one
64-bit key by positional notation, whose range is checked before it is used;
where it would not fit, what is packed so far is replaced by its rank.  Nothing
is hashed, and nothing may overflow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import lcm, prod
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .columns import Column, Family, Integers, Monomial, Pin, extents
from .polynomial import LimitReached, Number

Truths: TypeAlias = "NDArray[np.bool_]"
Term: TypeAlias = tuple[Monomial, Number]

LARGEST = 2**63 - 1
"""The largest integer of an exact array."""


def within(number: int, what: str) -> int:
    """A number that has to fit into the integers of an array; nothing wraps around."""
    if number > LARGEST:
        raise LimitReached(f"overflow refused: {what} beyond 64 bits")
    return number


@dataclass(frozen=True, slots=True)
class Code:
    """How a generator and its exponent become one integer: number · width + exponent + most."""

    first: dict[Family, int]
    """The number of each family's first generator."""
    count: int
    most: int
    """No exponent is larger, before or after merging."""

    @property
    def width(self) -> int:
        """How many exponents there are."""
        return 2 * self.most + 1

    @property
    def absent(self) -> int:
        """What stands where a row has no further generator; larger than all others."""
        return self.count * self.width

    def of(self, family: Family, places: tuple[Column, ...], exponent: int) -> Integers:
        """The powers of one generator, each entry its own, where the subscripts vary."""
        number: Integers = np.zeros((), dtype=np.int64)
        for place, extent in zip(places, extents(family), strict=True):
            number = number * extent + (place.numbers - 1)
        return (number + self.first[family]) * self.width + (exponent + self.most)


def code_for(terms: Sequence[Term]) -> Code:
    """A code for all generators that occur."""
    first: dict[Family, int] = {}
    count = most = 0
    for monomial, _ in terms:
        most = max(most, sum(abs(e) for _, e in monomial.factors))
        for (family, _), _ in monomial.factors:
            if family not in first:
                first[family] = count
                count += prod(extents(family))
    code = Code(first, count, most)
    within(code.absent + 1, "the numbers of the generators are")
    return code


def allowed(distinct: Iterable[Pin], block: tuple[int, ...]) -> Truths:
    """The entries of a block at which columns differ that are assumed to."""
    found: Truths = np.ones(block, dtype=np.bool_)
    for left, right in distinct:
        found &= left.numbers != right.numbers
    return found


def first_difference(terms: Sequence[Term], entries: Truths) -> int | None:
    """The first of these entries, counted through the block, at which the terms do not add up to 0; None if none."""
    code = code_for(terms)
    denominator = lcm(*(number.denominator for _, number in terms))
    numerators = [int(Fraction(number) * denominator) for _, number in terms]
    within(sum(map(abs, numerators)), "coefficients are")  # so that no sum of some of them can overflow
    width = max((len(monomial.factors) for monomial, _ in terms), default=0)
    rows = [rows_of(monomial, code, width, entries) for monomial, _ in terms]
    if not sum(len(row[0]) for row in rows):
        return None
    entry, *slots = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    merge(slots, code)
    coefficients = np.concatenate(
        [np.full(len(row[0]), number, dtype=np.int64) for row, number in zip(rows, numerators, strict=True)]
    )
    key = packed(entry, entries.size, slots, code.absent + 1)
    order = np.argsort(key)
    ordered = key[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    nonzero = np.flatnonzero(np.add.reduceat(coefficients[order], starts))
    return int(entry[order[starts[nonzero]]].min()) if len(nonzero) else None


def rows_of(monomial: Monomial, code: Code, width: int, entries: Truths) -> list[Integers]:
    """One term at every entry at which its pins hold: the entry's number, then one power for each generator."""
    block, holds = entries.shape or (1,), np.atleast_1d(entries)
    for left, right in monomial.pins:
        holds = holds & (left.numbers == right.numbers)
    numbers: Integers = np.arange(entries.size, dtype=np.int64).reshape(block)
    columns = [numbers, *(code.of(*generator, exponent) for generator, exponent in monomial.factors)]
    columns += [np.asarray(code.absent, dtype=np.int64)] * (width + 1 - len(columns))
    if holds.all():
        everywhere: Integers = np.zeros(block, dtype=np.int64)
        return [(each + everywhere).reshape(-1) for each in columns]
    where = np.nonzero(holds)
    return [np.broadcast_to(each, block)[where] for each in columns]


def merge(slots: list[Integers], code: Code) -> None:
    """Sort each row's powers; merge those of one generator, and drop what has exponent 0."""
    sort(slots)
    coincide: Truths = np.zeros(len(slots[0]) if slots else 0, dtype=np.bool_)
    for left, right in pairwise(slots):
        coincide |= (left // code.width == right // code.width) & (left != code.absent)
    rows = np.flatnonzero(coincide)
    if not len(rows):
        return
    some = [slot[rows] for slot in slots]
    for n in range(len(some) - 1):
        same = (some[n] // code.width == some[n + 1] // code.width) & (some[n] != code.absent)
        some[n + 1] = np.where(same, some[n + 1] + (some[n] % code.width - code.most), some[n + 1])
        some[n] = np.where(same, code.absent, some[n])
    some = [np.where(slot % code.width == code.most, code.absent, slot) for slot in some]
    sort(some)
    for slot, merged in zip(slots, some, strict=True):
        slot[rows] = merged


def sort(slots: list[Integers]) -> None:
    """Sort each row, all rows at once, by exchanging neighbours."""
    for end in range(len(slots) - 1, 0, -1):
        for n in range(end):
            slots[n], slots[n + 1] = np.minimum(slots[n], slots[n + 1]), np.maximum(slots[n], slots[n + 1])


def packed(entry: Integers, count: int, slots: Sequence[Integers], base: int) -> Integers:
    """One integer for each row, equal exactly where the rows are."""
    key, largest = entry, count
    for slot in slots:
        if largest * base > LARGEST:
            distinct, key = np.unique(key, return_inverse=True)
            largest = len(distinct)
        within(largest * base, "the monomials are")
        key, largest = key * base + slot, largest * base
    return key
