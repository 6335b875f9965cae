"""Samverkansforum: the standing forums of each municipality, their services and who comes, their dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tbb import clock
from tbb.database import load, one_at_a_time, rows, transaction
from tbb.models import Forum, ForumDate, ForumMember, Municipality, Unit
from tbb.models.kinds import OrganizerKind, Status
from tbb.policy import Actor, Permission, Place, may, require
from tbb.services import audit, case_files, case_receivers, search, wall_clock

FIELDS = ("name", "about", "how")
MOST_FOUND = 8
"""So many hits are shown; who sees too many writes more."""
_COMES = """
    a.state = 'active' AND (
      a.person_id IN (SELECT r.person_id FROM responsibility r WHERE r.unit_id = {unit}
        AND r.starts_on <= ? AND (r.ends_on IS NULL OR r.ends_on >= ?))
      OR a.id IN (SELECT g.account_id FROM "grant" g WHERE g.unit_id = {unit} AND g.ended_at IS NULL
        AND g.starts_on <= ? AND (g.ends_on IS NULL OR g.ends_on >= ?)))
"""
"""Who can come for a service: whoever has an account and a part in it today."""
_MEMBERS = f"""
    SELECT m.id, m.unit_id, COALESCE(NULLIF(u.display_name, ''), u.name), u.slug, a.id,
      CASE WHEN w.protected THEN w.function_name ELSE a.name END
    FROM forum_member m JOIN unit u ON u.id = m.unit_id
    LEFT JOIN account a ON a.id = m.account_id AND {_COMES.format(unit="m.unit_id")}
    LEFT JOIN person w ON w.id = a.person_id
    WHERE m.forum_id = ? ORDER BY u.sort_key, u.id
"""
_CANDIDATES = f"""
    SELECT a.key, a.id, CASE WHEN w.protected THEN w.function_name ELSE a.name END FROM account a
    LEFT JOIN person w ON w.id = a.person_id WHERE {_COMES.format(unit="?")} ORDER BY 3, a.id
"""


class ChangedMeanwhile(Exception):
    """Somebody else has changed the forum since the page was shown."""


class AlreadyThere(Exception):
    """The service belongs to the forum already, or the forum sits already at that time."""


class NotThere(Exception):
    """There is no such service, person or date in the forum, or nothing to change about it any more."""


@dataclass(frozen=True)
class Member:
    """A service of a forum. `comes` is who comes for it today; empty when nobody has been named or they have left."""

    number: int
    unit: int
    label: str
    slug: str
    account: int | None
    comes: str


@dataclass(frozen=True)
class Sitting:
    """A date of a forum."""

    key: str
    wall: str
    starts_at: datetime
    ends_at: datetime
    place: str
    cancelled: bool

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.ends_at <= clock.now()


@dataclass(frozen=True)
class Shown:
    """A forum as everybody sees it who works here. `mine` is whether the one who looks comes there."""

    key: str
    name: str
    about: str
    how: str
    version: int
    municipality: str
    members: tuple[Member, ...]
    dates: tuple[Sitting, ...]
    keeps: bool
    mine: bool

    @property
    def coming(self) -> tuple[Sitting, ...]:
        """The dates that are still to come."""
        return tuple(date for date in self.dates if not date.over)


def everywhere(actor: Actor) -> list[tuple[str, list[Shown]]]:
    """List all forums by municipality, in Swedish order."""
    require(actor, Permission.READ_FORUMS)
    found = Municipality.select().where(Municipality.participates).order_by(Municipality.sort_key)
    by_municipality = [(each.name, [shown(actor, forum) for forum in load(Forum, _OPEN, (each.id,))]) for each in found]
    return [(name, forums) for name, forums in by_municipality if forums]


_OPEN = "municipality_id = ? AND closed_at IS NULL ORDER BY name, id"


def find(key: str) -> Forum | None:
    """Find a forum by its key; every forum is known to all who work here."""
    return next(iter(load(Forum, "key = ? AND closed_at IS NULL", (key,))), None)


def date_of(forum: Forum, key: str) -> ForumDate | None:
    """Find a date of a forum by its key."""
    return next(iter(load(ForumDate, "forum_id = ? AND key = ?", (forum.id, key))), None)


def shown(actor: Actor, forum: Forum) -> Shown:
    """Show a forum."""
    members, place = members_of(forum), place_of(forum)
    dates = load(ForumDate, "forum_id = ? ORDER BY starts_at", (forum.id,))
    return Shown(
        key=forum.key,
        name=forum.name,
        about=forum.about,
        how=forum.how,
        version=forum.version,
        municipality=forum.municipality.name,
        members=members,
        dates=tuple(map(sitting, dates)),
        keeps=may(actor, Permission.KEEP_FORUM, place),
        mine=may(actor, Permission.READ_AGENDA, place),
    )


def sitting(date: ForumDate) -> Sitting:
    """Show a date."""
    return Sitting(
        date.key, date.wall, date.starts_at, date.ends_at, date.place, cancelled=date.cancelled_at is not None
    )


def members_of(forum: Forum) -> tuple[Member, ...]:
    """The services of a forum, and who comes for each today."""
    today = clock.today()
    return tuple(
        Member(number, unit, label, slug, account, comes or "")
        for number, unit, label, slug, account, comes in rows(_MEMBERS, (*[today] * 4, forum.id))
    )


def place_of(forum: Forum) -> Place:
    """Say where a forum belongs: to its municipality's own organizer, and to those who come there today."""
    comes = frozenset(member.account for member in members_of(forum) if member.account is not None)
    return Place(organizer=organizer_of(forum.municipality_id), participants=comes)


