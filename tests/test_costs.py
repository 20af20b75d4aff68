"""What lines and functions are estimated to cost: what is counted is what is computed, and the figure shows it."""

from __future__ import annotations

import re
from functools import cache, reduce
from itertools import pairwise, product
from operator import mul
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from derive.catalog import entries
from derive.concrete.evaluation import Parts
from derive.derivation import Derivation, Step
from derive.formula.notation import D, exp, fraction, function, indices, log, scalar, size, vector
from derive.formula.tree import Expr, Function
from derive.numeric.accuracy import CALLS, SAMPLES, Measured, general_call, general_module
from derive.numeric.costs import LOOP, WEIGHTS, LineWork, cost, operations
from derive.numeric.counting import Counted, counting, tiled, work_of
from derive.proof import prove
from derive.report.accuracy import Route, accuracy
from derive.report.alternatives import Alternatives, Scale, Spot, Way, alternatives
from derive.report.exported import Exported
from derive.report.inputs import NoControlError
from derive.rules import algebra

from .benchmarks import operations as benchmark
from .test_accuracy import MODULE

x, a, b = scalar("x"), scalar("a"), scalar("b")


def work_of_line(*lines: Expr) -> dict[str, float] | None:
    parts = Parts({})
    numbers = [parts.part(line, {}) for line in lines]
    found = LineWork(parts).work(numbers)
    return None if found is None else {name: count for name, count in found.items() if count}


# ------------------------------------------------------------------ lines


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (1 / (1 + exp(-x)), {"negative": 1, "exp": 1, "add": 1, "divide": 1}),
        (a - b, {"add": 1}),
        (-a + b, {"negative": 1, "add": 1}),
        (a - b - a * b, {"add": 2, "multiply": 1}),
        (-(a * b), {"negative": 1, "multiply": 1}),
        (exp(x) * exp(x), {"exp": 1, "multiply": 1}),
        (x**2 + x**3, {"square": 1, "power": 1, "add": 1}),
        (Function("coth")(x), {"coth": 1}),
        (exp(x) + log(x + 2) / 3, {"exp": 1, "log": 1, "add": 2, "divide": 1}),
    ],
)
def test_the_work_of_a_line(line: Expr, wanted: dict[str, float]) -> None:
    assert work_of_line(line) == wanted


def test_numbers_alone_are_computed_once_for_all_points() -> None:
    assert work_of_line(exp(fraction(1, 2) + 1) * x) == {"multiply": 1}
    assert work_of_line(exp(x - x + 2) * x) == {"add": 2, "exp": 1, "multiply": 1}


def test_a_derivative_is_no_way_to_compute() -> None:
    assert work_of_line(exp(D(x, x) + x)) is None


def test_what_lines_have_in_common_counts_once() -> None:
    assert work_of_line(exp(x) * a, exp(x) * b) == {"exp": 1, "multiply": 2}
    sigma = function("sigma", x, 1 / (1 + exp(-x)))
    assert work_of_line(sigma(x) * (1 - sigma(x))) == {
        "negative": 1, "exp": 1, "add": 2, "divide": 1, "multiply": 1,
    }  # fmt: skip


def test_the_estimate_is_the_sum_of_weights() -> None:
    assert cost({"exp": 2, "add": 3}) == pytest.approx(2 * WEIGHTS["exp"] + 3)
    assert cost({"add": 1, "sinc": 1}) is None, "nobody has measured it"
    assert operations({"exp": 2, "negative": 1, "copy": 3, LOOP: 9}) == 2
    assert WEIGHTS["add"] == 1 and all(weight > 0 for weight in WEIGHTS.values())


def test_the_benchmark_measures_every_operation() -> None:
    assert set(benchmark.operations()) == set(WEIGHTS)
    assert benchmark.rank_correlation([(1, 3), (2, 4), (9, 5)]) == pytest.approx(1)
    found = {one.name: one for one in benchmark.compared(["sigmoid-derivative"], 1)}
    assert {"(3)", "(9)", "sigmoid_grad"} <= set(found), "the last line is the unit"
    row = next(row for row in shown("sigmoid-derivative").rows if row.line == 3)
    assert row.cost == f"${found['(3)'].estimated:.2g}$", "the page says the same"


# ------------------------------------------------------------------ functions


def a_module(source: str) -> ModuleType:
    found = ModuleType("counted")
    exec("import numpy as np\n" + source, found.__dict__)
    return found


def counts(source: str, *given: Any) -> dict[str, int]:
    module = a_module(f"def f(*given):\n    a, b = [np.asarray(one) for one in given]\n    {source}")
    plain = module.f(*given)
    with counting(module) as found:
        got = module.f(*given)
    assert np.array_equal(np.asarray(got), plain)
    assert module.np is np and not isinstance(module.f(*given), Counted)
    return {name: count for name, count in found.items() if count}


