"""Taking a whole case out to the organisation's own diary or archive: as a PDF and as a file for computers."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from tbb import clock
from tbb.database import load, transaction
from tbb.models import Case, CaseExport
from tbb.models.kinds import CaseEventKind
from tbb.policy import Actor, Permission, require
from tbb.services import (
    audit,
    case_files,
    case_paper,
    case_record,
    case_sheet,
    case_shelf,
    collaboration_json,
    limits,
    sealed_fields,
)
from tbb.services.case_record import Agreed, Entry, Place, Record
from tbb.services.case_sheet import Sheet

ARCHIVE, EXTRACT = "archive", "extract"
MOST_A_DAY = 20
READY_FOR = timedelta(hours=1)
"""How long an export can be fetched, by the one who made it."""
PDF, JSON = "pdf", "json"
FORMATS = (PDF, JSON)
LEAD = "Export till verksamhetens eget diarium eller arkiv."
WORDS = (
    "Det här är allt som står i ärendet när exporten görs, med vem som skrev vad och när.",
    "Innehållet kan omfattas av sekretess. Förvara dokumentet enligt verksamhetens regler.",
)


class NotReady(Exception):
    """The file cannot be fetched: it is too late, somebody else's, or not released."""


@dataclass(frozen=True)
class Shown:
    """An export as the list shows it. `state` is waiting, released, refused, ready or past."""

    key: str
    kind: str
    state: str
    at: datetime
    by: str
    account: int | None
    released_by: str
    released_at: datetime | None
    taken_at: datetime | None


@transaction
def make(actor: Actor, case: Case, reason: str) -> CaseExport:
    """Note that a case is to be taken out, and why; raise TooOften beyond twenty a day."""
    place = case_shelf.place_of(case)
    require(actor, Permission.EXPORT_CASE, place)
    limits.spend("case-export", actor.name, most=MOST_A_DAY, seconds=86_400)
    made = note(actor, case, ARCHIVE, reason)
    case_files.note_event(actor, case, CaseEventKind.EXPORTED)
    audit.record(actor, "case:export", "case", case.reference, place=place)
    return made


def note(actor: Actor, case: Case, kind: str, reason: str, choices: dict[str, Any] | None = None) -> CaseExport:
    """Within the caller's transaction, write an export down; its reason and choices are sealed with the case's key."""
    key = case_files.new_key()
    sealed = None if choices is None else sealed_fields.seal(case, json.dumps(choices), choices_place(key))
    return CaseExport.create(
        case=case,
        key=key,
        kind=kind,
        reason=sealed_fields.seal(case, reason, reason_place(key)),
        choices=sealed,
        by=actor.account,
        at=clock.now(),
    )


def find(case: Case, key: str, kind: str) -> CaseExport | None:
    """Find an export of a case by its key; None when there is none of that kind."""
    found = load(CaseExport, "case_id = ? AND key = ? AND kind = ?", (case.id, key, kind))
    return found[0] if found else None


def exports(actor: Actor, case: Case) -> list[Shown]:
    """List what has been taken out of a case, the newest first."""
    require(actor, Permission.EXPORT_CASE, case_shelf.place_of(case))
    found = load(CaseExport, "case_id = ? ORDER BY at DESC, id DESC", (case.id,))
    return [shown(each) for each in found]


def shown(export: CaseExport) -> Shown:
    """Say of an export what lists show."""
    return Shown(
        key=export.key,
        kind=export.kind,
        state=_state(export),
        at=export.at,
        by=case_record.name_of(export.by_id),
        account=export.by_id,
        released_by=case_record.name_of(export.released_by_id) if export.released_by_id else "",
        released_at=export.released_at,
        taken_at=export.taken_at,
    )


def reason_of(case: Case, export: CaseExport) -> str:
    """Open why something is taken out."""
    return sealed_fields.unseal(case, export.reason, reason_place(export.key))


def may_fetch(actor: Actor, export: CaseExport) -> bool:
    """Whether the actor may fetch the files of an export for the archive now."""
    return export.kind == ARCHIVE and export.by_id == actor.account and clock.now() < export.at + READY_FOR


@transaction
def fetch(actor: Actor, case: Case, export: CaseExport, form: str) -> bytes:
    """Make one of an export's files, each time on record. Raises NotReady."""
    place = case_shelf.place_of(case)
    require(actor, Permission.EXPORT_CASE, place)
    if form not in FORMATS or not may_fetch(actor, export):
        raise NotReady
    audit.record(actor, "case:fetch-export", "case", case.reference, place=place, note=form)
    took(export)
    record, at, who = case_record.gather(case), clock.now(), case_record.name_of(actor.account)
    if form == JSON:
        return as_json(record, kind=ARCHIVE, who=who, at=at)
    return case_paper.pdf(case_sheet.signed(sheet_of(record), who=who, at=at, words=WORDS))


