"""What a derivation assumes, as data."""

from __future__ import annotations

import pickle

import pytest

from derive.formula.hypotheses import Equation, Hypothesis, OneHot, OneOf, Positive, formulas, given_indices, letters
from derive.formula.notation import Sum, distinct, equal, index, one_hot, one_of, positive
from derive.formula.tree import Distinct, Expr, Index, Numeral
from tests.formulas import K, i, j, t, x

c = index("c", K)
ALL: list[tuple[Hypothesis, tuple[Expr, ...], set[Index]]] = [
    (equal(Sum(j, t[j]), 1), (Sum(j, t[j]), Numeral(1)), set()),
    (positive(1 - x), (1 - x,), set()),
    (distinct(i, j), (), {i, j}),
    (one_hot(t, c), (t[c],), {c}),
    (one_of(x, 0, 1), (x,), set()),
]


def test_kinds() -> None:
    assert [type(hypothesis) for hypothesis, _, _ in ALL] == [Equation, Positive, Distinct, OneHot, OneOf]


@pytest.mark.parametrize(("hypothesis", "written_with", "about"), ALL)
def test_formulas_and_indices(hypothesis: Hypothesis, written_with: tuple[Expr, ...], about: set[Index]) -> None:
    assert formulas(hypothesis) == written_with
    assert given_indices(hypothesis) == about
    assert pickle.loads(pickle.dumps(hypothesis)) == hypothesis


def test_letters_are_free_and_bound_ones() -> None:
    assert letters(hypothesis for hypothesis, _, _ in ALL) == {i, j, c}


def test_a_number_is_no_index() -> None:
    assert given_indices(Distinct(i, 2)) == {i}
