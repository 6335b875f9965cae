"""The pages on which those who keep a unit appoint, note absence, change and end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import AuditRow, Handover, Letter, Person, Responsibility, Unit
from tests.conftest import go
from tests.people import account_row, send, signed_in, submit

SCHOOL = "/arbetsyta/verksamheter/nackrosskolan-eskilstuna"
NEW = f"{SCHOOL}/ansvarig/ny"
VERA = {
    "role": "bba",
    "who": "new",
    "name": "Vera Skissberg",
    "phone": "070-174 06 91",
    "mandate": "decision_maker",
}
PAGES = ("ansvariga", "ansvarig/ny", "{bba}/franvaro", "{bba}/andra", "{bba}/avsluta", "{planned}/stall-in")


@pytest.fixture
def school(county):
    """The school of the cast, with its BBA, and one who is planned to come after."""
    with connection():
        unit = Unit.get(Unit.slug == "nackrosskolan-eskilstuna")
        unit.bba = Responsibility.get(Responsibility.unit == unit)
    return unit


@pytest.fixture
def planned(county, school):
    """Somebody planned from next month; the present one ends the day before."""
    soon = clock.today() + timedelta(days=30)
    with connection():
        Responsibility.update(ends_on=soon - timedelta(days=1)).where(Responsibility.id == school.bba.id).execute()
        who = Person.create(name="Vera Skissberg", phone="070-174 06 91")
        return Responsibility.create(unit=school, person=who, role="bba", starts_on=soon, mandate="decision_maker")


def path(page: str, school, planned=None) -> str:
    """The address of one of the school's pages."""
    numbers = {"bba": f"ansvarig/{school.bba.id}", "planned": f"ansvarig/{planned.id if planned else 0}"}
    return f"{SCHOOL}/{page.format(**numbers)}"


def kept() -> list:
    """All that these pages could change."""
    with connection():
        return [list(model.select().dicts()) for model in (Responsibility, Person, Handover, Letter, AuditRow)]


@pytest.mark.parametrize("page", PAGES)
def test_who_keeps_the_unit_sees_the_page_and_seeing_changes_nothing(county, school, planned, page):
    before = kept()
    for persona in ("enhetschef", "huvudman"):
        shown = go(signed_in(county, persona), path(page, school, planned))
        assert "Näckrosskolan" in shown.words
    assert kept() == before


@pytest.mark.parametrize("page", PAGES)
def test_strangers_are_told_nothing(county, school, planned, page):
    for persona in ("granne", "personal", "styrgrupp", "loggranskare", "region"):
        go(signed_in(county, persona), path(page, school, planned), status=404)
    asked = county.test_client().get(path(page, school, planned))
    assert asked.status_code == 303 and "/logga-in" in asked.headers["Location"]


def test_the_bba_and_the_county_may_look_but_not_appoint(county, school, planned):
    for persona in ("bba", "processledare"):
        client = signed_in(county, persona)
        shown = go(client, f"{SCHOOL}/ansvariga")
        assert not [href for href in shown.links if "/ansvarig/ny" in href or "avsluta" in href]
        go(client, NEW, status=404)
    go(signed_in(county, "bba"), path("{bba}/franvaro", school))


def test_somebody_who_heads_another_unit_is_refused_where_they_only_read(county, school):
    with connection():
        other = Unit.get(Unit.slug == "forskolan-trollslandan-eskilstuna")
        part = Responsibility.get(Responsibility.unit == other)
    # The head of the school is made to read another unit as its deputy, and may not appoint there.
    head = account_row("enhetschef")
    with connection():
        who = Person.create(name="Eva Testborg", phone="070-174 06 93")
        Responsibility.create(unit=other, person=who, role="deputy", starts_on=clock.today())
        type(head).update(person=who).where(type(head).id == head.id).execute()
    client = signed_in(county, "enhetschef")
    go(client, f"/arbetsyta/verksamheter/{other.slug}/ansvariga")
    go(client, f"/arbetsyta/verksamheter/{other.slug}/ansvarig/ny", status=403)
    go(client, f"/arbetsyta/verksamheter/{other.slug}/ansvarig/{part.id}/avsluta", status=403)


