"""Options of cross-entropy: class weights, weighted and ignored rows, smoothed labels.

Every option is a change to the labels or to the rows; the gradients without options carry over.
"""

from derive.background import Background, Source
from derive.catalog.batch import N, T, W, X, Y, Z, b, ell, m, n
from derive.catalog.batch import normalised as normalised_rows
from derive.catalog.cross_entropy import L, c, normalised, t
from derive.catalog.cross_entropy import general as plain_gradient
from derive.catalog.logistic import prediction as p
from derive.catalog.logistic import t as label
from derive.catalog.logsumexp import log_softmax, log_softmax_gradient
from derive.catalog.sigmoid import derivative as sigmoid_derivative
from derive.catalog.sigmoid import sigma, x
from derive.catalog.softmax import K, S, i, j, k, v, y, z
from derive.catalog.softmax import jacobian as softmax_jacobian
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
    hypothesis,
    linearity,
    logarithm_rule,
    matrix_product,
    sum_rule,
)

paszke = Source(
    "A. Paszke et al.",
    "PyTorch: An Imperative Style, High-Performance Deep Learning Library",
    2019,
    "Advances in Neural Information Processing Systems 32",
)

background = Background(
    "All of these options change what goes into the loss, and none of them softmax or cross-entropy itself: that is "
    "why the gradient stays a residual, weighted or scaled. Libraries such as PyTorch (Paszke et al., 2019) offer "
    "several of them as arguments of their loss functions.",
    [paszke],
)

# ------------------------------------------------------------------ class weights

w = vector("w", K)
weighted_loss = define("L_w", -Sum(k, w[k] * t[k] * log(y[k])))
A = define("A", Sum(k, w[k] * t[k]))

king = Source("G. King, L. Zeng", "Logistic Regression in Rare Events Data", 2001, "Political Analysis 9, 137–163")
lin = Source(
    "T.-Y. Lin, P. Goyal, R. Girshick, K. He, P. Dollár",
    "Focal Loss for Dense Object Detection",
    2017,
    "IEEE International Conference on Computer Vision",
)

costs = Background(
    "Class weights make rare classes count more, or count each class as it occurs in the population where the sample "
    "has other shares (King and Zeng, 2001). The weights here are constants. In the focal loss of Lin et al. (2017) "
    "the weight depends on the prediction, so that its own derivative enters the gradient, and these formulas do not "
    "hold for it.",
    [king, lin],
)

weighted_from_logits = Derivation(
    "weighted-cross-entropy-logits",
    weighted_loss,
    Step(-Sum(k, w[k] * t[k] * log(y[k])), by=definition(weighted_loss)),
    Step(-Sum(k, w[k] * t[k] * (z[k] - log(S))), by=log_softmax.because),
    Step(log(S) * Sum(k, w[k] * t[k]) - Sum(k, w[k] * t[k] * z[k]), by=linearity),
    title="Weighted cross-entropy from the logits",
    about="A weight multiplies the label of its class. The weighted labels need not sum to 1, so that their sum stays.",
    background=costs,
)

weighted_one_hot = Derivation(
    "weighted-cross-entropy-one-hot",
    weighted_loss,
    Step(log(S) * Sum(k, w[k] * t[k]) - Sum(k, w[k] * t[k] * z[k]), by=weighted_from_logits.because),
    Step(
        log(S) * Sum(k, w[k] * delta(k, c)) - Sum(k, w[k] * delta(k, c) * z[k]),
        by=hypothesis,
        because=r"$t_k = \delta_{k c}$",
    ),
    Step(log(S) * w[c] - w[c] * z[c], by=contract),
    Step(w[c] * (log(S) - z[c]), by=algebra),
    assuming=[one_hot(t, c)],
    title="Weighted cross-entropy for a one-hot label",
    about="The loss without weights, times the weight of the right class.",
    background=costs,
)

weighted_gradient = Derivation(
    "weighted-cross-entropy-gradient",
    D(weighted_loss, z[i]),
    Step(-Sum(k, w[k] * t[k] * D(log(y[k]), z[i])), by=sum_rule),
    Step(-Sum(k, w[k] * t[k] * (delta(k, i) - y[i])), by=log_softmax_gradient.because),
    Step(y[i] * Sum(k, w[k] * t[k]) - Sum(k, delta(k, i) * w[k] * t[k]), by=linearity),
    Step(y[i] * Sum(k, w[k] * t[k]) - w[i] * t[i], by=contract),
    title="Gradient of weighted cross-entropy",
    about="As for labels that do not sum to 1: here they are $w_k t_k$, and every weight is in the sum.",
    background=costs,
)

