"""Reasons.  A rule's equation is what it says; the kernel proves the step, and not because of the rule."""

from __future__ import annotations

from dataclasses import dataclass

from .formula.arrays import Tensor
from .formula.latex import letter
from .formula.tree import Function, Symbol


@dataclass(frozen=True, slots=True)
class Rule:
    """A named reason with its equation in LaTeX, and the side condition under which it holds."""

    name: str
    equation: str = ""
    condition: str = ""
    removes_strokes: bool = False


quotient_rule = Rule("quotient rule", r"\left(\frac{u}{v}\right)' = \frac{u'\,v - u\,v'}{v^{2}}", r"v \ne 0")
product_rule = Rule("product rule", r"(u\,v)' = u'\,v + u\,v'")
chain_rule = Rule(
    "chain rule",
    r"\frac{\partial f}{\partial x_{i}} = "
    r"\sum_{j} \frac{\partial f}{\partial y_{j}}\,\frac{\partial y_{j}}{\partial x_{i}}",
)
sum_rule = Rule("sum rule", r"(f + g)' = f' + g',\quad (c\,f)' = c\,f'")
differentiate = Rule(
    "differentiate", r"\frac{\partial z_{i}}{\partial z_{j}} = \delta_{i j},\quad (e^{u})' = u'\,e^{u}"
)
exponential_rule = Rule("derivative of the exponential", r"(e^{u})' = u'\,e^{u}")
logarithm_rule = Rule("derivative of the logarithm", r"(\log u)' = \frac{u'}{u}", r"u > 0")
reciprocal_rule = Rule("reciprocal rule", r"\left(\frac{1}{u}\right)' = -\frac{u'}{u^{2}}", r"u \ne 0")
power_rule = Rule("power rule", r"(u^{n})' = n\,u^{n-1}\,u'", r"u \ne 0")
linearity = Rule("linearity of the sum", r"\sum_{k} (a_{k} + c\,b_{k}) = \sum_{k} a_{k} + c \sum_{k} b_{k}")
split_sum = Rule("split off one term", r"\sum_{j} a_{j} = a_{i} + \sum_{j} (1 - \delta_{i j})\,a_{j}")
contract = Rule("contract the delta", r"\sum_{j} \delta_{i j}\,a_{j} = a_{i}")
algebra = Rule("algebra", r"a\,b + a\,c = a\,(b + c)")
add_and_subtract = Rule("add and subtract 1", r"a = (a + 1) - 1")
split_fraction = Rule("split the fraction", r"\frac{a - b}{c} = \frac{a}{c} - \frac{b}{c}", r"c \ne 0")
common_denominator = Rule("common denominator", r"\frac{a}{b} + \frac{c}{d} = \frac{a\,d + b\,c}{b\,d}", r"b, d \ne 0")
expand_fraction = Rule("expand the fraction", r"\frac{a}{b} = \frac{c\,a}{c\,b}", r"b, c \ne 0")
cancel = Rule("cancel", r"\frac{c\,a}{c\,b} = \frac{a}{b}", r"b, c \ne 0", removes_strokes=True)
exponents = Rule("laws of exponents", r"e^{u + v} = e^{u}\,e^{v},\quad e^{u - v} = \frac{e^{u}}{e^{v}}")
logarithms = Rule(
    "laws of logarithms",
    r"\log (u\,v) = \log u + \log v,\quad \log \frac{u}{v} = \log u - \log v,\quad \log e^{w} = w,\quad e^{\log u} = u",
    r"u, v > 0",
)
hyperbolic = Rule("definition of the hyperbolic tangent", r"\tanh u = \frac{e^{u} - e^{-u}}{e^{u} + e^{-u}}")
hypothesis = Rule("hypothesis")
entrywise = Rule("entry by entry", r"A = B \text{ where } A_{i j} = B_{i j} \text{ for all } i, j")
trace_rule = Rule("trace", r"\operatorname{tr} A = \sum_{i} A_{i i}")
squared_norm = Rule("squared norm", r"\left\lVert v \right\rVert^{2} = \sum_{i} v_{i}^{2}")
hadamard_product = Rule("Hadamard product", r"(u \odot v)_{i} = u_{i}\,v_{i}")
matrix_product = Rule("matrix product", r"(A\,B)_{i j} = \sum_{m} A_{i m}\,B_{m j}")
by_value = Rule("put in the values")
rounding = Rule("rounded to the digits shown", r"|a - b| \le \frac{1}{2}\,10^{-n}")


def definition(of: Symbol | Function | Tensor) -> Rule:
    """Write a name out, or recognise it."""
    return Rule(f"definition of ${letter(of.name)}$")
