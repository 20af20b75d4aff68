"""The value of a SymPy expression at a rational point, to many digits, and how many of its bits may be lost."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import sympy as sp

from .evaluation import NoNumberError
from .oracle import Real, precise
from .world import BUILT_IN

GUARD_DIGITS = 40
"""So many digits more are computed; where as many may be lost, there is no value."""

GUARD_BITS = 3 * GUARD_DIGITS


class Digits:
    """SymPy expressions at one point in mpmath's numbers, each part once.

    SymPy's own `evalf` finds the same, part by part as often as a part is written: a sum in all denominators of a
    derivative is computed a hundred times. Raises NoNumberError where a value is not real, too many digits are lost,
    or a part is of another kind: `evalf` is to be asked.
    """

    def __init__(self, values: Mapping[sp.Basic, Fraction], digits: int) -> None:
        self.numbers = precise(digits + GUARD_DIGITS)
        self._known: dict[sp.Basic, tuple[Real, int]] = {
            symbol: (self.numbers.number(value), 0) for symbol, value in values.items()
        }

    def value(self, expression: sp.Expr) -> Real:
        """The number, with as many digits as were asked for; as many decimals, where terms cancel."""
        number, lost = self._computed(expression) if expression.args else self._part(expression)
        if lost + min(0, _size(number)) > GUARD_BITS:
            raise NoNumberError(f"{expression} cancels")
        return number

    def _part(self, e: sp.Basic) -> tuple[Real, int]:
        """A part, and how many bits it has lost at most."""
        if (found := self._known.get(e)) is None:
            found = self._known[e] = self._computed(e)
            if found[1] > GUARD_BITS:
                raise NoNumberError(f"{e} cancels")
        return found

    def _computed(self, e: sp.Basic) -> tuple[Real, int]:
        if isinstance(e, sp.Rational):
            return self.numbers.number(Fraction(int(e.p), int(e.q))), 0
        if not isinstance(e, sp.Add | sp.Mul | sp.Pow) and type(e).__name__ not in BUILT_IN:
            raise NoNumberError(f"{type(e).__name__} is not computed here")
        parts = [self._part(part) for part in e.args]
        values, lost = [value for value, _ in parts], max(bits for _, bits in parts)
        match e:
            case sp.Add():
                value = self.numbers.add(values)
                return value, lost + max(map(_size, values)) - _size(value)
            case sp.Mul():
                return self.numbers.multiply(values), lost
            case sp.Pow():
                return self.numbers.power(*values), lost + max(0, _size(values[1]))
        value = self.numbers.apply(type(e).__name__, values[0])
        # exp loses the bits before the point of its argument, log those by which its argument is near to 1
        return value, lost + (max(0, -_size(value)) if isinstance(e, sp.log) else max(0, _size(values[0])))


def _size(value: Real) -> int:
    """The exponent of 2 above a number."""
    _, mantissa, exponent, bits = value._mpf_
    return int(exponent + bits) if mantissa else -(GUARD_BITS**2)
