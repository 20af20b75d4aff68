"""What a formula means at one instance: every index a number, every size a number.

The tree is read as it is written, so that no condition is lost before it is
seen: each division notes "denominator ≠ 0", each logarithm "argument > 0".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, NamedTuple, TypeAlias

from derive.formula.arrays import Tensor
from derive.formula.scope import check_size
from derive.formula.substitution import leaves, substitute
from derive.formula.tree import (
    BUILT_IN,
    Apply,
    Cases,
    Condition,
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
    WrittenError,
)

from .generators import Partial, Variable
from .polynomial import Number, Polynomial, constant, generator, total
from .tower import NoValue, OutsideClass, Tower
from .verdict import SideCondition

Name: TypeAlias = Symbol | Tensor
Demands: TypeAlias = dict[tuple[SideCondition, Polynomial], None]
"""What has to hold, with its value: two conditions may be written alike, in a name that is used twice."""


@dataclass(frozen=True)
class Instance:
    """A number for every free index, and for every label that takes only certain values."""

    at: Mapping[Index, int] = field(default_factory=dict)
    labels: Mapping[Symbol, int] = field(default_factory=dict)


class Scope(NamedTuple):
    """Where a subformula stands: its indices, its function's parameters, and the names held opaque."""

    at: Mapping[Index, int]
    labels: Mapping[Symbol, int]
    bound: Mapping[Symbol, Polynomial] = {}
    opaque: frozenset[Name] = frozenset()
    arguments: Mapping[Symbol, Expr] = {}
    """What stands for a function's parameters, as it is written: to print a condition."""

    def with_index(self, index: Index, number: int) -> Scope:
        """The same, with one index more."""
        return Scope({**self.at, index: number}, self.labels, self.bound, self.opaque, self.arguments)


def where(expr: Expr, scope: Scope) -> tuple[int | None, ...]:
    """The values of the free indices of a subformula."""
    return tuple(map(scope.at.get, expr.free_indices))


