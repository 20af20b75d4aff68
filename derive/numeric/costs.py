"""What computing costs, estimated: each operation weighed by what NumPy takes for it, with an addition as 1.

The weights are those of float64 arrays of 10⁴ elements, which fit in the cache, with a new array for each result, on an
AMD EPYC (family 26, AVX-512) with NumPy 2.4.6, in November 2026; `tests/benchmarks/operations.py` prints them anew.
They are data, so that pages are the same wherever they are written.  Without AVX-512 functions such as exp and power
take several times as long beside an addition.

The same program compares estimates with the time that is taken at 10⁴ points, as ratios to the last line.  Of 53 lines
of 15 derivations the worst was off by a factor of 1.19, rank correlation 0.97; of their 15 exported functions, which
work in place and in short rows, the worst by 1.34, rank correlation 0.95 (on a busy machine 1.27 and 1.42).  What NumPy
takes to begin an operation, half a microsecond, is no part of the estimate: for few points it is nearly all.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import TypeAlias

from ..concrete.evaluation import Number, Parts

Work: TypeAlias = Mapping[str, float]
"""How many elements go through each operation, by NumPy's name for it, for one point."""

PROCESSOR, NUMPY = "AMD EPYC (x86-64, AVX-512)", "2.4.6"
WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "add": 1.0,
        "subtract": 0.98,
        "multiply": 0.98,
        "divide": 1.72,
        "maximum": 0.92,
        "minimum": 0.9,
        "equal": 0.69,
        "greater": 0.68,
        "greater_equal": 0.68,
        "less": 0.68,
        "less_equal": 0.68,
        "negative": 0.65,
        "absolute": 0.97,
        "square": 0.8,
        "reciprocal": 3.19,
        "sqrt": 5.8,
        "exp": 3.58,
        "expm1": 4.54,
        "log": 3.37,
        "log1p": 3.83,
        "sinh": 4.41,
        "cosh": 3.78,
        "tanh": 4.95,
        "isfinite": 0.86,
        "sign": 3.22,
        "power": 9.22,
        "coth": 6.91,
        "sech": 5.63,
        "csch": 6.36,
        "bitwise_and": 0.32,
        "bitwise_or": 0.32,
        "invert": 0.29,
        "where": 2.68,
        "copysign": 3.3,
        "copy": 1.79,
        "copyto": 1.81,
        "add.reduce": 1.48,
        "maximum.reduce": 1.12,
        "minimum.reduce": 1.09,
        "logical_or.reduce": 0.52,
        "logical_and.reduce": 0.51,
        "argmax": 0.64,
        "dot": 1.46,
        "matmul": 1.46,
        "einsum": 11.0,
        "take": 4.05,
        "put": 4.39,
        "loop": 12.0,
    }
)
"""What an element takes in each operation: of NumPy, or written 1/f, or of rows of three; `loop` is for each row."""
LINES_OFF, FUNCTIONS_OFF = 1.3, 1.5
"""By which factor an estimate was off at most, where many points were timed, rounded up."""
LOOP = "loop"
"""A short stretch of memory that an operation goes through: where rows are short, each takes time to begin."""
SIGN, DERIVATIVE = "negative", "∂"
MOVES = frozenset({LOOP, SIGN, "copy", "copyto", "take", "put"})
"""What computes no number."""
TWO, MINUS_ONE = Fraction(2), Fraction(-1)


def cost(work: Work) -> float | None:
    """The estimate, in additions; None where nobody has measured what one of the operations costs."""
    if any(name not in WEIGHTS for name in work):
        return None
    return sum(WEIGHTS[name] * work[name] for name in sorted(work))


def operations(work: Work) -> float:
    """How many operations of one number or of two; a change of sign is none, nor is what only moves numbers."""
    return sum(count for name, count in work.items() if name not in MOVES)


class LineWork:
    """The work of formulas that are written out as operations; what each of these is, is looked at once for all."""

    def __init__(self, parts: Parts) -> None:
        keys = parts.keys
        sign, two = (keys.index(value) if value in keys else None for value in (MINUS_ONE, TWO))
        self.needs = [one.needs + one.behind if one.behind else one.needs for one in parts.operations]
        self.names = [""] * len(keys)
        self.counts = [0] * len(keys)
        fixed = [False] * len(keys)
        turned: set[Number] = set()
        self.turning: dict[Number, list[Number]] = {}
        """The changes of sign that an operation needs: in a sum, those after the first term are differences."""
        for n, key in enumerate(keys):
            needs = self.needs[n]
            fixed[n] = all(fixed[m] for m in needs) if needs else isinstance(key, Fraction)
            if fixed[n]:  # a number, or made of numbers alone: computed once for all points
                continue
            name, self.counts[n] = _operation(key, sign, two)
            self.names[n] = name
            if name == SIGN:
                turned.add(n)
            elif not turned.isdisjoint(needs):
                self.turning[n] = [m for m in (needs[:1] if name == "add" else needs) if m in turned]

    def work(self, wanted: Collection[Number]) -> Work | None:
        """What it takes to compute these, equal operations once; None where one of them is a derivative."""
        inside, todo = set(wanted), list(wanted)
        while todo:
            for n in self.needs[todo.pop()]:
                if n not in inside:
                    inside.add(n)
                    todo.append(n)
        signs = set(wanted).union(*(found for n, found in self.turning.items() if n in inside))
        total: dict[str, float] = {}
        for n in inside:
            name = self.names[n]
            if name == DERIVATIVE:
                return None
            if name and (name != SIGN or n in signs):
                total[name] = total.get(name, 0) + self.counts[n]
        return total


def _operation(key: Hashable, sign: Number | None, two: Number | None) -> tuple[str, int]:
    """What an operation is, beside those that it needs, and how often; nothing for a variable or a name."""
    match key:
        case ("×", *factors) if sign in factors:
            return (SIGN, 1) if len(factors) == 2 else ("multiply", len(factors) - 2)
        case ("×", *factors):
            return "multiply", len(factors) - 1
        case ("+", *terms):
            return "add", len(terms) - 1
        case ("÷", _, _):
            return "divide", 1
        case ("^", _, exponent):
            return "square" if exponent == two else "power", 1
        case ("cases", *options, _):
            return "where", len(options)
        case (str(name), *_):
            return name, 1
    return "", 0
