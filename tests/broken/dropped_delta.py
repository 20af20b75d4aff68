"""A Kronecker delta is dropped, or does not pick."""

from derive.catalog.batch import L as batch_loss
from derive.catalog.batch import N, T, W, X, Y, Z, ell, f, m, n, normalised
from derive.catalog.cross_entropy import L, c, t
from derive.catalog.matrix_calculus import f as unknown
from derive.catalog.matrix_calculus import x
from derive.catalog.softmax import K, S, i, j, k, y, z
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import *


def jacobian_without_delta():
    """The first term stands on the diagonal alone."""
    return Derivation("d", D(y[i], z[j]), Step(y[i] - y[i] * y[j], by=quotient_rule))


def jacobian_with_the_delta_outside():
    """The delta belongs to the first term, not to both."""
    return Derivation("d", D(y[i], z[j]), Step(delta(i, j) * y[i] * (1 - y[j]), by=quotient_rule))


def quotient_rule_without_delta():
    """e^(z_i) depends on z_j only where i = j."""
    return Derivation(
        "d", D(exp(z[i]) / S, z[j]), Step((exp(z[i]) * S - exp(z[i]) * exp(z[j])) / S**2, by=quotient_rule)
    )


def log_softmax_without_delta():
    """1 - y_j is the diagonal."""
    return Derivation("d", D(log(y[i]), z[j]), Step(1 - y[j], by=differentiate))


def elementwise_without_delta():
    """Output i does not depend on input j."""
    return Derivation("d", D(unknown(x[i]), x[j]), Step(unknown.prime(x[i]), by=chain_rule))


def exp_jacobian_without_diag():
    """The Jacobian is diagonal."""
    return Derivation("d", D(exp(x), x), Step(outer(exp(x), ones(K)), by=entrywise))


def loss_gradient_without_pick():
    """One term of the sum holds y_j; the others are constants."""
    return Derivation("d", D(L, y[j]), Step(-Sum(k, t[k] / y[k]), by=differentiate))


def one_subtracted_everywhere():
    """1 is subtracted at the right class alone."""
    return Derivation("d", D(L, z[i]), Step(y[i] - 1, by=chain_rule), assuming=[one_hot(t, c)])


def delta_that_does_not_contract():
    """Summing against the delta leaves one term."""
    return Derivation("d", Sum(j, delta(i, j) * t[j]), Step(Sum(j, t[j]), by=contract))


def delta_counted_everywhere():
    """Over the classes the delta sums to 1, not to K."""
    return Derivation("d", Sum(j, delta(i, j)), Step(K, by=contract))


def delta_contracted_to_one():
    """Contracting leaves the term, not 1."""
    return Derivation("d", Sum(j, delta(i, j) * t[j]), Step(1, by=contract))


def own_term_counted_twice():
    """After splitting off j = i, the rest leaves it out."""
    return Derivation("d", y[i] * Sum(j, t[j]), Step(y[i] * (t[i] + Sum(j, t[j])), by=split_sum))


def hessian_without_delta():
    """The Hessian's first term is diagonal."""
    return Derivation(
        "d", D(D(L, z[i]), z[j]), Step(y[i] - y[i] * y[j], by=differentiate), assuming=[equal(Sum(k, t[k]), 1)]
    )


def every_example_answers():
    """The logits of one example act on its own loss alone."""
    return Derivation(
        "d",
        D(batch_loss, Z[n, k]),
        Step(1 / N * Sum(m, D(ell[m], Z[n, k])), by=linearity),
        Step(1 / N * Sum(m, Y[n, k] - T[n, k]), by=differentiate),
        assuming=[normalised],
    )


def every_class_answers():
    """The weight of class k acts on the logit of class k alone."""
    return Derivation(
        "d",
        D(batch_loss, W[f, k]),
        Step(Sum(n, Sum(j, (Y[n, j] - T[n, j]) / N * X[n, f])), by=chain_rule),
        assuming=[normalised],
    )


def sum_exp_without_pick():
    """Of the sum only one term holds z_j."""
    return Derivation("d", D(S, z[j]), Step(S, by=differentiate))


def logit_in_every_logit():
    """Logits are independent of each other."""
    return Derivation("d", D(z[i], z[j]), Step(1, by=differentiate))


def logit_in_no_logit():
    """… but each depends on itself."""
    return Derivation("d", D(z[i], z[j]), Step(0, by=differentiate))
