"""Which letters of a SymPy expression are indices, and over what they run: found from how they are used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import sympy as sp

from ..formula.tree import Size, WrittenError

DEFAULT_SIZE = "K"


class ReadingError(ValueError):
    """A SymPy expression that is no formula; the message names the part, and says what to write instead."""


Slot: TypeAlias = tuple[str, int] | sp.Symbol
"""A place of an IndexedBase, or an index: what has a range."""


@dataclass
class Ranges:
    """The range of every index and of every place of an IndexedBase; those that meet in a subscript have the same.

    A letter is an index when it stands in a subscript, in a KroneckerDelta, or under a Sum. Ranges come from the
    limits of a Sum, from the shape of an IndexedBase, or from an Idx; where nothing says, the size is K.
    """

    zero_based: bool = False
    _same: dict[Slot, Slot] = field(default_factory=dict)
    _sizes: dict[Slot, sp.Basic] = field(default_factory=dict)
    _starts: dict[int, sp.Basic] = field(default_factory=dict)

    @classmethod
    def of(cls, expressions: Iterable[sp.Basic]) -> Ranges:
        """The ranges in expressions that belong together."""
        found = cls()
        for expression in expressions:
            for node in sp.preorder_traversal(expression):
                found._note(node)
        if len(found._starts) > 1:
            one, two = found._starts.values()
            raise ReadingError(f"{one} and {two}: one counts from 0, the other from 1; count from 1 everywhere")
        found.zero_based = 0 in found._starts
        return found

    def size(self, slot: Slot) -> Size | int:
        """The size of an index or a place: a name, or a number for a finite range."""
        size = self._sizes.get(self._root(slot))
        if size is None:
            return Size(DEFAULT_SIZE)
        if isinstance(size, sp.Integer):
            return int(size)
        try:
            return Size(size.name)
        except WrittenError as error:
            raise ReadingError(f"the size {size}: {error}") from None

    def is_index(self, symbol: sp.Basic) -> bool:
        """Whether a letter is an index."""
        return symbol in self._same

    def is_size(self, symbol: sp.Basic) -> bool:
        """Whether a letter is the number of values of an index."""
        return symbol in self._sizes.values()

    def limits(self, index: sp.Symbol, low: sp.Expr, high: sp.Expr, within: sp.Basic) -> sp.Basic:
        """The size of the range low…high, which must be 1…K or 0…K−1."""
        if low not in (0, 1):
            raise ReadingError(f"{within}: {index} runs from {low}; a sum runs from 1 to K (or from 0 to K - 1)")
        size = high if low == 1 else high + 1
        if not (isinstance(size, sp.Symbol) or (isinstance(size, sp.Integer) and size >= 0)):
            raise ReadingError(f"{within}: {index} runs to {high}; a sum runs from 1 to K (or from 0 to K - 1)")
        self._starts.setdefault(int(low), within)
        return size

    def _note(self, node: sp.Basic) -> None:
        match node:
            case sp.Indexed():
                for n, subscript in enumerate(node.indices):
                    slot: Slot = (str(node.base.label), n)
                    self._enter(slot)
                    if node.base.shape is not None:
                        self._has_size(slot, node.base.shape[n], node)
                    if isinstance(subscript, sp.Symbol | sp.Idx):
                        self._enter(subscript)
                        self._join(slot, subscript, node)
            case sp.KroneckerDelta():
                indices = [part for part in node.args[:2] if isinstance(part, sp.Symbol | sp.Idx)]
                for index in indices:
                    self._enter(index)
                if len(indices) == 2:
                    self._join(indices[0], indices[1], node)
            case sp.Sum():
                for index, low, high in node.limits:
                    self._enter(index)
                    self._has_size(index, self.limits(index, low, high, node), node)
            case sp.Idx() if node.upper is not None:
                self._enter(node)
                self._has_size(node, self.limits(node, node.lower, node.upper, node), node)

    def _enter(self, slot: Slot) -> None:
        self._same.setdefault(slot, slot)

    def _root(self, slot: Slot) -> Slot:
        while (above := self._same.get(slot, slot)) != slot:
            slot = above
        return slot

    def _join(self, one: Slot, two: Slot, within: sp.Basic) -> None:
        a, b = self._root(one), self._root(two)
        if a != b:
            self._same[a] = b
            if (size := self._sizes.pop(a, None)) is not None:
                self._has_size(b, size, within)

    def _has_size(self, slot: Slot, size: sp.Basic, within: sp.Basic) -> None:
        if not isinstance(size, sp.Symbol | sp.Integer):
            raise ReadingError(f"{within}: the size {size} is neither a symbol nor a number")
        known = self._sizes.setdefault(self._root(slot), size)
        if known != size:
            raise ReadingError(f"{within}: one subscript runs over {known} and over {size}; they must agree")


def letters(expressions: Iterable[sp.Basic]) -> Iterator[tuple[str, sp.Basic]]:
    """Every letter with what it is, to see that none is two things."""
    for expression in expressions:
        for node in sp.preorder_traversal(expression):
            if isinstance(node, sp.Idx | sp.IndexedBase):
                yield str(node.label), node
            elif isinstance(node, sp.Symbol):
                yield node.name, node
