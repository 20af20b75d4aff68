"""The mean loss of a linear layer and its gradients, as proved formulas: what a page's script trains with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from derive.derivation import Derivation, definitions_of
from derive.export.module import PLAIN
from derive.formula.arrays import Jacobian, Tensor, in_letters
from derive.formula.hypotheses import letters
from derive.formula.latex import latex
from derive.formula.notation import D, Sum, define, index, matrix, scalar, size, vector
from derive.formula.scope import meanings
from derive.formula.substitution import substitute
from derive.formula.tree import Derivative, Expr, Formula, Index, Symbol
from derive.proof import EVERY
from derive.statement import decide

from .syntax import NotDataError, data, definitions


@dataclass(frozen=True, slots=True)
class Gradient:
    """The loss differentiated in weights, or in biases."""

    variable: str
    places: tuple[Index, ...]
    """The letters of its entries."""
    entry: Expr
    equation: str
    """In LaTeX."""
    source: str
    """The derivation that proves it; nothing where it was proved by the way."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A loss and its gradients in weights and biases."""

    loss: Expr
    gradients: tuple[Gradient, Gradient]
    inputs: str
    labels: str
    """The letters of the features and of the labels."""
    examples: str
    """That of the number of examples."""

    @property
    def definitions(self) -> list[tuple[str, str]]:
        """What the letters stand for, in LaTeX."""
        found = chain(definitions_of(self.loss), *(definitions_of(one.entry) for one in self.gradients))
        return list(dict((latex(name), latex(meaning)) for name, meaning in found).items())

    def data(self) -> dict[str, Any]:
        """The formulas for the script; raises NotDataError where one of them cannot be evaluated."""
        formulas = [self.loss, *(one.entry for one in self.gradients)]  # whose letters may differ in their sizes
        return {
            "loss": data(self.loss),
            "gradients": [
                [one.variable, [[index.name, index.size.name] for index in one.places], data(one.entry)]
                for one in self.gradients
            ],
            "definitions": dict(chain.from_iterable(definitions([one]).items() for one in formulas)),
            "inputs": self.inputs,
            "labels": self.labels,
        }


def trainer(derivation: Derivation, functions: Sequence[str]) -> str:
    """The first of these functions whose formulas the derivation is one of, as a gradient; nothing if there is none."""
    if not isinstance(derivation.claim, Derivative | Jacobian):
        return ""
    return next((function for function in functions if derivation.name in PLAIN[function]), "")


def layer(derivation: Derivation, function: str, known: Mapping[str, Derivation]) -> Layer | None:
    """The layer that a function trains, in the formulas on which it rests; None where they do not tell all of it.

    `known` are proved derivations by name.  Of a loss of one logit the gradients in weights and bias follow by the
    chain rule; they are decided here, for all sizes.
    """
    behind = [known[name] for name in PLAIN[function] if name in known]
    try:
        found = _of_matrices(behind) or _of_one_logit(derivation, behind)
        return found if found is not None and found.data() else None
    except NotDataError:
        return None


def _of_matrices(behind: Sequence[Derivation]) -> Layer | None:
    """The layer whose gradients are derivations themselves: those in a matrix and a vector without definitions."""
    slopes = {one: one.claim for one in behind if isinstance(one.claim, Jacobian)}
    found = [(one, claim) for one, claim in slopes.items() if claim.variable.definition is None]
    if [len(claim.variable.sizes) for _, claim in found] != [2, 1]:
        return None
    (_, in_weights), (_, in_biases) = found
    loss = in_weights.output
    if not isinstance(loss, Expr) or in_biases.output != loss:
        return None
    features, classes = in_weights.variable.sizes
    given = {
        name.sizes[-1]: name
        for name in meanings(loss).values()
        if isinstance(name, Tensor) and name.definition is None and len(name.sizes) == 2
        if name != in_weights.variable
    }
    if given.keys() != {features, classes}:
        return None
    weights, biases = (_proved_gradient(one, claim) for one, claim in found)
    return Layer(loss, (weights, biases), given[features].name, given[classes].name, given[features].sizes[0].name)


def _proved_gradient(one: Derivation, claim: Jacobian) -> Gradient:
    places, lines = in_letters(one.lines, letters(one.assuming))
    return Gradient(claim.variable.name, places, lines[-1], _equation(claim, one.result), one.name)


def _of_one_logit(derivation: Derivation, behind: Sequence[Derivation]) -> Layer | None:
    """The mean over examples of a loss of one logit, which is linear in the features."""
    claim, result = derivation.claim, derivation.result
    if not isinstance(claim, Derivative) or not isinstance(logit := claim.variable, Symbol):
        return None
    label = next((node for node in result.walk() if isinstance(node, Symbol) and node != logit), None)
    if label is None or not isinstance(result, Expr):
        return None
    others = (one.result for one in behind if one.claim == claim.body and isinstance(one.result, Expr))
    lasting = next(others, claim.body)  # in a form that keeps its value further out, where one is proved
    N, F = size("N"), size("F")
    n, f = index("n", N), index("f", F)
    X, w, b, t = matrix("X", N, F), vector("w", F), scalar("b"), vector("t", N)
    x = define("x", n, Sum(f, X[n, f] * w[f]) + b)
    example = {logit: x[n], label: t[n]}
    residual = substitute(result, symbols=example)
    loss = define("L", 1 / N * Sum(n, substitute(lasting, symbols=example)))
    in_weights, in_bias = 1 / N * Sum(n, X[n, f] * residual), 1 / N * Sum(n, residual)
    claims = D(loss, w[f]), D(loss, b)
    if any(decide(*pair, K=EVERY).name != "proved" for pair in zip(claims, (in_weights, in_bias), strict=True)):
        return None
    weights = Gradient("w", (f,), in_weights, _equation(claims[0], in_weights), "")
    bias = Gradient("b", (), in_bias, _equation(claims[1], in_bias), "")
    return Layer(loss, (weights, bias), X.name, t.name, N.name)


def _equation(claim: Formula, result: Formula) -> str:
    return f"{latex(claim)} = {latex(result)}"
