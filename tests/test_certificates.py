"""Certificates as files: one for each step, at every K and at a chosen one, and the program that reads them again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from derive.catalog import entries
from derive.certificates import certificates
from derive.cli import app
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.proof import EVERY, prove, with_general
from derive.recheck import recheck
from derive.rules import algebra


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def files(name: str, K: int | None = None) -> list[str]:
    proof = prove(entries()[name], EVERY) if K is None else with_general(prove(entries()[name], K))
    return [one.file for one in certificates(proof) if one.text]


def test_one_for_each_step() -> None:
    assert files("softmax-sum") == [f"softmax-sum-{n}.json" for n in range(1, 5)]


def test_at_a_chosen_k_both() -> None:
    assert files("softmax-ratio", 2) == [
        *(f"softmax-ratio-{n}.json" for n in range(1, 5)),
        *(f"softmax-ratio-{n}.K2.json" for n in range(1, 5)),
    ]


def test_many_classes_leave_those_for_every_k() -> None:
    assert files("softmax-sum", 1000) == files("softmax-sum")


@pytest.mark.parametrize("name", ["sigmoid-derivative", "softmax-two-classes"])
def test_what_speaks_of_no_open_size_has_one_kind(name: str) -> None:
    derivation = entries()[name]
    assert isinstance(derivation, Derivation)
    assert files(name) == files(name, 3) == [f"{name}-{n}.json" for n in range(1, len(derivation.steps) + 1)]


def test_rounded_digits_have_none() -> None:
    *_, last = certificates(prove(entries()["softmax-of-numbers"]))
    assert (last.text, last.reason) == ("", "it shows rounded digits")


def test_what_is_not_proved_has_none() -> None:
    assert not list(certificates(prove(entries()["pitfall-labels-not-normalised"])))
    assert not list(certificates(prove(entries()["pitfall-summed-gradient"])))


def test_a_proof_that_cannot_be_written_says_why() -> None:
    K = size("K")
    i, j = indices("i j", K)
    z = vector("z", K)
    wanted = Derivation("numerals", z[1] * z[i] * delta(i, j), Step(z[j] * z[1] * delta(j, i), by=algebra))
    (one,) = certificates(prove(wanted, EVERY))
    assert not one.text
    assert "numeral" in one.reason


def test_the_command_line_writes_them_and_reads_them_again(tmp_path: Path) -> None:
    done = run("prove", "--every-k", "softmax-jacobian", "softmax-of-numbers", "--certificates", str(tmp_path / "c"))
    assert done.exit_code == 0
    assert "8 certificates in" in done.stderr
    assert "softmax-of-numbers, line 2: no certificate, as it shows rounded digits" in done.stderr
    written = sorted(str(path) for path in (tmp_path / "c").iterdir())
    again = run("recheck", *written)
    assert again.exit_code == 0
    assert again.stdout.count("VALID softmax-jacobian line") == 7


def test_another_claim_is_invalid(tmp_path: Path) -> None:
    run("prove", "--every-k", "softmax-jacobian", "--certificates", str(tmp_path))
    file = tmp_path / "softmax-jacobian-7.json"
    said = json.loads(file.read_text("utf-8"))
    said["claim"]["right"] = said["claim"]["right"].replace("-", "+")
    file.write_text(json.dumps(said), "utf-8")
    done = run("recheck", str(file))
    assert done.exit_code == 1
    assert done.stdout.startswith("INVALID softmax-jacobian line 7")


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    assert run("recheck", str(tmp_path / "none.json")).exit_code == 2
    assert run("recheck").exit_code == 2


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", "utf-8")
    assert run("prove", "--every-k", "softmax-sum", "--certificates", str(blocked)).exit_code == 2


def test_hypotheses_and_conditions_go_with_them() -> None:
    x = scalar("x")
    K = size("K")
    k = index("k", K)
    z = vector("z", K)
    halves = Derivation("halves", Sum(k, z[k]) * x / x, Step(Sum(k, z[k]), by=algebra))
    (one,) = certificates(prove(halves, EVERY))
    assert json.loads(one.text)["claim"]["conditions"] == [["x", False]]
    assert recheck(one.text).startswith("VALID")


def test_indices_that_agree() -> None:
    K = size("K")
    i, j, k = indices("i j k", K)
    z = vector("z", K)
    y = define("y", i, exp(z[i]) / Sum(k, exp(z[k])))
    diagonal = Derivation("diagonal", D(y[i], z[j]), Step(y[i] * (1 - y[j]), by=algebra), assuming=[same(i, j)])
    (one,) = certificates(prove(diagonal, EVERY))
    assert json.loads(one.text)["claim"]["same"] == [["i", "j"]]
    assert recheck(one.text).startswith("VALID")
    told = json.loads(one.text)
    told["claim"]["same"] = []
    assert recheck(json.dumps(told)).startswith("INVALID")
