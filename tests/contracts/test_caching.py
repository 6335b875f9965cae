"""Public pages may be kept, and are never old: the validator changes with all that a page depends on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tbb.database import connection, transaction
from tbb.models import Person, Unit
from tbb.services import versions
from tests import cast
from tests.web.test_finding_pages import publish

LATE = datetime(2026, 11, 23, 22, 59, tzinfo=UTC)
ADDRESS = "/enhet/nackrosskolan-eskilstuna"


def cached(app) -> list[str]:
    """One address of every route that is cached."""
    return [
        address
        for endpoint, address in cast.addresses(app, few=True)
        if hasattr(app.view_functions[endpoint], "is_cached")
    ]


def etag(client, address: str = ADDRESS, **headers) -> str:
    """The validator of a page now."""
    response = client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})
    assert response.status_code == 200
    return response.headers["ETag"]


def test_every_cached_page_has_a_validator_and_answers_304_to_it(county):
    client, addresses = county.test_client(), cached(county)
    assert len(addresses) > 25
    for address in addresses:
        for _ in "once made", "once from memory":
            response = client.get(address, follow_redirects=True)
            assert response.headers["ETag"].startswith('W/"'), address
            assert response.headers["Cache-Control"] == "public, no-cache", address
            for name in ("Accept-Language", "Cookie", "HX-Request", "HX-Request-Type", "Accept-Encoding"):
                assert name in response.headers["Vary"], address
            again = client.get(
                response.request.full_path.rstrip("?") if "?" not in address else address,
                headers={"If-None-Match": response.headers["ETag"]},
            )
            assert (again.status_code, again.data) == (304, b""), address
            assert again.headers["ETag"] == response.headers["ETag"]
            assert "Content-Length" not in again.headers and "X-Request-ID" in again.headers


def test_another_validator_gives_the_page(client):
    for value in ('W/"old"', '"x", W/"y"', "nonsense"):
        assert client.get(ADDRESS, headers={"If-None-Match": value}).status_code == 200


def test_several_validators_with_the_right_one_among_them_give_304(client):
    assert client.get(ADDRESS, headers={"If-None-Match": f'W/"old", {etag(client)}'}).status_code == 304


def test_head_is_get_without_its_body(county):
    client = county.test_client()
    for _endpoint, address in cast.addresses(county, few=True):
        with client.get(address) as got, client.head(address) as head:
            assert (head.status_code, head.data) == (got.status_code, b""), address
            for name in ("ETag", "Content-Type", "Cache-Control", "Vary"):
                assert head.headers.get(name) == got.headers.get(name), f"{address} {name}"


def test_a_page_from_memory_is_the_page(client):
    first, second = client.get(ADDRESS), client.get(ADDRESS)
    assert first.data == second.data
    ours = {"X-Request-ID", "Date"}
    assert {n: v for n, v in first.headers if n not in ours} == {n: v for n, v in second.headers if n not in ours}
    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]


def test_when_the_directory_changes_the_next_answer_is_new(client):
    before, text = etag(client), client.get(ADDRESS).text

    @transaction
    def rename() -> None:
        Unit.update(display_name="Nya Näckrosskolan").where(Unit.slug == ADDRESS.rpartition("/")[2]).execute()
        versions.bump(versions.DIRECTORY)

    with connection():
        rename()
    answer = client.get(ADDRESS, headers={"If-None-Match": before})
    assert answer.status_code == 200
    assert "Nya Näckrosskolan" in answer.text and "Nya Näckrosskolan" not in text
    assert answer.headers["ETag"] != before


def test_at_midnight_in_sweden_every_page_is_new_and_not_before(client, at):
    at(LATE)
    before = etag(client)
    at(LATE + timedelta(seconds=59))
    assert etag(client) == before
    at(LATE + timedelta(seconds=60))
    assert etag(client) != before
    assert client.get(ADDRESS, headers={"If-None-Match": before}).status_code == 200


def test_somebody_who_leaves_today_is_gone_tomorrow(client, at):
    at(LATE)
    with connection():
        unit = Unit.get(Unit.slug == ADDRESS.rpartition("/")[2])
        part = unit.responsibilities.get()
        part.ends_on = LATE.date()
        part.save()
        name = Person.get_by_id(part.person_id).name
        versions.bump(versions.DIRECTORY)
    assert name in client.get(ADDRESS).text
    at(LATE + timedelta(minutes=2))
    assert name not in client.get(ADDRESS).text


def test_language_fragment_look_and_build_are_told_apart(client, make_app, county_url):
    search = "/hitta?q=skola"
    kinds = {
        "plain": etag(client, search),
        "english": etag(client, search, Accept_Language="en"),
        "named": etag(client, "/sv" + search),
        "fragment": etag(client, search, HX_Request="true", HX_Request_Type="partial"),
        "whole by htmx": etag(client, search, HX_Request="true", HX_Request_Type="full"),
        "brotli": etag(client, search, Accept_Encoding="br"),
        "gzip": etag(client, search, Accept_Encoding="gzip"),
        "other words": etag(client, "/hitta?q=skolan"),
    }
    client.set_cookie("tbb_utseende", "dark")
    kinds["dark"] = etag(client, search)
    assert len(set(kinds.values())) == len(kinds), kinds


def test_a_visitor_in_one_language_never_gets_a_page_kept_for_another(client):
    for _ in range(2):
        for language in ("sv", "ar", "en", "fi", "so"):
            assert f'<html lang="{language}"' in client.get(ADDRESS, headers={"Accept-Language": language}).text
            assert f'<html lang="{language}"' in client.get(f"/{language}{ADDRESS}").text


def test_other_cookies_and_encodings_share_the_kept_page(client):
    assert etag(client, Cookie="annan=1") == etag(client) == etag(client, Cookie="x=tbb")
    assert etag(client, Accept_Encoding="gzip, deflate, br, zstd") == etag(client, Accept_Encoding="br;q=1.0, gzip")


def test_a_cookie_that_only_looks_like_ours_changes_nothing(county):
    client = county.test_client(use_cookies=False)
    assert 'data-color-scheme="auto"' in client.get("/", headers={"Cookie": "xtbb_utseende=dark"}).text
    assert 'data-color-scheme="dark"' in client.get("/", headers={"Cookie": "a=b; tbb_utseende=dark"}).text
    assert 'data-color-scheme="auto"' in client.get("/", headers={"Cookie": 'tbb_utseende="><script>'}).text


@pytest.mark.parametrize("address", ["/finns-inte", "/enhet/finns-inte", "/enhet/nackrosskolan", "/hitta?q=%00"])
def test_errors_and_redirects_are_never_kept(client, address):
    for _ in range(2):
        response = client.get(address)
        assert response.status_code != 200
        assert "ETag" not in response.headers
        assert "public" not in response.headers["Cache-Control"]


def test_what_is_not_cached_may_not_be_kept_by_anybody_else(county):
    client = county.test_client()
    for endpoint, address in cast.addresses(county, few=True):
        if not hasattr(county.view_functions[endpoint], "is_cached"):
            assert client.get(address).headers["Cache-Control"] in ("private, no-cache", "no-store"), address


def test_the_memory_stays_small(county):
    client = county.test_client()
    memory = county.wsgi_app
    while not hasattr(memory, "kept"):
        memory = memory.app if hasattr(memory, "app") else memory.application
    memory.room = 60_000
    for number in range(20):
        client.get(f"/kontakt?x={number}")
    assert 0 < memory.used <= memory.room
    assert memory.used >= sum(len(body) for _, _, body in memory.kept.values())
    assert len(memory.kept) < 20


def test_pages_come_compressed_and_are_the_same(client):
    import gzip

    import brotli

    plain = client.get("/").data
    for encoding, unpack in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        response = client.get("/", headers={"Accept-Encoding": encoding})
        assert response.headers["Content-Encoding"] == encoding
        assert unpack(response.data) == plain
        assert len(response.data) < len(plain) / 2


PUBLISHED = (
    "/nyheter", "/nyheter/flode.atom", "/nyheter/nyheten-flygande-mattor-i-skolan", "/webbinarier",
    "/webbinarier/kalender.ics", "/webbinarier/mattor", "/webbinarier/mattor.ics",
    "/material", "/material/kort", "/nyhetsbrev/ht2026-brev", "/sok?q=mattor", "/sitemap.xml",
)  # fmt: skip


def test_what_is_unchanged_is_told_so_by_a_process_that_has_never_made_it(county):
    client, memory = county.test_client(), county.extensions["tbb_page_cache"]
    with connection():
        publish()
    for address in PUBLISHED:
        first = client.get(address)
        assert first.status_code == 200, address
        memory.forget()
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), address
        with connection():
            transaction(versions.bump)(versions.DIRECTORY)
        assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200, address
