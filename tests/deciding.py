"""Letters for the kernel's tests, and an evaluator that shares nothing with it: 50 digits, numeric derivatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from mpmath import mp

from derive.formula.arrays import Tensor
from derive.formula.hypotheses import Hypothesis
from derive.formula.notation import *
from derive.formula.tree import (
    Apply,
    Cases,
    Decimal,
    Delta,
    Derivative,
    Distinct,
    Entry,
    Equals,
    Expr,
    Formula,
    Function,
    Index,
    Negative,
    Numeral,
    Pick,
    Place,
    Plus,
    Power,
    Quotient,
    Same,
    Size,
    Strike,
    Sum,
    Symbol,
    Times,
    written,
)
from derive.kernel.decide import Decider
from derive.kernel.polynomial import Limits
from derive.kernel.verdict import Verdict

K, N = size("K"), size("N")
i, j, k, m = indices("i j k m", K)
n = index("n", N)
x, w, u, v, c = scalars("x w u v c")
t = scalar("t")
p = scalar("p")
z, q = vector("z", K), vector("q", K)
S = define("S", Sum(k, exp(z[k])))
y = define("y", i, exp(z[i]) / S)
L = define("L", -Sum(k, q[k] * log(y[k])))
sigma = define("sigma", x, 1 / (1 + exp(-x)))
f, g = function("f"), function("g")


def verdict(
    left: Formula | int,
    right: Formula | int,
    assuming: Sequence[Hypothesis] = (),
    sizes: Mapping[Size, int] | None = None,
    limits: Limits | None = None,
    every: bool = False,
) -> Verdict:
    one, other = (written(line) if isinstance(line, int) else line for line in (left, right))
    return Decider(sizes or {K: 3}, assuming, limits).decide(one, other, every=every).verdict


def named(left: Formula | int, right: Formula | int, *rest: Any, **more: Any) -> str:
    """The verdict by its name alone."""
    return verdict(left, right, *rest, **more).name


# ------------------------------------------------------------- 50 digits

Number = Any  # mpmath ships no types


@dataclass(frozen=True)
class Numbers:
    """Values of formulas at a point: variables by name, as in a counterexample, such as `z[1]`."""

    sizes: Mapping[Size, int]
    of: Callable[[str], Number]
    at: Mapping[Index, int] = field(default_factory=dict)
    labels: Mapping[Symbol, int] = field(default_factory=dict)
    override: Mapping[str, Number] = field(default_factory=dict)
    """Values for what a derivative moves, or holds still: variables, parameters, and names by their entries."""

    def place(self, place: Place) -> int:
        return self.at[place] if isinstance(place, Index) else place

    def named(self, name: str, definition: Expr | None, of: Symbol | Tensor | None, at: Mapping[Index, int]) -> Number:
        if name in self.override:
            return self.override[name]
        if definition is not None:
            return replace(self, at=at).value(definition)
        if of is not None:
            inner = [self.named(entry, None, None, {}) for entry in self.entries(of)]
            return mp.sin(mp.fsum((n + 1 + len(name)) * part for n, part in enumerate(inner)) / 3 + hash_of(name))
        return self.of(name)

    def entries(self, name: Symbol | Tensor) -> list[str]:
        if isinstance(name, Symbol):
            return [name.name]
        ranges = (range(1, self.sizes[size] + 1) for size in name.sizes)
        return [spelled(name.name, places) for places in product(*ranges)]

    def value(self, expr: Expr) -> Number:
        part = self.value
        match expr:
            case Numeral(number):
                return mp.mpf(number)
            case Decimal(digits):
                return mp.mpf(digits)
            case Size():
                return mp.mpf(self.sizes[expr])
            case Symbol(name, definition, of):
                return self.named(name, definition, of, {})
            case Entry(tensor, places):
                numbers = tuple(map(self.place, places))
                at = dict(zip(tensor.parameters, numbers, strict=False))
                return self.named(spelled(tensor.name, numbers), tensor.definition, tensor.of, at)
            case Plus(terms):
                return mp.fsum(map(part, terms))
            case Times(factors):
                return mp.fprod(map(part, factors))
            case Negative(term):
                return -part(term)
            case Quotient(top, bottom):
                return part(top) / part(bottom)
            case Power(base, exponent):
                return part(base) ** int(part(exponent))
            case Strike(body):
                return part(body)
            case Delta(left, right):
                return mp.mpf(self.place(left) == self.place(right))
            case Pick(place, options):
                return part(options[self.place(place) - 1])
            case Sum(index, body):
                return mp.fsum(
                    replace(self, at={**self.at, index: number}).value(body)
                    for number in range(1, self.sizes[index.size] + 1)
                )
            case Cases(conditions, values):
                return part(next(value for holds, value in zip(conditions, values, strict=True) if self.holds(holds)))
            case Apply(function, argument):
                return self.applied(function, part(argument))
            case Derivative(body, variable):
                return self.derivative(body, variable)
        raise TypeError(expr)

    def holds(self, condition: Same | Distinct | Equals) -> bool:
        if isinstance(condition, Equals):
            return self.labels[condition.left] == condition.right
        return (self.place(condition.left) == self.place(condition.right)) == isinstance(condition, Same)

    def applied(self, function: Function, argument: Number) -> Number:
        match function:
            case Function(_, Symbol(parameter), Expr() as body):
                return replace(self, at={}, override={**self.override, parameter: argument}).value(body)
            case Function("log") if argument <= 0:
                raise ZeroDivisionError
            case Function("exp" | "log" | "sinh" | "cosh" | "tanh" | "coth" | "sech" | "csch" as name):
                return getattr(mp, name)(argument)
        shift = hash_of(function.name)
        return mp.diff(lambda x: mp.sin(x + shift) + x**3 / 7, argument, function.order)

    def derivative(self, body: Expr, variable: Symbol | Entry) -> Number:
        name = variable if isinstance(variable, Symbol) else variable.tensor
        held = dict(self.override)
        if name.definition is not None or name.of is not None:  # what it means stays still, but for one entry
            places = [()] if isinstance(name, Symbol) else product(*(range(1, self.sizes[s] + 1) for s in name.sizes))
            for numbers in places:
                leaf = name if isinstance(name, Symbol) else Entry(name, numbers)
                held[spelled(name.name, numbers)] = self.value(leaf)
        moved = (
            variable.name
            if isinstance(variable, Symbol)
            else spelled(name.name, tuple(map(self.place, variable.places)))
        )
        here = self.value(variable)
        return mp.diff(lambda number: replace(self, override={**held, moved: number}).value(body), here)


def spelled(name: str, places: tuple[int, ...]) -> str:
    return f"{name}[{', '.join(map(str, places))}]" if places else name


def hash_of(name: str) -> Number:
    """A number for a name, the same in every run."""
    return mp.mpf(sum(n * ord(letter) for n, letter in enumerate(name, 1))) / 97
