"""Who has read a case, and what was done with it: every row about the case, its wheels, its meetings and its plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tbb.database import rows
from tbb.models import AuditRow, Case
from tbb.policy import Actor, Permission, require
from tbb.services import audit_reading, case_names, case_shelf
from tbb.services.audit_reading import Line, Reader

PER_PAGE = 50
LISTS = Permission.READ_CASES.value
"""What the audit calls looking at a list that shows a card of each of a unit's cases."""


@dataclass(frozen=True)
class Found:
    """Rows about a case, newest first, with who has read it. `older` is the number to ask for older ones with.

    `wheels` are the references of its wheels; `lists` tells how many times somebody has seen a list that it stood in.
    """

    lines: list[Line]
    older: int | None
    count: int
    readers: list[Reader]
    lists: list[Reader]
    wheels: tuple[str, ...]


def look(actor: Actor, case: Case, *, before: int | None = None, whole: bool = False) -> Found:
    """Read what the audit tells of a case and all in it: one page, or `whole`. The caller writes the reading down."""
    require(actor, Permission.SEE_READERS, case_shelf.place_of(case))
    of_case = {thing: _references(thing, case) for thing in ("wheel", "meeting", "plan")}
    where, values = _about(case, of_case)
    count = rows(f"SELECT COUNT(*) FROM audit_row WHERE {where}", values)[0][0]
    asked, given = f"SELECT {audit_reading.LINE} FROM audit_row WHERE {where}", list(values)
    if before is not None:
        asked, given = f"{asked} AND id < ?", [*given, before]
    asked += " ORDER BY id DESC" + ("" if whole else f" LIMIT {PER_PAGE + 1}")
    found = rows(asked, given)
    more = not whole and len(found) > PER_PAGE
    page = found[:PER_PAGE] if more else found
    return Found(
        lines=audit_reading.named(page),
        older=page[-1][0] if more else None,
        count=count,
        readers=_readers(f"({where}) AND outcome = 'read'", values),
        lists=_readers(*_lists(case)),
        wheels=of_case["wheel"],
    )


def field_name(name: str) -> str:
    """Name an answer of a wheel or a case in words, such as Hälsa: barnet säger; "" for any other field."""
    words = case_names.full_name(name)
    return words if words != name else ""


def _references(thing: str, case: Case) -> tuple[str, ...]:
    return tuple(told for (told,) in rows(f"SELECT reference FROM {thing} WHERE case_id = ? ORDER BY id", (case.id,)))


def _about(case: Case, of_case: dict[str, tuple[str, ...]]) -> tuple[str, list[Any]]:
    where, values = "(thing = 'case' AND thing_id = ?)", [case.reference]
    for thing, references in of_case.items():
        if references:
            where += f" OR (thing = '{thing}' AND thing_id IN ({', '.join('?' * len(references))}))"
            values += references
    return f"({where})", values


def _lists(case: Case) -> tuple[str, list[Any]]:
    """The looks at lists of the unit's cases from the day it came."""
    opened = AuditRow.at.db_value(case.opened_at)
    return "action = ? AND unit = ? AND at >= ? AND outcome = 'read'", [LISTS, case.unit_id, opened]


def _readers(where: str, values: list[Any]) -> list[Reader]:
    """Count the rows of each who acts, the latest first."""
    found = rows(
        "SELECT r.actor, a.name, COUNT(*), MIN(r.at), MAX(r.at)"
        f" FROM (SELECT actor, at FROM audit_row WHERE {where}) r"
        " LEFT JOIN account a ON r.actor = 'account:' || a.id GROUP BY r.actor, a.name ORDER BY MAX(r.at) DESC",
        values,
    )
    nobody, number = audit_reading.NOBODY, audit_reading.account_of
    return [
        Reader(name or nobody.get(who, who), number(who), times, _moment(first), _moment(last))
        for who, name, times, first, last in found
    ]


def _moment(value: object) -> datetime:
    return AuditRow.at.python_value(value)
