"""When consents end though nobody takes one back: on their day, with a reminder before, and by a huvudman's rules."""

from __future__ import annotations

from datetime import timedelta

from tbb import clock
from tbb.database import load, one_at_a_time, rows, transaction
from tbb.models import Case, Consent
from tbb.models.kinds import CaseState
from tbb.policy import WORKER, Actor
from tbb.services import audit, case_files, case_shelf, consent_taking, meeting_access

AHEAD = timedelta(days=14)
"""How long before a consent ends those who answer for the case are reminded."""
_NEWEST = """
    ends_on >= ? AND ends_on <= ? AND withdrawn_at IS NULL AND case_id IN (SELECT id FROM casefile WHERE state <> ?)
    AND version = (SELECT MAX(o.version) FROM consent o WHERE o.case_id = consent.case_id) ORDER BY id
"""
_COUNTED_ON = """
    SELECT DISTINCT c.id FROM casefile c WHERE c.about <> 'anonymous' AND (
        EXISTS (SELECT 1 FROM meeting m JOIN meeting_party y ON y.meeting_id = m.id
                WHERE m.case_id = c.id AND y.ended_at IS NULL AND y.unit_id <> c.unit_id)
        OR EXISTS (SELECT 1 FROM forum_item i WHERE i.case_id = c.id AND i.ended_at IS NULL)
        OR EXISTS (SELECT 1 FROM coordinator k WHERE k.case_id = c.id AND k.ended_at IS NULL AND k.unit_id <> c.unit_id)
        OR EXISTS (SELECT 1 FROM wheel w WHERE w.handover_of_id = c.id AND w.state = 'sent' AND w.crosses))
    {more} ORDER BY c.id
"""


def remind() -> int:
    """Write once to those who answer for a case whose consent ends soon, without saying which; count the consents."""
    return sum(_tell(consent.id) for consent in _ending())


def end() -> int:
    """End what no consent covers today, for instance because one ended yesterday; count the cases.

    One case at a time: when one fails the others are ended first, and then the job has failed.
    """
    ended, failed = 0, None
    for (number,) in rows(_COUNTED_ON.format(more="")):
        try:
            ended += _end(number)
        except Exception as problem:
            failed = problem
    if failed is not None:
        raise failed
    return ended


def end_of(actor: Actor, organizer: int) -> int:
    """Within the caller's transaction, end what no consent covers any longer by new rules of a huvudman; count cases.

    The caller has waited its turn among those who change or count on consents (``one_at_a_time("consents")``).
    """
    more = "AND c.unit_id IN (SELECT u.id FROM unit u WHERE u.organizer_id = ?)"
    found = [Case.get_by_id(number) for (number,) in rows(_COUNTED_ON.format(more=more), (organizer,))]
    return sum(_end_in(actor, case) for case in found)


def _ending() -> list[Consent]:
    today = clock.today()
    found = load(Consent, _NEWEST, (today, today + AHEAD, CaseState.CLOSED))
    # Who asks for a few days only knows when they end.
    return [each for each in found if clock.local(each.taken_at).date() + AHEAD < each.ends_on]


@transaction
def _tell(number: int) -> bool:
    one_at_a_time("consents")
    consent = Consent.get_by_id(number)
    mark = f"consent-ending:{consent.key}"
    if rows("SELECT 1 FROM letter WHERE dedupe LIKE ?", (f"{mark}:%",)):
        return False
    case = consent.case
    told = case_files.tell_those_who_answer(case.unit_id, "consent_ending", mark, {"path": "/arenden"})
    if told:
        audit.record(WORKER, "consent:remind", "case", case.reference, place=case_shelf.place_of(case))
    return bool(told)


@transaction
def _end(number: int) -> bool:
    one_at_a_time("consents")
    found = load(Case, "id = ?", (number,))
    return bool(found) and _end_in(WORKER, found[0])


def _end_in(actor: Actor, case: Case) -> bool:
    consent_taking.stop_offers(actor, case)
    return bool(meeting_access.end_uncovered(actor, case))
