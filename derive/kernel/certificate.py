"""A proof of one step as JSON, for `recheck`: the claim as text, and for each case both sides, relations, cofactors.

The claim is written in the notation of formulas.  In each case `generators` says in it what g1, g2, … stand for, and
left − right = Σ cofactor × relation holds with them as mere letters; a polynomial is [[coefficient, {generator:
exponent}], …].  A relation is S_f − f, or what a hypothesis says: H1, H2, … is the difference of its sides, and
`hypotheses` says what multiple of it h1 is, so that g3 − 1 − h1 is 0 identically, and g3 − 1 is where h1 = 0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from hashlib import sha256
from itertools import product
from math import lcm
from typing import Any, TypeAlias

from derive.formula.arrays import Tensor, all_indices
from derive.formula.hypotheses import Equation, Hypothesis, OneHot, OneOf, Positive, formulas
from derive.formula.scope import meanings
from derive.formula.scope import sizes as sizes_of
from derive.formula.source import source
from derive.formula.tree import BUILT_IN, Derivative, Distinct, Expr, Formula, Function, Index, Same, Size, Symbol

from .cofactors import NoCertificate, Rule, proof
from .decide import Decider
from .every import IndexDecider
from .generators import Exponential, Jet, Logarithm, Partial, Several, Summed, Variable
from .index import IndexTower
from .instances import has_numerals, instances, letters
from .polynomial import Monomial, Number, Polynomial, constant, generator
from .tower import Tower
from .value import Instance, Reader
from .verdict import Conditional, Verdict

Json: TypeAlias = Any
Readings: TypeAlias = dict[tuple[Expr, frozenset[tuple[Index, int]], frozenset[tuple[Symbol, int]]], Polynomial]
"""What the lines of a derivation are in the cases, with the letters and labels there."""


DEEPEST = 4
"""How deep a certificate has items on lines of their own."""

in_one_line = json.JSONEncoder(ensure_ascii=False).encode

HYPERBOLIC = {
    "sinh": "(exp(u) - exp(-u))/2",
    "cosh": "(exp(u) + exp(-u))/2",
    "tanh": "(exp(u) - exp(-u))/(exp(u) + exp(-u))",
    "coth": "(exp(u) + exp(-u))/(exp(u) - exp(-u))",
    "sech": "2/(exp(u) + exp(-u))",
    "csch": "2/(exp(u) - exp(-u))",
}


# ------------------------------------------------------------------ the claim


class Letters:
    """The letters of a claim as they are written: k′ is no name to Python, and a letter has one size."""

    def __init__(self) -> None:
        self.written: dict[tuple[str, str], str] = {}
        self.sizes: dict[str, str] = {}

    def letter(self, index: Index) -> str:
        """A letter as it is written."""
        key = index.name, index.size.name
        if key not in self.written:
            shown = index.name.replace("'", "_prime")
            shown = f"{shown}_{index.size}" if shown in self.sizes else shown
            self.written[key] = shown
            self.sizes[shown] = index.size.name
        return self.written[key]

    def text(self, formula: Formula) -> str:
        """A formula as `recheck` reads it."""
        own = {index.name: self.letter(index) for index in sorted(all_indices(formula), key=lambda index: index.name)}
        if all(name == shown for name, shown in own.items()):
            return source(formula)
        return re.sub(r"\b[A-Za-z]\w*'*", lambda found: own.get(found[0], found[0]), source(formula))


def claim(
    name: str,
    line: int,
    sides: tuple[Expr, Expr],
    assuming: Sequence[Hypothesis],
    sizes: Mapping[Size, int],
    verdict: Verdict,
) -> dict[str, Json]:
    """What is claimed: the lines and all that their letters mean.  `sizes` are those that have a number."""
    spoken = [*sides, *(formula for h in assuming for formula in formulas(h))]
    written = Letters()
    text = written.text
    conditions = verdict.conditions if isinstance(verdict, Conditional) else ()
    found = {
        "name": name,
        "line": line,
        "left": text(sides[0]),
        "right": text(sides[1]),
        "names": dict(sorted(named(spoken, written))),
        "free": [written.letter(index) for index in letters(sides, assuming)],
        "coincidences": not has_numerals(sides, assuming),
        "labels": {h.symbol.name: list(h.values) for h in assuming if isinstance(h, OneOf)},
        "distinct": [[place(p, written) for p in (h.left, h.right)] for h in assuming if isinstance(h, Distinct)],
        "same": [[place(p, written) for p in (h.left, h.right)] for h in assuming if isinstance(h, Same)],
        "equations": [equation(h, written) for h in assuming if isinstance(h, Equation | OneHot | OneOf)],
        "positive": [text(h.body) for h in assuming if isinstance(h, Positive)],
        "conditions": [[text(c.body), c.relation == "> 0"] for c in conditions],
    }
    numbers = {size.name: number for size, number in sizes.items()}
    every = {size.name: "every" for size in sizes_of(*spoken) if size.name not in numbers}
    return {**found, "letters": written.sizes, "sizes": {**numbers, **every}}


def place(where: Index | int, written: Letters) -> str | int:
    """A subscript of a hypothesis."""
    return written.letter(where) if isinstance(where, Index) else where


def equation(h: Equation | OneHot | OneOf, written: Letters) -> Json:
    """What a hypothesis says to be 0, at every value of some letters."""
    match h:
        case Equation(left, right):
            at = sorted(left.free_indices | right.free_indices, key=lambda index: index.name)
            body = f"{written.text(left)} - ({written.text(right)})"
            return {"letters": [written.letter(index) for index in at], "is": body}
        case OneHot(label, at):
            own = written.letter(Index(f"{at.name}_any", at.size))
            return {"letters": [own], "is": f"{label.name}[{own}] - delta({own}, {written.letter(at)})"}
    values = ", ".join(f"{value}: {value}" for value in h.values)
    return {"letters": [], "is": f"{h.symbol.name} - by_label({h.symbol.name}, {{{values}}})"}


def named(spoken: Sequence[Formula], written: Letters) -> Iterator[tuple[str, Json]]:
    """Every name with what it means."""
    for name, meaning in meanings(*spoken).items():
        match meaning:
            case Symbol(definition=Expr() as body):
                yield name, {"letters": [], "is": written.text(body)}
            case Tensor(definition=Expr() as body):
                at = [written.letter(index) for index in meaning.parameters]
                yield name, {"letters": at, "is": written.text(body)}
            case Symbol(of=of) | Tensor(of=of):
                sizes = [size.name for size in meaning.sizes] if isinstance(meaning, Tensor) else []
                yield name, {"sizes": sizes} if of is None else {"sizes": sizes, "of": of.name}
            case Function(_, Symbol(parameter), Expr() as body):
                yield name, {"parameter": parameter, "is": written.text(body)}
            case Function() if name in HYPERBOLIC:
                yield name, {"parameter": "u", "is": HYPERBOLIC[name]}
            case Function() if name not in BUILT_IN:
                yield name, {"parameter": ""}


# ------------------------------------------------------------------- one case


class Case:
    """One case of a step: generators by name, and what is said with them."""

    def __init__(self, tower: Tower, places: Mapping[int, int]) -> None:
        self.tower = tower
        self.places = places
        """The number by which the certificate calls a letter that is constant."""
        self.letters: dict[str, str] = {}
        self.numbers: list[int] = []
        """The generators with a name: the first is g1."""
        self.because: dict[str, str] = {}
        """The multiples of hypotheses with a name."""
        self.roots: dict[int, int] = {}
        """Of an exponential: the least common denominator of its exponents, to write exp(x/2) for a root."""

    def name(self, g: int) -> str:
        """A generator's name."""
        if g not in self.numbers:
            self.numbers.append(g)
        return f"g{1 + self.numbers.index(g)}"

    def note_roots(self, *polynomials: Polynomial) -> None:
        """Find out which roots of exponentials occur."""
        for p in polynomials:
            for m, _ in p:
                for g, e in m:
                    self.roots[g] = lcm(self.roots.get(g, 1), e.denominator)

    def polynomial(self, p: Polynomial) -> list[Json]:
        """A polynomial in the names of generators."""
        return [[number(c), {self.name(g): int(e * self.roots.get(g, 1)) for g, e in m}] for m, c in p]

    def hypothesis(self, because: str) -> str:
        """The name of a multiple of a hypothesis."""
        return self.because.setdefault(because, f"h{1 + len(self.because)}")

    def meaning(self, g: int, root: int = 1) -> str:
        """What a generator stands for, in the notation of formulas."""
        tower = self.tower
        match kind := tower.generators[g]:
            case Variable(name, places, False):
                return f"{name}[{self.subscripts(places)}]" if places else name
            case Exponential(exponent):
                return f"exp({self.written(Polynomial({exponent: Fraction(1, root)}))})"
            case Several(key):
                return f"({self.written(tower.polynomials[key])})"
            case Logarithm(of, True):
                return f"log({of})"
            case Logarithm(of, False):
                sign = "-" if tower.sign(generator(of)) < 0 else ""
                return f"log({sign}{self.meaning(of)})"
            case Jet(name, order, key):
                return f"{name}{'.prime' * order}({self.written(tower.polynomials[key])})"
            case Partial(name, places, of, ways, False):
                found = f"{name}[{self.subscripts(places)}]" if places else name
                for way in ways:
                    found = f"D({found}, {of}[{self.subscripts(way)}])" if way else f"D({found}, {of})"
                return found
            case _:
                assert isinstance(kind, Summed)  # what is held opaque and deltas are gone from what is written
                found = self.written(Polynomial({kind.monomial: 1}))
                for slot in kind.slots:
                    found = f"Sum({self.subscript(slot)}, {found})"
                return found

    def written(self, p: Polynomial) -> str:
        """A polynomial with its generators written out."""
        return joined(
            (c, [self.meaning(g) + f"**{e}" if e.denominator == 1 else self.root(g, e) for g, e in m]) for m, c in p
        )

    def root(self, g: int, e: Number) -> str:
        """A power of an exponential that is no integer."""
        return f"{self.meaning(g, e.denominator)}**{e.numerator}"

    def is_plain(self, g: int) -> bool:
        """Whether a generator can be written outside of a sum."""
        return not isinstance(self.tower, IndexTower) or self.tower.letters_of(g) <= self.places.keys()

    def subscripts(self, places: Sequence[int]) -> str:
        """Subscripts, with commas."""
        return ", ".join(map(self.subscript, places))

    def subscript(self, place: int) -> str:
        """A number, or the letter of a sum."""
        if place > 0 or place in self.places:
            return str(self.places.get(place, place))
        assert isinstance(self.tower, IndexTower)
        shown = f"{self.tower.size_of(place).lower()}_{-place}"
        self.letters[shown] = self.tower.size_of(place)
        return shown


