"""What is published is found from everywhere: beside what is like it, on the start page, at the desk, by machines."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection, transaction
from tbb.models import Happening, Material, MaterialVersion, Municipality, Newsletter
from tbb.services import articles, content_words, happening_writing, published
from tbb.services.actors import of_account
from tbb.services.demo_cast import account_of
from tests.conftest import go
from tests.people import signed_in

TITLE = "Flygande mattor i skolan"


@transaction
def publish() -> None:
    """Publish one of each sort about the same thing, and an article about something else."""
    writer, moment = of_account(account_of("kommunikator"), strong=True, demo=True), clock.now()
    for title, lead in ((f"Nyheten: {TITLE}", "Här är de."), ("Ny telefon på kontoret", "Den ringer.")):
        begun = articles.begin(writer, title, organizer=None)
        kept = articles.save(writer, begun, {"lead": lead}, seen=begun.version)
        articles.publish(writer, kept)
    told = {"state": "published", "created_at": moment, "saved_at": moment, "published_at": moment, "lead": "Kort."}
    flen = Municipality.get(Municipality.slug == "flen")
    Happening.create(
        key="a" * 32, slug="mattor", title=f"Webbinarium: {TITLE}", wall="2027-02-12T12:00", uid="a@tbb",
        starts_at=moment + timedelta(days=9), ends_at=moment + timedelta(days=9, hours=1), municipality=flen, **told,
    )  # fmt: skip
    one = Material.create(key="b" * 32, slug="kort", short="kortet", title=f"Kort: {TITLE}", kind="work", **told)
    MaterialVersion.create(
        material=one, number=1, dated=clock.today(), url="https://a.example", at=moment, published_at=moment
    )
    Newsletter.create(
        key="c" * 32, slug="ht2026-brev", title=f"Brevet: {TITLE}", term="HT2026", state="added", created_at=moment,
        saved_at=moment, published_at=moment,
        rendered='{"title": "Brevet", "lead": "", "term": "HT2026", "language": "sv", "parts": []}',
    )  # fmt: skip
    for sort, key in (("happening", "a"), ("material", "b"), ("newsletter", "c")):
        content_words.keep(f"{sort}:{key * 32}", (TITLE, "", ""))


@pytest.fixture
def reader(county):
    """A reader, with one of each sort published."""
    with connection():
        publish()
    return county.test_client()


PATHS = {
    "/nyheter/nyheten-flygande-mattor-i-skolan",
    "/webbinarier/mattor",
    "/material/kort",
    "/nyhetsbrev/ht2026-brev",
}


def beside(page) -> set[str]:
    """Where *Mer om samma sak* leads."""
    return {link["href"] for link in page.soup.select("aside section:-soup-contains('Mer om samma sak') a")}


@pytest.mark.parametrize("path", sorted(PATHS - {"/nyhetsbrev/ht2026-brev"}))
def test_what_is_like_something_stands_beside_it_whatever_its_sort(reader, path):
    assert beside(go(reader, path)) == PATHS - {path}


def test_at_most_three_of_a_sort_stand_beside(county):
    with connection():
        writer = of_account(account_of("kommunikator"), strong=True, demo=True)
        for number in range(5):
            begun = articles.begin(writer, f"Mattor {number}", organizer=None)
            articles.publish(writer, articles.save(writer, begun, {"lead": "Nytt."}, seen=begun.version))
        found = published.related("article", begun.key)
    assert len(found) == published.MOST_OF_A_SORT and begun.slug not in {one.slug for one in found}


def test_the_start_page_shows_what_is_new_of_every_sort_by_municipality(reader):
    for query, shown in (("", True), ("?kommun=flen", True), ("?kommun=trosa", False)):
        new = go(reader, f"/{query}").soup.select_one("#nytt").text
        assert f"Nyheten: {TITLE}" in new and f"Kort: {TITLE}" in new
        assert (f"Webbinarium: {TITLE}" in new) is shown, query
    assert f"Webbinarium: {TITLE}" in go(reader, "/nyheter?kommun=flen").words


def test_staff_see_what_is_new_of_every_sort_since_last_time(county, reader):
    staff = signed_in(county, "personal")
    links = {link["href"] for link in go(staff, "/arbetsyta").soup.select("section[aria-labelledby=nytt] a")}
    assert links >= PATHS


def test_the_sitemap_names_all_that_is_published_and_nothing_else(reader):
    with connection():
        writer = of_account(account_of("kommunikator"), strong=True, demo=True)
        happening_writing.withdraw(writer, Happening.get(Happening.slug == "mattor"))
    found = set(re.findall(r"<loc>http://127.0.0.1:8000([^<]*)</loc>", go(reader, "/sitemap.xml").text))
    assert PATHS - {"/webbinarier/mattor"} <= found and "/webbinarier/mattor" not in found
    assert {"/nyheter", "/webbinarier", "/material", "/nyhetsbrev"} <= found
    for path in found - {path for path in found if path.startswith(("/enhet", "/kommun"))}:
        go(reader, path)


def test_the_search_finds_newsletters_too(reader):
    assert {link["href"] for link in go(reader, "/sok?q=flygande").soup.select("#traffar a")} == PATHS
