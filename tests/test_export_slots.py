"""The slots of the general module: each holds what a derivation says, and what it says is proved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from derive import EVERY, Derivation, decide
from derive.catalog import entries
from derive.export import RESTS_ON, LoweringError, Proved, UnprovedError, module_source
from derive.export.module import FORMULAS, PLAIN, slots_used
from derive.export.slot import Slot, written
from derive.export.slots import SLOTS
from derive.export.templates import templates
from derive.formula.notation import *
from derive.formula.tree import Expr
from derive.proof import prove

CATALOG = entries()
x, t, e, above, below, unlikely, magnitude = scalars("x t e above below unlikely magnitude")


def derivation(slot: Slot) -> Derivation:
    found = CATALOG[slot.entry]
    assert isinstance(found, Derivation)
    return found


@pytest.mark.parametrize("name", sorted({slot.entry for slot in SLOTS.values()}))
def test_every_derivation_behind_a_slot_is_proved(name: str) -> None:
    assert prove(CATALOG[name], EVERY).verdict == "proved"


@pytest.mark.parametrize("name", SLOTS)
def test_every_variable_of_a_slot_is_in_its_text(name: str) -> None:
    slot = SLOTS[name]
    source = "\n".join(slot.lines(derivation(slot)))
    assert all(variable in source for variable in slot.names.values())
    compile(source, name, "exec")


def test_every_slot_is_used_and_every_use_is_a_slot() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in sorted((templates() / "module").glob("*.j2")))
    assert all(f"slot.{name} " in source for name in SLOTS)
    assert {name for names in slots_used().values() for name in names} == set(SLOTS)


def test_functions_rest_on_what_they_call() -> None:
    assert "rewrite-two-sum" in RESTS_ON["softmax"] and "rewrite-two-sum" in RESTS_ON["cross_entropy_hvp"]
    assert "rewrite-gradient-label" in RESTS_ON["linear_cross_entropy_value_and_grad"]
    assert not any("two-sum" in name for name in RESTS_ON["sigmoid"])
    for name, names in FORMULAS.items():
        assert names[: len(PLAIN[name])] == PLAIN[name] and RESTS_ON[name][: len(names)] == names


def test_a_slot_without_a_proof_is_not_exported() -> None:
    two_sum = Proved("rewrite-two-sum", "a", "=", "b", (), (), "unknown", "K=3")
    with pytest.raises(UnprovedError, match="softmax rests on rewrite-two-sum, which is unknown"):
        module_source([two_sum], "0.1.0")
    assert "    rewrite-two-sum (K=3)\n        a = b\n" in module_source([replace(two_sum, verdict="proved")], "0.1.0")


def test_a_slot_that_its_derivation_does_not_have_is_refused() -> None:
    for slot in (replace(SLOTS["lacking"], names={"y[j]": "y"}), replace(SLOTS["lacking"], part="1 - z[i]")):
        with pytest.raises(LoweringError, match=r"rewrite-complement: .* has no part"):
            slot.lines(derivation(slot))
    with pytest.raises(LoweringError, match=r"slot: pitfall-.* is no derivation"):
        written({"slot": replace(SLOTS["lacking"], entry="pitfall-per-class-logistic")}, CATALOG)
    with pytest.raises(LoweringError, match="is an array"):
        Slot("batch-mean-gradient", "result", {}).lines(derivation(Slot("batch-mean-gradient", "result", {})))


def test_no_logarithm_is_written_in_the_template() -> None:
    for path in (templates() / "module").glob("*.j2"):
        assert "np.log" not in path.read_text(encoding="utf-8")


# ---- one text for both signs of x: e = exp(-|x|), above = max(x, 0), below = min(x, 0)

RIGHT: Mapping[str, Expr] = {
    "e": exp(-x),
    "out": exp(-x),
    "above": x,
    "below": 0 * x,
    "np.abs(x)": x,
    "unlikely": 1 - t,
}
LEFT: Mapping[str, Expr] = {
    "e": exp(x),
    "out": exp(x),
    "above": 0 * x,
    "below": x,
    "np.abs(x)": -x,
    "unlikely": t,
}


@pytest.mark.parametrize("name", ["slope", "softplus", "log_sigmoid", "binary_loss"])
@pytest.mark.parametrize("sign", [RIGHT, LEFT], ids=["x ≥ 0", "x < 0"])
def test_a_slot_holds_for_both_signs(name: str, sign: Mapping[str, Expr]) -> None:
    slot = SLOTS[name]
    claim = derivation(slot).claim
    assert isinstance(claim, Expr)
    meaning = replaced(
        slot.formula(derivation(slot)), {part: sign[v] for part, v in slot.held(derivation(slot)).items()}
    )
    assert decide(claim, meaning, K=EVERY).name == "proved"


def test_the_other_sign_is_another_slot_where_the_text_differs() -> None:
    for right, left in (("binary_right", "binary_left"),):
        assert derivation(SLOTS[left]).claim == derivation(SLOTS[right]).claim
    assert decide(exp(x) / (1 + exp(x)), 1 - 1 / (1 + exp(x)), K=EVERY).name == "proved"  # q for x < 0


def replaced(formula: Expr, meaning: Mapping[Expr, Expr]) -> Expr:
    if formula in meaning:
        return meaning[formula]
    return (
        formula.with_children(*(replaced(part, meaning) for part in formula.children()))
        if formula.children()
        else formula
    )
