"""Commands as a person would type them into a shell: every word quoted, and options only where they say something."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

Value: TypeAlias = bool | str | Path | Iterable[str] | None


def quoted(word: str) -> str:
    """A word as a shell reads it back; what cannot be printed or encoded is written by its bytes."""
    if word.isprintable():
        return shlex.quote(word)
    signs = (rf"\{sign}" if sign in "\\'" else sign if sign.isprintable() else _bytes(sign) for sign in word)
    return f"$'{''.join(signs)}'"


def _bytes(sign: str) -> str:
    """The bytes of a character, also of one that stands for a byte in a file's name that is no text."""
    return "".join(rf"\x{byte:02x}" for byte in sign.encode("utf-8", "surrogateescape"))


def command(verb: str, names: Iterable[str] | None, options: Mapping[str, Value]) -> str:
    """`derive verb names options`; an option that is None, False or empty is left out, and True is a flag."""
    words = ["derive", verb, *map(operand, names or ())]
    for option, value in options.items():
        if value is True:
            words.append(option)
        elif isinstance(value, str | Path):
            words += [option, str(value)]
        elif value:
            words += [word for each in value for word in (option, each)]
    return " ".join(map(quoted, words))


def operand(name: str) -> str:
    """A file's name so that it cannot be taken for an option."""
    return f"./{name}" if name.startswith("-") else name
