"""Every page is without fault to axe: on a desk, and in a hand, where all can be pressed. The dark is Arabic's."""

from __future__ import annotations

from tests.browser.conftest import axe, look
from tests.browser.test_look import LEAST_PIXELS, TOO_SMALL

COLOURS = ["color-contrast", "link-in-text-block"]
IN_THE_HAND = [
    "target-size",
    "scrollable-region-focusable",
    "meta-viewport",
    "region",
    "heading-order",
    "label",
]


def test_every_page_in_light_on_a_desk_and_in_a_hand(visitor, addresses):
    visitor.allowed_statuses = {404}
    tab, faults = visitor.open("/"), []
    assert len(addresses) > 30
    for address in addresses:
        look(tab, width=1280, scheme="light")
        tab.goto("/sv" + address)
        looks = {"light 1280": axe(tab)}
        look(tab, width=390, scheme="light")
        looks["light 390"] = axe(tab, rules=IN_THE_HAND)
        if address != "/stilguide":
            looks["too small"] = [f"{wide}×{high} {name}" for name, wide, high in tab.evaluate(TOO_SMALL, LEAST_PIXELS)]
        faults += [f"{address} {kind}: {fault}" for kind, found in looks.items() for fault in found]
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults[:80])
