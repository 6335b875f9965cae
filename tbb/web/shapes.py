"""The shapes that every drawing is made of: one petal, one lily pad, circles – pure geometry, given as SVG text."""

from collections.abc import Sequence
from functools import cache
from math import asin, cos, pi, radians, sin

PETALS = 7


def decimal(value: float) -> str:
    """One decimal is below what the eye sees, and keeps the drawings small."""
    text = f"{value:.1f}"
    return text.removesuffix(".0")


def place(cx: float, cy: float, angle: float, out: float, side: float) -> tuple[float, float]:
    """A point `out` from the centre along `angle` and `side` steps clockwise of it."""
    return cx + out * cos(angle) - side * sin(angle), cy + out * sin(angle) + side * cos(angle)


def _angle(index: float, start: float, count: int = PETALS) -> float:
    return radians(start) + index * 2 * pi / count


def at(
    index: float, radius: float, cx: float = 220, cy: float = 220, start: float = -90, count: int = PETALS
) -> tuple[float, float]:
    """The point on petal `index`'s middle line, `radius` from the centre."""
    x, y = place(cx, cy, _angle(index, start, count), radius, 0)
    return round(x, 1), round(y, 1)


@cache
def petal(
    index: int,
    cx: float = 220,
    cy: float = 220,
    inner: float = 66,
    outer: float = 206,
    gap: float = 8,
    rounding: float = 9,
    start: float = -90,
    shoulder: float = 0.72,
    bulge: float = 0.17,
    tip: float = 0.235,
    half: float = pi / PETALS,
) -> str:
    """The path of one petal, as the `d` of an SVG path.

    `inner` and `outer` are its radii, `gap` the space to its neighbour, `shoulder` where the straight sides end
    (as a share of `outer`), `bulge` and `tip` how round the outer end is, `half` half of its angle.
    """
    angle = _angle(index, start)

    def point(out: float, side: float) -> str:
        x, y = place(cx, cy, angle, out, side)
        return f"{decimal(x)} {decimal(y)}"

    def edge(radius: float) -> tuple[float, float]:
        open_angle = half - asin(min(1, gap / (2 * radius)))
        return radius * cos(open_angle), radius * sin(open_angle)

    corner, side, foot = edge(inner), edge(outer * shoulder), edge(inner + rounding)
    foot_angle = max(0, half - asin(min(1, gap / (2 * inner))) - rounding / inner)
    base = inner * cos(foot_angle), inner * sin(foot_angle)
    bend = side[0] + bulge * outer * cos(half), side[1] + bulge * outer * sin(half)
    top = outer, tip * outer

    def mirrored(pair: tuple[float, float]) -> str:
        return point(pair[0], -pair[1])

    return (
        f"M{mirrored(base)}Q{mirrored(corner)} {mirrored(foot)}L{mirrored(side)}"
        f"C{mirrored(bend)} {mirrored(top)} {point(outer, 0)}C{point(*top)} {point(*bend)} {point(*side)}"
        f"L{point(*foot)}Q{point(*corner)} {point(*base)}"
        f"A{decimal(inner)} {decimal(inner)} 0 0 0 {mirrored(base)}Z"
    )


@cache
def pad(cx: float, cy: float, radius: float, direction: float = 40, notch: float = 26) -> str:
    """The path of a lily pad: a disc with a wedge cut out towards `direction` (degrees)."""
    first, last = radians(direction - notch / 2), radians(direction + notch / 2)
    points = [
        place(cx, cy, last, radius, 0),
        place(cx, cy, first, radius, 0),
        place(cx, cy, radians(direction), radius * 0.12, 0),
    ]
    (x1, y1), (x2, y2), (x3, y3) = [(decimal(x), decimal(y)) for x, y in points]
    size = decimal(radius)
    return f"M{x1} {y1}A{size} {size} 0 1 1 {x2} {y2}L{x3} {y3}Z"


def circle(kind: str, cx: float, cy: float, radius: float) -> str:
    return f'<circle class="{kind}" cx="{decimal(cx)}" cy="{decimal(cy)}" r="{decimal(radius)}"/>'


def ripples(cx: float, cy: float, radii: Sequence[float]) -> str:
    """Rings on the water."""
    return "".join(circle("ripple", cx, cy, radius) for radius in radii)
