"""Samverkansforum: who keeps them, who comes, and that an agenda tells each service only what a consent covers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection, rows
from tbb.models import Account, AuditRow, Case, ForumItem, ForumMember, Responsibility
from tbb.policy import Refused
from tbb.services import (
    actors,
    consent_days,
    consent_taking,
    consents,
    forum_agenda,
    forums,
    mapping,
    meeting_access,
    wall_clock,
)
from tbb.services.consent_taking import Scope
from tbb.services.demo_cast import account_of
from tests import make_cases, make_meetings
from tests.at_work import units

FACTS = {"name": "Forum Väst", "about": "För skolstart.", "how": "Ring Leila."}


@pytest.fixture
def here(county):
    """The demo county with a connection."""
    with connection():
        yield units()


def actor(persona: str):
    """Somebody of the cast, as they are when they have signed in with two factors."""
    return actors.of_account(account_of(persona), strong=True)


@pytest.fixture
def forum(here):
    """A forum of three services, with who comes for two of them, that sits in nine days."""
    made = make_meetings.forum(here["own"], here["own"], here["sister"], here["other"])
    ForumMember.update(account=account_of("ersattare")).where(ForumMember.unit == here["sister"]).execute()
    ForumMember.update(account=account_of("bba")).where(ForumMember.unit == here["own"]).execute()
    return made


@pytest.fixture
def date(forum):
    """When the forum sits."""
    return make_meetings.sitting(forum, clock.now() + timedelta(days=9))


def collaborating(here, **more) -> Case:
    """A case that its BBA has received."""
    return make_cases.case(here["own"], state="collaborating", received_at=clock.now(), **more)


def agreed(case: Case, *scopes, days: int = 30):
    """Let everybody say yes."""
    return make_meetings.consent(actor("bba"), case, *scopes, days=days)


def test_the_municipalitys_admin_and_the_process_leader_keep_its_forums(here, forum):
    slug = here["own"].municipality.slug
    for persona in ("bba", "enhetschef", "granne", "personal", "region"):
        with pytest.raises(Refused):
            forums.make(actor(persona), slug, FACTS)
        with pytest.raises(Refused):
            forums.change(actor(persona), forum, FACTS, 1)
        assert forums.shown(actor(persona), forum).keeps is False
    for persona in ("huvudman", "processledare"):
        made = forums.make(actor(persona), slug, FACTS)
        assert forums.change(actor(persona), made, FACTS | {"how": "Mejla."}, 1) == ("how",)
        with pytest.raises(forums.ChangedMeanwhile):
            forums.change(actor(persona), made, FACTS, 1)
        forums.close(actor(persona), made)
        assert forums.find(made.key) is None
    listed = forums.everywhere(actor("personal"))
    assert [(place, [each.name for each in found]) for place, found in listed] == [
        (here["own"].municipality.name, [forum.name])
    ]


def test_services_belong_once_and_who_comes_is_one_of_them(here, forum):
    admin = actor("huvudman")
    number = {member.unit: member.number for member in forums.members_of(forum)}
    with pytest.raises(forums.AlreadyThere):
        forums.add_member(admin, forum, here["sister"].slug)
    stranger = Account.get_by_id(account_of("region")).key
    with pytest.raises(forums.NotThere):
        forums.set_who_comes(admin, forum, number[here["sister"].id], stranger)
    key = Account.get_by_id(account_of("ersattare")).key
    forums.set_who_comes(admin, forum, number[here["sister"].id], key)
    assert account_of("ersattare") in forums.place_of(forum).participants
    forums.take_out_member(admin, forum, number[here["sister"].id])
    assert account_of("ersattare") not in forums.place_of(forum).participants
    with pytest.raises(forums.NotThere):
        forums.take_out_member(admin, forum, number[here["sister"].id])


def test_dates_are_on_the_wall_to_come_and_cancelled_once(here, forum):
    admin, later = actor("huvudman"), (clock.today() + timedelta(days=30)).isoformat()
    made = forums.add_date(admin, forum, f"{later}T13:00", 90, "Rådhuset")
    assert forums.sitting(made).minutes == 90
    with pytest.raises(forums.AlreadyThere):
        forums.add_date(admin, forum, f"{later}T13:00", 30, "")
    with pytest.raises(forums.NotThere):
        forums.add_date(admin, forum, "2020-01-07T13:00", 30, "")
    with pytest.raises(wall_clock.Skipped):
        forums.add_date(admin, forum, "2027-03-28T02:30", 30, "")
    forums.cancel_date(admin, forum, made)
    with pytest.raises(forums.NotThere):
        forums.cancel_date(admin, forum, made)


def test_a_case_is_brought_only_when_a_consent_covers_every_service_on_that_day(here, forum, date):
    case, bba = collaborating(here), actor("bba")
    assert forum_agenda.choices(bba, case)[0].missing == consents.labels([here["sister"].id, here["other"].id])
    with pytest.raises(consents.NotCovered) as problem:
        forum_agenda.bring(bba, case, date.key)
    assert set(problem.value.units) == set(consents.labels([here["sister"].id, here["other"].id]))
    agreed(case, here["sister"])
    with pytest.raises(consents.NotCovered):
        forum_agenda.bring(bba, case, date.key)
    agreed(case, here["sister"], here["other"], days=5)
    with pytest.raises(consents.NotCovered):
        forum_agenda.bring(bba, case, date.key)
    agreed(case, here["sister"], Scope(here["other"], kinds=("plan",)))
    with pytest.raises(consents.NotCovered):
        forum_agenda.bring(bba, case, date.key)
    assert not ForumItem.select().exists()
    agreed(case, here["sister"], here["other"])
    for persona in ("personal", "enhetschef", "granne", "huvudman", "processledare"):
        with pytest.raises(Refused):
            forum_agenda.bring(actor(persona), case, date.key)
    forum_agenda.bring(bba, case, date.key)
    assert not forum_agenda.choices(bba, case)
    with pytest.raises(forum_agenda.NotNow):
        forum_agenda.bring(bba, case, date.key)
    item = forum_agenda.of_case(case)[0]
    forum_agenda.take_out(bba, case, item.key)
    with pytest.raises(forum_agenda.NotNow):
        forum_agenda.take_out(bba, case, item.key)
    forum_agenda.bring(bba, case, date.key)
    assert rows("SELECT COUNT(*) FROM forum_item") == [(1,)]


def test_an_anonymous_consultation_needs_no_consent_and_says_no_name(here, forum, date):
    case = collaborating(here, about="anonymous")
    forum_agenda.bring(actor("bba"), case, date.key)
    (item,) = forum_agenda.agenda(actor("ersattare"), forum, date)
    assert item.anonymous and item.areas == ("hemmet", "trygghet") and "Alva" not in repr(item)


def test_an_agenda_tells_each_service_just_what_is_covered_and_every_look_is_on_record(here, forum, date):
    case, reader = collaborating(here), actor("ersattare")
    given = agreed(case, Scope(here["sister"], ("trygghet",)), here["other"])
    forum_agenda.bring(actor("bba"), case, date.key)
    (item,) = forum_agenda.agenda(reader, forum, date)
    assert (item.reference, item.areas, item.anonymous) == (case.reference, ("trygghet",), False)
    assert "Alva" not in repr(item)
    assert forum_agenda.agenda(actor("bba"), forum, date)[0].areas == ("hemmet", "trygghet")
    read = AuditRow.select().where(AuditRow.action == "forum:agenda", AuditRow.thing_id == case.reference)
    assert {(row.actor, row.outcome) for row in read} == {(reader.name, "read"), (actor("bba").name, "read")}
    for persona in ("granne", "huvudman", "processledare", "personal"):
        with pytest.raises(Refused):
            forum_agenda.agenda(actor(persona), forum, date)
    weak = actors.of_account(account_of("ersattare"), strong=False)
    with pytest.raises(Refused):
        forum_agenda.agenda(weak, forum, date)
    consent_taking.withdraw_cell(actor("bba"), given.key, here["sister"], "child")
    assert forum_agenda.agenda(reader, forum, date) == [], "at once"
    assert forum_agenda.agenda(actor("bba"), forum, date), "and the others notice nothing"
    assert ForumItem.get().ended_at is None
    consent_taking.withdraw(actor("bba"), given.key)
    assert ForumItem.get().ended_why == "consent" and forum_agenda.agenda(actor("bba"), forum, date) == []


def test_what_ends_by_the_calendar_ends_on_the_agenda_too(here, forum, date, at):
    case = collaborating(here)
    agreed(case, here["sister"], here["other"], days=10)
    forum_agenda.bring(actor("bba"), case, date.key)
    at(clock.now() + timedelta(days=11))
    assert forum_agenda.agenda(actor("ersattare"), forum, date) == []
    assert consent_days.end() == 1 and ForumItem.get().ended_why == "consent"
    assert meeting_access.end_uncovered(actor("bba"), case) == 0


def test_who_has_left_a_service_comes_for_it_no_longer(here, forum, date):
    assert forums.shown(actor("ersattare"), forum).mine
    Responsibility.update(ends_on=clock.today() - timedelta(days=1)).where(
        Responsibility.person == Account.get_by_id(account_of("ersattare")).person_id
    ).execute()
    with pytest.raises(Refused):
        forum_agenda.agenda(actor("ersattare"), forum, date)


def test_only_a_case_at_work_is_brought_and_only_near(here, forum, date):
    waiting = make_cases.case(here["own"])
    with pytest.raises(mapping.NotReceived):
        forum_agenda.bring(actor("bba"), waiting, date.key)
    far = make_meetings.sitting(make_meetings.forum(here["other"]), clock.now() + timedelta(days=3))
    case = collaborating(here, about="anonymous")
    for key in (far.key, "nothing"):
        with pytest.raises(forum_agenda.NotNow):
            forum_agenda.bring(actor("bba"), case, key)
    forums.cancel_date(actor("huvudman"), forum, date)
    with pytest.raises(forum_agenda.NotNow):
        forum_agenda.bring(actor("bba"), case, date.key)
