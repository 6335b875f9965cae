"""The plan in words: states of actions, weeks, directions, what has been changed, what waits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tbb import clock
from tbb.forms.followups import ANSWERS, DIRECTIONS, OUTCOMES
from tbb.forms.plans import STATES, HandOnForm, mark_of
from tbb.services import case_page, weeks
from tbb.services.plan_actions import Action, Somebody
from tbb.services.plan_owners import Choice
from tbb.services.plan_page import Change, Shown
from tbb.services.wheel_texts import AREA_NAMES, AREAS, LEVEL_NAMES
from tbb.web.case_desk_words import MONTHS, weekday
from tbb.web.mapping_words import ABOUT_DIAGNOSIS, describe

__all__ = ["ABOUT_DIAGNOSIS", "ANSWERS", "AREA_NAMES", "DIRECTIONS", "LEVEL_NAMES", "OUTCOMES", "STATES", "describe"]
LOOKS = {
    "planned": ("warning", "clock"),
    "doing": ("info", "refresh"),
    "done": ("success", "check"),
    "dropped": ("neutral", "x"),
}
"""In which colour and with which picture each state of an action is shown."""
GONE = {
    "better": ("success", "arrow-up"),
    "same": ("neutral", "arrow-right"),
    "worse": ("warning", "arrow-down"),
    "unknown": ("neutral", "help"),
}
"""How each direction is shown; the words stand beside."""
DONE = {
    "plan:make": "Planen gjordes",
    "plan:change": "Målen ändrades",
    "plan:add-action": "En åtgärd lades till",
    "plan:change-action": "En åtgärd ändrades",
    "plan:action-state": "Läget för en åtgärd ändrades",
    "plan:hand-on": "Planen fick en ny samordningsperson",
    "plan:deviation": "En avvikelse skrevs",
    "plan:settle": "Något som sagts om planen togs om hand",
    "plan:told": "Familjen sa till genom sin länk",
    "plan:new-link": "Familjen fick en ny länk",
    "plan:end-link": "Familjens länk stängdes av",
    "plan:print-sheet": "Familjens blad gjordes",
    "plan:export-sip": "Underlag till en SIP togs ut",
    "plan:remind": "En påminnelse skickades",
    "plan:end": "Planen avslutades",
    "followup:book": "En uppföljning bokades",
    "followup:record": "En uppföljning skrevs ned",
}
FIELDS = {"goal.child": "barnets mål", "goal.own": "de vuxnas mål", "goal.hidden": "vad som inte visas"}
NOTES = {"deviation": "En verksamhet är inte med", "family": "Familjen säger till"}


def week(action: Action) -> str:
    """Name the week by which an action is to be done: v. 49."""
    return weeks.label(action.due_on) if action.due_on else "Ingen vecka"


def area_name(area: str) -> str:
    """Name an area; the whole plan has none."""
    return AREA_NAMES.get(area, "Hela planen")


def happened(change: Change) -> str:
    """Say what was changed, by the names of the fields."""
    said = DONE.get(change.action, change.action)
    named = [FIELDS[name] for name in change.fields if name in FIELDS]
    return f"{said}: {', '.join(named)}" if named else said


def day(moment: datetime) -> str:
    """Write the Swedish day of a moment: 22 november 2026."""
    local = clock.local(moment)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def when(moment: datetime) -> str:
    """Write a moment as one says it: Måndag 18 januari kl. 13.00."""
    local = clock.local(moment)
    return f"{weekday(local.date())} kl. {local:%H.%M}"


def block(moment: datetime) -> tuple[int, str]:
    """Give the day and the short month of a moment, for its picture."""
    local = clock.local(moment)
    return local.day, MONTHS[local.month - 1][:3]


def has_begun(moment: datetime) -> bool:
    """Whether a moment has come."""
    return moment <= clock.now()


def some_areas(areas: tuple[str, ...]) -> str:
    """Name some areas in a sentence: hälsa, lärande."""
    return ", ".join(AREA_NAMES[area].lower() for area in areas)


def heading_of(shown: Shown) -> str:
    """Say whom a plan is about: Alva E, årskurs 6; only on the page itself."""
    return case_page.heading_of(shown.card) or shown.case.reference


def middle_of(shown: Shown) -> str:
    """Give the word in the middle of the wheel."""
    return case_page.middle_of(shown.case, shown.card)


def filled(action: Action) -> dict[str, Any]:
    """Fill in the form of an action with what stands."""
    somebody = action.account is not None or action.participant is not None
    responsible = mark_of(Somebody(0, action.account, action.participant, "")) if somebody else ""
    return {
        "version": str(action.version),
        "what": action.what,
        "who": action.who,
        "responsible": responsible,
        "unit": str(action.unit or ""),
        "area": action.area,
        "week": action.due_on.isoformat() if action.due_on else "",
        "hidden": "1" if action.hidden else "",
    }


def choice(form: HandOnForm) -> Choice:
    """Give the choice of a samordningsperson that was sent."""
    return Choice(
        to=form.chosen,
        child_asked=form.asked.data == "yes",
        why_not_asked=form.why_not_asked.data,
        wish=form.wish.data,
        as_wished=form.as_wished.data == "yes",
        reason=form.reason.data,
    )


def in_order(shown: Shown) -> list[str]:
    """Give the areas with those of the plan first: a goal, or something to do."""
    planned = {goal.area for goal in shown.goals} | {each.action.area for each in shown.actions}
    return sorted(AREAS, key=lambda area: (area not in planned, AREAS.index(area)))
