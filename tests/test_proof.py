"""Proofs of whole chains: scopes, sizes, verdicts, and what a chain of several faults ends as."""

from __future__ import annotations

import pytest

from derive import D, Derivation, Step, Sum, define, delta, distinct, exp, index, indices, scalar, size, vector
from derive.catalog import entries
from derive.derivation import Overflow, Pitfall
from derive.formula.tree import WrittenError
from derive.kernel.polynomial import Limits
from derive.kernel.verdict import Conditional, Refuted
from derive.proof import EVERY, MANY, prove, scope_of, sizes_by_name, speaks_of_sizes, with_general
from derive.rules import algebra, differentiate

K, N, F = size("K"), size("N"), size("F")
i, j, k = indices("i j k", K)
n = index("n", N)
z = vector("z", K)
x = scalar("x")
S = define("S", Sum(k, exp(z[k])))
y = define("y", i, exp(z[i]) / S)

jacobian = Derivation("jacobian", D(y[i], z[j]), Step(y[i] * (delta(i, j) - y[j]), by=differentiate))


def test_a_proof_says_what_was_decided() -> None:
    proof = prove(jacobian, K=3)
    assert (proof.verdict, proof.expected, proof.scope, proof.every_entry) == ("proved", "proved", "K=3", True)
    assert [step.instances for step in proof.steps] == [9]
    assert proof.as_expected and proof.counterexample is None and proof.conditions == ()


@pytest.mark.parametrize(
    ("classes", "every", "instances"), [(12, False, 2), (12, True, 144), (5, False, 25), (1, False, 1)]
)
def test_one_instance_for_each_way_in_which_indices_coincide(classes: int, every: bool, instances: int) -> None:
    proof = prove(jacobian, K=classes, every_entry=every)
    assert proof.verdict == "proved"
    assert proof.steps[0].instances == instances
    assert proof.every_entry == (every or classes <= 5)


def test_without_a_size_it_holds_for_every_K() -> None:
    assert prove(Derivation("square", (x + 1) ** 2, Step(x**2 + 2 * x + 1, by=algebra))).scope == "every K"


def test_a_pinned_size_stays() -> None:
    pinned = Derivation("two", Sum(k, z[k]), Step(z[1] + z[2], by=algebra), sizes={K: 2})
    assert prove(pinned, K=7).scope == "K=2"
    assert prove(pinned, K=7).verdict == "proved"


def test_sizes_are_all_different() -> None:
    assert {s.name: c for s, c in sizes_by_name([K, N, F], 3).items()} == {"K": 3, "F": 2, "N": 4}
    assert {s.name: c for s, c in sizes_by_name([K, N, F], 2, {"N": 5}).items()} == {"K": 2, "F": 3, "N": 5}
    assert scope_of(sizes_by_name([K, N], 3)) == "K=3, N=2"


def test_a_sum_over_classes_is_no_sum_over_samples() -> None:
    """With one number for every size, Σ_n 1 = Σ_k 1 would look true."""
    assert prove(Derivation("sizes", Sum(n, 1), Step(Sum(k, 1), by=algebra))).verdict == "refuted"


@pytest.mark.parametrize("wrong", [0, -1, True, 2.0, "3"])
def test_a_size_is_a_natural_number(wrong: object) -> None:
    with pytest.raises(ValueError, match="a size is a whole number from 1 up"):
        prove(jacobian, K=wrong)  # type: ignore[arg-type]


def test_one_false_step_refutes_and_the_others_stand() -> None:
    chain = Derivation(
        "chain",
        x + x,
        Step(2 * x, by=algebra),
        Step(3 * x, by=algebra),
        Step(x * 3, by=algebra),
        Step(x / x, by=algebra),
    )
    proof = prove(chain)
    assert [step.verdict.name for step in proof.steps] == ["proved", "refuted", "proved", "refuted"]
    assert proof.verdict == "refuted"
    assert isinstance(proof.steps[1].verdict, Refuted)
    assert proof.counterexample == proof.steps[1].counterexample == proof.steps[1].verdict.counterexample
    assert proof.steps[0].counterexample is None
    assert str(proof) == "chain: refuted, 4 steps"


