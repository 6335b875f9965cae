"""The pages of a plan: read in part by other services, changed by its samordningsperson, without any script."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import AuditRow, Coordinator, Meeting, Plan, PlanAction, PlanNote
from tbb.services import (
    consent_taking,
    consents,
    followups,
    plan_actions,
    plan_notes,
    plan_owners,
    sealed_fields,
    weeks,
)
from tbb.services.consent_taking import Scope
from tbb.services.demo_cast import account_of
from tests import make_meetings
from tests.at_work import units
from tests.conftest import go
from tests.people import send, signed_in, submit
from tests.services.plan_cast import held_meeting, planned, wall, who

NO_PERSON = "Ring 19121212-1212."


@pytest.fixture
def plan(county) -> Plan:
    """A plan led by the deputy of the sister unit, with goals in two areas."""
    with connection():
        made = planned(held_meeting())
        sealed_fields.save(made, {"goal.halsa.own": "Sover gott."})
        plan_actions.add(who("ersattare"), made, plan_actions.NewAction("Väcker i tid", "Mamma", "halsa",
                         due_on=clock.today()))  # fmt: skip
    return made


@pytest.fixture
def leader(county):
    """The browser of the samordningsperson."""
    return signed_in(county, "ersattare")


def path(plan: Plan, more: str = "") -> str:
    """The address of a plan."""
    return f"/planer/{plan.key}{more}"


def stands(plan: Plan) -> Plan:
    """The plan as it is now."""
    with connection():
        return Plan.get_by_id(plan.id)


def narrow(plan: Plan) -> None:
    """Let the consent cover the neighbour for one area alone."""
    with connection():
        near = units()
        consent_taking.record(
            who("bba"), case=plan.case, voices=make_meetings.ALL_SAY_YES, information="Rasterna.",
            units=[near["sister"], Scope(near["other"].id, areas=("trygghet",))],
            ends_on=clock.today() + timedelta(days=30),
        )  # fmt: skip


def test_it_is_red_until_a_followup_is_booked_and_every_look_is_on_record(plan, leader):
    shown = go(leader, path(plan))
    assert "Uppföljning är inte bokad" in shown.soup.select_one(".ds-alert[data-color=danger]").get_text()
    assert "Alva" not in shown.title and "skyldigheten att göra orosanmälningar" in shown.words
    assert "Detta är inte en SIP" in shown.words and "v. 1 2030" in shown.words
    assert "Jag vill kunna gå ut." in shown.soup.select_one(".quote").get_text()
    wrong = submit(leader, path(plan, "/uppfoljning/boka"), {"day": "i morgon", "at": "25"}, action="/boka", status=422)
    assert "Välj en dag." in wrong.words and "Skriv när det börjar" in wrong.words
    later = (clock.local(clock.now()) + timedelta(days=30)).date()
    booked = submit(leader, path(plan, "/uppfoljning/boka"), {"day": later.isoformat(), "at": "13:00"}, action="/boka")
    assert "Uppföljningen är bokad." in booked.words and "Uppföljning är inte bokad" not in booked.words
    with connection():
        read = AuditRow.select().where(AuditRow.action == "plan:read", AuditRow.thing_id == plan.reference)
        assert read.count() >= 3 and {row.unit for row in read} == {plan.case.unit_id}


def test_another_service_sees_the_areas_that_a_consent_covers_and_changes_its_own_alone(plan, county):
    narrow(plan)
    neighbour = signed_in(county, "granne")
    shown = go(neighbour, path(plan))
    assert "Jag vill kunna gå ut." in shown.words and "Ringer varje fredag" in shown.words
    assert "Sover gott." not in shown.text and "Väcker i tid" not in shown.text
    assert "Du ser en del av planen" in shown.words and "trygghet" in shown.words
    with connection():
        mine, other = plan_actions.of_plan(plan)
    assert "Sparat." in submit(neighbour, path(plan), {"state": "done"}, action=f"{mine.key}/lage").words
    with connection():
        assert PlanAction.get_by_id(mine.id).state == "done"
    sent = {"state": "done", "once": "o" * 24, "csrf_token": token(neighbour, plan)}
    go(neighbour, path(plan, f"/atgarder/{other.key}/lage"), data=sent, status=403)
    for more in ("/mal", "/atgarder/ny", "/samordningsperson", "/blad", "/sip", "/avvikelse", "/uppfoljning"):
        go(neighbour, path(plan, more), status=403)
    for persona in ("personal", "enhetschef", "huvudman", "processledare"):
        go(signed_in(county, persona), path(plan), status=404)
    go(signed_in(county, "granne", strong=False), path(plan), status=404)


def token(client, plan: Plan) -> str:
    """The token of a form that stands on the page."""
    return go(client, path(plan)).soup.select_one("input[name=csrf_token]")["value"]


def test_a_withdrawn_consent_ends_reading_with_the_next_click(plan, county):
    neighbour = signed_in(county, "granne")
    go(neighbour, path(plan))
    with connection():
        consent_taking.withdraw(who("bba"), consents.of_case(plan.case)[0].key)
    go(neighbour, path(plan), status=404)
    go(signed_in(county, "ersattare"), path(plan), status=404)
    shown = go(signed_in(county, "bba"), path(plan))
    assert "Ingen är samordningsperson nu." in shown.words
    assert plan.reference not in go(neighbour, "/planer").text


def test_goals_are_written_and_two_who_write_at_once_put_their_words_together(plan, leader, county):
    first = go(leader, path(plan, "/mal"))
    wrong = submit(leader, path(plan, "/mal"), {"goal.hemmet.own": NO_PERSON}, action="/mal", status=422)
    assert wrong.title.startswith("Fel:") and NO_PERSON in wrong.text
    with connection():
        sealed_fields.save(plan, {"goal.halsa.own": "Sover hela natten."})
    both = send(leader, first, path(plan, "/mal"), {"goal.halsa.own": "Sover åtta timmar."}, action="/mal", status=409)
    assert "Någon annan har skrivit samtidigt" in both.words and "Sover hela natten." in both.text
    done = send(leader, both, path(plan, "/mal"), action="/mal")
    assert "Sparat." in done.words and "Sover hela natten." in done.text and "Sover åtta timmar." in done.text


def test_an_action_has_somebody_and_a_week_and_is_not_overwritten(plan, leader):
    bare = submit(leader, path(plan, "/atgarder/ny"), {"what": "Läsa"}, action="/ny", status=422)
    assert "Skriv eller välj vem" in bare.words and "Välj vilken vecka" in bare.words and "Läsa" in bare.text
    week = weeks.coming()[3].isoformat()
    told = {"what": "Läser tillsammans", "responsible": f"konto-{account('granne')}", "week": week}
    shown = submit(leader, path(plan, "/atgarder/ny"), told, action="/ny")
    assert "Läser tillsammans" in shown.words
    with connection():
        made = plan_actions.of_plan(plan)[-1]
    assert (made.unit, made.account) == (units_of("other"), account("granne"))
    page = go(leader, path(plan, f"/atgarder/{made.key}"))
    with connection():
        plan_actions.change(who("ersattare"), plan, made.key, plan_actions.NewAction("Annat", "Vi"), made.version)
    late = send(leader, page, path(plan), {"what": "Mitt"}, action=made.key, status=409)
    assert "Någon annan har ändrat åtgärden" in late.words and "Annat" in late.words and "Mitt" in late.text
    assert "Mitt" in send(leader, late, path(plan), action=made.key).words


def account(persona: str) -> int:
    """The number of the account of one of the cast."""
    with connection():
        return account_of(persona)


def units_of(where: str) -> int:
    """The number of a unit near or far."""
    with connection():
        return units()[where].id


def test_a_followup_is_written_down_and_what_is_missing_is_said_by_its_field(plan, leader):
    with connection():
        meeting = followups.book(who("ersattare"), plan, wall=wall(3))
        begun = clock.now() - timedelta(minutes=10)
        Meeting.update(starts_at=begun, ends_at=begun + timedelta(hours=1)).where(Meeting.id == meeting.id).execute()
    address = path(plan, "/uppfoljning")
    lacking = submit(
        leader, address, {"outcome": "changed", "now.halsa.see": "Gladare."}, action="/uppfoljning", status=422
    )
    for words in ("Skriv vad barnet svarar", "Skriv varför planen ändras", "Välj en dag för nästa uppföljning."):
        assert words in lacking.words
    assert "Gladare." in lacking.text
    told = {"now.halsa.level": "bra", "direction.halsa": "better", "better.child": "yes", "listened.child": "partly",
            "outcome": "continued", "day": wall(40)[:10], "at": "09:30"}  # fmt: skip
    shown = submit(leader, address, told, action="/uppfoljning")
    assert "Uppföljningen är sparad." in shown.words and "Planen fortsätter som den är" in shown.words
    assert len(shown.soup.select(".planwheels svg.wheel, .planwheels .wheel")) == 2
    assert "Bättre" in shown.words and "Har någon lyssnat på dig?" in shown.words
    go(leader, address)
    again = submit(leader, address, told | {"now.halsa.see": "Två samtidigt."}, action="/uppfoljning", status=409)
    assert "Det finns ingen uppföljning att skriva om än." in again.words and "Två samtidigt." in again.text


def test_it_is_handed_on_ended_and_told_of(plan, leader, county):
    wrong = submit(leader, path(plan, "/samordningsperson"), {"asked": "no", "as_wished": "no",
                   "to": f"konto-{account('granne')}"}, action="/samordningsperson", status=422)  # fmt: skip
    assert "Skriv varför barnet inte har fått frågan." in wrong.words
    told = {"asked": "yes", "as_wished": "yes", "wish": "Greta.", "to": f"konto-{account('granne')}"}
    shown = submit(leader, path(plan, "/samordningsperson"), told, action="/samordningsperson")
    assert "Planen har en ny samordningsperson." in shown.words and "Greta Provberg" in shown.words
    with connection():
        assert Coordinator.select().where(Coordinator.ended_at.is_null()).get().account_id == account_of("granne")
    bba = signed_in(county, "bba")
    noted = submit(bba, path(plan, "/avvikelse"), {"unit": str(units_of("sister")), "text": "Kom inte."},
                   action="/avvikelse")  # fmt: skip
    assert "Kom inte." in noted.words
    with connection():
        note = PlanNote.get()
    assert "Skriv vad ni har gjort." in submit(bba, path(plan), {"done": ""}, action=note.key, status=422).words
    assert "Ringde rektorn." in submit(bba, path(plan), {"done": "Ringde rektorn."}, action=note.key).words
    neighbour = signed_in(county, "granne")
    ended = submit(neighbour, path(plan, "/avsluta"), {"reason": "Allt fungerar."}, action="/avsluta")
    assert "Planen är avslutad." in ended.words and stands(plan).state == "ended"


def test_the_sheet_the_questions_and_the_sip_are_printed_and_taken_home(plan, leader):
    page = go(leader, path(plan, "/blad"))
    assert "Detta är inte en SIP" in page.words and "Skapa en länk" in page.words
    shown = send(leader, page, path(plan), action="/lank")
    with connection():
        secret = plan_notes.link_of(plan)
    assert f"/plan/{secret}" in shown.text
    arabic = go(leader, path(plan, "/blad?sprak=ar"))
    sheet = arabic.soup.select_one(".familysheet")
    assert (sheet["lang"], sheet["dir"]) == ("ar", "rtl") and sheet.select_one('bdi[lang="sv"]')
    for address, name in (("/blad.pdf?sprak=so", "blad"), ("/sip.pdf", "underlag")):
        answer = go(leader, path(plan, address))
        assert answer.data.startswith(b"%PDF") and name in answer.headers["Content-Disposition"]
    for code in ("sv", "ar"):
        asked = go(leader, path(plan, f"/fragor?sprak={code}&till=guardians"))
        assert asked.soup.select_one(".familysheet")["lang"] == code
    assert go(leader, path(plan, "/fragor")).words.count("Har någon lyssnat på dig?") == 1
    basis = go(leader, path(plan, "/sip/underlag"))
    assert "Detta är inte en SIP" in basis.words and "Bestäms på SIP-mötet." in basis.words
    assert "hälso- och sjukvårdslagen" in go(leader, path(plan, "/sip")).words
    gone = submit(leader, path(plan, "/blad"), action="/lank/avsluta")
    assert "Skapa en länk" in gone.words


def test_the_case_shows_plan_and_samordningsperson_and_its_end(plan, county):
    bba = signed_in(county, "bba")
    shown = go(bba, f"/arenden/{plan.case.key}")
    assert "Planen följs" in shown.words and "Ringer varje fredag" in shown.words and "Samordningsperson" in shown.words
    assert "Ärendet har en plan som följs" in go(bba, f"/arenden/{plan.case.key}/avsluta").words
    assert "Ärendet har en plan som följs" in go(bba, f"/arenden/{plan.case.key}/lamna-over").words
    assert "Alva E" in go(signed_in(county, "ersattare"), "/planer").words


def test_the_family_tells_without_signing_in_and_the_page_shows_nothing(plan, leader, county):
    with connection():
        secret = plan_notes.new_link(who("ersattare"), plan)
    family = county.test_client()
    for prefix, language in (("", "sv"), ("/ar", "ar"), ("/so", "so"), ("/fi", "fi"), ("/en", "en")):
        shown = go(family, f"{prefix}/plan/{secret}", language=language)
        for hidden in ("Alva", plan.reference, plan.key, "Näckros", "Omar"):
            assert hidden not in shown.text
    assert family.get(f"/plan/{secret}").headers["Cache-Control"] == "no-store"
    address = f"/plan/{secret}"
    wrong = submit(family, address, {"words": ""}, status=422)
    assert wrong.title.startswith("Fel:") and "Skriv några ord" in wrong.words
    wrong = submit(family, address, {"words": NO_PERSON, "call": "y", "phone": "x"}, status=422)
    assert "Ta bort personnumret." in wrong.words and "Skriv ett telefonnummer" in wrong.words
    thanks = submit(family, address, {"call": "y", "phone": "070-174 06 05"})
    assert "Tack, vi har fått det" in thanks.words
    assert "070-174 06 05" in go(leader, path(plan)).words
    submit(family, address, {"words": "x", "homepage": "robot"})
    with connection():
        assert PlanNote.select().count() == 1 and json.dumps("070-174").encode() not in bytes(PlanNote.get().body)
    go(family, "/plan/AAAA-BBBB-CCCC-DDDD", status=404)
    go(family, address, data={"words": "x"}, headers={"Sec-Fetch-Site": "cross-site"}, status=400)


def test_whoever_was_second_is_told_so_and_keeps_what_was_typed(plan, leader, county):
    bba, hand = signed_in(county, "bba"), path(plan, "/samordningsperson")
    told = {"asked": "yes", "as_wished": "yes", "to": f"konto-{account('granne')}"}
    first, second, page = go(leader, hand), go(bba, hand), go(leader, path(plan))
    assert "Planen har en ny" in send(leader, first, hand, told | {"wish": "Greta."}, action="/samordningsperson").words
    late = send(bba, second, hand, told | {"wish": "Mina ord."}, action="/samordningsperson", status=409)
    assert "Någon annan har bytt samordningsperson" in late.words and "Mina ord." in late.text
    with connection():
        assert Coordinator.select().where(Coordinator.case == plan.case_id).count() == 2
        made = PlanAction.get(PlanAction.plan == plan, PlanAction.area == "trygghet")
        plan_actions.set_state(who("granne"), plan, made.key, "done")
        plan_owners.hand_on(who("bba"), plan, choice_of("ersattare", plan))
    stale = send(leader, page, path(plan), {"state": "dropped"}, action=f"{made.key}/lage", status=409)
    assert "Någon annan har ändrat åtgärden" in stale.words
    with connection():
        assert PlanAction.get_by_id(made.id).state == "done"
    assert "Sparat." in send(leader, stale, path(plan), {"state": "doing"}, action=f"{made.key}/lage").words


def choice_of(persona: str, plan: Plan) -> plan_owners.Choice:
    """Let one of the cast be chosen, as the child wished."""
    found = next(each for each in plan_actions.possible(plan.case) if each.account == account_of(persona))
    return plan_owners.Choice(found, child_asked=True)
