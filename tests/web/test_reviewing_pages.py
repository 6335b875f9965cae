"""The pages of the review, as two process leaders, other staff and a visitor meet them."""

from __future__ import annotations

import pytest

from tbb import clock
from tbb.database import connection, rows
from tbb.models import Account, Application, AuditRow, Grant, Letter, Organizer, Unit
from tbb.services import demo_cast
from tests import applications
from tests.conftest import go
from tests.people import send, signed_in, submit

LIST = "/arbetsyta/ansokningar"
SENT, RECOMMENDED = f"{LIST}/TBB-2F8EN", f"{LIST}/TBB-7K2M9"
ACTS = ("/fraga", "/tillstyrk", "/avsla", "/godkann")


@pytest.fixture
def stage(county):
    """The demonstration with its two applications."""
    applications.stage(county)
    return county


@pytest.fixture
def first(stage):
    """The browser of the one who has recommended an application."""
    return signed_in(stage, "processledare")


@pytest.fixture
def second(stage):
    """The browser of another process leader."""
    return signed_in(stage, "processledare2")


def state_of(path: str) -> str:
    """Where an application is."""
    with connection():
        return Application.get(Application.reference == path.rpartition("/")[2]).state


def everything() -> list:
    """All that a form could change, but for who has looked."""
    with connection():
        tables = ("application", "application_event", "letter", "unit", "organizer", "responsibility", "joining")
        return [rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables]


def call() -> dict:
    """A call to one of the register's numbers."""
    return {"called": "Olle Testborg", "number": "08-465 004 62", "on": clock.today().isoformat()}


def test_the_list_has_a_tab_for_each_step(first):
    assert "Föräldrakooperativet i Flen" in go(first, LIST).words
    assert "Petra Exempelsson" in go(first, f"{LIST}?flik=andra-beslut").words
    assert "Inget väntar här" in go(first, f"{LIST}?flik=vantar-svar").words
    assert "Att granska" in go(first, f"{LIST}?flik=%3Cscript%3E").words


def test_an_application_is_shown_whole_and_the_look_is_on_record(first):
    page = go(first, SENT)
    for word in ("769900-0027", "Maja Skissberg", "Stämmer det med registret?", "domän stämmer: ja", "Öppnar i höst"):
        assert word in page.words, word
    with connection():
        (row,) = AuditRow.select().where(AuditRow.action == "application:read")
        assert row.thing_id.endswith("TBB-2F8EN") and row.outcome == "read"
        assert row.actor == f"account:{demo_cast.account_of('processledare')}"


@pytest.mark.parametrize("persona", ["huvudman", "friskola", "styrgrupp", "loggranskare", "drift", "personal"])
def test_to_others_there_are_no_applications(stage, persona):
    client = signed_in(stage, persona)
    before = everything()
    for path in (LIST, SENT, *(SENT + act for act in ACTS)):
        go(client, path, status=404)
    for act in ACTS:
        go(client, SENT + act, data={"version": "9", "once": "x" * 30}, status=404)
    assert everything() == before


def test_a_visitor_is_led_to_sign_in(stage):
    response = go(stage.test_client(), SENT, follow=False, status=303)
    assert response.headers["Location"].startswith("/logga-in")


def test_what_is_not_there_is_not_found_and_a_draft_is_not_there(first):
    with connection():
        applications.begun()
        reference = Application.get(Application.email == applications.EMAIL).reference
    for path in (f"{LIST}/TBB-00000", f"{LIST}/{reference}", *(f"{LIST}/{reference}{act}" for act in ACTS)):
        go(first, path, status=404)


def test_looking_changes_nothing(first):
    before = everything()
    for path in (LIST, SENT, RECOMMENDED, *(SENT + act for act in ACTS[:3])):
        go(first, path)
    assert everything() == before


def test_the_one_who_recommended_meets_no_button_and_no_way_to_approve(first):
    page = go(first, RECOMMENDED)
    assert f"{RECOMMENDED}/godkann" not in page.links and "någon annan än du" in page.words
    before = everything()
    shown = go(first, f"{RECOMMENDED}/avsla")
    data = {name: value for name, value in _fields(shown).items() if name != "reason"}
    go(first, f"{RECOMMENDED}/godkann", data=data, status=403)
    assert everything() == before


