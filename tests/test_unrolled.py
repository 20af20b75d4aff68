"""Modules unrolled for one number of classes: what they compute is what the general module computes."""

from __future__ import annotations

import ast
import doctest
import importlib.util
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any

import mpmath
import numpy as np
import pytest

from derive.catalog import entries
from derive.concrete.unrolled import unrolled
from derive.export import LARGEST_K, Proved, UnprovedError, module_source, unrolled_source
from derive.export.unrolled import UNROLLED_RESTS_ON

ROOT = Path(__file__).resolve().parent.parent
JACOBIAN = Proved(
    name="softmax-jacobian",
    claim="D(y[i], z[j])",
    relation="=",
    result="y[i]*(delta(i, j) - y[j])",
    where=("y[i] = exp(z[i])/S", "S = Sum(k, exp(z[k]))"),
    assuming=(),
    verdict="proved",
    scope="K=3",
)
PROVED = (JACOBIAN,)
SMALL_K = (2, 3, 5, 10, 16)
"""Columns one by one, columns by halves, and columns that stay in rows."""
REDUCTIONS = ("none", "sum", "mean")


def load(source: str, path: Path) -> ModuleType:
    path.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # doctest looks there for what belongs to the module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exported")


@pytest.fixture(scope="module")
def general(folder: Path) -> ModuleType:
    return load(module_source(PROVED, "0.1.0"), folder / "derived_to_compare.py")


@pytest.fixture(scope="module")
def specialised(folder: Path) -> dict[int, ModuleType]:
    return {K: load(source_for(K), folder / f"derived_{K}_classes.py") for K in SMALL_K}


@pytest.fixture(autouse=True)
def no_warnings() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error", RuntimeWarning)
        yield


def source_for(K: int) -> str:
    return unrolled_source(K, unrolled(K), PROVED, "0.1.0")


def logits(K: int, dtype: Any) -> Any:
    """Moderate rows after large, masked, empty and invalid ones."""
    z = np.random.default_rng(K).normal(0, 4, (12, K)).astype(dtype)
    z[0], z[1, 0], z[2], z[3, 1], z[4, 0], z[5, 0] = z[0] * 2500, -np.inf, -np.inf, np.inf, np.nan, 300
    z[6], z[7] = 1e4, -1e4
    return z


@pytest.mark.parametrize("K", SMALL_K)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_probabilities_agree(general: ModuleType, specialised: dict[int, ModuleType], K: int, dtype: Any) -> None:
    z = logits(K, dtype)
    for name in ("softmax", "log_softmax", "logsumexp", "softmax_jacobian"):
        for values in (z, z[-1], z.reshape(3, 4, K)):
            ours, theirs = (getattr(module, name)(values) for module in (specialised[K], general))
            assert ours.dtype == theirs.dtype and ours.shape == theirs.shape
            np.testing.assert_allclose(ours, theirs, rtol=200 * np.finfo(dtype).eps)


@pytest.mark.parametrize("K", SMALL_K)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_cross_entropy_agrees(
    general: ModuleType, specialised: dict[int, ModuleType], K: int, dtype: Any, reduction: str
) -> None:
    z, classes = logits(K, dtype), np.arange(12) % K
    soft = np.random.default_rng(K).dirichlet(np.ones(K), 12)
    soft[1] = np.eye(K)[1]  # no label at the mask
    rtol = 200 * np.finfo(dtype).eps
    for labels in (classes, np.eye(K)[classes], soft):
        for rows in (slice(None), slice(8, None), -1):
            module, arguments = specialised[K], (z[rows], labels[rows])
            ours, theirs = (m.cross_entropy_value_and_grad(*arguments, reduction=reduction) for m in (module, general))
            for mine, other in zip(ours, theirs, strict=True):
                assert mine.dtype == other.dtype and mine.shape == other.shape
                np.testing.assert_allclose(mine, other, rtol=rtol, atol=rtol / 100)
            np.testing.assert_array_equal(module.cross_entropy(*arguments, reduction=reduction), ours[0])
            np.testing.assert_array_equal(module.cross_entropy_grad(*arguments, reduction=reduction), ours[1])


