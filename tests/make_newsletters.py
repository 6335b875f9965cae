"""Newsletters and their readers, made as plainly as a test needs them."""

from __future__ import annotations

from tbb import clock
from tbb.database import transaction
from tbb.models import Newsletter, Subscriber
from tbb.models.content_kinds import ReaderTopic
from tbb.models.kinds import Duty
from tbb.policy import Actor, Held
from tbb.services import newsletter_sending, newsletters, readers
from tbb.services.newsletter_sending import EVERYWHERE, Pace

AT_ONCE = Pace()


def writer(account: int) -> Actor:
    """The county's communicator at work."""
    return Actor(f"account:{account}", account, frozenset({Held(Duty.COMMUNICATOR)}), strong=True)


@transaction
def some_readers(count: int, *, topics: tuple[str, ...] = (ReaderTopic.NEWS,)) -> list[Subscriber]:
    """So many readers, who have said yes."""
    return [
        readers.add(f"n{number}@lasare.example", topics=topics, places=(), language="sv", basis="form 2026-11")
        for number in range(count)
    ]


def written(actor: Actor, title: str = "Hösten i länet", body: str = "Hej på dig.") -> Newsletter:
    """A newsletter with one part that says something."""
    made = newsletters.begin(actor, title, "HT2026", organizer=None, headings={})
    (first, *_rest) = newsletters.parts_of(made)
    answers = {"title": "Aktuellt", "body": body, "article": None} | dict.fromkeys(newsletters.PART[3:])
    newsletters.save_part(actor, first, answers, seen=newsletters.mark_of(first))
    return Newsletter.get_by_id(made.id)


def sent(actor: Actor, newsletter: Newsletter) -> Newsletter:
    """The same newsletter, whose ten minutes to call it back have gone."""
    queued = newsletter_sending.send(actor, newsletter, list(ReaderTopic), [EVERYWHERE])
    Newsletter.update(send_at=clock.now()).where(Newsletter.id == queued.id).execute()
    return Newsletter.get_by_id(queued.id)


def enqueue_all(pace: Pace = AT_ONCE) -> None:
    """Put all letters that are due in the outbox."""
    while newsletter_sending.enqueue_next(pace):
        pass
