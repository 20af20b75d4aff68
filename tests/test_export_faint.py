"""Probabilities below the normal numbers, times what makes normal numbers of them, beside mpmath."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import mpmath as mp
import numpy as np
import pytest

from .benchmarks.rivals import load
from .benchmarks.samples import number
from .test_export_exact import GOLDEN, MOST, most_ulp, probabilities

pytestmark = pytest.mark.no_cover  # what runs is the exported module, which is no part of derive

KINDS = (np.float64, np.float32)
Array = Any


@pytest.fixture(scope="module")
def derived() -> ModuleType:
    return load(GOLDEN)


@pytest.fixture(autouse=True)
def precise() -> Iterator[None]:
    with np.errstate(all="raise", under="ignore"), mp.workdps(60):
        yield


def product(z: Array, v: Array, tau: float, factors: Array) -> list[Any]:
    """y_i (v_i - Σ_k y_k v_k) = y_i Σ_k y_k (v_i - v_k), which cancels less, times a factor / τ²."""
    found = []
    for row, tangent, factor in zip(z, v, factors, strict=True):
        y, w = probabilities(row, tau), [number(a) for a in tangent]
        with mp.workdps(1500):  # tangents from 1e-300 to 1e300
            means = [mp.fsum(b * (w_i - w_k) for b, w_k in zip(y, w, strict=True)) for w_i in w]
            found += [a * mean * number(factor) / number(tau) ** 2 for a, mean in zip(y, means, strict=True)]
    return found


def gradients(z: Array, t: Array, tau: float, *factors: Array) -> list[list[Any]]:
    """(y_i - t_i) / τ for labels that sum to 1 exactly, times each of the factors of its row."""
    found: list[list[Any]] = [[] for _ in factors]
    for n, (row, labels) in enumerate(zip(z, t, strict=True)):
        with mp.workdps(1500):
            gaps = [(y - number(a)) / number(tau) for y, a in zip(probabilities(row, tau), labels, strict=True)]
            for one, of_rows in zip(found, factors, strict=True):
                one += [gap * number(of_rows[n]) for gap in gaps]
    return found


def rows(rng: np.random.Generator, K: int, n: int, far: float, kind: Any, tau: float = 1.0) -> Array:
    """Logits of which some are near the largest, some about `far` below it, and some masked."""
    below = rng.choice([0.0, 1.0, 1.0], (n, K)) * far + rng.uniform(-1, 1, (n, K)) * rng.choice([1, 10, 60], (n, 1))
    below[np.arange(n), rng.integers(0, K, n)] = 0
    z = -below * tau + rng.choice([0.0, 3.3, -200.1, 5e3], (n, 1)) * tau
    z[rng.uniform(size=(n, K)) < 0.05] = -np.inf
    z[np.arange(n), rng.integers(0, K, n)] = 0.5 * tau
    return z.astype(kind)


def lowest(kind: Any) -> float:
    return 708.4 if kind == np.float64 else 87.3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [1e-305, 1.0, 1e5, 1e30, 1e150, 1e307])
@pytest.mark.parametrize("K", [2, 5, 40])
def test_products_with_large_tangents(derived: ModuleType, K: int, size: float, kind: Any) -> None:
    size = size if kind == np.float64 else float(np.clip(size, 1e-35, 1e37))
    rng = np.random.default_rng([1, K])
    z = rows(rng, K, 8, lowest(kind) + np.log(max(1.0, size)) / 2, kind)
    for v in (rng.standard_normal((8, K)) * size, size * 10 ** rng.uniform(-15, 0, (8, K))):
        v = v.astype(kind)
        exact = product(z, v, 1.0, np.ones(8))
        for function in (derived.softmax_jvp, derived.softmax_vjp):
            assert most_ulp(function(z, v), exact) <= MOST


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tau", [0.3, 1e-3, 1e-20, 1e-145, 1e-200, 1e150])
def test_hessians_with_small_temperatures(derived: ModuleType, tau: float, kind: Any) -> None:
    rng = np.random.default_rng(2)
    scale = tau if kind == np.float64 else float(np.clip(tau, 1e-30, 1e30))
    z = rows(rng, 5, 12, lowest(kind) - np.log(min(1.0, scale)), kind, scale)
    w = 10 ** rng.uniform(-3, 20, 5)
    c = rng.integers(0, 5, 12)
    for size in (1e-290, 1e-30, 1.0, 1e30, 1e290):
        most = 1e290 if kind == np.float64 else 1e35
        v = (rng.standard_normal((12, 5)) * np.clip(size, 1 / most, most)).astype(kind)
        found = derived.cross_entropy_hvp(z, c, v, reduction="sum", temperature=scale)
        assert most_finite(found, product(z, v, scale, np.ones(12))) <= MOST
        weighted = derived.cross_entropy_hvp(z, c, v, reduction="sum", temperature=scale, weight=w)
        assert most_finite(weighted, product(z, v, scale, w.astype(kind)[c])) <= MOST


def most_finite(found: Array, exact: list[Any]) -> float:
    """The largest error where the exact result does not overflow."""
    largest = number(np.finfo(found.dtype).max)
    inside = [abs(a) < largest for a in exact]
    return most_ulp(found.ravel()[inside], [a for a, here in zip(exact, inside, strict=True) if here])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tau", [1.0, 0.3, 1e-3, 1e-20, 1e-100, 1e-200])
@pytest.mark.parametrize("K", [2, 5, 40])
def test_gradients(derived: ModuleType, K: int, tau: float, kind: Any) -> None:
    rng = np.random.default_rng([3, K])
    scale = tau if kind == np.float64 else max(tau, 1e-30)
    z = rows(rng, K, 12, lowest(kind) - np.log(scale), kind, scale)
    c, w = z.argmax(axis=1), 10 ** rng.uniform(-3, 20, K)
    c[:6] = rng.integers(0, K, 6)
    one_hot = np.eye(K)[c]
    exact, weighted = gradients(z, one_hot, scale, np.ones(12), w.astype(kind)[c])
    for labels in (c, one_hot):
        found = derived.cross_entropy_grad(z, labels, reduction="sum", temperature=scale)
        assert most_finite(found, exact) <= MOST
        place = z.copy()
        derived.cross_entropy_value_and_grad(place, labels, reduction="sum", temperature=scale, out=place)
        assert place.tobytes() == found.tobytes()
    found = derived.cross_entropy_grad(z, c, reduction="sum", temperature=scale, weight=w)
    assert most_finite(found, weighted) <= MOST


@pytest.mark.parametrize("tau", [1e-90, 1e-200])
def test_a_probability_of_nothing_stays_nothing(derived: ModuleType, tau: float) -> None:
    z = np.zeros((2, 300), np.float32)
    z[:, 1:] = -1
    t = np.eye(300)[[0, 0]]
    assert not derived.cross_entropy_grad(z, t, temperature=tau).any()
    assert not derived.cross_entropy_hvp(z, [0, 0], np.eye(300)[:2], temperature=tau).any()
