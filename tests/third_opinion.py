"""Steps of derivations as equations between fractions of polynomials, for provers that know nothing of derive.

A step at chosen sizes and one instance becomes an `Equation`: both sides as they are written, but with sums written
out, names unfolded, every subscript a number, and an unknown real number for whatever is not + − × ÷ or an integer
power:

    exp m       for each monomial m of an exponent, or for m/2, m/10 where the step needs a part of it; exp of a sum is
                a product, of a difference a quotient
    log |f|     for each polynomial f that is left after the laws of logarithms; of a number, for its primes
    f(u), f'(u) for each unknown function, derivative and argument

What the hypotheses say is exported as equations and as what is positive; exponentials are positive.

Independent of the kernel: all of this code, with its own few lines of polynomials (used for exponents and arguments of
logarithms alone; the sides stay as written), and the derivatives, which are SymPy's `diff` (`derive.concrete.world`).
Not independent: the formula tree itself, how matrix notation becomes entries (`Derivation.scalars`), and the choice of
instances (`kernel.instances`: one for each way in which the free indices coincide).

Nobody checks the export, which is therefore called exported and not checked. It is where the laws of exponents and
logarithms, definitions and derivatives come in; a step that is nothing else becomes x = x. A prover that agrees says
that the exported equation holds for all values of the unknowns, at least where no denominator is 0. Then the step
holds at this instance, if the export is right: unknowns stand for values, so more is proved than needed. A prover that
refuses says that the exported equation fails for some values of the unknowns, which no point of the formula needs to
have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from itertools import product
from math import gcd, lcm
from random import Random

import sympy as sp

from derive.catalog import entries as catalog
from derive.concrete.world import World
from derive.derivation import Derivation
from derive.formula import hypotheses
from derive.formula.arrays import Tensor
from derive.formula.tree import (
    Apply,
    Cases,
    Decimal,
    Delta,
    Derivative,
    Entry,
    Equals,
    Expr,
    Function,
    Index,
    Negative,
    Numeral,
    Pick,
    Place,
    Plus,
    Power,
    Quotient,
    Same,
    Size,
    Strike,
    Sum,
    Symbol,
    Times,
    WrittenError,
    written,
)
from derive.kernel.decide import Decider
from derive.kernel.instances import has_numerals, instances
from derive.kernel.polynomial import Limits
from derive.kernel.value import Instance
from derive.kernel.verdict import Refuted
from derive.proof import sizes_for, speaks_of_sizes

from .provers import Clearing
from .rational_equations import (
    Equation,
    Monomial,
    NotExported,
    Polynomial,
    as_written,
    integer,
    joined,
    number,
    polynomial,
    power,
    ratio,
    scaled,
    times,
)
from .test_mutation import SEED, mutations

# --------------------------------------------------------------------- export


class Finer(Exception):
    """An exponent needs a smaller part of a monomial than its unknown stands for."""


@dataclass(frozen=True)
class Scope:
    """Where a subformula stands."""

    at: Mapping[Index, int]
    labels: Mapping[Symbol, int]
    bound: Mapping[Symbol, Expr] = field(default_factory=dict)


@lru_cache
def world(sizes: tuple[tuple[Size, int], ...]) -> World:
    """SymPy's view, which derivations at the same sizes share: the same names, differentiated once."""
    return World(dict(sizes))


