"""The family's sheet: who does what and whom to call, on one page, without anything that is not for guardians."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tbb.database import load, transaction
from tbb.models import Case, Plan, Wheel
from tbb.policy import Actor, Permission, require
from tbb.services import (
    audit,
    followup_record,
    followups,
    meeting_shelf,
    paper_words,
    plan_actions,
    plan_notes,
    plan_page,
    poster_art,
    sealed_fields,
)
from tbb.services.plan_page import Contact, Goal
from tbb.services.wheel_texts import AREAS

if TYPE_CHECKING:
    from typst import Compiler

TEMPLATE = Path(__file__).with_name("family_sheet.typ")
LATIN = Path(__file__).parent.parent / "static" / "vendor" / "print"
ARABIC = Path(__file__).parent / "data" / "fonts"
STANDARDS = ["a-2a", "ua-1"]
_lock = threading.Lock()


class CannotSet(Exception):
    """The sheet could not be set. The message names the kind of fault, never any words of the sheet."""


@dataclass(frozen=True)
class Task:
    """Something to do: what, who, for which service, and the Sunday of its week."""

    area: str
    what: str
    who: str
    unit: str
    due_on: date | None
    done: bool


@dataclass(frozen=True)
class Content:
    """What the sheet tells. `left_out` counts what is not for guardians; `contact` is whom to call."""

    reference: str
    contact: Contact
    coordinated: bool
    goals: tuple[Goal, ...]
    tasks: tuple[Task, ...]
    followup: datetime | None
    link: str
    left_out: int


@dataclass(frozen=True)
class Line:
    """A row of the table as it is printed: what, who, when."""

    what: str
    who: str
    unit: str
    when: str


@dataclass(frozen=True)
class Aim:
    """A goal as it is printed, with the name of its area in the language of the sheet."""

    area: str
    code: str
    child: str
    own: str


@dataclass(frozen=True)
class Paper:
    """All that the sheet says: fixed texts in its own language, written words as they were written, in Swedish."""

    language: str
    direction: str
    title: str
    lead: str
    not_sip: str
    sender: str
    call: str
    name: str
    where: str
    phone: str
    about_call: str
    doing: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    nothing: str
    aims: str
    child_says: str
    adults_say: str
    goals: tuple[Aim, ...]
    followup: str
    followup_at: str
    link: str
    link_shown: str
    about_link: str
    qr: str
    qr_says: str
    swedish: str
    help: tuple[str, ...]


@transaction
def content(actor: Actor, plan: Plan) -> Content:
    """Gather what the family's sheet tells, and write in the audit that it is made. Raises Refused."""
    place = meeting_shelf.place_of_plan(plan)
    require(actor, Permission.HAND_ON_PLAN, place)
    audit.record(actor, "plan:print-sheet", "plan", plan.reference, place=place)
    case = load(Case, "id = ?", (plan.case_id,))[0]
    coordinating, closed = plan_page.coordinating_of(case), hidden_areas(plan)
    there = coordinating is not None and not coordinating.away
    goals, actions = plan_page.goals_of(sealed_fields.texts(plan)), plan_actions.of_plan(plan)
    open_goals = tuple(goal for goal in goals if goal.area not in closed)
    shown = [each for each in actions if not each.hidden and each.area not in closed and each.state != "dropped"]
    labels = plan_page.labels_of(each.unit for each in shown)
    meeting = followups.following(plan)
    hidden = sum(each.hidden or each.area in closed for each in actions) + len(goals) - len(open_goals)
    return Content(
        reference=plan.reference,
        contact=coordinating.contact if there else plan_page.answering_contact(case),
        coordinated=there,
        goals=open_goals,
        tasks=tuple(
            Task(each.area, each.what, each.who, labels.get(each.unit, ""), each.due_on, each.over) for each in shown
        ),
        followup=meeting.starts_at if meeting else None,
        link=plan_notes.link_of(plan),
        left_out=hidden,
    )


def hidden_areas(plan: Plan) -> frozenset[str]:
    """The areas that are marked as not for guardians anywhere: in the plan, a follow-up, the mapping or a wheel."""
    case = load(Case, "id = ?", (plan.case_id,))[0]
    wheels = load(Wheel, "case_id = ? AND state = 'sent'", (case.id,))
    said = [sealed_fields.texts(thing) for thing in (plan, case, *wheels)]
    said += [followed.texts for followed in followup_record.of_plan(plan)]
    marks = {name for texts in said for name in texts if name.endswith(".hidden")}
    parts = [name.split(".") for name in marks]
    return frozenset(part[1] for part in parts if len(part) == 3 and part[0] in ("goal", "now", "area"))


def set_paper(paper: Paper) -> bytes:
    """Set the sheet as PDF/UA-1; nothing of it is kept. Raises CannotSet."""
    drawn = {name: getattr(paper, name) for name in ("qr", "link", "link_shown")}
    words = {name: said for name, said in asdict(paper).items() if name not in drawn}
    return paper_words.set_with(
        lambda content: _compile(content | drawn), words, lambda content: content, paper_words.LATIN_AND_ARABIC
    )


def _compile(content: dict[str, Any]) -> bytes:
    from typst import TypstError

    inputs = {"sheet": json.dumps(content), "logo": poster_art.logo(), "areas": json.dumps(_icons())}
    try:
        with _lock:
            maker = _compiler()
            made, warnings = maker.compile_with_warnings(
                format="pdf", sys_inputs=inputs, pdf_standards=["a-2a", "ua-1"]
            )
    except TypstError as problem:
        if lacking := paper_words.missing_in(problem.message):
            raise lacking from None
        raise CannotSet(type(problem).__name__) from None
    if warnings:
        raise CannotSet(f"{len(warnings)} warnings")
    return made


def _compiler() -> Compiler:
    """A compiler of its own each time: none is kept that remembers what it has set."""
    from typst import Compiler

    return Compiler(TEMPLATE, font_paths=[LATIN, ARABIC], ignore_system_fonts=True)


@lru_cache(maxsize=1)
def _icons() -> dict[str, str]:
    return {code: poster_art.area_icon(area) for code, area in zip(AREAS, poster_art.AREAS, strict=True)}
