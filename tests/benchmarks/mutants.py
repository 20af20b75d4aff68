"""The mutation campaign for every K: lines of the whole catalog, changed in one place.

    python tests/benchmarks/mutants.py [COUNT]

Prints how many mutants got which verdict.  Each that is proved, or proved under
conditions, is looked at by towers at several small sizes; the exit code is 1
where one of them says otherwise.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[2]))

from derive.kernel.polynomial import Limits
from tests.test_mutation import decided_for_every_size, disagreements, mutants

COUNT = 5000
SLOW = 1.0
LIMITS = Limits(seconds=3)


def main() -> int:
    """Run the campaign; 1 where a verdict for every K and one at a small K disagree."""
    chosen = mutants(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
    counts: Counter[str] = Counter()
    wrong = slow = 0
    start = perf_counter()
    for derivation, before, changed in chosen:
        began = perf_counter()
        found = decided_for_every_size(derivation, before, changed, LIMITS)
        slow += perf_counter() - began > SLOW
        if found is None:
            counts["ill-formed"] += 1
            continue
        name = found.verdict.name
        counts[name] += 1
        if name == "unknown":
            print(f"unknown    {derivation.name}: {before} = {changed}: {found.verdict}")
        if name in ("proved", "conditional"):
            for sizes, verdict in disagreements(derivation, before, changed, found, LIMITS):
                wrong += 1
                print(f"DISAGREES  {derivation.name}: {before} = {changed}: {found} for every K, {verdict} at {sizes}")
    print(
        f"{len(chosen)} mutants in {perf_counter() - start:.0f} s, {slow} of them slower than {SLOW} s: {dict(counts)}"
    )
    print(f"{wrong} disagreements between every K and small K")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
