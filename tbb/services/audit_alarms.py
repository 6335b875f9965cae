"""Alarms: somebody reads, is refused or takes out unusually much in a short time, and a reviewer is told at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tbb import clock
from tbb.database import one_at_a_time, rows, transaction
from tbb.models import Account, Alarm, AuditRow
from tbb.models.kinds import Duty
from tbb.policy import Actor, Permission, Place, may, require
from tbb.services import audit, audit_reading, letters
from tbb.services.audit_reading import NotThere
from tbb.settings import Settings

QUIET = timedelta(minutes=30)
"""For so long the same alarm about the same account is not raised again."""
MOST_ROWS = 200


@dataclass(frozen=True)
class Rule:
    """That one account does more than `most` of something within some minutes; `counts` and `where` are SQL."""

    key: str
    counts: str
    where: str
    most: int
    minutes: int


RULES = (
    Rule("many_things", "COUNT(DISTINCT thing || ':' || thing_id)", "outcome = 'read'", most=30, minutes=10),
    Rule("many_refusals", "COUNT(*)", "outcome = 'refused'", most=10, minutes=10),
    Rule("many_exports", "COUNT(*)", "action LIKE '%:export'", most=5, minutes=60),
)


class AlreadySettled(Exception):
    """Somebody has settled the alarm already."""


@dataclass(frozen=True)
class Shown:
    """An alarm as its page shows it. `open` until somebody has settled it."""

    number: int
    rule: str
    most: int
    minutes: int
    who: str
    account: int | None
    count: int
    raised_at: datetime
    settled_at: datetime | None
    settled_by: str
    remark: str
    may_settle: bool

    @property
    def open(self) -> bool:
        """Whether nobody has settled it yet."""
        return self.settled_at is None


@transaction
def watch(settings: Settings) -> int:
    """Look at the last minutes and raise an alarm for what is too much; tell how many. Meant for every minute."""
    one_at_a_time("alarms")
    moment = clock.now()
    raised = 0
    for rule in RULES:
        for account, count in _beyond(rule, moment):
            raised += _raise(settings, rule, account, count, moment)
    return raised


def waiting(actor: Actor) -> int:
    """Count the alarms that wait for this reviewer, for the desk and the tab; 0 for all others."""
    if not may(actor, Permission.READ_AUDIT):
        return 0
    found = Alarm.select(Alarm, Account).join(Account).where(Alarm.settled_at.is_null(), *_visible(actor))
    return sum(may(actor, Permission.REVIEW_AUDIT, _place(one)) for one in found)


def alarms(actor: Actor) -> list[Shown]:
    """List the alarms that a reviewer may see: the open ones first, then the newest."""
    require(actor, Permission.READ_AUDIT)
    query = (
        Alarm.select(Alarm, Account).join(Account).where(*_visible(actor)).order_by(Alarm.id.desc()).limit(MOST_ROWS)
    )
    return sorted((_shown(actor, alarm) for alarm in query), key=lambda alarm: not alarm.open)


def alarm(actor: Actor, number: int) -> tuple[Shown, list[audit_reading.Line]]:
    """Show an alarm and the rows that raised it; raise NotThere when the actor may not see it."""
    found = _find(actor, number)
    where, values = audit_reading.scope(actor)
    rule = _rule(found.rule)
    spell = [_stored(found.raised_at - timedelta(minutes=rule.minutes)), _stored(found.raised_at)]
    lines = rows(
        f"SELECT {audit_reading.LINE} FROM audit_row WHERE {where} AND actor = ? AND at >= ? AND at <= ?"
        f" AND {rule.where} ORDER BY id DESC LIMIT {MOST_ROWS}",
        [*values, f"account:{found.account_id}", *spell],
    )
    return _shown(actor, found), audit_reading.named(lines)


@transaction
def settle(actor: Actor, number: int, remark: str) -> None:
    """Settle an alarm with a remark; nobody settles one about themselves. Raises NotThere and AlreadySettled."""
    found = _find(actor, number)
    require(actor, Permission.REVIEW_AUDIT, _place(found))
    changed = (
        Alarm.update(settled_by=actor.account, settled_at=clock.now(), remark=remark)
        .where(Alarm.id == found.id, Alarm.settled_at.is_null())
        .execute()
    )
    if not changed:
        raise AlreadySettled
    audit.record(actor, "alarm:settle", "alarm", found.id, place=_place(found), fields=("remark",))


def reviewers(organizer: int | None = None) -> list[tuple[int, str]]:
    """List number and address of those who review the log today, for the county or for one organizer."""
    today = clock.today()
    whose = "g.organizer_id IS NULL" if organizer is None else "g.organizer_id = ?"
    return rows(
        f'SELECT DISTINCT a.id, a.email FROM "grant" g JOIN account a ON a.id = g.account_id'
        f" WHERE g.duty = '{Duty.LOG_REVIEWER.value}' AND g.unit_id IS NULL AND {whose} AND a.state = 'active'"
        " AND g.ended_at IS NULL AND g.starts_on <= ? AND (g.ends_on IS NULL OR g.ends_on >= ?) ORDER BY a.id",
        [*([] if organizer is None else [organizer]), today, today],
    )


def _beyond(rule: Rule, moment: datetime) -> Iterable[tuple[int, int]]:
    found = rows(
        f"SELECT actor, {rule.counts} FROM audit_row WHERE at >= ? AND actor LIKE 'account:%' AND {rule.where}"
        f" GROUP BY actor HAVING {rule.counts} > ?",
        (_stored(moment - timedelta(minutes=rule.minutes)), rule.most),
    )
    return [(account, count) for actor, count in found if (account := audit_reading.account_of(actor)) is not None]


def _raise(settings: Settings, rule: Rule, account: int, count: int, moment: datetime) -> bool:
    """Raise an alarm unless the same one has just been raised; tell whether."""
    about = (Alarm.rule == rule.key) & (Alarm.account == account)
    if Alarm.select().where(about, Alarm.raised_at > moment - QUIET).exists():
        return False
    if not Account.select().where(Account.id == account).exists():
        return False
    made = Alarm.create(
        rule=rule.key, account=account, window=f"{moment:%Y-%m-%dT%H:%M}", count=count, raised_at=moment
    )
    others = [(number, email) for number, email in reviewers() if number != account]
    for number, address in [(0, settings.alarm_email)] if settings.alarm_email else others:
        letters.write(f"alarm:{made.id}:{number}", address, "alarm", {"path": f"/arbetsyta/logg/larm/{made.id}"})
    return True


def _visible(actor: Actor) -> list[object]:
    if actor.in_county(Duty.LOG_REVIEWER):
        return [Alarm.id > 0]
    return [Account.organizer.in_(sorted(actor.organizers(Duty.LOG_REVIEWER)))]


def _find(actor: Actor, number: int) -> Alarm:
    require(actor, Permission.READ_AUDIT)
    found = Alarm.select(Alarm, Account).join(Account).where(Alarm.id == number, *_visible(actor)).first()
    if found is None:
        raise NotThere
    return found


def _place(found: Alarm) -> Place:
    return Place(organizer=found.account.organizer_id, about=found.account_id)


def _shown(actor: Actor, found: Alarm) -> Shown:
    rule = _rule(found.rule)
    return Shown(
        number=found.id,
        rule=found.rule,
        most=rule.most,
        minutes=rule.minutes,
        who=found.account.name,
        account=found.account_id,
        count=found.count,
        raised_at=found.raised_at,
        settled_at=found.settled_at,
        settled_by=found.settled_by.name if found.settled_by_id else "",
        remark=found.remark,
        may_settle=may(actor, Permission.REVIEW_AUDIT, _place(found)),
    )


def _rule(key: str) -> Rule:
    return next((rule for rule in RULES if rule.key == key), RULES[0])


def _stored(moment: datetime) -> object:
    return AuditRow.at.db_value(moment)
