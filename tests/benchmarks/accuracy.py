"""How exact the exported module is, in ULP, beside SciPy, PyTorch and JAX on the same inputs.

    python tests/benchmarks/accuracy.py [--elements 1000000] [--module PATH] [function …]

Every function is compared in float32 and float64, on random and adversarial inputs, with a reference in long double
(64 bits of mantissa); the three worst elements of each are computed again by mpmath, straight from the definition, and
that figure is printed.  Only finite inputs count whose exact result is a normal number.  Where the exact result itself
is a small difference of larger terms (y - t for soft labels, v_i - Σ y v), no rounding of the terms can keep its
digits; such functions stand in a table of their own, in ULP of the result and in ULP of the terms that cancel.

The exit code is 1 if a function without cancellation breaks a bound: 8 ULP, 1 ULP in the mean, and 4 ULP in float64
for log_softmax, cross_entropy, sigmoid and softplus.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import ceil, log
from pathlib import Path
from typing import Any

import mpmath as mp
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.rivals import Jax, SciPy, Torch, exported, installed, load, marked, one_hot, table, versions

SEED = 11
MOST, MEAN, MOST_OF_FOUR = 8.0, 1.0, 4.0
FOUR = ("log_softmax", "cross_entropy", "sigmoid", "softplus")
SMOOTHING = 0.1
REDONE = 3
"""Worst elements of each function and type that mpmath computes again."""

Wide = np.longdouble
Array = Any
"""An array of NumPy of any type: what is given, what is found, and the reference."""

SHAPES = ((2, 34000), (3, 12500), (3, 500), (10, 3000), (10, 100), (100, 300), (1000, 40), (32000, 3))
"""Classes, and rows of each kind of logits: for every path of the module, small, in one chunk, in many."""


# ---- inputs ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Parts:
    """What softmax is made of, in long double and without cancellation: e_j = 1 at the largest logit, j."""

    j: Array
    d: Array  # z - z_j
    e: Array
    rest: Array  # the sum of all e but e_j
    log: Array  # of the sum of all e

    @cached_property
    def y(self) -> Array:
        return self.e / (1 + self.rest)[:, None]

    @cached_property
    def others(self) -> Array:
        """1 - y."""
        found = (1 + self.rest[:, None] - self.e) / (1 + self.rest)[:, None]
        found[np.arange(len(self.j)), self.j] = self.rest / (1 + self.rest)
        return found


def halves(a: Array) -> tuple[Array, Array]:
    """Numbers as a sum of two, each of 32 bits, whose products are exact."""
    high = a * (Wide(2) ** 32 + 1)
    high = high - (high - a)
    return high, a - high


def parts(x: Array, tau: float) -> Parts:
    """Differences and quotients are rounded to 64 bits; what is lost comes back as a factor of the exponential."""
    wide, j, n = x.astype(Wide), x.argmax(axis=1), np.arange(len(x))
    m = wide[n, j][:, None]
    d = wide - m
    back = d + m
    lost = (wide - back) - (m - (back - d))
    if tau != 1:
        quotient = d / Wide(tau)
        (a, b), (p, q) = halves(quotient), halves(np.full(1, tau, Wide))
        lost = (lost + (((d - a * p) - a * q) - b * p - b * q)) / Wide(tau)
        d = quotient
    e = np.exp(d) * (1 + lost)
    e[n, j] = 0
    rest = e.sum(axis=1)
    e[n, j] = 1
    return Parts(j, d, e, rest, np.log1p(rest))


@dataclass(frozen=True)
class Batch:
    """Logits, with all that the functions take beside them."""

    tag: str
    x: Array
    c: Array  # class numbers
    t: Array  # distributions
    v: Array
    weight: Array
    tau: float
    plain: Parts
    tempered: Parts

    @property
    def n(self) -> Array:
        return np.arange(len(self.x))

    @property
    def hot(self) -> Array:
        return one_hot(self.c, self.x)

    @property
    def few(self) -> Array:
        """The rows of which the Jacobian is asked for."""
        return slice(0, max(1, 15000 // self.x.shape[1] ** 2))

    def row(self, entry: int, shape: tuple[int, ...]) -> Row:
        """Where that entry of a result of that shape comes from."""
        at = np.unravel_index(entry, shape)
        r = int(at[0])
        return Row(self.x[r], int(self.c[r]), self.t[r], self.v[r], self.weight, self.tau, len(self.x), at[1:])


def kinds(dtype: Any, K: int, n: int, rng: np.random.Generator) -> Iterator[tuple[str, Array]]:
    """Logits (n, K): random ones of many scales, and those that are hard to compute with."""
    double = dtype == np.float64
    far, eps = 650 if double else 80, float(np.finfo(dtype).eps)
    normal = rng.standard_normal
    for scale in (0.1, 1, 3, 10, 30, 100, 300, 1000):
        yield f"σ = {scale}", normal((n, K)) * scale
    for offset in (-30, -600 if double else -75, -1000, 5000):
        yield f"σ = 5 around {offset}", normal((n, K)) * 5 + offset
    yield "near ties", 3 + normal((n, K)) * eps * 8
    yield "near ties at 500", 500 + normal((n, K)) * eps * 4000
    yield "ties", rng.integers(-2, 3, (n, K))
    dominant = normal((n, K))
    dominant[:, 0] += np.linspace(5, far, n)
    yield "one far above", dominant
    below = normal((n, K)) * 0.5 - 3
    below[:, -1] -= np.linspace(5, far, n)
    yield "one far below", below
    yield "uniform", rng.uniform(-far, far, (n, K))
    near = normal((n, K))
    near[:, 1 % K] = near.max(axis=1) - rng.uniform(0, 4 * eps, n)
    yield "two nearly largest", near
    yield "log-uniform", rng.choice([-1.0, 1.0], (n, K)) * np.exp(rng.uniform(-30, np.log(far), (n, K)))


def batches(dtype: Any, elements: int, rng: np.random.Generator) -> Iterator[Batch]:
    """One batch for each kind of logits and shape, with the labels of the largest logits."""
    for K, rows in SHAPES:
        n = max(1, ceil(rows * elements / 1_000_000))
        for tag, logits in kinds(dtype, K, n, rng):
            x = logits.astype(dtype)
            tau = float(dtype(rng.uniform(0.3, 3)))
            t = rng.dirichlet(np.ones(K), n).astype(dtype)
            v = rng.standard_normal((n, K)).astype(dtype)
            weight = rng.uniform(0.1, 2, K).astype(dtype)
            plain = parts(x, 1)
            yield Batch(f"{tag}, K = {K}", x, plain.j, t, v, weight, tau, plain, parts(x, tau))


def labelled(b: Batch, rng: np.random.Generator) -> Iterator[Batch]:
    """The same logits with the largest, the smallest and random ones as labels."""
    yield b
    yield replace(b, c=b.x.argmin(axis=1), tag=f"{b.tag}, least likely label")
    yield replace(b, c=rng.integers(0, b.x.shape[1], len(b.x)), tag=f"{b.tag}, random label")


@dataclass(frozen=True)
class Points:
    """Logits of the sigmoid family, and labels."""

    tag: str
    x: Array
    hard: Array
    soft: Array

    @cached_property
    def wide(self) -> Array:
        return self.x.astype(Wide)

    @cached_property
    def decay(self) -> Array:
        return np.exp(-np.abs(self.wide))

    def unlikely(self, t: Array) -> Array:
        return np.where(self.x >= 0, 1 - t.astype(Wide), t.astype(Wide))

    def row(self, entry: int, shape: tuple[int, ...]) -> Point:
        """That entry."""
        return Point(self.x[entry], self.hard[entry], self.soft[entry])


def points(dtype: Any, elements: int, rng: np.random.Generator) -> Iterator[Points]:
    """Random logits of all sizes, and a grid to the ends of the range."""
    far = 700 if dtype == np.float64 else 86
    n = ceil(elements / 8)
    kinds = [(f"σ = {scale}", rng.standard_normal(n) * scale) for scale in (1e-20, 0.1, 1, 10, 100)]
    kinds += [("uniform", rng.uniform(-far, far, 2 * n)), ("-40 to 40", rng.uniform(-40, 40, 2 * n))]
    kinds += [("grid", np.linspace(-far - 30, far + 30, n))]
    kinds += [("log-uniform", rng.choice([-1.0, 1.0], n) * np.exp(rng.uniform(-60, np.log(far), n)))]
    for tag, logits in kinds:
        x = logits.astype(dtype)
        hard, soft = rng.integers(0, 2, x.size).astype(dtype), rng.uniform(0, 1, x.size).astype(dtype)
        yield Points(tag, x, hard, soft)


# ---- the definitions, in mpmath -------------------------------------------------------------------------------------


def number(value: Any) -> Any:
    """A float as the exact number that it is."""
    return mp.mpf(float(value))


@dataclass(frozen=True)
class Row:
    """One row of logits, and the entry of the result; all as mpmath's numbers."""

    x: Array
    c: int
    t: Array
    v: Array
    weight: Array
    tau: float
    rows: int
    at: tuple[Any, ...]

    @property
    def digits(self) -> int:
        """40 more than the decades of the exponentials that a normal result can depend on."""
        spread = (float(self.x.max()) - float(self.x.min())) / min(self.tau, 1)
        return 40 + ceil(min(spread, 800) / log(10))

    @property
    def i(self) -> int:
        return int(self.at[0])

    def probabilities(self, tau: float = 1.0) -> list[Any]:
        largest = number(self.x.max())
        e = [mp.exp((number(x) - largest) / number(tau)) for x in self.x]
        total = mp.fsum(e)
        return [value / total for value in e]

    @property
    def hot(self) -> list[Any]:
        return [mp.mpf(int(k == self.c)) for k in range(len(self.x))]

    @property
    def soft(self) -> list[Any]:
        return [number(value) for value in self.t]

    @property
    def smoothed(self) -> list[Any]:
        eps = number(SMOOTHING)
        return [(1 - eps) * t + eps / len(self.x) for t in self.hot]

    def loss(self, t: list[Any], tau: float = 1.0) -> Any:
        return -mp.fsum(a * mp.log(y) for a, y in zip(t, self.probabilities(tau), strict=True) if a)

    def gradient(self, t: list[Any], tau: float = 1.0) -> Any:
        return (self.probabilities(tau)[self.i] - t[self.i]) / number(tau)

    def jacobian(self) -> Any:
        y = self.probabilities()
        return y[self.i] * (int(self.i == self.at[1]) - y[int(self.at[1])])

    def product(self) -> Any:
        y = self.probabilities()
        return y[self.i] * (number(self.v[self.i]) - mp.fdot(y, map(number, self.v)))

    def sum(self) -> Any:
        return mp.log(mp.fsum(mp.exp(number(x)) for x in self.x))


