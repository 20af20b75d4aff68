"""Edges of the general module: bad rows, layouts, overlaps, keywords; both types, and every path through the code."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from mpmath import mp, mpf

from derive.export import module_source
from tests.sampling import examples, some
from tests.test_export import load

pytestmark = pytest.mark.no_cover  # what runs is the exported module, which is no part of derive

inf, nan = np.inf, np.nan
TYPES = [np.float32, np.float64]
LONG = np.longdouble
SHAPES = [(6, 4), (6, 3), (900, 4), (900, 10), (900, 40), (300, 300), (40, 2000)]
"""Small arrays, few classes, chunks of rows, blocks of sums."""

if np.finfo(LONG).nmant < 60:
    pytest.skip("the references want a longer type than float64", allow_module_level=True)


@pytest.fixture(scope="module")
def derived(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return load(module_source([], "0.1.0"), tmp_path_factory.mktemp("exported") / "derived_edges.py")


@pytest.fixture(autouse=True, params=some(["raise", "warn"], 2))
def no_warnings(request: pytest.FixtureRequest) -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all=request.param):
        warnings.simplefilter("error", RuntimeWarning)
        yield


def near(actual: Any, wanted: Any, tolerance: float = 1e-12) -> None:
    with np.errstate(all="ignore"):
        actual, wanted = np.asarray(actual, float), np.asarray(wanted, float)
        np.testing.assert_allclose(actual, wanted, rtol=tolerance, atol=tolerance)


def probabilities(x: Any, tau: float = 1.0) -> Any:
    with np.errstate(all="ignore"):
        x = x.astype(LONG) / tau
        e = np.exp(x - x.max(-1, keepdims=True))
        return e / e.sum(-1, keepdims=True)


# ---- rows without probabilities ----

ROWS: dict[str, Callable[[ModuleType, Any, Any, Any, Any], Any]] = {
    "softmax": lambda m, z, y, t, v: m.softmax(z),
    "softmax tau": lambda m, z, y, t, v: m.softmax(z, temperature=0.7),
    "log_softmax": lambda m, z, y, t, v: m.log_softmax(z),
    "log_softmax tau": lambda m, z, y, t, v: m.log_softmax(z, temperature=0.7),
    "jvp": lambda m, z, y, t, v: m.softmax_jvp(z, v),
    "vjp": lambda m, z, y, t, v: m.softmax_vjp(z, v),
    "hvp": lambda m, z, y, t, v: m.cross_entropy_hvp(z, y, v, reduction="sum"),
    "hard": lambda m, z, y, t, v: m.cross_entropy_grad(z, y, reduction="sum"),
    "hard tau": lambda m, z, y, t, v: m.cross_entropy_grad(z, y, reduction="sum", temperature=2.0),
    "smoothed": lambda m, z, y, t, v: m.cross_entropy_grad(z, y, reduction="sum", label_smoothing=0.1),
    "soft": lambda m, z, y, t, v: m.cross_entropy_grad(z, t, reduction="sum"),
    "soft tau": lambda m, z, y, t, v: m.cross_entropy_grad(z, t, reduction="sum", temperature=3),
    "logsumexp": lambda m, z, y, t, v: m.logsumexp(z),
    "loss": lambda m, z, y, t, v: m.cross_entropy(z, y, reduction="none"),
    "soft loss": lambda m, z, y, t, v: m.cross_entropy(z, t, reduction="none"),
    "soft loss tau": lambda m, z, y, t, v: m.cross_entropy(z, t, reduction="none", temperature=2),
}


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("shape", some(SHAPES, 2))
@pytest.mark.parametrize("scale", [1, 400])
def test_bad_rows_are_nan_and_leave_the_others_alone(
    derived: ModuleType, dtype: Any, shape: tuple[int, int], scale: int
) -> None:
    rng, (N, K) = np.random.default_rng(5), shape
    x = (rng.standard_normal(shape) * scale).astype(dtype)
    clean = x.copy()
    x[1, 1], x[2, 0], x[3], x[4, 0], clean[4, 0], x[5, :2] = inf, nan, -inf, -inf, -inf, (-inf, inf)
    bad = np.zeros(N, bool)
    bad[[1, 2, 3, 5]] = True
    labels, t = rng.integers(1, K, N), np.abs(rng.standard_normal(shape)) + 0.1
    t[4, 0] = 0
    t = (t / t.sum(1, keepdims=True)).astype(dtype)
    v, before = rng.standard_normal(shape).astype(dtype), x.copy()
    for function in ROWS.values():
        found, wanted = function(derived, x, labels, t, v), function(derived, clean, labels, t, v)
        assert np.isnan(found[bad]).all() and not np.isnan(found[~bad]).any() and found.dtype == dtype
        near(found[~bad], wanted[~bad], 1e-5 if dtype == np.float32 else 1e-12)
    assert np.array_equal(x, before, equal_nan=True)
    jacobian = derived.softmax_jacobian(x[:6])
    assert np.isnan(jacobian[[1, 2, 3, 5]]).all() and not np.isnan(jacobian[[0, 4]]).any()


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("scale", [1, 400])
def test_masks(derived: ModuleType, dtype: Any, shape: tuple[int, int], scale: int) -> None:
    rng, (N, K) = np.random.default_rng(6), shape
    x = (rng.standard_normal(shape) * scale).astype(dtype)
    x[4, 0], labels = -inf, rng.integers(1, K, N)
    assert derived.softmax(x)[4, 0] == 0 and derived.log_softmax(x)[4, 0] == -inf
    assert derived.cross_entropy_grad(x, labels)[4, 0] == 0
    assert derived.cross_entropy(x, labels, reduction="none", label_smoothing=0.1)[4] == inf
    labels[4] = 0
    assert derived.cross_entropy(x, labels, reduction="none")[4] == inf
    assert derived.cross_entropy_grad(x, labels, reduction="sum")[4, 0] == -1
    soft = np.full(shape, 1 / K, dtype)
    assert derived.cross_entropy(x, soft, reduction="none")[4] == inf
    assert np.isfinite(derived.cross_entropy_grad(x, soft)).all()


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("row", ["b B", "b b", "B B", "b 0", "0 B", "B 0 3"])
def test_extreme_finite_logits(derived: ModuleType, dtype: Any, row: str) -> None:
    big = float(np.finfo(dtype).max)
    values = [{"b": big, "B": -big, "0": 0.0, "3": 3.0}[word] for word in row.split()]
    x = np.array([values] * 3, dtype)
    wanted = probabilities(x).astype(float)
    near(derived.softmax(x), wanted, 1e-6)
    near(derived.softmax(np.tile(x, (2000, 1)))[5], wanted[0], 1e-6)
    assert np.isfinite(derived.cross_entropy_grad(x, [0, 0, 0])).all()
    assert np.isfinite(derived.cross_entropy(x, [int(np.argmax(values))] * 3))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("rows", [1, 3, 900])
def test_nothing_is_left_beside_a_huge_logit(derived: ModuleType, dtype: Any, rows: int) -> None:
    """From the first rows, where neighbours still have a share, to the largest floats, which have no neighbours."""
    kind = np.finfo(dtype)
    for power, sign, tau in itertools.product([*range(5, 70), 100, kind.maxexp - 1], (1.0, -1.0), (1.0, 0.5)):
        top = sign * 2.0**power
        x = np.array([[top, top - abs(top) / 2, -inf, np.nextafter(dtype(top), dtype(-inf))]] * rows, dtype)
        wanted, y = probabilities(x, tau), derived.softmax(x, temperature=tau)
        gradient = derived.cross_entropy_grad(x, [0] * rows, reduction="sum", temperature=tau)
        nothing = wanted < LONG(kind.smallest_subnormal) / 4
        assert (np.abs(y - wanted) <= 8 * kind.eps * wanted + kind.smallest_normal).all(), (power, sign, tau)
        assert (y[nothing] == 0).all() and (gradient[nothing] == 0).all(), (power, sign, tau)
        if nothing[0, 1:].all():
            assert (derived.log_softmax(x, temperature=tau)[:, 0] == 0).all()
            assert derived.cross_entropy(x, [0] * rows, temperature=tau) == 0


# ---- one class, no rows ----


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("rows", [1, 3, 5000])
@pytest.mark.parametrize("value", [-1000, -5, 0, 5, 1000])
def test_one_class_has_no_loss_and_no_gradient(derived: ModuleType, dtype: Any, rows: int, value: int) -> None:
    x, one, zero = np.full((rows, 1), value, dtype), np.ones((rows, 1), dtype), np.zeros(rows, int)
    assert (derived.softmax(x) == 1).all() and not derived.log_softmax(x).any()
    near(derived.logsumexp(x), value)
    more: list[dict[str, Any]] = [{}, {"label_smoothing": 0.3}, {"temperature": 3}, {"reduction": "sum"}]
    for labels, options in itertools.product((zero, one), more):
        loss, gradient = derived.cross_entropy_value_and_grad(x, labels, **options)
        assert loss == 0 and not gradient.any() and not np.signbit(gradient).any() and not np.signbit(loss)
    assert not derived.cross_entropy_grad(x, zero, weight=[2.0]).any()
    assert not derived.softmax_jacobian(x[:2]).any() and not derived.softmax_jvp(x, one).any()


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("shape", [(0, 3), (2, 0, 3), (0, 300)])
def test_no_rows(derived: ModuleType, dtype: Any, shape: tuple[int, ...]) -> None:
    z, numbers = np.zeros(shape, dtype), np.zeros(shape[:-1], int)
    for labels in (numbers, z):
        assert derived.cross_entropy(z, labels, reduction="sum") == 0 and np.isnan(derived.cross_entropy(z, labels))
        assert derived.cross_entropy(z, labels, reduction="none").shape == shape[:-1]
        assert derived.cross_entropy_grad(z, labels).shape == derived.cross_entropy_hvp(z, labels, z).shape == shape
    assert derived.softmax(z).shape == derived.log_softmax(z).shape == derived.softmax_jvp(z, z).shape == shape
    assert derived.softmax_jacobian(z).shape == (*shape, shape[-1]) and derived.logsumexp(z).shape == shape[:-1]
    assert derived.sigmoid(z).shape == shape and np.isnan(derived.binary_cross_entropy(z, z))
    assert np.isnan(derived.cross_entropy(z, numbers, weight=np.ones(shape[-1])))
    assert np.isnan(derived.cross_entropy(z, numbers, ignore_index=0))


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp", "softmax_jacobian"])
def test_no_classes(derived: ModuleType, name: str) -> None:
    with pytest.raises(ValueError, match="no classes"):
        getattr(derived, name)(np.zeros((2, 0)))


# ---- one logit ----


@pytest.mark.parametrize("dtype", TYPES)
def test_limits_of_functions_of_one_logit(derived: ModuleType, dtype: Any) -> None:
    x = np.array([-inf, -1e30, -800, 0, 800, 1e30, inf, nan], dtype)
    for values, places in ((x, range(8)), (np.tile(x, 5000), range(8, 16))):
        pick = list(places)
        np.testing.assert_array_equal(derived.sigmoid(values)[pick], [0, 0, 0, 0.5, 1, 1, 1, nan])
        np.testing.assert_array_equal(derived.sigmoid_grad(values)[pick], [0, 0, 0, 0.25, 0, 0, 0, nan])
        softplus, log_sigmoid = derived.softplus(values)[pick], derived.log_sigmoid(values)[pick]
        np.testing.assert_array_equal(softplus[[0, 2, 4, 6, 7]], [0, 0, 800, inf, nan])
        np.testing.assert_array_equal(log_sigmoid[[0, 2, 4, 6, 7]], [-inf, -800, 0, 0, nan])
    z = np.array([-inf, -inf, inf, inf, nan], dtype)
    losses = derived.binary_cross_entropy(z, [0, 1, 0, 1, 1], reduction="none")
    np.testing.assert_array_equal(losses, [0, inf, inf, 0, nan])
    gradient = derived.binary_cross_entropy_grad(z[:4], [0, 1, 0, 1], reduction="sum")
    np.testing.assert_array_equal(gradient, [0, -1, 1, 0])
    assert np.isfinite(derived.sigmoid(np.linspace(-800, 800, 50001).astype(dtype))).all()


# ---- layouts, `out` ----

LAYOUTS = [
    ((3,), 0), ((2, 3), 0), ((700, 5), 0), ((5, 700), 0), ((5, 700), 1), ((2, 3, 4), 1), ((20, 30, 40), 1),
    ((20, 30, 40), 0), ((20, 30, 40), -1), ((40, 3, 300), -1), ((2000, 30), 0), ((1, 1, 3), -2),
    ((64, 10), 0), ((64, 10), 1), ((3, 5), -1),
]  # fmt: skip


def views(base: Any) -> list[Any]:
    """The same values with other strides, byte order or rights."""
    frozen = base.copy()
    frozen.flags.writeable = False
    wide = np.full(tuple(2 * n for n in base.shape), nan, base.dtype)
    strided = wide[tuple(slice(None, None, 2) for _ in base.shape)]
    strided[...] = base
    swapped = base.astype(base.dtype.newbyteorder())
    return [base, frozen, strided, base[::-1].copy()[::-1], np.asfortranarray(base), swapped]


def empty(base: Any) -> list[Any]:
    """Arrays for a result, with other strides."""
    wide = np.empty(tuple(2 * n for n in base.shape), base.dtype)
    strided = wide[tuple(slice(None, None, 2) for _ in base.shape)]
    return [np.empty_like(base), strided, np.empty(base.shape, base.dtype, order="F"), np.empty_like(base)[::-1]]


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize(("shape", "axis"), LAYOUTS)
def test_layouts_and_axes(derived: ModuleType, dtype: Any, shape: tuple[int, ...], axis: int) -> None:
    rng, tolerance = np.random.default_rng(7), 2e-6 if dtype == np.float32 else 1e-14
    base = (rng.standard_normal(shape) * 3).astype(dtype)
    moved, K = np.moveaxis(base, axis, -1), shape[axis]
    y = np.moveaxis(probabilities(moved), -1, axis)
    numbers = rng.integers(0, K, moved.shape[:-1])
    one_hot = np.moveaxis(np.eye(K, dtype=dtype)[numbers], -1, axis)
    for x in views(base):
        keep = x.copy()
        near(derived.softmax(x, axis), y, tolerance)
        near(derived.log_softmax(x, axis), np.log(y), 20 * tolerance)
        near(derived.logsumexp(x, axis), np.log(np.exp(moved.astype(LONG)).sum(-1)), 20 * tolerance)
        for labels in (numbers, one_hot):
            loss, gradient = derived.cross_entropy_value_and_grad(x, labels, axis=axis, reduction="sum")
            near(gradient, y - one_hot, tolerance)
            near(loss, -(np.log(y) * one_hot).sum(), 50 * tolerance)
            assert derived.cross_entropy(x, labels, axis=axis, reduction="none").shape == numbers.shape
        product = derived.cross_entropy_hvp(x, numbers, base, axis=axis, reduction="sum")
        near(product, y * (base - (y * base).sum(axis, keepdims=True)), 5 * tolerance)
        assert np.array_equal(x, keep)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize(("shape", "axis"), some(LAYOUTS, 2))
def test_out_of_any_layout(derived: ModuleType, dtype: Any, shape: tuple[int, ...], axis: int) -> None:
    rng, tolerance = np.random.default_rng(8), 2e-6 if dtype == np.float32 else 1e-14
    base = (rng.standard_normal(shape) * 3).astype(dtype)
    numbers = rng.integers(0, shape[axis], np.moveaxis(base, axis, -1).shape[:-1])
    t = np.full(shape, 1 / shape[axis], dtype)
    functions: list[Callable[[Any, Any], Any]] = [
        lambda z, out: derived.softmax(z, axis, out=out),
        lambda z, out: derived.log_softmax(z, axis, out=out),
        lambda z, out: derived.cross_entropy_grad(z, numbers, axis=axis, out=out),
        lambda z, out: derived.cross_entropy_grad(z, t, axis=axis, out=out),
        lambda z, out: derived.cross_entropy_grad(z, numbers, axis=axis, label_smoothing=0.1, out=out),
    ]
    for function in functions:
        for x in views(base):
            for out in empty(base):
                assert function(x, out) is out
                near(out, function(x, None), tolerance)
        for x in (base.copy(), np.asfortranarray(base), base.copy()[::-1]):
            wanted = function(x.copy(), None)
            assert function(x, x) is x
            near(x, wanted, tolerance)
    labels, wanted = t.copy(), derived.cross_entropy_grad(base, t, axis=axis)
    derived.cross_entropy_grad(base, labels, axis=axis, out=labels)
    near(labels, wanted, tolerance)


@pytest.mark.parametrize("shape", [(4, 3), (900, 10), (500, 300), (8, 30000)])
@pytest.mark.parametrize("scale", [3, 900])
def test_overlapping_out(derived: ModuleType, shape: tuple[int, int], scale: int) -> None:
    rng, (N, K) = np.random.default_rng(9), shape
    numbers, soft = np.zeros(N, int), np.full(shape, 1 / K)
    functions: list[Callable[[Any, Any], Any]] = [
        lambda z, out: derived.softmax(z, out=out),
        lambda z, out: derived.log_softmax(z, out=out),
        lambda z, out: derived.cross_entropy_grad(z, numbers, out=out),
        lambda z, out: derived.cross_entropy_grad(z, soft, out=out),
        *(lambda z, out, f=f: f(z, out=out) for f in (derived.sigmoid, derived.sigmoid_grad, derived.softplus)),
        lambda z, out: derived.log_sigmoid(z, out=out),
    ]
    for shift, function in itertools.product((1, 3, K - 1, K + 1, -1, -K, 2 * K), functions):
        buffer, start = rng.standard_normal(N * K + 4 * K) * scale, 2 * K
        z = buffer[start : start + N * K].reshape(shape)
        out = buffer[start + shift : start + shift + N * K].reshape(shape)
        wanted = function(z.copy(), None)
        assert function(z, out) is out
        near(out, wanted, 1e-14)
    for step in (1, -1):
        z = rng.standard_normal(shape) * scale
        wanted = derived.softmax(z[::step])
        derived.softmax(z[::step], out=z)
        near(z, wanted, 1e-14)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("shape", [(5000, 10), (400, 700), (4, 100000), (3, 7), (1, 100000)])
def test_threads_change_nothing(derived: ModuleType, dtype: Any, shape: tuple[int, int]) -> None:
    rng, K = np.random.default_rng(10), shape[1]
    x, numbers = (rng.standard_normal(shape) * 9).astype(dtype), rng.integers(0, K, shape[0])
    for workers in (1, 2, 7):
        near(derived.softmax(x, workers=workers), derived.softmax(x), 1e-6)
        near(derived.log_softmax(x, workers=workers), derived.log_softmax(x), 1e-6)
        for labels in (numbers, np.full(shape, 1 / K, dtype)):
            pair = derived.cross_entropy_value_and_grad(x, labels, workers=workers)
            for found, wanted in zip(pair, derived.cross_entropy_value_and_grad(x, labels), strict=True):
                near(found, wanted, 1e-6)
    assert np.getbufsize() == 8192


@pytest.mark.skipif(not hasattr(os, "fork"), reason="platform: no fork")
def test_threads_are_kept_and_made_anew_after_a_fork(derived: ModuleType) -> None:
    script = """
