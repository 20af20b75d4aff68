"""(derivation, scope) → Proof: every step, every instance, every condition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from time import perf_counter
from typing import Literal, TypeAlias

from .derivation import Derivation, Entry, Overflow, Pitfall, Step
from .formula.tree import Formula, Size
from .kernel.verdict import Conditional, Counterexample, Proved, Refuted, SideCondition, Unknown, Verdict

VerdictName: TypeAlias = Literal["proved", "conditional", "refuted", "unknown", "ill-formed"]


@dataclass(frozen=True, slots=True)
class StepProof:
    """One step, decided: line n − 1 against line n."""

    number: int
    before: Formula
    step: Step
    verdict: Verdict
    method: str
    """What decided it: "tower", or "interval arithmetic" for a rounded number."""
    instances: int
    """How many instances were decided, one by one."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Opinion:
    """SymPy's own derivative of the claim, beside the kernel's result."""

    verdict: Literal["agrees", "differs", "not asked"]
    instances: int
    derivative: str
    """The claim at the first instance as SymPy printed it after `diff`, in LaTeX."""
    instance: str
    """The first instance, such as "i = 1, j = 2"."""
    reason: str = ""
    """Why SymPy was not asked, or what differs."""


@dataclass(frozen=True, slots=True)
class NumericCheck:
    """The largest error of one method over its points."""

    method: str
    """Such as "final form, float64, against mpmath.diff of the definition"."""
    points: str
    """Which points: "64 random points, seed 7", "ties", "one dominant logit", "±700"."""
    largest: float
    """Largest relative error (absolute where the reference is below 1); nan when nothing was finite."""
    limit: float | None
    """The bound that it must keep; None where the figure is only shown."""
    note: str = ""

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
    opinion: Opinion | None = None
    numeric: tuple[NumericCheck, ...] = ()
    overflow: Counterexample | None = None
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
        found = (s.verdict.counterexample for s in self.steps if isinstance(s.verdict, Refuted))
        return next(found, self.overflow)

    @property
    def as_expected(self) -> bool:
        """Whether the verdict is the expected one; a condition is no surprise where a proof was expected."""
        return self.verdict == self.expected or (self.verdict, self.expected) == ("conditional", "proved")
