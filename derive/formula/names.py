"""What can be a name, and the refusal of what cannot be written."""

from __future__ import annotations

import re
import unicodedata


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


BLANKS = "\t\n\r\u2028\u2029"
FLOWING = str.maketrans(BLANKS, " " * len(BLANKS))
"""What breaks or indents a line: prose flows, and has blanks in their place."""
NONCHARACTERS = frozenset("\ufffe\uffff")


def as_prose(text: str, of: str) -> str:
    """Text for the reader, on one line.

    Raises WrittenError, which says that it stands in `of`, at a control character, a lone surrogate or a mark that
    turns the direction of what follows: no file can hold them all, and they hide what is written.
    """
    if not isinstance(text, str):
        raise WrittenError(f"{of} is {text!r:.200}, and no text")
    flowing = text.translate(FLOWING)
    if not flowing.isprintable():  # as all that may stand there is, but for a few signs that are looked at one by one
        for number, sign in enumerate(flowing, 1):
            if kind := _unreadable(sign):
                raise WrittenError(f"{of} has U+{ord(sign):04X}, {kind}, as character {number}: leave it out")
    return flowing


def _unreadable(sign: str) -> str:
    """What a character is that no text may have; nothing for the others."""
    if sign.isprintable():
        return ""
    if unicodedata.category(sign) == "Cc":
        return "a control character"
    if unicodedata.category(sign) == "Cs":
        return "half of a surrogate pair"
    if unicodedata.bidirectional(sign) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"):
        return "a mark of direction"
    return "which is no character" if sign in NONCHARACTERS else ""
