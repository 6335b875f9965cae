"""The pages where reports of faults are read and settled: by the owner and the county, each reading on record."""

from __future__ import annotations

import pytest

from tbb.database import connection, rows
from tbb.models import AuditRow, Feedback, Letter, Unit
from tbb.services import letters
from tests.conftest import go
from tests.people import send, signed_in, submit

LIST = "/arbetsyta/verksamheter/fel"
SLUG = "nackrosskolan-eskilstuna"
WORDS = "KANARIE: numret går till\nen annan <b>skola</b>"


def report(county, reply_to: str = "besokare@exempel.example", slug: str = SLUG) -> str:
    """Report a fault as a visitor does; give the address of its page."""
    fields = {"topic": "unreachable", "message": WORDS, "reply_to": reply_to}
    submit(county.test_client(), f"/enhet/{slug}/fel", fields)
    with connection():
        return f"{LIST}/{Feedback.select().order_by(Feedback.id.desc()).get().key}"


def state() -> list:
    with connection():
        return [rows(f'SELECT * FROM "{table}" ORDER BY 1') for table in ("feedback", "letter", "receipt")]


@pytest.mark.parametrize("who", ["bba", "enhetschef", "huvudman", "processledare"])
def test_a_report_lands_with_the_owner_and_the_county_and_reading_it_is_on_record(county, who):
    path, client = report(county), signed_in(county, who)
    listed = go(client, LIST)
    assert path in listed.links and "KANARIE" not in listed.text
    page = go(client, path)
    assert "KANARIE: numret går till en annan <b>skola</b>" in page.words and "besokare@" not in page.text
    with connection():
        row = AuditRow.get(AuditRow.action == "fault:read")
        assert (row.thing_id, row.outcome) == (path.rpartition("/")[2], "read")
        assert "KANARIE" not in repr([one.__data__ for one in AuditRow.select()])


@pytest.mark.parametrize("who", ["granne", "region", "ersattare", "personal", "styrgrupp", "loggranskare", "drift"])
def test_others_get_nothing_at_all(county, who):
    path, client = report(county), signed_in(county, who)
    go(client, path, status=404)
    shown = client.get(LIST)
    assert shown.status_code == 404 or path not in shown.text


def test_what_is_sent_by_hand_from_elsewhere_changes_nothing(county):
    path, client = report(county), signed_in(county, "granne")
    token = go(client, LIST).soup.select_one("[name=csrf_token]")["value"]
    before = state()
    for target in (path, f"{path}/titta"):
        data = {"csrf_token": token, "once": "k" * 24, "state": "fixed", "answer": "Ha"}
        go(client, target, data=data, status=404)
    assert state() == before


def test_looking_changes_nothing_and_saying_so_does(county):
    path, client = report(county), signed_in(county, "enhetschef")
    before = state()
    go(client, path)
    assert state() == before
    assert "Vi tittar på det" in submit(client, path, action="/titta").words
    assert "Vi tittar på det" in go(signed_in(county, "processledare"), LIST).words


def test_the_answer_reaches_the_reporter_and_everybody_sees_that_it_is_done(county):
    path, client = report(county), signed_in(county, "enhetschef")
    page = submit(client, path, {"state": "fixed", "answer": "Numret är rätt nu."}, action=path)
    assert "Rättat" in page.words and "Numret är rätt nu." in page.words
    with connection():
        letter = Letter.get(Letter.template == "fault_answered")
        assert letter.recipient == "besokare@exempel.example"
        assert letters.facts_of(letter) == {"answer": "Numret är rätt nu.", "path": f"/enhet/{SLUG}"}
    county_leader = signed_in(county, "processledare")
    assert path not in go(county_leader, LIST).links
    assert path in go(county_leader, f"{LIST}?visa=avslutade").links


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"answer": "Svar"}, "state"),
        ({"state": "fixed", "answer": ""}, "answer"),
        ({"state": "fixed", "answer": "Det gäller 121212-1212"}, "answer"),
        ({"state": "new", "answer": "Svar"}, "state"),
        ({"state": "fixed", "answer": "å" * 1001}, "answer"),
    ],
)
def test_a_mistake_keeps_what_was_written_and_sends_nothing(county, fields, wrong):
    path, client = report(county), signed_in(county, "enhetschef")
    before = state()
    page = submit(client, path, fields, action=path, status=422)
    assert page.title.startswith("Fel:") and page.soup.select_one(f"[name={wrong}]")["aria-invalid"] == "true"
    assert page.fields()["answer"] == fields["answer"]
    assert state() == before


def test_without_an_address_it_can_be_closed_in_silence(county):
    path = report(county, reply_to="")
    page = submit(signed_in(county, "huvudman"), path, {"state": "no_fault"}, action=path)
    assert "Inget fel" in page.words
    with connection():
        assert not Letter.select().where(Letter.template == "fault_answered").exists()


def test_the_second_to_settle_is_told_that_it_is_done(county):
    path = report(county)
    slow, quick = signed_in(county, "bba"), signed_in(county, "processledare")
    shown = go(slow, path)
    submit(quick, path, {"state": "no_fault", "answer": "Ett"}, action=path)
    page = send(slow, shown, path, {"state": "fixed", "answer": "Två"}, action=path)
    assert "redan avslutat" in page.words and "Ett" in page.words
    with connection():
        assert Letter.select().where(Letter.template == "fault_answered").count() == 1


def test_the_entry_and_the_list_of_units_show_that_there_is_a_report(county):
    path, client = report(county), signed_in(county, "enhetschef")
    assert path in go(client, f"/arbetsyta/verksamheter/{SLUG}").links
    assert "Fel rapporterat" in go(client, "/arbetsyta/verksamheter").words
    with connection():
        slug = Unit.get(Unit.kind == "bvc").slug
    report(county, slug=slug)
    assert len([link for link in go(client, LIST).links if link.startswith(f"{LIST}/")]) == 1


def test_odd_addresses_of_the_list_do_no_harm(county):
    client = signed_in(county, "processledare")
    for odd in ("sida=99999", "sida=x", "visa=x", "visa=avslutade&sida=2"):
        go(client, f"{LIST}?{odd}")
    go(client, f"{LIST}/{'0' * 32}", status=404)
