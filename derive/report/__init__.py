"""Pages and articles: proofs in, file names and their contents out.  Nothing here writes a file."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from derive.proof import Proof

from .document import document as article_of_run
from .index import index, links
from .markdown import beside
from .page import page
from .render import html_index, html_page, markdown_index, markdown_page, tex_document, tex_page

__all__ = ["FORMATS", "report_files"]

FORMATS = ("html", "tex", "md")
"""What a report can be written as: pages, articles, and Markdown to paste."""


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
) -> dict[str, str]:
    """Relative file names → contents: the index, a page and an article for each proof, the NumPy module, one JSON.

    `formats` are some of FORMATS; with `one_article`, the articles are one, report.tex.

    `certificates` are files as well, and pages name those that there are.

    `command` is what reproduces the run, and `families` gives the index its
    groups: titles with the names of their derivations.  The same input gives
    the same bytes: no time, no date and no machine is in them.
    """
    titles = links(proofs)
    pages = [page(proof, titles, certificates) for proof in proofs]
    contents = index(pages, families or {}, scope)
    files: dict[str, str] = {}
    if "html" in formats:
        order = [None, *(titles[one.name] for one in pages), None]
        files["index.html"] = html_index(contents, command, version)
        files |= {one.href: html_page(one, command, version, order[n], order[n + 2]) for n, one in enumerate(pages)}
    if "tex" in formats and one_article:
        files["report.tex"] = tex_document(article_of_run(contents), command, version)
    elif "tex" in formats:
        files |= {beside(one.href, "tex"): tex_page(one, command, version) for one in pages}
    if "md" in formats:
        files["index.md"] = markdown_index(contents, command, version)
        files |= {beside(one.href, "md"): markdown_page(one, command, version) for one in pages}
    files |= certificates or {}
    files["derived.py"] = module_source
    files["derive.json"] = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    return files
