"""The result in other languages: every function that a page shows is compiled or read, run, and compared with NumPy's.

All functions of one language are one program, which is told by its input, or at its end, what to compute.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from html import unescape
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from derive.catalog import entries
from derive.derivation import Derivation, Step
from derive.export import LoweringError, plain_form
from derive.export.languages import LANGUAGES, source
from derive.export.languages.c import C
from derive.export.languages.fortran import FORTRAN
from derive.export.languages.javascript import JAVASCRIPT
from derive.export.languages.language import Language, spelled
from derive.export.languages.matlab import MATLAB
from derive.export.languages.r import R
from derive.export.loops import program
from derive.export.lowering import Function, Parameter
from derive.export.program import Program
from derive.formula.arrays import Tensor
from derive.formula.hypotheses import OneHot
from derive.formula.notation import *
from derive.formula.tree import Function as BuiltIn
from derive.formula.tree import Index, Numeral, Size
from derive.report.page import Link, page
from derive.report.render import html_page
from derive.rules import algebra
from tests.lowerings import arguments, drawn
from tests.test_exported import code, proof

CLASSES = (2, 3, 5)
CLOSE = 1e-12


@dataclass(frozen=True)
class Written:
    """A derivation's result as a program, and the same in NumPy."""

    derivation: Derivation
    plain: Function
    numpy: Callable[..., Any]
    program: Program


@dataclass(frozen=True)
class Call:
    """A function with arguments, and what it has to return."""

    written: Written
    given: tuple[Any, ...]
    expected: Any


# --------------------------------------------------------------- what is tried


def tricky() -> list[Derivation]:
    """Names that languages have for themselves or for the function, and what binds otherwise in each of them."""
    K, N = size("K"), size("N")
    i, j, k, n = *indices("i j k", K), index("n", N)
    x, t, T, z = *scalars("x t T"), vector("z", K)
    names = (
        "asm linux true beta gamma end lambda y0 j1 epsilon sum size NaN Math main do pi real k1 index Ω β e exp2 F "
        "result res"
    ).split()
    several = 1 + x
    known = {name: BuiltIn(name) for name in ("coth", "sech", "csch")}
    for number, name in enumerate(names, 2):
        several = several + number * scalar(name)
    A, Z, w = matrix("A", N, K), matrix("Z", N, K), vector("w", N)
    B = define("B", (n, k), A[n, k] * Z[n, k] - w[n])
    b = define("b", k, Sum(n, B[n, k] * w[n]))
    m, s = indices("m s", N)
    c = define("c", i, Sum(s, A[s, i] * Sum(m, w[m] * A[m, i] * w[s])))
    found = {
        "letters": c[j] * Sum(k, c[k] * Sum(m, w[m] * z[j])),
        "names": several * T - t,
        "minus": -(x**2) + (-x) ** 2 - (-(t**2)) * (-x) - (t - (x - (t + 1))),
        "products": x / (t * T) + x / (t / T) - x * (t / T) + (x * t) / T - (-x) / (-t),
        "powers": (x**2) ** 3 + 2 ** (-x) + (x**2) ** fraction(1, 2) + (1 + x**2) ** (t / 8) + x ** (2**2) - x**-2,
        "numbers": fraction(1, 2) * x + fraction(7, 3) - decimal("0.10") * t + 3 / Numeral(4) / x,
        "functions": sinh(x) + cosh(t) * tanh(x) + 1 / (known["coth"](x) * known["sech"](t)) - known["csch"](x),
        "sizes": Sum(k, z[k]) * (K - 1) / K + K**2 / (K * K) + exp(K) / K**3 - (-K) / K + K / (N + K),
        "wholes": z[i] * delta(i, j) / K + (delta(i, j) - delta(i, 1)) / K + delta(i, j) / N - delta(i, 2) ** 2,
        "tables": A[n, k] * Sum(j, Z[n, j] * z[j]) + Sum(i, z[i] * Sum(j, A[n, j] * z[j] * z[i])) / b[k],
        "corner": z[2] * Sum(k, delta(k, 1) * z[k] ** 2) + Sum(k, K - z[k]) + Sum(i, Sum(j, z[i] * z[j] + N)),
    }
    sigma, block = function("sigma", x, 1 / (1 + exp(-x))), Tensor("B", (N, K, size("M")))
    clash = {"sigma": sigma(t) * sigma(x), "x": x**2 * t, "i": z[i] * x, "result": z[i] + x, "K": z[i] * K, "T": t * x}
    blocks = {"tricky-block": block[n, k, index("m", size("M"))] * x}
    named = {f"tricky-{name}": one for name, one in found.items()} | clash | blocks
    return [Derivation(name, one, Step(one, by=algebra)) for name, one in named.items()]


