"""What each operation of NumPy takes in float64, as a ratio to an addition, and how well these figures add up.

    python tests/benchmarks/operations.py [--rounds N] [derivation …]

The first table is what `derive.numeric.costs` holds: NumPy's time for 10⁴ elements, which fit in the cache, with a new
array for each result.  All operations run in turn, round after round, without the garbage collector; of each the
shortest time counts.

The second takes the lines of derivations, with all entries of each, and the exported functions, at 10⁴ points: those of
the pages, over and over.  It has the time that each takes beside the estimate, both as ratios to the last line.
"""

from __future__ import annotations

import argparse
import platform
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from derive.catalog import entries
from derive.concrete.evaluation import Evaluation, NoNumberError, Parts
from derive.export import RESTS_ON, module_source
from derive.numeric.accuracy import SAMPLES, Plain
from derive.numeric.costs import LOOP, WEIGHTS, LineWork, cost
from derive.numeric.counting import tiled
from derive.proof import EVERY, Proof, prove
from derive.report.accuracy import Route, calling, work
from derive.report.exported import Code, Exported, exported
from derive.tables import proved_entries
from tests.benchmarks.rivals import table
from tests.benchmarks.speed import one_core, undisturbed

Call = Callable[[], Any]

SEED = 3
ROWS, CLASSES = 3333, 3
ELEMENTS = ROWS * CLASSES
ROUNDS, REPEATS, PLACES = 200, 4, 20
TIMES = 10_000 // len(SAMPLES)
DERIVATIONS = (
    "sigmoid-derivative",
    "sigmoid-symmetry",
    "sigmoid-second-derivative",
    "softplus-derivative",
    "log-sigmoid-softplus",
    "softplus-symmetry",
    "logistic-loss-gradient",
    "logistic-loss-softplus",
    "logistic-loss-second-derivative",
    "softmax-shift-by-maximum",
    "log-softmax",
    "softmax-jacobian",
    "softmax-vjp",
    "softmax-cross-entropy-gradient",
    "cross-entropy-logits",
)


# ---- one operation after another ------------------------------------------------------------------------------------


def operations() -> dict[str, tuple[Call, int, float]]:
    """What is called for each name of `WEIGHTS`, for how many elements, and how many additions are to be taken off."""
    rng = np.random.default_rng(SEED)
    a, b = rng.uniform(0.5, 2, (2, ELEMENTS))
    rows, columns = a.reshape(ROWS, CLASSES), np.asfortranarray(a.reshape(ROWS, CLASSES))
    one, index = b[:ROWS], CLASSES * np.arange(ROWS) + rng.integers(0, CLASSES, ROWS)
    room, yes, no = a.copy(), a > 1, b > 1
    ones = np.ones(CLASSES)
    two: dict[str, Call] = {
        name: partial(getattr(np, name), a, b)
        for name in "add subtract multiply divide maximum minimum equal greater greater_equal less less_equal".split()
    }
    alone: dict[str, Call] = {
        name: partial(getattr(np, name), a)
        for name in "negative absolute square reciprocal sqrt exp expm1 log log1p sinh cosh tanh isfinite sign".split()
    }
    others: dict[str, Call] = {
        "power": lambda: a**3.0,
        "coth": lambda: 1 / np.tanh(a),
        "sech": lambda: 1 / np.cosh(a),
        "csch": lambda: 1 / np.sinh(a),
        "bitwise_and": lambda: yes & no,
        "bitwise_or": lambda: yes | no,
        "invert": lambda: ~yes,
        "where": lambda: np.where(yes, a, b),
        "copysign": lambda: np.copysign(a, b),
        "copy": lambda: rows.T.copy(),
        "copyto": lambda: np.copyto(columns, rows),
        "add.reduce": lambda: np.add.reduce(columns, axis=1),
        "maximum.reduce": lambda: np.maximum.reduce(columns, axis=1),
        "minimum.reduce": lambda: np.minimum.reduce(columns, axis=1),
        "logical_or.reduce": lambda: yes.any(),
        "logical_and.reduce": lambda: yes.all(),
        "argmax": lambda: a.argmax(),
        "dot": lambda: np.dot(rows, ones),
        "matmul": lambda: rows @ ones,
        "einsum": lambda: np.einsum("ij->i", rows),
    }
    found = {name: (call, ELEMENTS, 0.0) for name, call in (two | alone | others).items()}
    found["take"] = lambda: room[index], ROWS, 0.0
    found["put"] = lambda: room.__setitem__(index, one), ROWS, 0.0
    found[LOOP] = lambda: rows * one[:, None], ROWS, float(CLASSES)
    return found


def shortest(calls: Mapping[str, Call], rounds: int, repeats: int = REPEATS) -> dict[str, float]:
    """The shortest time of one call of each, in seconds."""
    best = dict.fromkeys(calls, np.inf)
    with undisturbed(), one_core():
        for _ in range(rounds):
            for name, call in calls.items():
                call()
                start = perf_counter()
                for _ in range(repeats):
                    call()
                best[name] = min(best[name], (perf_counter() - start) / repeats)
    return best


