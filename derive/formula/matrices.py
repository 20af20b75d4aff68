"""Matrices that are made of vectors, and numbers that are made of matrices."""

from __future__ import annotations

from dataclasses import dataclass

from .arrays import Array, described
from .tree import Delta, Expr, Index, Numeral, Place, Power, Size, Sum, WrittenError, fresh, quoted


def as_vector(formula: object, *shown: object) -> Array:
    """`formula`, refused where it is no vector."""
    if not isinstance(formula, Array):
        raise WrittenError(f"{quoted(shown)}: {formula} is not an array")
    if len(formula.shape) != 1:
        raise WrittenError(f"{quoted(shown)}: {described(formula)}; a vector is wanted")
    return formula


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


@dataclass(frozen=True, slots=True, repr=False)
class Trace(Array):
    """The sum of a square matrix's diagonal: a number."""

    matrix: Array

    def __post_init__(self) -> None:
        if not isinstance(self.matrix, Array):
            raise WrittenError(f"trace({self.matrix}): {self.matrix} is not an array")
        if len(self.matrix.shape) != 2 or self.matrix.shape[0] != self.matrix.shape[1]:
            raise WrittenError(
                f"trace({self.matrix}): {described(self.matrix)}; a square matrix is wanted, as in A.T @ A"
            )

    @property
    def shape(self) -> tuple[Size, ...]:
        return ()

    def at(self, *places: Place) -> Expr:
        (middle,) = middles(self.matrix, self.matrix.shape[:1])
        return Sum(middle, self.matrix.at(middle, middle))


@dataclass(frozen=True, slots=True, repr=False)
class NormSquared(Array):
    """The sum of the squares of all entries: a number."""

    body: Array

    def __post_init__(self) -> None:
        if not isinstance(self.body, Array) or not self.body.shape:
            raise WrittenError(f"norm_squared({self.body}): {self.body} is a number; write ({self.body})**2")

    @property
    def shape(self) -> tuple[Size, ...]:
        return ()

    def at(self, *places: Place) -> Expr:
        letters = middles(self.body, self.body.shape)
        total: Expr = Power(self.body.at(*letters), Numeral(2))
        for letter in reversed(letters):
            total = Sum(letter, total)
        return total


def middles(body: Array, sizes: tuple[Size, ...]) -> tuple[Index, ...]:
    """Letters to sum the entries of `body` over, of these sizes."""
    found: list[Index] = []
    for size in sizes:
        found.append(fresh(Index("m", size), body.free_indices.union(found)))
    return tuple(found)
