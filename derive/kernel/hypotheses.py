"""Hypotheses at one instance: equations solved for a variable each, and what is known to be positive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from derive.formula.hypotheses import Equation, Hypothesis, OneHot, OneOf, Positive, formulas, given_indices
from derive.formula.scope import sizes
from derive.formula.tree import Distinct, Expr, Formula, Index, Same, Size

from .generators import Several, Variable
from .polynomial import ONE, Number, Polynomial, constant, generator
from .tower import Tower
from .value import Demands, Instance, Reader
from .witness import Demand


@dataclass(frozen=True, slots=True)
class Given:
    """What the hypotheses say at an instance, as values to put in."""

    folded: Mapping[int, Polynomial]
    """Sums that are a number: Σt = 1, with Σt kept as one generator."""
    solved: Mapping[int, Polynomial]
    """Variables for which an equation was solved: t[3] = 1 − t[1] − t[2]."""
    wanted: tuple[Demand, ...]
    """What is positive by hypothesis, and what the hypotheses need to have a value."""
    unused: tuple[tuple[str, Polynomial], ...]
    """Equations that are linear in no variable: they are as text, and what has to be 0."""
    open: frozenset[int]
    """The sums that are folded without a variable that was solved for: what is proved with them needs a point."""
    met: bool = True
    """Whether there is such a point, as far as one sees: otherwise none of `open` is folded."""

    @property
    def values(self) -> dict[int, Polynomial]:
        """Both kinds together."""
        return {**self.folded, **self.solved}


class Contradiction(Exception):
    """Hypotheses that cannot all hold."""


def sizes_spoken(assuming: Iterable[Hypothesis], *lines: Formula) -> frozenset[Size]:
    """The sizes of which lines and hypotheses speak."""
    given = list(assuming)
    indices = frozenset[Index]().union(*map(given_indices, given))
    return frozenset(sizes(*lines, *assumed(given))).union(index.size for index in indices)


def every_value(indices: Iterable[Index], sizes: Mapping[Size, int]) -> Iterator[dict[Index, int]]:
    """Every choice of numbers for indices."""
    letters = sorted(indices, key=lambda index: index.name)
    for numbers in product(*(range(1, sizes[index.size] + 1) for index in letters)):
        yield dict(zip(letters, numbers, strict=True))


def assume_positive(reader: Reader, assuming: Sequence[Hypothesis], instance: Instance) -> None:
    """Tell the tower what is > 0, before any formula is read."""
    for body, at in positives(reader, assuming):
        value, _ = reader.read(body, Instance(at, instance.labels))
        if not value.is_zero:
            reader.tower.assume_positive(value)


def positives(reader: Reader, assuming: Sequence[Hypothesis]) -> Iterator[tuple[Expr, dict[Index, int]]]:
    """The formulas that are > 0 by hypothesis, at every value of their indices."""
    for h in assuming:
        if isinstance(h, Positive):
            for at in every_value(h.body.free_indices, reader.sizes):
                yield h.body, at


def given(reader: Reader, assuming: Sequence[Hypothesis], instance: Instance) -> Given:
    """The hypotheses at an instance; raises Contradiction where they cannot hold."""
    tower = reader.tower
    folded: dict[int, Polynomial] = {}
    solved: dict[int, Polynomial] = {}
    unused: list[tuple[str, Polynomial]] = []
    demands: Demands = {}

    def read(expr: Expr, at: Mapping[Index, int]) -> Polynomial:
        value, found = reader.read(expr, Instance(at, instance.labels))
        demands.update(found)
        return value

    def solve(equation: Polynomial, text: str) -> None:
        equation = tower.expanded(tower.substitute(equation, solved))[0]
        if equation.is_zero:
            return
        if equation.number() is not None:
            raise Contradiction(f"the hypothesis {text} contradicts the others")
        found = solve_linear(tower, equation)
        if found is None:
            if (text, equation) not in unused:
                unused.append((text, equation))
            return
        g, value = found
        for other in solved:
            solved[other] = tower.substitute(solved[other], {g: value})
        solved[g] = value

    for h in assuming:
        match h:
            case Equation(left, right):
                for at in every_value(left.free_indices | right.free_indices, reader.sizes):
                    equation = read(left, at) - read(right, at)
                    text = f"{left} = {right}"
                    if found := sum_is_number(tower, equation):
                        fold(tower, folded, *found, text)
                    solve(equation, text)
            case OneHot(label, at_class):
                for n in range(1, reader.sizes[at_class.size] + 1):
                    solve(read(label[n], {}) - constant(int(n == instance.at[at_class])), f"{label} is one-hot")
            case OneOf(symbol):
                number = instance.labels[symbol]
                solve(read(symbol, {}) - constant(number), f"{symbol} = {number}")
    values = {**folded, **solved}
    wanted = []
    for body, at in positives(reader, assuming):
        value = read(body, at)
        if (known := tower.substitute(value, values).number()) is not None and known <= 0:
            raise Contradiction(f"the hypothesis {body} > 0 contradicts the others")
        wanted.append(Demand(tower.substitute(value, solved), "> 0"))  # what is folded need not hold at the point
    wanted += [Demand(tower.substitute(value, solved), condition.relation) for condition, value in demands]
    remaining = ((text, tower.expanded(tower.substitute(equation, solved))[0]) for text, equation in unused)
    nonzero = tuple((text, equation) for text, equation in remaining if not equation.is_zero)
    still_open = frozenset(g for g, value in folded.items() if tower.substitute(generator(g), solved) != value)
    return Given(folded, solved, tuple(wanted), nonzero, still_open)


def fold(tower: Tower, folded: dict[int, Polynomial], g: int, value: Number, text: str) -> None:
    """Note that S_g is a number; raises Contradiction where its sign is another, or another number was said."""
    sign = tower.sign(generator(g))
    if (sign and sign * value <= 0) or folded.setdefault(g, constant(value)) != constant(value):
        raise Contradiction(f"the hypothesis {text} contradicts the others, or the sign of the sum")


def sum_is_number(tower: Tower, equation: Polynomial) -> tuple[int, Number] | None:
    """(S_f, value) where the equation says that a sum, kept as one generator, is a number."""
    rest = {m: c for m, c in equation if m}
    if len(rest) != 1:
        return None
    ((m, c),) = rest.items()
    if len(m) != 1 or m[0][1] != 1 or not isinstance(tower.generators[m[0][0]], Several):
        return None
    return m[0][0], equation.terms.get(ONE, 0) * (-1 / Fraction(c))


def solve_linear(tower: Tower, equation: Polynomial) -> tuple[int, Polynomial] | None:
    """(x, value) for the last variable x in which the equation is linear, with a number as coefficient."""
    for g in sorted(equation.generators(), reverse=True):
        coefficient = equation.terms.get(((g, 1),))
        if coefficient is None or not isinstance(tower.generators[g], Variable):
            continue
        rest = Polynomial({m: c for m, c in equation if m != ((g, 1),)})
        if not any(g in tower.support(h) for h in rest.generators()):
            return g, rest.scaled(-1 / Fraction(coefficient))
    return None


def assumed(assuming: Iterable[Hypothesis]) -> list[Expr]:
    """All formulas that hypotheses are written with."""
    return [formula for h in assuming for formula in formulas(h)]


def allowed(assuming: Sequence[Hypothesis], at: Mapping[Index, int]) -> bool:
    """Whether indices that are assumed to agree, or to differ, do."""
    return all(
        (_number(h.left, at) == _number(h.right, at)) == isinstance(h, Same)
        for h in assuming
        if isinstance(h, Same | Distinct)
    )


def _number(place: Index | int, at: Mapping[Index, int]) -> int:
    return at[place] if isinstance(place, Index) else place
