"""The value of a formula at a point, computed as it is written, in any kind of number."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from itertools import product
from typing import Generic, TypeAlias, TypeVar

from ..formula.arrays import Tensor
from ..formula.scope import meanings
from ..formula.tree import (
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

N = TypeVar("N")
Leaf: TypeAlias = "Symbol | Entry"
Point: TypeAlias = Mapping[Leaf, Fraction]
At: TypeAlias = Mapping[Index, int]


class NoNumberError(ArithmeticError):
    """A formula that has no value here: log of a negative number, a division by zero, a missing variable."""


class Arithmetic(ABC, Generic[N]):
    """A kind of number, with what formulas need beside + − × ÷."""

    @abstractmethod
    def number(self, value: Fraction) -> N:
        """An exact number, rounded to this kind."""

    @abstractmethod
    def apply(self, function: str, argument: N) -> N:
        """exp, log, sinh, cosh, tanh, coth, sech or csch."""

    @abstractmethod
    def power(self, base: N, exponent: N) -> N:
        """A power; integer exponents exactly as products."""

    @abstractmethod
    def divide(self, top: N, bottom: N) -> N:
        """A quotient."""

    @abstractmethod
    def add(self, terms: list[N]) -> N:
        """A sum, from left to right."""

    @abstractmethod
    def multiply(self, factors: list[N]) -> N:
        """A product, from left to right."""

    @abstractmethod
    def derivative(self, function: Callable[[N], N], at: N) -> N:
        """The slope of a function of one variable."""


class Evaluation(Generic[N]):
    """Formulas at one point: a number for every variable, and for the letters of labels.

    Unknown functions get the values of stand-ins, `stand_in`, the same smooth function wherever the name occurs.
    """

    def __init__(self, arithmetic: Arithmetic[N], sizes: Mapping[Size, int], values: Mapping[Leaf, N]) -> None:
        self.arithmetic, self.sizes, self.values = arithmetic, sizes, values
        self._known: dict[Leaf, N] = {}

    def value(self, expr: Expr, at: Mapping[Index, int] = {}) -> N:
        """The number that `expr` is, where its free indices have the values `at`."""
        a = self.arithmetic
        match expr:
            case Numeral(number):
                return a.number(Fraction(number))
            case Decimal():
                return a.number(expr.value)
            case Size():
                return a.number(Fraction(self.sizes[expr]))
            case Symbol() | Entry():
                return self.named(_at(expr, at))
            case Apply(function, argument):
                return self.applied(function, self.value(argument, at))
            case Plus(terms):
                return a.add([self.value(term, at) for term in terms])
            case Times(factors):
                return a.multiply([self.value(factor, at) for factor in factors])
            case Negative(term):
                return a.multiply([a.number(Fraction(-1)), self.value(term, at)])
            case Quotient(top, bottom):
                return a.divide(self.value(top, at), self.value(bottom, at))
            case Power(base, exponent):
                return a.power(self.value(base, at), self.value(exponent, at))
            case Strike(body):
                return self.value(body, at)
            case Delta(left, right):
                return a.number(Fraction(_number(left, at) == _number(right, at)))
            case Pick(place, options):
                return self.value(options[_number(place, at) - 1], at)
            case Cases():
                return self.value(self.chosen(expr, at), at)
            case Sum(index, body):
                return a.add([self.value(body, {**at, index: n}) for n in range(1, self.sizes[index.size] + 1)])
            case Derivative(body, variable):
                return self.slope(body, _at(variable, at), at)
        raise TypeError(type(expr).__name__)

    def named(self, leaf: Leaf) -> N:
        """A variable's value, or that of a definition, computed once."""
        if leaf in self.values:
            return self.values[leaf]
        if leaf not in self._known:
            name = leaf if isinstance(leaf, Symbol) else leaf.tensor
            if name.definition is not None:
                spot = {} if isinstance(leaf, Symbol) else _spot(leaf)
                self._known[leaf] = self.value(name.definition, spot)
            elif name.of is not None:
                arguments = [self.named(entry) for entry in entries(name.of, self.sizes)]
                self._known[leaf] = self.stand_in(repr(leaf), arguments)
            else:
                raise NoNumberError(f"{leaf} has no value at this point")
        return self._known[leaf]

    def applied(self, function: Function, argument: N) -> N:
        """A built-in function, one by definition, or a stand-in for an unknown one."""
        match function:
            case Function(_, Symbol() as parameter, Expr() as body):
                inside = Evaluation(self.arithmetic, self.sizes, {**self.values, parameter: argument})
                return inside.value(body)
            case Function(name) if not function.order and name in _BUILT_IN:
                return self.arithmetic.apply(name, argument)
        return self.stand_in(function.name, [argument], function.order)

    def slope(self, body: Expr, variable: Leaf, at: At) -> N:
        """∂body/∂variable; where the variable is a name, all of its entries are held as variables of their own."""
        name = variable if isinstance(variable, Symbol) else variable.tensor
        held = dict(self.values)
        if name.definition is not None:
            held |= {entry: self.named(entry) for entry in entries(name, self.sizes)}

        def along(x: N) -> N:
            return Evaluation(self.arithmetic, self.sizes, {**held, variable: x}).value(body, at)

        return self.arithmetic.derivative(along, self.named(variable))

    def stand_in(self, name: str, arguments: list[N], order: int = 0) -> N:
        """(b·u)² + exp(a·u) with small a, b by the name; its derivative of that order in the one argument."""
        a = self.arithmetic
        rates, weights = stand_in_numbers(name, len(arguments))
        linear = a.add([a.multiply([a.number(r), u]) for r, u in zip(rates, arguments, strict=True)])
        bulge = a.add([a.multiply([a.number(w), u]) for w, u in zip(weights, arguments, strict=True)])
        waves = a.multiply([a.number(rates[0] ** order), a.apply("exp", linear)])
        w = weights[0]
        match order:
            case 0:
                square = a.multiply([bulge, bulge])
            case 1:
                square = a.multiply([a.number(2 * w), bulge])
            case 2:
                square = a.number(2 * w * w)
            case _:
                square = a.number(Fraction(0))
        return a.add([square, waves])

    def chosen(self, cases: Cases, at: At) -> Expr:
        """The value whose condition holds."""
        for condition, value in zip(cases.conditions, cases.values, strict=True):
            match condition:
                case Same(left, right):
                    holds = _number(left, at) == _number(right, at)
                case Distinct(left, right):
                    holds = _number(left, at) != _number(right, at)
                case Equals(label, number):
                    holds = self.named(label) == self.arithmetic.number(Fraction(number))
            if holds:
                return value
        raise NoNumberError(f"{cases}: none of its conditions holds here")


