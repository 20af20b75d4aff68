"""A rewrite of the code that is not equal to what it replaces."""

from derive.catalog.batch import n
from derive.catalog.cross_entropy import L, c, t
from derive.catalog.logistic import loss
from derive.catalog.logistic import t as label
from derive.catalog.rewrites import a, losses, mean_loss, r, rho
from derive.catalog.roundings import b, d, u
from derive.catalog.shift import m
from derive.catalog.sigmoid import sigma, softplus, x
from derive.catalog.softmax import K, S, i, j, k, v, y, z
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import *

WRONG_STEP = {
    "probability_for_its_complement": 1,
}


def rest_with_its_own_term():
    """The rest leaves its class out."""
    return Derivation("d", exp(z[j]) + Sum(k, exp(z[k])), Step(S, by=split_sum))


def complement_over_one_exponential():
    """The rest is divided by the whole sum."""
    return Derivation("d", 1 - y[i], Step(r[i] / exp(z[i]), by=common_denominator))


def probability_for_its_complement():
    """1 - y is the share of the others."""
    return Derivation("d", 1 - y[i], Step(exp(z[i]) / S, by=common_denominator), Step(y[i], by=definition(y)))


def log_of_the_wrong_rest():
    """The rest leaves out the class whose logit stands in front."""
    return Derivation("d", z[i] - z[j] - log(1 + rho[i]), Step(log(y[i]), by=logarithms))


def log_of_the_rest_over_the_sum():
    """The rest is divided by the exponential of the label, not by the sum."""
    return Derivation("d", L, Step(log(1 + r[c] / S), by=logarithms), assuming=[one_hot(t, c)])


def log_of_the_whole_sum():
    """The 1 counts the term of the label already."""
    return Derivation("d", log(S) - z[j], Step(log(1 + S / exp(z[j])), by=logarithms))


def log_of_the_rest_alone():
    """log1p, not log."""
    return Derivation("d", L, Step(log(r[c] / exp(z[c])), by=logarithms), assuming=[one_hot(t, c)], sizes={K: 3})


def rest_not_in_units_of_its_term():
    """Unshifted, the rest is not divided."""
    return Derivation("d", rho[j], Step(r[j], by=exponents))


def shift_of_the_numerator_alone():
    """What is shifted above is shifted below."""
    return Derivation("d", Sum(k, (1 - delta(j, k)) * exp(z[k] - m)) / exp(z[j]), Step(r[j] / exp(z[j]), by=exponents))


def log_softmax_without_its_logit():
    """The difference of the logits stays."""
    return Derivation("d", log(y[i]), Step(-log(1 + r[i] / S), by=logarithms))


def gradient_of_the_label_without_sign():
    """At the right class the gradient is negative."""
    return Derivation("d", D(L, z[c]), Step(r[c] / S, by=chain_rule), assuming=[one_hot(t, c)])


def gradient_of_the_label_elsewhere():
    """Only at the right class 1 is subtracted."""
    return Derivation("d", D(L, z[i]), Step(-r[i] / S, by=chain_rule), assuming=[one_hot(t, c)])


def soft_gradient_turned():
    """(1 - t) - (1 - y) is y - t."""
    return Derivation("d", y[i] - t[i], Step(r[i] / S - (1 - t[i]), by=algebra))


def soft_gradient_of_any_labels():
    """The other labels are 1 - t only where all sum to 1."""
    return Derivation("d", y[i] - t[i], Step(Sum(k, (1 - delta(i, k)) * t[k]) - r[i] / S, by=split_sum))


def loss_of_labels_that_sum_to_anything():
    """z_j is taken out as often as the labels say."""
    return Derivation("d", L, Step(log(S) - Sum(k, t[k] * z[k]), by=linearity))


def centred_in_one_place():
    """What is taken from the vector is taken from its mean as well."""
    return Derivation(
        "d", y[i] * (v[i] - a - Sum(k, y[k] * v[k])), Step(y[i] * (v[i] - Sum(k, y[k] * v[k])), by=algebra)
    )


def differences_not_weighted():
    """The differences are averaged with the probabilities."""
    return Derivation("d", y[i] * (v[i] - Sum(k, y[k] * v[k])), Step(y[i] * Sum(k, v[i] - v[k]), by=linearity))


def diagonal_over_the_sum():
    """Two probabilities, two sums below."""
    return Derivation("d", D(y[i], z[i]), Step(exp(z[i]) * r[i] / S, by=quotient_rule))


def sigmoid_with_the_other_exponential():
    """With e^(-x) above it is the complement."""
    return Derivation("d", sigma(x), Step(exp(-x) / (1 + exp(-x)), by=expand_fraction))


def slope_without_square():
    """e / (1 + e)²."""
    return Derivation("d", D(sigma(x), x), Step(exp(-x) / (1 + exp(-x)), by=quotient_rule))


def softplus_without_its_argument():
    """log(1 + e^(-x)) is softplus at -x."""
    return Derivation("d", softplus(x), Step(log(1 + exp(-x)), by=logarithms))


def logistic_loss_with_the_label_for_its_complement():
    """For positive logits it is the label 0 that costs x."""
    return Derivation("d", loss, Step(label * x + log(1 + exp(-x)), by=logarithms))


def logistic_gradient_of_the_other_side():
    """What the label lacks to 1 goes with what the sigmoid lacks to 1."""
    return Derivation("d", D(loss, x), Step(1 - label - exp(x) / (1 + exp(x)), by=chain_rule))


def rounding_error_turned():
    """The error is what the rounded difference lacks, not what it has too much."""
    return Derivation("d", x - (d - b) - (m + b), Step(d - (x - m), by=algebra))


def shift_with_the_wrong_sign_in_the_error():
    """m is subtracted: it enters the second bracket with a plus, which stands behind a minus."""
    return Derivation("d", x - (d - b) - (m - b), Step(x - m - d, by=algebra))


def first_order_for_the_exponential():
    """1 + w is the beginning of the series of e^w."""
    return Derivation("d", exp(x - m), Step(exp(d) * (1 + (x - m - d)), by=exponents))


def rest_with_a_term_twice():
    """The class taken apart is j or another one; its term is no part of the rest if it is j."""
    return Derivation("d", exp(z[i]) + u[i, j], Step(r[j], by=split_sum))


def rounding_error_of_a_sum_turned():
    """The error is what the rounded sum lacks."""
    return Derivation("d", x - (d - m), Step(d - m - x, by=algebra))


def sum_for_the_mean():
    """The division comes after the sum, and it comes."""
    return Derivation("d", mean_loss, Step(Sum(n, losses[n]), by=linearity))
