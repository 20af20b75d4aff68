"""Formulas as NumPy code: the code computes what derive's own evaluation says, and stable forms are proved."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from fractions import Fraction
from random import Random
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive import EVERY, Derivation, Step, WrittenError, decide
from derive.catalog import entries
from derive.concrete.evaluation import Evaluation, NoNumberError, variables
from derive.concrete.oracle import precise
from derive.export.lowering import LoweringError, expression, lowered, statements
from derive.export.stable import REWRITES, Rewrite
from derive.formula.hypotheses import OneHot
from derive.formula.notation import *
from derive.formula.tree import Apply, Expr, Size, TooLargeError
from derive.proof import sizes_for
from derive.rules import algebra
from tests import formulas as random_formulas
from tests.lowerings import arguments, drawn, expected, module
from tests.sampling import examples, some

K, N, F = size("K"), size("N"), size("F")
i, j, k = indices("i j k", K)
n, m = indices("n m", N)
f = index("f", F)
z, v, t = vector("z", K), vector("v", K), vector("t", K)
X, W = matrix("X", N, F), matrix("W", F, K)
x, c, w, r = scalars("x c w r")
S = define("S", Sum(k, exp(z[k])))
y = define("y", i, exp(z[i]) / S)
sigma = define("sigma", x, 1 / (1 + exp(-x)))

CATALOG = {name: entry for name, entry in entries().items() if isinstance(entry, Derivation)}

REFUSED = {
    "derivative": """softmax-jacobian-symmetry product-rule-vector-entries product-rule-vector
        product-rule-vector-denominator product-rule-hadamard-entries product-rule-hadamard
        product-rule-hadamard-denominator chain-rule-entries chain-rule chain-rule-denominator""".split(),
    "unknown function": """elementwise-jacobian-entries elementwise-jacobian elementwise-jacobian-denominator
        layer-jacobian-entries layer-jacobian layer-jacobian-denominator""".split(),
}
"""The results of the catalog that have no value to compute, and why."""


def line(formula: Any, **more: Any) -> Derivation:
    """A derivation whose result is this formula."""
    return Derivation("line", formula, Step(formula, by=algebra), **more)


def code(formula: Any, **more: Any) -> list[str]:
    """The body that is written for a formula, without what checks arguments."""
    body = lowered(line(formula, **more)).body
    return [text for text in body if "_arrays" not in text and ".shape" not in text and text != "return result"]


# -------------------------------------------------------------- elementwise


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (x + c * w, "x + c * w"),
        ((x + c) * w, "(x + c) * w"),
        (x - (c - w), "x - (c - w)"),
        (-(x * c) / w, "-x * c / w"),
        (x / (c * w), "x / (c * w)"),
        ((x - c) ** 2 + x**2, "(x - c) ** 2 + x**2"),
        ((-x) ** 2, "(-x) ** 2"),
        (x ** (c**2), "x ** c**2"),
        ((x**c) ** 2, "(x**c) ** 2"),
        (fraction(1, 2) * x, "1 / 2 * x"),
        (decimal("0.50") - x, "0.5 - x"),
        (log(1 + exp(x)), "np.log1p(np.exp(x))"),
        (log(c + 1) - log(1 - x), "np.log1p(c) - np.log1p(-x)"),
        (exp(x) - 1, "np.expm1(x)"),
        (1 - exp(-x), "-np.expm1(-x)"),
        (sigma(c), "1 / (1 + np.exp(-c))"),
        (exp(2) * x, "float(np.exp(2)) * x"),
        (Apply(function("coth"), x), "1 / np.tanh(x)"),
        (by_label(r, {1: x, -1: c}), "np.where(r == 1, x, c)"),
        (by_cases(1, 2, same=x, distinct=c), "c"),
        (exp(strike(x) - w), "np.exp(x - w)"),
    ],
)
def test_an_expression_has_no_parentheses_but_the_needed(formula: Expr, text: str) -> None:
    assert expression(formula, {x: "x", c: "c", w: "w", r: "r"}) == text


def test_names_stand_for_any_part() -> None:
    names = {exp(z[i]): "e", S: "s", t[i]: "t"}
    assert expression(y[i] - t[i], {**names}) == expression(exp(z[i]) / S - t[i], names) == "e / s - t"
    assert expression(y[1] * r, {y[1]: "y1", r: "rest"}) == "y1 * rest"


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        (x + r, "r is no name of a variable"),
        (z[i] + x, r"z\[i\] is no name of a variable"),
        (x * S, r"Sum\(k, exp\(z\[k\]\)\) is not computed entry by entry"),
        (D(x**2, x), "is not computed entry by entry"),
        (function("g")(x), "g is an unknown function"),
        (delta(i, j) * x, "depends on an index"),
        (x * K, "K is no name of a variable"),
    ],
)
def test_what_has_no_name_is_named_in_the_refusal(formula: Expr, message: str) -> None:
    with pytest.raises(LoweringError, match=message):
        expression(formula, {x: "x"})


def test_statements_compute_in_place() -> None:
    names = {z[i]: "z", r: "m", S: "s", t[i]: "t"}
    assert statements(exp(z[i] - r), "o", names) == ["np.subtract(z, m, out=o)", "np.exp(o, out=o)"]
    assert statements((exp(z[i]) / S - t[i]) ** 2, "o", names) == [
        "np.exp(z, out=o)",
        "np.divide(o, s, out=o)",
        "np.subtract(o, t, out=o)",
        "np.square(o, out=o)",
    ]
    assert statements(exp(z[i]) * log(S), "o", names, ["h"]) == [
        "np.exp(z, out=o)",
        "np.log(s, out=h)",
        "np.multiply(o, h, out=o)",
    ]
    assert statements(z[i], "o", names) == ["o[...] = z"]


def test_statements_refuse_too_few_arrays_and_what_would_be_overwritten() -> None:
    with pytest.raises(LoweringError, match=r"computed in 2 arrays: 1 more in scratch"):
        statements(exp(x) * log(x), "o", {x: "x"})
    with pytest.raises(LoweringError, match=r"x is a variable of the formula"):
        statements(exp(x), "x", {x: "x"})
    with pytest.raises(LoweringError, match=r"x is a variable of the formula"):
        statements(exp(x) * x, "x", {x: "x"}, spent=["x"])
    with pytest.raises(LoweringError, match=r"h is a variable of the formula"):
        statements(exp(x) * log(c) + w, "o", {x: "x", c: "c", w: "h"}, ["h"], spent=["h"])


def test_an_array_that_is_spent_takes_the_value() -> None:
    names: dict[Expr, str] = {x: "x", c: "c", w: "w"}
    assert statements(exp(x), "x", names, spent=["x"]) == ["np.exp(x, out=x)"]
    assert statements(c * exp(x - w), "w", names, spent=["w"]) == [
        "np.subtract(x, w, out=w)",
        "np.exp(w, out=w)",
        "np.multiply(c, w, out=w)",
    ]
    assert statements(x - (c - w) - (x + w), "o", names, ["w"], spent=["w"]) == [
        "np.subtract(c, w, out=o)",
        "np.subtract(x, o, out=o)",
        "np.add(x, w, out=w)",
        "np.subtract(o, w, out=o)",
    ]


def test_the_first_terms_of_a_sum_may_be_computed_already() -> None:
    assert expression(1 - x - exp(c), {1 - x: "rest", c: "c"}) == "rest - np.exp(c)"
    assert expression(c + w + x, {c + w: "both", x: "x"}) == "both + x"
    with pytest.raises(LoweringError, match="is no name of a variable here"):
        expression(c + w + x, {w + x: "both", c: "c"})


PRECISE = precise(60)


def many_digits() -> SimpleNamespace:
    """NumPy's functions in mpmath's numbers; with `out` they write into a list of one."""
    number = PRECISE.context

    def read(value: Any) -> Any:
        if isinstance(value, list):
            assert value[0] is not None, "read before it was written"
            return value[0]
        return value

    def kept(compute: Callable[..., Any]) -> Callable[..., Any]:
        def call(*operands: Any, out: Any = None) -> Any:
            found = compute(*map(read, operands))
            if out is not None:
                out[0] = found
            return found

        return call

    def where(mask: bool, left: Any, right: Any) -> Any:
        return left if mask else right

    def copyto(into: list[Any], value: Any, where: bool) -> None:
        if where:
            into[0] = read(value)

    unary = {name: getattr(number, name) for name in ("exp", "log", "log1p", "expm1", "sinh", "cosh", "tanh")}
    others = {
        "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": number.fdiv,
        "power": operator.pow, "negative": operator.neg, "square": lambda u: u * u,
    }  # fmt: skip
    return SimpleNamespace(**{name: kept(one) for name, one in (unary | others).items()}, where=where, copyto=copyto)


class Box(list[Any]):
    """An array of one number, which `[...]` writes."""

    def __setitem__(self, place: Any, value: Any) -> None:
        super().__setitem__(0, value)


VARIABLES: dict[Expr, str] = {x: "x", c: "c", w: "w", r: "label"}


def scalars_of(part: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    binary = [operator.add, operator.sub, operator.mul, operator.truediv]
    functions = [exp, log, tanh, sigma, sinh, cosh, strike, operator.neg, lambda u: log(1 + u), lambda u: exp(u) - 1]
    return st.one_of(
        st.builds(lambda write, a, b: write(a, b), st.sampled_from(binary), part, part),
        st.builds(lambda write, a: write(a), st.sampled_from(functions), part),
        st.builds(lambda a, b: a**b, part, st.integers(-2, 3)),
        st.builds(lambda a, b: by_label(r, {0: a, 1: b}), part, part),
        st.builds(lambda a, b: listed(K, a, b).at(2), part, part),
    )


SCALARS = st.recursive(
    st.one_of(st.builds(number, st.integers(-3, 9)), st.sampled_from([x, c, w, decimal("0.25"), fraction(-2, 3)])),
    scalars_of,
    max_leaves=10,
)


@settings(max_examples=examples(300))
@given(SCALARS, st.randoms(use_true_random=False))
def test_expressions_and_statements_have_the_value_of_the_formula(formula: Expr, random: Random) -> None:
    check_value(formula, {leaf: PRECISE.number(Fraction(random.randrange(-64, 65), 32)) for leaf in (x, c, w)} | {r: 1})


def check_value(formula: Expr, values: dict[Any, Any]) -> None:
    try:
        value = Evaluation(PRECISE, {K: 2}, values).value(formula)
    except NoNumberError:
        assume(False)
    assume(PRECISE.context.isfinite(value) and PRECISE.context.im(value) == 0 and abs(value) < 10**15)
    named = {name: values[leaf] for leaf, name in VARIABLES.items()}
    arrays = [f"h{count}" for count in range(12)]
    scope = {"np": many_digits(), "float": lambda u: u, "exact": PRECISE.context.mpf, **named}
    boxes = {name: Box([None]) for name in ["o", *arrays]}
    program = exactly("\n".join(statements(formula, "o", VARIABLES, arrays)), "exec")
    try:  # both cases of a label are computed, and the other one may have no value
        found = eval(exactly(expression(formula, VARIABLES), "eval"), dict(scope))
        exec(program, scope | boxes)
    except (ZeroDivisionError, OverflowError):
        assume(False)
    assert agree(found, value) and agree(boxes["o"][0], value)


def exactly(text: str, mode: str) -> Any:
    """The code with its numbers as mpmath's."""

    class Exact(ast.NodeTransformer):
        def visit_Constant(self, node: ast.Constant) -> ast.AST:
            if not isinstance(node.value, int | float):
                return node
            return ast.Call(ast.Name("exact", ast.Load()), [ast.Constant(repr(node.value))], [])

    tree = Exact().visit(ast.parse(text, mode=mode))
    for node in ast.walk(tree):  # subscripts stay numbers of Python's
        if isinstance(node, ast.Subscript):
            node.slice = ast.Constant(...)
    return compile(ast.fix_missing_locations(tree), "lowered", mode)


