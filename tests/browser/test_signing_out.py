"""After signing out nothing of a private page can be seen again, and before a sitting ends one is warned in time."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import axe

CANARY = "enhetschef@tbb.example"
"""What only the signed-in person's own page says."""
MINUTE = 60_000


def sign_in(visitor, persona: str = "enhetschef", **how) -> Page:
    """Be one of the cast."""
    tab = visitor.open("/demo", **how)
    tab.click(f"form[action='/demo/{persona}'] button")
    tab.wait_for_url("**/arbetsyta")
    return tab


def sees(tab: Page) -> bool:
    """Whether anything private can be read."""
    return any(found.is_visible() for found in tab.get_by_text(CANARY).all())


def kept(tab: Page) -> dict[str, int]:
    """How much the browser keeps for scripts, and whether the canary is in it."""
    return tab.evaluate(
        """async () => ({
            session: sessionStorage.length,
            local: localStorage.length,
            databases: (await indexedDB.databases()).length,
            caches: (await caches.keys()).length,
            workers: (await navigator.serviceWorker.getRegistrations()).length,
            readable: document.cookie.length,
        })"""
    )


def sign_out(tab: Page) -> None:
    """Press the button."""
    tab.click("[data-sign-out]")
    tab.wait_for_url("**/logga-in**")
    assert "Du är utloggad" in tab.locator("main").inner_text()


@pytest.mark.parametrize("javascript", [True, False])
def test_back_forward_and_reload_show_nothing_private(visitor, javascript):
    tab = sign_in(visitor, javascript=javascript)
    tab.goto("/konto")
    assert sees(tab)
    tab.goto("/konto/inloggningar")
    sign_out(tab)
    for move in (tab.go_back, tab.go_back, tab.go_forward, tab.reload, tab.go_back):
        move(wait_until="load")
        tab.wait_for_timeout(200)
        assert not sees(tab), tab.url
        assert "Mina inloggningar" not in tab.locator("body").inner_text()
    tab.goto("/konto")
    expect(tab.locator("h1")).to_have_text("Logga in")


def test_a_page_from_the_browsers_memory_is_checked_before_it_is_shown(visitor):
    tab = sign_in(visitor)
    tab.goto("/konto")
    # What the back/forward cache does: the page goes away as it is, and comes back as it was.
    leaves = "() => dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))"
    returns = "() => dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
    tab.evaluate(leaves)
    assert not sees(tab)
    tab.evaluate(returns)
    expect(tab.get_by_text(CANARY)).to_be_visible()
    tab.evaluate(leaves)
    visitor.contexts[-1].clear_cookies()
    tab.evaluate(returns)
    tab.wait_for_url("**/logga-in**")
    assert not sees(tab)


