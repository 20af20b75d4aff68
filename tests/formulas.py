"""Random formulas, written with the words of the notation alone, and their values in exact fractions."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from derive.formula import notation
from derive.formula.arrays import Array
from derive.formula.notation import (
    D,
    by_cases,
    by_label,
    decimal,
    define,
    delta,
    diag,
    exp,
    fraction,
    function,
    index,
    indices,
    listed,
    log,
    matrix,
    norm_squared,
    number,
    ones,
    outer,
    scalar,
    scalars,
    size,
    strike,
    tanh,
    trace,
    vector,
    zeros,
)
from derive.formula.tree import (
    Apply,
    Cases,
    Delta,
    Derivative,
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
    Size,
    Strike,
    Sum,
    Symbol,
    Times,
)

K, N = size("K"), size("N")
i, j, k = indices("i j k", K)
n = index("n", N)
z, t = vector("z", K), vector("t", K)
A, X = matrix("A", K, K), matrix("X", N, K)
x, c, w = scalars("x c w")
label = scalar("label")
g = function("g")
S = define("S", Sum(k, exp(z[k])))
y = define("y", i, exp(z[i]) / S)
sigma = define("sigma", x, 1 / (1 + exp(-x)))

NAMES: dict[str, Any] = {
    **vars(notation),
    **{name: value for name, value in globals().items() if isinstance(value, Formula | Function | Index)},
}
"""What a formula of these strategies is evaluated in."""

PLACES: st.SearchStrategy[Place] = st.sampled_from([i, j, k, 1, 2])


def entry_of(tensors: list[Any]) -> st.SearchStrategy[Expr]:
    return st.builds(operator.getitem, st.sampled_from(tensors), PLACES)


def scalars_from(leaves: st.SearchStrategy[Expr], more: bool) -> st.SearchStrategy[Expr]:
    """Scalars of arithmetic, sums and cases; with `more`, of everything that the notation can write."""

    def grow(part: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
        binary = [operator.add, operator.sub, operator.mul]
        options: list[st.SearchStrategy[Expr]] = [
            st.builds(lambda write, a, b: write(a, b), st.sampled_from(binary), part, part),
            st.builds(operator.neg, part),
            st.builds(lambda a, b: a / b, part, st.integers(1, 9)),
            st.builds(lambda a, b: a**b, part, st.integers(0, 3)),
            st.builds(Sum, st.sampled_from([i, j, k]), part),
            st.builds(lambda a, b, s, d: by_cases(a, b, same=s, distinct=d), PLACES, PLACES, part, part),
            st.builds(lambda place, a, b: listed(K, a, b).at(place), PLACES, part, part),
        ]
        if more:
            functions: list[Callable[[Expr], Expr]] = [exp, log, tanh, sigma, g, g.prime, strike]
            options += [
                st.builds(operator.truediv, part, part),
                st.builds(operator.pow, part, part),
                st.builds(lambda write, a: write(a), st.sampled_from(functions), part),
                st.builds(D, part, st.one_of(st.sampled_from([x, S]), entry_of([z, y]))),
                st.builds(lambda a, b: by_label(label, {0: a, 1: b}), part, part),
            ]
        return st.one_of(options)

    return st.recursive(leaves, grow, max_leaves=12)


formulas: st.SearchStrategy[Expr] = scalars_from(
    st.one_of(
        st.builds(number, st.integers(-3, 9)),
        st.sampled_from([x, c, S, K, decimal("0.457"), fraction(1, 2), fraction(-2, 3), 1 - x, sigma(x)]),
        entry_of([z, t, y]),
        st.builds(delta, PLACES, PLACES),
    ),
    more=True,
)
"""Scalars of every kind."""


def _grow_arrays(part: st.SearchStrategy[tuple[int, Array]]) -> st.SearchStrategy[tuple[int, Array]]:
    def combine(write: int, left: tuple[int, Array], right: tuple[int, Array], factor: Expr) -> tuple[int, Array]:
        (axes, a), (others, b) = left, right
        match write:
            case 0 if axes == others:
                return axes, a + b
            case 1 if axes == others:
                return axes, a - b
            case 2:
                return axes, -a
            case 3:
                return axes, factor * a
            case 4:
                return axes, a / factor
            case 5 if axes + others == 3:
                return 1, a @ b
            case 6 if axes == others == 1:
                return 1, a / (a @ b)
            case 7 if axes == others == 1:
                return 2, outer(a, b)
            case 8 if axes == 1:
                return 2, diag(a)
            case 9:
                return axes, a.T
            case 10 if axes == 1:
                return 2, D(a, z, "denominator")
            case 11 if axes == 1:
                return 2, D(a, y)
            case 12 if axes == others:
                return axes, a * b
            case 13 if axes == others:
                return axes, a / b
            case 14:
                return axes, norm_squared(b) * a
            case 15 if others == 2:
                return axes, a / (1 - trace(b) ** 2)
        return axes, exp(a)

    return st.builds(combine, st.integers(0, 16), part, part, formulas)


arrays: st.SearchStrategy[Array] = st.recursive(
    st.sampled_from([(1, z), (1, y), (2, A), (1, ones(K)), (1, zeros(K)), (1, listed(K, x, 2, S))]),
    _grow_arrays,
    max_leaves=6,
).map(lambda found: found[1])
"""Vectors and matrices over K."""


# ------------------------------------------------------------ exact values

T = define("T", c + Sum(k, z[k]) * x)
v = define("v", (i, j), z[i] * c + Sum(k, z[k] * delta(k, j)) + T)
f = define("f", x, x * c + Sum(k, z[k] * x) + T)

polynomials: st.SearchStrategy[Expr] = scalars_from(
    st.one_of(
        st.builds(number, st.integers(-3, 9)),
        st.sampled_from([x, c, w, T, f(c), f(w + 1), f(f(x))]),
        entry_of([z]),
        st.builds(lambda a, b: f(z[a] * v[a, b]), PLACES, PLACES),
        st.builds(lambda a, b: v[a, b], PLACES, PLACES),
        st.builds(delta, PLACES, PLACES),
    ),
    more=False,
)
"""Scalars whose value is a fraction, with names that hide sums and variables."""


def value(expr: Expr, at: Mapping[Index, int], of: Mapping[object, Fraction], classes: int = 2) -> Fraction:
    """The value of a polynomial: `at` says what the indices are, `of` what the variables and (tensor, n) are.

    A name depends on the variables of its definition, so they are looked up where it stands.
    """

    def number_at(place: Place) -> int:
        return at[place] if isinstance(place, Index) else place

    def part(child: Expr) -> Fraction:
        return value(child, at, of, classes)

    match expr:
        case Numeral(digits):
            return Fraction(digits)
        case Size():
            return Fraction(classes)
        case Symbol(definition=Expr() as body):
            return value(body, {}, of, classes)
        case Symbol():
            return of[expr]
        case Entry(tensor, places) if tensor.definition is not None:
            inside = dict(zip(tensor.parameters, map(number_at, places), strict=True))
            return value(tensor.definition, inside, of, classes)
        case Entry(tensor, (place,)):
            return of[tensor, number_at(place)]
        case Apply(Function(_, parameter, Expr() as body), argument):
            return value(body, {}, {**of, parameter: part(argument)}, classes)
        case Plus(terms):
            return sum(map(part, terms), Fraction(0))
        case Times(factors):
            product = Fraction(1)
            for factor in factors:
                product *= part(factor)
            return product
        case Negative(term):
            return -part(term)
        case Quotient(top, bottom):
            return part(top) / part(bottom)
        case Power(base, Numeral(exponent)):
            return part(base) ** exponent
        case Strike(body):
            return part(body)
        case Delta(left, right):
            return Fraction(number_at(left) == number_at(right))
        case Pick(place, options):
            return part(options[number_at(place) - 1])
        case Cases((Same(left, right), *_), (same, distinct)):
            return part(same if number_at(left) == number_at(right) else distinct)
        case Cases(conditions, values):
            chosen = (
                v for c, v in zip(conditions, values, strict=True) if isinstance(c, Equals) and of[c.left] == c.right
            )
            return part(next(chosen))
        case Sum(index, body):
            return sum((value(body, {**at, index: m}, of, classes) for m in range(1, classes + 1)), Fraction(0))
        case Derivative():
            raise NotImplementedError
    raise TypeError(type(expr).__name__)
