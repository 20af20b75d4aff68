"""Random identities and random pairs: what is proved is true, what is refuted is false, at 50 digits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import mp

from derive.formula.notation import *
from derive.formula.tree import Expr, Negative, WrittenError
from derive.kernel.decide import Decider, digits
from derive.kernel.instances import instances
from derive.kernel.polynomial import Limits
from derive.kernel.value import Instance
from derive.kernel.verdict import Conditional, Proved, Refuted, Unknown

from .deciding import K, Numbers, S, i, j, k, named, sigma, t, verdict, w, x, y, z
from .sampling import examples

LIMITS = Limits(terms=20_000, seconds=2)


@pytest.fixture(scope="module", autouse=True)
def fifty_digits() -> Iterator[None]:
    with mp.workdps(50):
        yield


leaves: st.SearchStrategy[Expr] = st.one_of(
    st.sampled_from([x, w, z[1], z[i], y[i], y[j], S, delta(i, j), sigma(x), x + w, 1 + x**2]),
    st.integers(-3, 4).map(number),
    st.builds(fraction, st.integers(-3, 3), st.integers(1, 4)),
)


def grow(part: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    return st.one_of(
        st.builds(lambda a, b: a + b, part, part),
        st.builds(lambda a, b: a - b, part, part),
        st.builds(lambda a, b: a * b, part, part),
        st.builds(lambda a, b: a / b, part, part),
        st.builds(lambda a, n: a**n, part, st.integers(-2, 3)),
        st.builds(lambda a: exp(a), part),
        st.builds(lambda a: log(a), part),
        st.builds(lambda a: tanh(a), part),
        st.builds(lambda a: sigma(a), part),
        st.builds(lambda a: Sum(k, a * z[k]), part),
        st.builds(lambda a, v: D(a, v), part, st.sampled_from([x, z[1], z[j], y[1]])),
    )


formulas = st.recursive(leaves, grow, max_leaves=6)

REWRITINGS: list[Callable[[Expr, Expr], Expr]] = [
    lambda a, b: a + b - b,
    lambda a, b: b + a - b,
    lambda a, b: (a - b) + b,
    lambda a, b: a * b / b,
    lambda a, b: a / b * b,
    lambda a, b: a * (1 + b**2) - a * b * b,
    lambda a, b: (a * a - b * b) / (a - b) - b,
    lambda a, b: log(exp(a)),
    lambda a, b: log(exp(a + b)) - b,
    lambda a, b: a * exp(b) * exp(-b),
    lambda a, b: a * exp(b / 2) ** 2 / exp(b),
    lambda a, b: a + log(b) + log(1 / b),
    lambda a, b: a + log(b**2) - 2 * log(b),
    lambda a, b: a * (tanh(b) * (exp(b) + exp(-b))) / (exp(b) - exp(-b)),
    lambda a, b: a * (sigma(b) + sigma(-b)),
    lambda a, b: a + D(b * x, x) - b - x * D(b, x),
    lambda a, b: a + D(exp(b), z[1]) - exp(b) * D(b, z[1]),
    lambda a, b: a * Sum(k, y[k]),
    lambda a, b: Sum(k, a * delta(k, 1)),
    lambda a, b: 1 / (1 / a),
    lambda a, b: Negative(Negative(a)),
]


@settings(max_examples=examples(150))
@given(formulas, formulas, st.sampled_from(REWRITINGS), st.sampled_from(REWRITINGS))
def test_a_true_identity_is_never_refuted(
    a: Expr, b: Expr, one: Callable[[Expr, Expr], Expr], other: Callable[[Expr, Expr], Expr]
) -> None:
    try:
        found = verdict(a, other(one(a, b), b), (), {K: 2}, LIMITS)
    except WrittenError:
        assume(False)
    assert not isinstance(found, Refuted), found


def value(expr: Expr, instance: Instance, of: Callable[[str], Any]) -> Any:
    """The value at 50 digits, or None where there is none."""
    try:
        found = Numbers({K: 2}, of, instance.at, instance.labels).value(expr)
        return found if mp.isfinite(found) and abs(mp.im(found)) == 0 and abs(found) < 10**30 else None
    except (ZeroDivisionError, OverflowError, ValueError):
        return None


POINTS: list[Callable[[str], Fraction]] = [
    lambda name: Fraction(sum(map(ord, name)) % 17 + 1, 11),
    lambda name: Fraction(sum(map(ord, name)) % 13 - 8, 7),
    lambda name: Fraction(3 - sum(map(ord, name)) % 5, 2),
]


@settings(max_examples=examples(250))
@given(formulas, formulas, st.sampled_from([*REWRITINGS, lambda a, b: b, lambda a, b: a + x, lambda a, b: -a]))
def test_what_is_proved_is_true_and_what_is_refuted_is_false(
    a: Expr, b: Expr, rewrite: Callable[[Expr, Expr], Expr]
) -> None:
    right = rewrite(a, b)
    try:
        found = verdict(a, right, (), {K: 2}, LIMITS)
    except WrittenError:
        assume(False)
    match found:
        case Proved() | Conditional():
            for instance in instances([a, right], (), {K: 2}, every=True):
                for at in POINTS:
                    here = Numbers({K: 2}, lambda name: mp.mpf(at(name).numerator) / at(name).denominator, instance.at)  # noqa: B023
                    one, other = value(a, instance, here.of), value(right, instance, here.of)
                    if isinstance(found, Proved):  # both sides are defined wherever one looks, or overflow
                        assert (one is None) == (other is None) or "log" in str(a) + str(right), (one, other)
                    if one is not None and other is not None:
                        assert mp.almosteq(one, other, 1e-9, 1e-9), (one, other)
        case Refuted(counterexample):
            point = dict(counterexample.point)
            letters = {index.name: index for index in (i, j)}
            instance = Instance({letters[name]: n for name, n in counterexample.indices})

            def of(name: str) -> Any:
                number = point.get(name, Fraction(1))
                return mp.mpf(number.numerator) / number.denominator

            one, other = value(a, instance, of), value(right, instance, of)
            if one is not None and other is not None:
                for mine, end in ((one, counterexample.left), (other, counterexample.right)):
                    low, high = (mp.mpf(n.numerator) / n.denominator for n in (end.low, end.high))
                    slack = mp.mpf(10) ** -9 * (1 + abs(mine))  # numeric derivatives
                    assert low - slack <= mine <= high + slack


@settings(max_examples=examples(60))
@given(formulas, st.sampled_from([x, z[1], z[2]]))
def test_derivatives_agree_with_numeric_ones(body: Expr, variable: Any) -> None:
    at = POINTS[0]
    instance = Instance({i: 1, j: 2})
    derivative = D(body, variable)
    mine = verdict(derivative, derivative + 1, (), {K: 2}, LIMITS)
    if isinstance(mine, Refuted):
        point = dict(mine.counterexample.point)
        indices = dict(mine.counterexample.indices)
        instance = Instance({index: indices[index.name] for index in (i, j) if index.name in indices})
        numeric = value(
            derivative, instance, lambda name: mp.mpf((n := point.get(name, at(name))).numerator) / n.denominator
        )
        if numeric is not None:
            middle = (mine.counterexample.left.low + mine.counterexample.left.high) / 2
            assert mp.almosteq(numeric, mp.mpf(middle.numerator) / middle.denominator, 1e-9, 1e-9)


# ------------------------------------------------------------------ chains


def test_a_chain_is_decided_step_by_step() -> None:
    decisions = Decider({K: 3}).decide_chain([x + x, 2 * x, 3 * x, 3 * x, x**w, x**w])
    assert [decision.verdict.name for decision in decisions] == ["proved", "refuted", "proved", "unknown", "unknown"]
    assert all(decision.every and decision.instances == 1 for decision in decisions)


def test_it_stops_when_every_step_has_ended() -> None:
    done: list[int] = []
    (decision,) = Decider({K: 3}).decide_chain([z[i], z[j]], progress=done.append)
    assert isinstance(decision.verdict, Refuted)
    assert decision.instances == 2 == len(done)


def test_more_instances_do_not_hide_a_condition() -> None:
    found = verdict(z[i] / z[i], 1)
    assert isinstance(found, Conditional)
    assert [str(condition) for condition in found.conditions] == ["z[1] ≠ 0", "z[2] ≠ 0", "z[3] ≠ 0"]
    assert found.instances == 3


@pytest.mark.parametrize(
    ("exact", "shown", "expected"),
    [
        (number(1) / 3, decimal("0.333"), "proved"),
        (number(1) / 3, decimal("0.334"), "refuted"),
        (number(1) / 3, decimal("0.332"), "refuted"),
        (-number(1) / 3, -decimal("0.333"), "proved"),
        (-number(1) / 3, decimal("0.333"), "refuted"),
        (-number(2) / 3, Negative(Negative(-decimal("0.67"))), "proved"),
        (number(1) / 8, decimal("0.13"), "unknown"),  # the very middle
        (number(1) / 8, decimal("0.12"), "unknown"),
        (-number(1) / 8, -decimal("0.12"), "unknown"),
        (-log(decimal("0.46")), decimal("0.7765"), "proved"),
        (exp(number(1)), decimal("2.718281828459045"), "proved"),
        (exp(number(1)), decimal("2.718281828459046"), "refuted"),
        (exp(number(1)), number(3), "unknown"),
        (exp(number(1)), -number(3), "unknown"),
        (x, decimal("0.5"), "unknown"),
        (x / x, decimal("1.0"), "unknown"),
        (x**w, decimal("1.0"), "unknown"),
        (exp(number(10**6)), decimal("1.0"), "unknown"),
    ],
)
def test_rounding(exact: Expr, shown: Expr, expected: str) -> None:
    (decision,) = Decider({K: 3}).decide_chain([exact, shown], frozenset({1}))
    assert decision.verdict.name == expected


def test_rounding_of_a_list() -> None:
    exact = listed(K, number(1) / 3, number(1) / 7)
    right, wrong = listed(K, decimal("0.33"), decimal("0.14")), listed(K, decimal("0.33"), decimal("0.15"))
    for shown, expected in ((right, "proved"), (wrong, "refuted")):
        (decision,) = Decider({K: 2}).decide_chain([exact, shown], frozenset({1}))
        assert decision.verdict.name == expected
    assert digits(listed(K, decimal("0.33")).at(1), Instance()) == (Fraction(33, 100), Fraction(1, 200))
    assert digits(listed(K, decimal("0.33")).at(2), Instance()) is None


def test_labels_have_towers_of_their_own() -> None:
    sign = by_label(t, {0: x, 1: -x})
    assert named(log(sign), log(sign), [one_of(t, 0, 1), positive(sign)]) == "conditional"
    assert named(sign**2, x**2, [one_of(t, 0, 1), positive(sign)]) == "proved"


def test_what_is_assumed_is_a_list_of_hypotheses() -> None:
    wrong: list[Any] = [[x == w], [1], equal(x, 1)]
    for assuming in wrong:
        with pytest.raises(WrittenError, match=r"not a hypothesis|write a list"):
            Decider({K: 3}, assuming)


def test_the_reason_names_a_hypothesis_without_a_point() -> None:
    found = verdict(log(S), 0, [equal(S, 1), positive(z[1])])
    assert isinstance(found, Unknown)
    assert "no point was found at which the hypothesis S = 1 holds" in found.reason
    found = verdict(D(sigma(x), y[1]), 0)
    assert found.name == "proved"  # of other variables
    found = verdict(D(log(S), y[1]), 0)
    assert isinstance(found, Unknown)
    assert found.reason.startswith("y[1] does not occur in log(S), as it is written")


def test_a_value_that_cannot_be_put_in_is_not_needed_where_sums_cancel() -> None:
    total = exp(w) + exp(z[1])
    left = exp(w) * log(x**2) / total + exp(z[1]) * log(x**2) / total  # log 10007² is outside of the class
    assert isinstance(Decider({K: 3}, [equal(x, 10007)]).decide(left, log(x**2)).verdict, Proved)
    assert isinstance(Decider({K: 3}, [equal(x, 10007)]).decide(left, log(x**2) + w).verdict, Refuted | Unknown)
