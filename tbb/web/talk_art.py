"""The pictures of the wheel for children – one for each area, four flower faces – as SVG text, on screen and on paper.

Everything is made of the lily's own shapes: petals, pads, the sun in the middle, rings on the water. The shapes have
classes, which the stylesheet colours; on paper `printed` gives them their colours instead.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from markupsafe import Markup, escape

from tbb.web.drawing import AREAS, Area, Dress
from tbb.web.shapes import at, circle, decimal, pad, petal, ripples

PICTURE, FACE = 120, 100
"""How wide and high the drawings of areas and of faces are, in their own units."""


def _path(kind: str, shape: str, width: float = 0) -> str:
    stroke = f' stroke-width="{decimal(width)}"' if width else ""
    return f'<path class="{kind}" d="{shape}"{stroke}/>'


def _flower(cx: float, cy: float, radius: float, kind: str = "t-base", petals: range = range(7)) -> str:
    return "".join(_path(kind, petal(i, cx, cy, radius * 0.28, radius, radius * 0.07, radius * 0.06)) for i in petals)


def _glad(cx: float, cy: float, size: float, ink: str = "t-ink", line: str = "t-inkline") -> str:
    """Two eyes and a smile, `size` from the middle to an eye."""
    mouth = (
        f"M{decimal(cx - size)} {decimal(cy + size * 0.7)}q{decimal(size)} {decimal(size * 1.15)} {decimal(size * 2)} 0"
    )
    return (
        circle(ink, cx - size, cy - size * 0.35, size * 0.34)
        + circle(ink, cx + size, cy - size * 0.35, size * 0.34)
        + _path(line, mouth, size * 0.45)
    )


def _person(cx: float, head: float, foot: float, radius: float, kind: str) -> str:
    """Somebody: a round head over a body like a petal."""
    top, half = head + radius * 1.25, radius * 1.5
    body = (
        f"M{decimal(cx - half)} {decimal(foot)}C{decimal(cx - half)} {decimal(top + radius)} "
        f"{decimal(cx - radius)} {decimal(top)} {decimal(cx)} {decimal(top)}S{decimal(cx + half)} "
        f"{decimal(top + radius)} {decimal(cx + half)} {decimal(foot)}Z"
    )
    return _path(kind, body) + circle(kind, cx, head, radius)


def _health() -> str:
    heart = "M60 98C18 72 14 34 39 28C50 26 57 33 60 41C63 33 70 26 81 28C106 34 102 72 60 98Z"
    return (
        _path("t-base", heart)
        + _glad(60, 58, 10, "t-oninkfill", "t-oninkline")
        + _path("t-sun", petal(0, 93, 29, 3, 17, 1, 1, start=-45))
        + _path("t-sun", petal(0, 97, 40, 3, 14, 1, 1, start=10))
        + _path("t-sun", petal(0, 82, 23, 3, 14, 1, 1, start=-95))
    )


def _growth() -> str:
    bud = "M61 42C72 51 72 62 61 70C50 62 50 51 61 42Z"
    stems = "M31 98Q31 90 31 84M61 98Q62 84 61 66M90 98Q93 74 90 46"
    leaves = "M31 84C22 84 18 78 18 71C27 71 31 76 31 84ZM31 84C31 76 36 71 44 72C44 79 40 84 31 84Z"
    small = "M61 88C52 88 48 83 47 77C56 76 61 81 61 88ZM91 80C91 72 97 68 105 69C105 76 100 80 91 80Z"
    return (
        _path("t-line", stems, 5)
        + _path("t-mid", leaves)
        + _path("t-mid", small)
        + _path("t-base", bud)
        + _flower(90, 38, 24)
        + circle("t-oninkfill", 90, 38, 7)
        + _path("t-line", "M16 99Q60 91 106 99", 5)
    )


def _learning() -> str:
    left = "M60 96C48 86 30 84 15 88V48C30 44 48 47 60 58Z"
    right = "M60 96C72 86 90 84 105 88V48C90 44 72 47 60 58Z"
    lines = "M26 60Q38 58 49 64M26 72Q38 70 49 76M94 60Q82 58 71 64M94 72Q82 70 71 76"
    return (
        _flower(60, 38, 27, "t-mid", range(7))
        + circle("t-sun", 60, 36, 10)
        + _path("t-base", left)
        + _path("t-base", right)
        + _path("t-oninkline", lines, 3.5)
    )


def _care() -> str:
    left = "M14 60C10 50 22 46 28 54C38 68 60 76 60 103C36 103 20 84 14 60Z"
    right = "M106 60C110 50 98 46 92 54C82 68 60 76 60 103C84 103 100 84 106 60Z"
    return (
        _flower(60, 47, 33, "t-mid")
        + circle("t-sun", 60, 47, 18)
        + _glad(60, 47, 6.5)
        + _path("t-base", left)
        + _path("t-base", right)
    )


def _home() -> str:
    roof = "M60 16C78 28 96 44 105 56Q110 66 99 66H21Q10 66 15 56C24 44 42 28 60 16Z"
    door = "M50 100V82A10 10 0 0 1 70 82V100Z"
    return (
        _path("t-paperline", "M27 62H93V93Q93 100 86 100H34Q27 100 27 93Z", 4.5)
        + _path("t-base", roof)
        + _path("t-base", door)
        + circle("t-sun", 60, 45, 9)
        + circle("t-mid", 38, 80, 6)
        + circle("t-mid", 82, 80, 6)
    )


def _relations() -> str:
    return (
        _person(34, 38, 100, 14, "t-base")
        + _person(87, 44, 100, 12.5, "t-mid")
        + _person(61, 66, 100, 10, "t-sun")
        + _glad(34, 38, 5, "t-oninkfill", "t-oninkline")
        + _glad(87, 44, 4.6)
        + _glad(61, 66, 3.8)
    )


def _safety() -> str:
    roof = (
        "M60 14C88 16 108 34 110 58Q111 64 104 61Q96 57 88 61Q80 65 72 61Q66 57 60 60Q54 57 48 61Q40 65 32 61"
        "Q24 57 16 61Q9 64 10 58C12 34 32 16 60 14Z"
    )
    veins = "M60 20Q58 40 60 58M44 24Q32 38 29 56M76 24Q88 38 91 56"
    return (
        _path("t-line", "M60 56V66", 4.5)
        + _path("t-base", roof)
        + _path("t-oninkline", veins, 2.5)
        + _person(47, 76, 106, 8.5, "t-mid")
        + _person(73, 82, 106, 7.5, "t-sun")
        + _glad(47, 76, 3.2)
        + _glad(73, 82, 2.9)
        + _path("t-mid", "M16 76C21 83 21 88 16 91C11 88 11 83 16 76ZM104 74C109 81 109 86 104 89C99 86 99 81 104 74Z")
    )


_DRAWN = {
    "halsa": _health,
    "utveckling": _growth,
    "larande": _learning,
    "omsorg": _care,
    "hemmet": _home,
    "relationer": _relations,
    "trygghet": _safety,
}


def _face(outer: float, mouth: str) -> str:
    return (
        _flower(50, 50, outer)
        + circle("t-halo", 50, 50, 27)
        + circle("t-sun", 50, 50, 24.5)
        + circle("t-ink", 41, 45, 3.4)
        + circle("t-ink", 59, 45, 3.4)
        + _path("t-inkline", mouth, 4)
    )


def _drooping() -> str:
    petals = "".join(_path("t-base", petal(i, 50, 47, 12, 46, 3, 3)) for i in range(2, 6))
    return (
        petals
        + circle("t-halo", 50, 43, 27)
        + circle("t-sun", 50, 43, 24.5)
        + circle("t-ink", 41, 40, 3.4)
        + circle("t-ink", 59, 40, 3.4)
        + _path("t-inkline", "M40 55Q50 46 60 55", 4)
    )


def _bud() -> str:
    return (
        _path("t-line", "M50 76V97", 5)
        + _path("t-sun", "M50 12C68 30 72 56 50 82C28 56 32 30 50 12Z")
        + _path("t-base", "M50 84C26 82 15 60 22 34C40 42 51 60 50 84Z")
        + _path("t-base", "M50 84C74 82 85 60 78 34C60 42 49 60 50 84Z")
    )


_FACES = {
    "bra": lambda: _face(49, "M38 55Q50 69 62 55"),
    "uppm": lambda: _face(42, "M40 58H60"),
    "stod": _drooping,
    "vetinte": _bud,
}


@cache
def symbols() -> Markup:
    """All pictures and faces once, for `<use>` elsewhere on the page."""
    shapes = "".join(
        f'<symbol id="bild-{code}" viewBox="0 0 {PICTURE} {PICTURE}">{draw()}</symbol>' for code, draw in _DRAWN.items()
    ) + "".join(
        f'<symbol id="min-{code}" viewBox="0 0 {FACE} {FACE}">{draw()}</symbol>' for code, draw in _FACES.items()
    )
    return Markup(f'<svg class="talkart" aria-hidden="true" focusable="false" width="0" height="0">{shapes}</svg>')


def picture(code: str) -> Markup:
    """The picture of an area; the page must hold `symbols` too."""
    return Markup(
        f'<svg class="talkpic" viewBox="0 0 {PICTURE} {PICTURE}" aria-hidden="true" focusable="false">'
        f'<use href="#bild-{escape(code)}"/></svg>'
    )


def face(level: str) -> Markup:
    """The flower face of a level; the page must hold `symbols` too."""
    return Markup(
        f'<svg class="talkface" viewBox="0 0 {FACE} {FACE}" aria-hidden="true" focusable="false">'
        f'<use href="#min-{escape(level)}"/></svg>'
    )


def _use(name: str, x: float, y: float, size: float, cls: str = "") -> str:
    kind = f' class="{cls}"' if cls else ""
    return (
        f'<use{kind} href="#{name}" x="{decimal(x - size / 2)}" y="{decimal(y - size / 2)}" '
        f'width="{decimal(size)}" height="{decimal(size)}"/>'
    )


def _picture_ink(index: int, area: Area, name: str, sprite: str) -> str:
    """In a petal: the area's picture on a white disc, and its name."""
    x, y = at(index, (132, 148, 140, 128, 128, 140, 148)[index])
    size = " petal__label--long" if len(name) > 11 else ""
    return (
        f'<g class="petal__ink">{circle("talkdisc", x, y - 14, 30)}{_use(f"bild-{area.code}", x, y - 14, 50)}'
        f'<text class="petal__label{size}" x="{decimal(x)}" y="{decimal(y + 34)}" text-anchor="middle">'
        f"{escape(name)}</text></g>"
    )


