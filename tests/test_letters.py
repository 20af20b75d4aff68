"""Formulas read with letters for numbers: cases under sums, conditions, names that are held, unknown functions."""

from __future__ import annotations

import pytest

from derive.formula.hypotheses import Hypothesis
from derive.formula.notation import *
from derive.formula.tree import Cases, Equals, Expr, Same
from derive.kernel.every import IndexDecider
from derive.kernel.tower import OutsideClass
from derive.kernel.value import Instance
from derive.kernel.verdict import Conditional, Unknown, Verdict

from .indexed import A, F, K, S, T, f, h, i, j, k, l, m, n, p, q, r, sigma, square, w, x, y, z

t = scalar("t")
s = scalar("s", of=x)
of_s = scalar("g", of=S)
of_y = scalar("g", of=y)
of_unknown = scalar("g", of=F)
outer_function = scalar("g", of=s)


def decided(left: Expr, right: Expr | int, *assuming: Hypothesis) -> Verdict:
    return IndexDecider(assuming).decide(left, number(right) if isinstance(right, int) else right).verdict


def reason(left: Expr, *assuming: Hypothesis) -> str:
    found = decided(left, left, *assuming)
    assert isinstance(found, Unknown)
    return found.reason


# ------------------------------------------------------------------------ cases

CASES: list[tuple[Expr, Expr | int]] = [
    (Sum(k, by_cases(k, i, same=x, distinct=0)), x),
    (Sum(k, by_cases(k, i, same=z[k], distinct=w)), z[i] + (K - 1) * w),
    (Sum(k, by_cases(i, k, same=0, distinct=z[k])), Sum(k, z[k]) - z[i]),
    (Sum(k, Sum(l, by_cases(k, l, same=1, distinct=0))), K),
    (Sum(k, Sum(l, by_cases(k, l, same=0, distinct=A[k, l]))), Sum(k, Sum(l, A[k, l])) - Sum(k, A[k, k])),
    (Sum(k, by_cases(k, 1, same=x, distinct=0)), x),
    (Sum(k, by_cases(k, i, same=by_cases(k, j, same=1, distinct=0), distinct=0)), delta(i, j)),
    (Sum(k, z[k] * by_cases(k, i, same=1, distinct=0) ** 2), z[i]),
    (by_cases(i, j, same=1, distinct=0), delta(i, j)),
    (by_cases(i, j, same=1 / exp(x), distinct=1 / exp(w)), delta(i, j) * exp(-x) + (1 - delta(i, j)) * exp(-w)),
    (by_cases(i, i, same=x, distinct=1 / (x - x)), x),
    (Sum(k, by_cases(k, k, same=x, distinct=1 / (x - x))), K * x),
    (D(Sum(k, by_cases(k, i, same=z[k] ** 2, distinct=z[k])), z[j]), 1 + delta(i, j) * (2 * z[i] - 1)),
]


@pytest.mark.parametrize(("left", "right"), CASES, ids=[str(left) for left, _ in CASES])
def test_cases_under_a_sum(left: Expr, right: Expr | int) -> None:
    assert decided(left, right).name == "proved"
    assert decided(left, right + p).name == "refuted"


def test_a_value_in_a_case_under_a_sum_has_to_exist_everywhere() -> None:
    line = Sum(k, by_cases(k, i, same=1, distinct=1 / z[k]))
    found = decided(line, line)
    assert isinstance(found, Conditional)
    assert [str(condition) for condition in found.conditions] == ["z[k] ≠ 0"]
    gap = Sum(k, by_cases(k, i, same=1, distinct=1 / (z[k] - z[i])))
    assert isinstance(decided(gap, gap), Unknown)


def test_a_condition_in_the_case_that_holds_is_one() -> None:
    line = by_cases(i, j, same=x / x, distinct=number(1))
    found = decided(line, 1)
    assert isinstance(found, Conditional)
    assert [str(condition) for condition in found.conditions] == ["x ≠ 0"]


def test_no_case_that_holds() -> None:
    """Of cases that are built by hand: those that the notation writes cover all."""
    decider = IndexDecider()
    with pytest.raises((OutsideClass, TypeError)):  # the notation has no words to print it
        decider.reader_for(()).read(Sum(k, Cases((Same(k, i),), (x,))), Instance({i: 1}))
    assert decided(Sum(k, Cases((Same(k, k),), (x,))), K * x).name == "proved"
    assert decided(Sum(k, Cases((Same(k, i), Same(k, k)), (x, w))), x + (K - 1) * w).name == "proved"


