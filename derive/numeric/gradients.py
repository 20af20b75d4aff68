"""Two cheap numerical derivatives in floating point: complex step and central differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Values: TypeAlias = NDArray[Any]
V = TypeVar("V")

COMPLEX_STEP = 1e-30
CENTRAL_STEP = 1e-5


def complex_step(function: Callable[[Mapping[V, Values]], Values], values: Mapping[V, Values], variable: V) -> Values:
    """Im f(x + ih)/h: no difference is taken, so no digit is lost; f has to be analytic."""
    moved = function({**values, variable: values[variable] + 1j * COMPLEX_STEP})
    return np.asarray(np.imag(moved) / COMPLEX_STEP)


def central_difference(
    function: Callable[[Mapping[V, Values]], Values], values: Mapping[V, Values], variable: V
) -> Values:
    """(f(x + h) − f(x − h))/2h, with half the digits at best."""
    x = values[variable]
    up, down = x + CENTRAL_STEP, x - CENTRAL_STEP
    return np.asarray((function({**values, variable: up}) - function({**values, variable: down})) / (up - down))
