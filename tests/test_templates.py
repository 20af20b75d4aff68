"""Compiled templates are kept as Python keeps its modules, and are never older than what they were compiled from."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from derive.export.templates import Compiled, environment, templates
from derive.report.articles import markdown, tex
from derive.report.render import html


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one template, beside which its bytecode is kept."""
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "greeting.j2").write_text("Hello {{ name }}", encoding="utf-8")
    return tmp_path


def said(folder: Path, by: str = "Jinja") -> str:
    """What the template says in a process that has not read it yet."""
    fresh = Environment(loader=FileSystemLoader(folder), autoescape=True, bytecode_cache=Compiled(by))
    return fresh.get_template("greeting.j2").render(name="you")


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "__pycache__").glob("*"))


def no_compiling(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object, **named: object) -> str:
        raise AssertionError("it was compiled again")

    monkeypatch.setattr(Environment, "_generate", refuse)


def test_what_is_compiled_is_kept_beside_the_template(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(folder) == "Hello you"
    assert [path.name for path in kept(folder)] == [f"greeting.{sys.implementation.cache_tag}.j2c"]
    no_compiling(monkeypatch)
    assert said(folder) == "Hello you"


def test_where_python_keeps_nothing_templates_are_not_kept_either(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert said(folder) == "Hello you"
    assert not kept(folder)
    elsewhere = folder / "elsewhere"
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", str(elsewhere))
    assert said(folder) == "Hello you"
    assert not kept(folder) and list(elsewhere.rglob("*.j2c"))


def test_a_template_that_was_changed_is_compiled_again(folder: Path) -> None:
    said(folder)
    (folder / "greeting.j2").write_text("Goodbye {{ name }}", encoding="utf-8")
    assert said(folder) == said(folder) == "Goodbye you"


def test_another_jinja_compiles_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said(folder)
    no_compiling(monkeypatch)
    with pytest.raises(AssertionError, match="compiled again"):
        said(folder, by="another")


@pytest.mark.parametrize("length", [0, 20, 60, -9])
def test_what_is_damaged_is_compiled_again(folder: Path, length: int) -> None:
    said(folder)
    (file,) = kept(folder)
    whole = file.read_bytes()
    file.write_bytes(whole[:length])
    assert said(folder) == "Hello you"
    assert file.read_bytes() == whole


def test_a_folder_that_cannot_be_written_to(folder: Path) -> None:
    (folder / "__pycache__").write_text("a file, and no folder", encoding="utf-8")
    assert said(folder) == "Hello you"


@pytest.mark.parametrize(("made", "ending"), [(html, "html"), (tex, "tex"), (markdown, "md"), (environment, "py")])
def test_nothing_of_ours_is_worked_out_while_a_template_is_compiled(
    made: Callable[[], Environment], ending: str
) -> None:
    """Else what is kept would depend on more than the template, and on the language in which it was compiled."""
    asked = made().overlay(bytecode_cache=None)

    def refuse(*given: object) -> None:
        raise AssertionError("a filter was applied to a constant")

    of_jinja = Environment().filters
    asked.filters = {name: one if of_jinja.get(name) is one else refuse for name, one in asked.filters.items()}
    for file in templates().rglob(f"*.{ending}.j2"):
        asked.get_template(file.relative_to(templates()).as_posix())
