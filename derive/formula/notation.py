"""The words in which formulas are written."""

from __future__ import annotations

from typing import Any, overload

from .arrays import Array, Constant, Jacobian, Listed, Tensor, in_letters
from .hypotheses import Equation, Hypothesis, OneHot, OneOf, Positive
from .matrices import Diag, NormSquared, Outer, Trace
from .scope import check_line, names
from .tree import (
    BUILT_IN,
    Cases,
    Condition,
    Decimal,
    Delta,
    Derivative,
    Distinct,
    Entry,
    Equals,
    Expr,
    Function,
    Index,
    Place,
    Same,
    Scalar,
    Size,
    Strike,
    Sum,
    Symbol,
    WrittenError,
    written,
)

__all__ = [
    "D",
    "Sum",
    "by_cases",
    "by_label",
    "cosh",
    "decimal",
    "define",
    "delta",
    "diag",
    "distinct",
    "equal",
    "exp",
    "fraction",
    "function",
    "index",
    "indices",
    "listed",
    "log",
    "matrix",
    "norm_squared",
    "number",
    "one_hot",
    "one_of",
    "ones",
    "outer",
    "positive",
    "same",
    "scalar",
    "scalars",
    "sinh",
    "size",
    "strike",
    "tanh",
    "trace",
    "vector",
    "zeros",
]  # fmt: skip

exp, log = Function("exp"), Function("log")
sinh, cosh, tanh = Function("sinh"), Function("cosh"), Function("tanh")
diag = Diag
outer = Outer
trace = Trace
norm_squared = NormSquared
size = Size
function = Function


def index(name: str, size: Size) -> Index:
    """A letter that runs over 1, …, size."""
    return Index(name, size)


def indices(names: str, size: Size) -> tuple[Index, ...]:
    """Several letters that run over 1, …, size."""
    return tuple(Index(name, size) for name in names.split())


def scalar(name: str, of: Symbol | Tensor | None = None) -> Symbol:
    """A variable, or an unknown smooth function `of` a variable."""
    return Symbol(name, of=of)


def scalars(names: str) -> tuple[Symbol, ...]:
    """Several variables."""
    return tuple(map(Symbol, names.split()))


def vector(name: str, size: Size, of: Symbol | Tensor | None = None) -> Tensor:
    """A vector of variables, or of unknown smooth functions `of` a variable."""
    return Tensor(name, (size,), of=of)


def matrix(name: str, rows: Size, columns: Size) -> Tensor:
    """A matrix of variables."""
    return Tensor(name, (rows, columns))


def ones(size: Size) -> Array:
    """The vector of ones."""
    return Constant(1, size)


def zeros(size: Size) -> Array:
    """The vector of zeros."""
    return Constant(0, size)


def listed(size: Size, *entries: Scalar) -> Array:
    """A vector written out, one entry for each value of its index."""
    return Listed(size, tuple(map(written, entries)))


def delta(left: Place, right: Place) -> Expr:
    """Kronecker's delta: 1 where both places agree, else 0."""
    return Delta(left, right)


def by_cases(left: Place, right: Place, *, same: Scalar, distinct: Scalar) -> Expr:
    """One value where two indices agree, another where they differ."""
    return Cases((Same(left, right), Distinct(left, right)), (written(same), written(distinct)))


def by_label(label: Symbol, values: dict[int, Scalar]) -> Expr:
    """One value for each value of a label; wants the hypothesis `one_of(label, …)`."""
    conditions: tuple[Condition, ...] = tuple(Equals(label, number) for number in values)
    return Cases(conditions, tuple(map(written, values.values())))


def strike(body: Scalar) -> Expr:
    """A factor with a stroke through it: still there, and gone in the next line."""
    return Strike(written(body))


def fraction(top: int, bottom: int) -> Expr:
    """An exact fraction of two integers; a minus in front of it is a minus of the whole."""
    if type(top) is not int or type(bottom) is not int or not bottom:
        raise WrittenError(f"fraction({top!r}, {bottom!r}): expected two integers, the second other than 0")
    return written(top) / written(bottom)


def number(value: int) -> Expr:
    """An integer as a formula, for where no formula stands beside it: number(1) + 2."""
    return written(value)


def decimal(digits: str) -> Expr:
    """A number as its digits are written; exactly that number."""
    return Decimal(digits)


