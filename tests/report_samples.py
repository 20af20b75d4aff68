"""Proofs made by hand, one for each face that a page has: from proved to ill-formed, and one that is hostile."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from derive.background import Background, Source
from derive.derivation import Derivation, Overflow, Pitfall, Step
from derive.formula.notation import (
    D,
    Sum,
    define,
    delta,
    equal,
    exp,
    indices,
    log,
    positive,
    scalars,
    size,
    strike,
    vector,
)
from derive.formula.tree import Size
from derive.kernel.verdict import (
    Conditional,
    Counterexample,
    Enclosure,
    Proved,
    Refuted,
    SideCondition,
    Unknown,
    Verdict,
)
from derive.proof import NumericCheck, Opinion, Proof, StepProof, VerdictName
from derive.rules import Rule, algebra, cancel, chain_rule, definition, differentiate, logarithms, quotient_rule

K = size("K")
i, j, k = indices("i j k", K)
z, t, a = vector("z", K), vector("t", K), vector("a", K)
c, p, x = scalars("c p x")
S = define("S", Sum(k, exp(z[k])))
y = define("y", i, exp(z[i]) / S)
L = define("L", -Sum(k, t[k] * log(y[k])))
sigma = define("sigma", x, 1 / (1 + exp(-x)))

jacobian = Derivation(
    "jacobian",
    D(y[i], z[j]),
    Step(D(exp(z[i]) / S, z[j]), by=definition(y)),
    Step(
        (D(exp(z[i]), z[j]) * S - exp(z[i]) * D(S, z[j])) / S**2,
        by=quotient_rule,
        because=r"With $u = e^{z_i}$ and $v = S$; every term of $S$ is positive, so $v \ne 0$.",
    ),
    Step((delta(i, j) * exp(z[i]) * S - exp(z[i]) * exp(z[j])) / S**2, by=differentiate),
    Step(delta(i, j) * exp(z[i]) * strike(S) / S ** strike(2) - exp(z[i]) * exp(z[j]) / S**2, by=algebra),
    Step(delta(i, j) * exp(z[i]) / S - exp(z[i]) * exp(z[j]) / S**2, by=cancel),
    Step(y[i] * (delta(i, j) - y[j]), by=definition(y)),
    title="The Jacobian of softmax",
    about="The derivative of each $y_i$ in each $z_j$.",
    background=Background(
        "With $-\\log y_i$ in nats, as Shannon has it.",
        [Source("C. E. Shannon", "A Mathematical Theory of Communication", 1948, "Bell System Technical Journal 27")],
    ),
)
slope = Derivation(
    "slope",
    D(sigma(x), x),
    Step(exp(-x) / (1 + exp(-x)) ** 2, by=differentiate),
    Step(sigma(x) * (1 - sigma(x)), by=algebra),
    title="The slope of the sigmoid",
)
product = Derivation(
    "log-product",
    log(p * x),
    Step(log(p) + log(x), by=logarithms),
    assuming=[positive(p)],
    title="The logarithm of a product",
)
open_question = Derivation("open-question", log(1 + exp(x)), Step(x + log(1 + exp(-x)), by=algebra))
without_sum = Derivation(
    "without-sum",
    D(L, z[i]),
    Step(D(L, y[i]) * D(y[i], z[i]), by=chain_rule),
    Step(-t[i] * (1 - y[i]), by=jacobian.because),
    assuming=[equal(Sum(j, t[j]), 1)],
)
false_claim = Pitfall(
    "pitfall-without-sum",
    lambda: without_sum,
    "refuted",
    "jacobian",
    "The chain rule without its sum",
    "Every $y_j$ depends on $z_i$: the chain rule sums over $j$.",
)
captured = Pitfall(
    "pitfall-captured",
    lambda: without_sum,
    "ill-formed",
    "elsewhere",
    "A captured index",
    "Two things need two letters.",
)
overflow = Overflow(
    "pitfall-overflow",
    exp(a[i] + c) / Sum(k, exp(a[k] + c)),
    c,
    a,
    "jacobian",
    "The maximum, added",
    r"Subtract it: $c = -\max_k a_k$.",
)

divided = Derivation("divided", (K - 1) * z[i] / (K - 1), Step(z[i], by=algebra))
fraction_of_itself = Derivation("fraction-of-itself", z[i] / z[i], Step(1 + 0 * z[i], by=algebra))
three_terms = Derivation("three-terms", Sum(k, z[k]), Step(z[1] + z[2] + z[3], by=algebra))
deep_delta = Derivation("deep-delta", log(Sum(k, exp(z[k] * delta(i, k)))), Step(log(exp(z[i]) + K - 1), by=algebra))

EVIL = (
    r"<script>alert('t')</script> \input{/etc/passwd} $\input{/etc/passwd}$ 100% & # _ ^ ~ {{ 7*7 }} {% x %} "
    r"<< x >> <% y %> <# z #> -- [a] $5 and $6 $x^^5c$ σ′ ≠ “é” 中 \end{document}"
)
hostile = Derivation(
    "hostile",
    x + x,
    Step(2 * x, by=Rule(EVIL, r"\input{/etc/passwd}", EVIL), because=EVIL),
    title=EVIL,
    about=EVIL,
    background=Background(EVIL, [Source(EVIL, EVIL, 2001, EVIL)]),
)

CHECKS = (
    NumericCheck("final form against mpmath", "64 random points, seed 7", 2.5e-16, 1e-13),
    NumericCheck("central differences", "64 random points, seed 7", 3.2e-11, 1e-8),
    NumericCheck("final form against mpmath", "±700", float("nan"), None, "exp overflows in the form as written"),
)
POINT = Counterexample(
    (("K", 3),),
    (("i", 1),),
    (("z[1]", Fraction(1, 2)), ("z[2]", Fraction(-7, 3)), ("f'(x)", Fraction(4)), ("t[1]", Fraction(1, 3**40))),
    Enclosure(Fraction(41234567, 10**8), Fraction(41234568, 10**8)),
    Enclosure(Fraction(-123, 1000), Fraction(-123, 1000)),
)


def steps(
    derivation: Derivation, instances: int = 1, method: str = "tower", **others: Verdict
) -> tuple[StepProof, ...]:
    """Every step proved, but for those that are given as `line_2=…`."""
    return tuple(
        StepProof(n, before, step, others.get(f"line_{n}", Proved(instances)), method, instances, 0.1)
        for n, (before, step) in enumerate(derivation.pairs(), 1)
    )


def proof(
    derivation: Derivation,
    verdict: VerdictName = "proved",
    *,
    scope: str = "K=3",
    sizes: tuple[tuple[Size, int], ...] = ((K, 3),),
    steps: tuple[StepProof, ...],
    opinion: Opinion | None = None,
    numeric: tuple[NumericCheck, ...] = (),
    general: Proof | None = None,
) -> Proof:
    """A proof of a derivation that was expected to be proved."""
    return Proof(
        derivation.name,
        derivation,
        derivation,
        scope,
        sizes,
        verdict,
        "proved",
        steps,
        opinion=opinion,
        numeric=numeric,
        general=general,
    )


def every(derivation: Derivation, verdict: VerdictName = "proved", scope: str = "every K", **others: Verdict) -> Proof:
    """A proof for every K, in two kinds."""
    found = proof(derivation, verdict, scope=scope, sizes=(), steps=steps(derivation, 2, "index calculus", **others))
    least = tuple((name, int(number or 1)) for name, number in re.findall(r"\b([A-Z])\b(?: ≥ (\d+))?", scope))
    return replace(found, least=least)


PROVED = proof(
    jacobian,
    steps=steps(jacobian, 2),
    opinion=Opinion(
        "agrees", 2, r"- \frac{e^{z_{1}} e^{z_{2}}}{\left(e^{z_{1}} + e^{z_{2}}\right)^{2}}", "i = 1, j = 2"
    ),
    numeric=CHECKS,
    general=every(jacobian),
)
FOUR = Counterexample(
    (("K", 4),),
    (),
    tuple((f"z[{n}]", Fraction(1)) for n in range(1, 5)),
    Enclosure(Fraction(4), Fraction(4)),
    Enclosure(Fraction(3), Fraction(3)),
)
ONE = replace(POINT, sizes=(("K", 1),))
PROOFS = (
    PROVED,
    proof(slope, sizes=(), steps=steps(slope)),
    proof(
        product,
        "conditional",
        sizes=(),
        steps=steps(product, line_1=Conditional((SideCondition(x, "> 0"),), 1)),
        opinion=Opinion("not asked", 0, "", "", "There is no derivative in the claim."),
    ),
    proof(open_question, "unknown", sizes=(), steps=steps(open_question, line_1=Unknown("outside <the> class"))),
    Proof(
        false_claim.name,
        false_claim,
        without_sum,
        "K=3",
        ((K, 3),),
        "refuted",
        "refuted",
        steps(without_sum, 3, line_1=Refuted(POINT))[:1],
        general=replace(every(without_sum, "refuted", line_1=Refuted(ONE)), expected="refuted"),
    ),
    Proof(captured.name, captured, None, "K=3", (), "ill-formed", "ill-formed", refusal="index k is summed & <free>"),
    Proof(overflow.name, overflow, None, "K=3", ((K, 3),), "refuted", "refuted", overflow=POINT, refusal="gives nan"),
    proof(hostile, sizes=(), steps=steps(hostile)),
    proof(divided, steps=steps(divided), general=every(divided, scope="every K ≥ 2")),
    proof(
        fraction_of_itself,
        "conditional",
        steps=steps(
            fraction_of_itself, 3, line_1=Conditional((SideCondition(z[1], "≠ 0"), SideCondition(z[2], "≠ 0")), 3)
        ),
        general=every(fraction_of_itself, "conditional", line_1=Conditional((SideCondition(z[i], "≠ 0"),), 1)),
    ),
    proof(
        three_terms,
        steps=steps(three_terms),
        general=every(three_terms, "refuted", "every K ≥ 3", line_1=Refuted(FOUR)),
    ),
    proof(
        deep_delta,
        steps=steps(deep_delta, 3),
        general=every(deep_delta, "unknown", line_1=Unknown("a delta, inside of an argument")),
    ),
)
