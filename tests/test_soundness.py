"""What must never be proved: one input for each trap, with the verdict that it has to have.

A name in the margin of a case says what went wrong, or could.
"""

from __future__ import annotations

import inspect
import sys
from functools import reduce
from typing import Any

import pytest

from derive.formula.hypotheses import Positive
from derive.formula.notation import *
from derive.formula.tree import Distinct, Expr, Formula, Function, Symbol, WrittenError
from derive.kernel.decide import Decider
from derive.kernel.polynomial import Limits
from derive.kernel.value import Instance
from derive.kernel.verdict import Conditional, Refuted, Unknown

from .deciding import K, L, N, S, c, f, g, i, j, k, m, n, named, p, q, sigma, t, u, v, verdict, w, x, y, z

Case = tuple[Any, ...]

inverse = define("inverse", u, 1 / u)
outer_product = define("outerproduct", u, u * x)
through = define("through", x, outer_product(c) + x)
partial = define("partial", x, D(c * x, c))
own = define("own", x, D(x * x * c, x))
s = scalar("s", of=x)
moving = define("moving", x, D(s * x, x))
by_number = define("bynumber", t, by_label(t, {0: 5, 1: 7}))
first = define("first", i, z[i] * delta(i, 1))
of_vector = scalar("h", of=z)
many = vector("F", K, of=z)
log_prime = Function("log", order=1)

CONDITIONS: list[Case] = [
    # one name, used twice: both conditions count, though they are written alike
    ("the second use is harmless", inverse(u) * u + inverse(v) * v, 2, [equal(v, 1)], "conditional"),
    ("the first use is harmless", inverse(v) * v + inverse(u) * u, 2, [equal(v, 1)], "conditional"),
    ("of the left side alone", x / x, 1, [], "conditional"),
    ("of the right side alone", 1, x / x, [], "conditional"),
    ("of a term that is 0", 0 * log(x), 0, [], "conditional"),
    ("of an argument that is not used", define("one", u, number(1))(1 / x), 1, [], "conditional"),
    ("of a derivative's body", D(x / x, x), 0, [], "conditional"),
    ("of a body in an opaque name", D(1 / L, q[1]) * 0, 0, [], "conditional"),
    ("of a body in a parameter", define("d", u, D(log(u), u))(x), 1 / x, [], "conditional"),
    ("discharged where the argument allows it", define("d", u, D(log(u), u))(exp(x)), exp(-x), [], "proved"),
    ("a power that is 0", (1 / x) ** 0, 1, [], "conditional"),
    ("even powers may be 0", x**2 / x**2, 1, [], "conditional"),
    ("even powers and one", (1 + x**2) / (1 + x**2), 1, [], "proved"),
    ("an exponential", exp(x) / exp(x), 1, [], "proved"),
    ("a product of two that may both be negative", log(x * w), log(x) + log(w), [positive(x * w)], "conditional"),
    ("a positive product of positive ones", log(x * w), log(x) + log(w), [positive(x), positive(w)], "proved"),
    ("one of them follows", log(x * exp(w)), log(x) + w, [positive(x * exp(w))], "proved"),
    ("an odd power", log(x**3), 3 * log(x), [positive(x**3)], "proved"),
    ("an even power tells no sign", log(x**2), 2 * log(x), [positive(x**2)], "conditional"),
    ("a reciprocal", log(1 / x), -log(x), [positive(1 / x)], "proved"),
    ("a sum", log(z[1] + z[2] + z[3]) * 0, 0, [positive(Sum(k, z[k]))], "proved"),
    ("a multiple of a hypothesis", log(2 - 2 * p) - log(1 - p), log(number(2)), [positive(1 - p)], "proved"),
    ("the negative of a hypothesis", (p - 1) / (p - 1), 1, [positive(1 - p)], "proved"),
    ("factors of known sign", (p - p**2) / (p - p**2), 1, [positive(p), positive(1 - p)], "proved"),
    ("a factor of unknown sign", log(p - p * x), log(p) + log(1 - x), [positive(p)], "conditional"),
    ("factors that are found", (1 - p**2) / (1 - p**2), 1, [positive(p), positive(1 - p)], "proved"),
    ("a factor that may vanish", (1 - p**2) / (1 - p**2), 1, [positive(1 - p)], "conditional"),
    ("opposite conditions", log(-x), log(x), [], "unknown"),
    ("never", log(-1 - x**2), log(-1 - x**2), [], "unknown"),
    ("never, not seen by its terms", log(x - x**2 - 1), log(x - x**2 - 1), [], "unknown"),
]

