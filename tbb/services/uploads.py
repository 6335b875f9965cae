"""Importing a list in the browser: what was uploaded, what it would change, and doing it.

Who answers for a unit is never imported here: that is appointed on the unit's own page (R2). A list that changes a
public phone or e-mail is applied by another than the one who uploaded it (C30).
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tbb import clock
from tbb.database import rows, transaction
from tbb.models import Upload
from tbb.models.kinds import Duty
from tbb.policy import Actor, Permission, Place, may, require
from tbb.services import actors, audit, registers
from tbb.services.registers import Plan

MOST_BYTES = 4 * 2**20
KEPT = timedelta(days=1)
CONTACTS = ("phone", "email")


class NotYours(Exception):
    """The list would change what belongs to somebody else; `words` is a Swedish sentence."""

    def __init__(self, words: str):
        super().__init__(words)
        self.words = words


@dataclass(frozen=True)
class Uploaded:
    """A list that waits, with what it would change. `left_out` counts its rows about people."""

    key: str
    name: str
    uploaded_at: datetime
    applied_at: datetime | None
    plan: Plan | None = None
    left_out: int = 0
    lines: tuple[str, ...] = ()
    by: str = ""
    needs_another: bool = False
    can_apply: bool = False


@transaction
def receive(actor: Actor, name: str, data: bytes) -> str:
    """Keep an uploaded list for a day and give its key; raises registers.NotUnderstood when it is no known list."""
    require(actor, Permission.IMPORT_UNITS)
    registers.read_bytes(data, name)
    key = secrets.token_hex(16)
    Upload.create(
        key=key,
        account=actor.account,
        name=name[:120],
        content=base64.b64encode(data).decode(),
        uploaded_at=clock.now(),
    )
    audit.record(actor, "import:upload", "upload", key, fields=("content",))
    return key


def show(actor: Actor, key: str) -> Uploaded | None:
    """Show an uploaded list with its plan, made anew; None when there is none within reach, or its day is over.

    Raises NotYours when it would change what is not the actor's.
    """
    require(actor, Permission.IMPORT_UNITS)
    kept = _find(actor, key)
    if kept is None:
        return None
    if kept.applied_at is not None:
        return _line(kept)
    plan, left_out = _plan(actor, kept)
    needs_another = _needs_another(plan)
    return replace(
        _line(kept),
        plan=plan,
        left_out=left_out,
        lines=tuple(registers.describe(plan, everything=True)),
        needs_another=needs_another,
        can_apply=not plan.empty and (not needs_another or may(actor, Permission.APPROVE_IMPORT, _begun(kept))),
    )


def waiting(actor: Actor) -> list[Uploaded]:
    """List the uploads of the last day that are one's own or a colleague's, newest first, without their plans."""
    require(actor, Permission.IMPORT_UNITS)
    lately = Upload.select().where(Upload.uploaded_at >= clock.now() - KEPT).order_by(Upload.id.desc())
    return [_line(kept) for kept in lately if _is_shared(actor, kept)]


@transaction
def apply(actor: Actor, key: str, digest: str) -> int | None:
    """Do what the plan of that digest says, and forget the list; None when there is no such list within reach.

    Raises registers.StalePlan, having changed nothing, when the plan is not the one that was looked at, and Refused
    when it takes another person than the one who uploaded it.
    """
    require(actor, Permission.IMPORT_UNITS)
    kept = _find(actor, key)
    if kept is None or kept.applied_at is not None:
        return None
    plan, _left_out = _plan(actor, kept)
    if plan.digest != digest:
        raise registers.StalePlan
    if _needs_another(plan):
        require(actor, Permission.APPROVE_IMPORT, _begun(kept))
    touched = registers.apply_plan(actor, plan)
    Upload.update(applied_at=clock.now(), plan_digest=digest, content="").where(Upload.id == kept.id).execute()
    audit.record(actor, "import:apply", "upload", key, note=f"{touched} verksamheter")
    return touched


def _line(kept: Upload) -> Uploaded:
    return Uploaded(kept.key, kept.name, kept.uploaded_at, kept.applied_at, by=kept.account.name)


def _begun(kept: Upload) -> Place:
    return Place(begun_by=kept.account_id)


@transaction
def forget_old() -> int:
    """Remove lists that were uploaded more than a day ago; tell how many."""
    return Upload.delete().where(Upload.uploaded_at < clock.now() - KEPT).execute()


def _find(actor: Actor, key: str) -> Upload | None:
    """Find a list of one's own, or of a colleague with the same reach."""
    kept = Upload.get_or_none(Upload.key == key, Upload.uploaded_at >= clock.now() - KEPT)
    return kept if kept is not None and _is_shared(actor, kept) else None


def _is_shared(actor: Actor, kept: Upload) -> bool:
    if kept.account_id == actor.account:
        return True
    theirs = actors.of_account(kept.account_id)
    both_lead = actor.in_county(Duty.PROCESS_LEADER) and theirs.in_county(Duty.PROCESS_LEADER)
    return both_lead or bool(actor.organizers(Duty.ORGANIZER_ADMIN) & theirs.organizers(Duty.ORGANIZER_ADMIN))


def _plan(actor: Actor, kept: Upload) -> tuple[Plan, int]:
    """Plan the list without the people in it; tell how many rows about people were left out."""
    reading = registers.read_bytes(base64.b64decode(kept.content), kept.name)
    records = replace(reading.records, responsible=())
    plan = registers.make_plan(records, reading.errors, today=clock.today())
    if not actor.in_county(Duty.PROCESS_LEADER):
        _check_it_is_own(actor, plan)
    return plan, len(reading.records.responsible)


def _needs_another(plan: Plan) -> bool:
    """Whether a public phone or e-mail of a unit that is there already would change."""
    return any(change.field in CONTACTS for unit in plan.changed for change in unit.changes)


def _check_it_is_own(actor: Actor, plan: Plan) -> None:
    """Raise NotYours when an administrator's list reaches beyond their own organizer's units."""
    own = actor.organizers(Duty.ORGANIZER_ADMIN)
    if plan.municipalities or any(organizer.id not in own for organizer in plan.organizers):
        raise NotYours("Listan ändrar kommuner eller huvudmän. Det gör processledarna.")
    if plan.added:
        raise NotYours(f"Verksamheten {plan.added[0].label} finns inte i katalogen. Be processledarna lägga till den.")
    owners = dict(rows("SELECT id, organizer_id FROM unit"))
    for unit in plan.units:
        if owners.get(unit.id) not in own:
            raise NotYours(f"Verksamheten {unit.label} hör inte till er huvudman. Ta bort raden och ladda upp igen.")
        if any(change.field == "organizer" for change in unit.changes):
            raise NotYours(f"Listan byter huvudman för {unit.label}. Det gör processledarna.")