def _face_badge(index: int, sprite: str) -> str:
    x, y = at(index, 222)
    faces = "".join(_use(f"min-{level}", x, y, 44, f"b b-{level}") for level in _FACES)
    return f'<g class="petal__badge"><circle cx="{decimal(x)}" cy="{decimal(y)}" r="26"/>{faces}</g>'


PICTURED = Dress(_picture_ink, _face_badge)
"""What the petals wear in the wheels for children."""


@cache
def pond() -> Markup:
    """The water that a child's wheel lies on: pads and rings."""
    pads = (
        f'<path class="pond__pad pond__pad--{tone}" d="{pad(x, y, radius, turn)}"/>'
        for tone, x, y, radius, turn in (
            (1, 92, 108, 84, 210),
            (2, 512, 96, 62, 330),
            (2, 84, 486, 66, 120),
            (1, 500, 490, 96, 40),
        )
    )
    return Markup(
        '<svg class="pond" viewBox="0 0 600 600" aria-hidden="true" focusable="false">'
        f"{''.join(pads)}{ripples(300, 300, (252, 274, 298))}</svg>"
    )


@cache
def glyph() -> Markup:
    """The wheel in miniature, which follows the same answers."""
    petals = "".join(
        f'<path data-area="{area.code}" data-color="{area.code}" d="{petal(i, 22, 22, 6.6, 21, 1.8, 1)}"/>'
        for i, area in enumerate(AREAS)
    )
    return Markup(f'<svg class="talkglyph" viewBox="0 0 44 44" aria-hidden="true" focusable="false">{petals}</svg>')