@cache
def written() -> tuple[Written, ...]:
    """Every derivation of the catalog that has code in other languages, and some that are tricky."""
    found = []
    for entry in [*entries().values(), *tricky()]:
        if isinstance(entry, Derivation):
            try:
                plain = plain_form(entry)
                one = program(entry, plain.function)
            except LoweringError:
                continue
            names: dict[str, Any] = {}
            exec(compile(plain.source, "plain.py", "exec"), names)
            found.append(Written(entry, plain.function, names[plain.function.name], one))
    return tuple(found)


@cache
def calls() -> tuple[Call, ...]:
    """Each of them at three sizes, every size another number."""
    random, found = Random(20261122), []
    for one in written():
        for classes in CLASSES:
            given = _arguments(one, _sizes(one.derivation, classes), random)
            with np.errstate(all="ignore"):
                found.append(Call(one, given, np.asarray(one.numpy(*given), dtype=float)))
    return tuple(found)


def _sizes(derivation: Derivation, classes: int) -> dict[Size, int]:
    pinned = dict(derivation.sizes)
    others = sorted((size for size in derivation.free_sizes if size.name != "K"), key=str)
    numbers = {size: classes + 1 + n for n, size in enumerate(others)}
    return {size: pinned.get(size, numbers.get(size, classes)) for size in derivation.free_sizes}


def _arguments(one: Written, sizes: dict[Size, int], random: Random) -> tuple[Any, ...]:
    letters: set[Index] = {h.at for h in one.derivation.assuming if isinstance(h, OneHot)}
    at = {letter: random.randrange(1, sizes[letter.size] + 1) for letter in letters - one.derivation.claim.free_indices}
    values = drawn(one.derivation, sizes, random, False)
    named = replace(one.plain, parameters=tuple(replace(p, name=_formula(one, p)) for p in one.plain.parameters))
    return tuple(arguments(named, one.derivation, sizes, values, at))


def _formula(one: Written, parameter: Parameter) -> str:
    """What the formula calls a parameter."""
    return parameter.name.rstrip("_")


# ------------------------------------------------------------------ the programs


def compared(language: Language, numbers: str, order: Any, asked: Sequence[Call]) -> list[str]:
    """The functions whose numbers, in the order in which they are printed, are not those of NumPy."""
    values = [float(word.replace("Inf", "inf")) for word in numbers.split()]
    assert len(values) == sum(call.expected.size for call in asked)
    wrong = []
    for call in asked:
        found = np.array(values[: call.expected.size]).reshape(call.expected.shape, order=order)
        del values[: call.expected.size]
        if not np.allclose(found, call.expected, rtol=CLOSE, atol=CLOSE, equal_nan=True):
            wrong.append(f"{language.key}, {call.written.derivation.name}: {found} is not {call.expected}")
    return wrong


def sources(language: Language) -> list[str]:
    return [source(one.program, language) for one in written()]


def numbered() -> dict[str, int]:
    return {one.derivation.name: n for n, one in enumerate(written())}