import os, runpy, sys, threading
import numpy as np
module = runpy.run_path(sys.argv[1])
x = np.random.default_rng(0).standard_normal((400, 1000))
wanted = module["softmax"](x)
for _ in range(5):
    assert np.abs(module["softmax"](x, workers=3) - wanted).max() < 1e-14
assert threading.active_count() <= 3
child = os.fork()
good = np.abs(module["softmax"](x, workers=3) - wanted).max() < 1e-14
if child == 0:
    os._exit(0 if good else 1)
assert good and os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""
    command = [sys.executable, "-W", "ignore", "-c", script, str(derived.__file__)]
    subprocess.run(command, check=True, timeout=120)


def test_calls_from_many_threads_share_the_threads(derived: ModuleType) -> None:
    x = np.random.default_rng(3).standard_normal((300, 700)) * 9
    wanted = derived.softmax(x)
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda workers: derived.softmax(x, workers=workers), [2, 90] * 20):
            near(found, wanted, 1e-14)


def test_types(derived: ModuleType) -> None:
    types: list[tuple[Any, str]] = [
        (np.float16, "f4"),
        (np.int64, "f8"),
        (bool, "f8"),
        (np.uint8, "f8"),
        (LONG, "f8"),
        (">f4", "f4"),
        (">f8", "f8"),
    ]
    for (dtype, wanted), rows in itertools.product(types, (1, 900)):
        x = np.tile(np.array([[1, 0, 1], [0, 0, 1]]).astype(dtype), (rows, 1))
        y = np.zeros(len(x), int)
        found = [
            derived.softmax(x), derived.log_softmax(x), derived.logsumexp(x), derived.softmax_jvp(x, x),
            derived.softmax_jacobian(x), derived.cross_entropy(x, y), derived.cross_entropy(x, y, reduction="none"),
            derived.cross_entropy_grad(x, y), derived.cross_entropy_hvp(x, y, x, weight=[1, 2, 3]),
            *derived.cross_entropy_value_and_grad(x, y, weight=[1, 2, 3], label_smoothing=0.1, temperature=2),
            derived.sigmoid(x), derived.sigmoid_grad(x), derived.softplus(x), derived.log_sigmoid(x),
            derived.binary_cross_entropy(x, x), derived.binary_cross_entropy_grad(x, x),
        ]  # fmt: skip
        assert all(one.dtype == wanted and one.dtype.isnative for one in found)
        near(derived.softmax(x), probabilities(x.astype(float)), 1e-6)


