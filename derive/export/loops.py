"""The result of a derivation as a program of loops: definitions in order, a loop for each index, a sum term by term."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..derivation import Derivation
from ..formula.arrays import Tensor
from ..formula.scope import meanings
from ..formula.substitution import leaves, substitute, unfold, unfold_all
from ..formula.tree import (
    Apply,
    Cases,
    Decimal,
    Delta,
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
from ..formula.tree import Place as Subscript
from .axes import Lowering
from .elementwise import FUNCTIONS, RECIPROCALS, LoweringError, decimal
from .lowering import Function as Lowered
from .lowering import line_number, prepared
from .program import (
    RESULT,
    Add,
    Agree,
    Binary,
    Call,
    Choice,
    Code,
    Equal,
    Item,
    Length,
    Let,
    Letter,
    Literal,
    Loop,
    Minus,
    Name,
    New,
    Place,
    Program,
    Statement,
    Store,
    Undefined,
    plus,
)
from .terms import identifier, number, text, unused


def program(derivation: Derivation, plain: Lowered) -> Program:
    """The result as it is written, of the same arguments as its plain function in NumPy.

    Raises LoweringError where the formula has an unknown function or a derivative, or needs another argument.
    """
    line, axes, own, lowering = prepared(derivation, line_number(derivation, "result"), plain=True)
    if chosen := frozenset(label for label, letter in lowering.one_hot.items() if letter in axes):
        line = _without(chosen, line)
    writing = _Writing(derivation.lines, lowering, _apart(derivation, own))
    try:
        result = writing.result(lowering.body(line), axes)
    except RecursionError:
        raise LoweringError("it is too long") from None
    found = Program(
        plain.name,
        derivation.name,
        plain.parameters,
        tuple(writing.outside.statements),
        result,
        tuple(map(lowering.shown, (letter.size for letter in axes))),
        plain.axes == ("...",),
    )
    if strangers := writing.arguments - {parameter.name for parameter in plain.parameters}:
        raise LoweringError(f"it wants {min(strangers)}, which is no argument")
    return found


def _without(labels: frozenset[Tensor], line: Expr) -> Expr:
    """A line in which no name stands for something else in each place of the result: these labels are behind none."""
    names = [name for name in meanings(line).values() if isinstance(name, Symbol | Tensor)]
    return unfold_all(
        line, frozenset(name for name in names if name.definition is None or not leaves(name.definition) & labels)
    )


def _apart(derivation: Derivation, own: Mapping[Index, Index]) -> tuple[Same | Distinct, ...]:
    """What hypotheses say of the letters of the result's axes: of other entries the derivation says nothing."""

    def place(p: Subscript) -> Subscript:
        return own.get(p, p) if isinstance(p, Index) else p

    said = [h for h in derivation.assuming if isinstance(h, Same | Distinct)]
    return tuple(type(h)(place(h.left), place(h.right)) for h in said)


@dataclass
class _Scope:
    """The inside of some loops: what their letters are called, and what is computed there."""

    letters: Mapping[Index, str]
    outer: _Scope | None = None
    statements: list[Statement] = field(default_factory=list)
    known: dict[Expr, Code] = field(default_factory=dict)


