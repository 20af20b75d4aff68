"""Errors in ULP along a line of inputs: a result as it is written, and the exported function, both in float64."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from importlib.abc import SourceLoader
from importlib.util import module_from_spec, spec_from_loader
from types import MappingProxyType, ModuleType
from typing import Any

import numpy as np

from ..concrete.evaluation import Evaluation, Leaf, NoNumberError, Number, Parts
from ..concrete.floating import Floating
from ..concrete.oracle import apart, computed
from ..formula.tree import Expr, Index, Size
from .costs import LineWork, Work
from .doubles import Doubles

SAMPLES = tuple(float(Fraction(n * 19, 8) + Fraction(1, 3)) for n in range(-16, 17))
"""Where is measured: from −38 to 38, no round numbers among them."""
DIGITS = 80
LOST = 2.0**53
"""An error that leaves no digit; whatever is further off, or no number, counts as this."""

Points = tuple[tuple[tuple[Leaf, Fraction], ...], ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """An error in ULP at each sample."""

    errors: tuple[float, ...]

    @property
    def largest(self) -> float:
        return max(self.errors)

    @property
    def mean(self) -> float:
        return math.fsum(self.errors) / len(self.errors)


@dataclass(frozen=True)
class Line:
    """A way through the inputs: the values of all variables at x, and the entry that is looked at."""

    point: Callable[[Fraction], Mapping[Leaf, Fraction]]
    at: Mapping[Index, int]
    sizes: Mapping[Size, int]
    entries: tuple[Mapping[Index, int], ...] = ()
    """All entries of the result; none where that is the one that is looked at."""

    @cached_property
    def points(self) -> Points:
        """The samples."""
        return tuple(tuple(self.point(Fraction(x)).items()) for x in SAMPLES)


@dataclass(frozen=True, slots=True)
class Computed:
    """A line as it is written, in float64."""

    work: Work
    """What it takes to compute all entries, equal operations once."""
    errors: Measured
    """Those of the entry that is looked at."""


def measured(
    result: Expr, line: Line, call: Callable[[float], Any], plain: Callable[[float], Any] | None = None
) -> tuple[tuple[float, ...], Measured, Measured] | None:
    """The samples, the errors of the result as it is written, and those of the function.

    As it is written it is computed by `plain`, where there is such a function, else in Python's floats.
    None where the result has no value somewhere, or is 0 or no normal number: there is no ULP to count in.
    """
    known = _known(result, line)
    if known is None:
        return None
    naive = tuple(
        error(float(plain(x)) if plain is not None else written, exact)
        for x, (exact, written) in zip(SAMPLES, known, strict=True)
    )
    exported = tuple(error(float(call(x)), exact) for x, (exact, _) in zip(SAMPLES, known, strict=True))
    return SAMPLES, Measured(naive), Measured(exported)


def line_by_line(lines: Sequence[Expr], line: Line) -> tuple[Computed | None, ...]:
    """Each line of a chain as it is written, against the exact value of the last.

    None for a line that holds a derivative, which is no way to compute it, and for all where the last has no ULP to
    count in.
    """
    known = _known(lines[-1], line)
    if known is None:
        return (None,) * len(lines)
    parts, exact = Parts(dict(line.sizes)), [value for value, _ in known]
    columns = {leaf: np.array(column) for leaf, column in _columns(line)}
    errors = [_errors(parts, parts.part(one, line.at), columns, exact) for one in lines]
    whole = [
        {parts.part(one, at) for at in line.entries or (line.at,)} if found is not None else set()
        for one, found in zip(lines, errors, strict=True)
    ]
    written = LineWork(parts)
    return tuple(
        Computed(work, found) if found is not None and (work := written.work(entries)) is not None else None
        for found, entries in zip(errors, whole, strict=True)
    )


def _columns(line: Line) -> Iterator[tuple[Leaf, list[float]]]:
    """The values of each variable at all samples."""
    for pairs in zip(*line.points, strict=True):
        yield pairs[0][0], [float(value) for _, value in pairs]


def _errors(parts: Parts, number: Number, columns: Mapping[Leaf, Any], exact: Sequence[Any]) -> Measured | None:
    """Those of one entry, as it is written; None where it holds what is not computed."""
    with np.errstate(all="ignore"):
        try:
            found = np.broadcast_to(Evaluation(Plain(), {}, columns, parts).number(number), (len(exact),))
        except NoNumberError:
            return None
    return Measured(tuple(map(error, map(float, found), exact)))


class Plain(Doubles):
    """float64, without derivatives."""

    def derivative(self, function: object, at: object) -> Any:
        raise NoNumberError("a derivative is not computed as it is written")


def _known(result: Expr, line: Line) -> tuple[tuple[Any, float], ...] | None:
    return values(result, line.points, tuple(line.at.items()), tuple(line.sizes.items()))


@lru_cache(maxsize=64)
def values(
    result: Expr, points: Points, at: tuple[tuple[Index, int], ...], sizes: tuple[tuple[Size, int], ...]
) -> tuple[tuple[Any, float], ...] | None:
    """The exact value at each point, and the one in floats; remembered, as many derivations end with one result."""
    parts, found = Parts(dict(sizes)), list[tuple[Any, float]]()
    number, floating = parts.part(result, dict(at)), Floating()
    for point in points:
        try:
            exact = computed(parts, number, dict(point), DIGITS)
        except NoNumberError:
            return None
        if not abs(exact) > np.finfo(np.float64).tiny:
            return None
        floats = {leaf: float(value) for leaf, value in point}
        try:
            written = Evaluation(floating, {}, floats, parts).number(number)
        except NoNumberError:
            written = math.nan
        found.append((exact, written))
    return tuple(found)


def error(value: float, exact: Any) -> float:
    """How many units in the last place of the exact value another one is off."""
    if not math.isfinite(value):
        return LOST
    return min(apart(value, exact, math.ulp(float(exact))), LOST)


class Written(SourceLoader):
    """The loader of a module that `derive.export` has just written, from its text instead of a file."""

    def __init__(self, source: str) -> None:
        self.source = source

    def get_filename(self, fullname: str) -> str:
        return f"{fullname}.py"

    def get_data(self, path: str | bytes) -> bytes:
        return self.source.encode()


def loaded(source: str) -> ModuleType:
    """An exported module, ready to be called: its source was written by `derive.export`, and by nobody else.

    This runs code.  It is made of derivations of the catalog, or of a person's own Python file, which has run already;
    today nothing reads derivations from documents or data (`derive.document` only writes, and `derive.statement`
    takes formulas).  What once does must not come here: of such derivations no code may run.
    """
    loader = Written(source)
    spec = spec_from_loader("derived", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


general_module, own_module = lru_cache(maxsize=1)(loaded), lru_cache(maxsize=4)(loaded)
"""The general module stays, however many have a module of their own."""


Given = Mapping[str, Any]
"""The variables by their letters: numbers and vectors, or for many points arrays of these."""

CALLS: Mapping[str, Callable[[Any, Given], Any]] = MappingProxyType(
    {
        "softmax-shift-by-maximum": lambda m, of: m.softmax(of["z"])[..., 0],
        "softmax-jacobian": lambda m, of: m.softmax_jacobian(of["z"])[..., 0, 0],
        "softmax-jvp": lambda m, of: m.softmax_jvp(of["z"], of["v"])[..., 0],
        "softmax-vjp": lambda m, of: m.softmax_vjp(of["z"], of["g"])[..., 0],
        "log-softmax": lambda m, of: m.log_softmax(of["z"])[..., 0],
        "cross-entropy-logits": lambda m, of: m.cross_entropy(of["z"], of["t"], reduction="none"),
        "softmax-cross-entropy-gradient": lambda m, of: _first(m.cross_entropy_grad, of["z"], of["t"]),
        "cross-entropy-hvp": lambda m, of: _first(m.cross_entropy_hvp, of["z"], _hot(of["z"]), of["v"]),
        "sigmoid-symmetry": lambda m, of: m.sigmoid(-of["x"]),
        "sigmoid-derivative": lambda m, of: m.sigmoid_grad(of["x"]),
        "sigmoid-derivative-even": lambda m, of: m.sigmoid_grad(-of["x"]),
        "log-sigmoid-softplus": lambda m, of: m.log_sigmoid(of["x"]),
        "softplus-symmetry": lambda m, of: m.softplus(-of["x"]),
        "logistic-loss-softplus": lambda m, of: m.binary_cross_entropy(of["x"], of["t"], reduction="none"),
        "logistic-loss-gradient": lambda m, of: m.binary_cross_entropy_grad(of["x"], of["t"], reduction="none"),
    }
)
"""How a function of the general module computes the result of a derivation, or its first entry."""


BETWEEN_0_AND_1: Mapping[str, str] = MappingProxyType({"logistic-loss-softplus": "t", "logistic-loss-gradient": "t"})
"""The labels for which these functions take no other number, though the derivations hold for all."""


def _hot(z: Any) -> Any:
    """The first class as every label."""
    return np.broadcast_to((1.0, *[0.0] * (z.shape[-1] - 1)), z.shape)


def _first(function: Callable[..., Any], *given: Any) -> Any:
    return function(*given, reduction="none")[..., 0]


def general_call(source: str, derivation: str) -> Callable[[Given], Any] | None:
    """The function of the general module for a derivation; None where it is not told above how it is called."""
    if derivation not in CALLS:
        return None
    module, call = general_module(source), CALLS[derivation]

    def called(given: Given) -> Any:
        with np.errstate(all="ignore"):
            return call(module, {name: np.asarray(value, dtype=np.float64)[()] for name, value in given.items()})

    return called


def _array(argument: object) -> object:
    """Numbers as NumPy has them, which a function may rely on that checks nothing."""
    return argument if isinstance(argument, int) else np.asarray(argument, dtype=np.float64)[()]


def own_call(source: str, name: str, order: Sequence[str | int], at: tuple[int, ...]) -> Callable[[Given], Any]:
    """A function of a module of its own; its arguments are variables or numbers, and `at` is the entry, from 0."""
    function = getattr(own_module(source), name)

    def call(given: Given) -> Any:
        arguments = (_array(given[one] if isinstance(one, str) else one) for one in order)
        with np.errstate(all="ignore"):
            return np.asarray(function(*arguments))[at]

    return call
