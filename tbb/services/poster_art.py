"""The poster's drawings as SVG: the water lily of seven areas, its pads and rings, and the area icons.

The icons are Tabler's outline icons (tabler.io/icons, MIT licence, © Paweł Kuna). The word العربية is drawn
from Noto Sans Arabic (SIL Open Font License), since the poster's own typeface has no Arabic letters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import asin, cos, pi, radians, sin

SUN = "#f0b93a"
LAKE = "#12505a"
PADS = ("#1b626b", "#17595f", "#246c70")
PETALS = 7


@dataclass(frozen=True)
class Area:
    """One of the wheel's seven areas as the poster shows it."""

    name: str
    colour: str
    ink: str
    icon: tuple[str, ...]


AREAS = (
    Area(
        "Hälsa",
        "#c63d1a",
        "#fff",
        (
            "M19.5 13.572l-7.5 7.428l-2.896 -2.868m-6.117 -8.104a5 5 0 0 1 9.013 -3.022a5 5 0 1 1 7.5 6.572",
            "M3 13h2l2 3l2 -6l1 3h3",
        ),
    ),
    Area(
        "Utveckling",
        "#eebb35",
        "#1d1c18",
        (
            "M12 10a6 6 0 0 0 -6 -6h-3v2a6 6 0 0 0 6 6h3",
            "M12 14a6 6 0 0 1 6 -6h3v1a6 6 0 0 1 -6 6h-3",
            "M12 20l0 -10",
        ),
    ),
    Area(
        "Lärande",
        "#2d519b",
        "#fff",
        (
            "M3 19a9 9 0 0 1 9 0a9 9 0 0 1 9 0",
            "M3 6a9 9 0 0 1 9 0a9 9 0 0 1 9 0",
            "M3 6l0 13",
            "M12 6l0 13",
            "M21 6l0 13",
        ),
    ),
    Area(
        "Omsorg",
        "#d076a4",
        "#1d1c18",
        (
            "M19.5 12.572l-7.5 7.428l-7.5 -7.428a5 5 0 1 1 7.5 -6.566a5 5 0 1 1 7.5 6.572",
            "M12 6l-3.293 3.293a1 1 0 0 0 0 1.414l.543 .543c.69 .69 1.81 .69 2.5 0l1 -1"
            "a3.182 3.182 0 0 1 4.5 0l2.25 2.25",
            "M12.5 15.5l2 2",
            "M15 13l2 2",
        ),
    ),
    Area(
        "Hemmet",
        "#55214a",
        "#fff",
        (
            "M5 12l-2 0l9 -9l9 9l-2 0",
            "M5 12v7a2 2 0 0 0 2 2h10a2 2 0 0 0 2 -2v-7",
            "M9 21v-6a2 2 0 0 1 2 -2h2a2 2 0 0 1 2 2v6",
        ),
    ),
    Area(
        "Relationer",
        "#60c5e8",
        "#1d1c18",
        (
            "M5 5a2 2 0 1 0 4 0a2 2 0 1 0 -4 0",
            "M5 22v-5l-1 -1v-4a1 1 0 0 1 1 -1h4a1 1 0 0 1 1 1v4l-1 1v5",
            "M15 5a2 2 0 1 0 4 0a2 2 0 1 0 -4 0",
            "M15 22v-4h-2l2 -6a1 1 0 0 1 1 -1h2a1 1 0 0 1 1 1l2 6h-2v4",
        ),
    ),
    Area("Trygghet", "#1d8259", "#fff", ("M4 12a8 8 0 0 1 16 0l-16 0", "M12 12v6a2 2 0 0 0 4 0")),
)

