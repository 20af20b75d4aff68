"""The chain in numbers: what is shown comes to what stands beside it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from derive.catalog import entries
from derive.concrete.evaluation import Evaluation
from derive.concrete.floating import Floating
from derive.derivation import Derivation, Pitfall, Step
from derive.formula.arrays import Tensor
from derive.formula.latex import latex
from derive.formula.notation import Sum, distinct, equal, exp, indices, log, positive, scalar, size, vector
from derive.formula.tree import Decimal, Entry, Negative, Numeral, Power, Times
from derive.proof import Proof, VerdictName
from derive.report.at_point import FirstPoint, first_point
from derive.report.in_numbers import InNumbers, Numbers, in_numbers, number
from derive.report.page import Link, page
from derive.report.render import html_page
from derive.rules import algebra

from .report_samples import jacobian, slope, without_sum

K = size("K")
i, j, k = indices("i j k", K)
z, t = vector("z", K), vector("t", K)
x = scalar("x")
CHAINS = {name: one for name, one in entries().items() if isinstance(one, Derivation)}


def proof(derivation: Derivation, verdict: VerdictName = "proved", K_: int = 3) -> Proof:
    return Proof(derivation.name, derivation, derivation, f"K={K_}", ((K, K_),), verdict, verdict, ())


def found(derivation: Derivation, verdict: VerdictName = "proved") -> InNumbers:
    one = in_numbers(proof(derivation, verdict))
    assert one is not None
    return one


def written(one: InNumbers, entry: int = 0) -> list[str]:
    return [row.formula for row in one.followed[entry].rows]


def test_an_unknown_function_is_what_stands_in_for_it() -> None:
    """It is no variable of its own: else its derivatives were 0, and the chain rule 0 = 0."""
    one, first = found(CHAINS["chain-rule-entries"]), first_point(proof(CHAINS["chain-rule-entries"]))
    assert first is not None
    outer, inner, variable = one.point
    values = [first.here.value(Entry(tensor, (n,))) for tensor in _unknown(first) for n in (1, 2)]
    assert [f"{value:.4g}" in outer + inner for value in values] == 4 * [True]
    assert variable == "x = (-0.8, 0.6, 1.2)"
    assert one.agrees
    assert {row.value for row in one.followed[0].rows}.isdisjoint({"0.0000"})


def _unknown(first: FirstPoint) -> list[Tensor]:
    names = {node.tensor for line in first.lines for node in line.walk() if isinstance(node, Entry)}
    return [name for name in names if name.of is not None]


def test_the_jacobian_on_and_beside_the_diagonal() -> None:
    one = found(jacobian)
    assert [entry.entry for entry in one.followed] == [r"i = 1,\; j = 1", r"i = 1,\; j = 2"]
    assert one.names == (
        "S = e^{1} + e^{0.2} + e^{-0.6} = 4.488",
        r"y_{1} = \frac{e^{1}}{4.488} = 0.6056",
        "y = (0.6056, 0.2721, 0.1223)",
    )
    assert written(one)[0] == r"\frac{\partial y_{1}}{\partial z_{1}}"
    assert written(one)[-1] == r"0.6056 \left(1 - 0.6056\right)"
    assert written(one, 1)[-1] == r"0.6056 \left(0 - 0.2721\right)"
    assert {row.value for row in one.followed[1].rows} == {"\N{MINUS SIGN}0.1648"}
    assert one.agrees and one.derives


def test_cancelled_factors_keep_their_strokes() -> None:
    assert any(r"\cancel{4.488}" in formula for formula in written(found(jacobian)))


def test_a_function_has_its_value_where_it_is_taken() -> None:
    one = found(slope)
    assert one.point == ("x = 1",)
    assert one.names == (r"\sigma\left(x\right) = \frac{1}{1 + e^{-1}} = 0.7311",)
    assert [entry.entry for entry in one.followed] == [""]


def test_entries_that_a_hypothesis_leaves_out_are_not_followed() -> None:
    apart = Derivation("apart", z[i] * z[j], Step(z[j] * z[i], by=algebra), assuming=[distinct(i, j)])
    assert [entry.entry for entry in found(apart).followed] == [r"i = 1,\; j = 2"]


def test_a_false_claim_is_followed_where_it_fails() -> None:
    one = found(without_sum, "refuted")
    assert not one.agrees
    for entry in one.followed:
        assert [row.changed for row in entry.rows] == [
            False,
            *(a.value != b.value for a, b in pairwise(entry.rows)),
        ]


@pytest.mark.parametrize("name", sorted(n for n, one in entries().items() if isinstance(one, Pitfall)))
def test_pitfalls_show_where_the_value_changes(name: str) -> None:
    entry = entries()[name]
    assert isinstance(entry, Pitfall)
    if entry.expected == "refuted":
        one = found(entry.wrong(), "refuted")
        assert any(row.changed for row in one.followed[0].rows)


def test_a_long_sum_is_a_number_and_a_longer_line_keeps_its_letters() -> None:
    term = t[k] * log(exp(z[k]) + exp(-z[k])) * (1 + z[k]) * (2 + z[k])
    one = found(Derivation("long", x + Sum(k, term), Step(Sum(k, term) + x, by=algebra)))
    assert written(one)[0] == "-0.8 + 0.5149"
    one = found(Derivation("longer", Sum(k, term), Step(Sum(k, term * 1), by=algebra)))
    assert written(one)[0].startswith(r"\sum_{k=1}^{K}")


def test_nothing_where_a_line_has_no_value() -> None:
    never = Derivation("never", log(x - 7), Step(log(x - 7) * 1, by=algebra))
    assert in_numbers(proof(never)) is None
    assert in_numbers(proof(jacobian, "unknown")) is None
    apart = Derivation("apart", z[i] * z[j], Step(z[j] * z[i], by=algebra), assuming=[distinct(i, j)], sizes={K: 1})
    assert in_numbers(proof(apart)) is None
    far = Derivation("far", exp(700 * x) * exp(700 * x), Step(exp(1400 * x), by=algebra))
    assert in_numbers(proof(far)) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, Numeral(0)),
        (2.0, Numeral(2)),
        (0.25, Decimal("0.25")),
        (-0.6056478, Negative(Decimal("0.6056"))),
        (123456.0, Times((Decimal("1.235"), Power(Numeral(10), Numeral(5))))),
        (3e-7, Times((Numeral(3), Power(Numeral(10), Negative(Numeral(7)))))),
    ],
)
def test_numbers_have_four_digits(value: float, expected: object) -> None:
    assert number(value) == expected


@pytest.mark.parametrize("name", list(CHAINS)[::3])
def test_what_is_shown_comes_to_the_value(name: str) -> None:
    """The numbers of each line, rounded as they are shown, give its value up to that rounding."""
    first = first_point(proof(CHAINS[name]))
    if first is None:
        return
    numbers = Numbers(first)
    for line in first.lines:
        for spelled in (True, False):
            shown = numbers.put_into(line, first.spots[0], spelled)
            assert not shown.free_indices
            by_hand = Evaluation(Floating(), {}, {}).value(shown)
            exact = numbers.value(line, first.spots[0])
            assert by_hand == pytest.approx(exact, rel=0.02, abs=0.005), latex(shown)


def test_most_of_the_catalog_has_the_section_and_agrees() -> None:
    sections = [in_numbers(proof(one)) for one in list(CHAINS.values())[::4]]
    assert sum(one is not None for one in sections) > 0.9 * len(sections)
    assert all(one.agrees for one in sections if one is not None)


def test_the_point_is_one_that_the_hypotheses_allow() -> None:
    given = Derivation(
        "given", log(x) * Sum(j, t[j]), Step(log(x), by=algebra), assuming=[positive(x), equal(Sum(j, t[j]), 1)]
    )
    first = first_point(proof(given))
    assert isinstance(first, FirstPoint)
    assert sum(first.here.values[t[n]] for n in (1, 2, 3)) == pytest.approx(1)
    assert first.here.values[x] > 0


def test_lines_are_linked_and_marks_have_words() -> None:
    one = proof(without_sum, "refuted")
    text = html_page(page(one, {one.name: Link(one.name, "t", "t.html")}), "derive report", "0", None, None)
    section = text[text.index('<section id="in-numbers"') :]
    section = section[: section.index("</section>")]
    assert 'href="#eq-1">(1)</a>' in section
    assert section.count("another value:") == sum(row.changed for row in found(without_sum, "refuted").followed[0].rows)
