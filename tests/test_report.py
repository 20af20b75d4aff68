from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from derive.catalog import entries
from derive.derivation import Derivation, Step
from derive.export.templates import templates
from derive.formula.latex import latex, latex_hypothesis
from derive.formula.notation import D, decimal, fraction, vector
from derive.kernel.verdict import Enclosure
from derive.proof import NumericCheck, Opinion, Proof
from derive.report import report_files
from derive.report.curve import curves
from derive.report.evidence import difference, exact, headline, scientific, variable
from derive.report.figures import ticks
from derive.report.index import index, links
from derive.report.mathml import MathError, mathml
from derive.report.page import Link, page
from derive.report.prose import bookmark, escape_tex, is_safe, pieces, prose_html, prose_tex
from derive.report.words import opinion_sentence
from derive.rules import entrywise, rounding

from .report_samples import CHECKS, POINT, PROOFS, PROVED, K, jacobian, overflow, sigma, slope, steps, x

GOLDEN = Path(__file__).parent / "golden"
LIMIT = 400_000


def files(*proofs: Proof, **more: object) -> dict[str, str]:
    document = {"derive": "0.1.0", "results": ["σ"]}
    found = report_files(
        proofs or PROOFS,
        scope="K=3",
        command="derive report -K 3",
        version="0.1.0",
        module_source="import numpy as np\n",
        document=document,
        **more,  # type: ignore[arg-type]
    )
    return dict(found)


def main_part(html: str) -> str:
    return html[html.index("<main") : html.index("</main>")] + "</main>\n"


# ------------------------------------------------------------------ the files of a run


def test_the_files_of_a_run() -> None:
    written = files()
    pages = {f"{proof.name}.{end}" for proof in PROOFS for end in ("html", "tex")}
    assert set(written) == pages | {"index.html", "map.html", "derived.py", "derive.json"}
    assert written["derived.py"] == "import numpy as np\n"
    assert written["derive.json"].endswith("}\n") and "σ" in written["derive.json"]
    assert json.loads(written["derive.json"])["derive"] == "0.1.0"


def test_same_input_same_bytes() -> None:
    slower = [
        replace(proof, seconds=9.0, steps=tuple(replace(step, seconds=9.0) for step in proof.steps)) for proof in PROOFS
    ]
    assert files(*slower) == files()


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_seed_of_the_hash_does_not_matter(seed: str) -> None:
    program = (
        "import hashlib; from tests.test_report import files; print(hashlib.sha256(repr(files()).encode()).hexdigest())"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent,
    )
    assert run.stdout.strip() == hashlib.sha256(repr(files()).encode()).hexdigest()


def test_no_line_begins_with_the_punctuation_after_a_formula() -> None:
    x = "<math><mi>x</mi></math>"
    assert prose_html("Let $x$. ($x$), or $x$") == (
        f'Let <span class="kept">{x}.</span> (<span class="kept">{x}),</span> or {x}'
    )
    assert prose_html("$x$$x$ & 1.") == f"{x}{x} &amp; 1."
    assert prose_html(Markup("<b>$x$</b>;")) == f"<b>{x}</b>;"


def test_a_page_keeps_its_looks() -> None:
    """Read the difference; if it is meant, write the new page to tests/golden."""
    assert main_part(files()["jacobian.html"]) == (GOLDEN / "report_page.html").read_text(encoding="utf-8")


def test_an_article_keeps_its_looks() -> None:
    """Read the difference; if it is meant, write the new article to tests/golden."""
    assert files()["jacobian.tex"] == (GOLDEN / "report_article.tex").read_text(encoding="utf-8")


def test_pages_ask_nobody_and_are_light() -> None:
    for name, text in files().items():
        if name.endswith("html"):
            assert not re.search(r"https?://|@import|url\((?!data:)", text), name
            assert len(text.encode()) < LIMIT


def test_the_policy_knows_the_scripts_by_their_hashes() -> None:
    text = files()["jacobian.html"]
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert len(scripts) == 2
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in text
    assert "default-src 'none'" in text


def test_every_link_leads_somewhere() -> None:
    written = files()
    for name, text in written.items():
        if name.endswith("html"):
            body = text[text.index("<body") :]
            identities = re.findall(r'\bid="([^"]+)"', body)
            assert len(identities) == len(set(identities)), name
            for target in re.findall(r'href="([^"]+)"', body):
                file, _, anchor = target.partition("#")
                assert not file or file in written, target
                assert not anchor or anchor in identities, target