def weights(rounds: int) -> dict[str, float]:
    """Each operation's time for an element, with that of an addition as 1.

    Where arrays lie in memory makes a fourth of an addition's time: they are made anew again and again, and the median
    of the shortest times counts.
    """
    taken: dict[str, list[float]] = {}
    for turn in range(PLACES):
        spacer = np.empty(ELEMENTS + 96 * turn)
        given = operations()
        seconds = shortest({name: call for name, (call, _, _) in given.items()}, max(1, rounds // PLACES))
        for name, (_, count, _) in given.items():
            taken.setdefault(name, []).append(seconds[name] / count)
        del spacer
    unit = median(taken["add"])
    return {name: median(taken[name]) / unit - less for name, (_, _, less) in given.items()}


# ---- whole lines, and functions -------------------------------------------------------------------------------------


def alternatives(proof: Proof, function: Exported) -> tuple[dict[str, Call], dict[str, float]]:
    """The lines that can be computed and the function, each as a call and as an estimate."""
    assert proof.derivation is not None
    way, calls, estimates = Route(proof.derivation, function), dict[str, Call](), dict[str, float]()
    parts = Parts(dict(way.line.sizes))
    numbers = [tuple({parts.part(one, at): None for at in way.line.entries}) for one in way.lines]
    points = [dict(point) for point in way.line.points]
    columns = {leaf: np.tile([float(point[leaf]) for point in points], TIMES) for leaf in points[0]}
    written = LineWork(parts)
    for n, wanted in enumerate(numbers):
        if (needed := written.work(wanted)) is not None and is_computed(parts, columns, wanted):
            calls[f"({n})"] = partial(line, parts, columns, wanted)
            estimates[f"({n})"] = cost(needed) or np.nan
    call = calling(proof.name, function, way)
    assert call is not None and way.at_once, f"{proof.name} has no function that takes many points"
    calls[function.name] = partial(call, tiled([way.given(x) for x in SAMPLES], TIMES))
    estimates[function.name] = cost(work(function, call, way)) or np.nan
    return calls, estimates


def is_computed(parts: Parts, columns: Mapping[Any, Any], numbers: Sequence[int]) -> bool:
    """Whether a line speaks of nothing but the variables of the result."""
    try:
        line(parts, columns, numbers)
    except NoNumberError:
        return False
    return True


def line(parts: Parts, columns: Mapping[Any, Any], numbers: Sequence[int]) -> None:
    """All entries of a line, as it is written."""
    here = Evaluation(Plain(), {}, columns, parts)
    for number in numbers:
        here.number(number)


@dataclass(frozen=True)
class Compared:
    """A line or a function: what it takes beside the estimate, as ratios to the last line."""

    of: str
    name: str
    measured: float
    estimated: float

    @property
    def off(self) -> float:
        return max(self.measured / self.estimated, self.estimated / self.measured)


def compared(names: Sequence[str], rounds: int) -> list[Compared]:
    """All lines and functions of these derivations."""
    general = [prove(entries()[name], EVERY) for name in dict.fromkeys(chain(*RESTS_ON.values()))]
    module, found = module_source(proved_entries(general), "0"), []
    for name in names:
        proof = prove(entries()[name], EVERY)
        function = exported(proof, Code(module, proved_entries([proof]), "0"))
        assert function is not None
        calls, estimates = alternatives(proof, function)
        seconds = shortest(calls, rounds, 1)
        *_, last, _ = calls
        found += [
            Compared(name, one, seconds[one] / seconds[last], estimates[one] / estimates[last])
            for one in calls
            if one != last
        ]
    return found


def rank_correlation(pairs: Sequence[tuple[float, float]]) -> float:
    """Spearman's."""
    measured, estimated = (np.argsort(np.argsort(column)) for column in zip(*pairs, strict=True))
    return float(np.corrcoef(measured, estimated).item(1))


# ---- the command ----------------------------------------------------------------------------------------------------


def processor() -> str:
    """Its name, as the system has it."""
    about = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.*)", about.read_text()) if about.exists() else None
    return found[1] if found else platform.processor()


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description="What operations take, and how well estimates add up.")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of which the shortest time counts")
    parser.add_argument("derivation", nargs="*", help="in place of those that are usual")
    asked = parser.parse_args()
    print(f"{processor()}; {platform.machine()}; NumPy {np.__version__}; {asked.rounds} rounds\n")
    if not asked.derivation:
        now = weights(asked.rounds)
        rows = [[name, f"{value:.2f}", f"{WEIGHTS.get(name, np.nan):.2f}"] for name, value in now.items()]
        print(table(["operation", "now", "in the package"], rows))
    found = compared(asked.derivation or DERIVATIONS, asked.rounds)
    rows = [[one.of, one.name, f"{one.measured:.2f}", f"{one.estimated:.2f}", f"{one.off:.2f}"] for one in found]
    print("\n" + table(["derivation", "line or function", "measured", "estimated", "off by"], rows))
    for what, some in (
        ("lines", [one for one in found if one.name.startswith("(")]),
        ("functions", [one for one in found if not one.name.startswith("(")]),
    ):
        pairs = [(one.measured, one.estimated) for one in some]
        worst = max(some, key=lambda one: one.off)
        said = f"rank correlation {rank_correlation(pairs):.2f}, worst {worst.of} {worst.name}, off by {worst.off:.2f}"
        print(f"\n{len(some)} {what}: {said}")


if __name__ == "__main__":
    main()
