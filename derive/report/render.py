"""How templates of HTML are filled, where all is escaped by itself."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from urllib.parse import quote

from jinja2 import Environment
from jinja2.runtime import Macro
from markupsafe import Markup, escape

from derive.export.templates import environment_of, templates

from .calls import Calls
from .exported import coloured
from .index import Index
from .language import closed_up, gettext, is_chinese, spoken
from .map_picture import keys, picture, strip
from .page import Link, Page
from .plates import plates
from .prose import capital, formula_html, prose_html, prose_plain
from .rests import Map
from .words import named

THEME = "try{const t=localStorage.getItem('derive-theme');if(t)document.documentElement.dataset.theme=t}catch(e){}"
"""Runs before anything is painted, so that a chosen theme doesn't flash."""
DERIVATION = (
    "theme frame headline chain sections narrow figures failing print at_point in_numbers exported accuracy forms "
    "exercises background related"
)
STYLES: Mapping[str, str] = {
    "report": DERIVATION,
    "trained": f"{DERIVATION} training",
    "index": "theme frame headline sections index search map narrow print",
    "map": "theme frame headline sections map narrow print",
}
"""The stylesheets of each kind of page, in the order in which they overrule each other."""

SCRIPTS: Mapping[str, str] = {
    "report": "report formulas at_point",
    "trained": "report formulas at_point training",
    "index": "report search map",
    "map": "report search map",
}
"""Its scripts, one after the other; each does nothing where its elements are missing."""


@lru_cache(maxsize=1)
def html() -> Environment:
    """Pages: everything is escaped but what this package made."""
    environment = environment_of(autoescape=True)
    environment.context_class = Calls
    environment.filters.update(
        math=formula_html,
        named=named,
        prose=prose_html,
        plain=prose_plain,
        sentence=capital,
        coded=coded,
        mask=mask,
        python=coloured,
    )
    environment.globals.update(
        font={"math": font("stix-two-math-subset"), "text": font("stix-two-text-latin")},
        theme=Markup(THEME),
    )
    spoken(environment).globals.update(pieces(environment))
    return environment


def pieces(environment: Environment) -> dict[str, Macro]:
    """The macros that pages share: all templates know them, as to import them takes longer than to call them."""
    shared = environment.get_template("parts.html.j2").module
    return {name: piece for name, piece in vars(shared).items() if isinstance(piece, Macro)}


def asset(name: str) -> Markup:
    """A stylesheet or script of ours."""
    return Markup((templates() / name).read_text(encoding="utf-8"))


def clothes(kind: str) -> Mapping[str, Markup]:
    """What a kind of page wears in the language of the report."""
    return _clothes(kind, is_chinese())


@lru_cache(maxsize=8)
def _clothes(kind: str, chinese: bool) -> Mapping[str, Markup]:
    """Style and script of a kind of page, and the hashes by which its policy knows the scripts."""
    script = Markup("\n").join(map(program, SCRIPTS[kind].split()))
    hashes = Markup(" ".join(f"'sha256-{digest(text)}'" for text in (THEME, script)))
    return {"style": style([*STYLES[kind].split(), *["chinese"] * chinese]), "script": script, "hashes": hashes}


def program(name: str) -> Markup:
    """A script without the blanks at the beginning of lines."""
    return Markup("".join(f"{line.strip()}\n" for line in str(asset(f"{name}.js")).splitlines()))


def style(names: Sequence[str]) -> Markup:
    """Stylesheets as one, without the blanks at the beginning of lines."""
    lines = (line.strip() for name in names for line in asset(f"style/{name}.css").splitlines())
    return Markup("\n").join(line for line in lines if line)


def mask(verdict: str) -> Markup:
    """A verdict's icon as a mask of the stylesheet."""
    strokes = 'xmlns="http://www.w3.org/2000/svg" fill="none" stroke="#000" stroke-width="2" stroke-linecap="round"'
    drawn = str(pieces(html())["icon"](verdict)).replace('class="icon"', strokes)
    return Markup(f"url(data:image/svg+xml,{quote(drawn)})")


def font(name: str) -> Markup:
    """A font, ready to be carried inside a page: nothing of it has to be looked through on each."""
    return Markup(base64.b64encode((templates() / "fonts" / f"{name}.woff2").read_bytes()).decode())


def digest(text: str) -> str:
    """The hash by which the page's policy knows a script."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def coded(text: str) -> Markup:
    """Text with code between backquotes."""
    pieces = text.split("`")
    return Markup("").join(Markup("<code>{}</code>").format(p) if n % 2 else escape(p) for n, p in enumerate(pieces))


def script_words() -> dict[str, str]:
    """What the scripts say, for the element from which they take it."""
    return {
        "data-copied": gettext("Copied"),
        "data-expand": gettext("Expand all"),
        "data-collapse": gettext("Collapse all"),
        "data-formula": gettext("Formula"),
        "data-auto": gettext("Theme: auto"),
        "data-light": gettext("Theme: light"),
        "data-dark": gettext("Theme: dark"),
        "data-auto-label": gettext("Colour theme: auto"),
        "data-light-label": gettext("Colour theme: light"),
        "data-dark-label": gettext("Colour theme: dark"),
    }


def _filled(template: str, **values: object) -> str:
    """A page; in Chinese the ends of lines in the template are no blanks beside full-width punctuation."""
    text = html().get_template(template).render(values)
    return closed_up(text)


def html_page(
    page: Page, command: str, version: str, before: Link | None, after: Link | None, titles: Mapping[str, Link] = {}
) -> str:
    """A derivation's page."""
    return _filled(
        "report.html.j2",
        page=page,
        command=command,
        version=version,
        before=before,
        after=after,
        plates=plates(page),
        titles=titles,
        words=script_words(),
        **clothes("trained" if page.training is not None else "report"),
    )


def html_index(index: Index, command: str, version: str) -> str:
    """The index of a run."""
    return _filled(
        "index.html.j2",
        index=index,
        command=command,
        version=version,
        strip=strip(index.map),
        words=script_words(),
        **clothes("index"),
    )


def html_map(found: Map, version: str) -> str:
    """What rests on what, as a picture and as a list."""
    return _filled(
        "map.html.j2",
        map=found,
        picture=picture(found),
        keys=keys(found),
        hrefs={one.link.name: one.link.href for one in found.members},
        version=version,
        words=script_words(),
        **clothes("map"),
    )
