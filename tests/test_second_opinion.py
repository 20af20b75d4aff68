"""SymPy's opinion and the numbers stand beside the verdict, and can only take away from it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derive import (
    D,
    Derivation,
    Step,
    Sum,
    define,
    equal,
    exp,
    indices,
    log,
    matrix,
    norm_squared,
    positive,
    scalar,
    size,
    trace,
    vector,
)
from derive.catalog import entries
from derive.derivation import Overflow
from derive.proof import NumericCheck, Opinion, prove
from derive.rules import algebra, differentiate, hypothesis
from derive.second_opinion import failed_checks, with_numbers, with_opinion

x = scalar("x")
right = Derivation("right", D(exp(2 * x), x), Step(2 * exp(2 * x), by=differentiate))
wrong = Derivation("wrong", D(exp(2 * x), x), Step(exp(2 * x), by=differentiate))


def test_sympy_agrees() -> None:
    proof = with_opinion(prove(right))
    assert proof.opinion is not None
    assert (proof.opinion.verdict, proof.opinion.derivative) == ("agrees", "2 e^{2 x}")


def test_sympy_agrees_on_what_is_written_without_indices() -> None:
    K, N = size("K"), size("N")
    A, B, w = matrix("A", K, N), matrix("B", N, K), vector("w", N)
    swapped = Derivation("swapped", trace(A @ B), Step(trace(B @ A), by=algebra))
    squared = Derivation("squared", D(norm_squared(A @ w), w), Step(2 * (A @ w).T @ A, by=differentiate))
    for derivation in (swapped, squared):  # their sums have primed letters
        proof = with_opinion(prove(derivation, K=2))
        assert proof.opinion is not None and (proof.opinion.verdict, proof.opinion.reason) == ("agrees", "")


def test_sympy_agrees_where_its_value_is_a_variable() -> None:
    N = size("N")
    (n,) = indices("n", N)
    a, u = vector("a", N), vector("u", N)
    share = Derivation("share", a[n] * u[n] / a[n], Step(u[n], by=algebra), assuming=[positive(a[n])])
    proof = with_opinion(prove(share))
    assert proof.opinion is not None and proof.opinion.verdict == "agrees"


def test_what_is_not_proved_is_not_asked_about() -> None:
    assert with_opinion(prove(wrong)).opinion is None
    assert with_numbers(prove(wrong)).numeric == ()


def test_when_sympy_differs_the_proof_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    differs = Opinion("differs", 1, "", "", "SymPy finds 3")
    monkeypatch.setattr("derive.concrete.opinion.opinion", lambda *_: differs)
    proof = with_opinion(prove(right))
    assert (proof.verdict, proof.refusal) == ("unknown", "SymPy's opinion differs: SymPy finds 3")


def test_what_sympy_leaves_undecided_takes_nothing_away() -> None:
    z, (k,) = vector("z", size("K")), indices("k", size("K"))
    S = define("S", Sum(k, exp(z[k])))
    proof = with_opinion(prove(Derivation("open", log(S), Step(0, by=hypothesis), assuming=[equal(S, 1)])))
    assert proof.opinion is not None
    assert (proof.verdict, proof.opinion.verdict, proof.refusal) == ("proved", "undecided", "")


def test_sympy_is_asked_where_sizes_are_small() -> None:
    proof = with_opinion(prove(entries()["softmax-jacobian"], K=40))
    assert proof.verdict == "proved"
    assert proof.opinion is not None
    assert (proof.opinion.verdict, proof.opinion.instances) == ("not asked", 0)
    assert "K = 40" in proof.opinion.reason


def test_numbers_pass() -> None:
    proof = with_numbers(prove(right))
    assert proof.numeric
    assert failed_checks([proof]) == []


def test_a_failed_check_is_named() -> None:
    proof = replace(prove(right), numeric=(NumericCheck("final form", "ties", 1e-3, 1e-12),))
    assert failed_checks([proof]) == ["right (every K): final form, ties: 0.001 > 1e-12"]


def test_the_numeric_gate_refutes_a_claim_about_computing() -> None:
    claim = next(entry for entry in entries().values() if isinstance(entry, Overflow))
    proof = with_numbers(prove(claim))
    assert proof.verdict == "refuted"
    assert proof.counterexample is not None
    stable = replace(claim, formula=x, shift=claim.shift)
    assert with_numbers(prove(stable)).verdict == "unknown"
