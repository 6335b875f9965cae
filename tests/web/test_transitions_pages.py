"""The pages of handing over and of consent: what they show, refuse and keep, and that no order of posts gets past."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import AuditRow, Case, CaseEvent, CaseField, Consent, Letter, Unit, Wheel, WheelField
from tests import heads, make_cases
from tests.at_work import units
from tests.conftest import go
from tests.people import filled_in, send, signed_in, submit
from tests.services.plan_cast import held_meeting, planned

ROUND = "/arenden/overgangar"


@pytest.fixture
def case(county) -> Case:
    """A case that its BBA has received, of a child in the last grade of the school."""
    with connection():
        found = units()
        heads.head(found["other"])
        return make_cases.case(found["own"], state="received", received_at=clock.now())


def kept() -> list:
    """All that these pages could change, but for who has read."""
    models = (Case, CaseField, CaseEvent, Consent, Wheel, WheelField, Letter)
    with connection():
        return [list(model.select().dicts()) for model in models]


def readings(case: Case) -> int:
    """How often somebody has read a case."""
    with connection():
        return AuditRow.select().where(AuditRow.outcome == "read", AuditRow.thing_id == case.reference).count()


def unit(where: str):
    """A unit near or far."""
    with connection():
        return units()[where]


def choose(client, case: Case, where: str = "other", **more):
    """Search for a unit, choose it, and go on to look it through."""
    path = f"/arenden/{case.key}/lamna-over"
    form = go(client, path).soup.select_one("form[action$='/lamna-over']")
    found = go(client, f"{path}/sok", data=filled_in(form) | {"q": unit(where).label})
    data = {"reason": "moves", "to": unit(where).slug, "areas": ["trygghet", "hemmet"], "summary": "Trivs bra."}
    return send(client, found, path, data | more, action="/lamna-over")


def answers(**more) -> dict:
    """What a form on consent holds when everybody says yes."""
    today = str(clock.today())
    yes = {
        key: value
        for who in ("guardian_1", "guardian_2", "child")
        for key, value in ((who, "yes"), (f"{who}_way", "oral"), (f"{who}_on", today))
    }
    return yes | {"deciders": "two", "information": "Det vi har sett om trygghet."} | more


def test_looking_changes_nothing_but_that_it_is_read(county, case):
    client, before = signed_in(county, "bba"), kept()
    paths = (
        f"/arenden/{case.key}/lamna-over",
        f"/arenden/{case.key}/samtycke",
        f"/arenden/{case.key}/lamna-over/kontrollera",
    )
    for number, path in enumerate(paths, start=1):
        shown = go(client, path)
        assert readings(case) >= number and "Alva" not in shown.title and case.reference in shown.title
    assert "Alva E" in go(client, ROUND).words and kept() == before


def test_others_are_told_nothing(county, case):
    for persona in ("personal", "delegerad", "enhetschef", "granne", "ersattare", "huvudman"):
        client = signed_in(county, persona)
        go(client, f"/arenden/{case.key}/lamna-over", status=404)
        go(client, f"/arenden/{case.key}/samtycke", status=404)
        go(client, f"/arenden/{case.key}/lamna-over/kontrollera", status=404)
    weak = signed_in(county, "bba", strong=False)
    go(weak, f"/arenden/{case.key}/lamna-over", status=404)


def test_from_the_round_over_a_border_with_consent_to_sent_and_back(county, case):
    client, path = signed_in(county, "bba"), f"/arenden/{case.key}"
    assert f"{path}/lamna-over" in go(client, ROUND).links
    checked = choose(client, case)
    assert "Det finns inget samtycke." in checked.words and "annan huvudman" in checked.words
    assert "Skicka överlämningen" not in checked.words
    # What the page does not offer is refused as well.
    refused = send(client, checked, f"{path}/lamna-over/kontrollera", action="/skicka")
    assert "Se vad som saknas" in refused.words
    with connection():
        assert Wheel.get(Wheel.handover_of == case).state == "draft"
    agreed = submit(client, f"{path}/samtycke/nytt", answers(), action="/samtycke")
    assert "Skicka överlämningen" in agreed.words and "till och med" in agreed.words
    sent = send(client, agreed, f"{path}/lamna-over/kontrollera", action="/skicka")
    assert "Väntar på svar" in sent.words and "Ta tillbaka" in sent.words
    with connection():
        wheel = Wheel.get(Wheel.handover_of == case)
        assert (wheel.state, wheel.crosses, wheel.unit_id) == ("sent", True, unit("other").id)
        assert Case.get_by_id(case.id).state == "received"
    back = send(client, sent, ROUND, action="/ta-tillbaka")
    assert "tillbaka hos dig" in back.words
    with connection():
        assert Case.select().count() == 1
    again = go(client, f"{path}/lamna-over/kontrollera")
    assert again.soup.select_one("form[action$='/lamna-over']"), "nothing is chosen any more"


def test_bad_input_keeps_what_was_typed_and_changes_nothing(county, case):
    client, path, before = signed_in(county, "bba"), f"/arenden/{case.key}", kept()
    wrong = submit(client, f"{path}/lamna-over", {"summary": "Bra. 19121212-1212"}, action="/lamna-over", status=422)
    assert (
        "Bra. 19121212-1212" in wrong.text and "Ta bort personnumret" in wrong.words and wrong.title.startswith("Fel:")
    )
    assert "Sök och välj vem som ska ta emot." in wrong.words
    wrong = submit(client, f"{path}/samtycke/nytt", {"information": "Allt", "child": "not_asked", "deciders": "of_age"},
                   action="/samtycke", status=422)  # fmt: skip
    assert "Sök och välj minst en verksamhet." in wrong.words and "Allt" in wrong.text
    far = str(clock.today() + timedelta(days=500))
    choose(client, case)
    before = kept()
    for typed, said in (
        ({"ends_on": far}, "Välj en dag från i dag till ett år fram."),
        ({"guardian_2_way": ""}, "Välj hur vårdnadshavare 2 svarade."),
        ({"child_on": far}, "Skriv en dag som har varit."),
        ({"child": "not_asked"}, "Skriv varför barnet inte har tillfrågats."),
        ({"child": "not_asked", "deciders": "of_age"}, "måste tillfrågas"),
        ({"information": ""}, "Skriv vilka uppgifter som får delas."),
    ):
        wrong = submit(client, f"{path}/samtycke/nytt", answers(**typed), action="/samtycke", status=422)
        assert said in wrong.words, typed
    assert kept() == before


@pytest.mark.parametrize("deciders, hidden", [("one", ("guardian_2",)), ("of_age", ("guardian_1", "guardian_2"))])
def test_questions_that_the_browser_hides_stop_no_consent(county, case, deciders, hidden):
    client, path = signed_in(county, "bba"), f"/arenden/{case.key}/samtycke/nytt"
    choose(client, case)
    unsent = {f"{who}{part}": None for who in hidden for part in ("", "_way", "_on")}
    shown = submit(client, path, answers(deciders=deciders, **unsent), action="/samtycke")
    assert shown.heading != "Skriv in svaren"


def test_what_happens_with_a_plan_is_chosen_shown_and_kept_when_something_is_wrong(county):
    with connection():
        heads.head(units()["other"])
        plan = planned(held_meeting())
        case = plan.case
    client, path = signed_in(county, "bba"), f"/arenden/{case.key}/lamna-over"
    form = go(client, path)
    assert "Vad händer med planen?" in form.words and f"/planer/{plan.key}" in form.links
    found = go(client, f"{path}/sok", data=filled_in(form.soup.select_one("form[action$='/lamna-over']"))
               | {"q": unit("sister").label})  # fmt: skip
    chosen = {"reason": "moves", "to": unit("sister").slug, "areas": ["trygghet"], "summary": "Trivs bra."}
    before = kept()
    for more, sentence in (
        ({}, "Välj vad som händer med planen."),
        ({"plan": "ends"}, "Skriv varför planen avslutas."),
    ):
        wrong = send(client, found, path, chosen | more, action="/lamna-over", status=422)
        assert sentence in wrong.words and "Trivs bra." in wrong.text and kept() == before
    checked = send(client, found, path, chosen | {"plan": "goes_on"}, action="/lamna-over")
    assert "Planen fortsätter hos den som tar emot." in checked.words and "Ringer varje fredag" in checked.words
    ended = send(
        client, go(client, path), path, {"plan": "ends", "plan_reason": "Målet är nått."}, action="/lamna-over"
    )
    assert "Planen avslutas när ärendet är mottaget. Målet är nått." in ended.words
    sent = send(client, ended, path, action="/skicka")
    assert "Skickat." in sent.words


def test_a_child_that_stays_is_marked_and_that_is_undone(county, case):
    client = signed_in(county, "bba")
    with connection():
        Wheel.get(Wheel.case == case)
        Unit.update(grade_to=6).where(Unit.id == case.unit_id).execute()
    shown = go(client, ROUND)
    assert "Att göra" in shown.words
    marked = send(client, shown, ROUND, action="/overgang")
    assert "Stannar" in marked.words and "Att göra" not in marked.words
    assert "Att göra" in send(client, marked, ROUND, action="/overgang").words