LOGARITHMS: list[Case] = [
    ("of a square", log(x**2), 2 * log(x), [], "conditional"),
    ("its exponential may be −x", exp(log(x)), -x, [], "unknown"),
    ("of what is positive", exp(log(x)), x, [positive(x)], "proved"),
    ("of what is positive, negative power", exp(-log(x)), 1 / x, [positive(x)], "proved"),
    ("a root", exp(log(x) / 2), x, [positive(x)], "unknown"),
    ("the exponential of a square's", exp(log(x**2)), x**2, [], "conditional"),
    ("the exponential of a number's", exp(3 * log(number(2)) - 2 * log(number(3))), fraction(8, 9), [], "proved"),
    ("primes", log(number(12)), 2 * log(number(2)) + log(number(3)), [], "proved"),
    ("a fraction", log(fraction(3, 4)), log(number(3)) - 2 * log(number(2)), [], "proved"),
    ("a large prime", log(number(10007)), log(number(10007)), [], "unknown"),
    ("of 0", log(x - x), 1, [], "unknown"),
    ("of an exponential", log(exp(x / 2)), x / 2, [], "proved"),
    ("of a product of sums", log((1 + exp(x)) ** 2), 2 * log(1 + exp(x)), [], "proved"),
    ("of an expanded square", log(1 + 2 * exp(x) + exp(2 * x)), 2 * log(1 + exp(x)), [], "proved"),
    ("of a quotient", log(exp(x) / S), x - log(S), [], "proved"),
    ("irreducible, with the other sign in front", log(w**3 - x**2), log(w**3 - x**2), [], "conditional"),
    ("irreducible, as it is", log(x**2 - w**3), log(x**2 - w**3), [], "conditional"),
    ("twice a polynomial", log(2 * x**2 + 2), log(number(2)) + log(x**2 + 1), [], "proved"),
    ("too many factors to look for", log((x + w) ** 30), 30 * log(x + w), [], "unknown"),
    ("a prime at a known function", log_prime(x), 1 / x, [], "unknown"),
    ("its derivative", D(log(x), x), 1 / x, [positive(x)], "proved"),
    ("not its derivative where it has none", D(log(x), x), 1 / x, [], "conditional"),
]

FUNCTIONS: list[Case] = [
    ("a definition speaks of the parameter around it", through(u), c * u + u, [], "proved"),
    ("… and of nothing else", through(u), c * x + u, [], "refuted"),
    ("a derivative holds the parameter", partial(c), c, [], "proved"),
    ("… whatever is put in", partial(c), 2 * c, [], "refuted"),
    ("a derivative in the parameter", own(w**2), 2 * w**2 * c, [], "proved"),
    ("an unknown function of the parameter", moving(x), s, [], "unknown"),
    ("a label that is a parameter", by_number(1 - t), by_number(t), [one_of(t, 0, 1)], "refuted"),
    ("… of a number", by_number(1), 7, [], "proved"),
    ("… of the label", by_number(t), by_label(t, {0: 5, 1: 7}), [one_of(t, 0, 1)], "proved"),
    ("… of a variable", by_number(x), by_number(x), [one_of(t, 0, 1)], "unknown"),
    ("… of a number without a case", by_number(3), by_number(3), [], "unknown"),
    ("a derivative in a parameter inside another", define("o", x, D(own(x), x))(w), 2 * w * c, [], "unknown"),
    ("the captured index", define("total", u, Sum(k, u * z[k]))(z[k]), z[k] * Sum(m, z[m]), [], "proved"),
    ("equal arguments", f(x * (x + 1)), f(x**2 + x), [], "proved"),
    ("different arguments", f(x), f(w), [], "refuted"),
    ("arguments that a hypothesis makes equal", f(x), f(w), [equal(x, w)], "proved"),
    ("arguments that are equal, but not seen to be", f(exp(x / (1 + x))), f(exp(1 - 1 / (1 + x))), [], "unknown"),
    ("the chain rule", D(f(g(x)), x), f.prime(g(x)) * g.prime(x), [], "proved"),
    ("the chain rule without its factor", D(f(g(x)), x), f.prime(g(x)), [], "refuted"),
    ("mixed partials", D(D(of_vector, z[1]), z[2]), D(D(of_vector, z[2]), z[1]), [], "proved"),
    ("different partials", D(of_vector, z[1]), D(of_vector, z[2]), [], "refuted"),
    ("entries of an unknown function", D(many[i], z[j]), D(many[j], z[i]), [], "refuted"),
    ("in what it does not depend on", D(s, w), 0, [], "proved"),
    ("of a defined name", scalar("a", of=S), scalar("a", of=S), [], "proved"),
    ("hyperbolic", tanh(x), 2 * sigma(2 * x) - 1, [], "proved"),
    ("hyperbolic, all of them", cosh(x) ** 2 - sinh(x) ** 2, 1, [], "proved"),
    ("hyperbolic, with a condition", function("coth")(x) * tanh(x), 1, [], "conditional"),
    (
        "hyperbolic, its reciprocals",
        function("sech")(x) * cosh(x) + function("csch")(x) * sinh(x),
        2,
        [],
        "conditional",
    ),
    ("hyperbolic of 0", function("coth")(x - x), 1, [], "unknown"),
    ("a prime at a definition", Function("sigma", x, sigma.definition, order=1)(x), 0, [], "unknown"),
]

