"""Vectors and matrices without indices: a notation for their entries.

An array means nothing but what `at` says: `(diag(y) - outer(y, y)).at(i, j)`
is `delta(i, j)*y[i] - y[i]*y[j]`, and that is what gets proved.

The product yᵀv has no shape: it is a number, its own and only entry.  It adds to
scalars, multiplies them, divides, has powers; the whole is then written without
indices too.  Anywhere else it wants a name, `define("q", y.T @ v)`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import ClassVar, TypeGuard

from .tree import (
    Apply,
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
    Power,
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
    # -(A @ B), and -2*A is -(2*A); and left operands of a sum are merged.

    def __add__(self, other: Array | Scalar) -> Array:
        return self._plus(as_formula(other))

    def __radd__(self, other: Scalar) -> Array:
        first = written(other)
        return ArrayPlus((*(first.terms if isinstance(first, Plus) else (first,)), self))

    def __sub__(self, other: Array | Scalar) -> Array:
        return self._plus(negative(as_formula(other)))

    def __rsub__(self, other: Scalar) -> Array:
        return other + ArrayNegative(self)

    def _plus(self, term: Formula) -> Array:
        return ArrayPlus((*(self.terms if isinstance(self, ArrayPlus) else (self,)), term))

    def __neg__(self) -> Array:
        return ArrayNegative(self)

    def __matmul__(self, other: Array) -> Array:
        if isinstance(self, ArrayNegative):
            return ArrayNegative(self.term @ other)
        return Product(self, other)

    def __mul__(self, other: Array | Scalar) -> Array:
        """Entry by entry where both have one shape; a factor in front of an array."""
        if isinstance(self, ArrayNegative):
            return ArrayNegative(self.term * other)
        return Hadamard(self, as_array(other, self, "*", other)) if self.shape else Multiple(self, as_formula(other))

    def __rmul__(self, other: Scalar) -> Array:
        factor = written(other)
        return ArrayNegative(factor.term * self) if isinstance(factor, Negative) else Multiple(factor, self)

    def __truediv__(self, other: Array | Scalar) -> Array:
        """Entry by entry where both have one shape; by a number otherwise."""
        if isinstance(self, ArrayNegative):
            return ArrayNegative(self.term / other)
        if isinstance(other, Array) and self.shape and other.shape:
            return HadamardQuotient(self, other)
        return Scaled(self, as_formula(other))

    def __rtruediv__(self, other: Scalar) -> Array:
        top = written(other)
        return ArrayNegative(top.term / self) if isinstance(top, Negative) else Scaled(top, self)

    def __pow__(self, exponent: Scalar) -> Array:
        return ArrayPower(self, written(exponent))

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


def as_formula(value: Array | Scalar) -> Formula:
    """An array as it is, a scalar as it is written."""
    return value if isinstance(value, Array) else written(value)


def negative(term: Formula) -> Formula:
    """Minus an array, or minus a scalar."""
    if isinstance(term, Array):
        return ArrayNegative(term)
    assert isinstance(term, Expr)
    return Negative(term)


def described(formula: Formula) -> str:
    """A formula with its shape, for a refusal."""
    return f"{formula} has shape {shape_of(formula)}" if shape_of(formula) else f"{formula} is a number"


def as_array(formula: object, *shown: object) -> Array:
    """`formula`, refused where it is no array."""
    if not isinstance(formula, Array):
        raise WrittenError(f"{quoted(shown)}: {formula} is not an array; a scalar factor stands in front of an array")
    return formula


def same_shape(first: Formula, *others: Formula, todo: str) -> None:
    """Refuse formulas whose shapes differ, and say what `todo`."""
    for other in others:
        if shape_of(other) != shape_of(first):
            raise WrittenError(f"{described(first)}, but {described(other)}; {todo}")


@dataclass(frozen=True, slots=True, repr=False)
class Tensor(Array):
    """A named array: variables, or names for the entries of a `definition`."""

    name: str  # tells nearly all apart: nothing else is hashed
    sizes: tuple[Size, ...] = field(hash=False)
    parameters: tuple[Index, ...] = field(default=(), hash=False)
    definition: Expr | None = field(default=None, hash=False)
    of: Symbol | Tensor | None = field(default=None, hash=False)

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
    """A sum of arrays of one shape, or of numbers one of which is written without indices."""

    terms: tuple[Formula, ...]

    def __post_init__(self) -> None:
        same_shape(*self.terms, todo="only arrays of one shape add; for a vector of equal entries, write x*ones(K)")

    @property
    def shape(self) -> tuple[Size, ...]:
        return shape_of(self.terms[0])

    def at(self, *places: Place) -> Expr:
        return Plus(tuple(entry(term, *places) for term in self.terms))


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
    """A number times an array, or times a number; one of the two is written without indices."""

    factor: Formula
    body: Formula

    @property
    def shape(self) -> tuple[Size, ...]:
        return shape_of(self.body)

    def at(self, *places: Place) -> Expr:
        return Times((entry(self.factor), entry(self.body, *places)))


@dataclass(frozen=True, slots=True, repr=False)
class Scaled(Array):
    """An array, or a number, divided by a number; one of the two is written without indices."""

    top: Formula
    bottom: Formula

    def __post_init__(self) -> None:
        if shape_of(self.bottom):
            raise WrittenError(
                f"{self.top}/({self.bottom}): the denominator has shape {shape_of(self.bottom)}; "
                f"/ divides by a number, or entry by entry by an array of the same shape, as in ones(K)/z"
            )

    @property
    def shape(self) -> tuple[Size, ...]:
        return shape_of(self.top)

    def at(self, *places: Place) -> Expr:
        return Quotient(entry(self.top, *places), entry(self.bottom))


@dataclass(frozen=True, slots=True, repr=False)
class ArrayPower(Array):
    """A power of a number that is written without indices."""

    base: Array
    exponent: Expr

    def __post_init__(self) -> None:
        if self.base.shape:
            raise WrittenError(
                f"({self.base})**{self.exponent}: {described(self.base)}, and only numbers have powers; "
                f"write a*a entry by entry, or A @ A for the matrix product"
            )

    @property
    def shape(self) -> tuple[Size, ...]:
        return ()

    def at(self, *places: Place) -> Expr:
        return Power(self.base.at(), self.exponent)


@dataclass(frozen=True, slots=True, repr=False)
class Hadamard(Array):
    """The product of two arrays of one shape, entry by entry."""

    left: Array
    right: Array

    def __post_init__(self) -> None:
        todo = "* multiplies arrays of one shape entry by entry; the matrix product is @, and a factor stands in front"
        same_shape(self.left, self.right, todo=todo)

    @property
    def shape(self) -> tuple[Size, ...]:
        return self.left.shape

    def at(self, *places: Place) -> Expr:
        return self.left.at(*places) * self.right.at(*places)


@dataclass(frozen=True, slots=True, repr=False)
class HadamardQuotient(Array):
    """The quotient of two arrays of one shape, entry by entry."""

    top: Array
    bottom: Array

    def __post_init__(self) -> None:
        todo = "/ divides by a number, or entry by entry by an array of the same shape"
        same_shape(self.top, self.bottom, todo=todo)

    @property
    def shape(self) -> tuple[Size, ...]:
        return self.top.shape

    def at(self, *places: Place) -> Expr:
        return Quotient(self.top.at(*places), self.bottom.at(*places))


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
            if not shape_of(side):
                raise WrittenError(f"{self.left} @ {self.right}: {side} is a number; its product with an array is *")
        if self.left.shape[-1] != self.right.shape[0]:
            raise WrittenError(
                f"{self.left} @ {self.right}: {self.left.shape} does not meet {self.right.shape}; "
                f"the last size of the left is the first of the right, so one of them may want its transpose, .T"
            )

    @property
    def shape(self) -> tuple[Size, ...]:
        return self.left.shape[:-1] + self.right.shape[1:]

    def at(self, *places: Place) -> Expr:
        cut = len(self.left.shape) - 1
        taken = frozenset(p for p in places if isinstance(p, Index)) | self.left.free_indices | self.right.free_indices
        middle = fresh(Index("m", self.right.shape[0]), taken)
        return Sum(middle, Times((self.left.at(*places[:cut], middle), self.right.at(middle, *places[cut:]))))


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
    return formula.indices


def entries(*lines: Formula, taken: frozenset[Index] = frozenset()) -> list[Expr]:
    """Arrays as their entries in common fresh indices; scalars as they are.

    `taken` are indices that the hypotheses speak of: an entry's letter must not be one of theirs.
    """
    return list(lines) if all_scalars(lines) else in_letters(lines, taken)[1]


def all_scalars(lines: Sequence[Formula]) -> TypeGuard[Sequence[Expr]]:
    """Whether no line is written without indices."""
    return not any(isinstance(line, Array) for line in lines)


def in_letters(lines: Sequence[Formula], taken: frozenset[Index] = frozenset()) -> tuple[tuple[Index, ...], list[Expr]]:
    """The letters of the entries, and the lines in them; no letter in a line stands for two things."""
    places, found = _in_letters(tuple(lines), taken)
    return places, list(found)


@lru_cache(maxsize=16)
def _in_letters(lines: tuple[Formula, ...], taken: frozenset[Index]) -> tuple[tuple[Index, ...], tuple[Expr, ...]]:
    """The same; the sections of a page, the certificates and the code of a derivation all ask for its lines."""
    from .scope import meanings  # which reads arrays
    from .substitution import letters_apart

    known = {index.name: index for index in taken.union(*map(all_indices, lines))} | meanings(*lines)
    places: list[Index] = []
    shape = next((line.shape for line in lines if isinstance(line, Array)), ())
    for size in shape:
        letter = next((letter for letter in "ijklmnpqrs" if letter not in known), "i'")
        while letter in known:
            letter += "'"
        places.append(Index(letter, size))
        known[letter] = places[-1]
    for line in lines:
        if shape_of(line) not in (shape, ()):
            raise WrittenError(f"{line} has shape {shape_of(line)}, not {shape}")
    found = [entry(line, *places) if shape_of(line) else entry(line) for line in lines]
    return tuple(places), tuple(letters_apart(found, known))
