"""From which sizes on the hypotheses have a point."""

from __future__ import annotations

import pytest

from derive.formula.hypotheses import Hypothesis
from derive.formula.notation import *
from derive.formula.tree import Size
from derive.kernel.decide import Decider
from derive.kernel.every import IndexDecider

from .indexed import K, N, Z, i, j, k, n, r, x, y, z

F = size("F")
(f,) = indices("f", F)
a, v = vector("a", N), vector("v", F)


@pytest.mark.parametrize(
    ("assuming", "least"),
    [
        ([positive(K - 3)], {"K": 4}),
        ([positive(K**2 - 5 * K + 6)], {"K": 4}),
        ([positive(K - 3), positive(2 * K - 9)], {"K": 5}),
        ([positive(N - 1), positive(K - 2)], {"K": 3, "N": 2}),
        ([positive(K * N)], {}),
        ([positive(number(2)), positive(x)], {}),
        ([positive(Sum(n, a[n]) - 2 * a[r])], {"N": 3}),  # at N = 1 as well, but not at 2
        ([positive(2 - K * y[i])], {}),
        ([positive(1 - 2 * y[i])], {"K": 3}),
        ([positive(Sum(n, a[n]) - a[r]), positive(Sum(k, z[k]) - z[i])], {"K": 2, "N": 2}),
        ([positive(Sum(n, a[n]) - a[r]), positive(Sum(k, z[k]) - z[i]), positive(Sum(f, v[f]))], {"K": 2, "N": 2}),
        ([distinct(i, j), positive(z[i] + x)], {"K": 2}),
    ],
    ids=str,
)
def test_the_least_sizes(assuming: list[Hypothesis], least: dict[str, int]) -> None:
    found = IndexDecider(assuming).decide(x + x, 2 * x)
    assert found.verdict.name == "proved", found
    assert dict(found.least) == least


@pytest.mark.parametrize(
    ("assuming", "reason"),
    [
        ([equal(N, 1)], "at N = 3 the hypothesis N = 1 contradicts the others"),
        ([equal(K, 3)], "at K = 4 the hypothesis K = 3 contradicts the others"),
        ([positive(10 - K)], "10 - K > 0 is not seen to hold from some size on; give the sizes numbers"),
        ([positive(K - N)], "K - N > 0 is not seen to hold from some size on; give the sizes numbers"),
        ([positive(1 - K * y[i])], "at K = 3 no point was found at which the hypotheses hold together"),
    ],
    ids=str,
)
def test_hypotheses_that_have_no_point_at_large_sizes_prove_nothing(assuming: list[Hypothesis], reason: str) -> None:
    assert reason in str(IndexDecider(assuming).decide(x + x, 2 * x).verdict)


def test_sizes_that_have_numbers_are_not_looked_for() -> None:
    for assuming, sizes in (([positive(10 - K)], {K: 3}), ([equal(N, 1), positive(K - 1)], {N: 1})):
        found = IndexDecider(assuming, sizes=sizes).decide(x + x, 2 * x)
        assert found.verdict.name == "proved", found
        assert dict(found.least) == ({} if K in sizes else {"K": 2})


def test_where_it_begins_there_is_a_point_and_just_before_there_is_none() -> None:
    for line in (Sum(n, a[n]) - a[r], Sum(k, Z[r, k]) - Z[r, i], K - 2 + 0 * z[j]):
        assuming: list[Hypothesis] = [positive(line)]
        least = dict(IndexDecider(assuming).decide(x, x).least)

        def name(sizes: dict[Size, int], assuming: list[Hypothesis] = assuming) -> str:
            return Decider(sizes, assuming).decide(x, x).verdict.name

        here = {size: least.get(size.name, 1) for size in (K, N)}
        assert name(here) == "proved"
        for size in (K, N):
            if here[size] > 1:
                assert name({**here, size: here[size] - 1}) == "unknown"
