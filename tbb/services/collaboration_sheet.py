"""The meetings, samordningspersoner and plans of a case as they stand on paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tbb.models.meeting_kinds import ActionState, Attendance, MeetingKind, MeetingState, ParticipantRole, PlanState
from tbb.services import case_names
from tbb.services.case_entry import Entry
from tbb.services.collaboration_record import Came, Collaboration, Coordinated, Met, Planned, ToDo, Told
from tbb.services.sheet_parts import MASKED, Area, Line, Section, Table, long_date, moment
from tbb.services.wheel_texts import AREA_NAMES, AREAS, LEVEL_NAMES

KINDS = {
    MeetingKind.COLLABORATION: "Samverkansmöte",
    MeetingKind.CONSULTATION: "Konsultation",
    MeetingKind.FOLLOWUP: "Uppföljning",
}
STATES = {
    MeetingState.DRAFT: "Förbereds",
    MeetingState.PROPOSED: "Tider är föreslagna",
    MeetingState.SET: "Bokat",
    MeetingState.HELD: "Har varit",
    MeetingState.CLOSED: "Har varit, anteckningarna är klara",
    MeetingState.CANCELLED: "Inställt",
}
ROLES = {
    ParticipantRole.PROFESSIONAL: "Från en verksamhet",
    ParticipantRole.GUARDIAN: "Vårdnadshavare",
    ParticipantRole.CHILD: "Barnet",
    ParticipantRole.INTERPRETER: "Tolk",
    ParticipantRole.SUPPORT: "Stödperson",
}
ATTENDED = {
    Attendance.UNKNOWN: "Inte ifyllt",
    Attendance.YES: "Kom",
    Attendance.PART: "Var med en del",
    Attendance.NO: "Kom inte",
}
PLANS = {PlanState.ACTIVE: "Följs", PlanState.CHANGED: "Ändrad, följs", PlanState.ENDED: "Avslutad"}
ACTIONS = {
    ActionState.PLANNED: "inte börjat",
    ActionState.DOING: "pågår",
    ActionState.DONE: "klart",
    ActionState.DROPPED: "blir inte av",
}
WHY = {
    "": "",
    "passed_on": "Någon annan tog över",
    "left": "Arbetar inte kvar",
    "plan_ended": "Planen avslutades",
    "consent": "Samtycket gällde inte längre",
}
HIDDEN = "Visas inte för vårdnadshavare"


def sections(together: Collaboration, names: bool) -> list[Section]:
    """Set what a case holds of meetings and plans; `names` tells who of the staff did what."""
    made = [_met(each, names) for each in together.meetings]
    made += [_coordinated(each, names) for each in together.coordinators]
    return made + [_planned(each, names) for each in together.plans]


def _met(met: Met, names: bool) -> Section:
    facts = [
        ("När", moment(met.starts_at) if met.starts_at else "Inte bestämt"),
        ("Var", met.where),
        ("Läge", STATES[MeetingState(met.state)]),
        ("Verksamheter", "; ".join(_service(str(place), version) for place, version in met.services)),
        ("Anteckningarna stängdes", moment(met.closed_at) if met.closed_at else ""),
        ("Ställdes in", moment(met.cancelled_at) if met.cancelled_at else ""),
    ]
    areas, lines, chosen = _parted(met.entries)
    people = Table("Vilka som var tillfrågade", ("Vem", "Verksamhet", "Närvaro"),
                   tuple(_came(each, names) for each in met.people)) if met.people else None  # fmt: skip
    return Section(
        f"{KINDS[MeetingKind(met.kind)]} {met.reference}",
        facts=(*_facts(facts), *chosen),
        areas=tuple(areas),
        lines=tuple(lines),
        table=people,
    )


def _service(place: str, version: int) -> str:
    return f"{place} (samtycke version {version})" if version else place


def _came(came: Came, names: bool) -> tuple[str, ...]:
    who = [ROLES[ParticipantRole(came.role)]]
    if names and came.name:
        who.append(came.name)
    if came.person is not None:
        who.append(MASKED if came.person.masked else came.person.text)
    return (
        ": ".join([who[0], ", ".join(who[1:])]) if who[1:] else who[0],
        str(came.place),
        ATTENDED[Attendance(came.attended)],
    )


def _coordinated(each: Coordinated, names: bool) -> Section:
    facts = [
        ("Vem", each.name if names else ""),
        ("Verksamhet", str(each.place)),
        ("Barnet fick frågan", "Ja" if each.child_asked else "Nej"),
        ("Blev som barnet ville", "Ja" if each.as_wished else "Nej"),
        ("Från", long_date(each.starts_at)),
        ("Till", f"{long_date(each.ended_at)}. {WHY[each.ended_why]}" if each.ended_at else ""),
    ]
    return Section("Samordningsperson", facts=_facts(facts), lines=tuple(_line(entry) for entry in each.entries))


def _planned(plan: Planned, names: bool) -> Section:
    facts = [
        ("Läge", PLANS[PlanState(plan.state)]),
        ("Gjordes", long_date(plan.made_at)),
        ("Avslutades", long_date(plan.ended_at) if plan.ended_at else ""),
        ("Att veta", "Detta är inte en SIP."),
    ]
    areas, lines, chosen = _parted(plan.goals)
    lines += [line for action in plan.actions for line in _todo(action)]
    lines += [line for note in plan.notes for line in _told(note, names)]
    return Section(
        f"Barnets plan {plan.reference}", facts=(*_facts(facts), *chosen), areas=tuple(areas), lines=tuple(lines)
    )


def _todo(action: ToDo) -> list[Line]:
    when = ", ".join(part for part in (action.week, ACTIONS[ActionState(action.state)], str(action.place)) if part)
    lines = []
    for entry in action.entries:
        area = f"{AREA_NAMES[entry.area]}: {entry.label[:1].lower()}{entry.label[1:]}" if entry.area else entry.label
        note = ", ".join(part for part in (when if not lines else "", HIDDEN if entry.hidden else "") if part)
        lines.append(replace(_line(entry), label=area, note=note))
    return lines


def _told(note: Told, names: bool) -> list[Line]:
    told = [part for part in (str(note.place), note.by if names else "", moment(note.at)) if part]
    return [replace(_line(entry), note=", ".join(told)) for entry in note.entries]


def _parted(entries: Iterable[Entry]) -> tuple[list[Area], list[Line], list[Line]]:
    """Part what belongs to an area from what does not, and of that what was chosen."""
    entries, areas = list(entries), []
    for code in AREAS:
        here = [entry for entry in entries if entry.area == code]
        level = next(
            (entry.value for entry in here if entry.kind == case_names.LEVEL and "before." not in entry.name), ""
        )
        lines = [_line(entry) for entry in here if entry.in_words or entry.masked]
        lines += [Line(entry.label, entry.text, "fact") for entry in here if _is_chosen(entry)]
        if level or lines:
            hidden = any(entry.hidden for entry in here)
            areas.append(Area(code, AREA_NAMES[code], level, LEVEL_NAMES.get(level, ""), hidden, tuple(lines)))
    rest = [entry for entry in entries if not entry.area]
    lines = [_line(entry) for entry in rest if entry.in_words or entry.masked]
    return areas, lines, [Line(entry.label, entry.text, "fact") for entry in rest if _is_chosen(entry)]


def _is_chosen(entry: Entry) -> bool:
    return (entry.kind == case_names.CHOICE or _is_before(entry)) and not entry.masked


def _is_before(entry: Entry) -> bool:
    return entry.kind == case_names.LEVEL and "before." in entry.name


def _facts(told: Iterable[tuple[str, str]]) -> tuple[Line, ...]:
    return tuple(Line(label, text, "fact") for label, text in told if text)


def _line(entry: Entry) -> Line:
    if entry.masked:
        return Line(entry.label, MASKED, "masked")
    return Line(entry.label, entry.text, "quote" if entry.kind == case_names.QUOTE else "text")
