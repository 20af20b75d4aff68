"""(derivation, scope) → Proof: every step, every instance, every condition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from time import perf_counter
from typing import Final, Literal, TypeAlias

from .derivation import Derivation, Entry, Overflow, Pitfall, Step
from .formula.tree import Formula, Size, WrittenError
from .kernel.decide import Decider, Decision
from .kernel.every import IndexDecider
from .kernel.polynomial import Clock, LimitReached, Limits
from .kernel.tower import OutsideClass
from .kernel.verdict import Conditional, Counterexample, Proved, Refuted, SideCondition, Verdict

VerdictName: TypeAlias = Literal["proved", "conditional", "refuted", "unknown", "ill-formed"]


class Every(Enum):
    """The scope of a proof that holds for every K."""

    K = "every K"


EVERY: Final = Every.K

LARGEST_WRITTEN = 200
"""The largest size at which towers decide every line at every entry, where integer arrays do not decide the claim."""

LARGEST_TOWER = 1000
"""The largest size at which sums are written out, term by term."""

MANY = 50
"""Beyond so many classes a chosen K is decided by the index calculus, which does not write a sum out."""


@dataclass(frozen=True, slots=True)
class StepProof:
    """One step, decided: line n − 1 against line n."""

    number: int
    before: Formula
    step: Step
    verdict: Verdict
    method: str
    """What decided it: "tower", "index calculus", or "interval arithmetic" for a rounded number."""
    instances: int
    """How many instances were decided, one by one."""
    seconds: float

    @property
    def counterexample(self) -> Counterexample | None:
        """The point at which the two lines differ, where the step is refuted."""
        return self.verdict.counterexample if isinstance(self.verdict, Refuted) else None


@dataclass(frozen=True, slots=True)
class Opinion:
    """SymPy's own derivative of the claim, beside the kernel's result."""

    verdict: Literal["agrees", "differs", "undecided", "not asked"]
    """Only "differs" takes the proof back: a value of SymPy's that is seen to be another."""
    instances: int
    derivative: str
    """The claim at the first instance as SymPy printed it after `diff`, in LaTeX."""
    instance: str
    """The first instance, such as "i = 1, j = 2"."""
    reason: str = ""
    """Why SymPy was not asked, what differs, or what could not be decided."""


@dataclass(frozen=True, slots=True)
class NumericCheck:
    """The largest error of one method over its points."""

    method: str
    """Such as "final form, float64, against dual numbers of the definition in mpmath"."""
    points: str
    """Which points: "64 random points, seed 7", "ties", "one dominant logit", "±700"."""
    largest: float
    """Largest relative error (absolute where the reference is 0); nan when nothing was finite."""
    limit: float | None
    """The bound that it must keep; None where the figure is only shown."""
    note: str = ""
    """To what the error is relative where that is not the reference, and what was lost or left out."""

    @property
    def passed(self) -> bool:
        """Whether the bound is kept; a figure without a bound passes."""
        return self.limit is None or self.largest <= self.limit


@dataclass(frozen=True, slots=True)
class Proof:
    """What was decided about one entry of the catalog, at one scope."""

    name: str
    entry: Entry
    derivation: Derivation | None
    """None where the scope check refused to write it, or where nothing is derived."""
    scope: str
    sizes: tuple[tuple[Size, int], ...]
    verdict: VerdictName
    expected: VerdictName
    steps: tuple[StepProof, ...] = ()
    refusal: str = ""
    """Why the derivation is ill-formed, or how a computation fails."""
    every_entry: bool = False
    """Whether every instance was decided, or one for each way in which the free indices coincide."""
    entries: int = 0
    """How many entries of claim = result were decided one by one, in integer arrays, beside the lines between."""
    opinion: Opinion | None = None
    numeric: tuple[NumericCheck, ...] = ()
    overflow: Counterexample | None = None
    least: tuple[tuple[str, int], ...] = ()
    """For every K: the open sizes, each with the number from which on it holds."""
    separately: tuple[int, ...] = ()
    """… and the numbers below at which every line was proved one by one."""
    general: Proof | None = None
    """The same derivation, decided for every K: at a chosen K it is an instance of that."""
    seconds: float = field(default=0.0, compare=False)

    @property
    def conditions(self) -> tuple[SideCondition, ...]:
        """Those under which the steps hold, each once, in the order of the steps."""
        found: dict[SideCondition, None] = {}
        for step in self.steps:
            if isinstance(step.verdict, Conditional):
                found |= dict.fromkeys(step.verdict.conditions)
        return tuple(found)

    @property
    def counterexample(self) -> Counterexample | None:
        """The first one."""
        found = (step.counterexample for step in self.steps if step.counterexample is not None)
        return next(found, self.overflow)

    def __str__(self) -> str:
        where = f" at {self.scope}" if self.sizes else ""
        return f"{self.name}: {self.verdict}{where}, {len(self.steps)} steps"

    def _repr_html_(self) -> str:
        from .notebook import proof_html  # only notebooks ask

        return proof_html(self)

    @property
    def as_expected(self) -> bool:
        """Whether the verdict is the expected one; a condition is no surprise where a proof was expected."""
        return self.verdict == self.expected or (self.verdict, self.expected) == ("conditional", "proved")


