"""Registerutdrag (GDPR article 15): what a case says of the child, masked where it is about others, by two persons."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from tbb import clock
from tbb.database import load, rows, transaction
from tbb.models import Account, Case, CaseExport
from tbb.models.kinds import CaseEventKind, Duty
from tbb.policy import Actor, Permission, Place, may, require
from tbb.services import (
    audit,
    case_export,
    case_files,
    case_names,
    case_paper,
    case_printing,
    case_record,
    case_sheet,
    case_shelf,
    collaboration_record,
    keepers,
    letters,
    limits,
    sealed_fields,
)
from tbb.services.case_record import SOMEBODY, Agreed, Entry, Record
from tbb.services.case_sheet import Line, Section, Sheet, Table
from tbb.services.wheel_texts import AREA_NAMES

CHILD, GUARDIAN = "child", "guardian"
GOOD_FOR = timedelta(days=30)
"""How long after its release an extract can be fetched."""
KIND = "Registerutdrag"
LEAD = "Uppgifter ur tjänsten Barnens bästa enligt artikel 15 i dataskyddsförordningen."
PURPOSE = (
    Line("Varför uppgifterna finns", "För att verksamheten ska kunna se hur barnet har det och ge rätt stöd i tid."),
    Line("Rättslig grund", "En uppgift av allmänt intresse, artikel 6.1 e i dataskyddsförordningen."),
    Line("Varifrån uppgifterna kommer", "Från barnet, vårdnadshavarna och dem som arbetar med barnet. Avsändaren"
         " står vid varje hjul."),
    Line("Hur länge de finns kvar", "Tills huvudmannens beslut om gallring säger att de ska tas bort."),
    Line("Rättigheter", "Du kan be om att få fel rättade. Du kan säga nej till hur uppgifterna används, be om att de"
         " raderas och klaga hos Integritetsskyddsmyndigheten, IMY."),
    Line("Automatiska beslut", "Tjänsten fattar inga beslut. Det gör människor."),
)  # fmt: skip
WORDS = (
    f"Där det står {case_sheet.MASKED} handlar det om någon annan än barnet. En människa har gått igenom varje"
    " sådan text, och en annan har granskat utdraget.",
    "Saknar du något eller är något fel? Vänd dig till verksamheten eller till huvudmannens dataskyddsombud.",
)
DUTIES = {
    Duty.STAFF: "Den som fyllde i hjulet",
    Duty.BBA: "Barnets bästa-ansvarig",
    Duty.DEPUTY: "Ersättare för Barnets bästa-ansvarig",
    Duty.DELEGATE: "Medarbetare med uppgift av Barnets bästa-ansvarig",
    Duty.UNIT_HEAD: "Enhetschef",
    Duty.ORGANIZER_ADMIN: "Huvudmannens administratör",
}
LEFT_OUT = "Några uppgifter är inte med, för att de omfattas av sekretess."
_READERS = """
    SELECT DISTINCT duty, unit FROM audit_row WHERE outcome = 'read' AND duty <> '' AND unit IS NOT NULL
      AND (thing = 'case' AND thing_id = ? OR thing = 'wheel' AND thing_id IN
           (SELECT reference FROM wheel WHERE case_id = ?)
           OR thing = 'meeting' AND thing_id IN (SELECT reference FROM meeting WHERE case_id = ?)
           OR thing = 'plan' AND thing_id IN (SELECT reference FROM plan WHERE case_id = ?))
