"""The value of a formula at a point, computed as it is written, in any kind of number."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Any, Generic, TypeAlias, TypeVar

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

    Unknown functions get the values of stand-ins, the same smooth function wherever the name occurs. Equal parts are
    computed once. Who evaluates a formula at many points writes it out once: `parts`.
    """

    __slots__ = ("arithmetic", "known", "parts", "values")

    def __init__(
        self,
        arithmetic: Arithmetic[N],
        sizes: Mapping[Size, int],
        values: Mapping[Leaf, N],
        parts: Parts | None = None,
    ) -> None:
        self.arithmetic, self.values = arithmetic, values
        self.parts = parts or Parts(sizes)
        self.known: dict[int, N] = {}

    def value(self, expr: Expr, at: Mapping[Index, int] = {}) -> N:
        """The number that `expr` is, where its free indices have the values `at`."""
        value: N = self.parts.part(expr, at)(self)
        return value

    def chosen(self, cases: Cases, at: At) -> Expr:
        """The value of cases whose condition holds here, as it is written."""
        for condition, value in zip(cases.conditions, cases.values, strict=True):
            match condition:
                case Same(left, right):
                    holds = _number(left, at) == _number(right, at)
                case Distinct(left, right):
                    holds = _number(left, at) != _number(right, at)
                case Equals(label, number):
                    holds = self.value(label, at) == self.arithmetic.number(Fraction(number))
            if holds:
                return value
        raise NoNumberError(f"{cases}: none of its conditions holds here")

    def beside(self, values: Mapping[Leaf, N]) -> Evaluation[N]:
        """The same formulas, where some variables have other values."""
        return Evaluation(self.arithmetic, {}, {**self.values, **values}, self.parts)


Part: TypeAlias = Callable[[Evaluation[Any]], Any]
"""What computes a part of a formula."""


