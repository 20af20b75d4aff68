"""Who may import whom, who may print and write, and what never stands in the code."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.no_cover  # derive is read, and nothing of it runs

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "derive"
MODULES = sorted(PACKAGE.rglob("*.py"))

WRITERS = {PACKAGE / "cli.py", PACKAGE / "files.py", PACKAGE / "recheck.py"}
"""The command line, the one module through which it writes whole folders, and the reader that has to run alone."""


def shown(module: Path) -> str:
    return module.relative_to(ROOT).as_posix()


@cache
def tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


@cache
def nodes(module: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree(module)))


def calls(module: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call with its name as written, `os.fdopen` or `.write_text`."""
    for node in nodes(module):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(name):
                    yield name, node
                case ast.Attribute(ast.Name(of), name):
                    yield f"{of}.{name}", node
                case ast.Attribute(_, name):
                    yield f".{name}", node


def imported(module: Path) -> set[str]:
    """The packages of others that a module imports, at its top or inside a function."""
    found: set[str] = set()
    for node in nodes(module):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.partition(".")[0])
    return found


def imported_at_top(module: Path) -> set[str]:
    """The packages that a module imports as soon as it is imported itself."""
    found: set[str] = set()
    for node in tree(module).body:
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.partition(".")[0])
    return found


# --------------------------------------------------------------- directions


def test_import_contracts() -> None:
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout[-3000:]


ALLOWED = {
    "sympy": ["derive/concrete/", "derive/kernel/factor.py", "derive/statement.py", "derive/numeric/checks.py"],
    "numpy": ["derive/numeric/", "derive/export/", "derive/codeproof/", "derive/concrete/", "derive/kernel/"],
    "mpmath": ["derive/numeric/", "derive/concrete/"],
    "jinja2": ["derive/export/", "derive/report/"],
    "babel": ["derive/report/language.py"],
    "math_core": ["derive/report/"],
    "typer": ["derive/cli.py", "derive/arguments.py"],
    "rich": ["derive/cli.py", "derive/arguments.py", "derive/tables.py"],
}


@pytest.mark.parametrize("package", ALLOWED)
def test_who_imports_what_others_wrote(package: str) -> None:
    for module in MODULES:
        if package in imported(module):
            assert any(shown(module).startswith(place) for place in ALLOWED[package]), shown(module)


@pytest.mark.parametrize("module", [m for m in MODULES if "kernel" in m.parts or m.name == "statement.py"], ids=shown)
def test_sympy_is_asked_inside_a_function(module: Path) -> None:
    assert "sympy" not in imported_at_top(module)


def test_no_other_packages() -> None:
    known = {"derive", "markupsafe", *ALLOWED, *sys.stdlib_module_names}
    assert set().union(*map(imported, MODULES)) <= known


def test_the_second_reader_of_certificates_imports_nothing_of_derive() -> None:
    for module in MODULES:
        if module.name == "recheck.py":
            assert imported(module) <= set(sys.stdlib_module_names)
            assert not [n for n in nodes(module) if isinstance(n, ast.ImportFrom) and n.level]


