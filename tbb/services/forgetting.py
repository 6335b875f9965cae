"""Forgetting on time: lists that one proposes and another approves, what the worker then forgets, and the receipt."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date

from tbb import clock
from tbb.database import load, one_at_a_time, rows, run, transaction
from tbb.models import Assessment, CaseExport, DoomedKey, Forgetting, Organizer
from tbb.policy import WORKER, Actor, Permission, Place, Refused, may, require
from tbb.services import audit, case_files, doomed_keys, keepers, letters, retention
from tbb.services.retention import FORGOTTEN, KEPT, Item

ROOT = "/arbetsyta/gallring"
BATCH = 50
"""So many things are forgotten in each transaction, so that a list can be broken off and gone on with."""
MOST = 2_000
"""So many things stand on a list at most; what is over comes on the next one."""
OPEN = ("drawn", "proposed", "approved")


class Late(Exception):
    """The list is no longer in the state that the page showed."""


class NothingToForget(Exception):
    """Nothing has been kept for as long as is decided."""


@dataclass(frozen=True)
class Listed:
    """A list as a page shows it. `proposer` and `approver` are names; `mine` says that the one who asks proposed it."""

    key: str
    state: str
    organizer: Organizer
    items: tuple[Item, ...]
    drawn_on: date
    proposer: str
    proposed_at: object
    approver: str
    approved_at: object
    done_at: object
    done: int
    mine: bool

    @property
    def kept(self) -> int:
        """How many were left alone."""
        return sum(item.outcome == KEPT for item in self.items)

    def by_document(self) -> list[tuple[str, list[Item]]]:
        """The items under the name of each kind of document."""
        kinds = dict.fromkeys(item.document for item in self.items)
        return [
            (retention.DOCUMENTS[kind].name, [item for item in self.items if item.document == kind]) for kind in kinds
        ]


def doom(*seals: str) -> None:
    """Within the caller's transaction, say that these keys shall be destroyed once the transaction is committed.

    The caller has removed every row that they seal. The worker destroys them within a minute; until then a change
    that is rolled back has lost nothing.
    """
    moment = DoomedKey.at.db_value(clock.now())
    for seal in seals:
        run("INSERT INTO doomed_key (seal, at) VALUES (?, ?) ON CONFLICT (seal) DO NOTHING", (seal, moment))


def lists(actor: Actor, organizer: int) -> list[Listed]:
    """A huvudman's lists and receipts, newest first."""
    require(actor, Permission.PROPOSE_FORGETTING, Place(organizer=organizer))
    found = load(Forgetting, "organizer_id = ? ORDER BY drawn_at DESC, id DESC", (organizer,))
    return [_listed(actor, each) for each in found]


def show(actor: Actor, key: str) -> Listed | None:
    """Show a list that is the actor's to see; None when there is none of that key."""
    found = _of(actor, key)
    return _listed(actor, found) if found else None


@transaction
def draw(actor: Actor, organizer: int) -> Forgetting:
    """Draw up the list of what is due, or anew the one that nobody has proposed yet. Raises NothingToForget, Late."""
    require(actor, Permission.PROPOSE_FORGETTING, Place(organizer=organizer))
    return _draw(actor, organizer)


@transaction
def propose(actor: Actor, key: str) -> None:
    """Propose a list as it stands; every other administrator is told. Raises Late."""
    found = _mine(actor, key, "drawn")
    require(actor, Permission.PROPOSE_FORGETTING, Place(organizer=found.organizer_id))
    _move(found, "proposed", proposed_by_id=actor.account, proposed_at=clock.now())
    _record(actor, "forgetting:propose", found)
    _tell(found, "approve", but=actor.account)


@transaction
def approve(actor: Actor, key: str) -> None:
    """Approve what somebody else has proposed; the worker then forgets it. Raises Late and Refused."""
    found = _mine(actor, key, "proposed")
    place = Place(organizer=found.organizer_id, begun_by=found.proposed_by_id)
    require(actor, Permission.APPROVE_FORGETTING, place)
    if found.proposed_by_id is None:
        raise Refused("Nobody stands behind the proposal any more.")
    _move(found, "approved", approved_by_id=actor.account, approved_at=clock.now())
    _record(actor, "forgetting:approve", found)


