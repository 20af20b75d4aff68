"""What a proof costs, as a ratio to SymPy on the same claims in the same run.

    python tests/benchmarks/prove.py [K …]

Two claims, each decided entry by entry at K classes: the softmax Jacobian and
the gradient of softmax cross-entropy.  SymPy differentiates and then has
`cancel`, or `simplify`, find that the difference to the claim is 0.  At larger
K SymPy is asked about a few entries only (their number is printed); all
figures are per entry.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from itertools import islice, product
from statistics import median
from time import process_time

import sympy as sp

from derive.catalog import entries
from derive.derivation import Derivation
from derive.kernel.decide import Decider
from derive.proof import sizes_for

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


def main() -> None:
    """Print the table."""
    claims = {"softmax-jacobian": jacobian, "softmax-cross-entropy-gradient": gradient}
    print(f"SymPy {sp.__version__}, Python {sys.version.split()[0]}; CPU time per entry")
    print(f"{'claim':32}{'K':>4}{'kernel':>12}{'cancel':>12}{'ratio':>9}{'simplify':>12}{'ratio':>9}  entries asked")
    for name, written in claims.items():
        for K in [int(argument) for argument in sys.argv[1:]] or [3, 10, 20]:
            own, all_entries = kernel(name, K)
            row, asked = f"{name:32}{K:4}{own * 1e6:9.0f} µs", [all_entries]
            for zero in (sp.cancel, sp.simplify):
                seconds, count = with_sympy(written(K), zero)
                row += f"{seconds * 1e3:9.1f} ms{seconds / own:9.0f}"
                asked.append(count)
            print(row, " " + " / ".join(map(str, asked)), flush=True)


if __name__ == "__main__":
    main()
