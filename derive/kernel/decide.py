"""Does one formula equal another, at chosen sizes?  An exact decision, in one of four verdicts.

Class: the formulas of `tower`, with sums, deltas, cases and definitions at
numbers for every size and index, derivatives by the derivation of the tower,
and hypotheses: equations that are linear in a variable, or say that a sum is a
number; what is positive; labels; indices that differ.

Sound.  PROVED and CONDITIONAL rest on the zero test of `tower`, by the theorems
in its docstring.  PROVED wants every condition of both sides to follow from
signs that the kernel sees; CONDITIONAL prints those that do not.  Both want a
point at which hypotheses and conditions hold together, except that an equation
which is linear in no variable is not looked at where nothing is proved with it.
Where something is, since it says that a sum is a number, it wants one too: the
equations share no variable with each other, nor with the conditions and what is
positive, and each is continuous and takes both signs (the intermediate value
theorem).
REFUTED rests on a rational point at which intervals of the two values are
disjoint, and every hypothesis and condition certainly holds.  A derivative is
taken before a hypothesis is used.

Not complete.  The zero test is, where its docstring says so; but a sign that is
not seen leaves a condition, an equation that is linear in no variable is not
used, and of the points only some are tried.  All that ends as UNKNOWN, with the
reason, or as CONDITIONAL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from time import monotonic_ns
from typing import TypeVar

from derive.formula.arrays import entries
from derive.formula.hypotheses import Hypothesis, OneHot, OneOf, check_hypotheses
from derive.formula.hypotheses import letters as spoken
from derive.formula.scope import check_line, meanings
from derive.formula.tree import Decimal, Expr, Formula, Negative, Pick, Size, WrittenError

from .generators import Variable
from .hypotheses import Contradiction, Given, assume_positive, assumed, given, sizes_spoken
from .instances import decide_every, has_numerals, instances, letters
from .interval import Undecided
from .polynomial import ZERO, Clock, LimitReached, Limits, Polynomial
from .tower import NoValue, OutsideClass, Tower
from .value import Demands, Instance, Reader
from .verdict import Conditional, Counterexample, Enclosure, Proved, Refuted, SideCondition, Unknown, Verdict
from .witness import PRECISIONS, Demand, Point, has_zero, leaves, name, points


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict on one step, and what it rests on."""

    verdict: Verdict
    instances: int
    every: bool
    """Whether these were all instances, or one for each way in which the free indices coincide."""
    nanoseconds: int
    least: tuple[tuple[str, int], ...] = ()
    """For every K: the sizes that have to be greater than 1, and from which number on the verdict holds."""
    separately: tuple[int, ...] = ()
    """… and the numbers below at which it was proved one by one."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a line is at an instance, and what has to hold for it to have a value."""

    value: Polynomial
    demands: Demands


@dataclass(slots=True)
class Tally:
    """One step, while its instances are decided: the first that is not proved ends it."""

    count: int = 0
    nanoseconds: int = 0
    conditions: dict[SideCondition, None] = field(default_factory=dict)
    end: Refuted | Unknown | None = None

    def add(self, verdict: Verdict) -> None:
        """Count one instance more."""
        self.count += 1
        match verdict:
            case Conditional(found):
                self.conditions |= dict.fromkeys(found)
            case Refuted() | Unknown():
                self.end = verdict

    def verdict(self, sizes: Mapping[Size, int]) -> Verdict:
        """The verdict on all instances together."""
        if self.end is not None:
            return self.end
        if not self.count:
            at = ", ".join(f"{size} = {number}" for size, number in sizes.items())
            return Unknown(f"there is no instance at {at}: no indices are as the hypotheses want them")
        if self.conditions:
            return Conditional(tuple(self.conditions), self.count)
        return Proved(self.count)


