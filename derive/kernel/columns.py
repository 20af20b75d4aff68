"""Laurent polynomials whose generators carry columns of concrete numbers: many entries at a time, each its own.

A column holds the number that a subscript has at each entry of a block, as an
exact integer array that broadcasts over the block.  A generator is a family,
such as z or exp(z) or Σ_k exp(z_k), with one column for each of its
subscripts; a pin says that two columns agree, and is 1 or 0 entry by entry; a
value maps products of pins and generators to rational numbers.  Columns are
equal when they hold the same numbers along the same axes, so that what is
merged here is the same number at every entry; what coincides at some entries
alone, as on a diagonal, is left to `rows`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .polynomial import Clock, Number, simplest
from .tower import OutsideClass

Integers: TypeAlias = "NDArray[np.int64]"


# ------------------------------------------------------------------ columns


class Column(NamedTuple):
    """The number of one subscript at every entry, written along the axes on which it depends.

    Axes are counted from the last; leading axes without extent are left out, so that a column that
    stands on axis d has d + 1 of them, whatever axes are added in front.
    """

    shape: tuple[int, ...]
    data: bytes

    @property
    def numbers(self) -> Integers:
        """The numbers as an array that broadcasts."""
        return np.frombuffer(self.data, dtype=np.int64).reshape(self.shape)

    def varies(self, axis: int) -> bool:
        """Whether it depends on an axis, none being in front of that one."""
        return len(self.shape) > axis

    def at(self, where: Column) -> Column:
        """The numbers that a column of one axis has at these places of it."""
        return column(np.asarray(self.numbers.reshape(-1)[where.numbers - 1]))


def column(numbers: Integers) -> Column:
    """An array as a column."""
    while numbers.ndim and numbers.shape[0] == 1:
        numbers = numbers[0]
    return Column(numbers.shape, numbers.tobytes())


def run(first: int, last: int, axis: int) -> Column:
    """first, …, last along an axis."""
    return column(np.arange(first, last + 1, dtype=np.int64).reshape((-1,) + (1,) * axis))


def single(number: int) -> Column:
    """One number, the same at every entry."""
    return run(number, number, 0)


# --------------------------------------------------------------- generators


class Hashed:
    """What is a key everywhere, and nested: its hash is computed once."""

    __slots__ = ("code",)
    __match_args__: ClassVar[tuple[str, ...]]
    code: int

    def __post_init__(self) -> None:
        fields = tuple(getattr(self, name) for name in self.__match_args__)
        object.__setattr__(self, "code", hash((type(self).__name__, fields)))

    def __hash__(self) -> int:
        return self.code


@dataclass(frozen=True, slots=True)
class Variable(Hashed):
    """The entries of a variable; a scalar has no extents."""

    name: str
    extents: tuple[int, ...]

    __hash__ = Hashed.__hash__


@dataclass(frozen=True, slots=True)
class Exponential(Hashed):
    """exp of a generator, or e."""

    of: Family | None

    __hash__ = Hashed.__hash__


@dataclass(frozen=True, slots=True)
class Logarithm(Hashed):
    """log of a generator that is > 0, or of a natural number from 2."""

    of: Family | int

    __hash__ = Hashed.__hash__


@dataclass(frozen=True, slots=True)
class Total(Hashed):
    """Σ over 1, …, extent of a product of powers; for each of their subscripts, whether it is the one summed over.

    The other subscripts are those of the sum, in order.  No letter occurs: two sums that are
    written alike but for the letter summed over are the same.
    """

    extent: int
    body: tuple[tuple[Family, int, tuple[bool, ...]], ...]

    __hash__ = Hashed.__hash__


@dataclass(frozen=True, slots=True)
class Nested(Hashed):
    """Sums inside of one another as one sum over all their subscripts; for each subscript, which one, or 0 for none.

    It comes last, from `nested`: nothing is differentiated or put in any more.
    """

    extents: tuple[int, ...]
    body: tuple[tuple[Family, int, tuple[int, ...]], ...]

    __hash__ = Hashed.__hash__


Family: TypeAlias = Variable | Exponential | Logarithm | Total | Nested
Generator: TypeAlias = tuple[Family, tuple[Column, ...]]
Pin: TypeAlias = tuple[Column, Column]


def extents(family: Family) -> tuple[int, ...]:
    """To which number each subscript of a family runs, from 1."""
    match family:
        case Variable(_, found):
            return found
        case Total(_, body) | Nested(_, body):
            return tuple(
                extent
                for factor, _, summed in body
                for extent, here in zip(extents(factor), summed, strict=True)
                if not here
            )
    return extents(family.of) if isinstance(family.of, Family) else ()


def below(family: Family) -> frozenset[Family]:
    """A family and all that it is made of."""
    match family:
        case Total(_, body):
            return frozenset({family}).union(*(below(factor) for factor, _, _ in body))
        case Exponential(of) | Logarithm(of) if isinstance(of, Family):
            return below(of) | {family}
    return frozenset({family})


# ------------------------------------------------------------------- values


class Monomial(NamedTuple):
    """A product of pins, which are their own squares, and of powers of generators."""

    pins: frozenset[Pin] = frozenset()
    factors: frozenset[tuple[Generator, int]] = frozenset()

    def times(self, other: Monomial) -> Monomial:
        """The product."""
        if not other.factors or not self.factors:
            return Monomial(self.pins | other.pins, self.factors or other.factors)
        exponents = dict(self.factors)
        for generator, exponent in other.factors:
            exponents[generator] = exponents.get(generator, 0) + exponent
        return Monomial(self.pins | other.pins, frozenset((g, e) for g, e in exponents.items() if e))

    def power(self, exponent: int) -> Monomial:
        """To a power other than 0; one with pins, to a positive power."""
        return Monomial(self.pins, frozenset((g, e * exponent) for g, e in self.factors))


Value: TypeAlias = dict[Monomial, Number]

ONE = Monomial()

SMALL = (1, -1)
"""Coefficients that need not be measured."""


def constant(number: Number) -> Value:
    """A number."""
    return {ONE: simplest(number)} if number else {}


def power_of(generator: Generator, exponent: int = 1) -> Value:
    """A power of one generator, with an exponent other than 0."""
    return {Monomial(factors=frozenset({(generator, exponent)})): 1}


def pinned(left: Column, right: Column) -> Value:
    """1 at the entries at which two columns agree, 0 at the others."""
    return {ONE if left == right else Monomial(frozenset({(min(left, right), max(left, right))})): 1}


def plus(values: Iterable[Value]) -> Value:
    """The sum."""
    result: Value = {}
    for value in values:
        if not result:
            result = dict(value)
            continue
        for monomial, coefficient in value.items():
            if found := simplest(result.get(monomial, 0) + coefficient):
                result[monomial] = found
            else:
                del result[monomial]
    return result


def scaled(value: Value, factor: Number, by: Monomial = ONE) -> Value:
    """A value times a number, which is not 0, and a monomial; two of its monomials may become the same."""
    if len(value) == 1:
        ((monomial, coefficient),) = value.items()
        return {monomial.times(by): simplest(coefficient * factor)}
    return plus({monomial.times(by): coefficient * factor} for monomial, coefficient in value.items())


# --------------------------------------------------------------- hypotheses


@dataclass(slots=True)
class Known:
    """What the hypotheses say of whole families; it is put in after differentiating."""

    positive: set[Family] = field(default_factory=set)
    numbers: dict[Family, Number] = field(default_factory=dict)
    """Families that are one number, whatever their subscripts: Σ_j t_j = 1."""
    one_hot: dict[Family, Column] = field(default_factory=dict)
    """Vectors that are 1 at one place and 0 elsewhere."""

    @property
    def replaced(self) -> frozenset[Family]:
        """The families for which something else is put in."""
        return frozenset(self.numbers) | frozenset(self.one_hot)


# ----------------------------------------------------------------- calculus


class Calculus:
    """Arithmetic, sums, derivatives, exp and log of values; `axis` is always the next axis in front, still unused."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.known = Known()
        self.order: dict[Family, int] = {}

    def times(self, left: Value, right: Value) -> Value:
        """The product, within the limits."""
        self.clock.check(len(left) * len(right))
        for coefficient in (*left.values(), *right.values()):
            if coefficient not in SMALL:
                self.clock.check_number(max(coefficient.numerator.bit_length(), coefficient.denominator.bit_length()))
        if len(right) == 1:
            ((by, factor),) = right.items()
            return scaled(left, factor, by)
        return plus(scaled(left, factor, by) for by, factor in right.items())

    def power(self, value: Value, exponent: int) -> Value:
        """An integer power; 0^0 is 1."""
        if exponent < 0:
            return self.power(self.inverse(value), -exponent)
        if not exponent:
            return constant(1)
        if len(value) == 1:
            ((monomial, number),) = value.items()
            bits = max(abs(number.numerator).bit_length() - 1, number.denominator.bit_length() - 1)
            self.clock.check_number(exponent * bits)
            return {monomial.power(exponent): number**exponent}
        self.clock.check(exponent)
        result = constant(1)
        for _ in range(exponent):
            result = self.times(result, value)
        return result

    def inverse(self, value: Value) -> Value:
        """1/value, of a number times generators that are > 0: so it is defined everywhere."""
        monomial, number = self.one_product(value, "a denominator")
        return {monomial.power(-1): simplest(1 / Fraction(number))}

    def one_product(self, value: Value, what: str) -> tuple[Monomial, Number]:
        """The only term of a value, where all its generators are certainly > 0."""
        if len(value) != 1:
            raise OutsideClass(f"entry by entry, {what} is one product, not {len(value)} terms")
        ((monomial, number),) = value.items()
        if monomial.pins:
            raise OutsideClass(f"entry by entry, {what} holds no delta")
        if not all(self.is_positive(family) for (family, _), _ in monomial.factors):
            raise OutsideClass(f"entry by entry, {what} is made of exponentials and of what is positive by hypothesis")
        return monomial, number

    def is_positive(self, family: Family) -> bool:
        """Whether a family is certainly > 0 at every point that the hypotheses allow."""
        match family:
            case Exponential():
                return True
            case Logarithm(of):
                return isinstance(of, int)  # from 2
            case Total(_, body):
                return all(self.is_positive(factor) for factor, _, _ in body)
        return family in self.known.positive

    # ------------------------------------------------------------- functions

    def exp(self, value: Value) -> Value:
        """exp of an integer combination of generators."""
        result = constant(1)
        for monomial, number in value.items():
            if monomial.pins or len(monomial.factors) > 1 or any(e != 1 for _, e in monomial.factors):
                raise OutsideClass("entry by entry, an exponent is a sum of variables or of sums")
            if number.denominator != 1:
                raise OutsideClass("entry by entry, an exponent has no fractions")
            result = self.times(result, self.exp_of(next((g for g, _ in monomial.factors), None), number.numerator))
        return result

    def exp_of(self, generator: Generator | None, times: int) -> Value:
        """exp(n g), or exp(n); exp(n log f) is f^n, as f > 0."""
        match generator:
            case None:
                return power_of((Exponential(None), ()), times)
            case Logarithm(int() as number), _:
                return self.power(constant(number), times)
            case Logarithm(of), places:
                assert isinstance(of, Family)
                return power_of((of, places), times)
        family, places = generator
        return power_of((Exponential(family), places), times)

    def log(self, value: Value) -> Value:
        """log of a positive number times generators that are > 0, taken apart."""
        monomial, number = self.one_product(value, "the argument of a logarithm")
        if number < 0:
            raise OutsideClass("the logarithm of what is negative")
        pieces = [scaled(self.log_of(generator), exponent) for generator, exponent in monomial.factors]
        for part, sign in ((number.numerator, 1), (number.denominator, -1)):
            if part != 1:
                pieces.append(scaled(power_of((Logarithm(part), ())), sign))
        return plus(pieces)

    def log_of(self, generator: Generator) -> Value:
        """log of one generator that is > 0."""
        match generator:
            case Exponential(None), _:
                return constant(1)
            case Exponential(of), places:
                assert of is not None
                return power_of((of, places))
        family, places = generator
        return power_of((Logarithm(family), places))

    # ------------------------------------------------------------------ sums

    def total(self, value: Value, extent: int, axis: int) -> Value:
        """Σ along `axis`, 1 to `extent`, which no axis is in front of: each product by itself."""
        return plus(scaled(self.total_of(monomial, extent, axis), number) for monomial, number in value.items())

    def total_of(self, monomial: Monomial, extent: int, axis: int) -> Value:
        """Σ of one product: a pin chooses one summand; what does not depend on the axis stands in front."""
        chosen = sorted(there for pin in monomial.pins for here, there in (pin, pin[::-1]) if here.varies(axis))
        if chosen:  # the other column of the pin does not vary: it would be the same one, and the pin 1
            return self.chosen(monomial, chosen[0], axis)
        inside = [(g, e) for g, e in monomial.factors if any(place.varies(axis) for place in g[1])]
        outside = Monomial(monomial.pins, monomial.factors.difference(inside))
        if not inside:
            return {outside: extent}
        parts = sorted(
            (self.order.setdefault(family, len(self.order)), e, tuple(p.varies(axis) for p in places), places, family)
            for (family, places), e in inside
        )
        family = Total(extent, tuple((factor, e, summed) for _, e, summed, _, factor in parts))
        columns = tuple(p for _, _, _, places, _ in parts for p in places if not p.varies(axis))
        return {outside.times(next(iter(power_of((family, columns))))): 1}

    def chosen(self, monomial: Monomial, where: Column, axis: int) -> Value:
        """The summand at one place of the axis, which no entry finds outside of it."""

        def moved(place: Column) -> Column:
            return place.at(where) if place.varies(axis) else place

        value = constant(1)
        for left, right in monomial.pins:
            value = self.times(value, pinned(moved(left), moved(right)))
        for (family, places), e in monomial.factors:
            value = self.times(value, power_of((family, tuple(map(moved, places))), e))
        return value

    def body(self, family: Total, places: tuple[Column, ...], axis: int) -> Value:
        """What a sum runs over, with the subscript summed over as a column on `axis`."""
        every, rest = run(1, family.extent, axis), iter(places)
        value = constant(1)
        for factor, e, summed in family.body:
            value = self.times(value, power_of((factor, tuple(every if here else next(rest) for here in summed)), e))
        return value

    # ----------------------------------------------------------- derivatives

    def derivative(self, value: Value, variable: Generator, axis: int) -> Value:
        """∂ value / ∂ variable, by the product rule; at every entry in that entry's own variable."""
        pieces = []
        for monomial, number in value.items():
            for generator, e in monomial.factors:
                self.clock.check()
                rest = monomial.times(Monomial(factors=frozenset({(generator, -1)})))
                pieces.append(scaled(self.slope(generator, variable, axis), number * e, rest))
        return plus(pieces)

    def slope(self, generator: Generator, variable: Generator, axis: int) -> Value:
        """∂ generator / ∂ variable."""
        family, places = generator
        match family:
            case Exponential(of) if of is not None:
                return self.times(power_of(generator), self.slope((of, places), variable, axis))
            case Logarithm(of) if isinstance(of, Family):
                return self.times(power_of((of, places), -1), self.slope((of, places), variable, axis))
            case Total(extent):
                body = self.body(family, places, axis)
                return self.total(self.derivative(body, variable, axis + 1), extent, axis)
        assert not isinstance(family, Nested)
        if family != variable[0]:
            return {}
        value = constant(1)
        for here, there in zip(places, variable[1], strict=True):
            value = self.times(value, pinned(here, there))
        return value

    # ------------------------------------------------------------ hypotheses

    def given(self, value: Value, axis: int) -> Value:
        """A value with what the hypotheses say put in, inside of sums as well."""
        if not self.known.replaced:
            return value
        pieces = []
        for monomial, number in value.items():
            product: Value = {Monomial(monomial.pins): number}
            for generator, e in monomial.factors:
                product = self.times(product, self.power(self.meaning(generator, axis), e))
            pieces.append(product)
        return plus(pieces)

    def meaning(self, generator: Generator, axis: int) -> Value:
        """What a generator is under the hypotheses."""
        (family, places), known = generator, self.known
        if family in known.numbers:
            return constant(known.numbers[family])
        if family in known.one_hot:
            return pinned(places[0], known.one_hot[family])
        if below(family).isdisjoint(known.replaced):
            return power_of(generator)
        if isinstance(family, Total):
            return self.total(self.given(self.body(family, places, axis), axis + 1), family.extent, axis)
        assert isinstance(family, Exponential | Logarithm) and isinstance(family.of, Family)
        inner = self.given(power_of((family.of, places)), axis)
        return self.exp(inner) if isinstance(family, Exponential) else self.log(inner)


def number_of(value: Value) -> Number | None:
    """The number that a value is at every entry, None where it is none."""
    return 0 if not value else value.get(ONE) if len(value) == 1 else None
