"""A formula at a chosen size: indices become numbers, sums are written out, and SymPy differentiates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

import sympy as sp

from ..formula.arrays import Tensor
from ..formula.hypotheses import Hypothesis, OneHot, OneOf
from ..formula.substitution import substitute
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
from ..kernel.value import Instance
from .evaluation import At, Leaf, entries

Values = Mapping[Symbol, int]
Name = Symbol | Tensor

BUILT_IN: Mapping[str, Callable[[sp.Expr], sp.Expr]] = {
    name: getattr(sp, name) for name in ("exp", "log", "sinh", "cosh", "tanh", "coth", "sech", "csch")
}


class World:
    """SymPy's view of formulas at one choice of the sizes.

    Names are put in, sums are written out (K exponentials for softmax), a derivative is what its `diff` finds. SymPy
    simplifies while it builds, so this is a second opinion about values and never the proof.

    `leaves` says what each SymPy symbol (and each unknown function, applied) was in the formulas, and `sums` the same
    of sums that were written out and of names that stand for sums; both grow as formulas are read.
    """

    def __init__(self, sizes: Mapping[Size, int]) -> None:
        self.sizes = dict(sizes)
        self.leaves: dict[sp.Basic, Expr] = {}
        self.sums: dict[sp.Basic, Expr] = {}
        self._known: dict[tuple[object, ...], sp.Expr] = {}

    def value(self, expr: Expr, at: Mapping[Index, int] = {}, labels: Mapping[Symbol, int] = {}) -> sp.Expr:
        """The SymPy expression that `expr` is, where its free indices have the values `at`.

        `labels` decides between cases; the labels themselves stay symbols, so that one may still differentiate.
        """
        return _Visit(self, labels, frozenset()).value(expr, at)

    def given(self, assuming: Iterable[Hypothesis], instance: Instance) -> dict[sp.Symbol, sp.Integer]:
        """The values that the hypotheses give to label symbols at an instance."""
        at, values = instance.at, instance.labels
        found: dict[sp.Symbol, sp.Integer] = {}
        for h in assuming:
            match h:
                case OneHot(label, index):
                    for k in range(1, self.sizes[index.size] + 1):
                        found[self.leaf(label[k])] = sp.Integer(k == at[index])
                case OneOf(symbol):
                    found[self.leaf(symbol)] = sp.Integer(values[symbol])
        return found

    def leaf(self, leaf: Leaf) -> sp.Expr:
        """The symbol of a variable, or an unknown function of every entry of its argument."""
        name, of = _spelled(leaf), (leaf if isinstance(leaf, Symbol) else leaf.tensor).of
        if of is None:
            found: sp.Expr = sp.Symbol(name, real=True)
        else:
            found = sp.Function(name, real=True)(*(self.leaf(part) for part in entries(of, self.sizes)))
        self.leaves.setdefault(found, leaf)
        return found

    def remember(self, key: tuple[object, ...], build: Callable[[], sp.Expr]) -> sp.Expr:
        """The value under `key`, built once."""
        if (found := self._known.get(key)) is None:
            found = self._known[key] = build()
        return found


class _Visit:
    """One reading of formulas: which labels decide the cases, and which names stay opaque."""

    def __init__(self, world: World, labels: Values, opaque: frozenset[Name]) -> None:
        self.world, self.labels, self.opaque = world, labels, opaque
        self.key = (tuple(labels.items()), opaque)

    def value(self, expr: Expr, at: At) -> sp.Expr:
        match expr:
            case Numeral(number):
                return sp.Integer(number)
            case Decimal():
                return _rational(expr.value)
            case Size():
                return sp.Integer(self.world.sizes[expr])
            case Symbol() | Entry():
                return self.named(expr, at)
            case Apply(function, argument):
                return self.applied(function, self.value(argument, at))
            case Plus(terms):
                return sp.Add(*(self.value(term, at) for term in terms))
            case Times(factors):
                return _product([self.value(factor, at) for factor in factors])
            case Negative(term):
                return -self.value(term, at)
            case Quotient(top, bottom):
                return self.value(top, at) / self.value(bottom, at)
            case Power(base, exponent):
                return self.value(base, at) ** self.value(exponent, at)
            case Strike(body):
                return self.value(body, at)
            case Delta(left, right):
                return sp.Integer(_number(left, at) == _number(right, at))
            case Pick(place, options):
                return self.value(options[_number(place, at) - 1], at)
            case Cases():
                return self.value(self.chosen(expr, at), at)
            case Sum():
                return self.sum(expr, at)
            case Derivative():
                return self.derivative(expr, at)
        raise TypeError(type(expr).__name__)

    def sum(self, expr: Sum, at: At) -> sp.Expr:
        """Term by term. SymPy will carry the sum about as one part, so that it can be recognised later."""
        numbers = range(1, self.world.sizes[expr.index.size] + 1)
        found = sp.Add(*(self.value(expr.body, {**at, expr.index: n}) for n in numbers))
        if found.is_Add and not self.opaque and found not in self.world.sums:
            self.world.sums[found] = _own_letters(substitute(expr, {index: at[index] for index in expr.free_indices}))
        return found

    def defined(self, name: Leaf, body: Expr, at: At) -> sp.Expr:
        """What a name stands for."""
        found = self.value(body, at)
        if found.is_Add and not self.opaque:
            self.world.sums[found] = name
        return found

    def named(self, expr: Leaf, at: At) -> sp.Expr:
        """A variable, or a name by its definition; an opaque name is a variable of its own."""
        name: Name = expr if isinstance(expr, Symbol) else expr.tensor
        places = () if isinstance(expr, Symbol) else tuple(_number(place, at) for place in expr.places)
        leaf = Entry(name, places) if isinstance(name, Tensor) else name
        if name in self.opaque:
            return sp.Symbol(f"{_spelled(leaf)}_held", real=True)
        if (body := name.definition) is None:
            return self.world.leaf(leaf)
        spot = dict(zip(name.parameters, places, strict=True)) if isinstance(name, Tensor) else {}
        return self.world.remember(("name", name, places, self.key), lambda: self.defined(leaf, body, spot))

    def applied(self, function: Function, argument: sp.Expr) -> sp.Expr:
        """A function's value: SymPy's own, by definition with the argument put in, or unknown."""
        match function:
            case Function(_, Symbol() as parameter, Expr() as body):
                bound = self.world.leaf(parameter)
                whole = self.world.remember(("function", function, self.key), lambda: self.value(body, {}))
                return _put(whole, {bound: argument})
            case Function(name) if name in BUILT_IN:
                return BUILT_IN[name](argument)
        unknown = sp.Function(function.name, real=True)
        if not function.order:
            return unknown(argument)
        if isinstance(argument, sp.Symbol):
            return sp.Derivative(unknown(argument), (argument, function.order))
        slot = sp.Dummy("xi", real=True)
        return sp.Subs(sp.Derivative(unknown(slot), (slot, function.order)), slot, argument)

    def derivative(self, derivative: Derivative, at: At) -> sp.Expr:
        """In a variable, plainly. In a name, as ∂L/∂y_j: y stays opaque, and gets its definition back after."""
        body, variable, meaning = self.parts(derivative, at)
        return _put(differentiated(body, variable), meaning)

    def parts(self, derivative: Derivative, at: At) -> tuple[sp.Expr, sp.Expr, dict[sp.Symbol, sp.Expr]]:
        """What is differentiated, in which symbol, and what the opaque symbols in it stand for."""
        name = derivative.name
        if name.definition is None:
            return self.value(derivative.body, at), self.value(derivative.variable, at), {}
        within = _Visit(self.world, self.labels, self.opaque | {name})
        body, variable = within.value(derivative.body, at), within.value(derivative.variable, at)
        spoken = body.free_symbols | {variable}
        meaning = {}
        for leaf in entries(name, self.world.sizes):
            symbol = within.value(leaf, {})
            if symbol in spoken:
                meaning[symbol] = self.value(leaf, {})
        return body, variable, meaning

    def chosen(self, cases: Cases, at: At) -> Expr:
        """The value whose condition holds."""
        for condition, value in zip(cases.conditions, cases.values, strict=True):
            match condition:
                case Same(left, right):
                    holds = _number(left, at) == _number(right, at)
                case Distinct(left, right):
                    holds = _number(left, at) != _number(right, at)
                case Equals(label, number):
                    if label not in self.labels:
                        raise WrittenError(f"{cases}: no value is given for {label}; assume one_of({label}, …)")
                    holds = self.labels[label] == number
            if holds:
                return value
        raise WrittenError(f"{cases}: none of its conditions holds")


@lru_cache(maxsize=1024)
def differentiated(body: sp.Expr, variable: sp.Symbol) -> sp.Expr:
    """SymPy's own `diff`, once for each question: the opinion and the numeric checks ask the same.

    Term by term, and without constant factors. SymPy would find the same, but put constants into the product rule too,
    and look into each product with 0 whether it is finite, and into each sum whether it is 0.
    """
    if isinstance(body, sp.Add):
        return sp.Add(*(differentiated(term, variable) for term in body.args))
    if isinstance(body, sp.Mul) and isinstance(variable, sp.Symbol):
        varying = [factor for factor in body.args if variable in factor.free_symbols]
        if len(varying) == 1:
            return sp.Mul(*(differentiated(f, variable) if f is varying[0] else f for f in body.args))
    return sp.diff(body, variable)


def _product(factors: Sequence[sp.Expr]) -> sp.Expr:
    """SymPy's product; 0 at once, as SymPy would look into each other factor whether it is finite."""
    if sp.S.Zero in factors and not any(factor.has(sp.nan, sp.zoo, sp.oo, -sp.oo) for factor in factors):
        return sp.S.Zero
    return sp.Mul(*factors)


