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
    """How a generator and its exponent become one integer: the generator's number, then bits for exponent + most."""

    first: dict[Family, int]
    """The number of each family's first generator."""
    count: int
    most: int
    """No exponent is larger, before or after merging."""
    bits: int
    """How many hold an exponent."""

    @property
    def absent(self) -> int:
        """What stands where a row has no further generator; larger than all others."""
        return self.count << self.bits

    def of(self, family: Family, places: tuple[Column, ...], exponent: int) -> Integers:
        """The powers of one generator, each entry its own, where the subscripts vary."""
        number = np.asarray((self.first[family] << self.bits) + exponent + self.most, dtype=np.int64)
        stride = 1 << self.bits
        for place, extent in zip(reversed(places), reversed(extents(family)), strict=True):
            number = number + (place.numbers - 1) * stride
            stride *= extent
        return number

    def times(self, left: Integers, right: Integers) -> Integers:
        """The product of powers of the same generators."""
        return right + (left & (1 << self.bits) - 1) - self.most

    def is_one(self, power: Integers) -> Truths:
        """Where an exponent is 0."""
        found: Truths = (power & (1 << self.bits) - 1) == self.most
        return found


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
    code = Code(first, count, most, (2 * most).bit_length())
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
    entry, *slots = map(np.concatenate, zip(*rows, strict=True))
    coefficients = np.repeat(np.array(numerators, dtype=np.int64), [len(row[0]) for row in rows])
    key = packed(entry, entries.size, slots, code.absent + 1)
    order = np.argsort(key, kind="stable")  # which is quick where much is in order already: the entries of a term are
    ordered = key[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    nonzero = np.flatnonzero(np.add.reduceat(coefficients[order], starts))
    return int(entry[order[starts[nonzero]]].min()) if len(nonzero) else None


def rows_of(monomial: Monomial, code: Code, width: int, entries: Truths) -> list[Integers]:
    """One term at every entry at which its pins hold: the entry's number, then sorted powers of its generators."""
    block = entries.shape or (1,)
    holds = entries.reshape(block)
    for left, right in monomial.pins:
        holds = holds & (left.numbers == right.numbers)
    factors = sorted(monomial.factors, key=lambda factor: code.first[factor[0][0]])
    families = [family for (family, _), _ in factors]
    numbers: Integers = np.arange(entries.size, dtype=np.int64).reshape(block)
    everywhere: Integers = np.zeros(block, dtype=np.int64)
    spread = [numbers, *(code.of(*generator, exponent) + everywhere for generator, exponent in factors)]
    entry, *slots = (each.reshape(-1) for each in spread) if holds.all() else (each[holds] for each in spread)
    if len(set(families)) < len(families):  # else each has a range of its own, and they are sorted already
        slots = merged(slots, code)
    return [entry, *slots, *[np.full_like(entry, code.absent)] * (width - len(slots))]


def merged(slots: Sequence[Integers], code: Code) -> list[Integers]:
    """Each row's powers sorted, those of one generator as one, and without those whose exponent is 0."""
    slots = sort(slots)
    generators = [slot >> code.bits for slot in slots]
    rows = np.flatnonzero(np.logical_or.reduce([left == right for left, right in pairwise(generators)]))
    some = [slot[rows] for slot in slots]
    for n in range(len(some) - 1):
        left, right = some[n], some[n + 1]
        same = (left >> code.bits == right >> code.bits) & (left != code.absent)
        some[n], some[n + 1] = np.where(same, code.absent, left), np.where(same, code.times(left, right), right)
    for slot, new in zip(slots, sort([np.where(code.is_one(slot), code.absent, slot) for slot in some]), strict=True):
        slot[rows] = new
    return slots


def sort(slots: Sequence[Integers]) -> list[Integers]:
    """Each row sorted, all rows at once, by exchanging neighbours."""
    found = list(slots)
    for end in range(len(found) - 1, 0, -1):
        for n in range(end):
            found[n], found[n + 1] = np.minimum(found[n], found[n + 1]), np.maximum(found[n], found[n + 1])
    return found


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
