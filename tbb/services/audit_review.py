"""The weekly review of the audit: a random sample and what some rules point at, drawn for each reviewer's scope."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tbb import clock
from tbb.database import one_at_a_time, rows, transaction
from tbb.models import Account, AuditRow, AuditSample
from tbb.policy import Actor, Permission, Place, Refused, may, require
from tbb.services import audit, audit_alarms, audit_reading, letters
from tbb.services.audit_reading import NotThere

LEAST, SHARE = 20, 0.01
MOST_BY_RULE = 10
TIME_TO_REVIEW = timedelta(days=10)
OUTCOMES = ("fine", "questions", "breach")
BY_CHANCE = "chance"
WORK_BEGINS, WORK_ENDS, WEEKEND = 6, 21, 5
_chance = random.SystemRandom()


class AlreadySigned(Exception):
    """Somebody has signed the sample already."""


@dataclass(frozen=True)
class Draw:
    """What is known of a row when the rules look at it."""

    id: int
    at: datetime
    action: str
    outcome: str


RULES: dict[str, Callable[[Draw], bool]] = {
    "refused": lambda row: row.outcome == "refused",
    "export": lambda row: row.action.endswith(":export"),
    "duty": lambda row: row.action.startswith("duty:"),
    "off_hours": lambda row: row.outcome == "read" and _is_off_hours(row.at),
}
"""What is drawn besides the random rows, up to ten of each."""


@dataclass(frozen=True)
class Shown:
    """A sample as its page and the list show it. `scope` is an organizer's name, or "" for the county."""

    number: int
    week: str
    scope: str
    about: str
    size: int
    drawn_at: datetime
    due_on: date
    outcome: str
    remark: str
    signed_by: str
    signed_at: datetime | None
    may_sign: bool

    @property
    def overdue(self) -> bool:
        """Whether it should have been signed by now."""
        return not self.outcome and self.due_on < clock.today()


@transaction
def draw() -> int:
    """Draw last week's samples where they are not drawn yet; tell how many. Meant for every day, from Monday on."""
    one_at_a_time("audit samples")
    monday = clock.today() - timedelta(days=clock.today().weekday() + 7)
    return sum(draw_week(monday, organizer, about) for organizer, about in _scopes())


def draw_week(monday: date, organizer: int | None, about: int | None) -> bool:
    """Within the caller's transaction, draw the sample of a week for one scope; False when it is there or empty."""
    week = f"{monday:%G-W%V}"
    same = (AuditSample.week == week) & _is(AuditSample.organizer, organizer) & _is(AuditSample.about, about)
    if AuditSample.select().where(same).exists():
        return False
    drawn = choose(list(_rows_of(monday, organizer, about)))
    if not drawn:
        return False
    made = AuditSample.create(
        week=week,
        organizer=organizer,
        about=about,
        rows=json.dumps(drawn),
        drawn_at=clock.now(),
        due_on=clock.today() + TIME_TO_REVIEW,
    )
    for number, address in audit_alarms.reviewers(organizer):
        if number != about:
            facts = {"path": f"/arbetsyta/logg/stickprov/{made.id}", "due": made.due_on.isoformat()}
            letters.write(f"sample:{made.id}:{number}", address, "sample", facts)
    return True


def choose(candidates: list[Draw]) -> list[tuple[int, str]]:
    """Choose one row in a hundred by chance, at least twenty, and some of those that each rule points at."""
    wanted = min(len(candidates), max(LEAST, round(len(candidates) * SHARE)))
    chosen = {row.id: BY_CHANCE for row in _chance.sample(candidates, wanted)}
    for why, points_at in RULES.items():
        hits = [row.id for row in candidates if points_at(row)]
        for number in _chance.sample(hits, min(len(hits), MOST_BY_RULE)):
            chosen[number] = why
    return sorted(chosen.items())


def samples(actor: Actor) -> list[Shown]:
    """List the samples that a reviewer may see: those that wait first, the newest first among them."""
    require(actor, Permission.READ_AUDIT)
    found = AuditSample.select().order_by(AuditSample.id.desc()).limit(200)
    shown = [_shown(actor, one) for one in found if may(actor, Permission.READ_AUDIT, _place(one))]
    return sorted(shown, key=lambda sample: bool(sample.outcome))


def sample(actor: Actor, number: int) -> tuple[Shown, list[tuple[audit_reading.Line, str]]]:
    """Show a sample and its rows with why each was drawn; raise NotThere when the actor may not see it."""
    found = _find(actor, number)
    why = dict(json.loads(found.rows))
    return _shown(actor, found), [(line, why[line.id]) for line in audit_reading.these(actor, why)]


