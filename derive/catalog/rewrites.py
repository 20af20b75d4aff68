"""Rewrites of the exported code: equal as real numbers, and with more digits in floating point.

What is proved here is the equality. Why the other side keeps its digits is told, and tested with the code.
"""

from derive.background import Background, Source
from derive.catalog.batch import N, n
from derive.catalog.cross_entropy import L, c, normalised, one_hot_loss, t
from derive.catalog.cross_entropy import from_logits as loss_from_logits
from derive.catalog.cross_entropy import gradient_one_hot as loss_gradient_one_hot
from derive.catalog.logistic import as_softplus as binary_loss_as_softplus
from derive.catalog.logistic import gradient as binary_gradient
from derive.catalog.logistic import loss as binary_loss
from derive.catalog.logistic import t as label
from derive.catalog.logsumexp import log_softmax
from derive.catalog.options import epsilon, s, smoothed_from_logits, smoothed_loss, w
from derive.catalog.shift import m
from derive.catalog.sigmoid import derivative as sigmoid_derivative
from derive.catalog.sigmoid import log_sigmoid, sigma, softplus, softplus_symmetry, x
from derive.catalog.softmax import K, S, i, j, k, v, y, z
from derive.catalog.softmax import diagonal as jacobian_diagonal
from derive.catalog.softmax import total as softmax_sum
from derive.catalog.temperature import g, q, tau, temperature_hvp
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import (
    algebra,
    cancel,
    common_denominator,
    definition,
    expand_fraction,
    exponents,
    hypothesis,
    linearity,
    logarithms,
    split_sum,
)

goldberg = Source(
    "D. Goldberg",
    "What Every Computer Scientist Should Know About Floating-Point Arithmetic",
    1991,
    "ACM Computing Surveys 23, 5–48",
)
panchekha = Source(
    "P. Panchekha, A. Sanchez-Stern, J. R. Wilcox, Z. Tatlock",
    "Automatically Improving Accuracy for Floating Point Expressions",
    2015,
    "ACM SIGPLAN Conference on Programming Language Design and Implementation",
)

background = Background(
    "Formulas that are equal as real numbers can differ in every digit when they are computed. The cause is mostly "
    "cancellation: a difference of two close numbers keeps their rounding errors and loses their common digits "
    "(Goldberg, 1991). Panchekha et al. (2015) let a program search for better forms by such equalities. In a training "
    "loop the gain shows where a model is almost sure: a gradient that is small and right, instead of 0 or nan.",
    [goldberg, panchekha],
)

# ------------------------------------------------------------------ one exponential and the rest

r = define("r", j, Sum(k, (1 - delta(j, k)) * exp(z[k])))
rho = define("rho", j, Sum(k, (1 - delta(j, k)) * exp(z[k] - z[j])))

rest = Derivation(
    "rewrite-rest",
    exp(z[j]) + r[j],
    Step(exp(z[j]) + Sum(k, (1 - delta(j, k)) * exp(z[k])), by=definition(r)),
    Step(Sum(k, exp(z[k])), by=split_sum),
    Step(S, by=definition(S)),
    title="One exponential and the rest",
    about="$r_j$ is the sum without its term $j$: added up by itself it keeps what would be lost beside a large term.",
)

rest_over_term = Derivation(
    "rewrite-rest-scaled",
    rho[j],
    Step(Sum(k, (1 - delta(j, k)) * exp(z[k] - z[j])), by=definition(rho)),
    Step(Sum(k, (1 - delta(j, k)) * exp(z[k]) / exp(z[j])), by=exponents),
    Step(Sum(k, (1 - delta(j, k)) * exp(z[k])) / exp(z[j]), by=linearity, because="$z_j$ does not depend on $k$"),
    Step(r[j] / exp(z[j]), by=definition(r)),
    title="The rest, in units of one exponential",
    about="What the code computes: $j$ is the class of the largest logit, and no exponent is above 0.",
)

rest_shift = Derivation(
    "rewrite-rest-shift",
    Sum(k, (1 - delta(j, k)) * exp(z[k] - m)) / exp(z[j] - m),
    Step(
        Sum(k, exp(-m) * (1 - delta(j, k)) * exp(z[k])) / (exp(-m) * exp(z[j])),
        by=exponents,
    ),
    Step(strike(exp(-m)) * r[j] / (strike(exp(-m)) * exp(z[j])), by=linearity, because="$m$ does not depend on $k$"),
    Step(r[j] / exp(z[j]), by=cancel),
    title="The rest over one exponential does not feel a shift",
    about="True of every $m$, as for softmax itself.",
)

