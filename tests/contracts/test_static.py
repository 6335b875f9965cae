"""Static files: addresses that change with their content, kept for a year, and small on the wire."""

from __future__ import annotations

import gzip
import re

import brotli
import pytest

from tbb.web import static

COMPRESSED = (".css", ".js", ".svg", ".txt")


@pytest.fixture
def names(county):
    """Every static address."""
    return [name for name in static.served_names(county) if name.startswith("/static/")]


def test_every_file_is_kept_for_a_year_under_an_address_with_its_version(county, names):
    client = county.test_client()
    assert len(names) > 10
    for name in names:
        with client.get(name) as response:
            assert response.status_code == 200, name
            assert response.headers["Cache-Control"] == "max-age=31536000, public, immutable", name
            assert f"/{county.config['STATIC_VERSION']}/" in name
            assert "Set-Cookie" not in response.headers


def fetched(client) -> set[str]:
    """Every static address that the pages name."""
    addresses = ("/", "/hitta", "/stilguide", "/enhet/nackrosskolan-eskilstuna/affisch", "/guide")
    return {found for address in addresses for found in re.findall(r'"(/static/[^"#]+)', client.get(address).text)}


def test_what_pages_fetch_is_there_and_comes_in_brotli_and_gzip_and_is_the_same(county, names):
    client = county.test_client()
    assert fetched(client) <= set(names)
    for name in sorted(fetched(client)):
        with client.get(name) as response:
            plain = response.data
        if len(plain) < 600 or not name.endswith(COMPRESSED):
            continue
        for encoding, unpack in (("br", brotli.decompress), ("gzip", gzip.decompress)):
            with client.get(name, headers={"Accept-Encoding": encoding}) as response:
                assert response.headers["Content-Encoding"] == encoding, name
                assert unpack(response.data) == plain
                assert "Accept-Encoding" in response.headers["Vary"]
                assert len(response.data) < len(plain) * 0.6, name


def test_types_are_told(county, names):
    client = county.test_client()
    kinds = {".css": "text/css", ".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml"}
    for ending, kind in kinds.items():
        some = [name for name in names if name.endswith(ending)]
        assert some, ending
        with client.get(some[0]) as response:
            assert response.mimetype == kind


def test_the_version_changes_with_any_file_and_only_then(tmp_path):
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "a.css").write_text("a")
    first = static.version_of(tmp_path)
    assert static.version_of(tmp_path) == first
    (tmp_path / "css" / "a.css.br").write_text("variant")
    assert static.version_of(tmp_path) == first
    (tmp_path / "css" / "a.css").write_text("b")
    second = static.version_of(tmp_path)
    (tmp_path / "css" / "a.css").rename(tmp_path / "css" / "b.css")
    assert len({first, second, static.version_of(tmp_path)}) == 3


@pytest.mark.parametrize(
    "address",
    [
        "/static/",
        "/static/old/css/tbb.css",
        "/static/../app.py",
        "/static/%2e%2e/%2e%2e/app.py",
        "/static/x/vendor/../../app.py",
    ],
)
def test_nothing_else_is_served(client, address):
    with client.get(address) as response:
        assert response.status_code == 404


def test_no_source_map_raw_font_or_hidden_file_is_served(names):
    assert not [name for name in names if name.endswith((".map", ".ttf", ".br", ".gz", ".py")) or "/." in name]


def test_without_a_built_front_end_the_start_says_what_to_do(tmp_path):
    from flask import Flask

    with pytest.raises(static.NotBuilt, match="make build"):
        static.install(Flask("empty", root_path=str(tmp_path)))
