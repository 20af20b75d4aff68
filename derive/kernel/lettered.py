"""Letters as subscripts: which occur, how they are renamed without capture, and where a delta is refused."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import TypeAlias

from .generators import Delta, Exponential, Generator, Jet, Logarithm, Partial, Several, Summed, Variable
from .polynomial import ZERO, Clock, Monomial, Number, Polynomial, constant, generator, total
from .tower import OutsideClass, Tower

MOST_ORDERS = 720
"""Ways to order bound letters that look alike: with more of them a sum is not decided."""

NO_LETTERS: frozenset[int] = frozenset()

Renaming: TypeAlias = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Letter:
    """A subscript that is no numeral; a negative integer stands for it in `places`."""

    name: str
    size: str
    constant: bool = False
    """Whether it differs from every other constant, and from every numeral."""


class LetteredTower(Tower):
    """A tower whose subscripts are letters: which of them occur, what may be said of them, and their renaming."""

    def __init__(self, clock: Clock, sizes: Mapping[str, int] = {}) -> None:
        super().__init__(clock)
        self.sizes = sizes
        """The sizes that have a number; all others are open."""
        self.letters: list[Letter] = [Letter("", "")]  # so that letter n is -n, and no letter is 0
        self.codes: dict[object, int] = {}
        self.opened: list[int] = []
        self.positive_names: set[str] = set()
        self.size_names: set[str] = set()
        self.spoken: dict[int, frozenset[int]] = {}
        self.renamings: dict[tuple[int, Number, tuple[tuple[int, int], ...]], Polynomial] = {}

    # ---------------------------------------------------------------- letters

    def letter(self, key: object, make: Callable[[], Letter]) -> int:
        """The code of a letter, new or old."""
        found = self.codes.get(key)
        if found is None:
            found = self.codes[key] = -len(self.letters)
            self.letters.append(make())
        return found

    def constant_letter(self, name: str, size: str) -> int:
        """The letter of a free index."""
        return self.letter(("constant", name), lambda: Letter(name, size, constant=True))

    def unique_letter(self, name: str, size: str) -> int:
        """A letter that stands for every value, and is never used again."""
        return self.letter(("unique", len(self.letters)), lambda: Letter(name, size))

    def every_letter(self, letter: int) -> int:
        """The letter that stands for every value in a condition that was met while a sum went through `letter`."""
        return self.letter(("every", letter), lambda: Letter(self.letters[-letter].name, self.size_of(letter)))

    def given_letter(self, name: str, size: str) -> int:
        """The letter of an index of a hypothesis, which holds for every value."""
        return self.letter(("given", name), lambda: Letter(name, size))

    def open_letter(self, depth: int, size: str) -> int:
        """The letter of a sum that is just gone through, inside of so many others."""
        return self.letter(("open", depth, size), lambda: Letter(f"{size.lower()}{depth}", size))

    @contextmanager
    def going_through(self, sizes: Sequence[str]) -> Iterator[list[int]]:
        """Letters that differ from all that occur while they are open."""
        start = len(self.opened)
        for size in sizes:
            self.opened.append(self.open_letter(len(self.opened), size))
        try:
            yield self.opened[start:]
        finally:
            del self.opened[start:]

    def size_of(self, letter: int) -> str:
        """The size to which a letter runs."""
        return self.letters[-letter].size

    def size(self, name: str) -> Polynomial:
        """A size as a number."""
        if name in self.sizes:
            return constant(self.sizes[name])
        self.size_names.add(name)
        g = self.number(Variable(name))
        self.positive.add(g)
        return generator(g)

    def size_number(self, name: str) -> int:
        """The generator of a size that has occurred."""
        return self.numbers[Variable(name)]

    def letters_of(self, g: int) -> frozenset[int]:
        """The letters that occur free in a generator."""
        found = self.spoken.get(g)
        if found is None:
            match self.generators[g]:
                case Variable(places=places):
                    found = frozenset(p for p in places if p < 0)
                case Partial(places=places, ways=ways):
                    found = frozenset(p for p in (*places, *(p for way in ways for p in way)) if p < 0)
                case Delta(left, right):
                    found = frozenset(p for p in (left, right) if p < 0)
                case Summed(slots, monomial):
                    found = self.letters_in(monomial).difference(slots)
                case _:
                    found = frozenset[int]().union(*(self.letters_in(m) for part in self.parts(g) for m, _ in part))
            self.spoken[g] = found
        return found

    def letters_in(self, m: Monomial) -> frozenset[int]:
        """The letters that occur free in a monomial."""
        return NO_LETTERS.union(*[self.letters_of(g) for g, _ in m])

    # ------------------------------------------------------------- generators

    def number(self, g: Generator) -> int:
        found = self.numbers.get(g)
        if found is None:
            found = super().number(g)
            match g:
                case Variable(name, _, False) if name in self.positive_names:
                    self.positive.add(found)
                case Summed(_, monomial) if all(h in self.positive for h, _ in monomial):
                    self.positive.add(found)
        return found

    def parts(self, g: int) -> list[Polynomial]:
        """The polynomials that a generator is made of."""
        match self.generators[g]:
            case Summed(_, monomial):
                return [Polynomial({monomial: 1})]
        return super().parts(g)

    def delta(self, left: int, right: int) -> Polynomial:
        """1 where two subscripts agree, else 0."""
        if left == right:
            return constant(1)
        if all(place > 0 or self.letters[-place].constant for place in (left, right)):
            return ZERO
        return generator(self.number(Delta(min(left, right), max(left, right))))

    def named(self, p: Polynomial) -> Polynomial:
        """p as it is: sums over an index are generators already, and others are better multiplied out."""
        return p

    # ---------------------------------------------- where a delta is refused

    def without_delta(self, p: Polynomial) -> Polynomial:
        """p, refused where a delta occurs in it."""
        if any(isinstance(self.generators[g], Delta) for m, _ in p for g, _ in m):
            raise OutsideClass("a delta, under a sum, inside of a denominator, an exponent or an argument")
        return p

    def split(self, p: Polynomial) -> tuple[Number, Monomial, Polynomial]:
        return super().split(self.without_delta(p))

    def inverse(self, p: Polynomial) -> Polynomial:
        return super().inverse(self.without_delta(p))

    def exp(self, p: Polynomial) -> Polynomial:
        return super().exp(self.without_delta(p))

    def unknown(self, name: str, order: int, argument: Polynomial) -> Polynomial:
        return super().unknown(name, order, self.without_delta(argument))

    # ------------------------------------------------------------------- sign

    def _seen_sign(self, f: Polynomial) -> int:
        """By the terms, or by a hypothesis that is a multiple of f, whatever its letters."""
        if direct := super()._seen_sign(f):
            return direct
        for h in self.positive_polynomials:
            for to in self.matchings(self.free_letters(h), self.free_letters(f)):
                renamed = self.renamed(h, to)
                if renamed.is_zero:
                    continue
                c, content, primitive = self.split(renamed)
                if primitive == f and (sign := self._sign_of_terms(Polynomial({content: c}))):
                    return sign
        return 0

    def free_letters(self, p: Polynomial) -> list[int]:
        """The letters that occur free in p."""
        return sorted(frozenset[int]().union(*(self.letters_in(m) for m, _ in p)))

    def places_in(self, g: int) -> set[int]:
        """The letters and numerals that occur free in a generator."""
        places = set(self.letters_of(g))
        for h in self.support(g):
            match self.generators[h]:
                case Variable(places=own) | Partial(places=own):
                    places.update(p for p in own if p > 0)
        return places

    def matchings(self, pattern: Sequence[int], places: Sequence[int]) -> Iterator[dict[int, int]]:
        """All ways to put subscripts for the letters of a pattern, of the same size each."""
        options = [[p for p in places if p > 0 or self.size_of(p) == self.size_of(letter)] for letter in pattern]
        if prod(map(len, options)) <= MOST_ORDERS:
            for chosen in product(*options):
                yield dict(zip(pattern, chosen, strict=True))

    # --------------------------------------------------------------- renaming

    def renamed(self, p: Polynomial, to: Renaming) -> Polynomial:
        """p with letters put for letters, or numerals."""
        pieces = []
        for m, c in p:
            kept, changed = self.parted(m, to)
            piece = Polynomial({kept: c})
            for g, e in changed:
                piece = self.times(piece, self.renamed_power(g, e, to))
            pieces.append(piece)
        return total(pieces)

    def parted(self, m: Monomial, letters: Mapping[int, object] | frozenset[int]) -> tuple[Monomial, Monomial]:
        """The factors without these letters, and those with them."""
        without: list[tuple[int, Number]] = []
        having: list[tuple[int, Number]] = []
        for factor in m:
            (without if self.letters_of(factor[0]).isdisjoint(letters) else having).append(factor)
        return tuple(without), tuple(having)

    def renamed_power(self, g: int, e: Number, to: Renaming) -> Polynomial:
        """A generator's power with letters put for letters."""
        own = self.letters_of(g)
        key = (g, e, tuple([(old, new) for old, new in to.items() if old in own]))
        found = self.renamings.get(key)
        if found is None:
            found = self.renamings[key] = self._renamed_power(g, e, dict(key[2]))
        return found

    def _renamed_power(self, g: int, e: Number, to: Renaming) -> Polynomial:
        match self.generators[g]:
            case Variable(name, places, opaque):
                return generator(self.number(Variable(name, tuple([to.get(p, p) for p in places]), opaque)), e)
            case Delta(left, right):
                return self.delta(to.get(left, left), to.get(right, right))  # to any power
            case Partial(places=places, ways=ways) as s:
                ways = tuple(sorted(tuple(to.get(p, p) for p in way) for way in ways))
                return generator(self.number(replace(s, places=tuple(to.get(p, p) for p in places), ways=ways)), e)
            case Exponential(exponent):
                return self.exp(self.renamed(Polynomial({exponent: e}), to))
        return self.power(self._rebuilt_from(g, lambda p: self.renamed(p, to)), int(e))

    def _rebuilt_from(self, g: int, change: Callable[[Polynomial], Polynomial]) -> Polynomial:
        """A generator with its parts changed."""
        match self.generators[g]:
            case Summed(slots, monomial):
                with self.going_through([self.size_of(slot) for slot in slots]) as letters:
                    opened = self.renamed(Polynomial({monomial: 1}), dict(zip(slots, letters, strict=True)))
                    return self.sum_over(change(opened), letters)
            case Several(key):
                return self.fold(change(self.polynomials[key]))
            case Logarithm(of, False):
                return self.log(change(generator(of)))
            case Jet(name, order, key):
                return self.unknown(name, order, change(self.polynomials[key]))
        raise OutsideClass("a generator that cannot be changed")

    @abstractmethod
    def sum_over(self, p: Polynomial, letters: Sequence[int]) -> Polynomial:
        """The sum of p over every value of open letters."""
