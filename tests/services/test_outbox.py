"""The outbox shows where every letter is, never what it says; a person decides, once, and it is written down."""

from __future__ import annotations

import json

import pytest

from tbb.database import transaction
from tbb.models import AuditRow, Letter
from tbb.models.kinds import Duty
from tbb.policy import COMMAND, VISITOR, Actor, Held, Refused
from tbb.services import letters, outbox
from tbb.services.letters import Cause, State
from tbb.services.outbox import Decision, NotNow

OPERATOR = Actor("account:1", account=1, held=frozenset({Held(Duty.OPERATIONS)}))
LEADER = Actor("account:2", account=2, held=frozenset({Held(Duty.PROCESS_LEADER)}))
PLAYER = Actor("public", in_demo=True)


@transaction
def letter(state: State = State.QUEUED, dedupe: str = "a:1", recipient: str = "helena@flen.example", **more) -> int:
    """Make a letter in a state; give its number."""
    letters.write(dedupe, recipient, "plain", {"subject": "KANARIE", "body": "KANARIE"})
    Letter.update(state=state, **more).where(Letter.dedupe == dedupe).execute()
    return Letter.get(Letter.dedupe == dedupe).id


def test_only_those_who_keep_the_machine_see_and_decide(db):
    number = letter(State.FAILED)
    for actor in (VISITOR, LEADER, PLAYER):
        for refused in (
            lambda actor=actor: outbox.counts(actor),
            lambda actor=actor: outbox.listed(actor),
            lambda actor=actor: outbox.templates(actor),
            lambda actor=actor: outbox.letter(actor, number),
            lambda actor=actor: outbox.decide(actor, number, Decision.AGAIN),
            lambda actor=actor: outbox.try_all_failed_again(actor),
            lambda actor=actor: outbox.note_bounce(actor, number, hard=True),
        ):
            with pytest.raises(Refused):
                refused()
    assert outbox.letter(COMMAND, number) and outbox.letter(OPERATOR, number)


def test_nobody_who_keeps_the_machine_opens_a_letter(db):
    number = letter(State.KEPT)
    for actor in (OPERATOR, COMMAND, LEADER, VISITOR):
        for refused in (lambda actor=actor: outbox.readable(actor), lambda actor=actor: outbox.opened(actor, number)):
            with pytest.raises(Refused):
                refused()
    line, facts = outbox.opened(PLAYER, number)
    assert facts["body"] == "KANARIE" and line.id == number
    assert outbox.opened(PLAYER, number + 1) is None


def test_what_is_shown_tells_neither_whom_nor_what(db):
    letter(recipient="helena.exempelsson@flen.example")
    shown = repr([outbox.counts(OPERATOR), outbox.listed(OPERATOR), outbox.letter(OPERATOR, 1)])
    assert "h…@flen.example" in shown
    assert "helena" not in shown and "exempelsson" not in shown and "KANARIE" not in shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [("anna@flen.example", "a…@flen.example"), ("åsa@x", "å…@x"), ("", "…"), ("skräp", "…"), ("@x", "…")],
)
def test_an_address_is_masked(address, shown):
    assert outbox.masked(address) == shown


def test_in_the_demonstration_only_an_invented_address_is_shown_whole(db):
    letter(State.KEPT, "a:1", "helena@flen.example")
    letter(State.KEPT, "a:2", "verklig@kommun.invalid")
    assert [line.recipient for line in outbox.readable(PLAYER)] == ["v…@kommun.invalid", "helena@flen.example"]
    Letter.update(facts=None).execute()
    assert outbox.readable(PLAYER) == [] and outbox.opened(PLAYER, 1) is None


