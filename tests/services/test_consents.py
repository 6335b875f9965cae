"""Consent to share across a border: what it takes, what ends it, and that nothing waits on without it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection, rows, transaction
from tbb.models import Account, AuditRow, Case, Consent, DoomedKey, Letter, OwnerRules, Participant, Unit, Wheel
from tbb.policy import Refused
from tbb.services import actors, case_files, consent_days, consent_taking, consents, meeting_shelf
from tbb.services.consent_taking import Scope
from tbb.services.consents import Voice
from tbb.services.demo_cast import account_of
from tests import make_cases, make_meetings
from tests.at_work import units


@pytest.fixture
def here(county):
    """The demo county with a connection."""
    with connection():
        yield units()


def actor(persona: str):
    """Somebody of the cast, as they are when they have signed in with two factors."""
    return actors.of_account(account_of(persona), strong=True)


BOTH = ("guardian_1", "guardian_2", "child")
ONLY_ONE = ("guardian_1", "child")
OF_AGE = ("child",)
MATRIX = (
    (BOTH, ("yes", "yes", "yes"), "", ""),
    (BOTH, ("yes", "yes", "not_asked"), "", ""),
    (BOTH, ("yes", "not_asked", "yes"), "guardians", ""),
    (BOTH, ("not_asked", "yes", "yes"), "guardians", ""),
    (BOTH, ("yes", "no", "yes"), "guardians", "guardians"),
    (BOTH, ("yes", "yes", "no"), "child", "child"),
    (ONLY_ONE, ("yes", "yes"), "", ""),
    (ONLY_ONE, ("not_asked", "yes"), "guardians", "guardians"),
    (ONLY_ONE, ("yes", "no"), "child", "child"),
    (OF_AGE, ("yes",), "", ""),
    (OF_AGE, ("no",), "child", "child"),
)
"""Who decides, what they answered, and what is missing where both guardians must say yes, and where one is enough."""


def said(answer: str) -> Voice:
    """An answer that was given aloud today."""
    return Voice() if answer == "not_asked" else Voice(answer, "oral", clock.today())


def record(case: Case, to: Unit, *answers: str, days: int = 30, who=BOTH) -> Consent:
    """Let a case's BBA write down what guardian 1, guardian 2 and the child have answered."""
    return consent_taking.record(
        actor("bba"),
        case=case,
        voices={each: said(answer) for each, answer in zip(who, answers, strict=False)},
        units=[to],
        information="Det som vi har sett om trygghet.",
        ends_on=clock.today() + timedelta(days=days),
    )


ONLY_ONE = ("guardian_1", "child")
OF_AGE = ("child",)


def test_who_must_have_said_yes(here):
    case, rules = make_cases.case(here["own"]), OwnerRules(organizer=here["own"].organizer_id, changed_at=clock.now())
    for who, answers, with_both, with_one in MATRIX:
        record(case, here["other"], *answers, who=who)
        for guardians, why in (("both", with_both), ("one", with_one)):
            rules.guardians = guardians
            rules.save()
            assert consents.why_not(case, here["other"]) == why, (who, answers, guardians)
            assert consents.covers(case, here["other"]) is (not why)


def test_it_covers_only_whom_it_names_and_only_until_its_end(here):
    case = make_cases.case(here["own"])
    assert consents.why_not(case, here["other"]) == "none"
    record(case, here["other"], "yes", "yes", "yes", days=30)
    assert consents.why_not(case, here["sister"]) == "unit"
    last = clock.today() + timedelta(days=30)
    assert consents.covers(case, here["other"], last)
    assert consents.why_not(case, here["other"], last + timedelta(days=1)) == "ended"


def test_a_new_version_replaces_the_one_before_and_nothing_is_edited(here):
    case = make_cases.case(here["own"])
    first = record(case, here["other"], "yes", "yes", "yes")
    before = rows("SELECT * FROM consent WHERE id = ?", (first.id,))
    record(case, here["other"], "yes", "yes", "no")
    assert rows("SELECT * FROM consent WHERE id = ?", (first.id,)) == before
    assert not consents.covers(case, here["other"])
    assert [(one.version, one.newest, one.holds) for one in consents.of_case(case)] == [
        (2, True, True),
        (1, False, False),
    ]
    third = record(case, here["other"], "yes", "yes", "yes")
    consent_taking.withdraw(actor("bba"), third.key)
    assert consents.why_not(case, here["other"]) == "withdrawn", "an older yes does not come back"
    with pytest.raises(consent_taking.NotThere):
        consent_taking.withdraw(actor("bba"), third.key)


