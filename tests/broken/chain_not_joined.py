"""A line that is true of something else: what follows from it is right, and the chain is broken before it."""

from derive.catalog.cross_entropy import L, c, normalised, t
from derive.catalog.logistic import loss
from derive.catalog.logistic import t as label
from derive.catalog.sigmoid import sigma, softplus, x
from derive.catalog.softmax import S, i, j, k, y, z
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import *

w = scalar("w")

WRONG_STEP = {
    "gradient_of_the_logarithm": 1,
    "gradient_in_the_probability": 1,
    "two_errors_that_cancel": 1,
    "wrong_rule_right_result": 1,
    "first_derivative_for_the_second": 1,
    "another_variable": 1,
    "value_for_the_derivative": 1,
    "gradient_of_another_loss": 1,
    "sum_of_something_else": 1,
    "hessian_for_the_gradient": 2,
    "diagonal_in_between": 2,
}


def gradient_of_the_logarithm():
    """δ - y_j is the gradient of log y_i, not of y_i."""
    return Derivation(
        "d",
        D(y[i], z[j]),
        Step(D(log(y[i]), z[j]), by=differentiate),
        Step(delta(i, j) - y[j], by=differentiate),
    )


def gradient_in_the_probability():
    """-t/y is the gradient in y_i, not in z_i."""
    return Derivation("d", D(L, z[i]), Step(D(L, y[i]), by=chain_rule), Step(-t[i] / y[i], by=differentiate))


def two_errors_that_cancel():
    """A minus too many, and in the next line one too few."""
    return Derivation(
        "d",
        D(sigma(x), x),
        Step(-sigma(x) * (1 - sigma(x)), by=differentiate),
        Step(sigma(x) * (1 - sigma(x)), by=algebra),
    )


def wrong_rule_right_result():
    """The numerator belongs to the other case; the result is known, and put below."""
    return Derivation(
        "d",
        D(y[i], z[i]),
        Step((0 * S - exp(z[i]) * exp(z[i])) / S**2, by=quotient_rule),
        Step(y[i] * (1 - y[i]), by=algebra),
    )


def first_derivative_for_the_second():
    """The curvature, taken for the slope."""
    return Derivation(
        "d",
        D(D(L, z[i]), z[j]),
        Step(D(L, z[i]), by=differentiate),
        Step(y[i] - t[i], by=chain_rule),
        assuming=[normalised],
    )


def another_variable():
    """True of w, and nothing was said of w."""
    return Derivation(
        "d",
        D(sigma(x), x),
        Step(D(sigma(w), w), by=differentiate),
        Step(sigma(w) * (1 - sigma(w)), by=differentiate),
    )


def value_for_the_derivative():
    """The definition is right, the derivative has gone."""
    return Derivation(
        "d", D(softplus(x), x), Step(softplus(x), by=differentiate), Step(log(1 + exp(x)), by=definition(softplus))
    )


def gradient_of_another_loss():
    """True of the squared error."""
    return Derivation(
        "d",
        D(loss, x),
        Step(D((sigma(x) - label) ** 2 / 2, x), by=chain_rule),
        Step((sigma(x) - label) * D(sigma(x), x), by=power_rule),
    )


def sum_of_something_else():
    """The probabilities sum to 1, the labels do not have to."""
    return Derivation("d", Sum(j, t[j]), Step(Sum(j, y[j]), by=hypothesis), Step(1, by=algebra))


def hessian_for_the_gradient():
    """The second line is a true Jacobian, of which nothing was asked."""
    return Derivation(
        "d",
        D(L, z[i]),
        Step(y[i] - t[i], by=chain_rule),
        Step(D(y[i], z[i]), by=differentiate),
        Step(y[i] * (1 - y[i]), by=quotient_rule),
        assuming=[normalised],
    )


def diagonal_in_between():
    """From j to i and on: the middle line is one entry of many."""
    return Derivation(
        "d",
        D(y[i], z[j]),
        Step(D(exp(z[i]) / S, z[j]), by=definition(y)),
        Step((exp(z[i]) * S - exp(z[i]) * exp(z[i])) / S**2, by=quotient_rule),
        Step(y[i] * (1 - y[i]), by=algebra),
    )


def loss_of_the_wrong_class():
    """-log y_c is the loss; its derivative is not that of log S alone."""
    return Derivation(
        "d",
        D(L, z[i]),
        Step(D(-log(y[c]), z[i]), by=hypothesis),
        Step(D(log(S), z[i]), by=logarithms),
        assuming=[one_hot(t, c)],
    )


def per_class_logistic_loss():
    """The sum of logistic losses is another loss."""
    return Derivation(
        "d",
        -Sum(k, t[k] * log(y[k]) + (1 - t[k]) * log(1 - y[k])),
        Step(-Sum(k, t[k] * log(y[k])), by=definition(L)),
        assuming=[one_hot(t, c)],
    )