def test_ones_own_organization_can_be_read_but_not_reviewed(stage, first):
    with connection():
        number = Organizer.get(Organizer.name == "Föräldrakooperativet i Flen").id
        Grant.create(
            account=demo_cast.account_of("processledare"),
            duty="communicator",
            organizer=number,
            starts_on=clock.today(),
            given_at=clock.now(),
        )
    page = go(first, SENT)
    assert "läsa men inte besluta" in page.words
    assert not [link for link in page.links if link.startswith(SENT + "/")]
    for act in ACTS[:3]:
        go(first, SENT + act, status=403)


def test_a_question_reaches_the_applicant(first):
    path = f"{SENT}/fraga"
    assert "Skriv vad du vill fråga." in submit(first, path, status=422).words
    wrong = submit(first, path, {"question": "Om 19121212-1212?"}, status=422)
    assert "personnumret" in wrong.words and "19121212-1212" in wrong.text
    assert state_of(SENT) == "sent"
    page = submit(first, path, {"question": "Vem är firmatecknare?"})
    assert "Frågan är skickad" in page.words and state_of(SENT) == "asked"
    with connection():
        assert Letter.select().where(Letter.template == "application_question").count() == 1


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"called": ""}, "called"),
        ({"number": None}, "number"),
        ({"number": "070-174 06 23"}, "number"),
        ({"number": "other"}, "other"),
        ({"on": ""}, "on"),
        ({"on": "i går"}, "on"),
        ({"on": "2999-01-01"}, "on"),
    ],
)
def test_without_a_call_on_the_registers_number_nobody_recommends(second, changes, wrong):
    before = everything()
    page = submit(second, f"{SENT}/tillstyrk", call() | changes, status=422)
    assert page.soup.select_one(f"[name={wrong}]")["aria-invalid"] == "true"
    assert everything() == before


def test_two_reviewers_and_the_entry_is_public(stage, first, second):
    page = submit(second, f"{SENT}/tillstyrk", call())
    assert "Du har tillstyrkt" in page.words and state_of(SENT) == "recommended"
    preview = go(first, f"{SENT}/godkann")
    assert "Förskolan Ekollonet i Flen läggs till" in preview.words and "står kvar" in preview.words
    for _ in range(2):  # the second time the same form is sent it yields the first answer
        page = send(first, preview, "")
        assert "Ansökan är godkänd" in page.words
    with connection():
        unit = Unit.get(Unit.name == "Förskolan Ekollonet i Flen")
        assert Account.get(Account.email == "maja.skissberg@ekollonet.example").state == "invited"
    public = go(stage.test_client(), f"/enhet/{unit.slug}")
    assert "Maja Skissberg" in public.words and "070-174 06 23" in public.words
    assert "Ansluten" in go(first, page.link("Till organisationen")).words


def test_what_the_register_is_against_is_said_and_not_made(second):
    with connection():
        Organizer.update(kind="municipal").where(Organizer.name == "Föräldrakooperativet i Gnesta").execute()
    before = everything()
    page = submit(second, f"{RECOMMENDED}/godkann", status=422)
    assert "inte är fristående" in page.words
    assert everything() == before


def test_a_form_from_before_somebody_else_decided_changes_nothing(first, second):
    waiting = go(second, f"{RECOMMENDED}/godkann")
    submit(first, f"{RECOMMENDED}/avsla", {"reason": "Ni driver ingen skola."})
    before = everything()
    page = send(second, waiting, "", status=409)
    assert page.heading == "Ansökan har ändrats"
    assert everything() == before and state_of(RECOMMENDED) == "declined"
    assert "Ni driver ingen skola." in go(second, RECOMMENDED).words


def test_a_reason_is_needed_to_decline(first):
    before = everything()
    page = submit(first, f"{SENT}/avsla", {"reason": " "}, status=422)
    assert page.title.startswith("Fel:") and everything() == before


def _fields(page) -> dict[str, str]:
    return {each["name"]: each.get("value", "") for each in page.soup.select("main form input[name]")}
