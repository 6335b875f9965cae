"""Consent to share what is secret (domain C2): whether one covers a service, a day, an area and a kind of information.

This is the only place that answers it. Taking and withdrawing are in consent_taking.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from tbb import clock
from tbb.database import load, one_at_a_time, rows
from tbb.models import Case, Consent, ConsentException, ConsentParty, ConsentVoice, Unit, Wheel
from tbb.models.kinds import About, Answer, Information
from tbb.services import borders, sealed_fields
from tbb.services.wheel_texts import AREAS

Thing = Case | Wheel
GUARDIANS = ("guardian_1", "guardian_2")
CHILD = "child"
WHO = (*GUARDIANS, CHILD)
"""Those who answer. Without `guardian_2` the child has one guardian; without both the young person is of age."""
HEARD, WITH, ALONE = "heard", "with", "alone"
MATURITY = (HEARD, WITH, ALONE)
"""What the child's own yes weighs: heard beside the guardians, needed with theirs, enough and needed alone."""
KINDS = tuple(kind.value for kind in Information)
WHY_NOT = {
    "none": "Det finns inget samtycke.",
    "withdrawn": "Samtycket är återkallat.",
    "ended": "Samtycket har gått ut.",
    "unit": "Samtycket gäller inte den här mottagaren.",
    "child": "Barnet har sagt nej.",
    "child_yes": "Barnets eget ja behövs, och det har barnet inte sagt.",
    "guardians": "Alla vårdnadshavare som ska säga ja har inte gjort det.",
    "kind": "Samtycket gäller inte den sortens uppgifter till den här mottagaren.",
    "area": "Samtycket gäller inte alla områden till den här mottagaren.",
    "cell": "Någon har sagt nej till den här mottagaren.",
}
"""Why a consent does not cover, in Swedish."""


class NotCovered(Exception):
    """A step is asked for that needs a consent first (R13). `units` are the labels of the services that lack it."""

    def __init__(self, units: Iterable[str] = ()):
        self.units = tuple(units)
        super().__init__("No consent covers every service.")


@dataclass(frozen=True)
class Voice:
    """What one of those who decide has answered: `way` is oral or written, `on` the day; both empty when not asked."""

    answer: Answer | str = Answer.NOT_ASKED
    way: str = ""
    on: date | None = None


@dataclass(frozen=True)
class No:
    """That one person says no to one service, wholly (`area` is "") or for an area; `withdrawn_at` if later."""

    who: str
    area: str = ""
    withdrawn_at: datetime | None = None


@dataclass(frozen=True)
class Party:
    """A service that a consent names: the areas and kinds of information it covers, and the noes to just that."""

    number: int
    unit: int
    label: str
    areas: tuple[str, ...] = AREAS
    kinds: tuple[str, ...] = KINDS
    noes: tuple[No, ...] = ()

    def open_areas(self, deciders: Iterable[str]) -> tuple[str, ...]:
        """The areas to which none of those who decide has said no."""
        against = {no.area for no in self.noes if no.who in tuple(deciders)}
        return () if "" in against else tuple(area for area in self.areas if area not in against)


