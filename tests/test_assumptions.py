"""Hypotheses for every K: values for whole families of entries and sums, and whether any point satisfies them."""

from __future__ import annotations

import pytest

from derive.formula.hypotheses import Equation, Hypothesis
from derive.formula.notation import *
from derive.formula.tree import Distinct, Expr
from derive.kernel.assumptions import Assumed
from derive.kernel.decide import Decider
from derive.kernel.every import IndexDecider
from derive.kernel.hypotheses import Contradiction
from derive.kernel.value import Instance
from derive.kernel.verdict import Unknown, Verdict

from .indexed import A, K, N, S, S_row, Y, Z, f, i, j, k, l, m, n, p, q, r, w, x, y, z

t, a = vector("t", K), vector("a", N)
U = matrix("U", N, K)
c = index("c", K)
label, other = scalars("label other")
loss = -Sum(k, t[k] * log(y[k]))
batch = -Sum(n, Sum(k, U[n, k] * log(Y[n, k])))
of_z = scalar("g", of=z)

ONE = equal(Sum(k, t[k]), 1)
ROWS = equal(Sum(k, U[r, k]), 1)


def decided(left: Expr, right: Expr | int, *assuming: Hypothesis) -> Verdict:
    return IndexDecider(assuming).decide(left, number(right) if isinstance(right, int) else right).verdict


