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

import hashlib
import json
import re
import sys
from fractions import Fraction
from itertools import count, permutations, product
from keyword import iskeyword
from typing import Any, NamedTuple, TypeVar

Method = TypeVar("Method", bound=Any)
Tree = Any  # a number, a name, or (an operator or function, its arguments)
Polynomial = dict[Any, Any]  # {monomial: number}, where a monomial is ((atom, exponent), …) in order
ZERO: Polynomial = {}
ONE: Polynomial = {(): 1}
STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 4}  # how operators bind; a sign in front with 3
APPLIED = ("(", "[", ".prime")  # what stands between a name and its arguments or subscripts
ENDS = {"listed": (").at(", ")"), "by_cases": (", same=", ", distinct=", ")"), "by_label": (", {", "})")}
TOKEN = re.compile(
    r"decimal\('[0-9]+\.[0-9]+'\)|[^\W\d]\w*|\.prime|, same=|, distinct=|, \{|-?(?:0|[1-9][0-9]*):|\}\)|\)\.at\(|"
    r"0|[1-9][0-9]*|\*\*|[^ ]"
)
OUTSIDE = "outside what this program reads: other words, quotes, comments, line breaks, or brackets without their pair"
CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
KINDS = ("is-letters", "sizes", "of-sizes", "parameter", "is-parameter")  # of names, by what is said of them
SMALL = 10**9  # numbers that need not be measured
READING, FRESH = -(10**6), -(10**9)  # letters of sums that are being read, and those without a text, begin below


def ensure(fact: Any, otherwise: str) -> None:
    """Raise ValueError, with the reason, where a fact does not hold."""
    if not fact:
        raise ValueError(otherwise)


# ------------------------------------------------------------------- formulas


def parsed(text: str) -> Tree:
    """A formula as a tree."""
    ensure(len(text) < 20_000, "a formula is too long")
    tokens = ["", *reversed(TOKEN.findall(text))]
    tree = expression(tokens, 0, 0)
    ensure(tokens == [""], OUTSIDE)
    return tree


def expression(tokens: list[str], least: int, depth: int) -> Tree:
    """What binds more strongly than `least`, taken from the end of the tokens."""
    if depth > 500:
        raise ValueError("a formula is too deep")
    tree: Tree
    token = tokens.pop()
    if token.isidentifier() and not iskeyword(token):
        tree = applied(tokens, token, depth + 1) if tokens[-1] in APPLIED else token
    elif token == "(":
        (tree,) = arguments(tokens, ")", depth + 1)
    elif token == "-":
        tree = "*", (-1, expression(tokens, 3, depth + 1))
    elif token.isdecimal() and token.isascii():
        tree = int(token)
    else:
        ensure(token.startswith("decimal("), OUTSIDE)
        tree = Fraction(token[9:-2])
    while (strength := STRENGTH.get(tokens[-1], 0)) > least:
        operator, depth = tokens.pop(), depth + 1
        tree = operator, (tree, expression(tokens, 3 if operator == "**" else strength, depth))
    return tree


def applied(tokens: list[str], name: str, depth: int) -> Tree:
    """A name with subscripts, or a function with arguments: of some functions in several parts."""
    if tokens[-1] == "[":
        return tokens.pop(), (name, arguments(tokens, "]", depth))
    while tokens[-1] == ".prime":
        name += tokens.pop()
    ensure(tokens.pop() == "(", OUTSIDE)
    if name in ENDS:
        return name, [arguments(tokens, end, depth) for end in ENDS[name]]
    return name, arguments(tokens, ")", depth)


def arguments(tokens: list[str], end: str, depth: int) -> Any:
    """What stands between commas, up to an end."""
    item = option if end == "})" else expression
    found = [item(tokens, 0, depth + 1)]
    while (token := tokens.pop()) == ",":
        found.append(item(tokens, 0, depth + 1))
    if token != end:
        raise ValueError(OUTSIDE)
    return tuple(found)


def option(tokens: list[str], least: int, depth: int) -> Tree:
    """A formula behind the value of a label and a colon."""
    value = tokens.pop()
    ensure(value[-1:] == ":", OUTSIDE)
    return int(value[:-1]), expression(tokens, least, depth)


# ---------------------------------------------------------------- polynomials


