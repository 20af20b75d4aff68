"""Cross-entropy: its gradient in the probabilities and, through softmax, in the logits; its Hessian."""

from derive.background import Background, Source
from derive.catalog.logsumexp import gradient as logsumexp_gradient
from derive.catalog.logsumexp import log_softmax
from derive.catalog.softmax import K, S, bridle, i, j, k, v, y, z
from derive.catalog.softmax import jacobian as softmax_jacobian
from derive.catalog.softmax import matrix_form as softmax_jacobian_matrix
from derive.catalog.softmax import total as softmax_sum
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import (
    algebra,
    cancel,
    chain_rule,
    contract,
    definition,
    differentiate,
    entrywise,
    hadamard_product,
    hypothesis,
    linearity,
    logarithm_rule,
    matrix_product,
    split_sum,
    sum_rule,
)

shannon = Source(
    "C. E. Shannon",
    "A Mathematical Theory of Communication",
    1948,
    "Bell System Technical Journal 27, 379–423, 623–656",
)
kullback = Source(
    "S. Kullback, R. A. Leibler", "On Information and Sufficiency", 1951, "Annals of Mathematical Statistics 22, 79–86"
)
fisher = Source(
    "R. A. Fisher",
    "On the Mathematical Foundations of Theoretical Statistics",
    1922,
    "Philosophical Transactions of the Royal Society A 222, 309–368",
)

background = Background(
    r"An outcome of probability $p$ carries the information $-\log p$, in bits with the logarithm to base 2, in nats "
    "with the natural one; its mean is the entropy, below which no code can bring the mean length of its messages "
    "(Shannon, 1948). Cross-entropy is that mean length where outcomes follow $t$ and the code was made for $y$. It "
    "exceeds the entropy of $t$ by the divergence of Kullback and Leibler (1951), and since the entropy of $t$ does "
    "not depend on the logits, both have the same gradient. With class numbers as labels its sum over the data is "
    "the negative log-likelihood, so that to minimise it is to maximise the likelihood in the sense of Fisher "
    "(1922). It is the loss with which most classifiers and language models are trained.",
    [shannon, kullback, fisher],
)

c = index("c", K)
t = vector("t", K)
L = define("L", -Sum(k, t[k] * log(y[k])))

normalised = equal(Sum(j, t[j]), 1)

gradient_in_probabilities = Derivation(
    "cross-entropy-gradient",
    D(L, y[j]),
    Step(-Sum(k, t[k] * D(log(y[k]), y[j])), by=sum_rule),
    Step(-Sum(k, t[k] * (delta(k, j) / y[k])), by=logarithm_rule, because=r"$\delta_{k j}$: only $y_j$ varies"),
    Step(-t[j] / y[j], by=contract),
    title="Gradient of cross-entropy in the probabilities",
    about=(
        "Of the whole sum only one term holds $y_j$. Where $t_j$ and $y_j$ are positive the entry is negative: "
        "more probability there means less loss. It grows beyond all bounds as $y_j$ goes to 0; where $t_j = 0$ "
        "it is 0."
    ),
)

good = Source("I. J. Good", "Rational Decisions", 1952, "Journal of the Royal Statistical Society B 14, 107–114")
jelinek = Source(
    "F. Jelinek, R. L. Mercer, L. R. Bahl, J. K. Baker",
    "Perplexity: A Measure of the Difficulty of Speech Recognition Tasks",
    1977,
    "Journal of the Acoustical Society of America 62, S63",
)

surprise = Background(
    "The loss is the surprise at the class that was right. Good (1952) proposed to reward forecasters by this "
    "logarithm, since then nobody gains by naming another probability than the one believed in. The exponential of "
    "its mean over a text is the perplexity of a language model (Jelinek et al., 1977): a model that is as unsure as "
    "between $n$ equal words has perplexity $n$.",
    [good, jelinek],
)

one_hot_loss = Derivation(
    "cross-entropy-one-hot",
    L,
    Step(-Sum(k, t[k] * log(y[k])), by=definition(L)),
    Step(-Sum(k, delta(k, c) * log(y[k])), by=hypothesis, because=r"$t_k = \delta_{k c}$"),
    Step(-log(y[c]), by=contract),
    assuming=[one_hot(t, c)],
    title="Cross-entropy for a one-hot label",
    about="What counts is the probability of the right class $c$ alone.",
    background=surprise,
)

from_logits = Derivation(
    "cross-entropy-logits",
    L,
    Step(-Sum(k, t[k] * log(y[k])), by=definition(L)),
    Step(-Sum(k, t[k] * (z[k] - log(S))), by=log_softmax.because),
    Step(log(S) * Sum(k, t[k]) - Sum(k, t[k] * z[k]), by=linearity),
    Step(log(S) - Sum(k, t[k] * z[k]), by=hypothesis, because=r"$\sum_k t_k = 1$"),
    assuming=[normalised],
    title="Cross-entropy from the logits",
    about="Logsumexp less the labelled logits: with the shift $m = \\max_k z_k$ there, no overflow and no log of 0.",
)

