"""A trusted proxy may say who somebody is: off by default, from listed peers alone, on one page alone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tbb.database import connection, rows
from tbb.models import Account, Identity, Organizer, Sitting
from tbb.policy import COMMAND
from tbb.services import invitations, tokens
from tbb.settings import BadSetting
from tests.conftest import go
from tests.people import send

PATH = "/logga-in/organisation"
ON = {
    "TBB_PROXY_IDENTITY_HEADER": "X-Remote-User",
    "TBB_PROXY_IDENTITY_ISSUER": "https://skolfederation.example",
    "TBB_PROXY_IDENTITY_NAME": "Flens kommun",
    "TBB_PROXY_IDENTITY_ORGANIZER": "212000-0332",
    "TBB_TRUSTED_PROXIES": "127.0.0.1, 192.0.2.0/29",
    "TBB_PROXY_NAME_HEADER": "X-Remote-Name",
    "TBB_PROXY_ACR_HEADER": "X-Remote-Acr",
    "TBB_PROXY_STRONG_ACR": "http://id.elegnamnden.se/loa/1.0/loa3 urn:example:mfa",
}
NUMBER = re.compile(r"\b[0-9a-f]{12}\b")
"""The number of a request, which differs from page to page."""
CALLED = {"X-Remote-User": "fg34-a1", "X-Remote-Name": "Åsa Påhittsdotter".encode().decode("latin-1")}


@pytest.fixture
def app(make_app, county_url):
    """The application behind a proxy that is believed."""
    return make_app(county_url, **ON)


@pytest.fixture
def client(app):
    """A browser that comes through the proxy, which is on this machine."""
    return app.test_client()


def identities() -> list[Identity]:
    """Everybody who has come through the proxy."""
    with connection():
        return list(Identity.select())


def come_in(client, headers: dict[str, str] = CALLED, status: int = 200, **data: str):
    """Come through the proxy, and say that it is oneself."""
    return send(client, go(client, PATH, headers=headers), PATH, data, headers=headers, status=status)


def test_the_proxys_word_makes_an_account_and_leads_to_it_again(client):
    shown = go(client, PATH, headers=CALLED)
    assert "Flens kommun säger att du är Åsa Påhittsdotter." in shown.words and not identities()
    assert come_in(client).heading == "Välkommen, Åsa Påhittsdotter"
    come_in(client)
    (identity,) = identities()
    assert (identity.issuer, identity.subject) == ("https://skolfederation.example", "fg34-a1")
    with connection():
        found = identity.account
        assert (found.organizer.name, found.state, found.password) == ("Flens kommun", "active", "")
        assert rows('SELECT COUNT(*) FROM "grant" WHERE account_id = ?', (found.id,)) == [(0,)]
        assert [(each.method, each.strong) for each in Sitting.select()] == [("proxy", False)]


@pytest.mark.parametrize(
    ("acr", "strong"), [("urn:example:mfa", True), ("http://id.elegnamnden.se/loa/1.0/loa3", True), ("loa2", False)]
)
def test_a_level_that_is_listed_makes_it_two_factors(client, acr, strong):
    come_in(client, CALLED | {"X-Remote-Acr": acr})
    with connection():
        assert Sitting.get().strong is strong


@pytest.mark.parametrize("peer", ["192.0.2.8", "198.51.100.7", "::1", "", "unix:"])
def test_from_any_other_peer_the_header_says_nothing(client, peer):
    nothing = go(client, "/finns-inte", status=404)
    shown = go(client, PATH, headers=CALLED, status=404, environ_base={"REMOTE_ADDR": peer})
    assert NUMBER.sub("", shown.words) == NUMBER.sub("", nothing.words)
    stamp = go(client, "/konto/glomt").fields()["stamp"]
    go(client, PATH, headers=CALLED, data={"stamp": stamp}, status=404, environ_base={"REMOTE_ADDR": peer})
    assert not identities()


@pytest.mark.parametrize("peer", ["192.0.2.1", "::ffff:192.0.2.1"])
def test_every_listed_peer_is_believed(client, peer):
    go(client, PATH, headers=CALLED, environ_base={"REMOTE_ADDR": peer})


@pytest.mark.parametrize("forged", [{"X-Forwarded-For": "127.0.0.1"}, {"X-Forwarded-For": "127.0.0.1, 127.0.0.1"}])
def test_no_header_can_make_a_stranger_the_proxy(make_app, county_url, forged):
    """The peer is the other end of the socket, whatever stands in X-Forwarded-For."""
    client = make_app(county_url, **ON, TBB_PROXIES="1").test_client()
    go(client, PATH, headers=CALLED | forged, status=404, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    # Behind the real proxy it is the other way round: the visitor's own address is not in the list, and need not be.
    through = CALLED | {"X-Forwarded-For": "203.0.113.9"}
    go(client, PATH, headers=through, environ_base={"REMOTE_ADDR": "127.0.0.1"})


def test_on_every_other_page_the_header_is_nothing(client):
    for path in ("/arbetsyta", "/konto"):
        assert client.get(path, headers=CALLED).status_code == 303
    go(client, "/logga-in", headers=CALLED)
    assert not identities()


def test_by_default_the_header_is_nothing_anywhere(county):
    client = county.test_client()
    go(client, PATH, headers=CALLED, status=404)
    stamp = go(client, "/konto/glomt").fields()["stamp"]
    go(client, PATH, headers=CALLED, data={"stamp": stamp}, status=404)
    assert not identities()


@pytest.mark.parametrize("value", ["", "  ", "fg34-a1,fg34-b2", "x" * 256])
def test_a_header_that_names_nobody_lets_nobody_in(client, value):
    shown = go(client, PATH, headers={"X-Remote-User": value}, status=200 if len(value) > 99 else 400)
    if len(value) > 99:
        shown = send(client, shown, PATH, headers={"X-Remote-User": value}, status=400)
    assert shown.heading in ("Vi fick inte veta vem du är", "Vi kunde inte lita på svaret") and not identities()


def test_looking_lets_nobody_in_and_neither_does_another_site(client):
    go(client, PATH, headers=CALLED)
    stamp = go(client, PATH, headers=CALLED).fields()["stamp"]
    for elsewhere in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        answer = client.post(PATH, headers=CALLED | elsewhere, data={"stamp": stamp})
        assert answer.status_code == 400 and "Set-Cookie" not in answer.headers
    go(client, PATH, headers=CALLED, data={"stamp": "forged"}, status=400)
    assert not identities()


def test_a_disabled_account_is_refused_in_words(client):
    come_in(client)
    with connection():
        Account.update(state="disabled").where(Account.id == identities()[0].account_id).execute()
    assert come_in(client, status=403).heading == "Ditt konto är stängt"
    assert len(identities()) == 1


def test_an_invited_person_takes_the_account_in_use(client):
    with connection():
        flen = Organizer.get(Organizer.orgnr == "2120000332")
        made = invitations.invite(COMMAND, email="vera@flen.example", name="Vera Testborg", organizer=flen)
        secret = tokens.issue(invitations.PURPOSE, made.id, lasts=timedelta(days=1))
    shown = go(client, f"{PATH}?inbjudan={secret}", headers=CALLED)
    assert send(client, shown, PATH, headers=CALLED).heading == "Välkommen, Vera Testborg"
    (identity,) = identities()
    assert identity.account_id == made.id


def test_the_page_of_organisations_leads_there(client):
    assert go(client, "/logga-in/valj-organisation").link("Flens kommun") == PATH


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TBB_TRUSTED_PROXIES", ""),
        ("TBB_TRUSTED_PROXIES", "0.0.0.0/0"),
        ("TBB_TRUSTED_PROXIES", "::/0"),
        ("TBB_TRUSTED_PROXIES", "proxy.example"),
        ("TBB_TRUSTED_PROXIES", "192.0.2.1/24"),
        ("TBB_PROXY_IDENTITY_ISSUER", ""),
        ("TBB_PROXY_IDENTITY_ORGANIZER", ""),
        ("TBB_PROXY_IDENTITY_ORGANIZER", "212000-0333"),
        ("TBB_PROXY_IDENTITY_HEADER", "X Remote"),
        ("TBB_PROXY_NAME_HEADER", "X-Namn: å"),
    ],
)
def test_it_does_not_start_half_set(make_app, county_url, name, value):
    with pytest.raises(BadSetting, match=name):
        make_app(county_url, **(ON | {name: value}))
