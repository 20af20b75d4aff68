"""The two ways in which templates are filled: HTML escapes by itself, TeX by the filters."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from derive.export.templates import templates
from derive.formula.latex import latex, letter

from .breaks import unboxed
from .document import Document
from .figures import Series, plot
from .index import Index
from .markdown import (
    beside,
    block_markdown,
    chain_markdown,
    code_markdown,
    escape_markdown,
    fenced,
    inline_markdown,
    prose_markdown,
)
from .page import Link, Page
from .prose import (
    bookmark,
    code_tex,
    escape_tex,
    formula_html,
    formula_pieces,
    formula_tex,
    prose_html,
    prose_plain,
    prose_tex,
)

THEME = "try{const t=localStorage.getItem('derive-theme');if(t)document.documentElement.dataset.theme=t}catch(e){}"
"""Runs before anything is painted, so that a chosen theme doesn't flash."""
STYLE = "theme frame headline chain sections index narrow print".split()
"""The stylesheets, in the order in which they overrule each other."""

COLOURS = {
    "proved": "good",
    "agrees": "good",
    "conditional": "warn",
    "refuted": "bad",
    "ill-formed": "bad",
    "differs": "bad",
    "unknown": "open",
}
SIGNS = {"proved": r"$\checkmark$", "conditional": "($\\checkmark$)", "refuted": r"$\times$"}


@lru_cache(maxsize=1)
def html() -> Environment:
    """Pages: everything is escaped but what this package made."""
    environment = Environment(
        loader=FileSystemLoader(templates(), encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(math=formula_html, prose=prose_html, plain=prose_plain, sentence=capital)
    script = asset("report.js")
    environment.globals.update(
        font={"math": font("stix-two-math-subset"), "text": font("stix-two-text-latin")},
        style=Markup("\n").join(asset(f"style/{name}.css") for name in STYLE),
        script=script,
        theme=Markup(THEME),
        hashes=Markup(" ".join(f"'sha256-{digest(text)}'" for text in (THEME, script))),
    )
    return environment


@lru_cache(maxsize=1)
def tex() -> Environment:
    """Articles: TeX is full of braces, so the delimiters are others, and every text passes a filter."""
    environment = Environment(
        loader=FileSystemLoader(templates(), encoding="utf-8"),
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        tex=escape_tex,
        code=code_tex,
        math=formula_tex,
        prose=prose_tex,
        bookmark=bookmark,
        colour=lambda verdict: COLOURS.get(verdict, "quiet"),
        sign=lambda verdict: SIGNS.get(verdict, "?"),
        sentence=capital,
        pieces=formula_pieces,
        unboxed=unboxed,
        letter=letter,
        latex=latex,
        coordinates=coordinates,
    )
    return environment


@lru_cache(maxsize=1)
def markdown() -> Environment:
    """Markdown: every text passes a filter, as in TeX."""
    environment = Environment(
        loader=FileSystemLoader(templates(), encoding="utf-8"),
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        text=escape_markdown,
        prose=prose_markdown,
        math=inline_markdown,
        block=block_markdown,
        code=code_markdown,
        fenced=fenced,
        beside=beside,
        chain=lambda claim, lines: chain_markdown(claim, [(one.number, one.source) for one in lines]),
    )
    return environment


def coordinates(points: Sequence[tuple[float, float]]) -> str:
    """The points of a curve as pgfplots reads them."""
    return "".join(f"({x:g},{y:.5g})" for x, y in points)


def asset(name: str) -> Markup:
    """A stylesheet or script of ours."""
    return Markup((templates() / name).read_text(encoding="utf-8"))


def font(name: str) -> str:
    """A font, ready to be carried inside a page."""
    return base64.b64encode((templates() / "fonts" / f"{name}.woff2").read_bytes()).decode()


def digest(text: str) -> str:
    """The hash by which the page's policy knows a script."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def capital(text: str) -> str:
    """The beginning of a sentence; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def figure(page: Page) -> Markup:
    """The plot of a page's curves; nothing where there are none."""
    if not page.curves:
        return Markup("")
    series = [Series("ab"[n % 2], curve.points) for n, curve in enumerate(page.curves)]
    low, high = page.curves[0].points[0], page.curves[0].points[-1]
    described = "; ".join(
        f"{curve.formula} lies between {min(y for _, y in curve.points):.3g} and {max(y for _, y in curve.points):.3g}"
        for curve in page.curves
    )
    text = f"For {page.variable} from {low[0]:g} to {high[0]:g}: {described}."
    return plot("curves", f"{prose_plain(page.title)}, plotted", text, page.variable, series)


def html_page(page: Page, command: str, version: str, before: Link | None, after: Link | None) -> str:
    """A derivation's page."""
    return (
        html()
        .get_template("report.html.j2")
        .render(
            page=page,
            command=command,
            version=version,
            before=before,
            after=after,
            figure=figure(page),
            legend=[latex(curve.formula) for curve in page.curves],
        )
    )


def tex_page(page: Page, command: str, version: str) -> str:
    """A derivation's article."""
    return tex().get_template("report.tex.j2").render(page=page, command=command, version=version)


def tex_document(document: Document, command: str, version: str) -> str:
    """All derivations of a run as one document."""
    return tex().get_template("document.tex.j2").render(document=document, command=command, version=version)


def markdown_page(page: Page, command: str, version: str) -> str:
    """A derivation as Markdown, without empty lines in a row."""
    return _closed_up(markdown().get_template("report.md.j2").render(page=page, command=command, version=version))


def markdown_index(index: Index, command: str, version: str) -> str:
    """The index of a run as Markdown."""
    return _closed_up(markdown().get_template("index.md.j2").render(index=index, command=command, version=version))


def _closed_up(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text)


def html_index(index: Index, command: str, version: str) -> str:
    """The index of a run."""
    return html().get_template("index.html.j2").render(index=index, command=command, version=version)
