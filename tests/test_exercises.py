"""Exercises: what is asked and what is answered are the run's own, and every answer says no more than was found."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache

import pytest

from derive.catalog import entries
from derive.derivation import Derivation, Entry, Pitfall, Step
from derive.formula.latex import latex, latex_hypothesis
from derive.formula.notation import Sum, by_label, equal, indices, log, one_of, positive, scalars, size, vector
from derive.kernel.decide import Decider
from derive.proof import Proof, prove, rounded
from derive.report.articles import markdown_page, tex_page
from derive.report.exercises import MOST, Exercise, Part, Posed, exercises, posed
from derive.report.in_numbers import in_numbers
from derive.report.index import links
from derive.report.language import written_in
from derive.report.page import Link, Page, page
from derive.report.related import related
from derive.report.render import html_page
from derive.rules import algebra

from .report_samples import PROOFS
from .test_report import files

K = size("K")
(k,) = indices("k", K)
z, t = vector("z", K), vector("t", K)
p, q, x = scalars("p q x")


def found_in(proofs: Sequence[Proof]) -> dict[str, tuple[Exercise, ...]]:
    titles = links(proofs)
    others = posed(proofs, titles, related(proofs, titles))
    return {proof.name: exercises(proof, in_numbers(proof), others.get(proof.name)) for proof in proofs}


def proved(*written: Entry) -> dict[str, tuple[Exercise, ...]]:
    return found_in([prove(one, 3) for one in written])


@cache
def catalog() -> Mapping[str, Proof]:
    names = [name for name in entries() if re.match("softmax|cross|sigmoid|logistic|pitfall", name)]
    return {name: prove(entries()[name], 3) for name in names}


@cache
def catalog_exercises() -> Mapping[str, tuple[Exercise, ...]]:
    return found_in(list(catalog().values()))


def words(one: Exercise) -> str:
    return " ".join(part.text for part in (*one.asked, *one.answer))


def beginning(several: Sequence[Exercise], text: str) -> list[Exercise]:
    return [one for one in several if one.asked[0].text.startswith(text)]


# ------------------------------------------------------------------ all of them


def test_the_gradient_has_one_of_each_kind_easy_ones_first() -> None:
    found = catalog_exercises()["softmax-cross-entropy-gradient"]
    assert [one.asked[0].text for one in found] == [
        "Put these numbers in:",
        "A text claims:",
        "Which lines need this hypothesis?",
        "Use the result to show:",
    ]


def test_what_is_not_proved_has_none() -> None:
    for name, one in catalog_exercises().items():
        assert len(one) <= MOST
        if catalog()[name].verdict != "proved" or isinstance(catalog()[name].entry, Pitfall):
            assert one == ()
    open_ = replace(catalog()["softmax-jacobian"], verdict="unknown")
    assert exercises(open_, in_numbers(open_), Posed()) == ()


def test_nothing_of_a_result_that_nothing_is_known_about() -> None:
    never = Derivation("never", log(x - 7), Step(log(x - 7) * 1, by=algebra), assuming=[positive(x - 7)])
    (one,) = proved(never)["never"]
    assert one.asked[0].text == "Which lines need this hypothesis?"
    assert exercises(prove(Derivation("one", x + x, Step(2 * x, by=algebra)), 3), None, None) == ()


# ------------------------------------------------------------------ by hand


def test_numbers_are_those_of_the_section() -> None:
    for name, several in catalog_exercises().items():
        for one in beginning(several, "Put these numbers in"):
            section = in_numbers(catalog()[name])
            assert section is not None and one.asked[0].formulas == section.point
            values = {row.rpartition(" = ")[2] for row in section.names}
            values |= {of.rows[-1].value.replace("\N{MINUS SIGN}", "-") for of in section.followed}
            assert {row.rpartition(" = ")[2] for row in one.answer[0].formulas} <= values
            assert one.answer[-1].anchor == "in-numbers"


def test_an_array_is_asked_for_once() -> None:
    one = catalog_exercises()["softmax-jacobian"][0]
    assert one.asked[1].formulas == ("S", "y", r"\frac{\partial y_{i}}{\partial z_{j}}")
    assert one.answer[0].formulas == (
        "S = 4.488",
        "y = (0.6056, 0.2721, 0.1223)",
        r"\frac{\partial y_{1}}{\partial z_{1}} = 0.2388",
        r"\frac{\partial y_{1}}{\partial z_{2}} = -0.1648",
    )


def test_a_label_is_among_the_numbers() -> None:
    one = catalog_exercises()["logistic-loss-cases"][0]
    assert "t = 1" in one.asked[0].formulas


def test_chains_that_do_not_agree_are_not_asked_for() -> None:
    proof = catalog()["softmax-jacobian"]
    section = in_numbers(proof)
    assert section is not None
    assert exercises(proof, replace(section, agrees=False), None) == ()


# ------------------------------------------------------------------ false claims


def test_a_false_claim_is_answered_by_its_counterexample() -> None:
    (one,) = beginning(catalog_exercises()["softmax-cross-entropy-gradient"], "A text claims")
    found = catalog()["pitfall-chain-rule-without-sum"].counterexample
    assert found is not None
    assert f"${found.left}$ and the right side ${found.right}$" in one.answer[0].text
    assert one.answer[0].formulas == ("K = 2", "k = 1", "t = (0, 1)", "z = (0, 0)")
    assert one.answer[-1].link is not None and one.answer[-1].link.name == "pitfall-chain-rule-without-sum"


def test_each_false_claim_with_a_point_stands_where_the_right_one_is() -> None:
    told = {
        (name, one.answer[-1].link.name)
        for name, several in catalog_exercises().items()
        for one in beginning(several, "A text claims")
        if one.answer[-1].link is not None
    }
    expected = {(q.entry.instead, q.name) for q in catalog().values() if isinstance(q.entry, Pitfall) and q.steps}
    assert told == {(name, other) for name, other in expected if name in catalog()}
    assert len(told) >= 3


def wrong_chain() -> Derivation:
    return Derivation("bad", x + x, Step(3 * x, by=algebra), Step(4 * x, by=algebra))


def wrong_once() -> Derivation:
    return Derivation("bad", x + x, Step(2 * x, by=algebra), Step(3 * x, by=algebra), Step(x * 3, by=algebra))


@pytest.mark.parametrize(("false", "count"), [(wrong_chain, 0), (wrong_once, 1)])
def test_a_point_of_one_line_is_that_of_the_claim_where_all_others_hold(
    false: Callable[[], Derivation], count: int
) -> None:
    right = Derivation("right", x + x, Step(2 * x, by=algebra))
    pitfall = Pitfall("bad", false, "refuted", "right", "Bad", "Count.")
    found = beginning(proved(right, pitfall)["right"], "A text claims")
    assert len(found) == count
    for one in found:
        assert one.asked[0].equation == "x + x = x \\cdot 3"


# ------------------------------------------------------------------ without a hypothesis


def refuted_lines(one: Exercise) -> list[int]:
    return [line for part in one.answer if part.verdict == "refuted" for line in part.lines]


def test_the_lines_that_need_a_hypothesis_are_those_that_the_kernel_refutes() -> None:
    for name, several in catalog_exercises().items():
        derivation, proof = catalog()[name].derivation, catalog()[name]
        for one in beginning(several, "Which lines need"):
            assert derivation is not None
            (left_out,) = [h for h in derivation.assuming if latex_hypothesis(h) == one.asked[0].equation]
            rest = [h for h in derivation.assuming if h is not left_out]
            verdicts = [
                found.verdict.name
                for found in Decider(dict(proof.sizes), rest).decide_chain(derivation.lines, rounded(derivation))
            ]
            told = {line: part.verdict for part in one.answer for line in part.lines}
            assert told == {n: verdict for n, verdict in enumerate(verdicts, 1) if verdict != "proved"}


def test_labels_that_sum_to_one_are_needed_once() -> None:
    (one,) = beginning(catalog_exercises()["softmax-cross-entropy-gradient"], "Which lines")
    assert refuted_lines(one) == [11]
    assert one.answer[1].formulas == ("K = 3", "i = 1", "t = (0, 0, 0)", "z = (0, 0, 0)")
    assert words(one).endswith("Every other line is proved without it.")


def test_a_hypothesis_that_no_line_needs_is_said_to_be_none() -> None:
    (one,) = beginning(catalog_exercises()["cross-entropy-hessian-row-sums"], "Which lines")
    assert words(one).endswith("No line needs it: each is proved without it.")
    assert not refuted_lines(one)


def test_what_is_open_is_said_to_be_open() -> None:
    body = by_label(q, {0: log(p), 1: p})
    chain = Derivation("cases", body, Step(1 * body, by=algebra), assuming=[one_of(q, 0, 1), positive(p)])
    first, second = beginning(proved(chain)["cases"], "Which lines")
    assert first.asked[0].text == "Which lines need this hypothesis? The others stay."
    (part,) = [part for part in first.answer if part.verdict]
    assert part.verdict == "unknown" and part.lines == (1,) and part.text
    assert "proved" not in words(first)
    assert [(part.verdict, part.formulas) for part in second.answer if part.verdict] == [("conditional", ("p > 0",))]


def test_distinct_letters_are_needed_where_they_are_told_apart() -> None:
    (one,) = beginning(catalog_exercises()["softmax-jacobian-off-diagonal"], "Which lines")
    assert refuted_lines(one) == [3]
    assert one.answer[1].formulas[:3] == ("K = 3", "i = 1", "j = 1")


def test_a_point_of_many_numbers_is_not_asked_for() -> None:
    wide = Derivation(
        "wide", Sum(k, t[k]) * Sum(k, z[k]), Step(Sum(k, z[k]), by=algebra), assuming=[equal(Sum(k, t[k]), 1)]
    )
    for classes, asked in ((4, 1), (5, 0)):
        found = exercises(prove(wide, classes), None, None)
        assert len(found) == asked


def test_many_conditions_are_not_asked_for() -> None:
    assert len(entries()["ignored-row-share"].assuming) == 1  # type: ignore[union-attr]
    assert exercises(prove(entries()["ignored-row-share"], 3), None, None) == ()


def test_entries_of_which_some_do_not_matter_stand_one_by_one() -> None:
    chain = Derivation("some", z[1] * z[2], Step(z[2] * z[1] * x, by=algebra), assuming=[equal(x, 1)])
    (one,) = exercises(prove(chain, 3), None, None)
    assert [name.partition(" = ")[0] for name in one.answer[1].formulas] == ["K", "x", "z_{1}", "z_{2}"]


# ------------------------------------------------------------------ uses


def test_a_use_names_a_line_that_cites_the_result() -> None:
    total = 0
    for name, several in catalog_exercises().items():
        for one in beginning(several, "Use the result"):
            (part,) = one.answer
            assert part.link is not None
            there = catalog()[part.link.name].derivation
            assert there is not None and part.link.name != name
            number = int(part.anchor.removeprefix("eq-"))
            assert there.steps[number - 1].by.name == name and f"Line ({number})" in part.text
            assert one.asked[0].equation.endswith(latex(there.result))
            total += 1
    assert total > 20


def test_what_is_open_is_no_use() -> None:
    base = Derivation("base", x + x, Step(2 * x, by=algebra))
    above = Derivation("above", (x + x) * p, Step(2 * x * p, by=base.because))
    proofs = [prove(base, 3), prove(above, 3)]
    assert beginning(found_in(proofs)["base"], "Use the result")
    assert not beginning(found_in([proofs[0], replace(proofs[1], verdict="unknown")])["base"], "Use the result")


# ------------------------------------------------------------------ how they are shown


def written(*several: Exercise) -> Page:
    (one,) = [proof for proof in PROOFS if proof.name == "jacobian"]
    return replace(page(one, links(list(PROOFS))), exercises=several)


def section_of(text: str) -> str:
    return text[text.index('<section id="exercises"') :].split("</section>")[0]


def test_answers_are_folded_and_linked() -> None:
    for name, text in files().items():
        if name.endswith("html") and 'id="exercises"' in text:
            section = section_of(text)
            assert section.count("<details>") == len(re.findall(r'id="exercise-\d+"', section)) > 0
            assert 'href="#exercises"' in text
            for anchor in re.findall(r'href="#([^"]+)"', section):
                assert f'id="{anchor}"' in text
            assert "<script" not in section and "<details open" not in section


def test_text_of_anybody_is_text() -> None:
    bad = r"<script>alert(1)</script> \input{x} {{ 1 }} $\input{x}$"
    one = Exercise((Part(bad, r"\input{x}", (r"\input{x}",), (r"\input{x}",)),), (Part(bad, link=Link("a", bad, "b")),))
    shown = written(one)
    section = section_of(html_page(shown, "c", "0", None, None))
    assert "<script" not in section and "{{ 1 }}" in section
    assert r"\input{x}" not in tex_page(shown, "c", "0").replace(r"\textbackslash{}input", "")
    assert "<script>" not in markdown_page(shown, "c", "0")


def test_articles_have_them_without_sections_that_only_pages_have() -> None:
    one = catalog_exercises()["softmax-jacobian"][0]
    shown = written(one)
    for text in (tex_page(shown, "c", "0"), markdown_page(shown, "c", "0")):
        assert "Exercises" in text and "Answers" in text
        assert "Each line with its numbers" not in text and "4.488" in text


def test_nothing_without_exercises() -> None:
    shown = written()
    assert 'id="exercises"' not in html_page(shown, "c", "0", None, None)
    assert "Exercises" not in tex_page(shown, "c", "0") + markdown_page(shown, "c", "0")


def test_in_chinese_they_speak_chinese() -> None:
    with written_in("zh"):
        proof = prove(entries()["softmax-cross-entropy-gradient"], 3)
        found = exercises(proof, in_numbers(proof), None)
        text = html_page(written(*found), "c", "0", None, None)
    assert "哪些行需要这个假设？" in text and "答案" in text
    assert "Answer" not in section_of(text)
