"""A deck of one derivation: which lines of its chain share a frame."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .breaks import rows
from .chain import Line
from .page import Page

ACROSS = 56
"""About as many signs stand beside each other on a frame."""
ROOM = 175
"""About as much height, in points, a frame has for the lines of a chain."""
PLAIN, TALL, TALLER = 15, 30, 42
"""Heights of a row: one of letters, one with a fraction or a sum, one with a fraction in a fraction."""
REASON, GAP = 11, 7
LONG = 90
"""About as many signs of a reason stand on a row of their own."""
MOST = 4
"""A frame with more lines is read by nobody."""

_WRAPPING = re.compile(r"\\(?:left|right|hl|cancel|boxed|math\w+|operatorname|d?frac|partial|[,;:! ])|[{}_^\s]")
_WORD = re.compile(r"\\[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines that are uncovered one by one, under the one before them."""

    before: str
    """In LaTeX."""
    number: int
    """Of the line before; 0 where it is the claim."""
    lines: tuple[Line, ...]


def stretches(page: Page) -> tuple[Stretch, ...]:
    """The chain in parts that have room on a frame; that a part has too much is left to TeX, which makes it smaller."""
    found: list[list[Line]] = []
    room, before = 0.0, page.claim
    for line in page.lines:
        needed = height(line.shown) + REASON * -(-len(line.because) // LONG)
        if not found or room < needed or len(found[-1]) == MOST:
            room = ROOM - height(before)
            found.append([])
        found[-1].append(line)
        room -= needed
        before = line.shown
    return tuple(_joined(page.claim, found))


def _joined(claim: str, parts: list[list[Line]]) -> Iterator[Stretch]:
    before, number = claim, 0
    for part in parts:
        yield Stretch(before, number, tuple(part))
        before, number = part[-1].shown, part[-1].number


def height(latex: str) -> float:
    """About how high a formula is on a frame, with what stands between two lines."""
    wide = [width(piece) for piece in rows(latex)]
    count, filled = 1, 0
    for one in wide:
        if filled and filled + one > ACROSS:
            count, filled = count + 1, 0
        filled += one
    fraction = latex.find(r"\frac")
    nested = fraction >= 0 and r"\frac" in _group(latex[fraction + len(r"\frac") :])
    row = TALLER if nested else TALL if fraction >= 0 or r"\sum" in latex or r"\begin" in latex else PLAIN
    return count * row + GAP


def width(latex: str) -> int:
    """About how many signs a formula has; a fraction counts as if it stood on one row."""
    return len(_WORD.sub("x", _WRAPPING.sub("", latex)))


def _group(latex: str) -> str:
    """What stands in the two groups in braces with which a fraction goes on."""
    depth, groups = 0, 0
    for n, sign in enumerate(latex):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        groups += sign == "}" and not depth
        if groups == 2:
            return latex[:n]
    return latex
