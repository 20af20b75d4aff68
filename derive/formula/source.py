"""A formula as the Python that writes it: what repr shows and what errors quote."""

from __future__ import annotations

from .arrays import (
    ArrayNegative,
    ArrayPlus,
    ArrayPower,
    Constant,
    Elementwise,
    Hadamard,
    HadamardQuotient,
    Jacobian,
    Listed,
    Multiple,
    Product,
    Scaled,
    Tensor,
    Transpose,
)
from .matrices import Diag, NormSquared, Outer, Trace
from .memory import remembered
from .tree import (
    Apply,
    Cases,
    Decimal,
    Delta,
    Derivative,
    Distinct,
    Entry,
    Equals,
    Formula,
    Index,
    Negative,
    Numeral,
    Pick,
    Place,
    Plus,
    Power,
    Quotient,
    Same,
    Size,
    Strike,
    Sum,
    Symbol,
    Times,
)

SUM, PRODUCT, UNARY, POWER, ATOM = range(5)


@remembered
def source(formula: Formula) -> str:
    """The Python text that writes `formula` in the words of `notation`."""
    return _source(formula)[0]


def at_least(level: int, part: Formula) -> str:
    """A part in brackets, where it holds together less tightly than that."""
    text, own = _source(part)
    return text if own >= level else f"({text})"


def lifted(part: Formula, level: int) -> str:
    """Where Python would compute 1 + 2 before it is a formula, the first is made one."""
    return f"number({_text(part)})" if is_integer(part) else at_least(level, part)


def _text(part: Formula) -> str:
    return _source(part)[0]


def _source(formula: Formula) -> tuple[str, int]:
    match formula:
        case Numeral(value):
            return str(value), ATOM
        case Size(name) | Symbol(name) | Tensor(name):
            return name, ATOM
        case Entry(tensor, places):
            return f"{tensor.name}[{', '.join(map(str, places))}]", ATOM
        case Plus(terms) | ArrayPlus(terms):
            first, *others = terms
            second = others[0].term if isinstance(others[0], Negative) else others[0]
            text = lifted(first, SUM) if is_integer(second) else at_least(SUM, first)
            for term in others:
                match term:
                    case Negative(body) | ArrayNegative(body):
                        text += f" - {at_least(PRODUCT, body)}"
                    case _:
                        text += f" + {at_least(PRODUCT, term)}"
            return text, SUM
        case Negative(term) | ArrayNegative(term):
            plain = isinstance(term, Numeral) and term.value  # Python knows no -0
            return f"-{at_least(PRODUCT, term) if plain else lifted(term, PRODUCT)}", SUM
        case Times(factors):
            first, *rest = factors
            text = lifted(first, UNARY) if is_integer(rest[0]) else at_least(UNARY, first)
            return "*".join((text, *(at_least(UNARY, factor) for factor in rest))), PRODUCT
        case Quotient(Numeral(top), Numeral(bottom)) if bottom:
            return f"fraction({top}, {bottom})", ATOM
        case Quotient(top, bottom) | Scaled(top, bottom) | HadamardQuotient(top, bottom):
            text = lifted(top, PRODUCT) if is_integer(bottom) else at_least(PRODUCT, top)
            return f"{text}/{at_least(UNARY, bottom)}", PRODUCT
        case Power(base, exponent) | ArrayPower(base, exponent):
            text = lifted(base, ATOM) if is_integer(exponent) else at_least(ATOM, base)
            return f"{text}**{at_least(POWER, exponent)}", POWER
        case Decimal(digits):
            return f"decimal({digits!r})", ATOM
        case Apply(function, argument) | Elementwise(function, argument):
            return f"{function!r}({_text(argument)})", ATOM
        case Jacobian(body, variable, layout) if layout != "numerator":
            return f"D({_text(body)}, {_text(variable)}, {layout!r})", ATOM
        case Derivative(body, variable) | Jacobian(body, variable):
            return f"D({_text(body)}, {_text(variable)})", ATOM
        case Cases():
            return _cases(formula), ATOM
        case Pick(place, options):
            return f"listed({_size(place)}, {', '.join(map(_text, options))}).at({place})", ATOM
        case Listed(size, entries):
            return f"listed({size}, {', '.join(map(_text, entries))})", ATOM
        case Constant(value, size):
            return f"ones({size})" if value == 1 else f"zeros({size})", ATOM
        case Multiple(left, right) | Hadamard(left, right):
            return f"{at_least(UNARY, left)}*{at_least(UNARY, right)}", PRODUCT
        case Strike(body):
            return f"strike({_text(body)})", ATOM
        case Delta(left, right):
            return f"delta({left}, {right})", ATOM
        case Sum(index, body):
            return f"Sum({index}, {_text(body)})", ATOM
        case Transpose(body):
            return f"{at_least(ATOM, body)}.T", ATOM
        case Product(left, right):
            return f"{at_least(PRODUCT, left)} @ {at_least(UNARY, right)}", PRODUCT
        case Diag(vector):
            return f"diag({_text(vector)})", ATOM
        case Outer(left, right):
            return f"outer({_text(left)}, {_text(right)})", ATOM
        case Trace(body):
            return f"trace({_text(body)})", ATOM
        case NormSquared(body):
            return f"norm_squared({_text(body)})", ATOM
    raise TypeError(type(formula).__name__)


def is_integer(formula: Formula) -> bool:
    """Whether the text that writes `formula` is an integer to Python."""
    match formula:
        case Numeral():
            return True
        case Negative(Numeral(value)):
            return value != 0
    return False


def _cases(cases: Cases) -> str:
    match cases:
        case Cases((Same(left, right), Distinct()), (same, distinct)):
            return f"by_cases({left}, {right}, same={_text(same)}, distinct={_text(distinct)})"
        case Cases((Equals(label), *_), values):
            numbers = [c.right for c in cases.conditions if isinstance(c, Equals)]
            pairs = ", ".join(f"{n}: {_text(value)}" for n, value in zip(numbers, values, strict=True))
            return f"by_label({label}, {{{pairs}}})"
    raise TypeError(f"cases that notation cannot write: {cases.conditions}")


def _size(place: Place) -> str:
    return str(place.size) if isinstance(place, Index) else 'size("K")'
