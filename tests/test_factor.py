"""Factors: their product is the polynomial, whatever SymPy proposes."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.kernel import factor
from derive.kernel.polynomial import Clock, Limits, Polynomial, constant, generator
from derive.kernel.tower import Tower

clock = Clock(Limits(seconds=10**6))
pieces = st.dictionaries(
    st.tuples(st.integers(0, 3), st.integers(0, 3)), st.integers(-4, 4), min_size=2, max_size=3
).map(lambda found: Polynomial({tuple((g, e) for g, e in enumerate(m) if e): c for m, c in found.items() if c}))


@given(pieces, pieces)
def test_the_product_of_the_factors_is_the_polynomial(a: Polynomial, b: Polynomial) -> None:
    product = a.times(b, clock)
    if product.is_zero:
        return
    tower = Tower(clock)
    tower.variable("a"), tower.variable("b")
    _, _, f = tower.split(product)
    if len(f) < 2:
        return
    for number, found in (factor.factors(f, clock), tower.factors(f)):
        again = constant(number)
        for piece, multiplicity in found:
            again = again.times(piece.power(multiplicity, clock), clock)
        assert again == f


def test_a_wrong_proposal_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    x = generator(0)
    f = x.power(2, clock) - constant(1)
    assert len(factor.factors(f, clock)[1]) == 2
    monkeypatch.setattr(factor, "_propose", lambda *_: [(x, 1), (x - constant(2), 1)])
    assert factor.factors(f, clock) == (1, [(f, 1)])


def test_halves_of_exponents() -> None:
    half = generator(0, Fraction(1, 2))
    f = generator(0) - constant(1) + generator(0, Fraction(3, 2)) - half
    number, found = factor.factors(f, clock)
    product = constant(number)
    for piece, multiplicity in found:
        product = product.times(piece.power(multiplicity, clock), clock)
    assert len(found) == 2
    assert product == f


def test_what_is_too_large_is_left_whole() -> None:
    x, y = generator(0), generator(1)
    f = (x + y).power(30, clock)
    assert factor.factors(f, clock) == (1, [(f, 1)])


def test_primes() -> None:
    assert factor.primes()[:5] == (2, 3, 5, 7, 11)
    assert all(n % d for n in factor.primes() for d in range(2, isqrt(n) + 1))
    assert factor.primes()[-1] == 9973
