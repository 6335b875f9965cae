"""What is put on the agenda of a forum: cases by consent, anonymous consultations (R22), and who may read of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tbb import clock
from tbb.database import load, one_at_a_time, rows, transaction
from tbb.models import Account, Case, Forum, ForumDate, ForumItem, Unit
from tbb.models.kinds import About, CaseEventKind
from tbb.policy import Actor, Permission, require
from tbb.services import audit, case_files, case_shelf, consents, forums, mapping
from tbb.services.wheel_texts import AREAS, FLAGGED

_COMING = """
    cancelled_at IS NULL AND starts_at > ? AND forum_id IN (
        SELECT id FROM forum WHERE closed_at IS NULL AND municipality_id = ?) ORDER BY starts_at, id
"""


class NotNow(Exception):
    """The forum does not sit then any more, or the case is on that agenda already."""


@dataclass(frozen=True)
class Item:
    """One line of an agenda: a reference, who brings it, and the areas that may be spoken of. Never a name."""

    key: str
    reference: str
    unit: str
    brought_by: str
    anonymous: bool
    areas: tuple[str, ...]


@dataclass(frozen=True)
class Brought:
    """A case's place on an agenda, as those see it who answer for it. `ended` says that it was taken away."""

    key: str
    forum: str
    forum_name: str
    wall: str
    minutes: int
    place: str
    cancelled: bool
    ended: str


@dataclass(frozen=True)
class Choice:
    """A date that a case could be brought to, and the labels of the services that no consent covers then."""

    date: str
    forum: str
    forum_name: str
    how: str
    wall: str
    minutes: int
    place: str
    missing: tuple[str, ...]


def agenda(actor: Actor, forum: Forum, date: ForumDate) -> list[Item]:
    """List what one who comes for a service may read of an agenda; every case that is shown is on record as read.

    Each only as far as a consent covers that service today. Raises Refused.
    """
    require(actor, Permission.READ_AGENDA, forums.place_of(forum))
    units = {member.unit for member in forums.members_of(forum) if member.account == actor.account}
    found = load(ForumItem, "date_id = ? AND ended_at IS NULL ORDER BY position, id", (date.id,))
    shown = []
    for item in found:
        readers = [unit for unit in sorted(units) if consents.may_be_shared_with(item.case, unit)]
        if readers:
            place = case_shelf.place_of(item.case)
            audit.record_reading(actor, "forum:agenda", "case", item.case.reference, place=place)
            shown.append(_item(item, readers))
    return shown


def choices(actor: Actor, case: Case) -> list[Choice]:
    """The dates to come in the case's municipality, and what is missing for the case to be brought there."""
    require(actor, Permission.BRING_CASE, case_shelf.place_of(case))
    municipality = Unit.get_by_id(case.unit_id).municipality_id
    there = {item.date_id for item in load(ForumItem, "case_id = ? AND ended_at IS NULL", (case.id,))}
    found = load(ForumDate, _COMING, (ForumDate.starts_at.db_value(clock.now()), municipality))
    return [_choice(case, date) for date in found if date.id not in there]


def of_case(case: Case) -> list[Brought]:
    """Where a case has been brought, the newest first."""
    found = load(ForumItem, "case_id = ? ORDER BY id DESC", (case.id,))
    return [
        Brought(
            item.key,
            item.date.forum.key,
            item.date.forum.name,
            item.date.wall,
            forums.sitting(item.date).minutes,
            item.date.place,
            cancelled=item.date.cancelled_at is not None,
            ended=item.ended_why,
        )
        for item in found
    ]


