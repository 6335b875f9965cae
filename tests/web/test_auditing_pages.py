"""The audit's pages: for reviewers alone, each look itself on record, and what is taken out carries its mark."""

from __future__ import annotations

import ast
import csv
import io
from pathlib import Path

import pytest

from tbb.database import connection, db, rows
from tbb.models import Alarm, AuditSample, Unit
from tbb.policy import COMMAND, Permission
from tbb.services import audit, demo_audit
from tbb.web import audit_words
from tests.conftest import go
from tests.people import account, send, signed_in, submit

ROOT = "/arbetsyta/logg"
TBB = Path(__file__).parents[2] / "tbb"
OTHERS = ("personal", "bba", "enhetschef", "huvudman", "granne", "processledare", "styrgrupp", "kommunikator", "drift")


@pytest.fixture
def county(lively):
    """The demo county with its scenes: demo_audit has played there."""
    return lively


@pytest.fixture
def reviewer(county):
    """The browser of the county's reviewer."""
    return signed_in(county, "loggranskare")


def ask(sql: str, *params: object) -> list[tuple]:
    """Read from the database."""
    with connection():
        return rows(sql, params)


def newest() -> tuple:
    """What the newest row of the audit says."""
    return ask("SELECT actor, action, thing_id, outcome FROM audit_row ORDER BY id DESC LIMIT 1")[0]


def school() -> int:
    """The number of the school that most of the cast works at."""
    return ask("SELECT MIN(id) FROM unit WHERE kind = 'compulsory'")[0][0]


def addresses() -> list[str]:
    """Every page of the audit, with something to see on each."""
    alarm, sample = ask("SELECT MIN(id) FROM alarm")[0][0], ask("SELECT MIN(id) FROM audit_sample")[0][0]
    named = (f"person/{account('bba')}", f"enhet/{school()}", f"sak/unit:{school()}")
    parts = ("", "uttag", "stickprov", "larm", f"stickprov/{sample}", f"larm/{alarm}", *named)
    return [f"{ROOT}/{part}".rstrip("/") for part in parts]


def test_every_page_works_for_a_reviewer_and_is_not_there_for_anybody_else(county, reviewer):
    for address in addresses():
        page = go(reviewer, address)
        assert page.response.headers["Cache-Control"].startswith("no-store"), address
        with county.test_client().get(address) as stranger:
            assert stranger.status_code == 303 and "/logga-in" in stranger.headers["Location"]
    for persona in OTHERS:
        client = signed_in(county, persona)
        for address in addresses():
            assert client.get(address).status_code == 404, f"{persona} {address}"
    with signed_in(county, "loggranskare", strong=False).get(ROOT) as answer:
        assert answer.status_code == 404, "one factor is not enough"


@pytest.mark.parametrize("number", ["0", "999999", "2147483648", "9" * 40, "x"])
def test_what_is_not_there_is_not_there(reviewer, number):
    for part in ("person", "enhet", "stickprov", "larm"):
        go(reviewer, f"{ROOT}/{part}/{number}", status=404)
    go(reviewer, f"{ROOT}/sak/unit:{number}9", status=404)
    go(reviewer, f"{ROOT}/sak/{number}", status=404)


def test_every_look_is_itself_on_record(reviewer):
    me, bba = f"account:{account('loggranskare')}", account("bba")
    for address, thing_id in (
        (ROOT, "list"),
        (f"{ROOT}/person/{bba}", f"account:{bba}"),
        (f"{ROOT}/enhet/{school()}", f"unit:{school()}"),
        (f"{ROOT}/sak/unit:{school()}", f"unit:{school()}"),
        (f"{ROOT}/stickprov/1", "sample:1"),
        (f"{ROOT}/larm/1", "alarm:1"),
    ):
        answer = go(reviewer, address).response
        assert newest() == (me, "audit:read", thing_id, "read")
        told = ask("SELECT request, client, duty FROM audit_row ORDER BY id DESC LIMIT 1")[0]
        assert told[0] == answer.headers["X-Request-ID"] and len(told[1]) == 12 and told[2] == "log_reviewer"
        assert "127.0.0.1" not in str(told)


def test_a_refused_look_is_on_record_as_refused_and_only_once(county):
    client = signed_in(county, "personal")
    for _ in range(5):
        client.get(ROOT)
    found = ask("SELECT actor, action, thing_id FROM audit_row WHERE outcome = 'refused' AND thing = 'page'")
    assert found == [(f"account:{account('personal')}", "audit:read", "auditing.log")]


def test_rows_are_in_words_with_names(reviewer):
    page = go(reviewer, f"{ROOT}/enhet/{school()}")
    for words in ("Ändra uppgifter om en verksamhet", "Barnets bästa-ansvarig", "telefon, telefontid", "Nekat"):
        assert words in page.words
    assert "entry:change" not in page.words and "phone" not in page.words


