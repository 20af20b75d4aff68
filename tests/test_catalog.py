"""What the catalog promises: every name, every line, every verdict; and how a person's own file is read."""

import pickle
import re
import threading
from pathlib import Path

import pytest

import derive.catalog
import derive.catalog.batch
import derive.catalog.softmax
from derive.catalog import CatalogError, entries, load
from derive.derivation import Derivation, Entry, Overflow, Pitfall
from derive.formula import notation
from derive.formula.latex import latex, latex_hypothesis
from derive.formula.scope import meanings
from derive.formula.tree import Formula, written
from derive.proof import prove

CATALOG = entries()
DERIVATIONS = [entry for entry in CATALOG.values() if isinstance(entry, Derivation)]
PITFALLS = [entry for entry in CATALOG.values() if isinstance(entry, Pitfall)]
SIZES = (1, 2, 3, 4)
NO_INSTANCE = ("softmax-jacobian-off-diagonal", 1)
"""No two classes differ where there is one: nothing is proved, and nothing refuted."""

PROMISED = """
    sigmoid-derivative sigmoid-symmetry sigmoid-tanh sigmoid-second-derivative softplus-derivative
    log-sigmoid-derivative
    softmax-sum softmax-shift softmax-scale softmax-two-classes softmax-two-classes-sigmoid
    softmax-jacobian-diagonal softmax-jacobian-off-diagonal softmax-jacobian softmax-jacobian-cases
    softmax-jacobian-matrix softmax-jacobian-row softmax-jacobian-symmetry softmax-jacobian-row-sums
    softmax-jacobian-column-sums logsumexp-gradient log-softmax-gradient
    cross-entropy-gradient cross-entropy-one-hot softmax-cross-entropy-gradient
    softmax-cross-entropy-gradient-general softmax-cross-entropy-gradient-one-hot
    cross-entropy-hessian cross-entropy-hessian-row-sums
    logistic-loss-cases logistic-loss-gradient-probability logistic-loss-gradient logistic-loss-softplus
    logistic-loss-two-classes
    batch-mean-gradient linear-layer-weight-gradient linear-layer-bias-gradient
    product-rule-vector product-rule-vector-denominator elementwise-jacobian exp-jacobian sum-exp-gradient
    softmax-jacobian-from-vectors
    softmax-jacobian-trace cross-entropy-hvp-vector cross-entropy-hessian-quadratic-form
    cross-entropy-hessian-quadratic-form-vector linear-layer-input-gradient-entries product-rule-hadamard
    product-rule-hadamard-denominator layer-jacobian layer-jacobian-denominator squared-norm-gradient trace-of-product
    brier-score-gradient brier-score-gradient-entries least-squares-gradient least-squares-gradient-denominator
    softmax-of-numbers log-loss-of-numbers log-loss-of-numbers-second-class softmax-uniform
    pitfall-chain-rule-without-sum pitfall-summed-gradient pitfall-shift-by-maximum
    pitfall-jacobian-last-row-sign pitfall-per-class-logistic pitfall-labels-not-normalised
    weighted-cross-entropy-logits weighted-cross-entropy-one-hot weighted-cross-entropy-gradient
    weighted-cross-entropy-gradient-one-hot weighted-cross-entropy-hessian-entries weighted-cross-entropy-hvp
    weighted-logistic-loss-gradient weighted-rows-gradient-entries weighted-rows-gradient
    weighted-mean-gradient-entries weighted-rows-layer-weight-gradient weighted-rows-layer-bias-gradient
    class-weighted-mean-gradient-entries ignored-row-share ignored-row-gradient smoothed-labels-sum
    smoothed-cross-entropy-mixture smoothed-cross-entropy-logits smoothed-cross-entropy-gradient
    smoothed-cross-entropy-gradient-one-hot smoothed-weighted-cross-entropy-gradient smoothed-weighted-labels-sum
    temperature-jacobian temperature-log-softmax temperature-cross-entropy-logits
    temperature-cross-entropy-gradient temperature-cross-entropy-hessian-entries temperature-cross-entropy-hvp
    rewrite-rest rewrite-rest-scaled rewrite-rest-shift rewrite-complement rewrite-complement-shift
    rewrite-complement-scaled rewrite-softmax rewrite-logsumexp rewrite-loss-label rewrite-log-softmax rewrite-loss
    rewrite-gradient-label rewrite-gradient-soft rewrite-gradient-rests rewrite-jvp-differences rewrite-jvp-centred
    rewrite-jacobian-diagonal rewrite-sigmoid rewrite-sigmoid-complement rewrite-sigmoid-slope
    rewrite-sigmoid-slope-left rewrite-softplus rewrite-log-sigmoid rewrite-logistic-loss rewrite-logistic-gradient
    rewrite-logistic-gradient-left rewrite-two-sum rewrite-two-sum-exact rewrite-shift-feedback rewrite-mean
    rewrite-logsumexp-largest rewrite-softmax-reciprocal rewrite-loss-any-labels rewrite-gradient-divided
    rewrite-gradient-weighted rewrite-gradient-any-labels rewrite-gradient-rests-any-labels rewrite-smoothed-complement
    rewrite-smoothed-weighted-rest rewrite-hvp-factor rewrite-shift-feedback-exact rewrite-split
    rewrite-product-of-parts rewrite-quotient-feedback
""".split()

