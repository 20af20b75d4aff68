"""What softmax and logsumexp do when all logits are shifted, and softmax of two classes."""

from derive.background import Background, Source
from derive.catalog.sigmoid import sigma
from derive.catalog.sigmoid import symmetry as sigmoid_symmetry
from derive.catalog.softmax import K, S, i, k, total, y, z
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import (
    algebra,
    by_value,
    cancel,
    definition,
    expand_fraction,
    exponents,
    linearity,
    logarithms,
)

blanchard = Source(
    "P. Blanchard, D. J. Higham, N. J. Higham",
    "Accurately Computing the Log-Sum-Exp and Softmax Functions",
    2021,
    "IMA Journal of Numerical Analysis 41, 2311–2330",
)
milakov = Source("M. Milakov, N. Gimelshein", "Online Normalizer Calculation for Softmax", 2018, "arXiv:1805.02867")

background = Background(
    "Only differences of logits count, as in physics only differences of energy do: $K$ logits hold $K - 1$ numbers "
    "of information, and two classes need a single logit. Libraries use that freedom to subtract the largest logit, "
    "so that no exponential overflows; Blanchard, Higham and Higham (2021) bound the rounding errors that are left. "
    "Milakov and Gimelshein (2018) find maximum and sum in one pass over the logits, a trick that fast kernels for "
    "attention are built on.",
    [blanchard, milakov],
)

c, m, E, x = scalars("c m E x")
F = define("F", log(E))

shift = Derivation(
    "softmax-shift",
    exp(z[i] + c) / Sum(k, exp(z[k] + c)),
    Step(exp(c) * exp(z[i]) / Sum(k, exp(c) * exp(z[k])), by=exponents),
    Step(
        strike(exp(c)) * exp(z[i]) / (strike(exp(c)) * Sum(k, exp(z[k]))),
        by=linearity,
        because="$c$ does not depend on $k$",
    ),
    Step(exp(z[i]) / Sum(k, exp(z[k])), by=cancel),
    Step(y[i], by=definition(y)),
    title="Softmax does not feel a shift",
    about="Adding the same number to all logits changes nothing.",
)

scale = Derivation(
    "softmax-scale",
    y[i],
    Step(exp(z[i]) / Sum(k, exp(z[k])), by=definition(y)),
    Step(E * exp(z[i]) / (E * Sum(k, exp(z[k]))), by=expand_fraction, because="by $E > 0$"),
    Step(E * exp(z[i]) / Sum(k, E * exp(z[k])), by=linearity),
    Step(exp(log(E)) * exp(z[i]) / Sum(k, exp(log(E)) * exp(z[k])), by=logarithms, because=r"$E = e^{\log E}$"),
    Step(exp(z[i] + log(E)) / Sum(k, exp(z[k] + log(E))), by=exponents),
    Step(exp(z[i] + F) / Sum(k, exp(z[k] + F)), by=definition(F)),
    assuming=[positive(E)],
    title="A positive factor is a shift of the logits",
    about="Expanding softmax by $E$ adds $F = \\log E$ to every logit; $F = -\\max_k z_k$ is the stable choice.",
)

stable = Derivation(
    "softmax-shift-by-maximum",
    exp(z[i] - m) / Sum(k, exp(z[k] - m)),
    Step(exp(-m) * exp(z[i]) / Sum(k, exp(-m) * exp(z[k])), by=exponents),
    Step(strike(exp(-m)) * exp(z[i]) / (strike(exp(-m)) * Sum(k, exp(z[k]))), by=linearity),
    Step(exp(z[i]) / Sum(k, exp(z[k])), by=cancel),
    Step(y[i], by=definition(y)),
    title="Softmax with the largest logit subtracted",
    about="True of every $m$; with $m = \\max_k z_k$ no exponent is above 0, and nothing overflows.",
)

two_classes = Derivation(
    "softmax-two-classes",
    y[1],
    Step(exp(z[1]) / S, by=definition(y)),
    Step(exp(z[1]) / (exp(z[1]) + exp(z[2])), by=definition(S), because="$K = 2$"),
    Step(1 / (1 + exp(z[2]) / exp(z[1])), by=expand_fraction, because=r"by $e^{-z_1}$"),
    Step(1 / (1 + exp(-(z[1] - z[2]))), by=exponents),
    Step(sigma(z[1] - z[2]), by=definition(sigma)),
    sizes={K: 2},
    title="Softmax of two classes is a sigmoid",
    about="Of two logits only the difference matters.",
)

two_classes_second = Derivation(
    "softmax-two-classes-second",
    y[2],
    Step(1 - y[1], by=total.because),
    Step(1 - sigma(z[1] - z[2]), by=two_classes.because),
    Step(sigma(-(z[1] - z[2])), by=sigmoid_symmetry.because),
    Step(sigma(z[2] - z[1]), by=algebra),
    sizes={K: 2},
    title="The second of two classes",
    about="The other class has what the first lacks to 1.",
)

pair = define("z", listed(K, x, 0))
of_pair = define("y", i, exp(pair[i]) / Sum(k, exp(pair[k])))

sigmoid_as_softmax = Derivation(
    "softmax-two-classes-sigmoid",
    of_pair[1],
    Step(exp(pair[1]) / Sum(k, exp(pair[k])), by=definition(of_pair)),
    Step(exp(x) / (exp(x) + exp(0)), by=by_value, because="$z = (x, 0)$"),
    Step(exp(x) / (exp(x) + 1), by=exponents, because="$e^{0} = 1$"),
    Step(1 / (1 + exp(-x)), by=expand_fraction, because=r"by $e^{-x}$"),
    Step(sigma(x), by=definition(sigma)),
    sizes={K: 2},
    title="The sigmoid is a softmax with one logit at 0",
    about="Logits $x$ and 0 give the probabilities $\\sigma(x)$ and $1 - \\sigma(x)$.",
)

logsumexp_shift = Derivation(
    "logsumexp-shift",
    log(Sum(k, exp(z[k]))),
    Step(log(Sum(k, exp(m) * exp(z[k] - m))), by=exponents),
    Step(log(exp(m) * Sum(k, exp(z[k] - m))), by=linearity),
    Step(log(exp(m)) + log(Sum(k, exp(z[k] - m))), by=logarithms),
    Step(m + log(Sum(k, exp(z[k] - m))), by=logarithms),
    title="Logsumexp with a shift",
    about="True of every $m$; with $m = \\max_k z_k$ the sum lies between 1 and $K$.",
)