nelder = Source(
    "J. A. Nelder, R. W. M. Wedderburn",
    "Generalized Linear Models",
    1972,
    "Journal of the Royal Statistical Society A 135, 370–384",
)

residual = Background(
    "That the gradient is a plain residual is no accident. For an exponential family whose natural parameters are "
    "the outputs of the model, which in the generalized linear models of Nelder and Wedderburn (1972) is the "
    "canonical link, the gradient of the negative log-likelihood is what was expected less what was observed. Bridle "
    "(1990) proposed softmax and this loss together. In a training loop it is the first gradient of the backward "
    "pass; libraries compute loss and gradient from the logits in one function, which never divides by a small "
    "probability.",
    [nelder, bridle],
)

general = Derivation(
    "softmax-cross-entropy-gradient-general",
    D(L, z[i]),
    Step(Sum(j, D(L, y[j]) * D(y[j], z[i])), by=chain_rule, because="$z_i$ acts on $L$ through every $y_j$"),
    Step(Sum(j, -(t[j] / y[j]) * D(y[j], z[i])), by=gradient_in_probabilities.because),
    Step(
        -(t[i] / y[i]) * D(y[i], z[i]) - Sum(j, (1 - delta(i, j)) * (t[j] / y[j]) * D(y[j], z[i])),
        by=split_sum,
        because=r"$j = i$, and $j \ne i$",
    ),
    Step(
        -(t[i] / y[i]) * (y[i] * (1 - y[i])) - Sum(j, (1 - delta(i, j)) * (t[j] / y[j]) * (-y[j] * y[i])),
        by=softmax_jacobian.because,
    ),
    Step(
        -(t[i] / strike(y[i])) * (strike(y[i]) * (1 - y[i]))
        + Sum(j, (1 - delta(i, j)) * (t[j] / strike(y[j])) * (strike(y[j]) * y[i])),
        by=algebra,
    ),
    Step(-t[i] * (1 - y[i]) + Sum(j, (1 - delta(i, j)) * t[j] * y[i]), by=cancel),
    Step(-t[i] + y[i] * t[i] + y[i] * Sum(j, (1 - delta(i, j)) * t[j]), by=linearity),
    Step(-t[i] + y[i] * (t[i] + Sum(j, (1 - delta(i, j)) * t[j])), by=algebra),
    Step(-t[i] + y[i] * Sum(j, t[j]), by=split_sum),
    Step(y[i] * Sum(j, t[j]) - t[i], by=algebra),
    title="Gradient of softmax with cross-entropy, for any labels",
    about="Nothing is assumed of the labels: their sum stays in the result.",
    background=residual,
)

gradient = Derivation(
    "softmax-cross-entropy-gradient",
    general.claim,
    *general.steps,
    Step(y[i] * 1 - t[i], by=hypothesis, because=r"$\sum_j t_j = 1$"),
    Step(y[i] - t[i], by=algebra),
    assuming=[normalised],
    title="Gradient of softmax with cross-entropy",
    about=(
        "Probability less label, by the chain rule through every probability. It is positive where a class gets "
        "more than its label says and negative where it gets less, so a step of gradient descent lowers the one "
        "logit and raises the other. The entries sum to 0, and all of them are 0 only where $y = t$."
    ),
    background=residual,
)

gradient_one_hot = Derivation(
    "softmax-cross-entropy-gradient-one-hot",
    D(L, z[i]),
    Step(y[i] * Sum(j, t[j]) - t[i], by=general.because),
    Step(y[i] * Sum(j, delta(j, c)) - delta(i, c), by=hypothesis, because=r"$t_j = \delta_{j c}$"),
    Step(y[i] - delta(i, c), by=contract),
    assuming=[one_hot(t, c)],
    title="Gradient of softmax with cross-entropy for a one-hot label",
    about=(
        "Subtract 1 at the right class, and leave the other probabilities as they are. With two classes or more only "
        "the entry of the right class, $y_c - 1$, is negative: gradient descent raises that logit and lowers every "
        "other, in proportion to its probability. The push up is as large as all the pushes down together."
    ),
    background=residual,
)

