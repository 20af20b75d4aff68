"""Proved derivations written out as NumPy modules that import nothing but NumPy."""

from .lowering import Function, LoweringError, expression, lowered, statements
from .module import RESTS_ON, module_source
from .own import Own, identities, own_source
from .plain import Plain, plain_form
from .proved import Proved, UnprovedError
from .templates import templates
from .unrolled import LARGEST_K, UNROLLED_RESTS_ON, Unrolled, unrolled_source

__all__ = [
    "LARGEST_K",
    "RESTS_ON",
    "UNROLLED_RESTS_ON",
    "Function",
    "LoweringError",
    "Own",
    "Plain",
    "Proved",
    "UnprovedError",
    "Unrolled",
    "expression",
    "identities",
    "lowered",
    "module_source",
    "own_source",
    "plain_form",
    "statements",
    "templates",
    "unrolled_source",
]
