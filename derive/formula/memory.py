"""What was found of formulas, which never change: found once of each, and remembered within a bound."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeAlias, TypeVar

from .tree import Formula

Asked = TypeVar("Asked", bound=Formula)
Found = TypeVar("Found")

Memory: TypeAlias = dict[int, tuple[Formula, Found]]
"""What was found of formulas by their identity; each is kept, so that no other has its id."""

MOST_REMEMBERED = 5000
"""Of how many formulas a memory has something."""


def remember(memory: Memory[Found], formula: Formula, found: Found) -> None:
    """Keep what was found of a formula; where that is too much, forget all."""
    if len(memory) >= MOST_REMEMBERED:
        memory.clear()
    memory[id(formula)] = formula, found


def remembered(find: Callable[[Asked], Found]) -> Callable[[Asked], Found]:
    """The same function, which finds out once of each formula."""
    memory: Memory[Found] = {}

    @wraps(find)
    def again(formula: Asked) -> Found:
        known = memory.get(id(formula))
        if known is not None:
            return known[1]
        found = find(formula)
        remember(memory, formula, found)
        return found

    return again
