"""A person's own file: the gradient of softmax regression, and what regularisation adds to it."""

from derive import *
from derive.rules import algebra, chain_rule, power_rule, sum_rule

N, F, K = size("N"), size("F"), size("K")
n, f, k, j = index("n", N), index("f", F), index("k", K), index("j", K)
X, W, T, b = matrix("X", N, F), matrix("W", F, K), matrix("T", N, K), vector("b", K)

Z = define("Z", (n, k), Sum(f, X[n, f] * W[f, k]) + b[k])
Y = define("Y", (n, k), exp(Z[n, k]) / Sum(j, exp(Z[n, j])))
L = define("L", -1 / N * Sum(n, Sum(k, T[n, k] * log(Y[n, k]))))
normalised = equal(Sum(j, T[n, j]), 1)

loss = Derivation(
    "softmax-regression-loss",
    L,
    Step(1 / N * Sum(n, log(Sum(j, exp(Z[n, j]))) - Sum(k, T[n, k] * Z[n, k])), by=algebra),
    assuming=[normalised],
    title="Loss of softmax regression",
)

weights = Derivation(
    "softmax-regression-weights",
    D(L, W, "denominator"),
    Step(X.T @ (Y - T) / N, by=chain_rule),
    assuming=[normalised],
    title="Gradient of softmax regression in the weights",
)

bias = Derivation(
    "softmax-regression-bias",
    D(L, b[k]),
    Step(1 / N * Sum(n, Y[n, k] - T[n, k]), by=chain_rule),
    assuming=[normalised],
    title="Gradient of softmax regression in the biases",
)

a = scalar("lambda")
penalty = Derivation(
    "weight-decay",
    D(a * norm_squared(W), W, "denominator"),
    Step(2 * a * W, by=power_rule),
    title="Gradient of the squared norm of the weights",
)

p = scalar("p")
odds = Derivation(
    "log-odds",
    D(log(p / (1 - p)), p),
    Step(1 / p + 1 / (1 - p), by=sum_rule),
    Step(1 / (p * (1 - p)), by=algebra),
    title="Derivative of the log-odds",
)
