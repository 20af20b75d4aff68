"""Softmax: its sum, its Jacobian in every form, and the products with a vector."""

from derive.background import Background, Source
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import (
    algebra,
    cancel,
    contract,
    definition,
    differentiate,
    entrywise,
    exponents,
    linearity,
    quotient_rule,
    split_fraction,
    squared_norm,
    trace_rule,
)

boltzmann = Source(
    "L. Boltzmann",
    "Studien über das Gleichgewicht der lebendigen Kraft zwischen bewegten materiellen Punkten",
    1868,
    "Sitzungsberichte der Kaiserlichen Akademie der Wissenschaften in Wien 58, 517–560",
    language="de",
)
gibbs = Source(
    "J. W. Gibbs", "Elementary Principles in Statistical Mechanics", 1902, "Charles Scribner’s Sons, New York"
)
luce = Source("R. D. Luce", "Individual Choice Behavior: A Theoretical Analysis", 1959, "Wiley, New York")
bridle = Source(
    "J. S. Bridle",
    (
        "Probabilistic Interpretation of Feedforward Classification Network Outputs, with Relationships to "
        "Statistical Pattern Recognition"
    ),
    1990,
    "Neurocomputing: Algorithms, Architectures and Applications, Springer, 227–236",
)
vaswani = Source(
    "A. Vaswani et al.", "Attention Is All You Need", 2017, "Advances in Neural Information Processing Systems 30"
)

background = Background(
    "Boltzmann (1868) found that in thermal equilibrium a state of energy $E$ has a probability in proportion to "
    "$e^{-E / (k T)}$, with the temperature $T$ and the constant $k$ that bears his name; Gibbs (1902) built "
    r"statistical mechanics on that distribution. With $-\frac{E}{k T}$ as logit it is softmax, and $S$ is the "
    "partition function. Luce (1959) came to the same form from an axiom on choice, and Bridle (1990) gave it its "
    "name and its place at the end of a network, as a smooth way to pick the largest whose outputs can be read as "
    "probabilities. Today it ends most classifiers and language models, and makes the weights of attention (Vaswani "
    "et al., 2017).",
    [boltzmann, gibbs, luce, bridle, vaswani],
)

K = size("K")
i, j, k = indices("i j k", K)
z = vector("z", K)
v, g = vector("v", K), vector("g", K)

S = define("S", Sum(k, exp(z[k])))
y = define("y", i, exp(z[i]) / S)

total = Derivation(
    "softmax-sum",
    Sum(i, y[i]),
    Step(Sum(i, exp(z[i]) / S), by=definition(y)),
    Step(1 / S * Sum(i, exp(z[i])), by=linearity, because="$S$ does not depend on $i$"),
    Step(1 / strike(S) * strike(S), by=definition(S)),
    Step(1, by=cancel),
    title="Softmax sums to 1",
    about="The entries of softmax add up to 1, whatever the logits.",
)

wainwright = Source(
    "M. J. Wainwright, M. I. Jordan",
    "Graphical Models, Exponential Families, and Variational Inference",
    2008,
    "Foundations and Trends in Machine Learning 1, 1–305",
)

covariance = Background(
    "One draw from $y$, written as a one-hot vector, has the mean $y$ and the softmax Jacobian as its covariance "
    "matrix. In every exponential family the derivative of the mean in the natural parameters is a covariance "
    "(Wainwright and Jordan, 2008). A training loop seldom stores the matrix with its $K^2$ entries: backpropagation "
    "needs only its product with a vector.",
    [wainwright],
)

diagonal = Derivation(
    "softmax-jacobian-diagonal",
    D(y[i], z[i]),
    Step(D(exp(z[i]) / S, z[i]), by=definition(y)),
    Step((D(exp(z[i]), z[i]) * S - exp(z[i]) * D(S, z[i])) / S**2, by=quotient_rule),
    Step((exp(z[i]) * S - exp(z[i]) * exp(z[i])) / S**2, by=differentiate),
    Step(exp(z[i]) * strike(S) / S ** strike(2) - exp(z[i]) * exp(z[i]) / S**2, by=split_fraction),
    Step(exp(z[i]) / S - exp(z[i]) * exp(z[i]) / S**2, by=cancel),
    Step(y[i] - y[i] ** 2, by=definition(y)),
    Step(y[i] * (1 - y[i]), by=algebra),
    title="Softmax Jacobian on the diagonal",
    about=(
        r"How a probability answers to its own logit: as the sigmoid does. The slope is never negative, and at most "
        r"$\frac{1}{4}$, where $y_i = \frac{1}{2}$. It goes to 0 as $y_i$ goes to 0 or to 1: near either end a "
        "probability hardly moves."
    ),
    background=covariance,
)

