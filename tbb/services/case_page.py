"""All that a case says, opened for the one who works with it: the wheel now and before, the voices, the questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from tbb import clock
from tbb.database import as_day, case_keys, load, rows
from tbb.models import Case, CaseEvent, Municipality, Unit, Wheel
from tbb.models.kinds import About, CaseState
from tbb.policy import Actor, Permission, require
from tbb.services import case_files, case_names, case_shelf, mapping, sealed_fields
from tbb.services.cards import dial
from tbb.services.case_files import Card
from tbb.services.wheel_texts import AREAS, FLAGGED, Edition, edition

URGENCY = ("stod", "uppm", "vetinte", "", "bra")
"""The order in which areas are shown: what presses most comes first."""
LONGEST_CENTRE = 9
MOST_READERS = 4
_WHEELS = """
    SELECT w.id, w.key, w.reference, w.seal, w.about, w.template, w.sent_at, w.handover_of_id IS NOT NULL,
      COALESCE(a.name, ''), COALESCE(p.title, ''), COALESCE(NULLIF(u.display_name, ''), u.name, '')
    FROM wheel w LEFT JOIN account a ON a.id = w.author_id LEFT JOIN person p ON p.id = a.person_id
    LEFT JOIN unit u ON u.id = w.from_unit_id WHERE w.case_id = ? AND w.state = 'sent'
    ORDER BY w.sent_at DESC, w.id DESC
"""
_EVENTS = """
    SELECT e.id, e.what, e.at, COALESCE(a.name, ''), COALESCE(NULLIF(u.display_name, ''), u.name, ''), e.reason
    FROM case_event e LEFT JOIN account a ON a.id = e.by_id LEFT JOIN unit u ON u.id = e.unit_id
    WHERE e.case_id = ? ORDER BY e.at, e.id
"""
_RESPONSIBLE = """
    SELECT r.role, p.name, p.function_name, p.protected, p.title, p.phone, p.switchboard, r.away_from, r.away_until
    FROM responsibility r JOIN person p ON p.id = r.person_id
    WHERE r.unit_id = ? AND r.role IN ('bba', 'deputy') AND r.starts_on <= ? AND (r.ends_on IS NULL OR r.ends_on >= ?)
    ORDER BY r.role, r.id
"""
_DELEGATES = """
    SELECT a.id, a.name, g.ends_on FROM delegation d JOIN "grant" g ON g.id = d.grant_id
    JOIN account a ON a.id = g.account_id
    WHERE d.case_id = ? AND g.ended_at IS NULL AND g.duty = 'delegate' AND g.starts_on <= ? AND g.ends_on >= ?
    ORDER BY g.ends_on, a.name
"""
_READERS = """
    SELECT MAX(at), actor FROM audit_row WHERE outcome = 'read' AND (thing = 'case' AND thing_id = ?
      OR thing = 'meeting' AND thing_id IN (SELECT reference FROM meeting WHERE case_id = ?)
      OR thing = 'plan' AND thing_id IN (SELECT reference FROM plan WHERE case_id = ?))
    GROUP BY actor ORDER BY 1 DESC LIMIT ?
"""


@dataclass(frozen=True)
class AreaSeen:
    """What is said of one area. `before` is the level it had by the newest wheel, where the mapping says another."""

    code: str
    level: str = ""
    see: str = ""
    child: str = ""
    strength: str = ""
    hidden: bool = False
    before: str = ""

    @property
    def flagged(self) -> bool:
        """Whether it needs attention or support."""
        return self.level in FLAGGED

    @property
    def says_something(self) -> bool:
        """Whether there is a level or a word."""
        return bool(self.level or self.see or self.child or self.strength)


@dataclass(frozen=True)
class WheelSeen:
    """A wheel that informed. `areas` stand in the model's order; `told` has what child and guardians were told."""

    key: str
    reference: str
    about: str
    template: str
    sent_at: datetime
    handed_over: bool
    sender: str
    title: str
    unit: str
    areas: tuple[AreaSeen, ...]
    texts: Mapping[str, str]

    @property
    def levels(self) -> dict[str, str]:
        """How each area is."""
        return {area.code: area.level for area in self.areas if area.level}

    @property
    def urgent(self) -> list[AreaSeen]:
        """The areas of which something is said, what presses most first."""
        return urgent(self.areas)


