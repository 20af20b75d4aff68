"""SymPy expressions as functions of arrays, by `lambdify`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.numpy import NumPyPrinter
from sympy.simplify.cse_main import tree_cse

from ..formula.tree import Expr
from .evaluation import stand_in_numbers

LONG = 1000
"""How many parts an expression has in which those that are equal are looked for: in a short one that takes longer."""


@dataclass(frozen=True)
class Compiled:
    """An expression compiled for NumPy: call it with an array for each of its symbols."""

    expression: sp.Expr
    arguments: tuple[sp.Symbol, ...]
    function: Callable[..., Any]

    def __call__(self, values: Mapping[sp.Symbol, Any]) -> Any:
        return self.function(*(values[symbol] for symbol in self.arguments))


@lru_cache(maxsize=512)
def compiled(expression: sp.Expr) -> Compiled:
    """`expression` as NumPy code that SymPy writes; in a long one, common subexpressions are computed once."""
    arguments = tuple(sorted(expression.free_symbols, key=lambda symbol: str(symbol.name)))
    printer = NumPyPrinter(
        # in the order in which SymPy keeps them: to sort terms as people read them takes most of the time
        {"fully_qualified_modules": False, "inline": True, "allow_unknown_functions": True, "order": "none"}
    )
    # by no module's name, as then all of NumPy, its build tools too, would be loaded: the printer asks for what it uses
    function = sp.lambdify(arguments, expression, modules=[], printer=printer, cse=_shared, docstring_limit=0)
    return Compiled(expression, arguments, function)


def _shared(expression: sp.Expr) -> tuple[list[tuple[sp.Symbol, sp.Expr]], sp.Expr]:
    """The common subexpressions of a long expression, as they stand: no sum or product is rearranged to find more."""
    if next(islice(sp.preorder_traversal(expression), LONG, None), None) is None:
        return [], expression
    found, (rest,) = tree_cse([expression], sp.numbered_symbols("common"), order="none")
    return found, rest


def with_stand_ins(expression: sp.Expr, leaves: Mapping[sp.Basic, Expr]) -> sp.Expr:
    """`expression` with every unknown function replaced by its stand-in (b·u)² + exp(a·u), and differentiated."""
    names = {
        application.func: repr(leaf) for application, leaf in leaves.items() if isinstance(application, AppliedUndef)
    }
    return _stood_in_for(expression, tuple(names.items()))


@lru_cache(maxsize=256)
def _stood_in_for(expression: sp.Expr, called: tuple[tuple[Any, str], ...]) -> sp.Expr:
    """The same; remembered, as the opinion and the numeric checks ask for one derivative."""
    if not expression.atoms(AppliedUndef):
        return expression
    names = dict(called)

    def stand_in(application: sp.Expr) -> sp.Expr:
        name = names.get(application.func, application.func.__name__)
        rates, weights = stand_in_numbers(name, len(application.args))
        linear = sp.Add(*(sp.Rational(r) * u for r, u in zip(rates, application.args, strict=True)))
        bulge = sp.Add(*(sp.Rational(w) * u for w, u in zip(weights, application.args, strict=True)))
        return bulge**2 + sp.exp(linear)

    held = expression.replace(_is_in_a_function, _in_letters)
    return held.replace(lambda e: isinstance(e, AppliedUndef), stand_in).doit()


def _is_in_a_function(node: sp.Basic) -> bool:
    """Whether `node` is a derivative ∂g/∂u in a function u(x): its stand-in would be no variable."""
    return isinstance(node, sp.Derivative) and any(isinstance(u, AppliedUndef) for u in node.variables)


def _in_letters(derivative: sp.Derivative) -> sp.Expr:
    """∂g/∂u in a letter for u, which gets the value u(x) after."""
    letters = {u: sp.Dummy(real=True) for u in derivative.variables if isinstance(u, AppliedUndef)}
    return sp.Subs(derivative.xreplace(letters), tuple(letters.values()), tuple(letters))
