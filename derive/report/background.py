"""What a page tells of its subject beside what is proved: where it comes from, what it means, what to read."""

from __future__ import annotations

from dataclasses import dataclass

from derive.background import Background, Source

from .language import prose


@dataclass(frozen=True, slots=True)
class Context:
    """The section; nothing of it is proved, and the page says so."""

    texts: tuple[str, ...]
    """Prose in paragraphs."""
    sources: tuple[Source, ...]
    """Each work once, the oldest first."""


def context(*told: Background | None) -> Context | None:
    """The section that tells all of them, what is one's own before what is the family's; None where nothing is told.

    The names of works and people are the same in every language.
    """
    known = list(dict.fromkeys(one for one in told if one is not None))
    if not known:
        return None
    sources = dict.fromkeys(source for one in known for source in one.sources)
    by_age = sorted(sources, key=lambda one: (one.year, one.author, one.title))
    return Context(tuple(prose(one.text) for one in known), tuple(by_age))
