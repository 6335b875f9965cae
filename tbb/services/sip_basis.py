"""A basis for a SIP (domain C5, R23): what the plan already says of what the law asks for. It is not a SIP itself."""

from __future__ import annotations

from collections.abc import Iterable

from tbb import clock
from tbb.database import load, rows, transaction
from tbb.models import Case, Plan
from tbb.models.kinds import Answer, OrganizerKind
from tbb.policy import Actor, Permission, require
from tbb.services import (
    audit,
    case_paper,
    case_record,
    case_sheet,
    consents,
    family_sheet,
    followups,
    meeting_shelf,
    plan_actions,
    plan_page,
    sealed_fields,
    weeks,
)
from tbb.services.case_sheet import Line, Section, Sheet
from tbb.services.plan_actions import Action
from tbb.services.wheel_texts import AREA_NAMES

KIND = "Underlag till SIP,"
LEAD = "Detta är inte en SIP. Det är ett underlag till ett SIP-möte, hämtat ur barnets plan."
OPEN = "Bestäms på SIP-mötet."
WORDS = (
    "Det som är märkt ”visas inte för vårdnadshavare” är inte med.",
    "Innehållet kan omfattas av sekretess. Förvara dokumentet enligt verksamhetens regler.",
)
_OWNERS = """
    SELECT u.id, o.kind, o.name FROM unit u LEFT JOIN organizer o ON o.id = u.organizer_id WHERE u.id IN ({marks})
"""
STATES = {"planned": "inte börjat", "doing": "pågår", "done": "klart", "dropped": "blir inte av"}


@transaction
def sheet(actor: Actor, plan: Plan) -> Sheet:
    """Put together a basis for a SIP, and write in the audit that it is taken out. Raises Refused."""
    place = meeting_shelf.place_of_plan(plan)
    require(actor, Permission.HAND_ON_PLAN, place)
    audit.record(actor, "plan:export-sip", "plan", plan.reference, place=place)
    case = load(Case, "id = ?", (plan.case_id,))[0]
    closed = family_sheet.hidden_areas(plan)
    goals = [goal for goal in plan_page.goals_of(sealed_fields.texts(plan)) if goal.area not in closed]
    actions = [each for each in plan_actions.of_plan(plan) if not each.hidden and each.area not in closed]
    public, others = _by_owner(actions)
    sections = (
        Section("1. Vilka insatser behövs?", lines=(*_goals(goals), *_actions(actions))),
        Section("2. Vilka insatser svarar var och en av kommunen och regionen för?", lines=_owned(public)),
        Section("3. Vad gör någon annan än kommunen och regionen?", lines=_actions(others) or (_open(),)),
        Section("4. Vem av kommunen och regionen har det övergripande ansvaret?", lines=(_open(),)),
        Section("5. Samtycke, och hur barnet och vårdnadshavarna är med", facts=_consent(case), lines=_wish(case)),
    )
    made = Sheet(KIND, plan.reference, LEAD, _more(plan, case), sections, words=WORDS)
    return case_sheet.signed(made, who=case_record.name_of(actor.account), at=clock.now())


def pdf(actor: Actor, plan: Plan) -> bytes:
    """Make the basis as PDF."""
    return case_paper.pdf(sheet(actor, plan))


def _by_owner(actions: list[Action]) -> tuple[dict[str, list[Action]], list[Action]]:
    """Part what municipalities and the region answer for, by whose it is, from what others do."""
    numbers = sorted({each.unit for each in actions if each.unit is not None})
    found = rows(_OWNERS.format(marks=", ".join("?" * len(numbers))), numbers) if numbers else []
    owners = {number: (kind, name) for number, kind, name in found}
    public: dict[str, list[Action]] = {}
    others = []
    for each in actions:
        kind, name = owners.get(each.unit, (None, ""))
        if kind in (OrganizerKind.MUNICIPAL, OrganizerKind.REGION):
            public.setdefault(name, []).append(each)
        else:
            others.append(each)
    return public, others


def _goals(goals: Iterable[plan_page.Goal]) -> list[Line]:
    lines = []
    for goal in goals:
        name = AREA_NAMES[goal.area]
        lines += [Line(f"{name}: mål med barnets egna ord", goal.child, "quote")] if goal.child else []
        lines += [Line(f"{name}: mål med de vuxnas ord", goal.own)] if goal.own else []
    return lines


def _actions(actions: Iterable[Action]) -> tuple[Line, ...]:
    return tuple(Line(AREA_NAMES.get(each.area, "Hela planen"), each.what, note=_note(each)) for each in actions)


def _note(action: Action) -> str:
    when = weeks.label(action.due_on) if action.due_on else ""
    return ", ".join(part for part in (action.who, when, STATES[action.state]) if part)


def _owned(public: dict[str, list[Action]]) -> tuple[Line, ...]:
    lines = [Line(owner, each.what, note=_note(each)) for owner, actions in sorted(public.items()) for each in actions]
    return tuple(lines) or (_open(),)


def _open() -> Line:
    return Line("", OPEN)


def _consent(case: Case) -> tuple[Line, ...]:
    found = consents.of_case(case)
    if not found or not found[0].holds:
        return (Line("Samtycke", "Det finns inget samtycke som gäller. En SIP kräver ett.", "fact"),)
    newest = found[0]
    facts = [
        Line(case_sheet.VOICES[who], _answer(voice), "fact") for who, voice in newest.voices.items()
    ]  # fmt: skip
    facts.append(Line("Samtycket här gäller", ", ".join(newest.covers), "fact"))
    facts.append(Line("Till och med", case_sheet.long_date(newest.ends_on), "fact"))
    facts.append(Line("Att tänka på", "En SIP behöver ett eget samtycke.", "fact"))
    return tuple(facts)


def _answer(voice: consents.Voice) -> str:
    said = case_sheet.ANSWERS[voice.answer]
    return f"{said}, {case_sheet.WAYS[voice.way]}" if voice.answer != Answer.NOT_ASKED and voice.way else said


def _wish(case: Case) -> tuple[Line, ...]:
    coordinating = plan_page.coordinating_of(case)
    wish = coordinating.wish if coordinating else ""
    return (Line("Vem barnet vill ha som samordningsperson", wish, "quote"),) if wish else ()


def _more(plan: Plan, case: Case) -> tuple[Line, ...]:
    coordinating, meeting = plan_page.coordinating_of(case), followups.following(plan)
    contact = coordinating.contact if coordinating else plan_page.answering_contact(case)
    told = [
        ("Samordningsperson" if coordinating else "Svarar för planen", contact.name),
        ("Verksamhet", contact.unit),
        ("Telefon", contact.phone),
        ("Planen gjordes", case_sheet.long_date(plan.made_at)),
        ("Nästa uppföljning", case_sheet.moment(meeting.starts_at) if meeting and meeting.starts_at else "Inte bokad"),
    ]
    return tuple(Line(label, text, "fact") for label, text in told if text)
