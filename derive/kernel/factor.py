"""Factors of a polynomial, proposed by SymPy and multiplied out again here.

The only place of the kernel that knows SymPy.  It is not trusted: what it
proposes is used only when the product of the factors is the polynomial again,
and missing a factor costs an UNKNOWN, never a false PROVED.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import lcm

from .polynomial import Clock, Monomial, Number, Polynomial, constant

MAX_TERMS, MAX_DEGREE = 200, 24

LARGEST_PRIME = 10_000
"""Logarithms of numbers with greater prime factors are outside the class."""


@cache
def primes() -> tuple[int, ...]:
    """The prime numbers up to the largest one that is looked for."""
    sieve = bytearray([1]) * (LARGEST_PRIME + 1)
    for n in range(2, LARGEST_PRIME + 1):
        sieve[n * n :: n] = bytes(len(range(n * n, LARGEST_PRIME + 1, n)))
    return tuple(n for n in range(2, LARGEST_PRIME + 1) if sieve[n])


def factors(f: Polynomial, clock: Clock) -> tuple[Number, list[tuple[Polynomial, int]]]:
    """(c, [(factor, multiplicity), …]) with f = c · Π factor^multiplicity; `f` is primitive, of several terms."""
    scale = {g: lcm(*(Fraction(e).denominator for m in f.terms for h, e in m if h == g)) for g in f.generators()}
    degree = {g: max(e * scale[g] for m in f.terms for h, e in m if h == g) for g in scale}
    # of degree 1 in a generator, with coefficients that have no common factor: irreducible (Gauss's lemma)
    if any(d == 1 and _stands_alone(f, g) for g, d in degree.items()):
        return 1, [(f, 1)]
    if len(f) > MAX_TERMS or sum(degree.values()) > MAX_DEGREE:
        return 1, [(f, 1)]
    proposed = _propose(f, sorted(scale), scale)
    product = constant(1)
    for factor, multiplicity in proposed:
        product = product.times(factor.power(multiplicity, clock), clock)
    lead = max(f.terms)
    number = Fraction(f.terms[lead]) / product.terms.get(lead, 1)
    return (number, proposed) if product.scaled(number) == f else (1, [(f, 1)])


def _stands_alone(f: Polynomial, g: int) -> bool:
    """Whether one term alone holds `g`: f = a·g + b with a monomial a that has nothing in common with b."""
    return sum(any(h == g for h, _ in m) for m in f.terms) == 1


def _propose(f: Polynomial, order: list[int], scale: dict[int, int]) -> list[tuple[Polynomial, int]]:
    import sympy

    names = {g: sympy.Symbol(f"g{g}") for g in order}

    def monomial(m: Monomial) -> tuple[int, ...]:
        exponents = dict(m)
        return tuple(int(exponents.get(g, 0) * scale[g]) for g in order)

    written = {monomial(m): sympy.Rational(Fraction(c).numerator, Fraction(c).denominator) for m, c in f}
    poly = sympy.Poly.from_dict(written, *(names[g] for g in order), domain="QQ")
    _, found = poly.factor_list()

    def read(factor: object) -> Polynomial:
        terms: dict[Monomial, Number] = {}
        for exponents, value in factor.terms():  # type: ignore[attr-defined]
            pairs = ((g, Fraction(int(e), scale[g])) for g, e in zip(order, exponents, strict=True) if e)
            m = tuple((g, e.numerator if e.denominator == 1 else e) for g, e in pairs)
            terms[m] = Fraction(int(value.p), int(value.q))
        return Polynomial(terms)

    return [(read(factor), int(multiplicity)) for factor, multiplicity in found]
