"""JavaScript: a matrix is an array of its rows."""

from __future__ import annotations

from collections.abc import Sequence

from ..program import Item, New
from .language import Language, Spelling, header, lines, place, read_sizes, text

WORDS = (
    "arguments async await break case catch class const continue debugger default delete do else enum eval export "
    "extends false finally for function if implements import in instanceof interface let new null of package private "
    "protected public return static super switch this throw true try typeof undefined var void while with yield "
    "Array Infinity Math NaN Number Object"
)


def _item(of: Spelling, item: Item) -> str:
    return of[item.array] + "".join(f"[{place(one, of)}]" for one in item.places)


def _new(of: Spelling, one: New) -> str:
    return f"const {of[one.array]} = {_array([of[size] for size in one.sizes])};"


def _array(sizes: Sequence[str]) -> str:
    size, *rest = sizes
    return f"Array.from({{ length: {size} }}, () => {_array(rest)})" if rest else f"new Array({size})"


def _length(array: str, axis: int, _: int) -> str:
    return f"{array}{'[0]' * axis}.length"


def _source(of: Spelling) -> list[str]:
    program = of.program
    result = of[program.result] if isinstance(program.result, str) else text(program.result, of)
    body = [*read_sizes(of), *lines(program.statements, of), f"return {result};"]
    return [
        *(f"// {line}" for line in header(of)),
        f"function {of.function}({', '.join(of[one.name] for one in program.parameters)}) {{",
        *(f"  {line}" for line in body),
        "}",
    ]


JAVASCRIPT = Language(
    key="javascript",
    title="JavaScript",
    reserved=frozenset(WORDS.split()),
    first=0,
    functions={name: f"Math.{name}" for name in ("exp", "log", "sinh", "cosh", "tanh")},
    number=str,
    item=_item,
    power=" ** ",
    agree="({when} ? 1 : 0)",
    choice="{when} ? {then} : {otherwise}",
    undefined="NaN",
    let="const {name} = {value};",
    begin="let {name} = {value};",
    add="{name} += {value};",
    subtract="{name} -= {value};",
    loop="for (let {letter} = 0; {letter} < {size}; {letter}++) {{",
    end="}",
    new=_new,
    source=_source,
    length=_length,
    size="const {name} = {value};",
    equal="===",
    camel=True,
    indent="  ",
)
