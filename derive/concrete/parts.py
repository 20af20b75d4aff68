"""Formulas at chosen sizes as operations, one after the other: no index and no sum is left, and equal ones are one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from ..formula.arrays import Tensor
from ..formula.tree import (
    BUILT_IN,
    Apply,
    Cases,
    Decimal,
    Delta,
    Derivative,
    Distinct,
    Entry,
    Equals,
    Expr,
    Formula,
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
from .arithmetic import NoNumberError

if TYPE_CHECKING:
    from .evaluation import Evaluation

Leaf: TypeAlias = "Symbol | Entry"
At: TypeAlias = Mapping[Index, int]
Compute: TypeAlias = "Callable[[Evaluation[Any]], Any]"
Number: TypeAlias = int
"""Which operation; those that it needs come before it."""


class Operation(NamedTuple):
    """What computes a number from others that are known."""

    compute: Compute
    needs: tuple[Number, ...] = ()
    behind: tuple[Number, ...] = ()
    """What it asks for as well: an option of cases when it is chosen, the body of a derivative."""
    name: Leaf | None = None
    """The name whose definition's value this is."""


@dataclass(frozen=True, slots=True)
class Slope:
    """A derivative: of one operation, in the value of another one, while names are held."""

    body: Number
    variable: Number
    inside: frozenset[Number]
    """What moves with the variable."""


class Order(NamedTuple):
    """What computes a number: from what does not move, and in which order."""

    outside: tuple[Number, ...]
    inside: tuple[Number, ...]


class Scope(NamedTuple):
    """Where a formula stands: what the parameters of functions are, and which names a derivative holds."""

    bound: tuple[tuple[Symbol, Number], ...] = ()
    held: frozenset[Symbol | Tensor] = frozenset()


OUTSIDE = Scope()