def total(*polynomials: Polynomial) -> Polynomial:
    """The sum of polynomials."""
    found: Polynomial = dict(*polynomials[:1])
    for p in polynomials[1:]:
        for m, c in p.items():
            found[m] = found.get(m, 0) + c
    return found if all(found.values()) else {m: c for m, c in found.items() if c}


def minus(p: Polynomial) -> Polynomial:
    """A polynomial with the other sign."""
    return {m: -c for m, c in p.items()}


def joined(m: Any, n: Any) -> Any:
    """The product of two monomials."""
    if not m or not n or m[-1][0] < n[0][0]:
        return m + n
    if n[-1][0] < m[0][0]:
        return n + m
    powers = dict(m)
    for g, e in n:
        powers[g] = powers.get(g, 0) + e
    return tuple(sorted(powers.items() if all(powers.values()) else [power for power in powers.items() if power[1]]))


def inverse(m: Any) -> Any:
    """A monomial to the power −1."""
    return tuple([(g, -e) for g, e in m])


def reciprocal(c: Any) -> Any:
    """A number to the power −1."""
    return c if c in (1, -1) else 1 / Fraction(c)


def lowest(p: Polynomial) -> dict[Any, Any]:
    """The lowest exponents that atoms have in a polynomial, where they are not 0."""
    terms = [dict(m) for m in p]
    atoms = set(terms[0]).intersection(*terms) | {g for m in p for g, e in m if e < 0}
    return {g: min([m.get(g, 0) for m in terms]) for g in sorted(atoms)}


def remembered(method: Method) -> Method:
    """A method of a case that computes nothing twice."""

    def found(self: Any, *given: Any) -> Any:
        key = method, self.held, given
        if (result := self.found.get(key)) is None:
            result = self.found[key] = method(self, *given)
        return result

    return found  # type: ignore[return-value]


class Atom(NamedTuple):
    """What a polynomial is in."""

    kind: str
    label: Any  # its name, or the letters that it sums
    places: Any  # subscripts in groups: of an entry its own, and those of each entry in which it is differentiated
    part: Polynomial  # what is inside
    free: set[Any]  # the letters and held names in it
    height: int  # how deep its sums are nested


class Scope(NamedTuple):
    """The numbers of letters, the value of a function's parameter, the last letter, whose the numerals are."""

    at: Any
    bound: Any = ()
    last: int = READING
    numerals: bool = False