@dataclass(frozen=True)
class Point:
    """One logit, and its labels."""

    x: Any
    hard: Any
    soft: Any

    @property
    def digits(self) -> int:
        return 40 + ceil(min(abs(float(self.x)), 800) / log(10))

    def sigmoid(self, sign: int = 1) -> Any:
        return 1 / (1 + mp.exp(-sign * number(self.x)))

    def loss(self, t: Any) -> Any:
        return -number(t) * mp.log(self.sigmoid()) - (1 - number(t)) * mp.log(self.sigmoid(-1))


# ---- the functions --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Function:
    """How it is called, what it has to be, and of what size the terms are that cancel, if they do."""

    name: str
    call: Callable[[Any, Any], Array]
    reference: Callable[[Any], Array]
    exact: Callable[[Any], Any]
    cancels: Callable[[Any], Array] | None = None
    labels: bool = False
    classes: int = 32000

    @property
    def most(self) -> Callable[[str], float]:
        of_four = self.name.split(",")[0] in FOUR
        return lambda dtype: MOST_OF_FOUR if of_four and dtype == "float64" else MOST


def label_loss(p: Parts, c: Array) -> Array:
    n = np.arange(len(c))
    return np.where(c == p.j, p.log, p.log - p.d[n, c])


def label_gradient(p: Parts, c: Array) -> Array:
    n, g = np.arange(len(c)), p.y.copy()
    g[n, c] = -p.others[n, c]
    return g


