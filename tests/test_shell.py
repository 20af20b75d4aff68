"""Commands that are shown: a shell reads back the very words that were given."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from derive.cli import app
from derive.shell import command, quoted

NAMES = ["mine.py", "my own.py", "it's.py", "$(touch x)`y`;&|<>*.py", 'a"b\\c.py', "中.py", "~.py", "#.py", "!x.py", ""]
UNPRINTABLE = ["a\nb.py", "\ta.py", os.fsdecode(b"\xff'\\.py"), "\x1b[31m.py"]


def read_back(text: str) -> list[bytes]:
    """The words of a command, as bash takes them."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("platform: there is no bash")
    done = subprocess.run(
        [bash, "-c", f"printf '%s\\0' {text}"], capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"}
    )
    return done.stdout.split(b"\0")[:-1]


@pytest.mark.parametrize("name", [*NAMES, *UNPRINTABLE])
def test_a_shell_reads_the_word_that_was_meant(name: str) -> None:
    shown = quoted(name)
    assert shown.isprintable() and shown.encode("utf-8")
    assert read_back(shown) == [os.fsencode(name)]


def test_options_that_say_nothing_are_left_out() -> None:
    options = {"-K": "3", "--size": ["N=4", "F=2"], "--format": None, "--times": False, "--pdf": True, "--more": []}
    assert (
        command("report", ["a", "my own.py"], options) == "derive report a 'my own.py' -K 3 --size N=4 --size F=2 --pdf"
    )
    assert command("prove", ["-K.py"], {}) == "derive prove ./-K.py"
    assert command("report", None, {"-o": Path("a b")}) == "derive report -o 'a b'"


MINE = """from derive import *
from derive.rules import *
x = scalar('x')
N = size('N')
n = index('n', N)
v = vector('v', N)
doubled = Derivation('own-doubled', x + x, Step(2 * x, by=algebra))
summed = Derivation('own-summed', Sum(n, 2 * v[n]), Step(2 * Sum(n, v[n]), by=algebra))
opened = Derivation('own-open', Sum(n, v[n])**x, Step(Sum(n, v[n])**(x + 0), by=algebra))
"""


def test_pages_show_commands_that_can_be_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    mine = tmp_path / "it's my own $(x).py"
    mine.write_text(MINE, "utf-8")
    given = [mine.name, "--size", "N=4", "--times", "--format", "md,html,tex", "--document"]
    done = CliRunner().invoke(app, ["report", *given])
    assert done.exit_code == 3, done.stderr
    found = {path.name: path.read_text("utf-8") for path in Path("output").iterdir() if path.is_file()}
    whole = f"derive report {shlex.quote(mine.name)} -K 3 --size N=4 --format md,html,tex --document --times"
    for name in ("index.md", "own-doubled.md", "own-summed.md"):
        assert whole in found[name].splitlines()
    escaped = re.escape(shlex.quote(mine.name)).replace("'", "&#39;").replace('"', "&#34;")
    assert re.search(rf">derive report {escaped} -K 3 --size N=4 ", found["index.html"])
    assert re.search(rf">derive export {escaped}<", found["own-doubled.html"])
    assert re.search(rf">derive prove {escaped} -K ", found["own-open.html"])
    assert "derive prove own-open" not in found["own-open.html"]
    assert "export own-doubled" not in found["own-doubled.html"]


def test_an_exported_module_names_its_file_in_quotes(tmp_path: Path) -> None:
    mine = tmp_path / "my own.py"
    mine.write_text(MINE.rsplit("opened", 1)[0], "utf-8")
    done = CliRunner().invoke(app, ["export", str(mine), "-o", str(tmp_path / "out.py")])
    assert done.exit_code == 0, done.stderr
    assert "derive export 'my own.py'." in (tmp_path / "out.py").read_text("utf-8")
