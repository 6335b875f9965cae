"""The desk of those who answer for cases: the list of them, by state and unit and day alone, and receiving a wheel."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import ceil

from tbb import clock
from tbb.database import as_day, load, rows, run, transaction
from tbb.models import Account, Case, Wheel
from tbb.models.kinds import CaseEventKind, CaseState, Duty, Outcome, Role
from tbb.policy import Actor, Permission, require
from tbb.services import audit, case_files, case_shelf, letters, transitions, working_days
from tbb.services.case_files import Card

PAGE_SIZE = 25
TABS = {
    "alla": (CaseState.SENT, CaseState.RECEIVED, CaseState.MAPPING, CaseState.COLLABORATING),
    "upptacka": (CaseState.SENT,),
    "kartlagga": (CaseState.RECEIVED, CaseState.MAPPING),
    "samarbeta": (CaseState.COLLABORATING,),
    "avslutade": (CaseState.CLOSED,),
}
"""The tabs of the list. There is no way to select children by what is said of them, nor by any word."""
TIMES = {CaseState.SENT: 2, CaseState.RECEIVED: 5, CaseState.MAPPING: 10, CaseState.COLLABORATING: 10}
"""Working days until the next step should be taken: from when a wheel came, else from when something was last done."""
REFERENCE = re.compile(r"[BH]-[A-HJ-NP-Z2-9]{6}")
EMPTY = 28
"""Bytes of a sealed text that says nothing: the nonce and the tag."""
QUESTIONS = 5
RANK = "CASE c.state WHEN 'sent' THEN 0 WHEN 'received' THEN 1 WHEN 'mapping' THEN 2 ELSE 3 END"
ANSWERED = f"""
    (SELECT COUNT(DISTINCT SUBSTR(f.name, 1, 10)) FROM case_field f
     WHERE f.case_id = c.id AND f.name LIKE 'question.%' AND LENGTH(f.body) > {EMPTY})
"""
_LABEL = "COALESCE(NULLIF({0}.display_name, ''), {0}.name)"
_LINES = f"""
    SELECT c.id, c.key, c.reference, c.seal, c.card, c.about, c.unit_id, c.state, c.outcome,
      c.opened_at, c.touched_at, c.closed_at, {_LABEL.format("u")}, {ANSWERED},
      (SELECT COUNT(*) FROM wheel w JOIN casefile n ON n.id = w.case_id
       WHERE w.handover_of_id = c.id AND w.state = 'sent' AND n.state = 'sent'),
      (SELECT {_LABEL.format("s")} FROM wheel w JOIN unit s ON s.id = w.from_unit_id
       WHERE w.case_id = c.id ORDER BY w.id LIMIT 1)
    FROM casefile c JOIN unit u ON u.id = c.unit_id WHERE c.id IN ({{}})
"""
_AWAY = """
    SELECT r.away_until, CASE WHEN p.protected THEN p.function_name ELSE p.name END
    FROM responsibility r JOIN person p ON p.id = r.person_id
    WHERE r.unit_id = ? AND r.role = ? AND r.starts_on <= ? AND (r.ends_on IS NULL OR r.ends_on >= ?)
      AND r.away_from <= ? AND (r.away_until IS NULL OR r.away_until >= ?) ORDER BY r.id LIMIT 1
"""


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed by, and by nothing else: tab, own unit (its address), days, a whole reference."""

    tab: str = "alla"
    unit: str = ""
    since: date | None = None
    until: date | None = None
    reference: str = ""


@dataclass(frozen=True)
class Line:
    """A case in a list. `age` counts working days; `step` is what comes next and `due` the day by which.

    `answered` is how many of the five questions have an answer.
    """

    id: int
    key: str
    reference: str
    about: str
    card: Card
    unit: int
    unit_label: str
    sender: str
    state: CaseState
    opened_on: date
    touched_on: date
    closed_on: date | None
    age: int
    answered: int
    step: str
    due: date | None


@dataclass(frozen=True)
class OwnUnit:
    """A unit whose cases the actor may list."""

    number: int
    slug: str
    label: str


