"""Probabilities of three classes in a triangle: where logits lead, and where a gradient pushes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TypeAlias

from markupsafe import Markup

from derive.derivation import Derivation
from derive.formula.arrays import Tensor
from derive.formula.hypotheses import OneHot
from derive.formula.latex import latex, letter
from derive.formula.scope import meanings
from derive.formula.substitution import leaves
from derive.formula.tree import Derivative, Entry, Expr, Index, Size, Sum

from .figures import Box, decimals, named, svg
from .floats import NoNumberError, entries_of, has_values, is_variable, value
from .language import gettext, sentences

Probabilities: TypeAlias = tuple[float, float, float]
Spot: TypeAlias = tuple[float, float]
"""A place on the page."""

CLASSES = 3
PARTS = 9
"""Into how many parts the sides are cut: arrows start where the cuts cross."""
SHARE = 0.1
"""An arrow is drawn at this share of its gradient's length."""
APART = (-2, -1, 0, 1, 2)
"""The differences of two logits whose lines are drawn."""
FAR = 9.0
CLOSE = 1e-9
SIDE, LEFT, TOP = 320, 44, 40
HEIGHT = SIDE * math.sqrt(3) / 2


@dataclass(frozen=True, slots=True)
class Arrow:
    """The gradient at a point of the triangle."""

    at: Probabilities
    gradient: Probabilities


@dataclass(frozen=True, slots=True)
class Field:
    """A gradient in the logits, for a label of the first class."""

    gradient: str
    """The result, in LaTeX."""
    probabilities: str
    label: str
    """Their letters."""
    arrows: tuple[Arrow, ...]

    @property
    def points_at_the_label(self) -> bool:
        """Whether every step against the gradient leads straight to the label's corner."""
        for arrow in self.arrows:
            aim = [n - p for n, p in zip((1, 0, 0), arrow.at, strict=True)]
            step = [-g for g in arrow.gradient]
            along = sum(map(math.prod, zip(aim, step, strict=True)))
            if abs(along - math.hypot(*aim) * math.hypot(*step)) > CLOSE:
                return False
        return True


@dataclass(frozen=True, slots=True)
class Contour:
    """The probabilities at which two logits are so far apart."""

    first: int
    second: int
    difference: int
    points: tuple[Probabilities, ...]


@dataclass(frozen=True, slots=True)
class Map:
    """Where lines of equal differences of logits lie in the triangle."""

    probabilities: str
    logits: str
    """Their letters."""
    contours: tuple[Contour, ...]


# ------------------------------------------------------------------ values


POINT = (0.5, -1.0, 2.0)


@lru_cache(maxsize=4)  # each figure in the triangle asks for them
def probabilities(derivation: Derivation) -> tuple[Tensor, Tensor] | None:
    """A vector by definition that is a distribution over the classes, and the variables that it is made of."""
    for name in meanings(*derivation.lines).values():
        if isinstance(name, Tensor) and len(name.shape) == 1 and name.definition is not None:
            behind = leaves(name.definition)
            if len(behind) != 1 or not has_values(name.definition):
                continue
            (variable,) = behind
            if isinstance(variable, Tensor) and variable.shape == name.shape and is_variable(variable):
                there = _probabilities(name, variable, POINT)
                if there is not None and all(abs(p - q) < CLOSE for p, q in zip(there, _softmax(POINT), strict=True)):
                    return name, variable
    return None


def _softmax(logits: Probabilities) -> Probabilities:
    """The probabilities that the words about lines and corners are true of."""
    first, second, third = (math.exp(z) for z in logits)
    total = first + second + third
    return first / total, second / total, third / total


def _probabilities(name: Tensor, variable: Tensor, logits: Probabilities) -> Probabilities | None:
    values, sizes = entries_of(variable, logits), {name.shape[0]: CLASSES}
    try:
        first, second, third = (value(Entry(name, (n,)), values, sizes) for n in range(1, CLASSES + 1))
    except (NoNumberError, ArithmeticError, ValueError):
        return None
    return first, second, third