CLAIMS = {
    "sigmoid-derivative": (r"\frac{d \sigma(x)}{d x}", r"\sigma(x) (1 - \sigma(x))"),
    "sigmoid-symmetry": (r"\sigma(-x)", r"1 - \sigma(x)"),
    "sigmoid-tanh": (r"\tanh(x)", r"2\,\sigma(2\,x) - 1"),
    "sigmoid-second-derivative": (
        r"\frac{d^{2} \sigma(x)}{d x^{2}}",
        r"\sigma(x) (1 - \sigma(x)) (1 - 2\,\sigma(x))",
    ),
    "softplus-derivative": (r"\frac{d \operatorname{softplus}(x)}{d x}", r"\sigma(x)"),
    "softmax-sum": (r"\sum_{i=1}^{K} y_{i}", "1"),
    "softmax-shift": (r"\frac{e^{z_{i} + c}}{\sum_{k=1}^{K} e^{z_{k} + c}}", "y_{i}"),
    "softmax-two-classes": ("y_{1}", r"\sigma(z_{1} - z_{2})"),
    "softmax-jacobian": (r"\frac{\partial y_{i}}{\partial z_{j}}", r"y_{i} (\delta_{i j} - y_{j})"),
    "softmax-jacobian-diagonal": (r"\frac{\partial y_{i}}{\partial z_{i}}", r"y_{i} (1 - y_{i})"),
    "softmax-jacobian-off-diagonal": (r"\frac{\partial y_{i}}{\partial z_{j}}", r"-y_{i}\,y_{j}"),
    "softmax-jacobian-matrix": (r"\frac{\partial y}{\partial z}", r"\operatorname{diag}(y) - y\,y^{\top}"),
    "softmax-jacobian-row": (r"\frac{\partial y_{i}}{\partial z}", r"y_{i} (u - y)^{\top}"),
    "softmax-jacobian-row-sums": (r"\sum_{j=1}^{K} \frac{\partial y_{i}}{\partial z_{j}}", "0"),
    "logsumexp-gradient": (r"\frac{\partial \log S}{\partial z_{j}}", "y_{j}"),
    "log-softmax-gradient": (r"\frac{\partial \log y_{i}}{\partial z_{j}}", r"\delta_{i j} - y_{j}"),
    "cross-entropy-gradient": (r"\frac{\partial L}{\partial y_{j}}", r"-\frac{t_{j}}{y_{j}}"),
    "cross-entropy-one-hot": ("L", r"-\log y_{c}"),
    "softmax-cross-entropy-gradient": (r"\frac{\partial L}{\partial z_{i}}", "y_{i} - t_{i}"),
    "softmax-cross-entropy-gradient-general": (
        r"\frac{\partial L}{\partial z_{i}}",
        r"y_{i}\,\sum_{j=1}^{K} t_{j} - t_{i}",
    ),
    "cross-entropy-hessian": (
        r"\frac{\partial^{2} L}{\partial z\,\partial z^{\top}}",
        r"\operatorname{diag}(y) - y\,y^{\top}",
    ),
    "logistic-loss-gradient-probability": (r"\frac{\partial \ell}{\partial p}", r"\frac{p - t}{p (1 - p)}"),
    "logistic-loss-gradient": (r"\frac{\partial \ell}{\partial x}", r"\sigma(x) - t"),
    "logistic-loss-softplus": (r"\ell", r"\operatorname{softplus}(x) - t\,x"),
    "batch-mean-gradient": (r"\frac{\partial L}{\partial Z}", r"\frac{Y - T}{N}"),
    "linear-layer-weight-gradient": (r"\frac{\partial L}{\partial W}", r"\frac{X^{\top}\,(Y - T)}{N}"),
    "linear-layer-bias-gradient": (r"\frac{\partial L}{\partial b}", r"\frac{(Y - T)^{\top}\,\mathbf{1}}{N}"),
    "product-rule-vector": (
        r"\frac{\partial}{\partial x} (s\,v)",
        r"s\,\frac{\partial v}{\partial x} + v\,\frac{\partial s}{\partial x}",
    ),
    "product-rule-vector-denominator": (
        r"\frac{\partial}{\partial x} (s\,v)",
        r"s\,\frac{\partial v}{\partial x} + \frac{\partial s}{\partial x}\,v^{\top}",
    ),
    "elementwise-jacobian": (r"\frac{\partial f(x)}{\partial x}", r"\operatorname{diag}(f'(x))"),
    "exp-jacobian": (r"\frac{\partial \exp(x)}{\partial x}", r"\operatorname{diag}(\exp(x))"),
    "sum-exp-gradient": (r"\frac{\partial}{\partial x} (\mathbf{1}^{\top}\,\exp(x))", r"\exp(x)^{\top}"),
    "softmax-jacobian-trace": (
        r"\operatorname{tr}(\frac{\partial y}{\partial z})",
        r"1 - \left\lVert y \right\rVert^{2}",
    ),
    "cross-entropy-hvp-vector": (
        r"\frac{\partial^{2} L}{\partial z\,\partial z^{\top}}\,v",
        r"y \odot (v - (y^{\top}\,v)\,\mathbf{1})",
    ),
    "cross-entropy-hessian-quadratic-form": (
        r"\sum_{i=1}^{K} \sum_{j=1}^{K} v_{i}\,\frac{\partial^{2} L}{\partial z_{j}\,\partial z_{i}}\,v_{j}",
        r"\sum_{i=1}^{K} y_{i} (v_{i} - \bar{v})^{2}",
    ),
    "product-rule-hadamard": (
        r"\frac{\partial}{\partial x} (u \odot v)",
        r"\operatorname{diag}(u)\,\frac{\partial v}{\partial x}"
        r" + \operatorname{diag}(v)\,\frac{\partial u}{\partial x}",
    ),
    "layer-jacobian": (r"\frac{\partial f(A\,x)}{\partial x}", r"\operatorname{diag}(f'(A\,x))\,A"),
    "squared-norm-gradient": (
        r"\frac{\partial}{\partial x} \left\lVert x \right\rVert^{2}",
        r"2\,x^{\top}",
    ),
    "trace-of-product": (r"\operatorname{tr}(A\,B)", r"\operatorname{tr}(B\,A)"),
    "least-squares-gradient-denominator": (
        r"\frac{\partial}{\partial w} \left\lVert X\,w - r \right\rVert^{2}",
        r"2\,X^{\top}\,(X\,w - r)",
    ),
    "softmax-of-numbers": ("y", r"(0.457,\; 0.338,\; 0.205)"),
    "log-loss-of-numbers": ("L", "0.7765"),
    "log-loss-of-numbers-second-class": ("L", "1.0788"),
    "softmax-uniform": ("y", r"(\frac{1}{4},\; \frac{1}{4},\; \frac{1}{4},\; \frac{1}{4})"),
    "weighted-cross-entropy-one-hot": ("L_{w}", r"w_{c} (\log S - z_{c})"),
    "weighted-cross-entropy-gradient": (
        r"\frac{\partial L_{w}}{\partial z_{i}}",
        r"y_{i}\,\sum_{k=1}^{K} w_{k}\,t_{k} - w_{i}\,t_{i}",
    ),
    "weighted-cross-entropy-gradient-one-hot": (
        r"\frac{\partial L_{w}}{\partial z_{i}}",
        r"w_{c} (y_{i} - \delta_{i c})",
    ),
    "weighted-cross-entropy-hvp": (
        r"\sum_{j=1}^{K} \frac{\partial^{2} L_{w}}{\partial z_{j}\,\partial z_{i}}\,v_{j}",
        r"A\,y_{i} (v_{i} - \sum_{j=1}^{K} y_{j}\,v_{j})",
    ),
    "weighted-logistic-loss-gradient": (r"\frac{\partial \ell}{\partial x}", r"(a\,t + b (1 - t))\,\sigma(x) - a\,t"),
    "weighted-mean-gradient-entries": (
        r"\frac{\partial L}{\partial Z_{n k}}",
        r"\frac{a_{n} (Y_{n k} - T_{n k})}{\sum_{m=1}^{N} a_{m}}",
    ),
    "weighted-rows-layer-weight-gradient": (
        r"\frac{\partial L}{\partial W}",
        r"X^{\top}\,\operatorname{diag}(a)\,(Y - T)",
    ),
    "weighted-rows-layer-bias-gradient": (r"\frac{\partial L}{\partial b}", r"(Y - T)^{\top}\,a"),
    "class-weighted-mean-gradient-entries": (
        r"\frac{\partial L}{\partial Z_{n k}}",
        r"\frac{a_{n}\,Y_{n k} - w_{k}\,T_{n k}}{B}",
    ),
    "ignored-row-share": (
        r"\frac{\partial L_{r}}{\partial \ell_{n}}",
        r"\frac{(1 - \delta_{n r})\,a_{n}}{\sum_{m=1}^{N} a_{m} - a_{r}}",
    ),
    "ignored-row-gradient": (
        r"\frac{\partial L_{r}}{\partial Z_{n k}}",
        r"\begin{cases} 0 & n = r \\ a_{n} (Y_{n k} - T_{n k}) & n \ne r \end{cases}",
    ),
    "smoothed-labels-sum": (r"\sum_{k=1}^{K} s_{k}", "1"),
    "smoothed-cross-entropy-mixture": (r"L_{\epsilon}", r"(1 - \epsilon)\,L + \epsilon\,U"),
    "smoothed-cross-entropy-logits": (
        r"L_{\epsilon}",
        r"\log S - (1 - \epsilon)\,\sum_{k=1}^{K} t_{k}\,z_{k} - \frac{\epsilon}{K}\,\sum_{k=1}^{K} z_{k}",
    ),
    "smoothed-cross-entropy-gradient": (
        r"\frac{\partial L_{\epsilon}}{\partial z_{i}}",
        r"y_{i} - (1 - \epsilon)\,t_{i} - \frac{\epsilon}{K}",
    ),
    "smoothed-weighted-cross-entropy-gradient": (
        r"\frac{\partial L_{w}}{\partial z_{i}}",
        r"y_{i}\,\sum_{k=1}^{K} w_{k}\,s_{k} - w_{i}\,s_{i}",
    ),
    "temperature-jacobian": (r"\frac{\partial q_{i}}{\partial z_{j}}", r"\frac{q_{i} (\delta_{i j} - q_{j})}{\tau}"),
    "temperature-cross-entropy-gradient": (r"\frac{\partial L_{\tau}}{\partial z_{i}}", r"\frac{q_{i} - t_{i}}{\tau}"),
    "temperature-cross-entropy-hvp": (
        r"\sum_{j=1}^{K} \frac{\partial g_{i}}{\partial z_{j}}\,v_{j}",
        r"\frac{q_{i} (v_{i} - \sum_{j=1}^{K} q_{j}\,v_{j})}{\tau^{2}}",
    ),
    "rewrite-rest": ("e^{z_{j}} + r_{j}", "S"),
    "rewrite-complement": ("1 - y_{i}", r"\frac{r_{i}}{S}"),
    "rewrite-logsumexp": (r"\log S - z_{j}", r"\log(1 + \frac{r_{j}}{e^{z_{j}}})"),
    "rewrite-loss-label": ("L", r"\log(1 + \frac{r_{c}}{e^{z_{c}}})"),
    "rewrite-log-softmax": (r"z_{i} - z_{j} - \log(1 + \rho_{j})", r"\log y_{i}"),
    "rewrite-gradient-label": (r"\frac{\partial L}{\partial z_{c}}", r"-\frac{r_{c}}{S}"),
    "rewrite-gradient-rests": ("y_{i} - t_{i}", r"\sum_{k=1}^{K} (1 - \delta_{i k})\,t_{k} - \frac{r_{i}}{S}"),
    "rewrite-jvp-centred": (
        r"y_{i} (v_{i} - a - \sum_{k=1}^{K} y_{k} (v_{k} - a))",
        r"y_{i} (v_{i} - \sum_{k=1}^{K} y_{k}\,v_{k})",
    ),
    "rewrite-jacobian-diagonal": (r"\frac{\partial y_{i}}{\partial z_{i}}", r"\frac{e^{z_{i}}\,r_{i}}{S^{2}}"),
    "rewrite-sigmoid-slope": (r"\frac{d \sigma(x)}{d x}", r"\frac{e^{-x}}{(1 + e^{-x})^{2}}"),
    "rewrite-softplus": (r"\operatorname{softplus}(x)", r"x + \log(1 + e^{-x})"),
    "rewrite-logistic-loss": (r"\ell", r"(1 - t)\,x + \log(1 + e^{-x})"),
    "rewrite-logistic-gradient": (r"\frac{\partial \ell}{\partial x}", r"1 - t - \frac{e^{-x}}{1 + e^{-x}}"),
    "rewrite-two-sum": ("x - (d - b) - (m + b)", "x - m - d"),
    "rewrite-two-sum-exact": ("x - (d - b) - (m + b)", "0"),
    "rewrite-shift-feedback": (r"e^{d}\,e^{x - m - d}", "e^{x - m}"),
    "rewrite-mean": ("L", r"\frac{\sum_{n=1}^{N} \ell_{n}}{N}"),
}