def agree(found: Any, value: Any, bound: float = 1e-25) -> bool:
    return bool(abs(found - value) <= bound * (1 + abs(value)))


SCALAR_ENTRIES = {
    name: entry
    for name, entry in CATALOG.items()
    if not entry.free_sizes and name not in REFUSED["derivative"] + REFUSED["unknown function"]
}


@pytest.mark.parametrize("name", SCALAR_ENTRIES)
@pytest.mark.parametrize("at", [-3, -1, 0, 2])
def test_scalar_results_of_the_catalog(name: str, at: int) -> None:
    result = SCALAR_ENTRIES[name].result
    assert isinstance(result, Expr)
    leaves = {str(leaf): leaf for leaf in variables([result], {})}
    values = {leaf: PRECISE.number(Fraction(2 * at + 1 + place, 64)) for place, leaf in enumerate(leaves.values())}
    values |= {leaf: PRECISE.number(Fraction(at % 2)) for text, leaf in leaves.items() if text == "t"}
    names: dict[Expr, str] = {leaf: text for text, leaf in leaves.items()}
    try:
        value = Evaluation(PRECISE, {}, values).value(result)
    except NoNumberError:
        return
    scope = {"np": many_digits(), "float": lambda u: u, "exact": PRECISE.context.mpf}
    scope |= {text: values[leaf] for text, leaf in leaves.items()}
    assert agree(eval(exactly(expression(result, names), "eval"), scope), value)