def field(derivation: Derivation, pinned: dict[Size, int]) -> Field | None:
    """The gradient of a loss in the logits of three classes, where the label is the first; None where it is none."""
    claim, result = derivation.scalars[0], derivation.scalars[-1]
    if not isinstance(claim, Derivative) or not isinstance(claim.variable, Entry) or not has_values(result):
        return None
    if isinstance(claim.body, Derivative) or (found := probabilities(derivation)) is None:
        return None
    name, variable = found
    size, (place, *more) = name.shape[0], claim.variable.places
    if claim.variable.tensor != variable or more or not isinstance(place, Index) or pinned.get(size, CLASSES) != 3:
        return None
    given = {h.at: h.label for h in derivation.assuming if isinstance(h, OneHot)}
    labels = {leaf for leaf in leaves(claim) | leaves(result) | set(given.values()) if leaf != variable}
    if claim.free_indices != {place} or result.free_indices - {place, *given} or len(labels) != 1:
        return None
    (label,) = labels
    if not isinstance(label, Tensor) or label.shape != (size,) or not is_variable(label):
        return None
    arrows: list[Arrow] = []
    for at in _crossings():
        values = entries_of(variable, [math.log(p) for p in at]) | entries_of(label, (1.0, 0.0, 0.0))
        chosen = dict.fromkeys(given, 1)
        try:
            first, second, third = (value(result, values, {size: 3}, {**chosen, place: n}) for n in (1, 2, 3))
        except (NoNumberError, ArithmeticError, ValueError):
            return None
        if abs(first + second + third) > CLOSE:
            return None  # a step would leave the triangle
        arrows.append(Arrow(at, (first, second, third)))
    return Field(latex(derivation.result), letter(name.name), letter(label.name), tuple(arrows))


def _crossings() -> Iterator[Probabilities]:
    """Points inside of the triangle, evenly spaced."""
    for first in range(1, PARTS - 1):
        for second in range(1, PARTS - first):
            yield first / PARTS, second / PARTS, (PARTS - first - second) / PARTS


def contours(derivation: Derivation, pinned: dict[Size, int]) -> Map | None:
    """The map of a statement about probabilities alone: no derivative, and nothing else in its claim."""
    claim = derivation.claim
    if not isinstance(claim, Expr) or (found := probabilities(derivation)) is None:
        return None
    name, variable = found
    spoken = {node.tensor for node in claim.walk() if isinstance(node, Entry)}
    if spoken != {name} or not has_values(claim) or pinned.get(name.shape[0], CLASSES) != CLASSES:
        return None
    if not isinstance(claim, Sum) and len(claim.free_indices) < 2:
        return None  # one entry says nothing of the whole triangle
    drawn: list[Contour] = []
    for first, second in combinations(range(CLASSES), 2):
        for apart in APART:
            points = []
            for n in range(-9, 10):
                logits = [0.0, 0.0, 0.0]
                logits[first], logits[second] = apart / 2, -apart / 2
                logits[3 - first - second] = FAR * n / 9
                one, two, three = logits
                if (there := _probabilities(name, variable, (one, two, three))) is None:
                    return None
                points.append(there)
            drawn.append(Contour(first + 1, second + 1, apart, tuple(points)))
    return Map(letter(name.name), letter(variable.name), tuple(drawn))


# ------------------------------------------------------------------ words


def field_words(field: Field) -> str:
    """What one sees of a gradient, in numbers."""
    middle = min(field.arrows, key=lambda arrow: max(arrow.at) - min(arrow.at))
    far = max(field.arrows, key=lambda arrow: math.hypot(*arrow.gradient))
    each = gettext(
        "Each point is a prediction for three classes; the label is class 1. An arrow is minus the gradient, what a "
        "step of gradient descent adds to the logits, at %(share)s of its length.",
        share=f"{SHARE:g}",
    )
    aim = gettext("Every arrow points straight at the label's corner.") if field.points_at_the_label else ""
    numbers = gettext(
        "At %(middle)s the gradient is %(gradient)s; the longest drawn, %(longest)s, stands at %(far)s.",
        middle=_tuple(middle.at),
        gradient=_tuple(middle.gradient),
        longest=decimals(math.hypot(*far.gradient), 2),
        far=_tuple(far.at),
    )
    return sentences(each, aim, numbers)


