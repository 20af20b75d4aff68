"""A third opinion: Coq proves steps of the catalog by its tactic `field`, from the axioms of the real numbers.

How a step becomes a lemma, what of that is independent of the kernel, and what a proof means: `third_opinion`. Sides
are as written, fractions as fractions; that a denominator is not 0 is proved where it is made of what is positive, and
assumed otherwise.

A proof takes Coq a tenth of a second and more: every forty-eighth derivation is tried; on CI every one at K = 2, and
every eighth at K = 3 and 4; with COQ=all in the environment, every one at all three.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from derive.catalog import entries as catalog
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.formula.tree import Expr, Numeral
from derive.proof import sizes_for
from derive.rules import algebra

from .deciding import x
from .provers import Clearing, coq, prepared, smt
from .rational_equations import NotExported
from .sampling import ON_CI
from .third_opinion import SMALL, Exporter, equations, false_claims

pytestmark = pytest.mark.no_cover  # a campaign: what it runs is covered by the tests of each module

ALL = os.environ.get("COQ") == "all"
EVERY = {2: 1 if ON_CI or ALL else 48, 3: 1 if ALL else 8 if ON_CI else 48, 4: 1 if ALL else 8 if ON_CI else 48}
"""Of how many derivations one is tried, at each K."""

WORDS = """Require Import Reals Lra Field.
Open Scope R_scope.
Ltac positive := repeat first
  [assumption | apply Rplus_lt_0_compat | apply Rmult_lt_0_compat | apply pow_lt | lra].
Ltac by_field :=
  field; repeat split; first [assumption | apply Rgt_not_eq; unfold Rgt; solve [positive | lra]].
"""


@pytest.fixture(scope="module")
def compiler() -> str:
    program = shutil.which("coqc")
    if program is None:
        pytest.skip("coq is not installed")
    return program


def complaint(compiler: str, folder: Path, lemmas: Sequence[str]) -> str:
    """What Coq says against the first lemma that it does not accept; nothing when all are proved."""
    folder.mkdir()
    (folder / "steps.v").write_text("\n".join([WORDS, *lemmas, ""]), encoding="ascii")
    run = subprocess.run([compiler, "-q", "steps.v"], cwd=folder, capture_output=True, text=True, timeout=600)
    return run.stderr or "refused" if run.returncode else ""


def complaints(compiler: str, folder: Path, lemmas: Sequence[str]) -> list[str]:
    """The same for many lemmas, in files that are compiled side by side; long and short lemmas are mixed."""
    workers = os.cpu_count() or 2
    files = max(workers, len(lemmas) // 240)  # Coq takes half a second to load the reals, for each file
    with ThreadPoolExecutor(workers) as pool:
        found = pool.map(lambda n: complaint(compiler, folder / f"{n}", lemmas[n::files]), range(files))
    return [text for text in found if text]


def lemmas(K: int) -> Iterator[str]:
    for name, n, equation, _ in equations(K, SMALL, EVERY[K]):
        yield f"Goal {coq(equation)}.\nProof. (* {name}, line {n} *) {prepared(equation)} by_field. Qed."


@pytest.mark.parametrize(
    ("name", "n", "lemma"),
    [
        (  # σ′(x): on the left SymPy's derivative, on the right the product of two of them
            "sigmoid-derivative",
            1,
            "forall v_exp_x : R, 0 < v_exp_x -> ((1 / ((1 + (1 / v_exp_x)) ^ 2)) * (1 / v_exp_x)) = "
            "(((- 1) * (1 / ((1 + (1 / v_exp_x)) ^ 2))) * ((- 1) * (1 / v_exp_x)))",
        ),
        (  # fractions of exponents: v_exp_x is exp(x/2)
            "sigmoid-from-tanh",
            2,
            "forall v_exp_x : R, 0 < v_exp_x -> "
            "(1 / (1 + (1 / (v_exp_x ^ 2)))) = (v_exp_x / (v_exp_x + (1 / v_exp_x)))",
        ),
        (  # log(1 + exp(−x)) is log(exp(x) + 1) − x: a step by laws of logarithms is x = x
            "log-sigmoid-softplus",
            2,
            "forall v_log_2 v_x : R, (0 + (- ((- v_x) + v_log_2))) = (- ((- v_x) + v_log_2))",
        ),
        (  # Σt = 1
            "softmax-cross-entropy-gradient",
            12,
            "forall v_exp_z_1 v_exp_z_2 v_t_1 v_t_2 : R, (v_t_1 + v_t_2) = 1 -> 0 < v_exp_z_1 -> 0 < v_exp_z_2 -> "
            "(((v_exp_z_1 / (v_exp_z_1 + v_exp_z_2)) * 1) + (- v_t_1)) = "
            "((v_exp_z_1 / (v_exp_z_1 + v_exp_z_2)) + (- v_t_1))",
        ),
    ],
)
def test_what_is_exported(name: str, n: int, lemma: str) -> None:
    derivation = catalog()[name]
    assert isinstance(derivation, Derivation)
    first = next(Exporter(derivation, sizes_for(derivation, 2)).step(n))
    assert coq(first) == lemma


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        (exp(1 / (x + 1)), "an exponent that is a fraction"),
        (exp(log(x)), "may be negative"),
        (x ** fraction(1, 2), "a power that is not an integer"),
        (log(x - x), "the logarithm of 0"),
        (1 / log(Numeral(1)), "a division by 0"),
    ],
)
def test_what_is_not_exported_says_why(formula: Expr, why: str) -> None:
    derivation = Derivation("outside", formula, Step(formula, by=algebra))
    with pytest.raises(NotExported, match=why):
        [smt(equation, Clearing()) for equation in Exporter(derivation, {}).step(1)]


def test_coq_proves_the_steps_of_the_catalog(compiler: str, tmp_path: Path) -> None:
    chosen = list(dict.fromkeys(lemma for K in (2, 3, 4) for lemma in lemmas(K)))
    print(f"{len(chosen)} lemmas")
    assert len(chosen) >= 300 // EVERY[2]
    assert complaints(compiler, tmp_path, chosen) == []


def test_coq_proves_nothing_that_the_kernel_refutes(compiler: str, tmp_path: Path) -> None:
    """`field` fails where the sides differ as fractions of polynomials; `Fail` is content when it does."""
    refused = [
        f"Goal {coq(equation)}.\nProof. {prepared(equation)} Fail field. Abort. (* {claim} *)"
        for claim, instances, _ in false_claims(every=40)
        for equation in instances
        if len(instances) == 1
    ]
    assert len(refused) >= 3
    assert complaints(compiler, tmp_path, refused) == []


def test_a_false_lemma_is_refused(compiler: str, tmp_path: Path) -> None:
    true = "Goal forall x : R, x <> 0 -> 1 / x - 1 / x = 0.\nProof. intros. by_field. Qed."
    false = "Goal forall x : R, x <> 0 -> 1 / x + 1 / x = 1 / (2 * x).\nProof. intros. by_field. Qed."
    unguarded = "Goal forall x : R, x / x = 1.\nProof. intros. by_field. Qed."
    assert complaint(compiler, tmp_path / "true", [true]) == ""
    assert "not a valid field equation" in complaint(compiler, tmp_path / "false", [true, false])
    assert complaint(compiler, tmp_path / "unguarded", [unguarded])
