"""Every answer carries every security header, exactly; public answers set no cookie; strangers' hosts are refused."""

from __future__ import annotations

import pytest

from tbb.web import static
from tbb.web.headers import CONTENT_SECURITY_POLICY
from tests import cast
from tests.page import check_headers


def test_every_answer_of_every_address_has_them_and_sets_no_cookie(county):
    client = county.test_client()
    for _endpoint, address in cast.addresses(county, few=True):
        for method in ("GET", "HEAD", "OPTIONS", "POST"):
            with client.open(address, method=method) as response:
                check_headers(response)
                assert "Set-Cookie" not in response.headers, f"{method} {address}"
                assert "Cache-Control" in response.headers, f"{method} {address}"


def test_errors_redirects_and_static_files_have_them_too(county):
    client = county.test_client()
    statics = [static.served_names(county)[0], "/favicon.ico", "/static/nothing"]
    for address in (*statics, "/finns-inte", "/enhet/nackrosskolan", "/%00", "/guide/svar", "//elsewhere.example"):
        with client.get(address) as response:
            check_headers(response)
            assert "Set-Cookie" not in response.headers


def test_over_https_browsers_are_told_to_stay_there(make_app, county_url):
    client = make_app(county_url, TBB_BASE_URL="https://tbb.example").test_client()
    for address in ("/", "/finns-inte", "/favicon.ico"):
        with client.get(address, base_url="https://tbb.example") as response:
            check_headers(response, secure=True)


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere():
    directives = dict(part.strip().split(" ", 1) for part in CONTENT_SECURITY_POLICY.split(";"))
    assert directives.pop("default-src") == "'none'"
    assert directives.pop("img-src") == "'self' data:"
    for name in ("script-src", "style-src", "media-src", "font-src", "connect-src", "form-action"):
        assert directives.pop(name) == "'self'"
    assert directives == {"base-uri": "'none'", "frame-ancestors": "'none'", "object-src": "'none'"}


@pytest.mark.parametrize(
    "host", ["elsewhere.example", "localhost.elsewhere.example", "127.0.0.1.elsewhere.example", "", "a b"]
)
def test_another_host_is_refused(client, host):
    for address in ("/", "/hitta", "/enhet/nackrosskolan"):
        response = client.get(address, headers={"Host": host})
        assert response.status_code == 400
        assert "elsewhere" not in response.headers.get("Location", "")


@pytest.mark.parametrize(
    "name",
    ["X-Forwarded-Host", "X-Forwarded-For", "Forwarded", "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override"],
)
def test_headers_that_a_proxy_did_not_set_change_nothing(client, name):
    plain = client.get("/kontakt").data
    assert client.get("/kontakt", headers={name: "elsewhere.example"}).data == plain


def test_behind_a_proxy_the_visitors_address_is_the_one_the_proxy_tells(make_app, county_url):
    app = make_app(county_url, TBB_PROXIES="1")
    seen = []
    app.before_request(lambda: seen.append(__import__("flask").request.remote_addr))
    app.test_client().get("/halsa", headers={"X-Forwarded-For": "198.51.100.9, 192.0.2.7"})
    assert seen == ["192.0.2.7"]


def test_addresses_that_leave_the_site_name_the_configured_host_only(make_app, county_url):
    client = make_app(county_url, TBB_BASE_URL="https://tbb.example", TBB_TRUSTED_HOSTS="other.example").test_client()
    text = client.get("/enhet/nackrosskolan-eskilstuna", base_url="https://other.example").text
    assert "https://tbb.example/" in text and "other.example" not in text
