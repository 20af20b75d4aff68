"""The smallest subformulas that a step changed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.formula.changes import Path, changes
from derive.formula.notation import (
    D,
    Sum,
    by_cases,
    by_label,
    delta,
    exp,
    index,
    listed,
    log,
    norm_squared,
    ones,
    strike,
    trace,
    zeros,
)
from derive.formula.tree import Expr, Formula
from tests.formulas import A, K, S, arrays, c, formulas, g, i, j, k, label, t, w, x, y, z
from tests.sampling import examples
from tests.test_latex import paths

p = index("p", K)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (x, x, set()),
        (x, c, {()}),
        (x + c, x * c, {()}),
        (delta(i, j) * y[i] - y[i] * y[j], delta(i, j) * y[i] - y[i] * t[j], {(1, 0, 1)}),
        (x + c, x + w, {(1,)}),
        (x + c, w + x, {()}),
        (x + c, x + c + w, {(2,)}),
        (x + c + w, x + w, set()),
        (x * c, x * w * c, {(1,)}),
        (x + c, t[1] + t[2] + t[3], {()}),
        (x + exp(c) + w, x + exp(w) + w, {(1,)}),
        (x + c + exp(c), w + x + c + exp(w), {(0,), (3,)}),
        (x + exp(c), x + exp(w) + c, {(1,), (2,)}),
        (x / c, x / w, {(1,)}),
        (x / c, w / t[1], {()}),
        (exp(x), log(x), {()}),
        (exp(x), exp(c), {()}),
        (g(x), g.prime(x), {()}),
        (Sum(k, z[k]), Sum(j, z[j]), {()}),
        (Sum(k, z[k] * t[k]), Sum(k, z[k] * y[k]), {(0, 1)}),
        (x * S, x * strike(S), {(1,)}),
        (strike(x) * S, strike(x) * c, {(1,)}),
        (strike(x), strike(c), {()}),
        (D(x * c, x), D(x * w, x), {(0, 1)}),
        (D(x * c, x), D(x * c, c), {(1,)}),
        (by_cases(i, j, same=x, distinct=c), by_cases(i, j, same=x, distinct=w), {(1,)}),
        (by_cases(i, j, same=x, distinct=c), by_cases(i, p, same=x, distinct=c), {()}),
        (by_label(label, {0: x}), by_label(label, {0: x, 1: c}), {()}),
        (listed(K, x, c).at(i), listed(K, x, w).at(i), {(1,)}),
        (listed(K, x, c).at(i), listed(K, x, c).at(j), {()}),
        (listed(K, x, c), listed(K, x, c, w), {()}),
        (listed(K, x, c), listed(K, x, w), {(1,)}),
        (z + t, z + t + y, {(2,)}),
        (z + t, z - t, {(1,)}),
        (A @ z, A @ t, {(1,)}),
        (exp(z), log(z), {()}),
        (D(y, z), D(y, z, "denominator"), {()}),
        (ones(K), zeros(K), {()}),
        (z * t, z * y, {(1,)}),
        (z * t, z / t, {()}),
        (norm_squared(z), norm_squared(t), {()}),
        (norm_squared(z - t), norm_squared(z - y), {(0, 1)}),
        (trace(A @ A), trace(A @ A.T), {(0, 1)}),
        (1 - trace(A), 1 - trace(A) + x, {(2,)}),
        (Sum(k, z[k]) - trace(A), 1 - trace(A), {(0,)}),
        ((z @ t) * z, (z @ y) * z, {(0, 1)}),
    ],
)  # fmt: skip
def test_by_hand(before: Formula, after: Formula, expected: set[Path]) -> None:
    assert changes(before, after) == expected


@settings(max_examples=examples(100))
@given(st.one_of(formulas, arrays), st.one_of(formulas, arrays))
def test_paths_lead_to_subformulas_of_the_line(before: Formula, after: Formula) -> None:
    assert changes(before, after) <= {path for path, _ in paths(after)}
    assert changes(after, after) == set()


@settings(max_examples=examples(50))
@given(formulas, formulas)
def test_one_changed_term_is_found(common: Expr, other: Expr) -> None:
    before, after = x + exp(common), x + exp(other)
    if common != other:
        found = changes(before, after)
        assert found
        assert all(path[0] == 1 for path in found)
