"""Every route says who may enter it, answers only what it declares, and refuses what comes from elsewhere."""

from __future__ import annotations

import pytest
from flask import Blueprint

from tbb import routes
from tbb.policy import Permission
from tbb.web import access
from tests import cast
from tests.conftest import go

METHODS = ("POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "X-ODD")


def test_every_route_declares_a_permission(county):
    rules = list(county.url_map.iter_rules())
    declared = [county.view_functions[rule.endpoint].permission for rule in rules]
    assert len(rules) > 35
    assert all(isinstance(permission, Permission) for permission in declared)
    assert set(declared) == set(Permission) - {Permission.KEEP_DIRECTORY}


def test_one_undeclared_route_stops_the_start_and_is_named(make_app, database_url, monkeypatch):
    stray = Blueprint("stray", __name__)
    stray.add_url_rule("/smygvag", "enter", lambda: "in")
    install = routes.install

    def with_a_stray(app) -> None:
        install(app)
        app.register_blueprint(stray)

    monkeypatch.setattr(routes, "install", with_a_stray)
    with pytest.raises(access.UndeclaredRoute, match=r"/smygvag .*stray\.enter"):
        make_app(database_url)


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


def test_everything_that_changes_something_is_a_post_and_refuses_other_sites(county):
    client = county.test_client()
    rules = [rule for rule in county.url_map.iter_rules() if "POST" in rule.methods]
    slug = cast.units(county)[0]
    assert len(rules) >= 3
    for rule in rules:
        path = rule.rule.replace("<slug>", slug)
        elsewhere = (
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://elsewhere.example"},
            {"Origin": "null"},
            {"Referer": "https://elsewhere.example/enhet"},
            {"Origin": "http://localhost.elsewhere.example"},
            {},
        )
        for headers in elsewhere:
            response = client.post(path, data={"scheme": "dark"}, headers=headers)
            assert response.status_code == 400, f"{rule.rule} with {headers}: {response.status}"
            assert "Set-Cookie" not in response.headers


def test_no_get_changes_the_database(county):
    from tbb.database import connection, rows

    def everything() -> list:
        with connection():
            tables = (
                "unit",
                "person",
                "responsibility",
                "version",
                "audit_row",
                "letter",
                "feedback",
                "rate_count",
                "meta",
            )
            return [rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables]

    before, client = everything(), county.test_client()
    for _endpoint, address in cast.addresses(county, few=True):
        client.get(address).close()
        client.head(address).close()
    assert everything() == before


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
