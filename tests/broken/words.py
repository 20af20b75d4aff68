"""What cannot mean anything for other reasons."""

from derive.catalog.sigmoid import sigma, x
from derive.catalog.softmax import K, i, k, y
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import *

REFUSED = {
    "letter_of_two_meanings": r"x stands for two different things",
    "derivative_in_a_sum": r"cannot differentiate in x \+ 1",
    "no_step": r"needs at least one step",
    "formula_as_a_condition": r"neither true nor false",
    "prime_of_a_known_function": r"only an unknown function has a prime",
    "one_hot_of_a_prediction": r"expected a vector variable",
    "name_that_is_none": r"is not a name",
    "nested_for_ever": r"nested more than",
    "label_without_values": r"expected at least one value",
}


def letter_of_two_meanings():
    """x is a variable on one line and a vector on the next."""
    return Derivation("d", x, Step(Sum(k, vector("x", K)[k]), by=algebra))


def derivative_in_a_sum():
    """Derivatives are taken in variables."""
    return Derivation("d", D(sigma(x), x), Step(D(sigma(x), x + 1), by=chain_rule))


def no_step():
    """A claim alone is no derivation."""
    return Derivation("d", D(sigma(x), x))


def formula_as_a_condition():
    """Python's `or` asks a formula whether it is true."""
    return Derivation("d", x, Step(x or sigma(x), by=algebra))


def prime_of_a_known_function():
    """A known function is differentiated with D."""
    return Derivation("d", D(sigma(x), x), Step(sigma.prime(x), by=differentiate))


def one_hot_of_a_prediction():
    """Softmax is never one-hot."""
    return Derivation("d", y[i], Step(y[i], by=algebra), assuming=[one_hot(y, i)])


def name_that_is_none():
    """A name begins with a letter."""
    return Derivation("d", x, Step(scalar("2x"), by=algebra))


def nested_for_ever():
    """A definition in a definition in a definition, …"""
    deep = x
    while True:
        deep = log(deep)
        Derivation("d", x, Step(deep, by=algebra))


def label_without_values():
    """A label takes at least one value."""
    return Derivation("d", x, Step(x, by=algebra), assuming=[one_of(x)])
