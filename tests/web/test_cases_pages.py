"""The pages of the desk of cases and of a sender: each works, is not there for strangers, and tells what is wrong."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import AuditRow, Case, CaseEvent, CaseNote, Delegation, Grant, Letter
from tbb.services import actors, case_desk, case_notes
from tests import make_cases
from tests.at_work import units
from tests.conftest import go
from tests.people import account, account_row, send, signed_in, submit

STRANGERS = ("ersattare", "granne", "huvudman", "processledare", "enhetschef")
KEPT = (Case, CaseNote, CaseEvent, Grant, Delegation, Letter)


@pytest.fixture
def case(county):
    """A wheel that the school nurse has sent to the school's own BBA."""
    with connection():
        return make_cases.case(units()["own"])


@pytest.fixture
def received(case):
    """The same, received."""
    with connection():
        case_desk.receive(actors.of_account(account("bba"), strong=True), case.key)
    return case


def kept() -> list:
    """All that these pages could change, besides the audit."""
    with connection():
        return [list(model.select().dicts()) for model in KEPT]


def wheel_of(case) -> str:
    """The key of the wheel that opened a case."""
    with connection():
        return case.wheels.get().key


def keys(page) -> dict[str, str]:
    """What every form of a signed-in person carries."""
    return {"csrf_token": page.soup.select_one("[name=csrf_token]")["value"], "once": secrets.token_urlsafe(24)}


def test_the_desk_shows_what_waits_and_says_nothing_in_its_address_or_title(county, case):
    client = signed_in(county, "bba")
    before = kept()
    page = go(client, "/arenden")
    for words in ("Ta emot ett nytt hjul om Alva E, årskurs 6", "Trygghet", case.reference, "Kom i dag", "far illa"):
        assert words in page.words
    assert page.title.startswith("Ärenden") and "Alva" not in page.title and f"/arenden/{case.key}" in page.links
    assert kept() == before
    with connection():
        assert AuditRow.select().where(AuditRow.action == "cases:list").count() == 1
    names = {field.get("name") for field in page.soup.select("main form[method=get] [name]")}
    assert names == {"fran", "till", "nummer"} and not page.soup.select("main input[type=search]")


def test_the_desk_is_not_there_for_those_without_cases(county, case):
    for persona in ("personal", "huvudman", "granne", "processledare", "styrgrupp", "drift"):
        go(signed_in(county, persona), "/arenden", status=404)
    assert "Alva" not in go(signed_in(county, "delegerad"), "/arenden").words
    assert "Ett nytt hjul att ta emot" in go(signed_in(county, "bba"), "/arbetsyta").words


def test_the_list_is_narrowed_by_days_and_a_whole_number_only(county, case):
    client = signed_in(county, "bba")
    assert "Alva E" in go(client, f"/arenden?nummer={case.reference.lower()}").words
    later = (clock.today() + timedelta(days=1)).isoformat()
    assert "Inga ärenden här" in go(client, f"/arenden?fran={later}").words
    assert "Inga ärenden här" in go(client, "/arenden?flik=avslutade").words
    for query in ("fran=i+morgon", "nummer=B-7K", "nummer=Alva"):
        page = go(client, f"/arenden?{query}", status=422)
        assert page.title.startswith("Fel:") and page.soup.select("[aria-invalid=true]")
    page = go(client, "/arenden?q=alva&omrade=trygghet&flik=finns-inte&sida=x")
    assert page.soup.select_one(".casetable tbody tr") and "omrade" not in str(page.soup.select("main"))


def test_a_wheel_is_received_from_the_desk_once(county, case):
    client = signed_in(county, "bba")
    desk = go(client, "/arenden")
    for persona in STRANGERS:
        other = signed_in(county, persona)
        go(other, f"/arenden/{case.key}/ta-emot", data=keys(go(other, "/konto")), status=404)
    before = kept()
    go(client, f"/arenden/{'0' * 32}/ta-emot", data=keys(desk), status=404)
    assert kept() == before
    page = send(client, desk, "/arenden", action="/ta-emot")
    assert "Du har tagit emot hjulet" in page.words
    send(client, desk, "/arenden", action="/ta-emot")
    with connection():
        assert Case.get_by_id(case.id).state == "received"
        assert CaseEvent.select().where(CaseEvent.what == "received").count() == 1


