"""Logsumexp, whose gradient is softmax, and the logarithm of softmax."""

from derive.background import Background, Source
from derive.catalog.softmax import S, gibbs, i, j, k, wainwright, y, z
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

boyd = Source("S. Boyd, L. Vandenberghe", "Convex Optimization", 2004, "Cambridge University Press")

background = Background(
    "In statistical mechanics the logarithm of the partition function is the free energy, up to sign and "
    "temperature, and its derivatives are mean values (Gibbs, 1902). In statistics it is the log-partition function "
    "of an exponential family: its gradient is the mean, here $y$, and its Hessian the covariance, for which reason "
    r"it is convex (Wainwright and Jordan, 2008). It lies between the largest logit and that plus $\log K$, and "
    "optimisation uses it as a smooth maximum (Boyd and Vandenberghe, 2004). In a training loop it is the part of "
    "the loss that does not depend on the label.",
    [gibbs, wainwright, boyd],
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

williams = Source(
    "R. J. Williams",
    "Simple Statistical Gradient-Following Algorithms for Connectionist Reinforcement Learning",
    1992,
    "Machine Learning 8, 229–256",
)

score = Background(
    r"$-\log y_i$ is the surprise at seeing class $i$, and the gradient of $\log y_i$ is what statisticians call the "
    "score: its mean under $y$ is 0. Williams (1992) multiplies it by the reward that an action has brought; with "
    "that the methods of policy gradients began, by which language models too are tuned.",
    [williams],
)

log_softmax = Derivation(
    "log-softmax",
    log(y[i]),
    Step(log(exp(z[i]) / S), by=definition(y)),
    Step(log(exp(z[i])) - log(S), by=logarithms),
    Step(z[i] - log(S), by=logarithms),
    title="The logarithm of softmax",
    about="The logit less logsumexp: with the shift $m = \\max_k z_k$ there, no logarithm of a number below 1.",
    background=score,
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
    background=score,
)
