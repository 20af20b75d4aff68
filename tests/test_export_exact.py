"""Results of the general module that are small differences keep their digits in float64, beside mpmath."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import mpmath as mp
import numpy as np
import pytest

from .benchmarks.rivals import load
from .benchmarks.samples import number

pytestmark = pytest.mark.no_cover  # what runs is the exported module, which is no part of derive

GOLDEN = Path(__file__).parent / "golden/derived.py"
MOST = 8
SHAPES = ((1, 3), (2, 20), (3, 20), (10, 8), (40, 3), (300, 1))
SMOOTHING = 0.1
Array = Any


@pytest.fixture(scope="module")
def derived() -> ModuleType:
    return load(GOLDEN)


@pytest.fixture(autouse=True)
def no_warnings() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"), mp.workdps(400):
        warnings.simplefilter("error", RuntimeWarning)
        yield


def most_ulp(found: Array, exact: Sequence[Any]) -> float:
    """The largest error in ULP, where the exact result is a normal number."""
    errors, kind = [0.0], np.asarray(found).dtype
    for got, wanted in zip(np.ravel(found), exact, strict=True):
        assert np.isfinite(got)
        size = abs(float(wanted))
        if size >= np.finfo(kind).tiny:
            off = abs(number(got) - wanted)
            errors.append(float(off / number(np.spacing(kind.type(size)))))
    return max(errors)


def probabilities(row: Array, tau: float = 1.0) -> list[Any]:
    e = [mp.exp(number(z) / number(tau)) if z > -np.inf else mp.mpf(0) for z in row]
    total = mp.fsum(e)
    return [value / total for value in e]


def smoothed(row: Array) -> list[Any]:
    eps = number(SMOOTHING)
    return [(1 - eps) * number(t) + eps / len(row) for t in row]


def gradient(z: Array, labels: Sequence[Sequence[Any]], tau: float = 1.0) -> list[Any]:
    """y_i Σ_k t_k - t_i, entry by entry; labels without weights sum to 1 but for rounding, and count as if they did."""
    found = []
    for row, t in zip(z, labels, strict=True):
        total = mp.fsum(t)
        mass = 1 if abs(total - 1) < 1e-6 else total
        found += [(y * mass - a) / number(tau) for y, a in zip(probabilities(row, tau), t, strict=True)]
    return found


def products(z: Array, v: Array, tau: float = 1.0) -> list[Any]:
    found = []
    for row, tangent in zip(z, v, strict=True):
        y = probabilities(row, tau)
        mean = mp.fdot(y, map(number, tangent))
        found += [a * (number(b) - mean) / number(tau) ** 2 for a, b in zip(y, tangent, strict=True)]
    return found


def logits(K: int, n: int, scale: float, rng: np.random.Generator) -> Array:
    z = rng.standard_normal((n, K)) * scale
    if K > 1:
        z[0, 0] = -np.inf
    return z


LABELS: dict[str, Callable[[Array, np.random.Generator], Array]] = {
    "uniform": lambda y, rng: np.full(y.shape, 1 / y.shape[1]),
    "Dirichlet": lambda y, rng: rng.dirichlet(np.ones(y.shape[1]), len(y)),
    "near": lambda y, rng: y * (1 + rng.choice([-1, 1], y.shape) * 2.0 ** -rng.integers(1, 50, y.shape)),
}


@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize("scale", [0.1, 3, 100])
@pytest.mark.parametrize(("K", "n"), SHAPES)
def test_soft_labels(derived: ModuleType, K: int, n: int, scale: float, labels: str) -> None:
    rng = np.random.default_rng([1, K])
    z = logits(K, n, scale, rng)
    for tau in (1.0, 0.7):
        t = LABELS[labels](derived.softmax(z, temperature=tau), rng)
        t /= t.sum(axis=1, keepdims=True)
        found = derived.cross_entropy_grad(z, t, reduction="sum", temperature=tau)
        exact = gradient(z, [[number(a) for a in row] for row in t], tau)
        assert most_ulp(found, exact) <= MOST
        _, also = derived.cross_entropy_value_and_grad(z.T, t.T, axis=0, reduction="sum", temperature=tau)
        assert most_ulp(also.T, exact) <= MOST
    found = derived.cross_entropy_grad(z, t, reduction="sum", label_smoothing=SMOOTHING)
    assert most_ulp(found, gradient(z, [smoothed(row) for row in t])) <= MOST


@pytest.mark.parametrize("scale", [0.1, 3, 100])
@pytest.mark.parametrize(("K", "n"), SHAPES)
def test_smoothed_class_numbers(derived: ModuleType, K: int, n: int, scale: float) -> None:
    rng = np.random.default_rng([2, K])
    z, c, w = logits(K, n, scale, rng), rng.integers(0, K, n), rng.uniform(0.1, 2, K)
    share = SMOOTHING / K
    near = np.full((n, K), np.log(share / (1 - SMOOTHING + share)))  # softmax of these is nearly the labels
    near[np.arange(n), c] = 0
    for x in (z, near * (1 + rng.standard_normal((n, K)) * 1e-9)):
        t = [smoothed(row) for row in np.eye(K)[c]]
        found = derived.cross_entropy_grad(x, c, reduction="sum", label_smoothing=SMOOTHING)
        assert most_ulp(found, gradient(x, t)) <= MOST
        weighted = [[number(b) * a for a, b in zip(row, w, strict=True)] for row in t]
        found = derived.cross_entropy_grad(x, c, reduction="sum", label_smoothing=SMOOTHING, weight=w)
        assert most_ulp(found, gradient(x, weighted)) <= MOST


@pytest.mark.parametrize("spread", [1, 1e-3, 1e-12])
@pytest.mark.parametrize("scale", [0.1, 3, 100])
@pytest.mark.parametrize(("K", "n"), SHAPES)
def test_products_with_the_jacobian(derived: ModuleType, K: int, n: int, scale: float, spread: float) -> None:
    rng = np.random.default_rng([3, K])
    z, v = logits(K, n, scale, rng), rng.standard_normal((n, K)) * spread + (spread < 1)
    exact = products(z, v)
    for function in (derived.softmax_jvp, derived.softmax_vjp):
        assert most_ulp(function(z, v), exact) <= MOST
    c = rng.integers(0, K, n)
    found = derived.cross_entropy_hvp(z, c, v, reduction="sum", temperature=0.7)
    assert most_ulp(found, products(z, v, 0.7)) <= MOST


@pytest.mark.parametrize("K", [2, 3, 10, 300])
def test_logsumexp_near_zero(derived: ModuleType, K: int) -> None:
    rng = np.random.default_rng([4, K])
    z = logits(K, 60, 1, rng)
    z -= derived.logsumexp(z)[:, None]
    z[1:, -1] += 10.0 ** -rng.integers(1, 15, 59)
    exact = [mp.log(mp.fsum(mp.exp(number(a)) for a in row if a > -np.inf)) for row in z]
    assert most_ulp(derived.logsumexp(z), exact) <= MOST


@pytest.mark.parametrize("bits", [None, 1, 10, 30, 45, 52])
def test_binary_labels_near_the_probability(derived: ModuleType, bits: int | None) -> None:
    rng = np.random.default_rng(5)
    x = np.concatenate([rng.standard_normal(300) * 4, rng.uniform(-700, 700, 60), rng.standard_normal(30) * 1e-9])
    t = rng.uniform(0, 1, x.size)
    if bits:
        t = np.clip(derived.sigmoid(x) * (1 + rng.choice([-1, 1], x.size) * 2.0**-bits), 0, 1)
    exact = [1 / (1 + mp.exp(-number(a))) - number(b) for a, b in zip(x, t, strict=True)]
    assert most_ulp(derived.binary_cross_entropy_grad(x, t, reduction="sum"), exact) <= MOST
    assert most_ulp(derived.binary_cross_entropy_value_and_grad(x, t, reduction="sum")[1], exact) <= MOST


def test_exponentials_as_pairs(derived: ModuleType) -> None:
    rng = np.random.default_rng(6)
    small = np.exp(rng.uniform(-60, 0, 200))
    x = np.concatenate([rng.standard_normal(200) * 3, rng.uniform(-600, 600, 400), small, -small, np.arange(-9.0, 9)])
    high, low = derived._exp_pair(x, None, np.empty((10, x.size)))
    for a, b, c in zip(x, high, low, strict=True):
        exact = mp.exp(number(a))
        assert abs(number(b) + number(c) - exact) < exact * mp.mpf(2) ** -98


# ---- terms that agree in more digits than pairs keep ----


@pytest.fixture
def counted(derived: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The bits of every exponential that is computed in integers."""
    seen: list[int] = []
    exps = derived._exps_in_units

    def exps_seen(d: Array, bits: int) -> Any:
        seen.extend([bits] * len(d))
        return exps(d, bits)

    monkeypatch.setattr(derived, "_exps_in_units", exps_seen)
    return seen