class Parts:
    """Formulas at chosen sizes, written out as operations; equal operations are one, in whichever formula they stand.

    Formulas are not changed on the way: every sum and product is computed in the order in which it is written.
    """

    def __init__(self, sizes: Mapping[Size, int]) -> None:
        self.sizes = dict(sizes)
        self.operations: list[Operation] = []
        self._numbers: dict[Hashable, Number] = {}
        self._found: dict[Hashable, Number] = {}
        self._kept: list[Formula] = []
        self._orders: dict[tuple[Number, Slope | None], Order] = {}

    @property
    def keys(self) -> tuple[Hashable, ...]:
        """What each operation is: a number, a variable, or a word such as "+" and what it needs."""
        return tuple(self._numbers)

    def part(self, expr: Expr, at: At, scope: Scope = OUTSIDE) -> Number:
        """The operation whose value `expr` is, where its free indices have the values `at`."""
        if isinstance(expr, Entry):
            own: Formula | Tensor = expr.tensor
            spot = [at[place] if isinstance(place, Index) else place for place in expr.places]
        else:
            own, spot = expr, [at[index] for index in expr.free_indices]
        key = id(own), scope, *spot
        if (found := self._found.get(key)) is None:
            self._kept.append(own)  # so that its id stays its own
            if isinstance(expr, Symbol | Entry):
                found = self._named(_at(expr, at), scope)
            else:
                found = self._written(expr, at, scope)
            self._found[key] = found
        return found

    def order(self, number: Number, slope: Slope | None = None) -> Order:
        """What has to be computed for an operation; with a slope, of what moves with its variable."""
        key = number, slope
        if (found := self._orders.get(key)) is None:
            found = self._orders[key] = self._ordered(number, slope)
        return found

    def _ordered(self, number: Number, slope: Slope | None) -> Order:
        outside, inside, todo = set(), set(), [number]
        while todo:
            n = todo.pop()
            if slope is not None and n not in slope.inside:
                outside.add(n)
            elif n not in inside and (slope is None or n != slope.variable):
                inside.add(n)
                todo.extend(self.operations[n].needs)
        return Order(tuple(sorted(outside)), tuple(sorted(inside)))

    # ------------------------------------------------------------ operations

    def _written(self, expr: Expr, at: At, scope: Scope) -> Number:
        match expr:
            case Numeral(number):
                return self._number(Fraction(number))
            case Decimal():
                return self._number(expr.value)
            case Size():
                return self._number(Fraction(self.sizes[expr]))
            case Apply(function, argument):
                return self._applied(function, self.part(argument, at, scope), scope)
            case Plus(terms):
                return self._sum([self.part(term, at, scope) for term in terms])
            case Times(factors):
                return self._product([self.part(factor, at, scope) for factor in factors])
            case Negative(term):
                return self._product([self._number(Fraction(-1)), self.part(term, at, scope)])
            case Quotient(above, below):
                top, bottom = self.part(above, at, scope), self.part(below, at, scope)
                divide: Compute = lambda e: e.arithmetic.divide(e.known[top], e.known[bottom])  # noqa: E731
                return self._operation(("÷", top, bottom), divide, (top, bottom))
            case Power(low, high):
                base, exponent = self.part(low, at, scope), self.part(high, at, scope)
                power: Compute = lambda e: e.arithmetic.power(e.known[base], e.known[exponent])  # noqa: E731
                return self._operation(("^", base, exponent), power, (base, exponent))
            case Strike(body):
                return self.part(body, at, scope)
            case Delta(left, right):
                return self._number(Fraction(place_number(left, at) == place_number(right, at)))
            case Pick(place, options):
                return self.part(options[place_number(place, at) - 1], at, scope)
            case Cases():
                return self._chosen(expr, at, scope)
            case Sum(index, body):
                numbers = range(1, self.sizes[index.size] + 1)
                return self._sum([self.part(body, {**at, index: n}, scope) for n in numbers])
            case Derivative():
                return self._slope(expr, at, scope)
        raise TypeError(type(expr).__name__)

    def _operation(
        self,
        key: Hashable,
        compute: Compute,
        needs: tuple[Number, ...],
        behind: tuple[Number, ...] = (),
        name: Leaf | None = None,
    ) -> Number:
        """The operation under `key`, written down once."""
        if (found := self._numbers.get(key)) is None:
            found = self._numbers[key] = len(self.operations)
            self.operations.append(Operation(compute, needs, behind, name))
        return found

    def _number(self, value: Fraction) -> Number:
        return self._operation(value, lambda e: e.arithmetic.number(value), ())

    def _sum(self, terms: list[Number]) -> Number:
        add: Compute = lambda e: e.arithmetic.add([e.known[n] for n in terms])  # noqa: E731
        return self._operation(("+", *terms), add, tuple(terms)) if len(terms) > 1 else terms[0]

    def _product(self, factors: list[Number]) -> Number:
        multiply: Compute = lambda e: e.arithmetic.multiply([e.known[n] for n in factors])  # noqa: E731
        return self._operation(("×", *factors), multiply, tuple(factors)) if len(factors) > 1 else factors[0]

    def _function(self, name: str, argument: Number) -> Number:
        return self._operation((name, argument), lambda e: e.arithmetic.apply(name, e.known[argument]), (argument,))

    def _name(self, leaf: Leaf, value: Number) -> Number:
        """A name, which has the value of what it stands for, and may be held or moved while that is not."""
        return self._operation((leaf, value), lambda e: e.known[value], (value,), name=leaf)

    def _named(self, leaf: Leaf, scope: Scope) -> Number:
        """A variable's value, that of a definition, or that of an unknown function of all entries of a variable."""
        name = leaf if isinstance(leaf, Symbol) else leaf.tensor
        for parameter, number in scope.bound:
            if parameter == name:
                return number
        if name.definition is not None:
            spot = {} if isinstance(leaf, Symbol) else _spot(leaf)
            return self._name(leaf, self.part(name.definition, spot, scope))
        if name.of is not None:
            arguments = [self.part(entry, {}, scope) for entry in entries(name.of, self.sizes)]
            return self._name(leaf, self._stand_in(repr(leaf), arguments))
        return self._operation(leaf, lambda e: e.variable(leaf), ())

    def _applied(self, function: Function, argument: Number, scope: Scope) -> Number:
        """A built-in function, one by definition, or a stand-in for an unknown one."""
        match function:
            case Function(_, Symbol() as parameter, Expr() as body):
                others = tuple(pair for pair in scope.bound if pair[0] != parameter)
                bound = ((parameter, self._name(parameter, argument)), *others)
                return self.part(body, {}, Scope(bound, scope.held))
            case Function(name) if not function.order and name in BUILT_IN:
                return self._function(name, argument)
        return self._stand_in(function.name, [argument], function.order)

    def _stand_in(self, name: str, arguments: list[Number], order: int = 0) -> Number:
        """(b·u)² + exp(a·u) with small a, b by the name; its derivative of that order in the one argument."""
        rates, weights = stand_in_numbers(name, len(arguments))

        def along(numbers: list[Fraction]) -> Number:
            return self._sum([self._product([self._number(n), u]) for n, u in zip(numbers, arguments, strict=True)])

        waves = self._product([self._number(rates[0] ** order), self._function("exp", along(rates))])
        w = weights[0]
        match order:
            case 0:
                square = self._product([along(weights)] * 2)
            case 1:
                square = self._product([self._number(2 * w), along(weights)])
            case 2:
                square = self._number(2 * w * w)
            case _:
                return waves
        return self._sum([square, waves])

    def _slope(self, derivative: Derivative, at: At, scope: Scope) -> Number:
        """∂body/∂variable; where the variable is a name, all of its entries are held as variables of their own.

        So are the parameters of the function in whose definition this stands: what they are does not move.
        """
        name = derivative.name
        held = scope.held | {name} if name.definition is not None else scope.held
        within = Scope(scope.bound, held)
        body, variable = self.part(derivative.body, at, within), self.part(_at(derivative.variable, at), {}, within)
        bound = {number for _, number in scope.bound}
        inside: set[Number] = set()
        for n in self._below(body, variable):
            operation = self.operations[n]
            still = n in bound or (operation.name is not None and name_of(operation.name) in held)
            if n == variable or not (still or inside.isdisjoint(operation.needs + operation.behind)):
                inside.add(n)
        slope = Slope(body, variable, frozenset(inside))
        needs = tuple({variable, *self.order(body, slope).outside})
        return self._operation(("∂", slope), lambda e: e.derivative(slope), needs, (body,))

    def _below(self, number: Number, least: Number) -> list[Number]:
        """Every operation that may be asked for, in order; those before the least do not depend on it."""
        found, todo = {number}, [number]
        while todo:
            operation = self.operations[todo.pop()]
            for n in (*operation.needs, *operation.behind):
                if n >= least and n not in found:
                    found.add(n)
                    todo.append(n)
        return sorted(found)

    def _chosen(self, cases: Cases, at: At, scope: Scope) -> Number:
        """The value whose condition holds; what a label is, only a point tells."""
        options: list[tuple[Number, Fraction, Number]] = []
        otherwise: Number | None = None
        for condition, value in zip(cases.conditions, cases.values, strict=True):
            match condition:
                case Equals(label, number):
                    options.append((self.part(label, at, scope), Fraction(number), self.part(value, at, scope)))
                case _ if holds(condition, at):
                    otherwise = self.part(value, at, scope)
                    break
        if otherwise is not None and not options:
            return otherwise

        def chosen(e: Evaluation[Any]) -> Any:
            for label, number, value in options:
                if e.arithmetic.equals(e.known[label], number):
                    return e.number(value)
            if otherwise is None:
                raise NoNumberError(f"{cases}: none of its conditions holds here")
            return e.number(otherwise)

        values = tuple(value for _, _, value in options) + ((otherwise,) if otherwise is not None else ())
        key = ("cases", *options, otherwise)
        return self._operation(key, chosen, tuple({label for label, _, _ in options}), values)


