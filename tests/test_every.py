"""Whole decisions for every K: cases of letters, from which K on, counterexamples, fixed sizes, limits."""

from __future__ import annotations

import pytest

from derive.formula.hypotheses import Hypothesis
from derive.formula.notation import *
from derive.formula.tree import Distinct, Expr, Formula, Size, WrittenError
from derive.kernel.decide import Decider, Decision
from derive.kernel.every import IndexDecider
from derive.kernel.polynomial import Limits
from derive.kernel.verdict import Conditional, Proved, Refuted, Unknown

from .indexed import A, K, N, S, Z, i, j, k, l, m, n, p, q, r, w, x, y, z

t = vector("t", K)
label = scalar("label")


def decided(left: Formula | int, right: Formula | int, *assuming: Hypothesis, **more: dict[Size, int]) -> Decision:
    one, other = (number(line) if isinstance(line, int) else line for line in (left, right))
    return IndexDecider(assuming, sizes=more.get("sizes", {})).decide(one, other)


# ------------------------------------------------------------------------ cases


@pytest.mark.parametrize(
    ("line", "assuming", "instances"),
    [
        (x, [], 1),
        (z[i], [], 1),
        (z[i] * z[j], [], 2),
        (z[i] * z[j] * z[m], [], 5),
        (z[i] * z[j] * Z[r, i], [], 2),
        (z[i] * Z[r, 1] * Z[n, 1], [], 4),
        (z[i] * z[j], [distinct(i, j)], 1),
        (z[i] + z[1], [], 2),
        (z[i] + z[1] + z[2], [], 3),
        (z[i] + z[j] + z[1], [], 5),
        (z[i], [one_hot(t, j)], 2),
        (x * label, [one_of(label, 0, 1, 2)], 3),
        (x * label, [one_of(label, 0, 1, 2), one_of(label, 1, 2, 3)], 2),
        (z[i], [Distinct(i, 1)], 1),
    ],
    ids=str,
)
def test_one_case_for_each_way_in_which_letters_coincide(
    line: Expr, assuming: list[Hypothesis], instances: int
) -> None:
    found = decided(line, line, *assuming)
    assert found.verdict == Proved(instances)
    assert found.instances == instances


def test_arrays_are_decided_entry_by_entry() -> None:
    assert decided(D(y, z), diag(y) - outer(y, y)).verdict == Proved(2)
    assert decided(D(y, z), diag(y)).verdict.name == "refuted"


def test_a_chain_is_read_once() -> None:
    chain = [D(log(S), z[i]), exp(z[i]) / S, y[i], 2 * y[i], y[i] + y[i]]
    names = [decision.verdict.name for decision in IndexDecider().decide_chain(chain)]
    assert names == ["proved", "proved", "refuted", "proved"]


def test_digits_belong_to_one_size() -> None:
    """⅓ ≈ 0.33 is no refuted equation."""
    (found,) = IndexDecider().decide_chain([Sum(k, y[k]) / 3, decimal("0.33")], frozenset({1}))
    assert isinstance(found.verdict, Unknown), found
    assert "a number belongs to one K" in found.verdict.reason


# ------------------------------------------------------------ from which K on


