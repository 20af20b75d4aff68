"""The ring of Laurent polynomials: its axioms, its limits, and that equal elements are equal dicts."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.kernel.polynomial import (
    ONE,
    ZERO,
    Clock,
    LimitReached,
    Limits,
    Monomial,
    Number,
    Polynomial,
    constant,
    generator,
    power,
    simplest,
    times,
    total,
)

exponents: st.SearchStrategy[Number] = st.one_of(st.integers(-3, 3), st.fractions(-2, 2, max_denominator=3))
monomials: st.SearchStrategy[Monomial] = st.dictionaries(st.integers(0, 3), exponents, max_size=3).map(
    lambda found: tuple(sorted((g, e) for g, e in found.items() if e))
)
numbers: st.SearchStrategy[Number] = st.one_of(st.integers(-9, 9), st.fractions(-3, 3, max_denominator=7))
polynomials = st.dictionaries(monomials, numbers, max_size=4).map(
    lambda found: Polynomial({m: c for m, c in found.items() if c})
)
clock = Clock(Limits(seconds=10**6))


@given(polynomials, polynomials, polynomials)
def test_ring_axioms(p: Polynomial, q: Polynomial, r: Polynomial) -> None:
    def product(a: Polynomial, b: Polynomial) -> Polynomial:
        return a.times(b, clock)

    assert p + q == q + p
    assert (p + q) + r == p + (q + r) == total([p, q, r])
    assert p + ZERO == p
    assert (p - p).is_zero
    assert p + -p == ZERO
    assert product(p, q) == product(q, p)
    assert product(product(p, q), r) == product(p, product(q, r))
    assert product(p, constant(1)) == p
    assert product(p, ZERO) == ZERO
    assert product(p, q + r) == product(p, q) + product(p, r)


@given(polynomials, st.integers(0, 5))
def test_a_power_is_a_repeated_product(p: Polynomial, exponent: int) -> None:
    product = constant(1)
    for _ in range(exponent):
        product = product.times(p, clock)
    assert p.power(exponent, clock) == product


@given(polynomials, polynomials)
def test_equal_is_equal_as_a_key(p: Polynomial, q: Polynomial) -> None:
    as_fractions = Polynomial(
        {tuple((g, Fraction(e)) for g, e in m): Fraction(c) for m, c in p}  # 1 and 1/1 are one exponent
    )
    assert as_fractions == p
    assert hash(as_fractions) == hash(p)
    assert (p == q) == (p.key == q.key)
    assert p != "p"


@given(monomials, monomials, st.integers(-3, 3))
def test_monomials(m: Monomial, n: Monomial, exponent: int) -> None:
    assert times(m, n) == times(n, m)
    assert times(m, power(m, -1)) == ONE
    assert power(times(m, n), exponent) == times(power(m, exponent), power(n, exponent))


def test_what_it_says_of_itself() -> None:
    x, y = generator(0), generator(1, -2)
    assert (x + y).number() is None
    assert x.number() is None
    assert ZERO.number() == 0
    assert constant(Fraction(1, 2)).number() == Fraction(1, 2)
    assert (x + y).generators() == {0, 1}
    assert len(x + y) == 2
    assert x.scaled(0) == ZERO
    assert type(simplest(Fraction(4, 2))) is int
    assert simplest(Fraction(1, 2)) == Fraction(1, 2)


def test_limits() -> None:
    x = total([generator(n) for n in range(30)])
    with pytest.raises(LimitReached, match="more than 100 terms"):
        x.times(x, Clock(Limits(terms=100)))
    with pytest.raises(LimitReached, match="binary digits"):
        constant(3).power(1000, Clock(Limits(bits=100)))
    with pytest.raises(LimitReached, match="binary digits"):
        constant(3**100).times(x, Clock(Limits(bits=100)))
    with pytest.raises(LimitReached, match="not decided within 0 s"):
        Clock(Limits(seconds=0)).check()
    assert constant(-1).power(10**9, clock) == constant(1)