def nudged(t: Array, rng: np.random.Generator) -> Array:
    """Every third number as it is, and every other third its neighbour on one side."""
    there = np.nextafter(t, rng.choice([0, 1], t.shape).astype(t.dtype))
    return np.where(rng.integers(0, 3, t.shape) > 0, t, there)


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize("scale", [0.1, 3, 100])
@pytest.mark.parametrize(("K", "n"), SHAPES)
def test_labels_that_are_the_probabilities(derived: ModuleType, K: int, n: int, scale: float, kind: Any) -> None:
    rng = np.random.default_rng([11, K])
    z = logits(K, n, scale, rng).astype(kind)
    for tau in (1.0, 0.7):
        y = derived.softmax(z, temperature=tau)
        for t in (y, nudged(y, rng)):
            exact = gradient(z, [[number(a) for a in row] for row in t], tau)
            found = derived.cross_entropy_grad(z, t, reduction="none", temperature=tau)
            assert found.dtype == kind and most_ulp(found, exact) <= MOST
            mean = derived.cross_entropy_value_and_grad(z, t, temperature=tau)[1]
            assert most_ulp(mean, [a / n for a in exact]) <= MOST


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_smoothed_labels_that_are_the_probabilities(derived: ModuleType, kind: Any) -> None:
    rng = np.random.default_rng(12)
    c, w = rng.integers(0, 4, 12), rng.uniform(0.1, 2, 4).astype(kind)
    t = np.array([[float(a) for a in smoothed(row)] for row in np.eye(4)[c]])
    z = np.log(t).astype(kind)
    exact = [smoothed(row) for row in np.eye(4)[c]]
    options: dict[str, Any] = {"reduction": "sum", "label_smoothing": SMOOTHING}
    assert most_ulp(derived.cross_entropy_grad(z, c, **options), gradient(z, exact)) <= MOST
    assert most_ulp(derived.cross_entropy_grad(z, np.eye(4)[c], **options), gradient(z, exact)) <= MOST
    weighted = [[number(b) * a for a, b in zip(row, w, strict=True)] for row in exact]
    z = np.array([[float(mp.log(a)) for a in row] for row in weighted]).astype(kind)
    assert most_ulp(derived.cross_entropy_grad(z, c, weight=w, **options), gradient(z, weighted)) <= MOST


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize("size", [1e-20, 1.0, 1e20])
def test_tangents_at_their_mean(derived: ModuleType, kind: Any, size: float) -> None:
    rng = np.random.default_rng(13)
    z, v = rng.standard_normal((30, 4)).astype(kind), (rng.standard_normal((30, 4)) * size).astype(kind)
    rest = np.delete(derived.softmax(np.delete(z, 1, axis=1)), 1, axis=1)  # y of the others, but for their sum
    rest = np.insert(rest, 1, 1 - rest.sum(axis=1), axis=1)
    v[:, 1] = (rest * np.delete(v, 1, axis=1)).sum(axis=1)  # v_1 is nearly Σ y v, and so its product nearly 0
    for function in (derived.softmax_jvp, derived.softmax_vjp):
        assert most_ulp(function(z, v), products(z, v)) <= MOST
    found = derived.cross_entropy_hvp(z, np.zeros(30, int), v, reduction="sum")
    assert most_ulp(found, products(z, v)) <= MOST


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_logarithms_of_probabilities_sum_up_to_one(derived: ModuleType, kind: Any) -> None:
    rng = np.random.default_rng(14)
    log_y = derived.log_softmax((rng.standard_normal((40, 9)) * 3).astype(kind))
    exact = [mp.log(mp.fsum(mp.exp(number(a)) for a in row)) for row in log_y]
    assert most_ulp(derived.logsumexp(log_y), exact) <= MOST
    off = np.abs(derived.logsumexp(log_y, refine=False) - derived.logsumexp(log_y))
    assert (off <= 4 * np.finfo(kind).eps).all() and (kind == np.float32 or off.any())


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_binary_labels_that_are_the_probability(derived: ModuleType, kind: Any) -> None:
    rng = np.random.default_rng(15)
    x = (rng.standard_normal(120) * 6).astype(kind)
    x[:6] = [0, -0.0, 1e-30, -1e-30, 80, -80]
    t = nudged(derived.sigmoid(x), rng)
    t[2:4] = 0.5
    exact = [1 / (1 + mp.exp(-number(a))) - number(b) for a, b in zip(x, t, strict=True)]
    assert most_ulp(derived.binary_cross_entropy_grad(x, t, reduction="sum"), exact) <= MOST


