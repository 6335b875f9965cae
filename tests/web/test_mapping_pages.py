"""The pages of a case: shown, mapped, merged, decided, closed, joined – and to nobody else."""

from __future__ import annotations

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import Account, AreaActor, AuditRow, Case, CaseEvent, CaseField, CaseNote, Wheel
from tbb.services import actors, delegations, sealed_fields
from tests import make_cases
from tests.at_work import units
from tests.conftest import go
from tests.people import account, send, signed_in, submit

EVERY = ("", "/kartlagg", "/fragor", "/beslut", "/avsluta", "/oppna", "/for-ihop")
QUESTIONS = {f"question.{number}": f"Svar {number}" for number in range(1, 6)}


@pytest.fixture
def case(county) -> Case:
    """A received case of the own unit."""
    with connection():
        return make_cases.case(units()["own"], state="received", received_at=clock.now())


@pytest.fixture
def bba(county):
    """The browser of the own unit's BBA."""
    return signed_in(county, "bba")


def path(case: Case, more: str = "") -> str:
    """The address of a case."""
    return f"/arenden/{case.key}{more}"


def kept() -> list:
    """All that these pages could change."""
    with connection():
        return [list(model.select().dicts()) for model in (Case, CaseField, CaseNote, CaseEvent, Wheel, AreaActor)]


def said(case: Case) -> dict[str, str]:
    """What the mapping says."""
    with connection():
        return sealed_fields.texts(case)


def stands(case: Case) -> Case:
    """The case as it is now."""
    with connection():
        return Case.get_by_id(case.id)


def test_every_page_is_shown_and_written_down_and_changes_nothing(case, bba):
    before, wheel = kept(), Wheel.key
    with connection():
        wheel = Wheel.get(Wheel.case == case).key
    for more in (*EVERY, f"/hjul/{wheel}", f"/dela-isar/{wheel}"):
        shown = go(bba, path(case, more))
        assert "Alva" not in shown.title and "skyldigheten att göra orosanmälningar" in shown.words, more
    assert kept() == before
    with connection():
        read = AuditRow.select().where(AuditRow.action == "case:read", AuditRow.thing_id == case.reference).count()
    assert read == len(EVERY) + 2
    shown = go(bba, path(case))
    for words in (
        "Alva E, årskurs 6",
        case.reference,
        "Behöver stöd",
        "Går inte gärna ut på rasten.",
        "Sara Skissberg",
    ):
        assert words in shown.words
    assert "Jag har inget eget rum nu." in shown.soup.select_one(".quote").get_text()
    assert "Socialtjänst" in shown.words and "Vad står i vägen för barnets välmående?" in shown.words


def test_to_others_no_page_is_there_and_nothing_can_be_done(case, county):
    with connection():
        wheel = Wheel.get(Wheel.case == case).key
    before = kept()
    for persona in ("personal", "huvudman", "ersattare", "processledare"):
        client = signed_in(county, persona)
        for more in (*EVERY, f"/hjul/{wheel}", f"/dela-isar/{wheel}"):
            go(client, path(case, more), status=404)
        for more in ("/kartlagg", "/fragor", "/beslut", "/avsluta", "/oppna", f"/dela-isar/{wheel}"):
            fields = {"once": "o" * 24, "voice.own": "x", "reason": "x", "outcome": "none"}
            assert client.post(
                path(case, more), data=fields, headers={"Sec-Fetch-Site": "same-origin"}
            ).status_code in (
                400,
                404,
            )
    assert kept() == before


