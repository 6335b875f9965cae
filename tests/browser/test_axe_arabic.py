"""Every page is without fault to axe also from right to left: dark on a desk, light in a hand."""

from __future__ import annotations

from tests.browser.conftest import axe, look
from tests.browser.test_look import SIDEWAYS


def test_every_page_from_right_to_left(visitor, addresses):
    visitor.allowed_statuses = {404}
    tab, faults = visitor.open("/ar/", locale="ar"), []
    for address in addresses:
        look(tab, width=390, scheme="light")
        tab.goto("/ar" + address)
        assert tab.evaluate("getComputedStyle(document.body).direction") == "rtl"
        looks = {"light 390": axe(tab, rules=["target-size", "scrollable-region-focusable"])}
        look(tab, width=320, scheme="light")
        looks["at 320"] = list(filter(None, [tab.evaluate(SIDEWAYS)]))
        look(tab, width=1280, scheme="dark")
        looks["dark 1280"] = axe(tab)
        faults += [f"{address} {kind}: {fault}" for kind, found in looks.items() for fault in found]
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults[:80])


def test_the_other_languages_too_where_they_differ(visitor):
    tab, faults = visitor.open("/"), []
    for language in ("en", "fi", "so"):
        for address in ("/", "/enhet/nackrosskolan-eskilstuna"):
            tab.goto(f"/{language}{address}")
            faults += [f"/{language}{address}: {fault}" for fault in axe(tab, colours=False)]
    assert not faults, "\n".join(faults)