def test_templates_hold_no_mathematics() -> None:
    for file in templates().glob("*.j2"):
        if file.name.startswith(("report", "index", "base", "parts")):
            assert not re.search(r"\\(?:d?frac|sum|partial|delta|sigma|exp|log)\b", file.read_text(encoding="utf-8"))


# ------------------------------------------------------------------ hostile text


def test_hostile_text_is_shown_as_text() -> None:
    written = files()
    for name in ("hostile.html", "index.html"):
        body = written[name][written[name].index("<body") :]
        assert "<script>alert" not in body
        assert "&lt;script&gt;alert" in body
        assert "{{ 7*7 }}" in body
    article = written["hostile.tex"]
    assert not re.search(r"\\input\b|\^\^|\\end\{document\}.", article)
    assert article.count(r"\end{document}") == 1
    assert r"\textless{}script\textgreater{}" in article


@pytest.mark.parametrize(
    "text",
    [
        r"$\input{/etc/passwd}$",
        r"$\write18{ls}$",
        r"$x^^5cinput$",
        r"$\def\x{y}$",
        r"$a & b$",
        r"$\text{\input{x}}$",
        r"$\text{a_b}$",
        r"$x^2'$",
        r"$x^a^b$",
        r"$\frac{a}$",
        r"$\begin{verbatim}x\end{verbatim}$",
        r"$\begin{cases} a & b \end{cases}$",
        r"$\unknown$",
        r"$\frac\alpha b$",
        r"$\frac{a} b$",
        r"$\hat\frac{a}{b}$",
        r"$x_\log$",
        r"$x^$",
        r"$中$",
        r"$a%b$",
        r"$\\$",
        "$5 and $6",
        "$ a $",
        "a $ b",
        "$$",
    ],
)
def test_what_is_no_formula_stays_text(text: str) -> None:
    assert [piece.is_math for piece in pieces(text)] == [False]
    assert "<math" not in prose_html(text)
    assert "$" not in prose_tex(text).replace(r"\$", "").replace(r"\ensuremath", "")


def test_text_is_not_taken_for_markup_that_reads_the_same() -> None:
    assert prose_html(Markup("<b>so</b>")) == "<b>so</b>"
    assert prose_html("<b>so</b>") == "&lt;b&gt;so&lt;/b&gt;"


@pytest.mark.parametrize("text", [r"$y_i \ne 0$", r"$\sum_k t_k = 1$", "$-t_j/y_j$", r"$\sigma'(x)$", "$σ ≤ 1$"])
def test_formulas_in_prose(text: str) -> None:
    assert [piece.is_math for piece in pieces(f"so {text}, then")] == [False, True, False]
    assert "<math" in prose_html(text)


def test_text_for_tex() -> None:
    assert escape_tex("a_b -- 100% σ 中 ①") == r"a\_b {-}{-} 100\% \ensuremath{\sigma} 中 \texttt{U+2460}"
    assert escape_tex("\n\t\x00") == "  " + r"\texttt{U+0000}"
    assert bookmark(r"\input{x} & $a$") == "input x a"


# ------------------------------------------------------------------ mathematics


def catalog_formulas() -> list[str]:
    found = []
    for entry in entries().values():
        if isinstance(entry, Derivation):
            found += [latex(line, entry.changed(n) if n else frozenset()) for n, line in enumerate(entry.lines)]
            found += [latex_hypothesis(hypothesis) for hypothesis in entry.assuming]
            found += [latex(side) for pair in entry.definitions() for side in pair]
            found += [text for step in entry.steps for text in (step.by.equation, step.by.condition) if text]
    return found


def test_every_formula_of_the_catalog_can_be_shown() -> None:
    assert [text for text in catalog_formulas() if not is_safe(text, layout=True)] == []


def test_all_prose_of_the_catalog_can_be_shown() -> None:
    texts = [t for e in entries().values() for t in (e.title, getattr(e, "about", ""), getattr(e, "lesson", ""))]
    texts += [
        text
        for entry in entries().values()
        if isinstance(entry, Derivation)
        for step in entry.steps
        for text in (step.because, step.by.name)
    ]
    for text in texts:
        assert sum(piece.is_math for piece in pieces(text)) * 2 == text.count("$"), text


