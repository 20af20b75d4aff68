"""`output/` is what the code writes today, so that people can look before they install.

Measured errors may differ in their digits between processors, and between the
ways in which a NumPy multiplies matrices on one of them; they, and the figures and
sentences that tell them, are not compared. Everything else is, to the byte.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from derive.cli import app

OUTPUT = Path(__file__).parents[1] / "output"

MEASURED = {
    ".html": [
        r'<td class="right">.*?</td>',
        r'href="#numeric" title=".*?</a>',
        r'(?s)<section id="accuracy".*?</section>',
        r'(?s)<section id="plain".*?<div class="source">',
    ],
    ".tex": [
        r"& \$[^&]*\$ & [^&]* & [^&]*\\\\$",
        r"^.*[Ll]argest numeric error.*$",
        r"^\\draw\[marks [ab]\].*$",
        r"^\\markkey\{marks [ab]\}.*$",
        r"^Of \d+ points that are drawn.*$",
        r"(?s)\\begin\{counts\}.*?\\end\{counts\}",
    ],
    ".json": [r'"largest": [^,]*,'],
    ".py": [],
}


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


LOST = re.compile(
    r'<span class="note">every digit is lost</span>| \\textcolor\{quiet\}\{\\footnotesize\(every digit is lost\)\}'
)
"""What a table notes of an error of one half and more, which one processor may reach and another not."""


def unmeasured(path: Path) -> str:
    text = LOST.sub("", path.read_text("utf-8")).replace('"note": "every digit is lost"', '"note": ""')
    for pattern in MEASURED[path.suffix]:
        text = re.sub(pattern, "…", text, flags=re.MULTILINE)
    return text


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalog's report as it is written today; `.ci/run` names the one that the installed program has written."""
    if written := os.environ.get("DERIVE_RUN"):
        return Path(written)
    folder = tmp_path_factory.mktemp("report")
    done = CliRunner().invoke(app, ["report", "-o", str(folder)])
    assert done.exit_code == 0, done.stderr
    return folder


def test_the_files_are_the_same(fresh: Path) -> None:
    assert files(OUTPUT) == files(fresh)


def test_they_say_the_same(fresh: Path) -> None:
    old = [name for name in files(OUTPUT) if unmeasured(OUTPUT / name) != unmeasured(fresh / name)]
    assert not old, f"run `derive report` anew: {', '.join(old)}"


def test_what_is_not_compared_is_little(fresh: Path) -> None:
    page = fresh / "softmax-jacobian.html"
    assert 0.9 < len(unmeasured(page)) / len(page.read_text("utf-8")) < 1
