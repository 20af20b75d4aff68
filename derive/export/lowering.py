"""One side of a derivation as the body of a NumPy function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..derivation import Derivation
from ..formula.arrays import Array, Tensor, entries, in_letters
from ..formula.hypotheses import Equation, OneHot, OneOf, Positive, letters
from ..formula.scope import definition_of, meanings
from ..formula.substitution import substitute
from ..formula.tree import Derivative, Distinct, Expr, Formula, Index, Same, Size, Sum, Symbol
from .axes import Lowering
from .contraction import Value, aligned
from .elementwise import LoweringError, is_variable
from .elementwise import expression as expression
from .elementwise import statements as statements
from .terms import RESERVED, WIDTH, Call, Name, Seen, Term, TooWideError, identifier, is_view, text, unused
from .terms import statements as assigned

__all__ = ["Function", "LoweringError", "Parameter", "Side", "expression", "lowered", "statements"]

NOTHING_SAID = "Entries of which the derivation says nothing are nan."

Side = str | int
"""A line of a derivation: "claim", "result", or its number."""


@dataclass(frozen=True)
class Parameter:
    """An argument: an array with these axes, a `class` number below a size, or a `size`."""

    name: str
    kind: str
    axes: tuple[str, ...] = ()

    @property
    def annotation(self) -> str:
        """Its type."""
        return "ArrayLike" if self.kind == "array" else "int"


@dataclass(frozen=True)
class Function:
    """A line as a function of arrays: what it takes, what it computes, and what is to be said of it.

    `axes` are the sizes of the result's axes, `facts` sentences for the
    docstring, `rewrites` the names of the stable forms in the body, and
    `helpers` what the body calls.
    """

    name: str
    parameters: tuple[Parameter, ...]
    body: tuple[str, ...]
    axes: tuple[str, ...]
    facts: tuple[str, ...]
    rewrites: tuple[str, ...]
    helpers: frozenset[str]

    @property
    def signature(self) -> tuple[str, ...]:
        """The lines of the definition's head."""
        given = [f"{parameter.name}: {parameter.annotation}" for parameter in self.parameters]
        line = f"def {self.name}({', '.join(given)}) -> Floats:"
        if len(line) <= 120:
            return (line,)
        inner = f"    {', '.join(given)}"
        rows = (inner,) if len(inner) <= 120 else tuple(f"    {one}," for one in given)
        return (f"def {self.name}(", *rows, ") -> Floats:")


def lowered(derivation: Derivation, side: Side = "result") -> Function:
    """One line of a derivation as a function of its variables.

    The claim's free indices are the axes of the result, in the order in which
    they come; subscripts and class numbers count from 1 in formulas, from 0 in
    arrays.  Raises LoweringError where the line holds a derivative or an
    unknown function, or what else no code is written for.
    """
    number = line_number(derivation, side)
    where = f"{derivation.name}, {line_name(derivation, number)}"
    try:
        found = _function(derivation, *computed(derivation, number), number)
    except (LoweringError, TooWideError) as reason:
        raise LoweringError(f"{where}: {reason}") from None
    except RecursionError:
        raise LoweringError(f"{where}: it is too long; name parts of it with define") from None
    if any(len(line) > 120 for line in (*found.signature, *(f"    {line}" for line in found.body))):
        raise LoweringError(f"{where}: it has names too long, or too many, for lines of 120 characters")
    return found


def computed(derivation: Derivation, number: int, plain: bool = False) -> tuple[Lowering, Value, tuple[Index, ...]]:
    """The array that a line is, the letters of its axes, and what was met on the way; `plain` has no stable forms."""
    line, axes, own, lowering = prepared(derivation, number, plain)
    return lowering, excluded(lowering.value(lowering.body(line)), derivation, own, lowering), axes


