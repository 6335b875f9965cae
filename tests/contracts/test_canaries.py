"""A canary in every sensitive field, near and far, looked for everywhere it must not be.

A later subject joins by adding rows to `PLANTED` (what is planted, and at which endpoints it may be read) and by
planting them in `plant`. Whoever may read an endpoint at all is the matter of tests/policy.
"""

from __future__ import annotations

import json
import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from tbb import clock
from tbb.database import connection, keyring, on_postgresql, rows, run, transaction
from tbb.models import (
    Application,
    Article,
    BusySource,
    Case,
    CaseNote,
    Consent,
    ContactChange,
    Coordinator,
    EntryChange,
    Feedback,
    Flag,
    Joining,
    JoiningNote,
    Letter,
    Meeting,
    Newsletter,
    NewsletterSection,
    OneTimeToken,
    Organizer,
    Participant,
    Plan,
    RecoveryCode,
    TalkBooking,
    TalkHost,
    Wheel,
)
from tbb.policy import WORKER, Permission
from tbb.services import case_files, letters, readers, sealed_fields, sittings, tokens
from tbb.services.demo_cast import account_of
from tbb.web.letters import render
from tests import cast, make_meetings
from tests.at_work import furnish, samples, units
from tests.people import as_account, signed_in
from tests.policy.test_doors import COLUMN, EVERYBODY, allowed, fault_of, table

NOWHERE: tuple[str, ...] = ()
SONG = b"kanarie"
"""What every canary begins with."""
CASE_PAGES = ("cases.", "mapping.", "transitions.", "consents.", "forums.bringing", "case_exports.", "forgetting.held")
RECORD_PAGES = ("meeting_records.",)
BOOKING_PAGES = ("meetings.", "meeting_people.", "meeting_times.", "meeting_undoing.")
PLAN_PAGES = ("plans.", "plan_steps.", "plan_papers.")
PLANTED = {
    "fault message": ("faults.report",),
    "fault reply address": NOWHERE,
    "flag message": ("keeping.shown_flag", "keeping.entry"),
    "waiting phone": ("keeping.waiting", "keeping.person", "keeping.entry", "keeping.facts", "keeping.history"),
    "earlier value": ("keeping.change", "keeping.history", "keeping.entry"),
    "application contact": ("reviewing.application", "reviewing.call", "reviewing.look_again", "reviewing.question"),
    "application address": ("reviewing.application", "reviewing.applications", "reviewing.question", "reviewing.reason",
                            "reviewing.call", "reviewing.look_again"),
    "joining note": ("joining.organization",),
    "letter words": NOWHERE,
    "recovery code": NOWHERE,
    "one-time token": NOWHERE,
    "own calendar": NOWHERE,
    "working name": (*CASE_PAGES, *RECORD_PAGES, *BOOKING_PAGES, *PLAN_PAGES),
    "what was seen": (*CASE_PAGES, *RECORD_PAGES),
    "goal": (*CASE_PAGES, *RECORD_PAGES, *PLAN_PAGES),
    "action": (*CASE_PAGES, *RECORD_PAGES, *PLAN_PAGES),
    "told of a plan": (*CASE_PAGES, *PLAN_PAGES),
    "mapping": CASE_PAGES,
    "case note": CASE_PAGES,
    "consent": CASE_PAGES,
    "reason of an event": CASE_PAGES,
    "draft": ("informing.",),
    "record of a meeting": (*RECORD_PAGES, "case_exports."),
    "remark on minutes": (*RECORD_PAGES, "case_exports."),
    "why somebody coordinates": (*CASE_PAGES, *RECORD_PAGES, *PLAN_PAGES),
    "talk's name": ("talk_hours.show", "talk_hours.talk", "talk_hours.sure"),
    "talk's phone": ("talk_hours.talk",),
    "talk's e-mail": ("talk_hours.talk",),
    "guardian of a meeting": (*BOOKING_PAGES, *RECORD_PAGES, "case_exports."),
    "needs of a meeting": (*BOOKING_PAGES, *RECORD_PAGES, "case_exports."),
    "reader's address": NOWHERE,
    "unsent newsletter": ("newsletters.", "newsletter_sending."),
    "unpublished news": ("articles.", "newsletters.part"),
}  # fmt: skip
"""What is planted, and the endpoints whose pages may hold it; one that ends with a dot stands for all of a subject."""