weighted_gradient_one_hot = Derivation(
    "weighted-cross-entropy-gradient-one-hot",
    D(weighted_loss, z[i]),
    Step(y[i] * Sum(k, w[k] * t[k]) - w[i] * t[i], by=weighted_gradient.because),
    Step(y[i] * Sum(k, w[k] * delta(k, c)) - w[i] * delta(i, c), by=hypothesis, because=r"$t_k = \delta_{k c}$"),
    Step(y[i] * w[c] - w[c] * delta(i, c), by=contract, because=r"where $\delta_{i c} \ne 0$, $w_i$ is $w_c$"),
    Step(w[c] * (y[i] - delta(i, c)), by=algebra),
    assuming=[one_hot(t, c)],
    title="Gradient of weighted cross-entropy for a one-hot label",
    about="Every entry is multiplied by the weight of the right class, and not by that of its own.",
    background=costs,
)

weighted_hessian = Derivation(
    "weighted-cross-entropy-hessian-entries",
    D(D(weighted_loss, z[i]), z[j]),
    Step(D(y[i] * Sum(k, w[k] * t[k]) - w[i] * t[i], z[j]), by=weighted_gradient.because),
    Step(D(y[i], z[j]) * Sum(k, w[k] * t[k]), by=sum_rule, because="weights and labels do not depend on the logits"),
    Step(y[i] * (delta(i, j) - y[j]) * Sum(k, w[k] * t[k]), by=softmax_jacobian.because),
    Step(A * y[i] * (delta(i, j) - y[j]), by=definition(A)),
    title="Hessian of weighted cross-entropy, entry by entry",
    about="The softmax Jacobian, times the sum $A$ of the weighted labels: $w_c$ for a one-hot label at $c$.",
    background=costs,
)

weighted_hvp = Derivation(
    "weighted-cross-entropy-hvp",
    Sum(j, D(D(weighted_loss, z[i]), z[j]) * v[j]),
    Step(Sum(j, A * y[i] * (delta(i, j) - y[j]) * v[j]), by=weighted_hessian.because),
    Step(A * y[i] * (Sum(j, delta(i, j) * v[j]) - Sum(j, y[j] * v[j])), by=linearity),
    Step(A * y[i] * (v[i] - Sum(j, y[j] * v[j])), by=contract),
    title="Hessian of weighted cross-entropy times a vector",
    about="What it is without weights, times $A$.",
    background=costs,
)

for_one, for_zero = scalars("a b")
weighted_binary_loss = define("ell", -(for_one * label * log(p) + for_zero * (1 - label) * log(1 - p)))

weighted_binary_gradient = Derivation(
    "weighted-logistic-loss-gradient",
    D(weighted_binary_loss, x),
    Step(D(weighted_binary_loss, p) * D(p, x), by=chain_rule),
    Step((for_zero * (1 - label) / (1 - p) - for_one * label / p) * D(p, x), by=logarithm_rule),
    Step((for_zero * (1 - label) / (1 - p) - for_one * label / p) * (p * (1 - p)), by=sigmoid_derivative.because),
    Step(for_zero * (1 - label) * p - for_one * label * (1 - p), by=algebra),
    Step((for_one * label + for_zero * (1 - label)) * p - for_one * label, by=algebra),
    Step((for_one * label + for_zero * (1 - label)) * sigma(x) - for_one * label, by=definition(p)),
    title="Gradient of weighted logistic loss",
    about="The weight is $a$ for label 1 and $b$ for label 0; with $a = b = 1$ the gradient is $\\sigma(x) - t$.",
    background=costs,
)

# ------------------------------------------------------------------ weighted rows

a = vector("a", N)
weighted_rows = define("L", Sum(n, a[n] * ell[n]))
weighted_mean = define("L", Sum(n, a[n] * ell[n]) / Sum(n, a[n]))

horvitz = Source(
    "D. G. Horvitz, D. J. Thompson",
    "A Generalization of Sampling Without Replacement from a Finite Universe",
    1952,
    "Journal of the American Statistical Association 47, 663–685",
)
shimodaira = Source(
    "H. Shimodaira",
    "Improving Predictive Inference Under Covariate Shift by Weighting the Log-Likelihood Function",
    2000,
    "Journal of Statistical Planning and Inference 90, 227–244",
)

reweighting = Background(
    "Horvitz and Thompson (1952) weigh each example by the inverse of the probability with which it was drawn, and "
    "so get sums that are right on average. Shimodaira (2000) does the same where training and use see different "
    "inputs, with a ratio of densities as weight.",
    [horvitz, shimodaira],
)

