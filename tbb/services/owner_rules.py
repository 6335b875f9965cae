"""What a huvudman decides of secrecy for its own units: whose yes is needed, the borders within it, which law holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from tbb import clock
from tbb.database import load, one_at_a_time, rows, transaction
from tbb.models import Account, Organizer, OwnerRules
from tbb.models.kinds import Duty, Kind, OrganizerKind
from tbb.policy import Actor, Permission, Place, require
from tbb.services import audit, borders, consent_days

REGIMES = ("osl", "skollagen")
GUARDIANS = ("both", "one")


class ChangedMeanwhile(Exception):
    """Somebody else has decided something since the page was shown."""


class UnknownKind(Exception):
    """A board was named for a kind of unit that the huvudman has none of."""


@dataclass(frozen=True)
class Shown:
    """A huvudman's rules and whom they are for. `boards` gives each of its kinds of unit the board it belongs to.

    `version` names what the page showed; empty when nothing has been decided yet.
    """

    organizer: int
    name: str
    guardians: str
    regime: str
    boards: dict[str, str]
    decided_on: date | None
    decision: str
    changed_by: str
    changed_at: datetime | None
    version: str


def own(actor: Actor) -> list[tuple[int, str]]:
    """The huvudmän whose rules the actor keeps: number and name, in Swedish order of names."""
    numbers = sorted(actor.organizers(Duty.ORGANIZER_ADMIN))
    found = Organizer.select().where(Organizer.id << numbers).order_by(Organizer.name)
    return [(organizer.id, organizer.name) for organizer in found]


def show(actor: Actor, organizer: int) -> Shown | None:
    """Show a huvudman's rules, with the county's defaults where it has decided nothing; None for others' ones."""
    name = dict(own(actor)).get(organizer)
    if name is None:
        return None
    rules, row = borders.rules_of(organizer), _row(organizer)
    by = Account.get_or_none(Account.id == row.changed_by_id) if row and row.changed_by_id else None
    return Shown(
        organizer=organizer,
        name=name,
        guardians=rules.guardians,
        regime=rules.regime,
        boards={kind: rules.boards.get(kind) or borders.default_board(kind) for kind in _kinds(organizer)},
        decided_on=row.decided_on if row else None,
        decision=row.decision if row else "",
        changed_by=by.name if by else "",
        changed_at=row.changed_at if row else None,
        version=row.changed_at.isoformat() if row else "",
    )


def is_independent(organizer: int) -> bool:
    """Whether a huvudman is an independent (enskild) one."""
    return Organizer.get_by_id(organizer).kind == OrganizerKind.INDEPENDENT


@transaction
def change(
    actor: Actor,
    organizer: int,
    *,
    guardians: str,
    regime: str,
    boards: dict[str, str],
    decided_on: date,
    decision: str,
    seen: str = "",
) -> tuple[str, ...]:
    """Decide a huvudman's rules and name what changed. Raises Refused, ChangedMeanwhile and UnknownKind.

    They hold from now on. Where one guardian's yes is enough no longer, what counted on it ends in the same breath: who
    was asked to a meeting is told that they are so no longer. What somebody has received is not touched.
    """
    one_at_a_time("consents")
    one_at_a_time(f"rules {organizer}")
    require(actor, Permission.KEEP_RULES, Place(organizer=organizer))
    row = _row(organizer)
    if (row.changed_at.isoformat() if row else "") != seen:
        raise ChangedMeanwhile
    if set(boards) - set(_kinds(organizer)):
        raise UnknownKind
    before = row or OwnerRules(organizer=organizer, guardians="", boards="", regime="")
    values = {
        "guardians": guardians,
        "regime": regime,
        "boards": json.dumps(
            {kind: " ".join(board.split()) for kind, board in sorted(boards.items()) if board.strip()}
        ),
        "decided_on": decided_on,
        "decision": decision,
    }
    changed = tuple(name for name, value in values.items() if getattr(before, name) != value)
    if changed:
        for name, value in (values | {"changed_by": actor.account, "changed_at": clock.now()}).items():
            setattr(before, name, value)
        before.save(force_insert=row is None)
        audit.record(actor, "rules:change", "rules", organizer, place=Place(organizer=organizer), fields=changed)
    if "guardians" in changed:
        consent_days.end_of(actor, organizer)
    return changed


def _row(organizer: int) -> OwnerRules | None:
    found = load(OwnerRules, "organizer_id = ?", (organizer,))
    return found[0] if found else None


def _kinds(organizer: int) -> list[str]:
    """The kinds of units that a huvudman has, in the order of a child's life."""
    found = {kind for (kind,) in rows("SELECT DISTINCT kind FROM unit WHERE organizer_id = ?", (organizer,))}
    return [kind.value for kind in Kind if kind.value in found]
