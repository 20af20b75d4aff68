"""Every line of the catalog, changed in one place: no change may be proved unless it leaves a true equation.

A mutant that the kernel proves is looked at twice more, by two evaluators that
share nothing with it: SymPy's derivatives at 50 digits, and mpmath's numeric
derivatives of the formula as it is written.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from mpmath import mp

from derive.catalog import entries as catalog
from derive.concrete.world import World
from derive.derivation import Derivation
from derive.formula.arrays import entries
from derive.formula.hypotheses import Equation, Hypothesis, OneHot, given_indices
from derive.formula.scope import sizes as sizes_of
from derive.formula.tree import (
    Apply,
    Delta,
    Derivative,
    Entry,
    Expr,
    Function,
    Index,
    Negative,
    Numeral,
    Place,
    Plus,
    Power,
    Quotient,
    Size,
    Sum,
    Symbol,
    Times,
    WrittenError,
)
from derive.kernel.decide import Decider, Decision
from derive.kernel.every import IndexDecider
from derive.kernel.hypotheses import assumed
from derive.kernel.instances import instances
from derive.kernel.polynomial import Limits
from derive.kernel.value import Instance
from derive.proof import sizes_for, speaks_of_sizes

from .deciding import Numbers
from .sampling import ON_CI

pytestmark = pytest.mark.no_cover  # a campaign: what it runs is covered by the tests of each module

MUTANTS = 800 if ON_CI else 500
SEED = 20_240_607


def mutations(expr: Expr, letters: Sequence[Index]) -> Iterator[Expr]:
    """Every formula that differs from `expr` in one sign, index, factor or term."""
    inner = (*letters, expr.index) if isinstance(expr, Sum) else tuple(letters)
    for place, child in enumerate(expr.children()):
        if not (isinstance(expr, Derivative) and place == 1):
            for changed in mutations(child, inner):
                parts = list(expr.children())
                parts[place] = changed
                yield expr.with_children(*parts)
    yield Negative(expr)
    yield Times((Numeral(2), expr))

    def others(place: Place) -> list[Place]:
        assert isinstance(place, Index)
        return [letter for letter in inner if letter.size == place.size and letter != place]

    match expr:
        case Negative(term):
            yield term
        case Plus(terms) | Times(terms):
            for left_out in range(len(terms)):
                rest = terms[:left_out] + terms[left_out + 1 :]
                yield rest[0] if len(rest) == 1 else type(expr)(rest)
        case Quotient(top, bottom):
            yield top
            yield Quotient(bottom, top)
        case Numeral(number):
            yield Numeral(number + 1)
        case Power(base, exponent):
            yield base
            yield Power(base, Plus((exponent, Numeral(1))))
        case Apply(Function("exp" | "log"), argument):
            yield argument
        case Sum(_, body) if not isinstance(body, Sum) and not body.free_indices - set(letters):
            yield body
        case Entry(tensor, places):
            for n, where in enumerate(places):
                if isinstance(where, Index):
                    yield from (Entry(tensor, (*places[:n], other, *places[n + 1 :])) for other in others(where))
        case Delta(left, right) if isinstance(left, Index):
            yield from (Delta(other, right) for other in others(left))
            yield Plus((Numeral(1), Negative(expr)))


def mutants(count: int = MUTANTS) -> list[tuple[Derivation, Expr, Expr]]:
    """(derivation, line before, changed line): one of each line, then a sample of the others; always the same."""
    chosen = random.Random(SEED)
    first: list[tuple[Derivation, Expr, Expr]] = []
    others: list[tuple[Derivation, Expr, Expr]] = []
    for derivation in catalog().values():
        if isinstance(derivation, Derivation):
            taken = frozenset[Index]().union(*map(given_indices, derivation.assuming))
            lines = derivation.scalars
            letters = sorted(lines[0].free_indices | taken, key=str)
            for before, line, step in zip(lines, lines[1:], derivation.steps, strict=False):
                found = [(derivation, before, changed) for changed in mutations(line, letters)]
                if step.relation == "=" and found:
                    first.append(found.pop(chosen.randrange(len(found))))
                    others += found
    more = chosen.sample(others, min(max(0, count - len(first)), len(others)))
    return chosen.sample(first, min(count, len(first))) + more


def sample(derivation: Derivation, before: Expr, changed: Expr) -> tuple[str, int]:
    """The verdict on a mutant; and for a proved one, at how many points it was seen to be true."""
    sizes = sizes_for(derivation, 3)
    try:
        decision = Decider(sizes, derivation.assuming, Limits(seconds=3)).decide(before, changed)
    except WrittenError:
        return "ill-formed", 0
    name = decision.verdict.name
    if name not in ("proved", "conditional"):
        return name, 0
    seen = 0
    for instance in instances([before, changed], derivation.assuming, sizes, every=False):
        for seed in range(2):
            for evaluator in (by_sympy, by_mpmath):
                try:
                    left, right = evaluator(derivation.assuming, sizes, instance, seed, (before, changed))
                except ZeroDivisionError:  # not defined here, and so only conditional
                    assert name == "conditional", (derivation.name, str(before), str(changed), instance)
                    continue
                assert mp.almosteq(left, right, 1e-12, 1e-12), (derivation.name, str(before), str(changed), instance)
            seen += 1
    return name, seen


def point(assuming: Sequence[Hypothesis], sizes: Any, instance: Instance, seed: int) -> Callable[[str], Fraction]:
    """A rational number in (0, 1) for each variable; labels as the hypotheses want them, distributions that add up."""
    known: dict[str, Fraction] = {symbol.name: Fraction(number) for symbol, number in instance.labels.items()}
    chosen = random.Random(seed)
    for h in assuming:
        if isinstance(h, OneHot):
            classes = range(1, sizes[h.at.size] + 1)
            known |= {f"{h.label.name}[{n}]": Fraction(n == instance.at[h.at]) for n in classes}
        if isinstance(h, Equation):
            assert isinstance(h.left, Sum)
            assert isinstance(h.left.body, Entry)
            tensor = h.left.body.tensor
            rows = range(1, sizes[tensor.sizes[0]] + 1) if len(tensor.sizes) == 2 else (None,)
            for row in rows:
                weights = [chosen.randint(1, 50) for _ in range(sizes[tensor.sizes[-1]])]
                for n, weight in enumerate(weights, 1):
                    place = f"{n}" if row is None else f"{row}, {n}"
                    known[f"{tensor.name}[{place}]"] = Fraction(weight, sum(weights))

    def of(name: str) -> Fraction:
        if name not in known:
            known[name] = Fraction(random.Random(f"{seed} {name}").randint(1, 96), 97)
        return known[name]

    return of


def by_mpmath(assuming: Any, sizes: Any, instance: Instance, seed: int, lines: tuple[Expr, ...]) -> list[Any]:
    of = point(assuming, sizes, instance, seed)

    def value(name: str) -> Any:
        return mp.mpf(of(name).numerator) / of(name).denominator

    return [Numbers(sizes, value, instance.at, instance.labels).value(line) for line in lines]


def by_sympy(assuming: Any, sizes: Any, instance: Instance, seed: int, lines: tuple[Expr, ...]) -> list[Any]:
    world, of = World(sizes), point(assuming, sizes, instance, seed)
    values = [world.value(line, instance.at, instance.labels) for line in lines]
    put: dict[sp.Basic, sp.Expr] = {}
    for symbol in sp.Tuple(*values).free_symbols:
        number = of(str(world.leaves[symbol]))
        put[symbol] = sp.Rational(number.numerator, number.denominator)

    def concrete(value: sp.Expr) -> Any:
        for function in {a.func for a in value.atoms(sp.core.function.AppliedUndef)}:
            value = value.replace(function, lambda *a: sp.sin(sum(a) + 1))
        return mp.mpf(sp.N(value.doit().subs(put, simultaneous=True), 50))

    return [concrete(value) for value in values]


@pytest.fixture(scope="module", autouse=True)
def digits() -> Iterator[None]:
    with mp.workdps(50):
        yield


def test_no_mutant_is_proved_unless_it_is_true() -> None:
    counts: Counter[str] = Counter()
    true = 0
    for derivation, before, changed in mutants():
        name, seen = sample(derivation, before, changed)
        counts[name] += 1
        if name in ("proved", "conditional"):
            assert seen
            true += 1
    print(f"{MUTANTS} mutants: {dict(counts)}, {true} of them true")  # shown by pytest -s
    assert counts.total() == MUTANTS >= 500
    assert counts["refuted"] > 0.8 * MUTANTS, counts
    assert counts["unknown"] < 0.05 * MUTANTS, counts
    assert 0 < true < 0.15 * MUTANTS, counts


def test_the_lines_themselves_are_seen_to_be_true() -> None:
    """The two evaluators are worth something: they agree with every line of some derivations."""
    chosen = [d for d in catalog().values() if isinstance(d, Derivation)]
    for derivation in chosen[:: 12 if ON_CI else 24]:
        lines = entries(*derivation.lines)
        for before, line, step in zip(lines, lines[1:], derivation.steps, strict=False):
            if step.relation == "=":
                name, seen = sample(derivation, before, line)
                assert name == "proved"
                assert seen


def test_a_false_line_is_seen_by_both_evaluators() -> None:
    derivation = catalog()["softmax-jacobian"]
    assert isinstance(derivation, Derivation)
    sizes = {size: 3 for size in derivation.free_sizes}
    assert all(isinstance(size, Size) for size in sizes)
    left, right = derivation.claim, Negative(derivation.result) if isinstance(derivation.result, Expr) else Symbol("x")
    assert isinstance(left, Expr)
    for instance in instances([left, right], (), sizes, every=False):
        for evaluator in (by_sympy, by_mpmath):
            one, other = evaluator((), sizes, instance, 1, (left, right))
            assert not mp.almosteq(one, other, 1e-12, 1e-12)


# ------------------------------------------------------------------ for every K

FEW_MUTANTS = 500

SMALL = [{"K": 1, "N": 2, "F": 3}, {"K": 2, "N": 1, "F": 1}, {"K": 3, "N": 2, "F": 1}, {"K": 4, "N": 3, "F": 2}]
"""Sizes at which what is proved for every K is looked at by towers; other sizes are as N."""


def decided_for_every_size(derivation: Derivation, before: Expr, changed: Expr, limits: Limits) -> Decision | None:
    """The decision as `prove` with K = EVERY comes to it; None for what cannot be written."""
    pinned = dict(derivation.sizes)
    try:
        if not speaks_of_sizes(derivation):
            return Decider(sizes_for(derivation, 3), derivation.assuming, limits).decide(before, changed)
        return IndexDecider(derivation.assuming, limits, pinned).decide(before, changed)
    except WrittenError:
        return None


def disagreements(
    derivation: Derivation, before: Expr, changed: Expr, found: Decision, limits: Limits
) -> Iterator[tuple[Mapping[Size, int], str]]:
    """The small sizes at which a tower does not say what was said for every K, and what it says."""
    pinned, least = dict(derivation.sizes), dict(found.least)
    for numbers in SMALL:
        names = sizes_of(before, changed, *assumed(derivation.assuming))
        sizes = {size: pinned.get(size, numbers.get(size.name, numbers["N"])) for size in names}
        if any(number < least.get(size.name, 1) for size, number in sizes.items()):
            continue
        verdict = Decider(sizes, derivation.assuming, limits).decide(before, changed).verdict
        if verdict.name != found.verdict.name and (verdict.name, found.verdict.name) != ("proved", "conditional"):
            yield sizes, str(verdict)


def test_no_mutant_is_proved_for_every_K_unless_it_is_true_at_small_ones() -> None:
    counts: Counter[str] = Counter()
    limits = Limits(seconds=3)
    for derivation, before, changed in mutants(FEW_MUTANTS):
        found = decided_for_every_size(derivation, before, changed, limits)
        name = "ill-formed" if found is None else found.verdict.name
        counts[name] += 1
        if found is not None and name in ("proved", "conditional"):
            differing = list(disagreements(derivation, before, changed, found, limits))
            assert not differing, (derivation.name, str(before), str(changed), found, differing)
    print(f"{FEW_MUTANTS} mutants for every K: {dict(counts)}")  # shown by pytest -s
    assert counts.total() == FEW_MUTANTS
    assert counts["refuted"] > 0.8 * FEW_MUTANTS, counts
    assert counts["unknown"] < 0.05 * FEW_MUTANTS, counts
