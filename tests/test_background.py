"""Background: every family has one, its works are proper references, and a report sets it apart from what is proved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from derive.background import Background, Source
from derive.catalog import backgrounds, entries, titles
from derive.derivation import Derivation, Step
from derive.formula.tree import WrittenError
from derive.report.background import context
from derive.report.language import written_in
from derive.report.prose import pieces, prose_html
from derive.rules import algebra

from .report_samples import EVIL, PROOFS, PROVED, hostile, jacobian, slope, x
from .test_report import files

APART = "Context: not part of what is proved"
SHANNON = Source("C. E. Shannon", "A Mathematical Theory of Communication", 1948, "Bell System Technical Journal 27")
FAMILY = Background("What is told of all.", [SHANNON, Source("A", "Elder", 1900, "V", language="de")])


def told() -> Iterator[Background]:
    """Every background of the catalog."""
    yield from dict.fromkeys(backgrounds().values())
    for entry in entries().values():
        if isinstance(entry, Derivation) and entry.background is not None:
            yield entry.background


# ------------------------------------------------------------------ the catalog


def test_every_family_of_the_catalog_has_one() -> None:
    known = backgrounds()
    assert set(known) == set(entries())
    assert len(set(known.values())) == len(titles())


def test_an_entry_has_that_of_the_file_in_which_it_stands() -> None:
    known = backgrounds()
    assert known["softmax-jacobian"] is known["softmax-sum"]  # which other files import
    assert known["softmax-jacobian"] is not known["logsumexp-hessian"]
    assert known["pitfall-summed-gradient"].text.startswith("A wrong gradient")


def test_what_has_the_name_of_an_entry_is_not_that_entry() -> None:
    mine = Derivation("softmax-sum", x + x, Step(2 * x, by=algebra))
    chosen = {"softmax-sum": mine, "softmax-ratio": entries()["softmax-ratio"]}
    assert backgrounds(chosen) == {"softmax-ratio": backgrounds()["softmax-sum"]}


def test_texts_are_short_and_name_their_works_with_the_year() -> None:
    for one in set(told()):
        plain = "".join(piece.body for piece in pieces(one.text.replace("et al.", "et al")) if not piece.is_math)
        assert 2 <= len(re.findall(r"[.](?= |$)", plain)) <= 5, one.text
        assert sum(piece.is_math for piece in pieces(one.text)) * 2 == one.text.count("$"), one.text
        assert one.sources
        for source in one.sources:
            surname = re.split(r",| et al", source.author)[0].split()[-1]
            assert surname in one.text and str(source.year) in one.text, (source, one.text)


def test_every_year_in_a_text_is_that_of_a_work() -> None:
    for one in set(told()):
        years = {int(year) for year in re.findall(r"\b(1[5-9]\d\d|20\d\d)\b", re.sub(r"\$[^$]*\$", "", one.text))}
        assert years == {source.year for source in one.sources}, one.text


def test_works_are_whole_references() -> None:
    works = {source for one in told() for source in one.sources}
    assert len({(work.title, work.year) for work in works}) == len(works) > 60  # each is written once
    for work in works:
        assert 1800 <= work.year <= 2026 and work.author and work.venue, work
        assert not re.search(r"https?:|[.]$", f"{work.venue}") and not work.title.endswith("."), work


# ------------------------------------------------------------------ values


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: Source("A", "T", "1948", "V"), "a year has four digits"),  # type: ignore[arg-type]
        (lambda: Source("A", "T", True, "V"), "a year has four digits"),
        (lambda: Source("A", "T", 48, "V"), "a year has four digits"),
        (lambda: Source("A", " ", 1948, "V"), "a source, title is empty"),
        (lambda: Source("A", "T", 1948, "a\x00b"), r"a source, venue has U\+0000"),
        (lambda: Source("A", "T", 1948, "V", language='en" onclick="'), "take en, de, fr"),
        (lambda: Background(""), "a background is empty"),
        (lambda: Background("a\u202eb"), r"a background has U\+202E"),
        (lambda: Background("Text.", SHANNON), "are a list"),  # type: ignore[arg-type]
        (lambda: Background("Text.", ["Shannon 1948"]), "is no source"),  # type: ignore[list-item]
        (lambda: Derivation("d", x, Step(x, by=algebra), background="Text."), "write Background"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_told_is_refused(wrong: object, said: str) -> None:
    with pytest.raises(WrittenError, match=said):
        wrong()  # type: ignore[operator]


def test_a_work_is_named_once() -> None:
    assert Background(" One\nline. ", [SHANNON, SHANNON]) == Background("One line.", (SHANNON,))


def test_own_sentences_come_before_those_of_the_family() -> None:
    own = Background("What is told of one.", [SHANNON])
    found = context(own, FAMILY)
    assert found is not None and found.texts == ("What is told of one.", "What is told of all.")
    assert [source.year for source in found.sources] == [1900, 1948]
    assert context(own, own) == context(own, None) and context(None, None) is None


# ------------------------------------------------------------------ what is written


@cache
def written(one_article: bool = False, spoken: str = "en") -> dict[str, str]:
    return files(
        backgrounds={slope.name: FAMILY, jacobian.name: FAMILY},
        formats=("html", "tex", "md", "slides"),
        one_article=one_article,
        spoken=spoken,
    )


@pytest.mark.parametrize("ending", ["html", "tex", "md"])
def test_a_page_tells_its_background_apart_from_what_is_proved(ending: str) -> None:
    page = written()[f"jacobian.{ending}"]
    assert page.index(APART) < page.index("as Shannon has it") < page.index("What is told of all.")
    assert page.index("What is told of all.") < page.index("Elder") < page.index("A Mathematical Theory")
    assert "(1948)" in page and page.count("A Mathematical Theory") == 1
    bare = written()[f"log-product.{ending}"]
    assert APART not in bare and 'id="background"' not in bare and "#background" not in bare


def test_slides_have_none() -> None:
    assert all(APART not in text and "Elder" not in text for name, text in written().items() if "-slides" in name)


def test_a_page_links_its_background_and_says_the_language_of_a_title() -> None:
    page = written()["slope.html"]
    assert '<a href="#background">Background</a>' in page and page.count('id="background"') == 1
    assert '<li lang="de">A (1900). <cite>Elder</cite>. V.</li>' in page
    assert written()["open-question.html"].count('class="background"') == 0


def test_one_document_tells_that_of_a_family_where_the_family_begins() -> None:
    named = {one.name: FAMILY for one in PROOFS}
    article = files(
        backgrounds=named, families={"Some": [jacobian.name, slope.name]}, formats=("tex",), one_article=True
    )["report.tex"]
    chapters = article.split(r"\chapter{")[1:]
    assert [chapter.count("What is told of all.") for chapter in chapters] == [1] * len(chapters)
    assert article.count("as Shannon has it") == 1
    again = replace(PROVED, name="again")
    both = files(PROVED, again, families={"Some": [jacobian.name, "again"]}, formats=("tex",), one_article=True)
    assert both["report.tex"].count("as Shannon has it") == 1  # with the first of those that share it
    page = files(PROVED, backgrounds=named, formats=("html", "tex"), one_article=True)["jacobian.html"]
    assert "What is told of all." in page


def test_in_chinese_the_words_are_chinese_and_the_works_are_not() -> None:
    catalog = entries()["cross-entropy-one-hot"]
    assert isinstance(catalog, Derivation) and catalog.background is not None
    with written_in("zh"):
        found = context(catalog.background, backgrounds()[catalog.name])
    assert found is not None and all(re.search("[\u4e00-\u9fff]", text) for text in found.texts)
    assert "Shannon（1948）" in found.texts[1] or "（Shannon，1948）" in found.texts[1]
    assert found.sources == getattr(context(catalog.background, backgrounds()[catalog.name]), "sources", None)
    page = written(spoken="zh")["jacobian.html"]
    assert "背景说明：不属于已证明的内容" in page and '<li lang="en">C. E. Shannon (1948).' in page


# ------------------------------------------------------------------ hostile text


def test_a_hostile_background_is_shown_as_text() -> None:
    page, article, pasted = (written()[f"hostile.{ending}"] for ending in ("html", "tex", "md"))
    section = page[page.index('<section id="background"') :]
    section = section[: section.index("</section>")]
    assert section.count("&lt;script&gt;alert") == 4 and "<script" not in section and "{{ 7*7 }}" in section
    assert str(prose_html(EVIL)) in section
    context_of = article[article.index(APART) : article.index("What was decided")]
    assert context_of.count(r"\textless{}script\textgreater{}") == 4
    assert not re.search(r"\\input\b|\^\^|\\end\{document\}", context_of)
    listed = pasted[pasted.index("## Background") :].split("\n## ")[0]
    assert listed.count(r"&lt;script&gt;") == 4 and "<script" not in listed and "$\\input" not in listed


def test_a_background_changes_no_verdict() -> None:
    bare = Derivation("hostile", hostile.claim, *hostile.steps, title=EVIL, about=EVIL)
    assert bare != hostile and bare.lines == hostile.lines and bare.because == hostile.because
    assert replace(PROVED, entry=bare, derivation=bare).verdict == PROVED.verdict


def test_without_backgrounds_reports_are_as_before() -> None:
    (alone,) = (one for one in PROOFS if one.name == slope.name)
    assert "background" not in re.sub(r"(?s)<(style|script)\b.*?</\1>", "", files(alone)["slope.html"])