def test_numbers_and_scalars(derived: ModuleType) -> None:
    assert derived.cross_entropy([0.0, 1.0], 1).shape == derived.logsumexp([0.0, 1.0]).shape == ()
    assert derived.cross_entropy([0.0, 1.0], 1, reduction="none").shape == derived.sigmoid(0.0).shape == ()
    assert isinstance(derived.cross_entropy(np.zeros((2, 2), "f4"), [0, 1]), np.float32)
    for name in ("sigmoid", "sigmoid_grad", "log_sigmoid", "softplus"):
        assert isinstance(getattr(derived, name)(np.float32(0)), np.float32)


# ---- weights, ignored rows, smoothed labels, a temperature, against their definition ----

KEYWORDS = list(itertools.product((False, True), (None, -100, 1), (0.0, 0.1, 1.0), (1.0, 2.5), ("none", "sum", "mean")))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("shape", [(7, 2), (7, 5), (7, 40), (3000, 2), (3000, 5), (900, 40)])
def test_keywords(derived: ModuleType, dtype: Any, shape: tuple[int, int]) -> None:
    rng, (N, K), tolerance = np.random.default_rng(11), shape, 3e-6 if dtype == np.float32 else 1e-13
    x, v = (rng.standard_normal(shape) * 4).astype(dtype), rng.standard_normal(shape).astype(dtype)
    drawn, w = rng.integers(0, K, N), rng.uniform(0, 2, K).astype(dtype)
    w[0] = 0
    for weighted, ignored, smoothing, tau, reduction in some(KEYWORDS, 5):
        labels = drawn.copy()
        if ignored == -100:
            labels[::3] = -100
        skip = np.zeros(N, bool) if ignored is None else labels == ignored
        known, weights = np.where(skip, 0, labels), w.astype(LONG) if weighted else np.ones(K)
        a = weights * ((1 - smoothing) * np.eye(K)[known] + smoothing / K)
        a[skip] = 0
        p = probabilities(x, tau)
        mass, B = a.sum(1, keepdims=True), weights[known][~skip].sum() if reduction == "mean" else 1
        if B == 0:
            continue
        losses = -(a * np.log(p)).sum(1)
        options: dict[str, Any] = dict(
            ignore_index=ignored, label_smoothing=smoothing, temperature=tau, reduction=reduction
        )
        options["weight"] = w if weighted else None
        loss, gradient = derived.cross_entropy_value_and_grad(x, labels, **options)
        near(loss, losses if reduction == "none" else losses.sum() / B, 10 * tolerance)
        near(gradient, (p * mass - a) / tau / B, tolerance)
        np.testing.assert_array_equal(gradient, derived.cross_entropy_grad(x, labels, **options))
        np.testing.assert_array_equal(loss, derived.cross_entropy(x, labels, **options))
        product = mass * p * (v - (p * v).sum(1, keepdims=True)) / tau**2
        near(derived.cross_entropy_hvp(x, labels, v, **options), product / B, 4 * tolerance)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("tau", [1.0, 2.5])
