"""What the exported modules say of the derivations that they rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from textwrap import wrap

WIDTH = 120


@dataclass(frozen=True)
class Proved:
    """One derivation in one scope, as the caller's run decided it: claim relation result, where …, assuming …"""

    name: str
    claim: str
    relation: str
    result: str
    where: tuple[str, ...]
    assuming: tuple[str, ...]
    verdict: str
    scope: str


_fields = attrgetter(*(field.name for field in fields(Proved)))


class UnprovedError(ValueError):
    """An exported function rests on a derivation that this run did not prove."""


def require_proved(rests_on: Mapping[str, tuple[str, ...]], proved: Sequence[Proved]) -> None:
    """Refuse to write a function that rests on a derivation with any verdict but "proved"."""
    for function, names in rests_on.items():
        for entry in relied_on(names, proved):
            if entry.verdict != "proved":
                raise UnprovedError(
                    f"{function} rests on {entry.name}, which is {entry.verdict} ({entry.scope}): not exported"
                )


def relied_on(names: Sequence[str], proved: Sequence[Proved]) -> list[Proved]:
    """What was decided of these names, in their order and then by scope, whatever the order of `proved`."""
    known = sorted(
        {entry for entry in proved if entry.name in names}, key=lambda entry: (len(entry.scope), _fields(entry))
    )
    return [entry for name in names for entry in known if entry.name == name]


def header_lines(rests_on: Mapping[str, tuple[str, ...]], proved: Sequence[Proved]) -> list[str]:
    """The derivations that the functions rest on, each once, as they stand in a module's docstring."""
    lines = []
    for entry in relied_on(list(dict.fromkeys(name for names in rests_on.values() for name in names)), proved):
        lines.append(f"    {entry.name} ({entry.scope})")
        lines += wrapped(f"{entry.claim} {entry.relation} {entry.result}", indent=8)
        for word, parts in (("where", entry.where), ("assuming", entry.assuming)):
            if parts:
                lines += listing(word, parts, indent=8)
    return lines or ["    nothing in this run"]


def listing(word: str, parts: Sequence[str], indent: int) -> list[str]:
    """A word and what it introduces, with line breaks between the parts rather than inside a formula."""
    rows = [word]
    for part in [*(f"{part}," for part in parts[:-1]), parts[-1]]:
        if rows == [word] or indent + len(f"{rows[-1]} {part}") <= WIDTH:
            rows[-1] += f" {part}"
        else:
            rows.append(part)
    return [line for row in rows for line in wrapped(row, indent)]


def rests_on_lines(names: Sequence[str], proved: Sequence[Proved]) -> list[str]:
    """The sentence of a function's docstring that names its derivations and the scopes in which they were proved."""
    scopes = {name: [entry.scope for entry in relied_on([name], proved)] for name in names}
    parts = [f"{name} ({', '.join(found) or 'not proved in this run'})" for name, found in scopes.items()]
    return wrapped(f"Rests on: {', '.join(parts)}.", indent=4)


def wrapped(text: str, indent: int) -> list[str]:
    """Text as lines that may stand in a docstring: one space between words, no escape, no closing quotes."""
    words = " ".join(text.split()).replace("\\", "\\\\").replace('"', "'")
    margin = " " * indent
    return wrap(words, WIDTH, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False)
