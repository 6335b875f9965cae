"""A scene for the demonstration: a school whose entry has a history, a new phone that waits, and a flag."""

from __future__ import annotations

import json
from datetime import timedelta

from tbb import clock
from tbb.models import Account, ContactChange, EntryChange, Flag, Responsibility, Unit
from tbb.models.kinds import Kind, Role
from tbb.services import demo_cast
from tbb.services.contact_changes import HOLD


def play() -> None:
    """Let things have happened to the first and the second school of the cast, within the caller's transaction."""
    first, second = Unit.select().where(Unit.kind == Kind.COMPULSORY).order_by(Unit.id).limit(2)
    head, leader = (Account.get_by_id(demo_cast.account_of(key)) for key in ("enhetschef", "processledare"))
    bba = Responsibility.get(Responsibility.unit == first, Responsibility.role == Role.BBA).person
    now = clock.now()
    for days, what, person, before, after in (
        (71, "import", None, {"street": "Exempelvägen 9"}, {"street": first.street}),
        (34, "person", bba, {"phone_hours": "Måndag 8–9"}, {"phone_hours": bba.phone_hours}),
        (12, "facts", None, {"website": ""}, {"website": first.website}),
    ):
        imported = what == "import"
        EntryChange.create(
            unit=first,
            person=person,
            account=None if imported else head,
            by="Den som driver tjänsten" if imported else f"{head.name}, enhetschef",
            what=what,
            before=json.dumps(before, ensure_ascii=False),
            after=json.dumps(after, ensure_ascii=False),
            at=now - timedelta(days=days),
        )
    ContactChange.create(
        unit=first,
        person=bba,
        before=json.dumps({"phone": bba.phone}),
        after=json.dumps({"phone": "070-174 06 98"}),
        proposed_by=head,
        proposed_at=now - timedelta(hours=3),
        due_at=now - timedelta(hours=3) + HOLD,
    )
    _flag(second, leader, "Webbadressen leder till en sida som inte finns längre. Kan ni titta på den?")


def _flag(unit: Unit, by: Account, message: str) -> None:
    Flag.create(unit=unit, by=by, message=message, raised_at=clock.now() - timedelta(days=2))
