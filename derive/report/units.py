"""Errors in units in the last place, as prose and on a scale."""

from __future__ import annotations

import math

from .evidence import scientific

FLOOR = 0.1
"""What is smaller is drawn here."""


def ulp(error: float) -> str:
    """An error as prose with a formula in it."""
    return f"${error:.2f}$" if error < 100 else scientific(error)


def highest(*errors: float) -> int:
    """The power of ten at the upper end of the scale."""
    return max(3, 3 * math.ceil(math.log10(max(*errors, 1)) / 3 + 0.05))


def decades(error: float) -> float:
    """How many powers of ten an error stands above the floor."""
    return math.log10(max(error, FLOOR) / FLOOR)
