"""The round of May and June: which children leave a unit this summer, and whether somebody has seen to each of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tbb import clock
from tbb.database import one_at_a_time, rows, transaction
from tbb.models import Case, Unit
from tbb.models.kinds import Kind
from tbb.policy import Actor, Permission, require
from tbb.services import audit, case_files, case_shelf, sealed_fields
from tbb.services.case_files import Card
from tbb.services.drafts import STAGES

BEGINS, ENDS = (5, 1), (6, 30)
"""The first and the last day of the round, as month and day."""
LETTERS_ON = ((5, 1), (6, 1), (6, 15))
"""From these days on those who answer for a unit are told what is left, once for each."""
NEW_YEAR = 8
"""The month in which a school year begins."""
STAYS = "stays"
PATH = "/arenden/overgangar"
AT_HOME = (Kind.PRESCHOOL, Kind.FAMILY_DAYCARE, Kind.BVC, Kind.FAMILY_CENTRE)
UPPER = (Kind.UPPER_SECONDARY, Kind.UPPER_SECONDARY_ADAPTED)
LAST_GRADE, UPPER_YEARS, SCHOOL_AGE = 9, 3, 6
_OPEN = """
    SELECT c.id, c.key, c.reference, c.seal, c.card, c.opened_at, c.unit_id, c.state,
           EXISTS (SELECT 1 FROM wheel w JOIN casefile n ON n.id = w.case_id
                   WHERE w.handover_of_id = c.id AND w.state = 'sent' AND n.state = 'sent'),
           EXISTS (SELECT 1 FROM case_field f WHERE f.case_id = c.id AND f.name = ?)
    FROM casefile c WHERE c.state <> 'closed' AND c.unit_id IN ({units}) ORDER BY c.opened_at, c.id
