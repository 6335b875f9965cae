"""The wheel as a tool for talking: three dresses, no place for free text, one deliberate way on."""

from __future__ import annotations

import pytest

from tbb.database import connection, rows
from tbb.services import carrying
from tbb.services.wheel_texts import AREAS, LEVELS
from tests.conftest import go
from tests.page import said

DRESSES = {"/hjulet": 4, "/hjulet/barn": 4, "/hjulet/forskola": 3}
NOTICE = "Detta ersätter inte skyldigheten att göra orosanmälningar"


@pytest.mark.parametrize(("address", "answers"), DRESSES.items())
def test_each_dress_asks_about_seven_areas_and_has_no_place_for_free_text(visit, address, answers):
    page = visit(address)
    assert "Set-Cookie" not in page.response.headers and NOTICE in page.words
    radios = [control for control in page.all("input") if control.get("type") == "radio"]
    assert [radio.get("id") for radio in radios] == [f"{a}-{level}" for a in AREAS for level in LEVELS[:answers]]
    assert not list(page.all("textarea", "select"))
    typed = [control.get("name") for control in page.all("input") if control.get("type", "text") not in ("radio",)]
    assert set(typed) <= {None, "stamp", "homepage"}, "the switch, and what guards the form"
    areas = list(page.all("fieldset"))
    assert [area.get("id") for area in areas] == [f"omrade-{code}" for code in AREAS]
    assert all(said(next(area.iter("legend"))).strip() for area in areas)
    assert [petal["href"] for petal in page.soup.select(".petal a")] == [f"#omrade-{code}" for code in AREAS]
    (form,) = (found for found in page.soup.select("main form"))
    assert form["autocomplete"] == "off"
    first = form.find("button")
    assert first["type"] == "submit" and first["formmethod"] == "dialog", "what Enter presses goes nowhere"
    assert (form["method"] == "dialog") == (address != "/hjulet")
    assert go_to_pdf(visit, address).startswith(b"%PDF-1.7")


def go_to_pdf(visit, address: str) -> bytes:
    response = visit(address + ".pdf")
    assert response.mimetype == "application/pdf" and response.headers["Cache-Control"] == "public, no-cache"
    return response.data


def test_the_button_carries_seven_levels_and_nothing_else_to_the_form_behind_the_sign_in(client, county):
    shown = go(client, "/hjulet")
    sent = shown.fields() | {"halsa": "stod", "hemmet": "bra", "namn": "Alva", "omsorg": "mycket"}
    answer = go(client, "/hjulet/ta-med", data=sent, follow=False, status=303)
    target, _, token = answer.headers["Location"].partition("?med=")
    assert target == "/arbetsyta/hjul/nytt" and len(token) > 40
    assert "Alva" not in answer.headers["Location"] and "stod" not in answer.headers["Location"]
    assert "Set-Cookie" not in answer.headers
    with connection():
        assert carrying.take(token) == {"halsa": "stod", "hemmet": "bra"}
        assert carrying.take(token) == {}


def test_robots_other_sites_and_the_hasty_carry_nothing(client, county):
    fields = go(client, "/hjulet").fields()
    assert client.post("/hjulet/ta-med", data=fields).status_code == 400
    go(client, "/hjulet/ta-med", data=fields | {"stamp": "made up"}, status=400)
    robot = go(client, "/hjulet/ta-med", data=fields | {"homepage": "x"}, follow=False, status=303)
    assert robot.headers["Location"] == "/hjulet"
    with connection():
        assert rows("SELECT COUNT(*) FROM one_time_token WHERE purpose = ?", (carrying.PURPOSE,)) == [(0,)]
    for _ in range(carrying.PER_SENDER):
        go(client, "/hjulet/ta-med", data=fields, follow=False, status=303)
    go(client, "/hjulet/ta-med", data=fields, status=429)


def test_in_another_language_the_button_leads_to_the_same_swedish_form(client):
    fields = go(client, "/ar/hjulet", language="ar").fields()
    answer = go(client, "/ar/hjulet/ta-med", data=fields, follow=False, status=303)
    assert answer.headers["Location"].startswith("/arbetsyta/hjul/nytt?med=")


def test_the_address_of_before_leads_on_in_the_same_language(client):
    moved = client.get("/fi/modellen/hjulet")
    assert moved.status_code == 308 and moved.headers["Location"].endswith("/fi/hjulet/om")