@dataclass(frozen=True)
class Shown:
    """A consent as those see it who work with the case. `covers` are the labels of the units it names.

    `paper` says where a written one is kept.
    """

    key: str
    version: int
    voices: dict[str, Voice]
    units: tuple[int, ...]
    covers: tuple[str, ...]
    information: str
    why_not_asked: str
    taken_at: datetime
    taken_by: str
    ends_on: date
    withdrawn_at: datetime | None
    newest: bool
    maturity: str = HEARD
    paper: str = ""
    parties: tuple[Party, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether it is the one that counts, and neither withdrawn nor past its end."""
        return self.newest and self.withdrawn_at is None and self.ends_on >= clock.today()


def covers(
    thing: Thing, unit: Unit | int, day: date | None = None, area: str | None = None, kind: str | None = None
) -> bool:
    """Tell whether the newest consent of a wheel or a case lets it be shared with a unit on a day, today if not said.

    It must be neither withdrawn nor past its end and name the unit; those who must say yes have done so, and none of
    those who decide has said no, wholly or to this unit. `area` and `kind` ask for one area and one kind of
    information; without them it is asked whether anything at all may be shared.
    """
    return not why_not(thing, unit, day, area, kind)


def why_not(
    thing: Thing, unit: Unit | int, day: date | None = None, area: str | None = None, kind: str | None = None
) -> str:
    """Tell why a consent does not cover, by a key of WHY_NOT; "" when it does."""
    thing = owner_of(thing)
    newest = newest_of(thing)
    if newest is None:
        return "none"
    if newest.withdrawn_at is not None:
        return "withdrawn"
    if newest.ends_on < (day or clock.today()):
        return "ended"
    found = parties_of(newest, unit if isinstance(unit, int) else unit.id)
    if not found:
        return "unit"
    voices = voices_of(newest)
    return unsaid(voices, newest.maturity, rule_of(thing)) or _closed(
        found[0], deciders(voices, newest.maturity), area, kind
    )


def may_be_shared_with(
    case: Case, unit: Unit | int, day: date | None = None, area: str | None = None, kind: str = Information.MEETING
) -> bool:
    """Whether a service may be asked, invited, written to and let read on a day (R13): of a meeting, if not said.

    The case's own unit always; anybody in an anonymous consultation, which says of nobody (R22); else those whom a
    consent covers.
    """
    number = unit if isinstance(unit, int) else unit.id
    return number == case.unit_id or case.about == About.ANONYMOUS or covers(case, number, day, area, kind)


def require_shared(
    case: Case, units: Iterable[Unit | int], day: date | None = None, kind: str = Information.MEETING
) -> None:
    """Within the caller's transaction, raise NotCovered unless a case may be shared with every one of some services.

    On the day itself and today. Waits for a withdrawal that is on its way, so that none comes before the caller's end.
    """
    one_at_a_time("consents")
    numbers = sorted({unit if isinstance(unit, int) else unit.id for unit in units})
    days = {clock.today(), day or clock.today()}
    missing = [unit for unit in numbers if not all(may_be_shared_with(case, unit, each, None, kind) for each in days)]
    if missing:
        raise NotCovered(labels(missing))


def lets_send(wheel: Wheel) -> bool:
    """Within the caller's transaction, tell whether a wheel may leave for its recipient: the gate itself (C2).

    Free within one authority or branch; across a border only anonymous, or when a consent covers the recipient and
    all that the wheel tells of. Waits for a withdrawal that is on its way, so that none comes between this answer and
    the sending.
    """
    one_at_a_time("consents")
    if wheel.from_unit_id is None or wheel.unit_id is None:
        return False
    sender, recipient = Unit.get_by_id(wheel.from_unit_id), Unit.get_by_id(wheel.unit_id)
    if wheel.about == About.ANONYMOUS or not borders.between(sender, recipient).crosses:
        return True
    return not why_not_send(wheel, recipient)


def why_not_send(wheel: Wheel, unit: Unit | int) -> str:
    """Tell why no consent lets a unit have a wheel with every area it tells of, by a key of WHY_NOT; "" when one does.

    What hands a case over is made of its mapping.
    """
    kind = Information.WHEEL if wheel.handover_of_id is None else Information.MAPPING
    for area in areas_of(wheel) or (None,):
        if why := why_not(wheel, unit, None, area, kind):
            return why
    return ""


def areas_of(wheel: Wheel) -> tuple[str, ...]:
    """The areas that a wheel tells of."""
    told = rows("SELECT name FROM wheel_field WHERE wheel_id = ? AND name LIKE 'area.%'", (wheel.id,))
    names = {name.split(".")[1] for (name,) in told}
    return tuple(area for area in AREAS if area in names)


def of_case(case: Case) -> list[Shown]:
    """Show every version of a case's consent, the newest first."""
    return _shown(case)


def of_wheel(wheel: Wheel) -> list[Shown]:
    """Show every version of a wheel's consent, the newest first; of one that hands over, the case's."""
    return _shown(owner_of(wheel))


def owner_of(thing: Thing) -> Thing:
    """What a consent belongs to: the case that a wheel hands over, else the wheel or the case itself."""
    if isinstance(thing, Wheel) and thing.handover_of_id is not None:
        return Case.get_by_id(thing.handover_of_id)
    return thing


def all_of(thing: Thing) -> list[Consent]:
    """Every version of what is owned by a wheel or a case, the newest first."""
    column = "case_id" if isinstance(thing, Case) else "wheel_id"
    return load(Consent, f"{column} = ? ORDER BY version DESC, id DESC", (thing.id,))


def newest_of(thing: Thing) -> Consent | None:
    """The version that counts; None before there is one."""
    return next(iter(all_of(thing)), None)


def voices_of(consent: Consent) -> dict[str, Voice]:
    """What each of those who were named has answered."""
    found = load(ConsentVoice, "consent_id = ? ORDER BY id", (consent.id,))
    return {voice.who: Voice(voice.answer, voice.way, voice.on) for voice in found}


def parties_of(consent: Consent, unit: int | None = None) -> list[Party]:
    """The services that a consent names, or the one that is asked for, in Swedish order of names."""
    found = load(ConsentParty, "consent_id = ? ORDER BY id", (consent.id,))
    found = [party for party in found if unit in (None, party.unit_id)]
    noes: dict[int, list[No]] = {}
    for no in load(ConsentException, "consent_id = ? ORDER BY id", (consent.id,)) if found else ():
        noes.setdefault(no.party_id, []).append(No(no.who, no.area, no.withdrawn_at))
    by_unit = {party.unit_id: party for party in found}
    return [
        Party(
            number=by_unit[number].id,
            unit=number,
            label=label,
            areas=_listed(by_unit[number].areas, AREAS),
            kinds=_listed(by_unit[number].kinds, KINDS),
            noes=tuple(noes.get(by_unit[number].id, ())),
        )
        for number, label in _named(by_unit)
    ]


def deciders(voices: dict[str, Voice], maturity: str) -> tuple[str, ...]:
    """Those whose no counts: everybody who was named, or the child alone when it is mature enough to decide."""
    return (CHILD,) if maturity == ALONE else tuple(voices)


def unsaid(voices: dict[str, Voice], maturity: str, rule: str) -> str:
    """Tell whose yes is missing, or "": a no from any of those who decide always counts."""
    guardians = [voices[who].answer for who in GUARDIANS if who in voices]
    child = voices.get(CHILD, Voice()).answer
    if child == Answer.NO:
        return "child"
    if maturity in (WITH, ALONE) and child != Answer.YES:
        return "child_yes"
    if maturity == ALONE:
        return ""
    if Answer.NO in guardians:
        return "guardians"
    if not guardians:  # The young person has come of age and decides alone.
        return "" if child == Answer.YES else "guardians"
    enough = any if rule == "one" else all
    return "" if enough(answer == Answer.YES for answer in guardians) else "guardians"


def rule_of(thing: Thing) -> str:
    """Whether both guardians must say yes, by the rules of the sender's huvudman."""
    unit = thing.unit_id if isinstance(thing, Case) else thing.from_unit_id
    organizer = rows("SELECT organizer_id FROM unit WHERE id = ?", (unit,)) if unit is not None else []
    return borders.rules_of(organizer[0][0] if organizer else None).guardians


def labels(units: Iterable[int]) -> tuple[str, ...]:
    """What some services are called, in Swedish order."""
    return tuple(label for _number, label in _named(units))


def place_of(key: str) -> str:
    """What the words of a consent are bound to."""
    return f"consent.information:{key}"


def _closed(party: Party, who: tuple[str, ...], area: str | None, kind: str | None) -> str:
    if kind is not None and kind not in party.kinds:
        return "kind"
    if area is not None and area not in party.areas:
        return "area"
    still = party.open_areas(who)
    return "" if still and area in (None, *still) else "cell"


def _named(units: Iterable[int]) -> list[tuple[int, str]]:
    numbers = sorted(units)
    if not numbers:
        return []
    marks = ", ".join("?" * len(numbers))
    return rows(
        f"SELECT id, COALESCE(NULLIF(display_name, ''), name) FROM unit WHERE id IN ({marks}) ORDER BY sort_key, id",
        numbers,
    )


def _listed(words: str, every: tuple[str, ...]) -> tuple[str, ...]:
    """Read what a column lists; empty is everything."""
    named = words.split(",")
    return tuple(word for word in every if word in named) if words else every


def _shown(thing: Thing) -> list[Shown]:
    found = all_of(thing)
    return [_show(thing, consent, newest=consent is found[0]) for consent in found]


def _show(thing: Thing, consent: Consent, *, newest: bool) -> Shown:
    said = json.loads(sealed_fields.unseal(thing, consent.information, place_of(consent.key)))
    parties = parties_of(consent)
    return Shown(
        key=consent.key,
        version=consent.version,
        voices=voices_of(consent),
        units=tuple(party.unit for party in parties),
        covers=tuple(party.label for party in parties),
        information=said["information"],
        why_not_asked=said["why_not_asked"],
        taken_at=consent.taken_at,
        taken_by=consent.taken_by.name if consent.taken_by_id else "",
        ends_on=consent.ends_on,
        withdrawn_at=consent.withdrawn_at,
        newest=newest,
        maturity=consent.maturity,
        paper=said.get("paper", ""),
        parties=tuple(parties),
    )
