"""What one document about a whole run shows, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from derive.background import Background

from .background import Context, context
from .illustrations import is_illustrated
from .index import PITFALLS, Index, Tally
from .language import said
from .page import Page


@dataclass(frozen=True, slots=True)
class Chapter:
    """Derivations that belong together."""

    before: int
    """How many derivations stand in the chapters before."""
    title: str
    pages: tuple[Page, ...]
    background: Context | None


@dataclass(frozen=True, slots=True)
class Document:
    """Everything that the document of a run shows."""

    groups: tuple[Chapter, ...]
    """The families, and the pitfalls last."""
    pitfalls: tuple[Page, ...]
    tallies: tuple[Tally, ...]
    total: int
    as_expected: int
    not_proved: tuple[str, ...]
    """What nobody should read into any of the verdicts; the pages then hold only what is their own."""
    drawn: bool
    """Whether there are figures."""
    checks: bool
    """Whether numbers were checked."""


def document(index: Index, backgrounds: Mapping[str, Background] = {}) -> Document:
    """The document of a run, from what its index shows; `backgrounds` are those of families, by an entry's name."""
    pages = [*(page for group in index.groups for page in group.pages), *index.pitfalls]
    common = shared(pages)
    chapters = [(group.title, group.pages) for group in index.groups]
    if index.pitfalls:
        chapters.append((said(PITFALLS), index.pitfalls))
    before = [0, *accumulate(len(of) for _, of in chapters)]
    return Document(
        groups=tuple(
            Chapter(n, title, _own(of, common), context(backgrounds.get(of[0].name)))
            for n, (title, of) in zip(before, chapters, strict=False)
        ),
        pitfalls=index.pitfalls,
        tallies=index.tallies,
        total=index.total,
        as_expected=index.as_expected,
        not_proved=common,
        drawn=any(map(is_illustrated, pages)),
        checks=any(page.checks for page in pages),
    )


def shared(pages: Sequence[Page]) -> tuple[str, ...]:
    """What more than half of the pages that prove something do not prove, in their order."""
    proving = [page for page in pages if page.verdict in ("proved", "conditional")]
    every = dict.fromkeys(one for page in proving for one in page.not_proved)
    return tuple(one for one in every if 2 * sum(one in page.not_proved for page in proving) > len(proving) > 1)


def _own(pages: Sequence[Page], common: tuple[str, ...]) -> tuple[Page, ...]:
    """The pages, each with what it alone does not prove; the first of those that share a background has it."""
    told: dict[Context | None, str] = {}
    for page in pages:
        told.setdefault(page.background, page.name)
    return tuple(
        replace(
            page,
            not_proved=tuple(one for one in page.not_proved if one not in common),
            background=page.background if told[page.background] == page.name else None,
        )
        for page in pages
    )
