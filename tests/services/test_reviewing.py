"""Two review an application: each may do what the rules allow, once, and what is approved comes to be whole."""

from __future__ import annotations

import json
import threading
from collections import Counter
from datetime import date

import pytest

from tbb import clock, database
from tbb.models import (
    Account,
    Application,
    ApplicationEvent,
    ApplicationUnit,
    AuditRow,
    EntryChange,
    Grant,
    Joining,
    Letter,
    Organizer,
    Person,
    Posting,
    Responsibility,
    Unit,
)
from tbb.policy import COMMAND, VISITOR, Refused
from tbb.services import actors, applying, approving, directory, letters, reviewing, versions
from tests import applications, make
from tests.applications import ORGNR, leader

ROUNDS = 50
CALL = "Olle Testborg, 08-465 004 12 (registret: Skolan), 2026-11-20"


@pytest.fixture
def pair(db):
    """Two process leaders."""
    return leader(1), leader(2)


def recommended(first, **more) -> Application:
    """An application that one has recommended."""
    found = applications.sent(**more)
    assert reviewing.recommend(first, found.reference, found.version, CALL)
    return Application.get_by_id(found.id)


def code(number: int = 1) -> dict:
    return {"scheme": "skolenhetskod", "code": f"9900001{number}", "name": f"Skola {number}", "kind": "compulsory"}


def test_a_draft_is_not_for_the_reviewers(pair):
    secret = applications.begun()
    reference = applying.find(secret).application.reference
    assert reviewing.review(pair[0], reference) is None
    assert not reviewing.decline(pair[0], reference, 0, "x")
    assert sum(reviewing.counts(pair[0]).values()) == 0


def test_only_process_leaders_read(pair):
    found = applications.sent()
    for stranger in (VISITOR, COMMAND):
        for read in (
            lambda who: reviewing.listing(who, "att-granska"),
            reviewing.counts,
            lambda who: reviewing.review(who, found.reference),
        ):
            with pytest.raises(Refused):
                read(stranger)


def test_the_list_shows_what_waits_and_how_long(pair, at):
    found = applications.sent()
    (line,) = reviewing.listing(pair[0], "att-granska")
    assert (line.reference, line.organization, line.units, line.days) == (
        found.reference,
        "Friskolan Ekollonet AB",
        1,
        0,
    )
    assert reviewing.counts(pair[0]) == {"att-granska": 1, "andra-beslut": 0, "vantar-svar": 0, "avslutade": 0}
    reviewing.recommend(pair[0], found.reference, found.version, CALL)
    assert reviewing.listing(pair[1], "andra-beslut")[0].first_by == "Ledare 1"


def test_without_a_call_nobody_recommends(pair):
    found = applications.sent()
    with pytest.raises(ValueError):
        reviewing.recommend(pair[0], found.reference, found.version, "  ")
    assert Application.get().state == "sent"


def test_the_one_who_recommends_cannot_approve_and_the_other_can(pair):
    found = recommended(pair[0])
    for _ in range(2):
        with pytest.raises(Refused):
            approving.approve(pair[0], found.reference, found.version)
    assert Application.get().state == "recommended" and not Unit.select().exists()
    approving.approve(pair[1], found.reference, found.version)
    assert Application.get().state == "approved"


def test_nobody_reviews_their_own_organization_or_application(pair):
    own = make.organizer("Ekollonet", "independent", orgnr=ORGNR)
    insider, applicant = leader(3, organizer=own), leader(4)
    Account.update(email=applications.EMAIL).where(Account.id == applicant.account).execute()
    found = recommended(pair[0])
    for actor in (insider, applicant):
        assert not reviewing.review(actor, found.reference).may_review
        for act in (
            lambda who: reviewing.ask(who, found.reference, found.version, "x"),
            lambda who: reviewing.decline(who, found.reference, found.version, "x"),
            lambda who: approving.approve(who, found.reference, found.version),
        ):
            with pytest.raises(Refused):
                act(actor)
    assert Application.get().state == "recommended"


def test_a_question_goes_to_the_applicant_who_answers_and_sends_again(pair):
    found = recommended(pair[0])
    reviewing.ask(pair[1], found.reference, found.version, "Är det ett personnummer?\nEller två?")
    secret = applications.newest_link()
    draft = applying.find(secret)
    assert draft.editable and draft.question == "Är det ett personnummer?\nEller två?"
    assert draft.application.first_by is None and draft.application.called_back == ""
    applications.put(secret, "kontakt", applications.CONTACT | {"questions": "Nej."})
    applying.send(VISITOR, secret, tell_address="x@tbb.example")
    again = Application.get()
    assert again.state == "sent"
    with pytest.raises(reviewing.Overtaken):
        approving.approve(pair[1], again.reference, again.version)
    whats = [each.what for each in ApplicationEvent.select().order_by(ApplicationEvent.id)]
    assert whats == ["sent", "recommended", "asked", "sent"]


