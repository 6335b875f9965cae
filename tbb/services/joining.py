"""Where every independent organisation stands towards the model: offers, contacts, yearly renewal and leaving."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from tbb import clock
from tbb.database import one_at_a_time, rows, transaction
from tbb.models import Account, Grant, Joining, JoiningNote, Organizer, Responsibility, Unit
from tbb.models.kinds import Duty, JoiningState, OrganizerKind
from tbb.policy import Actor, Permission, Place, Refused, may, require
from tbb.services import agreements, audit, entry_history, letters, search, versions
from tbb.services.approving import a_year_after

REMIND_BEFORE = (timedelta(days=30), timedelta(days=7))
"""How long before the day the organisation is asked, and asked again."""
RENEWABLE_BEFORE = timedelta(days=60)
BY_HAND = tuple(state for state in JoiningState if state not in (JoiningState.NOT_OFFERED, JoiningState.JOINED))
"""The states that a contact may lead to; joined follows only from an approved application."""


class CannotLeave(Exception):
    """The organisation cannot leave as asked; the message is a Swedish sentence."""


class NotNow(Exception):
    """There is nothing to renew: the organisation has not joined, or has renewed already."""


def find(actor: Actor, number: int, permission: Permission = Permission.READ_JOINING) -> Organizer | None:
    """Find an independent organisation among those that the actor may see; None when there is none there."""
    found = Organizer.get_or_none(Organizer.id == number, Organizer.kind == OrganizerKind.INDEPENDENT.value)
    return found if found and may(actor, permission, Place(organizer=number)) else None


def joining_of(organizer: Organizer) -> Joining | None:
    """Where an organisation stands; None when nothing has been written down."""
    return Joining.get_or_none(Joining.organizer == organizer)


@transaction
def note(actor: Actor, organizer: Organizer, *, on: date, how: str, text: str, state: str = "") -> None:
    """Write down a contact, and the new state when it led to one.

    A joined organisation keeps its state: it leaves by `leave`. Raises Refused.
    """
    require(actor, Permission.NOTE_JOINING, Place(organizer=organizer.id))
    wanted = JoiningState(state) if state else None
    if wanted is not None and wanted not in BY_HAND:
        raise Refused(f"{actor.name} may not set {wanted} by hand.")
    joining = _joining(organizer, JoiningState.NOT_OFFERED)
    if wanted and joining.state != JoiningState.JOINED:
        _change(joining, wanted)
    _note(actor, joining, on, how, text, state if joining.state == state else "")
    audit.record(actor, "joining:note", "organizer", organizer.id, place=Place(organizer=organizer.id))


@transaction
def offer(actor: Actor, numbers: Iterable[int], *, on: date, how: str, text: str) -> int:
    """Write down that organisations have been offered to join; only of those that were not before. Tell how many."""
    require(actor, Permission.NOTE_JOINING)
    one_at_a_time("joining")
    done = 0
    for organizer in Organizer.select().where(
        Organizer.id << sorted(set(numbers)), Organizer.kind == OrganizerKind.INDEPENDENT.value
    ):
        joining = _joining(organizer, JoiningState.NOT_OFFERED)
        if joining.state != JoiningState.NOT_OFFERED:
            continue
        _change(joining, JoiningState.OFFERED)
        _note(actor, joining, on, how, text, JoiningState.OFFERED)
        audit.record(actor, "joining:offer", "organizer", organizer.id, place=Place(organizer=organizer.id))
        done += 1
    return done


def may_renew(joining: Joining | None) -> bool:
    """Whether it is time to say that the organisation goes on."""
    return (
        joining is not None
        and joining.state == JoiningState.JOINED
        and joining.left_on is None
        and joining.renew_by is not None
        and (joining.renew_by - RENEWABLE_BEFORE <= clock.today() or joining.agreement != agreements.CURRENT)
    )


@transaction
def renew(actor: Actor, organizer: Organizer, version: int) -> Joining:
    """Go on for another year under the agreement as it stands; NotNow when that is done already.

    `version` is the agreement that was shown; another than the current one is NotNow too.
    """
    require(actor, Permission.RENEW_JOINING, Place(organizer=organizer.id))
    one_at_a_time("joining")
    joining = joining_of(organizer)
    if not may_renew(joining) or version != agreements.CURRENT:
        raise NotNow
    following = a_year_after(joining.renew_by)
    while following <= clock.today():
        following = a_year_after(following)
    joining.renew_by, joining.agreement, joining.reminded_on = following, version, None
    joining.save()
    _note(actor, joining, clock.today(), "renewal", "Organisationen fortsätter.", "")
    fields = ("renew_by", "agreement")
    audit.record(actor, "joining:renew", "organizer", organizer.id, place=Place(organizer=organizer.id), fields=fields)
    return joining


@transaction
def leave(actor: Actor, organizer: Organizer, last_day: date, reason: str) -> None:
    """Let an organisation leave after a day: its responsibilities and duties end with that day; nothing is erased.

    Its own administrator or a process leader may. Raises Refused and CannotLeave.
    """
    place = Place(organizer=organizer.id)
    if not (may(actor, Permission.RENEW_JOINING, place) or may(actor, Permission.NOTE_JOINING, place)):
        raise Refused(f"{actor.name} may not let organizer {organizer.id} leave.")
    one_at_a_time("joining")
    joining = joining_of(organizer)
    if joining is None or joining.state != JoiningState.JOINED or joining.left_on is not None:
        raise CannotLeave("Organisationen är inte ansluten, eller har redan en sista dag.")
    if last_day < clock.today():
        raise CannotLeave("Sista dagen kan inte vara en dag som har varit.")
    units = [each.id for each in Unit.select(Unit.id).where(Unit.organizer == organizer)]
    _end_responsibilities(actor, units, last_day)
    admins = administrators(organizer.id)
    _end_duties(actor, organizer.id, units, last_day)
    joining.left_on = last_day
    joining.save(only=[Joining.left_on])
    _note(actor, joining, clock.today(), "leaving", reason, "")
    search.reindex(units)
    versions.bump(versions.DIRECTORY)
    facts = {"organization": organizer.name, "last_day": last_day.isoformat()}
    for account in admins:
        letters.write(f"joining:{joining.id}:left:{last_day}:{account.id}", account.email, "joining_left", facts)
    audit.record(actor, "joining:leave", "organizer", organizer.id, place=place, fields=("left_on", "ends_on"))


def _end_responsibilities(actor: Actor, units: Sequence[int], last_day: date) -> None:
    planned = Responsibility.select().where(Responsibility.unit << units, Responsibility.starts_on > last_day)
    if planned.exists():
        raise CannotLeave(
            "Någon är planerad att bli ansvarig efter sista dagen. Ta bort den planeringen under Verksamheter först."
        )
    lasting = Responsibility.ends_on.is_null() | (Responsibility.ends_on > last_day)
    for part in list(Responsibility.select().where(Responsibility.unit << units, lasting)):
        before, part.ends_on = part.ends_on, last_day
        part.save(only=[Responsibility.ends_on])
        said = {"role": part.role, "person": part.person.label}
        was = said | {"ends_on": before.isoformat() if before else ""}
        entry_history.write(actor, part.unit_id, "end", was, said | {"ends_on": last_day.isoformat()}, part.person_id)


def _end_duties(actor: Actor, organizer: int, units: Sequence[int], last_day: date) -> None:
    here = (Grant.organizer == organizer) | (Grant.unit << units)
    lasting = Grant.ends_on.is_null() | (Grant.ends_on > last_day)
    Grant.update(ends_on=last_day).where(here, Grant.ended_at.is_null(), Grant.starts_on <= last_day, lasting).execute()
    Grant.update(ended_at=clock.now(), ended_by=actor.account).where(
        here, Grant.ended_at.is_null(), Grant.starts_on > last_day
    ).execute()


def administrators(organizer: int) -> list[Account]:
    """The accounts that run an organizer today."""
    today = clock.today()
    held = Grant.select(Grant.account).where(
        Grant.organizer == organizer,
        Grant.duty == Duty.ORGANIZER_ADMIN,
        Grant.ended_at.is_null(),
        Grant.starts_on <= today,
        Grant.ends_on.is_null() | (Grant.ends_on >= today),
    )
    return list(Account.select().where(Account.id << held, Account.state != "disabled").order_by(Account.id))


@transaction
def keep_up() -> int:
    """Ask those whose year is soon over, and close those whose last day has passed; tell how many it touched.

    For the worker, once a day; run twice it does nothing more.
    """
    one_at_a_time("joining")
    today, touched = clock.today(), 0
    joined = Joining.select().where(Joining.state == JoiningState.JOINED.value)
    for joining in joined:
        if joining.left_on is not None and joining.left_on < today:
            _change(joining, JoiningState.DECLINED)
            touched += 1
        elif joining.left_on is None and joining.renew_by is not None:
            touched += _remind(joining, today)
    return touched


def _remind(joining: Joining, today: date) -> int:
    """Write one letter for each of the two days that have come since the last one."""
    due = [joining.renew_by - before for before in REMIND_BEFORE if joining.renew_by - before <= today]
    if not due or (joining.reminded_on is not None and joining.reminded_on >= due[-1]):
        return 0
    facts = {
        "organization": joining.organizer.name,
        "renew_by": joining.renew_by.isoformat(),
        "path": f"/arbetsyta/fristaende/{joining.organizer_id}/fornya",
        "again": len(due) > 1,
    }
    for account in administrators(joining.organizer_id):
        dedupe = f"joining:{joining.id}:{joining.renew_by}:{len(due)}:{account.id}"
        letters.write(dedupe, account.email, "joining_renewal", facts)
    joining.reminded_on = today
    joining.save(only=[Joining.reminded_on])
    return 1


def _joining(organizer: Organizer, state: JoiningState) -> Joining:
    """Find or make the row of an organisation; of two at once one makes it."""
    one_at_a_time("joining")
    where = rows("SELECT municipality_id FROM unit WHERE organizer_id = ? ORDER BY id LIMIT 1", (organizer.id,))
    return Joining.get_or_none(Joining.organizer == organizer) or Joining.create(
        organizer=organizer,
        state=state,
        changed_on=clock.today(),
        municipality=where[0][0] if where else organizer.municipality_id,
    )


def _change(joining: Joining, state: JoiningState) -> None:
    joining.state, joining.changed_on = state, clock.today()
    joining.save(only=[Joining.state, Joining.changed_on])


def _note(actor: Actor, joining: Joining, on: date, how: str, text: str, state: str) -> None:
    JoiningNote.create(
        joining=joining, account=actor.account, on=on, how=how, note=text[:500], state=state, at=clock.now()
    )
