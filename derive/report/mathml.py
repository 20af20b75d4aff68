"""LaTeX → MathML Core.  math-core is young: it is called here and nowhere else."""

from __future__ import annotations

import re
from functools import lru_cache

from markupsafe import Markup
from math_core import LatexError, LatexToMathML

# math-core has no \htmlClass: what changed is set in a named colour, and the colour is turned into a class.
_CONVERTER = LatexToMathML(annotation=False, fancy_error=False, macros={"hl": r"\textcolor{magenta}{#1}"})
_MAGENTA = 'style="color:#FB3199;"'
_ENCLOSED = {"updiagonalstrike": "cancel", "box": "boxed"}
APPLY = "\N{FUNCTION APPLICATION}"

# math-core writes each formula in one way, without blanks between tags: it is edited as text.
_STROKE = re.compile(r'<mrow class="menclose-\w+">\s*</mrow>')
_ENCLOSING = re.compile(r'<menclose notation="(\w+)">')
_SPACE = re.compile(r'(?<=<mspace width=")([\d.]+)em')
_CALL = re.compile(rf'<mo lspace="[^"]*">{APPLY}</mo>(?=<\w+[^>]*><mo[^>]*>\(</mo>)')
_ELEMENT = re.compile(r"<(/?)(?!(?:mi|mn|mo|mspace|mtext)\b)\w+[^>]*(?<!/)>")
"""Where an element that holds others begins or ends."""
_TALL = re.compile("</(?:mfrac|munder|munderover|mtable|msqrt|mroot)>")
_BRACKET = re.compile(r"<mo([^>]*)>([()])</mo>")


class MathError(ValueError):
    """What is not mathematics, or more than math-core can read."""


def check_mathematics(latex: str) -> None:
    """Raise MathError where `mathml` would; what is only checked is not set."""
    if "<menclose" in _converted(latex, display=True):  # the one element that may have no form here
        mathml(latex)


@lru_cache(maxsize=16384)  # a catalog has 4700 formulas, and most stand on several pages
def mathml(latex: str, display: bool = True) -> Markup:
    """`latex` as a `<math>` element; raises MathError where it can't be read."""
    text = _converted(latex, display).replace("&ApplyFunction;", APPLY)
    if "<menclose" in text:
        text = _enclosed(text, latex)
    text = text.replace(_MAGENTA, 'class="hl"')
    text = _SPACE.sub(_shortened, text)
    return Markup(_CALL.sub(f"<mo>{APPLY}</mo>", _fenced(text)))  # log x wants a space after the name, log(x) none


@lru_cache(maxsize=64)  # what is checked is often set next
def _converted(latex: str, display: bool) -> str:
    try:
        return str(_CONVERTER.convert_with_local_state(latex, displaystyle=display))
    except LatexError as error:
        raise MathError(f"{latex}: {error}") from None


def _enclosed(text: str, latex: str) -> str:
    """MathML Core has no menclose, and Firefox still draws it: one form for all, drawn by the stylesheet."""

    def opened(found: re.Match[str]) -> str:
        if found[1] not in _ENCLOSED:
            raise MathError(f"{latex}: no stylesheet draws {found[1]}")
        return f'<mrow class="{_ENCLOSED[found[1]]}">'

    return _ENCLOSING.sub(opened, _STROKE.sub("", text)).replace("</menclose>", "</mrow>")


def _shortened(width: re.Match[str]) -> str:
    """Blanks to a thousandth of an em: a page of many formulas is a hundredth lighter."""
    return f"{round(float(width[1]), 3):g}em"


def _fenced(text: str) -> str:
    """Brackets around what isn't tall don't stretch: browsers set stretched ones apart, at their own size too."""
    if ">(</mo>" not in text:
        return text
    still: set[int] = set()
    contents: list[int] = []  # where that of each open element begins
    for tag in _ELEMENT.finditer(text):
        if not tag[1]:
            contents.append(tag.end())
            continue
        begin, end = contents.pop(), tag.start()
        opened, closed = _BRACKET.match(text, begin), text.endswith(">)</mo>", begin, end)
        if opened and opened[2] == "(" and closed and not _TALL.search(text, begin, tag.end()):
            still |= {begin, text.rindex("<mo", begin, end)}
    return _BRACKET.sub(lambda found: _still(found) if found.start() in still else found[0], text)


def _still(bracket: re.Match[str]) -> str:
    """A bracket as high as a letter; after a subscript a hair apart, as the thin space of TeX's \\left is too wide."""
    attributes = re.sub('lspace="[^"]*"', 'lspace="0.08em"', bracket[1])
    if "stretchy" not in attributes:
        attributes += ' stretchy="false"'
    return f"<mo{attributes}>{bracket[2]}</mo>"
