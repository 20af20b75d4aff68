"""What depends on what in a chain rule: names and their definitions forwards, derivatives backwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from derive.derivation import Derivation
from derive.formula.arrays import Tensor
from derive.formula.latex import latex
from derive.formula.scope import definition_of, meanings
from derive.formula.substitution import name_of
from derive.formula.tree import Apply, Derivative, Entry, Expr, Negative, Numeral, Plus, Quotient, Sum, Symbol, Times

from .language import marked, said

LOGITS = {"softmax": marked("logits"), "sigmoid": marked("logit")}


@dataclass(frozen=True, slots=True)
class Station:
    """A name in the chain."""

    name: str
    meaning: str
    """Its definition, in LaTeX; nothing for a variable."""
    called: str
    """What the definition is called, where it is one of the well-known ones."""


@dataclass(frozen=True, slots=True)
class Backward:
    """The derivative of a station in the one before it."""

    derivative: str
    value: str
    """Both in LaTeX; nothing where no derivation of the run has proved it."""
    source: str
    """The name of that derivation."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Stations from the variable to the loss; `arrows[n]` leads back from station n + 1 to station n."""

    stations: tuple[Station, ...]
    arrows: tuple[Backward, ...]
    whole: Backward
    """From the last station back to the first: what the derivation itself proves."""
    sums: bool
    """Whether the station between has entries, over which the chain rule sums."""


def graph(derivation: Derivation, known: Mapping[str, Derivation]) -> Graph | None:
    """The chain along which the derivation's own lines differentiate; None where they use no chain rule.

    `known` are the derivations that the run has proved, by name: an arrow bears the result of one that a step cites.
    """
    claim, result = derivation.claim, derivation.result
    if not isinstance(claim, Derivative) or isinstance(claim.body, Derivative) or not isinstance(result, Expr):
        return None
    if name_of(claim.body) is None or (path := _path(derivation, claim)) is None:
        return None
    cited = [known[step.by.name] for step in derivation.steps if step.by.name in known]
    stations = [_station(claim.variable)]
    arrows = []
    for derivative in reversed(path):
        arrows.append(_backward(derivative, cited))
        stations.append(_station(derivative.body))
    whole = Backward(latex(claim), latex(result), derivation.name)
    sums = isinstance(path[0].variable, Entry)
    return Graph(_with_logits(stations), tuple(arrows), whole, sums)


def _path(derivation: Derivation, claim: Derivative) -> tuple[Derivative, ...] | None:
    """∂L/∂y, then ∂y/∂z: the derivatives of a line that lead from the claim's body to its variable through a name."""
    end = claim.name
    for line in derivation.lines[1:]:
        found = [node for node in line.walk() if isinstance(node, Derivative)]
        for first in found:
            if first.body != claim.body or first.name == end or definition_of(first.variable) == ():
                continue
            for second in found:
                if name_of(second.body) == first.name and second.name == end:
                    return first, second
    return None


def _with_logits(stations: list[Station]) -> tuple[Station, ...]:
    """What goes into a softmax or a sigmoid is called by its name as well."""
    first, second, *rest = stations
    known = next((name for name in LOGITS if second.called == said(name)), "")
    if not first.called and known:
        first = replace(first, called=said(LOGITS[known]))
    return (first, second, *rest)


def _station(name: Expr) -> Station:
    """A name with its definition, at its own letters."""
    own = name
    if isinstance(name, Entry) and name.tensor.definition is not None:
        own = name.tensor[name.tensor.parameters]
    meaning = next(iter(definition_of(name)), None)
    return Station(latex(own), latex(meaning) if meaning is not None else "", said(called(meaning)))


def _backward(derivative: Derivative, cited: Sequence[Derivation]) -> Backward:
    """An arrow with the result of the cited derivation whose claim it is; bare where there is none."""
    for lemma in cited:
        if _is_claim(lemma, derivative):
            return Backward(latex(lemma.claim), latex(lemma.result), lemma.name)
    return Backward(latex(derivative), "", "")


def _is_claim(lemma: Derivation, derivative: Derivative) -> bool:
    """Whether a lemma speaks of this derivative in general: the same names, and its own letters all different.

    A name that is a variable to the lemma may have a definition here, as p = σ(x) has in the logistic loss.
    """
    claim = lemma.claim
    if not isinstance(claim, Derivative) or not isinstance(lemma.result, Expr):
        return False
    places = [
        place for leaf in (claim.body, claim.variable) if isinstance(leaf, Entry) for place in leaf.places
    ]  # fmt: skip
    if len(set(places)) < len(places) or any(isinstance(place, int) for place in places):
        return False
    if not _means_alike(claim, derivative):
        return False
    bodies = name_of(claim.body), name_of(derivative.body)
    if _called_alike(claim.name, derivative.name) and _called_alike(*bodies):
        return True
    return definition_of(derivative.body) == (claim.body,) and _called_alike(claim.name, derivative.name)


def _called_alike(first: Symbol | Tensor | None, second: Symbol | Tensor | None) -> bool:
    return first is not None and second is not None and type(first) is type(second) and first.name == second.name


def _means_alike(claim: Expr, derivative: Expr) -> bool:
    """Whether what has a definition in the claim has the same one here; what has none there may be anything."""
    here = {name: getattr(meaning, "definition", None) for name, meaning in meanings(derivative).items()}
    there = {name: getattr(meaning, "definition", None) for name, meaning in meanings(claim).items()}
    return all(repr(here.get(name)) == repr(meaning) for name, meaning in there.items() if meaning is not None)


def called(meaning: Expr | None) -> str:
    """What a definition is called, seen from its form alone."""
    match meaning:
        case Quotient(Apply(function), bottom) if function.name == "exp":
            total = next(iter(definition_of(bottom)), bottom)
            if isinstance(total, Sum) and isinstance(total.body, Apply) and total.body.function == function:
                return marked("softmax")
        case Negative(Sum(_, Times((Entry(), Apply(function))))) if function.name == "log":
            return marked("cross-entropy")
        case Negative(Plus((Times((_, Apply(first))), Times((_, Apply(second)))))) if (
            first.name == second.name == "log"
        ):
            return marked("logistic loss")
        case Apply(function) if function.definition is not None:
            return called(function.definition)
        case Quotient(Numeral(1), Plus((Numeral(1), Apply(function, Negative())))) if function.name == "exp":
            return marked("sigmoid")
        case Plus((Sum(_, Times((Entry(), Entry()))), Entry())):
            return marked("linear layer")
    return ""