@pytest.mark.parametrize("small", [1e-10, 1e-60, 1e-200])
def test_bits_are_added_until_the_result_is_certain(derived: ModuleType, counted: list[int], small: float) -> None:
    z, t = np.array([[0.0, small]]), np.array([[0.5, 0.5]])
    y = 1 / (1 + mp.exp(number(small)))
    assert most_ulp(derived.cross_entropy_grad(z, t, reduction="sum"), [y - mp.mpf(0.5), mp.mpf(0.5) - y]) <= MOST
    assert (max(counted, default=0) > derived.FIRST_BITS) == (small < 1e-20)


def test_integers_are_for_rows_that_need_them(derived: ModuleType, counted: list[int]) -> None:
    rng = np.random.default_rng(16)
    z = rng.standard_normal((500, 8))
    t = rng.dirichlet(np.ones(8), 500)
    for kind in (np.float32, np.float64):
        derived.cross_entropy_grad(z.astype(kind), t)
        derived.softmax_jvp(z.astype(kind), t)
        derived.cross_entropy_grad(np.zeros((5, 8), kind), np.full((5, 8), 0.125))
        derived.cross_entropy_grad(np.zeros((5, 7), kind), np.full((5, 7), 1 / 7))
        derived.logsumexp(np.zeros((5, 1), kind))
        derived.binary_cross_entropy_grad(z.astype(kind), t)
    derived.cross_entropy_grad(z, derived.softmax(z), refine=False)
    assert not counted
    t[17] = derived.softmax(z[17])
    derived.cross_entropy_grad(z, t)
    assert counted == [derived.FIRST_BITS] * 8