@dataclass(frozen=True)
class StandingIn:
    """That the actor answers for a unit instead of its Barnets bästa-ansvarig, who is `name` if there is one.

    `why` says of a deputy that the BBA is away or that there is none, of a head that nobody answers (unanswered).
    """

    label: str
    why: str
    name: str = ""
    until: date | None = None


@dataclass(frozen=True)
class Found:
    """A page of the list: the numbers of its cases, still closed, and how many cases each tab holds."""

    numbers: list[int]
    total: int
    page: int
    pages: int
    counts: dict[str, int] = field(default_factory=dict)


def own_units(actor: Actor) -> list[OwnUnit]:
    """Name the units whose cases the actor answers for, or has some of by delegation, by name."""
    numbers = sorted({*case_shelf.units_answered(actor), *actor.units(Duty.DELEGATE)})
    if not numbers:
        return []
    marks = ", ".join("?" * len(numbers))
    found = rows(f"SELECT id, slug, {_LABEL.format('u')} FROM unit u WHERE id IN ({marks}) ORDER BY sort_key", numbers)
    return [OwnUnit(*row) for row in found]


def standing_in(actor: Actor) -> list[StandingIn]:
    """Say for which units the actor answers instead of the Barnets bästa-ansvarig, and why."""
    labels, found, today = {unit.number: unit.label for unit in own_units(actor)}, [], clock.today()
    for unit in sorted(set(case_shelf.units_answered(actor)) - actor.units(Duty.BBA)):
        away = rows(_AWAY, (unit, Role.BBA, today, today, today, today)) or [(None, "")]
        why = "unanswered" if unit not in actor.units(Duty.DEPUTY) else "away" if away[0][1] else "none"
        found.append(StandingIn(labels[unit], why, away[0][1], as_day(away[0][0])))
    return found


def listing(actor: Actor, wanted: Filters, page: int = 1) -> Found:
    """Find a page of the cases that the actor may list; `opened` shows what they are."""
    require(actor, Permission.READ_CASES)
    where, params = _where(actor, wanted)
    counts = _counts(where, params)
    states = _states(wanted)
    total = sum(counts.get(state, 0) for state in states)
    pages = max(1, ceil(total / PAGE_SIZE))
    page = min(max(1, page), pages)
    order = "c.closed_at DESC, c.id DESC" if wanted.tab == "avslutade" else f"{RANK}, c.opened_at, c.id"
    among = f"{where} AND c.state IN ({_marks(states)})"
    found = rows(
        f"SELECT c.id FROM casefile c WHERE {among} ORDER BY {order} LIMIT ? OFFSET ?",
        [*params, *states, PAGE_SIZE, (page - 1) * PAGE_SIZE],
    )
    by_tab = {tab: sum(counts.get(state, 0) for state in group) for tab, group in TABS.items()}
    return Found([row[0] for row in found], total, page, pages, by_tab)


def opened(actor: Actor, numbers: list[int]) -> list[Line]:
    """Open the cards of some cases, in their order, once it is on record for each unit that its list is read.

    The caller has found the numbers on the actor's shelf.
    """
    if not numbers:
        return []
    found = {row[0]: row for row in rows(_LINES.format(_marks(numbers)), numbers)}
    for unit in sorted({row[6] for row in found.values()}):
        audit.record_reading(actor, "cases:list", "cases", "list", place=case_shelf.place_of_unit(unit))
    return [_line(found[number]) for number in numbers if number in found]


@transaction
def receive(actor: Actor, key: str) -> bool | None:
    """Receive the wheel of a case: whoever sent it sees that. False when somebody has already; None: no such case."""
    case = case_shelf.case(actor, key)
    if case is None:
        return None
    place = case_shelf.place_of(case)
    require(actor, Permission.DECIDE_CASE, place)
    moment = clock.now()
    ours = run(
        "UPDATE casefile SET state = 'received', received_at = ? WHERE id = ? AND state = 'sent'",
        (Case.received_at.db_value(moment), case.id),
    )
    if not ours.rowcount:
        return False
    case_files.note_event(actor, case, CaseEventKind.RECEIVED, unit=case.unit_id)
    audit.record(actor, "case:receive", "case", case.reference, place=place, fields=("state",))
    for wheel in load(Wheel, "case_id = ? AND state = 'sent' ORDER BY id", (case.id,)):
        _tell_the_sender(wheel)
        transitions.accepted(actor, wheel)
    return True


