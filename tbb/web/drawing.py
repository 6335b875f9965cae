"""Draws the water lily – logo, wheel, covers, figures – and the icons, as SVG text without any file or library.

One petal shape makes everything: seven petals for the seven areas of the wheel, and the child in the middle.
The white water lily is the provincial flower of Sörmland.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from math import pi
from typing import NamedTuple
from zlib import crc32

from markupsafe import Markup, escape

from tbb.web.shapes import PETALS, at, circle, decimal, pad, petal, ripples

SUN_RADIUS = 56
LONG_LABEL = 11

Translate = Callable[[str], str]


def N_(text: str) -> str:
    """Mark a text for the catalogues; it is translated where it is shown."""
    return text


class Area(NamedTuple):
    """One of the seven areas of Barnets bästa-hjulet."""

    code: str
    label: str
    icon: str


class Status(NamedTuple):
    """How an area is, as the wheel shows it: fill pattern, badge and words together."""

    code: str
    label: str
    icon: str


AREAS = (
    Area("halsa", N_("Hälsa"), "heartbeat"),
    Area("utveckling", N_("Utveckling"), "seedling"),
    Area("larande", N_("Lärande"), "book"),
    Area("omsorg", N_("Omsorg"), "heart-handshake"),
    Area("hemmet", N_("Hemmet"), "home"),
    Area("relationer", N_("Relationer"), "friends"),
    Area("trygghet", N_("Trygghet"), "umbrella"),
)
STATUSES = (
    Status("bra", N_("Fungerar bra"), "circle-check"),
    Status("uppm", N_("Behöver uppmärksammas"), "eye"),
    Status("stod", N_("Behöver stöd"), "lifebuoy"),
    Status("vetinte", N_("Vet inte"), "help"),
)
# From the top of the triangle: for the few, for some, for all.
LEVELS = (N_("Åtgärdande"), N_("Förebyggande"), N_("Främjande"))


def _pad(tone: int, cx: float, cy: float, radius: float, direction: float) -> str:
    return f'<path class="pad pad--{tone}" d="{pad(cx, cy, radius, direction)}"/>'


@cache
def flower(cx: float, cy: float, radius: float, white: bool = True, gap: float | None = None) -> str:
    """The water lily: seven coloured petals, white inner petals unless `white` is false, a yellow heart."""
    space = max(1.5, radius * 0.036) if gap is None else gap
    parts = [
        f'<path data-color="{area.code}" d="{petal(i, cx, cy, radius * 0.3, radius, space, radius * 0.045)}"/>'
        for i, area in enumerate(AREAS)
    ]
    if white:
        parts += [
            '<path class="lily__inner" d="'
            + petal(
                i,
                cx,
                cy,
                radius * 0.08,
                radius * 0.5,
                radius * 0.012,
                radius * 0.02,
                start=-90 + 180 / PETALS,
                shoulder=0.5,
                bulge=0.2,
                tip=0.2,
                half=pi / 9,
            )
            + '"/>'
            for i in range(PETALS)
        ]
    heart = circle("lily__heart", cx, cy, radius * (0.15 if white else 0.2))
    return f'<g class="lily">{"".join(parts)}{heart}</g>'


def _svg(kind: str, size: str, content: str, extra: str = "") -> Markup:
    """A decorative drawing: screen readers pass it by."""
    return Markup(
        f'<svg class="{kind}" viewBox="0 0 {size}"{extra} aria-hidden="true" focusable="false">{content}</svg>'
    )


@cache
def logo() -> Markup:
    """The small flower beside the name of the service."""
    return _svg("logo", "48 48", flower(24, 24, 23.5, white=False, gap=1.7))


@cache
def hero() -> Markup:
    """The large lily on the lake, behind the first heading of a page."""
    content = (
        _pad(2, 650, 90, 140, 250)
        + _pad(1, 250, 520, 190, 120)
        + _pad(3, 120, 150, 84, 20)
        + _pad(2, 690, 560, 120, 160)
        + ripples(430, 310, (262, 306, 356, 412))
        + _pad(1, 470, 330, 232, 350)
        + flower(430, 310, 212)
    )
    return _svg("scene", "760 620", content, ' preserveAspectRatio="xMidYMid slice"')


@cache
def posterscene() -> Markup:
    """The lily at the upper right corner of the poster."""
    content = (
        _pad(3, 150, 80, 86, 60)
        + _pad(2, 120, 470, 150, 300)
        + ripples(530, 84, (204, 246, 300, 364, 440))
        + _pad(1, 550, 92, 186, 150)
        + flower(530, 84, 158)
    )
    return _svg("scene", "700 470", content, ' preserveAspectRatio="xMaxYMin slice"')


@cache
def smallscene() -> Markup:
    """The lily of a narrow lake-coloured panel."""
    content = (
        _pad(1, 300, 140, 170, 210)
        + _pad(3, 120, 250, 70, 320)
        + ripples(310, 150, (150, 190, 236))
        + flower(310, 150, 118)
    )
    return _svg("scene", "420 300", content, ' preserveAspectRatio="xMaxYMid slice"')


@cache
def leafdeco() -> Markup:
    """The single lily pad behind the name on a person card."""
    return _svg("deco", "200 200", f'<path class="pad--1" d="{pad(100, 100, 98, 200)}"/>')


# Large flower (centre, radius) and small flower (centre, radius); four arrangements.
_COVERS = (
    (318, 128, 122, 120, 206, 46),
    (168, 142, 122, 372, 76, 42),
    (240, 138, 112, 424, 214, 40),
    (128, 118, 118, 318, 202, 54),
)


def _cover_flower(cx: float, cy: float, radius: float, turn: int) -> str:
    petals = "".join(
        f'<path class="cover__petal cover__petal--{i % 3}" d="'
        f'{petal(i, cx, cy, radius * 0.3, radius, radius * 0.04, radius * 0.05, start=-90 + turn)}"/>'
        for i in range(PETALS)
    )
    return petals + circle("cover__heart", cx, cy, radius * 0.19)


@cache
def cover(seed: int | str, tone: str = "brand") -> Markup:
    """A picture of pads and lilies in one colour; equal seeds give equal pictures, so no photo is needed."""
    number = crc32(str(seed).encode())

    def pick(low: int, high: int, salt: int) -> int:
        return low + crc32(salt.to_bytes(2, "big"), number) % (high - low + 1)

    cx, cy, large, sx, sy, small = _COVERS[number % len(_COVERS)]
    third = sx + (90 if sx < 240 else -90), sy + (-110 if sy > 135 else 110)
    pads = (
        pad(cx + pick(-14, 14, 1), cy + 10, large * 1.13, pick(20, 70, 2)),
        pad(sx, sy, small * 1.5, pick(0, 360, 3)),
        pad(*third, 34 + pick(0, 16, 4), pick(0, 360, 5)),
    )
    content = (
        '<rect class="cover__bg" width="480" height="270"/>'
        + "".join(f'<path class="cover__pad" d="{path}"/>' for path in pads)
        + ripples(cx, cy, (large * 1.3, large * 1.55, large * 1.85))
        + _cover_flower(cx, cy, large, pick(0, 50, 6))
        + _cover_flower(sx, sy, small, pick(0, 50, 7))
    )
    return _svg("cover", "480 270", content, f' data-color="{escape(tone)}" preserveAspectRatio="xMidYMid slice"')


@cache
def steg(number: int) -> Markup:
    """The picture of step 1, 2 or 3: one petal seen, all petals seen, people gathered round the flower."""
    together = number == 3
    parts = []
    if together:
        parts.append(ripples(100, 100, (88,)))
        parts += [circle("steg__who", *at(k, 88, 100, 100, start=-60, count=6), 10) for k in range(6)]
    for i, area in enumerate(AREAS):
        shown = "on" if number > 1 or area.code == "larande" else "off"
        path = petal(i, 100, 100, 20, 62 if together else 86, 4, 4)
        parts.append(f'<path data-color="{area.code}" class="{shown}" d="{path}"/>')
    parts.append(circle("lily__heart", 100, 100, 10 if together else 13))
    if number == 1:
        parts.append('<circle class="steg__ring" cx="153" cy="112" r="39"/>')
    return _svg("steg", "200 200", "".join(parts))


def mini(statuses: Mapping[str, str]) -> Markup:
    """The wheel as a glyph for tables; the words stand beside it."""
    petals = "".join(
        f'<path data-color="{area.code}" data-status="{escape(statuses.get(area.code, ""))}" d="'
        f'{petal(i, 22, 22, 6.6, 21, 1.8, 1)}"/>'
        for i, area in enumerate(AREAS)
    )
    return _svg("mini", "44 44", petals)


def icon(name: str, cls: str = "", label: str | None = None, *, sprite: str = "") -> Markup:
    """One symbol of the sprite; silent for screen readers unless it has a label."""
    spoken = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    classes = f"i ds-icon {escape(cls)}".strip()
    return Markup(f'<svg class="{classes}" {spoken}><use href="{escape(sprite)}#i-{escape(name)}"/></svg>')


def _symbol(name: str, sprite: str, x: float, y: float, size: int, cls: str = "i") -> str:
    return (
        f'<svg class="{cls}" x="{decimal(x)}" y="{decimal(y)}" width="{size}" height="{size}">'
        f'<use href="{escape(sprite)}#i-{name}"/></svg>'
    )


def _hatch(wid: str, area: Area) -> str:
    """A hatched fill; kept as a fill attribute since url() in a stylesheet points at the stylesheet."""
    return (
        f'<pattern id="{wid}-h-{area.code}" data-color="{area.code}" width="9" height="9" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch__bg" width="9" '
        'height="9"/><rect class="hatch__line" width="3.4" height="9"/></pattern>'
    )


def _badge(index: int, sprite: str) -> str:
    x, y = at(index, 209)
    symbols = "".join(_symbol(status.icon, sprite, x - 13, y - 13, 26, f"i b b-{status.code}") for status in STATUSES)
    return f'<g class="petal__badge"><circle cx="{decimal(x)}" cy="{decimal(y)}" r="19"/>{symbols}</g>'


def _petal_ink(index: int, area: Area, name: str, sprite: str) -> str:
    # The labels of the two lowest slanting petals sit a little nearer the middle, where the petal is wider.
    x, y = at(index, 126 if index in (2, 5) else 139)
    size = " petal__label--long" if len(name) > LONG_LABEL else ""
    return (
        f'<g class="petal__ink">{_symbol(area.icon, sprite, x - 17, y - 34, 34)}'
        f'<text class="petal__label{size}" x="{decimal(x)}" y="{decimal(y + 19)}" text-anchor="middle">'
        f"{escape(name)}</text></g>"
    )


class Dress(NamedTuple):
    """What a petal wears: its picture with its name, and the badges of its levels."""

    ink: Callable[[int, Area, str, str], str] = _petal_ink
    badge: Callable[[int, str], str] = _badge


PLAIN = Dress()


def _wheel_petal(wid: str, index: int, status: str, prefix: str, sprite: str, _: Translate, dress: Dress) -> str:
    area, path, name = AREAS[index], petal(index), _(AREAS[index].label)
    words = [name] + [_(known.label).lower() for known in STATUSES if known.code == status]
    shown = f' data-status="{escape(status)}"' if status else ""
    body = (
        f'<path class="petal__shape" d="{path}"/><path class="petal__hatch" d="{path}" '
        f'fill="url(#{wid}-h-{area.code})"/>{dress.ink(index, area, name, sprite)}{dress.badge(index, sprite)}'
    )
    if prefix:
        body = f'<a href="{escape(prefix)}{area.code}" aria-label="{escape(": ".join(words))}">{body}</a>'
    return f'<g class="petal" data-area="{area.code}" data-color="{area.code}"{shown}>{body}</g>'


def wheel(
    wid: str = "hjul",
    statuses: Mapping[str, str] | None = None,
    link: str = "",
    live: bool = False,
    desc: str = "",
    centre: str | None = None,
    *,
    sprite: str = "",
    _: Translate = N_,
    dress: Dress = PLAIN,
) -> Markup:
    """Barnets bästa-hjulet.

    `statuses` maps area codes to status codes. `link` is what an area's code is put after to make each petal a
    link (`"#omrade-"`); without it the wheel is one picture, told in words by `desc`. `live` lets the radio
    buttons of the surrounding form set the statuses, by the stylesheet alone. `centre` is the word in the middle.
    `dress` draws other pictures than the icons.
    """
    shown = {} if live or not statuses else statuses
    named = f"{wid}-t {wid}-d" if desc else f"{wid}-t"
    told = f'<desc id="{wid}-d">{escape(desc)}</desc>' if desc else ""
    petals = "".join(
        _wheel_petal(wid, i, shown.get(area.code, ""), link, sprite, _, dress) for i, area in enumerate(AREAS)
    )
    middle = _("Barnet") if centre is None else centre
    title = _("Barnets bästa-hjulet")
    return Markup(
        f'<svg class="wheel{" wheel--live" if live else ""}" viewBox="-14 -14 468 468" '
        f'role="{"group" if link else "img"}" aria-labelledby="{named}"><title id="{wid}-t">'
        f"{escape(title)}</title>{told}<defs>{''.join(_hatch(wid, a) for a in AREAS)}</defs>"
        f'{petals}<g class="wheel__centre" aria-hidden="true"><circle cx="220" cy="220" r="{SUN_RADIUS}"/>'
        f'<text x="220" y="226" text-anchor="middle">{escape(middle)}</text></g></svg>'
    )


def _band(top: float, bottom: float, level: int, label: str) -> str:
    """One level of the triangle, between two heights given as shares of the whole."""

    def corner(share: float, side: int) -> str:
        return f"{decimal(250 + side * 230 * share)} {decimal(20 + 360 * share)}"

    size = " triangle__label--long" if len(label) > LONG_LABEL + 2 else ""
    middle = 20 + 360 * (bottom - 0.09 if level == 0 else (top + bottom) / 2 + 0.02)
    return (
        f'<path class="triangle__band triangle__band--{level + 1}" d="M{corner(top, -1)}L{corner(top, 1)}'
        f'L{corner(bottom, 1)}L{corner(bottom, -1)}Z"/><text class="triangle__label triangle__label--'
        f'{level + 1}{size}" x="250" y="{decimal(middle)}" text-anchor="middle">{escape(label)}</text>'
    )


def triangle(
    tid: str = "triangel", labels: Sequence[str] | None = None, desc: str = "", *, _: Translate = N_
) -> Markup:
    """The prevention triangle: remedial for the few on top, preventive, promotive for all at the bottom."""
    names = labels or [_(level) for level in LEVELS]
    bands = ((0, 0.42), (0.46, 0.7), (0.74, 1))
    drawn = "".join(_band(top, bottom, i, names[i]) for i, (top, bottom) in enumerate(bands))
    told = f'<desc id="{tid}-d">{escape(desc)}</desc>' if desc else ""
    named = f"{tid}-t {tid}-d" if desc else f"{tid}-t"
    title = _("Tre nivåer av stöd")
    return Markup(
        f'<svg class="triangle" viewBox="0 0 500 400" role="img" aria-labelledby="{named}">'
        f'<title id="{tid}-t">{escape(title)}</title>{told}{drawn}</svg>'
    )


def install(jinja_globals: dict, sprite_url: Callable[[], str], gettext: Translate) -> None:
    """Make the drawings known to the templates; `sprite_url` and `gettext` are asked anew for each drawing.

    The icons have two names, since the macros have one of their own called `icon`.
    """

    def draw_icon(name: str, cls: str = "", label: str | None = None) -> Markup:
        return icon(name, cls, label, sprite=sprite_url())

    def draw_wheel(*args, **kwargs) -> Markup:
        return wheel(*args, **kwargs, sprite=sprite_url(), _=gettext)

    jinja_globals.update(
        icon=draw_icon,
        draw_icon=draw_icon,
        wheel=draw_wheel,
        triangle=partial(triangle, _=gettext),
        logo=logo,
        hero=hero,
        posterscene=posterscene,
        smallscene=smallscene,
        leafdeco=leafdeco,
        cover=cover,
        mini=mini,
        steg=steg,
        AREAS=AREAS,
        STATUSES=STATUSES,
    )
