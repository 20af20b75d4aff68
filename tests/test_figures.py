"""Figures: their values at known points, the same bytes every time, and words for those who can't see them."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from derive.catalog import entries
from derive.derivation import Derivation
from derive.proof import Proof, VerdictName, prove, with_general
from derive.report.curve import curves
from derive.report.graph import graph
from derive.report.heat import heat
from derive.report.index import links
from derive.report.page import Page, page
from derive.report.pictures import pictures, proved_derivations
from derive.report.plates import plates
from derive.report.saturation import saturation, saturation_sentences
from derive.report.simplex import contours, field
from derive.report.surface import surface

CATALOG = {name: entry for name, entry in entries().items() if isinstance(entry, Derivation)}
SHOWN = (
    "sigmoid-derivative softmax-jacobian softmax-sum softmax-two-classes softmax-cross-entropy-gradient "
    "softmax-cross-entropy-gradient-one-hot cross-entropy-hessian cross-entropy-gradient exp-jacobian"
).split()


@pytest.fixture(scope="module")
def proofs() -> list[Proof]:
    return [prove(CATALOG[name]) for name in SHOWN]


@pytest.fixture(scope="module")
def pages(proofs: list[Proof]) -> dict[str, Page]:
    titles, known = links(proofs), proved_derivations(proofs)
    return {proof.name: page(proof, titles, None, known) for proof in proofs}


def sizes(derivation: Derivation) -> dict:  # type: ignore[type-arg]
    return {size: 3 for size in derivation.free_sizes} | dict(derivation.sizes)


def softmax(*logits: float) -> list[float]:
    parts = [math.exp(z) for z in logits]
    return [part / sum(parts) for part in parts]


# ------------------------------------------------------------------ values


@pytest.mark.parametrize("name", ["softmax-jacobian", "cross-entropy-hessian", "softmax-jacobian-cases"])
def test_the_table_holds_the_entries_of_the_jacobian(name: str) -> None:
    found = heat(CATALOG[name], sizes(CATALOG[name]))
    assert found is not None and found.point == (2.0, 1.0, 0.0)
    y = softmax(2, 1, 0)
    for i, row in enumerate(found.cells):
        assert row == pytest.approx([y[i] * ((i == j) - y[j]) for j in range(3)])
    assert found.is_symmetric and found.rows_sum_to_zero


def test_rows_belong_to_the_output() -> None:
    """The rows of ∂ log y_i/∂z_j sum to 0, its columns do not."""
    found = heat(CATALOG["log-softmax-gradient"], sizes(CATALOG["log-softmax-gradient"]))
    assert found is not None and not found.is_symmetric and found.rows_sum_to_zero
    assert (found.rows, found.columns) == ("i", "j")
    assert found.cells[2][0] == pytest.approx(-softmax(2, 1, 0)[0])
    plain = heat(CATALOG["exp-jacobian"], sizes(CATALOG["exp-jacobian"]))
    assert plain is not None and not plain.rows_sum_to_zero and plain.largest == pytest.approx(math.exp(2))


def test_a_table_has_room_for_six_classes() -> None:
    jacobian = CATALOG["softmax-jacobian"]
    for chosen, shown in ((2, 2), (6, 6), (7, 3), (1000, 3)):
        found = heat(jacobian, dict.fromkeys(jacobian.free_sizes, chosen))
        assert found is not None and len(found.cells) == shown


def test_arrows_point_from_the_prediction_to_the_label() -> None:
    found = field(CATALOG["softmax-cross-entropy-gradient"], {})
    assert found is not None and found.points_at_the_label and len(found.arrows) == 28
    for arrow in found.arrows:
        assert arrow.gradient == pytest.approx([p - t for p, t in zip(arrow.at, (1, 0, 0), strict=True)])
    other = field(CATALOG["brier-score-gradient"], {})
    assert other is not None and not other.points_at_the_label


@pytest.mark.parametrize("name", ["softmax-cross-entropy-gradient-one-hot", "softmax-cross-entropy-gradient-vector"])
def test_the_same_arrows_however_the_gradient_is_written(name: str) -> None:
    first, other = field(CATALOG["softmax-cross-entropy-gradient"], {}), field(CATALOG[name], {})
    assert first is not None and other is not None
    for one, two in zip(first.arrows, other.arrows, strict=True):
        assert one.gradient == pytest.approx(two.gradient)


def test_lines_of_equal_differences() -> None:
    found = contours(CATALOG["softmax-ratio"], {})
    assert found is not None and len(found.contours) == 15
    for line in found.contours:
        for point in line.points:
            ratio = point[line.first - 1] / point[line.second - 1]
            assert math.log(ratio) == pytest.approx(line.difference, abs=1e-9)


def test_the_surface_is_a_sigmoid_of_the_difference() -> None:
    pinned = dict(CATALOG["softmax-two-classes"].sizes)
    found = surface(CATALOG["softmax-two-classes"], pinned)
    assert found is not None and found.only_difference
    assert found.heights[8][8] == pytest.approx(0.5)
    assert found.heights[16][0] == pytest.approx(1 / (1 + math.exp(-8)))
    assert found.heights[12][4] == pytest.approx(softmax(2, -2)[0])


def test_where_the_sigmoid_is_flat() -> None:
    derivation = CATALOG["sigmoid-derivative"]
    plotted = curves(derivation)
    assert plotted is not None
    found = saturation(derivation, plotted[1])
    assert found is not None
    edge = math.log((1 - 0.01010205144336438) / 0.01010205144336438)  # σ(1 − σ) = 0.01
    assert [n for stretch in found.stretches for n in stretch] == pytest.approx([-8, -edge, edge, 8])
    assert found.steepest == (0, 0.25)
    assert "left of −4.58 and right of 4.58" in saturation_sentences(found)


def test_a_slope_is_plotted_beside_what_is_differentiated() -> None:
    plotted = curves(CATALOG["log-sigmoid-derivative"])
    assert plotted is not None and str(plotted[1][0].formula) == "log(sigma(x))"
    assert saturation(CATALOG["sigmoid-second-derivative"], plotted[1]) is None


# ------------------------------------------------------------------ the chain of derivatives


def test_arrows_bear_what_the_run_has_proved() -> None:
    derivation = CATALOG["softmax-cross-entropy-gradient"]
    found = graph(derivation, CATALOG)
    assert found is not None and found.sums
    assert [station.called for station in found.stations] == ["logits", "softmax", "cross-entropy"]
    assert [arrow.source for arrow in found.arrows] == ["softmax-jacobian", "cross-entropy-gradient"]
    assert found.arrows[1].value == r"-\frac{t_{j}}{y_{j}}" and found.whole.value == "y_{i} - t_{i}"
    bare = graph(derivation, {})
    assert bare is not None and [arrow.value for arrow in bare.arrows] == ["", ""]


def test_a_chain_of_numbers_has_no_sum() -> None:
    found = graph(CATALOG["logistic-loss-gradient"], CATALOG)
    assert found is not None and not found.sums
    assert [station.called for station in found.stations] == ["logit", "sigmoid", "logistic loss"]
    assert [arrow.source for arrow in found.arrows] == ["sigmoid-derivative", "logistic-loss-gradient-probability"]


def test_no_chain_where_no_line_uses_one() -> None:
    assert graph(CATALOG["softmax-cross-entropy-gradient-direct"], CATALOG) is None
    assert graph(CATALOG["softmax-jacobian"], CATALOG) is None


# ------------------------------------------------------------------ drawings


def test_drawings_say_what_they_show(pages: dict[str, Page]) -> None:
    drawn = [plate for one in pages.values() for plate in plates(one)]
    assert {plate.kind for plate in drawn} == {"curves", "heat", "simplex", "surface"}
    for plate in drawn:
        text = str(plate.drawing)
        root = ElementTree.fromstring(text)
        title, description = root.find("title"), root.find("desc")
        assert root.get("role") == "img" and title is not None and description is not None
        assert title.text and description.text and re.search(r"\d", description.text)
        assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        assert not re.search(r"\bnan\b|\binf\b|#[0-9a-f]{3,6}\b|style=", text)
        assert len(text) < 40_000


def test_the_same_figures_twice(pages: dict[str, Page], proofs: list[Proof]) -> None:
    for proof in proofs:
        again = page(proof, links(proofs), None, proved_derivations(proofs))
        assert [plate.drawing for plate in plates(again)] == [plate.drawing for plate in plates(pages[proof.name])]


def test_identities_are_unique(pages: dict[str, Page]) -> None:
    for one in pages.values():
        found = re.findall(r'id="([^"]+)"', "".join(str(plate.drawing) for plate in plates(one)))
        assert len(found) == len(set(found))


def test_no_figure_of_what_is_not_proved(proofs: list[Proof]) -> None:
    verdicts: list[VerdictName] = ["refuted", "unknown", "conditional"]
    for verdict in verdicts:
        found = pictures(replace(proofs[1], verdict=verdict), CATALOG)
        assert found.graph is None and found.drawn == ()


def test_only_what_was_decided_is_drawn(proofs: list[Proof]) -> None:
    """The triangle shows three classes: at K = 4 alone nothing is known of them."""
    gradient = CATALOG["softmax-cross-entropy-gradient"]
    alone = prove(gradient, 4)
    assert alone.general is None and pictures(alone, CATALOG).drawn == ()
    assert len(pictures(with_general(alone), CATALOG).drawn) == 1
    assert pictures(prove(CATALOG["softmax-jacobian"], 20), CATALOG).drawn == ()
