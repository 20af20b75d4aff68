"""Claim and result at a point: what the page's script computes is what the formulas say."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from derive.catalog import entries
from derive.concrete.evaluation import Leaf, NoNumberError
from derive.concrete.oracle import evaluate
from derive.derivation import Derivation, Step
from derive.formula.notation import D, Sum, define, distinct, equal, exp, indices, log, positive, scalar, size, vector
from derive.formula.tree import Index, Size
from derive.proof import Proof
from derive.report.at_point import DIGITS, AtPoint, at_point
from derive.report.figures import decimals
from derive.report.render import asset, html
from derive.rules import algebra

from .report_samples import PROVED, hostile, jacobian, without_sum

K = size("K")
i, j = indices("i j", K)
z, t = vector("z", K), vector("t", K)
x, p = scalar("x"), scalar("p")
KS = (2, 3, 4, 6)
FLAGS = ["--no-sandbox", "--disable-gpu"]


def section(derivation: Derivation, K_: int = 3) -> AtPoint | None:
    proof = Proof(derivation.name, derivation, derivation, f"K={K_}", ((K, K_),), "proved", "proved", ())
    return at_point(proof)


def found(derivation: Derivation, K_: int = 3) -> AtPoint:
    one = section(derivation, K_)
    assert one is not None
    return one


@cache
def explored() -> dict[str, AtPoint]:
    """Every derivation of the catalog that has the section."""
    sections = {name: section(entry) for name, entry in entries().items() if isinstance(entry, Derivation)}
    return {name: one for name, one in sections.items() if one is not None}


def values(one: AtPoint) -> list[list[float | None]]:
    return [[cell.value for cell in row] for row in one.table]


# ------------------------------------------------------------------ without a browser


def test_most_of_the_catalog_has_it() -> None:
    assert len(explored()) >= 155
    assert all(one.agrees for one in explored().values())


def test_the_jacobian_is_a_table_with_rows_i_and_columns_j() -> None:
    one = found(jacobian)
    assert (one.rows, one.columns) == ("i", "j")
    rows = values(one)
    assert len(rows) == 3
    assert all(abs(sum(value for value in row if value is not None)) < 1e-15 for row in rows)
    assert one.agrees and one.derived


def test_denominator_layout_keeps_its_rows() -> None:
    one = found(Derivation("d", D(z * t, z, "denominator"), Step(D(z * t, z, "denominator"), by=algebra)))
    assert (one.rows, one.columns) == ("i", "j")


def test_labels_are_kept_on_their_hypothesis() -> None:
    assert without_sum.assuming == (equal(Sum(j, t[j]), 1),)
    one = section(without_sum)
    assert one is not None and not one.agrees
    (labels,) = [group for group in one.groups if group.name == "t"]
    assert labels.kind == "share"
    assert "t = (0.7, 0.2, 0.1)" in one.point[0].replace(r"\;", "")


def test_an_entry_of_which_nothing_is_said_stays_empty() -> None:
    one = found(Derivation("d", z[i] * z[j], Step(z[j] * z[i], by=algebra), assuming=[distinct(i, j)]))
    assert [row[n] for n, row in enumerate(values(one))] == [None, None, None]
    assert one.table[0][0].text == "–"


def test_what_is_positive_gets_a_range_of_its_own() -> None:
    one = found(Derivation("d", log(p), Step(log(p), by=algebra), assuming=[positive(p), positive(1 - p)]))
    assert [(group.kind, group.controls[0].low, group.controls[0].high) for group in one.groups] == [
        ("unit", 0.02, 0.98)
    ]


@pytest.mark.parametrize(
    "hypothesis", [equal(x, p), equal(Sum(j, t[j]), 2), equal(Sum(j, t[j] * z[j]), 1)], ids=["x = p", "2", "weighted"]
)
def test_other_equations_have_no_control(hypothesis: Any) -> None:
    assert (
        section(Derivation("d", x + p + z[i] + t[i], Step(x + p + z[i] + t[i], by=algebra), assuming=[hypothesis]))
        is None
    )


def test_there_is_none_where_nothing_varies_or_a_function_is_unknown() -> None:
    f = scalar("f", of=x)
    assert section(Derivation("d", D(f, x), Step(D(f, x), by=algebra))) is None
    assert section(Derivation("d", x - x + 1 - 1, Step(0 * x, by=algebra))) is not None
    assert section(Derivation("d", K + 1, Step(K + 1, by=algebra))) is None


def test_a_proof_that_is_undecided_shows_none() -> None:
    assert at_point(replace(PROVED, verdict="unknown")) is None


def test_a_definition_may_have_any_name() -> None:
    constructor = define("constructor", exp(x))
    one = found(Derivation("d", D(constructor, x), Step(constructor, by=algebra)))
    assert one.agrees


def test_data_is_escaped() -> None:
    assert section(hostile) is not None
    assert json.loads(json.dumps(found(hostile).data)) == found(hostile).data


@pytest.mark.parametrize(("value", "text"), [(-0.00001, "0.0000"), (-1.5, "\N{MINUS SIGN}1.5000"), (0.25, "0.2500")])
def test_decimals(value: float, text: str) -> None:
    assert decimals(value, DIGITS) == text


# ------------------------------------------------------------------ in a browser

READ = """async (K) => {
  const changed = (element) => element.dispatchEvent(new Event('input', { bubbles: true }));
  const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const roots = [...document.querySelectorAll('.at-point')];
  const choose = async (which) => {
    roots.forEach((root) => {
      const radio = root.querySelector(`.which input[value=${which}]`);
      radio.checked = true;
      changed(radio);
    });
    await painted();
    return roots.map((root) => [...root.querySelectorAll('.heat tbody td')].map((cell) => cell.title));
  };
  const there = roots.map((root) => {
    const box = root.querySelector('select[data-kind=size]');
    if (!box) return true;
    if (![...box.options].some((option) => option.value === String(K))) return false;
    box.value = K;
    changed(box);
    return true;
  });
  const claim = await choose('claim');
  const result = await choose('result');
  return roots.map((root, n) => there[n] && {
    claim: claim[n],
    result: result[n],
    sliders: [...root.querySelectorAll('.slider:not([hidden]) input')].map(
      (one) => [one.dataset.name, one.dataset.kind, one.dataset.places, one.value]),
    boxes: [...root.querySelectorAll('select')].map((one) => [one.dataset.name, one.dataset.kind, one.value]),
  });
}"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium is installed")
    template = html().get_template("report/at_point.html.j2")
    body = "".join(template.render(one=one) for one in explored().values()).replace(" hidden>", ">")
    script = asset("formulas.js") + asset("at_point.js")
    file: Path = tmp_path_factory.mktemp("at_point") / "all.html"
    file.write_text(f"<!doctype html><meta charset=utf-8>{body}<script>{script}</script>", "utf-8")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        opened = browser.new_page()
        complaints: list[str] = []
        opened.on("console", lambda message: complaints.append(message.text))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.goto(file.as_uri())
        assert complaints == []
        yield opened
        browser.close()