def test_cases_by_a_label() -> None:
    line = Sum(k, z[k] * by_label(t, {0: x, 1: w}))
    assert decided(line, by_label(t, {0: x, 1: w}) * Sum(k, z[k]), one_of(t, 0, 1)).name == "proved"
    assert decided(line, x * Sum(k, z[k]), one_of(t, 0, 1)).name == "refuted"


def test_cases_by_a_label_and_by_a_letter() -> None:
    """Under a sum a letter may be any other: it is not told to differ from a free one.  Built by hand, as above."""
    line = Cases((Same(k, j), Equals(t, 0), Equals(t, 1)), (number(1), number(0), number(0)))
    name = IndexDecider([one_of(t, 0, 1)]).decide(Sum(k, line), number(0)).verdict.name
    assert name != "proved"  # it is 1


def test_a_list_is_for_one_size() -> None:
    assert "holds for one size alone" in reason(Sum(k, listed(K, x, w).at(k)))


def test_an_entry_beyond_a_fixed_size() -> None:
    found = IndexDecider(sizes={K: 2}).decide(z[3], z[3]).verdict
    assert isinstance(found, Unknown)
    assert IndexDecider(sizes={K: 3}).decide(z[3], z[3]).verdict.name == "proved"


@pytest.mark.parametrize("line", [Sum(k, delta(k, 3)), Sum(k, by_cases(k, 3, same=1, distinct=0))], ids=str)
def test_a_numeral_beyond_a_fixed_size_is_no_value_of_a_letter(line: Expr) -> None:
    assert IndexDecider(sizes={K: 2}).decide(line, number(1)).verdict.name != "proved"
    assert IndexDecider(sizes={K: 3}).decide(line, number(1)).verdict.name == "proved"
    assert dict(IndexDecider().decide(line, number(1)).least) == {"K": 3}


def test_a_power_that_is_a_size() -> None:
    assert "its exponent is not an integer" in reason(x**K)


# ------------------------------------------------------------------- conditions


def test_a_condition_under_a_sum_is_for_every_letter() -> None:
    found = decided(Sum(k, z[k] / (1 - q[k])), Sum(l, z[l] / (1 - q[l])))
    assert isinstance(found, Conditional)
    assert "1 - q[k] ≠ 0" in map(str, found.conditions)
    assert decided(Sum(k, z[k] / (1 - q[k])), Sum(l, z[l] / (1 - q[l])), positive(1 - q[m])).name == "proved"


@pytest.mark.parametrize(
    "line",
    [
        Sum(k, 1 / (z[k] - z[i])),
        Sum(k, Sum(l, 1 / (z[k] - z[l]))),
        Sum(k, log(z[k] - z[i])),
        Sum(k, 1 / (z[k] - z[1])),
        Sum(k, Sum(l, Sum(m, 1 / (z[k] + z[l] - 2 * z[m])))),
    ],
    ids=str,
)
def test_a_condition_that_fails_where_letters_coincide(line: Expr) -> None:
    assert isinstance(decided(line, line), Unknown)


def test_a_condition_is_printed_with_the_letters_it_is_written_with() -> None:
    found = decided(Sum(k, square(z[k]) / sigma(z[k]) * z[k] / z[k]), Sum(k, square(z[k]) / sigma(z[k])))
    assert isinstance(found, Conditional)
    assert [str(condition) for condition in found.conditions] == ["z[k] ≠ 0"]


# --------------------------------------------------------- names and derivatives

