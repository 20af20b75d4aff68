"""Every index has one meaning in a line, and every line speaks of the same indices."""

from __future__ import annotations

from collections.abc import Iterable

from .arrays import Array, Elementwise, Tensor, shape_of
from .substitution import all_indices
from .tree import Apply, Cases, Entry, Equals, Expr, Formula, Function, Index, Size, Sum, Symbol, WrittenError

LETTERS = (*"klmnpqijrs", "another")

DEPTH = 100
"""How deep a formula may be nested, definitions included: deeper ones are not read."""

NODES = 20_000
"""How many symbols a line may be written with, definitions apart."""


def check_line(line: Formula, defining: str | None = None) -> None:
    """Refuse a line in which one letter means two things, that is too large, or that a name defines by itself."""
    check_size(line)
    if defining is not None and defining in meanings(line):
        raise WrittenError(f"{defining} is defined by itself, in {line}; a definition can only use what is known")
    free = {index.name for index in line.free_indices}

    def visit(formula: Formula, bound: frozenset[str]) -> None:
        if isinstance(formula, Sum):
            taken = {index.name for index in all_indices(line)}
            other = next(letter for letter in LETTERS if letter not in taken)
            if formula.index.name in free:
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


def check_size(line: Formula) -> None:
    """Refuse what is nested too deeply or too long to be read; without recursion, so that it can't overflow."""
    seen: dict[int, int] = {}  # names share parts: each object is entered once at each greater depth
    stack: list[tuple[Formula, int]] = [(line, 1)]
    while stack:
        formula, depth = stack.pop()
        if depth > DEPTH:
            raise WrittenError(f"a formula is nested more than {DEPTH} levels deep; name its parts with define")
        if seen.get(id(formula), 0) >= depth:
            continue
        seen[id(formula)] = depth
        if len(seen) > NODES:
            raise WrittenError(f"a formula has more than {NODES} parts; name them with define, or sum over an index")
        below = list(formula.children())
        match formula:
            case Symbol(definition=Expr() as body) | Tensor(definition=Expr() as body):
                below.append(body)
            case Entry(tensor):
                below.append(tensor)
            case Apply(function) | Elementwise(function) if function.definition is not None:
                below.append(function.definition)
        stack.extend((child, depth + 1) for child in below)


def check_lines(first: Formula, line: Formula, given: frozenset[Index] = frozenset()) -> None:
    """Refuse a line whose free indices (or shape) the first line does not have; `given` are those of the hypotheses."""
    meanings(first, line)
    check_line(line)
    if shape_of(line) != shape_of(first):
        if isinstance(first, Array) and isinstance(line, Array):
            raise WrittenError(f"{line} has shape {line.shape}, but the derivation began with {first.shape}")
        raise WrittenError(f"{line} and {first}: one is an array, the other a scalar")
    if stray := line.free_indices - first.free_indices - given:
        raise WrittenError(
            f"{names(stray)} free in {line}, but not in {first}, with which the derivation began; "
            f"is a sum over {min(s.name for s in stray)} missing?"
        )


def meanings(*lines: Formula) -> dict[str, object]:
    """What every letter of the lines and of their definitions stands for: one thing each."""
    found: dict[str, object] = {}
    entered: set[int] = set()

    def note(name: str, meaning: object) -> None:
        if found.setdefault(name, meaning) != meaning:
            raise WrittenError(f"{name} stands for two different things; rename one")

    def enter(definition: Formula) -> None:
        if id(definition) not in entered:  # shared definitions are read once
            entered.add(id(definition))
            visit(definition)

    def note_function(function: Function) -> None:
        note(function.name, function if not function.order else Function(function.name))
        if function.definition is not None and function.parameter is not None:
            # the parameter is bound: its letter may mean something else outside
            inside = meanings(function.definition)
            inside.pop(function.parameter.name, None)
            for name, meaning in inside.items():
                note(name, meaning)

    def visit(formula: Formula) -> None:
        match formula:
            case Entry(tensor):
                visit(tensor)
            case Apply(function) | Elementwise(function):
                note_function(function)
            case Sum(index):
                note(index.name, index)
                note(index.size.name, index.size)
            case Symbol(name) | Tensor(name) | Size(name):
                note(name, formula)
            case Cases(conditions):
                for condition in conditions:
                    if isinstance(condition, Equals):
                        visit(condition.left)
        for place in formula.own_places:
            if isinstance(place, Index):
                note(place.name, place)
                note(place.size.name, place.size)
        if isinstance(formula, Symbol | Tensor):
            if formula.of is not None:
                visit(formula.of)
            if formula.definition is not None:
                enter(formula.definition)
        if isinstance(formula, Array):
            for size in formula.shape:
                note(size.name, size)
        for child in formula.children():
            visit(child)

    for line in lines:
        visit(line)
    return found


def sizes(*lines: Formula) -> tuple[Size, ...]:
    """The sizes that the lines and their definitions speak of, by name."""
    return tuple(sorted((m for m in meanings(*lines).values() if isinstance(m, Size)), key=lambda size: size.name))


def names(indices: Iterable[Index]) -> str:
    """`index k is` or `indices j, k are`, to begin a sentence with."""
    letters = sorted(index.name for index in indices)
    return f"index {letters[0]} is" if len(letters) == 1 else f"indices {', '.join(letters)} are"
