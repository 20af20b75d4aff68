"""One slot of a template: a line of a derivation, written in the variables of the code around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..derivation import Derivation
from ..formula.tree import Expr, Plus
from .elementwise import LoweringError, statements, term
from .lowering import line_number
from .terms import Binary, Minus, Number, text


@dataclass(frozen=True)
class Slot:
    """A line of a derivation, or the part of it that prints as `part`, in the variables of `names`.

    `names` says what holds the parts of the formula, each as it prints.  With
    `into` the slot is statements that leave the value there, else an
    expression; with `from_zero` a minus in front is a difference from 0, which
    is no negative zero.
    """

    entry: str
    line: str | int
    names: Mapping[str, str]
    part: str = ""
    into: str = ""
    scratch: tuple[str, ...] = ()
    from_zero: bool = False

    def formula(self, derivation: Derivation) -> Expr:
        """What the slot computes.  Raises LoweringError where the line has no such part."""
        line = derivation.lines[line_number(derivation, self.line)]
        if not isinstance(line, Expr):
            raise LoweringError(f"{self.entry}: {line} is an array; a slot is a formula of its entries")
        return _found(self.part, line, self.entry) if self.part else line

    def held(self, derivation: Derivation) -> dict[Expr, str]:
        """The parts of the formula that are variables."""
        formula = self.formula(derivation)
        return {_found(part, formula, self.entry): name for part, name in self.names.items()}

    def lines(self, derivation: Derivation) -> list[str]:
        """The text: one expression, or statements."""
        formula, held = self.formula(derivation), self.held(derivation)
        if self.into:
            return statements(formula, self.into, held, self.scratch, spent=(self.into, *self.scratch))
        found = term(formula, held)
        if self.from_zero and isinstance(found, Minus):
            found = Binary("-", Number("0"), found.body)
        return [text(found)]


def _found(part: str, formula: Expr, entry: str) -> Expr:
    """The part of a formula that prints so."""
    for node in _parts(formula):
        if str(node) == part:
            return node
    raise LoweringError(f"{entry}: {formula} has no part {part}")


def _parts(formula: Expr) -> Iterator[Expr]:
    """Every part of a formula; of a sum of several terms the first ones too."""
    for node in formula.walk():
        yield node
        if isinstance(node, Plus):
            yield from (Plus(node.terms[:n]) for n in range(2, len(node.terms)))


def written(slots: Mapping[str, Slot], catalog: Mapping[str, object]) -> dict[str, str]:
    """The text of every slot, from the derivations of the catalog; statements one a line."""
    found: dict[str, str] = {}
    for name, slot in slots.items():
        derivation = catalog[slot.entry]
        if not isinstance(derivation, Derivation):
            raise LoweringError(f"{name}: {slot.entry} is no derivation")
        found[name] = "\n".join(slot.lines(derivation))
    return found
