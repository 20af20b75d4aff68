"""Pictures of pages: four of each, and none where a page complains or asks for anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from derive.catalog import entries

from .report_samples import PROOFS
from .screenshots import CATALOG, SAMPLES, pictures


def written(folder: Path, script: str) -> Path:
    page = folder / "page.html"
    page.write_text(f"<!doctype html><title>t</title><p>text</p><script>{script}</script>", "utf-8")
    return page


def test_there_are_four_pictures_of_a_page(browser: Any, tmp_path: Path) -> None:
    found = dict(pictures(browser, written(tmp_path, ""), "a-"))
    assert sorted(found) == [f"a-page-{width}-{scheme}.jpg" for width in (1280, 390) for scheme in ("dark", "light")]
    assert all(picture.startswith(b"\xff\xd8\xff") for picture in found.values())


@pytest.mark.parametrize(
    "script", ["console.log('here')", "nonsense()", "new Image().src = 'http://127.0.0.1:9/x.png'"]
)
def test_a_page_that_complains_or_asks_is_refused(browser: Any, script: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"page\.html: (here|.*nonsense|.*127\.0\.0\.1)"):
        dict(pictures(browser, written(tmp_path, script)))


def test_the_pages_are_those_of_a_run_and_of_samples() -> None:
    assert {"index", "map"} < set(CATALOG) <= {"index", "map", *entries()}
    assert set(SAMPLES) <= {proof.name for proof in PROOFS}
