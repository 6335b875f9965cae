"""Reading the audit: by person, unit, thing, deed and day, within what a reviewer may see; and taking rows out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from tbb import clock
from tbb.database import rows, transaction
from tbb.models import AuditRow
from tbb.models.folding import fold
from tbb.models.kinds import Duty
from tbb.policy import Actor, Permission, require
from tbb.services import audit, limits

PER_PAGE = 50
MOST_EXPORTED = 50_000
EXPORTS_PER_DAY = 20
MOST_NAMESAKES = 500
MOST_ASKED_BY_NUMBER = 900
"""An engine takes no more parameters than so with certainty; beyond them all names are read."""
LINE = "id, at, actor, action, thing, thing_id, fields, note, duty, unit, organizer, outcome, request, client"
UNIT_LABEL = "COALESCE(NULLIF(display_name, ''), name)"
NOBODY = {"public": "besökare", "command": "kommando på servern", "worker": "tjänsten själv"}
"""Those who act without an account, by the names that the audit has for them."""


class NotThere(Exception):
    """There is no such person, unit or thing for the one who asks."""


@dataclass(frozen=True)
class Wanted:
    """Which rows somebody wants to see; what is empty does not limit."""

    person: str = ""
    place: str = ""
    thing: str = ""
    thing_id: str = ""
    action: str = ""
    outcome: str = ""
    since: date | None = None
    until: date | None = None
    account: int | None = None
    unit: int | None = None

    def named(self) -> tuple[str, ...]:
        """Name what limits, for the audit of the audit."""
        return tuple(one.name for one in fields(self) if getattr(self, one.name) not in ("", None))


@dataclass(frozen=True)
class Line:
    """One row, with the names that its numbers stand for today; `account` is None for those without one.

    `about` is the name of the account that the row is about.
    """

    id: int
    at: datetime
    actor: str
    action: str
    thing: str
    thing_id: str
    fields: tuple[str, ...]
    note: str
    duty: str
    unit: int | None
    organizer: int | None
    outcome: str
    request: str
    client: str
    who: str = ""
    account: int | None = None
    unit_name: str = ""
    organizer_name: str = ""
    about: str = ""


@dataclass(frozen=True)
class Found:
    """One page of rows, newest first. `older` is the number to ask for older ones with, None at the end."""

    lines: list[Line]
    older: int | None


@dataclass(frozen=True)
class Reader:
    """Somebody who has read a thing: how many times, first and last."""

    who: str
    account: int | None
    times: int
    first: datetime
    last: datetime


@dataclass(frozen=True)
class Shown:
    """What the page of a person or a unit says above its rows: counts are of the last 30 days, by outcome."""

    number: int
    name: str
    note: str
    counts: dict[str, int]


def scope(actor: Actor) -> tuple[str, list[Any]]:
    """Give the condition for the rows that a reviewer may see; raise Refused to others.

    A reviewer of an organizer sees what concerns it, and what accounts at home there do anywhere.
    """
    require(actor, Permission.READ_AUDIT)
    if actor.in_county(Duty.LOG_REVIEWER):
        return "1 = 1", []
    return within(sorted(actor.organizers(Duty.LOG_REVIEWER)))


def within(organizers: Sequence[int]) -> tuple[str, list[Any]]:
    """Give the condition for the rows of some organizers."""
    marks = ", ".join("?" * len(organizers)) or "NULL"
    home = f"SELECT 'account:' || id FROM account WHERE organizer_id IN ({marks})"
    return f"(organizer IN ({marks}) OR actor IN ({home}))", [*organizers, *organizers]


def look(actor: Actor, wanted: Wanted, *, before: int | None = None, most: int = PER_PAGE) -> Found:
    """Read one page of rows, newest first, those with lower numbers than `before`."""
    where, values = _condition(actor, wanted)
    if before is not None:
        where, values = f"{where} AND id < ?", [*values, before]
    found = rows(f"SELECT {LINE} FROM audit_row WHERE {where} ORDER BY id DESC LIMIT {most + 1}", values)
    return Found(named(found[:most]), found[most - 1][0] if len(found) > most else None)


def these(actor: Actor, numbers: Iterable[int]) -> list[Line]:
    """Read rows by their numbers, oldest first, as far as the actor may see them."""
    where, values = scope(actor)
    wanted = list(numbers)
    marks = ", ".join("?" * len(wanted)) or "NULL"
    return named(rows(f"SELECT {LINE} FROM audit_row WHERE {where} AND id IN ({marks}) ORDER BY id", values + wanted))


@transaction
def take_out(actor: Actor, wanted: Wanted, reason: str) -> list[Line]:
    """Take rows out of the service for a reason, which the audit keeps; raise TooOften beyond twenty a day."""
    require(actor, Permission.EXPORT_AUDIT)
    limits.spend("audit-export", actor.name, most=EXPORTS_PER_DAY, seconds=86_400)
    lines = look(actor, wanted, most=MOST_EXPORTED).lines
    audit.record(actor, "audit:export", "audit", f"{len(lines)} rows", fields=wanted.named(), note=reason)
    return lines


def person(actor: Actor, account: int) -> Shown:
    """Tell who an account is and how much it has done; raise NotThere when the actor may not see any of it."""
    where, values = scope(actor)
    found = rows("SELECT name, email FROM account WHERE id = ?", (account,))
    home = rows(f"SELECT 1 FROM account WHERE id = ? AND {_at_home(actor)}", (account,))
    seen = rows(f"SELECT 1 FROM audit_row WHERE {where} AND actor = ? LIMIT 1", [*values, f"account:{account}"])
    if not found or not (home or seen):
        raise NotThere
    return Shown(account, found[0][0], found[0][1], _counts(actor, "actor = ?", f"account:{account}"))


def unit(actor: Actor, number: int) -> Shown:
    """Tell which unit it is and how much is done there; raise NotThere when the actor may not see it."""
    scope(actor)
    found = rows(f"SELECT {UNIT_LABEL}, organizer_id FROM unit WHERE id = ? AND {_at_home(actor)}", (number,))
    if not found:
        raise NotThere
    label, organizer = found[0]
    return Shown(number, label, _names("organizer", {organizer}).get(organizer, ""), _counts(actor, "unit = ?", number))


def readers(actor: Actor, wanted: Wanted) -> list[Reader]:
    """List who has read something, the latest reader first: what a child or a guardian may ask to have on paper."""
    where, values = _condition(actor, replace(wanted, outcome="read"))
    found = rows(
        f"SELECT actor, COUNT(*), MIN(at), MAX(at) FROM audit_row WHERE {where} GROUP BY actor ORDER BY MAX(at) DESC",
        values,
    )
    names = _account_names(who for who, *_ in found)
    return [
        Reader(names.get(who, NOBODY.get(who, who)), account_of(who), times, _moment(first), _moment(last))
        for who, times, first, last in found
    ]


def account_of(actor: str) -> int | None:
    """Read the number of an account out of the audit's name for it."""
    kind, _, number = actor.partition(":")
    return int(number) if kind == "account" and number.isdecimal() else None


