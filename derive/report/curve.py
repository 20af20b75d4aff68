"""Formulas of one real variable as curves: what a page plots is the object that was proved, evaluated."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from derive.derivation import Derivation
from derive.formula.tree import (
    Apply,
    Derivative,
    Entry,
    Expr,
    Function,
    Negative,
    Numeral,
    Plus,
    Power,
    Quotient,
    Symbol,
    Times,
)

FUNCTIONS: Mapping[str, Callable[[float], float]] = {
    name: getattr(math, name) for name in ("exp", "log", "sinh", "cosh", "tanh")
}
LEFT, RIGHT, SAMPLES = -8, 8, 161


@dataclass(frozen=True, slots=True)
class Curve:
    """A formula and its values."""

    formula: Expr
    points: tuple[tuple[float, float], ...]


class NoValueError(ValueError):
    """A formula that is no function of one real variable."""


def value(formula: Expr, at: Mapping[Symbol, float]) -> float:
    """The value of a formula of scalars; raises NoValueError where it speaks of anything else."""
    match formula:
        case Symbol() if formula in at:
            return at[formula]
        case Symbol(definition=Expr() as body):
            return value(body, at)
        case Numeral(number):
            return float(number)
        case Plus(terms):
            return math.fsum(value(term, at) for term in terms)
        case Times(factors):
            return math.prod(value(factor, at) for factor in factors)
        case Negative(term):
            return -value(term, at)
        case Quotient(top, bottom):
            return value(top, at) / value(bottom, at)
        case Power(base, exponent):
            return float(value(base, at) ** value(exponent, at))
        case Apply(function, argument) if not function.order:
            return _call(function, value(argument, at))
    raise NoValueError(str(formula))


def _call(function: Function, argument: float) -> float:
    if function.parameter is not None and function.definition is not None:
        return value(function.definition, {function.parameter: argument})
    if function.name in FUNCTIONS:
        return FUNCTIONS[function.name](argument)
    raise NoValueError(function.name)


def curves(derivation: Derivation) -> tuple[Symbol, tuple[Curve, ...]] | None:
    """The named function that a derivation is about, and what the derivation makes of it; None if there is no plot."""
    leaves = {node for node in derivation.claim.walk() if isinstance(node, Symbol | Entry)}
    named = [
        node
        for line in derivation.lines
        for node in line.walk()
        if isinstance(node, Apply) and node.function.definition is not None and isinstance(node.argument, Symbol)
    ]
    if len(leaves) != 1 or not named:
        return None
    (variable,) = leaves
    claim, result = derivation.claim, derivation.result
    function: Expr = next((node for node in claim.walk() if node in named), named[0])
    if not isinstance(variable, Symbol) or not isinstance(claim, Expr) or not isinstance(result, Expr):
        return None
    other = result if isinstance(claim, Derivative) else claim
    if isinstance(claim, Derivative) and not any(isinstance(node, Derivative) for node in claim.body.walk()):
        function = claim.body  # what is differentiated, such as log σ(x), beside its slope
    shown: Sequence[Expr] = [function] if other == function else [function, other]
    try:
        return variable, tuple(Curve(formula, _sample(formula, variable)) for formula in shown)
    except (NoValueError, ArithmeticError, ValueError):
        return None


def _sample(formula: Expr, variable: Symbol) -> tuple[tuple[float, float], ...]:
    step = (RIGHT - LEFT) / (SAMPLES - 1)
    places = [LEFT + n * step for n in range(SAMPLES)]
    return tuple((x, value(formula, {variable: x})) for x in places)
