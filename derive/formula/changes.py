"""Which subformulas did a step change?  Paths of child numbers, for the printer to tint."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import TypeAlias

from .arrays import ArrayPlus
from .tree import Formula, Plus, Strike, Times

Path: TypeAlias = tuple[int, ...]


def changes(before: Formula, after: Formula) -> frozenset[Path]:
    """The smallest subformulas of `after` that `before` does not have in the same place."""
    if before == after:
        return frozenset()
    if type(before) is not type(after) or isinstance(after, Strike):
        return frozenset({()})
    old, new = before.children(), after.children()
    if not new or own_part(before) != own_part(after):
        return frozenset({()})
    if len(old) != len(new):
        return in_list(old, new) if isinstance(after, Plus | Times | ArrayPlus) else frozenset({()})
    found = [frozenset((n, *path) for path in changes(a, b)) for n, (a, b) in enumerate(zip(old, new, strict=True))]
    if all((n,) in paths for n, paths in enumerate(found)):
        return frozenset({()})  # nothing of it is left: mark the whole, not its parts
    return frozenset().union(*found)


def in_list(old: Sequence[Formula], new: Sequence[Formula]) -> frozenset[Path]:
    """The terms or factors of `new` that are not a common subsequence with `old`."""
    matcher = SequenceMatcher(None, list(map(repr, old)), list(map(repr, new)), autojunk=False)
    blocks = [(tag, a, b, c, d) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"]
    paths: set[Path] = set()
    for _, a, b, c, d in blocks:
        for n in range(c, d):
            same_length = b - a == d - c
            paths |= {(n, *path) for path in changes(old[a + n - c], new[n])} if same_length else {(n,)}
    return frozenset({()}) if paths == {(n,) for n in range(len(new))} else frozenset(paths)


def own_part(formula: Formula) -> object:
    """What a node says beside its children: a function's name, a sum's index."""
    return tuple(getattr(formula, name, None) for name in ("function", "index", "conditions", "place", "layout"))
