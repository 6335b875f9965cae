"""The pages of a unit and a municipality, as visitors meet them, in every case that life brings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from babel.dates import format_date

from tbb import clock
from tbb.database import connection
from tbb.models import Municipality, Person, Responsibility, Unit
from tbb.models.kinds import BBA_KINDS, Kind, Role, Status
from tbb.services import versions
from tests.conftest import go

FIRST = "nackrosskolan-eskilstuna"


@pytest.fixture
def look_up(county):
    """Ask the database something."""

    def ask(question):
        with connection():
            return question()

    return ask


def bba_of(slug: str) -> tuple[Person, Responsibility]:
    """Who answers for a unit."""
    part = Responsibility.get(Responsibility.unit == Unit.get(Unit.slug == slug), Responsibility.role == Role.BBA)
    return part.person, part


def test_a_unit_shows_who_answers_for_it_and_how_to_reach_them(visit, look_up):
    person, _part = look_up(lambda: bba_of(FIRST))
    page = visit(f"/enhet/{FIRST}")
    assert page.heading == "Näckrosskolan"
    for said in (person.name, person.title, person.phone_hours):
        assert said in page.words
    assert f"mailto:{person.email}" in page.links
    number = "+46" + person.phone[1:].replace("-", "").replace(" ", "")
    assert f"tel:{number}" in page.links
    assert "Detta ersätter inte skyldigheten att göra orosanmälningar till socialtjänsten" in page.words
    assert any(link.startswith("https://www.openstreetmap.org/") for link in page.links)


@pytest.mark.parametrize(
    ("language", "confirmed"), [("sv", "bekräftades"), ("en", ""), ("ar", ""), ("fi", ""), ("so", "")]
)
def test_the_day_of_confirmation_is_written_as_the_language_does(visit, look_up, language, confirmed):
    _person, part = look_up(lambda: bba_of(FIRST))
    day = format_date(part.confirmed_on, "long", locale=language)
    words = visit(f"/{language}/enhet/{FIRST}").words
    assert day in words and confirmed in words


def test_what_is_not_confirmed_says_so(visit, look_up):
    slug = look_up(
        lambda: (
            Unit.select()
            .join(Responsibility)
            .where(Responsibility.confirmed_on.is_null(), Responsibility.role == "bba")
            .first()
            .slug
        )
    )
    assert "ännu inte bekräftade" in visit(f"/enhet/{slug}").words


def test_a_unit_without_a_responsible_person_says_whom_to_call_instead(visit, look_up):
    taken = Responsibility.select(Responsibility.unit).where(Responsibility.role == Role.BBA)
    slug = look_up(lambda: Unit.select().where(Unit.kind.in_(BBA_KINDS), Unit.id.not_in(taken)).first().slug)
    page = visit(f"/enhet/{slug}")
    assert "Vi vet inte än vem som är ansvarig här" in page.words
    card = page.soup.select_one(".person--none")
    assert card.select("a[href^='tel:']"), "no number to call instead"


def test_when_the_responsible_person_is_away_the_stand_in_is_reached_today(visit, look_up):
    slug = look_up(lambda: Responsibility.get(Responsibility.away_from.is_null(False)).unit.slug)
    words = visit(f"/enhet/{slug}").words
    assert "Är borta till och med" in words and "I dag når du:" in words and "Omar Provberg" in words


def test_a_protected_person_is_a_function_and_a_switchboard_everywhere(county, look_up):
    client = county.test_client()
    part = look_up(lambda: Responsibility.select().join(Person).where(Person.protected).first())
    slug = look_up(lambda: part.unit.slug)
    page = go(client, f"/enhet/{slug}")
    assert "Barnets bästa-ansvarig på skolan" in page.words
    assert not [link for link in page.links if link.startswith("mailto:")]
    assert client.get(f"/enhet/{slug}/affisch.pdf").status_code == 200
    assert "Barnets bästa-ansvarig på skolan" in client.get(f"/enhet/{slug}/kort.vcf").text.replace("\r\n ", "")


def test_a_service_that_shall_have_none_does_not_say_that_one_is_missing(visit, look_up):
    slug = look_up(lambda: Unit.get(Unit.kind == Kind.SOCIAL_SERVICES).slug)
    page = visit(f"/enhet/{slug}")
    assert "Vi vet inte än" not in page.words and "ingen egen Barnets bästa-ansvarig" in page.words
    assert f"/enhet/{slug}/affisch" not in page.links


def test_an_old_address_leads_to_the_new_one_for_ever_and_keeps_the_language(client):
    response = client.get("/ar/enhet/nackrosskolan")
    assert (response.status_code, response.headers["Location"]) == (301, f"/ar/enhet/{FIRST}")


@pytest.mark.parametrize("status", [Status.DORMANT, Status.PLANNED, Status.CLOSED])
def test_a_unit_that_is_not_at_work_says_so_first(county, status):
    with connection():
        Unit.update(status=status, valid_from=clock.today() + timedelta(days=30)).where(Unit.slug == FIRST).execute()
        versions.bump(versions.DIRECTORY)
    page = go(county.test_client(), f"/enhet/{FIRST}")
    assert page.soup.select_one("main .ds-alert .ds-heading").get_text().startswith("Verksamheten")


def test_units_of_one_school_lead_to_each_other(visit, look_up):
    slugs = look_up(
        lambda: [unit.slug for unit in Unit.select().where(Unit.school.is_null(False)).order_by(Unit.id).limit(3)]
    )
    assert {f"/enhet/{slug}" for slug in slugs[1:]} <= set(visit(f"/enhet/{slugs[0]}").links)


@pytest.mark.parametrize(
    ("tail", "kind", "begins"),
    [
        ("kort.vcf", "text/vcard", b"BEGIN:VCARD"),
        ("qr.svg", "image/svg+xml", b"<"),
        ("affisch.pdf", "application/pdf", b"%PDF-"),
    ],
)
def test_a_page_can_be_taken_home(client, tail, kind, begins):
    response = client.get(f"/enhet/{FIRST}/{tail}")
    assert response.mimetype == kind and response.data.startswith(begins)
    assert 'filename="' in response.headers["Content-Disposition"]
    for gone in ("finns-inte", "nackrosskolan"):
        assert client.get(f"/enhet/{gone}/{tail}").status_code == 404


def test_the_code_leads_to_the_short_address_without_a_language(county):
    client = county.test_client()
    assert client.get(f"/ar/enhet/{FIRST}/qr.svg").data == client.get(f"/enhet/{FIRST}/qr.svg").data


def test_a_municipality_shows_its_numbers_and_whom_to_tell_a_concern(visit, look_up):
    where = look_up(lambda: Municipality.get(Municipality.slug == "flen"))
    units = look_up(lambda: Unit.select().where(Unit.municipality == where, Unit.status != Status.CLOSED).count())
    page = visit("/kommun/flen")
    assert page.heading == "Flen"
    for said in (where.concern_phone, where.after_hours_phone, where.switchboard, str(units)):
        assert said in page.words
    assert "/hitta?kommun=flen&verksamhet=preschool" in page.links
    assert "tel:112" in page.links


def test_a_municipality_that_lacks_everything_still_says_what_to_do(county):
    with connection():
        Municipality.create(
            code="9999", name="Tomby", slug="tomby", sort_key="tomby", participates=True, switchboard="08-465 004 01"
        )
        versions.bump(versions.DIRECTORY)
    page = go(county.test_client(), "/kommun/tomby")
    assert page.words.count("08-465 004 01") >= 3


def test_all_nine_municipalities_are_listed_in_swedish_order(visit):
    names = [link.get_text() for link in visit("/kommuner").soup.select("main ul a")]
    assert names == [
        "Eskilstuna",
        "Flen",
        "Gnesta",
        "Katrineholm",
        "Nyköping",
        "Oxelösund",
        "Strängnäs",
        "Trosa",
        "Vingåker",
    ]


def test_the_page_about_concern_has_every_municipalitys_numbers(visit, look_up):
    words = visit("/orosanmalan").words
    for where in look_up(lambda: list(Municipality.select())):
        assert where.name in words and where.concern_phone in words


def test_the_sitemap_and_robots_are_for_the_public_pages(client):
    robots = client.get("/robots.txt").text
    assert "Disallow: /enhet/*/fel" in robots and "Sitemap: http://127.0.0.1:8000/sitemap.xml" in robots
    sitemap = client.get("/sitemap.xml").text
    assert f"/enhet/{FIRST}<" in sitemap and "/utseende" not in sitemap


def test_health_says_ok_and_nothing_more(client):
    response = client.get("/halsa")
    assert (response.text, response.headers["Cache-Control"]) == ("ok\n", "no-store")
