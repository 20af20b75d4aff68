"""Related results: what a page says of others is what the run proved of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from derive.catalog import entries
from derive.derivation import Derivation, Step
from derive.formula.notation import D, define, distinct, exp, indices, size, vector
from derive.proof import Proof
from derive.report.index import links
from derive.report.page import Page, page
from derive.report.related import MOST, Relative, related
from derive.report.render import html_page
from derive.rules import algebra

from .report_samples import PROOFS, hostile
from .test_report import files
from .test_report_index import proof_of

K = size("K")
i, j = indices("i j", K)
z = vector("z", K)


def pages_of(proofs: list[Proof]) -> dict[str, Page]:
    titles = links(proofs)
    near = related(proofs, titles)
    return {proof.name: replace(page(proof, titles), related=near.get(proof.name)) for proof in proofs}


@cache
def catalog() -> dict[str, Page]:
    names = [name for name in entries() if not name.startswith("rewrite")]
    return pages_of([proof_of(name, entries()[name]) for name in names])


def names(relatives: Iterable[Relative]) -> list[str]:
    return [one.link.name for one in relatives]


def test_the_gradient_has_every_group() -> None:
    found = catalog()["softmax-cross-entropy-gradient"].related
    assert found is not None
    assert names(found.wrong) == ["pitfall-chain-rule-without-sum"]
    assert names(found.below) == ["cross-entropy-gradient", "softmax-jacobian"]
    assert "softmax-cross-entropy-gradient-direct" in names(found.same)
    assert "cross-entropy-hessian-entries" in names(found.above)
    (wrong,) = found.wrong
    assert wrong.verdict == "Refuted" and wrong.lesson and wrong.equation
    assert all(not one.verdict and not one.lesson for one in found.below)


def test_what_is_shown_of_another_page_is_its_own() -> None:
    for one in catalog().values():
        if one.related is not None:
            for other in (*one.related.same, *one.related.below, *one.related.above, *one.related.wrong):
                there = catalog()[other.link.name]
                assert (other.equation, other.hypotheses) == (there.equation, there.hypotheses)
                assert other.link.name != one.name


def test_what_rests_on_one_is_what_it_is_told_to_rest_on() -> None:
    for one in catalog().values():
        if one.related is not None:
            for other in one.related.above:
                back = catalog()[other.link.name].related
                assert back is not None and one.name in names(back.below)


def test_many_that_rest_on_one_are_counted() -> None:
    found = catalog()["softmax-jacobian"].related
    assert found is not None and len(found.above) == MOST and found.more > 0


def test_a_false_claim_has_no_section_and_stands_with_what_is_right() -> None:
    assert all(one.related is None for one in catalog().values() if one.is_pitfall)
    told = {name for one in catalog().values() if one.related for name in names(one.related.wrong)}
    assert told == {one.name for one in catalog().values() if one.is_pitfall}


def test_the_same_letters_are_not_the_same_derivative() -> None:
    other = define("y", i, exp(z[i]))
    ours = define("y", i, exp(-z[i]))
    first = Derivation("first", D(ours[i], z[j]), Step(D(exp(-z[i]), z[j]), by=algebra))
    second = Derivation("second", D(other[i], z[j]), Step(D(exp(z[i]), z[j]), by=algebra))
    third = Derivation("third", D(other[i], z[j]), Step(D(exp(z[i]), z[j]) * 1, by=algebra), assuming=[distinct(i, j)])
    found = pages_of([proof_of(one.name, one) for one in (first, second, third)])
    assert found["first"].related is None
    second_, third_ = found["second"].related, found["third"].related
    assert second_ is not None and names(second_.same) == ["third"]
    assert third_ is not None and names(third_.same) == ["second"]
    assert second_.same[0].hypotheses == (r"i \ne j",)


def test_a_result_that_is_open_is_not_shown_as_one() -> None:
    first, second = (
        Derivation(name, D(exp(z[i]), z[j]), Step(D(exp(z[i]), z[j]) * 1, by=algebra)) for name in ("a", "b")
    )
    proofs = [proof_of("a", first), replace(proof_of("b", second), verdict="unknown")]
    found = pages_of(proofs)["a"].related
    assert found is not None
    assert [(one.equation, one.hypotheses, one.verdict) for one in found.same] == [("", (), "Unknown")]


def test_titles_and_lessons_of_anybody_are_text() -> None:
    (one,) = [proof for proof in PROOFS if proof.name == hostile.name] or PROOFS[-1:]
    written = page(one, links(list(PROOFS)))
    bad = r"<script>alert(1)</script> \input{x} {{ 1 }} $\input{x}$"
    relative = Relative(links([one])[one.name], "", (), "", bad)
    shown = catalog()["softmax-jacobian"].related
    assert shown is not None
    text = html_page(replace(written, related=replace(shown, wrong=(relative,))), "c", "0", None, None)
    section = text[text.index('<section id="related"') :].split("</section>")[0]
    assert "<script" not in section and "{{ 1 }}" in section


def test_links_of_the_run_lead_to_its_files() -> None:
    written = files()
    for name, text in written.items():
        if name.endswith("html") and '<section id="related"' in text:
            section = text[text.index('<section id="related"') :].split("</section>")[0]
            assert set(re.findall(r'href="([^"#]+)"', section)) <= set(written)
