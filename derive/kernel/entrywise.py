"""An equation at a chosen K, decided at every concrete entry, one by one, in exact integer arrays.

Class.  Entries of variables, rational numbers, + − ×, sums over an index, deltas
and cases of two indices, lists, integer powers, exp of integer combinations of
variables and sums, derivatives in variables, and names defined by these;
division by, and the logarithm of, products of exponentials, of sums of
exponentials, of numbers, and of what is positive by hypothesis.  So whatever
is read is defined at every point, and no condition is left to be printed.  All
else is OutsideClass.

Every free index stands for the array of all its concrete numbers, block by
block, and so does every subscript; a delta between free indices is the array
of the places where both agree (`columns`).  Both sides are read separately;
then, for each concrete entry, the monomials of left − right are written down
with the concrete numbers of their generators and added up (`rows`).  No use is
made of the theorem that one instance for each coincidence stands for all, nor
of the index calculus.

Soundness.  A Laurent polynomial over the generators stands for the function at
each entry: linearity of sums, Σ_k δ_kj f(k) = f(j), the product and chain
rules, and exp and log of products of what is > 0 are identities of real
functions; generators with the same family and subscripts are the same
function.  So an entry whose polynomial is 0 is 0 at every point that the
hypotheses allow; these are put in after differentiating.  The hypotheses that
are taken can hold together: equations and one-hot labels are about a variable
of their own each, and Σ t = c with t > 0 asks for c > 0.

Incompleteness.  A sum, such as Σ_k exp(z_k), is one generator, and nothing is
known of it but its sign and its derivatives; so an entry that is not 0 here may
still be 0.  It is never called refuted, only different as a polynomial.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

import numpy as np

from derive.formula.arrays import Tensor
from derive.formula.hypotheses import Equation, Hypothesis, OneHot, Positive, given_indices
from derive.formula.tree import (
    Apply,
    Cases,
    Decimal,
    Delta,
    Derivative,
    Distinct,
    Entry,
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
)

from .columns import (
    Calculus,
    Column,
    Family,
    Generator,
    Pin,
    Value,
    Variable,
    constant,
    number_of,
    pinned,
    plus,
    power_of,
    run,
    scaled,
    single,
)
from .nested import nested
from .polynomial import Clock, LimitReached, Number
from .rows import Truths, allowed, first_difference
from .tower import OutsideClass

BLOCK = 2**18
"""How many entries are held in memory at a time."""


@dataclass(frozen=True, slots=True)
class Entrywise:
    """What was found, entry by entry."""

    entries: int
    """How many concrete entries were decided one by one, up to the first that differs; 0 proves nothing."""
    different: tuple[tuple[str, int], ...] | None
    """The indices of the first entry at which both sides differ as polynomials; None where there is none."""


def decide_entries(
    left: Expr,
    right: Expr,
    assuming: Sequence[Hypothesis],
    sizes: Mapping[Size, int],
    clock: Clock,
    progress: Callable[[int], None] | None = None,
) -> Entrywise:
    """left = right at every entry that the hypotheses allow; both have been checked by `scope`.

    Raises OutsideClass with the reason where a part is not in the class, and LimitReached.
    `progress` is called with the number of entries that are done.
    """
    try:
        return _Question(left, right, assuming, sizes, clock).answer(progress)
    except RecursionError:
        raise LimitReached("nested too deeply") from None


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a subformula stands: the numbers of its indices, the next free axis, and its function's parameters."""

    at: Mapping[Index, Column]
    axis: int
    bound: Mapping[Symbol, Value] = field(default_factory=dict)