one_more = define("e", 1 + exp(-x))

DERIVATIVES: list[Case] = [
    ("differentiate first, then use the hypothesis", D(x**2, x), x, [equal(x, 0)], "proved"),
    ("… so that equal bodies may differ", D(x, x), D(0 * x, x), [equal(x, 0)], "refuted"),
    ("one-hot", D(Sum(k, q[k] ** 2), q[i]), 2 * delta(i, m), [one_hot(q, m)], "proved"),
    ("a name held", D(S * exp(z[1]), S), exp(z[1]), [], "proved"),
    ("a name of which another is made", D(y[1], S), -exp(z[1]) / S**2, [], "proved"),
    ("in a name, of what moves with it", D(D(y[i] ** 2, z[i]), y[i]), 0, [], "unknown"),
    ("in a name, twice", D(D(y[i] ** 3, y[i]), y[i]), 6 * y[i], [], "proved"),
    ("in a variable, of one in a name", D(D(y[i] ** 2, y[i]), z[j]), 2 * D(y[i], z[j]), [], "proved"),
    ("in a label that tells cases apart", D(by_label(t, {0: 0, 1: 1}), t), 0, [one_of(t, 0, 1)], "unknown"),
    ("in a label", D(t * x, t), x, [one_of(t, 0, 1)], "proved"),
    ("in a name, of what does not move with it", D(D(y[i] * x, x), y[i]), 1, [], "proved"),
    ("in a name that is not written", D(sigma(x), one_more), 0, [], "unknown"),
    ("… though it could be", D(log(S), y[j]), 0, [], "unknown"),
    ("… nor the variable of an unknown one", D(x**2, s), 0, [], "unknown"),
    ("… of a number", D(number(3), one_more), 0, [], "proved"),
    ("… of what has nothing to do with it", D(log(S), one_more), 0, [], "proved"),
    ("in one entry, of another", D(log(y[1]), y[2]), 0, [], "proved"),
    ("in an entry", D(L, y[j]), -q[j] / y[j], [], "proved"),
    ("in entries", D(y[i], y[j]), delta(i, j), [], "proved"),
    ("in names whose sum is a number", D(1 / (Sum(k, y[k]) - 1), y[1]), 0, [], "unknown"),
    ("in names whose sum is not", D(1 / (Sum(k, y[k]) + 1), y[1]), fraction(-1, 4), [], "proved"),
    ("the chain rule without its sum", D(L, z[i]), D(L, y[i]) * D(y[i], z[i]), [], "refuted"),
    ("the chain rule", D(L, z[i]), Sum(j, D(L, y[j]) * D(y[j], z[i])), [], "proved"),
    ("of a half power", D(exp(x / 2) ** 3, x), fraction(3, 2) * exp(3 * x / 2), [], "proved"),
]

