"""What the index of a run shows, as plain values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from derive.proof import Proof, VerdictName

from .page import Link, Page
from .scopes import Kind
from .words import VERDICTS

TAKEN = ("index", "report")
"""The names of the files of a whole run."""


@dataclass(frozen=True, slots=True)
class Group:
    """Derivations that belong together."""

    title: str
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many derivations got a verdict."""

    verdict: str
    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Tally:
    """The verdicts for every K, or at the chosen one."""

    scope: str
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """Everything that the index shows."""

    groups: tuple[Group, ...]
    pitfalls: tuple[Page, ...]
    tallies: tuple[Tally, ...]
    total: int
    as_expected: int


def links(proofs: Sequence[Proof]) -> dict[str, Link]:
    """Each proof's page by name; file names hold letters, digits and hyphens, and no two are alike."""
    found: dict[str, Link] = {}
    taken = set(TAKEN)
    for proof in proofs:
        bare = re.sub(r"[^A-Za-z0-9]+", "-", proof.name).strip("-") or "derivation"
        stem, n = bare, 1
        while stem.lower() in taken:
            n += 1
            stem = f"{bare}-{n}"
        taken.add(stem.lower())
        found[proof.name] = Link(proof.name, proof.entry.title, f"{stem}.html")
    return found


def index(pages: Sequence[Page], families: Mapping[str, Sequence[str]], scope: str) -> Index:
    """The index of a run; `families` gives the groups' titles with the names in them."""
    derivations = [page for page in pages if not page.is_pitfall]
    groups, grouped = [], set[str]()
    for title, names in families.items():
        members = tuple(page for page in derivations if page.name in names and page.name not in grouped)
        grouped |= {page.name for page in members}
        groups.append(Group(title, members))
    rest = tuple(page for page in derivations if page.name not in grouped)
    groups.append(Group("Other derivations" if grouped else "Derivations", rest))
    return Index(
        groups=tuple(group for group in groups if group.pages),
        pitfalls=tuple(page for page in pages if page.is_pitfall),
        tallies=tallies(derivations, scope),
        total=len(pages),
        as_expected=sum(page.as_expected for page in pages),
    )


def tallies(pages: Sequence[Page], scope: str) -> tuple[Tally, ...]:
    """Verdicts for every K, on numbers and at sizes, and once more at the chosen K."""
    found = Counter[tuple[Kind, VerdictName]]((one.kind, one.verdict) for page in pages for one in page.findings)
    kinds: dict[Kind, str] = {
        "every": "For every $K$",
        "scalar": "Without a $K$",
        "own": "At a $K$ of their own",
        "chosen": f"At ${scope}$",
    }
    told = [
        Tally(label, tuple(Count(v, name, found[kind, v]) for v, name in VERDICTS.items() if found[kind, v]))
        for kind, label in kinds.items()
    ]
    return tuple(tally for tally in told if tally.counts)
