"""The module for one number of classes: straight-line code on columns, printed elsewhere, rendered here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from types import MappingProxyType

from .module import RESTS_ON as GENERAL
from .proved import WIDTH, Proved, header_lines, require_proved, rests_on_lines
from .templates import environment

LARGEST_K = 64
FEW = 4
"""Up to here columns are added one by one."""
MOST_COLUMNS = 8
"""Up to here the logits are copied by columns for softmax and class numbers; it takes too long for more."""

SHIFT = ("softmax-shift-by-maximum", "rewrite-two-sum", "rewrite-two-sum-exact", "rewrite-shift-feedback")
REST = ("rewrite-rest", "rewrite-rest-scaled", "rewrite-rest-shift")
LOSS = ("cross-entropy-logits", "log-softmax", "rewrite-loss-label", "rewrite-loss", *REST, *SHIFT, "rewrite-mean")
GRADIENT = (
    "softmax-cross-entropy-gradient",
    "batch-mean-gradient",
    "rewrite-gradient-label",
    "rewrite-gradient-soft",
    "rewrite-complement",
    "rewrite-complement-shift",
    *SHIFT,
)

UNROLLED_RESTS_ON: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "softmax": SHIFT,
        "log_softmax": ("log-softmax", "rewrite-log-softmax", "rewrite-logsumexp", *REST, *SHIFT),
        "logsumexp": ("logsumexp-shift", "rewrite-logsumexp", *REST, *SHIFT),
        "softmax_jacobian": (
            "softmax-jacobian",
            "rewrite-jacobian-diagonal",
            "rewrite-complement",
            "rewrite-complement-shift",
            *SHIFT,
        ),
        "cross_entropy": LOSS,
        "cross_entropy_grad": GRADIENT,
        "cross_entropy_value_and_grad": tuple(dict.fromkeys((*LOSS, *GRADIENT))),
    }
)
"""For each specialised function the derivations of its formula, and the identities by which its code computes it."""

STRAIGHT_LINE = (
    "softmax",
    "log_softmax",
    "logsumexp",
    "softmax_jacobian",
    "cross_entropy",
    "cross_entropy_grad",
    "cross_entropy_value_and_grad",
    "distribution_loss",
    "distribution_grad",
    "largest",
)
"""The functions on columns that a module calls."""

TYPES = {"N": "Any", "index": "Labels", "x": "Floats | None"}
"""What parameters are that are no arrays of floats."""


@dataclass(frozen=True)
class Unrolled:
    """Straight-line code of one function: its parameters, the names of what it returns, and its statements."""

    name: str
    parameters: tuple[str, ...]
    results: tuple[str, ...]
    statements: tuple[str, ...]

    def lines(self) -> list[str]:
        """The function with its head."""
        parameters = ", ".join(f"{name}: {TYPES.get(name, 'Floats')}" for name in self.parameters)
        result = "Any" if self.results else "None"
        head = f"def _{self.name}({parameters}) -> {result}:"
        return [head, *(f"    {line}" for line in self.statements)]


def columns(family: str, K: int) -> list[str]:
    """The names of the columns of a family."""
    return [f"{family}{k}" for k in range(K)]


def in_rows(K: int) -> bool:
    """Whether the columns of softmax, and of class numbers, stay where they are, side by side in rows."""
    return K > MOST_COLUMNS


def require_unrollable(K: int) -> None:
    """Refuse a number of classes for which straight-line code makes no sense."""
    if K < 2:
        raise ValueError(f"K = {K}: code is unrolled for two classes or more, as softmax of one class is constant")
    if K > LARGEST_K:
        raise ValueError(
            f"K = {K}: code is unrolled for at most {LARGEST_K} classes, as it grows with K² "
            "and is slower than arrays long before; export the general module (without -K) instead"
        )


def unrolled_source(K: int, functions: Sequence[Unrolled], proved: Sequence[Proved], version: str) -> str:
    """The module for K classes, from the functions in `STRAIGHT_LINE`."""
    require_unrollable(K)
    missing = set(STRAIGHT_LINE) - {function.name for function in functions}
    if missing:
        raise ValueError(f"no straight-line code for {', '.join(sorted(missing))}")
    require_proved(UNROLLED_RESTS_ON, proved)
    template = environment().get_template("unrolled.py.j2")
    return template.render(
        K=K,
        few=K <= FEW,
        in_rows=in_rows(K),
        version=version,
        header="\n".join(header_lines(UNROLLED_RESTS_ON, proved)),
        rests_on={name: "\n".join(rests_on_lines(names, proved)).lstrip() for name, names in UNROLLED_RESTS_ON.items()},
        names=sorted(UNROLLED_RESTS_ON),
        absent=absent_lines(),
        functions=functions,
    )


def absent_lines() -> str:
    """The functions that only the general module has, for the header."""
    names = ", ".join(sorted(set(GENERAL) - set(UNROLLED_RESTS_ON)))
    return "\n".join(wrap(names, WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 4))
