"""The table of numeric checks: what float64 makes of the formulas, against mpmath."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from math import inf, isfinite, isnan, nan
from typing import Any

import numpy as np

from ..concrete.arithmetic import Arithmetic, NoNumberError
from ..concrete.evaluation import Evaluation, Leaf, Number, Parts, Point, written_out
from ..concrete.functions import compiled, with_stand_ins
from ..concrete.opinion import half_unit
from ..concrete.oracle import Real, Sized, apart, computed, computed_together, digits_for, nonzero, size_of_terms
from ..concrete.points import Domain, Kind, NoPointError, Points, adversarial_points, random_points
from ..concrete.settled import describe
from ..concrete.too_large import too_large
from ..concrete.world import World
from ..derivation import Derivation
from ..formula.substitution import substitute, unfold_all
from ..formula.tree import Derivative, Expr, Size, WrittenError
from ..kernel.value import Instance
from ..proof import NumericCheck
from .doubles import CentralDifference, ComplexStep, Doubles

RANDOM_POINTS = 8
SCALE_DIGITS = 30
MOST_INSTANCES = 4

FINAL, SYMPY = "final form, float64", "SymPy's derivative, float64"
COMPLEX, CENTRAL = "complex step of the definition", "central difference of the definition"
CLAIM = "claim, float64"

LIMITS: Mapping[str, float] = {FINAL: 1e-12, CLAIM: 1e-12, COMPLEX: 1e-12, CENTRAL: 1e-5}
"""What must be kept at moderate points; far out the figures are only shown."""

MODERATE: frozenset[Kind] = frozenset({"random", "ties"})

SURE = 1e-30
"""An error that is smaller may be one of the reference's own."""

LOST = 0.5
"""A relative error that leaves no digit."""

ROUNDED = "absolute error, against half a unit of the digits shown"
CANCELLING = "relative to the terms of the final form, which cancel"
DIGITS_LOST = "every digit is lost: exported code computes in other forms"

DOUBLES, SIZED = Doubles(), Sized(Doubles())

Columns = Mapping[Leaf, Any]
"""The values of each variable at all points."""


@dataclass(frozen=True)
class Reference:
    """What a value is held against, and to what its error is relative; 0 for an absolute error."""

    value: Real
    scale: Real | float

    def error(self, number: float) -> float:
        """How far off a number is; less than the reference is good for is nothing."""
        found = apart(number, self.value, self.scale or 1.0)
        return found if found > SURE else 0.0

    @cached_property
    def cancels(self) -> bool:
        """Whether a digit and more is lost as soon as the terms are rounded."""
        return bool(self.scale > 10 * abs(self.value))


@dataclass
class Tally:
    """The largest error of one method at points of one kind, over the instances."""

    text: str
    note: str = ""
    largest: float = nan
    finite: int = 0
    asked: int = 0
    cancels: bool = False

    def add(self, value: complex, reference: Reference) -> None:
        """Count a value in, against its reference."""
        self.asked += 1
        self.cancels |= reference.cancels
        number = float(value.real)
        if isfinite(number):
            self.finite += 1
            found = reference.error(number)
            self.largest = found if isnan(self.largest) else max(self.largest, found)

    def check(self, method: str, limit: float | None, derived: bool) -> NumericCheck:
        """What the table says; a value that is not finite keeps no bound."""
        notes = [self.note] if self.note else []
        if self.cancels:
            notes.append(CANCELLING)
        if limit is None and self.largest >= LOST:
            notes.append(DIGITS_LOST if method == FINAL else "every digit is lost")
        if self.finite < self.asked:
            notes.append(f"finite at {self.finite} of {self.asked} points")
        against = "dual numbers of the definition in mpmath" if derived else "mpmath of the claim"
        largest = inf if limit is not None and self.finite < self.asked else self.largest
        return NumericCheck(f"{method}, against {against}", self.text, largest, limit, "; ".join(notes))


@dataclass
class Table:
    """The tallies by method and kind of points, in the order in which they came."""

    derived: bool
    limits: Mapping[str, float]
    rounded: bool
    rows: dict[tuple[str, Kind], Tally] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def add(self, method: str, points: Points, value: complex, reference: Reference) -> None:
        """Count a value of a method at one of the points in."""
        absolute = self.rounded and method == FINAL
        key = method, points.kind
        if key not in self.rows:
            self.rows[key] = Tally(points.text, ROUNDED if absolute else "")
        self.rows[key].add(value, Reference(reference.value, 0.0) if absolute else reference)

    def checks(self) -> tuple[NumericCheck, ...]:
        """One row for each method and kind, methods together; the first says what was left out."""
        order = list(dict.fromkeys(method for method, _ in self.rows))
        rows = sorted(self.rows.items(), key=lambda row: order.index(row[0][0]))
        found = [
            tally.check(method, self.limits.get(method) if kind in MODERATE else None, self.derived)
            for (method, kind), tally in rows
        ]
        if self.left_out:
            first, *rest = found or [NumericCheck(FINAL, "no points", nan, None)]
            found = [replace(first, note="; ".join(filter(None, [first.note, *self.left_out]))), *rest]
        return tuple(found)


