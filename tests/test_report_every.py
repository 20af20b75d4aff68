"""What pages say of a proof for every K, beside the one at a chosen K."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derive.catalog import entries
from derive.derivation import Derivation, Step
from derive.formula.hypotheses import Hypothesis
from derive.formula.notation import Sum, delta, distinct, indices, log, matrix, one_of, positive, scalars, size, vector
from derive.formula.tree import Expr
from derive.kernel.verdict import Conditional, Proved, Refuted, SideCondition, Unknown, Verdict
from derive.proof import EVERY, Proof, VerdictName, prove, with_general
from derive.report.certificates import certificate_file, recheck_command
from derive.report.index import links
from derive.report.page import Page, page
from derive.rules import algebra

from .report_samples import ONE, POINT, PROOFS, PROVED, every, jacobian, proof, steps, three_terms
from .test_report import files

K, N, M = size("K"), size("N"), size("M")
i, j, k, l = indices("i j k l", K)
n, m = indices("n m", N)
(q,) = indices("q", M)
z, w, u = vector("z", K), vector("w", N), vector("u", M)
Z = matrix("Z", N, K)
x, t = scalars("x t")


def shown(one: Proof) -> Page:
    """The page of a proof."""
    return page(one, links([one]))


def told(left: Expr, right: Expr, *assuming: Hypothesis, at: int = 3) -> Page:
    """The page of an equation, proved for every K and at one."""
    return shown(with_general(prove(Derivation("equation", left, Step(right, by=algebra), assuming=assuming), at)))


def catalogued(name: str, at: int = 3) -> Page:
    """The page of an entry of the catalog."""
    return shown(with_general(prove(entries()[name], at)))


# ------------------------------------------------------------------ for which sizes


def test_every_K_comes_first() -> None:
    found = catalogued("softmax-jacobian")
    assert [(one.verdict, one.place) for one in found.findings] == [
        ("proved", "for every $K$"),
        ("proved", "at $K = 3$"),
    ]
    assert [one.how for one in found.findings] == [
        "index calculus, 7 of 7 steps hold",
        "tower, entry by entry, 7 of 7 steps hold",
    ]
    assert found.quantifier == r"For every $K \ge 1$"
    assert not any(text.startswith("Other sizes") for text in found.not_proved)


def test_several_sizes() -> None:
    found = catalogued("linear-layer-weight-gradient")
    assert found.findings[0].place == "for every $K$, $F$ and $N$"
    assert found.findings[1].place == "at $K = 3$, $F = 2$, $N = 4$"
    assert found.quantifier == r"For every $K \ge 1$, $F \ge 1$ and $N \ge 1$"
    assert found.lines[0].marks[1].words == "tower, K = 3, F = 2, N = 4 · 6 instances"


def test_every_K_alone() -> None:
    found = shown(prove(jacobian, EVERY))
    assert [one.place for one in found.findings] == ["for every $K$"] and len(found.decided) == 1
    assert [mark.words for mark in found.lines[0].marks] == ["index calculus · 2 kinds"]


def test_where_no_size_is_open_nothing_is_said_of_every_K() -> None:
    numbers, sigmoid = catalogued("softmax-jacobian-first-row"), catalogued("sigmoid-derivative")
    assert [one.place for one in numbers.findings] == ["at $K = 3$"] and numbers.quantifier == "For $K = 3$"
    assert numbers.not_proved[0].startswith("Other sizes: the formulas are written for $K = 3$")
    assert [one.place for one in sigmoid.findings] == ["for all real values"]
    assert sigmoid.quantifier == "For all real values of the variables"
    refuted = told(x + t, x, positive(x))
    assert refuted.verdict == "refuted"
    assert refuted.quantifier == "For all real values of the variables that the hypotheses allow"
    chosen = shown(prove(jacobian, 3))
    assert chosen.not_proved[0].endswith("although the same lines can be run at others.")
    assert chosen.lines[0].marks[0].words == "tower · 9 instances"


def test_a_size_that_is_a_number_while_another_is_open() -> None:
    one = Derivation("pinned", Sum(n, w[n]) * z[1], Step(z[1] * Sum(m, w[m]), by=algebra), sizes={K: 2})
    found = shown(with_general(prove(one, 2)))
    assert found.findings[0].place == "for every $N$ at $K = 2$"
    assert found.quantifier == r"For every $N \ge 1$ at $K = 2$"


@pytest.mark.parametrize(
    ("equation", "reason"),
    [
        ((z[i] * z[j], z[j] * z[i], distinct(i, j)), r"from $K = 2$ on: $i \ne j$ needs two classes."),
        ((w[n] * w[m], w[m] * w[n], distinct(n, m)), r"from $N = 2$ on: $n \ne m$ needs two rows."),
        (
            (z[i] * z[j] * z[k], z[k] * z[j] * z[i], distinct(i, j), distinct(j, k), distinct(i, k)),
            r"from $K = 3$ on: $i \ne j$, $i \ne k$ and $j \ne k$ together need three classes.",
        ),
        (
            (z[i] * z[j] / (K - 2), z[j] * z[i] / (K - 2), distinct(i, j)),
            r"from $K = 3$ on: only from there on is $K - 2 \ne 0$.",
        ),
        ((z[2] + z[2], 2 * z[2]), "from $K = 2$ on: the subscript $2$ needs two classes."),
        ((u[12] + u[12], 2 * u[12]), "from $M = 12$ on: the subscript $12$ needs 12 values."),
        (((K - 1) * z[i] / (K - 1), z[i]), r"from $K = 2$ on: only from there on is $K - 1 \ne 0$."),
        (((K - 1) * z[i] * (K - 1) ** -1, z[i]), r"from $K = 2$ on: only from there on is $K - 1 \ne 0$."),
        ((log(K - 1) + x, x + log(K - 1)), "from $K = 2$ on: only from there on is $K - 1 > 0$."),
        (
            (2 * w[n], w[n] + w[n], positive(Sum(m, w[m]) - w[n])),
            "from $N = 2$ on: for fewer rows no point was found at which the hypotheses hold.",
        ),
    ],
)
def test_from_which_size_on_and_why(equation: tuple[Expr, Expr, *tuple[Hypothesis, ...]], reason: str) -> None:
    assert told(*equation, at=12).decided[0].endswith(reason)


def test_a_start_without_a_known_reason() -> None:
    one = replace(PROVED, general=every(jacobian, scope="every K ≥ 3"))
    assert shown(one).decided[0].endswith("It holds from $K = 3$ on: what the lines speak of needs three classes.")


# ------------------------------------------------------------------ what was decided


def test_letters_kinds_and_sums() -> None:
    first, second = catalogued("softmax-jacobian").decided
    assert first == (
        "Every line was decided once for every $K$, for all real values of the variables. That is done by the index "
        r"calculus: it computes with letters for $i$ and $j$, in both kinds ($i = j$ and $i \ne j$), and a sum counts "
        "as one generator, whatever its length."
    )
    assert second == (
        "$K = 3$ is an instance of it. As a check by another method, the tower, every line was decided again there, "
        "with numbers for the indices and sizes: every entry one by one."
    )
    assert r"letters for $i$ and $j$ where $i \ne j$" in catalogued("softmax-jacobian-off-diagonal").decided[0]
    assert "a letter for $i$." in told(z[i] + z[i], 2 * z[i]).decided[0]
    many = told(delta(i, j) * delta(k, l) * z[i], z[j] * delta(k, l) * delta(i, j))
    assert "in 15 kinds (one for each way in which indices, numerals and labels can coincide)" in many.decided[0]
    assert told(K * x, x * K).decided[0].endswith("That is done by the index calculus.")


def test_a_large_K_is_decided_by_the_same_method() -> None:
    found = catalogued("softmax-jacobian", 60)
    assert found.decided[1].endswith("decided once more by the index calculus, at these sizes.")
    assert found.lines[0].marks[1].words == "index calculus, K = 60 · 2 instances"


def test_sentences_on_a_line() -> None:
    assert [mark.sentence for mark in catalogued("softmax-jacobian").lines[1].marks] == [
        "For every $K$, decided by the index calculus: the difference to line (1) is exactly 0, "
        r"with letters for $i$ and $j$, in both kinds ($i = j$ and $i \ne j$).",
        "At $K = 3$, decided by the tower: the difference to line (1) is exactly 0, in all 9 instances.",
    ]
    labels = told(K * t * (1 - t), 0 * x, one_of(t, 0, 1))
    assert labels.lines[0].marks[0].sentence.endswith("is exactly 0, in all 2 kinds.")


# ------------------------------------------------------------------ where the two verdicts differ


def differing(general: VerdictName, chosen: VerdictName, scope: str = "every K") -> Page:
    """A page of a one-line derivation with two verdicts."""
    verdicts: dict[str, Verdict] = {
        "proved": Proved(1),
        "conditional": Conditional((SideCondition(x, "≠ 0"),), 1),
        "refuted": Refuted(POINT),
        "unknown": Unknown("too deep"),
    }
    at_three = steps(three_terms, line_1=verdicts[chosen])
    at_all = every(three_terms, general, scope, line_1=verdicts[general])
    return shown(proof(three_terms, chosen, steps=at_three, general=at_all))


@pytest.mark.parametrize(
    ("general", "chosen", "ending"),
    [
        ("unknown", "proved", "It is not proved for every $K$; what is proved is $K = 3$ alone."),
        ("unknown", "conditional", "It is not proved for every $K$; what is proved is $K = 3$ alone."),
        ("refuted", "proved", "It does hold at $K = 3$, but not for every $K$."),
        ("refuted", "unknown", "At $K = 3$ it is unknown."),
        ("conditional", "proved", "At $K = 3$ no condition is left open."),
        ("proved", "conditional", "conditions stay open that the proof for every $K$ does not need."),
        ("proved", "unknown", "At $K = 3$ the check by another method did not come to an end."),
        ("proved", "refuted", "the two methods contradict each other, and one of them is wrong."),
        ("proved", "proved", "wherever the hypotheses hold."),
    ],
)
def test_what_is_said_where_the_verdicts_differ(general: VerdictName, chosen: VerdictName, ending: str) -> None:
    found = differing(general, chosen)
    assert found.verdict_sentence.endswith(ending)
    assert [one.verdict for one in found.findings] == [general, chosen] and found.verdict == general


def test_a_chosen_K_below_the_first_one() -> None:
    found = differing("proved", "unknown", "every K ≥ 4")
    assert found.verdict_sentence.endswith("The chosen $K = 3$ is not among these sizes.")
    assert found.decided[1].startswith("Not every line was decided at $K = 3$.")


def test_not_proved_for_every_K() -> None:
    found = differing("unknown", "proved")
    assert found.decided[0].startswith("For every $K$, the index calculus left line (1) undecided")
    assert found.not_proved[0].endswith("is about $K = 3$ alone. For every $K$ there is no proof.")
    assert (found.lines[0].verdict, found.as_expected, found.lines[0].certificate) == ("unknown", True, "")
    assert [mark.words for mark in found.lines[0].marks] == ["unknown for every K", "tower, K = 3"]
    assert found.lines[-1].shown.startswith(r"\boxed")
    pinned = every(Derivation("pinned", w[n] + z[1], Step(z[1] + w[n], by=algebra), sizes={K: 3}), "unknown", "every N")
    undecided = replace(pinned, steps=steps(pinned.derivation, line_1=Unknown("too deep")) if pinned.derivation else ())
    assert shown(undecided).decided == ("For every $N$ at $K = 3$, the index calculus left line (1) undecided.",)


def test_false_for_every_K_though_true_at_one() -> None:
    found = told(Sum(k, z[k]), z[1] + z[2] + z[3])
    assert [(one.verdict, one.place, one.how) for one in found.findings] == [
        ("refuted", r"as a claim for every $K \ge 3$", "0 of 1 step holds"),
        ("proved", "at $K = 3$", "tower, 1 of 1 step holds"),
    ]
    assert found.broken == "The smallest $K$ at which a counterexample was found is $4$."
    assert not found.as_expected and "boxed" not in found.lines[-1].shown
    first, second = found.lines[0].marks
    assert first.words == "not for every K ≥ 3" and "the tower found a point" in first.sentence
    assert first.difference is not None and second.difference is None


def test_where_a_false_claim_breaks() -> None:
    found = catalogued("pitfall-labels-not-normalised")
    assert found.broken == "The smallest $K$ that breaks it is $1$." and found.as_expected
    first, second = found.lines[0].marks
    assert first.difference is not None and second.difference is not None
    assert (first.note, second.note) == (found.broken, "")
    at_one = catalogued("pitfall-labels-not-normalised", 1).lines[0].marks
    assert at_one[0].difference is not None and at_one[1].difference is None  # the same point is shown once
    several = replace(ONE, sizes=(("K", 1), ("N", 2)))
    one = replace(PROVED, general=every(jacobian, "refuted", line_1=Refuted(several)))
    assert shown(one).broken == "The first counterexample was found at $K = 1$, $N = 2$."
    nowhere = replace(PROVED, general=every(jacobian, "refuted", line_1=Refuted(replace(ONE, sizes=()))))
    assert shown(nowhere).broken == ""


def test_conditions_of_both() -> None:
    found = told(z[i] / z[i], 1 + 0 * z[i])
    assert [(one.place, one.formulas) for one in found.conditions] == [
        ("for every $K$", (r"z_{i} \ne 0",)),
        ("at $K = 3$", (r"z_{1} \ne 0", r"z_{2} \ne 0", r"z_{3} \ne 0")),
    ]
    assert [mark.place for mark in found.lines[0].marks] == ["for every $K$", "at $K = 3$"]
    same = told(K * x / x, K + 0 * x)
    assert [(one.place, one.formulas) for one in same.conditions] == [("", (r"x \ne 0",))]
    assert [mark.conditions for mark in same.lines[0].marks] == [(r"x \ne 0",), ()]
    alone = differing("conditional", "proved")
    assert [one.place for one in alone.conditions] == ["for every $K$"]


# ------------------------------------------------------------------ certificates


def test_certificates_are_named() -> None:
    found = catalogued("softmax-jacobian")
    assert (
        found.lines[2].certificate == certificate_file("softmax-jacobian", 3) == "certificates/softmax-jacobian-3.json"
    )
    assert found.certificates is not None
    assert found.certificates.command == "derive recheck certificates/softmax-jacobian-7.json"
    assert found.certificates.words.startswith("7 lines have certificates, certificates/softmax-jacobian-1.json to ")
    single = catalogued("softmax-jacobian-matrix").certificates
    assert single is not None and single.words == "One line has a certificate"
    assert recheck_command("certificates/a b-1.json") == "derive recheck 'certificates/a b-1.json'"


def test_lines_without_a_certificate() -> None:
    assert catalogued("pitfall-labels-not-normalised").certificates is None
    rounded = catalogued("softmax-of-numbers")
    assert [line.certificate != "" for line in rounded.lines] == [line.relation == "=" for line in rounded.lines]


# ------------------------------------------------------------------ what is written


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("jacobian.html", "certificates/jacobian-6.json"),
        ("jacobian.html", "derive recheck certificates/jacobian-6.json"),
        ("jacobian.tex", r"\begin{theorem}"),
        ("jacobian.tex", r"For every $K \ge 1$,"),
        ("jacobian.tex", r"\texttt{derive recheck certificates/"),
        ("divided.tex", r"For every $K \ge 2$,"),
        ("fraction-of-itself.tex", "wherever\n\\mbox{\\fit{0.9\\linewidth}{\\piece{z_{i} \\ne 0}}}."),
        ("fraction-of-itself.tex", "At $K = 3$, only where\n\\shown{\\piece{z_{1} \\ne 0}}"),
        ("fraction-of-itself.html", "equal only where"),
        ("three-terms.tex", r"\begin{claim}[refuted]"),
        ("three-terms.html", "as a claim for every <math>"),
        ("deep-delta.html", "Why it was not decided for every <math>"),
        ("pitfall-without-sum.html", 'that breaks it is <span class="kept"><math><mn>1</mn></math>.</span>'),
        ("index.html", "For every <math><mi>K</mi></math></dt>"),
    ],
)
def test_every_K_on_pages_and_in_articles(name: str, phrase: str) -> None:
    text = files()[name]
    assert phrase in (text.replace(r"\allowbreak{}", "") if name.endswith("tex") else text)


def test_an_unexpected_verdict_for_every_K_is_counted() -> None:
    assert "verdicts are not as expected" in files(*PROOFS)["index.html"]
