"""Consent to share what is secret (domain C2): who said yes, how, to what; in versions that are never edited."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tbb import clock
from tbb.database import load, one_at_a_time, rows, transaction
from tbb.models import Case, Consent, ConsentParty, ConsentVoice, Unit, Wheel
from tbb.models.kinds import About, Answer, CaseState
from tbb.policy import Actor, Permission, Place, may, require
from tbb.services import audit, borders, case_files, case_shelf, offers, sealed_fields

Thing = Case | Wheel
GUARDIANS = ("guardian_1", "guardian_2")
CHILD = "child"
WHO = (*GUARDIANS, CHILD)
"""Those who answer. Without `guardian_2` the child has one guardian; without both the young person is of age."""
LONGEST = timedelta(days=366)
"""A consent is for a matter in hand, so it ends within a year."""
WHY_NOT = {
    "none": "Det finns inget samtycke.",
    "withdrawn": "Samtycket är återkallat.",
    "ended": "Samtycket har gått ut.",
    "unit": "Samtycket gäller inte den här mottagaren.",
    "child": "Barnet har sagt nej.",
    "guardians": "Alla vårdnadshavare som ska säga ja har inte gjort det.",
}
"""Why a consent does not cover, in Swedish."""


class BadConsent(Exception):
    """What is to be recorded is not a consent: nobody has answered, it names no recipient, or it has no near end."""


class NotThere(Exception):
    """There is no such consent for the actor to withdraw, or it is withdrawn already."""


@dataclass(frozen=True)
class Voice:
    """What one of those who decide has answered: `way` is oral or written, `on` the day; both empty when not asked."""

    answer: Answer | str = Answer.NOT_ASKED
    way: str = ""
    on: date | None = None


@dataclass(frozen=True)
class Shown:
    """A consent as those see it who work with the case. `covers` are the labels of the units it names."""

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

    @property
    def holds(self) -> bool:
        """Whether it is the one that counts, and neither withdrawn nor past its end."""
        return self.newest and self.withdrawn_at is None and self.ends_on >= clock.today()


@transaction
def record(
    actor: Actor,
    *,
    wheel: Wheel | None = None,
    case: Case | None = None,
    voices: Mapping[str, Voice],
    units: Iterable[Unit | int],
    information: str,
    ends_on: date,
    why_not_asked: str = "",
) -> Consent:
    """Write down what those who decide have answered, as a new version that replaces the one before.

    A no is written down as well: then nothing is covered. For a wheel that hands a case over, the consent belongs to
    the case. Raises Refused and BadConsent.
    """
    one_at_a_time("consents")
    thing = _owner(case or wheel)
    require(actor, *_right(thing))
    named = sorted({unit if isinstance(unit, int) else unit.id for unit in units})
    _check(voices, named, information, ends_on)
    made = Consent.create(
        key=case_files.new_key(),
        wheel=thing if isinstance(thing, Wheel) else None,
        case=thing if isinstance(thing, Case) else None,
        version=1 + max((each.version for each in _all(thing)), default=0),
        information=b"",
        ends_on=ends_on,
        taken_by=actor.account,
        taken_at=clock.now(),
    )
    said = json.dumps({"information": information.strip(), "why_not_asked": why_not_asked.strip()})
    made.information = sealed_fields.seal(thing, said, _place(made.key))
    made.save(only=[Consent.information])
    for who, voice in voices.items():
        ConsentVoice.create(consent=made, who=who, answer=voice.answer, way=voice.way, on=voice.on)
    for unit in named:
        ConsentParty.create(consent=made, unit=unit)
    _note(actor, "consent:record", thing, ("voices", "units", "information", "ends_on"))
    _stop_what_is_not_covered(actor, thing)
    return made


@transaction
def withdraw(actor: Actor, key: str) -> Consent:
    """Write down that a consent is taken back; in the same breath, all that waits across a border by it is stopped.

    What somebody has received already cannot be called back. Raises Refused and NotThere.
    """
    one_at_a_time("consents")
    found = load(Consent, "key = ?", (key,))
    if not found or not _may_withdraw(actor, found[0]):
        raise NotThere
    consent, thing = found[0], _thing_of(found[0])
    done = (
        Consent.update(withdrawn_at=clock.now(), withdrawn_by=actor.account)
        .where(Consent.id == consent.id, Consent.withdrawn_at.is_null())
        .execute()
    )
    if not done:
        raise NotThere
    _note(actor, "consent:withdraw", thing, ("withdrawn_at",))
    _stop_what_is_not_covered(actor, thing)
    return Consent.get_by_id(consent.id)


def covers(thing: Thing, unit: Unit | int, day: date | None = None) -> bool:
    """Tell whether the newest consent of a wheel or a case lets it be shared with a unit on a day, today if not said.

    It must be neither withdrawn nor past its end and name the unit; the guardians that the sender's huvudman asks for
    have said yes, and neither a guardian nor the child has said no.
    """
    return not why_not(thing, unit, day)


def why_not(thing: Thing, unit: Unit | int, day: date | None = None) -> str:
    """Tell why a consent does not cover, by a key of WHY_NOT; "" when it does."""
    thing = _owner(thing)
    newest = (_all(thing) or [None])[0]
    if newest is None:
        return "none"
    if newest.withdrawn_at is not None:
        return "withdrawn"
    if newest.ends_on < (day or clock.today()):
        return "ended"
    if (unit if isinstance(unit, int) else unit.id) not in _parties(newest):
        return "unit"
    return _unsaid(_voices(newest), _rule(thing))


def lets_send(wheel: Wheel) -> bool:
    """Within the caller's transaction, tell whether a wheel may leave for its recipient: the gate itself (C2).

    Free within one authority or branch; across a border only anonymous, or when a consent covers the recipient. Waits
    for a withdrawal that is on its way, so that none comes between this answer and the sending.
    """
    one_at_a_time("consents")
    if wheel.from_unit_id is None or wheel.unit_id is None:
        return False
    sender, recipient = Unit.get_by_id(wheel.from_unit_id), Unit.get_by_id(wheel.unit_id)
    if wheel.about == About.ANONYMOUS or not borders.between(sender, recipient).crosses:
        return True
    return covers(wheel, recipient)


def of_case(case: Case) -> list[Shown]:
    """Show every version of a case's consent, the newest first."""
    return _shown(case)


