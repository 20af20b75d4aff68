"""Fortran 2008: parts of arrays, sizes that arrays know, and names in which k and K are one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..lowering import Parameter
from ..program import ALL, RESULT, Item, Let, Loop, New, Undefined, flat
from .language import Language, Spelling, header, lines, place, text

WORDS = (
    "allocatable allocate associate block call case class common complex contains continue cycle data deallocate "
    "dimension do double dp elemental else elseif end endif enddo entry exit external forall format function if "
    "implicit in inout integer intent interface intrinsic kind logical module none only out parameter pointer "
    "procedure program pure real recursive result return save select stop subroutine target then type use where while "
    "write read print abs aimag all any atan2 atan acos asin bessel_j0 bessel_j1 bit_size ceiling char cmplx conjg "
    "cos cosh count digits dim dot_product epsilon erf erfc exp exponent floor fraction gamma huge iand index int ior "
    "kind lbound len log log10 log_gamma matmul max maxloc maxval merge min minloc minval mod modulo nint norm2 not "
    "null pack precision product radix range rank rrspacing scale shape sign sin sinh size spacing spread sqrt sum tan "
    "tanh tiny trace transfer transpose ubound unpack ieee_value ieee_quiet_nan value sequence"
)
WIDTH = 100


def number(digits: str) -> str:
    """A numeral of double precision."""
    return f"{digits if '.' in digits or 'e' in digits else f'{digits}.0'}_dp"


def _item(of: Spelling, item: Item) -> str:
    if item.places == (ALL,):
        return of[item.array]
    return f"{of[item.array]}({', '.join(place(one, of) for one in item.places)})"


def _length(array: str, axis: int, rank: int) -> str:
    return f"size({array}, {axis + 1})" if rank > 1 else f"size({array})"


def _source(of: Spelling) -> list[str]:
    program = of.program
    result = program.result
    if isinstance(result, str):
        name, last = of[result], []
    else:
        name = of[RESULT]
        last = [f"{name} = {text(result, of)}"] if text(result, of) != name else []
    body = [*lines(program.statements, of), *last]
    undefined = any(isinstance(code, Undefined) for code in program.codes)
    declared = [
        *(line for one in program.parameters for line in _parameter(of, one)),
        f"real(dp) :: {name}{_shape(of, program.shape)}",
        *_local(of, name),
    ]
    inside = [
        "use, intrinsic :: iso_fortran_env, only: dp => real64",
        *["use, intrinsic :: ieee_arithmetic, only: ieee_value, ieee_quiet_nan"] * undefined,
        "implicit none",
        *declared,
        "",
        *body,
    ]
    given = ", ".join(of[one.name] for one in program.parameters)
    kind = "elemental" if program.elementwise and program.parameters else "pure"
    return [
        *(f"! {line}" for line in header(of)),
        *_continued(f"{kind} function {of.function}({given}) result({name})"),
        *(line for long in inside for line in _continued(f"    {long}" if long else "")),
        f"end function {of.function}",
    ]


def _parameter(of: Spelling, one: Parameter) -> Iterator[str]:
    if one.kind != "array":
        yield f"integer, intent(in) :: {of[one.name]}"
        return
    axes = ", ".join(":" for _ in one.axes)
    yield f"real(dp), intent(in) :: {of[one.name]}{f'({axes})' if axes else ''}"


def _shape(of: Spelling, sizes: Sequence[str]) -> str:
    return f"({', '.join(of[size] for size in sizes)})" if sizes else ""


def _local(of: Spelling, result: str) -> Iterator[str]:
    """The declarations of what the statements name."""
    numbers: list[str] = []
    letters: list[str] = []
    for one in flat(of.program.statements):
        match one:
            case Let(name):
                numbers.append(of[name])
            case New(array, sizes) if of[array] != result:
                numbers.append(f"{of[array]}{_shape(of, sizes)}")
            case Loop(letter):
                letters.append(of[letter])
    reals = [one for one in dict.fromkeys(numbers) if one != result]
    if reals:
        yield f"real(dp) :: {', '.join(reals)}"
    if letters:
        yield f"integer :: {', '.join(dict.fromkeys(letters))}"


def _continued(line: str) -> Iterator[str]:
    """A line, and the lines in which it goes on."""
    while len(line) > WIDTH:
        cut = line.rfind(" ", 0, WIDTH - 1)
        if not line[:cut].strip():
            break
        yield f"{line[:cut]} &"
        line = f"        {line[cut + 1 :]}"
    yield line


FORTRAN = Language(
    key="fortran",
    title="Fortran",
    reserved=frozenset(WORDS.split()),
    first=1,
    functions={name: name for name in ("exp", "log", "sinh", "cosh", "tanh", "sum")},
    number=number,
    item=_item,
    power="**",
    agree="merge(1.0_dp, 0.0_dp, {when})",
    choice="merge({then}, {otherwise}, {when})",
    undefined="ieee_value(1.0_dp, ieee_quiet_nan)",
    let="{name} = {value}",
    begin="{name} = {value}",
    add="{name} = {name} + {value}",
    subtract="{name} = {name} - {value}",
    loop="do {letter} = 1, {size}",
    end="end do",
    new=lambda _, __: "",
    source=_source,
    length=_length,
    result="res",
    cast="real({value}, dp)",
    store="{target} = {value}",
    whole=":",
    folds=True,
)
