"""Arrays whose axes have letters: brought into line with each other, multiplied, and summed along letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..formula.tree import Index, Size
from .elementwise import LoweringError
from .terms import Binary, Call, Minus, Name, Number, Seen, Term
from .terms import times as product


@dataclass(frozen=True)
class Value:
    """An array, and the letter of each of its axes."""

    term: Term
    axes: tuple[Index, ...] = ()


def aligned(value: Value, axes: Sequence[Index]) -> Term:
    """The array with its axes in this order, so that it broadcasts against an array with all of them."""
    order = [letter for letter in axes if letter in value.axes]
    term = transposed(value.term, [value.axes.index(letter) for letter in order])
    if not order:
        return term
    first = axes.index(order[0])
    marks = [":" if letter in value.axes else "None" for letter in axes[first:]]
    return term if "None" not in marks else seen(term, f"[{', '.join(marks)}]")


def transposed(term: Term, order: Sequence[int]) -> Term:
    """The array with its axes in another order."""
    if list(order) == sorted(order):
        return term
    if len(order) == 2:
        return term.body if isinstance(term, Seen) and term.how == ".T" else Seen(term, ".T")
    return Call("np.transpose", (term,), (f"({', '.join(map(str, order))})",))


def seen(term: Term, how: str) -> Term:
    """Another view of an array; a minus stays in front."""
    return Minus(seen(term.body, how)) if isinstance(term, Minus) else Seen(term, how)


def common(values: Sequence[Value]) -> tuple[Index, ...]:
    """The letters of all values: in the order of one that has them all, else in the order in which they come."""
    every = tuple(dict.fromkeys(letter for value in values for letter in value.axes))
    return next((value.axes for value in values if len(value.axes) == len(every)), every)


def combined(build: Callable[..., Term], *values: Value) -> Value:
    """An operation on arrays, entry by entry."""
    axes = common(values)
    return Value(build(*(aligned(value, axes) for value in values)), axes)


def times(values: Sequence[Value]) -> Value:
    """A product, entry by entry, from left to right."""
    found = Value(Number("1"))
    for value in values:
        found = combined(product, found, value)
    return found


def relettered(value: Value, letters: Mapping[Index, Index], chosen: Mapping[Index, str]) -> Value:
    """The array in other letters, with one entry chosen along some axes, and the diagonal where two letters agree."""
    term, axes = value.term, list(value.axes)
    if any(letter in chosen for letter in axes):
        marks = [chosen.get(letter, ":") for letter in axes]
        while marks[-1] == ":":
            marks.pop()
        term, axes = Seen(term, f"[{', '.join(marks)}]"), [letter for letter in axes if letter not in chosen]
    axes = [letters.get(letter, letter) for letter in axes]
    while twice := next((letter for letter in axes if axes.count(letter) > 1), None):
        first = axes.index(twice)
        second = axes.index(twice, first + 1)
        where = () if len(axes) == 2 else (f"axis1={first}", f"axis2={second}")
        term = Call("np.diagonal", (term,), where)
        axes = [letter for n, letter in enumerate(axes) if n not in (first, second)] + [twice]
    return Value(term, tuple(axes))


def summed(value: Value, letters: Sequence[Index]) -> Value:
    """The sum along the axes of these letters."""
    places = [n for n, letter in enumerate(value.axes) if letter in letters]
    if not places:
        return value
    axis = str(places[0]) if len(places) == 1 else f"({', '.join(map(str, places))})"
    where = () if len(places) == len(value.axes) else (f"axis={axis}",)
    return Value(Call("np.sum", (value.term,), where), tuple(letter for letter in value.axes if letter not in letters))


# -------------------------------------------------------------------- products


def contraction(
    above: Sequence[Value], under: Sequence[Value], letters: Sequence[Index], size: Callable[[Size], Term]
) -> Value:
    """The sum over `letters` of a product, divided: matrix products where there are any.

    Factors that do not depend on a letter stand in front of the sum; a letter
    on which nothing depends gives its size as a factor.
    """
    inside = [value for value in above if set(value.axes) & set(letters)]
    front = [value for value in above if value not in inside]
    for value in under:
        if set(value.axes) & set(letters):
            first = inside.pop(0) if inside else Value(Number("1"))
            inside.insert(0, combined(lambda a, b: Binary("/", a, b), first, value))
    present = {letter for value in inside for letter in value.axes}
    front += [Value(size(letter.size)) for letter in letters if letter not in present]
    found = times([*front, *_multiplied(inside, [letter for letter in letters if letter in present])])
    for value in under:
        if not set(value.axes) & set(letters):
            found = combined(lambda a, b: Binary("/", a, b), found, value)
    return found


def _multiplied(values: Sequence[Value], letters: Sequence[Index]) -> list[Value]:
    """Factors whose product is the sum over `letters` of the product of `values`."""
    left, open_ones = list(values), list(letters)
    while open_ones:
        letter = min(open_ones, key=lambda one: sum(one in value.axes for value in left))
        holding = [value for value in left if letter in value.axes]
        while len(holding) > 2:
            first, second = sorted(holding, key=lambda value: len(value.axes))[:2]
            both = combined(product, first, second)
            holding = [both, *(value for value in holding if value is not first and value is not second)]
            left = [both, *(value for value in left if value is not first and value is not second)]
        rest = [value for value in left if all(value is not one for one in holding)]
        known = {one for value in rest for one in value.axes}
        alone = [one for one in open_ones if one not in known and any(one in value.axes for value in holding)]
        place = next(n for n, value in enumerate(left) if any(value is one for one in holding))
        found = summed(holding[0], alone) if len(holding) == 1 else _pair(holding[0], holding[1], alone)
        rest.insert(min(place, len(rest)), found)
        left, open_ones = rest, [one for one in open_ones if one not in alone]
    return left


def _pair(left: Value, right: Value, letters: Sequence[Index]) -> Value:
    """The sum over `letters` of a product of two arrays."""
    left, right = (
        summed(one, [m for m in letters if m not in other.axes]) for one, other in ((left, right), (right, left))
    )
    shared = [letter for letter in left.axes if letter in right.axes]
    met = [letter for letter in shared if letter in letters]
    if len(met) == len(shared) == 1 and len(left.axes) <= 2 and len(right.axes) <= 2:
        return _matrix_product(left, right, met[0])
    both = combined(product, left, right)
    if len(both.axes) <= max(len(left.axes), len(right.axes)):
        return summed(both, met)
    return _einsum(left, right, met)


def _matrix_product(left: Value, right: Value, letter: Index) -> Value:
    """The product along one letter, in the order of the factors that wants fewer transposes."""

    def turned(first: Value, second: Value) -> int:
        return int(len(first.axes) == 2 and first.axes[0] == letter) + int(second.axes[0] != letter)

    if turned(right, left) < turned(left, right):
        left, right = right, left
    before = [one for one in left.axes if one != letter]
    after = [one for one in right.axes if one != letter]
    rows = transposed(left.term, [left.axes.index(one) for one in (*before, letter)])
    columns = transposed(right.term, [right.axes.index(one) for one in (letter, *after)])
    return Value(Binary("@", rows, columns), (*before, *after))


def _einsum(left: Value, right: Value, met: Sequence[Index]) -> Value:
    """The product by Einstein's convention, where no matrix product says it."""
    every = tuple(dict.fromkeys((*left.axes, *right.axes)))
    if len(every) > 26:
        raise LoweringError(f"a product with {len(every)} axes is not written out")
    letter = {one: chr(ord("a") + n) for n, one in enumerate(every)}
    axes = tuple(one for one in every if one not in met)
    names = ["".join(letter[one] for one in group) for group in (left.axes, right.axes, axes)]
    rule = f'"{names[0]},{names[1]}->{names[2]}"'
    return Value(Call("np.einsum", (Name(rule), left.term, right.term)), axes)