complement = Derivation(
    "rewrite-complement",
    1 - y[i],
    Step(1 - exp(z[i]) / S, by=definition(y)),
    Step((S - exp(z[i])) / S, by=common_denominator),
    Step((exp(z[i]) + r[i] - exp(z[i])) / S, by=rest.because),
    Step(r[i] / S, by=algebra),
    title="What a probability lacks to 1",
    about="The share of the others. Where $y_i$ is close to 1, the difference has no digits left and the rest has all.",
)

complement_shift = Derivation(
    "rewrite-complement-shift",
    Sum(k, (1 - delta(i, k)) * exp(z[k] - m)) / Sum(k, exp(z[k] - m)),
    Step(
        Sum(k, exp(-m) * (1 - delta(i, k)) * exp(z[k])) / Sum(k, exp(-m) * exp(z[k])),
        by=exponents,
    ),
    Step(strike(exp(-m)) * r[i] / (strike(exp(-m)) * S), by=linearity, because="$m$ does not depend on $k$"),
    Step(r[i] / S, by=cancel),
    Step(1 - y[i], by=complement.because),
    title="What a probability lacks to 1, with shifted logits",
    about="True of every $m$; with $m = \\max_k z_k$ nothing overflows.",
)

complement_scaled = Derivation(
    "rewrite-complement-scaled",
    rho[j] / (1 + rho[j]),
    Step(r[j] / exp(z[j]) / (1 + r[j] / exp(z[j])), by=rest_over_term.because),
    Step(r[j] / (exp(z[j]) + r[j]), by=expand_fraction, because="by $e^{z_j}$"),
    Step(r[j] / S, by=rest.because),
    Step(1 - y[j], by=complement.because),
    title="What the largest probability lacks to 1",
    about="The same share, in units of the largest exponential.",
)

softmax_scaled = Derivation(
    "rewrite-softmax",
    exp(z[i] - z[j]) / (1 + rho[j]),
    Step(exp(z[i]) / exp(z[j]) / (1 + r[j] / exp(z[j])), by=rest_over_term.because),
    Step(exp(z[i]) / (exp(z[j]) + r[j]), by=expand_fraction, because="by $e^{z_j}$"),
    Step(exp(z[i]) / S, by=rest.because),
    Step(y[i], by=definition(y)),
    title="Softmax in units of one exponential",
    about="With the largest logit as $z_j$ the denominator is 1 and the rest.",
)

log_of_sum = Derivation(
    "rewrite-logsumexp",
    log(S) - z[j],
    Step(log(exp(z[j]) + r[j]) - z[j], by=rest.because),
    Step(log(exp(z[j]) * (1 + r[j] / exp(z[j]))) - z[j], by=algebra),
    Step(log(exp(z[j])) + log(1 + r[j] / exp(z[j])) - z[j], by=logarithms),
    Step(z[j] + log(1 + r[j] / exp(z[j])) - z[j], by=logarithms),
    Step(log(1 + r[j] / exp(z[j])), by=algebra),
    title="Logsumexp less one logit",
    about="The logarithm of 1 and a small number, which log1p computes to its last digit.",
)

loss_at_label = Derivation(
    "rewrite-loss-label",
    L,
    Step(-log(y[c]), by=one_hot_loss.because),
    Step(-(z[c] - log(S)), by=log_softmax.because),
    Step(log(S) - z[c], by=algebra),
    Step(log(1 + r[c] / exp(z[c])), by=log_of_sum.because),
    assuming=[one_hot(t, c)],
    title="Cross-entropy as the log1p of the rest",
    about=(
        "Where the label is right and sure of itself, the loss is nearly the share of the others; nothing is "
        "subtracted."
    ),
)

log_of_sum_largest = Derivation(
    "rewrite-logsumexp-largest",
    z[j] + log(1 + r[j] / exp(z[j])),
    Step(z[j] + (log(S) - z[j]), by=log_of_sum.because),
    Step(log(S), by=algebra),
    title="Logsumexp from one logit and the rest",
    about="With the largest logit as $z_j$ nothing overflows, and the second term is at most $\\log K$.",
)

