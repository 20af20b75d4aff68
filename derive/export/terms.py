"""NumPy expressions as trees: written with as few parentheses as Python wants, parts that recur named once."""

from __future__ import annotations

import builtins
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from keyword import iskeyword
from typing import TypeAlias

COMPARISON, SUM, PRODUCT, UNARY, POWER, ATOM = range(6)

LEVELS = {"==": COMPARISON, "+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "@": PRODUCT, "**": POWER}


@dataclass(frozen=True, slots=True)
class Name:
    """A variable; a `plain` one is a number of Python's, such as a size."""

    text: str
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A number as its digits are written, without a sign."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function of arrays, with keywords as they are written."""

    function: str
    arguments: tuple[Term, ...]
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Binary:
    """Two arrays with an operator between them."""

    operator: str
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Minus:
    """Minus an array."""

    body: Term


@dataclass(frozen=True, slots=True)
class Seen:
    """Another view of an array, `[:, None]` or `.T`: nothing is computed."""

    body: Term
    how: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of Python's."""

    parts: tuple[Term, ...]


Term: TypeAlias = "Name | Number | Call | Binary | Minus | Seen | Listing"


def parts_of(term: Term) -> tuple[Term, ...]:
    """The terms from which a term is computed."""
    match term:
        case Call(_, arguments):
            return arguments
        case Binary(_, left, right):
            return left, right
        case Minus(body) | Seen(body):
            return (body,)
        case Listing(parts):
            return parts
    return ()


def with_parts(term: Term, parts: tuple[Term, ...]) -> Term:
    """The same computed from other terms."""
    match term:
        case Call(function, _, keywords):
            return Call(function, parts, keywords)
        case Binary(operator):
            left, right = parts
            return Binary(operator, left, right)
        case Minus():
            return Minus(parts[0])
        case Seen(_, how):
            return Seen(parts[0], how)
        case Listing():
            return Listing(parts)
    return term


def is_plain(term: Term) -> bool:
    """Whether a term is a number of Python's, computed from sizes and numerals alone."""
    match term:
        case Name(_, plain):
            return plain
        case Call(function):
            return function == "float"
    return all(map(is_plain, parts_of(term)))


def number(value: int) -> Term:
    """A natural number; beyond what a float holds exactly, as a float."""
    return Number(str(value) if value <= 2**53 else repr(float(value)))


def negative(term: Term) -> Term:
    """Minus a term; two of them cancel."""
    return term.body if isinstance(term, Minus) else Minus(term)


def plus(left: Term, right: Term) -> Term:
    """A sum, or a difference where the second term has a minus."""
    return Binary("-", left, right.body) if isinstance(right, Minus) else Binary("+", left, right)


def times(left: Term, right: Term) -> Term:
    """A product, without a factor 1."""
    if Number("1") in (left, right):
        return right if left == Number("1") else left
    return Binary("*", left, right)


def applied(function: str, argument: Term) -> Term:
    """A function of NumPy's; of a number of Python's another one, which takes the type of the arrays beside it."""
    found = Call(function, (argument,))
    return Call("float", (found,)) if is_plain(argument) else found


# ----------------------------------------------------------------------- text


def text(term: Term) -> str:
    """The source of a term, as `ruff format` leaves it."""
    return _text(term)[0]


def _text(term: Term) -> tuple[str, int]:
    def at_least(level: int, part: Term) -> str:
        inner, own = _text(part)
        return inner if own >= level else f"({inner})"

    match term:
        case Name(name) | Number(name):
            return name, ATOM
        case Call(function, arguments, keywords):
            return f"{function}({', '.join([*map(text, arguments), *keywords])})", ATOM
        case Binary("**", base, exponent):
            hugs = _is_simple(base) and _is_simple(exponent.body if isinstance(exponent, Minus) else exponent)
            return f"{at_least(ATOM, base)}{'**' if hugs else ' ** '}{at_least(UNARY, exponent)}", POWER
        case Binary(operator, left, right):
            level = LEVELS[operator]
            return f"{at_least(level, left)} {operator} {at_least(level + 1, right)}", level
        case Minus(body):
            level = _text(body)[1]  # -a * b is -(a * b) to NumPy as well, digit for digit
            return f"-{at_least(PRODUCT, body)}", PRODUCT if level == PRODUCT else UNARY
        case Seen(body, how):
            return f"{at_least(ATOM, body)}{how}", ATOM
        case Listing(parts):
            return f"[{', '.join(map(text, parts))}]", ATOM
    raise TypeError(type(term).__name__)


def _is_simple(term: Term) -> bool:
    """Whether `**` stands beside it without spaces."""
    match term:
        case Name() | Number():
            return True
        case Seen(body, how):
            return how.startswith(".") and _is_simple(body)
    return False


# ----------------------------------------------------------------- statements

WIDTH = 120 - 4
"""What a line in a function has room for."""

LETTERS = {"np.max": "m", "np.exp": "e", "np.abs": "a", "np.sum": "s", "np.log": "l", "np.log1p": "l"}
"""What a part that recurs is called, by the function that it is a value of."""


class TooWideError(ValueError):
    """A part with so many operands that no line has room for it."""


@dataclass(frozen=True)
class Statements:
    """Assignments in order, and what the last of them leaves to compute."""

    assignments: tuple[tuple[str, Term], ...]
    result: Term


def statements(result: Term, named: Mapping[Term, str], taken: Collection[str], room: int = WIDTH) -> Statements:
    """A term as assignments: those in `named`, and whatever recurs, are computed once; no line is wider than `room`.

    Raises TooWideError where a single operation is.
    """
    uses = Counter(part for term in _distinct(result) for part in parts_of(term))
    once: dict[Term, Term] = {}
    assignments: list[tuple[str, Term]] = []
    names = {*taken, *named.values()}

    def assigned(term: Term, name: str) -> Term:
        assignments.append((name, term))
        return Name(name)

    def letter(term: Term) -> str:
        match term:
            case Call(function) | Seen(Call(function)):
                wanted = LETTERS.get(function, "part")
            case _:
                wanted = "part"
        name = unused(wanted, names)
        names.add(name)
        return name

    def narrow(term: Term, space: int) -> Term:
        """The term with its widest parts assigned before, until it fits."""
        while len(text(term)) > space:
            wide = [part for part in _distinct(term) if part != term and not is_view(part) and len(text(part)) > 12]
            if not wide:
                raise TooWideError(f"{text(term)[:60]}… has too many operands for one line")
            chosen = max((p for p in wide if len(text(p)) <= WIDTH - 12), key=lambda p: len(text(p)), default=wide[-1])
            term = replaced(term, chosen, assigned(narrow(chosen, WIDTH - 12), letter(chosen)))
        return term

    def emitted(term: Term) -> Term:
        if (known := once.get(term)) is not None:
            return known
        found = with_parts(term, tuple(map(emitted, parts_of(term))))
        name = named.get(term)
        if name is not None or (uses[term] > 1 and not is_view(term) and not is_plain(term)):
            name = name or letter(term)
            found = assigned(narrow(found, WIDTH - len(name) - 3), name)
        once[term] = found
        return found

    last = narrow(emitted(result), room)
    return Statements(tuple(assignments), last)


def is_view(term: Term) -> bool:
    """Whether nothing is computed: a name or number, or another view of one."""
    return isinstance(term, Name | Number) or (isinstance(term, Seen | Minus) and is_view(term.body))


def replaced(term: Term, old: Term, new: Term) -> Term:
    """A term with a part replaced wherever it occurs."""
    return new if term == old else with_parts(term, tuple(replaced(part, old, new) for part in parts_of(term)))


def _distinct(term: Term) -> Iterator[Term]:
    """Every term that a term is computed from, and itself, each once."""
    seen: set[Term] = set()
    stack = [term]
    while stack:
        if (one := stack.pop()) not in seen:
            seen.add(one)
            yield one
            stack.extend(parts_of(one))


# ---------------------------------------------------------------------- names

RESERVED = frozenset(
    {"np", "Any", "ArrayLike", "NDArray", "Floats", "TypeAlias", "arrays", "dtype", "result", *vars(builtins)}
)
"""What a generated module calls by these names itself."""


def identifier(name: str) -> str:
    """A name of a formula as Python takes it."""
    plain = name.replace("'", "_prime").replace("-", "_")
    if plain[0].isdigit():
        plain = f"f_{plain}"
    return f"{plain}_" if iskeyword(plain) or plain in RESERVED else plain


def unused(wanted: str, taken: Collection[str]) -> str:
    """`wanted`, numbered from 2 until nothing else is called so."""
    name, count = wanted, 1
    while name in taken:
        count += 1
        name = f"{wanted}{count}"
    return name