Progress: TypeAlias = Callable[[int], None]
"""Called with the number of instances that are done."""


def sizes_for(entry: Derivation | Overflow, K: int, given: Mapping[str, int] = {}) -> dict[Size, int]:
    """A number for every size of an entry; those that it pins stay."""
    if isinstance(entry, Overflow):
        return sizes_by_name(entry.of.sizes, K, given)
    return sizes_by_name(entry.free_sizes, K, given, dict(entry.sizes))


def sizes_by_name(
    free: Iterable[Size], K: int, given: Mapping[str, int] = {}, pinned: Mapping[Size, int] = {}
) -> dict[Size, int]:
    """A number for every size: the pinned ones, K, those given by name, and small different ones.

    Different sizes get different numbers, so that no sum over one is taken for a sum over another.
    Raises ValueError where a number is no size.
    """
    for name, number in {"K": K, **given}.items():
        if not isinstance(number, int) or isinstance(number, bool) or number < 1:
            raise ValueError(f"{name} = {number!r}: a size is a whole number from 1 up")
    chosen: dict[Size, int] = {}
    for size in sorted(free, key=lambda size: (size.name != "K", size.name)):
        if size in pinned:
            chosen[size] = pinned[size]
        elif size.name == "K":
            chosen[size] = K
        elif size.name in given:
            chosen[size] = given[size.name]
        else:
            taken = {*chosen.values(), *pinned.values(), *given.values()}
            chosen[size] = next(number for number in range(2, len(taken) + 3) if number not in taken)
    return chosen


def scope_of(sizes: Mapping[Size, int]) -> str:
    """K=3, N=2; a formula without a size holds for every K."""
    return ", ".join(f"{size.name}={number}" for size, number in sizes.items()) or "every K"


def every_scope(least: Sequence[tuple[str, int]], separately: Sequence[int] = ()) -> str:
    """every K, N; with what is known of small numbers: every K ≥ 2, or every K ≥ 2, and K = 1 separately."""
    scope = "every " + ", ".join(f"{name} ≥ {number}" if number > 1 else name for name, number in least)
    apart = ", ".join(map(str, separately))
    return f"{scope}, and {least[0][0]} = {apart} separately" if apart else scope


def starts(sizes: Iterable[Size], decisions: Sequence[Decision]) -> tuple[tuple[str, int], ...]:
    """The sizes by name, K first, each with the number from which on all steps hold."""
    names = sorted((size.name for size in sizes), key=lambda name: (name != "K", name))
    return tuple((name, max(dict(decision.least).get(name, 1) for decision in decisions)) for name in names)


def below(least: Sequence[tuple[str, int]], decisions: Sequence[Decision]) -> tuple[int, ...]:
    """The numbers just below the start of the only size at which every step holds as well."""
    if len(least) != 1:
        return ()
    ((name, start),) = least
    found: list[int] = []
    for number in reversed(range(1, start)):
        if not all(number >= dict(d.least).get(name, 1) or number in d.separately for d in decisions):
            break
        found.insert(0, number)
    return tuple(found)


