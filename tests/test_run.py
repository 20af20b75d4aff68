"""Questions: one for each entry and scope, and none that is asked twice."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool

import pytest

from derive.catalog import entries
from derive.derivation import Derivation, Overflow, Pitfall
from derive.proof import EVERY
from derive.run import FEW, answer, each, questions, sizes_of

CATALOG = entries()


def asked(*names: str, K: list[object]) -> list[tuple[str, object]]:
    chosen = {name: CATALOG[name] for name in names}
    return [(q.name, q.K) for q in questions(chosen, K)]  # type: ignore[arg-type]  # numbers and EVERY


def test_one_for_each_k() -> None:
    assert asked("softmax-sum", K=[EVERY, 2, 3]) == [("softmax-sum", EVERY), ("softmax-sum", 2), ("softmax-sum", 3)]


def test_what_does_not_depend_on_k_is_asked_once() -> None:
    assert asked("sigmoid-derivative", K=[EVERY, 2, 3]) == [("sigmoid-derivative", EVERY)]
    assert asked("softmax-two-classes", K=[EVERY, 2, 3]) == [("softmax-two-classes", EVERY)]


def test_whether_floats_overflow_is_no_question_for_every_k_or_many_classes() -> None:
    (name,) = (name for name, entry in CATALOG.items() if isinstance(entry, Overflow))
    assert asked(name, K=[EVERY, 128256]) == []
    assert asked(name, K=[3]) == [(name, 3)]


def test_pitfalls_are_asked_for_every_k() -> None:
    (question,) = questions({"p": CATALOG["pitfall-labels-not-normalised"]}, [EVERY])
    assert isinstance(question.entry, Pitfall) and sizes_of(question) == ()
    proof = answer(question)
    assert (proof.verdict, proof.general, proof.opinion) == ("refuted", None, None)


def test_a_chosen_k_comes_with_every_k() -> None:
    (question,) = questions({"s": CATALOG["softmax-sum"]}, [3])
    proof = answer(question)
    assert isinstance(proof.entry, Derivation) and proof.general is not None
    assert (proof.scope, proof.general.scope, proof.opinion is not None) == ("K=3", "every K", True)


def test_each_says_the_place_with_many_processes_and_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    values = list(range(3 * FEW))
    assert sorted(each(str, values)) == list(enumerate(map(str, values)))
    assert list(each(str, values[:2])) == [(0, "0"), (1, "1")]
    monkeypatch.setattr("derive.run._pool", lambda: None)
    assert sorted(each(str, values)) == list(enumerate(map(str, values)))


def test_what_processes_do_not_answer_is_answered_here(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def map(self, function: Callable[[int], str], values: Sequence[int], chunksize: int) -> Iterator[str]:
            yield from map(function, values[:5])
            raise BrokenProcessPool

    monkeypatch.setattr("derive.run._pool", Broken)
    values = list(range(3 * FEW))
    assert sorted(each(str, values)) == list(enumerate(map(str, values)))


def test_what_no_process_may_have_is_found_here() -> None:
    here = os.getpid()
    found = list(each(process_of, list(range(3 * FEW)), here=lambda n: n % FEW == 0))
    assert [n for n, process in found if process == here] == [0, FEW, 2 * FEW]
    assert sorted(n for n, _ in found) == list(range(3 * FEW))


def process_of(value: int) -> int:
    return os.getpid()
