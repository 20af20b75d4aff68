r"""LaTeX, as a textbook sets it: the written order, fractions kept, the smallest brackets that are right.

`marked` holds paths of subformulas; each is wrapped in `\hl{…}`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from .arrays import (
    Array,
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
    shape_of,
)
from .changes import Path
from .hypotheses import Equation, Hypothesis, OneHot, OneOf, Positive
from .matrices import Diag, NormSquared, Outer, Trace
from .memory import remembered
from .names import GREEK_LETTERS
from .substitution import leaves
from .tree import (
    Apply,
    Cases,
    Condition,
    Decimal,
    Delta,
    Derivative,
    Distinct,
    Entry,
    Equals,
    Expr,
    Formula,
    Function,
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

# How tightly a piece of LaTeX holds together.  OPEN is a sum sign or a function
# without brackets: it swallows whatever stands to its right.  HADAMARD is a product
# with a sign: beside a product without one, it wants brackets.
SUM, OPEN, HADAMARD, PRODUCT, POWER, ATOM = range(6)

GREEK = frozenset(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi "
    "varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell".split()
)
SPELLED = dict(
    zip(
        GREEK_LETTERS,
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
        "omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split(),
        strict=True,
    )
)
ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde"}
FUNCTIONS = frozenset({"exp", "log", "sinh", "cosh", "tanh", "coth"})  # TeX has a command for them


def latex(formula: Formula, marked: frozenset[Path] = frozenset()) -> str:
    """`formula` as LaTeX for math mode, the subformulas at the `marked` paths wrapped in \\hl."""
    return Printer(marked).text(formula, ()) if marked else _unmarked(formula)


@remembered
def _unmarked(formula: Formula) -> str:
    """A formula without marks, as most are: the parts of a page show the same ones."""
    return Printer(frozenset()).text(formula, ())


@lru_cache(maxsize=1000)
def letter(name: str) -> str:
    r"""A name in LaTeX: Greek letters, accents as in `y_hat`, numbers as in `z1`, upright words, primes."""
    bare = name.rstrip("'")
    primes = "'" * (len(name) - len(bare))
    head, _, tail = bare.partition("_")
    if tail in ACCENTS:
        return f"{ACCENTS[tail]}{{{letter(head)}}}{primes}"
    if tail:
        return f"{letter(head)}_{{{letter(tail) if not tail.isdigit() else tail}}}{primes}"
    bare = SPELLED.get(bare, bare)
    if bare in GREEK:
        return "\\" + bare + primes
    word = bare.rstrip("0123456789")
    if word in GREEK or (len(word) == 1 and word != bare):
        return f"{letter(word)}_{{{bare[len(word) :]}}}{primes}"
    bare = "".join(f"\\{SPELLED[sign]}{{}}" if sign in SPELLED else sign for sign in bare)
    return (bare if len(bare) == 1 else rf"\mathrm{{{bare}}}") + primes


def with_room(name: str) -> str:
    """A name that takes a subscript: in braces where it has a subscript or a prime itself."""
    text = letter(name)
    return f"{{{text}}}" if "_" in text or "'" in text else text


def subscript(places: tuple[Place, ...]) -> str:
    """The places as a subscript: _{i j}."""
    return f"_{{{' '.join(map(place_name, places))}}}"


def place_name(p: Place) -> str:
    """An index as its letter, a number as its digits."""
    return letter(p.name) if isinstance(p, Index) else str(p)


def latex_condition(condition: Condition) -> str:
    """i = j, i ≠ j, or t = 1, in LaTeX."""
    match condition:
        case Same(left, right):
            return f"{place_name(left)} = {place_name(right)}"
        case Distinct(left, right):
            return rf"{place_name(left)} \ne {place_name(right)}"
        case Equals(symbol, value):
            return f"{latex(symbol)} = {value}"


def latex_hypothesis(hypothesis: Hypothesis) -> str:
    """A hypothesis in LaTeX."""
    match hypothesis:
        case Equation(left, right):
            return f"{latex(left)} = {latex(right)}"
        case Positive(body):
            return f"{latex(body)} > 0"
        case OneHot(label, at):
            k = next(k for k in "kjm" if k != at.name)
            return rf"{with_room(label.name)}_{{{k}}} = \delta_{{{k} {place_name(at)}}}"
        case OneOf(symbol, values):
            return rf"{latex(symbol)} \in \{{{', '.join(map(str, values))}\}}"
        case Same() | Distinct():
            return latex_condition(hypothesis)


class Printer:
    """Prints one formula; every piece comes with how tightly it holds together."""

    def __init__(self, marked: frozenset[Path]) -> None:
        self.marked = marked

    def text(self, formula: Formula, path: Path) -> str:
        return self.piece(formula, path)[0]

    def piece(self, formula: Formula, path: Path) -> tuple[str, int]:
        text, level = self.bare(formula, path)
        return (rf"\hl{{{text}}}", level) if path in self.marked else (text, level)

    def at_least(self, level: int, formula: Formula, path: Path) -> str:
        text, own = self.piece(formula, path)
        return text if own >= level else rf"\left({text}\right)"

    def bare(self, formula: Formula, path: Path) -> tuple[str, int]:
        def at(n: int) -> Path:
            return (*path, n)

        match formula:
            case Numeral(value):
                return str(value), ATOM
            case Size(name) | Symbol(name) | Tensor(name):
                return letter(name), ATOM
            case Entry(tensor, places):
                return with_room(tensor.name) + subscript(places), ATOM
            case Delta(left, right):
                return rf"\delta{subscript((left, right))}", ATOM
            case Plus(terms) | ArrayPlus(terms):
                return self.terms(terms, path), SUM
            case Negative(term) | ArrayNegative(term):
                return "-" + self.at_least(OPEN, term, at(0)), SUM
            case Times(factors):
                return self.factors(factors, path)
            case Quotient(top, bottom) | Scaled(top, bottom):
                return rf"\frac{{{self.text(top, at(0))}}}{{{self.text(bottom, at(1))}}}", PRODUCT
            case Power(base, exponent) | ArrayPower(base, exponent):
                return f"{self.at_least(ATOM, base, at(0))}^{{{self.text(exponent, at(1))}}}", POWER
            case Decimal(digits):
                return digits, ATOM
            case Apply(function, argument) if function.name == "exp":
                return f"e^{{{self.text(argument, at(0))}}}", POWER
            case Apply(function, argument) if is_bare_call(formula):
                return rf"{call_name(function)} {self.text(argument, at(0))}", OPEN
            case Apply(function, argument) | Elementwise(function, argument):
                return rf"{call_name(function)}\left({self.text(argument, at(0))}\right)", ATOM
            case Derivative(Derivative(Symbol() | Entry() | Apply() as body, first), second) if (
                at(0) not in self.marked
            ):
                d = "d" if is_ordinary(formula) else r"\partial"
                below = rf"{d} {self.text(second, at(1))}"
                below += "^{2}" if first == second else rf"\,{d} {self.text(first, (*path, 0, 1))}"
                return rf"\frac{{{d}^{{2}} {self.text(body, (*path, 0, 0))}}}{{{below}}}", PRODUCT
            case Derivative(body, variable):
                d = "d" if is_ordinary(formula) else r"\partial"
                below = f"{d} {self.text(variable, at(1))}"
                if isinstance(body, Symbol | Entry | Apply):
                    return rf"\frac{{{d} {self.text(body, at(0))}}}{{{below}}}", PRODUCT
                return rf"\frac{{{d}}}{{{below}}} {self.at_least(POWER, body, at(0))}", OPEN
            case Strike(body):
                text, level = self.piece(body, at(0))
                return rf"\cancel{{{text}}}", level
            case Sum(index, body):
                return (
                    rf"\sum_{{{place_name(index)}=1}}^{{{letter(index.size.name)}}} {self.at_least(OPEN, body, at(0))}",
                    OPEN,
                )
            case Transpose(body):
                return f"{self.at_least(ATOM, body, at(0))}^{{\\top}}", POWER
            case Product(left, right):
                return rf"{self.at_least(PRODUCT, left, at(0))}\,{self.at_least(PRODUCT, right, at(1))}", PRODUCT
            case Diag(vector):
                return rf"\operatorname{{diag}}\left({self.text(vector, at(0))}\right)", ATOM
            case Outer(left, right) if is_row(right):
                return rf"{self.at_least(PRODUCT, left, at(0))}\,{self.at_least(PRODUCT, right, at(1))}", PRODUCT
            case Outer(left, right):
                return rf"{self.at_least(PRODUCT, left, at(0))}\,{self.at_least(ATOM, right, at(1))}^{{\top}}", PRODUCT
            case Jacobian(Jacobian(Symbol() as output, first), second) if first == second and at(0) not in self.marked:
                here = self.text(second, at(1))
                above = rf"\partial^{{2}} {self.text(output, (*path, 0, 0))}"
                return rf"\frac{{{above}}}{{\partial {here}\,\partial {here}^{{\top}}}}", PRODUCT
            case Jacobian(output, variable):
                below = rf"\partial {self.text(variable, at(1))}"
                if isinstance(output, Symbol | Entry | Tensor | Apply | Elementwise):
                    return rf"\frac{{\partial {self.text(output, at(0))}}}{{{below}}}", PRODUCT
                return rf"\frac{{\partial}}{{{below}}} {self.at_least(POWER, output, at(0))}", OPEN
            case Multiple(factor, body):
                # a product of vectors is no number before its brackets are closed: (yᵀv) y
                scale = (
                    self.operand(factor, at(0)) if isinstance(factor, Array) else self.at_least(PRODUCT, factor, at(0))
                )
                scaled = self.at_least(PRODUCT, body, at(1))
                return scale + joint(scale, scaled) + scaled, PRODUCT
            case Hadamard(left, right):
                opening = self.text(left, at(0)) if isinstance(left, Hadamard) else self.operand(left, at(0))
                return rf"{opening} \odot {self.operand(right, at(1))}", HADAMARD
            case HadamardQuotient(top, bottom):
                return rf"{self.operand(top, at(0))} \oslash {self.operand(bottom, at(1))}", HADAMARD
            case Trace(matrix):
                return rf"\operatorname{{tr}}\left({self.text(matrix, at(0))}\right)", ATOM
            case NormSquared(body):
                which = "" if len(body.shape) == 1 else r"_{\mathrm{F}}"
                return rf"\left\lVert {self.text(body, at(0))} \right\rVert{which}^{{2}}", POWER
            case Constant(value):
                return rf"\mathbf{{{value}}}", ATOM
            case Listed(_, entries):
                inner = r",\; ".join(self.text(e, at(n)) for n, e in enumerate(entries))
                return rf"\left({inner}\right)", ATOM
            case Pick(where, options):
                inner = r",\; ".join(self.text(e, at(n)) for n, e in enumerate(options))
                return rf"\left({inner}\right){subscript((where,))}", ATOM
            case Cases(conditions, values):
                rows = r" \\ ".join(
                    rf"{self.text(value, at(n))} & {latex_condition(condition)}"
                    for n, (condition, value) in enumerate(zip(conditions, values, strict=True))
                )
                return rf"\begin{{cases}} {rows} \end{{cases}}", OPEN
        raise TypeError(type(formula).__name__)

    def operand(self, formula: Formula, path: Path) -> str:
        """A factor beside which a product would be misread, but not a fraction."""
        return self.at_least(PRODUCT if isinstance(formula, Scaled) else POWER, formula, path)

    def terms(self, terms: tuple[Formula, ...], path: Path) -> str:
        first, *others = terms
        text = self.text(first, (*path, 0))
        for n, term in enumerate(others, 1):
            here = (*path, n)
            match term:
                case Negative(body) | ArrayNegative(body):
                    shown = f"- {self.at_least(OPEN, body, (*here, 0))}"
                    text += " " + (rf"\hl{{{shown}}}" if here in self.marked else shown)
                case _:
                    text += f" + {self.at_least(OPEN, term, here)}"
        return text

    def factors(self, factors: tuple[Expr, ...], path: Path) -> tuple[str, int]:
        """Only the last factor may be open: (Σ a) b has a bracket, b Σ a has none."""
        text, level, last = "", PRODUCT, len(factors) - 1
        for n, factor in enumerate(factors):
            piece, level = self.piece(factor, (*path, n))
            if level < (OPEN if n == last else PRODUCT):
                piece, level = rf"\left({piece}\right)", ATOM
            text += joint(text, piece) + piece if text else piece
        return text, OPEN if level == OPEN else PRODUCT


def joint(left: str, right: str) -> str:
    """What stands between two factors: a dot before a number, a thin space, or nothing before a bracket."""
    wrapped = right.replace(r"\hl{", "").replace(r"\cancel{", "")
    if wrapped[0].isdigit() or (left[-1].isdigit() and re.match(r"\\frac\{\d", wrapped)):  # not the mixed number 2½
        return r" \cdot "
    return " " if right.startswith(r"\left(") else r"\,"


def is_row(array: Formula) -> bool:
    """Whether a vector is a row already: transposed, or the gradient of a scalar in numerator layout."""
    match array:
        case Transpose(body):
            return len(body.shape) == 1 and not is_row(body)
        case Jacobian(output, _, layout):
            return layout == "numerator" and not shape_of(output)
        case Multiple(_, body) | Scaled(body, _) | ArrayNegative(body):
            return is_row(body)
        case Hadamard(left, right) | HadamardQuotient(left, right):
            return is_row(left) or is_row(right)
    return False


def call_name(function: Function) -> str:
    """How a function is called: TeX's own command, a letter with primes, or an upright word."""
    name = rf"\{function.name}" if function.name in FUNCTIONS else letter(function.name)
    if len(function.name) > 1 and name.startswith(r"\mathrm"):
        name = rf"\operatorname{{{function.name}}}"
    return name + "'" * function.order


def is_bare_call(expr: Formula) -> bool:
    """log y_k, log S: short arguments stand without brackets."""
    match expr:
        case Apply(function, Entry() | Symbol() | Sum() | Decimal() | Numeral()):
            return function.name == "log"
    return False


def is_ordinary(derivative: Derivative) -> bool:
    """Whether the variable is the only one, so that d is right and ∂ would be odd."""
    if not isinstance(derivative.variable, Symbol):
        return False
    variables = leaves(derivative.body, {derivative.variable})
    return all(derivative.variable in (name, name.of) for name in variables)
