"""An option is forgotten, or acts in the wrong place: class weights, rows, smoothed labels, the temperature."""

from derive.catalog.batch import N, T, W, X, Y, Z, k, m, n
from derive.catalog.batch import normalised as normalised_rows
from derive.catalog.cross_entropy import L, c, normalised, t
from derive.catalog.options import (
    B,
    a,
    class_weighted_mean,
    epsilon,
    for_one,
    for_zero,
    ignoring,
    label,
    losses,
    r,
    s,
    smoothed_loss,
    smoothed_weighted_loss,
    uniform_loss,
    w,
    weight_of_label,
    weighted_binary_loss,
    weighted_loss,
    weighted_mean,
    weighted_rows,
)
from derive.catalog.sigmoid import sigma, x
from derive.catalog.softmax import K, S, i, j, v, y, z
from derive.catalog.temperature import heated_loss, q, tau
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import *

some_weight = positive(Sum(n, a[n]))

WRONG_STEP = {
    "temperature_lost_on_the_way": 2,
}


def weight_forgotten_in_the_sum():
    """The factor of the probability is the sum of the weighted labels."""
    return Derivation("d", D(weighted_loss, z[i]), Step(y[i] * Sum(k, t[k]) - w[i] * t[i], by=chain_rule))


def weight_forgotten_at_the_label():
    """The label itself carries its weight."""
    return Derivation("d", D(weighted_loss, z[i]), Step(y[i] * Sum(k, w[k] * t[k]) - t[i], by=chain_rule))


def weight_of_the_own_class_in_front():
    """Every entry has the weights of the labels, not the weight of its own class."""
    return Derivation("d", D(weighted_loss, z[i]), Step(w[i] * (y[i] - t[i]), by=chain_rule), assuming=[normalised])


def weight_of_the_own_class_for_one_hot():
    """The weight is that of the right class."""
    return Derivation(
        "d", D(weighted_loss, z[i]), Step(w[i] * (y[i] - delta(i, c)), by=chain_rule), assuming=[one_hot(t, c)]
    )


def weight_at_the_label_alone():
    """The probabilities are weighted as well."""
    return Derivation(
        "d", D(weighted_loss, z[i]), Step(y[i] - w[c] * delta(i, c), by=chain_rule), assuming=[one_hot(t, c)]
    )


def weighted_labels_taken_for_normalised():
    """Labels sum to 1, weighted labels do not."""
    return Derivation(
        "d", weighted_loss, Step(log(S) - Sum(k, w[k] * t[k] * z[k]), by=hypothesis), assuming=[normalised]
    )


def weight_on_the_logit_alone():
    """Logsumexp is weighted too."""
    return Derivation("d", weighted_loss, Step(log(S) - w[c] * z[c], by=hypothesis), assuming=[one_hot(t, c)])


def hessian_vector_product_without_weights():
    """The curvature carries the weights as the gradient does."""
    return Derivation(
        "d",
        Sum(j, D(D(weighted_loss, z[i]), z[j]) * v[j]),
        Step(y[i] * (v[i] - Sum(j, y[j] * v[j])), by=contract),
        assuming=[normalised],
    )


def weight_of_label_one_everywhere():
    """The weight of label 1 does not act on label 0."""
    return Derivation("d", D(weighted_binary_loss, x), Step(for_one * (sigma(x) - label), by=chain_rule))


def binary_weights_exchanged():
    """The weight a belongs to label 1."""
    return Derivation(
        "d",
        D(weighted_binary_loss, x),
        Step((for_zero * label + for_one * (1 - label)) * sigma(x) - for_zero * label, by=chain_rule),
    )


def mean_divided_by_the_number_of_rows():
    """A weighted mean is divided by the sum of the weights."""
    return Derivation(
        "d",
        D(weighted_mean, Z[n, k]),
        Step(a[n] * (Y[n, k] - T[n, k]) / N, by=sum_rule),
        assuming=[normalised_rows, some_weight],
    )


def row_weight_forgotten():
    """The sum of the weights below, and no weight above."""
    return Derivation(
        "d",
        D(weighted_mean, Z[n, k]),
        Step((Y[n, k] - T[n, k]) / Sum(m, a[m]), by=sum_rule),
        assuming=[normalised_rows, some_weight],
    )


def row_weight_cancelled():
    """The weight of one row is not the sum of all."""
    return Derivation(
        "d",
        D(weighted_mean, Z[n, k]),
        Step(Y[n, k] - T[n, k], by=algebra),
        assuming=[normalised_rows, some_weight],
    )


def mean_divided_by_the_class_weights():
    """The weights of the labels that occur are added up, not those of the classes."""
    return Derivation(
        "d",
        class_weighted_mean * B,
        Step(class_weighted_mean * Sum(j, w[j]), by=algebra),
        assuming=[positive(B)],
    )


def class_weight_for_the_row():
    """The probability is weighted by the label of the row, not by its own class."""
    return Derivation(
        "d",
        D(class_weighted_mean, Z[n, k]),
        Step(w[k] * (Y[n, k] - T[n, k]) / B, by=sum_rule),
        assuming=[normalised_rows, positive(B)],
    )


