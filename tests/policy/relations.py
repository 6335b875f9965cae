"""The cast as actors, and the places a thing can be in, for the tables of the policy."""

from __future__ import annotations

from tbb.models.kinds import Duty
from tbb.policy import COMMAND, SHOWROOM_VISITOR, VISITOR, Actor, Held, Place

UNIT, SISTER, STRANGER = 1, 2, 3
OWN, OTHER = 10, 20
MYSELF, SOMEBODY = 100, 200

PLACES = {
    "own unit": Place(unit=UNIT, organizer=OWN),
    "own organizer": Place(unit=SISTER, organizer=OWN),
    "other": Place(unit=STRANGER, organizer=OTHER),
    "county": Place(),
    "begun by me": Place(unit=UNIT, organizer=OWN, begun_by=MYSELF),
    "about me": Place(unit=UNIT, organizer=OWN, about=MYSELF),
    "BBA away": Place(unit=UNIT, organizer=OWN, bba_away=True),
    "unanswered": Place(unit=UNIT, organizer=OWN, unanswered=True),
    "delegated": Place(unit=UNIT, organizer=OWN, delegates=frozenset({MYSELF})),
    "takes part": Place(unit=STRANGER, organizer=OTHER, participants=frozenset({MYSELF}), coordinator=SOMEBODY),
    "coordinates": Place(unit=STRANGER, organizer=OTHER, coordinator=MYSELF),
    "coordinated": Place(unit=UNIT, organizer=OWN, coordinator=SOMEBODY),
}
"""Where a thing is, seen from somebody who belongs to unit 1 of organizer 10."""


def with_duty(duty: Duty, unit: int | None = None, organizer: int | None = None, **more) -> Actor:
    """Somebody who signed in with two factors and holds one duty."""
    held = Held(duty, unit, organizer, OWN if unit else None)
    return Actor(f"account:{MYSELF}", account=MYSELF, held=frozenset({held}), strong=True, **more)


CAST = {
    "visitor": VISITOR,
    "showroom": SHOWROOM_VISITOR,
    "in demo": Actor("public", in_showroom=True, in_demo=True),
    "halfway": Actor(f"account:{MYSELF}", account=MYSELF, halfway=True),
    "no duty": Actor(f"account:{MYSELF}", account=MYSELF, strong=True),
    "staff": with_duty(Duty.STAFF, UNIT),
    "bba": with_duty(Duty.BBA, UNIT),
    "deputy": with_duty(Duty.DEPUTY, UNIT),
    "delegate": with_duty(Duty.DELEGATE, UNIT),
    "unit head": with_duty(Duty.UNIT_HEAD, UNIT),
    "admin": with_duty(Duty.ORGANIZER_ADMIN, organizer=OWN),
    "communicator": with_duty(Duty.COMMUNICATOR),
    "process": with_duty(Duty.PROCESS_LEADER),
    "steering": with_duty(Duty.STEERING),
    "own steering": with_duty(Duty.STEERING, organizer=OWN),
    "reviewer": with_duty(Duty.LOG_REVIEWER),
    "own reviewer": with_duty(Duty.LOG_REVIEWER, organizer=OWN),
    "weak reviewer": Actor(f"account:{MYSELF}", account=MYSELF, held=frozenset({Held(Duty.LOG_REVIEWER)})),
    "weak BBA": Actor(f"account:{MYSELF}", account=MYSELF, held=frozenset({Held(Duty.BBA, UNIT, None, OWN)})),
    "operations": with_duty(Duty.OPERATIONS),
    "command": COMMAND,
}
