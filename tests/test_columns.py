"""What is read column by column means its formula, at 50 digits; what is added up row by row, as by hand."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import reduce
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp

from derive.formula.notation import *
from derive.formula.tree import Expr, Index
from derive.kernel import rows
from derive.kernel.columns import Calculus, Column, Exponential, Family, Logarithm, Nested, Total, Variable, run
from derive.kernel.entrywise import Reader, Scope
from derive.kernel.nested import nested
from derive.kernel.polynomial import Clock, LimitReached, Limits
from derive.kernel.tower import OutsideClass

from .deciding import Numbers
from .sampling import examples
from .test_entrywise import A, K, L, S, a, b, i, j, k, m, p, square, t, x, y, z


def number_at(family: Family, places: tuple[int, ...], of: Callable[[str], Any]) -> Any:
    """The value of one concrete generator."""
    match family:
        case Variable(name):
            return of(f"{name}[{', '.join(map(str, places))}]" if places else name)
        case Exponential(None):
            return mp.e
        case Logarithm(int() as argument):
            return mp.log(argument)
        case Exponential(inner) | Logarithm(inner):
            assert not isinstance(inner, int | None)
            below = number_at(inner, places, of)
            return mp.exp(below) if isinstance(family, Exponential) else mp.log(below)
    assert isinstance(family, Total | Nested)
    ends = (family.extent,) if isinstance(family, Total) else family.extents
    total = mp.mpf(0)
    for summed in product(*(range(1, end + 1) for end in ends)):
        rest = iter(places)
        term = mp.mpf(1)
        for factor, e, marks in family.body:
            here = tuple(summed[mark - 1] if mark else next(rest) for mark in marks)
            term *= number_at(factor, here, of) ** e
        total += term
    return total


def at_entry(column: Column, block: tuple[int, ...], entry: tuple[int, ...]) -> int:
    numbers = column.numbers.reshape((1,) * (len(block) - len(column.shape)) + column.shape)
    return int(numbers[tuple(0 if extent == 1 else n - 1 for extent, n in zip(numbers.shape, entry, strict=True))])


places = st.sampled_from([i, j, k, m, 1, 2])
linear = st.builds(lambda s, r, q: r * z[s] + q * x, places, st.integers(-2, 2), st.integers(-1, 1))
positives = st.one_of(
    st.builds(exp, linear),
    st.sampled_from([S, p, exp(exp(x)), number(3), fraction(2, 5)]),
    st.builds(lambda s: y[s], places),
    st.builds(lambda s: Sum(b, exp(A[s, b] - z[b])), places),
    st.builds(lambda s: Sum(b, exp(A[s, b]) * Sum(a, exp(A[a, b]))), places),
)
leaves: st.SearchStrategy[Expr] = st.one_of(
    st.sampled_from([x, p, S, L, number(2), fraction(-3, 2)]),
    st.builds(lambda tensor, s: tensor[s], st.sampled_from([z, t, y]), places),
    st.builds(lambda s, r: A[s, r], places, places),
    st.builds(delta, places, places),
    st.builds(log, positives),
    positives,
)


def grow(part: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    return st.one_of(
        st.builds(lambda write, one, two: write(one, two), st.sampled_from([operator.add, operator.sub]), part, part),
        st.builds(operator.mul, part, part),
        st.builds(lambda one, two: one / two, part, positives),
        st.builds(lambda one, e: one**e, part, st.integers(0, 2)),
        st.builds(lambda s, r, one, two: by_cases(s, r, same=one, distinct=two), places, places, part, part),
        st.builds(lambda s, one, two: listed(K, one, two).at(s), places, part, part),
        st.builds(lambda one, s: D(one, z[s]), part, places),
        st.builds(lambda one, s, r: D(one, A[s, r]), part, places, places),
        st.builds(lambda one: D(one, x), part),
        st.builds(lambda one: square(one), part),
    )


def closed(expr: Expr) -> Expr:
    """The formula, summed over k and m where they are free."""
    return reduce(lambda inside, letter: Sum(letter, inside) if letter in expr.free_indices else inside, [k, m], expr)


formulas = st.recursive(leaves, grow, max_leaves=5).map(closed)


@pytest.fixture(scope="module", autouse=True)
def fifty_digits() -> Iterator[None]:
    with mp.workdps(50):
        yield


def point(name: str) -> Any:
    return mp.mpf(sum(place * ord(letter) for place, letter in enumerate(name, 3)) % 89 + 7) / 53


SIZES = {K: 2}


def value_of(expr: Expr, of: Sequence[Index] = (i, j)) -> tuple[Calculus, Any]:
    calculus = Calculus(Clock(Limits()))
    calculus.known.positive.add(Variable("p", ()))
    axes = range(len(of) - 1, -1, -1)
    at = {letter: run(1, SIZES[letter.size], axis) for letter, axis in zip(of, axes, strict=True)}
    return calculus, Reader(calculus, SIZES).value(expr, Scope(at, len(of)))


@settings(max_examples=examples(150))
@given(formulas)
def test_a_value_means_its_formula(expr: Expr) -> None:
    try:
        calculus, value = value_of(expr)
    except OutsideClass as reason:  # a derivative in a function's parameter, and what it is added to
        assert "one product" in str(reason) or "derivative" in str(reason), reason
        return
    for entry in product((1, 2), repeat=2):
        expected = Numbers(SIZES, point, dict(zip((i, j), entry, strict=True))).value(expr)
        found = mp.mpf(0)
        for monomial, coefficient in nested(value, calculus).items():
            if all(at_entry(one, (2, 2), entry) == at_entry(two, (2, 2), entry) for one, two in monomial.pins):
                term = mp.mpf(coefficient.numerator) / coefficient.denominator
                for (family, columns), e in monomial.factors:
                    here = tuple(at_entry(column, (2, 2), entry) for column in columns)
                    term *= number_at(family, here, point) ** e
                found += term
        assert mp.almosteq(found, expected, 1e-12, 1e-12), (entry, found, expected)


# ------------------------------------------------------------------ the rows


def by_hand(terms: Sequence[rows.Term], block: tuple[int, ...]) -> int | None:
    """The first entry whose concrete monomials do not cancel, with dicts and fractions."""
    for number_, entry in enumerate(product(*(range(1, extent + 1) for extent in block))):
        found: dict[Any, Fraction] = {}
        for monomial, coefficient in terms:
            if all(at_entry(one, block, entry) == at_entry(two, block, entry) for one, two in monomial.pins):
                exponents: dict[Any, int] = {}
                for (family, columns), e in monomial.factors:
                    generator = family, tuple(at_entry(column, block, entry) for column in columns)
                    exponents[generator] = exponents.get(generator, 0) + e
                key = frozenset((g, e) for g, e in exponents.items() if e)
                found[key] = found.get(key, Fraction(0)) + coefficient
        if any(found.values()):
            return number_
    return None


@settings(max_examples=examples(150))
@given(formulas, formulas, st.sampled_from([0, 1, 2, 3]), st.sampled_from([rows.LARGEST, 2**12]))
def test_rows_add_up_as_by_hand(one: Expr, other: Expr, cancel: int, largest: int) -> None:
    try:
        _, value = value_of(one)
        _, added = value_of(other)
    except OutsideClass:
        return
    terms = [*value.items(), *added.items()]
    terms += [(monomial, -coefficient) for monomial, coefficient in terms[: len(terms) * cancel // 3]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "LARGEST", largest)  # small: keys are replaced by their ranks, or refused
        try:
            found = rows.first_difference(terms, rows.allowed((), (2, 2)))
        except LimitReached as reason:
            assert largest == 2**12, reason
            return
    assert found == by_hand(terms, (2, 2))
