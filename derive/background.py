"""What stands behind a derivation: where its function comes from, what it means, and the works that say so.

Nothing here is proved, and no verdict rests on it; a report shows it apart, as context.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .formula.names import as_prose
from .formula.tree import WrittenError

LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Source:
    """A work to read on: author, title, year and venue, as a bibliography has them.

        shannon = Source("C. E. Shannon", "A Mathematical Theory of Communication", 1948,
                         "Bell System Technical Journal 27, 379–423, 623–656")

    The year is that of the work, or of the edition that is named.  `language` is that of the title, as a browser
    knows it: "en", "de", "fr".  Everything is shown as it is written, without formulas.
    """

    author: str
    title: str
    year: int
    venue: str
    language: str = "en"

    def __post_init__(self) -> None:
        for field in ("author", "title", "venue"):
            object.__setattr__(self, field, _told(getattr(self, field), f"a source, {field}"))
        if type(self.year) is not int or not 1000 <= self.year <= 9999:
            raise WrittenError(f"{self.title:.200}: year={self.year!r:.200}; a year has four digits, such as 1948")
        if not isinstance(self.language, str) or not LANGUAGE.fullmatch(self.language):
            raise WrittenError(f"{self.title:.200}: language={self.language!r:.200}; take en, de, fr, …")


@dataclass(frozen=True, slots=True)
class Background:
    """Two to five sentences of context, and the works on which they rest.

    A file of the catalog names the one of its family, and a derivation that deserves sentences of its own names those:

        background = Background("Shannon (1948) measured surprise by $-\\log p$ …", [shannon])
        one_hot_loss = Derivation(…, background=Background("…", [jelinek]))

    Say where the function comes from, what the quantity means, and where in a training loop the result is used.
    Formulas stand between dollars, as in all prose.  In one's own file only a derivation names a background.
    """

    text: str
    sources: tuple[Source, ...]

    def __init__(self, text: str, sources: list[Source] | tuple[Source, ...] = ()) -> None:
        if not isinstance(sources, list | tuple):
            raise WrittenError(f"the sources of a background are a list, and not {sources!r:.200}")
        for source in sources:
            if not isinstance(source, Source):
                raise WrittenError(f"{source!r:.200} is no source; write Source(author, title, year, venue)")
        object.__setattr__(self, "text", _told(text, "a background"))
        object.__setattr__(self, "sources", tuple(dict.fromkeys(sources)))


def _told(text: str, of: str) -> str:
    """Prose that says something, on one line."""
    if not (told := as_prose(text, of).strip()):
        raise WrittenError(f"{of} is empty; leave it out, or write what it says")
    return told
