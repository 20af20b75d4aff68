"""The whole chain at one point: every line with its numbers put in, and its value, to be followed by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isfinite

from derive.concrete.evaluation import At, NoNumberError, entries
from derive.derivation import Derivation
from derive.formula.arrays import Tensor
from derive.formula.latex import latex, place_name
from derive.formula.scope import meanings
from derive.formula.substitution import substitute
from derive.formula.tree import (
    BUILT_IN,
    Apply,
    Cases,
    Decimal,
    Delta,
    Derivative,
    Entry,
    Expr,
    Function,
    Index,
    Negative,
    Numeral,
    Pick,
    Plus,
    Power,
    Size,
    Sum,
    Symbol,
    Times,
    TooLargeError,
)
from derive.proof import Proof, VerdictName

from .at_point import AGREES, DIGITS, FirstPoint, first_point
from .evidence import scientific
from .figures import decimals

NOISE = 1e-9
"""A difference quotient that is smaller is that of a constant."""
LONG, LONGEST = 34, 40
"""Of a line, in nodes: in a long one sums are numbers, and one that is longer still keeps its letters."""
MOST_ENTRIES, MOST_VALUES = 2, 12
"""How many entries are followed, and how many values a name may have to be written out."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line at the point."""

    number: int
    formula: str
    """With its numbers put in, in LaTeX; with its indices alone where it is a single number, or too long."""
    value: str
    changed: bool
    """Whether the line before has another value."""


@dataclass(frozen=True, slots=True)
class Followed:
    """The chain for one entry."""

    entry: str
    """Which one, in LaTeX; nothing where there is only one."""
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class InNumbers:
    """The section: the point, the values of the names there, and the chain for some entries."""

    point: tuple[str, ...]
    names: tuple[str, ...]
    """The definitions with their values, inner ones first, in LaTeX."""
    followed: tuple[Followed, ...]
    apart: str
    """By how much the lines differ at most, as prose."""
    agrees: bool
    """Whether every line has the value of the one before."""
    derives: bool
    """Whether a derivative stands in some line, which is then a difference quotient."""


def in_numbers(proof: Proof) -> InNumbers | None:
    """The section for a proof; None where a line has no value at the first point."""
    if proof.derivation is None or (first := first_point(proof)) is None or not first.spots:
        return None
    numbers = Numbers(first)
    try:
        followed = [(at, [numbers.value(line, at) for line in first.lines]) for at in _entries(numbers, proof.verdict)]
        names = tuple(numbers.names(proof.derivation))
        chains = tuple(Followed(_place(at), tuple(numbers.rows(at, values))) for at, values in followed)
    except (NoNumberError, TooLargeError, RecursionError):
        return None
    apart = max(max(values) - min(values) for _, values in followed)
    return InNumbers(
        point=first.written,
        names=names,
        followed=chains,
        apart=scientific(apart),
        agrees=not any(row.changed for one in chains for row in one.rows),
        derives=any(isinstance(node, Derivative) for line in first.lines for node in line.walk()),
    )


def _entries(numbers: Numbers, verdict: VerdictName) -> list[At]:
    """The first entry of each way in which the free indices coincide; of a false claim, where it is seen to be so."""
    spots = numbers.first.spots
    if verdict == "refuted":
        ends = numbers.first.lines[0], numbers.first.lines[-1]
        spots = tuple(at for at in spots if _differ(*(numbers.value(line, at) for line in ends))) or spots
    found: dict[frozenset[tuple[Index, Index]], At] = {}
    for at in spots:
        pairs = combinations(sorted(at, key=lambda index: index.name), 2)
        found.setdefault(frozenset((a, b) for a, b in pairs if a.size == b.size and at[a] == at[b]), at)
    return list(found.values())[:MOST_ENTRIES]


def _place(at: At) -> str:
    return r",\; ".join(f"{place_name(index)} = {n}" for index, n in at.items())


def _differ(left: float, right: float) -> bool:
    return abs(left - right) > AGREES * max(1, abs(left), abs(right))


