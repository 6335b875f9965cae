"""The weekly sample: drawn by chance and by rule, for each scope, signed by somebody else, and overdue when it is."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tbb.models import AuditRow, AuditSample, Grant, Letter
from tbb.policy import Actor, Place, Refused
from tbb.services import actors, audit, audit_review
from tbb.services.audit_reading import NotThere
from tests import make
from tests.services.test_audit_alarms import account, acting, reviewer

WEDNESDAY = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def look(db, actor: Actor, times: int, *, place: Place | None = None, **more) -> None:
    """Read so many things."""
    with db.atomic():
        for number in range(times):
            told = {"outcome": "read"} | more
            audit.record(actor, told.pop("action", "entry:read"), "unit", number, place=place or Place(), **told)


@pytest.fixture
def week(db, at):
    """A week in which somebody at home in one organizer has read 60 things, and 40 at another's unit."""
    at(WEDNESDAY)
    home, elsewhere = make.organizer(), make.organizer("Annanby kommun")
    who = account("Sara Skissberg", organizer=home)
    look(db, acting(who), 60, place=Place(organizer=home.id))
    look(db, acting(account("Greta Provberg", organizer=elsewhere)), 40, place=Place(organizer=elsewhere.id))
    return home, elsewhere


def drawn(sample: AuditSample) -> list[int]:
    """The numbers of a sample's rows."""
    return [number for number, _ in json.loads(sample.rows)]


def test_it_is_drawn_once_for_the_county_and_for_each_organizer_that_has_a_reviewer(week, db, at):
    home, _ = week
    county, own = account("Lova Provberg"), account("Dilan Testström", organizer=home)
    reviewer(county)
    reviewer(own, home)
    at(MONDAY)
    assert audit_review.draw() == 2 and audit_review.draw() == 0
    samples = {sample.organizer_id: sample for sample in AuditSample.select()}
    assert set(samples) == {None, home.id} and {sample.week for sample in samples.values()} == {"2026-W47"}
    assert all(len(drawn(sample)) == 20 for sample in samples.values())
    assert max(drawn(samples[home.id])) <= 60, "only what concerns the organizer"
    assert sorted(letter.recipient for letter in Letter.select()) == ["dilan@tbb.example", "lova@tbb.example"]


def test_a_worker_that_was_away_on_monday_draws_later_in_the_week(week, at):
    at(MONDAY + timedelta(days=3))
    assert audit_review.draw() == 1
    assert AuditSample.get().due_on == (MONDAY + timedelta(days=13)).date()


def test_a_week_without_rows_gives_no_sample(db, at):
    at(MONDAY)
    assert audit_review.draw() == 0


def test_one_in_a_hundred_is_drawn_at_least_twenty_and_not_the_same_every_time():
    many = [audit_review.Draw(number, WEDNESDAY, "entry:read", "read") for number in range(5_000)]
    assert len(audit_review.choose(many)) == 50
    assert len(audit_review.choose(many[:100])) == 20 and len(audit_review.choose(many[:7])) == 7
    assert audit_review.choose(many) != audit_review.choose(many)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (audit_review.Draw(9_999, WEDNESDAY, "entry:read", "refused"), "refused"),
        (audit_review.Draw(9_999, WEDNESDAY, "audit:export", "done"), "export"),
        (audit_review.Draw(9_999, WEDNESDAY, "duty:give", "done"), "duty"),
        (audit_review.Draw(9_999, WEDNESDAY.replace(hour=22), "entry:read", "read"), "off_hours"),
        (audit_review.Draw(9_999, WEDNESDAY + timedelta(days=3), "entry:read", "read"), "off_hours"),
    ],
)
def test_what_a_rule_points_at_is_always_drawn(row, why):
    many = [audit_review.Draw(number, WEDNESDAY, "entry:read", "read") for number in range(3_000)]
    assert dict(audit_review.choose([*many, row]))[9_999] == why


