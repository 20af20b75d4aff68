"""What is written stays as it is written, and what cannot mean anything is refused at once."""

from __future__ import annotations

import copy
import pickle
from fractions import Fraction

import pytest
from hypothesis import given, settings

from derive.formula.arrays import Array, all_indices
from derive.formula.latex import latex
from derive.formula.notation import (
    D,
    by_cases,
    by_label,
    decimal,
    delta,
    exp,
    fraction,
    function,
    index,
    listed,
    number,
    scalar,
    size,
    strike,
    vector,
)
from derive.formula.tree import (
    Decimal,
    Delta,
    Derivative,
    Expr,
    Index,
    Negative,
    Numeral,
    Pick,
    Plus,
    Power,
    Quotient,
    Size,
    Strike,
    Sum,
    Symbol,
    Times,
    WrittenError,
    check_name,
    fresh,
    written,
)
from tests.formulas import NAMES, A, K, N, S, arrays, c, formulas, g, i, j, k, sigma, t, w, x, y, z
from tests.sampling import examples

one, two, three = Numeral(1), Numeral(2), Numeral(3)


@pytest.mark.parametrize(
    ("formula", "tree"),
    [
        (x + c + w, Plus((x, c, w))),
        (x + (c + w), Plus((x, Plus((c, w))))),
        (x - c, Plus((x, Negative(c)))),
        (x - (c - w), Plus((x, Negative(Plus((c, Negative(w))))))),
        (1 + x, Plus((one, x))),
        (1 - x, Plus((one, Negative(x)))),
        (x * c * w, Times((x, c, w))),
        (x * (c * w), Times((x, Times((c, w))))),
        (2 * x, Times((two, x))),
        (x * 2, Times((x, two))),
        (-x * c, Negative(Times((x, c)))),
        (-(x * c), Negative(Times((x, c)))),
        (x * -c, Times((x, Negative(c)))),
        (-x * c * w, Negative(Times((x, c, w)))),
        (-x / c, Negative(Quotient(x, c))),
        (-x * c / w, Negative(Quotient(Times((x, c)), w))),
        (-1 / x, Negative(Quotient(one, x))),
        (-2 * x, Negative(Times((two, x)))),
        (x / c / w, Quotient(Quotient(x, c), w)),
        (x / (c / w), Quotient(x, Quotient(c, w))),
        (1 / x, Quotient(one, x)),
        (x**2, Power(x, two)),
        (x**-2, Power(x, Negative(two))),
        (2**x, Power(two, x)),
        (-(x**2), Negative(Power(x, two))),
        ((-x) ** 2, Power(Negative(x), two)),
        (x**c**w, Power(x, Power(c, w))),
        (x * c + w, Plus((Times((x, c)), w))),
        (x + x, Plus((x, x))),
        (x - x, Plus((x, Negative(x)))),
        (x * 0, Times((x, Numeral(0)))),
        (x / x, Quotient(x, x)),
        (fraction(1, 2), Quotient(one, two)),
        (fraction(-1, 2), Negative(Quotient(one, two))),
        (Sum(k, 1), Sum(k, one)),
        (K * x, Times((K, x))),
        (strike(3), Strike(three)),
        (D(x, x), Derivative(x, x)),
        (D(1, x), Derivative(one, x)),
    ],
)
def test_nothing_is_simplified(formula: Expr, tree: Expr) -> None:
    assert formula == tree
    assert hash(formula) == hash(tree)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (x + c, c + x),
        (x * 1, x),
        (x + (c + w), x + c + w),
        (Sum(k, z[k]), Sum(j, z[j])),
        (x, scalar("x", of=c)),
        (S, scalar("S")),
        (y[i], vector("y", K)[i]),
        (z[i], z[j]),
        (decimal("0.5"), decimal("0.50")),
        (exp(x), sigma(x)),
        (g(x), g.prime(x)),
        (number(1), number(2)),
    ],
)
def test_equal_means_written_alike(left: Expr, right: Expr) -> None:
    assert left != right