softmax_reciprocal = Derivation(
    "rewrite-softmax-reciprocal",
    exp(z[i]) * (1 / S),
    Step(exp(z[i]) / S, by=algebra),
    Step(y[i], by=definition(y)),
    title="Softmax by one reciprocal for each row",
    about="$K$ products in place of $K$ quotients: faster, and half an ULP less precise.",
)

log_softmax_scaled = Derivation(
    "rewrite-log-softmax",
    z[i] - z[j] - log(1 + rho[j]),
    Step(z[i] - z[j] - log(1 + r[j] / exp(z[j])), by=rest_over_term.because),
    Step(z[i] - z[j] - (log(S) - z[j]), by=log_of_sum.because),
    Step(z[i] - log(S), by=algebra),
    Step(log(y[i]), by=log_softmax.because),
    title="Log-softmax with the rest",
    about="True of every $j$; with the largest logit as $z_j$, both terms have one sign and no digits cancel.",
)

loss_of_labels = Derivation(
    "rewrite-loss",
    log(1 + rho[j]) - Sum(k, t[k] * (z[k] - z[j])),
    Step(log(1 + r[j] / exp(z[j])) - Sum(k, t[k] * (z[k] - z[j])), by=rest_over_term.because),
    Step(log(S) - z[j] - Sum(k, t[k] * (z[k] - z[j])), by=log_of_sum.because),
    Step(log(S) - z[j] - (Sum(k, t[k] * z[k]) - z[j] * Sum(k, t[k])), by=linearity),
    Step(log(S) - z[j] - (Sum(k, t[k] * z[k]) - z[j]), by=hypothesis, because=r"$\sum_k t_k = 1$"),
    Step(log(S) - Sum(k, t[k] * z[k]), by=algebra),
    Step(L, by=loss_from_logits.because),
    assuming=[normalised],
    title="Cross-entropy with the rest, for any labels",
    about="With the largest logit as $z_j$ every term of the sum is at most 0: only numbers of one sign are added.",
)

any_labels_loss = Derivation(
    "rewrite-loss-any-labels",
    Sum(k, t[k]) * log(1 + r[j] / exp(z[j])) + Sum(k, t[k] * (z[j] - z[k])),
    Step(Sum(k, t[k]) * (log(S) - z[j]) + Sum(k, t[k] * (z[j] - z[k])), by=log_of_sum.because),
    Step(
        Sum(k, t[k]) * log(S) - Sum(k, t[k]) * z[j] + (z[j] * Sum(k, t[k]) - Sum(k, t[k] * z[k])),
        by=linearity,
    ),
    Step(log(S) * Sum(k, t[k]) - Sum(k, t[k] * z[k]), by=algebra),
    Step(-Sum(k, t[k] * (z[k] - log(S))), by=linearity),
    Step(-Sum(k, t[k] * log(y[k])), by=log_softmax.because),
    Step(L, by=definition(L)),
    title="Cross-entropy with the rest, for labels of any sum",
    about="Weighted labels do not sum to 1: the logarithm is multiplied by what they sum to.",
)

gradient_at_label = Derivation(
    "rewrite-gradient-label",
    D(L, z[c]),
    Step(y[c] - 1, by=loss_gradient_one_hot.because, because=r"$\delta_{c c} = 1$"),
    Step(-(1 - y[c]), by=algebra),
    Step(-r[c] / S, by=complement.because),
    assuming=[one_hot(t, c)],
    title="Gradient at the right class, with the rest",
    about="Where the prediction is right, $y_c - 1$ is a difference of two numbers close to 1; the rest is not.",
)

gradient_of_soft = Derivation(
    "rewrite-gradient-soft",
    y[i] - t[i],
    Step(1 - t[i] - (1 - y[i]), by=algebra, because="$y_i = 1 - (1 - y_i)$"),
    Step(1 - t[i] - r[i] / S, by=complement.because),
    title="Probability less label, from what both lack to 1",
    about="For a class with both close to 1: the difference of two small numbers, in place of one of two large ones.",
)