OF_CASES = ("working name", "what was seen", "mapping", "case note", "consent", "reason of an event")
OF_MEETINGS = (
    "record of a meeting", "remark on minutes", "why somebody coordinates", "guardian of a meeting",
    "needs of a meeting",
)  # fmt: skip
OF_PLANS = ("goal", "action", "told of a plan")
ASKED_FOR = dict.fromkeys((*OF_CASES, *OF_MEETINGS, *OF_PLANS), Permission.READ_CASE) | {"draft": Permission.OWN_WHEEL}
"""What must be allowed of the thing itself, whatever the page's own permission."""

SEALED = (
    "fault message", "fault reply address", "letter words", "recovery code", "one-time token", "own calendar",
    *OF_CASES, *OF_MEETINGS, *OF_PLANS, "draft",
    "talk's name", "talk's phone", "talk's e-mail", "reader's address",
)  # fmt: skip
"""What nobody can read in the database's own file either."""

PLAIN, FRAGMENT = {}, {"HX-Request": "true", "HX-Request-Type": "partial"}
ASK_ALL_TWICE = ("granne", "personal")
"""They ask for fragments also of pages that they were refused; the others only of those that they were given."""

COUNTY_THINGS = ("application contact", "application address", "joining note")


@dataclass(frozen=True)
class Canary:
    """One planted word: what it stands for, and where its thing is."""

    what: str
    where: str
    word: str


@transaction
def plant() -> list[Canary]:
    """Plant a canary in every field, near and far, in things that `furnish` has made."""
    birds = [
        Canary(what, where, f"{SONG.decode()}{number}{where}{secrets.token_hex(16)}")
        for number, what in enumerate(PLANTED)
        for where in (("county",) if what in COUNTY_THINGS else ("own", "other"))
    ]
    word = {(bird.what, bird.where): bird.word for bird in birds}
    for where, unit in units().items():
        if where != "sister":
            _of_unit(unit, {what: word[what, where] for what in PLANTED if what not in COUNTY_THINGS})
    for where, persona in (("own", "personal"), ("other", "granne")):
        _of_account(account_of(persona), {what: word[what, where] for what in PLANTED if what not in COUNTY_THINGS})
    _of_county({what: word[what, "county"] for what in COUNTY_THINGS})
    return birds


def _of_unit(unit, word: dict[str, str]) -> None:
    fault = Feedback.get(Feedback.unit == unit)
    Feedback.update(
        message=keyring().seal(word["fault message"], f"feedback.message:{fault.key}"),
        reply_to=keyring().seal(f"{word['fault reply address']}@post.example", f"feedback.reply_to:{fault.key}"),
    ).where(Feedback.id == fault.id).execute()
    Flag.update(message=word["flag message"]).where(Flag.unit == unit).execute()
    ContactChange.update(after=json.dumps({"phone": word["waiting phone"]})).where(ContactChange.unit == unit).execute()
    EntryChange.update(before=json.dumps({"street": word["earlier value"]})).where(EntryChange.unit == unit).execute()
    case = Case.select().where(Case.unit == unit).order_by(Case.id).first()
    case_files.keep_card(case, case_files.Card(label=word["working name"], stage="Årskurs 6"))
    sealed_fields.save(case.wheels.get(), {"area.trygghet.see": word["what was seen"]})
    sealed_fields.save(case, {"voice.own": word["mapping"]})
    sealed_fields.save(Wheel.get(Wheel.from_unit == unit, Wheel.state == "draft"), {"area.hemmet.see": word["draft"]})
    case_files.note_event(WORKER, case, "decided", reason=word["reason of an event"])
    held = next(each for each in Meeting.select().where(Meeting.state == "held") if each.case.unit_id == unit.id)
    told = {"area.trygghet.agreed": word["record of a meeting"], f"say.{'a' * 32}.1": word["remark on minutes"]}
    sealed_fields.save(held, told)
    appointed = make_meetings.coordinator(held.case, None)
    words = json.dumps({"why_not_asked": "", "wish": "", "reason": word["why somebody coordinates"]})
    body = sealed_fields.seal(held.case, words, f"coordinator.words:{appointed.id}")
    Coordinator.update(words=body, as_wished=False).where(Coordinator.id == appointed.id).execute()
    for talk in TalkBooking.select().join(TalkHost).where(TalkHost.unit == unit):
        who = {"name": word["talk's name"], "phone": word["talk's phone"], "workplace": ""}
        said = json.dumps(who | {"email": word["talk's e-mail"] + "@post.example"})
        TalkBooking.update(contact=keyring().seal(said, f"talk_booking.contact:{talk.key}")).where(
            TalkBooking.id == talk.id
        ).execute()
    for meeting in case.meetings:
        _of_booking(meeting, word)
    _of_plan(case, word)
    _of_writing(unit, word)
    note, consent = ({"case": case, "key": secrets.token_hex(16)} for _ in range(2))
    CaseNote.create(
        **note, body=sealed_fields.seal(case, word["case note"], f"case_note.body:{note['key']}"), at=clock.now()
    )
    said = json.dumps({"information": word["consent"], "why_not_asked": ""})
    Consent.create(
        **consent,
        information=sealed_fields.seal(case, said, f"consent.information:{consent['key']}"),
        ends_on=clock.today(),
        taken_at=clock.now(),
    )