class Reader:
    """Reads formulas into a tower, at given sizes; remembers what names mean."""

    def __init__(self, tower: Tower, sizes: Mapping[Size, int]) -> None:
        self.tower = tower
        self.sizes = sizes
        self.demands: Demands = {}
        self.parts: dict[tuple[object, ...], tuple[Polynomial, Demands]] = {}
        self.held: list[object] = []  # objects whose id is a key of `parts`
        self.argued: dict[tuple[object, ...], Demands] = {}
        """What has to hold for the entries of what unknown functions are functions of."""

    def read(self, expr: Expr, instance: Instance) -> tuple[Polynomial, Demands]:
        """The value of `expr`, and what has to hold for it to have one."""
        outer, self.demands = self.demands, {}
        try:
            return self.value(expr, Scope(instance.at, instance.labels)), self.demands
        finally:
            self.demands = outer

    # ---------------------------------------------------------------- the tree

    def value(self, expr: Expr, scope: Scope) -> Polynomial:
        """The polynomial that `expr` is."""
        match expr:
            case Entry(tensor, places):
                return self.entry(tensor, self.places(places, scope), scope)
            case Times(factors):
                result = self.value(factors[0], scope)
                for factor in factors[1:]:
                    result = self.tower.times(result, self.value(factor, scope))
                return result
            case Symbol():
                return self.symbol(expr, scope)
            case Apply(function, argument):
                return self.apply(function, argument, scope)
            case Plus(terms):
                return total([self.value(term, scope) for term in terms])
            case Negative(term):
                return -self.value(term, scope)
            case Quotient(top, bottom):
                return self.tower.times(self.value(top, scope), self.reciprocal(bottom, scope))
            case Delta(left, right):
                return self.delta(self.place(left, scope), self.place(right, scope))
            case Numeral(number):
                return constant(number)
            case Sum(index, body):
                return self.remembered(expr, where(expr, scope), scope, lambda: self.sum(index, body, scope))
            case Power(base, exponent):
                return self.power(base, exponent, scope)
            case Derivative(body, variable):
                return self.remembered(expr, where(expr, scope), scope, lambda: self.derivative(body, variable, scope))
            case Strike(body):
                return self.value(body, scope)
            case Size():
                return self.size(expr)
            case Decimal():
                return constant(expr.value)
            case Pick(place, options):
                return self.pick(expr, place, options, scope)
            case Cases(conditions, values):
                return self.cases(expr, conditions, values, scope)
        raise OutsideClass(f"a formula of kind {type(expr).__name__}")

    def sum(self, index: Index, body: Expr, scope: Scope) -> Polynomial:
        """The sum over every value of an index."""
        terms = []
        for number in range(1, self.sizes[index.size] + 1):
            self.tower.clock.check()
            terms.append(self.value(body, scope.with_index(index, number)))
        return self.tower.named(total(terms))

    def delta(self, left: int, right: int) -> Polynomial:
        """1 where two subscripts agree, else 0."""
        return constant(int(left == right))

    def size(self, size: Size) -> Polynomial:
        """A size as a number."""
        return constant(self.sizes[size])

    def places(self, places: tuple[Place, ...], scope: Scope) -> tuple[int, ...]:
        """The numbers in subscripts."""
        at = scope.at
        try:
            return tuple([at[place] if isinstance(place, Index) else place for place in places])
        except KeyError as missing:
            (place,) = missing.args
            raise OutsideClass(f"the index {place} has no value here") from None

    def place(self, place: Place, scope: Scope) -> int:
        """The number in one subscript."""
        (number,) = self.places((place,), scope)
        return number

    def reciprocal(self, bottom: Expr, scope: Scope) -> Polynomial:
        """1/bottom; each written factor is noted to be ≠ 0, so that no product has to be taken apart again."""
        tower = self.tower
        match bottom:
            case Times(factors):
                result = constant(1)
                for factor in factors:
                    result = tower.times(result, self.reciprocal(factor, scope))
                return result
            case Strike(body):
                return self.reciprocal(body, scope)
            case Negative(body):
                return -self.reciprocal(body, scope)
            case Quotient(top, below):
                return tower.times(self.reciprocal(top, scope), tower.inverse(self.reciprocal(below, scope)))
            case Power(base, exponent) if (n := self.exponent(base, exponent, scope)) > 0:
                return tower.power(self.reciprocal(base, scope), n)
        value = self.value(bottom, scope)
        self.demand(bottom, "≠ 0", value, scope)
        try:
            return tower.inverse(value)
        except NoValue:
            raise NoValue(f"{self.written(bottom, scope)} is 0, and stands in a denominator") from None

    def demand(self, expr: Expr, relation: Literal["≠ 0", "> 0"], value: Polynomial, scope: Scope) -> None:
        """Note that `expr` has to be ≠ 0 or > 0, unless its value shows that it is."""
        sign = self.tower.sign(value)
        if sign > 0 or (sign < 0 and relation == "≠ 0"):
            return
        self.demands[SideCondition(self.written(expr, scope), relation), value] = None

    def written(self, expr: Expr, scope: Scope) -> Expr:
        """`expr` with the instance's numbers as subscripts and the arguments put in, for the reader of a condition."""
        at = {index: self.subscript(index, scope.at[index]) for index in expr.free_indices if index in scope.at}
        try:
            check_size(shown := substitute(expr, at, scope.arguments))
        except WrittenError:  # too large to be shown, or a derivative in the parameter
            raise OutsideClass(f"{expr}, which has to be said of an argument that cannot be put in") from None
        return shown

    def subscript(self, index: Index, number: int) -> Place:
        """How the value of an index is written."""
        return number

    def exponent(self, base: Expr, exponent: Expr, scope: Scope) -> int:
        """The integer that an exponent is."""
        number = self.value(exponent, scope).number()
        if number is None or number.denominator != 1:
            raise OutsideClass(f"the power {base}**{exponent}: its exponent is not an integer")
        return number.numerator

    def power(self, base: Expr, exponent: Expr, scope: Scope) -> Polynomial:
        """An integer power."""
        n = self.exponent(base, exponent, scope)
        if n < 0:
            return self.tower.power(self.reciprocal(base, scope), -n)
        return self.tower.power(self.value(base, scope), n)

    def pick(self, expr: Expr, place: Place, options: tuple[Expr, ...], scope: Scope) -> Polynomial:
        """The entry of a written-out list, which has to have as many entries as its index has values."""
        number = self.place(place, scope)
        size = self.sizes[place.size] if isinstance(place, Index) else max(number, len(options))
        if size != len(options):
            raise OutsideClass(f"{expr}: a list of {len(options)} entries, where {size} are needed")
        return self.value(options[number - 1], scope)

    def cases(
        self, expr: Expr, conditions: tuple[Condition, ...], values: tuple[Expr, ...], scope: Scope
    ) -> Polynomial:
        """The value of the first case that holds here."""
        for condition, value in zip(conditions, values, strict=True):
            match condition:
                case Same(left, right):
                    holds = self.place(left, scope) == self.place(right, scope)
                case Distinct(left, right):
                    holds = self.place(left, scope) != self.place(right, scope)
                case _:
                    holds = self.label(condition.left, scope) == condition.right
            if holds:
                return self.value(value, scope)
        raise OutsideClass(f"no case of {expr} holds here")

    def label(self, symbol: Symbol, scope: Scope) -> Number:
        """The value of the label that cases are told apart by; for a function's parameter, of its argument."""
        if symbol not in scope.bound and symbol in scope.labels and symbol not in scope.opaque:
            return scope.labels[symbol]
        argument = scope.bound.get(symbol)
        values = {self.generator_of(self.tower.variable(t.name)): constant(n) for t, n in scope.labels.items()}
        known = None if argument is None else self.tower.substitute(argument, values).number()
        if known is None:
            raise OutsideClass(f"cases by {symbol}, of which no hypothesis lists the values")
        return known

    # ------------------------------------------------------------------- names

    def symbol(self, symbol: Symbol, scope: Scope) -> Polynomial:
        """A variable, a parameter, an unknown function, or what a name is defined as."""
        if scope.bound and symbol in scope.bound:
            return scope.bound[symbol]
        if scope.opaque and symbol in scope.opaque:
            return self.tower.variable(symbol.name, opaque=True)
        if symbol.definition is not None:
            return self.defined(symbol, (), symbol.definition, scope)
        if symbol.of is not None:
            return self.unknown(symbol.name, (), symbol.of, scope)
        return self.tower.variable(symbol.name)

    def entry(self, tensor: Tensor, places: tuple[int, ...], scope: Scope) -> Polynomial:
        """A variable, an unknown function, or what an entry is defined as."""
        for number, size in zip(places, tensor.sizes, strict=True):
            self.check_place(number, size, tensor)
        if scope.opaque and tensor in scope.opaque:
            return self.tower.variable(tensor.name, places, opaque=True)
        if tensor.definition is not None:
            return self.defined(tensor, places, tensor.definition, scope)
        if tensor.of is not None:
            return self.unknown(tensor.name, places, tensor.of, scope)
        return self.tower.variable(tensor.name, places)

    def check_place(self, number: int, size: Size, tensor: Tensor) -> None:
        """Raise OutsideClass where an array has no such entry."""
        if not 1 <= number <= self.sizes[size]:
            raise OutsideClass(f"{tensor.name}[{number}]: {tensor.name} has {size} = {self.sizes[size]} entries")

    def defined(self, name: Name, places: tuple[int, ...], definition: Expr, scope: Scope) -> Polynomial:
        """The value of a definition, kept as one generator where it is a sum of exponentials or variables.

        Read once for each entry and surroundings, as names share parts.
        Inside a function a name may speak of the parameter.
        """

        def read() -> Polynomial:
            at = dict(zip(name.parameters, places, strict=True)) if isinstance(name, Tensor) else {}
            inside = Scope(at, scope.labels, scope.bound, scope.opaque, scope.arguments)
            return self.tower.named(self.value(definition, inside))

        return self.remembered(name, places, scope, read)

    def remembered(self, part: object, at: object, scope: Scope, read: Callable[[], Polynomial]) -> Polynomial:
        """What `read` says of a part of a formula, and demands, where it stands."""
        key = (id(part), at, scope.opaque, *scope.labels.items(), *scope.bound.items())
        found = self.parts.get(key)
        if found is None:
            self.tower.clock.check()
            outer, self.demands = self.demands, {}
            try:
                found = read(), self.demands
            finally:
                self.demands = outer
            self.parts[key] = found
            self.held.append(part)
        value, demands = found
        self.demands |= demands
        return value

    def unknown(self, name: str, places: tuple[int, ...], of: Name, scope: Scope) -> Polynomial:
        """An unknown smooth function of a scalar, or of every entry of an array; it may be a name or unknown itself."""
        held = of in scope.opaque
        if of in scope.bound or (held and of.definition is None and of.of is None):
            raise OutsideClass(f"{name} is an unknown function of {of}, which stands for something else here")
        if self.depends(of, (scope.opaque - {of}).union(scope.bound)):
            raise OutsideClass(f"{name} is an unknown function of {of}, which depends on a name that is held")
        self.argue(of, held, scope)
        return generator(self.tower.number(Partial(name, places, of.name, opaque=held)))

    def depends(self, of: Name, names: frozenset[Name]) -> bool:
        """Whether a name depends on others."""
        return not names.isdisjoint(leaves(of, names))

    def argue(self, of: Name, held: bool, scope: Scope) -> None:
        """Tell the tower the entries of what an unknown function is a function of: the same wherever it stands.

        Where a label has no value, what depends on it is refused, though it was read before.
        """
        key = (of.name, held, *scope.labels.items())
        if key not in self.argued:
            plain = Scope({}, scope.labels, {}, frozenset({of}) if held else frozenset())
            outer, self.demands = self.demands, {}
            try:
                self.tower.arguments[of.name, held] = {
                    place: self.entry(of, place, plain) if isinstance(of, Tensor) else self.symbol(of, plain)
                    for place in self.places_of(of)
                }
            finally:
                found, self.demands = self.demands, outer
            self.argued[key] = found
        self.demands |= self.argued[key]

    def places_of(self, name: Name) -> list[tuple[int, ...]]:
        """The subscripts of all entries."""
        places: list[tuple[int, ...]] = [()]
        for size in name.sizes if isinstance(name, Tensor) else ():
            places = [(*p, n) for p in places for n in range(1, self.sizes[size] + 1)]
        return places

    # --------------------------------------------------------------- functions

    def apply(self, function: Function, argument: Expr, scope: Scope) -> Polynomial:
        """A function of one argument."""
        tower, inner = self.tower, self.value(argument, scope)
        if function.order and (function.definition is not None or function.name in BUILT_IN):
            raise OutsideClass(f"a prime at {function.name}, which is no unknown function")
        if (definition := function.definition) is not None and function.parameter is not None:
            # what a definition takes from outside may be a parameter of the function around it
            bound = {**scope.bound, function.parameter: inner}
            arguments = {**scope.arguments, function.parameter: self.written(argument, scope)}
            inside = Scope({}, scope.labels, bound, scope.opaque, arguments)
            return self.remembered(function, inner, inside, lambda: tower.named(self.value(definition, inside)))
        match function.name:
            case "exp":
                return tower.exp(inner)
            case "log":
                self.demand(argument, "> 0", inner, scope)
                try:
                    return tower.log(inner)
                except NoValue:
                    raise NoValue(f"the logarithm of {self.written(argument, scope)} is the logarithm of 0") from None
            case "sinh" | "cosh" | "tanh" | "coth" | "sech" | "csch":
                return self.hyperbolic(function.name, argument, inner, scope)
        return tower.unknown(function.name, function.order, inner)

    def hyperbolic(self, name: str, argument: Expr, inner: Polynomial, scope: Scope) -> Polynomial:
        """sinh u = (e^u − e^−u)/2, cosh u = (e^u + e^−u)/2, and their quotients."""
        tower = self.tower
        up, down = tower.exp(inner), tower.exp(-inner)
        sinh, cosh = up - down, up + down  # twice the function
        if name in ("coth", "csch"):
            self.demand(argument, "≠ 0", inner, scope)
        try:
            match name:
                case "sinh":
                    return sinh.scaled(Fraction(1, 2))
                case "cosh":
                    return cosh.scaled(Fraction(1, 2))
                case "tanh":
                    return tower.times(sinh, tower.inverse(cosh))
                case "coth":
                    return tower.times(cosh, tower.inverse(sinh))
                case "sech":
                    return tower.inverse(cosh).scaled(2)
            return tower.inverse(sinh).scaled(2)
        except NoValue:
            raise NoValue(f"{name} of {self.written(argument, scope)}, which is 0") from None

    # ------------------------------------------------------------- derivatives

    def derivative(self, body: Expr, variable: Symbol | Entry, scope: Scope) -> Polynomial:
        """∂ body / ∂ variable, of the body as it is written.

        In a variable, by the derivation of the tower.  In a defined name such
        as y[j], the name is held opaque, as if it were a variable; what it
        means is put back afterwards.  So too for the parameters of a function
        around it, of which a variable does not depend, whatever the argument.
        """
        tower = self.tower
        name: Name = variable if isinstance(variable, Symbol) else variable.tensor
        for held in sorted(scope.opaque - {name}, key=str):
            if name in leaves(held, (name,)):
                raise OutsideClass(f"a derivative in {name}, inside one in {held}, which depends on it")
        own = frozenset[Name]() if name.definition is None and name.of is None else frozenset({name})
        holding = (own | scope.bound.keys()) - (scope.opaque - scope.bound.keys())
        if not holding.isdisjoint(scope.opaque):
            raise OutsideClass(f"a derivative in {name}, inside a derivative in a parameter of the same name")
        labels = {symbol: number for symbol, number in scope.labels.items() if symbol != name}
        inside = Scope(scope.at, labels, {}, scope.opaque | holding, scope.arguments)
        outer, self.demands = self.demands, {}
        try:
            if own:  # the name, and what it is made of, has to have a value at all
                self.value(body, scope)
                outer |= self.demands
                self.demands = {}
            value = self.value(body, inside)
            if own and not self.occurs(name, value):
                self.refuse_hidden(body, variable, scope)
            found = tower.derivative(value, self.generator_of(self.value(variable, inside)))
        finally:
            demands, self.demands = self.demands, outer
        if not holding:
            self.demands |= demands
            return found
        generators = found.generators().union(*(demanded.generators() for _, demanded in demands))
        meanings = self.meanings(holding, generators, scope)
        for condition, demanded in demands:
            self.demand(condition.body, condition.relation, tower.substitute(demanded, meanings), scope)
        return tower.substitute(found, meanings)

    def occurs(self, name: Name, value: Polynomial) -> bool:
        """Whether a value speaks of a name that is held opaque, in any of its entries."""
        below = (self.tower.generators[h] for g in value.generators() for h in self.tower.support(g))
        return any(isinstance(g, Variable) and g.opaque and g.name == name.name for g in below)

    def share_variables(self, left: Polynomial, right: Polynomial) -> bool:
        """Whether two values depend on the same variable."""
        return not self.tower.gradient_of(left).keys().isdisjoint(self.tower.gradient_of(right))

    def refuse_hidden(self, body: Expr, variable: Symbol | Entry, scope: Scope) -> None:
        """Raise OutsideClass where a body without a defined name depends on what the name is made of.

        Nobody means 0 then.  The parameters of a function around it are variables of their own.
        """
        held = frozenset(name for name in scope.opaque if name.definition is None and name.of is None)
        apart = Scope(scope.at, scope.labels, {}, held.union(scope.bound))
        outer, self.demands = self.demands, {}
        try:
            shared = self.share_variables(self.value(body, apart), self.value(variable, apart))
        finally:
            self.demands = outer
        if shared:
            raise OutsideClass(
                f"{self.written(variable, scope)} does not occur in {self.written(body, scope)}, as it is written, "
                f"though both depend on the same variables; write it with {self.written(variable, scope)}"
            )

    def generator_of(self, variable: Polynomial) -> int:
        """The generator that a variable is."""
        ((monomial, _),) = variable
        ((number, _),) = monomial
        return number

    def meanings(self, names: frozenset[Name], generators: set[int], scope: Scope) -> Mapping[int, Polynomial]:
        """What the opaque generators of names stand for outside of the derivative."""
        found: dict[int, Polynomial] = {}
        below = frozenset[int]().union(*(self.tower.support(g) for g in generators))
        for name in sorted(names, key=lambda name: name.name):
            for place in self.places_of(name):
                held = self.tower.variable(name.name, place, opaque=True)
                if (g := self.generator_of(held)) in below:
                    found[g] = self.entry(name, place, scope) if isinstance(name, Tensor) else self.symbol(name, scope)
            if any(isinstance(kind := self.tower.generators[g], Partial) and kind.of == name.name for g in below):
                self.argue(name, False, scope)
        return found
