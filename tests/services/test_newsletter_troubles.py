"""A newsletter through a mail server of many moods, a worker that starts anew, and the journal: none gets two."""

from __future__ import annotations

import random
import re
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from tbb import clock
from tbb.models import Account, Letter, Newsletter, NewsletterLetter
from tbb.models.content_kinds import NewsletterState
from tbb.services import letters, newsletter_journal, newsletter_sending
from tbb.services.letters import State
from tbb.worker import Postman
from tests.make_newsletters import enqueue_all, sent, some_readers, writer, written
from tests.postbox import HANGS_UP, OK, open_postbox

MOODS = ("421 Away", "451 Later", "550 Never", HANGS_UP)
READERS = 40
MARK = re.compile(rb"Message-ID: (\S+)")


@pytest.fixture
def me(db):
    """A communicator of the county."""
    made = Account.create(key="k" * 32, email="k@tbb.example", name="Kim Exempelsson", created_at=clock.now())
    return writer(made.id)


@pytest.fixture
def box():
    """A real mail server on this machine."""
    with open_postbox() as made:
        yield made


@pytest.fixture
def worker(db, box, tmp_path):
    """A function that lets a worker start, read the journal, take what is due to the box, and end."""
    settings = SimpleNamespace(
        smtp_url=box.url, mail_from="Tjänsten <brev@tbb.example>", base_url="https://tbb.example", instance=tmp_path
    )

    def start() -> None:
        newsletter_journal.replay(tmp_path)
        postman = Postman(settings)
        postman.deliver(threading.Event())
        postman.go_home()

    return start


def test_whatever_the_mail_server_answers_nobody_gets_two_and_each_is_accounted_for(me, box, worker, at):
    moment, chance, arrived, in_doubt = datetime(2026, 11, 23, 11, 0, tzinfo=UTC), random.Random(6), Counter(), set()
    at(moment)
    some_readers(READERS)
    newsletter = sent(me, written(me))

    def mood(step: str) -> str:
        answer = chance.choice(MOODS) if chance.random() < 0.2 else OK
        if step == "data":
            mark = MARK.search(box.taken[-1])[1].decode()
            arrived[mark] += answer == OK
            if answer == HANGS_UP:
                # Nobody can tell: the words were taken, and the answer never came.
                in_doubt.add(mark)
        return answer

    box.moods = mood
    for turn in range(200):
        at(moment + turn * timedelta(hours=1))
        enqueue_all()
        worker()
        if Newsletter.get_by_id(newsletter.id).state == NewsletterState.SENT:
            break
    states = {f"<{row.message_id}@tbb.example>": row.state for row in Letter.select()}
    assert set(states.values()) <= {State.SENT, State.FAILED, State.UNSURE} and len(states) == READERS
    assert max(arrived.values()) == 1 and box.calls > 5
    assert {mark for mark, state in states.items() if state == State.SENT} == {m for m, n in arrived.items() if n}
    assert {mark for mark, state in states.items() if state == State.UNSURE} == in_doubt != set()
    told = newsletter_sending.progress(me, Newsletter.get_by_id(newsletter.id))
    assert told.sent + told.unsure + told.failed == told.letters == READERS and told.failed


@pytest.mark.parametrize(("started_anew", "after"), [(False, State.SENT), (True, State.UNSURE)])
def test_what_the_journal_does_not_name_has_not_left_unless_the_machine_was_down(
    me, box, worker, tmp_path, monkeypatch, started_anew, after
):
    some_readers(3)
    newsletter = sent(me, written(me))
    enqueue_all()
    first, second, _third = letters.claim_some(3)
    for letter in (first, second):
        letters.mark_sending(letter)
    newsletter_journal.note(tmp_path, first.dedupe, newsletter_journal.BEGUN)
    if started_anew:
        monkeypatch.setattr(newsletter_journal, "_boot", lambda: "another")
    Letter.update(leased_until=clock.now() - timedelta(minutes=5)).execute()
    worker()
    enqueue_all()
    states = dict(Letter.select(Letter.dedupe, Letter.state).tuples())
    assert states[first.dedupe] == State.UNSURE and states[second.dedupe] == after
    assert len(box.taken) == 3 - sum(state == State.UNSURE for state in states.values())
    assert newsletter_sending.progress(me, Newsletter.get_by_id(newsletter.id)).waiting == 0


@pytest.mark.parametrize("answer", ["451 Later", "550 Never"])
def test_what_was_said_no_to_is_sent_after_an_older_backup_and_what_may_have_arrived_is_not(
    me, box, worker, tmp_path, answer
):
    some_readers(2)
    newsletter = sent(me, written(me))
    enqueue_all()
    facts = {letter.dedupe: letter.facts for letter in Letter.select()}
    refused, doubtful = Letter.select().order_by(Letter.id)
    box.answers["data"] = answer
    newsletter_journal.note(tmp_path, doubtful.dedupe, newsletter_journal.BEGUN)
    worker()
    assert len(box.taken) == 1 and newsletter_sending.progress(me, newsletter).unsure == 1
    # A person lets the doubtful one go once more, and the server says no to that as well.
    newsletter_sending.send_again(me, newsletter, doubtful.id)
    Letter.update(next_at=clock.now()).where(Letter.state == State.QUEUED).execute()
    worker()
    assert box.ids.count(f"<{doubtful.message_id}@tbb.example>") == 1
    for dedupe, kept in facts.items():
        Letter.update(state=State.QUEUED, attempts=0, facts=kept, next_at=clock.now()).where(
            Letter.dedupe == dedupe
        ).execute()
    box.answers.clear()
    box.taken.clear()
    worker()
    assert box.ids == [f"<{refused.message_id}@tbb.example>"]
    assert Letter.get_by_id(doubtful.id).state == State.UNSURE


def test_a_letter_that_left_just_before_the_kill_is_known_to_have_left(me, box, worker, tmp_path):
    some_readers(2)
    newsletter = sent(me, written(me))
    enqueue_all()
    (letter,) = letters.claim_some(1)
    letters.mark_sending(letter)
    for mark in (newsletter_journal.BEGUN, newsletter_journal.ENDED):
        newsletter_journal.note(tmp_path, letter.dedupe, mark)
    worker()
    assert len(box.taken) == 1 and newsletter_sending.progress(me, newsletter).sent == 2
    assert NewsletterLetter.select().count() == 2