def prepared(
    derivation: Derivation, number: int, plain: bool = False
) -> tuple[Expr, tuple[Index, ...], dict[Index, Index], Lowering]:
    """A line and the letters of its axes; the letters that labels have of their own, and what lowers the line."""
    check_derivatives(derivation, number)
    axes, line = result_letters(derivation, number)
    hot = {h.label: h.at for h in derivation.assuming if isinstance(h, OneHot)}
    known = every_index([line, *derivation.scalars]) if hot else set[str]()
    own: dict[Index, Index] = {}
    for at in dict.fromkeys(hot.values()):
        letter = Index(f"{at.name}_label", at.size)
        while letter.name in known:
            letter = replace(letter, name=letter.name + "'")
        own[at] = letter
    line, axes = substitute(line, own), tuple(own.get(letter, letter) for letter in axes)
    classes = frozenset(own.values()) - set(axes)
    python = python_names(derivation, own)
    labels = {h.symbol: h for h in derivation.assuming if isinstance(h, OneOf)}
    given = {label: own[at] for label, at in hot.items()}
    return line, axes, own, Lowering(python, dict(derivation.sizes), classes, given, labels, plain=plain)


# ---------------------------------------------------------------------- lines


def line_number(derivation: Derivation, side: Side) -> int:
    """The number of the line that a side is."""
    named = {"claim": 0, "result": len(derivation.steps)}
    number = named.get(side) if isinstance(side, str) else side
    if number is None or not 0 <= number <= len(derivation.steps):
        raise ValueError(f"side={side!r}: expected 'claim', 'result' or a line's number up to {len(derivation.steps)}")
    return number


def line_name(derivation: Derivation, number: int) -> str:
    """What a line is called."""
    return "the claim" if not number else "the result" if number == len(derivation.steps) else f"line {number}"


def derivatives(line: Formula) -> list[Expr]:
    """The derivatives in a line, and in the definitions behind it."""
    seen: set[int] = set()
    stack: list[Formula] = [line]
    found: list[Expr] = []
    while stack:
        formula = stack.pop()
        if id(formula) in seen:
            continue
        seen.add(id(formula))
        if isinstance(formula, Derivative):
            found.append(formula)
        stack += [*formula.children(), *definition_of(formula)]
    return found


def check_derivatives(derivation: Derivation, number: int) -> None:
    """Refuse a line with derivatives, and say which lines have none."""
    lines = derivation.scalars
    if not (found := derivatives(lines[number])):
        return
    free = [line_name(derivation, n) for n, line in reversed(list(enumerate(lines))) if not derivatives(line)]
    instead = f"; {free[0]} has none: export that" if free else ", and so does every other line"
    raise LoweringError(f"it holds the derivative {found[0]}, which is no value to compute{instead}")


def result_letters(derivation: Derivation, number: int) -> tuple[tuple[Index, ...], Expr]:
    """The letters of the result's axes, and the line in them."""
    claim = derivation.claim
    places: tuple[Index, ...] = ()
    if isinstance(claim, Array):
        places, _ = in_letters(derivation.lines, letters(derivation.assuming))
    line = entries(*derivation.lines, taken=letters(derivation.assuming))[number]
    return (*in_order(claim), *places), line


def in_order(formula: Formula) -> tuple[Index, ...]:
    """The free indices of a formula, in the order in which they come."""
    free = formula.free_indices
    places = (place for node in formula.walk() for place in node.own_places)
    return tuple(dict.fromkeys(place for place in places if isinstance(place, Index) and place in free))


def every_index(lines: Iterable[Formula]) -> set[str]:
    """The letters of all indices in lines and in the definitions behind them."""
    stack, names, seen = list(lines), set[str](), set[int]()
    while stack:
        formula = stack.pop()
        if id(formula) not in seen:
            seen.add(id(formula))
            names |= {place.name for place in formula.own_places if isinstance(place, Index)}
            if isinstance(formula, Sum):
                names.add(formula.index.name)
            stack += [*formula.children(), *definition_of(formula)]
            if isinstance(formula, Tensor):
                names |= {index.name for index in formula.parameters}
    return names


def python_names(derivation: Derivation, own: dict[Index, Index]) -> dict[str, str]:
    """What Python calls the names of a derivation; each another."""
    found: dict[str, str] = {}
    wanted = [*meanings(*derivation.lines), *(size.name for size in derivation.free_sizes)]
    for name in dict.fromkeys(wanted):
        found[name] = unused(identifier(name), found.values())
    for at, letter in own.items():
        found[letter.name] = found.setdefault(at.name, unused(identifier(at.name), found.values()))
    return found


