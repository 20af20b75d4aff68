"""A browser for tests: pages that are open, what they complained of, and what axe-core finds in them."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pytest

Scheme: TypeAlias = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
WIDTHS = (1280, 390)
FLAGS = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync "
    "--no-first-run"
).split()


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser; the tests are skipped where there is none."""
    api = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium is installed")
    with api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield launched
        launched.close()


class Visit:
    """A window with a page that is open, and what it complained of."""

    def __init__(self, browser: Any, file: Path, *, width: int, scheme: Scheme, scripts: bool = True) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts
        )
        self.complaints: list[str] = []
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self.asked)
        self.page.goto(file.as_uri())

    def open(self, file: Path, *, width: int, scheme: Scheme) -> Any:
        """Another page as a new window would show it, in a third of the time: nothing is kept of those before."""
        self.page.evaluate("localStorage.clear(), sessionStorage.clear()")
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(media="null", color_scheme=scheme, reduced_motion="null")
        self.complaints.clear()
        self.page.goto(file.as_uri())
        return self.page

    def asked(self, request: Any) -> None:
        if not request.url.startswith(("file:", "data:")):
            self.complaints.append(f"request: {request.url}")

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


def require_axe() -> None:
    """Skip a test where axe-core is not installed; on CI it is, or the test fails."""
    if importlib.util.find_spec("axe_playwright_python") is None:
        if os.environ.get("CI"):
            pytest.fail("axe-core is missing: pip install -e '.[test]' brings it")
        pytest.skip("axe-core is not installed")


COLOURS_ONCE = """() => {
  const known = new Map(), colour = axe.commons.color.Color.prototype, parse = colour.parseString;
  colour.parseString = function (text) {
    if (known.has(text)) [this.r, this.g, this.b, this.alpha] = known.get(text);
    else known.set(text, (parse.call(this, text), [this.r, this.g, this.b, this.alpha]));
    return this;
  };
}"""
"""axe-core reads a dozen colours thirty thousand times a page, a third of its time; read once, they are the same."""


def violations(page: Any) -> list[str]:
    """What axe-core finds in an open page: the rule, where, and what to do; nothing where all is well."""
    from axe_playwright_python.sync_playwright import Axe

    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(Axe().axe_script)
        page.evaluate(COLOURS_ONCE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{one['id']} ({one['impact']}): {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]


def violations_everywhere(page: Any) -> list[str]:
    """What axe-core finds wide in light and narrow in dark, with every reason unfolded.

    Colours depend on the theme and order on the width: the other two pairs would find the same.
    """
    found = []
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    for width, scheme in zip(WIDTHS, SCHEMES, strict=True):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(50)  # the regions that scroll now become stops of the keyboard
        found += [f"{width} px, {scheme}: {one}" for one in violations(page)]
    return found
