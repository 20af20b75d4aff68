"""Derivatives of vectors in vectors, for unknown functions, in both layouts; softmax derived from them.

In numerator layout a row belongs to an output, so that the gradient of a scalar is a row.
"""

from derive.catalog.softmax import K, S, i, j, k, y, z
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import (
    algebra,
    chain_rule,
    contract,
    definition,
    differentiate,
    exponential_rule,
    matrix_product,
    product_rule,
    reciprocal_rule,
    sum_rule,
)

x = vector("x", K)
s, v = scalar("s", of=x), vector("v", K, of=x)
f = function("f")
one = ones(K)

product_entries = Derivation(
    "product-rule-vector-entries",
    D(s * v[i], x[j]),
    Step(D(s, x[j]) * v[i] + s * D(v[i], x[j]), by=product_rule),
    Step(s * D(v[i], x[j]) + v[i] * D(s, x[j]), by=algebra),
    title="Product rule for a scalar times a vector, entry by entry",
    about="Each entry is a product of two scalars.",
)

product = Derivation(
    "product-rule-vector",
    D(s * v, x),
    Step(s * D(v, x) + outer(v, D(s, x)), by=product_entries.because),
    title="Product rule for a scalar times a vector",
    about="Row $i$, column $j$: $s \\frac{\\partial v_i}{\\partial x_j} + v_i \\frac{\\partial s}{\\partial x_j}$.",
)

product_denominator = Derivation(
    "product-rule-vector-denominator",
    D(s * v, x, "denominator"),
    Step(s * D(v, x, "denominator") + outer(D(s, x, "denominator"), v), by=product_entries.because),
    title="Product rule for a scalar times a vector, denominator layout",
    about="The same entries with rows and columns exchanged: here the gradient stands to the left.",
)

elementwise_entries = Derivation(
    "elementwise-jacobian-entries",
    D(f(x[i]), x[j]),
    Step(f.prime(x[i]) * D(x[i], x[j]), by=chain_rule),
    Step(f.prime(x[i]) * delta(i, j), by=differentiate),
    Step(delta(i, j) * f.prime(x[i]), by=algebra),
    title="Jacobian of an elementwise function, entry by entry",
    about="Output $i$ depends on input $i$ alone.",
)

elementwise = Derivation(
    "elementwise-jacobian",
    D(f(x), x),
    Step(diag(f.prime(x)), by=elementwise_entries.because),
    title="Jacobian of an elementwise function",
    about="A function applied to every entry has a diagonal Jacobian, in either layout.",
)

elementwise_denominator = Derivation(
    "elementwise-jacobian-denominator",
    D(f(x), x, "denominator"),
    Step(diag(f.prime(x)), by=elementwise_entries.because),
    title="Jacobian of an elementwise function, denominator layout",
    about="A diagonal matrix is its own transpose, so that the layouts agree.",
)

exp_jacobian = Derivation(
    "exp-jacobian",
    D(exp(x), x),
    Step(diag(exp(x)), by=elementwise.because, because="$f = f' = \\exp$"),
    title="Jacobian of the elementwise exponential",
    about="The exponential is its own derivative, entry by entry.",
)

sum_exp_entries = Derivation(
    "sum-exp-gradient-entries",
    D(Sum(k, exp(x[k])), x[j]),
    Step(Sum(k, D(exp(x[k]), x[j])), by=sum_rule),
    Step(Sum(k, delta(k, j) * exp(x[k])), by=exponential_rule),
    Step(exp(x[j]), by=contract),
    title="Gradient of a sum of exponentials, entry by entry",
    about="Of the sum only one term holds $x_j$.",
)

sum_exp = Derivation(
    "sum-exp-gradient",
    D(one.T @ exp(x), x),
    Step(one.T @ D(exp(x), x), by=chain_rule),
    Step(one.T @ diag(exp(x)), by=exp_jacobian.because),
    Step(exp(x).T, by=matrix_product),
    title="Gradient of a sum of exponentials",
    about="In numerator layout a row: $\\mathbf{1}^{\\top}$ adds up the rows of a diagonal matrix.",
)

sum_exp_denominator = Derivation(
    "sum-exp-gradient-denominator",
    D(one.T @ exp(x), x, "denominator"),
    Step(D(exp(x), x, "denominator") @ one, by=chain_rule),
    Step(diag(exp(x)) @ one, by=exp_jacobian.because),
    Step(exp(x), by=matrix_product),
    title="Gradient of a sum of exponentials, denominator layout",
    about="In denominator layout a column: the product is turned around.",
)

softmax_jacobian = Derivation(
    "softmax-jacobian-from-vectors",
    D(y, z),
    Step(D(1 / S * exp(z), z), by=definition(y), because=r"with $S = \mathbf{1}^{\top} \exp(z)$"),
    Step(1 / S * D(exp(z), z) + outer(exp(z), D(1 / S, z)), by=product.because),
    Step(1 / S * D(exp(z), z) - outer(exp(z), 1 / S**2 * D(one.T @ exp(z), z)), by=reciprocal_rule),
    Step(1 / S * diag(exp(z)) - outer(exp(z), 1 / S**2 * D(one.T @ exp(z), z)), by=exp_jacobian.because),
    Step(1 / S * diag(exp(z)) - outer(exp(z), 1 / S**2 * exp(z).T), by=sum_exp.because),
    Step(diag(exp(z) / S) - outer(exp(z) / S, exp(z) / S), by=algebra),
    Step(diag(y) - outer(y, y), by=definition(y)),
    title="Softmax Jacobian from the product rule for vectors",
    about="Softmax is the scalar $\\frac{1}{S}$ times the vector $\\exp(z)$; no index is written.",
)
