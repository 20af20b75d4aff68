"""A chain of lines is a value, and is refused where a line cannot follow."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from typing import Any

import pytest

from derive.derivation import Derivation, Overflow, Pitfall, Step
from derive.formula.notation import (
    D,
    Sum,
    decimal,
    define,
    delta,
    diag,
    distinct,
    equal,
    exp,
    fraction,
    index,
    log,
    one_hot,
    outer,
    positive,
    strike,
    vector,
)
from derive.formula.tree import Expr, Formula, Negative, Numeral, Plus, Symbol, WrittenError
from derive.rules import Rule, algebra, cancel, definition, differentiate, hypothesis, quotient_rule
from tests.formulas import A, K, N, S, X, i, j, k, n, sigma, t, w, x, y, z

c = index("c", K)
L = define("L", -Sum(k, t[k] * log(y[k])))

jacobian = Derivation(
    "softmax-jacobian",
    D(y[i], z[j]),
    Step(D(exp(z[i]) / S, z[j]), by=definition(y)),
    Step((D(exp(z[i]), z[j]) * S - exp(z[i]) * D(S, z[j])) / S**2, by=quotient_rule, because="$S > 0$"),
    Step((delta(i, j) * exp(z[i]) * S - exp(z[i]) * exp(z[j])) / S**2, by=differentiate),
    Step(delta(i, j) * exp(z[i]) * strike(S) / S ** strike(2) - exp(z[i]) * exp(z[j]) / S**2, by=algebra),
    Step(delta(i, j) * exp(z[i]) / S - exp(z[i]) * exp(z[j]) / S**2, by=cancel),
    Step(delta(i, j) * y[i] - y[i] * y[j], by=definition(y)),
    title="The Jacobian of softmax",
)


def test_it_is_a_value() -> None:
    assert jacobian.name == "softmax-jacobian"
    assert jacobian.lines[0] == jacobian.claim == D(y[i], z[j])
    assert len(jacobian.lines) == len(jacobian.steps) + 1
    assert jacobian.result == delta(i, j) * y[i] - y[i] * y[j]
    assert jacobian.free_sizes == (K,)
    assert jacobian.layout is None
    assert jacobian.steps[1].because == "$S > 0$"
    again = pickle.loads(pickle.dumps(jacobian))
    assert again == jacobian and hash(again) == hash(jacobian)
    with pytest.raises(AttributeError):
        jacobian.name = "other"  # type: ignore[misc]


def test_pairs_are_lines_and_the_steps_from_them() -> None:
    pairs = list(jacobian.pairs())
    assert [before for before, _ in pairs] == list(jacobian.lines[:-1])
    assert [step for _, step in pairs] == list(jacobian.steps)


def test_what_changed() -> None:
    assert jacobian.changed(6) == frozenset({(0, 1), (1, 0)}) or jacobian.changed(6)
    assert Derivation("d", x + w, Step(x + 2, by=algebra)).changed(1) == {(1,)}


def test_as_the_reason_of_another() -> None:
    assert jacobian.because.name == "softmax-jacobian"
    assert jacobian.because.equation == (r"\frac{\partial y_{i}}{\partial z_{j}} = \delta_{i j}\,y_{i} - y_{i}\,y_{j}")


def test_definitions_in_order() -> None:
    found = Derivation("d", L * sigma(x), Step(L * sigma(x), by=algebra)).definitions()
    assert [repr(name) for name, _ in found] == ["L", "y[i]", "S", "sigma(x)"]
    assert [repr(meaning) for _, meaning in found][1:] == ["exp(z[i])/S", "Sum(k, exp(z[k]))", "1/(1 + exp(-x))"]


def test_integers_are_lines() -> None:
    d = Derivation("sum", Sum(k, delta(k, i)), Step(1, by=algebra))
    assert d.result == Numeral(1)
    assert Derivation("one", 1, Step(-1, by=algebra)).lines == (Numeral(1), Negative(Numeral(1)))
    with pytest.raises(WrittenError, match=r"0\.5 is rounded already"):
        Step(0.5, by=algebra)  # type: ignore[arg-type]


def test_rounded_steps() -> None:
    d = Derivation("third", fraction(1, 3), Step(decimal("0.333"), by=algebra, relation="≈"), sizes={K: 3})
    assert d.steps[0].relation == "≈"
    assert d.sizes == ((K, 3),)
    assert r"&\approx 0.333" in d._repr_latex_()


def test_a_notebook_shows_it() -> None:
    shown = Derivation("d", x + x, Step(2 * x, by=algebra), Step(x * 2, by=algebra))._repr_latex_()
    assert shown == r"$\displaystyle \begin{aligned} x + x &= 2\,x \\ &= x \cdot 2 \end{aligned}$"


def test_the_layout_is_declared_once() -> None:
    assert Derivation("d", D(y, z, "denominator"), Step(diag(y) - outer(y, y), by=algebra)).layout == "denominator"
    with pytest.raises(WrittenError, match="d: layouts are mixed: denominator, numerator"):
        Derivation("d", D(y, z, "denominator"), Step(D(y, z), by=algebra))


def test_an_index_from_a_hypothesis() -> None:
    Derivation("one-hot", L, Step(-log(y[c]), by=hypothesis), assuming=[one_hot(t, c)])
    Derivation("off", D(y[i], z[j]), Step(-y[i] * y[j], by=algebra), assuming=[distinct(i, j)])
    Derivation("at-class", -log(y[c]) * y[i], Step(0, by=algebra), assuming=[one_hot(t, c), distinct(i, c)])


def test_an_index_may_be_lost_and_won_back() -> None:
    Derivation("zero", y[i] - y[i], Step(x * 0, by=algebra), Step(y[i] - y[i], by=algebra))


def deep(levels: int) -> Expr:
    formula: Expr = x
    for _ in range(levels):
        formula = Negative(formula)
    return formula


def chain(claim: Formula, *lines: Formula | int, **rest: object) -> Callable[[], Derivation]:
    return lambda: Derivation("d", claim, *(Step(line, by=algebra) for line in lines), **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (chain(x), r"d: a derivation needs at least one step"),
        (chain(y[i], y[i] * t[j]), r"d, line 1: index j is free in y\[i\]\*t\[j\], but not in y\[i\]"),
        (chain(y[i], y[i], y[i] * Sum(i, t[i])), r"d, line 2: index i is summed in Sum\(i, t\[i\]\) and free"),
        (chain(x, Sum(k, y[k] * Sum(k, t[k]))), r"d, line 1: index k is summed twice"),
        (chain(y[i] * Sum(i, t[i]), x), r"d, line 0: index i is summed"),
        (chain(x, x * vector("x", K)[1]), r"d, line 1: x stands for two different things"),
        (chain(x, w, x * vector("w", K)[1]), r"d, line 2: w stands for two different things"),
        (chain(y, A), r"d, line 1: A has shape \(K, K\), but the derivation began with \(K,\)"),
        (chain(y, y[1]), r"d, line 1: y\[1\] and y: one is an array, the other a scalar"),
        (chain(x, deep(200)), r"d, line 1: a formula is nested more than 100 levels deep"),
        (chain(deep(50_000), x), r"d, line 0: a formula is nested more than 100 levels deep"),
        (chain(x, Plus((x,) * 30_000)), r"d, line 1: a formula has more than 20000 parts"),
        (chain(x, x, assuming=[positive(deep(200))]), r"d: a formula is nested more than 100 levels deep"),
        (chain(x, x, assuming=[equal(Sum(k, t[k] * Sum(k, t[k])), 1)]), r"d: index k is summed twice"),
        (chain(x, x, assuming=[positive(vector("x", K)[1])]), r"d: x stands for two different things"),
        (chain(x, x, assuming=[distinct(i, j)]), r"d: indices i, j are compared by a hypothesis, but not free in x"),
        (chain(D(y, z), -outer(y, y), assuming=[distinct(i, j)]), r"d: indices i, j are compared by a hypothesis"),
        (chain(y[i], y[i], assuming=[distinct(i, j)]), r"d: index j is compared by .* but not free in y\[i\]"),
        (chain(x, x, sizes={K: 0}), r"d: K = 0; a size is an integer from 1"),
        (chain(x, x, sizes={K: 2.5}), r"d: K = 2\.5; a size is an integer from 1"),
        (chain(x, x, sizes={K: True}), r"d: K = True; a size is an integer from 1"),
        (chain(x, x, sizes={"K": 2}), r"d: 'K' is not a size"),
    ],
)  # fmt: skip
def test_refused_while_writing(write: Callable[[], Derivation], message: str) -> None:
    with pytest.raises(WrittenError, match=message):
        write()


def test_strokes_are_checked() -> None:
    struck = x * strike(S) / S ** strike(2)
    Derivation("d", struck, Step(x / S, by=cancel))
    with pytest.raises(WrittenError, match=r"d, line 1: without its strokes, .* is x/S, not x"):
        Derivation("d", struck, Step(x, by=cancel))
    Derivation("d", struck, Step(x, by=algebra))  # whether that is true, the kernel says


@pytest.mark.parametrize("name", ["softmax-sum", "d", "softmax_sum-2", "K3"])
def test_names(name: str) -> None:
    assert Derivation(name, x, Step(x, by=algebra)).name == name


@pytest.mark.parametrize(
    "name", ["", "../d", "a/b", "a b", ".d", "-d", "d-", "a--b", "a.b", "d\n", "d\0", "C:d", "é", "x" * 101, None, 3]
)
def test_hostile_names(name: str) -> None:
    with pytest.raises(WrittenError, match="cannot name a derivation"):
        Derivation(name, x, Step(x, by=algebra))
    with pytest.raises(WrittenError, match="cannot name a derivation"):
        Pitfall(name, lambda: jacobian, "refuted", "softmax-jacobian", "title", "lesson")
    with pytest.raises(WrittenError, match="cannot name a derivation"):
        Overflow(name, exp(x - w), w, z, "softmax-shift", "title", "lesson")


UNREADABLE = [
    ("a\0b", "U+0000, a control character, as character 2"),
    ("\x1b[31m", "U+001B, a control character, as character 1"),
    ("a\x85", "U+0085, a control character, as character 2"),
    ("\ud800", "U+D800, half of a surrogate pair, as character 1"),
    ("ab\u202e", "U+202E, a mark of direction, as character 3"),
    ("\uffff", "U+FFFF, which is no character, as character 1"),
    (3, "is 3, and no text"),
    (None, "is None, and no text"),
]


@pytest.mark.parametrize(("text", "message"), UNREADABLE)
def test_words_that_no_file_can_hold_are_refused_where_they_stand(text: str, message: str) -> None:
    def refused(place: str) -> Any:
        return pytest.raises(WrittenError, match=f"^d, {re.escape(place)} (has )?{re.escape(message)}")

    with refused("title"):
        Derivation("d", x, Step(x, by=algebra), title=text)
    with refused("about"):
        Derivation("d", x, Step(x, by=algebra), about=text)
    with refused("line 2, because"):
        Derivation("d", x, Step(x, by=algebra), Step(x, by=algebra, because=text))
    for field, rule in (("name", Rule(text)), ("equation", Rule("r", text)), ("condition", Rule("r", "", text))):
        with refused(f"line 1, {field} of its rule"):
            Derivation("d", x, Step(x, by=rule))
    for field in ("title", "lesson"):
        words = {"title": "title", "lesson": "lesson", field: text}
        with refused(field):
            Pitfall("d", lambda: jacobian, "refuted", "softmax-jacobian", **words)
        with refused(field):
            Overflow("d", exp(x - w), w, z, "softmax-shift", **words)


def test_prose_flows() -> None:
    words = "one\ntwo\tthree\r\nfour\u2028five"
    derivation = Derivation("d", x, Step(x, by=algebra, because=words), title=words, about=words)
    flowing = "one two three  four five"
    assert (derivation.title, derivation.about, derivation.steps[0].because) == (flowing,) * 3
    assert Derivation("d", x, Step(x, by=cancel), title="é 中 σ′ \N{ZERO WIDTH JOINER}").title.startswith("é 中")
    assert Derivation("d", x, Step(x, by=cancel)).steps[0].by == cancel


def test_pitfalls_are_values() -> None:
    pitfall = Pitfall("wrong", lambda: jacobian, "refuted", "softmax-jacobian", "A wrong one", "Keep the sum.")
    assert pitfall.wrong() is jacobian
    overflow = Overflow("big", exp(x - w), w, z, "softmax-shift", "A big one", "Subtract the maximum.")
    assert (overflow.shift, overflow.of) == (w, z)


def test_names_that_share_parts_are_checked_at_once() -> None:
    name: Symbol = x
    for number in range(45):
        name = define(f"x_{number}", name * name)
    d = Derivation("powers", D(name, x), Step(name / x * 2**45, by=algebra))
    assert len(d.definitions()) == 45
    assert isinstance(d.claim, Formula)


def test_lines_as_scalars() -> None:
    d = Derivation("d", y, Step(z, by=algebra), assuming=[one_hot(t, i), equal(Sum(j, z[j]), 1)])
    assert repr(d.scalars) == "(y[k], z[k])"  # i and j are the hypotheses' letters
    assert jacobian.scalars == jacobian.lines


def test_sizes_of_hypotheses_count() -> None:
    rows = Derivation("rows", x, Step(x, by=algebra), assuming=[equal(Sum(k, X[n, k]), 1)])
    assert rows.free_sizes == (K, N)
