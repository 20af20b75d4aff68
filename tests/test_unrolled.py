"""Modules unrolled for one number of classes: what they compute is what the general module computes."""

from __future__ import annotations

import ast
import doctest
import importlib.util
import subprocess
import sys
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from derive.concrete.unrolled import unrolled
from derive.export import LARGEST_K, Proved, UnprovedError, module_source, unrolled_source

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
SMALL_K = (2, 3, 5)
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


def test_digits_near_a_confident_prediction(specialised: dict[int, ModuleType]) -> None:
    z, rest, module = np.array([40.0, 0.0, -1.0]), np.exp(-40.0) + np.exp(-41.0), specialised[3]
    values = [module.log_softmax(z)[0], module.softmax_jacobian(z)[0, 0]]
    for labels in (0, [1.0, 0, 0]):
        loss, gradient = module.cross_entropy_value_and_grad(z, labels)
        values += [loss, gradient[0]]
    np.testing.assert_allclose(np.abs(values), rest, rtol=1e-14)


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
    with pytest.raises(ValueError, match="no straight-line code for cross_entropy, cross_entropy_grad"):
        unrolled_source(2, unrolled(2)[:4], PROVED, "0.1.0")
    with pytest.raises(UnprovedError, match="softmax_jacobian rests on softmax-jacobian, which is unknown"):
        unrolled_source(2, unrolled(2), [replace(JACOBIAN, verdict="unknown")], "0.1.0")
    with pytest.raises(ValueError, match="are not of 3 classes"):
        specialised[3].softmax([1.0, 2.0])
    with pytest.raises(ValueError, match="label of row 0 is 3"):
        specialised[3].cross_entropy([[1.0, 2.0, 3.0]], [3])
    with pytest.raises(ValueError, match="not 'max'"):
        specialised[3].cross_entropy_grad([[1.0, 2.0, 3.0]], [0], reduction="max")


def test_the_source(specialised: dict[int, ModuleType]) -> None:
    """Read a difference from the golden source; if it is meant, write the new one to tests/golden."""
    others = (replace(JACOBIAN, name="softmax-jvp", verdict="refuted"), *PROVED)  # no function here rests on it
    assert source_for(3) == unrolled_source(3, unrolled(3), others, "0.1.0")
    assert source_for(3) == (ROOT / "tests/golden/derived_3_classes.py").read_text(encoding="utf-8")
    long = source_for(24)
    assert max(map(len, long.splitlines())) <= 120
    imported = {node.module for node in ast.walk(ast.parse(long)) if isinstance(node, ast.ImportFrom)}
    assert imported == {"__future__", "typing", "numpy.typing"}
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
