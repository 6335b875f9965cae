"""Taking a consent to share and taking it back, cell by cell or wholly: in versions that are never edited."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from tbb import clock
from tbb.database import load, one_at_a_time, transaction
from tbb.models import Case, Consent, ConsentException, ConsentParty, ConsentVoice, Unit, Wheel
from tbb.models.kinds import About, Answer, CaseState
from tbb.policy import Actor, Permission, Place, may, require
from tbb.services import audit, case_files, case_shelf, consents, meeting_access, offers, sealed_fields
from tbb.services.consents import HEARD, KINDS, MATURITY, WHO, Thing, Voice
from tbb.services.wheel_texts import AREAS

LONGEST = timedelta(days=366)
"""A consent is for a matter in hand, so it ends within a year."""


class BadConsent(Exception):
    """What is to be recorded is not a consent: nobody has answered, it names no recipient, or it has no near end."""


class NotThere(Exception):
    """There is no such consent or cell for the actor to withdraw, or it is withdrawn already."""


@dataclass(frozen=True)
class Scope:
    """What a consent lets one service have: areas and kinds of information, and who says no to what of it.

    `noes` are pairs of who and area; an area that is "" is all of them.
    """

    unit: Unit | int
    areas: tuple[str, ...] = AREAS
    kinds: tuple[str, ...] = KINDS
    noes: tuple[tuple[str, str], ...] = ()


@transaction
def record(
    actor: Actor,
    *,
    wheel: Wheel | None = None,
    case: Case | None = None,
    voices: Mapping[str, Voice],
    units: Iterable[Unit | int | Scope],
    information: str,
    ends_on: date,
    why_not_asked: str = "",
    maturity: str = HEARD,
    paper: str = "",
) -> Consent:
    """Write down what those who decide have answered, as a new version that replaces the one before.

    A no is written down as well: then nothing is covered. Each unit is named as it is, for all areas and kinds of
    information, or with its Scope. For a wheel that hands a case over, the consent belongs to the case. Raises Refused
    and BadConsent.
    """
    one_at_a_time("consents")
    thing = _owner(case or wheel)
    require(actor, *_right(thing))
    if isinstance(thing, Case) and thing.about == About.ANONYMOUS:
        raise BadConsent("An anonymous consultation is about nobody, so nobody can be asked (R22).")
    named = _scopes(units)
    _check(voices, named, information, ends_on, maturity)
    made = Consent.create(
        key=case_files.new_key(),
        wheel=thing if isinstance(thing, Wheel) else None,
        case=thing if isinstance(thing, Case) else None,
        version=1 + max((each.version for each in consents.all_of(thing)), default=0),
        information=b"",
        maturity=maturity,
        ends_on=ends_on,
        taken_by=actor.account,
        taken_at=clock.now(),
    )
    words = {"information": information.strip(), "why_not_asked": why_not_asked.strip(), "paper": paper.strip()}
    made.information = sealed_fields.seal(thing, json.dumps(words), consents.place_of(made.key))
    made.save(only=[Consent.information])
    for who, voice in voices.items():
        ConsentVoice.create(consent=made, who=who, answer=voice.answer, way=voice.way, on=voice.on)
    for unit, scope in named.items():
        _name(actor, made, unit, scope)
    _note(actor, "consent:record", thing, ("voices", "units", "information", "ends_on"))
    _stop_what_is_not_covered(actor, thing)
    return made


@transaction
def withdraw(actor: Actor, key: str) -> Consent:
    """Write down that a consent is taken back; in the same breath, all that counts on it is ended.

    What somebody has received already cannot be called back. Raises Refused and NotThere.
    """
    one_at_a_time("consents")
    consent, thing = _found(actor, key)
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


@transaction
def withdraw_cell(actor: Actor, key: str, unit: Unit | int, who: str, area: str = "") -> None:
    """Write down that one person takes back their yes for one service, wholly or for one area.

    In the same breath exactly what counts on that is ended; everything else stays as it was. Raises NotThere.
    """
    one_at_a_time("consents")
    consent, thing = _found(actor, key)
    number = unit if isinstance(unit, int) else unit.id
    party = next(iter(consents.parties_of(consent, number)), None)
    newest = consents.newest_of(thing)
    if newest.id != consent.id or consent.withdrawn_at is not None or party is None:
        raise NotThere
    said = {no.area for no in party.noes if no.who == who}
    answer = consents.voices_of(consent).get(who, Voice()).answer
    if answer != Answer.YES or said & {"", area} or area not in ("", *party.areas):
        raise NotThere
    ConsentException.create(
        consent=consent, party=party.number, who=who, area=area, by=actor.account, withdrawn_at=clock.now()
    )
    _note(actor, "consent:withdraw", thing, ("exceptions",))
    _stop_what_is_not_covered(actor, thing)


def _found(actor: Actor, key: str) -> tuple[Consent, Thing]:
    found = load(Consent, "key = ?", (key,))
    if not found or not _may_withdraw(actor, found[0]):
        raise NotThere
    return found[0], _thing_of(found[0])


def _owner(thing: Thing | None) -> Thing:
    if thing is None:
        raise BadConsent("A consent belongs to a wheel or a case.")
    return consents.owner_of(thing)


def _thing_of(consent: Consent) -> Thing:
    return consent.case if consent.case_id is not None else consent.wheel


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


def _scopes(units: Iterable[Unit | int | Scope]) -> dict[int, Scope]:
    found = [unit if isinstance(unit, Scope) else Scope(unit) for unit in units]
    by_number = {scope.unit if isinstance(scope.unit, int) else scope.unit.id: scope for scope in found}
    return dict(sorted(by_number.items()))


def _check(
    voices: Mapping[str, Voice], named: Mapping[int, Scope], information: str, ends_on: date, maturity: str
) -> None:
    if not named or not information.strip() or set(voices) - set(WHO) or maturity not in MATURITY:
        raise BadConsent("A consent names recipients and which information it covers.")
    if all(voice.answer == Answer.NOT_ASKED for voice in voices.values()):
        raise BadConsent("Nobody has been asked.")
    if any((voice.answer != Answer.NOT_ASKED) != bool(voice.way) for voice in voices.values()):
        raise BadConsent("An answer is oral or written.")
    if not clock.today() <= ends_on <= clock.today() + LONGEST:
        raise BadConsent("A consent ends within a year.")
    for scope in named.values():
        if not scope.areas or not scope.kinds or set(scope.areas) - set(AREAS) or set(scope.kinds) - set(KINDS):
            raise BadConsent("A consent names areas and kinds of information for every service.")
        if any(who not in voices or area not in ("", *scope.areas) for who, area in scope.noes):
            raise BadConsent("A no is somebody's who was named, to something that was named.")


def _name(actor: Actor, consent: Consent, unit: int, scope: Scope) -> None:
    """Keep what one service may have; that it is everything is kept as nothing."""
    areas = "" if set(scope.areas) == set(AREAS) else ",".join(area for area in AREAS if area in scope.areas)
    kinds = "" if set(scope.kinds) == set(KINDS) else ",".join(kind for kind in KINDS if kind in scope.kinds)
    party = ConsentParty.create(consent=consent, unit=unit, areas=areas, kinds=kinds)
    for who, area in sorted(set(scope.noes)):
        ConsentException.create(consent=consent, party=party, who=who, area=area, by=actor.account)


def _stop_what_is_not_covered(actor: Actor, thing: Thing) -> None:
    """End what counts on a consent that covers it no longer: what waits across a border, and who takes part."""
    if isinstance(thing, Wheel):
        _call_back(actor, Wheel.get_by_id(thing.id))
        return
    stop_offers(actor, thing)
    meeting_access.end_uncovered(actor, thing)


def stop_offers(actor: Actor, case: Case) -> None:
    """Within the caller's transaction, take back what has crossed a border without being received or covered."""
    for wheel in offers.waiting(case):
        if wheel.crosses and wheel.about != About.ANONYMOUS and consents.why_not_send(wheel, wheel.unit_id):
            with suppress(offers.Received):
                offers.end(actor, wheel)


def _call_back(actor: Actor, wheel: Wheel) -> None:
    """Make a wheel that has been sent by a consent its author's draft again, if nobody has received it."""
    waits = wheel.state == "sent" and wheel.case.state == CaseState.SENT
    if waits and wheel.crosses and wheel.about != About.ANONYMOUS and consents.why_not_send(wheel, wheel.unit_id):
        offers.recall(actor, wheel, "wheel:recall")


def _note(actor: Actor, action: str, thing: Thing, fields: tuple[str, ...]) -> None:
    what = "case" if isinstance(thing, Case) else "wheel"
    audit.record(actor, action, what, thing.reference, place=_right(thing)[1], fields=fields)
    if isinstance(thing, Case):
        Case.update(touched_at=clock.now(), version=Case.version + 1).where(Case.id == thing.id).execute()
