"""The language of a report: English, in which its words are written, or one that has catalogues of messages.

A message is a whole sentence with named places, `%(number)s`, so that a
translation may put its words in another order; formulas between dollars stay
as they are.  The words of the report, the prose of the catalog and the
reasons of the kernel have a catalogue each, a .po file in `derive/languages`.  They are read when a report
in that language is written, and by nobody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from jinja2 import Environment

LANGUAGES: Mapping[str, str] = {"en": "en", "zh": "zh-Hans"}
"""The languages of a report, and how a browser knows them."""
Domain: TypeAlias = Literal["report", "catalog", "reasons"]
Messages: TypeAlias = Mapping[tuple[str, str], str]
"""By context and message, what is said instead."""

FOLDER = Path(__file__).parent.parent / "languages"

_current: ContextVar[str] = ContextVar("language", default="en")


@contextmanager
def written_in(language: str) -> Iterator[None]:
    """While this lasts, what a report says is said in `language`."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> str:
    """The language that a report is being written in."""
    return _current.get()


def is_chinese() -> bool:
    """Whether it is Chinese, which has no blanks between words."""
    return current() == "zh"


def catalogue_file(name: str, domain: Domain) -> Path:
    """Where the messages of a language are."""
    return FOLDER / name / "LC_MESSAGES" / f"{domain}.po"


@lru_cache(maxsize=8)
def messages(name: str, domain: Domain) -> Messages:
    """The catalogue of a language; nothing where there is none, as for English."""
    file = catalogue_file(name, domain)
    if not file.exists():
        return {}
    from babel.messages.pofile import read_po  # only those who ask for another language wait for it

    with file.open("rb") as stream:
        found = read_po(stream)
    told: dict[tuple[str, str], str] = {}
    for message in found:
        if message.id and not message.fuzzy:
            ids, strings = (one if isinstance(one, list | tuple) else (one,) for one in (message.id, message.string))
            told |= {(message.context or "", str(one)): strings[0] for one in ids if strings[0]}
    return told


def said(message: str, context: str = "") -> str:
    """A message of the report in the language that it is written in, its places open."""
    return messages(current(), "report").get((context, message), message)


def prose(text: str) -> str:
    """Prose of the catalog in that language; a person's own text as it is."""
    return messages(current(), "catalog").get(("", text), text)


def gettext(message: str, /, **values: object) -> str:
    """A message with its places filled."""
    return _without_blanks(said(message) % values) if values else _placeless(message, current())


@lru_cache(maxsize=1024)  # headings and labels, which each page says anew
def _placeless(message: str, language: str) -> str:
    """A message without places in the current language, which is told for the cache to know."""
    return _without_blanks(said(message) % {})


def ngettext(one: str, many: str, n: int, /, **values: object) -> str:
    """A message for one, or for many; `n` is a place of it."""
    return _without_blanks(counted(one, many, n) % {"n": n, **values})


def pgettext(context: str, message: str, /, **values: object) -> str:
    """A message that means something else elsewhere."""
    return _without_blanks(said(message, context) % values)


def _without_blanks(text: str) -> str:
    """Chinese has a blank beside a formula or a word in other letters, and none between its own characters."""
    return _BETWEEN.sub("", text) if is_chinese() else text


def counted(one: str, many: str, n: int) -> str:
    """The message for one or for many, its places open; Chinese has a single form."""
    return said(one if n == 1 else many)


def marked(message: str) -> str:
    """A message that is said later: here it is only found."""
    return message


def sentences(*told: str) -> str:
    """Sentences one after the other: Chinese puts no blank between them."""
    return ("" if is_chinese() else " ").join(filter(None, told))


def spoken(environment: Environment) -> Environment:
    """Templates that speak the language of the report: `say`, `says` and {% trans %}."""
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(said, counted, newstyle=True)  # type: ignore[attr-defined]  # of the extension
    environment.globals.update(say=gettext, says=ngettext, comma=comma, language=lambda: LANGUAGES[current()])
    return environment


def comma() -> str:
    """What stands between the members of a list."""
    return pgettext("list", ", ")


def closed_up(page: str) -> str:
    """A page in Chinese as its readers set it; code stays as it is, and so does a page in English.

    No end of a line is a blank beside full-width punctuation, a formula has one beside a character, and no line begins
    with the punctuation after a formula.
    """
    if not is_chinese():
        return page
    parts = _CODE.split(page)
    parts[::2] = [_set(part) for part in parts[::2]]
    return "".join(parts)


def _set(page: str) -> str:
    apart = _BESIDE.sub(" ", _BETWEEN.sub("", page))
    return _ENDED.sub(r'<span class="kept">\1</span>', apart)


HAN, POINTS = "\u4e00-\u9fff", "，。：；、！？（）「」"
_BETWEEN = re.compile(rf"(?<=[{POINTS}])\s+(?=\S)|(?<=[{HAN}])\s+(?=[{HAN}{POINTS}])|(?<=\S)\s+(?=[{POINTS}])")
"""Blanks between Chinese characters, and beside their punctuation."""
_BESIDE = re.compile(rf"(?<=[{HAN}])(?=<math\b)|(?<=</math>)(?=[{HAN}])")
_ENDED = re.compile(r"(（?<math\b[^>]*>(?:(?!</math>).)*</math>[，。：；、！？）]+)", re.DOTALL)
_CODE = re.compile(r"(<(?:pre|script|style)\b.*?</(?:pre|script|style)>|<button\b[^>]*>)", re.DOTALL)
