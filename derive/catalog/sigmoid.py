"""The sigmoid, and the two functions that are made of it: softplus and log-sigmoid."""

from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import (
    add_and_subtract,
    algebra,
    cancel,
    chain_rule,
    definition,
    differentiate,
    expand_fraction,
    hyperbolic,
    logarithm_rule,
    logarithms,
    power_rule,
    product_rule,
    split_fraction,
    sum_rule,
)

x = scalar("x")
u = define("u", 1 + exp(-x))
sigma = define("sigma", x, 1 / (1 + exp(-x)))
softplus = define("softplus", x, log(1 + exp(x)))

derivative = Derivation(
    "sigmoid-derivative",
    D(sigma(x), x),
    Step(D(1 / u, u) * D(u, x), by=chain_rule, because=r"$\sigma(x) = \frac{1}{u}$ with $u = 1 + e^{-x}$"),
    Step(-1 / u**2 * D(u, x), by=power_rule, because=r"$\frac{1}{u} = u^{-1}$, that is $n = -1$"),
    Step(-1 / u**2 * -exp(-x), by=differentiate),
    Step(exp(-x) / (1 + exp(-x)) ** 2, by=definition(u)),
    Step((1 + exp(-x) - 1) / (1 + exp(-x)) ** 2, by=add_and_subtract),
    Step((1 + exp(-x)) / (1 + exp(-x)) ** 2 - 1 / (1 + exp(-x)) ** 2, by=split_fraction),
    Step(strike(1 + exp(-x)) / (1 + exp(-x)) ** strike(2) - 1 / (1 + exp(-x)) ** 2, by=algebra),
    Step(1 / (1 + exp(-x)) - 1 / (1 + exp(-x)) ** 2, by=cancel),
    Step(sigma(x) - sigma(x) ** 2, by=definition(sigma)),
    Step(sigma(x) * (1 - sigma(x)), by=algebra),
    title="Derivative of the sigmoid",
    about=(
        "The sigmoid's slope is the product of its value and what it lacks to 1. It is positive everywhere and "
        r"largest at $x = 0$, where it is $\frac{1}{4}$. Far out on either side it goes to 0: a saturated sigmoid "
        "passes hardly any gradient on."
    ),
)

symmetry = Derivation(
    "sigmoid-symmetry",
    sigma(-x),
    Step(1 / (1 + exp(x)), by=definition(sigma)),
    Step(exp(-x) / (exp(-x) + 1), by=expand_fraction, because=r"by $e^{-x}$"),
    Step((1 + exp(-x) - 1) / (1 + exp(-x)), by=add_and_subtract),
    Step(1 - 1 / (1 + exp(-x)), by=split_fraction),
    Step(1 - sigma(x), by=definition(sigma)),
    title="Symmetry of the sigmoid",
    about="The curve is its own image when it is turned about the point $(0, \\frac{1}{2})$.",
)

hyperbolic_tangent = Derivation(
    "sigmoid-tanh",
    tanh(x),
    Step((exp(x) - exp(-x)) / (exp(x) + exp(-x)), by=hyperbolic),
    Step((1 - exp(-(2 * x))) / (1 + exp(-(2 * x))), by=expand_fraction, because=r"by $e^{-x}$"),
    Step((2 - (1 + exp(-(2 * x)))) / (1 + exp(-(2 * x))), by=add_and_subtract),
    Step(2 / (1 + exp(-(2 * x))) - 1, by=split_fraction),
    Step(2 * sigma(2 * x) - 1, by=definition(sigma)),
    title="The hyperbolic tangent is a stretched sigmoid",
    about="Half as wide, twice as high, and shifted down by 1.",
)

from_tanh = Derivation(
    "sigmoid-from-tanh",
    sigma(x),
    Step(1 / (1 + exp(-x)), by=definition(sigma)),
    Step(exp(x / 2) / (exp(x / 2) + exp(-(x / 2))), by=expand_fraction, because=r"by $e^{\frac{x}{2}}$"),
    Step(
        fraction(1, 2) * ((exp(x / 2) + exp(-(x / 2)) + exp(x / 2) - exp(-(x / 2))) / (exp(x / 2) + exp(-(x / 2)))),
        by=algebra,
        because=r"$2a = (a + b) + (a - b)$",
    ),
    Step(
        fraction(1, 2) * (1 + (exp(x / 2) - exp(-(x / 2))) / (exp(x / 2) + exp(-(x / 2)))),
        by=split_fraction,
    ),
    Step(fraction(1, 2) * (1 + tanh(x / 2)), by=hyperbolic),
    title="The sigmoid from the hyperbolic tangent",
    about="The form in which libraries without a sigmoid of their own compute it.",
)

