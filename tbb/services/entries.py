"""Entries as those see them who keep them: the list of units with what is wrong in each, and all of one unit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tbb import clock
from tbb.database import as_day, load, rows
from tbb.models import Municipality, Organizer, Person, Responsibility, Unit
from tbb.models.folding import fold
from tbb.models.kinds import BBA_KINDS, Kind
from tbb.policy import Actor
from tbb.services import contact_changes, entry_history, faults, flags, shelf
from tbb.services.gaps import SHALL_HAVE, TAKES_PART
from tbb.services.terms import Starts, is_confirmed, term_of

PAGE_SIZE = 25
_BBA = (
    "responsibility r WHERE r.unit_id = u.id AND r.role = 'bba' AND r.starts_on <= ?"
    " AND (r.ends_on IS NULL OR r.ends_on >= ?)"
)
PROBLEMS = {
    "saknar": f"({SHALL_HAVE} AND {TAKES_PART} AND NOT EXISTS (SELECT 1 FROM {_BBA}))",
    "obekraftad": f"EXISTS (SELECT 1 FROM {_BBA} AND (r.confirmed_on IS NULL OR r.confirmed_on < ?))",
    "vantar": "EXISTS (SELECT 1 FROM contact_change c WHERE c.unit_id = u.id AND c.state = 'waiting')",
    "fel": "EXISTS (SELECT 1 FROM feedback f WHERE f.unit_id = u.id AND f.subject = 'report'"
           " AND f.state IN ('new', 'looked_at'))",
    "flagga": "EXISTS (SELECT 1 FROM flag x WHERE x.unit_id = u.id AND x.settled_at IS NULL)",
}  # fmt: skip
"""What may be wrong with an entry, by the word in the address of the list; conditions on ``unit u``."""

_FROM = (
    "FROM unit u JOIN municipality m ON m.id = u.municipality_id LEFT JOIN organizer o ON o.id = u.organizer_id"
    " WHERE u.status <> 'closed' AND {where}"
)
_ROW = """
    SELECT u.id, u.slug, COALESCE(NULLIF(u.display_name, ''), u.name), u.kind, m.name, COALESCE(o.name, ''), u.status
"""
_WORD = (
    "(u.folded LIKE ? OR u.id IN (SELECT p.unit_id FROM posting p JOIN term t ON t.id = p.term_id WHERE t.text LIKE ?))"
)
_PEOPLE = """
    SELECT r.unit_id, CASE WHEN p.protected THEN p.function_name ELSE p.name END, r.confirmed_on
    FROM responsibility r JOIN person p ON p.id = r.person_id
    WHERE r.role = 'bba' AND r.starts_on <= ? AND (r.ends_on IS NULL OR r.ends_on >= ?) AND r.unit_id IN ({units})
"""


@dataclass(frozen=True)
class Wanted:
    """What the list is asked for: words, a kind, a municipality's slug, a word of PROBLEMS, and a page."""

    words: str = ""
    kind: str = ""
    municipality: str = ""
    problem: str = ""
    page: int = 1


@dataclass(frozen=True)
class Row:
    """One unit in the list. `problems` are words of PROBLEMS; `bba` is empty where there is none."""

    slug: str
    label: str
    kind: str
    municipality: str
    organizer: str
    status: str
    bba: str
    confirmed_on: date | None
    problems: tuple[str, ...]
    expects_bba: bool


@dataclass(frozen=True)
class Listed:
    """One page of the list, the counts of what is wrong, and what it may be narrowed to."""

    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int
    counts: dict[str, int]
    kinds: tuple[str, ...]
    municipalities: tuple[tuple[str, str], ...]
    wanted: Wanted


@dataclass(frozen=True)
class Part:
    """Somebody's part in a unit, as it stands today or will. `when` is now, later or away."""

    id: int
    role: str
    person: Person
    starts_on: date
    ends_on: date | None
    mandate: str
    mandate_by: str
    mandate_on: date | None
    away_from: date | None
    away_until: date | None
    confirmed_on: date | None
    when: str


