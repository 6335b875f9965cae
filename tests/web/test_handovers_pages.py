"""The pages of a handover: both sides confirm, somebody may do it for one who is gone, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import AuditRow, Handover, Letter, Responsibility, Unit
from tbb.models.kinds import Role
from tbb.services import actors, responsibilities
from tbb.services.appointing import Mandated
from tests.conftest import go
from tests.people import account_row, send, signed_in, submit


@pytest.fixture
def school(county):
    """The school whose deputy is of the cast: its BBA leaves today, and the deputy goes on tomorrow."""
    with connection():
        person = account_row("ersattare").person
        deputy = Responsibility.get(Responsibility.person == person, Responsibility.role == Role.DEPUTY)
        leaving = Responsibility.get(Responsibility.unit == deputy.unit_id, Responsibility.role == Role.BBA)
        ending = responsibilities.Ending(clock.today(), "new_work", deputy.id, Mandated("decision_maker"))
        responsibilities.end(actors.of_account(account_row("huvudman").id), leaving, ending)
        return Unit.get_by_id(deputy.unit_id)


def path(school: Unit) -> str:
    """The address of its handover."""
    return f"/arbetsyta/verksamheter/{school.slug}/overlamning"


def kept() -> list:
    """All that these pages could change."""
    with connection():
        return [list(model.select().dicts()) for model in (Handover, Responsibility, Letter, AuditRow)]


def test_it_is_listed_and_shown_and_looking_changes_nothing(county, school):
    before = kept()
    for persona in ("huvudman", "ersattare"):
        client = signed_in(county, persona)
        listed = go(client, "/arbetsyta/overlamningar")
        assert path(school) in listed.links
        assert "Omar Provberg" in go(client, path(school)).words
    assert kept() == before


def test_strangers_and_those_of_other_units_are_told_nothing(county, school):
    for persona in ("granne", "enhetschef", "bba", "processledare", "styrgrupp"):
        client = signed_in(county, persona)
        go(client, path(school), status=404)
    assert "Inga överlämningar väntar" in go(signed_in(county, "granne"), "/arbetsyta/overlamningar").words
    assert county.test_client().get(path(school)).status_code == 303


def test_without_a_handover_there_is_no_page(county):
    go(signed_in(county, "enhetschef"), "/arbetsyta/verksamheter/nackrosskolan-eskilstuna/overlamning", status=404)


def test_one_confirms_their_own_side_and_the_head_the_others_with_a_note(county, school):
    coming = signed_in(county, "ersattare")
    done = submit(coming, path(school), action="/taken")
    assert "Nu väntar vi på den andra" in done.text and "Har tagit över" in done.words
    admin = signed_in(county, "huvudman")
    before = kept()
    wrong = submit(admin, path(school), {"note": ""}, action="/left", status=422)
    assert wrong.title.startswith("Fel:") and "Skriv varför du bekräftar i stället" in wrong.words
    wrong = submit(admin, path(school), {"note": "19121212-1212"}, action="/left", status=422)
    assert "Ta bort personnumret" in wrong.words and kept() == before
    done = submit(admin, path(school), {"note": "Har slutat."}, action="/left")
    assert "Överlämningen är klar" in done.words and "Har slutat." in done.words
    with connection():
        assert Handover.get().closed_at is not None


def test_a_side_that_is_not_ones_own_has_no_form_and_is_refused(county, school):
    client = signed_in(county, "ersattare")
    shown = go(client, path(school))
    assert [form["action"].rpartition("/")[2] for form in shown.soup.select("main form")] == ["taken"]
    fields = shown.fields() | {"note": "Jag vill."}
    before = kept()[:3]
    go(client, f"{path(school)}/left", data=fields, status=403)
    go(client, f"{path(school)}/elsewhere", data=fields, status=404)
    assert kept()[:3] == before


def test_confirmed_meanwhile_it_says_so_and_counts_once(county, school):
    first, second = (signed_in(county, "ersattare") for _ in range(2))
    shown, other = go(first, path(school)), go(second, path(school))
    send(first, shown, path(school), action="/taken")
    assert "redan bekräftat" in send(second, other, path(school), action="/taken").text
    with connection():
        assert AuditRow.select().where(AuditRow.action == "handover:taken").count() == 1


def test_without_a_successor_the_page_leads_to_appointing(county, school):
    with connection():
        part = Handover.get().coming
        Responsibility.delete().where(Responsibility.id == part.id).execute()
    shown = go(signed_in(county, "huvudman"), path(school))
    assert "Ingen är utsedd" in shown.words and any("ansvarig/ny" in href for href in shown.links)


def test_it_says_when_it_is_late(county, school, at):
    at(clock.now() + timedelta(days=20))
    assert "skulle ha varit klar" in go(signed_in(county, "huvudman"), path(school)).words
