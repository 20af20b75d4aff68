"""Scalar formulas as NumPy text: one expression, or statements that compute in place."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ..formula.arrays import Tensor
from ..formula.substitution import unfold
from ..formula.tree import (
    Apply,
    Cases,
    Decimal,
    Delta,
    Derivative,
    Distinct,
    Entry,
    Equals,
    Expr,
    Function,
    Negative,
    Numeral,
    Pick,
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
from .terms import Binary, Call, Minus, Name, Number, Term, applied, is_plain, negative, number, parts_of, plus, text

Names = Mapping[Expr, str]
"""What Python calls a variable, an entry, or any part of a formula that is computed already: the first terms too."""


class LoweringError(ValueError):
    """A formula that is not written as NumPy code, and why."""


FUNCTIONS = {name: f"np.{name}" for name in ("exp", "log", "sinh", "cosh", "tanh")}
RECIPROCALS = {"coth": "np.tanh", "sech": "np.cosh", "csch": "np.sinh"}


def expression(formula: Expr, names: Names) -> str:
    """A scalar formula as one NumPy expression, in the variables that `names` gives to its parts.

    log(1 + a) becomes log1p(a) and exp(a) - 1 becomes expm1(a): the same real
    functions, which keep their digits near 0.  A name that has a definition and
    is not in `names` is put in.  Raises LoweringError where a name has neither,
    and for sums and derivatives, which are not elementwise.
    """
    return text(term(formula, names))


def statements(
    formula: Expr, into: str, names: Names, scratch: Sequence[str] = (), spent: Collection[str] = ()
) -> list[str]:
    """The same as statements that leave the value in the array `into`, whose shape is that of the result.

    Arrays in `scratch` are used only where both operands of an operation are
    computed.  Nothing is read before it is written, and no variable of `names`
    is written, but for those in `spent`, after they were read for the last
    time.  Raises LoweringError as `expression` does, where a variable would be
    lost, and where scratch arrays are too few.
    """
    arrays = (into, *scratch)
    if shared := ({*arrays} & set(names.values())) - {*spent}:
        raise LoweringError(f"{min(shared)} is a variable of the formula, and would be written")
    given = {part: f"{GIVEN}{name}" if name in arrays else name for part, name in names.items()}
    found = term(formula, given)
    lines = _in_place(found, arrays) if is_computed(found) else [f"{into}[...] = {text(found)}"]
    for name in arrays:
        written = next((place for place, line in enumerate(lines) if _writes(line, name)), len(lines))
        if any(f"{GIVEN}{name}" in line for line in lines[written + 1 :]):
            raise LoweringError(f"{name} is a variable of the formula, and would be written")
    return [line.replace(GIVEN, "") for line in lines]


GIVEN = "\N{ZERO WIDTH SPACE}"
"""What marks an array that holds a variable, until it is written."""


def _writes(line: str, name: str) -> bool:
    """Whether a statement changes an array."""
    return line.endswith(f"out={name})") or line.startswith((f"{name}[", f"np.copyto({name},"))


# --------------------------------------------------------------------- terms


def term(formula: Expr, names: Names) -> Term:
    """A scalar formula as a term of NumPy."""
    if formula in names:
        return Name(names[formula])
    match formula:
        case Numeral(value):
            return number(value)
        case Decimal(digits):
            return decimal(digits)
        case Plus(terms):
            known = next((n for n in range(len(terms) - 1, 1, -1) if Plus(terms[:n]) in names), 0)
            begun: list[Term] = [Name(names[Plus(terms[:known])])] if known else []
            return total([*begun, *(term(part, names) for part in terms[known:])])
        case Times(factors):
            first, *rest = (term(factor, names) for factor in factors)
            for factor in rest:
                first = Binary("*", first, factor)
            return first
        case Negative(body):
            return negative(term(body, names))
        case Quotient(top, bottom):
            return Binary("/", term(top, names), term(bottom, names))
        case Power(base, exponent):
            return Binary("**", term(base, names), term(exponent, names))
        case Strike(body):
            return term(body, names)
        case Apply(Function(_, None, None, 0) as function, argument):
            return function_of(function, term(argument, names))
        case Delta(left, right) if isinstance(left, int) and isinstance(right, int):
            return number(int(left == right))
        case Pick(place, options) if isinstance(place, int):
            return term(options[place - 1], names)
        case Cases():
            return _cases(formula, names)
    if (meaning := unfold(formula)) is not None:
        return term(meaning, names)
    raise LoweringError(_refused(formula))


def _refused(formula: Expr) -> str:
    match formula:
        case Symbol() | Entry() | Size():
            return f"{formula} is no name of a variable here; give it one"
        case Sum() | Derivative():
            return f"{formula} is not computed entry by entry; give its value a name"
        case Apply(function):
            return f"{formula}: {function} is an unknown function"
    return f"{formula} depends on an index; give its value a name"


def function_of(function: Function, argument: Term) -> Term:
    """A built-in function of a term, with log1p for log(1 + a); an unknown function is refused."""
    name = function.name
    if function.order or (name not in FUNCTIONS and name not in RECIPROCALS):
        raise LoweringError(f"{function} is an unknown function: it has no value to compute; give it a definition")
    if name in RECIPROCALS:
        return Binary("/", Number("1"), applied(RECIPROCALS[name], argument))
    if name == "log" and (small := _beside_one(argument)) is not None:
        return applied("np.log1p", small)
    return applied(FUNCTIONS[name], argument)


def _beside_one(argument: Term) -> Term | None:
    """The a of 1 + a, a + 1 or 1 - a, where it is computed from arrays."""
    match argument:
        case Binary("+", Number("1"), small) | Binary("+", small, Number("1")) if not is_plain(small):
            return small
        case Binary("-", Number("1"), small) if not is_plain(small):
            return negative(small)
    return None


def total(terms: Sequence[Term]) -> Term:
    """A sum from left to right; exp(a) - 1 becomes expm1(a)."""
    match list(terms):
        case [Call("np.exp", (argument,)), Minus(Number("1"))] | [Minus(Number("1")), Call("np.exp", (argument,))]:
            return Call("np.expm1", (argument,))
        case [Number("1"), Minus(Call("np.exp", (argument,)))]:
            return Minus(Call("np.expm1", (argument,)))
        case [first, *rest]:
            for one in rest:
                first = plus(first, one)
            return first
    raise ValueError("a sum without terms")


def decimal(digits: str) -> Term:
    """A decimal number, without zeros that Python has no use for."""
    whole, _, places = digits.partition(".")
    return Number(f"{whole.lstrip('0') or '0'}.{places.rstrip('0') or '0'}")


def _cases(cases: Cases, names: Names) -> Term:
    """The value whose condition holds; the last where none of those before does."""
    *others, (_, last) = zip(cases.conditions, cases.values, strict=True)
    found = term(last, names)
    for condition, value in reversed(others):
        match condition:
            case Equals(label, value_of_label):
                wanted = number(abs(value_of_label))
                mask = Binary("==", term(label, names), wanted if value_of_label >= 0 else Minus(wanted))
                found = Call("np.where", (mask, term(value, names), found))
            case Same(int() as left, int() as right) | Distinct(int() as left, int() as right):
                if (left == right) == isinstance(condition, Same):
                    found = term(value, names)
            case _:
                raise LoweringError(f"{cases} depends on an index; give its value a name")
    return found


# ------------------------------------------------------------------- in place

UFUNCS = {"+": "np.add", "-": "np.subtract", "*": "np.multiply", "/": "np.divide", "**": "np.power"}


def is_computed(part: Term) -> bool:
    """Whether a term needs an array for its value: it is neither a name, nor a number of Python's."""
    return not isinstance(part, Name | Number) and not is_plain(part)


