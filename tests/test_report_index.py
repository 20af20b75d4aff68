"""The index of a run: what it shows, its search, and the map of what rests on what."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from derive.catalog import entries, titles
from derive.derivation import Derivation, Entry, Pitfall
from derive.formula.tree import WrittenError
from derive.kernel.verdict import Proved
from derive.proof import Proof, StepProof, VerdictName
from derive.report.articles import markdown_index
from derive.report.beside import time_words
from derive.report.index import index, links
from derive.report.map_picture import keys, layout, picture, spoken
from derive.report.page import outline, page
from derive.report.render import html_index, html_map
from derive.report.rests import Map, rests

from .browser import Visit
from .report_samples import PROOFS
from .test_report import LIMIT, files, main_part

CLEARLY = 0.95
SVG = "{http://www.w3.org/2000/svg}"


def proof_of(name: str, entry: Entry) -> Proof:
    """A proof of a derivation of the catalog as if it had been proved: maps and lists take no notice how."""
    derivation = written_of(entry)
    verdict: VerdictName = "proved" if isinstance(entry, Derivation) else "refuted"
    if derivation is None:
        return Proof(name, entry, None, "K=3", (), verdict, verdict)
    pairs = enumerate(derivation.pairs(), 1)
    steps = tuple(StepProof(n, before, step, Proved(1), "tower", 1, 0.001) for n, (before, step) in pairs)
    sizes = tuple((size, 3) for size in derivation.free_sizes)
    return Proof(name, entry, derivation, "K=3", sizes, verdict, verdict, steps)


def written_of(entry: Entry) -> Derivation | None:
    """The lines of an entry, a false one's as well; None where they cannot be written."""
    if isinstance(entry, Pitfall):
        try:
            return entry.wrong()
        except WrittenError:
            return None
    return entry if isinstance(entry, Derivation) else None


@pytest.fixture(scope="module")
def catalog() -> list[Proof]:
    return [proof_of(name, entry) for name, entry in entries().items()]


@pytest.fixture(scope="module")
def whole(catalog: list[Proof]) -> Map:
    return rests(catalog, links(catalog), firsts())


@pytest.fixture(scope="module")
def index_page(catalog: list[Proof]) -> str:
    return written_index(catalog)


def firsts() -> dict[str, list[str]]:
    """The families of the catalog, each name in the first of them."""
    taken = set[str]()
    found = {}
    for title, names in titles().items():
        found[title] = [name for name in names if name not in taken]
        taken |= set(names)
    return found


def written_index(proofs: list[Proof], **more: Any) -> str:
    known = links(proofs)
    shown = index([page(proof, known) for proof in proofs], titles(), "K=3", proofs, **more)
    return html_index(shown, "derive report -K 3", "0.1.0")


# ------------------------------------------------------------------ the list


def test_entries_say_how_many_steps() -> None:
    text = files()["index.html"]
    for proof in PROOFS:
        if proof.derivation is not None:
            count = len(proof.derivation.steps)
            assert f"{proof.name} · {count} step{'s' * (count != 1)}<" in text


def test_the_outlines_of_pages_are_all_that_an_index_shows() -> None:
    known = links(PROOFS)
    pages = [page(proof, known) for proof in PROOFS]
    whole, short = (
        index(given, {"Some": [PROOFS[0].name]}, "K=3", PROOFS) for given in (pages, [*map(outline, pages)])
    )
    for shown in (html_index, markdown_index):
        assert shown(short, "derive report", "0.1.0") == shown(whole, "derive report", "0.1.0")
    assert html_map(short.map, "0.1.0") == html_map(whole.map, "0.1.0")


def test_times_are_shown_on_demand_alone() -> None:
    proofs = [replace(proof, seconds=1.25) for proof in PROOFS[:4]]
    plain, timed = files(*proofs), files(*proofs, times=True)
    assert "1.2 s" not in plain["index.html"] and " · 1.2 s<" in timed["index.html"]
    assert {name for name, text in timed.items() if text != plain[name]} == {"index.html"}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.00042, "0.4 ms"), (0.0096, "10 ms"), (0.412, "412 ms"), (0.9996, "1.0 s"), (12.34, "12.3 s")],
)
def test_times_in_words(seconds: float, words: str) -> None:
    assert time_words(seconds) == words


def test_pitfalls_stand_beside_what_is_right() -> None:
    """The right line is that of the derivation which the pitfall names, and both are named in words."""
    text = files()["index.html"]
    section = text[text.index('<section class="family" id="pitfalls"') :]
    first = section[section.index("<li") : section.index("</li>")]
    wrong, right = first.split('<div class="side right-one">')
    assert ">Wrong</p>" in wrong and ">Right</p>" in right
    jacobian = page(PROOFS[0], links(PROOFS))
    assert f'<a href="{jacobian.href}">{jacobian.title}</a>' in right
    assert right.count('<div class="scroll formula"><math') == wrong.count('<div class="scroll formula"><math') == 1
    assert "the chain rule sums over" in first