gradient_of_rests = Derivation(
    "rewrite-gradient-rests",
    y[i] - t[i],
    Step(1 - t[i] - r[i] / S, by=gradient_of_soft.because),
    Step(Sum(k, t[k]) - t[i] - r[i] / S, by=hypothesis, because=r"$\sum_k t_k = 1$"),
    Step(Sum(k, (1 - delta(i, k)) * t[k]) - r[i] / S, by=split_sum),
    assuming=[normalised],
    title="Probability less label, from the other labels",
    about="The other labels, added up, take the place of $1 - t_i$.",
)

B, A = scalars("B A")

gradient_divided = Derivation(
    "rewrite-gradient-divided",
    exp(z[i]) / (S * B),
    Step(exp(z[i]) / S / B, by=algebra),
    Step(y[i] / B, by=definition(y)),
    assuming=[positive(B)],
    title="A probability divided by a number, in one division",
    about="$B$ is the number of rows, or their weight, times the temperature.",
)

gradient_weighted = Derivation(
    "rewrite-gradient-weighted",
    exp(z[i]) * (A / (S * B)),
    Step(A * (exp(z[i]) / S) / B, by=algebra),
    Step(A * y[i] / B, by=definition(y)),
    assuming=[positive(B)],
    title="A probability times a weight, in one product",
    about="$A$ is the weight of the label; the factor is one number for each row.",
)

gradient_any_labels = Derivation(
    "rewrite-gradient-any-labels",
    exp(z[i]) / (S / A) - A * t[i],
    Step(A * (exp(z[i]) / S) - A * t[i], by=algebra),
    Step(A * y[i] - A * t[i], by=definition(y)),
    Step(A * (y[i] - t[i]), by=algebra),
    assuming=[positive(A)],
    title="Probability less label for labels that sum to any number, in one division",
    about="$A$ is what the labels $A t_i$ sum to.",
)

gradient_of_any_rests = Derivation(
    "rewrite-gradient-rests-any-labels",
    y[i] * Sum(k, t[k]) - t[i],
    Step((1 - (1 - y[i])) * Sum(k, t[k]) - t[i], by=algebra),
    Step((1 - r[i] / S) * Sum(k, t[k]) - t[i], by=complement.because),
    Step(Sum(k, t[k]) - t[i] - r[i] / S * Sum(k, t[k]), by=algebra),
    Step(Sum(k, (1 - delta(i, k)) * t[k]) - r[i] / S * Sum(k, t[k]), by=split_sum),
    title="Probability less label, from the other labels, whatever they sum to",
    about="The difference of two small numbers, where the one of two large ones has no digits left.",
)

# ------------------------------------------------------------------ smoothed labels, without their largest

smoothed_complement = Derivation(
    "rewrite-smoothed-complement",
    1 - s[j],
    Step(1 - ((1 - epsilon) * t[j] + epsilon / K), by=definition(s)),
    Step((1 - epsilon) * (1 - t[j]) + epsilon - epsilon / K, by=algebra),
    Step((1 - epsilon) * (1 - t[j]) + epsilon / K * (K - 1), by=algebra),
    title="What a smoothed label lacks to 1",
    about="Both terms are at least 0.",
)

smoothed_weighted_rest = Derivation(
    "rewrite-smoothed-weighted-rest",
    Sum(k, (1 - delta(j, k)) * (w[k] * s[k])),
    Step(Sum(k, (1 - delta(j, k)) * (w[k] * ((1 - epsilon) * t[k] + epsilon / K))), by=definition(s)),
    Step(
        (1 - epsilon) * Sum(k, (1 - delta(j, k)) * (w[k] * t[k])) + Sum(k, (1 - delta(j, k)) * (w[k] * (epsilon / K))),
        by=linearity,
    ),
    title="The other smoothed labels, weighted",
    about="Each sum is of terms of one sign.",
)

smoothed_loss_at_label = Derivation(
    "rewrite-loss-smoothed",
    log(1 + r[j] / exp(z[j])) + ((1 - epsilon) * (z[j] - z[c]) + epsilon / K * Sum(k, z[j] - z[k])),
    Step(log(S) - z[j] + ((1 - epsilon) * (z[j] - z[c]) + epsilon / K * Sum(k, z[j] - z[k])), by=log_of_sum.because),
    Step(log(S) - (1 - epsilon) * z[c] - epsilon / K * Sum(k, z[k]), by=linearity),
    Step(
        log(S) - (1 - epsilon) * Sum(k, t[k] * z[k]) - epsilon / K * Sum(k, z[k]),
        by=hypothesis,
        because=r"$t_k = \delta_{k c}$",
    ),
    Step(smoothed_loss, by=smoothed_from_logits.because),
    assuming=[one_hot(t, c)],
    title="Smoothed cross-entropy with the rest",
    about="With the largest logit as $z_j$ no term is negative, and no smoothed label is rounded.",
)