def adversarial(K: int, dtype: Any) -> Iterator[Any]:
    """Logits whose probabilities, logarithms and losses are easily computed badly."""
    random = np.random.default_rng(K)
    far = 600 if dtype is np.float64 else 75
    for scale in (0.1, 3, 30, 300, 10000):
        yield (random.normal(0, scale, (8, K))).astype(dtype)
    for offset in (-30, -far, -1000, 500):
        yield (random.normal(offset, 3, (8, K))).astype(dtype)
    yield (3 + random.normal(0, 8 * np.finfo(dtype).eps, (8, K))).astype(dtype)
    for column, distance in ((0, np.linspace(5, far, 8)), (-1, -np.linspace(5, far, 8))):
        z = random.normal(0, 1, (8, K))
        z[:, column] += distance
        yield z.astype(dtype)


def ulps(got: Any, exact: Any, dtype: Any) -> list[float]:
    """Errors in units in the last place, of what is a normal number of the type."""
    found = []
    for ours, theirs in zip(np.ravel(got), chain.from_iterable(exact), strict=True):
        if np.finfo(dtype).tiny <= abs(theirs):
            found.append(
                float(abs(mpmath.mpf(float(ours)) - theirs) / mpmath.mpf(float(np.spacing(dtype(abs(theirs))))))
            )
    return found


@pytest.mark.parametrize("K", SMALL_K)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_digits(specialised: dict[int, ModuleType], K: int, dtype: Any) -> None:
    """At most 8 units in the last place and 1 in the mean, with 4 for logarithms in double precision."""
    module = specialised[K]
    errors: dict[str, list[float]] = {}
    with mpmath.workdps(60):
        for z in adversarial(K, dtype):
            random = np.random.default_rng(1).integers(0, K, 8)
            exact = [[mpmath.mpf(float(value)) for value in row] for row in z]
            e = [[mpmath.exp(value) for value in row] for row in exact]
            rests = [[mpmath.fsum((*row[:k], *row[k + 1 :])) for k in range(K)] for row in e]
            y = [[e_k / (e_k + r_k) for e_k, r_k in zip(*pair, strict=True)] for pair in zip(e, rests, strict=True)]
            logs = [
                [-mpmath.log1p(r_k / e_k) for e_k, r_k in zip(*pair, strict=True)]
                for pair in zip(e, rests, strict=True)
            ]
            for times in (1, 40):  # few rows, and more than are counted as few
                wide = np.tile(z, (times, 1))
                errors.setdefault("softmax", []).extend(ulps(module.softmax(wide)[:8], y, dtype))
                errors.setdefault("logs", []).extend(ulps(module.log_softmax(wide)[:8], logs, dtype))
                for labels in (z.argmax(axis=1), random, z.argmin(axis=1)):
                    arguments = wide, np.tile(labels, times)
                    losses, gradient = module.cross_entropy_value_and_grad(*arguments, reduction="none")
                    at = [-logs[n][c] for n, c in enumerate(labels)]
                    slopes = [list(row) for row in y]
                    for n, c in enumerate(labels):
                        slopes[n][c] = -rests[n][c] / (rests[n][c] + e[n][c])
                    errors["logs"].extend(ulps(losses[:8], [at], dtype))
                    errors.setdefault("gradient", []).extend(ulps(gradient[:8], slopes, dtype))
                    mean = module.cross_entropy(*arguments)
                    errors["logs"].extend(ulps(mean, [[mpmath.fsum(at) / 8]], dtype))
    for name, found in errors.items():
        assert max(found) <= (4 if name == "logs" and dtype is np.float64 else 8), name
        assert float(np.mean(found)) <= 1, name


@pytest.mark.parametrize("K", SMALL_K)
def test_digits_near_a_confident_prediction(specialised: dict[int, ModuleType], K: int) -> None:
    z = np.array([40.0, 0.0, *[-1.0] * (K - 2)])
    rest, module = np.exp(-40.0) + (K - 2) * np.exp(-41.0), specialised[K]
    values = [module.log_softmax(z)[0], module.softmax_jacobian(z)[0, 0]]
    for labels in (0, np.eye(K)[0]):
        loss, gradient = module.cross_entropy_value_and_grad(z, labels)
        values += [loss, gradient[0]]
    np.testing.assert_allclose(np.abs(values), rest, rtol=1e-14)