# ------------------------------------------------------------------ in arrays


@pytest.mark.parametrize(
    ("formula", "lines"),
    [
        (Sum(f, X[n, f] * W[f, k]), ["X @ W"]),
        (Sum(n, X[n, f] * (W[f, k] - v[k])), ["(W - v) * np.sum(X, axis=0)[:, None]"]),
        (X.T @ X, ["X.T @ X"]),
        (X @ W @ v, ["X @ W @ v"]),
        (v.T @ z, ["np.asarray(v @ z)[()]"]),
        (outer(v, z), ["v[:, None] * z"]),
        (diag(v), ["np.diag(v)"]),
        (diag(v) @ z, ["v * z"]),
        (v / norm_squared(z), ["v / np.sum(z**2)"]),
        (trace(X.T @ X) * v, ["np.sum(X * X) * v"]),
        (v - 2 * ones(K), ["v - 2"]),
        (W.T, ["W.T.copy()"]),
        (z, ["z.copy()"]),
        (delta(i, j) * exp(z[j]), ["np.diag(np.exp(z))"]),
        (delta(i, j) * x, ["np.where(np.eye(K, dtype=bool), x, 0)"]),
        (Sum(j, delta(i, j) * v[j] - v[j]), ["v - np.sum(v)"]),
        (Sum(j, (1 - delta(i, j)) * v[j]), ["_others(v)"]),
        (Sum(j, x), ["np.asarray(x * K)[()]"]),
        (Sum(n, Sum(m, X[n, f] * X[m, f])), ["s * s"]),
        (z[2] - z[1], ["np.asarray(z[1] - z[0])[()]"]),
        (X[n, 1], ["X[:, 0].copy()"]),
        (v[i] * by_cases(i, 1, same=x, distinct=c), ["v * np.where(np.eye(K, dtype=bool)[:, 0], x, c)"]),
        (Sum(j, v[j] / z[j]), ["np.asarray(np.sum(v / z))[()]"]),
        (v[j] * z[i], ["v[:, None] * z"]),
    ],
)  # fmt: skip
def test_arrays_are_written_as_numpy_has_them(formula: Any, lines: list[str]) -> None:
    body = code(formula)
    assert body[-1].removeprefix("result: Floats = ") == lines[-1], body


