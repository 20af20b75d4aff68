"""Python that decides one equation again, with every name that it speaks of: read off the formulas, typed by nobody."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import TypeAlias

from derive.formula.arrays import Array, Elementwise, Tensor
from derive.formula.hypotheses import Equation, Hypothesis, OneHot, OneOf, Positive, formulas, given_indices
from derive.formula.notation import __all__ as _words
from derive.formula.source import source
from derive.formula.tree import BUILT_IN, Apply, Distinct, Formula, Function, Index, Same, Size, Sum, Symbol

WORDS = frozenset(_words)
LONGEST = 64
"""How many letters a line of a program may have before its sides get names."""
Name: TypeAlias = Size | Index | Symbol | Tensor | Function


def decide_source(
    left: Formula, right: Formula, assuming: Sequence[Hypothesis], sizes: Sequence[tuple[str, int]]
) -> str:
    """A program that prints the verdict on left = right; nothing where a name cannot be one of Python's."""
    names = declared((left, right, *(formula for h in assuming for formula in formulas(h))), assuming)
    if names is None:
        return ""
    given = f"assuming=[{', '.join(map(hypothesis_source, assuming))}]" if assuming else ""
    others = ", ".join(f'"{name}": {number}' for name, number in sizes if name != "K")
    at = [f"{name}={number}" for name, number in sizes if name == "K"]
    arguments = [source(left), source(right), *filter(None, (given, *at, f"sizes={{{others}}}" if others else ""))]
    sides = _sides(arguments, {name.name for name in names})
    body = "\n".join([*_lines(names), *sides])
    used = [word for word in sorted({*WORDS, "decide"}, key=str.lower) if re.search(rf"\b{word}\b(?=\()", body)]
    return f"from derive import {', '.join(used)}\n\n{body}\n"


def _sides(arguments: Sequence[str], taken: Set[str]) -> list[str]:
    """The call, with names for its two sides where it would be a long line."""
    left, right, *rest = arguments
    call = f"print(decide({', '.join(arguments)}))"
    if len(call) <= LONGEST or not taken.isdisjoint(("before", "after")):
        return [call]
    return [f"before = {left}", f"after = {right}", f"print(decide({', '.join(['before', 'after', *rest])}))"]


def hypothesis_source(hypothesis: Hypothesis) -> str:
    """A hypothesis as the Python that writes it."""
    match hypothesis:
        case Equation(left, right):
            return f"equal({source(left)}, {source(right)})"
        case Positive(body):
            return f"positive({source(body)})"
        case Same(left, right):
            return f"same({left}, {right})"
        case Distinct(left, right):
            return f"distinct({left}, {right})"
        case OneHot(label, at):
            return f"one_hot({label.name}, {at})"
        case OneOf(symbol, values):
            return f"one_of({symbol.name}, {', '.join(map(str, values))})"


def declared(lines: Iterable[Formula], assuming: Iterable[Hypothesis] = ()) -> list[Name] | None:
    """Every name after those that it is made of; None where two share a letter, or Python cannot take one."""
    found: dict[str, Name] = {}
    stack: list[Name] = []
    for hypothesis in assuming:
        for index in sorted(given_indices(hypothesis), key=str):
            stack += (index.size, index)
    for line in lines:
        stack += _names(line)
    for name in stack:
        if found.setdefault(name.name, name) != name:
            return None
    if any(not n.isidentifier() or keyword.iskeyword(n) or n in WORDS or n == "decide" for n in found):
        return None
    return list(found.values())


def _names(formula: Formula) -> Iterator[Name]:
    """The names of a formula, each after those of its definition; built-in functions have none to declare."""
    for node in formula.walk():
        for name in _of_node(node):
            yield from _with_parts(name)
        if isinstance(node, Array):
            yield from node.shape


def _of_node(node: Formula) -> Iterator[Name]:
    for place in node.own_places:
        if isinstance(place, Index):
            yield place
    match node:
        case Sum(index):
            yield index
        case Symbol() | Tensor() | Size():
            yield node
        case Apply(function) | Elementwise(function):
            if function.name not in BUILT_IN:
                yield Function(function.name, function.parameter, function.definition)
    tensor = getattr(node, "tensor", None)
    if isinstance(tensor, Tensor):
        yield tensor


def _with_parts(name: Name) -> Iterator[Name]:
    match name:
        case Index(size=size):
            yield size
        case Symbol() | Tensor() | Function():
            if isinstance(name, Tensor):
                yield from name.sizes
                for parameter in name.parameters:
                    yield from _with_parts(parameter)
            if isinstance(name, Function) and name.parameter is not None:
                yield name.parameter
            if not isinstance(name, Function) and name.of is not None:
                yield from _with_parts(name.of)
            if name.definition is not None:
                yield from _names(name.definition)
    yield name


def _lines(names: Sequence[Name]) -> Iterator[str]:
    """One declaration a line; indices of one size together."""
    done: set[str] = set()
    for name in names:
        match name:
            case Size():
                yield f'{name.name} = size("{name.name}")'
                letters = [other.name for other in names if isinstance(other, Index) and other.size == name]
                if len(letters) == 1:
                    yield f'{letters[0]} = index("{letters[0]}", {name.name})'
                elif letters:
                    yield f'{", ".join(letters)} = indices("{" ".join(letters)}", {name.name})'
            case Index():
                pass
            case _ if name.name not in done:
                yield f"{name.name} = {_declaration(name)}"
        done.add(name.name)


def _declaration(name: Symbol | Tensor | Function) -> str:
    own = f'"{name.name}"'
    if isinstance(name, Function):
        if name.definition is None or name.parameter is None:
            return f"function({own})"
        return f"define({own}, {name.parameter.name}, {source(name.definition)})"
    if name.definition is not None:
        letters = [p.name for p in name.parameters] if isinstance(name, Tensor) else []
        places = f"({', '.join(letters)}), " if len(letters) > 1 else f"{letters[0]}, " if letters else ""
        return f"define({own}, {places}{source(name.definition)})"
    of = f", of={name.of.name}" if name.of is not None else ""
    if isinstance(name, Symbol):
        return f"scalar({own}{of})"
    return f"{'vector' if len(name.sizes) == 1 else 'matrix'}({own}, {', '.join(s.name for s in name.sizes)}{of})"