def test_letters_are_counted_and_found_by_state_kind_and_message_id(db):
    for number in range(30):
        letter(State.SENT if number % 3 else State.FAILED, f"a:{number}")
    assert outbox.counts(OPERATOR)[State.FAILED] == 10 and outbox.counts(OPERATOR)[State.QUEUED] == 0
    assert (outbox.listed(OPERATOR).total, outbox.listed(OPERATOR).pages) == (30, 2)
    assert len(outbox.listed(OPERATOR, page=2).lines) == 5
    assert outbox.listed(OPERATOR, page=99).page == 2
    assert {line.state for line in outbox.listed(OPERATOR, state="failed").lines} == {State.FAILED}
    assert outbox.listed(OPERATOR, template="finns-inte").total == 0
    assert outbox.templates(OPERATOR) == ["plain"]
    mark = letters.fingerprint("a:7")
    for asked in (mark, f"<{mark}@tbb.example>", f" {mark}@tbb.example "):
        assert [line.mark for line in outbox.listed(OPERATOR, mark=asked).lines] == [mark]
    Letter.update(message_id=f"<{mark}@tbb>").where(Letter.dedupe == "a:7").execute()
    assert [line.mark for line in outbox.listed(OPERATOR, mark=f"<{mark}@tbb.example>").lines] == [mark]
    assert outbox.listed(OPERATOR, mark="%").total == 0


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("decision", list(Decision))
def test_a_decision_is_taken_only_where_it_makes_sense_and_is_written_down(db, state, decision):
    number = letter(state, attempts=4)
    before = Letter.get_by_id(number)
    if decision in outbox.DECISIONS.get(state, ()):
        outbox.decide(OPERATOR, number, decision)
        after = Letter.get_by_id(number)
        where = {"again": State.QUEUED, "arrived": State.SENT, "stop": State.STOPPED, "lift": State.SENT}[decision]
        assert after.state == where
        assert (after.facts is None) == (decision in (Decision.ARRIVED, Decision.STOP))
        assert after.attempts == (0 if decision is Decision.AGAIN else 4)
        (row,) = AuditRow.select()
        assert (row.action, row.thing_id, row.actor) == (f"letter:{decision}", str(number), "account:1")
    else:
        with pytest.raises(NotNow):
            outbox.decide(OPERATOR, number, decision)
        assert Letter.get_by_id(number) == before and Letter.get_by_id(number).state == state
        assert not AuditRow.select().exists()


def test_of_two_decisions_about_a_letter_only_the_first_counts(db):
    number = letter(State.UNSURE)
    outbox.decide(OPERATOR, number, Decision.ARRIVED)
    with pytest.raises(NotNow):
        outbox.decide(OPERATOR, number, Decision.AGAIN)
    assert Letter.get().state == State.SENT and AuditRow.select().count() == 1


def test_a_letter_whose_words_are_forgotten_cannot_be_sent_again(db):
    number = letter(State.KEPT, facts=None)
    assert outbox.letter(OPERATOR, number).decisions == (Decision.STOP,)
    with pytest.raises(NotNow):
        outbox.decide(OPERATOR, number, Decision.AGAIN)


def test_all_that_failed_can_be_tried_again_at_once(db):
    for number in range(3):
        letter(State.FAILED, f"a:{number}", attempts=10)
    letter(State.UNSURE, "b:1")
    assert outbox.try_all_failed_again(OPERATOR) == 3
    assert outbox.counts(OPERATOR)[State.QUEUED] == 3 and outbox.counts(OPERATOR)[State.UNSURE] == 1
    assert outbox.try_all_failed_again(OPERATOR) == 0
    assert AuditRow.select().count() == 1


def test_after_a_hard_bounce_no_letter_goes_to_that_address_until_it_is_lifted(db):
    sent, waiting = letter(State.SENT, "a:1", "Borta@flen.example"), letter(State.QUEUED, "a:2", "borta@FLEN.example")
    other = letter(State.QUEUED, "a:3", "kvar@flen.example")
    shown = outbox.note_bounce(OPERATOR, sent, hard=True)
    assert (shown.state, shown.bounce) == (State.BOUNCED, "hard") and shown.bounced_at
    assert Letter.get_by_id(waiting).state == State.HELD and Letter.get_by_id(other).state == State.QUEUED
    later = letters.write("a:4", "borta@flen.example", "plain", {}) and Letter.get(Letter.dedupe == "a:4")
    assert (later.state, later.last_problem) == (State.HELD, Cause.BOUNCED)
    outbox.decide(OPERATOR, sent, Decision.LIFT)
    letters.write("a:5", "borta@flen.example", "plain", {})
    assert Letter.get(Letter.dedupe == "a:5").state == State.QUEUED
    assert [row.action for row in AuditRow.select().order_by(AuditRow.id)] == ["letter:bounce-hard", "letter:lift"]


def test_after_a_soft_bounce_the_address_is_used_on(db):
    sent = letter(State.SENT)
    assert outbox.note_bounce(OPERATOR, sent, hard=False).bounce == "soft"
    letters.write("a:2", "helena@flen.example", "plain", {})
    assert Letter.get(Letter.dedupe == "a:2").state == State.QUEUED


def test_only_what_may_have_left_can_come_back(db):
    for state in State:
        number = letter(state, f"a:{state}")
        if state in (State.SENT, State.UNSURE):
            assert outbox.note_bounce(OPERATOR, number, hard=False)
        else:
            with pytest.raises(NotNow):
                outbox.note_bounce(OPERATOR, number, hard=False)
    assert outbox.note_bounce(OPERATOR, 999, hard=True) is None
    assert outbox.decide(OPERATOR, 999, Decision.STOP) is None and outbox.letter(OPERATOR, 999) is None


def test_the_audit_holds_no_address_and_no_word(db):
    letter(State.FAILED)
    outbox.decide(OPERATOR, 1, Decision.AGAIN)
    told = json.dumps([row.__data__ for row in AuditRow.select()], default=str)
    assert "helena" not in told and "KANARIE" not in told
