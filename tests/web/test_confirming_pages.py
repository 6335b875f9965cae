"""The page behind a letter's link: it shows what everybody can see, changes nothing, and has one button."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import AuditRow, Letter, OneTimeToken, Person, Responsibility, TermConfirmation, Unit
from tbb.services import confirmations, letters, terms
from tests.conftest import go
from tests.people import send, signed_in, submit

STARTS = ((1, 10), (8, 20))
UNIT = "/enhet/nackrosskolan-eskilstuna"
ENTRY = "/arbetsyta/verksamheter/nackrosskolan-eskilstuna"


@pytest.fixture
def school(county):
    """The school of the cast, whose BBA confirmed last term."""
    with connection():
        unit = Unit.get(Unit.slug == "nackrosskolan-eskilstuna")
        Responsibility.update(confirmed_on=_last_term()).where(Responsibility.unit == unit).execute()
        unit.bba = Responsibility.get(Responsibility.unit == unit)
    return unit


@pytest.fixture
def link(school):
    """The address in the letter to the school's BBA."""
    return ask(school)


def _last_term():
    return terms.term_of(clock.today(), STARTS).starts_on - timedelta(days=60)


def ask(*units: Unit) -> str:
    """Ask about these units; give the address in the latest letter."""
    with connection():
        confirmations.watch(STARTS, [unit.id for unit in units])
        letter = Letter.select().where(Letter.template == "confirm_entry").order_by(Letter.id.desc()).get()
        return letters.facts_of(letter)["path"]


def kept() -> list:
    """All that these pages could change."""
    with connection():
        models = (TermConfirmation, Responsibility, OneTimeToken, Letter, AuditRow)
        return [list(model.select().dicts()) for model in models]


def test_looking_shows_what_everybody_sees_and_changes_nothing(client, link, school):
    before = kept()
    for _ in range(2):
        shown = go(client, link)
        assert client.head(link).status_code == 200
    assert shown.heading == "Stämmer uppgifterna?"
    for said in ("Näckrosskolan", "Samira Testström", "Rektor"):
        assert said in shown.words
    assert ENTRY in shown.links
    assert shown.response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in shown.response.headers
    assert kept() == before


def test_one_press_and_the_public_page_says_so(client, link):
    assert "inte bekräftade den här terminen" in go(client, UNIT).words
    shown = go(client, link)
    number = shown.soup.select_one("main button[name=which]")["value"]
    done = send(client, shown, link, {"which": number})
    assert done.heading == "Tack för svaret" and "Bekräftat" in done.words
    assert "Uppgifterna bekräftades" in go(client, UNIT).words
    after = kept()
    assert send(client, shown, link, {"which": number}).heading == "Tack för svaret"
    assert go(client, link).heading == "Tack för svaret"
    assert kept() == after


def test_several_units_are_answered_one_by_one_or_all_at_once(client, school):
    with connection():
        others = list(Unit.select().where(Unit.municipality == school.municipality_id, Unit.kind == "preschool"))
        Responsibility.update(person=school.bba.person, confirmed_on=_last_term()).where(
            Responsibility.unit.in_(others[:2])
        ).execute()
    link = ask(school, *others[:2])
    shown = go(client, link)
    assert len(shown.soup.select("main section")) == 3 and "Svara för alla på en gång" in shown.words
    shown = send(client, shown, link, {"which": str(school.bba.id)})
    assert "2 verksamheter" in shown.words
    assert send(client, shown, link, {"which": "alla"}).heading == "Tack för svaret"


@pytest.mark.parametrize(
    ("changes", "headers", "status"),
    [
        ({"which": "allt"}, {}, 422),
        ({"which": None}, {}, 422),
        ({"which": "1; DROP TABLE unit"}, {}, 422),
        ({"stamp": ""}, {}, 400),
        ({"stamp": "form.x.y"}, {}, 400),
        ({}, {"Sec-Fetch-Site": "cross-site"}, 400),
    ],
)
def test_what_is_not_sent_from_the_page_changes_nothing(client, link, changes, headers, status):
    values = go(client, link).fields() | {"which": "alla"} | changes
    before = kept()
    go(client, link, data={k: v for k, v in values.items() if v is not None}, headers=headers, status=status)
    assert kept() == before


def test_a_robot_in_the_trap_is_thanked_for_nothing(client, link):
    before = kept()
    go(client, link, data=go(client, link).fields() | {"which": "alla", "homepage": "x"})
    assert kept() == before


def test_another_units_number_answers_nothing(client, link, school):
    with connection():
        other = Responsibility.select().where(Responsibility.unit != school.id).first()
    before = kept()
    send(client, go(client, link), link, {"which": str(other.id)})
    assert kept() == before


@pytest.mark.parametrize("token", ["x", "x" * 43, "å" * 10, "%2e%2e", "0"])
def test_a_link_that_is_no_good_says_what_to_do(client, link, token):
    shown = go(client, f"/bekrafta/{token}", status=404)
    assert shown.heading == "Länken gäller inte längre"
    data = go(client, link).fields() | {"which": "alla"}
    assert go(client, f"/bekrafta/{token}", data=data, status=404).heading == "Länken gäller inte längre"


def test_when_somebody_else_has_taken_over_the_old_link_ends(client, link, school):
    with connection():
        Responsibility.update(ends_on=clock.today() - timedelta(days=1)).where(
            Responsibility.id == school.bba.id
        ).execute()
    go(client, link, status=404)


def test_of_a_protected_person_only_function_and_switchboard_are_shown(client, school):
    with connection():
        Person.update(
            name="", phone="", email="", protected=True, function_name="Ansvarig här", switchboard="08-465 004 10"
        ).where(Person.id == school.bba.person_id).execute()
    shown = go(client, ask(school))
    assert "Ansvarig här" in shown.words and "08-465 004 10" in shown.words and "Testström" not in shown.text


def test_a_name_in_the_page_is_never_markup(client, school):
    with connection():
        Person.update(name="<b>Vera</b>").where(Person.id == school.bba.person_id).execute()
    assert "<b>Vera" not in go(client, ask(school)).text


def test_signed_in_one_confirms_on_the_entry_page(county, school):
    for persona in ("bba", "enhetschef", "huvudman"):
        with connection():
            Responsibility.update(confirmed_on=_last_term()).where(Responsibility.id == school.bba.id).execute()
        submit(signed_in(county, persona), ENTRY, action="/bekrafta")
        with connection():
            assert Responsibility.get_by_id(school.bba.id).confirmed_on == clock.today()


@pytest.mark.parametrize("persona", ["granne", "personal", "processledare"])
def test_others_cannot_confirm(county, school, persona):
    client = signed_in(county, persona)
    token = go(client, "/arbetsyta").soup.select_one("[name=csrf_token]")["value"]
    go(client, f"{ENTRY}/bekrafta", data={"csrf_token": token, "once": "o" * 30}, status=404)
    with connection():
        assert Responsibility.get_by_id(school.bba.id).confirmed_on == _last_term()