def test_keywords_with_distributions(derived: ModuleType, dtype: Any, smoothing: float, tau: float) -> None:
    rng, tolerance = np.random.default_rng(12), 3e-6 if dtype == np.float32 else 1e-13
    for N, K in ((7, 3), (3000, 5), (500, 40)):
        x, t = (rng.standard_normal((N, K)) * 4).astype(dtype), rng.dirichlet(np.ones(K), N).astype(dtype)
        s, p = (1 - smoothing) * t.astype(LONG) + smoothing / K, probabilities(x, tau)
        pair = derived.cross_entropy_value_and_grad(x, t, label_smoothing=smoothing, temperature=tau)
        near(pair[0], -(s * np.log(p)).sum() / N, 10 * tolerance)
        near(pair[1], (p - s) / tau / N, tolerance)


def test_keywords_against_mpmath(derived: ModuleType) -> None:
    z, w, smoothing, tau, label = [40.0, 0.0, -1.0], [0.5, 2.0, 1.0], 0.25, 0.5, 0
    with mp.workdps(60):
        e = [mp.exp(mpf(value) / mpf(tau)) for value in z]
        y = [value / mp.fsum(e) for value in e]
        a = [mpf(w[k]) * ((1 - mpf(smoothing)) * (k == label) + mpf(smoothing) / 3) for k in range(3)]
        loss = -mp.fsum(a_k * mp.log(y_k) for a_k, y_k in zip(a, y, strict=True)) / mpf(w[label])
        others = [mp.fsum(a[:k] + a[k + 1 :]) - mp.fsum(a) * (1 - y[k]) for k in range(3)]
        gradient = [float(value / mpf(tau) / mpf(w[label])) for value in others]
        wanted = float(loss)
    pair = derived.cross_entropy_value_and_grad([z], [label], weight=w, label_smoothing=smoothing, temperature=tau)
    np.testing.assert_allclose(pair[0], wanted, rtol=1e-15)
    np.testing.assert_allclose(pair[1][0], gradient, rtol=1e-14)


