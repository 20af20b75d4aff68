"""What readers of the kernel found to be proved, and is false or not always defined: none of it may come back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from derive.formula.hypotheses import Hypothesis
from derive.formula.notation import *
from derive.formula.tree import Expr, Formula, Numeral, Size
from derive.kernel.decide import Decider
from derive.kernel.every import IndexDecider
from derive.kernel.verdict import Conditional, Proved
from derive.proof import EVERY, prove_every
from derive.statement import decide

from .deciding import K, S, i, j, k, t, w, x, z

q = vector("q", K)
square = define("square", x**2)
of_square = scalar("h", of=square)
inside = define("g", x, of_square * 1)
by_sign = define("signed", by_label(t, {0: x, 1: -x}))
of_sign = scalar("h", of=by_sign)
inverse = define("inverse", 1 / x)
of_inverse = scalar("h", of=inverse)
others = define("others", x - 5)
rest = log(S - exp(z[i]))

of_third = scalar("h", of=define("third", exp(z[3])))
of_of = scalar("v", of=scalar("u", of=square))
outside = define("g", x, of_of * 1)
of_of_of = scalar("c", of=scalar("b", of=scalar("a", of=square)))
step_on = define("u", of_square + 1)
outside_too = define("g", x, scalar("v", of=step_on) * 1)
no_less = define("held", of_square + 0)
doubled = define("q", x, log(D(x**2, x)))
by_argument = define("q", t, 1 / by_label(t, {0: x, 1: w}))

FALSE: list[tuple[Formula, Expr | int, list[Hypothesis]]] = [
    (inside(w) - inside(w) + D(of_square, x), 0, []),
    (inside(w) * D(of_square, x), 0, []),
    (inside(w), inside(x), []),
    (D(of_sign, x), D(of_sign, by_sign), [one_of(t, 0, 1)]),
    (of_sign * 0 + D(of_sign, t), 0, [one_of(t, 0, 1)]),
    (outside(w), outside(x), []),
    (outside_too(w), outside_too(x), []),
    (D(of_of_of + square, square), 1, []),
    (D(D(no_less * x, x), no_less), 1, []),
    (doubled(w) * x, x * doubled(w), []),
    (by_argument(1) * x, x * by_argument(1), [one_of(t, 0, 1)]),
]


@pytest.mark.parametrize(("left", "right", "assuming"), FALSE)
def test_never_proved(left: Expr, right: Expr | int, assuming: list[Hypothesis]) -> None:
    assert decide(left, right, assuming, K=EVERY).name not in ("proved", "conditional")
    assert decide(left, right, assuming, K=2).name not in ("proved", "conditional")


def test_a_square_is_positive_where_its_root_may_not_be() -> None:
    given = [positive(z[i] * q[j] + z[j] ** 2)]
    found = decide(log((q[i] + z[i]) ** 2), 2 * log(q[i] + z[i]), given, K=EVERY)
    assert isinstance(found, Conditional)


def test_a_name_of_the_users_is_no_name_of_the_kernel() -> None:
    left = by_cases(i, j, same=rest, distinct=D(log(others), others))
    found = decide(left, by_cases(i, j, same=rest, distinct=1 / others), K=EVERY)
    assert isinstance(found, Conditional)
    assert "others > 0" in map(str, found.conditions)


def test_what_an_unknown_function_needs_is_needed_in_every_line() -> None:
    chain = [of_inverse, of_inverse + 0, D(of_inverse, x) * x**2, -D(of_inverse, inverse)]
    for decisions in (IndexDecider().decide_chain(chain), Decider({}).decide_chain(chain)):
        assert all(not isinstance(decision.verdict, Proved) for decision in decisions)


@pytest.mark.parametrize("number", [1, 2])
def test_what_begins_beyond_a_fixed_size_is_not_proved(number: int) -> None:
    line = log(S - exp(z[i]) - (exp(z[j]) if number == 2 else 0)) if number == 2 else rest
    decision = IndexDecider([distinct(i, j)] if number == 2 else [], sizes={K: number}).decide(line, line + 0)
    assert decision.verdict.name == "unknown"


def test_a_pinned_size_is_not_forgotten() -> None:
    from derive.derivation import Derivation, Step
    from derive.rules import algebra

    N = Size("N")
    r = index("r", N)
    u = vector("u", N)
    pinned = Derivation("pinned", rest + Sum(r, u[r]), Step(Sum(r, u[r]) + rest, by=algebra), sizes={K: 1})
    assert prove_every(pinned).verdict == "unknown"


def test_from_which_k_on_is_a_condition_of_a_bare_verdict() -> None:
    found = decide(rest, rest + 0, K=EVERY)
    assert isinstance(found, Conditional)
    assert list(map(str, found.conditions)) == ["K - 1 > 0"]


def test_a_positive_difference_is_nothing_where_its_letters_coincide() -> None:
    given = [positive(z[i] - z[j])]
    assert decide(log(z[i] + 1), log(z[i] + 1) + 0, given, K=EVERY).name == "unknown"  # no point satisfies it


@pytest.mark.parametrize("sizes", [EVERY, 3, 6])
def test_a_numeral_behind_an_unknown_function_is_a_numeral(sizes: Any) -> None:
    assert decide(D(of_third, z[i]), 0, K=sizes).name == "refuted"
    assert decide(D(log(S) * of_third, z[i]), exp(z[i]) / S * of_third, K=sizes).name == "refuted"


def test_an_unknown_function_of_the_third_entry_needs_three() -> None:
    assert conditions(of_third - of_third, Numeral(0)) == ["K - 2 > 0"]


def test_a_derivative_in_a_name_needs_what_the_name_needs() -> None:
    logarithm, share = define("n", log(x)), define("y", i, z[i] / Sum(k, z[k]))
    for size in (EVERY, 2):
        assert conditions(D(3 * logarithm, logarithm), Numeral(3), size) == ["x > 0"]
        assert conditions(D(Sum(k, q[k] * share[k]), share[j]), q[j], size) == ["Sum(k, z[k]) ≠ 0"]


one_over, one_over_each = define("r", x, 1 / x), define("R", i, 1 / z[i])
all_over, function_of_each = define("D0", Sum(k, 1 / z[k])), scalar("h", of=one_over_each)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (one_over(z[j]) + one_over(z[i]), ["z[i] ≠ 0", "z[j] ≠ 0"]),
        (one_over_each[j] * z[i], ["z[i] ≠ 0", "z[j] ≠ 0"]),
        (one_over_each[1] * z[i], ["z[1] ≠ 0"]),
        (all_over * z[k], ["z[k'] ≠ 0"]),
        (Sum(k, one_over_each[k]) * z[i], ["z[i'] ≠ 0"]),
        (function_of_each * z[i], ["z[i'] ≠ 0"]),
    ],
)
def test_conditions_are_said_of_the_letters_of_the_lines(line: Expr, expected: list[str]) -> None:
    """And of letters that are no free index, where they are meant for all values."""
    assert conditions(line, line + 0) == expected


def test_at_many_classes_the_conditions_of_all_are_listed() -> None:
    line = one_over_each[j] * z[i]
    assert conditions(line, line + 0, 6) == [f"z[{n}] ≠ 0" for n in range(1, 7)]


def test_no_point_at_the_pinned_size_is_no_proof() -> None:
    everything = Sum(k, q[k])
    pinned = IndexDecider([positive(q[k]), equal(everything, 60 - K)], sizes={K: 60})
    assert pinned.decide(x * everything, (60 - K) * x).verdict.name == "unknown"
    rests = IndexDecider([], sizes={K: 1}).decide(1 / (Sum(k, z[k]) - z[1]), 1 / (Sum(k, z[k]) - z[1]) + 0)
    assert rests.verdict.name == "unknown"


def test_the_size_of_indices_that_hypotheses_alone_speak_of() -> None:
    assert decide(x, w, [distinct(i, j)], K=EVERY).name == "refuted"
    assert conditions(x, x + 0, EVERY, [distinct(i, j)]) == ["K - 1 > 0"]
    assert isinstance(decide(x, x + 0, [distinct(i, j)], K=3), Proved)


def conditions(left: Expr, right: Expr, size: Any = EVERY, assuming: Sequence[Hypothesis] = ()) -> list[str]:
    found = decide(left, right, assuming, K=size)
    assert isinstance(found, Conditional), found
    return [str(condition) for condition in found.conditions]
