"""The words, and what they refuse."""

from __future__ import annotations

import pytest

from derive.formula import notation
from derive.formula.arrays import Array, Tensor
from derive.formula.notation import (
    Sum,
    by_label,
    decimal,
    define,
    diag,
    exp,
    fraction,
    function,
    index,
    indices,
    matrix,
    norm_squared,
    number,
    scalar,
    scalars,
    size,
    trace,
    vector,
)
from derive.formula.tree import (
    Decimal,
    Equals,
    Function,
    Index,
    Negative,
    Numeral,
    Quotient,
    Size,
    Symbol,
    WrittenError,
)
from tests.formulas import NAMES, A, K, N, S, X, c, i, k, label, n, sigma, t, x, y, z


def test_every_word_is_there() -> None:
    assert sorted(notation.__all__) == list(notation.__all__) or set(notation.__all__) <= set(vars(notation))
    assert all(hasattr(notation, word) for word in notation.__all__)


def test_names_are_made() -> None:
    assert size("K") == Size("K")
    assert index("i", K) == Index("i", K)
    assert indices("i j", K) == (Index("i", K), Index("j", K))
    assert scalars("x c") == (Symbol("x"), Symbol("c"))
    assert vector("z", K) == Tensor("z", (K,))
    assert matrix("X", N, K).shape == (N, K)
    assert function("f") == Function("f")
    assert scalar("u", of=x).of == x
    assert vector("u", K, of=z).of == z
    assert decimal("0.5") == Decimal("0.5")
    assert number(-2) == Negative(Numeral(2))
    assert fraction(3, 4) == Quotient(Numeral(3), Numeral(4))
    assert by_label(label, {0: 1, 1: x}).children() == (Numeral(1), x)
    assert repr(by_label(label, {0: 1}).conditions[0]) == repr(Equals(label, 0))  # type: ignore[attr-defined]


def test_a_name_for_a_scalar() -> None:
    total = define("total", Sum(k, z[k]))
    assert total == Symbol("total", definition=Sum(k, z[k]))
    assert define("one", 1).definition == Numeral(1)


def test_a_name_for_entries() -> None:
    assert y.parameters == (i,)
    assert y.definition == exp(z[i]) / S
    both = define("B", (n, k), X[n, k] / S)
    assert both.shape == (N, K)
    assert repr(both[n, 1]) == "B[n, 1]"


def test_a_name_for_a_function() -> None:
    assert sigma.parameter == x
    assert repr(sigma(0)) == "sigma(0)"
    assert define("two", x, 2)(c) == Function("two", x, Numeral(2))(c)


@pytest.mark.parametrize(
    ("array", "parameters", "definition"),
    [
        (z + t, "(i,)", "z[i] + t[i]"),
        (A @ z, "(i,)", "Sum(m, A[i, m]*z[m])"),
        (diag(y), "(i, j)", "delta(i, j)*y[i]"),
        (Sum(i, z[i]) * t, "(j,)", "Sum(i, z[i])*t[j]"),
    ],
)
def test_a_name_for_an_array(array: Array, parameters: str, definition: str) -> None:
    named = define("V", array)
    assert named.shape == array.shape
    assert (repr(named.parameters), repr(named.definition)) == (parameters, definition)


@pytest.mark.parametrize(
    ("array", "definition"),
    [
        (z @ t, "Sum(m, z[m]*t[m])"),
        (1 - norm_squared(z), "1 - Sum(m, z[m]**2)"),
        (trace(A) / scalar("m"), "Sum(m', A[m', m'])/m"),
    ],
)
def test_what_has_no_shape_gets_the_name_of_a_scalar(array: Array, definition: str) -> None:
    named = define("q", array)
    assert isinstance(named, Symbol) and repr(named.definition) == definition
    assert repr(Sum(i, named * z[i])) == "Sum(i, q*z[i])"


