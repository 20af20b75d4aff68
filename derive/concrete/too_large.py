"""At which sizes SymPy is asked; known without loading it."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from ..formula.tree import Size

LARGEST_SIZE = 10
LARGEST_PRODUCT = 100


def too_large(sizes: Mapping[Size, int]) -> str:
    """Why SymPy is not asked; empty where it is."""
    for size, number in sizes.items():
        if number > LARGEST_SIZE:
            return f"SymPy is asked where sizes are at most {LARGEST_SIZE}; here {size} = {number}"
    if (product := prod(sizes.values())) > LARGEST_PRODUCT:
        names = "·".join(size.name for size in sizes)
        return f"SymPy is asked where {names} is at most {LARGEST_PRODUCT}; here it is {product}"
    return ""
