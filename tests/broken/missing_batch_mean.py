"""The mean over the batch: 1/N is missing, doubled, or counts something else."""

from derive.catalog.batch import L, N, T, W, X, Y, Z, b, ell, f, k, m, n, normalised
from derive.catalog.softmax import K, j
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import *


def logits_without_mean():
    """The gradient of the mean holds 1/N."""
    return Derivation("d", D(L, Z[n, k]), Step(Y[n, k] - T[n, k], by=chain_rule), assuming=[normalised])


def logits_without_mean_as_matrix():
    """The same for all logits at once."""
    return Derivation("d", D(L, Z, "denominator"), Step(Y - T, by=entrywise), assuming=[normalised])


def weights_without_mean():
    """Summed over the batch, not averaged."""
    return Derivation("d", D(L, W, "denominator"), Step(X.T @ (Y - T), by=chain_rule), assuming=[normalised])


def weights_with_mean_twice():
    """Averaged twice: in the loss and in its gradient."""
    return Derivation(
        "d",
        D(L, W, "denominator"),
        Step(X.T @ ((Y - T) / N), by=chain_rule),
        Step(1 / N * (X.T @ ((Y - T) / N)), by=entrywise),
        assuming=[normalised],
    )


def mean_over_the_classes():
    """The mean is over examples, not over classes."""
    return Derivation("d", D(L, Z[n, k]), Step((Y[n, k] - T[n, k]) / K, by=chain_rule), assuming=[normalised])


def mean_over_all_entries():
    """One entry of N, not of N K."""
    return Derivation("d", D(L, Z[n, k]), Step((Y[n, k] - T[n, k]) / (N * K), by=chain_rule), assuming=[normalised])


def bias_without_mean():
    """The columns of the errors, summed and not averaged."""
    return Derivation("d", D(L, b[k]), Step(Sum(n, Y[n, k] - T[n, k]), by=chain_rule), assuming=[normalised])


def bias_mean_over_the_classes():
    """Divided by the wrong number."""
    return Derivation("d", D(L, b, "denominator"), Step((Y - T).T @ ones(N) / K, by=chain_rule), assuming=[normalised])


def inputs_without_mean():
    """What the layer hands on is averaged as well."""
    return Derivation("d", D(L, X, "denominator"), Step((Y - T) @ W.T, by=chain_rule), assuming=[normalised])


def loss_without_mean():
    """The mean of the losses, taken for their sum."""
    return Derivation("d", L, Step(Sum(n, ell[n]), by=definition(L)))


def mean_kept_after_contraction():
    """N equal terms and 1/N cancel; one term and 1/N do not."""
    return Derivation(
        "d",
        D(L, Z[n, k]),
        Step(1 / N * Sum(m, delta(m, n) * (Y[n, k] - T[n, k])), by=linearity),
        Step(Y[n, k] - T[n, k], by=contract),
        assuming=[normalised],
    )


def weight_of_one_feature_for_all():
    """Each weight answers to its own feature."""
    r = index("r", f.size)
    return Derivation(
        "d",
        D(L, W[f, k]),
        Step(1 / N * Sum(n, Sum(r, X[n, r]) * (Y[n, k] - T[n, k])), by=chain_rule),
        assuming=[normalised],
    )


def logits_of_all_classes():
    """The error of one class, taken for that of all of them."""
    return Derivation("d", D(L, Z[n, k]), Step(1 / N * Sum(j, Y[n, j] - T[n, j]), by=chain_rule), assuming=[normalised])