def checks(
    derivation: Derivation, sizes: Mapping[Size, int], instances: Sequence[Instance]
) -> tuple[NumericCheck, ...]:
    """The numeric checks of a derivation; empty where SymPy is not asked, as sizes are too large.

    Compared are the final form and SymPy's derivative, compiled for NumPy, the complex step and the central difference
    of the definition. Without a derivative in the claim, it is the claim and the final form. Unknown functions are
    stood in for by one smooth function each.

    Each error is relative to the reference, or absolute where that is 0 or nearer to 0 than any float. At moderate
    points it is relative to the size of the terms of the final form where that is larger: what a sum loses when its
    terms cancel (y − t, or a row that sums to 0) is lost before any method begins. Far out it is shown.
    """
    if too_large(sizes):
        return ()
    claim, *_, result = derivation.scalars
    derived = any(isinstance(node, Derivative) for node in unfold_all(claim).walk())
    limits = dict(LIMITS)
    rounded = any(step.relation == "≈" for step in derivation.steps)
    if rounded:
        limits[FINAL] = float(half_unit(result))
    table, world = Table(derived, limits, rounded), World(sizes)
    for instance in spread(instances):
        domain = Domain((claim, result), sizes, derivation.assuming, instance.at, instance.labels)
        try:
            _measure(table, claim, result, domain, world)
        except (NoPointError, NoNumberError, WrittenError) as error:
            at = describe(instance)
            table.left_out.append(f"left out at {at}: {error}" if at else f"left out: {error}")
    return table.checks()


def spread(instances: Sequence[Instance]) -> list[Instance]:
    """A few of the instances, the first and the last among them."""
    if len(instances) <= MOST_INSTANCES:
        return list(instances)
    last = len(instances) - 1
    return [instances[round(n * last / (MOST_INSTANCES - 1))] for n in range(MOST_INSTANCES)]


def _points(domain: Domain) -> Iterator[Points]:
    if not domain.leaves:
        yield Points("random", "no variables: one evaluation", ({},))
        return
    yield random_points(domain, RANDOM_POINTS)
    yield from adversarial_points(domain)


@dataclass(frozen=True)
class Place:
    """A point at which the claim has a value."""

    points: Points
    """Those among which it is."""
    point: Point
    value: Real


def _measure(table: Table, claim: Expr, result: Expr, domain: Domain, world: World) -> None:
    """All methods at all points at once; points at which the claim has no value are left out."""
    first, last = (substitute(end, domain.at) for end in (claim, result))
    places = _places(first, domain)
    if not places:
        return
    columns = {leaf: np.array([float(place.point[leaf]) for place in places]) for leaf in places[0].point}
    with np.errstate(all="ignore"):
        methods = {FINAL: _written(last, columns, domain, DOUBLES)}
        if table.derived:
            value = with_stand_ins(world.value(claim, domain.at, domain.labels), world.leaves)
            methods[SYMPY] = compiled(value)({world.leaf(leaf): column for leaf, column in columns.items()})
            methods[COMPLEX] = _written(first, columns, domain, ComplexStep())
            methods[CENTRAL] = _written(first, columns, domain, CentralDifference())
        else:
            methods[CLAIM] = _written(first, columns, domain, DOUBLES)
        sizes = list(_sizes_of_terms(last, columns, places, domain))
    found = [Reference(place.value, max(abs(place.value), size)) for place, size in zip(places, sizes, strict=True)]
    for method, values in methods.items():
        for place, number, reference in zip(places, np.broadcast_to(values, len(places)), found, strict=True):
            table.add(method, place.points, number, reference)


def _places(claim: Expr, domain: Domain) -> list[Place]:
    """Where the claim has a value, and which."""
    return [
        Place(points, point, value)
        for points in _points(domain)
        for point, value in zip(points.points, references(claim, points, tuple(domain.sizes.items())), strict=True)
        if value is not None
    ]


@lru_cache(maxsize=512)
def references(claim: Expr, points: Points, sizes: tuple[tuple[Size, int], ...]) -> tuple[Real | None, ...]:
    """mpmath's values of the claim, None where it has none; remembered, as many derivations begin with one claim."""
    (parts, number), places = written_out(claim, sizes), points.points
    digits = max(map(digits_for, places))
    try:
        found: Sequence[Real | None] = computed_together(parts, number, places, digits)
    except NoNumberError:
        found = [_reference(parts, number, point, digits) for point in places]
    return tuple(value if value is None or nonzero(value, digits) else value.context.zero for value in found)


def _reference(parts: Parts, number: Number, point: Point, digits: int) -> Real | None:
    try:
        return computed(parts, number, point, digits)
    except NoNumberError:
        return None


def _written(formula: Expr, columns: Columns, domain: Domain, numbers: Arithmetic[Any]) -> Any:
    """The formula at all points, in the order in which it is written."""
    parts, number = written_out(formula, tuple(domain.sizes.items()))
    return Evaluation(numbers, {}, columns, parts).number(number)


def _sizes_of_terms(result: Expr, columns: Columns, places: Sequence[Place], domain: Domain) -> Iterator[float | Real]:
    """The size of the terms of the final form at moderate points, far out nothing."""
    held = {leaf: SIZED.whole(column) for leaf, column in columns.items()}
    _, found = _written(result, held, domain, SIZED)
    for place, size in zip(places, np.broadcast_to(found, len(places)), strict=True):
        if place.points.kind not in MODERATE:
            yield 0.0
        else:
            yield float(size) if np.isfinite(size) else size_of_terms(result, place.point, domain.sizes, SCALE_DIGITS)
