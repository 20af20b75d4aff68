"""An array means its entries, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from derive.formula.arrays import Array, Jacobian, all_indices, entries, entry, shape_of
from derive.formula.notation import D, Sum, diag, exp, listed, matrix, ones, outer, vector, zeros
from derive.formula.scope import check_line
from derive.formula.tree import Formula, Index, Numeral, Size, WrittenError
from tests.formulas import NAMES, A, K, N, S, X, arrays, c, i, j, k, t, x, y, z

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
    ],
)  # fmt: skip
def test_entries(array: Array, shape: tuple[Size, ...], its_entry: str) -> None:
    assert array.shape == shape_of(array) == shape
    assert repr(entries(array)[0]) == its_entry


@settings(max_examples=80)
@given(arrays)
def test_the_entry_has_the_array_s_letters_and_no_others(array: Array) -> None:
    letters = tuple(Index(f"p_{axis}", size) for axis, size in enumerate(array.shape))
    assert array.at(*letters).free_indices <= array.free_indices | set(letters)


@settings(max_examples=80)
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
        ("z @ (z @ t)", r"\(K,\) does not meet \(\)"),
        ("(z @ t) @ z", r"\(\) does not meet \(K,\)"),
        ("z / t", r"z/\(t\): the denominator has shape \(K,\)"),
        ("z / 0.5", r"0\.5 is rounded already"),
        ("0.5 * z", r"0\.5 is rounded already"),
        ("z * x", r"an array has its factor in front, and @ is the matrix product"),
        ("z * 2", r"an array has its factor in front"),
        ("z * t", r"an array has its factor in front"),
        ("z + 1", r"z \+ …: 1 is not an array"),
        ("z + x", r"z \+ …: x is not an array"),
        ("z - x", r"z - x: x is not an array"),
        ("1 - z", r"1 - z: 1 is not an array; for a vector, write 1\*ones\(K\)"),
        ("1 + z", r"1 \+ z: 1 is not an array"),
        ("z @ 2", r"z @ 2: 2 is not an array"),
        ("z @ x", r"z @ x: x is not an array"),
        ("diag(A)", r"diag\(A\): A has shape \(K, K\); a vector is wanted"),
        ("diag(x)", r"diag\(x\): x is not an array"),
        ("diag(z @ t)", r"diag\(z @ t\): z @ t has shape \(\); a vector is wanted"),
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