def test_first_one_sees_what_will_happen_and_then_it_does(county, school):
    client, soon = signed_in(county, "enhetschef"), clock.today() + timedelta(days=30)
    before = kept()
    look = submit(client, NEW, VERA | {"starts_on": soon.isoformat()})
    assert look.heading == "Så här blir det"
    for said in ("Samira Testström är Barnets bästa-ansvarig till och med", "Vera Skissberg blir", "070-174 06 91"):
        assert said in look.words
    assert kept() == before
    done = send(client, look, NEW, {"step": "do"})
    assert done.heading == "Ansvariga" and "Planerat" in done.words and "En överlämning pågår" in done.words
    with connection():
        assert Responsibility.get_by_id(school.bba.id).ends_on == soon - timedelta(days=1)
        assert Handover.select().where(Handover.leaving == school.bba.id).count() == 1


def test_one_may_go_back_and_change_with_all_kept(county):
    client = signed_in(county, "enhetschef")
    look = submit(client, NEW, VERA | {"starts_on": (clock.today() + timedelta(days=9)).isoformat()})
    form = send(client, look, NEW, {"step": "change"})
    assert form.heading == "Utse någon"
    assert {name: form.fields()[name] for name in ("name", "phone")} == {
        "name": "Vera Skissberg",
        "phone": "070-174 06 91",
    }
    assert form.soup.select_one("[name=who][value=new]").has_attr("checked")


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"name": ""}, "name", "Skriv personens namn."),
        ({"phone": ""}, "phone", "Skriv ett telefonnummer eller en e-postadress"),
        ({"phone": "ring mig"}, "phone", "Skriv ett telefonnummer, till exempel"),
        ({"email": "inte en adress"}, "email", "Skriv en e-postadress"),
        ({"name": "Vera 19121212-1212"}, "name", "Ta bort personnumret"),
        ({"mandate": None}, "mandate", "Välj varför personen får besluta"),
        ({"mandate": "delegated"}, "mandate_by", "Skriv vem som har gett mandatet"),
        ({"role": None}, "role", "Välj vad personen ska vara"),
        ({"role": "rektor"}, "role", "Välj vad personen ska vara"),
        ({"starts_on": "i morgon"}, "starts_on", "Skriv dagen så här"),
        ({"starts_on": ""}, "starts_on", "Skriv vilken dag uppdraget börjar"),
        ({"starts_on": "2025-08-11"}, "starts_on", "tre månader tillbaka"),
        ({"ends_on": "2020-01-01"}, "ends_on", "Sista dagen kan inte vara före"),
        ({"who": "known", "person": "99999"}, "person", "Välj en person i listan"),
        ({"who": "protected", "function_name": "", "switchboard": "08-465 004 10"}, "function_name", "Skriv vad"),
        ({"who": "protected", "function_name": "Ansvarig", "switchboard": ""}, "switchboard", "växeln"),
        ({"invite": "y"}, "email", "inbjudan ska gå till"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_changes_nothing(county, change, field, words):
    before = kept()
    client = signed_in(county, "enhetschef")
    given = VERA | {"starts_on": (clock.today() + timedelta(days=30)).isoformat()} | change
    shown = submit(client, NEW, given, status=422)
    assert shown.title.startswith("Fel:") and words in shown.words
    wrong = shown.soup.select_one(f"[name={field}][aria-invalid=true]")
    assert wrong is not None
    if change.get("name", "x"):
        assert given["name"] in shown.text
    assert kept() == before


def test_the_same_person_in_more_of_ones_own_units(county, school):
    client, address = (
        signed_in(county, "huvudman"),
        "/arbetsyta/verksamheter/vitsippskolan-anpassad-grundskola-eskilstuna/ansvarig/ny",
    )
    given = VERA | {"starts_on": (clock.today() + timedelta(days=30)).isoformat()}
    wrong = submit(client, address, given | {"also": "forskolan-smultronet-flen"}, status=422)
    assert "Välj bland dina egna" in wrong.words
    look = submit(client, address, given | {"also": school.slug})
    assert "Näckrosskolan" in look.words
    send(client, look, address, {"step": "do"})
    with connection():
        assert Responsibility.select().join(Person).where(Person.name == "Vera Skissberg").count() == 2


def test_a_name_is_never_markup(county):
    client, soon = signed_in(county, "enhetschef"), clock.today() + timedelta(days=30)
    hostile = "<img src=x onerror=alert(1)>"
    look = submit(client, NEW, VERA | {"name": hostile, "starts_on": soon.isoformat()})
    done = send(client, look, NEW, {"step": "do"})
    assert hostile not in look.text and hostile not in done.text and "&lt;img" in done.text


def test_what_happened_between_look_and_deed_is_shown_first(county, school):
    client, soon = signed_in(county, "enhetschef"), clock.today() + timedelta(days=30)
    look = submit(client, NEW, VERA | {"starts_on": soon.isoformat()})
    with connection():
        Responsibility.delete().where(Responsibility.id == school.bba.id).execute()
    again = send(client, look, NEW, {"step": "do"}, status=409)
    assert "Något har ändrats" in again.words
    assert send(client, again, NEW, {"step": "do"}).heading == "Ansvariga"


def test_sent_twice_it_is_done_once(county, school):
    client, soon = signed_in(county, "enhetschef"), clock.today() + timedelta(days=30)
    look = submit(client, NEW, VERA | {"starts_on": soon.isoformat()})
    for _ in range(2):
        assert send(client, look, NEW, {"step": "do"}).heading == "Ansvariga"
    with connection():
        assert Responsibility.select().where(Responsibility.unit == school).count() == 2


def test_absence_is_saved_and_shown_and_taken_back(county, school):
    client, today = signed_in(county, "bba"), clock.today().isoformat()
    address = path("{bba}/franvaro", school)
    assert "Borta" in submit(client, address, {"away_from": today, "away_until": ""}).words
    wrong = submit(client, address, {"away_from": "", "away_until": today}, status=422)
    assert "Skriv vilken dag frånvaron börjar" in wrong.words
    assert "Frånvaron är borttagen" in submit(client, address, {"away_from": "", "away_until": ""}).words


def test_the_mandate_is_changed(county, school):
    client, address = signed_in(county, "enhetschef"), path("{bba}/andra", school)
    wrong = submit(client, address, {"mandate": "delegated", "mandate_by": "", "mandate_on": ""}, status=422)
    assert "Skriv vem som har gett mandatet" in wrong.words
    day = clock.today().isoformat()
    done = submit(client, address, {"mandate": "delegated", "mandate_by": "Rektor Eva", "mandate_on": day})
    assert "Mandat av Rektor Eva" in done.words


def test_the_end_leads_to_the_handover_or_to_a_successor(county, school):
    client, address = signed_in(county, "enhetschef"), path("{bba}/avsluta", school)
    wrong = submit(client, address, {"ends_on": "", "after": "later"}, status=422)
    assert "Skriv vilken dag som är den sista" in wrong.words and "Välj varför uppdraget slutar" in wrong.words
    last = clock.today() + timedelta(days=10)
    given = {"ends_on": last.isoformat(), "reason": "leave", "after": "appoint"}
    form = submit(client, address, given)
    assert form.heading == "Utse någon"
    assert form.soup.select_one("[name=starts_on]")["value"] == (last + timedelta(days=1)).isoformat()
    with connection():
        assert Handover.get(Handover.leaving == school.bba.id).reason == "leave"


def test_a_planned_change_is_called_off(county, school, planned):
    client = signed_in(county, "enhetschef")
    done = submit(client, path("{planned}/stall-in", school, planned))
    assert "Planerat" not in done.words
    begun = path("{bba}/stall-in", school)
    assert "redan börjat" in submit(client, begun, status=422).words


@pytest.mark.parametrize("number", ["0", "999999", "1"])
def test_a_responsibility_of_another_unit_is_not_found_here(county, number):
    client = signed_in(county, "enhetschef")
    for page in ("franvaro", "andra", "avsluta", "stall-in"):
        go(client, f"{SCHOOL}/ansvarig/{number}/{page}", status=404)
