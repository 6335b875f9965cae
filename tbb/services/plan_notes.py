"""What is told of a plan (R19): that a service does not take part; by the family's link, that it is not followed."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from tbb import clock
from tbb.database import case_keys, load, rows, transaction
from tbb.models import Account, Plan, PlanNote
from tbb.models.meeting_kinds import PlanState
from tbb.policy import VISITOR, Actor, Permission, require
from tbb.services import audit, case_files, letters, limits, meeting_shelf, plan_shelf, tokens

DEVIATION, FAMILY = "deviation", "family"
PURPOSE = "plan-family"
LASTS = timedelta(days=400)
"""The link ends with the plan, and otherwise after so long; a new one is printed with each new sheet."""
SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without what is read wrongly on paper: I, L, O, 0 and 1."""
GROUPS, OF = 4, 4
"""A secret of four groups of four: 79 bits, short enough to write from a paper."""
PER_HOUR, PER_DAY = 20, 12
"""How often one place may try links in an hour, and how much may be told of one plan in a day."""


class NotThere(Exception):
    """There is no such note that waits."""


class NoSuchLink(Exception):
    """The link was never given out, has been ended, or its plan has."""


@dataclass(frozen=True)
class Note:
    """A note, opened. `by` is a name, "" for the family; `done` what was done, once it is settled."""

    key: str
    kind: str
    text: str
    phone: str
    done: str
    unit: str
    by: str
    at: datetime
    settled_at: datetime | None


@transaction
def new_link(actor: Actor, plan: Plan) -> str:
    """Give out the link by which the family tells that a plan is not followed; the one before ends.

    Raises Refused and plan_shelf.Ended.
    """
    place = meeting_shelf.place_of_plan(plan)
    require(actor, Permission.HAND_ON_PLAN, place)
    stands = plan_shelf.latest(plan)
    secret = "-".join("".join(secrets.choice(SIGNS) for _ in range(OF)) for _ in range(GROUPS))
    tokens.issue(PURPOSE, stands.id, lasts=LASTS, payload={"secret": secret}, secret=secret)
    audit.record(actor, "plan:new-link", "plan", stands.reference, place=place)
    return secret


@transaction
def end_link(actor: Actor, plan: Plan) -> None:
    """Let the family's link lead nowhere. Raises Refused."""
    place = meeting_shelf.place_of_plan(plan)
    require(actor, Permission.HAND_ON_PLAN, place)
    tokens.revoke(PURPOSE, plan.id)
    audit.record(actor, "plan:end-link", "plan", plan.reference, place=place)


def link_of(plan: Plan) -> str:
    """Give the secret of the link that holds now, for printing; "" when there is none."""
    found = tokens.standing(PURPOSE, plan.id) if plan.state != PlanState.ENDED else None
    return found.payload["secret"] if found else ""


def leads_somewhere(secret: str, who: str) -> bool:
    """Whether a link is good; each look counts, so that nobody finds one by trying. Raises limits.TooOften."""
    limits.spend(PURPOSE, who, most=PER_HOUR, seconds=3600)
    return _plan_of(secret) is not None


@transaction
def tell(secret: str, *, words: str, phone: str) -> PlanNote:
    """Keep what the family tells, sealed, and let the samordningsperson know that something has come.

    Raises NoSuchLink, and limits.TooOften for more than some in a day.
    """
    plan = _plan_of(secret)
    if plan is None:
        raise NoSuchLink
    plan_shelf.hold(plan.case_id)
    said = {"text": words.strip(), "phone": phone.strip()}
    if (before := _waits_already(plan, said)) is not None:
        return before
    limits.spend(f"{PURPOSE}:told", str(plan.id), most=PER_DAY, seconds=86_400)
    note = _write(VISITOR, plan, FAMILY, said)
    audit.record(VISITOR, "plan:told", "plan", plan.reference, place=meeting_shelf.place_of_plan(plan))
    _tell_owner(plan, note)
    return note


@transaction
def deviate(actor: Actor, plan: Plan, unit: int, text: str) -> PlanNote:
    """Note that a service does not take part or does not do its part. Raises Refused, plan_shelf.Ended, NotThere."""
    place = meeting_shelf.place_of_plan(plan)
    require(actor, Permission.HAND_ON_PLAN, place)
    stands = plan_shelf.latest(plan)
    if unit not in {number for number, _label in services(stands)}:
        raise NotThere
    note = _write(actor, stands, DEVIATION, {"text": text.strip(), "phone": ""}, unit)
    plan_shelf.note_change(actor, stands, "plan:deviation", ("note",))
    return note