def holds(condition: Same | Distinct, at: At) -> bool:
    """Whether two places agree, or differ."""
    same = place_number(condition.left, at) == place_number(condition.right, at)
    return same if isinstance(condition, Same) else not same


def stand_in_numbers(name: str, count: int) -> tuple[list[Fraction], list[Fraction]]:
    """The small numbers of a stand-in, from the letters of its name: the same in every run."""
    seed = sum((n + 1) * ord(letter) for n, letter in enumerate(name))
    rates = [Fraction((seed + 5 * n) % 13 + 3, 32) for n in range(count)]
    weights = [Fraction((seed + 7 * n) % 11 + 2, 16) for n in range(count)]
    return rates, weights


def entries(name: Symbol | Tensor, sizes: Mapping[Size, int]) -> list[Leaf]:
    """Every entry of a tensor, or the symbol itself."""
    if isinstance(name, Symbol):
        return [name]
    return [name[places] for places in product(*(range(1, sizes[size] + 1) for size in name.sizes))]


def name_of(leaf: Leaf) -> Symbol | Tensor:
    """What a leaf is, or is an entry of."""
    return leaf if isinstance(leaf, Symbol) else leaf.tensor


def place_number(place: Place, at: At) -> int:
    """The number that stands in a subscript."""
    return at[place] if isinstance(place, Index) else place


def _at(leaf: Leaf, at: At) -> Leaf:
    if isinstance(leaf, Symbol):
        return leaf
    return Entry(leaf.tensor, tuple([place_number(p, at) for p in leaf.places]))


def _spot(entry: Entry) -> dict[Index, int]:
    pairs = zip(entry.tensor.parameters, entry.places, strict=True)
    return {index: place for index, place in pairs if isinstance(place, int)}
