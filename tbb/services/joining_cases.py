"""Joining two cases about the same child, by hand and never by itself, and parting a wheel from a case again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tbb import clock
from tbb.database import load, rows, transaction
from tbb.models import Case, CaseEvent, CaseNote, Coordinator, Meeting, Plan, Wheel
from tbb.models.kinds import About, CaseEventKind, CaseState, NoteKind, Outcome
from tbb.policy import Actor, Permission, Place, require
from tbb.services import (
    audit,
    case_files,
    case_names,
    case_notes,
    case_page,
    case_shelf,
    mapping,
    meeting_access,
    plan_shelf,
    resealing,
    sealed_fields,
)
from tbb.services.case_files import Card

REFERENCE = re.compile(r"\bB-[A-Z2-9]{6}\b")


class CannotJoin(Exception):
    """These two cases cannot be joined. `why` is a key of WHY_NOT."""

    def __init__(self, why: str):
        super().__init__(why)
        self.why = why


class CannotPart(Exception):
    """The wheel is not one of several in the case."""


WHY_NOT = {
    "same": "Det är samma ärende.",
    "unit": "Ärendena hör till olika verksamheter.",
    "about": "Bara ärenden om ett enskilt barn kan föras ihop.",
    "closed": "Ett avslutat ärende kan inte föras ihop med ett annat.",
    "sent": "Ta emot hjulet först. Sedan kan du föra ihop ärendena.",
    "offered": "Det andra ärendet är på väg att lämnas över. Dra tillbaka det först.",
    "plans": "Båda ärendena har en plan som följs. Avsluta den ena planen först.",
    "coordinators": "Båda ärendena har en samordningsperson. Avsluta den ena planen först.",
    "held": "Det andra ärendet är undantaget från gallring. Häv undantaget först.",
}


@dataclass(frozen=True)
class Other:
    """Another open case of the unit, in the list to choose from."""

    key: str
    reference: str
    card: Card
    wheels: int


def choices(actor: Actor, case: Case) -> list[Other]:
    """List the cases that this one may be joined with, the newest first, and write down that their cards are read."""
    place = case_shelf.place_of(case)
    require(actor, Permission.DECIDE_CASE, place)
    where, params = case_shelf.cases(actor)
    found = rows(
        "SELECT c.key, c.reference, c.seal, c.card, (SELECT COUNT(*) FROM wheel w WHERE w.case_id = c.id)"
        f" FROM casefile c WHERE c.unit_id = ? AND c.id <> ? AND c.about = ? AND c.state NOT IN (?, ?) AND {where}"
        " ORDER BY c.opened_at DESC, c.id DESC",
        (case.unit_id, case.id, About.CHILD, CaseState.SENT, CaseState.CLOSED, *params),
    )
    if case.about != About.CHILD or not found:
        return []
    audit.record_reading(actor, Permission.READ_CASES, "case", "list", place=place)
    return [
        Other(key, reference, case_files.read_card(key, seal, card), wheels)
        for key, reference, seal, card, wheels in found
    ]


def beside(actor: Actor, case: Case, key: str) -> case_page.Shown | None:
    """Open the other case for showing it beside this one, once the reading is written down; None if not there."""
    other = case_shelf.case(actor, key, Permission.DECIDE_CASE)
    if other is None:
        return None
    require(actor, Permission.DECIDE_CASE, case_shelf.place_of(case))
    audit.record_reading(
        actor, Permission.READ_CASE, "case", other.reference, place=case_shelf.place_of(other)
    )  # fmt: skip
    return case_page.shown(actor, other)


def why_not(case: Case, other: Case) -> str:
    """Tell by a key of WHY_NOT why another case cannot be joined to this one; "" when it can."""
    if case.id == other.id:
        return "same"
    if case.unit_id != other.unit_id:
        return "unit"
    if About.CHILD != case.about or About.CHILD != other.about:
        return "about"
    if CaseState.CLOSED in (case.state, other.state):
        return "closed"
    if CaseState.SENT in (case.state, other.state):
        return "sent"
    if rows("SELECT 1 FROM wheel WHERE handover_of_id = ?" + _WAITING, (other.id, CaseState.SENT)):
        return "offered"
    for why, asked in _ONE_AT_A_TIME.items():
        if rows(f"SELECT COUNT(DISTINCT case_id) FROM {asked}", (case.id, other.id))[0][0] > 1:
            return why
    held = rows("SELECT 1 FROM hold WHERE case_id = ? AND ended_at IS NULL", (other.id,))
    return "held" if held else ""


_ONE_AT_A_TIME = {
    "plans": "plan WHERE case_id IN (?, ?) AND state <> 'ended'",
    "coordinators": "coordinator WHERE case_id IN (?, ?) AND ended_at IS NULL",
}
"""What a case has one of at most."""
_WAITING = " AND (state = 'draft' OR case_id IN (SELECT id FROM casefile WHERE state = ?))"


@transaction
def join(actor: Actor, case: Case, other: Case) -> Case:
    """Let everything that the other case holds move here; the other is closed and says where it went.

    Its wheels keep their own keys. Its notes and answers are sealed anew with this case's key; an answer that this
    case has already with other words becomes a note, so that nobody's words are lost. Raises Refused and CannotJoin.
    """
    for each in (case, other):
        require(actor, Permission.DECIDE_CASE, case_shelf.place_of(each))
    for number in sorted((case.id, other.id)):  # in one order, so that two who join the same ones do not wait in a ring
        plan_shelf.hold(number)
    for number in sorted((case.id, other.id)):
        mapping.latest(Case(id=number))
    case, other = (Case.get_by_id(each.id) for each in (case, other))
    if why := why_not(case, other):
        raise CannotJoin(why)
    Wheel.update(case=case).where(Wheel.case == other).execute()
    for note in load(CaseNote, "case_id = ? ORDER BY id", (other.id,)):
        _move_note(note, other, case)
    _move_answers(actor, other, case)
    _move_meetings(actor, other, case)
    _follow_state(other, case)
    mapping.refresh_card(case)
    _say(actor, case, CaseEventKind.JOINED, f"{other.reference} fördes ihop med det här ärendet.", "case:join")
    _say(actor, other, CaseEventKind.JOINED, f"Fördes ihop med {case.reference}.", "case:join")
    Case.update(state=CaseState.CLOSED, closed_at=clock.now()).where(Case.id == other.id).execute()
    return Case.get_by_id(case.id)


@transaction
def part(actor: Actor, case: Case, wheel_key: str) -> Case:
    """Give one of several wheels a case of its own again, received, with what was asked of its sender.

    What the mapping says stays where it is. Raises Refused and CannotPart.
    """
    place = case_shelf.place_of(case)
    require(actor, Permission.DECIDE_CASE, place)
    stands = mapping.latest(case)
    mapping.open_for_work(stands)
    wheels = load(Wheel, "case_id = ? AND state = 'sent' ORDER BY id", (stands.id,))
    wheel = next((each for each in wheels if each.key == wheel_key), None)
    if wheel is None or len(wheels) < 2:
        raise CannotPart
    wheel.unit = stands.unit_id
    made = case_files.open_case(actor, wheel)
    wheel.save()
    moment = clock.now()
    Case.update(state=CaseState.RECEIVED, received_at=moment).where(Case.id == made.id).execute()
    CaseEvent.update(by=wheel.author_id, at=wheel.sent_at).where(CaseEvent.case == made).execute()
    for note in load(CaseNote, "wheel_id = ? ORDER BY id", (wheel.id,)):
        _move_note(note, stands, made)
    mapping.refresh_card(stands)
    _say(actor, stands, CaseEventKind.PARTED, f"Ett hjul flyttades till {made.reference}.", "case:part")
    _say(actor, made, CaseEventKind.PARTED, f"Delades från {stands.reference}.", "case:part")
    return Case.get_by_id(made.id)


def went_to(actor: Actor, shown: case_page.Shown) -> Case | None:
    """Find the case that an emptied one was joined with, if the actor may read that."""
    if shown.wheels:
        return None
    told = [event.reason for event in shown.events if event.what == CaseEventKind.JOINED]
    named = REFERENCE.search(told[-1]) if told else None
    found = rows("SELECT key FROM casefile WHERE reference = ?", (named[0],)) if named else []
    return case_shelf.case(actor, found[0][0]) if found else None


def _move_note(note: CaseNote, old: Case, new: Case) -> None:
    place = case_notes.place_of_note(note.key)
    body = sealed_fields.seal(new, sealed_fields.unseal(old, note.body, place), place)
    CaseNote.update(case=new, body=body).where(CaseNote.id == note.id).execute()


def _move_meetings(actor: Actor, old: Case, new: Case) -> None:
    """Let meetings, samordningspersoner and plans move too, sealed anew; the consents stay with the old case.

    So whom no consent of this case covers is asked no longer, until one does.
    """
    resealing.reseal_into(old, new)
    for model in (Meeting, Coordinator, Plan):
        model.update(case=new).where(model.case == old).execute()
    meeting_access.end_uncovered(actor, new)


def _move_answers(actor: Actor, old: Case, new: Case) -> None:
    """Seal the other case's answers anew here; what stands here already with other words becomes a note."""
    theirs, ours = sealed_fields.texts(old), sealed_fields.texts(new)
    free = {name: text for name, text in theirs.items() if name not in ours}
    for name in (name for name in theirs if name.endswith(".hidden") and name.removesuffix(".hidden") in ours):
        free.pop(name, None)  # the mark belongs to their words, and follows them into the note
    for name, text in theirs.items():
        if name in ours and ours[name] != text and not name.endswith(".hidden"):
            _note_collision(actor, old, new, name, text, hidden=bool(theirs.get(_mark_of(name))))
    sealed_fields.save(new, free, by=actor.account)
    sealed_fields.forget(old, theirs)


