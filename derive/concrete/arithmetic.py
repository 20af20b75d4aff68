"""Kinds of numbers in which formulas are computed: what each has beside + − × ÷."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

N = TypeVar("N")
ZERO, ONE, MINUS_ONE = Fraction(0), Fraction(1), Fraction(-1)


class NoNumberError(ArithmeticError):
    """A formula that has no value here: log of a negative number, a division by zero, a missing variable."""


class Moving(Protocol[N]):
    """A formula as a function of one of its variables, where the others stay."""

    def __call__(self, x: N, /) -> N:
        """Its value, where the variable is x."""

    def within(self, arithmetic: Arithmetic[Any], x: Any, lift: Callable[[N], Any], /) -> Any:
        """Its value in another arithmetic, into which the numbers of this one are lifted."""


class Arithmetic(ABC, Generic[N]):
    """A kind of number, with what formulas need beside + − × ÷."""

    @abstractmethod
    def number(self, value: Fraction) -> N:
        """An exact number, rounded to this kind."""

    @abstractmethod
    def apply(self, function: str, argument: N) -> N:
        """exp, log, sinh, cosh, tanh, coth, sech or csch."""

    @abstractmethod
    def power(self, base: N, exponent: N) -> N:
        """A power; integer exponents exactly as products."""

    @abstractmethod
    def divide(self, top: N, bottom: N) -> N:
        """A quotient."""

    @abstractmethod
    def add(self, terms: list[N]) -> N:
        """The sum of one term or more, from left to right."""

    @abstractmethod
    def multiply(self, factors: list[N]) -> N:
        """The product of one factor or more, from left to right."""

    @abstractmethod
    def derivative(self, function: Moving[N], at: N) -> N:
        """The slope of a function of one variable."""

    def equals(self, value: N, number: Fraction) -> bool:
        """Whether a value is this number, as a label is."""
        return bool(value == self.number(number))


class Reals(Arithmetic[N]):
    """Real numbers, which have a size and a sign."""

    @abstractmethod
    def size(self, value: N) -> N:
        """Without its sign."""

    @abstractmethod
    def is_positive(self, value: N) -> bool:
        """Whether it is above 0."""


class Exact(Arithmetic[Fraction]):
    """Fractions: exact, for formulas without exp and log (but exp 0 and log 1 are rational)."""

    def number(self, value: Fraction) -> Fraction:
        return value

    def apply(self, function: str, argument: Fraction) -> Fraction:
        if argument == 0 and function in ("exp", "cosh", "sech"):
            return Fraction(1)
        if (argument == 0 and function in ("sinh", "tanh")) or (argument == 1 and function == "log"):
            return Fraction(0)
        raise NoNumberError(f"{function}({argument}) is no rational number")

    def power(self, base: Fraction, exponent: Fraction) -> Fraction:
        if exponent.denominator != 1 or abs(exponent) > 1000 or (not base and exponent < 0):
            raise NoNumberError(f"({base})^({exponent}) is no rational number")
        return Fraction(base ** int(exponent))

    def divide(self, top: Fraction, bottom: Fraction) -> Fraction:
        if not bottom:
            raise NoNumberError(f"{top}/0")
        return top / bottom

    def add(self, terms: list[Fraction]) -> Fraction:
        total, *others = terms
        for term in others:
            total += term
        return total

    def multiply(self, factors: list[Fraction]) -> Fraction:
        value, *others = factors
        for factor in others:
            value *= factor
        return value

    def derivative(self, function: Moving[Fraction], at: Fraction) -> Fraction:
        raise NoNumberError("a derivative is not computed in fractions")


# ------------------------------------------------------------ dual numbers

Pair: TypeAlias = "tuple[N, N | None]"
"""A number, and its slope; None where it does not move."""


def slope(numbers: Arithmetic[N], function: Moving[N], at: N) -> N:
    """The derivative by dual numbers: the formula is computed once, with every number beside its slope.

    No step is taken, so that it is as exact as the numbers are.
    """
    moved: Pair[N] = function.within(Dual(numbers), (at, numbers.number(ONE)), _at_rest)
    return numbers.number(ZERO) if moved[1] is None else moved[1]


def _at_rest(value: N) -> Pair[N]:
    return value, None


class Dual(Arithmetic["Pair[N]"]):
    """Dual numbers over others; a derivative inside a derivative is one by dual numbers over these."""

    def __init__(self, numbers: Arithmetic[N]) -> None:
        self.numbers = numbers

    def number(self, value: Fraction) -> Pair[N]:
        return self.numbers.number(value), None

    def apply(self, function: str, argument: Pair[N]) -> Pair[N]:
        (u, slope), a = argument, self.numbers
        value = a.apply(function, u)
        if slope is None:
            return value, None
        match function:
            case "exp":
                return value, a.multiply([value, slope])
            case "log":
                return value, a.divide(slope, u)
            case "sinh" | "cosh":
                return value, a.multiply([a.apply("cosh" if function == "sinh" else "sinh", u), slope])
        minus = a.number(MINUS_ONE)
        match function:
            case "tanh":
                return value, a.multiply([self._square(a.apply("sech", u)), slope])
            case "coth":
                return value, a.multiply([minus, self._square(a.apply("csch", u)), slope])
            case "sech":
                return value, a.multiply([minus, value, a.apply("tanh", u), slope])
            case "csch":
                return value, a.multiply([minus, value, a.apply("coth", u), slope])
        raise NotImplementedError(function)

    def power(self, base: Pair[N], exponent: Pair[N]) -> Pair[N]:
        (u, du), (n, dn), a = base, exponent, self.numbers
        value = a.power(u, n)
        slopes = []
        if du is not None and not a.equals(n, ZERO):
            lower = a.add([n, a.number(MINUS_ONE)])
            slopes.append(a.multiply([n, a.power(u, lower), du]))
        if dn is not None:
            slopes.append(a.multiply([value, a.apply("log", u), dn]))
        return value, self._sum(slopes)

    def divide(self, top: Pair[N], bottom: Pair[N]) -> Pair[N]:
        (u, du), (v, dv), a = top, bottom, self.numbers
        value = a.divide(u, v)
        if dv is None:
            return value, None if du is None else a.divide(du, v)
        lost = a.multiply([a.number(MINUS_ONE), value, dv])
        return value, a.divide(lost if du is None else a.add([du, lost]), v)

    def add(self, terms: list[Pair[N]]) -> Pair[N]:
        return self.numbers.add([u for u, _ in terms]), self._sum([du for _, du in terms if du is not None])

    def multiply(self, factors: list[Pair[N]]) -> Pair[N]:
        values = [u for u, _ in factors]
        return self.numbers.multiply(values), self._sum(
            [
                self.numbers.multiply([du, *values[:n], *values[n + 1 :]])
                for n, (_, du) in enumerate(factors)
                if du is not None
            ]
        )

    def derivative(self, function: Moving[Pair[N]], at: Pair[N]) -> Pair[N]:
        return slope(self, function, at)

    def equals(self, value: Pair[N], number: Fraction) -> bool:
        return self.numbers.equals(value[0], number)

    def _sum(self, slopes: list[N]) -> N | None:
        if len(slopes) < 2:
            return slopes[0] if slopes else None
        return self.numbers.add(slopes)

    def _square(self, value: N) -> N:
        return self.numbers.multiply([value, value])
