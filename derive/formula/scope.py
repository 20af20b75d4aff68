"""Every index has one meaning in a line, and every line speaks of the same indices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeAlias

from .arrays import Array, Elementwise, Tensor, all_indices, shape_of
from .memory import Memory, remember, remembered
from .tree import (
    Apply,
    Cases,
    Entry,
    Equals,
    Expr,
    Formula,
    Index,
    Negative,
    Plus,
    Power,
    Quotient,
    Size,
    Sum,
    Symbol,
    Times,
    TooLargeError,
    WrittenError,
)

LETTERS = (*"klmnpqijrs", "another")

DEPTH = 100
"""How deep a formula may be nested, definitions included: deeper ones are not read."""

NODES = 20_000
"""How many symbols a line may be written with, definitions apart."""


def check_line(line: Formula, defining: str | None = None) -> None:
    """Refuse a line in which one letter means two things, that is too large, or that a name defines by itself."""
    if defining is None and id(line) in CHECKED:
        return
    check_size(line)
    if defining is not None and defining in meanings(line):
        raise WrittenError(f"{defining} is defined by itself, in {line}; a definition can only use what is known")
    free = {index.name for index in line.free_indices}
    visited: set[tuple[int, frozenset[str]]] = set()

    def visit(formula: Formula, bound: frozenset[str]) -> None:
        if (id(formula), bound) in visited:
            return
        visited.add((id(formula), bound))
        if isinstance(formula, Sum):
            if formula.index.name in free:
                taken = {index.name for index in all_indices(line)}
                other = next(letter for letter in LETTERS if letter not in taken)
                raise WrittenError(
                    f"index {formula.index} is summed in {formula} and free elsewhere in {line}; "
                    f"give the sum a letter of its own, such as {other}"
                )
            if formula.index.name in bound:
                raise WrittenError(f"index {formula.index} is summed twice, one sum inside the other, in {line}")
            bound |= {formula.index.name}
        for child in formula.children():
            visit(child, bound)

    visit(line, frozenset())
    remember(CHECKED, line, line)


def check_size(line: Formula) -> None:
    """Refuse what is nested too deeply or too long to be read; without recursion, so that it can't overflow."""
    measured: dict[int, tuple[int, int]] = {}  # names and operands are shared: each object is measured once
    stack = [line]
    while stack:
        formula = stack[-1]
        parts, named = formula.children(), definition_of(formula)
        for body in named:
            if (known := MEASURED.get(id(body))) is not None:
                measured[id(body)] = known[1]
        if waiting := [part for part in (*parts, *named) if id(part) not in measured]:
            stack += waiting
            continue
        stack.pop()
        depth, symbols = 1, 1
        for part in parts:
            below, written_with = measured[id(part)]
            depth, symbols = max(depth, 1 + below), symbols + written_with
        for body in named:
            depth = max(depth, 1 + measured[id(body)][0])
        if depth > DEPTH:
            raise TooLargeError(f"a formula is nested more than {DEPTH} levels deep, its definitions included")
        if symbols > NODES:
            raise TooLargeError(f"a formula has more than {NODES} parts; name them with define, or sum over an index")
        measured[id(formula)] = depth, symbols
        for body in named:
            remember(MEASURED, body, measured[id(body)])


def definition_of(formula: Formula) -> tuple[Expr, ...]:
    """The definition of the name that stands at this very node, if it has one."""
    match formula:
        case Symbol(definition=Expr() as body) | Tensor(definition=Expr() as body):
            return (body,)
        case Entry(tensor):
            return definition_of(tensor)
        case Apply(function) | Elementwise(function) if function.definition is not None:
            return (function.definition,)
    return ()


def check_lines(
    first: Formula, line: Formula, given: frozenset[Index] = frozenset(), known: Meanings | None = None
) -> None:
    """Refuse a line whose free indices (or shape) the first line does not have; `given` are those of the hypotheses.

    `known` is what the lines before speak of, the first among them, which were checked; this line's is added to it.
    """
    if known is None:
        check_size(first)
        known = meanings(first)
    check_line(line)
    merge(known, meanings_of(line))
    if shape_of(line) != shape_of(first):
        if isinstance(first, Array) and isinstance(line, Array):
            raise WrittenError(f"{line} has shape {line.shape}, but the derivation began with {first.shape}")
        raise WrittenError(f"{line} and {first}: one is an array, the other a scalar")
    if stray := line.free_indices - first.free_indices - given:
        raise WrittenError(
            f"{names(stray)} free in {line}, but not in {first}, with which the derivation began; "
            f"is a sum over {min(s.name for s in stray)} missing?"
        )
    spoken = {index.name for index in first.free_indices | given}
    for node in line.walk():
        if isinstance(node, Sum) and node.index.name in spoken:
            raise WrittenError(
                f"index {node.index} is summed in {node}, but free in {first}, with which the derivation began; "
                f"the sum needs a letter of its own"
            )


