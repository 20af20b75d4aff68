"""Many proofs in one run: which questions there are, and their answers, spread over the processors."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import forkserver
from typing import TYPE_CHECKING, TypeVar

from .derivation import Derivation, Entry, Overflow, Pitfall
from .formula.tree import Size
from .proof import EVERY, MANY, Every, Proof, prove, scope_of, sizes_for, speaks_of_sizes, with_general

if TYPE_CHECKING:
    from .report.written import Asked, Written

T = TypeVar("T")
R = TypeVar("R")

Advance = Callable[[str, int, int], None]
"""Called with a name, the instances of it that are done, and how many questions were answered since the last call."""

FEW = 8
"""Up to so many questions are answered in this process: a second one takes a second to get ready."""

MOST_GROUPS = 200
"""Into how many groups values are put at most: a group takes a message to another process."""

COLLECT_AFTER = 100_000
"""Formulas and polynomials refer to nothing in circles: to look for some after each 700 objects costs a tenth."""

QUICKLY = 0.0005
"""So many seconds this process computes at most while results of others wait to be taken, and they for more to do."""

READY = "derive.ready"
"""The module that loads all that a process of a run needs; not imported here, where it may not be needed."""


@dataclass(frozen=True, slots=True)
class Question:
    """One entry at one K, or at every K, and how far it is looked into."""

    name: str
    entry: Entry
    K: int | Every
    sizes: Mapping[str, int] = field(default_factory=dict)
    every_entry: bool = False
    numeric: bool = False
    """Whether the numbers are checked too, and SymPy's derivative is kept as it prints it: what a report shows."""


def questions(
    chosen: Mapping[str, Entry],
    classes: Iterable[int | Every],
    sizes: Mapping[str, int] = {},
    every_entry: bool = False,
    numeric: bool = False,
) -> list[Question]:
    """All entries at all K; one whose sizes do not depend on K only once.

    For every K, and for many classes, there is no question about computing: that a formula overflows is seen at few.
    """
    found: dict[tuple[str, str], Question] = {}
    for K in classes:
        for name, entry in chosen.items():
            if isinstance(entry, Overflow) and (K is EVERY or K > MANY):
                continue
            scope = scope_in_question(entry, K, sizes)
            found.setdefault((name, scope), Question(name, entry, K, sizes, every_entry, numeric))
    return list(found.values())


def scope_in_question(entry: Entry, K: int | Every, sizes: Mapping[str, int]) -> str:
    """What tells two questions about one entry apart."""
    if isinstance(entry, Pitfall):
        return f"K={K}"
    if K is EVERY:
        return "every K" if isinstance(entry, Derivation) and speaks_of_sizes(entry) else scope_of(sizes_for(entry, 1))
    return scope_of(sizes_for(entry, K, sizes))


def sizes_of(question: Question) -> tuple[Size, ...]:
    """The sizes that a question is about; a pitfall's are known only once it is written."""
    match question.entry:
        case Derivation() as derivation:
            return derivation.free_sizes
        case Overflow(of=of):
            return of.sizes
    return ()


def answer(question: Question, progress: Callable[[int], None] | None = None) -> Proof:
    """The proof with SymPy's opinion, and with its numeric checks where they are asked for."""
    entry = question.entry
    if question.K is EVERY:
        return prove(entry, EVERY)
    from .second_opinion import with_numbers, with_opinion

    proof = prove(entry, question.K, sizes=question.sizes, every_entry=question.every_entry, progress=progress)
    proof = with_opinion(with_general(proof), printed=question.numeric)
    return with_numbers(proof) if question.numeric or isinstance(entry, Overflow) else proof


