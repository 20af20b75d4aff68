"""The general module keeps its bound of 4 ULP in float64 on logits that once broke it, and on few numbers."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf

from .benchmarks import accuracy, functions, samples
from .benchmarks.rivals import load

GOLDEN = Path(__file__).parent / "golden/derived.py"
NAMES = ("log_softmax", "log_softmax, temperature", *(f.name for f in functions.LOSSES))
FUNCTIONS = [function for function in accuracy.chosen([]) if function.name in NAMES]

pytestmark = [
    pytest.mark.skipif(np.finfo(np.longdouble).nmant < 63, reason="platform: long double is no wider than double"),
    pytest.mark.no_cover,  # what runs is the exported module, which is no part of derive
]


@pytest.fixture(scope="module")
def derived() -> ModuleType:
    return load(GOLDEN)


@pytest.mark.parametrize(("K", "n"), [(7, 2000), (12, 100), (15, 3000), (33, 600), (100, 300), (1000, 20)])
@np.errstate(all="ignore")
def test_four_ulp(derived: ModuleType, K: int, n: int) -> None:
    rng = np.random.default_rng([11, K])
    found: accuracy.Found = {}
    for tag, x in samples.kinds(np.float64, K, n, rng):
        z, tau = x.astype(np.float64), float(rng.uniform(0.3, 3))
        plain, t = samples.parts(z, 1), rng.dirichlet(np.ones(K), n)
        weight = rng.uniform(0.1, 2, K)
        batch = samples.Batch(tag, z, plain.j, t, t, weight, tau, plain, samples.parts(z, tau), samples.Many(z))
        for labelled in samples.labelled(batch, rng):
            accuracy.measure(FUNCTIONS, {accuracy.OURS: derived}, labelled, found)
    assert {name for name, errors in found.items() if not errors.most <= 4} == set()


# ---- few numbers, which are computed as Python's floats ----


def worst_of(found: Any, exact: list[Any]) -> float:
    kind = np.asarray(found).dtype.type
    normal = [(a, b) for a, b in zip(np.ravel(found), exact, strict=True) if abs(b) >= np.finfo(kind).tiny]
    return max((float(abs(mpf(float(a)) - b) / mpf(float(np.spacing(kind(abs(b)))))) for a, b in normal), default=0.0)


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize(("n", "K"), [(1, 2), (1, 3), (5, 3), (1, 16), (2, 8)])
def test_few_logits(derived: ModuleType, n: int, K: int, kind: Any) -> None:
    rng = np.random.default_rng([21, K])
    with mp.workdps(400):
        for tag, logits in samples.kinds(kind, K, 4 * n, rng):
            for a in range(0, 4 * n, n):
                x = logits[a : a + n].astype(kind)
                exact = []
                for row in x:
                    largest = mpf(float(row.max()))
                    d = [mpf(float(z)) - largest for z in row]
                    rest = mp.fsum(map(mp.exp, d)) - 1
                    exact += [z - mp.log1p(rest) for z in d]
                found = derived.log_softmax(x)
                assert worst_of(found, exact) <= 4, tag
                held = np.empty_like(x)
                assert derived.log_softmax(x, out=held) is held and np.array_equal(held, found)


def test_few_logits_that_are_not_finite(derived: ModuleType) -> None:
    inf, nan = np.inf, np.nan
    for kind in (np.float32, np.float64):
        z = np.array([[0, nan, 1], [inf, 0, 0], [-inf, -inf, -inf], [-inf, 0, 0], [3, -1e30, 3]], kind)
        wanted = derived.log_softmax(np.tile(z, (9, 1)))[:5]
        np.testing.assert_array_equal(derived.log_softmax(z), wanted)
        assert np.isnan(wanted[:3]).all() and wanted[3, 0] == -inf
    big = float(np.finfo(np.float64).max)
    top, *others = derived.log_softmax([[big, -big, 0.0]])[0]
    assert -1e-300 < top <= 0 and others == [-inf, -big]


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_few_numbers(derived: ModuleType, kind: Any) -> None:
    rng = np.random.default_rng(22)
    far = 700 if kind is np.float64 else 86
    with mp.workdps(400):
        for scale in (*[far] * 60, *[5.0] * 60, 1e-9):
            x = rng.uniform(-scale, scale, 6).astype(kind)
            exact = [1 / (1 + mp.exp(-mpf(float(z)))) for z in x]
            assert worst_of(derived.sigmoid(x), exact) <= 4
            assert derived.sigmoid(x, out=x) is x and worst_of(x, exact) <= 4
    odd = derived.sigmoid(np.array([[np.nan, np.inf, -np.inf, 1e30, -1e30]], kind))
    np.testing.assert_array_equal(odd, np.array([[np.nan, 1, 0, 1, 0]], kind))
    for shape in ((), (0,), (2, 0), (1, 2, 3), (3, 2)):
        found = derived.sigmoid(np.zeros(shape, kind))
        assert found.shape == shape and found.dtype == kind and (found == 0.5).all()
