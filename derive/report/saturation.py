"""Where a function hardly answers: the stretches on which its slope is below 1 %."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from derive.derivation import Derivation
from derive.formula.latex import letter
from derive.formula.tree import Derivative, Expr, Symbol

from .curve import Curve, value
from .figures import decimals
from .language import gettext, pgettext, sentences

LIMIT = 0.01
HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Saturation:
    """What a slope does over the plotted range."""

    variable: str
    stretches: tuple[tuple[float, float], ...]
    """Where it is below `LIMIT`, sign apart, from left to right."""
    low: float
    high: float
    """The plotted range."""
    steepest: tuple[float, float]
    """Where it is largest, sign apart, and how large."""


def saturation(derivation: Derivation, curves: tuple[Curve, ...]) -> Saturation | None:
    """The stretches of a first derivative; None where the claim is none, or nothing is that flat."""
    claim, result = derivation.claim, derivation.result
    if not isinstance(claim, Derivative) or not isinstance(result, Expr) or not curves:
        return None
    variable = claim.variable
    if not isinstance(variable, Symbol) or any(isinstance(node, Derivative) for node in claim.body.walk()):
        return None
    points = curves[-1].points

    def above(x: float) -> float:
        return abs(value(result, {variable: x})) - LIMIT

    flat = [(x, abs(y) < LIMIT) for x, y in points]
    stretches: list[tuple[float, float]] = []
    begin = points[0][0] if flat[0][1] else None
    for (left, was), (right, now) in pairwise(flat):
        if was == now:
            continue
        crossing = _between(above, left, right)
        if now:
            begin = crossing
        elif begin is not None:
            stretches.append((begin, crossing))
            begin = None
    if begin is not None:
        stretches.append((begin, points[-1][0]))
    if not stretches:
        return None
    steepest = max(points, key=lambda point: abs(point[1]))
    return Saturation(variable.name, tuple(stretches), points[0][0], points[-1][0], steepest)


def _between(function: Callable[[float], float], left: float, right: float) -> float:
    """Where a function changes its sign, by halving."""
    start = function(left) < 0
    for _ in range(HALVINGS):
        middle = (left + right) / 2
        left, right = (middle, right) if (function(middle) < 0) == start else (left, middle)
    return (left + right) / 2


def stretches_words(found: Saturation) -> str:
    """left of −4.60 and right of 4.60."""
    parts = []
    for low, high in found.stretches:
        if low == found.low and high == found.high:
            parts.append(gettext("everywhere in the plot"))
        elif low == found.low:
            parts.append(gettext("left of %(place)s", place=decimals(high, 2)))
        elif high == found.high:
            parts.append(gettext("right of %(place)s", place=decimals(low, 2)))
        else:
            parts.append(gettext("from %(low)s to %(high)s", low=decimals(low, 2), high=decimals(high, 2)))
    return pgettext("stretches", " and ").join(parts)


def saturation_sentences(found: Saturation) -> str:
    """What the shading means, and where the slope is largest."""
    (place, slope), name = found.steepest, letter(found.variable)
    shaded = gettext(
        "Shaded: the slope is between −%(limit)s and %(limit)s, %(stretches)s. There less than 1 %% of a gradient gets "
        "through.",
        limit=f"{LIMIT:g}",
        stretches=stretches_words(found),
    )
    where = {"variable": name, "place": decimals(place, 1), "slope": decimals(slope)}
    if place in (found.low, found.high):
        steepest = gettext(
            "Of the points drawn the curve is steepest at $%(variable)s = %(place)s$ at the edge of the plot, "
            "with slope %(slope)s.",
            **where,
        )
    else:
        steepest = gettext(
            "Of the points drawn the curve is steepest at $%(variable)s = %(place)s$, with slope %(slope)s.", **where
        )
    return sentences(shaded, steepest)