def test_a_declined_application_says_why_and_makes_nothing(pair):
    found = applications.sent()
    reviewing.decline(pair[0], found.reference, found.version, "Numret är fel.")
    letter = Letter.get(Letter.template == "application_decided")
    assert letter.recipient == applications.EMAIL
    assert letters.facts_of(letter)["reason"] == "Numret är fel."
    assert not (Unit.select().exists() or Organizer.select().exists() or Joining.select().exists())
    for act in (reviewing.decline, reviewing.ask, reviewing.recommend):
        with pytest.raises(reviewing.Overtaken):
            act(pair[1], found.reference, found.version + 1, "en gång till")


# What an approval makes


def test_an_approval_makes_everything_at_once_and_the_public_page_shows_it(pair):
    before = versions.current(versions.DIRECTORY)
    found = recommended(pair[0])
    approving.approve(pair[1], found.reference, found.version)
    organizer, unit, part = Organizer.get(), Unit.get(), Responsibility.get()
    assert (organizer.kind, organizer.orgnr) == ("independent", ORGNR)
    assert (unit.organizer, unit.slug) == (organizer, "forskolan-ekollonet-exempelby")
    assert (part.unit, part.role, part.mandate, part.starts_on) == (unit, "bba", "decision_maker", clock.today())
    page = directory.unit_page(unit.slug, clock.today())
    assert (page.bba.name, page.bba.phone) == ("Maja Skissberg", "070-174 06 23")
    assert Posting.select().where(Posting.unit_id == unit.id).exists()
    assert versions.current(versions.DIRECTORY) > before
    joining = Joining.get()
    assert (joining.state, joining.agreement, joining.wants_visit) == ("joined", 1, True)
    assert joining.renew_by == approving.a_year_after(clock.today())
    applicant = actors.of_account(Account.get(Account.email == applications.EMAIL).id)
    assert applicant.organizers("organizer_admin") == {organizer.id}
    responsible = Account.get(Account.email == "maja@ekollonet.example")
    assert responsible.person == part.person and actors.of_account(responsible.id).units("bba") == {unit.id}
    sent = Counter(each.recipient for each in Letter.select().where(Letter.template == "invitation"))
    assert sent[applications.EMAIL] == sent["maja@ekollonet.example"] == 1
    assert EntryChange.get().what == "appoint"
    acts = {row.action for row in AuditRow.select()}
    assert acts >= {"application:approve", "unit:create", "bba:appoint", "account:invite", "duty:give"}


def test_an_approval_happens_once_however_often_it_is_asked(pair):
    found = recommended(pair[0])
    approving.approve(pair[1], found.reference, found.version)
    for version in (found.version, found.version + 1):
        with pytest.raises(reviewing.Overtaken):
            approving.approve(pair[1], found.reference, version)
    assert [model.select().count() for model in (Organizer, Unit, Responsibility, ApplicationUnit, Joining)] == [1] * 5


def test_what_the_register_has_is_found_and_not_made_again(pair):
    own = make.organizer("Ekollonet i registret", "independent", orgnr=ORGNR)
    known = make.unit("Skola 1", organizer=own, ids={"skolenhetskod": "99000011"})
    nobodys = make.unit("Skola 2", ids={"skolenhetskod": "99000012"})
    found = recommended(pair[0], units=(code(1), code(2)))
    approving.approve(pair[1], found.reference, found.version)
    assert Organizer.get().name == "Ekollonet i registret" and Unit.select().count() == 2
    assert {each.unit_id for each in Responsibility.select()} == {known.id, nobodys.id}
    assert Unit.get_by_id(nobodys.id).organizer == own
    assert Person.select().where(Person.name == "Maja Skissberg").count() == 1
    assert (
        Letter.select().where(Letter.template == "invitation", Letter.recipient == "maja@ekollonet.example").count()
        == 1
    )


def test_who_is_responsible_already_stays_and_the_applicant_is_told(pair):
    own = make.organizer("Ekollonet", "independent", orgnr=ORGNR)
    known = make.unit("Skola 1", organizer=own, ids={"skolenhetskod": "99000011"})
    make.responsible(known)
    found = recommended(pair[0], units=(code(1),))
    approving.approve(pair[1], found.reference, found.version)
    assert [each.person.name for each in Responsibility.select()] == ["Helena Exempelsson"]
    assert letters.facts_of(Letter.get(Letter.template == "application_decided"))["kept"] == ["Skola 1"]
    assert not Account.select().where(Account.email == "maja@ekollonet.example").exists()