second_derivative = Derivation(
    "sigmoid-second-derivative",
    D(D(sigma(x), x), x),
    Step(D(sigma(x) * (1 - sigma(x)), x), by=derivative.because),
    Step(D(sigma(x), x) * (1 - sigma(x)) + sigma(x) * D(1 - sigma(x), x), by=product_rule),
    Step(D(sigma(x), x) * (1 - sigma(x)) - sigma(x) * D(sigma(x), x), by=sum_rule),
    Step(D(sigma(x), x) * (1 - 2 * sigma(x)), by=algebra),
    Step(sigma(x) * (1 - sigma(x)) * (1 - 2 * sigma(x)), by=derivative.because),
    title="Second derivative of the sigmoid",
    about="It changes sign where $\\sigma(x) = \\frac{1}{2}$: the slope is steepest at $x = 0$.",
)

softplus_derivative = Derivation(
    "softplus-derivative",
    D(softplus(x), x),
    Step(D(log(1 + exp(x)), x), by=definition(softplus)),
    Step(D(1 + exp(x), x) / (1 + exp(x)), by=logarithm_rule),
    Step(exp(x) / (1 + exp(x)), by=differentiate),
    Step(1 / (exp(-x) + 1), by=expand_fraction, because=r"by $e^{-x}$"),
    Step(sigma(x), by=definition(sigma)),
    title="Derivative of softplus",
    about=(
        "The sigmoid is the slope of softplus. It lies between 0 and 1, so softplus rises everywhere, and never "
        "faster than $x$. As the sigmoid itself rises, softplus is convex."
    ),
)

softplus_symmetry = Derivation(
    "softplus-symmetry",
    softplus(-x),
    Step(log(1 + exp(-x)), by=definition(softplus)),
    Step(log(exp(-x) * (exp(x) + 1)), by=algebra, because=r"$e^{-x} e^{x} = 1$"),
    Step(log(exp(-x)) + log(1 + exp(x)), by=logarithms),
    Step(-x + softplus(x), by=logarithms, because=r"$\log e^{-x} = -x$"),
    Step(softplus(x) - x, by=algebra),
    title="Softplus of the opposite",
    about="Softplus at $x$ and at $-x$ differ by $x$ itself.",
)

log_sigmoid = Derivation(
    "log-sigmoid-softplus",
    log(sigma(x)),
    Step(log(1 / (1 + exp(-x))), by=definition(sigma)),
    Step(-log(1 + exp(-x)), by=logarithms),
    Step(-softplus(-x), by=definition(softplus)),
    title="The logarithm of the sigmoid",
    about="Softplus, turned about the origin; with the shift $\\max (0, -x)$ in its logsumexp nothing overflows.",
)

log_sigmoid_derivative = Derivation(
    "log-sigmoid-derivative",
    D(log(sigma(x)), x),
    Step(D(sigma(x), x) / sigma(x), by=logarithm_rule),
    Step(sigma(x) * (1 - sigma(x)) / sigma(x), by=derivative.because),
    Step(strike(sigma(x)) * (1 - sigma(x)) / strike(sigma(x)), by=algebra),
    Step(1 - sigma(x), by=cancel),
    Step(sigma(-x), by=symmetry.because),
    title="Derivative of log-sigmoid",
    about="What the sigmoid lacks to 1, which is the sigmoid of the opposite.",
)

derivative_even = Derivation(
    "sigmoid-derivative-even",
    sigma(-x) * (1 - sigma(-x)),
    Step((1 - sigma(x)) * (1 - (1 - sigma(x))), by=symmetry.because),
    Step((1 - sigma(x)) * sigma(x), by=algebra),
    Step(sigma(x) * (1 - sigma(x)), by=algebra),
    title="The sigmoid's slope is even",
    about="The slope $\\sigma(x) (1 - \\sigma(x))$ is the same at $-x$ and at $x$.",
)
