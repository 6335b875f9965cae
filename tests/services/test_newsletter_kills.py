"""The worker is killed at random while a newsletter goes out: nobody gets two, nobody is forgotten, few are in doubt.

TBB_NEWSLETTER_LETTERS and TBB_NEWSLETTER_KILLS say how many; a few in each run, 10,000 and 20 by hand.
"""

from __future__ import annotations

import os
import random
import time

from tbb import clock
from tbb.models import Account, Letter, Newsletter, NewsletterLetter
from tbb.models.content_kinds import NewsletterState
from tbb.services import newsletter_sending
from tbb.services.letters import State
from tests.make_newsletters import sent, some_readers, writer, written
from tests.postbox import open_postbox
from tests.services.test_worker import crew, wait_until

LETTERS = int(os.environ.get("TBB_NEWSLETTER_LETTERS", "300"))
KILLS = int(os.environ.get("TBB_NEWSLETTER_KILLS", "3"))
MOST_IN_DOUBT = 5
__all__ = ["crew"]


def test_a_newsletter_reaches_each_once_through_kills_at_random(db, crew):
    me = writer(Account.create(key="k" * 32, email="k@tbb.example", name="Kim", created_at=clock.now()).id)
    some_readers(LETTERS)
    newsletter = sent(me, written(me, body="Hej.\n\n" + "Ett stycke som säger något om länet.\n\n" * 10))
    chance = random.Random(LETTERS)
    with open_postbox() as box:
        workers = crew(box)
        workers.start(KILLS + 1)
        wait_until(lambda: len(workers.said("waiting to take over")) == KILLS, 120)
        began = time.monotonic()
        for kill in range(KILLS):
            wait_until(workers.at_work, 120)
            due = (kill + 1) * LETTERS // (KILLS + 2) + chance.randrange(1 + LETTERS // 50)
            wait_until(lambda due=due: len(box.taken) >= due, 600)
            started = len(workers.said("worker started"))
            workers.kill(workers.at_work())
            wait_until(lambda started=started: len(workers.said("worker started")) > started, 60)
        wait_until(lambda: Newsletter.get_by_id(newsletter.id).state == NewsletterState.SENT, 900)
        seconds = time.monotonic() - began
        workers.stop()
    told = newsletter_sending.progress(me, Newsletter.get_by_id(newsletter.id))
    ids = box.ids
    print(
        f"{LETTERS} letters, {KILLS} kills: {told.sent} sent, {told.unsure} in doubt, {len(ids) - len(set(ids))} twice,"
        f" {LETTERS - told.sent - told.unsure} lost; {LETTERS / seconds:.0f} a second"
    )
    kept = Letter.select().where(Letter.template == "newsletter")
    known = {f"<{row.message_id}@127.0.0.1>": row.state for row in kept}
    assert len(ids) == len(set(ids)), "somebody got two"
    assert NewsletterLetter.select().count() == len(known) == LETTERS == told.sent + told.unsure
    assert {mark for mark, state in known.items() if state == State.SENT} <= set(ids) <= set(known)
    assert told.unsure <= min(KILLS, MOST_IN_DOUBT)
    assert len(newsletter_sending.doubtful(me, newsletter)) == told.unsure
