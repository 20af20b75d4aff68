"""Lines that cannot mean anything: which letter is at fault, where it stands, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from derive.derivation import IllFormedError, Pitfall
from derive.formula.arrays import all_indices
from derive.formula.changes import Path
from derive.formula.latex import latex, letter
from derive.formula.scope import LETTERS
from derive.formula.substitution import substitute
from derive.formula.tree import Expr, Formula, Index, Sum, WrittenError
from derive.proof import Proof

LETTER = re.compile(r"\b(?:index|indices) (\w+)(?:, \w+)* (?:is|are) (summed|free)\b")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the scope check refuses, as the top of the page shows it."""

    number: int
    """The line; 0 is the claim."""
    claim: str
    line: str
    """Both in LaTeX, with the letter tinted wherever it stands; nothing where they could not even be written."""
    index: str
    """The letter, in LaTeX; nothing where it is not about one."""
    summed: bool
    """Whether it is summed while it means something else too; else it is free where nothing gives it a value."""
    other: str
    """A letter that is not taken."""
    instead: str
    """The line with a letter of its own under the sum, in LaTeX; nothing where that is not the way."""


def refusal(proof: Proof) -> Refusal | None:
    """The refused line, written again to be looked at; None where nothing is refused."""
    if not isinstance(proof.entry, Pitfall) or proof.verdict != "ill-formed":
        return None
    try:
        proof.entry.wrong()
    except IllFormedError as error:
        return _refusal(error)
    except WrittenError:
        return None
    return None


def _refusal(error: IllFormedError) -> Refusal:
    claim, line = error.lines[0], error.lines[error.number]
    found = LETTER.search(str(error))
    if found is None:
        return Refusal(error.number, latex(claim), latex(line), "", False, "", "")
    name, summed = found[1], found[2] == "summed"
    taken = {index.name for formula in error.lines for index in all_indices(formula)}
    other = next(one for one in LETTERS if one not in taken)
    instead = _renamed(line, name, other) if summed and isinstance(line, Expr) else line
    return Refusal(
        number=error.number,
        claim=latex(claim, frozenset(_bearing(claim, name, ()))),
        line=latex(line, frozenset(_bearing(line, name, ()))),
        index=letter(name),
        summed=summed,
        other=letter(other),
        instead=latex(instead) if instead != line else "",
    )


def _bearing(formula: Formula, name: str, path: Path) -> Iterator[Path]:
    """The smallest subformulas that bear the letter."""
    if any(isinstance(place, Index) and place.name == name for place in formula.own_places):
        yield path
        return
    for n, child in enumerate(formula.children()):
        yield from _bearing(child, name, (*path, n))


def _renamed(expr: Expr, name: str, other: str) -> Expr:
    """The same with another letter under the outermost sums over this one."""
    if isinstance(expr, Sum) and expr.index.name == name:
        index = Index(other, expr.index.size)
        return Sum(index, substitute(expr.body, {expr.index: index}))
    return expr.with_children(*(_renamed(child, name, other) for child in expr.children()))
