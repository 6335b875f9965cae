"""Say a plan in Swedish, for the one who is to approve it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from tbb.services.registers.plan_parts import FieldChange, Plan, UnitPlan
from tbb.services.registers.records import HAND, source_name
from tbb.services.registers.unit_kinds import NAMES

FEW = 20
FIELD_NAMES = {
    "kind": "verksamhet", "name": "namn", "street": "gatuadress", "postal_code": "postnummer", "place": "ort",
    "post_street": "postadress", "post_postal_code": "postadressens postnummer", "post_place": "postadressens ort",
    "phone": "telefon", "email": "e-post", "website": "webbplats", "head_name": "chef", "latitude": "latitud",
    "longitude": "longitud", "grade_from": "från årskurs", "grade_to": "till årskurs", "age_from": "från ålder",
    "age_to": "till ålder", "status": "status", "valid_from": "gäller från", "valid_to": "gäller till",
    "municipality": "kommun", "organizer": "huvudman", "school": "skola", "legal_name": "juridiskt namn",
    "orgnr": "organisationsnummer", "switchboard": "växel", "concern_phone": "telefon för orosanmälan",
    "concern_hours": "telefontid för orosanmälan", "concern_url": "webbsida för orosanmälan",
    "after_hours_phone": "socialjour", "participates": "deltar", "title": "titel", "phone_hours": "telefontid",
    "languages": "språk", "protected": "skyddad identitet", "function_name": "funktion", "mandate": "mandat",
    "mandate_by": "mandat från", "mandate_on": "mandat den", "starts_on": "från", "ends_on": "till",
}  # fmt: skip
ROLES = {"bba": "Barnets bästa-ansvarig", "deputy": "ersättare", "holiday": "lovkontakt"}
WORDS = {
    "active": "aktiv", "dormant": "vilande", "planned": "planerad", "closed": "stängd",
    "decision_maker": "beslutsfattare", "delegated": "särskilt mandat",
}  # fmt: skip


def describe(plan: Plan, *, everything: bool = False) -> Iterator[str]:
    """Give the lines of a summary; long lists are cut unless `everything` is asked for."""
    limit = None if everything else FEW
    if plan.empty:
        yield "Inget att ändra: katalogen stämmer redan med filerna."
    else:
        yield from _municipalities(plan, limit)
        yield from _organizers(plan, limit)
        yield from _units(plan, limit)
        yield from _people(plan, limit)
    yield from _kept(plan, limit)
    yield from _closings(plan, limit)
    yield from _doubt(plan)
    yield from _problems(plan, limit)
    yield ""
    yield f"Summa: {summary(plan)}."


def summary(plan: Plan) -> str:
    """Say a plan in one sentence without its full stop."""
    closed = sum(1 for unit in plan.changed if unit.closes)
    reopened = sum(1 for unit in plan.changed if unit.reopened)
    parts = [
        (len(plan.added), "ny enhet", "nya enheter"),
        (len(plan.changed), "ändrad enhet", "ändrade enheter"),
        (reopened, "av dem öppnad igen", "av dem öppnade igen"),
        (closed, "av dem stängd enligt registret", "av dem stängda enligt registret"),
        (len(plan.responsibilities), "ändring av ansvariga", "ändringar av ansvariga"),
        (len(plan.closings), "förslag på stängning", "förslag på stängning"),
        (len(plan.bad_rows), "fel i filerna", "fel i filerna"),
    ]
    said = [f"{number} {one if number == 1 else many}" for number, one, many in parts if number]
    return ", ".join(said) or "inga ändringar"


def _list(heading: str, items: Sequence[Any], limit: int | None, line: Callable[[Any], Iterator[str]]) -> Iterator[str]:
    if not items:
        return
    yield ""
    yield f"{heading} ({len(items)})"
    for item in items[:limit]:
        for text in line(item):
            yield f"  {text}"
    if limit is not None and len(items) > limit:
        yield f"  … och {len(items) - limit} till. Visa alla med --all."


def _municipalities(plan: Plan, limit: int | None) -> Iterator[str]:
    new = [part for part in plan.municipalities if part.id is None]
    changed = [part for part in plan.municipalities if part.id is not None]
    yield from _list("Nya kommuner", new, limit, lambda part: iter([f"{part.code} {part.name}"]))
    yield from _list("Ändrade kommuner", changed, limit, lambda part: iter([part.name, *_changes(part.changes, plan)]))


def _organizers(plan: Plan, limit: int | None) -> Iterator[str]:
    new = [part for part in plan.organizers if part.id is None]
    changed = [part for part in plan.organizers if part.id is not None]
    yield from _list("Nya huvudmän", new, limit, lambda part: iter([f"{part.name} {part.orgnr or ''}".strip()]))
    yield from _list("Ändrade huvudmän", changed, limit, lambda part: iter([part.name, *_changes(part.changes, plan)]))
    yield from _list("Nya skolor som samlar enheter", plan.schools, limit, lambda school: iter([school[1]]))


def _where(unit: UnitPlan) -> str:
    return f"{unit.label} ({NAMES.get(unit.kind, unit.kind)}, {unit.municipality_name})"


def _units(plan: Plan, limit: int | None) -> Iterator[str]:
    added = plan.added
    if added:
        kinds = Counter(unit.kind for unit in added)
        yield ""
        yield "Nya enheter per verksamhet: " + ", ".join(
            f"{NAMES.get(kind, kind)} {number}" for kind, number in kinds.most_common()
        )
    yield from _list("Nya enheter", added, limit, lambda unit: iter([_where(unit)]))
    reopened = [unit for unit in plan.changed if unit.reopened]
    closed = [unit for unit in plan.changed if unit.closes]
    others = [unit for unit in plan.changed if not unit.reopened and not unit.closes]

    def lines(unit: UnitPlan) -> Iterator[str]:
        return iter([_where(unit), *_changes(unit.changes, plan)])

    yield from _list("Öppnas igen", reopened, limit, lines)
    yield from _list("Stängs, eftersom registret säger det", closed, limit, lines)
    yield from _list("Ändrade enheter", others, limit, lines)
    quiet = sum(1 for unit in plan.units if unit.id is not None and not unit.changes and not unit.kept)
    if quiet:
        yield ""
        yield f"{quiet} enheter finns nu även i en ny källa. Inga uppgifter ändras för dem."


def _changes(changes: Sequence[FieldChange], plan: Plan) -> list[str]:
    return [
        f"  {FIELD_NAMES.get(change.field, change.field)}: {_said(change.field, change.old, plan)}"
        f" → {_said(change.field, change.new, plan)}"
        for change in changes
    ]


def _said(name: str, value: Any, plan: Plan) -> str:
    """Write a value for people: words for codes, and a name for an organizer's key."""
    if value in (None, ""):
        return "(tomt)"
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, date):
        return value.isoformat()
    if name == "organizer":
        return next((part.name for part in plan.organizers if part.key == value), str(value).partition(":")[2])
    if name == "kind":
        return NAMES.get(value, str(value))
    if name in ("grade_from", "grade_to"):
        return "F" if value == 0 else str(value) if value <= 9 else f"gymnasiet {value - 9}"
    return f"”{WORDS.get(value, value)}”" if isinstance(value, str) else str(value)


