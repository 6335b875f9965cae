"""Every route says who may enter it, answers only what it declares, and refuses what comes from elsewhere."""

from __future__ import annotations

from secrets import token_urlsafe

import pytest
from flask import Blueprint

from tbb import routes
from tbb.database import connection, db, rows
from tbb.policy import Permission
from tbb.services import applying
from tbb.web import access
from tbb.web.forms import form_stamp
from tests import applications, at_work, cast
from tests.conftest import go
from tests.people import signed_in

METHODS = ("POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "X-ODD")


def test_every_route_declares_a_permission(county):
    rules = list(county.url_map.iter_rules())
    declared = [county.view_functions[rule.endpoint].permission for rule in rules]
    assert len(rules) > 35
    assert all(isinstance(permission, Permission) for permission in declared)
    # These are asked for by services alone: commands, and the second person of two.
    assert set(declared) == set(Permission) - {Permission.KEEP_DIRECTORY, Permission.APPROVE_IMPORT}


def test_one_undeclared_route_stops_the_start_and_is_named(make_app, database_url, monkeypatch):
    stray = Blueprint("stray", __name__)
    stray.add_url_rule("/smygvag", "enter", lambda: "in")
    install = routes.install

    def with_a_stray(app) -> None:
        install(app)
        app.register_blueprint(stray)

    monkeypatch.setattr(routes, "install", with_a_stray)
    with pytest.raises(access.UndeclaredRoute, match=r"/smygvag .*stray\.enter"):
        make_app(database_url, TBB_ENV="test")


def test_even_a_route_added_after_the_start_lets_nobody_in(county):
    county.add_url_rule("/smygvag", "stray", lambda: "in")
    go(county.test_client(), "/smygvag", status=404)


def test_every_address_answers_only_the_methods_it_declares(county):
    client, allowed = county.test_client(), {}
    adapter = county.url_map.bind("localhost")
    for _endpoint, address in cast.addresses(county, few=True):
        path = address.partition("?")[0]
        allowed[path] = set(adapter.allowed_methods(path))
    for path, methods in allowed.items():
        for method in METHODS:
            if method not in methods:
                response = client.open(path, method=method)
                assert response.status_code == 405, f"{method} {path}: {response.status}"
                assert {name.strip() for name in response.headers["Allow"].split(",")} == methods
        assert client.options(path).status_code in (200, 404), path


ELSEWHERE = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Referer": "https://elsewhere.example/enhet"},
    {"Origin": "http://localhost.elsewhere.example"},
    {},
)
"""What a browser says of a form that was not sent from one of our own pages."""
FROM_ANOTHER_SERVER = {"federation.end_from_there"}
"""An organisation's provider sends it, signed, from its own machine: tests/oidc."""
CROWD = ("huvudman", "bba", "processledare", "loggranskare", "drift")
MAY_CHANGE = {"audit_row", "sitting", "receipt", "rate_count"}
"""That somebody looks is on record, a sitting knows when it was last used, and a new link may be asked for so often."""


def test_every_form_that_nobody_need_sign_in_for_refuses_other_sites(county):
    """In each form all is right but where it comes from; the same form from our own page is taken."""
    client, parts = county.test_client(), parts_of(county)
    with county.test_request_context():
        stamp = form_stamp()
    rules = [
        (rule, "/" + county.url_map.bind("localhost").build(rule.endpoint, parts_for(rule, parts)).lstrip("/"))
        for rule in county.url_map.iter_rules()
        if "POST" in rule.methods and county.view_functions[rule.endpoint].permission in access.OPEN
    ]
    assert len(rules) > 20
    for own in False, True:
        for rule, path in rules:
            for headers in ({"Sec-Fetch-Site": "same-origin"},) if own else ELSEWHERE:
                data = {"scheme": "dark", "stamp": stamp, "once": token_urlsafe(24), "unit": parts["key"]}
                response = client.post(path, data=data, headers=headers)
                where = f"{rule.rule} with {headers}: {response.status}"
                if own and rule.endpoint not in FROM_ANOTHER_SERVER:
                    assert response.status_code in (200, 303, 404, 409, 422), where
                else:
                    assert response.status_code == 400, where
                    assert "Set-Cookie" not in response.headers
        if not own:
            assert county.test_client().get(f"/anslut/{parts['token']}/granska").status_code == 200, "it is gone"


def parts_of(app) -> dict[str, str]:
    """What may stand for the parts of the addresses that anybody may send a form to."""
    with connection():
        token = applications.filled_in("utifran@ekollonet.example")
        (unit,) = applying.find(token).data["units"]
    return {
        "slug": "nackrosskolan-eskilstuna",
        "persona": "bba",
        "provider": "ingen",
        "part": "kontakt",
        "token": token,
        "key": unit["key"],
    }


def parts_for(rule, parts: dict[str, str]) -> dict[str, str]:
    """The parts of one address. Only an application has a key that something is there for already."""
    unknown = {} if rule.endpoint.startswith("applying.") else {"token": at_work.NOBODYS}
    return {name: (parts | unknown)[name] for name in rule.arguments}


def test_no_get_changes_the_database(county):
    with connection():
        made = at_work.furnish()
        token = applications.filled_in("utifran@ekollonet.example")
    crowd = [county.test_client(), *(signed_in(county, persona) for persona in CROWD)]
    public = [address for _endpoint, address in cast.addresses(county, few=True)]
    private = [sample.address for sample in at_work.samples(county, made, "GET")]
    steps = ("", "/organisation", "/verksamheter", "/overenskommelse", "/granska", "/ta-tillbaka", "/kvitto")
    opened, before = 0, everything()
    for number, client in enumerate(crowd):
        for address in private if number else [*public, "/demo", "/logga-in", *(f"/anslut/{token}{s}" for s in steps)]:
            if number < 2:
                client.head(address).close()
            with client.get(address) as response:
                opened += response.status_code == 200
    assert opened > 150
    after = everything()
    assert [table for table in before if before[table] != after[table]] == []


def everything() -> dict[str, list]:
    """All that is in the database but what may change when somebody looks, by table."""
    with connection():
        return {
            table: rows(f'SELECT * FROM "{table}" ORDER BY 1') for table in db.get_tables() if table not in MAY_CHANGE
        }


@pytest.mark.parametrize("environ", [{}, {"TBB_ENV": "development"}])
def test_the_style_guide_is_for_the_showroom(make_app, county_url, environ):
    go(make_app(county_url, **environ).test_client(), "/stilguide")


def test_in_production_the_style_guide_does_not_exist(make_app, database_url):
    production = {
        "TBB_ENV": "production",
        "TBB_BASE_URL": "https://tbb.example",
        "TBB_SMTP_URL": "smtp://127.0.0.1:25",
    }
    client = make_app(database_url, **production).test_client()
    response = client.get("/stilguide", base_url="https://tbb.example")
    assert response.status_code == 404
    assert _said_by(response) == _said_by(client.get("/finns-inte", base_url="https://tbb.example"))


def _said_by(response) -> str:
    """What an answer says, but for its own address and request id."""
    text = response.get_data(as_text=True).replace(response.headers["X-Request-ID"], "")
    return text.replace("/finns-inte", "/stilguide")
