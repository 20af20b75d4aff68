"""Equations between fractions of polynomials over unknown real numbers, and the polynomials."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce

from derive.formula.tree import (
    Expr,
    Negative,
    Numeral,
    Plus,
    Power,
    Quotient,
    Symbol,
    Times,
    written,
)


class NotExported(Exception):
    """A formula that has no such form; says why."""


@dataclass(frozen=True)
class Equation:
    """Two formulas of + − × ÷ and integer powers over unknown real numbers, and what is known of the unknowns."""

    left: Expr
    right: Expr
    given: tuple[tuple[Expr, Expr], ...]
    """What is equal by hypothesis."""
    positive: tuple[Expr, ...]
    """What is > 0 by hypothesis."""
    exponentials: Collection[str]
    """The unknowns that are exponentials, and so > 0; among them some that do not occur here."""


# ---------------------------------------------------------------- polynomials

Monomial = tuple[tuple[str, int], ...]
Polynomial = Mapping[Monomial, Fraction]
"""A Laurent polynomial over unknowns; no coefficient is 0."""


def times(p: Polynomial, q: Polynomial) -> Polynomial:
    result: dict[Monomial, Fraction] = {}
    for m, c in p.items():
        for n, d in q.items():
            powers = Counter(dict(m))
            powers.update(dict(n))
            key = tuple(sorted((x, e) for x, e in powers.items() if e))
            result[key] = result.get(key, Fraction(0)) + c * d
    return {m: c for m, c in result.items() if c}


def plus(p: Polynomial, q: Polynomial) -> Polynomial:
    result = {m: p.get(m, Fraction(0)) + q.get(m, Fraction(0)) for m in {**p, **q}}
    return {m: c for m, c in result.items() if c}


ONE: Polynomial = {(): Fraction(1)}


@dataclass(frozen=True)
class Ratio:
    """A polynomial over a polynomial."""

    top: Polynomial
    bottom: Polynomial = field(default_factory=lambda: ONE)

    def __add__(self, other: Ratio) -> Ratio:
        if self.bottom == other.bottom:
            return Ratio(plus(self.top, other.top), self.bottom)
        top = plus(times(self.top, other.bottom), times(other.top, self.bottom))
        return Ratio(top, times(self.bottom, other.bottom))

    def __mul__(self, other: Ratio) -> Ratio:
        return Ratio(times(self.top, other.top), times(self.bottom, other.bottom))

    @property
    def inverse(self) -> Ratio:
        if not self.top:
            raise NotExported("a division by 0")
        if len(self.top) > 1:
            return Ratio(self.bottom, self.top)
        ((m, c),) = self.top.items()
        return Ratio(times(self.bottom, {tuple((x, -e) for x, e in m): 1 / c}))

    def power(self, n: int) -> Ratio:
        base = self if n >= 0 else self.inverse
        return reduce(Ratio.__mul__, [base] * abs(n), Ratio(ONE))


def ratio(expr: Expr) -> Ratio:
    """The value of what was exported."""
    match expr:
        case Numeral(number):
            return Ratio({(): Fraction(number)} if number else {})
        case Symbol(name):
            return Ratio({((name, 1),): Fraction(1)})
        case Plus(terms):
            return reduce(Ratio.__add__, map(ratio, terms))
        case Times(factors):
            return reduce(Ratio.__mul__, map(ratio, factors))
        case Negative(term):
            return Ratio({(): Fraction(-1)}) * ratio(term)
        case Quotient(top, bottom):
            return ratio(top) * ratio(bottom).inverse
        case Power(base, exponent):
            return ratio(base).power(integer(exponent))
    raise TypeError(type(expr).__name__)


def integer(exponent: Expr) -> int:
    """The integer that an exported exponent is."""
    value = ratio(exponent)
    number = value.top.get((), Fraction(0))
    if value.bottom != ONE or len(value.top) > 1 or (value.top and not number) or number.denominator != 1:
        raise NotExported("a power that is not an integer")
    return int(number)


def number(value: Fraction) -> Expr:
    """A rational number as it is written."""
    top = written(value.numerator)
    return top if value.denominator == 1 else Quotient(top, Numeral(value.denominator))


def scaled(c: Fraction, expr: Expr) -> Expr:
    return expr if c == 1 else Negative(expr) if c == -1 else Times((number(c), expr))


def joined(kind: type[Plus] | type[Times], parts: list[Expr]) -> Expr:
    """A sum or a product; also of one part, or of none."""
    if not parts:
        return Numeral(0 if kind is Plus else 1)
    return parts[0] if len(parts) == 1 else kind(tuple(parts))


def power(base: Expr, n: int) -> Expr:
    return base if n == 1 else Power(base, written(n))


def polynomial(expr: Expr, what: str) -> Polynomial:
    value = ratio(expr)
    if value.bottom != ONE:
        raise NotExported(f"{what} that is a fraction")
    return value.top


def as_written(p: Polynomial) -> Expr:
    """A polynomial as a formula; negative powers as a quotient."""
    terms: list[Expr] = []
    for m, c in p.items():
        up = joined(Times, [power(Symbol(x), e) for x, e in m if e > 0])
        down = [power(Symbol(x), -e) for x, e in m if e < 0]
        terms.append(scaled(c, Quotient(up, joined(Times, down)) if down else up))
    return joined(Plus, terms)
