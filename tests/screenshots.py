"""Pictures of pages as people see them: a dozen, wide and narrow, light and dark.

`python -m tests.screenshots RUN FOLDER` takes pages from a run that `derive report` has written, and writes those with
verdicts that the catalog does not have from samples.  It fails where a page writes to the console or asks for anything.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from derive.files import write_files

from .browser import SCHEMES, WIDTHS, Visit, chromium
from .report_samples import PROOFS
from .test_report import files

CATALOG = (
    "index map softmax-jacobian softmax-cross-entropy-gradient sigmoid-derivative pitfall-chain-rule-without-sum"
).split()
SAMPLES = "pitfall-without-sum pitfall-captured three-terms log-product open-question hostile".split()
"""Refuted, ill-formed, refuted for other sizes than those chosen, conditional, unknown; and one that is hostile."""


def pictures(browser: object, page: Path, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    """The names and contents of four pictures of a page; raises ValueError where it complains or asks."""
    with Visit(browser, page, width=WIDTHS[0], scheme=SCHEMES[0]) as visit:
        for width in WIDTHS:
            visit.page.set_viewport_size({"width": width, "height": 900})
            for scheme in SCHEMES:
                visit.page.emulate_media(color_scheme=scheme)
                visit.page.wait_for_timeout(50)  # what scrolls now is found after the next frame
                yield (
                    f"{prefix}{page.stem}-{width}-{scheme}.jpg",
                    visit.page.screenshot(full_page=True, type="jpeg", quality=85),
                )
        if visit.complaints:
            raise ValueError(f"{page}: {'; '.join(visit.complaints)}")


def main(arguments: Sequence[str]) -> int:
    """Write the pictures, and say of each page that is not as it should be why."""
    run, folder = (Path(one).resolve() for one in arguments)
    problems: list[str] = []
    with chromium() as browser, tempfile.TemporaryDirectory() as samples:
        write_files(
            Path(samples), files(*(proof for proof in PROOFS if proof.name in SAMPLES), formats=("html",)).items()
        )
        wanted = [(run / f"{name}.html", "") for name in CATALOG]
        wanted += [(Path(samples) / f"{name}.html", "sample-") for name in SAMPLES]
        for page, prefix in wanted:
            try:
                write_files(folder, pictures(browser, page, prefix))
            except ValueError as problem:
                problems.append(str(problem))
    for one in problems:
        print(one, file=sys.stderr)
    print(f"{len(list(folder.glob('*.jpg')))} pictures in {folder}")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
