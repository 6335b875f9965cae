"""A newsletter goes to each reader once: called back, paused, killed, restored from an older backup, never twice."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from email.utils import getaddresses
from types import SimpleNamespace

import html5lib
import pytest
from bs4 import BeautifulSoup

from tbb import clock
from tbb.models import Account, Letter, Newsletter, NewsletterLetter, Subscriber, Suppression
from tbb.models.content_kinds import NewsletterState, ReaderTopic
from tbb.policy import Actor, Refused
from tbb.services import letters, newsletter_journal, newsletter_sending, newsletters, readers, subscribing
from tbb.services.letters import State
from tbb.services.newsletter_sending import EVERYWHERE, Pace
from tbb.worker import Postman
from tests.make_newsletters import enqueue_all, sent, some_readers, writer, written
from tests.naughty import strings
from tests.postbox import open_postbox

HERE = "https://tbb.example"
DANGEROUS = "[x](javascript:alert(1)) <img src=x onerror=alert(1)> <div hx-get=/x hx-trigger=load style=x>"


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
def deliver(db, box, tmp_path):
    """A function that lets the postman take what is due to the box."""
    settings = SimpleNamespace(
        smtp_url=box.url, mail_from="Tjänsten <brev@tbb.example>", base_url=HERE, instance=tmp_path, production=False
    )

    def go() -> None:
        postman = Postman(settings)
        postman.deliver(threading.Event())
        postman.go_home()

    return go


def states(newsletter: Newsletter) -> dict[str, int]:
    """How many letters of a newsletter are in each state."""
    known = letters.states_of(row.dedupe for row in NewsletterLetter.select())
    found: dict[str, int] = {}
    for dedupe, state in known.items():
        if f":{newsletter.key}:" in dedupe:
            found[state] = found.get(state, 0) + 1
    return found


def fresh(newsletter: Newsletter) -> Newsletter:
    """The newsletter as it stands."""
    return Newsletter.get_by_id(newsletter.id)


def test_nobody_chosen_is_nobody_and_not_everybody(me):
    some_readers(3)
    newsletter = written(me)
    for topics, places in (
        ([], [EVERYWHERE]),
        ([ReaderTopic.NEWS], []),
        ([ReaderTopic.SIP], [EVERYWHERE]),
        (["%"], ["%"]),
    ):
        with pytest.raises(newsletter_sending.Nobody):
            newsletter_sending.send(me, newsletter, topics, places)
    assert newsletter_sending.by_topic([EVERYWHERE])[ReaderTopic.NEWS] == 3
    empty = newsletters.begin(me, "Tomt", "HT2026", organizer=None, headings={})
    with pytest.raises(newsletter_sending.Empty):
        newsletter_sending.send(me, empty, [ReaderTopic.NEWS], [EVERYWHERE])
    with pytest.raises(newsletter_sending.BadTime):
        past = clock.now() - timedelta(days=1)
        newsletter_sending.send(me, newsletter, [ReaderTopic.NEWS], [EVERYWHERE], at=past)
    with pytest.raises(Refused):
        newsletter_sending.send(Actor("account:5", 5), newsletter, [ReaderTopic.NEWS], [EVERYWHERE])
    assert fresh(newsletter).state == NewsletterState.DRAFT and not Letter.select().count()


def test_it_can_be_called_back_for_ten_minutes_and_what_was_seen_is_what_goes(me, box, deliver, at):
    noon = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
    at(noon)
    some_readers(2)
    newsletter = newsletter_sending.send(me, written(me), [ReaderTopic.NEWS], [EVERYWHERE])
    newsletter_sending.call_back(me, newsletter)
    at(noon + timedelta(hours=1))
    enqueue_all()
    assert not Letter.select().count()
    newsletter_sending.send(me, fresh(newsletter), [ReaderTopic.NEWS], [EVERYWHERE])
    with pytest.raises(newsletters.NotNow):
        newsletters.save(me, newsletter, {name: getattr(newsletter, name) for name in newsletters.HEAD}, seen=1)
    at(noon + timedelta(hours=1, minutes=9))
    enqueue_all()
    assert not Letter.select().count()
    at(noon + timedelta(hours=1, minutes=10))
    enqueue_all()
    deliver()
    enqueue_all()
    assert len(box.taken) == 2 and fresh(newsletter).state == NewsletterState.SENT
    assert "Hej på dig." in box.letters[0].get_body(("plain",)).get_content()
    with pytest.raises(newsletters.NotNow):
        newsletter_sending.call_back(me, newsletter)


def test_a_letter_is_as_mail_programs_and_the_rules_for_bulk_mail_want_it(me, box, deliver):
    (reader,) = some_readers(1)
    newsletter = sent(
        me, written(me, body=f"## Mer\n\nSe [listan](/hitta) och [dem](https://a.example/?b=1&c=2).\n\n{DANGEROUS}")
    )
    enqueue_all()
    deliver()
    (letter,) = box.letters
    token = readers.token_of(reader.key)
    assert getaddresses([letter["To"]]) == [("", "n0@lasare.example")] and box.recipients == [["n0@lasare.example"]]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    web, by_mail = letter["List-Unsubscribe"].split(", ")
    assert web == f"<{HERE}/nyhetsbrev/avsluta/{token}>"
    assert by_mail == f"<mailto:brev@tbb.example?subject=avsluta-{token}>"
    raw = box.taken[0]
    assert f"List-Unsubscribe: <{HERE}/nyhetsbrev/avsluta/{token}>, <mailto:".encode() in raw
    assert all(len(line) <= 998 for line in raw.split(b"\r\n")) and b"\n" not in raw.replace(b"\r\n", b"")
    assert not letter.defects and [part.get_content_type() for part in letter.iter_parts()] == [
        "text/plain",
        "text/html",
    ]
    html, plain = letter.get_body(("html",)).get_content(), letter.get_body(("plain",)).get_content()
    html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    soup = BeautifulSoup(html, "html.parser")
    assert not soup.select("script, link, iframe, form, object, img, [onerror], [onload], [hx-get], [id], svg")
    assert {link["href"] for link in soup.select("a")} == {
        f"{HERE}/hitta", "https://a.example/?b=1&c=2", f"{HERE}/nyhetsbrev/{newsletter.slug}", f"{HERE}/",
        f"{HERE}/nyhetsbrev/mina/{token}", f"{HERE}/nyhetsbrev/avsluta/{token}",
    }  # fmt: skip
    assert "url(" not in html and "@import" not in html and "0" * 48 not in html + plain
    for words in (f"listan ({HERE}/hitta)", "https://a.example/?b=1&c=2", f"{HERE}/nyhetsbrev/avsluta/{token}"):
        assert words in plain


def test_hostile_words_are_words_in_every_place(me, box, deliver):
    some_readers(1)
    for number, payload in enumerate(["Ämne\r\nBcc: x@evil.example", "=?utf-8?q?a=0D=0ABcc:x?=", *strings()[::60]]):
        payload = payload.replace("\x00", "").replace("\x0b", "").strip() or "x"
        made = sent(me, written(me, title=payload[:100], body=f"Text\n\n{payload}\n\n{DANGEROUS}"))
        enqueue_all()
        deliver()
        letter = box.letters[-1]
        assert len(box.taken) == number + 1 and states(made) == {State.SENT: 1}, payload
        assert letter["Bcc"] is None and not letter.defects
        soup = BeautifulSoup(letter.get_body(("html",)).get_content(), "html.parser")
        assert not soup.select("script, iframe, img, svg, form, [onerror], [onload], [hx-get], [data-hx-get], [srcdoc]")
        assert all(link["href"].startswith(("http://", "https://", "mailto:", "tel:")) for link in soup.select("a"))


def test_paused_goes_on_and_who_ends_meanwhile_gets_nothing(me, box, deliver, tmp_path):
    everybody = some_readers(6)
    newsletter = sent(me, written(me))
    enqueue_all()
    newsletter_sending.pause(me, newsletter)
    deliver()
    newsletter_sending.keep_paused()
    enqueue_all()
    assert not box.taken and fresh(newsletter).state == NewsletterState.PAUSED
    assert subscribing.end(me, readers.token_of(everybody[0].key)) and subscribing.end(
        me, readers.token_of(everybody[0].key)
    )
    newsletter_sending.resume(me, newsletter)
    taken = letters.claim_some(2)
    readers.end(Subscriber.get(Subscriber.digest == everybody[1].digest), "asked")
    with pytest.raises(letters.TakenOver):
        for letter in taken:
            letters.mark_sending(letter)
    letters.release(taken)
    Letter.update(state=State.QUEUED).where(Letter.state << (State.CLAIMED, State.SENDING)).execute()
    deliver()
    enqueue_all()
    assert states(newsletter) == {State.SENT: 4, State.STOPPED: 2}
    told = newsletter_sending.progress(me, fresh(newsletter))
    assert (told.letters, told.sent, told.stopped, told.unsubscribed, told.left) == (6, 4, 2, 2, 0)
    assert fresh(newsletter).state == NewsletterState.SENT and Suppression.select().count() == 2
    assert not {"n0@lasare.example", "n1@lasare.example"} & {to for (to,) in box.recipients}


def test_the_pace_and_the_hours_hold(me, at):
    noon = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
    at(noon)
    some_readers(25)
    sent(me, written(me))
    night, slow = Pace(0, 7, 11), Pace(10, 7, 19)
    enqueue_all(night)
    assert not Letter.select().count()
    counts = []
    for minute in (0, 0, 1.1, 2.2, 3.3):
        at(noon + timedelta(minutes=minute))
        enqueue_all(slow)
        counts.append(Letter.select().count())
        Letter.update(state=State.SENT).execute()
    assert counts == [10, 10, 20, 25, 25]


def test_a_letter_in_doubt_is_shown_and_sent_again_by_a_person(me, box, deliver):
    some_readers(1)
    newsletter = sent(me, written(me))
    enqueue_all()
    (letter,) = letters.claim_some(1)
    letters.mark_sending(letter)
    letters.mark_unsure(letter)
    (one,) = newsletter_sending.doubtful(me, newsletter)
    assert one.recipient == "n…@lasare.example" and one.state == State.UNSURE
    enqueue_all()
    deliver()
    assert not box.taken and newsletter_sending.progress(me, newsletter).unsure == 1
    newsletter_sending.send_again(me, newsletter, one.number)
    with pytest.raises(newsletters.NotNow):
        newsletter_sending.send_again(me, newsletter, one.number)
    deliver()
    assert len(box.taken) == 1 and states(newsletter) == {State.SENT: 1}


@pytest.mark.parametrize("when", ["draft", "queued", "half"])
def test_an_older_backup_sends_nothing_again(me, box, deliver, tmp_path, when):
    some_readers(8)
    newsletter = sent(me, written(me))
    enqueue_all()
    deliver()
    enqueue_all()
    assert len(box.taken) == 8 and newsletter_journal.replay(tmp_path) == 0
    # The backup knows less: of the newsletter nothing has been sent, or only some of the letters are known.
    back = {"draft": NewsletterState.DRAFT, "queued": NewsletterState.QUEUED, "half": NewsletterState.SENDING}[when]
    Newsletter.update(state=back).where(Newsletter.id == newsletter.id).execute()
    some = [row.id for row in Letter.select()][: 4 if when == "half" else 0]
    Letter.delete().where(Letter.id.not_in(some)).execute()
    NewsletterLetter.delete().where(NewsletterLetter.dedupe.not_in(Letter.select(Letter.dedupe))).execute()
    for letter in Letter.select():
        facts = {"newsletter": newsletter.key, "reader": ""}
        letters.write("another", letter.recipient, "newsletter", facts)
        kept = Letter.get(Letter.dedupe == "another").facts
        Letter.delete().where(Letter.dedupe == "another").execute()
        Letter.update(state=State.QUEUED, attempts=0, facts=kept, sent_at=None).where(Letter.id == letter.id).execute()
    with (tmp_path / newsletter_journal.FOLDER / f"{newsletter.key}.log").open("ab") as journal:
        journal.write(b"b 1234")
    assert newsletter_journal.replay(tmp_path) == 8
    if when == "draft":
        sent(me, fresh(newsletter))
    enqueue_all()
    deliver()
    enqueue_all()
    assert len(box.taken) == 8 and fresh(newsletter).state == NewsletterState.SENT
    assert newsletter_sending.progress(me, fresh(newsletter)).sent == 8


def test_only_who_wants_it_in_that_place_gets_it(me):
    wishes = {
        "hela@lasare.example": (), "flen@lasare.example": ("flen",), "trosa@lasare.example": ("trosa",),
        "bada@lasare.example": ("flen", "trosa"),
    }  # fmt: skip
    for email, places in wishes.items():
        readers.add(email, topics=[ReaderTopic.SIP], places=places, language="sv", basis="x")
    readers.add("annat@lasare.example", topics=[ReaderTopic.NEWS], places=(), language="sv", basis="x")
    readers.suppress(readers.digest_of("bada@lasare.example"), "complained")
    sip = [ReaderTopic.SIP]
    assert newsletter_sending.count(sip, ["flen"]) == 2 and newsletter_sending.count(sip, [EVERYWHERE]) == 3
    newsletter = newsletter_sending.send(me, written(me), sip, ["flen"])
    Newsletter.update(send_at=clock.now()).where(Newsletter.id == newsletter.id).execute()
    enqueue_all()
    assert {row.recipient for row in Letter.select()} == {"hela@lasare.example", "flen@lasare.example"}


def test_a_try_goes_to_oneself_and_bears_nobodys_link(me, box, deliver):
    some_readers(3)
    newsletter_sending.try_it(me, written(me))
    deliver()
    (letter,) = box.letters
    assert letter["To"] == "k@tbb.example" and letter["List-Unsubscribe"] is None
    assert "provbrev" in letter.get_body(("plain",)).get_content() and "/mina/" not in letter.as_string()
