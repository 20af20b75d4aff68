"""Formulas as data for the page's script: lists of a kind and its parts, which it evaluates as they are written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from derive.formula.arrays import Tensor
from derive.formula.scope import meanings
from derive.formula.tree import (
    BUILT_IN,
    Apply,
    Cases,
    Condition,
    Decimal,
    Delta,
    Derivative,
    Distinct,
    Entry,
    Equals,
    Expr,
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
)

Data: TypeAlias = Any
"""What JSON can hold."""


class NotDataError(ValueError):
    """A formula with an unknown function in it: there is nothing to evaluate."""


def data(expr: Expr) -> Data:
    """A formula as nested lists; names stay names, and `definitions` says what they mean."""
    match expr:
        case Numeral(value):
            return value
        case Decimal():
            return float(expr.value)
        case Size(name):
            return ["size", name]
        case Symbol() | Entry():
            return ["name", *leaf(expr)]
        case Plus(terms):
            return ["+", *map(data, terms)]
        case Times(factors):
            return ["*", *map(data, factors)]
        case Negative(term):
            return ["-", data(term)]
        case Quotient(top, bottom):
            return ["/", data(top), data(bottom)]
        case Power(base, exponent):
            return ["^", data(base), data(exponent)]
        case Apply(function, argument):
            if function.definition is None and (function.order or function.name not in BUILT_IN):
                raise NotDataError(f"{function} is unknown")
            return ["call", function.name, data(argument)]
        case Derivative(body, variable):
            return ["D", data(body), *leaf(variable)]
        case Strike(body):
            return data(body)
        case Sum(index, body):
            return ["sum", index.name, index.size.name, data(body)]
    return choice(expr)


def choice(expr: Expr) -> Data:
    """What depends on whether places agree."""
    match expr:
        case Delta(left, right):
            return ["delta", place(left), place(right)]
        case Pick(where, options):
            return ["pick", place(where), *map(data, options)]
        case Cases(conditions, values):
            pairs = zip(conditions, values, strict=True)
            return ["cases", *([condition(when), data(value)] for when, value in pairs)]
    raise NotDataError(f"{type(expr).__name__} is not evaluated")


def condition(one: Condition) -> Data:
    """When a case holds."""
    match one:
        case Same(left, right):
            return ["=", place(left), place(right)]
        case Distinct(left, right):
            return ["≠", place(left), place(right)]
        case Equals(label, number):
            return ["is", label.name, number]


def leaf(name: Symbol | Entry) -> list[Data]:
    """A name and its subscripts."""
    if isinstance(name, Symbol):
        _check_known(name)
        return [name.name]
    _check_known(name.tensor)
    return [name.tensor.name, *map(place, name.places)]


def place(p: Place) -> Data:
    """A subscript: a letter, or a number."""
    return p.name if isinstance(p, Index) else p


def _check_known(name: Symbol | Tensor) -> None:
    if name.of is not None:
        raise NotDataError(f"{name} is an unknown function of {name.of}")


def definitions(lines: Iterable[Expr]) -> dict[str, Data]:
    """What the names in the lines mean: their parameters, a formula, and of a vector or matrix the sizes."""
    found: dict[str, Data] = {}
    for name, meaning in meanings(*lines).items():
        match meaning:
            case Symbol(definition=Expr() as body):
                found[name] = [[], data(body)]
            case Tensor(definition=Expr() as body):
                found[name] = [
                    [index.name for index in meaning.parameters],
                    data(body),
                    [s.name for s in meaning.sizes],
                ]
            case Function(_, Symbol() as parameter, Expr() as body):
                found[name] = [[parameter.name], data(body)]
    return found
