"""A batch of N examples behind a linear layer: gradients of the mean loss.

In denominator layout a gradient has the shape of its variable.
"""

from derive.background import Background, Source
from derive.catalog.cross_entropy import general as one_example
from derive.catalog.softmax import K, j, k
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import (
    algebra,
    chain_rule,
    contract,
    definition,
    differentiate,
    entrywise,
    hypothesis,
    linearity,
    matrix_product,
    sum_rule,
)

robbins = Source(
    "H. Robbins, S. Monro", "A Stochastic Approximation Method", 1951, "Annals of Mathematical Statistics 22, 400–407"
)
widrow = Source(
    "B. Widrow, M. E. Hoff", "Adaptive Switching Circuits", 1960, "IRE WESCON Convention Record, part 4, 96–104"
)
bottou = Source(
    "L. Bottou, F. E. Curtis, J. Nocedal",
    "Optimization Methods for Large-Scale Machine Learning",
    2018,
    "SIAM Review 60, 223–311",
)

background = Background(
    "Robbins and Monro (1951) showed that steps along a noisy estimate can still find the root, if they become "
    "smaller at the right pace. The mean gradient over a batch that was drawn at random is such an estimate, and "
    "right on average; as it is divided by $N$, the step need not change with the size of the batch (Bottou, Curtis "
    "and Nocedal, 2018). Input times residual is the rule by which Widrow and Hoff (1960) trained a single linear "
    "unit. In a training loop these are the gradients that the optimiser receives for the last layer, and the one "
    "that goes back to the layers before.",
    [robbins, widrow, bottou],
)

N, F = size("N"), size("F")
n, m = indices("n m", N)
f, r = indices("f r", F)

X, W, T = matrix("X", N, F), matrix("W", F, K), matrix("T", N, K)
b = vector("b", K)
Z = define("Z", (n, k), Sum(f, X[n, f] * W[f, k]) + b[k])
Y = define("Y", (n, k), exp(Z[n, k]) / Sum(j, exp(Z[n, j])))
ell = define("ell", n, -Sum(k, T[n, k] * log(Y[n, k])))
L = define("L", 1 / N * Sum(n, ell[n]))

normalised = equal(Sum(j, T[n, j]), 1)

mean_entries = Derivation(
    "batch-mean-gradient-entries",
    D(L, Z[n, k]),
    Step(1 / N * Sum(m, D(ell[m], Z[n, k])), by=sum_rule),
    Step(
        1 / N * Sum(m, delta(m, n) * (Y[n, k] * Sum(j, T[n, j]) - T[n, k])),
        by=one_example.because,
        because="the logits of example $n$ act on no other loss",
    ),
    Step(1 / N * (Y[n, k] * Sum(j, T[n, j]) - T[n, k]), by=contract),
    Step(1 / N * (Y[n, k] - T[n, k]), by=hypothesis, because=r"$\sum_j T_{n j} = 1$"),
    Step((Y[n, k] - T[n, k]) / N, by=algebra),
    assuming=[normalised],
    title="Gradient of the batch mean, entry by entry",
    about="Each example answers for itself, and its share is one part in $N$.",
)

mean = Derivation(
    "batch-mean-gradient",
    D(L, Z, "denominator"),
    Step((Y - T) / N, by=entrywise, because=r"$\frac{\partial L}{\partial Z_{n k}} = \frac{1}{N} (Y_{n k} - T_{n k})$"),
    assuming=[normalised],
    title="Gradient of the batch mean in the logits",
    about="One row for each example: probabilities less labels, divided by their number.",
)

weight_entries = Derivation(
    "linear-layer-weight-gradient-entries",
    D(L, W[f, k]),
    Step(Sum(n, Sum(j, D(L, Z[n, j]) * D(Z[n, j], W[f, k]))), by=chain_rule),
    Step(Sum(n, Sum(j, (Y[n, j] - T[n, j]) / N * D(Z[n, j], W[f, k]))), by=mean_entries.because),
    Step(
        Sum(n, Sum(j, (Y[n, j] - T[n, j]) / N * D(Sum(r, X[n, r] * W[r, j]) + b[j], W[f, k]))),
        by=definition(Z),
    ),
    Step(Sum(n, Sum(j, (Y[n, j] - T[n, j]) / N * (X[n, f] * delta(j, k)))), by=differentiate),
    Step(Sum(n, X[n, f] * ((Y[n, k] - T[n, k]) / N)), by=contract),
    Step(1 / N * Sum(n, X[n, f] * (Y[n, k] - T[n, k])), by=linearity),
    assuming=[normalised],
    title="Gradient in the weights, entry by entry",
    about="Feature times error, averaged over the batch.",
)

