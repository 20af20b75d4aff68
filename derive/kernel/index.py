"""The index calculus: the tower with letters as subscripts, in which formulas are decided for every K at once.

Class.  The formulas of `tower`, with subscripts that are letters, sums over
index ranges of several sorts, Kronecker deltas, and the sizes as numbers.
Beside the generators of `tower` there are

    K       a size; at least 1
    Σ_m     the sum of a monomial m over every value of its bound letters
    δ_kj    while a letter k is bound; gone when the sum over k is closed

so that S = Σ_k e^{z_k} is one generator, as is Λ = log S, and S_n = Σ_k e^{Z_nk}
is one for each letter n.  A letter is one of three kinds: a constant, that is a
free index (constants are different from each other: coincidences are told apart
before anything is read); a letter that a sum is just going through; a slot, by
which a closed sum calls its own letters.

Soundness.  A sum is linear, what does not depend on its letter stands before it,
Σ_k δ_kj f(k) = f(j), and Σ_k 1 = K.  Letters are renamed whenever a sum is
opened, so that none is captured.  A derivative goes into a sum, with
∂z_k/∂z_j = δ_kj; so the rules ∂S/∂z_j = e^{z_j} and ∂Λ/∂z_j = e^{z_j}/S are
derived, not assumed.  Each of these is an identity for every K ≥ 1, so that a
difference that becomes the zero polynomial is zero for every K, wherever the
side conditions hold.

Normal form.  Σ_m has a connected monomial: it is no product of sums.  Sums to
a positive power are multiplied out under a sum, so that the order of summation
does not matter; those to a negative power stay, and cancel against the part of
the monomial that sums to them.  Equal sums are one generator: bound letters are
told apart by what they occur in, and only those that look alike are permuted.

Completeness.  Sums over connected monomials are algebraically independent, of
each other and of the variables at constants, once every K exceeds the degrees
(the power sums are, of which they are the analogue for several sorts; compare
Erdős, Lovász and Spencer, Strong independence of graphcopy functions, 1979).
So for sums of products of variables, exponentials of variables and deltas, over
sums that stand free of bound letters or cancel, only the zero polynomial is zero
for every large K.  What is true for small K alone is not found here; nor are
relations of fractions with several terms under a sum, and deltas inside of
denominators, exponents and arguments are refused.  All that ends as UNKNOWN.
Nothing is ever refuted here: a tower at a chosen K does that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations, product
from math import factorial, prod

from .generators import Delta, Exponential, Generator, Jet, Logarithm, Partial, Several, Summed, Variable
from .lettered import MOST_ORDERS, Letter, LetteredTower
from .polynomial import ZERO, Clock, LimitReached, Monomial, Number, Polynomial, constant, generator, times, total
from .tower import NoValue, OutsideClass


class Families(Mapping[int, Polynomial]):
    """Values for all generators of some kind, found when they are asked for."""

    def __init__(self, touches: Callable[[Generator], bool], value: Callable[[int], Polynomial | None]) -> None:
        self.touches = touches
        self.value = value
        self.found: dict[int, Polynomial | None] = {}

    def get_value(self, g: int) -> Polynomial | None:
        """The value of a generator, None where it has none."""
        if g not in self.found:
            self.found[g] = self.value(g)
        return self.found[g]

    def __contains__(self, g: object) -> bool:
        return isinstance(g, int) and self.get_value(g) is not None

    def __getitem__(self, g: int) -> Polynomial:
        found = self.get_value(g)
        if found is None:
            raise KeyError(g)
        return found

    def __iter__(self) -> Iterator[int]:
        return (g for g, value in self.found.items() if value is not None)

    def __len__(self) -> int:
        return sum(value is not None for value in self.found.values())


class IndexTower(LetteredTower):
    """The generators that occur, sums among them, and the arithmetic over them."""

    def __init__(self, clock: Clock, sizes: Mapping[str, int] = {}) -> None:
        super().__init__(clock, sizes)
        self.heights: dict[int, int] = {}
        self.rates: dict[tuple[int, int], Polynomial] = {}
        self.sums: dict[tuple[Monomial, frozenset[int]], Polynomial] = {}

    # ------------------------------------------------------------------- sums

    def sum_over(self, p: Polynomial, letters: Sequence[int]) -> Polynomial:
        """The sum of p over every value of open letters."""
        pieces = []
        for m, c in p:
            self.clock.check()
            pieces.append(self.sum_of_monomial(m, frozenset(letters)).scaled(c))
        return total(pieces)

    def sum_of_monomial(self, m: Monomial, letters: frozenset[int]) -> Polynomial:
        """Σ m, found once."""
        found = self.sums.get((m, letters))
        if found is None:
            found = self.sums[m, letters] = self._sum_of_monomial(m, letters)
        return found

    def _sum_of_monomial(self, m: Monomial, letters: frozenset[int]) -> Polynomial:
        """Deltas contracted, what does not depend on the letters before the sum, letters without use as sizes."""
        for g, _ in m:
            if isinstance(delta := self.generators[g], Delta) and not letters.isdisjoint((delta.left, delta.right)):
                old, new = (delta.left, delta.right) if delta.left in letters else (delta.right, delta.left)
                rest: Monomial = tuple(factor for factor in m if factor[0] != g)
                contracted = self.renamed(Polynomial({rest: 1}), {old: new})
                return self.sum_over(contracted, sorted(letters - {old}))
        before, under = self.parted(m, letters)
        used = self.letters_in(under)
        result = self.times(Polynomial({before: 1}), self.sizes_of(letters - used))
        return self.times(result, self.sum_under(under, letters & used)) if under else result

    def sizes_of(self, letters: frozenset[int]) -> Polynomial:
        """Σ 1 over letters that nothing depends on: the product of their sizes."""
        result = constant(1)
        for letter in sorted(letters):
            result = self.times(result, self.size(self.size_of(letter)))
        return result

    def sum_under(self, m: Monomial, letters: frozenset[int]) -> Polynomial:
        """Σ m where every factor depends on the letters: with sums to positive powers multiplied out."""
        if (parts := self.partial_fractions(m, letters)) is not None:
            return self.sum_over(parts, sorted(letters))
        inner = [(g, e) for g, e in m if e > 0 and isinstance(self.generators[g], Summed)]
        if not inner:
            return self.product_of_sums(m, letters)
        sizes = [[self.size_of(slot) for slot in self.slots_of(g)] for g, e in inner for _ in range(int(e))]
        with self.going_through([size for group in sizes for size in group]) as opened:
            rest = iter(opened)
            flat = Polynomial({tuple(factor for factor in m if factor not in inner): 1})
            for g, e in inner:
                for _ in range(int(e)):
                    names = {slot: next(rest) for slot in self.slots_of(g)}
                    (body,) = self.parts(g)
                    flat = self.times(flat, self.renamed(body, names))
            return total(self.product_of_sums(n, letters.union(opened)).scaled(c) for n, c in flat)

    def partial_fractions(self, m: Monomial, letters: frozenset[int]) -> Polynomial | None:
        """One step towards g^a S_f^b with 0 ≤ a < p, or with S_f multiplied out, where f = c·g^p + d.

        g^p S_f⁻ⁿ = (S_f¹⁻ⁿ − d S_f⁻ⁿ)/c, and S_f⁻ⁿ = (S_f¹⁻ⁿ − c·g^p S_f⁻ⁿ)/d where d is one term.  None where
        nothing is left to do.
        """
        for s, n in m:
            kind = self.generators[s]
            if not isinstance(kind, Several) or letters.isdisjoint(self.letters_of(s)):
                continue
            f = self.polynomials[kind.key]
            if n > 0:
                rest: Monomial = tuple(factor for factor in m if factor[0] != s)
                return self.times(self.power(f, int(n)), Polynomial({rest: 1}))
            for g, p in self.standing_alone(f, letters):
                a = dict(m).get(g, 0)
                one = Polynomial({term: c for term, c in f if any(h == g for h, _ in term)})
                out, left = (one, f - one) if a >= p else (f - one, one)
                if a >= p or (a < 0 and len(out) == 1):
                    step = self.times(generator(s) - left, self.inverse(out))
                    return self.times(Polynomial({m: 1}), step)
        return None

    def standing_alone(self, f: Polynomial, letters: frozenset[int]) -> list[tuple[int, Number]]:
        """(g, p): a generator with one of the letters that occurs in one term of f alone, with the exponent p > 0."""
        powers: dict[int, list[Number]] = {}
        for m, _ in f:
            for g, e in m:
                powers.setdefault(g, []).append(e)
        alone = (
            (g, found[0])
            for g, found in sorted(powers.items())
            if len(found) == 1 and found[0] > 0 and not letters.isdisjoint(self.letters_of(g))
        )
        return list(alone)[:1]

    def slots_of(self, g: int) -> tuple[int, ...]:
        """The letters that a sum binds."""
        kind = self.generators[g]
        assert isinstance(kind, Summed)
        return kind.slots

    def product_of_sums(self, m: Monomial, letters: frozenset[int]) -> Polynomial:
        """Σ m without a sum to a positive power in it: a product of connected sums."""
        m, letters = self.cancelled(m, letters)
        result = self.sizes_of(letters - self.letters_in(m))
        factors = list(m)
        while factors:
            group, bound = [factors.pop()], self.letters_of
            reached = bound(group[0][0]) & letters
            while more := [factor for factor in factors if not reached.isdisjoint(bound(factor[0]))]:
                factors = [factor for factor in factors if factor not in more]
                group += more
                reached = reached.union(*(bound(g) & letters for g, _ in more))
            one = tuple(sorted(group))
            result = self.times(result, self.canonical(one, reached) if reached else Polynomial({one: 1}))
        return result

    def cancelled(self, m: Monomial, letters: frozenset[int]) -> tuple[Monomial, frozenset[int]]:
        """Σ_k e^{z_nk}/S_n = 1, and the like: a part that sums to what stands below is taken out with its letter."""
        below = {g for g, e in m if e < 0 and isinstance(self.generators[g], Summed)}
        for letter in sorted(letters) if below else ():
            rest, part = self.parted(m, frozenset({letter}))
            if below.isdisjoint(g for g, _ in rest):
                continue
            for n, c in self.canonical(part, frozenset({letter})):
                if c == 1 and len(n) == 1 and n[0][0] in below and n[0][1] == 1:
                    return self.cancelled(times(rest, n), letters - {letter})
        return m, letters

    def canonical(self, m: Monomial, letters: frozenset[int]) -> Polynomial:
        """A connected sum as one generator, the same for every naming of its letters."""
        height = 1 + max([self.height(g) for g, _ in m], default=0)
        orders = self.orders(m, letters) if len(letters) > 1 else [list(letters)]
        slots = tuple([self.slot(height, self.size_of(letter), n) for n, letter in enumerate(orders[0])])
        ways: list[tuple[Monomial, Number]] = []
        for order in orders:
            renamed = self.renamed(Polynomial({m: 1}), dict(zip(order, slots, strict=True)))
            if len(renamed) != 1:
                raise OutsideClass("a sum that comes apart differently when its letters are renamed")
            ways += renamed
        best, sign = min(ways)
        return generator(self.number(Summed(slots, best))).scaled(sign)

    def orders(self, m: Monomial, letters: frozenset[int]) -> list[list[int]]:
        """The letters in every order of those that look alike."""
        groups: dict[tuple[str, object], list[int]] = {}
        for letter in sorted(letters):
            groups.setdefault((self.size_of(letter), self.look(m, letter, letters)), []).append(letter)
        if prod(factorial(len(group)) for group in groups.values()) > MOST_ORDERS:
            raise LimitReached(f"a sum over {len(letters)} indices that look alike")
        ordered = [group for _, group in sorted(groups.items())]
        return [[letter for group in way for letter in group] for way in product(*map(permutations, ordered))]

    def slot(self, height: int, size: str, n: int) -> int:
        """The letter number n that a sum of this height calls its own."""
        return self.letter(("slot", height, size, n), lambda: Letter(f"{size.lower()}{height}.{n}", size))

    def named_letter(self, name: str, size: str) -> int:
        """A letter by its name and size alone."""
        return self.letter((name, size), lambda: Letter(name, size))

    def height(self, g: int) -> int:
        """How deep sums are nested in a generator."""
        found = self.heights.get(g)
        if found is None:
            below = (self.height(h) for part in self.parts(g) for m, _ in part for h, _ in m)
            found = self.heights[g] = isinstance(self.generators[g], Summed) + max(below, default=0)
        return found

    def look(self, m: Monomial, letter: int, letters: frozenset[int]) -> object:
        """What a bound letter occurs in, whatever the others are called: alike for letters that may be exchanged."""
        mark = self.named_letter("mark", self.size_of(letter))
        to = {other: self.named_letter("other", self.size_of(other)) for other in letters} | {letter: mark}
        seen = []
        for g, e in m:
            if letter in self.letters_of(g):
                try:
                    seen.append(tuple(sorted((n, c) for n, c in self.renamed_power(g, e, to))))
                except NoValue:  # a difference of two others
                    seen.append(())
        return tuple(sorted(seen))

    # ------------------------------------------------------------ derivatives

    def derivative(self, p: Polynomial, variable: int) -> Polynomial:
        """∂p/∂x for a variable x with letters as subscripts."""
        pieces, size = [], 0
        for m, c in p:
            for g, e in m:
                inner = self.rate(g, variable)
                if not inner.is_zero:
                    self.clock.check(size := size + len(inner))
                    pieces.append(inner.scaled(c * e, times(m, ((g, -1),))))
        return total(pieces)

    def rate(self, g: int, variable: int) -> Polynomial:
        """∂g/∂x for a generator g; ∂z_k/∂z_j = δ_kj."""
        found = self.rates.get((g, variable))
        if found is None:
            found = self.rates[g, variable] = self._rate(g, variable)
        return found

    def _rate(self, g: int, variable: int) -> Polynomial:
        x = self.generators[variable]
        assert isinstance(x, Variable)
        match self.generators[g]:
            case Variable(name, places, opaque):
                if (name, opaque) != (x.name, x.opaque):
                    return ZERO
                result = constant(1)
                for mine, other in zip(places, x.places, strict=True):
                    result = self.times(result, self.delta(mine, other))
                return result
            case Exponential(exponent):
                return self.times(self.derivative(Polynomial({exponent: 1}), variable), generator(g))
            case Several(key):
                return self.derivative(self.polynomials[key], variable)
            case Logarithm(of, False):
                return self.times(self.derivative(generator(of), variable), generator(of, -1))
            case Jet(name, order, key) as jet:
                outer = generator(self.number(replace(jet, order=order + 1)))
                return self.times(self.derivative(self.polynomials[key], variable), outer)
            case Partial() as s:
                return self._partial_rate(s, variable)
            case Summed():
                return self._rebuilt_from(g, lambda p: self.derivative(p, variable))
        return ZERO  # a prime's logarithm; a delta, which depends on no variable

    def _partial_rate(self, s: Partial, variable: int) -> Polynomial:
        """∂s/∂x = Σ_k ∂s/∂u_k · ∂u_k/∂x, over the entries u_k of what s is a function of."""
        ((places, argument),) = self.arguments[s.of, s.opaque].items()
        with self.going_through([self.size_of(place) for place in places]) as letters:
            here = self.renamed(argument, dict(zip(places, letters, strict=True)))
            outer = replace(s, ways=tuple(sorted((*s.ways, tuple(letters)))))
            return self.sum_over(self.times(self.derivative(here, variable), generator(self.number(outer))), letters)

    # ----------------------------------------------------------- substitution

    def touches(self, g: int, values: Mapping[int, Polynomial]) -> bool:
        """Whether values may change a generator."""
        if isinstance(values, Families):
            return any(values.touches(self.generators[h]) for h in self.support(g))
        return super().touches(g, values)

    def _rebuilt(self, g: int, values: Mapping[int, Polynomial]) -> Polynomial:
        match self.generators[g]:
            case Partial():
                return super()._rebuilt(g, values)
            case Summed(slots, monomial):
                return self._sum_with(slots, monomial, values)
            case Variable() | Delta():  # of a family that is looked at for its sums alone
                return generator(g)
        return self._rebuilt_from(g, lambda p: self.substitute(p, values))

    def _sum_with(self, slots: Sequence[int], monomial: Monomial, values: Mapping[int, Polynomial]) -> Polynomial:
        """A sum with values put in: for what it sums, and for parts that sum to a generator which has one.

        Σ_n a_n Σ_j T_nj is one generator, and Σ_n a_n where Σ_j T_nj = 1.
        """
        with self.going_through([self.size_of(slot) for slot in slots]) as opened:
            pieces = []
            for m, c in self.renamed(Polynomial({monomial: 1}), dict(zip(slots, opened, strict=True))):
                value, letters = constant(c), frozenset(opened)
                for letter in opened:
                    rest, part = self.parted(m, frozenset({letter}))
                    if not part or letter in self.free_letters(value):
                        continue
                    for n, d in self.canonical(part, frozenset({letter})):
                        if len(n) == 1 and n[0][1] == 1 and n[0][0] in values:
                            value = self.times(value, values[n[0][0]].scaled(d))
                            m, letters = rest, letters - {letter}
                inner = self.substitute(Polynomial({m: 1}), values)
                pieces.append(self.sum_over(self.times(value, inner), sorted(letters)))
            return total(pieces)
