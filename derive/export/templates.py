"""Where the templates are: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

PACKAGE = Path(__file__).resolve().parent.parent


def templates() -> Path:
    """The folder of templates: the wheel's `derive/templates`, else the checkout's `templates`."""
    installed = PACKAGE / "templates"
    return installed if installed.is_dir() else PACKAGE.parent / "templates"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """How Python source is rendered: an unknown name is an error, and lines keep their ends."""
    return Environment(
        loader=FileSystemLoader(templates(), encoding="utf-8"),
        auto_reload=False,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
