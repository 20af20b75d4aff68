"""Does one formula equal another, at chosen sizes?  An exact decision, in one of four verdicts.

PROVED and CONDITIONAL rest on the zero test of `tower`, whose docstring gives
the class, soundness and completeness.  REFUTED rests on a rational point at
which intervals of the two values are disjoint, and every hypothesis and
condition certainly holds.  Everything else is UNKNOWN, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from derive.formula.arrays import entries
from derive.formula.hypotheses import Hypothesis, OneHot, OneOf
from derive.formula.scope import check_line, meanings
from derive.formula.tree import Decimal, Expr, Formula, Negative, Pick, Size, WrittenError

from .hypotheses import Contradiction, Given, assume_positive, assumed, given
from .instances import decide_every, has_numerals, instances
from .interval import Undecided
from .polynomial import Clock, LimitReached, Limits, Polynomial
from .tower import NoValue, OutsideClass, Tower, Variable
from .value import Demands, Instance, Reader
from .verdict import Conditional, Counterexample, Enclosure, Proved, Refuted, SideCondition, Unknown, Verdict
from .witness import PRECISIONS, Demand, Point, leaves, name, points

AtInstance: TypeAlias = Callable[[tuple[Expr, Expr], Instance], Verdict]


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict, and how many instances it rests on."""

    verdict: Verdict
    instances: int
    every: bool
    """Whether these were all instances, or one for each way in which the free indices coincide."""


class Decider:
    """Decides lines at one choice of sizes, under one set of hypotheses; remembers what names mean.

    Raises WrittenError where the hypotheses cannot mean anything.
    """

    def __init__(
        self, sizes: Mapping[Size, int], assuming: Sequence[Hypothesis] = (), limits: Limits | None = None
    ) -> None:
        self.sizes = dict(sizes)
        self.assuming = tuple(assuming)
        self.clock = Clock(limits or Limits())
        for formula in assumed(self.assuming):
            check_line(formula)
        meanings(*assumed(self.assuming))
        self.readers: dict[tuple[int, ...], Reader] = {}
        self.givens: dict[tuple[object, ...], Given] = {}

    def decide(self, left: Formula, right: Formula, every: bool = False) -> Decision:
        """left = right, entry by entry where they are arrays."""
        lines, every = self.prepared(left, right, every)
        return self.over_instances(lines, every, self.at_instance)

    def decide_rounded(self, left: Formula, right: Formula) -> Decision:
        """left ≈ right: right shows decimal digits to which left rounds, by intervals."""
        lines, _ = self.prepared(left, right, every=True)
        return self.over_instances(lines, True, self.rounded_at_instance)

    def prepared(self, left: Formula, right: Formula, every: bool) -> tuple[tuple[Expr, Expr], bool]:
        """Both lines as scalars, checked; and whether every instance has to be decided."""
        check_line(left)
        check_line(right)
        meanings(left, right, *assumed(self.assuming))
        first, second = entries(left, right)
        lines = (first, second)
        every = every or has_numerals((*lines, *assumed(self.assuming)))
        return lines, every or decide_every(lines, self.assuming, self.sizes)

    def over_instances(self, lines: tuple[Expr, Expr], every: bool, decide: AtInstance) -> Decision:
        """The instances one by one: the first that is not proved decides, else all conditions together."""
        count, conditions = 0, dict[SideCondition, None]()
        for instance in instances(lines, self.assuming, self.sizes, every):
            count += 1
            self.clock.start()
            verdict = guarded(decide, lines, instance)
            match verdict:
                case Conditional(found):
                    conditions |= dict.fromkeys(found)
                case Refuted() | Unknown():
                    return Decision(verdict, count, every)
        if not count:
            sizes = ", ".join(f"{size} = {number}" for size, number in self.sizes.items())
            return Decision(Unknown(f"there is no instance at {sizes}: no indices as the hypotheses want"), 0, every)
        if conditions:
            return Decision(Conditional(tuple(conditions), count), count, every)
        return Decision(Proved(count), count, every)

    # ---------------------------------------------------------- one instance

    def reader(self, instance: Instance) -> Reader:
        """The reader for these labels: a tower of its own, as what is positive may depend on them."""
        key = tuple(instance.labels[h.symbol] for h in self.assuming if isinstance(h, OneOf))
        if key not in self.readers:
            reader = Reader(Tower(self.clock), self.sizes)
            assume_positive(reader, self.assuming, instance)
            self.readers[key] = reader
        return self.readers[key]

    def given(self, instance: Instance) -> Given:
        """The hypotheses here; raises Contradiction where they cannot hold, or where no point shows that they can."""
        key = (*instance.labels.items(), *((i, n) for i, n in instance.at.items() if i in self.one_hot_indices()))
        if key not in self.givens:
            reader = self.reader(instance)
            found = given(reader, self.assuming, instance)
            if found.positive and not self.can_hold(reader.tower, found):
                raise Contradiction("no point was found at which the hypotheses hold together")
            self.givens[key] = found
        return self.givens[key]

    def one_hot_indices(self) -> frozenset[object]:
        """The indices on which the hypotheses' values depend."""
        return frozenset(h.at for h in self.assuming if isinstance(h, OneHot))

    def can_hold(self, tower: Tower, found: Given) -> bool:
        """Whether some point satisfies the hypotheses: a theorem about no point is none."""
        unknown = leaves(tower, [demand.body for demand in found.positive])
        return next(points(tower, unknown, found.positive, PRECISIONS[0]), None) is not None

    def at_instance(self, lines: tuple[Expr, Expr], instance: Instance) -> Verdict:
        """One equation of numbers, exactly."""
        reader = self.reader(instance)
        tower, known = reader.tower, self.given(instance)
        left, from_left = reader.read(lines[0], instance)
        right, from_right = reader.read(lines[1], instance)
        demands = under(tower, {**from_left, **from_right}, known)
        difference = left - right
        if vanishes(tower, difference, known):
            conditions = tuple(demands)
            return Conditional(conditions, 1) if conditions else Proved(1)
        counterexample = self.refutation(tower, left, right, demands, known, instance)
        if counterexample is not None:
            return Refuted(counterexample)
        unused = f"; not used: {', '.join(known.unused)}" if known.unused else ""
        return Unknown(f"not equal as polynomials over the tower, and no point shows a difference{unused}")

    def refutation(
        self, tower: Tower, left: Polynomial, right: Polynomial, demands: Demands, known: Given, instance: Instance
    ) -> Counterexample | None:
        """A point at which the two sides certainly differ."""
        sides = [tower.substitute(side, known.values) for side in (left, right)]
        wanted = [Demand(body, condition.relation == "> 0") for condition, body in demands.items()]
        wanted += known.positive
        unknown = leaves(tower, [*sides, *(demand.body for demand in wanted)])
        for bits in PRECISIONS:
            for point in points(tower, unknown, wanted, bits):
                try:
                    first, second = (point.value(side) for side in sides)
                except Undecided:
                    continue
                if first.high < second.low or second.high < first.low:
                    return Counterexample(
                        tuple((size.name, number) for size, number in self.sizes.items()),
                        tuple((index.name, number) for index, number in instance.at.items()),
                        tuple(self.coordinates(tower, point, unknown, known)),
                        Enclosure(first.low, first.high),
                        Enclosure(second.low, second.high),
                    )
        return None

    def coordinates(
        self, tower: Tower, point: Point, unknown: Sequence[int], known: Given
    ) -> Iterator[tuple[str, Fraction]]:
        """The point by name, and what the hypotheses make of the variables for which they were solved."""
        for g in unknown:
            yield name(tower, g), point.values[g].low
        for g, value in known.solved.items():
            if set(leaves(tower, [value])) <= set(unknown) and isinstance(tower.generators[g], Variable):
                here = point.value(value)
                if here.low == here.high:
                    yield name(tower, g), here.low

    def rounded_at_instance(self, lines: tuple[Expr, Expr], instance: Instance) -> Verdict:
        """Whether the digits shown are those to which the value rounds."""
        shown = digits(lines[1], instance)
        if shown is None:
            return Unknown(f"{lines[1]} shows no decimal digits to round to")
        number, half_unit = shown
        reader = self.reader(instance)
        value, demands = reader.read(lines[0], instance)
        if demands or leaves(reader.tower, [value]):
            return Unknown(f"{lines[0]} is not a number, so that it cannot be rounded")
        for bits in PRECISIONS:
            here = Point(reader.tower, {}, bits).value(value)
            if max(abs(here.low - number), abs(here.high - number)) < half_unit:
                return Proved(1)
            if here.low - number > half_unit or number - here.high > half_unit:
                sizes = tuple((size.name, n) for size, n in self.sizes.items())
                at = tuple((index.name, n) for index, n in instance.at.items())
                sides = Enclosure(here.low, here.high), Enclosure(number, number)
                return Refuted(Counterexample(sizes, at, (), *sides))
        return Unknown("the value is too close to the middle between two roundings")


