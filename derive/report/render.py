"""The two ways in which templates are filled: HTML escapes by itself, TeX by the filters."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from derive.export.templates import templates
from derive.formula.latex import latex

from .exported import coloured
from .figures import Series, plot
from .index import Index
from .page import Link, Page
from .prose import bookmark, code_tex, escape_tex, formula_html, formula_tex, prose_html, prose_plain, prose_tex

THEME = "try{const t=localStorage.getItem('derive-theme');if(t)document.documentElement.dataset.theme=t}catch(e){}"
"""Runs before anything is painted, so that a chosen theme doesn't flash."""
STYLE = "theme frame headline chain sections index narrow print".split()
"""The stylesheets, in the order in which they overrule each other."""
PAGE_STYLE = "at_point exported accuracy forms".split()
"""Further ones of a derivation's page, which the index does without."""
SCRIPTS = ("report.js",)
PAGE_SCRIPTS = (*SCRIPTS, "at_point.js")
"""What a derivation's page runs; each does nothing where its elements are missing."""

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
    environment.filters.update(
        math=formula_html, prose=prose_html, plain=prose_plain, sentence=capital, python=coloured
    )
    script, page_script = (Markup("\n").join(map(asset, names)) for names in (SCRIPTS, PAGE_SCRIPTS))
    environment.globals.update(
        font={"math": font("stix-two-math-subset"), "text": font("stix-two-text-latin")},
        style=Markup("\n").join(asset(f"style/{name}.css") for name in STYLE),
        page_style=Markup("\n").join(asset(f"style/{name}.css") for name in PAGE_STYLE),
        script=script,
        page_script=page_script,
        theme=Markup(THEME),
        hashes=Markup(" ".join(f"'sha256-{digest(text)}'" for text in (THEME, script, page_script))),
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
    )
    return environment


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


def html_index(index: Index, command: str, version: str) -> str:
    """The index of a run."""
    return html().get_template("index.html.j2").render(index=index, command=command, version=version)
