"""Decks: which lines share a frame, what stands on the frames, and that nothing runs over them."""

from __future__ import annotations

import re
import shutil
from functools import reduce
from itertools import pairwise
from operator import add, mul, sub
from pathlib import Path

import pytest

from derive.catalog import entries
from derive.derivation import Derivation, Step
from derive.formula.notation import equal, exp, log, scalars
from derive.proof import Proof, prove, with_general
from derive.report.index import deck, links
from derive.report.page import Page, page
from derive.report.slides import MOST, ROOM, height, stretches, width
from derive.rules import Rule, algebra

from .report_samples import EVIL, PROOFS, PROVED, hostile, jacobian, proof, steps
from .sampling import some
from .test_report import files
from .test_tex import failures

DECKS = files(formats=("slides",))


def decks(*proofs: Proof) -> dict[str, str]:
    return {name: text for name, text in files(*proofs, formats=("slides",)).items() if name.endswith(".tex")}


def hostile_proof() -> Proof:
    return next(one for one in PROOFS if one.name == hostile.name)


def shown(one: Proof) -> Page:
    return page(one, links([one]))


# ------------------------------------------------------------------ which lines share a frame


def test_every_line_stands_on_one_frame_under_the_one_before_it() -> None:
    one = shown(PROVED)
    parts = stretches(one)
    assert [line for part in parts for line in part.lines] == list(one.lines)
    assert (parts[0].number, parts[0].before) == (0, one.claim)
    for first, second in pairwise(parts):
        assert (second.number, second.before) == (first.lines[-1].number, first.lines[-1].shown)


def test_a_frame_has_few_lines() -> None:
    for one in map(shown, PROOFS):
        for part in stretches(one):
            assert 1 <= len(part.lines) <= MOST
            assert len(part.lines) == 1 or height(part.before) + sum(height(line.shown) for line in part.lines) < ROOM


def test_a_page_without_lines_has_no_frame_of_them() -> None:
    assert [stretches(one) for one in map(shown, PROOFS) if not one.lines] == [()] * 2


def test_what_is_wide_or_has_fractions_is_higher() -> None:
    assert width(r"\hl{\frac{e^{z_{i}}}{S}}") == len("eziS")
    flat, tall, nested = "a + b", r"\frac{a}{b}", r"\frac{\frac{a}{b}}{c}"
    assert height(flat) < height(tall) < height(nested)
    assert height(r"\frac{a}{b} + \frac{c}{d}") == height(tall)
    long = " + ".join(["abcdefgh"] * 12)
    assert height(flat) < height(long)


# ------------------------------------------------------------------ what stands on the frames


def test_the_files_of_a_run_of_decks() -> None:
    assert set(DECKS) == {f"{one.name}-slides.tex" for one in PROOFS} | {"derived.py", "derive.json"}
    assert files(formats=("slides",)) == DECKS


def test_no_article_gets_the_name_of_a_deck() -> None:
    names = ["a", "a-slides", "b-slides", "b"]
    found = links([proof(Derivation(name, jacobian.claim, *jacobian.steps), steps=()) for name in names])
    hrefs = [one.href for one in found.values()]
    assert not set(hrefs) & {f"{deck(href).removesuffix('.tex')}.html" for href in hrefs}
    assert len(set(hrefs)) == len({deck(href) for href in hrefs}) == 4


def test_a_deck_says_what_is_proved_and_what_is_not() -> None:
    text = DECKS["jacobian-slides.tex"]
    assert "[aspectratio=169" in text and "{beamer}" in text
    frames = re.findall(r"^\\begin\{frame\}(?:\[\w+\])?(?:\{(.*?)\})?", text, re.MULTILINE)
    order = ["", "What is to be shown", "Proof", "The result", "What was decided", "What is not proved", "Reproduce"]
    assert [frame for n, frame in enumerate(frames) if frame not in frames[:n] and frame in order] == order
    assert text.count(r"\uncovered{") == len(jacobian.steps)
    assert text.count(r"\textbf{Proved}") == 2


def test_a_deck_shows_where_it_breaks() -> None:
    text = DECKS["pitfall-without-sum-slides.tex"]
    assert "{Where it breaks}" in text and "{What to learn}" in text and "{The result}" not in text
    assert "{What is claimed}" in text and r"\textbf{Proved}" not in text
    assert "{Where it breaks}" in DECKS["pitfall-overflow-slides.tex"]


def test_hostile_text_stays_text() -> None:
    text = DECKS["hostile-slides.tex"]
    body = text[text.index(r"\begin{document}") :]
    assert EVIL not in text and r"\input" not in body and "<script>" not in body
    assert body.count(r"\end{document}") == 1
    assert hostile.title == EVIL and r"\textbackslash{}input\{/etc/passwd\}" in body


# ------------------------------------------------------------------ nothing runs over


def test_every_kind_of_deck_compiles(engine: str, tmp_path: Path) -> None:
    assert failures(engine, tmp_path, dict(some(list(DECKS.items()), 2))) == []


def test_decks_compile_in_chinese(engine: str, tmp_path: Path) -> None:
    if shutil.which("xelatex") is None:
        pytest.skip("no xelatex is installed")
    written = files(PROVED, hostile_proof(), formats=("slides",), spoken="zh")
    assert r"\begin{frame}{证明}" in written["jacobian-slides.tex"]
    assert failures(engine, tmp_path, written) == []


def test_a_deck_compiles_without_tikz(engine: str, tmp_path: Path) -> None:
    bare = DECKS["slope-slides.tex"].replace("{tikz.sty}", "{not-there.sty}")
    assert failures(engine, tmp_path, {"slope-slides.tex": bare}) == []


def test_what_is_longer_than_a_frame_stays_on_it(engine: str, tmp_path: Path) -> None:
    names = scalars(" ".join(f"a{n}" for n in range(1, 40)))
    total = reduce(add, names[1:], names[0] * exp(names[0]))
    squares = reduce(sub, (a / (1 + a) for a in names), names[0])
    product = reduce(mul, map(exp, names))
    words = "A reason that never comes to its end, as reasons do. " * 30
    line = Derivation(
        "long",
        total,
        Step(squares, by=Rule("A rule with a long name, " * 6), because=words),
        Step(log(product) - squares, by=algebra, because=words),
        Step(product, by=algebra),
        assuming=[equal(total, squares), equal(squares, product)],
        about=words,
        title="A title that is very long indeed " * 8,
    )
    assert failures(engine, tmp_path, decks(proof(line, sizes=(), steps=steps(line)))) == []


@pytest.mark.parametrize("name", ["softmax-two-classes", "pitfall-labels-not-normalised"])
def test_decks_of_the_catalog_compile(engine: str, tmp_path: Path, name: str) -> None:
    assert failures(engine, tmp_path, decks(with_general(prove(entries()[name], 3)))) == []