"""


class Leaving(StrEnum):
    """Where a child who leaves goes on to."""

    PRESCHOOL_CLASS = "preschool_class"
    NEXT_SCHOOL = "next_school"
    UPPER_SECONDARY = "upper_secondary"
    DONE = "done"


GOES_TO = {
    Leaving.PRESCHOOL_CLASS: "Börjar förskoleklass",
    Leaving.NEXT_SCHOOL: "Byter skola",
    Leaving.UPPER_SECONDARY: "Börjar gymnasiet",
    Leaving.DONE: "Slutar gymnasiet",
}
"""What happens after the summer, in Swedish."""


@dataclass(frozen=True)
class Line:
    """A case in the round. `why` is empty for one that does not leave this summer by its stage."""

    key: str
    reference: str
    card: Card
    why: Leaving | None
    state: str
    offered: bool
    stays: bool

    @property
    def waits(self) -> bool:
        """Whether nobody has seen to it yet."""
        return self.why is not None and not self.offered and not self.stays


def year(day: date) -> int:
    """The year of the summer that the round of a day is about: until the end of July this one, then the next."""
    return day.year + (day.month >= NEW_YEAR)


def is_on(day: date) -> bool:
    """Whether the round is on."""
    return BEGINS <= (day.month, day.day) <= ENDS


def leaves(stage: str, noted: date, unit: Unit, summer: int) -> Leaving | None:
    """Tell whether a child leaves a unit in the summer of a year, by the stage that was noted on a day.

    Grades move on each summer. An age is taken for the middle of what it can mean.
    """
    words, digits = stage.partition(",")[0], [int(word) for word in stage.split() if word.isdecimal()]
    moved = summer - year(noted)
    if words in ("Förskola", "Hemma") and digits and unit.kind in AT_HOME:
        turns_six = noted.year - digits[0] - (noted.month < 7) + SCHOOL_AGE
        return Leaving.PRESCHOOL_CLASS if turns_six <= summer else None
    if words == "Gymnasiet" and digits:
        return Leaving.DONE if digits[0] + moved >= UPPER_YEARS and unit.kind in UPPER else None
    grade = 0 if words == "Förskoleklass" else digits[0] if words.startswith("Årskurs") and digits else None
    if grade is None or unit.kind in (*AT_HOME, *UPPER):
        return None
    last = LAST_GRADE if unit.grade_to is None else min(unit.grade_to, LAST_GRADE)
    if grade + moved < last:
        return None
    return Leaving.UPPER_SECONDARY if grade + moved >= LAST_GRADE else Leaving.NEXT_SCHOOL


def stage_on(stage: str, noted: date, day: date) -> str:
    """Tell what a stage that was noted on a day is called on a later one: Årskurs 6 is Årskurs 7 the next school year.

    A stage that ends, such as Årskurs 9, stays as it was noted.
    """
    words, comma, rest = stage.partition(",")
    moved, years = year(day) - year(noted), (day - noted).days // 365
    if moved <= 0:
        return stage
    if words == "Förskoleklass":
        later = f"Årskurs {moved}"
    elif words.startswith("Årskurs"):
        later = f"Årskurs {int(words.split()[1]) + moved}"
    elif words == "Gymnasiet":
        later = f"Gymnasiet, år {int(rest.split()[1]) + moved}"
    elif comma and rest.split()[0].isdecimal():
        later = f"{words}, {int(rest.split()[0]) + years} år"
    else:
        return stage
    return later if later in STAGES else stage


def lines(actor: Actor) -> list[Line]:
    """List the open cases that the actor answers for: those that wait first, then those seen to, then who stays on.

    That they are read is written, and committed, before anything is given.
    """
    units = case_shelf.units_answered(actor)
    for unit in units:
        audit.record_reading(actor, "cases:list", "cases", "list", place=case_shelf.place_of_unit(unit))
    found = _lines(units, clock.today())
    return sorted(found, key=lambda line: (not line.waits, line.why is None))


def count(actor: Actor) -> int:
    """Count what waits for the actor while the round is on; nothing else of the year."""
    if not is_on(clock.today()):
        return 0
    return sum(line.waits for line in _lines(case_shelf.units_answered(actor), clock.today()))


@transaction
def mark(actor: Actor, case: Case, *, stays: bool) -> None:
    """Say that a child stays this summer after all, or take that back. Raises Refused."""
    place = case_shelf.place_of(case)
    require(actor, Permission.HAND_OVER_CASE, place)
    name = _field(clock.today())
    if stays:
        sealed_fields.save(case, {name: STAYS}, by=actor.account)
    else:
        sealed_fields.forget(case, [name])
    Case.update(touched_at=clock.now(), version=Case.version + 1).where(Case.id == case.id).execute()
    audit.record(actor, "case:round", "case", case.reference, place=place, fields=("transition",))


@transaction
def ask() -> int:
    """While the round is on, tell those who answer for a unit that children leave it, as the days come; count units."""
    one_at_a_time("transition round")
    today = clock.today()
    due = [day for day in LETTERS_ON if day <= (today.month, today.day)]
    if not is_on(today) or not due:
        return 0
    units = [unit for (unit,) in rows("SELECT DISTINCT unit_id FROM casefile WHERE state <> 'closed' ORDER BY 1")]
    told = 0
    for unit in units:
        if any(line.waits for line in _lines([unit], today)):
            mark = f"round:{today.year}:{len(due)}:{unit}"
            told += bool(case_files.tell_those_who_answer(unit, "transition_round", mark, {"path": PATH}))
    return told


def _lines(units: list[int], today: date) -> list[Line]:
    if not units:
        return []
    found = rows(_OPEN.format(units=", ".join("?" * len(units))), [_field(today), *units])
    places = {unit.id: unit for unit in Unit.select().where(Unit.id << units)}
    made = []
    for _id, key, reference, seal, sealed, opened, unit, state, offered, stays in found:
        card = case_files.read_card(key, seal, sealed)
        why = leaves(card.stage, _day(opened), places[unit], year(today))
        made.append(Line(key, reference, card, why, state, bool(offered), bool(stays)))
    return made


def _day(moment: str | datetime) -> date:
    return clock.local(Case.opened_at.python_value(moment)).date()


def _field(today: date) -> str:
    """The answer that says a child stays: one for each summer, so that it is asked anew the next."""
    return f"transition.{year(today)}"
