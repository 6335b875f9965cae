"""Sealing cases anew with new keys, thing by thing, so that it can be broken off and gone on with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from tbb import clock
from tbb.crypto import CannotOpen
from tbb.database import case_keys, load, rows, run, transaction
from tbb.models import Case, Wheel
from tbb.policy import WORKER, Place
from tbb.services import audit, case_export, case_files, case_notes, forgetting, sealed_fields

BATCH = 50
"""So many wheels and cases are sealed anew in each transaction."""
BEGAN = "resealing:began"
"""Where the database remembers when a resealing of all was begun, until it is done."""


@dataclass(frozen=True)
class Column:
    """A column that a wheel's or a case's key seals: which rows are of it, and what each is bound to.

    `asked` gives (row's number, sealed text, what the place is made of) for the number of the wheel or case.
    """

    table: str
    column: str
    asked: str
    place: Callable[[object], str]


def _column(table: str, column: str, owner: str, mark: str, place: Callable[[object], str], more: str = "") -> Column:
    asked = f"SELECT id, {column}, {mark} FROM {table} WHERE {owner} = ? AND {column} IS NOT NULL{more}"
    return Column(table, column, asked, place)


def _under(thing: str, table: str, column: str, mark: str, place: Callable[[object], str]) -> Column:
    """Describe a column of what hangs on the meetings or plans of a case."""
    asked = (
        f"SELECT p.id, p.{column}, {mark} FROM {table} p JOIN {thing} t ON t.id = p.{thing}_id"
        f" WHERE t.case_id = ? AND p.{column} IS NOT NULL"
    )
    return Column(table, column, asked, place)


def collaboration() -> tuple[Column, ...]:
    """The columns of a case's meetings, samordningspersoner and plans."""
    return (
        _under("meeting", "participant", "person", "p.key", lambda key: f"participant.person:{key}"),
        _under("meeting", "meeting_field", "body", "t.key || ':' || p.name", lambda mark: f"meeting_field.body:{mark}"),
        _under("plan", "plan_field", "body", "t.key || ':' || p.name", lambda mark: f"plan_field.body:{mark}"),
        _under("plan", "plan_action", "body", "p.key", lambda key: f"plan_action.body:{key}"),
        _under("plan", "plan_note", "body", "p.key", lambda key: f"plan_note.body:{key}"),
        _column("coordinator", "words", "case_id", "id", lambda number: f"coordinator.words:{number}"),
    )


def columns(thing: Case | Wheel) -> tuple[Column, ...]:
    """Every column that the key of a case or of a wheel seals."""
    if isinstance(thing, Wheel):
        return (
            _column("wheel_field", "body", "wheel_id", "name", lambda name: sealed_fields.place_of(thing, name)),
            _column("consent", "information", "wheel_id", "key", _of_consent, " AND case_id IS NULL"),
        )
    return (
        _column("casefile", "card", "id", "key", lambda key: f"casefile.card:{key}"),
        _column("case_field", "body", "case_id", "name", lambda name: sealed_fields.place_of(thing, name)),
        _column("case_event", "reason", "case_id", "id", case_files.reason_place),
        _column("case_note", "body", "case_id", "key", case_notes.place_of_note),
        _column("consent", "information", "case_id", "key", _of_consent),
        _column("hold", "reason", "case_id", "key", lambda key: f"hold.reason:{key}"),
        _column("case_export", "reason", "case_id", "key", case_export.reason_place),
        _column("case_export", "choices", "case_id", "key", case_export.choices_place),
        *collaboration(),
    )


def reseal_all(found: Iterable[Case | Wheel]) -> int:
    """Seal wheels and cases with new keys, some at a time, so that it can be broken off; tell how many texts.

    Nobody may work with them meanwhile: what is saved with the old key at the same time could not be opened later.
    Raises CannotOpen, and leaves the rest as it is, when one of them cannot be opened.
    """
    waiting, done = iter(found), 0
    while some := list(islice(waiting, BATCH)):
        done += reseal(*some)
    return done


def reseal_into(old: Case, new: Case) -> None:
    """Within the caller's transaction, seal with another case's key what is to move there with its meetings and plans.

    The rows keep their names, so what each text is bound to stays.
    """
    for column in collaboration():
        _seal_anew(column, old, old.seal, new.seal)


@transaction
def reseal(*found: Case | Wheel) -> int:
    """Seal every text of some wheels and cases with new keys, all or none, and doom the old ones; count the texts."""
    names = case_keys().make_some(clock.now(), len(found))
    return sum(_reseal(thing, name) for thing, name in zip(found, names, strict=True))


def _reseal(thing: Case | Wheel, new: str) -> int:
    old = thing.seal
    done = sum(_seal_anew(column, thing, old, new) for column in columns(thing))
    table, kind = ("casefile", "case") if isinstance(thing, Case) else ("wheel", "wheel")
    run(f"UPDATE {table} SET seal = ? WHERE id = ?", (new, thing.id))
    forgetting.doom(old)
    audit.record(WORKER, "case:reseal", kind, thing.reference, place=_place_of(thing), fields=("seal",))
    return done


def _seal_anew(column: Column, thing: Case | Wheel, old: str, new: str) -> int:
    """Open every text of a column with one key and seal it with another; count the texts."""
    keys = case_keys()
    rows_of = [(number, body, column.place(mark)) for number, body, mark in rows(column.asked, (thing.id,))]
    try:
        opened = keys.open_many(old, [(body, place) for _number, body, place in rows_of])
    except CannotOpen as problem:
        raise CannotOpen(f"{thing.reference}, {column.table}.{column.column}: {problem}") from problem
    for (number, _body, place), text in zip(rows_of, opened, strict=True):
        run(f"UPDATE {column.table} SET {column.column} = ? WHERE id = ?", (keys.seal(new, text, place), number))
    return len(rows_of)


def things(reference: str) -> list[Case | Wheel]:
    """The case of a reference with its wheels; nothing when there is none."""
    cases = load(Case, "reference = ?", (reference,))
    return [*cases, *(wheel for case in cases for wheel in load(Wheel, "case_id = ? ORDER BY id", (case.id,)))]


def left(began: datetime) -> Iterator[Case | Wheel]:
    """Every case and wheel whose key is older than a moment: what is left of a resealing that began then."""
    older = case_keys().names(began)
    for model in (Case, Wheel):
        table = model._meta.table_name
        for number, seal in rows(f"SELECT id, seal FROM {table} ORDER BY id"):
            if seal in older and (found := load(model, "id = ?", (number,))):
                yield found[0]


def begin() -> datetime:
    """Remember that a resealing of all begins now; when one was broken off, the moment that one began."""
    run("INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING", (BEGAN, clock.now().isoformat()))
    return datetime.fromisoformat(rows("SELECT value FROM meta WHERE key = ?", (BEGAN,))[0][0])


def finish() -> None:
    """Forget that there was one: it is done."""
    run("DELETE FROM meta WHERE key = ?", (BEGAN,))


def _of_consent(key: object) -> str:
    return f"consent.information:{key}"


def _place_of(thing: Case | Wheel) -> Place:
    unit = thing.unit_id
    found = rows("SELECT organizer_id FROM unit WHERE id = ?", (unit,)) if unit is not None else []
    return Place(unit=unit, organizer=found[0][0] if found else None)
