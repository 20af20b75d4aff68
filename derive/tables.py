"""What the terminal shows: tables of entries and proofs, and the details of what failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from .derivation import Derivation, Entry, Overflow
from .document import hypothesis, summary
from .kernel.verdict import Conditional, Refuted, Unknown
from .proof import Proof, StepProof, primary
from .second_opinion import failed_checks

if TYPE_CHECKING:
    from .export import Proved

COLOURS = {"proved": "green", "conditional": "yellow", "refuted": "red", "unknown": "magenta", "ill-formed": "red"}
MARKS = {"proved": "✓", "conditional": "✓?", "refuted": "✗", "unknown": "?", "ill-formed": "✗"}


def statement(entry: Entry) -> str:
    """What an entry says, in one line."""
    match entry:
        case Derivation(claim=claim, result=result):
            relation = "≈" if any(step.relation == "≈" for step in entry.steps) else "="
            return f"{claim} {relation} {result}"
        case Overflow(formula=formula):
            return f"{formula} is finite in float64"
    return entry.title


def catalog_table(chosen: Mapping[str, Entry]) -> Table:
    """Names and claims."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, caption=f"{len(chosen)} entries", caption_justify="left")
    table.add_column("name", no_wrap=True, style="bold")
    table.add_column("claim", overflow="fold")
    for name, entry in chosen.items():
        expected = "" if isinstance(entry, Derivation) else "[false] "
        table.add_row(name, Text(expected + statement(entry)))
    return table


PERMUTATIONS = (
    "kinds: one entry for each way in which the free indices coincide stands for all of them, since a formula without "
    "a numeral as subscript does not change when the classes are permuted; --every-entry decides them one by one"
)
"""The argument by which a few instances are a proof for all; `derive.kernel.instances` states the theorem."""


ONE_BY_ONE = (
    "all: claim = result was decided at each of these entries by itself, in exact integer arrays; "
    "the lines between hold for every entry by the index calculus"
)


NUMBERS = ("steps", "entries")
"""The columns that are read from the right."""


def by_kinds(proof: Proof) -> bool:
    """Whether instances of each kind stand for all."""
    return not proof.every_entry and bool(proof.steps) and max(step.instances for step in proof.steps) > 0


def proof_table(proofs: Sequence[Proof], width: int = 80) -> Table:
    """One row a proof; for the catalog's false claims the expected verdict is a good one.

    The names get what a terminal of this width has left, and are folded; widths are said, as to have each cell
    measured takes half of the time.
    """
    seconds = sum(proof.seconds + (proof.general.seconds if proof.general else 0) for proof in proofs)
    caption = f"✓ as expected: {summary(proofs)}, decided by the kernel in {seconds:.2f} s"
    if any(by_kinds(proof) for proof in proofs):
        caption += f"\n{PERMUTATIONS}"
    if any(proof.entries for proof in proofs):
        caption += f"\n{ONE_BY_ONE}"
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), caption=caption, caption_justify="left")
    general = any(proof.general is not None for proof in proofs)
    asked = any(proof.opinion is not None and proof.opinion.verdict != "not asked" for proof in proofs)
    columns: dict[str, list[str | Text]] = {
        "verdict": [verdict_text(proof) for proof in proofs],
        "scope": [proof.scope for proof in proofs],
        **({"every K": [general_text(proof) for proof in proofs]} if general else {}),
        "steps": [str(len(proof.steps) or "") for proof in proofs],
        "entries": [instances_text(proof) for proof in proofs],
        **({"SymPy": [opinion_text(proof) for proof in proofs]} if asked else {}),
    }
    widths = [max(map(len, [header, *cells])) for header, cells in columns.items()]
    left = width - sum(widths) - 2 * (len(widths) + 1)
    names = max(map(len, ["name", *(proof.name for proof in proofs)]))
    table.add_column("name", overflow="fold", style="bold", width=min(names, max(20, left)))
    for header, most in zip(columns, widths, strict=True):
        table.add_column(header, justify="right" if header in NUMBERS else "left", width=most)
    for proof, *row in zip(proofs, *columns.values(), strict=True):
        table.add_row(Text(proof.name), *row)
    return table


