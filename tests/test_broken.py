"""No wrong derivation is proved: each is refuted with a point, in the step that is wrong, or refused."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from inspect import getdoc, isfunction
from pathlib import Path

import pytest

from derive.derivation import Derivation
from derive.formula.tree import WrittenError
from derive.proof import EVERY, prove, speaks_of_sizes


@dataclass(frozen=True)
class Wrong:
    name: str
    write: Callable[[], Derivation]
    refusal: str | None
    step: int | None


def collected() -> Iterator[Wrong]:
    for file in sorted((Path(__file__).parent / "broken").glob("[a-z]*.py")):
        module = import_module(f"{__package__}.broken.{file.stem}")
        refused, steps = getattr(module, "REFUSED", {}), getattr(module, "WRONG_STEP", {})
        functions = {name: v for name, v in vars(module).items() if isfunction(v) and v.__module__ == module.__name__}
        assert (refused | steps).keys() <= functions.keys(), f"{file}: {(refused | steps).keys() - functions.keys()}"
        for name, function in functions.items():
            yield Wrong(f"{file.stem}.{name}", function, refused.get(name), steps.get(name))


WRONG = list(collected())
REFUTED = [wrong for wrong in WRONG if wrong.refusal is None]
REFUSED = [wrong for wrong in WRONG if wrong.refusal is not None]


def named(wrong: Wrong) -> str:
    return wrong.name


@pytest.mark.parametrize("wrong", REFUTED, ids=named)
def test_refuted_where_it_is_wrong(wrong: Wrong) -> None:
    derivation = wrong.write()
    proof = prove(derivation, K=3)
    number = wrong.step or len(derivation.steps)
    assert proof.verdict == "refuted" and proof.counterexample is not None, f"{proof.verdict}: {proof.steps}"
    assert [step.verdict.name for step in proof.steps[:number]] == ["proved"] * (number - 1) + ["refuted"]
    assert {step.verdict.name for step in proof.steps[number:]} <= {"proved", "refuted"}


@pytest.mark.parametrize("wrong", REFUTED, ids=named)
def test_refuted_for_every_size_where_it_is_wrong(wrong: Wrong) -> None:
    derivation = wrong.write()
    proof = prove(derivation, EVERY)
    number = wrong.step or len(derivation.steps)
    assert proof.verdict not in ("proved", "conditional")
    if speaks_of_sizes(derivation):
        assert proof.counterexample is not None, [step.verdict for step in proof.steps]
    assert [step.verdict.name for step in proof.steps[:number]] == ["proved"] * (number - 1) + ["refuted"]


@pytest.mark.parametrize("wrong", REFUSED, ids=named)
def test_refused_while_writing(wrong: Wrong) -> None:
    with pytest.raises(WrittenError) as refusal:
        wrong.write()
    assert wrong.refusal is not None and re.search(wrong.refusal, str(refusal.value))


def test_every_mistake_is_told() -> None:
    assert all(getdoc(wrong.write) for wrong in WRONG)
    assert len(REFUTED) >= 60 and len(WRONG) >= 100
