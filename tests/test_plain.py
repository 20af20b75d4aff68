"""The short function on a page: it computes the result as it is written, and what is said of it was measured on it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from html import unescape
from random import Random
from typing import Any

import numpy as np
import pytest

from derive.catalog import entries
from derive.derivation import Derivation
from derive.export import LoweringError, plain_form
from derive.export.plain import MOST_LINES, READ, bare
from derive.export.terms import Call, Minus, Name, Number, text
from derive.formula.hypotheses import OneHot
from derive.numeric.accuracy import SAMPLES
from derive.proof import sizes_for
from derive.report.accuracy import HALF, accuracy
from derive.report.exported import coloured, exported
from derive.report.page import Link, page
from derive.report.render import html, html_page
from tests.lowerings import arguments, drawn, expected
from tests.sampling import some
from tests.test_exported import code, measured, proof, shown
from tests.test_lowering import check_numbers


def catalogued(name: str) -> Derivation:
    found = entries()[name]
    assert isinstance(found, Derivation)
    return found


@cache
def written() -> list[str]:
    """The derivations of the catalog that have a plain form."""
    found = []
    for name, entry in entries().items():
        if isinstance(entry, Derivation):
            try:
                plain_form(entry)
            except LoweringError:
                continue
            found.append(name)
    return found


def on_a_page(name: str) -> str:
    """The source as the page shows it; nothing where it shows none."""
    one = proof(name)
    link = Link(name, one.entry.title, f"{name}.html")
    shown = html_page(page(one, {name: link}, code=code(one)), "derive report", "0.1.0", None, None)
    section = re.search(r'<section id="plain".*?</section>', shown, re.DOTALL)
    if section is None:
        return ""
    source = re.search(r"<pre><code>(.*?)</code></pre>", section[0], re.DOTALL)
    assert source is not None
    return unescape(re.sub(r"</?i[^>]*>", "", source[1]))


def run(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(source, "plain.py", "exec"), names)
    return names


@pytest.mark.parametrize("name", some(written(), 5))
def test_what_a_page_shows_computes_the_result(name: str) -> None:
    source = on_a_page(name)
    if not source:
        assert exported(proof(name), code(proof(name))) is None
        return
    derivation = catalogued(name)
    function, random = plain_form(derivation).function, Random(20240607)
    compute = run(source)[function.name]
    for classes in (2, 3, 5):
        sizes = sizes_for(derivation, classes)
        letters = {h.at for h in derivation.assuming if isinstance(h, OneHot)} - derivation.claim.free_indices
        values = drawn(derivation, sizes, random, False)
        at = {letter: random.randrange(1, sizes[letter.size] + 1) for letter in letters}
        given = arguments(function, derivation, sizes, values, at)
        before = [np.copy(one) for one in given]
        check_numbers(compute(*given), *expected(derivation, sizes, values, at, 60))
        assert all(np.array_equal(a, b) for a, b in zip(given, before, strict=True))


def test_it_is_short_and_needs_nothing_but_numpy() -> None:
    assert len(written()) > 100
    for name in written():
        found = plain_form(catalogued(name))
        assert found.source.startswith("import numpy as np\n\n\ndef ")
        assert len(found.function.body) <= MOST_LINES
        assert not re.search(r"\b_|dtype=dtype|ArrayLike|Floats|log1p|expm1", found.source), name
        assert max(map(len, re.findall(r'^    """.*', found.source, re.MULTILINE))) <= READ + 10


def test_the_softmax_jacobian_in_five_lines() -> None:
    derivation = catalogued("softmax-jacobian")
    assert plain_form(derivation).source == (
        "import numpy as np\n\n\n"
        "def softmax_jacobian(z):\n"
        '    """Takes z (K,); returns (K, K)."""\n'
        "    K = z.shape[0]\n"
        "    e = np.exp(z)\n"
        "    S = np.sum(e)\n"
        "    y = e / S\n"
        "    return y[:, None] * (np.eye(K) - y)\n"
    )


def test_a_named_function_is_called_by_its_name() -> None:
    derivation = catalogued("sigmoid-derivative")
    assert plain_form(derivation).source.endswith("    sigma = 1 / (1 + np.exp(-x))\n    return sigma * (1 - sigma)\n")


def test_what_is_written_is_computed_and_nothing_better() -> None:
    a = Name("a")
    assert text(bare(Call("np.log1p", (Minus(a),)))) == "np.log(1 - a)"
    assert text(bare(Minus(Call("np.expm1", (a,))))) == "-(np.exp(a) - 1)"
    assert text(bare(Call("np.full", (Name("K"), Number("0")), ("dtype=dtype",)))) == "np.full(K, 0)"


@pytest.mark.parametrize("name", ["softmax-jacobian", "sigmoid-derivative", "softplus-symmetry", "logsumexp-hessian"])
def test_the_error_is_that_of_the_function_that_is_shown(name: str) -> None:
    found, one = measured(name), shown(name)
    assert found.ran and one.plain is not None
    body = html().get_template("report/plain.html.j2").render(one=one, measured=found)
    said = " ".join(re.sub(r"<[^>]*>", "", body).split())
    assert "Its largest error is" in said and f"that of the exported {found.function}" in said
    assert str(coloured(one.plain.source)) in body


def test_another_plain_function_has_another_error() -> None:
    """What is measured as written is what is shown, and not the formula a second time."""
    one = shown("sigmoid-derivative")
    assert one.plain is not None
    source = one.plain.source.replace("sigma * (1 - sigma)", "sigma / (1 + np.exp(x))")
    assert source != one.plain.source
    better = replace(one.plain, source=source)
    found = accuracy(proof("sigmoid-derivative"), replace(one, plain=better))
    assert found is not None and not found.naive.lost and not found.naive.halved
    assert measured("sigmoid-derivative").naive.lost


def test_where_digits_are_lost_is_told_by_the_points() -> None:
    found = measured("sigmoid-derivative")
    bound = re.fullmatch(r"It loses .* at the points with \$x \\geq (\d+)\$\.", found.naive.halved)
    assert bound is not None
    worse = [x for x, error in zip(found.samples, found.naive.units, strict=True) if error > HALF]
    assert worse == [x for x in SAMPLES if x >= int(bound[1])]


def test_what_was_not_measured_is_said() -> None:
    name = "linear-layer-weight-gradient"
    one = shown(name)
    assert one.plain is not None and accuracy(proof(name), one) is None
    body = html().get_template("report/plain.html.j2").render(one=one, measured=None)
    assert "is not measured on this page" in body and "ULP" not in body


def test_nothing_is_shown_where_it_would_not_be_short(monkeypatch: pytest.MonkeyPatch) -> None:
    derivation = catalogued("rewrite-rest-apart")
    with pytest.raises(LoweringError, match="calls what a module has"):
        plain_form(derivation)
    monkeypatch.setattr("derive.export.plain.MOST_LINES", 4)
    with pytest.raises(LoweringError, match="short"):
        plain_form(catalogued("softmax-jacobian"))
