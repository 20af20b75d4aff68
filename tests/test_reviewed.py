"""What readers of the kernel found to be proved, and is false or not always defined: none of it may come back."""

from __future__ import annotations

import pytest

from derive.formula.hypotheses import Hypothesis
from derive.formula.notation import *
from derive.formula.tree import Expr, Formula, Size
from derive.kernel.decide import Decider
from derive.kernel.every import IndexDecider
from derive.kernel.verdict import Conditional, Proved
from derive.proof import EVERY, prove_every
from derive.statement import decide

from .deciding import K, S, i, j, t, w, x, z

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

FALSE: list[tuple[Formula, Expr | int, list[Hypothesis]]] = [
    (inside(w) - inside(w) + D(of_square, x), 0, []),
    (inside(w) * D(of_square, x), 0, []),
    (inside(w), inside(x), []),
    (D(of_sign, x), D(of_sign, by_sign), [one_of(t, 0, 1)]),
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
