"""The second reader of certificates, alone: what it accepts, and that no file makes it accept what is false."""

from __future__ import annotations

import ast
import json
import re
import runpy
import subprocess
import sys
from copy import deepcopy
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive import recheck as module
from derive.recheck import main, parsed, recheck

FILE = Path(module.__file__)
CERTIFICATES = sorted((FILE.parents[1] / "output" / "certificates").glob("*.json"))


def written(left: str, right: str, cases: list[dict[str, Any]] | None = None, **said: Any) -> dict[str, Any]:
    """A certificate by hand: each case is what its lines say themselves, unless it says something else.

    A text where there has to be a polynomial becomes a generator of this name, with the text as its meaning.
    """
    claim: dict[str, Any] = {"name": "by-hand", "line": 1, "left": left, "right": right, "names": {}, "letters": {}}
    claim |= {"sizes": {}, "free": [], "coincidences": True, "labels": {}, "distinct": [], "same": [], "equations": []}
    claim |= {"positive": [], "conditions": [], **said}
    case: dict[str, Any] = {"generators": {}, "hypotheses": {}, "letters": {}, "derivatives": [], "proof": []}
    found = [{**case, "left": left, "right": right, **changes} for changes in cases or [{}]]
    for one in found:
        for side in ("left", "right"):
            if isinstance(text := one[side], str):
                one["generators"] = {text: text, **one["generators"]} if isinstance(one["generators"], dict) else []
                one[side] = [[1, {text: 1}]]
    return {"claim": claim, "hash": hashed(claim), "cases": found}