row_gradient_entries = Derivation(
    "weighted-rows-gradient-entries",
    D(weighted_rows, Z[n, k]),
    Step(Sum(m, a[m] * D(ell[m], Z[n, k])), by=sum_rule, because="the weights do not depend on the logits"),
    Step(
        Sum(m, delta(m, n) * a[m] * (Y[n, k] * Sum(j, T[n, j]) - T[n, k])),
        by=plain_gradient.because,
        because="the logits of example $n$ act on no other loss",
    ),
    Step(a[n] * (Y[n, k] * Sum(j, T[n, j]) - T[n, k]), by=contract),
    Step(a[n] * (Y[n, k] - T[n, k]), by=hypothesis, because=r"$\sum_j T_{n j} = 1$"),
    assuming=[normalised_rows],
    title="Gradient of a weighted sum over the batch, entry by entry",
    about="That of the sum for $a_n = 1$, that of the mean for $a_n = \\frac{1}{N}$; a row of weight 0 has none.",
    background=reweighting,
)

row_gradient = Derivation(
    "weighted-rows-gradient",
    D(weighted_rows, Z, "denominator"),
    Step(
        diag(a) @ (Y - T),
        by=entrywise,
        because=r"$\frac{\partial L}{\partial Z_{n k}} = a_n (Y_{n k} - T_{n k})$",
    ),
    assuming=[normalised_rows],
    title="Gradient of a weighted sum over the batch",
    about="Each row of errors, times its weight.",
    background=reweighting,
)

weighted_mean_gradient = Derivation(
    "weighted-mean-gradient-entries",
    D(weighted_mean, Z[n, k]),
    Step(
        a[n] * (Y[n, k] - T[n, k]) / Sum(m, a[m]),
        by=row_gradient_entries.because,
        because="divided by the sum of the weights, which does not depend on the logits",
    ),
    assuming=[normalised_rows, positive(Sum(n, a[n]))],
    title="Gradient of a weighted mean over the batch, entry by entry",
    about="The share of an example is its weight among all weights, and no longer one part in $N$.",
    background=reweighting,
)

weighted_layer_weight = Derivation(
    "weighted-rows-layer-weight-gradient",
    D(weighted_rows, W, "denominator"),
    Step(X.T @ D(weighted_rows, Z, "denominator"), by=chain_rule, because="$Z = X W + \\mathbf{1} b^{\\top}$"),
    Step(X.T @ (diag(a) @ (Y - T)), by=row_gradient.because),
    assuming=[normalised_rows],
    title="Gradient in the weights of a linear layer, with weighted rows",
    about="Inputs, transposed, times weighted errors.",
    background=reweighting,
)

weighted_layer_bias = Derivation(
    "weighted-rows-layer-bias-gradient",
    D(weighted_rows, b, "denominator"),
    Step(D(weighted_rows, Z, "denominator").T @ ones(N), by=chain_rule, because="each bias enters every example once"),
    Step((diag(a) @ (Y - T)).T @ ones(N), by=row_gradient.because),
    Step((Y - T).T @ a, by=matrix_product, because=r"$\operatorname{diag} (a) \, \mathbf{1} = a$"),
    assuming=[normalised_rows],
    title="Gradient in the biases of a linear layer, with weighted rows",
    about="The columns of the errors, added up with the weights of the examples.",
    background=reweighting,
)

B = scalar("B")
weight_of_label = define("a", n, Sum(k, w[k] * T[n, k]))
weighted_row_loss = define("ell", n, -Sum(k, w[k] * T[n, k] * log(Y[n, k])))
class_weighted_mean = define("L", Sum(n, weighted_row_loss[n]) / B)

class_weighted_mean_gradient = Derivation(
    "class-weighted-mean-gradient-entries",
    D(class_weighted_mean, Z[n, k]),
    Step(Sum(m, D(weighted_row_loss[m], Z[n, k])) / B, by=sum_rule, because="$B$ does not depend on the logits"),
    Step(
        Sum(m, delta(m, n) * (Y[n, k] * Sum(j, w[j] * T[n, j]) - w[k] * T[n, k])) / B,
        by=weighted_gradient.because,
        because="the logits of example $n$ act on no other loss",
    ),
    Step((Y[n, k] * Sum(j, w[j] * T[n, j]) - w[k] * T[n, k]) / B, by=contract),
    Step((weight_of_label[n] * Y[n, k] - w[k] * T[n, k]) / B, by=definition(weight_of_label)),
    assuming=[positive(B)],
    title="Gradient of the batch mean with class weights, entry by entry",
    about=(
        "The weight $a_n$ of an example is that of its label. $B$ is what the sum is divided by: $\\sum_n a_n$ for the "
        "weighted mean, $N$ for the plain one; no logit changes it."
    ),
    background=costs,
)

