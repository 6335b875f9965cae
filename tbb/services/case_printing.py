"""Printing a case: for one's own work, and for the child and its guardians without what secrecy keeps from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tbb import clock
from tbb.database import transaction
from tbb.models import Case
from tbb.policy import Actor, Permission, require
from tbb.services import audit, case_names, case_paper, case_record, case_sheet, case_shelf
from tbb.services.case_record import Entry, Record
from tbb.services.case_sheet import Sheet

OWN, GUARDIANS = "own", "guardians"
KINDS = {OWN: "Ärende", GUARDIANS: "Uppgifter"}
LEADS = {
    OWN: "Utskrift för eget arbete. Förvara den inlåst och förstör den när du inte behöver den.",
    GUARDIANS: "Det här har vi skrivit ned när vi har pratat om hur barnet har det. Utskriften är till barnet och"
    " vårdnadshavarna.",
}
WORDS_TO_FAMILY = (
    "Barnets bästa-hjulet är ett stöd för att prata om hur ett barn har det. Det som står här är vad människor har sett"
    " och sagt. Det är ingen utredning och inte diagnos.",
    "Är något fel? Säg till den som gav dig utskriften. Då skrivs en rättelse in.",
    "Alla som läser eller ändrar skrivs upp. Du kan få veta vilka det är.",
    "En verksamhet får inte alltid lämna ut allt. Vill du ha ett beslut om det, säg till. Beslutet går att överklaga.",
    "Läs mer på tjänstens webbplats, under Personuppgifter: Så hanterar vi uppgifter när hjulet skickas.",
)


@transaction
def sheet(actor: Actor, case: Case, audience: str = OWN) -> Sheet:
    """Make the printout of a case and write in the audit that it is made; `audience` is OWN or GUARDIANS."""
    place = case_shelf.place_of(case)
    require(actor, Permission.READ_CASE, place)
    audit.record(actor, "case:print", "case", case.reference, place=place, note=audience)
    record = case_record.gather(case)
    if audience == GUARDIANS:
        made = case_sheet.of(
            _without_persons(for_guardians(record)),
            KINDS[audience],
            LEADS[audience],
            names=False,
            senders=False,
            inner=False,
        )
    else:
        made = case_sheet.of(record, KINDS[audience], LEADS[audience])
    words = WORDS_TO_FAMILY if audience == GUARDIANS else ()
    return case_sheet.signed(made, who=case_record.name_of(actor.account), at=clock.now(), words=words)


def pdf(actor: Actor, case: Case, audience: str = OWN) -> bytes:
    """Make the printout as PDF."""
    return case_paper.pdf(sheet(actor, case, audience))


def _without_persons(record: Record) -> Record:
    """Leave out how those without an account are reached: one guardian's number is not the other's to read."""
    kept = record.together.changed(lambda entry: None if entry.name == "participant.person" else entry)
    return replace(record, together=kept)


def for_guardians(record: Record) -> Record:
    """Leave out wholly whatever is marked as not for guardians; an area that is so anywhere is left out everywhere."""
    closed = {entry.area for entry in record.entries() if entry.hidden and entry.area}

    def open_(entries: Iterable[Entry]) -> tuple[Entry, ...]:
        return tuple(entry for entry in entries if not entry.hidden and entry.area not in closed)

    kept = replace(
        record,
        wheels=tuple(replace(wheel, entries=open_(wheel.entries)) for wheel in record.wheels),
        answers=open_(record.answers),
        notes=tuple(note for note in record.notes if not note.entry.hidden),
        together=record.together.changed(
            lambda entry: None if entry.hidden or entry.area in closed or entry.kind == case_names.PERSON else entry
        ),
    )
    return replace(kept, left_out=len(record.entries()) - len(kept.entries()))