class Case:
    """One case of a claim: its atoms, and what formulas come to over them."""

    def __init__(self, claim: Any, trees: dict[str, Tree], at: Any, labels: Any, letters: Any, work: int) -> None:
        self.claim, self.trees, self.at, self.labels, self.work = claim, trees, at, labels, work
        self.sizes, self.letters = claim["sizes"], {**letters, **claim["letters"]}
        self.said = {f"H{n}": {**said, "open": True} for n, said in enumerate(claim["equations"], 1)}
        self.names = {**claim["names"], **self.said}
        ensure(len(self.names | self.sizes) == sum(map(len, (claim["names"], self.said, self.sizes))), "a name twice")
        self.atoms: list[Atom] = []
        self.plain = Scope(at)
        self.signs: dict[int, int] = {}  # of atoms that are never 0: 1, -1, or 0 where the sign is not known
        self.found: dict[Any, Polynomial] = {}  # what was computed before
        self.fresh, self.held = count(FRESH, -1), ""  # held: the name in which one differentiates, which is not entered
        for text, positive in [*((text, True) for text in claim["positive"]), *claim["conditions"]]:
            self.assume(self.text(text), positive)

    def spend(self, work: int) -> None:
        self.work += work
        if self.work >= 10**5:
            raise ValueError("too much work")

    def times(self, p: Polynomial, q: Polynomial) -> Polynomial:
        if p == ONE or q == ONE:
            return q if p == ONE else p
        self.spend(len(p) * len(q))
        found: Polynomial = {}
        for m, c in p.items():
            for n, d in q.items():
                both, d = joined(m, n), c * d
                found[both] = d = found[both] + d if both in found else d
                if not -SMALL < d < SMALL or d.denominator > SMALL:
                    ensure(d.numerator.bit_length() + d.denominator.bit_length() < 9999, "a number is too long")
        return found if all(found.values()) else {m: c for m, c in found.items() if c}

    def power(self, p: Polynomial, n: Any) -> Polynomial:
        if n == 1:
            return p
        if n < 0:
            c, m = self.split(p)
            p, n = {inverse(m): reciprocal(c)}, -n
        if len(p) == 1:
            ((m, c),) = p.items()
            if c == 1:
                ensure(n.denominator == 1 or all(self.atoms[g].kind == "exp" for g, _ in m), "a root")
                return {tuple([(g, e * n) for g, e in m]): 1} if n else ONE
        ensure(n < 1000, "a large power")
        found = ONE
        for _ in range(n):
            found = self.times(found, p)
        return found

    def substituted(self, p: Polynomial, meanings: dict[Any, Polynomial]) -> Polynomial:
        """p with polynomials for some of its atoms."""
        pieces = []
        for m, c in p.items():
            piece = {tuple([power for power in m if power[0] not in meanings]): c}
            for g, e in m:
                if g in meanings:
                    piece = self.times(piece, self.power(meanings[g], e))
            pieces.append(piece)
        return total(*pieces)

    def expanded(self, p: Polynomial) -> tuple[Polynomial, Any]:
        """(q, m) with p = q·m: no S_f is left in q, and m is made of the S_f in denominators."""
        several = {g: self.atoms[g].part for m in p for g, _ in m if self.atoms[g].kind == "S"}
        if not several:
            return p, ()
        cleared = tuple([(g, e) for g, e in lowest(p).items() if g in several and e < 0])
        return self.substituted(self.times(p, {inverse(cleared): 1}), several), cleared

    def split(self, p: Polynomial) -> tuple[Any, Any]:
        """(c, m) with p = c·m: several terms become one atom S_f."""
        if len(p) == 1:
            ((m, c),) = p.items()
            return c, m
        p, cleared = self.expanded(p)
        ensure(p, "0 in a denominator or a logarithm")
        content = tuple([power for power in lowest(p).items() if power[1]])
        down = inverse(content)
        f = {joined(m, down): c for m, c in p.items()}
        c = f[max(f)]
        f = self.times(f, {(): reciprocal(c)})
        (s,) = self.atom("S", "", (), f) if len(f) > 1 else ONE
        return c, joined(joined(content, cleared), s)

    # ------------------------------------------------------------------ atoms

    def atom(self, kind: str, label: Any = "", places: Any = (), part: Polynomial = ZERO) -> Polynomial:
        key = kind, label, places, frozenset(part.items()) if part else ()
        if (found := self.found.get(key)) is None:
            self.found[key] = found = {((len(self.atoms), 1),): 1}
            free, height = {n for group in places for n in group if n < 0}, 0
            for m in part:
                for g, _ in m:
                    free |= self.atoms[g].free
                    height = max(height, self.atoms[g].height)
            if kind == "sum":
                free, height = free - dict(label).keys(), height + 1
            elif kind == "entry" and "is" in self.names.get(label, ()):
                free.add(label)
            if kind in ("exp", "size") or (kind in ("S", "sum") and {self.sign(c, m) for m, c in part.items()} == {1}):
                self.signs[len(self.atoms)] = 1
            self.atoms.append(Atom(kind, label, places, part, free, height))
        return found

    def sign(self, c: Any, m: Any) -> Any:
        """1 or -1 where c·m has this sign for sure, 0 where it is ≠ 0 for sure; 2 otherwise."""
        for g, e in m:
            if g not in self.signs:
                return 2
            if e % 2:
                c *= self.signs[g]
        return (c > 0) - (c < 0)

    def assume(self, p: Polynomial, positive: bool) -> None:
        c, m = self.split(p)
        unknown = [(g, e) for g, e in m if not self.signs.get(g)]
        self.signs |= {g: 0 for g, _ in unknown}
        odd = [g for g, e in unknown if e % 2]
        if positive and len(odd) == 1:
            self.signs[odd[0]] = self.sign(c, [power for power in m if power[0] != odd[0]])

    def require(self, p: Polynomial, positive: bool) -> Polynomial:
        """p as one term, seen to be ≠ 0 or even > 0."""
        if self.held:  # what is read with a name held has been read without
            return p
        c, m = self.split(p)
        sign = self.sign(c, m)
        ensure(sign == 1 if positive else sign < 2, "not seen to be > 0" if positive else "not seen to be ≠ 0")
        return {m: c}

    def exp(self, p: Polynomial) -> Polynomial:
        found = ONE
        for m, c in p.items():
            atom = self.atoms[m[0][0]] if len(m) == 1 and m[0][1] == 1 else None
            if atom and atom.kind == "log":
                base = atom.part
                ensure(c.denominator == 1 and (c % 2 == 0 or self.sign(1, max(base)) == 1), "exp of log |a|")
            else:
                base = self.atom("exp", part={m: 1})
            found = self.times(found, self.power(base, c))
        return found

    def log(self, p: Polynomial) -> Polynomial:
        """log |p|, apart for each atom and each prime."""
        c, m = self.split(p)
        pieces = []
        for g, e in m:
            log = self.atoms[g].part if self.atoms[g].kind == "exp" else self.atom("log", part={((g, 1),): 1})
            pieces.append(self.times(log, {(): e}))
        for n, sign in ((abs(c.numerator), 1), (c.denominator, -1)):
            prime = 2
            while n > 1:
                ensure(prime < 9999, "a large prime")
                if n % prime:
                    prime += 1
                else:
                    n //= prime
                    pieces.append(self.times(self.atom("log", part={(): prime}), {(): sign}))
        return total(*pieces)

    def delta(self, a: int, b: int) -> Polynomial:
        if a == b or min(a, b) > 0:
            return ONE if a == b else {}
        return self.atom("delta", places=((min(a, b), max(a, b)),))

    def entry(self, name: str, own: Any, *ways: Any) -> Polynomial:
        """An entry, differentiated in some others; what it is defined as."""
        if "is" in self.names.get(name, {}) and name != self.held and not ways:
            return self.meaning(name, own)
        return self.atom("entry", name, (own, *sorted(ways)))

    @remembered
    def meaning(self, name: str, own: Any) -> Polynomial:
        about = self.names[name]
        at = {**(self.at if "open" in about else {}), **dict(zip(about["letters"], own, strict=True))}
        return self.text(about["is"], Scope(at, (), min([READING, *[n for n in own if n > FRESH]])))

    # ---------------------------------------------------- sums of every length

    def moved(self, p: Polynomial, to: Any) -> Polynomial:
        """p with other letters, and with the meanings of held names."""
        meanings = {}
        for m in p:
            for g, _ in m:
                if not self.atoms[g].free.isdisjoint(to):
                    here = [change for change in to.items() if change[0] in self.atoms[g].free]
                    meanings[g] = self.moved_atom(g, tuple(here))
        return self.substituted(p, meanings) if meanings else p

    @remembered
    def moved_atom(self, g: int, changes: Any) -> Polynomial:
        to = dict(changes)
        kind, label, places, part, *_ = self.atoms[g]
        places = [tuple([to.get(n, n) for n in group]) for group in places]
        if kind == "entry":
            return self.entry(label, *places)
        if kind == "delta":
            return self.delta(*places[0])
        if kind == "sum":
            part, sizes = self.opened(g)
            return self.sums(self.moved(part, to), sizes)
        part = self.moved(part, to)
        if kind in ("exp", "log"):
            return self.exp(part) if kind == "exp" else self.log(part)
        if kind == "function":
            return self.atom(kind, label, part=part)
        c, m = self.split(part)
        return {m: c}

    def opened(self, g: int) -> tuple[Polynomial, dict[int, str]]:
        """What an atom sums, and over which letters: new ones."""
        label, part = self.atoms[g].label, self.atoms[g].part
        letters = {slot: next(self.fresh) for slot, _ in label}
        return self.moved(part, letters), {letters[slot]: size for slot, size in label}

    def sums(self, p: Polynomial, sizes: dict[int, str]) -> Polynomial:
        """Σ p over every value of some letters."""
        for letter, size in sizes.items():
            pieces = []
            for m, c in p.items():
                inside = tuple([power for power in m if letter in self.atoms[power[0]].free])
                outside = tuple([power for power in m if letter not in self.atoms[power[0]].free])
                pieces.append(self.times({outside: c}, self.summed(letter, size, inside)))
            p = total(*pieces)
        return p

    @remembered
    def summed(self, letter: int, size: str, inside: Any) -> Polynomial:
        """Σ of a monomial that holds the letter: sums in it multiplied out or cancelled, letters in one order."""
        if not inside:
            return self.atom("size", size)
        kinds = {g: self.atoms[g].kind for g, _ in inside}
        body, sizes = {tuple([(g, e) for g, e in inside if kinds[g] != "sum" or e < 0]): 1}, {letter: size}
        for g, e in inside:
            if kinds[g] == "delta":
                return self.moved({inside: 1}, {letter: sum(self.atoms[g].places[0]) - letter})
            for _ in range(e if kinds[g] == "sum" else 0):
                part, more = self.opened(g)
                sizes |= more
                body = self.times(body, part)
        ((m, c),) = body.items()
        below = {g for g, _ in m if self.atoms[g].kind == "sum"}
        for one in sizes if below and len(sizes) > 1 else ():
            own = tuple(power for power in m if one in self.atoms[power[0]].free)
            ((found, _),) = self.summed(one, sizes[one], own).items()
            if below.intersection(dict(found)):
                body = self.times({found: c}, {tuple(power for power in m if power not in own): 1})
                return self.sums(body, {n: of for n, of in sizes.items() if n != one})
        slot = -1000 * (1 + max([self.atoms[g].height for g, _ in m]))
        ensure(len(sizes) < 7 and slot > READING, "too many sums inside of each other")
        label = tuple([(slot - n, size) for n, size in enumerate(sorted(sizes.values()))])
        outside = {n for g, _ in m for n in self.atoms[g].free} - sizes.keys()
        ensure(outside.isdisjoint(dict(label)), "a letter that is taken")
        orders = [order for order in permutations(sizes) if [sizes[n] for n in order] == sorted(sizes.values())]
        ways = [dict(zip(order, dict(label), strict=True)) for order in orders]
        ((m, c),) = min([[*self.moved(body, way).items()] for way in ways])
        return self.times(self.atom("sum", label, part={m: 1}), {(): c})

    # ---------------------------------------------------------------- reading

    def text(self, text: str, scope: Scope | None = None) -> Polynomial:
        return self.read(self.trees[text], scope or self.plain)

    def read(self, tree: Tree, scope: Scope) -> Polynomial:
        """The polynomial that a formula is."""
        self.spend(1)
        if isinstance(tree, str):
            return self.name(scope, tree, ())
        if not isinstance(tree, tuple):
            return {(): tree} if tree else {}
        f, arguments = tree
        if f in STRENGTH:
            a, b = arguments
            return self.operation(f, self.read(a, scope), self.read(b, scope))
        match f:
            case "[":
                return self.name(scope, *arguments)
            case "fraction":
                a, b = arguments
                return self.operation("/", self.read(a, scope), self.read(b, scope))
            case "Sum":
                k, body = arguments
                size = self.letters[k]
                if self.sizes[size] == "every":
                    n = scope.last - 1
                    inner = Scope(scope.at | {k: n}, scope.bound, n, scope.numerals)
                    return self.sums(self.read(body, inner), {n: size})
                each = [scope._replace(at=scope.at | {k: n}) for n in range(1, self.sizes[size] + 1)]
                return total(*[self.read(body, one) for one in each])
            case "D":
                return self.derivative(scope, *arguments)
            case "delta":
                return self.same(scope, *arguments)
            case "by_cases":
                places, (same,), (distinct,) = arguments
                known = self.same(scope, *places)
                ensure(known in (ONE, {}), "cases under a sum")
                return self.read(same if known else distinct, scope)
            case "by_label":
                (t,), options = arguments
                ensure(t not in scope.bound, "cases by a parameter")
                (chosen,) = [option for value, option in options if value == self.labels[t]]
                return self.read(chosen, scope)
            case "listed":
                (_, *options), (place,) = arguments
                lettered = isinstance(place, str)
                n = scope.at[place] if lettered else place
                ensure(n in range(1, 1 + len(options)) and not self.claim["coincidences"], "listed")
                ensure(not lettered or self.sizes[self.letters[place]] == len(options), "a list of another length")
                return self.read(options[n - 1], scope)
        (a,) = arguments
        a = self.read(a, scope)
        match f:
            case "exp":
                return self.exp(a)
            case "log":
                return self.log(self.require(a, True))
            case "strike" | "number":
                return a
        name, *primes = f.split(".")
        about = self.names[name]
        if "is" in about:
            ensure(not primes, "a prime")
            return self.text(about["is"], Scope({}, {about["parameter"]: a}, scope.last))
        ensure(about == {"parameter": ""}, "no function")
        return self.atom("function", (name, len(primes)), part=a)

    def operation(self, operator: str, a: Polynomial, b: Polynomial) -> Polynomial:
        match operator:
            case "+":
                return total(a, b)
            case "-":
                return total(a, minus(b))
            case "*":
                return self.times(a, b)
            case "/":
                return self.times(a, self.power(self.require(b, False), -1))
        n = b.get((), 0)
        ensure(b.keys() <= {()} and n.denominator == 1, "an exponent that is no integer")
        return self.power(self.require(a, False) if n < 0 else a, int(n))

    def name(self, scope: Scope, name: str, places: Any) -> Polynomial:
        """A parameter, a size, or an entry."""
        if name in scope.bound:
            return scope.bound[name]  # type: ignore[no-any-return]
        if name in self.sizes:
            return self.atom("size", name) if self.sizes[name] == "every" else {(): self.sizes[name]}
        about = self.names.get(name, {})
        if "parameter" in about or (scope.bound and "is" in about):
            raise ValueError("a name in a function")
        sizes = self.sizes_of(about)
        return self.entry(name, tuple([self.place(p, size, scope) for p, size in zip(places, sizes, strict=True)]))

    def place(self, tree: Tree, size: str, scope: Scope) -> Any:
        if isinstance(tree, str):
            if self.letters[tree] != size:
                raise ValueError("a letter of another size")
            return scope.at[tree]
        most = 0 if self.claim["coincidences"] else self.sizes[size]
        if scope.numerals:  # numbers of this case
            used = [n for letter, n in self.at.items() if self.letters[letter] == size]
            most = max(used, default=1) if self.sizes[size] == "every" else self.sizes[size]
        ensure(type(tree) is type(most) is int and 1 <= tree <= most, "a numeral as subscript")
        return tree

    def sizes_of(self, about: Any) -> list[str]:
        return [self.letters[k] for k in about["letters"]] if "is" in about else about.get("sizes", [])

    def same(self, scope: Scope, a: Tree, b: Tree) -> Polynomial:
        """1 where two subscripts are the same, 0 where they are not."""
        size = self.letters[a if isinstance(a, str) else b]
        return self.delta(self.place(a, size, scope), self.place(b, size, scope))

    # ------------------------------------------------------------ derivatives

    def derivative(self, scope: Scope, body: Tree, x: Tree) -> Polynomial:
        """A derivative, also in a name of what is written with this name."""
        ensure(isinstance(x, str) or x[0] == "[", "a derivative in what is no name")
        name, held = x if isinstance(x, str) else x[1][0], self.held
        ensure(not scope.bound, "a derivative in a function, or of what a hypothesis says")
        ensure(not held or name == held, "a derivative in a name, of another")
        found = self.read(body, scope)
        if not held and not {"is", "of"}.isdisjoint(self.names.get(name, {})):
            self.held = name  # once more, and this time the name is not entered
            found = self.read(body, scope)
        found = self.slope(found, self.variable(self.read(x, scope)))
        self.held = held
        return found if held else self.moved(found, {name: name})

    def variable(self, p: Polynomial) -> Any:
        """The name and the subscripts of an entry."""
        (((g, e),),) = p
        kind, name, places, *_ = self.atoms[g]
        ensure(p[((g, e),)] == e == len(places) == 1 and kind == "entry" and name not in self.labels, "this derivative")
        return name, places[0]

    def slope(self, p: Polynomial, x: Any) -> Polynomial:
        """The derivative of a polynomial in an entry."""
        pieces = []
        for m, c in p.items():
            for g, e in m:
                if rate := self.rate(g, x):
                    pieces.append(self.times({joined(m, ((g, -1),)): c * e}, rate))
        return total(*pieces)

    @remembered
    def rate(self, g: int, x: Any) -> Polynomial:
        """The derivative of an atom."""
        kind, label, places, part, *_ = self.atoms[g]
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
            outer = self.atom(kind, (label[0], label[1] + 1), part=part)
        return self.times(outer, self.slope(part, x))

    def chain(self, label: str, places: Any, of: str, x: Any) -> Polynomial:
        """The derivative of an unknown function of a name, over all entries of the name."""
        sizes, terms = self.sizes_of(self.names.get(of, {})), []
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
        meanings = meant | zero

        def over(terms: Any) -> Polynomial:
            """A polynomial as it stands in the file."""
            pieces = []
            for c, powers in terms:
                number = Fraction(c) if type(c) is str and re.fullmatch(r"-?\d+/\d+", c) else c
                ensure(type(number) in (int, Fraction), f"no number: {c}")
                for g, e in powers.items():
                    ensure(type(e) is int and g in meanings, "no power of a letter with a meaning")
                    ensure(e > 0 or (e < 0 and self.require(meant[g], False)), "an exponent of 0")
                pieces.append({tuple(sorted(powers.items())): number})
            return total(*pieces)

        def means(q: Polynomial, p: Polynomial) -> bool:
            """Whether q, with the meanings of its letters, is p."""
            q = self.substituted(q, meanings)
            return p == q or not self.expanded(total(p, minus(q)))[0]

        left, right = over(data["left"]), over(data["right"])
        ensure(means(left, sides[0]) and means(right, sides[1]), "a line is not its side")
        for g, x, slope in data["derivatives"]:
            ensure(means(over(slope), self.slope(meant[g], self.variable(meant[x]))), f"not its derivative: {g}")
        rest = total(left, minus(right))
        for relation, cofactor in data["proof"]:
            shown = over(relation)
            ensure(means(shown, {}), f"not a relation: {relation}")
            rest = total(rest, minus(self.times(shown, over(cofactor))))
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


