"""How the certificates of a proof are called, and which lines have one."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence

from derive.proof import Proof, primary

from .language import gettext
from .scopes import HOLDS


def certificate_file(name: str, line: int) -> str:
    """The file that holds the certificate of one line."""
    return f"certificates/{name}-{line}.json"


def certified_lines(proof: Proof, written: Collection[str] | None = None) -> tuple[int, ...]:
    """The lines that have a certificate: those that were proved to equal the one above, under conditions or without.

    `written` are the files that there are; None where all of them are.
    """
    steps = primary(proof).steps
    held = (step.number for step in steps if step.verdict.name in HOLDS and step.step.relation == "=")
    return tuple(n for n in held if written is None or certificate_file(proof.name, n) in written)


def certificate_words(files: Sequence[str]) -> str:
    """Which certificates there are: one, or the first and the last."""
    if len(files) == 1:
        return gettext("One line has a certificate")
    return gettext(
        "%(number)s lines have certificates, %(first)s to %(last)s",
        number=len(files),
        first=files[0],
        last=files[-1],
    )


def recheck_command(file: str) -> str:
    """What reads a certificate again."""
    return shlex.join(["derive", "recheck", file])
