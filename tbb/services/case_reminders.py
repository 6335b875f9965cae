"""Reminding of cases with which nothing is done: first those who answer, and then the unit's head. Numbers only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tbb import clock
from tbb.database import as_day, one_at_a_time, rows, run, transaction
from tbb.models.kinds import CaseState
from tbb.policy import WORKER
from tbb.services import audit, case_files, case_shelf, keepers, letters, working_days
from tbb.services.case_desk import TIMES, local_day

THEN = 5
"""Working days from a reminder until the unit's head is told that somebody needs to take over."""
_WAITING = """
    SELECT id, reference, unit_id, state, opened_at, touched_at, reminded_on FROM casefile
    WHERE state IN ('sent', 'received') ORDER BY unit_id, id
"""


@dataclass(frozen=True)
class Late:
    """A case that has waited too long, and whether its unit's head shall know."""

    id: int
    reference: str
    unit: int
    for_the_head: bool


@transaction
def remind() -> int:
    """Write to those who should receive or begin with something, once for each unit and day; count the cases.

    A case is told of at most once in five working days: the first time to those who answer, then also to the head.
    """
    one_at_a_time("case reminders")
    today, found = clock.today(), defaultdict(list)
    for late in _late(today):
        found[late.unit].append(late)
    for unit, waiting in found.items():
        _tell(unit, waiting, today)
        for late in waiting:
            run("UPDATE casefile SET reminded_on = ? WHERE id = ?", (today, late.id))
            place = case_shelf.place_of_unit(unit)
            audit.record(WORKER, "case:remind", "case", late.reference, place=place)
    return sum(map(len, found.values()))


def _late(today: date) -> Iterable[Late]:
    for number, reference, unit, state, opened_at, touched_at, reminded_on in rows(_WAITING):
        since = local_day(opened_at if state == CaseState.SENT else touched_at)
        reminded = as_day(reminded_on)
        # A reminder from before the latest step has done its work.
        again = reminded is not None and reminded > since
        wait = working_days.between(reminded if again else since, today)
        if wait >= (THEN if again else TIMES[CaseState(state)]):
            yield Late(number, reference, unit, again)


def _tell(unit: int, waiting: list[Late], today: date) -> None:
    facts = {"count": len(waiting), "path": "/arenden"}
    case_files.tell_those_who_answer(unit, "case_waiting", f"case-waiting:{unit}:{today}", facts)
    if not any(late.for_the_head for late in waiting):
        return
    label, slug, organizer = rows(
        "SELECT COALESCE(NULLIF(display_name, ''), name), slug, organizer_id FROM unit WHERE id = ?", (unit,)
    )[0]
    facts = {"unit": label, "path": f"/arbetsyta/verksamheter/{slug}/ansvariga"}
    for keeper in keepers.unit_heads(unit) or keepers.organizer_admins(organizer):
        letters.write(f"case-unattended:{unit}:{today}:{keeper.account}", keeper.email, "case_unattended", facts)