def guarded(decide: AtInstance, lines: tuple[Expr, Expr], instance: Instance) -> Verdict:
    """A decision in which every limit and every formula outside the class ends as UNKNOWN."""
    try:
        return decide(lines, instance)
    except (OutsideClass, LimitReached, Contradiction, NoValue) as reason:
        return Unknown(str(reason) or "a denominator, or the argument of a logarithm, is 0 at every point")
    except Undecided:
        return Unknown("an interval is too wide")
    except WrittenError as reason:
        return Unknown(f"cannot be read: {reason}")
    except RecursionError:
        return Unknown("nested too deeply")


def under(tower: Tower, demands: Demands, known: Given) -> Demands:
    """The conditions that the hypotheses leave open; raises NoValue where they make one fail."""
    left: Demands = {}
    for condition, body in demands.items():
        value = tower.substitute(body, known.values)
        sign = tower.sign(value)
        if tower.is_zero(value) or (sign < 0 and condition.relation == "> 0"):
            raise NoValue(f"{condition} fails at every point that the hypotheses allow")
        if not sign:
            left[condition] = value
    return left


def vanishes(tower: Tower, difference: Polynomial, known: Given) -> bool:
    """Whether a difference is zero under the hypotheses: in the free ring, then expanded."""
    if difference.is_zero:
        return True
    difference = tower.substitute(difference, known.folded)
    if tower.is_zero(difference):
        return True
    if not known.solved:
        return False
    expanded, _ = tower.expanded(difference)
    return tower.is_zero(tower.substitute(expanded, known.values))


def digits(line: Expr, instance: Instance) -> tuple[Fraction, Fraction] | None:
    """The number that a line shows, and half a unit in its last digit."""
    match line:
        case Decimal():
            return line.value, line.half_unit
        case Negative(term) if (found := digits(term, instance)) is not None:
            return -found[0], found[1]
        case Pick(place, options):
            number = place if isinstance(place, int) else instance.at[place]
            return digits(options[number - 1], instance) if number <= len(options) else None
    return None
