"""What the fields of a meeting's record are called in Swedish, so that each is understood alone."""

from __future__ import annotations

from datetime import date

from tbb.models.meeting_kinds import Attendance
from tbb.services import weeks
from tbb.services.meeting_sheet import ACTION, Sheet

OF_AREA = {
    "why": "Varför tar ni upp det?",
    "agreed": "Det här kommer vi överens om",
    "child": "Mål med barnets ord",
    "own": "Mål med våra ord",
}
OF_ACTION = {"what": "Vad ska göras?", "who": "Vem gör det?", "by": "Klart senast", "area": "Område"}
PLAIN = {
    "voice.says": "Barnet säger",
    "voice.brought": "Så kom barnets röst fram",
    "voice.none": "Varför barnets röst inte är med",
    "sum.agreed": "Något mer ni kommer överens om",
    "followup.day": "Uppföljningens dag",
    "followup.time": "Klockslag",
    "followup.minutes": "Hur länge?",
    "followup.agreed": "Samordningspersonen har valt tiden",
}
ATTENDED = {Attendance.YES: "Kom", Attendance.PART: "Var med en del", Attendance.NO: "Kom inte"}


def full_name(name: str, sheet: Sheet) -> str:
    """Name a field so that it is understood alone: Hälsa: mål med barnets ord."""
    head, _, rest = name.partition(".")
    middle, _, last = rest.partition(".")
    if head == "area":
        said = OF_AREA.get(last, last)
        return f"{sheet.edition.areas.get(middle, middle)}: {said[0].lower()}{said[1:]}"
    if head == "do":
        keys = [todo.key for todo in sheet.todos]
        number = f"Åtgärd {keys.index(middle) + 1}" if middle in keys else "Ny åtgärd"
        said = OF_ACTION.get(last, last)
        return f"{number}: {said[0].lower()}{said[1:]}"
    if head == "attended":
        return next((each.name for each in sheet.people if each.key == middle), "Deltagare")
    if head == "deviation":
        label = next((each.unit_label for each in sheet.people if str(each.unit) == middle), "Verksamheten")
        return f"{label} kom inte. Vad vet ni?"
    return PLAIN.get(name, name)


def in_words(name: str, value: str, sheet: Sheet) -> str:
    """Say an answer that is one of a few in words."""
    found = ACTION.fullmatch(name)
    part = found[2] if found else ""
    if name.startswith("attended."):
        return ATTENDED.get(Attendance(value), "") if value in ATTENDED else ""
    if part == "who":
        return next((each.label for each in sheet.people if each.key == value), value)
    if part == "by":
        return week(value)
    if part == "area":
        return sheet.edition.areas.get(value, value)
    return "Ja" if name == "followup.agreed" and value else value


def week(day: str) -> str:
    """Name a week by its Sunday: v. 49, 30 november–6 december; what is no day as it stands."""
    try:
        last = date.fromisoformat(day)
    except ValueError:
        return day
    first = weeks.monday_of(last)
    months = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
    begins = f"{first.day}" if first.month == last.month else f"{first.day} {months[first.month - 1]}"
    return f"{weeks.label(last)} ({begins}–{last.day} {months[last.month - 1]})"