SUM = Sum(k, exp(z[k]))
BELOW_1 = define("b", 1 + exp(x**2))
POLE = define("r", exp(1 / x) + exp(x))
NEVER = equal(x**2, -1)

HYPOTHESES: list[Case] = [
    ("linear", Sum(k, q[k]) * x, x, [equal(Sum(k, q[k]), 1)], "proved"),
    ("linear, written out", q[1] + q[2], 1 - q[3], [equal(Sum(k, q[k]), 1)], "proved"),
    (
        "the variable inside others",
        log(x) + exp(x) + 1 / x,
        log(w) + exp(w) + 1 / w,
        [equal(x, w), positive(w)],
        "proved",
    ),
    ("several", x + w, 3, [equal(x, 1), equal(w, 2 * x)], "proved"),
    ("contradictory", x, w, [equal(x, 1), equal(x, 2)], "unknown"),
    ("contradictory signs", x, w, [positive(x), equal(x, -1)], "unknown"),
    ("signs that no point has", x / x, 1, [positive(x), positive(-x)], "unknown"),
    ("of nothing", x, x, [Positive(number(1) - 1)], "unknown"),
    ("without a point, because of a logarithm", x, x, [equal(w, log(-1 - x**2))], "unknown"),
    ("a denominator that becomes 0", (x - w) / (x - w), 1, [equal(x, w)], "unknown"),
    ("a logarithm that becomes negative", log(x), log(x), [equal(x, -1)], "unknown"),
    ("cleared denominators", 1 / (x - w), 5, [equal(x, w)], "unknown"),
    ("linear in no variable", x, 1 / w, [equal(x * w, 1)], "unknown"),
    ("linear in no variable, and satisfied at the point", x, 2 * w, [equal(x * w, 1)], "refuted"),
    ("linear in no variable, and not needed", x, x, [equal(x * w, 1)], "proved"),
    (
        "a sum of exponentials",
        exp(z[1]) + exp(z[2]) + x,
        1 - exp(z[3]) + x,
        [equal(Sum(k, exp(z[k])), 1)],
        "unknown",
    ),
    ("a sum of exponentials, folded", y[i], exp(z[i]), [equal(SUM, 1)], "proved"),
    ("… its logarithm", log(S), 0, [equal(SUM, 1)], "proved"),
    ("… said twice", log(S), 0, [equal(SUM, 1), equal(SUM, 1)], "proved"),
    ("… far away", S, 1000, [equal(SUM, 1000)], "proved"),
    ("… and something else is positive", log(S), 0, [equal(SUM, 1), positive(x)], "proved"),
    ("… and the same is positive", log(S), 0, [equal(SUM, 1), positive(z[1])], "unknown"),
    ("… which is not needed", x, x, [equal(SUM, 1), positive(z[1])], "proved"),
    ("… under a condition on others", log(x * S), log(x), [equal(SUM, 1)], "conditional"),
    ("… under one that fails", log(exp(z[1]) - 1) * S, log(exp(z[1]) - 1), [equal(SUM, 1)], "unknown"),
    ("… and a part is more", log(S), 0, [equal(SUM, 1), equal(exp(z[1]), 2)], "unknown"),
    ("… and all is known", S, 3, [equal(SUM, 3), *(equal(z[n], 0) for n in (1, 2, 3))], "proved"),
    ("… twice, differently", S, 1, [equal(SUM, 1), equal(SUM, 2)], "unknown"),
    ("… that is negative", S, -1, [equal(S, -1)], "unknown"),
    ("… that is 0", x, x + S, [equal(SUM, 0)], "unknown"),
    ("… of squares that is too small", BELOW_1, fraction(1, 2), [equal(BELOW_1, fraction(1, 2))], "unknown"),
    ("… not continuous", POLE, 5, [equal(POLE, 5)], "unknown"),
    ("a sum with its variable, beside what cannot be", Sum(k, q[k]), 1, [equal(Sum(k, q[k]), 1), NEVER], "proved"),
    ("twice a sum", Sum(k, q[k]), fraction(1, 2), [equal(2 * Sum(k, q[k]), 1)], "proved"),
    ("not the hypothesis", Sum(k, q[k]), 2, [equal(Sum(k, q[k]), 1)], "refuted"),
    ("its own logarithm", x, 0, [equal(x, log(w))], "refuted"),
    ("one-hot", Sum(k, q[k] * z[k]), z[m], [one_hot(q, m)], "proved"),
    ("one-hot, elsewhere", Sum(k, q[k] * z[k]), z[i], [one_hot(q, m)], "refuted"),
    ("one-hot, in the letter that an entry would take", q, ones(K), [one_hot(q, i)], "refuted"),
    ("one of", t**2, t, [one_of(t, 0, 1)], "proved"),
    ("one of, another", t**2, t, [one_of(t, 0, 1, 2)], "refuted"),
    ("one of, twice", t * x, x, [one_of(t, 0, 1), one_of(t, 1, 2)], "proved"),
    ("one of none", t, t, [one_of(t, 0), one_of(t, 1)], "unknown"),
    ("one of, for an unknown function", by_label(s, {0: 0, 1: 1}), s, [one_of(s, 0, 1)], "unknown"),
    ("a derivative", D(f(x), x), 0, [equal(D(f(x), x), 0)], "unknown"),
    ("at every class", z[i], z[j], [equal(z[k], x)], "proved"),
    ("apart", delta(i, j), 0, [distinct(i, j)], "proved"),
    ("square roots of −1", x, x + 0 * w, [equal(x**2, -1)], "proved"),
]