def row_weight_squared():
    """The weighted labels hold the weight of the row already."""
    return Derivation(
        "d",
        D(class_weighted_mean, Z[n, k]),
        Step(weight_of_label[n] * (weight_of_label[n] * Y[n, k] - w[k] * T[n, k]) / B, by=sum_rule),
        assuming=[positive(B)],
    )


def layer_without_row_weights():
    """The errors are weighted before they are added up."""
    return Derivation(
        "d", D(weighted_rows, W, "denominator"), Step(X.T @ (Y - T), by=chain_rule), assuming=[normalised_rows]
    )


def ignored_row_counted():
    """An ignored row is in the number of rows no more than in the sum."""
    return Derivation(
        "d",
        ignoring[r],
        Step((Sum(n, a[n] * losses[n]) - a[r] * losses[r]) / Sum(n, a[n]), by=contract),
        assuming=[positive(a[n])],
    )


def ignored_row_kept_above():
    """The loss of an ignored row is not in the sum."""
    return Derivation(
        "d",
        ignoring[r],
        Step(Sum(n, a[n] * losses[n]) / (Sum(n, a[n]) - a[r]), by=contract),
        assuming=[positive(a[n])],
    )


def uniform_part_dropped():
    """Smoothing gives every class a part."""
    return Derivation(
        "d", D(smoothed_loss, z[i]), Step(y[i] - (1 - epsilon) * t[i], by=chain_rule), assuming=[normalised]
    )


def uniform_part_not_divided():
    """Every class gets one part in K."""
    return Derivation(
        "d", D(smoothed_loss, z[i]), Step(y[i] - (1 - epsilon) * t[i] - epsilon, by=chain_rule), assuming=[normalised]
    )


def uniform_part_among_the_others():
    """The right class gets its part as well: K parts, and not K - 1."""
    return Derivation("d", s[i], Step((1 - epsilon) * t[i] + epsilon * (1 - t[i]) / K, by=definition(s)))


def label_kept_whole():
    """The label gives away what the others get."""
    return Derivation(
        "d", D(smoothed_loss, z[i]), Step(y[i] - t[i] - epsilon / K, by=chain_rule), assuming=[normalised]
    )


def mixture_turned():
    """The small share is that of the uniform label."""
    return Derivation("d", smoothed_loss, Step(epsilon * L + (1 - epsilon) * uniform_loss, by=linearity))


def smoothed_after_weighting():
    """The uniform part is weighted with the rest."""
    return Derivation(
        "d",
        D(smoothed_weighted_loss, z[i]),
        Step(y[i] * Sum(k, w[k] * s[k]) - (1 - epsilon) * w[i] * t[i] - epsilon / K, by=chain_rule),
        assuming=[normalised],
    )


def weights_left_out_of_the_smoothed_sum():
    """Smoothed labels sum to 1, weighted ones do not."""
    return Derivation(
        "d", D(smoothed_weighted_loss, z[i]), Step(y[i] - w[i] * s[i], by=chain_rule), assuming=[normalised]
    )


def temperature_forgotten():
    """The chain rule divides by the temperature."""
    return Derivation("d", D(heated_loss, z[i]), Step(q[i] - t[i], by=chain_rule), assuming=[normalised])


def temperature_squared():
    """One derivative, one division."""
    return Derivation("d", D(heated_loss, z[i]), Step((q[i] - t[i]) / tau**2, by=chain_rule), assuming=[normalised])


def temperature_multiplied():
    """The logits are divided by the temperature, not multiplied by it."""
    return Derivation("d", D(q[i], z[j]), Step(tau * q[i] * (delta(i, j) - q[j]), by=chain_rule))


def temperature_once_in_the_curvature():
    """Two derivatives, two divisions."""
    return Derivation(
        "d",
        Sum(j, D(D(heated_loss, z[i]), z[j]) * v[j]),
        Step(q[i] * (v[i] - Sum(j, q[j] * v[j])) / tau, by=contract),
        assuming=[normalised],
    )


def probabilities_without_temperature():
    """The probabilities are those at the temperature."""
    return Derivation("d", D(heated_loss, z[i]), Step((y[i] - t[i]) / tau, by=chain_rule), assuming=[normalised])


def temperature_after_the_sum():
    """Each exponent is divided, not the logarithm of the sum."""
    return Derivation(
        "d",
        heated_loss,
        Step((log(S) - Sum(k, t[k] * z[k])) / tau, by=logarithms),
        assuming=[normalised],
    )


def temperature_lost_on_the_way():
    """The Jacobian has a temperature of its own."""
    return Derivation(
        "d",
        D(D(heated_loss, z[i]), z[j]),
        Step(D(q[i], z[j]) / tau, by=sum_rule),
        Step(q[i] * (delta(i, j) - q[j]) / tau, by=quotient_rule),
        assuming=[normalised],
    )
