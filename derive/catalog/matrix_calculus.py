"""Derivatives of vectors in vectors, for unknown functions, in both layouts; softmax derived from them.

In numerator layout a row belongs to an output, so that the gradient of a scalar is a row.
"""

from derive.background import Background, Source
from derive.catalog.sigmoid import rumelhart
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
    power_rule,
    product_rule,
    reciprocal_rule,
    sum_rule,
    trace_rule,
)

jacobi = Source(
    "C. G. J. Jacobi",
    "De determinantibus functionalibus",
    1841,
    "Journal für die reine und angewandte Mathematik 22, 319–359",
    language="la",
)
magnus = Source(
    "J. R. Magnus, H. Neudecker",
    "Matrix Differential Calculus with Applications in Statistics and Econometrics",
    1988,
    "Wiley, Chichester",
)

background = Background(
    "The matrix of first derivatives bears the name of Jacobi, who studied its determinant (1841). How to lay "
    "derivatives out has been disputed ever since; Magnus and Neudecker (1988) plead for the numerator layout, in "
    "which the chain rule is a product of Jacobians in the order of the functions. Deep learning often takes the "
    "denominator layout, in which a gradient has the shape of its variable. Frameworks store few of these matrices: "
    "they multiply a vector through them, one operation after the other.",
    [jacobi, magnus],
)

F = size("F")
a, b = indices("a b", F)
x = vector("x", K)
s, u, v = scalar("s", of=x), vector("u", K, of=x), vector("v", K, of=x)
A, B = matrix("A", F, K), matrix("B", K, F)
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

hadamard_entries = Derivation(
    "product-rule-hadamard-entries",
    D(u[i] * v[i], x[j]),
    Step(D(u[i], x[j]) * v[i] + u[i] * D(v[i], x[j]), by=product_rule),
    Step(u[i] * D(v[i], x[j]) + v[i] * D(u[i], x[j]), by=algebra),
    title="Product rule for two vectors, entry by entry",
    about="The Hadamard product $u \\odot v$ has the entries $u_i v_i$.",
)

hadamard = Derivation(
    "product-rule-hadamard",
    D(u * v, x),
    Step(diag(u) @ D(v, x) + diag(v) @ D(u, x), by=hadamard_entries.because),
    title="Product rule for the Hadamard product",
    about="A diagonal matrix on the left scales the rows: in numerator layout a row belongs to an output.",
)

