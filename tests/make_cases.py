"""Factories for wheels and cases: plain functions that make one thing with as little said as possible."""

from __future__ import annotations

from collections.abc import Mapping

from tbb import clock
from tbb.database import case_keys, transaction
from tbb.models import Account, Case, Unit, Wheel
from tbb.policy import Actor
from tbb.services import case_files, sealed_fields
from tbb.services.demo_cast import account_of
from tbb.services.wheel_texts import NEWEST

ALVA = {
    "child.label": "Alva E",
    "child.stage": "Årskurs 6",
    "area.trygghet.level": "stod",
    "area.trygghet.see": "Går inte gärna ut på rasten.",
    "area.hemmet.level": "uppm",
    "area.hemmet.child": "Jag har inget eget rum nu.",
    "area.larande.level": "bra",
    "area.larande.strength": "Läser gärna högt för de yngre.",
    "told.child": "yes",
    "told.guardians": "yes",
}
"""What a mentor saw of a child that does not exist."""


@transaction
def draft(author: int, from_unit: Unit, to: Unit | None = None, answers: Mapping[str, str] = ALVA, **more) -> Wheel:
    """Make a wheel that somebody has begun to fill in."""
    moment = clock.now()
    made = Wheel.create(
        **{
            "key": case_files.new_key(),
            "reference": case_files.new_reference("H"),
            "seal": case_keys().make(moment),
            "edition": NEWEST,
            "author": author,
            "from_unit": from_unit,
            "unit": to,
            "created_at": moment,
            "saved_at": moment,
        }
        | more
    )
    sealed_fields.save(made, answers)
    return made


@transaction
def case(unit: Unit, author: int | None = None, answers: Mapping[str, str] = ALVA, **more) -> Case:
    """Make a case that a wheel from the unit itself has opened; `more` goes to the case (state, received_at …)."""
    author = author or account_of("personal") or Account.select().first().id
    wheel = draft(author, unit, unit, answers, about=more.pop("about", "child"))
    made = case_files.open_case(Actor(f"account:{author}", account=author), wheel)
    wheel.state, wheel.sent_at = "sent", clock.now()
    wheel.save()
    if more:
        Case.update(**more).where(Case.id == made.id).execute()
    return Case.get_by_id(made.id)
