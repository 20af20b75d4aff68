"""Points at which the hypotheses hold: random ones and adversarial ones, the same in every run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from random import Random
from typing import Any, Literal, TypeAlias

from ..formula.hypotheses import Equation, Hypothesis, OneHot, OneOf, Positive, formulas
from ..formula.tree import Derivative, Entry, Expr, Formula, Index, Size, Symbol
from ..kernel.hypotheses import every_value
from .evaluation import At, Evaluation, Exact, Leaf, NoNumberError, Parts, Point, variables
from .oracle import Real, computed

Kind: TypeAlias = Literal["random", "ties", "dominant", "±50", "±700"]

SEED = 20240607
ATTEMPTS = 80
CHECK_DIGITS = 60


class NoPointError(ValueError):
    """No point was found at which the hypotheses hold."""


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points of one kind, and what to call them; the same object for all who ask for the same."""

    kind: Kind
    text: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Domain:
    """What a derivation's points are made of: its variables, and what the hypotheses say of them at an instance."""

    lines: tuple[Formula, ...]
    sizes: Mapping[Size, int]
    assuming: tuple[Hypothesis, ...]
    at: At
    labels: Mapping[Symbol, int]

    @cached_property
    def leaves(self) -> list[Leaf]:
        assumed = tuple(formula for h in self.assuming for formula in formulas(h))
        return variables((*self.lines, *assumed), self.sizes)

    @cached_property
    def fixed(self) -> dict[Leaf, Fraction]:
        """The labels."""
        found: dict[Leaf, Fraction] = {}
        for h in self.assuming:
            match h:
                case OneOf(symbol):
                    found[symbol] = Fraction(self.labels[symbol])
                case OneHot(label, index):
                    for k in range(1, self.sizes[index.size] + 1):
                        found[label[k]] = Fraction(k == self.at[index])
        return found

    @cached_property
    def assumed(self) -> set[Leaf]:
        """The variables of which any hypothesis speaks."""
        return set(variables(tuple(f for h in self.assuming for f in formulas(h)), self.sizes))

    @cached_property
    def related(self) -> set[Leaf]:
        """The variables of which an equation speaks, or what is positive."""
        stated = (h for h in self.assuming if isinstance(h, Equation | Positive))
        return set(variables(tuple(f for h in stated for f in formulas(h)), self.sizes))

    @cached_property
    def stressed(self) -> list[Leaf]:
        """The variables to drive far out: those of the derivatives, else all without a hypothesis."""
        names = {node.name for line in self.lines for node in line.walk() if isinstance(node, Derivative)}
        free = [leaf for leaf in self.leaves if leaf not in self.assumed]
        inner = [leaf for leaf in free if (leaf if isinstance(leaf, Symbol) else leaf.tensor) in names]
        return inner or free

    @cached_property
    def source(self) -> Source:
        """What points are drawn from: the same for all derivations that speak of the same variables."""
        stated = tuple(h for h in self.assuming if isinstance(h, Equation | Positive))
        movable = tuple(leaf for leaf in self.leaves if leaf in self.assumed and leaf not in self.fixed)
        return Source(tuple(self.leaves), tuple(self.fixed.items()), tuple(self.sizes.items()), stated, movable)


