"""The identities on which SymPy fails, decided on our side.

Each test says what SymPy 1.13 or 1.14 does; where it is quick, it shows it.
"""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from derive import decide
from derive.formula.arrays import Array
from derive.formula.notation import (
    D,
    Sum,
    by_cases,
    define,
    delta,
    diag,
    distinct,
    equal,
    exp,
    fraction,
    index,
    indices,
    log,
    matrix,
    ones,
    outer,
    scalars,
    size,
    tanh,
    vector,
)
from derive.formula.tree import Expr, Formula
from derive.kernel.every import IndexDecider

K = size("K")
i, j, k = indices("i j k", K)
z, t = vector("z", K), vector("t", K)
x, a = scalars("x a")
S = define("S", Sum(k, exp(z[k])))
y = define("y", i, exp(z[i]) / S)
sigma = define("sigma", x, 1 / (1 + exp(-x)))
softplus = define("softplus", x, log(1 + exp(x)))

SIZES = pytest.mark.parametrize("K_", [1, 2, 3, 6])


@SIZES
def test_the_captured_derivative(K_: int) -> None:
    """SymPy's diff of e^{z_k}/Σ_k e^{z_k} in z_k is 0: the summed letter captures the free one (issue 21891)."""
    n, top = sp.Symbol("n", integer=True), sp.Symbol("K", integer=True, positive=True)
    logits = sp.IndexedBase("z")
    fraction_ = sp.exp(logits[n]) / sp.Sum(sp.exp(logits[n]), (n, 1, top))
    claim = sp.Derivative(fraction_, logits[n])
    right = fraction_ * (1 - fraction_)
    assert decide(claim, right, K=K_).name == "proved"
    if K_ > 1:
        assert decide(claim, 0, K=K_).name == "refuted"


@SIZES
def test_the_derivative_of_a_sum_in_its_own_letter(K_: int) -> None:
    assert decide(D(S, z[k]), exp(z[k]), K=K_).name == "proved"
    assert decide(D(S, z[i]), 0 * z[i], K=K_).name == "refuted"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (tanh(x), 2 * sigma(2 * x) - 1),
        (log(1 + 2 * exp(x) + exp(2 * x)), 2 * softplus(x)),
        (softplus(x), x + softplus(-x)),
        (log(sigma(x)), -softplus(-x)),
        (1 / (1 + exp(-x)), exp(x) / (1 + exp(x))),
        (D(tanh(x), x), 1 - tanh(x) ** 2),
        (log(exp(x)), x),
    ],
    ids=str,
)
def test_what_simplify_misses(left: Expr, right: Expr) -> None:
    """`simplify` leaves the first two open; `together` misses true zeros."""
    assert decide(left, right).name == "proved"
    assert decide(left, right + fraction(1, 10**12)).name == "refuted"


@SIZES
def test_the_matrix_gradient_of_logsumexp(K_: int) -> None:
    """SymPy's matrix derivative of log(1ᵀ exp z) is 0 (issues 26585, 26561, 30527)."""
    total = ones(K).T @ exp(z)
    assert decide(D(total, z), exp(z), K=K_).name == "proved"
    assert decide(D(log(S), z), exp(z) / total, K=K_).name == "proved"


@SIZES
def test_the_matrix_jacobian_of_softmax(K_: int) -> None:
    """SymPy's matrix derivative loses the −y yᵀ."""
    claim = D(y, z)
    assert isinstance(claim, Array)
    assert decide(claim, diag(y) - outer(y, y), K=K_).name == "proved"
    assert decide(claim, diag(y), K=K_).name == "refuted"


@SIZES
def test_sums_are_equal_whatever_their_letter(K_: int) -> None:
    """With a symbolic K, SymPy does not reduce Σ_i t_i − Σ_j t_j to 0 (issue 13994)."""
    n, m = sp.symbols("n m", integer=True)
    top = sp.Symbol("K", integer=True, positive=True)
    labels = sp.IndexedBase("t")
    gap = sp.Sum(labels[n], (n, 1, top)) - sp.Sum(labels[m], (m, 1, top))
    assert decide(gap, 0, K=K_).name == "proved"


@SIZES
def test_the_gradient_needs_its_hypothesis(K_: int) -> None:
    loss = -Sum(k, t[k] * log(y[k]))
    assert decide(D(loss, z[i]), y[i] - t[i], assuming=[equal(Sum(k, t[k]), 1)], K=K_).name == "proved"
    assert decide(D(loss, z[i]), y[i] - t[i], K=K_).name == "refuted"


def test_conditions_that_sympy_cancels() -> None:
    """x/x is 1 in SymPy before anyone looks; written as a formula it needs x ≠ 0."""
    assert decide(x / x, fraction(1, 1)).name == "conditional"
    one = sp.Symbol("x") / sp.Symbol("x")
    assert one == 1


def test_a_claim_about_no_instance_proves_nothing() -> None:
    assert decide(D(y[i], z[j]), -y[i] * y[j], assuming=[distinct(i, j)], K=1).name == "unknown"


def test_sampling_is_no_proof() -> None:
    """t² = t holds at one-hot labels, and nowhere else; 1 + 10⁻³⁰ is not 1."""
    assert decide(t[i] ** 2, t[i], K=3).name == "refuted"
    assert decide(sigma(x) * (1 + fraction(1, 10**30)), sigma(x)).name == "refuted"