def organizer_of(municipality: int) -> int | None:
    """The municipality as a huvudman."""
    found = rows(
        "SELECT id FROM organizer WHERE municipality_id = ? AND kind = ? ORDER BY id",
        (municipality, OrganizerKind.MUNICIPAL),
    )
    return found[0][0] if found else None


def kept_by(actor: Actor) -> list[Municipality]:
    """The municipalities whose forums the actor keeps, in Swedish order."""
    found = Municipality.select().where(Municipality.participates).order_by(Municipality.sort_key)
    return [each for each in found if may(actor, Permission.KEEP_FORUM, Place(organizer=organizer_of(each.id)))]


def candidates(unit: int) -> list[tuple[str, int, str]]:
    """Who can come for a service: key and number of the account, and name."""
    today = clock.today()
    return rows(_CANDIDATES, (unit, today, today, unit, today, today))


def findable(forum: Forum, query: str) -> list[tuple[str, str]]:
    """Search for services that do not belong to a forum yet: address part, and name with place."""
    if not query.strip():
        return []
    near = forum.municipality.slug
    found = search.find(query, page_size=MOST_FOUND, own_municipality=near, today=clock.today())
    there = {member.slug for member in members_of(forum)}
    units = {unit.slug: unit for unit in case_receivers.of_slugs(row.slug for row in found.rows or found.near)}
    return [(slug, f"{unit.label}, {unit.place}".strip(", ")) for slug, unit in units.items() if slug not in there]


@transaction
def make(actor: Actor, municipality: str, facts: Mapping[str, str]) -> Forum:
    """Begin a forum in a municipality, by its address part. Raises Refused and NotThere."""
    found = load(Municipality, "slug = ? AND participates", (municipality,))
    if not found:
        raise NotThere
    require(actor, Permission.KEEP_FORUM, Place(organizer=organizer_of(found[0].id)))
    made = Forum.create(key=case_files.new_key(), municipality=found[0], **{name: facts[name] for name in FIELDS})
    _note(actor, "forum:make", made, FIELDS)
    return made


@transaction
def change(actor: Actor, forum: Forum, facts: Mapping[str, str], seen: int) -> tuple[str, ...]:
    """Change what is said of a forum, and name what changed. Raises Refused and ChangedMeanwhile."""
    stands = _kept(actor, forum)
    if stands.version != seen:
        raise ChangedMeanwhile
    changed = tuple(name for name in FIELDS if getattr(stands, name) != facts[name])
    if changed:
        values = {name: facts[name] for name in changed}
        Forum.update(version=Forum.version + 1, **values).where(Forum.id == stands.id).execute()
        _note(actor, "forum:change", stands, changed)
    return changed


