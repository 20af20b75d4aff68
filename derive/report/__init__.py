"""Pages and articles: proofs in, file names and their contents out.  Nothing here writes a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from derive.export import Proved
from derive.proof import Proof

from .exported import Code
from .index import index, links
from .page import Link, Page, page
from .pictures import proved_derivations
from .render import html_index, html_map, html_page, tex_page

__all__ = ["report_files"]


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
    each: Callable[[Callable[[Placed], tuple[str, str]], Sequence[Placed]], Iterable[tuple[str, str]]] = map,
    times: bool = False,
    proved: Sequence[Proved] = (),
) -> dict[str, str]:
    """Relative file names → contents: index and map, a page and an article for each proof, the NumPy module, one JSON.

    `certificates` are files as well, and pages name those that there are.

    `command` is what reproduces the run, and `families` gives the index its
    groups: titles with the names of their derivations.  The same input gives
    the same bytes: no date and no machine is in them, and how long each took only with `times`.
    `proved` is what functions that are written for single derivations say of them.
    `each` is `map`, or what does the same with several processors.
    """
    titles = links(proofs)
    known = proved_derivations(proofs)
    code = Code(module_source, proved, version)
    pages = [page(proof, titles, certificates, known, code) for proof in proofs]
    run = index(pages, families or {}, scope, proofs, times)
    files = {"index.html": html_index(run, command, version), "map.html": html_map(run.map, version)}
    order = [None, *(titles[one.name] for one in pages), None]
    placed = list(zip(pages, order[:-2], order[2:], strict=True))
    for one, (html, tex) in zip(pages, each(partial(_written, command, version, titles), placed), strict=True):
        files[one.href] = html
        files[one.href.removesuffix("html") + "tex"] = tex
    files |= certificates or {}
    files["derived.py"] = module_source
    files["derive.json"] = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    return files


def _written(command: str, version: str, titles: Mapping[str, Link], placed: Placed) -> tuple[str, str]:
    """The page and the article of one derivation."""
    one, before, after = placed
    return html_page(one, command, version, before, after, titles), tex_page(one, command, version)
