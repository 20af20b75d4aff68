"""What a proof costs, as a ratio to SymPy on the same claims in the same run.

    python tests/benchmarks/prove.py [K …]

Two claims, each decided entry by entry at K classes: the softmax Jacobian and
the gradient of softmax cross-entropy.  SymPy differentiates and then has
`cancel`, or `simplify`, find that the difference to the claim is 0.  At larger
K SymPy is asked about a few entries only (their number is printed); all
figures are per entry.

Then, for every K at once: the time of each step of the whole catalog, and of
the command line with its start-up, each beside the bound that it has to keep.
"""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import islice, product
from statistics import median
from time import perf_counter, process_time

import sympy as sp

from derive.catalog import entries
from derive.derivation import Derivation
from derive.formula.tree import Expr
from derive.kernel.decide import Decider
from derive.kernel.entrywise import decide_entries
from derive.kernel.polynomial import Clock, Limits
from derive.proof import EVERY, prove, sizes_for, speaks_of_sizes

BUDGET = 30.0
"""CPU seconds for each of SymPy's columns, after which it is not asked about further entries."""


REPEATS = 5
"""Runs of the kernel, each from the beginning; the median counts.  SymPy remembers results, so it has one."""


def kernel(name: str, K: int) -> tuple[float, int]:
    """Seconds per entry, and entries: claim = result, each entry by itself."""
    derivation = entries()[name]
    assert isinstance(derivation, Derivation)
    gc.collect()
    gc.freeze()  # what SymPy left behind is not ours to walk through
    seconds = []
    for _ in range(REPEATS):
        start = process_time()
        decider = Decider(sizes_for(derivation, K), derivation.assuming)
        decision = decider.decide(derivation.claim, derivation.result, every=True)
        seconds.append(process_time() - start)
        assert decision.verdict.name == "proved", decision.verdict
    return median(seconds) / decision.instances, decision.instances


def entrywise(name: str, K: int) -> tuple[float, int]:
    """The same, by the decider that takes blocks of entries together, each with its own numbers."""
    derivation = entries()[name]
    assert isinstance(derivation, Derivation)
    left, right = derivation.scalars[0], derivation.scalars[-1]
    assert isinstance(left, Expr) and isinstance(right, Expr)
    gc.collect()
    gc.freeze()
    seconds, found = [], None
    for _ in range(REPEATS):
        start = process_time()
        found = decide_entries(left, right, derivation.assuming, sizes_for(derivation, K), Clock(Limits()))
        seconds.append(process_time() - start)
        assert found.different is None, found
    assert found is not None
    return median(seconds) / found.entries, found.entries


def jacobian(K: int) -> Iterator[tuple[sp.Expr, sp.Expr]]:
    """(∂y_i/∂z_j by SymPy's diff, y_i (δ_ij − y_j)) for all i, j, the rarer diagonal first."""
    z = sp.symbols(f"z1:{K + 1}", real=True)
    S = sp.Add(*map(sp.exp, z))
    y = [sp.exp(v) / S for v in z]
    places = sorted(product(range(K), repeat=2), key=lambda place: place[0] != place[1] or place[0] > 2)
    for i, j in places:
        yield sp.diff(y[i], z[j]), y[i] * (int(i == j) - y[j])


def gradient(K: int) -> Iterator[tuple[sp.Expr, sp.Expr]]:
    """(∂L/∂z_i by SymPy's diff, y_i − t_i) for all i, with the last label 1 − Σ of the others."""
    z = sp.symbols(f"z1:{K + 1}", real=True)
    t = list(sp.symbols(f"t1:{K}", real=True))
    t.append(1 - sp.Add(*t))
    S = sp.Add(*map(sp.exp, z))
    loss = -sp.Add(*(label * sp.log(sp.exp(v) / S) for label, v in zip(t, z, strict=True)))
    for i in range(K):
        yield sp.diff(loss, z[i]), sp.exp(z[i]) / S - t[i]


