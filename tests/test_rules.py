"""Reasons have names, and equations that can be printed."""

from __future__ import annotations

import re

import pytest

from derive import rules
from derive.formula.notation import define
from derive.rules import Rule, definition
from tests.formulas import S, g, sigma, y
from tests.test_latex import balanced

RULES = [rule for rule in vars(rules).values() if isinstance(rule, Rule)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule(rule: Rule) -> None:
    assert rule.name
    assert balanced(rule.equation)
    assert balanced(rule.condition)
    assert not re.search(r"\$", rule.equation + rule.condition)


def test_names_differ() -> None:
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)


def test_only_cancelling_removes_strokes() -> None:
    assert [rule for rule in RULES if rule.removes_strokes] == [rules.cancel]


@pytest.mark.parametrize(
    ("of", "name"),
    [
        (S, "definition of $S$"),
        (y, "definition of $y$"),
        (sigma, r"definition of $\sigma$"),
        (g, "definition of $g$"),
        (define("y_hat", S), r"definition of $\hat{y}$"),
    ],
)
def test_a_definition_is_a_reason(of: object, name: str) -> None:
    assert definition(of).name == name  # type: ignore[arg-type]