@pytest.mark.parametrize("dtype", TYPES)
def test_ignored_rows(derived: ModuleType, dtype: Any) -> None:
    x, v = np.array([[nan, 1], [0, 0]], dtype), np.ones((2, 2), dtype)
    for options in ({}, {"label_smoothing": 0.0, "temperature": 2.0}, {"weight": [1.0, 3.0]}):
        loss, gradient = derived.cross_entropy_value_and_grad(x, [-1, 0], ignore_index=-1, **options)
        near(loss, np.log(2), 1e-7)
        assert not gradient[0].any() and gradient[1].any()
    assert np.isnan(derived.cross_entropy(x, [3, 3], ignore_index=3))
    assert derived.cross_entropy(x, [3, 3], ignore_index=3, reduction="sum") == 0
    assert not derived.cross_entropy_grad(x, [3, 3], ignore_index=3).any()
    assert not derived.cross_entropy_hvp(x, [3, 3], v, ignore_index=3).any()


@pytest.mark.parametrize("dtype", TYPES)
def test_linear_layer_with_keywords(derived: ModuleType, dtype: Any) -> None:
    rng, tolerance = np.random.default_rng(13), 3e-6 if dtype == np.float32 else 1e-13
    X, W, b = (rng.standard_normal(shape).astype(dtype) for shape in ((50, 3), (3, 5), (5,)))
    options = {"weight": rng.uniform(1, 2, 5), "label_smoothing": 0.1, "temperature": 2.0}
    labels = rng.integers(0, 5, 50)
    loss, dW, db = derived.linear_cross_entropy_value_and_grad(X, W, b, labels, **options)
    wanted, gradient = derived.cross_entropy_value_and_grad(X @ W + b, labels, **options)
    near(loss, wanted, tolerance)
    near(dW, X.T @ gradient, tolerance)
    near(db, gradient.sum(0), tolerance)


