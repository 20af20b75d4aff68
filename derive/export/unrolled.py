"""The module for one number of classes: straight-line code on columns, printed elsewhere, rendered here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from .module import RESTS_ON
from .proved import WIDTH, Proved, header_lines, require_proved, rests_on_lines
from .templates import environment

LARGEST_K = 64
SPECIALISED = (
    "softmax",
    "log_softmax",
    "logsumexp",
    "softmax_jacobian",
    "cross_entropy",
    "cross_entropy_grad",
    "cross_entropy_value_and_grad",
)


@dataclass(frozen=True)
class Unrolled:
    """Straight-line code of one function: families of columns in, named columns out.

    A family `d` stands for the columns d0, d1, …; an assignment is a name and an expression of NumPy.
    """

    name: str
    parameters: tuple[str, ...]
    assignments: tuple[tuple[str, str], ...]
    results: tuple[str, ...]

    def lines(self, K: int) -> list[str]:
        """The body of the function, which unpacks its columns, computes, and returns a list."""
        unpacking = [statement(", ".join(columns(name, K)), f"= {name}") for name in self.parameters]
        computing = [statement(name, "=", expression) for name, expression in self.assignments]
        return [line for part in [*unpacking, *computing, returned(self.results)] for line in part]


def columns(family: str, K: int) -> list[str]:
    """The names of the columns of a family."""
    return [f"{family}{k}" for k in range(K)]


def statement(*parts: str) -> list[str]:
    """A statement in one line if it fits, or its longest part in parentheses over several."""
    line = "    " + " ".join(parts)
    if len(line) <= WIDTH:
        return [line]
    longest = max(parts, key=len)
    before, after = (" ".join(side) for side in (parts[: parts.index(longest)], parts[parts.index(longest) + 1 :]))
    inner = wrap(longest, WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 8, break_long_words=False)
    return [f"    {before} (".replace("     (", "    ("), *inner, f"    ) {after}".rstrip()]


def returned(results: Sequence[str]) -> list[str]:
    """The statement that returns a list of columns."""
    line = f"    return [{', '.join(results)}]"
    if len(line) <= WIDTH:
        return [line]
    inner = wrap(", ".join(results), WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 8)
    return ["    return [", *inner, "    ]"]


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
    """The module for K classes, from the straight-line code of each function in `SPECIALISED`."""
    require_unrollable(K)
    missing = set(SPECIALISED) - {function.name for function in functions}
    if missing:
        raise ValueError(f"no straight-line code for {', '.join(sorted(missing))}")
    rests_on = {name: RESTS_ON[name] for name in SPECIALISED}
    require_proved(rests_on, proved)
    template = environment().get_template("unrolled.py.j2")
    return template.render(
        K=K,
        version=version,
        header="\n".join(header_lines(rests_on, proved)),
        rests_on={name: "\n".join(rests_on_lines(names, proved)).lstrip() for name, names in rests_on.items()},
        names=sorted(SPECIALISED),
        absent=absent_lines(),
        functions=functions,
    )


def absent_lines() -> str:
    """The functions that only the general module has, for the header."""
    names = ", ".join(sorted(set(RESTS_ON) - set(SPECIALISED)))
    return "\n".join(wrap(names, WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 4))