class Exporter:
    """Exports lines of a derivation at chosen sizes; remembers what its unknowns stand for."""

    def __init__(self, derivation: Derivation, sizes: Mapping[Size, int]) -> None:
        self.assuming = derivation.assuming
        self.lines = derivation.scalars
        self.sizes = sizes
        self.world = world(tuple(sizes.items()))
        self.roots: dict[Monomial, int] = {}
        """exp(m/2) is the unknown of m where the root is 2."""
        self.forget()

    def forget(self) -> None:
        self.unknowns: dict[object, Symbol] = {}
        self.exponentials: dict[str, Monomial] = {}
        self.arguments: dict[str, Expr] = {}
        """What a logarithm is of."""
        self.known: dict[object, Expr] = {}
        self.taken: set[str] = set()
        self.positive: set[str] = set()

    def step(self, n: int) -> Iterator[Equation]:
        """Line n − 1 and line n, at every instance."""
        return self.equations(*self.lines[n - 1 : n + 1])

    def equations(self, left: Expr, right: Expr) -> Iterator[Equation]:
        """Two formulas under the derivation's hypotheses, one equation for each instance."""
        lines = [left, right]
        every = has_numerals(lines, self.assuming)  # then no instance stands for another
        for instance in instances(lines, self.assuming, self.sizes, every):
            yield self.equation(left, right, instance)

    def equation(self, left: Expr, right: Expr, instance: Instance) -> Equation:
        try:
            return self._equation(left, right, instance)
        except Finer:
            self.forget()
            return self.equation(left, right, instance)

    def _equation(self, left: Expr, right: Expr, instance: Instance) -> Equation:
        given: list[tuple[Expr, Expr]] = []
        positive: list[Expr] = []
        for h in self.assuming:
            match h:
                case hypotheses.Positive(body):
                    positive += [self.value(body, scope) for scope in self.scopes(body, instance)]
                    self.positive |= {expr.name for expr in positive if isinstance(expr, Symbol)}
                case hypotheses.Equation(one, other):
                    scopes = self.scopes(Plus((one, other)), instance)
                    given += [(self.value(one, scope), self.value(other, scope)) for scope in scopes]
                case hypotheses.OneHot(label, index):
                    for n in range(1, self.sizes[index.size] + 1):
                        given.append((self.value(label[n], Scope({}, {})), Numeral(int(n == instance.at[index]))))
                case hypotheses.OneOf(symbol):
                    given.append((self.value(symbol, Scope({}, {})), written(instance.labels[symbol])))
        sides = self.line(left, instance), self.line(right, instance)
        return Equation(*sides, tuple(given), tuple(positive), self.exponentials.keys())

    def line(self, expr: Expr, instance: Instance) -> Expr:
        """A whole line, which stands in two steps."""
        at = {index: instance.at[index] for index in expr.free_indices}
        key = (expr, frozenset(at.items()), frozenset(instance.labels.items()))
        return self.once(key, lambda: self.value(expr, Scope(at, instance.labels)))

    def scopes(self, expr: Expr, instance: Instance) -> list[Scope]:
        """Every value of the free indices: a hypothesis is meant for all of them."""
        letters = list(expr.free_indices)
        numbers = product(*(range(1, self.sizes[letter.size] + 1) for letter in letters))
        return [Scope(dict(zip(letters, n, strict=True)), instance.labels) for n in numbers]

    def value(self, expr: Expr, scope: Scope) -> Expr:
        match expr:
            case Numeral():
                return expr
            case Decimal():
                return number(expr.value)
            case Size():
                return Numeral(self.sizes[expr])
            case Plus() | Times() | Negative() | Quotient():
                return expr.with_children(*(self.value(child, scope) for child in expr.children()))
            case Power(base, exponent):
                return Power(self.value(base, scope), written(integer(self.value(exponent, scope))))
            case Strike(body):
                return self.value(body, scope)
            case Delta(left, right):
                return Numeral(int(place(left, scope) == place(right, scope)))
            case Pick(where, options):
                return self.value(options[place(where, scope) - 1], scope)
            case Sum(index, body):
                numbers = range(1, self.sizes[index.size] + 1)
                terms = [self.value(body, replace(scope, at={**scope.at, index: n})) for n in numbers]
                return joined(Plus, terms)
            case Cases(conditions, values):
                return self.value(values[[self.holds(c, scope) for c in conditions].index(True)], scope)
            case Symbol() | Entry():
                return self.name(expr, scope)
            case Apply(function, argument):
                return self.applied(function, self.value(argument, scope))
            case Derivative():
                if scope.bound:
                    raise NotExported("a derivative inside a function's definition")
                return self.read(self.world.value(expr, scope.at, scope.labels))
        raise TypeError(type(expr).__name__)

    def holds(self, condition: object, scope: Scope) -> bool:
        match condition:
            case Equals(label, value):
                return scope.labels[label] == value
            case Same(left, right):
                return place(left, scope) == place(right, scope)
        return True  # i ≠ j, the second of two cases

    def name(self, expr: Symbol | Entry, scope: Scope) -> Expr:
        """A parameter, a variable, or what a name is defined as."""
        if isinstance(expr, Symbol) and expr in scope.bound:
            return scope.bound[expr]
        of, places = (expr, ()) if isinstance(expr, Symbol) else (expr.tensor, expr.places)
        numbers = tuple(place(p, scope) for p in places)
        body = of.definition
        if body is None:
            return self.read(self.world.leaf(of if isinstance(of, Symbol) else Entry(of, numbers)))
        parameters = of.parameters if isinstance(of, Tensor) else ()
        inside = replace(scope, at=dict(zip(parameters, numbers, strict=True)))
        if scope.bound or scope.labels:
            return self.value(body, inside)
        return self.once((of, numbers), lambda: self.value(body, inside))

    def once(self, key: object, build: Callable[[], Expr]) -> Expr:
        if key not in self.known:
            self.known[key] = build()
        return self.known[key]

    def applied(self, function: Function, argument: Expr) -> Expr:
        match function:
            case Function(_, Symbol() as parameter, Expr() as body):
                return self.value(body, Scope({}, {}, {parameter: argument}))
            case Function("exp"):
                return self.exp(argument)
            case Function("log"):
                return self.log(argument)
            case Function("sinh" | "cosh" | "tanh" | "coth" | "sech" | "csch" as name):
                up, down = self.exp(argument), self.exp(Negative(argument))
                minus: Expr = Plus((up, Negative(down)))
                both: Expr = Plus((up, down))
                two: Expr = Numeral(2)
                parts = {"sinh": (minus, two), "cosh": (both, two), "tanh": (minus, both)}
                parts |= {"coth": (both, minus), "sech": (two, both), "csch": (two, minus)}
                return Quotient(*parts[name])
        return self.unknown_function(function.name, (function.order,), [argument])

    # ------------------------------------------------------------ unknowns

    def unknown(self, key: object, wanted: str) -> Symbol:
        """The unknown for `key`, under a name that provers can read."""
        if key not in self.unknowns:
            plain = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in wanted)
            plain = "_".join(["v", *(part for part in plain.split("_") if part not in ("", "v"))])
            while plain in self.taken:
                plain += "_"
            self.taken.add(plain)
            self.unknowns[key] = Symbol(plain)
        return self.unknowns[key]

    def unknown_function(self, name: str, orders: tuple[int, ...], arguments: list[Expr]) -> Expr:
        key = tuple(polynomial(argument, f"an argument of {name}") for argument in arguments)
        frozen = tuple(frozenset(p.items()) for p in key)
        return self.unknown((name, orders, frozen), f"{name}_{len(self.unknowns)}")

    def exp(self, argument: Expr) -> Expr:
        """exp(a + b) = exp a · exp b, exp(−a) = 1/exp a, exp(n log a) = a^n for a > 0."""
        up: list[Expr] = []
        down: list[Expr] = []
        for m, c in polynomial(argument, "an exponent").items():
            if len(m) == 1 and m[0][1] == 1 and (base := self.arguments.get(m[0][0])) is not None:
                if not self.is_positive(base):
                    raise NotExported("exp of the logarithm of what may be negative")
            else:
                root = self.roots.setdefault(m, 1)
                if (c * root).denominator != 1:
                    self.roots[m] = lcm(root, c.denominator)
                    raise Finer
                c *= root
                base = self.unknown(("exp", m), "_".join(["exp", *(x if e == 1 else f"{x}_{e}" for x, e in m)]))
                self.exponentials[base.name] = m
            if c.denominator != 1:
                raise NotExported("a power that is not an integer")
            (up if c > 0 else down).append(power(base, abs(int(c))))
        top = joined(Times, up)
        return Quotient(top, joined(Times, down)) if down else top

    def log(self, argument: Expr) -> Expr:
        """Log |a|: of a product the sum, of a quotient the difference, log exp a = a."""
        match argument:
            case Times(factors):
                return joined(Plus, [self.log(factor) for factor in factors])
            case Quotient(top, bottom):
                return Plus((self.log(top), Negative(self.log(bottom))))
            case Power(base, exponent):
                return Times((exponent, self.log(base)))
        value = ratio(argument)
        if not value.top:
            raise NotExported("the logarithm of 0")
        terms = self.log_of(value.top) + [Negative(term) for term in self.log_of(value.bottom)]
        return joined(Plus, terms)

    def log_of(self, p: Polynomial) -> list[Expr]:
        """The terms of log |p|: of its content, number and monomial, and of the rest."""
        common = {x: min(dict(m).get(x, 0) for m in p) for m in p for x, _ in m}
        rest = times(p, {tuple(sorted((x, -e) for x, e in common.items() if e)): Fraction(1)})
        leading = rest[max(rest)]
        content = Fraction(gcd(*(c.numerator for c in rest.values())), lcm(*(c.denominator for c in rest.values())))
        terms = [scaled(Fraction(n), self.log_unknown({(): Fraction(prime)})) for prime, n in primes(content).items()]
        for x, e in sorted(common.items()):
            if e and x in self.exponentials:
                m = self.exponentials[x]
                terms.append(scaled(Fraction(e, self.roots[m]), as_written({m: Fraction(1)})))
            elif e:
                terms.append(scaled(Fraction(e), self.log_unknown({((x, 1),): Fraction(1)})))
        if len(rest) > 1:
            scale = content if leading > 0 else -content
            terms.append(self.log_unknown({m: c / scale for m, c in rest.items()}))
        return terms

    def log_unknown(self, p: Polynomial) -> Expr:
        found = self.unknown(("log", frozenset(p.items())), f"log_{len(self.unknowns)}")
        self.arguments[found.name] = as_written(p)
        return found

    def is_positive(self, expr: Expr) -> bool:
        """Whether all coefficients are, over what is."""
        p = ratio(expr).top
        positive = self.positive | set(self.exponentials)
        return all(c > 0 for c in p.values()) and all(x in positive for m in p for x, _ in m)

    # --------------------------------------------------------------- SymPy

    def read(self, found: sp.Expr) -> Expr:
        """What SymPy found."""
        return self.once(found, lambda: self._read(found))

    def _read(self, found: sp.Expr) -> Expr:
        if found.is_Rational:
            return number(Fraction(int(found.p), int(found.q)))
        if found.is_Symbol:
            return self.unknown(found, found.name)
        if found.is_Add:
            return joined(Plus, [self.read(term) for term in found.args])
        if found.is_Mul:
            return joined(Times, [self.read(factor) for factor in found.args])
        if isinstance(found, sp.exp) or found is sp.E:
            return self.exp(self.read(found.exp))
        if isinstance(found, sp.log):
            return self.log(self.read(found.args[0]))
        if found.is_Pow:
            n = integer(self.read(found.exp))
            base = self.read(found.base)
            return power(base, n) if n > 0 else Quotient(Numeral(1), power(base, -n))
        if isinstance(found, sp.core.function.AppliedUndef):
            orders = tuple(0 for _ in found.args)
            return self.unknown_function(str(found.func), orders, [self.read(argument) for argument in found.args])
        if isinstance(found, sp.Derivative | sp.Subs):
            return self.read_slope(found)
        raise NotExported(f"SymPy's {type(found).__name__}")

    def read_slope(self, found: sp.Expr) -> Expr:
        """A derivative that SymPy leaves: of an unknown function in some of its places, at a point."""
        derivative, at = (
            (found.expr, dict(zip(found.variables, found.point, strict=True)))
            if isinstance(found, sp.Subs)
            else (found, {})
        )
        if not isinstance(derivative, sp.Derivative) or not isinstance(derivative.expr, sp.core.function.AppliedUndef):
            raise NotExported("a derivative of more than an unknown function")
        orders = [0] * len(derivative.expr.args)
        for variable, count in derivative.variable_count:
            places = [n for n, argument in enumerate(derivative.expr.args) if argument.has(variable)]
            if len(places) != 1 or derivative.expr.args[places[0]] != variable:
                raise NotExported("a derivative in several places of an unknown function")
            orders[places[0]] += int(count)
        arguments = [self.read(argument.xreplace(at)) for argument in derivative.expr.args]
        return self.unknown_function(str(derivative.expr.func), tuple(orders), arguments)


