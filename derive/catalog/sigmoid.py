"""The sigmoid, and the two functions that are made of it: softplus and log-sigmoid."""

from derive.background import Background, Source
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

verhulst_growth = Source(
    "P.-F. Verhulst",
    "Notice sur la loi que la population suit dans son accroissement",
    1838,
    "Correspondance mathématique et physique 10, 113–121",
    language="fr",
)
verhulst_logistic = Source(
    "P.-F. Verhulst",
    "Recherches mathématiques sur la loi d’accroissement de la population",
    1845,
    "Nouveaux mémoires de l’Académie royale de Bruxelles 18",
    language="fr",
)
berkson = Source(
    "J. Berkson",
    "Application of the Logistic Function to Bio-Assay",
    1944,
    "Journal of the American Statistical Association 39, 357–365",
)

background = Background(
    "Verhulst (1838) described a population whose growth is slowed by its own size, and later named the curve "
    "logistic (1845): it rises in proportion to what is there and to what is still missing. Berkson (1944) put it in "
    r"place of the normal curve in bioassay, and called its inverse, $\log \frac{p}{1 - p}$, the logit: it is the "
    "logarithm of the odds. In a network the sigmoid makes a probability of a real number, or opens and closes a "
    "gate; the backward pass takes its slope from the value that the forward pass has kept.",
    [verhulst_growth, verhulst_logistic, berkson],
)

x = scalar("x")
u = define("u", 1 + exp(-x))
sigma = define("sigma", x, 1 / (1 + exp(-x)))
softplus = define("softplus", x, log(1 + exp(x)))

rumelhart = Source(
    "D. E. Rumelhart, G. E. Hinton, R. J. Williams",
    "Learning Representations by Back-Propagating Errors",
    1986,
    "Nature 323, 533–536",
)
bengio_vanishing = Source(
    "Y. Bengio, P. Simard, P. Frasconi",
    "Learning Long-Term Dependencies with Gradient Descent Is Difficult",
    1994,
    "IEEE Transactions on Neural Networks 5, 157–166",
)

slope = Background(
    "Rumelhart, Hinton and Williams (1986) trained networks of sigmoids by backpropagation, where this slope is a "
    r"factor at every layer. None of these factors is above $\frac{1}{4}$, so that with bounded weights a product of "
    "many of them becomes small: gradients vanish, as Bengio et al. (1994) showed for recurrent networks. That is "
    "one reason why hidden layers came to use other functions, while the sigmoid stayed in gates and in the last "
    "layer.",
    [rumelhart, bengio_vanishing],
)

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
    background=slope,
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

lecun = Source(
    "Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller",
    "Efficient BackProp",
    1998,
    "Neural Networks: Tricks of the Trade, Springer",
)

centred = Background(
    "LeCun et al. (1998) advise the hyperbolic tangent for hidden layers, since outputs whose mean is close to 0 let "
    "the next layer learn faster. By this identity both functions draw the same curve, up to scale and shift, which "
    "the weights of the layers before and after it can take up.",
    [lecun],
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
    background=centred,
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
    background=centred,
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
    background=slope,
)

dugas = Source(
    "C. Dugas, Y. Bengio, F. Bélisle, C. Nadeau, R. Garcia",
    "Incorporating Second-Order Functional Knowledge for Better Option Pricing",
    2001,
    "Advances in Neural Information Processing Systems 13",
)
glorot = Source(
    "X. Glorot, A. Bordes, Y. Bengio", "Deep Sparse Rectifier Neural Networks", 2011, "Proceedings of AISTATS 14"
)

smooth_rectifier = Background(
    "Softplus got its name from Dugas et al. (2001), who needed networks that rise in some inputs and are convex in "
    r"one, for the prices of options. It is the smooth form of the rectifier $\max (0, x)$, with which Glorot et al. "
    "(2011) compared it in deep networks. Today it mostly serves where an output has to be positive, such as a "
    "variance or a rate.",
    [dugas, glorot],
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
    background=smooth_rectifier,
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
    background=smooth_rectifier,
)

bradley_terry = Source(
    "R. A. Bradley, M. E. Terry",
    "Rank Analysis of Incomplete Block Designs: I. The Method of Paired Comparisons",
    1952,
    "Biometrika 39, 324–345",
)
ouyang = Source(
    "L. Ouyang et al.",
    "Training Language Models to Follow Instructions with Human Feedback",
    2022,
    "Advances in Neural Information Processing Systems 35",
)

comparisons = Background(
    r"With the difference of two scores as $x$, $\sigma(x)$ is the chance in the model of Bradley and Terry (1952) "
    r"that the first of two is preferred, and $-\log \sigma(x)$ the surprise of seeing that. Reward models for "
    "language models are trained with this loss on comparisons that people have made (Ouyang et al., 2022).",
    [bradley_terry, ouyang],
)

log_sigmoid = Derivation(
    "log-sigmoid-softplus",
    log(sigma(x)),
    Step(log(1 / (1 + exp(-x))), by=definition(sigma)),
    Step(-log(1 + exp(-x)), by=logarithms),
    Step(-softplus(-x), by=definition(softplus)),
    title="The logarithm of the sigmoid",
    about="Softplus, turned about the origin; with the shift $\\max (0, -x)$ in its logsumexp nothing overflows.",
    background=comparisons,
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
    background=comparisons,
)

derivative_even = Derivation(
    "sigmoid-derivative-even",
    sigma(-x) * (1 - sigma(-x)),
    Step((1 - sigma(x)) * (1 - (1 - sigma(x))), by=symmetry.because),
    Step((1 - sigma(x)) * sigma(x), by=algebra),
    Step(sigma(x) * (1 - sigma(x)), by=algebra),
    title="The sigmoid's slope is even",
    about="The slope $\\sigma(x) (1 - \\sigma(x))$ is the same at $-x$ and at $x$.",
    background=slope,
)
