"""float64 as NumPy computes it, at many points at once: what overflows becomes inf, and inf/inf nan."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..concrete.arithmetic import Moving, Reals, slope

Values: TypeAlias = NDArray[Any]

COMPLEX_STEP = 1e-30
CENTRAL_STEP = 1e-5

TURNED = {"coth": np.tanh, "sech": np.cosh, "csch": np.sinh}


class Doubles(Reals[Any]):
    """Numbers and arrays of them, real or complex; derivatives by dual numbers."""

    def number(self, value: Fraction) -> Any:
        return np.float64(float(value))

    def apply(self, function: str, argument: Any) -> Any:
        if function in TURNED:
            return 1 / TURNED[function](argument)
        return getattr(np, function)(argument)

    def power(self, base: Any, exponent: Any) -> Any:
        return base**exponent

    def divide(self, top: Any, bottom: Any) -> Any:
        return np.divide(top, bottom)

    def add(self, terms: list[Any]) -> Any:
        total, *others = terms
        for term in others:
            total = total + term
        return total

    def multiply(self, factors: list[Any]) -> Any:
        value, *others = factors
        for factor in others:
            value = value * factor
        return value

    def derivative(self, function: Moving[Any], at: Any) -> Any:
        return slope(self, function, at)

    def equals(self, value: Any, number: Fraction) -> bool:
        return bool(np.all(value == float(number)))

    def size(self, value: Any) -> Any:
        return np.abs(value)

    def is_positive(self, value: Any) -> bool:
        return bool(np.all(value > 0))


class ComplexStep(Doubles):
    """The same; the outermost derivatives by a complex step."""

    def derivative(self, function: Moving[Any], at: Any) -> Any:
        return complex_step(lambda x: function.within(INNER, x, _same), at)


class CentralDifference(Doubles):
    """The same; the outermost derivatives by central differences."""

    def derivative(self, function: Moving[Any], at: Any) -> Any:
        return central_difference(lambda x: function.within(INNER, x, _same), at)


INNER = Doubles()


def complex_step(function: Callable[[Values], Values], at: Values) -> Values:
    """Im f(x + ih)/h: no difference is taken, so no digit is lost; f has to be analytic."""
    return np.asarray(np.imag(function(at + 1j * COMPLEX_STEP)) / COMPLEX_STEP)


def central_difference(function: Callable[[Values], Values], at: Values) -> Values:
    """(f(x + h) − f(x − h))/2h, with half the digits at best."""
    up, down = at + CENTRAL_STEP, at - CENTRAL_STEP
    return np.asarray((function(up) - function(down)) / (up - down))


def _same(value: Any) -> Any:
    return value