def next_step(state: str, outcome: str, answered: int, offered: int) -> str:
    """Name what comes next for a case: receive, begin, wait, questions, decide, hand_over, meet, follow or nothing."""
    if state == CaseState.SENT:
        return "receive"
    if offered:
        return "wait"
    if state == CaseState.RECEIVED:
        return "begin"
    if state == CaseState.COLLABORATING:
        return "meet"
    if state == CaseState.CLOSED:
        return ""
    if outcome:
        return {Outcome.OTHER: "hand_over", Outcome.MEETING: "meet"}.get(Outcome(outcome), "follow")
    return "decide" if answered >= QUESTIONS else "questions"


def due_on(state: str, opened_on: date, touched_on: date) -> date | None:
    """Give the day by which the next step should be taken; None for a closed case."""
    if state not in TIMES:
        return None
    return working_days.after(opened_on if state == CaseState.SENT else touched_on, TIMES[CaseState(state)])


def local_day(value: object) -> date:
    """The Swedish day of a moment in a raw row."""
    return clock.local(Case.opened_at.python_value(value)).date()


def _where(actor: Actor, wanted: Filters) -> tuple[str, list[object]]:
    """The condition on ``casefile c`` and its parameters; the shelf comes first."""
    shelf, params = case_shelf.cases(actor)
    ways = [shelf]
    if wanted.unit:
        chosen = next((unit.number for unit in own_units(actor) if unit.slug == wanted.unit), 0)
        ways, params = [*ways, "c.unit_id = ?"], [*params, chosen]
    if wanted.since:
        ways, params = [*ways, "c.opened_at >= ?"], [*params, _midnight(wanted.since)]
    if wanted.until:
        ways, params = [*ways, "c.opened_at < ?"], [*params, _midnight(wanted.until + timedelta(days=1))]
    if wanted.reference:
        ways.append("(c.reference = ? OR c.id IN (SELECT w.case_id FROM wheel w WHERE w.reference = ?))")
        params = [*params, wanted.reference, wanted.reference]
    return " AND ".join(ways), params


def _states(wanted: Filters) -> tuple[str, ...]:
    """The states of a tab; whoever asks for a reference is shown it wherever it is."""
    return tuple(CaseState) if wanted.reference else TABS[wanted.tab]


def _counts(where: str, params: list[object]) -> dict[str, int]:
    return dict(rows(f"SELECT c.state, COUNT(*) FROM casefile c WHERE {where} GROUP BY c.state", params))


def _midnight(day: date) -> object:
    return Case.opened_at.db_value(datetime.combine(day, time(), tzinfo=clock.STOCKHOLM))


def _line(row: tuple) -> Line:
    number, key, reference, seal, card, about, unit, state, outcome, opened_at, touched_at, closed_at = row[:12]
    label, answered, offered, sender = row[12:]
    opened_on, touched_on = local_day(opened_at), local_day(touched_at)
    closed_on = local_day(closed_at) if state == CaseState.CLOSED else None
    return Line(
        id=number,
        key=key,
        reference=reference,
        about=about,
        card=case_files.read_card(key, seal, card),
        unit=unit,
        unit_label=label,
        sender=sender or "",
        state=CaseState(state),
        opened_on=opened_on,
        touched_on=touched_on,
        closed_on=closed_on,
        age=working_days.between(opened_on, closed_on or clock.today()),
        answered=answered,
        step=next_step(state, outcome, answered, offered),
        due=due_on(state, opened_on, touched_on),
    )


def _tell_the_sender(wheel: Wheel) -> None:
    author = Account.get_or_none(Account.id == wheel.author_id, Account.state == "active")
    if author is not None:
        path = f"/arbetsyta/hjul/{wheel.key}/status"
        letters.write(f"wheel-received:{wheel.key}:{wheel.case_id}", author.email, "wheel_received", {"path": path})


def _marks(values: Iterable[object]) -> str:
    return ", ".join("?" for _ in values)
