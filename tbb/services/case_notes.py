"""Notes on a case: working notes, questions to the one who informed and their answers. Sealed, and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tbb import clock
from tbb.database import case_keys, rows, transaction
from tbb.models import Account, Case, CaseNote, Wheel
from tbb.models.kinds import CaseState, NoteKind
from tbb.policy import Actor, Permission, require
from tbb.services import audit, case_files, case_shelf, letters, sealed_fields

MOST = 4000
"""Characters of a note. What does not fit is not a note."""
VERBS = {
    NoteKind.NOTE: "case:note",
    NoteKind.QUESTION: "case:ask",
    NoteKind.ADDITION: "wheel:add",
    NoteKind.CORRECTION: "case:correct",
}
_NOTES = """
    SELECT n.key, n.kind, n.body, n.hidden, n.at, n.by_id, a.name, w.key, w.reference, n.answers
    FROM case_note n LEFT JOIN account a ON a.id = n.by_id LEFT JOIN wheel w ON w.id = n.wheel_id
    WHERE {where} ORDER BY n.id
"""
_SENDERS = """
    SELECT w.key, w.reference, a.name, COALESCE(NULLIF(u.display_name, ''), u.name)
    FROM wheel w JOIN account a ON a.id = w.author_id JOIN unit u ON u.id = w.from_unit_id
    WHERE w.case_id = ? AND w.state = 'sent' AND a.state = 'active' ORDER BY w.id
"""


class Closed(Exception):
    """The case is closed: nobody is asked anything more about it."""


class NotOfTheCase(Exception):
    """The wheel, or the question that is answered, does not belong to the case."""


@dataclass(frozen=True)
class Shown:
    """A note, opened. `by` is the writer's name, "" when the account is gone; `wheel` and `reference` name the wheel.

    `answers` is the key of the question that an addition answers; `answered` whether a question has got an answer.
    """

    key: str
    kind: str
    text: str
    hidden: bool
    at: datetime
    account: int | None
    by: str
    wheel: str
    reference: str
    answers: str
    answered: bool = False


@dataclass(frozen=True)
class Sender:
    """Somebody who has informed and can be asked: by which wheel, who, from which unit."""

    key: str
    reference: str
    name: str
    unit_label: str


@transaction
def write(
    actor: Actor,
    case: Case,
    text: str,
    kind: NoteKind = NoteKind.NOTE,
    hidden: bool = False,
    wheel: Wheel | None = None,
    answers: str = "",
) -> CaseNote:
    """Write a note, put a question to the author of `wheel`, or add something as that author.

    Raises Closed when somebody is asked about a closed case, and NotOfTheCase. The right is asked for here: to work
    with the case, or for an addition to have begun the wheel.
    """
    if wheel is not None and wheel.case_id != case.id:
        raise NotOfTheCase
    place = case_shelf.place_of(case)
    if kind == NoteKind.ADDITION:
        if wheel is None or not (answers == "" or _asked(wheel, answers)):
            raise NotOfTheCase
        require(actor, Permission.OWN_WHEEL, case_shelf.place_of_wheel(wheel))
    else:
        require(actor, Permission.MAP_CASE, place)
        touch(case)
    if kind == NoteKind.QUESTION:
        _tell_the_author(case, wheel)
    key = case_files.new_key()
    body = sealed_fields.seal(case, text[:MOST], place_of_note(key))
    made = CaseNote.create(
        case=case, key=key, kind=kind, wheel=wheel, answers=answers, body=body, hidden=hidden, by=actor.account,
        at=clock.now(),
    )  # fmt: skip
    thing, reference = ("wheel", wheel.reference) if kind == NoteKind.ADDITION else ("case", case.reference)
    audit.record(actor, VERBS[NoteKind(kind)], thing, reference, place=place, fields=("note",))
    return made


@transaction
def ask(actor: Actor, case: Case, wheel_key: str, text: str) -> CaseNote:
    """Put a question to the sender of one of the case's wheels; raises Closed and NotOfTheCase."""
    wheel = Wheel.get_or_none(Wheel.key == wheel_key, Wheel.case == case)
    if wheel is None:
        raise NotOfTheCase
    return write(actor, case, text, NoteKind.QUESTION, wheel=wheel)


@transaction
def mark_read(actor: Actor, case: Case) -> None:
    """Note that what the senders have added is read, so that it waits no longer."""
    place = case_shelf.place_of(case)
    require(actor, Permission.MAP_CASE, place)
    touch(case)
    audit.record(actor, "case:mark-read", "case", case.reference, place=place)


def senders(case: Case) -> list[Sender]:
    """Name those who have informed of a case and can still be asked."""
    return [Sender(*row) for row in rows(_SENDERS, (case.id,))]


def notes(case: Case, kinds: Sequence[NoteKind] = tuple(NoteKind)) -> list[Shown]:
    """Open the notes of a case, the oldest first. The caller has written the reading in the audit."""
    return [note for note in _opened(case.seal, "n.case_id = ?", (case.id,)) if note.kind in kinds]


def about_wheel(wheel: Wheel) -> list[Shown]:
    """Open what has been asked of and added by the author of a sent wheel, the oldest first."""
    if wheel.case_id is None:
        return []
    where = "n.wheel_id = ? AND n.kind IN ('question', 'addition')"
    return _opened(wheel.case.seal, where, (wheel.id,))


def touch(case: Case) -> None:
    """Within the caller's transaction, note that somebody has done something with a case."""
    Case.update(touched_at=clock.now(), version=Case.version + 1).where(Case.id == case.id).execute()


def place_of_note(key: str) -> str:
    """What the words of a note are bound to."""
    return f"case_note.body:{key}"


def _opened(seal: str, where: str, params: tuple[object, ...]) -> list[Shown]:
    found = rows(_NOTES.format(where=where), params)
    opened = case_keys().open_many(seal, [(row[2], place_of_note(row[0])) for row in found])
    answered = {row[9] for row in found if row[9]}
    return [
        Shown(
            key, kind, text, bool(hidden), CaseNote.at.python_value(at), account, name or "", wheel or "",
            reference or "", answers, key in answered,
        )
        for (key, kind, _body, hidden, at, account, name, wheel, reference, answers), text in zip(
            found, opened, strict=True
        )
    ]  # fmt: skip


def _asked(wheel: Wheel, key: str) -> bool:
    asked = "SELECT 1 FROM case_note WHERE wheel_id = ? AND key = ? AND kind = 'question'"
    return bool(rows(asked, (wheel.id, key)))


def _tell_the_author(case: Case, wheel: Wheel | None) -> None:
    if wheel is None:
        raise NotOfTheCase
    if case.state == CaseState.CLOSED:
        raise Closed
    author = Account.get_or_none(Account.id == wheel.author_id, Account.state == "active")
    if author is not None:
        # One letter a day tells of all that is asked that day.
        mark = f"wheel-question:{wheel.key}:{clock.today()}"
        letters.write(mark, author.email, "wheel_question", {"path": f"/arbetsyta/hjul/{wheel.key}/status"})
