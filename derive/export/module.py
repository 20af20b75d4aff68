"""The general module: softmax, sigmoid and cross-entropy for any number of classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from .proved import Proved, header_lines, require_proved, rests_on_lines
from .templates import environment

BATCH = "batch-mean-gradient"
CROSS_ENTROPY = ("cross-entropy-gradient", "cross-entropy-one-hot", "softmax-cross-entropy-gradient", BATCH)

RESTS_ON: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "softmax": ("softmax-shift", "softmax-sum"),
        "log_softmax": ("log-softmax", "logsumexp-shift", "log-softmax-gradient"),
        "logsumexp": ("logsumexp-shift", "logsumexp-gradient"),
        "softmax_jacobian": ("softmax-jacobian", "softmax-jacobian-matrix", "softmax-sum"),
        "softmax_jvp": ("softmax-jacobian", "softmax-jacobian-matrix", "softmax-jvp"),
        "softmax_vjp": ("softmax-jacobian", "softmax-jacobian-matrix", "softmax-vjp"),
        "cross_entropy": ("cross-entropy-logits", "cross-entropy-one-hot", "logsumexp-shift"),
        "cross_entropy_grad": CROSS_ENTROPY,
        "cross_entropy_value_and_grad": CROSS_ENTROPY,
        "cross_entropy_hvp": ("cross-entropy-hessian", "cross-entropy-hvp", BATCH),
        "sigmoid": ("sigmoid-symmetry", "sigmoid-tanh"),
        "sigmoid_grad": ("sigmoid-derivative", "sigmoid-symmetry"),
        "log_sigmoid": ("log-sigmoid-softplus", "log-sigmoid-derivative"),
        "softplus": ("softplus-symmetry", "softplus-derivative"),
        "binary_cross_entropy": ("logistic-loss-softplus",),
        "binary_cross_entropy_grad": ("logistic-loss-gradient", "sigmoid-symmetry", BATCH),
        "binary_cross_entropy_value_and_grad": ("logistic-loss-softplus", "logistic-loss-gradient", BATCH),
        "linear_cross_entropy_value_and_grad": (
            "softmax-cross-entropy-gradient",
            "linear-layer-weight-gradient",
            "linear-layer-bias-gradient",
            BATCH,
        ),
    }
)


def module_source(proved: Sequence[Proved], version: str) -> str:
    """The general NumPy module, whose header and docstrings say what `proved` says."""
    require_proved(RESTS_ON, proved)
    template = environment().get_template("module.py.j2")
    return template.render(
        version=version,
        header="\n".join(header_lines(proved)),
        rests_on={name: "\n".join(rests_on_lines(names, proved)).lstrip() for name, names in RESTS_ON.items()},
        names=sorted(RESTS_ON),
    )
