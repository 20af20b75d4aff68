"""Softmax and cross-entropy at a chosen K as straight-line NumPy code, from SymPy.

SymPy differentiates, finds the common subexpressions and prints, so that this is one of the few places that import
it. Nothing here is trusted: what the emitted code computes is tested against exact values and the general module.

The columns of a row, and its numbers, have the names

    e_k  exp(x_k)          S  their sum           y_k  the probabilities e_k / S
    q    e_k of the label  r  the other e_k's sum      o_k  e_k, but 0 at the label
    M    the largest e_k, of the logit m, where r is the sum of the others
    a_k  x_k - m           t_k  the labels of a distribution, whose sum is T      u_k  1 - t_k
    c_k  S - e_k           N  what a mean is divided by

All may be those of shifted logits x_k - c, as softmax does not feel it. Columns whose formulas are the same but for the
number of the class share a statement, on the array of the columns; that they are the same is checked here.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp
from sympy.codegen.cfunctions import log1p
from sympy.printing.numpy import NumPyPrinter

from ..export.unrolled import FEW, Unrolled, columns, in_rows, require_unrollable

S, T, N, M, m, q, r, loss = sp.symbols("S T N M m q r loss", real=True)
FAMILIES = "aceoptuxy"


class Printer(NumPyPrinter):  # type: ignore[misc]  # SymPy has no types
    """SymPy's NumPy printer, for modules that say `np`."""

    def _module_format(self, fqn: str, register: bool = True) -> str:
        return str(super()._module_format(fqn, register)).replace("numpy.", "np.", 1)


class Row:
    """The symbols of a row of K classes."""

    def __init__(self, K: int) -> None:
        self.K = K
        self.families = {name: [sp.Symbol(column, real=True) for column in columns(name, K)] for name in FAMILIES}

    def __getitem__(self, name: str) -> list[sp.Symbol]:
        """The symbols name0, name1, … of the classes."""
        return self.families[name]

    def total(self, name: str) -> sp.Expr:
        """The sum of a family."""
        return sp.Add(*self[name])

    def common(self, formulas: Sequence[sp.Expr]) -> sp.Expr:
        """The one formula that these are, but for the number of the class."""
        of_class = [
            formula.xreplace({family[k]: sp.Symbol(name, real=True) for name, family in self.families.items()})
            for k, formula in enumerate(formulas)
        ]
        if len(set(of_class)) != 1 or of_class[0].free_symbols & {s for f in self.families.values() for s in f}:
            raise AssertionError(f"the classes have formulas of their own: {formulas}")
        return of_class[0]


def unrolled(K: int) -> tuple[Unrolled, ...]:
    """The straight-line code of each function that is specialised to K classes."""
    require_unrollable(K)
    row = Row(K)
    value, at_label, others = class_loss(row), *class_gradient(row)
    x: tuple[str, ...] = ("x",) if in_rows(K) else ()
    gradient = (*x, "o", "q", "N", "flat", "index")
    return (
        Unrolled("softmax", (*x, "e"), ("trusted",) if x else (), tuple(quotients(row, "e", S, probabilities(row)))),
        Unrolled("log_softmax", ("a", "M", "r"), (), tuple(log_softmax(row))),
        Unrolled("logsumexp", ("M", "r", "m"), ("sum",), tuple(scalars([logsumexp()]))),
        Unrolled("softmax_jacobian", ("e", "M", "r", "J"), (), tuple(jacobian(row))),
        Unrolled("cross_entropy", (*x, "o", "q"), ("loss", "r"), tuple(quotients(row, "o", r, [], [value, r]))),
        Unrolled("cross_entropy_grad", gradient, ("r",), tuple(quotients(row, "o", r, others, [r], at_label))),
        Unrolled(
            "cross_entropy_value_and_grad",
            gradient,
            ("loss", "r"),
            tuple(quotients(row, "o", r, others, [value, r], at_label)),
        ),
        Unrolled("distribution_loss", ("a", "t", "M", "r"), ("loss",), tuple(distribution_loss(row))),
        Unrolled("distribution_grad", ("e", "t", "M", "r", "N"), (), tuple(distribution_gradient(row))),
        Unrolled("largest", ("e",), ("M", "r"), tuple(knockout(K))),
        *([Unrolled("sum", ("e",), ("sum",), (*by_halves("e", K), "return e[0]"))] if K > FEW else []),
    )


# ------------------------------------------------------------------ formulas


def by_logit(formula: sp.Expr, e_k: sp.Symbol) -> sp.Expr:
    """∂/∂x_k of a formula in e, where ∂e_k/∂x_k = e_k."""
    return e_k * sp.diff(formula, e_k)


def probabilities(row: Row) -> list[sp.Expr]:
    """y_k = e_k / S."""
    return [e_k / S for e_k in row["e"]]


def log_of_total() -> sp.Expr:
    """log S - m, where S = M + r and m = log M: as log(1 + r/M), which keeps its digits where r is small."""
    return as_log1p(sp.log(M + r) - sp.log(M))


