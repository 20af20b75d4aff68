"""Numbers as sums of two: equalities by which the exported code computes with twice the digits.

What is proved here holds for real numbers; that parts are exact in floating point is told, and tested with the code.
"""

from derive.background import Background, Source
from derive.catalog.cross_entropy import t
from derive.catalog.logistic import loss as binary_loss
from derive.catalog.logistic import t as label
from derive.catalog.options import A
from derive.catalog.rewrites import binary_gradient_left as gradient_left
from derive.catalog.rewrites import binary_gradient_right as gradient_right
from derive.catalog.rewrites import r as rest_of
from derive.catalog.rewrites import rest
from derive.catalog.roundings import dekker
from derive.catalog.sigmoid import x
from derive.catalog.softmax import S, i, j, k, v, y, z
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import algebra, common_denominator, definition, exponents, linearity

shewchuk = Source(
    "J. R. Shewchuk",
    "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates",
    1997,
    "Discrete & Computational Geometry 18, 305–363",
)

background = Background(
    "A number that is kept as the sum of two floats, the second no larger than the rounding error of the first, has "
    "about twice the digits of one. Dekker (1971) calculated with such pairs, and Shewchuk (1997) with sums of any "
    "length, for signs that have to be right. The exported code takes them where a result in float64 would lose "
    "digits by cancellation, and rounds to a single float in the end.",
    [dekker, shewchuk],
)

# ------------------------------------------------------------------ the exponential

n, high, middle, low, w, delta_high, delta_low = scalars("n h m l w delta_h delta_l")
near = define("a", n * (high + middle + low) + (delta_high + delta_low))
left = x - n * high - (n * middle + delta_high) + w - (n * low + delta_low)

tang = Source(
    "P. T. P. Tang",
    "Table-Driven Implementation of the Exponential Function in IEEE Floating-Point Arithmetic",
    1989,
    "ACM Transactions on Mathematical Software 15, 144–157",
)
gal = Source(
    "S. Gal, B. Bachelis",
    "An Accurate Elementary Mathematical Library for the IEEE Floating Point Standard",
    1991,
    "ACM Transactions on Mathematical Software 17, 26–45",
)

accurate_tables = Background(
    "Tang (1989) computes the exponential from a table of near-by values and a short polynomial for the rest. Gal "
    "and Bachelis (1991) choose the points of the table so that the function there happens to be very close to a "
    "float, which is worth several more digits.",
    [tang, gal],
)

from_table = Derivation(
    "rewrite-exp-table",
    exp(near) * exp(left),
    Step(exp(near + left), by=exponents),
    Step(exp(n * (high + middle + low) + (delta_high + delta_low) + left), by=definition(near)),
    Step(exp(x + w), by=algebra),
    title="An exponential from that of a point near by",
    about=(
        "True of any numbers. The code takes $2^{-14} \\log 2$ for $h + m + l$, $h$ and $m$ of so few digits that "
        "products with $n$ are exact, and a $\\delta$ by which $e^{a}$ has few digits, which stands in a table."
    ),
    background=accurate_tables,
)

a, b, c, d = scalars("a b c d")
coarse = define("h", a - b + c - c)

in_units = Derivation(
    "rewrite-units",
    coarse + (a - coarse - b),
    Step(a - b + c - c + (a - (a - b + c - c) - b), by=definition(coarse)),
    Step(a - b, by=algebra),
    title="A difference in units of another number, and the rest",
    about=(
        "True of every $c$; with $c = 1.5 \\cdot 2^{52}$ units, floating point rounds $a - b + c$ to a whole number of "
        "them."
    ),
)

r, s = scalars("r s")

square_of_parts = Derivation(
    "rewrite-half-square-of-parts",
    fraction(1, 2) * r * r + s * (fraction(1, 2) * (r + (r + s))),
    Step((r + s) ** 2 / 2, by=algebra),
    title="Half of a square, from two parts",
    about="The square of the first part is exact where that has half of the digits; the second term is small.",
)

p, g, q = scalars("p g q")

