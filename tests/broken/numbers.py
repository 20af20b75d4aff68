"""Numbers that do not follow, or are not rounded as the digits say."""

from derive.catalog.numbers import loss, softmax_of_numbers, uniform, y
from derive.catalog.softmax import K
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import *

REFUSED = {
    "float_for_a_fraction": r"0\.5 is rounded already",
    "decimal_without_digits": r"is not a decimal number",
}


def digits_bent_to_sum_to_one():
    """The third probability, 0.20516, rounds to 0.21; 0.20 was chosen so that the three sum to 1."""
    return Derivation(
        "d",
        y,
        Step(listed(K, decimal("0.46"), decimal("0.34"), decimal("0.20")), by=rounding, relation="≈"),
        sizes={K: 3},
    )


def last_digit_off_by_one():
    """-ln 0.46 = 0.77653…"""
    return Derivation("d", -log(decimal("0.46")), Step(decimal("0.7766"), by=rounding, relation="≈"))


def logarithm_of_base_ten():
    """0.3372 is the logarithm of base 10."""
    return Derivation("d", -log(decimal("0.46")), Step(decimal("0.3372"), by=rounding, relation="≈"))


def cut_instead_of_rounded():
    """-ln 0.34 = 1.07881 rounds to 1.079; 1.078 is cut off."""
    return Derivation("d", -log(decimal("0.34")), Step(decimal("1.078"), by=rounding, relation="≈"))


def rounded_and_called_equal():
    """A logarithm is not a decimal number."""
    return Derivation("d", -log(decimal("0.46")), Step(decimal("0.7765"), by=by_value))


def third_as_a_decimal():
    """1/3 is not 0.333."""
    return Derivation("d", fraction(1, 3), Step(decimal("0.333"), by=by_value))


def exponential_of_zero():
    """e^0 is 1."""
    return Derivation("d", exp(0), Step(0, by=exponents))


def probabilities_in_another_order():
    """The largest logit stands first."""
    return Derivation(
        "d",
        y,
        Step(listed(K, decimal("0.338"), decimal("0.457"), decimal("0.205")), by=rounding, relation="≈"),
        sizes={K: 3},
    )


def exponentials_not_divided():
    """Exponentials are no probabilities before they are divided."""
    return Derivation(
        "d",
        y,
        Step(listed(K, exp(decimal("1.2")), exp(decimal("0.9")), exp(decimal("0.4"))), by=by_value),
        sizes={K: 3},
    )


def logits_divided_by_their_sum():
    """Softmax divides exponentials, not logits."""
    total = decimal("1.2") + decimal("0.9") + decimal("0.4")
    return Derivation(
        "d",
        softmax_of_numbers.claim,
        Step(listed(K, decimal("1.2") / total, decimal("0.9") / total, decimal("0.4") / total), by=by_value),
        sizes={K: 3},
    )


def equal_numbers_of_another_count():
    """Four classes: a quarter each."""
    third = fraction(1, 3)
    return Derivation("d", uniform, Step(listed(K, third, third, third, third), by=by_value), sizes={K: 4})


def loss_of_the_wrong_label():
    """The label says the first class."""
    return Derivation("d", loss, Step(-log(decimal("0.34")), by=by_value), sizes={K: 3})


def float_for_a_fraction():
    """1/2 is a float in Python, and rounded before anyone sees it."""
    x = scalar("x")
    return Derivation("d", x / 2, Step(1 / 2 * x, by=algebra))


def decimal_without_digits():
    """A decimal number is written with its digits."""
    return Derivation("d", decimal("0.5"), Step(decimal("half"), by=by_value))