def number(c: Number) -> int | str:
    """A number as it is written: fractions as text."""
    return int(c) if c.denominator == 1 else str(c)


def joined(terms: Any) -> str:
    """A sum of products, with numbers in front."""
    found = []
    for c, factors in terms:
        number = [str(abs(c))] if abs(c) != 1 or not factors else []
        product_of = "*".join([*number, *(factor.removesuffix("**1") for factor in factors)])
        found.append(("- " if c < 0 else "+ ") + product_of)
    shown = " ".join(found or ["0"])
    return shown.removeprefix("+ ") if shown[:2] != "- " else f"-{shown[2:]}"


# ------------------------------------------------------------ the certificate


def certificate(
    name: str,
    line: int,
    sides: tuple[Expr, Expr],
    decider: Decider | IndexDecider,
    verdict: Verdict,
    readings: Readings | None = None,
) -> str:
    """The proof of one step as JSON; raises NoCertificate where it cannot be written.

    `readings` are those of this decider so far: the line below one step is the line above the next.
    """
    known: Readings = {} if readings is None else readings
    said = claim(name, line, sides, decider.assuming, decider.sizes, verdict)
    cases = (one_case(sides, decider, instance, known) for instance in every_case(sides, decider))
    found = sorted(cases, key=lambda case: case[0])
    document = {"claim": said, "hash": digest(said), "cases": [case for _, case in found]}
    return laid_out(document)


