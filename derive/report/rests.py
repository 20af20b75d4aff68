"""On what derivations rest: definitions, rules, and other derivations of the same run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from derive.derivation import Derivation
from derive.formula.arrays import Tensor
from derive.formula.latex import latex
from derive.formula.tree import Apply, Entry, Formula, Function, Symbol
from derive.proof import Proof
from derive.rules import definition

from .chain import Link
from .language import prose
from .reasons import rule_name

Kind: TypeAlias = Literal["definition", "rule"]

SHARED = 2
"""A name that only one derivation writes out stands on that derivation's page; from two on it is a ground."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A definition or a rule on which derivations rest."""

    kind: Kind
    key: str
    """d0, d1, … and r0, r1, …: how pages call it."""
    name: str
    """Of a rule in prose; of a definition in LaTeX."""
    equation: str
    """In LaTeX; nothing where a rule has none."""
    condition: str
    written: str
    """A definition as it is written in Python, for where no formula can be set."""
    carries: tuple[str, ...]
    """The names of the derivations that rest on it."""


@dataclass(frozen=True, slots=True)
class Resting:
    """A derivation, and on what it rests."""

    link: Link
    is_pitfall: bool
    grounds: tuple[str, ...]
    """The keys of definitions and rules."""
    derivations: tuple[str, ...]
    """The names of the derivations that its steps give as reasons."""
    carries: tuple[str, ...]
    """The names of the derivations that rest on it."""


@dataclass(frozen=True, slots=True)
class Family:
    """Derivations that belong together, in the order of the run."""

    title: str
    members: tuple[Resting, ...]


@dataclass(frozen=True, slots=True)
class Map:
    """Everything that rests on something, and what it rests on."""

    families: tuple[Family, ...]
    definitions: tuple[Ground, ...]
    rules: tuple[Ground, ...]

    @property
    def members(self) -> tuple[Resting, ...]:
        """All derivations."""
        return tuple(one for family in self.families for one in family.members)

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """The definitions, then the rules."""
        return (*self.definitions, *self.rules)

    @property
    def links(self) -> int:
        """How often a derivation gives another one as its reason."""
        return sum(len(one.derivations) for one in self.members)


def rests(
    proofs: Sequence[Proof],
    titles: Mapping[str, Link],
    families: Mapping[str, Sequence[str]] | None = None,
) -> Map:
    """The map of a run; `families` are the groups of the index, each a title with names in it, or all are one."""
    written = {proof.name: proof.derivation for proof in proofs if proof.derivation is not None}
    definitions, rules = _definitions(written), _rules(written, titles)
    under: dict[str, list[str]] = {name: [] for name in titles}
    for ground in (*definitions, *rules):
        for name in ground.carries:
            under[name].append(ground.key)
    others = reasons(proofs, titles)
    above = carried(others)
    resting = {
        proof.name: Resting(
            link=titles[proof.name],
            is_pitfall=not isinstance(proof.entry, Derivation),
            grounds=tuple(under[proof.name]),
            derivations=others.get(proof.name, ()),
            carries=above.get(proof.name, ()),
        )
        for proof in proofs
    }
    whole = Map((Family("", tuple(resting.values())),), definitions, rules)
    return whole if families is None else by_family(whole, families)


def by_family(found: Map, families: Mapping[str, Sequence[str]]) -> Map:
    """The same map with these groups."""
    members = {one.link.name: one for one in found.members}
    groups = {title: [members[name] for name in names if name in members] for title, names in families.items()}
    return replace(found, families=tuple(Family(title, tuple(group)) for title, group in groups.items()))


def reasons(proofs: Sequence[Proof], titles: Mapping[str, Link]) -> dict[str, tuple[str, ...]]:
    """By the name of each derivation the others of the run that are reasons in it, each once."""
    return {
        proof.name: tuple(
            name
            for name in dict.fromkeys(step.by.name for step in proof.derivation.steps)
            if name in titles and name != proof.derivation.name
        )
        for proof in proofs
        if proof.derivation is not None
    }


def carried(below: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """By name the derivations that rest on one, where `below` says on which each of them rests."""
    above: dict[str, list[str]] = {}
    for name, others in below.items():
        for other in others:
            above.setdefault(other, []).append(name)
    return {name: tuple(names) for name, names in above.items()}


def _definitions(written: Mapping[str, Derivation]) -> tuple[Ground, ...]:
    """The definitions that several derivations share, in the order of their first use; what prints alike is one."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for name, derivation in written.items():
        printed = [(latex(left), latex(right), str(right)) for left, right in derivation.definitions()]
        for one in dict.fromkeys(printed):
            found.setdefault(one, []).append(name)
    shared = [(one, names) for one, names in found.items() if len(names) >= SHARED]
    return tuple(
        Ground("definition", f"d{n}", left, f"{left} = {right}", "", source, tuple(names))
        for n, ((left, right, source), names) in enumerate(shared)
    )


def _rules(written: Mapping[str, Derivation], titles: Mapping[str, Link]) -> tuple[Ground, ...]:
    """The rules that steps name, those of most derivations first; a name that is written out is no rule."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for name, derivation in written.items():
        own = {definition(_named(left)).name for left, _ in derivation.definitions()}  # those are definitions, above
        for rule in dict.fromkeys(step.by for step in derivation.steps):
            if rule.name not in titles and rule.name not in own:
                users = found.setdefault((rule_name(rule.name), prose(rule.equation), rule.condition), [])
                users += [name] if name not in users else []
    ordered = sorted(found.items(), key=lambda one: -len(one[1]))  # of equally many, the first named comes first
    return tuple(
        Ground("rule", f"r{n}", name, equation, condition, "", tuple(names))
        for n, ((name, equation, condition), names) in enumerate(ordered)
    )


def _named(left: Formula) -> Symbol | Function | Tensor:
    """What the left side of a definition gives a name to."""
    match left:
        case Entry(tensor=tensor):
            return tensor
        case Apply(function=function):
            return function
        case Symbol():
            return left
    raise TypeError(f"{left!r} is not the name of anything")
