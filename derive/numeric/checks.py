"""The table of numeric checks: what float64 makes of the formulas, against mpmath."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from math import inf, nan
from typing import Any

import numpy as np
import sympy as sp

from ..concrete.evaluation import Leaf, NoNumberError, Point
from ..concrete.functions import Compiled, compiled, with_stand_ins
from ..concrete.opinion import half_unit
from ..concrete.oracle import Real, digits_for, evaluate, nonzero, size_of_terms
from ..concrete.points import Domain, Kind, NoPointError, Points, adversarial_points, random_points
from ..concrete.settled import describe
from ..concrete.too_large import too_large
from ..concrete.world import Opened, World
from ..derivation import Derivation
from ..formula.substitution import substitute, unfold_all
from ..formula.tree import Derivative, Expr, Size, WrittenError
from ..kernel.value import Instance
from ..proof import NumericCheck
from .gradients import Values, central_difference, complex_step

RANDOM_POINTS = 8
SCALE_DIGITS = 30
MOST_INSTANCES = 4

FINAL, SYMPY = "final form, float64", "SymPy's derivative, float64"
COMPLEX, CENTRAL = "complex step of the definition", "central difference of the definition"
CLAIM = "claim, float64"

LIMITS: Mapping[str, float] = {FINAL: 1e-12, CLAIM: 1e-12, COMPLEX: 1e-12, CENTRAL: 1e-5}
"""What must be kept at moderate points; far out the figures are only shown."""

MODERATE: frozenset[Kind] = frozenset({"random", "ties"})

LOST = 0.5
"""A relative error that leaves no digit."""

ROUNDED = "absolute error, against half a unit of the digits shown"
CANCELLING = "relative to the terms of the final form, which cancel"
DIGITS_LOST = "every digit is lost: exported code computes in other forms"

Column = Mapping[sp.Symbol, Values]
Method = Callable[[Column], Values]


@dataclass(frozen=True)
class Reference:
    """What a value is held against, and to what its error is relative; 0 for an absolute error."""

    value: Real
    scale: Real

    def error(self, number: float) -> float:
        """How far off a number is."""
        return float(abs(self.value.context.mpf(number) - self.value) / (self.scale or 1))

    @property
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

    def add(self, values: Values, references: Sequence[Reference]) -> None:
        """Count the values in, each against its reference."""
        for value, reference in zip(np.broadcast_to(values, (len(references),)), references, strict=True):
            self.asked += 1
            self.cancels |= reference.cancels
            number = complex(value).real
            if np.isfinite(number):
                self.finite += 1
                error = reference.error(number)
                self.largest = error if np.isnan(self.largest) else max(self.largest, error)

    def check(self, method: str, limit: float | None, derived: bool) -> NumericCheck:
        """What the table says; a value that is not finite keeps no bound."""
        notes = [self.note] if self.note else []
        if self.cancels:
            notes.append(CANCELLING)
        if limit is None and self.largest >= LOST:
            notes.append(DIGITS_LOST if method == FINAL else "every digit is lost")
        if self.finite < self.asked:
            notes.append(f"finite at {self.finite} of {self.asked} points")
        against = "mpmath.diff of the definition" if derived else "mpmath of the claim"
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

    def add(self, method: str, points: Points, values: Values, references: Sequence[Reference]) -> None:
        """Count the values of a method at points of a kind in."""
        if absolute := self.rounded and method == FINAL:
            references = [Reference(reference.value, 0) for reference in references]
        fresh = Tally(points.text, ROUNDED if absolute else "")
        self.rows.setdefault((method, points.kind), fresh).add(values, references)

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
            methods = _methods(claim, result, domain, world, derived)
            for points in _points(domain):
                _measure(table, methods, (claim, result), domain, world, points)
        except (NoPointError, WrittenError) as error:
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


def _measure(
    table: Table,
    methods: Mapping[str, Method],
    ends: tuple[Expr, Expr],
    domain: Domain,
    world: World,
    points: Points,
) -> None:
    """All methods at points of one kind; points at which the claim has no value are left out."""
    kept: list[Point] = []
    references: list[Reference] = []
    claim, result = (substitute(end, domain.at) for end in ends)
    for point in points.points:
        if (found := reference(claim, tuple(point.items()), tuple(domain.sizes.items()))) is not None:
            size = size_of_terms(result, point, domain.sizes, SCALE_DIGITS) if points.kind in MODERATE else 0
            references.append(Reference(found, max(abs(found), size)))
            kept.append(point)
    if not kept:
        return
    column = {world.leaf(leaf): np.array([float(point[leaf]) for point in kept]) for leaf in kept[0]}
    with np.errstate(all="ignore"):
        for name, method in methods.items():
            table.add(name, points, method(column), references)


@lru_cache(maxsize=2048)
def reference(
    claim: Expr, point: tuple[tuple[Leaf, Fraction], ...], sizes: tuple[tuple[Size, int], ...]
) -> Real | None:
    """mpmath's value of the claim, None where it has none; remembered, as many derivations begin with one claim."""
    digits = digits_for(dict(point))
    try:
        found = evaluate(claim, dict(point), {}, dict(sizes), digits)
    except NoNumberError:
        return None
    return found if nonzero(found, digits) else found.context.zero


def _methods(claim: Expr, result: Expr, domain: Domain, world: World, derived: bool) -> dict[str, Method]:
    """What is compared, each as a function of the values of all variables."""
    final = _compiled(world.value(result, domain.at, domain.labels), world)
    whole = _compiled(world.value(claim, domain.at, domain.labels), world)
    if not derived:
        return {FINAL: final, CLAIM: whole}
    opened = Opened(world)
    outer = _compiled(opened.value(claim, domain.at, domain.labels), opened)
    slopes = {symbol: Slope.of(opened, symbol) for symbol in opened.open}

    def by(differentiate: Callable[[Compiled, Column, sp.Symbol], Values]) -> Method:
        return lambda values: outer({**values, **{s: slope(values, differentiate) for s, slope in slopes.items()}})

    return {FINAL: final, SYMPY: whole, COMPLEX: by(complex_step), CENTRAL: by(central_difference)}


@dataclass(frozen=True)
class Slope:
    """One derivative of the claim, ready to be computed: the body, its variable, and the names that were held."""

    body: Compiled
    variable: sp.Symbol
    held: Mapping[sp.Symbol, Compiled]

    @classmethod
    def of(cls, opened: Opened, symbol: sp.Symbol) -> Slope:
        """The derivative that a symbol stands for."""
        body, variable, meaning = opened.open[symbol]
        inner = opened.inner
        return cls(_compiled(body, inner), variable, {name: _compiled(m, inner) for name, m in meaning.items()})

    def __call__(self, values: Column, differentiate: Callable[[Compiled, Column, sp.Symbol], Values]) -> Values:
        inner: dict[sp.Symbol, Any] = {**values, **{name: value(values) for name, value in self.held.items()}}
        return differentiate(self.body, inner, self.variable)


def _compiled(expression: sp.Expr, world: World) -> Compiled:
    return compiled(with_stand_ins(expression, world.leaves))