def test_a_page_does_not_come_back_to_somebody_else(visitor):
    tab = sign_in(visitor)
    tab.add_init_script("delete window.BroadcastChannel")  # so that no other tab tells this one
    tab.goto("/konto")
    tab.evaluate("() => dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    other = visitor.contexts[-1].new_page()
    other.goto("/demo")
    other.evaluate("() => document.querySelector('form[action=\"/demo/granne\"]').submit()")
    other.wait_for_url("**/arbetsyta")
    tab.evaluate("() => dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(tab.locator("main")).to_contain_text("granne@tbb.example")
    assert not sees(tab)


def test_all_tabs_go_dark_when_one_signs_out(visitor):
    tab = sign_in(visitor)
    other = visitor.contexts[-1].new_page()
    other.goto("/konto")
    assert sees(other)
    sign_out(tab)
    other.wait_for_url("**/logga-in**")
    assert not sees(other)
    other.go_back(wait_until="load")
    assert not sees(other)


def test_a_tab_that_is_opened_again_shows_nothing_and_nothing_is_kept(visitor):
    tab = sign_in(visitor)
    tab.goto("/konto")
    nothing = {"session": 0, "local": 0, "databases": 0, "caches": 0, "workers": 0, "readable": 0}
    assert kept(tab) == nothing
    sign_out(tab)
    assert kept(tab) == nothing
    assert not visitor.contexts[-1].cookies()
    again = visitor.contexts[-1].new_page()
    again.goto("/konto")
    expect(again.locator("h1")).to_have_text("Logga in")


def test_every_private_answer_says_that_it_must_not_be_stored(visitor):
    tab = sign_in(visitor)
    answers = [tab.goto(path) for path in ("/konto", "/konto/inloggningar", "/arbetsyta")]
    assert all("no-store" in answer.headers["cache-control"] for answer in answers)


def test_a_warning_comes_in_time_and_one_key_extends(visitor):
    tab = visitor.open("/demo")
    tab.clock.install()
    tab.click("form[action='/demo/enhetschef'] button")
    tab.goto("/konto")
    tab.clock.run_for(24 * MINUTE)
    expect(tab.locator("#kvar")).to_be_hidden()
    tab.clock.run_for(MINUTE + 5000)
    expect(tab.get_by_role("alertdialog", name="Är du kvar?")).to_be_visible()
    expect(tab.locator("[data-left]")).to_have_text("5 minuter kvar.")
    expect(tab.locator("[data-stay]")).to_be_focused()
    assert tab.title().startswith("Är du kvar?")
    assert axe(tab) == []
    with tab.expect_response("**/konto/forlang") as answer:
        tab.keyboard.press("Enter")
    assert answer.value.ok
    expect(tab.locator("#kvar")).to_be_hidden()
    assert sees(tab)
    tab.clock.run_for(26 * MINUTE)
    expect(tab.locator("#kvar")).to_be_visible()
    with tab.expect_response("**/konto/forlang"):
        tab.keyboard.press("Escape")
    expect(tab.locator("#kvar")).to_be_hidden()


def test_when_the_time_is_out_the_page_is_dark_and_one_comes_back_to_it(visitor):
    tab = visitor.open("/demo")
    tab.clock.install()
    tab.click("form[action='/demo/enhetschef'] button")
    tab.goto("/konto")
    tab.locator("#kvar").evaluate("dialog => document.documentElement.dataset.seen = 'before'")
    visitor.contexts[-1].clear_cookies()  # as when the server has ended the sitting
    tab.clock.run_for(31 * MINUTE)
    tab.wait_for_url(re.compile(r"/logga-in\?till="))
    assert not sees(tab)


def test_tabs_share_the_time(visitor):
    tab = visitor.open("/demo")
    tab.clock.install()
    tab.click("form[action='/demo/enhetschef'] button")
    tab.goto("/konto")
    tab.clock.run_for(26 * MINUTE)
    expect(tab.locator("#kvar")).to_be_visible()
    tab.evaluate(
        """() => {
            const sitting = document.getElementById('kvar').dataset.sitting;
            const [idleAt, wholeAt] = [Date.now() + 1800e3, Date.now() + 7200e3];
            new BroadcastChannel('tbb sitting').postMessage({ kind: 'here', sitting, idleAt, wholeAt });
        }"""
    )
    expect(tab.locator("#kvar")).to_be_hidden()


def test_the_last_five_minutes_of_ten_hours_are_told_and_cannot_be_extended(visitor):
    tab = visitor.open("/demo")
    tab.clock.install()
    tab.click("form[action='/demo/enhetschef'] button")
    tab.route("**/konto", lambda route: _with(route, {"data-whole": "240", "data-idle": "1800"}))
    tab.goto("/konto")
    expect(tab.get_by_role("alertdialog", name="Snart är tiden slut")).to_be_visible()
    expect(tab.locator("[data-stay]")).to_have_text("Stäng")
    tab.keyboard.press("Enter")
    expect(tab.locator("#kvar")).to_be_hidden()
    tab.clock.run_for(MINUTE)
    expect(tab.locator("#kvar")).to_be_hidden()


def test_the_password_can_be_shown_and_is_hidden_again(visitor):
    tab = visitor.open("/logga-in")
    tab.fill("#password", "korrekt häst")
    show = tab.get_by_role("button", name="Visa lösenordet")
    show.click()
    expect(tab.locator("#password")).to_have_attribute("type", "text")
    expect(show).to_have_attribute("aria-pressed", "true")
    show.click()
    expect(tab.locator("#password")).to_have_attribute("type", "password")
    assert axe(tab) == []


def _with(route, values: dict[str, str]) -> None:
    """Let a page come with other values of attributes."""
    answer = route.fetch()
    text = answer.text()
    for name, value in values.items():
        text = re.sub(rf'{name}="\d+"', f'{name}="{value}"', text)
    route.fulfill(response=answer, body=text)
