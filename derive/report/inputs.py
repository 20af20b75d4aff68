"""What one can move at a point: a control for every variable, in the range that the hypotheses leave it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, TypeAlias

from derive.formula.arrays import Tensor
from derive.formula.hypotheses import Equation, Hypothesis, OneHot, OneOf, Positive
from derive.formula.scope import meanings
from derive.formula.substitution import leaves
from derive.formula.tree import (
    Apply,
    Entry,
    Expr,
    Index,
    Negative,
    Numeral,
    Plus,
    Power,
    Quotient,
    Size,
    Sum,
    Symbol,
    Times,
)

Name: TypeAlias = "Symbol | Tensor"
Kind: TypeAlias = Literal["real", "positive", "unit", "share", "label", "hot"]
"""Any number; one above 0; one between 0 and 1; entries that sum to 1; one of some values; 1 at a class, else 0."""

RANGES: Mapping[Kind, tuple[float, float, float]] = {
    "real": (-4, 4, 0.1),
    "positive": (0.1, 4, 0.1),
    "unit": (0.02, 0.98, 0.02),
    "share": (0, 1, 0.05),
}
STARTS: Mapping[Kind, Sequence[tuple[float, ...]]] = {
    "real": ((1, 0.2, -0.6, 0.5, -0.3, 0.8), (0.5, -1, 0.7, 0.3, -0.4, 0.9), (-0.8, 0.6, 1.2, -0.5, 0.4, 0.1)),
    "positive": ((1, 1.5, 0.7, 1.2, 0.9, 1.8),),
    "unit": ((0.7,),),
    "share": ((0.7, 0.2, 0.1, 0.1, 0.1, 0.1),),
}
"""Where the controls stand first: one row for each variable of a kind, and over again."""


class NoControlError(ValueError):
    """A hypothesis that no control keeps."""


@dataclass(frozen=True, slots=True)
class Input:
    """A variable and its control."""

    name: Name
    kind: Kind
    starts: tuple[float, ...] = ()
    values: tuple[int, ...] = ()
    """Of a label."""
    letter: str = ""
    """Of the class at which a label is 1."""

    @property
    def sizes(self) -> tuple[Size, ...]:
        return self.name.sizes if isinstance(self.name, Tensor) else ()

    def places(self, sizes: Mapping[Size, int]) -> Iterator[tuple[int, ...]]:
        """Every subscript that it takes."""
        yield from product(*(range(1, sizes[size] + 1) for size in self.sizes))

    def leaf(self, places: tuple[int, ...]) -> Symbol | Entry:
        """The entry in these places, or the scalar."""
        return self.name[places] if isinstance(self.name, Tensor) else self.name

    def start(self, places: tuple[int, ...], sizes: Mapping[Size, int]) -> float:
        """Where the control of one entry stands first: rows of a matrix are turned against each other."""
        if not places:
            return self.starts[0]
        turned = places[-1] - 1
        if len(places) > 1:
            turned = (turned - sum(place - 1 for place in places[:-1])) % sizes[self.sizes[-1]]
        return self.starts[turned % len(self.starts)]


def inputs(lines: Sequence[Expr], assuming: Iterable[Hypothesis]) -> tuple[Input, ...]:
    """A control for every variable of the lines; raises NoControlError where a hypothesis asks for more."""
    given = tuple(assuming)
    shares = {share(h) for h in given if isinstance(h, Equation)}
    hot = {h.label: h.at.name for h in given if isinstance(h, OneHot)}
    labels = {h.symbol: h.values for h in given if isinstance(h, OneOf)}
    stated = [h.body for h in given if isinstance(h, Positive)]
    below_one = {one for body in stated for one in [_less_than_one(body)] if one is not None}
    signed = set(below_one).union(*map(leaves, stated), *(denominators(line) for line in lines))
    found: list[Input] = []
    counts: dict[Kind, int] = {}
    for name in variables(lines):
        if name in hot:
            found.append(Input(name, "hot", letter=hot[name]))
            continue
        if isinstance(name, Symbol) and name in labels:
            found.append(Input(name, "label", values=labels[name]))
            continue
        kind: Kind = (
            "share" if name in shares else "unit" if name in below_one else "positive" if name in signed else "real"
        )
        rows = STARTS[kind]
        found.append(Input(name, kind, rows[counts.get(kind, 0) % len(rows)]))
        counts[kind] = counts.get(kind, 0) + 1
    return tuple(found)


def variables(lines: Sequence[Expr]) -> list[Name]:
    """What the lines are functions of, vectors first, then by name."""
    found = {
        meaning
        for meaning in meanings(*lines).values()
        if isinstance(meaning, Symbol | Tensor) and meaning.definition is None
    }
    parameters = {getattr(meaning, "parameter", None) for meaning in meanings(*lines).values()}
    own = frozenset[Name]().union(*map(leaves, lines))
    return sorted(found - (parameters - own), key=lambda name: (isinstance(name, Symbol), name.name))


def share(equation: Equation) -> Tensor:
    """The tensor of which an equation says that each row sums to 1; raises NoControlError where it says else."""
    match equation:
        case Equation(Sum(index, Entry(tensor, (*rows, last))), Numeral(1)) if last == index:
            if tensor.definition is None and all(isinstance(row, Index) for row in rows) and len({*rows}) == len(rows):
                return tensor
    raise NoControlError(f"{equation.left} = {equation.right}")


def _less_than_one(body: Expr) -> Symbol | None:
    """p where 1 − p is positive."""
    match body:
        case Plus((Numeral(1), Negative(Symbol() as name))) if name.definition is None:
            return name
    return None


def denominators(formula: Expr) -> set[Name]:
    """The variables by which the formula, or a definition behind it, divides, or whose logarithm it takes."""
    bodies = [formula]
    for meaning in meanings(formula).values():
        body = getattr(meaning, "definition", None)
        if isinstance(body, Expr):
            bodies.append(body)
    found: set[Name] = set()
    for body in bodies:
        for node in body.walk():
            match node:
                case Quotient(_, bottom):
                    found |= bare(bottom)
                case Apply(function, argument) if function.name == "log":
                    found |= bare(argument)
    return found


def bare(formula: Expr) -> set[Name]:
    """The variables in a formula that stand in no function."""
    match formula:
        case Symbol(definition=None):
            return {formula}
        case Entry(tensor) if tensor.definition is None:
            return {tensor}
        case Plus() | Times() | Sum() | Power() | Quotient() | Negative():
            return set[Name]().union(*map(bare, formula.children()))
    return set()


def in_order(lines: Sequence[Expr]) -> list[Index]:
    """The free indices as they are met in reading."""
    free = frozenset[Index]().union(*(line.free_indices for line in lines))
    met = [place for line in lines for node in line.walk() for place in node.own_places]
    return [place for place in dict.fromkeys(met) if isinstance(place, Index) and place in free]
