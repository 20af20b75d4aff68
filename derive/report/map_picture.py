"""The map of a run as a picture: derivations at both sides, what they rest on between them; the same bytes every time.

Each derivation's curves lie inside of its own link, so that a stylesheet alone
can bring them out while the link is pointed at or has the keyboard.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import wrap

from markupsafe import Markup, escape

from .prose import UNICODE, prose_plain
from .rests import Family, Ground, Map, Resting

WIDTH = 1200
LEFT, RIGHT = 268, 932
"""Where the dots of the derivations stand."""
PILL, PILL_WIDTH = 488, 224
"""Where the definitions and rules begin, and how wide they are."""
ROW, HEADING, GAP, TOP = 14.5, 15, 13, 34
LINE = 44
"""How many letters of a family's title fit above its members."""
WRITTEN = 31
"""How many letters fit beside the name of a definition."""

LETTERS = {source: letter for letter, source in UNICODE.items() if source.startswith("\\") and letter.isalpha()}
LETTERS |= {r"\epsilon": "ε", r"\phi": "φ"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a derivation stands: at the left or at the right side."""

    one: Resting
    key: str
    x: int
    y: float

    @property
    def is_left(self) -> bool:
        return self.x == LEFT


@dataclass(frozen=True, slots=True)
class Heading:
    """The lines of a family's title."""

    lines: tuple[str, ...]
    x: int
    y: float


def keys(found: Map) -> dict[str, str]:
    """What the picture calls each derivation: n0, n1, …"""
    return {one.link.name: f"n{n}" for n, one in enumerate(found.members)}


def picture(found: Map) -> Markup:
    """The whole map; its links lead to the pages, and to the rows of the list below it."""
    places, headings, sides = layout(found)
    pills, middle = hub(found, max(sides))
    height = max(*sides, middle) + 12
    described = (
        f"{len(found.members)} derivations stand at the sides, by family; {len(found.definitions)} definitions and "
        f"{len(found.rules)} rules between them. A curve leads from a derivation to each thing that it rests on: "
        f"{sum(len(one.grounds) for one in found.members)} curves to definitions and rules, and {found.links} to other "
        "derivations. The list below says the same in words."
    )
    lines = [
        f'<svg class="map" viewBox="0 0 {WIDTH} {height:.0f}" role="group" aria-labelledby="map-title map-text">',
        '<title id="map-title">What rests on what</title>',
        f'<desc id="map-text">{escape(described)}</desc>',
        *(line for heading in headings for line in _heading(heading)),
        *(line for place in places.values() for line in _derivation(place, places, pills)),
        *_hub(found, pills),
    ]
    return Markup("\n".join([*lines, "</svg>"]))


def strip(found: Map) -> Markup:
    """The links between derivations alone, as arcs over one row of dots: a small picture that leads to the map."""
    members = found.members
    if not found.links:
        return Markup("")
    step = (WIDTH - 40) / max(len(members) - 1, 1)
    places = {one.link.name: 20 + n * step for n, one in enumerate(members)}
    ends = [(places[one.link.name], places[other]) for one in members for other in one.derivations]
    high = max(_rise(a - b) for a, b in ends)
    base = high + 6
    arcs = "".join(f"M{_n(a)} {_n(base)}A{_n(abs(a - b) / 2)} {_n(_rise(a - b))} 0 0 {int(a < b)} {_n(b)} {_n(base)}" for a, b in ends)
    described = f"{len(members)} dots, one for each derivation, and {found.links} arcs between those that rest on others."
    lines = [
        f'<svg class="strip" viewBox="0 0 {WIDTH} {_n(base + 14)}" role="img" aria-labelledby="strip-title strip-text">',
        '<title id="strip-title">What rests on what</title>',
        f'<desc id="strip-text">{described}</desc>',
        f'<path class="other" d="{arcs}"/>',
    ]
    for n, family in enumerate(found.families):
        dots = "".join(f"M{_n(places[one.link.name])} {_n(base)}h.1" for one in family.members)
        lines.append(f'<path class="dots {"ab"[n % 2]}" d="{dots}"/>')
    return Markup("\n".join([*lines, "</svg>"]))


def _rise(distance: float) -> float:
    """How high an arc goes: half a circle while it is short, flatter the longer it is."""
    return min(abs(distance) / 2, 8 + 3.2 * abs(distance) ** 0.55)


def layout(found: Map) -> tuple[dict[str, Place], list[Heading], tuple[float, float]]:
    """Places by name, the headings, and how far down each side reaches."""
    called, total = keys(found), len(found.members)
    places: dict[str, Place] = {}
    headings: list[Heading] = []
    down = {LEFT: float(TOP), RIGHT: float(TOP)}
    for family in found.families:
        x = LEFT if 2 * (len(places) + len(family.members) / 2) <= total else RIGHT
        y = down[x]
        title = tuple(wrap(_short(family), LINE)[:2])
        headings.append(Heading(title, x, y))
        y += HEADING * len(title)
        for one in family.members:
            places[one.link.name] = Place(one, called[one.link.name], x, y)
            y += ROW
        down[x] = y + GAP
    return places, headings, (down[LEFT], down[RIGHT])


def hub(found: Map, height: float) -> tuple[dict[str, float], float]:
    """The heights of definitions and rules by key, spread over the height of the sides; and where they end."""
    count = len(found.grounds)
    pitch = min(48.0, max(24.0, (height - TOP - 80) / max(count, 1)))
    heights, y = {}, TOP + 18.0
    for n, ground in enumerate(found.grounds):
        if n and n == len(found.definitions):
            y += 34
        heights[ground.key] = y
        y += pitch
    return heights, y


def _short(family: Family) -> str:
    """A family's title up to its first colon or comma: the index has the whole of it."""
    return re.split(r"[:,;]", prose_plain(family.title), maxsplit=1)[0]


def _heading(heading: Heading) -> Iterator[str]:
    x, anchor = (0, "start") if heading.x == LEFT else (WIDTH, "end")
    for n, line in enumerate(heading.lines):
        yield (
            f'<text class="family" x="{x}" y="{_n(heading.y + n * HEADING)}" text-anchor="{anchor}">'
            f"{escape(line)}</text>"
        )


def _derivation(place: Place, places: Mapping[str, Place], pills: Mapping[str, float]) -> Iterator[str]:
    """A link with its curves, its dot, the larger the more rests on it, and its name."""
    one = place.one
    on = [*(places[name].key for name in one.derivations), *one.grounds]
    kind = "node wrong" if one.is_pitfall else "node"
    yield f'<a class="{kind}" id="{place.key}" href="{escape(one.link.href)}" data-on="{" ".join(on)}">'
    yield f"<title>{escape(prose_plain(one.link.title))}</title>"
    if one.grounds:
        yield f'<path class="ground" d="{"".join(_to_hub(place, pills[key]) for key in one.grounds)}"/>'
    if one.derivations:
        yield f'<path class="other" d="{"".join(_to_other(place, places[name]) for name in one.derivations)}"/>'
    radius = 2.2 + 0.9 * len(one.carries) ** 0.7
    x, anchor = (place.x - 12, "end") if place.is_left else (place.x + 12, "start")
    yield f'<circle cx="{place.x}" cy="{_n(place.y)}" r="{_n(radius)}"/>'
    yield f'<text x="{x}" y="{_n(place.y + 3.7)}" text-anchor="{anchor}">{escape(_cut(one.link.name, LINE))}</text></a>'


def _to_hub(place: Place, y: float) -> str:
    """A curve from a derivation to the near end of a definition or rule."""
    end = PILL if place.is_left else PILL + PILL_WIDTH
    middle = (place.x + end) // 2
    return f"M{place.x} {_n(place.y)}C{middle} {_n(place.y)} {middle} {_n(y)} {end} {_n(y)}"


def _to_other(place: Place, other: Place) -> str:
    """A curve to another derivation: an arc at one side, a sweep behind the middle from side to side."""
    if place.x != other.x:
        middle = (place.x + other.x) // 2
        return f"M{place.x} {_n(place.y)}C{middle} {_n(place.y)} {middle} {_n(other.y)} {other.x} {_n(other.y)}"
    reach = min(24 + 0.42 * abs(place.y - other.y), 200) * (1 if place.is_left else -1)
    bend = _n(place.x + reach)
    return f"M{place.x} {_n(place.y)}C{bend} {_n(place.y)} {bend} {_n(other.y)} {other.x} {_n(other.y)}"


def _hub(found: Map, pills: Mapping[str, float]) -> Iterator[str]:
    """The definitions and the rules, each a link to its row in the list."""
    for title, grounds in (("Definitions", found.definitions), ("Rules", found.rules)):
        if grounds:
            y = _n(pills[grounds[0].key] - 18)
            yield f'<text class="family" x="{WIDTH // 2}" y="{y}" text-anchor="middle">{title}</text>'
            yield from (line for ground in grounds for line in _ground(ground, pills[ground.key]))


def _ground(ground: Ground, y: float) -> Iterator[str]:
    yield f'<a class="node hub" id="{ground.key}" href="#in-{ground.key}">'
    yield f'<rect x="{PILL}" y="{_n(y - 9.5)}" width="{PILL_WIDTH}" height="19" rx="9.5"/>'
    if ground.kind == "definition":
        written = f'<tspan class="written"> = {escape(_cut(ground.written, WRITTEN))}</tspan>'
        shown = f'<tspan class="letter">{spoken(ground.name)}</tspan>{written}'
    else:
        shown = str(escape(_cut(_capital(prose_plain(ground.name)), WRITTEN)))
    count = f'<tspan class="count" dx="6">{len(ground.carries)}</tspan>'
    yield f'<text x="{WIDTH // 2}" y="{_n(y + 3.8)}" text-anchor="middle">{shown}{count}</text></a>'


def spoken(latex: str) -> Markup:
    r"""A name such as `L_{\epsilon}` as text of a picture, with its index set low."""
    plain = re.sub(r"\\(?:operatorname|mathrm)\{(\w+)\}|\\left|\\right", r"\1", latex)
    plain = re.sub(r"\\[A-Za-z]+", lambda word: LETTERS.get(word[0], word[0][1:]), plain)
    head, _, tail = plain.partition("_")
    if not tail:
        return escape(head)
    low, _, rest = tail.removeprefix("{").partition("}") if tail.startswith("{") else (tail[:1], "", tail[1:])
    back = Markup('<tspan dy="-3">{}</tspan>').format(rest or "\u200b")  # the line goes on at its height
    return Markup('{}<tspan class="low" dy="3">{}</tspan>{}').format(head, low, back)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _n(number: float) -> str:
    """A number with one digit after the point at most."""
    return f"{number:.1f}".removesuffix(".0")
