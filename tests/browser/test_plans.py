"""The plan in a real browser: its pages are without fault to axe, and a family tells without scripts, in Arabic."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import axe
from tests.browser.test_axe_at_work import looked_at, play

PAGES = ("", "/mal", "/atgarder/ny", "/samordningsperson", "/blad?sprak=ar", "/uppfoljning", "/fragor", "/sip")


def test_every_page_of_a_plan_and_what_the_family_meets_behind_its_link(visitor):
    tab = play(visitor, "personal")
    tab.goto("/planer")
    plan = tab.get_by_role("link", name="Noah", exact=True).get_attribute("href")
    faults = []
    for page in PAGES:
        assert tab.goto(plan + page).status == 200, page
        faults += looked_at(tab, page or "the plan")
    link = tab.goto(plan + "/blad") and tab.locator(".familysheet__link").inner_text()
    address = "/ar/plan/" + link.rpartition("/")[2]
    faults += [f"the family's page: {fault}" for fault in axe(visitor.open(address))]
    family = visitor.open(address, javascript=False)
    expect(family.locator("html")).to_have_attribute("dir", "rtl")
    family.locator("textarea").fill("لم يتصل أحد")
    family.locator("main form button[type=submit]").click()
    expect(family).to_have_url(re.compile("/ar/plan/tack$"))
    tab.goto(plan)
    expect(tab.locator("#sagt").locator("xpath=ancestor::section")).to_contain_text("لم يتصل أحد")
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(dict.fromkeys(faults))