def answers(asked: Sequence[Question], advance: Advance = lambda name, instances, answered: None) -> list[Proof]:
    """The answers in the order of the questions; the same, whichever process finds them."""
    found: dict[int, Proof] = {}

    def answer_here(question: Question) -> Proof:
        return answer(question, lambda done: advance(question.name, done, 0))

    # a pitfall is a function, perhaps of a person's own file, which another process does not know
    away = [n for n, q in enumerate(asked) if isinstance(q.entry, Derivation) and q.K is not EVERY]
    away.sort(key=lambda n: len(sizes_of(asked[n])))  # what speaks of batches and layers too takes longest
    if len(away) > FEW:
        from .concrete import opinion as opinion  # loads SymPy here, while the other processes load theirs
    for n, proof in each(answer, asked, away, answer_here):
        found[n] = proof
        advance(asked[n].name, 0, 1)
    return [found[n] for n in range(len(asked))]


def pages(
    written: Callable[[Asked], Written], asked: Sequence[Asked], advance: Advance
) -> Iterator[tuple[int, Written]]:
    """The pages of a report, as they come, with the places of what was asked; they begin at once."""
    speaks_of = {
        n: one.proof.entry.free_sizes for n, one in enumerate(asked) if isinstance(one.proof.entry, Derivation)
    }
    begun = each(written, asked, sorted(speaks_of, key=lambda n: len(speaks_of[n])))

    def counted() -> Iterator[tuple[int, Written]]:
        for place, page in begun:
            advance(asked[place].proof.name, 0, 1)
            yield place, page

    return counted()


def get_ready() -> None:
    """Have SymPy loaded in the background, while this process finds out what is asked."""
    if "forkserver" in multiprocessing.get_all_start_methods() and (os.cpu_count() or 1) > 1:
        forkserver.set_forkserver_preload([READY])
        forkserver.ensure_running()


def each(
    function: Callable[[T], R],
    values: Sequence[T],
    away: Sequence[int],
    here: Callable[[T], R] | None = None,
) -> Generator[tuple[int, R], None, None]:
    """The place of each value, and `function` of it, as they come: by all processors where there are many values.

    Those at the places `away` may go to other processes, which begin at once, and with the last, where the longest
    ought to stand. This process finds those that may not, and then what no other has begun yet: by `here`, which does
    the same, where it is given. What another process does not know, such as a function of a person's own file, has no
    place among those that may go away.
    """
    begun: dict[tuple[int, ...], Future[list[R]]] = {}
    if len(away) > FEW and (pool := _pool()) is not None:
        size = 1 + len(away) // MOST_GROUPS
        groups = [tuple(away[n : n + size]) for n in range(0, len(away), size)]
        with suppress(OSError, BrokenProcessPool):
            for group in reversed(groups):
                begun[group] = pool.submit(_all_of, function, [values[n] for n in group])
    return _as_they_come(here or function, values, begun)


def _all_of(function: Callable[[T], R], values: Sequence[T]) -> list[R]:
    return [function(value) for value in values]


def _as_they_come(
    function: Callable[[T], R], values: Sequence[T], begun: Mapping[tuple[int, ...], Future[list[R]]]
) -> Generator[tuple[int, R], None, None]:
    """Others take what they do from the left, this process from the right."""
    left = deque(begun)
    try:
        for n in sorted({*range(len(values))}.difference(*begun)):
            yield n, function(values[n])
        while left:
            if not begun[left[0]].done() and begun[left[-1]].cancel():
                group = left.pop()
                found = None
            else:
                group = left.popleft()
                found = _result(begun[group])
            for place, n in enumerate(group):
                yield n, function(values[n]) if found is None else found[place]
    finally:  # where nobody wants the rest
        for group in left:
            begun[group].cancel()


def _result(future: Future[R]) -> R | None:
    """What another process has found, when it has; None where it ended before its time."""
    try:
        return future.result()
    except (OSError, BrokenProcessPool):
        return None


@cache
def _pool() -> ProcessPoolExecutor | None:
    """The other processes of this run, which stay until it ends; None where there are one processor, or none such."""
    if (os.cpu_count() or 1) == 1 or "forkserver" not in multiprocessing.get_all_start_methods():
        return None
    get_ready()
    sys.setswitchinterval(QUICKLY)
    context = multiprocessing.get_context("forkserver")  # safe beside threads, and loads SymPy only once
    return ProcessPoolExecutor((os.cpu_count() or 1) - 1, context)
