"""The pages by which a case is printed, exported and extracted: who comes in, what is kept, what is on record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection, rows
from tbb.models import CaseExport
from tests import make_cases
from tests.at_work import units
from tests.conftest import go
from tests.people import filled_in, signed_in, submit

REASON = "Dnr 2026/118, bevaras"
STRANGERS = ("personal", "granne", "huvudman", "processledare", "loggranskare")
PATHS = ("lasare", "utskrift", "utskrift.pdf", "exportera", "utdrag")


@pytest.fixture
def place(county) -> str:
    """The address of a case of the school that most of the cast works at."""
    with connection():
        return f"/arenden/{make_cases.case(units()['own']).key}"


@pytest.fixture
def bba(county):
    """The browser of its BBA."""
    return signed_in(county, "bba")


def ask(sql: str, *params: object) -> list[tuple]:
    """Read from the database."""
    with connection():
        return rows(sql, params)


def actions() -> list[str]:
    """What the audit tells of the case, in order."""
    return [action for (action,) in ask("SELECT action FROM audit_row WHERE thing = 'case' ORDER BY id")]


def test_every_page_works_for_the_bba_is_kept_nowhere_and_is_there_for_nobody_else(county, bba, place):
    for path in PATHS:
        answer = bba.get(f"{place}/{path}")
        assert answer.headers["Cache-Control"].startswith("no-store"), path
        if not path.endswith("pdf"):
            page = go(bba, f"{place}/{path}")
            assert "Alva" not in page.soup.title.get_text() and "orosanmälningar" in page.words, path
    for persona in STRANGERS:
        client = signed_in(county, persona)
        for path in PATHS:
            assert client.get(f"{place}/{path}").status_code == 404, f"{persona} {path}"
    assert go(signed_in(county, "bba"), "/arenden/" + "0" * 32 + "/utskrift", status=404)


def test_who_has_read_is_told_in_words_and_can_be_had_on_one_page(bba, place):
    bba.get(f"{place}/utskrift")
    page = go(bba, f"{place}/lasare?alla=1")
    assert "Läsa ett ärende" in page.words and "Göra en utskrift av ett ärende" in page.words
    assert "case:" not in page.words and "Barnets bästa-ansvarig, Näckrosskolan" in page.words
    assert actions()[-1] == "case:readers"
    for odd in ("fore=x", "fore=99999999999999999999", "fore=0"):
        go(bba, f"{place}/lasare?{odd}")


def test_a_printout_is_on_record_and_names_its_maker_and_its_case_alone(bba, place):
    page = go(bba, f"{place}/utskrift?for=vardnadshavare")
    assert "Går inte gärna ut på rasten." in page.words and page.link("Så hanteras uppgifterna")
    [reference] = ask("SELECT reference FROM casefile WHERE key = ?", place.rpartition("/")[2])[0]
    answer = bba.get(f"{place}/utskrift.pdf?for=vardnadshavare")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="utskrift-{reference.lower()}.pdf"'
    assert answer.data.startswith(b"%PDF") and actions() == ["case:print", "case:read"] * 2


def test_an_export_wants_a_reason_and_gives_two_files(bba, place):
    page = submit(bba, f"{place}/exportera", {"reason": "kort"}, action="/exportera", status=422)
    assert "minst 10 tecken" in page.words and "kort" in page.text
    assert ask("SELECT COUNT(*) FROM case_export") == [(0,)]
    number = "Barnet 19121212-1212 vill det"
    page = submit(bba, f"{place}/exportera", {"reason": number}, action="/exportera", status=422)
    assert "personnumret" in page.soup.select_one("[role=alert]").get_text().casefold()
    page = submit(bba, f"{place}/exportera", {"reason": REASON}, action="/exportera")
    for form in ("pdf", "json", "pdf"):
        sent = next(each for each in page.soup.select("main form") if each["action"].endswith(form))
        answer = go(bba, sent["action"], data=filled_in(sent))
        assert answer.headers["Cache-Control"].startswith("no-store")
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="export-b-')
    assert actions() == ["case:export", *["case:fetch-export"] * 3]
    assert "Export" in go(bba, f"{place}/exportera").words
    go(bba, f"{place}/exportera/{'0' * 32}", status=404)


def test_what_leaves_wants_a_fresh_proof(bba, place, at):
    at(clock.now() + timedelta(minutes=11))
    for path in ("exportera", "utdrag"):
        answer = bba.get(f"{place}/{path}")
        assert answer.status_code == 303 and answer.headers["Location"].startswith("/konto/bekrafta")


def test_an_extract_goes_from_the_bba_over_the_head_and_back(county, bba, place):
    page = submit(bba, f"{place}/utdrag", {"reason": REASON, "masked": "påhittat"}, action="/utdrag", status=422)
    assert "Välj vem som begär utdraget" in page.words and "Kontrollera vem det är" in page.words
    assert ask("SELECT COUNT(*) FROM case_export") == [(0,)]
    boxes = [box["value"] for box in go(bba, f"{place}/utdrag").soup.select("input[name=masked]")]
    chosen = next(box for box in boxes if box.endswith("area.trygghet.see"))
    answers = {"asker": "child", "checked": "y", "reason": REASON, "masked": chosen}
    page = submit(bba, f"{place}/utdrag", answers, action="/utdrag")
    assert "Går inte gärna ut på rasten." not in page.words and "[uppgift om annan person]" in page.words
    assert not page.soup.select("main form"), "nobody releases their own"
    with connection():
        address = f"{place}/utdrag/{CaseExport.get().key}"
    for persona in STRANGERS:
        assert signed_in(county, persona).get(address).status_code == 404, persona
    head = signed_in(county, "enhetschef")
    assert head.get(f"{place}/utskrift").status_code == 404, "the head reads the extract, not the case"
    page = submit(head, address, {"answer": "refuse"}, status=422)
    assert "Skriv vad som behöver ändras" in page.words
    submit(head, address, {"answer": "release"})
    go(head, address, status=404)
    page = go(bba, address)
    sent = next(each for each in page.soup.select("main form") if each["action"].endswith("/json"))
    answer = go(bba, sent["action"], data=filled_in(sent))
    assert "Går inte gärna" not in answer.text and "Jag har inget eget rum nu." in answer.text
    told = [action for action in actions() if action.startswith("extract:")]
    assert told == ["extract:prepare", "extract:release", "extract:fetch"]
    again = go(bba, f"{place}/utdrag?fran={address.rpartition('/')[2]}")
    assert again.soup.select_one(f'input[value="{chosen}"]').has_attr("checked")
