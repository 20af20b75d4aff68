"""How templates of TeX and Markdown are filled: every text passes a filter."""

from __future__ import annotations

import re
from functools import lru_cache

from jinja2 import Environment

from derive.export.templates import environment_of
from derive.formula.latex import latex, letter

from .breaks import unboxed
from .calls import Calls
from .document import Document
from .illustrations import illustrations, is_illustrated
from .index import Index
from .language import is_chinese, spoken
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
from .page import Page
from .prose import bookmark, capital, code_tex, escape_tex, formula_pieces, formula_tex, has_chinese, prose_tex
from .slides import stretches
from .words import named

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
def tex() -> Environment:
    """Articles: TeX is full of braces, so the delimiters are others, and every text passes a filter."""
    environment = environment_of(
        autoescape=False,
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
    )
    environment.context_class = Calls
    environment.filters.update(
        named=named,
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
        illustrations=illustrations,
        is_illustrated=is_illustrated,
        stretches=stretches,
    )
    return spoken(environment)


@lru_cache(maxsize=1)
def markdown() -> Environment:
    """Markdown: every text passes a filter, as in TeX."""
    environment = environment_of(autoescape=False)
    environment.filters.update(
        named=named,
        text=escape_markdown,
        prose=prose_markdown,
        math=inline_markdown,
        block=block_markdown,
        code=code_markdown,
        fenced=fenced,
        beside=beside,
        chain=lambda claim, lines: chain_markdown(claim, [(one.number, one.source) for one in lines]),
    )
    return spoken(environment)


def tex_page(page: Page, command: str, version: str) -> str:
    """A derivation's article."""
    return _set("report.tex.j2", page=page, command=command, version=version)


def tex_slides(page: Page, command: str, version: str) -> str:
    """A derivation as a deck of slides."""
    return _set("slides.tex.j2", page=page, command=command, version=version)


def tex_document(document: Document, command: str, version: str) -> str:
    """All derivations of a run as one document."""
    return _set("document.tex.j2", document=document, command=command, version=version)


def _set(template: str, **values: object) -> str:
    """An article, which asks for Chinese fonts, and the engine that has them, where it holds Chinese."""
    filled = tex().get_template(template)
    article = filled.render(chinese=is_chinese(), **values)
    return article if is_chinese() or not has_chinese(article) else filled.render(chinese=True, **values)


def markdown_page(page: Page, command: str, version: str) -> str:
    """A derivation as Markdown, without empty lines in a row."""
    return _closed_up(markdown().get_template("report.md.j2").render(page=page, command=command, version=version))


def markdown_index(index: Index, command: str, version: str) -> str:
    """The index of a run as Markdown."""
    return _closed_up(markdown().get_template("index.md.j2").render(index=index, command=command, version=version))


def _closed_up(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text)