# ------------------------------------------------------------------ an ignored row

r = index("r", N)
losses = vector("ell", N)
ignoring = define("L", r, Sum(n, (1 - delta(n, r)) * a[n] * losses[n]) / Sum(n, (1 - delta(n, r)) * a[n]))

devlin = Source(
    "J. Devlin, M.-W. Chang, K. Lee, K. Toutanova",
    "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding",
    2019,
    "Proceedings of NAACL-HLT",
)

masks = Background(
    "Sequences of different lengths are filled up to one shape, and what was filled in must not be learned. In BERT "
    "(Devlin et al., 2019) the loss counts only the positions that were chosen for prediction, about 15 in 100. The "
    "mean is then taken over the rows that count.",
    [devlin],
)

ignored_row_share = Derivation(
    "ignored-row-share",
    D(ignoring[r], losses[n]),
    Step(
        Sum(m, (1 - delta(m, r)) * a[m] * delta(m, n)) / Sum(m, (1 - delta(m, r)) * a[m]),
        by=differentiate,
        because="the losses of the rows are independent here",
    ),
    Step((1 - delta(n, r)) * a[n] / Sum(m, (1 - delta(m, r)) * a[m]), by=contract),
    Step((1 - delta(n, r)) * a[n] / (Sum(m, a[m]) - a[r]), by=contract),
    assuming=[positive(Sum(m, a[m]) - a[r])],
    title="What a loss counts in the mean without an ignored row",
    about=(
        "Row $r$ has weight 0: its loss counts nothing, and its weight is missing in the sum, so that the others make "
        "up the mean that they would without it."
    ),
    background=masks,
)

without_row = define("L", r, Sum(n, (1 - delta(n, r)) * a[n] * ell[n]))

ignored_row_gradient = Derivation(
    "ignored-row-gradient",
    D(without_row[r], Z[n, k]),
    Step((1 - delta(n, r)) * a[n] * (Y[n, k] - T[n, k]), by=row_gradient_entries.because),
    Step(
        by_cases(n, r, same=0, distinct=a[n] * (Y[n, k] - T[n, k])),
        by=algebra,
        because=r"$\delta_{n r}$ is 1 or 0",
    ),
    assuming=[normalised_rows],
    title="Gradient with an ignored row",
    about="In the logits of the ignored row it is 0; in those of the others it is what it was.",
    background=masks,
)

# ------------------------------------------------------------------ smoothed labels

epsilon = scalar("epsilon")
s = define("s", k, (1 - epsilon) * t[k] + epsilon / K)
smoothed_loss = define("L_epsilon", -Sum(k, s[k] * log(y[k])))
uniform_loss = define("U", -Sum(k, 1 / K * log(y[k])))

szegedy = Source(
    "C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens, Z. Wojna",
    "Rethinking the Inception Architecture for Computer Vision",
    2016,
    "IEEE Conference on Computer Vision and Pattern Recognition",
)
muller = Source(
    "R. Müller, S. Kornblith, G. E. Hinton",
    "When Does Label Smoothing Help?",
    2019,
    "Advances in Neural Information Processing Systems 32",
)

smoothing = Background(
    "With a one-hot label the loss falls to 0 only as logits grow without end. Szegedy et al. (2016) therefore mix "
    "the label with the uniform distribution: then finite logits are best, and the model is kept from being too "
    "sure. Müller et al. (2019) found that it improves calibration, and makes a network a worse teacher for "
    "distillation.",
    [szegedy, muller],
)

smoothed_sum = Derivation(
    "smoothed-labels-sum",
    Sum(k, s[k]),
    Step(Sum(k, (1 - epsilon) * t[k] + epsilon / K), by=definition(s)),
    Step((1 - epsilon) * Sum(k, t[k]) + K * (epsilon / K), by=linearity, because="the second sum has $K$ equal terms"),
    Step((1 - epsilon) * 1 + K * (epsilon / K), by=hypothesis, because=r"$\sum_k t_k = 1$"),
    Step((1 - epsilon) * 1 + strike(K) * (epsilon / strike(K)), by=algebra),
    Step((1 - epsilon) * 1 + epsilon, by=cancel),
    Step(1, by=algebra),
    assuming=[normalised],
    title="Smoothed labels sum to 1",
    about="Smoothing takes the share $\\epsilon$ from the label and gives every class the same part of it.",
    background=smoothing,
)