off_diagonal = Derivation(
    "softmax-jacobian-off-diagonal",
    D(y[i], z[j]),
    Step(D(exp(z[i]) / S, z[j]), by=definition(y)),
    Step((D(exp(z[i]), z[j]) * S - exp(z[i]) * D(S, z[j])) / S**2, by=quotient_rule),
    Step((0 * S - exp(z[i]) * exp(z[j])) / S**2, by=differentiate, because=r"$e^{z_i}$ does not depend on $z_j$"),
    Step(-(exp(z[i]) / S) * (exp(z[j]) / S), by=algebra),
    Step(-y[i] * y[j], by=definition(y)),
    assuming=[distinct(i, j)],
    title="Softmax Jacobian off the diagonal",
    about=(
        "A probability falls when the logit of another class rises. The entry stays the same when $i$ and $j$ "
        "change places: each of two classes pushes the other down at the same rate. It is never below "
        r"$-\frac{1}{4}$, and close to 0 where one of the two probabilities is."
    ),
    background=covariance,
)

jacobian = Derivation(
    "softmax-jacobian",
    D(y[i], z[j]),
    Step(D(exp(z[i]) / S, z[j]), by=definition(y)),
    Step((D(exp(z[i]), z[j]) * S - exp(z[i]) * D(S, z[j])) / S**2, by=quotient_rule),
    Step((delta(i, j) * exp(z[i]) * S - exp(z[i]) * exp(z[j])) / S**2, by=differentiate),
    Step(delta(i, j) * exp(z[i]) * strike(S) / S ** strike(2) - exp(z[i]) * exp(z[j]) / S**2, by=split_fraction),
    Step(delta(i, j) * exp(z[i]) / S - exp(z[i]) * exp(z[j]) / S**2, by=cancel),
    Step(delta(i, j) * y[i] - y[i] * y[j], by=definition(y)),
    Step(y[i] * (delta(i, j) - y[j]), by=algebra),
    title="Softmax Jacobian",
    about=(
        r"One formula for the diagonal and the rest: $\delta_{i j}$ is 1 where $i = j$, else 0. With two classes "
        "or more the diagonal is positive and all the rest negative: a logit that rises lifts its own probability "
        "and lowers every other. What the one gains the others lose, so each column sums to 0."
    ),
    background=covariance,
)

cases = Derivation(
    "softmax-jacobian-cases",
    D(y[i], z[j]),
    Step(y[i] * (delta(i, j) - y[j]), by=jacobian.because),
    Step(
        by_cases(i, j, same=y[i] * (1 - y[j]), distinct=y[i] * (0 - y[j])),
        by=algebra,
        because=r"$\delta_{i j}$ is 1 or 0",
    ),
    Step(
        by_cases(i, j, same=y[i] * (1 - y[i]), distinct=-y[i] * y[j]),
        by=algebra,
        because="$y_j = y_i$ where $i = j$",
    ),
    title="Softmax Jacobian by cases",
    about=(
        "The formula with the delta says what the two cases say one by one. On the diagonal no entry is negative "
        r"or above $\frac{1}{4}$; off it all are negative. A logit that rises takes from each other probability at "
        "a rate in proportion to that probability."
    ),
    background=covariance,
)

matrix_form = Derivation(
    "softmax-jacobian-matrix",
    D(y, z),
    Step(
        diag(y) - outer(y, y), by=entrywise, because=r"$\frac{\partial y_i}{\partial z_j} = \delta_{i j} y_i - y_i y_j$"
    ),
    title="Softmax Jacobian as a matrix",
    about="Diagonal minus outer product: symmetric, so that both layouts agree.",
    background=covariance,
)

u = vector("u", K)