@dataclass(frozen=True)
class Voice:
    """What somebody has told in the mapping; `hidden` is not shown to guardians. `none` says why a voice is missing."""

    text: str = ""
    hidden: bool = False
    none: str = ""


@dataclass(frozen=True)
class Question:
    """One of the five, in the exact words of the case's edition, with its answer or why it does not apply (R11)."""

    number: int
    words: str
    answer: str = ""
    none: str = ""

    @property
    def done(self) -> bool:
        """Whether it is answered, or there is a reason why not."""
        return bool(self.answer or self.none)


@dataclass(frozen=True)
class Event:
    """What happened with the case, when, by whom; a reason where one was given."""

    what: str
    at: datetime
    by: str
    unit: str
    reason: str


@dataclass(frozen=True)
class Answering:
    """Somebody who answers for the case's unit today: `role` is bba or deputy."""

    role: str
    name: str
    title: str
    phone: str
    away: bool
    away_until: date | None

    @property
    def phone_href(self) -> str:
        """The number as it is dialled."""
        return dial(self.phone)


@dataclass(frozen=True)
class Shown:
    """A case, opened. `wheels` are the newest first; `texts` are the mapping's own fields by name."""

    case: Case
    card: Card
    unit: Unit
    municipality: Municipality
    edition: Edition
    texts: dict[str, str]
    wheels: tuple[WheelSeen, ...]
    events: tuple[Event, ...]
    answering: tuple[Answering, ...]
    delegates: tuple[tuple[str, date], ...]
    readers: int
    now: tuple[AreaSeen, ...] = ()
    voices: dict[str, Voice] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()

    @property
    def heading(self) -> str:
        """Working name and stage: never for titles, only for the page itself."""
        return heading_of(self.card) or self.case.reference

    @property
    def name(self) -> str:
        """What fits in the middle of the wheel and before "säger"."""
        return middle_of(self.case, self.card)

    @property
    def before(self) -> WheelSeen | None:
        """The newest wheel that informed."""
        return self.wheels[0] if self.wheels else None

    @property
    def assessed(self) -> bool:
        """Whether the mapping has a wheel of its own."""
        return any(area.level for area in self.now)

    @property
    def areas(self) -> tuple[AreaSeen, ...]:
        """How the child has it, as far as is known: by the mapping, else by the newest wheel; the model's order."""
        if self.assessed:
            return self.now
        return self.before.areas if self.before else ()

    @property
    def urgent(self) -> list[AreaSeen]:
        """Every area, what presses most first."""
        return sorted(self.areas, key=lambda area: (URGENCY.index(area.level), AREAS.index(area.code)))

    @property
    def levels(self) -> dict[str, str]:
        """How each area is, for drawing the wheel."""
        return {area.code: area.level for area in self.areas if area.level}

    @property
    def flagged(self) -> list[str]:
        """The areas that need attention or support, what presses most first."""
        return [area.code for area in self.urgent if area.flagged]

    @property
    def factors(self) -> list[tuple[str, str]]:
        """What else weighs in: (what it is called, text)."""
        return [(case_names.full_name(name), self.texts[name]) for name in mapping.FACTORS if self.texts.get(name)]

    @property
    def absence(self) -> list[tuple[str, str, str, str]]:
        """The way through extensive absence: (step, date, text, the child's words)."""
        return absence_of(self.texts)

    @property
    def missing(self) -> tuple[str, ...]:
        """What a decision still lacks."""
        return mapping.missing(self.texts)

    @property
    def answered(self) -> int:
        """How many of the five questions are done with."""
        return sum(question.done for question in self.questions)

    @property
    def is_open(self) -> bool:
        """Whether there is work to do here: received and not closed."""
        return self.case.state not in (CaseState.SENT, CaseState.CLOSED)