def named(value: object) -> str:
    return value.name if isinstance(value, Derivation | Pitfall) else str(value)


def plain(formula: Formula) -> str:
    """LaTeX with brackets of one size."""
    return latex(formula).replace(r"\left(", "(").replace(r"\right)", ")")


def test_every_promised_name_is_there() -> None:
    assert set(PROMISED) <= CATALOG.keys()


def test_names_are_written_alike() -> None:
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in CATALOG)
    assert all(entry.name == name for name, entry in CATALOG.items())


def test_the_order_is_fixed() -> None:
    names = list(CATALOG)
    assert names == list(entries())
    assert names[0] == "sigmoid-derivative" and names[-1].startswith("pitfall-")
    assert names.index("softmax-jacobian") < names.index("softmax-cross-entropy-gradient")


def test_entries_are_found_by_their_python_name() -> None:
    assert derive.catalog.softmax.jacobian is CATALOG["softmax-jacobian"]


@pytest.mark.parametrize("name", CLAIMS)
def test_the_name_says_what_is_shown(name: str) -> None:
    entry = CATALOG[name]
    assert isinstance(entry, Derivation)
    assert (plain(entry.claim), plain(entry.result)) == CLAIMS[name]


def test_the_sigmoid_goes_through_every_line() -> None:
    entry = CATALOG["sigmoid-derivative"]
    assert isinstance(entry, Derivation)
    assert [plain(line) for line in entry.lines] == [
        r"\frac{d \sigma(x)}{d x}",
        r"(\frac{d}{d u} (\frac{1}{u}))\,\frac{d u}{d x}",
        r"-\frac{1}{u^{2}}\,\frac{d u}{d x}",
        r"-\frac{1}{u^{2}} (-e^{-x})",
        r"\frac{e^{-x}}{(1 + e^{-x})^{2}}",
        r"\frac{1 + e^{-x} - 1}{(1 + e^{-x})^{2}}",
        r"\frac{1 + e^{-x}}{(1 + e^{-x})^{2}} - \frac{1}{(1 + e^{-x})^{2}}",
        r"\frac{\cancel{1 + e^{-x}}}{(1 + e^{-x})^{\cancel{2}}} - \frac{1}{(1 + e^{-x})^{2}}",
        r"\frac{1}{1 + e^{-x}} - \frac{1}{(1 + e^{-x})^{2}}",
        r"\sigma(x) - \sigma(x)^{2}",
        r"\sigma(x) (1 - \sigma(x))",
    ]


