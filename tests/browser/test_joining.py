"""An independent school applies, two review, and its entry is public: in a real browser, with scripts and without."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from tbb.database import connection
from tbb.services import application_links
from tests import engines
from tests.browser.conftest import axe

WAYS = pytest.mark.parametrize(
    ("javascript", "orgnr", "name"),
    [(False, "559900-2002", "Kastanjen")],  # its pages have no script of their own
    ids=["without scripts"],
)


def play(visitor, persona: str, *, javascript: bool):
    """Sign in as one of the cast."""
    tab = visitor.open("/demo", javascript=javascript)
    tab.locator(f"form[action='/demo/{persona}'] button").click()
    expect(tab).to_have_url(re.compile("/arbetsyta$"))
    return tab


def fill(tab, values: dict[str, str]) -> None:
    """Fill in fields by their names."""
    for name, value in values.items():
        tab.locator(f"main [name={name}]:not([type=hidden])").fill(value)


def press(tab, button: str) -> None:
    """Press the button of the page."""
    tab.get_by_role("main").get_by_role("button", name=button, exact=True).click()


def follow(tab, link: str) -> None:
    """Follow a link of the page."""
    tab.get_by_role("main").get_by_role("link", name=link, exact=True).first.click()


def heading(tab, text: str) -> None:
    """Wait for a page."""
    expect(tab.get_by_role("heading", level=1)).to_have_text(text)


def open_link(visitor, database_url: str, email: str, *, javascript: bool):
    """Ask for a link, and follow it from the letter."""
    tab = visitor.open("/anslut", javascript=javascript)
    fill(tab, {"email": email})
    press(tab, "Skicka länken")
    heading(tab, "Titta i din e-post")
    engines.configure(database_url)
    with connection():
        assert application_links.answer_next(), "the worker writes the letter"
    engines.close()
    tab.goto("/demo/brev")
    tab.get_by_role("link", name="Din länk för att ansluta en verksamhet").first.click()
    follow(tab, "Öppna ansökan")
    press(tab, "Bekräfta och börja")
    heading(tab, "Din ansökan")
    return tab


@WAYS
def test_a_school_applies_two_review_and_the_entry_is_public(visitor, site_database, javascript, orgnr, name):
    domain = f"{name.lower()}.example"
    visitor.allowed_statuses.add(422)
    tab = open_link(visitor, site_database, f"rektor@{domain}", javascript=javascript)
    follow(tab, "Organisationen")
    fill(tab, {"orgnr": "55555"})
    press(tab, "Spara och fortsätt")
    expect(tab.locator("#orgnr-f")).to_contain_text("Du har skrivit 5.")
    if javascript:
        assert axe(tab) == []
    fill(tab, {"orgnr": orgnr})
    press(tab, "Hämta namnet ur registret")
    expect(tab.get_by_role("status").filter(has_text="inte i vårt register")).to_be_visible()
    fill(tab, {"name": f"Friskolan {name} AB", "street": "Exempelvägen 3", "postal_code": "641 36", "place": "Flen"})
    press(tab, "Spara och fortsätt")

    follow(tab, "Verksamheterna")
    follow(tab, "Lägg till en verksamhet utan kod")
    fill(tab, {"name": f"Förskolan {name}", "street": "Exempelvägen 3", "postal_code": "64136", "place": "Flen"})
    fill(tab, {"phone": "08-465 004 57", "reason": "Öppnar i höst."})
    tab.get_by_label("Förskola", exact=True).check()
    tab.get_by_label("Kommun", exact=True).select_option(label="Flen")
    press(tab, "Lägg till verksamheten")
    follow(tab, "Fortsätt")

    follow(tab, "Firmatecknare")
    fill(tab, {"name": "Olle Testborg", "title": "Ordförande"})
    tab.get_by_label("Stadgar eller protokoll").check()
    press(tab, "Spara och fortsätt")

    follow(tab, "Barnets bästa-ansvariga")
    follow(tab, f"Förskolan {name}")
    fill(tab, {"name": "Maja Skissberg", "title": "Rektor", "email": f"maja@{domain}", "phone": "070-174 06 23"})
    tab.get_by_label("Ja, personen har fått ett särskilt mandat").check()
    fill(tab, {"mandate_by": "Styrelsen", "mandate_on": "2026-01-15"})
    press(tab, "Spara och fortsätt")
    follow(tab, "Fortsätt")

    follow(tab, "Överenskommelsen")
    tab.get_by_label("Vi har läst överenskommelsen").check()
    press(tab, "Godkänn och fortsätt")
    follow(tab, "Kontakt och önskemål")
    fill(tab, {"name": "Rut Provlund", "phone": "070-174 06 24"})
    tab.get_by_label("Ja, vi vill gärna träffas och prata").check()
    press(tab, "Spara och fortsätt")
    expect(tab.get_by_text("Alla delar är klara.")).to_be_visible()

    follow(tab, "Granska och skicka")
    expect(tab.get_by_text("Maja Skissberg, Rektor")).to_be_visible()
    press(tab, "Skicka ansökan")
    heading(tab, "Tack! Ansökan har kommit")
    reference = tab.locator(".reference").inner_text()

    first = play(visitor, "processledare", javascript=javascript)
    first.goto("/arbetsyta/ansokningar")
    follow(first, f"Friskolan {name} AB")
    follow(first, "Tillstyrk efter samtal")
    fill(first, {"called": "Olle Testborg", "other": "08-465 004 12, kommunens tillsyn"})
    first.get_by_label("Ett annat nummer", exact=True).check()
    fill(first, {"on": date(2026, 1, 15).isoformat()})
    press(first, "Tillstyrk ansökan")
    expect(first.get_by_text("Nu väntar den på det andra beslutet.")).to_be_visible()
    first.goto(f"/arbetsyta/ansokningar/{reference}")
    expect(first.get_by_role("link", name="Godkänn")).to_have_count(0)

    second = play(visitor, "processledare2", javascript=javascript)
    second.goto(f"/arbetsyta/ansokningar/{reference}")
    if javascript:
        assert axe(second) == []
    follow(second, "Godkänn")
    press(second, "Godkänn ansökan")
    expect(second.get_by_text("Uppgifterna visas nu i katalogen.")).to_be_visible()

    public = visitor.open(f"/hitta?q=Förskolan {name}", javascript=javascript)
    public.get_by_role("link", name=f"Förskolan {name}", exact=True).first.click()
    expect(public.locator("article.person")).to_contain_text("Maja Skissberg")
    expect(public.locator("article.person a[href='tel:+46701740623']").first).to_be_visible()