def chosen_point(
    derivation: Derivation, read: dict[str, Any], sizes: dict[Size, int]
) -> tuple[dict[Leaf, Fraction], dict[str, int]]:
    """The point that the controls show, exactly, and the classes that were chosen."""
    from derive.report.inputs import inputs

    scalars = derivation.scalars
    known = {one.name.name: one for one in inputs((scalars[0], scalars[-1]), derivation.assuming)}
    point: dict[Leaf, Fraction] = {}
    totals: dict[tuple[str, str], Fraction] = {}
    for name, kind, places, value in read["sliders"]:
        if kind == "share":
            row = (name, places.rpartition(" ")[0])
            totals[row] = totals.get(row, Fraction(0)) + Fraction(value)
    for name, kind, places, value in read["sliders"]:
        number = Fraction(value)
        if kind == "share":
            number /= totals[name, places.rpartition(" ")[0]]
        point[known[name].leaf(tuple(map(int, places.split())))] = number
    classes = {name: int(value) for name, kind, value in read["boxes"] if kind == "index"}
    for name, kind, value in read["boxes"]:
        if kind == "label":
            point[known[name].leaf(())] = Fraction(value)
    for one in known.values():
        if one.kind == "hot":
            for places in one.places(sizes):
                point[one.leaf(places)] = Fraction(places == (classes[one.letter],))
    return point, classes


@pytest.mark.parametrize("K_", KS)
def test_the_script_computes_what_the_formulas_say(page: Any, K_: int) -> None:
    compared = 0
    for (name, one), read in zip(explored().items(), page.evaluate(READ, K_), strict=True):
        derivation = entries()[name]
        assert isinstance(derivation, Derivation)
        if not read:
            continue
        sizes = {Size(text): number for text, number in one.data["sizes"].items()}
        sizes |= {Size(text): int(value) for text, kind, value in read["boxes"] if kind == "size"}
        point, classes = chosen_point(derivation, read, sizes)
        axes = [Index(letter, Size(of)) for letter, of in one.data["axes"]]
        cells = list(product(*(range(1, sizes[axis.size] + 1) for axis in axes)))
        assert len(read["result"]) == len(read["claim"]) == len(cells), (name, K_)
        result = derivation.scalars[-1]
        letters = {index.name: index for line in derivation.scalars for index in line.free_indices}
        for numbers, text, claim in zip(cells, read["result"], read["claim"], strict=True):
            if not text:
                assert one.data["only"], (name, K_)
                continue
            at = {letters[letter]: number for letter, number in classes.items()} | dict(zip(axes, numbers, strict=True))
            try:
                exact = float(evaluate(result, point, at, sizes, 40))
            except NoNumberError:
                pytest.fail(f"{name}, K = {K_}, {at}: there is no value")
            scale = max(1, abs(exact))
            assert abs(float(text) - exact) <= 1e-9 * scale, (name, K_, at)
            # second differences keep half as many digits
            assert abs(float(claim) - exact) <= 1e-7 * scale, (name, K_, at)
            compared += 1
    assert compared > 100


def test_a_slider_moves_by_keyboard(page: Any) -> None:
    n = list(explored()).index("softmax-jacobian")
    root = page.locator(".at-point").nth(n)
    slider = root.locator(".slider input").first
    cell = root.locator(".heat tbody td").first
    before = cell.get_attribute("title")
    slider.focus()
    page.keyboard.press("ArrowRight")
    root.locator(".slider input[aria-valuetext='1.1']").first.wait_for()
    assert cell.get_attribute("title") != before
    root.locator("button[type=reset]").focus()
    page.keyboard.press("Enter")
    assert slider.input_value() == "1" and slider.get_attribute("aria-valuetext") == "1.0"
