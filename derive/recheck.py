"""Reads certificates again, without derive: VALID, or INVALID with the line and the reason.

Checked: the claim is what its hash says, and there is a proof for every case (which free letters coincide, or which
numbers they are; which values labels have).  In each case both lines, read from the text of the claim, are the sides
of the certificate with the meanings of g1, g2, … put in; its derivatives are those found here; every relation holds
with the meanings, where h1, h2, … are expressions that are 0 as soon as what the hypotheses say to be 0 is; and left −
right = Σ cofactor × relation with g1, g2, … as mere letters and h1, h2, … = 0.  Denominators are seen to be ≠ 0, and
arguments of logarithms > 0, from signs and from what the claim lists as positive and as conditions.  A formula is a
polynomial over atoms: entries, exp, log, several terms S_f, sums over a size that stays open, unknown functions.

Not checked: that the claim says what was meant, that its hypotheses and conditions can hold together, that each of
its conditions is needed.  Not read: rounded lines, arrays but by their entries, a derivative in a name of another
derivative, names in the definition of a function.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import sys
from fractions import Fraction
from itertools import accumulate, count, permutations, product
from typing import Any, NamedTuple, TypeVar

Method = TypeVar("Method", bound=Any)
Polynomial = dict[Any, Any]  # {monomial: number}, where a monomial is ((atom, exponent), …) in order
ONE: Polynomial = {(): 1}
KINDS = ("is-letters", "sizes", "of-sizes", "parameter", "is-parameter")  # of names, by what is said of them
SMALL = 10**9  # numbers that need not be measured
READING, FRESH = -(10**6), -(10**9)  # letters of sums that are being read, and those without a text, begin below


def ensure(fact: Any, otherwise: str) -> None:
    """Raise ValueError, with the reason, where a fact does not hold."""
    if not fact:
        raise ValueError(otherwise)


def parsed(texts: list[str]) -> dict[str, Any]:
    """Formulas as Python parses them: all at once, since none can reach out of its parentheses."""
    plain = r"""[^"'#\\\n\r]*"""
    for text in texts:
        ensure(len(text) < 20_000, "a formula is too long")
        ensure(re.fullmatch(rf"""{plain}((["'])[\w.]+\2{plain})*""", text), "quotes, comments or line breaks")
        depths = accumulate(1 if bracket in "([{" else -1 for bracket in re.findall(r"[][(){}]", text))
        ensure(min(depths, default=0) >= 0, "brackets")
    found = ast.parse("[" + ", ".join(f"({text})" for text in texts) + "]", mode="eval").body
    return dict(zip(texts, found.elts, strict=True))  # type: ignore[attr-defined]


def total(*polynomials: Polynomial) -> Polynomial:
    """The sum of polynomials."""
    found: Polynomial = {}
    for p in polynomials:
        for m, c in p.items():
            found[m] = found.get(m, 0) + c
    return {m: c for m, c in found.items() if c}


def minus(p: Polynomial) -> Polynomial:
    """A polynomial with the other sign."""
    return {m: -c for m, c in p.items()}


def inverse(m: Any) -> Any:
    """A monomial to the power −1."""
    return tuple((g, -e) for g, e in m)


def remembered(method: Method) -> Method:
    """A method of a case that computes nothing twice."""

    def found(self: Any, *given: Any) -> Any:
        key = method, self.held, given
        if key not in self.found:
            self.found[key] = method(self, *given)
        return self.found[key]

    return found  # type: ignore[return-value]


class Atom(NamedTuple):
    """What a polynomial is in: its kind, its name or the letters that it sums, subscripts, and what is inside."""

    kind: str
    label: Any
    places: Any  # in groups: of an entry its own, and those of each entry in which it is differentiated
    part: Polynomial


class Scope(NamedTuple):
    """The numbers of letters, the value of a function's parameter, the last letter, whose the numerals are."""

    at: Any
    bound: Any = ()
    last: int = READING
    numerals: bool = False


class Case:
    """One case of a claim: its atoms, and what formulas come to over them."""

    def __init__(self, claim: Any, trees: dict[str, Any], at: Any, labels: Any, letters: Any, work: int) -> None:
        self.claim, self.trees, self.at, self.labels, self.work = claim, trees, at, labels, work
        self.sizes, self.letters = claim["sizes"], {**letters, **claim["letters"]}
        self.said = {f"H{n}": {**said, "open": True} for n, said in enumerate(claim["equations"], 1)}
        self.names = {**claim["names"], **self.said}
        ensure(len(self.names | self.sizes) == sum(map(len, (claim["names"], self.said, self.sizes))), "a name twice")
        self.atoms: list[Atom] = []  # beside it the letters and held names in them, and how deep their sums are nested
        self.free: list[set[Any]] = []
        self.heights: list[int] = []
        self.signs: dict[int, int] = {}  # of atoms that are never 0: 1, -1, or 0 where the sign is not known
        self.found: dict[Any, Polynomial] = {}  # what was computed before
        self.fresh, self.held = count(FRESH, -1), ""  # held: the name in which one differentiates, which is not entered
        for text, positive in [*((text, True) for text in claim["positive"]), *claim["conditions"]]:
            self.assume(self.text(text), positive)

    # ------------------------------------------------------------ polynomials

    def spend(self, work: int) -> None:
        self.work += work
        ensure(self.work < 10**5, "too much work")

    def times(self, p: Polynomial, q: Polynomial) -> Polynomial:
        if p == ONE or q == ONE:
            return q if p == ONE else p
        self.spend(len(p) * len(q))
        found: Polynomial = {}
        for m, c in p.items():
            for n, d in q.items():
                if m and n:
                    powers = dict(m)
                    for g, e in n:
                        powers[g] = powers.get(g, 0) + e
                    both = tuple(sorted([power for power in powers.items() if power[1]]))
                else:
                    both = m or n
                found[both] = found.get(both, 0) + c * d
        for c in found.values():
            if not -SMALL < c < SMALL or c.denominator > SMALL:
                ensure(c.numerator.bit_length() + c.denominator.bit_length() < 9999, "a number is too long")
        return found if len(found) == len(p) * len(q) else {m: c for m, c in found.items() if c}

    def power(self, p: Polynomial, n: Any) -> Polynomial:
        if n == 1:
            return p
        if n < 0:
            c, m = self.split(p)
            return self.power({inverse(m): c if c in (1, -1) else 1 / Fraction(c)}, -n)
        if len(p) == 1 and [*p.values()] == [1]:
            ensure(n.denominator == 1 or all(self.atoms[g].kind == "exp" for m in p for g, _ in m), "a root")
            return {tuple([(g, e * n) for g, e in m]): 1 for m in p} if n else ONE
        ensure(n < 1000, "a large power")
        found = ONE
        for _ in range(n):
            found = self.times(found, p)
        return found

    def expanded(self, p: Polynomial) -> tuple[Polynomial, Any]:
        """(q, m) with p = q·m: no S_f is left in q, and m is made of the S_f in denominators."""
        several = sorted({g for m in p for g, _ in m if self.atoms[g].kind == "S"})
        if not several:
            return p, ()
        lowest = {g: min(0, *(dict(m).get(g, 0) for m in p)) for g in several}
        cleared, pieces = tuple(power for power in lowest.items() if power[1]), []
        for m, c in self.times(p, {inverse(cleared): 1}).items():
            pieces.append({tuple(power for power in m if power[0] not in lowest): c})
            for g, e in (power for power in m if power[0] in lowest):
                pieces[-1] = self.times(pieces[-1], self.power(self.atoms[g].part, e))
        return total(*pieces), cleared

    def split(self, p: Polynomial) -> tuple[Any, Any]:
        """(c, m) with p = c·m: several terms become one atom S_f."""
        if len(p) == 1:
            return next((c, m) for m, c in p.items())
        p, cleared = self.expanded(p)
        ensure(p, "0 in a denominator or a logarithm")
        lowest = {g: min(dict(m).get(g, 0) for m in p) for g in {g for m in p for g, _ in m}}
        content = tuple(sorted(power for power in lowest.items() if power[1]))
        f = self.times(p, {inverse(content): 1})
        c = f[max(f)]
        f = f if c == 1 else self.times(f, {(): 1 / Fraction(c)})
        (m,) = self.times({content: 1}, self.times({cleared: 1}, self.atom("S", "", (), f) if len(f) > 1 else ONE))
        return c, m

    # ------------------------------------------------------------------ atoms

    def atom(self, kind: str, label: Any, places: Any, part: Polynomial) -> Polynomial:
        key = kind, label, places, frozenset(part.items()) if part else ()
        if key not in self.found:
            self.found[key] = {((len(self.atoms), 1),): 1}
            inside = {g for m in part for g, _ in m}
            free = {n for group in places for n in group if n < 0}.union(*(self.free[g] for g in inside))
            if kind == "sum":
                free -= {slot for slot, _ in label}
            if kind == "entry" and "is" in self.names.get(label, {}):
                free.add(label)
            positive = kind in ("S", "sum") and {self.sign(c, m) for m, c in part.items()} == {1}
            if positive or kind in ("exp", "size"):
                self.signs[len(self.atoms)] = 1
            self.free.append(free)
            self.heights.append((kind == "sum") + max((self.heights[g] for g in inside), default=0))
            self.atoms.append(Atom(kind, label, places, part))
        return self.found[key]

    def sign(self, c: Any, m: Any) -> Any:
        """1 or -1 where c·m has this sign for sure, 0 where it is ≠ 0 for sure; 2 otherwise."""
        if not all(g in self.signs for g, _ in m):
            return 2
        for g, e in m:
            c *= 1 if e % 2 == 0 else self.signs[g]
        return (c > 0) - (c < 0)

    def assume(self, p: Polynomial, positive: bool) -> None:
        c, m = self.split(p)
        unknown = [(g, e) for g, e in m if not self.signs.get(g)]
        self.signs |= {g: 0 for g, _ in unknown}
        odd = [g for g, e in unknown if e % 2]
        if positive and len(odd) == 1:
            self.signs[odd[0]] = self.sign(c, [power for power in m if power[0] != odd[0]])

    def require(self, p: Polynomial, positive: bool) -> Polynomial:
        if not self.held:  # what is read with a name held has been read without
            sign = self.sign(*self.split(p))
            ensure(sign == 1 if positive else sign < 2, f"not seen to be {'> 0' if positive else '≠ 0'}")
        return p

    def exp(self, p: Polynomial) -> Polynomial:
        found = ONE
        for m, c in p.items():
            atom = self.atoms[m[0][0]] if len(m) == 1 and m[0][1] == 1 else None
            if atom and atom.kind == "log":
                base = atom.part
                ensure(c.denominator == 1 and (c % 2 == 0 or self.sign(1, max(base)) == 1), "exp of log |a|")
            else:
                base = self.atom("exp", "", (), {m: 1})
            found = self.times(found, self.power(base, c))
        return found

    def log(self, p: Polynomial) -> Polynomial:
        """log |p|, apart for each atom and each prime."""
        c, m = self.split(p)
        pieces = []
        for g, e in m:
            log = self.atoms[g].part if self.atoms[g].kind == "exp" else self.atom("log", "", (), {((g, 1),): 1})
            pieces.append(self.times(log, {(): e}))
        for n, sign in ((abs(c.numerator), 1), (c.denominator, -1)):
            prime = 2
            while n > 1:
                ensure(prime < 9999, "a large prime")
                if n % prime:
                    prime += 1
                else:
                    n //= prime
                    pieces.append(self.times(self.atom("log", "", (), {(): prime}), {(): sign}))
        return total(*pieces)

    def delta(self, a: int, b: int) -> Polynomial:
        if a == b or min(a, b) > 0:
            return ONE if a == b else {}
        return self.atom("delta", "", ((min(a, b), max(a, b)),), {})

    def entry(self, name: str, own: Any, *ways: Any) -> Polynomial:
        """An entry, differentiated in some others; what it is defined as."""
        if "is" in self.names.get(name, {}) and name != self.held and not ways:
            return self.meaning(name, own)
        return self.atom("entry", name, (own, *sorted(ways)), {})

    @remembered
    def meaning(self, name: str, own: Any) -> Polynomial:
        about = self.names[name]
        at = {**(self.at if "open" in about else {}), **dict(zip(about["letters"], own, strict=True))}
        return self.text(about["is"], Scope(at, last=min([READING, *(n for n in own if n > FRESH)])))

    # ---------------------------------------------------- sums of every length

    def moved(self, p: Polynomial, to: Any) -> Polynomial:
        """p with other letters, and with the meanings of held names."""
        pieces = []
        for m, c in p.items():
            stay = tuple([power for power in m if self.free[power[0]].isdisjoint(to)])
            pieces.append({stay: c})
            for g, e in m if len(stay) < len(m) else ():
                if here := tuple([change for change in to.items() if change[0] in self.free[g]]):
                    pieces[-1] = self.times(pieces[-1], self.power(self.moved_atom(g, here), e))
        return pieces[0] if len(pieces) == 1 else total(*pieces)

    @remembered
    def moved_atom(self, g: int, changes: Any) -> Polynomial:
        to = dict(changes)
        kind, label, places, part = self.atoms[g]
        places = [tuple(to.get(n, n) for n in group) for group in places]
        if kind == "sum":
            part, sizes = self.opened(g)
            return self.sums(self.moved(part, to), sizes)
        if kind in ("entry", "delta"):
            return self.entry(label, *places) if kind == "entry" else self.delta(*places[0])
        part = self.moved(part, to)
        if kind in ("exp", "log"):
            return self.exp(part) if kind == "exp" else self.log(part)
        if kind == "function":
            return self.atom(kind, label, (), part)
        c, m = self.split(part)
        return {m: c}

    def opened(self, g: int) -> tuple[Polynomial, dict[int, str]]:
        """What an atom sums, and over which letters: new ones."""
        _, label, _, part = self.atoms[g]
        letters = {slot: next(self.fresh) for slot, _ in label}
        return self.moved(part, letters), {letters[slot]: size for slot, size in label}

    def sums(self, p: Polynomial, sizes: dict[int, str]) -> Polynomial:
        """Σ p over every value of some letters."""
        for letter, size in sizes.items():
            pieces = []
            for m, c in p.items():
                inside = tuple([power for power in m if letter in self.free[power[0]]])
                outside = tuple([power for power in m if letter not in self.free[power[0]]])
                pieces.append(self.times({outside: c}, self.summed(letter, size, inside)))
            p = total(*pieces)
        return p

    @remembered
    def summed(self, letter: int, size: str, inside: Any) -> Polynomial:
        """Σ of a monomial that holds the letter: sums in it multiplied out or cancelled, letters in one order."""
        if not inside:
            return self.atom("size", size, (), {})
        for a, b in (self.atoms[g].places[0] for g, _ in inside if self.atoms[g].kind == "delta"):
            return self.moved({inside: 1}, {letter: a + b - letter})
        body, sizes = ONE, {letter: size}
        for g, e in inside:
            is_sum = self.atoms[g].kind == "sum"
            for _ in range(e if is_sum else 0):
                part, more = self.opened(g)
                sizes |= more
                body = self.times(body, part)
            body = self.times(body, {((g, e),): 1} if not is_sum or e < 0 else ONE)
        ((m, c),) = body.items()
        below = {g for g, _ in m if self.atoms[g].kind == "sum"}
        for one in sizes if below and len(sizes) > 1 else ():
            own = tuple(power for power in m if one in self.free[power[0]])
            ((found, _),) = self.summed(one, sizes[one], own).items()
            if below.intersection(dict(found)):
                body = self.times({found: c}, {tuple(power for power in m if power not in own): 1})
                return self.sums(body, {n: of for n, of in sizes.items() if n != one})
        slot = -1000 * (1 + max(self.heights[g] for g, _ in m))
        ensure(len(sizes) < 7 and slot > READING, "too many sums inside of each other")
        label = tuple((slot - n, size) for n, size in enumerate(sorted(sizes.values())))
        outside = {n for g, _ in m for n in self.free[g]} - sizes.keys()
        ensure(outside.isdisjoint(dict(label)), "a letter that is taken")
        orders = [order for order in permutations(sizes) if [sizes[n] for n in order] == sorted(sizes.values())]
        ways = [dict(zip(order, dict(label), strict=True)) for order in orders]
        ((m, c),) = min([*self.moved(body, way).items()] for way in ways)
        return self.times(self.atom("sum", label, (), {m: 1}), {(): c})

    # ---------------------------------------------------------------- reading

    def text(self, text: str, scope: Scope | None = None) -> Polynomial:
        return self.read(self.trees[text], scope or Scope(self.at))

    def read(self, node: Any, scope: Scope) -> Polynomial:
        """The polynomial that a formula is."""
        self.spend(1)
        match type(node).__name__:
            case "Name":
                return self.name(node.id, [], scope)
            case "Subscript":
                return self.name(node.value.id, getattr(node.slice, "elts", [node.slice]), scope)
            case "BinOp":
                return self.operation(type(node.op), self.read(node.left, scope), self.read(node.right, scope))
            case "Constant" if type(node.value) is int:
                return {(): node.value} if node.value else {}
            case "UnaryOp" if isinstance(node.op, ast.USub):
                return minus(self.read(node.operand, scope))
            case "Call":
                return self.call(node, scope)
        raise ValueError("outside what this program reads")

    def operation(self, operator: Any, a: Polynomial, b: Polynomial) -> Polynomial:
        if operator in (ast.Add, ast.Sub):
            return total(a, b if operator is ast.Add else minus(b))
        if operator is ast.Mult:
            return self.times(a, b)
        if operator is ast.Div:
            return self.times(a, self.power(self.require(b, False), -1))
        n = b.get((), 0)
        ensure(operator is ast.Pow and b.keys() <= {()} and n.denominator == 1, "an exponent that is no integer")
        return self.power(self.require(a, False) if n < 0 else a, int(n))

    def name(self, name: str, places: Any, scope: Scope) -> Polynomial:
        """A parameter, a size, or an entry."""
        if name in scope.bound:
            return dict(scope.bound[name])
        if name in self.sizes:
            return self.atom("size", name, (), {}) if self.sizes[name] == "every" else {(): self.sizes[name]}
        about = self.names.get(name, {})
        ensure("parameter" not in about and not ("is" in about and scope.bound), f"{name} in a function")
        numbers = [self.place(p, size, scope) for p, size in zip(places, self.sizes_of(name), strict=True)]
        return self.entry(name, tuple(numbers))

    def place(self, node: Any, size: str, scope: Scope) -> int:
        if isinstance(node, ast.Name):
            ensure(self.letters[node.id] == size, f"{node.id} does not run to {size}")
            return int(scope.at[node.id])
        most = 0 if self.claim["coincidences"] else self.sizes[size]
        if scope.numerals:  # numbers of this case
            used = [n for letter, n in self.at.items() if self.letters[letter] == size]
            most = max(used, default=1) if self.sizes[size] == "every" else self.sizes[size]
        ensure(type(node.value) is type(most) is int and 1 <= node.value <= most, "a numeral as subscript")
        return int(node.value)

    def sizes_of(self, name: str) -> list[str]:
        about = self.names.get(name, {})
        return [self.letters[k] for k in about["letters"]] if "is" in about else about.get("sizes", [])

    def call(self, node: Any, scope: Scope) -> Polynomial:
        order, function = 0, node.func
        while isinstance(function, ast.Attribute) and function.attr == "prime":
            order, function = order + 1, function.value
        f, args = getattr(function, "id", "listed"), node.args
        match f, args:
            case "listed", [where]:
                options, lettered = function.value.args[1:], isinstance(where, ast.Name)
                ensure((function.attr, function.value.func.id) == ("at", "listed"), "a call")
                n = scope.at[where.id] if lettered else where.value
                ensure(n in range(1, 1 + len(options)) and not self.claim["coincidences"], "listed")
                ensure(not lettered or self.sizes[self.letters[where.id]] == len(options), "a list of another length")
                return self.read(options[n - 1], scope)
            case "Sum", [ast.Name(k), body]:
                size = self.letters[k]
                if self.sizes[size] == "every":
                    n = scope.last - 1
                    return self.sums(self.read(body, scope._replace(at=scope.at | {k: n}, last=n)), {n: size})
                each = [scope._replace(at=scope.at | {k: n}) for n in range(1, self.sizes[size] + 1)]
                return total(*(self.read(body, one) for one in each))
            case "D", [body, x]:
                return self.derivative(body, x, scope)
            case (("delta" | "by_cases"), [a, b]):
                size = self.letters[a.id if isinstance(a, ast.Name) else b.id]
                same = self.delta(self.place(a, size, scope), self.place(b, size, scope))
                ensure(f == "delta" or same in (ONE, {}), "cases under a sum")
                cases = {keyword.arg: keyword.value for keyword in node.keywords}
                return same if f == "delta" else self.read(cases["same" if same else "distinct"], scope)
            case "by_label", [ast.Name(t), ast.Dict(keys, values)]:
                ensure(t not in scope.bound, "cases by a parameter")
                chosen = [v for k, v in zip(keys, values, strict=True) if k and ast.literal_eval(k) == self.labels[t]]
                return self.read(chosen[0], scope)
            case (("strike" | "number"), [a]):
                return self.read(a, scope)
            case "fraction", [a, b]:
                return self.operation(ast.Div, self.read(a, scope), self.read(b, scope))
            case "decimal", [ast.Constant(str(digits))]:
                return total({(): Fraction(digits)})
            case _, [a]:
                inner = self.read(a, scope)
                if f in ("exp", "log") and not order:
                    return self.exp(inner) if f == "exp" else self.log(self.require(inner, True))
                about = self.names[f]
                if "is" in about:
                    ensure(not order, "a prime")
                    return self.text(about["is"], Scope({}, {about["parameter"]: inner}, scope.last))
                ensure(about == {"parameter": ""}, "no function")
                return self.atom("function", (f, order), (), inner)
        raise ValueError(f"outside what this program reads: {f}")

    # ------------------------------------------------------------ derivatives

    def derivative(self, body: Any, x: Any, scope: Scope) -> Polynomial:
        """A derivative, also in a name of what is written with this name."""
        name, held = getattr(x, "value", x).id, self.held
        ensure(not scope.bound, "a derivative in a function, or of what a hypothesis says")
        ensure(not held or name == held, "a derivative in a name, of another")
        found = self.read(body, scope)
        if not held and not {"is", "of"}.isdisjoint(
            self.names.get(name, {})
        ):  # once more, and this time the name is not entered
            self.held = name
            found = self.read(body, scope)
        found = self.slope(found, self.variable(self.read(x, scope)))
        self.held = held
        return found if held else self.moved(found, {name: name})

    def variable(self, p: Polynomial) -> Any:
        """The name and the subscripts of an entry."""
        (((g, e),),) = p
        kind, name, places, _ = self.atoms[g]
        ensure(p[((g, e),)] == e == len(places) == 1 and kind == "entry" and name not in self.labels, "this derivative")
        return name, places[0]

    def slope(self, p: Polynomial, x: Any) -> Polynomial:
        """The derivative of a polynomial in an entry."""
        pieces: list[Polynomial] = [{}]
        for m, c in p.items():
            for g, e in m:
                if rate := self.rate(g, x):
                    pieces.append(self.times(self.times({m: c * e}, {((g, -1),): 1}), rate))
        return total(*pieces)

    @remembered
    def rate(self, g: int, x: Any) -> Polynomial:
        """The derivative of an atom."""
        kind, label, places, part = self.atoms[g]
        if kind == "sum":
            part, sizes = self.opened(g)
            return self.sums(self.slope(part, x), sizes)
        if kind == "entry":
            of, found = self.names.get(label, {}).get("of"), ONE
            if label == x[0] and len(places) == 1:
                for a, b in zip(places[0], x[1], strict=True):
                    found = self.times(found, self.delta(a, b))
                return found
            if of == x[0]:
                return self.entry(label, *places, x[1])
            return {} if {"is", "of"}.isdisjoint(self.names.get(of, {})) else self.chain(label, places, of, x)
        outer = ONE
        if kind == "exp":
            outer = {((g, 1),): 1}
        elif kind == "log":
            outer = self.power(part, -1)
        elif kind == "function":
            outer = self.atom(kind, (label[0], label[1] + 1), (), part)
        return self.times(outer, self.slope(part, x))

    def chain(self, label: str, places: Any, of: str, x: Any) -> Polynomial:
        """The derivative of an unknown function of a name, over all entries of the name."""
        sizes, terms = self.sizes_of(of), []
        numbers = [[next(self.fresh)] if self.sizes[s] == "every" else range(1, self.sizes[s] + 1) for s in sizes]
        for at in product(*numbers):
            self.spend(1)
            term = self.times(self.entry(label, *places, at), self.slope(self.entry(of, at), x))
            terms.append(self.sums(term, {n: size for n, size in zip(at, sizes, strict=True) if n < 0}))
        return total(*terms)

    # ------------------------------------------------------------ certificate

    def check(self, data: Any) -> None:
        sides = self.text(self.claim["left"]), self.text(self.claim["right"])
        scope = Scope(self.at, numerals=True)
        meant = {g: self.text(text, scope) for g, text in data["generators"].items()}
        zero = {h: self.text(text, scope) for h, text in data["hypotheses"].items()}
        for h, text in data["hypotheses"].items():  # with 0 for what the hypotheses say to be 0
            shown = self.text(text, scope._replace(bound={name: {} for name in self.said}))
            ensure(h not in meant and not shown, f"{h} is not 0")

        def over(terms: Any) -> Polynomial:
            """A polynomial as it stands in the file."""
            pieces = []
            for c, powers in terms:
                number = Fraction(c) if type(c) is str and re.fullmatch(r"-?\d+/\d+", c) else c
                ensure({type(number), *map(type, powers.values())} <= {int, Fraction}, f"no number: {c}")
                for g, e in powers.items():
                    ensure(e > 0 or (e < 0 and self.require(meant[g], False)), "an exponent of 0")
                pieces.append({tuple(sorted(powers.items())): number})
            return total(*pieces)

        def put_in(p: Polynomial) -> Polynomial:
            """A polynomial with the meanings of its letters."""
            pieces = []
            for m, c in p.items():
                pieces.append({(): c})
                for g, e in m:
                    pieces[-1] = self.times(pieces[-1], self.power((meant | zero)[g], e))
            return total(*pieces)

        def same(p: Polynomial, q: Polynomial) -> bool:
            return p == q or not self.expanded(total(p, minus(q)))[0]

        left, right = over(data["left"]), over(data["right"])
        ensure(same(sides[0], put_in(left)) and same(sides[1], put_in(right)), "a line is not its side")
        for g, x, slope in data["derivatives"]:
            ensure(same(self.slope(meant[g], self.variable(meant[x])), put_in(over(slope))), f"not its derivative: {g}")
        proof = [(over(relation), over(cofactor)) for relation, cofactor in data["proof"]]
        for relation, _ in proof:
            ensure(same(put_in(relation), {}), f"not a relation: {relation}")
        rest = total(left, minus(right), *(minus(self.times(relation, cofactor)) for relation, cofactor in proof))
        ensure(all(zero.keys() & dict(m) for m in rest), "left − right is not Σ cofactor × relation")


def cases(claim: Any) -> Any:
    """Every case: numbers for the free letters, and values for the labels."""
    sizes, letters = claim["sizes"], claim["letters"]
    ways: Any = [{}]
    for letter in claim["free"]:
        size, grown = sizes[letters[letter]], []
        for at in ways:
            used = 1 + max((n for other, n in at.items() if letters[other] == letters[letter]), default=0)
            most = used if size == "every" else min(size, used) if claim["coincidences"] else size
            grown += [at | {letter: n} for n in range(1, most + 1)]
        ways = grown
        ensure(len(ways) < 3000, "too many cases")
    lettered = all(place in letters for pair in claim["distinct"] + claim["same"] for place in pair)
    ensure(lettered or not (claim["coincidences"] or "every" in sizes.values()), "a numeral in a hypothesis")
    ways = [at for at in ways if all(at.get(a, a) != at.get(b, b) for a, b in claim["distinct"])]
    ways = [at for at in ways if all(at.get(a, a) == at.get(b, b) for a, b in claim["same"])]
    ensure(ways, "no case")
    return [(at, dict(zip(claim["labels"], n, strict=True))) for at in ways for n in product(*claim["labels"].values())]


def recheck(text: str) -> str:
    """VALID, or INVALID, with the name and the line; never an exception, whatever the text is."""
    shown = "a certificate"
    try:
        ensure(len(text) < 5_000_000, "too long")
        data = json.loads(text)
        claim = data["claim"]
        ensure(re.fullmatch(r"[\w-]{1,100}", claim["name"]) and type(claim["line"]) is int, "no name")
        every = [size for size, n in claim["sizes"].items() if n == "every"]
        scope = " ".join(f"{size} = {n}" for size, n in claim["sizes"].items() if size not in every)
        shown = f"{claim['name']} line {claim['line']}"
        canonical = json.dumps(claim, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        ensure(data["hash"] == hashlib.sha256(canonical.encode()).hexdigest(), "the claim is not what its hash says")
        ensure(all(n == "every" or (type(n) is int and 0 < n < 200) for n in claim["sizes"].values()), "a size")
        ensure(all("-".join(sorted(about)) in KINDS for about in claim["names"].values()), "a name that is two things")
        texts = [claim["left"], claim["right"], *claim["positive"], *(text for text, _ in claim["conditions"])]
        texts += [about["is"] for about in [*claim["names"].values(), *claim["equations"]] if "is" in about]
        for case in data["cases"]:
            texts += [*case["generators"].values(), *case["hypotheses"].values()]
        trees, work = parsed(texts), 0
        for (at, labels), case in zip(cases(claim), data["cases"], strict=True):
            one = Case(claim, trees, at, labels, case["letters"], work)
            one.check(case)
            work = one.work
        return f"VALID {shown} ({', '.join(f'every {size}' for size in every) or scope or 'scalar'})"
    except Exception as reason:  # whatever a file may hold
        return f"INVALID {shown}: {type(reason).__name__}: {reason!s:.200}"


def main(files: list[str]) -> int:
    """0 where all are valid, 1 where one is not, 2 where one cannot be read."""
    worst = 0 if files else 2
    for file in files:
        try:
            with open(file, encoding="utf-8") as opened:
                said = recheck(opened.read(5_000_001))
        except (OSError, ValueError) as reason:
            said = f"UNREADABLE {file}: {reason}"
        worst = max(worst, ("VALID", "INVALID", "UNREADABLE").index(said.split()[0]))
        print(said)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
