"""Laurent polynomials over numbered generators: sparse, exact, in integers and fractions.

A monomial is a sorted tuple of pairs (generator, exponent), and a polynomial a
dict from monomials to coefficients without a zero among them; so two
polynomials are the same element of the ring exactly when they are the same
dict.  Exponents are integers, and fractions for exponentials alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from time import monotonic_ns
from typing import TypeAlias

Number: TypeAlias = int | Fraction
Monomial: TypeAlias = tuple[tuple[int, Number], ...]
Key: TypeAlias = frozenset[tuple[Monomial, Number]]

ONE: Monomial = ()


class LimitReached(Exception):
    """A formula that is too large to be decided within the limits."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far the kernel goes before it says UNKNOWN."""

    terms: int = 200_000
    """Products of terms in one multiplication."""
    bits: int = 20_000
    """Binary digits of a number."""
    seconds: int = 20
    """For one step, all of its instances together."""


class Clock:
    """Says when the time is over; an integer clock, so that no float enters the kernel."""

    __slots__ = ("end", "limits")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.start()

    def start(self, steps: int = 1) -> None:
        """Begin to count anew, for so many steps together."""
        self.end = monotonic_ns() + steps * self.limits.seconds * 10**9

    def check(self, work: int = 0) -> None:
        """Raise LimitReached where `work` products of terms are too many, or the time is over."""
        if work > self.limits.terms:
            raise LimitReached(f"a product has more than {self.limits.terms} terms")
        if monotonic_ns() > self.end:
            raise LimitReached(f"not decided within {self.limits.seconds} s")

    def check_number(self, bits: int) -> None:
        """Raise LimitReached where a number would have more than the allowed bits."""
        if bits > self.limits.bits:
            raise LimitReached(f"a number has more than {self.limits.bits} binary digits")


def times(left: Monomial, right: Monomial) -> Monomial:
    """The product of two monomials."""
    if not left:
        return right
    if not right:
        return left
    if left[-1][0] < right[0][0]:
        return left + right
    product: list[tuple[int, Number]] = []
    a, b, m, n = 0, 0, len(left), len(right)
    while a < m and b < n:
        first, second = left[a], right[b]
        if first[0] < second[0]:
            product.append(first)
            a += 1
        elif first[0] > second[0]:
            product.append(second)
            b += 1
        else:
            if exponent := first[1] + second[1]:
                product.append((first[0], exponent))
            a, b = a + 1, b + 1
    product += left[a:]
    product += right[b:]
    return tuple(product)


def power(monomial: Monomial, exponent: Number) -> Monomial:
    """A monomial to a power."""
    return tuple([(g, e * exponent) for g, e in monomial]) if exponent else ONE


class Polynomial:
    """A Laurent polynomial; nothing changes it once it is made."""

    __slots__ = ("_key", "terms")

    def __init__(self, terms: dict[Monomial, Number]) -> None:
        self.terms = terms
        self._key: Key | None = None

    @property
    def key(self) -> Key:
        """The polynomial as something to look up by."""
        if self._key is None:
            self._key = frozenset(self.terms.items())
        return self._key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Polynomial) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash(self.key)

    def __len__(self) -> int:
        return len(self.terms)

    def __iter__(self) -> Iterator[tuple[Monomial, Number]]:
        return iter(self.terms.items())

    @property
    def is_zero(self) -> bool:
        """Whether it has no term."""
        return not self.terms

    def number(self) -> Number | None:
        """Its value if it is a constant, else None."""
        match len(self.terms):
            case 0:
                return 0
            case 1:
                return self.terms.get(ONE)
        return None

    def generators(self) -> set[int]:
        """The generators that occur."""
        return {g for monomial in self.terms for g, _ in monomial}

    def __neg__(self) -> Polynomial:
        return Polynomial({m: -c for m, c in self.terms.items()})

    def __add__(self, other: Polynomial) -> Polynomial:
        return total((self, other))

    def __sub__(self, other: Polynomial) -> Polynomial:
        return ZERO if self.terms == other.terms else total((self, -other))

    def scaled(self, factor: Number, by: Monomial = ONE) -> Polynomial:
        """This times `factor` times a monomial."""
        if factor == 1:
            return Polynomial({times(m, by): c for m, c in self.terms.items()}) if by else self
        if not factor:
            return ZERO
        if factor.denominator == 1:  # integers are much faster than fractions of denominator 1
            n = factor.numerator
            return Polynomial({times(m, by): c * n for m, c in self.terms.items()})
        return Polynomial({times(m, by): simplest(factor * c) for m, c in self.terms.items()})

    def times(self, other: Polynomial, clock: Clock) -> Polynomial:
        """The product, within the limits."""
        several, single = (self, other) if len(other.terms) == 1 else (other, self)
        if len(single.terms) == 1:
            ((m, c),) = single.terms.items()
            if c != 1:
                clock.check_number(max(c.numerator.bit_length(), c.denominator.bit_length()))
            return several.scaled(c, m)
        clock.check(len(self) * len(other))
        product: dict[Monomial, Number] = {}
        for m, c in self.terms.items():
            for n, d in other.terms.items():
                monomial = times(m, n)
                product[monomial] = product.get(monomial, 0) + c * d
        return Polynomial({m: c for m, c in product.items() if c})

    def power(self, exponent: int, clock: Clock) -> Polynomial:
        """To a natural power, by squaring."""
        if len(self) == 1:
            ((m, c),) = self
            clock.check_number(exponent * max(abs(c.numerator).bit_length() - 1, c.denominator.bit_length() - 1))
            return Polynomial({power(m, exponent): c**exponent})
        clock.check(exponent)
        result, square = constant(1), self
        while exponent:
            if exponent & 1:
                result = result.times(square, clock)
            if exponent := exponent >> 1:
                square = square.times(square, clock)
        return result


def simplest(value: Number) -> Number:
    """An integer as an integer."""
    return value.numerator if value.denominator == 1 else value


ZERO = Polynomial({})


def constant(value: Number) -> Polynomial:
    """A number as a polynomial."""
    return Polynomial({ONE: value}) if value else ZERO


def generator(number: int, exponent: Number = 1) -> Polynomial:
    """A power of one generator."""
    return Polynomial({((number, exponent),): 1})


def total(polynomials: Iterable[Polynomial]) -> Polynomial:
    """The sum of any number of polynomials."""
    terms: dict[Monomial, Number] = {}
    for polynomial in polynomials:
        if not terms:
            terms = dict(polynomial.terms)
            continue
        for monomial, coefficient in polynomial.terms.items():
            if value := terms.get(monomial, 0) + coefficient:
                terms[monomial] = value
            else:
                del terms[monomial]
    return Polynomial(terms)