def test_a_pitfall_whose_right_one_is_elsewhere() -> None:
    text = files()["index.html"]
    assert "<code>elsewhere</code>" in text and "The scope check refuses the lines" in text


# ------------------------------------------------------------------ the map


def test_the_map_holds_every_link(catalog: list[Proof], whole: Map) -> None:
    """Read once more from the derivations themselves: reasons with pages, rules, definitions that are shared."""
    found = {one.link.name: one for one in whole.members}
    assert list(found) == [name for names in firsts().values() for name in names]
    names = {proof.name for proof in catalog}
    rules = {rule.name: set(rule.carries) for rule in whole.rules}
    uses: dict[str, set[str]] = {}
    for proof in catalog:
        if proof.derivation is None:
            assert not found[proof.name].grounds and not found[proof.name].derivations
            continue
        reasons = {step.by.name for step in proof.derivation.steps}
        assert set(found[proof.name].derivations) == (reasons & names) - {proof.name}
        for reason in reasons - names:
            assert reason.startswith("definition of $") or proof.name in rules[reason], reason
        for left, right in proof.derivation.definitions():
            uses.setdefault(f"{left} = {right}", set()).add(proof.name)
    shown = {name for one in whole.definitions for name in one.carries}
    assert {name for users in uses.values() if len(users) > 1 for name in users} <= shown
    assert all(len(one.carries) > 1 for one in whole.definitions)


def test_the_map_is_the_same_from_both_ends(whole: Map) -> None:
    for ground in whole.grounds:
        assert set(ground.carries) == {one.link.name for one in whole.members if ground.key in one.grounds}
    for member in whole.members:
        assert set(member.carries) == {one.link.name for one in whole.members if member.link.name in one.derivations}


def test_the_list_says_what_the_picture_shows(whole: Map) -> None:
    text = html_map(whole, "0.1.0")
    svg = ElementTree.fromstring(re.search(r'<svg class="map".*?</svg>', text, re.DOTALL)[0])  # type: ignore[index]
    nodes = {node.get("id", ""): node for node in svg.iter("a")}
    hrefs = {node.get("href"): key for key, node in nodes.items()}
    drawn = {(key, on) for key, node in nodes.items() for on in (node.get("data-on") or "").split()}
    listed = set()
    for row in re.findall(r'<div id="in-(\w+)">(.*?)</div>', text, re.DOTALL):
        names = re.search(r"<ul>(.*?)</ul>", row[1], re.DOTALL)
        assert names is not None
        links_of_row = re.findall(r'href="([^"]+)"', names[1])
        assert f'<span class="count">{len(links_of_row)}</span>' in row[1]
        listed |= {(hrefs[unescape(href)], row[0]) for href in links_of_row}
    assert drawn == listed and len(drawn) > 800
    curves = sum((path.get("d") or "").count("M") for path in svg.iter("path"))
    assert curves == len(drawn)


def test_every_node_is_a_link_with_a_name(whole: Map) -> None:
    svg = ElementTree.fromstring(str(picture(whole)))
    assert svg.get("aria-labelledby") == "map-title map-text"
    nodes = list(svg.iter("a"))
    assert len(nodes) == len(whole.members) + len(whole.grounds)
    for node in nodes:
        assert node.get("href") and "".join(node.find("text").itertext()).strip()  # type: ignore[union-attr]


def test_no_two_names_of_the_picture_overlap(whole: Map) -> None:
    places, headings, _ = layout(whole)
    rows = [(place.x, place.y) for place in places.values()]
    rows += [(one.x, one.y + 15 * n) for one in headings for n in range(len(one.lines))]
    for x in {x for x, _ in rows}:
        heights = sorted(y for at, y in rows if at == x)
        assert min(after - before for before, after in pairwise(heights)) >= 12


def test_same_map_same_bytes(catalog: list[Proof], whole: Map) -> None:
    assert picture(whole) == picture(rests(catalog, links(catalog), firsts()))


def test_hostile_names_stay_text() -> None:
    text = files()["map.html"]
    body = text[text.index("<body") :]
    assert "<script>alert" not in body and "&lt;script&gt;alert" in body


def test_a_run_of_one_has_a_map() -> None:
    written = files(PROOFS[1])
    assert "<svg" not in main_part(written["index.html"])
    assert written["map.html"].count('id="n0"') == 1


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        ("S", "S"),
        ("y_{i}", 'y<tspan class="low" dy="3">i</tspan><tspan dy="-3">\u200b</tspan>'),
        (r"\sigma\left(x\right)", "σ(x)"),
        (r"\operatorname{softplus}\left(x\right)", "softplus(x)"),
        (r"L_{\epsilon}", 'L<tspan class="low" dy="3">ε</tspan><tspan dy="-3">\u200b</tspan>'),
    ],
)
def test_names_of_definitions_as_text(latex: str, text: str) -> None:
    assert str(spoken(latex)) == text


def test_names_in_the_picture_are_those_of_the_list(whole: Map) -> None:
    assert list(keys(whole).values()) == [f"n{n}" for n in range(len(whole.members))]


