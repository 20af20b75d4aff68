"""What exported code should compute: derive's own values of a line, to many digits."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from math import inf
from random import Random
from typing import Any

import numpy as np

from derive.concrete.evaluation import Evaluation, NoNumberError, entries, variables
from derive.concrete.oracle import Sized, precise
from derive.derivation import Derivation
from derive.export import Own, Proved, own_source
from derive.export.lowering import Function, Side, line_number, lowered, result_letters
from derive.formula.hypotheses import Hypothesis, OneHot, OneOf, Positive, formulas
from derive.formula.tree import Distinct, Entry, Index, Same, Size, Symbol

Values = Mapping[Any, Fraction]


def module(*derivations: Derivation, side: Side = "result") -> dict[str, Any]:
    """The module of these derivations, executed."""
    functions = [Own(d.name, d.title, lowered(d, side)) for d in derivations]
    said = [Proved(d.name, repr(d.claim), "=", repr(d.result), (), (), "proved", "K=3") for d in derivations]
    names: dict[str, Any] = {}
    exec(compile(own_source(functions, said, "0.1.0", "derive export"), "own.py", "exec"), names)
    return names


def drawn(derivation: Derivation, sizes: Mapping[Size, int], random: Random, extreme: bool) -> dict[Any, Fraction]:
    """A value for every variable; far out are whole numbers, so that sums of them are exact in floats."""
    assumed = [formula for h in derivation.assuming for formula in formulas(h)]
    small = {leaf for h in derivation.assuming if isinstance(h, Positive) for leaf in variables([h.body], sizes)}
    labels = {h.symbol: h.values for h in derivation.assuming if isinstance(h, OneOf)}
    found: dict[Any, Fraction] = {}
    for leaf in variables([*derivation.lines, *assumed], sizes):
        if leaf in labels:
            found[leaf] = Fraction(random.choice(labels[leaf]))
        elif leaf in small:
            found[leaf] = Fraction(random.randrange(1, 1024), 1024)
        elif extreme:
            found[leaf] = Fraction(random.choice((-1000, 1000, -999, 0, 1)))
        else:
            found[leaf] = Fraction(random.randrange(-2048, 2049), 1024)
    return found


def expected(
    derivation: Derivation,
    sizes: Mapping[Size, int],
    values: Values,
    classes: Mapping[Index, int],
    digits: int,
    side: Side = "result",
) -> tuple[Any, Any]:
    """The line at all values of its letters, and the size of its terms: None where nothing is said, ∞ if undefined."""
    axes, line = result_letters(derivation, line_number(derivation, side))
    numbers = precise(digits)
    shape = tuple(sizes[letter.size] for letter in axes)
    found, scale = np.full(shape, None, dtype=object), np.full(shape, None, dtype=object)
    for places in product(*(range(1, n + 1) for n in shape)):
        at = {**classes, **dict(zip(axes, places, strict=True))}
        point = dict(values)
        for h in derivation.assuming:
            if isinstance(h, OneHot):
                point |= {h.label[k]: Fraction(k == at[h.at]) for k in range(1, sizes[h.at.size] + 1)}
        if any(leaves_out(h, at) for h in derivation.assuming):
            continue
        spot = tuple(place - 1 for place in places)
        held = {leaf: (number := numbers.number(value), abs(number)) for leaf, value in point.items()}
        try:
            found[spot], scale[spot] = Evaluation(Sized(numbers), sizes, held).value(line, at)
        except NoNumberError:
            found[spot], scale[spot] = 0, inf
    return found, scale


def leaves_out(hypothesis: Hypothesis, at: Mapping[Index, int]) -> bool:
    """Whether a hypothesis says that letters differ, or agree, which they do not."""
    match hypothesis:
        case Same(Index() as left, Index() as right):
            return at[left] != at[right]
        case Distinct(Index() as left, Index() as right):
            return at[left] == at[right]
    return False


def arguments(
    function: Function, derivation: Derivation, sizes: Mapping[Size, int], values: Values, classes: Mapping[Index, int]
) -> list[Any]:
    """The arguments of a function, as floats."""
    leaves = variables([*derivation.lines, *(f for h in derivation.assuming for f in formulas(h))], sizes)
    names = {leaf.name if isinstance(leaf, Symbol) else leaf.tensor.name: leaf for leaf in leaves}
    found: list[Any] = []
    for parameter in function.parameters:
        if parameter.kind == "class":
            found.append(next(n for letter, n in classes.items() if letter.name == parameter.name) - 1)
        elif parameter.kind == "size":
            found.append(next(n for size, n in sizes.items() if size.name == parameter.name))
        else:
            leaf = names[parameter.name]
            if isinstance(leaf, Entry):
                shape = tuple(sizes[size] for size in leaf.tensor.sizes)
                numbers = [float(values[entry]) for entry in entries(leaf.tensor, sizes)]
                found.append(np.array(numbers).reshape(shape))
            else:
                found.append(float(values[leaf]))
    return found
