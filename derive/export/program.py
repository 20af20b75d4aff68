"""A result as loops over entries: what its function is in any language that has arrays, before one is chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

from .lowering import Parameter

# ---------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True)
class All:
    """Every place along an axis; of a row that is `turned`, as a column."""

    turned: bool = False


ALL = All()


@dataclass(frozen=True, slots=True)
class Letter:
    """The number that a loop has reached, or that an argument is."""

    name: str


Place: TypeAlias = "Letter | int | All"
"""A subscript; numbers count from 1, as in formulas."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A number as its digits are written, without a sign."""

    digits: str


@dataclass(frozen=True, slots=True)
class Undefined:
    """The value of which nothing is said: nan."""


@dataclass(frozen=True, slots=True)
class Name:
    """A number that has a name."""

    name: str


@dataclass(frozen=True, slots=True)
class Length:
    """A size, as a number in a formula."""

    size: str


@dataclass(frozen=True, slots=True)
class Item:
    """The entry of an array in these places; a part of the array where one of them is `ALL`."""

    array: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Agree:
    """1 where two places agree, else 0: δ_ij."""

    left: Place
    right: Place


@dataclass(frozen=True, slots=True)
class Equal:
    """Whether a number is this integer: t = 1."""

    number: Code
    value: int


@dataclass(frozen=True, slots=True)
class Minus:
    """Minus a number."""

    body: Code


@dataclass(frozen=True, slots=True)
class Binary:
    """Two numbers with +, -, *, / or ^ between them."""

    operator: str
    left: Code
    right: Code


@dataclass(frozen=True, slots=True)
class Call:
    """exp, log, sinh, cosh or tanh of a number; `sum` of the part of an array."""

    function: str
    argument: Code


@dataclass(frozen=True, slots=True)
class Choice:
    """One value where a condition holds, else another; it stands alone on the right of a statement."""

    when: Agree | Equal
    then: Code
    otherwise: Code


Code: TypeAlias = "Literal | Undefined | Name | Length | Item | Agree | Minus | Binary | Call | Choice"


def plus(left: Code, right: Code) -> Code:
    """A sum, or a difference where the second term has a minus."""
    return Binary("-", left, right.body) if isinstance(right, Minus) else Binary("+", left, right)


# ----------------------------------------------------------------- statements


@dataclass(frozen=True, slots=True)
class Let:
    """A name for a number; one that `grows` is the beginning of a sum."""

    name: str
    value: Code
    grows: bool = False


@dataclass(frozen=True, slots=True)
class Add:
    """A term added to a sum that was begun."""

    name: str
    term: Code


@dataclass(frozen=True, slots=True)
class New:
    """An array with axes of these sizes."""

    array: str
    sizes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Store:
    """A value put into a place, or into a part, of an array."""

    target: Item
    value: Code


@dataclass(frozen=True, slots=True)
class Loop:
    """Statements for every value of a letter, from the first to a size."""

    letter: str
    size: str
    body: tuple[Statement, ...]


Statement: TypeAlias = "Let | Add | New | Store | Loop"


RESULT = "result"
"""The name of what is returned, where it has no other."""


