"""What the exported modules say of the derivations that they rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

WIDTH = 120


@dataclass(frozen=True)
class Proved:
    """One derivation in one scope, as the caller's run decided it."""

    name: str
    claim: str
    result: str
    verdict: str
    scope: str


class UnprovedError(ValueError):
    """An exported function rests on a derivation that this run did not prove."""


def require_proved(rests_on: Mapping[str, tuple[str, ...]], proved: Sequence[Proved]) -> None:
    """Refuse to write a function that rests on a derivation with any verdict but "proved"."""
    for function, names in rests_on.items():
        for entry in proved:
            if entry.name in names and entry.verdict != "proved":
                raise UnprovedError(
                    f"{function} rests on {entry.name}, which is {entry.verdict} ({entry.scope}): not exported"
                )


def header_lines(proved: Sequence[Proved]) -> list[str]:
    """The derivations as they stand in a module's docstring, in the caller's order."""
    lines = []
    for entry in proved:
        equation = f"{entry.claim} = {entry.result}" if entry.result else entry.claim
        lines.append(f"    {entry.name} ({entry.verdict}, {entry.scope})")
        lines += wrapped(equation, indent=8)
    return lines or ["    nothing in this run"]


def rests_on_lines(names: Sequence[str], proved: Sequence[Proved]) -> list[str]:
    """The sentence of a function's docstring that names its derivations and the scopes in which they were proved."""
    scopes = {name: [entry.scope for entry in proved if entry.name == name] for name in names}
    parts = [f"{name} ({', '.join(found) or 'not proved in this run'})" for name, found in scopes.items()]
    return wrapped(f"Rests on: {', '.join(parts)}.", indent=4)


def wrapped(text: str, indent: int) -> list[str]:
    """Text as lines that may stand in a docstring: one space between words, no escape, no closing quotes."""
    words = " ".join(text.split()).replace("\\", "\\\\").replace('"', "'")
    margin = " " * indent
    return wrap(words, WIDTH, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False)
