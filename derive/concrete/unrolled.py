"""Softmax and cross-entropy at a chosen K as straight-line NumPy code, from SymPy.

SymPy differentiates, finds the common subexpressions and prints, so that this is one of the few places that import
it. Nothing here is trusted: what the emitted code computes is tested against the general module.

The logits come shifted, d_k = z_k - m with m the largest of the row. The columns of a row have the names

    e_k  exp(d_k)        S  their sum         y_k  the probabilities e_k / S
    c_k  S - e_k         r  the smallest c_k, which is S less its largest term, exp(0) = 1
    t_k  the labels      T  their sum         u_k  T - t_k
    a_k  d_k where the label t_k is not 0, and 0 elsewhere, so that a label 0 counts 0 at a logit of -inf
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp
from sympy.codegen.cfunctions import log1p
from sympy.printing.numpy import NumPyPrinter

from ..export.unrolled import Unrolled, columns, require_unrollable

S, T, rest, log_S = sp.symbols("S T r log_S", real=True)


class Smallest(sp.Function):  # type: ignore[misc]  # SymPy has no types
    """The least of its members; SymPy's own Min compares them pair by pair whenever it is rebuilt."""


class Printer(NumPyPrinter):  # type: ignore[misc]
    """SymPy's NumPy printer, for modules that say `np`."""

    def _module_format(self, fqn: str, register: bool = True) -> str:
        return str(super()._module_format(fqn, register)).replace("numpy.", "np.", 1)

    def _print_Smallest(self, expr: sp.Expr) -> str:
        members = sorted(map(self._print, expr.args), key=lambda member: (len(member), member))
        return f"np.minimum.reduce([{', '.join(members)}])"


@dataclass(frozen=True)
class Row:
    """The symbols of a row of K classes."""

    K: int

    def family(self, name: str) -> list[sp.Symbol]:
        """The symbols name0, name1, … of the classes."""
        return [sp.Symbol(column, real=True) for column in columns(name, self.K)]

    def definitions(self) -> dict[sp.Symbol, sp.Expr]:
        """What each symbol stands for, in the order in which they are computed from d and t."""
        d, e, c, y, t, u = (self.family(name) for name in "decytu")
        return {
            **{e_k: sp.exp(d_k) for e_k, d_k in zip(e, d, strict=True)},
            S: sp.Add(*e),
            **{c_k: sp.Add(*e[:k], *e[k + 1 :]) for k, c_k in enumerate(c)},
            **{y_k: e_k / S for y_k, e_k in zip(y, e, strict=True)},
            rest: Smallest(*c),
            log_S: log1p(rest),
            **{u_k: sp.Add(*t[:k], *t[k + 1 :]) for k, u_k in enumerate(u)},
        }


def unrolled(K: int) -> tuple[Unrolled, ...]:
    """The straight-line code of each function that is specialised to K classes."""
    require_unrollable(K)
    row = Row(K)
    loss, gradient = cross_entropy(row), cross_entropy_gradient(row)
    return (
        straight_line(row, "softmax", "d", row.family("y")),
        straight_line(row, "log_softmax", "d", [d_k - log_S for d_k in row.family("d")]),
        straight_line(row, "logsumexp", "d", [log_S]),
        straight_line(row, "softmax_jacobian", "d", jacobian(row)),
        straight_line(row, "cross_entropy", "dta", [loss]),
        straight_line(row, "cross_entropy_grad", "dt", gradient),
        straight_line(row, "cross_entropy_value_and_grad", "dta", [loss, *gradient]),
    )


def by_logit(formula: sp.Expr, e_k: sp.Symbol) -> sp.Expr:
    """∂/∂z_k of a formula in e and S, where ∂e_k/∂z_k = ∂S/∂z_k = e_k; m may count as constant, since it cancels."""
    return e_k * (sp.diff(formula, e_k) + sp.diff(formula, S))


def jacobian(row: Row) -> list[sp.Expr]:
    """∂y_i/∂z_j of y_i = e_i / S; with S = c_i + e_i the diagonal is y_i c_i / S, in which nothing cancels."""
    e, c = row.family("e"), row.family("c")
    in_y = {e_k: y_k * S for e_k, y_k in zip(e, row.family("y"), strict=True)}
    entries = []
    for e_i, c_i in zip(e, c, strict=True):
        for e_j in e:
            numerator = sp.expand(by_logit(e_i / S, e_j) * S**2)
            entries.append(sp.expand(numerator.subs(S, c_i + e_i)).xreplace(in_y) / S**2)
    return entries


def cross_entropy(row: Row) -> sp.Expr:
    """-Σ_k t_k log y_k = log S - Σ_k t_k d_k, as Σ_k t_k = 1; its terms are all of one sign."""
    return log_S - sp.Add(*(t_k * a_k for t_k, a_k in zip(row.family("t"), row.family("a"), strict=True)))


def cross_entropy_gradient(row: Row) -> list[sp.Expr]:
    """∂/∂z_i of T log S - Σ_k t_k log e_k; with S = c_i + e_i and T = u_i + t_i the terms t_i e_i cancel exactly."""
    e, c, t, u = (row.family(name) for name in "ectu")
    loss = T * sp.log(S) - sp.Add(*(t_k * sp.log(e_k) for t_k, e_k in zip(t, e, strict=True)))
    gradient = []
    for i in range(row.K):
        numerator = sp.expand(by_logit(loss, e[i]) * S)
        gradient.append(sp.expand(numerator.subs({S: c[i] + e[i], T: u[i] + t[i]})) / S)
    return gradient


def straight_line(row: Row, name: str, parameters: Sequence[str], results: Sequence[sp.Expr]) -> Unrolled:
    """Assignments that compute the results and nothing else, with names for what occurs more than once."""
    definitions = row.definitions()
    wanted = needed(definitions, results)
    # A quotient by S is more exact, and reads better, than a product with a named 1/S.
    common, reduced = sp.cse([*(definitions[symbol] for symbol in wanted), *results], ignore=[S, log_S])
    values = dict(zip(wanted, reduced, strict=False))
    # Where a definition is itself a common subexpression it keeps its own name.
    own = {value: symbol for symbol, value in reversed(values.items()) if value in dict(common)}
    values.update((own.get(symbol, symbol), value) for symbol, value in common)
    values = {symbol: value.xreplace(own) for symbol, value in values.items()}
    order: dict[sp.Symbol, sp.Expr] = {}
    for symbol in values:
        place(symbol, values, order)
    printer = Printer()
    assignments = tuple((str(symbol), printer.doprint(value)) for symbol, value in order.items())
    printed = tuple(printer.doprint(result.xreplace(own)) for result in reduced[len(wanted) :])
    return Unrolled(name, tuple(parameters), assignments, printed)


def needed(definitions: dict[sp.Symbol, sp.Expr], results: Sequence[sp.Expr]) -> list[sp.Symbol]:
    """The defined symbols on which the results depend, in the order of their definitions."""
    found = set().union(*(result.free_symbols for result in results))
    for symbol, value in reversed(definitions.items()):
        if symbol in found:
            found |= value.free_symbols
    return [symbol for symbol in definitions if symbol in found]


def place(symbol: sp.Symbol, values: dict[sp.Symbol, sp.Expr], order: dict[sp.Symbol, sp.Expr]) -> None:
    """Append a symbol to the order, after all that its value depends on."""
    if symbol in values and symbol not in order:
        for used in sorted(values[symbol].free_symbols, key=str):
            place(used, values, order)
        order[symbol] = values[symbol]