def test_nobody_signs_rows_about_their_own_reading(week, db, at):
    """What the county's reviewer has read lies in a sample of its own, which only another one can sign."""
    first, second = account("Lova Provberg"), account("Leila Testborg")
    one, other = reviewer(first), reviewer(second)
    look(db, one, 30, action="audit:read")
    at(MONDAY)
    assert audit_review.draw() == 2
    everybody, about = AuditSample.select().order_by(AuditSample.about.is_null(False))
    assert (everybody.about_id, about.about_id) == (None, first.id)
    actors = {AuditRow.get_by_id(number).actor for number in drawn(everybody)}
    assert one.name not in actors and {AuditRow.get_by_id(number).actor for number in drawn(about)} == {one.name}
    with pytest.raises(Refused):
        audit_review.sign(one, about.id, "fine", "")
    assert not audit_review.sample(one, about.id)[0].may_sign
    audit_review.sign(other, about.id, "fine", "")
    assert AuditSample.get_by_id(about.id).signed_by_id == second.id


def test_who_became_a_reviewer_after_the_draw_does_not_sign_their_own_rows(week, db, at):
    at(MONDAY)
    audit_review.draw()
    sample = AuditSample.get()
    number = int(AuditRow.get_by_id(drawn(sample)[0]).actor.removeprefix("account:"))
    Grant.create(account=number, duty="log_reviewer", starts_on=MONDAY.date(), given_at=MONDAY)
    late = actors.of_account(number, strong=True)
    assert not audit_review.sample(late, sample.id)[0].may_sign
    with pytest.raises(Refused):
        audit_review.sign(late, sample.id, "fine", "")


def test_it_is_signed_once_with_outcome_and_signer_and_that_is_on_record(week, at):
    who = account("Lova Provberg")
    county = reviewer(who)
    at(MONDAY)
    audit_review.draw()
    number = AuditSample.get().id
    audit_review.sign(county, number, "questions", "Rad 7 behöver förklaras.")
    with pytest.raises(audit_review.AlreadySigned):
        audit_review.sign(county, number, "fine", "")
    shown, lines = audit_review.sample(county, number)
    assert (shown.outcome, shown.signed_by, shown.remark) == ("questions", "Lova Provberg", "Rad 7 behöver förklaras.")
    assert len(lines) == 20 and all(why == "chance" for _, why in lines)
    row = AuditRow.select().order_by(AuditRow.id.desc()).first()
    assert (row.action, row.thing_id, row.fields) == ("sample:sign", str(number), "outcome,remark")


def test_an_overdue_sample_is_counted_for_those_who_may_sign_it(week, at):
    home, elsewhere = week
    county = reviewer(account("Lova Provberg"))
    near, far = reviewer(account("Dilan Testström"), home), reviewer(account("Pia Provlund"), elsewhere)
    at(MONDAY)
    audit_review.draw()
    at(MONDAY + audit_review.TIME_TO_REVIEW)
    assert audit_review.overdue(county) == 0 and audit_review.waiting(county) == 3
    at(MONDAY + audit_review.TIME_TO_REVIEW + timedelta(days=1))
    found = [audit_review.overdue(actor) for actor in (county, near, far, acting(account("Sten Exempelholm")))]
    assert found == [3, 1, 1, 0]
    assert [sample.overdue for sample in audit_review.samples(near)] == [True]


def test_a_sample_of_another_organizer_is_not_there(week, at):
    home, elsewhere = week
    near, far = reviewer(account("Dilan Testström"), home), reviewer(account("Pia Provlund"), elsewhere)
    at(MONDAY)
    audit_review.draw()
    number = AuditSample.get(AuditSample.organizer == home).id
    county = AuditSample.get(AuditSample.organizer.is_null()).id
    assert audit_review.sample(near, number)[0].number == number
    for asked in (number, county, 9_999):
        with pytest.raises(NotThere):
            audit_review.sample(far, asked)
        with pytest.raises(NotThere):
            audit_review.sign(far, asked, "fine", "")
    with pytest.raises(Refused):
        audit_review.samples(acting(account("Sten Exempelholm")))