def place(where: Place, scope: Scope) -> int:
    return scope.at[where] if isinstance(where, Index) else where


def primes(c: Fraction) -> dict[int, int]:
    """The prime factors of a positive number."""
    found = Counter({int(p): int(n) for p, n in sp.factorint(c.numerator).items() if p > 1})
    found.subtract({int(p): int(n) for p, n in sp.factorint(c.denominator).items() if p > 1})
    return {p: n for p, n in found.items() if n}


# ------------------------------------------------------------------- the catalog

NOT_EXPORTED = {
    ("softmax-of-numbers", 2): "rounded to three digits, which is no equation",
    ("log-loss-of-numbers", 4): "rounded to four digits, which is no equation",
    ("log-loss-of-numbers-second-class", 4): "rounded to four digits, which is no equation",
}
"""Steps of the catalog that no prover is asked about, with the reason; all others are exported."""


SMALL = {"N": 2, "F": 1}
"""Sizes beside K where the whole would take too long."""


def derivations(K: int) -> list[Derivation]:
    """The catalog at K; what speaks of no size, or pins it, once."""
    found = [entry for entry in catalog().values() if isinstance(entry, Derivation)]
    return [derivation for derivation in found if speaks_of_sizes(derivation) or K == 2]


def equations(K: int, sizes: Mapping[str, int] = {}, every: int = 1) -> Iterator[tuple[str, int, Equation, Clearing]]:
    """All steps of every so many-th derivation at K, at every instance: name, number of the line, what is exported."""
    for derivation in derivations(K)[K % every :: every]:
        exporter, cleared = Exporter(derivation, sizes_for(derivation, K, sizes)), Clearing()
        for n in range(1, len(derivation.lines)):
            if (derivation.name, n) not in NOT_EXPORTED:
                for equation in exporter.step(n):
                    yield derivation.name, n, equation, cleared


