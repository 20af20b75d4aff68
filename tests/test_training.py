"""Classifiers that pages train: the numbers are those of the exported functions, and the browser finds the same."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from derive.catalog import entries
from derive.concrete.evaluation import Evaluation
from derive.concrete.floating import Floating
from derive.derivation import Derivation
from derive.export.module import PLAIN
from derive.formula.arrays import Tensor
from derive.formula.scope import meanings
from derive.formula.tree import Size, Symbol
from derive.kernel.verdict import Unknown
from derive.numeric.accuracy import general_module
from derive.numeric.training import MODELS, RATE, SHOWN, STEPS, Trained, trained
from derive.proof import Proof, prove, with_general
from derive.report import layer as layers
from derive.report import report_files
from derive.report.exported import Code, exported
from derive.report.language import written_in
from derive.report.layer import Layer, layer, trainer
from derive.report.plane import FAR, across, borders, ceiling, losses, plane, region, up
from derive.report.training import Training, behind, program, short, training
from derive.report.written import asked_pages

from .browser import Visit, require_axe, violations_everywhere
from .report_samples import EVIL
from .test_exported import GENERAL, code, proof

SOFTMAX, LOGISTIC = "linear_cross_entropy_value_and_grad", "binary_cross_entropy_value_and_grad"
PAGES = (
    "softmax-cross-entropy-gradient batch-mean-gradient linear-layer-weight-gradient linear-layer-bias-gradient "
    "logistic-loss-gradient"
).split()


def derivation(name: str) -> Derivation:
    found = entries()[name]
    assert isinstance(found, Derivation)
    return found


@cache
def known(function: str) -> dict[str, Derivation]:
    """The derivations on which a function rests."""
    return {name: derivation(name) for name in PLAIN[function]}


def section(name: str, of: Proof | None = None) -> Training | None:
    shown = of or proof(name)
    rests = {one: derivation(one) for one in behind(shown)}
    return training(shown, exported(shown, code(shown)), rests, code(shown))


def found(name: str) -> Training:
    one = section(name)
    assert one is not None
    return one


def weights(function: str, rate: float, steps: int) -> list[tuple[Any, ...]]:
    model = MODELS[function]
    X, labels = model.clouds(model.sizes)
    return list(model.descend(getattr(general_module(GENERAL), function), X, labels, rate=rate, steps=steps))


# ------------------------------------------------------------------ which pages


def test_gradients_that_train_have_the_section_and_no_others() -> None:
    having = [
        name for name, entry in entries().items() if isinstance(entry, Derivation) and trainer(entry, tuple(MODELS))
    ]
    assert sorted(having) == sorted(PAGES)
    assert all(section(name) is not None for name in PAGES)
    assert section("softmax-jacobian") is None and section("logistic-loss-softplus") is None


def test_a_persons_own_derivation_of_that_name_has_none() -> None:
    own = replace(proof("softmax-jacobian"), name="logistic-loss-gradient")
    assert section("logistic-loss-gradient", own) is None


def test_a_run_without_a_module_has_none() -> None:
    shown = proof("logistic-loss-gradient")
    assert training(shown, exported(shown, code(shown)), {}, Code("", (), "0.1.0")) is None


# ------------------------------------------------------------------ the numbers


@pytest.mark.parametrize("function", MODELS)
def test_points_are_many_in_a_plane_and_without_random_numbers(function: str) -> None:
    model, here = MODELS[function], trained(GENERAL, function)
    assert len(set(here.points)) == len(here.points) == sum(model.sizes) == 120
    assert [here.labels.count(k) for k in range(len(model.sizes))] == list(model.sizes)
    assert all(abs(place) < FAR and round(place, 2) == place for place in sum(here.points, ()))
    for k in range(len(model.sizes)):
        mine = np.array([point for point, label in zip(here.points, here.labels, strict=True) if label == k])
        angle = 2 * math.pi * k / len(model.sizes) + math.pi / 6
        assert np.allclose(mine.mean(axis=0), [math.cos(angle), math.sin(angle)], atol=0.2)
        assert np.allclose(mine.std(axis=0), 0.8, atol=0.12)


@pytest.mark.parametrize("function", MODELS)
def test_the_loss_begins_at_ln_k_and_falls_at_every_step(function: str) -> None:
    here = trained(GENERAL, function)
    assert len(here.losses) == STEPS + 1
    assert here.losses[0] == pytest.approx(math.log(here.classes), rel=1e-14)
    assert all(after < before for before, after in zip(here.losses, here.losses[1:], strict=False))
    assert [row.step for row in here.rows] == list(SHOWN)
    assert all(after.slope < before.slope for before, after in zip(here.rows, here.rows[1:], strict=False))
    assert here.overshoot > here.losses[0]


@pytest.mark.parametrize("function", MODELS)
def test_it_goes_to_the_minimum_that_scikit_learn_finds(function: str) -> None:
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    model = MODELS[function]
    W, b, loss, dW, db = weights(function, 2.0, 1500)[-1]
    assert math.hypot(*np.ravel(dW), *np.ravel(db)) < 1e-11
    X, labels = model.clouds(model.sizes)
    reference = LogisticRegression(C=math.inf, tol=1e-10, max_iter=1000).fit(X, labels)
    assert reference.score(X, labels) < 1  # what could be parted without error would have no minimum
    logits = np.stack([np.zeros(len(X)), X @ W + b], axis=1) if np.ndim(b) == 0 else X @ W + b
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert np.allclose(shares, reference.predict_proba(X), atol=1e-4)
    assert trained(GENERAL, function).losses[-1] == pytest.approx(float(loss), rel=1e-6)


@pytest.mark.parametrize("function", MODELS)
def test_the_gradient_in_the_biases_is_what_one_counts_by_hand(function: str) -> None:
    here, model = trained(GENERAL, function), MODELS[function]
    shares = [1 / here.classes - count / 120 for count in model.sizes][-len(here.bias_slopes[0]) :]
    assert here.bias_slopes[0] == pytest.approx(shares, abs=1e-14)
    assert max(map(abs, here.bias_slopes[1])) < 2e-5
    assert here.apart < 1e-9


def test_a_gradient_that_is_wrong_is_seen() -> None:
    """A comparison that nothing fails is none: a bias gradient of the wrong sign is far off, and is not explained."""
    wrong = GENERAL.replace("inputs.reshape(len(rows), features).T @ rows, rows.sum(axis=0)", "@@", 1)
    assert "@@" in wrong
    wrong = wrong.replace("@@", "inputs.reshape(len(rows), features).T @ rows, -rows.sum(axis=0)")
    assert trained(wrong, SOFTMAX).apart > 0.1
    shown = proof("linear-layer-bias-gradient")
    said = training(shown, exported(shown, code(shown, module=wrong)), {}, code(shown, module=wrong))
    assert said is not None and "$10^{0}$" in said.checks[0] and said.checks[1] == ""


@pytest.mark.parametrize(("value", "text"), [(0.82, "0.820"), (1.0986, "1.10"), (4.5556e-6, r"$4.56 \times 10^{-6}$")])
def test_numbers_have_three_digits(value: float, text: str) -> None:
    assert short(value) == text


# ------------------------------------------------------------------ the code


@pytest.mark.parametrize("function", MODELS)
def test_the_program_prints_the_table(function: str, tmp_path: Path) -> None:
    (tmp_path / "derived.py").write_text(GENERAL, encoding="utf-8")
    (tmp_path / "train.py").write_text(program(MODELS[function]), encoding="utf-8")
    run = subprocess.run([sys.executable, "train.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    rows = [re.findall(r"[\d.e+-]+%?", line) for line in run.stdout.splitlines()]
    rows = [[word for word in row if re.match(r"[\d.]+", word)] for row in rows]
    expected = [
        [str(r.step), f"{r.loss:#.3g}", f"{r.slope:#.3g}", f"{r.right:.1%}"] for r in trained(GENERAL, function).rows
    ]
    assert rows == expected


def test_the_loop_is_short_and_stands_in_the_program() -> None:
    for name in ("linear-layer-weight-gradient", "logistic-loss-gradient"):
        one = found(name)
        assert one.loop in one.program and one.loop.count("\n") <= 9
        assert max(map(len, one.program.splitlines())) <= 110


# ------------------------------------------------------------------ the formulas of the script


def entry_values(one: Layer, here: Trained, W: Any, b: Any) -> tuple[float, list[float]]:
    """Loss and gradients as the formulas say, evaluated in floats without a browser."""
    classes = here.classes
    formulas = [one.loss, *(gradient.entry for gradient in one.gradients)]
    sizes = {Size(one.examples): len(here.points), Size("F"): 2, Size("K"): classes}
    values: dict[Any, float] = {}
    for leaf in {node for formula in formulas for node in unfolded(formula)}:
        values |= given(leaf, here, W, b, one)
    return_loss = Evaluation(Floating(), sizes, values).value(one.loss, {})
    slopes = []
    for gradient in one.gradients:
        for places in product(*(range(1, sizes[index.size] + 1) for index in gradient.places)):
            at = dict(zip(gradient.places, places, strict=True))
            slopes.append(Evaluation(Floating(), sizes, values).value(gradient.entry, at))
    return return_loss, slopes


def unfolded(formula: Any) -> Iterator[Any]:
    for name in meanings(formula).values():
        if isinstance(name, Symbol | Tensor) and name.definition is None:
            yield name


def given(name: Any, here: Trained, W: Any, b: Any, one: Layer) -> dict[Any, float]:
    """The values of a variable's entries."""
    if name.name == one.inputs:
        return {name[n, f]: x for n, point in enumerate(here.points, 1) for f, x in enumerate(point, 1)}
    if name.name == one.labels and len(name.sizes) == 1:
        return {name[n]: float(label) for n, label in enumerate(here.labels, 1)}
    if name.name == one.labels:
        pairs = product(enumerate(here.labels, 1), range(1, here.classes + 1))
        return {name[n, k]: float(label == k - 1) for (n, label), k in pairs}
    array = np.asarray(W if name.name == one.gradients[0].variable else b)
    if not array.ndim:
        return {name: float(array)}
    return {name[tuple(n + 1 for n in places)]: float(array[places]) for places in np.ndindex(array.shape)}


