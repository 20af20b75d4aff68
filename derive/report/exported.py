"""The exported function that computes a derivation's result: as it stands in the module, or in one of its own."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain

from markupsafe import Markup, escape

from derive import shell
from derive.derivation import Derivation
from derive.export import LoweringError, Own, Plain, Proved, UnprovedError, lowered, own_source, plain_form
from derive.export.languages import Source, plain_sources
from derive.export.lowering import Function
from derive.export.module import FORMULAS, RESTS_ON
from derive.export.stable import REWRITES
from derive.proof import EVERY, Proof, primary
from derive.statement import decide

MOST_LINES = 80
"""A longer function is not shown: the module is one click away."""
CODED = frozenset(chain(*RESTS_ON.values()))
"""The derivations on which functions of the general module rest."""
_UNINDENTED = re.compile(r"\n[^\s)]")
_DOCSTRING = re.compile(r'"{3}(?:\\.|[^\\])*?"{3}', re.DOTALL)
_DEFINED = re.compile(r"^(?:@[^\n]*\n)*def (\w+)\(", re.MULTILINE)
_MARKED = re.compile(
    r"(?P<c>#[^\n]*)"
    r"|(?P<s>(?:\b[rbfuRBFU]{1,2})?"
    r"""(?:\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))"""
    r"|(?P<m>\b0[xXoObB][\da-fA-F_]+|(?:\b\d[\d_]*(?:\.[\d_]*)?|(?<!\w)\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?[jJ]?)"
    rf"|(?P<k>\b(?:{'|'.join(keyword.kwlist)})\b)",
    re.DOTALL,
)
"""Comments, strings, numbers and keywords of Python, by the classes in which they are shown."""


@dataclass(frozen=True, slots=True)
class Code:
    """The module of a run, and what this run may say of its derivations in code."""

    module: str
    proved: Sequence[Proved]
    version: str
    sources: Mapping[str, str] = field(default_factory=dict)
    """The file of a person's own derivation, by its name, as the command line takes it."""

    def about(self, name: str) -> Code:
        """What the page of one derivation may ask; the module's text only where functions in it rest on that."""
        module = self.module if name in CODED else ""
        return replace(self, module=module, proved=[one for one in self.proved if one.name == name])

    def argument(self, name: str) -> str:
        """By what the command line finds a derivation: its name in the catalog, or the file that it stands in."""
        return self.sources.get(name, name)


@dataclass(frozen=True, slots=True)
class Exported:
    """A function as a page shows it."""

    name: str
    source: str
    """Both empty where functions rest on the derivation, but none states its formula."""
    line: int
    """Where it begins in derived.py; 0 where it is in no module of the run."""
    command: str
    """What writes a module with it; nothing where it is in derived.py."""
    others: tuple[str, ...]
    """Further functions of derived.py that rest on it."""
    module: str
    """The source of the module that holds it: for those who want to call it."""
    function: Function | None
    """As it was lowered, where it is in a module of its own."""
    plain: Plain | None = None
    """The short form of the same result, to learn from."""
    elsewhere: tuple[Source, ...] = ()
    """The short form in other languages."""

    @property
    def stable(self) -> bool:
        """Whether a form of its own is computed, not the last line as it stands."""
        return self.function is not None and bool(self.function.rewrites)


def exported(proof: Proof, code: Code) -> Exported | None:
    """The function for a proof, beside its plain form; None where none is written."""
    found = _exported(proof, code)
    if found is None or proof.derivation is None:
        return None
    try:
        plain = plain_form(proof.derivation)
    except LoweringError:
        return found
    return replace(found, plain=plain, elsewhere=plain_sources(proof.derivation, plain.function))


def _exported(proof: Proof, code: Code) -> Exported | None:
    derivation = proof.derivation
    if derivation is None or proof.expected != "proved" or proof.verdict not in ("proved", "conditional"):
        return None
    if primary(proof).verdict not in ("proved", "conditional"):  # the code would be for all sizes
        return None
    if proof.name in CODED and _is_told(derivation, code.module):
        there = functions(code.module)
        names = [name for name, rests in RESTS_ON.items() if proof.name in rests and name in there]
        told = sorted((n for n in names if proof.name in FORMULAS[n]), key=lambda n: FORMULAS[n].index(proof.name))
        name = next((n for n in told if there[n][0].count("\n") < MOST_LINES), "")
        source, line = there[name] if name else ("", 0)
        others = tuple(other for other in names if other != name)
        return Exported(name, source, line, "", others, code.module, None) if names else None
    return _own(proof, derivation, code)


def _is_told(derivation: Derivation, module: str) -> bool:
    """Whether the module says that it rests on this very equation, and not on another of the same name."""
    said = _told(module)
    meant = (f"{name} = {meaning}" for name, meaning in derivation.definitions())
    parts = (f"{derivation.claim!r} = {derivation.result!r}", *meant)
    return f"{derivation.name} (" in said and all(part in said for part in parts)


@lru_cache(maxsize=2)
def _told(module: str) -> str:
    """What a module of ours says of itself, in one line."""
    found = _DOCSTRING.match(module)
    return " ".join(str(ast.literal_eval(found[0])).split()) if found else ""


def _own(proof: Proof, derivation: Derivation, code: Code) -> Exported | None:
    said = [one for one in code.proved if one.name == proof.name]
    if not said:
        return None
    conditions = tuple(map(str, primary(proof).conditions))
    command = shell.command("export", [code.argument(proof.name)], {})
    try:
        own = Own(proof.name, derivation.title, lowered(derivation), conditions)
        if not all(_holds(name) for name in own.function.rewrites):
            return None
        module = own_source([own], said, code.version, command)
    except (LoweringError, UnprovedError):
        return None
    source = cut_out(own.function.name, module)
    return Exported(own.function.name, source, 0, command, (), module, own.function)


@lru_cache(maxsize=64)
def _holds(rewrite: str) -> bool:
    """Whether a stable form is proved to be equal; the same for every function that uses it."""
    pairs = [pair for rule in REWRITES if rule.name == rewrite for pair in rule.identities()]
    return bool(pairs) and all(decide(left, right, K=EVERY).name == "proved" for left, right in pairs)


@lru_cache(maxsize=2)
def functions(module: str) -> dict[str, tuple[str, int]]:
    """The functions of a module of ours by name: their text, and the line on which it begins."""
    return {
        found[1]: (cut_out(found[1], module), module.count("\n", 0, found.start()) + 1)
        for found in _DEFINED.finditer(module)
    }


def cut_out(name: str, module: str) -> str:
    """The text of one function of a module of ours, where to parse all of it would only cost time.

    It ends where the next line begins that is neither indented nor the end of its signature.
    """
    begin = module.index(f"\ndef {name}(") + 1
    begin = module.rindex("\n\n\n", 0, begin) + 3  # its decorators too
    after = _UNINDENTED.search(module, module.index("\n    ", begin))
    return module[begin : after.start() + 1 if after is not None else None].rstrip("\n") + "\n"


def coloured(source: str) -> Markup:
    """Python with comments, strings, numbers and keywords marked; all of it escaped."""
    parts: list[str] = []
    done = 0
    for token in _MARKED.finditer(source):
        parts += (escape(source[done : token.start()]), f'<i class="{token.lastgroup}">', escape(token[0]), "</i>")
        done = token.end()
    return Markup("".join([*parts, escape(source[done:])]))
