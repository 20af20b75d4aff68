"""Conditions for every K: which of them hold, from which K on, and which are left open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from .assumptions import Assumed
from .generators import Summed, Variable
from .index import IndexTower
from .polynomial import Polynomial, generator, power, total
from .tower import NoValue
from .value import Demands
from .verdict import SideCondition

FARTHEST = 1000
"""A condition on a size that begins to hold beyond this number is left open."""


OTHERS = "\0others"
"""The name of what a sum has beside some of its terms: none that a formula can have."""


@dataclass(frozen=True, slots=True)
class Open:
    """What is left of the conditions on two lines."""

    conditions: list[SideCondition]
    start: dict[str, int]
    """From which number of each size on the others hold."""


def open_conditions(tower: IndexTower, demands: Demands, known: Assumed) -> Open:
    """The conditions that the hypotheses leave open; raises NoValue where they make one fail."""
    found, seen = Open([], {}), set()
    for condition, body in demands:
        value = known.put_into(body, tower)
        if (value.key, condition.relation) in seen:  # the same, with another letter for every value
            continue
        seen.add((value.key, condition.relation))
        if any(tower.is_zero(where) for where in coinciding(tower, value)):
            raise NoValue(f"{condition} fails at every point that the hypotheses allow")
        sign = tower.sign(value)
        if sign < 0 and condition.relation == "> 0":
            raise NoValue(f"{condition} fails at every point that the hypotheses allow")
        if not sign:
            start = on_a_size(tower, value, condition.relation) or beyond_letters(tower, value)
            if start is None:
                found.conditions.append(condition)
            else:
                size, number = start
                found.start[size] = max(number, found.start.get(size, 1))
    return found


def coinciding(tower: IndexTower, value: Polynomial) -> Iterator[Polynomial]:
    """A value, and what it is where a letter that stands for every value is another letter."""
    yield value
    free = tower.free_letters(value)
    for letter in free:
        if not tower.letters[-letter].constant:
            for other in list(tower.codes.values()):
                one = tower.letters[-other]
                if other != letter and one.size == tower.size_of(letter) and (one.constant or other in free):
                    yield tower.renamed(value, {letter: other})


def on_a_size(tower: IndexTower, value: Polynomial, relation: Literal["≠ 0", "> 0"]) -> tuple[str, int] | None:
    """(size, n) where the value speaks of one size alone, and the relation holds from n on: K − 1 ≠ 0 from 2 on."""
    sizes = {tower.size_number(name): name for name in tower.size_names}
    match list(value.generators()):
        case [g] if g in sizes:
            start = first_that_holds(value, relation)
            return None if start is None else (sizes[g], start)
    return None


def first_that_holds(value: Polynomial, relation: Literal["≠ 0", "> 0"]) -> int | None:
    """The least n from which on a polynomial in one size is ≠ 0, or > 0, at every whole number; None if unknown."""
    coefficients = {int(m[0][1]) if m else 0: Fraction(c) for m, c in value}
    leading = coefficients[max(coefficients)]
    # beyond Cauchy's bound on its roots it has the sign of its leading term
    bound = 2 + int(sum(map(abs, coefficients.values()), Fraction(0)) / abs(leading))
    if min(coefficients) < 0 or bound > FARTHEST or (relation == "> 0" and leading < 0):
        return None

    def fails(n: int) -> bool:
        here = sum(c * n**e for e, c in coefficients.items())
        return here == 0 or (here < 0 and relation == "> 0")

    return max((n for n in range(1, bound + 1) if fails(n)), default=0) + 1


def beyond_letters(tower: IndexTower, value: Polynomial) -> tuple[str, int] | None:
    """(size, n) where the value is > 0 from n on, as a sum is greater than some of its terms: S − e^{z_i}, from 2 on.

    With n − 1 constants i, j, …, a sum of positive terms is those at i, j, … and others: at least one from n on.
    """
    value, denominators = tower.expanded(value)
    if tower.sign(Polynomial({denominators: 1})) <= 0:
        return None
    sums = [g for g in value.generators() if g in tower.positive and isinstance(tower.generators[g], Summed)]
    for g in sums:
        slots = tower.slots_of(g)
        size = tower.size_of(slots[0])
        free = tower.free_letters(value)
        if len(slots) > 1 or not all(tower.letters[-letter].constant for letter in free):
            continue
        letters = [letter for letter in free if tower.size_of(letter) == size]
        exponents = [dict(m).get(g, 0) for m, _ in value]
        (body,) = tower.parts(g)
        others = tower.number(Variable(OTHERS, opaque=True))
        tower.positive.add(others)
        terms = total([generator(others), *(tower.renamed(body, {slots[0]: letter}) for letter in letters)])
        cleared = value.scaled(1, power(((g, 1),), -min(0, *exponents)))
        apart = total(
            tower.times(tower.power(terms, int(dict(m).get(g, 0))), Polynomial({tuple(f for f in m if f[0] != g): c}))
            for m, c in cleared
        )
        if tower.sign(apart) > 0:
            return size, len(letters) + 1
    return None
