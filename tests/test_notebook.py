"""What a notebook shows: run by a kernel of its own, and its outputs looked at."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import nbformat
import pytest
from nbclient import NotebookClient

import derive
from derive.catalog import entries, softmax
from derive.derivation import Derivation, Step
from derive.formula.notation import log, scalars
from derive.notebook import text
from derive.proof import Proof, prove, with_general
from derive.rules import Rule

from .report_samples import EVIL, PROOFS

CELLS = (
    "import derive\nfrom derive.catalog import softmax",
    "softmax.jacobian.claim",
    "softmax.jacobian",
    "derive.prove(softmax.jacobian, K=3)",
    "x = derive.scalar('x')\nderive.decide(derive.D(x**2, x), x)",
    "derive.prove(derive.catalog.entries()['pitfall-chain-rule-without-sum'])",
)


class Tags(HTMLParser):
    """The elements of a piece of HTML, each opened and closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name in ("href", "src")]
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def outputs() -> list[dict[str, str]]:
    """What each cell shows, by its type."""
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return [cell.outputs[-1].data if cell.outputs else {} for cell in notebook.cells]


def test_formulas_and_derivations_are_latex(outputs: list[dict[str, str]]) -> None:
    assert outputs[1]["text/latex"] == r"$\displaystyle \frac{\partial y_{i}}{\partial z_{j}}$"
    assert r"\begin{aligned}" in outputs[2]["text/latex"]


def test_a_proof_is_html(outputs: list[dict[str, str]]) -> None:
    html = outputs[3]["text/html"]
    assert "Softmax Jacobian" in html and html.count("✓") == 1 + len(softmax.jacobian.steps)
    assert "--jp-success-color1" in html and "(7)" in html


def test_results_are_html(outputs: list[dict[str, str]]) -> None:
    assert outputs[4]["text/html"].startswith("<strong>refuted</strong> <code>Refuted(x = 1")
    assert "differs from the line above" in outputs[5]["text/html"]


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: str(proof.name))
def test_every_face_is_well_formed(proof: Proof) -> None:
    html = proof._repr_html_()
    tags = Tags(html)
    assert not tags.open
    assert tags.seen <= {"div", "p", "strong", "br", "span", "table", "tbody", "tr", "td"}


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: str(proof.name))
def test_dollars_stand_in_pairs(proof: Proof) -> None:
    shown = re.sub(r"<span>[\\$]</span>", "", proof._repr_html_())
    assert shown.count("$") % 2 == 0


def test_hostile_text_stays_text() -> None:
    p, x = scalars("p x")
    hostile = Derivation("hostile", x + p, Step(p + x, by=Rule(EVIL), because=EVIL), title=EVIL)
    html = prove(hostile)._repr_html_()
    assert "<script" not in html and r"\input" not in html
    assert text(r"$\href{x}$") == (
        '<span class="tex2jax_ignore mathjax_ignore"><span>$</span><span>\\</span>href{x}<span>$</span></span>'
    )


def test_conditions_are_shown() -> None:
    p, x = scalars("p x")
    html = prove(Derivation("d", log(p * x), Step(log(p) + log(x), by=Rule("r"))))._repr_html_()
    assert "equal only where" in html and "wherever" in html


def test_both_scopes_mark_each_line() -> None:
    proved, half, differs, unknown = (one for one in PROOFS if one.name in ("jacobian", "divided", *BOTH))
    html = proved._repr_html_()
    assert html.count("✓") == 2 + 2 * len(proved.steps)
    assert html.count(text("every K")) == html.count(text("K=3")) == len(proved.steps)
    assert text("every K ≥ 2") in half._repr_html_()
    told = differs._repr_html_()
    assert f"✗</span> {text('every K ≥ 3')}<br>" in told and f"{text('every K ≥ 3')}: differs from the line" in told
    assert f"?</span> {text('every K')}<br>" in unknown._repr_html_() and "not decided: " in unknown._repr_html_()


BOTH = ("three-terms", "deep-delta")


def test_conditions_of_both_scopes_are_told_apart() -> None:
    html = next(one for one in PROOFS if one.name == "fraction-of-itself")._repr_html_()
    assert f"for {text('every K')}, wherever $z_{{i}} \\ne 0$" in html
    assert f"for {text('K=3')}, wherever $z_{{1}} \\ne 0$, $z_{{2}} \\ne 0$" in html


def test_every_entry_shows_itself() -> None:
    for entry in list(entries().values())[::20]:
        proof = with_general(prove(entry))
        assert not Tags(proof._repr_html_()).open


def test_a_verdict_is_escaped() -> None:
    assert derive.Unknown("<b>")._repr_html_() == "<strong>unknown</strong> <code>Unknown(&lt;b&gt;)</code>"
