"""The project around the code: what a new user reads, installs and runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import metadata, version
from pathlib import Path

import pytest

import derive

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_licence_is_there() -> None:
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    assert PROJECT["project"]["license"] == "MIT"


def test_the_version_is_one() -> None:
    assert derive.__version__ == PROJECT["project"]["version"] == version("derive")
    assert metadata("derive")["Requires-Python"] == ">=3.11"


def test_the_readme_says_how_to_install_run_and_test() -> None:
    for command in ("pip install", "derive report", "derive prove", "pip install -e '.[test]' && python -m pytest"):
        assert command in README, command


def test_what_the_readme_names_exists() -> None:
    for link, picture in re.findall(r"\]\(([^)#:]+)\)|src(?:set)?=\"([^\":]+)\"", README):
        assert (ROOT / (link or picture)).exists(), link or picture
    known = set(subprocess.run(["derive", "--help"], capture_output=True, text=True).stdout.split())
    for command in re.findall(r"^\$? *derive ([a-z]+)", README, re.MULTILINE):
        assert command in known, command


def test_ci_runs_the_tests_as_the_readme_says() -> None:
    assert "pip install --quiet --retries 5 -e '.[test]'" in CI
    assert re.search(r"^python -m pytest\b", CI, re.MULTILINE)
    assert "set -Eeuo pipefail" in CI


def test_what_the_tests_need_is_in_the_extra() -> None:
    wanted = {"pytest", "pytest-cov", "pytest-xdist", "hypothesis", "import-linter", "mypy", "ruff"}
    extra = {re.split(r"[<>=]", entry)[0] for entry in PROJECT["project"]["optional-dependencies"]["test"]}
    assert wanted <= extra


SKIPS = """
import pytest

def test_runs(): pass

@pytest.mark.skip(reason="platform: no such signal here")
def test_allowed(): pass

@pytest.mark.skip(reason="not today")
def test_by_mark(): pass

def test_inside(): pytest.skip("chromium is missing")

@pytest.mark.xfail(reason="known")
def test_known(): assert False
"""


@pytest.mark.parametrize(
    ("ci", "summary"),
    [("", "1 passed, 4 skipped, 1 xfailed"), ("true", "1 failed, 1 passed, 1 skipped, 1 xfailed, 2 errors")],
)
def test_on_ci_a_skip_is_a_failure(tmp_path: Path, ci: str, summary: str) -> None:
    (tmp_path / "test_skips.py").write_text(SKIPS, encoding="utf-8")
    (tmp_path / "test_whole.py").write_text("import pytest\npytest.importorskip('no_such_package')", encoding="utf-8")
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-ptests.conftest",
            "--continue-on-collection-errors",
            f"--rootdir={tmp_path}",
        ],
        cwd=tmp_path,
        env={**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert summary in run.stdout.splitlines()[-1], run.stdout
