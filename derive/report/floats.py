"""Formulas as floats at a point: what a figure draws is the object that was proved, evaluated."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from derive.concrete.evaluation import Arithmetic, Evaluation, Leaf, NoNumberError, parts
from derive.formula.arrays import Tensor
from derive.formula.substitution import leaves
from derive.formula.tree import Apply, Derivative, Entry, Expr, Index, Size, Symbol

__all__ = ["NoNumberError", "entries_of", "has_values", "logits", "value"]


class Floats(Arithmetic[float]):
    """Python's floats; derivatives are refused, since a figure shows results and no approximations."""

    def number(self, value: Fraction) -> float:
        return float(value)

    def apply(self, function: str, argument: float) -> float:
        if function in ("coth", "csch", "sech"):
            return 1.0 / float(getattr(math, {"coth": "tanh", "csch": "sinh", "sech": "cosh"}[function])(argument))
        return float(getattr(math, function)(argument))

    def power(self, base: float, exponent: float) -> float:
        return float(base**exponent)

    def divide(self, top: float, bottom: float) -> float:
        return top / bottom

    def add(self, terms: list[float]) -> float:
        return math.fsum(terms)

    def multiply(self, factors: list[float]) -> float:
        return math.prod(factors)

    def derivative(self, function: Callable[[float], float], at: float) -> float:
        raise NoNumberError("a figure computes no derivative")


FLOATS = Floats()


def value(
    expr: Expr, values: Mapping[Leaf, float], sizes: Mapping[Size, int] = {}, at: Mapping[Index, int] = {}
) -> float:
    """The value of `expr`; raises NoNumberError, ArithmeticError or ValueError where it has none."""
    found = Evaluation(FLOATS, sizes, values, parts(tuple(sizes.items()), expr)).value(expr, at)
    if not math.isfinite(found):
        raise NoNumberError(f"{expr} is not finite here")
    return found


def has_values(*exprs: Expr) -> bool:
    """Whether nothing stands in the formulas that a figure can't compute: no derivative, no unknown function."""
    for expr in exprs:
        if any(leaf.of is not None for leaf in leaves(expr)):
            return False
        for node in expr.walk():
            unknown = isinstance(node, Apply) and node.function.definition is None and not _is_built_in(node)
            if unknown or isinstance(node, Derivative):
                return False
    return True


def _is_built_in(node: Apply) -> bool:
    return not node.function.order and node.function.name in {
        "exp", "log", "sinh", "cosh", "tanh", "coth", "sech", "csch",
    }  # fmt: skip


def entries_of(tensor: Tensor, numbers: Sequence[float]) -> dict[Leaf, float]:
    """A vector's entries with their values, from the first on."""
    return {Entry(tensor, (n,)): number for n, number in enumerate(numbers, 1)}


def logits(classes: int) -> tuple[float, ...]:
    """The point at which a table is shown: K − 1, …, 1, 0, one step apart."""
    return tuple(float(classes - n) for n in range(1, classes + 1))


def is_variable(name: Symbol | Tensor) -> bool:
    """Whether a name has neither a definition nor an unknown function behind it."""
    return name.definition is None and name.of is None