def heading_of(card: Card) -> str:
    """Say whom a card is about: Alva E, årskurs 6. Only "KAA" keeps its capitals."""
    stage = card.stage if card.stage.isupper() else card.stage[:1].lower() + card.stage[1:]
    return ", ".join(part for part in (card.label, stage) if part)


def middle_of(case: Case, card: Card | None = None) -> str:
    """Give the word in the middle of the wheel: the working name's first one when it fits."""
    first = (card or case_files.card_of(case)).label.partition(" ")[0]
    fits = case.about == About.CHILD and 0 < len(first) <= LONGEST_CENTRE
    return first if fits else "Barnen" if case.about == About.GROUP else "Barnet"


def absence_of(texts: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """Gather the way through extensive absence: (step, day, text, the child's words)."""
    steps = [
        (label, *(texts.get(f"absence.{step}.{part}", "") for part in ("on", "text", "child")))
        for step, label in case_names.STEPS.items()
    ]
    return [step for step in steps if any(step[1:])]


def shown(actor: Actor, case: Case) -> Shown:
    """Open all that a case says; raise Refused to who may not read it. The caller has the reading written down."""
    require(actor, Permission.READ_CASE, case_shelf.place_of(case))
    texts, wheels, words = sealed_fields.texts(case), wheels_of(case), edition(case.edition)
    unit = load(Unit, "id = ?", (case.unit_id,))[0]
    delegates = [(account, name, as_day(ends)) for account, name, ends in _today(_DELEGATES, case.id)]
    may_read = {keeper.account for keeper in case_files.answering(unit.id)} | {account for account, *_ in delegates}
    return Shown(
        case=case,
        card=case_files.card_of(case),
        unit=unit,
        municipality=load(Municipality, "id = ?", (unit.municipality_id,))[0],
        edition=words,
        texts=texts,
        wheels=wheels,
        events=_events(case),
        answering=tuple(answering_of(unit.id)),
        delegates=tuple((name, ends) for _account, name, ends in delegates),
        readers=len(may_read),
        now=areas_of(texts, "now", wheels[0].levels if wheels else {}),
        voices={name: _voice(texts, name) for name in mapping.VOICES},
        questions=questions_of(texts, words),
    )


def wheel_of(case: Case, key: str) -> WheelSeen | None:
    """Open one wheel of a case by its key; None when it has none of that name. The caller has checked the right."""
    return next(iter(_opened(row for row in rows(_WHEELS, (case.id,)) if row[1] == key)), None)


def wheels_of(case: Case) -> tuple[WheelSeen, ...]:
    """Open all wheels that informed of a case, the newest first. The caller has checked the right."""
    return tuple(_opened(rows(_WHEELS, (case.id,))))


def areas_of(texts: Mapping[str, str], prefix: str, before: Mapping[str, str] | None = None) -> tuple[AreaSeen, ...]:
    """Gather what fields say of the seven areas: `prefix` is ``area`` in a wheel and ``now`` in a mapping."""
    found = []
    for code in AREAS:
        said = {part: texts.get(f"{prefix}.{code}.{part}", "") for part in mapping.PARTS}
        hidden, earlier = bool(said.pop("hidden")), (before or {}).get(code, "")
        found.append(AreaSeen(code, **said, hidden=hidden, before=earlier if earlier != said["level"] else ""))
    return tuple(found)


def urgent(areas: Iterable[AreaSeen]) -> list[AreaSeen]:
    """Sort the areas of which something is said, what presses most first."""
    said = [area for area in areas if area.says_something]
    return sorted(said, key=lambda area: (URGENCY.index(area.level), AREAS.index(area.code)))


def questions_of(texts: Mapping[str, str], words: Edition) -> tuple[Question, ...]:
    """Put the five questions with what is answered so far."""
    return tuple(
        Question(number, asked, texts.get(f"question.{number}", ""), texts.get(f"question.{number}.none", ""))
        for number, asked in enumerate(words.questions, 1)
    )


def last_readers(actor: Actor, case: Case) -> list[tuple[datetime, str]]:
    """Tell who has read of a case, its meetings or plan, of late: (when last, who) once; the one who asks is "Du"."""
    require(actor, Permission.SEE_READERS, case_shelf.place_of(case))
    found = rows(_READERS, (case.reference, case.id, case.id, MOST_READERS))
    numbers = [int(name.partition(":")[2]) for _at, name in found if name.startswith("account:")]
    marks = ", ".join("?" * len(numbers)) or "NULL"
    names = {
        f"account:{one}": name for one, name in rows(f"SELECT id, name FROM account WHERE id IN ({marks})", numbers)
    }
    return [
        (CaseEvent.at.python_value(at), "Du" if name == actor.name else names.get(name, "Någon utan konto"))
        for at, name in found
    ]


def _opened(found: Iterable[tuple]) -> list[WheelSeen]:
    """Open wheels from raw rows: one query for all their fields, one key each."""
    found = list(found)
    if not found:
        return []
    marks = ", ".join("?" * len(found))
    asked = f"SELECT wheel_id, name, body FROM wheel_field WHERE wheel_id IN ({marks}) ORDER BY id"
    fields: dict[int, list[tuple[str, bytes]]] = {}
    for wheel, name, body in rows(asked, [row[0] for row in found]):
        fields.setdefault(wheel, []).append((name, body))
    opened = []
    for number, key, reference, seal, about, template, sent_at, over, sender, title, unit in found:
        sealed = fields.get(number, [])
        places = [(body, f"wheel_field.body:{key}:{name}") for name, body in sealed]
        said = case_keys().open_many(seal, places) if places else []
        texts = {name: text for (name, _body), text in zip(sealed, said, strict=True) if text}
        moment = Wheel.sent_at.python_value(sent_at)
        opened.append(
            WheelSeen(
                key, reference, about, template, moment, bool(over), sender, title, unit, areas_of(texts, "area"), texts
            )
        )
    return opened


def _voice(texts: Mapping[str, str], name: str) -> Voice:
    none = texts.get(mapping.NO_VOICE, "") if name == "voice.child" else ""
    return Voice(texts.get(name, ""), bool(texts.get(f"{name}.hidden")), none)


def _events(case: Case) -> tuple[Event, ...]:
    found = rows(_EVENTS, (case.id,))
    sealed = [(row[5], case_files.reason_place(row[0])) for row in found if row[5] is not None]
    reasons = iter(case_keys().open_many(case.seal, sealed) if sealed else ())
    return tuple(
        Event(what, CaseEvent.at.python_value(at), by, unit, next(reasons) if reason is not None else "")
        for _number, what, at, by, unit, reason in found
    )


def answering_of(unit: int) -> list[Answering]:
    """The unit's BBA, and the deputy when the BBA is away or there is none."""
    today, found = clock.today(), []
    for role, name, function, protected, title, phone, switchboard, gone, back in _today(_RESPONSIBLE, unit):
        gone, back = as_day(gone), as_day(back)
        away = gone is not None and gone <= today and (back is None or back >= today)
        number = switchboard if protected else phone or switchboard
        found.append(Answering(role, function if protected else name, title, number, away, back))
    bba = [each for each in found if each.role == "bba"]
    present = any(not each.away for each in bba)
    return bba + [each for each in found if each.role == "deputy" and not present]


def _today(sql: str, number: int) -> list[tuple]:
    today = clock.today()
    return rows(sql, (number, today, today))