@pytest.mark.no_cover  # a campaign, as are those below: what runs is covered by the tests of each module
@pytest.mark.parametrize(("name", "K"), [(d.name, K) for d in DERIVATIONS for K in SIZES if (d.name, K) != NO_INSTANCE])
def test_proved_without_a_condition(name: str, K: int) -> None:
    proof = prove(CATALOG[name], K)
    assert proof.verdict == "proved", [str(step.verdict) for step in proof.steps if step.verdict.name != "proved"]
    assert proof.steps and not proof.conditions


@pytest.mark.no_cover
@pytest.mark.parametrize("K", SIZES)
@pytest.mark.parametrize("entry", PITFALLS, ids=named)
def test_pitfalls_fail_as_expected(entry: Pitfall, K: int) -> None:
    proof = prove(entry, K)
    assert proof.verdict == entry.expected
    assert proof.refusal if entry.expected == "ill-formed" else proof.counterexample is not None


def test_no_class_differs_from_the_only_one() -> None:
    name, K = NO_INSTANCE
    assert prove(CATALOG[name], K).verdict == "unknown"


def test_the_right_derivation_stands_beside_a_pitfall() -> None:
    for entry in CATALOG.values():
        if isinstance(entry, Pitfall | Overflow):
            assert isinstance(CATALOG[entry.instead], Derivation)