def _of_booking(meeting: Meeting, word: dict[str, str]) -> None:
    """Let the guardian who is asked be called a canary, and another be what is needed."""
    sealed_fields.save(meeting, {"needs": word["needs of a meeting"]})
    for person in meeting.participants.where(Participant.role == "guardian"):
        named = json.dumps({"name": word["guardian of a meeting"], "email": "", "phone": "", "note": ""})
        person.person = sealed_fields.seal(meeting, named, f"participant.person:{person.key}")
        person.save()


def _of_plan(case: Case, word: dict[str, str]) -> None:
    plan = Plan.get(Plan.case == case)
    sealed_fields.save(plan, {"goal.halsa.own": word["goal"]})
    make_meetings.action(plan, word["action"], area="halsa")
    make_meetings.told(plan, word["told of a plan"])


def _of_writing(unit, word: dict[str, str]) -> None:
    """Drafts of those who write for readers, and a reader."""
    draft = Newsletter.get(Newsletter.organizer == unit.organizer, Newsletter.state == "draft")
    said = word["unsent newsletter"]
    Newsletter.update(title=f"Brev {said}", lead=said).where(Newsletter.id == draft.id).execute()
    NewsletterSection.update(body=f"Hej {said}.").where(NewsletterSection.newsletter == draft).execute()
    news = Article.get(Article.organizer == unit.organizer, Article.state == "draft")
    said = word["unpublished news"]
    Article.update(title=f"Nyhet {said}", lead=said, body=f"Hej {said}.").where(Article.id == news.id).execute()
    # The links of tests/cast.py are those of the first reader; nobody has the link of the one who is planted.
    readers.add("den.forsta@lasare.example", topics=["news"], places=(), language="sv", basis="form 2026-11")
    address = word["reader's address"] + "@lasare.example"
    readers.add(address, topics=["news"], places=(), language="sv", basis="form 2026-11")


def _of_account(account: int, word: dict[str, str]) -> None:
    letters.write(f"canary:{account}", "nagon@tbb.example", "plain", {"subject": "Hej", "body": word["letter words"]})
    secret = keyring().seal(f"https://calendar.example/{word['own calendar']}.ics", f"busy_source.url:{account}")
    BusySource.create(account=account, url=secret)
    RecoveryCode.create(account=account, digest=sittings.digest(word["recovery code"]))
    OneTimeToken.create(
        digest=sittings.digest(word["one-time token"]),
        purpose="reset",
        subject=str(account),
        created_at=clock.now(),
        expires_at=clock.now() + timedelta(hours=1),
    )


def _of_county(word: dict[str, str]) -> None:
    found = Application.get(Application.state == "sent")
    data = json.loads(found.data)
    data["kontakt"]["questions"] = word["application contact"]
    Application.update(email=f"{word['application address']}@friskolan.example", data=json.dumps(data)).where(
        Application.id == found.id
    ).execute()
    friends = Organizer.get(Organizer.name == "Föräldrakooperativet i Eskilstuna")
    joining, _made = Joining.get_or_create(organizer=friends, defaults={"changed_on": clock.today()})
    JoiningNote.create(joining=joining, on=clock.today(), how="phone", note=word["joining note"], at=clock.now())


def readable(app, answers, persona: str, endpoint: str, bird: Canary) -> bool:
    """Whether one of the cast may meet a canary at an endpoint."""
    if not {endpoint, f"{endpoint.partition('.')[0]}."} & set(PLANTED[bird.what]):
        return False
    if bird.what in OF_CASES and endpoint == "cases.status":
        return False  # who informed sees how it goes, never what it says
    released = endpoint == "case_exports.prepared"
    permission = ASKED_FOR.get(bird.what) if not released else None
    cell = answers[permission or app.view_functions[endpoint].permission][COLUMN[persona]]
    return allowed(cell, persona, bird.where)


