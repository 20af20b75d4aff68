"""What the terminal shows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.console import Console
from rich.table import Table

from derive import D, Derivation, Step, Sum, index, listed, ones, scalar, size, vector
from derive.catalog import entries
from derive.proof import Proof, prove, with_general
from derive.rules import algebra, differentiate
from derive.tables import catalog_table, details, proof_table, proved_entries, statement

x = scalar("x")
K = size("K")
true = prove(Derivation("true", x + x, Step(2 * x, by=algebra)))
false = prove(Derivation("false", D(x**2, x), Step(x, by=differentiate)))
half = prove(Derivation("half", x / x, Step(1 + 0 * x, by=algebra)))
unknown = prove(Derivation("unknown", x**x, Step(x ** (x + 0), by=algebra)))
sized = prove(Derivation("sized", ones(K), Step(listed(K, 1, 1, 2), by=algebra)))


def shown(table: Table, width: int = 100) -> str:
    console = Console(width=width)
    with console.capture() as text:
        console.print(table)
    return text.get()


@pytest.mark.parametrize(
    ("proof", "cell"),
    [(true, "✓ proved"), (false, "✗ refuted"), (half, "✓? conditional"), (unknown, "? unknown")],
    ids=lambda value: value.name if isinstance(value, Proof) else "",
)
def test_a_verdict_has_its_mark(proof: Proof, cell: str) -> None:
    assert cell in shown(proof_table([proof]))


def test_an_expected_refutation_is_good() -> None:
    assert "✓ refuted" in shown(proof_table([replace(false, expected="refuted")]))


def test_entries_are_counted() -> None:
    jacobian = entries()["softmax-jacobian"]
    assert "all 9" in shown(proof_table([prove(jacobian, K=3)]))
    assert "2 kinds" in shown(proof_table([prove(jacobian, K=9)]))


def test_it_fits_into_eighty_columns() -> None:
    proofs = [prove(entry) for name, entry in entries().items() if name.startswith(("batch", "softmax-cross"))]
    assert all(len(line) <= 80 for line in shown(proof_table(proofs), 80).splitlines())


def test_statements() -> None:
    catalog = entries()
    assert statement(catalog["sigmoid-symmetry"]) == "sigma(-x) = 1 - sigma(x)"
    assert " ≈ " in statement(catalog["softmax-of-numbers"])
    assert statement(catalog["pitfall-shift-by-maximum"]).endswith("is finite in float64")
    assert statement(catalog["pitfall-summed-gradient"]) == catalog["pitfall-summed-gradient"].title
    assert "[false]" in shown(catalog_table(catalog))


@pytest.mark.parametrize(
    ("proof", "lines"),
    [
        (true, []),
        (replace(false, expected="refuted"), []),
        (false, ["false, step 1 (differentiate) is refuted", "  line 0   D(x**2, x)", "  line 1   x",
                 "  differ at x = 1: left 2, right 1"]),
        (half, ["half, step 1 (algebra) is conditional", "  line 0   x/x", "  line 1   1 + 0*x",
                "  equal where x ≠ 0; where it is meant, say assuming=[positive(…)]"]),
        (unknown, ["unknown, step 1 (algebra) is unknown", "  line 0   x**x", "  line 1   x**(x + 0)",
                   "  the power x**x: its exponent is not an integer"]),
        (sized, ["sized, step 1 (algebra) is refuted at K=3", "  line 0   ones(K)", "  line 1   listed(K, 1, 1, 2)",
                 "  differ at K = 3, i = 3: left 1, right 2"]),
        (replace(true, verdict="unknown", refusal="SymPy differs"), ["true is unknown: SymPy differs"]),
    ],
)  # fmt: skip
def test_details_name_the_step_both_lines_and_the_point(proof: Proof, lines: list[str]) -> None:
    assert list(details(proof)) == lines


def test_a_module_names_derivations_alone() -> None:
    pitfall = prove(entries()["pitfall-labels-not-normalised"])
    (one,) = proved_entries([true, pitfall])
    assert (one.name, one.claim, one.relation, one.result) == ("true", "x + x", "=", "2*x")
    assert (one.where, one.assuming, one.verdict, one.scope) == ((), (), "proved", "every K")


def test_a_module_is_told_the_relation_the_definitions_and_the_hypotheses() -> None:
    names = ("softmax-of-numbers", "cross-entropy-one-hot")
    rounded, one_hot = proved_entries([prove(entries()[name]) for name in names])
    assert rounded.relation == "≈" and one_hot.relation == "="
    assert one_hot.where[0] == "L = -Sum(k, t[k]*log(y[k]))" and one_hot.assuming == ("t is one-hot at c",)


def test_the_argument_behind_a_few_instances_is_printed() -> None:
    jacobian = entries()["softmax-jacobian"]
    kinds = "does not change when the classes are permuted"
    assert kinds in " ".join(shown(proof_table([prove(jacobian, 128_256)]), 200).split())
    assert kinds not in " ".join(shown(proof_table([prove(jacobian, 3)]), 200).split())
    one_by_one = " ".join(shown(proof_table([prove(jacobian, 300, every_entry=True)]), 200).split())
    assert "all 90000" in one_by_one
    assert "was decided at each of these entries by itself" in one_by_one


def test_the_verdict_for_every_k_stands_beside() -> None:
    apart = with_general(prove(entries()["softmax-jacobian-off-diagonal"], 3))
    assert "✓ K ≥ 2" in shown(proof_table([apart]))
    assert "every K" not in shown(proof_table([sized]))


def test_what_is_true_at_the_chosen_size_alone_is_said() -> None:
    k = index("k", K)
    z = vector("z", K)
    three = with_general(prove(Derivation("three", Sum(k, z[k]), Step(z[1] + z[2] + z[3], by=algebra)), 3))
    first, *rest = details(three)
    assert first == (
        "three is proved at K=3; for every K it is refuted; if only these are meant, pin them: sizes={K: 3}"
    )
    assert rest[0] == "three, step 1 (algebra) is refuted for every K ≥ 3"
    assert "differ at K = 4" in rest[-1]


def test_what_is_not_known_for_every_k_is_said() -> None:
    proof = with_general(prove(entries()["softmax-sum"], 3))
    assert proof.general is not None
    open_one = replace(proof.general, verdict="unknown")
    assert list(details(replace(proof, general=open_one))) == [
        "softmax-sum is proved at K=3; for every K it is unknown"
    ]
