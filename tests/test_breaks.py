r"""Formulas cut into pieces: what stands outside of brackets, the tint and the signs kept."""

from __future__ import annotations

import pytest

from derive.formula.latex import latex
from derive.formula.notation import D, Sum, delta, exp, indices, log, scalars, size, vector
from derive.report.breaks import rows, unboxed

K = size("K")
i, j, k = indices("i j k", K)
z, t = vector("z", K), vector("t", K)
a, b, c = scalars("a b c")


@pytest.mark.parametrize(
    ("formula", "pieces"),
    [
        ("a", ("a",)),
        ("a + b - c", ("a", "+ b", "- c")),
        (r"-a + b\,c", ("-a", r"+ b\,c")),
        (r"a = -b + c", ("a", "= -b", "+ c")),
        (r"a \approx 0.5", ("a", r"\approx 0.5")),
        (r"a \cdot -1 - e^{-x}", (r"a \cdot -1", "- e^{-x}")),
        (r"\left(a + b\right)\,c + \frac{1 - a}{b}", (r"\left(a + b\right)\,c", r"+ \frac{1 - a}{b}")),
        (
            r"\{0, 1\} + \begin{cases} a - b & i = j \end{cases}",
            (r"\{0, 1\}", r"+ \begin{cases} a - b & i = j \end{cases}"),
        ),
        (r"\hl{a + b}", (r"\hl{a }", r"\mathbin{\hl{+}} \hl{b}")),
        (r"\hl{-a} + b", (r"\hl{-a}", "+ b")),
        (r"a \hl{- b} + \hl{c}", ("a", r"\mathbin{\hl{-}} \hl{b}", r"+\hl{c}")),
        (r"\hl{S}^{2} + \hl{x}\,y", (r"\hl{S}^{2}", r"+\hl{x}\,y")),
        (r"\hl{a = b}", (r"\hl{a }", r"\mathrel{\hl{=}} \hl{b}")),
    ],
)
def test_pieces(formula: str, pieces: tuple[str, ...]) -> None:
    assert rows(formula) == pieces


@pytest.mark.parametrize(
    "formula",
    [
        a + b - c,
        D(log(Sum(k, exp(z[k]))), z[i]) - t[i] * (1 - delta(i, j)),
        Sum(k, t[k] * (a - b)) / (a + b) - (a - b) * (b - c),
    ],
)
def test_nothing_is_lost(formula: object) -> None:
    text = latex(formula)  # type: ignore[arg-type]
    assert "".join("".join(rows(text)).split()) == "".join(text.split())


def test_the_box_around_all_of_it() -> None:
    assert unboxed(r"\boxed{a_{i} + b}") == ("a_{i} + b", True)
    assert unboxed(r"\boxed{a} + \boxed{b}") == (r"\boxed{a} + \boxed{b}", False)
    assert unboxed("a") == ("a", False)


@pytest.mark.parametrize("broken", ["{", "}", r"\hl{", r"\left(", "a + {", r"\hl{a + b", ") + (", ""])
def test_what_is_no_formula_does_no_harm(broken: str) -> None:
    rows(broken)
    unboxed(broken)