def test_conditions_are_collected_once() -> None:
    proof = prove(Derivation("cancel", x / x, Step(2 * x / (2 * x), by=algebra), Step(1 + 0 * x, by=algebra)))
    assert proof.verdict == "conditional"
    assert [str(condition) for condition in proof.conditions] == ["x ≠ 0"]
    assert proof.as_expected
    assert isinstance(proof.steps[0].verdict, Conditional)


def test_no_instance_proves_nothing() -> None:
    apart = Derivation("apart", y[i] + y[j], Step(y[i] - y[j], by=algebra), assuming=[distinct(i, j)])
    proof = prove(apart, K=1)
    assert proof.verdict == "unknown"
    assert "there is no instance at K = 1" in str(proof.steps[0].verdict)


def test_a_limit_ends_as_unknown() -> None:
    large = Derivation("large", (x + S) ** 40, Step((S + x) ** 40, by=algebra))
    assert prove(large, K=4, limits=Limits(terms=50)).verdict == "unknown"


def test_a_pitfall_is_expected_to_fail() -> None:
    pitfall = Pitfall(
        "sign", lambda: Derivation("sign", D(y[i], z[j]), Step(y[i] * (delta(i, j) + y[j]), by=algebra)),
        "refuted", "jacobian", "A sign", "…",
    )  # fmt: skip
    proof = prove(pitfall)
    assert (proof.name, proof.verdict, proof.expected, proof.as_expected) == ("sign", "refuted", "refuted", True)


def test_a_pitfall_that_cannot_be_written() -> None:
    def write() -> Derivation:
        raise WrittenError("index k is summed and free")

    proof = prove(Pitfall("free", write, "ill-formed", "jacobian", "A letter", "…"))
    assert (proof.verdict, proof.refusal, proof.as_expected) == ("ill-formed", "index k is summed and free", True)


def test_a_claim_about_computing_waits_for_the_numeric_gate() -> None:
    claim = next(entry for entry in entries().values() if isinstance(entry, Overflow))
    assert prove(claim).verdict == "unknown"


def test_what_is_no_derivation_is_refused() -> None:
    with pytest.raises(TypeError, match=r"looked up in derive\.catalog\.entries"):
        prove("softmax-jacobian")  # type: ignore[arg-type]


def test_progress_counts_instances() -> None:
    seen: list[int] = []
    prove(jacobian, K=3, progress=seen.append)
    assert seen == list(range(9))


# ------------------------------------------------------------------ for every K

rows = vector("w", N)


def test_for_every_K_one_case_for_each_way_to_coincide() -> None:
    proof = prove(jacobian, EVERY)
    assert (proof.verdict, proof.scope, proof.sizes) == ("proved", "every K", ())
    assert [(step.instances, step.method) for step in proof.steps] == [(2, "index calculus")]


