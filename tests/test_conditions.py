"""Conditions for every K: from which K on they hold, which are left open, and which fail."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive.formula.hypotheses import Hypothesis
from derive.formula.notation import *
from derive.formula.tree import Expr, Formula
from derive.kernel.every import IndexDecider
from derive.kernel.verdict import Conditional, Counterexample, Enclosure, Proved, Refuted, Unknown

from .deciding import K, N, S, i, j, k, n, t, x, y, z

p = vector("p", K)
Z = matrix("Z", N, K)
Y = define("Y", (n, i), exp(Z[n, i]) / Sum(k, exp(Z[n, k])))
u = vector("u", K, of=t)


def itself(formula: Expr, assuming: list[Hypothesis]) -> tuple[object, dict[str, int]]:
    """The verdict on formula = formula, which is about its conditions alone; and from which sizes on it holds."""
    decision = IndexDecider(assuming).decide(formula, formula)
    return decision.verdict, dict(decision.least)


@pytest.mark.parametrize(
    ("formula", "assuming", "least"),
    [
        (1 / (K - 1), [], {"K": 2}),
        (1 / ((K - 2) * (K - 5)), [], {"K": 6}),
        (log(2 * K - 1), [], {}),
        (log(K**2 - 4 * K + 5), [], {}),
        (log(K - 3), [], {"K": 4}),
        (1 / (K + 1), [], {}),
        (log(1 - y[i]), [], {"K": 2}),
        (log(1 - y[i] - y[j]), [distinct(i, j)], {"K": 3}),
        (1 / (S - exp(z[i])), [], {"K": 2}),
        (log(1 - Y[n, i]), [], {"K": 2}),
        (log(p[i]), [positive(p[k])], {}),
    ],
)
def test_what_holds_from_some_number_on(formula: Expr, assuming: list[Hypothesis], least: dict[str, int]) -> None:
    verdict, found = itself(formula, assuming)
    assert isinstance(verdict, Proved), verdict
    assert found == least


@pytest.mark.parametrize(
    ("formula", "assuming", "conditions"),
    [
        (1 / x, [], ["x ≠ 0"]),
        (1 / (N - K), [], ["N - K ≠ 0"]),
        (1 / (K - 2000), [], ["K - 2000 ≠ 0"]),
        (1 / (x * (K - 1)), [], ["x ≠ 0"]),
        (Sum(k, 1 / z[k]) + Sum(j, 2 / z[j]), [], ["z[k] ≠ 0"]),
        (log((1 - y[i]) / x) + 0 * y[j], [distinct(i, j)], ["x ≠ 0", "(1 - y[i])/x > 0"]),
        (log((1 - y[i]) / (x + 1)), [], ["x + 1 ≠ 0", "(1 - y[i])/(x + 1) > 0"]),
        (log(Sum(k, p[k])), [], ["Sum(k, p[k]) > 0"]),
        (1 / (z[i] - z[j]), [distinct(i, j)], ["z[i] - z[j] ≠ 0"]),
        (log(Sum(k, Sum(j, exp(z[k] * z[j]))) - exp(z[i])), [], ["Sum(k, Sum(j, exp(z[k]*z[j]))) - exp(z[i]) > 0"]),
    ],
)
def test_what_is_left_open_is_printed(formula: Expr, assuming: list[Hypothesis], conditions: list[str]) -> None:
    verdict, _ = itself(formula, assuming)
    assert isinstance(verdict, Conditional), verdict
    assert list(map(str, verdict.conditions)) == conditions


@pytest.mark.parametrize(
    "formula",
    [
        1 / (z[i] - z[j]),  # i = j is an instance
        Sum(k, 1 / (z[k] - z[i])),  # and so is k = i
        Sum(k, Sum(j, 1 / (z[k] - z[j]))),
        log(-S),
        log(-K),
        1 / (K - K),
    ],
)
def test_what_fails_everywhere_proves_nothing(formula: Formula) -> None:
    assert isinstance(formula, Expr)
    verdict, _ = itself(formula, [])
    assert isinstance(verdict, Unknown)


def test_a_small_number_is_decided_separately() -> None:
    """At K = 1 there is no i ≠ j, and nothing is divided by K − 1."""
    left = by_cases(i, j, same=z[i], distinct=x / (K - 1))
    right = by_cases(i, j, same=z[j], distinct=2 * x / (2 * K - 2))
    decision = IndexDecider().decide(left, right)
    assert isinstance(decision.verdict, Proved)
    assert (decision.least, decision.separately) == ((("K", 2),), (1,))


def test_an_unknown_function_of_a_name_that_is_held_is_refused() -> None:
    inner = define("w", i, exp(u[i]))
    outer = scalar("g", of=inner)
    verdict = IndexDecider().decide(D(outer, u[i]), D(outer, u[i])).verdict
    assert isinstance(verdict, Unknown)
    assert "depends on a name that is held" in verdict.reason


def test_where_the_two_methods_contradict_each_other_nothing_is_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has never been seen; if it were, it would not be hidden."""
    sides = (Enclosure(Fraction(n), Fraction(n)) for n in range(2))
    false = Refuted(Counterexample((("K", 2),), (), (), *sides))
    monkeypatch.setattr(IndexDecider, "tower_says", lambda *_: false)
    verdict = IndexDecider().decide(z[i] / x, z[i] / x).verdict
    assert isinstance(verdict, Refuted | Unknown)
    decider = IndexDecider(sizes={K: 5})
    verdict = decider.decide(z[i] / x, z[i] / x).verdict
    assert isinstance(verdict, Unknown)
    assert "proved with letters for numbers, but false at K = 2" in verdict.reason
