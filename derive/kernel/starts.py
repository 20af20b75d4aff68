"""From which number of each size on there is a point at which the hypotheses hold: zero instances prove nothing.

What hypotheses say of sizes alone is decided for every number.  Of the others a point is looked for at small numbers,
where a tower decides; that there is one at all larger ones is not proved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from derive.formula.hypotheses import Hypothesis, Positive
from derive.formula.tree import Numeral, Size

from .assumptions import reading
from .conditions import on_a_size
from .decide import Decider
from .hypotheses import Contradiction, sizes_spoken
from .index import IndexTower
from .letters import IndexReader
from .polynomial import Clock
from .verdict import Unknown

FURTHER = (2, 2, 1)
"""How many numbers after the first are tried of each size, where one, two or more of them are open."""


def starts(assuming: Sequence[Hypothesis], pinned: Mapping[Size, int], clock: Clock) -> dict[str, int]:
    """The least number of each open size from which on, among those tried, the hypotheses have a point everywhere.

    Raises Contradiction where there are none.
    """
    first = on_sizes(assuming, pinned, clock)
    found = sorted(sizes_spoken(assuming) - pinned.keys(), key=lambda size: size.name)
    least = [first.get(size.name, 1) for size in found]
    further = range(1 + FURTHER[min(len(found), len(FURTHER)) - 1])
    empty: dict[tuple[int, ...], str] = {}
    for steps in product(further, repeat=len(found)):
        sizes = {size: number + step for size, number, step in zip(found, least, steps, strict=True)}
        verdict = Decider({**pinned, **sizes}, assuming, clock.limits).decide(Numeral(0), Numeral(0)).verdict
        if isinstance(verdict, Unknown):
            at = ", ".join(f"{size} = {number}" for size, number in sizes.items())
            empty[steps] = f"at {at} {verdict.reason}"
    for begin in sorted(product(further, repeat=len(found)), key=sum):
        if not any(all(a >= b for a, b in zip(steps, begin, strict=True)) for steps in empty):
            return {size.name: number + b for size, number, b in zip(found, least, begin, strict=True)}
    raise Contradiction(empty[max(empty)])


def on_sizes(assuming: Sequence[Hypothesis], pinned: Mapping[Size, int], clock: Clock) -> dict[str, int]:
    """From which number on the hypotheses hold that are about sizes alone; raises Contradiction where from none."""
    tower, found = IndexTower(clock, {size.name: number for size, number in pinned.items()}), dict[str, int]()
    reader = IndexReader(tower, pinned)  # to which nothing is said to be positive
    for h in assuming:
        if isinstance(h, Positive) and not h.body.free_indices:
            value, _ = reading(reader, h.body, {})
            sizes = {tower.size_number(name) for name in tower.size_names}
            if value.generators() <= sizes and tower.sign(value) <= 0 and value.number() is None:
                start = on_a_size(tower, value, "> 0")
                if start is None:
                    raise Contradiction(f"{h.body} > 0 is not seen to hold from some size on; give the sizes numbers")
                size, number = start
                found[size] = max(number, found.get(size, 1))
    return found
