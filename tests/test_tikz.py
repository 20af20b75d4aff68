"""Figures in TikZ: at the same places as in SVG, spoken of in the text, and nobody's letters are commands."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from derive.catalog import entries
from derive.numeric.accuracy import Measured
from derive.proof import prove
from derive.report import illustrations, tikz
from derive.report.accuracy import Accuracy, Errors, plot
from derive.report.articles import tex_page, tex_slides
from derive.report.graph import Graph
from derive.report.heat import Heat
from derive.report.index import links
from derive.report.page import Page, page
from derive.report.pictures import Pictures, proved_derivations
from derive.report.plates import Plate, plates

from .report_samples import EVIL
from .sampling import some
from .test_tex import failures

SHOWN = (
    "sigmoid-derivative softmax-jacobian softmax-ratio softmax-two-classes softmax-cross-entropy-gradient "
    "logistic-loss-gradient cross-entropy-gradient"
).split()
SAMPLES = (-38.0, -0.5, 1.25, 38.0)
NAIVE, OURS = (0.0, 0.5, 3.0, 2.0**53), (0.25, 0.5, 0.75, 1.5)
ERRORS = Accuracy(
    line="z = (x, 0, 0)",
    variable="x",
    low="−38",
    high="38",
    samples=SAMPLES,
    result="y_{i}",
    number=7,
    function="softmax_jacobian",
    naive=Errors("$10^{16}$", "$10^{15}$", True, NAIVE),
    exported=Errors("$1.50$", "$0.75$", False, OURS),
    figure=plot("x", SAMPLES, Measured(NAIVE), Measured(OURS)),
)


@pytest.fixture(scope="module")
def pages() -> dict[str, Page]:
    catalog = entries()
    proofs = [prove(catalog[name]) for name in SHOWN]
    titles, known = links(proofs), proved_derivations(proofs)
    return {proof.name: page(proof, titles, None, known) for proof in proofs}


def plate(one: Page) -> Plate:
    (found,) = plates(one)
    return found


def drawing(one: Page) -> str:
    return next(found.drawing for found in illustrations.illustrations(one) if found.drawing)


def numbers(text: str) -> list[str]:
    return [f"{float(number):g}" for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def svg_paths(one: Page, style: str) -> list[list[str]]:
    """The places on every path of a style, as numbers."""
    return [numbers(path) for path in re.findall(rf'<path class="{style}" d="([^"]*)"', str(plate(one).drawing))]


def tikz_paths(one: Page, command: str) -> list[list[str]]:
    return [
        numbers("".join(re.findall(r"\([^)]*\)", path))) for path in re.findall(rf"{command}([^;]*);", drawing(one))
    ]


# ------------------------------------------------------------------ the same places


def test_curves_run_through_the_same_places(pages: dict[str, Page]) -> None:
    one = pages["sigmoid-derivative"]
    assert tikz_paths(one, r"\\draw\[line a\]") == svg_paths(one, "line a")
    assert tikz_paths(one, r"\\draw\[line b\]") == svg_paths(one, "line b")
    left, right = tikz_paths(one, r"\\fill\[shade\]")
    shades = re.findall(r'<rect class="shade" x="([^"]*)"[^>]*width="([^"]*)"', str(plate(one).drawing))
    for found, (x, width) in zip((left, right), shades, strict=True):
        assert (float(found[0]), float(found[2])) == pytest.approx((float(x), float(x) + float(width)), abs=0.06)


def test_contours_and_arrows_run_through_the_same_places(pages: dict[str, Page]) -> None:
    one = pages["softmax-ratio"]
    for pair in ("12", "13", "23"):
        assert tikz_paths(one, rf"\\draw\[contour {pair}[^\]]*\]") == svg_paths(one, f'contour c{pair}[^"]*')
    one = pages["softmax-cross-entropy-gradient"]
    arrows = tikz_paths(one, r"\\draw\[arrow\]")
    assert len(arrows) > 20 and arrows == svg_paths(one, "arrow")


def test_tiles_have_the_same_corners(pages: dict[str, Page]) -> None:
    one = pages["softmax-two-classes"]
    tiles = [number for path in tikz_paths(one, r"\\draw\[tile[^\]]*\]") for number in path]
    assert len(tiles) == 16 * 16 * 8
    assert tiles == [number for path in svg_paths(one, r"tile level-\d") for number in path]


def test_a_table_holds_the_same_numbers(pages: dict[str, Page]) -> None:
    one = pages["softmax-jacobian"]
    there = re.findall(r'<text class="number"[^>]*>([^<]*)</text>', str(plate(one).drawing))
    here = re.findall(r"\\node\[number\] at \([^)]*\) \{\$(.*?)\$\};", drawing(one))
    assert len(here) == 9 and [text.replace("- ", "\u2212") for text in here] == there
    depths = re.findall(r'fill-opacity="([^"]*)"', str(plate(one).drawing))
    shades = re.findall(r"fill=(?:accent|second)!([\d.]+)", drawing(one))
    assert [float(shade) for shade in shades] == pytest.approx([100 * float(depth) for depth in depths])


def test_errors_stand_at_the_same_places() -> None:
    for style in "ab":
        (here,) = re.findall(rf"marks {style}\] plot coordinates \{{(.*?)\}};", tikz.errors(ERRORS))
        (there,) = re.findall(rf'<path class="dots {style}" d="([^"]*)"', str(ERRORS.figure))
        assert numbers(here) == numbers(there.replace("h0", " "))


def test_a_large_table_has_smaller_cells(pages: dict[str, Page]) -> None:
    one = pages["softmax-jacobian"]
    (values,) = (shown for shown in one.pictures.drawn if isinstance(shown, Heat))
    row = (0.5, *[-0.1] * 5)
    wide = replace(one, pictures=Pictures(None, (replace(values, cells=(row,) * 6),)))
    (small,), (large,) = illustrations.illustrations(wide), illustrations.illustrations(one)
    assert small.small and not large.small and small.unit < large.unit


# ------------------------------------------------------------------ words


def test_the_text_speaks_of_every_figure(pages: dict[str, Page]) -> None:
    for one in pages.values():
        all_of_it = replace(one, accuracy=ERRORS)
        article = tex_page(all_of_it, "derive report", "0.1.0")
        found = illustrations.illustrations(all_of_it)
        assert [figure.number for figure in found] == list(range(1, len(found) + 1))
        for figure in found:
            assert article.count(rf"\hyperlink{{figure.{figure.number}}}{{Figure~{figure.number}}}") == 1
            assert article.count(rf"\figuretitle{{figure.{figure.number}}}{{{figure.number}}}") == 1
            assert article.index(rf"\hyperlink{{figure.{figure.number}}}") < article.index(
                rf"\figuretitle{{figure.{figure.number}}}"
            )
        assert len(article) < 60_000


def test_the_graph_bears_what_the_run_has_proved(pages: dict[str, Page]) -> None:
    one = pages["softmax-cross-entropy-gradient"]
    article = tex_page(one, "derive report", "0.1.0")
    body = article[article.index(r"\begin{tikzpicture}") : article.index(r"\end{tikzpicture}")]
    assert body.count(r"\node[station]") == 3 and body.count(r"\draw[backwards]") == 3
    assert r"-\frac{t_{j}}{y_{j}}" in body and "logits" in body
    assert r"\texttt{softmax{-}\allowbreak{}jacobian}, \texttt{cross{-}" in article


def test_an_article_without_figures_asks_for_no_package(pages: dict[str, Page]) -> None:
    bare = replace(pages["softmax-jacobian"], pictures=Pictures())
    assert not illustrations.is_illustrated(bare) and illustrations.illustrations(bare) == ()
    article = tex_page(bare, "derive report", "0.1.0")
    assert "tikz" not in article and r"\illustrated" not in article


# ------------------------------------------------------------------ as TeX sets them


def test_all_figures_compile(pages: dict[str, Page], tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("no pdflatex is installed")
    written = {}
    for name, one in some(list(pages.items()), 3):
        all_of_it = replace(one, accuracy=ERRORS)
        written[f"{name}.tex"] = tex_page(all_of_it, "derive report", "0.1.0")
        written[f"{name}-slides.tex"] = tex_slides(all_of_it, "derive report", "0.1.0")
    assert failures("pdflatex", tmp_path, written) == []


def test_hostile_letters_are_text(pages: dict[str, Page], tmp_path: Path) -> None:
    heat = pages["softmax-jacobian"]
    (table,) = heat.pictures.drawn
    assert isinstance(table, Heat)
    graph = pages["softmax-cross-entropy-gradient"].pictures.graph
    assert isinstance(graph, Graph)
    evil = r"\input{/etc/passwd}"
    stations = tuple(replace(station, name=evil, meaning=evil, called=EVIL) for station in graph.stations)
    arrows = tuple(replace(arrow, derivative=evil, value=evil, source=EVIL) for arrow in graph.arrows)
    pictures = Pictures(
        replace(graph, stations=stations, arrows=arrows),
        (replace(table, rows=evil, columns=evil, variable=evil, derivative=evil),),
    )
    errors = replace(ERRORS, function=EVIL, line=evil, variable=evil)
    one = replace(heat, pictures=pictures, accuracy=errors)
    article, slides = tex_page(one, "derive", "0.1.0"), tex_slides(one, "derive", "0.1.0")
    assert r"\input{/" not in article and r"\input{/" not in slides
    if shutil.which("pdflatex") is not None:
        problems = failures("pdflatex", tmp_path, {"evil.tex": article, "evil-slides.tex": slides})
        assert [problem for problem in problems if "too wide" not in problem] == []
