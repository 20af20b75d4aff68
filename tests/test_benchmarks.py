"""The benchmarks measure what they say: their references are right, and they find errors that are there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any

import mpmath as mp
import numpy as np
import pytest

from .benchmarks import accuracy, digits, functions, samples, speed

FUNCTIONS = accuracy.chosen([])

pytestmark = pytest.mark.skipif(
    np.finfo(np.longdouble).nmant < 63, reason="platform: long double is no wider than double"
)


@cache
def logits() -> list[samples.Batch]:
    every = samples.batches(np.float64, 100, np.random.default_rng(5))
    return [batch for batch in every if batch.x.shape[1] <= 10]


def inputs(function: functions.Function) -> Iterator[Any]:
    rng = np.random.default_rng(7)
    if function in functions.BINARY:
        yield from samples.points(np.float64, 40, rng)
        return
    for batch in logits():
        yield from samples.labelled(batch, rng) if function.labels else [batch]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_the_references_and_the_definition_agree(function: functions.Function) -> None:
    rng = np.random.default_rng(6)
    for batch in inputs(function):
        with mp.workprec(digits.BITS):
            wanted = functions.wide(function.reference(batch))
        entry = int(rng.integers(wanted.size))
        value, size = wanted.reshape(-1)[entry], np.float64(abs(wanted.reshape(-1)[entry]))
        if not np.finfo(np.float64).tiny <= abs(value) <= np.finfo(np.float64).max:
            continue
        row = batch.row(entry, wanted.shape)
        with mp.workdps(row.digits):
            mantissa, exponent = np.frexp(value)
            high = float(mantissa)
            found = mp.ldexp(mp.mpf(high) + mp.mpf(float(mantissa - np.longdouble(high))), int(exponent))
            assert abs(found - function.exact(row)) < 0.02 * mp.mpf(float(np.spacing(size))), batch.tag


def test_an_error_that_is_there_is_found() -> None:
    def by_hand(x: Any) -> Any:
        s = 1 / (1 + np.exp(-x))
        return s * (1 - s)

    asked = accuracy.chosen(["sigmoid_grad"])
    found = accuracy.measured(asked, {accuracy.OURS: SimpleNamespace(sigmoid_grad=by_hand)}, 400)
    text, broken = accuracy.error_table(asked, found, {})
    assert broken == 4 and text.count("✗") == 4


def test_the_exported_sigmoids_are_measured() -> None:
    command = [sys.executable, accuracy.__file__, "--elements", "400", "sigmoid", "softplus"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "0 bounds broken ✓" in run.stdout


def test_ratios_and_bounds() -> None:
    def twice(x: Any, *, out: Any) -> Any:
        speed.softmax_by_hand(x)
        return speed.softmax_by_hand(x)

    text, broken = speed.ratio_table("softmax", [(1024, 10)], 3.0, SimpleNamespace(softmax=twice), {"SciPy": None}, 3)
    assert "SciPy (not installed)" in text
    assert any("not ≤ 0.4" in line for line in broken)
