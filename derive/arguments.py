"""What the options of the command line say, and how it ends."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NoReturn

import typer
from rich.console import Console

GOOD, FALSE, USAGE, UNKNOWN, NO_PDF = 0, 1, 2, 3, 4

LIMITS = {
    "prove": (999_999_999, "that is more than anyone has"),
    "prove --every-entry": (1000, "a matrix has K² entries, and a million are decided one by one"),
    "report": (50, "the numeric checks differentiate every formula with many digits, variable by variable"),
}
"""The largest K for an operation, and why there is one."""

MOST_AT_ONCE = 1000
"""How many K a range may have."""


def fail(message: str, code: int = USAGE) -> NoReturn:
    """Say on stderr what is wrong and what to do, and end."""
    Console(stderr=True).print(f"derive: {message}", style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(code)


def numbers(text: str, operation: str) -> list[int]:
    """The K of "3" or "2..10"."""
    match = re.fullmatch(r"(\d{1,9})(?:\.\.(\d{1,9}))?", text.strip())
    if match is None:
        fail(f"-K {text}: expected a whole number such as 3, or a range such as 2..10")
    low, high = int(match[1]), int(match[2] or match[1])
    if low < 1:
        fail(f"-K {text}: there has to be at least one class")
    if high < low:
        fail(f"-K {text}: the range is empty; write {high}..{low}")
    limit, why = LIMITS[operation]
    if high - low >= MOST_AT_ONCE:
        fail(
            f"-K {text}: {high - low + 1} numbers of classes; take at most {MOST_AT_ONCE} at once, or --every-k for all"
        )
    if high > limit:
        fail(f"-K {text}: `derive {operation}` goes up to K = {limit}, as {why}")
    return list(range(low, high + 1))


def formats_of(text: str) -> set[str]:
    """The formats of "html,tex,md"."""
    from .report import FORMATS

    found = {one.strip() for one in text.split(",")}
    if unknown := sorted(found.difference(FORMATS)):
        fail(f"--format {text}: {unknown[0] or 'nothing'} is no format; take some of {','.join(FORMATS)}")
    return found


def language_of(text: str) -> str:
    """The language of a report."""
    from .report.language import LANGUAGES

    if text not in LANGUAGES:
        fail(f"--lang {text}: a report is written in {' or '.join(LANGUAGES)}")
    return text


def sizes(given: Iterable[str] | None) -> dict[str, int]:
    """The numbers of `--size N=4`."""
    found = {}
    for text in given or ():
        match = re.fullmatch(r"([A-Za-z]\w*)=([1-9]\d{0,2})", text)
        if match is None or match[1] == "K":
            fail(f"--size {text}: expected a size and a number from 1 to 999, such as N=4 (K has an option of its own)")
        found[match[1]] = int(match[2])
    return found