@pytest.mark.parametrize(
    ("write", "message"),
    [
        ('define("y", i, exp(z[i]) / Sum(k, z[j]))', r"define\('y'\): index j is free in .* but not a parameter"),
        ('define("L", z[i])', r"define\('L'\): index i is free in z\[i\] but not a parameter"),
        ('define("f", x, z[i] * x)', r"define\('f'\): index i is free"),
        ('define("v", z[i] * t)', r"define\('v'\): index i is free in z\[i\]\*t; give the entries"),
        ('define("y", i, z[i] * Sum(i, z[i]))', r"index i is summed in Sum\(i, z\[i\]\) and free elsewhere"),
        ('define("x", x + 1)', r"x is defined by itself, in x \+ 1; a definition can only use what is known"),
        ('define("z", i, z[i])', r"z is defined by itself"),
        ('define("z", exp(z))', r"z is defined by itself"),
        ('define("S", S * x)', r"S is defined by itself"),
        ('define("z", S * x)', r"z is defined by itself"),  # by way of S
        ('define("sigma", x, sigma(x))', r"sigma is defined by itself"),
        ('define("x", x, x + 1)', r"x is defined by itself"),
        ('define("K", Sum(k, z[k]))', r"K is defined by itself"),
        ('define("i", i, z[i])', r"i is defined by itself"),
        ('define("exp", x, x)', r"exp is defined already; take another name"),
        ('define("log", x)', r"log is defined already"),
        ('define("f", S, S + 1)', r"define\('f'\): S is no variable, so it cannot be a parameter"),
        ('define("f", scalar("u", of=x), x)', r"u is no variable"),
        ('define("B", (i, i), A[i, i])', r"the parameters \(i, i\) are not different indices"),
        ('define("B", (i, x), z[i])', r"the parameters \(i, x\) are not different indices"),
        ('define("L")', r"define\('L'\): expected a formula, or parameters and a formula"),
        ('define("L", 0.5)', r"define\('L'\): expected a formula"),
        ('define("L", "x")', r"define\('L'\): expected a formula"),
        ('define("L", K, x)', r"define\('L'\): expected a formula, or parameters"),
        ('define("not a name", x)', r"'not a name' is not a name"),
        ("fraction(1, 0)", r"fraction\(1, 0\): expected two integers, the second other than 0"),
        ("fraction(0.5, 2)", r"fraction\(0\.5, 2\): expected two integers"),
        ("fraction(1, True)", r"expected two integers"),
        ("number(0.5)", r"0\.5 is rounded already"),
        ('decimal("half")', r"'half' is not a decimal number"),
        ("listed(K, 0.5)", r"0\.5 is rounded already"),
        ("one_hot(y, i)", r"one_hot\(y, i\): expected a vector variable over K"),
        ("one_hot(t, n)", r"one_hot\(t, n\): expected a vector variable over N"),
        ("one_hot(A, i)", r"one_hot\(A, i\): expected a vector variable over K"),
        ("one_hot(x, i)", r"one_hot\(x, i\): expected a vector variable"),
        ("one_hot(t, 1)", r"one_hot\(t, 1\): expected the index of the class"),
        ("one_of(x)", r"one_of\(x\): expected at least one value"),
        ("one_of(x, 0.5)", r"x = 0\.5: a label takes integers"),
        ("one_of(S, 1)", r"S is not a variable"),
        ("equal(x, 0.5)", r"0\.5 is rounded already"),
        ("positive(z)", r"z is an array where a scalar belongs"),
        ("equal(z @ t, 1)", r"z @ t is written without indices; name it, as in q = define\('q', z @ t\), and use q"),
        ("Sum(k, z @ t)", r"z @ t is written without indices"),
        ('define("z", z @ t)', r"z is defined by itself"),
        ('define("q", z[i] * (z @ t))', r"define\('q'\): index i is free in z\[i\]\*\(z @ t\); give the entries"),
    ],
)  # fmt: skip
def test_refused_while_writing(write: str, message: str) -> None:
    with pytest.raises(WrittenError, match=message):
        eval(write, {**NAMES, **globals()})
