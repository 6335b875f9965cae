"""A withdrawal and the worker at the same moment: a letter is stopped, or taken back; never neither, never both."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import Letter, MeetingLetter
from tbb.services import consent_taking, meeting_sending
from tbb.services.letters import State
from tests import engines
from tests.postbox import open_postbox
from tests.services.meeting_office import office, postman

NEVER = threading.Event()
ROUNDS = int(os.environ.get("TBB_RACE_ROUNDS", "4"))
"""How often they meet; TBB_RACE_ROUNDS=60 with -s prints the figures of a long race."""
KARIN = "karin.testlind@flen.example"


@pytest.fixture
def county(county_url):
    """The demo county with a connection for each of many."""
    engines.configure(county_url, threads=8)
    yield
    engines.close()


def call() -> object:
    """Call everybody to a meeting, with letters that may leave at once."""
    with connection():
        made = office(at=clock.now() + timedelta(days=30))
        waiting = meeting_sending.drafts(made.bba, made.meeting)
        meeting_sending.send(made.bba, made.meeting, seen=len(waiting), sequence=0)
        Letter.update(next_at=Letter.created_at).where(Letter.state == State.QUEUED).execute()
        return made


def letter_to_karin(made, what: str) -> Letter | None:
    """The letter of a kind that was written to her about this meeting."""
    with connection():
        found = MeetingLetter.select().where(MeetingLetter.participant == made.people.karin, MeetingLetter.what == what)
        return Letter.get(Letter.dedupe == found[0].dedupe) if found else None


@pytest.mark.parametrize("act", ["withdraw", "undo"])
def test_a_letter_that_is_stopped_as_it_leaves_is_stopped_or_taken_back(county, tmp_path, act):
    outcomes = {"stopped": 0, "left": 0}
    with open_postbox() as box, postman(box, tmp_path) as carries:
        for number in range(ROUNDS):
            made, start = call(), Barrier(2, timeout=20)
            box.recipients.clear()

            def carry(start=start) -> None:
                with connection():
                    start.wait()
                    carries.deliver(NEVER)

            def change(start=start, made=made, number=number) -> None:
                with connection():
                    start.wait()
                    threading.Event().wait(0.06 * (number % 4))
                    if act == "withdraw":
                        consent_taking.withdraw(made.bba, made.consent.key)
                    else:
                        try_to_undo(made)

            with ThreadPoolExecutor(2) as pool:
                for future in [pool.submit(carry), pool.submit(change)]:
                    future.result()
            arrived = [KARIN] in box.recipients
            first, taken_back = letter_to_karin(made, "request"), letter_to_karin(made, "cancel")
            assert (first.state == State.STOPPED) is not arrived, "what is stopped does not come, and what is not does"
            if act == "withdraw":
                assert (taken_back is not None) is arrived
            outcomes["left" if arrived else "stopped"] += 1
            with connection():
                Letter.update(state=State.STOPPED).where(Letter.state == State.QUEUED).execute()
    print(act, outcomes)
    assert sum(outcomes.values()) == ROUNDS


def try_to_undo(made) -> None:
    """Stop what can still be stopped."""
    try:
        meeting_sending.undo(made.bba, made.meeting)
    except meeting_sending.TooLate:
        pass