@pytest.mark.parametrize("name", ["linear-layer-weight-gradient", "logistic-loss-gradient"])
def test_the_formulas_say_what_the_function_computes(name: str) -> None:
    function = trainer(derivation(name), tuple(MODELS))
    one = layer(derivation(name), function, known(function))
    assert one is not None
    here = trained(GENERAL, function)
    W, b, loss, dW, db = weights(function, RATE, 3)[-1]
    value, slopes = entry_values(one, here, W, b)
    assert value == pytest.approx(float(loss), rel=1e-12)
    assert slopes == pytest.approx([*np.ravel(dW), *np.ravel(db)], rel=1e-9, abs=1e-14)


def test_without_the_proofs_behind_it_nothing_goes_on_in_the_browser() -> None:
    shown = proof("softmax-cross-entropy-gradient")
    one = training(shown, exported(shown, code(shown)), {}, code(shown))
    assert one is not None and one.live is None and one.rows


def test_what_is_not_decided_does_not_reach_the_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "decide", lambda *_, **__: Unknown("a limit was reached"))
    assert layer(derivation("logistic-loss-gradient"), LOGISTIC, known(LOGISTIC)) is None


def test_only_what_is_proved_for_all_sizes_reaches_a_page() -> None:
    """At K = 3 alone, or under the name of another equation, a gradient is not what the module rests on."""
    shown, weight = proof("softmax-cross-entropy-gradient"), "linear-layer-weight-gradient"
    at_three = prove(derivation(weight), 3)
    for of_module, there in (([proof(weight)], True), ([at_three], False), ([], False)):
        pages = asked_pages([shown, at_three], code(shown), ("html",), "", "", module_proofs=of_module)
        assert (weight in pages[0].behind) == there


