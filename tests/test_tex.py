"""Articles as pdflatex sets them, and as xelatex sets those in Chinese."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from operator import add, mul, sub
from pathlib import Path

import pytest

from derive.catalog import entries
from derive.derivation import Derivation, Step
from derive.formula.notation import equal, exp, log, scalars
from derive.proof import prove, with_general
from derive.rules import Rule, algebra
from derive.second_opinion import with_opinion
from derive.typeset import engine_for

from .report_samples import PROOFS, proof, slope, steps
from .sampling import ON_CI
from .test_report import files

OVERFULL = 5.0
"""How far, in points, a line or a page may run over its room before anybody sees it."""


def failure(engine: str, folder: Path, name: str, article: str) -> str:
    """What TeX complains of; nothing when all is well."""
    (folder / name).write_text(article, encoding="utf-8")
    if engine_for(article) == "xelatex":
        if (found := shutil.which("xelatex")) is None:
            return f"{name}: no xelatex is installed" if ON_CI else ""
        engine, draft = found, "-no-pdf"
    else:
        draft = "-draftmode"
    run = subprocess.run(
        [engine, "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", draft, name],
        cwd=folder,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
    )
    if run.returncode:
        return f"{name}: {run.stdout[-1500:]}"
    over = [float(size) for size in re.findall(r"^Overfull \\[hv]box \(([\d.]+)pt", run.stdout, re.MULTILINE)]
    if max(over, default=0.0) > OVERFULL:
        return f"{name}: {max(over)} pt too wide or too high"
    log = (folder / name).with_suffix(".log").read_text(encoding="utf-8", errors="replace")
    absent = re.search(r"^Missing character: .*", log, re.MULTILINE)
    return f"{name}: {absent[0]}" if absent else ""


def failures(engine: str, folder: Path, written: dict[str, str]) -> list[str]:
    articles = [(name, text) for name, text in written.items() if name.endswith(".tex")]
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        found = pool.map(lambda article: failure(engine, folder, *article), articles)
    return [text for text in found if text]


def test_every_kind_of_article_compiles(engine: str, tmp_path: Path) -> None:
    assert failures(engine, tmp_path, files(*PROOFS)) == []


@pytest.mark.parametrize("package", ["cancel", "tikz"])
def test_articles_compile_without_a_package(engine: str, tmp_path: Path, package: str) -> None:
    article = files()["slope.tex"]
    assert article.count(f"{{{package}.sty}}") == 1
    assert not failure(engine, tmp_path, "slope.tex", article.replace(f"{{{package}.sty}}", "{not-there.sty}"))


def test_one_document_compiles(engine: str, tmp_path: Path) -> None:
    written = files(*PROOFS, one_article=True)
    assert [name for name in written if name.endswith("tex")] == ["report.tex"]
    assert failures(engine, tmp_path, written) == []


def test_chinese_articles_compile(engine: str, tmp_path: Path) -> None:
    """A few; `.ci/run` compiles one document of more, as the installed program writes it."""
    if shutil.which("xelatex") is None:
        pytest.skip("no xelatex is installed")
    chosen = [one for one in PROOFS if one.name in ("jacobian", "hostile", "pitfall-without-sum")]
    assert failures(engine, tmp_path, files(*chosen, spoken="zh")) == []
    assert failures(engine, tmp_path, files(*chosen, spoken="zh", one_article=True)) == []


def test_an_article_with_words_in_chinese_asks_for_their_engine() -> None:
    own = Derivation(slope.name, slope.claim, *slope.steps, title="sigmoid 的导数")
    assert engine_for(files(proof(slope, sizes=(), steps=steps(slope)))["slope.tex"]) == "pdflatex"
    article = files(proof(own, sizes=(), steps=steps(own)))["slope.tex"]
    assert engine_for(article) == "xelatex" and "sigmoid 的导数" in article and "Theorem" in article


def test_what_all_entries_leave_open_is_said_once() -> None:
    article = files(*PROOFS, one_article=True)["report.tex"]
    assert article.count("The checker itself") == 1
    assert article.count(r"\section{") == len(PROOFS)


def test_lines_longer_than_the_paper_are_broken(engine: str, tmp_path: Path) -> None:
    names = scalars(" ".join(f"a{n}" for n in range(1, 30)))
    total = reduce(add, names[1:], names[0] * exp(names[0]))
    squares = reduce(sub, (a / (1 + a) for a in names), names[0])
    product = reduce(mul, map(exp, names))
    line = Derivation(
        "long",
        total,
        Step(squares, by=Rule("A rule with a long name, " * 6)),
        Step(log(product) - squares, by=algebra),
        Step(product, by=algebra),
        assuming=[equal(total, squares)],
    )
    assert failures(engine, tmp_path, files(proof(line, sizes=(), steps=steps(line)))) == []


def test_the_catalog_compiles(engine: str, tmp_path: Path) -> None:
    """A few articles; `.ci/run` compiles all of them, as the installed program writes them."""
    chosen = list(entries().values())[::24]
    assert failures(engine, tmp_path, files(*(with_opinion(with_general(prove(entry, 3))) for entry in chosen))) == []
