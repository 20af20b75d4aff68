"""Articles → PDF, by a TeX engine that may run nothing and read nothing of the user's."""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from .files import WritingError, write_files

SECONDS = 900
"""How long an article may take; a document of the whole catalog takes about two minutes on a slow machine."""

RUNS = 4
"""How often an engine runs at most, without latexmk, until the table of contents stands still."""

LEAST_ROOM = 1 << 20
"""Bytes: an engine that failed with less than this left on the disk failed for that."""

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
    """All articles, as many at a time as there are processors; `advance` is called with each that is done.

    Raises WritingError where there is no room to set them.  Whatever ends it early ends the engines that run.
    """

    engines = Engines()

    def one(name: str) -> Typeset:
        found = set_one(name, articles[name], engines=engines)
        advance(name)
        return found

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        try:
            return list(pool.map(one, articles))
        except BaseException:  # Ctrl-C too: it reaches this thread alone
            pool.shutdown(wait=False, cancel_futures=True)
            engines.end()
            raise


class Engines:
    """The engines that run, so that all of them can be ended at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._ended = False

    def start(self, command: list[str], folder: Path) -> subprocess.Popen[bytes]:
        """Run a program in a session of its own, unless all have been ended."""
        with self._lock:
            if self._ended:
                raise EndedError
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=surroundings(folder),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._running.add(process)
            return process

    def done(self, process: subprocess.Popen[bytes]) -> None:
        """It has ended by itself, or was ended."""
        with self._lock:
            self._running.discard(process)

    def end(self) -> None:
        """End all that run, and let no other begin."""
        with self._lock:
            self._ended = True
            for process in self._running:
                _kill(process)


class EndedError(Exception):
    """No engine is to be started any more."""


def set_one(name: str, article: str, seconds: float = SECONDS, engines: Engines | None = None) -> Typeset:
    """One article, in a folder of its own that is thrown away.

    Raises WritingError where there is no room for it.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="derive-tex-", ignore_cleanup_errors=True) as place:
            return _set_in(Path(place), name, article, seconds, engines or Engines())
    except OSError as error:
        where = error.filename or tempfile.gettempdir()
        raise WritingError(f"cannot write {where}: {error.strerror}; no PDF was written") from None


def _set_in(folder: Path, name: str, article: str, seconds: float, engines: Engines) -> Typeset:
    write_files(folder, [("article.tex", article)])
    try:
        output = _run(engine_for(article), folder, seconds, engines)
    except subprocess.TimeoutExpired:
        return Typeset(name, b"", f"the engine was stopped after {seconds:g} s")
    except OSError as error:
        return Typeset(name, b"", f"the engine cannot be run: {error.strerror}")
    pdf = folder / "article.pdf"
    if output is None and pdf.exists():
        return Typeset(name, pdf.read_bytes(), "")
    if shutil.disk_usage(folder).free < LEAST_ROOM:  # an engine says so in many ways, or not at all
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(pdf))
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


def _run(engine: str, folder: Path, seconds: float, engines: Engines) -> str | None:
    """None when the engine was content, else what it printed."""
    options = ["-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error"]
    if latexmk := shutil.which("latexmk"):
        kind = "-pdfxe" if engine == "xelatex" else "-pdf"
        command = [latexmk, "-norc", kind, "-silent", *(f"-latexoption={one}" for one in options), "article.tex"]
        code, output = _call(command, folder, seconds, engines)
        return output if code else None
    for _ in range(RUNS):
        code, output = _call([engine, *options, "article.tex"], folder, seconds, engines)
        if code:
            return output
        if not _AGAIN.search(output):
            break
    return None


def _call(command: list[str], folder: Path, seconds: float, engines: Engines) -> tuple[int, str]:
    """Run a program, and with it, when time is up, end the programs that it started."""
    process = engines.start(command, folder)
    try:
        output, _ = process.communicate(timeout=seconds)
    except BaseException:
        _kill(process)
        process.wait()
        raise
    finally:
        engines.done(process)
    return process.returncode, output.decode("utf-8", errors="replace")


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a program and those that it started; one that nobody has waited for yet still has its number."""
    if process.returncode is not None:
        return
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