def test_index_and_map_of_the_whole_catalog_are_light(index_page: str, whole: Map) -> None:
    assert len(index_page.encode()) < CLEARLY * LIMIT
    assert len(html_map(whole, "0.1.0").encode()) < CLEARLY * LIMIT


# ------------------------------------------------------------------ in a browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, index_page: str, whole: Map) -> Path:
    written = tmp_path_factory.mktemp("index")
    (written / "index.html").write_text(index_page, encoding="utf-8")
    (written / "map.html").write_text(html_map(whole, "0.1.0"), encoding="utf-8")
    return written


SHOWN = "[...document.querySelectorAll('.entry')].filter((one) => one.offsetParent).length"


def test_search_works_by_keyboard(window: Visit, folder: Path) -> None:
    visible = window.open(folder / "index.html", width=1280, scheme="light")
    everything = visible.evaluate(SHOWN)
    assert everything == len(entries())
    visible.keyboard.press("/")
    assert visible.evaluate("document.activeElement.id") == "find"
    visible.keyboard.type("softmax jacobian")
    assert visible.locator("#find").input_value() == "softmax jacobian"
    found = visible.evaluate(SHOWN)
    assert 0 < found < everything
    assert visible.locator("#find-count").inner_text() == f"{found} of {everything} derivations"
    assert visible.locator("#find-count").get_attribute("role") == "status"
    assert visible.evaluate("location.hash") == "#?q=softmax+jacobian"
    assert visible.locator(".entry:visible a.title").first.is_visible()
    visible.keyboard.type(" nothing like this")
    assert visible.evaluate(SHOWN) == 0
    assert "Nothing matches" in visible.locator("#find-count").inner_text()
    visible.keyboard.press("Escape")
    assert visible.evaluate(SHOWN) == everything
    assert visible.locator("#find").input_value() == ""
    assert visible.evaluate("document.activeElement.id") == "find"
    assert not visible.evaluate("location.hash")
    assert window.complaints == []


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("σ tanh", "sigmoid-tanh"),
        ("SIGMOID", "sigmoid-derivative"),
        ("D(y[i], z[j])", "softmax-jacobian"),
        ("rounding errors", "rewrite-two-sum"),
        ("refuted minus", "pitfall-jacobian-last-row-sign"),
    ],
)
def test_search_finds_titles_names_claims_families_and_verdicts(
    window: Visit, folder: Path, typed: str, name: str
) -> None:
    page = window.open(folder / "index.html", width=390, scheme="dark")
    page.locator("#find").fill(typed)
    assert page.locator(f".entry:has(a[href='{name}.html'])").first.is_visible()
    assert page.evaluate(SHOWN) < len(entries()) / 2


def test_a_search_can_be_shared(browser: Any, window: Visit, folder: Path) -> None:
    page = window.open(folder / "index.html", width=1280, scheme="light")
    page.locator("#find").fill("softmax")
    page.locator("#find-scope").select_option("scalar")
    found, address = page.evaluate(SHOWN), page.url
    assert address.endswith("#?q=softmax&scope=scalar")
    with Visit(browser, folder / "index.html", width=1280, scheme="light") as other:
        other.page.goto(address)
        other.page.reload()
        assert other.page.evaluate(SHOWN) == found
        assert other.page.locator("#find").input_value() == "softmax"
        other.page.goto(address.partition("#")[0] + "#?verdict=no-such-verdict")
        assert other.page.evaluate(SHOWN) == len(entries())


def test_the_index_without_scripts(browser: Any, folder: Path) -> None:
    with Visit(browser, folder / "index.html", width=1280, scheme="light", scripts=False) as visit:
        assert not visit.page.locator(".find").is_visible()
        assert visit.page.locator(".entry").count() == len(entries())
        assert visit.page.locator(".entry").last.is_visible()


def test_print_has_the_entries_and_no_search(window: Visit, folder: Path) -> None:
    page = window.open(folder / "index.html", width=1280, scheme="dark")
    page.emulate_media(media="print")
    assert not page.locator(".find").is_visible()
    assert page.locator(".entry").last.is_visible()


def test_the_map_shows_what_a_name_rests_on(window: Visit, folder: Path) -> None:
    visible = window.open(folder / "map.html", width=1280, scheme="light")
    node = visible.locator(".map a[href='softmax-jacobian.html']")
    node.focus()
    near = visible.locator(".map .near").count()
    below = len((node.get_attribute("data-on") or "").split())
    above = visible.locator(f".map [data-on~={node.get_attribute('id')}]").count()
    assert near == below + above and above > 5
    assert visible.locator(".map .lit path").count() == above
    visible.keyboard.press("Tab")
    assert visible.locator(".map .here").count() == 1
    assert "here" not in (node.get_attribute("class") or "").split()
    assert window.complaints == []


@pytest.mark.parametrize("name", ["index", "map"])
def test_the_whole_run_is_no_wider_than_a_phone(window: Visit, folder: Path, name: str) -> None:
    page = window.open(folder / f"{name}.html", width=390, scheme="light")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert window.complaints == []