@transaction
def stop(actor: Actor, key: str) -> None:
    """Stop a list that is not approved; nothing on it is forgotten. Raises Late."""
    found = _mine(actor, key, "drawn", "proposed")
    require(actor, Permission.PROPOSE_FORGETTING, Place(organizer=found.organizer_id))
    _move(found, "stopped")
    _record(actor, "forgetting:stop", found)


def draw_monthly() -> int:
    """Once a month draw up the list of every huvudman that has something due, and tell its administrators; count them.

    For every day: a month that has a list, drawn by anybody, is passed over.
    """
    began = clock.today().replace(day=1)
    made = 0
    for (organizer,) in rows("SELECT DISTINCT organizer_id FROM retention_rule ORDER BY organizer_id"):
        newest = load(Forgetting, "organizer_id = ? ORDER BY id DESC LIMIT 1", (organizer,))
        if not newest or (newest[0].state not in OPEN and clock.local(newest[0].drawn_at).date() < began):
            made += _draw_and_tell(organizer)
    return made


def carry_out() -> int:
    """Forget what is on approved lists, some at a time; tell how many things. It may be broken off at any point."""
    done = 0
    for (number,) in rows("SELECT id FROM forgetting WHERE state = 'approved' ORDER BY id"):
        while (forgotten := _forget_some(number)) is not None:
            done += forgotten
    return done


@transaction
def forget_without_key() -> int:
    """After a restore, remove the wheels and cases whose keys were destroyed since the backup; tell how many."""
    gone = list(doomed_keys.without_key())
    cases = [reference for kind, reference in gone if kind == "casefile"]
    for reference in cases:
        for (number,) in rows("SELECT id FROM casefile WHERE reference = ?", (reference,)):
            _remove_case(number)
        audit.record(WORKER, "case:forget", "case", reference, note="no key")
    for kind, reference in gone:
        if kind == "wheel":
            run("DELETE FROM wheel WHERE reference = ?", (reference,))
    return len(cases)


@transaction
def _draw_and_tell(organizer: int) -> int:
    try:
        made = _draw(WORKER, organizer)
    except (NothingToForget, Late):
        return 0
    _tell(made, "propose")
    return 1


def _draw(actor: Actor, organizer: int) -> Forgetting:
    one_at_a_time("forgetting")
    items = retention.due(organizer)[:MOST]
    open_ones = load(Forgetting, "organizer_id = ? AND state IN ('drawn', 'proposed', 'approved')", (organizer,))
    if any(each.state != "drawn" for each in open_ones):
        raise Late
    for each in open_ones:
        _move(each, "stopped")
    if not items:
        raise NothingToForget
    made = Forgetting.create(
        key=case_files.new_key(), organizer=organizer, items=_written(items), drawn_at=clock.now(), state="drawn"
    )
    _record(actor, "forgetting:draw", made)
    return made


@transaction
def _forget_some(number: int) -> int | None:
    """Deal with the next things on a list; None when all of it is done."""
    one_at_a_time("forgetting")
    one_at_a_time("holds")
    found = Forgetting.get_by_id(number)
    items = _items(found)
    waiting = [at for at, item in enumerate(items) if not item.outcome][:BATCH]
    if found.state != "approved":
        return None
    if not waiting:
        _move(found, "done", done_at=clock.now())
        _record(WORKER, "forgetting:done", found)
        _tell(found, "done")
        return None
    due, forgotten = {item.same for item in retention.due(found.organizer_id)}, 0
    for at in waiting:
        gone = items[at].same in due and _FORGET.get(items[at].document, _forget_case)(items[at], found.organizer_id)
        items[at] = replace(items[at], outcome=FORGOTTEN if gone else KEPT)
        forgotten += bool(gone)
    Forgetting.update(items=_written(items), done=Forgetting.done + forgotten).where(Forgetting.id == number).execute()
    return forgotten


def _forget_case(item: Item, organizer: int) -> bool:
    """Remove a closed case with its wheels and everything in it, and doom their keys."""
    found = rows(
        "SELECT c.id, c.unit_id FROM casefile c JOIN unit u ON u.id = c.unit_id"
        " WHERE c.reference = ? AND c.state = 'closed' AND u.organizer_id = ?",
        (item.reference, organizer),
    )
    if not found:
        return False
    number, unit = found[0]
    _remove_case(number)
    audit.record(WORKER, "case:forget", "case", item.reference, place=Place(unit=unit, organizer=organizer))
    return True


