"""Points: to show that two values differ, and that hypotheses can hold at all.

A point gives an exact rational number to every free variable, and to every
derivative of an unknown function at its argument (which a smooth function can
take, as long as the arguments are different points).  It counts only when
intervals show each hypothesis and condition to hold there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from .generators import Exponential, Jet, Logarithm, Partial, Several, Variable
from .interval import (
    Interval,
    Undecided,
    add,
    exactly,
    exponential,
    integer_power,
    logarithm,
    multiply,
)
from .polynomial import ONE, Polynomial
from .tower import Tower

PRECISIONS = (96, 320, 1200)
"""Binary digits of the intervals: more only where fewer leave the question open."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A polynomial that has to be > 0, or only ≠ 0, or exactly 0."""

    body: Polynomial
    relation: Literal["> 0", "≠ 0", "= 0"]

    def holds(self, value: Interval) -> bool:
        """Whether it certainly holds of every number in an interval."""
        match self.relation:
            case "> 0":
                return value.is_positive
            case "≠ 0":
                return value.excludes_zero
        return value.low == value.high == 0


class Point:
    """An assignment, and the intervals of all generators at it."""

    def __init__(self, tower: Tower, values: Mapping[int, Fraction], bits: int) -> None:
        self.tower = tower
        self.bits = bits
        self.values: dict[int, Interval] = {g: exactly(value) for g, value in values.items()}

    def value(self, p: Polynomial) -> Interval:
        """An enclosure of a polynomial; Undecided where the point is too close to a pole."""
        result = exactly(0)
        for m, c in p:
            term = exactly(Fraction(c))
            for g, e in m:
                term = multiply(term, self.power(g, Fraction(e)), self.bits)
            result = add(result, term, self.bits)
            self.tower.clock.check()
        return result

    def power(self, g: int, e: Fraction) -> Interval:
        """An enclosure of a generator's power."""
        kind = self.tower.generators[g]
        if isinstance(kind, Exponential):
            exponent = self.value(Polynomial({kind.exponent: 1}))
            return exponential(multiply(exponent, exactly(e), self.bits), self.bits)
        return integer_power(self.generator(g), e.numerator, self.bits)

    def generator(self, g: int) -> Interval:
        """An enclosure of a generator."""
        if g not in self.values:
            kind = self.tower.generators[g]
            if isinstance(kind, Several):
                found = self.value(self.tower.of(g))
            else:
                assert isinstance(kind, Logarithm)
                inner = exactly(kind.of) if kind.prime else self.power(kind.of, Fraction(1))
                size = Interval(-inner.high, -inner.low) if inner.high < 0 else inner
                found = logarithm(size, self.bits)
            self.values[g] = found
        return self.values[g]

    def satisfies(self, demands: Sequence[Demand]) -> bool:
        """Whether every demand certainly holds here."""
        return all(demand.holds(self.value(demand.body)) for demand in demands)

    def separates(self, jets: Sequence[int]) -> bool:
        """Whether unknown functions are asked at certainly different arguments, so that any values can be given."""
        seen: dict[str, dict[frozenset[object], Interval]] = {}
        for g in jets:
            kind = self.tower.generators[g]
            if isinstance(kind, Jet):
                arguments = seen.setdefault(kind.name, {})
                if kind.argument not in arguments:
                    here = self.value(self.tower.polynomials[kind.argument])
                    if any(here.low <= other.high and other.low <= here.high for other in arguments.values()):
                        return False
                    arguments[kind.argument] = here
        return True


def leaves(tower: Tower, polynomials: Sequence[Polynomial]) -> list[int]:
    """The variables and jets on which polynomials depend, in the order of their numbers."""
    top = {g for p in polynomials for g in p.generators()}
    everything = frozenset[int]().union(*(tower.support(g) for g in top))
    return sorted(g for g in everything if isinstance(tower.generators[g], Variable | Jet | Partial))


def candidates(count: int) -> Iterator[list[Fraction]]:
    """Assignments of `count` leaves, simple ones first; always the same."""
    for value in (0, 1):
        yield [Fraction(value)] * count
    for base in range(2):
        yield [Fraction(n + base) for n in range(count)]
    for divisor in (1, count + 2, 3 * count + 7):
        yield [Fraction(n + 1, divisor) for n in range(count)]
    state = 20_011
    for divisor in (1, 2, 3, 5, 7, 30, 101):
        for sign in (1, -1, 0):
            numbers = []
            for n in range(count):
                state = state * 1_103_515_245 + 12_345 & 0x7FFFFFFF
                number = (state >> 16) % 19 + 1
                numbers.append(Fraction(number * (sign or (-1) ** n), divisor))
            yield numbers
    for exponent in (1, 2, 3, 6):
        for scale in (Fraction(10) ** exponent, Fraction(10) ** -exponent):
            for sign in (1, -1):
                yield [sign * scale * (n + 1) for n in range(count)]


