"""The general module: softmax, sigmoid and cross-entropy for any number of classes."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from .proved import Proved, header_lines, require_proved, rests_on_lines
from .slot import written
from .slots import SLOTS, entries_of
from .templates import environment

TEMPLATE = "module.py.j2"
MARK = "_slot_"

SHIFT = "softmax-shift-by-maximum"
LOSS = ("cross-entropy-logits", "logsumexp-shift")
GRADIENT = ("softmax-cross-entropy-gradient", SHIFT, "softmax-sum", "batch-mean-gradient")
OPTIONS = (
    "weighted-cross-entropy-logits",
    "smoothed-labels-sum",
    "smoothed-cross-entropy-logits",
    "temperature-cross-entropy-logits",
)
GRADIENT_OPTIONS = (
    "weighted-cross-entropy-gradient",
    "class-weighted-mean-gradient-entries",
    "ignored-row-gradient",
    "smoothed-cross-entropy-gradient",
    "smoothed-weighted-cross-entropy-gradient",
    "temperature-cross-entropy-gradient",
)
BINARY_LOSS = ("logistic-loss-softplus", "softplus-symmetry")
BINARY_GRADIENT = ("logistic-loss-gradient", "sigmoid-symmetry")

PLAIN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "softmax": (SHIFT,),
        "log_softmax": ("log-softmax", "logsumexp-shift"),
        "logsumexp": ("logsumexp-shift",),
        "softmax_jacobian": ("softmax-jacobian", SHIFT, "softmax-sum"),
        "softmax_jvp": ("softmax-jvp", SHIFT, "softmax-jacobian-row-sums"),
        "softmax_vjp": ("softmax-vjp", SHIFT, "softmax-jacobian-column-sums"),
        "cross_entropy": LOSS,
        "cross_entropy_grad": GRADIENT,
        "cross_entropy_value_and_grad": (*LOSS, *GRADIENT),
        "cross_entropy_hvp": ("cross-entropy-hvp", SHIFT, "cross-entropy-hessian-row-sums"),
        "sigmoid": ("sigmoid-symmetry",),
        "sigmoid_grad": ("sigmoid-derivative", "sigmoid-derivative-even", "sigmoid-symmetry"),
        "log_sigmoid": ("log-sigmoid-softplus", "softplus-symmetry"),
        "softplus": ("softplus-symmetry",),
        "binary_cross_entropy": BINARY_LOSS,
        "binary_cross_entropy_grad": BINARY_GRADIENT,
        "binary_cross_entropy_value_and_grad": (*BINARY_LOSS, *BINARY_GRADIENT),
        "linear_cross_entropy_value_and_grad": (
            *LOSS,
            *GRADIENT,
            "linear-layer-weight-gradient",
            "linear-layer-bias-gradient",
        ),
    }
)
"""For each function the derivations of its formula, without what its keywords make of it."""

KEYWORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "softmax": ("temperature-log-softmax",),
        "log_softmax": ("temperature-log-softmax",),
        "cross_entropy": OPTIONS,
        "cross_entropy_grad": GRADIENT_OPTIONS,
        "cross_entropy_value_and_grad": (*OPTIONS, *GRADIENT_OPTIONS),
        "cross_entropy_hvp": ("weighted-cross-entropy-hvp", "temperature-cross-entropy-hvp"),
        "linear_cross_entropy_value_and_grad": (*OPTIONS, *GRADIENT_OPTIONS),
    }
)
"""For functions with keywords the derivations of what weights, ignored rows, smoothing and a temperature do."""

FORMULAS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {name: (*names, *KEYWORDS.get(name, ())) for name, names in PLAIN.items()}
)
"""Both."""


def slots_used() -> dict[str, tuple[str, ...]]:
    """For each function of the module the slots in it, and in the functions that it calls."""
    marked = {name: f"{MARK}{name}" for name in SLOTS}
    source = (
        environment()
        .get_template(TEMPLATE)
        .render(
            version="",
            header="",
            rewrites="",
            rests_on=dict.fromkeys(FORMULAS, ""),
            names=sorted(FORMULAS),
            slot=marked,
            by=dict.fromkeys(SLOTS, ""),
        )
    )
    mentioned: dict[str, list[str]] = {}
    for node in ast.parse(source).body:
        names = [inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)]
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            mentioned[node.name] = names
        elif isinstance(node, ast.Assign):
            mentioned |= {target.id: names for target in node.targets if isinstance(target, ast.Name)}
    return {name: _reached(name, mentioned) for name in FORMULAS}


def _reached(name: str, mentioned: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The slots that a function mentions, and those that what it mentions does."""
    seen = {name: None}
    todo = [name]
    while todo:
        for inner in mentioned.get(todo.pop(0), ()):
            if inner not in seen:
                seen[inner] = None
                todo.append(inner)
    return tuple(one.removeprefix(MARK) for one in seen if one.startswith(MARK))


def _rests_on() -> dict[str, tuple[str, ...]]:
    used = slots_used()
    return {name: tuple(dict.fromkeys((*names, *entries_of(used[name])))) for name, names in FORMULAS.items()}


RESTS_ON: Mapping[str, tuple[str, ...]] = MappingProxyType(_rests_on())
"""For each function the derivations of its formula, and the rewrites by which its code computes it."""


def rewrites() -> dict[str, tuple[str, ...]]:
    """For each function the derivations behind its slots that are not those of a formula."""
    formulas = {name for names in FORMULAS.values() for name in names}
    return {function: tuple(name for name in names if name not in formulas) for function, names in RESTS_ON.items()}


def module_source(proved: Sequence[Proved], version: str) -> str:
    """The general NumPy module, whose header and docstrings say what `proved` says of RESTS_ON, and nothing else.

    Raises UnprovedError where a function rests on something that was not
    proved, and LoweringError where a slot's formula is not written as code.
    """
    from ..catalog import entries

    require_proved(RESTS_ON, proved)
    return (
        environment()
        .get_template(TEMPLATE)
        .render(
            version=version,
            header="\n".join(header_lines(FORMULAS, proved)),
            rewrites="\n".join(header_lines(rewrites(), proved)),
            rests_on={name: "\n".join(rests_on_lines(names, proved)).lstrip() for name, names in RESTS_ON.items()},
            names=sorted(RESTS_ON),
            slot=written(SLOTS, entries()),
            by={name: slot.entry for name, slot in SLOTS.items()},
        )
    )