scaled_parts = Derivation(
    "rewrite-scaled-parts",
    p + p * r + p * g + p * q,
    Step(p * (1 + r + g + q), by=algebra),
    title="A number times a sum that begins with 1",
    about="The second and third products are exact where the factors have half of the digits.",
)

of_half = Derivation(
    "rewrite-exp-of-half",
    exp(x / 2) * exp(x / 2),
    Step(exp(x / 2 + x / 2), by=exponents),
    Step(exp(x), by=algebra),
    title="An exponential from that of half of the exponent",
    about="By it the exponentials in integers of many bits come from a short series for a small exponent.",
)

# ------------------------------------------------------------------ products and differences

product_of_pairs = Derivation(
    "rewrite-product-of-pairs",
    p + (a * d + b * c - (p - a * c)),
    Step(a * c + (a * d + b * c), by=algebra),
    Step((a + b) * (c + d) - b * d, by=algebra),
    title="The product of two pairs, but for the smallest term",
    about="For any $p$ in place of $a c$, as what it differs by is subtracted; the last term is below the last digit.",
)

difference_of_pairs = Derivation(
    "rewrite-difference-of-pairs",
    a - c + (b - d),
    Step(a + b - (c + d), by=algebra),
    title="The difference of two pairs",
    about="Where it is small, the first difference is exact.",
)

# ------------------------------------------------------------------ results with one division, in the end

gradient_in_one = Derivation(
    "rewrite-gradient-over-sum",
    A * y[i] - t[i],
    Step(A * (exp(z[i]) / S) - t[i], by=definition(y)),
    Step((A * exp(z[i]) - t[i] * S) / S, by=common_denominator),
    title="Probability less label, over the sum of exponentials",
    about="All that cancels is in the numerator, which is computed as a pair; $A$ is what the labels sum to.",
)

numerator_of_largest = Derivation(
    "rewrite-numerator-rest",
    (A - t[j]) * exp(z[j]) - t[j] * rest_of[j],
    Step(A * exp(z[j]) - t[j] * (exp(z[j]) + rest_of[j]), by=algebra),
    Step(A * exp(z[j]) - t[j] * S, by=rest.because),
    title="The numerator of one class, from the rest",
    about="Where a probability and its label are close to 1, from what both lack to 1.",
)

jvp_in_one = Derivation(
    "rewrite-jvp-over-sum",
    y[i] * (v[i] - Sum(k, y[k] * v[k])),
    Step(exp(z[i]) / S * (v[i] - Sum(k, exp(z[k]) / S * v[k])), by=definition(y)),
    Step(exp(z[i]) / S * (v[i] - Sum(k, exp(z[k]) * v[k]) / S), by=linearity),
    Step(exp(z[i]) / S * ((v[i] * S - Sum(k, exp(z[k]) * v[k])) / S), by=common_denominator),
    title="Softmax Jacobian times a vector, over the sum of exponentials",
    about="All that cancels is in the numerator, which is computed as a pair.",
)

log_near_one = Derivation(
    "rewrite-logsumexp-near-one",
    log(S),
    Step(log(1 + (S - 1)), by=algebra),
    title="The logarithm of a sum that is close to 1",
    about="With the sum as a pair, its difference from 1 has all digits.",
)

right_in_one = Derivation(
    "rewrite-logistic-gradient-over-sum",
    D(binary_loss, x),
    Step(1 - label - exp(-x) / (1 + exp(-x)), by=gradient_right.because),
    Step((1 - label - exp(-x) + (1 - label) * exp(-x)) / (1 + exp(-x)), by=common_denominator),
    title="Gradient of logistic loss for positive logits, with one division",
    about="All that cancels is in the numerator, which is computed as a pair.",
)

left_in_one = Derivation(
    "rewrite-logistic-gradient-left-over-sum",
    D(binary_loss, x),
    Step(exp(x) / (1 + exp(x)) - label, by=gradient_left.because),
    Step(-((label - exp(x) + label * exp(x)) / (1 + exp(x))), by=common_denominator),
    title="Gradient of logistic loss for negative logits, with one division",
    about="The same numerator with the other sign, for the other class.",
)