def general_text(proof: Proof) -> Text:
    """The mark of the verdict for every K, where the proof is about a chosen one; from which K on."""
    if proof.general is None:
        return Text("")
    mark = MARKS[proof.general.verdict]
    _, least, number = proof.general.scope.partition(" ≥ ")
    style = "green" if proof.general.verdict == proof.expected else COLOURS[proof.general.verdict]
    return Text(f"{mark} K ≥ {number}" if least else mark, style=style)


def verdict_text(proof: Proof) -> Text:
    """The verdict with its mark; green where it is the expected one."""
    expected = proof.verdict == proof.expected
    mark = "✓" if expected else MARKS[proof.verdict]
    return Text(f"{mark} {proof.verdict}", style="green" if expected else COLOURS[proof.verdict])


def instances_text(proof: Proof) -> str:
    """How many instances of a line were decided, and whether these were all."""
    if not proof.steps:
        return ""
    if proof.entries:
        return f"all {proof.entries}"
    count = max(step.instances for step in proof.steps)
    return f"all {count}" if proof.every_entry else f"{count} kind{'s' * (count != 1)}"


def opinion_text(proof: Proof) -> str:
    """What SymPy says, or that it was not asked."""
    return proof.opinion.verdict if proof.opinion is not None else ""


def details(proof: Proof) -> Iterator[str]:
    """Lines that say what is wrong with a proof that did not end as expected, or what it depends on."""
    if proof.verdict == proof.expected == "proved":
        yield from failed_checks([proof])
        if proof.general is not None and proof.general.verdict in ("refuted", "unknown"):
            pinned = ", ".join(f"{size.name}: {number}" for size, number in proof.sizes)
            todo = f"; if only these are meant, pin them: sizes={{{pinned}}}" * (proof.general.verdict == "refuted")
            yield f"{proof.name} is proved at {proof.scope}; for every K it is {proof.general.verdict}{todo}"
            for step in proof.general.steps:
                yield from step_details(proof.general, step)
        return
    if proof.as_expected and proof.verdict != "conditional":
        return
    if proof.refusal:
        yield f"{proof.name} is {proof.verdict}: {proof.refusal}"
    for step in proof.steps:
        yield from step_details(proof, step)


def step_details(proof: Proof, step: StepProof) -> Iterator[str]:
    """The step, both lines, and the point or the reason."""
    if step.verdict.name == "proved":
        return
    where = f" at {proof.scope}" if proof.sizes else f" for {proof.scope}" if proof.least else ""
    yield f"{proof.name}, step {step.number} ({step.step.by.name}) is {step.verdict.name}{where}"
    yield f"  line {step.number - 1}   {step.before}"
    yield f"  line {step.number}   {step.step.line}"
    match step.verdict:
        case Refuted(counterexample):
            yield f"  differ at {counterexample}"
        case Conditional(conditions):
            yield f"  equal where {', '.join(map(str, conditions))}; where it is meant, say assuming=[positive(…)]"
        case Unknown(reason):
            yield f"  {reason}"


def widest(proof: Proof) -> Proof:
    """The proof for every K, where it is one."""
    general = primary(proof)
    return general if general.verdict in ("proved", "conditional") else proof


def proved_entries(proofs: Sequence[Proof]) -> list[Proved]:
    """What an exported module says of its proofs."""
    from .export import Proved

    return [
        Proved(
            name=proof.name,
            claim=repr(derivation.claim),
            relation="≈" if any(step.relation == "≈" for step in derivation.steps) else "=",
            result=repr(derivation.result),
            where=tuple(f"{name} = {meaning}" for name, meaning in derivation.definitions()),
            assuming=tuple(map(hypothesis, derivation.assuming)),
            verdict=proof.verdict,
            scope=proof.scope,
        )
        for proof in map(widest, proofs)
        if (derivation := proof.derivation) is not None and isinstance(proof.entry, Derivation)
    ]