@dataclass(frozen=True)
class Entry:
    """Everything about one entry for those who keep it."""

    unit: Unit
    municipality: Municipality
    organizer: Organizer | None
    codes: dict[str, str]
    parts: tuple[Part, ...]
    waiting: tuple[contact_changes.Waiting, ...]
    faults: tuple[faults.Listed, ...]
    flags: tuple[Any, ...]
    history: tuple[entry_history.Change, ...]
    changes: int
    handovers: tuple[tuple[int, date], ...]
    confirmed: bool
    term: str

    @property
    def bba(self) -> Part | None:
        """Who answers for the unit today, present or away."""
        return next((part for part in self.parts if part.role == "bba" and part.when != "later"), None)

    @property
    def expects_bba(self) -> bool:
        """Whether a unit of this kind shall have a Barnets bästa-ansvarig."""
        return self.unit.kind in BBA_KINDS


def listed(actor: Actor, wanted: Wanted, starts: Starts) -> Listed:
    """Give a page of the units that the actor may see, with counts of what is wrong among those asked for."""
    today = clock.today()
    term = term_of(today, starts).starts_on
    where, params = _narrowed(actor, wanted)
    counts = _counts(where, params, today, term)
    if wanted.problem in PROBLEMS:
        where, params = f"{where} AND {PROBLEMS[wanted.problem]}", [*params, *_days(wanted.problem, today, term)]
    total = counts[wanted.problem if wanted.problem in PROBLEMS else ""]
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(wanted.page, 1), pages)
    kinds, municipalities = _choices(actor)
    return Listed(
        rows=_rows(where, params, page, today, term),
        total=total,
        page=page,
        pages=pages,
        counts=counts,
        kinds=kinds,
        municipalities=municipalities,
        wanted=replace(wanted, page=page),
    )


def entry(actor: Actor, slug: str, starts: Starts) -> Entry | None:
    """Gather all of one entry; None when the actor may see none of that address."""
    unit = shelf.unit(actor, slug)
    if unit is None:
        return None
    today = clock.today()
    parts = _parts(unit.id, today)
    history, changes = entry_history.of_unit(unit.id, size=4)
    answering = next((part for part in parts if part.role == "bba" and part.when != "later"), None)
    return Entry(
        unit=unit,
        municipality=load(Municipality, "id = ?", (unit.municipality_id,))[0],
        organizer=next(iter(load(Organizer, "id = ?", (unit.organizer_id,))), None),
        codes=dict(rows("SELECT scheme, value FROM unit_id WHERE unit_id = ? ORDER BY id", (unit.id,))),
        parts=parts,
        waiting=tuple(contact_changes.of_unit(unit.id)),
        faults=tuple(faults.of_unit(unit.id)),
        flags=tuple(flags.of_unit(unit.id, still_open=True)),
        history=tuple(history),
        changes=changes,
        handovers=tuple(
            (number, as_day(due))
            for number, due in rows(
                "SELECT id, due_on FROM handover WHERE unit_id = ? AND closed_at IS NULL ORDER BY due_on", (unit.id,)
            )
        ),
        confirmed=is_confirmed(answering.confirmed_on if answering else None, today, starts),
        term=term_of(today, starts).name,
    )


def _parts(unit: int, today: date) -> tuple[Part, ...]:
    found = load(
        Responsibility, "unit_id = ? AND (ends_on IS NULL OR ends_on >= ?) ORDER BY starts_on, id", (unit, today)
    )
    people = {
        person.id: person
        for person in load(Person, "id IN (SELECT person_id FROM responsibility WHERE unit_id = ?)", (unit,))
    }
    order = ("bba", "deputy", "holiday")
    parts = [
        Part(
            id=part.id,
            role=part.role,
            person=people[part.person_id],
            starts_on=part.starts_on,
            ends_on=part.ends_on,
            mandate=part.mandate,
            mandate_by=part.mandate_by,
            mandate_on=part.mandate_on,
            away_from=part.away_from,
            away_until=part.away_until,
            confirmed_on=part.confirmed_on,
            when=_when(part, today),
        )
        for part in found
    ]
    return tuple(sorted(parts, key=lambda part: (order.index(part.role), part.starts_on, part.id)))


