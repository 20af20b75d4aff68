"""Pages and articles: proofs in, file names and their contents out.  Nothing here writes a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from derive.export import Proved
from derive.proof import Proof

from .articles import markdown_index, markdown_page, tex_document, tex_page, tex_slides
from .document import document as article_of_run
from .exported import Code
from .index import deck, index, links
from .markdown import beside
from .page import Link, Page, page
from .pictures import proved_derivations
from .related import related
from .render import html_index, html_map, html_page

__all__ = ["FORMATS", "report_files"]

FORMATS = ("html", "tex", "md", "slides")
"""What a report can be written as: pages, articles, Markdown to paste, and decks of slides."""


Placed: TypeAlias = tuple[Page, Link | None, Link | None]
"""A page, and its neighbours."""


def report_files(
    proofs: Sequence[Proof],
    *,
    scope: str,
    command: str,
    version: str,
    module_source: str,
    document: dict[str, Any],
    families: Mapping[str, Sequence[str]] | None = None,
    certificates: Mapping[str, str] | None = None,
    formats: Collection[str] = ("html", "tex"),
    one_article: bool = False,
    each: Callable[[Callable[[Placed], dict[str, str]], Sequence[Placed]], Iterable[dict[str, str]]] = map,
    times: bool = False,
    proved: Sequence[Proved] = (),
    sources: Mapping[str, str] = {},
) -> dict[str, str]:
    """Relative file names → contents: index and map, a page and an article for each proof, the NumPy module, one JSON.

    `formats` are some of FORMATS; with `one_article`, the articles are one, report.tex.

    `certificates` are files as well, and pages name those that there are.

    `command` is what reproduces the run, and `families` gives the index its
    groups: titles with the names of their derivations.  The same input gives
    the same bytes on one machine: no date and no machine's name is in them, and how long each took only with `times`.
    Figures of errors in floating point, those in ULP and of the numeric checks, are measured: another processor or
    another NumPy may round exp and log differently, and show other digits there.
    `proved` is what functions that are written for single derivations say of them.
    `sources` are the files of people's own derivations, by their names, as the command line takes them.
    `each` is `map`, or what does the same with several processors.
    """
    titles = links(proofs)
    known = proved_derivations(proofs)
    code = Code(module_source, proved, version, sources)
    pages = [page(proof, titles, certificates, known, code) for proof in proofs]
    run = index(pages, families or {}, scope, proofs, times)
    pages = list(related(run.map, proofs, pages))
    files: dict[str, str] = {}
    if "html" in formats:
        files |= {"index.html": html_index(run, command, version), "map.html": html_map(run.map, version)}
    if "tex" in formats and one_article:
        files["report.tex"] = tex_document(article_of_run(run), command, version)
    if "md" in formats:
        files["index.md"] = markdown_index(run, command, version)
    order = [None, *(titles[one.name] for one in pages), None]
    alone = [kind for kind in formats if not (kind == "tex" and one_article)]
    for written in each(
        partial(_written, alone, command, version, titles), list(zip(pages, order[:-2], order[2:], strict=True))
    ):
        files |= written
    files |= certificates or {}
    files["derived.py"] = module_source
    files["derive.json"] = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    return files


def _written(
    formats: Collection[str], command: str, version: str, titles: Mapping[str, Link], placed: Placed
) -> dict[str, str]:
    """The files of one derivation."""
    one, before, after = placed
    files = {}
    if "html" in formats:
        files[one.href] = html_page(one, command, version, before, after, titles)
    if "tex" in formats:
        files[beside(one.href, "tex")] = tex_page(one, command, version)
    if "slides" in formats:
        files[deck(one.href)] = tex_slides(one, command, version)
    if "md" in formats:
        files[beside(one.href, "md")] = markdown_page(one, command, version)
    return files
