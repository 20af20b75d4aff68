"""Figures as a page shows them: the drawing, what its colours mean, and how to read it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

from markupsafe import Markup

from derive.formula.latex import latex

from . import heat, simplex, surface
from .figures import Series, plot
from .language import gettext, sentences
from .page import Page
from .pictures import Values
from .prose import prose_plain
from .saturation import saturation_sentences, stretches_words

Key: TypeAlias = tuple[str, str]
"""A class of the stylesheet, and the formula or the words that it stands for."""


@dataclass(frozen=True, slots=True)
class Plate:
    """A figure with its caption."""

    kind: str
    heading: str
    """Prose with formulas."""
    drawing: Markup
    keys: tuple[Key, ...]
    caption: str
    shown: Values | None = None
    """What is drawn; None for the curves of the page."""


def plates(page: Page) -> tuple[Plate, ...]:
    """All that is drawn on a page, curves first."""
    found = [_curves(page)] if page.curves else []
    title = prose_plain(page.title)
    return (
        *found,
        *(replace(_plate(one, f"figure-{n}", title), shown=one) for n, one in enumerate(page.pictures.drawn, 1)),
    )


def _curves(page: Page) -> Plate:
    series = [Series("ab"[n % 2], curve.points) for n, curve in enumerate(page.curves)]
    low, high = page.curves[0].points[0], page.curves[0].points[-1]
    described = gettext("; ").join(
        gettext(
            "%(formula)s lies between %(low)s and %(high)s",
            formula=curve.formula,
            low=f"{min(y for _, y in curve.points):.3g}",
            high=f"{max(y for _, y in curve.points):.3g}",
        )
        for curve in page.curves
    )
    flat = page.saturation
    text = gettext(
        "For %(variable)s from %(low)s to %(high)s: %(curves)s.",
        variable=page.variable,
        low=f"{low[0]:g}",
        high=f"{high[0]:g}",
        curves=described,
    )
    text = sentences(text, prose_plain(saturation_sentences(flat)) if flat else "")
    drawing = plot(
        "curves",
        gettext("%(title)s, plotted", title=prose_plain(page.title)),
        text,
        page.variable,
        series,
        flat.stretches if flat else (),
    )
    keys: list[Key] = [("ab"[n % 2], f"${latex(curve.formula)}$") for n, curve in enumerate(page.curves)]
    if flat:
        keys.append(("shade", gettext("slope under 1 %%: %(stretches)s", stretches=stretches_words(flat))))
    return Plate("curves", "", drawing, tuple(keys), saturation_sentences(flat) if flat else "")


def _plate(one: Values, name: str, title: str) -> Plate:
    match one:
        case heat.Heat():
            point = ", ".join(f"{place:g}" for place in one.point)
            heading = gettext(
                "$%(derivative)s$ at $%(variable)s = (%(point)s)$",
                derivative=one.derivative,
                variable=one.variable,
                point=point,
            )
            drawn = heat.draw(
                one, name, gettext("%(title)s: its entries at %(point)s", title=title, point=heat.point_words(one))
            )
            keys = (("more", gettext("positive")), ("less", gettext("negative")))
            shade = gettext("The stronger the colour, the larger the entry.")
            return Plate("heat", heading, drawn, keys, sentences(shade, *heat.remarks(one)))
        case simplex.Field():
            heading = gettext(
                "The gradient $%(gradient)s$ for three classes, where the label is the first", gradient=one.gradient
            )
            drawn = simplex.draw_field(
                one, name, gettext("%(title)s: its arrows in the triangle of three probabilities", title=title)
            )
            return Plate("simplex", heading, drawn, (), simplex.field_words(one))
        case simplex.Map():
            heading = gettext(
                "Three logits $%(logits)s$ as three probabilities $%(probabilities)s$",
                logits=one.logits,
                probabilities=one.probabilities,
            )
            drawn = simplex.draw_map(
                one, name, gettext("%(title)s: lines of equal differences of logits in the triangle", title=title)
            )
            return Plate("simplex", heading, drawn, _pairs(one.logits), simplex.map_words(one))
        case surface.Surface():
            heading = gettext(
                "$%(probability)s = %(formula)s$ over both logits", probability=one.probability, formula=one.formula
            )
            drawn = surface.draw(one, name, gettext("%(title)s: the surface over both logits", title=title))
            return Plate("surface", heading, drawn, (), surface.surface_words(one))


def _pairs(logits: str) -> tuple[Key, ...]:
    return tuple((f"c{i}{j}", f"${logits}_{i} - {logits}_{j}$") for i, j in ((1, 2), (1, 3), (2, 3)))
