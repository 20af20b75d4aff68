"""R: parts of arrays are vectors, and a function returns its last line."""

from __future__ import annotations

from dataclasses import replace

from ..program import ALL, Item, New
from .language import Language, Spelling, header, lines, place, read_sizes, text, whole_at_once

WORDS = (
    "if else repeat while function for next break TRUE FALSE NULL Inf NaN NA in T F pi beta gamma digamma exp log sinh "
    "cosh tanh sum length nrow ncol numeric matrix array dim seq_len max min mean var sd det diag"
)


def _item(of: Spelling, item: Item) -> str:
    if item.places == (ALL,):
        return of[item.array]
    return f"{of[item.array]}[{', '.join(place(one, of) for one in item.places)}]"


def _new(of: Spelling, one: New) -> str:
    sizes = ", ".join(of[size] for size in one.sizes)
    made = {1: f"numeric({sizes})", 2: f"matrix(0, {sizes})"}.get(len(one.sizes), f"array(0, c({sizes}))")
    return f"{of[one.array]} <- {made}"


def _length(array: str, axis: int, rank: int) -> str:
    if rank > 2:
        return f"dim({array})[{axis + 1}]"
    return f"{('nrow', 'ncol')[axis]}({array})" if rank > 1 else f"length({array})"


def _source(of: Spelling) -> list[str]:
    program = of.program
    result = of[program.result] if isinstance(program.result, str) else text(program.result, of)
    dense = replace(of, program=replace(program, statements=whole_at_once(program.statements)))
    body = [*read_sizes(dense), *lines(dense.program.statements, dense), result]
    return [
        *(f"# {line}" for line in header(of)),
        f"{of.function} <- function({', '.join(of[one.name] for one in program.parameters)}) {{",
        *(f"  {line}" for line in body),
        "}",
    ]


R = Language(
    key="r",
    title="R",
    reserved=frozenset(WORDS.split()),
    first=1,
    functions={name: name for name in ("exp", "log", "sinh", "cosh", "tanh", "sum")},
    number=str,
    item=_item,
    power="^",
    agree="({when})",
    choice="if ({when}) {then} else {otherwise}",
    branches=True,
    undefined="NaN",
    let="{name} <- {value}",
    begin="{name} <- {value}",
    add="{name} <- {name} + {value}",
    subtract="{name} <- {name} - {value}",
    loop="for ({letter} in seq_len({size})) {{",
    end="}",
    new=_new,
    source=_source,
    length=_length,
    size="{name} <- {value}",
    store="{target} <- {value}",
    whole="",
    indent="  ",
)