def _remove_case(case: int) -> None:
    """Remove a case and what goes with it: fields, notes, events, wheels, consents, exports, holds; doom the keys."""
    seals = rows("SELECT seal FROM casefile WHERE id = ? UNION SELECT seal FROM wheel WHERE case_id = ?", (case, case))
    # Nobody keeps a duty that was given for a case which is gone.
    run(
        'UPDATE "grant" SET ended_at = ? WHERE ended_at IS NULL AND id IN (SELECT grant_id FROM delegation'
        " WHERE case_id = ?)",
        (DoomedKey.at.db_value(clock.now()), case),
    )
    run("DELETE FROM casefile WHERE id = ?", (case,))
    doom(*(seal for (seal,) in seals))


def _forget_assessment(item: Item, organizer: int) -> bool:
    """Remove an analysis that was never finished."""
    for found in load(Assessment, "organizer_id = ? AND state = 'draft'", (organizer,)):
        if retention.short("A", found.key) == item.reference:
            run("DELETE FROM assessment WHERE id = ?", (found.id,))
            audit.record(WORKER, "assessment:forget", "assessment", item.reference, place=Place(organizer=organizer))
            return True
    return False


def _forget_export(item: Item, organizer: int) -> bool:
    """Remove what says that a case was handed out; the audit still tells who took it."""
    asked = (
        "id IN (SELECT e.id FROM case_export e JOIN casefile c ON c.id = e.case_id"
        " JOIN unit u ON u.id = c.unit_id WHERE u.organizer_id = ?)"
    )
    for found in load(CaseExport, asked, (organizer,)):
        if retention.short("U", found.key) == item.reference:
            run("DELETE FROM case_export WHERE id = ?", (found.id,))
            audit.record(WORKER, "export:forget", "export", item.reference, place=Place(organizer=organizer))
            return True
    return False


_FORGET = {"assessment": _forget_assessment, "export": _forget_export}


def _of(actor: Actor, key: str) -> Forgetting | None:
    found = load(Forgetting, "key = ?", (key,))
    reached = found and may(actor, Permission.PROPOSE_FORGETTING, Place(organizer=found[0].organizer_id))
    return found[0] if reached else None


def _mine(actor: Actor, key: str, *states: str) -> Forgetting:
    one_at_a_time("forgetting")
    found = _of(actor, key)
    if found is None or found.state not in states:
        raise Late
    return found


def _move(found: Forgetting, state: str, **changes: object) -> None:
    fields = {Forgetting._meta.columns[name]: to for name, to in changes.items()}
    moved = (
        Forgetting.update({Forgetting.state: state} | fields)
        .where(Forgetting.id == found.id, Forgetting.state == found.state)
        .execute()
    )
    if not moved:
        raise Late
    found.state = state


def _record(actor: Actor, action: str, found: Forgetting) -> None:
    place = Place(organizer=found.organizer_id)
    audit.record(actor, action, "forgetting", found.key, place=place, fields=("state",))


def _tell(found: Forgetting, stage: str, *, but: int | None = None) -> None:
    """Write to the huvudman's administrators; the letter says no more than how many things stand on the list."""
    facts = {"stage": stage, "count": len(_items(found)), "path": f"{ROOT}/listor/{found.key}"}
    for keeper in keepers.organizer_admins(found.organizer_id):
        if keeper.account != but:
            mark = f"forgetting:{found.id}:{stage}:{keeper.account}"
            letters.write(mark, keeper.email, "forgetting_waiting", facts)


def _listed(actor: Actor, found: Forgetting) -> Listed:
    return Listed(
        key=found.key,
        state=found.state,
        organizer=found.organizer,
        items=tuple(_items(found)),
        drawn_on=clock.local(found.drawn_at).date(),
        proposer=found.proposed_by.name if found.proposed_by else "",
        proposed_at=found.proposed_at,
        approver=found.approved_by.name if found.approved_by else "",
        approved_at=found.approved_at,
        done_at=found.done_at,
        done=found.done,
        mine=found.proposed_by_id == actor.account,
    )


def _items(found: Forgetting) -> list[Item]:
    return [Item.read(each) for each in json.loads(found.items)]


def _written(items: list[Item]) -> str:
    return json.dumps([item.as_list() for item in items], ensure_ascii=False)
