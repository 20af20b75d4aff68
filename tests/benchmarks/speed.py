"""What the exported module costs, as a ratio to hand-written NumPy in the same run, beside SciPy, PyTorch, JAX, Numba.

    python tests/benchmarks/speed.py [--rounds N] [--module PATH] [shape …]

A shape is ROWSxCLASSES, such as 1024x10.  All are called in turn, round after round, forwards and backwards, after a
warm-up and without the garbage collector, on one thread; of each the lower quartile of its CPU times counts.  The
hand-written code allocates its results, ours has `out`.

Bounds: cross-entropy with its gradient at most 0.65 of the hand-written code from 10⁵ logits on and 0.55 at 1024x10,
softmax 0.8 and 0.4; nothing above 2.0; nothing slower than SciPy; cross-entropy ahead of PyTorch and JAX from 1024x10
on.  Wide logits (σ = 1000), which take the slow paths, have to keep 2.0 and SciPy.  On a machine that does other things
as well the figures vary by a fifth.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, process_time
from types import ModuleType
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.rivals import Jax, Numba, SciPy, Torch, exported, installed, load, marked, table, versions

Shape = tuple[int, int]
Call = Callable[[], Any]

SEED = 0
SHAPES: tuple[Shape, ...] = ((1, 3), (64, 10), (1024, 10), (128, 1000), (32, 32000), (8, 128256))
WIDE_SHAPES = SHAPES[:4]
THREADED: tuple[Shape, ...] = ((1000, 1000), (100000, 10), (1 << 20, 10), (32, 32000), (8, 128256), (64, 128256))
UNROLLED: tuple[Shape, ...] = tuple((1024, K) for K in range(2, 17))
TYPES = ("float32", "float64")
FUNCTIONS = ("cross_entropy", "softmax", "log_softmax", "sigmoid")
TITLES = {"cross_entropy": "cross-entropy with gradient", "log_softmax": "log-softmax"}
LARGE, MIDDLE = 100_000, (1024, 10)
BOUNDS = {"cross_entropy": (0.65, 0.55), "softmax": (0.8, 0.4)}
"""From `LARGE` logits on, and at `MIDDLE`."""
NEVER_ABOVE = 2.0
ROUNDS = 9
SLICE = 0.006
"""Seconds that one function runs in one round."""


# ---- what is called -------------------------------------------------------------------------------------------------


def softmax_by_hand(x: Any) -> Any:
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def log_softmax_by_hand(x: Any) -> Any:
    d = x - x.max(-1, keepdims=True)
    return d - np.log(np.exp(d).sum(-1, keepdims=True))


def cross_entropy_by_hand(x: Any, labels: Any) -> Any:
    n = np.arange(len(x))
    log_y = log_softmax_by_hand(x)
    loss = -log_y[n, labels].mean()
    gradient = np.exp(log_y)
    gradient[n, labels] -= 1
    gradient /= len(x)
    return loss, gradient


def sigmoid_by_hand(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def calls(what: str, module: Any, x: Any, labels: Any, rivals: dict[str, Any]) -> dict[str, Call]:
    """The hand-written function, ours, and those of the libraries."""
    out, scipy = np.empty_like(x), rivals["SciPy"]
    by_hand: dict[str, Call] = {
        "cross_entropy": lambda: cross_entropy_by_hand(x, labels),
        "softmax": lambda: softmax_by_hand(x),
        "log_softmax": lambda: log_softmax_by_hand(x),
        "sigmoid": lambda: sigmoid_by_hand(x),
    }
    ours: dict[str, Call] = {
        "cross_entropy": lambda: module.cross_entropy_value_and_grad(x, labels, out=out),
        "softmax": lambda: module.softmax(x, out=out),
        "log_softmax": lambda: module.log_softmax(x, out=out),
        "sigmoid": lambda: module.sigmoid(x, out=out),
    }
    found = {HAND: by_hand[what], OURS: ours[what]}
    if scipy:
        special = scipy.special
        of_scipy: dict[str, Call] = {
            "softmax": lambda: special.softmax(x, axis=-1),
            "log_softmax": lambda: special.log_softmax(x, axis=-1),
            "sigmoid": lambda: special.expit(x, out=out),
        }
        found |= {"SciPy": of_scipy[what]} if what in of_scipy else {}
    for name, rival in rivals.items():
        if rival and name != "SciPy":
            found[name] = rival.timed(what, x, labels)
    return found


HAND, OURS = "by hand", "derive"


# ---- the clock ------------------------------------------------------------------------------------------------------


@contextmanager
def undisturbed() -> Iterator[None]:
    """No garbage collection, and no warnings of the hand-written code."""
    gc.collect()
    gc.disable()
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        gc.enable()


@contextmanager
def one_core() -> Iterator[None]:
    """This process on one core, where the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def timed(functions: dict[str, Call], rounds: int, clock: Callable[[], float] = process_time) -> dict[str, float]:
    """The lower quartile of the seconds of one call of each."""
    repeats: dict[str, int] = {}
    for name, call in functions.items():
        seconds = []
        for _ in range(5):  # the first ones compile, and fill the caches
            start = perf_counter()
            call()
            seconds.append(perf_counter() - start)
        repeats[name] = max(1, min(20_000, int(SLICE / max(min(seconds), 1e-7))))
    taken: dict[str, list[float]] = {name: [] for name in functions}
    for turn in range(rounds):
        for name in list(functions)[:: 1 if turn % 2 == 0 else -1]:
            call, count = functions[name], repeats[name]
            start = clock()
            for _ in range(count):
                call()
            taken[name].append((clock() - start) / count)
    return {name: sorted(seconds)[len(seconds) // 4] for name, seconds in taken.items()}


# ---- tables ---------------------------------------------------------------------------------------------------------


def logits(shape: Shape, kind: str, scale: float) -> tuple[Any, Any]:
    """Random logits and class numbers."""
    rng = np.random.default_rng(SEED)
    return (rng.standard_normal(shape) * scale).astype(kind), rng.integers(0, shape[1], shape[0])


def bounds(what: str, shape: Shape, wide: bool, ratios: dict[str, float]) -> list[tuple[str, bool]]:
    """What this figure has to keep, and whether it does."""
    ours, size = ratios[OURS], shape[0] * shape[1]
    most = NEVER_ABOVE
    if what in BOUNDS and not wide:
        large, middle = BOUNDS[what]
        most = middle if shape == MIDDLE else large if size >= LARGE else NEVER_ABOVE
    found = [(f"≤ {most:.2g}" if most != NEVER_ABOVE else f"≤ {most:.1f}", ours <= most)]
    if "SciPy" in ratios:
        found.append(("≤ SciPy", ours <= ratios["SciPy"]))
    if what == "cross_entropy" and not wide and size >= MIDDLE[0] * MIDDLE[1]:
        found += [(f"< {name}", ours < ratios[name]) for name in ("PyTorch", "JAX") if name in ratios]
    return found


def ratio_table(
    what: str, shapes: Sequence[Shape], scale: float, module: Any, rivals: dict[str, Any], rounds: int
) -> tuple[str, list[str]]:
    """Ratios to the hand-written code, and the bounds that are not kept."""
    rows, broken = [], []
    with undisturbed(), one_core():
        for shape in shapes:
            for kind in TYPES:
                x, labels = logits(shape, kind, scale)
                seconds = timed(calls(what, module, x, labels, rivals), rounds)
                ratios = {name: value / seconds[HAND] for name, value in seconds.items()}
                kept = bounds(what, shape, scale > 100, ratios)
                size = f"{shape[0]}x{shape[1]}"
                cells = [f"{ratios[name]:.2f}" if name in ratios else "-" for name in rivals]
                said = ", ".join(f"{text} {marked(good)}" for text, good in kept)
                rows.append([size, kind, f"{seconds[HAND] * 1e6:.1f} µs", f"{ratios[OURS]:.2f}", said, *cells])
                title = f"{what} {size} {kind}{', wide' * (scale > 100)}: {ratios[OURS]:.3f}"
                broken += [f"{title}, not {text}" for text, good in kept if not good]
    heads = [name if rival else f"{name} (not installed)" for name, rival in rivals.items()]
    return table(["shape", "type", "by hand = 1", OURS, "bounds", *heads], rows), broken


def workers_table(shapes: Sequence[Shape], module: Any, rounds: int) -> str:
    """How much two threads gain by the clock, beside what they gain a bare np.exp in the same rounds."""
    rows = []
    with undisturbed(), ThreadPoolExecutor(1) as pool:
        for shape in shapes:
            for kind in TYPES:
                x, labels = logits(shape, kind, 3)
                out, half = np.empty_like(x), len(x) // 2

                def exp_in_two(x: Any = x, out: Any = out, half: int = half) -> None:
                    other = pool.submit(np.exp, x[half:], out[half:])
                    np.exp(x[:half], out=out[:half])
                    other.result()

                def loss(workers: int | None, x: Any = x, labels: Any = labels, out: Any = out) -> Call:
                    return lambda: module.cross_entropy_value_and_grad(x, labels, out=out, workers=workers)

                def softmax(workers: int | None, x: Any = x, out: Any = out) -> Call:
                    return lambda: module.softmax(x, out=out, workers=workers)

                pairs: dict[str, tuple[Call, Call]] = {
                    "softmax": (softmax(None), softmax(2)),
                    "loss": (loss(None), loss(2)),
                    "exp": (lambda x=x, out=out: np.exp(x, out=out), exp_in_two),  # type: ignore[misc]
                }
                flat = {f"{name} {n}": call for name, pair in pairs.items() for n, call in enumerate(pair)}
                seconds = timed(flat, rounds, perf_counter)
                gains = [f"{seconds[f'{name} 0'] / seconds[f'{name} 1']:.2f}" for name in pairs]
                one = f"{seconds['loss 0'] * 1e3:.2f} ms"
                rows.append([f"{shape[0]}x{shape[1]}", kind, one, *gains])
    header = ["shape", "type", "cross-entropy, one thread", "softmax, workers=2: times faster"]
    return table([*header, "cross-entropy, workers=2", "bare np.exp in two threads"], rows)


def unrolled_table(shapes: Sequence[Shape], general: Any, folder: Path, rounds: int) -> str:
    """The modules that are unrolled for K classes beside the general one, both without `out`."""
    rows = []
    unrolled = {K: exported(folder / f"unrolled{K}.py", "-K", str(K)) for K in sorted({K for _, K in shapes})}
    with undisturbed(), one_core():
        for shape in shapes:
            special = unrolled[shape[1]]
            for kind in TYPES:
                x, labels = logits(shape, kind, 3)
                ratios = []
                for name in ("softmax", "log_softmax", "cross_entropy_value_and_grad"):
                    given = (x, labels) if name.startswith("cross") else (x,)
                    both = {"general": applied(general, name, given), "unrolled": applied(special, name, given)}
                    seconds = timed(both, rounds)
                    ratios.append(f"{seconds['unrolled'] / seconds['general']:.2f}")
                rows.append([f"{shape[0]}x{shape[1]}", kind, *ratios])
    return table(["shape", "type", "softmax", "log-softmax", "cross-entropy with gradient"], rows)


def applied(module: ModuleType, name: str, given: tuple[Any, ...]) -> Call:
    """A function of the module on these arrays."""
    function = getattr(module, name)
    return lambda: function(*given)


# ---- the command ----------------------------------------------------------------------------------------------------


def shape_of(text: str) -> Shape:
    """1024x10 as two numbers."""
    rows, _, classes = text.partition("x")
    if not (rows.isdigit() and classes.isdigit() and int(rows) and int(classes)):
        raise argparse.ArgumentTypeError(f"{text!r} is no shape such as 1024x10")
    return int(rows), int(classes)


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description="CPU time beside hand-written NumPy, SciPy, PyTorch, JAX and Numba.")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of which the lower quartile counts")
    parser.add_argument("--module", type=Path, help="measure this file in place of a fresh export")
    parser.add_argument("shape", nargs="*", type=shape_of, help="such as 1024x10, in place of all that are usual")
    return parser.parse_args()


def main() -> None:
    """Print the tables, and what bounds are not kept."""
    asked = arguments()
    given: list[Shape] = asked.shape
    broken: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        module = load(asked.module) if asked.module else exported(Path(folder) / "derived.py")
        with one_core():
            rivals = installed(SciPy, Torch, Jax, Numba)
        print(
            f"{versions(rivals)}; {platform.machine()}, {os.cpu_count()} cores; {asked.rounds} rounds; seed {SEED}; ",
            end="",
        )
        print(f"{asked.module or 'derive export'}\n\nCPU time as a ratio to hand-written NumPy, on one thread.")
        for scale, said, usual in ((3.0, "", SHAPES), (1000.0, ", wide logits (σ = 1000)", WIDE_SHAPES)):
            for what in FUNCTIONS if scale == 3 else FUNCTIONS[:3]:
                text, missed = ratio_table(what, given or usual, scale, module, rivals, asked.rounds)
                print(f"\n### {TITLES.get(what, what)}{said}\n\n{text}", flush=True)
                broken += missed
        if threaded := [shape for shape in given or THREADED if shape[0] * shape[1] >= 1_000_000]:
            print("\n### two threads, by the clock\n")
            print(workers_table(threaded, module, asked.rounds), flush=True)
        if unrolled := [shape for shape in given or UNROLLED if 2 <= shape[1] <= 16]:
            print("\n### `derive export -K`: CPU time as a ratio to the general module\n")
            print(unrolled_table(unrolled, module, Path(folder), asked.rounds), flush=True)
    print(f"\n{len(broken)} bounds not kept {marked(not broken)}")
    for line in broken:
        print(f"- {line}")


if __name__ == "__main__":
    main()
