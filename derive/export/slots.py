"""The formulas of the general module: which line of which derivation is computed where, in which variables.

The template of the module is an algorithm with slots; this table says what
stands in them.  A slot names a derivation of the catalog, one of its lines or
a part of that, and for the parts of the formula that are computed already the
Python variables that hold them; the text is then written by `elementwise`.

In the catalog z are the logits.  In the code they are that, or what a shift by
any number for each row has made of them, divided by the temperature: that
nothing but the shift of the logarithm sees it is softmax-shift-by-maximum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from .slot import Slot


def entries_of(names: Sequence[str]) -> tuple[str, ...]:
    """The derivations behind slots, each once."""
    return tuple(dict.fromkeys(SLOTS[name].entry for name in names))


SHIFT = "softmax-shift-by-maximum"
TEMPERATURE = "temperature-log-softmax"
TEMPERED = "temperature-cross-entropy-gradient"
WEIGHTED_SUM = "smoothed-weighted-labels-sum"
INVERSE = "log(1 + r[j]/exp(z[j]))"

EXPONENTIALS: Mapping[str, Slot] = {
    "difference": Slot(SHIFT, "claim", {"z[i]": "x", "m": "m"}, part="z[i] - m"),
    "difference_in_place": Slot(SHIFT, "claim", {"z[i]": "d", "m": "m"}, part="z[i] - m", into="d"),
    "label_difference": Slot(SHIFT, "claim", {"z[i]": "d_j", "m": "part.shift"}, part="z[i] - m"),
    "heated": Slot(TEMPERATURE, "result", {"z[i]": "d", "tau": "tau"}, part="z[i]/tau"),
    "heated_in_place": Slot(TEMPERATURE, "result", {"z[i]": "d", "tau": "tau"}, part="z[i]/tau", into="d"),
    "heated_label": Slot(TEMPERATURE, "result", {"z[i]": "d_j", "tau": "tau"}, part="z[i]/tau"),
    "lifted": Slot(SHIFT, "claim", {"z[i]": "x", "m": "c"}, part="z[i] - m", into="d"),
    "lifted_one": Slot(SHIFT, "claim", {"z[i]": "x_j", "m": "c"}, part="z[i] - m"),
    "lifted_error": Slot("rewrite-two-sum", 3, {"d": "d", "x": "x", "m": "c"}, into="error"),
    "back": Slot("rewrite-two-sum", 1, {"d": "d", "x": "x"}, part="d - x"),
    "two_sum": Slot(
        "rewrite-two-sum",
        "claim",
        {"d": "d", "b": "back", "x": "x", "m": "m"},
        into="error",
        scratch=("back",),
    ),
    "split_high": Slot("rewrite-split", 2, {"d": "split", "a": "value"}, part="d - (d - a)"),
    "split_low": Slot("rewrite-split", 2, {"h": "high", "a": "value"}, part="a - h"),
    "product_error": Slot(
        "rewrite-product-of-parts",
        "claim",
        {"p": "d", "a_h": "high", "a_l": "low", "b_h": "high_tau", "b_l": "low_tau"},
    ),
    "quotient_error": Slot("rewrite-quotient-feedback", "claim", {"p": "remainder", "w": "error", "tau": "tau"}),
    "feedback": Slot("rewrite-shift-feedback-exact", "claim", {"exp(x - m)": "d", "w": "error"}, into="error"),
    "correction": Slot(
        "rewrite-shift-feedback-exact",
        "claim",
        {"exp(x - m)": "d", "w": "error"},
        part="w*exp(x - m)",
        into="error",
    ),
    "corrected": Slot(
        "rewrite-shift-feedback-exact",
        "claim",
        {"exp(x - m)": "d", "w*exp(x - m)": "error"},
        into="d",
    ),
    "total": Slot("rewrite-rest", "claim", {"exp(z[j])": "e_j", "r[j]": "rest"}),
}
"""Exponentials of shifted logits, and the rounding errors fed back."""

PROBABILITIES: Mapping[str, Slot] = {
    "softmax_reciprocal": Slot(
        "rewrite-softmax-reciprocal",
        "claim",
        {"exp(z[i])": "e", "1/S": "_beside(1 / divisor)"},
        into="out",
    ),
    "softmax": Slot(
        "rewrite-softmax",
        3,
        {"exp(z[i])": "e", "S": "divisor.astype(e.dtype)[:, None]"},
        into="out",
    ),
    "softmax_small": Slot("rewrite-softmax", 3, {"exp(z[i])": "e", "S": "total"}, into="y"),
    "softmax_wide": Slot("rewrite-softmax", 3, {"exp(z[i])": "e", "S": "part.total[:, None]"}, into="e"),
    "softmax_one": Slot("rewrite-softmax", 3, {"exp(z[i])": "part.e_j", "S": "part.total"}),
    "complement_part": Slot("rewrite-complement", "result", {"r[i]": "part.rest", "S": "part.total"}),
    "lacking": Slot("rewrite-complement", "claim", {"y[i]": "y"}),
    "log_inverse": Slot("rewrite-loss-label", "result", {"r[c]": "rest", "exp(z[c])": "e_j"}),
    "rest_apart": Slot("rewrite-rest-apart", "claim", {"(1 - delta(j, i))*exp(z[i])": "large", "u[i, j]": "small"}),
    "rest_error": Slot("rewrite-fast-two-sum", "claim", {"b": "small", "d": "rest", "a": "large"}),
    "log_inverse_fed": Slot(
        "rewrite-log-inverse-feedback",
        "claim",
        {"log(1 + r[j]/exp(z[j]))": "inverse", "w": "error", "S": "total"},
    ),
    "log_inverse_far": Slot("rewrite-loss-label", 3, {"S": "total", "z[c]": "d_j"}),
    "log_difference": Slot(SHIFT, "claim", {"z[i]": "xs", "m": "m[:, None]"}, part="z[i] - m", into="d"),
    "log_softmax": Slot(
        "rewrite-log-softmax",
        "claim",
        {"z[i] - z[j]": "d", "log(1 + rho[j])": "least.astype(d.dtype, copy=False)[:, None]"},
        into="d",
    ),
    "log_softmax_small": Slot(
        "rewrite-log-softmax",
        "claim",
        {"z[i]": "x", "z[j]": "m", "log(1 + rho[j])": "least"},
        into="log_y",
    ),
    "logsumexp": Slot("rewrite-logsumexp-largest", "claim", {"z[j]": "m", INVERSE: "inverse"}),
    "jacobian": Slot(
        "softmax-jacobian",
        "result",
        {"y[i]": "y[:, :, None]", "delta(i, j) - y[j]": "lacking[:, None, :]"},
        into="jacobian[a:b]",
    ),
    "jacobian_diagonal": Slot("softmax-jacobian-diagonal", "result", {"y[i]": "y", "1 - y[i]": "others"}),
    "centred": Slot("rewrite-jvp-centred", "claim", {"v[k]": "w", "a": "pivot[:, None]"}, part="v[k] - a"),
    "jvp_term": Slot("softmax-jvp", "result", {"y[j]": "y", "v[j]": "w"}, part="y[j]*v[j]"),
    "jvp_left": Slot(
        "softmax-jvp",
        "result",
        {"v[i]": "w", "Sum(j, y[j]*v[j])": "dot[:, None]"},
        part="v[i] - Sum(j, y[j]*v[j])",
    ),
    "jvp": Slot("softmax-jvp", "result", {"y[i]": "y", "v[i] - Sum(j, y[j]*v[j])": "w"}),
}
"""Softmax, its logarithm and its Jacobian."""

CROSS_ENTROPY: Mapping[str, Slot] = {
    "weighted_loss": Slot(
        "weighted-cross-entropy-one-hot",
        "result",
        {"w[c]": "p.row_weights[a:b]", "log(S) - z[c]": "loss"},
    ),
    "divisor": Slot("rewrite-gradient-divided", "claim", {"S": "part.total", "B": "scale"}, part="S*B"),
    "small_divisor": Slot("rewrite-gradient-divided", "claim", {"S": "total", "B": "p.count"}, part="S*B"),
    "row_factor": Slot(
        "rewrite-gradient-weighted",
        "claim",
        {"A": "p.row_weights[a:b]", "S*B": "divisor"},
        part="A/(S*B)",
    ),
    "weighted_gradient": Slot(
        "rewrite-gradient-weighted",
        "claim",
        {"exp(z[i])": "e", "A/(S*B)": "factor.astype(e.dtype)[:, None]"},
        into="gradient",
    ),
    "gradient_label": Slot("rewrite-gradient-label", "result", {"r[c]": "rest", "S": "divisor"}, from_zero=True),
    "below_largest": Slot(
        "rewrite-loss-any-labels",
        "claim",
        {"z[j]": "m[:, None]", "z[k]": "xs"},
        part="z[j] - z[k]",
    ),
    "label_term": Slot(
        "rewrite-loss-any-labels",
        "claim",
        {"t[k]": "t", "z[j] - z[k]": "d"},
        part="t[k]*(z[j] - z[k])",
        into="d",
    ),
    "loss": Slot(
        "rewrite-loss-any-labels",
        "claim",
        {"Sum(k, t[k])": "mass", INVERSE: "inverse", "Sum(k, t[k]*(z[j] - z[k]))": "far"},
    ),
    "smoothed_loss": Slot(
        "rewrite-loss-smoothed",
        "claim",
        {
            INVERSE: "inverse",
            "1 - epsilon": "keep",
            "z[j] - z[c]": "missed",
            "epsilon/K": "share",
            "Sum(k, z[j] - z[k])": "below",
        },
    ),
    "mass_divisor": Slot("rewrite-gradient-any-labels", "claim", {"S": "part.total", "A": "mass"}, part="S/A"),
    "gradient": Slot(
        "rewrite-gradient-any-labels",
        "claim",
        {"exp(z[i])": "e", "S/A": "divisor[:, None]", "A*t[i]": "t"},
        into="e",
    ),
    "gradient_rests": Slot(
        "rewrite-gradient-rests-any-labels",
        "result",
        {"Sum(k, (1 - delta(i, k))*t[k])": "others", "(r[i]/S)*Sum(k, t[k])": "rest"},
    ),
    "gradient_plain": Slot(
        "rewrite-gradient-rests-any-labels",
        "claim",
        {"y[i]*Sum(k, t[k])": "y_j", "t[i]": "t_j"},
    ),
    "scaled_gradient": Slot(TEMPERED, "result", {"q[i] - t[i]": "e", "tau": "scale"}, into="e"),
    "hvp_factor": Slot(
        "rewrite-hvp-factor",
        "result",
        {"A": "mass", "B": "p.scale", "tau": "p.tau"},
        part="A/(B*tau*tau)",
    ),
    "mean": Slot("rewrite-mean", "result", {"Sum(n, ell[n])": "total", "N": "p.count"}),
    "binary_mean": Slot("rewrite-mean", "result", {"Sum(n, ell[n])": "total", "N": "np.float64(losses.size)"}),
}
"""The loss and its gradient."""

SMOOTHED = "smoothed-labels-sum"
SMOOTHED_COMPLEMENT = "rewrite-smoothed-complement"

LABELS: Mapping[str, Slot] = {
    "keep": Slot(SMOOTHED, 1, {"epsilon": "p.smoothing"}, part="1 - epsilon"),
    "share": Slot(SMOOTHED, 1, {"epsilon": "p.smoothing", "K": "classes"}, part="epsilon/K"),
    "smoothed": Slot(
        SMOOTHED,
        1,
        {"1 - epsilon": "keep", "t[k]": "t", "epsilon/K": "share"},
        part="(1 - epsilon)*t[k] + epsilon/K",
    ),
    "smoothed_one": Slot(
        SMOOTHED,
        1,
        {"(1 - epsilon)*t[k]": "keep", "epsilon/K": "share"},
        part="(1 - epsilon)*t[k] + epsilon/K",
    ),
    "label_complement": Slot(SMOOTHED_COMPLEMENT, "result", {"t[j]": "t[row, j]"}, part="1 - t[j]"),
    "smoothed_complement": Slot(
        SMOOTHED_COMPLEMENT,
        "result",
        {"1 - epsilon": "keep", "t[j]": "t[row, j]", "epsilon/K": "share", "K": "classes"},
    ),
    "smoothed_hit_complement": Slot(
        SMOOTHED_COMPLEMENT,
        "result",
        {"1 - epsilon": "keep", "t[j]": "hit", "epsilon/K": "share", "K": "classes"},
    ),
    "spread": Slot(
        "rewrite-smoothed-weighted-rest",
        "result",
        {"w[k]": "p.weights", "epsilon/K": "share"},
        part="w[k]*(epsilon/K)",
    ),
    "kept": Slot(
        WEIGHTED_SUM,
        "result",
        {"1 - epsilon": "keep", "Sum(k, w[k]*t[k])": "p.row_weights[a:b]"},
        part="(1 - epsilon)*Sum(k, w[k]*t[k])",
    ),
    "weighted_mass": Slot(
        WEIGHTED_SUM,
        "result",
        {"(1 - epsilon)*Sum(k, w[k]*t[k])": "kept", "(epsilon/K)*Sum(k, w[k])": "spread.sum()"},
    ),
    "weighted_others": Slot(
        "rewrite-smoothed-weighted-rest",
        "result",
        {
            "(1 - epsilon)*Sum(k, (1 - delta(j, k))*(w[k]*t[k]))": "kept * (1 - hit)",
            "Sum(k, (1 - delta(j, k))*(w[k]*(epsilon/K)))": "_sums_of_others(spread)[j]",
        },
    ),
    "label_mass": Slot(
        WEIGHTED_SUM,
        "result",
        {
            "epsilon": "p.smoothing",
            "K": "p.weights.size",
            "Sum(k, w[k]*t[k])": "p.row_weights",
            "Sum(k, w[k])": "p.weights.sum()",
        },
    ),
}
"""Labels with weights and smoothing, their sums, and their sums without one class."""

ONE_LOGIT: Mapping[str, Slot] = {
    "sigmoid": Slot("rewrite-sigmoid", "result", {"exp(x)": "y", "1 + exp(x)": "total"}, into="y"),
    "slope": Slot("rewrite-sigmoid-slope", "result", {"exp(-x)": "e"}, into="out"),
    "softplus": Slot("rewrite-softplus", "result", {"x": "above", "exp(-x)": "out"}, into="out"),
    "log_sigmoid": Slot("rewrite-log-sigmoid", "result", {"x": "below", "exp(x)": "out"}, into="out"),
    "unlikely": Slot("rewrite-logistic-loss", "result", {"t": "t"}, part="1 - t"),
    "binary_loss": Slot(
        "rewrite-logistic-loss",
        "result",
        {"1 - t": "unlikely", "x": "np.abs(x)", "exp(-x)": "e"},
    ),
    "likely_loss": Slot("rewrite-logistic-loss", "result", {"exp(-x)": "e"}, part="log(1 + exp(-x))"),
    "sigmoid_complement": Slot("rewrite-sigmoid-complement", "result", {"exp(-x)": "e"}),
    "binary_right": Slot(
        "rewrite-logistic-gradient",
        "result",
        {"1 - t": "unlikely", "exp(-x)/(1 + exp(-x))": "q"},
    ),
    "binary_left": Slot("rewrite-logistic-gradient-left", "result", {"exp(x)/(1 + exp(x))": "q", "t": "unlikely"}),
}
"""Functions of one logit, with e = exp(-|x|)."""

TABLE = "rewrite-exp-table"
UNITS = "rewrite-units"
SQUARE = "rewrite-half-square-of-parts"
SCALED = "rewrite-scaled-parts"
FAST = "rewrite-fast-two-sum"

PAIRS: Mapping[str, Slot] = {
    "exp_rest": Slot(TABLE, "claim", {"x": "d", "n": "n", "h": "table.high"}, part="x - n*h", into="rest"),
    "exp_moved": Slot(
        TABLE,
        "claim",
        {"n": "n", "m": "table.middle", "delta_h": "seen"},
        part="n*m + delta_h",
        into="s",
    ),
    "exp_low": Slot(
        TABLE,
        "claim",
        {"n": "n", "l": "table.low", "delta_l": "seen"},
        part="n*l + delta_l",
        into="w",
    ),
    "exp_left": Slot(
        TABLE,
        "claim",
        {"x - n*h": "rest", "n*m + delta_h": "s"},
        part="x - n*h - (n*m + delta_h)",
        into="h",
    ),
    "exp_coarse": Slot(UNITS, 1, {"a - b": "h", "c": "COARSE"}, part="a - b + c - c", into="h"),
    "exp_small": Slot(UNITS, "claim", {"a": "rest", "h": "h", "b": "s"}, part="a - h - b", into="small"),
    "error_units": Slot(UNITS, 1, {"a - b": "error", "c": "FINEST"}, part="a - b + c - c", into="n"),
    "error_rest": Slot(UNITS, "claim", {"a": "error", "h": "n"}, part="a - h", into="seen"),
    "exp_fine": Slot(UNITS, 1, {"a - b": "g", "c": "FINE"}, part="a - b + c - c", into="g"),
    "half_square": Slot(SQUARE, "claim", {"r": "h"}, part="fraction(1, 2)*r*r", into="seen"),
    "half_square_rest": Slot(
        SQUARE,
        "claim",
        {"r": "h", "s": "s", "r + s": "rest"},
        part="s*(fraction(1, 2)*(r + (r + s)))",
        into="n",
    ),
    "scaled_high": Slot(SCALED, "claim", {"p": "p", "r": "h"}, part="p*r", into="h"),
    "scaled_middle": Slot(SCALED, "claim", {"p": "p", "g": "g"}, part="p*g", into="g"),
    "scaled_low": Slot(SCALED, "claim", {"p": "p", "q": "seen"}, part="p*q", into="seen"),
    "first_error": Slot(FAST, "claim", {"b": "h", "d": "n", "a": "p"}, into="s"),
    "second_error": Slot(FAST, "claim", {"b": "g", "d": "small", "a": "n"}, into="w"),
    "first_units": Slot(UNITS, 1, {"a - b": "a.high", "c": "unit"}, part="a - b + c - c"),
    "first_rest": Slot(UNITS, "claim", {"a": "a.high", "h": "first"}, part="a - h"),
    "second_units": Slot(UNITS, 1, {"a - b": "rest", "c": "unit"}, part="a - b + c - c"),
    "second_rest": Slot(UNITS, "claim", {"a": "rest", "h": "second"}, part="a - h"),
    "product_low": Slot(
        "rewrite-product-of-pairs",
        "claim",
        {
            "a": "a.high",
            "b": "a.low",
            "c": "b.high",
            "d": "b.low",
            "p - a*c": "_product_error(high, a.high, b.high)",
        },
        part="a*d + b*c - (p - a*c)",
    ),
    "pair_difference": Slot(
        "rewrite-difference-of-pairs",
        "claim",
        {"a": "a.high", "b": "a.low", "c": "b.high", "d": "b.low"},
    ),
    "exact_keep": Slot("smoothed-labels-sum", 1, {"epsilon": "epsilon"}, part="1 - epsilon"),
    "exact_share": Slot("smoothed-labels-sum", 1, {"epsilon": "epsilon", "K": "classes"}, part="epsilon/K"),
    "exact_lacking": Slot(
        "rewrite-numerator-rest",
        "claim",
        {"A": "mass.high", "t[j]": "t_j.high"},
        part="A - t[j]",
    ),
    "gradient_again": Slot(
        "rewrite-gradient-over-sum",
        "result",
        {"A*exp(z[i]) - t[i]*S": "top", "S": "total.high"},
    ),
    "exact_centred": Slot("rewrite-jvp-centred", "claim", {"v[k]": "v", "a": "pivot"}, part="v[k] - a"),
    "product_again": Slot(
        "rewrite-jvp-over-sum",
        "result",
        {"exp(z[i])": "(e.high + e.low)", "S": "total.high", "v[i]*S - Sum(k, exp(z[k])*v[k])": "top"},
    ),
    "logsumexp_again": Slot("rewrite-logsumexp-near-one", "result", {"S - 1": "above"}),
    "binary_again": Slot(
        "rewrite-logistic-gradient-over-sum",
        "result",
        {"1 - t - exp(-x) + (1 - t)*exp(-x)": "top", "exp(-x)": "(e.high + e.low)", "1": "one"},
    ),
}
"""Numbers as pairs."""

INTEGERS: Mapping[str, Slot] = {
    "exp_doubled": Slot("rewrite-exp-of-half", "claim", {"exp(x/2)": "e"}),
    "top_in_units": Slot(
        "rewrite-gradient-over-sum",
        "result",
        {"A": "A", "exp(z[i])": "e", "t[i]": "t", "S": "total"},
        part="A*exp(z[i]) - t[i]*S",
    ),
    "squared_root": Slot("rewrite-exp-of-half", "claim", {"exp(x/2)": "root"}),
    "gradient_in_units": Slot(
        "rewrite-gradient-over-sum",
        "result",
        {"A*exp(z[i]) - t[i]*S": "top", "S": "total"},
    ),
    "product_top_in_units": Slot(
        "rewrite-jvp-over-sum",
        "result",
        {"v[i]": "w_i", "S": "total", "Sum(k, exp(z[k])*v[k])": "dot"},
        part="v[i]*S - Sum(k, exp(z[k])*v[k])",
    ),
    "product_in_units": Slot(
        "rewrite-jvp-over-sum",
        "result",
        {"exp(z[i])": "e", "S": "total", "v[i]*S - Sum(k, exp(z[k])*v[k])": "top"},
    ),
    "logsumexp_in_units": Slot("rewrite-logsumexp-near-one", "result", {"S - 1": "above / row.one"}),
}
"""Numbers as integers of many bits."""

FEW: Mapping[str, Slot] = {
    "few_difference": Slot(SHIFT, "claim", {"z[i]": "z", "m": "m"}, part="z[i] - m"),
    "few_back": Slot("rewrite-two-sum", 1, {"d": "d", "x": "z"}, part="d - x"),
    "few_error": Slot("rewrite-two-sum", "claim", {"d": "d", "b": "back", "x": "z", "m": "m"}),
    "few_corrected": Slot("rewrite-shift-feedback-exact", "claim", {"exp(x - m)": "e", "w": "error"}),
    "few_least": Slot("rewrite-log-softmax", "claim", {"rho[j]": "rho"}, part="log(1 + rho[j])"),
    "few_log_softmax": Slot(
        "rewrite-log-softmax",
        "claim",
        {"z[i]": "z", "z[j]": "m", "log(1 + rho[j])": "least"},
    ),
    "few_sigmoid": Slot("rewrite-sigmoid", "result", {"exp(x)": "e"}),
}
"""Few numbers, as floats of Python."""

SLOTS: Mapping[str, Slot] = MappingProxyType(
    {**EXPONENTIALS, **PROBABILITIES, **CROSS_ENTROPY, **LABELS, **ONE_LOGIT, **PAIRS, **INTEGERS, **FEW}
)
"""Every slot of the module's template."""