ARITHMETIC: list[Case] = [
    ("halves", exp(x / 2) ** 2, exp(x), [], "proved"),
    ("halves in a sum", 1 / (exp(x / 2) + 1) - 1, -exp(x / 2) / (exp(x / 2) + 1), [], "proved"),
    ("difference of squares of halves", exp(x) - 1, (exp(x / 2) - 1) * (exp(x / 2) + 1), [], "proved"),
    ("thirds are no halves", exp(x / 3), exp(x / 2), [], "refuted"),
    ("0 to the 0", (x - x) ** 0, 1, [], "proved"),
    ("0 in a denominator", 1 / (x - x), 1 / (x - x), [], "unknown"),
    ("0 in a denominator, expanded", 1 / ((x + 1) ** 2 - x**2 - 2 * x - 1), 1, [], "unknown"),
    ("a quotient below", 1 / (x / w), w / x, [], "conditional"),
    ("a stroke above", strike(x) * w / strike(x), w, [], "conditional"),
    ("a minus below", 1 / -x, -(1 / x), [], "conditional"),
    ("a stroke below", 1 / strike(x), 1 / x, [], "conditional"),
    ("a negative power below", 1 / x**-2, x**2, [], "conditional"),
    ("a root", x ** fraction(1, 2), x ** fraction(1, 2), [], "unknown"),
    ("a power that is a variable", x**w, x**w, [], "unknown"),
    ("a power that is a size", x**K, x**3, [], "proved"),
    ("both signs", (-x) ** 3, -(x**3), [], "proved"),
    ("decimals", decimal("0.5") * x, x / 2, [], "proved"),
    ("not in the class, but equal", exp(x / (1 + x)), exp(1 - 1 / (1 + x)), [], "unknown"),
    ("a list", listed(K, x, w, c), listed(K, x, w, c), [], "proved"),
    ("a list that is too short", listed(K, x, w), listed(K, x, w), [], "unknown"),
    ("a list, beyond its end", listed(K, x, w).at(3), x, [], "unknown"),
    ("an entry beyond the end", z[4], z[4], [], "unknown"),
    ("cases", by_cases(i, j, same=1, distinct=0), delta(i, j), [], "proved"),
    ("cases, the wrong way", by_cases(i, j, same=0, distinct=1), delta(i, j), [], "refuted"),
    ("a label of which nothing is known", by_label(t, {0: 1, 1: 2}), 1, [], "unknown"),
    ("a label without a case", by_label(t, {0: 1}), 1, [one_of(t, 0, 1)], "unknown"),
]


@pytest.mark.parametrize(
    ("left", "right", "assuming", "expected"),
    [case[1:] for case in (*CONDITIONS, *LOGARITHMS, *FUNCTIONS, *DERIVATIVES, *HYPOTHESES, *ARITHMETIC)],
    ids=[case[0] for case in (*CONDITIONS, *LOGARITHMS, *FUNCTIONS, *DERIVATIVES, *HYPOTHESES, *ARITHMETIC)],
)
def test_verdicts(left: Formula, right: Formula | int, assuming: Any, expected: str) -> None:
    found = verdict(left, right, assuming)
    assert found.name == expected, found