# ------------------------------------------------------------------ the figure


@pytest.mark.parametrize("function", MODELS)
def test_regions_are_where_the_logit_is_largest(function: str) -> None:
    here = trained(GENERAL, function)
    for halves in (here.first, here.last):
        polygons = [region(halves, k) for k in range(here.classes)]
        for place in product(np.linspace(-3.47, 3.43, 24), repeat=2):
            logits = [u * place[0] + v * place[1] + w for u, v, w in halves]
            best, second = sorted(logits, reverse=True)[:2]
            if best - second > 1e-9:
                assert [inside(corners, place) for corners in polygons] == [one == best for one in logits]


def inside(corners: Sequence[tuple[float, float]], place: tuple[float, float]) -> bool:
    """Whether a place is in a convex polygon whose corners go around against the clock."""
    sides = zip(corners, [*corners[1:], *corners[:1]], strict=True)
    return all((x - a) * (place[1] - b) - (y - b) * (place[0] - a) >= -1e-9 for (a, b), (x, y) in sides)


def test_where_all_classes_tie_there_are_no_regions() -> None:
    nowhere = ((0.0, 0.0, 0.0),) * 3
    assert [region(nowhere, k) for k in range(3)] == [[], [], []] and borders(nowhere) == []


def test_every_border_is_drawn_once() -> None:
    here = trained(GENERAL, SOFTMAX)
    assert len(borders(here.last)) == 3 and len(borders(trained(GENERAL, LOGISTIC).last)) == 1


