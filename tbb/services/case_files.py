"""Opening a case for a wheel that is sent, the card by which lists show it, its events, and whom to tell."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from tbb import clock
from tbb.database import case_keys, rows
from tbb.models import Case, CaseEvent, Wheel
from tbb.models.kinds import About, CaseEventKind, CaseState, Role
from tbb.policy import Actor
from tbb.services import case_shelf, keepers, letters, sealed_fields
from tbb.services.wheel_texts import AREAS

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without what is read wrongly: I, O, 0 and 1."""
_DEPUTIES = """
    SELECT DISTINCT a.id, a.email, a.name FROM account a JOIN responsibility r ON r.person_id = a.person_id
    WHERE a.state = 'active' AND r.unit_id = ? AND r.role = ? AND r.starts_on <= ?
      AND (r.ends_on IS NULL OR r.ends_on >= ?) ORDER BY a.id
"""


@dataclass(frozen=True)
class Card:
    """What a list shows of a case: working name, stage or grade, the unit's own reference, and each area's level."""

    label: str = ""
    stage: str = ""
    own_reference: str = ""
    levels: dict[str, str] = field(default_factory=dict)


def new_reference(kind: str) -> str:
    """Make a number to speak of a thing by, such as ``H-7K3M2Q``: H for a wheel, B for a case. It tells nothing."""
    return f"{kind}-{''.join(secrets.choice(LETTERS) for _ in range(6))}"


def new_key() -> str:
    """Make the name of a thing in addresses: 128 random bits."""
    return secrets.token_hex(16)


def open_case(actor: Actor, wheel: Wheel) -> Case:
    """Within the caller's transaction, open the case of a wheel that is being sent and let the wheel belong to it.

    The caller has checked everything, sets the wheel's own state, and writes the audit row.
    """
    moment, key, seal = clock.now(), new_key(), case_keys().make(clock.now())
    card = card_of_wheel(wheel.about, sealed_fields.texts(wheel))
    case = Case.create(
        key=key,
        reference=new_reference("B"),
        seal=seal,
        unit=wheel.unit_id,
        about=wheel.about,
        edition=wheel.edition,
        state=CaseState.SENT,
        card=case_keys().seal(seal, json.dumps(asdict(card)), _card_place(key)),
        opened_at=moment,
        touched_at=moment,
    )
    wheel.case = case
    note_event(actor, case, CaseEventKind.SENT, unit=wheel.from_unit_id)
    return case


def card_of(case: Case) -> Card:
    """Open a case's card."""
    return read_card(case.key, case.seal, case.card)


def read_card(key: str, seal: str, sealed: bytes) -> Card:
    """Open a card from raw columns, for lists."""
    return Card(**json.loads(case_keys().open(seal, sealed, _card_place(key))))


def keep_card(case: Case, card: Card) -> None:
    """Within the caller's transaction, let lists show this."""
    Case.update(card=case_keys().seal(case.seal, json.dumps(asdict(card)), _card_place(case.key))).where(
        Case.id == case.id
    ).execute()


def card_of_wheel(about: str, texts: Mapping[str, str]) -> Card:
    """Make the card of what a wheel says. In an anonymous consultation nobody has a name."""
    levels = {area: texts[f"area.{area}.level"] for area in AREAS if texts.get(f"area.{area}.level")}
    if about == About.ANONYMOUS:
        return Card(label="Anonym konsultation", levels=levels)
    if about == About.GROUP:
        return Card(label=texts.get("group.label", "En grupp barn"), levels=levels)
    return Card(
        texts.get("child.label", ""), texts.get("child.stage", ""), texts.get("child.own_reference", ""), levels
    )


def note_event(
    actor: Actor, case: Case, what: CaseEventKind, *, unit: int | None = None, reason: str = ""
) -> CaseEvent:
    """Within the caller's transaction, note what happened with a case; a reason is sealed. Touches the case."""
    moment = clock.now()
    made = CaseEvent.create(case=case, what=what, by=actor.account, unit=unit, at=moment)
    if reason:
        CaseEvent.update(reason=sealed_fields.seal(case, reason, reason_place(made.id))).where(
            CaseEvent.id == made.id
        ).execute()
    Case.update(touched_at=moment, version=Case.version + 1).where(Case.id == case.id).execute()
    return made


def reason_place(event: int) -> str:
    """What the reason of an event is bound to."""
    return f"case_event.reason:{event}"


def tell_those_who_answer(unit: int, template: str, mark: str, facts: dict[str, object]) -> int:
    """Within the caller's transaction, write to each account that answers for a unit today; tell how many.

    The letter says nothing about any child, only that there is something to read.
    """
    told = answering(unit)
    for keeper in told:
        letters.write(f"{mark}:{keeper.account}", keeper.email, template, facts)
    return len(told)


def answering(unit: int) -> list[keepers.Keeper]:
    """The accounts that answer for a unit's cases today: its BBA and, while away, the deputy; else the unit's head."""
    place, found = case_shelf.place_of_unit(unit), keepers.answering(unit)
    if place.bba_away:
        today = clock.today()
        found += [keepers.Keeper(*row) for row in rows(_DEPUTIES, (unit, Role.DEPUTY, today, today))]
    return keepers.once(found) if not place.unanswered else keepers.once(found) or keepers.unit_heads(unit)


def _card_place(key: str) -> str:
    return f"casefile.card:{key}"
