"""The exported function on a page: the text of the module, and what is measured of it."""

from __future__ import annotations

import ast
import io
import keyword
import re
import tokenize
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import chain

import pytest
from markupsafe import escape

from derive.catalog import entries
from derive.concrete.oracle import precise
from derive.derivation import Derivation, Step
from derive.export import RESTS_ON, Proved, module_source
from derive.formula.notation import exp, scalar
from derive.numeric.accuracy import CALLS, LOST, SAMPLES, error, loaded
from derive.proof import EVERY, Proof, prove
from derive.report.accuracy import Accuracy, accuracy
from derive.report.exported import Code, Exported, coloured, exported, functions
from derive.rules import algebra
from derive.tables import proved_entries

x = scalar("x")


@cache
def proof(name: str) -> Proof:
    return prove(entries()[name], EVERY)


GENERAL = module_source(proved_entries([proof(name) for name in dict.fromkeys(chain(*RESTS_ON.values()))]), "0.1.0")


def code(*proofs: Proof, module: str = GENERAL) -> Code:
    said: Sequence[Proved] = proved_entries(proofs)
    return Code(module, said, "0.1.0")


def shown(name: str, module: str = GENERAL) -> Exported:
    found = exported(proof(name), code(proof(name), module=module))
    assert found is not None
    return found


def measured(name: str) -> Accuracy:
    found = accuracy(proof(name), shown(name))
    assert found is not None
    return found


def test_a_function_is_shown_as_it_stands_in_the_module() -> None:
    found = shown("softmax-jacobian")
    assert found.name == "softmax_jacobian" and found.command == "" and found.function is None
    lines = GENERAL.splitlines()
    assert found.source.splitlines() == lines[found.line - 1 : found.line - 1 + found.source.count("\n")]
    assert "def softmax_jacobian(" in found.source and found.source.endswith("\n")


def test_the_other_functions_that_rest_on_it_are_named() -> None:
    found = shown("softmax-cross-entropy-gradient")
    assert found.name == "cross_entropy_grad"
    assert found.others == ("cross_entropy_value_and_grad", "linear_cross_entropy_value_and_grad")


def test_what_a_keyword_does_is_shown_by_the_function_that_has_it() -> None:
    assert shown("temperature-cross-entropy-gradient").name == "cross_entropy_grad"


def test_a_rewrite_names_the_functions_that_use_it() -> None:
    found = shown("rewrite-sigmoid-slope")
    assert (found.name, found.source) == ("", "") and "sigmoid_grad" in found.others
    assert accuracy(proof("rewrite-sigmoid-slope"), found) is None


def test_a_derivation_without_a_function_in_the_module_gets_its_own() -> None:
    found = shown("brier-score-gradient")
    assert found.command == "derive export brier-score-gradient"
    assert found.line == 0 and found.stable
    assert found.source in found.module
    assert loaded(found.module).brier_score_gradient([0.0, 0.0], [1.0, 0.0]).tolist() == [-0.5, 0.5]


def test_another_derivation_of_a_known_name_is_not_mistaken_for_it() -> None:
    other = Derivation("sigmoid-derivative", exp(x) * exp(x), Step(exp(2 * x), by=algebra))
    one = prove(other, EVERY)
    found = exported(one, code(one))
    assert found is not None and found.command == "derive export sigmoid-derivative"


def test_what_is_not_proved_or_not_told_is_not_exported() -> None:
    one = proof("brier-score-gradient")
    assert exported(replace(one, verdict="unknown"), code(one)) is None
    assert exported(one, code()) is None
    assert exported(proof("chain-rule"), code(proof("chain-rule"))) is None


def test_a_module_without_functions() -> None:
    assert functions("import numpy as np\n") == {}
    assert shown("softmax-jacobian", module="import numpy as np\n").line == 0


def as_python_reads(module: str) -> dict[str, tuple[str, int]]:
    """The functions of a module, each with its text and the line on which it begins."""
    lines, found = module.splitlines(keepends=True), {}
    for node in ast.parse(module).body:
        if isinstance(node, ast.FunctionDef):
            begin = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            found[node.name] = ("".join(lines[begin - 1 : node.end_lineno]), begin)
    return found


def test_a_function_is_cut_out_as_python_reads_it() -> None:
    own = shown("brier-score-gradient")
    assert own.function is not None
    for module in (GENERAL, own.module):
        assert functions(module) == as_python_reads(module)


MARKS = {tokenize.COMMENT: "c", tokenize.STRING: "s", tokenize.NUMBER: "m", tokenize.NAME: "k"}
ODD = (
    'a = 1.5e-3 + .5 - x1.y2 + 0x1F + 1_000j if a<b and not "c\\"d" else \'e#\' # f\n',
    "def in_(is_: int) -> bytes:\n    return rb'''x\n\"''' or [1., z[0].T][1:2]\n",
)


@pytest.mark.parametrize("source", [*(text for text, _ in functions(GENERAL).values() if 'f"' not in text), *ODD])
def test_what_is_coloured_is_what_python_reads(source: str) -> None:
    """From Python 3.12 on, text with values put in is no single token of it."""
    wanted = [
        (MARKS[token.type], str(escape(token.string)))
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type in MARKS and (token.type != tokenize.NAME or keyword.iskeyword(token.string))
    ]
    assert re.findall('<i class="(.)">(.*?)</i>', coloured(source), re.DOTALL) == wanted


def test_colours_change_no_letter() -> None:
    for source, _ in functions(GENERAL).values():
        bare = re.sub(r"</?i[^>]*>", "", coloured(source))
        assert (
            bare.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&#34;", '"')
            .replace("&#39;", "'")
            .replace("&amp;", "&")
            == source
        )
    assert "<script>" not in coloured('x = "<script>"  # <script>\n')


# ------------------------------------------------------------------ errors


@pytest.mark.parametrize("name", sorted(CALLS))
def test_functions_of_the_module_keep_their_digits(name: str) -> None:
    found = measured(name)
    assert not found.exported.lost
    assert float(found.exported.largest.strip("$")) <= 8
    assert float(found.exported.mean.strip("$")) <= 1


@pytest.mark.parametrize("name", ["sigmoid-derivative", "softmax-jacobian", "softmax-cross-entropy-gradient"])
def test_as_written_they_lose_all(name: str) -> None:
    assert measured(name).naive.lost


def test_a_function_of_its_own_is_measured() -> None:
    found = measured("logsumexp-hessian")
    assert found.naive.lost and not found.exported.lost
    assert found.line == "z = (x, 0, 0)"


def test_the_figure_is_the_same_each_time_and_says_what_it_shows() -> None:
    one, again = measured("sigmoid-derivative"), measured("sigmoid-derivative")
    assert one.figure == again.figure
    assert one.figure.count("h0") == 2 * len(SAMPLES)
    assert "<title" in one.figure and "<desc" in one.figure and "as written up to" in one.figure


@pytest.mark.parametrize("name", ["softmax-sum", "linear-layer-weight-gradient", "logistic-loss-gradient-probability"])
def test_what_is_on_no_line_is_not_measured(name: str) -> None:
    found = exported(proof(name), code(proof(name)))
    assert found is None or accuracy(proof(name), found) is None


def test_errors_are_counted_in_the_last_place() -> None:
    one = precise(40).number(Fraction(1))
    assert error(1.0, one) == 0
    assert error(1 + 2**-52, one) == 1
    assert error(float("nan"), one) == error(float("inf"), one) == LOST
