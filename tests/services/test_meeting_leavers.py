"""Whoever leaves the service for which they were asked reads nothing of the meeting from then on, nor is written to."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from tbb.database import connection, rows, transaction
from tbb.models import Account, AuditRow, Grant, Letter, Meeting, Participant
from tbb.services import (
    calendar_feeds,
    case_todos,
    meeting_invitations,
    meeting_leavers,
    meeting_lists,
    meeting_mail,
    meeting_people,
    meeting_sending,
    meetings,
    plan_actions,
    quorum,
)
from tbb.services.demo_cast import account_of
from tests import make_meetings
from tests.conftest import go
from tests.people import signed_in
from tests.postbox import open_postbox
from tests.services.meeting_office import NOON, fresh, office, postman
from tests.services.plan_cast import who

NEVER = threading.Event()
WAYS = ("duty", "ends", "disabled")


@pytest.fixture
def made(county, at):
    """A meeting whose time is set, and somebody with an account who is asked for the other service."""
    at(NOON)
    with connection():
        found = office()
        found.greta = make_meetings.participant(found.meeting, found.near["other"], account=account_of("granne"))
        yield found


def leave(how: str) -> None:
    """Let Greta work there no longer."""
    if how == "disabled":
        Account.update(state="disabled").where(Account.id == account_of("granne")).execute()
    elif how == "ends":
        Grant.update(ends_on=NOON.date() - timedelta(days=1)).where(Grant.account == account_of("granne")).execute()
    else:
        Grant.update(ended_at=NOON).where(Grant.account == account_of("granne")).execute()


def send(made) -> int:
    waiting = meeting_sending.drafts(made.bba, fresh(made.meeting))
    return meeting_sending.send(made.bba, made.meeting, seen=len(waiting), sequence=fresh(made.meeting).sequence)


@pytest.mark.parametrize("how", WAYS)
def test_the_very_next_request_of_an_open_session_is_refused(county, made, how):
    browser, path = signed_in(county, "granne"), f"/moten/{made.meeting.key}"
    with connection():
        secret = calendar_feeds.make(who("granne"))
    go(browser, path)
    assert made.meeting.reference in go(browser, "/moten").text
    with connection():
        assert len(calendar_feeds.read(secret).events) >= 1
        leave(how)
    assert browser.get(path).status_code == (303 if how == "disabled" else 404)
    assert made.meeting.reference not in browser.get("/moten").text
    with connection():
        feed = calendar_feeds.read(secret)
        assert feed is None or made.meeting.uid not in {event.uid for event in feed.events}
        assert meeting_lists.mine(who("granne")) == []


@pytest.mark.parametrize("how", WAYS)
def test_no_letter_follows_who_has_left_not_even_one_on_its_way(made, at, tmp_path, how):
    send(made)
    assert Letter.select().where(Letter.recipient == fresh(made.greta).account.email, Letter.state == "queued").count()
    leave(how)
    at(NOON + timedelta(minutes=11))
    with open_postbox() as box, postman(box, tmp_path) as carries:
        carries.deliver(NEVER)
        transaction(meeting_invitations.called_off)(made.bba, fresh(made.meeting))
        carries.deliver(NEVER)
        assert fresh(made.greta).account.email not in {reader for to in box.recipients for reader in to}
        assert len(box.letters) >= 4


def test_their_part_is_ended_once_and_who_books_is_told_that_somebody_else_is_needed(made):
    Participant.update(ended_at=NOON, state="ended").where(Participant.id == made.people.karin.id).execute()
    leave("duty")
    assert meeting_leavers.watch() == 1 and meeting_leavers.watch() == 0
    assert fresh(made.greta).state == "ended" and fresh(made.greta).ended_at == NOON
    assert AuditRow.select().where(AuditRow.action == "meeting:left").count() == 1
    waits = [each for each in case_todos.waiting(made.bba) if each.case == made.case.id]
    assert [each.kind for each in waits] == ["fill"]
    assert quorum.lacking(quorum.needs(fresh(made.meeting)), {})
    assert made.greta.key not in {each.key for each in meeting_people.people(made.meeting, openly=True)}


def test_nobody_who_stays_and_no_meeting_that_has_been_is_touched(made, at):
    assert meeting_leavers.watch() == 0
    leave("duty")
    Meeting.update(state="held").execute()
    assert meeting_leavers.watch() == 0 and fresh(made.greta).ended_at is None
    assert plan_actions.possible(made.case) and account_of("granne") not in {
        each.account for each in plan_actions.possible(made.case)
    }


def test_only_who_works_for_a_service_can_be_asked_for_it(made):
    party = meetings.add_party(made.bba, made.meeting, made.near["sister"])
    with pytest.raises(meetings.NotOfThere):
        meetings.add_participant(made.bba, made.meeting, party=party, account=account_of("granne"))
    assert rows("SELECT 1 FROM participant WHERE party_id = ?", (party.id,)) == []
    assert meeting_mail.reader_of(made.meeting, made.greta).email
