"""One's own second factors over HTTP, and the proof that changing them takes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb.clock import now
from tbb.database import connection, rows
from tbb.models import Authenticator, Letter, Passkey, Sitting
from tests.authenticator import Device
from tests.conftest import go
from tests.factors import NOON, OWN, PARTY, PROVE, code, cookie, stage, touch, type_code, with_app, with_passkey
from tests.people import account, as_account, send, signed_in, submit

CHANGES = (f"{OWN}/nyckel", f"{OWN}/app", f"{OWN}/reservkoder", f"{OWN}/app/ta-bort")


@pytest.fixture
def noon(at):
    """The clock stands at noon, or at so many seconds after."""
    at(NOON)
    return lambda seconds: at(NOON + timedelta(seconds=seconds))


def told(page) -> str:
    """What an error page says, but for the request's number."""
    return page.words.replace(page.response.headers["X-Request-ID"], "")


def stale(app, persona: str = "enhetschef"):
    """A browser in which somebody signed in more than ten minutes ago."""
    client = signed_in(app, persona)
    with connection():
        Sitting.update(proved_at=now() - timedelta(minutes=11)).execute()
    return client


@pytest.mark.parametrize("path", CHANGES)
def test_every_change_takes_a_fresh_proof_and_comes_back(county, noon, path):
    secret, client = with_app(), stale(county)
    go(client, OWN)
    asked = client.get(path)
    assert asked.status_code == 303 and asked.location.startswith(f"{PROVE}?till=")
    before = cookie(client)
    page = type_code(client, asked.location, code(secret))
    assert page.response.request.path == path
    assert cookie(client) != before and stage(client) == "whole"
    with connection():
        assert rows("SELECT COUNT(*) FROM sitting")[0][0] == 1


