"""The outbox's pages: states for those who keep the machine, words only in the demonstration."""

from __future__ import annotations

import pytest

from tbb.commands_letters import show_letters
from tbb.database import connection, transaction
from tbb.models import AuditRow, Letter
from tbb.services import letters
from tbb.services.letters import Cause, State
from tests.conftest import go
from tests.people import send, signed_in, submit
from tests.postbox import open_postbox

FACTS = {"subject": "KANARIE-rubrik", "body": "KANARIE-text\n\nrad två"}


@pytest.fixture
def operator(county):
    """The browser of one who keeps the machine."""
    return signed_in(county, "drift")


def letter(state: State = State.SENT, dedupe: str = "a:1", *, template: str = "plain", facts=None, **more) -> int:
    """Make a letter in the county; give its number."""

    @transaction
    def make() -> int:
        letters.write(dedupe, "helena.exempelsson@flen.example", template, FACTS if facts is None else facts)
        Letter.update(state=state, **more).where(Letter.dedupe == dedupe).execute()
        return Letter.get(Letter.dedupe == dedupe).id

    with connection():
        return make()


def row(number: int) -> Letter:
    """The letter as it is now."""
    with connection():
        return Letter.get_by_id(number)


def test_the_outbox_shows_every_letter_by_state_and_no_words(operator):
    for state in State:
        letter(state, f"a:{state}", last_problem=Cause.BOUNCED if state is State.HELD else "")
    page = go(operator, "/arbetsyta/brev")
    for words in ("Osäkert", "Gick inte att skicka", "Stoppat för kontroll", "Kom tillbaka", "h…@flen.example"):
        assert words in page.text
    assert "3 brev väntar på ditt beslut" in page.text and "Ett tidigare brev till adressen" in page.text
    assert "KANARIE" not in page.text and "exempelsson@" not in page.text
    one = go(operator, "/arbetsyta/brev?state=unsure")
    assert len(one.soup.select("tbody tr")) == 1
    part = go(operator, "/arbetsyta/brev?state=failed", fragment=True)
    assert "Försök igen med alla" in part.text
    assert "Inga brev" in go(operator, "/arbetsyta/brev?mark=finns-inte").text


def test_an_empty_outbox_says_so_and_a_strange_filter_is_no_fault(operator):
    for query in ("", "?state=konstigt", "?sida=abc", "?sida=99999999", "?template=../x"):
        page = go(operator, f"/arbetsyta/brev{query}")
        assert "Brev" in page.heading


def test_without_a_mail_server_the_outbox_says_that_letters_are_kept(county, make_app, county_url, operator):
    assert "Ingen e-postserver är inställd" in go(operator, "/arbetsyta/brev").text
    with open_postbox() as box:
        client = signed_in(make_app(county_url, TBB_SMTP_URL=box.url), "drift")
        assert "Ingen e-postserver är inställd" not in go(client, "/arbetsyta/brev").text


@pytest.mark.parametrize("persona", ["personal", "bba", "huvudman", "processledare", "loggranskare", "styrgrupp"])
def test_the_outbox_does_not_exist_for_others(county, persona):
    number, client = letter(State.FAILED), signed_in(county, persona)
    for path in ("/arbetsyta/brev", f"/arbetsyta/brev/{number}"):
        go(client, path, status=404)
    for path in (f"/arbetsyta/brev/{number}/beslut", f"/arbetsyta/brev/{number}/studs", "/arbetsyta/brev/misslyckade"):
        go(client, path, data={"decision": "again", "kind": "hard"}, status=404)
    assert row(number).state == State.FAILED


def test_who_is_not_signed_in_is_led_to_sign_in(county):
    response = county.test_client().get("/arbetsyta/brev")
    assert response.status_code == 303 and "/logga-in" in response.location


@pytest.mark.parametrize("state", list(State))
def test_each_letter_has_a_page_that_says_where_it_is(operator, state):
    number = letter(state, last_problem="refused 550", attempts=2)
    page = go(operator, f"/arbetsyta/brev/{number}")
    assert "h…@flen.example" in page.text and "kod 550" in page.text
    assert "KANARIE" not in page.text and "exempelsson@" not in page.text
    go(operator, f"/arbetsyta/brev/{number + 1}", status=404)


def test_every_look_is_written_down_before_the_page_is_served(operator):
    number = letter()
    go(operator, "/arbetsyta/brev")
    go(operator, f"/arbetsyta/brev/{number}")
    with connection():
        read = [(row.thing_id, row.outcome) for row in AuditRow.select().where(AuditRow.action == "letter:read")]
    assert read == [("list", "read"), (str(number), "read")]


@pytest.mark.parametrize(
    ("state", "decision", "after", "said"),
    [
        (State.UNSURE, "again", State.QUEUED, "står i kö igen"),
        (State.UNSURE, "arrived", State.SENT, "räknas som framme"),
        (State.FAILED, "again", State.QUEUED, "står i kö igen"),
        (State.HELD, "stop", State.STOPPED, "skickas inte"),
        (State.BOUNCED, "lift", State.SENT, "kan få brev igen"),
    ],
)
def test_a_decision_is_one_press(operator, state, decision, after, said):
    number = letter(state)
    page = submit(operator, f"/arbetsyta/brev/{number}", {"decision": decision}, action="/beslut")
    assert row(number).state == after and said in page.text
    with connection():
        assert AuditRow.select().where(AuditRow.action == f"letter:{decision}").count() == 1


