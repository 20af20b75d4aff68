"""Pages as a browser shows them."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from derive.catalog import entries

from .browser import Scheme, Visit
from .report_samples import PROOFS
from .sampling import some
from .test_report import files

OUTPUT = Path(__file__).parents[1] / "output"
PAGES = ["index", "map", *(proof.name for proof in PROOFS)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("report")
    for name, text in files().items():
        (written / name).write_text(text, encoding="utf-8")
    return written


@pytest.mark.parametrize("name", PAGES)
def test_pages_open_without_complaint_or_overflow(window: Visit, folder: Path, name: str) -> None:
    page = window.open(folder / f"{name}.html", width=1280, scheme="light")
    schemes: list[Scheme] = ["light", "dark"]
    for width, scheme in product([1280, 390], schemes):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, scheme)
    assert page.evaluate("document.fonts.check('16px \"Derive Text\"')")
    if page.locator("math").count():
        assert page.evaluate("document.fonts.check('16px \"Derive Math\"')")
    assert window.complaints == []


def test_the_whole_catalog_opens(window: Visit) -> None:
    """The pages in `output/`, on CI; elsewhere every sixth."""
    written = [OUTPUT / "index.html", *some(sorted(OUTPUT.glob("*.html")), 6)]
    assert len(written) > len(entries()) / 7
    page = window.open(written[0], width=390, scheme="light")
    for file in written:
        page.goto(file.as_uri())
        assert window.complaints == [], file.name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), file.name


def test_controls_work_by_keyboard(window: Visit, folder: Path) -> None:
    page = window.open(folder / "jacobian.html", width=1280, scheme="light")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    theme = page.locator("[data-act=theme]")
    theme.focus()
    for expected in ("light", "dark", None):
        page.keyboard.press("Enter")
        assert page.evaluate("document.documentElement.dataset.theme ?? null") == expected
    page.locator("[data-act=expand]").focus()
    page.keyboard.press("Enter")
    assert page.locator("details:not([open])").count() == 0
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details:not([open])").count() == 1
    button = page.locator(".card [data-copy]").first
    button.focus()
    page.keyboard.press("Enter")
    page.locator(".card [data-copy]", has_text="Copied").first.wait_for()  # a function would be refused by the page
    assert window.complaints == []


def test_a_theme_that_was_chosen_shows(window: Visit, folder: Path) -> None:
    page = window.open(folder / "jacobian.html", width=1280, scheme="light")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert page.evaluate(paper) != light


def test_pages_read_without_scripts(browser, folder: Path) -> None:  # type: ignore[no-untyped-def]
    with Visit(browser, folder / "jacobian.html", width=1280, scheme="light", scripts=False) as visit:
        assert visit.page.locator("math").first.is_visible()
        assert not visit.page.locator("button").first.is_visible()
        visit.page.locator("summary").first.click()
        assert visit.page.locator(".why").first.is_visible()


def test_hostile_text_runs_nothing(window: Visit, folder: Path) -> None:
    page = window.open(folder / "hostile.html", width=1280, scheme="light")
    assert page.locator("h1").inner_text().startswith("<script>alert('t')</script>")
    assert page.locator("script").count() == 2


def test_print_shows_every_reason(window: Visit, folder: Path) -> None:
    page = window.open(folder / "jacobian.html", width=1280, scheme="dark")
    page.emulate_media(media="print")
    assert page.locator(".why").first.is_visible()
    assert not page.locator(".top").is_visible()


def test_only_regions_that_scroll_stop_the_keyboard(window: Visit, folder: Path) -> None:
    for width in (1280, 390):
        page = window.open(folder / "jacobian.html", width=width, scheme="light")
        assert page.evaluate(
            "[...document.querySelectorAll('.scroll')].every("
            "e => (e.scrollWidth > e.clientWidth) === (e.tabIndex === 0))"
        )