_ARABIC = (
    "M35 13Q33 13 31 11Q29 9 29 6Q29 4 31 2Q33 0 35 0Q38 0 40 2Q41 4 41 6Q41 9 40 11Q38 13 35 13ZM19 12"
    "Q17 12 15 11Q13 9 13 6Q13 4 15 2Q17 0 19 0Q22 0 24 2Q25 4 25 6Q25 9 24 11Q22 12 19 12ZM53 80"
    "Q46 80 42 78Q37 76 34 72Q32 68 31 61L30 23H41L43 58Q43 62 45 64Q46 66 48 67Q50 68 54 68Q57 68 58 70"
    "Q60 71 60 74Q60 76 58 78Q56 80 53 80ZM36 70Q30 72 24 71Q18 71 13 69Q8 68 6 64Q3 60 3 55Q3 50 5 46"
    "Q7 42 11 39Q16 36 21 33Q26 31 33 30L34 42Q29 42 26 43Q22 44 20 46Q17 48 16 50Q14 52 14 54"
    "Q14 56 16 57Q17 58 19 59Q22 59 24 60Q27 60 30 59Q33 59 35 58L36 70ZM80 101Q77 101 76 100Q74 98 74 95"
    "Q74 93 76 91Q77 89 80 89Q82 89 84 91Q86 93 86 95Q86 98 84 100Q82 101 80 101ZM64 101Q61 101 60 100"
    "Q58 98 58 95Q58 93 60 91Q61 89 64 89Q66 89 68 91Q70 93 70 95Q70 98 68 100Q66 101 64 101ZM53 80 54 68"
    "Q58 68 61 67Q64 66 65 64Q67 62 68 58Q69 54 70 47L81 49Q81 51 81 53Q80 55 80 57Q80 59 80 61"
    "Q80 62 80 64Q81 65 82 66Q84 67 86 67Q89 68 94 68Q97 68 98 70Q99 71 99 74Q99 76 98 78Q96 80 92 80"
    "Q87 80 84 79Q80 78 78 77Q76 75 74 73Q73 70 72 67L77 67Q75 71 72 74Q70 76 67 78Q64 79 60 79"
    "Q57 80 53 80ZM104 101Q102 101 100 99Q98 98 98 95Q98 92 100 90Q102 89 104 89Q107 89 109 90"
    "Q110 92 110 95Q110 98 109 99Q107 101 104 101ZM92 80 94 68Q98 68 101 67Q104 67 105 65Q106 63 106 60"
    "Q106 57 105 54Q104 50 103 46Q102 42 100 38L112 35Q113 38 115 42Q116 47 117 51Q117 56 117 59"
    "Q117 64 116 68Q115 71 113 74Q111 76 108 77Q104 79 101 79Q97 80 92 80ZM120 102 116 92Q122 90 127 87"
    "Q132 84 135 81Q138 78 139 75Q141 71 141 67Q141 63 139 58Q137 53 134 48L145 43Q147 46 148 49"
    "Q150 53 151 56Q152 59 152 60Q154 65 156 66Q158 68 163 68Q166 68 168 70Q169 71 169 74Q169 76 167 78"
    "Q166 80 162 80Q158 80 155 78Q152 77 150 75Q149 72 148 69L152 71Q151 77 149 82Q146 87 141 91"
    "Q137 95 131 98Q126 101 120 102ZM162 80 163 68Q170 68 175 67Q181 66 185 64Q189 62 192 60"
    "Q195 58 197 55Q198 53 198 50Q198 49 198 48Q197 47 195 46Q194 45 190 45Q189 45 187 45Q185 46 183 47"
    "Q180 47 179 48Q181 50 184 53Q186 55 189 58Q191 60 193 63Q196 64 198 65Q201 66 204 67Q207 67 210 68"
    "Q214 68 217 68Q220 68 222 70Q223 71 223 74Q223 76 221 78Q220 80 216 80Q209 80 203 79Q197 78 192 75"
    "Q187 73 184 69Q182 67 180 65Q178 62 176 60Q173 58 171 56Q170 56 170 54Q169 53 169 51Q168 49 168 48"
    "Q168 46 170 44Q172 42 176 39Q179 37 184 36Q188 34 192 34Q198 34 202 36Q206 38 208 41Q210 44 210 48"
    "Q210 53 208 57Q206 62 202 66Q198 70 192 73Q186 76 178 78Q171 80 162 80ZM216 80 217 68Q222 68 224 67"
    "Q227 66 227 63Q227 61 227 56L225 7H237L239 56Q239 61 239 66Q238 70 236 73Q234 76 229 78"
    "Q224 80 216 80ZM253 79 251 7H263L265 79H253Z"
)


def scene() -> str:
    """The top of the poster: pads and rings on dark water, and the whole lily at the right."""
    rings = "".join(f'<circle cx="530" cy="84" r="{radius}"/>' for radius in (204, 246, 300, 364, 440))
    return _svg(
        700,
        470,
        f'<path fill="{LAKE}" d="M0 0h700v470H0z"/>',
        _pad(150, 80, 86, 60, PADS[2]),
        _pad(120, 470, 150, 300, PADS[1]),
        f'<g fill="none" stroke="#fff" stroke-opacity=".13" stroke-width="1.5">{rings}</g>',
        _pad(550, 92, 186, 150, PADS[0]),
        *_outer_petals(530, 84, 158, gap=5.7),
        *_inner_petals(530, 84, 158),
        f'<circle cx="530" cy="84" r="23.7" fill="{SUN}"/>',
    )


