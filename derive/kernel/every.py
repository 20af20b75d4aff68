"""Does one formula equal another for every K?  Decided once, with letters for numbers.

Free indices are split into the ways in which they can coincide; in each, an
index tower reads both lines and compares them under the hypotheses.  Sound by
the theorems of `index`: PROVED holds for every K (and N, F, …) from the least
one on at which an instance exists, and, as far as small numbers show it, a
point at which the hypotheses hold (`starts`).

Never REFUTED by the index calculus.  What it does not prove is handed to the
tower at small sizes, beginning with K = 1: the first point found there is the
counterexample.  If there is none, the verdict is UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, islice, pairwise, product
from time import monotonic_ns

from derive.formula.arrays import entries
from derive.formula.hypotheses import Hypothesis, OneOf, check_hypotheses
from derive.formula.hypotheses import letters as spoken
from derive.formula.scope import check_line, meanings
from derive.formula.tree import Expr, Formula, Index, Size, Symbol

from .assumptions import Assumed, assume_positive
from .assumptions import assumed as what_is_assumed
from .conditions import open_conditions
from .decide import Decider, Decision, Reading, guarded
from .hypotheses import Contradiction, allowed, assumed, sizes_spoken
from .index import IndexTower
from .instances import letters, numerals
from .letters import IndexReader
from .polynomial import Clock, Limits, Polynomial
from .starts import starts
from .value import Instance
from .verdict import Conditional, Proved, Refuted, SideCondition, Unknown, Verdict

LARGEST_TRIED = 4
"""How many K, the smallest ones, are searched for a counterexample."""


@dataclass(slots=True)
class Tally:
    """One step, while its cases are decided: the first that is not proved ends it."""

    count: int = 0
    nanoseconds: int = 0
    conditions: dict[SideCondition, None] = field(default_factory=dict)
    end: Unknown | None = None
    rounds: bool = False
    """Whether it shows digits, and claims no equality."""
    start: dict[str, int] = field(default_factory=dict)
    """From which number of each size on every case exists, and its conditions on sizes hold."""

    def begin(self, size: str, number: int) -> None:
        """Note that what is proved is so from this number on."""
        self.start[size] = max(number, self.start.get(size, 1))


class IndexDecider:
    """Decides lines for every size, under one set of hypotheses; `sizes` are those that have a number.

    Raises WrittenError where the hypotheses cannot mean anything.
    """

    def __init__(
        self, assuming: Sequence[Hypothesis] = (), limits: Limits | None = None, sizes: Mapping[Size, int] = {}
    ) -> None:
        self.assuming = check_hypotheses(assuming)
        self.limits = limits
        self.clock = Clock(limits or Limits())
        self.sizes = dict(sizes)
        for formula in assumed(self.assuming):
            check_line(formula)
        meanings(*assumed(self.assuming))
        self.readers: dict[tuple[int, ...], IndexReader] = {}
        self.refusal: Unknown | None = None
        self.givens: dict[tuple[object, ...], Assumed] = {}
        self.starts: dict[str, int] | None = None

    def reader(self, instance: Instance) -> IndexReader:
        """The reader for these labels: a tower of its own, as what names mean may depend on them."""
        return self.reader_for(tuple(instance.labels.values()))

    def reader_for(self, labels: tuple[int, ...]) -> IndexReader:
        """The reader for labels with these values."""
        if labels not in self.readers:
            tower = IndexTower(self.clock, {size.name: number for size, number in self.sizes.items()})
            reader = self.readers[labels] = IndexReader(tower, self.sizes)
            found = guarded(lambda: assume_positive(reader, self.assuming))
            self.refusal = found if isinstance(found, Unknown) else self.refusal
        return self.readers[labels]

    def given(self, instance: Instance) -> Assumed:
        """The hypotheses in a case; raises Contradiction where they cannot hold."""
        key = (*instance.labels.items(), *instance.at.items())
        if key not in self.givens:
            self.givens[key] = what_is_assumed(self.reader(instance), self.assuming, instance)
        return self.givens[key]

    # ------------------------------------------------------------------ cases

    def cases(self, lines: Sequence[Expr]) -> Iterator[Instance]:
        """The instances that stand for all of these lines."""
        return self.coincidences(letters(lines, self.assuming), numerals(lines, self.assuming))

    def coincidences(self, indices: Sequence[Index], spoken: frozenset[tuple[str, int]]) -> Iterator[Instance]:
        """Every way in which the free indices can coincide, with each other and with the numerals; every label."""
        labels: dict[Symbol, tuple[int, ...]] = {}
        for h in self.assuming:
            if isinstance(h, OneOf):
                labels[h.symbol] = tuple(value for value in labels.get(h.symbol, h.values) if value in h.values)
        for values in product(*labels.values()):
            tower = self.reader_for(values).tower
            for index in indices:  # all of them, so that no other letter is called like one
                tower.constant_letter(index.name, index.size.name)
            for at in self.patterns(tower, indices, spoken):
                if allowed(self.assuming, at) and self.exists(at, spoken):
                    yield Instance(at, dict(zip(labels, values, strict=True)))

    def patterns(
        self, tower: IndexTower, indices: Sequence[Index], spoken: frozenset[tuple[str, int]]
    ) -> Iterator[dict[Index, int]]:
        """Letters for indices: for each that of one before, or a numeral, or a new one."""
        if not indices:
            yield {}
            return
        *before, last = indices
        numbers = sorted(number for size, number in spoken if size == last.size.name)
        for at in self.patterns(tower, before, spoken):
            same = [place for index, place in at.items() if index.size == last.size and place < 0]
            for place in dict.fromkeys([*same, *numbers]):
                yield {**at, last: place}
            yield {**at, last: tower.constant_letter(last.name, last.size.name)}

    def exists(self, at: Mapping[Index, int], spoken: frozenset[tuple[str, int]]) -> bool:
        """Whether sizes that have a number are large enough for a case."""
        return all(self.needed(at, spoken, size.name) <= number for size, number in self.sizes.items())

    def needed(self, at: Mapping[Index, int], spoken: frozenset[tuple[str, int]], size: str) -> int:
        """The least size with so many different letters beside the numerals that are spoken of, and with these."""
        letters = {place for index, place in at.items() if index.size.name == size and place < 0}
        numbers = [number for name, number in spoken if name == size]
        return max(1, *numbers, len(letters) + len(numbers) if letters else 0)

    # --------------------------------------------------------------- deciding

    def decide(self, left: Formula, right: Formula) -> Decision:
        """left = right, entry by entry where they are arrays."""
        (decision,) = self.decide_chain([left, right])
        return decision

    def decide_chain(self, lines: Sequence[Formula], rounded: frozenset[int] = frozenset()) -> list[Decision]:
        """Each line against the one before; what is not proved is looked at with small sizes."""
        scalars = self.prepared(lines)
        tallies = [Tally() for _ in scalars[1:]]
        spoken_numbers = numerals(scalars, self.assuming)
        indices = letters(scalars, self.assuming)
        least = dict.fromkeys({index.size.name for index in indices} | {size for size, _ in spoken_numbers}, 0)
        self.clock.start(len(tallies))
        for case in self.coincidences(indices, spoken_numbers):
            readings: list[Reading | Unknown] = []
            for n, line in enumerate(scalars):
                start = monotonic_ns()
                readings.append(self.reading(line, case))
                if n and (tally := tallies[n - 1]).end is None:
                    if n in rounded:
                        tally.rounds = True
                        tally.end = Unknown("digits are shown for numbers, and a number belongs to one K")
                    else:
                        self.compare(readings[n - 1], readings[n], case, tally)
                    tally.nanoseconds += monotonic_ns() - start
            for size, number in least.items():
                needed = self.needed(case.at, spoken_numbers, size)
                least[size] = min(number, needed) if number else needed
        for tally in tallies:
            for size, number in least.items():
                tally.begin(size, number)
        return [self.concluded(tally, least, *pair) for tally, pair in zip(tallies, pairwise(lines), strict=True)]

    def prepared(self, lines: Sequence[Formula]) -> list[Expr]:
        """The lines as scalars, checked."""
        for line in lines:
            check_line(line)
        meanings(*lines, *assumed(self.assuming))
        return entries(*lines, taken=spoken(self.assuming))

    def reading(self, line: Expr, case: Instance) -> Reading | Unknown:
        """What a line is in this case, or why it cannot be said."""
        return guarded(lambda: Reading(*self.reader(case).read(line, case)))

    def compare(self, left: Reading | Unknown, right: Reading | Unknown, case: Instance, tally: Tally) -> None:
        """left = right in this case."""
        tally.count += 1
        for side in (self.refusal, left, right):
            if isinstance(side, Unknown):
                tally.end = side
                return
        assert isinstance(left, Reading) and isinstance(right, Reading)
        found = guarded(lambda: self.equal(left, right, case, tally))
        if isinstance(found, Unknown):
            tally.end = found

    def equal(self, left: Reading, right: Reading, case: Instance, tally: Tally) -> Unknown | None:
        """Whether two values are equal wherever the hypotheses hold; conditions are added to the tally."""
        tower, known = self.reader(case).tower, self.given(case)
        found = open_conditions(tower, {**left.demands, **right.demands}, known)
        if not self.vanishes(tower, left.value - right.value, known):
            unused = "".join(f"; the hypothesis {text} gives nothing a value" for text in known.unused)
            where = "; at a smaller K a counterexample is looked for" if self.sizes else ""
            return Unknown(f"not equal as polynomials over sums{unused}{where}")
        tally.conditions |= dict.fromkeys(found.conditions)
        fixed = {size.name: number for size, number in self.sizes.items()}
        for size, number in found.start.items():
            if number > fixed.get(size, number):
                return Unknown(f"a condition fails at {size} = {fixed[size]}: it holds from {size} = {number} on")
            tally.begin(size, number)
        return None

    def vanishes(self, tower: IndexTower, difference: Polynomial, known: Assumed) -> bool:
        """Whether a difference is zero under the hypotheses: in the free ring, then expanded."""
        if tower.is_zero(difference):
            return True
        if not known.values:
            return False
        if tower.is_zero(known.put_into(difference, tower)):
            return True
        expanded, _ = tower.expanded(difference)
        return tower.is_zero(known.put_into(expanded, tower))

    # ------------------------------------------------------------- conclusion

    def concluded(self, tally: Tally, least: Mapping[str, int], left: Formula, right: Formula) -> Decision:
        """The verdict on one step; where it is not proved, or not for all sizes, towers are asked."""
        clock = monotonic_ns()
        verdict = self.verdict(tally, left, right)
        if isinstance(verdict, Unknown) and not self.sizes and not tally.rounds:
            verdict = next(iter(self.refutation(tally, left, right)), verdict)
        separately = self.separately(tally, least, left, right) if isinstance(verdict, Proved) else ()
        start = tuple((name, number) for name, number in sorted(tally.start.items()) if number > 1)
        return Decision(verdict, tally.count, False, tally.nanoseconds + monotonic_ns() - clock, start, separately)

    def verdict(self, tally: Tally, left: Formula, right: Formula) -> Verdict:
        """What the cases together say."""
        if tally.end is not None:
            return tally.end
        if not tally.count:
            return Unknown("there is no instance: no indices are as the hypotheses want them")
        if tally.conditions or not all(given.plain for given in self.givens.values()):
            found = guarded(lambda: self.witnessed(tally, left, right))
            if isinstance(found, Unknown):
                return found
        if not tally.conditions:
            return Proved(tally.count)
        return Conditional(tuple(tally.conditions), tally.count)

    def begun(self, tally: Tally) -> None:
        """Begin where the hypotheses begin to have a point."""
        if self.starts is None:
            self.starts = starts(self.assuming, self.sizes, self.clock)
        for size, number in self.starts.items():
            tally.begin(size, number)

    def tower_says(self, sizes: Mapping[Size, int], left: Formula, right: Formula) -> Verdict:
        """The verdict at small sizes."""
        limits = self.clock.limits
        return (
            Decider(sizes, self.assuming, replace(limits, seconds=max(1, limits.seconds // 4)))
            .decide(left, right)
            .verdict
        )

    def witnessed(self, tally: Tally, left: Formula, right: Formula) -> None:
        """Raise Contradiction where no point is found at which hypotheses and conditions hold.

        Two K are tried, with several of the other sizes; K = 1 is too special to say anything of them.  Where
        no point is found at the least sizes, what is proved begins with larger ones: zero instances prove nothing.
        """
        self.begun(tally)
        tried = list(self.small_sizes(tally, left, right, 2, at_least=2))
        first: dict[Size, int] = {}
        for _, group in groupby(tried, key=lambda sizes: next(iter(sizes.values()), 0)):
            reasons = []
            for sizes in group:
                if (reason := self.without_point(sizes, left, right)) is None:
                    first = first or sizes
                    break
                reasons.append(reason)
            else:
                raise Contradiction(reasons[0])
        smaller = self.no_larger(first, tally)
        least = next((sizes for sizes in smaller if self.without_point(sizes, left, right) is None), first)
        for size in least.keys() - self.sizes.keys():
            tally.begin(size.name, least[size])

    def no_larger(self, sizes: Mapping[Size, int], tally: Tally) -> list[dict[Size, int]]:
        """From the start up to these sizes, but without them, the least first."""
        ranges = [
            range(number if size in self.sizes else tally.start.get(size.name, 1), number + 1)
            for size, number in sizes.items()
        ]
        found = [dict(zip(sizes, numbers, strict=True)) for numbers in product(*ranges)]
        return sorted(found[:-1], key=lambda chosen: sum(chosen.values()))

    def without_point(self, sizes: Mapping[Size, int], left: Formula, right: Formula) -> str | None:
        """Why no point is found, at these sizes, at which hypotheses and conditions hold; None where one is.

        Raises Contradiction where what was proved with letters is false there.
        """
        verdict = self.tower_says(sizes, left, right)
        if isinstance(verdict, Proved | Conditional):
            return None
        if isinstance(verdict, Refuted):
            raise Contradiction(f"proved with letters for numbers, but false at {verdict.counterexample}")
        at = ", ".join(f"{size} = {number}" for size, number in sizes.items())
        return f"at {at} {verdict.reason}" if at else verdict.reason

    def refutation(self, tally: Tally, left: Formula, right: Formula) -> list[Refuted]:
        """The first point, at the smallest K, that shows a difference; empty where none is found."""
        for sizes in self.small_sizes(tally, left, right, LARGEST_TRIED):
            verdict = self.tower_says(sizes, left, right)
            if isinstance(verdict, Refuted):
                return [verdict]
        return []

    def separately(self, tally: Tally, least: Mapping[str, int], left: Formula, right: Formula) -> tuple[int, ...]:
        """The numbers below the start, of the only size, at which instances exist and towers prove each."""
        match list(sizes_spoken(self.assuming, left, right)):
            case [size] if not self.sizes:
                numbers = range(least.get(size.name, 1), tally.start.get(size.name, 1))
                proved = (isinstance(self.tower_says({size: n}, left, right), Proved) for n in numbers)
                return tuple(numbers) if all(proved) else ()
        return ()

    def small_sizes(
        self, tally: Tally, left: Formula, right: Formula, count: int, at_least: int = 1
    ) -> Iterator[dict[Size, int]]:
        """Small numbers for all open sizes, K ascending; the others differ from it, and then agree with it."""
        found = sizes_spoken(self.assuming, left, right)
        pinned = {size: self.sizes[size] for size in found if size in self.sizes}
        if len(pinned) == len(found):
            yield pinned
            return
        first, *rest = sorted(found - pinned.keys(), key=lambda size: (size.name != "K", size.name))
        start = max(at_least, tally.start.get(first.name, 1))
        for number in range(start, start + count):
            others = [
                sorted(range(least, least + 3), key=lambda n: (n == number, n))
                for least in (tally.start.get(size.name, 1) for size in rest)
            ]
            for numbers in islice(product(*others), 4):
                yield {first: number, **dict(zip(rest, numbers, strict=True)), **pinned}
