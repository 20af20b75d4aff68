"""A sign is lost, or one too many."""

from derive.catalog.cross_entropy import L, normalised, t
from derive.catalog.logistic import loss, loss_of_p, p
from derive.catalog.logistic import t as label
from derive.catalog.sigmoid import sigma, softplus, u, x
from derive.catalog.softmax import S, i, j, k, y, z
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import *

m = scalar("m")


def sigmoid_falls():
    """The sigmoid rises; its slope is not negative."""
    return Derivation("d", D(sigma(x), x), Step(-sigma(x) * (1 - sigma(x)), by=differentiate))


def inner_derivative_without_minus():
    """The derivative of e^(-x) is -e^(-x)."""
    return Derivation(
        "d",
        D(sigma(x), x),
        Step(D(1 / u, u) * D(u, x), by=chain_rule),
        Step(-1 / u**2 * exp(-x), by=differentiate),
    )


def reciprocal_without_minus():
    """The derivative of 1/u is -1/u²."""
    return Derivation("d", D(1 / u, u), Step(1 / u**2, by=reciprocal_rule))


def symmetry_turned():
    """σ(-x) is 1 - σ(x), not σ(x) - 1."""
    return Derivation("d", sigma(-x), Step(sigma(x) - 1, by=algebra))


def sigmoid_is_not_odd():
    """tanh is odd, the sigmoid is not."""
    return Derivation("d", sigma(-x), Step(-sigma(x), by=algebra))


def jacobian_with_plus():
    """Both terms of the softmax Jacobian with a plus."""
    return Derivation("d", D(y[i], z[j]), Step(y[i] * (delta(i, j) + y[j]), by=quotient_rule))


def off_diagonal_positive():
    """Off the diagonal the Jacobian is negative."""
    return Derivation("d", D(y[i], z[j]), Step(y[i] * y[j], by=quotient_rule), assuming=[distinct(i, j)])


def quotient_rule_with_plus():
    """The quotient rule with a plus in its numerator."""
    return Derivation(
        "d",
        D(exp(z[i]) / S, z[j]),
        Step((D(exp(z[i]), z[j]) * S + exp(z[i]) * D(S, z[j])) / S**2, by=quotient_rule),
    )


def quotient_rule_turned():
    """The quotient rule with its terms exchanged."""
    return Derivation(
        "d",
        D(exp(z[i]) / S, z[j]),
        Step((exp(z[i]) * D(S, z[j]) - D(exp(z[i]), z[j]) * S) / S**2, by=quotient_rule),
    )


def cross_entropy_rises():
    """The minus before the sum of the loss is lost."""
    return Derivation("d", D(L, y[j]), Step(t[j] / y[j], by=differentiate))


def label_less_probability():
    """The gradient is y - t; its opposite is the direction of descent."""
    return Derivation("d", D(L, z[i]), Step(t[i] - y[i], by=chain_rule), assuming=[normalised])


def bracket_opened_without_sign():
    """-t(1 - y) is -t + t y."""
    return Derivation("d", -t[i] * (1 - y[i]), Step(-t[i] - t[i] * y[i], by=algebra))


def logistic_gradient_turned():
    """Label less probability."""
    return Derivation("d", D(loss, x), Step(label - sigma(x), by=chain_rule))


def inner_derivative_of_complement():
    """The derivative of log(1 - p) is -1/(1 - p)."""
    return Derivation(
        "d",
        D(loss_of_p, p),
        Step(-(label * (1 / p) + (1 - label) * (1 / (1 - p))), by=logarithm_rule),
        assuming=[positive(p), positive(1 - p)],
    )


def log_sigmoid_falls():
    """Log-sigmoid rises."""
    return Derivation("d", D(log(sigma(x)), x), Step(sigma(x) - 1, by=logarithm_rule))


def shift_not_undone():
    """The shift inside is -m, so that m is added outside, not taken away."""
    return Derivation("d", log(S), Step(-m + log(Sum(k, exp(z[k] - m))), by=logarithms))


def softplus_symmetry_with_plus():
    """softplus(-x) = softplus(x) - x."""
    return Derivation("d", softplus(-x), Step(softplus(x) + x, by=logarithms))


def second_derivative_turned():
    """The slope of the sigmoid rises where x < 0."""
    return Derivation(
        "d",
        D(D(sigma(x), x), x),
        Step(D(sigma(x), x) * (1 - 2 * sigma(x)), by=product_rule),
        Step(sigma(x) * (1 - sigma(x)) * (2 * sigma(x) - 1), by=differentiate),
    )


def matrix_with_plus():
    """Diagonal plus outer product."""
    return Derivation("d", D(y, z), Step(diag(y) + outer(y, y), by=entrywise))


def hyperbolic_tangent_turned():
    """tanh rises."""
    return Derivation("d", tanh(x), Step(1 - 2 * sigma(2 * x), by=hyperbolic))


def exponent_without_sign():
    """e^(u - v) is e^u e^(-v)."""
    return Derivation("d", exp(z[i] - z[j]), Step(exp(z[i]) * exp(z[j]), by=exponents))
