"""The map of a run as a picture: derivations at both sides, what they rest on between them; the same bytes every time.

Each derivation's curves lie inside of its own link, so that a stylesheet alone
can bring them out while the link is pointed at or has the keyboard.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from unicodedata import east_asian_width

from markupsafe import Markup, escape

from .language import gettext
from .prose import UNICODE, capital, prose_plain
from .rests import Family, Ground, Map, Resting

WIDTH = 1200
LEFT, RIGHT = 268, 932
"""Where the dots of the derivations stand."""
PILL, PILL_WIDTH = 488, 224
"""Where the definitions and rules begin, and how wide they are."""
ROW, HEADING, GAP, TOP = 15, 15, 13, 22
NAME = 12
"""How far a name stands from its dot."""
LINE, NAMED = 36, 44
"""How many letters of a family's title fit above its members, and how many of a name beside its dot."""
WRITTEN = 33
"""How many letters fit into the place of a definition or rule."""

LETTERS = {source: letter for letter, source in UNICODE.items() if source.startswith("\\") and letter.isalpha()}
LETTERS |= {r"\epsilon": "ε", r"\phi": "φ"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a derivation stands: at the left or at the right side."""

    one: Resting
    key: str
    x: int
    y: int

    @property
    def is_left(self) -> bool:
        return self.x == LEFT


@dataclass(frozen=True, slots=True)
class Heading:
    """The lines of a family's title."""

    lines: tuple[str, ...]
    x: int
    y: int


def keys(found: Map) -> dict[str, str]:
    """What the picture calls each derivation: n0, n1, …"""
    return {one.link.name: f"n{n}" for n, one in enumerate(found.members)}


def picture(found: Map) -> Markup:
    """The whole map; its links lead to the pages, and to the rows of the list below it."""
    places, headings, sides = layout(found)
    pills, middle = hub(found, max(sides))
    height = max(*sides, middle) + 12
    described = gettext(
        "%(derivations)s derivations stand at the sides, by family; %(definitions)s definitions and %(rules)s rules "
        "between them. A curve leads from a derivation to each thing that it rests on: %(grounds)s curves to "
        "definitions and rules, and %(links)s to other derivations. The list below says the same in words.",
        derivations=len(found.members),
        definitions=len(found.definitions),
        rules=len(found.rules),
        grounds=sum(len(one.grounds) for one in found.members),
        links=found.links,
    )
    lines = [
        f'<svg class="map" viewBox="0 0 {WIDTH} {height:.0f}" role="group" aria-labelledby="map-title map-text">',
        f'<title id="map-title">{escape(gettext("What rests on what"))}</title>',
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
    base = round(max(_rise(a - b) for a, b in ends)) + 6
    arcs = "".join(
        f"M{_n(a)} {_n(base)}a{_n(abs(a - b) / 2)} {_n(_rise(a - b))} 0 0 {int(a < b)} {_n(b - a)} 0" for a, b in ends
    )
    described = gettext(
        "%(dots)s dots, one for each derivation, and %(arcs)s arcs between those that rest on others.",
        dots=len(members),
        arcs=found.links,
    )
    lines = [
        f'<svg class="strip" viewBox="0 0 {WIDTH} {base + 14}" role="img" aria-labelledby="strip-title strip-text">',
        f'<title id="strip-title">{escape(gettext("What rests on what"))}</title>',
        f'<desc id="strip-text">{escape(described)}</desc>',
        f'<path class="other" d="{arcs}"/>',
    ]
    for n, family in enumerate(found.families):
        dots = "".join(f"M{_n(places[one.link.name])} {_n(base)}h.1" for one in family.members)
        lines.append(f'<path class="dots {"ab"[n % 2]}" d="{dots}"/>')
    return Markup("\n".join([*lines, "</svg>"]))


def _rise(distance: float) -> float:
    """How high an arc goes: half a circle while it is short, flatter the longer it is."""
    return float(min(abs(distance) / 2, 8 + 3.2 * abs(distance) ** 0.55))


def layout(found: Map) -> tuple[dict[str, Place], list[Heading], tuple[int, int]]:
    """Places by name, the headings, and how far down each side reaches."""
    called, total = keys(found), len(found.members)
    places: dict[str, Place] = {}
    headings: list[Heading] = []
    down = {LEFT: TOP, RIGHT: TOP}
    for family in found.families:
        x = LEFT if 2 * (len(places) + len(family.members) / 2) <= total else RIGHT
        y = down[x]
        title = wrapped(_short(family), LINE)[:2]
        headings.append(Heading(title, x, y))
        y += HEADING * len(title)
        for one in family.members:
            places[one.link.name] = Place(one, called[one.link.name], x, y)
            y += ROW
        down[x] = y + GAP
    return places, headings, (down[LEFT], down[RIGHT])


def hub(found: Map, height: int) -> tuple[dict[str, int], int]:
    """The heights of definitions and rules by key, spread over the height of the sides; and where they end."""
    count = len(found.grounds)
    pitch = min(48, max(24, (height - TOP - 80) // max(count, 1)))
    heights, y = {}, TOP + 18
    for n, ground in enumerate(found.grounds):
        if n and n == len(found.definitions):
            y += 34
        heights[ground.key] = y
        y += pitch
    return heights, y


def _short(family: Family) -> str:
    """A family's title up to its first colon or comma: the index has the whole of it."""
    return re.split(r"[:,;：，；]", prose_plain(family.title), maxsplit=1)[0]


def wrapped(text: str, width: int) -> tuple[str, ...]:
    """A text in lines of so many letters; Chinese ones are twice as wide, and may end a line anywhere."""
    lines, word = [""], re.compile(r"\s*(?:[\u2e80-\u9fff\uff00-\uff60]|[^\s\u2e80-\u9fff\uff00-\uff60]+)\s*")
    for piece in word.findall(text):
        if lines[-1] and span(lines[-1]) + span(piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return tuple(line.rstrip() for line in lines)


def span(text: str) -> int:
    """How many letters wide a text is."""
    return sum(1 + (east_asian_width(character) in "WF") for character in text)


def _heading(heading: Heading) -> Iterator[str]:
    """The lines of a title, above the names of its members."""
    is_left = heading.x == LEFT
    side, x = ("left", LEFT - NAME) if is_left else ("right", RIGHT + NAME)
    for n, line in enumerate(heading.lines):
        yield f'<text class="family {side}" x="{x}" y="{heading.y + n * HEADING}">{escape(line)}</text>'


def _derivation(place: Place, places: Mapping[str, Place], pills: Mapping[str, int]) -> Iterator[str]:
    """A link with its curves, its dot, the larger the more rests on it, and its name; its dot is its origin."""
    one = place.one
    on = [*(places[name].key for name in one.derivations), *one.grounds]
    kind = f"node {'left' if place.is_left else 'right'}{' wrong' if one.is_pitfall else ''}"
    at = f"translate({place.x} {place.y})"
    named = f'class="{kind}" id="{place.key}" href="{escape(one.link.href)}"'
    yield f'<a {named} data-on="{" ".join(on)}" transform="{at}">'
    yield f"<title>{escape(prose_plain(one.link.title))}</title>"
    if one.grounds:
        yield f'<path class="ground" d="{"".join(_to_hub(place, pills[key]) for key in one.grounds)}"/>'
    if one.derivations:
        yield f'<path class="other" d="{"".join(_to_other(place, places[name]) for name in one.derivations)}"/>'
    yield f'<circle r="{_n(2.2 + 0.9 * len(one.carries) ** 0.7)}"/>'
    yield f'<text x="{-NAME if place.is_left else NAME}">{escape(_cut(one.link.name, NAMED))}</text></a>'


def _to_hub(place: Place, y: int) -> str:
    """A curve from a derivation to the near end of a definition or rule."""
    wide = (PILL if place.is_left else PILL + PILL_WIDTH) - place.x
    return _curve(wide // 2, wide // 2, wide, y - place.y)


def _to_other(place: Place, other: Place) -> str:
    """A curve to another derivation: an arc at one side, a sweep behind the middle from side to side."""
    wide, down = other.x - place.x, other.y - place.y
    if wide:
        return _curve(wide // 2, wide // 2, wide, down)
    reach = round(min(24 + 0.42 * abs(down), 200)) * (1 if place.is_left else -1)
    return _curve(reach, reach, 0, down)


def _curve(first: int, second: int, wide: int, down: int) -> str:
    """A curve from the origin that leaves and arrives level."""
    return f"M0 0c{first} 0 {second} {down} {wide} {down}".replace(" -", "-")


def _hub(found: Map, pills: Mapping[str, int]) -> Iterator[str]:
    """The definitions and the rules, each a link to its row in the list."""
    for title, grounds in ((gettext("Definitions"), found.definitions), (gettext("Rules"), found.rules)):
        if grounds:
            yield f'<text class="family hub" x="{WIDTH // 2}" y="{pills[grounds[0].key] - 18}">{escape(title)}</text>'
            yield from (line for ground in grounds for line in _ground(ground, pills[ground.key]))


def _ground(ground: Ground, y: int) -> Iterator[str]:
    yield f'<a class="node hub" id="{ground.key}" href="#in-{ground.key}" transform="translate({WIDTH // 2} {y})">'
    yield f'<rect x="{-PILL_WIDTH // 2}" y="-9.5" width="{PILL_WIDTH}" height="19" rx="9.5"/>'
    if ground.kind == "definition":
        letter = spoken(ground.name)
        written = _cut(ground.written, WRITTEN - 3 - len(letter.striptags()))
        style = "letter" if "operatorname" not in ground.name else "letter word"  # upright, as formulas have it
        shown = f'<tspan class="{style}">{letter}</tspan><tspan class="written"> = {escape(written)}</tspan>'
    else:
        shown = str(escape(_cut(capital(prose_plain(ground.name)), WRITTEN)))
    yield f'<text>{shown}<tspan class="count" dx="6">{len(ground.carries)}</tspan></text></a>'


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


def _cut(text: str, length: int) -> str:
    if span(text) <= length:
        return text
    while span(text) > length - 1:
        text = text[:-1]
    return f"{text}…"


def _n(number: float) -> str:
    """A number with one digit after the point at most."""
    return f"{number:.1f}".removesuffix(".0")
