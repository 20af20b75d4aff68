"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path


class WritingError(Exception):
    """A file or folder that cannot be written; nothing half-written stays."""


def write_files(folder: Path, files: Iterable[tuple[str, str | bytes]]) -> list[str]:
    """Write files, names and contents, into a folder, which is made where it is missing; returns the names.

    The contents may come slowly: each is written beside its place when it comes, and all are put in place only
    when every one of them is complete.  Raises WritingError.
    """
    made: list[Path] = []
    beside: dict[Path, Path] = {}  # a folder to write into → the hidden one in it, where files wait for their rename
    staged: dict[str, tuple[Path, Path]] = {}
    try:
        for name, contents in files:
            path = folder / name
            if path.parent not in beside:
                made += reversed(_missing_parents(path.parent))
                path.parent.mkdir(parents=True, exist_ok=True)
                beside[path.parent] = Path(tempfile.mkdtemp(prefix=".derive-", dir=path.parent))
            temporary = beside[path.parent] / path.name
            temporary.write_bytes(contents.encode("utf-8") if isinstance(contents, str) else contents)
            staged[name] = temporary, path
        for _, path in staged.values():
            if path.is_dir():  # found before anything is put in place
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        for temporary, path in staged.values():
            os.replace(temporary, path)
    except BaseException as error:
        _clear(beside.values())
        for parent in reversed(made):
            _remove_empty(parent)
        if not isinstance(error, OSError):
            raise
        place = _meant(Path(error.filename or folder), beside)
        raise WritingError(f"cannot write {place}: {error.strerror}; nothing was written") from None
    _clear(beside.values())
    return list(staged)


def _meant(path: Path, beside: Mapping[Path, Path]) -> Path:
    """The place of a file, where it is asked of the one that waits beside it."""
    return path.parent.parent / path.name if path.parent in beside.values() else path


def _missing_parents(folder: Path) -> list[Path]:
    """The folders that writing would make, deepest first."""
    missing = []
    while not folder.exists() and folder != folder.parent:
        missing.append(folder)
        folder = folder.parent
    return missing


def _clear(waiting: Iterable[Path]) -> None:
    for folder in waiting:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return