def test_the_font_has_every_character() -> None:
    known = {chr(int(line.split()[0], 16)) for line in (GOLDEN / "report_characters.txt").read_text().splitlines()}
    for text in catalog_formulas():
        root = ElementTree.fromstring(mathml(text))
        used = {c for element in root.iter() if element.tag != "mtext" for c in element.text or ""}
        # browsers set a lone letter in italics: those are in the font by their own numbers
        assert used <= known, text


def test_mathml_is_core() -> None:
    text = mathml(r"\boxed{\hl{\cancel{S}} + \operatorname{diag}\left(y\right)}")
    ElementTree.fromstring(text)
    assert "menclose" not in text
    assert text.count('class="boxed"') == text.count('class="cancel"') == text.count('class="hl"') == 1
    assert text.count('stretchy="false"') == 2
    assert 'lspace="0.1667em"' not in mathml(r"\operatorname{diag}\left(y\right)")
    assert 'lspace="0.1667em"' in mathml(r"\log y")
    assert "stretchy" not in mathml(r"\left(\frac{a}{b}\right)")
    with pytest.raises(MathError, match="Unknown command"):
        mathml(r"\input{x}")


# ------------------------------------------------------------------ values


def test_lines_of_a_page() -> None:
    shown = page(PROVED, links(PROOFS))
    assert [line.number for line in shown.lines] == [1, 2, 3, 4, 5, 6]
    assert shown.lines[-1].shown.startswith(r"\boxed{") and r"\hl" in shown.lines[2].shown
    assert shown.lines[1].reason.condition == r"v \ne 0"
    assert [mark.words for mark in shown.lines[1].marks] == ["index calculus · 2 kinds", "tower, K = 3 · 2 instances"]
    assert "one instance for each way" in shown.decided[1]
    assert "one by one" in page(replace(PROVED, every_entry=True), links(PROOFS)).decided[1]
    assert "at all 9 entries" in page(replace(PROVED, every_entry=True, entries=9), links(PROOFS)).decided[1]
    assert shown.error is not None and shown.error.largest == r"$2.5 \times 10^{-16}$"
    assert [rule.lines for rule in shown.rules] == [(2,), (3,), (4,), (5,)]


def test_a_lemma_is_linked() -> None:
    false = page(PROOFS[4], links(PROOFS))
    reason = false.lines[1].reason
    assert reason.link is not None and (reason.link.href, reason.name) == ("jacobian.html", "The Jacobian of softmax")
    assert false.instead is not None and false.instead.href == "jacobian.html"
    assert page(PROOFS[5], links(PROOFS)).instead == replace(
        false.instead, name="elsewhere", title="elsewhere", href=""
    )


def test_the_refuted_line_shows_both_sides() -> None:
    first, mark = page(PROOFS[4], links(PROOFS)).lines[0].marks
    assert first.difference is not None and first.difference.where == (("K", "1"), ("i", "1"))
    assert first.note == "The smallest $K$ that breaks it is $1$."
    assert mark.difference is not None
    assert (mark.difference.left, mark.difference.right) == (r"\approx 0.412346", "= -0.123")
    assert mark.difference.where == (("K", "3"), ("i", "1"))
    assert mark.difference.point[1:] == (
        ("t_{1}", mark.difference.point[1][1]),
        ("z_{1}", r"\frac{1}{2}"),
        ("z_{2}", r"-\frac{7}{3}"),
    )
    alone = replace(PROOFS[4], general=None)
    assert page(alone, links(PROOFS)).lines[1].marks == ()
    html = files(alone, PROVED)["pitfall-without-sum.html"]
    assert "Lines (0) and (1) differ" in html and "not decided" in html


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("log-product", "Only where"),
        ("open-question", "outside &lt;the&gt; class"),
        ("pitfall-captured", "index k is summed &amp; &lt;free&gt;"),
        ("pitfall-overflow", "Where it fails"),
        ("pitfall-without-sum", "This verdict is the expected one"),
        ("open-question", "Expected: proved"),
    ],
)
def test_pages_that_are_not_proved(name: str, phrase: str) -> None:
    assert phrase in files()[f"{name}.html"]


def test_scopes_in_words() -> None:
    def decided(one: Proof) -> str:
        return page(one, links(PROOFS)).decided[0]

    assert page(PROOFS[1], links(PROOFS)).findings[0].place == "for all real values"
    assert decided(replace(PROVED, general=None, steps=steps(jacobian))).endswith(
        "for all real values of the variables."
    )
    conditional = page(PROOFS[2], links(PROOFS))
    assert conditional.findings[0].place == "for all real values that the hypotheses and the conditions allow"
    assert conditional.decided[0].endswith("of the variables that the hypotheses and the conditions allow.")
    assert "for all real values" not in decided(replace(PROOFS[4], general=None))


