"""The plain form of a result in languages other than Python; which ones there are."""

from __future__ import annotations

from dataclasses import dataclass

from ...derivation import Derivation
from ..loops import program
from ..lowering import Function, LoweringError
from .c import C
from .fortran import FORTRAN
from .javascript import JAVASCRIPT
from .language import Language, source
from .matlab import MATLAB
from .r import R

LANGUAGES = (C, JAVASCRIPT, FORTRAN, MATLAB, R)

__all__ = ["LANGUAGES", "Language", "Source", "plain_sources", "source"]


@dataclass(frozen=True, slots=True)
class Source:
    """A function in the language that is called so."""

    language: str
    text: str


def plain_sources(derivation: Derivation, plain: Function) -> tuple[Source, ...]:
    """The result in every language, of the arguments of its `plain` function in NumPy; none where it is not printed."""
    try:
        one = program(derivation, plain)
    except LoweringError:
        return ()
    return tuple(Source(language.title, source(one, language)) for language in LANGUAGES)