def excluded(value: Value, derivation: Derivation, own: dict[Index, Index], lowering: Lowering) -> Value:
    """nan where a hypothesis i ≠ j or i = j leaves an entry out: nothing is said of it."""
    from .contraction import combined

    nan = Value(Name("np.nan"))
    for h in derivation.assuming:
        if isinstance(h, Same | Distinct):
            left, right = (own.get(p, p) if isinstance(p, Index) else p for p in (h.left, h.right))
            mask = lowering.delta(left, right, "dtype=bool")
            parts = (mask, value, nan) if isinstance(h, Same) else (mask, nan, value)
            value = combined(lambda *terms: Call("np.where", terms), *parts)
    return value


# ------------------------------------------------------------------- function


def _function(
    derivation: Derivation, lowering: Lowering, value: Value, axes: tuple[Index, ...], number: int
) -> Function:
    result = whole(value, axes, lowering)
    parameters = parameters_of(derivation, lowering)
    reading = list(read_lines(derivation, lowering, parameters))
    taken = {*lowering.python.values(), *RESERVED}
    name = identifier(derivation.name)
    close = "result: Floats = "
    if not axes:
        ends = ("np.asarray(", ")[()]" if any(p.kind == "array" for p in parameters) else ", dtype=dtype)[()]")
    else:
        ends = ("", ".copy()" if is_view(result) else "")
    written = assigned(result, lowering.named, taken, WIDTH - len(close) - len("".join(ends)))
    body = [f"{name} = {text(term)}" for name, term in written.assignments]
    body += [f"{close}{ends[0]}{text(written.result)}{ends[1]}", "return result"]
    if any("dtype=dtype" in line for line in body):
        arrays = [p.name for p in parameters if p.kind == "array"]
        reading.append(f"dtype = {arrays[0]}.dtype" if arrays else "dtype = np.float64")
    return Function(
        name,
        tuple(parameters),
        (*reading, *body),
        shape_of(derivation, lowering, parameters, axes),
        facts(derivation, lowering, number),
        tuple(lowering.rewrites),
        frozenset(lowering.helpers),
    )


def shape_of(
    derivation: Derivation, lowering: Lowering, parameters: Sequence[Parameter], axes: Sequence[Index]
) -> tuple[str, ...]:
    """The sizes of the result's axes; of a function that works entry by entry, whatever its arguments have."""
    elementwise = not derivation.free_sizes
    return ("...",) if elementwise and parameters else tuple(lowering.shown(letter.size) for letter in axes)


def whole(value: Value, axes: Sequence[Index], lowering: Lowering) -> Term:
    """The result with all of its axes, those along which it is constant too."""
    term = aligned(value, [letter for letter in axes if letter in value.axes])
    missing = [letter for letter in axes if letter not in value.axes]
    if not missing:
        return term
    shape = Name(f"({', '.join(text(lowering.size(a.size)) for a in axes)}{',' * (len(axes) == 1)})")
    if not value.axes:
        return Call("np.full", (shape, term), ("dtype=dtype",))
    spread = Call("np.broadcast_to", (aligned(value, axes), shape))
    return Seen(spread, ".copy()")


def parameters_of(derivation: Derivation, lowering: Lowering) -> list[Parameter]:
    """The arguments: variables that derivatives are taken in first; then labels, and sizes that no array has."""
    order = dict.fromkeys(
        node.name for line in derivation.scalars for node in line.walk() if isinstance(node, Derivative)
    )
    variables = [m for m in meanings(*derivation.lines).values() if isinstance(m, Symbol | Tensor) and is_variable(m)]
    ranked = list(dict.fromkeys([*(name for name in order if is_variable(name)), *variables]))
    used = [one for one in ranked if lowering.arguments.get(one.name) == one]
    used += [m for m in lowering.arguments.values() if isinstance(m, Symbol | Tensor) and m not in used]
    wanted = {*lowering.sizes.values(), *(s for s in lowering.least if s not in lowering.pinned)}
    shown = {size for one in used if isinstance(one, Tensor) for size in one.sizes}
    for one in ranked:  # a size is read from an array, though nothing else is
        if isinstance(one, Tensor) and one not in used and set(one.sizes) & (wanted - shown):
            used.append(one)
            shown |= set(one.sizes)
    python = lowering.python
    return [
        *(Parameter(python[v.name], "array", tuple(map(lowering.shown, axes_of(v)))) for v in used),
        *(
            Parameter(python[c.name], "class", (lowering.shown(c.size),))
            for c in lowering.arguments.values()
            if isinstance(c, Index)
        ),
        *(Parameter(python[s.name], "size") for s in sorted(wanted - shown, key=str)),
    ]


