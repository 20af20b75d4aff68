"""A classifier trained with what a page has proved: its numbers, its figure, and what its script goes on with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from markupsafe import Markup

from derive.derivation import Derivation
from derive.export.module import PLAIN
from derive.export.templates import environment
from derive.numeric.training import MODELS, RATE, SHOWN, STEPS, TOO_LARGE, Model, Trained, source_of, trained
from derive.proof import Proof

from .exported import Code, Exported
from .language import comma, gettext, prose
from .layer import Layer, layer, trainer
from .plane import SHAPES, frame, losses, plane
from .prose import prose_plain
from .syntax import Data

RATES = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50)
"""Those that the slider offers."""
SURE = 1e-10
"""How far differences of the loss can tell, in float64: agreement is not claimed to be closer."""


@dataclass(frozen=True, slots=True)
class Row:
    """A step of the table, as prose."""

    step: int
    loss: str
    slope: str
    right: str


@dataclass(frozen=True, slots=True)
class Formula:
    """What the script evaluates, in LaTeX, and the page that proves it."""

    equation: str
    source: str


@dataclass(frozen=True, slots=True)
class Live:
    """What is needed to go on in the browser."""

    formulas: tuple[Formula, ...]
    data: Mapping[str, Any]
    rates: tuple[float, ...]
    rate: float
    reason: str
    """Why the formulas hold, as a sentence."""
    definitions: str
    """What their letters stand for, as prose."""


@dataclass(frozen=True, slots=True)
class Training:
    """The section."""

    function: str
    lead: str
    points: str
    """How they are made, as prose."""
    loop: str
    program: str
    plane: Markup
    losses: Markup
    keys: tuple[tuple[str, str], ...]
    """The shape of each class, and what it stands for."""
    still: str
    """After which step the regions are shown, as long as nobody goes on."""
    caption: str
    rows: tuple[Row, ...]
    checks: tuple[str, ...]
    """What was compared, and what can be checked by hand, as prose."""
    overshoot: str
    live: Live | None


def training(proof: Proof, function: Exported | None, known: Mapping[str, Derivation], code: Code) -> Training | None:
    """The section of a gradient with which an exported function trains; None for every other derivation.

    `function` is that of the page, and `known` are the proved derivations on which functions of the module rest.
    """
    derivation = proof.derivation
    if derivation is None or function is None or function.command or not code.module:
        return None
    if not (name := trainer(derivation, tuple(MODELS))):
        return None
    model, found = MODELS[name], trained(code.module, name)
    title = prose_plain(prose(derivation.title))
    learned = layer(derivation, name, known)
    return Training(
        function=name,
        lead=_lead(model, found),
        points=_points(model),
        loop=source_of(model.descend),
        program=program(model),
        plane=plane(found, gettext("%(title)s: points, and the regions of their classes", title=title)),
        losses=losses(found, gettext("%(title)s: the loss over the steps", title=title)),
        keys=tuple(
            (shape, _key(k, count, found.classes))
            for k, (shape, count) in enumerate(zip(SHAPES, model.sizes, strict=False))
        ),
        still=gettext("Here it is shown after %(steps)s steps.", steps=STEPS),
        caption=_caption(found.classes),
        rows=tuple(Row(one.step, short(one.loss), short(one.slope), f"{one.right:.1%}") for one in found.rows),
        checks=(_compared(found), _mean_residual(model, found)),
        overshoot=_overshoot(found),
        live=_live(learned, found) if learned is not None else None,
    )


def behind(proof: Proof) -> tuple[str, ...]:
    """The names of the derivations on which the function rests that trains with this one."""
    derivation = proof.derivation
    name = trainer(derivation, tuple(MODELS)) if derivation is not None else ""
    return PLAIN[name] if name else ()


def program(model: Model) -> str:
    """A program to copy: the functions that ran, and what prints the table."""
    return (
        environment()
        .get_template("training.py.j2")
        .render(
            clouds=source_of(model.clouds),
            descend=source_of(model.descend),
            function=model.function,
            loop=model.descend.__name__,
            sizes=model.sizes,
            several=len(model.sizes) > 2,
            rate=RATE,
            steps=STEPS,
            shown=SHOWN,
        )
    )


def short(value: float) -> str:
    """A number to three digits, as prose."""
    if 1e-3 <= value < 1000:
        return f"{value:#.3g}"
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    return rf"${mantissa} \times 10^{{{int(exponent)}}}$"


# ------------------------------------------------------------------ what is said


def _lead(model: Model, found: Trained) -> str:
    if found.classes > 2:
        return gettext(
            "A linear layer in front of softmax learns to tell points of %(classes)s classes apart, by gradient "
            "descent from weights 0, with the rate %(rate)s.",
            classes=found.classes,
            rate=f"{RATE:g}",
        )
    return gettext(
        "A logit that is linear in the features learns to tell points of two classes apart, by gradient descent from "
        "weights 0, with the rate %(rate)s: the mean of the gradient above times a feature is the slope in the weight "
        "of that feature.",
        rate=f"{RATE:g}",
    )


def _points(model: Model) -> str:
    """The formula of the points; it is written out in the code as well."""
    classes = len(model.sizes)
    return gettext(
        "The %(points)s points are made without random numbers. Of the $M_c$ points of class $c$ the $n$-th lies at "
        "%(place)s, where $m$ counts all points, %(turn)s and %(golden)s; coordinates are rounded to two decimals. The "
        "clouds overlap: no straight borders part them without error, and so the loss does not go to 0.",
        points=sum(model.sizes),
        place=(
            r"$(\operatorname{cos} \theta_c, \operatorname{sin} \theta_c) + 0.8 \sqrt{-2 \ln \frac{2n-1}{2 M_c}}"
            r"\; (\operatorname{cos} 2 \pi \phi m, \operatorname{sin} 2 \pi \phi m)$"
        ),
        turn=rf"$\theta_c = \frac{{2 \pi (c-1)}}{{{classes}}} + \frac{{\pi}}{{6}}$",
        golden=r"$\phi = \frac{\sqrt{5} - 1}{2}$",
    )


def _key(k: int, count: int, classes: int) -> str:
    if classes == 2:  # the labels are numbers there
        return gettext("label %(number)s: %(points)s points", number=k, points=count)
    return gettext("class %(number)s: %(points)s points", number=k + 1, points=count)


def _caption(classes: int) -> str:
    return gettext(
        "Each region is where its class has the largest probability; dashed are the borders after the first step. "
        "Before it all weights are 0 and every class has probability $1/%(classes)s$ everywhere: no "
        "class is ahead, so that the table takes the first, and the loss is $\\ln %(classes)s$.",
        classes=classes,
    )


def _compared(found: Trained) -> str:
    """The check of the gradient; the digits of a difference that is rounding are not shown."""
    count = len(found.last) * 3 if found.classes > 2 else 3
    return gettext(
        "At the start, each of the %(count)s entries of the gradient was compared with a central difference of the "
        "loss: they are less than %(apart)s apart.",
        count=count,
        apart=_power(math.floor(math.log10(max(found.apart, 0.99 * SURE))) + 1),
    )


def _power(exponent: int) -> str:
    return f"$10^{{{exponent}}}$"


def _mean_residual(model: Model, found: Trained) -> str:
    """The gradient in the biases, which one can check by hand."""
    before, after = found.bias_slopes
    total, classes = sum(model.sizes), found.classes
    counted = model.sizes if classes > 2 else model.sizes[1:]
    by_hand = [Fraction(1, classes) - Fraction(count, total) for count in counted]
    if any(abs(float(one) - slope) > SURE for one, slope in zip(by_hand, before, strict=True)):
        return ""  # the function has computed something else, which the table shows as well
    shown = ", ".join(map(str, by_hand)).replace("-", "\u2212")
    return gettext(
        "The gradient in the biases is the mean of probability less label over the points, which is checked by hand: "
        "at the start it is %(before)s, as every probability is %(share)s and %(counts)s of %(total)s points have the "
        "label. At the end it is 0 to %(digits)s decimals: over all points, the probabilities of a class add up to "
        "the number of its points.",
        before=f"({shown})" if classes > 2 else shown,
        share=Fraction(1, classes),
        counts=comma().join(map(str, counted)),
        total=total,
        digits=math.floor(-math.log10(2 * max(map(abs, after)))),
    )


def _overshoot(found: Trained) -> str:
    return gettext(
        "A rate that is too large overshoots: with %(rate)s, the first step takes the loss from "
        "%(before)s to %(after)s.",
        rate=f"{TOO_LARGE:g}",
        before=short(found.losses[0]),
        after=short(found.overshoot),
    )


# ------------------------------------------------------------------ what the script is given


def _live(learned: Layer, found: Trained) -> Live:
    several = bool(learned.gradients[0].source)
    return Live(
        formulas=tuple(Formula(one.equation, one.source) for one in learned.gradients),
        data={**learned.data(), **_given(learned, found), "frame": frame()},
        rates=RATES,
        rate=RATE,
        definitions=gettext(
            "There %(definitions)s.",
            definitions=comma().join(f"${name} = {meaning}$" for name, meaning in learned.definitions),
        ),
        reason=gettext("They are proved in this run, for all sizes.")
        if several
        else gettext("They follow by the chain rule, and were proved for all sizes while this page was written."),
    )


def _given(learned: Layer, found: Trained) -> Mapping[str, Data]:
    """The points with their labels, and what the letters of sizes stand for."""
    weights, biases = learned.gradients
    (features, *_), classes = weights.places, found.classes
    sizes = {features.size.name: 2, learned.examples: len(found.points)}
    sizes |= {index.size.name: classes for index in biases.places}
    return {"points": found.points, "classes": found.labels, "sizes": sizes, "steps": STEPS}