def prove(
    entry: Entry,
    K: int | Every = 3,
    *,
    sizes: Mapping[str, int] = {},
    every_entry: bool = False,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Proof:
    """Decide every step of a derivation at K classes, or with K = EVERY for every number of them at once.

    `sizes` gives numbers to further sizes by name, such as {"N": 4};
    `every_entry` decides every instance one by one, however many there are.
    Raises ValueError where K or a size is not a natural number.
    """
    if not isinstance(entry, Derivation | Pitfall | Overflow):
        raise TypeError(f"{entry!r} is not a derivation; names are looked up in derive.catalog.entries()")
    match entry:
        case Pitfall(wrong=wrong, expected=expected):
            try:
                derivation = wrong()
            except WrittenError as refusal:
                scope = "every K" if K is EVERY else f"K={K}"
                return Proof(entry.name, entry, None, scope, (), "ill-formed", expected, refusal=str(refusal))
            proof = prove(derivation, K, sizes=sizes, every_entry=every_entry, limits=limits, progress=progress)
            return replace(proof, name=entry.name, entry=entry, expected=expected)
        case Overflow():
            chosen = sizes_for(entry, 3 if K is EVERY else K)
            return Proof(entry.name, entry, None, scope_of(chosen), tuple(chosen.items()), "unknown", "refuted")
    if K is EVERY:
        return prove_every(entry, limits)
    return prove_derivation(entry, sizes_for(entry, K, sizes), every_entry, limits, progress)


def speaks_of_sizes(derivation: Derivation) -> bool:
    """Whether a size is left open: there is something to prove for every K."""
    return not {size for size, _ in derivation.sizes}.issuperset(derivation.free_sizes)


def with_general(proof: Proof) -> Proof:
    """A proof at chosen sizes with the one for every K, where the derivation leaves a size open."""
    if proof.derivation is None or not speaks_of_sizes(proof.derivation):
        return proof
    return replace(proof, general=prove(proof.entry, EVERY))


def primary(proof: Proof) -> Proof:
    """The proof for every K, where there is one beside that at chosen sizes."""
    return proof.general or proof


def prove_every(derivation: Derivation, limits: Limits | None = None) -> Proof:
    """Decide every step for every size; a derivation that pins its sizes, or has none, is decided as it is."""
    pinned = dict(derivation.sizes)
    open_sizes = [size for size in derivation.free_sizes if size not in pinned]
    if not open_sizes:
        return prove_derivation(derivation, {size: pinned[size] for size in derivation.free_sizes}, limits=limits)
    start = perf_counter()
    decider = IndexDecider(derivation.assuming, limits, {size: pinned[size] for size in pinned})
    decisions = decider.decide_chain(derivation.lines, rounded(derivation))
    least = starts(open_sizes, decisions)
    separately = below(least, decisions)
    proof = concluded(derivation, every_scope(least, separately), {}, decisions, "index calculus", start)
    return replace(proof, least=least, separately=separately)


def prove_derivation(
    derivation: Derivation,
    sizes: Mapping[Size, int],
    every_entry: bool = False,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Proof:
    """Decide every step at given sizes: by a tower, or beyond MANY by the index calculus, where that proves it."""
    start, largest = perf_counter(), max(sizes.values(), default=0)
    if every_entry and largest > MANY:
        proof = prove_entries(derivation, sizes, limits, progress)
        if proof.entries or largest > LARGEST_WRITTEN:
            return proof
    if largest > MANY and not every_entry:
        decisions = IndexDecider(derivation.assuming, limits, sizes).decide_chain(derivation.lines, rounded(derivation))
        if largest > LARGEST_TOWER or all(proves(decision) for decision in decisions):
            return concluded(derivation, scope_of(sizes), sizes, decisions, "index calculus", start)
    decider = Decider(sizes, derivation.assuming, limits)
    decisions = decider.decide_chain(derivation.lines, rounded(derivation), every_entry, progress)
    return concluded(derivation, scope_of(sizes), sizes, decisions, "tower", start)


def prove_entries(
    derivation: Derivation, sizes: Mapping[Size, int], limits: Limits | None = None, progress: Progress | None = None
) -> Proof:
    """Decide claim = result at every entry, one by one in exact integer arrays; the lines between with letters."""
    from .kernel.entrywise import decide_entries  # NumPy takes a tenth of a second: only for those who ask

    start = perf_counter()
    proof = prove_derivation(derivation, sizes, limits=limits)
    if proof.verdict not in ("proved", "conditional"):
        return proof
    claim, *_, result = derivation.scalars
    clock = Clock(limits or Limits())
    try:
        found = decide_entries(claim, result, derivation.assuming, sizes, clock, progress)
    except (OutsideClass, LimitReached) as reason:
        return replace(proof, verdict="unknown", refusal=str(reason))
    if found.different is not None:
        where = ", ".join(f"{name} = {number}" for name, number in found.different)
        return replace(proof, verdict="unknown", refusal=f"claim and result are not seen to be equal at {where}")
    return replace(proof, entries=found.entries, every_entry=found.entries > 0, seconds=perf_counter() - start)


def rounded(derivation: Derivation) -> frozenset[int]:
    """The numbers of the lines that show the one before to some digits."""
    return frozenset(n for n, step in enumerate(derivation.steps, 1) if step.relation == "≈")


def proves(decision: Decision) -> bool:
    """Whether a step is proved, under conditions or without."""
    return isinstance(decision.verdict, Proved | Conditional)


def concluded(
    derivation: Derivation,
    scope: str,
    sizes: Mapping[Size, int],
    decisions: Sequence[Decision],
    method: str,
    start: float,
) -> Proof:
    """The proof that decisions on its steps make up."""
    digits = rounded(derivation)
    steps = tuple(
        StepProof(
            number,
            before,
            step,
            decision.verdict,
            "interval arithmetic" if number in digits else method,
            decision.instances,
            decision.nanoseconds / 1e9,
        )
        for number, ((before, step), decision) in enumerate(zip(derivation.pairs(), decisions, strict=True), 1)
    )
    return Proof(
        derivation.name,
        derivation,
        derivation,
        scope,
        tuple(sizes.items()),
        worst([step.verdict for step in steps]),
        "proved",
        steps,
        every_entry=all(decision.every for decision in decisions),
        seconds=perf_counter() - start,
    )


def worst(verdicts: Sequence[Verdict]) -> VerdictName:
    """The verdict on a chain: one false step refutes it, an unknown one leaves it unknown."""
    names = {verdict.name for verdict in verdicts}
    order: tuple[VerdictName, ...] = ("refuted", "unknown", "conditional", "proved")
    return next(name for name in order if name in names)
