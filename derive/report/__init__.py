"""Pages and articles: proofs in, file names and their contents out.  Nothing here writes a file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from derive.export import Proved
from derive.proof import Proof

from .exported import Code
from .index import index, links
from .page import page
from .render import html_index, html_page, tex_page

__all__ = ["report_files"]


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
    proved: Sequence[Proved] = (),
) -> dict[str, str]:
    """Relative file names → contents: the index, a page and an article for each proof, the NumPy module, one JSON.

    `certificates` are files as well, and pages name those that there are.

    `command` is what reproduces the run, and `families` gives the index its
    groups: titles with the names of their derivations.  The same input gives
    the same bytes: no time, no date and no machine is in them.  `proved` is
    what functions that are written for single derivations say of them.
    """
    titles = links(proofs)
    code = Code(module_source, proved, version)
    pages = [page(proof, titles, certificates, code) for proof in proofs]
    files = {"index.html": html_index(index(pages, families or {}, scope), command, version)}
    order = [None, *(titles[one.name] for one in pages), None]
    for n, one in enumerate(pages):
        files[one.href] = html_page(one, command, version, order[n], order[n + 2])
        files[one.href.removesuffix("html") + "tex"] = tex_page(one, command, version)
    files |= certificates or {}
    files["derived.py"] = module_source
    files["derive.json"] = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    return files