def test_definitions_are_computed_once_and_keep_their_names() -> None:
    total = define("A", Sum(k, v[k] * z[k]))
    error = define("r", i, v[i] - total)
    assert code(error[i] * error[j] / total) == [
        "A = v @ z",
        "r = v - A",
        "result: Floats = r[:, None] * r / A",
    ]


def test_no_letter_is_captured() -> None:
    inner = define("g", x, Sum(i, x * v[i]))
    names = module(line(inner(z[i]) + z[i]))
    assert np.allclose(names["line"](z=[1, 2], v=[3, 4]), [1 * 7 + 1, 2 * 7 + 2])
    nested = define("h", x, Sum(j, inner(x) * z[j]))
    assert np.allclose(module(line(nested(z[j])))["line"](z=[1, 2], v=[3, 4]), [1 * 7 * 3, 2 * 7 * 3])


def test_lists_are_arrays_where_the_size_is_pinned() -> None:
    listing = listed(K, x, z[1] ** 2)
    assert list(module(line(listing, sizes={K: 2}))["line"](3, [5, 7])) == [3, 25]
    with pytest.raises(LoweringError, match=r"a list of 2 entries wants sizes={K: 2}"):
        lowered(line(listing))


def test_long_formulas_fit_into_lines() -> None:
    many = scalars(" ".join(f"variable_{count}" for count in range(30)))
    total = many[0] * many[1]
    for one in many[2:]:
        total = total + one * many[0]
    names = module(line(total * z[i]))
    assert np.allclose(names["line"](z=[1, 2], **{one.name: 2.0 for one in many}), [29 * 4, 29 * 8])
    much: Expr = x
    for _ in range(3000):
        much = much + x
    with pytest.raises(LoweringError, match="line, the result: it is too long; name parts of it with define"):
        lowered(line(much))