@pytest.mark.parametrize("path", [*CHANGES, f"{OWN}/nyckel/fraga", f"{OWN}/nyckel/1/ta-bort"])
def test_no_change_is_taken_without_a_fresh_proof(county, noon, path):
    with_app()
    client = stale(county)
    token = go(client, OWN).soup.select_one("input[name=csrf_token]")["value"]
    data = {"csrf_token": token, "once": "x" * 30}
    answer = client.post(path, data=data, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303 and answer.location.startswith(PROVE)
    with connection():
        assert not rows("SELECT id FROM recovery_code") and Authenticator.select().count() == 1


@pytest.mark.parametrize("path", [OWN, PROVE, *CHANGES])
def test_whoever_is_not_signed_in_is_led_to_signing_in(county, path):
    answer = county.test_client().get(path)
    assert answer.status_code == 303 and answer.location.startswith("/logga-in?till=")


def test_a_passkey_proves_and_a_strangers_does_not(county):
    device, client = with_passkey(), stale(county)
    asked = client.get(f"{OWN}/reservkoder").location
    stranger = with_passkey("granne")
    assert "Nyckeln gick inte att använda" in touch(client, asked, stranger, status=422).words
    assert touch(client, asked, device).response.request.path == f"{OWN}/reservkoder"


def test_a_recovery_code_proves(county, noon):
    with_app()
    client = signed_in(county, "enhetschef")
    codes = submit(client, f"{OWN}/reservkoder")
    spots = [spot.text for spot in codes.soup.select(".codesheet .secret")]
    with connection():
        Sitting.update(proved_at=NOON - timedelta(minutes=11)).execute()
    asked = client.get(f"{OWN}/app").location
    way = go(client, asked).link("Jag kommer inte åt")
    page = type_code(client, way, spots[0])
    assert page.response.request.path == f"{OWN}/app"
    assert "Du har 9 reservkoder kvar." in page.text


def test_in_the_demonstration_a_button_proves_and_nowhere_else(county):
    client = stale(county)
    with connection():
        Sitting.update(method="demo").execute()
    page = submit(client, client.get(f"{OWN}/app").location)
    assert page.response.request.path == f"{OWN}/app"
    other = stale(county)
    token = go(other, OWN).soup.select_one("input[name=csrf_token]")["value"]
    answer = other.post(f"{PROVE}/demo", data={"csrf_token": token}, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 403
    assert "Logga ut och logga in igen" in go(other, PROVE).words


def test_a_key_is_added_under_a_name_and_taken_away_again(county, noon):
    with_app()
    client, elsewhere = signed_in(county, "enhetschef"), signed_in(county, "enhetschef")
    form = f"{OWN}/nyckel"
    assert "Ge nyckeln ett namn" in touch(client, form, Device(PARTY.origin), data={"name": " "}, status=422).words
    page = touch(client, form, Device(PARTY.origin), data={"name": "<b>Jobbets</b> dator"})
    assert page.response.request.path == OWN and "Nyckeln är sparad." in page.text
    assert "<b>Jobbets</b> dator" in page.words
    way = page.link("Ta bort")
    sure = go(client, way)
    assert "Ta bort nyckeln <b>Jobbets</b> dator?" in sure.heading
    page = send(client, sure, way)
    assert "Nyckeln är borttagen." in page.text and "Du har ingen nyckel" in page.words
    assert (stage(client), stage(elsewhere)) == ("whole", "out")
    with connection():
        assert [letter.template for letter in Letter.select().order_by(Letter.id.desc()).limit(2)] == [
            "factor_changed"
        ] * 2


def test_an_answer_that_is_no_key_is_told_of(county):
    with_passkey()
    client = signed_in(county, "enhetschef")
    page = submit(client, f"{OWN}/nyckel", {"name": "Ny", "answer": "{}"}, status=422)
    assert "Det gick inte att skapa nyckeln" in page.words and page.title.startswith("Fel:")
    assert page.soup.select_one("input[name=name]")["value"] == "Ny"
    with connection():
        assert Passkey.select().count() == 1


def test_the_last_factor_cannot_be_taken_away(county, noon):
    with_app()
    client = signed_in(county, "enhetschef")
    page = go(client, f"{OWN}/app/ta-bort")
    assert "Det är ditt enda andra steg" in page.words and not page.soup.select("main form")
    token = page.soup.select_one("input[name=csrf_token]")["value"]
    go(client, f"{OWN}/app/ta-bort", data={"csrf_token": token, "once": "x" * 30}, status=422)
    with connection():
        assert Authenticator.select().count() == 1


def test_nobody_reaches_somebody_elses_key(county):
    with_passkey("granne")
    with connection():
        theirs = Passkey.get().id
    client = signed_in(county, "enhetschef")
    missing = go(client, f"{OWN}/nyckel/999999/ta-bort", status=404)
    page = go(client, f"{OWN}/nyckel/{theirs}/ta-bort", status=404)
    assert told(page) == told(missing)
    token = go(client, OWN).soup.select_one("input[name=csrf_token]")["value"]
    path = f"{OWN}/nyckel/{theirs}/ta-bort"
    go(client, path, data={"csrf_token": token, "once": "x" * 30}, status=404)
    go(client, f"{OWN}/nyckel/99999999999999/ta-bort", status=404)
    with connection():
        assert Passkey.select().count() == 1


def test_an_app_is_connected_changed_and_taken_away(county, noon):
    with_passkey()
    client = signed_in(county, "enhetschef")
    for round in (0, 1):
        shown = submit(client, f"{OWN}/app")
        path, secret = shown.response.request.path, shown.soup.select_one(".secret").text.replace(" ", "")
        assert client.get(shown.soup.select_one(".appqr")["src"]).mimetype == "image/svg+xml"
        go(signed_in(county, "granne"), path, status=404)
        assert "stämmer inte" in type_code(client, path, "000000", status=422).words
        assert "Appen är kopplad" in type_code(client, path, code(secret)).text, round
    assert "Appen är borttagen" in submit(client, f"{OWN}/app/ta-bort").text
    with connection():
        assert not Authenticator.select().count()


def test_new_recovery_codes_are_for_their_owner_and_on_a_sheet_of_their_own(county, noon):
    with_app()
    client = signed_in(county, "enhetschef")
    shown = submit(client, f"{OWN}/reservkoder")
    path = shown.response.request.path
    assert go(client, path).words == shown.words
    go(as_account(county, account("granne")), path, status=404)
    assert "Dina nya reservkoder gäller nu." in send(client, shown, path).text
    go(client, path, status=404)
    go(signed_in(county, "granne"), f"{OWN}/reservkoder", status=404)


def test_looking_changes_nothing(county, noon):
    with_app()
    client = signed_in(county, "enhetschef")
    tables = ("passkey", "authenticator", "recovery_code", "one_time_token", "letter", "audit_row", "sitting")

    def everything() -> list:
        with connection():
            return [rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables]

    before = everything()
    for path in (OWN, PROVE, f"{PROVE}/reservkod", *CHANGES):
        go(client, path)
        client.head(path).close()
    assert everything() == before
