"""Random formulas over sums of two sorts, and what a polynomial over sums is at concrete sizes, by brute force."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from math import prod
from random import Random
from typing import Any

from mpmath import mp

from derive.formula.arrays import Tensor
from derive.formula.hypotheses import Hypothesis
from derive.formula.notation import *
from derive.formula.substitution import substitute
from derive.formula.tree import (
    Derivative,
    Entry,
    Expr,
    Function,
    Index,
    Negative,
    Place,
    Plus,
    Power,
    Quotient,
    Size,
    Sum,
    Times,
)
from derive.kernel.every import IndexDecider
from derive.kernel.generators import (
    Delta,
    Exponential,
    Generator,
    Jet,
    Logarithm,
    Partial,
    Several,
    Summed,
    Variable,
)
from derive.kernel.lettered import LetteredTower
from derive.kernel.polynomial import Limits, Monomial, Polynomial
from derive.kernel.tower import Tower
from derive.kernel.value import Instance

from .deciding import Numbers, hash_of, spelled

K, N = size("K"), size("N")
i, j = indices("i j", K)
r = index("r", N)
k, l, m, o = indices("k l m o", K)
n, b = indices("n b", N)
x, w = scalars("x w")
p = scalar("p")
z, q = vector("z", K), vector("q", K)
Z, A = matrix("Z", N, K), matrix("A", K, K)
S = define("S", Sum(k, exp(z[k])))
y = define("y", i, exp(z[i]) / S)
S_row = define("R", r, Sum(k, exp(Z[r, k])))
Y = define("Y", (r, i), exp(Z[r, i]) / S_row[r])
T = define("T", (i, j), z[i] * x + Sum(l, A[l, j] * delta(l, i) + q[l]))
square = define("square", x, x**2 + Sum(k, x * q[k]))
sigma = define("sigma", x, 1 / (1 + exp(-x)))
f = function("f")
h = scalar("h", of=z)
F = vector("F", K, of=z)

POSITIVE: tuple[Hypothesis, ...] = (positive(q[k]), positive(p))

SHORT = Limits(seconds=3)

SMALL = [{K: 1, N: 2}, {K: 2, N: 1}, {K: 3, N: 2}]
"""Sizes at which formulas are looked at."""


# --------------------------------------------------------------- random formulas

BINDERS = {K: (k, l, m, o), N: (n, b)}


class Author:
    """Writes random formulas; whatever stands in a denominator or a logarithm is positive."""

    def __init__(self, seed: object, derivatives: int = 1, free: Sequence[Index] = (i, j, r)) -> None:
        self.random = Random(str(seed))
        self.derivatives = derivatives
        """How many derivatives may stand one inside the other."""
        self.free = tuple(free)

    def one(self, *options: Callable[[], Expr]) -> Expr:
        return self.random.choice(options)()

    def place(self, size: Size, scope: Sequence[Index]) -> Place:
        letters = [letter for letter in scope if letter.size == size]
        return self.random.choice(letters) if letters else 1

    def entry(self, tensor: Tensor, scope: Sequence[Index]) -> Expr:
        return Entry(tensor, tuple(self.place(size, scope) for size in tensor.sizes))

    def formula(self, depth: int = 3) -> Expr:
        return self.scalar(depth, self.free)

    def leaf(self, scope: Sequence[Index]) -> Expr:
        return self.one(
            lambda: number(self.random.randint(-2, 3)),
            lambda: self.random.choice([x, w, p, S, K, N, h]),
            lambda: self.entry(self.random.choice([z, q, Z, A]), scope),
            lambda: self.entry(self.random.choice([z, q, Z, y]), scope),
            lambda: self.entry(self.random.choice([Y, T, F, S_row]), scope),
            lambda: delta(self.place(K, scope), self.place(K, scope)),
        )

    def scalar(self, depth: int, scope: Sequence[Index]) -> Expr:
        def part() -> Expr:
            return self.scalar(depth - 1, scope)

        if depth <= 0:
            return self.leaf(scope)
        options: list[Callable[[], Expr]] = [
            lambda: part() + part(),
            lambda: part() - part(),
            lambda: part() * part(),
            lambda: part() * part(),
            lambda: -part(),
            lambda: part() ** self.random.randint(0, 2),
            lambda: part() / self.positive(depth - 1, scope),
            lambda: exp(self.simple(scope)),
            lambda: log(self.positive(depth - 1, scope)),
            lambda: self.random.choice([f, square, sigma])(self.simple(scope)),
            lambda: by_cases(self.place(K, scope), self.place(K, scope), same=part(), distinct=part()),
            lambda: self.summed(scope, depth),
            lambda: self.summed(scope, depth),
            lambda: self.summed(scope, depth),
        ]
        if self.derivatives:
            options += [lambda: self.derivative(depth, scope)] * 2
        return self.one(*options)

    def summed(self, scope: Sequence[Index], depth: int, positive: bool = False) -> Expr:
        open_letters = [[a for a in BINDERS[s] if a not in scope][:1] for s in (K, K, N)]
        letters = [letter for found in open_letters for letter in found]
        if not letters:
            return self.leaf(scope)
        letter = self.random.choice(letters)
        inner = (*scope, letter, letter)  # so that it is chosen more often
        return Sum(letter, self.positive(depth - 1, inner) if positive else self.scalar(depth - 1, inner))

    def simple(self, scope: Sequence[Index]) -> Expr:
        """What may stand in an exponent."""
        return self.one(
            lambda: self.entry(self.random.choice([z, Z, q]), scope),
            lambda: self.entry(self.random.choice([z, Z]), scope) * self.random.choice([x, w, number(2), number(-1)]),
            lambda: self.entry(z, scope) - self.random.choice([x, p]),
            lambda: self.random.choice([x, -w, x / 2]),
        )

    def positive(self, depth: int, scope: Sequence[Index]) -> Expr:
        def part() -> Expr:
            return self.positive(depth - 1, scope)

        if depth <= 0:
            return self.one(
                lambda: self.random.choice([p, S, K, N, number(2)]),
                lambda: self.entry(self.random.choice([q, S_row]), scope),
                lambda: exp(self.simple(scope)),
                lambda: 1 + exp(self.simple(scope)),
            )
        return self.one(
            lambda: part() * part(),
            lambda: part() + part(),
            lambda: part() ** 2,
            lambda: self.summed(scope, depth, positive=True),
            lambda: self.positive(0, scope),
        )

    def derivative(self, depth: int, scope: Sequence[Index]) -> Expr:
        self.derivatives -= 1
        try:
            body = self.scalar(depth - 1, scope)
        finally:
            self.derivatives += 1
        choices = [z, z, z, q, Z, A, y, F]
        variable: Any = self.one(
            lambda: self.entry(self.random.choice(choices), scope),
            lambda: self.entry(self.random.choice(choices), scope),
            lambda: self.random.choice([x, w, S]),
        )
        return Derivative(body, variable)


def size_of(expr: Expr) -> int:
    return 1 + sum(map(size_of, (child for child in expr.children() if isinstance(child, Expr))))


def nesting(expr: Expr) -> int:
    """How many derivatives stand one inside the other."""
    below = max((nesting(child) for child in expr.children() if isinstance(child, Expr)), default=0)
    return below + isinstance(expr, Derivative)


# ---------------------------------------------------------- values of polynomials


def coordinate(name: str) -> Any:
    """A number in (0, 1) for a variable, the same in every run."""
    return mp.mpf(Random(name).randint(1, 96)) / 97


@dataclass(frozen=True)
class Opened:
    """Values of polynomials of a tower: sums are opened by brute force, at concrete sizes."""

    tower: Tower
    sizes: Mapping[str, int]
    known: dict[tuple[int, tuple[tuple[int, int], ...]], Any] = field(default_factory=dict)

    def value(self, polynomial: Polynomial, at: Mapping[int, int]) -> Any:
        """The value where letters are the numbers `at`."""
        return mp.fsum(mp.mpf(c.numerator) / c.denominator * self.monomial(monomial, at) for monomial, c in polynomial)

    def monomial(self, monomial: Monomial, at: Mapping[int, int]) -> Any:
        return mp.fprod(self.generator(g, at) ** (mp.mpf(e.numerator) / e.denominator) for g, e in monomial)

    def generator(self, g: int, at: Mapping[int, int]) -> Any:
        key = (g, tuple(sorted(at.items())))
        if key not in self.known:
            self.known[key] = self.meaning(self.tower.generators[g], at)
        return self.known[key]

    def meaning(self, kind: Generator, at: Mapping[int, int]) -> Any:
        def numbers(places: Sequence[int]) -> tuple[int, ...]:
            return tuple(place if place > 0 else at[place] for place in places)

        match kind:
            case Variable(name, places):
                assert not kind.opaque, "a name is still held, outside of the derivative"
                return mp.mpf(self.sizes[name]) if name in self.sizes else coordinate(spelled(name, numbers(places)))
            case Exponential(exponent):
                return mp.exp(self.monomial(exponent, at))
            case Several(key):
                return self.value(self.tower.polynomials[key], at)
            case Logarithm(of, prime):
                return mp.log(of) if prime else mp.log(abs(self.generator(of, at)))
            case Delta(left, right):
                (one, other) = numbers((left, right))
                return mp.mpf(one == other)
            case Summed(slots, monomial):
                assert isinstance(self.tower, LetteredTower)
                ranges = [range(1, self.sizes[self.tower.size_of(slot)] + 1) for slot in slots]
                return mp.fsum(
                    self.monomial(monomial, {**at, **dict(zip(slots, chosen, strict=True))})
                    for chosen in product(*ranges)
                )
            case Jet(name, order, key):
                return Numbers({}, coordinate).applied(
                    Function(name, order=order), self.value(self.tower.polynomials[key], at)
                )
            case Partial(name, places, of, ways):
                return self.partial(spelled(name, numbers(places)), of, [numbers(way) for way in ways], at)
        raise TypeError(kind)

    def partial(self, name: str, of: str, ways: Sequence[tuple[int, ...]], at: Mapping[int, int]) -> Any:
        """A derivative of the unknown function that `Numbers` takes: the sine of a sum with growing weights."""
        ((places, _),) = list(self.tower.arguments[of, False].items())[:1]
        if all(place > 0 for place in places):
            entries = dict(self.tower.arguments[of, False])
            arguments = {place: self.value(entry, at) for place, entry in entries.items()}
        else:
            ((letters, entry),) = self.tower.arguments[of, False].items()
            assert isinstance(self.tower, LetteredTower)
            ranges = [range(1, self.sizes[self.tower.size_of(letter)] + 1) for letter in letters]
            arguments = {
                chosen: self.value(entry, {**at, **dict(zip(letters, chosen, strict=True))})
                for chosen in product(*ranges)
            }
        weights = {place: mp.mpf(number + 1 + len(name)) / 3 for number, place in enumerate(sorted(arguments))}
        phase = mp.fsum(weights[place] * argument for place, argument in arguments.items()) + hash_of(name)
        return prod((weights[way] for way in ways), start=mp.mpf(1)) * mp.sin(phase + len(ways) * mp.pi / 2)


def numbers_for(decider: IndexDecider, case: Instance, sizes: Mapping[Size, int]) -> dict[int, int] | None:
    """A number for each letter of a case, all different where the letters are; None where there are too few."""
    found: dict[int, int] = {}
    for size, top in sizes.items():
        places = {place for index, place in case.at.items() if index.size == size}
        free = [number for number in range(1, top + 1) if number not in places]
        letters = sorted((place for place in places if place < 0), reverse=True)
        if len(letters) > len(free) or any(place > top for place in places):
            return None
        found |= dict(zip(letters, reversed(free), strict=False))
    return found


def at_concrete_sizes(
    decider: IndexDecider, case: Instance, choices: Sequence[Mapping[Size, int]] = tuple(SMALL)
) -> Iterator[tuple[Mapping[Size, int], Opened, dict[int, int], Instance]]:
    """The sizes at which a case exists, what opens its polynomials there, and the instance with numbers for letters."""
    for sizes in choices:
        letters = numbers_for(decider, case, sizes)
        if letters is not None:
            opened = Opened(decider.reader_for(()).tower, {size.name: number for size, number in sizes.items()})
            at = {index: letters.get(place, place) for index, place in case.at.items()}
            yield sizes, opened, letters, replace(case, at=at)


# ----------------------------------------------------------- equal formulas


def renamed_binders(expr: Expr, random: Random, taken: frozenset[str] = frozenset()) -> Expr:
    """The same formula with other letters under its sums."""
    if isinstance(expr, Sum):
        spoken = {*taken, *(letter.name for letter in expr.body.free_indices)} | {
            node.index.name for node in expr.body.walk() if isinstance(node, Sum)
        }
        names = (f"{expr.index.size.name.lower()}{number}" for number in range(random.randint(0, 5), 99))
        fresh = Index(next(name for name in names if name not in spoken), expr.index.size)
        body = renamed_binders(expr.body, random, taken | {fresh.name})
        return Sum(fresh, put_index(body, expr.index, fresh))
    return over_children(expr, lambda child: renamed_binders(child, random, taken))


def put_index(expr: Expr, old: Index, new: Place) -> Expr:
    return substitute(expr, {old: new})


def over_children(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    if isinstance(expr, Derivative):
        return Derivative(change(expr.body), expr.variable)
    return expr.with_children(*(change(child) for child in expr.children() if isinstance(child, Expr)))


def rewritten(expr: Expr, random: Random, spare: Iterator[Index] | None = None) -> Expr:
    """An equal formula: terms in another order, sums swapped, split, multiplied out, with factors pulled out."""
    free_letters = iter(spare if spare is not None else (Index(f"c{number}", K) for number in range(100)))

    def change(part: Expr) -> Expr:
        part = over_children(part, change)
        if random.random() < 0.3:
            return part
        match part:
            case Plus(terms):
                return Plus(tuple(random.sample(terms, len(terms))))
            case Times((Plus(terms), *rest)) if rest:
                return Plus(tuple(Times((term, *rest)) for term in terms))
            case Times((Sum(one, left), Sum(other, right))):
                fresh = replace(next(free_letters), size=other.size)
                return Sum(one, Sum(fresh, left * put_index(right, other, fresh)))
            case Times(factors):
                return Times(tuple(random.sample(factors, len(factors))))
            case Sum(one, Sum(other, body)):
                return Sum(other, Sum(one, body))
            case Sum(one, Plus(terms)):
                return Plus(tuple(Sum(one, term) for term in terms))
            case Sum(one, Times(factors)) if any(one in factor.free_indices for factor in factors):
                out = [factor for factor in factors if one not in factor.free_indices]
                under = [factor for factor in factors if one in factor.free_indices]
                inner = under[0] if len(under) == 1 else Times(tuple(under))
                return Times((*out, Sum(one, inner))) if out else Sum(one, inner)
            case Sum(one, body) if one.size == K:
                if random.random() < 0.5:  # one term by itself
                    return put_index(body, one, i) + Sum(one, (1 - delta(one, i)) * body)
                fresh = next(free_letters)
                return Sum(one, Sum(fresh, delta(one, fresh) * put_index(body, one, fresh)))
            case Power(base, exponent) if str(exponent) == "2":
                return base * base
            case Quotient(Plus(terms), bottom):
                return Plus(tuple(Quotient(term, bottom) for term in terms))
            case Negative(Plus(terms)):
                return Plus(tuple(Negative(term) for term in terms))
        return part

    return change(expr)
