"""Every kind of page under axe-core: light and dark, wide and narrow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from .browser import Visit, chromium, require_axe, violations_everywhere
from .report_samples import PROOFS
from .sampling import some
from .test_report import files

PAGES = ["index", "map", *(proof.name for proof in PROOFS)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("report")
    for name, text in files().items():
        (written / name).write_text(text, encoding="utf-8")
    return written


@pytest.fixture(scope="module")
def visit(folder: Path) -> Iterator[Visit]:
    require_axe()
    with chromium() as browser, Visit(browser, folder / "index.html", width=1280, scheme="light") as opened:
        yield opened


@pytest.mark.parametrize("name", some(PAGES, 3))
def test_axe_finds_nothing(visit: Visit, folder: Path, name: str) -> None:
    visit.page.goto((folder / f"{name}.html").as_uri())
    assert violations_everywhere(visit.page) == []


def test_axe_would_find_something(visit: Visit, folder: Path) -> None:
    """A check that nothing fails is no check: a picture without a text, and grey on grey, are found."""
    visit.page.goto((folder / "index.html").as_uri())
    visit.page.evaluate("document.querySelector('.lede').style.color = '#ccc'")
    visit.page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    found = {one.split(": ")[1].split(" ")[0] for one in violations_everywhere(visit.page)}
    assert {"color-contrast", "image-alt"} <= found


@pytest.mark.parametrize("name", PAGES)
def test_headings_and_landmarks(folder: Path, name: str) -> None:
    """One h1, no level left out, one main part that the skip link leads to, and landmarks that are told apart."""
    text = (folder / f"{name}.html").read_text(encoding="utf-8")
    body = text[text.index("<body") :]
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", body)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert body.count("<main") == 1 and '<main id="main">' in body
    assert body.index('href="#main"') < body.index("<header")
    named = re.findall(r'<nav[^>]*aria-label="([^"]+)"', body)
    assert len(named) == body.count("<nav") == len(set(named))


@pytest.mark.parametrize("name", ["index", "map", "jacobian"])
def test_tab_goes_down_the_page(visit: Visit, folder: Path, name: str) -> None:
    """The first stop skips to the content, each stop is seen, and their order is that of the page."""
    page: Any = visit.page
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto((folder / f"{name}.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    last = -1
    order = (
        "[...document.querySelectorAll('a[href], button, input, select, summary, [tabindex]')]"
        ".indexOf(document.activeElement)"
    )
    for _ in range(25):
        page.keyboard.press("Tab")
        place = page.evaluate(order)
        if place < 0 and page.evaluate("document.activeElement === document.body"):
            break  # beyond the last stop
        assert place > last
        assert page.evaluate("document.activeElement.getBoundingClientRect().width") > 0
        last = place


def test_pages_in_chinese(visit: Visit, folder: Path) -> None:
    """They fit into a phone, their buttons and messages are in Chinese, and axe-core finds nothing in them."""
    page: Any = visit.page
    for name, text in files(spoken="zh").items():
        (folder / f"zh-{name}").write_text(text, encoding="utf-8")
    for name in ("index", "jacobian", "pitfall-without-sum", "fraction-of-itself"):
        page.goto((folder / f"zh-{name}.html").as_uri())
        assert page.evaluate("document.documentElement.lang") == "zh-Hans"
        assert violations_everywhere(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        page.set_viewport_size({"width": 1280, "height": 900})
        assert page.locator("[data-act=theme]").text_content().startswith("主题：")
    page.goto((folder / "zh-jacobian.html").as_uri())
    page.locator("[data-act=expand]").click()
    assert page.locator("[data-act=expand]").text_content() == "全部折叠"
    page.locator("button[data-copy]").first.click()
    page.locator("#live", has_text="已复制").wait_for(state="attached")
