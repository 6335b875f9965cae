"""The pages of signing in through an organisation, where no provider answers: choosing, refusals, and the guards."""

from __future__ import annotations

import socket

import pytest

from tbb.database import connection, rows
from tbb.models import Account, Grant, OneTimeToken, Sitting
from tbb.routes import federation
from tbb.services.federation import Refusal
from tbb.services.limits import spend
from tbb.web.refusal_words import REFUSALS
from tests.conftest import go
from tests.page import Page
from tests.people import account, as_account, send, signed_in

CHOOSE = "/logga-in/valj-organisation"


@pytest.fixture(scope="module")
def nobody_there():
    """A port of this machine where nobody answers, held so that nobody else takes it."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.fixture(scope="module")
def provider_file(nobody_there, tmp_path_factory):
    """The file that tells of two providers that are away."""
    path = tmp_path_factory.mktemp("away") / "providers.toml"
    path.write_text(
        "\n".join(
            f'[[provider]]\nkey = "{key}"\nname = "{name}"\norganizer = "{number}"\nclient_id = "tbb"\n'
            f'issuer = "http://127.0.0.1:{nobody_there}/{key}"\nclient_secret = "a secret for tests"\n'
            for key, name, number in (("flen", "Flens kommun", "2120000332"), ("trosa", "Trosa kommun", "2120002957"))
        ),
        encoding="utf-8",
    )
    return path


@pytest.fixture
def app(make_app, county_url, provider_file):
    """The application with two providers that are away."""
    return make_app(county_url, TBB_IDENTITY_PROVIDERS=str(provider_file))


@pytest.fixture
def client(app):
    """A browser that has been nowhere."""
    return app.test_client()


def kept() -> tuple[int, int]:
    """How many attempts and sittings there are."""
    with connection():
        return OneTimeToken.select().count(), Sitting.select().count()


def test_every_organisation_has_its_button_and_what_one_brought_goes_along(client):
    shown = go(client, f"{CHOOSE}?till=abc&inbjudan=def")
    buttons = {button["formaction"]: button.text.strip() for button in shown.soup.select("main form button")}
    assert buttons == {"/logga-in/oidc/flen": "Flens kommun", "/logga-in/oidc/trosa": "Trosa kommun"}
    assert shown.fields()["till"] == "abc" and shown.fields()["inbjudan"] == "def"
    assert kept() == (0, 0)


def test_without_providers_one_is_led_to_the_password(county):
    client = county.test_client()
    assert client.get(CHOOSE).headers["Location"] == "/logga-in"
    stamp = go(client, "/konto/glomt").fields()["stamp"]
    go(client, "/logga-in/oidc/flen", data={"stamp": stamp}, status=404)


def test_a_provider_that_is_away_is_told_of_and_nothing_is_begun(client):
    shown = send(client, go(client, CHOOSE), CHOOSE, status=502)
    assert shown.heading == "Vi får inte kontakt med inloggningen" and "Flens kommun" in shown.words
    assert shown.link("Försök igen") == CHOOSE and kept() == (0, 0)
    with connection():
        told = rows("SELECT actor, outcome, note FROM audit_row WHERE action = 'account:refused'")
    assert told == [("public", "refused", "away: ConnectError")]


def test_beginning_is_guarded(client):
    stamp = go(client, CHOOSE).fields()["stamp"]
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        answer = client.post("/logga-in/oidc/flen", data={"stamp": stamp}, headers=headers)
        assert answer.status_code == 400 and "Set-Cookie" not in answer.headers
    go(client, "/logga-in/oidc/flen", data={"stamp": "forged"}, status=400)
    go(client, "/logga-in/oidc/nykoping", data={"stamp": stamp}, status=404)
    go(client, "/logga-in/oidc/flen", status=405)
    robot = client.post(
        "/logga-in/oidc/flen", data={"stamp": stamp, "homepage": "x"}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert robot.headers["Location"] == CHOOSE and kept() == (0, 0)


def test_coming_back_without_having_been_away_leads_to_the_sign_in(client):
    assert client.get("/logga-in/oidc/svar").headers["Location"] == "/logga-in"
    for query in ("state=", "state=x", "state=%00", "state=x&code=y&iss=z", f"state={'x' * 5000}", "state=å&error=%0d"):
        shown = go(client, f"/logga-in/oidc/svar?{query}", status=400)
        assert "inloggad" in shown.words or "förstod inte" in shown.words
    assert kept() == (0, 0)


def test_flooding_is_stopped_and_says_when_to_come_again(client):
    with connection():
        for _ in range(federation.MOST_PER_SENDER):
            spend("federation", "127.0.0.1", most=federation.MOST_PER_SENDER, seconds=federation.WINDOW_SECONDS)
    response = go(client, "/logga-in/oidc/svar?state=x", status=429).response
    assert 0 < int(response.headers["Retry-After"]) <= federation.WINDOW_SECONDS
    elsewhere = {"REMOTE_ADDR": "2001:db8::1"}
    go(client, "/logga-in/oidc/svar?state=x", status=400, environ_base=elsewhere)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "e30.e30.e30", "x" * 60_000])
def test_a_logout_that_nobody_we_know_has_signed_is_refused(client, token):
    answer = client.post("/logga-in/oidc/utloggning", data={"logout_token": token})
    assert (answer.status_code, answer.json) == (400, {"error": "invalid_request"})


def test_signing_out_where_there_is_nowhere_to_go_ends_at_the_sign_in(client):
    for query in ("", "?hos=", "?hos=nykoping", "?hos=flen", "?hos=https://elsewhere.example"):
        assert client.get(f"/logga-in/oidc/utloggad{query}").headers["Location"] == "/logga-in?utloggad=1"


@pytest.mark.parametrize("reason", REFUSALS)
def test_every_refusal_says_what_happened_and_shows_a_way_on(app, reason):
    words = REFUSALS[reason]
    with app.test_request_context("/logga-in/oidc/svar"):
        app.preprocess_request()
        response = federation._refused(Refusal(reason, "Flens kommun"))
    shown = Page(response.get_data(as_text=True))
    assert response.status_code == words.status in (400, 403, 502) and shown.heading == words.heading
    assert words.what.endswith(".") and words.advice in shown.words and "{}" not in shown.words
    assert shown.link("Till inloggningen") == "/logga-in" and (CHOOSE in shown.links) is words.again


def test_somebody_without_duties_is_welcomed_and_told_what_happens_next(app):
    with connection():
        found = Account.get_by_id(account("kommunikator"))
        Grant.delete().where(Grant.account == found).execute()
    page = go(as_account(app, found.id), "/logga-in/valkommen")
    assert page.heading == f"Välkommen, {found.name}" and "knyter ditt konto" in page.words


def test_somebody_with_duties_is_led_to_the_desk_and_a_stranger_to_the_sign_in(app, client):
    assert signed_in(app, "bba").get("/logga-in/valkommen").headers["Location"] == "/arbetsyta"
    assert client.get("/logga-in/valkommen").headers["Location"].startswith("/logga-in?")
    answer = client.post("/konto/bekrafta/organisation/flen", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/logga-in")