def test_deltas_are_not_dropped() -> None:
    assert decide(Sum(j, delta(i, j) * z[j]), z[i], K=4).name == "proved"
    assert decide(z[i], Sum(j, z[j]), K=4).name == "refuted"


def test_naive_lambdify_overflows_where_the_truth_is_finite() -> None:
    """SymPy's own code for softmax is nan at 1000; so the table shows what is finite, and exports take other forms."""
    from derive.concrete.functions import compiled
    from derive.concrete.world import World

    world = World({K: 3})
    naive = compiled(world.value(y[i], {i: 1}))
    with np.errstate(all="ignore"):
        assert np.isnan(naive({symbol: np.float64(1000) for symbol in naive.arguments}))


def test_swaps_are_simultaneous() -> None:
    """SymPy's `subs` one after the other turns {a: b, b: a} into a merger."""
    g = define("g", x, x - a)
    assert decide(g(a), 0 * a).name == "proved"
    h = define("h", x, exp(x) / exp(a))
    assert decide(h(2 * a) * h(0 * a), 1 + 0 * a).name == "proved"


# ------------------------------------------------- the same ones, for every K

m = index("m", K)
N = size("N")
n = index("n", N)
Z = matrix("Z", N, K)
row = define("R", n, Sum(k, exp(Z[n, k])))
Y = define("Y", (n, i), exp(Z[n, i]) / row[n])

FOR_EVERY_K: list[tuple[str, Formula, Formula, Formula]] = [
    ("the captured derivative", D(exp(z[k]) / S, z[k]), y[k] * (1 - y[k]), 0 * z[k]),
    ("… of the sum alone", D(S, z[k]), exp(z[k]), S),
    ("… inside of another sum", Sum(k, D(S, z[k]) * t[k]), Sum(m, exp(z[m]) * t[m]), S * Sum(m, t[m])),
    ("… in two sums of one letter", Sum(k, z[k]) * Sum(k, t[k]), Sum(k, Sum(m, z[k] * t[m])), Sum(k, z[k] * t[k])),
    ("… in a square", Sum(k, z[k]) ** 2, Sum(k, Sum(m, z[k] * z[m])), Sum(k, z[k] ** 2)),
    ("the letter of a sum", Sum(i, t[i]) - Sum(j, t[j]), 0 * x, Sum(j, t[j])),
    ("… of two sorts", Sum(k, 1 + 0 * x) - K, 0 * x, Sum(n, 1 + 0 * x) - K),
    ("an index range without Piecewise", Sum(k, delta(k, i) * t[k]), t[i], Sum(k, t[k])),
    ("… nested", Sum(k, Sum(m, delta(k, m) * Z[1, m])), Sum(m, Z[1, m]), K * Sum(m, Z[1, m])),
    ("… by cases", Sum(k, by_cases(k, i, same=x, distinct=t[k])), x + Sum(k, t[k]) - t[i], x + Sum(k, t[k])),
    ("… by cases that are exclusive", Sum(k, by_cases(k, i, same=0, distinct=1)), K - 1, K + 0 * x),
    ("the gradient of a matrix's entries", D(log(ones(K).T @ exp(z)), z), exp(z) / (ones(K).T @ exp(z)), 0 * z),
    ("the Jacobian with its second term", D(y, z), diag(y) - outer(y, y), diag(y)),
    ("the gradient of a batch", D(Sum(n, log(row[n])), Z), D(Sum(n, log(row[n])), Z), 0 * D(Sum(n, log(row[n])), Z)),
    ("rows that sum to 1", Sum(n, Sum(k, Y[n, k])), N + 0 * x, K + 0 * x),
    ("Math-Verify's false sum", Sum(k, y[k]), 1 + 0 * x, K * y[i]),
]
"""What is written, what it is, and what SymPy, or a reader in a hurry, makes of it."""


@pytest.mark.parametrize(
    ("written", "right", "wrong"), [case[1:] for case in FOR_EVERY_K], ids=[case[0] for case in FOR_EVERY_K]
)
def test_traps_for_every_K(written: Formula, right: Formula, wrong: Formula) -> None:
    assert IndexDecider().decide(written, right).verdict.name == "proved"
    assert IndexDecider().decide(written, wrong).verdict.name == "refuted"


def test_swaps_are_simultaneous_for_every_K() -> None:
    """Arguments and letters that trade places: one after the other they would become one."""
    A = matrix("A", K, K)
    g = define("g", (i, j), A[i, j] - A[j, i])
    assert IndexDecider().decide(g[i, j], -g[j, i]).verdict.name == "proved"
    assert IndexDecider().decide(Sum(i, Sum(j, g[i, j] * g[j, i])), -Sum(i, Sum(j, g[i, j] ** 2))).verdict.name == (
        "proved"
    )
    assert IndexDecider().decide(Sum(i, Sum(j, g[i, j] * t[i])), 0 * x).verdict.name == "refuted"
    assert IndexDecider().decide(Sum(i, Sum(j, g[i, j])), 0 * x).verdict.name == "proved"


def test_the_hypothesis_is_needed_for_every_K() -> None:
    loss = -Sum(k, t[k] * log(y[k]))
    assert IndexDecider([equal(Sum(k, t[k]), 1)]).decide(D(loss, z[i]), y[i] - t[i]).verdict.name == "proved"
    assert IndexDecider().decide(D(loss, z[i]), y[i] - t[i]).verdict.name == "refuted"
    assert IndexDecider().decide(D(loss, z[i]), y[i] * Sum(k, t[k]) - t[i]).verdict.name == "proved"