FLAT, ROWS = np.arange(1.0, 7), np.arange(1.0, 7).reshape(2, 3)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("return np.exp(a) * b", {"exp": 6, "multiply": 6}),
        ("return (a + b) / 2 - 1", {"add": 6, "divide": 6, "subtract": 6}),
        ("a = a * 1; a += b; return a", {"multiply": 6, "add": 6}),
        ("c = np.empty(6); np.subtract(a, b, out=c); c *= c; return c", {"subtract": 6, "multiply": 6}),
        ("return np.sum(a * b)", {"multiply": 6, "add.reduce": 6}),
        ("return np.log(a.sum()) + np.max(b)", {"add.reduce": 6, "log": 1, "maximum.reduce": 6, "add": 1}),
        ("return np.where(a > 2, a, b)", {"greater": 6, "where": 6}),
        ("return a[[0, 1]] + 1", {"take": 2, "add": 2}),
        ("c = a.copy(); c[np.argmax(b)] = 0; return c", {"copy": 7, "argmax": 6}),
        ("return a @ b", {"matmul": 6}),
        ("return a[:, None] * b", {"multiply": 36}),
        ("return np.einsum('i,i', a, b)", {"einsum": 6}),
        ("return float(a[0]) + b", {"add": 6}),
        ("c, d = np.broadcast_arrays(a, b); return c + d", {"add": 6}),
        ("return np.stack([a, b]) - 1", {"copy": 12, "subtract": 12}),
        ("return np.diag(a) * np.eye(6)", {"multiply": 36}),
        ("return np.power(a, b) ** 2", {"power": 6, "square": 6}),
        ("return np.take_along_axis(a, np.array([1, 2]), 0) - 1", {"take": 2, "subtract": 2}),
        ("c = a.copy(); np.put_along_axis(c, np.array([1, 2]), 0, 0); return -c", {"copy": 6, "put": 2, "negative": 6}),
        ("return np.multiply.outer(a, b)", {"multiply": 36}),
        ("return np.frexp(a)[0] + np.broadcast_to(b, (6,))", {"frexp": 6, "add": 6}),
    ],
)
def test_what_a_function_does_is_counted(source: str, wanted: dict[str, int]) -> None:
    assert {name: n for name, n in counts(source, FLAT, FLAT).items() if name != LOOP} == wanted


def test_short_rows_are_counted() -> None:
    assert counts("return a * b[:, None]", ROWS, np.ones(2)) == {"multiply": 6, LOOP: 2}
    assert counts("return a.sum(axis=1)", ROWS, ROWS) == {"add.reduce": 6, LOOP: 2}
    assert counts("return a * b", ROWS, ROWS) == {"multiply": 6, LOOP: 1}, "memory that is in one piece is one stretch"
    long = np.ones((2, 30))
    assert counts("return a * b[:, None]", long, np.ones(2)) == {"multiply": 60}


@pytest.mark.parametrize("name", CALLS)
def test_functions_compute_the_same_while_they_are_counted(name: str) -> None:
    derivation = entries()[name]
    assert isinstance(derivation, Derivation)
    way = Route(derivation, Exported(name, "", 1, "", (), MODULE, None))
    module, call = general_module(MODULE), general_call(MODULE, name)
    assert call is not None and way.at_once
    given = tiled([way.given(one) for one in SAMPLES])
    plain = np.asarray(call(given))
    with counting(module) as found:
        got = np.asarray(call(given))
    assert got.tobytes() == plain.tobytes()
    assert cost(found) is not None, "each operation has a weight"


def test_the_work_of_a_function_is_that_of_a_point() -> None:
    call = general_call(MODULE, "sigmoid-derivative")
    assert call is not None
    found = work_of(general_module(MODULE), call, [{"x": one} for one in SAMPLES])
    wanted = {"absolute": 1, "negative": 1, "exp": 1, "add": 1, "square": 1, "divide": 1}
    assert {name: count for name, count in found.items() if count} == wanted


# ------------------------------------------------------------------ the table and the figure


@cache
def shown(name: str) -> Alternatives:
    found = accuracy(prove(entries()[name], 3), Exported(name, "", 1, "", (), MODULE, None))
    assert found is not None and found.alternatives is not None
    return found.alternatives


def test_the_last_line_costs_1() -> None:
    assert [row.cost for row in shown("softmax-jacobian").rows if row.line == 7] == ["$1$"]


def test_all_entries_of_the_result_are_counted() -> None:
    assert (shown("softmax-jacobian").entries, shown("softmax-vjp").entries) == (9, 3)
    assert shown("sigmoid-derivative").entries == 1
    *_, last, _ = shown("softmax-jacobian").rows
    # three exponentials, their sum, three quotients; three 1 - y, six 0 - y, nine products
    assert last.operations == 3 + 2 + 3 + 9 + 9 - 3, "0 - y_j is one for every i"


def measured(largest: float) -> Measured:
    return Measured((0.0, largest))


def ways(*pairs: tuple[float, float]) -> list[Way]:
    """Lines of so many additions and such errors; the last one is the function."""
    found = [Way({"add": additions}, measured(error), n) for n, (additions, error) in enumerate(pairs)]
    return [*found[:-1], Way(found[-1].work, found[-1].errors, None)]


def unbeaten(*pairs: tuple[float, float]) -> list[int]:
    return [n for n, row in enumerate(alternatives(ways(*pairs), 1, True).rows) if row.unbeaten]