def _when(part: Responsibility, today: date) -> str:
    if part.starts_on > today:
        return "later"
    away = part.away_from is not None and part.away_from <= today <= (part.away_until or date.max)
    return "away" if away else "now"


def _narrowed(actor: Actor, wanted: Wanted) -> tuple[str, list[Any]]:
    where, scope = shelf.units(actor)
    params: list[Any] = [*scope]
    for word in fold(wanted.words).split()[:8]:
        where += f" AND {_WORD}"
        params += [f"%{word}%", f"{word}%"]
    if wanted.kind in set(Kind):
        where, params = f"{where} AND u.kind = ?", [*params, wanted.kind]
    if wanted.municipality:
        where, params = f"{where} AND m.slug = ?", [*params, wanted.municipality]
    return where, params


def _counts(where: str, params: list[Any], today: date, term: date) -> dict[str, int]:
    """Count all the units, under the empty word, and those with each problem, in one statement."""
    columns = ", ".join(f"COALESCE(SUM(CASE WHEN {condition} THEN 1 ELSE 0 END), 0)" for condition in PROBLEMS.values())
    days = [day for problem in PROBLEMS for day in _days(problem, today, term)]
    found = rows(f"SELECT COUNT(*), {columns} {_FROM.replace('{where}', where)}", (*days, *params))[0]
    return dict(zip(("", *PROBLEMS), found, strict=True))


def _days(problem: str, today: date, term: date) -> tuple[date, ...]:
    """Give the parameters of a problem's condition."""
    return {"saknar": (today, today), "obekraftad": (today, today, term)}.get(problem, ())


def _rows(where: str, params: list[Any], page: int, today: date, term: date) -> tuple[Row, ...]:
    flags_of = ", ".join(f"CASE WHEN {condition} THEN 1 ELSE 0 END" for condition in PROBLEMS.values())
    days = [day for problem in PROBLEMS for day in _days(problem, today, term)]
    sql = f"{_ROW}, {flags_of} {_FROM.replace('{where}', where)} ORDER BY m.sort_key, u.sort_key, u.id LIMIT ? OFFSET ?"
    found = rows(sql, (*days, *params, PAGE_SIZE, (page - 1) * PAGE_SIZE))
    people = _people([row[0] for row in found], today)
    return tuple(_row(row, people.get(row[0])) for row in found)


def _row(found: tuple, answering: tuple[str, date | None] | None) -> Row:
    _id, slug, label, kind, municipality, organizer, status, *wrong = found
    return Row(
        slug=slug,
        label=label,
        kind=kind,
        municipality=municipality,
        organizer=organizer,
        status=status,
        bba=answering[0] if answering else "",
        confirmed_on=answering[1] if answering else None,
        problems=tuple(problem for problem, there in zip(PROBLEMS, wrong, strict=True) if there),
        expects_bba=kind in BBA_KINDS,
    )


def _people(units: list[int], today: date) -> dict[int, tuple[str, date | None]]:
    if not units:
        return {}
    found = rows(_PEOPLE.replace("{units}", ", ".join("?" * len(units))), (today, today, *units))
    return {unit: (name, as_day(confirmed) if confirmed else None) for unit, name, confirmed in found}


def _choices(actor: Actor) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Tell which kinds and municipalities there are among all the units that the actor may see."""
    where, params = shelf.units(actor)
    kinds = {kind for (kind,) in rows(f"SELECT DISTINCT u.kind {_FROM.replace('{where}', where)}", params)}
    places = rows(
        f"SELECT DISTINCT m.slug, m.name, m.sort_key {_FROM.replace('{where}', where)} ORDER BY m.sort_key", params
    )
    return tuple(kind for kind in Kind if kind in kinds), tuple((slug, name) for slug, name, _key in places)
