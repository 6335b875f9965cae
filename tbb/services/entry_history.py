"""An entry's history: who changed what and when, with what stood before and after. Work contact only."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tbb import clock
from tbb.database import load, rows
from tbb.models import EntryChange, Unit
from tbb.models.kinds import Duty
from tbb.policy import Actor, Place

STRONGEST = (Duty.ORGANIZER_ADMIN, Duty.UNIT_HEAD, Duty.BBA, Duty.DEPUTY, Duty.PROCESS_LEADER)
DUTY_WORDS = {
    Duty.ORGANIZER_ADMIN: "administratör",
    Duty.UNIT_HEAD: "enhetschef",
    Duty.BBA: "Barnets bästa-ansvarig",
    Duty.DEPUTY: "ersättare",
    Duty.PROCESS_LEADER: "processledare",
}
MACHINES = {"command": "Den som driver tjänsten", "worker": "Tjänsten"}
WHATS = {
    "facts": "Ändrade uppgifter",
    "contact": "Nya kontaktuppgifter började gälla",
    "person": "Ändrade uppgifter om en person",
    "protect": "Uppgifter skyddades",
    "import": "Ändrat av en import",
    "appoint": "Utsåg en ansvarig",
    "change": "Ändrade ett uppdrag",
    "end": "Avslutade ett uppdrag",
    "absence": "Ändrade frånvaro",
    "handover": "Överlämning",
    "confirm": "Bekräftade uppgifterna",
    "restore": "Återställde uppgifter",
}
"""What a change is called; a word before a colon decides, so that "contact:approved" is a contact."""

FIELDS = {
    "name": "Namn",
    "display_name": "Visningsnamn",
    "kind": "Typ av verksamhet",
    "street": "Gatuadress",
    "postal_code": "Postnummer",
    "place": "Ort",
    "post_street": "Postadress",
    "post_postal_code": "Postadressens postnummer",
    "post_place": "Postadressens ort",
    "phone": "Telefon",
    "email": "E-post",
    "website": "Webbplats",
    "head_name": "Chefens namn",
    "latitude": "Latitud",
    "longitude": "Longitud",
    "grade_from": "Från årskurs",
    "grade_to": "Till årskurs",
    "age_from": "Från ålder",
    "age_to": "Till ålder",
    "status": "Status",
    "valid_from": "Gäller från",
    "valid_to": "Gäller till",
    "municipality": "Kommun",
    "organizer": "Huvudman",
    "school": "Skola",
    "title": "Titel",
    "phone_hours": "Telefontid",
    "languages": "Språk",
    "protected": "Skyddade personuppgifter",
    "function_name": "Funktion",
    "switchboard": "Växelnummer",
    "role": "Uppgift",
    "person": "Person",
    "starts_on": "Från och med",
    "ends_on": "Till och med",
    "mandate": "Mandat",
    "mandate_by": "Mandat från",
    "mandate_on": "Mandatets datum",
    "away_from": "Borta från",
    "away_until": "Borta till",
    "confirmed_on": "Bekräftad",
    "deputy": "Ersättare",
    "holiday": "Lovkontakt",
}
WORDS = {
    "status": {"active": "I drift", "dormant": "Vilande", "planned": "Planerad", "closed": "Stängd"},
    "mandate": {"decision_maker": "Beslutsfattare", "delegated": "Delegerat mandat"},
    "role": {"bba": "Barnets bästa-ansvarig", "deputy": "Ersättare", "holiday": "Lovkontakt"},
}
"""What codes are called, per field."""


@dataclass(frozen=True)
class Diff:
    """One field of a change: its code and name, and what stood before and after. Empty text: nothing stood there."""

    field: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One change as it is shown. `about` is the person it concerns, as they are called today."""

    id: int
    at: datetime
    by: str
    what: str
    label: str
    about: str
    person: int | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def diffs(self) -> tuple[Diff, ...]:
        """The changed fields, each with before and after in words."""
        return diffs(self.before, self.after)


