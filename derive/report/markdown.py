r"""Markdown for people who paste: what GitHub, GitLab and VS Code all show.

Formulas stand in $`…`$ and in ```math blocks, because between bare dollars a
page's Markdown takes `_`, `*` and the backslash of `\,` for its own.  GitHub
refuses \operatorname, and not every page knows how to strike out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .prose import is_safe, pieces

_OWN = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    **{sign: f"\\{sign}" for sign in "\\`*_[]|~#"},
}
"""Characters that mean something to Markdown."""

_BY_ITSELF = re.compile(
    r"[$@]|:?//(?=\w)|:(?=[\w+-]+:)|#(?=\w)|(?<=www)\."
    r"|(?<=\bGH)-(?=\d)|!(?=\d)",
    re.IGNORECASE,
)
"""Signs by which sites find addresses, people, issues, emoji and formulas in text that is rendered already.

A backslash or an entity is gone by then: they stand in an element of their own, and the rest beside it.
"""
_OPENS_A_BLOCK = re.compile(r"^([-+=]|\d+(?=[.)](\s|$)))")
_WRAPPED = re.compile(r"\\(hl|cancel)\{")
_TICKS = re.compile(r"`+")


def beside(href: str, ending: str) -> str:
    """The file that stands beside a page, in another format."""
    return f"{href.removesuffix('html')}{ending}" if href else ""


def escape_markdown(text: object) -> str:
    """Text of any kind as Markdown text: no markup, no link, no formula, no block."""
    line = " ".join(str(text).split())
    shown = _inner(line)
    first = _OPENS_A_BLOCK.match(shown)
    if first is None:
        return shown
    return rf"\{shown}" if not first[0].isdigit() else rf"{first[0]}\{shown[first.end() :]}"


def math_markdown(latex: str) -> str:
    """A formula as MathJax and KaTeX both read it: without tint and strokes, and without what GitHub refuses."""
    text = latex
    while found := _WRAPPED.search(text):
        end = _closing(text, found.end())
        text = f"{text[: found.start()]}{{{text[found.end() : end]}}}{text[end + 1 :]}"
    return text.replace(r"\operatorname{", r"\mathrm{")


def _closing(text: str, start: int) -> int:
    depth = 1
    for match in re.finditer(r"\\.|[{}]", text[start:], re.DOTALL):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if not depth:
            return start + match.start()
    return len(text)


def inline_markdown(latex: str) -> str:
    """A formula in a line of text or in a table; as code where it isn't safe."""
    if not is_safe(latex, layout=True):
        return code_markdown(latex)
    return f"$`{math_markdown(latex).replace('|', chr(92) + 'vert ')}`$"


def block_markdown(latex: str) -> str:
    """A formula on lines of its own."""
    if not is_safe(latex, layout=True):
        return fenced(latex)
    return f"```math\n{math_markdown(latex)}\n```"


def prose_markdown(text: str) -> str:
    """Prose as Markdown: escaped text, inline formulas."""
    found = pieces(text.lstrip())
    shown = [inline_markdown(p.body) if p.is_math else _inner(p.body) for p in found]
    if found and not found[0].is_math:
        lead = _OPENS_A_BLOCK.match(shown[0])
        shown[0] = escape_markdown(found[0].body) + " " * found[0].body.endswith(" ") if lead else shown[0]
    return "".join(shown)


def _inner(text: str) -> str:
    """Escaped text with the blanks at its ends: a formula stands beside it."""
    shown, done = [], 0
    for sign in _BY_ITSELF.finditer(text):
        shown += [_escaped(text[done : sign.start()]), f"<span>{sign[0]}</span>"]
        done = sign.end()
    return "".join([*shown, _escaped(text[done:])])


def _escaped(text: str) -> str:
    return "".join(_OWN.get(c, c) if c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)


def code_markdown(text: object) -> str:
    """Code in a line, between more backticks than there are in it; its strokes are no columns of a table."""
    line = " ".join(str(text).split()).replace("|", r"\|")
    ticks = "`" * (1 + max(map(len, _TICKS.findall(line)), default=0))
    room = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{room}{line}{room}{ticks}"


def fenced(text: object, language: str = "") -> str:
    """Code on lines of its own, between more backticks than there are in it."""
    ticks = "`" * max(3, 1 + max(map(len, _TICKS.findall(str(text))), default=0))
    return f"{ticks}{language}\n{text}\n{ticks}"


def chain_markdown(claim: str, lines: Sequence[tuple[int, str]]) -> str:
    """The chain as one block, each line with its relation in front; as code where one of its formulas isn't safe."""
    if not all(is_safe(latex, layout=True) for latex in (claim, *(one for _, one in lines))):
        return fenced("\n".join([claim, *(f"({n}) {one}" for n, one in lines)]))
    rows = [f"&{math_markdown(one)} && ({n})" for n, one in lines]
    rows[0] = f"{math_markdown(claim)} {rows[0]}"
    body = " \\\\\n".join(rows)
    return f"```math\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n```"
