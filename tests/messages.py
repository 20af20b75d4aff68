"""The messages of reports: found in the source and the catalog, and brought into the .po files by

    python -m tests.messages

A new message comes without a translation, and tests/test_languages.py fails until it has one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po, write_po

from derive import rules
from derive.catalog import backgrounds, entries, titles
from derive.derivation import Derivation, Entry, Overflow, Pitfall
from derive.export.templates import templates
from derive.formula.tree import WrittenError
from derive.report.language import LANGUAGES, Domain, catalogue_file
from derive.rules import Rule

ROOT = Path(__file__).parent.parent
KEYWORDS = {**DEFAULT_KEYWORDS, "marked": None, "say": None, "says": (1, 2)}
TRIMMED = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false", "keep_trailing_newline": "true"}
BRACES = {**TRIMMED, "trim_blocks": "true", "lstrip_blocks": "true"}
ANGLES = {
    **BRACES,
    "block_start_string": "<%",
    "block_end_string": "%>",
    "variable_start_string": "<<",
    "variable_end_string": ">>",
    "comment_start_string": "<#",
    "comment_end_string": "#>",
}
DOMAINS: tuple[Domain, ...] = ("report", "catalog", "reasons")
NOT_WORDS = re.compile(r"\$[^$]+\$|`[^`]+`")
"""What stays as it is in every language: formulas and code."""
WORD = re.compile(r"[^\W\d_]")
HEAD = b'''msgid ""
msgstr ""
"Language: zh\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"'''
OTHERS = tuple(name for name in LANGUAGES if name != "en")


# ------------------------------------------------------------------ the words of the report


def report_messages() -> Catalog:
    """What the modules and templates of the report say."""
    found = Catalog()
    for file in sorted((ROOT / "derive" / "report").glob("*.py")):
        _add(found, file, "python", {})
    for file in sorted(templates().rglob("*.j2")):
        if file.name.endswith((".html.j2", ".md.j2")):
            _add(found, file, "jinja2", BRACES)
        elif file.name.endswith(".tex.j2"):
            _add(found, file, "jinja2", ANGLES)
    return found


def _add(found: Catalog, file: Path, method: str, options: dict[str, str]) -> None:
    place = file.relative_to(ROOT).as_posix()
    for _, message, _, context in extract_from_file(
        method, file, keywords=KEYWORDS, comment_tags=(), options=options, strip_comment_tags=False
    ):
        found.add(message, context=context, locations=[(place, None)])  # type: ignore[list-item]


# ------------------------------------------------------------------ the prose of the catalog


def catalog_messages() -> Catalog:
    """Titles and prose of the catalog, and the names of rules."""
    found = Catalog()
    for text, place in catalog_prose():
        if WORD.search(NOT_WORDS.sub("", text)):
            found.add(text, locations=[(place, None)]).flags.clear()  # type: ignore[list-item]
    return found


def catalog_prose() -> Iterator[tuple[str, str]]:
    """Every text that a page may show, and where it comes from."""
    for heading, names in titles().items():
        yield heading, f"family:{names[0]}" if names else "family"
    known = entries()
    yield from ((text, f"background:{name}") for text, name in _backgrounds(known).items())
    for rule in vars(rules).values():
        if isinstance(rule, Rule):
            yield rule.name, "derive/rules.py"
            if r"\text" in rule.equation:  # a formula with words in it
                yield rule.equation, "derive/rules.py"
    for name, entry in known.items():
        yield entry.title, f"title:{name}"
        derivation: Derivation | None = None
        match entry:
            case Derivation():
                derivation = entry
            case Pitfall(wrong=wrong, lesson=lesson):
                yield lesson, f"lesson:{name}"
                try:
                    derivation = wrong()
                except WrittenError:
                    continue
            case Overflow(lesson=lesson):
                yield lesson, f"lesson:{name}"
        if derivation is None:
            continue
        yield from ((text, f"about:{name}") for text in [derivation.about] if text)
        for step in derivation.steps:
            if step.because:
                yield step.because, f"because:{name}"
            if step.by.name not in known and not step.by.name.startswith("definition of $"):
                yield step.by.name, f"rule:{name}"


def _backgrounds(known: Mapping[str, Entry]) -> dict[str, str]:
    """What stands behind families and derivations, each text with the first derivation that shows it."""
    own = ((name, entry.background) for name, entry in known.items() if isinstance(entry, Derivation))
    first: dict[str, str] = {}
    for name, one in (*backgrounds().items(), *own):
        if one is not None:
            first.setdefault(one.text, name)
    return first


# ------------------------------------------------------------------ reasons that other modules give

SPEAKING = (
    "kernel/*.py",
    "formula/scope.py",
    "derivation.py",
    "proof.py",
    "second_opinion.py",
    "concrete/opinion.py",
    "concrete/points.py",
    "concrete/settled.py",
    "concrete/too_large.py",
    "concrete/world.py",
    "numeric/checks.py",
)
"""The modules whose sentences reach a page: why a step is open, why lines are refused, what a check measured."""
UNHEARD = ("kernel/certificate.py", "kernel/cofactors.py")
RAISED = re.compile(r"\w*Error|Unknown|OutsideClass|NoValue|LimitReached|Contradiction")
UNRAISED = frozenset({"TypeError", "ValueError", "KeyError"})
IN_FULL = ("concrete/points.py", "concrete/too_large.py", "numeric/checks.py")
"""Here every text with a blank in it is meant for the reader."""
PARTS = frozenset({"unused", "where"})
"""What may follow a reason after a semicolon, and is a reason itself."""


def reason_messages() -> Catalog:
    """The sentences of the kernel and its neighbours, with places for what is put in."""
    found = Catalog()
    for pattern in SPEAKING:
        for file in sorted((ROOT / "derive").glob(pattern)):
            place = file.relative_to(ROOT).as_posix()
            if place.removeprefix("derive/") in UNHEARD:
                continue
            for text in _reasons(ast.parse(file.read_text(encoding="utf-8")), place.removeprefix("derive/") in IN_FULL):
                if WORD.search(PLACES.sub("", text)):
                    found.add(text, locations=[(place, None)]).flags.clear()  # type: ignore[list-item]
    return found


PLACES = re.compile(r"%\(\w+\)s")


def _reasons(tree: ast.Module, in_full: bool) -> Iterator[str]:
    """What exceptions and verdicts are given to say, and what is put into that; with `in_full`, every text."""
    silent = {id(part) for node in ast.walk(tree) for part in _unsaid(node)}
    texts = [node for node in ast.walk(tree) if _is_text(node) and id(node) not in silent and _speaks(_text(node))]
    given = {id(part) for node in ast.walk(tree) for said in _given(node) for part in ast.walk(said)}
    for node in texts:
        text = _text(node)
        if in_full or id(node) in given or "{}" in text or text.startswith("; "):
            yield text.removeprefix("; ").replace("{}", "%(a)s")


def _speaks(text: str) -> bool:
    """Whether a text is a sentence or a name of points, and no key."""
    return " " in text.strip() or text == "ties"


def _given(node: ast.AST) -> Iterator[ast.AST]:
    """What an exception or a verdict is made of, and the results of functions."""
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if RAISED.fullmatch(name) and name not in UNRAISED:
            yield from node.args[:1]
        yield from (keyword.value for keyword in node.keywords if keyword.arg == "refusal")
    if isinstance(node, ast.FunctionDef) and node.name == "names":
        yield node


def _unsaid(node: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, and the parts of a text that is taken as a whole."""
    if isinstance(node, ast.Expr):
        yield node.value
    if isinstance(node, ast.JoinedStr):
        yield from (part for child in ast.iter_child_nodes(node) for part in ast.walk(child))


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _text(node: ast.AST) -> str:
    """A string with its places open; nothing where it is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.replace("%", "%%")
    if not isinstance(node, ast.JoinedStr):
        return ""
    parts, taken = list[str](), dict[str, str]()
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            written = ast.unparse(part.value)
            name = written if written.isidentifier() else "abcdefgh"[sum(len(one) == 1 for one in taken.values())]
            if name not in PARTS or (parts and parts[-1].endswith(" ")):
                parts.append(f"%({taken.setdefault(written, name)})s")
        else:
            parts.append(_text(part))
    return "".join(parts)


# ------------------------------------------------------------------ the files


def extracted(domain: Domain) -> Catalog:
    """All messages of a catalogue, without translations."""
    return {"report": report_messages, "catalog": catalog_messages, "reasons": reason_messages}[domain]()


def read(language: str, domain: Domain) -> Catalog:
    """A catalogue as it is kept."""
    file = catalogue_file(language, domain)
    if not file.exists():
        return Catalog(locale=language)
    with file.open("rb") as stream:
        return read_po(stream, locale=language)


def updated(language: str, domain: Domain) -> Catalog:
    """A catalogue with the messages that there are: new ones are empty, and those that are gone are left out."""
    kept = read(language, domain)
    kept.update(extracted(domain), no_fuzzy_matching=True)
    kept.obsolete.clear()
    return kept


def head(file: Path) -> bytes:
    """What stands before the first message: the glossary, and the entry that tells the encoding."""
    kept = file.read_bytes().partition(b"\n\n")[0] if file.exists() else b""
    return (kept or HEAD) + b"\n\n"


def written(found: Catalog) -> bytes:
    """The messages as a file holds them, without dates and numbers of lines, which would differ for no reason."""
    stream = BytesIO()
    write_po(stream, found, width=110, include_lineno=False, omit_header=True)
    return stream.getvalue()


def untranslated(found: Catalog) -> list[Message]:
    """The messages that have no translation."""
    return [
        one for one in found if one.id and not (one.string if isinstance(one.string, str) else all(one.string or ()))
    ]


def main() -> None:
    """Bring every catalogue up to date, and say what is not translated."""
    for language in OTHERS:
        for domain in DOMAINS:
            found = updated(language, domain)
            file = catalogue_file(language, domain)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(head(file) + written(found))
            empty = untranslated(found)
            print(f"{file.relative_to(ROOT)}: {len(found)} messages, {len(empty)} without a translation")


if __name__ == "__main__":
    main()
