"""One equation, of our formulas or of SymPy's: decided without a derivation around it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .formula.arrays import Array
from .formula.hypotheses import given_indices
from .formula.scope import check_lines, check_size
from .formula.tree import Expr, Formula, Index, Size, TooLargeError, written
from .kernel.decide import Decider, Decision
from .kernel.every import IndexDecider
from .kernel.hypotheses import assumed, sizes_spoken
from .kernel.polynomial import Limits
from .kernel.verdict import Conditional, Proved, SideCondition, Unknown, Verdict
from .proof import EVERY, Every, sizes_by_name


def decide(
    lhs: Any,
    rhs: Any,
    assuming: Iterable[Any] = (),
    K: int | Every = 3,
    *,
    sizes: Mapping[str, int] = {},
    every_entry: bool = False,
    limits: Limits | None = None,
) -> Verdict:
    """Whether lhs = rhs at K classes, or with K = EVERY for every number of them, as a verdict.

    Both sides are formulas (or numbers), or SymPy expressions, which
    `from_sympy` reads; with SymPy expressions hypotheses may be SymPy
    relations, such as Eq(t1 + t2, 1) or p > 0.  What SymPy had cancelled
    before is out of sight.

    A formula that is too large, or nested too deeply, is UNKNOWN.  Raises
    WrittenError where a line cannot mean anything, `ReadingError` where
    SymPy's expression is outside what is read, ValueError where a size is no
    natural number.
    """
    given = list(assuming)
    if any(_is_sympy(part) for part in (lhs, rhs, *given)):
        from .concrete.from_sympy import read_sympy

        relations = [h for h in given if _is_sympy(h)]
        (lhs, rhs), stated = read_sympy([_as_sympy(lhs), _as_sympy(rhs)], relations)
        given = [*(h for h in given if not _is_sympy(h)), *stated]
    left, right = _as_formula(lhs), _as_formula(rhs)
    try:
        for formula in (left, right, *assumed(given)):
            check_size(formula)
    except TooLargeError as reason:
        return Unknown(str(reason))
    indices = frozenset[Index]().union(*map(given_indices, given), left.free_indices)
    check_lines(left, right, indices)
    if K is EVERY:
        return for_every_size(IndexDecider(given, limits).decide(left, right))
    chosen = sizes_by_name(sorted(sizes_spoken(given, left, right), key=str), K, sizes)
    return Decider(chosen, given, limits).decide(left, right, every_entry).verdict


def for_every_size(decision: Decision) -> Verdict:
    """A verdict for every K; where it holds from some number on, that is a condition: K - 1 > 0."""
    verdict = decision.verdict
    if not decision.least or not isinstance(verdict, Proved | Conditional):
        return verdict
    open_ones = verdict.conditions if isinstance(verdict, Conditional) else ()
    from_some = (SideCondition(Size(name) - (number - 1), "> 0") for name, number in decision.least)
    return Conditional((*open_ones, *from_some), verdict.instances)


def _is_sympy(part: object) -> bool:
    """Without loading SymPy: who hands over a SymPy expression has loaded it."""
    return any(str(kind.__module__).partition(".")[0] == "sympy" for kind in type(part).__mro__)


def _as_sympy(part: Any) -> Any:
    if _is_sympy(part):
        return part
    if isinstance(part, int):
        import sympy

        return sympy.Integer(part)
    raise TypeError(f"{part!r} and a SymPy expression cannot be compared; read it with derive.from_sympy first")


def _as_formula(part: Any) -> Formula:
    return part if isinstance(part, Expr | Array) else written(part)
