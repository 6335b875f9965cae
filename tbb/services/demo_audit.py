"""A scene of the demonstration: looks and changes for the reviewer to read, a sample to sign and an alarm to settle."""

from __future__ import annotations

import json
from datetime import timedelta

from tbb import clock
from tbb.database import rows
from tbb.models import Alarm, AuditSample, Organizer, Unit
from tbb.models.kinds import Kind
from tbb.policy import Place
from tbb.services import actors, audit, audit_alarms, audit_review, demo_cast

DAILY = (
    ("bba", "entry:read", "read", ()),
    ("enhetschef", "entry:read", "read", ()),
    ("bba", "entry:change", "done", ("phone", "phone_hours")),
    ("enhetschef", "entry:confirm", "done", ()),
    ("delegerad", "entry:read", "refused", ()),
    ("huvudman", "entry:read", "read", ()),
    ("huvudman", "duty:give", "done", ("duty",)),
    ("processledare", "entry:read", "read", ()),
    ("processledare", "entry:flag", "done", ("message",)),
)
MANY = audit_alarms.RULES[0].most + 1


def play() -> None:
    """Play the scene within the caller's transaction; the cast must be there."""
    for unit in Unit.select().where(Unit.kind == Kind.COMPULSORY).order_by(Unit.id).limit(3):
        for who, action, outcome, fields in DAILY:
            _do(who, action, unit, outcome, fields)
    for unit in Unit.select().order_by(Unit.id.desc()).limit(MANY):
        _do("granne", "entry:read", unit, "read", ())
    _raise_an_alarm()
    _draw(None)
    _draw(Organizer.get(Organizer.name == "Eskilstuna kommun").id)


def _do(who: str, action: str, unit: Unit, outcome: str, fields: tuple[str, ...]) -> None:
    actor = actors.of_account(demo_cast.account_of(who), strong=True)
    place = Place(unit=unit.id, organizer=unit.organizer_id)
    audit.record(actor, action, "unit", unit.id, place=place, fields=fields, outcome=outcome)


def _raise_an_alarm() -> None:
    # Without its letters: the demonstration's outbox shows what its own scenes send.
    moment = clock.now()
    Alarm.create(
        rule=audit_alarms.RULES[0].key,
        account=demo_cast.account_of("granne"),
        window=f"{moment:%Y-%m-%dT%H:%M}",
        count=MANY,
        raised_at=moment,
    )


def _draw(organizer: int | None) -> None:
    """Draw a sample of what has just been done, as if it were last week's."""
    where, values = ("1 = 1", []) if organizer is None else ("organizer = ?", [organizer])
    numbers = rows(f"SELECT id FROM audit_row WHERE actor LIKE 'account:%' AND {where} ORDER BY id LIMIT 24", values)
    AuditSample.create(
        week=f"{clock.today() - timedelta(days=7):%G-W%V}",
        organizer=organizer,
        rows=json.dumps([[number, audit_review.BY_CHANCE] for (number,) in numbers]),
        drawn_at=clock.now(),
        due_on=clock.today() + audit_review.TIME_TO_REVIEW,
    )