def soft_loss(p: Parts, t: Array) -> Array:
    return (t * (p.log[:, None] - p.d)).sum(axis=1)


def soft_gradient(p: Parts, t: Array, missing: Array) -> Array:
    """y - t, where t is above 1/2 from 1 - t and 1 - y."""
    return np.where(t > 0.5, missing - p.others, p.y - t)


def smoothed(b: Batch) -> tuple[Array, Array]:
    """The labels after smoothing, and 1 - t."""
    eps, K = Wide(SMOOTHING), b.x.shape[1]
    own = b.hot == 1
    return np.where(own, 1 - eps + eps / K, eps / K), np.where(own, eps * (K - 1) / K, 1 - eps / K)


def weights(b: Batch) -> Array:
    return b.weight[b.c].astype(Wide)


def product(b: Batch) -> Array:
    w = relative(b)
    return b.plain.y * (w - (b.plain.y * w).sum(axis=1)[:, None])


def relative(b: Batch) -> Array:
    """v, or v - v_j where y_j is at least 1/2: then the sum over the others is small."""
    v = b.v.astype(Wide)
    return v - np.where(b.plain.rest <= 1, v[b.n, b.plain.j], 0)[:, None]


def product_terms(b: Batch) -> Array:
    w = np.abs(relative(b))
    return b.plain.y * (w + (b.plain.y * w).sum(axis=1)[:, None])


