"""Logistic loss: cross-entropy of two classes, with one probability and one logit."""

from derive.background import Background, Source
from derive.catalog.cross_entropy import L, nelder
from derive.catalog.cross_entropy import t as labels
from derive.catalog.shift import two_classes as softmax_of_two
from derive.catalog.sigmoid import derivative as sigmoid_derivative
from derive.catalog.sigmoid import log_sigmoid, sigma, softplus, softplus_derivative, softplus_symmetry, x
from derive.catalog.sigmoid import symmetry as sigmoid_symmetry
from derive.catalog.softmax import K, j, y, z
from derive.catalog.softmax import total as softmax_sum
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import (
    algebra,
    by_value,
    cancel,
    chain_rule,
    common_denominator,
    definition,
    differentiate,
    hypothesis,
    logarithm_rule,
    sum_rule,
)

cox = Source(
    "D. R. Cox",
    "The Regression Analysis of Binary Sequences",
    1958,
    "Journal of the Royal Statistical Society B 20, 215–242",
)
goodfellow = Source(
    "I. Goodfellow et al.", "Generative Adversarial Nets", 2014, "Advances in Neural Information Processing Systems 27"
)

background = Background(
    "Cox (1958) made regression for binary outcomes, linear in the logit, a general method. The loss is the negative "
    r"log-likelihood of a coin that shows 1 with probability $\sigma(x)$: the surprise at what it showed, in nats. "
    "The logit is the natural parameter of such a coin and so the canonical link of Nelder and Wedderburn (1972); "
    "for that reason the gradient is prediction less label. It trains yes-or-no outputs, one for each label where "
    "several may hold, and the discriminator of Goodfellow et al. (2014).",
    [cox, nelder, goodfellow],
)

p, t = scalars("p t")
loss_of_p = define("ell", -(t * log(p) + (1 - t) * log(1 - p)))

cases = Derivation(
    "logistic-loss-cases",
    loss_of_p,
    Step(-(t * log(p) + (1 - t) * log(1 - p)), by=definition(loss_of_p)),
    Step(
        by_label(t, {1: -(1 * log(p) + 0 * log(1 - p)), 0: -(0 * log(p) + 1 * log(1 - p))}),
        by=by_value,
        because=r"the label is 1 or 0",
    ),
    Step(by_label(t, {1: -log(p), 0: -log(1 - p)}), by=algebra),
    assuming=[one_of(t, 0, 1), positive(p), positive(1 - p)],
    title="Logistic loss by cases",
    about="The label chooses which of the two logarithms counts.",
)

gradient_in_probability = Derivation(
    "logistic-loss-gradient-probability",
    D(loss_of_p, p),
    Step(-(t * D(log(p), p) + (1 - t) * D(log(1 - p), p)), by=sum_rule),
    Step(-(t * (1 / p) + (1 - t) * (-1 / (1 - p))), by=logarithm_rule),
    Step(-t / p + (1 - t) / (1 - p), by=algebra),
    Step((-t * (1 - p) + (1 - t) * p) / (p * (1 - p)), by=common_denominator),
    Step((p - t) / (p * (1 - p)), by=algebra),
    assuming=[positive(p), positive(1 - p)],
    title="Gradient of logistic loss in the probability",
    about="The error, divided by the variance of a coin that shows 1 with probability $p$.",
)

prediction = define("p", sigma(x))
loss = define("ell", -(t * log(prediction) + (1 - t) * log(1 - prediction)))

gradient = Derivation(
    "logistic-loss-gradient",
    D(loss, x),
    Step(D(loss, prediction) * D(prediction, x), by=chain_rule),
    Step(
        (prediction - t) / (prediction * (1 - prediction)) * D(prediction, x),
        by=gradient_in_probability.because,
    ),
    Step(
        (prediction - t) / (prediction * (1 - prediction)) * (prediction * (1 - prediction)),
        by=sigmoid_derivative.because,
    ),
    Step(
        (prediction - t) / strike(prediction * (1 - prediction)) * strike(prediction * (1 - prediction)),
        by=algebra,
    ),
    Step(prediction - t, by=cancel),
    Step(sigma(x) - t, by=definition(prediction)),
    title="Gradient of logistic loss in the logit",
    about=(
        "Probability less label: the sigmoid's slope cancels. For $t = 1$ it is negative and for $t = 0$ "
        "positive, so gradient descent moves $x$ to the side of the label. For both labels it is below 1 in size, "
        "and close to 1 where the prediction is sure and wrong; the sigmoid's slope alone would go to 0 there."
    ),
)

as_softplus = Derivation(
    "logistic-loss-softplus",
    loss,
    Step(-(t * log(sigma(x)) + (1 - t) * log(1 - sigma(x))), by=definition(loss)),
    Step(-(t * log(sigma(x)) + (1 - t) * log(sigma(-x))), by=sigmoid_symmetry.because),
    Step(t * softplus(-x) + (1 - t) * softplus(x), by=log_sigmoid.because),
    Step(t * (softplus(x) - x) + (1 - t) * softplus(x), by=softplus_symmetry.because),
    Step(softplus(x) - t * x, by=algebra),
    title="Logistic loss as softplus",
    about="From the logit, without a logarithm of a number near 0.",
)

gradient_of_softplus = Derivation(
    "logistic-loss-gradient-softplus",
    D(loss, x),
    Step(D(softplus(x) - t * x, x), by=as_softplus.because),
    Step(D(softplus(x), x) - t * D(x, x), by=sum_rule),
    Step(D(softplus(x), x) - t, by=differentiate),
    Step(sigma(x) - t, by=softplus_derivative.because),
    title="The same gradient from softplus",
    about="Two terms, no chain rule, nothing to cancel.",
)

second_derivative = Derivation(
    "logistic-loss-second-derivative",
    D(D(loss, x), x),
    Step(D(sigma(x) - t, x), by=gradient.because),
    Step(D(sigma(x), x), by=sum_rule, because="the label does not depend on the logit"),
    Step(sigma(x) * (1 - sigma(x)), by=sigmoid_derivative.because),
    title="Second derivative of logistic loss",
    about="Never negative, whatever the label: the loss is convex in the logit.",
)

two_classes = Derivation(
    "logistic-loss-two-classes",
    L,
    Step(-(labels[1] * log(y[1]) + labels[2] * log(y[2])), by=definition(L), because="$K = 2$"),
    Step(-(labels[1] * log(y[1]) + (1 - labels[1]) * log(y[2])), by=hypothesis, because="$t_1 + t_2 = 1$"),
    Step(-(labels[1] * log(y[1]) + (1 - labels[1]) * log(1 - y[1])), by=softmax_sum.because),
    Step(
        -(labels[1] * log(sigma(z[1] - z[2])) + (1 - labels[1]) * log(1 - sigma(z[1] - z[2]))),
        by=softmax_of_two.because,
    ),
    Step(softplus(z[1] - z[2]) - labels[1] * (z[1] - z[2]), by=as_softplus.because),
    assuming=[equal(Sum(j, labels[j]), 1)],
    sizes={K: 2},
    title="Cross-entropy of two classes is logistic loss",
    about="With the logit $x = z_1 - z_2$ and the label $t_1$.",
)