def of_wheel(wheel: Wheel) -> list[Shown]:
    """Show every version of a wheel's consent, the newest first; of one that hands over, the case's."""
    return _shown(_owner(wheel))


def _owner(thing: Thing | None) -> Thing:
    """What a consent belongs to: the case that a wheel hands over, else the wheel or the case itself."""
    if thing is None:
        raise BadConsent("A consent belongs to a wheel or a case.")
    if isinstance(thing, Wheel) and thing.handover_of_id is not None:
        return Case.get_by_id(thing.handover_of_id)
    return thing


def _right(thing: Thing) -> tuple[Permission, Place]:
    if isinstance(thing, Case):
        return Permission.MAP_CASE, case_shelf.place_of(thing)
    return Permission.OWN_WHEEL, case_shelf.place_of_wheel(thing)


def _may_withdraw(actor: Actor, consent: Consent) -> bool:
    """Guardians may turn to the one who took it, or to the one who has the case now."""
    thing = _thing_of(consent)
    if may(actor, *_right(thing)):
        return True
    case = thing.case if isinstance(thing, Wheel) else None
    return case is not None and may(actor, *_right(case))


def _check(voices: Mapping[str, Voice], units: list[int], information: str, ends_on: date) -> None:
    if not units or not information.strip() or set(voices) - set(WHO):
        raise BadConsent("A consent names recipients and which information it covers.")
    if all(voice.answer == Answer.NOT_ASKED for voice in voices.values()):
        raise BadConsent("Nobody has been asked.")
    if any((voice.answer != Answer.NOT_ASKED) != bool(voice.way) for voice in voices.values()):
        raise BadConsent("An answer is oral or written.")
    if not clock.today() <= ends_on <= clock.today() + LONGEST:
        raise BadConsent("A consent ends within a year.")