weight = Derivation(
    "linear-layer-weight-gradient",
    D(L, W, "denominator"),
    Step(X.T @ D(L, Z, "denominator"), by=chain_rule, because="$Z = X W + \\mathbf{1} b^{\\top}$"),
    Step(X.T @ ((Y - T) / N), by=mean.because),
    Step(X.T @ (Y - T) / N, by=matrix_product),
    assuming=[normalised],
    title="Gradient in the weights of a linear layer",
    about=(
        "Inputs, transposed, times errors: the shape is that of $W$. Each entry is the mean over the rows of an "
        "input times a residual, probability less label. A row counts in proportion to its inputs and to its "
        "residuals; one with every probability equal to its label adds nothing."
    ),
)

bias_entries = Derivation(
    "linear-layer-bias-gradient-entries",
    D(L, b[k]),
    Step(Sum(n, Sum(j, D(L, Z[n, j]) * D(Z[n, j], b[k]))), by=chain_rule),
    Step(Sum(n, Sum(j, (Y[n, j] - T[n, j]) / N * D(Z[n, j], b[k]))), by=mean_entries.because),
    Step(
        Sum(n, Sum(j, (Y[n, j] - T[n, j]) / N * delta(j, k))),
        by=differentiate,
        because="$b_j$ is the only term of $Z_{n j}$ that depends on $b$",
    ),
    Step(Sum(n, (Y[n, k] - T[n, k]) / N), by=contract),
    Step(1 / N * Sum(n, Y[n, k] - T[n, k]), by=linearity),
    assuming=[normalised],
    title="Gradient in the biases, entry by entry",
    about="The error of a class, averaged over the batch.",
)

bias = Derivation(
    "linear-layer-bias-gradient",
    D(L, b, "denominator"),
    Step(D(L, Z, "denominator").T @ ones(N), by=chain_rule, because="each bias enters every example once"),
    Step(((Y - T) / N).T @ ones(N), by=mean.because),
    Step((Y - T).T @ ones(N) / N, by=matrix_product),
    assuming=[normalised],
    title="Gradient in the biases of a linear layer",
    about="The columns of the errors, added up.",
)

input_entries = Derivation(
    "linear-layer-input-gradient-entries",
    D(L, X[n, f]),
    Step(Sum(m, Sum(j, D(L, Z[m, j]) * D(Z[m, j], X[n, f]))), by=chain_rule),
    Step(Sum(m, Sum(j, (Y[m, j] - T[m, j]) / N * D(Z[m, j], X[n, f]))), by=mean_entries.because),
    Step(
        Sum(m, Sum(j, (Y[m, j] - T[m, j]) / N * D(Sum(r, X[m, r] * W[r, j]) + b[j], X[n, f]))),
        by=definition(Z),
    ),
    Step(Sum(m, Sum(j, (Y[m, j] - T[m, j]) / N * (delta(m, n) * W[f, j]))), by=differentiate),
    Step(Sum(j, (Y[n, j] - T[n, j]) / N * W[f, j]), by=contract),
    Step(1 / N * Sum(j, (Y[n, j] - T[n, j]) * W[f, j]), by=linearity),
    assuming=[normalised],
    title="Gradient in the inputs, entry by entry",
    about="Each class sends its error back along its weight.",
)

input_gradient = Derivation(
    "linear-layer-input-gradient",
    D(L, X, "denominator"),
    Step(D(L, Z, "denominator") @ W.T, by=chain_rule),
    Step((Y - T) / N @ W.T, by=mean.because),
    assuming=[normalised],
    title="Gradient in the inputs of a linear layer",
    about="What the layer hands on to the one before it.",
)