class Decider:
    """Decides lines at one choice of sizes, under one set of hypotheses; remembers what names mean.

    Raises WrittenError where the hypotheses cannot mean anything.
    """

    def __init__(
        self, sizes: Mapping[Size, int], assuming: Sequence[Hypothesis] = (), limits: Limits | None = None
    ) -> None:
        for size, number in sizes.items():
            if type(number) is not int or number < 1:
                raise WrittenError(f"{size} = {number!r}: a size is a whole number from 1 up")
        self.sizes = dict(sizes)
        self.assuming = check_hypotheses(assuming)
        self.clock = Clock(limits or Limits())
        for formula in assumed(self.assuming):
            check_line(formula)
        meanings(*assumed(self.assuming))
        self.readers: dict[tuple[int, ...], Reader] = {}
        self.givens: dict[tuple[object, ...], Given] = {}

    def decide(self, left: Formula, right: Formula, every: bool = False) -> Decision:
        """left = right, entry by entry where they are arrays."""
        (decision,) = self.decide_chain([left, right], every=every)
        return decision

    def decide_chain(
        self,
        lines: Sequence[Formula],
        rounded: frozenset[int] = frozenset(),
        every: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> list[Decision]:
        """Each line against the one before; those whose number is in `rounded` show it to some digits.

        Instance by instance, so that each line is read once at each.  `progress` is called with
        the number of instances that are done.
        """
        scalars, every = self.prepared(lines, every)
        tallies = [Tally() for _ in scalars[1:]]
        self.clock.start(len(tallies))
        for done, instance in enumerate(instances(scalars, self.assuming, self.sizes, every)):
            if progress is not None:
                progress(done)
            readings: list[Reading | Unknown] = []
            for n, line in enumerate(scalars):
                start = monotonic_ns()
                readings.append(self.reading(line, instance))
                if n and (tally := tallies[n - 1]).end is None:
                    shown = line if n in rounded else None
                    tally.add(self.compared(readings[n - 1], readings[n], shown, instance))
                    tally.nanoseconds += monotonic_ns() - start
            if all(tally.end is not None for tally in tallies):
                break
        decisions = [Decision(t.verdict(self.sizes), t.count, every, t.nanoseconds) for t in tallies]
        if not every and any(isinstance(decision.verdict, Conditional) for decision in decisions):
            # the conditions are those of every instance, and name its numbers
            return self.decide_chain(lines, rounded, every=True, progress=progress)
        return decisions

    def prepared(self, lines: Sequence[Formula], every: bool) -> tuple[list[Expr], bool]:
        """The lines as scalars, checked; and whether every instance has to be decided."""
        for line in lines:
            check_line(line)
        meanings(*lines, *assumed(self.assuming))
        scalars = entries(*lines, taken=spoken(self.assuming))
        wanted = sizes_spoken(self.assuming, *scalars).union(i.size for i in letters(scalars, self.assuming))
        if missing := sorted(size.name for size in wanted - self.sizes.keys()):
            raise WrittenError(f"no number is given for the size {', '.join(missing)}")
        every = every or has_numerals(scalars, self.assuming)
        return scalars, every or decide_every(scalars, self.assuming, self.sizes)

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
            if not self.can_hold(reader.tower, found.wanted):
                raise Contradiction("no point was found at which the hypotheses hold together")
            if found.open and not self.can_hold(reader.tower, found.wanted, found.unused):
                kept = {g: value for g, value in found.folded.items() if g not in found.open}
                found = replace(found, folded=kept, open=frozenset(), met=False)
            self.givens[key] = found
        return self.givens[key]

    def one_hot_indices(self) -> frozenset[object]:
        """The indices on which the hypotheses' values depend."""
        return frozenset(h.at for h in self.assuming if isinstance(h, OneHot))

    def can_hold(
        self, tower: Tower, wanted: Sequence[Demand], equations: Sequence[tuple[str, Polynomial]] = ()
    ) -> bool:
        """Whether some point satisfies what is wanted, and equations in other variables: else a theorem is none."""
        parts = [leaves(tower, [demand.body for demand in wanted])]
        parts += [leaves(tower, [equation]) for _, equation in equations]
        apart = len(set().union(*parts)) == sum(map(len, parts))
        found = apart and all(has_zero(tower, equation) for _, equation in equations)
        return found and next(points(tower, parts[0], wanted, PRECISIONS[0]), None) is not None

    def reading(self, line: Expr, instance: Instance) -> Reading | Unknown:
        """What a line is here, or why it cannot be said."""
        return guarded(lambda: Reading(*self.reader(instance).read(line, instance)))

    def compared(self, left: Reading | Unknown, right: Reading | Unknown, shown: Expr | None, at: Instance) -> Verdict:
        """left = right here; or left ≈ right, where `shown` is the line that shows the digits."""
        if isinstance(left, Unknown):
            return left
        if isinstance(right, Unknown):
            return right
        if shown is not None:
            return guarded(lambda: self.rounds_to(left, shown, at))
        return guarded(lambda: self.equals(left, right, at))

    def equals(self, left: Reading, right: Reading, instance: Instance) -> Verdict:
        """One equation of real functions, exactly."""
        tower, known = self.reader(instance).tower, self.given(instance)
        demands = under(tower, {**left.demands, **right.demands}, known)
        wanted = [Demand(body, condition.relation) for condition, body in demands]
        if vanishes(tower, left.value - right.value, known):
            if not demands:
                return Proved(1)
            if not self.can_hold(tower, [*wanted, *known.wanted], known.unused if known.open else ()):
                raise Contradiction("no point was found at which the conditions and the hypotheses hold together")
            return Conditional(tuple(dict.fromkeys(condition for condition, _ in demands)), 1)
        wanted += [*known.wanted, *(Demand(equation, "= 0") for _, equation in known.unused)]
        counterexample = self.refutation(tower, left.value, right.value, wanted, known, instance)
        if counterexample is not None:
            return Refuted(counterexample)
        reason = "the hypothesis {} is linear in no variable, and not used"
        if not known.met:
            reason = "no point was found at which the hypothesis {} holds, together with the others"
        unused = "".join(f"; {reason.format(text)}" for text, _ in known.unused)
        return Unknown(f"not equal as polynomials over the tower, and no point shows a difference{unused}")

    def refutation(
        self,
        tower: Tower,
        left: Polynomial,
        right: Polynomial,
        wanted: Sequence[Demand],
        known: Given,
        instance: Instance,
    ) -> Counterexample | None:
        """A point at which the two sides certainly differ, and what is wanted holds."""
        sides = [tower.substitute(side, known.values) for side in (left, right)]
        unknown = leaves(tower, [*sides, *(demand.body for demand in wanted)])
        for bits in PRECISIONS:
            for point in points(tower, unknown, wanted, bits):
                try:
                    first, second = (point.value(side) for side in sides)
                except Undecided:
                    continue
                if first.high < second.low or second.high < first.low:
                    return Counterexample(
                        *self.places(instance),
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

    def rounds_to(self, left: Reading, line: Expr, instance: Instance) -> Verdict:
        """Whether the digits shown are those to which the value rounds."""
        shown = digits(line, instance)
        if shown is None:
            return Unknown(f"{line} shows no decimal digits to round to")
        number, half_unit = shown
        tower = self.reader(instance).tower
        if left.demands or leaves(tower, [left.value]):
            return Unknown("what is rounded has to be a number, without variables")
        for bits in PRECISIONS:
            here = Point(tower, {}, bits).value(left.value)
            if max(abs(here.low - number), abs(here.high - number)) < half_unit:
                return Proved(1)
            if here.low - number > half_unit or number - here.high > half_unit:
                sides = Enclosure(here.low, here.high), Enclosure(number, number)
                return Refuted(Counterexample(*self.places(instance), (), *sides))
        return Unknown("the value is too close to the middle between two roundings")

    def places(self, instance: Instance) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]:
        """The sizes and the indices by name, for a counterexample."""
        sizes = tuple((size.name, number) for size, number in self.sizes.items())
        return sizes, tuple((index.name, number) for index, number in instance.at.items())


T = TypeVar("T")


def guarded(question: Callable[[], T]) -> T | Unknown:
    """The answer; every limit, and every formula outside the class, ends as UNKNOWN."""
    try:
        return question()
    except (OutsideClass, LimitReached, Contradiction, NoValue) as reason:
        return Unknown(str(reason) or "a denominator, or the argument of a logarithm, is 0 at every point")
    except Undecided:
        return Unknown("an interval is too wide")
    except ValueError as reason:  # a WrittenError, or an integer with more digits than Python prints
        return Unknown(f"cannot be read: {reason}")
    except RecursionError:
        return Unknown("nested too deeply")


def under(tower: Tower, demands: Demands, known: Given) -> Demands:
    """The conditions that the hypotheses leave open; raises NoValue where they make one fail."""
    left: Demands = {}
    for condition, body in demands:
        value = tower.substitute(body, known.values)
        sign = tower.sign(value)
        if tower.is_zero(value) or (sign < 0 and condition.relation == "> 0"):
            raise NoValue(f"{condition} fails at every point that the hypotheses allow")
        if not sign:
            left[condition, value] = None
    return left


def vanishes(tower: Tower, difference: Polynomial, known: Given) -> bool:
    """Whether a difference is zero under the hypotheses: in the free ring, then expanded."""
    if difference.is_zero:
        return True
    if not known.solved:
        return tower.is_zero(tower.substitute(difference, known.folded))
    # to put in what is known is most often enough, and expanding first would make terms by the thousand
    if guarded(lambda: tower.substitute(difference, known.values)) == ZERO:
        return True
    difference = tower.substitute(difference, known.folded)
    if tower.is_zero(difference):
        return True
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
