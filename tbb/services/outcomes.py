"""What a mapping leads to (R12): own measures, another unit, a meeting, or nothing more; closing and reopening."""

from __future__ import annotations

from tbb import clock
from tbb.database import rows, transaction
from tbb.models import Case
from tbb.models.kinds import CaseEventKind, CaseState, Outcome
from tbb.policy import Actor, Permission, require
from tbb.services import audit, case_files, case_shelf, delegations, ending_together, mapping, plan_shelf, sealed_fields

OUTCOMES = tuple(outcome.value for outcome in Outcome)
OWN, OTHER, MEETING, NONE = Outcome.OWN, Outcome.OTHER, Outcome.MEETING, Outcome.NONE
REASON, MEASURES = "outcome.reason", "outcome.measures"


class NotReady(Exception):
    """Nothing can be decided yet: `missing` names what the mapping lacks (R10, R11)."""

    def __init__(self, missing: tuple[str, ...]):
        super().__init__(f"{len(missing)} parts of the mapping are missing.")
        self.missing = missing


class ReasonMissing(Exception):
    """A decision, a closing and a reopening each need a reason."""


class MeasuresMissing(Exception):
    """Who helps by own measures must say which."""


class NotOpen(Exception):
    """What is to be closed is closed already, or what is to be opened is open."""


class Emptied(Exception):
    """The case was joined with another one, and cannot be opened again."""


@transaction
def decide(actor: Actor, case: Case, outcome: str, reason: str, measures: str = "", *, close: bool = False) -> Case:
    """Decide what the mapping leads to; give the case as it stands then.

    A meeting makes it one that goes on to samarbete; "none" closes it, and so does `close` with own measures. Raises
    Refused, ReasonMissing, MeasuresMissing, NotReady, mapping.NotReceived and mapping.Closed.
    """
    require(actor, Permission.DECIDE_CASE, case_shelf.place_of(case))
    plan_shelf.hold(case)
    stands = mapping.latest(case)
    mapping.open_for_work(stands)
    if missing := mapping.missing(sealed_fields.texts(stands)):
        raise NotReady(missing)
    outcome, reason, measures = Outcome(outcome), reason.strip(), measures.strip()
    if not reason:
        raise ReasonMissing
    if outcome == OWN and not measures:
        raise MeasuresMissing
    sealed_fields.save(stands, {REASON: reason, MEASURES: measures}, by=actor.account)
    state = CaseState.COLLABORATING if outcome == MEETING else CaseState.MAPPING
    Case.update(outcome=outcome, state=state, decided_at=clock.now()).where(Case.id == stands.id).execute()
    case_files.note_event(actor, stands, CaseEventKind.DECIDED, reason=reason)
    fields = ("outcome", "reason", "measures") if measures else ("outcome", "reason")
    audit.record(
        actor, "case:decide", "case", stands.reference, place=case_shelf.place_of(stands), fields=fields, note=outcome
    )
    if outcome == NONE or (outcome == OWN and close):
        shut(actor, stands, reason)
    return Case.get_by_id(stands.id)


@transaction
def close(actor: Actor, case: Case, reason: str) -> Case:
    """Close a case, with a reason. One whose mapping is not done can be closed too: then it has no outcome.

    Raises Refused, ReasonMissing, NotOpen and mapping.NotReceived.
    """
    require(actor, Permission.DECIDE_CASE, case_shelf.place_of(case))
    plan_shelf.hold(case)
    stands = mapping.latest(case)
    if stands.state == CaseState.CLOSED:
        raise NotOpen
    mapping.open_for_work(stands)
    if not reason.strip():
        raise ReasonMissing
    shut(actor, stands, reason.strip())
    return Case.get_by_id(stands.id)


def shut(actor: Actor, case: Case, reason: str) -> None:
    """Within the caller's transaction, close a case whatever its state; the caller has required the right."""
    Case.update(state=CaseState.CLOSED, closed_at=clock.now()).where(Case.id == case.id).execute()
    case_files.note_event(actor, case, CaseEventKind.CLOSED, reason=reason)
    delegations.end_all(actor, case)
    ending_together.end(actor, case, reason)
    audit.record(actor, "case:close", "case", case.reference, place=case_shelf.place_of(case), fields=("reason",))


@transaction
def reopen(actor: Actor, case: Case, reason: str) -> Case:
    """Open a closed case again, with a reason: it is mapped anew, and what was decided no longer holds.

    Raises Refused, ReasonMissing, NotOpen and Emptied.
    """
    require(actor, Permission.DECIDE_CASE, case_shelf.place_of(case))
    stands = mapping.latest(case)
    if stands.state != CaseState.CLOSED:
        raise NotOpen
    if not holds_a_wheel(stands):
        raise Emptied
    if not reason.strip():
        raise ReasonMissing
    moment = clock.now()
    Case.update(
        state=CaseState.MAPPING,
        mapping_at=stands.mapping_at or moment,
        received_at=stands.received_at or moment,
        outcome="",
        decided_at=None,
        closed_at=None,
        reminded_on=None,
    ).where(Case.id == stands.id).execute()
    case_files.note_event(actor, stands, CaseEventKind.REOPENED, reason=reason.strip())
    audit.record(actor, "case:reopen", "case", stands.reference, place=case_shelf.place_of(stands), fields=("reason",))
    return Case.get_by_id(stands.id)


def holds_a_wheel(case: Case) -> bool:
    """Whether any wheel is left in a case; none is when it was joined with another one."""
    return bool(rows("SELECT 1 FROM wheel WHERE case_id = ?", (case.id,)))