def test_what_nothing_beats_is_marked() -> None:
    assert unbeaten((2, 5), (1, 9), (3, 1), (4, 2)) == [0, 1, 2]
    assert unbeaten((2, 5), (2, 5), (2, 7), (4, 5)) == [0, 1], "what is alike does not beat"
    assert unbeaten((100, 5.001), (100.1, 5.002), (200, 9)) == [0, 1], "what is shown alike is alike"


def test_where_nothing_differs_there_is_no_figure() -> None:
    found = alternatives(ways((2, 5), (2, 5), (2, 5)), 1, True)
    assert not found.figure and not any(row.unbeaten for row in found.rows)


def test_what_is_not_known_is_not_said() -> None:
    given = ways((2, 5), (3, 1), (4, 2))
    found = alternatives([*given[:-1], Way({"sinc": 1}, measured(1), None)], 1, True)
    assert [row.cost for row in found.rows] == ["$0.67$", "$1$", ""] and not found.rows[-1].unbeaten
    unit = alternatives([given[0], Way({"sinc": 1}, measured(1), 1), given[-1]], 1, True)
    assert [row.cost for row in unit.rows] == ["", "", ""] and not unit.figure, "there is nothing to be a ratio to"


def test_a_result_with_very_many_entries_is_not_measured() -> None:
    K = size("K")
    z, letters = vector("z", K), indices("i j k l m n", K)

    def outer_power(order: int) -> Derivation:
        product_of = reduce(mul, (exp(z[one]) for one in letters[:order]))
        return Derivation("outer-power", product_of, Step(product_of, by=algebra))

    alone = Exported("f", "", 1, "", (), "", None)
    assert len(Route(outer_power(5), alone).line.entries) == 3**5
    with pytest.raises(NoControlError, match="too many entries"):
        Route(outer_power(6), alone)


def places(figure: str, style: str) -> list[tuple[float, float]]:
    path = re.search(rf'class="dots {style}" d="([^"]*)"', figure)
    assert path is not None
    return [(float(left), float(top)) for left, top in re.findall(r"M([\d.]+) ([\d.]+)h0", path[1])]


def test_the_figure_has_every_way_and_links_to_lines() -> None:
    figure = shown("sigmoid-derivative").figure
    rows = shown("sigmoid-derivative").rows
    assert {int(n) for n in re.findall(r'href="#eq-(\d+)"', figure)} == {row.line for row in rows[:-1]}
    assert len(places(figure, "b")) == 1 and 'role="group"' in figure and "<title" in figure and "<desc" in figure


def test_dots_that_meet_share_a_label() -> None:
    figure = alternatives(ways((1, 5), (1.001, 5.2), (1, 5.1), (9, 1), (3, 2)), 1, True).figure
    assert sorted(re.findall(r'href="#eq-(\d+)"', figure)) == ["0", "1", "2", "3"]


def test_the_stairs_go_down_through_the_front() -> None:
    figure = shown("softmax-jacobian").figure
    path = re.search(r'class="stairs" d="M([^"]*)"', figure)
    assert path is not None
    corners = [tuple(map(float, corner.split())) for corner in path[1].split("L")]
    assert all(first[0] <= second[0] and first[1] <= second[1] for first, second in pairwise(corners))
    assert set(places(figure, "b")) <= set(corners)
    for left, top in places(figure, "a"):
        assert any(left >= u and top <= v for u, v in corners), "nothing lies below"


def test_labels_do_not_meet() -> None:
    for name in ("sigmoid-derivative", "softmax-jacobian", "softmax-cross-entropy-gradient"):
        figure = shown(name).figure
        found = [
            (float(left), float(low), len(text))
            for left, low, text in re.findall(
                r'<a [^>]*><text class="tick" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)<', figure
            )
        ]
        for (left, low, long), (other, down, wide) in product(found, found):
            if (left, low) != (other, down):
                assert abs(low - down) >= 14 or abs(left - other) >= 5 * (long + wide)


def test_the_axis_has_round_numbers_apart() -> None:
    for ratio in (1.05, 1.6, 3.0, 12.0, 90.0, 2000.0):
        found = Scale([Spot(1, 1.0, 2.0), Spot(2, ratio, 1.0)]).ratios()
        assert 1.0 in found and len(found) <= 10
        assert all(abs(p - q) >= 64 for p, q in product(found.values(), repeat=2) if p != q)
    assert len(Scale([Spot(1, 1.0, 2.0)]).ratios()) >= 1


def test_pages_say_that_it_is_an_estimate() -> None:
    found = shown("softmax-vjp")
    assert found.at_once and found.has_short_rows and found.numpy.count(".") == 2 and found.processor


def test_a_function_of_one_point_is_counted_there() -> None:
    from .test_exported import measured as accuracy_of

    found = accuracy_of("softmax-shift").alternatives
    assert found is not None and not found.at_once and not found.has_short_rows
    assert found.rows[-1].operations == 3 + 3 + 3 + 3 + 3, "maxima, differences, exponentials, their sum, quotients"
