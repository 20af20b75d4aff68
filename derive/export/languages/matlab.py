"""MATLAB, as Octave reads it too: vectors are columns, and operators with a dot work entry by entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..program import (
    ALL,
    Add,
    All,
    Binary,
    Call,
    Choice,
    Code,
    Item,
    Let,
    Literal,
    Loop,
    Minus,
    New,
    Statement,
    Store,
    is_part,
    parts_of,
)
from .language import Language, Spelling, condition, header, lines, place, read_sizes, text, whole_at_once

WORDS = (
    "break case catch classdef continue else elseif end for function global if otherwise parfor persistent return "
    "spmd switch try while endfunction endif endfor endwhile do until unwind_protect "
    "NaN Inf NA pi eps ans e beta gamma erf exp log sinh cosh tanh sum zeros ones size numel max min mean abs sqrt psi "
    "mod rem diag eye det inv rank trace norm length find any all sort floor round sign nnz var std mode cross dot "
    "kron null orth"
)


def _item(of: Spelling, item: Item) -> str:
    if item.places == (ALL,):
        return of[item.array]
    turned = ".'" if All(turned=True) in item.places else ""
    return f"{of[item.array]}({', '.join(place(one, of) for one in item.places)}){turned}"


def _new(of: Spelling, one: New) -> str:
    sizes = [of[size] for size in one.sizes]
    return f"{of[one.array]} = zeros({', '.join([*sizes, *['1'] * (len(sizes) == 1)])});"


def _operator(of: Spelling, code: Binary) -> str:
    """An operator, with a dot in front of it where it would mean matrices."""

    def several(part: Code) -> bool:
        return is_part(part) or (of.program.elementwise and not _constant(part))

    left, right = several(code.left), several(code.right)
    match code.operator:
        case "*" if left and right:
            return ".*"
        case "/" if right:
            return "./"
        case "^" if left or right:
            return ".^"
    return code.operator


def _constant(code: Code) -> bool:
    return isinstance(code, Literal) or (bool(parts := parts_of(code)) and all(map(_constant, parts)))


def _length(array: str, axis: int, rank: int) -> str:
    return f"size({array}, {axis + 1})" if rank > 1 else f"numel({array})"


def _chosen(of: Spelling, target: str, choice: Choice, template: str) -> list[str]:
    word, found = "if", list[str]()
    other: Code = choice
    while isinstance(other, Choice):
        found += (
            f"{word} {condition(other.when, of)}",
            f"    {template.format(name=target, value=text(other.then, of))}",
        )
        word, other = "elseif", other.otherwise
    return [*found, "else", f"    {template.format(name=target, value=text(other, of))}", "end"]


def _source(of: Spelling) -> list[str]:
    program = of.program
    turned = replace(of, program=replace(program, statements=_oriented(program.statements)))
    result, last = program.result, list[str]()
    if not isinstance(result, str):
        value = text(result, of)
        last = [f"{of['result']} = {value};"] if value != of["result"] else []
        result = "result"
    given = ", ".join(of[one.name] for one in program.parameters)
    body = [
        *(f"% {line}" for line in header(of)),
        *read_sizes(turned),
        *lines(turned.program.statements, turned),
        *last,
    ]
    return [
        f"function {of[result]} = {of.function}({given})",
        *(f"    {line}" for line in body),
        "end",
    ]


def _oriented(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """Rows beside columns are turned, as they would be added to each other as a table."""
    found: list[Statement] = []
    for one in whole_at_once(statements):
        match one:
            case Loop(letter, size, body):
                found.append(Loop(letter, size, _oriented(body)))
            case Let(name, value, grows):
                found.append(Let(name, _columns(value), grows))
            case Add(name, term):
                found.append(Add(name, _columns(term)))
            case Store(target, value) if not _is_row(target):
                found.append(Store(target, _turned(value)))
            case Store(target, value):
                found.append(Store(target, _columns(value)))
            case New():
                found.append(one)
    return tuple(found)


def _columns(code: Code) -> Code:
    """Rows turned, if there are columns beside them."""
    parts = [part for part in _all_parts(code) if isinstance(part, Item) and is_part(part)]
    return code if all(map(_is_row, parts)) else _turned(code)


def _all_parts(code: Code) -> list[Code]:
    return [code, *(inner for part in parts_of(code) for inner in _all_parts(part))]


def _is_row(item: Item) -> bool:
    return len(item.places) == 2 and item.places[1] == ALL


def _turned(code: Code) -> Code:
    match code:
        case Item(array, (first, All())):
            return Item(array, (first, All(turned=True)))
        case Minus(body):
            return Minus(_turned(body))
        case Binary(operator, left, right):
            return Binary(operator, _turned(left), _turned(right))
        case Call(function, argument):
            return Call(function, _turned(argument))
    return code


MATLAB = Language(
    key="matlab",
    title="MATLAB, Octave",
    reserved=frozenset(WORDS.split()),
    first=1,
    functions={name: name for name in ("exp", "log", "sinh", "cosh", "tanh", "sum")},
    number=str,
    item=_item,
    power="^",
    agree="({when})",
    choice="",
    undefined="NaN",
    let="{name} = {value};",
    begin="{name} = {value};",
    add="{name} = {name} + {value};",
    subtract="{name} = {name} - {value};",
    loop="for {letter} = 1:{size}",
    end="end",
    new=_new,
    source=_source,
    length=_length,
    size="{name} = {value};",
    operator=_operator,
    whole=":",
    columns=True,
    chosen=_chosen,
    branches=True,
)
