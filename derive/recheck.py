"""Reads certificates again, without derive: VALID, or INVALID with the line and the reason.

Both lines are parsed from their text, differentiated as trees, and become polynomials over atoms (variables, exp, log,
several terms S_f, sums over a size that stays open, unknown functions) by the code below.  In every case (free letters
coincide or not, labels take their values) each line has to be the certificate's side with the generators' meanings
put in, each derivative the one found here, and left − right = Σ cofactor × relation with generators as mere letters.
A relation has to hold with the meanings put in, where H1, H2, … is what hypothesis 1, 2, … says to be 0.  Denominators
and arguments of logarithms have to be seen ≠ 0 and > 0, or be listed as conditions.  Not asked: whether hypotheses and
conditions can hold together.  Arrays are their entries.  Not read: rounded lines, a name's derivative in another.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import sys
from fractions import Fraction
from functools import cache
from itertools import permutations, product
from typing import Any

ONE: Any = {(): 1}  # a polynomial is {monomial: number}, a monomial ((atom, exponent), …) in order


NOTHING: Any = {}
KINDS = ("is-letters", "sizes", "of-sizes", "parameter", "is-parameter")  # of names, by what is said of them
HYPERBOLIC = {
    name: {"parameter": "u", "is": f"({a})/({b})"}
    for name, a, b in (
        ("sinh", "exp(u) - exp(-u)", "2"),
        ("cosh", "exp(u) + exp(-u)", "2"),
        ("tanh", "exp(u) - exp(-u)", "exp(u) + exp(-u)"),
        ("coth", "exp(u) + exp(-u)", "exp(u) - exp(-u)"),
        ("sech", "2", "exp(u) + exp(-u)"),
        ("csch", "2", "exp(u) - exp(-u)"),
    )
}


@cache
def parsed(text: str) -> Any:
    """A formula as Python parses it."""
    ensure(len(text) < 20_000, "a formula is too long")
    return ast.parse(text, mode="eval").body


def ensure(fact: Any, otherwise: str) -> None:
    """Raise ValueError, with the reason, where a fact does not hold."""
    if not fact:
        raise ValueError(otherwise)


def total(*polynomials: Any) -> Any:
    """The sum of polynomials."""
    found: Any = {}
    for m, c in (term for p in polynomials for term in p.items()):
        found[m] = found.get(m, 0) + c
    return {m: c for m, c in found.items() if c}


def inverse(m: Any) -> Any:
    """A monomial to the power −1."""
    return tuple((g, -e) for g, e in m)


class Case:
    """One case of a claim: its atoms, and what formulas come to over them."""

    def __init__(self, claim: Any, at: Any, labels: Any, letters: Any, work: int) -> None:
        self.claim, self.at, self.labels = claim, at, labels
        self.sizes, self.letters = claim["sizes"], {**letters, **claim["letters"]}
        self.said = {f"H{n}": {**said, "open": True} for n, said in enumerate(claim["equations"], 1)}
        self.names = {**claim["names"], **self.said}
        self.atoms: Any = []  # (kind, label, places, parts); beside it the open letters, and how deep sums are nested
        self.free: Any = []
        self.heights: Any = []
        self.signs: Any = {}  # of atoms that are never 0: 1, -1, or 0 where the sign is not known
        self.numbers: Any = {}  # the polynomials that atoms are
        self.values: Any = {}  # of formulas
        self.meanings: Any = {}  # of names
        self.stands: Any = {}  # what names in the certificate stand for
        self.stage = "claim"  # then "generators", then "proof"
        self.work, self.fresh = work, -(10**9)
        for about in claim["names"].values():
            ensure("-".join(sorted(about)) in KINDS, "a name that is two things")
        for text, positive in [*((text, True) for text in claim["positive"]), *claim["conditions"]]:
            self.assume(self.value(self.tree(parsed(text), at)), positive)

    # ------------------------------------------------------------ polynomials

    def spend(self, work: int) -> None:
        self.work += work
        ensure(self.work < 10**5, "too much work")

    def times(self, p: Any, q: Any) -> Any:
        found: Any = {}
        self.spend(len(p) * len(q))
        for (m, c), (n, d) in product(p.items(), q.items()):
            if m and n:
                powers = dict(m)
                for g, e in n:
                    powers[g] = powers.get(g, 0) + e
                m, n = tuple(sorted([power for power in powers.items() if power[1]])), ()
            found[m or n] = found.get(m or n, 0) + c * d
        return found if len(found) == len(p) * len(q) else {m: c for m, c in found.items() if c}

    def power(self, p: Any, n: Any) -> Any:
        if n < 0:
            c, m = self.split(p)
            return self.power({inverse(m): c if c in (1, -1) else 1 / Fraction(c)}, -n)
        if len(p) == 1 and [*p.values()] == [1]:
            ensure(n.denominator == 1 or all(self.atoms[g][0] == "exp" for m in p for g, _ in m), "a root")
            return {tuple((g, e * n) for g, e in m): 1 for m in p} if n else ONE
        ensure(n < 1000, "a large power")
        found = ONE
        for _ in range(n):
            found = self.times(found, p)
        return found

    def expanded(self, p: Any) -> Any:
        """(q, m) with p = q·m: no S_f is left in q, and m is made of the S_f in denominators."""
        several = sorted({g for m in p for g, _ in m if self.atoms[g][0] == "S"})
        if not several:
            return p, ()
        lowest = {g: min(0, *(dict(m).get(g, 0) for m in p)) for g in several}
        cleared, pieces = tuple(power for power in lowest.items() if power[1]), []
        for m, c in self.times(p, {inverse(cleared): 1}).items():
            pieces.append({tuple(power for power in m if power[0] not in lowest): c})
            for g, e in (power for power in m if power[0] in lowest):
                pieces[-1] = self.times(pieces[-1], self.power(dict(self.atoms[g][3][0]), e))
        return total(*pieces), cleared

    def split(self, p: Any) -> Any:
        """(c, m) with p = c·m: several terms become one atom S_f."""
        p, cleared = self.expanded(p)
        ensure(p, "0 in a denominator or a logarithm")
        lowest = {g: min(dict(m).get(g, 0) for m in p) for g in {g for m in p for g, _ in m}}
        content = tuple(sorted(power for power in lowest.items() if power[1]))
        f = self.times(p, {inverse(content): 1})
        c = f[max(f)]
        f = f if c == 1 else self.times(f, {(): 1 / Fraction(c)})
        (m,) = self.times({content: 1}, self.times({cleared: 1}, self.atom("S", "", (), f) if len(f) > 1 else ONE))
        return c, m

    def vanishes(self, p: Any) -> bool:
        return not self.expanded(p)[0]

    # ------------------------------------------------------------------ atoms

    def atom(self, kind: str, label: Any, places: Any, *parts: Any) -> Any:
        key = (kind, label, places, tuple(frozenset(p.items()) for p in parts))
        if key not in self.numbers:
            inside = [g for p in parts for m in p for g, _ in m]
            bound = {slot for slot, _ in label} if kind == "sum" else set()
            self.numbers[key] = {((len(self.atoms), 1),): 1}
            self.free.append({n for n in places if n < 0}.union(*(self.free[g] for g in inside)) - bound)
            self.heights.append((kind == "sum") + max((self.heights[g] for g in inside), default=0))
            if kind in ("exp", "size") or (
                kind in ("S", "sum") and {self.sign(c, m) for m, c in parts[0].items()} == {1}
            ):
                self.signs[len(self.atoms)] = 1
            self.atoms.append(key)
        return self.numbers[key]

    def sign(self, c: Any, m: Any) -> Any:
        """1 or -1 where c·m has this sign for sure, 0 where it is ≠ 0 for sure; 2 otherwise."""
        if not all(g in self.signs for g, _ in m):
            return 2
        for g, e in m:
            c *= 1 if e % 2 == 0 else self.signs[g]
        return (c > 0) - (c < 0)

    def assume(self, p: Any, positive: bool) -> None:
        c, m = self.split(p)
        unknown = [(g, e) for g, e in m if not self.signs.get(g)]
        self.signs |= {g: 0 for g, _ in unknown}
        odd = [g for g, e in unknown if e % 2]
        if positive and len(odd) == 1:
            self.signs[odd[0]] = self.sign(c, [power for power in m if power[0] != odd[0]])

    def require(self, p: Any, positive: bool) -> Any:
        sign = self.sign(*self.split(p))
        ensure(sign == 1 if positive else sign < 2, f"not seen to be {'> 0' if positive else '≠ 0'}")
        return p

    def exp(self, p: Any) -> Any:
        found = ONE
        for m, c in p.items():
            atom: Any = self.atoms[m[0][0]] if len(m) == 1 and m[0][1] == 1 else ("", "", (), ())
            kind, parts = atom[0], atom[3]
            base = dict(parts[0]) if kind == "log" else self.atom("exp", "", (), {m: 1})
            if kind == "log":
                ensure(c.denominator == 1 and (c % 2 == 0 or self.sign(1, max(base)) == 1), "exp of log |a|")
            found = self.times(found, self.power(base, c))
        return found

    def log(self, p: Any) -> Any:
        """log |p|, apart for each atom and each prime."""
        c, m = self.split(p)
        pieces = []
        for g, e in m:
            kind, _, _, parts = self.atoms[g]
            log = dict(parts[0]) if kind == "exp" else self.atom("log", "", (), {((g, 1),): 1})
            pieces.append(self.times(log, {(): e}))
        for n, sign in ((abs(c.numerator), 1), (c.denominator, -1)):
            for prime in range(2, 9999) if n > 1 else ():
                while n % prime == 0:
                    n //= prime
                    pieces.append(self.times(self.atom("log", "", (), {(): prime}), {(): sign}))
            ensure(n == 1, "a large prime")
        return total(*pieces)

    # ---------------------------------------------------- sums of every length

    def letter(self) -> int:
        self.fresh -= 1
        return self.fresh

    def moved(self, p: Any, to: Any) -> Any:
        """p with other letters."""
        pieces = []
        for m, c in p.items():
            pieces.append({tuple(power for power in m if self.free[power[0]].isdisjoint(to)): c})
            for g, e in (power for power in m if not self.free[power[0]].isdisjoint(to)):
                kind, label, places, parts = self.atoms[g]
                if kind == "sum":
                    letters = {slot: self.letter() for slot, _ in label}
                    found = self.moved(self.moved(dict(parts[0]), letters), to)
                    for slot, size in label:
                        found = self.sum(found, letters[slot], size)
                else:
                    inner = [self.moved(dict(part), to) for part in parts]
                    found = self.make(kind, label, tuple(to.get(n, n) for n in places), *inner)
                pieces[-1] = self.times(pieces[-1], self.power(found, e))
        return total(*pieces)

    def make(self, kind: str, label: Any, places: Any, *parts: Any) -> Any:
        match kind:
            case "exp":
                return self.exp(*parts)
            case "log":
                return self.log(*parts)
            case "S":
                c, m = self.split(*parts)
                return {m: c}
            case "delta":
                return (
                    ONE
                    if min(places) == max(places)
                    else {}
                    if min(places) > 0
                    else self.atom(kind, "", tuple(sorted(places)))
                )
        return self.atom(kind, label, places, *parts)

    def sum(self, p: Any, letter: int, size: str) -> Any:
        """Σ p over every value of a letter."""
        pieces = []
        for m, c in p.items():
            inside = tuple(power for power in m if letter in self.free[power[0]])
            outside = tuple(power for power in m if letter not in self.free[power[0]])
            deltas = [self.atoms[g][2] for g, _ in inside if self.atoms[g][0] == "delta"]
            if deltas:
                found = self.moved({inside: 1}, {letter: sum(deltas[0]) - letter})
            else:
                found = self.summed({letter: size}, inside) if inside else self.atom("size", size, ())
            pieces.append(self.times({outside: c}, found))
        return total(*pieces)

    def summed(self, sizes: Any, inside: Any) -> Any:
        """Σ of a monomial that holds the letters: sums in it multiplied out or cancelled, letters in one order."""
        body = ONE
        for g, e in inside:
            kind, label, _, parts = self.atoms[g]
            for _ in range(e if kind == "sum" else 0):
                letters = {slot: self.letter() for slot, _ in label}
                sizes = sizes | {letters[slot]: size for slot, size in label}
                body = self.times(body, self.moved(dict(parts[0]), letters))
            body = self.times(body, {((g, e),): 1} if kind != "sum" or e < 0 else ONE)
        ((m, c),) = body.items()
        below = {g for g, _ in m if self.atoms[g][0] == "sum"}
        for letter in sizes if below and len(sizes) > 1 else ():
            part = tuple(power for power in m if letter in self.free[power[0]])
            ((found, _),) = self.summed({letter: sizes[letter]}, part).items()
            if below.intersection(dict(found)):
                body = self.times({found: c}, {tuple(power for power in m if power not in part): 1})
                for other in sizes.keys() - {letter}:
                    body = self.sum(body, other, sizes[other])
                return body
        ensure(len(sizes) < 7, "too many sums inside of each other")
        first = -1000 * (1 + max(self.heights[g] for g, _ in m))
        label = tuple((first - n, size) for n, size in enumerate(sorted(sizes.values())))
        orders = (zip(order, label, strict=True) for order in permutations(sizes))
        ways = [
            {x: slot for x, (slot, _) in order}
            for order in map(list, orders)
            if all(sizes[x] == s for x, (_, s) in order)
        ]
        ((m, c),) = min([*self.moved(body, way).items()] for way in ways)
        return self.times(self.atom("sum", label, (), {m: 1}), {(): c})

    # ---------------------------------------------------------------- reading

    def place(self, node: Any, size: str, at: Any) -> Any:
        if isinstance(node, ast.Name):
            ensure(self.letters[node.id] == size, f"{node.id} does not run to {size}")
            return at[node.id]
        written = 0 if self.claim["coincidences"] else self.sizes[size]
        most = written if self.stage == "claim" else self.most(size)
        ensure(type(node.value) is type(most) is int and 1 <= node.value <= most, "a numeral as subscript")
        return node.value

    def most(self, size: str) -> Any:
        """Up to which number there are values of a letter for sure."""
        used = [n for letter, n in self.at.items() if self.letters[letter] == size]
        return max(used, default=1) if self.sizes[size] == "every" else self.sizes[size]

    def delta(self, a: int, b: int) -> Any:
        return int(a == b) if a == b or min(a, b) > 0 else ("delta", min(a, b), max(a, b))

    def tree(self, node: Any, at: Any, bound: Any = NOTHING) -> Any:
        """The formula with numbers for its letters, cases chosen, sums of known length written out."""
        match node:
            case ast.Name(x) | ast.Subscript(ast.Name(x)) if x in bound or x in self.stands:
                return bound[x] if x in bound else self.stands[x]
            case ast.BinOp(left, op, right):
                a, b = self.tree(left, at, bound), self.tree(right, at, bound)
                match type(op).__name__:
                    case "Add" | "Mult" as name:
                        return name, a, b
                    case "Sub":
                        return "Add", a, ("Mult", -1, b)
                    case "Div":
                        return "Mult", a, ("Pow", b, -1)
                    case "Pow":
                        number = self.value(b)
                        whole = number.keys() <= {()} and number.get((), 0).denominator == 1
                        ensure(whole, "an exponent that is no integer")
                        return "Pow", a, int(number.get((), 0))
            case ast.Constant(int(n)) if type(n) is int:
                return n
            case ast.UnaryOp(ast.USub(), a):
                return "Mult", -1, self.tree(a, at, bound)
            case ast.Name(x) if x in self.sizes:
                return ("size", x) if self.sizes[x] == "every" else self.sizes[x]
            case ast.Name(x) | ast.Subscript(ast.Name(x)):
                about = self.names.get(x, {})
                ensure("parameter" not in about and not ("is" in about and bound), f"{x} in a function")
                sizes = [self.letters[k] for k in about["letters"]] if "is" in about else about.get("sizes", [])
                where = [] if isinstance(node, ast.Name) else getattr(node.slice, "elts", [node.slice])
                return "entry", x, tuple(self.place(p, s, at) for p, s in zip(where, sizes, strict=True)), ()
            case ast.Call(ast.Attribute(ast.Call(ast.Name("listed"), [_, *options]), "at"), [where]):
                size = self.letters[where.id] if isinstance(where, ast.Name) else None
                one: Any = at[where.id] if isinstance(where, ast.Name) else getattr(where, "value", 0)
                ensure(one in range(1, 1 + len(options)) and not self.claim["coincidences"], "listed")
                ensure(not size or self.sizes[size] == len(options), "a list of another length")
                return self.tree(options[one - 1], at, bound)
            case ast.Call(f, args, keywords):
                return self.call(f, args, {k.arg: k.value for k in keywords}, at, bound)
        raise ValueError("outside what this program reads")

    def call(self, f: Any, args: Any, keywords: Any, at: Any, bound: Any) -> Any:
        order = 0
        while isinstance(f, ast.Attribute) and f.attr == "prime":
            f, order = f.value, order + 1
        match f.id, args:
            case "Sum", [ast.Name(k), body]:
                size = self.letters[k]
                if self.sizes[size] == "every":
                    x = self.letter()
                    return "Sum", x, size, self.tree(body, at | {k: x}, bound)
                return "Add", *(self.tree(body, at | {k: n}, bound) for n in range(1, self.sizes[size] + 1))
            case "D", [body, x]:
                variable = self.tree(x, at)
                ensure(self.stage != "proof", "a derivative of what a hypothesis says")
                ensure(not bound and variable[0] == "entry" and variable[1] not in self.labels, "this derivative")
                return "D", self.tree(body, at), variable
            case (("delta" | "by_cases"), [a, b]):
                size = self.letters[a.id if isinstance(a, ast.Name) else b.id]
                same = self.delta(self.place(a, size, at), self.place(b, size, at))
                ensure(f.id == "delta" or type(same) is int, "cases under a sum")
                return same if f.id == "delta" else self.tree(keywords["same" if same else "distinct"], at, bound)
            case "by_label", [ast.Name(t), ast.Dict(keys, values)]:
                ensure(t not in bound, "cases by a parameter")
                chosen = [v for k, v in zip(keys, values, strict=True) if k and ast.literal_eval(k) == self.labels[t]]
                return self.tree(chosen[0], at, bound)
            case (("strike" | "number"), [a]):
                return self.tree(a, at, bound)
            case "fraction", [a, b]:
                return self.tree(ast.BinOp(a, ast.Div(), b), at, bound)
            case "decimal", [ast.Constant(str(digits))]:
                whole, _, rest = digits.partition(".")
                return "Mult", int(whole + rest), ("Pow", 10, -len(rest))
            case name, [a]:
                inner = self.weighed(self.tree(a, at, bound))
                if name in ("exp", "log") and not order:
                    return name, inner
                about = {**HYPERBOLIC, **self.names}[name]
                if "is" not in about:
                    ensure(about == {"parameter": ""}, "no function")
                    return "function", name, order, inner
                ensure(not order, "a prime")
                return self.weighed(self.tree(parsed(about["is"]), {}, bound | {about["parameter"]: inner}))
        raise ValueError(f"outside what this program reads: {f.id}")

    def weighed(self, t: Any) -> Any:
        """A formula, refused where it is too large."""
        self.spend(1)
        for part in t if isinstance(t, tuple) else ():
            self.weighed(part)
        return t

    def meaning(self, name: str, places: Any) -> Any:
        """What an entry is defined as; None for a variable."""
        about = self.names.get(name, {})
        if "is" in about and (name, places) not in self.meanings:
            start = self.at if about.get("open") else {}
            letters = dict(zip(about["letters"], places, strict=True))
            self.meanings[name, places] = self.tree(parsed(about["is"]), start | letters)
        return self.meanings[name, places] if "is" in about else None

    def slope(self, t: Any, x: Any) -> Any:
        """The derivative of a formula as it is written, in the entry x; names are entered until x is found."""
        self.spend(1)
        match t:
            case "Add", *terms:
                return "Add", *(self.slope(term, x) for term in terms)
            case "Mult", a, b:
                return "Add", ("Mult", self.slope(a, x), b), ("Mult", a, self.slope(b, x))
            case "Pow", a, n:
                return "Mult", ("Mult", n, ("Pow", a, n - 1)), self.slope(a, x)
            case "exp", a:
                return "Mult", t, self.slope(a, x)
            case "log", a:
                return "Mult", self.slope(a, x), ("Pow", a, -1)
            case "function", name, order, a:
                return "Mult", ("function", name, order + 1, a), self.slope(a, x)
            case "Sum", k, size, a:
                return "Sum", k, size, self.slope(a, x)
            case "D", a, y:
                variable = {"is", "of"}.isdisjoint(self.names.get(x[1], {}))
                ensure(variable or x[1] == y[1], "a derivative in a name, of another")
                return self.slope(self.slope(a, y), x)
            case "entry", name, places, ways:
                about = self.names.get(name, {})
                if name == x[1] and not ways:
                    found: Any = 1
                    for a, b in zip(places, x[2], strict=True):
                        found = ("Mult", found, self.delta(a, b))
                    return found
                if about.get("of") == x[1]:
                    return "entry", name, places, tuple(sorted((*ways, x[2])))
                if "of" in about and not {"is", "of"}.isdisjoint(self.names.get(about["of"], {})):
                    return self.chain(t, about["of"], x)
                meaning = self.meaning(name, places)
                return 0 if meaning is None else self.slope(meaning, x)
        return 0

    def chain(self, t: Any, of: str, x: Any) -> Any:
        """The derivative of an unknown function of a name, over all entries of the name."""
        about = self.names[of]
        sizes = [self.letters[k] for k in about["letters"]] if "is" in about else about["sizes"]
        ways: Any = [((), ())]
        for size in sizes:
            numbers = [self.letter()] if self.sizes[size] == "every" else range(1, self.sizes[size] + 1)
            ways = [((*at, n), (*open_, (n, size)) if n < 0 else open_) for at, open_ in ways for n in numbers]
        terms = []
        for at, open_ in ways:
            term: Any = ("Mult", (*t[:3], tuple(sorted((*t[3], at)))), self.slope(("entry", of, at, ()), x))
            for n, size in open_:
                term = ("Sum", n, size, term)
            terms.append(term)
        return "Add", *terms

    def value(self, t: Any) -> Any:
        """The polynomial that a formula is."""
        if t not in self.values:
            found = self.values[t] = self.fresh_value(t)
            ensure(
                all(c.numerator.bit_length() + c.denominator.bit_length() < 9999 for c in found.values()), "too long"
            )
        return self.values[t]

    def fresh_value(self, t: Any) -> Any:
        match t:
            case int():
                return {(): t} if t else {}
            case "Add", *terms:
                return total(*map(self.value, terms))
            case "Mult", a, b:
                a = self.value(a)
                return self.times(a, self.value(b)) if a else self.value(b) and {}
            case "Pow", a, n:
                p = self.value(a)
                return self.power(self.require(p, False) if n < 0 else p, n)
            case "exp", a:
                return self.exp(self.value(a))
            case "log", a:
                return self.log(self.require(self.value(a), True))
            case "Sum", x, size, a:
                return self.sum(self.value(a), x, size)
            case "delta", a, b:
                return self.atom("delta", "", (a, b))
            case "size", x:
                return self.atom("size", x, ())
            case "function", name, order, a:
                return self.atom("function", (name, order), (), self.value(a))
            case "D", a, x:
                self.value(a)  # has to have a value itself
                return self.value(self.weighed(self.slope(a, x)))
        _, name, places, ways = t
        meaning = self.meaning(name, places)
        return self.atom("entry", (name, len(ways)), sum(ways, places)) if meaning is None else self.value(meaning)

    # ------------------------------------------------------------ certificate

    def read(self, text: str) -> Any:
        return self.value(self.tree(parsed(text), self.at))

    def check(self, data: Any) -> None:
        sides = self.read(self.claim["left"]), self.read(self.claim["right"])
        self.stage = "generators"
        meant = {g: self.tree(parsed(text), self.at) for g, text in data["generators"].items()}
        self.stage, self.stands = "proof", meant
        for side, text in zip(sides, (data["left"], data["right"]), strict=True):
            ensure(self.vanishes(total(side, self.minus(self.read(text)))), f"a line is not {text}")
        for g, x, text in data["derivatives"]:
            slope = self.value(self.slope(meant[g], meant[x]))
            ensure(self.vanishes(total(slope, self.minus(self.read(text)))), f"the derivative of {g} is not {text}")
        for relation, cofactor in data["proof"]:
            ensure(self.vanishes(self.read(relation)), f"not a relation: {relation}")
            self.read(cofactor)  # what stands in denominators is not 0
        mere = {g: ("entry", f"mere {g}", (), ()) for g in meant}
        for ((g, _),) in (m for t in mere.values() for m in self.value(t)):
            self.signs[g] = 0
        self.stands = mere | dict.fromkeys(self.said, 0)
        terms = [self.times(self.read(relation), self.read(cofactor)) for relation, cofactor in data["proof"]]
        difference = total(self.read(data["left"]), self.minus(self.read(data["right"])))
        ensure(difference == total(*terms), "left − right is not Σ cofactor × relation")

    def minus(self, p: Any) -> Any:
        return {m: -c for m, c in p.items()}


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
    ways = [at for at in ways if all(at.get(a, a) != at.get(b, b) for a, b in claim["distinct"])]
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
        work = 0
        for (at, labels), case in zip(cases(claim), data["cases"], strict=True):
            one = Case(claim, at, labels, case["letters"], work)
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
