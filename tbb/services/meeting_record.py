"""Writing the record of a meeting: kept field by field from several devices, and closed when nothing is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tbb import clock
from tbb.database import one_at_a_time, rows, transaction
from tbb.models import AuditRow, Meeting, MeetingLetter, Participant
from tbb.models.kinds import CaseEventKind, CaseState
from tbb.models.meeting_kinds import Attendance, MeetingState
from tbb.policy import Actor, Permission, require
from tbb.services import (
    case_files,
    followups,
    keeping_both,
    letters,
    meeting_mail,
    meeting_moments,
    meeting_sheet,
    meeting_shelf,
    meetings,
    minutes_by_link,
    plan_actions,
    plan_notes,
    plans,
    sealed_fields,
)
from tbb.services.meeting_moments import Closed, NotHeld
from tbb.services.meeting_sheet import Sheet
from tbb.services.sealed_fields import Field

DID_NOT_COME = "Kom inte till mötet."
"""What stands of a service that did not come, when nobody has written more (R19)."""
QUIET = timedelta(minutes=5)
"""While somebody goes on in the same parts the audit is told this often; each field has its own day and hand."""


class NotReady(Exception):
    """The minutes cannot be closed yet: `missing` names what they lack (R18)."""

    def __init__(self, missing: tuple[str, ...]):
        super().__init__(f"{len(missing)} things are missing.")
        self.missing = missing


@dataclass(frozen=True)
class Saved:
    """What became of answers that a page saved by itself; see drafts.Saved."""

    at: datetime
    merged: dict[str, str]
    seen: dict[str, str]


@transaction
def save(
    actor: Actor, meeting: Meeting, answers: Mapping[str, str], seen: Mapping[str, int] | None = None
) -> tuple[str, ...]:
    """Save what was written in a record and name what changed; `seen` gives the version each had when it was shown.

    Raises Refused, NotHeld, Closed, ValueError for what has no field, and sealed_fields.Overtaken.
    """
    stands, sheet = _opened(actor, meeting, answers)
    changed = _write(actor, stands, sheet, answers, seen)
    _note(actor, stands, changed, quiet=False)
    return changed


@transaction
def keep(actor: Actor, meeting: Meeting, answers: Mapping[str, str], marks: Mapping[str, str]) -> Saved:
    """Save what a page sends by itself: two devices' words become one text that holds both.

    Raises Refused, NotHeld, Closed, and ValueError for what has no field.
    """
    stands, sheet = _opened(actor, meeting, answers)
    whole = {
        name: keeping_both.settled(
            stands.key, name, text, sheet.fields.get(name, Field()), marks, choice=is_choice(name)
        )
        for name, text in answers.items()
    }
    changed = _write(actor, stands, sheet, whole, None)
    _note(actor, stands, changed, quiet=True)
    after = meeting_sheet.opened(actor, stands).fields if changed else sheet.fields
    return Saved(
        at=clock.now(),
        merged={
            name: text
            for name, text in whole.items()
            if text != answers[name] and keeping_both.touched(stands.key, name, answers[name], marks)
        },
        seen={name: sheet.mark_of(name, after.get(name, Field())) for name in answers},
    )


@transaction
def close(actor: Actor, meeting: Meeting) -> Meeting:
    """Close the minutes: from now on they change no more, the plan is made and its follow-up booked (R17, R18).

    All of it happens, or nothing. Raises Refused, NotHeld, Closed and NotReady.
    """
    one_at_a_time("consents")
    require(actor, Permission.CLOSE_MEETING, meeting_shelf.place_of_meeting(meeting))
    stands = meetings.latest(meeting)
    if stands.state == MeetingState.CLOSED or stands.case.state == CaseState.CLOSED:
        raise Closed
    if not meeting_moments.has_begun(stands):
        raise NotHeld
    sheet = meeting_sheet.whole_of(stands)
    if lacking := missing(sheet, actor):
        raise NotReady(lacking)
    codes = [area.code for area in sheet.agenda]
    sealed_fields.save(stands, {meeting_sheet.AGENDA: " ".join(codes)} | _hidden(sheet, codes), by=actor.account)
    moment = clock.now()
    Meeting.update(
        state=MeetingState.CLOSED, held_at=stands.held_at or moment, closed_at=moment, version=Meeting.version + 1
    ).where(Meeting.id == stands.id).execute()
    if sheet.plans:
        _make_plan(actor, stands, sheet)
    case_files.note_event(actor, stands.case, CaseEventKind.MEETING_CLOSED)
    meetings.note(actor, "meeting:close", stands, ("state",))
    _tell(actor, stands, sheet)
    return Meeting.get_by_id(stands.id)


def missing(sheet: Sheet, actor: Actor) -> tuple[str, ...]:
    """Name what closing lacks, by the names of fields; ``coordinator`` and ``decisions`` stand for themselves.

    An anonymous consultation needs decisions alone (R22).
    """
    texts = sheet.texts
    lacking = [f"area.{area.code}.agreed" for area in sheet.agenda if not area.texts["agreed"]]
    lacking += [f"area.{area.code}.why" for area in sheet.agenda if not area.flagged and not area.texts["why"]]
    if not sheet.agenda and meeting_sheet.SUM not in texts:
        lacking.append("decisions")
    if sheet.anonymous:
        return tuple(lacking)
    unknown = [each.key for each in sheet.people if not each.ended and each.attended == Attendance.UNKNOWN]
    first = [f"attended.{key}" for key in unknown]
    if not any(texts.get(name) for name in meeting_sheet.VOICE):
        first.append("voice.says")
    return (*first, *lacking, *(_missing_after(sheet, actor) if sheet.plans else ()))


def is_choice(name: str) -> bool:
    """Whether an answer is one of a few, so that there is nothing to put together."""
    return name.startswith(("do.", "followup.", "attended.")) and not name.endswith(".what")


def _missing_after(sheet: Sheet, actor: Actor) -> Iterable[str]:
    """What is missing of that which follows upon the decisions: who coordinates, who does what by when, when next."""
    if sheet.coordinator is None:
        yield "coordinator"
    known = {each.key for each in sheet.owners}
    for todo in sheet.todos:
        if todo.who not in known:
            yield f"do.{todo.key}.who"
        if todo.due_on is None:
            yield f"do.{todo.key}.by"
    if not sheet.books or sheet.next_meeting is not None:
        return
    if sheet.followup is None:
        yield "followup.day"
    elif not sheet.texts.get("followup.agreed") and not _coordinates(actor, sheet):
        yield "followup.agreed"


def _coordinates(actor: Actor, sheet: Sheet) -> bool:
    return sheet.coordinator is not None and sheet.coordinator.account == actor.account


def _opened(actor: Actor, meeting: Meeting, answers: Mapping[str, str]) -> tuple[Meeting, Sheet]:
    """Open the record for somebody who writes in it; raise what hinders it."""
    require(actor, Permission.RECORD_MEETING, meeting_shelf.place_of_meeting(meeting))
    stands = meetings.latest(meeting)
    if stands.state == MeetingState.CLOSED or stands.case.state == CaseState.CLOSED:
        raise Closed
    if not meeting_moments.is_open(stands):
        raise NotHeld
    sheet = meeting_sheet.opened(actor, stands)
    if unknown := set(answers) - set(sheet.names(answers)):
        raise ValueError(f"The record has no fields named {sorted(unknown)}.")
    return stands, sheet


def _write(
    actor: Actor, meeting: Meeting, sheet: Sheet, answers: Mapping[str, str], seen: Mapping[str, int] | None
) -> tuple[str, ...]:
    attended = {name: text for name, text in answers.items() if meeting_sheet.ATTENDED.fullmatch(name)}
    sealed = {name: text for name, text in answers.items() if name not in attended}
    changed = list(sealed_fields.save(meeting, sealed, by=actor.account, seen=seen))
    written = {name.split(".")[1] for name in changed if name.startswith("area.")}
    sealed_fields.save(meeting, _hidden(sheet, written), by=actor.account)
    for name, text in attended.items():
        if text != sheet.fields.get(name, Field()).text:
            Participant.update(attended=Attendance(text)).where(Participant.key == name.partition(".")[2]).execute()
            changed.append(name)
    if changed and meeting.state == MeetingState.SET and meeting_moments.has_begun(meeting):
        Meeting.update(state=MeetingState.HELD, held_at=clock.now()).where(Meeting.id == meeting.id).execute()
    return tuple(changed)


def _hidden(sheet: Sheet, codes: Iterable[str]) -> dict[str, str]:
    """Mark the areas that guardians may not read of in the record too, so that no printout for them holds those."""
    return {f"area.{area.code}.hidden": "1" for area in sheet.areas if area.hidden and area.code in codes}


def _note(actor: Actor, meeting: Meeting, changed: Iterable[str], *, quiet: bool) -> None:
    """Tell the audit which parts were written in: which areas says something of the child, so never those."""
    parts = {name.partition(".")[0] for name in changed}
    if not parts:
        return
    since = AuditRow.at.db_value(clock.now() - QUIET)
    asked = "SELECT fields FROM audit_row WHERE thing = 'meeting' AND thing_id = ? AND action = ? AND actor = ?"
    asked += " AND outcome = 'done' AND at > ?"
    told = rows(asked, (meeting.reference, "meeting:record", actor.name, since)) if quiet else []
    if not parts <= {part for (fields,) in told for part in fields.split(",")}:
        meetings.note(actor, "meeting:record", meeting, parts)


def _make_plan(actor: Actor, meeting: Meeting, sheet: Sheet) -> None:
    """Let what was agreed become the plan, with its follow-up, and note which services did not come."""
    goals = {f"goal.{area.code}.{part}": area.texts[part] for area in sheet.agenda for part in ("child", "own")}
    goals |= {f"goal.{area.code}.hidden": "1" for area in sheet.agenda if area.hidden}
    people = {each.key: each for each in sheet.people}
    hidden = {area.code for area in sheet.areas if area.hidden}
    wanted = [
        plan_actions.NewAction(
            what=todo.what,
            who=people[todo.who].label,
            area=todo.area,
            unit=people[todo.who].unit,
            account=people[todo.who].account if people[todo.who].professional else None,
            participant=people[todo.who].id,
            due_on=todo.due_on,
            hidden=todo.area in hidden,
        )
        for todo in sheet.todos
    ]
    plan = plans.make(actor, meeting, goals={name: text for name, text in goals.items() if text}, actions=wanted)
    if sheet.books and sheet.next_meeting is None:
        when, minutes = sheet.followup
        theirs = "" if _coordinates(actor, sheet) else f"Bokad av {_name_of(actor)} åt samordningspersonen."
        followups.book(actor, plan, wall=when, minutes=minutes, by_words=theirs)
        if theirs:
            sealed_fields.save(meeting, {meeting_sheet.BOOKED_BY: theirs}, by=actor.account)
    for unit in sheet.absent:
        plan_notes.deviate(actor, plan, unit, sheet.texts.get(f"deviation.{unit}", "") or DID_NOT_COME)


def _name_of(actor: Actor) -> str:
    found = rows("SELECT name FROM account WHERE id = ?", (actor.account,))
    return found[0][0] if found else actor.name


def _tell(actor: Actor, meeting: Meeting, sheet: Sheet) -> None:
    """Write to those with an account who take part that there is something to read and confirm; never what."""
    for each in sheet.people:
        reads = not each.ended and each.professional and each.account and each.unit in sheet.shared
        if not reads or each.account == actor.account:
            continue
        mark = f"{meeting_mail.MINUTES}{meeting.key}:{each.key}"
        facts = {"reference": meeting.reference, "path": f"/moten/{meeting.key}/anteckningar/las"}
        letters.write(mark, each.email, "minutes_ready", facts)
        MeetingLetter.create(participant=each.id, what=meeting_mail.CONFIRM, dedupe=mark, at=clock.now())
    if not sheet.anonymous:
        minutes_by_link.open_links(meeting, sheet)
