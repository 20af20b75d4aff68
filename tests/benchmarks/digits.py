"""Numbers of many bits in arrays of NumPy, for references to results that are small differences.

They are balls of Arb where python-flint is installed, which is ten times as fast, and else numbers of mpmath.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import mpmath as mp
import numpy as np

flint: Any = import_module("flint") if find_spec("flint") else None

BITS = 240
"""Of mantissa: where terms agree in the first hundred, the difference has twice the digits of long double."""

Array = Any


def _number(value: float) -> Any:
    return mp.mpf(float(value)) if flint is None else flint.arb(float(value))


def _exp(value: Any) -> Any:
    return mp.exp(value) if flint is None else value.exp()


def _log1p(value: Any) -> Any:
    return mp.log1p(value) if flint is None else value.log1p()


def _less(a: Any, b: Any) -> Any:
    found = a - b
    return found if abs(found) > abs(a) * 2.0 ** (40 - BITS) else _number(0)


_difference = np.frompyfunc(_less, 2, 1)
_numbers, _exps, _logs = (np.frompyfunc(function, 1, 1) for function in (_number, _exp, _log1p))
_floats = np.frompyfunc(float, 1, 1)

if flint is not None:
    flint.ctx.prec = BITS


def numbers(a: Array) -> Array:
    """Floats as the exact numbers that they are."""
    return _numbers(a)


def rounded(a: Array) -> Array:
    """Numbers in long double."""
    high = np.asarray(_floats(a), np.float64)
    return high.astype(np.longdouble) + np.asarray(_floats(a - numbers(high)), np.float64)


def difference(a: Array, b: Array) -> Array:
    """a - b; 0 where they agree in all bits but the last 40."""
    return _difference(a, b)


def exp(a: Array) -> Array:
    """The exponentials."""
    return _exps(a)


def log1p(a: Array) -> Array:
    """log (1 + a)."""
    return _logs(a)
