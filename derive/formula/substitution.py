"""Putting formulas into formulas: all at once, and without capture."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from .arrays import Elementwise, Tensor
from .tree import (
    Apply,
    Cases,
    Condition,
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
    Strike,
    Sum,
    Symbol,
    Times,
    WrittenError,
    fresh,
)


def substitute(
    expr: Expr,
    indices: Mapping[Index, Place] = {},
    symbols: Mapping[Symbol, Expr] = {},
) -> Expr:
    """`expr` with free indices and symbols replaced, all at once and without capture.

    Raises WrittenError where a symbol is put into a derivative, which holds its variable.
    """
    if not symbols and expr.free_indices.isdisjoint(indices):
        return expr

    def place(p: Place) -> Place:
        return indices.get(p, p) if isinstance(p, Index) else p

    def condition(c: Condition) -> Condition:
        match c:
            case Same(left, right):
                return Same(place(left), place(right))
            case Distinct(left, right):
                return Distinct(place(left), place(right))
            case Equals(symbol) if symbol in symbols:
                raise WrittenError(f"cannot put {symbols[symbol]} for {symbol}: cases are told apart by it")
        return c

    def touched(part: Formula) -> frozenset[Symbol | Tensor]:
        return leaves(part, symbols) & symbols.keys() if symbols else frozenset()

    match expr:
        case Symbol() if expr in symbols:
            return symbols[expr]
        case Symbol() | Entry() if touched(expr):
            if (body := unfold(expr)) is None:
                raise WrittenError(f"cannot put {symbols} into {expr}: an unknown function; write it with function")
            return substitute(body, indices, symbols)
        case Apply(Function(_, Symbol() as parameter, Expr() as body), argument) if touched(body) - {parameter}:
            # what the definition takes from outside is replaced too; its parameter is its own
            return substitute(substitute(body, symbols={parameter: argument}), indices, symbols)
        case Derivative() if touched(expr):
            # D(x*w, x) at x = w is w, but D(w*w, w) is 2w: a derivative binds its variable
            raise WrittenError(f"cannot put {symbols} into {expr}: a derivative holds its variable")
        case Entry(tensor, places):
            return Entry(tensor, tuple(map(place, places)))
        case Delta(left, right):
            return Delta(place(left), place(right))
        case Pick(where, options):
            return Pick(place(where), tuple(substitute(o, indices, symbols) for o in options))
        case Cases(conditions, values):
            return Cases(
                tuple(map(condition, conditions)), tuple(substitute(value, indices, symbols) for value in values)
            )
        case Sum(index, body):
            inner = {old: new for old, new in indices.items() if old != index and old in body.free_indices}
            arriving = frozenset(p for p in inner.values() if isinstance(p, Index))
            present = touched(body)
            arriving = arriving.union(*(e.free_indices for s, e in symbols.items() if s in present))
            if any(index.name == other.name for other in arriving):
                renamed = fresh(index, arriving | body.free_indices)
                return Sum(renamed, substitute(body, inner | {index: renamed}, symbols))
            return Sum(index, substitute(body, inner, symbols))
    return expr.with_children(*(substitute(child, indices, symbols) for child in expr.children()))


def letters_apart(exprs: Sequence[Expr], known: Mapping[str, object]) -> list[Expr]:
    """The same with other letters under the sums whose letter stands for something else, in `known` or in another sum.

    Products without indices sum over m, whatever its size, and whatever else is named m.
    """
    bound = list(dict.fromkeys(part.index for expr in exprs for part in expr.walk() if isinstance(part, Sum)))
    owners, used = dict(known), known.keys() | {index.name for index in bound}
    renamed: dict[Index, Index] = {}
    for index in bound:
        if owners.setdefault(index.name, index) != index:
            letter = index.name
            while letter in used:
                letter += "'"
            used.add(letter)
            renamed[index] = Index(letter, index.size)

    def again(expr: Expr) -> Expr:
        if isinstance(expr, Sum) and (letter := renamed.get(expr.index)) is not None:
            return Sum(letter, again(substitute(expr.body, {expr.index: letter})))
        return expr.with_children(*map(again, expr.children()))

    return [again(expr) for expr in exprs] if renamed else list(exprs)


def leaves(formula: Formula, keep: Collection[Symbol | Tensor] = frozenset()) -> frozenset[Symbol | Tensor]:
    """The variables that `formula` depends on, through every definition; names in `keep` count as variables."""
    found: dict[int, frozenset[Symbol | Tensor]] = {}  # definitions share parts: each is entered once

    def behind(definition: Expr) -> frozenset[Symbol | Tensor]:
        if id(definition) not in found:
            found[id(definition)] = of(definition)
        return found[id(definition)]

    def of(part: Formula) -> frozenset[Symbol | Tensor]:
        match part:
            case Entry(tensor):
                return of(tensor)
            case Symbol() | Tensor() if part not in keep and part.definition is not None:
                return behind(part.definition)
            case Symbol() | Tensor():
                return frozenset({part}) | (of(part.of) if part.of is not None and part not in keep else frozenset())
        below = frozenset[Symbol | Tensor]().union(*map(of, part.children()))
        match part:
            case Apply(function) | Elementwise(function) if function.definition is not None:
                return below | (behind(function.definition) - {function.parameter})
            case Cases(conditions):
                return below.union(c.left for c in conditions if isinstance(c, Equals))
        return below

    return of(formula)


def unfold(expr: Expr) -> Expr | None:
    """The definition that `expr` names, with its arguments put in; None if it names none."""
    match expr:
        case Symbol(definition=Expr() as body):
            return body
        case Entry(tensor, places) if tensor.definition is not None:
            return substitute(tensor.definition, dict(zip(tensor.parameters, places, strict=True)))
        case Apply(Function(_, Symbol() as parameter, Expr() as body), argument):
            return substitute(body, symbols={parameter: argument})
    return None


def unfold_all(expr: Expr, keep: frozenset[Symbol | Tensor] = frozenset()) -> Expr:
    """`expr` with every definition put in, down to the variables and the names in `keep`."""
    if name_of(expr) in keep:
        return expr
    if isinstance(expr, Derivative):  # in a name: unfold down to that name, no further
        return Derivative(unfold_all(expr.body, keep | {expr.name}), expr.variable)
    if (body := unfold(expr)) is not None:
        return unfold_all(body, keep)
    return expr.with_children(*(unfold_all(child, keep) for child in expr.children()))


def name_of(expr: Expr) -> Symbol | Tensor | None:
    """The symbol or tensor that `expr` is an occurrence of."""
    return expr if isinstance(expr, Symbol) else expr.tensor if isinstance(expr, Entry) else None


def without_strokes(expr: Expr) -> Expr:
    """`expr` with every struck factor, term or exponent removed."""
    match expr:
        case Strike():
            return Numeral(1)
        case Power(base, Strike()):
            return without_strokes(base)
        case Plus(terms):
            left = tuple(without_strokes(t) for t in terms if not is_struck(t))
            return Plus(left) if len(left) > 1 else left[0] if left else Numeral(0)
        case Times(factors):
            kept = tuple(without_strokes(f) for f in factors if not isinstance(f, Strike))
            return Times(kept) if len(kept) > 1 else kept[0] if kept else Numeral(1)
        case Quotient(top, Strike()):
            return without_strokes(top)
    return expr.with_children(*map(without_strokes, expr.children()))


def is_struck(term: Expr) -> bool:
    """Whether a term of a sum has a stroke through it, its sign aside."""
    return isinstance(term.term if isinstance(term, Negative) else term, Strike)
