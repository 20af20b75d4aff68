"""The second opinion: SymPy differentiates the claim at a chosen size, and its result is held against ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from math import prod

import mpmath
import sympy as sp

from ..derivation import Derivation
from ..formula.substitution import unfold_all
from ..formula.tree import Decimal, Expr, Size, WrittenError
from ..kernel.value import Instance
from ..kernel.verdict import Conditional, Proved, Refuted, Verdict
from ..numeric.evaluation import Point
from ..numeric.points import Domain, NoPointError, random_points
from ..proof import Opinion
from .from_sympy import ReadingError, from_sympy
from .functions import with_stand_ins
from .settled import describe, settled
from .world import World

LARGEST_SIZE = 10
LARGEST_PRODUCT = 100
DIGITS = 50

Decide = Callable[[Expr, Expr], Verdict]


class DiffersError(Exception):
    """SymPy's value of the claim is not seen to be the result."""


def opinion(
    derivation: Derivation,
    sizes: Mapping[Size, int],
    instances: Iterable[Instance],
    decide: Decide,
    printed: bool = True,
) -> Opinion:
    """SymPy's own value of the claim at each instance, against the derivation's result.

    Agreement is decided exactly, and not by sampling: what SymPy found is read back into a formula, and `decide` (the
    kernel, under the derivation's equations and positivity) compares it with the result. Independently, SymPy
    evaluates both to 50 digits at a rational point. Without a derivative in the claim, the opinion is about its value.
    What SymPy found is kept as it prints it in LaTeX where `printed` asks for that.
    """
    asked = tuple(instances)
    if not asked:
        return Opinion("not asked", 0, "", "", "there is no instance at this size")
    if reason := too_large(sizes):
        return Opinion("not asked", 0, "", describe(asked[0]), reason)
    world, (claim, *_, result) = World(sizes), derivation.scalars
    rounded = any(step.relation == "≈" for step in derivation.steps)
    derivative = ""
    for n, instance in enumerate(asked):
        try:
            given = world.given(derivation.assuming, instance)
            found = world.value(claim, instance.at, instance.labels).xreplace(given)
            if not n and printed:
                derivative = _latex(found)
            ours = world.value(result, instance.at, instance.labels).xreplace(given)
            if rounded:
                _same_when_rounded(found, ours, settled(result, instance, derivation.assuming))
                continue
            _decided(found, settled(result, instance, derivation.assuming), world, decide)
            point = _point(derivation, (claim, result), sizes, instance)
            _same_digits(found, ours, world, point)
        except (DiffersError, ReadingError, WrittenError, NoPointError) as error:
            where = f"{describe(instance)}: " if instance.at or instance.labels else ""
            return Opinion("differs", n + 1, derivative, describe(asked[0]), f"{where}{error}")
    return Opinion("agrees", len(asked), derivative, describe(asked[0]))


def too_large(sizes: Mapping[Size, int]) -> str:
    """Why SymPy is not asked; empty where it is."""
    for size, number in sizes.items():
        if number > LARGEST_SIZE:
            return f"SymPy is asked where sizes are at most {LARGEST_SIZE}; here {size} = {number}"
    if (product := prod(sizes.values())) > LARGEST_PRODUCT:
        names = "·".join(size.name for size in sizes)
        return f"SymPy is asked where {names} is at most {LARGEST_PRODUCT}; here it is {product}"
    return ""


def _decided(found: sp.Expr, result: Expr, world: World, decide: Decide) -> None:
    """The kernel's verdict on SymPy's value, as read back."""
    names = {**world.sums, **world.leaves}
    names.pop(found, None)  # what is compared is SymPy's value, not the claim by its own name
    verdict = decide(from_sympy(found, names), result)
    match verdict:
        case Proved() | Conditional():  # SymPy's own forms may divide by more than ours do
            return
        case Refuted(counterexample):
            raise DiffersError(f"SymPy's value is not the result: {counterexample}")
    raise DiffersError(f"whether SymPy's value is the result is {verdict.name}: {verdict}")


def _point(derivation: Derivation, lines: Sequence[Expr], sizes: Mapping[Size, int], instance: Instance) -> Point:
    domain = Domain(tuple(lines), sizes, derivation.assuming, instance.at, instance.labels)
    (point,) = random_points(domain, 1).points
    return point


def _same_digits(found: sp.Expr, ours: sp.Expr, world: World, point: Point) -> None:
    """Both sides to 50 digits at a rational point, evaluated apart, so that nothing cancels before it is computed."""
    values = tuple((world.leaf(leaf), sp.Rational(v.numerator, v.denominator)) for leaf, v in point.items())
    left, right = (_evaluated(with_stand_ins(side, world.leaves), values) for side in (found, ours))
    if not (left.is_Number and right.is_Number and left.is_finite and right.is_finite):
        raise DiffersError(f"SymPy evaluates the claim to {left} and the result to {right}")
    context = mpmath.MPContext()
    context.dps = DIGITS + 10
    a, b = context.convert(left), context.convert(right)
    if abs(a - b) > max(1, abs(a)) * context.mpf(10) ** -DIGITS:
        raise DiffersError(f"at a rational point the claim is {left.n(12)} and the result {right.n(12)}")


@lru_cache(maxsize=256)
def _evaluated(expression: sp.Expr, values: tuple[tuple[sp.Symbol, sp.Rational], ...]) -> sp.Expr:
    """SymPy's own evaluation at a point; remembered, as many derivations begin with one claim."""
    return expression.evalf(DIGITS + 10, subs=dict(values))


@lru_cache(maxsize=256)
def _latex(expression: sp.Expr) -> str:
    return str(sp.latex(expression))


def _same_when_rounded(found: sp.Expr, ours: sp.Expr, result: Expr) -> None:
    """Whether the claim is what it is rounded to, to half a unit of the digits that the result shows."""
    units = [node.half_unit for node in unfold_all(result).walk() if isinstance(node, Decimal)]
    unit = min(units, default=Fraction(0))
    gap = abs((found - ours).evalf(DIGITS))
    if not gap.is_Number or gap > sp.Rational(unit.numerator, unit.denominator):
        raise DiffersError(f"SymPy evaluates the claim to {found.evalf(12)}, which does not round to {ours.evalf(12)}")