def test_batch_entries_have_three_sizes() -> None:
    found = [size.name for size in derive.catalog.batch.weight.free_sizes]
    assert found == ["F", "K", "N"]
    proof = prove(derive.catalog.batch.weight, K=3, sizes={"N": 2, "F": 4})
    assert proof.verdict == "proved" and {size.name: number for size, number in proof.sizes} == {"N": 2, "K": 3, "F": 4}


@pytest.mark.no_cover
@pytest.mark.parametrize("entry", DERIVATIONS, ids=named)
def test_every_line_prints_as_latex(entry: Derivation) -> None:
    printed = [latex(line) for line in entry.lines] + [latex_hypothesis(h) for h in entry.assuming]
    for text in printed:
        assert text.count("{") == text.count("}") and text.count(r"\left") == text.count(r"\right")
        assert "*" not in text and "None" not in text


@pytest.mark.no_cover
@pytest.mark.parametrize("entry", DERIVATIONS, ids=named)
def test_no_line_is_written_twice(entry: Derivation) -> None:
    assert all(before != step.line for before, step in entry.pairs())
    assert all(latex(before) != latex(step.line) for before, step in entry.pairs())


@pytest.mark.no_cover
@pytest.mark.parametrize("entry", DERIVATIONS, ids=named)
def test_repr_is_the_source(entry: Derivation) -> None:
    words = {name: getattr(notation, name) for name in notation.__all__}
    for line in entry.lines:
        again = eval(repr(line), words | meanings(line))
        assert (written(again) if isinstance(again, int) else again) == line