class Numbers:
    """Puts numbers into formulas at the first point."""

    def __init__(self, first: FirstPoint) -> None:
        self.first, self.sizes = first, first.sizes
        self.evaluation = first.here

    def value(self, expr: Expr, at: At) -> float:
        """What the formula comes to, computed once."""
        found = self.evaluation.value(expr, at)
        if not isfinite(found):
            raise NoNumberError(f"{expr} is {found}")
        return found

    def rows(self, at: At, values: Sequence[float]) -> Iterator[Row]:
        """The chain for one entry."""
        for n, (line, value) in enumerate(zip(self.first.lines, values, strict=True)):
            yield Row(n, self.formula(line, at), decimals(value, DIGITS), n > 0 and _differ(values[n - 1], value))

    def names(self, derivation: Derivation) -> Iterator[str]:
        """What the names stand for at the point, inner definitions first."""
        for name in _inner_first(derivation):
            match name:
                case Symbol(definition=Expr() as body):
                    yield self.equation(name, body, {})
                case Tensor(definition=Expr() as body):
                    leaves = entries(name, self.sizes)
                    if len(leaves) <= MOST_VALUES:
                        yield self.equation(leaves[0], body, dict.fromkeys(name.parameters, 1))
                        values = [latex(number(self.value(leaf, {}))) for leaf in leaves]
                        width = self.sizes[name.sizes[-1]]
                        rows = r";\; ".join(", ".join(values[n : n + width]) for n in range(0, len(values), width))
                        yield f"{latex(name)} = ({rows})"
                case Function(_, Symbol() as parameter, Expr() as body) if parameter in self.evaluation.values:
                    yield self.equation(name(parameter), body, {})

    def equation(self, name: Expr, body: Expr, at: At) -> str:
        """A name, what it is, and what that comes to; without the middle where it says nothing more."""
        formula, value = self.formula(body, at), latex(number(self.value(body, at)))
        return " = ".join([latex(name), *([formula] if formula != value else []), value])

    def formula(self, line: Expr, at: At) -> str:
        """A line with its numbers; its sums as numbers too where it is too long otherwise."""
        if isinstance(line, Derivative | Symbol | Entry):
            return latex(substitute(line, at))
        spelled = self.put_into(line, at, True)
        nodes = sum(1 for _ in spelled.walk())
        if 2 < nodes <= LONG:  # not a single number, with its sign
            return latex(spelled)
        short = self.put_into(line, at, False)
        if 2 < sum(1 for _ in short.walk()) <= LONGEST:
            return latex(short)
        return latex(spelled) if 2 < nodes <= LONGEST else latex(substitute(line, at))

    def put_into(self, expr: Expr, at: At, spelled: bool) -> Expr:
        """The formula with a number for each variable and name; the signs between them stay as they are written."""
        match expr:
            case Size():
                return Numeral(self.sizes[expr])
            case Delta():
                return Numeral(round(self.value(expr, at)))
            case Derivative():
                value = self.value(expr, at)
                return number(value if abs(value) > NOISE else 0.0)
            case Symbol() | Entry():
                return number(self.value(expr, at))
            case Apply(function, argument) if function.name in BUILT_IN:
                return Apply(function, self.put_into(argument, at, spelled))
            case Apply():
                return number(self.value(expr, at))
            case Pick(place, options):
                return self.put_into(options[(at[place] if isinstance(place, Index) else place) - 1], at, spelled)
            case Cases():
                return self.put_into(self.evaluation.chosen(expr, at), at, spelled)
            case Sum(index, body) if spelled:
                spots = [{**at, index: n} for n in range(1, self.sizes[index.size] + 1)]
                terms = [self.put_into(body, spot, spelled) for spot in spots]
                return Plus(tuple(terms)) if len(terms) > 1 else terms[0]
            case Sum():
                return number(self.value(expr, at))
        return expr.with_children(*(self.put_into(child, at, spelled) for child in expr.children()))


def _inner_first(derivation: Derivation) -> list[Symbol | Tensor | Function]:
    """The names that have definitions, each after those that stand in its own."""
    found: list[Symbol | Tensor | Function] = []

    def add(names: Iterable[object]) -> None:
        for name in names:
            if isinstance(name, Symbol | Tensor | Function) and isinstance(name.definition, Expr) and name not in found:
                add(one for one in meanings(name.definition).values() if one != name)
                found.append(name)

    add(meanings(*derivation.lines).values())
    return found


def number(value: float) -> Expr:
    """A value to four digits, as a formula."""
    if value < 0:
        return Negative(number(-value))
    text = f"{value:.{DIGITS}g}"
    digits, _, power = text.partition("e")
    written = Decimal(digits) if "." in digits else Numeral(int(digits))
    if not power:
        return written
    exponent = Numeral(abs(int(power)))
    return Times((written, Power(Numeral(10), Negative(exponent) if int(power) < 0 else exponent)))