class Exact(Arithmetic[Fraction]):
    """Fractions: exact, for formulas without exp and log (but exp 0 and log 1 are rational)."""

    def number(self, value: Fraction) -> Fraction:
        return value

    def apply(self, function: str, argument: Fraction) -> Fraction:
        if argument == 0 and function in ("exp", "cosh", "sech"):
            return Fraction(1)
        if (argument == 0 and function in ("sinh", "tanh")) or (argument == 1 and function == "log"):
            return Fraction(0)
        raise NoNumberError(f"{function}({argument}) is no rational number")

    def power(self, base: Fraction, exponent: Fraction) -> Fraction:
        if exponent.denominator != 1 or abs(exponent) > 1000 or (not base and exponent < 0):
            raise NoNumberError(f"({base})^({exponent}) is no rational number")
        return Fraction(base ** int(exponent))

    def divide(self, top: Fraction, bottom: Fraction) -> Fraction:
        if not bottom:
            raise NoNumberError(f"{top}/0")
        return top / bottom

    def add(self, terms: list[Fraction]) -> Fraction:
        return sum(terms, Fraction(0))

    def multiply(self, factors: list[Fraction]) -> Fraction:
        value = Fraction(1)
        for factor in factors:
            value *= factor
        return value

    def derivative(self, function: Callable[[Fraction], Fraction], at: Fraction) -> Fraction:
        raise NoNumberError("a derivative is not computed in fractions")


_BUILT_IN = frozenset({"exp", "log", "sinh", "cosh", "tanh", "coth", "sech", "csch"})


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


def variables(lines: Iterable[Formula], sizes: Mapping[Size, int]) -> list[Leaf]:
    """What the lines and their definitions are functions of: every entry, in the order of the names."""
    found: dict[str, Symbol | Tensor] = {}
    for line in lines:  # one by one, as a letter may be another index in a hypothesis
        for name, meaning in meanings(line).items():
            if isinstance(meaning, Symbol | Tensor) and meaning.definition is None and meaning.of is None:
                found[name] = meaning
    return [leaf for name in sorted(found) for leaf in entries(found[name], sizes)]


def _at(leaf: Leaf, at: At) -> Leaf:
    return leaf if isinstance(leaf, Symbol) else Entry(leaf.tensor, tuple(_number(p, at) for p in leaf.places))


def _spot(entry: Entry) -> dict[Index, int]:
    pairs = zip(entry.tensor.parameters, entry.places, strict=True)
    return {index: place for index, place in pairs if isinstance(place, int)}


def _number(place: Place, at: At) -> int:
    return at[place] if isinstance(place, Index) else place
