"""Certificates of the catalog for the tests: at a chosen K and for every K, made once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from derive.catalog import entries
from derive.derivation import Derivation
from derive.kernel.certificate import certificate
from derive.kernel.decide import Decider
from derive.kernel.every import IndexDecider
from derive.kernel.verdict import Conditional, Proved


@cache
def certificates(K: int | None) -> dict[tuple[str, int], str]:
    """Of every step that is proved at K (K = None: for every K) and is no rounded number."""
    return {key: text for d in entries().values() if isinstance(d, Derivation) for key, text in of(d, K)}


def of(d: Derivation, K: int | None) -> Iterator[tuple[tuple[str, int], str]]:
    pinned = dict(d.sizes)
    rounded = frozenset(n for n, step in enumerate(d.steps, 1) if step.relation == "≈")
    decider: Decider | IndexDecider
    if K is None:
        decider = IndexDecider(d.assuming, sizes=pinned)
    else:
        decider = Decider({size: pinned.get(size, K) for size in d.free_sizes}, d.assuming)
    decisions = decider.decide_chain(d.lines, rounded)
    for n, decision in enumerate(decisions, 1):
        if isinstance(decision.verdict, Proved | Conditional) and n not in rounded:
            sides = d.scalars[n - 1], d.scalars[n]
            yield (d.name, n), certificate(d.name, n, sides, decider, decision.verdict)
