"""How the tests run: the same random formulas every time, and on CI nothing is skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from hypothesis import settings

from .browser import Visit, chromium
from .sampling import examples

# The tests themselves fill the processors: threads of a matrix product would only wait for each other.
for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

# Derandomised: a red run can be repeated, and nothing is written beside the code.
settings.register_profile(
    "derive", max_examples=examples(100), deadline=None, derandomize=True, database=None, print_blob=False
)
settings.load_profile("derive")

ALLOWED = "platform:"
"""How the reason of a skip begins that is no failure on CI: the platform lacks what the test is about."""

LONG = (
    "output training report_index accessibility pages mutation coq z3 tex typeset export_edges lowering figure_pages "
    "soundness unrolled cli"
).split()
"""The files that take longest: they are begun first, so that no processor waits for one at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {f"test_{name}.py": place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: order.get(item.path.name, len(LONG)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reason = reason.removeprefix("Skipped: ")
        if not reason.startswith(ALLOWED):
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} was skipped, which CI does not allow: {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} was skipped as a whole, which CI does not allow"
    return report


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def window(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    """One window for all tests of a file, as it takes longer to open one than to open three pages in it."""
    empty = tmp_path_factory.mktemp("window") / "empty.html"
    empty.write_text("<!doctype html>", encoding="utf-8")
    with Visit(browser, empty, width=1280, scheme="light") as opened:
        yield opened


@pytest.fixture(scope="module")
def engine() -> str:
    """The program that sets articles; the tests of it are skipped where there is none."""
    program = shutil.which("pdflatex")
    if program is None:
        pytest.skip("no pdflatex is installed")
    return program
