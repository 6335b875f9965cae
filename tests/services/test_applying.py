"""Applying to join: a link nobody can spy by, answers that are never lost, and a sending that happens once."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

from tbb import database
from tbb.database import rows
from tbb.models import Application, AuditRow, Letter, OneTimeToken
from tbb.policy import VISITOR
from tbb.services import agreements, application_checks, application_links, applying, tokens
from tbb.services.limits import TooOften, neighbourhood
from tbb.services.registers.values import BadValue
from tests import applications, make
from tests.applications import BBA, EMAIL, ORGANIZATION, begun, filled_in, link, put

NOON = datetime(2026, 11, 23, 12, 0, 1, tzinfo=UTC)


def test_an_address_gets_one_link_and_nobody_else_is_told(db, at):
    at(NOON)
    applications.leader(1)
    applications.ask("Rektor@Ekollonet.example ", "192.0.2.1")
    secret = applications.newest_link()
    assert [(each.recipient, each.template) for each in Letter.select().where(Letter.template != "invitation")] == [
        (EMAIL, "application_start")
    ]
    assert applying.find(secret).application.email_confirmed_at is None
    kept = repr([rows(f"SELECT * FROM {table}") for table in ("application", "one_time_token", "letter", "audit_row")])
    assert secret not in kept


def test_a_victim_gets_one_letter_a_day_however_many_ask(db, at, monkeypatch):
    monkeypatch.setattr(application_links, "ALL_SENDERS", 1000)
    at(NOON)
    for number in range(200):
        sender = neighbourhood(f"2001:db8:{number:x}::{number:x}" if number % 2 else f"192.0.2.{number}")
        tag = f"+{number}" if number % 3 else ""
        applications.ask(f"rektor{tag}@ekollonet.example", sender)
    assert Letter.select().count() == 1 and Application.select().count() == 1
    at(NOON + timedelta(hours=23))
    applications.ask(EMAIL, "192.0.2.1")
    assert Letter.select().count() == 1
    at(NOON + timedelta(hours=25))
    applications.ask(EMAIL, "192.0.2.1")
    assert Letter.select().count() == 2


def test_one_household_and_all_together_have_limits(db, at, monkeypatch):
    at(NOON)
    for number in range(application_links.PER_SENDER):
        applications.ask(f"namn{number}@ekollonet.example", neighbourhood(f"2001:db8::{number}"))
    with pytest.raises(TooOften):
        applications.ask("en.till@ekollonet.example", neighbourhood("2001:db8::ffff"))
    monkeypatch.setattr(application_links, "ALL_SENDERS", application_links.PER_SENDER + 2)
    for number in range(2):
        applications.ask(f"annan{number}@ekollonet.example", f"192.0.2.{number}")
    with pytest.raises(TooOften):
        applications.ask("sista@ekollonet.example", "192.0.2.99")
    assert Letter.select().count() == application_links.PER_SENDER + 2


def test_a_new_link_leads_to_the_same_draft_and_ends_the_old_one(db, at):
    at(NOON)
    first = begun()
    put(first, "organisation", ORGANIZATION)
    at(NOON + timedelta(days=2))
    second = link()
    assert applying.find(first) is None
    assert applying.find(second).part("organisation") == ORGANIZATION
    assert Application.select().count() == 1


@pytest.mark.parametrize("secret", ["", "x", "å" * 43, "A" * 43])
def test_a_link_that_is_none_opens_nothing(db, secret):
    begun()
    assert applying.find(secret) is None
    assert applying.confirm(VISITOR, secret) is None
    assert applying.save(VISITOR, secret, "kontakt", {}, "") is None
    assert applying.send(VISITOR, secret, tell_address="x@tbb.example") is None
    assert not applying.withdraw(VISITOR, secret)


def test_another_kind_of_token_opens_nothing(db):
    begun()
    other = tokens.issue("invitation", Application.get().key, lasts=timedelta(days=1))
    assert applying.find(other) is None


def test_before_the_address_is_confirmed_nothing_can_be_written(db):
    secret = link()
    assert applying.save(VISITOR, secret, "kontakt", {"name": "x"}, "") is None
    assert applying.add_unit(VISITOR, secret, applications.OWN_UNIT) is None
    assert json.loads(Application.get().data) == {}


def test_a_link_lasts_thirty_days(db, at):
    at(NOON)
    secret = begun()
    at(NOON + timedelta(days=29))
    assert applying.find(secret)
    at(NOON + timedelta(days=31))
    assert applying.find(secret) is None


def test_what_nobody_confirms_is_gone_after_two_days(db, at):
    at(NOON)
    link()
    at(NOON + timedelta(days=1))
    assert applying.forget_old() == 0
    at(NOON + timedelta(days=2, seconds=1))
    assert applying.forget_old() == 1
    assert applying.forget_old() == 0
    assert not Application.select().exists() and not Letter.select().exists()
    assert EMAIL not in repr(
        [rows(f"SELECT * FROM {table}") for table in ("one_time_token", "audit_row", "rate_count")]
    )


def test_a_draft_is_gone_thirty_days_after_it_was_last_saved(db, at):
    at(NOON)
    secret = begun()
    at(NOON + timedelta(days=20))
    put(secret, "organisation", ORGANIZATION)
    at(NOON + timedelta(days=49))
    assert applying.forget_old() == 0
    at(NOON + timedelta(days=50))
    assert applying.forget_old() == 1


# The answers


def test_a_stale_save_changes_nothing_and_gives_what_stands(db):
    secret = begun()
    seen = applying.find(secret).seen("organisation")
    applying.save(VISITOR, secret, "organisation", ORGANIZATION, seen)
    with pytest.raises(applying.Stale) as stale:
        applying.save(VISITOR, secret, "organisation", ORGANIZATION | {"name": "Ett annat namn"}, seen)
    assert stale.value.stored == ORGANIZATION
    assert applying.find(secret).part("organisation") == ORGANIZATION
    applying.save(VISITOR, secret, "organisation", ORGANIZATION, seen)  # the same words are no conflict


def test_two_who_answer_different_parts_do_not_disturb_each_other(db):
    secret = begun()
    draft = applying.find(secret)
    applying.save(VISITOR, secret, "kontakt", applications.CONTACT, draft.seen("kontakt"))
    applying.save(VISITOR, secret, "firmatecknare", applications.SIGNER, draft.seen("firmatecknare"))
    assert applying.find(secret).part("kontakt") == applications.CONTACT
    assert applying.find(secret).application.version == 2


def test_every_save_in_a_crowd_is_kept(database_url, db):
    secret = begun()
    where = make.municipality().code
    problems = []

    def add(number: int) -> None:
        try:
            with database.connection():
                unit = applications.OWN_UNIT | {"municipality": where, "name": f"Förskolan {number}"}
                applying.add_unit(VISITOR, secret, unit)
        except Exception as problem:
            problems.append(problem)

    crowd = [threading.Thread(target=add, args=(number,)) for number in range(6)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert problems == []
    assert len(applying.find(secret).data["units"]) == 6
    assert applying.find(secret).application.version == 6


def test_a_unit_is_listed_once_and_leaves_with_its_bba(db):
    secret = begun()
    where = make.municipality().code
    applying.add_unit(VISITOR, secret, applications.OWN_UNIT | {"municipality": where})
    with pytest.raises(applying.NotAdded, match="finns redan"):
        applying.add_unit(
            VISITOR, secret, applications.OWN_UNIT | {"municipality": where, "name": "FÖRSKOLAN ekollonet"}
        )
    key = applying.find(secret).data["units"][0]["key"]
    put(secret, f"ansvarig:{key}", BBA)
    applying.remove_unit(VISITOR, secret, key)
    assert applying.find(secret).data == {"units": [], "responsible": {}}


def test_there_is_an_end_to_how_many_units_an_application_has(db, monkeypatch):
    monkeypatch.setattr(applying, "MOST_UNITS", 1)
    secret = begun()
    applying.add_unit(
        VISITOR, secret, {"scheme": "skolenhetskod", "code": "99000011", "name": "A", "kind": "compulsory"}
    )
    with pytest.raises(applying.NotAdded, match="högst 1"):
        applying.add_unit(VISITOR, secret, {"scheme": "skolenhetskod", "code": "99000012", "name": "B"})


def test_one_bba_can_be_proposed_for_all_that_lack_one(db):
    secret = begun()
    for code in ("99000011", "99000012"):
        applying.add_unit(
            VISITOR, secret, {"scheme": "skolenhetskod", "code": code, "name": code, "kind": "compulsory"}
        )
    first, second = (each["key"] for each in applying.find(secret).data["units"])
    applying.same_for_all(VISITOR, secret, first)  # nothing whole to copy yet
    assert applying.find(secret).part(f"ansvarig:{second}") == {}
    put(secret, f"ansvarig:{first}", BBA)
    applying.same_for_all(VISITOR, secret, first)
    assert applying.find(secret).part(f"ansvarig:{second}") == BBA


@pytest.mark.parametrize(
    ("without", "left"),
    [({"email": ""}, "ansvariga"), ({"mandate": "delegated", "mandate_by": "Styrelsen"}, "ansvariga")],
)
def test_a_half_answer_keeps_the_application_from_being_sent(db, without, left):
    secret = filled_in(bba=BBA | without)
    draft = applying.find(secret)
    assert [part for part, state in draft.progress.items() if state != "done"] == [left]
    with pytest.raises(applying.Incomplete):
        applying.send(VISITOR, secret, tell_address="x@tbb.example")
    assert Application.get().state == "draft" and Letter.select().count() == 1


def test_an_old_agreement_must_be_accepted_anew(db, monkeypatch):
    secret = filled_in()
    monkeypatch.setattr(agreements, "CURRENT", 2)
    assert applying.find(secret).progress["overenskommelse"] == "empty"
    with pytest.raises(applying.Stale):
        applying.accept(VISITOR, secret, 1)


def test_sending_happens_once_with_a_receipt_and_a_word_to_the_reviewers(db):
    first, second = applications.leader(1), applications.leader(2)
    secret = filled_in()
    for _ in range(3):
        applying.send(VISITOR, secret, tell_address="vakt@tbb.example")
    found = Application.get()
    assert (found.state, found.orgnr, found.agreement) == ("sent", ORGANIZATION["orgnr"], agreements.CURRENT)
    assert found.accepted_at is not None
    told = Letter.select().where(Letter.template << ["application_received", "application_waiting"])
    assert sorted(each.recipient for each in told) == ["ledare1@tbb.example", "ledare2@tbb.example", EMAIL]
    assert [row.action for row in AuditRow.select()].count("application:send") == 1
    assert first.account != second.account
    with pytest.raises(applying.Closed):
        put(secret, "kontakt", applications.CONTACT | {"name": "Någon annan"})
    with pytest.raises(applying.Closed):
        applying.add_unit(VISITOR, secret, applications.OWN_UNIT)


def test_without_process_leaders_the_contact_address_is_told(db):
    applications.sent()
    assert Letter.select().where(Letter.recipient == "vakt@tbb.example").count() == 1


def test_a_draft_that_is_taken_back_is_erased_and_a_sent_one_is_closed(db):
    secret = begun()
    assert applying.withdraw(VISITOR, secret)
    assert not Application.select().exists()
    assert not OneTimeToken.select().where(OneTimeToken.used_at.is_null()).exists()
    Letter.delete().execute()
    secret = filled_in()
    applying.send(VISITOR, secret, tell_address="x@tbb.example")
    assert applying.withdraw(VISITOR, secret)
    assert Application.get().state == "withdrawn"
    with pytest.raises(applying.Closed):
        applying.withdraw(VISITOR, secret)


# What the register says


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("99000011", "skolenhetskod"),
        (" 9900 0011 ", "skolenhetskod"),
        ("990012", "forskole_id"),
        ("99 0012", "forskole_id"),
    ],
)
def test_a_code_is_looked_up_in_either_register(db, text, found):
    make.unit(ids={"skolenhetskod": "99000011"})
    make.unit("Förskolan Månen", kind="preschool", ids={"forskole_id": "990012"})
    scheme, _code, known = application_checks.unit_by_code(text)
    assert scheme == found and known is not None


def test_what_is_no_code_is_said_so_and_what_is_not_there_is_not_found(db):
    with pytest.raises(BadValue, match="siffror"):
        application_checks.unit_by_code("skolan")
    assert application_checks.unit_by_code("99000099") == ("skolenhetskod", "99000099", None)


def test_a_unit_of_another_organizer_does_not_fit(db):
    own = make.organizer("Vi", "independent", orgnr="5599001004")
    other = make.organizer("De", "independent", orgnr="5599002002")
    nameless = make.organizer("Okända", "independent")
    for number, organizer in enumerate((own, other, nameless, None)):
        make.unit(f"Skola {number}", organizer=organizer, ids={"skolenhetskod": f"9900001{number}"})
    listed = [{"key": "k", "scheme": "skolenhetskod", "code": f"9900001{number}"} for number in range(4)]
    fits = [application_checks.check_unit(each, "5599001004").fits for each in listed]
    assert fits == [True, False, False, True]
    assert not application_checks.check_unit(listed[2], "").fits


@pytest.mark.parametrize(
    ("email", "website", "answer"),
    [
        ("a@ekollonet.example", "https://www.ekollonet.example/om", "match"),
        ("a@mejl.ekollonet.example", "ekollonet.example", "match"),
        ("a@ekollonet.example", "skola.ekollonet.example", "match"),
        ("a@nyekollonet.example", "ekollonet.example", "other"),
        ("a@gmail.com", "gmail.com", "free"),
        ("a@ekollonet.example", "", "unknown"),
    ],
)
def test_the_domain_of_the_mail_is_held_against_the_registers(db, email, website, answer):
    known = application_checks.KnownOrganization(1, "x", "independent", website, "", "")
    assert application_checks.mail_check(email, known, [])[0] == answer


def test_an_accepted_text_is_never_changed():
    text = (agreements.FOLDER / "1.md").read_bytes()
    assert hashlib.sha256(text).hexdigest() == FIRST_AGREEMENT
    first = agreements.agreement(1)
    assert first.offered_from.isoformat() == "2026-11-23" and {each.kind for each in first.blocks} == {
        "heading",
        "paragraph",
        "list",
    }
    with pytest.raises(FileNotFoundError):
        agreements.agreement(99)


FIRST_AGREEMENT = "2a3bb91351bbf1f0ef5d40f543d491294bb81b22fa4efb239c6d09a9fc6b8d68"
