"""The question of each term: asked once, reminded of twice, told further up, and answered once."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from tbb.database import connection
from tbb.models import (
    AuditRow,
    EntryChange,
    Grant,
    Letter,
    OneTimeToken,
    Person,
    Responsibility,
    TermConfirmation,
    Unit,
)
from tbb.policy import Refused
from tbb.services import confirmations, directory, letters, versions
from tests import make
from tests.services import town as town_
from tests.services.town import STARTS, account, acting, told

TERM_DAY = datetime(2026, 8, 20, 5, tzinfo=UTC)
LAST_TERM = date(2026, 1, 15)


@pytest.fixture
def town(db, at):
    """The town on the first day of a term, with a BBA who confirmed last term."""
    at(TERM_DAY)
    unit = town_.build()
    unit.bba = make.responsible(unit, make.person(email="helena@skolan.example"), confirmed_on=LAST_TERM)
    return unit


def link(number: int = -1) -> str:
    """The secret of a letter's link."""
    found = [letter for letter in Letter.select().order_by(Letter.id) if letter.template.startswith("confirm_e")]
    return letters.facts_of(found[number])["path"].removeprefix("/bekrafta/")


def everything() -> list:
    """All that an answer changes."""
    return [list(model.select().dicts()) for model in (TermConfirmation, Responsibility, OneTimeToken, AuditRow)]


def test_asked_on_the_first_day_of_term_reminded_twice_and_told_further_up(town, at):
    calendar = [
        (0, ("confirm_entry", "helena")),
        (7, ("confirm_reminder", "helena")),
        (14, ("confirm_reminder", "helena")),
        (21, ("confirm_silence", "chef")),
        (28, ("confirm_silence", "admin")),
    ]
    for day in range(35):
        at(TERM_DAY + timedelta(days=day))
        confirmations.watch(STARTS)
        confirmations.watch(STARTS)
        assert told() == [letter for since, letter in calendar if since <= day], day
    asked = TermConfirmation.get()
    assert (asked.term, asked.reminders, asked.level) == ("HT2026", 2, 2)
    assert [(one.level, one.slug) for one in confirmations.waiting(acting("chef"))] == [(2, town.slug)]


def test_after_a_long_stop_one_reminder_makes_good_for_two(town, at):
    confirmations.watch(STARTS)
    at(TERM_DAY + timedelta(days=15))
    confirmations.watch(STARTS)
    assert told("confirm_reminder") == [("confirm_reminder", "helena")]


def test_who_has_answered_is_left_in_peace_until_next_term(town, at):
    confirmations.watch(STARTS)
    assert confirmations.confirm_by_letter(link()) == 1
    at(TERM_DAY + timedelta(days=30))
    confirmations.watch(STARTS)
    assert told() == [("confirm_entry", "helena")]
    at(datetime(2027, 1, 10, 8, tzinfo=UTC))
    confirmations.watch(STARTS)
    assert told() == [("confirm_entry", "helena")] * 2


@pytest.mark.parametrize("confirmed_on", [date(2026, 8, 20), date(2026, 9, 1)])
def test_who_confirmed_this_term_is_not_asked(town, confirmed_on):
    Responsibility.update(confirmed_on=confirmed_on).execute()
    confirmations.watch(STARTS)
    assert told() == []


def test_nor_are_those_who_have_left_or_not_begun_or_deputies_or_closed_units(town):
    Responsibility.update(ends_on=date(2026, 8, 19)).execute()
    make.responsible(town, starts_on=date(2026, 8, 21))
    make.responsible(town, role="deputy")
    make.responsible(make.unit("Stängd", status="closed"))
    confirmations.watch(STARTS)
    assert told() == []


def test_one_person_with_three_units_gets_one_letter_and_one_page(town):
    for name in ("Ett", "Två"):
        make.responsible(make.unit(name, organizer=town.organizer), town.bba.person)
    confirmations.watch(STARTS)
    assert told() == [("confirm_entry", "helena")]
    asked = confirmations.look(link())
    assert asked.term == "höstterminen 2026" and len(asked.open) == 3
    assert confirmations.confirm_by_letter(link(), town.bba.id) == 1
    assert len(confirmations.look(link()).open) == 2
    assert confirmations.confirm_by_letter(link()) == 2
    assert confirmations.look(link()).open == ()
    assert confirmations.confirm_by_letter(link()) == 0


@pytest.mark.parametrize("protected", [True, False])
def test_who_has_no_address_is_asked_through_the_unit_head(town, protected):
    hidden = {"name": "", "phone": "", "protected": True, "function_name": "Ansvarig", "switchboard": "08-465 004 01"}
    Person.update(**{"email": "", **(hidden if protected else {})}).execute()
    confirmations.watch(STARTS)
    assert told() == [("confirm_entry", "chef")]
    assert letters.facts_of(Letter.get())["yours"] is False
    Grant.delete().where(Grant.duty == "unit_head").execute()
    TermConfirmation.delete().execute()
    confirmations.watch(STARTS)
    assert told()[-1] == ("confirm_entry", "admin")


