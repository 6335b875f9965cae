"""Where every independent organisation stands: offers, contacts, the yearly question, and leaving."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tbb import clock
from tbb.models import (
    Account,
    AuditRow,
    EntryChange,
    Grant,
    Joining,
    JoiningNote,
    Letter,
    Organizer,
    Responsibility,
    Unit,
)
from tbb.models.kinds import Duty, JoiningState
from tbb.policy import VISITOR, Refused
from tbb.services import actors, agreements, directory, invitations, joining, joining_list
from tbb.services.joining_list import SILENT, Chosen
from tests import make
from tests.applications import leader

NOON = datetime(2026, 11, 23, 12, 0, 1, tzinfo=UTC)
TODAY = NOON.date()


@pytest.fixture
def county(db, at):
    """Three independent organisations in two municipalities, one municipal one, and a process leader."""
    at(NOON)
    here, there = make.municipality("Exempelby"), make.municipality("Provstad")
    for name, where in (("Ängen", here), ("Ekollonet", here), ("Månen", there)):
        organizer = make.organizer(name, "independent")
        make.unit(f"Skolan {name}", where=where, organizer=organizer)
    make.organizer("Exempelby kommun", "municipal")
    return leader(1)


def named(name: str) -> Organizer:
    return Organizer.get(Organizer.name == name)


def admin_of(organizer: Organizer, email: str = "admin@ekollonet.example"):
    """Somebody who runs an organisation."""
    account = invitations.invite(VISITOR, email=email, name="Rut Provlund", organizer=organizer)
    Grant.create(
        account=account,
        duty=Duty.ORGANIZER_ADMIN,
        organizer=organizer,
        starts_on=date(2025, 1, 1),
        given_at=clock.now(),
    )
    return actors.of_account(account.id)


def joined(name: str = "Ekollonet", **more) -> Joining:
    """An organisation that has joined a year ago less a month."""
    values = {"state": "joined", "changed_on": TODAY, "joined_on": date(2025, 12, 20), "renew_by": date(2026, 12, 20)}
    return Joining.create(organizer=named(name), agreement=agreements.CURRENT, **values | more)


def test_every_independent_organization_of_the_register_is_there_from_the_start(county):
    found = joining_list.organizations(county, Chosen())
    assert [line.name for line in found.lines] == ["Ekollonet", "Månen", "Ängen"]
    assert {line.state for line in found.lines} == {"not_offered"}
    assert found.counts["not_offered"] == found.counts[""] == 3
    assert not Joining.select().exists()


def test_the_list_is_narrowed_by_state_municipality_and_name(county):
    joining.offer(county, [named("Månen").id], on=TODAY, how="letter", text="")
    narrow = {
        Chosen("offered"): ["Månen"],
        Chosen("not_offered"): ["Ekollonet", "Ängen"],
        Chosen(municipality="provstad"): ["Månen"],
        Chosen("not_offered", "provstad"): [],
        Chosen(text="EKOLL"): ["Ekollonet"],
        Chosen(municipality="no-such"): [],
    }
    for chosen, names in narrow.items():
        assert [line.name for line in joining_list.organizations(county, chosen).lines] == names
    paged = joining_list.organizations(county, Chosen(), page=9, size=2)
    assert (paged.page, paged.pages, paged.total, len(paged.lines)) == (2, 2, 3, 1)


def test_an_offer_is_written_down_once_and_only_for_independent_ones(county):
    everybody = [each.id for each in Organizer.select()]
    assert joining.offer(county, everybody, on=TODAY, how="letter", text="Broschyr.") == 3
    assert joining.offer(county, everybody, on=TODAY, how="letter", text="Broschyr.") == 0
    assert JoiningNote.select().count() == 3 and not Letter.select().where(Letter.template != "invitation").exists()
    assert [row.action for row in AuditRow.select()].count("joining:offer") == 3


def test_a_contact_may_lead_to_a_new_state_but_never_to_joined(county):
    organizer = named("Ängen")
    joining.note(county, organizer, on=TODAY, how="phone", text="Ring igen.")
    assert Joining.get().state == "not_offered"
    joining.note(county, organizer, on=TODAY, how="phone", text="Ja tack.", state="interested")
    assert (Joining.get().state, JoiningNote.select().count()) == ("interested", 2)
    for state in ("joined", "not_offered"):
        with pytest.raises(Refused):
            joining.note(county, organizer, on=TODAY, how="phone", text="", state=state)
    joined("Månen")
    joining.note(county, named("Månen"), on=TODAY, how="visit", text="Fint.", state="declined")
    assert Joining.get(Joining.organizer == named("Månen")).state == "joined"


def test_only_the_county_lists_and_notes_and_an_admin_sees_only_their_own(county):
    admin = admin_of(named("Ekollonet"))
    for act in (
        lambda: joining_list.organizations(admin, Chosen()),
        lambda: joining.offer(admin, [1], on=TODAY, how="letter", text=""),
        lambda: joining.note(admin, named("Ekollonet"), on=TODAY, how="phone", text=""),
        lambda: joining_list.organization(admin, named("Ängen")),
    ):
        with pytest.raises(Refused):
            act()
    assert joining.find(admin, named("Ekollonet").id) == named("Ekollonet")
    assert joining.find(admin, named("Ängen").id) is None
    assert joining.find(county, named("Exempelby kommun").id) is None
    joined()
    joining.note(county, named("Ekollonet"), on=TODAY, how="phone", text="hemligt")
    shown = joining_list.organization(admin, named("Ekollonet"))
    assert shown.notes == [] and shown.may_leave and not shown.may_note


# The yearly question


def test_the_question_comes_thirty_days_before_and_once_more_and_then_silence_is_listed(county, at):
    admin_of(named("Ekollonet"))
    joined(renew_by=date(2026, 12, 31))

    def asked() -> int:
        joining.keep_up()
        joining.keep_up()
        return Letter.select().where(Letter.template == "joining_renewal").count()

    for day, letters_so_far in (("11-30", 0), ("12-01", 1), ("12-20", 1), ("12-24", 2), ("12-31", 2)):
        at(datetime.fromisoformat(f"2026-{day}T12:00:00+00:00"))
        assert asked() == letters_so_far, day
    assert joining_list.organizations(county, Chosen(SILENT)).lines == []
    at(datetime(2027, 1, 1, 12, tzinfo=UTC))
    assert asked() == 2
    assert [line.name for line in joining_list.organizations(county, Chosen(SILENT)).lines] == ["Ekollonet"]


def test_going_on_moves_the_day_a_year_and_only_when_it_is_time(county):
    admin = admin_of(named("Ekollonet"))
    joined()
    kept = joining.renew(admin, named("Ekollonet"), agreements.CURRENT)
    assert kept.renew_by == date(2027, 12, 20)
    with pytest.raises(joining.NotNow):
        joining.renew(admin, named("Ekollonet"), agreements.CURRENT)
    assert Joining.get().renew_by == date(2027, 12, 20)


def test_a_late_yes_counts_from_the_old_day_and_ends_up_ahead(county, at):
    admin = admin_of(named("Ekollonet"))
    joined(renew_by=date(2024, 2, 29))
    assert joining.renew(admin, named("Ekollonet"), agreements.CURRENT).renew_by == date(2027, 2, 28)


def test_going_on_is_for_the_organizations_own_and_under_the_text_that_was_shown(county, monkeypatch):
    admin, stranger = admin_of(named("Ekollonet")), admin_of(named("Ängen"), "annan@ekollonet.example")
    joined()
    for actor in (stranger, county):
        with pytest.raises(Refused):
            joining.renew(actor, named("Ekollonet"), agreements.CURRENT)
    monkeypatch.setattr(agreements, "CURRENT", 2)
    with pytest.raises(joining.NotNow):
        joining.renew(admin, named("Ekollonet"), 1)
    assert joining.renew(admin, named("Ekollonet"), 2).agreement == 2


# Leaving


def test_leaving_ends_what_it_must_on_the_day_and_erases_nothing(county, at):
    organizer = named("Ekollonet")
    admin = admin_of(organizer)
    unit = Unit.get(Unit.organizer == organizer)
    make.responsible(unit)
    make.responsible(unit, make.person("Omar Provberg"), role="deputy")
    joined()
    last = TODAY + timedelta(days=10)
    joining.leave(admin, organizer, last, "Vi lägger ner.")
    assert {part.ends_on for part in Responsibility.select()} == {last}
    assert Grant.get(Grant.organizer == organizer).ends_on == last
    assert directory.unit_page(unit.slug, last).bba.name == "Helena Exempelsson"
    assert EntryChange.select().where(EntryChange.what == "end").count() == 2
    assert Letter.get(Letter.template == "joining_left").recipient == "admin@ekollonet.example"
    assert joining.keep_up() == 0 and Joining.get().state == "joined"
    at(NOON + timedelta(days=11))
    assert (joining.keep_up(), joining.keep_up()) == (1, 0)
    assert Joining.get().state == "declined"
    assert directory.unit_page(unit.slug, clock.today()).bba is None
    assert actors.of_account(admin.account).held == frozenset()
    assert Account.get_by_id(admin.account) and Responsibility.select().count() == 2


@pytest.mark.parametrize("days", [-1, -400])
def test_nobody_leaves_on_a_day_that_has_been(county, days):
    joined()
    with pytest.raises(joining.CannotLeave):
        joining.leave(county, named("Ekollonet"), TODAY + timedelta(days=days), "")
    assert Joining.get().left_on is None


def test_leaving_waits_for_what_is_planned_after_it(county):
    joined()
    unit = Unit.get(Unit.organizer == named("Ekollonet"))
    make.responsible(unit, starts_on=TODAY + timedelta(days=30))
    with pytest.raises(joining.CannotLeave, match="planerad"):
        joining.leave(county, named("Ekollonet"), TODAY + timedelta(days=10), "")
    assert Responsibility.get().ends_on is None and Joining.get().left_on is None


def test_only_who_has_joined_leaves_once_and_strangers_leave_nobody(county):
    stranger = admin_of(named("Ängen"))
    with pytest.raises(joining.CannotLeave):
        joining.leave(county, named("Ekollonet"), TODAY, "")
    joined()
    with pytest.raises(Refused):
        joining.leave(stranger, named("Ekollonet"), TODAY, "")
    joining.leave(county, named("Ekollonet"), TODAY, "")
    with pytest.raises(joining.CannotLeave):
        joining.leave(county, named("Ekollonet"), TODAY, "")


def test_the_states_are_those_of_the_county(county):
    assert set(joining.BY_HAND) == set(JoiningState) - {JoiningState.NOT_OFFERED, JoiningState.JOINED}