def recheck(text: str, shown: str = "a certificate") -> str:
    """VALID, or INVALID, with name and line where they can be read; never an exception, whatever the text is."""
    try:
        ensure(len(text) < 5_000_000, "too long")
        data = json.loads(text)
        claim = data["claim"]
        ensure(re.fullmatch(r"[\w-]{1,100}", claim["name"]) and type(claim["line"]) is int, "no name")
        every = [size for size, n in claim["sizes"].items() if n == "every"]
        scope = " ".join(f"{size} = {n}" for size, n in claim["sizes"].items() if size not in every)
        shown = f"{claim['name']} line {claim['line']}"
        canonical = CANONICAL.encode(claim).encode()
        ensure(data["hash"] == hashlib.sha256(canonical).hexdigest(), "the claim is not what its hash says")
        ensure(all(n == "every" or (type(n) is int and 0 < n < 200) for n in claim["sizes"].values()), "a size")
        ensure(all("-".join(sorted(about)) in KINDS for about in claim["names"].values()), "a name that is two things")
        texts = [claim["left"], claim["right"], *claim["positive"], *(text for text, _ in claim["conditions"])]
        texts += [about["is"] for about in [*claim["names"].values(), *claim["equations"]] if "is" in about]
        for case in data["cases"]:
            texts += [*case["generators"].values(), *case["hypotheses"].values()]
        trees, work = {text: parsed(text) for text in dict.fromkeys(texts)}, 0
        for (at, labels), case in zip(cases(claim), data["cases"], strict=True):
            one = Case(claim, trees, at, labels, case["letters"], work)
            one.check(case)
            work = one.work
        return f"VALID {shown} ({', '.join(f'every {size}' for size in every) or scope or 'scalar'})"
    except Exception as reason:  # whatever a file may hold
        what = "" if type(reason) is ValueError else f"{type(reason).__name__}: "
        return f"INVALID {shown}: {what}{reason!s:.200}"


def main(files: list[str]) -> int:
    """0 where all are valid, 1 where one is not, 2 where one cannot be read."""
    worst = 0 if files else 2
    for file in files:
        try:
            with open(file, encoding="utf-8") as opened:
                said = recheck(opened.read(5_000_001), file)
        except (OSError, ValueError) as reason:
            said = f"UNREADABLE {file}: {reason}"
        worst = max(worst, ("VALID", "INVALID", "UNREADABLE").index(said.split()[0]))
        print(said)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