@settings(max_examples=examples(80))
@given(formulas)
def test_a_copy_is_the_same_scalar(formula: Expr) -> None:
    for again in (pickle.loads(pickle.dumps(formula)), copy.deepcopy(formula), copy.copy(formula)):
        assert again == formula
        assert hash(again) == hash(formula)
        assert latex(again) == latex(formula)


@settings(max_examples=examples(60))
@given(arrays)
def test_a_copy_is_the_same_array(array: Array) -> None:
    again = pickle.loads(pickle.dumps(array))
    assert again == array
    assert hash(again) == hash(array)
    assert latex(again) == latex(array)


@settings(max_examples=examples(80))
@given(formulas)
def test_children_make_the_node_again(formula: Expr) -> None:
    for node in formula.walk():
        assert node.with_children(*node.children()) == node


@settings(max_examples=examples(80))
@given(formulas)
def test_free_indices_are_indices_of_the_formula(formula: Expr) -> None:
    assert formula.free_indices <= all_indices(formula)
    assert Sum(k, formula).free_indices == formula.free_indices - {k}


@pytest.mark.parametrize(
    ("formula", "free"),
    [
        (z[i] * z[1], {i}),
        (Sum(k, z[k] * z[i]), {i}),
        (Sum(k, z[k]) * z[k], {k}),
        (delta(i, j), {i, j}),
        (D(y[i], z[j]), {i, j}),
        (by_cases(i, j, same=z[k], distinct=1), {i, j, k}),
        (by_label(x, {0: z[i], 1: c}), {i}),
        (listed(K, x, z[j]).at(i), {i, j}),
        (S * K, set()),
    ],
)
def test_free_indices(formula: Expr, free: set[Index]) -> None:
    assert formula.free_indices == free


@pytest.mark.parametrize(
    "name",
    ["x", "z'", "z''", "y_hat", "x_1", "W1", "softmax", "σ", "Σ_1", "lambda", "x_1_2'"],
)
def test_names(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *["", " ", "x ", " x", "1x", "_x", "__import__", "x_", "x__y", "x-y", "x.y", "x y", "x\n", "x\0", "'", "x'y"],
        *["x²", "①", "ﬁ", "ä", "中", "µ", "<b>", "x;y", "\\input{x}", "x}{", "$", "%", "#", "&", "^", "~", "../x"],
        *["x" * 61, "x" * 10**6, None, 3, 1.5, b"x", ("x",)],
    ],
)  # fmt: skip
@pytest.mark.parametrize("write", [scalar, size, function, lambda name: index(name, K), lambda name: vector(name, K)])
def test_hostile_names(write: object, name: object) -> None:
    with pytest.raises(WrittenError, match="is not a name") as refusal:
        write(name)  # type: ignore[operator]
    assert len(str(refusal.value)) < 300


