"""Accounts as their keepers see them: who may sign in here, and with which duties."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tbb import clock
from tbb.database import as_day, load, rows
from tbb.models import Account, Grant
from tbb.models.kinds import Duty
from tbb.policy import Actor, Permission, Place, may_give, require
from tbb.services import sittings

PAGE_SIZE = 25
COUNTY_CARES_FOR = (Duty.ORGANIZER_ADMIN, Duty.COMMUNICATOR, Duty.STEERING, Duty.PROCESS_LEADER)


@dataclass(frozen=True)
class HeldDuty:
    """A duty of an account in words' parts; `grant` is None when it follows from a responsibility."""

    duty: Duty
    where: str
    starts_on: date | None
    ends_on: date | None
    grant: int | None
    can_take: bool


@dataclass(frozen=True)
class AccountLine:
    """One account in a list."""

    key: str
    name: str
    email: str
    state: str
    organizer: str
    signed_in_at: datetime | None
    duties: tuple[HeldDuty, ...]

    @property
    def told(self) -> list[tuple[Duty, str]]:
        """The duties and where, each once: somebody may have the same duty for several cases."""
        return list(dict.fromkeys((held.duty, held.where) for held in self.duties))


@dataclass(frozen=True)
class AccountList:
    """A page of accounts."""

    lines: tuple[AccountLine, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class AccountPage:
    """One account, whole."""

    line: AccountLine
    sittings: int
    can_change: bool
    may_give: bool


def shelf(actor: Actor) -> tuple[str, list[object]]:
    """Give the condition on ``account a`` that lets through whom the actor may see, and its parameters."""
    ways, params = [], []
    if organizers := sorted(actor.organizers(Duty.ORGANIZER_ADMIN)):
        holes = ", ".join("?" * len(organizers))
        ways += [
            f"a.organizer_id IN ({holes})",
            f'EXISTS (SELECT 1 FROM "grant" g LEFT JOIN unit u ON u.id = g.unit_id WHERE g.account_id = a.id'
            f" AND g.ended_at IS NULL AND (g.organizer_id IN ({holes}) OR u.organizer_id IN ({holes})))",
        ]
        params += organizers * 3
    if units := sorted(actor.units(Duty.UNIT_HEAD)):
        holes = ", ".join("?" * len(units))
        ways += [
            f'EXISTS (SELECT 1 FROM "grant" g WHERE g.account_id = a.id AND g.ended_at IS NULL'
            f" AND g.unit_id IN ({holes}))",
            f"EXISTS (SELECT 1 FROM responsibility r WHERE r.person_id = a.person_id AND r.unit_id IN ({holes})"
            " AND (r.ends_on IS NULL OR r.ends_on >= ?))",
        ]
        params += [*units, *units, clock.today()]
    if actor.in_county(Duty.PROCESS_LEADER):
        holes = ", ".join("?" * len(COUNTY_CARES_FOR))
        ways.append(f'EXISTS (SELECT 1 FROM "grant" g WHERE g.account_id = a.id AND g.duty IN ({holes}))')
        params += [duty.value for duty in COUNTY_CARES_FOR]
    return (f"({' OR '.join(ways)})" if ways else "1 = 0"), params


def accounts(actor: Actor, *, text: str = "", state: str = "", duty: str = "", page: int = 1) -> AccountList:
    """List the accounts that the actor may see, by name; `text` is looked for in names and addresses."""
    require(actor, Permission.READ_ACCOUNTS)
    where, params = shelf(actor)
    if text:
        where += " AND (lower(a.name) LIKE ? ESCAPE '!' OR a.email LIKE ? ESCAPE '!')"
        params += [like(text), like(text)]
    if state in ("invited", "active", "disabled"):
        where, params = f"{where} AND a.state = ?", [*params, state]
    if duty in set(Duty):
        where += (
            ' AND (EXISTS (SELECT 1 FROM "grant" g WHERE g.account_id = a.id AND g.duty = ? AND g.ended_at IS NULL)'
            " OR EXISTS (SELECT 1 FROM responsibility r WHERE r.person_id = a.person_id AND r.role = ?"
            " AND r.starts_on <= ? AND (r.ends_on IS NULL OR r.ends_on >= ?)))"
        )
        params += [duty, duty, clock.today(), clock.today()]
    total = rows(f"SELECT COUNT(*) FROM account a WHERE {where}", params)[0][0]
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    found = rows(
        f"SELECT a.id FROM account a WHERE {where} ORDER BY lower(a.name), a.id LIMIT ? OFFSET ?",
        [*params, PAGE_SIZE, (page - 1) * PAGE_SIZE],
    )
    return AccountList(tuple(_lines(actor, [row[0] for row in found])), total, page, pages)


def account(actor: Actor, key: str) -> AccountPage | None:
    """Show one account among those that the actor may see; None when there is none there."""
    found = find(actor, key)
    if found is None:
        return None
    (line,) = _lines(actor, [found.id])
    return AccountPage(line, len(sittings.of_account(found.id)), may_change(actor, found), found.id != actor.account)


def like(text: str) -> str:
    """Make a pattern that finds a text anywhere."""
    escaped = text.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"


def find(actor: Actor, key: str) -> Account | None:
    """Find an account by its key among those the actor may see."""
    where, params = shelf(actor)
    found = rows(f"SELECT a.id FROM account a WHERE a.key = ? AND {where}", [key, *params])
    return Account.get_by_id(found[0][0]) if found else None


def may_change(actor: Actor, found: Account) -> bool:
    """Whoever may take every duty that the account holds may change the account; never one's own."""
    if found.id == actor.account:
        return False
    grants = list(Grant.select().where(Grant.account == found, Grant.ended_at.is_null()))
    if not grants:
        return found.organizer_id in actor.organizers(Duty.ORGANIZER_ADMIN)
    return all(
        may_give(actor, Duty(grant.duty), Place(place_of(grant).unit, place_of(grant).organizer, about=found.id))
        for grant in grants
    )


def place_of(grant: Grant) -> Place:
    """Say where a given duty reaches."""
    return Place(unit=grant.unit_id, organizer=grant.unit.organizer_id if grant.unit_id else grant.organizer_id)


def _lines(actor: Actor, numbers: list[int]) -> list[AccountLine]:
    """Tell what a list shows of some accounts, in their order."""
    if not numbers:
        return []
    found = {each.id: each for each in load(Account, f"id IN ({', '.join('?' * len(numbers))})", numbers)}
    organizers = dict(rows("SELECT id, name FROM organizer"))
    held = _held(actor, numbers)
    return [
        AccountLine(
            key=each.key,
            name=each.name,
            email=each.email,
            state=each.state,
            organizer=organizers.get(each.organizer_id, ""),
            signed_in_at=each.signed_in_at,
            duties=tuple(held.get(each.id, ())),
        )
        for each in (found[number] for number in numbers)
    ]


def _held(actor: Actor, numbers: list[int]) -> dict[int, list[HeldDuty]]:
    """Read the duties of some accounts: those given, and those that follow from a responsibility."""
    holes = ", ".join("?" * len(numbers))
    today = clock.today()
    given = rows(
        "SELECT g.account_id, g.duty, g.unit_id, COALESCE(g.organizer_id, u.organizer_id), g.starts_on, g.ends_on,"
        " g.id, COALESCE(NULLIF(u.display_name, ''), u.name, o.name, 'Hela länet')"
        ' FROM "grant" g LEFT JOIN unit u ON u.id = g.unit_id LEFT JOIN organizer o ON o.id = g.organizer_id'
        f" WHERE g.account_id IN ({holes}) AND g.ended_at IS NULL AND (g.ends_on IS NULL OR g.ends_on >= ?)"
        " ORDER BY g.duty, g.id",
        [*numbers, today],
    )
    followed = rows(
        "SELECT a.id, r.role, COALESCE(NULLIF(u.display_name, ''), u.name), r.starts_on, r.ends_on"
        " FROM responsibility r JOIN account a ON a.person_id = r.person_id JOIN unit u ON u.id = r.unit_id"
        f" WHERE a.id IN ({holes}) AND r.role IN ('bba', 'deputy') AND (r.ends_on IS NULL OR r.ends_on >= ?)"
        " ORDER BY r.role, u.sort_key",
        [*numbers, today],
    )
    found: dict[int, list[HeldDuty]] = {}
    for account_id, duty, unit, organizer, starts, ends, number, where in given:
        can_take = may_give(actor, Duty(duty), Place(unit, organizer, about=account_id))
        found.setdefault(account_id, []).append(
            HeldDuty(Duty(duty), where, as_day(starts), as_day(ends), number, can_take)
        )
    for account_id, role, where, starts, ends in followed:
        found.setdefault(account_id, []).append(HeldDuty(Duty(role), where, as_day(starts), as_day(ends), None, False))
    return found
