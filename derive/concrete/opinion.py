"""The second opinion: SymPy differentiates the claim at a chosen size, and its result is held against ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache

import mpmath
import sympy as sp

from ..derivation import Derivation
from ..formula.substitution import unfold_all
from ..formula.tree import Decimal, Expr, Size, WrittenError
from ..kernel.value import Instance
from ..kernel.verdict import Conditional, Proved, Refuted, Unknown, Verdict
from ..proof import Opinion
from .digits import Digits
from .evaluation import NoNumberError, Point
from .from_sympy import ReadingError, from_sympy
from .functions import with_stand_ins
from .oracle import Real
from .points import Domain, NoPointError, random_points
from .settled import describe, settled
from .sympy_latex import sympy_latex
from .too_large import too_large
from .world import World

DIGITS = 50

Decide = Callable[[Expr, Expr], Verdict]


class DiffersError(Exception):
    """SymPy's value of the claim is seen not to be the result."""


class UndecidedError(Exception):
    """It is not seen whether SymPy's value of the claim is the result."""


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
    evaluates both to 50 digits at a rational point. A counterexample or different digits at one instance are a
    difference; what could not be read back, decided or evaluated leaves the opinion undecided.
    What SymPy found is kept as it prints it in LaTeX where `printed` asks for that.
    """
    asked = tuple(instances)
    if not asked:
        return Opinion("not asked", 0, "", "", "there is no instance at this size")
    first = describe(asked[0])
    if reason := too_large(sizes):
        return Opinion("not asked", 0, "", first, reason)
    world, claim = World(sizes), derivation.scalars[0]
    derivative, doubts = "", list[str]()
    for n, instance in enumerate(asked):
        where = f"{at}: " if (at := describe(instance)) else ""
        try:
            given = world.given(derivation.assuming, instance)
            found = world.value(claim, instance.at, instance.labels).xreplace(given)
            if not n and printed:
                derivative = sympy_latex(found)
            for comparison in _comparisons(derivation, found, world, instance, decide):
                try:
                    comparison()
                except (UndecidedError, ReadingError, WrittenError, NoPointError) as doubt:
                    doubts.append(f"{where}{doubt}")
        except DiffersError as error:
            return Opinion("differs", n + 1, derivative, first, f"{where}{error}")
        except WrittenError as doubt:
            doubts.append(f"{where}{doubt}")
    if doubts:
        return Opinion("undecided", len(asked), derivative, first, doubts[0])
    return Opinion("agrees", len(asked), derivative, first)


def half_unit(result: Expr) -> Fraction:
    """Half a unit of the last digit that the result shows; 0 where it shows no rounded number."""
    units = [node.half_unit for node in unfold_all(result).walk() if isinstance(node, Decimal)]
    return min(units, default=Fraction(0))


def _comparisons(
    derivation: Derivation, found: sp.Expr, world: World, instance: Instance, decide: Decide
) -> Iterator[Callable[[], None]]:
    """The independent ways in which SymPy's value is held against the result, each to be tried."""
    assuming, lines = derivation.assuming, derivation.scalars
    result = lines[-1]
    ours = world.value(result, instance.at, instance.labels).xreplace(world.given(assuming, instance))
    if any(step.relation == "≈" for step in derivation.steps):
        yield lambda: _same_when_rounded(found, ours, half_unit(settled(result, instance, assuming)))
        return
    domain = Domain((lines[0], result), world.sizes, assuming, instance.at, instance.labels)
    yield lambda: _decided(found, settled(result, instance, assuming), world, decide, domain)
    yield lambda: _same_digits(found, ours, world, random_points(domain, 1).points[0])


def _decided(found: sp.Expr, result: Expr, world: World, decide: Decide, domain: Domain) -> None:
    """The kernel's verdict on SymPy's value, as read back."""
    sums = dict(world.sums)
    sums.pop(found, None)  # what is compared is SymPy's value, not the claim by its own name
    names = {**sums, **world.leaves}
    match decide(from_sympy(found, names), result):
        case Refuted(counterexample):
            if not domain.fixed.keys().isdisjoint(domain.related):
                raise UndecidedError("a hypothesis relates a label to other variables, which is not put to the kernel")
            raise DiffersError(f"SymPy's value is not the result: {counterexample}")
        case Unknown(reason):
            raise UndecidedError(f"the kernel does not decide whether SymPy's value is the result: {reason}")
        case Proved() | Conditional():  # SymPy's own forms may divide by more than ours do
            return


def _same_digits(found: sp.Expr, ours: sp.Expr, world: World, point: Point) -> None:
    """Both sides to 50 digits at a rational point, evaluated apart, so that nothing cancels before it is computed.

    What SymPy built is computed by mpmath, each part once; only where that finds no agreement SymPy's own, slower
    evaluation is asked.
    """
    sides = [with_stand_ins(side, world.leaves) for side in (found, ours)]
    values = tuple((world.leaf(leaf), value) for leaf, value in point.items())
    with suppress(NoNumberError):
        if _near(*(_computed(side, values) for side in sides)):
            return
    left, right = (_evaluated(side, values) for side in sides)
    if not (left.is_Number and right.is_Number and left.is_finite and right.is_finite):
        raise UndecidedError(f"SymPy evaluates the claim to {left} and the result to {right}, which is no number")
    context = mpmath.MPContext()
    context.dps = DIGITS + 10
    if not _near(context.convert(left), context.convert(right)):
        raise DiffersError(f"at a rational point the claim is {left.n(12)} and the result {right.n(12)}")


def _near(left: Real, right: Real) -> bool:
    """Whether two numbers have the same 50 digits."""
    return bool(abs(left - right) <= max(1, abs(left)) * left.context.mpf(10) ** -DIGITS)


@lru_cache(maxsize=256)
def _computed(expression: sp.Expr, values: tuple[tuple[sp.Symbol, Fraction], ...]) -> Real:
    """The value at a point; remembered, as many derivations begin with one claim."""
    return Digits(dict(values), DIGITS + 10).value(expression)


def _evaluated(expression: sp.Expr, values: tuple[tuple[sp.Symbol, Fraction], ...]) -> sp.Expr:
    """SymPy's own evaluation at a point."""
    return expression.evalf(DIGITS + 10, subs={symbol: sp.Rational(v.numerator, v.denominator) for symbol, v in values})


def _same_when_rounded(found: sp.Expr, ours: sp.Expr, unit: Fraction) -> None:
    """Whether the claim is what it is rounded to, to half a unit of the digits that the result shows."""
    gap = abs((found - ours).evalf(DIGITS))
    if not gap.is_Number:
        raise UndecidedError(f"SymPy finds no number for the difference between the claim and {ours}")
    if gap > sp.Rational(unit.numerator, unit.denominator):
        raise DiffersError(f"SymPy evaluates the claim to {found.evalf(12)}, which does not round to {ours.evalf(12)}")