def logo() -> str:
    """The small lily of the footer."""
    return _svg(48, 48, *_outer_petals(24, 24, 23.5, gap=1.7), f'<circle cx="24" cy="24" r="4.7" fill="{SUN}"/>')


def area_icon(area: Area) -> str:
    """The area's icon on a lily pad in its colour."""
    strokes = "".join(f'<path d="{path}"/>' for path in area.icon)
    return _svg(
        44,
        44,
        f'<path fill="{area.colour}" d="M22 0A22 22 0 0 1 22 44H8A8 8 0 0 1 0 36V22A22 22 0 0 1 22 0z"/>',
        f'<g transform="translate(9.5 9.5) scale(1.0417)" fill="none" stroke="{area.ink}" stroke-width="1.75"'
        f' stroke-linecap="round" stroke-linejoin="round">{strokes}</g>',
    )


def arabic(colour: str) -> str:
    """The name of the Arabic language, in Arabic."""
    return _svg(265, 102, f'<path fill="{colour}" d="{"".join(_ARABIC)}"/>')


def _svg(width: int, height: int, *parts: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{"".join(parts)}</svg>'


def _outer_petals(cx: float, cy: float, radius: float, gap: float) -> Iterator[str]:
    for number, area in enumerate(AREAS):
        path = _petal(cx, cy, -90 + number * 360 / PETALS, radius * 0.3, radius, gap, rounding=radius * 0.045)
        yield f'<path fill="{area.colour}" d="{path}"/>'


def _inner_petals(cx: float, cy: float, radius: float) -> Iterator[str]:
    slender = {"shoulder": 0.5, "bulge": 0.2, "tip": 0.2, "half_angle": pi / 9, "rounding": radius * 0.02}
    for number in range(PETALS):
        turn = -90 + (number + 0.5) * 360 / PETALS
        path = _petal(cx, cy, turn, radius * 0.08, radius * 0.5, radius * 0.012, **slender)
        yield f'<path fill="#fffdf6" fill-opacity=".96" d="{path}"/>'


def _petal(
    cx: float,
    cy: float,
    turn: float,
    inner: float,
    outer: float,
    gap: float,
    rounding: float,
    shoulder: float = 0.72,
    bulge: float = 0.17,
    tip: float = 0.235,
    half_angle: float = pi / PETALS,
) -> str:
    """One petal pointing at `turn` degrees, as a path: u runs outwards from the heart, v across the petal."""
    at = _turned(cx, cy, radians(turn))

    def edge(radius: float) -> tuple[float, float]:
        angle = half_angle - asin(min(1, gap / (2 * radius)))
        return radius * cos(angle), radius * sin(angle)

    (iu, iv), (ru, rv), (su, sv) = edge(inner), edge(inner + rounding), edge(outer * shoulder)
    heel = max(0, half_angle - asin(gap / (2 * inner)) - rounding / inner)
    qu, qv = inner * cos(heel), inner * sin(heel)
    bu, bv = su + bulge * outer * cos(half_angle), sv + bulge * outer * sin(half_angle)
    tv = tip * outer
    return (
        f"M{at(qu, -qv)}Q{at(iu, -iv)} {at(ru, -rv)}L{at(su, -sv)}"
        f"C{at(bu, -bv)} {at(outer, -tv)} {at(outer, 0)}"
        f"C{at(outer, tv)} {at(bu, bv)} {at(su, sv)}L{at(ru, rv)}Q{at(iu, iv)} {at(qu, qv)}"
        f"A{inner:.1f} {inner:.1f} 0 0 0 {at(qu, -qv)}Z"
    )


def _turned(cx: float, cy: float, theta: float) -> Callable[[float, float], str]:
    """From the petal's own axes to the drawing's, as SVG writes a point."""
    return lambda u, v: f"{cx + u * cos(theta) - v * sin(theta):.1f} {cy + u * sin(theta) + v * cos(theta):.1f}"


def _pad(cx: float, cy: float, radius: float, turn: float, colour: str, notch: float = 26) -> str:
    """A lily pad: a circle with a wedge cut out at `turn` degrees."""
    start, end, middle = radians(turn - notch / 2), radians(turn + notch / 2), radians(turn)
    return (
        f'<path fill="{colour}" d="M{cx + radius * cos(end):.1f} {cy + radius * sin(end):.1f}'
        f"A{radius} {radius} 0 1 1 {cx + radius * cos(start):.1f} {cy + radius * sin(start):.1f}"
        f'L{cx + radius * 0.12 * cos(middle):.1f} {cy + radius * 0.12 * sin(middle):.1f}Z"/>'
    )
