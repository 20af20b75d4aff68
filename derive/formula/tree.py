"""Formulas as written: an immutable tree that nothing ever simplifies.

Two formulas are equal when they are written alike.  That they have the same
value is never assumed here; it is what the checker proves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, NoReturn, Self, TypeAlias, overload

from .names import TooLargeError as TooLargeError
from .names import WrittenError as WrittenError
from .names import check_name as check_name

if TYPE_CHECKING:
    from .arrays import Array, Tensor


def check_size_is_named(size: object, of: str) -> None:
    """Refuse a number where a size belongs: a formula holds for a named K, the proof chooses its value."""
    if not isinstance(size, Size):
        raise WrittenError(f"{of}: {size!r} is not a size; name it, as in K = size('K'), and choose its value to prove")


# ------------------------------------------------------------------ indices


@dataclass(frozen=True, slots=True)
class Index:
    """A letter that runs over 1, …, size."""

    name: str
    size: Size

    def __post_init__(self) -> None:
        check_name(self.name)
        check_size_is_named(self.size, f"index {self.name}")

    def __hash__(self) -> int:
        return hash(self.name)  # which is known: indices are looked up all the time

    def __repr__(self) -> str:
        return self.name

    def __add__(self, other: object) -> NoReturn:
        raise WrittenError(
            f"{self} with {other} added: a subscript is an index or a number, nothing computed from them"
        )

    __radd__ = __sub__ = __rsub__ = __add__


Place: TypeAlias = "Index | int"  # what may stand in a subscript


def check_place(place: object, *shown: object) -> None:
    """Refuse what is no subscript: it is an index, or a number from 1.  `shown` is quoted, its parts joined."""
    if not isinstance(place, Index) and (type(place) is not int or place < 1):
        raise WrittenError(f"{quoted(shown)}: {place!r} is not a subscript; that is an index, or a number from 1")


def check_places_meet(left: Place, right: Place, *shown: object) -> None:
    """Refuse to compare what are no subscripts, or indices that run to different sizes."""
    check_place(left, *shown)
    check_place(right, *shown)
    if isinstance(left, Index) and isinstance(right, Index) and left.size != right.size:
        raise WrittenError(f"{quoted(shown)}: {left} runs to {left.size}, but {right} runs to {right.size}")


def quoted(shown: tuple[object, ...]) -> str:
    """The parts in a row; joined only for a refusal, since a formula may be long."""
    return "".join(map(str, shown))


def fresh(wanted: Index, taken: frozenset[Index]) -> Index:
    """`wanted`, primed until no index in `taken` has its name."""
    names = {index.name for index in taken}
    while wanted.name in names:
        wanted = replace(wanted, name=wanted.name + "'")
    return wanted


# -------------------------------------------------------------- expressions


class Formula:
    """What stands on a line: a scalar `Expr` or an `Array`."""

    __slots__ = ("_free", "_hash", "_indices")  # no fields: indices, and the hash of an entry, once they were asked for
    _free: frozenset[Index]
    _indices: frozenset[Index]
    _hash: int

    def _repr_latex_(self) -> str:
        from .latex import latex  # which prints every node of this module

        return rf"$\displaystyle {latex(self)}$"

    def children(self) -> tuple[Formula, ...]:
        """Subformulas in reading order."""
        return ()

    @property
    def own_places(self) -> tuple[Place, ...]:
        """Subscripts written at this very node."""
        return ()

    @property
    def free_indices(self) -> frozenset[Index]:
        """The indices that have to be given a number."""
        try:
            return self._free
        except AttributeError:
            object.__setattr__(self, "_free", self._find_free())
            return self._free

    def _find_free(self) -> frozenset[Index]:
        own = frozenset([place for place in self.own_places if isinstance(place, Index)])
        return own.union(*[child.free_indices for child in self.children()])

    @property
    def indices(self) -> frozenset[Index]:
        """Free and bound ones."""
        try:
            return self._indices
        except AttributeError:
            object.__setattr__(self, "_indices", self._find_indices())
            return self._indices

    def _find_indices(self) -> frozenset[Index]:
        own = frozenset([place for place in self.own_places if isinstance(place, Index)])
        return own.union(*[child.indices for child in self.children()])

    def walk(self) -> Iterator[Formula]:
        """This node and every one below it, in reading order."""
        waiting: list[Formula] = [self]
        while waiting:
            yield (node := waiting.pop())
            waiting += node.children()[::-1]

    def objects(self) -> Iterator[Formula]:
        """The same, each object once, however often it stands in the formula."""
        seen: set[int] = set()
        waiting: list[Formula] = [self]
        while waiting:
            if id(node := waiting.pop()) not in seen:
                seen.add(id(node))
                yield node
                waiting += node.children()[::-1]

    def __repr__(self) -> str:
        from .source import source

        try:
            return source(self)
        except RecursionError:  # a refusal quotes the formula that it refuses
            return "a formula that is nested too deeply to be shown"


class Expr(Formula):
    """A scalar formula; the operators write, they do not compute."""

    __slots__ = ()

    def children(self) -> tuple[Expr, ...]:
        return ()

    def with_children(self, *children: Expr) -> Expr:
        return self

    if TYPE_CHECKING:

        def walk(self) -> Iterator[Expr]: ...

    # Left operands are merged, so a + b + c is one sum of three terms; a
    # bracket on the right, a + (b + c), stays.  Python reads -a*b as (-a)*b
    # and -a/b as (-a)/b; mathematics reads -(ab) and -(a/b), and so do we.
    # Beside an array, the array knows what is meant, or refuses it.

    def __add__(self, other: Scalar) -> Expr:
        if is_array(other):
            return NotImplemented
        return Plus((*(self.terms if isinstance(self, Plus) else (self,)), written(other)))

    def __radd__(self, other: int) -> Expr:
        return written(other) + self

    def __sub__(self, other: Scalar) -> Expr:
        if is_array(other):
            return NotImplemented
        return self + Negative(written(other))

    def __rsub__(self, other: int) -> Expr:
        return written(other) - self

    def __neg__(self) -> Expr:
        return Negative(self)

    def __mul__(self, other: Scalar) -> Expr:
        if is_array(other):
            return NotImplemented
        if isinstance(self, Negative):
            return Negative(self.term * other)
        return Times((*(self.factors if isinstance(self, Times) else (self,)), written(other)))

    def __rmul__(self, other: int) -> Expr:
        return written(other) * self

    def __truediv__(self, other: Scalar) -> Expr:
        if is_array(other):
            return NotImplemented
        if isinstance(self, Negative):
            return Negative(self.term / other)
        return Quotient(self, written(other))

    def __rtruediv__(self, other: int) -> Expr:
        return written(other) / self

    def __pow__(self, other: Scalar) -> Expr:
        return Power(self, written(other))

    def __rpow__(self, other: int) -> Expr:
        return Power(written(other), self)

    def __bool__(self) -> bool:
        raise WrittenError(f"{self} is a formula, neither true nor false; compare with == or is")


Scalar: TypeAlias = Expr | int


def is_array(value: object) -> bool:
    """Whether `value` is a formula, and no scalar."""
    return isinstance(value, Formula) and not isinstance(value, Expr)


def written(value: Scalar) -> Expr:
    """An integer becomes a numeral; a formula stays; a float is refused."""
    match value:
        case Expr():
            return value
        case bool():
            raise WrittenError(f"{value} is not a number")
        case int():
            return -Numeral(-value) if value < 0 else Numeral(value)
        case float():
            raise WrittenError(f"{value} is rounded already; write x / 2 or fraction(1, 2), not 1/2 * x")
        case Index():
            raise WrittenError(f"index {value} is not a number; write it as a subscript")
        case Formula() if getattr(value, "shape", None) == ():
            raise WrittenError(
                f"{value} is written without indices; name it, as in q = define('q', {value}), and use q"
            )
        case Formula():
            raise WrittenError(f"{value} is an array where a scalar belongs; write a factor in front, or name an entry")
    raise WrittenError(f"{value!r} is not a formula")


class Node(Expr):
    """A node whose subformulas are exactly its fields of type Expr."""

    __slots__ = ()
    __match_args__: ClassVar[tuple[str, ...]]

    def children(self) -> tuple[Expr, ...]:
        return tuple([v for v in self._values() if isinstance(v, Expr)])

    def with_children(self, *children: Expr) -> Self:
        rest = iter(children)
        return type(self)(*(next(rest) if isinstance(v, Expr) else v for v in self._values()))

    def _values(self) -> list[object]:
        return [getattr(self, name) for name in self.__match_args__]


@dataclass(frozen=True, slots=True, repr=False)
class Numeral(Expr):
    """A natural number."""

    value: int


@dataclass(frozen=True, slots=True, repr=False)
class Decimal(Expr):
    """A number as its digits are written: 0.457 is exactly 457/1000."""

    digits: str

    def __post_init__(self) -> None:
        if not isinstance(self.digits, str) or not re.fullmatch(r"[0-9]{1,40}\.[0-9]{1,40}", self.digits):
            raise WrittenError(f"{self.digits!r} is not a decimal number such as '0.457'")

    @property
    def value(self) -> Fraction:
        return Fraction(self.digits)

    @property
    def half_unit(self) -> Fraction:
        """Half a unit in the last digit shown: what rounding to these digits may change."""
        return Fraction(1, 2 * 10 ** len(self.digits.partition(".")[2]))


@dataclass(frozen=True, slots=True, repr=False)
class Size(Expr):
    """The number of values that an index takes; also a number in formulas."""

    name: str

    def __post_init__(self) -> None:
        check_name(self.name)


@dataclass(frozen=True, slots=True, repr=False)
class Symbol(Expr):
    """A scalar: a variable, a name for `definition`, or an unknown function `of` a variable."""

    name: str
    definition: Expr | None = field(default=None, hash=False)  # names share parts: hashing them all is exponential
    of: Symbol | Tensor | None = field(default=None, hash=False)

    def __post_init__(self) -> None:
        check_name(self.name)


@dataclass(frozen=True, slots=True, repr=False)
class Entry(Expr):
    """One entry of a tensor: z_i."""

    tensor: Tensor
    places: tuple[Place, ...]

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            object.__setattr__(self, "_hash", hash((self.tensor, self.places)))
            return self._hash

    @property
    def own_places(self) -> tuple[Place, ...]:
        return self.places


@dataclass(frozen=True, slots=True, repr=False)
class Plus(Expr):
    """A sum of two terms or more, in the written order."""

    terms: tuple[Expr, ...]

    def children(self) -> tuple[Expr, ...]:
        return self.terms

    def with_children(self, *children: Expr) -> Plus:
        return Plus(children)


@dataclass(frozen=True, slots=True, repr=False)
class Times(Expr):
    """A product of two factors or more, in the written order."""

    factors: tuple[Expr, ...]

    def children(self) -> tuple[Expr, ...]:
        return self.factors

    def with_children(self, *children: Expr) -> Times:
        return Times(children)


@dataclass(frozen=True, slots=True, repr=False)
class Negative(Node):
    """Minus a term."""

    term: Expr

    def children(self) -> tuple[Expr, ...]:
        return (self.term,)

    def with_children(self, *children: Expr) -> Negative:
        return Negative(*children)


@dataclass(frozen=True, slots=True, repr=False)
class Quotient(Node):
    """A fraction."""

    top: Expr
    bottom: Expr

    def children(self) -> tuple[Expr, ...]:
        return self.top, self.bottom

    def with_children(self, *children: Expr) -> Quotient:
        return Quotient(*children)


@dataclass(frozen=True, slots=True, repr=False)
class Power(Node):
    """A base with an exponent."""

    base: Expr
    exponent: Expr


@dataclass(frozen=True, slots=True)
class Function:
    """A function of one scalar: exp, log, …, one with a definition, or an unknown one.

    `order` counts the derivatives of an unknown function: f has order 0, f′ order 1.
    """

    name: str
    parameter: Symbol | None = None
    definition: Expr | None = field(default=None, hash=False)
    order: int = 0

    def __post_init__(self) -> None:
        check_name(self.name)

    @overload
    def __call__(self, argument: Scalar) -> Expr: ...
    @overload
    def __call__(self, argument: Array) -> Array: ...
    def __call__(self, argument: Scalar | Array) -> Expr | Array:
        from .arrays import Array, Elementwise

        if isinstance(argument, Array):
            return Elementwise(self, argument)
        return Apply(self, written(argument))

    @property
    def prime(self) -> Function:
        """The derivative of an unknown function."""
        if self.definition is not None or self.name in BUILT_IN:
            raise WrittenError(f"{self.name}.prime: only an unknown function has a prime; write D({self.name}(x), x)")
        return replace(self, order=self.order + 1)

    def __repr__(self) -> str:
        return self.name + ".prime" * self.order


BUILT_IN = frozenset({"exp", "log", "sinh", "cosh", "tanh", "coth", "sech", "csch"})


@dataclass(frozen=True, slots=True, repr=False)
class Apply(Node):
    """A function of an argument."""

    function: Function
    argument: Expr

    def children(self) -> tuple[Expr, ...]:
        return (self.argument,)

    def with_children(self, *children: Expr) -> Apply:
        return Apply(self.function, *children)


@dataclass(frozen=True, slots=True, repr=False)
class Derivative(Node):
    """The partial derivative of `body` as it is written, in `variable`."""

    body: Expr
    variable: Symbol | Entry

    def __post_init__(self) -> None:
        if not isinstance(self.variable, Symbol | Entry):
            raise WrittenError(f"cannot differentiate in {self.variable}: it is neither a symbol nor an entry")

    @property
    def name(self) -> Symbol | Tensor:
        """The name that the body is a function of."""
        return self.variable if isinstance(self.variable, Symbol) else self.variable.tensor


@dataclass(frozen=True, slots=True, repr=False)
class Strike(Node):
    """A factor with a stroke through it: still there, and gone in the next line."""

    body: Expr


@dataclass(frozen=True, slots=True, repr=False)
class Delta(Expr):
    """1 when both places agree, else 0."""

    left: Place
    right: Place

    def __post_init__(self) -> None:
        check_places_meet(self.left, self.right, "delta(", self.left, ", ", self.right, ")")

    @property
    def own_places(self) -> tuple[Place, ...]:
        return self.left, self.right


@dataclass(frozen=True, slots=True, repr=False)
class Pick(Expr):
    """The entry of a written-out list that stands in this place."""

    place: Place
    options: tuple[Expr, ...]

    def children(self) -> tuple[Expr, ...]:
        return self.options

    def with_children(self, *children: Expr) -> Pick:
        return Pick(self.place, children)

    @property
    def own_places(self) -> tuple[Place, ...]:
        return (self.place,)


@dataclass(frozen=True, slots=True)
class Same:
    """Two indices agree: i = j."""

    left: Place
    right: Place

    def __post_init__(self) -> None:
        check_places_meet(self.left, self.right, self.left, " = ", self.right)


@dataclass(frozen=True, slots=True)
class Distinct:
    """Two indices differ: i ≠ j."""

    left: Place
    right: Place

    def __post_init__(self) -> None:
        check_places_meet(self.left, self.right, self.left, " ≠ ", self.right)


@dataclass(frozen=True, slots=True)
class Equals:
    """A variable has this value: t = 1."""

    left: Symbol
    right: int

    def __post_init__(self) -> None:
        check_label(self.left, self.right)


def check_label(symbol: object, *values: object) -> None:
    """Refuse a label that is no variable, or that takes values other than integers."""
    if not isinstance(symbol, Symbol) or symbol.definition is not None:
        raise WrittenError(f"{symbol} is not a variable; only a variable can be told apart by its values")
    for value in values:
        if type(value) is not int:
            raise WrittenError(f"{symbol} = {value!r}: a label takes integers")


Condition: TypeAlias = "Same | Distinct | Equals"


@dataclass(frozen=True, slots=True, repr=False)
class Cases(Expr):
    """One value where i = j, another where i ≠ j; or one for each value of a label."""

    conditions: tuple[Condition, ...]
    values: tuple[Expr, ...]

    def __post_init__(self) -> None:
        if len(self.conditions) != len(self.values) or not self.values:
            raise WrittenError("cases need one condition for each value")

    def children(self) -> tuple[Expr, ...]:
        return self.values

    def with_children(self, *children: Expr) -> Cases:
        return Cases(self.conditions, children)

    @property
    def own_places(self) -> tuple[Place, ...]:
        return tuple(p for c in self.conditions if not isinstance(c, Equals) for p in (c.left, c.right))


@dataclass(frozen=True, slots=True, repr=False, init=False)
class Sum(Expr):
    """The sum of `body` over every value of `index`, which is bound here."""

    index: Index
    body: Expr

    def __init__(self, index: Index, body: Scalar) -> None:
        if not isinstance(index, Index):
            raise WrittenError(f"Sum({index}, …): the first argument is an index")
        object.__setattr__(self, "index", index)
        object.__setattr__(self, "body", written(body))

    def children(self) -> tuple[Expr, ...]:
        return (self.body,)

    def with_children(self, *children: Expr) -> Sum:
        (body,) = children
        return Sum(self.index, body)

    def _find_free(self) -> frozenset[Index]:
        return self.body.free_indices - {self.index}

    def _find_indices(self) -> frozenset[Index]:
        return self.body.indices | {self.index}
