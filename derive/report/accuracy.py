"""How exact the last line is as it is written, and how exact the exported function, as one input runs along a line."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from markupsafe import Markup, escape

from derive.concrete.evaluation import Leaf, NoNumberError
from derive.derivation import Derivation
from derive.export import Function
from derive.formula.arrays import in_letters
from derive.formula.hypotheses import letters
from derive.formula.latex import latex, letter
from derive.formula.tree import Distinct, Index, Size
from derive.numeric.accuracy import (
    BETWEEN_0_AND_1,
    LOST,
    SAMPLES,
    Given,
    Line,
    Measured,
    general_call,
    general_module,
    line_by_line,
    measured,
    own_call,
    own_module,
)
from derive.numeric.all_floats import Argument, by_points, sample, together, written
from derive.numeric.costs import Work
from derive.numeric.counting import work_of
from derive.proof import Proof

from .all_floats import AllFloats, all_floats
from .alternatives import Alternatives, Way, alternatives
from .exported import Exported
from .figures import number
from .inputs import Input, NoControlError, in_order, inputs
from .language import gettext, pgettext
from .units import decades, highest, ulp

LOGITS = ("z", "x")
"""Of several variables that could run, one of these does; the others are 1, or 1 at the first class."""
EDGES = (-40, 40)
CLASSES = 3
MOST_ENTRIES = 250
"""A result with more entries takes seconds: nothing is measured."""
HALF = math.sqrt(LOST)
"""An error in ULP that leaves half of the digits."""
WIDTH, HEIGHT = 640, 282
LEFT, RIGHT, TOP, BOTTOM = 58, 18, 26, 44


@dataclass(frozen=True, slots=True)
class Errors:
    """The largest error and the mean, as prose."""

    largest: str
    mean: str
    lost: bool
    """Whether no digit is left at the worst point."""
    units: tuple[float, ...]
    """The error at each sample."""
    halved: str = ""
    """At which of them more than half of the digits are lost, as a sentence; nothing where this is so at none."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Two errors along a line."""

    line: str
    """The inputs, in LaTeX; nothing where x is the only one."""
    variable: str
    low: str
    high: str
    samples: tuple[float, ...]
    result: str
    number: int
    """Of the last line."""
    function: str
    naive: Errors
    exported: Errors
    figure: Markup
    alternatives: Alternatives | None = None
    """The lines that can be computed as they are written, and the function; None where the last is the only line."""
    ran: bool = False
    """Whether what is measured as written is the plain function that a page shows."""
    everywhere: AllFloats | None = None
    """The same at points drawn from all floats."""


def accuracy(proof: Proof, function: Exported) -> Accuracy | None:
    """The section for a proof; None where its result is no function of one input, or no form of its own is computed."""
    if proof.derivation is None or any(step.relation == "≈" for step in proof.derivation.steps):
        return None
    try:
        path = Route(proof.derivation, function)
    except NoControlError:
        return None
    call = calling(proof.name, function, path)
    if call is None:
        return None
    plain = _own_call(function.plain.source, function.plain.function, path) if function.plain is not None else None
    found = measured(path.result, path.line, _along(call, path), _along(plain, path) if plain is not None else None)
    if found is None:
        return None
    xs, naive, exported = found
    return Accuracy(
        line=path.told,
        variable=path.moved,
        low=number(round(xs[0])),
        high=number(round(xs[-1])),
        samples=xs,
        result=latex(proof.derivation.result),
        number=len(proof.derivation.steps),
        function=function.name,
        naive=_errors(naive, path.moved),
        exported=_errors(exported, path.moved),
        alternatives=_alternatives(path, function, call, naive, exported),
        ran=plain is not None,
        everywhere=_everywhere(path, function, call, proof.name),
        figure=plot(path.main.name.name if path.moved not in ("x", "s") else path.moved, xs, naive, exported),
    )


def calling(name: str, function: Exported, path: Route) -> Callable[[Given], Any] | None:
    """How the function computes the entry that is looked at; None where it does not, or has no form of its own."""
    if function.function is None:
        return general_call(function.module, name)
    return _own_call(function.module, function.function, path) if function.stable else None


def _everywhere(path: Route, function: Exported, call: Callable[[Given], Any], name: str) -> AllFloats | None:
    """The errors over all floats; None where the function refuses some of them."""
    unit = BETWEEN_0_AND_1.get(name, "") if function.function is None else ""
    try:
        arguments = path.arguments(unit)
        found = sample(path.result, arguments, tuple(path.line.at.items()), tuple(path.line.sizes.items()))
        return all_floats(
            found, written(found), (together if path.at_once else by_points)(found, call), unit and letter(unit)
        )
    except (NoNumberError, ValueError):
        return None


