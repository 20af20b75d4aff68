"""A letter is bound by a sum and means something else outside it."""

from derive.catalog.cross_entropy import L, t
from derive.catalog.softmax import S, i, j, k, y, z
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import *

REFUSED = {
    "gradient_in_the_summed_letter": r"index k is summed in .* but free in D\(L, y\[k\]\)",
    "sum_in_the_letter_of_the_variable": r"index k is summed in .* but free in",
    "softmax_in_the_letter_of_its_sum": r"index k is summed in Sum\(k, exp\(z\[k\]\)\) and free elsewhere",
    "factor_in_the_letter_of_its_sum": r"index i is summed in Sum\(i, t\[i\]\) and free elsewhere",
    "letter_summed_twice": r"index k is summed twice",
    "factor_left_outside": r"index j is summed in .* and free elsewhere",
    "letter_of_a_hypothesis": r"index j is summed in .* but free in|index j is summed",
    "definition_that_captures": r"index i is summed in .* and free elsewhere",
    "name_defined_by_itself": r"L is defined by itself",
    "letter_of_two_sizes": r"k stands for two different things",
}


def gradient_in_the_summed_letter():
    """k is the letter of the variable, and summed as well."""
    return Derivation("d", D(L, y[k]), Step(-Sum(k, t[k] / y[k]), by=differentiate))


def gradient_after_capture():
    """Every term, differentiated in its own variable: what capture does."""
    return Derivation("d", D(L, y[j]), Step(-Sum(k, t[k] * D(log(y[k]), y[k])), by=linearity))


def sum_in_the_letter_of_the_variable():
    """The sum needs a letter of its own."""
    return Derivation("d", D(S, z[k]), Step(Sum(k, D(exp(z[k]), z[k])), by=linearity))


def sum_after_capture():
    """The same with another letter: every term has its own variable, and S is the result."""
    return Derivation("d", D(S, z[j]), Step(Sum(k, D(exp(z[k]), z[k])), by=linearity))


def derivative_that_vanishes():
    """What a computer algebra system answers that takes the free k for the summed one."""
    return Derivation("d", D(exp(z[k]) / S, z[k]), Step(0, by=quotient_rule))


def softmax_in_the_letter_of_its_sum():
    """k above and k below are two things."""
    return Derivation("d", y[k], Step(exp(z[k]) / Sum(k, exp(z[k])), by=definition(y)))


def factor_in_the_letter_of_its_sum():
    """i is free before the sum and bound in it."""
    return Derivation("d", y[i] * Sum(j, t[j]), Step(y[i] * Sum(i, t[i]), by=algebra))


def letter_summed_twice():
    """One sum inside the other, in one letter."""
    return Derivation("d", S**2, Step(Sum(k, exp(z[k]) * Sum(k, exp(z[k]))), by=algebra))


def factor_left_outside():
    """The second factor of the chain rule stands outside the sum over j."""
    return Derivation("d", D(L, z[i]), Step(-Sum(j, t[j] / y[j]) * D(y[j], z[i]), by=chain_rule))


def square_of_a_sum_in_one_letter():
    """S² has a letter for each of its sums."""
    return Derivation("d", S**2, Step(Sum(k, exp(z[k]) * exp(z[k])), by=algebra))


def double_sum_in_one_letter():
    """Σ_i Σ_j a_i b_j, with the letters made one."""
    return Derivation("d", Sum(i, Sum(j, t[i] * y[j])), Step(Sum(i, t[i] * y[i]), by=algebra))


def product_pulled_into_its_sum():
    """y_i moves into the sum over j, and becomes y_j."""
    return Derivation("d", y[i] * Sum(j, t[j]), Step(Sum(j, t[j] * y[j]), by=linearity))


def letter_of_a_hypothesis():
    """j is given by i ≠ j, and cannot run."""
    return Derivation("d", D(y[i], z[j]), Step(-y[i] * Sum(j, y[j]), by=algebra), assuming=[distinct(i, j)])


def definition_that_captures():
    """The parameter of y, summed in its definition."""
    s = define("s", i, exp(z[i]) / Sum(i, exp(z[i])))
    return Derivation("d", s[i], Step(y[i], by=algebra))


def name_defined_by_itself():
    """A definition uses what is known before."""
    again = define("L", L + 1)
    return Derivation("d", again, Step(L, by=algebra))


def letter_of_two_sizes():
    """k counts classes on one line and something else on the next."""
    other = index("k", size("M"))
    q = vector("q", size("M"))
    return Derivation("d", Sum(k, t[k]), Step(Sum(k, t[k]) * Sum(other, q[other]), by=algebra))
