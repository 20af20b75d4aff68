"""What a formula means for every K: every free index a letter, every sum closed by the index calculus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from derive.formula.arrays import Tensor
from derive.formula.tree import Condition, Distinct, Equals, Expr, Index, Place, Same, Size

from .generators import Delta, Generator, Partial, Variable
from .index import Families, IndexTower
from .polynomial import Polynomial, constant, total
from .tower import OutsideClass
from .value import Name, Reader, Scope


class IndexReader(Reader):
    """Reads formulas into an index tower; `sizes` are those that have a number, all others are open."""

    tower: IndexTower

    # ---------------------------------------------------------------- the tree

    def sum(self, index: Index, body: Expr, scope: Scope) -> Polynomial:
        with self.tower.going_through([index.size.name]) as letters:
            value = self.value(body, scope.with_index(index, letters[0]))
            return self.tower.sum_over(value, letters)

    def size(self, size: Size) -> Polynomial:
        return self.tower.size(size.name)

    def delta(self, left: int, right: int) -> Polynomial:
        return self.tower.delta(left, right)

    def check_place(self, number: int, size: Size, tensor: Tensor) -> None:
        if number > 0 and size in self.sizes:
            super().check_place(number, size, tensor)

    def pick(self, expr: Expr, place: Place, options: tuple[Expr, ...], scope: Scope) -> Polynomial:
        raise OutsideClass(f"{expr}: a list of {len(options)} entries holds for one size alone")

    def cases(
        self, expr: Expr, conditions: tuple[Condition, ...], values: tuple[Expr, ...], scope: Scope
    ) -> Polynomial:
        """Σ of the values, each where it is the first that holds: a_ij δ_ij + b_ij (1 − δ_ij).

        Each value has to exist everywhere, though it counts only in its case, unless no letter is in the other.
        """
        if all(isinstance(condition, Equals) for condition in conditions):
            return super().cases(expr, conditions, values, scope)
        if any(isinstance(condition, Equals) for condition in conditions):
            raise OutsideClass("cases of indices and of a label together")
        pieces, remaining = [], constant(1)
        for condition, value in zip(conditions, values, strict=True):
            assert isinstance(condition, Same | Distinct)
            same = self.delta(self.place(condition.left, scope), self.place(condition.right, scope))
            holds = same if isinstance(condition, Same) else constant(1) - same
            here = self.once_only(self.tower.times(remaining, holds))
            if not here.is_zero:
                pieces.append(self.tower.times(here, self.value(value, scope)))
            remaining = self.once_only(self.tower.times(remaining, constant(1) - holds))
        if not remaining.is_zero:
            raise OutsideClass(f"no case of {expr} holds where its indices are as no case has them")
        return total(pieces)

    def once_only(self, p: Polynomial) -> Polynomial:
        """p with δ² = δ."""
        kinds = self.tower.generators
        return total(Polynomial({tuple((g, 1 if isinstance(kinds[g], Delta) else e) for g, e in m): c}) for m, c in p)

    # -------------------------------------------------------------- conditions

    def demand(self, expr: Expr, relation: Literal["≠ 0", "> 0"], value: Polynomial, scope: Scope) -> None:
        """Note that `expr` has to be ≠ 0 or > 0: for every value of a letter that is being summed over."""
        tower = self.tower
        spoken = frozenset[int]().union(*(tower.letters_in(m) for m, _ in value))
        going = {letter: tower.every_letter(letter) for letter in spoken if not tower.letters[-letter].constant}
        super().demand(expr, relation, tower.renamed(value, going) if going else value, scope)

    def subscript(self, index: Index, number: int) -> Place:
        """The letter of a free index; for one that runs through all values, a name that no free index has."""
        if number > 0:
            return number
        letter = self.tower.letters[-number]
        if letter.constant:
            return Index(letter.name, index.size)
        name = index.name
        while ("constant", name) in self.tower.codes:
            name += "'"
        return Index(name, index.size)

    # --------------------------------------------------- names and derivatives

    def places_of(self, name: Name) -> list[tuple[int, ...]]:
        """The subscripts of a general entry."""
        sizes = name.sizes if isinstance(name, Tensor) else ()
        return [tuple(self.tower.unique_letter(f"entry {name.name}", size.name) for size in sizes)]

    def share_variables(self, left: Polynomial, right: Polynomial) -> bool:
        """Whether two values depend on variables of the same name."""
        return not self.variables_below(left).isdisjoint(self.variables_below(right))

    def variables_below(self, p: Polynomial) -> set[tuple[str, bool]]:
        """The names of the variables on which p depends, sizes apart, and whether they are opaque."""
        found = set()
        for kind in {self.kind(h) for g in p.generators() for h in self.tower.support(g)}:
            match kind:
                case Variable(name, _, opaque) if name not in self.tower.size_names:
                    found.add((name, opaque))
                case Partial(of=of, opaque=opaque):
                    for argument in self.tower.arguments[of, opaque].values():
                        found |= self.variables_below(argument)
        return found

    def kind(self, g: int) -> Generator:
        """What a generator stands for."""
        return self.tower.generators[g]

    def meanings(self, names: frozenset[Name], generators: set[int], scope: Scope) -> Mapping[int, Polynomial]:
        """What the opaque generators of names stand for outside of the derivative, whatever their letters."""
        by_name = {name.name: name for name in names}
        below = frozenset[int]().union(*(self.tower.support(g) for g in generators))
        for kind in [kind for g in below if isinstance(kind := self.kind(g), Partial) and kind.of in by_name]:
            self.argue(by_name[kind.of], False, scope)

        def touches(kind: Generator) -> bool:
            return isinstance(kind, Variable) and kind.opaque and kind.name in by_name

        def value(g: int) -> Polynomial | None:
            kind = self.kind(g)
            if not (isinstance(kind, Variable) and touches(kind)):
                return None
            name = by_name[kind.name]
            return self.entry(name, kind.places, scope) if isinstance(name, Tensor) else self.symbol(name, scope)

        return Families(touches, value)