TRUE: list[tuple[str, Expr, Expr | int, list[Hypothesis]]] = [
    ("a sum is a number", Sum(k, t[k]), 1, [ONE]),
    ("… whatever its letter", 2 * Sum(l, t[l]) + x, 2 + x, [ONE]),
    ("… a multiple of it", Sum(k, 3 * t[k]), 3, [equal(2 * Sum(k, t[k]), 2)]),
    ("… in a denominator", 1 / Sum(k, t[k]), 1, [ONE]),
    ("… in an argument", f(Sum(k, t[k])) + log(1 + Sum(k, t[k])), f(number(1)) + log(number(2)), [ONE]),
    ("… in an exponent", exp(x * Sum(k, t[k])), exp(x), [ONE]),
    ("… squared", Sum(k, Sum(l, t[k] * t[l])), 1, [ONE]),
    ("… after the derivative", D(loss, z[i]), y[i] - t[i], [ONE]),
    ("for each row", Sum(k, U[r, k]), 1, [ROWS]),
    ("… of any row", Sum(n, Sum(k, U[n, k])), N, [ROWS]),
    ("… as a part of a larger sum", Sum(n, Sum(k, a[n] * U[n, k])), Sum(n, a[n]), [ROWS]),
    ("… beside another", Sum(n, Sum(k, Sum(l, U[n, k] * U[n, l] * a[n]))), Sum(n, a[n]), [ROWS]),
    ("… one row by its number", Sum(k, U[1, k]), 1, [ROWS]),
    ("… after the derivative", D(batch, Z[r, i]), Y[r, i] - U[r, i], [ROWS]),
    ("for one row by its number", Sum(k, U[1, k]), 1, [equal(Sum(k, U[1, k]), 1)]),
    ("for each column", Sum(n, U[n, i]), z[i], [equal(Sum(n, U[n, k]), z[k])]),
    ("each row has a sum of its own", Sum(n, Sum(k, U[n, k])), Sum(n, a[n]), [equal(Sum(k, U[r, k]), a[r])]),
    ("… squared", Sum(n, Sum(k, Sum(l, U[n, k] * U[n, l]))), Sum(n, a[n] ** 2), [equal(Sum(k, U[r, k]), a[r])]),
    ("a sum over all", Sum(k, Sum(n, U[n, k])), x, [equal(Sum(n, Sum(k, U[n, k])), x)]),
    ("a sum and more", Sum(k, t[k]) + x, w, [equal(Sum(k, t[k]) + x, w)]),
    ("a trace", Sum(k, A[k, k]), 1, [equal(Sum(k, A[k, k]), 1)]),
    ("with a weight", Sum(k, t[k] * z[k]), x, [equal(Sum(k, t[k] * z[k]), x)]),
    ("with a weight, in another array", Sum(k, t[k] * A[i, k]), z[i], [equal(Sum(k, t[k] * A[i, k]), z[i])]),
    ("a variable", x * t[i], 2 * t[i], [equal(x, 2)]),
    ("… by another", x + w, 3 * w, [equal(x, 2 * w)]),
    ("… by a sum", x, 2 * Sum(k, z[k]), [equal(x, 2 * Sum(k, z[k]))]),
    ("… one after the other", x + w, 3, [equal(x, 1), equal(w, 2 * x)]),
    ("entries of an array", Sum(k, z[k]), K * x, [equal(z[k], x)]),
    ("… by those of another", Sum(k, z[k] * A[i, k]), Sum(k, t[k] * A[i, k]), [equal(z[k], t[k])]),
    ("… in both of their letters", Sum(k, A[k, k]), Sum(k, z[k] * t[k]), [equal(A[i, j], z[i] * t[j])]),
    ("… on the diagonal", Sum(k, A[k, k]), K, [equal(A[i, i], 1)]),
    ("… one by its number", z[1] + z[2], 5 + z[2], [equal(z[1], 5)]),
    ("… of a row by its number", Sum(k, U[1, k]), K * x, [equal(U[1, k], x)]),
    ("said twice", Sum(k, t[k]), 1, [ONE, ONE]),
    ("of nothing", x, x, [equal(w, w)]),
    ("one-hot", Sum(k, t[k] * z[k]), z[c], [one_hot(t, c)]),
    ("… with its sum", Sum(k, t[k]), 1, [one_hot(t, c), ONE]),
    ("… squared", Sum(k, t[k] ** 2), 1, [one_hot(t, c)]),
    ("… after the derivative", D(Sum(k, t[k] ** 2), t[i]), 2 * delta(i, c), [one_hot(t, c)]),
    ("… cross-entropy", loss, -log(y[c]), [one_hot(t, c)]),
    ("one of", label**2, label, [one_of(label, 0, 1)]),
    ("… beside an entry", (label**2 - label) * z[i], 0, [one_of(label, 0, 1)]),
    ("one of, twice", label * x, x, [one_of(label, 0, 1), one_of(label, 1, 2)]),
    ("letters that differ", delta(i, j), 0, [distinct(i, j)]),
    ("a positive family", exp(Sum(k, log(t[k]))), exp(Sum(l, log(t[l]))), [positive(t[k])]),
    ("… with its sum", log(Sum(k, t[k])), 0, [positive(t[k]), ONE]),
    ("… of an entry's logarithm", exp(log(t[i])), t[i], [positive(t[k])]),
    ("… of a matrix", exp(log(A[i, j])), A[i, j], [positive(A[k, l])]),
    ("… a scalar", exp(log(p)), p, [positive(p)]),
    ("… a part", log((1 - p) ** 3), 3 * log(1 - p), [positive(1 - p)]),
    ("unknown functions are not touched", of_z * Sum(k, t[k]), of_z, [ONE]),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right", "assuming"), [case[1:] for case in TRUE], ids=[case[0] for case in TRUE])
def test_what_follows(left: Expr, right: Expr | int, assuming: list[Hypothesis]) -> None:
    assert decided(left, right, *assuming).name == "proved"
    assert decided(left, right + 1, *assuming).name == "refuted"


OPEN: list[tuple[str, Expr, Expr | int, list[Hypothesis], set[str]]] = [
    ("the gradient without its hypothesis", D(loss, z[i]), y[i] - t[i], [], {"refuted"}),
    ("the hypothesis of another", Sum(k, t[k]), 1, [equal(Sum(k, z[k]), 1)], {"refuted"}),
    ("rows are no columns", Sum(n, U[n, i]), 1, [ROWS], {"refuted"}),
    ("rows of all are no row", Sum(k, U[r, k]), 1, [equal(Sum(n, Sum(k, U[n, k])), 1)], {"refuted"}),
    ("a diagonal is no matrix", Sum(k, Sum(l, A[k, l])), K, [equal(A[i, i], 1)], {"refuted"}),
    ("one entry is not all", z[i], 5, [equal(z[1], 5)], {"refuted"}),
    ("one positive entry is not all", exp(log(z[i])), z[i], [positive(z[1])], {"unknown", "refuted"}),
    ("a positive diagonal is no matrix", exp(log(A[i, j])), A[i, j], [positive(A[k, k])], {"unknown", "refuted"}),
    ("one-hot, elsewhere", Sum(k, t[k] * z[k]), z[i], [one_hot(t, c)], {"refuted"}),
    ("one-hot in a denominator", Sum(k, z[k] / t[k]), z[c], [one_hot(t, c)], {"unknown"}),
    ("one-hot in an exponent", Sum(k, exp(t[k])), x, [one_hot(t, c)], {"unknown", "refuted"}),
    ("one of, not said", label**2, label, [one_of(label, 0, 1, 2)], {"refuted"}),
    ("one of none", label, label, [one_of(label, 0), one_of(label, 1)], {"unknown"}),
    ("contradictory", x, w, [equal(x, 1), equal(x, 2)], {"unknown"}),
    ("contradictory sums", z[i], 0, [ONE, equal(Sum(k, t[k]), 2)], {"unknown"}),
    ("contradictory labels", z[i], 0, [one_hot(t, c), equal(Sum(k, t[k]), 2)], {"unknown"}),
    ("contradictory signs", z[i] * x, 0, [positive(x), equal(x, 0)], {"unknown"}),
    ("contradictory signs, the other way round", z[i] * x, 0, [equal(x, 0), positive(x)], {"unknown"}),
    ("contradictory signs of sums", z[i] * 0, 0, [positive(t[k]), equal(Sum(k, t[k]), -1)], {"unknown"}),
    ("contradictory signs of exponentials", z[i] * S, -z[i], [equal(S, -1)], {"unknown"}),
    ("contradictory letters", z[i], z[j], [distinct(i, j), Distinct(i, i)], {"unknown"}),
    ("contradictory values of a family", z[i], 0, [positive(z[k] - z[l])], {"unknown"}),
    ("one-hot and positive", Sum(k, t[k]), 1, [one_hot(t, c), positive(t[k])], {"unknown"}),
    ("a hypothesis without a value", x * z[i], 0, [equal(x, log(number(-1)))], {"unknown"}),
    ("gives nothing a value", Sum(k, z[k]), w, [equal(Sum(k, z[k]) ** 2, w**2)], {"refuted", "unknown"}),
    ("letters that the head has not", z[i], -t[j], [equal(z[k] + t[l], 0)], {"unknown", "refuted"}),
    ("its own family", A[i, j], A[j, i], [equal(A[k, l], A[l, k])], {"unknown"}),
    ("a sum of exponentials", y[i], exp(z[i]), [equal(S, 1)], {"proved"}),  # it can hold for every K
    ("… in each row", Y[r, i], exp(Z[r, i]) / 2, [equal(S_row[n], 2)], {"proved"}),
    ("its own family of sums", Sum(k, A[i, k]), Sum(k, A[k, i]), [equal(Sum(k, A[j, k] - A[k, j]), 0)], {"unknown"}),
    ("entries that a label gives", z[i], delta(i, c), [one_hot(t, c), equal(z[k], t[k])], {"unknown", "proved"}),
    ("a size", z[i] * K, 3 * z[i], [equal(K * x, 3 * x)], {"unknown", "refuted"}),
    ("a delta in a hypothesis", A[i, j], delta(i, j), [equal(A[k, l], delta(k, l))], {"unknown", "proved"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("left", "right", "assuming", "expected"), [case[1:] for case in OPEN], ids=[case[0] for case in OPEN]
)
def test_what_does_not_follow(left: Expr, right: Expr | int, assuming: list[Hypothesis], expected: set[str]) -> None:
    assert decided(left, right, *assuming).name in expected


def test_what_is_proved_under_hypotheses_is_true_at_small_sizes() -> None:
    for name, left, right, assuming in TRUE:
        line = number(right) if isinstance(right, int) else right
        for sizes in ({K: 2, N: 1}, {K: 3, N: 2}):
            assert Decider(sizes, assuming).decide(left, line).verdict.name == "proved", name


def assumed(*assuming: Hypothesis) -> Assumed:
    return IndexDecider(assuming).given(Instance())


@pytest.mark.parametrize(
    ("assuming", "plain"),
    [
        ([], True),
        ([ONE], True),
        ([ONE, ONE], True),
        ([ROWS, positive(x)], True),
        ([equal(x, 3)], True),
        ([equal(z[k], 3), one_of(label, 0, 1)], True),
        ([equal(x, w)], False),
        ([equal(S, 1)], False),
        ([positive(1 - p)], False),
        ([positive(x), positive(x)], False),
        ([positive(x), equal(x, 1)], False),
        ([equal(x, 1), positive(x)], False),
        ([ONE, positive(t[k])], False),
        ([equal(x * w, 1)], False),
        ([equal(Sum(k, t[k] * z[k]), 1)], False),
    ],
)
def test_hypotheses_that_certainly_can_hold(assuming: list[Hypothesis], plain: bool) -> None:
    decider = IndexDecider(assuming)
    labels = {label: 0} if any("label" in str(h) for h in assuming) else {}
    assert decider.given(Instance({}, labels)).plain is plain


def test_equations_that_give_nothing_a_value_are_named() -> None:
    assert assumed(equal(x**2, w)).unused == ()
    assert assumed(equal(x**2, w**2)).unused == ("x**2 = w**2",)
    found = decided(x, 2 * z[1], equal(x**2, w**2), equal(x**2 * w, 3))
    assert found.name in ("refuted", "unknown")
    line = IndexDecider([equal(x**2, -1)]).decide(x, w)
    assert isinstance(line.verdict, Unknown)
    assert "the hypothesis x**2 = -1 gives nothing a value" in line.verdict.reason


def test_a_contradiction_says_which() -> None:
    with pytest.raises(Contradiction, match="the hypothesis x = 2 contradicts the others"):
        assumed(equal(x, 1), equal(x, 2))
    assert isinstance(ONE, Equation)


@pytest.mark.parametrize(
    "hypothesis", [positive(z[k] + delta(k, l)), positive(1 / (x - x)), positive(x**K), positive(x - x)], ids=str
)
def test_a_hypothesis_that_cannot_be_read_is_no_reason_to_crash(hypothesis: Hypothesis) -> None:
    found = IndexDecider([hypothesis]).decide(z[i], z[i]).verdict
    assert found.name in ("proved", "unknown")


def test_a_part_of_a_sum_may_be_known_where_its_value_depends_on_another_letter() -> None:
    rows = equal(Sum(l, A[k, l]), z[k])
    chain = Sum(i, Sum(j, A[i, j] * A[m, i]))
    assert decided(chain, Sum(i, z[i] * A[m, i]), rows).name in ("proved", "unknown")
    assert decided(chain, z[m] ** 2, rows).name == "refuted"
    assert decided(chain + q[m], Sum(i, z[i] * A[m, i]), rows).name == "refuted"