def jacobian(b: Batch) -> Array:
    y, others = b.plain.y[b.few], b.plain.others[b.few]
    found, k = -y[:, :, None] * y[:, None, :], np.arange(y.shape[1])
    found[:, k, k] = y * others
    return found


SOFTMAX = (
    Function("softmax", lambda m, b: m.softmax(b.x), lambda b: b.plain.y, lambda r: r.probabilities()[r.i]),
    Function(
        "softmax, temperature",
        lambda m, b: m.softmax(b.x, temperature=b.tau),
        lambda b: b.tempered.y,
        lambda r: r.probabilities(r.tau)[r.i],
    ),
    Function(
        "log_softmax",
        lambda m, b: m.log_softmax(b.x),
        lambda b: b.plain.d - b.plain.log[:, None],
        lambda r: mp.log(r.probabilities()[r.i]),
    ),
    Function(
        "log_softmax, temperature",
        lambda m, b: m.log_softmax(b.x, temperature=b.tau),
        lambda b: b.tempered.d - b.tempered.log[:, None],
        lambda r: mp.log(r.probabilities(r.tau)[r.i]),
    ),
    Function(
        "logsumexp",
        lambda m, b: m.logsumexp(b.x),
        lambda b: b.x[b.n, b.plain.j].astype(Wide) + b.plain.log,
        lambda r: r.sum(),
        cancels=lambda b: np.abs(b.x[b.n, b.plain.j].astype(Wide)) + b.plain.log,
    ),
    Function(
        "softmax_jacobian", lambda m, b: m.softmax_jacobian(b.x[b.few]), jacobian, lambda r: r.jacobian(), classes=100
    ),
    Function("softmax_jvp", lambda m, b: m.softmax_jvp(b.x, b.v), product, lambda r: r.product(), product_terms),
    Function("softmax_vjp", lambda m, b: m.softmax_vjp(b.x, b.v), product, lambda r: r.product(), product_terms),
    Function(
        "cross_entropy_hvp",
        lambda m, b: m.cross_entropy_hvp(b.x, b.c, b.v, reduction="sum"),
        product,
        lambda r: r.product(),
        product_terms,
    ),
)

LOSSES = (
    Function(
        "cross_entropy",
        lambda m, b: m.cross_entropy(b.x, b.c, reduction="none"),
        lambda b: label_loss(b.plain, b.c),
        lambda r: r.loss(r.hot),
        labels=True,
    ),
    Function(
        "cross_entropy, one-hot",
        lambda m, b: m.cross_entropy(b.x, b.hot, reduction="none"),
        lambda b: label_loss(b.plain, b.c),
        lambda r: r.loss(r.hot),
        labels=True,
    ),
    Function(
        "cross_entropy, soft",
        lambda m, b: m.cross_entropy(b.x, b.t, reduction="none"),
        lambda b: soft_loss(b.plain, b.t),
        lambda r: r.loss(r.soft),
    ),
    Function(
        "cross_entropy, smoothed",
        lambda m, b: m.cross_entropy(b.x, b.c, reduction="none", label_smoothing=SMOOTHING),
        lambda b: soft_loss(b.plain, smoothed(b)[0]),
        lambda r: r.loss(r.smoothed),
        labels=True,
    ),
    Function(
        "cross_entropy, weighted",
        lambda m, b: m.cross_entropy(b.x, b.c, reduction="none", weight=b.weight),
        lambda b: label_loss(b.plain, b.c) * weights(b),
        lambda r: r.loss(r.hot) * number(r.weight[r.c]),
        labels=True,
    ),
    Function(
        "cross_entropy, temperature",
        lambda m, b: m.cross_entropy(b.x, b.c, reduction="none", temperature=b.tau),
        lambda b: label_loss(b.tempered, b.c),
        lambda r: r.loss(r.hot, r.tau),
        labels=True,
    ),
)

