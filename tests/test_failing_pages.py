"""The pages of what is refuted, conditional, unknown or ill-formed: what is wrong, where, and what to do next."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from derive.catalog import entries
from derive.catalog.cross_entropy import L, t
from derive.catalog.sigmoid import sigma, x
from derive.catalog.softmax import K, S, i, j, k, y, z
from derive.derivation import Derivation, Entry, Pitfall, Step
from derive.formula.notation import D, Sum, distinct, exp, function, log, matrix, positive, scalar, size
from derive.formula.tree import Formula
from derive.kernel import verdict as kernel_verdict
from derive.kernel.verdict import Refuted, Unknown
from derive.proof import prove, with_general
from derive.report.conditional import only_where
from derive.report.index import links
from derive.report.page import Page, page
from derive.report.refusal import refusal
from derive.report.refuted import wrong
from derive.report.snippet import decide_source
from derive.report.undecided import HELP, undecided
from derive.rules import (
    add_and_subtract,
    algebra,
    cancel,
    definition,
    differentiate,
    logarithms,
    quotient_rule,
    sum_rule,
)

from .report_samples import PROOFS
from .test_broken import REFUTED, Wrong, named
from .test_report import files

p, q = scalar("p"), scalar("q")
lost_delta = Derivation(
    "lost-delta",
    D(y[i], z[j]),
    Step(D(exp(z[i]) / S, z[j]), by=definition(y)),
    Step((D(exp(z[i]), z[j]) * S - exp(z[i]) * D(S, z[j])) / S**2, by=quotient_rule),
    Step((exp(z[i]) * S - exp(z[i]) * exp(z[j])) / S**2, by=differentiate),
)
lost_sign = Derivation(
    "lost-sign",
    D(sigma(x), x),
    Step(exp(-x) / (1 + exp(-x)) ** 2, by=differentiate),
    Step((1 + exp(-x) + 1) / (1 + exp(-x)) ** 2, by=add_and_subtract),
)
product = Derivation("product", log(p * q), Step(log(p) + log(q), by=logarithms), assuming=[positive(p)])
fractions = Derivation("fractions", z[i] / z[i] + p / p, Step(1 + p / p, by=algebra), Step(2 + 0 * p, by=algebra))
inverse = Derivation("inverse", exp(log(x)), Step(x, by=algebra))
power = Derivation("power", (1 + exp(x)) ** p, Step(exp(p * log(1 + exp(x))), by=algebra))


def shown(entry: Entry) -> Page:
    proof = with_general(prove(entry))
    return page(proof, links([proof]))


def pitfall(*steps: Step, claim: Formula) -> Pitfall:
    return Pitfall("sample", lambda: Derivation("sample", claim, *steps), "ill-formed", "other", "Title", "Lesson.")


# ------------------------------------------------------------------ refuted


def test_only_the_term_that_is_wrong_is_tinted() -> None:
    """The step differentiates twice, once rightly: at the point the right term keeps its value."""
    found = shown(lost_delta).wrong
    assert found is not None and found.number == 3 and found.terms
    assert found.found.before.count(r"\hl") == found.found.after.count(r"\hl") == 1
    assert r"\hl{\frac{\partial e^{z_{i}}}{\partial z_{j}}}" in found.found.before
    assert r"\hl{e^{z_{i}}}\,S" in found.found.after
    assert (found.steps_before, found.holds_before, found.others) == (2, True, ())
    assert found.note == "The smallest $K$ at which a counterexample was found is $2$."


def test_the_values_and_their_difference() -> None:
    found = shown(lost_sign).wrong
    assert found is not None and found.found.point == (("x", "0"),)
    assert (found.found.left, found.found.right, found.found.apart) == ("= 0.25", "= 0.75", "= -0.5")
    third = wrong(prove(entries()["pitfall-jacobian-last-row-sign"]))
    assert third is not None and third.found.apart == r"\approx -0.222222"


def test_a_written_out_vector_tints_the_entry_whose_value_is_shown() -> None:
    found = shown(entries()["pitfall-jacobian-last-row-sign"]).wrong
    assert found is not None and found.entry == "i = 2"
    assert r"\hl{y_{3}\,y_{2}}" in found.found.after and found.found.after.count(r"\hl") == 1


@pytest.mark.parametrize("broken", REFUTED[::3], ids=named)
def test_the_program_refutes_the_step_again(broken: Wrong) -> None:
    derivation = broken.write()
    found = wrong(prove(derivation))
    assert found is not None
    if derivation.steps[found.number - 1].relation == "≈":
        assert found.source == ""
        return
    said = StringIO()
    with redirect_stdout(said):
        exec(compile(found.source, "program", "exec"), {})
    assert said.getvalue().startswith("Refuted(")


def test_a_program_declares_each_name_once_and_before_it_is_used() -> None:
    n = size("N")
    f, m = function("f"), matrix("M", K, n)
    text = decide_source(f(m[1, 2]) * y[i], z[i] + z[j], [distinct(i, j)], [("K", 3), ("N", 2)])
    assert text.startswith("from derive import ")
    assert 'f = function("f")\n' in text and 'M = matrix("M", K, N)\n' in text
    assert 'y = define("y", i, exp(z[i])/S)\n' in text and text.index("S = define") < text.index("y = define")
    assert 'K=3, sizes={"N": 2}))' in text and "assuming=[distinct(i, j)]" in text
    declared = re.findall(r"^(\w+) = ", text, re.MULTILINE)
    assert len(declared) == len(set(declared))


@pytest.mark.parametrize("name", ["lambda", "D", "decide", "x'"])
def test_no_program_where_python_cannot_take_a_name(name: str) -> None:
    try:
        taken = scalar(name)
    except ValueError:
        return
    assert decide_source(taken, taken + 1, [], []) == ""


# ------------------------------------------------------------------ conditional


def test_conditions_with_their_lines_and_the_way_to_state_them() -> None:
    found = only_where(with_general(prove(product)))
    assert found is not None and found.closes and not found.stronger
    assert [one.lines for one in found.conditions] == [(1,), (1,)]
    assert found.source == "assuming=[positive(p), positive(q)]"
    closed = Derivation("closed", product.claim, *product.steps, assuming=[positive(p), positive(q)])
    assert prove(closed).verdict == "proved"


def test_conditions_for_every_size_and_at_the_chosen_one() -> None:
    found = only_where(with_general(prove(fractions)))
    assert found is not None and found.stronger and found.closes
    assert [one.formula for one in found.conditions] == [r"z_{i} \ne 0", r"p \ne 0"]
    assert [one.lines for one in found.conditions] == [(1,), (1, 2)]
    assert len(found.also) == 4 and found.also_place == "at $K = 3$"


# ------------------------------------------------------------------ unknown


def test_what_would_help_is_said_where_it_does() -> None:
    found = undecided(prove(inverse))
    assert found is not None and found.number == 1 and "positive" in found.why
    assert "`assuming=[positive(x)]`: it is then proved" in found.advice[0]
    assert prove(Derivation("closed", exp(log(x)), *inverse.steps, assuming=[positive(x)])).verdict == "proved"


def test_powers_are_explained() -> None:
    found = undecided(prove(power))
    assert found is not None and "exp of a logarithm" in found.advice[0] and found.command == ""


def test_an_open_claim_for_every_size_can_be_pinned() -> None:
    found = undecided(PROOFS[-1])
    assert found is not None and "At $K = 3$ every line holds" in found.known
    assert any("`sizes={K: 3}`" in advice for advice in found.advice)
    assert found.command == "derive prove deep-delta -K 2..6"


def test_a_refuted_page_is_not_called_open() -> None:
    assert all(undecided(proof) is None for proof in PROOFS if proof.verdict == "refuted")


def test_the_words_for_which_help_is_known_are_the_kernels() -> None:
    kernel = "".join(file.read_text(encoding="utf-8") for file in Path(kernel_verdict.__file__).parent.glob("*.py"))
    said = re.sub(r'"\s*\n\s*f?"', "", kernel)
    for words, _ in HELP:
        assert words in said, words


# ------------------------------------------------------------------ ill-formed


def test_a_captured_letter_is_tinted_and_another_one_offered() -> None:
    found = refusal(prove(pitfall(Step(-Sum(k, t[k] * D(log(y[k]), y[k])), by=sum_rule), claim=D(L, y[k]))))
    assert found is not None and (found.number, found.index, found.summed, found.other) == (1, "k", True, "l")
    assert r"\hl{y_{k}}" in found.claim and r"\hl{t_{k}}" in found.line
    assert r"t_{l}" in found.instead and "k" not in found.instead.replace("_{l=1}^{K}", "")


def test_a_stray_letter_is_tinted() -> None:
    found = refusal(prove(pitfall(Step(-t[j] / y[k], by=sum_rule), claim=D(L, y[k]))))
    assert found is not None and (found.index, found.summed, found.instead) == ("j", False, "")
    assert r"\hl{t_{j}}" in found.line and r"\hl" not in found.claim


def test_what_is_free_beside_a_sum_keeps_its_letter() -> None:
    found = refusal(prove(pitfall(Step(exp(z[k]) / Sum(k, exp(z[k])), by=definition(y)), claim=y[k])))
    assert found is not None and "e^{z_{k}}" in found.instead and "e^{z_{l}}" in found.instead


def test_strokes_that_do_not_cancel_are_shown_without_a_letter() -> None:
    found = refusal(prove(pitfall(Step(2 * x, by=cancel), claim=x + x)))
    assert found is not None and found.index == "" and found.line == r"2\,x"


# ------------------------------------------------------------------ pages


@pytest.mark.parametrize(
    ("name", "heading", "phrases"),
    [
        ("pitfall-without-sum", "is wrong", ["What to do next", "Difference", "This program shows the difference"]),
        ("log-product", "Only where", ["What to do next", "assuming=[positive(p), positive(x)]"]),
        ("open-question", "is open", ["What would help", "outside &lt;the&gt; class"]),
        ("pitfall-captured", "Ill-formed", ["index k is summed"]),
        ("pitfall-overflow", "Where it fails", ["True value", "Computed"]),
    ],
)
def test_pages_say_what_is_wrong_before_the_chain(name: str, heading: str, phrases: list[str]) -> None:
    html = files()[f"{name}.html"]
    top = html[html.index("<main") : html.index('<section id="scope"')].split('<section id="derivation"')[0]
    assert heading in top
    for phrase in phrases:
        assert phrase in top, phrase


def test_a_proved_page_has_none_of_it() -> None:
    html = files()["jacobian.html"]
    for word in ("wrong", "conditions", "undecided", "refused", "overflow"):
        assert f'id="{word}"' not in html


def test_samples_have_the_verdicts_that_they_are_for() -> None:
    assert isinstance(prove(lost_delta).steps[2].verdict, Refuted)
    assert isinstance(prove(power).steps[0].verdict, Unknown)