def test_filters_work_by_address_alone_and_as_a_fragment(reviewer):
    page = go(reviewer, f"{ROOT}?person=Greta&handling=entry:read&utfall=read&sak=unit")
    assert {row.select_one("td:nth-of-type(2) a").get_text() for row in page.soup.select("tbody tr")} == {
        "Greta Provberg"
    }
    part = go(reviewer, f"{ROOT}?person=finns+inte", fragment=True)
    assert "Inget i loggen stämmer" in part.text and "<html" not in part.text
    assert "Skriv dagen så här" in go(reviewer, f"{ROOT}?fran=i+g%C3%A5r").words
    for odd in (
        "fore=x",
        "fore=99999999999999999999",
        "handling=%27%3B--",
        "utfall=%F0%9F%98%80",
        "person=" + "x" * 5000,
    ):
        go(reviewer, f"{ROOT}?{odd}")


def test_older_rows_are_reached_with_the_filters_kept(reviewer):
    with connection(), db.atomic():
        for number in range(60):
            audit.record(COMMAND, "entry:read", "unit", number, outcome="read")
    page = go(reviewer, f"{ROOT}?utfall=read")
    older = page.link("Visa äldre rader")
    assert "utfall=read" in older and "fore=" in older
    second = go(reviewer, older)
    assert "Äldre rader" in second.words and second.link("Till de nyaste").endswith("?utfall=read")


def test_a_reviewer_of_one_organizer_sees_only_its_rows(county):
    own = signed_in(county, "dataskyddsombud")
    words = go(own, ROOT).words
    assert "Hugo Exempelholm" in words and "Greta Provberg" not in words
    flen = ask("SELECT id FROM unit WHERE organizer_id = (SELECT id FROM organizer WHERE name = 'Flens kommun')")[0][0]
    for address in (f"person/{account('granne')}", f"enhet/{flen}", "larm/1", "stickprov/1"):
        assert own.get(f"{ROOT}/{address}").status_code == 404
    assert go(own, f"{ROOT}/stickprov").words.count("Vecka") == 2
    go(own, f"{ROOT}/larm")


def test_taking_rows_out_wants_a_reason_and_marks_every_row(reviewer):
    path = f"{ROOT}/uttag?person=Greta"
    before = ask("SELECT COUNT(*) FROM audit_row WHERE action = 'audit:export'")[0][0]
    faults = {
        "": "Skriv varför",
        "kort": "minst tio",
        "x" * 201: "högst 200",
        "Om 811228-9874, som bad": "personnumret",
    }
    for reason, fault in faults.items():
        page = submit(reviewer, path, {"reason": reason}, action="uttag?person=Greta", status=422)
        assert fault in page.words and page.title.startswith("Fel:")
        assert not reason or page.soup.select_one("textarea").get_text().strip() == reason
    assert ask("SELECT COUNT(*) FROM audit_row WHERE action = 'audit:export'")[0][0] == before
    answer = submit(reviewer, path, {"reason": "=Dnr 2026-117, begäran"}, action="uttag?person=Greta")
    assert answer.mimetype == "text/csv" and 'attachment; filename="logg-' in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"].startswith("no-store")
    table = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"), newline=""), delimiter=";"))
    assert table[0] == list(audit_words.COLUMNS) and len(table) == 2 + demo_audit.MANY
    assert {row[2] for row in table[1:-1]} == {"Greta Provberg"}
    assert all(row[-1].startswith("Lova Provberg, 2") for row in table[1:])
    assert table[-1][0] == f"Uttag: {demo_audit.MANY} rader. Skäl: =Dnr 2026-117, begäran"
    assert newest() == (f"account:{account('loggranskare')}", "audit:export", f"{demo_audit.MANY} rows", "done")
    assert ask("SELECT note, fields FROM audit_row ORDER BY id DESC LIMIT 1")[0] == ("=Dnr 2026-117, begäran", "person")


def test_taking_rows_out_wants_a_fresh_proof(reviewer):
    with connection(), db.atomic():
        db.execute_sql("UPDATE sitting SET proved_at = NULL")
    with reviewer.get(f"{ROOT}/uttag") as answer:
        assert answer.status_code == 303 and "/arbetsyta/logg" not in answer.headers["Location"].partition("?")[0]


def test_a_form_that_is_sent_twice_takes_rows_out_once(reviewer):
    shown = go(reviewer, f"{ROOT}/uttag")
    for _ in range(2):
        send(reviewer, shown, f"{ROOT}/uttag", {"reason": "Diarienummer 2026-117"}, action="uttag")
    assert ask("SELECT COUNT(*) FROM audit_row WHERE action = 'audit:export'")[0][0] == 1