@dataclass(frozen=True)
class Source:
    """Variables, and what holds of them."""

    leaves: tuple[Leaf, ...]
    fixed: tuple[tuple[Leaf, Fraction], ...]
    sizes: tuple[tuple[Size, int], ...]
    stated: tuple[Equation | Positive, ...]
    movable: tuple[Leaf, ...]
    """What is moved so that an equation holds."""

    @cached_property
    def parts(self) -> Parts:
        """The equations, and what is positive, written out."""
        return Parts(dict(self.sizes))

    @cached_property
    def positive(self) -> frozenset[Leaf]:
        """The variables of which a hypothesis says outright that they are positive."""
        return frozenset(_at(b, spot) for b, spot in self.bodies if isinstance(b, Symbol | Entry))

    @cached_property
    def bodies(self) -> list[tuple[Expr, At]]:
        """What is positive, with every value of its free indices."""
        return [(h.body, spot) for h in self.stated if isinstance(h, Positive) for spot in self._instances(h.body)]

    @cached_property
    def equations(self) -> list[tuple[Equation, At]]:
        """The equations, with every value of their free indices."""
        return [(h, spot) for h in self.stated if isinstance(h, Equation) for spot in self._instances(h.left, h.right)]

    def _instances(self, *bodies: Expr) -> Iterator[dict[Index, int]]:
        """Every value of the free indices of an equation, or of what is positive: the kernel takes them so too."""
        return every_value({index for body in bodies for index in body.free_indices}, dict(self.sizes))

    def point(self, draw: Callable[[Leaf], Fraction]) -> Point | None:
        """The drawn point, moved onto the equations; None where a hypothesis still fails."""
        fixed = dict(self.fixed)
        point = {leaf: fixed[leaf] if leaf in fixed else draw(leaf) for leaf in self.leaves}
        _meet(self, point)
        try:
            if all(self._holds(h, spot, point) for h, spot in self.equations) and all(
                self._is_positive(body, spot, point) for body, spot in self.bodies
            ):
                return point
        except NoNumberError:
            pass
        return None

    def gap(self, equation: Equation, spot: At, point: Point) -> Fraction:
        """By how much the sides differ; raises NoNumberError where that is not rational."""
        values = Evaluation(Exact(), {}, point, self.parts)
        return values.value(equation.left, spot) - values.value(equation.right, spot)

    def _holds(self, equation: Equation, spot: At, point: Point) -> bool:
        """Whether an equation holds at a point: exactly if it is rational, else to many digits."""
        try:
            return not self.gap(equation, spot, point)
        except NoNumberError:
            a, b = (self._digits(side, spot, point) for side in (equation.left, equation.right))
            return bool(abs(a - b) <= abs(a + b + 1) * Fraction(1, 10 ** (CHECK_DIGITS - 10)))

    def _is_positive(self, body: Expr, spot: At, point: Point) -> bool:
        try:
            return Evaluation(Exact(), {}, point, self.parts).value(body, spot) > 0
        except NoNumberError:
            return bool(self._digits(body, spot, point) > 0)

    def _digits(self, side: Expr, spot: At, point: Point) -> Real:
        return computed(self.parts, self.parts.part(side, spot), point, CHECK_DIGITS)


class Noted(dict[Leaf, Fraction]):
    """A point that notes which of its coordinates were read."""

    def __init__(self, point: Point) -> None:
        super().__init__(point)
        self.read: set[Leaf] = set()

    def get(self, leaf: Leaf, default: Any = None) -> Any:
        self.read.add(leaf)
        return super().get(leaf, default)


def random_points(domain: Domain, count: int, seed: int = SEED) -> Points:
    """Moderate points, of fractions that floats hold exactly.

    Raises NoPointError where no attempt meets the hypotheses.
    """
    return _random_points(domain.source, count, seed)


def adversarial_points(domain: Domain, seed: int = SEED) -> tuple[Points, ...]:
    """Ties, one dominant entry, ±50 and ±700; none where there is nothing to drive far out."""
    return _adversarial_points(domain.source, tuple(domain.stressed), seed)


@lru_cache(maxsize=256)
def _random_points(source: Source, count: int, seed: int) -> Points:
    """The same; remembered, as many derivations have the same variables."""
    return Points("random", f"{count} random points, seed {seed}", tuple(_draw(source, [{}] * count, seed)))


