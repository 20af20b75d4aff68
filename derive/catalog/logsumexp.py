"""Logsumexp, whose gradient is softmax, and the logarithm of softmax."""

from derive.catalog.softmax import S, i, j, k, y, z
from derive.catalog.softmax import jacobian as softmax_jacobian
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import (
    contract,
    definition,
    differentiate,
    entrywise,
    exponential_rule,
    logarithm_rule,
    logarithms,
    sum_rule,
)

gradient = Derivation(
    "logsumexp-gradient",
    D(log(S), z[j]),
    Step(D(S, z[j]) / S, by=logarithm_rule),
    Step(Sum(k, D(exp(z[k]), z[j])) / S, by=sum_rule),
    Step(Sum(k, delta(k, j) * exp(z[k])) / S, by=exponential_rule),
    Step(exp(z[j]) / S, by=contract),
    Step(y[j], by=definition(y)),
    title="Gradient of logsumexp",
    about=(
        r"Softmax is the gradient of $\log \sum_k e^{z_k}$. All of its entries are positive, and they sum to 1: "
        "when every logit rises by the same amount, so does the value. The largest logit has the largest entry."
    ),
)

gradient_vector = Derivation(
    "logsumexp-gradient-vector",
    D(log(S), z, "denominator"),
    Step(y, by=entrywise, because=r"$\frac{\partial \log S}{\partial z_j} = y_j$"),
    title="Gradient of logsumexp, as a vector",
    about="All partial derivatives at once.",
)

hessian = Derivation(
    "logsumexp-hessian",
    D(D(log(S), z[i]), z[j]),
    Step(D(y[i], z[j]), by=gradient.because),
    *softmax_jacobian.steps,
    title="Hessian of logsumexp",
    about="The softmax Jacobian is a second derivative, and for that reason symmetric.",
)

log_softmax = Derivation(
    "log-softmax",
    log(y[i]),
    Step(log(exp(z[i]) / S), by=definition(y)),
    Step(log(exp(z[i])) - log(S), by=logarithms),
    Step(z[i] - log(S), by=logarithms),
    title="The logarithm of softmax",
    about="The logit less logsumexp: with the shift $m = \\max_k z_k$ there, no logarithm of a number below 1.",
)

log_softmax_gradient = Derivation(
    "log-softmax-gradient",
    D(log(y[i]), z[j]),
    Step(D(z[i] - log(S), z[j]), by=log_softmax.because),
    Step(D(z[i], z[j]) - D(log(S), z[j]), by=sum_rule),
    Step(delta(i, j) - D(log(S), z[j]), by=differentiate),
    Step(delta(i, j) - y[j], by=gradient.because),
    title="Gradient of log-softmax",
    about="The softmax Jacobian without its factor $y_i$.",
)
