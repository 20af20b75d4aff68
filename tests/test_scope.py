"""Every letter has one meaning in a line, and every line speaks of the same indices."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.formula.arrays import Tensor
from derive.formula.notation import D, Sum, by_label, define, diag, exp, function, index, ones, scalar, size, vector
from derive.formula.scope import DEPTH, NODES, check_line, check_lines, check_size, meanings, names, sizes
from derive.formula.tree import Expr, Formula, Function, Index, Negative, Plus, Symbol, WrittenError
from tests.formulas import A, K, N, S, X, arrays, c, formulas, i, j, k, label, n, sigma, t, w, x, y, z
from tests.sampling import examples

kN = Index("k", N)


@pytest.mark.parametrize(
    "line",
    [
        Sum(k, z[k]) * y[i],
        Sum(k, z[k]) + Sum(k, t[k]),
        Sum(j, Sum(k, A[j, k])),
        S * z[k],  # the k of S is its own
        D(exp(z[k]) / S, z[k]),
        diag(y) @ z,
        K * x + N,
        Sum(n, x),
    ],
)
def test_well_formed(line: Formula) -> None:
    check_line(line)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            y[i] * Sum(i, t[i]),
            r"index i is summed in Sum\(i, t\[i\]\) and free elsewhere in y\[i\]\*Sum\(i, t\[i\]\); "
            r"give the sum a letter of its own, such as k",
        ),
        (Sum(k, t[k]) * z[k] * y[1], r"index k is summed .* such as l"),
        (Sum(k, y[k] * Sum(k, t[k])), r"index k is summed twice, one sum inside the other"),
        (Sum(kN, x) * z[k], r"index k is summed in Sum\(k, x\) and free elsewhere"),  # the letter counts
        (z[i] * (Sum(i, t[i]) * t), r"index i is summed"),
    ],
)  # fmt: skip
def test_ill_formed(line: Formula, message: str) -> None:
    with pytest.raises(WrittenError, match=message):
        check_line(line)


@pytest.mark.parametrize(
    ("first", "line", "message"),
    [
        (y[i], y[i] * t[j], r"index j is free in y\[i\]\*t\[j\], but not in y\[i\], .* is a sum over j missing\?"),
        (x, A[i, j], r"indices i, j are free in A\[i, j\], but not in x"),
        (y, y[i], r"y\[i\] and y: one is an array, the other a scalar"),
        (x, y, r"y and x: one is an array, the other a scalar"),
        (y, A, r"A has shape \(K, K\), but the derivation began with \(K,\)"),
        (X, X.T, r"X\.T has shape \(K, N\), but the derivation began with \(N, K\)"),
        (y[i], Sum(i, y[i]), r"index i is summed in Sum\(i, y\[i\]\), but free in y\[i\], with which"),
        (x, x * scalar("x", of=c), r"x stands for two different things; rename one"),
        (x, vector("x", K)[1], r"x stands for two different things"),
        (x, x * function("x")(c), r"x stands for two different things"),
        (x, size("x") * x, r"x stands for two different things"),
        (x, Sum(index("x", K), x), r"x stands for two different things"),
        (Sum(k, z[k]), Sum(kN, x), r"k stands for two different things"),
        (S, define("S", x), r"S stands for two different things"),
        (S, scalar("z") * S, r"z stands for two different things"),  # by way of the definition of S
        (scalar("exp"), exp(x), r"exp stands for two different things"),
        (sigma(x), define("sigma", x, x)(x), r"sigma stands for two different things"),
        (x, by_label(label, {0: x, 1: vector("label", K)[1]}), r"label stands for two different things"),
        (scalar("u", of=x), scalar("u", of=x) + vector("x", K)[1], r"x stands for two different things"),
        (Sum(i, z[i]), Sum(index("i", K), z[index("K", K)]), r"K stands for two different things|index K is free"),
    ],
)  # fmt: skip
def test_lines_that_do_not_fit(first: Formula, line: Formula, message: str) -> None:
    with pytest.raises(WrittenError, match=message):
        check_lines(first, line)


def test_lines_that_fit() -> None:
    check_lines(y[i], x)  # an index may be lost
    check_lines(x, t[j], frozenset({j}))  # or come from a hypothesis
    check_lines(y, z + t)
    check_lines(z @ t, Sum(k, z[k] * t[k]))


f_x = define("f", x, x * c)


def test_meanings() -> None:
    assert meanings(y[i] * t[j]) == {"y": y, "K": K, "z": z, "S": S, "i": i, "j": j, "exp": exp, "t": t}
    assert meanings(f_x(w)) == {"f": f_x, "c": c, "w": w}  # the parameter is bound
    assert meanings(f_x(x))["x"] == x
    assert meanings(by_label(label, {0: x}))["label"] == label
    assert meanings(function("g").prime(x))["g"] == Function("g")
    assert meanings(scalar("u", of=x)) == {"u": scalar("u", of=x), "x": x}
    assert meanings(sigma(z)) == {"sigma": sigma, "exp": exp, "z": z, "K": K}


def test_letters_inside_definitions_are_their_own() -> None:
    over_N = define("B", n, Sum(k, X[n, k]))
    total = define("total", Sum(kN, over_N[kN]))
    assert meanings(total * Sum(k, z[k]))["k"] == k
    assert meanings(total)["B"] == over_N
    product, other = define("P", X @ z), define("Q", X.T @ vector("b", N))  # both sum over a letter m that nobody wrote
    assert {"P", "Q", "X"} <= set(meanings(product[n] * other[k]))
    parameter = scalar("z")
    square = define("square", parameter, parameter**2)  # its z is bound, the vector z is not
    assert meanings(square(z[1]))["z"] == z


def test_a_definition_s_own_letters_clash_where_they_are_not_bound() -> None:
    with pytest.raises(WrittenError, match="x stands for two different things"):
        define("bad", x * vector("x", K)[1])
    with pytest.raises(WrittenError, match="k stands for two different things"):
        define("bad", Sum(k, z[k]) + Sum(kN, x))
    with pytest.raises(WrittenError, match="c stands for two different things"):
        meanings(f_x(x) * vector("c", K)[1])


def test_sizes() -> None:
    assert sizes(X[n, k], x) == (K, N)
    assert sizes(x) == ()
    assert sizes(S) == (K,)
    assert sizes(ones(N)) == (N,)


def test_names() -> None:
    assert names({i}) == "index i is"
    assert names({k, j}) == "indices j, k are"


# ------------------------------------------------------------------- limits


def nested(levels: int) -> Expr:
    formula: Expr = x
    for _ in range(levels):
        formula = Negative(formula)
    return formula


def named(levels: int) -> Symbol:
    name = x
    for number in range(levels):
        name = Symbol(f"x_{number}", definition=name * name)
    return name


def doubled(levels: int) -> Expr:
    formula: Expr = x
    for _ in range(levels):
        formula = exp(formula) + formula
    return formula


def test_as_deep_and_as_long_as_is_read() -> None:
    check_size(nested(DEPTH - 1))
    check_size(Plus((x,) * (NODES - 1)))
    check_size(named((DEPTH - 1) // 2))  # 2^49 leaves if it were unfolded
    check_size(doubled(12))


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        (nested(DEPTH), r"nested more than 100 levels deep"),
        (nested(20_000), r"nested more than 100 levels deep"),
        (named(DEPTH), r"nested more than 100 levels deep, its definitions included"),
        (Plus((x,) * NODES), r"more than 20000 parts; name them with define, or sum over an index"),
        (doubled(40), r"more than 20000 parts"),  # 2^40 symbols in 80 objects
        (Tensor("y", (K,), (i,), nested(DEPTH))[i], "deep"),
        (exp(Tensor("y", (K,), (i,), nested(DEPTH))), "deep"),
        (Function("f", x, nested(DEPTH))(x), "deep"),
        (Function("f", x, nested(DEPTH))(z), "deep"),
    ],
    ids=range(9),
)  # fmt: skip
def test_too_deep_or_too_long(formula: Formula, message: str) -> None:
    for check in (check_size, check_line, lambda line: check_lines(line, line), lambda line: check_lines(x, line)):
        with pytest.raises(WrittenError, match=message):
            check(formula)


def test_functions_that_share_parts_are_read_once() -> None:
    function_ = define("f_0", x, x + c)
    for number in range(1, 30):  # as a tree it would have 2^30 leaves
        function_ = define(f"f_{number}", x, function_(x) * function_(c))
    assert len(meanings(function_(w))) == 32


@settings(max_examples=examples(100))
@given(st.one_of(formulas, arrays), st.one_of(formulas, arrays))
def test_any_line_is_read_or_refused(first: Formula, line: Formula) -> None:
    try:
        check_lines(first, line)
    except WrittenError as refusal:
        assert len(str(refusal)) > 10
    else:
        assert line.free_indices <= first.free_indices
