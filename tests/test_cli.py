"""The command line: what is printed, what is written, and the exit codes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from derive import __version__
from derive.cli import app
from derive.numeric import checks

HEADER = "from derive import *\nfrom derive.rules import *\nx = scalar('x')\n"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def written(folder: Path, text: str) -> str:
    path = folder / "my_derivations.py"
    path.write_text(HEADER + text, "utf-8")
    return str(path)


# ------------------------------------------------------------------ good use


def test_version() -> None:
    assert run("--version").output == f"derive {__version__}\n"


def test_help_loads_neither_sympy_nor_numpy() -> None:
    code = (
        "import sys\nfrom derive.cli import app\n"
        "for arguments in (['--version'], ['--help'], ['prove', '--help'], ['report', '--help']):\n"
        "    try:\n        app(arguments)\n    except SystemExit as end:\n        assert not end.code, end.code\n"
        "    assert not {'sympy', 'numpy', 'mpmath', 'jinja2'} & set(sys.modules), arguments\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", ["list", "prove", "report", "export"])
def test_help_shows_examples(command: str) -> None:
    assert "derive " + command in run(command, "--help").output.split("Example")[1]


def test_list() -> None:
    found = run("list")
    assert found.exit_code == 0
    assert "softmax-jacobian" in found.output
    rows = json.loads(run("list", "softmax-jacobian", "--json").output)["entries"]
    assert rows[0]["claim"] == "D(y[i], z[j]) = y[i]*(delta(i, j) - y[j])"


def test_prove_shows_a_table() -> None:
    found = run("prove", "softmax-jacobian", "pitfall-labels-not-normalised")
    assert found.exit_code == 0
    assert "✓ proved" in found.output
    assert "✓ refuted" in found.output
    assert "all 9" in found.output
    assert found.stderr == ""


def test_prove_as_json() -> None:
    document = json.loads(run("prove", "softmax-jacobian", "-K", "2..3", "--json").output)
    assert [one["scope"] for one in document["results"]] == ["K=2", "K=3"]
    assert {one["sympy"]["verdict"] for one in document["results"]} == {"agrees"}


def test_what_has_no_K_is_proved_once() -> None:
    document = json.loads(run("prove", "sigmoid-derivative", "softmax-two-classes", "-K", "2..4", "--json").output)
    assert [one["scope"] for one in document["results"]] == ["every K", "K=2"]


def test_every_entry() -> None:
    (one,) = json.loads(run("prove", "softmax-jacobian", "-K", "7", "--every-entry", "--json").output)["results"]
    assert {step["instances"] for step in one["steps"]} == {49}
    assert one["every_entry"] is True


def test_sizes_by_name() -> None:
    (one,) = json.loads(run("prove", "batch-mean-gradient", "--size", "N=5", "--json").output)["results"]
    assert "N=5" in one["scope"]


def test_numbers_on_request() -> None:
    (one,) = json.loads(run("prove", "sigmoid-derivative", "--numeric", "--json").output)["results"]
    assert one["numeric"]


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    mine = written(tmp_path, "square = Derivation('square', (x + 1)**2, Step(x**2 + 2*x + 1, by=algebra))")
    found = run("prove", mine)
    assert found.exit_code == 0
    assert "square" in found.output


def test_conditions_are_printed_and_strict_counts_them(tmp_path: Path) -> None:
    mine = written(tmp_path, "half = Derivation('half', x / x, Step(1 + 0*x, by=algebra))")
    found = run("prove", mine)
    assert found.exit_code == 0
    assert "equal where x ≠ 0" in found.stderr
    assert run("prove", mine, "--strict").exit_code == 3


def test_report(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    found = run("report", "sigmoid-derivative", "pitfall-summed-gradient", "-o", str(folder))
    assert found.exit_code == 0, found.stderr
    assert {p.name for p in folder.iterdir()} == {
        "index.html", "map.html", "sigmoid-derivative.html", "sigmoid-derivative.tex",
        "pitfall-summed-gradient.html", "pitfall-summed-gradient.tex", "derived.py", "derive.json", "certificates",
    }  # fmt: skip
    assert len(list((folder / "certificates").iterdir())) == 10
    first = {p.name: p.read_bytes() for p in folder.rglob("*.*")}
    assert run("report", "sigmoid-derivative", "pitfall-summed-gradient", "-o", str(folder)).exit_code == 0
    assert first == {p.name: p.read_bytes() for p in folder.rglob("*.*")}


def test_a_report_tells_times_when_asked(tmp_path: Path) -> None:
    found = run("report", "sigmoid-symmetry", "--times", "-o", str(tmp_path))
    assert found.exit_code == 0, found.stderr
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert re.search(r"sigmoid-symmetry · 5 steps · [\d.]+ m?s<", text) and "derive report sigmoid-symmetry" in text
    assert "--times" in text


@pytest.mark.parametrize("more", [[], ["-K", "3"]])
def test_export(tmp_path: Path, more: list[str]) -> None:
    path = tmp_path / "derived.py"
    found = run("export", *more, "-o", str(path))
    assert found.exit_code == 0, found.stderr
    code = "import derived, numpy; print(derived.softmax(numpy.zeros((1, 3))))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "[[0.33333333 0.33333333 0.33333333]]\n"


# ------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["prove", "softmax-jacobain"], "there is no derivation named softmax-jacobain; did you mean softmax-jacobian"),
        (["prove", "xyzzy"], "`derive list` shows the names"),
        (["prove", "-K", "0"], "there has to be at least one class"),
        (["prove", "-K", "three"], "expected a whole number such as 3, or a range such as 2..10"),
        (["prove", "-K", "-1"], "-K -1"),
        (["prove", "-K", "1.5"], "-K 1.5"),
        (["prove", "-K", "5..2"], "the range is empty; write 2..5"),
        (["prove", "-K", "1..1001"], "take at most 1000 at once, or --every-k for all"),
        (["prove", "-K", "1001", "--every-entry"], "goes up to K = 1000, as a matrix has K² entries"),
        (["prove", "--every-k", "--every-entry"], "--every-entry decides the entries of one K: name it"),
        (["report", "-K", "51"], "goes up to K = 50, as the numeric checks"),
        (["report", "-K", "2..3"], "a report is written for one K"),
        (["export", "-K", "65"], "at most 64 classes"),
        (["export", "-K", "1"], "two classes or more"),
        (["prove", "--size", "N"], "expected a size and a number"),
        (["prove", "--size", "K=3"], "K has an option of its own"),
        (["prove", "missing.py"], "missing.py cannot be read"),
        (["prove", "softmax-jacobian", "--size", "M=3"], "no formula here speaks of M; the sizes are K"),
    ],
)
def test_wrong_usage(arguments: list[str], message: str) -> None:
    found = run(*arguments)
    assert found.exit_code == 2
    assert message in found.stderr
    assert found.stdout == ""


def test_unknown_options_and_commands() -> None:
    assert run("prove", "--wrong").exit_code == 2
    assert run("prvoe").exit_code == 2


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("f = Derivation('f', D(x**2, x), Step(x, by=power_rule))", 1, "differ at x = 1: left 2, right 1"),
        ("f = Derivation('f', D(x**2, x), Step(0.5 * x, by=power_rule))", 2, "0.5 is rounded already"),
        ("K = size('K'); k = index('k', K); z = vector('z', K)\nf = Derivation('f', x, Step(z[k], by=algebra))", 2,
         "line 1: index k is free in z[k], but not in x"),
        ("a = scalar('a'); a = define('a', a + 1)", 2, "a is defined by itself"),
        ("while True: pass", 2, "did not finish in 1 seconds"),
        ("def f(:", 2, "line 4: "),
        ("f = Derivation('f', x**x, Step(x**(x + 0), by=algebra))", 3, "its exponent is not an integer"),
        ("y = 1", 2, "holds no derivation"),
        ("'\0'", 2, "null bytes"),
        ("K = size('K'); z = vector('z', K)\nz[index('i', K) + 1]", 2, "a subscript is an index or a number"),
        ("f = Derivation('f', x, Step(x, by='algebra'))", 2, "by='algebra' is not a rule"),
        ("f = Derivation('f', x, x)", 2, "f: x is not a step; write Step(formula, by=rule)"),
        ("f = Derivation('f', x, Step(x, by=algebra), assuming=[x == 1])", 2, "False is not a hypothesis"),
        ("f = Derivation('f', x, Step(x, by=algebra), assuming=positive(x))", 2, "write a list, assuming=[…]"),
        ("f = Derivation('f', x, Step(x, by=algebra), assuming=3)", 2, "assuming=3 is not a list of hypotheses"),
        ("f = Derivation('f', x, Step(x, by=algebra, relation='<'))", 2, "a line is = or ≈ the one before"),
        ("raise SystemExit(0)", 2, "line 4: the file ends the program"),
        ("f = Derivation('f', x, Step(x, by=algebra), title='a\\0')", 2, "line 4: f, title has U+0000, a control char"),
        ("f = Derivation('f', x, Step(x, by=algebra, because='\\ud800'))", 2, "f, line 1, because has U+D800, half of"),
    ],
)  # fmt: skip
def test_a_file_with_a_fault(
    tmp_path: Path, text: str, code: int, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("derive.catalog.SECONDS", 1)
    found = run("prove", written(tmp_path, text))
    assert found.exit_code == code, found.stderr
    assert message in found.stderr
    assert "Traceback" not in found.stderr + found.stdout


@pytest.mark.parametrize("command", ["report", "prove", "export", "list"])
@pytest.mark.parametrize(
    "source", [b"\0", b"\xff\xfe", b"# coding: utf-7\n+2AA-", b"x = '\xed\xa0\x80'", b"\x1b]0;x\x07"]
)
def test_a_hostile_file_ends_with_a_message(command: str, source: bytes, tmp_path: Path) -> None:
    mine = tmp_path / "mine.py"
    mine.write_bytes(source)
    found = run(command, str(mine))
    assert found.exit_code == 2 and isinstance(found.exception, SystemExit)
    assert found.stderr.startswith(f"derive: {mine}") and found.stdout == ""


@pytest.mark.parametrize("words", ["a\\0b", "\\ud800", "\\x1b[2J"])
@pytest.mark.parametrize("place", ["title", "about"])
def test_a_report_of_words_that_no_file_can_hold(place: str, words: str, tmp_path: Path) -> None:
    mine = written(tmp_path, f"f = Derivation('f', x + x, Step(2*x, by=algebra), {place}='{words}')")
    found = run("report", mine, "-o", str(tmp_path / "out"), "--format", "html,tex,md")
    assert found.exit_code == 2 and isinstance(found.exception, SystemExit)
    assert f"f, {place} has U+" in found.stderr and not (tmp_path / "out").exists()


def test_what_a_file_prints_is_not_our_output(tmp_path: Path) -> None:
    mine = written(tmp_path, "print('hello')\ntwice = [Derivation('twice', x + x, Step(2*x, by=algebra))]")
    found = run("prove", mine, "--json")
    assert json.loads(found.stdout)["results"][0]["name"] == "twice"
    assert found.stderr == "hello\n"


def test_two_derivations_of_one_name_are_refused(tmp_path: Path) -> None:
    mine = written(tmp_path, "f = Derivation('softmax-jacobian', x + x, Step(2*x, by=algebra))")
    found = run("prove", mine, "softmax-jacobian")
    assert found.exit_code == 2
    assert "two derivations are named softmax-jacobian" in found.stderr


def test_a_report_of_ones_own_has_a_module_that_is_proved(tmp_path: Path) -> None:
    mine = written(tmp_path, "f = Derivation('softmax-jacobian', x + x, Step(2*x, by=algebra))")
    found = run("report", mine, "-o", str(tmp_path / "out"))
    assert found.exit_code == 0, found.stderr
    module = (tmp_path / "out" / "derived.py").read_text("utf-8")
    assert "not proved in this run" not in module
    assert "x + x" not in module


def test_a_failed_numeric_check_fails_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derive.numeric.checks.LIMITS", dict.fromkeys(checks.LIMITS, 0.0))
    found = run("prove", "softmax-jacobian", "--numeric")
    assert found.exit_code == 1
    assert "final form" in found.stderr


def test_a_false_step_shows_both_lines(tmp_path: Path) -> None:
    found = run("prove", written(tmp_path, "f = Derivation('f', D(x**2, x), Step(x, by=power_rule))"))
    assert found.stderr.splitlines() == [
        "f, step 1 (power rule) is refuted",
        "  line 0   D(x**2, x)",
        "  line 1   x",
        "  differ at x = 1: left 2, right 1",
    ]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    found = run("report", "sigmoid-derivative", "-o", str(tmp_path / "out"))
    assert found.exit_code == 2
    assert "nothing was written" in found.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_closed_pipe_is_no_error() -> None:
    command = f"{sys.executable} -m derive list | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True, env={**os.environ})
    assert "Traceback" not in done.stderr