# ------------------------------------------------------------------ products with a vector

mean_difference = Derivation(
    "rewrite-jvp-differences",
    y[i] * (v[i] - Sum(k, y[k] * v[k])),
    Step(y[i] * (v[i] * 1 - Sum(k, y[k] * v[k])), by=algebra),
    Step(y[i] * (v[i] * Sum(k, y[k]) - Sum(k, y[k] * v[k])), by=softmax_sum.because),
    Step(y[i] * Sum(k, y[k] * (v[i] - v[k])), by=linearity),
    title="Softmax Jacobian times a vector, by differences",
    about="Only differences of the vector matter, and the term of class $i$ itself is 0.",
)

a = scalar("a")

centred = Derivation(
    "rewrite-jvp-centred",
    y[i] * (v[i] - a - Sum(k, y[k] * (v[k] - a))),
    Step(y[i] * (v[i] - a - (Sum(k, y[k] * v[k]) - a * Sum(k, y[k]))), by=linearity),
    Step(y[i] * (v[i] - a - (Sum(k, y[k] * v[k]) - a)), by=softmax_sum.because),
    Step(y[i] * (v[i] - Sum(k, y[k] * v[k])), by=algebra),
    title="Softmax Jacobian times a vector, centred",
    about="True of every $a$; with $a = v_j$ at the largest logit, the sum is small where one class takes almost all.",
)

scaled_product = Derivation(
    "rewrite-hvp-factor",
    A / B * Sum(j, D(g[i], z[j]) * v[j]),
    Step(A / B * (q[i] * (v[i] - Sum(k, q[k] * v[k])) / tau**2), by=temperature_hvp.because),
    Step(A / (B * tau * tau) * (q[i] * (v[i] - Sum(k, q[k] * v[k]))), by=algebra),
    assuming=[positive(B)],
    title="Hessian times a vector, with one factor for each row",
    about="$A$ is what the labels of the row sum to, $B$ what the sum over the rows is divided by.",
)

diagonal_entry = Derivation(
    "rewrite-jacobian-diagonal",
    D(y[i], z[i]),
    Step(y[i] * (1 - y[i]), by=jacobian_diagonal.because),
    Step(y[i] * (r[i] / S), by=complement.because),
    Step(exp(z[i]) / S * (r[i] / S), by=definition(y)),
    Step(exp(z[i]) * r[i] / S**2, by=algebra),
    title="Softmax Jacobian on the diagonal, with the rest",
    about="No difference is left, so that the entry keeps its digits where $y_i$ is close to 1.",
)

# ------------------------------------------------------------------ functions of one logit

sigmoid_left = Derivation(
    "rewrite-sigmoid",
    sigma(x),
    Step(1 / (1 + exp(-x)), by=definition(sigma)),
    Step(exp(x) / (exp(x) + 1), by=expand_fraction, because=r"by $e^{x}$"),
    Step(exp(x) / (1 + exp(x)), by=algebra),
    title="The sigmoid for negative arguments",
    about="With $e = e^{-|x|}$ it is $\\frac{1}{1 + e}$ for $x \\ge 0$, and $\\frac{e}{1 + e}$ for $x < 0$.",
)

sigmoid_complement = Derivation(
    "rewrite-sigmoid-complement",
    1 - sigma(x),
    Step(1 - 1 / (1 + exp(-x)), by=definition(sigma)),
    Step((1 + exp(-x) - 1) / (1 + exp(-x)), by=common_denominator),
    Step(exp(-x) / (1 + exp(-x)), by=algebra),
    title="What the sigmoid lacks to 1",
    about="For positive arguments, where $\\sigma(x)$ is close to 1.",
)