@pytest.mark.parametrize("K", SMALL_K)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("rows", [6, 300, 30000])
def test_rows_without_probabilities_leave_the_others_alone(
    specialised: dict[int, ModuleType], K: int, dtype: Any, rows: int
) -> None:
    module = specialised[K]
    z = np.random.default_rng(K).normal(0, 4, (rows, K)).astype(dtype)
    z[0, 0], z[1], z[2, 1], z[3, 0], z[4, :2] = -np.inf, -np.inf, np.inf, np.nan, (-np.inf, np.inf)
    bad = np.isin(np.arange(rows), [1, 2, 3, 4])
    clean, labels = np.where(bad[:, None], 0, z), np.ones(rows, int)
    soft = np.eye(K, dtype=dtype)[labels]
    for function in (
        module.softmax,
        module.log_softmax,
        module.logsumexp,
        lambda z: module.cross_entropy(z, labels, reduction="none"),
        lambda z: module.cross_entropy(z, soft, reduction="none"),
        lambda z: module.cross_entropy_grad(z, labels, reduction="sum"),
        lambda z: module.cross_entropy_grad(z, soft, reduction="sum"),
    ):
        found, expected = function(z), function(clean)
        assert np.isnan(found[bad]).all() and not np.isnan(found[~bad]).any() and found.dtype == dtype
        np.testing.assert_allclose(found[~bad], expected[~bad], rtol=20 * np.finfo(dtype).eps)
    assert module.softmax(z)[0, 0] == 0 and module.log_softmax(z)[0, 0] == -np.inf
    loss, gradient = module.cross_entropy_value_and_grad(z, 0 * labels, reduction="none")
    assert loss[0] == np.inf and gradient[0, 0] == -1


@pytest.mark.parametrize("K", SMALL_K)
@pytest.mark.parametrize("rows", [7, 30000])
@pytest.mark.parametrize("scale", [3, 900])
def test_out(specialised: dict[int, ModuleType], K: int, rows: int, scale: float) -> None:
    module, shape = specialised[K], (rows, K)
    z = np.random.default_rng(K).normal(0, scale, shape)
    labels = np.arange(rows) % K
    functions: tuple[Callable[..., Any], ...] = (
        lambda z, out: module.softmax(z, out=out),
        lambda z, out: module.log_softmax(z, out=out),
        lambda z, out: module.cross_entropy_grad(z, labels, out=out),
        lambda z, out: module.cross_entropy_value_and_grad(z, np.eye(K)[labels], out=out)[1],
    )
    for function in functions:
        expected = function(z, None)
        for out in (np.empty(shape), np.empty(shape, order="F"), np.empty((2 * rows, 2 * K))[::2, ::2]):
            assert function(z, out) is out
            np.testing.assert_array_equal(out, expected)
        again = z.copy()
        assert function(again, again) is again
        np.testing.assert_array_equal(again, expected)
        buffer = np.concatenate([z.ravel(), z[0]])
        overlapping = buffer[K:].reshape(shape)
        np.testing.assert_array_equal(function(buffer[:-K].reshape(shape), overlapping), expected)
        for layout in (np.asfortranarray(z), z[::-1].copy()[::-1], np.repeat(z, 2, axis=1)[:, ::2]):
            np.testing.assert_array_equal(function(layout, None), expected)
    shares = np.eye(K)[labels]
    expected = module.cross_entropy_grad(z, shares)
    np.testing.assert_array_equal(module.cross_entropy_grad(z, shares, out=shares), expected)
    more = np.empty((3, 2, K)).transpose(1, 0, 2)
    assert module.softmax(z[:6].reshape(2, 3, K), out=more) is more
    np.testing.assert_array_equal(more.reshape(6, K), module.softmax(z[:6]))
    frozen = np.empty(shape)
    frozen.flags.writeable = False
    for wrong, error, message in (
        (np.empty(shape, np.float32), ValueError, "out must be float64"),
        (np.empty(K), ValueError, "out must be float64"),
        (frozen, ValueError, "read-only"),
        ([0.0] * K, TypeError, "must be an array"),
    ):
        with pytest.raises(error, match=message):
            module.softmax(z, out=wrong)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.int64, np.bool_, np.uint8, np.longdouble, ">f4", ">f8"])
def test_types(specialised: dict[int, ModuleType], dtype: Any) -> None:
    single = np.dtype(dtype).type in (np.float16, np.float32)
    for K, module in specialised.items():
        z = (np.arange(7 * K) % 2).reshape(7, K).astype(dtype)
        for labels in (np.zeros(7, np.int8), np.zeros(7, np.uint64), [0] * 7):
            for found in (module.softmax(z), module.log_softmax(z), *module.cross_entropy_value_and_grad(z, labels)):
                assert found.dtype == (np.float32 if single else np.float64) and found.dtype.isnative


