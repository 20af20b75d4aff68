"""Pages as a browser shows them."""

from __future__ import annotations

from collections.abc import Iterator
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

api = pytest.importorskip("playwright.sync_api")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("report")
    for name, text in files().items():
        (written / name).write_text(text, encoding="utf-8")
    return written


@pytest.fixture(scope="module")
def visit(browser: api.Browser, folder: Path) -> Iterator[Visit]:  # type: ignore[name-defined]
    """One window for all pages, as it takes as long to open one as to open a page in it."""
    with Visit(browser, folder / "index.html", width=1280, scheme="light") as opened:
        yield opened


@pytest.mark.parametrize("name", PAGES)
def test_pages_open_without_complaint_or_overflow(visit: Visit, folder: Path, name: str) -> None:
    visit.page.goto((folder / f"{name}.html").as_uri())
    schemes: list[Scheme] = ["light", "dark"]
    for width, scheme in product([1280, 390], schemes):
        visit.page.set_viewport_size({"width": width, "height": 900})
        visit.page.emulate_media(color_scheme=scheme)
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, scheme)
    assert visit.page.evaluate("document.fonts.check('16px \"Derive Text\"')")
    if visit.page.locator("math").count():
        assert visit.page.evaluate("document.fonts.check('16px \"Derive Math\"')")
    assert visit.complaints == []


def test_the_whole_catalog_opens(browser) -> None:  # type: ignore[no-untyped-def]
    """The pages in `output/`, on CI; elsewhere every sixth."""
    written = [OUTPUT / "index.html", *some(sorted(OUTPUT.glob("*.html")), 6)]
    assert len(written) > len(entries()) / 7
    with Visit(browser, written[0], width=390, scheme="light") as visit:
        for file in written:
            visit.page.goto(file.as_uri())
            assert visit.complaints == [], file.name
            assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), file.name


def test_controls_work_by_keyboard(browser, folder: Path) -> None:  # type: ignore[no-untyped-def]
    with Visit(browser, folder / "jacobian.html", width=1280, scheme="light") as visit:
        page = visit.page
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
        assert visit.complaints == []


def test_a_theme_that_was_chosen_shows(browser, folder: Path) -> None:  # type: ignore[no-untyped-def]
    with Visit(browser, folder / "jacobian.html", width=1280, scheme="light") as visit:
        paper = "getComputedStyle(document.body).backgroundColor"
        light = visit.page.evaluate(paper)
        visit.page.evaluate("document.documentElement.dataset.theme = 'dark'")
        assert visit.page.evaluate(paper) != light


def test_pages_read_without_scripts(browser, folder: Path) -> None:  # type: ignore[no-untyped-def]
    with Visit(browser, folder / "jacobian.html", width=1280, scheme="light", scripts=False) as visit:
        assert visit.page.locator("math").first.is_visible()
        assert not visit.page.locator("button").first.is_visible()
        visit.page.locator("summary").first.click()
        assert visit.page.locator(".why").first.is_visible()


def test_hostile_text_runs_nothing(browser, folder: Path) -> None:  # type: ignore[no-untyped-def]
    with Visit(browser, folder / "hostile.html", width=1280, scheme="light") as visit:
        assert visit.page.locator("h1").inner_text().startswith("<script>alert('t')</script>")
        assert visit.page.locator("script").count() == 2


def test_print_shows_every_reason(browser, folder: Path) -> None:  # type: ignore[no-untyped-def]
    with Visit(browser, folder / "jacobian.html", width=1280, scheme="dark") as visit:
        visit.page.emulate_media(media="print")
        assert visit.page.locator(".why").first.is_visible()
        assert not visit.page.locator(".top").is_visible()


def test_only_regions_that_scroll_stop_the_keyboard(browser, folder: Path) -> None:  # type: ignore[no-untyped-def]
    for width in (1280, 390):
        with Visit(browser, folder / "jacobian.html", width=width, scheme="light") as visit:
            assert visit.page.evaluate(
                "[...document.querySelectorAll('.scroll')].every("
                "e => (e.scrollWidth > e.clientWidth) === (e.tabIndex === 0))"
            )