class _Question:
    """One equation, cut into blocks of entries."""

    def __init__(
        self, left: Expr, right: Expr, assuming: Sequence[Hypothesis], sizes: Mapping[Size, int], clock: Clock
    ) -> None:
        self.sides = left, right
        self.assuming = assuming
        self.sizes = sizes
        self.calculus = Calculus(clock)
        free = (left.free_indices | right.free_indices).union(*map(given_indices, assuming))
        self.letters = sorted(free, key=lambda index: (index.size.name, index.name))

    def answer(self, progress: Callable[[int], None] | None) -> Entrywise:
        """Every block in order, until one entry differs."""
        self.learn()
        done = 0
        for ranges in blocks([extent(letter.size, self.sizes) for letter in self.letters]):
            self.calculus.clock.check()
            entries, found = self.block(ranges)
            if found is not None:
                inside = np.unravel_index(found, entries.shape)
                at = (int(n) + first for n, (first, _) in zip(inside, ranges, strict=True))
                names = (letter.name for letter in self.letters)
                done += int(np.count_nonzero(entries.reshape(-1)[: found + 1]))
                return Entrywise(done, tuple(zip(names, at, strict=True)))
            done += int(np.count_nonzero(entries))
            if progress is not None:
                progress(done)
        return Entrywise(done, None)

    def block(self, ranges: Sequence[tuple[int, int]]) -> tuple[Truths, int | None]:
        """Which entries of a block are decided, and the first of them that differs."""
        axes = range(len(ranges) - 1, -1, -1)
        at = {letter: run(*ends, axis) for letter, ends, axis in zip(self.letters, ranges, axes, strict=True)}
        reader, scope = Reader(self.calculus, self.sizes), Scope(at, len(ranges))
        for h in self.assuming:
            if isinstance(h, OneHot):
                self.calculus.known.one_hot[reader.variable(h.label)] = at[h.at]
        left, right = (
            nested(self.calculus.given(reader.value(side, scope), scope.axis), self.calculus) for side in self.sides
        )
        apart: list[Pin] = [
            (reader.place(h.left, scope), reader.place(h.right, scope))
            for h in self.assuming
            if isinstance(h, Distinct)
        ]
        entries = allowed(apart, tuple(last - first + 1 for first, last in ranges))
        # not left − right, which would cancel what is alike before any entry is looked at
        terms = [*left.items(), *((monomial, -number) for monomial, number in right.items())]
        return entries, first_difference(terms, entries)

    # ------------------------------------------------------------ hypotheses

    def learn(self) -> None:
        """Take in what the hypotheses say; OutsideClass where they are not seen to hold together."""
        reader = Reader(self.calculus, self.sizes)
        known = self.calculus.known
        known.positive |= {reader.whole(h.body) for h in self.assuming if isinstance(h, Positive)}
        spoken: set[Family] = set()
        for h in self.assuming:
            match h:
                case Positive() | Distinct():
                    continue
                case OneHot(label):
                    variable, can_be_positive = reader.variable(label), False
                case Equation():
                    variable, number = self.learn_sum(h, reader)
                    can_be_positive = number > 0
                case _:
                    raise OutsideClass(f"entry by entry, the hypothesis {h} is not read")
            if variable in spoken or (variable in known.positive and not can_be_positive):
                raise OutsideClass(f"the hypotheses on {variable.name} are not seen to hold together")
            spoken.add(variable)

    def learn_sum(self, h: Equation, reader: Reader) -> tuple[Variable, Number]:
        """Σ_j t_j = c, where t has no other entries: t and c."""
        summed, other = (h.left, h.right) if isinstance(h.left, Sum) else (h.right, h.left)
        number = None if other.free_indices else number_of(reader.value(other, Scope({}, 0)))
        if number is None or not isinstance(summed, Sum) or summed.index not in summed.body.own_places:
            raise OutsideClass(f"entry by entry, the hypothesis {h.left} = {h.right} is not read")
        variable = reader.whole(summed.body)
        free = sorted(summed.free_indices, key=lambda index: index.name)
        at = {index: run(1, extent(index.size, self.sizes), axis) for axis, index in enumerate(free)}
        ((monomial, _),) = reader.value(summed, Scope(at, len(free))).items()
        (((family, _), _),) = monomial.factors
        self.calculus.known.numbers[family] = number
        return variable, number