@pytest.mark.parametrize("entry", CATALOG.values(), ids=list(CATALOG))
def test_pickling_keeps_the_form(entry: Entry) -> None:
    assert pickle.loads(pickle.dumps(entry)) == entry


@pytest.mark.parametrize("entry", CATALOG.values(), ids=list(CATALOG))
def test_every_entry_is_told(entry: Entry) -> None:
    prose = [entry.title]
    match entry:
        case Derivation(about=about, steps=steps):
            prose += [about, *(step.because for step in steps)]
            assert entry.title != entry.name and about.endswith(".")
        case Pitfall(lesson=lesson) | Overflow(lesson=lesson):
            prose.append(lesson)
            assert lesson.endswith(".")
    assert entry.title[0].isupper() and not entry.title.endswith(".")
    assert all(text.count("$") % 2 == 0 for text in prose)


def test_titles_are_told_apart() -> None:
    titles = [entry.title for entry in CATALOG.values()]
    assert len(set(titles)) == len(titles)


OWN = """
from derive.catalog.softmax import jacobian, y, z, i, j
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import algebra

twice = Derivation("twice", 2 * D(y[i], z[j]), Step(2 * y[i] * (delta(i, j) - y[j]), by=jacobian.because))
also = twice
"""


def test_a_persons_own_file(tmp_path: Path) -> None:
    file = tmp_path / "my_derivations.py"
    file.write_text(OWN)
    found = load(file)
    assert list(found) == ["twice"], "what is imported from the catalog is not the file's own"
    assert prove(found["twice"], K=3).verdict == "proved"
    assert load(str(file)) == found


