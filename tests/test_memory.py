"""What was found of formulas is found once of each, and within a bound."""

from __future__ import annotations

import pytest

from derive.formula import memory
from derive.formula.memory import Memory, remember, remembered
from derive.formula.tree import Formula, Symbol


def test_each_object_is_asked_once() -> None:
    asked: list[Formula] = []

    @remembered
    def name(formula: Symbol) -> str | None:
        """The name."""
        asked.append(formula)
        return None if formula.name == "x" else formula.name

    x, y, also_x = Symbol("x"), Symbol("y"), Symbol("x")
    assert [name(one) for one in (x, y, x, y, also_x)] == [None, "y", None, "y", None]
    assert len(asked) == 3  # x and also_x are written alike, and two objects
    assert name.__doc__ == "The name."


def test_a_refusal_is_not_remembered() -> None:
    count = 0

    @remembered
    def refused(formula: Formula) -> str:
        nonlocal count
        count += 1
        raise ValueError(str(formula))

    x = Symbol("x")
    for _ in range(2):
        with pytest.raises(ValueError, match="x"):
            refused(x)
    assert count == 2


def test_where_it_is_too_much_all_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_REMEMBERED", 3)
    known: Memory[int] = {}
    formulas = [Symbol(f"x{n}") for n in range(4)]
    for n, formula in enumerate(formulas):
        remember(known, formula, n)
    assert known == {id(formulas[3]): (formulas[3], 3)}
