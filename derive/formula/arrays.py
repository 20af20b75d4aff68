"""Vectors and matrices without indices: a notation for their entries.

An array means nothing but what `at` says: `(diag(y) - outer(y, y)).at(i, j)`
is `delta(i, j)*y[i] - y[i]*y[j]`, and that is what gets proved.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from itertools import chain
from typing import ClassVar

from .tree import (
    Apply,
    Delta,
    Derivative,
    Entry,
    Expr,
    Formula,
    Function,
    Index,
    Negative,
    Numeral,
    Pick,
    Place,
    Plus,
    Quotient,
    Scalar,
    Size,
    Sum,
    Symbol,
    Times,
    WrittenError,
    check_name,
    check_place,
    check_size_is_named,
    fresh,
    quoted,
    written,
)


class Array(Formula):
    """A formula whose value is a vector or a matrix; without a shape, a number such as 1ᵀv."""

    __slots__ = ()
    __match_args__: ClassVar[tuple[str, ...]]
    __iter__: ClassVar[None] = None  # without this Python would iterate z[0], z[1], … for ever

    @property
    @abstractmethod
    def shape(self) -> tuple[Size, ...]:
        """The sizes along the axes."""

    @abstractmethod
    def at(self, *places: Place) -> Expr:
        """The entry in these places, in index notation."""

    def children(self) -> tuple[Formula, ...]:
        values = [getattr(self, name) for name in self.__match_args__]
        flat = [part for value in values for part in (value if isinstance(value, tuple) else (value,))]
        return tuple(part for part in flat if isinstance(part, Formula))

    @property
    def T(self) -> Array:
        return Transpose(self)

    # As with scalars, a minus in front belongs to the whole product: -A @ B is
    # -(A @ B), and -2*A is -(2*A).

    def __add__(self, other: Array) -> Array:
        return ArrayPlus((*(self.terms if isinstance(self, ArrayPlus) else (self,)), other))

    def __sub__(self, other: Array) -> Array:
        return self + ArrayNegative(as_array(other, self, " - ", other))

    def __neg__(self) -> Array:
        return ArrayNegative(self)

    def __matmul__(self, other: Array) -> Array:
        if isinstance(self, ArrayNegative):
            return ArrayNegative(self.term @ other)
        return Product(self, other)

    def __rmul__(self, other: Scalar) -> Array:
        factor = written(other)
        if isinstance(factor, Negative):
            return ArrayNegative(factor.term * self)
        return Multiple(factor, self)

    def __truediv__(self, other: Scalar | Array) -> Array:
        if isinstance(self, ArrayNegative):
            return ArrayNegative(self.term / other)
        return Scaled(self, other if isinstance(other, Array) else written(other))

    def __radd__(self, other: object) -> Array:
        raise WrittenError(f"{other} + {self}: {other} is not an array; for a vector, write {other}*ones(K)")

    def __rsub__(self, other: object) -> Array:
        raise WrittenError(f"{other} - {self}: {other} is not an array; for a vector, write {other}*ones(K)")

    def __mul__(self, other: object) -> Array:
        raise WrittenError(f"({self})*({other}): an array has its factor in front, and @ is the matrix product")

    def __bool__(self) -> bool:
        raise WrittenError(f"{self} is a formula, neither true nor false; compare with == or is")


def entry(formula: Formula, *places: Place) -> Expr:
    """The entry of an array in these places; a scalar is its own entry."""
    if isinstance(formula, Array):
        return formula.at(*places)
    assert isinstance(formula, Expr)
    return formula


def shape_of(formula: Formula) -> tuple[Size, ...]:
    """The sizes along the axes; () for a scalar."""
    return formula.shape if isinstance(formula, Array) else ()


def as_array(formula: object, *shown: object) -> Array:
    """`formula`, refused where it is no array."""
    if not isinstance(formula, Array):
        raise WrittenError(f"{quoted(shown)}: {formula} is not an array")
    return formula


def as_vector(formula: object, *shown: object) -> Array:
    """`formula`, refused where it is no vector."""
    array = as_array(formula, *shown)
    if len(array.shape) != 1:
        raise WrittenError(f"{quoted(shown)}: {array} has shape {array.shape}; a vector is wanted")
    return array


def same_shape(*arrays: Array) -> None:
    """Refuse arrays whose shapes differ."""
    for array in arrays:
        as_array(array, arrays[0], " + …")
    for other in arrays[1:]:
        if other.shape != arrays[0].shape:
            raise WrittenError(f"{arrays[0]} has shape {arrays[0].shape}, but {other} has shape {other.shape}")


@dataclass(frozen=True, slots=True, repr=False)
class Tensor(Array):
    """A named array: variables, or names for the entries of a `definition`."""

    name: str
    sizes: tuple[Size, ...]
    parameters: tuple[Index, ...] = ()
    definition: Expr | None = field(default=None, hash=False)
    of: Symbol | Tensor | None = None

    def __post_init__(self) -> None:
        check_name(self.name)
        for size in self.sizes:
            check_size_is_named(size, self.name)

    def children(self) -> tuple[Formula, ...]:
        return ()

    @property
    def shape(self) -> tuple[Size, ...]:
        return self.sizes

    def __getitem__(self, places: Place | tuple[Place, ...]) -> Entry:
        places = places if isinstance(places, tuple) else (places,)
        if len(places) != len(self.sizes):
            raise WrittenError(f"{self.name} takes {len(self.sizes)} indices, got {places}")
        for place, size in zip(places, self.sizes, strict=True):
            check_place(place, self.name, "[", place, "]")
            if isinstance(place, Index) and place.size != size:
                raise WrittenError(
                    f"{self.name}[{place}]: {self.name} has {size} entries, but {place} runs to {place.size}"
                )
        return Entry(self, places)

    def at(self, *places: Place) -> Expr:
        return self[places]


@dataclass(frozen=True, slots=True, repr=False)
class Transpose(Array):
    """Rows become columns."""

    body: Array

    @property
    def shape(self) -> tuple[Size, ...]:
        return self.body.shape[::-1]

    def at(self, *places: Place) -> Expr:
        return self.body.at(*places[::-1])


@dataclass(frozen=True, slots=True, repr=False)
class ArrayPlus(Array):
    """A sum of arrays of one shape."""

    terms: tuple[Array, ...]

    def __post_init__(self) -> None:
        same_shape(*self.terms)

    @property
    def shape(self) -> tuple[Size, ...]:
        return self.terms[0].shape

    def at(self, *places: Place) -> Expr:
        return Plus(tuple(term.at(*places) for term in self.terms))


@dataclass(frozen=True, slots=True, repr=False)
class ArrayNegative(Array):
    """Minus an array."""

    term: Array

    @property
    def shape(self) -> tuple[Size, ...]:
        return self.term.shape

    def at(self, *places: Place) -> Expr:
        return Negative(self.term.at(*places))


@dataclass(frozen=True, slots=True, repr=False)
class Multiple(Array):
    """A scalar times an array."""

    factor: Expr
    body: Array

    @property
    def shape(self) -> tuple[Size, ...]:
        return self.body.shape

    def at(self, *places: Place) -> Expr:
        return Times((self.factor, self.body.at(*places)))


@dataclass(frozen=True, slots=True, repr=False)
class Scaled(Array):
    """An array divided by a scalar: an expression, or an array without a shape."""

    top: Array
    bottom: Formula

    def __post_init__(self) -> None:
        if shape_of(self.bottom):
            raise WrittenError(f"{self.top}/({self.bottom}): the denominator has shape {shape_of(self.bottom)}")

    @property
    def shape(self) -> tuple[Size, ...]:
        return self.top.shape

    def at(self, *places: Place) -> Expr:
        return Quotient(self.top.at(*places), entry(self.bottom))


@dataclass(frozen=True, slots=True, repr=False)
class Elementwise(Array):
    """A function of one scalar, applied to every entry."""

    function: Function
    body: Array

    @property
    def shape(self) -> tuple[Size, ...]:
        return self.body.shape

    def at(self, *places: Place) -> Expr:
        return Apply(self.function, self.body.at(*places))


@dataclass(frozen=True, slots=True, repr=False)
class Constant(Array):
    """The vector whose entries are all this number: 1 or 0."""

    value: int
    size: Size

    def children(self) -> tuple[Formula, ...]:
        return ()

    @property
    def shape(self) -> tuple[Size, ...]:
        return (self.size,)

    def at(self, *places: Place) -> Expr:
        return Numeral(self.value)


@dataclass(frozen=True, slots=True, repr=False)
class Listed(Array):
    """A vector written out: (0.457, 0.338, 0.205)."""

    size: Size
    entries: tuple[Expr, ...]

    @property
    def shape(self) -> tuple[Size, ...]:
        return (self.size,)

    def children(self) -> tuple[Formula, ...]:
        return self.entries

    def at(self, *places: Place) -> Expr:
        (place,) = places
        return Pick(place, self.entries)


@dataclass(frozen=True, slots=True, repr=False)
class Product(Array):
    """The matrix product: the last index of the left meets the first of the right."""

    left: Array
    right: Array

    def __post_init__(self) -> None:
        for side in (self.left, self.right):
            as_array(side, self.left, " @ ", self.right)
        if not self.left.shape or not self.right.shape or self.left.shape[-1] != self.right.shape[0]:
            raise WrittenError(f"{self.left} @ {self.right}: {self.left.shape} does not meet {self.right.shape}")

    @property
    def shape(self) -> tuple[Size, ...]:
        return self.left.shape[:-1] + self.right.shape[1:]

    def at(self, *places: Place) -> Expr:
        cut = len(self.left.shape) - 1
        taken = frozenset(p for p in places if isinstance(p, Index)) | self.left.free_indices | self.right.free_indices
        middle = fresh(Index("m", self.right.shape[0]), taken)
        return Sum(middle, Times((self.left.at(*places[:cut], middle), self.right.at(middle, *places[cut:]))))


@dataclass(frozen=True, slots=True, repr=False)
class Diag(Array):
    """The square matrix with this vector on its diagonal."""

    vector: Array

    def __post_init__(self) -> None:
        as_vector(self.vector, "diag(", self.vector, ")")

    @property
    def shape(self) -> tuple[Size, ...]:
        return self.vector.shape * 2

    def at(self, *places: Place) -> Expr:
        row, column = places
        return Delta(row, column) * self.vector.at(row)


@dataclass(frozen=True, slots=True, repr=False)
class Outer(Array):
    """The matrix of all products of two vectors' entries."""

    left: Array
    right: Array

    def __post_init__(self) -> None:
        for side in (self.left, self.right):
            as_vector(side, "outer(", self.left, ", ", self.right, ")")

    @property
    def shape(self) -> tuple[Size, ...]:
        return self.left.shape + self.right.shape

    def at(self, *places: Place) -> Expr:
        row, column = places
        return self.left.at(row) * self.right.at(column)


