"""What the index of a run shows, as plain values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from derive.proof import Proof, VerdictName

from .beside import Beside, beside
from .language import gettext, marked, prose, said
from .page import Link, Page
from .rests import Map, by_family, rests
from .scopes import Kind
from .words import VERDICTS, verdict_name

TAKEN = ("index", "map", "report")
"""The names of the files of a whole run."""
SLIDES = "-slides"
"""How the file of a deck ends."""
PITFALLS = marked("Pitfalls")


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

    kind: Kind
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
    beside: Mapping[str, Beside]
    """By name, what stands beside each page."""
    right: Mapping[str, Page]
    """By a pitfall's name the page of the derivation that is right, where the run has it."""
    verdicts: tuple[Count, ...]
    """How many pages have each verdict, pitfalls among them: by what one may filter."""
    scopes: tuple[tuple[Kind, str], ...]
    """For what there are verdicts, in words."""
    map: Map


def deck(href: str) -> str:
    """The file of the slides that stands beside a page."""
    return f"{href.removesuffix('.html')}{SLIDES}.tex"


def links(proofs: Sequence[Proof]) -> dict[str, Link]:
    """Each proof's page by name; file names hold letters, digits and hyphens, and no two are alike."""
    found: dict[str, Link] = {}
    taken = set(TAKEN)
    for proof in proofs:
        bare = re.sub(r"[^A-Za-z0-9]+", "-", proof.name).strip("-") or "derivation"
        stem, n = bare, 1
        while taken & {stem.lower(), stem.lower() + SLIDES}:
            n += 1
            stem = f"{bare}-{n}"
        taken |= {stem.lower(), stem.lower() + SLIDES}
        found[proof.name] = Link(proof.name, prose(proof.entry.title), f"{stem}.html")
    return found


def index(
    pages: Sequence[Page],
    families: Mapping[str, Sequence[str]],
    scope: str,
    proofs: Sequence[Proof] = (),
    timed: bool = False,
    ground: Map | None = None,
) -> Index:
    """The index of a run; `families` gives the groups' titles with the names in them, `proofs` what they rest on.

    `ground` is their map, where it is known already.
    """
    derivations = [page for page in pages if not page.is_pitfall]
    groups = grouped(derivations, families)
    pitfalls = tuple(page for page in pages if page.is_pitfall)
    by_name = {page.name: page for page in pages}
    named = {group.title: [page.name for page in group.pages] for group in groups}
    named |= {said(PITFALLS): [page.name for page in pitfalls]} if pitfalls else {}
    known = [proof for proof in proofs if proof.name in by_name]
    verdicts = Counter(page.verdict for page in pages)
    told = tallies(derivations, scope)
    return Index(
        groups=groups,
        pitfalls=pitfalls,
        tallies=told,
        total=len(pages),
        as_expected=sum(page.as_expected for page in pages),
        beside={proof.name: beside(proof, timed) for proof in known},
        right={one.name: by_name[one.instead.name] for one in pitfalls if one.instead and one.instead.name in by_name},
        verdicts=tuple(
            Count(verdict, verdict_name(verdict), verdicts[verdict]) for verdict in VERDICTS if verdicts[verdict]
        ),
        scopes=tuple((one.kind, one.scope) for one in told),
        map=by_family(ground or rests(known, links(known)), named),
    )


def grouped(pages: Sequence[Page], families: Mapping[str, Sequence[str]]) -> tuple[Group, ...]:
    """Pages under the titles of their families, each page once; the rest come last."""
    groups, taken = [], set[str]()
    for title, names in families.items():
        members = tuple(page for page in pages if page.name in names and page.name not in taken)
        taken |= {page.name for page in members}
        groups.append(Group(prose(title), members))
    rest = tuple(page for page in pages if page.name not in taken)
    groups.append(Group(gettext("Other derivations") if taken else gettext("Derivations"), rest))
    return tuple(group for group in groups if group.pages)


def tallies(pages: Sequence[Page], scope: str) -> tuple[Tally, ...]:
    """Verdicts for every K, on numbers and at sizes, and once more at the chosen K."""
    found = Counter[tuple[Kind, VerdictName]]((one.kind, one.verdict) for page in pages for one in page.findings)
    kinds: dict[Kind, str] = {
        "every": gettext("For every $K$"),
        "scalar": gettext("Without a $K$"),
        "own": gettext("At a $K$ of their own"),
        "chosen": gettext("At $%(scope)s$", scope=scope),
    }
    told = [
        Tally(kind, label, tuple(Count(v, verdict_name(v), found[kind, v]) for v in VERDICTS if found[kind, v]))
        for kind, label in kinds.items()
    ]
    return tuple(tally for tally in told if tally.counts)