row = Derivation(
    "softmax-jacobian-row",
    D(y[i], z),
    Step(y[i] * (u - y).T, by=jacobian.because, because=r"$u_j = \delta_{i j}$"),
    assuming=[one_hot(u, i)],
    title="Row of the softmax Jacobian",
    about="The gradient of one probability in all logits, with the unit vector $u$ of its class.",
)

first_row = Derivation(
    "softmax-jacobian-first-row",
    D(y[1], z),
    Step(y[1] * listed(K, 1 - y[1], 0 - y[2], 0 - y[3]), by=jacobian.because),
    Step(listed(K, y[1] * (1 - y[1]), -y[1] * y[2], -y[1] * y[3]), by=algebra),
    sizes={K: 3},
    title="First row of the softmax Jacobian, written out",
    about="The gradient of the first of three probabilities.",
)

symmetry = Derivation(
    "softmax-jacobian-symmetry",
    D(y[i], z[j]),
    Step(y[i] * (delta(i, j) - y[j]), by=jacobian.because),
    Step(delta(i, j) * y[i] - y[i] * y[j], by=algebra),
    Step(delta(j, i) * y[j] - y[j] * y[i], by=algebra, because=r"where $\delta_{i j} \ne 0$, $y_i$ is $y_j$"),
    Step(y[j] * (delta(j, i) - y[i]), by=algebra),
    Step(D(y[j], z[i]), by=jacobian.because),
    title="The softmax Jacobian is symmetric",
    about="Class $i$ answers to logit $j$ as class $j$ answers to logit $i$.",
)

row_sums = Derivation(
    "softmax-jacobian-row-sums",
    Sum(j, D(y[i], z[j])),
    Step(Sum(j, y[i] * (delta(i, j) - y[j])), by=jacobian.because),
    Step(y[i] * (Sum(j, delta(i, j)) - Sum(j, y[j])), by=linearity),
    Step(y[i] * (1 - Sum(j, y[j])), by=contract),
    Step(y[i] - y[i], by=total.because),
    Step(0, by=algebra),
    title="Rows of the softmax Jacobian sum to 0",
    about="Adding one number to all logits changes no probability.",
)

column_sums = Derivation(
    "softmax-jacobian-column-sums",
    Sum(i, D(y[i], z[j])),
    Step(Sum(i, y[i] * (delta(i, j) - y[j])), by=jacobian.because),
    Step(Sum(i, delta(i, j) * y[i]) - Sum(i, y[i]) * y[j], by=linearity),
    Step(y[j] - Sum(i, y[i]) * y[j], by=contract),
    Step(y[j] - y[j], by=total.because),
    Step(0, by=algebra),
    title="Columns of the softmax Jacobian sum to 0",
    about="The probabilities always sum to 1, so that their changes cancel.",
)

jvp = Derivation(
    "softmax-jvp",
    Sum(j, D(y[i], z[j]) * v[j]),
    Step(Sum(j, y[i] * (delta(i, j) - y[j]) * v[j]), by=jacobian.because),
    Step(y[i] * (Sum(j, delta(i, j) * v[j]) - Sum(j, y[j] * v[j])), by=linearity),
    Step(y[i] * (v[i] - Sum(j, y[j] * v[j])), by=contract),
    title="Softmax Jacobian times a vector",
    about=(
        "The change of the probabilities along $v$, without writing the Jacobian out. A probability grows where "
        "$v_i$ is above the mean of $v$ under $y$, and falls where it is below. When all logits move alike, no "
        "probability changes."
    ),
)

dao = Source(
    "T. Dao, D. Y. Fu, S. Ermon, A. Rudra, C. Ré",
    "FlashAttention: Fast and Memory-Efficient Exact Attention with IO-Awareness",
    2022,
    "Advances in Neural Information Processing Systems 35",
)

attention = Background(
    "In attention this product is taken for every row of scores. Dao et al. (2022) compute its sum from the output "
    "and the gradient of the output, so that the matrix of all probabilities need not be kept for the backward pass.",
    [dao],
)

