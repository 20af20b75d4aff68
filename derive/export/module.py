"""The general module: softmax, sigmoid and cross-entropy for any number of classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from .proved import Proved, header_lines, require_proved, rests_on_lines
from .templates import environment

SHIFT = "softmax-shift-by-maximum"
LOSS = ("cross-entropy-logits", "logsumexp-shift")
GRADIENT = ("softmax-cross-entropy-gradient", SHIFT, "softmax-sum", "batch-mean-gradient")
BINARY_LOSS = ("logistic-loss-softplus", "softplus-symmetry")
BINARY_GRADIENT = ("logistic-loss-gradient", "sigmoid-symmetry")

RESTS_ON: Mapping[str, tuple[str, ...]] = MappingProxyType(
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
"""For each function the derivations whose formulas its code computes, and the identities by which it may."""


def module_source(proved: Sequence[Proved], version: str) -> str:
    """The general NumPy module, whose header and docstrings say what `proved` says of RESTS_ON, and nothing else."""
    require_proved(RESTS_ON, proved)
    template = environment().get_template("module.py.j2")
    return template.render(
        version=version,
        header="\n".join(header_lines(RESTS_ON, proved)),
        rests_on={name: "\n".join(rests_on_lines(names, proved)).lstrip() for name, names in RESTS_ON.items()},
        names=sorted(RESTS_ON),
    )
