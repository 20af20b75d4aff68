"""An array means its entries, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from derive.formula.arrays import Array, Jacobian, all_indices, entries, entry, shape_of
from derive.formula.notation import (
    D,
    Sum,
    define,
    diag,
    exp,
    listed,
    log,
    matrix,
    norm_squared,
    ones,
    outer,
    scalar,
    trace,
    vector,
    zeros,
)
from derive.formula.scope import check_line, meanings
from derive.formula.tree import Formula, Index, Numeral, Size, WrittenError
from tests.formulas import NAMES, A, K, N, S, X, arrays, c, i, j, k, t, x, y, z
from tests.sampling import examples

m = Index("m", K)
W = matrix("W", K, N)


@pytest.mark.parametrize(
    ("array", "shape", "its_entry"),
    [
        (z, (K,), "z[i]"),
        (A, (K, K), "A[i, j]"),
        (A.T, (K, K), "A[j, i]"),
        (X.T, (K, N), "X[j, i]"),
        (z.T, (K,), "z[i]"),
        (z + t, (K,), "z[i] + t[i]"),
        (z - t, (K,), "z[i] - t[i]"),
        (z + t - y, (K,), "z[i] + t[i] - y[i]"),
        (z + (t - y), (K,), "z[i] + (t[i] - y[i])"),
        (-z, (K,), "-z[i]"),
        (x * z, (K,), "x*z[i]"),
        (2 * z, (K,), "2*z[i]"),
        (-2 * z, (K,), "-2*z[i]"),
        (z / N, (K,), "z[i]/N"),
        (-z / N, (K,), "-z[i]/N"),
        (exp(z), (K,), "exp(z[i])"),
        (ones(K), (K,), "1"),
        (zeros(K), (K,), "0"),
        (listed(K, x, c), (K,), "listed(K, x, c).at(i)"),
        (A @ z, (K,), "Sum(m, A[i, m]*z[m])"),
        (z @ A, (K,), "Sum(m, z[m]*A[m, i])"),
        (-A @ z, (K,), "-Sum(m, A[i, m]*z[m])"),
        (z @ t, (), "Sum(m, z[m]*t[m])"),
        (z.T @ t, (), "Sum(m, z[m]*t[m])"),
        (A @ A @ A, (K, K), "Sum(m, Sum(m', A[i, m']*A[m', m])*A[m, j])"),
        (A @ (A @ A), (K, K), "Sum(m, A[i, m]*Sum(m', A[m, m']*A[m', j]))"),
        (X.T @ X / N, (K, K), "Sum(m, X[m, i]*X[m, j])/N"),
        (exp(z) / (ones(K) @ exp(z)), (K,), "exp(z[i])/Sum(m, 1*exp(z[m]))"),
        (diag(z), (K, K), "delta(i, j)*z[i]"),
        (outer(z, t), (K, K), "z[i]*t[j]"),
        (diag(y) - outer(y, y), (K, K), "delta(i, j)*y[i] - y[i]*y[j]"),
        (z[i] * t, (K,), "z[i]*t[j]"),
        (Sum(i, z[i]) * t, (K,), "Sum(i, z[i])*t[j]"),
        (z[m] * (A @ t), (K,), "z[m]*Sum(m, A[i, m]*t[m])"),
        (D(y, z), (K, K), "D(y[i], z[j])"),
        (D(y, z, "denominator"), (K, K), "D(y[j], z[i])"),
        (D(S, z), (K,), "D(S, z[i])"),
        (D(S, z, "denominator"), (K,), "D(S, z[i])"),
        (D(S, A), (K, K), "D(S, A[i, j])"),
        (D(ones(K) @ exp(z), z), (K,), "D(Sum(m, 1*exp(z[m])), z[i])"),
        (D(y[i], z), (K,), "D(y[i], z[j])"),
        (D(y, X), (K, N, K), "D(y[i], X[j, k])"),
        (D(y, X, "denominator"), (N, K, K), "D(y[k], X[i, j])"),
        (D(X, W), (N, K, K, N), "D(X[i, j], W[k, l])"),
        # entry by entry
        (z * t, (K,), "z[i]*t[i]"),
        (z * t * y, (K,), "z[i]*t[i]*y[i]"),
        (-z * t, (K,), "-z[i]*t[i]"),
        (A * A.T, (K, K), "A[i, j]*A[j, i]"),
        (z / t, (K,), "z[i]/t[i]"),
        (-z / t, (K,), "-z[i]/t[i]"),
        (ones(K) / z, (K,), "1/z[i]"),
        # numbers that are written without indices
        (trace(A), (), "Sum(m, A[m, m])"),
        (trace(X @ X.T), (), "Sum(m, Sum(m', X[m, m']*X[m, m']))"),
        (norm_squared(z), (), "Sum(m, z[m]**2)"),
        (norm_squared(A), (), "Sum(m, Sum(m', A[m, m']**2))"),
        ((z @ t) * z, (K,), "Sum(m, z[m]*t[m])*z[i]"),
        ((z @ t) * x, (), "Sum(m, z[m]*t[m])*x"),
        (x * (z @ t), (), "x*Sum(m, z[m]*t[m])"),
        ((z @ t) * (z @ t), (), "Sum(m, z[m]*t[m])*Sum(m, z[m]*t[m])"),
        ((z @ t) ** 2, (), "Sum(m, z[m]*t[m])**2"),
        (z @ t + z @ z, (), "Sum(m, z[m]*t[m]) + Sum(m, z[m]*z[m])"),
        (z @ t - x, (), "Sum(m, z[m]*t[m]) - x"),
        (1 - norm_squared(z), (), "1 - Sum(m, z[m]**2)"),
        (x + c + trace(A) - 2, (), "x + c + Sum(m, A[m, m]) - 2"),
        (1 / norm_squared(z), (), "1/Sum(m, z[m]**2)"),
        (-x / norm_squared(z), (), "-x/Sum(m, z[m]**2)"),
        ((z @ t) / 2, (), "Sum(m, z[m]*t[m])/2"),
        ((z @ t) / norm_squared(z), (), "Sum(m, z[m]*t[m])/Sum(m, z[m]**2)"),
        (log(z @ t), (), "log(Sum(m, z[m]*t[m]))"),
        (D(norm_squared(z), z), (K,), "D(Sum(m, z[m]**2), z[i])"),
        ((z @ t) * D(y, z), (K, K), "Sum(m, z[m]*t[m])*D(y[i], z[j])"),
    ],
)  # fmt: skip
def test_entries(array: Array, shape: tuple[Size, ...], its_entry: str) -> None:
    assert array.shape == shape_of(array) == shape
    assert repr(entries(array)[0]) == its_entry


@settings(max_examples=examples(80))
@given(arrays)
def test_the_entry_has_the_array_s_letters_and_no_others(array: Array) -> None:
    letters = tuple(Index(f"p_{axis}", size) for axis, size in enumerate(array.shape))
    assert array.at(*letters).free_indices <= array.free_indices | set(letters)


@settings(max_examples=examples(80))
@given(arrays)
def test_entries_take_letters_that_nothing_else_has(array: Array) -> None:
    (found,) = entries(array)
    names = {index.name for index in all_indices(array)}
    assert all(index.name not in names for index in found.free_indices - array.free_indices)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((z, t), "[z[i], t[i]]"),
        ((z, x), "[z[i], x]"),
        ((x, z), "[x, z[i]]"),
        ((x, c), "[x, c]"),
        ((z[i] * z, t), "[z[i]*z[j], t[j]]"),
        ((z, Sum(i, t[i]) * t), "[z[j], Sum(i, t[i])*t[j]]"),
        ((X, X), "[X[i, j], X[i, j]]"),
    ],
)
def test_lines_share_their_letters(lines: tuple[Formula, ...], expected: str) -> None:
    assert repr(entries(*lines)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            (trace(W @ X), trace(X @ W)),  # m is over K, then over N
            "[Sum(m, Sum(m', W[m, m']*X[m', m])), Sum(m'', Sum(m''', X[m'', m''']*W[m''', m'']))]",
        ),
        ((trace(A) + norm_squared(X),), "[Sum(m, A[m, m]) + Sum(m'', Sum(m', X[m'', m']**2))]"),
        ((scalar("m") * (A @ z),), "[m*Sum(m', A[i, m']*z[m'])]"),
        ((define("q", scalar("m")) * (A @ z),), "[q*Sum(m', A[i, m']*z[m'])]"),
        ((vector("i", K) + z,), "[i[j] + z[j]]"),
    ],
)
def test_no_letter_stands_for_two_things(lines: tuple[Formula, ...], expected: str) -> None:
    found = entries(*lines)
    assert repr(found) == expected
    assert meanings(*found)


def test_a_letter_is_changed_under_its_own_sums_alone() -> None:
    product = (A @ z) * (X.T @ b) * ones(K)
    assert repr(entries(product)) == "[Sum(m, A[i, m]*z[m])*Sum(m', X[m', i]*b[m'])*1]"


def test_letters_of_hypotheses_are_not_taken() -> None:
    assert repr(entries(z, t, taken=frozenset({i, j}))) == "[z[k], t[k]]"


def test_a_scalar_is_its_own_entry() -> None:
    assert entry(x) is x
    assert shape_of(x) == ()


def test_lines_of_different_shapes_have_no_common_entries() -> None:
    with pytest.raises(WrittenError, match=r"X has shape \(N, K\), not \(K,\)"):
        entries(z, X)


b = vector("b", N)


@pytest.mark.parametrize(
    ("write", "message"),
    [
        ("z + b", r"z has shape \(K,\), but b has shape \(N,\)"),
        ("z - b", r"z has shape \(K,\), but -b has shape \(N,\)"),
        ("A + X", r"A has shape \(K, K\), but X has shape \(N, K\)"),
        ("z + A", r"z has shape \(K,\), but A has shape \(K, K\)"),
        ("X + X.T", r"X has shape \(N, K\), but X\.T has shape \(K, N\)"),
        ("z + t + b", r"z has shape \(K,\), but b has shape \(N,\)"),
        ("A @ b", r"A @ b: \(K, K\) does not meet \(N,\)"),
        ("X @ X", r"X @ X: \(N, K\) does not meet \(N, K\)"),
        ("z @ b", r"z @ b: \(K,\) does not meet \(N,\)"),
        ("A @ A.T @ X", r"A @ A\.T @ X: \(K, K\) does not meet \(N, K\); .* may want its transpose, \.T"),
        ("z @ (z @ t)", r"z @ t is a number; its product with an array is \*"),
        ("(z @ t) @ z", r"z @ t is a number; its product with an array is \*"),
        ("x / z", r"x/\(z\): the denominator has shape \(K,\); .* as in ones\(K\)/z"),
        ("(z @ t) / z", r"the denominator has shape \(K,\)"),
        ("z / b", r"z has shape \(K,\), but b has shape \(N,\); / divides by a number, or entry by entry by an array"),
        ("z / A", r"z has shape \(K,\), but A has shape \(K, K\); / divides"),
        ("z / 0.5", r"0\.5 is rounded already"),
        ("0.5 * z", r"0\.5 is rounded already"),
        ("z * x", r"z\*x: x is not an array; a scalar factor stands in front of an array"),
        ("z * 2", r"z\*2: 2 is not an array; a scalar factor stands in front"),
        ("z * b", r"z has shape \(K,\), but b has shape \(N,\); .* the matrix product is @"),
        ("A * z", r"A has shape \(K, K\), but z has shape \(K,\); \* multiplies arrays of one shape entry by entry"),
        ("z * (z @ t)", r"z has shape \(K,\), but z @ t is a number; .* a factor stands in front"),
        ("z ** 2", r"\(z\)\*\*2: z has shape \(K,\), and only numbers have powers; write a\*a entry by entry"),
        ("z + 1", r"z has shape \(K,\), but 1 is a number; .* write x\*ones\(K\)"),
        ("z + x", r"z has shape \(K,\), but x is a number"),
        ("z - x", r"z has shape \(K,\), but -x is a number"),
        ("1 - z", r"1 is a number, but -z has shape \(K,\); .* write x\*ones\(K\)"),
        ("1 + z", r"1 is a number, but z has shape \(K,\)"),
        ("x + z", r"x is a number, but z has shape \(K,\)"),
        ("z + z @ t", r"z has shape \(K,\), but z @ t is a number"),
        ("z @ t + z", r"z @ t is a number, but z has shape \(K,\)"),
        ("z @ 2", r"z @ 2: 2 is a number"),
        ("z @ x", r"z @ x: x is a number"),
        ("(z @ t) * 0.5", r"0\.5 is rounded already"),
        ("trace(X)", r"trace\(X\): X has shape \(N, K\); a square matrix is wanted, as in A\.T @ A"),
        ("trace(z)", r"trace\(z\): z has shape \(K,\); a square matrix is wanted"),
        ("trace(z @ t)", r"trace\(z @ t\): z @ t is a number; a square matrix is wanted"),
        ("trace(x)", r"trace\(x\): x is not an array"),
        ("norm_squared(x)", r"norm_squared\(x\): x is a number; write \(x\)\*\*2"),
        ("norm_squared(z @ t)", r"z @ t is a number; write \(z @ t\)\*\*2"),
        ("log(2) ** (z @ t)", r"z @ t is written without indices; name it, as in q = define\('q', z @ t\)"),
        ("D(z @ t, z[i])", r"D\(z @ t, z\[i\]\): write z @ t as a sum, or name it with define"),
        ("diag(A)", r"diag\(A\): A has shape \(K, K\); a vector is wanted"),
        ("diag(x)", r"diag\(x\): x is not an array"),
        ("diag(z @ t)", r"diag\(z @ t\): z @ t is a number; a vector is wanted"),
        ("outer(z, A)", r"outer\(z, A\): A has shape \(K, K\); a vector is wanted"),
        ("outer(x, z)", r"outer\(x, z\): x is not an array"),
        ("z[n]", r"z\[n\]: z has K entries, but n runs to N"),
        ("X[i, n]", r"X\[i\]: X has N entries, but i runs to K"),
        ("z[i, j]", r"z takes 1 indices, got \(i, j\)"),
        ("X[n]", r"X takes 2 indices, got \(n,\)"),
        ("z[0]", r"z\[0\]: 0 is not a subscript; that is an index, or a number from 1"),
        ("z[-1]", r"-1 is not a subscript"),
        ("z[1.5]", r"1\.5 is not a subscript"),
        ('z["i"]', r"'i' is not a subscript"),
        ("z[x]", r"x is not a subscript"),
        ("z[:]", r"is not a subscript"),
        ("z[True]", r"True is not a subscript"),
        ('D(y, z, "mixed")', r"layout 'mixed': expected one of numerator, denominator"),
        ("D(y, z[i])", r"D\(y, z\[i\]\): name one entry of y"),
        ('vector("u", 3)', r"u: 3 is not a size; name it, as in K = size\('K'\), and choose its value to prove"),
        ('matrix("U", K, x)', r"U: x is not a size"),
        ("bool(z == t or z)", r"z is a formula, neither true nor false"),
    ],
)  # fmt: skip
def test_refused_while_writing(write: str, message: str) -> None:
    with pytest.raises(WrittenError, match=message):
        eval(write, {**NAMES, **globals()})


def test_an_array_is_not_iterated() -> None:
    with pytest.raises(TypeError, match="not iterable"):
        list(z)  # type: ignore[call-overload]


def test_layouts_are_transposes() -> None:
    numerator, denominator = Jacobian(y, z), Jacobian(y, z, "denominator")
    assert numerator.at(i, j) == denominator.at(j, i)
    assert numerator.children() == (y, z)


def test_parts() -> None:
    assert (z + t).children() == (z, t)
    assert (z / N).children() == (z, N)
    assert ones(K).children() == z.children() == ()
    assert listed(K, x, 1).children() == (x, Numeral(1))
    assert [repr(part) for part in (A @ z).walk()] == ["A @ z", "A", "z"]
    check_line(diag(y) @ (z[k] * ones(K)))
