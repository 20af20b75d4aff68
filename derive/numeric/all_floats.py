"""Points drawn from all floats, and how a formula as it is written and a function are off there."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import numpy as np
from mpmath.libmp import from_float
from numpy.typing import NDArray

from ..concrete.evaluation import Evaluation, Leaf, NoNumberError, Number, Parts
from ..concrete.points import SEED
from ..formula.tree import Expr, Index, Size
from .accuracy import LOST, Plain
from .balls import EXACT, Ball, Balls, Undecided, as_float, is_zero

POINTS = 32
BITS = 1216
"""Enough for 1 + x, whatever float x is: 1074 bits, a mantissa, and some to spare."""
WAYS = (Balls(128), Balls(BITS))
"""In what a value is computed until it is settled, the fastest first."""
MAGNITUDES = 0x7FF0000000000000
"""So many floats have no sign: their bits, read as a number, are below this."""
ONE = 0x3FF0000000000000
"""Those below 1."""
MOST_OPERATIONS = 2000
"""When formulas have so many in common they are forgotten, so that a long run does not fill the memory."""
SHARES = 2**10
"""What sums to 1 is drawn in such parts, which floats add exactly."""
TINY, HUGE = float(np.finfo(np.float64).tiny), float(np.finfo(np.float64).max)

Drawn: TypeAlias = Literal["real", "positive", "unit", "share", "label", "hot"]
Truth: TypeAlias = Literal["normal", "small", "large", "none", "open"]
"""0 or a normal float; smaller, but not 0; larger than all; no value; not settled with so many bits."""
Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Argument:
    """A variable: its entries in order, and from what they are drawn."""

    name: str
    kind: Drawn
    leaves: tuple[Leaf, ...]
    is_vector: bool
    values: tuple[int, ...] = ()
    """Of a label."""
    hot: int = 0
    """At which entry a label is 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Points, and the true value at each, rounded to a float."""

    arguments: tuple[Argument, ...]
    columns: Mapping[Leaf, Floats]
    exact: Floats
    truths: tuple[Truth, ...]
    parts: Parts
    number: Number

    def given(self, name: str) -> Floats:
        """All values of a variable; of a vector, a row for each point."""
        one = next(one for one in self.arguments if one.name == name)
        columns = [self.columns[leaf] for leaf in one.leaves]
        return np.stack(columns, axis=-1) if one.is_vector else columns[0]

    @property
    def largest(self) -> list[float]:
        """The largest input at each point, without its sign."""
        found: list[float] = np.max(np.abs(np.stack(list(self.columns.values()))), axis=0).tolist()
        return found


@dataclass(frozen=True, slots=True)
class Off:
    """What something computes at the points, and by how many units in the last place it is off."""

    values: tuple[float, ...]
    units: tuple[float, ...]
    """`LOST` at most, and inf where there is no number though there should be one, or one where there is none."""


def at_float(ordinal: int) -> float:
    """The float without a sign whose bits are this number."""
    found: float = struct.unpack("<d", struct.pack("<Q", ordinal))[0]
    return found


def spread(random: Random, count: int, kind: Drawn) -> list[float]:
    """Floats drawn uniformly over their bits: one of each of `count` equal parts of all of them, in any order."""
    above = ONE if kind == "unit" else MAGNITUDES
    low = -MAGNITUDES if kind == "real" else 1  # a float below 0 has the bits of the one above, and a sign
    found = []
    for n in range(count):
        place = random.randrange(low + n * (above - low) // count, low + (n + 1) * (above - low) // count)
        found.append(at_float(place) if place >= 0 else -at_float(-1 - place))
    random.shuffle(found)
    return found


@lru_cache(maxsize=64)
def drawn(one: Argument, count: int = POINTS) -> Mapping[Leaf, Floats]:
    """The values of a variable's entries; the same in every run, and for a letter the same in every formula."""
    random = Random(f"{SEED} {one.name}")
    match one.kind:
        case "share":
            cuts = [sorted(random.randint(0, SHARES) for _ in one.leaves[1:]) for _ in range(count)]
            edges = np.array([(0, *cut, SHARES) for cut in cuts])
            columns: Iterable[Any] = (np.diff(edges, axis=1) / SHARES).T
        case "label":
            columns = [[random.choice(one.values) for _ in range(count)]]
        case "hot":
            columns = [[n == one.hot] * count for n in range(len(one.leaves))]
        case _:
            columns = [spread(random, count, one.kind) for _ in one.leaves]
    return {leaf: np.array(column, dtype=np.float64) for leaf, column in zip(one.leaves, columns, strict=True)}


