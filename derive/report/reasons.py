"""What other modules say, in the language of a report: reasons, refusals, methods, the names of rules.

The kernel and its neighbours speak English, with formulas and numbers put in.
Their sentences are found again by the catalogue `reasons`, whose messages are
the sentences with places, as the source has them; what stands in the places is
put into the translation.  What is not found there stays as it is.
"""

from __future__ import annotations

import re
from functools import lru_cache

from .language import current, gettext, messages, prose

_PLACE = re.compile(r"%\((\w+)\)s")
_DEFINITION = re.compile(r"definition of (\$[^$]+\$)")


def told(text: str) -> str:
    """A reason as a whole; else its parts between semicolons, each by itself."""
    if not text or current() == "en":
        return text
    if (found := _matched(text)) is not None:
        return found
    parts = text.split("; ")
    return gettext("; ").join(map(told, parts)) if len(parts) > 1 else text


def rule_name(name: str) -> str:
    """The name of a rule; one that writes a name out says which."""
    if found := _DEFINITION.fullmatch(name):
        return gettext("definition of %(name)s", name=found[1])
    return prose(name)


def _matched(text: str) -> str | None:
    """The translation of the most specific sentence that a text can be."""
    for pattern, translation in _patterns(current()):
        if found := pattern.fullmatch(text):
            return translation % {name: told(value) for name, value in found.groupdict().items()}
    return None


@lru_cache(maxsize=2)
def _patterns(name: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The sentences that can be recognised, those with the most words of their own first."""
    found = []
    for (_, message), translation in messages(name, "reasons").items():
        parts = _PLACE.split(message)  # text and the names of places, in turn
        literal = sum(map(len, parts[::2]))
        shape, seen = "", set[str]()
        for n, part in enumerate(parts):
            if n % 2:
                shape += f"(?P={part})" if part in seen else f"(?P<{part}>.+?)"
                seen.add(part)
            else:
                shape += re.escape(part.replace("%%", "%"))
        found.append((literal, re.compile(shape, re.DOTALL), translation))
    return tuple((pattern, translation) for _, pattern, translation in sorted(found, key=lambda one: -one[0]))