def laid_out(value: Json, depth: int = 0) -> str:
    """JSON with one item a line down to the terms of polynomials, which are one line each."""
    if depth == DEEPEST or not value or not isinstance(value, dict | list):
        return in_one_line(value)
    line = "\n" + " " * (depth + 1)
    if isinstance(value, dict):
        items = [f"{in_one_line(key)}: {laid_out(item, depth + 1)}" for key, item in value.items()]
        return "{" + line + f",{line}".join(items) + line[:-1] + "}"
    return "[" + line + f",{line}".join(laid_out(item, depth + 1) for item in value) + line[:-1] + "]"


def digest(said: Mapping[str, Json]) -> str:
    """The hash of a claim."""
    canonical = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()


def every_case(sides: Sequence[Expr], decider: Decider | IndexDecider) -> Iterator[Instance]:
    """The cases that a certificate has to speak of."""
    if isinstance(decider, IndexDecider):
        if letters(sides, decider.assuming) and has_numerals(sides, decider.assuming):
            raise NoCertificate("a numeral as subscript beside a letter, for every size")
        return decider.cases(sides)
    return instances(sides, decider.assuming, decider.sizes, has_numerals(sides, decider.assuming))


def one_case(
    sides: tuple[Expr, Expr], decider: Decider | IndexDecider, instance: Instance, readings: Readings
) -> tuple[tuple[int, ...], Json]:
    """The place of a case in the order of cases, and its proof."""
    reader = decider.reader(instance)
    tower = reader.tower
    numbers: dict[int, int] = {}
    order = []
    for index in letters(sides, decider.assuming):
        at = instance.at[index]
        if at < 0:
            taken = [n for other, n in numbers.items() if tower.size_of(other) == index.size.name]  # type: ignore[attr-defined]
            numbers.setdefault(at, 1 + max(taken, default=0))
        order.append(numbers.get(at, at))
    order += [list(values).index(instance.labels[s]) for s, values in label_values(decider.assuming)]
    left, right = (reading(side, reader, instance, readings) for side in sides)
    case = Case(tower, numbers)
    if isinstance(decider, IndexDecider):
        rules = list(lettered_rules(case, decider, instance, left - right))
    else:
        rules = list(numbered_rules(case, decider, instance))
    used = proof(tower, left - right, rules)
    case.note_roots(left, right, *(cofactor for _, cofactor in used), *(rule.value for rule, _ in used))
    relations = []
    for rule, cofactor in used:
        relation = case.polynomial(generator(rule.generator) - rule.value)
        if rule.because:
            relation.append([-1, {case.hypothesis(rule.because): 1}])
        relations.append([relation, case.polynomial(cofactor)])
    shown = {"left": case.polynomial(left), "right": case.polynomial(right), "proof": relations}
    differentiated = any(isinstance(part, Derivative) for side in sides for part in side.walk())
    derivatives = list(table(case)) if differentiated else []
    meanings = {case.name(g): case.meaning(g, case.roots.get(g, 1)) for g in case.numbers}
    said = {name: because for because, name in case.because.items()}
    spoken = {"generators": meanings, "hypotheses": said, "letters": case.letters}
    return tuple(order), {**spoken, "derivatives": derivatives, **shown}