class World:
    """The points at which formulas of the same sizes are looked at: what two of them have in common is computed once.

    Everything is a function of the variables' letters and kinds, so that it does not matter which formula comes first.
    """

    def __init__(self, sizes: Mapping[Size, int]) -> None:
        self.parts = Parts(sizes)
        self.points: list[dict[Leaf, Ball]] = [{} for _ in range(POINTS)]
        self.found = [[Evaluation(way, {}, point, self.parts) for way in WAYS] for point in self.points]

    def meet(self, columns: Mapping[Leaf, Floats]) -> None:
        """Take in the values of variables."""
        for leaf, column in columns.items():
            if leaf not in self.points[0]:
                for point, value in zip(self.points, column.tolist(), strict=True):
                    point[leaf] = from_float(value), EXACT

    def settled(self, number: Number, n: int) -> tuple[float, Truth]:
        """The true value at the nth point, rounded to a float, and what it is like."""
        for way, here in zip(WAYS, self.found[n], strict=True):
            try:
                ball = here.number(number)
            except Undecided:
                continue
            except NoNumberError:
                return np.nan, "none"
            if (value := as_float(ball, way.bits)) is not None:
                return value, _truth(value, ball)
        return np.nan, "open"


def _truth(value: float, ball: Ball) -> Truth:
    if abs(value) > HUGE:
        return "large"
    return "normal" if abs(value) >= TINY or (not value and is_zero(ball)) else "small"


@lru_cache(maxsize=4)
def _world(sizes: tuple[tuple[Size, int], ...], kinds: tuple[tuple[str, Drawn], ...]) -> World:
    return World(dict(sizes))


@lru_cache(maxsize=64)
def sample(
    result: Expr,
    arguments: tuple[Argument, ...],
    at: tuple[tuple[Index, int], ...],
    sizes: tuple[tuple[Size, int], ...],
) -> Sample:
    """Points for a formula, with its value there; remembered, as many derivations end with one result."""
    world = _world(sizes, tuple((one.name, one.kind) for one in arguments if one.kind != "real"))
    columns = {leaf: column for one in arguments for leaf, column in drawn(one).items()}
    world.meet(columns)
    number = world.parts.part(result, dict(at))
    found = [world.settled(number, n) for n in range(POINTS)]
    if len(world.parts.operations) > MOST_OPERATIONS:
        _world.cache_clear()
    exact = np.array([value for value, _ in found])
    truths = tuple(truth for _, truth in found)
    return Sample(arguments, MappingProxyType(columns), exact, truths, world.parts, number)


def written(found: Sample) -> Off:
    """The formula as it is written, in NumPy's floats; raises NoNumberError where it holds a derivative."""
    with np.errstate(all="ignore"):
        values = Evaluation(Plain(), {}, found.columns, found.parts).number(found.number)
        return off(np.broadcast_to(np.asarray(values, dtype=np.float64), found.exact.shape), found.exact)


def together(found: Sample, call: Callable[[Mapping[str, Any]], Any]) -> Off:
    """A function that takes the variables of all points at once, by their names."""
    values = np.asarray(call({one.name: found.given(one.name) for one in found.arguments}), dtype=np.float64)
    return off(values, found.exact)


def by_points(found: Sample, call: Callable[[Mapping[str, Any]], Any]) -> Off:
    """A function that takes the variables of one point, by their names."""
    given = {one.name: found.given(one.name) for one in found.arguments}
    values = [float(call({name: rows[n] for name, rows in given.items()})) for n in range(len(found.exact))]
    return off(np.array(values), found.exact)


def off(values: Floats, exact: Floats) -> Off:
    """How many units in the last place of the true value, rounded to a float, each value is off."""
    with np.errstate(all="ignore"):
        units = np.minimum(np.abs(values - exact) / np.spacing(np.abs(exact)), LOST)
    alike = (values == exact) | (np.isnan(values) & np.isnan(exact))
    units = np.where(np.isfinite(values) & np.isfinite(exact), units, np.inf)
    return Off(tuple(values.tolist()), tuple(np.where(alike, 0.0, units).tolist()))
