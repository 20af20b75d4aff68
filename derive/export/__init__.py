"""Proved derivations written out as NumPy modules that import nothing but NumPy."""

from .module import RESTS_ON, module_source
from .proved import Proved, UnprovedError
from .templates import templates
from .unrolled import LARGEST_K, Unrolled, unrolled_source

__all__ = [
    "LARGEST_K",
    "RESTS_ON",
    "Proved",
    "UnprovedError",
    "Unrolled",
    "module_source",
    "templates",
    "unrolled_source",
]