def test_where_there_are_hypotheses_not_all_values_are_meant() -> None:
    for entry in entries().values():
        if isinstance(entry, Derivation):
            one = Proof(entry.name, entry, entry, "K=3", ((K, 3),), "proved", "proved", steps(entry))
            (sentence,) = page(one, {entry.name: _link(entry.name)}).decided
            assert ("variables" in sentence) == (not entry.name.endswith(("-of-numbers", "-class", "-uniform")))
            assert ("that the hypotheses allow" in sentence) == bool(entry.assuming)


def test_opinions_in_words() -> None:
    titles = links(PROOFS)
    asked = page(PROVED, titles).opinion
    assert asked is not None and "differentiates the claim on its own, by diff" in asked.sentence
    assert asked.sentence.endswith("in one instance for each way in which the free indices coincide (2).")
    without = page(replace(PROOFS[2], opinion=Opinion("agrees", 1, "", "")), titles).opinion
    assert without is not None
    assert without.sentence.startswith("SymPy evaluates the claim on its own, and its result equals")
    for name, ending in (
        ("logistic-loss-cases", "one instance for each label (2)."),
        ("softmax-jacobian-first-row", "all 2 instances."),
    ):
        entry = entries()[name]
        assert isinstance(entry, Derivation)
        assert opinion_sentence(Opinion("agrees", 2, "", ""), entry).endswith(ending)
    differs = page(replace(PROVED, opinion=Opinion("differs", 1, "", "i = 1", "a point")), titles).opinion
    assert differs is not None and (differs.sentence, differs.reason) == (
        "SymPy's own result, at i = 1, does not equal the last line.",
        "a point",
    )


def test_an_undecided_opinion() -> None:
    undecided: Any = "undecided"
    written = files(replace(PROVED, opinion=Opinion(undecided, 1, "", "", "it <takes> too long")))
    assert "s opinion is undecided: it &lt;takes&gt; too long</p>" in written["jacobian.html"]
    assert r"SymPy{'}s opinion is undecided: it \textless{}takes\textgreater{} too long" in written["jacobian.tex"]
    assert r"\textcolor{quiet}{Undecided.}" in written["jacobian.tex"]


def test_rounded_lines() -> None:
    third = Derivation("third", fraction(1, 3), Step(decimal("0.33"), by=rounding, relation="≈"))
    shown = page(
        Proof("third", third, third, "every K", (), "proved", "proved", steps(third)), {"third": _link("third")}
    )
    assert shown.equation == r"\frac{1}{3} \approx 0.33"
    assert shown.lines[0].marks[0].sentence.endswith("of the last digit shown.")
    assert shown.findings[0].place == "numbers alone" and shown.decided == ("Every line was decided exactly.",)
    assert shown.lines[0].certificate == "" and shown.certificates is None and shown.quantifier == ""


def _link(name: str) -> Link:
    return Link(name, name, f"{name}.html")


def test_layouts_are_declared() -> None:
    z = vector("z", K)
    for layout, phrase in (("numerator", "rows belong to the output"), ("denominator", "rows belong to the variable")):
        identity = Derivation("identity", D(z, z, layout), Step(D(z, z, layout), by=entrywise))
        one = Proof("identity", identity, identity, "K=3", ((K, 3),), "proved", "proved", steps(identity))
        assert phrase in page(one, {"identity": _link("identity")}).layout


def test_the_index() -> None:
    titles = links(PROOFS)
    shown = index([page(proof, titles) for proof in PROOFS], {"Softmax": ["jacobian"], "Empty": []}, "K=3")
    assert [(group.title, len(group.pages)) for group in shown.groups] == [("Softmax", 1), ("Other derivations", 8)]
    assert [one.name for one in shown.pitfalls] == ["pitfall-without-sum", "pitfall-captured", "pitfall-overflow"]
    assert [(one.scope, [(count.verdict, count.number) for count in one.counts]) for one in shown.tallies] == [
        ("For every $K$", [("proved", 2), ("conditional", 1), ("refuted", 1), ("unknown", 1)]),
        ("Without a $K$", [("proved", 2), ("conditional", 1), ("unknown", 1)]),
        ("At $K=3$", [("proved", 4), ("conditional", 1)]),
    ]
    assert (shown.total, shown.as_expected) == (12, 10)