@pytest.mark.parametrize(
    ("left", "right", "assuming", "least"),
    [
        (z[i], z[i], [], {}),
        (delta(i, j), 0, [distinct(i, j)], {"K": 2}),
        (delta(i, j) + delta(j, m), 0, [distinct(i, j), distinct(j, m)], {"K": 2}),
        (delta(i, j) + delta(j, m), 0, [distinct(i, j), distinct(j, m), distinct(i, m)], {"K": 3}),
        (delta(r, n), 0, [distinct(r, n)], {"N": 2}),
        (z[3] - z[3], 0, [], {"K": 3}),
        (Sum(k, delta(k, 3)), 1, [], {"K": 3}),
        (Z[4, 2], Z[4, 2], [], {"K": 2, "N": 4}),
        (delta(i, 1), 0, [Distinct(i, 1)], {"K": 2}),
        (delta(i, 1) + delta(i, 2), 0, [Distinct(i, 1), Distinct(i, 2)], {"K": 3}),
        (1 / (K - 1) * (K - 1), 1, [], {"K": 2}),
        (1 / (2 * K - 7) * (2 * K - 7), 1, [], {}),
        ((K - 3) / (K - 3) + (K - 1) / (K - 1), 2, [], {"K": 4}),
        (1 / (K**2 - 5 * K + 6) * (K - 2), 1 / (K - 3), [], {"K": 4}),
        (log(K - 3), log(K - 3), [], {"K": 4}),
        (log(K**2 - 5 * K + 6) * 0, 0, [], {"K": 4}),
        ((N - 2) / (N - 2) + (K - 1) / (K - 1), 2, [], {"K": 2, "N": 3}),
        (1 / (1 + 1 / K) * (K + 1), K, [], {}),
        (z[i], z[i], [positive(Sum(k, z[k]) - z[i])], {"K": 2}),
        (z[i], z[i], [positive(Sum(k, z[k]) - z[j])], {"K": 2}),
        (Z[n, k], Z[n, k], [positive(Sum(m, Z[n, m]) - Z[n, k])], {"K": 2}),
        (Z[n, k], Z[n, k], [positive(Sum(r, Z[r, k]) - Z[n, k])], {"N": 2}),
        (z[i], z[i], [positive(K - 1)], {"K": 2}),
        (z[i], z[i], [positive(K - 2 * y[i])], {"K": 2}),
        (z[i], z[i], [positive(2 - y[i])], {}),
        (Z[n, k], Z[n, k], [positive(Sum(r, Z[r, k]) - Z[n, k]), positive(K - 1)], {"K": 2, "N": 2}),
    ],
    ids=str,
)
def test_from_which_number_on(left: Expr, right: Expr | int, assuming: list[Hypothesis], least: dict[str, int]) -> None:
    found = decided(left, right, *assuming)
    assert found.verdict.name == "proved", found
    assert dict(found.least) == least
    line = number(right) if isinstance(right, int) else right
    sizes = {K: least.get("K", 1), N: least.get("N", 1)}
    assert Decider(sizes, assuming).decide(left, line).verdict.name == "proved"
    for size in (K, N):
        if sizes[size] > 1:
            below = {**sizes, size: sizes[size] - 1}
            assert Decider(below, assuming).decide(left, line).verdict.name in ("unknown", "refuted")


@pytest.mark.parametrize(
    ("line", "condition"),
    [
        (x / (K - N), "K - N ≠ 0"),
        (x / (K - w), "K - w ≠ 0"),
        (x / (K - 2000), "K - 2000 ≠ 0"),
        (log(10 - K), "10 - K > 0"),
        (log(z[i] + K), "z[i] + K > 0"),
    ],
    ids=str,
)
def test_conditions_that_stay(line: Expr, condition: str) -> None:
    found = decided(line, line).verdict
    if isinstance(found, Conditional):
        assert list(map(str, found.conditions)) == [condition]
    else:
        assert found.name == "unknown"


def test_a_condition_that_never_holds_is_no_proof() -> None:
    for line in (log(-K), 1 / (K - K), log(1 - 2 * K), 1 / (z[i] - z[i]), log(-exp(x))):
        assert decided(line, line).verdict.name == "unknown"


def test_conditions_are_collected_over_all_cases_once() -> None:
    found = decided(z[i] * z[j] / (z[i] * z[j]), 1).verdict
    assert isinstance(found, Conditional)
    assert list(map(str, found.conditions)) == ["z[i] ≠ 0", "z[j] ≠ 0"]
    assert decided(z[i] / z[i], 1, positive(z[k])).verdict.name == "proved"


# ---------------------------------------------------------------- counterexamples


