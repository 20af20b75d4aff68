"""The generators over which formulas are polynomials: what each of them stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from .polynomial import Key, Monomial


@dataclass(frozen=True, slots=True)
class Variable:
    """A real variable, by its name and subscripts: z[2].  A negative subscript is a letter, as `index` has them."""

    name: str
    places: tuple[int, ...] = ()
    opaque: bool = False
    """Whether it stands for a defined name while a derivative in that name is taken."""


@dataclass(frozen=True, slots=True)
class Exponential:
    """exp of a monomial."""

    exponent: Monomial


@dataclass(frozen=True, slots=True)
class Several:
    """A polynomial of several terms, primitive and without negative exponents."""

    key: Key


@dataclass(frozen=True, slots=True)
class Logarithm:
    """log |g| for a prime number or a generator g."""

    of: int
    prime: bool


@dataclass(frozen=True, slots=True)
class Jet:
    """A derivative of an unknown function of one argument: f, f′, f″ at a polynomial."""

    name: str
    order: int
    argument: Key


@dataclass(frozen=True, slots=True)
class Partial:
    """A derivative of an unknown function, or of one entry of it, `of` a scalar or of all entries of an array.

    `ways` are the subscripts of the entries in which it is differentiated, in order.
    """

    name: str
    places: tuple[int, ...]
    of: str
    ways: tuple[tuple[int, ...], ...] = ()
    opaque: bool = False
    """Whether what it is a function of is held opaque."""


@dataclass(frozen=True, slots=True)
class Summed:
    """The sum of a monomial over every value of its slots: letters that are bound here."""

    slots: tuple[int, ...]
    monomial: Monomial


@dataclass(frozen=True, slots=True)
class Delta:
    """1 where two subscripts agree, else 0; at least one of them is being summed over."""

    left: int
    right: int


Generator: TypeAlias = Variable | Exponential | Several | Logarithm | Jet | Partial | Summed | Delta
"""The last two occur in `index` alone."""