def blocks(extents: Sequence[int]) -> Iterator[tuple[tuple[int, int], ...]]:
    """The ranges of the indices, block by block, in the order of the entries."""
    if not extents:
        yield ()
        return
    rows = max(1, BLOCK // prod(extents[1:]))
    for first in range(1, extents[0] + 1, rows):
        for rest in blocks(extents[1:]):
            yield (first, min(first + rows - 1, extents[0])), *rest


def extent(size: Size, sizes: Mapping[Size, int]) -> int:
    """The number that a size is."""
    if size not in sizes:
        raise OutsideClass(f"no number is given for the size {size}")
    return sizes[size]


class Reader:
    """Reads formulas as values over one block of entries."""

    def __init__(self, calculus: Calculus, sizes: Mapping[Size, int]) -> None:
        self.calculus = calculus
        self.sizes = sizes
        self.names: dict[tuple[int, int, tuple[Column, ...]], Value] = {}

    def value(self, expr: Expr, scope: Scope) -> Value:
        """What `expr` is at every entry."""
        self.calculus.clock.check()
        match expr:
            case Plus(terms):
                return plus(self.value(term, scope) for term in terms)
            case Times(factors):
                result = constant(1)
                for factor in factors:
                    result = self.calculus.times(result, self.value(factor, scope))
                return result
            case Negative(term):
                return scaled(self.value(term, scope), -1)
            case Quotient(top, bottom):
                below = self.calculus.inverse(self.value(bottom, scope))
                return self.calculus.times(self.value(top, scope), below)
            case Power(base, exponent):
                return self.power(expr, base, exponent, scope)
            case Strike(body):
                return self.value(body, scope)
            case Numeral(number) | Decimal(value=number):
                return constant(number)
            case Size():
                return constant(extent(expr, self.sizes))
            case Symbol() | Entry():
                return self.name(expr, scope)
            case Apply(function, argument):
                return self.apply(function, self.value(argument, scope), scope)
        return self.indexed(expr, scope)

    def indexed(self, expr: Expr, scope: Scope) -> Value:
        """What is written with indices of its own: sums, derivatives, deltas, cases and lists."""
        match expr:
            case Sum(index, body):
                last = extent(index.size, self.sizes)
                inside = Scope({**scope.at, index: run(1, last, scope.axis)}, scope.axis + 1, scope.bound)
                return self.calculus.total(self.value(body, inside), last, scope.axis)
            case Derivative(body, variable):
                return self.derivative(body, variable, scope)
            case Delta(left, right):
                return self.delta(left, right, scope)
            case Cases((Same(left, right), Distinct() as apart), (first, second)) if apart == Distinct(left, right):
                here = self.delta(left, right, scope)
                there = plus([constant(1), scaled(here, -1)])
                values = self.value(first, scope), self.value(second, scope)
                return plus(map(self.calculus.times, (here, there), values))
            case Pick(place, options):
                return self.pick(expr, place, options, scope)
        raise OutsideClass(f"entry by entry, {expr} is not read")

    def place(self, place: Place, scope: Scope) -> Column:
        """The concrete numbers in a subscript."""
        if isinstance(place, int):
            return single(place)
        if place not in scope.at:
            raise OutsideClass(f"the index {place} has no value here")
        return scope.at[place]

    def delta(self, left: Place, right: Place, scope: Scope) -> Value:
        """δ; a numeral that is larger than the index beside it ever is never agrees."""
        for here, there in ((left, right), (right, left)):
            if isinstance(here, int) and isinstance(there, Index) and here > extent(there.size, self.sizes):
                return {}
        return pinned(self.place(left, scope), self.place(right, scope))

    def pick(self, expr: Expr, place: Place, options: tuple[Expr, ...], scope: Scope) -> Value:
        """The entry of a written-out list: Σ_n δ_pn option_n."""
        if isinstance(place, int) and place <= len(options):
            return self.value(options[place - 1], scope)
        if isinstance(place, int) or extent(place.size, self.sizes) != len(options):
            raise OutsideClass(f"{expr}: a list of {len(options)} entries, where others are needed")
        pieces = []
        for number, option in enumerate(options, 1):
            pieces.append(self.calculus.times(self.delta(place, number, scope), self.value(option, scope)))
        return plus(pieces)

    def power(self, expr: Expr, base: Expr, exponent: Expr, scope: Scope) -> Value:
        """An integer power."""
        number = number_of(self.value(exponent, scope))
        if number is None or number.denominator != 1:
            raise OutsideClass(f"the power {expr}: its exponent is not an integer")
        return self.calculus.power(self.value(base, scope), number.numerator)

    # ------------------------------------------------------------------ names

    def name(self, name: Symbol | Entry, scope: Scope) -> Value:
        """A variable, a parameter, or what a name is defined as."""
        if isinstance(name, Symbol) and name in scope.bound:
            return scope.bound[name]
        tensor = name if isinstance(name, Symbol) else name.tensor
        places = () if isinstance(name, Symbol) else self.places(name, scope)
        if tensor.definition is None:
            return power_of((self.variable(tensor), places))
        parameters = tensor.parameters if isinstance(tensor, Tensor) else ()
        inside = Scope(dict(zip(parameters, places, strict=True)), scope.axis, scope.bound)
        if scope.bound:  # what a name means may depend on a parameter of the function around it
            return self.value(tensor.definition, inside)
        key = id(tensor), scope.axis, places  # the formula that is read holds the name, so that no other has its id
        if key not in self.names:
            self.names[key] = self.value(tensor.definition, inside)
        return self.names[key]

    def places(self, entry: Entry, scope: Scope) -> tuple[Column, ...]:
        """The subscripts of an entry, which has to be one of its tensor's."""
        for place, size in zip(entry.places, entry.tensor.sizes, strict=True):
            if isinstance(place, int) and place > extent(size, self.sizes):
                raise OutsideClass(f"{entry}: {entry.tensor.name} has {size} = {self.sizes[size]} entries")
        return tuple(self.place(place, scope) for place in entry.places)

    def variable(self, name: Symbol | Tensor) -> Variable:
        """A variable as a family."""
        if name.definition is not None or name.of is not None:
            raise OutsideClass(f"entry by entry, {name.name} is no variable")
        sizes = name.sizes if isinstance(name, Tensor) else ()
        return Variable(name.name, tuple(extent(size, self.sizes) for size in sizes))

    def whole(self, body: Expr) -> Variable:
        """The variable of which a hypothesis speaks: of every entry, by an index of its own along each axis."""
        match body:
            case Symbol():
                return self.variable(body)
            case Entry(tensor, places) if len({p for p in places if isinstance(p, Index)}) == len(places):
                return self.variable(tensor)
        raise OutsideClass(f"entry by entry, a hypothesis on {body} is not read")

    # -------------------------------------------------- functions, derivatives

    def apply(self, function: Function, argument: Value, scope: Scope) -> Value:
        """A function of one argument."""
        match function:
            case Function("exp", None, None, 0):
                return self.calculus.exp(argument)
            case Function("log", None, None, 0):
                return self.calculus.log(argument)
            case Function(_, Symbol() as parameter, Expr() as body, 0):
                return self.value(body, Scope({}, scope.axis, {**scope.bound, parameter: argument}))
        raise OutsideClass(f"entry by entry, the function {function} is not read")

    def derivative(self, body: Expr, variable: Symbol | Entry, scope: Scope) -> Value:
        """∂ body / ∂ variable, in a variable; in a name, or in a parameter, something has to be held, which is not."""
        name = variable if isinstance(variable, Symbol) else variable.tensor
        if scope.bound or name.definition is not None or name.of is not None:
            raise OutsideClass(f"entry by entry, no derivative is taken in {variable}, which is no variable here")
        places = () if isinstance(variable, Symbol) else self.places(variable, scope)
        generator: Generator = self.variable(name), places
        return self.calculus.derivative(self.value(body, scope), generator, scope.axis)
