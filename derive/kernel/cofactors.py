"""A difference as a sum of cofactors × relations, where a relation says that a generator has a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .generators import Several
from .polynomial import ONE, Monomial, Number, Polynomial, constant, power, total
from .tower import Tower


class NoCertificate(Exception):
    """A step for which no certificate can be written, and why."""


@dataclass(frozen=True)
class Rule:
    """A generator and its value, and the combination of hypotheses (as text) that their difference is."""

    generator: int
    value: Polynomial
    because: str = ""


def quotient(tower: Tower, p: Polynomial, rule: Rule) -> tuple[Polynomial, Polynomial]:
    """(q, r) with p = (g − value)·q + r, where g is not in r."""
    g, value = rule.generator, rule.value
    quotients, rest = [], []
    powers = [constant(1)]  # of the value
    for m, c in p:
        e = dict(m).get(g, 0)
        outside = Polynomial({tuple(factor for factor in m if factor[0] != g): c})
        n = int(e)  # no exponential is replaced, and others have no roots
        while len(powers) <= abs(n):
            powers.append(tower.times(powers[-1], value))
        if n >= 0:
            factor = total(powers[n - 1 - a].scaled(1, ((g, a),) if a else ONE) for a in range(n))
            rest.append(tower.times(outside, powers[n]))
        else:  # g⁻ⁿ − v⁻ⁿ = −(g − v) Σ g⁻ᵃ v⁻ᵇ with a + b = n + 1
            factor = -total(tower.power(value, a + n - 1).scaled(1, ((g, -a),)) for a in range(1, 1 - n))
            rest.append(tower.times(outside, tower.power(value, n)))
        quotients.append(tower.times(outside, factor))
    return total(quotients), total(rest)


def eliminated(tower: Tower, p: Polynomial, rules: Sequence[Rule]) -> tuple[list[tuple[Rule, Polynomial]], Polynomial]:
    """The cofactor for each rule, and what is left of p."""
    found = []
    for rule in rules:
        if rule.generator in p.generators():
            cofactor, p = quotient(tower, p, rule)
            found.append((rule, cofactor))
    return found, p


def proof(tower: Tower, difference: Polynomial, rules: Sequence[Rule]) -> list[tuple[Rule, Polynomial]]:
    """Relations with cofactors of which a difference is the sum; raises NoCertificate where there are none."""
    used: list[tuple[Rule, Polynomial]] = []
    for attempt in ((), rules):  # what holds without hypotheses is proved without them
        used, rest = eliminated(tower, difference, attempt)
        lowest: dict[int, Number] = {}
        for m, _ in rest:
            for g, e in m:
                if isinstance(tower.generators[g], Several):
                    lowest[g] = min(lowest.get(g, 0), e)
        down: Monomial = tuple(sorted((g, e) for g, e in lowest.items() if e))
        cleared = rest.scaled(1, power(down, -1))
        more, rest = eliminated(tower, cleared, [Rule(g, tower.of(g)) for g in sorted(lowest)])
        last, rest = eliminated(tower, rest, attempt)
        used += [(rule, cofactor.scaled(1, down)) for rule, cofactor in [*more, *last]]
        if rest.is_zero:
            return [(rule, cofactor) for rule, cofactor in used if not cofactor.is_zero]
    raise NoCertificate("hypotheses are used together, or inside of a generator")
