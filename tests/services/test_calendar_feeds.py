"""A feed shows what its owner may read today, without names, by a secret that is kept nowhere and ends at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb.database import connection, transaction
from tbb.models import Account, AuditRow, CalendarFeed, Participant, SchoolBreak
from tbb.policy import VISITOR, Refused
from tbb.services import actors, calendar_feeds, consent_taking
from tbb.services.demo_cast import account_of
from tests import make_meetings
from tests.calendars import readers
from tests.services.meeting_office import CHILD_WORDS, NOON, STARTS, office


@pytest.fixture
def made(county, at):
    """A meeting whose time is set, with somebody of another service who has an account."""
    at(NOON)
    with connection():
        found = office()
        found.neighbour = actors.of_account(account_of("granne"), strong=True)
        transaction(make_meetings.participant)(
            found.meeting, found.near["other"], account=found.neighbour.account, state="accepted"
        )
        yield found


def titles(secret: str) -> list[str]:
    """What a feed shows."""
    return [event["summary"] for event in readers.by_icalendar(calendar_feeds.read(secret).file)["events"]]


def test_a_feed_shows_own_meetings_by_number_and_nothing_else(made):
    secret = calendar_feeds.make(made.neighbour)
    file = calendar_feeds.read(secret).file
    assert titles(secret) == [f"Samverkansmöte {made.meeting.reference}"]
    said = file.decode().replace("\r\n ", "").lower()
    assert [word for word in (*CHILD_WORDS, "näckrosskolan", "exempelsson") if word in said] == []
    assert b"CLASS:CONFIDENTIAL" in file and b"ATTENDEE" not in file and b"DESCRIPTION" not in file
    for found in (readers.by_vobject(file), *readers.by_ical_js([file])):
        assert found["events"][0]["starts"] == "2027-03-28T11:00Z"


def test_the_secret_is_long_kept_nowhere_and_ends_at_once(made):
    first = calendar_feeds.make(made.neighbour)
    assert len(first) >= 43 and CalendarFeed.get().digest != first
    second = calendar_feeds.make(made.neighbour)
    assert calendar_feeds.read(first) is None and calendar_feeds.read(second)
    assert calendar_feeds.revoke(made.neighbour) and not calendar_feeds.revoke(made.neighbour)
    assert calendar_feeds.read(second) is None and calendar_feeds.own(made.neighbour) is None
    actions = [row.action for row in AuditRow.select().order_by(AuditRow.id) if row.action.startswith("calendar:")]
    assert actions == ["calendar:make-feed", "calendar:make-feed", "calendar:revoke-feed"]


def test_a_withdrawn_consent_empties_the_feed_at_the_next_fetch(made):
    secret = calendar_feeds.make(made.neighbour)
    own = calendar_feeds.make(made.bba)
    consent_taking.withdraw(made.bba, made.consent.key)
    assert titles(secret) == [] and len(titles(own)) == 1


def test_a_consent_that_has_run_out_empties_the_feed(made, at):
    secret = calendar_feeds.make(made.neighbour)
    at(NOON + timedelta(days=91))
    assert titles(secret) == []


def test_who_is_taken_out_or_may_not_sign_in_sees_nothing(made):
    secret = calendar_feeds.make(made.neighbour)
    Participant.update(ended_at=NOON).where(Participant.account == made.neighbour.account).execute()
    assert titles(secret) == []
    Account.update(state="disabled").where(Account.id == made.neighbour.account).execute()
    assert calendar_feeds.read(secret) is None


def test_it_shows_when_it_was_last_fetched(made, at):
    secret = calendar_feeds.make(made.neighbour)
    assert calendar_feeds.own(made.neighbour).used_at is None
    calendar_feeds.read(secret)
    at(NOON + timedelta(minutes=5))
    calendar_feeds.read(secret)
    assert calendar_feeds.own(made.neighbour).used_at == NOON
    at(NOON + timedelta(minutes=15))
    calendar_feeds.read(secret)
    assert calendar_feeds.own(made.neighbour).used_at == NOON + timedelta(minutes=15)


def test_only_who_signs_in_with_two_factors_makes_a_feed(made):
    with pytest.raises(Refused):
        calendar_feeds.make(VISITOR)
    with pytest.raises(calendar_feeds.NeedsTwoFactors):
        calendar_feeds.make(actors.of_account(account_of("granne")))


def test_lov_is_whole_days_where_one_works(made):
    day = NOON.date()
    SchoolBreak.create(
        municipality=made.near["own"].municipality, name="Sportlov", starts_on=day, ends_on=day + timedelta(days=4)
    )
    found = readers.by_icalendar(calendar_feeds.read(calendar_feeds.make(made.bba)).file)["events"]
    (lov,) = [event for event in found if event["summary"] == "Sportlov"]
    assert (lov["starts"], lov["ends"]) == ("2027-03-10", "2027-03-15")


def test_a_set_back_clock_and_a_night_of_summer_time_change_nothing_in_it(made, at):
    secret = calendar_feeds.make(made.neighbour)
    file = calendar_feeds.read(secret).file
    for moment in (NOON - timedelta(hours=2), STARTS - timedelta(hours=12), STARTS - timedelta(hours=9)):
        at(moment)
        assert calendar_feeds.read(secret).file == file