"""


class NobodyToRelease(Exception):
    """Nobody else may look at the extract, so it cannot be released."""


class AlreadyDecided(Exception):
    """Somebody has released or refused the extract already."""


class HasChanged(Exception):
    """The case says something else now than when the extract was prepared."""


@dataclass(frozen=True)
class Choices:
    """What the preparer has decided: who asks, what is about others, which guardians' words are the asker's own."""

    asker: str
    masked: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Piece:
    """Some words that may be about somebody else, and what they are called."""

    entry: Entry
    label: str

    @property
    def of_guardians(self) -> bool:
        """Whether these are a guardian's words, masked unless they are the asker's own."""
        return self.entry.kind == case_names.GUARDIANS


@dataclass(frozen=True)
class Group:
    """The words of a wheel, of the mapping, or of the notes; `sender` and `wheel` for wheels only."""

    heading: str
    sender: str
    wheel: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Prepared:
    """An extract as both see it: how it will read, and where it is on its way."""

    export: case_export.Shown
    sheet: Sheet
    asker: str
    reason: str
    answer: str
    changed: bool
    mine: bool
    may_decide: bool
    may_fetch: bool


def material(actor: Actor, case: Case) -> list[Group]:
    """Give what the preparer goes through, piece by piece: all that somebody has written freely."""
    require(actor, Permission.EXPORT_CASE, case_shelf.place_of(case))
    record = case_record.gather(case)
    sent = [(f"Hjulet {wheel.reference}", wheel.sender, wheel.reference, wheel.entries) for wheel in record.wheels]
    agreed = [one for wheel in record.wheels for one in wheel.agreed] + list(record.agreed)
    parts = [
        *sent,
        ("Kartläggningen", "", "", record.answers),
        ("Anteckningar", "", "", [note.entry for note in record.notes]),
        ("Samtycken", "", "", [entry for one in agreed for entry in one.entries]),
        *((f"Mötet {met.reference}", "", "", met.entries) for met in record.together.meetings),
        ("Samordningsperson", "", "", [entry for one in record.together.coordinators for entry in one.entries]),
        *((f"Planen {plan.reference}", "", "", collaboration_record.of_plan(plan)) for plan in record.together.plans),
        ("Vilka som var tillfrågade", "", "", record.together.persons()),
        ("Skäl till det som har hänt", "", "", [event.reason for event in record.events if event.reason]),
    ]
    groups = []
    for heading, sender, wheel, entries in parts:
        pieces = tuple(Piece(each, _label(each)) for each in entries if each.in_words)
        if pieces or wheel:
            groups.append(Group(heading, sender, wheel, pieces))
    return groups


def earlier(actor: Actor, case: Case, key: str) -> Choices | None:
    """Give the choices of an extract that the actor prepared before, to begin from."""
    found = case_export.find(case, key, case_export.EXTRACT)
    if found is None or found.by_id != actor.account:
        return None
    return _choices(case, found)[0]


@transaction
def prepare(actor: Actor, case: Case, choices: Choices, reason: str) -> CaseExport:
    """Let an extract wait for a second person, and tell those who may look. Raises NobodyToRelease and TooOften."""
    place = case_shelf.place_of(case)
    require(actor, Permission.EXPORT_CASE, place)
    others = [each for each in _releasers(case.unit_id) if each.account != actor.account]
    if not others:
        raise NobodyToRelease
    limits.spend("case-export", actor.name, most=case_export.MOST_A_DAY, seconds=86_400)
    kept = {
        "asker": choices.asker,
        "masked": sorted(choices.masked),
        "own": sorted(choices.own),
        "senders": sorted(choices.senders),
        "digest": _digest(case_record.gather(case)),
    }
    made = case_export.note(actor, case, case_export.EXTRACT, reason, kept)
    audit.record(actor, "extract:prepare", "case", case.reference, place=place)
    for other in others:
        facts = {"path": f"/arenden/{case.key}/utdrag/{made.key}"}
        letters.write(f"extract:{made.key}:{other.account}", other.email, "extract_waiting", facts)
    return made


def find(actor: Actor, key: str, export: str) -> tuple[Case, CaseExport] | None:
    """Find an extract by the keys of its case and itself, for those who prepare or release; None for all others.

    Whoever may release, but not read the case, sees it only as long as it waits.
    """
    case = case_shelf.case(actor, key, Permission.RELEASE_EXTRACT)
    found = case_export.find(case, export, case_export.EXTRACT) if case else None
    if found is None:
        return None
    waits = not found.refused and found.released_at is None
    return (case, found) if waits or may(actor, Permission.EXPORT_CASE, case_shelf.place_of(case)) else None


def show(actor: Actor, case: Case, export: CaseExport) -> Prepared:
    """Show an extract just as it will read."""
    choices, rest = _choices(case, export)
    record = case_record.gather(case)
    changed = _digest(record) != rest["digest"]
    waits = not export.refused and export.released_at is None
    return Prepared(
        export=case_export.shown(export),
        sheet=_sheet(case, masked(record, choices)),
        asker=choices.asker,
        reason=case_export.reason_of(case, export),
        answer=rest.get("answer", ""),
        changed=changed,
        mine=export.by_id == actor.account,
        may_decide=waits and may(actor, Permission.RELEASE_EXTRACT, _place(case, export)),
        may_fetch=not changed and _may_fetch(actor, export),
    )


@transaction
def decide(actor: Actor, case: Case, export: CaseExport, *, release: bool, reason: str = "") -> None:
    """Release an extract, or refuse it with a reason. Raises Refused, AlreadyDecided and HasChanged."""
    require(actor, Permission.RELEASE_EXTRACT, _place(case, export))
    _chosen, rest = _choices(case, export)
    if release and _digest(case_record.gather(case)) != rest["digest"]:
        raise HasChanged
    kept = json.dumps(rest | {"answer": reason})
    done = (
        CaseExport.update(
            released_by=actor.account,
            released_at=clock.now(),
            refused=not release,
            choices=sealed_fields.seal(case, kept, case_export.choices_place(export.key)),
        )
        .where(CaseExport.id == export.id, CaseExport.released_at.is_null())
        .execute()
    )
    if not done:
        raise AlreadyDecided
    if release:
        case_files.note_event(actor, case, CaseEventKind.RELEASED)
    verb = "extract:release" if release else "extract:refuse"
    audit.record(actor, verb, "case", case.reference, place=case_shelf.place_of(case))
    preparer = load(Account, "id = ? AND state = 'active'", (export.by_id,))
    if preparer:
        facts = {"path": f"/arenden/{case.key}/utdrag/{export.key}"}
        letters.write(f"extract-decided:{export.key}", preparer[0].email, "extract_decided", facts)


@transaction
def fetch(actor: Actor, case: Case, export: CaseExport, form: str) -> bytes:
    """Make one of a released extract's files, each time on record. Raises NotReady and HasChanged."""
    place = case_shelf.place_of(case)
    require(actor, Permission.EXPORT_CASE, place)
    if form not in case_export.FORMATS or not _may_fetch(actor, export):
        raise case_export.NotReady
    choices, rest = _choices(case, export)
    whole = case_record.gather(case)
    if _digest(whole) != rest["digest"]:
        raise HasChanged
    audit.record(actor, "extract:fetch", "case", case.reference, place=place, note=form)
    if export.taken_at is None:
        case_files.note_event(actor, case, CaseEventKind.EXPORTED)
    case_export.took(export)
    record, at, who = masked(whole, choices), clock.now(), case_record.name_of(actor.account)
    if form == case_export.JSON:
        more = {"about": {line.label: line.text for line in PURPOSE}}
        return case_export.as_json(record, kind=case_export.EXTRACT, who=who, at=at, names=False, more=more)
    return case_paper.pdf(case_sheet.signed(_sheet(case, record), who=who, at=at))