@transaction
def bring(actor: Actor, case: Case, date: str) -> ForumItem:
    """Put a case on the agenda of a date, by its key: anonymous, or when a consent covers every service of the forum.

    Raises Refused, NotNow, mapping's NotReceived and Closed, and NotCovered with the services that lack consent.
    """
    one_at_a_time("consents")
    require(actor, Permission.BRING_CASE, case_shelf.place_of(case))
    stands = mapping.latest(case)
    mapping.open_for_work(stands)
    found = [each for each in load(ForumDate, "key = ?", (date,)) if _sits(each, stands)]
    if not found:
        raise NotNow
    one_at_a_time(f"forum:{found[0].forum_id}")
    consents.require_shared(stands, _services(stands, found[0]), clock.local(found[0].starts_at).date())
    item = _put(actor, stands, found[0])
    case_files.note_event(actor, stands, CaseEventKind.FORUM)
    audit.record(
        actor, "forum:bring", "case", stands.reference, place=case_shelf.place_of(stands), fields=("forum", "date")
    )
    return item


@transaction
def take_out(actor: Actor, case: Case, item: str) -> None:
    """Take a case off an agenda. Raises Refused, and NotNow when it has been done."""
    require(actor, Permission.BRING_CASE, case_shelf.place_of(case))
    done = (
        ForumItem.update(ended_at=clock.now(), ended_why="taken_out")
        .where(ForumItem.key == item, ForumItem.case == case, ForumItem.ended_at.is_null())
        .execute()
    )
    if not done:
        raise NotNow
    audit.record(
        actor, "forum:take-out", "case", case.reference, place=case_shelf.place_of(case), fields=("forum", "date")
    )


def _item(item: ForumItem, readers: list[int]) -> Item:
    case = item.case
    levels = case_files.card_of(case).levels
    areas = tuple(
        area
        for area in AREAS
        if levels.get(area) in FLAGGED and any(consents.may_be_shared_with(case, unit, area=area) for unit in readers)
    )
    by = Account.get_or_none(Account.id == item.brought_by_id) if item.brought_by_id else None
    return Item(
        key=item.key,
        reference=case.reference,
        unit=consents.labels([case.unit_id])[0],
        brought_by=_name(by) if by else "",
        anonymous=case.about == About.ANONYMOUS,
        areas=areas,
    )


def _name(account: Account) -> str:
    person = account.person
    return person.function_name if person is not None and person.protected else account.name


def _choice(case: Case, date: ForumDate) -> Choice:
    day = clock.local(date.starts_at).date()
    missing = [
        unit
        for unit in _services(case, date)
        if not all(consents.may_be_shared_with(case, unit, each) for each in (clock.today(), day))
    ]
    return Choice(
        date.key,
        date.forum.key,
        date.forum.name,
        date.forum.how,
        date.wall,
        forums.sitting(date).minutes,
        date.place,
        consents.labels(missing),
    )


def _services(case: Case, date: ForumDate) -> list[int]:
    found = rows("SELECT unit_id FROM forum_member WHERE forum_id = ? ORDER BY unit_id", (date.forum_id,))
    return [unit for (unit,) in found if unit != case.unit_id]


def _sits(date: ForumDate, case: Case) -> bool:
    """Whether a date is still to come, in a forum of the case's own municipality."""
    near = date.forum.municipality_id == Unit.get_by_id(case.unit_id).municipality_id
    return near and date.forum.closed_at is None and date.cancelled_at is None and date.starts_at > clock.now()


def _put(actor: Actor, case: Case, date: ForumDate) -> ForumItem:
    known = load(ForumItem, "date_id = ? AND case_id = ?", (date.id, case.id))
    if known and known[0].ended_at is None:
        raise NotNow
    moment: datetime = clock.now()
    last = rows("SELECT COALESCE(MAX(position), 0) FROM forum_item WHERE date_id = ?", (date.id,))[0][0]
    values = {"brought_by": actor.account, "position": last + 1, "at": moment, "ended_at": None, "ended_why": ""}
    if known:
        ForumItem.update(**values).where(ForumItem.id == known[0].id).execute()
        return ForumItem.get_by_id(known[0].id)
    return ForumItem.create(key=case_files.new_key(), date=date, case=case, **values)
