"""A meeting is recorded in the room: on a tablet and a laptop at once, each kept by itself, and no words are lost."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import axe
from tests.browser.test_look import SIDEWAYS

TABLET = {"width": 768, "height": 1024, "has_touch": True}
SMALLEST = """() => [...document.querySelectorAll('.recordcame .ds-field, .recordbar button, .recordaction select')]
    .map(part => part.getBoundingClientRect().height).reduce((a, b) => Math.min(a, b), 999)"""

KEPT = "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"


def at_the_table(visitor, **screen) -> Page:
    """Open the record of the meeting that has just begun, as the BBA."""
    tab = visitor.open("/demo", **screen)
    tab.locator("form[action='/demo/bba'] button").click()
    tab.goto("/arenden")
    tab.get_by_role("link", name=re.compile("^Tuva")).first.click()
    tab.get_by_role("main").get_by_role("link", name="Samverkansmöte").first.click()
    tab.get_by_role("link", name="Anteckna på mötet").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Anteckna")
    return tab


def write(tab: Page, name: str, text: str) -> None:
    """Write in a field, leave it, and wait until the page has saved it by itself."""
    with tab.expect_response(re.compile("/anteckningar/spara$")):
        field = tab.locator(f"[name='{name}']")
        field.fill(text)
        field.blur()
    expect(tab.locator("[data-saved]")).to_contain_text(re.compile("Sparat|Båda versionerna"))


def test_a_tablet_and_a_laptop_record_the_same_meeting_at_once(visitor):
    tablet, laptop = at_the_table(visitor, **TABLET), at_the_table(visitor, width=1280)
    assert tablet.evaluate(SIDEWAYS) is None and tablet.evaluate(SMALLEST) >= 44
    assert axe(tablet) == []
    with tablet.expect_response(re.compile("/anteckningar/spara$")):
        tablet.locator(".recordcame").first.get_by_text("Kom", exact=True).tap()
    write(tablet, "voice.says", "Jag vill gå hem med någon.")
    write(laptop, "area.trygghet.agreed", "En vuxen går med till tunneln.")
    write(laptop, "voice.says", "Det är mörkt.")
    expect(laptop.locator("[name='voice.says']")).to_have_value("Jag vill gå hem med någon.\nDet är mörkt.")
    expect(laptop.locator("[data-saved]")).to_contain_text("Båda versionerna finns kvar")
    tablet.reload()
    expect(tablet.locator("[name='voice.says']")).to_have_value("Jag vill gå hem med någon.\nDet är mörkt.")
    expect(tablet.locator("[name='area.trygghet.agreed']")).to_have_value("En vuxen går med till tunneln.")
    expect(tablet.locator(".recordcame input[value=yes]").first).to_be_checked()
    assert "Tuva" not in tablet.title() and "mörkt" not in tablet.evaluate(KEPT)