def has_zero(tower: Tower, p: Polynomial) -> bool:
    """Whether p certainly vanishes somewhere: continuous everywhere, it takes both signs."""
    unknown = leaves(tower, [p])
    return is_entire(tower, p) and all(
        next(points(tower, unknown, [Demand(side, "> 0")], PRECISIONS[0]), None) is not None for side in (p, -p)
    )


def is_entire(tower: Tower, p: Polynomial) -> bool:
    """Whether p is made of variables and exponentials alone, and so continuous at every point."""
    for m, _ in p:
        for g, e in m:
            match tower.generators[g]:
                case Exponential(exponent) if is_entire(tower, Polynomial({exponent: 1})):
                    continue
                case Variable() if e > 0:
                    continue
            return False
    return True


Bounds: TypeAlias = tuple[Fraction | None, Fraction | None]
"""Between what a number has to be, where anything is known."""


def ranges(demands: Sequence[Demand]) -> dict[int, Bounds]:
    """The bounds of leaves g, as far as demands a·g + b > 0 give any."""
    found: dict[int, Bounds] = {}
    for demand in demands:
        match [m for m in demand.body.terms if m]:
            case [((g, 1),)] if demand.relation == "> 0":
                low, high = found.get(g, (None, None))
                slope = Fraction(demand.body.terms[((g, 1),)])
                bound = -demand.body.terms.get(ONE, 0) / slope
                if slope > 0:
                    low = bound if low is None else max(low, bound)
                else:
                    high = bound if high is None else min(high, bound)
                found[g] = low, high
    return found


def moved(number: Fraction, bounds: Bounds) -> Fraction:
    """A number moved between bounds; left where it is if it is there."""
    low, high = bounds
    if (low is None or low < number) and (high is None or number < high):
        return number
    step = abs(number) or Fraction(1)
    if low is not None and high is not None:
        return low + (high - low) * step / (1 + step)
    return low + step if low is not None else (high or 0) - step


def assignments(unknown: Sequence[int], demands: Sequence[Demand]) -> Iterator[list[Fraction]]:
    """Candidates, and then those that bounds move."""
    yield from candidates(len(unknown))
    if bounds := ranges(demands):
        for numbers in candidates(len(unknown)):
            inside = [moved(n, bounds.get(g, (None, None))) for g, n in zip(unknown, numbers, strict=True)]
            if inside != numbers:
                yield inside


def points(tower: Tower, unknown: Sequence[int], demands: Sequence[Demand], bits: int) -> Iterator[Point]:
    """Points at which every demand certainly holds."""
    for numbers in assignments(unknown, demands):
        point = Point(tower, dict(zip(unknown, numbers, strict=True)), bits)
        try:
            if point.satisfies(demands) and point.separates(unknown):
                yield point
        except Undecided:
            continue


def name(tower: Tower, g: int) -> str:
    """How a generator is written: z[1], f'(x), D(s, x[1]), and inside the argument of f also exp(x), log(x)."""
    match kind := tower.generators[g]:
        case Variable(variable, places):
            return entry_name(variable, places)
        case Partial(function, places, of, ways):
            shown = entry_name(function, places)
            return f"D({', '.join([shown, *(entry_name(of, way) for way in ways)])})" if ways else shown
        case Jet(function, order, key):
            return f"{function}{chr(39) * order}({written(tower, tower.polynomials[key])})"
        case Exponential(exponent):
            return f"exp({written(tower, Polynomial({exponent: 1}))})"
        case Logarithm(of, prime):
            return f"log({of if prime else name(tower, of)})"
    assert isinstance(kind, Several)
    return f"({written(tower, tower.of(g))})"


def entry_name(name: str, places: tuple[int, ...]) -> str:
    """z[1, 2]; the name alone where there is no subscript."""
    return f"{name}[{', '.join(map(str, places))}]" if places else name


def written(tower: Tower, p: Polynomial) -> str:
    """A polynomial for the eye, in a counterexample: only as the argument of an unknown function."""
    text = ""
    for m, c in sorted(p):
        factors = [name(tower, g) + ("" if e == 1 else f"**{e}" if e.denominator == 1 else f"**({e})") for g, e in m]
        if abs(c) != 1 or not factors:
            factors.insert(0, str(abs(c)))
        sign = (" - " if text else "-") if c < 0 else (" + " if text else "")
        text += sign + "*".join(factors)
    return text or "0"