def _along(call: Callable[[Given], Any], path: Route) -> Callable[[float], Any]:
    """A function of the variables as one of the place on the line."""
    return lambda x: call(path.given(x))


class Route:
    """The line of inputs of a derivation: its first vector is (x, 0, 0), or its only scalar is x."""

    def __init__(self, derivation: Derivation, function: Exported) -> None:
        places, self.lines = in_letters(derivation.lines, letters(derivation.assuming))
        claim, self.result = self.lines[0], self.lines[-1]
        self.inputs = inputs((self.result,), derivation.assuming)
        self.main = _main(self.inputs)
        sizes: dict[Size, int] = dict.fromkeys(derivation.free_sizes, CLASSES) | dict(derivation.sizes)
        if set(sizes.values()) - {CLASSES}:
            raise NoControlError("the sizes are others")
        order = dict.fromkeys((*in_order((claim, self.result)), *places))
        at = dict.fromkeys(order, 1)
        at |= {h.right: 2 for h in derivation.assuming if isinstance(h, Distinct) and isinstance(h.right, Index)}
        hot = {one.letter for one in self.inputs if one.kind == "hot"}
        self.entry = tuple(at[index] - 1 for index in order if index.name not in hot)
        own = function.function
        self.at_once = own is None or own.axes == ("...",)
        """Whether the function takes all points at once."""
        is_whole = own is None or own.axes != ()
        free = [index for index in order if index.name not in hot] if is_whole else []
        if CLASSES ** len(free) > MOST_ENTRIES:
            raise NoControlError("the result has too many entries")
        spots = product(range(1, CLASSES + 1), repeat=len(free))
        entries = tuple({**at, **dict(zip(free, spot, strict=True))} for spot in spots)
        self.line = Line(self.point, at, sizes, entries)
        plain = "s" if self.main.name.name == "x" else "x"
        self.letter = plain if self.main.sizes else self.main.name.name
        self.moved = letter(self.letter)
        self.told = r",\; ".join(self._told(one) for one in self.inputs if one is not self.main or one.sizes)

    def point(self, x: Fraction) -> Mapping[Leaf, Fraction]:
        """The values of all variables."""
        return {
            one.leaf(spot): x if one is self.main and first else Fraction(first)
            for one in self.inputs
            for spot in one.places(self.line.sizes)
            for first in [spot in ((), (1,))]
        }

    def given(self, x: float) -> Given:
        """What a function gets for each variable."""
        firsts = [(one, x if one is self.main else 1.0) for one in self.inputs]
        return {one.name.name: [first, *[0.0] * (CLASSES - 1)] if one.sizes else first for one, first in firsts}

    def arguments(self, unit: str = "") -> tuple[Argument, ...]:
        """The variables as they are drawn from all floats; that of the name `unit` between 0 and 1."""
        found = []
        for one in self.inputs:
            leaves = tuple(one.leaf(spot) for spot in one.places(self.line.sizes))
            hot = next((n - 1 for index, n in self.line.at.items() if index.name == one.letter), 0)
            kind = "unit" if one.name.name == unit else one.kind
            found.append(Argument(one.name.name, kind, leaves, bool(one.sizes), one.values, hot))
        return tuple(found)

    def _told(self, one: Input) -> str:
        first = self.moved if one is self.main else "1"
        return (
            f"{latex(one.name)} = ({', '.join([first, *'0' * (CLASSES - 1)])})"
            if one.sizes
            else f"{latex(one.name)} = 1"
        )


def _main(given: tuple[Input, ...]) -> Input:
    """The input that runs; raises NoControlError where none could, or others have no place on a line."""
    if any(len(one.sizes) > 1 or one.kind == "unit" for one in given):
        raise NoControlError("an input has no place on a line")
    real = [one for one in given if one.kind == "real"]
    running = [one for one in real if one.sizes] or real
    named = [one for one in running if one.name.name in LOGITS] or (running if len(running) == 1 else [])
    if not named:
        raise NoControlError("no input runs along a line")
    return named[0]


def _own_call(module: str, lowered: Function, path: Route) -> Callable[[Given], Any] | None:
    names = {one.name.name for one in path.inputs}
    if any(one.kind == "array" and one.name not in names for one in lowered.parameters):
        return None
    depth = len([axis for axis in lowered.axes if axis != "..."])
    if depth not in (0, len(path.entry)):
        return None
    others = {"class": 0, "size": CLASSES}
    order = [others.get(one.kind, one.name) for one in lowered.parameters]
    return own_call(module, lowered.name, order, path.entry if depth else ())


def _errors(measured: Measured, variable: str) -> Errors:
    lost = measured.largest >= LOST / 4
    halved = _halved(measured.errors, variable)
    return Errors(ulp(measured.largest), ulp(measured.mean), lost, measured.errors, halved)