def test_the_index_shows_no_python() -> None:
    written = files()
    assert "index k is summed" not in written["index.html"] and "Two things need two letters." in written["index.html"]
    assert '<pre class="refusal"><code>index k is summed' in written["pitfall-captured.html"]


def test_file_names_do_not_collide() -> None:
    proofs = [replace(PROVED, name=name) for name in ("index", "A/../b", "a-b", "?")]
    assert [link.href for link in links(proofs).values()] == [
        "index-2.html",
        "A-b.html",
        "a-b-2.html",
        "derivation.html",
    ]


class NotFinite(Enclosure):
    def __str__(self) -> str:
        return "-inf"


def test_a_float_that_is_no_number() -> None:
    lost = replace(POINT, right=NotFinite(Fraction(0), Fraction(0)))
    assert difference(lost).right == r"= -\infty"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("z[1]", "z_{1}"),
        ("X[1, 2]", "X_{1 2}"),
        ("f'(x)", r"f'\left(x\right)"),
        ("sigma", r"\sigma"),
        ("$%", r"\text{..}"),
    ],
)
def test_names_of_a_point(name: str, shown: str) -> None:
    assert variable(name) == shown
    assert is_safe(shown)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0.0, "$0$"),
        (1e-13, "$10^{-13}$"),
        (2.5e-16, r"$2.5 \times 10^{-16}$"),
        (0.25, "$0.25$"),
        (float("nan"), "not finite"),
        (float("inf"), "not finite"),
    ],
)
def test_errors(number: float, shown: str) -> None:
    assert scientific(number) == shown


def test_exact_numbers() -> None:
    assert exact(Fraction(4)) == "4"
    assert exact(Fraction(-7, 3)) == r"-\frac{7}{3}"
    assert exact(POINT.point[3][1]).startswith(r"\approx 8.2")


def test_values_are_told_apart() -> None:
    close = replace(POINT, left=Enclosure(Fraction(1), Fraction(1)), right=Enclosure(*2 * [1 + Fraction(1, 10**10)]))
    assert (difference(close).left, difference(close).right) == ("= 1", "= 1.0000000001")


def test_the_headline_names_the_worst() -> None:
    assert headline(()) is None
    failed = NumericCheck("this one", "ties", 1.0, 1e-13)
    worst = headline((*CHECKS, failed))
    assert worst is not None and (worst.method, worst.passed) == ("this one", False)


# ------------------------------------------------------------------ plots


def test_a_plot_is_the_formula_evaluated() -> None:
    found = curves(slope)
    assert found is not None
    variable, (first, second) = found
    assert variable == x and first.formula == sigma(x)
    assert dict(first.points)[0.0] == 0.5 and dict(second.points)[0.0] == 0.25


def test_no_plot_without_one_real_variable() -> None:
    assert curves(jacobian) is None
    assert page(PROVED, links(PROOFS)).curves == ()
    assert 'class="plot"' not in files()["jacobian.html"]
    figure = files()["slope.html"]
    assert "<title id=" in figure and "<desc id=" in figure
    assert "sigma(x) lies between" in figure


def test_ticks() -> None:
    assert ticks(0, 1) == [0, 0.25, 0.5, 0.75, 1]
    assert ticks(-8, 8) == [-10, -5, 0, 5, 10] or ticks(-8, 8)[0] <= -5
    assert ticks(3, 3)[0] <= 3


def test_an_overflow_says_what_it_shifts_by() -> None:
    shown = page(PROOFS[6], links(PROOFS))
    assert shown.definitions == (("c", r"\max_{k} a_{k}"),)
    assert shown.title == overflow.title


# ------------------------------------------------------------------ colours


def luminance(colour: str) -> float:
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1])
def test_text_stands_out_in_both_themes(theme: int) -> None:
    style = (templates() / "style/theme.css").read_text(encoding="utf-8")
    colours = {name: pair[theme] for name, *pair in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", style)}
    pairs = [
        (ink, paper) for ink in ("ink", "quiet", "accent", "good", "bad", "warn", "open") for paper in ("paper", "card")
    ]
    pairs += [("tint-ink", "tint"), ("bad", "bad-paper"), ("warn", "warn-paper"), ("open", "open-paper")]
    pairs += [("quiet", f"{name}-paper") for name in ("bad", "warn", "open")]
    for ink, paper in pairs:
        light, dark = sorted((luminance(colours[ink]), luminance(colours[paper])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, paper)