# ------------------------------------------------------ sizes and instances


@pytest.mark.parametrize(
    ("left", "right", "assuming", "classes", "expected"),
    [
        (first[i], z[i], [], 6, "refuted"),  # a numeral in a definition: the classes are not alike
        (z[i], 0, [equal(z[1], 0)], 6, "refuted"),  # … in a hypothesis
        (z[i] * delta(i, 1), z[i], [], 6, "refuted"),  # … in a delta
        (by_cases(i, 1, same=z[i], distinct=0), z[i], [], 6, "refuted"),  # … in cases
        (delta(i, j), 0, [Distinct(j, 1)], 6, "refuted"),  # … in a hypothesis that two places differ
        (listed(K, *6 * [x], w), listed(K, *7 * [x]), [], 7, "refuted"),  # … in a list
        ((1 - delta(i, j)) * (1 - delta(j, k)) * (1 - delta(i, k)), 0, [], 2, "proved"),  # three of two classes
        ((1 - delta(i, j)) * (1 - delta(j, k)) * (1 - delta(i, k)), 0, [], 6, "refuted"),
        (y[i], 1, [], 1, "proved"),  # one class
        (delta(i, j), 1, [], 1, "proved"),
        (y[i], 1, [], 2, "refuted"),
        (y[i], y[j], [distinct(i, j)], 1, "unknown"),  # no instance at all
        (D(y[i], z[j]), y[i] * (delta(i, j) - y[j]), [], 40, "proved"),
        (D(y[i], z[j]), y[i] * (delta(i, j) + y[j]), [], 40, "refuted"),
        (Sum(i, Sum(j, exp(z[i] + z[j]))), S**2, [], 12, "proved"),
    ],
)
def test_one_instance_stands_for_all_only_where_it_may(
    left: Formula, right: Formula | int, assuming: Any, classes: int, expected: str
) -> None:
    found = verdict(left, right, assuming, {K: classes})
    assert found.name == expected, found
    if classes < 40:
        assert verdict(left, right, assuming, {K: classes}, every=True).name == expected


def test_sizes_that_differ_are_not_mixed_up() -> None:
    assert named(Sum(n, x), N * x, (), {K: 3, N: 2}) == "proved"
    assert named(Sum(n, x), K * x, (), {K: 3, N: 2}) == "refuted"


def test_a_size_without_a_number_is_refused() -> None:
    with pytest.raises(WrittenError, match="no number is given for the size N"):
        verdict(Sum(n, x), N * x, (), {K: 3})
    with pytest.raises(WrittenError, match="whole number from 1"):
        verdict(Sum(k, x), 0, (), {K: 0})
    with pytest.raises(WrittenError, match="no number is given for the size N"):
        verdict(x, x, [equal(Sum(n, x), 1)], {K: 3})


def test_names_that_are_remembered_keep_their_meaning() -> None:
    """One decider, and names that come and go: an id may be used again, a name may mean something else."""
    decider = Decider({K: 3})
    for number_ in range(1, 40):
        name = define("r", x + number_)
        assert decider.decide(name, x + number_).verdict.name == "proved"
        assert decider.decide(name, x + number_ + 1).verdict.name == "refuted"


def test_conditions_are_written_with_their_arguments() -> None:
    found = verdict(inverse(x + 1) * (x + 1), 1)
    assert isinstance(found, Conditional)
    assert [str(condition) for condition in found.conditions] == ["x + 1 ≠ 0"]
    found = verdict(define("e", u, 1 / D(u * w, w))(x), 1 / x)  # nothing is put into a derivative
    assert isinstance(found, Unknown)
    assert str(found.reason).startswith("D(u*w, w), which has to be said of an argument")


def test_a_counterexample_satisfies_the_hypotheses_own_conditions() -> None:
    found = verdict(x, 0, [equal(x, log(w))])
    assert isinstance(found, Refuted)
    assert dict(found.counterexample.point)["w"] > 0


def test_counterexamples_say_what_was_solved_for() -> None:
    found = verdict(x + w, 1, [equal(x, 2 * w), positive(w)])
    assert isinstance(found, Refuted)
    point = dict(found.counterexample.point)
    assert point["x"] == 2 * point["w"]
    assert "x = " in str(found.counterexample)


