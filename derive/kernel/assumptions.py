"""Hypotheses for every K: an equation is a value for one generator, whatever its letters; and what is positive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from derive.formula.arrays import Tensor
from derive.formula.hypotheses import Equation, Hypothesis, OneHot, OneOf, Positive
from derive.formula.tree import Entry, Expr, Symbol

from .generators import Generator, Summed, Variable
from .hypotheses import Contradiction
from .index import Families, IndexTower
from .letters import IndexReader
from .polynomial import Polynomial, constant, generator
from .value import Instance


@dataclass(frozen=True, slots=True)
class Assumed:
    """What the hypotheses say in one case, as values to put in, one family of generators after the other."""

    values: tuple[Families, ...]
    unused: tuple[str, ...]
    """Equations that give no generator a value."""
    plain: bool
    """Whether some point certainly satisfies the hypotheses, for every K: each gives a variable, or a sum, of its own
    a value, and nothing else is said about it."""

    def put_into(self, p: Polynomial, tower: IndexTower) -> Polynomial:
        """p where the hypotheses hold."""
        for families in self.values:
            p = tower.substitute(p, families)
        return p


def assume_positive(reader: IndexReader, assuming: Sequence[Hypothesis]) -> None:
    """Tell the tower what is > 0, before any formula is read."""
    for h in assuming:
        if isinstance(h, Positive):
            value, _ = reading(reader, h.body, {})
            match list(value):
                case [(((g, 1),), 1)] if isinstance(kind := reader.kind(g), Variable):
                    if len({place for place in kind.places if place < 0}) == len(kind.places):  # of every entry
                        reader.tower.positive_names.add(kind.name)
                    reader.tower.positive.add(g)
                case _ if not value.is_zero:
                    reader.tower.assume_positive(value)


def reading(reader: IndexReader, body: Expr, labels: Mapping[Symbol, int]) -> tuple[Polynomial, bool]:
    """A formula of a hypothesis, in which every free index stands for all of its values; whether it always has one."""
    tower = reader.tower
    at = {i: tower.given_letter(i.name, i.size.name) for i in body.free_indices}
    value, demands = reader.read(body, Instance(at, labels))
    return tower.without_delta(value), not demands


def assumed(reader: IndexReader, assuming: Sequence[Hypothesis], instance: Instance) -> Assumed:
    """The hypotheses in one case; raises Contradiction where they cannot hold."""
    tower = reader.tower
    values: list[Families] = []
    unused: list[str] = []
    plain = True
    heads: set[str] = set()
    for h in assuming:
        match h:
            case OneHot(label, at):
                values.append(one_hot(tower, label.name, instance.at[at]))
                plain = plain and label.name not in heads
                heads.add(label.name)
            case OneOf(symbol):
                values.append(one_value(tower, symbol.name, instance.labels[symbol]))
                plain = plain and symbol.name not in heads
                heads.add(symbol.name)
            case Positive(Symbol(name, None, None) | Entry(Tensor(name, definition=None, of=None))):
                plain = plain and name not in heads
                heads.add(name)
            case Positive():
                plain = False
            case Equation(left, right):
                difference, defined = reading(reader, left - right, instance.labels)
                plain = plain and defined
                for families in values:
                    difference = tower.substitute(difference, families)
                if difference.is_zero:
                    continue
                if difference.number() is not None:
                    raise Contradiction(f"the hypothesis {left} = {right} contradicts the others")
                found = solved(tower, difference)
                if found is None:
                    unused.append(f"{left} = {right}")
                    plain = False
                    continue
                values.append(family(tower, *found))
                names = {kind.name for g in tower.support(found[0]) if isinstance(kind := reader.kind(g), Variable)}
                names -= tower.size_names
                plain = plain and heads.isdisjoint(names) and is_plain(tower, found[0]) and not found[1].generators()
                heads |= names
    return Assumed(tuple(values), tuple(unused), plain)


def one_hot(tower: IndexTower, name: str, at: int) -> Families:
    """t_k = δ_kc."""

    def touches(kind: Generator) -> bool:
        return isinstance(kind, Variable) and kind.name == name and not kind.opaque

    def value(g: int) -> Polynomial | None:
        kind = tower.generators[g]
        return tower.delta(kind.places[0], at) if isinstance(kind, Variable) and touches(kind) else None

    return Families(touches, value)


def one_value(tower: IndexTower, name: str, number: int) -> Families:
    """A label with its value."""
    label = Variable(name)
    return Families(lambda kind: kind == label, lambda g: constant(number) if tower.generators[g] == label else None)


def is_plain(tower: IndexTower, g: int) -> bool:
    """Whether a generator is a variable, or the sum of a variable over its subscripts: it can have every value."""
    match tower.generators[g]:
        case Variable():
            return True
        case Summed(_, ((h, 1),)):
            return isinstance(tower.generators[h], Variable)
    return False


def solved(tower: IndexTower, equation: Polynomial) -> tuple[int, Polynomial] | None:
    """(g, value): a sum, or else a variable, in which the equation is linear; the value holds for all its letters."""
    candidates = []
    for m, c in equation:
        match m:
            case ((g, 1),) if isinstance(tower.generators[g], Summed | Variable) and g not in sizes_in(tower):
                candidates.append((isinstance(tower.generators[g], Summed), g, c))
    for _, g, c in sorted(candidates, reverse=True):
        rest = Polynomial({m: d for m, d in equation if m != ((g, 1),)})
        letters = tower.letters_of(g)
        below = {h for k in rest.generators() for h in tower.support(k)}
        if all(tower.letters_in(m) <= letters for m, _ in rest) and not any(alike(tower, g, h) for h in below):
            return g, rest.scaled(-1 / Fraction(c))
    return None


def sizes_in(tower: IndexTower) -> set[int]:
    """The generators that are sizes."""
    return {tower.numbers[Variable(name)] for name in tower.size_names}


def alike(tower: IndexTower, g: int, h: int) -> bool:
    """Whether two generators are of one family: both entries of one array, or one sum but for the letters."""
    left, right = tower.generators[g], tower.generators[h]
    match left, right:
        case Variable(), Variable():
            return left.name == right.name
        case Summed(), Summed():
            return left.slots == right.slots and len(left.monomial) == len(right.monomial)
    return False


def family(tower: IndexTower, head: int, value: Polynomial) -> Families:
    """Every generator that is the head with other letters, and what the equation says of it."""
    pattern = sorted(tower.letters_of(head))
    kind = tower.generators[head]
    names = {k.name for g in tower.support(head) if isinstance(k := tower.generators[g], Variable)} - tower.size_names

    def touches(other: Generator) -> bool:
        return isinstance(other, Variable) and other.name in names and not other.opaque

    def holds(g: int) -> dict[int, int] | None:
        other = tower.generators[g]
        if isinstance(kind, Variable):
            return matched(kind, other)
        if not isinstance(other, Summed) or not isinstance(kind, Summed) or other.slots != kind.slots:
            return None
        ways = tower.matchings(pattern, sorted(tower.places_in(g)))
        return next((to for to in ways if tower.renamed(generator(head), to) == generator(g)), None)

    def found(g: int) -> Polynomial | None:
        to = holds(g)
        return None if to is None else tower.renamed(value, to)

    return Families(touches, found)


def matched(pattern: Variable, other: Generator) -> dict[int, int] | None:
    """The letters of a pattern as the subscripts of another entry have them."""
    if not isinstance(other, Variable) or (other.name, other.opaque) != (pattern.name, pattern.opaque):
        return None
    to: dict[int, int] = {}
    for letter, place in zip(pattern.places, other.places, strict=True):
        if (letter > 0 and letter != place) or (letter < 0 and to.setdefault(letter, place) != place):
            return None
    return to
