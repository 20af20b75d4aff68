"""The JSON document keeps its keys and its words."""

from __future__ import annotations

import json

from derive import (
    D,
    Derivation,
    Step,
    Sum,
    define,
    distinct,
    equal,
    exp,
    indices,
    one_hot,
    one_of,
    positive,
    scalar,
    size,
    vector,
)
from derive.catalog import entries
from derive.document import document, hypothesis, result
from derive.proof import NumericCheck, Proof, prove
from derive.rules import algebra, differentiate
from derive.second_opinion import with_numbers, with_opinion

K = size("K")
i, j, k, c = indices("i j k c", K)
z, t = vector("z", K), vector("t", K)
x = scalar("x")
y = define("y", i, exp(z[i]) / Sum(k, exp(z[k])))


def test_the_document_of_the_design() -> None:
    chain = Derivation(
        "sum", Sum(i, y[i]), Step(Sum(i, exp(z[i])) / Sum(k, exp(z[k])), by=algebra), Step(1 + 0 * x, by=algebra)
    )
    found = document([prove(chain)], "0.1.0")
    assert list(found) == ["derive", "results"]
    (one,) = found["results"]
    assert one["claim"] == "Sum(i, y[i])"
    assert one["result"] == "1 + 0*x"
    assert (one["scope"], one["verdict"], one["expected"]) == ("K=3", "proved", "proved")
    assert (one["assuming"], one["conditions"], one["counterexample"]) == ([], [], None)
    assert one["seconds"] >= 0
    step = one["steps"][0]
    assert {key: step[key] for key in ("line", "rule", "verdict", "method", "instances")} == {
        "line": 1, "rule": "algebra", "verdict": "proved", "method": "tower", "instances": 1,
    }  # fmt: skip
    json.dumps(found)


def test_without_times_it_is_always_the_same() -> None:
    chain = Derivation("twice", x + x, Step(2 * x, by=algebra))
    first, second = (document([prove(chain)], "0.1.0", timed=False) for _ in range(2))
    assert first == second
    assert "seconds" not in json.dumps(first)


def test_a_counterexample_is_exact() -> None:
    one = result(prove(Derivation("wrong", D(x**2, x), Step(x, by=differentiate))))
    assert one["verdict"] == "refuted"
    assert one["counterexample"]["point"] == {"x": "1"}
    assert (one["counterexample"]["left"], one["counterexample"]["right"]) == ("2", "1")


def test_conditions_and_reasons() -> None:
    assert result(prove(Derivation("half", x / x, Step(1 + 0 * x, by=algebra))))["conditions"] == ["x ≠ 0"]
    one = result(prove(Derivation("power", x**x, Step(x ** (x + 0), by=algebra))))
    assert one["verdict"] == "unknown"
    assert "its exponent is not an integer" in one["reason"]


def test_hypotheses_are_written() -> None:
    given = [equal(Sum(k, t[k]), 1), positive(x), one_hot(t, c), one_of(x, 0, 1), distinct(i, j)]
    assert [hypothesis(h) for h in given] == [
        "Sum(k, t[k]) = 1", "x > 0", "t is one-hot at c", "x in {0, 1}", "i ≠ j",
    ]  # fmt: skip


def test_opinion_numbers_and_pitfalls() -> None:
    catalog = entries()
    proof = with_numbers(with_opinion(prove(catalog["sigmoid-derivative"])))
    one = result(proof)
    assert one["sympy"]["verdict"] == "agrees"
    assert one["numeric"] and all(row["passed"] for row in one["numeric"])
    overflow = result(with_numbers(prove(catalog["pitfall-shift-by-maximum"])))
    assert overflow["verdict"] == overflow["expected"] == "refuted"
    assert overflow["counterexample"] is not None
    refused = result(prove(catalog["pitfall-summed-gradient"]))
    assert refused["verdict"] == "ill-formed"
    assert refused["reason"]


def test_nan_is_null() -> None:
    proof = prove(Derivation("twice", x + x, Step(2 * x, by=algebra)))
    row = NumericCheck("final form", "±700", float("nan"), None)
    shown = result(Proof(proof.name, proof.entry, proof.derivation, "every K", (), "proved", "proved", numeric=(row,)))
    assert shown["numeric"][0]["largest"] is None
    json.dumps(shown, allow_nan=False)