REFUSED = [
    ("0.5 * x", r"0\.5 is rounded already; write x / 2 or fraction\(1, 2\)"),
    ("x + 0.5", r"0\.5 is rounded already"),
    ("x / 0.5", r"0\.5 is rounded already"),
    ("x**0.5", r"0\.5 is rounded already"),
    ("exp(1.0)", r"1\.0 is rounded already"),
    ('x * float("nan")', r"nan is rounded already"),
    ("True * x", r"True is not a number"),
    ('x + "c"', r"'c' is not a formula"),
    ("x * None", r"None is not a formula"),
    ("x + Fraction(1, 2)", r"Fraction\(1, 2\) is not a formula"),
    ("x * 1j", r"1j is not a formula"),
    ("x * i", r"index i is not a number; write it as a subscript"),
    ("x + z", r"x is a number, but z has shape \(K,\)"),
    ("x / z", r"x/\(z\): the denominator has shape \(K,\)"),
    ("x ** z", r"z is an array where a scalar belongs"),
    ("Sum(k, z)", r"z is an array where a scalar belongs"),
    ("bool(x == c or x)", r"x is a formula, neither true nor false"),
    ("x if x * c else c", r"x\*c is a formula, neither true nor false"),
    ("D(x, x + 1)", r"cannot differentiate in x \+ 1: it is neither a symbol nor an entry"),
    ("D(x, K)", r"cannot differentiate in K"),
    ("D(x, exp)", r"cannot differentiate in exp"),
    ("Sum(x, x)", r"Sum\(x, …\): the first argument is an index"),
    ('Sum("k", x)', r"Sum\(k, …\): the first argument is an index"),
    ("delta(i, n)", r"delta\(i, n\): i runs to K, but n runs to N"),
    ("delta(i, 0)", r"delta\(i, 0\): 0 is not a subscript; that is an index, or a number from 1"),
    ("delta(True, i)", r"True is not a subscript"),
    ("delta(i, x)", r"delta\(i, x\): x is not a subscript"),
    ("delta(i, 1.5)", r"1\.5 is not a subscript"),
    ("by_cases(i, n, same=x, distinct=c)", r"i = n: i runs to K, but n runs to N"),
    ("distinct(n, i)", r"n ≠ i: n runs to N, but i runs to K"),
    ("by_label(x, {})", r"cases need one condition for each value"),
    ("by_label(x, {0.5: c})", r"x = 0\.5: a label takes integers"),
    ("by_label(S, {1: c})", r"S is not a variable; only a variable can be told apart"),
    ("by_label(z[i], {1: c})", r"z\[i\] is not a variable"),
    ("Cases((Same(i, j),), (x, c))", r"cases need one condition for each value"),
    ("exp.prime", r"exp\.prime: only an unknown function has a prime; write D\(exp\(x\), x\)"),
    ("sigma.prime", r"sigma\.prime: only an unknown function has a prime"),
    ('index("i", 3)', r"index i: 3 is not a size; name it, as in K = size\('K'\)"),
    ('index("i", x)', r"index i: x is not a size"),
]


@pytest.mark.parametrize(("write", "message"), REFUSED)
def test_refused_while_writing(write: str, message: str) -> None:
    with pytest.raises(WrittenError, match=message):
        eval(write, {**NAMES, **globals()})


@pytest.mark.parametrize("digits", ["0.457", "12.0", "0." + "3" * 40])
def test_decimals(digits: str) -> None:
    number = Decimal(digits)
    assert number.value == Fraction(digits)
    assert number.half_unit == Fraction(1, 2) / 10 ** len(digits.split(".")[1])


@pytest.mark.parametrize("digits", ["1", ".5", "1.", "-0.5", "0.5e3", " 0.5", "٠.٥", "0." + "3" * 41, 0.5, None, 5])
def test_what_is_no_decimal(digits: str) -> None:
    with pytest.raises(WrittenError, match="is not a decimal number such as"):
        decimal(digits)


def test_fresh_letters() -> None:
    taken = frozenset({k, Index("k'", N)})
    assert fresh(k, taken) == Index("k''", K)
    assert fresh(i, taken) is i


def test_primes_of_an_unknown_function() -> None:
    assert g.prime.prime.order == 2
    assert repr(g.prime(x)) == "g.prime(x)"
    assert g.prime != g


def test_a_derivative_knows_its_name() -> None:
    assert Derivative(x, x).name == x
    assert Derivative(y[i], z[j]).name == z


def test_written() -> None:
    assert written(3) == three
    assert written(-3) == Negative(three)
    assert written(x) is x


def test_nodes_without_parts() -> None:
    for leaf in (x, K, three, z[i], delta(i, j)):
        assert leaf.children() == ()
        assert leaf.with_children() is leaf
        assert list(leaf.walk()) == [leaf]
    assert [type(node) for node in (x * (c + 1)).walk()] == [Times, Symbol, Plus, Symbol, Numeral]
    assert Pick(i, (x, c)).with_children(c, x) == Pick(i, (c, x))
    assert isinstance(K, Size) and isinstance(delta(1, 2), Delta)


def test_an_array_scales_what_a_scalar_does_not() -> None:
    assert repr(x * A) == "x*A"
    assert repr(-x * t) == "-x*t"


def test_an_object_that_stands_in_several_places_is_met_once() -> None:
    shared = x * x
    top = shared + x
    formula = top / shared
    assert list(formula.walk()) == [formula, top, shared, x, x, x, shared, x, x]
    assert list(formula.objects()) == [formula, top, shared, x]