def false_claims(every: int) -> Iterator[tuple[str, list[Equation], Clearing]]:
    """Every so many-th step at K = 3 with its line changed in one place so that the kernel refutes it.

    What it says, and what is exported: one equation for each instance, some of which may be true.
    """
    chosen, count = Random(SEED), 0
    for derivation in derivations(2):
        sizes = sizes_for(derivation, 3, SMALL)
        exporter, cleared = Exporter(derivation, sizes), Clearing()
        taken = frozenset[Index]().union(*map(hypotheses.given_indices, derivation.assuming))
        letters = sorted(exporter.lines[0].free_indices | taken, key=str)
        for n in range(1, len(exporter.lines)):
            count += 1
            if count % every or (derivation.name, n) in NOT_EXPORTED:
                continue
            before, line = exporter.lines[n - 1 : n + 1]
            changes = list(mutations(line, letters))
            chosen.shuffle(changes)
            for changed in changes:
                if refuted(derivation, sizes, before, changed):
                    claim = f"{derivation.name}: {before} = {changed}"
                    yield claim, list(exporter.equations(before, changed)), cleared
                    break


def refuted(derivation: Derivation, sizes: Mapping[Size, int], before: Expr, changed: Expr) -> bool:
    try:
        decision = Decider(sizes, derivation.assuming, Limits(seconds=3)).decide(before, changed)
    except WrittenError:
        return False
    return isinstance(decision.verdict, Refuted)