def as_log1p(difference: sp.Expr) -> sp.Expr:
    """log a - log b as log1p(a/b - 1)."""
    ratio = sp.expand(sp.simplify(sp.exp(difference)))
    return log1p(ratio - 1)


def logsumexp() -> sp.Expr:
    """log S = m + log(1 + r/M)."""
    return m + log_of_total()


def class_loss(row: Row) -> sp.Expr:
    """-log y of the label, log S - log q, where S = r + q."""
    return as_log1p(sp.log(r + q) - sp.log(q))


def class_gradient(row: Row) -> tuple[sp.Expr, list[sp.Expr]]:
    """∂/∂x of log S - log q at the label, where the terms q cancel exactly, and at the others; divided by N."""
    rest = row.total("o")
    formula = sp.log(rest + q) - sp.log(q)
    at_label = sp.cancel(sp.together(by_logit(formula, q)))
    at_label = -sp.expand(-sp.numer(at_label)) / sp.denom(at_label)
    others = [by_logit(formula, o_k).subs(rest + q, S) / N for o_k in row["o"]]
    return at_label.subs({rest + q: S}).subs(rest, r) / N, others


def loss_of(row: Row) -> sp.Expr:
    """-Σ_k t_k log y_k = T log S - Σ_k t_k log e_k, in the symbols e and t."""
    return T * sp.log(row.total("e")) - sp.Add(
        *(t_k * sp.log(e_k) for t_k, e_k in zip(row["t"], row["e"], strict=True))
    )


def jacobian_entry(row: Row, i: int, j: int) -> sp.Expr:
    """∂y_i/∂x_j of y_i = e_i / S; with S = c_i + e_i the diagonal is y_i c_i / S, in which nothing cancels."""
    e, c, y = row["e"], row["c"], row["y"]
    total = sp.Symbol("total", real=True)  # of which every e_k is a term
    derivative = e[j] * (sp.diff(e[i] / total, e[j]) + sp.diff(e[i] / total, total))
    numerator = sp.expand(derivative * total**2)
    return sp.expand(numerator.subs(total, c[i] + e[i])).xreplace({e[i]: y[i] * S, e[j]: y[j] * S}) / S**2


# ------------------------------------------------------------------ statements


def scalars(results: Sequence[sp.Expr]) -> list[str]:
    """Statements that name common subexpressions and return the results."""
    printer = Printer()
    common, reduced = sp.cse(list(results), symbols=(sp.Symbol(f"x{k}") for k in range(100)))
    lines = [f"{name} = {printer.doprint(value)}" for name, value in common]
    return [*lines, f"return {', '.join(printer.doprint(result) for result in reduced)}"] if results else lines


def summed(row: Row, family: str, total: sp.Symbol) -> list[str]:
    """Statements for the sum of columns: few of them one by one, more by halves, which loses least."""
    if in_rows(row.K):
        return [f"{total} = _total({family})"]
    if row.K <= FEW:
        by_number = {column: sp.Symbol(f"{family}[{k}]") for k, column in enumerate(row[family])}
        return [f"{total} = {Printer().doprint(row.total(family).xreplace(by_number))}"]
    if family == "e":  # one call is faster for few rows, and a probability has digits to spare
        return [f"{total} = np.add.reduce({family}, axis=0)"]
    half = row.K // 2
    if row.K % 2:
        lines = [f"s = {family}[:{row.K - half}].copy()", f"s[:{half}] += {family}[{row.K - half}:]"]
    else:
        lines = [f"s = {family}[:{half}] + {family}[{half}:]"]
    return [*lines, *by_halves("s", row.K - half), f"{total} = s[0]"]


def by_halves(array: str, width: int) -> list[str]:
    """Statements that leave the sum of the first columns of an array in the first of them."""
    lines = []
    while width > 1:
        half = width // 2
        lines.append(f"{array}{part(0, half)} += {array}{part(width - half, width)}")
        width -= half
    return lines


def quotients(
    row: Row,
    family: str,
    total: sp.Symbol,
    formulas: Sequence[sp.Expr],
    results: Sequence[sp.Expr] = (),
    at_label: sp.Expr | None = None,
) -> list[str]:
    """Statements for the total of a family, the formulas in its place, and results that are returned.

    Every formula is a quotient of the column itself by what the columns share, and that at the label by the same.
    """
    printer = Printer()
    lines = summed(row, family, total)
    if total == r and (formulas or in_rows(row.K)):
        lines.append(f"{S} = {printer.doprint(q + r)}")
    if in_rows(row.K):
        lines += [f"if not _trusted(x, {S}):", f"    return {'None' if results else 'False'}"]
    if formulas:
        numerator, denominator = sp.fraction(row.common(formulas))
        if numerator != sp.Symbol(family, real=True):
            raise AssertionError(f"{formulas[0]} is no quotient of its column")
        if at_label is not None:
            lines.append(f"flat[index] = {printer.doprint(sp.cancel(at_label * denominator))}")
        divisor = printer.doprint(denominator)
        lines.append(
            f"_divide({family}, {divisor})" if in_rows(row.K) else f"np.divide({family}, {divisor}, out={family})"
        )
    return [*lines, *(scalars(results) or (["return True"] if in_rows(row.K) else []))]