# ---- what is refused ----

Z = np.zeros((3, 2))
HALF = np.full((3, 2), 0.5)
REFUSED: list[tuple[str, Callable[[ModuleType], Any]]] = [
    ("row 1 is 5, but", lambda m: m.cross_entropy(Z, [0, 5, 0])),
    ("row 1 is -1, but", lambda m: m.cross_entropy(Z, [0, -1, 0])),
    ("row 1 is -2, but", lambda m: m.cross_entropy(Z, [-1, -2, 0], ignore_index=-1)),
    ("row 1 sum to", lambda m: m.cross_entropy(Z, [[1, 0], [0.5, 0.6], [0, 1]])),
    ("row 2 hold -0.5", lambda m: m.cross_entropy(Z, [[1, 0], [0.5, 0.5], [-0.5, 1.5]])),
    ("row 1 hold -0.5", lambda m: m.cross_entropy(Z.T, [[1, 1.5, 0.5], [0, -0.5, 0.5]], axis=0)),
    ("class numbers as labels", lambda m: m.cross_entropy(Z, HALF, weight=[1, 1])),
    ("class numbers as labels", lambda m: m.cross_entropy(Z, HALF, ignore_index=0)),
    ("weight must have shape \\(2,\\), not \\(1,\\)", lambda m: m.cross_entropy(Z, [0, 1, 0], weight=[1.0])),
    *(("weights are nonnegative", lambda m, w=w: m.cross_entropy(Z, [0, 1, 0], weight=[1, w])) for w in (-1, nan, inf)),
    *(
        ("label_smoothing must", lambda m, e=e: m.cross_entropy(Z, [0, 1, 0], label_smoothing=e))
        for e in (-0.1, 1.5, nan)
    ),
    *(("temperature must be", lambda m, t=t: m.softmax(Z, temperature=t)) for t in (0.0, -1, inf, nan, "a", True)),
    *(("workers must be", lambda m, n=n: m.log_softmax(Z, workers=n)) for n in (0, -1, 1.5)),
    ("out is read-only", lambda m: m.softmax(Z, out=np.broadcast_to(Z[0], (3, 2)))),
]


