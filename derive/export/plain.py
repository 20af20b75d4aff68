"""The result of a derivation as a short function to learn from: as it is written, nothing checked, no stable form."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap

from ..derivation import Derivation
from .lowering import (
    NOTHING_SAID,
    Function,
    LoweringError,
    computed,
    facts,
    line_number,
    parameters_of,
    shape_of,
    size_lines,
    whole,
)
from .own import returns
from .terms import (
    RESERVED,
    WIDTH,
    Call,
    Minus,
    Number,
    Term,
    TooWideError,
    identifier,
    parts_of,
    plus,
    statements,
    text,
    with_parts,
)

MOST_LINES = 12
"""A longer body teaches no more than the exported function."""
READ = 72
"""The width of its sentences and of its last line, narrower than a module's."""


@dataclass(frozen=True)
class Plain:
    """A function of NumPy alone, with what it takes and returns, and a source that needs nothing else."""

    function: Function
    source: str


def plain_form(derivation: Derivation) -> Plain:
    """The result as it is written; raises LoweringError where it cannot be, or not in a few lines."""
    try:
        function = _function(derivation)
    except TooWideError as reason:
        raise LoweringError(str(reason)) from None
    except RecursionError:
        raise LoweringError("it is too long") from None
    source = "\n".join(_lines(function))
    if len(function.body) > MOST_LINES or any(len(line) > WIDTH for line in function.body):
        raise LoweringError("it is no short function")
    return Plain(function, source)


def _function(derivation: Derivation) -> Function:
    number = line_number(derivation, "result")
    lowering, value, axes = computed(derivation, number, plain=True)
    result = bare(whole(value, axes, lowering))
    if lowering.rewrites or lowering.helpers:
        raise LoweringError("it calls what a module has for it")
    parameters = parameters_of(derivation, lowering)
    named = {bare(term): name for term, name in lowering.named.items() if bare(term) != result}
    written = statements(result, named, {*lowering.python.values(), *RESERVED}, READ)
    body = [*size_lines(lowering, [p for p in parameters if p.kind == "array"])]
    body += [f"{name} = {text(term)}" for name, term in written.assignments]
    return Function(
        identifier(derivation.name),
        tuple(parameters),
        (*body, f"return {text(written.result)}"),
        shape_of(derivation, lowering, parameters, axes),
        facts(derivation, lowering, number),
        (),
        frozenset(),
    )


def bare(term: Term) -> Term:
    """A term as it is written: log(1 + a) and exp(a) - 1 by no function of their own, numbers of NumPy's type."""
    parts = tuple(map(bare, parts_of(term)))
    match term:
        case Call("np.log1p"):
            return Call("np.log", (plus(Number("1"), parts[0]),))
        case Call("np.expm1"):
            return plus(Call("np.exp", parts), Minus(Number("1")))
        case Call(function, _, keywords):
            return Call(function, parts, tuple(one for one in keywords if one != "dtype=dtype"))
    return with_parts(term, parts)


def _lines(function: Function) -> list[str]:
    """The source, which imports what it needs."""
    given = ", ".join(parameter.name for parameter in function.parameters)
    classes = ", ".join(parameter.name for parameter in function.parameters if parameter.kind == "class")
    sentences = [returns(function)]
    if classes:
        sentences.append(f"Classes ({classes}) count from 0.")
    if NOTHING_SAID in function.facts:
        sentences.append(NOTHING_SAID)
    return [
        "import numpy as np",
        "",
        "",
        f"def {function.name}({given}):",
        *docstring(" ".join(sentences)),
        *(f"    {line}" for line in function.body),
        "",
    ]


def docstring(words: str) -> list[str]:
    """Sentences as a docstring, whose quotes stand in its first and its last line."""
    first, *more = wrap(words, READ, break_on_hyphens=False)
    return [f'    """{first}', *(f"    {line}" for line in more), '    """'] if more else [f'    """{first}"""']
