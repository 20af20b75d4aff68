"""Proves the derivations behind machine-learning gradients, line by line.

    >>> import derive
    >>> from derive.catalog import softmax
    >>> derive.prove(softmax.jacobian, K=3).verdict
    'proved'

A derivation of one's own is written in the words of `derive.formula.notation`,
which are all here too:

    >>> from derive import D, decide, exp, scalar
    >>> x = scalar("x")
    >>> decide(D(exp(2 * x), x), exp(2 * x)).name
    'refuted'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import rules
from .background import Background, Source
from .derivation import Derivation, Overflow, Pitfall, Step
from .formula.notation import *
from .formula.notation import __all__ as _words
from .formula.tree import Formula, WrittenError
from .kernel.verdict import Conditional, Counterexample, Proved, Refuted, SideCondition, Unknown, Verdict
from .proof import EVERY, Proof, StepProof, prove
from .statement import decide

if TYPE_CHECKING:
    from .concrete.from_sympy import from_sympy as from_sympy

__version__ = "0.1.0"

__all__ = [
    *_words,
    "EVERY",
    "Background",
    "Conditional",
    "Counterexample",
    "Derivation",
    "Formula",
    "Overflow",
    "Pitfall",
    "Proof",
    "Proved",
    "Refuted",
    "SideCondition",
    "Source",
    "Step",
    "StepProof",
    "Unknown",
    "Verdict",
    "WrittenError",
    "decide",
    "from_sympy",
    "prove",
    "rules",
]


def __getattr__(name: str) -> object:
    if name == "from_sympy":  # SymPy takes half a second to load: only for those who ask for it
        from .concrete.from_sympy import from_sympy

        return from_sympy
    raise AttributeError(f"module 'derive' has no attribute {name!r}")
