"""Rows and columns exchanged, shapes that differ, layouts mixed."""

from derive.catalog.batch import L, N, T, W, X, Y, b
from derive.catalog.cross_entropy import t
from derive.catalog.matrix_calculus import f, one, s, v, x
from derive.catalog.softmax import K, y, z
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import *

REFUSED = {
    "weight_gradient_transposed": r"has shape \(K, F\), but the derivation began with \(F, K\)",
    "inputs_not_transposed": r"does not meet",
    "layouts_mixed": r"layouts are mixed",
    "matrix_less_vector": r"has shape",
    "number_for_a_matrix": r"one is an array, the other a scalar",
    "ones_of_another_size": r"does not meet",
    "layout_unknown": r"layout 'columns': expected one of",
    "inner_for_outer": r"has shape",
    "weights_for_logits": r"has shape \(N, K\), but the derivation began with \(F, K\)",
    "entry_missing": r"D\(.*\): name one entry of",
}


def weight_gradient_transposed():
    """F × K, not K × F."""
    return Derivation("d", D(L, W, "denominator"), Step((Y - T).T @ X / N, by=chain_rule))


def inputs_not_transposed():
    """X has a row for each example, and meets Y - T only when it is turned."""
    return Derivation("d", D(L, W, "denominator"), Step(X @ (Y - T) / N, by=chain_rule))


def weights_for_logits():
    """The factor X^T of the chain rule is missing."""
    return Derivation("d", D(L, W, "denominator"), Step((Y - T) / N, by=chain_rule))


def layouts_mixed():
    """One derivation, one layout."""
    return Derivation("d", D(s * v, x), Step(s * D(v, x, "denominator") + outer(v, D(s, x)), by=product_rule))


def product_rule_transposed():
    """In numerator layout the gradient of the scalar is the row."""
    return Derivation("d", D(s * v, x), Step(s * D(v, x) + outer(D(s, x), v), by=product_rule))


def product_rule_transposed_denominator():
    """In denominator layout it is the column."""
    return Derivation(
        "d",
        D(s * v, x, "denominator"),
        Step(s * D(v, x, "denominator") + outer(v, D(s, x, "denominator")), by=product_rule),
    )


def product_rule_of_one_factor():
    """The scalar depends on x as well."""
    return Derivation("d", D(s * v, x), Step(s * D(v, x), by=product_rule))


def jacobian_of_anything_symmetric():
    """The softmax Jacobian is symmetric; an unknown one need not be."""
    return Derivation("d", D(v, x), Step(D(v, x).T, by=algebra))


def elementwise_as_outer():
    """A diagonal matrix, not one with equal rows."""
    return Derivation("d", D(f(x), x), Step(outer(f.prime(x), one), by=chain_rule))


def outer_of_another_vector():
    """y y^T, not y t^T."""
    return Derivation("d", D(y, z), Step(diag(y) - outer(y, t), by=entrywise))


def identity_for_diag():
    """The first term holds the probabilities."""
    return Derivation("d", D(y, z), Step(diag(one) - outer(y, y), by=entrywise))


def matrix_less_vector():
    """A vector cannot be taken from a matrix."""
    return Derivation("d", D(y, z), Step(diag(y) - y, by=entrywise))


def number_for_a_matrix():
    """The Jacobian is no number."""
    return Derivation("d", D(y, z), Step(y[1] * (1 - y[1]), by=entrywise))


def inner_for_outer():
    """y^T y is a number, y y^T a matrix."""
    return Derivation("d", D(y, z), Step(diag(y) - y.T @ y, by=entrywise))


def ones_of_another_size():
    """The sum over the batch needs N ones."""
    return Derivation("d", D(L, b, "denominator"), Step((Y - T).T @ ones(K) / N, by=chain_rule))


def layout_unknown():
    """There are two layouts."""
    return Derivation("d", D(y, z, "columns"), Step(diag(y) - outer(y, y), by=entrywise))


def divided_by_a_vector():
    """Softmax divides by a number; entry by entry, everything would be 1."""
    return Derivation("d", y, Step(exp(z) / exp(z), by=definition(y)))


def entry_missing():
    """The derivative of a vector in one entry: which entry of the vector?"""
    return Derivation("d", D(y, z[1]), Step(y, by=entrywise))


def minus_in_the_last_row():
    """One entry of the last row has lost its sign."""
    return Derivation(
        "d", D(y[3], z), Step(listed(K, -y[3] * y[1], y[3] * y[2], y[3] * (1 - y[3])), by=entrywise), sizes={K: 3}
    )


def sum_exp_gradient_of_ones():
    """1^T diag(e^x) is the row of exponentials, not of ones."""
    return Derivation("d", D(one.T @ exp(x), x), Step(one.T, by=entrywise))
