"""How the wheel shows what a decision means for children: plus, minus, both or not known, on each petal."""

from __future__ import annotations

from markupsafe import Markup

from tbb.services.assessment_report import SIGNS
from tbb.services.assessment_texts import EFFECTS
from tbb.web.drawing import Dress
from tbb.web.shapes import at, decimal

LOOKS = {"better": "bra", "both": "uppm", "worse": "stod", "none": "", "unknown": "vetinte"}
"""How a petal is filled for each effect, by the wheel's own codes."""


def effect_sign(effect: str) -> Markup:
    """Draw the sign of an effect; its words must stand beside it."""
    drawn = Markup('<svg class="i ds-icon" viewBox="-13 -13 26 26" aria-hidden="true"><path d="{}"/></svg>')
    return drawn.format(SIGNS[effect])


def looks(effects: dict[str, str]) -> dict[str, str]:
    """Give the fill of each petal of an analysis: {area: code}."""
    return {area: LOOKS[effect] for area, effect in effects.items() if LOOKS.get(effect)}


def _badge(index: int, sprite: str) -> str:
    x, y = at(index, 209)
    corner = f'x="{decimal(x - 13)}" y="{decimal(y - 13)}" width="26" height="26" viewBox="-13 -13 26 26"'
    signs = "".join(
        f'<svg class="i b b-{look}" {corner}><path d="{SIGNS[effect]}"/></svg>'
        for effect, look in LOOKS.items()
        if look
    )
    return f'<g class="petal__badge"><circle cx="{decimal(x)}" cy="{decimal(y)}" r="19"/>{signs}</g>'


WORDS = {
    "effects": EFFECTS,
    "looks": LOOKS,
    "effect_sign": effect_sign,
    "fills": looks,
    "dress": Dress(badge=_badge),
}
"""What the pages of an analysis are given besides the analysis itself."""