def test_what_it_says_is_sealed_and_bound_to_its_row(here):
    case = make_cases.case(here["own"])
    one, two = (record(case, here["other"], "yes", "yes", "yes") for _ in range(2))
    stored = rows("SELECT information FROM consent ORDER BY id")
    assert all(b"trygghet" not in bytes(body) for (body,) in stored)
    assert consents.of_case(case)[0].information == "Det som vi har sett om trygghet."
    Consent.update(information=Consent.get_by_id(one.id).information).where(Consent.id == two.id).execute()
    with pytest.raises(Exception, match="belong here"):
        consents.of_case(case)
    told = AuditRow.select().where(AuditRow.action == "consent:record")
    assert {(row.thing, row.thing_id, row.fields) for row in told} == {
        ("case", case.reference, "ends_on,information,units,voices")
    }


def test_what_is_no_consent_is_refused(here):
    case = make_cases.case(here["own"])
    good = {
        "voices": {"guardian_1": said("yes"), "child": said("yes")},
        "units": [here["other"]],
        "information": "Allt.",
        "ends_on": clock.today() + timedelta(days=10),
    }
    bad = {
        "nobody asked": {"voices": {"guardian_1": Voice(), "child": Voice()}},
        "no unit": {"units": []},
        "no words": {"information": "  "},
        "over": {"ends_on": clock.today() - timedelta(days=1)},
        "too long": {"ends_on": clock.today() + timedelta(days=400)},
        "no way": {"voices": {"guardian_1": Voice("yes")}},
    }
    for changed in bad.values():
        with pytest.raises(consent_taking.BadConsent):
            consent_taking.record(actor("bba"), case=case, **good | changed)
    assert not Consent.select().exists()


def test_only_those_who_work_with_it_record_and_withdraw(here):
    case = make_cases.case(here["own"])
    mine = record(case, here["other"], "yes", "yes", "yes")
    draft = make_cases.draft(account_of("personal"), here["own"], here["other"])
    given = {
        "voices": {"guardian_1": said("yes")},
        "units": [here["other"]],
        "information": "Allt.",
        "ends_on": clock.today(),
    }
    consent_taking.record(actor("personal"), wheel=draft, **given)
    for persona in ("personal", "enhetschef", "huvudman", "granne", "ersattare", "processledare"):
        with pytest.raises(Refused):
            consent_taking.record(actor(persona), case=case, **given)
        with pytest.raises(consent_taking.NotThere):
            consent_taking.withdraw(actor(persona), mine.key)
    with pytest.raises(Refused):
        consent_taking.record(actor("bba"), wheel=draft, **given)


@transaction
def offer(case: Case, to: Unit, **more) -> Wheel:
    """Send a case's wheel on to another unit, without asking the gate."""
    wheel = make_cases.draft(account_of("bba"), case.unit, to, handover_of=case, crosses=True, **more)
    case_files.open_case(actor("bba"), wheel)
    wheel.state, wheel.sent_at = "sent", clock.now()
    wheel.save()
    return wheel


def test_withdrawing_stops_what_waits_across_the_border_and_forgets_it_there(here):
    case = make_cases.case(here["own"], received_at=clock.now(), state="mapping")
    given = record(case, here["other"], "yes", "yes", "yes")
    wheel, nearby = offer(case, here["other"]), offer(case, here["sister"])
    Wheel.update(crosses=False).where(Wheel.id == nearby.id).execute()
    taken = offer(case, here["other"])
    Case.update(state="received").where(Case.id == taken.case_id).execute()
    consent_taking.withdraw(actor("bba"), given.key)
    assert not consents.covers(case, here["other"])
    assert {each.id for each in Wheel.select().where(Wheel.handover_of == case)} == {nearby.id, taken.id}
    assert not Case.select().where(Case.id == wheel.case_id).exists()
    assert {wheel.seal} < {key.seal for key in DoomedKey.select()}
    assert Case.get_by_id(case.id).state == "mapping", "the old case stays where it is"
    assert [event.what for event in case.events.order_by(case.events.model.id)][-1] == "offer_ended"
    assert consents.of_case(case)[0].withdrawn_at is not None


def test_the_gate(here, at):
    own, sister, other = here["own"], here["sister"], here["other"]
    case = make_cases.case(own)
    me = account_of("bba")
    assert consents.lets_send(make_cases.draft(me, own, own))
    assert consents.lets_send(make_cases.draft(me, own, sister)), "another school of the same nämnd"
    assert not consents.lets_send(make_cases.draft(me, own)), "nobody is chosen"
    across = make_cases.draft(me, own, other)
    assert not consents.lets_send(across)
    assert consents.lets_send(make_cases.draft(me, own, other, about="anonymous"))
    handing = make_cases.draft(me, own, other, handover_of=case)
    assert not consents.lets_send(handing)
    record(case, other, "yes", "yes", "yes", days=5)
    assert consents.lets_send(handing), "the case's consent holds for the wheel that hands it over"
    assert not consents.lets_send(across), "and for no other wheel"
    at(clock.now() + timedelta(days=6))
    assert not consents.lets_send(handing), "it has gone out"