Meanings: TypeAlias = dict[str, object]
"""What letters stand for: one thing each."""

MEASURED: Memory[tuple[int, int]] = {}
"""The depth of what names are defined as, and with how many symbols it is written."""

CHECKED: Memory[Formula] = {}
"""The lines that were not refused."""


def meanings(*lines: Formula) -> Meanings:
    """What every letter of the lines and of their definitions stands for: one thing each.

    A definition's indices are all bound in it, and so is a function's parameter:
    these letters may stand for something else outside, and are left out.
    """
    found: Meanings = {}
    for line in lines:
        merge(found, meanings_of(line))
    return found


@remembered
def meanings_of(formula: Formula) -> Meanings:
    """The same of one formula, read once."""
    found: Meanings = {}
    note_meanings(found, formula)
    return found


def merge(found: Meanings, others: Meanings) -> None:
    """Add what other letters stand for; refuse a letter that stands for something else already."""
    for name, meaning in others.items():
        if (before := found.setdefault(name, meaning)) is not meaning and before != meaning:
            raise WrittenError(f"{name} stands for two different things; rename one")


def note(found: Meanings, name: str, meaning: object) -> None:
    """Add what one letter stands for."""
    if found.get(name) is not meaning:
        merge(found, {name: meaning})


def note_index(found: Meanings, index: Index) -> None:
    """Add an index, and its size."""
    note(found, index.name, index)
    note(found, index.size.name, index.size)


def note_meanings(found: Meanings, formula: Formula) -> None:
    """Add what the letters of a formula stand for; refuse a letter that stands for something else already."""
    for node in formula.objects():
        match node:
            case Plus() | Times() | Negative() | Quotient() | Power():  # most nodes, with nothing but their children
                continue
            case Entry(tensor):
                if found.get(tensor.name) is not tensor:  # else it was noted, with all that is behind it
                    note_meanings(found, tensor)
            case Apply(function) | Elementwise(function):
                note(found, function.name, replace(function, order=0) if function.order else function)
                if function.definition is not None:
                    for name, meaning in of_definition(function.definition).items():
                        if meaning != function.parameter:
                            note(found, name, meaning)
            case Sum(index):
                note_index(found, index)
            case Symbol(name) | Tensor(name) | Size(name):
                note(found, name, node)
            case Cases(conditions):
                for condition in conditions:
                    if isinstance(condition, Equals):
                        note_meanings(found, condition.left)
        for place in node.own_places:
            if isinstance(place, Index):
                note_index(found, place)
        if isinstance(node, Symbol | Tensor):
            if node.of is not None:
                note_meanings(found, node.of)
            if node.definition is not None:
                for name, meaning in of_definition(node.definition).items():
                    note(found, name, meaning)
        if isinstance(node, Array):
            for size in node.shape:
                note(found, size.name, size)


def of_definition(definition: Expr) -> Meanings:
    """What the letters of a definition stand for, its indices apart."""
    return {name: m for name, m in meanings_of(definition).items() if not isinstance(m, Index)}


def sizes(*lines: Formula) -> tuple[Size, ...]:
    """The sizes that the lines and their definitions speak of, by name."""
    return sizes_among(meanings(*lines))


def sizes_among(known: Meanings) -> tuple[Size, ...]:
    """The sizes among what letters stand for, by name."""
    return tuple(sorted((m for m in known.values() if isinstance(m, Size)), key=lambda size: size.name))


def names(indices: Iterable[Index]) -> str:
    """`index k is` or `indices j, k are`, to begin a sentence with."""
    letters = sorted(index.name for index in indices)
    return f"index {letters[0]} is" if len(letters) == 1 else f"indices {', '.join(letters)} are"
