"""A factor, an exponent or a term is wrong."""

from derive.catalog.cross_entropy import L, normalised, t
from derive.catalog.logistic import loss_of_p, p
from derive.catalog.logistic import t as label
from derive.catalog.shift import E
from derive.catalog.sigmoid import sigma, softplus, x
from derive.catalog.softmax import S, i, j, k, v, y, z
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import *

c, w = scalars("c w")

REFUSED = {
    "more_cancelled_than_struck": r"line 2: without its strokes, .* is .*, not",
}


def slope_doubled():
    """Twice the slope of the sigmoid."""
    return Derivation("d", D(sigma(x), x), Step(2 * sigma(x) * (1 - sigma(x)), by=differentiate))


def slope_off_by_a_trillionth():
    """A factor that no float shows at a glance."""
    return Derivation(
        "d", D(sigma(x), x), Step(fraction(10**12 + 1, 10**12) * sigma(x) * (1 - sigma(x)), by=differentiate)
    )


def second_derivative_without_its_two():
    """Both terms of the product rule carry σ."""
    return Derivation("d", D(D(sigma(x), x), x), Step(sigma(x) * (1 - sigma(x)) * (1 - sigma(x)), by=product_rule))


def diagonal_with_a_two():
    """y - y², not y - 2y²."""
    return Derivation("d", D(y[i], z[i]), Step(y[i] * (1 - 2 * y[i]), by=quotient_rule))


def denominator_not_squared():
    """The quotient rule divides by the square."""
    return Derivation(
        "d", D(exp(z[i]) / S, z[j]), Step((D(exp(z[i]), z[j]) * S - exp(z[i]) * D(S, z[j])) / S, by=quotient_rule)
    )


def second_term_not_divided_twice():
    """Both terms stand over S²."""
    return Derivation(
        "d",
        (exp(z[i]) * S - exp(z[i]) * exp(z[j])) / S**2,
        Step(exp(z[i]) / S - exp(z[i]) * exp(z[j]) / S, by=split_fraction),
    )


def inner_factor_lost():
    """The exponent's own derivative is -2."""
    return Derivation("d", D(exp(-(2 * x)), x), Step(-exp(-(2 * x)), by=exponential_rule))


def power_rule_with_the_new_exponent():
    """The old exponent comes down."""
    return Derivation("d", D(x**3, x), Step(2 * x**2, by=power_rule))


def power_rule_without_lowering():
    """The exponent falls by 1."""
    return Derivation("d", D(x**3, x), Step(3 * x**3, by=power_rule))


def tangent_not_stretched():
    """tanh x is 2σ(2x) - 1."""
    return Derivation("d", tanh(x), Step(2 * sigma(x) - 1, by=hyperbolic))


def half_of_the_variance():
    """The denominator is p(1 - p)."""
    return Derivation(
        "d", D(loss_of_p, p), Step((p - label) / p, by=common_denominator), assuming=[positive(p), positive(1 - p)]
    )


def factor_into_the_exponent():
    """E e^z is e^(z + log E), not e^(z + E)."""
    return Derivation("d", E * exp(z[i]), Step(exp(z[i] + E), by=exponents), assuming=[positive(E)])


def exponential_of_a_sum():
    """e^(u + v) is a product."""
    return Derivation("d", exp(z[i] + c), Step(exp(z[i]) + exp(c), by=exponents))


def exponential_of_a_product():
    """e^(u v) is no product."""
    return Derivation("d", exp(x * c), Step(exp(x) * exp(c), by=exponents))


def logarithm_of_a_sum():
    """log(a + b) is not log a + log b."""
    return Derivation("d", log(1 + exp(x)), Step(log(exp(x)), by=logarithms))


def logarithm_of_a_quotient():
    """log(a/b) is a difference, not a quotient."""
    return Derivation(
        "d", log(x / c), Step(log(x) / log(c), by=logarithms), assuming=[positive(x), positive(c), positive(c - 1)]
    )


def softmax_of_doubled_logits():
    """Softmax does not feel a shift, but a stretch."""
    return Derivation("d", exp(2 * z[i]) / Sum(k, exp(2 * z[k])), Step(y[i], by=algebra))


def square_of_a_sum():
    """The mixed term is missing."""
    return Derivation("d", (x + c) ** 2, Step(x**2 + c**2, by=algebra))


def fraction_split_below():
    """A fraction is split above its bar, not below."""
    return Derivation("d", 1 / (x + c), Step(1 / x + 1 / c, by=split_fraction), assuming=[positive(x), positive(c)])


def term_cancelled():
    """Factors cancel, terms do not."""
    return Derivation("d", x / (x + c), Step(1 / c, by=algebra), assuming=[positive(x), positive(c)])


def more_cancelled_than_struck():
    """What goes in a step by `cancel` is what was struck, nothing else."""
    return Derivation(
        "d",
        exp(x) * x / (exp(x) * c),
        Step(strike(exp(x)) * x / (strike(exp(x)) * c), by=algebra),
        Step(x, by=cancel),
        assuming=[positive(c)],
    )


def struck_above_alone():
    """A factor that is struck above and stays below."""
    return Derivation(
        "d",
        exp(x) * w / (exp(x) * c),
        Step(strike(exp(x)) * w / (exp(x) * c), by=algebra),
        Step(w / (exp(x) * c), by=cancel),
        assuming=[positive(c)],
    )


def exponents_multiplied():
    """e^u e^v adds the exponents."""
    return Derivation("d", exp(x) * exp(c), Step(exp(x * c), by=exponents))


def product_rule_of_both():
    """(u v)' is not u' v'."""
    return Derivation("d", D(x**2 * x**3, x), Step(D(x**2, x) * D(x**3, x), by=product_rule))


def hvp_with_the_product_twice():
    """The bracket holds v_i itself, not y_i v_i."""
    return Derivation(
        "d",
        Sum(j, D(D(L, z[i]), z[j]) * v[j]),
        Step(y[i] * (y[i] * v[i] - Sum(j, y[j] * v[j])), by=linearity),
        assuming=[normalised],
    )


def bracket_half_opened():
    """t(softplus(x) - x) + (1 - t) softplus(x) leaves t x, not x."""
    return Derivation(
        "d",
        label * (softplus(x) - x) + (1 - label) * softplus(x),
        Step(softplus(x) - x, by=algebra),
    )


def sum_taken_for_its_factor():
    """y_i Σt, factored wrongly."""
    return Derivation("d", y[i] * t[i] + y[i] * Sum(j, t[j]), Step(y[i] * Sum(j, t[j]), by=algebra))
