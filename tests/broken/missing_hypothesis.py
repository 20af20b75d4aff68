"""A step that would be right under a hypothesis that is not there, or not the right one."""

from derive.catalog.batch import L as batch_loss
from derive.catalog.batch import N, T, Y, Z, n
from derive.catalog.cross_entropy import L, c, normalised, t
from derive.catalog.logistic import as_softplus, cases, p
from derive.catalog.sigmoid import sigma, softplus
from derive.catalog.softmax import K, i, j, k, y, z
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import *

label = scalar("t")

REFUSED = {
    "one_hot_not_said": r"index c is free in",
    "one_hot_gradient_not_said": r"index c is free in",
}


def labels_of_any_sum():
    """y - t wants labels that sum to 1."""
    return Derivation("d", D(L, z[i]), Step(y[i] - t[i], by=chain_rule))


def labels_of_another_sum():
    """The labels sum to 2, and the gradient says 1."""
    return Derivation("d", D(L, z[i]), Step(y[i] - t[i], by=chain_rule), assuming=[equal(Sum(j, t[j]), 2)])


def one_hot_not_said():
    """-log y_c wants a one-hot label at c."""
    return Derivation("d", L, Step(-log(y[c]), by=hypothesis))


def one_hot_gradient_not_said():
    """The right class is not named by any hypothesis."""
    return Derivation("d", D(L, z[i]), Step(y[i] - delta(i, c), by=chain_rule), assuming=[normalised])


def off_diagonal_everywhere():
    """-y_i y_j wants i ≠ j."""
    return Derivation("d", D(y[i], z[j]), Step(-y[i] * y[j], by=quotient_rule))


def diagonal_everywhere():
    """y_i (1 - y_i) wants i = j."""
    return Derivation("d", D(y[i], z[j]), Step(y[i] * (1 - y[i]), by=quotient_rule))


def diagonal_off_the_diagonal():
    """The wrong one of the two cases."""
    return Derivation("d", D(y[i], z[j]), Step(y[i] * (1 - y[j]), by=quotient_rule), assuming=[distinct(i, j)])


def batch_with_any_labels():
    """The labels of each example have to sum to 1."""
    return Derivation("d", D(batch_loss, Z[n, k]), Step((Y[n, k] - T[n, k]) / N, by=chain_rule))


def batch_with_columns_summing_to_one():
    """The labels of one class over the batch sum to 1, which is something else."""
    return Derivation(
        "d",
        D(batch_loss, Z[n, k]),
        Step((Y[n, k] - T[n, k]) / N, by=chain_rule),
        assuming=[equal(Sum(n, T[n, k]), 1)],
    )


def hessian_with_any_labels():
    """Without Σt = 1 the factor Σt stays."""
    return Derivation("d", D(D(L, z[i]), z[j]), Step(y[i] * (delta(i, j) - y[j]), by=differentiate))


def three_classes_as_two():
    """Of three classes, the third counts too."""
    return Derivation("d", y[1], Step(sigma(z[1] - z[2]), by=algebra), sizes={K: 3})


def two_labels_of_any_sum():
    """Logistic loss knows one label; the other has to be its complement."""
    return Derivation(
        "d",
        L,
        Step(softplus(z[1] - z[2]) - t[1] * (z[1] - z[2]), by=as_softplus.because),
        sizes={K: 2},
    )


def equal_probabilities():
    """1/K wants equal logits."""
    return Derivation("d", y[i], Step(1 / K, by=algebra))


def label_of_three_values():
    """t² = t holds of 0 and 1, not of 2."""
    return Derivation("d", label**2, Step(label, by=hypothesis), assuming=[one_of(label, 0, 1, 2)])


def soft_labels_as_one_hot():
    """t² = t holds of one-hot labels; Σt = 1 is not enough."""
    return Derivation("d", t[i] ** 2, Step(t[i], by=hypothesis), assuming=[normalised])


def soft_labels_without_overlap():
    """Of one-hot labels two never meet; soft ones do."""
    return Derivation("d", t[i] * t[j], Step(0, by=hypothesis), assuming=[normalised, distinct(i, j)])


def cases_exchanged():
    """Label 1 counts log p, label 0 counts log(1 - p)."""
    return Derivation(
        "d",
        cases.claim,
        Step(by_label(label, {0: -log(p), 1: -log(1 - p)}), by=by_value),
        assuming=[one_of(label, 0, 1), positive(p), positive(1 - p)],
    )


def probabilities_that_do_not_sum_to_one():
    """Scores are not probabilities: nothing makes e^z sum to 1."""
    return Derivation("d", Sum(k, exp(z[k])), Step(1, by=hypothesis), assuming=[normalised])