@transaction
def close(actor: Actor, forum: Forum) -> None:
    """End a forum: its dates to come are cancelled, and it is listed no more. Raises Refused."""
    stands, moment = _kept(actor, forum), clock.now()
    ForumDate.update(cancelled_at=moment).where(
        ForumDate.forum == stands, ForumDate.cancelled_at.is_null(), ForumDate.starts_at > moment
    ).execute()
    Forum.update(closed_at=moment).where(Forum.id == stands.id).execute()
    _note(actor, "forum:close", stands, ("closed_at",))


@transaction
def add_member(actor: Actor, forum: Forum, slug: str, account: str = "") -> None:
    """Let a service belong to a forum; `account` is the key of who comes. Raises Refused, NotThere and AlreadyThere.

    What is on an agenda already is shown to it only as far as a consent covers it.
    """
    stands = _kept(actor, forum)
    found = load(Unit, "slug = ? AND status = ?", (slug, Status.ACTIVE))
    if not found:
        raise NotThere
    if load(ForumMember, "forum_id = ? AND unit_id = ?", (stands.id, found[0].id)):
        raise AlreadyThere
    ForumMember.create(forum=stands, unit=found[0], account=_who_comes(found[0].id, account))
    _note(actor, "forum:change-members", stands, ("unit", "account"))


@transaction
def set_who_comes(actor: Actor, forum: Forum, number: int, account: str) -> None:
    """Say who comes for a service; nobody when `account` is "". Raises Refused and NotThere."""
    stands = _kept(actor, forum)
    member = _member(stands, number)
    ForumMember.update(account=_who_comes(member.unit_id, account)).where(ForumMember.id == member.id).execute()
    _note(actor, "forum:change-members", stands, ("account",))


@transaction
def take_out_member(actor: Actor, forum: Forum, number: int) -> None:
    """Let a service belong to a forum no longer. Raises Refused and NotThere."""
    stands = _kept(actor, forum)
    ForumMember.delete().where(ForumMember.id == _member(stands, number).id).execute()
    _note(actor, "forum:change-members", stands, ("unit",))


@transaction
def add_date(actor: Actor, forum: Forum, wall: str, minutes: int, place: str) -> ForumDate:
    """Let a forum sit at a time on the wall, to come. Raises Refused, AlreadyThere, NotThere, wall_clock's reasons."""
    stands = _kept(actor, forum)
    moment = wall_clock.moment_of(wall)
    if moment <= clock.now():
        raise NotThere
    if load(ForumDate, "forum_id = ? AND starts_at = ?", (stands.id, ForumDate.starts_at.db_value(moment))):
        raise AlreadyThere
    made = ForumDate.create(
        key=case_files.new_key(),
        forum=stands,
        wall=wall,
        starts_at=moment,
        ends_at=moment + timedelta(minutes=minutes),
        place=place,
    )
    _note(actor, "forum:add-date", stands, ("wall", "place"))
    return made


@transaction
def cancel_date(actor: Actor, forum: Forum, date: ForumDate) -> None:
    """Cancel a date to come. Raises Refused and NotThere."""
    stands = _kept(actor, forum)
    done = (
        ForumDate.update(cancelled_at=clock.now())
        .where(
            ForumDate.id == date.id,
            ForumDate.forum == stands,
            ForumDate.cancelled_at.is_null(),
            ForumDate.ends_at > clock.now(),
        )
        .execute()
    )
    if not done:
        raise NotThere
    _note(actor, "forum:cancel-date", stands, ("cancelled_at",))


def _kept(actor: Actor, forum: Forum) -> Forum:
    """Within a transaction, read a forum that the actor keeps, once nobody else is changing it."""
    one_at_a_time(f"forum:{forum.id}")
    stands = Forum.get_by_id(forum.id)
    require(actor, Permission.KEEP_FORUM, place_of(stands))
    return stands


def _member(forum: Forum, number: int) -> ForumMember:
    found = load(ForumMember, "id = ? AND forum_id = ?", (number, forum.id))
    if not found:
        raise NotThere
    return found[0]


def _who_comes(unit: int, account: str) -> int | None:
    if not account:
        return None
    found = [number for key, number, _name in candidates(unit) if key == account]
    if not found:
        raise NotThere
    return found[0]


def _note(actor: Actor, action: str, forum: Forum, fields: tuple[str, ...]) -> None:
    audit.record(actor, action, "forum", forum.key, place=place_of(forum), fields=fields)