hadamard_denominator = Derivation(
    "product-rule-hadamard-denominator",
    D(u * v, x, "denominator"),
    Step(D(v, x, "denominator") @ diag(u) + D(u, x, "denominator") @ diag(v), by=hadamard_entries.because),
    title="Product rule for the Hadamard product, denominator layout",
    about="Here a column belongs to an output, and a diagonal matrix on the right scales the columns.",
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

linnainmaa = Source("S. Linnainmaa", "Taylor Expansion of the Accumulated Rounding Error", 1976, "BIT 16, 146–160")
griewank = Source(
    "A. Griewank, A. Walther",
    "Evaluating Derivatives: Principles and Techniques of Algorithmic Differentiation",
    2008,
    "second edition, SIAM, Philadelphia",
)

backpropagation = Background(
    "A product of Jacobians may be multiplied out from either end. Linnainmaa (1976) began at the output, to follow "
    "rounding errors, and Rumelhart, Hinton and Williams (1986) trained networks that way: it is backpropagation, or "
    "reverse mode. For a single output all derivatives together then cost no more than a small multiple of the "
    "function itself (Griewank and Walther, 2008); every training step rests on that.",
    [linnainmaa, rumelhart, griewank],
)

layer_entries = Derivation(
    "layer-jacobian-entries",
    D(f(Sum(k, A[a, k] * x[k])), x[j]),
    Step(f.prime(Sum(k, A[a, k] * x[k])) * D(Sum(k, A[a, k] * x[k]), x[j]), by=chain_rule),
    Step(f.prime(Sum(k, A[a, k] * x[k])) * Sum(k, A[a, k] * delta(k, j)), by=differentiate),
    Step(f.prime(Sum(k, A[a, k] * x[k])) * A[a, j], by=contract),
    title="Jacobian of a layer, entry by entry",
    about="A linear map, then one function for every entry: outer derivative times weight.",
    background=backpropagation,
)

layer = Derivation(
    "layer-jacobian",
    D(f(A @ x), x),
    Step(diag(f.prime(A @ x)) @ D(A @ x, x), by=chain_rule, because="of the elementwise $f$ and the linear $A x$"),
    Step(diag(f.prime(A @ x)) @ A, by=layer_entries.because),
    title="Jacobian of a layer",
    about="Jacobians multiply: that of the outer function stands to the left.",
    background=backpropagation,
)

layer_denominator = Derivation(
    "layer-jacobian-denominator",
    D(f(A @ x), x, "denominator"),
    Step(
        D(A @ x, x, "denominator") @ diag(f.prime(A @ x)),
        by=chain_rule,
        because="of the elementwise $f$ and the linear $A x$",
    ),
    Step(A.T @ diag(f.prime(A @ x)), by=layer_entries.because),
    title="Jacobian of a layer, denominator layout",
    about="The order is turned around: the inner function stands to the left, transposed.",
    background=backpropagation,
)

inner = vector("u", F, of=x)
g = vector("g", K, of=inner)

chain_entries = Derivation(
    "chain-rule-entries",
    D(g[i], x[j]),
    Step(Sum(a, D(g[i], inner[a]) * D(inner[a], x[j])), by=chain_rule),
    title="Chain rule, entry by entry",
    about="Every inner output passes the change of $x_j$ on, and the outer function adds them up.",
    background=backpropagation,
)

chain = Derivation(
    "chain-rule",
    D(g, x),
    Step(D(g, inner) @ D(inner, x), by=chain_entries.because),
    title="Chain rule for vectors",
    about="Jacobians multiply, the outer to the left: a row belongs to an output.",
    background=backpropagation,
)

chain_denominator = Derivation(
    "chain-rule-denominator",
    D(g, x, "denominator"),
    Step(D(inner, x, "denominator") @ D(g, inner, "denominator"), by=chain_entries.because),
    title="Chain rule for vectors, denominator layout",
    about="The same sum with the order turned around: a row belongs to a variable.",
    background=backpropagation,
)

squared_norm_entries = Derivation(
    "squared-norm-gradient-entries",
    D(Sum(i, x[i] ** 2), x[j]),
    Step(Sum(i, D(x[i] ** 2, x[j])), by=sum_rule),
    Step(Sum(i, 2 * x[i] * delta(i, j)), by=power_rule),
    Step(2 * x[j], by=contract),
    title="Gradient of a sum of squares, entry by entry",
    about="Of the sum only one term holds $x_j$.",
)

squared_norm_gradient = Derivation(
    "squared-norm-gradient",
    D(norm_squared(x), x),
    Step(2 * x.T, by=squared_norm_entries.because),
    title="Gradient of the squared norm",
    about="In numerator layout a row.",
)

squared_norm_gradient_denominator = Derivation(
    "squared-norm-gradient-denominator",
    D(norm_squared(x), x, "denominator"),
    Step(2 * x, by=squared_norm_entries.because),
    title="Gradient of the squared norm, denominator layout",
    about="In denominator layout a column, as $x$ is.",
)

trace_of_product = Derivation(
    "trace-of-product",
    trace(A @ B),
    Step(Sum(a, Sum(k, A[a, k] * B[k, a])), by=trace_rule),
    Step(Sum(k, Sum(a, B[k, a] * A[a, k])), by=algebra, because="a finite sum may be taken in any order"),
    Step(trace(B @ A), by=trace_rule),
    title="Trace of a product",
    about="Two matrices may change places under the trace, even where their products differ in size.",
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