def test_what_the_childs_own_yes_weighs(here):
    case, rules = make_cases.case(here["own"]), OwnerRules(organizer=here["own"].organizer_id, changed_at=clock.now())
    rules.guardians = "one"
    rules.save()
    table = (
        ("heard", ("yes", "yes", "not_asked"), ""),
        ("with", ("yes", "yes", "not_asked"), "child_yes"),
        ("with", ("yes", "yes", "yes"), ""),
        ("with", ("not_asked", "not_asked", "yes"), "guardians"),
        ("alone", ("not_asked", "not_asked", "yes"), ""),
        ("alone", ("no", "no", "yes"), ""),
        ("alone", ("yes", "yes", "not_asked"), "child_yes"),
        ("alone", ("yes", "yes", "no"), "child"),
    )
    for maturity, answers, why in table:
        consent_taking.record(
            actor("bba"),
            case=case,
            voices={who: said(answer) for who, answer in zip(BOTH, answers, strict=True)},
            units=[here["other"]],
            information="Allt.",
            ends_on=clock.today(),
            maturity=maturity,
        )
        assert consents.why_not(case, here["other"]) == why, (maturity, answers)


def scoped(case: Case, *scopes: Scope, **more) -> Consent:
    """Let all three say yes to what each scope names."""
    told = {"voices": {who: said("yes") for who in BOTH}, "information": "Allt.", "ends_on": clock.today()}
    return consent_taking.record(actor("bba"), case=case, units=scopes, **(told | more))


def test_it_covers_only_the_areas_and_the_kinds_it_names(here):
    case, other, sister = make_cases.case(here["own"]), here["other"], here["sister"]
    scoped(case, Scope(other, ("halsa", "larande"), ("meeting",)), Scope(sister))
    assert consents.covers(case, other) and consents.covers(case, other, area="halsa", kind="meeting")
    assert consents.why_not(case, other, area="trygghet") == "area"
    assert consents.why_not(case, other, kind="plan") == "kind"
    assert consents.covers(case, sister, area="trygghet", kind="plan"), "nothing said is everything"
    stored = rows("SELECT areas, kinds FROM consent_party ORDER BY unit_id")
    assert sorted(stored) == [("", ""), ("halsa,larande", "meeting")]
    with pytest.raises(consent_taking.BadConsent):
        scoped(case, Scope(other, ()))
    with pytest.raises(consent_taking.BadConsent):
        scoped(case, Scope(other, ("okant",)))
    with pytest.raises(consent_taking.BadConsent):
        scoped(case, Scope(other, ("halsa",), noes=(("child", "hemmet"),)))


def test_one_no_to_one_service_or_area_closes_just_that(here):
    case, other, sister = make_cases.case(here["own"]), here["other"], here["sister"]
    made = scoped(
        case, Scope(other, ("halsa", "larande"), noes=(("child", "halsa"),)), Scope(sister, noes=(("guardian_2", ""),))
    )
    assert consents.why_not(case, other, area="halsa") == "cell" and consents.covers(case, other, area="larande")
    assert consents.why_not(case, sister) == "cell" and consents.covers(case, other)
    before = rows("SELECT * FROM consent WHERE id = ?", (made.id,))
    consent_taking.withdraw_cell(actor("bba"), made.key, other, "guardian_1", "larande")
    assert consents.why_not(case, other) == "cell", "nothing is left of it"
    assert rows("SELECT * FROM consent WHERE id = ?", (made.id,)) == before, "and the version is as it was"
    noes = consents.of_case(case)[0].parties
    assert {(no.who, no.area, no.withdrawn_at is None) for party in noes for no in party.noes} == {
        ("child", "halsa", True),
        ("guardian_2", "", True),
        ("guardian_1", "larande", False),
    }
    for who, area in (("guardian_1", "larande"), ("guardian_1", "trygghet"), ("nobody", "")):
        with pytest.raises(consent_taking.NotThere):
            consent_taking.withdraw_cell(actor("bba"), made.key, other, who, area)
    scoped(case, Scope(other))
    with pytest.raises(consent_taking.NotThere):
        consent_taking.withdraw_cell(actor("bba"), made.key, other, "guardian_1")  # an older version


