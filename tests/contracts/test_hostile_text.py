"""No text that anybody can send makes a fault of ours, and what may be kept comes back exactly as it was sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from tbb.database import connection
from tbb.models import Feedback
from tbb.policy import COMMAND
from tbb.services import feedback
from tests import cast, naughty
from tests.page import Page

HERE = {"Sec-Fetch-Site": "same-origin"}
PARAMETERS = {
    "/hitta": ("q", "kommun", "verksamhet", "vem", "sida", "antal", "okänd"),
    "/hitta/forslag": ("q", "kommun"),
    "/guide": ("skede", "alder", "forskola", "gymnasium", "kommun", "enhet", "andra", "fraga"),
    "/guide/svar": ("skede", "kommun", "enhet", "namn", "alla"),
    "/tillganglighet/synpunkt": ("sida",),
}
UNIT = "/enhet/nackrosskolan-eskilstuna"
FORMS = {f"{UNIT}/fel": ("topic", "message", "reply_to"), "/tillganglighet/synpunkt": ("page", "message", "reply_to")}


@pytest.fixture
def often(at):
    """Move the clock on, so that the limits on how often do not stand in the way of the many tries."""
    moment = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    def later() -> None:
        nonlocal moment
        moment += timedelta(hours=1)
        at(moment)

    later()
    return later


@pytest.mark.parametrize("path", PARAMETERS)
def test_every_parameter_takes_any_text(client, path):
    guide = {"skede": "grundskola", "kommun": "flen"} if path == "/guide/svar" else {}
    for name in PARAMETERS[path]:
        for text in naughty.strings() if name == "q" else naughty.some():
            response = client.get(path, query_string=guide | {name: text}, follow_redirects=True)
            assert response.status_code in (200, 400), f"{path}?{name}={text!r}: {response.status}"
            assert "<script>alert" not in response.text and "onerror=alert(1)>" not in response.text


def test_pages_with_odd_words_in_them_are_right_pages(client):
    for text in naughty.OWN[::3]:
        response = client.get("/hitta", query_string={"q": text})
        if response.status_code == 200 and not any(
            ord(letter) < 32 or letter in "\x7f\x80\x85\ufffe\uffff" for letter in text
        ):
            Page(response.text, address=f"/hitta?q={text!r}")


@pytest.mark.parametrize(
    "path",
    [
        "/enhet/{}",
        "/enhet/{}/affisch.pdf",
        "/enhet/{}/fel",
        "/kommun/{}",
        "/{}",
        "/tack/{}",
        "/static/{}",
        "/ar/enhet/{}",
    ],
)
def test_every_part_of_an_address_takes_any_text(client, path):
    for text in naughty.strings() if path == "/enhet/{}" else naughty.some():
        with client.get(path.format(quote(text, safe=""))) as response:
            assert response.status_code in (200, 301, 308, 400, 404, 405), f"{path} with {text!r}: {response.status}"
            assert "elsewhere.example" not in response.headers.get("Location", "").partition("?")[0].partition("/")[0]


@pytest.mark.parametrize("path", FORMS)
def test_every_field_takes_any_text_and_gives_it_back_in_the_form(client, often, path):
    right = Page(client.get(path).text).fields() | {"topic": "other", "message": "Fel"}
    for name in FORMS[path]:
        for text in naughty.strings() if name == "message" else naughty.some():
            often()
            response = client.post(path, data=right | {name: text}, headers=HERE)
            assert response.status_code in (303, 400, 422), f"{path} {name}={text!r}: {response.status}"
            if response.status_code == 422 and text.isprintable() and name == "message":
                assert Page(response.text).fields()["message"] == text.strip()


def test_what_may_be_kept_comes_back_exactly(county, client, often):
    path, sent = f"{UNIT}/fel", []
    right = Page(client.get(path).text).fields() | {"topic": "other"}
    for text in naughty.strings():
        often()
        if client.post(path, data=right | {"message": text}, headers=HERE).status_code == 303:
            sent.append(text.strip())
    with connection():
        kept = [told.message for told in feedback.waiting(COMMAND)]
    assert len(sent) > 80
    # A browser sends every new line as CR LF, and so does the test's; nothing else may differ.
    assert [text.replace("\r\n", "\n") for text in kept] == [text.replace("\r\n", "\n") for text in sent]


@pytest.mark.parametrize("bad", ["%00", "a%00b", "%ff%00"])
def test_a_nul_is_refused_everywhere(county, client, bad):
    for address in (
        "/hitta?q={}",
        "/hitta/forslag?q={}",
        "/guide?skede={}",
        "/enhet/{}",
        "/kommun/{}",
        "/guide/svar?enhet={}",
        "/x?{}=1",
    ):
        assert client.get(address.format(bad)).status_code in (400, 404), address
    for field in ("message", "topic", "stamp", "homepage", "extra"):
        body = f"{field}={bad}"
        response = client.post(f"{UNIT}/fel", data=body, headers=HERE, content_type="application/x-www-form-urlencoded")
        assert response.status_code == 400, field


@pytest.mark.parametrize(
    "bad", ["%ed%a0%80", "%ed%bf%bf", "%ff%fe", "%c0%af", "%f5%80%80%80", "%", "%zz", "%e5", "%C3%28"]
)
def test_bytes_that_are_no_text_are_refused_or_read_forgivingly(client, bad):
    for address in (
        "/hitta?q={}",
        "/hitta?kommun={}",
        "/hitta/forslag?q={}",
        "/enhet/{}",
        "/kommun/{}",
        "/guide?kommun={}",
        "/tillganglighet/synpunkt?sida={}",
    ):
        assert client.get(address.format(bad)).status_code in (200, 400, 404), address
    fields = Page(client.get(f"{UNIT}/fel").text).fields()
    body = f"topic=other&message={bad}&stamp={quote(fields['stamp'])}"
    response = client.post(f"{UNIT}/fel", data=body, headers=HERE, content_type="application/x-www-form-urlencoded")
    assert response.status_code in (303, 400, 422)


def test_a_million_characters_are_refused_in_words(client):
    for path, names in FORMS.items():
        for name in names:
            response = client.post(path, data={name: "x" * 10**6}, headers=HERE)
            assert response.status_code == 413, path
            assert Page(response.text).heading
    for address in ("/hitta?q=", "/hitta/forslag?q=", "/guide?kommun=", "/enhet/", "/kommun/"):
        assert client.get(address + "x" * 10**6).status_code in (200, 303, 400, 404, 413, 414), address


def test_a_form_of_many_parts_is_refused(client):
    parts = {f"field{number}": (None, "x") for number in range(500)}
    boundary = "grans"
    body = (
        "".join(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\nx\r\n' for name in parts)
        + f"--{boundary}--\r\n"
    )
    response = client.post(
        f"{UNIT}/fel", data=body, headers=HERE, content_type=f"multipart/form-data; boundary={boundary}"
    )
    assert response.status_code in (400, 413)


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/json", "application/xml", "multipart/form-data", "multipart/form-data; boundary=", "x"],
)
def test_a_body_of_another_kind_changes_nothing(client, kind):
    response = client.post(f"{UNIT}/fel", data='{"topic": "other"}', headers=HERE, content_type=kind)
    assert response.status_code in (400, 422)


def test_fields_that_are_not_in_the_form_or_come_twice_change_nothing_else(county, client):
    fields = Page(client.get(f"{UNIT}/fel").text).fields()
    data = fields | {
        "topic": ["other", "person"],
        "id": "77",
        "handled_at": "2020-01-01",
        "subject": "x",
        "unit": "1",
        "forget_on": "2099-01-01",
        "key": "k",
    }
    assert client.post(f"{UNIT}/fel", data=data, headers=HERE).status_code in (303, 422)
    with connection():
        for kept in Feedback.select():
            assert (kept.subject, kept.handled_at, kept.topic) == ("report", None, "other")
            assert kept.id < 77 and kept.key != "k" and kept.forget_on.year < 2099


def test_every_address_takes_odd_headers(county):
    client = county.test_client(use_cookies=False)
    odd = (
        "",
        "x" * 5000,
        "å".encode().decode("latin-1"),
        "*/*;q=x",
        "\t",
        ",,,",
        '"',
        "W/",
        "a=b; tbb_utseende=; =; ;",
    )
    for address in ("/", "/hitta?q=skola", UNIT, "/finns-inte"):
        for name in (
            "Accept-Language",
            "Accept-Encoding",
            "If-None-Match",
            "Cookie",
            "HX-Request",
            "HX-Request-Type",
            "HX-Current-URL",
            "HX-Boosted",
            "Referer",
            "Sec-Fetch-Site",
            "Range",
            "If-Modified-Since",
        ):
            for value in odd:
                assert client.get(address, headers={name: value}).status_code in (200, 204, 304, 404), (
                    address,
                    name,
                    value,
                )


def test_the_samples_are_many_enough():
    assert len(set(naughty.OWN)) >= 100 and cast.QUERIES