slope_right = Derivation(
    "rewrite-sigmoid-slope",
    D(sigma(x), x),
    Step(sigma(x) * (1 - sigma(x)), by=sigmoid_derivative.because),
    Step(sigma(x) * (exp(-x) / (1 + exp(-x))), by=sigmoid_complement.because),
    Step(1 / (1 + exp(-x)) * (exp(-x) / (1 + exp(-x))), by=definition(sigma)),
    Step(exp(-x) / (1 + exp(-x)) ** 2, by=algebra),
    title="The sigmoid's slope with one exponential",
    about="For positive arguments: $\\frac{e}{(1 + e)^2}$ with $e = e^{-x}$.",
)

slope_left = Derivation(
    "rewrite-sigmoid-slope-left",
    D(sigma(x), x),
    Step(exp(-x) / (1 + exp(-x)) ** 2, by=slope_right.because),
    Step(exp(x) ** 2 * exp(-x) / (exp(x) ** 2 * (1 + exp(-x)) ** 2), by=expand_fraction, because=r"by $(e^{x})^{2}$"),
    Step(exp(x) / (exp(x) + 1) ** 2, by=exponents),
    Step(exp(x) / (1 + exp(x)) ** 2, by=algebra),
    title="The sigmoid's slope for negative arguments",
    about="The same formula with $e = e^{x}$: the slope is even.",
)

softplus_right = Derivation(
    "rewrite-softplus",
    softplus(x),
    Step(log(1 + exp(x)), by=definition(softplus)),
    Step(log(exp(x) * (exp(-x) + 1)), by=algebra, because=r"$e^{x} e^{-x} = 1$"),
    Step(log(exp(x)) + log(1 + exp(-x)), by=logarithms),
    Step(x + log(1 + exp(-x)), by=logarithms, because=r"$\log e^{x} = x$"),
    title="Softplus for positive arguments",
    about="No large number is exponentiated; for negative arguments the definition is fine.",
)

log_sigmoid_left = Derivation(
    "rewrite-log-sigmoid",
    log(sigma(x)),
    Step(-softplus(-x), by=log_sigmoid.because),
    Step(-(softplus(x) - x), by=softplus_symmetry.because),
    Step(x - softplus(x), by=algebra),
    Step(x - log(1 + exp(x)), by=definition(softplus)),
    title="Log-sigmoid for negative arguments",
    about="For positive arguments it is $-\\log (1 + e^{-x})$.",
)

binary_loss_right = Derivation(
    "rewrite-logistic-loss",
    binary_loss,
    Step(softplus(x) - label * x, by=binary_loss_as_softplus.because),
    Step(x + log(1 + exp(-x)) - label * x, by=softplus_right.because),
    Step((1 - label) * x + log(1 + exp(-x)), by=algebra),
    title="Logistic loss for positive logits",
    about="Two terms that are not negative. For negative logits they are $-t x$ and $\\operatorname{softplus}(x)$.",
)

binary_gradient_right = Derivation(
    "rewrite-logistic-gradient",
    D(binary_loss, x),
    Step(sigma(x) - label, by=binary_gradient.because),
    Step(1 - label - (1 - sigma(x)), by=algebra, because=r"$\sigma(x) = 1 - (1 - \sigma(x))$"),
    Step(1 - label - exp(-x) / (1 + exp(-x)), by=sigmoid_complement.because),
    title="Gradient of logistic loss for positive logits",
    about="Where $\\sigma(x)$ and the label are close to 1, from what both lack to 1.",
)

binary_gradient_left = Derivation(
    "rewrite-logistic-gradient-left",
    D(binary_loss, x),
    Step(sigma(x) - label, by=binary_gradient.because),
    Step(exp(x) / (1 + exp(x)) - label, by=sigmoid_left.because),
    title="Gradient of logistic loss for negative logits",
    about="Where $\\sigma(x)$ is small it has all its digits, and a label of 0 takes none of them.",
)

# ------------------------------------------------------------------ the mean

losses = vector("ell", N)
mean_loss = define("L", 1 / N * Sum(n, losses[n]))

mean_after_sum = Derivation(
    "rewrite-mean",
    mean_loss,
    Step(1 / N * Sum(n, losses[n]), by=definition(mean_loss)),
    Step(Sum(n, losses[n]) / N, by=algebra),
    title="The mean is divided after the sum",
    about="One division in place of a product with the rounded $\\frac{1}{N}$.",
)
