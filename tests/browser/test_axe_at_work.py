"""The pages of those who work here are without fault to axe: one of each kind, on a desk, some dark and in a hand."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import axe, look
from tests.browser.test_axe_swedish import COLOURS, IN_THE_HAND
from tests.browser.test_joining import open_link
from tests.browser.test_look import SIDEWAYS

KEY = "[0-9A-Za-z_-]{16,}"
UNIT = "/arbetsyta/verksamheter/nackrosskolan-eskilstuna"
OPENED = {
    "": (
        "/logga-in",
        "/konto/glomt",
        "/konto/glomt/skickat",
        "/anslut",
        "/anslut/skickat",
        "/anslut/borttagen",
        "/anslut/okand",
        "/bekrafta/okand",
        "/konto/inbjudan/okand",
        "/demo",
        "/demo/brev",
    ),
    "huvudman": (
        "/arbetsyta",
        "/arbetsyta/verksamheter",
        "/arbetsyta/laget",
        "/arbetsyta/konton",
        "/arbetsyta/konton/bjud-in",
        "/arbetsyta/import",
        "/arbetsyta/overlamningar",
        "/arbetsyta/verksamheter/fel",
        UNIT,
        f"{UNIT}/uppgifter",
        f"{UNIT}/historik",
        f"{UNIT}/ansvariga",
        f"{UNIT}/ansvarig/ny",
        "/konto",
        "/konto/inloggningar",
        "/konto/andra-steget",
        "/konto/andra-steget/nyckel",
        "/konto/bekrafta",
        "/arbetsyta/gallring",
        "/arbetsyta/regler",
        "/arbetsyta/barnkonsekvensanalyser",
    ),
    "bba": (
        "/arenden",
        "/arenden/overgangar",
    ),
    "personal": (
        "/arbetsyta/hjul",
        "/arbetsyta/hjul/nytt",
    ),
    "processledare": (
        "/arbetsyta/ansokningar",
        "/arbetsyta/fristaende",
        "/arbetsyta/fristaende/erbjud",
        f"{UNIT}/flagga",
    ),
    "drift": ("/arbetsyta/brev",),
    "loggranskare": (
        "/arbetsyta/logg",
        "/arbetsyta/logg/larm",
        "/arbetsyta/logg/stickprov",
        "/arbetsyta/logg/uttag",
    ),
}
"""Who opens what; a page of each kind that is linked from these is opened too, see `LINKED`."""
LINKED = {
    "": (("/demo/brev", r"/demo/brev/\d+"),),
    "huvudman": (
        ("/arbetsyta/konton", r"/arbetsyta/konton/[0-9a-f]{32}"),
        (f"{UNIT}/ansvariga", rf"{UNIT}/ansvarig/\d+/avsluta"),
        (f"{UNIT}/ansvariga", rf"{UNIT}/ansvarig/\d+/franvaro"),
        (f"{UNIT}/ansvariga", rf"{UNIT}/ansvarig/\d+/andra"),
        (UNIT, rf"{UNIT}/person/\d+"),
        ("/arbetsyta/overlamningar", r"/arbetsyta/verksamheter/[a-z0-9-]+/overlamning"),
        ("/arbetsyta/barnkonsekvensanalyser", rf"/arbetsyta/barnkonsekvensanalyser/{KEY}"),
    ),
    "bba": (),
    "personal": (("/arbetsyta/hjul", rf"/arbetsyta/hjul/{KEY}/status"),),
    "processledare": (
        ("/arbetsyta/ansokningar", r"/arbetsyta/ansokningar/TBB-[A-Z0-9]+"),
        ("/arbetsyta/fristaende", r"/arbetsyta/fristaende/\d+"),
    ),
    "drift": (("/arbetsyta/brev", r"/arbetsyta/brev/\d+"),),
    "loggranskare": (
        ("/arbetsyta/logg", r"/arbetsyta/logg/sak/.+"),
        ("/arbetsyta/logg/larm", r"/arbetsyta/logg/larm/\d+"),
        ("/arbetsyta/logg/stickprov", r"/arbetsyta/logg/stickprov/\d+"),
    ),
}
"""On which page a link to a page of another kind is found."""
CASE = ("", "/kartlagg", "/fragor", "/lasare", "/lamna-over")
LAST_STEPS = ("ansvariga", "overenskommelse", "granska", "ta-tillbaka")
LISTS = re.compile(r"/arbetsyta(/(verksamheter|laget|konton|fristaende|brev|ansokningar))?$|/logga-in$")
"""They are looked at in the hand too; what is built alike is not."""
DARK = re.compile(r"/arbetsyta(/laget|/verksamheter)?$|/logga-in$|/uppgifter$")
"""They show every colour there is."""


def play(visitor, persona: str):
    """Sign in as one of the cast, or as nobody."""
    visitor.allowed_statuses = {404}
    tab = visitor.open("/demo")
    if persona:
        tab.locator(f"form[action='/demo/{persona}'] button").click()
        expect(tab).to_have_url(re.compile("/arbetsyta$"))
    return tab


@pytest.mark.parametrize("persona", OPENED)
def test_every_kind_of_page(visitor, persona):
    tab, faults = play(visitor, persona), []
    linked: dict[str, str] = {}
    for address in (*OPENED[persona], *(wanted for _page, wanted in LINKED[persona])):
        answer = tab.goto(linked.get(address, address))
        assert answer.status == (404 if "okand" in address else 200), f"{address}: {answer.status}"
        for page, wanted in LINKED[persona]:
            if page == address:
                links = tab.eval_on_selector_all("main a[href]", "all => all.map(each => each.getAttribute('href'))")
                linked[wanted] = next(link for link in links if re.fullmatch(wanted, link))
        faults += looked_at(tab, address)
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(dict.fromkeys(faults))


def test_every_step_of_an_application(visitor, site_database):
    visitor.allowed_statuses = {404}
    tab = open_link(visitor, site_database, "stegen@kastanjen.example", javascript=True)
    draft, faults = tab.url, looked_at(tab, "the tasks")
    for step in ("organisation", "verksamheter", "verksamheter/utan-kod", "firmatecknare", "kontakt", *LAST_STEPS):
        assert tab.goto(f"{draft}/{step}").status == 200, step
        faults += looked_at(tab, step)
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(dict.fromkeys(faults))


def test_every_page_of_a_case(visitor):
    tab = play(visitor, "bba")
    tab.goto("/arenden")
    alva, yasmin = (
        tab.locator("table").get_by_role("link", name=name, exact=True).get_attribute("href")
        for name in ("Alva", "Yasmin")
    )
    faults = []
    for page in (*(alva + page for page in CASE), f"{yasmin}/beslut"):
        assert tab.goto(page).status == 200, page
        faults += looked_at(tab, page.replace(alva, "a case"))
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(dict.fromkeys(faults))


def test_the_long_steps_of_a_wheel(visitor):
    tab = play(visitor, "personal")
    tab.goto("/arbetsyta/hjul")
    draft = tab.get_by_role("link", name="Sami", exact=True).get_attribute("href")
    faults = []
    for step in ("hjulet", "las-igenom"):
        assert tab.goto(f"{draft}/{step}").status == 200, step
        faults += looked_at(tab, step)
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(dict.fromkeys(faults))


def looked_at(tab, address: str) -> list[str]:
    """What is wrong with a page as it stands, wide and at 320 pixels; of some also in the hand and in the dark."""
    looks = {"light 1280": axe(tab)}
    if DARK.search(address):
        look(tab, width=1280, scheme="dark")
        looks["dark 1280"] = axe(tab, rules=COLOURS)
    if LISTS.search(address):
        look(tab, width=390, scheme="light")
        looks["light 390"] = axe(tab, rules=IN_THE_HAND)
    look(tab, width=320, scheme="light")
    sideways = tab.evaluate(SIDEWAYS)
    look(tab, width=1280, scheme="light")
    found = [f"{address} {kind}: {fault}" for kind, faults in looks.items() for fault in faults]
    return found + ([f"{address} at 320: {sideways}"] if sideways else [])


def test_the_board_on_paper_is_its_figures_and_nothing_to_press(visitor):
    tab = play(visitor, "huvudman")
    tab.goto("/arbetsyta/laget")
    tab.emulate_media(media="print")
    for hidden in ("nav", "main button", "main .ds-button", "main form[method=get]", ".staffbar", ".ds-skip-link"):
        for found in tab.locator(hidden).all():
            expect(found).not_to_be_visible()
    expect(tab.get_by_role("heading", level=1)).to_be_visible()
    expect(tab.get_by_role("table").first).to_be_visible()
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")


def test_colours_forced_by_the_reader_leave_the_desk_usable(visitor):
    tab = visitor.open("/demo", forced_colors="active")
    tab.locator("form[action='/demo/huvudman'] button").click()
    tab.goto("/arbetsyta/laget")
    for seen in (
        tab.locator("nav#meny a").first,
        tab.locator("main .ds-button").first,
        tab.locator("main table").first,
    ):
        expect(seen).to_be_visible()
    bordered = "element => ['top', 'bottom'].some(side => getComputedStyle(element)[`border-${side}-style`] !== 'none')"
    assert tab.locator("main .ds-button").first.evaluate(bordered)


def test_every_page_of_booking_a_meeting(visitor):
    tab = play(visitor, "bba")
    tab.goto("/moten")
    faults = looked_at(tab, "/moten")
    proposed = tab.get_by_role("link", name="Samverkansmöte, Alva", exact=True).get_attribute("href")
    booked = tab.get_by_role("link", name="Samverkansmöte, Yasmin", exact=True).get_attribute("href")
    pages = ("", "/boka", "/vilka", "/tider", "/plats", "/skicka", "/behov", "/stall-in")
    for page in (*(proposed + page for page in pages), f"{booked}/flytta", f"{UNIT}/lokaler"):
        assert tab.goto(page).status == 200, page
        faults += looked_at(tab, page.replace(proposed, "a meeting"))
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(dict.fromkeys(faults))


def test_every_page_of_recording_a_meeting(visitor):
    tab = play(visitor, "bba")
    tab.goto("/moten")
    faults: list[str] = []
    begun = tab.get_by_role("link", name="Samverkansmöte, Tuva", exact=True).get_attribute("href")
    for page in ("/anteckningar", "/samordningsperson", "/avsluta", "/anteckningar/las"):
        assert tab.goto(begun + page).status == 200, page
        faults += looked_at(tab, page)
    tab.goto("/arenden")
    tab.get_by_role("link", name=re.compile("^Melker")).first.click()
    tab.get_by_role("main").get_by_role("link", name="Samverkansmöte").first.click()
    closed = tab.url
    for page in ("/anteckningar/las", "/anteckningar/ratta", "/anteckningar/skriv-ut"):
        assert tab.goto(closed + page).status == 200, page
        faults += looked_at(tab, page)
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(dict.fromkeys(faults))


def test_the_grid_is_cards_in_the_hand_with_the_sum_first(visitor):
    tab = play(visitor, "bba")
    tab.goto("/moten")
    tab.goto(tab.get_by_role("link", name="Samverkansmöte, Alva", exact=True).get_attribute("href") + "/val")
    faults = axe(tab)
    look(tab, width=1280, scheme="dark")
    faults += axe(tab, rules=COLOURS)
    look(tab, width=390, scheme="light")
    faults += axe(tab)
    card = tab.locator(".slots tbody tr").first
    heading, total, answer = (card.locator(part).bounding_box() for part in ("th", ".sum", "td[data-label='Alva']"))
    assert heading["y"] < total["y"] < answer["y"] and card.bounding_box()["width"] <= 390
    assert not tab.evaluate(SIDEWAYS)
    # Choosing another time shows at once what would be booked then.
    tab.locator(".slots input[type=radio]").nth(1).check()
    expect(tab.locator("#valt")).to_contain_text("Då saknas barnet")
    assert faults == []


def test_every_page_of_consent_and_of_samverkansforum(visitor):
    tab = play(visitor, "bba")
    tab.goto("/arenden")
    alva = tab.locator("table").get_by_role("link", name="Alva", exact=True).get_attribute("href")
    faults = []
    for page in ("", "/nytt", "/aterkalla", "/utskrift/sv", "/utskrift/ar"):
        assert tab.goto(f"{alva}/samtycke{page}").status == 200, page
        faults += looked_at(tab, f"consent{page}")
    tab.goto(f"{alva}/samtycke")
    tab.get_by_role("link", name="Ta tillbaka").nth(3).click()
    faults += looked_at(tab, "one cell")
    assert tab.goto(f"{alva}/samverkansforum").status == 200
    faults += looked_at(tab, "bringing a case")
    tab.goto("/samverkansforum")
    faults += looked_at(tab, "the list of forums")
    tab.locator("main h3 a").first.click()
    faults += looked_at(tab, "a forum")
    tab.get_by_role("link", name="Dagordning").first.click()
    faults += looked_at(tab, "an agenda")
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(dict.fromkeys(faults))


def test_keeping_a_forum(visitor):
    tab = play(visitor, "huvudman")
    tab.goto("/samverkansforum/nytt")
    faults = looked_at(tab, "a new forum")
    tab.goto("/samverkansforum")
    tab.goto(tab.locator("main h3 a").first.get_attribute("href") + "/andra")
    faults += looked_at(tab, "keeping a forum")
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(dict.fromkeys(faults))
