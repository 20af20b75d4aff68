"""Where the templates are, inside the installed package or beside it in a checkout, and how they are read."""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import lru_cache
from importlib.util import cache_from_source
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import jinja2
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from ..files import WritingError, write_files

PACKAGE = Path(__file__).resolve().parent.parent
VERSION: str = getattr(jinja2, "__version__", "")
"""Jinja's; to look for it in the metadata of packages would take longer than the templates."""


def templates() -> Path:
    """The folder of templates: the wheel's `derive/templates`, else the checkout's `templates`."""
    installed = PACKAGE / "templates"
    return installed if installed.is_dir() else PACKAGE.parent / "templates"


class Compiled(BytecodeCache):
    """Compiled templates, kept as Python keeps its modules: in `__pycache__` beside them, or where it is told to.

    They are compiled again where the template, Python, or Jinja and its settings, `by`, are others than then, and where
    what was kept is damaged.
    """

    def __init__(self, by: str) -> None:
        self.by = by

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return str(Path(cache_from_source(filename or name)).with_suffix(".j2c"))

    def get_source_checksum(self, source: str) -> str:
        return super().get_source_checksum(f"{self.by}\n{source}")

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError, EOFError, UnpicklingError, ValueError):
            bucket.bytecode_from_string(Path(bucket.key).read_bytes())

    def dump_bytecode(self, bucket: Bucket) -> None:
        path = Path(bucket.key)
        if not sys.dont_write_bytecode:
            with suppress(WritingError):  # the folder is not ours to write to
                write_files(path.parent, [(path.name, bucket.bytecode_to_string())])


def environment_of(autoescape: bool, **delimiters: Any) -> Environment:
    """How our templates are filled: an unknown name is an error, and lines keep their ends."""
    settings = {
        "autoescape": autoescape,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "keep_trailing_newline": True,
        **delimiters,
    }
    kept = Compiled(f"Jinja {VERSION} {settings}") if sys.implementation.cache_tag else None
    loader = FileSystemLoader(templates(), encoding="utf-8")
    return Environment(loader=loader, auto_reload=False, bytecode_cache=kept, **settings)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """How Python source is rendered."""
    return environment_of(autoescape=False)