@pytest.mark.parametrize("bits", [192, 768])
def test_exponentials_in_integers(derived: ModuleType, bits: int) -> None:
    rng = np.random.default_rng(17)
    with mp.workprec(4 * bits):
        for x in (*rng.uniform(-720, 0, 50), *-np.exp(rng.uniform(-60, 0, 20)), 0.0):
            e, n = derived._exp_in_units(derived._in_units(x, bits), bits)
            exact = mp.exp(number(x)) * mp.mpf(2) ** (bits - n)
            assert abs(mp.mpf(e) - exact) < mp.mpf(2) ** (mp.sqrt(bits) + 7)


# ---- edges ----


def test_ignored_rows_stay_zero(derived: ModuleType) -> None:
    rng = np.random.default_rng(7)
    z, c, w = rng.standard_normal((6, 4)), np.array([0, -1, 2, 3, -1, 1]), rng.uniform(0.5, 2, 4)
    for weight in (None, w):
        options = {"ignore_index": -1, "label_smoothing": SMOOTHING, "weight": weight, "reduction": "sum"}
        found = derived.cross_entropy_grad(z, c, **options)
        kept = np.flatnonzero(c >= 0)
        options.pop("ignore_index")
        assert not found[c < 0].any()
        assert np.array_equal(found[kept], derived.cross_entropy_grad(z[kept], c[kept], **options))


@pytest.mark.parametrize("size", [1e300, 1e-300, np.finfo(np.float64).max])
def test_products_with_very_large_and_small_vectors(derived: ModuleType, size: float) -> None:
    z = np.array([[0.0, 1.0, 2.0], [0.0, -800.0, 3.0], [-np.inf, 0.0, 1.0]])
    v = np.array([[1.0, -0.5, 0.25]] * 3)
    found = derived.softmax_jvp(z, v * size)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found / size, derived.softmax_jvp(z, v), rtol=1e-13, atol=0)


def test_extreme_rows_stay_finite(derived: ModuleType) -> None:
    big = np.finfo(np.float64).max
    for row in (
        [big, -big, 0.0],
        [-big, -big, -big],
        [big, big, 1.0],
        [-np.inf, -np.inf, -1e300],
        [0.0, -700.0, -650.0],
    ):
        z, t = np.array([row, row]), np.array([[0.5, 0.25, 0.25], [1e-300, 1 - 1e-300, 0.0]])
        for tau in (1.0, 1e300):
            assert np.isfinite(derived.cross_entropy_grad(z, t, temperature=tau)).all()
            assert np.isfinite(derived.cross_entropy_hvp(z, [0, 1], t, temperature=tau)).all()


