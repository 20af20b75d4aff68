"""A sum is missing, or a function is moved through one."""

from derive.catalog.batch import L as batch_loss
from derive.catalog.batch import N, T, W, X, Y, Z, b, f, n
from derive.catalog.cross_entropy import L, normalised, t
from derive.catalog.softmax import S, i, j, k, v, y, z
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import *

REFUSED = {
    "chain_rule_with_a_free_index": r"index j is free in .*is a sum over j missing",
    "softmax_with_one_term_below": r"index k is free in",
    "loss_of_one_term": r"index i is free in",
    "weight_gradient_of_one_example": r"index n is free in .*is a sum over n missing",
    "bias_gradient_of_one_example": r"index n is free in",
    "chain_rule_over_examples_alone": r"index j is free in",
}


def chain_rule_without_sum():
    """Every probability depends on the logit, not one alone."""
    return Derivation(
        "d", D(L, z[k]), Step(D(L, y[k]) * D(y[k], z[k]), by=chain_rule), assuming=[equal(Sum(j, t[j]), 1)]
    )


def chain_rule_without_sum_any_labels():
    """The same, for labels that sum to anything."""
    return Derivation("d", D(L, z[k]), Step(-t[k] / y[k] * (y[k] * (1 - y[k])), by=chain_rule))


def chain_rule_with_a_free_index():
    """Repeating an index is no sum."""
    return Derivation("d", D(L, z[i]), Step(D(L, y[j]) * D(y[j], z[i]), by=chain_rule))


def softmax_with_one_term_below():
    """The denominator without its sum."""
    return Derivation("d", y[i], Step(exp(z[i]) / exp(z[k]), by=definition(y)))


def logsumexp_of_one_term():
    """Log of the sum, taken for log of one term."""
    return Derivation("d", D(log(S), z[j]), Step(D(exp(z[j]), z[j]) / exp(z[j]), by=logarithm_rule))


def loss_of_one_term():
    """The loss sums over the classes."""
    return Derivation("d", L, Step(-t[i] * log(y[i]), by=definition(L)))


def row_sum_of_one_term():
    """The diagonal entry is not the sum of its row."""
    return Derivation("d", Sum(j, D(y[i], z[j])), Step(D(y[i], z[i]), by=contract))


def jvp_of_one_term():
    """The Jacobian is not diagonal."""
    return Derivation("d", Sum(j, D(y[i], z[j]) * v[j]), Step(D(y[i], z[i]) * v[i], by=contract))


def own_label_for_all_labels():
    """y_i times the sum of the labels, not times t_i."""
    return Derivation("d", D(L, z[i]), Step(y[i] * t[i] - t[i], by=chain_rule))


def weight_gradient_of_one_example():
    """Every example answers to every weight."""
    return Derivation("d", D(batch_loss, W[f, k]), Step(X[n, f] * (Y[n, k] - T[n, k]) / N, by=chain_rule))


def bias_gradient_of_one_example():
    """Every example answers to every bias."""
    return Derivation("d", D(batch_loss, b[k]), Step((Y[n, k] - T[n, k]) / N, by=chain_rule))


def chain_rule_over_examples_alone():
    """The sum over the classes is missing."""
    return Derivation(
        "d", D(batch_loss, W[f, k]), Step(Sum(n, D(batch_loss, Z[n, j]) * D(Z[n, j], W[f, k])), by=chain_rule)
    )


def log_into_the_sum():
    """The log of a sum is not the sum of the logs."""
    return Derivation("d", log(S), Step(Sum(k, log(exp(z[k]))), by=logarithms))


def product_of_sums_as_sum_of_products():
    """Two sums, multiplied, have K² terms."""
    return Derivation("d", Sum(i, t[i]) * Sum(j, y[j]), Step(Sum(i, t[i] * y[i]), by=linearity))


def sum_of_a_constant():
    """K equal terms, counted as one."""
    x = scalar("x")
    return Derivation("d", Sum(k, x), Step(x, by=linearity))


def own_term_alone():
    """The terms with j ≠ i are dropped, as if the Jacobian were diagonal."""
    return Derivation(
        "d",
        D(L, z[i]),
        Step(Sum(j, D(L, y[j]) * D(y[j], z[i])), by=chain_rule),
        Step(-t[i] / y[i] * D(y[i], z[i]), by=split_sum),
        assuming=[normalised],
    )