class Inks(NamedTuple):
    """An area's colours on paper: its own, two lighter ones, what is written on it, and a line."""

    base: str
    mid: str
    tint: str
    on: str
    line: str = ""


INKS = {
    "halsa": Inks("#c63d1a", "#e9b5a5", "#faece8", "#ffffff"),
    "utveckling": Inks("#eebb35", "#f3d68a", "#fdf6e2", "#1d1c18", "#8a6510"),
    "larande": Inks("#2d519b", "#b1c0dd", "#eaeef6", "#ffffff"),
    "omsorg": Inks("#d076a4", "#ecc8db", "#faf0f5", "#1d1c18"),
    "hemmet": Inks("#55214a", "#c4b0c0", "#f0e9ef", "#ffffff"),
    "relationer": Inks("#60c5e8", "#b4e4f4", "#ecf8fc", "#1d1c18"),
    "trygghet": Inks("#1d8259", "#aad2c1", "#e8f3ee", "#ffffff"),
}
_SUN, _INK = "#f0b93a", "#2b2107"
_ROUND = 'stroke-linecap="round" stroke-linejoin="round"'


def printed(drawing: str, inks: Inks) -> str:
    """Colour a drawing for paper, where there is no stylesheet."""
    looks = {
        "t-base": f'fill="{inks.base}"',
        "t-mid": f'fill="{inks.mid}"',
        "t-sun": f'fill="{_SUN}"',
        "t-halo": 'fill="#fff"',
        "t-ink": f'fill="{_INK}"',
        "t-oninkfill": f'fill="{inks.on}"',
        "t-inkline": f'fill="none" stroke="{_INK}" {_ROUND}',
        "t-oninkline": f'fill="none" stroke="{inks.on}" {_ROUND}',
        "t-line": f'fill="none" stroke="{inks.line or inks.base}" {_ROUND}',
        "t-paperline": f'fill="#fff" stroke="{inks.base}" {_ROUND}',
    }
    return re.sub(r'class="([\w-]+)"', lambda found: looks[found[1]], drawing)


def _sheet(size: int, content: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">{content}</svg>'


@cache
def paper_picture(code: str) -> str:
    """The picture of an area as an SVG file of its own, coloured for paper."""
    return _sheet(PICTURE, printed(_DRAWN[code](), INKS[code]))


@cache
def paper_face(level: str) -> str:
    """The flower face of a level as an SVG file of its own, in grey and yellow, for paper."""
    return _sheet(FACE, printed(_FACES[level](), Inks("#c9c1b0", "#e4dece", "#f5efe3", _INK)))


@cache
def paper_wheel() -> str:
    """The empty wheel as an SVG file of its own, 440 units wide and high: seven pale petals to fill in."""
    petals = "".join(
        f'<path d="{petal(i)}" fill="{INKS[area.code].tint}" stroke="{INKS[area.code].base}" stroke-width="2.4"/>'
        for i, area in enumerate(AREAS)
    )
    return _sheet(440, f'{petals}<circle cx="220" cy="220" r="56" fill="{_SUN}"/>')