def _alternatives(
    path: Route, function: Exported, call: Callable[[Given], Any], last: Measured, exported: Measured
) -> Alternatives | None:
    """The table; the errors of the last line are those that the text speaks of."""
    *before, result = line_by_line(path.lines, path.line)
    if result is None or not any(before):
        return None
    ways = [Way(one.work, one.errors, n) for n, one in enumerate(before) if one is not None]
    ways.append(Way(result.work, last, len(before)))
    ways.append(Way(work(function, call, path), exported, None))
    return alternatives(ways, len(path.line.entries), path.at_once)


def work(function: Exported, call: Callable[[Given], Any], path: Route) -> Work:
    """What the function does for a point: in the mean of the samples, or at the one in the middle."""
    module = (general_module if function.function is None else own_module)(function.module)
    samples = SAMPLES if path.at_once else (SAMPLES[len(SAMPLES) // 2],)
    return work_of(module, call, [path.given(x) for x in samples])


def _halved(errors: tuple[float, ...], variable: str) -> str:
    """The samples with less than half of their digits, by a whole number where they are the first or the last."""
    bad = [error > HALF for error in errors]
    if not any(bad):
        return ""
    if all(bad):
        return gettext("It loses more than half of its digits at every point.")
    first, last = bad.index(False), len(bad) - bad[::-1].index(False)
    if any(bad[first:last]):
        return gettext(
            "It loses more than half of its digits at %(some)s of %(all)s points.", some=sum(bad), all=len(bad)
        )
    sides = [rf"${variable} \leq {math.ceil(SAMPLES[first - 1])}$"] if first else []
    sides += [rf"${variable} \geq {math.floor(SAMPLES[last])}$"] if last < len(bad) else []
    bounds = pgettext("bounds", " or ").join(sides)
    return gettext("It loses more than half of its digits at the points with %(bounds)s.", bounds=bounds)


# ------------------------------------------------------------------ the figure


def place(x: float) -> str:
    """Where a sample stands from left to right."""
    return f"{LEFT + (x - EDGES[0]) / (EDGES[1] - EDGES[0]) * (WIDTH - LEFT - RIGHT):.1f}"


def level(error: float, top: int) -> str:
    """Where an error stands from top to bottom."""
    bottom = HEIGHT - BOTTOM
    return f"{bottom - decades(error) / (top + 1) * (bottom - TOP):.1f}"


def plot(variable: str, xs: tuple[float, ...], naive: Measured, exported: Measured) -> Markup:
    """Both errors at each sample, on a logarithmic scale; dots for the one, squares for the other."""
    top, bottom = highest(naive.largest, exported.largest), HEIGHT - BOTTOM

    def height(error: float) -> str:
        return level(error, top)

    text = gettext(
        "For %(variable)s from %(low)s to %(high)s: as written up to %(naive)s ULP, the exported function up to "
        "%(exported)s ULP.",
        variable=variable,
        low=number(round(xs[0])),
        high=number(round(xs[-1])),
        naive=f"{naive.largest:.2g}",
        exported=f"{exported.largest:.2g}",
    )
    lines = [
        f'<svg class="plot errors" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="ulp-title ulp-text">',
        f'<title id="ulp-title">{escape(gettext("Errors in units in the last place"))}</title>',
        f'<desc id="ulp-text">{escape(text)}</desc>',
    ]
    for tick in range(0, top + 1, 3):
        y = height(10.0**tick)
        power = f'10<tspan class="power" dy="-0.45em">{tick}</tspan>' if tick else "1"
        lines.append(f'<path class="{"axis" if not tick else "grid"}" d="M{LEFT} {y}H{WIDTH - RIGHT}"/>')
        lines.append(f'<text class="tick" x="{LEFT - 9}" y="{y}" dy="0.35em" text-anchor="end">{power}</text>')
    lines.append(f'<text class="tick" x="{LEFT}" y="{TOP - 8}">ULP</text>')
    for tick in range(-40, 41, 20):
        x = place(tick)
        lines.append(f'<path class="grid" d="M{x} {TOP}V{bottom}"/>')
        lines.append(f'<text class="tick" x="{x}" y="{bottom + 19}" text-anchor="middle">{number(tick)}</text>')
    lines.append(
        f'<text class="label" x="{(LEFT + WIDTH - RIGHT) / 2:.1f}" y="{HEIGHT - 6}" text-anchor="middle">'
        f"{escape(variable)}</text>"
    )
    for style, one in (("a", naive), ("b", exported)):
        dots = "".join(f"M{place(x)} {height(error)}h0" for x, error in zip(xs, one.errors, strict=True))
        lines.append(f'<path class="dots {style}" d="{dots}"/>')
    return Markup("\n".join([*lines, "</svg>"]))