def reading(side: Expr, reader: Reader, instance: Instance, readings: Readings) -> Polynomial:
    """What a line is in a case, read once."""
    key = side, frozenset(instance.at.items()), frozenset(instance.labels.items())
    if key not in readings:
        readings[key] = reader.read(side, instance)[0]
    return readings[key]


def label_values(assuming: Sequence[Hypothesis]) -> list[tuple[Symbol, tuple[int, ...]]]:
    """The labels, with the values that they take."""
    return [(h.symbol, h.values) for h in assuming if isinstance(h, OneOf)]


def table(case: Case) -> Iterator[list[Json]]:
    """The derivatives that the tower has taken, of the generators that are spoken of."""
    tower = case.tower
    if isinstance(tower, IndexTower):
        slopes = sorted(tower.rates.items(), key=lambda item: item[0])
    else:
        slopes = [((g, x), slope) for g in sorted(tower.gradients) for x, slope in sorted(tower.gradients[g].items())]
    spoken = {g for g in case.numbers if case.roots.get(g, 1) == 1}
    for (g, x), slope in slopes:
        if g in spoken and not slope.is_zero and all(map(case.is_plain, {x, *slope.generators()})):
            case.note_roots(slope)
            yield [case.name(g), case.name(x), case.polynomial(slope)]