@dataclass
class _Writing:
    """Formulas as statements; a name stands where it is first wanted, outside of every loop that it does not need."""

    lines: Sequence[Formula]
    lowering: Lowering
    apart: tuple[Same | Distinct, ...]
    outside: _Scope = field(default_factory=lambda: _Scope({}))
    arguments: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    apart_from_letters: set[str] = field(default_factory=set)
    """What something else than an index is called."""
    letters: set[str] = field(default_factory=set)
    """What loops have called their letters."""
    passing: list[str] = field(default_factory=list)
    """Names that mean something inside of a loop alone."""

    def __post_init__(self) -> None:
        known, python = meanings(*self.lines), self.lowering.python
        functions = {name for name, meaning in known.items() if isinstance(meaning, Function)}
        letters = {name for name, meaning in known.items() if isinstance(meaning, Index)}
        letters |= {letter.name for letter in self.lowering.one_hot.values()}
        self.taken |= {name for one, name in python.items() if one not in functions} | {RESULT}
        self.apart_from_letters = {name for one, name in python.items() if one not in letters}

    def result(self, line: Expr, axes: Sequence[Index]) -> Code | str:
        """The result's value, or the name of the array that it is."""
        match line:
            case Entry(Tensor(definition=Expr()) as tensor, places) if places == tuple(axes) and not self.apart:
                if len(set(places)) == len(places):
                    return self._array(tensor)
        if axes:
            self._fill(RESULT, axes, line, self.apart)
            return RESULT
        value = self._value(line, self.outside)
        if isinstance(value, Choice):
            self.outside.statements.append(Let(RESULT, value))
            return Name(RESULT)
        return value

    # ------------------------------------------------------------ expressions

    def _code(self, expr: Expr, scope: _Scope) -> Code:
        """A formula as an expression; what cannot stand in one is computed before."""
        match expr:
            case Numeral(value):
                return Literal(text(number(value)))
            case Decimal(digits):
                return Literal(text(decimal(digits)))
            case Size():
                return self._length(expr)
            case Symbol() | Entry():
                return self._named(expr, scope)
            case Plus(terms):
                first, *rest = (self._code(term, scope) for term in terms)
                for term in rest:
                    first = plus(first, term)
                return first
            case Times(factors):
                first, *rest = (self._code(factor, scope) for factor in factors)
                for factor in rest:
                    first = Binary("*", first, factor)
                return first
            case Negative(term):
                return Minus(self._code(term, scope))
            case Quotient(top, bottom):
                return Binary("/", self._code(top, scope), self._code(bottom, scope))
            case Power(base, exponent):
                return Binary("^", self._code(base, scope), self._code(exponent, scope))
            case Strike(body):
                return self._code(body, scope)
            case Apply(function, argument) if function.definition is None:
                return _applied(function, self._code(argument, scope))
            case Delta(left, right):
                return self._agree(left, right, scope)
            case Pick(int() as place, options):
                return self._code(options[place - 1], scope)
            case Apply() | Sum() | Cases() | Pick():
                return self._computed(expr, scope)
        raise LoweringError(f"{expr} is not written as loops")

    def _length(self, size: Size) -> Code:
        pinned = self.lowering.pinned.get(size)
        return Length(self.lowering.python[size.name]) if pinned is None else Literal(str(pinned))

    def _named(self, name: Symbol | Entry, scope: _Scope) -> Code:
        meant = name if isinstance(name, Symbol) else name.tensor
        if meant.of is not None:
            raise LoweringError(f"{meant} is an unknown function of {meant.of}: it has no value to compute")
        called = self.lowering.python.get(meant.name)
        if called is None:
            raise LoweringError(f"{meant} is no name of the derivation")
        if isinstance(name, Entry):
            assert isinstance(meant, Tensor)
            array = self._array(meant) if meant.definition is not None else self._argument(called)
            return Item(array, tuple(self._place(place, scope) for place in name.places))
        if name.definition is None:
            return Name(self._argument(called))
        if name not in self.outside.known:
            self._let(called, self.lowering.body(name.definition), self.outside)
            self.outside.known[name] = Name(called)
        return self.outside.known[name]

    def _argument(self, name: str) -> str:
        self.arguments.add(name)
        return name

    def _place(self, place: Subscript, scope: _Scope) -> Place:
        if isinstance(place, int):
            return place
        if place in self.lowering.classes:
            return Letter(self._argument(self.lowering.python[place.name]))
        if place not in scope.letters:
            raise LoweringError(f"{place} is chosen by the result, but stands in a definition")
        return Letter(scope.letters[place])

    def _agree(self, left: Subscript, right: Subscript, scope: _Scope) -> Code:
        if left == right or (isinstance(left, int) and isinstance(right, int)):
            return Literal(str(int(left == right)))
        return Agree(self._place(left, scope), self._place(right, scope))

    def _value(self, expr: Expr, scope: _Scope) -> Code:
        """The same for the right of a statement, where a choice may stand."""
        conditions: list[tuple[Agree | Equal, Expr]] = []
        match expr:
            case Cases(given, values):
                *before, (_, last) = zip(given, values, strict=True)
                for condition, value in before:
                    if isinstance(condition, Equals):
                        conditions.append((Equal(self._code(condition.left, scope), condition.right), value))
                        continue
                    agree = self._agree(condition.left, condition.right, scope)
                    if not isinstance(agree, Agree):
                        raise LoweringError(f"{expr} has a case that is decided already")
                    if isinstance(condition, Distinct):
                        if len(before) > 1:
                            raise LoweringError(f"{expr} has too many cases")
                        value, last = last, value
                    conditions.append((agree, value))
            case Pick(Index() as place, options):
                *first, last = options
                conditions += [(Agree(self._place(place, scope), n), one) for n, one in enumerate(first, 1)]
            case _:
                return self._code(expr, scope)
        found = self._value(last, scope)
        for when, value in reversed(conditions):
            found = Choice(when, self._value(value, scope), found)
        return found

    # -------------------------------------------------------------- statements

    def _computed(self, expr: Expr, scope: _Scope) -> Code:
        """A sum, a choice or a function's value under a name, outside of the loops that it does not depend on."""
        wanted = expr.free_indices - self.lowering.classes
        home = scope
        while home.outer is not None and wanted <= home.outer.letters.keys():
            home = home.outer
        if isinstance(expr, Sum) and wanted < home.letters.keys():  # else it would be computed again and again
            axes = tuple(letter for letter in home.letters if letter in wanted)
            if expr not in self.outside.known:
                name = self._unused("s", self.outside)
                self._fill(name, axes, expr)
                self.outside.known[expr] = Name(name)
            array = self.outside.known[expr]
            assert isinstance(array, Name)
            return Item(array.name, tuple(Letter(scope.letters[letter]) for letter in axes))
        if expr not in home.known:
            name = self._unused(_wanted(expr), home)
            meaning = unfold(expr) if isinstance(expr, Apply) else expr
            assert meaning is not None
            self._let(name, self.lowering.body(meaning) if meaning is not expr else expr, home)
            home.known[expr] = Name(name)
        return home.known[expr]

    def _unused(self, wanted: str, home: _Scope) -> str:
        name = unused(wanted, self.taken | self.letters)
        self.taken.add(name)
        self.apart_from_letters.add(name)
        if home is not self.outside:
            self.passing.append(name)
        return name

    def _let(self, name: str, expr: Expr, scope: _Scope) -> None:
        """A number under a name."""
        if not isinstance(expr, Sum):
            value = self._value(expr, scope)
            scope.statements.append(Let(name, value))
            return
        loop = self._summed(name, expr, scope)
        scope.statements += Let(name, Literal("0"), grows=True), loop

    def _summed(self, name: str, expr: Sum, scope: _Scope) -> Loop:
        """The loop that adds the terms of a sum."""
        inside = self._inside(expr.index, scope)
        if isinstance(expr.body, Sum):
            inside.statements.append(self._summed(name, expr.body, inside))
        else:
            term = self._code(expr.body, inside)
            inside.statements.append(Add(name, term))
        return self._loop(expr.index, inside)

    def _inside(self, letter: Index, scope: _Scope) -> _Scope:
        """The inside of another loop; its letter has a name that none of the loops around it has."""
        plain = self.lowering.python.get(letter.name) or identifier(letter.name)
        others = {*scope.letters.values(), *(self.lowering.python[one.name] for one in self.lowering.classes)}
        name = unused(plain, others | self.apart_from_letters)
        self.letters.add(name)
        return _Scope({**scope.letters, letter: name}, scope)

    def _loop(self, letter: Index, inside: _Scope) -> Loop:
        return Loop(inside.letters[letter], self.lowering.shown(letter.size), tuple(inside.statements))

    def _array(self, tensor: Tensor) -> str:
        """The array of a definition."""
        name = self.lowering.python[tensor.name]
        assert tensor.definition is not None
        places = tensor[tensor.parameters]
        if places not in self.outside.known:
            self._fill(name, tensor.parameters, self.lowering.body(tensor.definition))
            self.outside.known[places] = Name(name)
        return name

    def _fill(self, name: str, axes: Sequence[Index], expr: Expr, apart: Sequence[Same | Distinct] = ()) -> None:
        """An array, entry by entry."""
        sizes = tuple(self.lowering.shown(letter.size) for letter in axes)
        match axes, expr:
            case (letter,), Pick(place, options) if place == letter:
                spots = [
                    Store(Item(name, (n,)), self._value(substitute(option, {letter: n}), self.outside))
                    for n, option in enumerate(options, 1)
                ]
                self.outside.statements += New(name, sizes), *spots
                return
        before = len(self.passing)
        loop = self._level(name, axes, expr, apart, self.outside)
        self.taken.difference_update(self.passing[before:])
        del self.passing[before:]
        self.outside.statements += New(name, sizes), loop

    def _level(
        self, name: str, axes: Sequence[Index], expr: Expr, apart: Sequence[Same | Distinct], scope: _Scope
    ) -> Loop:
        """The loop over the first of the axes that are left."""
        letter, *rest = axes
        inside = self._inside(letter, scope)
        if rest:
            inside.statements.append(self._level(name, rest, expr, apart, inside))
        else:
            value = self._value(expr, inside)
            for h in apart:
                agree = Agree(self._place(h.left, inside), self._place(h.right, inside))
                value = Choice(agree, *((value, Undefined()) if isinstance(h, Same) else (Undefined(), value)))
            places = tuple(Letter(name) for name in inside.letters.values())
            inside.statements.append(Store(Item(name, places), value))
        return self._loop(letter, inside)


def _wanted(expr: Expr) -> str:
    """What a part is called that has no name of its own."""
    return identifier(expr.function.name) if isinstance(expr, Apply) else "s" if isinstance(expr, Sum) else "part"


def _applied(function: Function, argument: Code) -> Code:
    """A built-in function of a number; an unknown one is refused."""
    name = function.name
    if function.order or (name not in FUNCTIONS and name not in RECIPROCALS):
        raise LoweringError(f"{function} is an unknown function: it has no value to compute; give it a definition")
    if name in RECIPROCALS:
        return Binary("/", Literal("1"), Call(RECIPROCALS[name].removeprefix("np."), argument))
    return Call(name, argument)