def test_rows_without_probabilities_stay_nan(derived: ModuleType) -> None:
    z = np.array([[0.0, 1.0, np.nan], [np.inf, 0.0, 1.0], [-np.inf] * 3, [0.0, 1.0, 2.0]])
    t = np.full((4, 3), 1 / 3)
    for found in (derived.cross_entropy_grad(z, t), derived.softmax_jvp(z, t * np.arange(3))):
        assert np.isnan(found[:3]).all() and np.isfinite(found[3]).all()


def test_overlapping_results_and_workers(derived: ModuleType) -> None:
    rng = np.random.default_rng(8)
    z, t = rng.standard_normal((3000, 40)), rng.dirichlet(np.ones(40), 3000)
    found = derived.cross_entropy_grad(z, t)
    assert np.array_equal(found, derived.cross_entropy_grad(z, t, workers=2))
    for out in (z.copy(), t.copy()):
        x, labels = (out if np.array_equal(out, z) else z), (out if np.array_equal(out, t) else t)
        assert derived.cross_entropy_grad(x, labels, out=out) is out and np.array_equal(out, found)


def test_rows_do_not_depend_on_those_beside_them(derived: ModuleType) -> None:
    rng = np.random.default_rng(9)
    z, t = rng.standard_normal((50, 7)) * 5, rng.dirichlet(np.ones(7), 50)
    t[::3] = np.eye(7)[rng.integers(0, 7, 17)]
    found = derived.cross_entropy_grad(z, t, reduction="sum")
    for n in range(50):
        assert most_ulp(found[n], gradient(z[n : n + 1], [[number(a) for a in t[n]]])) <= MOST


def test_one_class_has_gradient_zero(derived: ModuleType) -> None:
    found = derived.cross_entropy_grad([[3.0]], [[1.0]])
    assert found.tolist() == [[0.0]] and not np.signbit(found).any()


BIG = float(np.finfo(np.float64).max)
FAR_ROWS = [[1, 2], [BIG, -BIG], [BIG, BIG], [-BIG, -BIG], [BIG, 0], [1e300, -1e300], [1e155, 1], [0, -5e-324]]


@pytest.mark.parametrize("tau", [1e-308, 1e-200, 1e-10, 0.1, 10.0, 1e200, 1e290, 1e300, BIG])
def test_no_temperature_makes_finite_logits_nan(derived: ModuleType, tau: float) -> None:
    for dtype in (np.float64, np.float32):
        for row in FAR_ROWS if dtype is np.float64 else (FAR_ROWS[0], FAR_ROWS[-1]):
            z = np.array(row, dtype)
            for found in (
                derived.softmax(z, temperature=tau),
                derived.log_softmax(z, temperature=tau),
                derived.cross_entropy(z, 1, temperature=tau),
                derived.cross_entropy_grad(z, 0, temperature=tau),
                derived.cross_entropy_grad(z, [0.5, 0.5], temperature=tau),
                derived.cross_entropy_hvp(z, 1, [1.0, 2.0], temperature=tau),
            ):
                assert not np.isnan(found).any(), (row, dtype)


def test_without_the_second_pass_terms_keep_their_digits(derived: ModuleType) -> None:
    rng = np.random.default_rng(10)
    z, t = rng.standard_normal((200, 10)) * 3, rng.dirichlet(np.ones(10), 200)
    y, x, u = derived.softmax(z), z[:, 0], t[:, 0]
    labels = rng.integers(0, 10, 200)
    pairs: list[tuple[Callable[[bool], Any], Any]] = [
        (lambda f: derived.cross_entropy_grad(z, t, reduction="sum", refine=f), y + t),
        (lambda f: derived.cross_entropy_value_and_grad(z, t, reduction="sum", refine=f)[1], y + t),
        (lambda f: derived.softmax_jvp(z, t, refine=f), y),
        (lambda f: derived.softmax_vjp(z, t, refine=f), y),
        (lambda f: derived.cross_entropy_hvp(z, labels, t, reduction="sum", refine=f), y),
        (lambda f: derived.binary_cross_entropy_grad(x, u, reduction="sum", refine=f), derived.sigmoid(x) + u),
    ]
    for function, terms in pairs:
        refined, plain = function(True), function(False)
        assert (np.abs(refined - plain) <= 16 * np.spacing(terms)).all()
        assert (refined != plain).any()
    for found in (derived.cross_entropy_grad(np.float32(z), t, refine=f) for f in (True, False)):
        assert np.array_equal(found, derived.cross_entropy_grad(np.float32(z), t))
