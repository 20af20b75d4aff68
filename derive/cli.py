"""The command line: arguments in, files and exit codes out.

Exit codes: 0 when every verdict is the expected one; 1 when something is
refuted or ill-formed that should not be, or a numeric check fails; 2 for wrong usage or input that cannot
be read; 3 when something is unknown, or proved but no code is written for it (or conditional, with --strict);
4 when all of that is well, but a PDF that was asked for cannot be made: no TeX engine is installed, or it refuses
an article.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from . import __version__, shell
from .arguments import FALSE, GOOD, NO_PDF, UNKNOWN, USAGE, fail, formats_of, language_of, numbers, sizes
from .derivation import Entry, Pitfall
from .files import WritingError, write_files
from .proof import EVERY, Every, Proof
from .run import COLLECT_AFTER, Advance, answers, each, get_ready, pages, questions, sizes_of
from .second_opinion import failed_checks
from .tables import catalog_table, details, proof_table

FORMATS = "html,tex"
"""What a report is written as where nothing is said."""

app = typer.Typer(
    name="derive",
    help="Prove the derivations behind machine-learning gradients, and turn them into reports and NumPy code.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Examples: [bold]derive report[/] · [bold]derive prove softmax-jacobian -K 10[/] · "
    "[bold]derive prove my_derivations.py[/] · [bold]derive export -o derived.py[/]",
)

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME|FILE.py]…", help="Names from `derive list`, or your own file.")
]
Classes = Annotated[str, typer.Option("-K", "--classes", metavar="K", help="Classes: 3, or a range 2..10.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Given = Annotated[
    list[str] | None,
    typer.Option("--size", metavar="N=4", help="A size other than K; different small ones if not given."),
]


@app.callback(invoke_without_command=True)
def main(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Nothing but options that stand before a command."""
    if version:
        print(f"derive {__version__}")
        raise typer.Exit(GOOD)


@app.command("list", epilog="Example: derive list --json")
def list_command(names: Names = None, as_json: AsJson = False) -> None:
    """The catalog: names and claims."""
    chosen = named(names)
    if as_json:
        from .tables import statement

        rows = [{"name": name, "title": entry.title, "claim": statement(entry)} for name, entry in chosen.items()]
        print(json.dumps({"derive": __version__, "entries": rows}, ensure_ascii=False, indent=2))
    else:
        Console().print(catalog_table(chosen))