def test_with_an_account_the_letter_goes_there_though_no_address_is_public(town):
    Person.update(email="").execute()
    account("helena", person=town.bba.person)
    confirmations.watch(STARTS)
    assert told() == [("confirm_entry", "helena")]


def test_looking_changes_nothing_and_confirming_is_seen_by_everybody(town):
    confirmations.watch(STARTS)
    before = everything()
    assert confirmations.look(link()).entries[0].page.bba.name == "Helena Exempelsson"
    assert before == [
        list(model.select().dicts()) for model in (TermConfirmation, Responsibility, OneTimeToken, AuditRow)
    ]
    version = versions.current(versions.DIRECTORY)
    assert directory.unit_page(town.slug, date(2026, 8, 20)).bba.is_unconfirmed(STARTS)
    confirmations.confirm_by_letter(link())
    assert not directory.unit_page(town.slug, date(2026, 8, 20)).bba.is_unconfirmed(STARTS)
    assert versions.current(versions.DIRECTORY) > version
    assert EntryChange.get().by == "Den som fick brevet"
    row = AuditRow.select().order_by(AuditRow.id.desc()).get()
    assert (row.actor, row.action, row.fields, row.unit) == ("letter", "entry:confirm", "confirmed_on", town.id)


def test_the_links_of_all_letters_work_until_the_person_has_left(town, at):
    confirmations.watch(STARTS)
    at(TERM_DAY + timedelta(days=7))
    confirmations.watch(STARTS)
    assert OneTimeToken.select().count() == 2 and confirmations.look(link()) is not None
    for wrong in ("", "x" * 43, link()[:-1], link().swapcase()):
        assert confirmations.look(wrong) is None and confirmations.confirm_by_letter(wrong) is None
    Responsibility.update(ends_on=date(2026, 8, 26)).execute()
    assert confirmations.look(link()) is None and confirmations.confirm_by_letter(link()) is None


def test_nothing_of_the_secret_is_kept_readable(town):
    confirmations.watch(STARTS)
    token = OneTimeToken.get()
    assert link() not in token.digest and link().encode() not in bytes(Letter.get().facts)
    assert b"responsibilities" not in bytes(token.payload)


def test_of_many_answers_at_once_one_counts(town):
    confirmations.watch(STARTS)
    secret, ready, won = link(), threading.Barrier(6, timeout=10), []

    def press() -> None:
        with connection():
            ready.wait()
            won.append(confirmations.confirm_by_letter(secret))

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [0] * 5 + [1]
    assert AuditRow.select().where(AuditRow.action == "entry:confirm").count() == 1


def test_signed_in_the_head_confirms_asked_or_not_and_the_county_may_not(town):
    confirmations.confirm(acting("chef"), town.slug)
    assert Responsibility.get().confirmed_on == date(2026, 8, 20)
    Responsibility.update(confirmed_on=LAST_TERM).execute()
    confirmations.watch(STARTS)
    with pytest.raises(Refused):
        confirmations.confirm(acting("lan"), town.slug)
    confirmations.confirm(acting("chef"), town.slug)
    assert TermConfirmation.get().answered_by.key == "chef"
    assert confirmations.waiting(acting("chef")) == []


def test_without_a_bba_there_is_nothing_to_confirm_and_strangers_find_nothing(town):
    account("granne", "organizer_admin", organizer=make.organizer("Granne"))
    with pytest.raises(confirmations.NothingToConfirm):
        confirmations.confirm(acting("granne"), town.slug)
    Responsibility.delete().execute()
    with pytest.raises(confirmations.NothingToConfirm):
        confirmations.confirm(acting("chef"), town.slug)


def test_a_change_of_the_entry_is_an_answer(town):
    unit = Unit.get_by_id(town.id)
    assert not confirmations.answer_by_change(acting("chef"), unit)
    confirmations.watch(STARTS)
    assert confirmations.answer_by_change(acting("chef"), unit)
    assert TermConfirmation.get().answer == "edited" and Responsibility.get().confirmed_on == date(2026, 8, 20)


def test_an_answer_settles_older_terms_too(town, at):
    confirmations.watch(STARTS)
    at(datetime(2027, 1, 11, 8, tzinfo=UTC))
    confirmations.watch(STARTS)
    assert len(confirmations.waiting(acting("chef"))) == 1
    confirmations.confirm(acting("chef"), town.slug)
    assert confirmations.waiting(acting("chef")) == []
    assert not TermConfirmation.select().where(TermConfirmation.answered_at.is_null()).exists()
