"""What visitors may send without signing in: kept once, guarded well, and forgiving to the one who errs."""

from __future__ import annotations

import pytest
from itsdangerous import TimestampSigner

from tbb.database import connection
from tbb.models import AuditRow, Feedback, Letter, RateCount
from tbb.policy import COMMAND
from tbb.services import feedback
from tests.conftest import go
from tests.page import Page

REPORT = "/enhet/nackrosskolan-eskilstuna/fel"
HINDRANCE = "/tillganglighet/synpunkt"
BOTH = pytest.mark.parametrize("path", [REPORT, HINDRANCE])
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def send(client):
    """Fill in a form as it was given out, change what is wanted, and send it."""

    def filled(path: str, *, headers=None, **changes):
        fields = Page(client.get(path).text).fields() | {"topic": "other", "message": "Telefonnumret är fel."}
        data = {name: value for name, value in (fields | changes).items() if value is not None}
        return client.post(path, data=data, headers=headers or {"Sec-Fetch-Site": "same-origin"})

    return filled


def kept() -> list:
    """Everything that waits to be read."""
    with connection():
        return list(feedback.waiting(COMMAND))


def nothing_is_kept() -> bool:
    """No trace at all of what was sent."""
    with connection():
        return not any(model.select().exists() for model in (Feedback, Letter)) and AuditRow.select().count() == 1


@BOTH
def test_what_is_right_is_kept_told_of_by_letter_and_thanked_for(client, send, path):
    response = send(path, reply_to="vard@exempel.example")
    assert response.status_code == 303
    assert "Tack" in go(client, response.headers["Location"]).heading
    (told,) = kept()
    assert (told.message, told.reply_to) == ("Telefonnumret är fel.", "vard@exempel.example")
    with connection():
        told_of = {letter.template for letter in Letter.select()}
        assert told_of == {"fault_reported" if path == REPORT else "feedback"}
        assert (Feedback.get().unit_id is not None) == (path == REPORT)
    assert "Set-Cookie" not in response.headers


@BOTH
def test_with_htmx_success_leads_on_by_header(send, path):
    response = send(path, headers=FRAGMENT)
    assert (response.status_code, response.data) == (204, b"")
    assert response.headers["HX-Redirect"].startswith("/tack/")
    assert len(kept()) == 1


@BOTH
def test_it_may_be_anonymous_and_in_any_language(client, send, path):
    response = send(f"/ar{path}", reply_to="")
    assert response.headers["Location"].startswith("/ar/tack/")
    go(client, response.headers["Location"], language="ar")
    assert kept()[0].reply_to == ""


@BOTH
@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"reply_to": "inte en adress"}, "reply_to"),
        ({"message": "å" * 1001}, "message"),
        ({"message": "Det gäller 121212-1212"}, "message"),
    ],
)
def test_a_mistake_is_shown_where_it_is_and_nothing_that_was_written_is_lost(send, path, changes, wrong):
    written = {"message": "Mina egna ord", "reply_to": "vard@exempel.example"} | changes
    response = send(path, **written)
    assert response.status_code == 422
    page = Page(response.text)
    assert page.title.startswith("Fel:")
    control = page.soup.select_one(f"[name={wrong}]")
    assert control["aria-invalid"] == "true"
    told = [page.soup.select_one(f"#{name}").get_text() for name in control["aria-describedby"].split()]
    assert any(text.strip().endswith(".") for text in told)
    summary = page.soup.select_one(".ds-error-summary")
    assert summary["role"] == "alert" and summary.select_one("a")["href"] == f"#{control['id']}"
    again = page.fields()
    assert (again["message"], again["reply_to"]) == (written["message"], written["reply_to"])
    assert nothing_is_kept()


def test_without_a_topic_the_form_asks_for_one_and_points_at_the_first_choice(send):
    page = Page(send(REPORT, topic=None).text)
    target = page.soup.select_one(".ds-error-summary a")["href"][1:]
    assert page.soup.find(id=target)["type"] == "radio"


def test_without_words_a_hindrance_is_nothing_but_a_report_may_do_without(send):
    assert send(HINDRANCE, message="  ").status_code == 422
    assert send(REPORT, message="").status_code == 303


@BOTH
def test_a_mistake_with_htmx_gives_the_form_and_no_more(send, path):
    response = send(path, headers=FRAGMENT, reply_to="fel")
    assert response.status_code == 422
    assert response.text.lstrip().startswith("<form") and "<html" not in response.text


@BOTH
def test_a_personal_number_is_refused_in_words(send, path):
    for number in ("19121212-1212", "121212 1212", "121212–1212"):
        response = send(path, message=f"Barnet {number} har det svårt")
        assert response.status_code == 422 and "personnumret" in response.text
    assert nothing_is_kept()


@BOTH
def test_a_robot_that_fills_the_trap_is_thanked_and_forgotten(send, path):
    response = send(path, homepage="https://spam.example")
    assert response.status_code == 303
    assert nothing_is_kept()
    with connection():
        assert not RateCount.select().exists()


@BOTH
@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://elsewhere.example"}],
)
def test_a_form_on_another_site_is_refused(send, path, headers):
    assert send(path, headers=headers).status_code == 400
    assert nothing_is_kept()


@BOTH
@pytest.mark.parametrize(
    "headers", [{"Origin": "http://localhost"}, {"Referer": "http://localhost/enhet"}, {"Sec-Fetch-Site": "none"}]
)
def test_older_browsers_may_send_too(send, path, headers):
    assert send(path, headers=headers).status_code == 303


@BOTH
@pytest.mark.parametrize("stamp", [None, "", "form", "form.abc.def", "x" * 1000])
def test_a_form_without_a_right_stamp_is_refused(send, path, stamp):
    assert send(path, stamp=stamp).status_code == 400
    assert nothing_is_kept()


@BOTH
def test_a_form_from_yesterday_is_refused_and_one_from_this_morning_is_not(county, send, path):
    class Earlier(TimestampSigner):
        hours = 0

        def get_timestamp(self) -> int:
            return super().get_timestamp() - self.hours * 3600

    signer = Earlier(county.secret_key, salt="tbb anonymous form")
    for hours, answer in ((11, 303), (13, 400)):
        signer.hours = hours
        assert send(path, stamp=signer.sign(b"form").decode()).status_code == answer
    assert (
        send(path, stamp=TimestampSigner("another key", salt="tbb anonymous form").sign(b"form").decode()).status_code
        == 400
    )


@BOTH
def test_the_sixth_in_a_while_must_wait_and_is_told_how_long(send, path, at):
    from datetime import UTC, datetime

    at(datetime(2026, 11, 23, 12, 0, 30, tzinfo=UTC))
    assert [send(path).status_code for _ in range(5)] == [303] * 5
    response = send(path)
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 600
    assert Page(response.text).heading
    assert send(path, headers=FRAGMENT).headers["HX-Retarget"] == "#messages"
    assert len(kept()) == 5


def test_a_unit_that_is_not_there_takes_no_reports(client):
    for method in (client.get, client.post):
        assert method("/enhet/finns-inte/fel", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 404


def test_the_page_that_somebody_comes_from_is_filled_in(visit):
    assert visit(f"{HINDRANCE}?sida=/hitta").fields()["page"] == "/hitta"


def test_reading_the_forms_changes_nothing(client):
    for path in (REPORT, HINDRANCE, "/tack/fel"):
        client.get(path)
    assert nothing_is_kept()
