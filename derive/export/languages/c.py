"""C99: sizes are arguments, an array is one row of numbers behind the other, and a result that is one is written to."""

from __future__ import annotations

from collections.abc import Sequence

from ..program import Binary, Call, Item, Loop, New, Undefined, flat
from .language import Language, Spelling, header, lines, place, text

WORDS = (
    "auto break case char const continue default do double else enum extern float for goto if inline int long register "
    "restrict return short signed sizeof static struct switch typedef union unsigned void volatile while _Bool "
    "_Complex _Imaginary size_t NULL NAN INFINITY HUGE_VAL main "
    "bool true false nullptr constexpr typeof alignas alignof static_assert thread_local asm linux unix "
    "acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh erf erfc exp exp2 expm1 fabs fdim floor fma "
    "fmax fmin fmod frexp gamma hypot ilogb j0 j1 jn ldexp lgamma llrint llround log log10 log1p log2 logb lrint "
    "lround modf nan nearbyint nextafter nexttoward pow remainder remquo rint round scalbln scalbn signgam significand "
    "sin sinh sqrt tan tanh tgamma trunc y0 y1 yn drem gamma_r isinf isnan isfinite signbit"
)
"""Keywords, those of C23 and of GNU C too, and what math.h declares, on Unix too."""
WIDTH = 100


def number(digits: str) -> str:
    """A numeral of type double."""
    return digits if "." in digits or "e" in digits else f"{digits}.0"


def _item(of: Spelling, item: Item) -> str:
    first, *rest = (place(one, of) for one in item.places)
    for size, one in zip(of.shapes[item.array][1:], rest, strict=True):
        first = f"{f'({first})' if ' ' in first else first} * {of[size]} + {one}"
    return f"{of[item.array]}[{first}]"


def _new(of: Spelling, one: New) -> str:
    return "" if one.array == of.program.result else f"double {of[one.array]}[{_count(of, one.sizes)}];"


def _count(of: Spelling, sizes: Sequence[str]) -> str:
    return " * ".join(of[size] for size in sizes)


def _source(of: Spelling) -> list[str]:
    program = of.program
    used = program.used
    sizes = [size for size in _strides(of, used) if not size.isdigit()]
    given = [f"size_t {of[size]}" for size in sizes]
    for one in program.parameters:
        if one.kind == "array" and one.name in used:
            known = one.axes and all(size in sizes or size.isdigit() for size in one.axes)
            shape = f"[{_count(of, one.axes)}]" if known else "[]"
            given.append(f"const double {of[one.name]}{shape}" if one.axes else f"double {of[one.name]}")
        elif one.kind == "class" and one.name in used:
            given.append(f"size_t {of[one.name]}")
    kind, last = "double", []
    if isinstance(program.result, str):
        kind = "void"
        given.append(f"double {of[program.result]}[{_count(of, program.shape)}]")
    else:
        last = [f"return {text(program.result, of)};"]
    body = [*lines(program.statements, of), *last]
    from_math = any(isinstance(code, Call | Undefined | Binary) and _calls(code) for code in program.codes)
    counts = any("size_t" in one for one in [*given, *body])
    included = ["#include <math.h>"] * from_math + ["#include <stddef.h>"] * counts
    return [
        *included,
        *[""] * bool(included),
        *(f"/* {line} */" for line in header(of)),
        *_signature(f"{kind} {of.function}(", given or ["void"]),
        "{",
        *(f"    {line}" for line in body),
        "}",
    ]


def _signature(begin: str, given: Sequence[str]) -> list[str]:
    """The first line of a function, in as many as it needs."""
    found = [begin]
    for n, argument in enumerate(given):
        one = f"{argument}{',' if n < len(given) - 1 else ')'}"
        if n and len(found[-1]) + 1 + len(one) > WIDTH:
            found.append(f"        {one}")
        else:
            found[-1] += f"{' ' * bool(n)}{one}"
    return found


def _calls(code: Call | Undefined | Binary) -> bool:
    """Whether it is of math.h."""
    return not isinstance(code, Binary) or code.operator == "^"


def _strides(of: Spelling, used: frozenset[str]) -> list[str]:
    """The sizes that the function has to know."""
    program = of.program
    read = {code.array for code in program.codes if isinstance(code, Item)}
    wanted = {size for array in read for size in of.shapes[array][1:]} | used
    wanted |= {one.size for one in flat(program.statements) if isinstance(one, Loop)}
    order = [size for one in program.parameters for size in (one.axes if one.kind == "array" else (one.name,))]
    return [size for size in dict.fromkeys([*order, *program.shape]) if size in wanted and _is_size(of, size)]


def _is_size(of: Spelling, name: str) -> bool:
    return all(one.name != name or one.kind == "size" for one in of.program.parameters)


C = Language(
    key="c",
    title="C",
    reserved=frozenset(WORDS.split()),
    first=0,
    functions={name: name for name in ("exp", "log", "sinh", "cosh", "tanh")},
    number=number,
    item=_item,
    power="pow",
    agree="({when})",
    choice="{when} ? {then} : {otherwise}",
    undefined="NAN",
    let="double {name} = {value};",
    begin="double {name} = {value};",
    add="{name} += {value};",
    subtract="{name} -= {value};",
    loop="for (size_t {letter} = 0; {letter} < {size}; {letter}++) {{",
    end="}",
    new=_new,
    source=_source,
    cast="(double){value}",
    whole_deltas=True,
)