def _number(place: Place, at: At) -> int:
    return at[place] if isinstance(place, Index) else place


def _own_letters(expr: Expr) -> Expr:
    """Every sum with a letter that says over what it runs, so that it can stand in any line."""
    inner = expr.with_children(*map(_own_letters, expr.children()))
    if not isinstance(inner, Sum):
        return inner
    name = inner.index.name.rstrip("'")
    primes = inner.index.name[len(name) :]  # a name has its primes at the end
    letter = Index(f"{name}_{inner.index.size.name}{primes}", inner.index.size)
    return Sum(letter, substitute(inner.body, {inner.index: letter}))


def _rational(number: Fraction) -> sp.Rational:
    return sp.Rational(number.numerator, number.denominator)


def _spelled(leaf: Leaf) -> str:
    """x, z_1, X_1_2: names that Python can print as well.

    A name that has an underscore of its own goes into braces, so that the scalar z_1 is not the entry z[1].
    """
    name, places = (leaf.name, ()) if isinstance(leaf, Symbol) else (leaf.tensor.name, leaf.places)
    return "_".join([f"{{{name}}}" if "_" in name else name, *map(str, places)])


def _put(expr: sp.Expr, values: Mapping[sp.Basic, sp.Expr]) -> sp.Expr:
    """All at once. `xreplace` is fast, but would put 2x for the variable of a derivative that stays unevaluated."""
    if all(old == new for old, new in values.items()):
        return expr
    if expr.has(sp.Derivative, sp.Subs):
        return expr.subs(values, simultaneous=True)
    return expr.xreplace(values)