LAYOUTS = ("numerator", "denominator")


@dataclass(frozen=True, slots=True, repr=False)
class Jacobian(Array):
    """The derivatives of every output in every variable; of a scalar, the gradient.

    In numerator layout the rows belong to the output, in denominator layout to
    the variable: `places` decides it here, and nowhere else.
    """

    output: Formula
    variable: Tensor
    layout: str = "numerator"

    def __post_init__(self) -> None:
        if self.layout not in LAYOUTS:
            raise WrittenError(f"layout {self.layout!r}: expected one of {', '.join(LAYOUTS)}")

    def children(self) -> tuple[Formula, ...]:
        return self.output, self.variable

    @property
    def shape(self) -> tuple[Size, ...]:
        outputs, variables = shape_of(self.output), self.variable.shape
        return outputs + variables if self.layout == "numerator" else variables + outputs

    def at(self, *places: Place) -> Expr:
        if self.layout == "numerator":
            cut = len(shape_of(self.output))
            outputs, variables = places[:cut], places[cut:]
        else:
            cut = len(self.variable.shape)
            variables, outputs = places[:cut], places[cut:]
        return Derivative(entry(self.output, *outputs), self.variable[variables])


def all_indices(formula: Formula) -> frozenset[Index]:
    """Free and bound ones."""
    nodes = list(formula.walk())
    bound = {node.index for node in nodes if isinstance(node, Sum)}
    own = chain.from_iterable(node.own_places for node in nodes)
    return frozenset(bound | {place for place in own if isinstance(place, Index)})


def entries(*lines: Formula, taken: frozenset[Index] = frozenset()) -> list[Expr]:
    """Arrays as their entries in common fresh indices; scalars as they are.

    `taken` are indices that the hypotheses speak of: an entry's letter must not be one of theirs.
    """
    places: list[Index] = []
    taken = taken.union(*map(all_indices, lines))
    shape = next((line.shape for line in lines if isinstance(line, Array)), ())
    for size in shape:
        names = {index.name for index in (*taken, *places)}
        letter = next((letter for letter in "ijklmnpqrs" if letter not in names), "i")
        places.append(fresh(Index(letter, size), taken.union(places)))
    for line in lines:
        if shape_of(line) not in (shape, ()):
            raise WrittenError(f"{line} has shape {shape_of(line)}, not {shape}")
    return [entry(line, *places) if shape_of(line) else entry(line) for line in lines]
