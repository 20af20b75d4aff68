"""LaTeX → MathML Core.  math-core is young: it is called here and nowhere else."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from itertools import pairwise
from xml.etree import ElementTree

from markupsafe import Markup
from math_core import LatexError, LatexToMathML

# math-core has no \htmlClass: what changed is set in a named colour, and the colour is turned into a class.
_CONVERTER = LatexToMathML(annotation=False, fancy_error=False, macros={"hl": r"\textcolor{magenta}{#1}"})
_MAGENTA = "color:#FB3199;"
_ENCLOSED = {"updiagonalstrike": "cancel", "box": "boxed"}
APPLY = "\N{FUNCTION APPLICATION}"
_TALL = frozenset({"mfrac", "munder", "munderover", "mtable", "msqrt", "mroot"})


class MathError(ValueError):
    """What is not mathematics, or more than math-core can read."""


def check_mathematics(latex: str) -> None:
    """Raise MathError where `mathml` would; what is only checked is not set."""
    if "<menclose" in _converted(latex, display=True):  # the one element that may have no form here
        mathml(latex)


@lru_cache(maxsize=16384)  # a catalog has 4700 formulas, and most stand on several pages
def mathml(latex: str, display: bool = True) -> Markup:
    """`latex` as a `<math>` element; raises MathError where it can't be read."""
    text = _converted(latex, display)
    root = ElementTree.fromstring(text.replace("&ApplyFunction;", "&#8289;"))  # a named entity is not XML
    for element in root.iter():
        _enclose(element, latex)
        _tint(element)
        _shorten(element)
        if len(element) > 1:
            _fence(element)
            _call(element)
    written: list[str] = []
    _write(root, written)
    return Markup("".join(written))


def _converted(latex: str, display: bool) -> str:
    try:
        return str(_CONVERTER.convert_with_local_state(latex, displaystyle=display))
    except LatexError as error:
        raise MathError(f"{latex}: {error}") from None


def _write(element: ElementTree.Element, written: list[str]) -> None:
    """An element and what follows it; `tostring` would look for namespaces at each, and there are none."""
    opened = "".join([f' {name}="{escape(value)}"' for name, value in element.items()])
    if not len(element) and not element.text:
        written += (f"<{element.tag}{opened}/>", _text(element.tail))
        return
    written += (f"<{element.tag}{opened}>", _text(element.text))
    for child in element:
        _write(child, written)
    written += (f"</{element.tag}>", _text(element.tail))


def _text(text: str | None) -> str:
    return text if text and text.isalnum() else escape(text or "", quote=False)


def _enclose(element: ElementTree.Element, latex: str) -> None:
    """MathML Core has no menclose, and Firefox still draws it: one form for all, drawn by the stylesheet."""
    if element.tag != "menclose":
        return
    notation = element.attrib.pop("notation", "")
    if notation not in _ENCLOSED:
        raise MathError(f"{latex}: no stylesheet draws {notation}")
    element.tag = "mrow"
    element.set("class", _ENCLOSED[notation])
    for child in element.findall("mrow"):
        if child.get("class", "").startswith("menclose-"):
            element.remove(child)


def _tint(element: ElementTree.Element) -> None:
    if element.get("style") == _MAGENTA:
        del element.attrib["style"]
        element.set("class", "hl")


def _shorten(element: ElementTree.Element) -> None:
    """Blanks to a thousandth of an em: a page of many formulas is a hundredth lighter."""
    if element.tag == "mspace" and element.get("width", "").endswith("em"):
        element.set("width", f"{round(float(element.attrib['width'].removesuffix('em')), 3):g}em")


def _fence(element: ElementTree.Element) -> None:
    """Brackets around what isn't tall don't stretch: browsers set stretched ones apart, at their own size too."""
    if element[0].text != "(" or element[-1].text != ")":
        return
    if any(child.tag in _TALL for child in element.iter()):
        return
    for bracket in (element[0], element[-1]):
        bracket.set("stretchy", "false")
        if "lspace" in bracket.attrib:
            bracket.set("lspace", "0.08em")  # a hair after a subscript; the thin space of TeX's \left is too wide here


def _call(element: ElementTree.Element) -> None:
    """log x wants a space after the name, and log(x) none."""
    for operator, argument in pairwise(element):
        if operator.text == APPLY and len(argument) and argument[0].text == "(":
            operator.attrib.pop("lspace", None)
