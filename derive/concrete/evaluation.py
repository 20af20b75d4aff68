"""The value of a formula at a point, computed as it is written, in any kind of number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, Generic, TypeAlias, TypeVar

from ..formula.arrays import Tensor
from ..formula.scope import meanings
from ..formula.tree import Cases, Equals, Expr, Formula, Index, Size, Symbol
from .arithmetic import Arithmetic as Arithmetic
from .arithmetic import Exact as Exact
from .arithmetic import NoNumberError as NoNumberError
from .parts import At as At
from .parts import Leaf as Leaf
from .parts import Number as Number
from .parts import Parts as Parts
from .parts import Slope, holds
from .parts import entries as entries
from .parts import stand_in_numbers as stand_in_numbers

N = TypeVar("N")
Point: TypeAlias = Mapping[Leaf, Fraction]


class Evaluation(Generic[N]):
    """Formulas at one point: a number for every variable, and for the letters of labels.

    Unknown functions get the values of stand-ins, the same smooth function wherever the name occurs. Equal parts are
    computed once. Who evaluates a formula at many points writes it out once: `parts`.
    """

    __slots__ = ("arithmetic", "known", "parts", "values")

    def __init__(
        self,
        arithmetic: Arithmetic[N],
        sizes: Mapping[Size, int],
        values: Mapping[Leaf, N],
        parts: Parts | None = None,
    ) -> None:
        self.arithmetic, self.values = arithmetic, values
        self.parts = parts or Parts(sizes)
        self.known: dict[Number, N] = {}

    def value(self, expr: Expr, at: Mapping[Index, int] = {}) -> N:
        """The number that `expr` is, where its free indices have the values `at`."""
        return self.number(self.parts.part(expr, at))

    def number(self, wanted: Number) -> N:
        """What an operation computes."""
        known = self.known
        if wanted not in known:
            operations = self.parts.operations
            for n in self.parts.order(wanted).inside:
                if n not in known:
                    known[n] = operations[n].compute(self)
        return known[wanted]

    def variable(self, leaf: Leaf) -> N:
        """The number of a variable."""
        if (value := self.values.get(leaf)) is None:
            raise NoNumberError(f"{leaf} has no value at this point")
        return value

    def derivative(self, slope: Slope) -> N:
        """The number of a derivative."""
        return self.arithmetic.derivative(_Line(self, slope), self.known[slope.variable])

    def chosen(self, cases: Cases, at: At) -> Expr:
        """The value of cases whose condition holds here, as it is written."""
        for condition, value in zip(cases.conditions, cases.values, strict=True):
            if isinstance(condition, Equals):
                here = self.arithmetic.equals(self.value(condition.left, at), Fraction(condition.right))
            else:
                here = holds(condition, at)
            if here:
                return value
        raise NoNumberError(f"{cases}: none of its conditions holds here")


class _Line(Generic[N]):
    """What a derivative differentiates, as a function of its variable."""

    __slots__ = ("here", "slope")

    def __init__(self, here: Evaluation[N], slope: Slope) -> None:
        self.here, self.slope = here, slope

    def __call__(self, x: N, /) -> N:
        value: N = self.within(self.here.arithmetic, x, _same)
        return value

    def within(self, arithmetic: Arithmetic[Any], x: Any, lift: Callable[[N], Any], /) -> Any:
        return _Moved(self.here, self.slope, arithmetic, x, lift).number(self.slope.body)


class _Moved(Evaluation[Any]):
    """An evaluation in which one variable moves: what does not depend on it is taken from where it was."""

    __slots__ = ("here", "lift", "slope")

    def __init__(
        self, here: Evaluation[Any], slope: Slope, arithmetic: Arithmetic[Any], x: Any, lift: Callable[[Any], Any]
    ) -> None:
        super().__init__(arithmetic, {}, here.values, here.parts)
        self.here, self.slope, self.lift = here, slope, lift
        self.known[slope.variable] = x

    def number(self, wanted: Number) -> Any:
        known = self.known
        if wanted not in known:
            operations, there = self.parts.operations, self.here.known
            outside, inside = self.parts.order(wanted, self.slope)
            for n in outside:
                if n not in known:
                    known[n] = self.lift(there[n] if n in there else self.here.number(n))
            for n in inside:
                if n not in known:
                    known[n] = operations[n].compute(self)
        return known[wanted]


def _same(value: N) -> N:
    return value


@lru_cache(maxsize=64)
def parts(sizes: tuple[tuple[Size, int], ...], *formulas: Expr) -> Parts:
    """The parts of formulas that are evaluated at many points; those asked for last are remembered."""
    return Parts(dict(sizes))


@lru_cache(maxsize=64)
def written_out(formula: Expr, sizes: tuple[tuple[Size, int], ...]) -> tuple[Parts, Number]:
    """The parts of a formula without free indices, and which of them it is; those asked for last are remembered."""
    parts = Parts(dict(sizes))
    return parts, parts.part(formula, {})


def variables(lines: Iterable[Formula], sizes: Mapping[Size, int]) -> list[Leaf]:
    """What the lines and their definitions are functions of: every entry, in the order of the names."""
    found: dict[str, Symbol | Tensor] = {}
    for line in lines:  # one by one, as a letter may be another index in a hypothesis
        for name, meaning in meanings(line).items():
            if isinstance(meaning, Symbol | Tensor) and meaning.definition is None and meaning.of is None:
                found[name] = meaning
    return [leaf for name in sorted(found) for leaf in entries(found[name], sizes)]
