"""Questions: one for each entry and scope, and none that is asked twice."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future
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
    assert sorted(each(str, values, values)) == list(enumerate(map(str, values)))
    assert list(each(str, values[:2], [0, 1])) == [(0, "0"), (1, "1")]
    monkeypatch.setattr("derive.run._pool", lambda: None)
    assert list(each(str, values, values)) == list(enumerate(map(str, values)))


class Others:
    """A pool in this process, with what happens to each group."""

    def __init__(self, outcome: Callable[[Future[list[str]]], None]) -> None:
        self.outcome = outcome
        self.groups: list[Future[list[str]]] = []

    def submit(self, *asked: object) -> Future[list[str]]:
        future: Future[list[str]] = Future()
        self.groups.append(future)
        self.outcome(future)
        return future


def test_what_processes_do_not_answer_is_answered_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(future: Future[list[str]]) -> None:
        future.set_running_or_notify_cancel()
        future.set_exception(BrokenProcessPool())

    monkeypatch.setattr("derive.run._pool", lambda: Others(broken))
    values = list(range(3 * FEW))
    assert sorted(each(str, values, values)) == list(enumerate(map(str, values)))


def test_processes_that_cannot_be_had_are_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(future: Future[list[str]]) -> None:
        raise OSError

    monkeypatch.setattr("derive.run._pool", lambda: Others(refused))
    values = list(range(3 * FEW))
    assert sorted(each(str, values, values)) == list(enumerate(map(str, values)))


def test_what_no_process_has_begun_is_found_here(monkeypatch: pytest.MonkeyPatch) -> None:
    others = Others(lambda future: None)
    monkeypatch.setattr("derive.run._pool", lambda: others)
    values = list(range(3 * FEW))
    found = each(str, values, values, here=lambda n: f"here {n}")
    assert [next(found) for _ in range(4)] == [(n, f"here {n}") for n in range(4)]
    others.groups[0].set_running_or_notify_cancel()
    others.groups[0].set_result(["theirs"])
    assert [next(found) for _ in range(2)] == [(values[-1], "theirs"), (4, "here 4")]
    found.close()
    assert not others.groups[0].cancelled() and all(group.cancelled() for group in others.groups[1:])


def test_what_no_process_may_have_is_found_here() -> None:
    here = os.getpid()
    values = list(range(3 * FEW))
    found = dict(each(process_of, values, [n for n in values if n % FEW]))
    assert sorted(found) == values
    assert all(found[n] == here for n in values if n % FEW == 0)


def process_of(value: int) -> int:
    return os.getpid()
