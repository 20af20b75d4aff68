"""The calculus of sums: what it makes of random formulas is what they are, at every size and coincidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from random import Random

import pytest
from mpmath import mp

from derive.formula.arrays import Tensor
from derive.formula.hypotheses import Hypothesis
from derive.formula.notation import *
from derive.formula.scope import check_line
from derive.formula.tree import Expr, Size, WrittenError
from derive.kernel.decide import Decider, Decision, Reading
from derive.kernel.every import IndexDecider
from derive.kernel.generators import Summed, Variable
from derive.kernel.index import Families, IndexTower
from derive.kernel.polynomial import Clock, Limits, Polynomial, constant, generator
from derive.kernel.value import Instance
from derive.kernel.verdict import Unknown

from .deciding import Numbers
from .indexed import (
    POSITIVE,
    SHORT,
    SMALL,
    A,
    Author,
    F,
    K,
    N,
    Opened,
    S,
    S_row,
    T,
    Y,
    Z,
    at_concrete_sizes,
    b,
    coordinate,
    f,
    h,
    i,
    j,
    k,
    l,
    m,
    n,
    nesting,
    o,
    p,
    q,
    r,
    renamed_binders,
    rewritten,
    square,
    x,
    y,
    z,
)
from .test_mutation import mutations


@pytest.fixture(scope="module", autouse=True)
def digits() -> Iterator[None]:
    with mp.workdps(30):
        yield


def random_formulas(kind: str, count: int, depth: int, derivatives: int) -> Iterator[Expr]:
    """The same ones in every run; those that mean nothing, such as a derivative in a name that is not there, apart."""

    def found() -> Iterator[Expr]:
        for seed in range(9 * count):
            formula = Author((kind, seed), derivatives).formula(depth)
            try:
                check_line(formula)
            except WrittenError:
                continue
            yield formula

    return islice(found(), count)


def decided(left: Expr, right: Expr | int, assuming: tuple[Hypothesis, ...] = POSITIVE) -> Decision:
    return IndexDecider(assuming, SHORT).decide(left, number(right) if isinstance(right, int) else right)


def verdict(left: Expr, right: Expr | int, *assuming: Hypothesis) -> str:
    return decided(left, right, assuming).verdict.name


# ------------------------------------------------------------------ soundness


@pytest.mark.parametrize(
    ("depth", "derivatives", "count"), [(2, 0, 60), (3, 1, 120), (4, 0, 60), (4, 1, 90), (3, 2, 90)]
)
def test_the_polynomial_is_the_formula(depth: int, derivatives: int, count: int) -> None:
    """Against the tower, which writes every sum out, at 30 digits."""
    compared = unread = 0
    for formula in random_formulas("tower", count, depth, derivatives):
        decider = IndexDecider(POSITIVE, SHORT)
        for case in decider.cases([formula]):
            reading = decider.reading(formula, case)
            if not isinstance(reading, Reading):
                assert "does not occur" in reading.reason or "inside one in" in reading.reason, (str(formula), reading)
                unread += 1
                continue
            for sizes, opened, letters, instance in at_concrete_sizes(decider, case):
                concrete = Decider(sizes, POSITIVE, SHORT)
                written_out = concrete.reading(formula, instance)
                assert isinstance(written_out, Reading), (str(formula), written_out)
                expected = Opened(concrete.reader(instance).tower, {}).value(written_out.value, {})
                assert mp.almosteq(opened.value(reading.value, letters), expected, 1e-18, 1e-18), (
                    str(formula), sizes, case.at,
                )  # fmt: skip
                compared += 1
    assert compared > 2 * count
    assert unread < count / 3


def graph(chosen: Random) -> Expr:
    """A sum of products of matrix entries over some of many letters: which of them look alike is the question."""
    letters = [k, l, m, o][: chosen.choice([2, 3, 3, 4])]

    def entry() -> Expr:
        return A[chosen.choice(letters), chosen.choice(letters)]

    body: Expr = z[chosen.choice(letters)] if chosen.random() < 0.3 else number(1)
    for _ in range(chosen.randint(1, 3)):
        factor = entry()
        body = body * chosen.choice([factor, factor, factor, exp(factor), 1 / (1 + exp(factor))])
    for letter in letters:
        body = Sum(letter, body)
    return chosen.choice([body, body, D(body, A[i, j]), D(D(body, A[i, j]), A[i, i]), D(body, z[i]), body**2])


def test_graphs_whose_letters_look_alike() -> None:
    for seed in range(150):
        formula = graph(Random(seed))
        decider = IndexDecider(POSITIVE, SHORT)
        for case in decider.cases([formula]):
            reading = decider.reading(formula, case)
            assert isinstance(reading, Reading)
            for sizes, opened, letters, instance in at_concrete_sizes(decider, case, [{K: 2}]):
                concrete = Decider(sizes, POSITIVE, SHORT)
                written_out = concrete.reading(formula, instance)
                assert isinstance(written_out, Reading)
                expected = Opened(concrete.reader(instance).tower, {}).value(written_out.value, {})
                assert mp.almosteq(opened.value(reading.value, letters), expected, 1e-18, 1e-18), str(formula)


def test_a_sum_binds_as_many_letters_as_it_is_written_with() -> None:
    """Σ A_kl A_km with two letters that look alike beside a third: its derivative is 2 Σ_l A_il."""
    left = D(Sum(k, Sum(l, Sum(m, A[k, l] * A[k, m]))), A[i, j])
    assert verdict(left, 2 * Sum(l, A[i, l])) == "proved"
    assert verdict(left, K * (A[i, i] + delta(i, j) * Sum(l, A[i, l]))) == "refuted"


@pytest.mark.parametrize(("derivatives", "count"), [(0, 60), (1, 60), (2, 60)])
def test_the_polynomial_is_the_formula_as_it_is_written(derivatives: int, count: int) -> None:
    """Against the numbers, which share nothing with the kernel: derivatives are differences."""
    compared = 0
    for formula in random_formulas("numbers", count, 3, derivatives):
        decider = IndexDecider(POSITIVE, SHORT)
        for case in decider.cases([formula]):
            reading = decider.reading(formula, case)
            for sizes, opened, letters, instance in at_concrete_sizes(decider, case, SMALL[1:]):
                if isinstance(reading, Reading) and nesting(formula) <= 1 + (sizes[K] < 3):
                    expected = Numbers(sizes, coordinate, instance.at).value(formula)
                    found = opened.value(reading.value, letters)
                    assert mp.almosteq(found, expected, 1e-6, 1e-6), (str(formula), sizes, instance.at)
                    compared += 1
    assert compared > count


def test_conditions_are_values_of_the_formula_too() -> None:
    """What has to hold under a sum is demanded of every value of its letter."""
    decider = IndexDecider([], SHORT)
    reading = decider.reading(Sum(k, 1 / (z[k] - x)), Instance())
    assert isinstance(reading, Reading)
    ((condition, value),) = reading.demands
    (letter,) = decider.reader_for(()).tower.free_letters(value)
    opened = Opened(decider.reader_for(()).tower, {"K": 3})
    for number_of_class in (1, 2, 3):
        expected = coordinate(f"z[{number_of_class}]") - coordinate("x")
        assert mp.almosteq(opened.value(value, {letter: number_of_class}), expected)
    assert str(condition) == "z[k] - x ≠ 0"


@pytest.mark.parametrize(("depth", "derivatives", "count"), [(3, 1, 70), (4, 0, 50)])
def test_equal_formulas_are_proved(depth: int, derivatives: int, count: int) -> None:
    """With other letters, sums swapped, multiplied out, split, factors pulled out, terms in another order."""
    counts: Counter[str] = Counter()
    for number_, formula in enumerate(random_formulas("rewritten", count, depth, derivatives)):
        chosen = Random(number_)
        for change in (renamed_binders, rewritten):
            found = decided(formula, change(formula, chosen)).verdict
            assert found.name in ("proved", "unknown"), (str(formula), str(found))
            counts[found.name] += 1
    assert counts["proved"] > 0.85 * counts.total(), counts


@pytest.mark.parametrize(("depth", "derivatives", "count"), [(2, 0, 50), (3, 1, 50)])
def test_changed_formulas_are_proved_only_where_they_are_equal(depth: int, derivatives: int, count: int) -> None:
    counts: Counter[str] = Counter()
    for number_, formula in enumerate(random_formulas("changed", count, depth, derivatives)):
        possible = list(mutations(formula, [i, j, r]))
        for changed in Random(number_).sample(possible, min(3, len(possible))):
            try:
                decision = decided(formula, changed)
            except WrittenError:
                continue
            name = decision.verdict.name
            counts[name] += 1
            if name in ("proved", "conditional"):
                for sizes in (*SMALL, {K: 4, N: 1}):
                    at_size = Decider(sizes, POSITIVE, SHORT).decide(formula, changed).verdict
                    assert at_size.name == name, (str(formula), str(changed), sizes, at_size, decision.least)
    assert counts["refuted"] > counts.total() / 2, counts
    assert counts["proved"] > 0  # some mutants are true


# ------------------------------------------------------------------- identities

t, u = vector("t", K), vector("u", K)
sigma_k = 1 / (1 + exp(z[k]))
tower_of_sums = Sum(k, exp(z[k] + Sum(l, z[l])))

TRUE: list[tuple[str, Expr, Expr | int]] = [
    ("the letter does not matter", Sum(k, t[k]), Sum(l, t[l])),
    ("nor the order of summation", Sum(k, Sum(n, Z[n, k])), Sum(n, Sum(k, Z[n, k]))),
    ("what does not depend on it stands before", Sum(k, x * t[k]), x * Sum(k, t[k])),
    ("a letter that is not used counts", Sum(k, 1), K),
    ("… twice", Sum(k, Sum(l, x)), K**2 * x),
    ("… in another sort", Sum(k, Sum(n, t[k])), N * Sum(k, t[k])),
    ("a delta picks", Sum(k, delta(k, i) * t[k]), t[i]),
    ("… whichever way it is written", Sum(k, delta(i, k) * t[k]), t[i]),
    ("… between two letters", Sum(k, Sum(l, delta(k, l) * t[k] * z[l])), Sum(k, t[k] * z[k])),
    ("… of an outer sum", Sum(k, t[k] * Sum(l, delta(k, l) * z[l])), Sum(k, t[k] * z[k])),
    ("… of a chain", Sum(k, Sum(l, Sum(m, delta(k, l) * delta(l, m) * t[m]))), Sum(k, t[k])),
    ("… a numeral", Sum(k, delta(k, 2) * t[k]), t[2]),
    ("… squared", Sum(k, delta(k, i) ** 2 * t[k]), t[i]),
    ("… alone", Sum(k, delta(k, i)), 1),
    ("… of all", Sum(k, Sum(l, delta(k, l))), K),
    ("… twice", Sum(k, delta(k, i) * delta(k, j)), delta(i, j)),
    ("a square of a sum", Sum(k, t[k]) ** 2, Sum(k, Sum(l, t[k] * t[l]))),
    ("a square under a sum", Sum(n, Sum(k, Z[n, k]) ** 2), Sum(n, Sum(k, Sum(l, Z[n, k] * Z[n, l])))),
    ("a product of sums under one", Sum(k, t[k] * Sum(l, A[k, l] * u[l])), Sum(l, u[l] * Sum(k, t[k] * A[k, l]))),
    ("traces of products", Sum(k, Sum(l, A[k, l] * A[l, k])), Sum(l, Sum(k, A[k, l] * A[l, k]))),
    (
        "a cycle, begun elsewhere",
        Sum(k, Sum(l, Sum(m, A[k, l] * A[l, m] * A[m, k]))),
        Sum(m, Sum(k, Sum(l, A[l, m] * A[k, l] * A[m, k]))),
    ),
    ("softmax sums to 1", Sum(k, y[k]), 1),
    ("… in each row", Sum(k, Y[r, k]), 1),
    ("… in all rows together", Sum(n, Sum(k, Y[n, k])), N),
    ("… in whatever order", Sum(k, Sum(n, Y[n, k])), N),
    ("… with a weight for each row", Sum(n, Sum(k, Y[n, k] * Z[n, 1])), Sum(n, Z[n, 1])),
    ("… of two", Sum(n, Sum(k, Sum(l, Y[n, k] * Y[n, l]))), N),
    ("cancelled, and a power is left", Sum(n, Sum(k, exp(Z[n, k]) / S_row[n] ** 2)), Sum(n, 1 / S_row[n])),
    ("not the same letter", Sum(n, Sum(k, exp(Z[n, k]) * t[k] / S_row[n])), Sum(k, t[k] * Sum(n, Y[n, k]))),
    ("two halves", Sum(k, sigma_k) + Sum(k, exp(z[k]) / (1 + exp(z[k]))), K),
    (
        "… twice",
        Sum(k, exp(2 * z[k]) / (1 + exp(z[k])) ** 2),
        K - 2 * Sum(k, sigma_k) + Sum(k, sigma_k**2),
    ),
    ("… the other way round", Sum(k, exp(-z[k]) / (1 + exp(z[k]))), Sum(k, exp(-z[k])) - Sum(k, sigma_k)),
    ("… with a coefficient", Sum(k, exp(z[k]) / (3 + 2 * exp(z[k]))), K / 2 - Sum(k, 1 / (6 + 4 * exp(z[k]))) * 3),
    ("… with a square", Sum(k, exp(2 * z[k]) / (1 + exp(2 * z[k]))), K - Sum(k, 1 / (1 + exp(2 * z[k])))),
    (
        "a numerator of several terms",
        Sum(k, (1 + exp(z[k])) ** 2 * t[k] / (1 + exp(z[k]))),
        Sum(k, t[k]) + Sum(k, t[k] * exp(z[k])),
    ),
    ("multiplied out", Sum(k, (1 + exp(z[k])) * t[k]), Sum(k, t[k]) + Sum(k, t[k] * exp(z[k]))),
    ("in an exponent", tower_of_sums, exp(Sum(k, z[k])) * S),
    ("in the argument of an unknown function", Sum(n, f(Sum(k, Z[n, k]))), Sum(b, f(Sum(l, Z[b, l])))),
    ("its logarithm, under a sum", Sum(n, log(S_row[n] ** 2)), 2 * Sum(n, log(S_row[n]))),
    ("its logarithm, with a factor", log(Sum(k, exp(z[k] + x))), x + log(S)),
    ("captured nowhere", Sum(k, t[k] * S), S * Sum(k, t[k])),
    ("… in a function", Sum(k, square(t[k])), Sum(k, t[k] ** 2) + Sum(k, t[k]) * Sum(l, q[l])),
    ("… in one with parameters", Sum(k, T[k, i]), x * Sum(k, z[k]) + Sum(k, A[k, i]) + K * Sum(k, q[k])),
    ("a derivative of a sum", D(S, z[i]), exp(z[i])),
    ("… in the letter of its definition", D(S, z[k]), exp(z[k])),
    ("… under a sum", Sum(k, D(S, z[k])), S),
    ("… of its logarithm", D(log(S), z[i]), y[i]),
    ("… of a definition", D(y[i], z[j]), y[i] * (delta(i, j) - y[j])),
    ("… of a matrix", D(Sum(n, Sum(k, Z[n, k] ** 2)), Z[r, i]), 2 * Z[r, i]),
    ("… at the diagonal", D(Sum(k, A[k, k]), A[i, j]), delta(i, j)),
    ("… twice", D(D(log(S), z[i]), z[j]), y[i] * delta(i, j) - y[i] * y[j]),
    ("… three times", D(D(D(S, z[i]), z[i]), z[i]), exp(z[i])),
    ("… in a name", D(Sum(k, t[k] * log(y[k])), y[j]), t[j] / y[j]),
    ("… of an unknown function", D(Sum(k, f(z[k])), z[i]), f.prime(z[i])),
    ("… of one of a sum", D(f(S), z[i]), f.prime(S) * exp(z[i])),
    ("… of one of a vector", D(h**2, z[i]), 2 * h * D(h, z[i])),
    ("… of a vector of them", D(Sum(k, F[k] ** 2), z[i]), 2 * Sum(k, F[k] * D(F[k], z[i]))),
    ("… second ones in whatever order", D(D(h, z[i]), z[j]), D(D(h, z[j]), z[i])),
    ("… of a number's logarithm", D(log(number(12)) * z[i], z[i]), log(number(12))),
    ("… of what does not depend on it", D(Sum(k, t[k]), z[i]), 0),
    ("… of a delta", D(Sum(k, t[k] * delta(k, i)), t[j]), delta(i, j)),
]


@pytest.mark.parametrize(("left", "right"), [pair[1:] for pair in TRUE], ids=[pair[0] for pair in TRUE])
def test_true_for_every_size(left: Expr, right: Expr | int) -> None:
    assert verdict(left, right) == "proved"


@pytest.mark.parametrize(("left", "right"), [pair[1:] for pair in TRUE], ids=[pair[0] for pair in TRUE])
def test_no_longer_true_with_one_more(left: Expr, right: Expr | int) -> None:
    assert verdict(left, right + p) == "refuted"


def test_what_is_true_for_small_sizes_alone_is_not_proved() -> None:
    """Σ_k z_k = z_i at K = 1; the discriminant of three numbers needs K ≥ 3 to differ from that of two."""
    assert verdict(Sum(k, z[k]), z[i]) == "refuted"
    apart = Sum(k, Sum(l, Sum(m, (z[k] - z[l]) * (z[l] - z[m]) * (z[m] - z[k]) * A[k, l] * A[l, m])))
    assert verdict(apart, 0) == "refuted"


# --------------------------------------------- what one would get wrong at once


def test_the_name_of_a_letter_does_not_decide_how_a_fraction_is_taken_apart() -> None:
    """log(Σ_k e/(2e + q)) becomes log ½ + log(K − Σ_k q/(2e + q)), or not, by which generator came first."""
    Q, P = matrix("Q", N, K), matrix("P", N, K)
    a = vector("a", N)

    def hidden(M: Tensor) -> Expr:
        return Sum(n, a[n] * log(Sum(k, exp(Z[n, k]) / (2 * exp(Z[n, k]) + M[n, k]))))

    before = Sum(n, Sum(k, exp(Z[n, k]))) + Sum(n, a[n] * log(Sum(k, Q[n, k]))) + Sum(n, a[n] * log(Sum(k, P[n, k])))
    assert verdict(before + hidden(Q), before + hidden(P), positive(Q[n, k]), positive(P[n, k])) == "refuted"
    assert verdict(before + hidden(Q), before + hidden(Q), positive(Q[n, k]), positive(P[n, k])) in (
        "proved", "unknown",
    )  # fmt: skip


# ----------------------------------------------------------------- normal form


def look_alike(count: int) -> Expr:
    """A complete graph: no letter can be told from another."""
    letters = indices(" ".join(f"a{number}" for number in range(count)), K)
    pairs = [A[one, other] + A[other, one] for one in letters for other in letters if one.name < other.name]
    product = pairs[0]
    for pair in pairs[1:]:
        product = product * exp(pair)
    for letter in letters:
        product = Sum(letter, product)
    return product


def ring(count: int, first: int = 0) -> Expr:
    """Σ A[a0, a1] A[a1, a2] … A[a9, a0]."""
    letters = indices(" ".join(f"a{number}" for number in range(count)), K)
    product: Expr = number(1)
    for place in range(count):
        here, there = letters[(place + first) % count], letters[(place + first + 1) % count]
        product = product * A[here, there]
    for letter in letters:
        product = Sum(letter, product)
    return product


def test_letters_that_look_alike_are_permuted() -> None:
    assert verdict(ring(5), ring(5, 2)) == "proved"


def test_too_many_that_look_alike_are_unknown() -> None:
    """7 letters in a ring have 7! orders; the tower agrees at K = 1 to 4, as far as its limits go."""
    decision = IndexDecider((), Limits(seconds=1)).decide(ring(7), ring(7, 3))
    assert isinstance(decision.verdict, Unknown)
    assert decision.verdict.reason == "a sum over 7 indices that look alike"


def test_a_difference_of_two_letters_is_no_reason_to_fail() -> None:
    """What a letter occurs in is looked at with all others called alike, so that z_k − z_l would be 0."""
    gaps = Sum(k, Sum(l, Sum(m, A[k, m] * A[m, l] / (z[k] - z[l] + x))))
    assert verdict(gaps, Sum(l, Sum(m, Sum(k, A[l, m] * A[m, k] / (z[l] - z[k] + x))))) == "conditional"
    assert verdict(gaps, Sum(l, Sum(m, Sum(k, A[l, m] * A[m, k] / (z[k] - z[l] + x))))) == "refuted"
    poles = Sum(k, Sum(l, Sum(m, 1 / (A[k, m] - A[l, m]))))
    assert verdict(poles, poles) == "unknown"
    under = Sum(k, Sum(l, exp(A[k, l]) / exp(z[k] - z[l])))
    assert verdict(under, Sum(l, Sum(k, exp(A[l, k] + z[k] - z[l])))) == "proved"


def test_equal_sums_are_one_generator() -> None:
    decider = IndexDecider()
    left, right = Sum(k, Sum(l, A[k, l] * z[k])), Sum(l, Sum(k, z[l] * A[l, k]))
    values = []
    for line in (left, right):
        reading = decider.reading(line, Instance())
        assert isinstance(reading, Reading)
        values.append(reading.value)
    assert values[0] == values[1] != constant(0)
    (((g, _),),) = values[0].terms
    assert isinstance(decider.reader_for(()).tower.generators[g], Summed)
    assert len(decider.reader_for(()).tower.slots_of(g)) == 2


# ------------------------------------------------------------------- families


def tower_with(*names: str) -> tuple[IndexTower, list[int]]:
    tower = IndexTower(Clock(Limits()))
    return tower, [tower.number(Variable(name)) for name in names]


def test_a_family_is_a_mapping_that_finds_its_values_when_asked() -> None:
    tower, (a, c) = tower_with("a", "c")
    asked: list[int] = []

    def value(g: int) -> Polynomial | None:
        asked.append(g)
        return constant(2) if g == a else None

    family = Families(lambda kind: kind == Variable("a"), value)
    assert len(family) == 0
    assert list(family) == []
    assert a in family
    assert c not in family
    assert not family.__contains__("a")
    assert family[a] == constant(2)
    with pytest.raises(KeyError):
        family[c]
    assert list(family) == [a]
    assert len(family) == 1
    assert asked == [a, c]
    assert tower.substitute(generator(a) + generator(c), family) == constant(2) + generator(c)


def test_values_by_number_are_put_in_as_in_every_tower() -> None:
    tower, (a, c) = tower_with("a", "c")
    assert tower.substitute(tower.times(generator(a), generator(c)), {a: constant(3)}) == generator(c).scaled(3)


def test_sizes_that_have_a_number_are_numbers() -> None:
    fixed: dict[Size, int] = {K: 128_256}
    decider = IndexDecider(POSITIVE, sizes=fixed)
    assert decider.decide(Sum(k, 1) * x, 128_256 * x).verdict.name == "proved"
    assert decider.decide(Sum(k, y[k] - number(1) / K), number(0)).verdict.name == "proved"
    assert decider.decide(D(y[i], z[j]), y[i] * (delta(i, j) - y[j])).verdict.name == "proved"


def test_letters_of_different_depth_do_not_meet() -> None:
    left = Sum(k, z[k] * Sum(l, A[k, l] * Sum(m, A[l, m] * Sum(o, A[m, o] * z[o]))))
    right = Sum(o, z[o] * Sum(m, A[m, o] * Sum(l, A[l, m] * Sum(k, A[k, l] * z[k]))))
    assert verdict(left, right) == "proved"
    assert verdict(left, Sum(o, z[o] * Sum(m, A[o, m] * Sum(l, A[l, m] * Sum(k, A[k, l] * z[k]))))) == "refuted"