# ------------------------------------------------------------------ limits

SHORT = Limits(seconds=2)


def chain(of: Any, length: int, start: Any = x) -> Any:
    return reduce(lambda inner, _: of(inner), range(length), start)


def doubling(length: int) -> Any:
    """A number of 2^length digits, in length definitions."""
    return reduce(lambda inner, count: define(f"d{count}", inner * inner), range(length), define("d", number(3)))


def twice(length: int) -> Function:
    """A function that calls the one before it twice."""
    return reduce(
        lambda before, count: define(f"e{count}", x, before(x) + before(x) * x), range(length), define("e", x, x + x)
    )


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (number(3) ** (number(3) ** (number(3) ** 3)), 1, {"unknown"}),
        ((1 + x) ** (10**6), 1, {"unknown"}),
        ((1 + x + w + c) ** 300, 1, {"unknown"}),
        (number(10**5000) ** x, 1, {"unknown"}),  # a number that Python does not print
        (x ** (10**12), x ** (10**12) + 1, {"refuted"}),
        (x ** (10**12), x ** (10**12) * x, {"unknown", "refuted"}),
        (exp(90_000 * x), 2 * exp(90_000 * x), {"refuted"}),
        (exp(90_000 * (x + 1)), 2 * exp(90_000 * (x + 1)), {"refuted"}),
        (log(number(7919) ** 1000 * 2), 0, {"refuted"}),
        (log(number(2) ** 19_000 * 4), 19_002 * log(number(2)), {"proved"}),
        (log(number(10**7000)), 0, {"unknown"}),
        (chain(lambda e: 1 + 1 / e, 45), chain(lambda e: 1 + 1 / e, 45), {"conditional"}),
        (chain(exp, 60), chain(exp, 60) + 1, {"unknown", "refuted"}),
        (chain(lambda e: log(1 + e**2), 30), 1, {"unknown", "refuted"}),
        (chain(lambda e: e + 1 / e, 9), 1, {"unknown", "refuted"}),
        (D(chain(tanh, 14), x), 1, {"unknown", "refuted"}),
        (doubled := doubling(40), doubled, {"unknown"}),
        (doubled := twice(20)(x), doubled, {"proved"}),
        (x ** (number(2) ** (10**6)), x, {"unknown"}),
    ],
)
def test_limits_end_as_unknown(left: Any, right: Any, expected: set[str]) -> None:
    found = verdict(left, right, limits=SHORT)
    assert found.name in expected, found
    str(found.counterexample if isinstance(found, Refuted) else found)


def test_time_is_up_for_all_instances_together() -> None:
    cube = Sum(i, Sum(j, Sum(k, z[i] * z[j] * z[k])))
    found = verdict(cube, 0, (), {K: 400}, SHORT)
    assert isinstance(found, Unknown)
    assert "2 s" in found.reason


def test_deep_formulas_are_refused_before_they_are_read() -> None:
    with pytest.raises(WrittenError, match="nested"):
        verdict(chain(exp, 200), x)


# ------------------------------------------------------- at the boundary


class Foreign(Expr):
    """A kind of formula that the kernel has never heard of."""


@pytest.mark.parametrize(
    ("left", "assuming", "reason"),
    [
        (Foreign(), [], "a formula of kind Foreign"),
        (Symbol("a", definition=z[i]) + 0 * z[1], [], "the index i has no value here"),
        (x, [equal(x * w + x, 1), equal(x, w)], "linear in no variable"),
    ],
)
def test_the_reason_is_said(left: Expr, assuming: Any, reason: str) -> None:
    found = verdict(left, left + 1 if assuming else left, assuming)
    if assuming:
        assert found.name in ("refuted", "unknown")
    else:
        assert isinstance(found, Unknown)
        assert reason in found.reason


def test_python_s_own_limit_of_recursion() -> None:
    decider, deep = Decider({K: 3}), chain(lambda e: -strike(e), 40)
    lines = [deep, deep]
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 45)
    try:
        found = decider.compared(decider.reading(deep, Instance()), Unknown(""), None, Instance())
    finally:
        sys.setrecursionlimit(limit)
    assert found == Unknown("nested too deeply")
    assert decider.decide(*lines).verdict.name == "proved"