def axes_of(variable: Symbol | Tensor) -> tuple[Size, ...]:
    """The sizes of a variable's axes."""
    return variable.sizes if isinstance(variable, Tensor) else ()


def read_lines(derivation: Derivation, lowering: Lowering, parameters: Sequence[Parameter]) -> Iterator[str]:
    """The statements that check the arguments and read the sizes."""
    arrays = [p for p in parameters if p.kind == "array"]
    if arrays:
        lowering.helpers.add("_arrays")
        axes = {p.name: " ".join(p.axes) if derivation.free_sizes else "..." for p in arrays}
        given = [f'("{p.name}", {p.name}, "{axes[p.name]}")' for p in arrays]
        yield from called(arrays, given)
    yield from size_lines(lowering, arrays)
    for parameter in parameters:
        if parameter.kind == "class":
            lowering.helpers.add("_whole")
            yield f'{parameter.name} = _whole("{parameter.name}", {parameter.name}, 0, {parameter.axes[0]} - 1)'
        elif parameter.kind == "size":
            lowering.helpers.add("_whole")
            yield f'{parameter.name} = _whole("{parameter.name}", {parameter.name}, 1)'
    for size, least in lowering.least.items():
        if size not in lowering.pinned and least > 1:
            lowering.helpers.add("_whole")
            yield f'_whole("{size.name}", {lowering.python[size.name]}, {least})'
    for symbol, one_of in lowering.labels.items():
        if symbol.name in lowering.arguments:
            lowering.helpers.add("_among")
            values = ", ".join(map(str, one_of.values)) + "," * (len(one_of.values) == 1)
            yield f'_among("{lowering.python[symbol.name]}", {lowering.python[symbol.name]}, ({values}))'


def size_lines(lowering: Lowering, arrays: Sequence[Parameter]) -> Iterator[str]:
    """The statements that read the sizes from arrays."""
    for size in lowering.sizes.values():
        name = lowering.python[size.name]
        place = next(((p.name, p.axes.index(name)) for p in arrays if name in p.axes), None)
        if place is not None:
            yield f"{name} = {place[0]}.shape[{place[1]}]"


def called(arrays: Sequence[Parameter], given: Sequence[str]) -> Iterator[str]:
    """The call that checks arrays, in one line or with one array in each."""
    names = ", ".join(p.name for p in arrays) if len(arrays) > 1 else f"({arrays[0].name},)"
    line = f"{names} = _arrays({', '.join(given)})"
    if len(line) <= WIDTH:
        yield line
        return
    together = len(f"{names} = _arrays(") <= WIDTH
    yield from (f"{names if together else 'arrays'} = _arrays(", *(f"    {one}," for one in given), ")")
    if not together:
        yield from (f"{p.name} = arrays[{place}]" for place, p in enumerate(arrays))


def facts(derivation: Derivation, lowering: Lowering, number: int) -> tuple[str, ...]:
    """What the docstring says beside claim and result."""
    found = []
    if 0 < number < len(derivation.steps):
        found.append(f"Computed is line {number}, {derivation.lines[number]}.")
    elif not number:
        found.append("Computed is the claim.")
    if any(isinstance(h, Equation | Positive) for h in derivation.assuming):
        found.append("The equations and signs under 'assuming' are relied on, not checked.")
    if any(isinstance(h, Same | Distinct) for h in derivation.assuming):
        found.append(NOTHING_SAID)
    return tuple(found)