@pytest.mark.parametrize(("largest", "top"), [(0.693, 1), (1.0986, 1.2), (1.9, 2), (9.0, 10), (11.0, 12), (900, 1000)])
def test_the_axis_of_the_loss_ends_above_it(largest: float, top: float) -> None:
    assert ceiling(largest) == top


def test_figures_are_the_same_every_time_and_escape_their_titles() -> None:
    here = trained(GENERAL, SOFTMAX)
    for draw in (plane, losses):
        assert draw(here, "T") == draw(here, "T")
        assert "<script" not in draw(here, EVIL) and "ln 3" in losses(here, "T")
        assert "<title" in draw(here, "T") and "<desc" in draw(here, "T")
    shapes = re.findall(r'class="spots (\w+)" d="([^"]*)"', plane(here, "T"))
    assert [(name, path.count("M")) for name, path in shapes] == [("round", 50), ("square", 40), ("triangle", 30)]
    assert across(-FAR) == "40.0" and up(-FAR) == "290.0"


def test_a_hostile_title_stays_text() -> None:
    shown = proof("logistic-loss-gradient")
    own = derivation("logistic-loss-gradient")
    evil = Derivation(own.name, own.claim, *own.steps, title=EVIL)
    one = section(own.name, replace(shown, entry=evil, derivation=evil))
    assert one is not None and "<script" not in one.plane and "<script" not in one.losses


# ------------------------------------------------------------------ pages


