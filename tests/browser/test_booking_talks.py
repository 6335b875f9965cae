"""A mother books a first talk in Arabic on her phone, moves it and cancels it, with scripts and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import axe
from tests.browser.test_look import SIDEWAYS


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_talk_is_booked_moved_and_cancelled_in_arabic_on_a_phone(visitor, javascript):
    visitor.allowed_statuses = {422}
    faults = []
    tab = visitor.open("/ar/enhet/nackrosskolan-eskilstuna", javascript=javascript, width=390, locale="ar")

    def looked_at() -> None:
        """Hold the page to what can be seen of it; scripts are needed to look."""
        if javascript:
            faults.extend(f"{tab.url}: {fault}" for fault in [*axe(tab), *filter(None, [tab.evaluate(SIDEWAYS)])])

    tab.get_by_role("link", name="حجز محادثة أولى").click()
    expect(tab.locator("html")).to_have_attribute("dir", "rtl")
    looked_at()
    tab.locator(".talktimes a").nth(1).click()
    tab.get_by_role("button", name="احجز الموعد").click()
    expect(tab.locator(".ds-error-summary")).to_be_visible()
    looked_at()
    tab.locator("input[name=way]").first.check()
    tab.get_by_label("اسمك").fill("أمل")
    tab.get_by_label("رقم هاتفك").fill("070-174 06 55" if javascript else "070-174 06 56")
    tab.get_by_label("أحتاج إلى مترجم شفوي").check()
    tab.get_by_role("button", name="احجز الموعد").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("تم حجز الموعد")
    expect(tab).to_have_url(re.compile(r"/ar/bokning/[\w-]{43}$"))
    assert "أمل" not in tab.content()
    looked_at()
    before = tab.locator("#nar-h").inner_text()
    tab.get_by_role("link", name="تغيير الموعد").click()
    looked_at()
    tab.locator(".talktime input").nth(2).check()
    tab.get_by_role("button", name="التغيير إلى هذا الموعد").click()
    expect(tab.locator("#nar-h")).not_to_have_text(before)
    tab.get_by_role("link", name="إلغاء الحجز").click()
    looked_at()
    tab.get_by_role("button", name="إلغاء الحجز").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("تم إلغاء الموعد")
    assert not faults, "\n".join(faults)
