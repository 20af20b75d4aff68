"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


class WritingError(Exception):
    """A file or folder that cannot be written; nothing half-written stays."""


def write_files(folder: Path, files: Mapping[str, str] | Mapping[str, bytes]) -> None:
    """Write files, text or bytes, into a folder, which is made where it is missing.

    All contents are written to temporary files first, and put in place only
    when every one of them is complete.  Raises WritingError.
    """
    folders = [folder, *sorted({(folder / name).parent for name in files} - {folder})]
    made = [missing for each in reversed(folders) for missing in _missing_parents(each)]
    staged: list[tuple[Path, Path]] = []
    try:
        for each in folders:
            each.mkdir(parents=True, exist_ok=True)
        for name, contents in files.items():
            path = folder / name
            if path.is_dir():  # found before anything is put in place
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
            staged.append((_stage(path.parent, contents), path))
        for temporary, path in staged:
            os.replace(temporary, path)
    except BaseException as error:
        for temporary, _ in staged:
            temporary.unlink(missing_ok=True)
        for parent in made:
            _remove_empty(parent)
        if not isinstance(error, OSError):
            raise
        raise WritingError(f"cannot write {error.filename or folder}: {error.strerror}; nothing was written") from None


def _stage(folder: Path, contents: str | bytes) -> Path:
    """A temporary file beside the final one, so that replacing it is one rename."""
    handle, name = tempfile.mkstemp(prefix=".derive-", dir=folder)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(contents.encode("utf-8") if isinstance(contents, str) else contents)
        mask = os.umask(0)
        os.umask(mask)
        path.chmod(0o666 & ~mask)  # as a file that a person makes, not as a secret
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _missing_parents(folder: Path) -> list[Path]:
    """The folders that writing would make, deepest first."""
    missing = []
    while not folder.exists() and folder != folder.parent:
        missing.append(folder)
        folder = folder.parent
    return missing


def _remove_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return
