"""Points in a plane with the regions of their classes, and the loss over the steps: what training looks like."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from markupsafe import Markup, escape

from derive.numeric.training import Half, Trained

from .figures import Box, named, number, svg
from .language import gettext

Corner: TypeAlias = tuple[float, float]

WIDTH, HEIGHT = 340, 330
LEFT, RIGHT, TOP, BOTTOM = 40, 10, 10, 40
FAR = 3.5
"""The plane is shown from −FAR to FAR, both ways."""
TICKS = (-2, 0, 2)
SHAPES = ("round", "square", "triangle")
"""Of the points of each class: they are told apart without colours too."""
MARKS = {"round": "h0", "square": "h0", "triangle": "m0 -4.4l4.6 7.6h-9.2z"}
TOPS = (1, 1.2, 2, 4, 8)
"""Where the axis of the loss ends: at one of these, or ten times as far, and so on."""


def frame() -> dict[str, object]:
    """What the script has to know to draw on the same paper."""
    return {"left": LEFT, "right": WIDTH - RIGHT, "top": TOP, "bottom": HEIGHT - BOTTOM, "far": FAR, "tops": TOPS}


def plane(trained: Trained, title: str) -> Markup:
    """The points, the regions after the last step, and the borders between those after the first."""
    classes = trained.classes
    right = trained.rows[-1].right * len(trained.labels)
    text = gettext(
        "%(points)s points of %(classes)s classes, and the regions in which each class has the largest probability "
        "after %(steps)s steps: %(right)s points are in that of their class.",
        points=len(trained.points),
        classes=classes,
        steps=trained.rows[-1].step,
        right=round(right),
    )
    lines = [
        *(f'<path class="region {SHAPES[k]}" d="{_closed(region(trained.last, k))}"/>' for k in range(classes)),
        *_plane_axes(),
        f'<path class="borders" d="{"".join(map(_segment, borders(trained.first)))}"/>',
    ]
    for k in range(classes):
        mine = [point for point, label in zip(trained.points, trained.labels, strict=True) if label == k]
        spots = "".join(f"M{across(x)} {up(y)}{MARKS[SHAPES[k]]}" for x, y in mine)
        lines.append(f'<path class="spots {SHAPES[k]}" d="{spots}"/>')
    return svg(Box("trained-plane", "trained plane", WIDTH, HEIGHT), title, text, lines)


def losses(trained: Trained, title: str) -> Markup:
    """The loss of each step, with ln K where it begins."""
    steps, classes = len(trained.losses) - 1, trained.classes
    top = ceiling(max(trained.losses))
    text = gettext(
        "The loss falls from ln %(classes)s = %(first)s to %(last)s in %(steps)s steps.",
        classes=classes,
        first=f"{trained.losses[0]:#.3g}",
        last=f"{trained.losses[-1]:#.3g}",
        steps=steps,
    )
    start = _height(math.log(classes), top)
    path = "L".join(f"{_along(n, steps)} {_height(loss, top)}" for n, loss in enumerate(trained.losses))
    lines = [
        *_loss_axes(steps, top),
        f'<path class="start" d="M{LEFT} {start}H{WIDTH - RIGHT}"/>',
        f'<text class="tick start-value" x="{WIDTH - RIGHT - 4}" y="{start}" dy="-0.5em" text-anchor="end">'
        f"ln {classes}</text>",
        f'<path class="line a" d="M{path}"/>',
    ]
    return svg(Box("trained-loss", "trained losses", WIDTH, HEIGHT), title, text, lines)


# ------------------------------------------------------------------ regions


def region(halves: Sequence[Half], k: int) -> list[Corner]:
    """Where class k has the largest logit, as the corners of a convex polygon; none where it ties everywhere."""
    corners = [(-FAR, -FAR), (FAR, -FAR), (FAR, FAR), (-FAR, FAR)]
    for j, other in enumerate(halves):
        if j != k:
            u, v, w = (mine - theirs for mine, theirs in zip(halves[k], other, strict=True))
            corners = [] if u == v == w == 0 else list(_cut(corners, (u, v, w)))
    return corners


def _cut(corners: Sequence[Corner], half: Half) -> Iterator[Corner]:
    """The part of a polygon where u x + v y + w is not negative (Sutherland and Hodgman, 1974)."""
    u, v, w = half
    for n, (x, y) in enumerate(corners):
        before_x, before_y = corners[n - 1]
        here, before = u * x + v * y + w, u * before_x + v * before_y + w
        if (here < 0) != (before < 0):
            share = before / (before - here)
            yield before_x + share * (x - before_x), before_y + share * (y - before_y)
        if here >= 0:
            yield x, y


def borders(halves: Sequence[Half]) -> list[tuple[Corner, Corner]]:
    """The edges between two regions, each once."""
    found: dict[frozenset[Corner], tuple[Corner, Corner]] = {}
    for k in range(len(halves)):
        corners = [(round(x, 6), round(y, 6)) for x, y in region(halves, k)]
        for before, here in zip([*corners[-1:], *corners[:-1]], corners, strict=True):
            on_the_edge = any(abs(a) == FAR and a == b for a, b in zip(before, here, strict=True))
            if before != here and not on_the_edge:
                found.setdefault(frozenset((before, here)), (before, here))
    return list(found.values())


# ------------------------------------------------------------------ the paper


def across(x: float) -> str:
    """Where a point of the plane stands from left to right."""
    return f"{LEFT + (x + FAR) / (2 * FAR) * (WIDTH - RIGHT - LEFT):.1f}"


def up(y: float) -> str:
    """Where it stands from top to bottom."""
    return f"{HEIGHT - BOTTOM - (y + FAR) / (2 * FAR) * (HEIGHT - TOP - BOTTOM):.1f}"


def ceiling(largest: float) -> float:
    """Where the axis of the loss ends."""
    return next(top * 10.0**power for power in range(9) for top in TOPS if top * 10.0**power >= largest)


def _along(step: float, steps: int) -> str:
    return f"{LEFT + step / steps * (WIDTH - RIGHT - LEFT):.1f}"


def _height(loss: float, top: float) -> str:
    return f"{HEIGHT - BOTTOM - loss / top * (HEIGHT - TOP - BOTTOM):.1f}"


def _closed(corners: Sequence[Corner]) -> str:
    return "M" + "L".join(f"{across(x)} {up(y)}" for x, y in corners) + "Z" if corners else ""


def _segment(edge: tuple[Corner, Corner]) -> str:
    (x, y), (to_x, to_y) = edge
    return f"M{across(x)} {up(y)}L{across(to_x)} {up(to_y)}"


def _plane_axes() -> Iterator[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    for tick in TICKS:
        x, y = across(tick), up(tick)
        yield f'<path class="grid" d="M{x} {TOP}V{bottom}M{LEFT} {y}H{right}"/>'
        yield f'<text class="tick" x="{x}" y="{bottom + 17}" text-anchor="middle">{number(tick)}</text>'
        yield f'<text class="tick" x="{LEFT - 7}" y="{y}" dy="0.35em" text-anchor="end">{number(tick)}</text>'
    yield f'<path class="edge" d="M{LEFT} {TOP}H{right}V{bottom}H{LEFT}Z"/>'
    middle, beside = (LEFT + right) / 2, (TOP + bottom) / 2 - 48
    yield f'<text class="label" x="{middle:g}" y="{HEIGHT - 7}" text-anchor="middle">{named("x", 1)}</text>'
    yield f'<text class="label" x="{LEFT - 17}" y="{beside:g}" text-anchor="end">{named("x", 2)}</text>'


def _loss_axes(steps: int, top: float) -> Iterator[str]:
    """Lines at the ends of both axes and half-way: the script changes their numbers alone."""
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    for part in (0.0, 0.5, 1.0):
        x, y = _along(part, 1), _height(part, 1)
        yield f'<path class="{"grid" if part else "axis"}" d="M{LEFT} {y}H{right}"/>'
        yield f'<path class="grid" d="M{x} {TOP}V{bottom}"/>'
        loss, step, anchor = number(part * top), number(part * steps), "end" if part == 1 else "middle"
        yield f'<text class="tick height" x="{LEFT - 7}" y="{y}" dy="0.35em" text-anchor="end">{loss}</text>'
        yield f'<text class="tick along" x="{x}" y="{bottom + 17}" text-anchor="{anchor}">{step}</text>'
    words = escape(gettext("steps"))
    yield f'<text class="tick" x="{(LEFT + right) / 2:g}" y="{HEIGHT - 6}" text-anchor="middle">{words}</text>'
    words = escape(gettext("loss"))
    yield f'<text class="tick" x="{LEFT + 7}" y="{TOP + 15}">{words}</text>'
