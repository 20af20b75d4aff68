"""Points, the mpmath reference, gradient checks and the numeric gate."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from derive import Derivation, Overflow, Step, rules
from derive.catalog import entries as catalog
from derive.concrete.evaluation import (
    Evaluation,
    Exact,
    Leaf,
    NoNumberError,
    Point,
    stand_in_numbers,
    variables,
    written_out,
)
from derive.concrete.oracle import (
    Sized,
    computed,
    computed_together,
    digits_for,
    evaluate,
    nonzero,
    precise,
    size_of_terms,
)
from derive.concrete.points import Domain, NoPointError, Points, adversarial_points, random_points
from derive.formula.hypotheses import Hypothesis
from derive.formula.notation import (
    D,
    Sum,
    by_cases,
    by_label,
    cosh,
    decimal,
    define,
    delta,
    equal,
    exp,
    fraction,
    function,
    indices,
    listed,
    log,
    one_hot,
    one_of,
    positive,
    scalar,
    scalars,
    sinh,
    size,
    strike,
    tanh,
    vector,
)
from derive.formula.tree import Expr, Formula, Function, Size
from derive.kernel.instances import instances
from derive.kernel.value import Instance
from derive.numeric.checks import (
    CANCELLING,
    CENTRAL,
    COMPLEX,
    DIGITS_LOST,
    FINAL,
    Reference,
    checks,
    references,
    spread,
)
from derive.numeric.doubles import CentralDifference, ComplexStep, Doubles, central_difference, complex_step
from derive.numeric.overflow import NotFinite, overflow
from derive.proof import NumericCheck, sizes_for

K = size("K")
i, j, k, c = indices("i j k c", K)
z, t = vector("z", K), vector("t", K)
x, p, q, m = scalars("x p q m")
S = define("S", Sum(k, exp(z[k])))
y = define("y", i, exp(z[i]) / S)
L = define("L", -Sum(k, t[k] * log(y[k])))
f = function("f")
coth, sech, csch = (Function(name) for name in ("coth", "sech", "csch"))
SIZES = {K: 3}


def domain(*lines: Formula, assuming: tuple[Hypothesis, ...] = (), at: Instance | None = None) -> Domain:
    here = at or Instance({}, {})
    return Domain(lines, SIZES, assuming, here.at, here.labels)


def table(derivation: Derivation, sizes: dict[Size, int] | None = None) -> tuple[NumericCheck, ...]:
    chosen = sizes or {s: 3 for s in derivation.free_sizes}
    lines = derivation.scalars
    return checks(derivation, chosen, list(instances(lines, derivation.assuming, chosen, every=False)))


def derivation(claim: Formula, result: Formula, *assuming: Hypothesis) -> Derivation:
    return Derivation("test", claim, Step(result, by=rules.algebra), assuming=assuming)


# ------------------------------------------------------------------ points


def test_points_are_the_same_in_every_run() -> None:
    first, again = (random_points(domain(L), 5) for _ in range(2))
    assert first == again
    assert "5 random points, seed" in first.text
    assert random_points(domain(L), 5, seed=1).points != first.points


def test_points_meet_equations_exactly() -> None:
    given = domain(L, assuming=(equal(Sum(k, t[k]), 1),))
    for point in random_points(given, 5).points:
        assert sum(point[t[n]] for n in (1, 2, 3)) == 1


def test_points_meet_equations_that_share_variables() -> None:
    given = domain(x + p + q, assuming=(equal(x + p + q, 1), equal(x - p, 2), equal(p + 2 * q, x)))
    (point,) = random_points(given, 1).points
    assert point[x] + point[p] + point[q] == 1
    assert point[x] - point[p] == 2
    assert point[p] + 2 * point[q] == point[x]


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_points_are_positive_where_they_should(classes: int) -> None:
    assuming = (positive(t[k]), equal(Sum(k, t[k]), 1), positive(1 - p), positive(p))
    given = Domain((L, p), {K: classes}, assuming, {}, {})
    for point in random_points(given, 3).points:
        assert all(point[t[n]] > 0 for n in range(1, classes + 1))
        assert 0 < point[p] < 1


def test_labels_are_fixed() -> None:
    given = domain(L, p * x, assuming=(one_hot(t, c), one_of(p, 0, 1)), at=Instance({c: 2}, {p: 1}))
    (point,) = random_points(given, 1).points
    assert [point[t[n]] for n in (1, 2, 3)] == [0, 1, 0]
    assert point[p] == 1


def test_an_identity_among_the_hypotheses_is_no_obstacle() -> None:
    given = domain(L, assuming=(equal(Sum(i, y[i]), 1),))
    assert len(random_points(given, 1).points) == 1


def test_hypotheses_hold_for_every_value_of_their_indices() -> None:
    given = domain(z[i] * t[i], assuming=(equal(t[i], 0), positive(z[i])), at=Instance({i: 2}, {}))
    (point,) = random_points(given, 1).points
    assert all(point[t[n]] == 0 < point[z[n]] for n in (1, 2, 3))


def test_hypotheses_that_cannot_hold() -> None:
    with pytest.raises(NoPointError, match="no point was found"):
        random_points(domain(x, assuming=(positive(x), positive(-x))), 1)


def test_adversarial_points() -> None:
    kinds = {found.kind: found for found in adversarial_points(domain(D(L, z[i])))}
    assert list(kinds) == ["ties", "dominant", "±50", "±700"]
    assert len({kinds["ties"].points[0][z[n]] for n in (1, 2, 3)}) == 1
    assert kinds["dominant"].points[0][z[1]] == 50
    for point in kinds["±700"].points:
        assert {point[z[n]] for n in (1, 2, 3)} == {-700, 700}
    assert max(abs(kinds["±700"].points[0][t[n]]) for n in (1, 2, 3)) <= 2  # labels are not driven out


def test_what_a_hypothesis_bounds_is_not_driven_out() -> None:
    assert adversarial_points(domain(D(log(p), p), assuming=(positive(p),))) == ()


# -------------------------------------------------------------- evaluation


def test_exact_values() -> None:
    values: Point = {x: Fraction(1, 3), p: Fraction(2)}
    numbers = Evaluation(Exact(), SIZES, values)
    assert numbers.value(K * x + p ** (-1) * decimal("0.5") - strike(p)) == Fraction(1) + Fraction(1, 4) - 2
    assert numbers.value(exp(x - x) + log(p / p) + tanh(0 * x)) == 1
    assert numbers.value(by_cases(i, j, same=x, distinct=p), {i: 1, j: 1}) == Fraction(1, 3)
    assert numbers.value(listed(K, 5, 6, 7).at(i), {i: 3}) == 7
    assert numbers.value(by_label(p, {1: x, 2: 2 * x})) == Fraction(2, 3)
    assert numbers.value(Sum(k, delta(k, 2) * k_squared())) == 4


def test_equal_parts_are_computed_once() -> None:
    class Counting(Exact):
        seen = 0

        def apply(self, function: str, argument: Fraction) -> Fraction:
            self.seen += 1
            return super().apply(function, argument)

    counting = Counting()
    here = Evaluation(counting, SIZES, {z[n]: Fraction(0) for n in (1, 2, 3)})
    assert [here.value(y[i], {i: n}) for n in (1, 2, 3)] == 3 * [Fraction(1, 3)]
    assert counting.seen == 3  # those of the sum, which are those above it as well


def k_squared() -> Expr:
    return listed(K, 1, 4, 9).at(k)


@pytest.mark.parametrize(
    "bad", [exp(x), 1 / (x - x), x ** (-1) / 0, x**x, D(x, x), q, by_label(x, {5: p}), log(x)], ids=str
)
def test_what_has_no_exact_value(bad: Expr) -> None:
    with pytest.raises(NoNumberError):
        Evaluation(Exact(), SIZES, {x: Fraction(1, 2), p: Fraction(0)}).value(bad)


@pytest.mark.parametrize("bad", [log(-x), 1 / (x - x), (x - x) ** (-1), (-x) ** x, exp(10**8 * x), q], ids=str)
def test_what_has_no_value(bad: Expr) -> None:
    with pytest.raises(NoNumberError):
        evaluate(bad, {x: Fraction(1, 2)}, {}, SIZES, 30)


def test_the_reference_differentiates() -> None:
    point: Point = {z[1]: Fraction(1), z[2]: Fraction(0), z[3]: Fraction(-1)}
    found = evaluate(D(y[i], z[j]), point, {i: 1, j: 2}, SIZES, 50)
    closed = evaluate(-y[i] * y[j], point, {i: 1, j: 2}, SIZES, 50)
    assert abs(found - closed) < mpmath.mpf(10) ** -45


@pytest.mark.parametrize(
    ("formula", "slope"),
    [
        (exp(2 * x), 2 * exp(2 * x)),
        (log(x), 1 / x),
        (tanh(x), 1 - tanh(x) ** 2),
        (sinh(x), cosh(x)),
        (cosh(x), sinh(x)),
        (coth(x), -(csch(x) ** 2)),
        (sech(x), -sech(x) * tanh(x)),
        (csch(x), -csch(x) * coth(x)),
        (x**3, 3 * x**2),
        ((1 + x) ** fraction(1, 2), fraction(1, 2) * (1 + x) ** fraction(-1, 2)),
        (x**x, x**x * (log(x) + 1)),
        (p**x, p**x * log(p)),
        (x ** (x - x), x - x),
        (p * x / (p + x), p**2 / (p + x) ** 2),
        (p / x, -p / x**2),
        (x * x * x, 3 * x**2),
        (D(x**2 * exp(p * x), p), (3 * x**2 + p * x**3) * exp(p * x)),
        (D(D(x**5, x), x), 60 * x**2),
        (by_label(q, {0: x, 1: x**2}), 2 * x),
        (D(by_label(q, {0: p, 1: p * x**2}), p), 2 * x),
        (p, x - x),
    ],
    ids=str,
)
def test_dual_numbers(formula: Expr, slope: Expr) -> None:
    """Of every function and operation, derivatives inside derivatives among them."""
    point: Point = {x: Fraction(1, 3), p: Fraction(2), q: Fraction(1)}
    found, closed = (evaluate(side, point, {}, {}, 50) for side in (D(formula, x), slope))
    assert abs(found - closed) < mpmath.mpf(10) ** -45


def test_what_a_derivative_holds() -> None:
    """A name, within another derivative too; and the parameter of the function in whose definition it stands."""
    u = define("u", p**2 + p)
    g = define("g", x, D(u * x * p, p))
    square = define("h", x, D(x * p, x) * x)
    point: Point = {x: Fraction(3), p: Fraction(2)}
    for formula, expected in [
        (D(u * p, u), 2),
        (D(D(u * p, p), u), 1),
        (D(D(u * p**2, u), p), 4),
        (D(u * p, p), 6 + 2 * 5),
        (g(p), 2 * (6 + 2 * 5)),  # what p is for x does not move
        (D(square(p), p), 2 * 2),
        (D(square(square(x)), x), 2 * 2),
    ]:
        assert evaluate(formula, point, {}, {}, 30) == expected, formula


def test_the_reference_holds_a_name() -> None:
    point: Point = {leaf[n]: Fraction(n, scale) for leaf, scale in ((z, 2), (t, 1)) for n in (1, 2, 3)}
    found = evaluate(D(L, y[j]), point, {j: 2}, SIZES, 50)
    assert abs(found - evaluate(-t[j] / y[j], point, {j: 2}, SIZES, 50)) < mpmath.mpf(10) ** -45


def test_the_reference_at_700() -> None:
    sigma = define("sigma", x, 1 / (1 + exp(-x)))
    far: Point = {x: Fraction(700)}
    found = evaluate(log(1 - sigma(x)), far, {}, {}, digits_for(far))
    assert abs(found + 700) < mpmath.mpf(10) ** -20
    assert mpmath.mp.dps == 15  # nobody's settings change


def test_stand_ins_are_smooth_and_named() -> None:
    point: Point = {x: Fraction(1, 2)}
    for order in (f, f.prime, f.prime.prime):
        slope = evaluate(D(order(x), x), point, {}, {}, 40)
        assert abs(slope - evaluate(order.prime(x), point, {}, {}, 40)) < mpmath.mpf(10) ** -35
    assert stand_in_numbers("f", 2) != stand_in_numbers("g", 2)


def test_variables() -> None:
    assert variables([L], {K: 2}) == [t[1], t[2], z[1], z[2]]


# --------------------------------------------------------------- gradients


def test_complex_step_loses_nothing() -> None:
    values = np.array([0.5, 1.0])
    assert complex_step(np.exp, values) == pytest.approx(np.exp(values), rel=1e-15)
    assert central_difference(np.exp, values) == pytest.approx(np.exp(values), rel=1e-9)


# ------------------------------------------------------------------ checks


def test_a_right_derivation_keeps_every_limit() -> None:
    found = table(derivation(D(y[i], z[j]), y[i] * (delta(i, j) - y[j])))
    assert len(found) == 20
    assert all(check.passed for check in found)
    assert [c.limit for c in found if c.method.startswith(CENTRAL) and "random" in c.points] == [1e-5]
    assert [c.limit for c in found if c.method.startswith(COMPLEX) and "random" in c.points] == [1e-12]
    assert all(c.limit is None for c in found if "±700" in c.points)
    assert any(c.note == "finite at 3 of 4 points" for c in found)


def test_a_wrong_derivation_does_not() -> None:
    found = table(derivation(D(y[i], z[j]), y[i] * (delta(i, j) + y[j])))
    failed = [check for check in found if not check.passed]
    assert failed
    assert all(check.method.startswith(FINAL) for check in failed)


def test_a_claim_that_is_no_derivative() -> None:
    found = table(derivation(log(exp(x) + exp(p)), x + log(1 + exp(p - x))))
    assert all(check.passed for check in found)


def test_unknown_functions_are_stood_in_for() -> None:
    s = scalar("s", of=z)
    assert all(c.passed for c in table(derivation(D(s * z[i], z[i]), D(s, z[i]) * z[i] + s)))
    assert all(c.passed for c in table(derivation(D(f(x**2), x), 2 * x * f.prime(x**2))))


def test_worked_numbers() -> None:
    step = Step(decimal("1.649"), by=rules.rounding, relation="≈")
    found = table(Derivation("test", exp(fraction(1, 2)), step))
    assert [check.passed for check in found] == [True, True]
    assert found[0].limit == 0.0005
    assert found[0].points == "no variables: one evaluation"
    wrong = Step(decimal("1.648"), by=rules.rounding, relation="≈")
    assert not table(Derivation("test", exp(fraction(1, 2)), wrong))[0].passed


def test_errors_are_relative_however_small_the_reference() -> None:
    small = fraction(1, 10**20)
    found = table(derivation(D(small * exp(x), x), small * exp(x) * (1 + fraction(1, 1000))))
    errors = [check.largest for check in found if check.method.startswith(FINAL)]
    assert errors[0] == pytest.approx(1e-3, rel=1e-2)


def test_errors_of_the_reference_itself_are_none() -> None:
    third = precise(50).number(Fraction(1, 3))
    assert Reference(third, 1.0).error(1 / 3) == pytest.approx(2.0**-54 / 3)
    assert Reference(third, third).error(1 / 3) == pytest.approx(2.0**-54)
    half = precise(50).context.mpf("0.5") + precise(50).context.mpf(10) ** -40
    assert [Reference(half, 1.0).error(number) for number in (0.5, 0.75)] == [0, 0.25]


def test_where_the_terms_cancel_errors_are_relative_to_them() -> None:
    assert all(check.passed for check in table(derivation(D(L, z[i]), y[i] - t[i], equal(Sum(k, t[k]), 1))))
    row = table(derivation(Sum(j, D(y[i], z[j])), Sum(j, y[i] * (delta(i, j) - y[j]))))
    assert all(check.passed for check in row)
    assert {check.note for check in row if check.limit is not None} == {CANCELLING}


def test_lost_digits_are_shown_far_out() -> None:
    found = table(derivation(D(y[i], z[i]), y[i] * (1 - y[i])))
    (far,) = [check for check in found if check.method.startswith(FINAL) and check.points.startswith("one dominant")]
    assert far.largest == pytest.approx(1)
    assert (far.limit, far.note) == (None, DIGITS_LOST)
    assert far.passed


def test_the_size_of_terms() -> None:
    point: Point = {x: Fraction(3), p: Fraction(2), q: Fraction(-1)}
    for formula, expected in [
        (x - p, 5),
        ((x - p) * (q + p), 15),
        ((x - p) / (p - x), 5),
        (log(exp(x - p)), 1),
        ((x - p) ** 2, 25),
        ((x - p) ** -1, 1),
        (D((x - p) ** 2, x), 2),
        (m, 0),
    ]:
        assert size_of_terms(formula, point, {}, 30) == pytest.approx(expected), formula


def test_the_size_of_terms_at_many_points() -> None:
    sized = Sized(Doubles())
    values: dict[Leaf, Any] = {x: sized.whole(np.array([3.0, -1.0])), p: sized.whole(np.array([2.0, 2.0]))}
    for formula, expected in [((x - p) ** 2, [25, 9]), ((x - p) ** -1, [1, 1 / 3]), (D((x - p) ** 2, x), [2, 6])]:
        assert Evaluation(sized, {}, values).value(formula)[1] == pytest.approx(expected), formula


def test_derivatives_at_many_points() -> None:
    values: dict[Leaf, Any] = {x: np.array([0.25, 0.5]), p: np.array([1.0, 2.0])}
    expected = values[p] ** 2 * np.exp(values[p] * values[x])
    for numbers, digits in [(Doubles(), 1e-15), (ComplexStep(), 1e-15), (CentralDifference(), 1e-9)]:
        found = Evaluation(numbers, {}, values).value(D(D(exp(p * x), x), x))
        assert found == pytest.approx(expected, rel=digits)
        labelled = Evaluation(numbers, {}, {**values, m: np.array([3.0, 3.0])})
        assert labelled.value(D(by_label(m, {3: p * x, 4: x}), x)) == pytest.approx(values[p], rel=digits)


def test_references_at_many_points_are_those_at_each_of_them() -> None:
    """All that is computed for several points at once has, digit for digit, the value that it has at each alone."""
    at: list[Point] = [{x: Fraction(n, 7), p: Fraction(n + 1, 3), m: Fraction(3)} for n in (1, 2, 5)]
    for formula in (
        D(D(exp(p * x) / (x + 2), x), x) - fraction(1, 3) * x**-2 * p**x,
        D(log(1 + sinh(x) * cosh(p)) + tanh(x) / p, x) - D(function("g")(x * p), x),
        D(by_label(m, {3: x**3, 4: x}), x) * x ** D(3 * p, p),
    ):
        parts, number = written_out(formula, ())
        alone = [computed(parts, number, point, 50) for point in at]
        assert list(computed_together(parts, number, at, 50)) == alone


def test_a_point_without_a_value_takes_none_from_the_others() -> None:
    at: list[Point] = [{x: Fraction(n), m: Fraction(n)} for n in (1, 0, 2)]
    labelled = by_label(m, {0: 3 + x, 1: 2 * x, 2: x})  # no one of its options stands for all points
    cases: list[tuple[Expr, list[float | None]]] = [
        (log(x), [0, None, 0.6931472]),
        (1 / x, [1, None, 0.5]),
        (labelled, [2, 3, 2]),
    ]
    for formula, expected in cases:
        parts, number = written_out(formula, ())
        with pytest.raises(NoNumberError):
            computed_together(parts, number, at, 50)
        found = references(formula, Points("random", "three", tuple(at)), ())
        assert found == tuple(value if value is None else pytest.approx(value) for value in expected)


def test_what_counts_as_zero() -> None:
    ten = precise(50).context.mpf(10)
    assert [nonzero(ten**n, 50) for n in (-39, -41)] == [True, False]
    assert [nonzero(-(ten**n), 500) for n in (-306, -308)] == [True, False]


def test_what_is_left_out_is_said() -> None:
    nowhere = table(derivation(log(S), fraction(0, 1), equal(S, 1)))
    assert [(check.points, check.limit) for check in nowhere] == [("no points", None)]
    assert nowhere[0].note.startswith("left out: no point was found at which the hypotheses hold")
    some = table(derivation(by_label(p, {0: x, 1: x}), x, one_of(p, 0, 1), positive(1 - p)))
    assert some[0].limit == 1e-12
    assert some[0].note.startswith("left out at p = 1: no point was found")


def test_large_sizes_are_left_out() -> None:
    assert table(derivation(D(y[i], z[j]), y[i] * (delta(i, j) - y[j])), {K: 100}) == ()


def test_a_few_instances_stand_for_many() -> None:
    many = [Instance({i: n}, {}) for n in range(1, 16)]
    assert [here.at[i] for here in spread(many)] == [1, 6, 10, 15]
    assert spread(many[:2]) == many[:2]


@pytest.mark.parametrize(
    "name",
    ["softmax-jacobian-matrix", "logistic-loss-cases", "cross-entropy-hessian", "linear-layer-bias-gradient"],
)
def test_catalog_entries_pass(name: str) -> None:
    entry = catalog()[name]
    assert isinstance(entry, Derivation)
    found = table(entry, sizes_for(entry, 3))
    assert found
    assert all(check.passed for check in found)


# ---------------------------------------------------------------- overflow


def gate(formula: Expr) -> Overflow:
    return Overflow("test", formula, m, z, "instead", "title", "lesson")


def test_the_wrong_shift_overflows() -> None:
    found = overflow(gate(exp(z[i] + m) / Sum(k, exp(z[k] + m))), SIZES)
    assert found is not None
    assert isinstance(found.right, NotFinite)
    assert "m = 700: left 0.333333, right nan" in str(found)
    assert found.left.low < Fraction(1, 3) < found.left.high


def test_the_right_shift_does_not() -> None:
    assert overflow(gate(exp(z[i] - m) / Sum(k, exp(z[k] - m))), SIZES) is None


def test_what_is_infinite_in_truth_is_no_counterexample() -> None:
    assert overflow(gate(m / (z[i] - z[i])), SIZES) is None


def test_floats_as_written() -> None:
    doubles, half = Doubles(), np.float64(0.5)
    assert doubles.apply("sech", half) == pytest.approx(1 / np.cosh(0.5))
    assert doubles.apply("coth", half) == pytest.approx(1 / np.tanh(0.5))
    assert precise(20) is precise(20)
