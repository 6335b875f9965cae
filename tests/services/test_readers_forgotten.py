"""Who has ended a newsletter is forgotten, also where letters went; who never said yes is forgotten within days."""

from __future__ import annotations

from datetime import timedelta

from tbb import clock
from tbb.models import Account, Letter, Subscriber
from tbb.policy import VISITOR
from tbb.services import letters, mailboxes, newsletter_sending, readers, subscribing
from tbb.services.letters import State
from tbb.services.subscribing import Wish
from tests.make_newsletters import enqueue_all, sent, some_readers, writer, written


def communicator():
    """The county's communicator at work."""
    made = Account.create(key="k" * 32, email="k@tbb.example", name="Kim Exempelsson", created_at=clock.now())
    return writer(made.id)


def test_letters_no_longer_tell_to_whom_they_went(db):
    me = communicator()
    first, second = some_readers(2)
    newsletter = sent(me, written(me))
    enqueue_all()
    Letter.update(state=State.SENT, facts=None).execute()
    assert subscribing.end(VISITOR, readers.token_of(first.key))
    assert [row.recipient for row in Letter.select().order_by(Letter.recipient)] == ["", readers.email_of(second)]
    told = newsletter_sending.progress(me, newsletter)
    assert (told.letters, told.sent, told.unsubscribed) == (2, 2, 1)
    assert not Subscriber.select().where(Subscriber.id == first.id).exists()


def test_an_address_that_came_back_is_remembered(db):
    me = communicator()
    (reader,) = some_readers(1)
    sent(me, written(me))
    enqueue_all()
    Letter.update(state=State.BOUNCED, facts=None).execute()
    readers.end(reader, "bounced")
    assert letters.comes_back("n0@lasare.example")


def test_who_never_answers_the_question_is_forgotten_when_the_link_has_ended(db):
    subscribing.ask(VISITOR, "1", Wish("ny@lasare.example", ("news",), (), "sv"))
    while subscribing.answer_next():
        pass
    Letter.update(state=State.SENT, facts=None).execute()
    subscribing.forget_old()
    assert mailboxes.has_had("ny@lasare.example", subscribing.CONFIRM)
    Letter.update(created_at=clock.now() - subscribing.LASTS - timedelta(minutes=1)).execute()
    subscribing.forget_old()
    assert not Letter.select().exists() and not Subscriber.select().exists()