@transaction
def settle(actor: Actor, plan: Plan, key: str, done: str) -> None:
    """Say what was done about a note, so that it waits no longer. Raises Refused and NotThere."""
    place = meeting_shelf.place_of_plan(plan)
    require(actor, Permission.HAND_ON_PLAN, place)
    plan_shelf.hold(plan.case_id)
    found = load(PlanNote, "plan_id = ? AND key = ? AND settled_at IS NULL", (plan.id, key))
    if not found:
        raise NotThere
    said = _said(plan, found[0]) | {"done": done.strip()}
    PlanNote.update(settled_at=clock.now(), body=_sealed(plan, key, said)).where(PlanNote.id == found[0].id).execute()
    audit.record(actor, "plan:settle", "plan", plan.reference, place=place, fields=("note",))


def of_plan(actor: Actor, plan: Plan) -> list[Note]:
    """Open all that is told of a plan, those that wait first, then the newest. Raises Refused."""
    require(actor, Permission.HAND_ON_PLAN, meeting_shelf.place_of_plan(plan))
    found = load(PlanNote, "plan_id = ? ORDER BY id DESC", (plan.id,))
    named = dict(services(plan))
    notes = [
        Note(
            each.key, each.kind, said["text"], said["phone"], said.get("done", ""), named.get(each.unit_id, ""),
            each.by.name if each.by_id else "", each.at, each.settled_at,
        )
        for each, said in ((each, _said(plan, each)) for each in found)
    ]  # fmt: skip
    return sorted(notes, key=lambda note: note.settled_at is not None)


def waiting(plans: list[int]) -> int:
    """Count what is told of some plans and not settled."""
    if not plans:
        return 0
    marks = ", ".join("?" * len(plans))
    asked = f"SELECT COUNT(*) FROM plan_note WHERE settled_at IS NULL AND kind = 'family' AND plan_id IN ({marks})"
    return rows(asked, plans)[0][0]


def services(plan: Plan) -> list[tuple[int, str]]:
    """The services that have been asked to the meetings of a plan's case: (number, name)."""
    found = rows(
        "SELECT DISTINCT u.id, COALESCE(NULLIF(u.display_name, ''), u.name), u.sort_key FROM meeting_party y"
        " JOIN meeting m ON m.id = y.meeting_id JOIN unit u ON u.id = y.unit_id"
        " WHERE m.case_id = ? ORDER BY u.sort_key, u.id",
        (plan.case_id,),
    )
    return [(number, label) for number, label, _key in found]


def place_of(key: str) -> str:
    """What the words of a note are bound to."""
    return f"plan_note.body:{key}"


def plain_secret(typed: str) -> str:
    """Read a secret as somebody writes it from a paper: small letters and spaces are no fault."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    return "-".join(signs[at : at + OF] for at in range(0, len(signs), OF))[:40]


def _plan_of(secret: str) -> Plan | None:
    token = tokens.look(PURPOSE, plain_secret(secret))
    found = load(Plan, "id = ? AND state <> 'ended'", (int(token.subject),)) if token else []
    return found[0] if found else None


def _waits_already(plan: Plan, said: dict[str, str]) -> PlanNote | None:
    """Find the very same words if they wait to be settled: then they were sent twice, as when a line is cut."""
    waiting = load(PlanNote, "plan_id = ? AND kind = 'family' AND settled_at IS NULL ORDER BY id", (plan.id,))
    return next((each for each in waiting if _said(plan, each) == said), None)


def _write(actor: Actor, plan: Plan, kind: str, said: dict[str, str], unit: int | None = None) -> PlanNote:
    key = case_files.new_key()
    return PlanNote.create(
        plan=plan, key=key, kind=kind, unit=unit, body=_sealed(plan, key, said), by=actor.account, at=clock.now()
    )


def _tell_owner(plan: Plan, note: PlanNote) -> None:
    """Write to the samordningsperson with an account, else to those who answer for the case: that, never what."""
    facts = {"path": f"/planer/{plan.key}"}
    owner = meeting_shelf.place_of_plan(plan).coordinator
    if owner is None:
        case_files.tell_those_who_answer(plan.case.unit_id, "plan_told", f"plan-told:{note.key}", facts)
    else:
        letters.write(f"plan-told:{note.key}", Account.get_by_id(owner).email, "plan_told", facts)


def _said(plan: Plan, note: PlanNote) -> dict[str, str]:
    return json.loads(case_keys().open(plan.seal, note.body, place_of(note.key)))


def _sealed(plan: Plan, key: str, said: dict[str, str]) -> bytes:
    return case_keys().seal(plan.seal, json.dumps(said), place_of(key))