def test_empty_batch(specialised: dict[int, ModuleType]) -> None:
    z, module = np.zeros((0, 3)), specialised[3]
    loss, gradient = module.cross_entropy_value_and_grad(z, [])
    assert np.isnan(loss) and gradient.shape == (0, 3) and module.cross_entropy(z, z, reduction="sum") == 0
    assert module.softmax(z).shape == (0, 3) and module.softmax_jacobian(z).shape == (0, 3, 3)


def test_inputs_are_not_modified(specialised: dict[int, ModuleType]) -> None:
    z, t = np.array([[1.0, 2.0, -np.inf]]), np.array([[0.5, 0.5, 0.0]])
    z.flags.writeable = t.flags.writeable = False
    for name in ("softmax", "log_softmax", "logsumexp", "softmax_jacobian"):
        getattr(specialised[3], name)(z)
    specialised[3].cross_entropy_value_and_grad(z, t)


def test_what_is_refused(specialised: dict[int, ModuleType]) -> None:
    with pytest.raises(ValueError, match=f"at most {LARGEST_K} classes, as it grows with K²"):
        unrolled(LARGEST_K + 1)
    with pytest.raises(ValueError, match="two classes or more"):
        unrolled_source(1, [], PROVED, "0.1.0")
    with pytest.raises(
        ValueError, match="no straight-line code for cross_entropy, cross_entropy_grad, cross_entropy_val"
    ):
        unrolled_source(2, unrolled(2)[:4], PROVED, "0.1.0")
    with pytest.raises(UnprovedError, match="softmax_jacobian rests on softmax-jacobian, which is unknown"):
        unrolled_source(2, unrolled(2), [replace(JACOBIAN, verdict="unknown")], "0.1.0")
    with pytest.raises(ValueError, match="are not of 3 classes"):
        specialised[3].softmax([1.0, 2.0])
    unproved = replace(JACOBIAN, name="rewrite-shift-feedback", verdict="unknown")
    with pytest.raises(UnprovedError, match="softmax rests on rewrite-shift-feedback, which is unknown"):
        unrolled_source(2, unrolled(2), [*PROVED, unproved], "0.1.0")
    for K, module in specialised.items():
        z = np.zeros((2, K))
        for labels, message in (
            ([0, K], f"label of row 1 is {K}"),
            ([-1, 0], "label of row 0 is -1"),
            ([0.0, 1.0], "must be integers"),
            ([0], "neither class numbers"),
            (np.full((2, K), 0.75), "row 0 sum to"),
            (np.full((2, K), np.nan), "row 0 sum to nan"),
            (np.array([[1.0] + [0.0] * (K - 1), [1.5, -0.5] + [0.0] * (K - 2)]), "row 1 hold -0.5"),
        ):
            with pytest.raises(ValueError, match=message):
                module.cross_entropy(z, labels)
    with pytest.raises(ValueError, match="not 'max'"):
        specialised[3].cross_entropy_grad([[1.0, 2.0, 3.0]], [0], reduction="max")


def test_what_it_rests_on_is_in_the_catalog() -> None:
    assert {name for names in UNROLLED_RESTS_ON.values() for name in names} <= set(entries())


def test_the_source(specialised: dict[int, ModuleType]) -> None:
    """Read a difference from the golden source; if it is meant, write the new one to tests/golden."""
    others = (replace(JACOBIAN, name="softmax-jvp", verdict="refuted"), *PROVED)  # no function here rests on it
    assert source_for(3) == unrolled_source(3, unrolled(3), others, "0.1.0")
    assert source_for(3) == (ROOT / "tests/golden/derived_3_classes.py").read_text(encoding="utf-8")
    long = source_for(24)
    assert max(map(len, long.splitlines())) <= 120
    imported = {node.module for node in ast.walk(ast.parse(long)) if isinstance(node, ast.ImportFrom)}
    assert imported == {"__future__", "collections.abc", "functools", "typing", "numpy.typing"}
    for module in specialised.values():
        result = doctest.testmod(module)
        assert result.failed == 0 and result.attempted >= len(module.__all__)


def test_the_source_is_clean(specialised: dict[int, ModuleType], folder: Path) -> None:
    (folder / "derived_24_classes.py").write_text(source_for(24), encoding="utf-8")
    paths = [*(str(module.__file__) for module in specialised.values()), str(folder / "derived_24_classes.py")]
    config = ["--config", str(ROOT / "pyproject.toml")]
    for command in (
        ["ruff", "check", "--no-cache", *config, *paths],
        ["ruff", "format", "--no-cache", "--check", *config, *paths],
        ["mypy", "--strict", *paths],
    ):
        run = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
