"""What can be a name, and the refusal of what cannot be written."""

from __future__ import annotations

import re


class WrittenError(ValueError):
    """A formula that cannot mean anything, refused while it is being written."""


GREEK_LETTERS = "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ"


class TooLargeError(WrittenError):
    """A formula that is too large, or nested too deeply, to be read."""


NAME = re.compile(rf"[A-Za-z{GREEK_LETTERS}][A-Za-z0-9{GREEK_LETTERS}]*(_[A-Za-z0-9{GREEK_LETTERS}]+)*'*")

NAME_LENGTH = 60


def check_name(name: str) -> None:
    """Refuse what Python, TeX and HTML could not all take for a name."""
    if not isinstance(name, str) or len(name) > NAME_LENGTH or not NAME.fullmatch(name):
        shown = repr(name) if len(repr(name)) <= NAME_LENGTH else f"{repr(name)[:NAME_LENGTH]}…"
        raise WrittenError(
            f"{shown} is not a name; a name is a Latin or Greek letter, then letters, digits, underscores and primes"
        )