@transaction
def sign(actor: Actor, number: int, outcome: str, remark: str) -> None:
    """Sign a sample with its outcome; nobody signs one about their own rows. Raises NotThere and AlreadySigned."""
    found = _find(actor, number)
    place = _place(found)
    require(actor, Permission.REVIEW_AUDIT, place)
    if _holds_rows_of(actor, found):
        raise Refused("Nobody reviews what they have done themselves.")
    changed = (
        AuditSample.update(outcome=outcome, remark=remark, signed_by=actor.account, signed_at=clock.now())
        .where(AuditSample.id == found.id, AuditSample.outcome == "")
        .execute()
    )
    if not changed:
        raise AlreadySigned
    audit.record(actor, "sample:sign", "sample", found.id, place=place, fields=("outcome", "remark"))


def overdue(actor: Actor) -> int:
    """Count the samples that this reviewer should have signed by now, for the desk; 0 for all others."""
    return _waiting(actor, AuditSample.due_on < clock.today())


def waiting(actor: Actor) -> int:
    """Count the samples that wait for this reviewer; 0 for all others."""
    return _waiting(actor, AuditSample.id > 0)


def _waiting(actor: Actor, which: object) -> int:
    if not may(actor, Permission.READ_AUDIT):
        return 0
    found = AuditSample.select().where(AuditSample.outcome == "", which)
    return sum(may(actor, Permission.REVIEW_AUDIT, _place(one)) for one in found)


def _scopes() -> Iterator[tuple[int | None, int | None]]:
    """Give every (organizer, about): the county, the county's own reviewers, and organizers that have a reviewer.

    What an organizer's reviewers do themselves is drawn for the county.
    """
    yield None, None
    yield from ((None, number) for number, _ in audit_alarms.reviewers())
    organizers = rows(
        "SELECT DISTINCT organizer_id FROM \"grant\" WHERE duty = 'log_reviewer' AND organizer_id IS NOT NULL"
        " AND ended_at IS NULL ORDER BY 1"
    )
    yield from ((number, None) for (number,) in organizers if audit_alarms.reviewers(number))


def _rows_of(monday: date, organizer: int | None, about: int | None) -> Iterator[Draw]:
    """Read what persons did in a week within a scope; the scope's own reviewers' rows only where it is about them."""
    where, values = ("1 = 1", []) if organizer is None else audit_reading.within([organizer])
    own = [f"account:{number}" for number, _ in audit_alarms.reviewers(organizer)]
    if about is not None:
        where, values = "actor = ?", [f"account:{about}"]
    elif own:
        where, values = f"{where} AND actor NOT IN ({', '.join('?' * len(own))})", [*values, *own]
    spell = [audit_reading.stored(monday), audit_reading.stored(monday + timedelta(days=7))]
    found = rows(
        "SELECT id, at, action, outcome FROM audit_row"
        f" WHERE at >= ? AND at < ? AND actor LIKE 'account:%' AND {where}",
        [*spell, *values],
    )
    return (Draw(number, AuditRow.at.python_value(at), action, outcome) for number, at, action, outcome in found)


def _is_off_hours(moment: datetime) -> bool:
    local = clock.local(moment)
    return local.weekday() >= WEEKEND or not WORK_BEGINS <= local.hour < WORK_ENDS


def _find(actor: Actor, number: int) -> AuditSample:
    require(actor, Permission.READ_AUDIT)
    found = AuditSample.get_or_none(AuditSample.id == number)
    if found is None or not may(actor, Permission.READ_AUDIT, _place(found)):
        raise NotThere
    return found


def _place(found: AuditSample) -> Place:
    return Place(organizer=found.organizer_id, about=found.about_id)


def _holds_rows_of(actor: Actor, found: AuditSample) -> bool:
    """Whether the actor did any of it, perhaps before becoming a reviewer."""
    numbers = [number for number, _ in json.loads(found.rows)]
    marks = ", ".join("?" * len(numbers)) or "NULL"
    return bool(rows(f"SELECT 1 FROM audit_row WHERE id IN ({marks}) AND actor = ? LIMIT 1", [*numbers, actor.name]))


def _is(field: object, value: int | None) -> object:
    return field.is_null() if value is None else field == value


def _shown(actor: Actor, found: AuditSample) -> Shown:
    return Shown(
        number=found.id,
        week=found.week,
        scope=found.organizer.name if found.organizer_id else "",
        about=Account.get_by_id(found.about_id).name if found.about_id else "",
        size=len(json.loads(found.rows)),
        drawn_at=found.drawn_at,
        due_on=found.due_on,
        outcome=found.outcome,
        remark=found.remark,
        signed_by=found.signed_by.name if found.signed_by_id else "",
        signed_at=found.signed_at,
        may_sign=may(actor, Permission.REVIEW_AUDIT, _place(found)) and not _holds_rows_of(actor, found),
    )
