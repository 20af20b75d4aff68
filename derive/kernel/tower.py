"""The tower of exponentials and logarithms in which formulas at a chosen K become polynomials.

Class.  Symbols, rational numbers, + − × ÷, integer powers, exp, log, unknown
smooth functions and their derivatives.  Each becomes a Laurent polynomial over
generators:

    x       a variable
    E_m     exp(m) for a monomial m, one for each that occurs; always > 0
    S_f     a polynomial f of several terms; its powers may be negative
    Λ_g     log |g| for a variable, a prime, or an irreducible polynomial g
    J       a derivative of an unknown function, at an argument or in variables

Soundness.  Every rewriting is an identity of real functions wherever the side
conditions hold that the reader (`value`) collects: exp(a + b) = exp a exp b,
log |ab| = log |a| + log |b|, exp(n log |g|) = g^n where n is even or g > 0, and
the field axioms.  So a difference that becomes the zero polynomial is zero at
all those points.  Nothing else is used; 0^0 is 1, as for every integer power.

Completeness.  The zero test clears the S_f and expands them, which leaves a
Laurent polynomial over variables, exponentials, logarithms and the values of
unknown functions.  Only the zero polynomial is then the zero function when the
exponents are polynomials over variables and the E_m, and the arguments of the
logarithms are distinct irreducible polynomials: by Ax's theorem (On Schanuel's
conjectures, Annals of Mathematics 93, 1971, the case of functions) and the
Risch structure theorem, since distinct monomials are linearly independent over
Q.  The test is not complete, and what it misses ends as UNKNOWN and never as
REFUTED, in four cases: an exponent or an argument of an unknown function that
contains an S_f to a negative power; an E_m to a fraction beside a logarithm
that would factor in it; a factor that `factor` does not find; and constants,
such as e and log 2 together, for which it rests on Schanuel's conjecture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from math import gcd, lcm

from .factor import LARGEST_PRIME, factors, primes
from .generators import Exponential, Generator, Jet, Logarithm, Partial, Several, Variable
from .polynomial import (
    ONE,
    ZERO,
    Clock,
    Key,
    Monomial,
    Number,
    Polynomial,
    constant,
    generator,
    power,
    simplest,
    times,
    total,
)


class OutsideClass(Exception):
    """A formula that is not in the class; says which part."""


class NoValue(Exception):
    """A division by zero, or the logarithm of zero, at every point."""


class Tower:
    """The generators that occur, and the arithmetic over them."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.generators: list[Generator] = []
        self.numbers: dict[Generator, int] = {}
        self.variables: dict[tuple[str, tuple[int, ...], bool], Polynomial] = {}
        self.exponentials: dict[Monomial, int] = {}
        self.polynomials: dict[Key, Polynomial] = {}
        self.gradients: dict[int, dict[int, Polynomial]] = {}
        self.positive: set[int] = set()  # generators that are > 0: exponentials, and by hypothesis
        self.positive_polynomials: list[Polynomial] = []  # > 0 by hypothesis
        self.supports: dict[int, frozenset[int]] = {}
        self.splits: dict[Key, tuple[Number, Monomial, Polynomial]] = {}
        self.factored: dict[Key, tuple[Number, list[tuple[Polynomial, int]]]] = {}
        self.arguments: dict[tuple[str, bool], dict[tuple[int, ...], Polynomial]] = {}
        """The entries of what unknown functions are functions of, by its name, and whether it is held opaque."""

    # ------------------------------------------------------------- generators

    def number(self, g: Generator) -> int:
        """The number of a generator, new or old."""
        found = self.numbers.get(g)
        if found is None:
            found = self.numbers[g] = len(self.generators)
            self.generators.append(g)
            if isinstance(g, Exponential):
                self.positive.add(found)
        return found

    def variable(self, name: str, places: tuple[int, ...] = (), opaque: bool = False) -> Polynomial:
        """A variable as a polynomial."""
        found = self.variables.get((name, places, opaque))
        if found is None:
            found = self.variables[name, places, opaque] = generator(self.number(Variable(name, places, opaque)))
        return found

    def exponential(self, exponent: Monomial) -> int:
        """The number of exp of a monomial."""
        found = self.exponentials.get(exponent)
        if found is None:
            found = self.exponentials[exponent] = self.number(Exponential(exponent))
        return found

    def kept(self, p: Polynomial) -> Key:
        """The key of a polynomial that generators refer to."""
        self.polynomials.setdefault(p.key, p)
        return p.key

    def of(self, g: int) -> Polynomial:
        """The polynomial f that S_f stands for."""
        kind = self.generators[g]
        assert isinstance(kind, Several)
        return self.polynomials[kind.key]

    def parts(self, g: int) -> list[Polynomial]:
        """The polynomials that a generator is made of."""
        match self.generators[g]:
            case Exponential(exponent):
                return [Polynomial({exponent: 1})]
            case Several(key):
                return [self.polynomials[key]]
            case Logarithm(of, False):
                return [generator(of)]
            case Jet(argument=key):
                return [self.polynomials[key]]
            case Partial(of=of, opaque=True):
                return list(self.arguments[of, True].values())
        return []

    def support(self, g: int) -> frozenset[int]:
        """All generators below a generator, itself among them."""
        found = self.supports.get(g)
        if found is None:
            below = (self.support(h) for part in self.parts(g) for h in part.generators())
            found = self.supports[g] = frozenset({g}).union(*below)
        return found

    # ------------------------------------------------------------- arithmetic

    def split(self, p: Polynomial) -> tuple[Number, Monomial, Polynomial]:
        """p = number × monomial × f, with f primitive, of S-free terms, and with positive leading coefficient."""
        found = self.splits.get(p.key)
        if found is None:
            found = self.splits[p.key] = self._split(p)
        return found

    def _split(self, p: Polynomial) -> tuple[Number, Monomial, Polynomial]:
        p, cleared = self.expanded(p)
        if p.is_zero:
            raise NoValue
        exponents: dict[int, list[Number]] = {}
        for m in p.terms:
            for g, e in m:
                exponents.setdefault(g, []).append(e)
        lowest = ((g, min(found) if len(found) == len(p) else min(0, *found)) for g, found in exponents.items())
        content: Monomial = tuple(sorted((g, e) for g, e in lowest if e))
        f = p.scaled(1, power(content, -1))
        leading = f.terms[max(f.terms)]
        factor = Fraction(leading) if len(f) == 1 else _content(f) * (-1 if leading < 0 else 1)
        return factor, times(content, cleared), f.scaled(1 / factor)

    def fold(self, p: Polynomial) -> Polynomial:
        """p with its several terms as one generator: c·m·S_f."""
        if len(p) < 2:
            return p
        try:
            c, m, f = self.split(p)
        except NoValue:
            return ZERO
        return Polynomial({m: c}) if len(f) == 1 else generator(self.several(f)).scaled(c, m)

    def named(self, p: Polynomial) -> Polynomial:
        """p as one generator where it is a sum of exponentials or of variables, such as Σ exp(z[k]) or Σ t[k].

        These are the sums that stand in denominators and hypotheses; others are better left as they are.
        """
        return self.fold(p) if len(p) > 1 and all(self._is_summand(m) for m in p.terms) else p

    def _is_summand(self, m: Monomial) -> bool:
        if len(m) == 1 and m[0][1] == 1 and isinstance(self.generators[m[0][0]], Variable):
            return True
        return all(isinstance(self.generators[g], Exponential) for g, _ in m)

    def several(self, f: Polynomial) -> int:
        """The generator S_f; f comes from `split`."""
        g = self.number(Several(self.kept(f)))
        if g not in self.positive and self._seen_sign(f) > 0:
            self.positive.add(g)
        return g

    def inverse(self, p: Polynomial) -> Polynomial:
        """1/p, where p ≠ 0; raises NoValue where p is zero everywhere."""
        folded = self.fold(p)
        if folded.is_zero:
            raise NoValue
        ((m, c),) = folded
        return Polynomial({power(m, -1): c if abs(c) == 1 else simplest(1 / Fraction(c))})

    def power(self, p: Polynomial, exponent: int) -> Polynomial:
        """An integer power."""
        if exponent >= 0:
            return p.power(exponent, self.clock)
        return self.inverse(p).power(-exponent, self.clock)

    def times(self, p: Polynomial, q: Polynomial) -> Polynomial:
        """A product."""
        return p.times(q, self.clock)

    def exp(self, p: Polynomial) -> Polynomial:
        """exp of a polynomial: exp(Σ c m) = Π E_m^c, and exp(n log |g|) = g^n where that is sure to be right."""
        result = constant(1)
        for m, c in p:
            kind = self.generators[m[0][0]] if len(m) == 1 and m[0][1] == 1 else None
            if isinstance(kind, Logarithm):
                result = self.times(result, self._exp_of_log(kind, c))
            elif isinstance(kind, Several):  # a name for a sum, as in exp(d) where d = x - m
                result = self.times(result, self.exp(self.polynomials[kind.key].scaled(c)))
            else:
                exponent = c.numerator if c.denominator == 1 else c
                result = result.scaled(1, ((self.exponential(m), exponent),))
        return result

    def _exp_of_log(self, kind: Logarithm, c: Number) -> Polynomial:
        if c.denominator != 1:
            raise OutsideClass("a power that is not an integer")
        n = c.numerator
        if kind.prime:
            self.clock.check_number(abs(n) * kind.of.bit_length())
            return constant(Fraction(kind.of) ** n)
        if n % 2 and kind.of not in self.positive:
            raise OutsideClass("exp of the logarithm of what may be negative; assume that it is positive")
        return generator(kind.of, n)

    def log(self, p: Polynomial) -> Polynomial:
        """log |p|, of irreducible factors; raises NoValue where p is zero everywhere."""
        c, m, f = self.split(p)
        pieces = [self._log_of_number(abs(Fraction(c)))]
        for g, e in m:
            match self.generators[g]:
                case Exponential(exponent):
                    pieces.append(Polynomial({exponent: e}))
                case Several():
                    pieces.append(self._log_of_primitive(self.of(g)).scaled(e))
                case _:
                    pieces.append(generator(self.number(Logarithm(g, prime=False))).scaled(e))
        if len(f) > 1:
            pieces.append(self._log_of_primitive(f))
        return total(pieces)

    def factors(self, f: Polynomial) -> tuple[Number, list[tuple[Polynomial, int]]]:
        """f as a number times irreducible factors as `split` leaves them, as far as they are found."""
        if f.key not in self.factored:
            number, found = factors(f, self.clock)
            pieces = []
            for factor, multiplicity in found:
                c, _, primitive = self.split(factor)
                number *= Fraction(c) ** multiplicity
                pieces.append((primitive, multiplicity))
            self.factored[f.key] = number, pieces
        return self.factored[f.key]

    def _log_of_primitive(self, f: Polynomial) -> Polynomial:
        number, found = self.factors(f)
        if found == [(f, 1)]:
            return generator(self.number(Logarithm(self.several(f), prime=False)))
        logs = (self.log(factor).scaled(multiplicity) for factor, multiplicity in found)
        return total((self._log_of_number(abs(Fraction(number))), *logs))

    def _log_of_number(self, c: Fraction) -> Polynomial:
        pieces = []
        for part, sign in ((c.numerator, 1), (c.denominator, -1)):  # log |n/d| = log n − log d
            self.clock.check_number(part.bit_length())
            for prime in primes():
                if part == 1:
                    break
                count = 0
                while part % prime == 0:
                    part, count = part // prime, count + 1
                if count:
                    pieces.append(generator(self.number(Logarithm(prime, prime=True))).scaled(sign * count))
            if part != 1:
                raise OutsideClass(f"the logarithm of a number with a prime factor above {LARGEST_PRIME}")
        return total(pieces)

    def expanded(self, p: Polynomial) -> tuple[Polynomial, Monomial]:
        """(q, m) with p = q·m, where no S_f is left in q, and m is made of the S_f that were cleared."""
        cleared: Monomial = ONE
        while several := [(g, e) for m in p.terms for g, e in m if isinstance(self.generators[g], Several)]:
            lowest: dict[int, Number] = {}
            for g, e in several:
                lowest[g] = min(lowest.get(g, 0), e)
            down: Monomial = tuple(sorted((g, e) for g, e in lowest.items() if e < 0))
            p, cleared = p.scaled(1, power(down, -1)), times(cleared, down)
            pieces, size = [], 0
            for m, c in p:
                piece = Polynomial({tuple((g, e) for g, e in m if g not in lowest): c})
                for g, e in m:
                    if g in lowest:
                        piece = self.times(piece, self.power(self.of(g), int(e)))
                pieces.append(piece)
                self.clock.check(size := size + len(piece))
            p = total(pieces)
        return p, cleared

    def is_zero(self, p: Polynomial) -> bool:
        """Whether p is zero wherever it is defined: first in the free ring, then with every S_f expanded."""
        return p.is_zero or self.expanded(p)[0].is_zero

    # ------------------------------------------------------------ derivatives

    def gradient(self, g: int) -> dict[int, Polynomial]:
        """The derivatives of a generator in the variables of which it depends."""
        found = self.gradients.get(g)
        if found is not None:
            return found
        match kind := self.generators[g]:
            case Variable():
                found = {g: constant(1)}
            case Exponential(exponent):
                inner = self.gradient_of(Polynomial({exponent: 1}))
                found = {x: self.times(d, generator(g)) for x, d in inner.items()}
            case Several(key):
                found = self.gradient_of(self.polynomials[key])
            case Logarithm(_, True):
                found = {}
            case Logarithm(of, False):
                inverse = generator(of, -1)
                found = {x: self.times(d, inverse) for x, d in self.gradient(of).items()}
            case Jet(name, order, key):
                outer = generator(self.number(Jet(name, order + 1, key)))
                found = {x: self.times(d, outer) for x, d in self.gradient_of(self.polynomials[key]).items()}
            case _:
                assert isinstance(kind, Partial)
                found = self.chain_rule(kind)
        self.gradients[g] = found
        return found

    def chain_rule(self, s: Partial) -> dict[int, Polynomial]:
        """∂s/∂x = Σ_k ∂s/∂u_k · ∂u_k/∂x, over all entries u_k of what s is a function of."""
        pieces: dict[int, list[Polynomial]] = {}
        for place, argument in self.arguments[s.of, s.opaque].items():
            outer = generator(self.number(replace(s, ways=tuple(sorted((*s.ways, place))))))
            for x, d in self.gradient_of(argument).items():
                pieces.setdefault(x, []).append(self.times(d, outer))
        return {x: total(found) for x, found in pieces.items()}

    def gradient_of(self, p: Polynomial) -> dict[int, Polynomial]:
        """The derivatives of a polynomial in all of its variables, found in one pass over its terms."""
        pieces: dict[int, list[Polynomial]] = {}
        size = 0
        for m, c in p:
            for g, e in m:
                for x, d in self.gradient(g).items():
                    self.clock.check(size := size + len(d))
                    pieces.setdefault(x, []).append(d.scaled(c * e, times(m, ((g, -1),))))
        return {x: derivative for x, found in pieces.items() if not (derivative := total(found)).is_zero}

    def derivative(self, p: Polynomial, variable: int) -> Polynomial:
        """∂p/∂x for a variable x."""
        pieces, size = [], 0
        for m, c in p:
            for g, e in m:
                inner = self.gradient(g).get(variable)
                if inner is not None:
                    self.clock.check(size := size + len(inner))
                    pieces.append(inner.scaled(c * e, times(m, ((g, -1),))))
        return total(pieces)

    # ----------------------------------------------------------- substitution

    def substitute(self, p: Polynomial, values: Mapping[int, Polynomial]) -> Polynomial:
        """p with generators replaced by values, inside the others too; raises NoValue at a pole."""
        done: dict[int, Polynomial] = {}
        touched = {g for g in p.generators() if self.touches(g, values)}
        if not touched:
            return p
        pieces = []
        for m, c in p:
            piece = Polynomial({tuple((g, e) for g, e in m if g not in touched): c})
            for g, e in m:
                if g in touched:
                    piece = self.times(piece, self._replaced(g, e, values, done))
            pieces.append(piece)
        return total(pieces)

    def touches(self, g: int, values: Mapping[int, Polynomial]) -> bool:
        """Whether values may change a generator."""
        return not self.support(g).isdisjoint(values)

    def _replaced(self, g: int, e: Number, values: Mapping[int, Polynomial], done: dict[int, Polynomial]) -> Polynomial:
        kind = self.generators[g]
        if g not in values and isinstance(kind, Exponential):  # E_m alone may have a fraction as exponent
            return self.exp(self.substitute(Polynomial({kind.exponent: e}), values))
        if g not in done:
            done[g] = values[g] if g in values else self._rebuilt(g, values)
        return self.power(done[g], int(e))

    def _rebuilt(self, g: int, values: Mapping[int, Polynomial]) -> Polynomial:
        kind = self.generators[g]
        if isinstance(kind, Partial):  # what it is a function of is opaque no more
            return generator(self.number(replace(kind, opaque=False)))
        (part,) = self.parts(g)
        inner = self.substitute(part, values)
        if isinstance(kind, Several):
            return self.fold(inner)
        if isinstance(kind, Logarithm):
            return self.log(inner)
        assert isinstance(kind, Jet)
        return self.unknown(kind.name, kind.order, inner)

    def unknown(self, name: str, order: int, argument: Polynomial) -> Polynomial:
        """A derivative of an unknown function of one argument."""
        expanded, cleared = self.expanded(argument)
        canonical = expanded if not cleared else argument
        return generator(self.number(Jet(name, order, self.kept(canonical))))

    # ------------------------------------------------------------------- sign

    def sign(self, p: Polynomial) -> int:
        """1 where p > 0 is sure, −1 where p < 0 is, 0 where neither is seen (or p is zero)."""
        if p.is_zero:
            return 0
        if direct := self._sign_of_terms(p):
            return direct
        c, m, f = self.split(p)
        content = self._sign_of_terms(Polynomial({m: c}))
        return content * self._sign_of_primitive(f) if content else 0

    def _sign_of_primitive(self, f: Polynomial) -> int:
        if direct := self._seen_sign(f):
            return direct
        number, found = self.factors(f)
        if found == [(f, 1)]:
            return 0
        product = 1 if number > 0 else -1
        for factor, multiplicity in found:
            product *= self._sign_of_primitive(factor) ** multiplicity  # 0 where a factor may vanish
        return product

    def _seen_sign(self, f: Polynomial) -> int:
        """Without factoring: by the terms, or by a hypothesis that is a multiple of f."""
        if direct := self._sign_of_terms(f):
            return direct
        leading = max(f.terms)
        for h in self.positive_polynomials:
            ratio = Fraction(f.terms[leading]) / h.terms[leading] if leading in h.terms else Fraction(0)
            if ratio and h.scaled(ratio) == f:
                return 1 if ratio > 0 else -1
        return 0

    def _sign_of_terms(self, p: Polynomial) -> int:
        """By the terms alone: all ≥ 0 and one > 0, or the other way round."""
        signs, strict = set(), False
        for m, c in p:
            positive = all(g in self.positive for g, _ in m)
            if not positive and any(e % 2 and g not in self.positive for g, e in m):
                return 0
            signs.add(1 if c > 0 else -1)
            strict = strict or positive
        return signs.pop() if strict and len(signs) == 1 else 0

    def assume_positive(self, p: Polynomial) -> None:
        """Add the hypothesis p > 0, where it says the sign of one generator or of one primitive polynomial."""
        c, m, f = self.split(p)
        unknown = [(g, e) for g, e in m if g not in self.positive]
        if len(f) > 1 and not unknown:
            self.positive_polynomials.append(f.scaled(1 if c > 0 else -1))
        elif len(f) == 1 and len(unknown) == 1 and unknown[0][1] % 2 and c > 0:
            self.positive.add(unknown[0][0])


def _content(f: Polynomial) -> Fraction:
    """The positive number that leaves integers without a common factor."""
    numbers = f.terms.values()
    return Fraction(gcd(*(c.numerator for c in numbers)), lcm(*(c.denominator for c in numbers)))
