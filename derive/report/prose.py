"""Text for the reader, and the wall between text and markup.

Titles, reasons and names may come from anybody.  Text is always escaped.  What
stands between dollars becomes mathematics only when every word of it is on a
list: in TeX, a `$\\input{…}$` would be a program.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import zip_longest

from markupsafe import Markup, escape

from .breaks import joined, rows
from .language import is_chinese
from .mathml import MathError, check_mathematics, mathml

WORDS = frozenset(
    """
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau
    upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell partial nabla
    sum prod int frac dfrac tfrac sqrt left right top mathrm mathbf mathbb operatorname text hat bar tilde
    exp log ln sinh cosh tanh coth max min lim cdot times pm mp ne neq le leq ge geq approx equiv sim to
    mapsto rightarrow Rightarrow iff in notin infty dots ldots cdots vdots quad qquad prime circ forall exists
    odot lVert rVert hl cancel boxed
    """.split()
)
"""The control words that may reach TeX; none of them reads a file, defines anything or leaves math mode."""

FRACTIONS = frozenset({r"\frac", r"\dfrac", r"\tfrac"})
ONE_ARGUMENT = frozenset(
    rf"\{name}" for name in "mathrm mathbf mathbb operatorname text hat bar tilde hl cancel boxed".split()
)
SIMPLE = frozenset(
    rf"\{name}" for name in "top prime infty ell circ partial alpha beta delta mu nu sigma theta".split()
)
"""Control words that may be a superscript or a subscript without braces."""

LAYOUT = frozenset({"begin", "end"})
ENVIRONMENTS = frozenset({"cases", "matrix", "pmatrix", "bmatrix", "aligned"})

UNICODE = {
    **{letter: rf"\{name}" for letter, name in zip(
        "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ",
        (
            "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon "
            "varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
        ).split(),
        strict=True,
    )},
    **{mark: rf"\{name}" for mark, name in {
        "∂": "partial", "∑": "sum", "∞": "infty", "≠": "neq", "≤": "leq", "≥": "geq", "≈": "approx", "≡": "equiv",
        "×": "times", "·": "cdot", "±": "pm", "∓": "mp", "→": "to", "↦": "mapsto", "⇒": "Rightarrow", "⇔": "iff",
        "∈": "in", "∉": "notin", "∀": "forall", "∃": "exists", "∇": "nabla", "⊤": "top", "ℓ": "ell", "∘": "circ",
    }.items()},
    **{digit: f"^{{{n}}}" for n, digit in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{digit: f"_{{{n}}}" for n, digit in enumerate("₀₁₂₃₄₅₆₇₈₉")},
    "ᵢ": "_{i}", "ⱼ": "_{j}", "ₖ": "_{k}", "ᵀ": r"^{\top}", "⁻": "^{-}", "₊": "_{+}", "₋": "_{-}",
    "′": "'", "″": "''", "−": "-", "√": r"\surd", "½": r"\frac{1}{2}", "¼": r"\frac{1}{4}", "⟨": r"\langle",
    "⟩": r"\rangle", "‖": r"\|", "∎": r"\square",
}  # fmt: skip
"""Characters that TeX's fonts don't have as text, and how math mode sets them."""

PLAIN = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "'": "{'}",
    "[": "{[}",  # after a line break it would begin an argument
    "]": "{]}",
    "-": "{-}",  # two hyphens would be a dash, in \texttt too
    "’": "'",
    "‘": "`",
    "“": "``",
    "”": "''",
    "–": r"\textendash{}",
    "—": r"\textemdash{}",
    "…": r"\dots{}",
    "\u00a0": "~",
    "✓": r"$\surd$",
}
"""Characters that mean something to TeX, as text."""

CHINESE = "\u2e80-\u2fdf\u3001-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff01-\uff60"
"""The characters that ask for XeTeX and a Chinese font, as ranges."""
_CHINESE = re.compile(f"[{CHINESE}]")
WIDE = frozenset("“”…—")
"""Punctuation that Chinese has in common with English, and sets as wide as its characters."""

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)
_SAFE_SYMBOLS = frozenset({r"\,", r"\;", r"\:", r"\!", r"\ ", r"\{", r"\}", r"\|"})
_TROUBLE = re.compile(r"\^\^|\^\s*(?:\{[^{}]*\}|\w)\s*'|\\text\s*(?!\{[\w ,.;:()=+*/-]*\})|\\text\s*\{[^}]*_")
"""What math-core reads and TeX stumbles over: ^^ codes, a prime after a power, text that is more than words."""

_WANTING = frozenset({"^", "_", r"\sqrt"}) | FRACTIONS | ONE_ARGUMENT
"""What wants an argument."""

_ENVIRONMENT = re.compile(r"\\(?:begin|end)\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of prose: text, or mathematics that passed the wall."""

    body: str
    is_math: bool


