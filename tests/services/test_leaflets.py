"""What a page can be taken home as: a card, a code and a poster, each with the right person or the right stand-in."""

from __future__ import annotations

from datetime import date

import pytest

from tbb.services import directory, leaflets
from tests import make

TODAY = date(2026, 11, 23)
ADDRESS = "https://tbb.example/enhet/nackrosskolan"


@pytest.fixture
def shown(db):
    """A unit's page, made from a unit and perhaps a person."""

    def show(person=None, **unit):
        made = make.unit(phone="08-465 004 10", email="info@skolan.example", head_name="Karin Exempelsson", **unit)
        if person:
            make.responsible(made, person)
        return directory.unit_page(made.slug, TODAY)

    return show


def test_a_card_is_the_responsible_persons(shown):
    card = leaflets.contact_card(shown(make.person("Åsa Exempelsson", email="asa@skolan.example")), ADDRESS).decode()
    for part in ("Åsa Exempelsson", "asa@skolan.example", ADDRESS, "Barnets bästa-ansvarig"):
        assert part in card.replace("\r\n ", "")


def test_a_card_without_a_responsible_person_is_the_units(shown):
    card = leaflets.contact_card(shown(), ADDRESS).decode()
    assert "Näckrosskolan" in card and "info@skolan.example" in card


def test_a_protected_person_is_only_a_function_and_a_switchboard(shown):
    person = make.person("", protected=True, phone="", function_name="Ansvarig på skolan", switchboard="08-465 004 20")
    page = shown(person)
    card = leaflets.contact_card(page, ADDRESS).decode()
    text = leaflets.poster_text(page, ADDRESS)
    assert "Ansvarig på skolan" in card and "465004" in card.replace(" ", "").replace("-", "")
    assert (text.name, text.phone, text.email, text.person) == ("Ansvarig på skolan", "08-465 004 20", "", False)


def test_a_poster_without_a_responsible_person_says_whom_to_turn_to(shown):
    text = leaflets.poster_text(shown(), ADDRESS)
    assert (text.name, text.phone, text.bba) == ("Karin Exempelsson", "08-465 004 10", False)


def test_the_code_is_a_picture_with_a_name_that_leads_to_the_page():
    drawn = leaflets.qr(ADDRESS)
    assert drawn.lstrip().startswith(("<svg", "<?xml")) and "<title" in drawn
    assert "style=" not in drawn and "<script" not in drawn


def test_the_poster_is_a_tagged_pdf_that_is_made_once(shown):
    text = leaflets.poster_text(shown(make.person()), ADDRESS)
    made = leaflets.poster(text)
    assert made.startswith(b"%PDF-") and b"/StructTreeRoot" in made
    assert leaflets.poster(text) is made