def _unsaid(voices: Mapping[str, Voice], rule: str) -> str:
    """Tell whose yes is missing, or "": a no from any of them always counts."""
    guardians = [voices[who].answer for who in GUARDIANS if who in voices]
    child = voices.get(CHILD, Voice()).answer
    if child == Answer.NO:
        return "child"
    if Answer.NO in guardians:
        return "guardians"
    if not guardians:  # The young person has come of age and decides alone.
        return "" if child == Answer.YES else "guardians"
    enough = any if rule == "one" else all
    return "" if enough(answer == Answer.YES for answer in guardians) else "guardians"


def _rule(thing: Thing) -> str:
    """Whether both guardians must say yes, by the rules of the sender's huvudman."""
    unit = thing.unit_id if isinstance(thing, Case) else thing.from_unit_id
    organizer = rows("SELECT organizer_id FROM unit WHERE id = ?", (unit,)) if unit is not None else []
    return borders.rules_of(organizer[0][0] if organizer else None).guardians


def _stop_what_is_not_covered(actor: Actor, thing: Thing) -> None:
    """Take back what has crossed a border but not been received, when the consent covers it no longer."""
    if isinstance(thing, Wheel):
        _call_back(actor, Wheel.get_by_id(thing.id))
        return
    for wheel in offers.waiting(thing):
        if wheel.crosses and wheel.about != About.ANONYMOUS and not covers(thing, wheel.unit_id):
            with suppress(offers.Received):
                offers.end(actor, wheel)


def _call_back(actor: Actor, wheel: Wheel) -> None:
    """Make a wheel that has been sent by a consent its author's draft again, if nobody has received it."""
    waits = wheel.state == "sent" and wheel.case.state == CaseState.SENT
    if waits and wheel.crosses and wheel.about != About.ANONYMOUS and not covers(wheel, wheel.unit_id):
        offers.recall(actor, wheel, "wheel:recall")


def _note(actor: Actor, action: str, thing: Thing, fields: tuple[str, ...]) -> None:
    what = "case" if isinstance(thing, Case) else "wheel"
    audit.record(actor, action, what, thing.reference, place=_right(thing)[1], fields=fields)
    if isinstance(thing, Case):
        Case.update(touched_at=clock.now(), version=Case.version + 1).where(Case.id == thing.id).execute()


def _all(thing: Thing) -> list[Consent]:
    column = "case_id" if isinstance(thing, Case) else "wheel_id"
    return load(Consent, f"{column} = ? ORDER BY version DESC, id DESC", (thing.id,))


def _thing_of(consent: Consent) -> Thing:
    return consent.case if consent.case_id is not None else consent.wheel


def _voices(consent: Consent) -> dict[str, Voice]:
    found = ConsentVoice.select().where(ConsentVoice.consent == consent).order_by(ConsentVoice.id)
    return {voice.who: Voice(voice.answer, voice.way, voice.on) for voice in found}


def _parties(consent: Consent) -> dict[int, str]:
    return dict(
        rows(
            "SELECT u.id, COALESCE(NULLIF(u.display_name, ''), u.name) FROM consent_party p"
            " JOIN unit u ON u.id = p.unit_id WHERE p.consent_id = ? ORDER BY u.sort_key, u.id",
            (consent.id,),
        )
    )


def _shown(thing: Thing) -> list[Shown]:
    found = _all(thing)
    return [_show(thing, consent, newest=consent is found[0]) for consent in found]


def _show(thing: Thing, consent: Consent, *, newest: bool) -> Shown:
    said = json.loads(sealed_fields.unseal(thing, consent.information, _place(consent.key)))
    parties = _parties(consent)
    return Shown(
        key=consent.key,
        version=consent.version,
        voices=_voices(consent),
        units=tuple(parties),
        covers=tuple(parties.values()),
        information=said["information"],
        why_not_asked=said["why_not_asked"],
        taken_at=consent.taken_at,
        taken_by=consent.taken_by.name if consent.taken_by_id else "",
        ends_on=consent.ends_on,
        withdrawn_at=consent.withdrawn_at,
        newest=newest,
    )


def _place(key: str) -> str:
    return f"consent.information:{key}"