@pytest.mark.parametrize(
    ("derivation", "scope"),
    [
        (Derivation("apart", delta(i, j), Step(0, by=algebra), assuming=[distinct(i, j)]), "every K ≥ 2"),
        (Derivation("two", Sum(n, Sum(k, z[k])), Step(N * Sum(k, z[k]), by=algebra)), "every K, N"),
        (Derivation("third", z[3] * N, Step(N * z[3], by=algebra)), "every K ≥ 3, N"),
        (Derivation("size", K / (K - 1), Step(1 + 1 / (K - 1), by=algebra)), "every K ≥ 2"),
        (Derivation("steps", K / (K - 1) + rows[4], Step(rows[4] + K / (K - 1), by=algebra)), "every K ≥ 2, N ≥ 4"),
        (Derivation("none", x + x, Step(2 * x, by=algebra)), "every K"),
        (Derivation("pinned", Sum(k, z[k]), Step(z[1] + z[2], by=algebra), sizes={K: 2}), "K=2"),
        (Derivation("one-pinned", Sum(n, Sum(k, z[k])), Step(Sum(k, z[k]) * N, by=algebra), sizes={K: 2}), "every N"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_scope_says_from_which_number_on(derivation: Derivation, scope: str) -> None:
    proof = prove(derivation, EVERY)
    assert (proof.verdict, proof.scope) == ("proved", scope)


def test_a_false_step_is_refuted_for_every_K_at_a_small_one() -> None:
    proof = prove(Derivation("sign", D(y[i], z[j]), Step(y[i] * (delta(i, j) + y[j]), by=algebra)), EVERY)
    assert proof.verdict == "refuted"
    assert proof.counterexample is not None
    assert dict(proof.counterexample.sizes)["K"] == 1


def test_many_classes_are_decided_without_writing_a_sum_out() -> None:
    proof = prove(jacobian, K=MANY + 1)
    assert (proof.verdict, proof.steps[0].method, proof.steps[0].instances) == ("proved", "index calculus", 2)
    wrong = Derivation("wrong", D(y[i], z[j]), Step(y[i] * (delta(i, j) + y[j]), by=algebra))
    assert prove(wrong, K=MANY + 1).verdict == "refuted"


def test_a_numeral_beyond_many_classes_is_none_of_them() -> None:
    """Σ_k δ(k, 60) is 0 where K is 55."""
    beyond = Derivation("beyond", Sum(k, delta(k, 60)), Step(1, by=algebra))
    assert prove(beyond, EVERY).scope == "every K ≥ 60"
    assert prove(beyond, K=60).verdict == "proved"
    assert prove(beyond, K=55).verdict != "proved"


def test_what_speaks_of_sizes_is_proved_in_general_too() -> None:
    assert speaks_of_sizes(jacobian)
    general = with_general(prove(jacobian, K=3)).general
    assert general is not None
    assert general.verdict == "proved"
    assert with_general(prove(Derivation("none", x + x, Step(2 * x, by=algebra)))).general is None


def test_many_classes_are_decided_without_writing_sums_out() -> None:
    proof = prove(entries()["softmax-jacobian"], 128_256)
    assert isinstance(proof.derivation, Derivation)
    assert (proof.verdict, proof.scope, proof.every_entry) == ("proved", "K=128256", False)
    assert {step.method for step in proof.steps} == {"index calculus"}


def test_many_classes_for_which_the_calculus_does_not_suffice_are_written_out() -> None:
    """S − e^{z_1} − … leaves nothing at K = 51 where all are named."""
    K = size("K")
    k = index("k", K)
    z = vector("z", K)
    total = Sum(k, z[k])
    wanted = Derivation("written", total, Step(sum((z[n] for n in range(2, 52)), z[1]), by=algebra))
    proof = prove(wanted, 51)
    assert (proof.verdict, proof.steps[0].method) == ("proved", "tower")


def test_every_entry_of_many_classes() -> None:
    proof = prove(entries()["softmax-jacobian"], 300, every_entry=True)
    assert (proof.verdict, proof.entries, proof.every_entry) == ("proved", 90_000, True)


def test_every_entry_where_arrays_do_not_read_the_claim() -> None:
    assert prove(entries()["elementwise-jacobian"], 51, every_entry=True).steps[0].method == "tower"
    proof = prove(entries()["elementwise-jacobian"], 300, every_entry=True)
    assert (proof.verdict, proof.entries) == ("unknown", 0)
    assert "the function f is not read" in proof.refusal


def test_every_entry_of_a_false_claim_is_not_proved() -> None:
    pitfall = entries()["pitfall-labels-not-normalised"]
    assert prove(pitfall, 300, every_entry=True).verdict == "refuted"


def test_entries_that_are_not_seen_to_be_equal_take_the_proof_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from derive.kernel import entrywise

    found = entrywise.Entrywise(5, (("i", 1), ("j", 2)))
    monkeypatch.setattr(entrywise, "decide_entries", lambda *_: found)
    proof = prove(entries()["softmax-jacobian"], 300, every_entry=True)
    assert (proof.verdict, proof.refusal) == ("unknown", "claim and result are not seen to be equal at i = 1, j = 2")