@pytest.fixture
def planted(county):
    """The demo county, furnished, with a canary in every field."""
    with connection():
        made = furnish()
        birds = plant()
    return county, made, birds


def met_in(response, birds: list[Canary]) -> list[Canary]:
    """The canaries in an answer: its body, its headers and its cookies."""
    said = (response.get_data() + str(response.headers).encode()).lower()
    return [bird for bird in birds if bird.word.encode() in said] if SONG in said else []


@pytest.mark.parametrize("persona", EVERYBODY)
def test_nobody_meets_a_canary_but_where_it_may_be_read_nor_a_page_but_theirs(planted, persona, caplog):
    app, made, birds = planted
    client, answers, met, faults, looked = signed_in(app, persona), table(), [], [], 0
    with caplog.at_level(logging.DEBUG):
        for sample in samples(app, made, "GET"):
            for headers in (PLAIN, FRAGMENT):
                with client.get(sample.address, headers=headers) as response:
                    looked += 1
                    faults += fault_of(app, answers, persona, sample, response) if headers is PLAIN else []
                    met += [
                        f"{sample.address}: {bird.what} of {bird.where}"
                        for bird in met_in(response, birds)
                        if not readable(app, answers, persona, sample.rule.endpoint, bird)
                    ]
                if response.status_code != 200 and persona not in ASK_ALL_TWICE:
                    break
        for bird in birds[::4]:
            for path in (
                "/arbetsyta/verksamheter?q=",
                "/arbetsyta/laget?text=",
                "/arbetsyta/konton?text=",
                "/hitta?q=",
            ):
                with client.get(path + bird.word[:20]) as response:
                    looked += 1
                    met += [f"{path}: {other.what}" for other in met_in(response, birds)]
    assert met == [] and looked > 150
    assert faults == []
    assert [bird.what for bird in birds if bird.word in caplog.text.lower()] == []


def test_each_canary_that_may_be_read_is_really_there(planted):
    app, made, birds = planted
    seen = set()
    for persona in ("enhetschef", "granne", "processledare", "bba", "personal"):
        client = signed_in(app, persona)
        for sample in samples(app, made, "GET"):
            with client.get(sample.address) as response:
                seen |= {bird.what for bird in met_in(response, birds)}
    assert seen == {what for what, where in PLANTED.items() if where != NOWHERE}


def test_no_visitor_meets_a_canary(planted):
    app, _made, birds = planted
    client, met = app.test_client(), []
    addresses = [address for _endpoint, address in cast.addresses(app)]
    errors = ["/finns-inte", "/hitta?q=%00", "/enhet/finns-inte", "/arbetsyta/konton", "/demo"]
    for address in (*addresses, *errors, *(f"/hitta?q={bird.word[:20]}" for bird in birds)):
        with client.get(address) as response:
            met += [f"{address}: {bird.what}" for bird in met_in(response, birds)]
    assert met == [] and len(addresses) > 80


def test_no_letter_carries_a_canary_but_its_own(planted):
    _app, _made, birds = planted
    with connection():
        for letter in Letter.select():
            said = render(letter.template, letters.facts_of(letter), base_url="https://tbb.example")
            words = f"{said.subject}{said.text}{said.html}{letter.recipient}".lower()
            met = [bird.what for bird in birds if bird.word in words and bird.what != "letter words"]
            assert met == [], letter.template


def test_secrets_given_out_are_in_no_file_as_they_are(planted, county_url):
    if on_postgresql():
        pytest.skip("the server's files are its own; the sealing is the same")
    app, _made, birds = planted
    given = [_cookie_of(as_account(app, account_of_connected("personal")))]
    with connection():
        given += [tokens.issue("reset", 1, lasts=timedelta(hours=1), payload={"word": birds[0].word})]
        run("PRAGMA wal_checkpoint(TRUNCATE)")
        tables = rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    file = Path(county_url.removeprefix("sqlite:///"))
    content = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*")).lower()
    sealed = [bird.what for bird in birds if bird.what in SEALED and bird.word.encode() in content]
    assert sealed == [] and len(tables) > 30
    assert [secret for secret in given if secret.lower().encode() in content] == []


def account_of_connected(persona: str) -> int:
    """The number of the account of one of the cast, from outside a connection."""
    with connection():
        return account_of(persona)


def _cookie_of(client) -> str:
    return client.get_cookie("tbb_inloggad").value
