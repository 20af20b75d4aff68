"""A classifier of points in the plane, trained with an exported function: what a page shows of it, in numbers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType, ModuleType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from . import descent
from .accuracy import general_module

Floats: TypeAlias = NDArray[np.float64]
Step: TypeAlias = tuple[Any, Any, Any, Any, Any]
"""Weights, biases, the loss there, and its gradients in both."""
Half: TypeAlias = tuple[float, float, float]
"""A logit over the plane: its slopes in both coordinates, and its value at the origin."""

RATE, STEPS = 1.0, 200
SHOWN = (0, 1, 10, 100, STEPS)
"""The steps of which the table tells."""
TOO_LARGE = 50.0
"""A rate at which the first step already overshoots."""
NUDGE = 2e-4
"""By how much each weight is moved, up and down, to compare the gradient with differences of the loss."""


@dataclass(frozen=True, slots=True)
class Model:
    """A way to train: the function of the general module, the loop that calls it, and the points."""

    function: str
    descend: Callable[..., Iterator[Step]]
    sizes: tuple[int, ...]
    """How many points there are of each class."""
    clouds: Callable[..., tuple[Floats, Any]] = descent.clouds
    """What makes them."""


MODELS: Mapping[str, Model] = MappingProxyType(
    {
        model.function: model
        for model in (
            Model("linear_cross_entropy_value_and_grad", descent.softmax_regression, (50, 40, 30)),
            Model("binary_cross_entropy_value_and_grad", descent.logistic_regression, (70, 50)),
        )
    }
)
"""By the function that each calls."""


@dataclass(frozen=True, slots=True)
class Row:
    """A step as the table tells it."""

    step: int
    loss: float
    slope: float
    """The norm of the gradient in all weights and biases."""
    right: float
    """Which share of the points is in the region of its class."""


@dataclass(frozen=True, slots=True)
class Trained:
    """The points, and what became of the weights."""

    points: tuple[tuple[float, float], ...]
    labels: tuple[int, ...]
    first: tuple[Half, ...]
    """The logits after one step, of each class; with one logit that of the first class is 0."""
    last: tuple[Half, ...]
    losses: tuple[float, ...]
    rows: tuple[Row, ...]
    apart: float
    """By how much the gradient differs from central differences at the start, where it differs most."""
    bias_slopes: tuple[tuple[float, ...], tuple[float, ...]]
    """The gradient in the biases, at the start and at the end."""
    overshoot: float
    """The loss after a first step that is too large."""

    @property
    def classes(self) -> int:
        return len(self.last)


@lru_cache(maxsize=4)
def trained(source: str, function: str) -> Trained:
    """The classifier that a function of the general module trains; once for all pages that show it.

    `source` is the module's, as `derive.export` has written it.
    """
    model, module = MODELS[function], general_module(source)
    X, labels = model.clouds(model.sizes)
    steps = list(_descent(module, model, X, labels, RATE, STEPS))
    *_, overshot = _descent(module, model, X, labels, TOO_LARGE, 1)
    return Trained(
        points=tuple(map(tuple, (X + 0.0).tolist())),  # no −0
        labels=tuple(labels.tolist()),
        first=_halves(steps[1]),
        last=_halves(steps[-1]),
        losses=tuple(float(loss) for _, _, loss, _, _ in steps),
        rows=tuple(_row(n, steps[n], X, labels) for n in SHOWN),
        apart=_apart(module, model, X, labels, steps[0]),
        bias_slopes=(_entries(steps[0][4]), _entries(steps[-1][4])),
        overshoot=float(overshot[2]),
    )


def source_of(function: Callable[..., Any]) -> str:
    """The text of a function of `descent`, which is what ran."""
    return inspect.getsource(function)


def _descent(module: ModuleType, model: Model, X: Floats, labels: Any, rate: float, steps: int) -> Iterator[Step]:
    return model.descend(getattr(module, model.function), X, labels, rate=rate, steps=steps)


def _entries(values: Any) -> tuple[float, ...]:
    return tuple(np.atleast_1d(values).tolist())


def _halves(step: Step) -> tuple[Half, ...]:
    """The logit of each class."""
    W, b, *_ = step
    if np.ndim(b) == 0:
        W, b = np.stack([np.zeros(2), W], axis=1), np.array([0.0, b])
    return tuple((float(W[0, k]), float(W[1, k]), float(b[k])) for k in range(len(b)))


def _row(n: int, step: Step, X: Floats, labels: Any) -> Row:
    _, _, loss, dW, db = step
    halves = np.array(_halves(step))
    logits = X @ halves[:, :2].T + halves[:, 2]
    return Row(
        step=n,
        loss=float(loss),
        slope=float(np.sqrt(np.sum(np.square(dW)) + np.sum(np.square(db)))),
        right=float(np.mean(np.argmax(logits, axis=1) == labels)),
    )


def _apart(module: ModuleType, model: Model, X: Floats, labels: Any, start: Step) -> float:
    """The gradient less central differences of the loss, at its largest entry."""
    W, b, _, dW, db = start
    weights, gradient = np.append(W, b), np.append(dW, db)

    def loss(at: Floats) -> float:
        moved = at[: np.size(W)].reshape(np.shape(W)), at[np.size(W) :].reshape(np.shape(b))
        return float(_loss(module, model, X, labels, *moved))

    nudges = NUDGE * np.eye(len(weights))
    differences = [(loss(weights + nudge) - loss(weights - nudge)) / (2 * NUDGE) for nudge in nudges]
    return float(np.max(np.abs(np.array(differences) - gradient)))


def _loss(module: ModuleType, model: Model, X: Floats, labels: Any, W: Floats, b: Floats) -> Any:
    function = getattr(module, model.function)
    return function(X @ W + b, labels)[0] if W.ndim == 1 else function(X, W, b, labels)[0]
