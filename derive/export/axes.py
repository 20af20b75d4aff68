"""Formulas with indices as arrays with axes: letters become axes, and sums are taken along them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..formula.arrays import Tensor
from ..formula.hypotheses import OneOf
from ..formula.substitution import leaves, substitute
from ..formula.tree import (
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
    fresh,
)
from .contraction import Value, aligned, combined, contraction, relettered, times
from .deltas import Product, contracted, factors, others
from .elementwise import LoweringError, decimal, function_of, total
from .stable import COMPUTED, Match, Rewrite, largest, placed, regrouped, rest, rewrite, x
from .terms import (
    RESERVED,
    Binary,
    Call,
    Listing,
    Minus,
    Name,
    Number,
    Term,
    identifier,
    is_view,
    negative,
    number,
    unused,
)

Variable = Symbol | Tensor


@dataclass(frozen=True)
class Bound:
    """What a name stands for: an array, and the letters of those axes that its subscripts choose from."""

    value: Value
    letters: tuple[Index, ...] = ()


Names = Mapping[Variable, Bound]
NONE: Names = {}


@dataclass
class Lowering:
    """Formulas as terms of NumPy, and what was met on the way.

    `python` names variables, sizes and labels; `pinned` sizes are numbers;
    `classes` are indices that an argument chooses, and `given` what hypotheses
    say of labels.
    """

    python: Mapping[str, str]
    pinned: Mapping[Size, int]
    classes: frozenset[Index]
    one_hot: Mapping[Tensor, Index]
    labels: Mapping[Symbol, OneOf]
    arguments: dict[str, Variable | Index] = field(default_factory=dict)
    sizes: dict[str, Size] = field(default_factory=dict)
    least: dict[Size, int] = field(default_factory=dict)
    named: dict[Term, str] = field(default_factory=dict)
    rewrites: dict[str, None] = field(default_factory=dict)
    helpers: set[str] = field(default_factory=set)
    _known: dict[Variable, Bound] = field(default_factory=dict)
    plain: bool = False
    """Whether formulas are taken as they are written: those that a rewrite has put in are stable already."""

    def body(self, expr: Expr) -> Expr:
        """A line or a definition with its labels' deltas in place, and contracted."""
        return contracted(self._labelled(expr))

    def _labelled(self, expr: Expr) -> Expr:
        match expr:
            case Entry(tensor, (place,)) if tensor in self.one_hot:
                return Delta(place, self.one_hot[tensor])
        return expr.with_children(*map(self._labelled, expr.children()))

    # ------------------------------------------------------------- formulas

    def value(self, expr: Expr, names: Names = NONE) -> Value:
        """The array that a formula is, one axis for each free letter that it depends on."""
        if not self.plain and not isinstance(expr, Symbol | Entry) and (found := rewrite(expr)) is not None:
            return self._rewritten(*found, names)
        match expr:
            case Numeral(digits):
                return Value(number(digits))
            case Decimal(digits):
                return Value(decimal(digits))
            case Size():
                return Value(self.size(expr))
            case Symbol():
                return self.named_value(expr, names).value
            case Entry(tensor, places):
                return self.entry(self.named_value(tensor, names), places)
            case Plus(terms):
                return combined(lambda *parts: total(parts), *(self.value(term, names) for term in terms))
            case Times() | Quotient():
                return self._product(expr, names)
            case Negative(body):
                return combined(negative, self.value(body, names))
            case Power(base, exponent):
                return self._binary("**", base, exponent, names)
            case Strike(body):
                return self.value(body, names)
            case Apply(function, argument):
                return self._applied(function, argument, names)
            case Delta(left, right):
                return self.delta(left, right, "dtype=dtype")
            case Pick(place, options):
                return self._listed(place, options, names)
            case Cases():
                return self._cases(expr, names)
            case Sum(index, body):
                return self._summed(index, body, names)
            case Derivative():
                raise LoweringError(f"{expr} is a derivative: it has to be worked out before it is computed")
        raise LoweringError(f"{expr} cannot be written as NumPy code")

    def _binary(self, operator: str, left: Expr, right: Expr, names: Names) -> Value:
        return combined(lambda a, b: Binary(operator, a, b), self.value(left, names), self.value(right, names))

    def _product(self, expr: Expr, names: Names) -> Value:
        """A product or fraction as it is written, or with what makes up a stable form put together."""
        whole = factors(expr)
        if not self.plain and (better := regrouped(whole)) is not whole:
            expr = better.formula
            if rewrite(expr) is not None:
                return self.value(expr, names)
        if (delta := next((f for f in whole.above if isinstance(f, Delta)), None)) is not None and expr != delta:
            return self._on_the_diagonal(delta, expr, names)
        match expr:
            case Negative(body):
                return combined(negative, self.value(body, names))
            case Times(parts):
                return times([self.value(part, names) for part in parts])
            case Quotient(top, bottom):
                return self._binary("/", top, bottom, names)
        return self.value(expr, names)

    def _on_the_diagonal(self, delta: Delta, expr: Expr, names: Names) -> Value:
        """A product with a delta: the other factors where its places agree, else 0, whatever they are there."""
        whole = factors(expr)
        above = list(whole.above)
        above.remove(delta)
        rest = Product(whole.negative, tuple(above), whole.below).formula
        old, new = (delta.right, delta.left) if isinstance(delta.right, Index) else (delta.left, delta.right)
        assert isinstance(old, Index)
        value = self.value(contracted(substitute(rest, {old: new})), names)
        if isinstance(new, Index) and value.axes == (new,) and old not in self.classes:
            return Value(Call("np.diag", (value.term,)), (new, old))
        mask = self.delta(delta.left, delta.right, "dtype=bool")
        return combined(lambda *parts: Call("np.where", parts), mask, value, Value(Number("0")))

    def _rewritten(self, rule: Rewrite, match: Match, names: Names) -> Value:
        """A stable form in place of what was written, in which nothing is rewritten again."""
        self.rewrites.setdefault(rule.name)
        inside: dict[Variable, Bound] = {}
        letters = dict(match.places)
        if (argument := match.scalars.get(x)) is not None:
            value = self.value(argument, names)
            inside[x] = Bound(value)
            for computed, (function, *more) in COMPUTED.items():
                extra = tuple(map(Number, more))
                term = value.term.body if function == "np.abs" and isinstance(value.term, Minus) else value.term
                inside[computed] = Bound(Value(Call(function, (term, *extra)), value.axes))
        for tensor, (letter, body) in match.vectors.items():
            value = self.value(body, names)
            most = reduced("np.max", value, letter)
            inside |= {tensor: Bound(value, (letter,)), largest: Bound(most)}
            if any(node == rest for node in rule.replacement.walk()):
                inside[rest] = Bound(self._rest(value, most, letter))
            summed = {part.index for part in rule.replacement.walk() if isinstance(part, Sum)}
            letters |= {old: Index(f"{old.name}_{letter.name}", letter.size) for old in summed}
        before, self.plain = self.plain, True
        try:
            return self.value(placed(rule.replacement, letters), inside)
        finally:
            self.plain = before

    def _rest(self, value: Value, most: Value, letter: Index) -> Value:
        """What Σ_k e^{z_k - m} is without the term of a largest z_k, which is 1."""
        if letter not in value.axes:
            return Value(Binary("-", self.size(letter.size), Number("1")))
        self.helpers.add("_rest")
        return reduced("_rest", combined(lambda a, b: Call("np.exp", (Binary("-", a, b),)), value, most), letter)

    # ---------------------------------------------------------------- names

    def named_value(self, name: Variable, names: Names) -> Bound:
        """What a name stands for: an argument, the array of a definition, or what `names` says."""
        if name in names:
            return names[name]
        if name.definition is None:
            return self._argument(name)
        if names and leaves(name.definition) & names.keys():
            return self._defined(name, names)  # it hides the parameter of a function
        if name not in self._known:
            self._known[name] = self._defined(name, NONE)
            value = self._known[name].value
            if not is_view(value.term):
                self.named.setdefault(value.term, self.python[name.name])
        return self._known[name]

    def _defined(self, name: Variable, names: Names) -> Bound:
        """The array of a definition; its letters are no axes of what `names` stand for."""
        assert name.definition is not None
        taken = axes_of(names)
        parameters = name.parameters if isinstance(name, Tensor) else ()
        letters = tuple(
            fresh(letter, taken.union(parameters) - {letter}) if letter in taken else letter for letter in parameters
        )
        renamed = {old: new for old, new in zip(parameters, letters, strict=True) if old != new}
        value = self.value(self.body(substitute(name.definition, renamed)), names)
        order = [
            *(axis for axis in value.axes if axis not in letters),
            *(letter for letter in letters if letter in value.axes),
        ]
        return Bound(Value(aligned(value, order), tuple(order)), letters)

    def _argument(self, name: Variable) -> Bound:
        if name.of is not None:
            raise LoweringError(f"{name} is an unknown function of {name.of}: it has no value to compute")
        self.arguments[name.name] = name
        term = Name(self.python[name.name])
        if isinstance(name, Symbol):
            return Bound(Value(term))
        letters = tuple(Index(f"axis{n}", size) for n, size in enumerate(name.sizes))
        return Bound(Value(term, letters), letters)

    def entry(self, bound: Bound, places: Sequence[Place]) -> Value:
        """The entries of a named array in these places."""
        chosen: dict[Index, str] = {}
        letters: dict[Index, Index] = {}
        for letter, place in zip(bound.letters, places, strict=True):
            if isinstance(place, int):
                if letter.size in self.pinned and place > self.pinned[letter.size]:
                    raise LoweringError(f"there is no entry {place}: {letter.size} is {self.pinned[letter.size]}")
                self.least[letter.size] = max(place, self.least.get(letter.size, 1))
                self.size(letter.size)
                chosen[letter] = str(place - 1)
            elif place in self.classes:
                self.arguments[place.name] = place
                self.size(place.size)
                chosen[letter] = self.python[place.name]
            else:
                letters[letter] = place
        return relettered(bound.value, letters, chosen)

    def size(self, size: Size) -> Term:
        """The number of values of an index."""
        if size in self.pinned:
            return Number(str(self.pinned[size]))
        self.sizes[size.name] = size
        return Name(self.python[size.name], plain=True)

    def shown(self, size: Size) -> str:
        """A size in a shape: its name, or the number at which it is pinned."""
        return str(self.pinned[size]) if size in self.pinned else self.python[size.name]

    # ------------------------------------------------------ functions, cases

    def _applied(self, function: Function, argument: Expr, names: Names) -> Value:
        if function.parameter is None or function.definition is None:
            value = self.value(argument, names)
            return combined(lambda term: function_of(function, term), value)
        inside = {**names, function.parameter: Bound(self.value(argument, names))}
        value = self.value(self.body(function.definition), inside)
        if self.plain and not self.rewrites and not names and not is_view(value.term):  # nothing else was put in
            wanted = self.python.get(function.name) or unused(identifier(function.name), self.python.values())
            self.named.setdefault(value.term, unused(wanted, {*self.named.values(), *RESERVED}))
        return value

    def delta(self, left: Place, right: Place, kind: str) -> Value:
        """The unit matrix, or what of it is in these places."""
        if left == right or (isinstance(left, int) and isinstance(right, int)):
            return Value(number(int(left == right)))
        size = next(place.size for place in (left, right) if isinstance(place, Index))
        letters = (Index("row", size), Index("column", size))
        return self.entry(Bound(Value(Call("np.eye", (self.size(size),), (kind,)), letters), letters), (left, right))

    def _cases(self, cases: Cases, names: Names) -> Value:
        *before, (_, last) = zip(cases.conditions, cases.values, strict=True)
        found = self.value(last, names)
        for condition, value in reversed(before):
            match condition:
                case Equals(label, wanted):
                    if label not in self.labels:
                        raise LoweringError(f"{cases} wants the hypothesis one_of({label}, …)")
                    mask = self._binary(
                        "==", label, Numeral(wanted) if wanted >= 0 else Negative(Numeral(-wanted)), names
                    )
                    chosen, other = self.value(value, names), found
                case Same(left, right):
                    mask, chosen, other = self.delta(left, right, "dtype=bool"), self.value(value, names), found
                case _:
                    mask, chosen, other = (
                        self.delta(condition.left, condition.right, "dtype=bool"),
                        found,
                        self.value(value, names),
                    )
            found = combined(lambda *parts: Call("np.where", parts), mask, chosen, other)
        return found

    def _listed(self, place: Place, options: Sequence[Expr], names: Names) -> Value:
        if isinstance(place, int):
            return self.value(options[place - 1], names)
        if self.pinned.get(place.size) != len(options):
            raise LoweringError(f"a list of {len(options)} entries wants sizes={{{place.size}: {len(options)}}}")
        letter = Index("row", place.size)
        values = [self.value(option, names) for option in options]
        if not any(value.axes for value in values):
            listed = Call("np.array", (Listing(tuple(value.term for value in values)),), ("dtype=dtype",))
            return self.entry(Bound(Value(listed, (letter,)), (letter,)), (place,))
        ones = combined(lambda *parts: Call("np.stack", (Call("np.broadcast_arrays", parts),), ("axis=-1",)), *values)
        return self.entry(Bound(Value(ones.term, (*ones.axes, letter)), (letter,)), (place,))

    # ----------------------------------------------------------------- sums

    def _summed(self, index: Index, body: Expr, names: Names) -> Value:
        taken = axes_of(names)
        letters: list[Index] = []
        while True:
            if index in taken or index in self.classes:  # a letter of an argument: another is meant here
                letter = fresh(index, taken | self.classes | body.free_indices)
                body, index = substitute(body, {index: letter}), letter
            letters.append(index)
            if (but_one := others(body, index)) is not None or not isinstance(body, Sum):
                break
            index, body = body.index, body.body
        if but_one is not None and len(letters) == 1:
            return self._others(index, *but_one, names)
        whole = factors(body)
        if not self.plain:
            whole = regrouped(whole)
        above = [self.value(factor, names) for factor in whole.above]
        under = [self.value(factor, names) for factor in whole.below]
        found = contraction(above, under, letters, self.size)
        return combined(negative, found) if whole.negative else found

    def _others(self, index: Index, delta: Delta, body: Expr, names: Names) -> Value:
        """For each place the sum of all terms but the one there."""
        place = delta.right if delta.left == index else delta.left
        value = self.value(body, names)
        if index not in value.axes or place in value.axes:
            apart = Sum(index, body), substitute(body, {index: place})
            left, right = (self.value(contracted(part), names) for part in apart)
            return combined(lambda a, b: total([a, negative(b)]), left, right)
        self.helpers.add("_others")
        axis = (f"axis={value.axes.index(index)}",) if len(value.axes) > 1 else ()
        return self.entry(Bound(Value(Call("_others", (value.term,), axis), value.axes), (index,)), (place,))


def reduced(function: str, value: Value, letter: Index) -> Value:
    """The maximum or sum along the axis of a letter."""
    if letter not in value.axes:
        return value
    axis = (f"axis={value.axes.index(letter)}",) if len(value.axes) > 1 else ()
    return Value(Call(function, (value.term,), axis), tuple(axis for axis in value.axes if axis != letter))


def axes_of(names: Names) -> frozenset[Index]:
    """The letters of all axes of what names stand for."""
    return frozenset(letter for bound in names.values() for letter in bound.value.axes)
