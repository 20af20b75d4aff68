"""A temperature: softmax and cross-entropy of logits that are divided by it."""

from derive.background import Background, Source
from derive.catalog.cross_entropy import normalised, t
from derive.catalog.softmax import i, j, k, v, z
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import (
    algebra,
    contract,
    definition,
    differentiate,
    hypothesis,
    linearity,
    logarithm_rule,
    logarithms,
    quotient_rule,
    sum_rule,
)

ackley = Source(
    "D. H. Ackley, G. E. Hinton, T. J. Sejnowski",
    "A Learning Algorithm for Boltzmann Machines",
    1985,
    "Cognitive Science 9, 147–169",
)
hinton = Source(
    "G. Hinton, O. Vinyals, J. Dean", "Distilling the Knowledge in a Neural Network", 2015, "arXiv:1503.02531"
)
guo = Source(
    "C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger",
    "On Calibration of Modern Neural Networks",
    2017,
    "International Conference on Machine Learning",
)

background = Background(
    "The name is that of physics, and came to networks with the Boltzmann machine of Ackley, Hinton and Sejnowski "
    "(1985): when it is cold the largest logit takes all, and when it is hot all classes become equally likely. "
    "Hinton, Vinyals and Dean (2015) let a small network learn the probabilities of a large one at a high "
    r"temperature; since both are heated, gradients shrink about as $\frac{1}{\tau^2}$, and the loss is multiplied by "
    r"$\tau^2$. Guo et al. (2017) fit one temperature after training, so that probabilities agree with how often they "
    "turn out right. Language models divide by it when they draw the next word.",
    [ackley, hinton, guo],
)

tau = define("tau", exp(scalar("theta")))  # any positive number
heated_S = define("S_tau", Sum(k, exp(z[k] / tau)))
q = define("q", i, exp(z[i] / tau) / heated_S)
heated_loss = define("L_tau", -Sum(k, t[k] * log(q[k])))

temperature_jacobian = Derivation(
    "temperature-jacobian",
    D(q[i], z[j]),
    Step(D(exp(z[i] / tau) / heated_S, z[j]), by=definition(q)),
    Step(
        (D(exp(z[i] / tau), z[j]) * heated_S - exp(z[i] / tau) * D(heated_S, z[j])) / heated_S**2,
        by=quotient_rule,
    ),
    Step(
        (delta(i, j) / tau * exp(z[i] / tau) * heated_S - exp(z[i] / tau) * (1 / tau * exp(z[j] / tau))) / heated_S**2,
        by=differentiate,
        because=r"the inner derivative of $e^{z_i / \tau}$ is $\frac{1}{\tau}$",
    ),
    Step((delta(i, j) * q[i] - q[i] * q[j]) / tau, by=definition(q)),
    Step(q[i] * (delta(i, j) - q[j]) / tau, by=algebra),
    title="Softmax Jacobian with a temperature",
    about="The temperature is any positive number, $\\tau = e^{\\theta}$. It divides the logits, and so the Jacobian.",
)

temperature_log_softmax = Derivation(
    "temperature-log-softmax",
    log(q[i]),
    Step(log(exp(z[i] / tau) / heated_S), by=definition(q)),
    Step(log(exp(z[i] / tau)) - log(heated_S), by=logarithms),
    Step(z[i] / tau - log(heated_S), by=logarithms),
    title="The logarithm of softmax with a temperature",
    about="Log-softmax of the logits $\\frac{z_i}{\\tau}$.",
)

temperature_from_logits = Derivation(
    "temperature-cross-entropy-logits",
    heated_loss,
    Step(-Sum(k, t[k] * log(q[k])), by=definition(heated_loss)),
    Step(-Sum(k, t[k] * (z[k] / tau - log(heated_S))), by=temperature_log_softmax.because),
    Step(log(heated_S) * Sum(k, t[k]) - Sum(k, t[k] * z[k]) / tau, by=linearity),
    Step(log(heated_S) - Sum(k, t[k] * z[k]) / tau, by=hypothesis, because=r"$\sum_k t_k = 1$"),
    assuming=[normalised],
    title="Cross-entropy with a temperature, from the logits",
    about="Both terms are those of the logits $\\frac{z_k}{\\tau}$; the loss itself is not divided by $\\tau$.",
)

temperature_gradient = Derivation(
    "temperature-cross-entropy-gradient",
    D(heated_loss, z[i]),
    Step(D(log(heated_S) - Sum(k, t[k] * z[k]) / tau, z[i]), by=temperature_from_logits.because),
    Step(D(heated_S, z[i]) / heated_S - Sum(k, t[k] * D(z[k], z[i])) / tau, by=logarithm_rule),
    Step(1 / tau * exp(z[i] / tau) / heated_S - Sum(k, t[k] * delta(k, i)) / tau, by=differentiate),
    Step(q[i] / tau - Sum(k, t[k] * delta(k, i)) / tau, by=definition(q)),
    Step(q[i] / tau - t[i] / tau, by=contract),
    Step((q[i] - t[i]) / tau, by=algebra),
    assuming=[normalised],
    title="Gradient of cross-entropy with a temperature",
    about="A high temperature makes gradients small; where that is not wanted, the loss is multiplied by $\\tau$.",
)

g = define("g", i, (q[i] - t[i]) / tau)

temperature_hessian = Derivation(
    "temperature-cross-entropy-hessian-entries",
    D(g[i], z[j]),
    Step(D((q[i] - t[i]) / tau, z[j]), by=definition(g), because="$g$ is the gradient of $L_{\\tau}$"),
    Step(D(q[i], z[j]) / tau, by=sum_rule, because="label and temperature do not depend on the logits"),
    Step(q[i] * (delta(i, j) - q[j]) / tau / tau, by=temperature_jacobian.because),
    Step(q[i] * (delta(i, j) - q[j]) / tau**2, by=algebra),
    title="Hessian of cross-entropy with a temperature, entry by entry",
    about="Each of the two derivatives divides by $\\tau$; the first has done so in the gradient $g$.",
)

temperature_hvp = Derivation(
    "temperature-cross-entropy-hvp",
    Sum(j, D(g[i], z[j]) * v[j]),
    Step(Sum(j, q[i] * (delta(i, j) - q[j]) / tau**2 * v[j]), by=temperature_hessian.because),
    Step(q[i] * (Sum(j, delta(i, j) * v[j]) - Sum(j, q[j] * v[j])) / tau**2, by=linearity),
    Step(q[i] * (v[i] - Sum(j, q[j] * v[j])) / tau**2, by=contract),
    title="Hessian of cross-entropy with a temperature times a vector",
    about="The product without a temperature, at the logits $\\frac{z_i}{\\tau}$, divided by $\\tau^2$.",
)