def hashed(claim: Any) -> str:
    text = json.dumps(claim, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def says(*parts: Any, **said: Any) -> str:
    return recheck(json.dumps(written(*parts, **said)))


def accepts(*parts: Any, **said: Any) -> bool:
    return says(*parts, **said).startswith("VALID by-hand line 1")


SIZE = {"sizes": {"K": "every"}, "letters": {"i": "K", "j": "K", "k": "K", "m": "K"}}
VECTORS: dict[str, Any] = {**SIZE, "names": {"a": {"sizes": ["K"]}, "b": {"sizes": ["K"]}, "c": {"sizes": ["K", "K"]}}}
THREE: dict[str, Any] = {**VECTORS, "sizes": {"K": 3}, "coincidences": False}
BATCH: dict[str, Any] = {
    "sizes": {"K": "every", "N": "every"},
    "letters": {"k": "K", "j": "K", "n": "N", "m": "N"},
    "names": {
        "Z": {"sizes": ["N", "K"]},
        "S": {"letters": ["n"], "is": "Sum(k, exp(Z[n, k]))"},
        "a": {"sizes": ["N"]},
    },
}


def shown(side: str) -> list[dict[str, Any]]:
    """One case in which both sides are the same polynomial."""
    return [{"left": side, "right": side}]


@pytest.mark.parametrize(
    ("left", "right", "side", "said"),
    [
        ("(x + 1)**2", "x**2 + 2*x + 1", "x**2 + 2*x + 1", {}),
        ("exp(x + 2*w)", "exp(x)*exp(w)**2", "exp(x)*exp(w)**2", {}),
        ("exp(x/2)**2 - fraction(1, 2)", "exp(x) - decimal('0.5')", "exp(x) - decimal('0.5')", {}),
        ("log(6/4)", "log(3) - log(2)", "log(3) - log(2)", {}),
        ("log(exp(x)/(1 + exp(x)))", "x - log(1 + exp(x))", "x - log(1 + exp(x))", {}),
        ("exp(log(x)*3)", "x**3", "x**3", {"positive": ["x"]}),
        ("log(1 - x)*0 + log(x*x)", "2*log(x)", "2*log(x)", {"positive": ["x", "1 - x"]}),
        ("exp(2*log(2))", "4", "4", {}),
        ("x/x", "1", "1", {"conditions": [["x", False]]}),
        ("log(x*x)*w/w", "log(w*w/(w*w)) + log(x*x)", "log(x*x)", {"conditions": [["x*w", False]]}),
        ("tanh(x)", "1 - 2/(exp(2*x) + 1)", "tanh(x)",
         {"names": {"tanh": {"parameter": "u", "is": "(exp(u) - exp(-u))/(exp(u) + exp(-u))"}}}),
        ("D(f(x**2), x)", "2*x*f.prime(x**2)", "2*x*f.prime(x**2)", {"names": {"f": {"parameter": ""}}}),
        ("g(2) + 0*number(1)", "strike(5)", "5", {"names": {"g": {"parameter": "u", "is": "u*u + 1"}}}),
        ("by_label(t, {0: 3, 1: x})*t", "x*t", "x*t", {"labels": {"t": [1]}}),
        ("Sum(k, a[k] + x)", "K*x + Sum(j, a[j])", "Sum(k, a[k]) + K*x", VECTORS),
        ("Sum(k, a[k])**2", "Sum(k, a[k]*Sum(j, a[j]))", "Sum(k, a[k])**2", VECTORS),
        ("Sum(j, Sum(k, a[j]*c[j, k]*b[k]))", "Sum(k, Sum(j, a[j]*c[j, k]*b[k]))",
         "Sum(k, Sum(j, a[j]*c[j, k]*b[k]))", VECTORS),
        ("Sum(j, Sum(k, delta(j, k)*a[j]*b[k]))", "Sum(k, a[k]*b[k])", "Sum(k, a[k]*b[k])", VECTORS),
        ("Sum(j, D(Sum(k, exp(a[k])*a[j]), a[j]))", "Sum(j, exp(a[j])*a[j]) + K*Sum(k, exp(a[k]))",
         "Sum(j, exp(a[j])*a[j]) + K*Sum(k, exp(a[k]))", VECTORS),
        ("Sum(n, Sum(k, exp(Z[n, k])/S[n]))", "N", "N", BATCH),
        ("Sum(k, Sum(n, exp(Z[n, k])/S[n]))", "N", "N", BATCH),
        ("Sum(k, Sum(n, a[n]*exp(Z[n, k])/S[n]))", "Sum(n, a[n])", "Sum(n, a[n])", BATCH),
        ("Sum(n, 1/(1 + S[n]) + log(S[n]))", "Sum(m, log(S[m])) + Sum(m, 1/(1 + S[m]))",
         "Sum(m, log(S[m])) + Sum(m, 1/(1 + S[m]))", BATCH),
        ("listed(K, x, 2, w).at(2) + Sum(k, listed(K, 1, 2, x).at(k))", "5 + x", "5 + x", THREE),
        ("Sum(k, a[2]*delta(k, 2))", "a[2]", "a[2]", THREE),
        ("Sum(k, f(a[k]))", "Sum(j, f(a[j]))", "Sum(j, f(a[j]))",
         {**VECTORS, "names": {**VECTORS["names"], "f": {"parameter": ""}}}),
    ],
)  # fmt: skip
def test_true_claims(left: str, right: str, side: str, said: dict[str, Any]) -> None:
    assert says(left, right, shown(side), **said).startswith("VALID"), says(left, right, shown(side), **said)
    assert not accepts(left, f"{right} + x", shown(side), **said)
    assert not accepts(left, f"2*({right}) + 1", [{"left": left, "right": f"2*({right}) + 1"}], **said)


def test_cases_of_free_letters() -> None:
    same, different = {"left": "a[1]", "right": "a[1]"}, {"left": "0", "right": "0"}
    line = "delta(i, j)*a[j]", "by_cases(i, j, same=a[i], distinct=0)"
    free = {"free": ["i", "j"]}
    assert accepts(*line, [same, different], **VECTORS, **free)
    assert not accepts(*line, [same], **VECTORS, **free)
    assert accepts(*line, [different], **VECTORS, **free, distinct=[["i", "j"]])
    assert not accepts(*line, [same], **VECTORS, **free, distinct=[["i", "j"]])
    nine = [{"left": t, "right": t} for n in (1, 2, 3) for m in (1, 2, 3) for t in ([f"a[{n}]"] if n == m else ["0"])]
    assert accepts(*line, nine[3:], **THREE, **free, distinct=[["i", 1]])
    assert not accepts(*line, nine[3:], **THREE, **free, distinct=[["i", 2]])
    apart = [["j", "i"], ["j", 1]]  # that j is not the first value says nothing of i, whose number is 1
    assert "a numeral in a hypothesis" in says(*line, [different], **VECTORS, **free, distinct=apart)
    assert "no case" in says(*line, [same], **{**VECTORS, "sizes": {"K": 1}}, **free, distinct=[["i", "j"]])
    assert accepts(*line, nine, **THREE, **free)
    assert "too many cases" in says(*line, **{**THREE, "sizes": {"K": 199}}, **free)


def test_derivatives_of_unknown_functions() -> None:
    names = {**VECTORS["names"], "s": {"sizes": [], "of": "a"}, "v": {"sizes": ["K"], "of": "a"}}
    said: dict[str, Any] = {**VECTORS, "names": names, "free": ["i", "j"], "distinct": [["i", "j"]]}
    line = "D(D(s*v[i], a[j]), a[i])", "D(D(s*v[i], a[i]), a[j])"
    assert accepts(*line, [{"generators": {"g1": "D(D(s*v[1], a[1]), a[2])"}, "left": "g1", "right": "g1"}], **said)
    u = {"u": {"sizes": ["K"], "of": "a"}, "f": {"sizes": [], "of": "u"}}
    chain = "D(f, a[i])", "Sum(k, D(f, u[k])*D(u[k], a[i]))"
    side = [{"generators": {"g1": "D(f, a[1])"}, "left": "g1", "right": "g1"}]
    assert accepts(*chain, side, **{**VECTORS, "names": {**VECTORS["names"], **u}, "free": ["i"]})
    expanded = [[1, {f"g{n}": 1, f"g{n + 3}": 1}] for n in (1, 2, 3)]
    parts = {f"g{n}": f"D(f, u[{n}])" for n in (1, 2, 3)} | {f"g{n + 3}": f"D(u[{n}], a[1])" for n in (1, 2, 3)}
    three = [{"generators": parts, "left": expanded, "right": expanded}]
    said = {**THREE, "names": {**VECTORS["names"], **u}, "free": ["i"], "coincidences": True}
    assert accepts(*chain, three, **said)
    scalar = {"w": {"letters": [], "is": "x**2"}, "h": {"sizes": [], "of": "w"}}
    product = [[2, {"g1": 1, "x": 1}]]
    case = {"generators": {"g1": "D(h, w)", "x": "x"}, "left": product, "right": product}
    assert accepts("D(h, x)", "D(h, w)*2*x", [case], names=scalar)


def test_a_derivative_in_a_name() -> None:
    names = {"u": {"letters": [], "is": "1 + exp(x)"}, "v": {"letters": [], "is": "u*x"}}
    assert accepts("D(1/u, u)", "-1/u**2", shown("-1/u**2"), names=names)
    assert accepts("D(D(v, u), u) + D(D(v, u), x)", "1", shown("1"), names=names)
    assert not accepts("D(D(v, x), u)", "1", shown("1"), names=names)
    assert not accepts("D(u, u + 1)", "0", shown("0"), names=names)


def test_hypotheses() -> None:
    said: dict[str, Any] = {**VECTORS, "equations": [{"letters": ["m"], "is": "Sum(k, c[m, k]) - 1"}]}
    line = "Sum(j, a[j]*Sum(k, c[j, k]))", "Sum(j, a[j])"
    generators = {"g1": "Sum(j, Sum(k, a[j]*c[j, k]))", "g2": "Sum(j, a[j])"}
    relation: list[Any] = [[1, {"g1": 1}], [-1, {"g2": 1}], [-1, {"h1": 1}]]
    case: dict[str, Any] = {"generators": generators, "left": [[1, {"g1": 1}]], "right": [[1, {"g2": 1}]]}
    case |= {"hypotheses": {"h1": "Sum(j, a[j]*H1[j])"}, "proof": [[relation, [[1, {}]]]]}
    assert accepts(*line, [case], **said)
    assert accepts(*line, [{**case, "proof": [[relation, [["2/2", {}]]]]}], **said)
    for wrong in (2, "1/2", 1.0, True, "1", "1e9/1", None, "1/0"):
        assert not accepts(*line, [{**case, "proof": [[relation, [[wrong, {}]]]]}], **said)
    for powers in ({"g3": 1}, {"g1": 0}, {"g1": 1.0}, {"g1": -1}, {"h1": -1}, {"h1": 0}):
        assert not accepts(*line, [{**case, "proof": [[relation, [[1, {}], [1, powers]]]]}], **said)
    assert not accepts(*line, [{**case, "proof": [[relation[:2], [[1, {}]]]]}], **said)
    assert not accepts(*line, [{**case, "proof": []}], **said)
    for zero in ("Sum(j, a[j]*H1[j]) + 0*D(H1[1], a[1])", "Sum(k, Sum(j, c[j, k]*a[j])) - Sum(j, a[j])"):
        assert not accepts(*line, [{**case, "hypotheses": {"h1": zero}}], **said)
    assert accepts(*line, [{**case, "hypotheses": {"h1": "Sum(j, a[j]*H1[j])*(1 + H1[1])/(1 + H1[1])"}}],
                   **said, conditions=[["Sum(k, c[i, k])", False]], free=["i"])  # fmt: skip
    assert not accepts(*line, [{**case, "generators": {**generators, "h1": "0"}}], **said)
    beyond = {"generators": {"g1": "c[1, 1]"}, "hypotheses": {"h1": "H1[7]"}, "left": [[1, {"g1": 1}]]}
    assert not accepts("c[i, i]", "1", [{**beyond, "right": [[1, {}]]}], **said)


def test_a_numeral_in_a_hypothesis_is_no_number_of_a_case() -> None:
    """a[1] = 5 says nothing of a[i], whose number is 1 where i is the only letter."""
    said: dict[str, Any] = {**VECTORS, "free": ["i"], "equations": [{"letters": [], "is": "a[1] - 5"}]}
    case = {"generators": {"g1": "a[1]"}, "hypotheses": {"h1": "H1"}, "left": [[1, {"g1": 1}]], "right": [[5, {}]]}
    proof = [[[[1, {"g1": 1}], [-5, {}], [-1, {"h1": 1}]], [[1, {}]]]]
    assert "a numeral as subscript" in says("a[i]", "5", [{**case, "proof": proof}], **said)
    numbers = [{**case, "generators": {"g1": f"a[{n}]"}, "proof": proof} for n in (1, 2, 3)]
    assert not accepts("a[i]", "5", numbers, **{**THREE, **said, "sizes": {"K": 3}, "coincidences": False})
    assert accepts("a[1]", "5", numbers[:1], **{**THREE, "equations": said["equations"]})


@pytest.mark.parametrize(
    ("left", "right", "reason"),
    [
        ("x), (w", "x", "brackets"),
        ("x # ", "x", "comments"),
        ("x", "w\n", "line breaks"),
        ("decimal('1", "2')", "quotes"),
        ('decimal(""""1', '2"""")', "quotes"),
        ("x]", "[x", "brackets"),
        ("(x", "w)", ""),
        ("x, w", "x", "outside"),
        ("", "", "outside"),
        ("*x", "x", ""),
    ],
)
def test_no_formula_reaches_into_another(left: str, right: str, reason: str) -> None:
    assert re.match(f"INVALID.*{reason}", says(left, right))


@pytest.mark.parametrize(
    ("left", "right", "case", "said"),
    [
        ("x/x", "1", {"left": "1", "right": "1"}, {}),
        ("log(x) - log(x)", "0", {"left": "0", "right": "0"}, {}),
        ("D(log(x), x)*x", "1", {"left": "1", "right": "1"}, {"conditions": [["x", False]]}),
        ("1/(x - x)", "1/(x - x)", {"left": "1", "right": "1"}, {"conditions": [["x", False]]}),
        ("x**-1*0", "0", {"left": "0", "right": "0"}, {}),
        ("exp(log(x*x)/2)", "x", {"left": "x", "right": "x"}, {"conditions": [["x", False]]}),
        ("exp(log(2)/2)", "1", {"left": "1", "right": "1"}, {}),
        ("log(10007)", "log(10007)", {}, {}),
        ("x**w", "x**w", {}, {}),
        ("x**(1/2)", "x**(1/2)", {}, {}),
        ("2**9999", "2**9999", {}, {}),
        ("((2**900)**900)**900", "0", {}, {}),
        ("(x + 1)**990*(w + 1)**990", "0", {}, {}),
        ("x", "w", {"hypotheses": {"h": "H1"}}, {}),
        ("x", "w", {"hypotheses": {"h": "x - w"}, "proof": [[[[1, {"h": 1}]], [[1, {}]]]]}, {}),
        ("x", "x", {"hypotheses": {"h": "D(H1, x)"}}, {"equations": [{"letters": [], "is": "x - 1"}]}),
        ("x", "w", {"generators": {"g1": "x"}, "left": "g1", "right": "g1"}, {}),
        ("x", "x", {"generators": {"w": "w"}, "derivatives": [["x", "w", [[1, {}]]]]}, {}),
        ("x", "x", {"derivatives": [["x", "x", []]]}, {}),
        ("x*x", "x*x", {"derivatives": [["x*x", "x*x", [[1, {}]]]]}, {}),
        ("2*x", "2*x", {"derivatives": [["2*x", "2*x", [[1, {}]]]]}, {}),
        ("D(y, x)", "D(y, x)", {"derivatives": [["D(y, x)", "D(y, x)", [[1, {}]]]]},
         {"names": {"y": {"sizes": [], "of": "x"}}}),
        ("x", "x", {}, {"names": {"K": {"sizes": []}}, "sizes": {"K": 2}}),
        ("2", "0", {"generators": {}, "hypotheses": {"h": "H1"}, "left": [[2, {}]], "right": [],
                    "proof": [[[[2, {}], [-1, {"h": 1}]], [[1, {}]]]]},
         {"sizes": {"H1": 2}, "equations": [{"letters": [], "is": "x - 1"}]}),
        ("D(y, x)", "x*x", {}, {"names": {"y": {"letters": [], "is": "x*x", "of": "x"}}}),
        ("y", "1", {"left": "1", "right": "1"}, {"names": {"y": {"letters": [], "is": "y"}}}),
        ("y", "y", {}, {"names": {"y": {"parameter": ""}}}),
        ("D(q, x)", "s", {}, {"names": {"s": {"sizes": [], "of": "s"}, "q": {"sizes": [], "of": "s"}}}),
        ("g(x)", "x*x", {}, {"names": {"g": {"parameter": "u", "is": "u*v"}, "v": {"letters": [], "is": "u"}}}),
        ("g(g(g(x)))", "0", {}, {"names": {"g": {"parameter": "u", "is": "+".join(["u*u"] * 99)}}}),
        ("g.prime(x)", "0", {}, {"names": {"g": {"parameter": "u", "is": "u"}}}),
        ("D(g(x), x)", "0", {}, {"names": {"g": {"parameter": "u", "is": "D(u, x)"}}}),
        ("exp.prime(x)", "exp(x)", {}, {}),
        ("x.real", "0", {}, {}),
        ("unknown(x)", "0", {}, {}),
        ("unknown(x, w)", "0", {}, {}),
        ("f(x)", "0", {}, {"names": {"f": {"sizes": []}}}),
        ("by_label(t, {0: 1})", "1", {"left": "1", "right": "1"}, {"labels": {"t": [1]}}),
        ("h(x)", "1", {"left": "1", "right": "1"},
         {"labels": {"t": [1]}, "names": {"h": {"parameter": "t", "is": "by_label(t, {1: 1})"}}}),
        ("D(t*by_label(t, {1: 1}), t)", "1", {"left": "1", "right": "1"}, {"labels": {"t": [1]}}),
        ("Sum(k, by_cases(k, i, same=1, distinct=1))", "K", {"left": "K", "right": "K"}, {**VECTORS, "free": ["i"]}),
        ("Sum(k, a[k]) - a[1]", "Sum(k, a[k]) - a[1]", {}, VECTORS),
        ("a[1]", "a[1]", {}, {**THREE, "coincidences": True}),
        ("a[4]", "a[4]", {}, THREE),
        ("a[k]", "a[k]", {}, VECTORS),
        ("a[1, 2]", "a[1, 2]", {}, THREE),
        ("Sum(n, Z[n, n])", "Sum(n, Z[n, n])", {}, BATCH),
        ("listed(K, 1, 2).at(3)", "2", {"left": "2", "right": "2"}, THREE),
        ("Sum(k, listed(K, 1, 2).at(k))", "3", {"left": "3", "right": "3"}, THREE),
        ("Sum(i, Sum(j, Sum(k, Sum(m, c[i, j]*c[j, k]*c[k, m]*Sum(q, Sum(p, Sum(r, c[q, p]*c[m, q]*c[p, r])))))))", "0",
         {"left": "0", "right": "0"}, {**VECTORS, "letters": {**VECTORS["letters"], "p": "K", "q": "K", "r": "K"}}),
        ("1.5", "1.5", {}, {}),
        ("True", "1", {}, {}),
        ("~x", "x", {}, {}),
        ("x % 2", "0", {}, {}),
        ("lambda: 1", "1", {}, {}),
        ("(" * 150 + "x" + ")" * 150, "w", {}, {}),
        ("-" * 3000 + "x", "w", {}, {}),
        ("x+" * 9999 + "x", "w", {}, {}),
        ("x+" * 1500 + "x", "w", {}, {}),
        ("x", "x", {}, {"sizes": {"K": 10**9}}),
        ("x", "x", {}, {"name": "a\nVALID b"}),
        ("x", "x", {}, {"line": "1"}),
    ],
)  # fmt: skip
def test_what_is_false_or_not_read_is_invalid(left: str, right: str, case: Any, said: dict[str, Any]) -> None:
    assert says(left, right, [case], **said).startswith("INVALID"), says(left, right, [case], **said)


def test_whatever_stands_in_a_file_there_is_an_answer() -> None:
    other: Any
    for text in ("", "{", "[]", "null", "[" * 100_000, '{"claim": 1e999}', "9" * 5000, '"' + "a" * 5_000_001 + '"'):
        assert recheck(text).startswith("INVALID a certificate")
    whole = written("D(x**2, x)", "2*x", shown("2*x"), **{**VECTORS, "free": ["i"]})
    assert recheck(json.dumps(whole)).startswith("VALID")
    for holder in (whole, whole["claim"], whole["cases"][0]):
        for key in list(holder):
            kept = holder[key]
            for other in (None, [], {}, -1, 1.5, "x", "", True, [[]], ["i"], {"K": 3}, {"i": "N"}, [None, 1], [["x"]]):
                holder[key] = deepcopy(other)
                whole["hash"] = hashed(whole["claim"]) if holder is not whole else whole["hash"]
                assert recheck(json.dumps(whole)).split()[0] in ("VALID", "INVALID")
            holder[key] = kept


def test_a_line_never_says_more_than_its_certificate() -> None:
    """Values of another type that are accepted say the same: an empty list for an empty table."""
    assert says("x", "w", [{"generators": [], "left": "x", "right": "x"}]).startswith("INVALID")


def test_the_program_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad, broken = tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "broken.json"
    good.write_text(json.dumps(written("x + x", "2*x", shown("2*x"))), encoding="utf-8")
    bad.write_text(json.dumps(written("x + x", "3*x")), encoding="utf-8")
    broken.write_bytes(b"\xff")
    command = [sys.executable, "-I", str(FILE)]
    done = subprocess.run([*command, str(good), str(bad)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == "VALID by-hand line 1 (scalar)"
    assert done.stdout.splitlines()[1].startswith("INVALID by-hand line 1: ")
    assert not done.stderr
    assert main([str(good)]) == 0
    monkeypatch.setattr(sys, "argv", [str(FILE), str(good)])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(FILE), run_name="__main__")
    assert ended.value.code == 0
    assert main([str(bad)]) == 1
    assert main([str(good), str(broken), str(bad)]) == 2
    assert main([str(tmp_path / "none.json")]) == 2
    assert main([]) == 2


# --------------------------------------------------------------- the parser

OPERATORS: dict[type[Any], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}


def as_python_reads(node: Any) -> Any:
    """What Python's own parser makes of a formula, as a tree of this program."""
    match node:
        case ast.Name(name):
            return name
        case ast.Constant(int(number)):
            return number
        case ast.UnaryOp(ast.USub(), one):
            return "*", (-1, as_python_reads(one))
        case ast.BinOp(left, operator, right):
            return OPERATORS[type(operator)], (as_python_reads(left), as_python_reads(right))
        case ast.Subscript(ast.Name(name), places):
            return "[", (name, tuple(map(as_python_reads, getattr(places, "elts", [places]))))
        case ast.Call(ast.Name("decimal"), [ast.Constant(str(digits))]):
            return Fraction(digits)
        case ast.Call(ast.Attribute(ast.Call(_, options), "at"), places):
            return "listed", [tuple(map(as_python_reads, series)) for series in (options, places)]
        case ast.Call(ast.Name("by_cases"), places, [ast.keyword("same", same), ast.keyword("distinct", distinct)]):
            return "by_cases", [tuple(map(as_python_reads, series)) for series in (places, [same], [distinct])]
        case ast.Call(ast.Name("by_label"), [label, ast.Dict(values, options)]):
            numbers = [ast.literal_eval(ast.unparse(value)) for value in values if value]
            pairs = zip(numbers, map(as_python_reads, options), strict=True)
            return "by_label", [(as_python_reads(label),), tuple(pairs)]
        case ast.Call(function, given):
            return ast.unparse(function), tuple(map(as_python_reads, given))
    raise AssertionError(ast.dump(node))


def agrees_with_python(text: str) -> bool:
    return bool(parsed(text) == as_python_reads(ast.parse(text, mode="eval").body))


@pytest.mark.parametrize("text", ["-a**2", "a**-b**-c", "a - b - c", "a/b*c", "-a*-b**2 + -c", "2**3**x[i, 1]/7"])
def test_operators_bind_as_in_python(text: str) -> None:
    assert agrees_with_python(text)


def test_every_formula_of_every_certificate_is_read_as_python_reads_it() -> None:
    texts = set()
    for file in CERTIFICATES:
        data = json.loads(file.read_text(encoding="utf-8"))
        claim = data["claim"]
        texts |= {claim["left"], claim["right"], *claim["positive"], *(text for text, _ in claim["conditions"])}
        texts |= {said["is"] for said in [*claim["names"].values(), *claim["equations"]] if "is" in said}
        for case in data["cases"]:
            texts |= {*case["generators"].values(), *case["hypotheses"].values()}
    assert len(texts) > 400
    assert [text for text in texts if not agrees_with_python(text)] == []


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Formulas made of smaller ones."""
    return st.one_of(
        st.tuples(inner, st.sampled_from(["+", " - ", "*", " / ", "**", "**-"]), inner).map("".join),
        st.tuples(st.sampled_from(["-", "- ", "--"]), inner).map("".join),
        inner.map("({})".format),
        st.tuples(st.sampled_from(["exp", "f.prime", "f.prime.prime"]), inner).map("{0[0]}({0[1]})".format),
        st.tuples(inner, inner).map("Sum(k, D({0[0]}, a[i, {0[1]}]))".format),
        st.tuples(inner, inner).map("listed(K, {0[0]}, {0[1]}).at(i)".format),
        st.tuples(inner, inner).map("by_cases(i, 1, same={0[0]}, distinct={0[1]})".format),
        st.tuples(inner, inner).map("by_label(t, {{0: {0[0]}, -1: {0[1]}}})".format),
    )


LEAVES = st.sampled_from(["x", "k_4", "σ", "0", "17", "z[k]", "Z[n, 2]", "decimal('0.50')"])


@given(st.recursive(LEAVES, grown, max_leaves=12))
def test_formulas_are_read_as_python_reads_them(text: str) -> None:
    assert agrees_with_python(text)


@given(st.text("ax01 .,:'=+-*/()[]{}\n\té٣²", max_size=12))
def test_what_python_does_not_read_is_not_read(text: str) -> None:
    try:
        found = parsed(text)
    except (ValueError, IndexError):
        return
    assert found == as_python_reads(ast.parse(text, mode="eval").body)


@pytest.mark.parametrize(
    "text",
    [
        "x y", "2x", "01", "1.5", "1e5", "0x1", "1_000", "٣", "²", "x = 1", "x.prime", "f.prime.x(1)", "f.real(x)",
        "lambda", "None", "not x", "f()", "f(x,)", "f(x, same=1)", "(x, y)", "a[]", "a[1:2]", "a[x](y)", "2(x)",
        "(f)(x)", "f(x)(y)", "'0.5'", "decimal(0.5)", "decimal('1e9')", "listed(K, 1)", "f(x).at(1)", "listed.at(1)",
        "by_cases(i, j, distinct=1)", "by_label(t, {x: 1})", "by_label(t, {1})", "by_label(t, {12 x})", "{1: x}",
        "by_label(t, {01: x})", "x\ty", "x\n", "f(x]", "a[x)", "+x", "x +", "",
    ],
)  # fmt: skip
def test_what_is_no_formula(text: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        parsed(text)


def test_a_formula_is_not_too_long_and_not_too_deep() -> None:
    for fine in ("(" * 100 + "x" + ")" * 100, "-" * 100 + "x", "x" + "+x" * 300, "x" + "**x" * 100):
        assert agrees_with_python(fine)
    for much in ("(" * 600 + "x" + ")" * 600, "-" * 600 + "x", "x" + "+x" * 600, "x" + "**x" * 600, "x" * 20_000):
        with pytest.raises(ValueError, match="a formula is too"):
            parsed(much)


def test_a_value_of_a_label_is_said_once() -> None:
    said = {"labels": {"t": [1]}}
    assert accepts("by_label(t, {0: w, 1: x})", "x", shown("x"), **said)
    assert not accepts("by_label(t, {0: w, 1: x, 1: x})", "x", shown("x"), **said)


def test_derivatives_of_logarithms_and_of_what_stays_the_same() -> None:
    assert accepts("D(log(x), x)*x", "1", shown("1"), positive=["x"])
    assert accepts("D(K*x + x*Sum(k, a[k]), x)", "K + Sum(k, a[k])", shown("K + Sum(k, a[k])"), **VECTORS)


def test_sums_in_which_a_quotient_stays() -> None:
    said = {**BATCH, "names": {**BATCH["names"], "c": {"sizes": ["K"]}}}
    line = "Sum(n, Sum(k, exp(Z[n, k])*c[k]/S[n]))", "Sum(k, c[k]*Sum(n, exp(Z[n, k])/S[n]))"
    assert accepts(*line, shown(line[0]), **said)


def test_a_derivative_is_in_a_name() -> None:
    names = {"u": {"letters": [], "is": "x"}}
    assert accepts("D(u*u, u)", "2*x", shown("2*x"), names=names)
    assert not accepts("D(u*u, strike(u))", "2*x", shown("2*x"), names=names)


def test_it_imports_the_standard_library_alone() -> None:
    tree = ast.parse(FILE.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names <= sys.stdlib_module_names
    assert not {
        node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    } & {"eval", "exec"}