@app.command(
    "prove",
    epilog="Examples: derive prove · derive prove softmax-jacobian -K 2..10 · "
    "derive prove --every-k · derive prove softmax-jacobian -K 1000 --every-entry · "
    "derive prove my_derivations.py --json",
)
def prove_command(
    names: Names = None,
    classes: Annotated[
        str | None, typer.Option("-K", "--classes", metavar="K", help="Classes: 3 (if nothing is said), or 2..10.")
    ] = None,
    every_k: Annotated[
        bool, typer.Option("--every-k", help="For every K at once; with -K, at those K as well.")
    ] = False,
    every_entry: Annotated[
        bool, typer.Option("--every-entry", help="Decide all entries one by one (always so for K ≤ 5).")
    ] = False,
    numeric: Annotated[bool, typer.Option("--numeric", help="Check the numbers too, as the report does.")] = False,
    certificates: Annotated[
        Path | None,
        typer.Option("--certificates", metavar="DIR", help="Write a certificate of each step, a JSON file."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 when something is only conditional.")] = False,
    as_json: AsJson = False,
    size: Given = None,
) -> None:
    """Prove derivations, every line: for every number of classes, and at a chosen one, with SymPy's opinion."""
    if every_k and every_entry and classes is None:
        fail("--every-entry decides the entries of one K: name it, as in -K 1000")
    range_of_K: list[int | Every] = [EVERY] if every_k else []
    if classes is not None or not every_k:
        range_of_K += numbers(classes or "3", "prove --every-entry" if every_entry else "prove")
    if not names and range_of_K != [EVERY]:
        get_ready()
    proofs = proved(named(names), range_of_K, sizes(size), every_entry, numeric)
    if as_json:
        from .document import document

        print(json.dumps(document(proofs, __version__), ensure_ascii=False, indent=2))
    else:
        console = Console()
        console.print(proof_table(proofs, console.width))
    complain(proofs)
    if certificates is not None:
        certify(certificates, proofs)
    raise typer.Exit(exit_code(proofs, strict))


@app.command("recheck", epilog="Example: derive prove --every-k --certificates c; derive recheck c/*.json")
def recheck_command(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…", help="Certificates, as prove --certificates has written.")
    ],
) -> None:
    """Read certificates again with a program of its own, which takes no word of the kernel for them."""
    from .recheck import main as recheck

    raise typer.Exit(recheck(files))


@app.command(
    "report",
    epilog="Examples: derive report · derive report softmax-jacobian -K 4 -o pages · "
    "derive report --document --pdf · derive report softmax-jacobian --format md",
)
def report_command(
    names: Names = None,
    classes: Classes = "3",
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder to write into.")] = Path("output"),
    size: Given = None,
    times: Annotated[
        bool, typer.Option("--times", help="Show in the index how long each took: no two runs write the same then.")
    ] = False,
    written_as: Annotated[
        str,
        typer.Option(
            "--format", metavar="FORMATS", help="What to write: html, tex, md, slides (LaTeX too), or several."
        ),
    ] = FORMATS,
    one_article: Annotated[
        bool, typer.Option("--document", help="One LaTeX document, report.tex, in place of one for each derivation.")
    ] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Set the LaTeX as PDF, by latexmk or an engine.")] = False,
    lang: Annotated[str, typer.Option("--lang", metavar="LANG", help="The language of the report: en or zh.")] = "en",
) -> None:
    """Write pages (HTML), articles (LaTeX), the NumPy module and one JSON for the whole catalog, or a part."""
    if not names:
        get_ready()  # while this process reads its arguments and the catalog
    found = numbers(classes, "report")
    spoken = language_of(lang)
    formats = formats_of(written_as)
    if one_article or (pdf and "slides" not in formats):
        formats.add("tex")
    if len(found) > 1:
        fail(f"-K {classes}: a report is written for one K; run it once for each, with -o for each")
    from .catalog import backgrounds
    from .document import document
    from .export import UnprovedError
    from .report import report_files
    from .tables import proved_entries

    chosen, sources = named_in(names)
    proofs = proved(chosen, found, sizes(size), every_entry=False, numeric=True)
    command = shell.command(
        "report",
        names,
        {
            "-K": str(found[0]),
            "--size": size,
            "--format": written_as if written_as != FORMATS else None,
            "--document": one_article,
            "--pdf": pdf,
            "--times": times,
            "--lang": spoken if spoken != "en" else None,
        },
    )
    try:
        behind = module_proofs(found[0], proofs)
        module = general_module(behind)
    except UnprovedError as refusal:
        fail(str(refusal), FALSE)
    with progress(len(proofs)) as advance:
        files = report_files(
            proofs,
            scope=f"K={found[0]}",
            command=command,
            version=__version__,
            module_source=module,
            document=document(proofs, __version__, timed=False),
            families=families(chosen),
            backgrounds=backgrounds(chosen),
            certify=True,
            each=partial(pages, advance=advance),
            times=times,
            proved=proved_entries(proofs),
            module_proofs=behind,
            sources=sources,
            formats=formats,
            one_article=one_article,
            spoken=spoken,
        )
        names = written(output, files)
    complain(proofs)
    first = next((name for name in ("index.html", "index.md", "report.tex") if name in names), "derive.json")
    print(f"{len(names)} files in {output}: begin with {output / first}")
    articles = {name: (output / name).read_text("utf-8") for name in names if pdf and name.endswith(".tex")}
    pdf_code = typeset_articles(output, articles) if pdf else GOOD
    raise typer.Exit(exit_code(proofs, strict=False) or pdf_code)


def typeset_articles(output: Path, articles: Mapping[str, str]) -> int:
    """Write the PDFs of all articles; where one cannot be made, say why, and what to exit with."""
    from .typeset import missing, typeset

    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    if absent := missing(articles):
        errors.print(f"derive: no PDF, as {absent}; the LaTeX is in {output}", style="red", markup=False)
        return NO_PDF
    with progress(len(articles)) as advance:
        try:
            found = typeset(articles, lambda name: advance(name, 0, 1))
        except WritingError as refusal:
            fail(str(refusal))
    made = {str(Path(one.name).with_suffix(".pdf")): one.pdf for one in found if one.pdf}
    written(output, made.items())
    for one in found:
        if one.problem:
            errors.print(f"derive: {output / one.name}: {one.problem}", style="red", markup=False)
    print(f"{len(made)} PDF {'file' if len(made) == 1 else 'files'} in {output}")
    return GOOD if len(made) == len(articles) else NO_PDF


@app.command(
    "export",
    epilog="Examples: derive export · derive export -K 3 -o softmax3.py · derive export my_derivations.py -o mine.py",
)
def export_command(
    names: Names = None,
    classes: Annotated[
        int | None, typer.Option("-K", "--classes", metavar="K", help="Unroll the code for this many classes.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The module to write: output/derived.py, or output/own.py.")
    ] = None,
) -> None:
    """Write the NumPy module, or one of the derivations named: no import but numpy, in forms that do not overflow."""
    from .export import UnprovedError

    if names:
        if classes is not None:
            fail("-K unrolls the module that comes with derive; your own derivations keep their sizes open")
        own_module(names, output or Path("output/own.py"))
    if classes is not None:
        from .export.unrolled import require_unrollable

        try:
            require_unrollable(classes)
        except ValueError as refusal:
            fail(str(refusal))
    proofs = module_proofs(classes or 3)
    try:
        source = general_module(proofs) if classes is None else unrolled_module(classes, proofs)
    except UnprovedError as refusal:
        fail(str(refusal), FALSE)
    path = output or Path("output/derived.py")
    written(path.parent, [(path.name, source)])
    print(f"wrote {path}")


def own_module(names: Sequence[str], path: Path) -> NoReturn:
    """Write the functions of those derivations that are proved and can be computed; say of the others why not."""
    from .export import LoweringError, Own, identities, lowered, own_source
    from .statement import decide
    from .tables import proved_entries, widest

    proofs = proved(named(names), [3], {}, every_entry=False, numeric=False)
    complain(proofs)
    functions: list[Own] = []
    code = exit_code(proofs, strict=False)
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    for proof in proofs:
        derivation = proof.derivation
        if derivation is None or proof.expected != "proved":
            errors.print(f"{proof.name} is no derivation of something true: not exported", markup=False)
        elif proof.verdict not in ("proved", "conditional") or is_refuted_elsewhere(proof):
            errors.print(f"{proof.name} is not proved: not exported", markup=False)
        else:
            conditions = tuple(map(str, widest(proof).conditions))
            try:
                functions.append(Own(proof.name, derivation.title, lowered(derivation), conditions))
            except LoweringError as refusal:
                errors.print(f"{refusal}: not exported", markup=False)
                code = code or UNKNOWN
    if not functions:
        fail("there is nothing to export, and nothing was written", code or USAGE)
    for left, right in identities(functions):
        if (verdict := decide(left, right, K=EVERY)).name != "proved":
            fail(f"{left} = {right} is {verdict.name}: not exported", UNKNOWN)
    command = shell.command("export", [Path(name).name for name in names], {})
    exported = {own.derivation for own in functions}
    said = proved_entries([proof for proof in proofs if proof.name in exported])
    written(path.parent, [(path.name, own_source(functions, said, __version__, command))])
    print(f"wrote {path}: {len(functions)} functions")
    raise typer.Exit(code)


def general_module(proofs: Sequence[Proof]) -> str:
    """The source of the general NumPy module."""
    from .export import module_source
    from .tables import proved_entries

    return module_source(proved_entries(proofs), __version__)


def module_proofs(K: int, done: Sequence[Proof] = ()) -> list[Proof]:
    """The catalog's proofs on which the exported functions rest: those that are done, and the others."""
    from .catalog import entries
    from .export import RESTS_ON, UNROLLED_RESTS_ON

    wanted = {name for names in (*RESTS_ON.values(), *UNROLLED_RESTS_ON.values()) for name in names}
    catalog = {name: entry for name, entry in entries().items() if name in wanted}
    there = [proof for proof in done if catalog.get(proof.name) == proof.entry]
    open_ones = {name: entry for name, entry in catalog.items() if name not in {proof.name for proof in there}}
    return [*there, *proved(open_ones, [K], {}, every_entry=False, numeric=False)]


def unrolled_module(K: int, proofs: Sequence[Proof]) -> str:
    """The source of the module for K classes."""
    from .concrete.unrolled import unrolled
    from .export import unrolled_source
    from .tables import proved_entries

    return unrolled_source(K, unrolled(K), proved_entries(proofs), __version__)


# ---------------------------------------------------------------------- names


def named(names: Sequence[str] | None) -> dict[str, Entry]:
    """The entries of these names and files; the whole catalog where there is none."""
    return named_in(names)[0]


def named_in(names: Sequence[str] | None) -> tuple[dict[str, Entry], dict[str, str]]:
    """The entries of these names and files; and, by name, the file that an entry stands in, as it was given."""
    from .catalog import CatalogError, entries, load

    catalog = entries()
    if not names:
        return catalog, {}
    found: dict[str, Entry] = {}
    sources: dict[str, str] = {}
    for name in names:
        if name.endswith(".py"):
            try:
                more = load(name)
            except CatalogError as refusal:
                fail(str(refusal))
        elif name in catalog:
            more = {name: catalog[name]}
        else:
            near = get_close_matches(name, catalog, n=3, cutoff=0.5)
            hint = f"did you mean {' or '.join(near)}?" if near else "`derive list` shows the names"
            fail(f"there is no derivation named {name}; {hint}")
        for twice in (one for one in more if one in found and found[one] != more[one]):
            fail(f"two derivations are named {twice}; rename the one in your file")
        found |= more
        sources |= dict.fromkeys(more, name) if name.endswith(".py") else {}
    return found, sources


def families(chosen: dict[str, Entry]) -> dict[str, list[str]]:
    """The entries by the catalog's file, under its title, for the index of a report."""
    from .catalog import titles

    return {title: [name for name in names if name in chosen] for title, names in titles().items()}


# -------------------------------------------------------------------- proving


def proved(
    chosen: dict[str, Entry], classes: Sequence[int | Every], given: dict[str, int], every_entry: bool, numeric: bool
) -> list[Proof]:
    """All entries at all K, with a bar on stderr while it takes."""
    asked = questions(chosen, classes, given, every_entry, numeric)
    known = {size.name for question in asked for size in sizes_of(question)}
    if unused := sorted(given.keys() - known):
        there = ", ".join(sorted(known)) or "none"
        fail(f"--size {unused[0]}=…: no formula here speaks of {unused[0]}; the sizes are {there}")
    with progress(len(asked)) as advance:
        return answers(asked, advance)


@contextmanager
def progress(count: int) -> Iterator[Advance]:
    """A bar on stderr, where stderr is a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda name, instances, answered: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=count)

        def advance(name: str, instances: int, answered: int) -> None:
            shown = f"{name}, instance {instances}" if instances else name
            bar.update(task, description=shown, advance=answered)

        yield advance


def certify(folder: Path, proofs: Iterable[Proof]) -> None:
    """Write the certificates, and say how many there are, and which steps have none."""
    from .certificates import certificates_of

    asked = list(proofs)
    away = [n for n, proof in enumerate(asked) if not isinstance(proof.entry, Pitfall)]
    by_place = dict(each(certificates_of, asked, away))
    found = [certificate for place in sorted(by_place) for certificate in by_place[place]]
    files = [(certificate.file, certificate.text) for certificate in found if certificate.text]
    written(folder, files)
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    for one in found:
        if not one.text:
            errors.print(f"{one.name}, line {one.line}: no certificate, as {one.reason}", markup=False)
    errors.print(f"{len(files)} certificates in {folder}; derive recheck reads them again", markup=False)


def complain(proofs: Iterable[Proof]) -> None:
    """Say on stderr what did not end as expected, and why."""
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    for proof in proofs:
        for line in details(proof):
            errors.print(line, markup=False)


def exit_code(proofs: Sequence[Proof], strict: bool) -> int:
    """The worst that happened: false, then unknown, then (strictly) conditional."""
    unexpected = [proof for proof in proofs if not proof.as_expected or is_refuted_elsewhere(proof)]
    if any(proof.verdict != "unknown" for proof in unexpected) or failed_checks(proofs):
        return FALSE
    if unexpected or (strict and any(proof.verdict == "conditional" for proof in proofs)):
        return UNKNOWN
    return GOOD


def is_refuted_elsewhere(proof: Proof) -> bool:
    """Whether what is proved at the chosen sizes, which the derivation does not pin, is false at others."""
    return proof.expected == "proved" and proof.general is not None and proof.general.verdict == "refuted"


def written(folder: Path, files: Iterable[tuple[str, str | bytes]]) -> list[str]:
    """Write files, or say why not; returns their names."""
    try:
        return write_files(folder, files)
    except WritingError as refusal:
        fail(str(refusal))


def run() -> None:
    """The command `derive`."""
    gc.set_threshold(COLLECT_AFTER)
    try:
        app()
    except BrokenPipeError:  # the reader of our output, such as `head`, has seen enough
        sys.stderr.close()
        sys.exit(GOOD)
    finally:
        gc.freeze()  # Python looks through all that is left when it ends, unless it is told to let it be


if __name__ == "__main__":
    run()
