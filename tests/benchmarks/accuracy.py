"""How exact the exported module is, in ULP, beside SciPy, PyTorch and JAX on the same inputs.

    python tests/benchmarks/accuracy.py [--elements 1000000] [--module PATH] [function …]

Every function is compared in float32 and float64, on random and adversarial inputs, with a reference in long double
(64 bits of mantissa), or, where the exact result may be a small difference of larger terms (y - t for soft labels,
v_i - Σ y v, log S near 0), in numbers of 240 bits, of Arb if python-flint is installed, else of mpmath; the three worst
elements of each are computed again by mpmath, straight from the definition, and that figure is printed.  Only finite
inputs count whose exact result is a normal number.  Every sixth row of soft labels is softmax of its logits, every
sixth is one of the neighbours of that.

The exit code is 1 if a bound is broken: 8 ULP, 1 ULP in the mean, and 4 ULP in float64 for log_softmax, cross_entropy,
sigmoid and softplus.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import mpmath as mp
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks import digits
from tests.benchmarks.functions import BINARY, GRADIENTS, LOSSES, SOFTMAX, Function, wide
from tests.benchmarks.rivals import Jax, SciPy, Torch, exported, installed, load, marked, table, versions
from tests.benchmarks.samples import Array, Wide, batches, labelled, number, points

SEED = 11
MEAN = 1.0
REDONE = 3
"""Worst elements of each function and type that mpmath computes again."""


@dataclass
class Errors:
    """Of one implementation of one function in one type."""

    count: int = 0
    most: float = 0.0
    total: float = 0.0
    worst: list[tuple[float, str, Any, Any]] = field(default_factory=list)

    def note(self, got: Array, wanted: Array, batch: Any | None) -> None:
        """Count errors in ULP of the exact result; with a batch, remember where the worst one comes from."""
        kind, shape = got.dtype, got.shape
        limits = np.finfo(kind)
        found, right = got.reshape(-1), wanted.reshape(-1)
        normal = np.flatnonzero((np.abs(right) >= limits.tiny) & (np.abs(right) <= limits.max))
        found, right = found[normal], right[normal]
        if not normal.size:
            return
        off = np.abs(found.astype(Wide) - right)
        off[np.isnan(off)] = np.inf
        ulp = (off / np.spacing(np.abs(right).astype(kind))).astype(np.float64)
        self.count += ulp.size
        self.total += float(ulp.sum())
        at = int(ulp.argmax())
        self.most = max(self.most, float(ulp[at]))
        if batch is not None and (len(self.worst) < REDONE or ulp[at] > self.worst[-1][0]):
            row = batch.row(int(normal[at]), shape)
            self.worst = sorted([*self.worst, (float(ulp[at]), batch.tag, found[at], row)], key=lambda w: -w[0])[
                :REDONE
            ]

    def redo(self, function: Function) -> None:
        """The largest error as mpmath has it, in place of the one in long double."""
        redone = []
        for _, tag, found, row in self.worst:
            with mp.workdps(row.digits):
                right = function.exact(row)
                unit = number(np.spacing(np.abs(found.dtype.type(float(right)))))
                redone.append((float(abs(number(found) - right) / unit) if np.isfinite(found) else np.inf, tag))
        if redone:
            self.most, tag = max(redone)
            self.worst = [(self.most, tag, None, None)]

    @property
    def mean(self) -> float:
        return self.total / max(self.count, 1)


Found = dict[tuple[str, str, str], Errors]
"""By function, type and implementation."""


@np.errstate(all="ignore")
def measure(functions: Sequence[Function], everyone: dict[str, Any], batch: Any, found: Found) -> None:
    """All implementations of these functions on one batch."""
    kind = batch.x.dtype.name
    for function in functions:
        if batch.x.ndim == 2 and batch.x.shape[1] > function.classes:
            continue
        with mp.workprec(digits.BITS):
            wanted = wide(function.reference(batch))
        for name, module in everyone.items():
            if module is not None:
                got = np.asarray(function.call(module, batch))
                assert got.dtype == batch.x.dtype and got.shape == wanted.shape, (name, function.name, got.dtype)
                errors = found.setdefault((function.name, kind, name), Errors())
                errors.note(got, wanted, batch if name == OURS else None)


OURS = "derive"


def measured(functions: Sequence[Function], everyone: dict[str, Any], elements: int) -> Found:
    """Everything, with the worst elements of ours redone by mpmath."""
    found: Found = {}
    rng = np.random.default_rng(SEED)
    rows = [function for function in functions if function not in BINARY]
    binary = [function for function in functions if function in BINARY]
    for dtype in (np.float32, np.float64):
        for batch in batches(dtype, elements, rng) if rows else ():
            for b in labelled(batch, rng):
                measure([f for f in rows if f.labels or b is batch], everyone, b, found)
        for some in points(dtype, elements, rng) if binary else ():
            measure(binary, everyone, some, found)
        print(f"{np.dtype(dtype).name} measured", file=sys.stderr, flush=True)
    for function in functions:
        for dtype_name in ("float32", "float64"):
            found[function.name, dtype_name, OURS].redo(function)
    return found


def ulps(most: float, mean: float, kind: str) -> str:
    """Largest and mean number of ULP in a few characters; where no digit is right, the number says nothing more."""
    lost = 1 / float(np.finfo(kind).eps)
    said = [f"{e:.2f}" if e < 100 else f"{e:.0f}" if e < 1e5 else f"{e:.0e}" for e in (most, mean)]
    return " / ".join("no digit" if e >= lost else text for e, text in zip((most, mean), said, strict=True))


def error_table(functions: Sequence[Function], found: Found, rivals: dict[str, Any]) -> tuple[str, int]:
    """The errors, and how many bounds are broken."""
    header = ["function", "type", "elements", OURS, "bounds", "worst for", *rivals]
    rows, broken = [], 0
    for function in functions:
        for kind in ("float32", "float64"):
            ours, most = found[function.name, kind, OURS], function.most(kind)
            broken += (ours.most > most) + (ours.mean > MEAN)
            bounds = f"≤ {most:.0f} {marked(ours.most <= most)} mean ≤ {MEAN:.0f} {marked(ours.mean <= MEAN)}"
            row = [f"`{function.name}`", kind, f"{ours.count:,}".replace(",", " "), ulps(ours.most, ours.mean, kind)]
            rows.append([*row, bounds, ours.worst[0][1], *beside(function, kind, found, rivals)])
    return table(header, rows), broken


def beside(function: Function, kind: str, found: Found, rivals: dict[str, Any]) -> list[str]:
    """Largest and mean error of the others."""
    missing = Errors(most=np.nan)
    others = [found.get((function.name, kind, name), missing) for name in rivals]
    return ["not installed" if np.isnan(e.most) else ulps(e.most, e.mean, kind) for e in others]


# ---- near a confident prediction ------------------------------------------------------------------------------------


def confident(gap: float) -> list[tuple[str, Callable[[Any], Any], Any]]:
    """What is asked of logits (gap, 0, 0) and the label 0, and the exact values, in mpmath."""
    x, label, v = np.array([[gap, 0.0, 0.0]]), np.array([0]), np.array([[1.0, -1.0, 2.0]])
    e = mp.exp(-mp.mpf(gap))
    y, other = 1 / (1 + 2 * e), e / (1 + 2 * e)
    ahead, point = f"logits ({gap:.0f}, 0, 0)", np.array([gap])
    return [
        (f"-log y₁, {ahead}", lambda m: m.cross_entropy(x, label, reduction="none")[0], mp.log1p(2 * e)),
        (f"1 - y₁, {ahead}", lambda m: -m.cross_entropy_grad(x, label, reduction="sum")[0, 0], 2 * other),
        (f"y₁ (1 - y₁), {ahead}", lambda m: m.softmax_jacobian(x)[0, 0, 0], y * 2 * other),
        (
            f"(H v)₁, v = (1, -1, 2), {ahead}",
            lambda m: m.cross_entropy_hvp(x, label, v, reduction="sum")[0, 0],
            y * (2 * other - other),
        ),
        (f"σ'({gap:.0f})", lambda m: m.sigmoid_grad(point)[0], e / (1 + e) ** 2),
        (f"-log σ({gap:.0f})", lambda m: -m.log_sigmoid(point)[0], mp.log1p(e)),
    ]


@np.errstate(all="ignore")
def confident_table(everyone: dict[str, Any]) -> str:
    """Exact values in float64 beside what is computed, with its error in ULP."""
    rows = []
    with mp.workdps(400):
        for gap in (40.0, 700.0):
            for what, call, exact in confident(gap):
                cells = [what, mp.nstr(exact, 8)]
                for module in everyone.values():
                    got = float(call(module)) + 0.0 if module is not None else np.nan  # -0 becomes 0
                    ulp = abs(number(got) - exact) / number(np.spacing(float(exact))) if module is not None else 0
                    right = f"{got:.7e} ({float(ulp):.1f} ULP)" if ulp < 1e4 else f"{got:g} ✗"
                    cells.append(right if module is not None else "not installed")
                rows.append(cells)
    return table(["float64", "exact", *everyone], rows)


LEGEND = f"""Errors in ULP of the exact result, largest / mean. Reference: long double or 240 bits; the {REDONE} worst
elements of {OURS} again by mpmath, with 80 digits more than the decades between the exponentials (428 at most). "no
digit": off by as much as the result or more. SciPy has no cross-entropy and no derivatives: they are written by hand
with its softmax, log_softmax and expit.
"""


# ---- the command ----------------------------------------------------------------------------------------------------


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description="Errors in ULP, beside SciPy, PyTorch and JAX.")
    parser.add_argument("--elements", type=int, default=1_000_000, help="of each function and type, at least")
    parser.add_argument("--module", type=Path, help="measure this file in place of a fresh export")
    parser.add_argument("function", nargs="*", help="such as softmax, or 'softmax, temperature'")
    return parser.parse_args()


def chosen(names: Sequence[str]) -> list[Function]:
    """The functions of those names, with their variants; all if none is named."""
    every = [*SOFTMAX, *LOSSES, *GRADIENTS, *BINARY]
    known = {f.name for f in every} | {f.name.split(",")[0] for f in every}
    if unknown := set(names) - known:
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}")
    return [f for f in every if not names or f.name in names or f.name.split(",")[0] in names]


def main() -> int:
    """Print the tables; 1 where a bound is broken."""
    if np.finfo(Wide).nmant < 63:
        raise SystemExit(f"long double has {np.finfo(Wide).nmant} bits here, too few for a reference to float64")
    asked = arguments()
    functions = chosen(asked.function)
    with tempfile.TemporaryDirectory() as folder:
        module = load(asked.module) if asked.module else exported(Path(folder) / "derived.py")
    rivals = installed(SciPy, Torch, Jax)
    everyone = {OURS: module, **rivals}
    print(f"{versions(rivals)}; {platform.machine()}; seed {SEED}; {asked.module or 'derive export'}\n")
    found = measured(functions, everyone, asked.elements)
    text, broken = error_table(functions, found, rivals)
    print(LEGEND)
    print(text, end="\n\n")
    print("Near a confident prediction:\n")
    print(confident_table(everyone), end="\n\n")
    print(f"{broken} bounds broken {marked(not broken)}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