def numbered_rules(case: Case, decider: Decider, instance: Instance) -> Iterator[Rule]:
    """What the hypotheses say at an instance, each with the hypothesis that says it."""
    known, tower = decider.given(instance), case.tower
    said = said_at(case, decider, instance, lambda size: range(1, decider.sizes[size] + 1))
    differences = [(tower.expanded(p)[0], shown) for shown, p in said]
    for g, value in known.values.items():
        relation = tower.expanded(generator(g) - value)[0]
        lead = max(relation.terms)
        for difference, shown in differences:
            ratio = Fraction(relation.terms[lead]) / difference.terms.get(lead, 1)
            if difference.scaled(ratio) == relation:
                yield Rule(g, value, f"({ratio})*{shown}")


def said_at(
    case: Case, decider: Decider | IndexDecider, instance: Instance, places: Callable[[Size], Sequence[int]]
) -> Iterator[tuple[str, Polynomial]]:
    """Every hypothesis with these subscripts for its letters, as a name and as what it says to be 0."""
    reader = decider.reader(instance)
    for n, h in enumerate((h for h in decider.assuming if isinstance(h, Equation | OneHot | OneOf)), 1):
        own = h.left.free_indices | h.right.free_indices if isinstance(h, Equation) else frozenset[Index]()
        indices = [h.at] if isinstance(h, OneHot) else sorted(own, key=lambda index: index.name)
        for at in product(*(places(index.size) for index in indices)):
            here = Instance(dict(zip(indices, at, strict=True)), instance.labels)
            match h:
                case Equation(left, right):
                    said = reader.read(left, here)[0] - reader.read(right, here)[0]
                case OneHot(label, index):
                    said = reader.read(label[index], here)[0] - reader.delta(at[0], instance.at[index])
                case _:
                    said = reader.read(h.symbol, here)[0] - constant(instance.labels[h.symbol])
            yield f"H{n}[{case.subscripts(at)}]" if at else f"H{n}", said


def lettered_rules(case: Case, decider: IndexDecider, instance: Instance, p: Polynomial) -> Iterator[Rule]:
    """What the hypotheses say for every K of the generators of p, and of those by which they are replaced."""
    done: set[int] = set()
    waiting = sorted(p.generators() | case.tower.expanded(p)[0].generators())
    while waiting:
        g = waiting.pop(0)
        if g not in done:
            done.add(g)
            if (rule := next(lettered_rule(case, decider, instance, g), None)) is not None:
                yield rule
                waiting += sorted(rule.value.generators())


def lettered_rule(case: Case, decider: IndexDecider, instance: Instance, g: int) -> Iterator[Rule]:
    """What a hypothesis says of a generator, or of a part of what it sums."""
    tower = decider.reader(instance).tower
    kind = tower.generators[g]
    slots = kind.slots if isinstance(kind, Summed) else ()
    with tower.going_through([tower.size_of(slot) for slot in slots]) as opened:
        body = Polynomial({kind.monomial: 1}) if isinstance(kind, Summed) else generator(g)
        ((m, _),) = tower.renamed(body, dict(zip(slots, opened, strict=True)))
        places = sorted(frozenset[int]().union(*(tower.places_in(h) for h, _ in m)))

        def fitting(size: Size) -> list[int]:
            return [p for p in places if p > 0 or tower.size_of(p) == size.name]

        for shown, said in said_at(case, decider, instance, fitting):
            for head, c in said:
                for rest, over in parts_that_are(tower, head, m, opened):
                    scaled = said.scaled(1 / Fraction(c), rest)
                    replaced = tower.sum_over(scaled, over) if over else scaled
                    because = "*".join([str(1 / Fraction(c)), case.written(Polynomial({rest: 1})), shown])
                    for letter in over:
                        because = f"Sum({case.subscript(letter)}, {because})"
                    yield Rule(g, generator(g) - replaced, because)


def parts_that_are(
    tower: IndexTower, head: Monomial, m: Monomial, opened: Sequence[int]
) -> Iterator[tuple[Monomial, list[int]]]:
    """The rest of m beside a factor that is `head`, or a part whose sum over a letter is; and the letters left."""
    if len(head) == 1 and head[0][1] == 1:
        if head[0] in m:
            yield tuple(factor for factor in m if factor != head[0]), list(opened)
        for letter in opened:
            rest, part = tower.parted(m, frozenset({letter}))
            if list(tower.sum_over(Polynomial({part: 1}), [letter])) == [(head, 1)]:
                yield rest, [other for other in opened if other != letter]