def test_a_file_is_read_outside_the_main_thread(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(OWN)
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.extend(load(file)))
    thread.start()
    thread.join()
    assert found == ["twice"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\n", r"mine\.py holds no derivation; write one as"),
        ("from derive.catalog.softmax import jacobian\n", r"holds no derivation"),
        ("x = 1 +\n", r"mine\.py, line 1: invalid syntax"),
        ("x = 1\ny = 1 / 0\n", r"mine\.py, line 2: ZeroDivisionError: division by zero"),
        ("import no_such_module\n", r"mine\.py, line 1: ModuleNotFoundError"),
        ("import sys\n\nsys.exit(0)\n", r"mine\.py, line 3: the file ends the program"),
        ("\0", r"mine\.py.*null bytes"),
        (OWN + "x = scalar('x')\nhalf = 1 / 2 * x\n", r"mine\.py, line 10: 0\.5 is rounded already"),
        (OWN + "def f():\n    z[1, 2]\n\nf()\n", r"mine\.py, line 10: z takes 1 indices"),
        (
            OWN + "other = Derivation('twice', y[i], Step(y[i] * 1, by=algebra))\n",
            r"mine\.py: two derivations are named",
        ),
        (
            OWN + "x = scalar('x')\nwhile True:\n    x = define('x', x + 1)\n",
            r"mine\.py, line 11: x is defined by itself",
        ),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "mine.py"
    file.write_text(text)
    with pytest.raises(CatalogError, match=message):
        load(file)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"missing\.py cannot be read: No such file"):
        load(tmp_path / "missing.py")
    with pytest.raises(CatalogError, match="cannot be read"):
        load(tmp_path)


def test_a_file_that_does_not_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mine.py"
    file.write_text("while True:\n    try:\n        pass\n    except Exception:\n        pass\n")
    monkeypatch.setattr(derive.catalog, "SECONDS", 0.2)
    with pytest.raises(CatalogError, match=r"did not finish in 0\.2 seconds"):
        load(file)


def test_two_entries_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derive.catalog.softmax, "copy", CATALOG["softmax-jacobian"], raising=False)
    assert list(entries()) == list(CATALOG), "one value under two Python names is one entry"
    again = pickle.loads(pickle.dumps(CATALOG["softmax-jacobian"]))
    monkeypatch.setattr(derive.catalog.batch, "again", again, raising=False)
    with pytest.raises(CatalogError, match="two derivations are named softmax-jacobian"):
        entries()