@pytest.mark.parametrize(("message", "call"), REFUSED)
def test_wrong_keywords_are_refused(derived: ModuleType, message: str, call: Callable[[ModuleType], Any]) -> None:
    with pytest.raises(ValueError, match=message):
        call(derived)


# ---- properties ----


def rows_of(dtype: Any) -> st.SearchStrategy[Any]:
    width = 8 * np.dtype(dtype).itemsize
    shapes = st.tuples(st.sampled_from([1, 2, 3, 700]), st.integers(1, 12))
    sides = st.sampled_from([1.0, 40.0, 1e3, 1e30])
    elements = sides.flatmap(lambda side: st.just(float(np.array(side, dtype))))
    return st.tuples(shapes, elements).flatmap(
        lambda drawn: arrays(dtype, drawn[0], elements=st.floats(-drawn[1], drawn[1], width=width))
    )


@pytest.mark.parametrize("dtype", TYPES)
@settings(max_examples=examples(60))
@given(data=st.data())
def test_finite_logits_have_probabilities(derived: ModuleType, dtype: Any, data: st.DataObject) -> None:
    z = data.draw(rows_of(dtype))
    N, K = z.shape
    for tau in (1.0, 0.5):
        y = derived.softmax(z, temperature=tau)
        assert ((y >= 0) & (y <= 1)).all()
        assert (np.abs(y.astype(LONG).sum(1) - 1) <= K * np.finfo(dtype).eps).all()
        log_y = derived.log_softmax(z, temperature=tau)
        assert (log_y <= 0).all()
    labels = np.arange(N) % K
    for options in ({}, {"label_smoothing": 0.1}, {"temperature": 0.5}, {"weight": np.arange(1, K + 1)}):
        loss, gradient = derived.cross_entropy_value_and_grad(z, labels, reduction="none", **options)
        assert (loss >= 0).all() and not np.isnan(gradient).any()
    values = [derived.logsumexp(z), derived.softmax_jvp(z, np.ones_like(z)), derived.sigmoid(z), derived.softplus(z)]
    assert not any(np.isnan(value).any() for value in (*values, derived.sigmoid_grad(z), derived.log_sigmoid(z)))
