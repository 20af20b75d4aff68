"""SymPy's LaTeX of an expression: what `sympy.latex` prints, with each part printed once."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import sympy as sp
from sympy.printing.latex import LatexPrinter


def sympy_latex(expression: sp.Expr) -> str:
    """An expression as SymPy prints it in LaTeX."""
    return str(_printer().doprint(expression))


class _Printer(LatexPrinter):  # type: ignore[misc]
    """SymPy's printer with a memory: a derivative repeats the sum in its denominators a hundred times."""

    def __init__(self) -> None:
        super().__init__()
        self._part = lru_cache(maxsize=4096)(super()._print)

    def _print(self, expr: Any, **how: Any) -> Any:
        return super()._print(expr, **how) if how or not isinstance(expr, sp.Basic) else self._part(expr)


@cache
def _printer() -> _Printer:
    return _Printer()