def _note_collision(actor: Actor, old: Case, new: Case, name: str, text: str, *, hidden: bool) -> None:
    key, said = case_files.new_key(), case_names.in_words(name, text)
    CaseNote.create(
        case=new,
        key=key,
        kind=NoteKind.NOTE,
        body=sealed_fields.seal(
            new, f"Från {old.reference}. {case_names.full_name(name)}: {said}", case_notes.place_of_note(key)
        ),
        hidden=hidden,
        by=actor.account,
        at=clock.now(),
    )


def _mark_of(name: str) -> str:
    """Name the mark that hides a field from guardians: an area's is common to all that is said of it."""
    first, middle, *_rest = name.split(".")
    return f"{first}.{middle}.hidden"


def _follow_state(other: Case, case: Case) -> None:
    """Let a case that was only received be one that is mapped, when what moved here was; with meetings, samarbete."""
    if rows("SELECT 1 FROM meeting WHERE case_id = ?", (case.id,)) and other.state == CaseState.COLLABORATING:
        moved = {"mapping_at": case.mapping_at or other.mapping_at, "decided_at": case.decided_at or other.decided_at}
        Case.update(state=CaseState.COLLABORATING, outcome=Outcome.MEETING, **moved).where(Case.id == case.id).execute()
        return
    if case.state == CaseState.RECEIVED and other.mapping_at is not None:
        Case.update(state=CaseState.MAPPING, mapping_at=other.mapping_at).where(Case.id == case.id).execute()


def _say(actor: Actor, case: Case, what: CaseEventKind, reason: str, action: str) -> None:
    place: Place = case_shelf.place_of(case)
    case_files.note_event(actor, case, what, reason=reason)
    audit.record(actor, action, "case", case.reference, place=place)