def test_logarithms_of_sums_of_equal_terms() -> None:
    equal_z = define("z", k, x)
    for formula in (log(Sum(k, exp(x))), log(Sum(k, exp(equal_z[k])))):
        assert np.allclose(module(line(formula))["line"](x=1000.0, K=5), 1000 + np.log(5))


def test_entries_of_which_nothing_is_said_are_nan() -> None:
    found = module(line(z[i] - z[j], assuming=[distinct(i, j)]))["line"]([1.0, 3.0])
    assert np.array_equal(found, [[np.nan, -2], [2, np.nan]], equal_nan=True)


def test_a_class_of_a_label_is_an_argument() -> None:
    at = index("c", K)
    names = module(line(Sum(k, t[k] * z[k]) + 0 * z[i], assuming=[one_hot(t, at)]))
    assert list(names["line"]([5.0, 6.0], 1)) == [6, 6]
    for wrong in (2, -1, True, 1.0):
        with pytest.raises(ValueError, match=r"c = .*: a whole number is wanted, from 0 to 1"):
            names["line"]([5.0, 6.0], wrong)


def test_a_class_is_no_letter_of_a_sum() -> None:
    at = index("c", K)
    L = define("L", -Sum(at, t[at] * z[at]))
    assert module(line(L, assuming=[one_hot(t, at)]))["line"]([5.0, 6.0], 1) == -6


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        (D(x**2, x), r"line, the result: it holds the derivative D\(x\*\*2, x\), .* and so does every other line"),
        (function("g")(z[i]), "g is an unknown function"),
        (vector("u", K, of=x)[i], r"u is an unknown function of x"),
        (by_label(r, {0: x, 1: c}), r"wants the hypothesis one_of\(r, …\)"),
    ],
)
def test_refusals_name_the_place(formula: Any, message: str) -> None:
    with pytest.raises(LoweringError, match=message):
        lowered(line(formula))


def test_a_refusal_names_the_line_to_take_instead() -> None:
    with pytest.raises(LoweringError, match=r"softmax-jacobian-symmetry, the result: .*; line 4 has none: export that"):
        lowered(CATALOG["softmax-jacobian-symmetry"])
    assert lowered(CATALOG["softmax-jacobian-symmetry"], 4).axes == ("K", "K")
    with pytest.raises(LoweringError, match=r"the claim: .*; the result has none"):
        lowered(CATALOG["sigmoid-derivative"], "claim")
    with pytest.raises(ValueError, match=r"expected 'claim', 'result' or a line's number up to"):
        lowered(CATALOG["sigmoid-derivative"], "last")


# ------------------------------------------------------------------- stability


@pytest.mark.parametrize("rule", REWRITES, ids=lambda rule: rule.name)
def test_every_rewrite_is_an_identity(rule: Rewrite) -> None:
    identities = list(rule.identities())
    assert identities
    for pattern, replacement in identities:
        assert decide(pattern, replacement, K=EVERY).name == "proved"


@pytest.mark.parametrize(
    ("formula", "rules"),
    [
        (1 / (1 + exp(-x)), ["sigmoid"]),
        (1 / (exp(c * x) + 1), ["sigmoid"]),
        (exp(-x) / (exp(-x) + 1), ["sigmoid-exp"]),
        (sigma(x) * c * (1 - sigma(x)), ["sigmoid-slope"]),
        ((1 - sigma(x)) * sigma(x) / c, ["sigmoid-slope"]),
        (exp(x) / (1 + exp(x)) ** 2, ["sigmoid-slope-exp"]),
        (log(sigma(x)), ["log-sigmoid"]),
        (log(1 - sigma(x)), ["log-one-less-sigmoid"]),
        (log(1 + exp(-x)), ["softplus"]),
        (y[i], ["softmax"]),
        (1 / S * exp(z[i]), ["softmax"]),
        (exp(z[i]) * exp(z[j]) / S**2, ["softmax"]),
        (exp(z) / (ones(K).T @ exp(z)), ["softmax"]),
        (log(y[i]), ["log-softmax"]),
        (1 - y[i], ["one-less-softmax"]),
        (y[i] * (1 - y[i]), ["softmax-variance"]),
        (x + log(S), ["logsumexp"]),
        (delta(i, j) - y[j], ["delta-less-softmax"]),
        (diag(y) - outer(y, y), ["softmax-jacobian"]),
        (exp(x) + z[i], []),
        (exp(z[i]) / Sum(k, exp(v[k])), []),
        (1 / (2 + exp(-x)), []),
    ],
)
def test_stable_forms_are_found_behind_names_and_in_products(formula: Any, rules: list[str]) -> None:
    assert list(lowered(line(formula)).rewrites) == rules