@pytest.mark.parametrize(
    ("left", "right", "smallest"),
    [
        (Sum(k, z[k]), z[1] * K, 2),
        (Sum(k, z[k]), z[i], 2),
        (Sum(k, 1), 1, 2),
        (K**2 + 2, 3 * K, 3),
        (y[i], 2 * y[i], 1),
        (D(y[i], z[j]), y[i] * (1 - y[j]), 2),
    ],
    ids=str,
)
def test_refuted_at_the_smallest_size(left: Expr, right: Expr | int, smallest: int) -> None:
    found = decided(left, right).verdict
    assert isinstance(found, Refuted)
    assert dict(found.counterexample.sizes)["K"] == smallest


def test_refuted_where_two_sizes_differ() -> None:
    found = decided(Sum(n, 1) * x, K * x).verdict
    assert isinstance(found, Refuted)
    sizes = dict(found.counterexample.sizes)
    assert sizes["K"] != sizes["N"]


def test_refuted_without_any_size() -> None:
    assert decided(x, w).verdict.name == "refuted"
    assert decided(x / x, 1).verdict.name == "conditional"


def test_what_differs_only_far_away_is_unknown() -> None:
    line = (K - 1) * (K - 2) * (K - 3) * (K - 4)
    found = decided(line * x, 0).verdict
    assert isinstance(found, Unknown)
    assert found.reason == "not equal as polynomials over sums"


def test_no_instance_proves_nothing() -> None:
    found = decided(z[i], z[i], Distinct(i, i)).verdict
    assert isinstance(found, Unknown)
    assert "no instance" in found.reason
    assert decided(label, label, one_of(label, 0), one_of(label, 1)).verdict.name == "unknown"


# ------------------------------------------------------------------ fixed sizes


def test_a_fixed_size_is_a_number() -> None:
    large = {K: 128_256}
    assert decided(Sum(k, y[k]) * K, 128_256, sizes=large).verdict == Proved(1)
    assert decided(D(y[i], z[j]), y[i] * (delta(i, j) - y[j]), sizes=large).verdict == Proved(2)
    assert decided(1 / (K - 1) * (K - 1), 1, sizes=large).least == ()
    assert decided(1 / (K - 128_256), 1, sizes=large).verdict.name == "unknown"
    assert decided(Z[r, i] * N, Sum(n, Z[r, i]), sizes=large).verdict == Proved(1)


def test_too_few_values_for_different_letters() -> None:
    assert decided(z[i] * z[j], z[j] * z[i], sizes={K: 1}).verdict == Proved(1)
    assert decided(delta(i, j), 1, sizes={K: 1}).verdict == Proved(1)
    assert decided(delta(i, j), 0, distinct(i, j), sizes={K: 1}).verdict.name == "unknown"
    assert decided(z[i] * z[j] * z[m], z[m] * z[j] * z[i], sizes={K: 2}).verdict == Proved(4)


def test_a_fixed_size_is_never_refuted() -> None:
    """A proof at a chosen K asks the tower there."""
    assert decided(y[i], 2 * y[i], sizes={K: 60}).verdict.name == "unknown"


# ---------------------------------------------------------------------- refusals


def test_hypotheses_that_mean_nothing_are_refused_while_writing() -> None:
    with pytest.raises(WrittenError):
        IndexDecider([equal(Sum(k, Sum(k, z[k])), 1)])
    with pytest.raises(WrittenError):
        IndexDecider(equal(x, 1))  # type: ignore[arg-type]
    with pytest.raises(WrittenError):
        IndexDecider().decide(Sum(k, Sum(k, z[k])), x)


def test_limits_end_as_unknown() -> None:
    large = (x + S + Sum(k, z[k])) ** 40
    found = IndexDecider(limits=Limits(terms=50, seconds=1)).decide(large, large * x)
    assert isinstance(found.verdict, Unknown)
    product = Sum(k, Sum(l, A[k, l])) ** 30
    assert IndexDecider(limits=Limits(seconds=1)).decide(Sum(m, product * z[m]), x * q[i]).verdict.name in (
        "unknown", "refuted",
    )  # fmt: skip


def test_what_cannot_be_read_is_unknown_on_either_side() -> None:
    for pair in ((x**p, x), (x, x**p)):
        assert decided(*pair).verdict.name == "unknown"
