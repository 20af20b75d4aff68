"""Squared error: of softmax, the Brier score; and of a linear model, least squares."""

from derive.background import Background, Source
from derive.catalog.softmax import K, i, j, y, z
from derive.catalog.softmax import jacobian as softmax_jacobian
from derive.catalog.softmax import matrix_form as softmax_jacobian_matrix
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import (
    algebra,
    chain_rule,
    contract,
    definition,
    differentiate,
    hadamard_product,
    matrix_product,
    power_rule,
    sum_rule,
)

legendre = Source(
    "A.-M. Legendre",
    "Nouvelles méthodes pour la détermination des orbites des comètes",
    1805,
    "Firmin Didot, Paris",
    language="fr",
)
gauss = Source("C. F. Gauss", "Theoria motus corporum coelestium", 1809, "Perthes et Besser, Hamburg", language="la")
brier_score = Source(
    "G. W. Brier", "Verification of Forecasts Expressed in Terms of Probability", 1950, "Monthly Weather Review 78, 1–3"
)
gneiting = Source(
    "T. Gneiting, A. E. Raftery",
    "Strictly Proper Scoring Rules, Prediction, and Estimation",
    2007,
    "Journal of the American Statistical Association 102, 359–378",
)

background = Background(
    "Legendre (1805) published the method of least squares for the orbits of comets. Gauss (1809) tied it to the "
    "normal distribution: where errors are normal with one variance, to minimise their squares is to maximise the "
    "likelihood. Of probabilities the squared error is the score of Brier (1950), made for weather forecasts; like "
    "the logarithm it is proper, that is, on average best where the forecast is the true distribution (Gneiting and "
    "Raftery, 2007). As a training loss for softmax it passes little gradient on where a prediction is sure and "
    "wrong, which cross-entropy does not do.",
    [legendre, gauss, brier_score, gneiting],
)

t = vector("t", K)
E = define("E", Sum(i, (y[i] - t[i]) ** 2))

brier_entries = Derivation(
    "brier-score-gradient-entries",
    D(E, z[j]),
    Step(D(Sum(i, (y[i] - t[i]) ** 2), z[j]), by=definition(E)),
    Step(Sum(i, D((y[i] - t[i]) ** 2, z[j])), by=sum_rule),
    Step(Sum(i, 2 * (y[i] - t[i]) * D(y[i], z[j])), by=power_rule),
    Step(Sum(i, 2 * (y[i] - t[i]) * (y[i] * (delta(i, j) - y[j]))), by=softmax_jacobian.because),
    Step(2 * (y[j] - t[j]) * y[j] - 2 * Sum(i, (y[i] - t[i]) * y[i]) * y[j], by=contract),
    Step(2 * y[j] * (y[j] - t[j] - Sum(i, y[i] * (y[i] - t[i]))), by=algebra),
    title="Gradient of the Brier score in the logits, entry by entry",
    about="Nothing cancels as it does with cross-entropy: a confident mistake, $y_j$ near 0, hardly moves.",
)

brier = Derivation(
    "brier-score-gradient",
    D(norm_squared(y - t), z, "denominator"),
    Step(2 * D(y - t, z, "denominator") @ (y - t), by=chain_rule, because="of the squared norm and $y - t$"),
    Step(2 * D(y, z, "denominator") @ (y - t), by=sum_rule, because="the label does not depend on the logits"),
    Step(2 * (diag(y) - outer(y, y)) @ (y - t), by=softmax_jacobian_matrix.because),
    Step(2 * (diag(y) @ (y - t) - outer(y, y) @ (y - t)), by=matrix_product),
    Step(2 * (y * (y - t) - (y.T @ (y - t)) * y), by=hadamard_product),
    title="Gradient of the Brier score",
    about="Twice the error, passed back through the softmax Jacobian.",
)

N, F = size("N"), size("F")
X, w, r = matrix("X", N, F), vector("w", F), vector("r", N)

least_squares = Derivation(
    "least-squares-gradient",
    D(norm_squared(X @ w - r), w),
    Step(2 * (X @ w - r).T @ D(X @ w - r, w), by=chain_rule, because="of the squared norm and the linear $X w - r$"),
    Step(2 * (X @ w - r).T @ X, by=differentiate),
    title="Gradient of least squares",
    about="In numerator layout a row: twice the residuals, weighed by the columns of $X$.",
)

least_squares_denominator = Derivation(
    "least-squares-gradient-denominator",
    D(norm_squared(X @ w - r), w, "denominator"),
    Step(
        2 * D(X @ w - r, w, "denominator") @ (X @ w - r),
        by=chain_rule,
        because="of the squared norm and the linear $X w - r$",
    ),
    Step(2 * X.T @ (X @ w - r), by=differentiate),
    title="Gradient of least squares, denominator layout",
    about="Where it is $\\mathbf{0}$ the normal equations hold: $X^{\\top} X w = X^{\\top} r$.",
)