gradient_direct = Derivation(
    "softmax-cross-entropy-gradient-direct",
    D(L, z[i]),
    Step(D(log(S) - Sum(k, t[k] * z[k]), z[i]), by=from_logits.because),
    Step(D(log(S), z[i]) - Sum(k, t[k] * D(z[k], z[i])), by=sum_rule),
    Step(D(log(S), z[i]) - Sum(k, t[k] * delta(k, i)), by=differentiate),
    Step(y[i] - Sum(k, t[k] * delta(k, i)), by=logsumexp_gradient.because),
    Step(y[i] - t[i], by=contract),
    assuming=[normalised],
    title="The same gradient without the softmax Jacobian",
    about="Starting from the logits, two terms are left to differentiate.",
    background=residual,
)

gradient_vector = Derivation(
    "softmax-cross-entropy-gradient-vector",
    D(L, z, "denominator"),
    Step(y - t, by=entrywise, because=r"$\frac{\partial L}{\partial z_i} = y_i - t_i$"),
    assuming=[normalised],
    title="Gradient of softmax with cross-entropy, as a vector",
    about="The error of the prediction, class by class: a column, as $z$ is.",
    background=residual,
)

gradient_sum = Derivation(
    "softmax-cross-entropy-gradient-sum",
    Sum(i, D(L, z[i])),
    Step(Sum(i, y[i] - t[i]), by=gradient.because),
    Step(Sum(i, y[i]) - Sum(i, t[i]), by=linearity),
    Step(1 - Sum(i, t[i]), by=softmax_sum.because),
    Step(0, by=hypothesis, because=r"$\sum_i t_i = 1$"),
    assuming=[normalised],
    title="The entries of the gradient sum to 0",
    about="What one class gains the others lose.",
    background=residual,
)

amari = Source("S. Amari", "Natural Gradient Works Efficiently in Learning", 1998, "Neural Computation 10, 251–276")

curvature = Background(
    "As no label is left in it, the Hessian equals its own mean over labels drawn from $y$: in the logits it is the "
    "Fisher information, and also the covariance of such a label. For a linear model Newton’s method with it is the "
    "scoring of Nelder and Wedderburn (1972). For a network it is the inner matrix of the natural gradient (Amari, "
    "1998) and of the Gauss–Newton approximation.",
    [nelder, amari],
)

hessian_entries = Derivation(
    "cross-entropy-hessian-entries",
    D(D(L, z[i]), z[j]),
    Step(D(y[i] - t[i], z[j]), by=gradient.because),
    Step(D(y[i], z[j]), by=sum_rule, because="the label does not depend on the logits"),
    Step(y[i] * (delta(i, j) - y[j]), by=softmax_jacobian.because),
    assuming=[equal(Sum(k, t[k]), 1)],
    title="Hessian of softmax with cross-entropy, entry by entry",
    about="The label is gone: the curvature depends on the prediction alone.",
    background=curvature,
)

hessian = Derivation(
    "cross-entropy-hessian",
    D(D(L, z, "denominator"), z, "denominator"),
    Step(D(y - t, z, "denominator"), by=gradient_vector.because),
    Step(D(y, z, "denominator"), by=sum_rule, because="the label does not depend on the logits"),
    Step(diag(y) - outer(y, y), by=softmax_jacobian_matrix.because),
    assuming=[normalised],
    title="Hessian of softmax with cross-entropy",
    about=(
        "The softmax Jacobian again, symmetric and with zero row sums. The label has dropped out: the curvature "
        "depends on the logits alone. Along $v$ it is the variance of $v$ under $y$, so it is never negative, and "
        "the loss is convex in the logits."
    ),
    background=curvature,
)

hessian_row_sums = Derivation(
    "cross-entropy-hessian-row-sums",
    Sum(j, D(D(L, z[i]), z[j])),
    Step(Sum(j, y[i] * (delta(i, j) - y[j])), by=hessian_entries.because),
    Step(y[i] * (Sum(j, delta(i, j)) - Sum(j, y[j])), by=linearity),
    Step(y[i] * (1 - Sum(j, y[j])), by=contract),
    Step(y[i] - y[i], by=softmax_sum.because),
    Step(0, by=algebra),
    assuming=[equal(Sum(k, t[k]), 1)],
    title="Rows of the Hessian sum to 0",
    about="The loss is flat along a common shift of all logits.",
    background=curvature,
)

pearlmutter = Source(
    "B. A. Pearlmutter", "Fast Exact Multiplication by the Hessian", 1994, "Neural Computation 6, 147–160"
)
schraudolph = Source(
    "N. N. Schraudolph",
    "Fast Curvature Matrix-Vector Products for Second-Order Gradient Descent",
    2002,
    "Neural Computation 14, 1723–1738",
)

curvature_products = Background(
    "Methods such as conjugate gradients ask for the Hessian only in products with vectors, which Pearlmutter (1994) "
    "computes for about the price of a gradient. Schraudolph (2002) puts this product between two passes through the "
    "network and gets the Gauss–Newton matrix times a vector, which has no negative curvature.",
    [pearlmutter, schraudolph],
)