def write(
    actor: Actor,
    unit: Unit | int,
    what: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    person: int | None = None,
    *,
    by: str = "",
) -> bool:
    """Write, within the caller's transaction, what changed in a unit's entry; False when nothing did.

    `before` and `after` hold plain values by field; only those that differ are kept. `what` is a word of WHATS, with
    more after a colon if need be. `person` is the number of the person it is about. `by` is who it was, in words,
    where it was not the actor.
    """
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    if not changed:
        return False
    number, organizer = (unit.id, unit.organizer_id) if isinstance(unit, Unit) else (unit, _organizer_of(unit))
    EntryChange.create(
        unit=number,
        person=person,
        account=actor.account,
        by=(by or signature(actor, Place(unit=number, organizer=organizer)))[:120],
        what=what,
        before=_as_json(before, changed),
        after=_as_json(after, changed),
        at=clock.now(),
    )
    return True


def signature(actor: Actor, place: Place) -> str:
    """Say who somebody is and in what duty they act there: "Eva Testborg, enhetschef"."""
    if actor.account is None:
        return MACHINES.get(actor.name, "Tjänsten")
    found = rows("SELECT name FROM account WHERE id = ?", (actor.account,))
    name = found[0][0][:60] if found else ""
    held = {held.duty for held in actor.held if held.covers(place)}
    duty = next((DUTY_WORDS[duty] for duty in STRONGEST if duty in held), "")
    return ", ".join(part for part in (name, duty) if part)


def of_unit(unit: int, *, page: int = 1, size: int = 20) -> tuple[list[Change], int]:
    """Give one page of a unit's history, newest first, and how many changes there are in all."""
    total = rows("SELECT COUNT(*) FROM entry_change WHERE unit_id = ?", (unit,))[0][0]
    start = max(page - 1, 0) * size
    found = load(EntryChange, "unit_id = ? ORDER BY at DESC, id DESC LIMIT ? OFFSET ?", (unit, size, start))
    return _shown(found), total


def one(unit: int, number: int) -> Change | None:
    """Give one change of a unit; None when there is none of that number."""
    found = _shown(load(EntryChange, "unit_id = ? AND id = ?", (unit, number)))
    return found[0] if found else None


def diffs(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Diff, ...]:
    """Tell the differences in words, in the order of FIELDS and then of the alphabet."""
    order = list(FIELDS)
    names = sorted({**before, **after}, key=lambda name: (order.index(name) if name in FIELDS else len(order), name))
    return tuple(
        Diff(name, FIELDS.get(name, name), _in_words(name, before.get(name)), _in_words(name, after.get(name)))
        for name in names
    )


def _shown(found: Iterable[EntryChange]) -> list[Change]:
    changes = list(found)
    numbers = sorted({change.person_id for change in changes if change.person_id is not None})
    names = {}
    if numbers:
        marks = ", ".join("?" * len(numbers))
        names = dict(
            rows(
                f"SELECT id, CASE WHEN protected THEN function_name ELSE name END FROM person WHERE id IN ({marks})",
                numbers,
            )
        )
    return [
        Change(
            id=change.id,
            at=change.at,
            by=change.by,
            what=change.what,
            label=WHATS.get(change.what.partition(":")[0], "Ändring"),
            about=names.get(change.person_id, ""),
            person=change.person_id,
            before=json.loads(change.before),
            after=json.loads(change.after),
        )
        for change in changes
    ]


def _in_words(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return WORDS.get(name, {}).get(str(value), str(value))


def _as_json(values: Mapping[str, Any], changed: Iterable[str]) -> str:
    kept = {name: values[name] for name in changed if name in values}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, default=_plain)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _organizer_of(unit: int) -> int | None:
    found = rows("SELECT organizer_id FROM unit WHERE id = ?", (unit,))
    return found[0][0] if found else None
