"""Numbers of mpmath in arrays of NumPy, for references to results that are small differences."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import numpy as np

BITS = 240
"""Of mantissa: where terms agree in the first hundred, the difference has twice the digits of long double."""

Array = Any

_mpf = np.frompyfunc(lambda value: mp.mpf(float(value)), 1, 1)
_exp = np.frompyfunc(mp.exp, 1, 1)
_log1p = np.frompyfunc(mp.log1p, 1, 1)
_float = np.frompyfunc(float, 1, 1)


def numbers(a: Array) -> Array:
    """Floats as the exact numbers that they are."""
    return _mpf(a)


def rounded(a: Array) -> Array:
    """Numbers in long double."""
    high = np.asarray(_float(a), np.float64)
    return high.astype(np.longdouble) + np.asarray(_float(a - numbers(high)), np.float64)


def exp(a: Array) -> Array:
    """The exponentials."""
    return _exp(a)


def log1p(a: Array) -> Array:
    """log (1 + a)."""
    return _log1p(a)