SHOWN_PAGES = ["softmax-cross-entropy-gradient", "logistic-loss-gradient"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("training")
    proofs = [with_general(prove(derivation(name), 3)) for name in SHOWN_PAGES]
    rests = [proof(name) for name in dict.fromkeys((*PLAIN[SOFTMAX], *PLAIN[LOGISTIC]))]
    for spoken in ("en", "zh"):
        pages = report_files(
            proofs,
            scope="K=3",
            command="derive report -K 3",
            version="0.1.0",
            module_source=GENERAL,
            document={},
            proved=code(*proofs).proved,
            module_proofs=rests,
            spoken=spoken,
        )
        for name, text in pages:
            (written / f"{spoken}-{name}").write_text(text, encoding="utf-8")
    return written


def cells(page: Any, row: str) -> list[str]:
    texts: list[str] = page.locator(f".data.steps {row} > *").all_inner_texts()
    return texts


@pytest.mark.parametrize("name", SHOWN_PAGES)
def test_one_step_is_that_of_the_table(window: Visit, folder: Path, name: str) -> None:
    page = window.open(folder / f"en-{name}.html", width=1280, scheme="light")
    assert page.locator(".data.steps .now").is_hidden()
    page.get_by_role("button", name="One step").focus()
    page.keyboard.press("Enter")
    page.locator(".training [role=status]", has_text="Step 1:").wait_for(state="attached")
    assert cells(page, "tr.now")[0] == "now: 1"
    assert cells(page, "tr.now")[1:] == cells(page, "tbody tr:nth-child(2)")[1:]
    page.get_by_role("button", name="Again").click()
    assert cells(page, "tr.now")[1:] == cells(page, "tbody tr:nth-child(1)")[1:]
    assert [path.get_attribute("d") for path in page.locator(".plane .region").all()] == [""] * (
        3 if name.startswith("softmax") else 2
    )
    assert window.complaints == []


@pytest.mark.parametrize("name", SHOWN_PAGES)
def test_a_run_ends_with_the_figure_that_the_page_came_with(window: Visit, folder: Path, name: str) -> None:
    page = window.open(folder / f"en-{name}.html", width=1280, scheme="light")
    page.emulate_media(reduced_motion="reduce")

    def drawn() -> list[str | None]:
        paths = page.locator(".plane .region, .losses .line, .losses .start").all()
        return [path.get_attribute("d") for path in paths]

    before, ticks = drawn(), page.locator("svg.trained .tick").all_text_contents()
    page.get_by_role("button", name="Run").click()
    page.locator(".training [role=status]", has_text=f"Step {STEPS}:").wait_for(state="attached", timeout=120_000)
    assert numbers(drawn()) == pytest.approx(numbers(before), abs=0.11)
    assert page.locator("svg.trained .tick").all_text_contents() == ticks
    assert cells(page, "tr.now")[1] == cells(page, "tbody tr:nth-child(5)")[1]
    assert window.complaints == []


def numbers(paths: Sequence[str | None]) -> list[float]:
    return [float(word) for path in paths for word in re.findall(r"-?[\d.]+", path or "")]


def test_a_rate_that_is_too_large_overshoots_and_a_run_can_be_paused(window: Visit, folder: Path) -> None:
    page = window.open(folder / "en-softmax-cross-entropy-gradient.html", width=390, scheme="dark")
    slider = page.locator(".rate input")
    slider.focus()
    page.keyboard.press("End")
    assert slider.get_attribute("aria-valuetext") == "50"
    page.get_by_role("button", name="One step").click()
    here = trained(GENERAL, SOFTMAX)
    assert cells(page, "tr.now")[1] == short(here.overshoot) == "3.18"
    assert page.locator(".losses .height").all_text_contents() == ["0", "2", "4"]
    page.get_by_role("button", name="Run").click()
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Run").wait_for()
    assert "Step " in page.locator(".training [role=status]").text_content()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert window.complaints == []


@pytest.mark.parametrize("name", [f"{spoken}-{name}" for spoken in ("en", "zh") for name in SHOWN_PAGES])
def test_pages_fit_and_axe_finds_nothing(window: Visit, folder: Path, name: str) -> None:
    require_axe()
    assert (folder / f"{name}.html").stat().st_size < 400_000
    page = window.open(folder / f"{name}.html", width=1280, scheme="light")
    page.locator("[data-train=step]").click()
    assert violations_everywhere(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert window.complaints == []


def test_without_scripts_the_figure_stands_and_nothing_is_to_be_pressed(browser: Any, folder: Path) -> None:
    file = folder / "en-logistic-loss-gradient.html"
    with Visit(browser, file, width=1280, scheme="light", scripts=False) as visit:
        assert visit.page.locator("svg.plane").is_visible() and visit.page.locator("svg.losses").is_visible()
        assert visit.page.locator(".train").is_hidden() and visit.page.locator(".now").is_hidden()


def test_the_points_of_the_page_are_those_that_were_trained_on() -> None:
    live = found("softmax-cross-entropy-gradient").live
    assert live is not None
    data = json.loads(json.dumps(live.data))
    assert tuple(map(tuple, data["points"])) == trained(GENERAL, SOFTMAX).points
    assert data["sizes"] == {"N": 120, "F": 2, "K": 3}


def test_it_is_told_in_chinese() -> None:
    with written_in("zh"):
        one = found("linear-layer-weight-gradient")
    told = [one.lead, one.points, one.caption, one.overshoot, one.still, *one.checks, *(words for _, words in one.keys)]
    assert all(re.search("[\u4e00-\u9fff]", text) for text in told)
