"""What the README prints is what the program prints."""

from __future__ import annotations

import re
from pathlib import Path

from typer.testing import CliRunner

import derive
from derive.catalog import softmax
from derive.cli import app

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, re.DOTALL)


def printed(command: str) -> list[str]:
    """The lines that the README shows under a command."""
    block = next(text for _, text in BLOCKS if text.startswith(f"$ {command}\n"))
    return [line.rstrip() for line in block.splitlines()[1:] if line.strip()]


def test_the_table_is_real() -> None:
    names = "softmax-jacobian softmax-cross-entropy-gradient pitfall-labels-not-normalised"
    done = CliRunner().invoke(app, ["prove", *names.split()])
    lines = [line.rstrip() for line in done.stdout.splitlines() if line.strip()]
    assert done.exit_code == 0
    assert lines[:-1] == printed(f"derive prove {names}")


def test_the_table_for_every_k_is_real() -> None:
    names = "softmax-jacobian softmax-jacobian-off-diagonal linear-layer-weight-gradient"
    done = CliRunner().invoke(app, ["prove", "--every-k", *names.split()])
    lines = [line.rstrip() for line in done.stdout.splitlines() if line.strip()]
    assert done.exit_code == 0
    assert lines[:5] == printed(f"derive prove --every-k {names}")


def test_the_wrong_line_is_found(tmp_path: Path) -> None:
    source = next(text for language, text in BLOCKS if language == "python" and "entropy-gradient" in text)
    (tmp_path / "entropy.py").write_text(source, "utf-8")
    done = CliRunner().invoke(app, ["prove", str(tmp_path / "entropy.py")])
    assert done.exit_code == 1
    assert done.stderr.splitlines() == printed("derive prove entropy.py")


def test_the_python_interface() -> None:
    proof = derive.prove(softmax.jacobian, K=3)
    assert (proof.verdict, proof.steps[1].instances) == ("proved", 9)
    x = derive.scalar("x")
    verdict = derive.decide(derive.D(x**2, x), x)
    assert isinstance(verdict, derive.Refuted)
    assert str(verdict.counterexample) == "x = 1: left 2, right 1"


def test_the_classifier_is_the_one_that_is_tested() -> None:
    source = (Path(__file__).parent / "digits.py").read_text("utf-8")
    (shown,) = (text for language, text in BLOCKS if language == "python" and "def softmax_regression" in text)
    assert shown.strip() in source


def test_what_is_wrong_does_not_export(tmp_path: Path) -> None:
    source = next(text for language, text in BLOCKS if language == "python" and "entropy-gradient" in text)
    (tmp_path / "entropy.py").write_text(source, "utf-8")
    done = CliRunner().invoke(app, ["export", str(tmp_path / "entropy.py"), "-o", str(tmp_path / "mine.py")])
    assert done.exit_code == 1 and not (tmp_path / "mine.py").exists()


def test_names_export(tmp_path: Path) -> None:
    command = next(line for line in README.splitlines() if line.startswith("derive export softmax-jvp"))
    *arguments, name = command.split()[1:]
    done = CliRunner().invoke(app, [*arguments, str(tmp_path / name)])
    assert done.exit_code == 0
    compile((tmp_path / name).read_text("utf-8"), name, "exec")