def test_the_mapping_is_saved_and_what_is_wrong_is_kept_as_typed(case, bba):
    wrong = {"voice.own": "Ring 19121212-1212.", "now.halsa.see": "Magont."}
    before = kept()
    refused = submit(bba, path(case, "/kartlagg"), wrong, action="/kartlagg", status=422)
    assert refused.title.startswith("Fel:") and "Ring 19121212-1212." in refused.text and "Magont." in refused.text
    assert kept() == before
    typed = {"voice.child": "Jag vill\r\nha lugn.", "now.hemmet.level": "stod", "now.hemmet.hidden": "1"}
    shown = submit(bba, path(case, "/kartlagg"), typed, action="/kartlagg")
    assert "Sparat." in shown.words and stands(case).state == "mapping"
    assert said(case) == {"voice.child": "Jag vill\nha lugn.", "now.hemmet.level": "stod", "now.hemmet.hidden": "1"}
    again = go(bba, path(case, "/kartlagg"))
    assert again.soup.select_one("#hemmet-stod").has_attr("checked")
    send(bba, again, path(case, "/kartlagg"), {"now.hemmet.hidden": ""}, action="/kartlagg")
    assert "now.hemmet.hidden" not in said(case) and said(case)["voice.child"] == "Jag vill\nha lugn."


def test_what_looks_like_a_person_is_saved_and_pointed_out(case, bba):
    shown = submit(bba, path(case, "/kartlagg"), {"voice.own": "Ring 070-174 06 12."}, action="/kartlagg")
    assert "Läs igenom texten en gång till" in shown.words and "070-174 06 12" in said(case)["voice.own"]


def test_two_who_write_at_once_put_their_words_together_and_a_third_joins(case, bba, county):
    address = path(case, "/kartlagg")
    mine, theirs = go(bba, address), go(bba, address)
    send(bba, theirs, address, {"voice.own": "Vi ser en.", "voice.guardians": "De sa."}, action="/kartlagg")
    both = send(bba, mine, address, {"voice.own": "Jag ser två.", "now.halsa.see": "Ont."}, action="/kartlagg")
    assert "Någon annan har skrivit samtidigt" in both.words and "now.halsa.see" not in said(case)
    assert both.soup.select_one("textarea").get_text().strip() == "Vi ser en.\n\nJag ser två."
    third = go(bba, address)
    send(bba, third, address, {"voice.own": "Vi ser en. Tre."}, action="/kartlagg")
    once_more = send(bba, both, address, action="/kartlagg")
    together = once_more.soup.select_one("textarea").get_text()
    assert all(words in together for words in ("Vi ser en. Tre.", "Jag ser två."))
    send(bba, once_more, address, {"voice.own": "Alla tre."}, action="/kartlagg")
    assert said(case) == {"voice.own": "Alla tre.", "voice.guardians": "De sa.", "now.halsa.see": "Ont."}


def test_the_questions_are_saved_by_halves_and_the_decision_waits(case, bba):
    half = {"question.1": "Ja.", "question.2.none": "Inget står i vägen."}
    submit(bba, path(case, "/fragor"), half, action="/fragor")
    waiting = go(bba, path(case, "/beslut"))
    assert "Svar på fråga 3" in waiting.words and "Barnets röst" in waiting.words
    assert not waiting.soup.select("main form")
    refused = submit(bba, path(case, "/fragor"), {"question.2": "Båda."}, action="/fragor", status=422)
    assert "både ett svar och ett skäl" in refused.words and "question.2" not in said(case)
    submit(bba, path(case, "/fragor"), QUESTIONS | {"question.2.none": ""}, action="/fragor")
    submit(bba, path(case, "/kartlagg"), {"voice.child.none": "Barnet är två år."}, action="/kartlagg")
    before = kept()
    refused = submit(bba, path(case, "/beslut"), {"outcome": "own", "reason": "Bra."}, action="/beslut", status=422)
    assert "Skriv vilka åtgärder verksamheten gör." in refused.words and "Bra." in refused.text and kept() == before
    decided = {"outcome": "meeting", "reason": "Flera behövs."}
    shown = submit(bba, path(case, "/beslut"), decided, action="/beslut")
    assert "Ett samverkansmöte behövs" in shown.words and "går inte att boka här än" in shown.words
    assert stands(case).state == "collaborating"


