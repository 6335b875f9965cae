"""The demonstration: everybody in the cast can be played with one click, and nowhere else does it exist."""

from __future__ import annotations

import pytest

from tbb import clock
from tbb.database import connection, rows
from tbb.models import Account, Sitting
from tbb.services import demo_cast
from tests.conftest import go
from tests.people import account, send

KEYS = [persona.key for persona in demo_cast.CAST]
PRODUCTION = {
    "TBB_ENV": "production",
    "TBB_BASE_URL": "https://tbb.example",
    "TBB_SMTP_URL": "smtp://127.0.0.1:25",
    "TBB_PASSWORD_MEMORY_KIB": "65536",
}
HERE = {"Sec-Fetch-Site": "same-origin"}


def sittings_of(persona: str) -> int:
    """How many sittings one of the cast has."""
    number = account(persona)
    with connection():
        return Sitting.select().where(Sitting.account == number).count()


def test_everybody_is_there_once_with_a_name_a_place_and_something_to_try(visit):
    page = visit("/demo")
    actions = [form["action"] for form in page.soup.select("main form")]
    assert sorted(actions) == sorted(f"/demo/{key}" for key in KEYS)
    cards = page.soup.select(".castcard")
    assert len(cards) == len(KEYS)
    for card in cards:
        assert len(card.select_one("h3").text.split()) == 2 and card.select_one(".castcard__place span").text
        assert card.select(".castcard__may li")
    buttons = [button.text.strip() for button in page.soup.select("main form button")]
    assert len(set(buttons)) == len(KEYS)
    assert [heading.text for heading in page.soup.select("main h2")] == list(demo_cast.GROUPS)


@pytest.mark.parametrize("key", KEYS)
def test_one_click_signs_in_as_each(client, key):
    page = send(client, go(client, "/demo"), "/demo", action=f"/demo/{key}")
    assert page.response.request.path == "/arbetsyta"
    assert "Byt person" in page.text
    name = next(one.name for group in _players().values() for one in group if one.key == key)
    assert name in page.text and sittings_of(key) == 1
    with connection():
        assert rows("SELECT action, note FROM audit_row ORDER BY id DESC LIMIT 1")[0] == ("account:sign-in", "demo")


def test_to_be_somebody_else_ends_the_sitting_of_the_one_before(client):
    send(client, go(client, "/demo"), "/demo", action="/demo/bba")
    shown = go(client, "/demo")
    assert [form["action"] for form in shown.soup.select("main form")].count("/demo/bba") == 0
    assert "Du är här" in shown.soup.select_one(".panel--tint").text
    send(client, shown, "/demo", action="/demo/huvudman")
    assert (sittings_of("bba"), sittings_of("huvudman")) == (0, 1)


def test_looking_signs_nobody_in(client):
    go(client, "/demo")
    go(client, "/demo/bba", status=405)
    with connection():
        assert Sitting.select().count() == 0


def test_nobody_can_be_signed_in_from_another_site(client):
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        response = client.post("/demo/drift", headers=headers)
        assert response.status_code == 400 and "Set-Cookie" not in response.headers


def test_whoever_is_not_in_the_cast_cannot_be_played(client):
    go(client, "/demo/rektorn", data={}, status=404)


def test_without_demo_data_there_is_no_demo(app):
    client = app.test_client()
    go(client, "/demo", status=404)
    response = client.post("/demo/drift", headers=HERE)
    assert response.status_code == 404 and "Set-Cookie" not in response.headers


def test_in_production_there_is_no_demo(make_app, database_url):
    client = make_app(database_url, **PRODUCTION).test_client()
    nothing = client.get("/finns-inte", base_url="https://tbb.example").text
    for response in (
        client.get("/demo", base_url="https://tbb.example"),
        client.post("/demo/drift", base_url="https://tbb.example", headers=HERE),
    ):
        assert response.status_code == 404 and "Set-Cookie" not in response.headers
        assert response.text.count("Sidan finns inte") == nothing.count("Sidan finns inte")


def test_even_an_account_with_the_address_of_one_of_the_cast_is_no_way_in(make_app, database_url):
    app = make_app(database_url, **PRODUCTION)
    with connection():
        Account.create(key="k" * 32, email="drift@tbb.example", name="Disa", state="active", created_at=clock.now())
    response = app.test_client().post("/demo/drift", base_url="https://tbb.example", headers=HERE)
    assert response.status_code == 404 and "Set-Cookie" not in response.headers


def _players() -> dict:
    with connection():
        return demo_cast.players()