def named(found: Sequence[tuple]) -> list[Line]:
    """Make lines of raw rows of the columns LINE, with the names of accounts, units and organizers."""
    things = [f"account:{row[5]}" for row in found if row[4] == "account"]
    people = _account_names([*(row[2] for row in found), *things])
    units = _names("unit", {row[9] for row in found})
    organizers = _names("organizer", {row[10] for row in found})
    return [
        Line(
            *row[:1], _moment(row[1]), *row[2:6], tuple(filter(None, row[6].split(","))), *row[7:],
            who=people.get(row[2], NOBODY.get(row[2], row[2])),
            account=account_of(row[2]),
            unit_name=units.get(row[9], ""),
            organizer_name=organizers.get(row[10], ""),
            about=people.get(f"account:{row[5]}", "") if row[4] == "account" else "",
        )
        for row in found
    ]  # fmt: skip


def stored(day: date) -> Any:
    """Give the beginning of a Swedish day as the database stores moments."""
    return AuditRow.at.db_value(datetime.combine(day, time(), clock.STOCKHOLM))


def _condition(actor: Actor, wanted: Wanted) -> tuple[str, list[Any]]:
    where, values = scope(actor)
    parts = [(where, values)]
    parts += [
        (f"{column} = ?", [value])
        for column, value in (
            ("thing", wanted.thing),
            ("thing_id", wanted.thing_id),
            ("action", wanted.action),
            ("outcome", wanted.outcome),
            ("unit", wanted.unit),
            ("actor", f"account:{wanted.account}" if wanted.account else ""),
        )
        if value
    ]
    if wanted.person:
        parts.append(_acted_by(wanted.person))
    if wanted.place:
        parts.append(("unit IN (SELECT id FROM unit WHERE folded LIKE ?)", [f"%{fold(wanted.place)}%"]))
    if wanted.since:
        parts.append(("at >= ?", [stored(wanted.since)]))
    if wanted.until:
        parts.append(("at < ?", [stored(wanted.until + timedelta(days=1))]))
    return " AND ".join(part for part, _ in parts), [value for _, some in parts for value in some]


def _acted_by(text: str) -> tuple[str, list[Any]]:
    """Find those whose name or address holds a text; SQL alone cannot tell Å from å everywhere."""
    wanted = text.casefold()
    found = [name for name, words in NOBODY.items() if wanted in words]
    found += [
        f"account:{number}"
        for number, name, email in rows("SELECT id, name, email FROM account ORDER BY id")
        if wanted in name.casefold() or wanted in email
    ][:MOST_NAMESAKES]
    return f"actor IN ({', '.join('?' * len(found)) or 'NULL'})", found


def _at_home(actor: Actor) -> str:
    """Give the condition that an account or a unit belongs to an organizer that the reviewer reviews."""
    if actor.in_county(Duty.LOG_REVIEWER):
        return "1 = 1"
    own = ", ".join(str(number) for number in sorted(actor.organizers(Duty.LOG_REVIEWER)))
    return f"organizer_id IN ({own or 'NULL'})"


def _counts(actor: Actor, condition: str, value: object) -> dict[str, int]:
    where, values = scope(actor)
    since = stored(clock.today() - timedelta(days=30))
    return dict(
        rows(
            f"SELECT outcome, COUNT(*) FROM audit_row WHERE {where} AND {condition} AND at >= ? GROUP BY outcome",
            [*values, value, since],
        )
    )


def _account_names(actors: Iterable[str]) -> dict[str, str]:
    numbers = {account_of(actor) for actor in actors}
    return {f"account:{number}": name for number, name in _names("account", numbers).items()}


def _names(table: str, numbers: set[int | None]) -> dict[int, str]:
    known = sorted(number for number in numbers if number is not None)
    if not known:
        return {}
    asked = f'SELECT id, {UNIT_LABEL if table == "unit" else "name"} FROM "{table}"'
    if len(known) > MOST_ASKED_BY_NUMBER:
        return dict(rows(asked))
    return dict(rows(f"{asked} WHERE id IN ({', '.join('?' * len(known))})", known))


def _moment(value: object) -> datetime:
    return AuditRow.at.python_value(value)
