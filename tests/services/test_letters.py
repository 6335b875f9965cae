"""A letter leaves once, never twice: whatever is cut off, refused or asked for again."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from tbb import mail, worker
from tbb.database import connection, transaction
from tbb.models import Letter
from tbb.services import letters
from tbb.services.letters import Cause, State
from tests.postbox import hangs_up_on, open_postbox

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NEVER = threading.Event()


@pytest.fixture
def postbox():
    """A real mail server on this machine."""
    with open_postbox() as box:
        yield box


@pytest.fixture
def settings(postbox, tmp_path):
    """What the worker needs to know."""
    return SimpleNamespace(
        smtp_url=postbox.url,
        mail_from="Tjänsten <no-reply@tbb.example>",
        base_url="https://tbb.example",
        instance=tmp_path,
        production=False,
    )


@pytest.fixture
def postman(db, settings):
    """Who takes the letters there."""
    made = worker.Postman(settings)
    yield made
    made.go_home()


@transaction
def write(dedupe: str = "feedback:1", **more) -> bool:
    """Put a letter in the outbox."""
    subject, body = more.pop("subject", "Någon har skrivit"), more.pop("body", "Hej!\n\nÅäö.\n")
    values = {"recipient": "vakt@tbb.example", "template": "plain", "facts": {"subject": subject, "body": body}} | more
    return letters.write(dedupe, **values)


def state() -> str:
    """How the only letter is."""
    return Letter.get().state


def test_the_same_letter_is_written_only_once(db):
    assert write() is True
    assert write(subject="En annan rubrik") is False
    assert write("feedback:2") is True
    assert Letter.select().count() == 2


def test_a_letter_is_not_there_when_the_change_it_tells_of_fails(db):
    @transaction
    def fails() -> None:
        write()
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError):
        fails()
    assert Letter.select().count() == 0


def test_what_a_letter_says_lies_sealed_and_bound_to_it(db):
    write(body="KANARIE")
    write("feedback:2", body="annat")
    first, second = Letter.select().order_by(Letter.id)
    assert b"KANARIE" not in bytes(first.facts) and letters.facts_of(first)["body"] == "KANARIE"
    second.facts = first.facts
    with pytest.raises(letters.CannotRead):
        letters.facts_of(second)


def test_a_letter_arrives_as_it_was_written_and_is_then_forgotten(postman, postbox):
    write()
    assert postman.deliver(NEVER) == 1
    assert postman.deliver(NEVER) == 0
    (arrived,) = postbox.letters
    assert arrived["Subject"] == "Någon har skrivit"
    assert (arrived["To"], postbox.recipients) == ("vakt@tbb.example", [["vakt@tbb.example"]])
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in arrived.iter_parts()] == ["text/plain", "text/html"]
    plain, html = (part.get_content().replace("\r\n", "\n") for part in arrived.iter_parts())
    assert plain.startswith("Hej!\n\nÅäö.\n") and "<p" in html and "Åäö." in html
    kept = Letter.get()
    assert (kept.state, kept.facts, kept.last_problem) == (State.SENT, None, "")
    assert arrived["Message-ID"] == f"<{kept.message_id}@tbb.example>"
    assert kept.message_id == letters.fingerprint("feedback:1") and kept.sent_at is not None
    assert all(len(line) <= 998 and line.isascii() for line in postbox.taken[0].splitlines())


def test_many_letters_go_over_one_line_and_each_to_one(postman, postbox):
    for number in range(45):
        write(f"a:{number}", recipient=f"n{number}@tbb.example")
    assert postman.deliver(NEVER) == 45
    assert postbox.calls == 1
    assert sorted(to for (to,) in postbox.recipients) == sorted(f"n{number}@tbb.example" for number in range(45))


def test_a_line_that_the_server_has_closed_meanwhile_is_opened_anew(db, settings):
    with open_postbox() as box:
        settings.smtp_url = box.url
        postman = worker.Postman(settings)
        write()
        postman.deliver(NEVER)
    with open_postbox(box.port) as anew:
        write("feedback:2")
        postman.deliver(NEVER)
        assert (len(anew.taken), anew.calls) == (1, 1)
        postman.go_home()
    assert {letter.state for letter in Letter.select()} == {State.SENT}


@pytest.mark.parametrize(
    "recipient",
    [
        "a@tbb.example\nBcc: b@tbb.example", "a@tbb.example, b@tbb.example", "a@tbb.example b@tbb.example", "", "@",
        "a@", "Namn <a@tbb.example>", "a@tbb.example>", "a@b@tbb.example", "å@tbb.example", "x" * 250 + "@t.example",
        '"a b"@tbb.example', "a@tbb..example", "a@tbb.example\u2028", "a\x7f@tbb.example",
    ],
)  # fmt: skip
def test_what_is_not_one_address_is_held_and_nothing_leaves(postman, postbox, recipient):
    write(recipient=recipient[:254])
    write("feedback:2")
    assert postman.deliver(NEVER) == 2
    first = Letter.get_by_id(1)
    assert (first.state, first.last_problem) == (State.HELD, Cause.RECIPIENT)
    assert postbox.recipients == [["vakt@tbb.example"]]


def test_an_address_with_swedish_letters_in_its_domain_is_reached():
    assert mail.address("a@förskolan.example") == "a@xn--frskolan-n4a.example"


def test_no_header_is_ever_of_two_lines():
    for more in ({"subject": "x\r\nBcc: b@tbb.example"}, {"sender": "x@tbb.example\nBcc: b@tbb.example"}):
        values = {"sender": "s@tbb.example", "subject": "x"} | more
        with pytest.raises(ValueError):
            mail.compose(recipient="a@tbb.example", body="", message_id="<x@tbb>", **values)


@pytest.mark.parametrize(
    ("cause", "change"),
    [
        (Cause.FACTS, {"facts": b"not sealed by us"}),
        (Cause.TEMPLATE, {"template": "finns_inte"}),
        (Cause.TEMPLATE, {"template": "../base"}),
        (Cause.WORDS, {"template": "invitation"}),
    ],
)
def test_what_cannot_be_written_is_held_and_stops_no_other(postman, postbox, cause, change):
    write()
    Letter.update(**change).execute()
    write("feedback:2")
    assert postman.deliver(NEVER) == 2
    held = Letter.get_by_id(1)
    assert (held.state, held.last_problem) == (State.HELD, cause)
    assert held.facts is not None and len(postbox.taken) == 1


@pytest.mark.parametrize("step", ["rcpt", "data"])
@pytest.mark.parametrize(("answer", "after"), [("550 no such user", State.FAILED), ("451 try later", State.QUEUED)])
def test_a_refusal_is_for_ever_or_for_later_by_its_code(postman, postbox, step, answer, after):
    postbox.answers[step] = answer
    write()
    postman.deliver(NEVER)
    kept = Letter.get()
    assert kept.state == after
    assert answer[:3] in kept.last_problem and "user" not in kept.last_problem
    assert postman.deliver(NEVER) == 0
    assert len(postbox.taken) == (step == "data")


def test_a_dead_recipient_stops_no_other_letter(postman, postbox):
    write(recipient="dead@tbb.example")
    postbox.answers["rcpt"] = "550 no"
    postman.deliver(NEVER)
    postbox.answers.clear()
    write("feedback:2")
    postman.deliver(NEVER)
    assert [letter.state for letter in Letter.select().order_by(Letter.id)] == [State.FAILED, State.SENT]
    assert postbox.calls == 1


@pytest.mark.parametrize("answer", ["550 we do not know you", "421 going down"])
def test_a_server_that_refuses_our_sender_fails_no_letter_and_is_left_alone(postman, postbox, at, answer):
    at(NOON)
    postbox.answers["mail"] = answer
    for number in range(3):
        write(f"a:{number}")
    assert postman.deliver(NEVER) == 1
    assert {letter.state for letter in Letter.select()} == {State.QUEUED}
    assert sorted(letter.attempts for letter in Letter.select()) == [0, 0, 1]
    assert postman.deliver(NEVER) == 0
    at(NOON + timedelta(seconds=5))
    assert postman.deliver(NEVER) == 1
    postbox.answers.clear()
    at(NOON + timedelta(minutes=5))
    assert postman.deliver(NEVER) == 3
    assert len(set(postbox.ids)) == len(postbox.ids) == 3


def test_a_letter_for_later_is_tried_again_when_it_is_time(postman, postbox, at):
    at(NOON)
    postbox.answers["rcpt"] = "451 later"
    write()
    postman.deliver(NEVER)
    at(NOON + timedelta(seconds=59))
    assert postman.deliver(NEVER) == 0
    at(NOON + timedelta(seconds=61))
    postbox.answers.clear()
    assert postman.deliver(NEVER) == 1
    assert state() == State.SENT and len(postbox.taken) == 1


def test_after_the_last_try_a_letter_has_failed(postman, postbox, at):
    at(NOON)
    postbox.answers["rcpt"] = "451 later"
    write()
    tries, moment = 0, NOON
    while state() == State.QUEUED:
        moment += timedelta(days=1)
        at(moment)
        assert postman.deliver(NEVER) == 1
        tries += 1
    assert state() == State.FAILED
    assert tries == len(letters.WAITS) + 1
    assert timedelta(minutes=sum(letters.WAITS)) > timedelta(days=2.5)


def test_a_letter_that_was_only_taken_when_the_power_went_is_sent_after_all_and_once(postman, postbox, at):
    at(NOON)
    write()
    letters.claim()
    letters.sort_out_after_a_crash()
    assert state() == State.CLAIMED, "another worker may be about to send it"
    assert postman.deliver(NEVER) == 0
    at(NOON + letters.LEASE + timedelta(seconds=1))
    assert postman.deliver(NEVER) == 1
    assert state() == State.SENT and len(postbox.taken) == 1


def test_a_letter_whose_words_were_leaving_when_the_power_went_is_never_sent_again(postman, postbox, at):
    at(NOON)
    write()
    letters.mark_sending(letters.claim())
    letters.sort_out_after_a_crash()
    assert state() == State.SENDING
    at(NOON + timedelta(hours=1))
    assert postman.deliver(NEVER) == 0
    assert state() == State.UNSURE and postbox.taken == []


def test_unless_twice_is_better_than_never_then_it_is_sent_later_as_the_same_letter(postman, postbox, at):
    at(NOON)
    write(rather_twice=True)
    letters.mark_sending(letters.claim())
    at(NOON + timedelta(minutes=10))
    assert postman.deliver(NEVER) == 0 and state() == State.QUEUED
    at(NOON + timedelta(minutes=12))
    assert postman.deliver(NEVER) == 1
    assert postbox.ids == [f"<{letters.fingerprint('feedback:1')}@tbb.example>"]


def test_what_is_rather_sent_twice_is_not_sent_for_ever(postman, settings, at):
    at(NOON)
    write(rather_twice=True)
    moment = NOON
    for _ in range(len(letters.WAITS) + 1):
        moment += timedelta(days=2)
        at(moment)
        letters.mark_sending(letters.claim())
        letters.mark_unsure(Letter.get())
    assert state() == State.UNSURE


def test_a_worker_that_was_away_too_long_leaves_its_letter_to_others(postman, postbox, at):
    at(NOON)
    write()
    taken = letters.claim()
    at(NOON + letters.LEASE + timedelta(seconds=1))
    postman.deal_with(taken)
    assert postbox.taken == [] and state() == State.CLAIMED
    assert postman.deliver(NEVER) == 1 and len(postbox.taken) == 1


@pytest.mark.parametrize("rather_twice", [False, True])
def test_a_line_that_breaks_while_the_words_leave_makes_the_letter_unsure(db, settings, rather_twice):
    with hangs_up_on(b".") as port:
        settings.smtp_url = f"smtp://127.0.0.1:{port}"
        write(rather_twice=rather_twice)
        worker.Postman(settings).deliver(NEVER)
    assert state() == (State.QUEUED if rather_twice else State.UNSURE)
    assert Letter.get().last_problem == "cut off"


@pytest.mark.parametrize("step", [b"EHLO", b"MAIL", b"RCPT", b"DATA"])
def test_a_line_that_breaks_before_the_words_leave_means_another_try(db, settings, step):
    with hangs_up_on(step) as port:
        settings.smtp_url = f"smtp://127.0.0.1:{port}"
        write()
        worker.Postman(settings).deliver(NEVER)
    assert state() == State.QUEUED and Letter.get().attempts == 1


def test_a_relay_that_is_down_for_an_hour_loses_nothing_and_sends_nothing_twice(db, settings, at):
    with open_postbox() as box:
        url = box.url
    settings.smtp_url = url
    postman = worker.Postman(settings)
    at(NOON)
    for number in range(30):
        write(f"a:{number}")
    tried = 0
    for minute in range(60):
        at(NOON + timedelta(minutes=minute))
        tried += postman.deliver(NEVER)
    assert Letter.select().where(Letter.state == State.QUEUED).count() == 30
    assert 10 <= tried <= 20, "it is left alone for longer and longer, five minutes at most"
    with open_postbox(box.port) as up_again:
        for minute in range(60, 60 + 24 * 60, 30):
            at(NOON + timedelta(minutes=minute))
            postman.deliver(NEVER)
        assert len(up_again.ids) == len(set(up_again.ids)) == 30
        postman.go_home()
    assert Letter.select().where(Letter.state == State.SENT).count() == 30


def test_no_letter_is_taken_by_two_workers(db):
    for number in range(20):
        write(f"feedback:{number}")
    taken: list[int] = []

    def take() -> None:
        with connection():
            while batch := letters.claim_some(3):
                taken.extend(letter.id for letter in batch)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken))
    # On PostgreSQL two may want the same letter; the one that comes last leaves it and looks again later.
    while letter := letters.claim():
        taken.append(letter.id)
    assert sorted(taken) == sorted(letter.id for letter in Letter.select())


def test_a_worker_that_is_told_to_stop_gives_back_what_it_has_not_tried(postman, postbox):
    stop = threading.Event()
    for number in range(5):
        write(f"a:{number}")
    send = postman.deal_with

    def send_one_and_be_stopped(letter) -> None:
        send(letter)
        stop.set()

    postman.deal_with = send_one_and_be_stopped
    assert postman.deliver(stop) == 1
    left = Letter.select().where(Letter.state == State.QUEUED)
    assert left.count() == 4 and {letter.attempts for letter in left} == {0}


def test_without_a_mail_server_letters_are_kept_and_can_still_be_read(db, settings):
    settings.smtp_url = ""
    write()
    worker.Postman(settings).deliver(NEVER)
    assert state() == State.KEPT
    assert letters.facts_of(Letter.get())["subject"] == "Någon har skrivit"
    assert not (settings.instance / "letters").exists()


def test_a_letter_to_an_address_that_one_came_back_from_is_held_and_not_lost(postman, postbox):
    write(recipient="Borta@tbb.example")
    Letter.update(state=State.BOUNCED).execute()
    write("feedback:2", recipient="borta@TBB.example")
    write("feedback:3")
    assert postman.deliver(NEVER) == 1
    assert [letter.state for letter in Letter.select().order_by(Letter.id)] == [
        State.BOUNCED, State.HELD, State.SENT,
    ]  # fmt: skip
    assert Letter.get_by_id(2).last_problem == Cause.BOUNCED


def test_what_letters_said_and_who_got_them_is_forgotten_in_time_but_never_what_waits(db, at):
    at(NOON)
    for number, where in enumerate(State):
        write(f"a:{number}")
        Letter.update(state=where).where(Letter.dedupe == f"a:{number}").execute()
    at(NOON + timedelta(days=89))
    assert letters.forget_old() == 0 and not Letter.select().where(Letter.facts.is_null()).exists()
    at(NOON + timedelta(days=91))
    assert letters.forget_old() == 0
    assert [row.state for row in Letter.select().where(Letter.facts.is_null())] == [State.KEPT]
    at(NOON + timedelta(days=401))
    assert letters.forget_old() == 4
    left = {letter.state for letter in Letter.select()}
    assert left == set(State) - {State.SENT, State.KEPT, State.STOPPED, State.BOUNCED}


def test_the_worker_writes_no_words_of_a_letter_in_its_log(postman, postbox, caplog, at):
    caplog.set_level(logging.INFO)
    at(NOON)
    write(subject="KANARIE-subject", body="KANARIE-body", recipient="kanarie@tbb.example")
    for step, answer in (("mail", "550 KANARIE"), ("data", "550 KANARIE is unknown")):
        postbox.answers = {step: answer}
        postman.not_before = None
        Letter.update(next_at=NOON).execute()
        postman.deliver(NEVER)
    assert state() == State.FAILED
    ours = " ".join(record.getMessage() for record in caplog.records if not record.name.startswith("mail."))
    assert "no talking" in ours and "kanarie" not in ours.lower()
    assert "KANARIE" not in Letter.get().last_problem
