"""Whoever is called says whether they come: by their link, signed in, or by phone to the one who books."""

from __future__ import annotations

import pytest

from tbb.database import connection, transaction
from tbb.models import AuditRow, Meeting, Participant
from tbb.services import meeting_links, meeting_mail, meeting_sending, tokens
from tests.calendars import readers
from tests.conftest import go
from tests.people import send, signed_in
from tests.services.meeting_office import NOON, fresh, office


@pytest.fixture
def made(county, at):
    """A meeting to which everybody has been called, and a guardian's link with its code."""
    at(NOON)
    with connection():
        found = office()
        meeting_sending.send(found.bba, found.meeting, seen=4, sequence=0)
        Participant.update(link_ends_at=found.meeting.ends_at).execute()
        code = meeting_links.new_code(found.bba, found.people.guardian)
        secret = transaction(tokens.issue)(meeting_mail.LINK, found.people.guardian.key, lasts=meeting_mail.LINK_LASTS)
    found.path, found.code = f"/sv/svar/{secret}", code
    return found


def state_of(person) -> str:
    """How somebody stands now."""
    with connection():
        return fresh(person).state


def stepped(county, made):
    """A guardian's browser in which the code has been given."""
    client = county.test_client()
    send(client, go(client, made.path), made.path, {"code": made.code}, action="/kod")
    return client


def test_by_a_link_and_its_code_without_an_account(county, made):
    client = stepped(county, made)
    for said in ("accepted", "declined", "tentative"):
        shown = send(client, go(client, made.path), made.path, {"coming": said}, action="/kommer")
        assert "ditt svar är sparat" in shown.text and state_of(made.people.guardian) == said
        assert shown.soup.select_one(f"[name=coming][value={said}]").has_attr("checked")
    refused = send(client, go(client, made.path), made.path, {"coming": "x"}, action="/kommer", status=422)
    assert "Välj om du kommer." in refused.text and state_of(made.people.guardian) == "tentative"


def test_without_the_code_nothing_is_answered_nor_shown(county, made):
    client = county.test_client()
    form = go(client, made.path).fields()
    go(client, f"{made.path}/kommer", data=form | {"coming": "accepted"}, status=403)
    go(client, f"{made.path}/mote.ics", status=404)
    assert state_of(made.people.guardian) == "invited"


def test_the_meeting_is_given_as_a_file_for_the_calendar(county, made):
    for client, path in (
        (stepped(county, made), f"{made.path}/mote.ics"),
        (signed_in(county, "bba"), f"/moten/{made.meeting.key}/mote.ics"),
    ):
        found = readers.by_icalendar(go(client, path).data)
        assert found["events"][0]["uid"] == made.meeting.uid and found["events"][0]["starts"] == "2027-03-28T11:00Z"
        assert found["method"] == "PUBLISH" and "attendee" not in found["events"][0]["names"]


def test_signed_in_on_the_meetings_page_and_for_somebody_who_was_rung(county, made):
    client, path = signed_in(county, "bba"), f"/moten/{made.meeting.key}"
    told = send(client, go(client, path), path, {"coming": "accepted"}, action=f"{made.meeting.key}/kommer")
    assert "ditt svar är sparat" in told.text and state_of(made.people.bba) == "accepted"
    letters = f"{path}/kallelse"
    action = f"{made.people.nobody.key}/kommer"
    told = send(client, go(client, letters), letters, {"coming": "declined"}, action=action)
    assert "Kommer inte" in told.text and state_of(made.people.nobody) == "declined"
    with connection():
        assert AuditRow.select().where(AuditRow.action == "meeting:reply").count() == 2


def test_a_meeting_that_is_off_or_that_one_does_not_take_part_in_is_not_answered(county, made):
    client, path = signed_in(county, "bba"), f"/moten/{made.meeting.key}"
    shown = go(client, path)
    with connection():
        Meeting.update(state="held").execute()
    told = send(client, shown, path, {"coming": "accepted"}, action=f"{made.meeting.key}/kommer")
    assert "Inget svar sparades" in told.text and state_of(made.people.bba) == "invited"
