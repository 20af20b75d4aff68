"""Pages and articles: proofs in, file names and their contents out.  Nothing here writes a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from derive.background import Background
from derive.export import Proved
from derive.proof import Proof

from .articles import markdown_index, tex_document
from .document import document as article_of_run
from .exported import Code
from .index import Index, index, links
from .language import LANGUAGES, written_in
from .page import Page
from .render import html_index, html_map
from .rests import rests
from .written import Asked, Written, asked_pages, written

__all__ = ["FORMATS", "LANGUAGES", "report_files"]

FORMATS = ("html", "tex", "md", "slides")
"""What a report can be written as: pages, articles, Markdown to paste, and decks of slides."""

Each = Callable[[Callable[[Asked], Written], Sequence[Asked]], Iterable[tuple[int, Written]]]
"""The place of each value, and a function of it, in any order."""


def one_by_one(function: Callable[[Asked], Written], values: Sequence[Asked]) -> Iterator[tuple[int, Written]]:
    """All of them, in this process."""
    return enumerate(map(function, values))


def report_files(
    proofs: Sequence[Proof],
    *,
    scope: str,
    command: str,
    version: str,
    module_source: str,
    document: dict[str, Any],
    families: Mapping[str, Sequence[str]] | None = None,
    backgrounds: Mapping[str, Background] = {},
    certify: bool = False,
    formats: Collection[str] = ("html", "tex"),
    one_article: bool = False,
    each: Each = one_by_one,
    times: bool = False,
    proved: Sequence[Proved] = (),
    module_proofs: Sequence[Proof] = (),
    sources: Mapping[str, str] = {},
    spoken: str = "en",
) -> Iterator[tuple[str, str]]:
    """Relative file names and contents, as they come: a page and an article for each proof, index and map, the NumPy
    module, one JSON.

    `formats` are some of FORMATS; with `one_article`, the articles are one, report.tex.

    With `certify`, the certificates are files as well, and pages name those that there are.

    `command` is what reproduces the run, and `families` gives the index its
    groups: titles with the names of their derivations.  `backgrounds` are, by
    the name of a derivation, what stands behind its family.  The same input gives
    the same bytes on one machine: no date and no machine's name is in them, and how long each took only with `times`.
    Figures of errors in floating point, those in ULP and of the numeric checks, are measured: another processor or
    another NumPy may round exp and log differently, and show other digits there.
    `proved` is what functions that are written for single derivations say of them.
    `module_proofs` are the proofs on which the functions of the module rest, be they among `proofs` or not.
    `sources` are the files of people's own derivations, by their names, as the command line takes them.
    `each` is `one_by_one`, or what does the same with several processors; what it has begun goes on while this process
    works.
    `spoken` is one of LANGUAGES; names of files, code and derive.json are the same in all of them.
    """
    code = Code(module_source, proved, version, sources)
    alone = [kind for kind in formats if not (kind == "tex" and one_article)]
    with written_in(spoken):
        asked = asked_pages(proofs, code, alone, command, version, certify, one_article, backgrounds, module_proofs)
        pages = each(written, asked)
        ground = rests(proofs, links(proofs))  # while others write pages
    told = json.dumps(document, ensure_ascii=False, indent=2)
    found: dict[int, Page] = {}
    for place, one in pages:
        found[place] = one.page
        yield from one.files.items()
    with written_in(spoken):
        run = index([found[place] for place in range(len(proofs))], families or {}, scope, proofs, times, ground)
        of_the_run = _of_the_run(run, formats, one_article, command, version, backgrounds)
    yield from of_the_run.items()
    yield "derived.py", module_source
    yield "derive.json", told + "\n"


def _of_the_run(
    run: Index,
    formats: Collection[str],
    one_article: bool,
    command: str,
    version: str,
    backgrounds: Mapping[str, Background],
) -> dict[str, str]:
    """What is written once: index and map, and the one document."""
    files: dict[str, str] = {}
    if "html" in formats:
        files |= {"index.html": html_index(run, command, version), "map.html": html_map(run.map, version)}
    if "tex" in formats and one_article:
        files["report.tex"] = tex_document(article_of_run(run, backgrounds), command, version)
    if "md" in formats:
        files["index.md"] = markdown_index(run, command, version)
    return files
