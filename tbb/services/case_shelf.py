"""The shelf of cases and wheels: every look-up begins with what the one who asks may see, and says where it belongs."""

from __future__ import annotations

from tbb import clock
from tbb.database import as_day, load, rows
from tbb.models import Case, Unit, Wheel
from tbb.models.kinds import Duty
from tbb.policy import Actor, Permission, Place, may

ANSWERING = """
    SELECT r.role, r.away_from, r.away_until FROM responsibility r JOIN account a ON a.person_id = r.person_id
    WHERE r.unit_id = ? AND a.state = 'active' AND r.role IN ('bba', 'deputy')
      AND r.starts_on <= ? AND (r.ends_on IS NULL OR r.ends_on >= ?)
"""
DELEGATED = """
    SELECT {what} FROM delegation d JOIN "grant" g ON g.id = d.grant_id
    WHERE g.ended_at IS NULL AND g.duty = 'delegate' AND g.starts_on <= ? AND g.ends_on >= ? AND {where}
"""


def case(actor: Actor, key: str, permission: Permission = Permission.READ_CASE) -> Case | None:
    """Find a case by its key among those the actor may see; None when there is none there."""
    found = load(Case, "key = ?", (key,))
    return found[0] if found and may(actor, permission, place_of(found[0])) else None


def wheel(actor: Actor, key: str) -> Wheel | None:
    """Find a wheel by its key among those the actor has begun; None when there is none there."""
    found = load(Wheel, "key = ?", (key,))
    return found[0] if found and may(actor, Permission.OWN_WHEEL, place_of_wheel(found[0])) else None


def cases(actor: Actor) -> tuple[str, list[object]]:
    """Give the condition on ``casefile c`` that lets through the cases the actor may read today, and its parameters.

    Those of the units the actor answers for, and those delegated to them by name.
    """
    if not may(actor, Permission.READ_CASES):
        return "1 = 0", []
    ways, params = [], []
    if units := units_answered(actor):
        ways.append(f"c.unit_id IN ({', '.join('?' * len(units))})")
        params += units
    if actor.has(Duty.DELEGATE):
        today = clock.today()
        ways.append(
            f"c.id IN ({DELEGATED.format(what='d.case_id', where='g.account_id = ? AND g.unit_id = c.unit_id')})"
        )
        params += [today, today, actor.account]
    return (f"({' OR '.join(ways)})" if ways else "1 = 0"), params


def units_answered(actor: Actor) -> list[int]:
    """The units whose cases the actor answers for today, sorted."""
    near = actor.units(Duty.BBA, Duty.DEPUTY, Duty.UNIT_HEAD)
    return sorted(unit for unit in near if may(actor, Permission.DECIDE_CASE, place_of_unit(unit)))


def place_of(case: Case, *, begun_by: int | None = None) -> Place:
    """Say where a case belongs, for the policy; `begun_by` is an account that began something in it."""
    today = clock.today()
    found = rows(DELEGATED.format(what="g.account_id", where="d.case_id = ?"), (today, today, case.id))
    return place_of_unit(case.unit_id, begun_by=begun_by, delegates=frozenset(account for (account,) in found))


def place_of_unit(unit: int, *, begun_by: int | None = None, delegates: frozenset[int] = frozenset()) -> Place:
    """Say where the cases of a unit belong: its organizer, whether its BBA is away, and whether anybody answers."""
    today = clock.today()
    roles = [
        (role, as_day(away) is not None and as_day(away) <= today and (back is None or as_day(back) >= today))
        for role, away, back in rows(ANSWERING, (unit, today, today))
    ]
    organizer = rows("SELECT organizer_id FROM unit WHERE id = ?", (unit,))
    here = {role for role, away in roles if not away}
    return Place(
        unit=unit,
        organizer=organizer[0][0] if organizer else None,
        begun_by=begun_by,
        delegates=delegates,
        bba_away="bba" not in here,
        unanswered=not here,
    )


def place_of_wheel(wheel: Wheel) -> Place:
    """Say where a wheel belongs while its author works with it: their own unit. A draft may lack one still."""
    if wheel.from_unit_id is None:
        return Place(begun_by=wheel.author_id)
    unit = load(Unit, "id = ?", (wheel.from_unit_id,))[0]
    return Place(unit=unit.id, organizer=unit.organizer_id, begun_by=wheel.author_id)


def answers(unit: int) -> bool:
    """Whether anybody with an account answers for a unit today: BBA, deputy, or else its head."""
    if not place_of_unit(unit).unanswered:
        return True
    today = clock.today()
    asked = (
        'SELECT 1 FROM "grant" g JOIN account a ON a.id = g.account_id WHERE g.unit_id = ? AND g.duty = ?'
        " AND a.state = 'active' AND g.ended_at IS NULL AND g.starts_on <= ? AND (g.ends_on IS NULL OR g.ends_on >= ?)"
    )
    return bool(rows(asked, (unit, Duty.UNIT_HEAD, today, today)))
