"""Who reads, is refused or takes out unusually much raises one alarm within five minutes; no letter names them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from tbb.database import transaction
from tbb.models import Account, Alarm, AuditRow, Grant, Letter
from tbb.models.kinds import Duty
from tbb.policy import COMMAND, Actor, Held, Refused
from tbb.services import audit, audit_alarms, letters
from tbb.services.audit_reading import NotThere
from tbb.web.letters import render
from tests import make

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NOBODY = SimpleNamespace(alarm_email="")


def account(name: str, **more) -> Account:
    """Make an account that may sign in."""
    email = f"{name.split()[0].lower()}@tbb.example"
    return Account.create(**{"key": name, "email": email, "name": name, "state": "active", "created_at": NOON} | more)


def reviewer(who: Account, organizer=None) -> Actor:
    """Let somebody review the log; give the actor."""
    Grant.create(account=who, duty="log_reviewer", organizer=organizer, starts_on=NOON.date(), given_at=NOON)
    held = Held(Duty.LOG_REVIEWER, organizer=organizer.id if organizer else None)
    return Actor(f"account:{who.id}", account=who.id, held=frozenset({held}), strong=True)


def acting(who: Account) -> Actor:
    """The actor of an account without duties."""
    return Actor(f"account:{who.id}", account=who.id)


@transaction
def does(who: Account, times: int, *, action: str = "entry:read", outcome: str = "read", first: int = 0) -> None:
    """Do the same to one thing after the other."""
    for number in range(first, first + times):
        audit.record(acting(who), action, "unit", number, outcome=outcome)


def test_a_mass_reading_raises_exactly_one_alarm_within_five_minutes(db, at):
    """A snooper opens one thing every ten seconds for half an hour; the job runs every minute."""
    reader, boss = account("Sara Skissberg"), account("Lova Provberg")
    reviewer(boss)
    for second in range(0, 1800, 10):
        at(NOON + timedelta(seconds=second))
        does(reader, 1, first=second)
        if second % 60 == 50:
            audit_alarms.watch(NOBODY)
    (alarm,) = Alarm.select()
    crossed = NOON + timedelta(seconds=10 * audit_alarms.RULES[0].most)
    assert (alarm.rule, alarm.account_id) == ("many_things", reader.id) and alarm.count > 30
    assert timedelta(0) <= alarm.raised_at - crossed <= timedelta(minutes=5)
    assert Letter.select().count() == 1


@pytest.mark.parametrize(
    ("doing", "rule"),
    [
        ({"times": 31}, "many_things"),
        ({"times": 30}, None),
        ({"times": 11, "outcome": "refused"}, "many_refusals"),
        ({"times": 10, "outcome": "refused"}, None),
        ({"times": 6, "action": "audit:export", "outcome": "done"}, "many_exports"),
        ({"times": 5, "action": "audit:export", "outcome": "done"}, None),
        ({"times": 90, "outcome": "done"}, None),
    ],
)
def test_each_rule_has_its_limit(db, at, doing, rule):
    at(NOON)
    does(account("Sara Skissberg"), **doing)
    assert audit_alarms.watch(NOBODY) == (rule is not None)
    assert [alarm.rule for alarm in Alarm.select()] == ([rule] if rule else [])


def test_the_same_thing_read_often_is_no_mass_reading_and_neither_is_a_calm_day(db, at):
    who = account("Sara Skissberg")
    at(NOON)
    for _ in range(50):
        does(who, 1)
    for hour in range(1, 8):
        at(NOON + timedelta(hours=hour))
        does(who, 10, first=hour * 100)
        assert audit_alarms.watch(NOBODY) == 0


def test_commands_and_the_service_itself_raise_no_alarm(db):
    with db.atomic():
        for number in range(99):
            audit.record(COMMAND, "entry:read", "unit", number, outcome="read")
    assert audit_alarms.watch(NOBODY) == 0


def test_letters_go_to_the_named_address_or_to_the_reviewers_but_never_to_the_one_it_is_about(db, at):
    at(NOON)
    about, other = account("Sara Skissberg"), account("Lova Provberg")
    reviewer(about)
    reviewer(other)
    does(about, 31)
    audit_alarms.watch(NOBODY)
    assert [letter.recipient for letter in Letter.select()] == ["lova@tbb.example"]
    does(other, 31)
    audit_alarms.watch(SimpleNamespace(alarm_email="larm@tbb.example"))
    assert Letter.select().order_by(Letter.id.desc()).first().recipient == "larm@tbb.example"
    for letter in Letter.select():
        said = render(letter.template, letters.facts_of(letter), base_url="https://tbb.example")
        assert "Sara" not in said.text and "Lova" not in said.text and "/arbetsyta/logg/larm/" in said.text


def test_settling_takes_another_reviewer_and_happens_once(db, at):
    at(NOON)
    home = make.organizer()
    about, boss = account("Sara Skissberg", organizer=home), account("Lova Provberg")
    own, county = reviewer(about, home), reviewer(boss)
    does(about, 31)
    audit_alarms.watch(NOBODY)
    number = Alarm.get().id
    assert (audit_alarms.waiting(own), audit_alarms.waiting(county), audit_alarms.waiting(acting(boss))) == (0, 1, 0)
    with pytest.raises(Refused):
        audit_alarms.settle(own, number, "Det var inget.")
    audit_alarms.settle(county, number, "Hade i uppdrag att gå igenom alla.")
    with pytest.raises(audit_alarms.AlreadySettled):
        audit_alarms.settle(county, number, "Igen.")
    shown, lines = audit_alarms.alarm(county, number)
    assert not shown.open and shown.remark.startswith("Hade") and shown.settled_by == "Lova Provberg"
    assert len(lines) == 31 and audit_alarms.waiting(county) == 0
    row = AuditRow.select().order_by(AuditRow.id.desc()).first()
    assert (row.action, row.organizer, row.fields) == ("alarm:settle", home.id, "remark")


def test_a_reviewer_sees_only_alarms_of_the_own_organizer(db, at):
    at(NOON)
    home, elsewhere = make.organizer(), make.organizer("Annanby kommun")
    about = account("Sara Skissberg", organizer=home)
    near = reviewer(account("Dilan Testström"), home)
    far = reviewer(account("Greta Provberg"), elsewhere)
    does(about, 31)
    audit_alarms.watch(NOBODY)
    assert len(audit_alarms.alarms(near)) == 1 and audit_alarms.alarms(far) == []
    with pytest.raises(NotThere):
        audit_alarms.alarm(far, Alarm.get().id)
    with pytest.raises(NotThere):
        audit_alarms.settle(far, Alarm.get().id, "x")
    with pytest.raises(Refused):
        audit_alarms.alarms(acting(about))