def test_a_step_that_needs_consent_is_refused_with_the_names_of_those_who_lack_it(here):
    case = make_cases.case(here["own"])
    record(case, here["other"], "yes", "yes", "yes", days=5)
    consents.require_shared(case, [case.unit_id, here["other"]])
    with pytest.raises(consents.NotCovered) as problem:
        consents.require_shared(case, [here["other"], here["sister"].id])
    assert problem.value.units == consents.labels([here["sister"].id])
    with pytest.raises(consents.NotCovered):
        consents.require_shared(case, [here["other"]], clock.today() + timedelta(days=6))
    anonymous = make_cases.case(here["own"], about="anonymous")
    consents.require_shared(anonymous, [here["other"], here["sister"]])
    assert not Consent.select().where(Consent.case == anonymous).exists()


def test_withdrawing_ends_exactly_that_part_in_the_meeting(here):
    case = make_cases.case(here["own"], received_at=clock.now(), state="collaborating")
    given = scoped(case, Scope(here["other"]), Scope(here["sister"]), ends_on=clock.today() + timedelta(days=30))
    meeting = make_meetings.meeting(case, at=clock.now() + timedelta(days=7))
    theirs = make_meetings.participant(meeting, here["other"], account=account_of("granne"), state="invited")
    others = make_meetings.participant(meeting, here["sister"], account=account_of("ersattare"), state="invited")
    family = make_meetings.participant(meeting)
    make_meetings.coordinator(case, account_of("granne"), here["other"])
    assert meeting_shelf.meeting(actor("granne"), meeting.key) and meeting_shelf.meeting(
        actor("ersattare"), meeting.key
    )
    untouched = rows("SELECT * FROM participant WHERE id IN (?, ?) ORDER BY id", (others.id, family.id))
    consent_taking.withdraw_cell(actor("bba"), given.key, here["other"], "guardian_2")
    assert meeting_shelf.meeting(actor("granne"), meeting.key) is None
    ended = Participant.get_by_id(theirs.id)
    assert (ended.state, ended.party.ended_why) == ("ended", "consent") and ended.ended_at is not None
    assert meeting_shelf.coordinator_of(case) is None
    assert meeting_shelf.meeting(actor("ersattare"), meeting.key)
    assert rows("SELECT * FROM participant WHERE id IN (?, ?) ORDER BY id", (others.id, family.id)) == untouched
    told = AuditRow.select().where(AuditRow.action == "consent:end-access")
    assert [row.thing_id for row in told] == [case.reference]


def test_what_ends_by_the_calendar_ends_on_the_day_and_is_told_of_two_weeks_before(here, at):
    moment = clock.now()
    case = make_cases.case(here["own"], received_at=moment, state="collaborating")
    scoped(case, Scope(here["other"]), ends_on=clock.today() + timedelta(days=30))
    short = make_cases.case(here["own"], received_at=moment, state="collaborating")
    scoped(short, Scope(here["other"]), ends_on=clock.today() + timedelta(days=10))
    meeting = make_meetings.meeting(case, at=moment + timedelta(days=40))
    theirs = make_meetings.participant(meeting, here["other"], account=account_of("granne"), state="invited")
    offered = offer(short, here["other"])
    assert (consent_days.remind(), consent_days.end()) == (0, 0)
    at(moment + timedelta(days=17))
    assert (consent_days.remind(), consent_days.remind()) == (1, 0), "once, and not for who asks for a few days only"
    told = Letter.select().where(Letter.template == "consent_ending")
    assert {letter.recipient for letter in told} == {Account.get_by_id(account_of("bba")).email}
    assert consent_days.end() == 0 and not Wheel.select().where(Wheel.id == offered.id).exists()
    at(moment + timedelta(days=30))
    assert consent_days.end() == 0 and meeting_shelf.meeting(actor("granne"), meeting.key)
    at(moment + timedelta(days=31))
    assert meeting_shelf.meeting(actor("granne"), meeting.key) is None, "also before the job has been"
    assert (consent_days.end(), consent_days.end()) == (1, 0)
    assert Participant.get_by_id(theirs.id).state == "ended"


def test_a_handover_takes_no_area_along_that_nobody_has_said_yes_to(here):
    case = make_cases.case(here["own"])
    handing = make_cases.draft(account_of("bba"), here["own"], here["other"], handover_of=case)
    scoped(case, Scope(here["other"], ("trygghet", "hemmet")))
    assert consents.why_not_send(handing, here["other"]) == "area", "it tells of learning too"
    scoped(case, Scope(here["other"], ("trygghet", "hemmet", "larande"), ("wheel",)))
    assert consents.why_not_send(handing, here["other"]) == "kind"
    scoped(case, Scope(here["other"], ("trygghet", "hemmet", "larande"), ("mapping",)))
    assert consents.lets_send(handing)


def test_nobody_can_be_asked_of_an_anonymous_consultation(here):
    case = make_cases.case(here["own"], about="anonymous")
    with pytest.raises(consent_taking.BadConsent):
        record(case, here["other"], "yes", "yes", "yes")
    assert consents.may_be_shared_with(case, here["other"]) and not Consent.select().exists()