def log_softmax(row: Row) -> list[str]:
    """log y_k = log e_k - log S = a_k - (log S - m), in place of a_k."""
    formulas = []
    for e_k, a_k, x_k in zip(row["e"], row["a"], row["x"], strict=True):
        log_y = sp.expand_log(sp.log(e_k / S), force=True).xreplace({e_k: sp.exp(x_k)})  # x_k - log S
        formulas.append(sp.expand(log_y.xreplace({x_k: a_k + m}) - m + sp.log(S) - log_of_total()))
    column = sp.Symbol("a", real=True)
    return [f"np.subtract(a, {Printer().doprint(column - row.common(formulas))}, out=a)"]


OTHERS = ("S = M + r", "c = S - e", "np.copyto(c, r, where=e == M)")
"""c_k = S - e_k loses its digits only at the largest of the row, where it is r."""


def jacobian(row: Row) -> list[str]:
    """J[i, j], from y and c as contiguous columns."""
    K, printer = row.K, Printer()
    diagonal = row.common([jacobian_entry(row, i, i) for i in range(K)])
    lines = [*OTHERS, f"y = {printer.doprint(row.common(probabilities(row)))}"]
    for i in range(K):
        y_i = row["y"][i]
        entries = [jacobian_entry(row, i, j) / y_i for j in range(K) if j != i]
        alike = {
            entry.xreplace({row["y"][j]: sp.Symbol("y", real=True)})
            for entry, j in zip(entries, (j for j in range(K) if j != i), strict=True)
        }
        (factor,) = alike
        if i == 0:
            lines.append(f"x0 = {printer.doprint(factor)}")
        lines.append(f"np.multiply(y[{i}], x0, out=J[{i}])")
    return [*lines, f"J[range(K), range(K)] = {printer.doprint(diagonal)}"]


def distribution_loss(row: Row) -> list[str]:
    """T (log S - m) - Σ_k t_k a_k; a label 0 counts 0 even at a logit of -inf."""
    x, t, e, a = row["x"], row["t"], row["e"], row["a"]
    in_logits = sp.expand(loss_of(row).xreplace({sp.log(e_k): x_k for e_k, x_k in zip(e, x, strict=True)}))
    shifted = sp.expand(in_logits.xreplace({x_k: a_k + m for x_k, a_k in zip(x, a, strict=True)}))
    terms = [-shifted.coeff(t_k).xreplace({m: sp.Integer(0)}) * t_k for t_k in t]  # m Σ_k t_k = m T goes to log S
    factor = shifted.coeff(T)
    if factor != sp.log(row.total("e")):
        raise AssertionError(f"{factor} is not log S")
    printer = Printer()
    return [
        "T = np.add.reduce(t, axis=0)",
        "a = np.where(t == 0, t, a)",
        f"terms = {printer.doprint(row.common(terms))}",
        f"return {printer.doprint(T * log_of_total())} - np.add.reduce(terms, axis=0)",
    ]


def distribution_gradient(row: Row) -> list[str]:
    """∂/∂x_i of the loss; with S = c_i + e_i and T = u_i + t_i the terms t_i e_i cancel exactly."""
    e, c, t, u, total = row["e"], row["c"], row["t"], row["u"], row.total("e")
    formulas = []
    for i in range(row.K):
        numerator = sp.expand(by_logit(loss_of(row), e[i]).subs(total, S) * S)
        formulas.append(sp.expand(numerator.subs({S: c[i] + e[i], T: u[i] + t[i]})) / (N * S))
    numerator, denominator = sp.fraction(row.common(formulas))
    printer = Printer()
    return [
        *OTHERS,
        "u = 1 - t",
        f"np.divide({printer.doprint(numerator)}, {printer.doprint(denominator)}, out=e)",
    ]


def knockout(K: int) -> list[str]:
    """Statements for the largest of K columns, in e[0], and the sum of the others, as min(a, b) + max(a, b) = a + b."""
    lines, done, width = [f"low = np.empty(({K - 1}, e.shape[1]), e.dtype)"], 0, K
    while width > 1:
        half = width // 2
        first, second, loser = part(0, half), part(width - half, width), part(done, done + half)
        lines.append(f"np.minimum(e{first}, e{second}, out=low{loser})")
        lines.append(f"np.maximum(e{first}, e{second}, out=e{first})")
        done, width = done + half, width - half
    return [*lines, *by_halves("low", K - 1), "return e[0], low[0]"]


def part(first: int, end: int) -> str:
    """The index of columns."""
    return f"[{first}]" if end == first + 1 else f"[{first}:{end}]"