smoothed_mixture = Derivation(
    "smoothed-cross-entropy-mixture",
    smoothed_loss,
    Step(-Sum(k, s[k] * log(y[k])), by=definition(smoothed_loss)),
    Step(-Sum(k, ((1 - epsilon) * t[k] + epsilon / K) * log(y[k])), by=definition(s)),
    Step(-(1 - epsilon) * Sum(k, t[k] * log(y[k])) - epsilon * Sum(k, 1 / K * log(y[k])), by=linearity),
    Step((1 - epsilon) * L + epsilon * uniform_loss, by=definition(L)),
    title="Smoothed cross-entropy as a mixture of two losses",
    about="The loss for the label, and $U$, the loss for the label that is $\\frac{1}{K}$ everywhere.",
    background=smoothing,
)

smoothed_from_logits = Derivation(
    "smoothed-cross-entropy-logits",
    smoothed_loss,
    Step(-Sum(k, s[k] * log(y[k])), by=definition(smoothed_loss)),
    Step(-Sum(k, s[k] * (z[k] - log(S))), by=log_softmax.because),
    Step(log(S) * Sum(k, s[k]) - Sum(k, s[k] * z[k]), by=linearity),
    Step(log(S) - Sum(k, s[k] * z[k]), by=smoothed_sum.because),
    Step(log(S) - Sum(k, ((1 - epsilon) * t[k] + epsilon / K) * z[k]), by=definition(s)),
    Step(log(S) - (1 - epsilon) * Sum(k, t[k] * z[k]) - epsilon / K * Sum(k, z[k]), by=linearity),
    assuming=[normalised],
    title="Smoothed cross-entropy from the logits",
    about="Of the other classes only the sum of the logits is needed; the smoothed labels are never written out.",
    background=smoothing,
)

smoothed_gradient = Derivation(
    "smoothed-cross-entropy-gradient",
    D(smoothed_loss, z[i]),
    Step(y[i] * Sum(j, s[j]) - s[i], by=plain_gradient.because, because="with the labels $s$"),
    Step(y[i] * 1 - s[i], by=smoothed_sum.because),
    Step(y[i] * 1 - ((1 - epsilon) * t[i] + epsilon / K), by=definition(s)),
    Step(y[i] - (1 - epsilon) * t[i] - epsilon / K, by=algebra),
    assuming=[normalised],
    title="Gradient of smoothed cross-entropy",
    about="Probability less smoothed label: it is 0 where the prediction is as sure as the label, and no surer.",
    background=smoothing,
)

smoothed_gradient_one_hot = Derivation(
    "smoothed-cross-entropy-gradient-one-hot",
    D(smoothed_loss, z[i]),
    Step(y[i] - (1 - epsilon) * t[i] - epsilon / K, by=smoothed_gradient.because),
    Step(y[i] - (1 - epsilon) * delta(i, c) - epsilon / K, by=hypothesis, because=r"$t_i = \delta_{i c}$"),
    assuming=[one_hot(t, c)],
    title="Gradient of smoothed cross-entropy for a one-hot label",
    about="One number is subtracted everywhere, and another one at the right class.",
    background=smoothing,
)

smoothed_weighted_loss = define("L_w", -Sum(k, w[k] * s[k] * log(y[k])))

smoothed_weighted_gradient = Derivation(
    "smoothed-weighted-cross-entropy-gradient",
    D(smoothed_weighted_loss, z[i]),
    Step(
        y[i] * Sum(k, w[k] * s[k]) - w[i] * s[i],
        by=weighted_gradient.because,
        because="with the labels $s$",
    ),
    title="Gradient of smoothed and weighted cross-entropy",
    about="The sum of the weighted labels is $(1 - \\epsilon) \\sum_k w_k t_k + \\frac{\\epsilon}{K} \\sum_k w_k$.",
    background=smoothing,
)

smoothed_weighted_sum = Derivation(
    "smoothed-weighted-labels-sum",
    Sum(k, w[k] * s[k]),
    Step(Sum(k, w[k] * ((1 - epsilon) * t[k] + epsilon / K)), by=definition(s)),
    Step((1 - epsilon) * Sum(k, w[k] * t[k]) + epsilon / K * Sum(k, w[k]), by=linearity),
    title="Sum of the smoothed and weighted labels",
    about="For a one-hot label: its weight, drawn towards the mean of all weights.",
    background=smoothing,
)
