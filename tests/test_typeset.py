"""PDF: what an engine may do, what it says, and what happens where there is none."""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import tempfile
import time
from pathlib import Path
from threading import Thread, main_thread
from typing import NoReturn

import pytest
import typer
from typer.testing import CliRunner

from derive.cli import app, typeset_articles
from derive.files import WritingError
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
    assert typeset_articles(tmp_path, {"a.tex": HEAD}) == 4
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
def test_a_deck_and_its_pdf(tmp_path: Path) -> None:
    command = ["report", "sigmoid-derivative", "--pdf", "--format", "slides", "-o", str(tmp_path)]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.stderr
    found = {path.name for path in tmp_path.iterdir() if path.is_file()}
    stem = "sigmoid-derivative-slides"
    assert found == {f"{stem}.tex", f"{stem}.pdf", "derived.py", "derive.json"}


@pytest.mark.usefixtures("_engine")
def test_an_article_that_the_engine_refuses_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    articles = {"good.tex": rf"{HEAD}Text.\end{{document}}", "bad.tex": f"{HEAD}\n\\nonsense\n\\end{{document}}"}
    assert typeset_articles(tmp_path, articles) == 4
    told = capsys.readouterr()
    assert f"{tmp_path / 'bad.tex'}: Undefined control sequence. (line 2)" in told.err
    assert told.out == f"1 PDF file in {tmp_path}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["good.pdf"]


FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), f"{tempfile.gettempdir()}/derive-tex-x")


def full(*_: object, **__: object) -> NoReturn:
    raise FULL


@pytest.fixture
def _engine_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "bin", "exit 1", monkeypatch)


def install(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a script stand for the engines."""
    folder.mkdir()
    for name in ("latexmk", "pdflatex"):
        (folder / name).write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.usefixtures("_engine_that_fails")
@pytest.mark.parametrize(
    "broken", ["tempfile.mkdtemp", "pathlib.Path.write_bytes", "shutil.disk_usage", "pathlib.Path.read_bytes"]
)
def test_a_full_disk_ends_with_a_message(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if broken == "pathlib.Path.read_bytes":
        install(tmp_path / "good", "echo > article.pdf", monkeypatch)
    monkeypatch.setattr(broken, full)
    with pytest.raises(typer.Exit) as end:
        typeset_articles(tmp_path, {"a.tex": HEAD, "b.tex": HEAD})
    told = capsys.readouterr()
    assert end.value.exit_code == 2 and told.out == ""
    assert re.search(r"^derive: cannot write \S+/derive-tex-\S+: No space left on device; \S+", told.err)
    assert not list(tmp_path.glob("*.pdf"))


@pytest.mark.usefixtures("_engine_that_fails")
def test_an_engine_that_fails_where_there_is_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derive.typeset.LEAST_ROOM", shutil.disk_usage(tmp_path).total + 1)
    with pytest.raises(WritingError, match=r"cannot write \S+article.pdf: No space left on device; no PDF was written"):
        set_one("a.tex", HEAD)
    monkeypatch.setattr("derive.typeset.LEAST_ROOM", 0)
    assert set_one("a.tex", HEAD).problem == "the engine gave no reason"


@pytest.mark.parametrize("latexmk", [True, False])
def test_an_interrupt_ends_the_engines(latexmk: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began = tmp_path / "began"
    install(tmp_path / "bin", f"sleep 40 & echo $! >>{began}; wait; echo >{tmp_path}/went-on", monkeypatch)
    if not latexmk:
        which = shutil.which
        monkeypatch.setattr(shutil, "which", lambda name: None if name == "latexmk" else which(name))
    monkeypatch.setattr(os, "cpu_count", lambda: 2)

    def interrupt() -> None:
        while not began.exists() or began.read_text("utf-8").count("\n") < 2:
            time.sleep(0.02)
        signal.pthread_kill(main_thread().ident or 0, signal.SIGINT)  # as Ctrl-C, which wakes this thread

    Thread(target=interrupt, daemon=True).start()
    out = tmp_path / "out"
    out.mkdir()
    begin = time.monotonic()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # where tests run side by side it is ignored
    try:
        with pytest.raises(KeyboardInterrupt):
            typeset_articles(out, {f"{name}.tex": HEAD for name in "abcdef"})
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - begin < 20
    sleepers = began.read_text("utf-8").split()
    assert len(sleepers) == 2 and not any(map(runs, sleepers))
    assert list(out.iterdir()) == [] and not (tmp_path / "went-on").exists()


def runs(number: str) -> bool:
    """Whether a program still runs; one that has ended, and nobody has asked for, does not."""
    state = Path(f"/proc/{number}/stat")
    for _ in range(100):
        if not state.exists() or state.read_text("utf-8").rsplit(")", 1)[1].split()[0] == "Z":
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize("formats", ["pdf", "html,", "", "HTML"])
def test_an_unknown_format_is_refused(formats: str) -> None:
    done = CliRunner().invoke(app, ["report", "sigmoid-derivative", "--format", formats])
    assert done.exit_code == 2 and "take some of html,tex,md,slides" in done.stderr
