"""A third opinion: z3 is asked for values of the unknowns at which a step of the catalog is false.

How a step becomes a question, what of that is independent of the kernel, and what an answer means: `third_opinion`.
"""

from __future__ import annotations

import pytest
import z3

from derive.catalog import entries as catalog
from derive.derivation import Derivation

from .provers import Clearing, occurring, smt
from .rational_equations import Equation
from .sampling import some
from .third_opinion import NOT_EXPORTED, equations, false_claims

pytestmark = pytest.mark.no_cover  # a campaign: what it runs is covered by the tests of each module

SECONDS = 10
"""For one question. The slowest takes a third of a second; what takes longer is a failure, and never agreement."""


def answer(*texts: str) -> str:
    """What z3 says: sat, unsat, or unknown."""
    solver = z3.SolverFor("QF_NRA")
    solver.set("timeout", 1000 * SECONDS)
    solver.from_string("\n".join(texts))
    return str(solver.check())


def fails(equation: Equation, cleared: Clearing) -> bool:
    """Whether z3 finds values at which the sides differ: first with 2, 3, 4, … for the exponentials, then anywhere."""
    question = smt(equation, cleared)
    here = [name for name in occurring(question) if name in equation.exponentials]
    values = "\n".join(f"(assert (= {name} {n}.0))" for n, name in enumerate(here, 2))
    return answer(*question, values) == "sat" or answer(*question) == "sat"


@pytest.mark.parametrize(("K", "N"), [(2, 3), (3, 2), (4, 2)])
def test_no_step_of_the_catalog_fails(K: int, N: int) -> None:
    answers: dict[tuple[str, ...], str] = {}
    known: dict[str, str] = {}
    wrong, steps = [], set()
    asked = equations(K, {"N": N})
    for name, n, equation, cleared in some(list(asked), 3 if K == 2 else 12):
        question = smt(equation, cleared)
        if question not in answers:
            answers[question] = answer(*question)
        if question[0] not in known:
            known[question[0]] = answer(question[0])
        steps.add((name, n))
        if answers[question] != "unsat" or known[question[0]] != "sat":
            wrong.append(f"{name}, line {n}: {answers[question]}, {known[question[0]]}")
    print(f"K = {K}: {len(steps)} steps, {len(answers)} questions, {len(known)} sets of hypotheses")
    assert wrong == []


def test_every_step_is_exported_but_those_that_are_listed() -> None:
    exported = {(name, n) for name, n, _, _ in equations(2)}
    every = [entry for entry in catalog().values() if isinstance(entry, Derivation)]
    assert {(d.name, n) for d in every for n in range(1, len(d.lines))} - exported == set(NOT_EXPORTED)
    assert {(d.name, n) for d in every for n, step in enumerate(d.steps, 1) if step.relation == "≈"} == set(
        NOT_EXPORTED
    )


def test_what_the_kernel_refutes_fails() -> None:
    """At one instance at least: a changed line may still be true where two indices coincide."""
    wrong, count = [], 0
    for claim, instances, cleared in false_claims(every=2):
        count += 1
        if not any(fails(equation, cleared) for equation in instances):
            wrong.append(claim)
    print(f"{count} false claims")
    assert wrong == []
    assert count >= 150