class Parts:
    """Formulas at chosen sizes, written out as functions: no index and no sum is left, and equal parts are one."""

    def __init__(self, sizes: Mapping[Size, int]) -> None:
        self.sizes = dict(sizes)
        self._found: dict[tuple[Expr, tuple[tuple[Index, int], ...]], Part] = {}

    def part(self, expr: Expr, at: At) -> Part:
        """What computes `expr`, and remembers it, where its free indices have the values `at`."""
        if isinstance(expr, Symbol | Entry):
            expr, at = _at(expr, at), {}
        key = expr, tuple([(index, at[index]) for index in expr.free_indices])
        if (found := self._found.get(key)) is None:
            written = self._written(expr, at)
            found = self._found[key] = _once(len(self._found), written)
        return found

    def _written(self, expr: Expr, at: At) -> Part:
        match expr:
            case Numeral(number):
                return _number_part(Fraction(number))
            case Decimal():
                return _number_part(expr.value)
            case Size():
                return _number_part(Fraction(self.sizes[expr]))
            case Symbol() | Entry():
                return self._named(expr)
            case Apply(function, argument):
                return self._applied(function, self.part(argument, at))
            case Plus(terms):
                return _sum([self.part(term, at) for term in terms])
            case Times(factors):
                return _product([self.part(factor, at) for factor in factors])
            case Negative(term):
                return _product([_number_part(Fraction(-1)), self.part(term, at)])
            case Quotient(above, below):
                top, bottom = self.part(above, at), self.part(below, at)
                return lambda e: e.arithmetic.divide(top(e), bottom(e))
            case Power(low, high):
                base, exponent = self.part(low, at), self.part(high, at)
                return lambda e: e.arithmetic.power(base(e), exponent(e))
            case Strike(body):
                return self.part(body, at)
            case Delta(left, right):
                return _number_part(Fraction(_number(left, at) == _number(right, at)))
            case Pick(place, options):
                return self.part(options[_number(place, at) - 1], at)
            case Cases():
                return self._chosen(expr, at)
            case Sum(index, body):
                return _sum([self.part(body, {**at, index: n}) for n in range(1, self.sizes[index.size] + 1)])
            case Derivative(body, variable):
                return self._slope(self.part(body, at), _at(variable, at))
        raise TypeError(type(expr).__name__)

    def _named(self, leaf: Leaf) -> Part:
        """A variable's value, or that of a definition."""
        name = leaf if isinstance(leaf, Symbol) else leaf.tensor
        behind: list[Part] = []  # written out only where it is asked for: a name may be held, its definition long

        def named(e: Evaluation[Any]) -> Any:
            if (value := e.values.get(leaf)) is not None:
                return value
            if not behind:
                behind.extend(self._behind(leaf, name))
            if name.definition is not None:
                return behind[0](e)
            return stand_in(e.arithmetic, repr(leaf), [part(e) for part in behind])

        return named

    def _behind(self, leaf: Leaf, name: Symbol | Tensor) -> list[Part]:
        """What a name stands for, or what an unknown function is one of."""
        if name.definition is not None:
            return [self.part(name.definition, {} if isinstance(leaf, Symbol) else _spot(leaf))]
        if name.of is not None:
            return [self.part(entry, {}) for entry in entries(name.of, self.sizes)]
        raise NoNumberError(f"{leaf} has no value at this point")

    def _applied(self, function: Function, argument: Part) -> Part:
        """A built-in function, one by definition, or a stand-in for an unknown one."""
        match function:
            case Function(_, Symbol() as parameter, Expr() as body):
                inside = self.part(body, {})
                return lambda e: inside(e.beside({parameter: argument(e)}))
            case Function(name) if not function.order and name in _BUILT_IN:
                return lambda e: e.arithmetic.apply(name, argument(e))
        return lambda e: stand_in(e.arithmetic, function.name, [argument(e)], function.order)

    def _slope(self, body: Part, variable: Leaf) -> Part:
        """∂body/∂variable; where the variable is a name, all of its entries are held as variables of their own."""
        name = variable if isinstance(variable, Symbol) else variable.tensor
        own = entries(name, self.sizes) if name.definition is not None else []
        held = {entry: self.part(entry, {}) for entry in own}
        here = self.part(variable, {})

        def slope(e: Evaluation[Any]) -> Any:
            fixed = e.beside({entry: part(e) for entry, part in held.items()})
            return e.arithmetic.derivative(lambda x: body(fixed.beside({variable: x})), here(e))

        return slope

    def _chosen(self, cases: Cases, at: At) -> Part:
        """The value whose condition holds; what a label is, only a point tells."""
        options: list[tuple[Part | None, Fraction, Part]] = []
        for condition, value in zip(cases.conditions, cases.values, strict=True):
            match condition:
                case Same(left, right) if _number(left, at) == _number(right, at):
                    options.append((None, Fraction(), self.part(value, at)))
                case Distinct(left, right) if _number(left, at) != _number(right, at):
                    options.append((None, Fraction(), self.part(value, at)))
                case Equals(label, number):
                    options.append((self.part(label, at), Fraction(number), self.part(value, at)))

        def chosen(e: Evaluation[Any]) -> Any:
            for label, number, part in options:
                if label is None or label(e) == e.arithmetic.number(number):
                    return part(e)
            raise NoNumberError(f"{cases}: none of its conditions holds here")

        return chosen


@lru_cache(maxsize=64)
def parts(sizes: tuple[tuple[Size, int], ...], *formulas: Expr) -> Parts:
    """The parts of formulas that are evaluated at many points; those asked for last are remembered."""
    return Parts(dict(sizes))


def _once(number: int, part: Part) -> Part:
    """The part, computed once in an evaluation."""

    def once(e: Evaluation[Any]) -> Any:
        known = e.known
        if number in known:
            return known[number]
        value = known[number] = part(e)
        return value

    return once


def _number_part(value: Fraction) -> Part:
    return lambda e: e.arithmetic.number(value)


def _sum(terms: list[Part]) -> Part:
    return lambda e: e.arithmetic.add([term(e) for term in terms])


def _product(factors: list[Part]) -> Part:
    return lambda e: e.arithmetic.multiply([factor(e) for factor in factors])


def stand_in(a: Arithmetic[N], name: str, arguments: list[N], order: int = 0) -> N:
    """(b·u)² + exp(a·u) with small a, b by the name; its derivative of that order in the one argument."""
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