@lru_cache(maxsize=8192)
def is_safe(latex: str, *, layout: bool = False) -> bool:
    """Whether `latex` is a formula with only listed words in it; `layout` allows cases, matrices and their `&`."""
    if not all(name in ENVIRONMENTS for name in _ENVIRONMENT.findall(latex)) or _TROUBLE.search(latex):
        return False
    tokens = _TOKEN.findall(latex)
    for token in set(tokens):
        if not _is_safe_token(token, layout):
            return False
    if not _has_arguments([token for token in tokens if token != " "]):  # no other blank is safe
        return False
    try:
        check_mathematics(latex)
    except MathError:
        return False
    return True


@lru_cache(maxsize=1024)
def _is_safe_token(token: str, layout: bool) -> bool:
    if len(token) == 1:
        if ord(token) > 126:
            return UNICODE.get(token, "").startswith("\\") or token == "−"
        return token not in "$#%~`" and token.isprintable() and (token != "&" or layout)
    if token[1].isascii() and token[1].isalpha():
        return token[1:] in WORDS or (layout and token[1:] in LAYOUT)
    return token in _SAFE_SYMBOLS or (layout and token == r"\\")


def _has_arguments(tokens: list[str]) -> bool:
    """Whether what wants an argument has one in braces: math-core forgives more than TeX does."""
    for n, token in enumerate(tokens):
        if token not in _WANTING:
            continue
        following = tokens[n + 1] if n + 1 < len(tokens) else ""
        if token in ("^", "_"):
            if not (following in ("{", "*") or (following.isascii() and following.isalnum()) or following in SIMPLE):
                return False
        elif token in FRACTIONS:
            if following != "{" or _after_group(tokens, n + 1) != "{":
                return False
        elif following != "{" and not (token == r"\sqrt" and following == "["):
            return False
    return True


def _after_group(tokens: list[str], start: int) -> str:
    """The token after the group in braces that begins at `start`."""
    depth = 0
    for n in range(start, len(tokens)):
        if tokens[n] == "{":
            depth += 1
        elif tokens[n] == "}":
            depth -= 1
            if not depth:
                return tokens[n + 1] if n + 1 < len(tokens) else ""
    return ""


@lru_cache(maxsize=4096, typed=True)  # the same names and sentences stand on many pages; markup is no text
def pieces(text: str) -> tuple[Piece, ...]:
    r"""`text` cut at its dollars; all of it is plain text where a dollar is alone or a formula isn't safe."""
    parts = text.split("$")
    if len(parts) % 2 == 0 or not all(map(_is_formula, parts[1::2], parts[2::2])):
        return (Piece(text, False),)
    return tuple(Piece(body, n % 2 == 1) for n, body in enumerate(parts) if body)


def _is_formula(body: str, after: str) -> bool:
    """Whether dollars stand for a formula and not for money: "$5 and $6" has none."""
    return bool(body) and body == body.strip() and not after[:1].isdigit() and is_safe(body)


