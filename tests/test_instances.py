"""One instance for each way in which indices coincide stands for all of them."""

from __future__ import annotations

from itertools import product

import pytest

from derive.catalog import entries as catalog
from derive.derivation import Derivation
from derive.formula.notation import *
from derive.formula.tree import Distinct, Expr, Symbol
from derive.kernel.generators import Variable
from derive.kernel.instances import coincidences, decide_every, has_numerals, instances, letters, numerals
from derive.kernel.polynomial import Clock, Limits
from derive.kernel.tower import Tower
from derive.kernel.value import Instance, Reader

from .deciding import K, N, S, i, j, k, m, n, q, sigma, t, x, y, z


def pattern(numbers: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(numbers.index(number) for number in numbers)


@pytest.mark.parametrize("classes", range(1, 7))
@pytest.mark.parametrize("count", range(5))
def test_every_way_to_coincide_once(classes: int, count: int) -> None:
    indices = [i, j, k, m][:count]
    all_of_them = {pattern(numbers) for numbers in product(range(1, classes + 1), repeat=count)}
    found = [pattern(tuple(at[index] for index in indices)) for at in coincidences(indices, {K: classes})]
    assert set(found) == all_of_them
    assert len(found) == len(all_of_them)


def test_indices_of_different_sizes_do_not_coincide() -> None:
    assert len(list(coincidences([i, n, j], {K: 3, N: 2}))) == 2


first = define("first", i, z[i] * delta(i, 1))
third = define("third", x, x + z[3])
lists = define("u", listed(K, x, x))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (z[i] + y[j] + S + sigma(x), False),
        (z[1], True),
        (delta(i, 2), True),
        (first[j], True),
        (third(x), True),
        (Sum(k, third(z[k])), True),
        (lists[i], True),
        (define("w", Sum(k, first[k])), True),
        (by_cases(i, 1, same=x, distinct=0), True),
        (D(x, z[1]), True),
        (by_label(t, {0: x, 1: 2}), False),
        (number(5) * K, False),
    ],
)
def test_numerals_are_found_wherever_they_hide(line: Expr, expected: bool) -> None:
    assert has_numerals([line], []) is expected
    assert has_numerals([x], [positive(line)]) is expected


def test_numerals_in_hypotheses() -> None:
    assert has_numerals([z[i]], [Distinct(i, 2)])
    assert not has_numerals([z[i]], [distinct(i, j), same(i, k), one_hot(q, k), one_of(t, 0, 1)])


def test_what_the_hypotheses_allow() -> None:
    lines = [z[i] * z[j]]
    apart = list(instances(lines, [distinct(i, j)], {K: 4}, every=False))
    assert [dict(found.at) for found in apart] == [{i: 1, j: 2}]
    assert len(list(instances(lines, [distinct(i, j)], {K: 4}, every=True))) == 12
    assert not list(instances(lines, [distinct(i, j)], {K: 1}, every=True))
    two = scalar("u")
    labels = [found.labels for found in instances([x], [one_of(t, 0, 1), one_of(two, 2, 3)], {}, every=False)]
    assert labels == [{t: a, two: b} for a in (0, 1) for b in (2, 3)]
    assert [found.labels for found in instances([x], [one_of(t, 0, 1), one_of(t, 1, 2)], {}, every=False)] == [{t: 1}]
    assert letters(lines, [one_hot(q, k)]) == [i, j, k]
    assert isinstance(t, Symbol)


def test_few_classes_are_decided_one_by_one() -> None:
    assert decide_every([z[i] * z[j]], [], {K: 5})
    assert not decide_every([z[i] * z[j]], [], {K: 6})
    assert not decide_every([z[i] * z[j] * z[k] * z[m] * delta(index("a", K), index("b", K))], [], {K: 5})


@pytest.mark.parametrize(
    "name", ["softmax-jacobian", "cross-entropy-hessian", "softmax-vjp", "linear-layer-bias-gradient"]
)
def test_the_theorem_permuted_classes_permute_the_instances(name: str) -> None:
    """Reading a line at (π i, π j) is reading it at (i, j) and permuting the variables: what holds of one, holds of
    the other."""
    derivation = catalog()[name]
    assert isinstance(derivation, Derivation)
    sizes = {size: 3 for size in derivation.free_sizes}
    indices = letters(derivation.scalars, [])
    tower = Tower(Clock(Limits()))
    reader = Reader(tower, sizes)
    for line in (derivation.scalars[0], derivation.scalars[-1]):
        for numbers in product(range(1, 4), repeat=len(indices)):
            for turned in ({1: 2, 2: 3, 3: 1}, {1: 1, 2: 3, 3: 2}):
                here, _ = reader.read(line, Instance(dict(zip(indices, numbers, strict=True))))
                there, _ = reader.read(line, Instance({i: turned[n] for i, n in zip(indices, numbers, strict=True)}))
                permuted = {
                    g: tower.variable(kind.name, tuple(turned[place] for place in kind.places))
                    for g, kind in list(enumerate(tower.generators))
                    if isinstance(kind, Variable)
                }
                assert tower.is_zero(tower.substitute(here, permuted) - there)


def test_a_numeral_as_subscript_breaks_it() -> None:
    line = delta(i, 1) * z[i]
    reader = Reader(Tower(Clock(Limits())), {K: 2})
    assert not reader.read(line, Instance({i: 1}))[0].is_zero
    assert reader.read(line, Instance({i: 2}))[0].is_zero


A = matrix("A", N, K)
third_of_two = define("B", (n, i), A[n, i] * z[3])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (z[i] + x, set()),
        (z[2] + z[i], {("K", 2)}),
        (A[1, 3], {("N", 1), ("K", 3)}),
        (delta(i, 2), {("K", 2)}),
        (delta(2, n), {("N", 2)}),
        (delta(1, 2), set()),
        (by_cases(i, 4, same=x, distinct=0), {("K", 4)}),
        (third_of_two[n, j], {("K", 3)}),
        (third(x) + first[j], {("K", 3), ("K", 1)}),
        (D(x * z[1], z[1]), {("K", 1)}),
        (by_label(t, {0: x, 1: z[5]}), {("K", 5)}),
    ],
    ids=lambda value: "" if isinstance(value, set) else str(value),
)
def test_numerals_are_told_with_the_size_of_which_they_are_a_value(line: Expr, expected: set[tuple[str, int]]) -> None:
    assert numerals([line], []) == expected
    assert numerals([x], [positive(line)]) == expected


def test_numerals_of_hypotheses_about_indices() -> None:
    assert numerals([z[i]], [Distinct(i, 2), Distinct(3, n)]) == {("K", 2), ("N", 3)}
