"""Modules of one's own derivations: what they say, that they run alone, and what is not exported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from derive import Derivation
from derive.catalog import entries, load
from derive.cli import app
from derive.export import LoweringError, Own, Proved, UnprovedError, lowered, module_source, own_source
from tests.lowerings import module

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "tests" / "golden" / "my_derivations.py"
GOLDEN = ROOT / "tests" / "golden" / "own.py"
HEADER = "from derive import *\nfrom derive.rules import *\nx, p = scalar('x'), scalar('p')\n"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def exported(folder: Path, text: str) -> tuple[Result, str]:
    """What `derive export` says of a file of derivations, and the module it writes."""
    source, target = folder / "mine.py", folder / "out" / "numpy_mine.py"
    source.write_text(HEADER + text, "utf-8")
    found = run("export", str(source), "-o", str(target))
    return found, target.read_text("utf-8") if target.exists() else ""


def said(derivation: Derivation, verdict: str = "proved") -> Proved:
    return Proved(derivation.name, repr(derivation.claim), "=", repr(derivation.result), (), (), verdict, "K=3")


def whole_catalog() -> str:
    """All of the catalog that can be lowered, in one module."""
    functions, proofs = [], []
    for name, entry in entries().items():
        if isinstance(entry, Derivation):
            try:
                functions.append(Own(name, entry.title, lowered(entry)))
            except LoweringError:
                continue
            proofs.append(said(entry))
    return own_source(functions, proofs, "0.1.0", "derive export")


def test_the_golden_module(tmp_path: Path) -> None:
    target = tmp_path / "own.py"
    found = run("export", str(EXAMPLE), "-o", str(target))
    assert found.exit_code == 0, found.stderr
    assert found.stdout == f"wrote {target}: 5 functions\n"
    assert target.read_text("utf-8") == GOLDEN.read_text("utf-8")


def test_the_golden_gradient_is_that_of_the_loss() -> None:
    names: dict[str, object] = {}
    exec(compile(GOLDEN.read_text("utf-8"), "own.py", "exec"), names)
    loss, weights, bias = (names[f"softmax_regression_{part}"] for part in ("loss", "weights", "bias"))
    assert callable(loss) and callable(weights) and callable(bias)
    draw = np.random.default_rng(7)
    X, W, b, T = draw.normal(size=(4, 2)), draw.normal(size=(2, 3)), draw.normal(size=3), np.eye(3)[[0, 2, 1, 1]]
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for spot in np.ndindex(W.shape):
        step = np.zeros_like(W)
        step[spot] = 1e-6
        dW[spot] = (loss(T, X, W + step, b) - loss(T, X, W - step, b)) / 2e-6
    for k in range(3):
        step = 1e-6 * np.eye(3)[k]
        db[k] = (loss(T, X, W, b + step) - loss(T, X, W, b - step)) / 2e-6
    assert np.allclose(weights(W, T, X, b), dW, atol=1e-8) and np.allclose(bias(b, T, X, W), db, atol=1e-8)
    assert np.isfinite(weights(1e4 * W, T, X, b)).all() and np.isfinite(loss(T, X, 1e4 * W, b))


def test_sources_are_typed_formatted_and_run_alone(tmp_path: Path) -> None:
    catalog = tmp_path / "catalog_own.py"
    catalog.write_text(whole_catalog(), "utf-8")
    mine = tmp_path / "own.py"
    mine.write_text(GOLDEN.read_text("utf-8"), "utf-8")
    config = ["--config", str(ROOT / "pyproject.toml"), "--config", "extend-exclude=[]"]
    paths = [str(catalog), str(mine)]
    for command in (
        ["ruff", "check", "--no-cache", *config, *paths],
        ["ruff", "format", "--no-cache", "--check", *config, *paths],
        ["mypy", "--strict", *paths],
    ):
        done = subprocess.run([sys.executable, "-m", *command], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    program = (
        f"import sys; sys.path[:] = [p for p in sys.path if p != {str(ROOT)!r}] + [{str(tmp_path)!r}]\n"
        "import catalog_own, own\n"
        "assert 'derive' not in sys.modules and 'sympy' not in sys.modules\n"
        "print(catalog_own.softmax_shift([0, 0]).tolist(), own.log_odds(0.5), own.weight_decay([[1]], 2).tolist())"
    )
    done = subprocess.run([sys.executable, "-I", "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "[0.5, 0.5] 4.0 [[4.0]]\n", done.stderr


def test_names_of_the_catalog(tmp_path: Path) -> None:
    target = tmp_path / "two.py"
    found = run("export", "softmax-jvp", "sigmoid-derivative", "-o", str(target))
    assert found.exit_code == 0, found.stderr
    text = target.read_text("utf-8")
    assert "def softmax_jvp(z: ArrayLike, v: ArrayLike) -> Floats:" in text
    assert "    softmax-jvp (every K)\n" in text and "derive export softmax-jvp sigmoid-derivative." in text
    assert "        exp(z[i])/Sum(k, exp(z[k])) = exp(z[i] - m)/Sum(k, exp(z[k] - m))\n" in text


@pytest.mark.parametrize(
    ("text", "code", "message", "functions"),
    [
        ("a = Derivation('a', D(x**2, x), Step(x, by=power_rule))", 1, "a is not proved: not exported", 0),
        ("a = Derivation('a', x**x, Step(x**(x + 0), by=algebra))", 3, "a is not proved: not exported", 0),
        ("f = function('f'); a = Derivation('a', f(x) + f(x), Step(2 * f(x), by=algebra))", 3,
         "a, the result: f is an unknown function: it has no value to compute", 0),
        ("a = Derivation('a', D(x**2, x), Step(x, by=power_rule))\nb = Derivation('b', x + x, Step(2 * x, by=algebra))",
         1, "a is not proved: not exported", 1),
        ("a = Pitfall('a', lambda: Derivation('a', x, Step(x + 1, by=algebra)), 'refuted', 'a', 'a', 'a')", 2,
         "there is nothing to export, and nothing was written", 0),
        ("K = size('K'); k = index('k', K); a = Derivation('a', Sum(k, x), Step(3 * x, by=algebra))", 1,
         "a is not proved: not exported", 0),
        ("K = size('K'); k = index('k', K)\n"
         "a = Derivation('a', Sum(k, x), Step(3 * x, by=algebra), sizes={K: 3})", 0, "", 1),
        ("a = Derivation('max', x + x, Step(2 * x, by=algebra))", 0, "", 1),
    ],
)  # fmt: skip
def test_what_is_not_proved_or_not_computed_is_not_exported(
    tmp_path: Path, text: str, code: int, message: str, functions: int
) -> None:
    found, source = exported(tmp_path, text)
    assert found.exit_code == code, found.stderr
    assert message in found.stderr
    assert source.count("@np.errstate") == functions


def test_wrong_usage(tmp_path: Path) -> None:
    found = run("export", "softmax-jvp", "-K", "3", "-o", str(tmp_path / "a.py"))
    assert found.exit_code == 2 and "your own derivations keep their sizes open" in found.stderr
    assert not list(tmp_path.iterdir())


def test_conditions_stand_in_the_docstring(tmp_path: Path) -> None:
    found, source = exported(tmp_path, "a = Derivation('half', x / x, Step(1 + 0*x, by=algebra))")
    assert found.exit_code == 0
    assert "    x/x = 1 + 0*x\n    wherever x ≠ 0\n" in source


def test_a_module_of_what_is_not_proved_is_refused() -> None:
    (derivation,) = [entry for name, entry in entries().items() if name == "softmax-jvp"]
    assert isinstance(derivation, Derivation)
    own = Own(derivation.name, derivation.title, lowered(derivation))
    for proofs in ([], [said(derivation, "refuted")], [said(derivation, "conditional")]):
        with pytest.raises(UnprovedError, match=r"softmax-jvp is .*: not exported"):
            own_source([own], proofs, "0.1.0", "derive export")
    with_condition = Own(derivation.name, derivation.title, own.function, ("x ≠ 0",))
    assert "wherever x ≠ 0" in own_source([with_condition], [said(derivation, "conditional")], "0.1.0", "derive export")


def test_functions_of_one_name_are_told_apart() -> None:
    one, two = (Derivation(name, entry.claim, *entry.steps) for name, entry in zip(("a-b", "a_b"), some(), strict=True))
    assert {"a_b", "a_b2"} <= module(one, two).keys()


def some() -> list[Derivation]:
    return [entry for entry in load(EXAMPLE).values() if isinstance(entry, Derivation) and not entry.assuming]


def test_arguments_are_checked() -> None:
    functions = module(*(entry for entry in load(EXAMPLE).values() if isinstance(entry, Derivation)))
    weights, X, W, b, T = (
        functions["softmax_regression_weights"],
        np.ones((4, 2)),
        np.ones((2, 3)),
        np.ones(3),
        np.eye(3),
    )
    with pytest.raises(ValueError, match=r"X has the shape \(4, 2\), not \(N, F\) with"):
        weights(W, T, X, b)
    with pytest.raises(ValueError, match=r"b has the shape \(\), not \(K\)"):
        weights(W, np.ones((4, 3)), X, 1.0)
    with pytest.raises(ValueError, match="there is nothing in it"):
        weights(W, np.ones((0, 3)), np.ones((0, 2)), b)
    with pytest.raises(ValueError, match="W has the type complex128: real numbers are wanted"):
        weights(1j * W, np.ones((4, 3)), X, b)
    labels = np.eye(3, dtype=int)[[0, 1, 2, 0]]
    assert weights(W.astype(np.float32), labels, X.astype(np.float16), b.astype(np.float32)).dtype == np.float32
    assert functions["log_odds"]([0.5, 0.25]).shape == (2,)


def test_the_module_that_comes_with_derive_stays() -> None:
    assert "def softmax(" in module_source([], "0.1.0")