def test_closing_and_reopening_ask_why(case, bba):
    writing = go(bba, path(case, "/kartlagg"))
    refused = submit(bba, path(case, "/avsluta"), {"reason": " "}, action="/avsluta", status=422)
    assert refused.title.startswith("Fel:") and stands(case).state == "received"
    shown = submit(bba, path(case, "/avsluta"), {"reason": "Kom fel."}, action="/avsluta")
    assert "Ärendet är avslutat" in shown.words and "Kom fel." in shown.words
    too_late = send(bba, writing, path(case), {"voice.own": "Mitt i en mening"}, action="/kartlagg", status=422)
    assert "inte öppet längre" in too_late.words and "Mitt i en mening" in too_late.text and not said(case)
    late = go(bba, path(case, "/kartlagg"))
    assert "Öppna det igen" in late.words and not late.soup.select("textarea")
    submit(bba, path(case, "/oppna"), {"reason": " "}, action="/oppna", status=422)
    submit(bba, path(case, "/oppna"), {"reason": "Kom rätt."}, action="/oppna")
    assert stands(case).state == "mapping"


def test_cases_are_compared_joined_and_parted(case, bba):
    with connection():
        other = make_cases.case(units()["own"], state="received", received_at=clock.now())
        wheel = Wheel.get(Wheel.case == other).key
    address = path(case, f"/for-ihop/{other.key}")
    assert address in go(bba, path(case, "/for-ihop")).links
    beside = go(bba, address)
    assert other.reference in beside.title and beside.words.count("Alva E, årskurs 6") == 2
    shown = submit(bba, address, action=address)
    assert "Ärendena är ihopförda." in shown.words and f"{other.reference} fördes ihop" in shown.words
    assert path(case) in go(bba, path(other)).links
    submit(bba, path(case, f"/dela-isar/{wheel}"), action=f"/dela-isar/{wheel}")
    with connection():
        assert Wheel.get(Wheel.key == wheel).case_id not in (case.id, other.id)
    go(bba, path(case, "/for-ihop/" + "0" * 32), status=404)


def test_one_to_whom_it_is_delegated_maps_but_does_not_decide(case, county, bba):
    with connection():
        who = Account.get_by_id(account("delegerad"))
        delegations.give(actors.of_account(account("bba"), strong=True), case, who.key, clock.today())
    client = signed_in(county, "delegerad")
    shown = go(client, path(case))
    assert path(case, "/kartlagg") in shown.links and "Vem har läst?" not in shown.words
    assert not [href for href in shown.links if href.endswith(("/beslut", "/avsluta", "/lamna-over", "/exportera"))]
    submit(client, path(case, "/kartlagg"), {"voice.own": "Vi ser."}, action="/kartlagg")
    assert said(case) == {"voice.own": "Vi ser."}
    go(client, path(case, "/beslut"), status=404)
    assert f"{who.name} till och med" in go(bba, path(case)).words


def test_the_table_of_actors_is_for_process_leaders(county, bba):
    go(bba, "/arbetsyta/modellen/aktorer", status=404)
    leader = signed_in(county, "processledare")
    assert "Familjerätt" in go(leader, "/arbetsyta/modellen/aktorer").words
    address = "/arbetsyta/modellen/aktorer/hemmet"
    go(leader, "/arbetsyta/modellen/aktorer/okant", status=404)
    before = kept()
    twice = {"lines-0-title": "Familjerätt"}
    assert "Samma aktör står två gånger." in submit(leader, address, twice, action="/hemmet", status=422).words
    assert kept() == before
    changed = {"lines-0-title": "", "lines-1-position": "9", "lines-3-title": "Boendestöd"}
    submit(leader, address, changed, action="/hemmet")
    with connection():
        names = [row.name for row in AreaActor.select().where(AreaActor.area == "hemmet").order_by(AreaActor.position)]
    assert names == ["Budget- och skuldrådgivning", "Boendestöd", "Familjerätt"]