hessian_vector_product = Derivation(
    "cross-entropy-hvp",
    Sum(j, D(D(L, z[i]), z[j]) * v[j]),
    Step(Sum(j, y[i] * (delta(i, j) - y[j]) * v[j]), by=hessian_entries.because),
    Step(y[i] * (Sum(j, delta(i, j) * v[j]) - Sum(j, y[j] * v[j])), by=linearity),
    Step(y[i] * (v[i] - Sum(j, y[j] * v[j])), by=contract),
    assuming=[equal(Sum(k, t[k]), 1)],
    title="Hessian of cross-entropy times a vector",
    about="The curvature along $v$ for the price of one softmax.",
    background=curvature_products,
)

hessian_on_a_vector = Derivation(
    "cross-entropy-hvp-vector",
    D(D(L, z, "denominator"), z, "denominator") @ v,
    Step((diag(y) - outer(y, y)) @ v, by=hessian.because),
    Step(diag(y) @ v - outer(y, y) @ v, by=matrix_product, because="a product with $v$ is linear"),
    Step(y * v - outer(y, y) @ v, by=hadamard_product, because="a diagonal matrix multiplies entry by entry"),
    Step(
        y * v - (y.T @ v) * y,
        by=matrix_product,
        because="$(y y^{\\top}) v = y (y^{\\top} v)$, and a number goes in front",
    ),
    Step(y * (v - (y.T @ v) * ones(K)), by=algebra),
    assuming=[normalised],
    title="Hessian of cross-entropy times a vector, without indices",
    about="Take the mean of $v$ under $y$ from every entry, then weigh the entries by $y$.",
    background=curvature_products,
)

v_bar = define("v_bar", Sum(i, y[i] * v[i]))

quadratic_form = Derivation(
    "cross-entropy-hessian-quadratic-form",
    Sum(i, Sum(j, v[i] * D(D(L, z[i]), z[j]) * v[j])),
    Step(Sum(i, v[i] * Sum(j, D(D(L, z[i]), z[j]) * v[j])), by=linearity, because="$v_i$ does not depend on $j$"),
    Step(Sum(i, v[i] * (y[i] * (v[i] - Sum(j, y[j] * v[j])))), by=hessian_vector_product.because),
    Step(Sum(i, v[i] * (y[i] * (v[i] - v_bar))), by=definition(v_bar)),
    Step(Sum(i, y[i] * v[i] ** 2) - v_bar * Sum(i, y[i] * v[i]), by=linearity),
    Step(Sum(i, y[i] * v[i] ** 2) - v_bar * v_bar, by=definition(v_bar)),
    Step(Sum(i, y[i] * v[i] ** 2) - 2 * v_bar * v_bar + v_bar**2 * 1, by=algebra),
    Step(Sum(i, y[i] * v[i] ** 2) - 2 * v_bar * Sum(i, y[i] * v[i]) + v_bar**2 * 1, by=definition(v_bar)),
    Step(
        Sum(i, y[i] * v[i] ** 2) - 2 * v_bar * Sum(i, y[i] * v[i]) + v_bar**2 * Sum(i, y[i]),
        by=softmax_sum.because,
    ),
    Step(Sum(i, y[i] * (v[i] ** 2 - 2 * v_bar * v[i] + v_bar**2)), by=linearity),
    Step(Sum(i, y[i] * (v[i] - v_bar) ** 2), by=algebra),
    assuming=[equal(Sum(k, t[k]), 1)],
    title="The Hessian of cross-entropy measures a variance",
    about=(
        "The curvature along $v$ is the variance of $v$ under the probabilities: this identity is proved. "
        "That it is never negative follows, since every $y_i$ is positive and no square is negative; "
        "so the loss is convex in the logits. That sign is stated here, not proved."
    ),
    background=curvature,
)

quadratic_form_vector = Derivation(
    "cross-entropy-hessian-quadratic-form-vector",
    v.T @ D(D(L, z, "denominator"), z, "denominator") @ v,
    Step(v.T @ (diag(y) - outer(y, y)) @ v, by=hessian.because),
    Step(v.T @ diag(y) @ v - v.T @ outer(y, y) @ v, by=matrix_product, because="the product is linear"),
    Step(v.T @ diag(y) @ v - (y.T @ v) ** 2, by=matrix_product, because="$v^{\\top} y = y^{\\top} v$"),
    Step(y.T @ (v * v) - (y.T @ v) ** 2, by=hadamard_product),
    assuming=[normalised],
    title="The Hessian's quadratic form, without indices",
    about="The mean of the squares less the square of the mean: the variance of $v$ under $y$ again.",
    background=curvature,
)