@pytest.mark.parametrize("decision", ["", "konstigt", "AGAIN"])
def test_a_decision_that_is_none_changes_nothing(operator, decision):
    number = letter(State.UNSURE)
    submit(operator, f"/arbetsyta/brev/{number}", {"decision": decision}, action="/beslut", status=422)
    assert row(number).state == State.UNSURE


def test_a_letter_that_has_moved_on_meanwhile_is_shown_as_it_is(operator):
    number = letter(State.UNSURE)
    page = submit(operator, f"/arbetsyta/brev/{number}", {"decision": "stop"}, action="/beslut")
    assert "har ändrats sedan" in page.text and row(number).state == State.UNSURE
    sent = letter(State.SENT, "a:2")
    shown = go(operator, f"/arbetsyta/brev/{sent}")
    with connection():
        Letter.update(state=State.BOUNCED).where(Letter.id == sent).execute()
    page = send(operator, shown, f"/arbetsyta/brev/{sent}", {"kind": "soft"}, action="/studs")
    assert "har ändrats sedan" in page.text and row(sent).state == State.BOUNCED


def test_a_bounce_is_noted_by_hand(operator):
    number = letter(State.SENT)
    page = submit(operator, f"/arbetsyta/brev/{number}", {}, action="/studs", status=422)
    assert "Välj vad svaret säger." in page.text and row(number).bounced_at is None
    page = submit(operator, f"/arbetsyta/brev/{number}", {"kind": "hard"}, action="/studs")
    assert row(number).state == State.BOUNCED and "antecknat" in page.text


def test_everything_that_failed_is_tried_again_by_one_press(operator):
    numbers = [letter(State.FAILED, f"a:{number}") for number in range(2)]
    page = submit(operator, "/arbetsyta/brev?state=failed", {}, action="/misslyckade")
    assert "2 brev står i kö igen" in page.text
    assert {row(number).state for number in numbers} == {State.QUEUED}


def test_in_the_demonstration_anybody_reads_letters_and_follows_their_links(county):
    number = letter(
        State.KEPT, template="invitation",
        facts={"name": "Helena", "organizer": "Flens kommun", "path": "/inbjudan/abc", "last_day": "1 december"},
    )  # fmt: skip
    client = county.test_client()
    assert "Inget brev har skickats" in go(client, "/demo/brev").text
    page = go(client, f"/demo/brev/{number}", headers={"X-Forwarded-Host": "evil.example"})
    assert "Inget brev har skickats" in page.text and "Hej Helena!" in page.text
    (link,) = page.soup.select("article a")
    assert link["href"] == "/inbjudan/abc"
    assert "http://127.0.0.1:8000/inbjudan/abc" in page.soup.select_one("pre").get_text()
    go(client, f"/demo/brev/{number + 1}", status=404)


def test_a_letter_that_cannot_be_written_or_has_left_is_not_shown(county):
    client = county.test_client()
    go(client, f"/demo/brev/{letter(State.HELD, template='invitation', facts={})}", status=404)
    left = letter(State.SENT, "a:2")
    with connection():
        Letter.update(facts=None).where(Letter.id == left).execute()
    go(client, f"/demo/brev/{left}", status=404)
    sealed_wrong = letter(State.KEPT, "a:3")
    with connection():
        Letter.update(facts=b"x").where(Letter.id == sealed_wrong).execute()
    go(client, f"/demo/brev/{sealed_wrong}", status=404)


def test_outside_the_demonstration_nobody_reads_letters(make_app, database_url):
    client = make_app(database_url).test_client()
    for path in ("/demo/brev", "/demo/brev/1"):
        go(client, path, status=404)


def test_the_command_lists_and_prints_letters(county):
    number = letter(State.KEPT)
    with county.app_context():
        run = county.test_cli_runner().invoke
        assert "helena.exempelsson@flen.example" in run(show_letters).output
        printed = run(show_letters, [str(number)]).output
        assert "KANARIE-rubrik" in printed and "KANARIE-text\n\nrad två" in printed
        assert run(show_letters, ["999"]).exit_code == 1
        with connection():
            Letter.update(template="finns-inte").execute()
        assert "cannot be written" in run(show_letters, [str(number)]).output


def test_in_production_the_command_shows_nothing(make_app, database_url):
    production = {
        "TBB_ENV": "production",
        "TBB_BASE_URL": "https://tbb.example",
        "TBB_SMTP_URL": "smtp://127.0.0.1:25",
        "TBB_PASSWORD_MEMORY_KIB": "65536",
    }
    app = make_app(database_url, **production)
    number = letter(State.KEPT)
    with app.app_context():
        for words in ([], [str(number)]):
            done = app.test_cli_runner().invoke(show_letters, words)
            assert done.exit_code == 1 and "production" in done.output and "KANARIE" not in done.output
