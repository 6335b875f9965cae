"""Everything is reached by keys alone, in an order that makes sense, and it shows where one is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import look

FOCUS_SHOWS = """() => {
    const element = document.activeElement, box = element.getBoundingClientRect();
    const above = element.parentElement;
    const around = [element, above, above?.parentElement, element.labels?.[0]].filter(Boolean);
    const rings = around.flatMap(one => [null, '::before', '::after'].map(part => getComputedStyle(one, part)));
    // The browser's own ring ("auto") is always two pixels of dark and light; one of ours must be as thick.
    const drawn = style => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    const thick = style => style.outlineStyle === 'auto' || drawn(style);
    const appears = element.matches('.ds-skip-link') && box.height > 20;
    const ring = appears || rings.some(style => thick(style) || style.boxShadow !== 'none');
    const inView = box.bottom > 0 && box.top < innerHeight;
    const says = (element.textContent || element.name || '').trim().slice(0, 30);
    return {name: element.tagName + ' ' + says, ring, inView, body: element === document.body};
}"""


def test_the_skip_link_comes_first_shows_itself_and_leads_to_the_content(visitor):
    tab = visitor.open("/")
    tab.keyboard.press("Tab")
    skip = tab.locator(".ds-skip-link")
    expect(skip).to_be_focused()
    assert skip.bounding_box()["y"] >= 0 and skip.bounding_box()["height"] > 20
    tab.keyboard.press("Enter")
    expect(tab.locator("#innehall")).to_be_focused()
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/hitta?q=skola&kommun=flen",
        "/guide",
        "/enhet/nackrosskolan-eskilstuna",
        "/enhet/nackrosskolan-eskilstuna/fel",
        "/ar/",
    ],
)
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_at_every_step_it_shows_where_one_is(visitor, address, width, scheme):
    tab = visitor.open(address, width=width, scheme=scheme)
    look(tab, width=width, scheme=scheme)
    seen, faults = [], []
    for _ in range(150):
        tab.keyboard.press("Tab")
        here = tab.evaluate(FOCUS_SHOWS)
        if here["body"]:
            break
        seen.append(here["name"])
        if not here["ring"]:
            faults.append(f"{here['name']}: no ring")
        if not here["inView"]:
            faults.append(f"{here['name']}: out of sight")
    assert len(seen) > 12, "the keys are caught somewhere" if seen else "nothing can be reached"
    assert not faults, f"{address}: " + "; ".join(faults)


def test_suggestions_by_arrow_keys(visitor):
    tab = visitor.open("/")
    box = tab.get_by_role("combobox").and_(tab.locator("input"))
    box.press_sequentially("skolan", delay=20)
    options = tab.get_by_role("listbox").get_by_role("option")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    tab.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    expect(box).to_be_focused()
    tab.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    tab.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("skolan")
    box.press_sequentially(" f", delay=20)
    expect(options.first).to_be_visible()
    tab.keyboard.press("ArrowDown")
    wanted = options.first.get_attribute("href")
    tab.keyboard.press("Enter")
    expect(tab).to_have_url(re.compile(re.escape(wanted) + "$"))


def test_the_menu_of_a_phone_opens_closes_and_gives_the_focus_back(visitor):
    tab = visitor.open("/", width=390, height=800)
    button = tab.get_by_role("button", name="Meny")
    menu = tab.locator("#meny")
    expect(menu).not_to_be_visible()
    button.focus()
    tab.keyboard.press("Enter")
    expect(menu).to_be_visible()
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.querySelector('#meny').contains(document.activeElement)")
    tab.keyboard.press("Escape")
    expect(menu).not_to_be_visible()
    expect(button).to_be_focused()
    tab.keyboard.press("Enter")
    tab.get_by_role("button", name="Stäng").click()
    expect(menu).not_to_be_visible()


def test_the_menu_of_a_phone_opens_without_scripts_too(visitor):
    tab = visitor.open("/", width=390, height=800, javascript=False)
    tab.get_by_role("button", name="Meny").click()
    tab.locator("#meny").get_by_role("link", name="Hitta ansvarig").click()
    expect(tab).to_have_url(re.compile("/hitta$"))


def test_the_language_list_closes_on_escape_and_when_one_leaves_it(visitor):
    tab = visitor.open("/")
    summary = tab.locator("details.lang summary")
    for leave in (lambda: tab.keyboard.press("Escape"), lambda: tab.mouse.click(300, 600)):
        summary.focus()
        tab.keyboard.press("Enter")
        expect(tab.locator("details.lang ul")).to_be_visible()
        leave()
        expect(tab.locator("details.lang ul")).not_to_be_visible()


def test_the_whole_guide_by_keys_alone(visitor):
    tab = visitor.open("/guide")
    for _ in range(2):
        radio = tab.locator("main input[type=radio]").first
        radio.focus()
        tab.keyboard.press("ArrowDown")
        tab.keyboard.press("Enter")
        tab.wait_for_load_state()
    expect(tab).to_have_url(re.compile("/guide/svar"))


def test_after_a_filter_the_focus_stays_and_the_count_is_announced(visitor):
    tab = visitor.open("/hitta?q=skolan")
    box = tab.get_by_label(re.compile("^Flen"))
    box.focus()
    tab.keyboard.press("Space")
    expect(tab).to_have_url(re.compile("kommun=flen"))
    expect(tab.locator("#traffar [role=status]").or_(tab.locator("[role=status] #traffar-h")).first).to_be_visible()
    assert not tab.evaluate("document.activeElement === document.body"), "the focus was lost in the swap"
