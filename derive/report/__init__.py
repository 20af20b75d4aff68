"""Pages and articles: proofs in, file names and their contents out.  Nothing here writes a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from derive.export import Proved
from derive.proof import Proof

from .articles import markdown_index, markdown_page, tex_document, tex_page
from .document import document as article_of_run
from .exported import Code
from .index import index, links
from .language import LANGUAGES, current, written_in
from .markdown import beside
from .page import Link, Page, page
from .pictures import proved_derivations
from .render import html_index, html_map, html_page

__all__ = ["FORMATS", "LANGUAGES", "report_files"]

FORMATS = ("html", "tex", "md")
"""What a report can be written as: pages, articles, and Markdown to paste."""


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
    spoken: str = "en",
) -> dict[str, str]:
    """Relative file names → contents: index and map, a page and an article for each proof, the NumPy module, one JSON.

    `formats` are some of FORMATS; with `one_article`, the articles are one, report.tex.

    `certificates` are files as well, and pages name those that there are.

    `command` is what reproduces the run, and `families` gives the index its
    groups: titles with the names of their derivations.  The same input gives
    the same bytes: no date and no machine is in them, and how long each took only with `times`.
    `proved` is what functions that are written for single derivations say of them.
    `each` is `map`, or what does the same with several processors.
    `spoken` is one of LANGUAGES; names of files, code and derive.json are the same in all of them.
    """
    with written_in(spoken):
        return _files(
            proofs,
            scope,
            command,
            version,
            Code(module_source, proved, version),
            document,
            families or {},
            certificates,
            formats,
            one_article,
            each,
            times,
        )


def _files(
    proofs: Sequence[Proof],
    scope: str,
    command: str,
    version: str,
    code: Code,
    document: dict[str, Any],
    families: Mapping[str, Sequence[str]],
    certificates: Mapping[str, str] | None,
    formats: Collection[str],
    one_article: bool,
    each: Callable[[Callable[[Placed], dict[str, str]], Sequence[Placed]], Iterable[dict[str, str]]],
    times: bool,
) -> dict[str, str]:
    """The files, in the language that is set."""
    titles = links(proofs)
    known = proved_derivations(proofs)
    pages = [page(proof, titles, certificates, known, code) for proof in proofs]
    run = index(pages, families, scope, proofs, times)
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
        partial(_written, current(), alone, command, version, titles),
        list(zip(pages, order[:-2], order[2:], strict=True)),
    ):
        files |= written
    files |= certificates or {}
    files["derived.py"] = code.module
    files["derive.json"] = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    return files


def _written(
    spoken: str, formats: Collection[str], command: str, version: str, titles: Mapping[str, Link], placed: Placed
) -> dict[str, str]:
    """The files of one derivation; another process has to be told the language."""
    with written_in(spoken):
        return _pages(formats, command, version, titles, placed)


def _pages(
    formats: Collection[str], command: str, version: str, titles: Mapping[str, Link], placed: Placed
) -> dict[str, str]:
    one, before, after = placed
    files = {}
    if "html" in formats:
        files[one.href] = html_page(one, command, version, before, after, titles)
    if "tex" in formats:
        files[beside(one.href, "tex")] = tex_page(one, command, version)
    if "md" in formats:
        files[beside(one.href, "md")] = markdown_page(one, command, version)
    return files
