"""What languages differ in: a table each, and the one printer of expressions and statements that reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ...formula.names import GREEK_LETTERS
from ..program import (
    RESULT,
    Add,
    Agree,
    All,
    Binary,
    Call,
    Choice,
    Code,
    Equal,
    Item,
    Length,
    Let,
    Letter,
    Literal,
    Loop,
    Minus,
    Name,
    New,
    Place,
    Program,
    Statement,
    Store,
    Undefined,
    flat,
    is_part,
)

CHOICE, COMPARISON, SUM, PRODUCT, POWER, ATOM = range(6)

LEVELS = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "^": POWER}

GREEK = dict(
    zip(
        GREEK_LETTERS,
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
        "omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split(),
        strict=True,
    )
)

SMALL = frozenset(map(str, range(10)))
"""Exponents that are written as whole numbers."""
LONGEST = 60
"""How many characters the name of a function has at most: Fortran and MATLAB take 63."""


@dataclass(frozen=True)
class Language:
    """How a language writes what every program has.

    Templates hold the names of what is put in: `{name}`, `{value}`. `number` writes a numeral, `power` is an operator
    or a function, `operator` says which one stands between two operands, `first` the first subscript of an array.
    """

    key: str
    title: str
    reserved: frozenset[str]
    first: int
    functions: Mapping[str, str]
    number: Callable[[str], str]
    item: Callable[[Spelling, Item], str]
    power: str
    agree: str
    choice: str
    undefined: str
    let: str
    begin: str
    add: str
    subtract: str
    loop: str
    end: str
    new: Callable[[Spelling, New], str]
    source: Callable[[Spelling], list[str]]
    length: Callable[[str, int, int], str] | None = None
    """How the size of an axis is read from an array of that many axes; None where sizes are arguments."""
    size: str = ""
    """The statement that gives a size its name; empty where it is read wherever it is wanted."""
    result: str = "result"
    cast: str = ""
    """How a whole number becomes a real one, where a quotient of two whole numbers would be whole."""
    whole_deltas: bool = False
    """Whether a comparison is a whole number there."""
    store: str = "{target} = {value};"
    equal: str = "=="
    operator: Callable[[Spelling, Binary], str] = lambda of, code: {"^": of.language.power}.get(
        code.operator, code.operator
    )
    camel: bool = False
    """Whether functions are named asThis."""
    whole: str | None = None
    """What stands for every place along an axis; None where parts of arrays are not written."""
    columns: bool = False
    """Whether a vector is a matrix of one column: with a row in its place, operators would make tables."""
    chosen: Callable[[Spelling, str, Choice, str], list[str]] | None = None
    """Statements for a choice, where no expression makes one."""
    branches: bool = False
    """Whether a choice looks at one number alone, where everything else would take arrays as well."""
    folds: bool = False
    """Whether k and K are one name."""
    indent: str = "    "

    @cached_property
    def taken(self) -> frozenset[str]:
        """The names that are its own, as they are told apart."""
        return frozenset(map(_key(self), self.reserved))


@dataclass(frozen=True)
class Spelling:
    """A program in one language, with what that calls the function and its names."""

    language: Language
    program: Program
    function: str
    names: Mapping[str, str]
    shapes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.names[name]


def spelled(program: Program, language: Language) -> Spelling:
    """The program with names that the language takes: no keyword, none of its own functions, no two alike."""
    shapes = {p.name: p.axes for p in program.parameters if p.kind == "array"}
    shapes |= {one.array: one.sizes for one in flat(program.statements) if isinstance(one, New)}
    names: dict[str, str] = {}
    taken = set(language.taken)
    key = _key(language)

    def name(wanted: str, plain: str) -> None:
        if wanted not in names:
            names[wanted] = _free(plain, taken, language)
            taken.add(key(names[wanted]))

    short = program.name[:LONGEST]
    function = _free(_camel(short) if language.camel else short, taken, language)
    taken.add(key(function))  # its variables are called otherwise: in Fortran they are in one scope with it
    for parameter in program.parameters:
        name(parameter.name, parameter.name)
    sources = size_sources(program) if language.length is not None and not language.size else {}
    for size, (array, axis) in sources.items():
        assert language.length is not None
        names.setdefault(size, language.length(names[array], axis, len(shapes[array])))
    for wanted in _named_inside(program):
        if wanted.isdigit():
            names[wanted] = wanted
        name(wanted, wanted)
    name(RESULT, language.result)
    return Spelling(language, program, function, names, shapes)


def _named_inside(program: Program) -> Iterator[str]:
    """Sizes, then what has a name in the statements, then letters."""
    for parameter in program.parameters:
        yield from parameter.axes
    yield from program.shape
    letters = []
    for one in flat(program.statements):
        match one:
            case New(array, sizes):
                yield from (*sizes, *((array,) if array != RESULT else ()))
            case Let(name) if name != RESULT:
                yield name
            case Loop(letter, size):
                yield size
                letters.append(letter)
    yield from letters


def _key(language: Language) -> Callable[[str], str]:
    """What tells two names apart."""
    return str.lower if language.folds else str


def _free(name: str, taken: Collection[str], language: Language) -> str:
    """A name that nothing else has; Greek letters are spelled out."""
    key = _key(language)
    plain = name if name.isascii() else _spelled_out(name)
    if key(plain) not in taken:
        return plain
    if key(plain) in language.taken:
        plain = f"{plain}_"
    bare = plain.rstrip("0123456789")
    count = int(plain[len(bare) :] or 1)
    while key(plain) in taken:
        count += 1
        plain = f"{bare}{count}"
    return plain


def _spelled_out(name: str) -> str:
    apart = "".join(f"_{GREEK[sign]}_" if sign in GREEK else sign for sign in name)
    return re.sub("__+", "_", apart).strip("_")


def _camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda letter: letter[1].upper(), name)


# ---------------------------------------------------------------- expressions


def text(code: Code, of: Spelling) -> str:
    """An expression with the parentheses that it wants, and no others."""
    return _text(code, of)[0]


def _text(code: Code, of: Spelling) -> tuple[str, int]:
    language = of.language
    match code:
        case Literal(digits):
            return language.number(digits), ATOM
        case Undefined():
            return language.undefined, ATOM
        case Name(name):
            return of[name], ATOM
        case Length(size):
            return language.cast.format(value=of[size]) if language.cast else of[size], ATOM
        case Item():
            return language.item(of, code), ATOM
        case Agree():
            return language.agree.format(when=condition(code, of)), ATOM
        case Call(function, argument):
            return f"{language.functions[function]}({text(argument, of)})", ATOM
        case Minus(body):
            # binds as a sum does, whatever the language: -x ** 2, a * -b and 2 ** -x mean other things, or nothing
            if isinstance(body, Agree) and _is_whole(body, of):
                return f"-{language.cast.format(value=text(body, of))}", SUM
            hugs = ATOM if _begins_with_power(body) and language.power.strip() == "**" else PRODUCT
            return f"-{_at_least(hugs, body, of)}", SUM
        case Binary("^", base, exponent):
            return _power(base, exponent, of)
        case Binary(operator, left, right):
            level = LEVELS[operator]
            first, second = _beside(left, right, level, of), _beside(right, left, level + 1, of)
            if isinstance(left, Agree) and _is_whole(left, of) and _is_whole(right, of):
                first = language.cast.format(value=first)
            return f"{first} {language.operator(of, code)} {second}", level
        case Choice(when, then, otherwise):
            parts = {"then": _at_least(COMPARISON, then, of), "otherwise": text(otherwise, of)}
            return language.choice.format(when=condition(when, of), **parts), CHOICE
    raise TypeError(type(code).__name__)


def _at_least(level: int, part: Code, of: Spelling) -> str:
    """An expression in parentheses, unless it binds so strongly."""
    inner, own = _text(part, of)
    return inner if own >= level else f"({inner})"


def _beside(part: Code, other: Code, level: int, of: Spelling) -> str:
    """An operand: a size stays a whole number beside a real one, which makes it real."""
    if isinstance(part, Length) and not _is_whole(other, of):
        return of[part.size]
    return _at_least(level, part, of)


def _is_whole(code: Code, of: Spelling) -> bool:
    """Whether an operand is a whole number to a language that tells them apart."""
    return isinstance(code, Length) or (of.language.whole_deltas and isinstance(code, Agree))


def _power(base: Code, exponent: Code, of: Spelling) -> tuple[str, int]:
    language = of.language
    digits = exponent.digits if isinstance(exponent, Literal) and exponent.digits in SMALL else ""
    if language.power.isidentifier():
        return f"{language.power}({text(base, of)}, {digits or text(exponent, of)})", ATOM
    operator = language.operator(of, Binary("^", base, exponent))
    return f"{_at_least(ATOM, base, of)}{operator}{digits or _at_least(ATOM, exponent, of)}", POWER


def _begins_with_power(code: Code) -> bool:
    while isinstance(code, Binary) and code.operator in "*/":
        code = code.left
    return isinstance(code, Binary) and code.operator == "^"


def condition(when: Agree | Equal, of: Spelling) -> str:
    """A comparison."""
    equal = of.language.equal
    if isinstance(when, Agree):
        return f"{place(when.left, of)} {equal} {place(when.right, of)}"
    number = of.language.number(str(abs(when.value)))
    return f"{text(when.number, of)} {equal} {'-' * (when.value < 0)}{number}"


def place(where: Place, of: Spelling) -> str:
    """A subscript."""
    match where:
        case All():
            return of.language.whole or ""
        case Letter(name):
            return of[name]
    return str(where - 1 + of.language.first)


# ----------------------------------------------------------------- statements


def lines(statements: Sequence[Statement], of: Spelling) -> list[str]:
    """Statements, a line each, and loops with their bodies indented."""
    language = of.language
    found: list[str] = []
    for one in statements:
        match one:
            case Let(name, Choice() as value) if language.chosen is not None:
                found += language.chosen(of, of[name], value, language.let)
            case Store(target, Choice() as value) if language.chosen is not None:
                found += language.chosen(of, text(target, of), value, language.store.replace("{target}", "{name}"))
            case Let(name, value, grows):
                template = language.begin if grows else language.let
                found.append(template.format(name=of[name], value=text(value, of)))
            case Add(name, Minus(term)):
                found.append(language.subtract.format(name=of[name], value=_operand(term, of)))
            case Add(name, term):
                found.append(language.add.format(name=of[name], value=text(term, of)))
            case Store(target, value):
                found.append(language.store.format(target=text(target, of), value=text(value, of)))
            case New():
                if made := language.new(of, one):
                    found.append(made)
            case Loop(letter, size, body):
                found.append(language.loop.format(letter=of[letter], size=of[size]))
                found += [f"{language.indent}{line}" for line in lines(body, of)]
                if language.end:
                    found.append(language.end)
    return found


def _operand(term: Code, of: Spelling) -> str:
    """What is subtracted: in parentheses where it is a sum, for languages that write s = s - term."""
    written, level = _text(term, of)
    return written if level > SUM else f"({written})"


# ------------------------------------------------------------------- the rest


def size_sources(program: Program) -> dict[str, tuple[str, int]]:
    """From which array, and which of its axes, a size is read."""
    found: dict[str, tuple[str, int]] = {}
    for parameter in program.parameters:
        if parameter.kind == "array":
            for axis, size in enumerate(parameter.axes):
                if not size.isdigit():
                    found.setdefault(size, (parameter.name, axis))
    return found


def read_sizes(of: Spelling) -> list[str]:
    """The statements that read those sizes from arrays which others want."""
    language, used = of.language, of.program.used
    assert language.length is not None
    found = []
    for size, (array, axis) in size_sources(of.program).items():
        if size in used:
            value = language.length(of[array], axis, len(of.shapes[array]))
            found.append(language.size.format(name=of[size], value=value))
    return found


def whole_at_once(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The same without arrays that are made before all of their entries are stored in one statement."""
    found: list[Statement] = []
    for one in statements:
        match one, found:
            case Store(Item(array, (All(),)), value), [*_, New(made)] if made == array and is_part(value):
                found[-1] = one
            case _:
                found.append(one)
    return tuple(found)


