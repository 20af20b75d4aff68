"""An index stands where another one belongs, or belongs to something else."""

from derive.catalog.batch import L as batch_loss
from derive.catalog.batch import N, T, W, X, Y, f, n
from derive.catalog.cross_entropy import L, c, normalised, t
from derive.catalog.sigmoid import sigma
from derive.catalog.softmax import K, S, g, i, j, k, v, y, z
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import *

REFUSED = {
    "gradient_of_another_logit": r"index i is free in y\[i\], but not in D\(log\(S\), z\[j\]\)",
    "loss_of_an_unknown_class": r"index i is free in .*is a sum over i missing",
    "weight_of_another_class": r"index j is free in",
    "index_of_another_size": r"z has K entries, but n runs to N",
    "delta_of_two_sizes": r"i runs to K, but n runs to N",
    "two_places_for_a_vector": r"z takes 1 indices",
    "index_as_a_number": r"index i is not a number",
    "definition_with_a_stray_index": r"index j is free in .* but not a parameter",
}


def jacobian_of_another_row():
    """y_j before the bracket is right on the diagonal only."""
    return Derivation("d", D(y[i], z[j]), Step(y[j] * (delta(i, j) - y[j]), by=quotient_rule))


def jacobian_of_another_column():
    """y_i in the bracket is right on the diagonal only."""
    return Derivation("d", D(y[i], z[j]), Step(y[i] * (delta(i, j) - y[i]), by=quotient_rule))


def log_softmax_of_another_class():
    """The answer to logit j is δ - y_j."""
    return Derivation("d", D(log(y[i]), z[j]), Step(delta(i, j) - y[i], by=differentiate))


def chain_rule_through_one_loss():
    """The first factor belongs to y_j as well."""
    return Derivation("d", D(L, z[i]), Step(Sum(j, D(L, y[i]) * D(y[j], z[i])), by=chain_rule), assuming=[normalised])


def denominator_of_one_class():
    """The sum in softmax runs over all logits."""
    return Derivation("d", y[i], Step(exp(z[i]) / Sum(k, exp(z[i])), by=definition(y)))


def derivative_of_another_exponential():
    """Of e^(z_i) in z_j: the delta picks, it does not rename."""
    return Derivation("d", D(exp(z[i]), z[j]), Step(exp(z[j]), by=exponential_rule))


def vjp_of_one_gradient():
    """The inner sum is over g_i y_i, not over g_i y_j."""
    return Derivation("d", Sum(i, g[i] * D(y[i], z[j])), Step(y[j] * (g[j] - Sum(i, g[i] * y[j])), by=linearity))


def jvp_of_one_change():
    """The inner sum is over y_j v_j, not over y_i v_j."""
    return Derivation("d", Sum(j, D(y[i], z[j]) * v[j]), Step(y[i] * (v[i] - Sum(j, y[i] * v[j])), by=linearity))


def two_classes_turned():
    """The first class wins where its own logit is larger."""
    return Derivation("d", y[1], Step(sigma(z[2] - z[1]), by=algebra), sizes={K: 2})


def entry_of_another_column():
    """The entry at (1, 2) holds y_1 y_2."""
    return Derivation("d", D(y[1], z[2]), Step(-y[1] * y[3], by=quotient_rule), sizes={K: 3})


def label_of_another_class():
    """One-hot at c, with the delta of another pair."""
    return Derivation("d", y[i] - t[j], Step(y[i] - delta(i, c), by=hypothesis), assuming=[one_hot(t, c)])


def hessian_of_one_logit():
    """The second derivative is in z_j."""
    return Derivation("d", D(D(L, z[i]), z[j]), Step(y[i] * (1 - y[i]), by=differentiate), assuming=[normalised])


def labels_summed_over_the_batch():
    """The labels of one example sum to 1, not those of one class."""
    return Derivation("d", Sum(n, T[n, k]), Step(1, by=hypothesis), assuming=[equal(Sum(j, T[n, j]), 1)])


def gradient_of_another_logit():
    """The gradient of logsumexp in z_j is y_j."""
    return Derivation("d", D(log(S), z[j]), Step(y[i], by=differentiate))


def loss_of_an_unknown_class():
    """Without a sum, nothing says which class i is."""
    return Derivation("d", L, Step(-log(y[i]), by=hypothesis))


def weight_of_another_class():
    """The weight of class k answers to the error of class k."""
    return Derivation("d", D(batch_loss, W[f, k]), Step(1 / N * Sum(n, X[n, f] * (Y[n, j] - T[n, j])), by=chain_rule))


def index_of_another_size():
    """n counts examples, z has classes."""
    return Derivation("d", z[i], Step(z[n], by=algebra))


def delta_of_two_sizes():
    """A class and an example cannot coincide."""
    return Derivation("d", z[i], Step(delta(i, n) * z[i], by=algebra))


def two_places_for_a_vector():
    """A vector has one index."""
    return Derivation("d", z[i], Step(z[i, j], by=algebra))


def index_as_a_number():
    """An index is no factor."""
    return Derivation("d", z[i], Step(z[i] * i, by=algebra))


def definition_with_a_stray_index():
    """The summed letter is k, the letter in the exponent j."""
    s = define("s", i, exp(z[i]) / Sum(k, exp(z[j])))
    return Derivation("d", s[i], Step(y[i], by=algebra))
