"""Whatever goes wrong is told in words, as a page or as a fragment, with a number to tell us and nothing else."""

from __future__ import annotations

import pytest
from flask import abort
from werkzeug.exceptions import HTTPException

from tbb import database
from tbb.policy import Refused
from tbb.services.consents import NotCovered
from tbb.services.limits import TooOften
from tbb.web.access import public
from tbb.web.language import LANGUAGES
from tests.page import Page, check_headers, look_at_fragment

CODES = (400, 403, 404, 405, 413, 429, 500)
OTHERS = {401: 400, 406: 400, 415: 400, 418: 400, 502: 500, 503: 500}


@pytest.fixture
def breaking(county):
    """A visitor of an application where every kind of fault has an address."""

    @public
    def fault(kind: str):
        if kind.isdecimal():
            abort(int(kind))
        raise {
            "refused": Refused("KANARIE"),
            "often": TooOften(77),
            "bug": ZeroDivisionError("KANARIE"),
            "skipped": NotCovered(("BUP i Flen", "Socialtjänsten i Flen")),
        }[kind]

    county.add_url_rule("/fault/<kind>", "fault", fault, methods=["GET", "POST"])
    county.testing = False
    return county.test_client()


def test_every_error_is_a_page_of_its_own_in_every_language(breaking):
    for language in LANGUAGES:
        for code in CODES:
            response = breaking.get(f"/{language}/fault/{code}")
            assert response.status_code == code
            check_headers(response)
            assert response.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in response.headers
            page = Page(response.text, language=language)
            assert page.heading in page.title
            assert any(link.endswith("/hitta") for link in page.links)


def test_every_error_is_a_fragment_that_lands_among_the_messages(breaking):
    for code in CODES:
        response = breaking.get(f"/fault/{code}", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
        assert response.status_code == code
        assert response.headers["HX-Retarget"] == "#messages"
        assert response.headers["HX-Reswap"] == "innerHTML"
        look_at_fragment(response.text)
        assert len(response.data) < 1500


def test_every_page_has_the_place_where_messages_land(visit):
    for address in ("/", "/hitta", "/guide", "/finns-inte"):
        page = visit(address, status=404 if "inte" in address else 200)
        (place,) = [element for element in page.elements if element.get("id") == "messages"]
        assert place.get("role") == "status"


@pytest.mark.parametrize(("code", "words"), OTHERS.items())
def test_a_rarer_error_keeps_its_number_and_borrows_the_words(breaking, code, words):
    response = breaking.get(f"/fault/{code}")
    assert response.status_code == code
    assert Page(response.text).heading == Page(breaking.get(f"/fault/{words}").text).heading


def test_what_somebody_may_not_do_is_403_and_says_nothing_of_why(breaking):
    response = breaking.get("/fault/refused")
    assert response.status_code == 403 and "KANARIE" not in response.text


def test_who_skips_the_step_of_consent_is_told_which_services_lack_it(breaking):
    response = breaking.get("/fault/skipped")
    page = Page(response.text)
    assert (response.status_code, page.heading) == (409, "Samtycke saknas")
    assert "uppgifter delas med BUP i Flen eller Socialtjänsten i Flen" in page.words


def test_too_often_says_when_to_come_back(breaking):
    response = breaking.get("/fault/often")
    assert (response.status_code, response.headers["Retry-After"]) == (429, "77")


def test_a_fault_of_ours_tells_a_number_that_the_log_knows_and_nothing_of_the_fault(breaking, caplog):
    response = breaking.get("/fault/bug", headers={"User-Agent": "KANARIE"})
    assert response.status_code == 500
    number = response.headers["X-Request-ID"]
    assert number in response.text
    for word in ("KANARIE", "ZeroDivision", "Traceback", "tbb/", "tests"):
        assert word not in response.text
    told = [record.getMessage() for record in caplog.records if number in record.getMessage()]
    assert any("ZeroDivisionError at" in message for message in told)
    assert "KANARIE" not in caplog.text


def test_after_a_fault_the_next_visitor_is_served(breaking):
    breaking.get("/fault/bug")
    assert breaking.get("/").status_code == 200


def test_a_wrong_method_says_which_are_right(client):
    response = client.post("/kontakt")
    assert response.status_code == 405
    assert {"GET", "HEAD"} <= {name.strip() for name in response.headers["Allow"].split(",")}


def test_an_error_of_another_kind_than_http_never_reaches_the_server(breaking):
    for kind in ("bug", "500", "refused"):
        try:
            assert breaking.post(f"/fault/{kind}", headers={"Sec-Fetch-Site": "same-origin"}).status_code >= 400
        except HTTPException:
            pytest.fail("the error was not answered")


@pytest.mark.parametrize("address", ["/", "/hitta", "/enhet/nackrosskolan-eskilstuna"])
def test_without_its_database_the_service_still_says_so_in_words(county, address):
    county.testing = False
    client = county.test_client()
    kept = client.get(address)
    with database.connection():
        for table in ("version", "responsibility", "municipality"):
            more = " CASCADE" if database.on_postgresql() else ""
            database.run(f"ALTER TABLE {table} RENAME TO away_{table}" if not more else f"DROP TABLE {table}{more}")
    answer = client.get(address, headers={"If-None-Match": kept.headers["ETag"]})
    assert (kept.status_code, answer.status_code) == (200, 500)
    page = Page(answer.text)
    assert answer.headers["X-Request-ID"] in page.words
    assert "no such table" not in answer.text and "does not exist" not in answer.text
    with client.get("/halsa") as health:
        assert health.status_code == 500
    with client.get("/favicon.ico") as favicon:
        assert favicon.status_code == 200
