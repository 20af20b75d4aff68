"""The derivations that ship with derive, one value each, and the reading of a person's own file of them.

A new derivation is a value at the top of one file here: `entries` finds it.  A file's `background` is what
stands behind all of them: `backgrounds` finds it.
"""

from __future__ import annotations

import signal
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from importlib import import_module
from itertools import count
from pathlib import Path
from pkgutil import iter_modules
from types import FrameType, ModuleType

from derive.background import Background
from derive.derivation import Derivation, Entry, Overflow, Pitfall
from derive.formula.tree import WrittenError

FILES = (
    "sigmoid softmax shift logsumexp cross_entropy logistic matrix_calculus batch options temperature rewrites "
    "roundings pairs squares numbers pitfalls"
).split()
"""The order in which the catalog is told; a file that is not named here comes last."""

SECONDS = 20
"""How long a person's file may run."""

runs = count(1)


class CatalogError(Exception):
    """A file of derivations that cannot be used, and why."""


class _OutOfTime(BaseException):
    """No Exception, so that the file that runs for ever cannot catch it by accident."""


def entries() -> dict[str, Entry]:
    """The whole catalog by name, in the order of `FILES` and of each file."""
    found: dict[str, Entry] = {}
    for name in sorted((module.name for module in iter_modules(__path__)), key=_place):
        _collect(vars(import_module(f"{__name__}.{name}")).values(), found)
    return found


def titles() -> dict[str, list[str]]:
    """The names of the catalog by file, each file under the first sentence of its docstring."""
    found: dict[str, list[str]] = {}
    for name in sorted((module.name for module in iter_modules(__path__)), key=_place):
        module = import_module(f"{__name__}.{name}")
        collected: dict[str, Entry] = {}
        _collect(vars(module).values(), collected)
        heading = (module.__doc__ or name).split("\n", 1)[0].rstrip(".")
        found[heading] = list(collected)
    return found


def backgrounds(among: Mapping[str, Entry] | None = None) -> dict[str, Background]:
    """What stands behind the family of each derivation, by its name; `among` some, a person's own are of no family."""
    found: dict[str, Background] = {}
    placed = set[str]()
    for name in sorted((module.name for module in iter_modules(__path__)), key=_place):
        module = import_module(f"{__name__}.{name}")
        collected: dict[str, Entry] = {}
        _collect(vars(module).values(), collected)
        own = [one for one in collected if one not in placed]  # the others are imported from a file told before
        placed.update(own)
        if isinstance(background := vars(module).get("background"), Background):
            own = [one for one in own if among is None or among.get(one) is collected[one]]
            found |= dict.fromkeys(own, background)
    return found


def _place(name: str) -> tuple[int, str]:
    return (FILES.index(name) if name in FILES else len(FILES)), name


def _collect(values: Iterable[object], found: dict[str, Entry]) -> None:
    """Add what is an entry; one value under two Python names is one entry."""
    for value in flat(values):
        if isinstance(value, Derivation | Pitfall | Overflow) and found.setdefault(value.name, value) is not value:
            raise CatalogError(f"two derivations are named {value.name}; rename one")


def flat(values: Iterable[object]) -> Iterator[object]:
    """The values, and those in lists and tuples."""
    for value in values:
        yield from flat(value) if isinstance(value, list | tuple) else (value,)


def load(path: Path | str) -> dict[str, Entry]:
    """The derivations in a person's own Python file, which runs; those that it imports from the catalog are left out.

    Raises CatalogError when the file cannot be read, fails, runs longer than
    `SECONDS`, or holds no derivation.
    """
    file = Path(path)
    try:
        source = file.read_bytes()
    except OSError as error:
        raise CatalogError(f"{file} cannot be read: {error.strerror or error}") from None
    module = ModuleType(f"derive_file_{next(runs)}")
    module.__file__ = str(file)
    sys.modules[module.__name__] = module  # where dataclasses and pickle look a class up
    try:
        with _time_limit(), redirect_stdout(sys.stderr):  # our own output stays one document
            exec(compile(source, str(file), "exec"), vars(module))
    except _OutOfTime:
        raise CatalogError(f"{file} did not finish in {SECONDS} seconds; is there an endless loop in it?") from None
    except (Exception, SystemExit) as error:
        raise CatalogError(_failure(file, error)) from error

    known = {id(entry) for entry in entries().values()}
    found: dict[str, Entry] = {}
    try:
        _collect((value for value in vars(module).values() if id(value) not in known), found)
    except CatalogError as error:
        raise CatalogError(f"{file}: {error}") from None
    if not found:
        raise CatalogError(f"{file} holds no derivation; write one as: name = Derivation(…)")
    return found


def _failure(file: Path, error: BaseException) -> str:
    """Where in the file it failed, and how."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)]
    match error:
        case SyntaxError():
            return f"{file}, line {error.lineno}: {error.msg}" if error.lineno else f"{file}: {error.msg}"
        case WrittenError():
            said = str(error)
        case SystemExit():
            said = "the file ends the program; it should only define derivations"
        case _:
            said = f"{type(error).__name__}: {error}"
    return f"{file}, line {lines[-1]}: {said}" if lines else f"{file}: {said}"


@contextmanager
def _time_limit() -> Iterator[None]:
    """Stop the body after `SECONDS`; only the main thread of a system with interval timers can be stopped."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise _OutOfTime

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