GRADIENTS = (
    Function(
        "cross_entropy_grad",
        lambda m, b: m.cross_entropy_grad(b.x, b.c, reduction="sum"),
        lambda b: label_gradient(b.plain, b.c),
        lambda r: r.gradient(r.hot),
        labels=True,
    ),
    Function(
        "cross_entropy_grad, mean",
        lambda m, b: m.cross_entropy_grad(b.x, b.c, reduction="mean"),
        lambda b: label_gradient(b.plain, b.c) / len(b.x),
        lambda r: r.gradient(r.hot) / r.rows,
        labels=True,
    ),
    Function(
        "cross_entropy_grad, one-hot",
        lambda m, b: m.cross_entropy_grad(b.x, b.hot, reduction="sum"),
        lambda b: label_gradient(b.plain, b.c),
        lambda r: r.gradient(r.hot),
        labels=True,
    ),
    Function(
        "cross_entropy_grad, weighted",
        lambda m, b: m.cross_entropy_grad(b.x, b.c, reduction="sum", weight=b.weight),
        lambda b: label_gradient(b.plain, b.c) * weights(b)[:, None],
        lambda r: r.gradient(r.hot) * number(r.weight[r.c]),
        labels=True,
    ),
    Function(
        "cross_entropy_grad, temperature",
        lambda m, b: m.cross_entropy_grad(b.x, b.c, reduction="sum", temperature=b.tau),
        lambda b: label_gradient(b.tempered, b.c) / Wide(b.tau),
        lambda r: r.gradient(r.hot, r.tau),
        labels=True,
    ),
    Function(
        "cross_entropy_grad, soft",
        lambda m, b: m.cross_entropy_grad(b.x, b.t, reduction="sum"),
        lambda b: soft_gradient(b.plain, b.t.astype(Wide), 1 - b.t.astype(Wide)),
        lambda r: r.gradient(r.soft),
        cancels=lambda b: b.plain.y + b.t,
    ),
    Function(
        "cross_entropy_grad, smoothed",
        lambda m, b: m.cross_entropy_grad(b.x, b.c, reduction="sum", label_smoothing=SMOOTHING),
        lambda b: soft_gradient(b.plain, *smoothed(b)),
        lambda r: r.gradient(r.smoothed),
        cancels=lambda b: b.plain.y + smoothed(b)[0],
        labels=True,
    ),
)


def binary_gradient(b: Points, t: Array) -> Array:
    u, q = b.unlikely(t), b.decay / (1 + b.decay)
    return np.where(b.x >= 0, u - q, q - u)


BINARY = (
    Function(
        "sigmoid",
        lambda m, b: m.sigmoid(b.x),
        lambda b: np.where(b.x >= 0, 1, b.decay) / (1 + b.decay),
        lambda r: r.sigmoid(),
    ),
    Function(
        "sigmoid_grad",
        lambda m, b: m.sigmoid_grad(b.x),
        lambda b: b.decay / (1 + b.decay) ** 2,
        lambda r: r.sigmoid() * r.sigmoid(-1),
    ),
    Function(
        "log_sigmoid",
        lambda m, b: m.log_sigmoid(b.x),
        lambda b: np.minimum(b.wide, 0) - np.log1p(b.decay),
        lambda r: mp.log(r.sigmoid()),
    ),
    Function(
        "softplus",
        lambda m, b: m.softplus(b.x),
        lambda b: np.maximum(b.wide, 0) + np.log1p(b.decay),
        lambda r: mp.log(1 + mp.exp(number(r.x))),
    ),
    Function(
        "binary_cross_entropy",
        lambda m, b: m.binary_cross_entropy(b.x, b.hard, reduction="none"),
        lambda b: b.unlikely(b.hard) * np.abs(b.wide) + np.log1p(b.decay),
        lambda r: r.loss(r.hard),
    ),
    Function(
        "binary_cross_entropy, soft",
        lambda m, b: m.binary_cross_entropy(b.x, b.soft, reduction="none"),
        lambda b: b.unlikely(b.soft) * np.abs(b.wide) + np.log1p(b.decay),
        lambda r: r.loss(r.soft),
    ),
    Function(
        "binary_cross_entropy_grad",
        lambda m, b: m.binary_cross_entropy_grad(b.x, b.hard, reduction="sum"),
        lambda b: binary_gradient(b, b.hard),
        lambda r: r.sigmoid() - number(r.hard),
    ),
    Function(
        "binary_cross_entropy_grad, soft",
        lambda m, b: m.binary_cross_entropy_grad(b.x, b.soft, reduction="sum"),
        lambda b: binary_gradient(b, b.soft),
        lambda r: r.sigmoid() - number(r.soft),
        cancels=lambda b: b.unlikely(b.soft) + b.decay / (1 + b.decay),
    ),
)