@dataclass(frozen=True)
class Program:
    """A function: what it takes, its statements in order, and what it returns.

    `result` is a number, or the name of an array with axes of the sizes `shape`. Sizes are names of sizes, or the
    digits of one that is pinned. An `elementwise` program takes numbers alone, and no size.
    """

    name: str
    title: str
    parameters: tuple[Parameter, ...]
    statements: tuple[Statement, ...]
    result: Code | str
    shape: tuple[str, ...]
    elementwise: bool

    @cached_property
    def whole(self) -> Program:
        """The same in whole parts of arrays, where all places can be told at once."""
        return replace(self, statements=vectorised(self.statements))

    @cached_property
    def used(self) -> frozenset[str]:
        """The variables, letters and sizes that the statements read."""
        found: set[str] = set()
        for part in self.codes:
            match part:
                case Name(name) | Length(name):
                    found.add(name)
                case Item(array, places):
                    found |= {array, *(place.name for place in places if isinstance(place, Letter))}
                case Agree(left, right):
                    found |= {place.name for place in (left, right) if isinstance(place, Letter)}
        for one in flat(self.statements):
            if isinstance(one, New):
                found.update(one.sizes)
            elif isinstance(one, Loop):
                found.add(one.size)
        return frozenset(found)

    @cached_property
    def codes(self) -> tuple[Code, ...]:
        """Every expression in it, and every part of one."""
        found: list[Code] = []
        waiting: list[Code] = [] if isinstance(self.result, str) else [self.result]
        for one in flat(self.statements):
            match one:
                case Let(_, value) | Add(_, value):
                    waiting.append(value)
                case Store(target, value):
                    waiting += target, value
        while waiting:
            part = waiting.pop()
            found.append(part)
            waiting += parts_of(part)
        return tuple(found)


def flat(statements: Sequence[Statement]) -> Iterator[Statement]:
    """The statements, and those inside of loops, in the order in which they are written."""
    for one in statements:
        yield one
        if isinstance(one, Loop):
            yield from flat(one.body)


def parts_of(code: Code) -> tuple[Code, ...]:
    """The expressions from which one is computed."""
    match code:
        case Minus(body) | Call(_, body):
            return (body,)
        case Binary(_, left, right):
            return left, right
        case Choice(when, then, otherwise):
            return (when.number if isinstance(when, Equal) else when), then, otherwise
    return ()


# -------------------------------------------------------- whole parts of arrays


def vectorised(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The same without those loops whose only statement can be said of all places at once."""
    found: list[Statement] = []
    for one in statements:
        if not isinstance(one, Loop):
            match one, found:
                case Store(target, Name(name)), [*_, Let(before, value, False)] if name == before:
                    found[-1] = Store(target, value)
                case _:
                    found.append(one)
            continue
        body = vectorised(one.body)
        match body, found:
            case (Store(target, value),), _ if (
                (into := spread(target, one.letter)) is not None
                and isinstance(into, Item)
                and not isinstance(value, Choice)
                and (whole := spread(value, one.letter)) is not None
                and is_part(whole)
            ):
                found.append(Store(into, whole))
            case (Add(name, term),), _ if (whole := spread(term, one.letter)) is not None and is_part(whole):
                if found and found[-1] == Let(name, Literal("0"), grows=True):
                    found[-1] = Let(name, Call("sum", whole))
                else:
                    found.append(Add(name, Call("sum", whole)))
            case _:
                found.append(Loop(one.letter, one.size, body))
    return tuple(found)


def spread(code: Code, letter: str) -> Code | None:
    """An expression with all places in place of a letter; None where the letter is more than one subscript's."""
    match code:
        case Item(array, places):
            if ALL in places:
                return None if Letter(letter) in places else code
            if len(places) > 2 and Letter(letter) in places:
                return None
            there = tuple(ALL if place == Letter(letter) else place for place in places)
            return Item(array, there) if there.count(ALL) <= 1 else None
        case Agree(left, right):
            return None if Letter(letter) in (left, right) else code
        case Minus(body):
            return Minus(inner) if (inner := spread(body, letter)) is not None else None
        case Call(function, argument):
            whole = None if function == "sum" else spread(argument, letter)
            return Call(function, whole) if whole is not None else None
        case Binary(operator, left_code, right_code):
            first, second = spread(left_code, letter), spread(right_code, letter)
            return Binary(operator, first, second) if first is not None and second is not None else None
        case Choice():
            return None
    return code


def is_part(code: Code) -> bool:
    """Whether an expression is the part of an array, and no number."""
    match code:
        case Item(_, places):
            return any(isinstance(place, All) for place in places)
        case Call("sum"):
            return False
    return any(map(is_part, parts_of(code)))