def test_asking_for_help_loads_neither_sympy_nor_numpy() -> None:
    program = (
        "import sys; from derive.cli import run\n"
        "for option in ('--version', '--help'):\n"
        "    sys.argv[:] = ['derive', option]\n"
        "    try:\n        run()\n    except SystemExit as end:\n        assert not end.code, end.code\n"
        "    loaded = {'sympy', 'numpy', 'mpmath', 'jinja2'} & set(sys.modules)\n"
        "    assert not loaded, (option, loaded)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stderr[-2000:]


# ------------------------------------------------------- printing and writing


@pytest.mark.parametrize("module", [m for m in MODULES if m not in WRITERS], ids=shown)
def test_only_the_command_line_prints_and_writes(module: Path) -> None:
    for name, call in calls(module):
        where = f"{shown(module)}:{call.lineno}: {name}"
        assert name not in {"print", "input", "breakpoint"}, where
        writing = {"write_text", "write_bytes", "mkdir", "unlink", "rmtree", "fdopen"}
        assert name.rpartition(".")[2] not in writing, where
        if name == "open" or name.endswith(".open"):
            words = [str(arg.value) for arg in ast.walk(call) if isinstance(arg, ast.Constant)]
            assert not any(re.fullmatch(r"[rb]*[wax+][wabx+t]*", word) for word in words), where


# ---------------------------------------------------------- what never stands


@pytest.mark.parametrize("module", MODULES, ids=shown)
def test_no_text_is_run_as_code(module: Path) -> None:
    forbidden = {"eval", "exec", "compile", "sympify", "parse_expr", "parse_latex", "__import__", "system", "popen"}
    for name, call in calls(module):
        if name == "re.compile" or (shown(module) == "derive/catalog/__init__.py" and name in {"exec", "compile"}):
            continue  # a person's own file of derivations is the person's own code, and runs
        assert name.rpartition(".")[2] not in forbidden, f"{shown(module)}:{call.lineno}: {name}"


@pytest.mark.parametrize("module", [m for m in MODULES if {"kernel", "formula"} & set(m.parts)], ids=shown)
def test_no_floats_where_proofs_are_made(module: Path) -> None:
    """Exact integers and fractions alone; naming the type, to refuse it, is no use of it."""
    for node in nodes(module):
        where = f"{shown(module)}:{getattr(node, 'lineno', 0)}"
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float | complex)), where
    for name, call in calls(module):
        where = f"{shown(module)}:{call.lineno}"
        assert name not in {"float", "complex", "round"} or _rounds_to_integer(name, call), where
        assert name not in {"math.sqrt", "math.log", "math.exp", "math.pow", "math.log2", "math.log10"}, where
    assert not imported(module) & {"random", "cmath", "statistics", "decimal", "mpmath"}
    if "kernel" in module.parts:
        assert not [
            name
            for node in nodes(module)
            if isinstance(node, ast.ImportFrom) and node.module == "math"
            for name in (alias.name for alias in node.names)
            if name not in {"gcd", "lcm", "prod", "comb", "factorial", "isqrt", "perm"}
        ]


def _rounds_to_integer(name: str, call: ast.Call) -> bool:
    return name == "round" and len(call.args) == 1  # of a fraction: the nearest integer, exactly


@pytest.mark.parametrize("module", MODULES, ids=shown)
def test_every_module_says_what_it_is(module: Path) -> None:
    assert ast.get_docstring(tree(module))


def test_modules_are_named_by_the_field() -> None:
    assert not {module.stem for module in MODULES} & {"utils", "util", "helpers", "common", "misc", "base"}


@pytest.mark.parametrize("folder", ["formula", "kernel", "concrete", "numeric", "export", "report"])
def test_templates_hold_no_mathematics(folder: str) -> None:
    assert (PACKAGE / folder / "__init__.py").is_file()
    for template in (ROOT / "templates").rglob("*.j2"):
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"\\(frac|sum|partial|delta)\b", text), template.name


def tracked() -> list[Path]:
    """The files that are in the repository, or would be with the next commit."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    names = [name for name in listed.stdout.split("\0") if name] if listed.returncode == 0 else []
    found = [ROOT / name for name in names] if names else [p for p in ROOT.rglob("*") if ".git" not in p.parts]
    environments = {path.parent for path in found if path.name == "pyvenv.cfg"}  # made in the checkout, not of it
    return [path for path in found if path.is_file() and environments.isdisjoint(path.parents)]


NEVER = [
    *map(re.compile, (rb"/root/\w", rb"/home/\w", rb"/Users/\w", rb"/w" + rb"ork/", rb":\\\\Users", rb"\.pyenv")),
    re.compile(rb"site-packages/"),
    re.compile(rb"://[\w.-]*(pypi|npmjs|pythonhosted|deb\.debian|proxy\.golang)", re.IGNORECASE),
]
"""A machine or a registry; one by one, as what begins with fixed letters is found five times as fast as a choice."""


def test_no_file_names_a_machine_or_a_registry() -> None:
    for path in tracked():
        if path == Path(__file__) or path.suffix in {".png", ".pdf", ".woff2", ".ttf", ".otf"}:
            continue
        content = path.read_bytes()
        for pattern in NEVER:
            hit = pattern.search(content)
            assert hit is None, f"{path.relative_to(ROOT)}: {hit and hit.group()!r}"


def test_nothing_is_left_to_do() -> None:
    word = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    for path in tracked():
        if path.suffix in {".py", ".j2", ".md", ".toml", ".js", ".css"}:
            assert not word.search(path.read_text(encoding="utf-8")), path.relative_to(ROOT)