def with_sympy(pairs: Iterator[tuple[sp.Expr, sp.Expr]], zero: Callable[[sp.Expr], sp.Expr]) -> tuple[float, int]:
    """Seconds per entry, `diff` included, and how many entries were asked about."""
    start, count = process_time(), 0
    for found, claimed in islice(pairs, 400):
        assert zero(found - claimed) == 0
        count += 1
        if process_time() - start > BUDGET:
            break
    return (process_time() - start) / count, count


def beside(measured: float, bound: float, unit: str) -> str:
    """A figure with the bound that it has to keep."""
    return f"{measured:.2f} {unit} (bound {bound:g} {unit}: {'kept' if measured < bound else 'NOT KEPT'})"


def for_every_size() -> None:
    """Every step of the whole catalog, in this process and on the command line."""
    chosen = [entry for entry in entries().values() if isinstance(entry, Derivation) and speaks_of_sizes(entry)]
    gc.collect()
    gc.freeze()
    start = process_time()
    proofs = [prove(derivation, EVERY) for derivation in chosen]
    total = process_time() - start
    steps = sorted(step.seconds for proof in proofs for step in proof.steps)
    slowest = max(proofs, key=lambda proof: proof.seconds)
    print(f"\nfor every K: {len(proofs)} derivations, {len(steps)} steps in {total:.2f} s of CPU time")
    print(f"  median step   {beside(median(steps) * 1e3, 2, 'ms')}; slowest {steps[-1] * 1e3:.0f} ms")
    print(f"  slowest chain {slowest.name}: {slowest.seconds * 1e3:.0f} ms")
    every, busy = command("prove", "--every-k")
    print(
        f"  derive prove --every-k                      {beside(every, 2, 's')}, start-up included; {busy:.2f} s of CPU"
    )
    large, busy = command("prove", "softmax-jacobian", "-K", "128256")
    print(f"  derive prove softmax-jacobian -K 128256     {large:.2f} s, start-up included; {busy:.2f} s of CPU")


def command(*arguments: str) -> tuple[float, float]:
    """Seconds of the command line by the clock, and of CPU time, of the best of three runs."""
    runs = []
    for _ in range(3):
        start, before = perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "derive", *arguments], check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        runs.append((perf_counter() - start, busy))
    return min(runs)


def at_thirty() -> None:
    """The ratio to SymPy's `cancel` at K = 30, of whichever of the kernel's deciders takes the claim entry by entry."""
    wanted = 1000

    def note(ratio: float) -> str:
        return "kept" if ratio >= wanted else "NOT KEPT"

    print(f"\nat K = 30, per entry, SymPy's diff and cancel beside the kernel ({wanted} wanted)")
    for name, written in CLAIMS.items():
        seconds, count = with_sympy(written(30), sp.cancel)
        for decider in (kernel, entrywise):
            own, all_entries = decider(name, 30)
            ratio = seconds / own
            print(
                f"{name:32}{decider.__name__:>10}{own * 1e6:8.1f} µs, cancel {seconds * 1e3:7.1f} ms: {ratio:7.0f}"
                f"  {note(ratio) if decider is entrywise else ''}  {all_entries} / {count} entries"
            )


CLAIMS = {"softmax-jacobian": jacobian, "softmax-cross-entropy-gradient": gradient}


def main() -> None:
    """Print the tables."""
    print(f"SymPy {sp.__version__}, Python {sys.version.split()[0]}; CPU time per entry")
    print(f"{'claim':32}{'K':>4}{'kernel':>12}{'cancel':>12}{'ratio':>9}{'simplify':>12}{'ratio':>9}  entries asked")
    for name, written in CLAIMS.items():
        for K in [int(argument) for argument in sys.argv[1:]] or [3, 10, 20]:
            own, all_entries = kernel(name, K)
            row, asked = f"{name:32}{K:4}{own * 1e6:9.0f} µs", [all_entries]
            for zero in (sp.cancel, sp.simplify):
                seconds, count = with_sympy(written(K), zero)
                row += f"{seconds * 1e3:9.1f} ms{seconds / own:9.0f}"
                asked.append(count)
            print(row, " " + " / ".join(map(str, asked)), flush=True)
    at_thirty()
    for_every_size()


if __name__ == "__main__":
    main()
