"""How entries are kept true, in a real browser: the letter of the term, and a handover that both confirm."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tbb import clock

WITH_AND_WITHOUT = pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
WORK = "/arbetsyta/verksamheter"


def play(visitor, persona: str, *, javascript: bool = True):
    """Sign in as one of the cast."""
    tab = visitor.open("/demo", javascript=javascript)
    tab.locator(f"form[action='/demo/{persona}'] button").click()
    expect(tab).to_have_url(re.compile("/arbetsyta$"))
    return tab


def choose(tab, label: str) -> None:
    """Press the card of a radio button."""
    tab.get_by_label(label, exact=True).check()


@pytest.mark.parametrize(("javascript", "number"), [(True, 0), (False, 1)], ids=["with scripts", "without scripts"])
def test_the_letters_link_shows_the_entry_and_one_press_confirms_it(visitor, javascript, number):
    tab = visitor.open("/demo/brev", javascript=javascript)
    tab.get_by_role("link", name="Stämmer uppgifterna i katalogen?").nth(number).click()
    tab.get_by_role("link", name="Titta och svara").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Stämmer uppgifterna?")
    unit = tab.get_by_role("main").get_by_role("heading", level=2).first.inner_text()
    tab.get_by_role("button", name="Ja, uppgifterna stämmer").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Tack för svaret")
    tab.goto(f"/hitta?q={unit}")
    tab.get_by_role("link", name=unit, exact=True).first.click()
    expect(tab.locator("article.person")).to_contain_text("Uppgifterna bekräftades")


def test_a_handover_is_confirmed_by_both(visitor):
    head = play(visitor, "huvudman")
    head.goto(f"{WORK}/gullvivskolan-eskilstuna/ansvariga")
    head.get_by_role("link", name=re.compile("^Avsluta")).first.click()
    head.get_by_label("Sista dagen").fill(clock.today().isoformat())
    choose(head, "Slutar eller byter arbete")
    head.get_by_label(re.compile("^Omar Provberg, som är ersättare")).check()
    choose(head, "Har rätt att besluta i sin tjänst")
    head.get_by_role("button", name="Spara sista dagen").click()
    expect(head.get_by_role("heading", level=1)).to_have_text("Överlämning")
    deputy = play(visitor, "ersattare")
    deputy.goto(head.url.removeprefix(visitor.site))
    deputy.get_by_role("button", name="Jag har tagit över").click()
    expect(deputy.get_by_role("main")).to_contain_text("Nu väntar vi på den andra")
    head.reload()
    head.get_by_text(re.compile("^Bekräfta i stället för")).click()
    head.get_by_label("Varför bekräftar du i stället?").fill("Är borta.")
    head.get_by_role("button", name="Bekräfta i stället").click()
    expect(head.get_by_role("main")).to_contain_text("Överlämningen är klar")


@WITH_AND_WITHOUT
def test_a_successor_is_planned_and_called_off(visitor, javascript):
    tab = play(visitor, "enhetschef", javascript=javascript)
    tab.goto(f"{WORK}/nackrosskolan-eskilstuna/ansvariga")
    tab.get_by_role("link", name="Utse någon").click()
    expect(tab.get_by_label("Namn", exact=True)).to_be_hidden()
    choose(tab, "En ny person")
    tab.get_by_label("Namn", exact=True).fill("Vera Skissberg")
    tab.get_by_label("Telefon på arbetet").fill("070-174 06 91")
    tab.get_by_label("Första dagen").fill(f"{clock.today().year + 1}-01-07")
    choose(tab, "Har rätt att besluta i sin tjänst")
    tab.get_by_role("button", name="Se vad som händer").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Så här blir det")
    tab.get_by_role("button", name="Utse Vera Skissberg").click()
    expect(tab.get_by_role("heading", level=2, name="Planerat")).to_be_visible()
    tab.get_by_role("link", name=re.compile("^Ställ in")).click()
    tab.get_by_role("button", name="Ställ in uppdraget").click()
    expect(tab.get_by_role("heading", level=2, name="Planerat")).to_have_count(0)
