"""PDF: what an engine may do, what it says, and what happens where there is none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from derive.cli import app, typeset_articles
from derive.typeset import complaint, engine_for, missing, set_one, surroundings

from .test_report import files

HEAD = r"\documentclass{article}\begin{document}"


@pytest.fixture(scope="module")
def _engine() -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("no pdflatex is installed")


@pytest.fixture
def _nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)


@pytest.mark.usefixtures("_engine")
def test_an_article_becomes_the_same_pdf_each_time() -> None:
    article = files()["jacobian.tex"]
    first, second = set_one("jacobian.tex", article), set_one("jacobian.tex", article)
    assert first.problem == "" and first.pdf.startswith(b"%PDF") and first == second


@pytest.mark.skipif(shutil.which("xelatex") is None, reason="no xelatex is installed")
def test_an_article_in_chinese_becomes_the_same_pdf_each_time() -> None:
    article = files(spoken="zh")["hostile.tex"]
    first, second = set_one("hostile.tex", article), set_one("hostile.tex", article)
    assert first.problem == "" and first.pdf.startswith(b"%PDF") and first == second


@pytest.mark.usefixtures("_engine")
def test_without_latexmk_the_engine_runs_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "latexmk" else which(name))
    article = rf"{HEAD}\tableofcontents\section{{One}}Text.\end{{document}}"
    assert set_one("a.tex", article).pdf.startswith(b"%PDF")
    assert "Undefined control sequence" in set_one("b.tex", rf"{HEAD}\nonsense\end{{document}}").problem


@pytest.mark.usefixtures("_engine")
@pytest.mark.parametrize(
    "attack",
    [
        r"\input{/etc/passwd}",
        r"\newread\f\openin\f=/etc/passwd \ifeof\f\else\errmessage{it was read}\fi\nonsense",
        r"\newread\f\openin\f=PLACE/mine \ifeof\f\else\errmessage{it was read}\fi\nonsense",
        r"\newread\f\openin\f=../mine.tex \ifeof\f\else\errmessage{it was read}\fi\nonsense",
        r"\newwrite\f\immediate\openout\f=PLACE/new.tex \immediate\write\f{x}",
        r"\immediate\write18{touch PLACE/new.tex}\nonsense",
        r"\input{|touch PLACE/new.tex}",
    ],
)
def test_no_file_of_the_user_is_touched(attack: str, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("secret", encoding="utf-8")
    found = set_one("attack.tex", rf"{HEAD}{attack.replace('PLACE', str(tmp_path))}\end{{document}}")
    assert not found.pdf and found.problem and "it was read" not in found.problem
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.usefixtures("_engine")
def test_an_article_without_end_is_stopped() -> None:
    assert set_one("a.tex", rf"{HEAD}\def\x{{\x}}\x\end{{document}}", 2).problem == "the engine was stopped after 2 s"


def test_the_environment_has_nothing_of_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TEXINPUTS", "/elsewhere/tex")
    found = surroundings(tmp_path)
    assert "TEXINPUTS" not in found and found["HOME"] == str(tmp_path)
    assert (found["openin_any"], found["openout_any"], found["shell_escape"]) == ("p", "p", "f")


def test_what_the_engine_said() -> None:
    log = "This is TeX\n! Undefined control sequence.\n<argument> \\nonsense\nl.12 \\nonsense\n! Later.\nl.13\n"
    assert complaint(log) == "Undefined control sequence. (line 12)"
    assert complaint("all is well") == ""


def test_chinese_is_set_by_xetex() -> None:
    assert engine_for("\\documentclass[11pt]{ctexart}\n") == "xelatex"
    assert engine_for("% c\n\\documentclass[11pt]{article}\n\\usepackage[UTF8]{ctex}\n") == "xelatex"
    assert engine_for("\\documentclass[11pt]{article}\nctex\n") == "pdflatex"


@pytest.mark.usefixtures("_nothing_installed")
def test_without_an_engine_there_is_the_way_to_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert typeset_articles(tmp_path, {"a.tex": HEAD, "a.html": ""}) == 4
    told = capsys.readouterr()
    assert "no pdflatex is installed: apt install texlive-latex-recommended" in told.err
    assert str(tmp_path) in told.err and told.out == ""
    assert missing({}) == ""


@pytest.mark.usefixtures("_engine")
def test_one_document_and_its_pdf(tmp_path: Path) -> None:
    names = ["sigmoid-derivative", "pitfall-summed-gradient"]
    done = CliRunner().invoke(app, ["report", *names, "--document", "--pdf", "--format", "md", "-o", str(tmp_path)])
    assert done.exit_code == 0, done.stderr
    found = {path.name for path in tmp_path.iterdir() if path.is_file()}
    pages = {f"{name}.md" for name in names}
    assert found == pages | {"index.md", "report.tex", "report.pdf", "derived.py", "derive.json"}
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.usefixtures("_engine")
def test_an_article_that_the_engine_refuses_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    articles = {"good.tex": rf"{HEAD}Text.\end{{document}}", "bad.tex": f"{HEAD}\n\\nonsense\n\\end{{document}}"}
    assert typeset_articles(tmp_path, articles) == 4
    told = capsys.readouterr()
    assert f"{tmp_path / 'bad.tex'}: Undefined control sequence. (line 2)" in told.err
    assert told.out == f"1 PDF file in {tmp_path}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["good.pdf"]


@pytest.mark.parametrize("formats", ["pdf", "html,", "", "HTML"])
def test_an_unknown_format_is_refused(formats: str) -> None:
    done = CliRunner().invoke(app, ["report", "sigmoid-derivative", "--format", formats])
    assert done.exit_code == 2 and "take some of html,tex,md" in done.stderr
