"""What a textbook prints."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.formula.arrays import Array
from derive.formula.latex import latex, latex_condition, latex_hypothesis, letter
from derive.formula.notation import (
    D,
    Sum,
    by_cases,
    by_label,
    decimal,
    define,
    delta,
    diag,
    distinct,
    equal,
    exp,
    fraction,
    function,
    index,
    listed,
    log,
    norm_squared,
    number,
    one_hot,
    one_of,
    ones,
    outer,
    positive,
    scalar,
    strike,
    tanh,
    trace,
    vector,
    zeros,
)
from derive.formula.tree import Equals, Expr, Formula, Pick, Same, Symbol, WrittenError
from derive.report.mathml import mathml
from tests.formulas import A, K, N, S, X, arrays, c, f, formulas, g, i, j, k, label, n, sigma, t, w, x, y, z
from tests.sampling import examples

x1, h_1 = scalar("x1"), scalar("h_1")
L = define("L", -Sum(k, t[k] * log(y[k])))
y_hat = vector("y_hat", K)
primed = vector("z'", K)
p = scalar("p")


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        # names
        (x, "x"),
        (z, "z"),
        (K, "K"),
        (S, "S"),
        (number(3), "3"),
        (decimal("0.457"), "0.457"),
        (x1, "x_{1}"),
        (h_1, "h_{1}"),
        (scalar("loss"), r"\mathrm{loss}"),
        (z[i], "z_{i}"),
        (z[2], "z_{2}"),
        (X[n, k], "X_{n k}"),
        (z[index("k'", K)], "z_{k'}"),
        (y_hat[i], r"\hat{y}_{i}"),
        (vector("y_s", K)[i], "{y_{s}}_{i}"),
        (primed[i] ** 2, "{z'}_{i}^{2}"),
        (delta(i, j), r"\delta_{i j}"),
        (delta(i, 1), r"\delta_{i 1}"),
        # sums and differences
        (y[i] - t[i], "y_{i} - t_{i}"),
        (x + c + w, "x + c + w"),
        (x - c - w, "x - c - w"),
        (x + (c + w), r"x + \left(c + w\right)"),
        (x - (c - w), r"x - \left(c - w\right)"),
        (x - -c, r"x - \left(-c\right)"),
        (-x + c, "-x + c"),
        (-(x + c), r"-\left(x + c\right)"),
        (-(-x), r"-\left(-x\right)"),  # noqa: B002
        (x - c * w, r"x - c\,w"),
        (x - c / w, r"x - \frac{c}{w}"),
        (1 - y[i], "1 - y_{i}"),
        # products
        (x * c, r"x\,c"),
        (2 * x, r"2\,x"),
        (x * 2, r"x \cdot 2"),
        (2 * x * 3, r"2\,x \cdot 3"),
        (number(2) * 3, r"2 \cdot 3"),
        (2 * fraction(1, 3), r"2 \cdot \frac{1}{3}"),
        (fraction(1, 2) * x, r"\frac{1}{2}\,x"),
        (x * fraction(1, 2), r"x\,\frac{1}{2}"),
        (2 * decimal("0.5"), r"2 \cdot 0.5"),
        (x * strike(2) * c, r"x \cdot \cancel{2}\,c"),
        (number(2) ** x * 3, r"2^{x} \cdot 3"),
        (-(x * c), r"-x\,c"),
        (-x * c, r"-x\,c"),
        (x * -c, r"x \left(-c\right)"),
        (x * (c * w), r"x\,c\,w"),
        (x * (c + w), r"x \left(c + w\right)"),
        ((x + c) * w, r"\left(x + c\right)\,w"),
        (y[i] * (delta(i, j) - y[j]), r"y_{i} \left(\delta_{i j} - y_{j}\right)"),
        (exp(z[i]) * exp(z[j]), r"e^{z_{i}}\,e^{z_{j}}"),
        (K * N * x, r"K\,N\,x"),
        # fractions and powers
        (exp(z[i]) / Sum(k, exp(z[k])), r"\frac{e^{z_{i}}}{\sum_{k=1}^{K} e^{z_{k}}}"),
        (-1 / x**2, r"-\frac{1}{x^{2}}"),
        (-x / c, r"-\frac{x}{c}"),
        (fraction(-1, 2), r"-\frac{1}{2}"),
        (x / c / 2, r"\frac{\frac{x}{c}}{2}"),
        (x / (c / w), r"\frac{x}{\frac{c}{w}}"),
        (x / c * w, r"\frac{x}{c}\,w"),
        ((x + c) / (x - c), r"\frac{x + c}{x - c}"),
        (-(x / c) * -(c / x), r"-\frac{x}{c} \left(-\frac{c}{x}\right)"),
        ((x / c) ** 2, r"\left(\frac{x}{c}\right)^{2}"),
        ((-x) ** 2, r"\left(-x\right)^{2}"),
        (-(x**2), "-x^{2}"),
        (x**-2, "x^{-2}"),
        ((x**c) ** w, r"\left(x^{c}\right)^{w}"),
        (x**c**w, "x^{c^{w}}"),
        ((x * c) ** 2, r"\left(x\,c\right)^{2}"),
        (2**x, "2^{x}"),
        (y[i] ** 2, "y_{i}^{2}"),
        # functions
        (exp(-x), "e^{-x}"),
        (exp(x) ** 2, r"\left(e^{x}\right)^{2}"),
        (exp(z[i] - c), "e^{z_{i} - c}"),
        (log(x), r"\log x"),
        (log(y[k]), r"\log y_{k}"),
        (log(x * c), r"\log\left(x\,c\right)"),
        (log(1 - p), r"\log\left(1 - p\right)"),
        (log(Sum(k, exp(z[k]))), r"\log \sum_{k=1}^{K} e^{z_{k}}"),
        (log(x) * c, r"\left(\log x\right)\,c"),
        (c * log(x), r"c\,\log x"),
        (log(x) + c, r"\log x + c"),
        (log(x) ** 2, r"\left(\log x\right)^{2}"),
        (log(decimal("0.46")), r"\log 0.46"),
        (tanh(x / 2), r"\tanh\left(\frac{x}{2}\right)"),
        (sigma(x) * (1 - sigma(x)), r"\sigma\left(x\right) \left(1 - \sigma\left(x\right)\right)"),
        (function("softplus")(x), r"\operatorname{softplus}\left(x\right)"),
        (g(x), r"g\left(x\right)"),
        (g.prime(x), r"g'\left(x\right)"),
        (g.prime.prime(x) ** 2, r"g''\left(x\right)^{2}"),
        (f(x), r"f\left(x\right)"),
        # sums over an index
        (Sum(k, t[k] * y[k]), r"\sum_{k=1}^{K} t_{k}\,y_{k}"),
        (Sum(k, t[k] + y[k]), r"\sum_{k=1}^{K} \left(t_{k} + y_{k}\right)"),
        (Sum(k, -y[k]), r"\sum_{k=1}^{K} \left(-y_{k}\right)"),
        (Sum(k, t[k]) * y[i], r"\left(\sum_{k=1}^{K} t_{k}\right)\,y_{i}"),
        (y[i] * Sum(k, t[k]), r"y_{i}\,\sum_{k=1}^{K} t_{k}"),
        (Sum(k, t[k]) + y[i], r"\sum_{k=1}^{K} t_{k} + y_{i}"),
        (-Sum(k, t[k] * log(y[k])), r"-\sum_{k=1}^{K} t_{k}\,\log y_{k}"),
        (1 / N * Sum(n, Sum(k, X[n, k])), r"\frac{1}{N}\,\sum_{n=1}^{N} \sum_{k=1}^{K} X_{n k}"),
        (Sum(k, t[k]) ** 2, r"\left(\sum_{k=1}^{K} t_{k}\right)^{2}"),
        # derivatives
        (D(y[i], z[j]), r"\frac{\partial y_{i}}{\partial z_{j}}"),
        (D(L, z[i]), r"\frac{\partial L}{\partial z_{i}}"),
        (D(sigma(x), x), r"\frac{d \sigma\left(x\right)}{d x}"),
        (D(x * c, x), r"\frac{\partial}{\partial x} \left(x\,c\right)"),
        (D(x**2, x), r"\frac{d}{d x} x^{2}"),
        (D(exp(z[i]), z[j]), r"\frac{\partial e^{z_{i}}}{\partial z_{j}}"),
        (D(exp(z[i]) / S, z[j]), r"\frac{\partial}{\partial z_{j}} \left(\frac{e^{z_{i}}}{S}\right)"),
        (D(Sum(k, z[k]), z[j]), r"\frac{\partial}{\partial z_{j}} \left(\sum_{k=1}^{K} z_{k}\right)"),
        (D(x, x) * c, r"\frac{d x}{d x}\,c"),
        (D(x * c, x) * c, r"\left(\frac{\partial}{\partial x} \left(x\,c\right)\right)\,c"),
        (D(D(g(x), x), x), r"\frac{d^{2} g\left(x\right)}{d x^{2}}"),
        (D(scalar("u", of=x), x), r"\frac{d u}{d x}"),
        (D(define("v", x**2), x), r"\frac{d v}{d x}"),
        (D(define("v", x * c), x), r"\frac{\partial v}{\partial x}"),
        # strokes
        (x * strike(S) / S ** strike(2), r"\frac{x\,\cancel{S}}{S^{\cancel{2}}}"),
        (strike(x + c) * w, r"\left(\cancel{x + c}\right)\,w"),
        (strike(exp(c)) * exp(z[i]), r"\cancel{e^{c}}\,e^{z_{i}}"),
        # cases
        (by_cases(i, j, same=1, distinct=0), r"\begin{cases} 1 & i = j \\ 0 & i \ne j \end{cases}"),
        (by_label(label, {0: x, 1: c}), r"\begin{cases} x & \mathrm{label} = 0 \\ c & \mathrm{label} = 1 \end{cases}"),
        (Pick(i, (x, c)), r"\left(x,\; c\right)_{i}"),
        # arrays
        (diag(y) - outer(y, y), r"\operatorname{diag}\left(y\right) - y\,y^{\top}"),
        (X.T @ (X - X) / N, r"\frac{X^{\top}\,\left(X - X\right)}{N}"),
        (-A @ z, r"-A\,z"),
        ((z + t).T, r"\left(z + t\right)^{\top}"),
        (exp(z) / (ones(K) @ exp(z)), r"\frac{\exp\left(z\right)}{\mathbf{1}\,\exp\left(z\right)}"),
        (2 * z, r"2\,z"),
        (2 * (z + t), r"2 \left(z + t\right)"),
        ((x + c) * z, r"\left(x + c\right)\,z"),
        (fraction(1, 2) * z, r"\frac{1}{2}\,z"),
        (ones(K) - zeros(K), r"\mathbf{1} - \mathbf{0}"),
        (listed(K, decimal("1.2"), decimal("0.9")), r"\left(1.2,\; 0.9\right)"),
        (outer(z + t, y), r"\left(z + t\right)\,y^{\top}"),
        (D(y, z), r"\frac{\partial y}{\partial z}"),
        (D(L, z), r"\frac{\partial L}{\partial z}"),
        (D(y[i], z), r"\frac{\partial y_{i}}{\partial z}"),
        (D(x * z, z), r"\frac{\partial}{\partial z} \left(x\,z\right)"),
        (log(z), r"\log\left(z\right)"),
        (outer(y, z.T), r"y\,z^{\top}"),
        (outer(y, z.T.T), r"y\,\left(\left(z^{\top}\right)^{\top}\right)^{\top}"),
        (A.T @ (X.T @ X).T, r"A^{\top}\,\left(X^{\top}\,X\right)^{\top}"),
        (outer(y, D(L, z)), r"y\,\frac{\partial L}{\partial z}"),
        (outer(y, -D(L, z) / N), r"y\,\left(-\frac{\frac{\partial L}{\partial z}}{N}\right)"),
        (outer(y, D(L, z, "denominator")), r"y\,\left(\frac{\partial L}{\partial z}\right)^{\top}"),
        (z * t * y, r"z \odot t \odot y"),
        (z * (t * y), r"z \odot \left(t \odot y\right)"),
        (-z * t + y, r"-z \odot t + y"),
        (z * (t - y), r"z \odot \left(t - y\right)"),
        (z * (A @ t), r"z \odot \left(A\,t\right)"),
        (A @ (z * t), r"A\,\left(z \odot t\right)"),
        (2 * (z * t), r"2 \left(z \odot t\right)"),
        (2 * z * t, r"\left(2\,z\right) \odot t"),
        (z / N * t, r"\frac{z}{N} \odot t"),
        ((z * t).T, r"\left(z \odot t\right)^{\top}"),
        (outer(y, z.T * t), r"y\,\left(z^{\top} \odot t\right)"),
        (exp(z) / z, r"\exp\left(z\right) \oslash z"),
        (trace(A @ A), r"\operatorname{tr}\left(A\,A\right)"),
        (norm_squared(z), r"\left\lVert z \right\rVert^{2}"),
        (norm_squared(X - X), r"\left\lVert X - X \right\rVert_{\mathrm{F}}^{2}"),
        (norm_squared(z) ** 2, r"\left(\left\lVert z \right\rVert^{2}\right)^{2}"),
        ((z.T @ t) * z, r"\left(z^{\top}\,t\right)\,z"),
        ((z.T @ t) / x * z, r"\frac{z^{\top}\,t}{x}\,z"),
        ((z.T @ t) ** 2, r"\left(z^{\top}\,t\right)^{2}"),
        (1 - norm_squared(z), r"1 - \left\lVert z \right\rVert^{2}"),
        (2 * trace(A) - x, r"2\,\operatorname{tr}\left(A\right) - x"),
        (1 / norm_squared(z) * z, r"\frac{1}{\left\lVert z \right\rVert^{2}}\,z"),
        (D(norm_squared(z), z), r"\frac{\partial}{\partial z} \left\lVert z \right\rVert^{2}"),
        (D(D(L, z), z), r"\frac{\partial^{2} L}{\partial z\,\partial z^{\top}}"),
        (D(D(L, z[i]), z[j]), r"\frac{\partial^{2} L}{\partial z_{j}\,\partial z_{i}}"),
    ],
)  # fmt: skip
def test_a_formula(formula: Formula, expected: str) -> None:
    assert latex(formula) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("x", "x"),
        ("x''", "x''"),
        ("loss", r"\mathrm{loss}"),
        ("alpha", r"\alpha"),
        ("alpha'", r"\alpha'"),
        ("σ", r"\sigma"),
        ("Σ", r"\Sigma"),
        ("λx", r"\mathrm{\lambda{}x}"),
        ("ell", r"\ell"),
        ("y_hat", r"\hat{y}"),
        ("w_bar", r"\bar{w}"),
        ("x_tilde'", r"\tilde{x}'"),
        ("theta_hat", r"\hat{\theta}"),
        ("x_1", "x_{1}"),
        ("x_max", r"x_{\mathrm{max}}"),
        ("x_i_j", "x_{i_{j}}"),
        ("z1", "z_{1}"),
        ("z12", "z_{12}"),
        ("theta1", r"\theta_{1}"),
        ("layer1", r"\mathrm{layer1}"),
        ("dW", r"\mathrm{dW}"),
    ],
)
def test_a_letter(name: str, expected: str) -> None:
    assert letter(name) == expected


@pytest.mark.parametrize(
    ("hypothesis", "expected"),
    [
        (equal(Sum(j, t[j]), 1), r"\sum_{j=1}^{K} t_{j} = 1"),
        (positive(1 - p), "1 - p > 0"),
        (one_hot(t, c_ := index("c", K)), r"t_{k} = \delta_{k c}"),
        (one_hot(t, k), r"t_{j} = \delta_{j k}"),
        (one_of(p, 0, 1), r"p \in \{0, 1\}"),
        (distinct(i, j), r"i \ne j"),
    ],
)
def test_a_hypothesis(hypothesis: object, expected: str) -> None:
    assert latex_hypothesis(hypothesis) == expected  # type: ignore[arg-type]


def test_a_condition() -> None:
    assert latex_condition(Same(i, 2)) == "i = 2"
    assert latex_condition(Equals(scalar("t"), -1)) == "t = -1"
    assert latex(z[c_]) == "z_{c}"


@pytest.mark.parametrize(
    ("formula", "path", "expected"),
    [
        (x * c, (), r"\hl{x\,c}"),
        (x + c, (1,), r"x + \hl{c}"),
        (x - c, (1,), r"x \hl{- c}"),
        (x - c, (1, 0), r"x - \hl{c}"),
        (x * (c + w), (1,), r"x \left(\hl{c + w}\right)"),
        (x * 2, (1,), r"x \cdot \hl{2}"),
        (x**2, (1,), r"x^{\hl{2}}"),
        (x / c, (0,), r"\frac{\hl{x}}{c}"),
        (Sum(k, z[k]), (0,), r"\sum_{k=1}^{K} \hl{z_{k}}"),
        (exp(x), (0,), r"e^{\hl{x}}"),
        (z - t, (1,), r"z \hl{- t}"),
        (z * t * y, (0,), r"\hl{z \odot t} \odot y"),
        (norm_squared(z - t), (0,), r"\left\lVert \hl{z - t} \right\rVert^{2}"),
    ],
)
def test_what_changed_is_marked(formula: Formula, path: tuple[int, ...], expected: str) -> None:
    assert latex(formula, frozenset({path})) == expected


@pytest.mark.parametrize("formula", [z * t, z / t, trace(A), norm_squared(z), norm_squared(A), (z.T @ t) * z])
def test_arrays_become_mathml(formula: Formula) -> None:
    assert str(mathml(latex(formula))).startswith("<math")


def balanced(text: str) -> bool:
    """Whether braces, \\left and \\right, \\begin and \\end pair up."""
    open_: list[str] = []
    for token in re.findall(r"\\left\(|\\right\)|\\begin|\\end|\\\{|\\\}|[{}]", text):
        if token in ("{", r"\left(", r"\begin"):
            open_.append(token)
        elif token in ("}", r"\right)", r"\end") and (
            not open_ or open_.pop() != {"}": "{", r"\right)": r"\left(", r"\end": r"\begin"}[token]
        ):
            return False
    return not open_


@settings(max_examples=examples(120))
@given(st.one_of(formulas, arrays), st.data())
def test_brackets_pair_up(formula: Formula, data: st.DataObject) -> None:
    every = [path for path, _ in paths(formula)]
    marked = data.draw(st.frozensets(st.sampled_from(every), max_size=3))
    text = latex(formula, marked)
    assert balanced(text)
    assert not re.search(r"(?<!\})_\{[^{}]*\}_\{", text)  # a double subscript stops TeX
    assert not re.search(r"\^\{[^{}]*\}\^", text)  # and so does a double superscript
    unmarked = latex(formula)
    assert r"\hl" not in unmarked


def paths(formula: Formula, path: tuple[int, ...] = ()) -> list[tuple[tuple[int, ...], Formula]]:
    """Every subformula with its path."""
    below = [found for number, child in enumerate(formula.children()) for found in paths(child, (*path, number))]
    return [(path, formula), *below]


def test_names_that_share_parts_are_printed_at_once() -> None:
    name: Symbol = x
    for level in range(45):  # unfolded it would have 2^45 leaves
        name = define(f"x_{level}", name * name)
    assert latex(D(name, x)) == r"\frac{d x_{44}}{d x}"
    assert latex(D(name, scalar("u"))) == r"\frac{\partial x_{44}}{\partial u}"


def test_what_is_no_formula_is_not_printed() -> None:
    class Unknown(Formula):
        __slots__ = ()

    with pytest.raises(TypeError, match="Unknown"):
        latex(Unknown())
    assert Unknown().children() == ()
    assert issubclass(WrittenError, ValueError)
    assert isinstance(z, Array) and isinstance(x, Expr)
