"""The ways through the service that families take, each with scripts and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

WITH_AND_WITHOUT = pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
UNIT = "/enhet/nackrosskolan-eskilstuna"


@WITH_AND_WITHOUT
def test_from_the_start_to_a_number_to_call(visitor, javascript):
    tab = visitor.open("/", javascript=javascript)
    box = tab.get_by_role("searchbox").or_(tab.get_by_role("combobox")).and_(tab.locator("input"))
    if javascript:
        box.press_sequentially("näckros", delay=20)
        first = tab.get_by_role("option").first
        expect(first).to_contain_text("Näckrosskolan")
        expect(tab.locator("[data-finder-status]")).to_contain_text("förslag")
        first.click()
    else:
        box.fill("näckros")
        box.press("Enter")
        expect(tab).to_have_url(re.compile(r"/hitta\?q="))
        tab.get_by_role("link", name="Näckrosskolan").first.click()
    expect(tab).to_have_url(re.compile(UNIT + "$"))
    expect(tab.get_by_role("heading", level=1)).to_have_text("Näckrosskolan")
    call = tab.locator("article.person a[href^='tel:+46']").first
    expect(call).to_be_visible()
    expect(call).to_contain_text("070-174 06")


@WITH_AND_WITHOUT
def test_enter_gives_a_page_with_an_address_to_share(visitor, javascript):
    tab = visitor.open("/hitta", javascript=javascript)
    box = tab.get_by_label("Förskola, skola, ort eller namn")
    box.fill("bvc flen")
    box.press("Enter")
    expect(tab).to_have_url(re.compile(r"q=bvc"))
    expect(tab.locator(".unit").first).to_contain_text("BVC Flen")
    again = visitor.open(tab.url.removeprefix(visitor.site), javascript=False)
    expect(again.locator(".unit").first).to_contain_text("BVC Flen")


@WITH_AND_WITHOUT
def test_filters_pages_and_the_way_back(visitor, javascript):
    tab = visitor.open("/hitta?q=skolan", javascript=javascript)
    heading = tab.locator("#traffar-h")
    before = heading.inner_text()
    summary = tab.locator("form.filters summary").first
    if summary.is_visible():
        summary.click()
    tab.get_by_label(re.compile(r"^Flen")).check()
    if not javascript:
        tab.get_by_role("button", name="Visa träffar").click()
    expect(tab).to_have_url(re.compile("kommun=flen"))
    expect(heading).not_to_have_text(before)
    for found in tab.locator(".unit .pill-note").all():
        expect(found).to_contain_text("Flen")
    tab.get_by_role("link", name=re.compile("Flen.*ta bort filtret")).click()
    expect(tab).not_to_have_url(re.compile("kommun=flen"))
    expect(heading).to_have_text(before)
    tab.get_by_role("link", name="Nästa").click()
    expect(tab).to_have_url(re.compile("sida=2"))
    first_on_second = tab.locator(".unit .cover-link").first.inner_text()
    tab.locator(".unit .cover-link").first.click()
    expect(tab.get_by_role("heading", level=1)).to_have_text(first_on_second)
    tab.go_back()
    expect(tab).to_have_url(re.compile("sida=2"))
    expect(tab.locator(".unit .cover-link").first).to_have_text(first_on_second)
    tab.go_back()
    expect(tab).not_to_have_url(re.compile("sida=2"))
    expect(heading).to_have_text(before)


@WITH_AND_WITHOUT
def test_the_guide_leads_to_a_person_and_says_why_and_back_keeps_the_answers(visitor, javascript):
    tab = visitor.open("/guide", javascript=javascript)
    tab.get_by_label(re.compile("Förskoleklass|grundskola", re.I)).first.check()
    tab.locator("main form button[type=submit]").click()
    expect(tab).to_have_url(re.compile("skede=grundskola"))
    tab.get_by_label("Flen", exact=False).first.check()
    tab.locator("main form button[type=submit]").click()
    expect(tab).to_have_url(re.compile(r"/guide/svar\?.*kommun=flen"))
    expect(tab.get_by_role("heading", level=1)).to_be_visible()
    tab.go_back()
    expect(tab).to_have_url(re.compile("skede=grundskola"))
    tab.go_back()
    expect(tab.locator("main form")).to_be_visible()
    tab.go_forward()
    tab.go_forward()
    tab.locator("main a[href*='enhet']").first.click()
    expect(tab.locator("main a[href^='tel:+46']").first).to_be_visible()


@WITH_AND_WITHOUT
def test_the_guide_without_an_answer_says_so_and_goes_on(visitor, javascript):
    tab = visitor.open("/guide", javascript=javascript)
    tab.locator("main form button[type=submit]").click()
    expect(tab.get_by_role("alert")).to_be_visible()
    assert tab.title().startswith("Fel:")
    if javascript:
        expect(tab.get_by_role("alert")).to_be_focused()


@WITH_AND_WITHOUT
def test_an_error_is_reported_first_wrongly_and_then_rightly(visitor, javascript):
    visitor.allowed_statuses = {422}
    tab = visitor.open(UNIT, javascript=javascript)
    tab.get_by_role("link", name="Berätta för oss").click()
    tab.get_by_label("Beskriv felet").fill("Telefonnumret går inte fram.")
    tab.get_by_label(re.compile("Din e-postadress")).fill("ingen adress")
    tab.get_by_role("button", name="Skicka").click()
    summary = tab.get_by_role("alert")
    expect(summary).to_contain_text("Rätta 2 uppgifter")
    expect(tab.get_by_label("Beskriv felet")).to_have_value("Telefonnumret går inte fram.")
    expect(tab.get_by_label(re.compile("Din e-postadress"))).to_have_attribute("aria-invalid", "true")
    if javascript:
        expect(summary).to_be_focused()
    summary.get_by_role("link").last.click()
    expect(tab.get_by_label(re.compile("Din e-postadress"))).to_be_focused()
    tab.get_by_label(re.compile("Din e-postadress")).fill("")
    tab.get_by_label("Fel person eller fel kontaktuppgifter").check()
    tab.get_by_role("button", name="Skicka").click()
    expect(tab).to_have_url(re.compile("/tack/fel"))
    expect(tab.get_by_role("heading", level=1)).to_contain_text("Tack")
    assert tab.context.cookies() == []


@WITH_AND_WITHOUT
def test_to_arabic_and_back_on_the_same_page(visitor, javascript):
    tab = visitor.open(f"{UNIT}", javascript=javascript)
    tab.locator("details.lang summary").click()
    tab.get_by_role("link", name="العربية").click()
    expect(tab).to_have_url(re.compile("/ar" + UNIT))
    expect(tab.locator("html")).to_have_attribute("dir", "rtl")
    number = tab.locator("article.person a[href^='tel:'] [dir=ltr]").first
    expect(number).to_contain_text("070-174 06")
    tab.locator("nav#meny a").first.click()
    expect(tab).to_have_url(re.compile("/ar/hitta"))
    tab.locator("details.lang summary").click()
    tab.get_by_role("link", name="Svenska").click()
    expect(tab.locator("html")).to_have_attribute("lang", "sv")
    expect(tab).to_have_url(re.compile("/sv/hitta"))


@WITH_AND_WITHOUT
def test_a_browser_that_speaks_finnish_is_met_in_finnish(visitor, javascript):
    tab = visitor.open("/", javascript=javascript, locale="fi-FI")
    expect(tab.locator("html")).to_have_attribute("lang", "fi")


@WITH_AND_WITHOUT
def test_the_chosen_look_is_the_one_cookie_and_stays(visitor, javascript):
    tab = visitor.open("/utseende", javascript=javascript)
    tab.get_by_label("Mörkt").check()
    tab.get_by_role("button", name="Spara utseendet").click()
    expect(tab.locator("html")).to_have_attribute("data-color-scheme", "dark")
    (cookie,) = tab.context.cookies()
    assert (cookie["name"], cookie["value"], cookie["httpOnly"], cookie["sameSite"]) == (
        "tbb_utseende",
        "dark",
        True,
        "Lax",
    )
    tab.goto("/hitta")
    dark = tab.evaluate("getComputedStyle(document.body).backgroundColor") if javascript else ""
    expect(tab.locator("html")).to_have_attribute("data-color-scheme", "dark")
    tab.goto("/utseende")
    tab.get_by_label("Ljust").check()
    tab.get_by_role("button", name="Spara utseendet").click()
    expect(tab.locator("html")).to_have_attribute("data-color-scheme", "light")
    if javascript:
        assert tab.evaluate("getComputedStyle(document.body).backgroundColor") != dark


@WITH_AND_WITHOUT
def test_lattlast_is_reached_from_every_swedish_page(visitor, javascript):
    tab = visitor.open("/sv/modellen", javascript=javascript)
    tab.get_by_role("link", name="Lättläst").first.click()
    expect(tab).to_have_url(re.compile("/lattlast$"))


def test_a_visit_leaves_nothing_in_the_browser(visitor):
    tab = visitor.open("/")
    for address in ("/hitta?q=skola", UNIT, "/guide", "/kontakt"):
        tab.goto(address)
    left = tab.evaluate(
        """async () => [localStorage.length, sessionStorage.length,
        (await indexedDB.databases()).length, (await caches.keys()).length]"""
    )
    assert left == [0, 0, 0, 0] and tab.context.cookies() == []


def test_when_the_server_says_no_a_fragment_lands_among_the_messages(visitor):
    visitor.allowed_statuses = {400}
    tab = visitor.open(f"{UNIT}/fel")
    tab.get_by_label("Något annat").check()
    tab.evaluate("document.querySelector('input[name=stamp]').value = 'fel'")
    tab.get_by_role("button", name="Skicka").click()
    expect(tab.locator("#messages")).to_contain_text("Vi förstod inte det du skickade")
    expect(tab.locator("#formular")).to_be_visible()
