"""Certificates: written for every step that is proved, accepted by `recheck`, worthless once anything is changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

import pytest

from derive.catalog import entries
from derive.catalog.cross_entropy import gradient
from derive.catalog.softmax import K, S, jacobian
from derive.derivation import Derivation, Step
from derive.formula.hypotheses import Hypothesis
from derive.formula.notation import *
from derive.formula.tree import Expr, written
from derive.kernel.certificate import digest
from derive.kernel.cofactors import NoCertificate
from derive.recheck import recheck
from derive.rules import algebra
from tests.certificates import certificates, of


@cache
def every() -> dict[tuple[str, int], str]:
    """Of the steps of some derivations, for every K."""
    return {
        key: text
        for d in entries().values()
        if isinstance(d, Derivation)
        and re.match("softmax-jac|softmax-c|softmax-s|cross-entropy|linear|batch|sigmoid-d|product", d.name)
        for key, text in of(d, None)
    }


def test_every_step_at_a_chosen_K_is_accepted() -> None:
    assert not [said for text in certificates(2).values() if not (said := recheck(text)).startswith("VALID")]
    assert len(certificates(2)) > 350


def test_every_step_for_every_K_is_accepted() -> None:
    assert not [said for text in every().values() if not (said := recheck(text)).startswith("VALID")]
    assert len(every()) > 150
    assert recheck(every()["softmax-jacobian", 3]) == "VALID softmax-jacobian line 3 (every K)"
    assert recheck(certificates(2)["softmax-jacobian", 3]) == "VALID softmax-jacobian line 3 (K = 2)"
    assert recheck(certificates(2)["sigmoid-derivative", 3]) == "VALID sigmoid-derivative line 3 (scalar)"


def test_a_certificate_is_the_same_each_time() -> None:
    assert [text for _, text in of(gradient, 2)] == [
        certificates(2)[gradient.name, n] for n in range(1, 1 + len(gradient.steps))
    ]


def test_a_certificate_can_be_read() -> None:
    data = json.loads(every()["softmax-cross-entropy-gradient", 11])
    assert data["claim"]["right"] == "y[i]*1 - t[i]"
    assert data["claim"]["equations"] == [{"letters": [], "is": "Sum(j, t[j]) - (1)"}]
    (case,) = data["cases"]
    assert "Sum(k_1, t[k_1])" in re.sub(r"k_\d+", "k_1", " ".join(case["generators"].values()))
    assert case["hypotheses"] == {"h1": "(1)*H1"} or "H1" in case["hypotheses"]["h1"]
    assert any([-1, {"h1": 1}] in relation for relation, _ in case["proof"])


# -------------------------------------------------------------- corruptions


def changed_number(text: str, random: Random) -> str | None:
    """A formula with another number in it: a coefficient, an exponent, or the number of a generator."""
    numbers = list(re.finditer(r"\d+", text))
    if not numbers:
        return None
    one = random.choice(numbers)
    return text[: one.start()] + str(int(one[0]) + random.choice((1, 2, 7))) + text[one.end() :]


def changed_sign(text: str, random: Random) -> str | None:
    """A formula with another sign in front of one of its terms."""
    signs = [found for found in re.finditer(r" [+-] ", text)]
    if not signs:
        return f"-({text})" if text != "0" else None
    one = random.choice(signs)
    return text[: one.start()] + (" - " if "+" in one[0] else " + ") + text[one.end() :]


def changed_polynomial(terms: Any, random: Random) -> Any:
    """A polynomial with another coefficient, exponent or generator in one of its terms, or with a term more."""
    found: Any = deepcopy(terms)
    term: Any = random.choice(found) if found else [0, {}]
    kind = random.choice(("coefficient", "sign", "exponent", "generator", "term"))
    powers: dict[str, int] = term[1]
    g = random.choice([*powers, None])
    if kind == "coefficient":
        term[0] = str(Fraction(term[0]) + random.choice((1, 2, 7, Fraction(1, 2)))).removesuffix("/1")
        term[0] = term[0] if "/" in term[0] else int(term[0])
    elif kind == "sign":
        term[0] = (
            -term[0] if isinstance(term[0], int) else term[0].removeprefix("-") if term[0][0] == "-" else f"-{term[0]}"
        )
    elif kind == "exponent" and g:
        powers[g] += random.choice((-1, 1, 2))
    elif kind == "generator" and g:
        powers[f"{g[0]}{int(g[1:]) + random.choice((1, 2))}"] = powers.pop(g)
    elif kind == "term":
        found.append([1, {}])
    return found


def corrupted(data: Any, random: Random) -> str | None:
    """What was changed in a certificate; None where there was nothing of that kind to change."""
    holder: Any
    key: Any
    case, claim = random.choice(data["cases"]), data["claim"]
    kind = random.choice(("side", "relation", "cofactor", "generator", "derivative", "claim", "hypothesis", "stale"))
    signs = kind != "generator"  # a proof in which −S stands for S may be as good
    change: Any = random.choice((changed_number, changed_sign)) if signs else changed_number
    if kind in ("relation", "cofactor") and case["proof"]:
        holder, key, change = random.choice(case["proof"]), 0 if kind == "relation" else 1, changed_polynomial
    elif kind == "side":
        holder, key, change = case, random.choice(("left", "right")), changed_polynomial
    elif kind == "generator" and case["generators"]:
        holder, key = case["generators"], random.choice(list(case["generators"]))
    elif kind == "derivative" and case["derivatives"]:
        holder, key, change = random.choice(case["derivatives"]), 2, changed_polynomial
    elif kind == "hypothesis" and case["hypotheses"]:
        holder, key = random.choice([(claim["equations"][0], "is"), (case["hypotheses"], "h1")])
    elif kind in ("claim", "stale"):
        holder, key = claim, random.choice(("left", "right"))
    else:
        return None
    new = change(holder[key], random)
    if new is None or new == holder[key]:
        return None
    old, holder[key] = holder[key], new
    if kind == "claim" or holder in claim["equations"]:  # whoever changes a claim can compute its hash as well
        data["hash"] = digest(claim)
    return f"{kind}: {old} became {new}"


def corruptions(texts: list[str], seed: int) -> Iterator[tuple[str, str]]:
    """Certificates with one thing changed, and what it was."""
    random = Random(seed)
    while True:
        data = json.loads(random.choice(texts))
        if (what := corrupted(data, random)) is not None:
            yield what, json.dumps(data)


POOL = [
    (certificates(2) if K_ else every())[name, n]
    for K_, name, lines in (
        (0, "softmax-jacobian", (1, 2, 3, 5, 7)),
        (2, "softmax-sum", (1, 2, 3, 4)),
        (0, "softmax-sum", (1, 2, 3, 4)),
        (2, "cross-entropy-gradient", (1, 2, 3)),
        (0, "cross-entropy-gradient", (1, 2, 3)),
        (2, "sigmoid-derivative", (1, 2, 3, 4, 5)),
        (2, "softmax-cross-entropy-gradient", (1, 8, 11)),
        (0, "softmax-cross-entropy-gradient", (1, 8, 11)),
        (0, "cross-entropy-one-hot", (1, 2, 3)),
        (0, "batch-mean-gradient-entries", (3, 4)),
        (2, "softplus-symmetry", (2, 3, 4)),
    )
    for n in lines
] + [text for _, text in of(jacobian, 3)]  # at K = 2 y₁ − y₁² is y₂ − y₂²: some changes change nothing


def test_a_thousand_corruptions_are_rejected() -> None:
    """With the seed no change leaves what is claimed true: those that do are no corruption."""
    accepted = []
    for (what, text), _ in zip(corruptions(POOL, 7), range(1000), strict=False):
        if not recheck(text).startswith("INVALID"):
            accepted.append(what)
    assert not accepted


def test_a_proof_is_not_attached_to_another_claim() -> None:
    one, other = (json.loads(every()["softmax-jacobian", n]) for n in (6, 7))
    assert recheck(json.dumps({**one, "claim": other["claim"]})).endswith("the claim is not what its hash says")
    unlike = json.loads(every()["softmax-jacobian-symmetry", 5])
    assert recheck(json.dumps({**unlike, "cases": json.loads(every()["softmax-sum", 3])["cases"] * 2})).startswith(
        "INV"
    )
    for key, value in (("name", "other"), ("line", 8), ("sizes", {"K": 3}), ("conditions", [["S", False]])):
        changed = {**one, "claim": {**one["claim"], key: value}}
        assert recheck(json.dumps(changed)).endswith("the claim is not what its hash says")


# ---------------------------------------------------- steps written for this

i, j = indices("i j", K)
n = index("i", size("N"))  # the same letter, of another size
x, w, v = scalars("x w v")
t = vector("t", K)
q, total = vector("q", size("N")), define("total", Sum(n, vector("q", size("N"))[n]))


def one_step(left: Expr, right: Expr, *assuming: Hypothesis, K: int | None = 3) -> str:
    d = Derivation("one-step", left, Step(right, by=algebra), assuming=assuming)
    return recheck(dict(of(d, K))["one-step", 1])


@pytest.mark.parametrize("K", [3, None])
@pytest.mark.parametrize(
    ("left", "right", "assuming"),
    [
        (t[i] * total, total * t[i], []),
        (exp(x / 2) * exp(x / 2), exp(x), []),
        (exp(exp(x / 2)), exp(exp(x) * exp(-x / 2)), []),
        (x * w / x, w, []),
        (x**3 / exp(w), x * w**2 / exp(w), [equal(x, w)]),
        (x / S, 2 / S, [equal(x, 2)]),
        (1 / x**2, 1 / (4 * x) + fraction(1, 8), [equal(x, 2), positive(x)]),
        (log(x), log(2) + log(x / 2), [positive(x), equal(v, w)]),
    ],
)  # fmt: skip
def test_small_steps(left: Expr, right: Expr, assuming: list[Hypothesis], K: int | None) -> None:
    assert one_step(left, right, *assuming, K=K).startswith("VALID")


def test_what_recheck_does_not_see() -> None:
    """That x ≠ 0 since x = 2: what has to hold is seen from signs, not from equations."""
    assert "not seen to be ≠ 0" in one_step(1 / x - 1 / w, (w - x) / (x * w), equal(x, 2))


@pytest.mark.parametrize(
    ("left", "right", "assuming", "reason"),
    [
        (exp(x), exp(w), [equal(x, w)], "inside of a generator"),
        (Sum(j, t[j] * t[j]), t[i], [one_hot(t, i)], "inside of a generator"),
        (t[1] * t[i], t[i] * t[1], [], "a numeral"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_refused(left: Expr, right: Expr, assuming: list[Hypothesis], reason: str) -> None:
    with pytest.raises(NoCertificate, match=reason):
        one_step(left, right, *assuming, K=None)


def test_hypotheses_that_are_used_together() -> None:
    with pytest.raises(NoCertificate, match="together"):
        one_step(x, written(2), equal(x + w, 1), equal(x - w, 3))
