"""The instances of a line: every value of its free indices, or one for each way in which they coincide.

Theorem.  A formula without a numeral as subscript commutes with permutations
of the values of its indices: permuting the classes everywhere maps the
instance at (i, j, …) onto the one at (π i, π j, …), with the variables permuted
in the same way.  Two instances whose indices coincide alike are mapped onto
each other by some π, so that one holds identically exactly when the other does.
Sums and deltas are built from the index ranges alone, definitions and
hypotheses hold for every class, and an unknown function of a vector stays an
unknown function when its arguments are permuted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from derive.formula.arrays import Tensor
from derive.formula.hypotheses import Equation, Hypothesis, OneHot, OneOf, Positive, formulas, given_indices
from derive.formula.memory import remembered
from derive.formula.tree import (
    Apply,
    Cases,
    Delta,
    Distinct,
    Entry,
    Equals,
    Expr,
    Formula,
    Index,
    Pick,
    Same,
    Size,
    Symbol,
)

from .hypotheses import allowed, assumed, every_value
from .value import Instance

FEW = 5
"""Up to this size every instance is decided, as a cross-check."""

AT_MOST = 2000
"""… as long as there are no more of them than this."""


def letters(lines: Sequence[Expr], assuming: Sequence[Hypothesis]) -> list[Index]:
    """The indices that an instance gives a number to."""
    free = frozenset[Index]().union(*(line.free_indices for line in lines), *map(given_indices, assuming))
    return sorted(free, key=lambda index: (index.size.name, index.name))


def has_numerals(lines: Sequence[Expr], assuming: Sequence[Hypothesis]) -> bool:
    """Whether a subscript is a numeral, in the lines, in the hypotheses or in a definition below them."""
    if any(isinstance(place, int) for h in assuming if isinstance(h, Same | Distinct) for place in (h.left, h.right)):
        return True
    written = [body for h in assuming if isinstance(h, Equation | Positive) for body in formulas(h)]
    labels = [h for h in assuming if isinstance(h, OneHot | OneOf)]
    return any(map(is_numbered, (*lines, *written))) or any(map(has_numeral, everything((), labels)))


@remembered
def is_numbered(line: Expr) -> bool:
    """Whether a subscript is a numeral, in a line or in a definition below it; asked of a line many times."""
    return any(map(has_numeral, everything([line], ())))


def has_numeral(node: Formula) -> bool:
    """Whether a subscript at this very node is a numeral."""
    return isinstance(node, Pick) or any(isinstance(place, int) for place in node.own_places)


def numerals(lines: Sequence[Expr], assuming: Sequence[Hypothesis]) -> frozenset[tuple[str, int]]:
    """The numerals that stand as subscripts, each with the size of which it is one value."""
    if not has_numerals(lines, assuming):
        return frozenset()
    found: set[tuple[str, int]] = set()
    pairs = [(h.left, h.right) for h in assuming if isinstance(h, Same | Distinct)]
    for formula in everything(lines, assuming):
        match formula:
            case Entry(tensor, places):
                found.update((s.name, p) for s, p in zip(tensor.sizes, places, strict=True) if isinstance(p, int))
            case Delta(left, right):
                pairs.append((left, right))
            case Cases(conditions):
                pairs += [(c.left, c.right) for c in conditions if not isinstance(c, Equals)]
    for left, right in pairs:
        for here, there in ((left, right), (right, left)):
            if isinstance(here, int) and isinstance(there, Index):
                found.add((there.size.name, here))
    return frozenset(found)


def everything(lines: Sequence[Expr], assuming: Sequence[Hypothesis]) -> Iterator[Formula]:
    """All nodes of the lines, the hypotheses and the definitions below them; shared ones once."""
    seen: set[int] = set()
    stack: list[Formula] = [*lines, *assumed(assuming)]
    while stack:
        formula = stack.pop()
        if id(formula) in seen:
            continue
        seen.add(id(formula))
        yield formula
        stack.extend(formula.children())
        match formula:
            case (Symbol() as name) | Entry(name):
                stack.extend(behind(name))
            case Apply(function) if function.definition is not None:
                stack.append(function.definition)
            case Cases(conditions):
                stack.extend(c.left for c in conditions if isinstance(c, Equals))


def behind(name: Symbol | Tensor) -> Iterator[Expr]:
    """What a name is defined as, and what is behind the name of which it is an unknown function."""
    while name.of is not None:
        name = name.of
    if name.definition is not None:
        yield name.definition


def coincidences(indices: Sequence[Index], sizes: Mapping[Size, int]) -> Iterator[dict[Index, int]]:
    """One choice of numbers for each way in which indices of one size can coincide: 1, 2, 5, 15, … ways."""

    def grow(rest: Sequence[Index], at: dict[Index, int]) -> Iterator[dict[Index, int]]:
        if not rest:
            yield dict(at)
            return
        first, *others = rest
        used = max((number for index, number in at.items() if index.size == first.size), default=0)
        for number in range(1, min(used + 1, sizes[first.size]) + 1):
            yield from grow(others, {**at, first: number})

    yield from grow(list(indices), {})


def instances(
    lines: Sequence[Expr], assuming: Sequence[Hypothesis], sizes: Mapping[Size, int], every: bool
) -> Iterator[Instance]:
    """The instances that the hypotheses allow."""
    indices = letters(lines, assuming)
    labels: dict[Symbol, tuple[int, ...]] = {}
    for h in assuming:
        if isinstance(h, OneOf):
            labels[h.symbol] = tuple(value for value in labels.get(h.symbol, h.values) if value in h.values)
    for at in every_value(indices, sizes) if every else coincidences(indices, sizes):
        if allowed(assuming, at):
            for values in product(*labels.values()):
                yield Instance(at, dict(zip(labels, values, strict=True)))


def decide_every(lines: Sequence[Expr], assuming: Sequence[Hypothesis], sizes: Mapping[Size, int]) -> bool:
    """Whether every instance is decided without being asked to: few classes, and few instances."""
    indices = letters(lines, assuming)
    count = 1
    for index in indices:
        count *= sizes[index.size]
    return count <= AT_MOST and all(sizes[index.size] <= FEW for index in indices)
