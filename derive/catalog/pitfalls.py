"""Claims that texts do get wrong: each expected to fail, with the right derivation beside it."""

from derive.background import Background, Source
from derive.catalog.cross_entropy import L, c, t
from derive.catalog.softmax import K, i, k, y, z
from derive.derivation import Derivation, Overflow, Pitfall, Step
from derive.formula.notation import *
from derive.rules import chain_rule, definition, logarithm_rule, quotient_rule, sum_rule

baydin = Source(
    "A. G. Baydin, B. A. Pearlmutter, A. A. Radul, J. M. Siskind",
    "Automatic Differentiation in Machine Learning: a Survey",
    2018,
    "Journal of Machine Learning Research 18, 1–43",
)
einstein = Source(
    "A. Einstein",
    "Die Grundlage der allgemeinen Relativitätstheorie",
    1916,
    "Annalen der Physik 49, 769–822",
    language="de",
)
lakatos = Source(
    "I. Lakatos", "Proofs and Refutations: The Logic of Mathematical Discovery", 1976, "Cambridge University Press"
)

background = Background(
    "A wrong gradient is easily overlooked, since steps along it may still lower the loss, only more slowly or to a "
    "worse place; it is good practice to compare with finite differences before training (Baydin et al., 2018, tell "
    "what each way of differentiating can do). A letter that a sum has taken is not free for anything else; the "
    "convention of Einstein (1916), by which an index that stands twice is summed without a sign, makes that slip "
    "easy. Lakatos (1976) describes how mathematics grows by counterexamples, which show what a claim has forgotten "
    "to assume.",
    [baydin, einstein, lakatos],
)

shift = scalar("c")


def _chain_rule_without_sum() -> Derivation:
    return Derivation(
        "pitfall-chain-rule-without-sum",
        D(L, z[k]),
        Step(D(L, y[k]) * D(y[k], z[k]), by=chain_rule),
        assuming=[equal(Sum(i, t[i]), 1)],
        sizes={K: 2},  # one class would have one term, and the claim be true; it is false from two on
    )


chain_rule_without_sum = Pitfall(
    "pitfall-chain-rule-without-sum",
    _chain_rule_without_sum,
    expected="refuted",
    instead="softmax-cross-entropy-gradient",
    title="Chain rule without its sum",
    lesson="The logit $z_k$ moves every probability, not $y_k$ alone: sum over all of them.",
)


def _summed_gradient() -> Derivation:
    return Derivation(
        "pitfall-summed-gradient",
        D(L, y[k]),
        Step(-Sum(k, t[k] * D(log(y[k]), y[k])), by=sum_rule),
        Step(-Sum(k, t[k] / y[k]), by=logarithm_rule),
    )


summed_gradient = Pitfall(
    "pitfall-summed-gradient",
    _summed_gradient,
    expected="ill-formed",
    instead="cross-entropy-gradient",
    title="One letter, summed and free",
    lesson="In $\\frac{\\partial L}{\\partial y_k}$ $k$ is taken: the sum needs another letter, and keeps one term.",
)

shift_by_maximum = Overflow(
    "pitfall-shift-by-maximum",
    exp(z[i] + shift) / Sum(k, exp(z[k] + shift)),
    shift=shift,
    of=z,
    instead="softmax-shift-by-maximum",
    title="The maximum, added",
    lesson="Equal for every $c$, but $c = \\max_k z_k$ makes large exponents larger: take $-\\max_k z_k$.",
)


def _last_row_sign() -> Derivation:
    return Derivation(
        "pitfall-jacobian-last-row-sign",
        D(y[3], z),
        Step(listed(K, -y[3] * y[1], y[3] * y[2], y[3] * (1 - y[3])), by=quotient_rule),
        sizes={K: 3},
    )


last_row_sign = Pitfall(
    "pitfall-jacobian-last-row-sign",
    _last_row_sign,
    expected="refuted",
    instead="softmax-jacobian-matrix",
    title="A minus sign lost in the last row of the Jacobian",
    lesson="Every entry off the diagonal is negative; each row sums to 0, which finds such a slip at once.",
)


def _per_class_logistic() -> Derivation:
    return Derivation(
        "pitfall-per-class-logistic",
        -Sum(k, t[k] * log(y[k]) + (1 - t[k]) * log(1 - y[k])),
        Step(-Sum(k, t[k] * log(y[k])), by=definition(L)),
        assuming=[one_hot(t, c)],
        sizes={K: 3},  # of one class 1 - y is 0, and has no logarithm; the claim is false from two on
    )


per_class_logistic = Pitfall(
    "pitfall-per-class-logistic",
    _per_class_logistic,
    expected="refuted",
    instead="cross-entropy-one-hot",
    title="Logistic losses, summed over the classes",
    lesson="The terms of the wrong classes are not redundant: this is another loss, with another gradient.",
)


def _labels_not_normalised() -> Derivation:
    return Derivation(
        "pitfall-labels-not-normalised",
        D(L, z[i]),
        Step(y[i] - t[i], by=chain_rule),
    )


labels_not_normalised = Pitfall(
    "pitfall-labels-not-normalised",
    _labels_not_normalised,
    expected="refuted",
    instead="softmax-cross-entropy-gradient-general",
    title="Probability less label, for any labels",
    lesson="Without $\\sum_j t_j = 1$ the gradient is $y_i \\sum_j t_j - t_i$.",
)