def test_a_case_is_delegated_within_the_unit_and_taken_back(county, received):
    path, client = f"/arenden/{received.key}/delegera", signed_in(county, "bba")
    other = account_row("delegerad")
    soon = (clock.today() + timedelta(days=7)).isoformat()
    before = kept()
    shown = go(client, path)
    assert "Ansvarig är hela tiden" in shown.words and other.name in shown.words and kept() == before
    for data, words in (
        ({"account": "", "ends_on": soon}, "Välj vem"),
        ({"account": account_row("granne").key, "ends_on": soon}, "Välj vem"),
        ({"account": other.key, "ends_on": "i morgon"}, "Skriv dagen så här"),
        ({"account": other.key, "ends_on": "2020-01-01"}, "senare dag"),
        ({"account": other.key, "ends_on": "2099-01-01"}, "Välj en dag senast"),
    ):
        page = submit(client, path, data, action="/delegera", status=422)
        assert page.title.startswith("Fel:") and words in page.words
    assert kept() == before
    done = submit(client, path, {"account": other.key, "ends_on": soon}, action="/delegera")
    assert "Du är fortfarande ansvarig" in done.words
    delegate = signed_in(county, "delegerad")
    assert "Alva E" in go(delegate, "/arenden").words
    go(delegate, path, status=404)  # whoever has it on delegation cannot pass it on
    done = submit(client, path, action="/avsluta")
    assert "kommer inte åt ärendet längre" in done.words
    assert "Alva E" not in go(delegate, "/arenden").words
    for persona in STRANGERS:
        go(signed_in(county, persona), path, status=404)


def test_a_note_is_kept_hidden_or_not_and_a_trace_of_somebody_is_pointed_out_first(county, received):
    path, client = f"/arenden/{received.key}/anteckning", signed_in(county, "bba")
    before = kept()
    for text, words in ((" ", "Skriv din anteckning"), ("Hon är 19121212-1212.", "Ta bort personnumret")):
        page = submit(client, path, {"text": text}, status=422)
        assert page.title.startswith("Fel:") and words in page.words and kept() == before
    shown = submit(client, path, {"text": "Ring 070-174 06 05 i morgon.", "hidden": "y"}, status=422)
    assert "Läs igenom texten en gång till" in shown.words and kept() == before
    assert "Anteckningen är sparad" in send(client, shown, path, action="/anteckning").words
    with connection():
        (note,) = case_notes.notes(received)
    assert (note.text, note.hidden) == ("Ring 070-174 06 05 i morgon.", True)
    for persona in (*STRANGERS, "delegerad", "personal"):
        go(signed_in(county, persona), path, status=404)


def test_a_question_goes_to_the_sender_who_answers_on_their_own_page(county, received):
    path, status = f"/arenden/{received.key}/fraga", f"/arbetsyta/hjul/{wheel_of(received)}/status"
    bba, sender = signed_in(county, "bba"), signed_in(county, "personal")
    assert "Skriv vad du vill fråga" in submit(bba, path, {"text": ""}, status=422).words
    submit(bba, path, {"text": "Fel hjul?", "wheel": "0" * 32}, status=422)
    assert "Frågan är skickad" in submit(bba, path, {"text": "När började det?"}).words
    page = go(sender, status)
    for words in ("Mottaget", "Så går det med hjulet", "När började det?", "Lägg till något", "far illa"):
        assert words in page.words
    assert "Alva" not in page.words  # how far it has come, and no content
    (form,) = [form["action"] for form in page.soup.select("main form") if "/svar/" in form["action"]]
    before = kept()
    wrong = submit(sender, status, {"svar-" + form.rpartition("/")[2] + "-text": ""}, action=form, status=422)
    assert wrong.title.startswith("Fel:") and "Skriv ditt svar" in wrong.words and kept() == before
    done = submit(sender, status, {"svar-" + form.rpartition("/")[2] + "-text": "I september."}, action=form)
    assert "Tack." in done.words and "Ditt svar" in done.words
    assert "Läs det nya svaret om Alva E" in go(bba, "/arenden").words
    assert "Svaret räknas som läst" in submit(bba, "/arenden", action="/last").words
    assert "Läs det nya svaret" not in go(bba, "/arenden").words


def test_the_sender_adds_and_nobody_else_finds_the_page(county, received):
    status = f"/arbetsyta/hjul/{wheel_of(received)}/status"
    sender = signed_in(county, "personal")
    before = kept()
    go(sender, status)
    assert "Skriv det du vill lägga till" in submit(sender, status, {"text": ""}, action="/status", status=422).words
    assert kept() == before
    assert "Det har hänt igen." in submit(sender, status, {"text": "Det har hänt igen."}, action="/status").words
    for persona in ("bba", "delegerad", *STRANGERS):
        go(signed_in(county, persona), status, status=404)
    with connection():
        Case.update(state="closed", closed_at=clock.now()).execute()
    page = go(sender, status)
    assert "Arbetet är avslutat" in page.words and not page.soup.select("main form[action$=status]")
