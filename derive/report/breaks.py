r"""Where a long formula may be broken: before the signs that stand in no bracket, as a person breaks it.

What is on paper has an end, and a formula of a person's own may be longer.  The
pieces are cut here, from the LaTeX that a formula was printed as; TeX, which
knows how wide they are, puts as many of them on a row as fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_TOKEN = re.compile(
    r"(?P<opening>\\left(?![A-Za-z])[()\[\]]?|\\begin(?![A-Za-z])|[{(\[])"  # the bracket of \left( is that of \left
    r"|(?P<closing>\\right(?![A-Za-z])[()\[\]]?|\\end(?![A-Za-z])|[})\]])"
    r"|(?P<sign>[+-])"
    r"|(?P<relation>=|\\approx(?![A-Za-z]))"
    r"|(?P<operator>\\(?:cdot|times|odot|oslash)(?![A-Za-z])|[\^_<>])"
    r"|(?P<blank>\s+)"
    r"|(?P<word>\\[A-Za-z]+|\\.|[A-Za-z0-9]+|.)",
    re.DOTALL,
)
_OPERATORS = frozenset({"sign", "relation", "operator"})
"""After these a sign is that of a number, and nothing ends before it."""
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_BOXED = r"\boxed{"
_TINTED = r"\hl{"


def unboxed(latex: str) -> tuple[str, bool]:
    """A formula without the box around the whole of it, and whether there was one."""
    if latex.startswith(_BOXED) and _end(latex, len(_BOXED) - 1) == len(latex) - 1:
        return latex[len(_BOXED) : -1], True
    return latex, False


def rows(latex: str) -> tuple[str, ...]:
    """The formula in pieces, each after the first with its sign in front; the tint on several of them, on each."""
    found: list[str] = [""]
    for part in _parts(latex.strip()):
        tint = part.startswith(_TINTED) and _end(part, len(_TINTED) - 1) == len(part) - 1
        pieces = _cut(part[len(_TINTED) : -1]) if tint else [part]
        for n, piece in enumerate(pieces):
            starts = n > 0 or (bool(found[-1]) and _sign_of(piece) != "")
            shown = _tinted(piece, after=starts) if tint else piece
            if starts:
                found.append(shown.strip())
            else:
                found[-1] += shown
    return tuple(piece for piece in (text.strip() for text in found) if piece)


def _tinted(piece: str, after: bool) -> str:
    """A tinted piece; a sign between two terms keeps its room beside it."""
    sign, text = _sign_of(piece) if after else "", piece.strip()
    if not sign:
        return f"{_TINTED}{piece}}}"
    kind = r"\mathbin" if sign in ("+", "-") else r"\mathrel"
    return rf"{kind}{{{_TINTED}{sign}}}}} {_TINTED}{text[len(sign) :].strip()}}}"


def _sign_of(piece: str) -> str:
    token = _TOKEN.match(piece.strip())
    return token[0] if token and token.lastgroup in ("sign", "relation") else ""


def _parts(latex: str) -> Iterator[str]:
    """What `_cut` gives, and every tinted group at the outermost level by itself."""
    for piece in _cut(latex):
        start = 0
        for place in _outermost(piece, _TINTED):
            end = _end(piece, place + len(_TINTED) - 1) + 1
            if piece[end : end + 1] in ("^", "_", "'"):  # a tinted base stays with its power
                continue
            if piece[start:place].strip():
                yield piece[start:place]
            yield piece[place:end]
            start = end
        if piece[start:].strip():
            yield piece[start:]


def _outermost(latex: str, start: str) -> list[int]:
    """Where `start` stands outside of all brackets."""
    found = _outside(latex) if start in latex else ()
    return [token.start() for token in found if latex.startswith(start, token.start())]


def _cut(latex: str) -> list[str]:
    """A formula cut before its signs and relations outside of all brackets."""
    places, before = [0], ""
    for token in _outside(latex):
        kind = token.lastgroup or ""
        if before and (kind == "relation" or (kind == "sign" and before not in _OPERATORS)):
            places.append(token.start())
        before = before if kind == "blank" else kind
    return [latex[start:end] for start, end in zip(places, [*places[1:], len(latex)], strict=True)]


def _outside(latex: str) -> Iterator[re.Match[str]]:
    """The tokens outside of all brackets, and these brackets."""
    depth = 0
    for token in _TOKEN.finditer(latex):
        kind = token.lastgroup
        depth -= kind == "closing"
        if depth == 0:
            yield token
        depth += kind == "opening"


def _end(latex: str, brace: int) -> int:
    """Where the brace that is opened at `brace` is closed."""
    depth = 0
    for match in _BRACE.finditer(latex, brace):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if not depth:
            return match.start()
    return -1


def joined(pieces: Sequence[str], wrap: str) -> str:
    """The pieces, each as the argument of a macro."""
    return "".join(rf"\{wrap}{{{piece}}}" for piece in pieces)
