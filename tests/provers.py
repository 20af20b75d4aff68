"""Equations in the languages of provers: SMT-LIB for z3, with denominators cleared, and Gallina for Coq's field."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
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
)

from .rational_equations import (
    Equation,
    NotExported,
    Ratio,
    as_written,
    integer,
    ratio,
)


@dataclass(frozen=True)
class Cleared:
    """A number times factors, over factors, each a text; nothing is expanded, nothing cancelled."""

    number: Fraction
    top: Counter[str]
    bottom: Counter[str]

    def __mul__(self, other: Cleared) -> Cleared:
        return Cleared(self.number * other.number, self.top + other.top, self.bottom + other.bottom)

    def power(self, n: int) -> Cleared:
        top, bottom = (self.top, self.bottom) if n >= 0 else (self.bottom, self.top)
        if n < 0 and not self.number:
            raise NotExported("a division by 0")
        scale = [Counter({factor: abs(n) * m for factor, m in part.items()}) for part in (top, bottom)]
        return Cleared(self.number**n, *scale)

    def over(self, bottom: Counter[str]) -> str:
        """The numerator over a multiple of the denominator."""
        factors = [factor for factor, n in sorted((self.top + (bottom - self.bottom)).items()) for _ in range(n)]
        c = abs(self.number)
        if c != 1 or not factors:
            factors.insert(0, f"{c.numerator}.0" if c.denominator == 1 else f"(/ {c.numerator}.0 {c.denominator}.0)")
        product = factors[0] if len(factors) == 1 else f"(* {' '.join(factors)})"
        return f"(- {product})" if self.number < 0 else product


class Clearing:
    """Formulas over their denominators, in SMT-LIB's words; each object once, as lines share parts."""

    def __init__(self) -> None:
        self.known: dict[int, tuple[Expr, Cleared]] = {}

    def __call__(self, expr: Expr) -> Cleared:
        if (found := self.known.get(id(expr))) is None:
            found = self.known[id(expr)] = expr, self.cleared(expr)
        return found[1]

    def cleared(self, expr: Expr) -> Cleared:
        match expr:
            case Numeral(value):
                return Cleared(Fraction(value), Counter(), Counter())
            case Symbol(name):
                return Cleared(Fraction(1), Counter([name]), Counter())
            case Plus(terms):
                parts = [self(term) for term in terms]
                bottom = reduce(Counter.__or__, (part.bottom for part in parts))
                total = f"(+ {' '.join(part.over(bottom) for part in parts)})"
                return Cleared(Fraction(1), Counter([total]), bottom)
            case Times(factors):
                return reduce(Cleared.__mul__, map(self, factors))
            case Negative(term):
                return replace(part := self(term), number=-part.number)
            case Quotient(top, bottom):
                return self(top) * self(bottom).power(-1)
            case Power(base, exponent):
                return self(base).power(integer(exponent))
        raise TypeError(type(expr).__name__)


def occurring(texts: Iterable[str]) -> list[str]:
    """The unknowns that occur, by name."""
    return sorted({name for text in texts for name in re.findall(r"v_\w+", text)})


def smt(equation: Equation, cleared: Callable[[Expr], Cleared]) -> tuple[str, str]:
    """What z3 is asked: what is known of the unknowns and of the denominators; and that the cleared sides differ."""
    left, right = cleared(equation.left), cleared(equation.right)
    below = left.bottom | right.bottom
    differ = f"(not (= {left.over(below)} {right.over(below)}))"
    known = [f"(not (= {factor} 0.0))" for factor in sorted(below) if factor not in equation.exponentials]
    for sides in equation.given:
        one, other = map(cleared, sides)
        known.append(f"(= {one.over(one.bottom | other.bottom)} {other.over(one.bottom | other.bottom)})")
    known += [f"(> {part.over(part.bottom)} 0.0)" for part in map(cleared, equation.positive)]
    names = occurring([differ, *known])
    known += [f"(> {name} 0.0)" for name in names if name in equation.exponentials]
    lines = [*(f"(declare-const {name} Real)" for name in names), *(f"(assert {fact})" for fact in known)]
    return "\n".join(lines), f"(assert {differ})"


def coq(equation: Equation) -> str:
    """What Coq is asked: the sides as written, fractions as fractions, under what is known; without a proof."""
    claim = f"{rocq(equation.left)} = {rocq(equation.right)}"
    known = [f"0 < {rocq(expr)}" for expr in equation.positive]
    known += [f"{rocq(one)} = {rocq(other)}" for one, other in equation.given]
    below = {rocq(factor): factor for line in (equation.left, equation.right) for factor in denominators(line)}
    known += [f"{text} <> 0" for text in below if not set(equation.exponentials).issuperset(occurring([text]))]
    names = occurring([claim, *known])
    known += [f"0 < {name}" for name in names if name in equation.exponentials]
    return (f"forall {' '.join(names)} : R, " if names else "") + " -> ".join([*known, claim])


def prepared(equation: Equation) -> str:
    """How its proof begins: each hypothesis is solved for an unknown."""
    solved = [f"assert ({x} = {value}) by lra; subst {x}." for x, value in map(solution, equation.given)]
    return " ".join(["intros.", *solved])


def solution(given: tuple[Expr, Expr]) -> tuple[str, str]:
    """An unknown in which an equation of numbers and unknowns is linear, with what it is by this equation."""
    left, right = given
    p = (ratio(left) + Ratio({(): Fraction(-1)}) * ratio(right)).top
    m = max(m for m in p if m)
    rest = {n: -c / p[m] for n, c in p.items() if n != m}
    return m[0][0], rocq(as_written(rest))


def denominators(expr: Expr) -> Iterator[Expr]:
    """The factors of everything that is divided by."""
    for node in expr.walk():
        match node:
            case Quotient(_, Times(factors)):
                yield from factors
            case Quotient(_, Power(base)) | Quotient(_, base):
                yield base


def rocq(expr: Expr) -> str:
    """A formula in Coq's words."""
    match expr:
        case Numeral(value):
            return str(value)
        case Symbol(name):
            return name
        case Plus(terms):
            return f"({' + '.join(map(rocq, terms))})"
        case Times(factors):
            return f"({' * '.join(map(rocq, factors))})"
        case Negative(term):
            return f"(- {rocq(term)})"
        case Quotient(top, bottom):
            return f"({rocq(top)} / {rocq(bottom)})"
        case Power(base, exponent):
            n = integer(exponent)
            return f"({rocq(base)} ^ {n})" if n >= 0 else f"(/ ({rocq(base)} ^ {-n}))"
    raise TypeError(type(expr).__name__)