def _people(plan: Plan, limit: int | None) -> Iterator[str]:
    def line(part: Any) -> Iterator[str]:
        ends = any(change.field == "ends_on" for change in part.changes) and part.id is not None
        verb = "ny" if part.id is None else "slutar" if ends else "ändras"
        yield f"{part.unit_label}: {ROLES[part.role]} {part.person_label} ({verb})"
        if part.id is not None:
            yield from _changes(part.changes, plan)

    yield from _list("Ansvariga", plan.responsibilities, limit, line)
    changed = [part for part in plan.people if part.id is not None]
    yield from _list(
        "Ändrade kontaktuppgifter", changed, limit, lambda part: iter([part.label, *_changes(part.changes, plan)])
    )


def _kept(plan: Plan, limit: int | None) -> Iterator[str]:
    by_hand = [(unit, kept) for unit in plan.units for kept in unit.kept if kept.owner == HAND]
    others = sum(1 for unit in plan.units for kept in unit.kept if kept.owner != HAND)

    def line(pair: Any) -> Iterator[str]:
        unit, kept = pair
        name = FIELD_NAMES.get(kept.field, kept.field)
        value, offered = (_said(kept.field, told, plan) for told in (kept.value, kept.offered))
        yield f"{_where(unit)}: behåll {name} {value} (satt för hand). Källan säger {offered}."

    yield from _list("Behålls", by_hand, limit, line)
    if others:
        yield ""
        yield f"{others} uppgifter behålls eftersom en säkrare källa redan har angett dem."


def _closings(plan: Plan, limit: int | None) -> Iterator[str]:
    yield from _list(
        "Förslag: finns inte längre i källan, kontrollera om de har stängt. Inget stängs av sig självt",
        plan.closings,
        limit,
        lambda part: iter(
            [f"{part.label} ({NAMES.get(part.kind, part.kind)}, {part.municipality_name}), {source_name(part.source)}"]
        ),
    )


def _doubt(plan: Plan) -> Iterator[str]:
    if plan.closings and plan.bad_rows:
        yield "  Några rader gick inte att läsa, se nedan. En enhet kan stå här därför att dess rad är fel."


def _problems(plan: Plan, limit: int | None) -> Iterator[str]:
    notes = [error for error in plan.errors if not error.error]
    yield from _list("Fel i filerna", plan.bad_rows, limit, lambda error: iter([str(error)]))
    yield from _list("Utelämnat", notes, limit, lambda error: iter([str(error)]))
