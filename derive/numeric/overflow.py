"""The numeric gate: a formula that is true, and that floating point can't compute as it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from random import Random

import numpy as np

from ..concrete.evaluation import Evaluation, Leaf, NoNumberError, entries, variables
from ..concrete.oracle import digits_for, evaluate
from ..concrete.points import SEED
from ..derivation import Overflow
from ..formula.tree import Index, Size
from ..kernel.verdict import Counterexample, Enclosure
from .doubles import Doubles

FARTHEST = 700
RANDOM_POINTS = 8
BITS = 60


@dataclass(frozen=True, slots=True)
class NotFinite(Enclosure):
    """A float that is nan or infinite; as an interval, everything from the largest float on."""

    shown: str = "nan"

    def __str__(self) -> str:
        return self.shown


def overflow(entry: Overflow, sizes: Mapping[Size, int]) -> Counterexample | None:
    """The first point within ±700 at which float64 gives nan or inf though the true value is finite; else None.

    The formula is evaluated as it is written, with `entry.shift` computed as the maximum of the vector `entry.of`. On
    the left of the counterexample stands the true value, on the right what float64 gave.
    """
    free = sorted(entry.formula.free_indices, key=lambda index: index.name)
    for chosen in _points(entry, sizes):
        point = {**chosen, entry.shift: max(chosen[leaf] for leaf in entries(entry.of, sizes))}
        for numbers in product(*(range(1, sizes[index.size] + 1) for index in free)):
            at = dict(zip(free, numbers, strict=True))
            if (found := _fails(entry, point, at, sizes)) is not None:
                return found
    return None


def _points(entry: Overflow, sizes: Mapping[Size, int]) -> Iterator[dict[Leaf, Fraction]]:
    """The vector at its corners and at random inside; further variables moderate."""
    random = Random(SEED)
    vector = entries(entry.of, sizes)
    others = [leaf for leaf in variables([entry.formula], sizes) if leaf not in vector and leaf != entry.shift]
    corners = [[FARTHEST] * len(vector), [-FARTHEST] * len(vector), [FARTHEST, *[-FARTHEST] * (len(vector) - 1)]]
    for values in [*corners, *([random.randint(-FARTHEST, FARTHEST) for _ in vector] for _ in range(RANDOM_POINTS))]:
        yield {
            **{leaf: Fraction(value) for leaf, value in zip(vector, values, strict=True)},
            **{leaf: Fraction(random.randint(1, 1024), 1024) for leaf in others},
        }


def _fails(
    entry: Overflow, point: Mapping[Leaf, Fraction], at: Mapping[Index, int], sizes: Mapping[Size, int]
) -> Counterexample | None:
    """The counterexample at a point, if it is one."""
    doubles = Doubles()
    with np.errstate(all="ignore"):
        floats = {leaf: doubles.number(value) for leaf, value in point.items()}
        computed = Evaluation(doubles, sizes, floats).value(entry.formula, at)
    if np.isfinite(computed):
        return None
    try:
        true = evaluate(entry.formula, point, at, sizes, digits_for(point))
    except NoNumberError:
        return None
    middle = Fraction(int(true * 2**BITS), 2**BITS)
    largest = Fraction(float(np.finfo(np.float64).max))
    return Counterexample(
        tuple((size.name, number) for size, number in sizes.items()),
        tuple((index.name, number) for index, number in at.items()),
        tuple((repr(leaf), value) for leaf, value in point.items()),
        Enclosure(middle - Fraction(1, 2**BITS), middle + Fraction(1, 2**BITS)),
        NotFinite(largest, largest, str(float(computed))),
    )