@lru_cache(maxsize=4096, typed=True)
def prose_html(text: str) -> Markup:
    """Prose as HTML: escaped text, inline MathML; no line begins with the punctuation after a formula."""
    found, kept = Markup(""), 0  # how much of the text that comes next stands with its formula
    for piece, following in zip_longest(parts := pieces(text), parts[1:]):
        if not piece.is_math:
            found += escape(piece.body[kept:])
            continue
        formula = mathml(piece.body, False)
        text_after = following.body if following is not None and not following.is_math else ""
        kept = len(text_after) - len(text_after.lstrip(STOPS))
        found += KEPT.format(formula, text_after[:kept]) if kept else formula
    return found


STOPS = ".,;:!?)"
KEPT = Markup('<span class="kept">{}{}</span>')


def prose_plain(text: str) -> str:
    """Prose for a window's title: without dollars, the formulas as written."""
    return "".join(p.body for p in pieces(text))


def prose_tex(text: str) -> str:
    """Prose as TeX: escaped text, inline formulas."""
    return "".join(f"${tex_math(p.body)}$" if p.is_math else escape_tex(p.body) for p in pieces(text))


def formula_html(latex: str, display: bool = True) -> Markup:
    """A formula as MathML; as its source where it isn't safe or can't be read."""
    if is_safe(latex, layout=True):
        return mathml(latex, display)
    return Markup("<code>{}</code>").format(latex)


def formula_tex(latex: str) -> str:
    r"""A formula as TeX for math mode; as its source in \texttt where it isn't safe."""
    return (
        tex_math(latex)
        if is_safe(latex, layout=True)
        else rf"\parbox{{0.5\linewidth}}{{\raggedright\ttfamily {code_tex(latex)}}}"
    )


@lru_cache(maxsize=2048)  # an article has most of its formulas twice or more: as lines, in the answer, in rules
def formula_pieces(latex: str) -> str:
    r"""A formula as TeX, a \piece{…} for each part that may stand on a row of its own."""
    text = formula_tex(latex)
    return joined(rows(text) if is_safe(latex, layout=True) else [text], "piece")


def tex_math(latex: str) -> str:
    """A formula whose characters all are TeX's own."""
    return latex if latex.isascii() else "".join(f"{UNICODE[c]} " if c in UNICODE else c for c in latex)


def escape_tex(text: object) -> str:
    """Text of any kind as TeX text: nothing in it is a command, and every character is one that TeX can set.

    Chinese is set by XeTeX, in an article that asks for it.
    """
    if is_chinese():
        return "".join([c if c in WIDE else _set(c) for c in str(text)])
    return "".join(map(_set, str(text)))


def has_chinese(text: str) -> bool:
    """Whether a text holds Chinese, Japanese or Korean characters or their punctuation."""
    return _CHINESE.search(text) is not None


def code_tex(text: object) -> str:
    r"""Code for \texttt: escaped, and breakable after a sign."""
    return "".join([_set(c) + (r"\allowbreak{}" if c in "/,;*+=()[]_-." else "") for c in str(text)])


def capital(text: str) -> str:
    """The beginning of a sentence; the rest stays as it is, as all of it does in Chinese."""
    return text if is_chinese() else text[:1].upper() + text[1:]


def bookmark(text: object) -> str:
    """Text for where TeX takes characters alone: a comment, the title of a PDF."""
    return " ".join(re.sub(rf"[^A-Za-z0-9 ,.:()+=/{CHINESE}-]", " ", str(text)).split())


@cache
def _set(character: str) -> str:
    if character in PLAIN:
        return PLAIN[character]
    if character in UNICODE:
        return rf"\ensuremath{{{UNICODE[character]}}}"
    if character.isspace():
        return " "
    if "\u0020" <= character <= "\u007e" or "\u00c0" <= character <= "\u017e" or _CHINESE.match(character):
        return character
    return rf"\texttt{{U+{ord(character):04X}}}"