@overload
def D(body: Scalar, variable: Symbol | Entry, layout: str = "numerator") -> Expr: ...
@overload
def D(body: Scalar | Array, variable: Tensor, layout: str = "numerator") -> Array: ...
def D(body: Scalar | Array, variable: Symbol | Entry | Tensor, layout: str = "numerator") -> Expr | Array:
    """A derivative: of a scalar in a scalar, or of an array in an array.

    `layout` matters to arrays alone: in "numerator" layout the rows of the
    Jacobian belong to the output, in "denominator" layout to the variable.
    """
    if isinstance(variable, Tensor):
        return Jacobian(body if isinstance(body, Array) else written(body), variable, layout)
    if isinstance(body, Array):
        todo = f"name one entry of {body}" if body.shape else f"write {body} as a sum, or name it with define"
        raise WrittenError(f"D({body}, {variable}): {todo}")
    return Derivative(written(body), variable)


@overload
def define(name: str, body: Scalar, /) -> Symbol: ...
@overload
def define(name: str, body: Array, /) -> Any: ...  # a Tensor; a Symbol where the body has no shape
@overload
def define(name: str, parameter: Symbol, body: Scalar, /) -> Function: ...
@overload
def define(name: str, parameter: Index | tuple[Index, ...], body: Scalar, /) -> Tensor: ...
def define(name: str, *rest: Scalar | Index | tuple[Index, ...] | Array) -> Symbol | Function | Tensor:
    """A name for a formula: S, sigma(x), y[i], or an array; the kernel unfolds it, the reader sees the name.

    A product without a shape, such as y.T @ v, gets the name of a scalar.

    Raises WrittenError where an index of the body is no parameter, or a name is used in its own definition.
    """
    if name in BUILT_IN:
        raise WrittenError(f"define({name!r}): {name} is defined already; take another name")
    match rest:
        case [Expr() | int() as given]:
            body = written(given)
            _check_definition(name, body, frozenset())
            return Symbol(name, definition=body)
        case [Array() as array]:
            if array.free_indices:
                raise WrittenError(f"define({name!r}): {names(array.free_indices)} free in {array}; give the entries")
            check_line(array, defining=name)
            letters, (body,) = in_letters([array])
            return Tensor(name, array.shape, letters, body) if letters else Symbol(name, definition=body)
        case [Symbol() as parameter, Expr() | int() as given]:
            if parameter.definition is not None or parameter.of is not None:
                raise WrittenError(f"define({name!r}): {parameter} is no variable, so it cannot be a parameter")
            body = written(given)
            _check_definition(name, body, frozenset())
            return Function(name, parameter, body)
        case [Index() | tuple() as letters, Expr() | int() as given]:
            parameters = letters if isinstance(letters, tuple) else (letters,)
            if not all(isinstance(p, Index) for p in parameters) or len(set(parameters)) < len(parameters):
                raise WrittenError(f"define({name!r}): the parameters {parameters} are not different indices")
            body = written(given)
            _check_definition(name, body, frozenset(parameters))
            return Tensor(name, tuple(p.size for p in parameters), parameters, body)
    raise WrittenError(f"define({name!r}): expected a formula, or parameters and a formula")


def _check_definition(name: str, body: Expr, parameters: frozenset[Index]) -> None:
    check_line(body, defining=name)
    if stray := body.free_indices - parameters:
        raise WrittenError(f"define({name!r}): index {min(stray, key=str)} is free in {body} but not a parameter")


# --------------------------------------------------------------- hypotheses


def equal(left: Scalar, right: Scalar) -> Hypothesis:
    """Both sides are equal, for every value of their indices."""
    return Equation(written(left), written(right))


def positive(body: Scalar) -> Hypothesis:
    """Greater than zero, for every value of its indices."""
    return Positive(written(body))


def same(left: Index, right: Index) -> Hypothesis:
    """Two indices agree."""
    return Same(left, right)


def distinct(left: Index, right: Index) -> Hypothesis:
    """Two indices differ."""
    return Distinct(left, right)


def one_hot(label: Tensor, at: Index) -> Hypothesis:
    """`label` is 1 at one class and 0 elsewhere."""
    return OneHot(label, at)


def one_of(symbol: Symbol, *values: int) -> Hypothesis:
    """`symbol` takes only these values."""
    return OneOf(symbol, values)
