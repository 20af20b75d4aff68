"""SymPy expressions as formulas, so that people can hand what they have to the kernel.

What SymPy cancelled, merged or ordered before is out of sight: x/x is 1 by the time that it is read, and the condition
x ≠ 0 is lost. Where conditions matter, write the formula itself. Symbols that SymPy takes for complex are read as
real; nothing is parsed from text and nothing is evaluated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.core.relational import GreaterThan, LessThan, StrictGreaterThan, StrictLessThan
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from ..formula.arrays import Tensor
from ..formula.hypotheses import Hypothesis
from ..formula.notation import by_cases, equal, positive
from ..formula.tree import (
    BUILT_IN,
    Apply,
    Delta,
    Derivative,
    Distinct,
    Entry,
    Expr,
    Function,
    Index,
    Negative,
    Numeral,
    Place,
    Plus,
    Power,
    Quotient,
    Size,
    Sum,
    Symbol,
    Times,
    WrittenError,
    fresh,
)
from .ranges import DEFAULT_SIZE, Ranges, ReadingError, letters

__all__ = ["ReadingError", "from_sympy", "hypotheses_from_sympy", "read_sympy"]

Names = Mapping[sp.Basic, Expr]
LONGEST_SUM = 1000


def from_sympy(expr: sp.Expr, names: Mapping[sp.Basic, Expr] = {}) -> Expr:
    """The formula that a SymPy expression is; symbols that are complex by default are read as real.

    Read are symbols, integers and fractions, + − × ÷, integer powers, exp, log, sinh, cosh, tanh, coth, sech, csch,
    `Indexed`, `Sum`, `KroneckerDelta`, `Derivative` (not carried out), and undefined functions of one argument.
    `names` gives formulas for parts of the expression, such as {Symbol("z1"): z[1]}.

    Subscripts are read as written, and count from 1; ranges come from the limits (k, 1, K) of sums, from the shape of
    an `IndexedBase` or from an `Idx`, and an index of which nothing is said runs over K. Where ranges are written
    (k, 0, K - 1), all of the expression counts from 0, and every numeral subscript is moved up by one. A sum over a
    range of numbers, (k, 1, 3), is written out.

    Raises ReadingError, naming the part and what to do. What SymPy had cancelled before is out of sight.
    """
    (formula,), _ = read_sympy([expr], names=names)
    return formula


def hypotheses_from_sympy(
    relations: Iterable[sp.Basic], expressions: Iterable[sp.Expr] = (), names: Mapping[sp.Basic, Expr] = {}
) -> tuple[Hypothesis, ...]:
    """Hypotheses from Eq(a, b), a > b, a < b and Ne(i, j), and from symbols that SymPy was told are positive.

    `Symbol("p", positive=True)` in a relation or an expression adds `positive(p)`.
    """
    return read_sympy(list(expressions), list(relations), names)[1]


def read_sympy(
    expressions: Sequence[sp.Expr], relations: Sequence[sp.Basic] = (), names: Mapping[sp.Basic, Expr] = {}
) -> tuple[tuple[Expr, ...], tuple[Hypothesis, ...]]:
    """Several expressions and hypotheses that belong together: one letter means one thing in all of them."""
    for part in (*expressions, *relations):
        if not isinstance(part, sp.Basic):
            raise ReadingError(f"{part!r} is not a SymPy expression; text is never evaluated")
    reader = _Reader((*expressions, *relations), names)
    try:
        formulas = tuple(reader.read(expression) for expression in expressions)
        stated = [h for relation in relations for h in reader.relation(relation)]
        return formulas, tuple(dict.fromkeys([*stated, *reader.positive_symbols()]))
    except WrittenError as error:
        raise ReadingError(f"{error}; rename it, or give its formula in `names`") from None
    except RecursionError:
        raise ReadingError("the expression is nested too deeply to be read; give its parts in `names`") from None


def distinct(expressions: Sequence[sp.Basic]) -> list[sp.Basic]:
    """All parts of expressions, each once, in the order in which they are met; nothing inside of an IndexedBase."""
    found: dict[sp.Basic, None] = {}
    waiting = list(reversed(expressions))
    while waiting:
        if (node := waiting.pop()) not in found:
            found[node] = None
            if not isinstance(node, sp.IndexedBase):
                waiting.extend(reversed(node.args))
    return list(found)


class _Reader:
    """One reading of expressions that belong together."""

    def __init__(self, parts: Sequence[sp.Basic], names: Names) -> None:
        self.names = names
        self.nodes = distinct(parts)
        self.ranges = Ranges.of(self.of_kind(sp.Indexed, sp.KroneckerDelta, sp.Sum, sp.Idx))
        self.bound: dict[sp.Basic, Place] = {}
        self.known: dict[sp.Basic, Expr] = {}
        meanings: dict[str, sp.Basic] = {}
        for name, meaning in letters(self.of_kind(sp.Symbol, sp.Idx, sp.IndexedBase)):
            other = meanings.setdefault(name, meaning)
            label = meaning.label if isinstance(meaning, sp.Idx | sp.IndexedBase) else meaning
            known = other.label if isinstance(other, sp.Idx | sp.IndexedBase) else other
            if label != known and not {meaning, other} <= names.keys():
                raise ReadingError(f"{name} is two different symbols (their assumptions differ); use one of them")
        indices = [node for node in self.of_kind(sp.Symbol, sp.Idx) if self.ranges.is_index(node)]
        self.free = frozenset(
            Index(self.spelled(index), size)
            for index in indices
            if isinstance(size := self.ranges.size(index), Size) and any(index in part.free_symbols for part in parts)
        )

    def of_kind(self, *kinds: type) -> list[sp.Basic]:
        """The parts of these kinds, each once."""
        return [node for node in self.nodes if isinstance(node, kinds)]

    def read(self, e: sp.Basic) -> Expr:
        """The formula of a part: read once, unless under a sum, where letters have other numbers each time."""
        if e in self.names:
            return self.names[e]
        if self.bound:
            return self.read_anew(e)
        if (found := self.known.get(e)) is None:
            found = self.known[e] = self.read_anew(e)
        return found

    def read_anew(self, e: sp.Basic) -> Expr:
        match e:
            case sp.Integer():
                return Numeral(int(e)) if e >= 0 else Negative(Numeral(-int(e)))
            case sp.Rational():
                return _signed(Quotient(Numeral(abs(int(e.p))), Numeral(int(e.q))), e.p < 0)
            case sp.Float():
                raise ReadingError(f"{e} is a rounded number; write Rational({str(sp.nsimplify(e))!r}) or a fraction")
            case sp.Indexed():
                return self.indexed(e)
            case sp.Symbol() | sp.Idx():
                return self.symbol(e)
            case sp.Add():
                return Plus(tuple(map(self.read, e.args)))
            case sp.Mul():
                return self.product(e)
            case sp.exp():
                return Function("exp")(self.read(e.args[0]))
            case sp.Pow():
                return self.power(e)
            case sp.Sum():
                return self.sum(e.args[0], list(e.limits), e)
            case sp.KroneckerDelta():
                return self.delta(e.args[0], e.args[1], e)
            case sp.Derivative():
                return self.derivative(e)
            case sp.Subs():
                return self.prime(e)
            case sp.Piecewise():
                return self.cases(e)
            case AppliedUndef():
                return Apply(self.unknown(e), self.read(e.args[0]))
            case sp.Function() if type(e).__name__ in BUILT_IN:
                return Function(type(e).__name__)(self.read(e.args[0]))
        if e is sp.E:
            return Function("exp")(1)
        return self.refuse(e)

    def refuse(self, e: sp.Basic) -> Expr:
        """Say what `e` is, and what to do."""
        if e.has(sp.nan, sp.zoo, sp.oo, -sp.oo) and not e.args:
            raise ReadingError(f"{e} is no number: SymPy divided by zero before this was read")
        kind = type(e).__name__
        if isinstance(e, sp.MatrixExpr | sp.MatrixBase) or kind == "MatrixElement":
            raise ReadingError(f"{e} ({kind}): matrices are read as entries; write IndexedBase('z')[i]")
        raise ReadingError(f"{e} ({kind}) is outside of what is read: {READ}")

    def spelled(self, symbol: sp.Basic) -> str:
        return str(symbol.label) if isinstance(symbol, sp.Idx) else str(symbol.name)

    def symbol(self, e: sp.Basic) -> Expr:
        if self.ranges.is_index(e):
            raise ReadingError(f"index {e} is used as a number; an index can only be a subscript")
        if self.ranges.is_size(e):
            return Size(self.spelled(e))
        if not e.is_commutative:
            raise ReadingError(f"{e} does not commute; formulas are about real numbers")
        return Symbol(self.spelled(e))

    def place(self, subscript: sp.Basic, within: sp.Basic) -> Place:
        """A subscript: an index, or a number counted from 1."""
        if subscript in self.bound:
            return self.bound[subscript]
        if isinstance(subscript, sp.Integer):
            place = int(subscript) + self.ranges.zero_based
            if place < 1:
                raise ReadingError(f"{within}: subscript {subscript}; subscripts begin with 1")
            return place
        if isinstance(subscript, sp.Symbol | sp.Idx):
            size = self.ranges.size(subscript)
            if isinstance(size, int):
                raise ReadingError(f"{within}: {subscript} runs to {size}; give its size a name, such as K")
            return Index(self.spelled(subscript), size)
        raise ReadingError(f"{within}: subscript {subscript}; a subscript is a single letter or a number")

    def indexed(self, e: sp.Indexed) -> Entry:
        name = str(e.base.label)
        if any(isinstance(s, sp.Symbol) and s.name == name and not isinstance(s, sp.Idx) for s in self.scalars()):
            raise ReadingError(f"{name} is subscripted in {e} and a plain symbol elsewhere; rename one")
        return Entry(self.tensor(e), tuple(self.place(subscript, e) for subscript in e.indices))

    def tensor(self, e: sp.Indexed) -> Tensor:
        name = str(e.base.label)
        sizes = (self.ranges.size((name, n)) for n in range(len(e.indices)))
        return Tensor(name, tuple(size if isinstance(size, Size) else Size(DEFAULT_SIZE) for size in sizes))

    def scalars(self) -> list[sp.Basic]:
        """The plain symbols; SymPy counts the label of an IndexedBase among the free symbols."""
        return self.of_kind(sp.Symbol)

    def product(self, e: sp.Mul) -> Expr:
        coefficient, factors = e.as_coeff_mul()
        if not isinstance(coefficient, sp.Rational):
            return self.refuse(coefficient) if not isinstance(coefficient, sp.Float) else self.read(coefficient)
        top: list[Expr] = [] if abs(coefficient.p) == 1 else [Numeral(abs(int(coefficient.p)))]
        bottom: list[Expr] = [] if coefficient.q == 1 else [Numeral(int(coefficient.q))]
        for factor in factors:
            if isinstance(factor, sp.Pow) and isinstance(factor.exp, sp.Integer) and factor.exp < 0:
                bottom.append(self.read(factor.base**-factor.exp))
            else:
                top.append(self.read(factor))
        whole = _times(top)
        return _signed(Quotient(whole, _times(bottom)) if bottom else whole, coefficient.p < 0)

    def power(self, e: sp.Pow) -> Expr:
        if e.base is sp.E:
            return Function("exp")(self.read(e.exp))
        if not isinstance(e.exp, sp.Integer):
            raise ReadingError(f"{e}: the exponent {e.exp} is not an integer; write exp(y*log(x)) for x > 0")
        if e.exp < 0:
            return Quotient(Numeral(1), self.read(e.base**-e.exp))
        return Power(self.read(e.base), Numeral(int(e.exp)))

    def sum(self, body: sp.Expr, limits: list[tuple[sp.Symbol, sp.Expr, sp.Expr]], within: sp.Sum) -> Expr:
        """The last limit is the outermost sum."""
        if not limits:
            return self.read(body)
        *inner, (letter, low, high) = limits
        size = self.ranges.limits(letter, low, high, within)
        before = dict(self.bound)
        try:
            if isinstance(size, sp.Integer):
                if size > LONGEST_SUM:
                    raise ReadingError(f"{within}: {size} terms; give the size a name, such as K")
                terms = []
                for n in range(1, int(size) + 1):
                    self.bound[letter] = n
                    terms.append(self.sum(body, inner, within))
                return Plus(tuple(terms)) if len(terms) > 1 else terms[0] if terms else Numeral(0)
            taken = self.free | {place for place in self.bound.values() if isinstance(place, Index)}
            index = fresh(Index(self.spelled(letter), Size(size.name)), taken)
            self.bound[letter] = index
            return Sum(index, self.sum(body, inner, within))
        finally:
            self.bound = before

    def delta(self, left: sp.Basic, right: sp.Basic, within: sp.Basic) -> Expr:
        return Delta(self.place(left, within), self.place(right, within))

    def derivative(self, e: sp.Derivative) -> Expr:
        body = self.read(e.expr)
        for variable, order in e.variable_count:
            where = self.read(variable)
            if not isinstance(where, Symbol | Entry):
                raise ReadingError(f"{e}: a derivative in {variable}, which is neither a symbol nor Indexed")
            if not isinstance(order, sp.Integer):
                raise ReadingError(f"{e}: a derivative of order {order}; the order is a number")
            for _ in range(int(order)):
                body = Derivative(body, where)
        return body

    def prime(self, e: sp.Subs) -> Expr:
        """f′(u), which SymPy writes as a derivative at a point; any other Subs is refused."""
        inner = e.expr
        if isinstance(inner, sp.Derivative) and isinstance(inner.expr, AppliedUndef) and inner.expr.args == e.variables:
            function = self.unknown(inner.expr)
            for _ in range(int(inner.derivative_count)):
                function = function.prime
            return Apply(function, self.read(e.point[0]))
        raise ReadingError(f"{e} (Subs): put the value in with doit(), or write the derivative itself")

    def cases(self, e: sp.Piecewise) -> Expr:
        """One value where two indices agree, another where they differ; else refused."""
        if len(e.args) == 2 and isinstance(e.args[0][1], sp.Eq) and e.args[1][1] == sp.true:
            (same, where), (distinct, _) = e.args
            if all(self.ranges.is_index(side) or isinstance(side, sp.Integer) for side in where.args):
                left, right = (self.place(side, e) for side in where.args)
                if (same, distinct) == (1, 0):
                    return Delta(left, right)
                return by_cases(left, right, same=self.read(same), distinct=self.read(distinct))
        raise ReadingError(f"{e} (Piecewise): only cases i = j, else, are read; use KroneckerDelta(i, j)")

    def unknown(self, e: AppliedUndef) -> Function:
        name = type(e).__name__
        if len(e.args) != 1:
            raise ReadingError(f"{e}: unknown functions of one argument are read; give its formula in `names`")
        if name in BUILT_IN:
            raise ReadingError(f"{e}: {name} is not SymPy's own {name}, but an undefined function; rename it")
        return Function(name)

    def relation(self, relation: sp.Basic) -> list[Hypothesis]:
        """The hypotheses that a relation states."""
        match relation:
            case BooleanTrue():
                return []
            case BooleanFalse():
                raise ReadingError("a hypothesis is false already: SymPy evaluated it")
            case sp.And():
                return [h for part in relation.args for h in self.relation(part)]
            case sp.Eq():
                return [equal(self.read(relation.lhs), self.read(relation.rhs))]
            case sp.Ne() if all(self.ranges.is_index(side) or side.is_Integer for side in relation.args):
                return [Distinct(self.place(relation.lhs, relation), self.place(relation.rhs, relation))]
            case StrictGreaterThan() | StrictLessThan():
                return [positive(self.read(relation.gts - relation.lts))]
            case GreaterThan() | LessThan():
                raise ReadingError(f"{relation}: hypotheses are strict; write > or <")
        raise ReadingError(
            f"{relation} ({type(relation).__name__}) is no hypothesis: write Eq(a, b), p > 0 or Ne(i, j)"
        )

    def positive_symbols(self) -> list[Hypothesis]:
        """What SymPy was told: symbols, and all entries of an IndexedBase, that are positive."""
        found: list[Hypothesis] = []
        for symbol in sorted((s for s in self.scalars() if s.is_positive), key=str):  # SymPy takes its time for a str
            if not self.ranges.is_index(symbol) and not self.ranges.is_size(symbol):
                found.append(positive(self.read(symbol)))
        indexed = self.of_kind(sp.Indexed)
        bases = {node.base for node in indexed}
        for node in sorted(indexed, key=str):
            if node.base in bases and node.base.is_positive:
                bases.discard(node.base)
                tensor = self.tensor(node)
                taken: frozenset[Index] = self.free
                places = []
                for letter, size in zip("ijkl", tensor.sizes, strict=False):
                    places.append(fresh(Index(letter, size), taken))
                    taken |= {places[-1]}
                found.append(positive(tensor[tuple(places)]))
        return found


READ = (
    "symbols, integers and fractions, + - * /, integer powers, exp, log, hyperbolic functions, "
    "Indexed, Sum, KroneckerDelta, Derivative, and undefined functions"
)


def _times(factors: Sequence[Expr]) -> Expr:
    return Times(tuple(factors)) if len(factors) > 1 else factors[0] if factors else Numeral(1)


def _signed(expr: Expr, negative: bool) -> Expr:
    return Negative(expr) if negative else expr