# -------------------------------------------------------------------- catalog


def test_what_the_catalog_refuses() -> None:
    refused: dict[str, list[str]] = {"derivative": [], "unknown function": []}
    for name, derivation in CATALOG.items():
        try:
            lowered(derivation)
        except LoweringError as reason:
            refused[next(word for word in refused if word in str(reason))].append(name)
    assert refused == REFUSED


FAR_OUT = {
    "cross-entropy-gradient": "t/y is 0/0 where a probability is rounded to 0",
    **dict.fromkeys(
        (
            "rewrite-gradient-over-sum",
            "rewrite-numerator-rest",
            "rewrite-jvp-over-sum",
            "rewrite-logsumexp-near-one",
            "rewrite-logistic-gradient-over-sum",
            "rewrite-logistic-gradient-left-over-sum",
        ),
        "the exponentials stand alone, for a module that has shifted them already",
    ),
}
"""What has a value far out that the formula as it is written does not reach in floats."""

LOWERED = [name for name in CATALOG if not any(name in names for names in REFUSED.values())]


@pytest.mark.parametrize("name", some(LOWERED, 3))
def test_the_catalog_computes_what_it_says(name: str) -> None:
    derivation = CATALOG[name]
    function, compute = lowered(derivation), module(derivation)[lowered(derivation).name]
    random = Random(20240607)
    for classes in (2, 3, 5):
        sizes = sizes_for(derivation, classes)
        letters = {h.at for h in derivation.assuming if isinstance(h, OneHot)} - derivation.claim.free_indices
        for extreme in (False,) if name in FAR_OUT else (False, True, True):
            values = drawn(derivation, sizes, random, extreme)
            at = {letter: random.randrange(1, sizes[letter.size] + 1) for letter in letters}
            given = arguments(function, derivation, sizes, values, at)
            before = [np.copy(one) for one in given]
            found = compute(*given)
            assert all(np.array_equal(a, b) for a, b in zip(given, before, strict=True))
            check_numbers(found, *expected(derivation, sizes, values, at, 2000 if extreme else 60))


def check_numbers(found: Any, values: Any, scale: Any) -> None:
    assert np.shape(found) == np.shape(values)
    for number, value, size in zip(np.ravel(found), np.ravel(values), np.ravel(scale), strict=True):
        if value is None:
            assert np.isnan(number)
        elif size < 1e300:
            assert abs(number - value) <= 1e-12 * max(abs(value), size) + 1e-300, (number, float(value))


@settings(max_examples=examples(150))
@given(random_formulas.polynomials, st.randoms(use_true_random=False))
def test_random_formulas(formula: Expr, random: Random) -> None:
    try:
        derivation = line(formula, sizes={Size("K"): 2})
    except (WrittenError, TooLargeError):
        assume(False)
    sizes = sizes_for(derivation, 2)
    values = {leaf: Fraction(random.randrange(-3, 4)) for leaf in drawn(derivation, sizes, random, False)}
    function, compute = lowered(derivation), module(derivation)["line"]
    found = compute(*arguments(function, derivation, sizes, values, {}))
    exact, scale = expected(derivation, sizes, values, {}, 50)
    assume(all(size < 1e12 for size in np.ravel(scale)))
    check_numbers(found, exact, scale)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_types_are_kept(kind: Any) -> None:
    chosen = [name for name in LOWERED if CATALOG[name].free_sizes]
    for name in chosen:
        function = lowered(CATALOG[name])
        sizes = {str(size): number for size, number in sizes_for(CATALOG[name], 3).items()}
        given: list[Any] = []
        for parameter in function.parameters:
            shape = tuple(sizes.get(axis) or int(axis) for axis in parameter.axes)
            given.append(np.full(shape, 0.5, kind) if parameter.kind == "array" else 1)
        if any(parameter.kind == "array" for parameter in function.parameters):
            assert module(CATALOG[name])[function.name](*given).dtype == kind, name