def header(of: Spelling) -> list[str]:
    """What a function says of itself."""
    return [f"{of.program.title} as written: nothing is checked, not the accurate form.", *_shapes(of)]


def _shapes(of: Spelling) -> list[str]:
    """The shapes of what a function takes and returns, in words."""
    program = of.program
    said = []
    if of.language.length is not None:  # else the function's own first line says it
        taken = [f"{of[p.name]} ({_by(p.axes, of)})" for p in program.parameters if p.kind == "array" and p.axes]
        sentences = [f"Takes {', '.join(taken)}"] if taken else []
        if program.shape:
            sentences.append(f"{'returns' if taken else 'Returns'} {_by(program.shape, of)} numbers")
        said += [f"{'; '.join(sentences)}."] if sentences else []
    else:
        if any(len(axes) > 1 for axes in of.shapes.values()):
            said.append("Matrices are stored row by row.")
        if any(isinstance(one, New) and one.array != program.result for one in program.statements):
            said.append("Arrays of its own are on the stack.")
    if classes := [of[p.name] for p in program.parameters if p.kind == "class"]:
        said.append(f"Classes ({', '.join(classes)}) count from {of.language.first}.")
    if of.language.branches and program.elementwise and any(isinstance(code, Choice) for code in program.codes):
        said.append("Takes single numbers, no arrays.")
    if any(isinstance(code, Undefined) for code in program.codes):
        said.append("Entries of which the derivation says nothing are NaN.")
    return [" ".join(said)] if said else []


def _by(sizes: Sequence[str], of: Spelling) -> str:
    """Sizes by their names, which are those of the formula where the language has none for them."""
    names = [of[size] if of.language.size else size for size in sizes]
    return " x ".join([*names, *["1"] * (of.language.columns and len(names) == 1)])


def source(program: Program, language: Language) -> str:
    """The function in a language."""
    one = program.whole if language.whole is not None else program
    return "\n".join([*language.source(spelled(one, language)), ""])