@pytest.mark.parametrize("why", ["taken over", "municipal", "closed", "gone"])
def test_what_the_register_is_against_is_not_approved_and_nothing_is_made(pair, why):
    other = make.organizer("De andra", "independent", orgnr="5599002002")
    own = make.organizer("Ekollonet", "municipal" if why == "municipal" else "independent", orgnr=ORGNR)
    unit = make.unit("Skola 1", organizer=own, ids={"skolenhetskod": "99000011"})
    found = recommended(pair[0], units=(code(1),))
    if why == "taken over":
        Unit.update(organizer=other).execute()
    elif why == "closed":
        Unit.update(status="closed").execute()
    elif why == "gone":
        unit.delete_instance(recursive=True)
    with pytest.raises(approving.CannotApprove) as problem:
        approving.approve(pair[1], found.reference, found.version)
    assert problem.value.sentences and all(each.endswith(".") for each in problem.value.sentences)
    assert Application.get().state == "recommended"
    assert not (Responsibility.select().exists() or Joining.select().exists() or Grant.select().count() > 2)


def test_when_the_last_letter_fails_nothing_has_happened(pair, monkeypatch):
    found = recommended(pair[0])

    def fail(*_given, **_more):
        raise OSError("no paper")

    monkeypatch.setattr(approving.letters, "write", fail)
    with pytest.raises(OSError, match="no paper"):
        approving.approve(pair[1], found.reference, found.version)
    assert Application.get().state == "recommended" and not Unit.select().exists()
    assert not Organizer.select().exists() and not Joining.select().exists()


def test_a_special_mandate_is_kept_with_by_whom_and_when(pair):
    given = {"mandate": "delegated", "mandate_by": "Styrelsen", "mandate_on": "2026-11-01"}
    found = recommended(pair[0], bba=applications.BBA | given)
    approving.approve(pair[1], found.reference, found.version)
    part = Responsibility.get()
    assert (part.mandate, part.mandate_by, part.mandate_on) == ("delegated", "Styrelsen", date(2026, 11, 1))


def test_earlier_and_open_applications_are_found(pair):
    first = applications.sent()
    second = applications.sent("annan@ekollonet.example")
    review = reviewing.review(pair[0], first.reference)
    assert [each.reference for each in review.likes] == [second.reference] and review.earlier == []
    reviewing.decline(pair[0], second.reference, second.version, "dubbel")
    review = reviewing.review(pair[0], first.reference)
    assert review.likes == [] and [each.reference for each in review.earlier] == [second.reference]


# Races


def at_once(*acts) -> list[str]:
    """Do several things at the same moment, each on a connection of its own; tell how each went."""
    outcomes, ready = [], threading.Barrier(len(acts))

    def run(act) -> None:
        with database.connection():
            ready.wait()
            try:
                act()
                outcomes.append("done")
            except (reviewing.Overtaken, Refused) as problem:
                outcomes.append(type(problem).__name__)

    crowd = [threading.Thread(target=run, args=(act,)) for act in acts]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    return sorted(outcomes)


def test_of_two_decisions_at_once_exactly_one_is_made(pair):
    first, second = pair
    found = recommended(first)
    reference, version = found.reference, found.version
    start = json.loads(found.data)
    for number in range(ROUNDS):
        rivals = (
            lambda: approving.approve(second, reference, version),
            lambda: reviewing.decline(first, reference, version, "nej"),
            lambda: approving.approve(second, reference, version),
        )
        assert at_once(*rivals[number % 2 : number % 2 + 2]) == ["Overtaken", "done"]
        state = Application.get().state
        assert state in ("approved", "declined")
        made = 1 if state == "approved" else 0
        assert [model.select().count() for model in (Unit, Responsibility, Joining)] == [made] * 3
        assert Letter.select().where(Letter.template == "application_decided").count() == 1
        _again(found, start)


def test_of_two_who_recommend_at_once_one_is_first(pair):
    found = applications.sent()
    for _ in range(ROUNDS // 5):
        acts = [lambda who=who: reviewing.recommend(who, found.reference, found.version, CALL) for who in pair]
        assert at_once(*acts) == ["Overtaken", "done"]
        assert ApplicationEvent.select().where(ApplicationEvent.what == "recommended").count() == 1
        ApplicationEvent.delete().execute()
        Application.update(state="sent", version=found.version, first_by=None).execute()
        Letter.delete().where(Letter.template == "application_waiting").execute()


def _again(found: Application, data: dict) -> None:
    """Put everything back as it was before the decision."""
    Letter.delete().where(Letter.template << ["application_decided", "invitation"]).execute()
    ApplicationUnit.delete().execute()
    Joining.delete().execute()
    Responsibility.delete().execute()
    Unit.delete().execute()
    Application.update(
        state="recommended",
        version=found.version,
        settled_by=None,
        settled_at=None,
        organizer=None,
        data=json.dumps(data),
    ).execute()