def test_a_sample_is_signed_on_its_page(reviewer):
    path = f"{ROOT}/stickprov/1"
    for data, fault in (
        ({}, "Välj hur"),
        ({"outcome": "annat"}, "Välj hur"),
        ({"outcome": "breach"}, "Skriv vad frågan"),
        ({"outcome": "questions", "remark": "x" * 501}, "högst 500"),
    ):
        page = submit(reviewer, path, data, action="/1", status=422)
        assert fault in page.words
    assert ask("SELECT outcome FROM audit_sample WHERE id = 1") == [("",)]
    page = submit(reviewer, path, {"outcome": "questions", "remark": "Rad 6 nekades."}, action="/1")
    assert "Stickprovet är signerat." in page.words and "Frågor att reda ut" in page.words
    assert "Rad 6 nekades." in go(reviewer, path).words and not go(reviewer, path).soup.select("main form")


def test_an_alarm_is_settled_on_its_page(reviewer):
    path = f"{ROOT}/larm/1"
    assert "31 olika saker lästa på 10 minuter" in go(reviewer, path).words
    assert "Skriv vad du kom fram till." in submit(reviewer, path, {"remark": " "}, action="/1", status=422).words
    page = submit(reviewer, path, {"remark": "Gick igenom alla före terminsmötet."}, action="/1")
    assert "Larmet är avslutat." in page.words and "Lova Provberg" in page.words
    assert "Gick igenom alla" in go(reviewer, path).words


def test_two_who_sign_or_settle_at_once_get_one_outcome(reviewer, county):
    second = signed_in(county, "loggranskare")
    for path, data in ((f"{ROOT}/stickprov/1", {"outcome": "fine"}), (f"{ROOT}/larm/1", {"remark": "Klart nu."})):
        shown = go(second, path)
        submit(reviewer, path, data, action="/1")
        assert "hann före" in send(second, shown, path, data, action="/1").words


def test_nobody_settles_an_alarm_or_signs_a_sample_about_themselves(reviewer):
    me = account("loggranskare")
    with connection():
        Alarm.update(account=me).where(Alarm.id == 1).execute()
        AuditSample.update(about=me).where(AuditSample.id == 1).execute()
    for path in (f"{ROOT}/larm/1", f"{ROOT}/stickprov/1"):
        page = go(reviewer, path)
        assert "Ingen granskar sig själv." in page.words and not page.soup.select("main form")
        keys = go(reviewer, f"{ROOT}/uttag").fields()
        go(reviewer, path, data=keys | {"remark": "Inget.", "outcome": "fine"}, status=403)
    assert ask("SELECT settled_at FROM alarm WHERE id = 1") == [(None,)]


def test_looking_changes_nothing_but_the_audit_itself(reviewer):
    def everything() -> list:
        tables = ("alarm", "audit_sample", "anchor", "letter", "unit", "account", "receipt")
        return [ask(f"SELECT * FROM {table} ORDER BY 1") for table in tables]

    before = everything()
    for address in addresses():
        go(reviewer, address)
        reviewer.head(address).close()
    assert everything() == before
    assert ask("SELECT COUNT(*) FROM audit_row WHERE action = 'audit:read'")[0][0] > 5


def test_the_log_holds_names_of_fields_and_never_what_they_hold(county):
    """Whatever somebody writes in a form, no word of it is in the audit."""
    with connection():
        slug = Unit.get_by_id(school()).slug
    client = county.test_client()
    shown = go(client, f"/enhet/{slug}/fel")
    data = shown.fields() | {"topic": "other", "message": "KANARIE i texten", "reply_to": "kanarie@exempel.example"}
    go(client, f"/enhet/{slug}/fel", data=data)
    found = ask("SELECT * FROM audit_row")
    assert "feedback:create" in str(found) and "kanarie" not in str(found).casefold()


def test_every_deed_that_the_code_writes_has_a_name():
    written, begun = {str(permission) for permission in Permission}, set()
    for path in TBB.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for deed in _deeds(call):
                for part in ast.walk(deed):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str) and ":" in part.value:
                        (begun if isinstance(deed, ast.JoinedStr) else written).add(part.value)
    begun = {start for start in begun if not any(name.startswith(start) for name in audit_words.ACTIONS)}
    missing = sorted(written - set(audit_words.ACTIONS) | begun)
    assert not missing, f"give these a name in tbb/web/audit_words.py: {missing}"
    assert len(written) > len(Permission) + 10


def _deeds(call: ast.AST) -> list[ast.AST]:
    """What a call writes in the audit: the second argument of `record`, or what a route says that it `reads`."""
    if not isinstance(call, ast.Call):
        return []
    named = getattr(call.func, "attr", getattr(call.func, "id", ""))
    told = call.args[1:2] if named in ("record", "record_reading", "record_refusal") else []
    return told + [word.value for word in call.keywords if word.arg == "reads"]


def test_what_has_no_name_is_shown_as_it_is(county, reviewer):
    with connection(), db.atomic():
        audit.record(COMMAND, "okänt:<b>verb", "<i>sak", "7", note="<script>x</script>")
    text = go(reviewer, ROOT).response.text
    assert "okänt:&lt;b&gt;verb" in text and "<script>x" not in text