@lru_cache(maxsize=256)
def _adversarial_points(source: Source, stressed: tuple[Leaf, ...], seed: int) -> tuple[Points, ...]:
    entries = [leaf for leaf in stressed if isinstance(leaf, Entry)]
    found: list[Points] = []

    def add(kind: Kind, text: str, choices: Sequence[Mapping[Leaf, Fraction]]) -> None:
        found.append(Points(kind, f"{text}, seed {seed}", tuple(_draw(source, choices, seed))))

    if len(entries) > 1:
        add("ties", "ties", [dict.fromkeys(entries, Fraction(value)) for value in (0, Fraction(3, 4))])
        add("dominant", "one dominant logit", [{entries[0]: Fraction(50)}, {entries[-1]: Fraction(50)}])
    if stressed:
        for kind, size in (("±50", 50), ("±700", 700)):
            add(kind, kind, [_signs(stressed, size, Random(seed + size), flip) for flip in (1, -1)])  # type: ignore[arg-type]
    return tuple(found)


def _signs(leaves: Sequence[Leaf], size: int, random: Random, flip: int) -> dict[Leaf, Fraction]:
    signs = [flip * random.choice((-1, 1)) for _ in leaves]
    if len(set(signs)) == 1 < len(signs):
        signs[0] = -signs[0]
    return {leaf: Fraction(size * sign) for leaf, sign in zip(leaves, signs, strict=True)}


def _draw(source: Source, given: Iterable[Mapping[Leaf, Fraction]], seed: int) -> Iterator[Point]:
    """A point for each choice of some values.

    Positive variables are drawn smaller and smaller until every hypothesis holds.
    """
    random, positive = Random(seed), source.positive
    for chosen in given:
        for attempt in range(ATTEMPTS):
            scale = 2 ** (attempt // 8)

            def draw(leaf: Leaf, scale: int = scale, chosen: Mapping[Leaf, Fraction] = chosen) -> Fraction:
                if leaf in chosen:
                    return chosen[leaf]
                if leaf in positive:
                    return Fraction(random.randrange(1, 1024), 1024 * scale)
                return Fraction(random.randrange(-2048, 2049), 1024)

            if (point := source.point(draw)) is not None:
                yield point
                break
        else:
            raise NoPointError(f"no point was found at which the hypotheses hold ({ATTEMPTS} attempts, seed {seed})")


def _meet(source: Source, point: dict[Leaf, Fraction]) -> None:
    """Move as few variables as there are equations, by Gaussian elimination; equations that are not linear stay."""
    rows: list[tuple[dict[Leaf, Fraction], Fraction]] = []
    movable = source.movable
    for equation, spot in source.equations:
        try:
            used = Noted(point)
            gap = source.gap(equation, spot, used)
            slopes = {}
            for leaf in (leaf for leaf in movable if leaf in used.read):
                moved = {**point, leaf: point[leaf] + 1}
                if slope := source.gap(equation, spot, moved) - gap:
                    slopes[leaf] = slope
        except NoNumberError:
            continue
        for known, value in rows:  # known rows begin with their pivot
            pivot = next(iter(known))
            if factor := slopes.get(pivot, Fraction(0)):
                gap -= factor * value
                slopes = {x: s for x in {**slopes, **known} if (s := slopes.get(x, 0) - factor * known.get(x, 0))}
        if slopes:
            pivot = max(slopes, key=movable.index)
            lead = slopes[pivot]
            rows.append(({pivot: Fraction(1)} | {x: s / lead for x, s in slopes.items() if x != pivot}, gap / lead))
    moves: dict[Leaf, Fraction] = {}
    for known, value in reversed(rows):
        pivot, *others = known
        moves[pivot] = -value - sum((known[x] * moves.get(x, Fraction(0)) for x in others), Fraction(0))
    for leaf, move in moves.items():
        point[leaf] += move


def _at(leaf: Leaf, at: At) -> Leaf:
    if isinstance(leaf, Symbol):
        return leaf
    return leaf.tensor[tuple(at[place] if isinstance(place, Index) else place for place in leaf.places)]
