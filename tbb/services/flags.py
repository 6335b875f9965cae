"""Flags: the county may remark on an entry, never change it; its owner settles the remark with an answer (R2)."""

from __future__ import annotations

from tbb import clock
from tbb.database import load, rows, transaction
from tbb.models import Flag, Unit
from tbb.policy import Actor, Permission, require
from tbb.services import audit, keepers, letters
from tbb.services.shelf import place_of

MOST_CHARACTERS = 500


class AlreadySettled(Exception):
    """Somebody else has answered the flag."""


@transaction
def raise_flag(actor: Actor, unit: Unit, message: str) -> Flag:
    """Remark on an entry and tell its owners that there is a remark; without owners, its BBA. Raises Refused."""
    require(actor, Permission.FLAG_ENTRY, place_of(unit))
    flag = Flag.create(unit=unit.id, by=actor.account, message=message, raised_at=clock.now())
    audit.record(actor, "flag:raise", "flag", flag.id, place=place_of(unit), fields=("message",))
    told = keepers.owners(unit.id, unit.organizer_id) or keepers.answering(unit.id)
    for keeper in told:
        letters.write(f"flag:{flag.id}:{keeper.account}", keeper.email, "flag_raised", _facts(unit, flag.id))
    return flag


@transaction
def settle(actor: Actor, unit: Unit, number: int, answer: str) -> None:
    """Answer a flag and tell the one who raised it. Raises Refused, AlreadySettled, and DoesNotExist in other units."""
    require(actor, Permission.SETTLE_FLAG, place_of(unit))
    flag = Flag.get(Flag.id == number, Flag.unit == unit.id)
    settled = (
        Flag.update(settled_at=clock.now(), settled_by=actor.account, answer=answer)
        .where(Flag.id == flag.id, Flag.settled_at.is_null())
        .execute()
    )
    if settled != 1:
        raise AlreadySettled
    audit.record(actor, "flag:settle", "flag", flag.id, place=place_of(unit), fields=("answer",))
    raiser = rows("SELECT email FROM account WHERE id = ? AND state = 'active'", (flag.by_id,))
    for (email,) in raiser:
        letters.write(f"flag-settled:{flag.id}", email, "flag_settled", _facts(unit, flag.id))


def of_unit(unit: int, *, still_open: bool) -> list[Flag]:
    """List a unit's flags that wait for an answer, or those that have one; newest first."""
    state = "IS NULL" if still_open else "IS NOT NULL"
    return _named(load(Flag, f"unit_id = ? AND settled_at {state} ORDER BY id DESC LIMIT 20", (unit,)))


def one(unit: int, number: int) -> Flag | None:
    """Give one flag of a unit; None when there is none of that number."""
    found = _named(load(Flag, "unit_id = ? AND id = ?", (unit, number)))
    return found[0] if found else None


def _named(flags: list[Flag]) -> list[Flag]:
    """Let each flag know what those who raised and settled it are called, in `raiser` and `settler`."""
    for flag in flags:
        names = dict(rows("SELECT id, name FROM account WHERE id IN (?, ?)", (flag.by_id, flag.settled_by_id)))
        flag.raiser = names.get(flag.by_id, "Processledningen")
        flag.settler = names.get(flag.settled_by_id, "Verksamheten")
    return flags


def _facts(unit: Unit, number: int) -> dict[str, str]:
    return {"unit": unit.label, "path": f"/arbetsyta/verksamheter/{unit.slug}/flagga/{number}"}
