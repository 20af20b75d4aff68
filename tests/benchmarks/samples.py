"""Inputs of the functions, random and adversarial ones, beside what they have to be: in long double, and by definition.

A `Batch` holds rows of logits, `Points` single logits; `parts` are the sums in long double (64 bits of mantissa) that
references are made of, and `Many` the same in numbers of 240 bits, where terms cancel.  A
`Row` and a `Point` are one element of these, straight from the definition, in mpmath.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, log
from typing import Any

import mpmath as mp
import numpy as np

from tests.benchmarks import digits
from tests.benchmarks.rivals import one_hot

SMOOTHING = 0.1

Wide = np.longdouble
Array = Any
"""An array of NumPy of any type: what is given, what is found, and the reference."""


SHAPES = ((2, 34000), (3, 12500), (3, 500), (10, 3000), (10, 100), (100, 300), (1000, 40), (32000, 3))
"""Classes, and rows of each kind of logits: for every path of the module, small, in one chunk, in many."""


@dataclass(frozen=True)
class Parts:
    """What softmax is made of, without cancellation: e_j = 1 at the largest logit, j."""

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
class Many:
    """The parts of logits with digits enough for differences, made when they are asked for."""

    x: Array

    @cached_property
    def parts(self) -> Parts:
        j, n = self.x.argmax(axis=1), np.arange(len(self.x))
        z = digits.numbers(self.x)
        d = z - z[n, j][:, None]
        e = digits.exp(d)
        e[n, j] = digits.numbers(0)
        rest = e.sum(axis=1)
        e[n, j] = digits.numbers(1)
        return Parts(j, d, e, rest, digits.log1p(rest))


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
    many: Many

    @property
    def n(self) -> Array:
        return np.arange(len(self.x))

    @property
    def hot(self) -> Array:
        return one_hot(self.c, self.x)

    def exact(self, a: Array) -> Array:
        """Floats with digits enough for differences."""
        return digits.numbers(a)

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
    zero = normal((n, K))
    off = rng.choice([-1.0, 1.0], n) * 2.0 ** -rng.uniform(1, np.finfo(dtype).nmant, n)
    off[::2] = 0
    yield "log of the sum near 0", zero + (off - np.log(np.exp(zero).sum(axis=1)))[:, None]
    yield "log-uniform", rng.choice([-1.0, 1.0], (n, K)) * np.exp(rng.uniform(-30, np.log(far), (n, K)))


def near(y: Array, rng: np.random.Generator) -> Array:
    """Probabilities as they are, their neighbours, and what agrees with them in any number of bits, in turn."""
    found = y.copy()
    found[1::3] = np.nextafter(y[1::3], rng.choice([0, 1], y[1::3].shape).astype(y.dtype))
    bits = rng.uniform(1, np.finfo(y.dtype).nmant, y[2::3].shape)
    found[2::3] *= (1 + rng.choice([-1.0, 1.0], bits.shape) * 2.0**-bits).astype(y.dtype)
    return found


def soft_labels(y: Array, dtype: Any, rng: np.random.Generator) -> Array:
    """Random distributions, and every other one close to the probabilities, or equal to them but for rounding."""
    t = rng.dirichlet(np.ones(y.shape[1]), len(y)).astype(dtype)
    t[::2] = near(y[::2].astype(dtype), rng)
    moved = t[4::6].astype(Wide)  # those that agree in some bits need not sum to 1
    t[4::6] = moved / moved.sum(axis=1, keepdims=True)
    return t


def tangents(p: Parts, dtype: Any, rng: np.random.Generator) -> Array:
    """Random vectors, some nearly constant, and some with an entry that is nearly the mean."""
    v = rng.standard_normal(p.y.shape)
    v[::2] = 1 + v[::2] * 2.0 ** -rng.uniform(1, np.finfo(dtype).nmant, v[::2].shape[:1])[:, None]
    v = v.astype(dtype)
    v[1::4, 0] = (p.y[1::4, 1:] * v[1::4, 1:]).sum(axis=1) / np.maximum(p.others[1::4, 0], 1e-300)
    return v


def batches(dtype: Any, elements: int, rng: np.random.Generator) -> Iterator[Batch]:
    """One batch for each kind of logits and shape, with the labels of the largest logits."""
    for K, rows in SHAPES:
        n = max(1, ceil(rows * elements / 1_000_000))
        for tag, logits in kinds(dtype, K, n, rng):
            x = logits.astype(dtype)
            tau = float(dtype(rng.uniform(0.3, 3)))
            weight = rng.uniform(0.1, 2, K).astype(dtype)
            plain = parts(x, 1)
            t, v = soft_labels(plain.y, dtype, rng), tangents(plain, dtype, rng)
            yield Batch(f"{tag}, K = {K}", x, plain.j, t, v, weight, tau, plain, parts(x, tau), Many(x))


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

    def exact(self, a: Array) -> Array:
        """Floats with digits enough for differences."""
        return digits.numbers(a)

    @cached_property
    def many_decay(self) -> Array:
        """The decay with digits enough for differences."""
        return digits.exp(-np.abs(digits.numbers(self.x)))

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
        soft[::2] = np.minimum(near((1 / (1 + np.exp(-x[::2].astype(Wide)))).astype(dtype), rng), 1)
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
        """80 more than the decades of the exponentials that a normal result can depend on."""
        spread = (float(self.x.max()) - float(self.x.min())) / min(self.tau, 1)
        return 80 + ceil(min(spread, 800) / log(10))

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
        return 80 + ceil(min(abs(float(self.x)), 800) / log(10))

    def sigmoid(self, sign: int = 1) -> Any:
        return 1 / (1 + mp.exp(-sign * number(self.x)))

    def loss(self, t: Any) -> Any:
        return -number(t) * mp.log(self.sigmoid()) - (1 - number(t)) * mp.log(self.sigmoid(-1))
