"""Rounding errors that the exported code feeds back: in real numbers they are 0, or what a line here says.

That the operations find an error exactly is a theorem on floating point each time, told and not proved.
"""

from derive.background import Background, Source
from derive.catalog.rewrites import r
from derive.catalog.shift import m
from derive.catalog.sigmoid import x
from derive.catalog.softmax import S, i, j, k, z
from derive.catalog.temperature import tau
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import algebra, definition, exponents, split_sum

kahan = Source("W. Kahan", "Further Remarks on Reducing Truncation Errors", 1965, "Communications of the ACM 8, 40")
moller = Source("O. Møller", "Quasi Double-Precision in Floating Point Addition", 1965, "BIT 5, 37–50")
knuth = Source(
    "D. E. Knuth",
    "The Art of Computer Programming, Volume 2: Seminumerical Algorithms",
    1969,
    "Addison-Wesley, Reading",
)
dekker = Source(
    "T. J. Dekker",
    "A Floating-Point Technique for Extending the Available Precision",
    1971,
    "Numerische Mathematik 18, 224–242",
)

background = Background(
    "The rounding error of a sum is itself a number that the machine can hold, and a few additions and subtractions "
    "find it: for a larger first term Kahan (1965) and Dekker (1971), without that condition Møller (1965) and Knuth "
    "(1969). Dekker also gives the error of a product, from factors that are cut into halves. Kahan fed the error "
    "back into the next addition; the exported code does so with its own differences, quotients and sums. What an "
    "optimiser gets are gradients with fewer wrong digits, for a few more operations.",
    [kahan, moller, knuth, dekker],
)

a = scalar("a")

# ------------------------------------------------------------------ of a difference, and of a quotient

d = scalar("d")
b = define("b", d - x)
exact = define("d", x - m)
b_of_exact = define("b", exact - x)

two_sum = Derivation(
    "rewrite-two-sum",
    x - (d - b) - (m + b),
    Step(x - (d - (d - x)) - (m + (d - x)), by=definition(b)),
    Step(x - x - (m + d - x), by=algebra, because="$d - (d - x) = x$"),
    Step(x - (d + m), by=algebra),
    Step(x - m - d, by=algebra),
    title="What a rounded difference is off by",
    about=(
        "For any $d$ in place of $x - m$. That the operations on the left round nothing, where $d$ is the rounded "
        "difference, is a theorem on floating point and not proved here; nor that $x - (d + m)$ rounds nothing, where "
        "$m$ is an integer besides."
    ),
)

two_sum_exact = Derivation(
    "rewrite-two-sum-exact",
    x - (exact - b_of_exact) - (m + b_of_exact),
    Step(x - (exact - (exact - x)) - (m + (exact - x)), by=definition(b_of_exact)),
    Step(x - m - exact, by=algebra),
    Step(exact - exact, by=definition(exact)),
    Step(0, by=algebra),
    title="No correction where the difference is exact",
    about="In real numbers, where $d = x - m$, feeding the error back changes nothing.",
)

feedback = Derivation(
    "rewrite-shift-feedback",
    exp(d) * exp(x - m - d),
    Step(exp(d + (x - m - d)), by=exponents),
    Step(exp(x - m), by=algebra),
    title="The exponential of a rounded difference, corrected",
    about=(
        "True of every $d$. The code takes $1 + w$ for $e^{w}$ with the error $w = x - m - d$: that is the first order "
        "of the series, and no equality."
    ),
)

w_of_exact = define("w", x - (exact - b_of_exact) - (m + b_of_exact))

feedback_exact = Derivation(
    "rewrite-shift-feedback-exact",
    exp(x - m) + w_of_exact * exp(x - m),
    Step(exp(x - m), by=two_sum_exact.because, because="$w = 0$"),
    title="The correction in first order",
    about="What the code computes. In real numbers, where nothing is rounded, the correction is 0.",
)

h = define("h", d - (d - a))
low = define("l", a - h)

split_in_parts = Derivation(
    "rewrite-split",
    h + low,
    Step(h + (a - h), by=definition(low)),
    Step(d - (d - a) + (a - h), by=definition(h)),
    Step(a, by=algebra),
    title="A number as two parts",
    about="True of every $d$; with $d = (2^{27} + 1) a$, rounded, each part has half of the digits.",
)

a_high, a_low, b_high, b_low, product = scalars("a_h a_l b_h b_l p")

product_of_parts = Derivation(
    "rewrite-product-of-parts",
    product - a_high * b_high - a_high * b_low - a_low * b_high - a_low * b_low,
    Step(product - (a_high + a_low) * (b_high + b_low), by=algebra),
    title="What a number differs from a product by",
    about="Dekker's product: each of the four is exact where every part has half of the digits.",
)

remainder = define("p", d - a * tau)
w_of_difference = define("w", x - m - d)

quotient_feedback = Derivation(
    "rewrite-quotient-feedback",
    (remainder + w_of_difference) / tau,
    Step((d - a * tau + (x - m - d)) / tau, by=definition(remainder)),
    Step((x - m) / tau - a, by=algebra),
    title="What a rounded quotient of a rounded difference is off by",
    about="True of every $d$ and every quotient $a$ in place of $\\frac{x - m}{\\tau}$.",
)

# ------------------------------------------------------------------ of a sum

u = define("u", (i, j), Sum(k, (1 - delta(i, k)) * (1 - delta(j, k)) * exp(z[k])))

rest_of_two = Derivation(
    "rewrite-rest-apart",
    (1 - delta(j, i)) * exp(z[i]) + u[i, j],
    Step(
        (1 - delta(j, i)) * exp(z[i]) + Sum(k, (1 - delta(i, k)) * (1 - delta(j, k)) * exp(z[k])),
        by=definition(u),
    ),
    Step(Sum(k, (1 - delta(j, k)) * exp(z[k])), by=split_sum),
    Step(r[j], by=definition(r)),
    title="The rest as one of its terms and the others",
    about=(
        "With the largest term taken apart, small ones are added to each other first, and what the last addition "
        "rounds can be fed back."
    ),
)

b_sum = scalar("b")
s_sum = define("s", a + b_sum)

sum_error = Derivation(
    "rewrite-fast-two-sum",
    b_sum - (d - a),
    Step(a + b_sum - d, by=algebra),
    title="What a rounded sum is off by",
    about=(
        "For any $d$ in place of $a + b$. That the operations on the left round nothing, where $d$ is the rounded sum "
        "and $b$ is not above $a$, is a theorem on floating point and not proved here."
    ),
)

w_of_sum = define("w", b_sum - (s_sum - a))

sum_error_exact = Derivation(
    "rewrite-fast-two-sum-exact",
    b_sum - (s_sum - a),
    Step(b_sum - (a + b_sum - a), by=definition(s_sum)),
    Step(0, by=algebra),
    title="No correction where the sum is exact",
    about="In real numbers, where $s = a + b$, feeding the error back changes nothing.",
)

log_feedback = Derivation(
    "rewrite-log-inverse-feedback",
    log(1 + r[j] / exp(z[j])) + w_of_sum / S,
    Step(log(1 + r[j] / exp(z[j])) + (b_sum - (s_sum - a)) / S, by=definition(w_of_sum)),
    Step(log(1 + r[j] / exp(z[j])) + 0 / S, by=sum_error_exact.because),
    Step(log(1 + r[j] / exp(z[j])), by=algebra),
    title="The logarithm of a rounded rest, corrected in first order",
    about=(
        "What the code computes: the derivative of $\\log (e^{z_j} + r_j)$ by the rest is $1/S$. In real numbers, "
        "where nothing is rounded, the correction is 0."
    ),
)
