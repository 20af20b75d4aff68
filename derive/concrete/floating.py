"""Formulas in Python's floats, computed as they are written; derivatives by central differences of fourth order."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from .arithmetic import Arithmetic, NoNumberError

STEP = 2.0**-9
"""Of the differences: their own error, h⁴, is then about as large as that of rounding, even of a second derivative."""


class Floating(Arithmetic[float]):
    """float64 without NumPy: what is no number raises NoNumberError."""

    def number(self, value: Fraction) -> float:
        return float(value)

    def apply(self, function: str, argument: float) -> float:
        try:
            match function:
                case "coth":
                    return 1 / math.tanh(argument)
                case "sech":
                    return 1 / math.cosh(argument)
                case "csch":
                    return 1 / math.sinh(argument)
            return float(getattr(math, function)(argument))
        except (ArithmeticError, ValueError):
            raise NoNumberError(f"{function}({argument})") from None

    def power(self, base: float, exponent: float) -> float:
        try:
            return math.pow(base, exponent)
        except (ArithmeticError, ValueError):
            raise NoNumberError(f"({base})^({exponent})") from None

    def divide(self, top: float, bottom: float) -> float:
        if not bottom:
            raise NoNumberError(f"{top}/0")
        return top / bottom

    def add(self, terms: list[float]) -> float:
        total = 0.0
        for term in terms:
            total += term
        return total

    def multiply(self, factors: list[float]) -> float:
        value = 1.0
        for factor in factors:
            value *= factor
        return value

    def derivative(self, function: Callable[[float], float], at: float) -> float:
        step = STEP * (
            2.0 ** math.floor(math.log2(at)) if 0 < at < 1 else 1
        )  # a probability may be small: log wants it
        near = function(at + step) - function(at - step)
        far = function(at + 2 * step) - function(at - 2 * step)
        return (8 * near - far) / (12 * step)
