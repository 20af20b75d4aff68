"""The general module keeps its bound of 4 ULP in float64 on logits that once broke it."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from .benchmarks import accuracy, functions, samples
from .benchmarks.rivals import load

GOLDEN = Path(__file__).parent / "golden/derived.py"
NAMES = ("log_softmax", "log_softmax, temperature", *(f.name for f in functions.LOSSES))
FUNCTIONS = [function for function in accuracy.chosen([]) if function.name in NAMES]

pytestmark = pytest.mark.skipif(
    np.finfo(np.longdouble).nmant < 63, reason="platform: long double is no wider than double"
)


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
        batch = samples.Batch(tag, z, plain.j, t, t, weight, tau, plain, samples.parts(z, tau), samples.Many(z, plain))
        for labelled in samples.labelled(batch, rng):
            accuracy.measure(FUNCTIONS, {accuracy.OURS: derived}, labelled, found)
    assert {name for name, errors in found.items() if not errors.most <= 4} == set()