def _need(part: Term) -> int:
    """How many arrays a term is computed in."""
    if not is_computed(part):
        return 0
    if isinstance(part, Call) and part.function == "np.where":
        return max(_need(part.arguments[2]), 1 + max(1, _need(part.arguments[1])))
    needs = sorted((_need(one) for one in parts_of(part)), reverse=True)
    return max(1, *(count + place for place, count in enumerate(needs)))


def _in_place(part: Term, arrays: Sequence[str]) -> list[str]:
    """Statements that leave a computed term in the first of `arrays`, and may overwrite the others."""
    if (need := _need(part)) > len(arrays):
        raise LoweringError(f"{text(part)} is computed in {need} arrays: {need - len(arrays)} more in scratch")
    into = arrays[0]
    match part:
        case Call("np.where", (Binary("==", label, wanted), value, other)):
            begun = _in_place(other, arrays) if is_computed(other) else [f"{into}[...] = {text(other)}"]
            mask = f"where={text(Binary('==', label, wanted))}"
            if not is_computed(value):
                return [*begun, f"np.copyto({into}, {text(value)}, {mask})"]
            return [*begun, *_in_place(value, arrays[1:]), f"np.copyto({into}, {arrays[1]}, {mask})"]
        case Call(function, (argument,)):
            return _unary(function, argument, arrays)
        case Minus(body):
            return _unary("np.negative", body, arrays)
        case Binary("**", base, Number("2")):
            return _unary("np.square", base, arrays)
        case Binary(operator, left, right):
            return _binary(UFUNCS[operator], left, right, arrays)
    raise LoweringError(f"{text(part)} is not computed in place")


def _unary(function: str, argument: Term, arrays: Sequence[str]) -> list[str]:
    if not is_computed(argument):
        return [f"{function}({text(argument)}, out={arrays[0]})"]
    return [*_in_place(argument, arrays), f"{function}({arrays[0]}, out={arrays[0]})"]


def _binary(function: str, left: Term, right: Term, arrays: Sequence[str]) -> list[str]:
    into, *others = arrays
    if is_computed(left) and is_computed(right):
        first, second = (left, right) if _need(left) >= _need(right) else (right, left)
        place = {id(first): into, id(second): others[0]}
        before = [*_in_place(first, arrays), *_in_place(second, others)]
        return [*before, f"{function}({place[id(left)]}, {place[id(right)]}, out={into})"]
    computed = left if is_computed(left) else right
    before = _in_place(computed, arrays) if is_computed(computed) else []
    operands = ", ".join(into if is_computed(one) else text(one) for one in (left, right))
    return [*before, f"{function}({operands}, out={into})"]


def is_variable(name: Symbol | Tensor) -> bool:
    """Whether a name stands for an argument: it has no definition, and is no unknown function."""
    return name.definition is None and name.of is None