def finished(command: Sequence[str], folder: Path, text: str = "") -> str:
    run = subprocess.run(command, cwd=folder, input=text, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr[:4000]
    return run.stdout


def installed(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


def spread(value: Any, order: Any) -> list[str]:
    """Numbers as they follow each other."""
    return [f"{number:.17g}" for number in np.ravel(np.asarray(value, dtype=float), order=order)]


def called(one: Written, language: Language) -> str:
    """What a language calls a function."""
    return spelled(one.program, language).function


C_READS = """
#include <stdio.h>
#include <stdlib.h>
static double stored[9][1000];
static double number(void) { double x; if (scanf("%lf", &x) != 1) { exit(1); } return x; }
static size_t whole(void) { return (size_t)number(); }
static double *several(int n) {
    for (size_t i = 0, count = whole(); i < count; i++) { stored[n][i] = number(); }
    return stored[n];
}
int main(void) {
    int which;
    while (scanf("%d", &which) == 1) {
        size_t count = whole();
        double *r = stored[8];
        switch (which) {
"""
C_SHOWS = """        }
        for (size_t i = 0; i < count; i++) { printf("%.17g\\n", r[i]); }
    }
    return 0;
}
"""
FORTRAN_MAIN = """program main
use plain
use iso_fortran_env, only: dp => real64
implicit none
integer :: which, ended
do
read (*, *, iostat=ended) which
if (ended /= 0) exit
select case (which)
{cases}
end select
end do
end program main
"""


def test_c(tmp_path: Path) -> None:
    compiler = installed("gcc")
    cases, taken = [], {}
    for n, one in enumerate(written()):
        name, arguments, stores = signature_in_c(one)
        taken[one.derivation.name] = arguments
        reads = []
        for p, (kind, _, array) in enumerate(arguments):
            read = "whole()" if kind == "size_t" else f"several({p})" if array else "number()"
            reads.append(f"{kind} {'*' * array}a{p} = {read};")
        given = ", ".join([*(f"a{p}" for p in range(len(arguments))), *["r"] * stores])
        use = f"{name}({given});" if stores else f"*r = {name}({given});"
        cases.append(f"        case {n}: {{ {' '.join(reads)} {use} break; }}")
    (tmp_path / "plain.c").write_text("\n".join([*sources(C), C_READS, *cases, C_SHOWS]))
    strict = "-Wall -Wextra -Werror -std=c99 -pedantic -O0".split()
    finished([compiler, "-fsyntax-only", "plain.c"], tmp_path)  # in the compiler's own dialect as well
    finished([compiler, *strict, "plain.c", "-o", "plain", "-lm"], tmp_path)
    asked: list[str] = []
    for call in calls():
        told, values = call.written.derivation.name, named(call)
        asked += str(numbered()[told]), str(call.expected.size)
        for _, argument, array in taken[told]:
            asked += [str(np.size(values[argument]))] * array
            asked += spread(values[argument], "C")
    assert compared(C, finished(["./plain"], tmp_path, "\n".join(asked)), "C", calls()) == []


def signature_in_c(one: Written) -> tuple[str, list[tuple[str, str, bool]], bool]:
    """The name of a function, of each argument its type, its name in the formula and whether it is an array, and
    whether the result is stored."""
    said = re.search(r"^(?:void|double) (\w+)\((.*?)\)\n", source(one.program, C), re.MULTILINE | re.DOTALL)
    assert said is not None
    back = {name: formula for formula, name in spelled(one.program, C).names.items()}
    found = [(kind, name, bool(array)) for kind, name, array in re.findall(r"(size_t|double) (\w+)(\[)?", said[2])]
    stores = said[0].startswith("void")
    return said[1], [(kind, back[name], array) for kind, name, array in found[: len(found) - stores]], stores


def named(call: Call) -> dict[str, Any]:
    """The arguments by name, and the sizes of arrays."""
    found = {}
    for parameter, value in zip(call.written.plain.parameters, call.given, strict=True):
        found[parameter.name] = value
        if parameter.kind == "array":
            found |= dict(zip(parameter.axes, np.shape(value), strict=True))
    return found


def from_one(call: Call) -> list[Any]:
    """The arguments where classes count from 1."""
    kinds = [p.kind for p in call.written.plain.parameters]
    return [value + 1 if kind == "class" else value for kind, value in zip(kinds, call.given, strict=True)]


def test_fortran(tmp_path: Path) -> None:
    compiler = installed("gfortran")
    cases = []
    for n, one in enumerate(written()):
        cases += [f"case ({n})", "block", *case_in_fortran(one), "end block"]
    plain = ["module plain", "implicit none", "contains", *sources(FORTRAN), "end module plain", ""]
    (tmp_path / "plain.f90").write_text("\n".join(plain))
    (tmp_path / "main.f90").write_text(FORTRAN_MAIN.format(cases="\n".join(cases)))
    finished([compiler, *"-Wall -Werror -std=f2008 -O0 -c plain.f90".split()], tmp_path)
    finished([compiler, *"-std=f2008 -O0 main.f90 plain.o -o main".split()], tmp_path)
    asked = []
    for call in calls():
        asked.append(str(numbered()[call.written.derivation.name]))
        for value in from_one(call):
            asked += map(str, np.shape(value))
            asked += spread(value, "F")
    assert compared(FORTRAN, finished(["./main"], tmp_path, "\n".join(asked) + "\n"), "F", calls()) == []


def case_in_fortran(one: Written) -> list[str]:
    """Statements that read the arguments of a function, and print what it returns."""
    declared: list[str] = []
    read: list[str] = []
    for p, parameter in enumerate(one.plain.parameters):
        if parameter.kind == "array" and parameter.axes:
            rank = len(parameter.axes)
            declared += f"real(dp), allocatable :: a{p}({', '.join(':' * rank)})", f"integer :: n{p}({rank})"
            sizes = ", ".join(f"n{p}({axis})" for axis in range(1, rank + 1))
            read += f"read (*, *) n{p}", f"allocate (a{p}({sizes}))"
        else:
            declared.append(f"{'real(dp)' if parameter.kind == 'array' else 'integer'} :: a{p}")
        read.append(f"read (*, *) a{p}")
    given = ", &\n".join(f"a{p}" for p in range(len(one.plain.parameters)))
    return [*declared, *read, f"write (*, '(es25.17e3)') {called(one, FORTRAN)}({given})"]


def test_javascript(tmp_path: Path) -> None:
    node = installed("node")
    assert compared(JAVASCRIPT, in_javascript(node, tmp_path, JAVASCRIPT), "C", calls()) == []


def in_javascript(node: str, folder: Path, language: Language) -> str:
    """What node prints for all calls."""
    lines = ['"use strict";', *sources(language)]
    lines.append("const show = (value) => console.log([value].flat(Infinity).join('\\n'));")
    for call in calls():
        given = ", ".join(json.dumps(np.asarray(value).tolist()) for value in call.given)
        lines.append(f"show({called(call.written, language)}({given}));")
    (folder / "plain.js").write_text("\n".join(lines))
    return finished([node, "plain.js"], folder)


def test_octave(tmp_path: Path) -> None:
    octave = installed("octave-cli")

    def literal(value: Any) -> str:
        shape = (*np.shape(value), 1) if np.ndim(value) == 1 else np.shape(value)
        numbers = ", ".join(spread(value, "F"))
        return f"reshape([{numbers}], {', '.join(map(str, shape))})" if shape else numbers

    lines = ["1;", *sources(MATLAB)]
    for call in calls():
        given = ", ".join(map(literal, from_one(call)))
        lines.append(f'printf("%.17g\\n", {called(call.written, MATLAB)}({given}));')
    (tmp_path / "plain.m").write_text("\n".join([*lines, ""]))
    numbers = finished([octave, "--norc", "--no-history", "--no-window-system", "plain.m"], tmp_path)
    assert compared(MATLAB, numbers, "F", calls()) == []


def test_r(tmp_path: Path) -> None:
    interpreter = installed("Rscript")

    def literal(value: Any) -> str:
        numbers = f"c({', '.join(spread(value, 'F'))})"
        return f"array({numbers}, c({', '.join(map(str, np.shape(value)))}))" if np.ndim(value) > 1 else numbers

    lines = [*sources(R), 'show <- function(value) cat(paste0(sprintf("%.17g", as.numeric(value)), "\\n"), sep = "")']
    for call in calls():
        lines.append(f"show({called(call.written, R)}({', '.join(map(literal, from_one(call)))}))")
    (tmp_path / "plain.R").write_text("\n".join([*lines, ""]))
    assert compared(R, finished([interpreter, "--vanilla", "plain.R"], tmp_path), "F", calls()) == []


@pytest.mark.parametrize("wrong", [replace(JAVASCRIPT, first=1), replace(JAVASCRIPT, power=" * ")])
def test_another_function_computes_something_else(wrong: Language, tmp_path: Path) -> None:
    node = installed("node")
    assert compared(wrong, in_javascript(node, tmp_path, wrong).replace("undefined", "nan"), "C", calls()) != []


def test_a_page_shows_them_as_they_are_run() -> None:
    for name in ("softmax-jacobian", "logistic-loss-cases"):
        one = proof(name)
        link = Link(name, one.entry.title, f"{name}.html")
        said = html_page(page(one, {name: link}, code=code(one)), "derive report", "0.1.0", None, None)
        section = re.search(r'<details class="languages">(.*?)</section>', said, re.DOTALL)
        assert section is not None
        shown = [unescape(text) for text in re.findall(r"<pre><code>(.*?)</code></pre>", section[1], re.DOTALL)]
        copied = [unescape(text) for text in re.findall(r'data-copy="(.*?)"', section[1], re.DOTALL)]
        program = next(one.program for one in written() if one.derivation.name == name)
        assert shown == copied == [source(program, language) for language in LANGUAGES]


def test_every_plain_function_is_there_in_all_languages() -> None:
    plain = set()
    for name, entry in entries().items():
        if isinstance(entry, Derivation):
            try:
                plain_form(entry)
            except LoweringError:
                continue
            plain.add(name)
    assert len(plain) > 160
    assert {one.derivation.name for one in written()} == plain | {one.name for one in tricky()}
    assert [language.key for language in LANGUAGES] == ["c", "javascript", "fortran", "matlab", "r"]


def test_names_are_those_of_the_formula_where_a_language_takes_them() -> None:
    one = next(one for one in written() if one.derivation.name == "smoothed-cross-entropy-gradient")
    names = {language.key: spelled(one.program, language).names for language in LANGUAGES}
    assert names["c"]["epsilon"] == "epsilon" and names["fortran"]["epsilon"] == "epsilon_"
    for language in LANGUAGES:
        spelling = [name for name in names[language.key].values() if name.isidentifier()]
        assert len({name.lower() if language.folds else name for name in spelling}) == len(spelling)


def test_the_softmax_jacobian_in_c() -> None:
    one = next(one for one in written() if one.derivation.name == "softmax-jacobian")
    assert source(one.program, C) == JACOBIAN_IN_C


JACOBIAN_IN_C = """#include <math.h>
#include <stddef.h>

/* softmax-jacobian as written: nothing is checked, not the accurate form. */
/* Matrices are stored row by row. Arrays of its own are on the stack. */
void softmax_jacobian(size_t K, const double z[K], double result[K * K])
{
    double S = 0.0;
    for (size_t k = 0; k < K; k++) {
        S += exp(z[k]);
    }
    double y[K];
    for (size_t i = 0; i < K; i++) {
        y[i] = exp(z[i]) / S;
    }
    for (size_t i = 0; i < K; i++) {
        for (size_t j = 0; j < K; j++) {
            result[i * K + j] = y[i] * ((i == j) - y[j]);
        }
    }
}
"""


def test_matlab_says_that_vectors_are_columns() -> None:
    one = next(one for one in written() if one.derivation.name == "softmax-cross-entropy-gradient")
    assert "% Takes z (K x 1), t (K x 1); returns K x 1 numbers." in source(one.program, MATLAB)
    assert "# Takes z (K), t (K); returns K numbers." in source(one.program, R)


def test_what_takes_no_arrays_says_so() -> None:
    said = "Takes single numbers, no arrays."
    found = {
        one.derivation.name: [said in source(one.program, language) for language in LANGUAGES] for one in written()
    }
    assert found["logistic-loss-cases"] == [language in (MATLAB, R) for language in LANGUAGES]
    assert not any(found["sigmoid-derivative"]) and not any(found["softmax-jacobian"])
