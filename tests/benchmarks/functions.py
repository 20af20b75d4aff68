"""The functions that are compared: how each is called, and what it has to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mpmath as mp
import numpy as np

from tests.benchmarks import digits
from tests.benchmarks.samples import SMOOTHING, Array, Batch, Parts, Points, Wide, number

MOST, MOST_OF_FOUR = 8.0, 4.0
FOUR = ("log_softmax", "cross_entropy", "sigmoid", "softplus")
"""The largest errors in ULP: of these four in double precision, and of all others."""


@dataclass(frozen=True)
class Function:
    """How it is called, and what it has to be: in long double or more, and for one entry by definition."""

    name: str
    call: Callable[[Any, Any], Array]
    reference: Callable[[Any], Array]
    exact: Callable[[Any], Any]
    labels: bool = False
    classes: int = 32000

    @property
    def most(self) -> Callable[[str], float]:
        of_four = self.name.split(",")[0] in FOUR
        return lambda dtype: MOST_OF_FOUR if of_four and dtype == "float64" else MOST


def wide(a: Array) -> Array:
    """A reference in long double."""
    return digits.rounded(a) if np.asarray(a).dtype == object else np.asarray(a, Wide)


def label_loss(p: Parts, c: Array) -> Array:
    n = np.arange(len(c))
    return np.where(c == p.j, p.log, p.log - p.d[n, c])


def label_gradient(p: Parts, c: Array) -> Array:
    n, g = np.arange(len(c)), p.y.copy()
    g[n, c] = -p.others[n, c]
    return g


def soft_loss(p: Parts, t: Array) -> Array:
    return (t * (p.log[:, None] - p.d)).sum(axis=1)


def soft_gradient(b: Batch, t: Array, missing: Array) -> Array:
    """y - t, where t is above 1/2 from 1 - t and 1 - y."""
    p = b.many.parts
    return np.where(t > 0.5, digits.difference(missing, p.others), digits.difference(p.y, t))


def smoothed(b: Batch, many: bool = False) -> tuple[Array, Array]:
    """The labels after smoothing, and 1 - t; with `many` in digits enough for differences."""
    eps, K = b.exact(SMOOTHING) if many else Wide(SMOOTHING), b.x.shape[1]
    own = b.hot == 1
    return np.where(own, 1 - eps + eps / K, eps / K), np.where(own, eps * (K - 1) / K, 1 - eps / K)


def weights(b: Batch) -> Array:
    return b.weight[b.c].astype(Wide)


def product(b: Batch) -> Array:
    """With v relative to v_j, so that the sum is over the others."""
    v, y = b.exact(b.v), b.many.parts.y
    w = v - v[b.n, b.many.parts.j][:, None]
    return y * digits.difference(w, (y * w).sum(axis=1)[:, None])


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
        lambda b: b.exact(b.x[b.n, b.many.parts.j]) + b.many.parts.log,
        lambda r: r.sum(),
    ),
    Function(
        "softmax_jacobian", lambda m, b: m.softmax_jacobian(b.x[b.few]), jacobian, lambda r: r.jacobian(), classes=100
    ),
    Function("softmax_jvp", lambda m, b: m.softmax_jvp(b.x, b.v), product, lambda r: r.product()),
    Function("softmax_vjp", lambda m, b: m.softmax_vjp(b.x, b.v), product, lambda r: r.product()),
    Function(
        "cross_entropy_hvp",
        lambda m, b: m.cross_entropy_hvp(b.x, b.c, b.v, reduction="sum"),
        product,
        lambda r: r.product(),
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
        lambda b: soft_gradient(b, b.exact(b.t), 1 - b.exact(b.t)),
        lambda r: r.gradient(r.soft),
    ),
    Function(
        "cross_entropy_grad, smoothed",
        lambda m, b: m.cross_entropy_grad(b.x, b.c, reduction="sum", label_smoothing=SMOOTHING),
        lambda b: soft_gradient(b, *smoothed(b, many=True)),
        lambda r: r.gradient(r.smoothed),
        labels=True,
    ),
)


def binary_gradient(b: Points, t: Array) -> Array:
    u, q = np.where(b.x >= 0, 1 - b.exact(t), b.exact(t)), b.many_decay / (1 + b.many_decay)
    return np.where(b.x >= 0, 1, -1) * digits.difference(u, q)


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
    ),
)