# ---- measuring ------------------------------------------------------------------------------------------------------


@dataclass
class Errors:
    """Of one implementation of one function in one type."""

    count: int = 0
    most: float = 0.0
    total: float = 0.0
    most_of_terms: float = 0.0
    total_of_terms: float = 0.0
    worst: list[tuple[float, str, Any, Any]] = field(default_factory=list)

    def note(self, got: Array, wanted: Array, terms: Array | None, batch: Any | None) -> None:
        """Count errors in ULP of the exact result; with a batch, remember where the worst one comes from."""
        kind, shape = got.dtype, got.shape
        limits = np.finfo(kind)
        found, right = got.reshape(-1), wanted.reshape(-1)
        normal = np.flatnonzero((np.abs(right) >= limits.tiny) & (np.abs(right) <= limits.max))
        found, right = found[normal], right[normal]
        if not normal.size:
            return
        off = np.abs(found.astype(Wide) - right)
        off[np.isnan(off)] = np.inf
        ulp = (off / np.spacing(np.abs(right).astype(kind))).astype(np.float64)
        self.count += ulp.size
        self.total += float(ulp.sum())
        at = int(ulp.argmax())
        self.most = max(self.most, float(ulp[at]))
        if terms is not None:
            of_terms = off / np.spacing(terms.reshape(-1)[normal].astype(kind))
            self.most_of_terms = max(self.most_of_terms, float(of_terms.max()))
            self.total_of_terms += float(of_terms.sum())
        if batch is not None and (len(self.worst) < REDONE or ulp[at] > self.worst[-1][0]):
            row = batch.row(int(normal[at]), shape)
            self.worst = sorted([*self.worst, (float(ulp[at]), batch.tag, found[at], row)], key=lambda w: -w[0])[
                :REDONE
            ]

    def redo(self, function: Function) -> None:
        """The largest error as mpmath has it, in place of the one in long double."""
        redone = []
        for _, tag, found, row in self.worst:
            with mp.workdps(row.digits):
                right = function.exact(row)
                unit = number(np.spacing(np.abs(found.dtype.type(float(right)))))
                redone.append((float(abs(number(found) - right) / unit) if np.isfinite(found) else np.inf, tag))
        if redone:
            self.most, tag = max(redone)
            self.worst = [(self.most, tag, None, None)]

    @property
    def mean(self) -> float:
        return self.total / max(self.count, 1)

    @property
    def mean_of_terms(self) -> float:
        return self.total_of_terms / max(self.count, 1)


Found = dict[tuple[str, str, str], Errors]
"""By function, type and implementation."""


@np.errstate(all="ignore")
def measure(functions: Sequence[Function], everyone: dict[str, Any], batch: Any, found: Found) -> None:
    """All implementations of these functions on one batch."""
    kind = batch.x.dtype.name
    for function in functions:
        if batch.x.ndim == 2 and batch.x.shape[1] > function.classes:
            continue
        wanted = np.asarray(function.reference(batch), Wide)
        terms = None if function.cancels is None else np.asarray(function.cancels(batch), Wide)
        for name, module in everyone.items():
            if module is not None:
                got = np.asarray(function.call(module, batch))
                assert got.dtype == batch.x.dtype and got.shape == wanted.shape, (name, function.name, got.dtype)
                errors = found.setdefault((function.name, kind, name), Errors())
                errors.note(got, wanted, terms, batch if name == OURS else None)


OURS = "derive"


