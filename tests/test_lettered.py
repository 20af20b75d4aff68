"""Letters as subscripts: what they may be called, where they are captured, and where a delta is refused."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest

from derive.formula.hypotheses import Hypothesis
from derive.formula.notation import *
from derive.formula.tree import Expr, Function
from derive.kernel.every import IndexDecider
from derive.kernel.generators import Delta, Exponential, Jet, Logarithm, Partial, Several, Summed, Variable
from derive.kernel.index import IndexTower
from derive.kernel.lettered import Letter
from derive.kernel.polynomial import ONE, ZERO, Clock, Limits, Polynomial, constant, generator
from derive.kernel.tower import NoValue, OutsideClass
from derive.kernel.verdict import Unknown

from .indexed import A, F, K, N, S, Z, f, h, i, j, k, l, n, p, q, r, x, y, z


def decided(left: Expr, right: Expr | int, *assuming: Hypothesis) -> object:
    return IndexDecider(assuming).decide(left, number(right) if isinstance(right, int) else right).verdict


def verdict(left: Expr, right: Expr | int, *assuming: Hypothesis) -> str:
    return IndexDecider(assuming).decide(left, number(right) if isinstance(right, int) else right).verdict.name


@pytest.fixture
def tower() -> IndexTower:
    return IndexTower(Clock(Limits()), {"N": 5})


def entry(tower: IndexTower, name: str, *places: int) -> Polynomial:
    return tower.variable(name, places)


# ---------------------------------------------------------------------- letters


def test_constants_differ_and_other_letters_may_not(tower: IndexTower) -> None:
    a, c = tower.constant_letter("a", "K"), tower.constant_letter("c", "K")
    assert tower.constant_letter("a", "K") == a != c
    assert tower.unique_letter("a", "K") != tower.unique_letter("a", "K")
    assert tower.size_of(a) == "K"
    with tower.going_through(["K", "N"]) as letters:
        assert len({a, c, *letters}) == 4
        assert tower.delta(a, c) == tower.delta(a, 1) == tower.delta(1, 2) == ZERO
        assert tower.delta(a, a) == tower.delta(2, 2) == constant(1)
        assert tower.delta(letters[0], a) == tower.delta(a, letters[0])
        assert tower.delta(letters[0], 1).number() is None
        with tower.going_through(["K"]) as inner:
            assert inner[0] not in letters
    with tower.going_through(["K", "N"]) as again:
        assert again == letters
    assert tower.every_letter(letters[0]) == tower.every_letter(letters[0]) != letters[0]


def test_a_sum_is_left_even_where_it_fails(tower: IndexTower) -> None:
    with pytest.raises(NoValue), tower.going_through(["K"]):
        raise NoValue
    assert tower.opened == []


def test_sizes_are_positive_numbers_or_positive_variables(tower: IndexTower) -> None:
    assert tower.size("N") == constant(5)
    assert tower.sign(tower.size("K")) == 1
    assert tower.size_names == {"K"}
    assert tower.size("K") == generator(tower.size_number("K"))


def test_which_letters_occur_in_each_kind_of_generator(tower: IndexTower) -> None:
    a, c = tower.constant_letter("a", "K"), tower.constant_letter("c", "K")
    both = entry(tower, "A", a, c)
    sum_of_two = entry(tower, "z", a) + entry(tower, "z", c)
    tower.arguments["z", False] = {(tower.unique_letter("entry", "K"),): constant(1)}
    with tower.going_through(["K"]) as (letter,):
        closed = tower.sum_over(entry(tower, "A", a, letter), [letter])
        delta_of_letter = tower.delta(letter, a)
        assert free(tower, delta_of_letter) == {letter, a}
    assert free(tower, both) == {a, c}
    assert free(tower, entry(tower, "A", 1, 2)) == set()
    assert free(tower, closed) == {a}
    assert free(tower, tower.exp(both)) == {a, c}
    assert free(tower, tower.inverse(sum_of_two)) == {a, c}
    assert free(tower, tower.log(entry(tower, "z", a))) == {a}
    assert free(tower, tower.log(constant(2))) == set()
    assert free(tower, tower.unknown("f", 0, both)) == {a, c}
    partial = generator(tower.number(Partial("F", (a,), "z", ways=((1,), (c,)))))
    assert free(tower, partial) == {a, c}
    (g,) = partial.generators()
    assert tower.places_in(g) == {a, c}
    (g,) = entry(tower, "A", a, 3).generators()
    assert tower.places_in(g) == {a, 3}


def free(tower: IndexTower, polynomial: Polynomial) -> set[int]:
    assert tower.free_letters(polynomial) == sorted(tower.free_letters(polynomial))
    return set(tower.free_letters(polynomial))


# --------------------------------------------------------------------- renaming


def test_every_kind_of_generator_is_renamed(tower: IndexTower) -> None:
    a, c = tower.constant_letter("a", "K"), tower.constant_letter("c", "K")
    tower.arguments["z", False] = {(tower.unique_letter("entry", "K"),): constant(1)}

    def with_letter(place: int, other: int) -> Sequence[Polynomial]:
        here, there = entry(tower, "z", place), entry(tower, "z", other)
        with tower.going_through(["K"]) as (letter,):
            closed = tower.sum_over(entry(tower, "A", place, letter), [letter])
        return [
            here,
            tower.exp(here),
            tower.exp(here.scaled(Fraction(1, 2))),
            tower.inverse(here + there),
            tower.power(here + constant(1), -2),
            tower.log(here),
            tower.log(here + constant(1)),
            tower.unknown("f", 1, here),
            generator(tower.number(Partial("F", (place,), "z", ways=tuple(sorted(((place,), (other,))))))),
            closed,
            tower.inverse(closed),
            tower.log(closed),
        ]

    for before, after in zip(with_letter(a, c), with_letter(c, a), strict=True):
        assert tower.renamed(before, {a: c, c: a}) == after, before.terms
        assert tower.renamed(before, {}) == before
    kinds = {type(tower.generators[g]) for found in with_letter(a, c) for g in found.generators()}
    assert kinds == {Variable, Exponential, Several, Logarithm, Jet, Partial, Summed}
    with tower.going_through(["K"]) as (letter,):
        both = tower.delta(letter, a)
        assert {type(tower.generators[g]) for g in both.generators()} == {Delta}
        assert tower.renamed(both, {a: c}) == tower.delta(letter, c)
        assert tower.renamed(both, {letter: a}) == constant(1)
        assert tower.renamed(both, {letter: c}) == ZERO


def test_a_difference_of_letters_that_become_one_has_no_reciprocal(tower: IndexTower) -> None:
    a, c = tower.constant_letter("a", "K"), tower.constant_letter("c", "K")
    gap = entry(tower, "z", a) - entry(tower, "z", c)
    with pytest.raises(NoValue):
        tower.renamed(tower.inverse(gap), {c: a})


def test_a_prime_s_logarithm_has_no_letters_to_rename(tower: IndexTower) -> None:
    (g,) = tower.log(constant(2)).generators()
    with pytest.raises(OutsideClass):
        tower._rebuilt_from(g, lambda found: found)


def test_letters_are_matched_by_their_size(tower: IndexTower) -> None:
    a, c, d = (tower.constant_letter(name, size) for name, size in (("a", "K"), ("c", "K"), ("d", "N")))
    assert list(tower.matchings([a], [a, c, d, 2])) == [{a: a}, {a: c}, {a: 2}]
    assert list(tower.matchings([], [a])) == [{}]
    many = [tower.constant_letter(f"e{count}", "K") for count in range(7)]
    assert list(tower.matchings(many, many)) == []  # 7^7 ways are too many to look at


def test_the_key_of_a_renaming_speaks_of_its_own_letters_alone(tower: IndexTower) -> None:
    a, c, d = (tower.constant_letter(name, "K") for name in "acd")
    tower.renamed(entry(tower, "z", a), {a: c, d: a})
    tower.renamed(entry(tower, "z", a), {a: c, d: c})
    assert len(tower.renamings) == 1


# ------------------------------------------------------------------------- sign


def test_a_sum_of_what_is_positive_is_positive() -> None:
    assert verdict(log(Sum(k, exp(z[k])) * x) * 0, 0) == "conditional"
    assert verdict(log(S) - log(S), 0) == "proved"
    assert verdict(exp(log(Sum(k, q[k]))), Sum(k, q[k]), positive(q[k])) == "proved"
    assert isinstance(decided(exp(log(Sum(k, q[k]))), Sum(k, q[k])), Unknown)


@pytest.mark.parametrize(
    ("left", "right", "assuming", "expected"),
    [
        (log(1 - q[i]) - log(1 - q[i]), 0, [positive(1 - q[k])], "proved"),
        (1 / (q[i] - 1) * (q[i] - 1), 1, [positive(1 - q[k])], "proved"),
        (log(2 - 2 * q[i]), log(number(2)) + log(1 - q[i]), [positive(1 - q[k])], "proved"),
        (log(Z[r, i] + x) * 0, 0, [positive(Z[n, k] + x)], "proved"),
        (log(Z[r, i] + z[i]) * 0, 0, [positive(Z[n, k] + z[k])], "proved"),
        (log(Z[r, i] + z[j]) * 0, 0, [positive(Z[n, k] + z[k])], "conditional"),
        (log(A[i, j] + A[j, i]) * 0, 0, [positive(A[k, l] + A[l, k]), distinct(i, j)], "proved"),
        (log(z[i] - z[j]) * 0, 0, [positive(1 - q[k])], "unknown"),
        (Sum(k, log(1 - q[k])) * 0, 0, [positive(1 - q[l])], "proved"),
    ],
)
def test_what_is_positive_for_every_letter(
    left: Expr, right: Expr | int, assuming: list[Hypothesis], expected: str
) -> None:
    assert verdict(left, right, *assuming) == expected


# ----------------------------------------------------------- where a delta is refused


@pytest.mark.parametrize(
    "line",
    [
        Sum(k, 1 / (2 + delta(k, i))),
        Sum(k, 1 / delta(k, i)),
        Sum(k, exp(delta(k, i))),
        Sum(k, log(1 + delta(k, i))),
        Sum(k, f(delta(k, i))),
        Sum(k, f(z[k] + delta(k, i))),
    ],
    ids=str,
)
def test_a_delta_inside_of_something_is_refused(line: Expr) -> None:
    found = decided(line, line)
    assert isinstance(found, Unknown)
    assert found.reason == "a delta, under a sum, inside of a denominator, an exponent or an argument"


def test_a_delta_of_free_letters_is_a_number_wherever_it_stands() -> None:
    assert verdict(exp(delta(i, j)), 1 + delta(i, j) * (exp(number(1)) - 1)) == "proved"
    assert verdict(1 / (1 + delta(i, j)), 1 - delta(i, j) / 2) == "proved"


# ---------------------------------------------------------------------- capture


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Sum(k, z[k] * Sum(l, A[l, k])), Sum(k, Sum(l, A[l, k] * z[k]))),
        (D(Sum(l, z[l] * S), z[k]), S + Sum(l, z[l]) * exp(z[k])),
        (y[k] * S, exp(z[k])),
        (Sum(k, y[k] * S * z[k]), Sum(l, exp(z[l]) * z[l])),
        (Function("g", x, Sum(k, x * z[k]))(z[k]), z[k] * Sum(l, z[l])),
        (Sum(l, Function("g", x, Sum(k, x * A[k, 1]))(z[l])), Sum(l, z[l]) * Sum(k, A[k, 1])),
        (D(Sum(l, F[l] * h), z[k]), Sum(l, D(F[l], z[k]) * h + F[l] * D(h, z[k]))),
        (Sum(k, D(Sum(l, A[k, l] ** 2), A[k, k])), 2 * Sum(k, A[k, k])),
        (Sum(k, Sum(l, D(A[k, k] * A[l, l], A[k, l]))), 2 * Sum(k, A[k, k])),
    ],
    ids=str,
)
def test_no_letter_is_captured(left: Expr, right: Expr) -> None:
    assert verdict(left, right) == "proved"
    assert verdict(left, right + p) == "refuted"


def test_numbers_alone_are_no_letters(tower: IndexTower) -> None:
    assert tower.parted(ONE, frozenset()) == (ONE, ONE)
    assert tower.letters[0] == Letter("", "")
    assert verdict(Sum(n, Sum(k, Z[n, k])) * N, Sum(n, Sum(k, N * Z[n, k]))) == "proved"
    assert verdict(Sum(k, 1), K) == "proved"
