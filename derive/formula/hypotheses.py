"""What a derivation assumes, as data: it is printed with the verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from .arrays import Tensor, all_indices
from .tree import Distinct, Expr, Index, Same, Symbol, WrittenError, check_label


@dataclass(frozen=True, slots=True)
class Equation:
    """Both sides are equal, for every value of their indices: Σ_j t_j = 1."""

    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Positive:
    """Greater than zero, for every value of its indices: p > 0."""

    body: Expr


@dataclass(frozen=True, slots=True)
class OneHot:
    """The label of class c: t_k = δ_kc for every k."""

    label: Tensor
    at: Index

    def __post_init__(self) -> None:
        if not isinstance(self.at, Index):
            raise WrittenError(f"one_hot({self.label}, {self.at}): expected the index of the class")
        if (
            not isinstance(self.label, Tensor)
            or self.label.definition is not None
            or self.label.shape != (self.at.size,)
        ):
            raise WrittenError(f"one_hot({self.label}, {self.at}): expected a vector variable over {self.at.size}")


@dataclass(frozen=True, slots=True)
class OneOf:
    """A variable that takes only these values: t is 0 or 1."""

    symbol: Symbol
    values: tuple[int, ...]

    def __post_init__(self) -> None:
        check_label(self.symbol, *self.values)
        if not self.values:
            raise WrittenError(f"one_of({self.symbol}): expected at least one value")


Hypothesis: TypeAlias = Equation | Positive | Same | Distinct | OneHot | OneOf


def formulas(hypothesis: Hypothesis) -> tuple[Expr, ...]:
    """The formulas that a hypothesis is written with."""
    match hypothesis:
        case Equation(left, right):
            return left, right
        case Positive(body):
            return (body,)
        case OneHot(label, at):
            return (label[at],)
        case OneOf(symbol):
            return (symbol,)
    return ()


def given_indices(hypothesis: Hypothesis) -> frozenset[Index]:
    """The indices whose value the hypothesis speaks of; those of an equation run over all values instead."""
    match hypothesis:
        case Same(left, right) | Distinct(left, right):
            return frozenset(p for p in (left, right) if isinstance(p, Index))
        case OneHot(_, at):
            return frozenset({at})
    return frozenset()


def letters(hypotheses: Iterable[Hypothesis]) -> frozenset[Index]:
    """Every index that the hypotheses are written with, bound ones too: an array's entry must not be called by it."""
    written = frozenset[Index]()
    for hypothesis in hypotheses:
        written = written.union(given_indices(hypothesis), *map(all_indices, formulas(hypothesis)))
    return written


def check_hypotheses(assuming: object) -> tuple[Hypothesis, ...]:
    """The hypotheses as a tuple; refuses what is none, such as x == 1, which compares how both are written."""
    if isinstance(assuming, Hypothesis):
        raise WrittenError(f"assuming={assuming!r}: write a list, assuming=[…]")
    if isinstance(assuming, str) or not isinstance(assuming, Iterable):
        raise WrittenError(f"assuming={assuming!r} is not a list of hypotheses")
    given = tuple(assuming)
    for h in given:
        if not isinstance(h, Hypothesis):
            raise WrittenError(
                f"{h!r} is not a hypothesis; write equal(left, right), positive(…), same(i, j), distinct(i, j), "
                "one_hot(t, c) or one_of(t, 0, 1); == only asks whether two formulas are written alike"
            )
    return given