def measured(functions: Sequence[Function], everyone: dict[str, Any], elements: int) -> Found:
    """Everything, with the worst elements of ours redone by mpmath."""
    found: Found = {}
    rng = np.random.default_rng(SEED)
    rows = [function for function in functions if function not in BINARY]
    binary = [function for function in functions if function in BINARY]
    for dtype in (np.float32, np.float64):
        for batch in batches(dtype, elements, rng) if rows else ():
            for b in labelled(batch, rng):
                measure([f for f in rows if f.labels or b is batch], everyone, b, found)
        for some in points(dtype, elements, rng) if binary else ():
            measure(binary, everyone, some, found)
        print(f"{np.dtype(dtype).name} measured", file=sys.stderr, flush=True)
    for function in functions:
        for dtype_name in ("float32", "float64"):
            found[function.name, dtype_name, OURS].redo(function)
    return found


def ulps(most: float, mean: float, kind: str) -> str:
    """Largest and mean number of ULP in a few characters; where no digit is right, the number says nothing more."""
    lost = 1 / float(np.finfo(kind).eps)
    said = [f"{e:.2f}" if e < 100 else f"{e:.0f}" if e < 1e5 else f"{e:.0e}" for e in (most, mean)]
    return " / ".join("no digit" if e >= lost else text for e, text in zip((most, mean), said, strict=True))


def plain_table(functions: Sequence[Function], found: Found, rivals: dict[str, Any]) -> tuple[str, int]:
    """Functions without cancellation, and how many bounds are broken."""
    header = ["function", "type", "elements", OURS, "bounds", "worst for", *rivals]
    rows, broken = [], 0
    for function in functions:
        for kind in ("float32", "float64"):
            ours, most = found[function.name, kind, OURS], function.most(kind)
            broken += (ours.most > most) + (ours.mean > MEAN)
            bounds = f"≤ {most:.0f} {marked(ours.most <= most)} mean ≤ {MEAN:.0f} {marked(ours.mean <= MEAN)}"
            row = [f"`{function.name}`", kind, f"{ours.count:,}".replace(",", " "), ulps(ours.most, ours.mean, kind)]
            rows.append([*row, bounds, ours.worst[0][1], *beside(function, kind, found, rivals)])
    return table(header, rows), broken


def beside(function: Function, kind: str, found: Found, rivals: dict[str, Any]) -> list[str]:
    """Largest and mean error of the others."""
    missing = Errors(most=np.nan)
    others = [found.get((function.name, kind, name), missing) for name in rivals]
    return ["not installed" if np.isnan(e.most) else ulps(e.most, e.mean, kind) for e in others]


def cancelling_table(functions: Sequence[Function], found: Found, rivals: dict[str, Any]) -> str:
    """Functions whose exact result may be a small difference: each error twice."""
    header = ["function", "type", "elements", "in ULP of", OURS, f"≤ {MOST:.0f}, mean ≤ {MEAN:.0f}", *rivals]
    rows = []
    for function in functions:
        for kind in ("float32", "float64"):
            ours = found[function.name, kind, OURS]
            row = [f"`{function.name}`", kind, f"{ours.count:,}".replace(",", " ")]
            rows.append([*row, "the result", ulps(ours.most, ours.mean, kind), ""])
            rows[-1] += beside(function, kind, found, rivals)
            said = [found.get((function.name, kind, name)) for name in (OURS, *rivals)]
            cells = [ulps(e.most_of_terms, e.mean_of_terms, kind) if e else "not installed" for e in said]
            kept = ours.most_of_terms <= MOST and ours.mean_of_terms <= MEAN
            rows.append(["", "", "", "the terms", cells[0], marked(kept), *cells[1:]])
    return table(header, rows)


# ---- near a confident prediction ------------------------------------------------------------------------------------


