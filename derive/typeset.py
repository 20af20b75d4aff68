"""Articles → PDF, by a TeX engine that may run nothing and read nothing of the user's."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .files import write_files

SECONDS = 900
"""How long an article may take; a document of the whole catalog takes about two minutes on a slow machine."""

RUNS = 4
"""How often an engine runs at most, without latexmk, until the table of contents stands still."""

INSTALL = {
    "pdflatex": "texlive-latex-recommended texlive-latex-extra texlive-pictures lmodern latexmk",
    "xelatex": "texlive-xetex texlive-lang-chinese texlive-fonts-recommended texlive-latex-extra latexmk",
}
"""The Debian packages that bring an engine, and what articles ask for."""

_CHINESE = re.compile(r"^\\(documentclass(\[[^\]]*\])?\{ctex\w*\}|usepackage(\[[^\]]*\])?\{ctex\})", re.MULTILINE)
_AGAIN = re.compile(r"Rerun to get|There were undefined references|No file \w+\.toc", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Typeset:
    """An article's PDF, or why there is none."""

    name: str
    pdf: bytes
    problem: str
    """What the engine said first; nothing where there is a PDF."""


def engine_for(article: str) -> str:
    """The engine that an article asks for: XeTeX for Chinese, else pdfTeX."""
    return "xelatex" if _CHINESE.search(article) else "pdflatex"


def missing(articles: Mapping[str, str]) -> str:
    """What to install before these can be set; nothing where all is there."""
    wanted = sorted({engine_for(text) for text in articles.values()})
    absent = [engine for engine in wanted if shutil.which(engine) is None]
    if not absent:
        return ""
    packages = dict.fromkeys(package for engine in absent for package in INSTALL[engine].split())
    return f"no {' and no '.join(absent)} is installed: apt install {' '.join(packages)}"


def typeset(articles: Mapping[str, str], advance: Callable[[str], None] = lambda name: None) -> list[Typeset]:
    """All articles, as many at a time as there are processors; `advance` is called with each that is done."""

    def one(name: str) -> Typeset:
        found = set_one(name, articles[name])
        advance(name)
        return found

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(one, articles))


def set_one(name: str, article: str, seconds: float = SECONDS) -> Typeset:
    """One article, in a folder of its own that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="derive-tex-") as place:
        folder = Path(place)
        try:
            write_files(folder, {"article.tex": article})
            output = _run(engine_for(article), folder, seconds)
        except subprocess.TimeoutExpired:
            return Typeset(name, b"", f"the engine was stopped after {seconds:g} s")
        except OSError as error:
            return Typeset(name, b"", f"the engine cannot be run: {error.strerror}")
        pdf = folder / "article.pdf"
        if output is None and pdf.exists():
            return Typeset(name, pdf.read_bytes(), "")
        log = folder / "article.log"
        told = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        return Typeset(name, b"", complaint(told) or complaint(output or "") or "the engine gave no reason")


def complaint(log: str) -> str:
    """The first error in a log with the number of its line."""
    found = re.search(r"^! (.+)$", log, re.MULTILINE)
    if found is None:
        return ""
    line = re.search(r"^l\.(\d+)", log[found.end() :], re.MULTILINE)
    return f"{found[1].strip()}{f' (line {line[1]})' if line else ''}"


def surroundings(folder: Path) -> dict[str, str]:
    """The environment of an engine: its home is the folder, and files beside it are out of reach.

    Variables such as TEXINPUTS, by which a user's own files would be read, are left out.
    """
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    place = str(folder)
    return kept | {
        "HOME": place,
        "TMPDIR": place,
        "TEXMFHOME": place,
        "LC_ALL": "C",
        "openin_any": "p",
        "openout_any": "p",
        "shell_escape": "f",
        "max_print_line": "1000",
        "SOURCE_DATE_EPOCH": "0",
        "FORCE_SOURCE_DATE": "1",
    }


def _run(engine: str, folder: Path, seconds: float) -> str | None:
    """None when the engine was content, else what it printed."""
    options = ["-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error"]
    if latexmk := shutil.which("latexmk"):
        kind = "-pdfxe" if engine == "xelatex" else "-pdf"
        command = [latexmk, "-norc", kind, "-silent", *(f"-latexoption={one}" for one in options), "article.tex"]
        code, output = _call(command, folder, seconds)
        return output if code else None
    for _ in range(RUNS):
        code, output = _call([engine, *options, "article.tex"], folder, seconds)
        if code:
            return output
        if not _AGAIN.search(output):
            break
    return None


def _call(command: list[str], folder: Path, seconds: float) -> tuple[int, str]:
    """Run a program, and with it, when time is up, end the programs that it started."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=surroundings(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=seconds)
    except BaseException:
        _end(process)
        raise
    return process.returncode, output.decode("utf-8", errors="replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