NAMES: list[tuple[Expr, Expr | int]] = [
    (D(y[i] ** 2, y[i]), 2 * y[i]),
    (D(Sum(k, q[k] * log(y[k])), y[j]), q[j] / y[j]),
    (D(Sum(k, y[k] * z[k]), y[j]), z[j]),
    (D(D(Sum(k, y[k] ** 3), y[i]), y[j]), 6 * delta(i, j) * y[i]),
    (D(D(y[i] ** 2, y[i]), z[j]), 2 * D(y[i], z[j])),
    (D(S * Sum(k, z[k]), S), Sum(k, z[k])),
    (D(Sum(k, S * y[k]), y[i]), S),
    (Sum(k, D(log(S), S) * exp(z[k])), 1),
    (D(T[i, j], x), z[i]),
    (D(T[i, j], q[m]), 1),
    (D(square(x), x), 2 * x + Sum(k, q[k])),
    (D(Sum(k, square(z[k])), z[i]), 2 * z[i] + Sum(k, q[k])),
    (define("d", x, D(x**3 + Sum(k, x * z[k]), x))(w), 3 * w**2 + Sum(k, z[k])),
    (Sum(l, define("d", x, D(x**2 * z[1], x))(z[l])), 2 * z[1] * Sum(l, z[l])),
    (D(number(3), S), 0),
    (D(K * w, y[j]), 0),
    (D(f(w), S), 0),
]


@pytest.mark.parametrize(("left", "right"), NAMES, ids=[str(left) for left, _ in NAMES])
def test_names_that_are_held(left: Expr, right: Expr | int) -> None:
    assert decided(left, right).name == "proved"
    assert decided(left, right + p).name == "refuted"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (D(log(S), y[j]), "y[j] does not occur in log(S)"),
        (D(z[i], S), "S does not occur in z[i]"),
        (D(h, S), "S does not occur in h"),
        (D(z[i], h), "h does not occur in z[i]"),
        (D(D(y[i] ** 2, z[i]), y[i]), "a derivative in z, inside one in y"),
        (D(D(of_y, z[i]) * y[j], y[j]), "depends on"),
    ],
    ids=str,
)
def test_derivatives_that_nobody_means(line: Expr, expected: str) -> None:
    assert expected in reason(line)


UNKNOWN: list[tuple[Expr, Expr]] = [
    (D(h**2, z[i]), 2 * h * D(h, z[i])),
    (D(h, w), 0 * w),
    (D(Sum(k, F[k]), z[i]), Sum(k, D(F[k], z[i]))),
    (D(D(h, z[i]), z[j]), D(D(h, z[j]), z[i])),
    (D(f(h), z[i]), f.prime(h) * D(h, z[i])),
    (D(f(Sum(k, q[k] * z[k])), z[i]), q[i] * f.prime(Sum(k, q[k] * z[k]))),
    (D(of_s, z[i]), D(of_s, S) * exp(z[i])),
    (D(of_y, z[j]), Sum(k, D(of_y, y[k]) * D(y[k], z[j]))),
    (D(of_unknown, z[j]), Sum(k, D(of_unknown, F[k]) * D(F[k], z[j]))),
    (D(outer_function, x), D(outer_function, s) * D(s, x)),
    (
        D(D(outer_function, x), x),
        D(D(outer_function, s), s) * D(s, x) ** 2 + D(outer_function, s) * D(D(s, x), x),
    ),
    (D(D(of_y, y[i]) * y[i], z[j]), D(D(of_y, y[i]), z[j]) * y[i] + D(of_y, y[i]) * D(y[i], z[j])),
    (Sum(k, f(z[k]) * f.prime(z[k])), Sum(l, D(f(z[l]) ** 2, z[l])) / 2),
]


@pytest.mark.parametrize(("left", "right"), UNKNOWN, ids=[str(left) for left, _ in UNKNOWN])
def test_unknown_functions_by_the_chain_rule(left: Expr, right: Expr) -> None:
    assert decided(left, right).name == "proved"
    assert decided(left, right + p).name == "refuted"


def test_what_an_unknown_function_is_of_cannot_be_held_too() -> None:
    assert "which depends on it" in reason(D(D(of_s, S) * y[i], y[i]))
    assert "an unknown function of y, which depends on a name that is held" in reason(D(S * D(of_y, y[i]), S))
    assert decided(D(y[i] * h, y[i]), h).name != "refuted"


def test_names_are_read_once() -> None:
    decider = IndexDecider()
    assert decider.decide(y[i] + y[j] + y[i], 2 * y[i] + y[j]).verdict.name == "proved"
    assert decider.decide(Sum(n, Sum(k, y[k] * S)), Sum(n, S)).verdict.name == "proved"
    assert decider.decide(T[i, j] + r_free(), T[i, j] + r_free()).verdict.name == "proved"


def r_free() -> Expr:
    return matrix("Z", r.size, K)[r, 1]
