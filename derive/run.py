"""Many proofs in one run: which questions there are, and their answers, spread over the processors."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import cache, partial
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

MOST_CHUNKS = 200
"""Into how many parts values are cut at most: a part takes a message to another process."""

NEIGHBOURS = 4
"""So many values at least go to a process together: neighbours in the catalog ask SymPy for the same derivative."""

COLLECT_AFTER = 100_000
"""Formulas and polynomials refer to nothing in circles: to look for some after each 700 objects costs a tenth."""

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

    def here(n: int) -> None:
        found[n] = answer(asked[n], partial(_instances, advance, asked[n].name))
        advance(asked[n].name, 0, 1)

    # a pitfall is a function, perhaps of a person's own file, which another process does not know
    away = [n for n, q in enumerate(asked) if isinstance(q.entry, Derivation) and q.K is not EVERY]
    away.reverse()  # the longest, about batches and layers, stand last: begun first, nobody waits for them
    if len(away) > FEW:
        proofs = in_processes(answer, [asked[n] for n in away], NEIGHBOURS)
        for n in sorted({*range(len(asked))}.difference(away)):
            here(n)
        for n, proof in zip(away, proofs, strict=False):
            found[n] = proof
            advance(asked[n].name, 0, 1)
    for n in range(len(asked)):
        if n not in found:
            here(n)
    return [found[n] for n in range(len(asked))]


def pages(
    written: Callable[[Asked], Written], asked: Sequence[Asked], advance: Advance
) -> Iterator[tuple[int, Written]]:
    """The pages of a report, as they come, with the places of what was asked; they begin at once."""
    begun = each(written, asked, here=lambda one: isinstance(one.proof.entry, Pitfall))

    def counted() -> Iterator[tuple[int, Written]]:
        for place, page in begun:
            advance(asked[place].proof.name, 0, 1)
            yield place, page

    return counted()


def _instances(advance: Advance, name: str, done: int) -> None:
    advance(name, done, 0)


def get_ready() -> None:
    """Have SymPy loaded in the background, while this process finds out what is asked."""
    if "forkserver" in multiprocessing.get_all_start_methods() and (os.cpu_count() or 1) > 1:
        forkserver.set_forkserver_preload([READY])
        forkserver.ensure_running()


def in_processes(function: Callable[[T], R], values: Sequence[T], together: int = 1) -> Iterator[R]:
    """`function` of each value, in order, from one process for each processor; so many at least go there together.

    They begin at once, whether somebody waits for the results or not. Fewer results than values where such processes
    cannot be had. What another process does not know, such as a function of a person's own file, has no place in the
    values.
    """
    try:
        if (pool := _pool()) is not None:
            size = max(together, len(values) // MOST_CHUNKS)
            return _as_far_as_they_come(pool.map(function, values, chunksize=size))
    except (OSError, BrokenProcessPool):
        pass
    return iter(())


def _as_far_as_they_come(results: Iterator[R]) -> Iterator[R]:
    """The results, until the processes end before their time."""
    try:
        yield from results
    except (OSError, BrokenProcessPool):
        return


def each(
    function: Callable[[T], R], values: Sequence[T], here: Callable[[T], bool] = lambda value: False
) -> Iterator[tuple[int, R]]:
    """The place of each value, and `function` of it, as they come: by all processors where there are many values.

    The others begin at once. `here` says of which values this process has to find it itself, which it does meanwhile.
    """
    away = [n for n, value in enumerate(values) if not here(value)]
    away.reverse()  # the longest stand last here as well
    begun = in_processes(function, [values[n] for n in away]) if len(away) > FEW else iter(())
    return _as_they_come(function, values, away, begun)


def _as_they_come(
    function: Callable[[T], R], values: Sequence[T], away: Sequence[int], begun: Iterator[R]
) -> Iterator[tuple[int, R]]:
    left = dict(enumerate(values))
    for n in sorted(left.keys() - away):
        yield n, function(left.pop(n))
    for n, found in zip(away, begun, strict=False):
        del left[n]
        yield n, found
    for n, value in left.items():
        yield n, function(value)


@cache
def _pool() -> ProcessPoolExecutor | None:
    """The processes of this run, which stay until it ends; None where there is one processor, or no such processes."""
    if (os.cpu_count() or 1) == 1 or "forkserver" not in multiprocessing.get_all_start_methods():
        return None
    get_ready()
    context = multiprocessing.get_context("forkserver")  # safe beside threads, and loads SymPy only once
    return ProcessPoolExecutor(os.cpu_count(), context)
