"""Figures and failing pages as a browser shows them: nothing runs over, and every letter can be read on a phone."""

from __future__ import annotations

from itertools import product as pairs
from pathlib import Path

import pytest

from derive.proof import Proof, prove, with_general

from .browser import SCHEMES, WIDTHS, Visit
from .sampling import some
from .test_failing_pages import fractions, inverse, lost_delta, lost_sign, power, product
from .test_figures import CATALOG, SHOWN
from .test_report import files

READABLE = 10.9
GRAPHS = ["logistic-loss-gradient", "linear-layer-weight-gradient-entries", "softmax-ratio", "brier-score-gradient"]
FAILING = [lost_delta, lost_sign, product, fractions, inverse, power]
NAMES = [*SHOWN, *GRAPHS, *(one.name for one in FAILING)]

SMALLEST = """() => Math.min(99, ...[...document.querySelectorAll('svg.plot text, svg.plot tspan')]
    .filter(e => e.textContent.trim())
    .map(e => [parseFloat(getComputedStyle(e).fontSize), e.getScreenCTM()])
    .map(([size, way]) => size * Math.hypot(way.a, way.b)))"""
OUTSIDE = """() => [...document.querySelectorAll('svg.plot text')].filter(e => {
    const box = e.getBoundingClientRect();
    return box.left < 0 || box.right > innerWidth;
}).map(e => e.textContent)"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("figures")
    proofs: list[Proof] = [prove(CATALOG[name]) for name in (*SHOWN, *GRAPHS)]
    proofs += [with_general(prove(one)) for one in FAILING]
    for name, text in files(*proofs).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", some(NAMES, 4))
def test_pages_fit_and_can_be_read(window: Visit, written: Path, name: str) -> None:
    page = window.open(written / f"{name}.html", width=1280, scheme="light")
    for width, scheme in pairs(WIDTHS, SCHEMES):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, scheme)
        assert page.evaluate(SMALLEST) >= READABLE, (width, scheme)
        assert page.evaluate(OUTSIDE) == [], (width, scheme)
    assert window.complaints == []


def test_figures_follow_the_theme(window: Visit, written: Path) -> None:
    colours = []
    for scheme in ("light", "dark"):
        page = window.open(written / "softmax-jacobian.html", width=390, scheme=scheme)
        colours.append(page.evaluate("getComputedStyle(document.querySelector('svg.heat .number')).fill"))
    assert colours[0] != colours[1]


def test_what_is_wrong_is_on_the_first_screens_of_a_phone(window: Visit, written: Path) -> None:
    page = window.open(written / "lost-sign.html", width=390, scheme="light")
    assert page.evaluate("document.getElementById('wrong').getBoundingClientRect().top") < 900