def masked(record: Record, choices: Choices) -> Record:
    """Mask what is about others, and leave out what is secret for a guardian who asks."""
    if choices.asker == GUARDIAN:
        record = case_printing.for_guardians(record)
    chosen, own = set(choices.masked), set(choices.own)

    def mask(entry: Entry) -> Entry:
        theirs = entry.kind == case_names.GUARDIANS and entry.id not in own
        hide = (entry.in_words and entry.id in chosen) or theirs or entry.kind == case_names.PERSON
        return replace(entry, text="", value="", by="", masked=True) if hide else replace(entry, by="")

    def each(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        return tuple(mask(entry) for entry in entries)

    def agreed(some: tuple[Agreed, ...]) -> tuple[Agreed, ...]:
        return tuple(replace(one, entries=each(one.entries)) for one in some)

    return replace(
        record,
        wheels=tuple(
            replace(
                wheel, entries=each(wheel.entries), agreed=agreed(wheel.agreed),
                sender=SOMEBODY if wheel.reference in choices.senders else wheel.sender,
            )
            for wheel in record.wheels
        ),
        answers=each(record.answers),
        notes=tuple(replace(note, entry=mask(note.entry)) for note in record.notes),
        agreed=agreed(record.agreed),
        events=tuple(
            replace(event, reason=mask(event.reason)) if event.reason else event for event in record.events
        ),
        together=record.together.changed(mask),
    )  # fmt: skip


def _label(entry: Entry) -> str:
    """Name words so that they are understood alone."""
    if not entry.name.startswith("meeting."):
        return case_names.full_name(entry.name)
    return f"{AREA_NAMES[entry.area]}: {entry.label[:1].lower()}{entry.label[1:]}" if entry.area else entry.label


def _sheet(case: Case, record: Record) -> Sheet:
    made = case_sheet.of(record, KIND, LEAD, names=False)
    facts = tuple(replace(line, kind="fact") for line in PURPOSE)
    about = Section("Om uppgifterna", facts=facts, table=_readers(case))
    words = (*WORDS, LEFT_OUT) if record.left_out else WORDS
    return replace(made, sections=(*made.sections, about), words=words)


def _readers(case: Case) -> Table | None:
    """The duties in which somebody has read, by unit; no names, for these are about others."""
    found = rows(_READERS, (case.reference, *[case.id] * 3))
    told = sorted((DUTIES.get(duty, duty), str(case_record.place_of(unit))) for duty, unit in found)
    return Table("Vilka som har läst uppgifterna", ("Vilka som har läst", "Verksamhet"), tuple(told)) if told else None


def _digest(record: Record) -> str:
    """A mark of all that a case says, so that nothing is released that nobody has looked at."""
    said = sorted((entry.id, entry.value, entry.hidden) for entry in record.entries())
    return hashlib.sha256(json.dumps([record.reference, said]).encode()).hexdigest()


def _choices(case: Case, export: CaseExport) -> tuple[Choices, dict[str, Any]]:
    """Open what was chosen, and what else was kept with it."""
    kept = json.loads(sealed_fields.unseal(case, export.choices, case_export.choices_place(export.key)))
    lists = {name: tuple(kept[name]) for name in ("masked", "own", "senders")}
    return Choices(asker=kept["asker"], **lists), kept


def _place(case: Case, export: CaseExport) -> Place:
    return case_shelf.place_of(case, begun_by=export.by_id)


def _may_fetch(actor: Actor, export: CaseExport) -> bool:
    released = export.released_at is not None and not export.refused
    return released and export.by_id == actor.account and clock.now() < export.released_at + GOOD_FOR


def _releasers(unit: int) -> list[keepers.Keeper]:
    return keepers.once([*case_files.answering(unit), *keepers.unit_heads(unit)])