def map_words(drawn: Map) -> str:
    """What one sees of the map, in numbers."""
    ends = [c for c in drawn.contours if (c.first, c.second) == (1, 2) and c.difference == max(APART)]
    middle = ends[0].points[len(ends[0].points) // 2]
    return gettext(
        "Each point is a distribution over three classes, and each corner is certainty of one. Along a line two "
        "logits keep their difference, %(apart)s: all lines of one pair meet in the corner of the third class, and "
        "equal steps of the logits crowd towards the sides. Where all differences are 0 the lines meet at %(centre)s; "
        "at logits 1, −1 and 0 the probabilities are %(middle)s.",
        apart=", ".join(f"{n}".replace("-", "−") for n in APART),
        centre=_tuple((1 / 3, 1 / 3, 1 / 3)),
        middle=_tuple(middle),
    )


def _tuple(numbers: Probabilities) -> str:
    return f"({', '.join(map(decimals, numbers))})"


# ------------------------------------------------------------------ drawings


def ends(arrow: Arrow) -> tuple[Spot, Spot]:
    """Where an arrow begins and ends on the page."""
    first, second, third = (p - SHARE * g for p, g in zip(arrow.at, arrow.gradient, strict=True))
    return spot(arrow.at), spot((first, second, third))


def is_seen(arrow: Arrow) -> bool:
    """Whether an arrow is longer than its dot is wide."""
    return math.dist(*ends(arrow)) > 1


def spot(at: Probabilities) -> Spot:
    """From probabilities to the page: class 1 on top, 2 on the left, 3 on the right."""
    first, _, third = at
    return LEFT + SIDE * (third + first / 2), TOP + HEIGHT * (1 - first)


def _frame(letters: str) -> list[str]:
    (x1, y1), (x2, y2), (x3, y3) = map(spot, ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))
    lines = [f'<path class="edge" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}L{x3:.1f} {y3:.1f}Z"/>']
    for n, (x, y, anchor) in enumerate(((x1, y1 - 14, "middle"), (x2, y2 + 26, "middle"), (x3, y3 + 26, "middle")), 1):
        lines.append(
            f'<text class="label" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{named(letters, n)}'
            '<tspan dy="-0.28em"> = 1</tspan></text>'
        )
    return lines


def draw_field(field: Field, name: str, title: str) -> Markup:
    """The arrows in the triangle."""
    lines = _frame(field.probabilities)
    for arrow in field.arrows:
        (x, y), (u, v) = ends(arrow)
        lines.append(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="2.6"/>')
        if is_seen(arrow):
            lines.append(f'<path class="arrow" d="M{x:.1f} {y:.1f}L{u:.1f} {v:.1f}{_head((x, y), (u, v))}"/>')
    x, y = spot((1.0, 0.0, 0.0))
    lines.append(f'<circle class="goal" cx="{x:.1f}" cy="{y:.1f}" r="7"/>')
    return svg(Box(name, "simplex", SIDE + 2 * LEFT, HEIGHT + TOP + 40), title, field_words(field), lines)


def _head(tail: Spot, tip: Spot) -> str:
    """The two strokes of an arrow's head."""
    left, right = head(tail, tip)
    return f"M{left[0]:.1f} {left[1]:.1f}L{tip[0]:.1f} {tip[1]:.1f}L{right[0]:.1f} {right[1]:.1f}"


def head(tail: Spot, tip: Spot) -> tuple[Spot, Spot]:
    """Where the two strokes of an arrow's head begin; that of a short arrow is small."""
    (x, y), (u, v) = tail, tip
    length = math.hypot(u - x, v - y)
    size = min(6.0, 0.5 * length)
    along, across = ((u - x) / length * size, (v - y) / length * size), 0.55
    left = u - along[0] - across * along[1], v - along[1] + across * along[0]
    right = u - along[0] + across * along[1], v - along[1] - across * along[0]
    return left, right


def draw_map(drawn: Map, name: str, title: str) -> Markup:
    """The lines of equal differences in the triangle."""
    lines = _frame(drawn.probabilities)
    for contour in drawn.contours:
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in map(spot, contour.points))
        middle = " middle" if not contour.difference else ""
        lines.append(f'<path class="contour c{contour.first}{contour.second}{middle}" d="M{path}"/>')
    x, y = spot((1 / 3, 1 / 3, 1 / 3))
    lines.append(f'<circle class="goal" cx="{x:.1f}" cy="{y:.1f}" r="4"/>')
    return svg(Box(name, "simplex", SIDE + 2 * LEFT, HEIGHT + TOP + 40), title, map_words(drawn), lines)