vjp = Derivation(
    "softmax-vjp",
    Sum(i, g[i] * D(y[i], z[j])),
    Step(Sum(i, g[i] * (y[i] * (delta(i, j) - y[j]))), by=jacobian.because),
    Step(Sum(i, delta(i, j) * g[i] * y[i]) - y[j] * Sum(i, g[i] * y[i]), by=linearity),
    Step(g[j] * y[j] - y[j] * Sum(i, g[i] * y[i]), by=contract),
    Step(y[j] * (g[j] - Sum(i, g[i] * y[i])), by=algebra),
    title="A vector times the softmax Jacobian",
    about=(
        "What backpropagation hands on from the gradient $g$ in the probabilities. Each entry is $y_j$ times the "
        "difference of $g_j$ and the mean of $g$ under $y$, so the entries sum to 0. To add one number to every "
        "$g_i$ changes nothing."
    ),
    background=attention,
)

simpson = Source("E. H. Simpson", "Measurement of Diversity", 1949, "Nature 163, 688")
breiman = Source(
    "L. Breiman, J. H. Friedman, R. A. Olshen, C. J. Stone",
    "Classification and Regression Trees",
    1984,
    "Wadsworth, Belmont",
)

diversity = Background(
    r"Simpson (1949) measured how concentrated a population is by $\sum_i y_i^2$, the chance that two draws show the "
    "same kind. What it lacks to 1 is the impurity by which classification trees choose their splits, named after "
    "Gini (Breiman et al., 1984).",
    [simpson, breiman],
)

trace_entries = Derivation(
    "softmax-jacobian-trace-entries",
    Sum(i, D(y[i], z[i])),
    Step(Sum(i, y[i] * (1 - y[i])), by=diagonal.because),
    Step(Sum(i, y[i]) - Sum(i, y[i] ** 2), by=linearity),
    Step(1 - Sum(i, y[i] ** 2), by=total.because),
    title="Diagonal of the softmax Jacobian, added up",
    about="The chance that two draws from $y$ show different classes: the Gini impurity.",
    background=diversity,
)

trace_of_jacobian = Derivation(
    "softmax-jacobian-trace",
    trace(D(y, z)),
    Step(trace(diag(y) - outer(y, y)), by=matrix_form.because),
    Step(trace(diag(y)) - trace(outer(y, y)), by=trace_rule, because="a trace is a sum, and so linear"),
    Step(
        ones(K).T @ y - trace(outer(y, y)), by=trace_rule, because="the diagonal of $\\operatorname{diag} (y)$ is $y$"
    ),
    Step(1 - trace(outer(y, y)), by=total.because),
    Step(1 - norm_squared(y), by=squared_norm, because="the diagonal of $y y^{\\top}$ holds the squares of $y$"),
    title="Trace of the softmax Jacobian",
    about="It falls to 0 as one class takes all, and is largest where all are alike.",
    background=diversity,
)

c = scalar("c")
equal_z = define("z", k, c)
of_same = define("y", i, exp(equal_z[i]) / Sum(k, exp(equal_z[k])))

equal_logits = Derivation(
    "softmax-equal-logits",
    of_same[i],
    Step(exp(equal_z[i]) / Sum(k, exp(equal_z[k])), by=definition(of_same)),
    Step(exp(c) / Sum(k, exp(c)), by=definition(equal_z), because="all logits are equal to $c$"),
    Step(strike(exp(c)) / (K * strike(exp(c))), by=linearity, because="the sum has $K$ equal terms"),
    Step(1 / K, by=cancel),
    title="Softmax of equal logits",
    about="Equal logits leave every class the same probability.",
)

mcfadden = Source(
    "D. McFadden",
    "Conditional Logit Analysis of Qualitative Choice Behavior",
    1974,
    "Frontiers in Econometrics, Academic Press, 105–142",
)

choice = Background(
    "That the odds of two alternatives do not depend on what else is offered is a consequence of the axiom from "
    "which Luce (1959) starts. McFadden (1974) made it the conditional logit model of econometrics. It is also a "
    "limit of the model: where two alternatives are almost the same, people do not choose so.",
    [luce, mcfadden],
)

ratio = Derivation(
    "softmax-ratio",
    y[i] / y[j],
    Step(exp(z[i]) / S / (exp(z[j]) / S), by=definition(y)),
    Step(exp(z[i]) * strike(S) / (exp(z[j]) * strike(S)), by=algebra),
    Step(exp(z[i]) / exp(z[j]), by=cancel),
    Step(exp(z[i] - z[j]), by=exponents),
    title="Ratio of two probabilities",
    about="Only the difference of two logits decides how much likelier one class is than another.",
    background=choice,
)
