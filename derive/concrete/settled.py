"""A formula at one instance, still as a formula: what is left for the kernel to decide."""

from __future__ import annotations

from collections.abc import Iterable
from operator import is_

from ..formula.arrays import Tensor
from ..formula.hypotheses import Hypothesis, OneHot
from ..formula.substitution import substitute, unfold
from ..formula.tree import (
    Cases,
    Delta,
    Derivative,
    Distinct,
    Entry,
    Equals,
    Expr,
    Pick,
    Same,
    Symbol,
    WrittenError,
    written,
)
from ..kernel.value import Instance


def settled(expr: Expr, instance: Instance, assuming: Iterable[Hypothesis] = ()) -> Expr:
    """`expr` at the instance, still as a formula: numbers for its free indices and labels, its cases decided.

    Names keep their definitions, except where a label is inside. Raises WrittenError where a label is the variable of
    a derivative, which needs all its values and not just one.
    """
    at, values = instance.at, instance.labels
    hot = {h.label: at[h.at] for h in assuming if isinstance(h, OneHot)}
    labels: frozenset[Symbol | Tensor] = frozenset((*values, *hot))

    def holds(condition: Same | Distinct | Equals) -> bool | None:
        match condition:
            case Same(int() as left, int() as right):
                return left == right
            case Distinct(int() as left, int() as right):
                return left != right
            case Equals(label, number) if label in values:
                return values[label] == number
        return None

    def settle(e: Expr) -> Expr:
        match e:
            case Symbol() if e in values:
                return written(values[e])
            case Entry(tensor, (place,)) if tensor in hot:
                return Delta(place, hot[tensor])
            case Symbol() | Entry() if (body := unfold(e)) is not None:
                return settle(body) if _mentions(body, labels) else e
            case Derivative(_, variable) if _mentions(variable, labels):
                raise WrittenError(f"{e} is a derivative in a label; give it a name that no hypothesis fixes")
            case Derivative(body, variable):
                return Derivative(settle(body), variable)
            case Pick(int() as place, options) if 1 <= place <= len(options):
                return settle(options[place - 1])
            case Cases(conditions, options):
                decided = [holds(condition) for condition in conditions]
                if None not in decided and True in decided:
                    return settle(options[decided.index(True)])
        parts = e.children()
        found = tuple(map(settle, parts))
        # what stays as it is stays the same object, which the kernel has read already
        return e if all(map(is_, found, parts)) else e.with_children(*found)

    return settle(substitute(expr, at) if at else expr)


def _mentions(expr: Expr, labels: frozenset[Symbol | Tensor]) -> bool:
    """Whether a label, or a choice between cases, is in `expr` or in the definitions below it."""
    for node in expr.walk():
        match node:
            case Cases() | Pick():
                return True
            case Symbol() if node in labels:
                return True
            case Entry(tensor) if tensor in labels:
                return True
        name = node.tensor if isinstance(node, Entry) else node
        body = name.definition if isinstance(name, Symbol | Tensor) else None
        if body is not None and _mentions(body, labels):
            return True
    return False


def describe(instance: Instance) -> str:
    """An instance for the reader: i = 1, j = 2, t = 0."""
    values = [(index.name, n) for index, n in instance.at.items()] + [(s.name, n) for s, n in instance.labels.items()]
    return ", ".join(f"{name} = {value}" for name, value in values)
