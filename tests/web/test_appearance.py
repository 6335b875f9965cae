"""The one cookie there is: how the visitor wants the site to look, and nothing else."""

from __future__ import annotations

import pytest

from tests.conftest import go

HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_choice_is_one_cookie_that_scripts_cannot_read_and_every_page_follows(client, scheme):
    response = client.post("/utseende", data={"scheme": scheme}, headers=HERE)
    assert response.status_code == 303
    (cookie,) = response.headers.getlist("Set-Cookie")
    assert cookie.startswith(f"tbb_utseende={scheme};")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"):
        assert part in cookie
    for address in ("/", "/hitta", "/finns-inte"):
        page = go(client, address, status=404 if "inte" in address else 200)
        assert page.tree.get("data-color-scheme") == scheme
        assert "Set-Cookie" not in page.response.headers
    chosen = go(client, "/utseende").soup.select_one("input[checked]")
    assert chosen["value"] == scheme


def test_over_https_the_cookie_stays_there(make_app, county_url):
    client = make_app(county_url, TBB_BASE_URL="https://tbb.example").test_client()
    response = client.post("/utseende", data={"scheme": "dark"}, headers=HERE, base_url="https://tbb.example")
    assert "Secure" in response.headers["Set-Cookie"]


def test_to_follow_the_device_takes_the_cookie_away(client):
    client.post("/utseende", data={"scheme": "dark"}, headers=HERE)
    response = client.post("/utseende", data={"scheme": "auto"}, headers=HERE)
    assert "Max-Age=0" in response.headers["Set-Cookie"]
    assert client.get_cookie("tbb_utseende") is None
    assert go(client, "/").tree.get("data-color-scheme") == "auto"


@pytest.mark.parametrize("scheme", ["", "pink", "<script>"])
def test_another_look_there_is_not(client, scheme):
    response = client.post("/utseende", data={"scheme": scheme}, headers=HERE)
    assert response.status_code == 422 and "Set-Cookie" not in response.headers


def test_a_cookie_with_nonsense_is_as_none(client):
    client.set_cookie("tbb_utseende", "pink")
    assert go(client, "/").tree.get("data-color-scheme") == "auto"