def confident(gap: float) -> list[tuple[str, Callable[[Any], Any], Any]]:
    """What is asked of logits (gap, 0, 0) and the label 0, and the exact values, in mpmath."""
    x, label, v = np.array([[gap, 0.0, 0.0]]), np.array([0]), np.array([[1.0, -1.0, 2.0]])
    e = mp.exp(-mp.mpf(gap))
    y, other = 1 / (1 + 2 * e), e / (1 + 2 * e)
    ahead, point = f"logits ({gap:.0f}, 0, 0)", np.array([gap])
    return [
        (f"-log y₁, {ahead}", lambda m: m.cross_entropy(x, label, reduction="none")[0], mp.log1p(2 * e)),
        (f"1 - y₁, {ahead}", lambda m: -m.cross_entropy_grad(x, label, reduction="sum")[0, 0], 2 * other),
        (f"y₁ (1 - y₁), {ahead}", lambda m: m.softmax_jacobian(x)[0, 0, 0], y * 2 * other),
        (
            f"(H v)₁, v = (1, -1, 2), {ahead}",
            lambda m: m.cross_entropy_hvp(x, label, v, reduction="sum")[0, 0],
            y * (2 * other - other),
        ),
        (f"σ'({gap:.0f})", lambda m: m.sigmoid_grad(point)[0], e / (1 + e) ** 2),
        (f"-log σ({gap:.0f})", lambda m: -m.log_sigmoid(point)[0], mp.log1p(e)),
    ]


@np.errstate(all="ignore")
def confident_table(everyone: dict[str, Any]) -> str:
    """Exact values in float64 beside what is computed, with its error in ULP."""
    rows = []
    with mp.workdps(400):
        for gap in (40.0, 700.0):
            for what, call, exact in confident(gap):
                cells = [what, mp.nstr(exact, 8)]
                for module in everyone.values():
                    got = float(call(module)) + 0.0 if module is not None else np.nan  # -0 becomes 0
                    ulp = abs(number(got) - exact) / number(np.spacing(float(exact))) if module is not None else 0
                    right = f"{got:.7e} ({float(ulp):.1f} ULP)" if ulp < 1e4 else f"{got:g} ✗"
                    cells.append(right if module is not None else "not installed")
                rows.append(cells)
    return table(["float64", "exact", *everyone], rows)


LEGEND = f"""Errors in ULP of the exact result, largest / mean. Reference: long double; the {REDONE} worst elements of
{OURS} again by mpmath, with 40 digits more than the decades between the exponentials (388 at most). "no digit": off by
as much as the result or more. SciPy has no cross-entropy and no derivatives: they are written by hand with its softmax,
log_softmax and expit.
"""

LEGEND_OF_TERMS = """Results that may be small differences of larger terms, largest / mean: y and t in y - t, the
largest logit and the rest in logsumexp, y_i v_i and y_i Σ y v (v taken relative to v_j where y_j ≥ 1/2). Only what is
counted in ULP of the terms can have a bound.
"""


# ---- the command ----------------------------------------------------------------------------------------------------


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description="Errors in ULP, beside SciPy, PyTorch and JAX.")
    parser.add_argument("--elements", type=int, default=1_000_000, help="of each function and type, at least")
    parser.add_argument("--module", type=Path, help="measure this file in place of a fresh export")
    parser.add_argument("function", nargs="*", help="such as softmax, or 'softmax, temperature'")
    return parser.parse_args()


def chosen(names: Sequence[str]) -> list[Function]:
    """The functions of those names, with their variants; all if none is named."""
    every = [*SOFTMAX, *LOSSES, *GRADIENTS, *BINARY]
    known = {f.name for f in every} | {f.name.split(",")[0] for f in every}
    if unknown := set(names) - known:
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}")
    return [f for f in every if not names or f.name in names or f.name.split(",")[0] in names]


def main() -> int:
    """Print the tables; 1 where a function without cancellation breaks a bound."""
    if np.finfo(Wide).nmant < 63:
        raise SystemExit(f"long double has {np.finfo(Wide).nmant} bits here, too few for a reference to float64")
    asked = arguments()
    functions = chosen(asked.function)
    with tempfile.TemporaryDirectory() as folder:
        module = load(asked.module) if asked.module else exported(Path(folder) / "derived.py")
    rivals = installed(SciPy, Torch, Jax)
    everyone = {OURS: module, **rivals}
    print(f"{versions(rivals)}; {platform.machine()}; seed {SEED}; {asked.module or 'derive export'}\n")
    found = measured(functions, everyone, asked.elements)
    plain = [function for function in functions if function.cancels is None]
    cancelling = [function for function in functions if function.cancels is not None]
    text, broken = plain_table(plain, found, rivals)
    print(LEGEND)
    print(text, end="\n\n")
    if cancelling:
        print(LEGEND_OF_TERMS)
        print(cancelling_table(cancelling, found, rivals), end="\n\n")
    print("Near a confident prediction:\n")
    print(confident_table(everyone), end="\n\n")
    print(f"{broken} bounds broken {marked(not broken)}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
