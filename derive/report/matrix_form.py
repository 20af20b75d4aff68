"""Entries written as vectors and matrices: a proposal, which the kernel has to prove before anyone sees it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import product
from typing import Any

from derive.formula.arrays import Array, Constant, Jacobian
from derive.formula.matrices import Diag, Outer
from derive.formula.substitution import substitute
from derive.formula.tree import (
    Apply,
    Delta,
    Derivative,
    Entry,
    Expr,
    Formula,
    Index,
    Negative,
    Numeral,
    Plus,
    Power,
    Quotient,
    Strike,
    Sum,
    Times,
)


class NoMatrixError(ValueError):
    """Entries for which no matrix is known."""


def matrix_form(entry: Expr, axes: Sequence[Index]) -> Formula:
    """A formula without the indices `axes` whose entry, in these places, should be `entry`.

    Raises NoMatrixError where none is known.
    """
    match axes:
        case []:
            plain: Formula = number(entry)
            return plain
        case [row]:
            return vector(entry, row)
        case [row, column]:
            return matrix(entry, row, column)
    raise NoMatrixError(str(entry))


def number(entry: Expr) -> Any:
    """A number: a scalar, or an array without a shape; a sum of products becomes a product of vectors."""
    match entry:
        case Sum(index, body) if not isinstance(body, Sum):
            inner = [factor for factor in factors(body) if index in factor.free_indices]
            outer = [factor for factor in factors(body) if index not in factor.free_indices]
            left = Constant(1, index.size) if len(inner) == 1 else vector(inner[0], index)
            right = vector(times(inner[-1:] if len(inner) == 1 else inner[1:]), index)
            dot = left.T @ right
            return times(outer) * dot if outer else dot
        case Plus(terms):
            return reduce(lambda a, b: a + b, map(number, terms))
        case Negative(term):
            return -number(term)
        case Times(parts):
            return reduce(lambda a, b: a * b, map(number, parts))
        case Power(base, exponent):
            return number(base) ** exponent
        case Quotient(top, bottom):
            return number(top) / number(bottom)
    return entry


def vector(entry: Expr, row: Index) -> Array:
    """The vector of these entries."""
    if row not in entry.free_indices:
        ones = Constant(1, row.size)
        return ones if entry == Numeral(1) else scaled(number(entry), ones)
    match entry:
        case Entry(tensor, (place,)) if place == row:
            return tensor
        case Derivative(body, Entry(tensor, (place,))) if place == row and row not in body.free_indices:
            return Jacobian(body, tensor, "denominator")
        case Plus(terms):
            return added([vector(term, row) for term in terms])
        case Negative(term):
            return -vector(term, row)
        case Times() | Quotient():
            return product_of(entry, row)
        case Power(base, Numeral(2)):
            return vector(base, row) * vector(base, row)
        case Apply(function, argument):
            found = function(vector(argument, row))
            assert isinstance(found, Array)
            return found
        case Sum(middle, body):
            both = [factor for factor in factors(body) if {row, middle} <= factor.free_indices]
            rest = [factor for factor in factors(body) if factor not in both]
            if len(both) == 1 and not any(row in factor.free_indices for factor in rest):
                return matrix(both[0], row, middle) @ vector(times(rest), middle)
    raise NoMatrixError(str(entry))


def product_of(entry: Expr, row: Index) -> Array:
    """A product or a quotient of vectors and numbers, entry by entry."""
    if isinstance(entry, Quotient):
        top = vector(entry.top, row)
        below = entry.bottom
        return top / vector(below, row) if row in below.free_indices else top / number(below)
    parts = factors(entry)
    numbers = [factor for factor in parts if row not in factor.free_indices]
    vectors = [vector(factor, row) for factor in parts if row in factor.free_indices]
    found = reduce(lambda a, b: a * b, vectors)
    return scaled(number(times(numbers)), found) if numbers else found


def matrix(entry: Expr, row: Index, column: Index) -> Array:
    """The matrix of these entries."""
    match entry:
        case Entry(tensor, places) if places == (row, column):
            return tensor
        case Entry(tensor, places) if places == (column, row):
            return tensor.T
        case Derivative(body, variable):
            return derivative(body, variable, row, column)
        case Plus(terms) if all(row in node.places[1:] for node in entry.walk() if isinstance(node, Entry)):
            return added([matrix(term, column, row) for term in terms]).T
        case Plus(terms):
            return added([matrix(term, row, column) for term in terms])
        case Negative(term):
            return -matrix(term, row, column)
        case Quotient(top, bottom) if not {row, column} & bottom.free_indices:
            divided: Array = matrix(top, row, column) / number(bottom)
            return divided
        case Sum(middle, body):
            left = [factor for factor in factors(body) if column not in factor.free_indices]
            right = [factor for factor in factors(body) if factor not in left]
            if len(left) == len(right) == 1:
                return matrix(left[0], row, middle) @ matrix(right[0], middle, column)
        case Times() | Delta():
            return added([monomial(parts, row, column) for parts in expanded(entry)])
    raise NoMatrixError(str(entry))


def derivative(body: Expr, variable: Expr, row: Index, column: Index) -> Array:
    """A Jacobian, with rows of the output where it has an index; else a gradient in a matrix, or one of a gradient."""
    match body, variable:
        case Entry(output, (a,)), Entry(tensor, (b,)) if (a, b) == (row, column):
            return Jacobian(output, tensor)
        case _, Entry(tensor, places) if places == (row, column) and not {row, column} & body.free_indices:
            return Jacobian(body, tensor, "denominator")
        case Derivative(inner, Entry(first, (a,))), Entry(tensor, (b,)) if (a, b) == (row, column):
            if not {row, column} & inner.free_indices:
                return Jacobian(Jacobian(inner, first, "denominator"), tensor, "denominator")
    raise NoMatrixError(str(body))


def monomial(parts: Sequence[Expr], row: Index, column: Index) -> Array:
    """A product without sums in it: diag(a), or an outer product, or a matrix between two diagonals."""
    if any(isinstance(part, Negative) for part in parts):
        signs = sum(isinstance(part, Negative) for part in parts)
        bare = [part.term if isinstance(part, Negative) else part for part in parts]
        found = monomial(bare, row, column)
        return -found if signs % 2 else found
    deltas = [part for part in parts if isinstance(part, Delta) and {part.left, part.right} == {row, column}]
    numbers = [part for part in parts if not {row, column} & part.free_indices and part != Numeral(1)]
    rest = [part for part in parts if part not in deltas and {row, column} & part.free_indices]
    if deltas:
        along = [substitute(part, {column: row}) for part in rest]
        found = Diag(product_of(times(along), row) if along else Constant(1, row.size))
        return scaled(number(times(numbers)), found) if numbers else found
    rows = [part for part in rest if column not in part.free_indices]
    columns = [part for part in rest if row not in part.free_indices]
    whole = [part for part in rest if part not in rows and part not in columns]
    if len(whole) == 1:
        found = matrix(whole[0], row, column)
        found = Diag(vector(times(rows), row)) @ found if rows else found
        found = found @ Diag(vector(times(columns), column)) if columns else found
    elif not whole and rows and columns:
        found = Outer(vector(times(rows), row), vector(times(columns), column))
    else:
        raise NoMatrixError(str(times(parts)))
    return scaled(number(times(numbers)), found) if numbers else found


def expanded(entry: Expr) -> list[list[Expr]]:
    """A product with its sums multiplied out where a δ is in them: products of factors."""
    choices = []
    for factor in factors(entry):
        mixed = isinstance(factor, Plus) and any(isinstance(node, Delta) for node in factor.walk())
        choices.append([[factor]] if not mixed else [signed(one) for one in factor.children()])
    return [[part for parts in chosen for part in parts] for chosen in product(*choices)]


def signed(one: Expr) -> list[Expr]:
    """The factors of a term, its sign at the first of them."""
    if not isinstance(one, Negative):
        return factors(one)
    first, *rest = factors(one.term)
    return [Negative(first), *rest]


def factors(entry: Expr) -> list[Expr]:
    """What is multiplied, strokes aside."""
    match entry:
        case Times(parts):
            return [inner for part in parts for inner in factors(part)]
        case Strike(body):
            return factors(body)
    return [entry]


def times(parts: Sequence[Expr]) -> Expr:
    """The product of so many factors."""
    return Numeral(1) if not parts else parts[0] if len(parts) == 1 else Times(tuple(parts))


def scaled(factor: Any, body: Array) -> Array:
    """A number in front of an array."""
    if factor == Numeral(0) and isinstance(body, Constant):
        return Constant(0, body.size)
    if isinstance(factor, Negative):
        return -scaled(factor.term, body)
    found = factor * body
    assert isinstance(found, Array)
    return found


def added(terms: Sequence[Array]) -> Array:
    """The sum, with minus signs as they stand."""
    return reduce(lambda a, b: a + b, terms)