def took(export: CaseExport) -> None:
    """Within the caller's transaction, note when an export was first fetched."""
    CaseExport.update(taken_at=clock.now()).where(CaseExport.id == export.id, CaseExport.taken_at.is_null()).execute()


def sheet_of(record: Record) -> Sheet:
    """Set a whole case for the archive."""
    return case_sheet.of(record, "Ärende", LEAD)


def file_name(case: Case, kind: str, form: str) -> str:
    """Name a file by the case's number, which tells nothing, and random letters."""
    first = {ARCHIVE: "export", EXTRACT: "utdrag"}[kind]
    return f"{first}-{case.reference.lower()}-{case_files.new_key()[:6]}.{form}"


def as_json(
    record: Record, *, kind: str, who: str, at: datetime, names: bool = True, more: dict[str, Any] | None = None
) -> bytes:
    """Write a record for computers: every answer with its name, its words, its version, its writer and its moment.

    Without `names`, of those who work with the case only the senders of wheels are named.
    """
    told = {
        "format": f"tbb/case-{kind}",
        "format_version": 1,
        "made": {"at": _iso(at), "by": who},
        "case": _case(record),
        "wheels": [_wheel(wheel, names) for wheel in record.wheels],
        "answers": [_entry(entry, names) for entry in record.answers],
        "notes": [
            _entry(note.entry, names) | {"kind": str(note.kind), "wheel": note.wheel or None} for note in record.notes
        ],
        "consents": [_agreed(agreed, names) for agreed in record.agreed],
        "events": [
            {"what": event.what, "at": _iso(event.at), "unit": _place(event.place)}
            | ({"by": event.by} if names else {})
            | {"reason": _entry(event.reason, names) if event.reason else None}
            for event in record.events
        ],
    }
    told |= collaboration_json.told(record.together, lambda entry: _entry(entry, names), names)
    told |= more or {}
    if record.left_out:
        told["left_out_by_secrecy"] = record.left_out
    return json.dumps(told, ensure_ascii=False, indent=2).encode()


def reason_place(key: str) -> str:
    """What the reason of an export is bound to."""
    return f"case_export.reason:{key}"


def choices_place(key: str) -> str:
    """What the choices of an extract are bound to."""
    return f"case_export.choices:{key}"


def _state(export: CaseExport) -> str:
    if export.kind == ARCHIVE:
        return "ready" if clock.now() < export.at + READY_FOR else "past"
    if export.refused:
        return "refused"
    return "released" if export.released_at else "waiting"


def _case(record: Record) -> dict[str, Any]:
    return {
        "reference": record.reference,
        "about": str(record.about),
        "edition": record.edition,
        "state": str(record.state),
        "outcome": str(record.outcome) or None,
        "version": record.version,
        "unit": _place(record.place),
        "days": {name: _iso(moment) for name, moment in record.days},
    }


def _wheel(wheel: case_record.SentWheel, names: bool) -> dict[str, Any]:
    return {
        "reference": wheel.reference,
        "about": str(wheel.about),
        "template": str(wheel.template),
        "edition": wheel.edition,
        "sender": {"name": wheel.sender, "unit": _place(wheel.origin)},
        "recipient": {"unit": _place(wheel.recipient)},
        "crosses_border": wheel.crosses,
        "created_at": _iso(wheel.created_at),
        "sent_at": _iso(wheel.sent_at),
        "answers": [_entry(entry, names) for entry in wheel.entries],
        "consents": [_agreed(agreed, names) for agreed in wheel.agreed],
    }


def _entry(entry: Entry, names: bool) -> dict[str, Any]:
    told = {"id": entry.id, "name": entry.name, "label": entry.label}
    if entry.masked:
        return told | {"masked": case_sheet.MASKED}
    told |= {"text": entry.value, "version": entry.version, "at": _iso(entry.at)}
    if entry.text != entry.value:
        told["in_words"] = entry.text
    if entry.hidden:
        told["hidden_from_guardians"] = True
    return told | ({"by": entry.by} if names and entry.by else {})


def _agreed(agreed: Agreed, names: bool) -> dict[str, Any]:
    told = {
        "id": agreed.id,
        "version": agreed.version,
        "voices": [dict(zip(("who", "answer", "way", "on"), voice, strict=True)) for voice in agreed.voices],
        "units": list(agreed.units),
        "maturity": agreed.maturity,
        "scopes": list(agreed.scopes),
        "answers": [_entry(entry, names) for entry in agreed.entries],
        "taken_at": _iso(agreed.taken_at),
        "ends_on": agreed.ends_on,
        "withdrawn_at": _iso(agreed.withdrawn_at),
    }
    return told | ({"taken_by": agreed.taken_by} if names else {})


def _place(place: Place) -> dict[str, str]:
    return asdict(place)


def _iso(moment: datetime | None) -> str | None:
    return clock.local(moment).isoformat(timespec="seconds") if moment else None
