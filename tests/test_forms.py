"""Other forms of a result: what is proposed, and that nothing is shown but what the kernel proves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derive.catalog import entries
from derive.derivation import Derivation, Step
from derive.formula.arrays import Array, entry
from derive.formula.latex import latex
from derive.formula.notation import (
    D,
    Sum,
    define,
    delta,
    diag,
    distinct,
    exp,
    indices,
    matrix,
    number,
    outer,
    positive,
    scalar,
    size,
    vector,
)
from derive.formula.tree import Expr, Formula, Negative, Size
from derive.kernel.verdict import Verdict
from derive.proof import EVERY, Proof, prove
from derive.report import forms as module
from derive.report.forms import Form, folded, forms
from derive.report.matrix_form import NoMatrixError, matrix_form
from derive.rules import algebra
from derive.statement import decide

from .report_samples import PROVED

K, N = size("K"), size("N")
i, j, k = indices("i j k", K)
(n,) = indices("n", N)
z, a, b = vector("z", K), vector("a", K), vector("b", K)
X, Y = matrix("X", N, K), matrix("Y", N, K)
x = scalar("x")
S = define("S", Sum(k, exp(z[k])))
y = define("y", i, exp(z[i]) / S)


def proved(name: str) -> Proof:
    return prove(entries()[name], EVERY)


def by_name(proof: Proof) -> dict[str, Form]:
    return {form.name: form for form in forms(proof)}


@pytest.mark.parametrize(
    ("entry_", "axes", "expected"),
    [
        (y[i] * (delta(i, j) - y[j]), (i, j), diag(y) - outer(y, y)),
        (a[i] * b[i], (i,), a * b),
        (x * a[i], (i,), x * a),
        (-a[i] / x, (i,), -a / x),
        (Sum(k, a[k] * b[k]), (), a.T @ b),
        (Sum(n, X[n, i] * Y[n, j]), (i, j), X.T @ Y),
        (Sum(n, X[n, i] * (Y[n, j] - X[n, j])), (i, j), X.T @ (Y - X)),
        (a[i] * Sum(k, a[k] * b[k]), (i,), (a.T @ b) * a),
        (D(y[i], z[j]), (i, j), D(y, z)),
        (D(S, z[i]), (i,), D(S, z, "denominator")),
        (Sum(j, D(y[i], z[j]) * a[j]), (i,), D(y, z) @ a),
    ],
    ids=str,
)
def test_entries_as_matrices(entry_: Expr, axes: tuple[object, ...], expected: Formula) -> None:
    found = matrix_form(entry_, axes)  # type: ignore[arg-type]
    assert found == expected
    value = entry(found, *axes) if isinstance(found, Array) else found  # type: ignore[arg-type]
    assert decide(value, entry_, K=EVERY).name in ("proved", "conditional")


@pytest.mark.parametrize("entry_", [exp(a[i] * b[j]), z[1] * delta(i, j) ** x, a[i] + b[j]], ids=str)
def test_what_has_no_matrix_is_left(entry_: Expr) -> None:
    with pytest.raises(NoMatrixError):
        matrix_form(entry_, (i, j))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (1 * x * 1, x),
        (x * (0 - x), -(x**2)),
        (x + 0, x),
        (Negative(Negative(x)), x),
        (0 * x + x, x),
        (number(0) / x, number(0)),
        (delta(i, i) * x, x),
        (Sum(k, delta(i, k) * a[k] * b[k]), a[i] * b[i]),
        (Sum(k, 0 * a[k]), number(0)),
    ],
    ids=str,
)
def test_folding(formula: Expr, expected: Expr) -> None:
    assert folded(formula) == expected
    assert decide(formula, expected, K=EVERY).name in ("proved", "conditional")


def test_the_jacobian_by_cases_and_in_matrices() -> None:
    found = by_name(proved("softmax-jacobian"))
    assert list(found) == ["By cases", "In matrices"]
    assert found["By cases"].equation == (
        r"\frac{\partial y_{i}}{\partial z_{j}} = \begin{cases} y_{i} \left(1 - y_{i}\right) & i = j \\ "
        r"-y_{i}\,y_{j} & i \ne j \end{cases}"
    )
    assert found["In matrices"].equation.endswith(latex(diag(y) - outer(y, y)))
    assert found["In matrices"].note == "in numerator layout"
    assert {form.place for form in found.values()} == {"for every $K$"}


def test_matrices_in_entries() -> None:
    assert "In entries" in by_name(proved("linear-layer-weight-gradient"))
    assert by_name(proved("softmax-jacobian-trace"))["In sums"].equation.endswith(
        latex(1 - Sum(k, y[k] ** 2)).replace("k", "m")
    )


def test_nothing_is_shown_that_is_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    proof = proved("softmax-jacobian")
    unproved: Verdict = decide(x, 2 * x)
    assert unproved.name == "refuted"
    monkeypatch.setattr(module, "decide", lambda *args, **more: unproved)
    assert forms(proof) == ()


def test_forms_of_what_is_not_proved_are_not_shown() -> None:
    assert forms(replace(PROVED, verdict="refuted", general=None)) == ()


def test_a_restricted_or_pinned_derivation() -> None:
    pair = Derivation("d", z[i] * z[j], Step(z[j] * z[i], by=algebra), assuming=[distinct(i, j)])
    assert forms(prove(pair, EVERY)) == ()
    pinned = Derivation("d", y[i] * 1, Step(y[i], by=algebra), sizes={K: 3}, assuming=[positive(x)])
    assert [form.place for form in forms(prove(pinned, 3))] == ["at $K = 3$"]
    assert Size("K") == K


def test_the_whole_catalog_has_no_form_that_fails() -> None:
    """A proposal that fails is not shown, but it is looked at: few should be made."""
    failing = []
    for name, one in entries().items():
        if isinstance(one, Derivation) and not name.startswith("rewrite-"):
            proof = prove(one, EVERY)
            if proof.verdict == "proved" and len(list(module._proposed(one))) != len(forms(proof)):
                failing.append(name)
    assert len(failing) <= 4, failing
