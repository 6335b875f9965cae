"""Communicators publish in minutes, readers find it, and nobody writes over anybody or in somebody else's place."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from tbb import clock
from tbb.database import connection
from tbb.models import Account, Article, Grant, Municipality, Organizer
from tbb.models.kinds import Duty
from tbb.services import articles
from tbb.services.demo_cast import account_of
from tests.conftest import go
from tests.people import signed_in
from tests.services.test_pictures import picture

SHELF = "/arbetsyta/nyheter"
WORDS = {
    "title": "Nya bilder för små barn",
    "lead": "Nu finns de att skriva ut.",
    "body": "## Så kan du börja\n\nVälj ett område i taget.",
    "category": "news",
    "language": "sv",
    "municipality": "",
    "cover": "",
}


def send(client, path: str, status: int = 303, **data):
    """Send a form from our own page, as the one who is signed in."""
    page = go(client, "/konto")
    keys = {
        name: page.soup.select_one(f"main [name={name}], header [name={name}]")["value"]
        for name in ("csrf_token", "once")
    }
    return go(client, path, data=keys | data, status=status, follow=False)


@pytest.fixture
def writer(county):
    """The county's communicator at work."""
    return signed_in(county, "kommunikator")


@pytest.fixture
def begun(writer):
    """The address of an article that has been begun."""
    return send(writer, SHELF, title=WORDS["title"], where="lanet").location


def version_of(client, address: str) -> str:
    """The version that the editor shows."""
    return go(client, address).soup.select_one("form [name=seen]")["value"]


def write(client, address: str, status: int = 303, **more):
    """Save an article's words."""
    return send(client, address, status, **({"seen": version_of(client, address)} | WORDS | more))


def test_what_is_published_is_read_by_everybody_and_what_is_not_by_nobody(county, writer, begun):
    reader = county.test_client()
    write(writer, begun)
    assert WORDS["title"] not in go(reader, "/nyheter").words
    go(reader, "/nyheter/nya-bilder-for-sma-barn", status=404)
    send(writer, f"{begun}/publicera", at="", until="")
    page = go(reader, "/nyheter/nya-bilder-for-sma-barn")
    assert WORDS["lead"] in page.words and page.soup.select_one("article.prose h2").text == "Så kan du börja"
    assert WORDS["title"] in go(reader, "/nyheter").words and WORDS["title"] in go(reader, "/").words
    write(writer, begun, lead="Något annat.")
    assert WORDS["lead"] in go(reader, "/nyheter/nya-bilder-for-sma-barn").words
    send(writer, f"{begun}/publicera")
    assert "Något annat." in go(reader, "/nyheter/nya-bilder-for-sma-barn").words
    send(writer, f"{begun}/ta-bort")
    go(reader, "/nyheter/nya-bilder-for-sma-barn", status=404)
    assert WORDS["title"] not in go(reader, "/").words


def test_it_turns_by_time_and_only_once(county, writer, begun, at):
    write(writer, begun)
    opens = datetime(2027, 1, 11, 7, 0, tzinfo=UTC)
    send(writer, f"{begun}/publicera", at="2027-01-11T08:00", until="2027-01-12T08:00")
    reader = county.test_client()
    go(reader, "/nyheter/nya-bilder-for-sma-barn", status=404)
    for moment, status in ((opens - timedelta(minutes=1), 404), (opens, 200), (opens + timedelta(days=1), 404)):
        at(moment)
        with connection():
            articles.turn_by_time()
            articles.turn_by_time()
        go(reader, "/nyheter/nya-bilder-for-sma-barn", status=status)
    with connection():
        assert Article.get(Article.slug == "nya-bilder-for-sma-barn").published_at == opens


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"at": "2020-01-01T08:00"}, "framåt"),
        ({"at": "2027-03-28T02:30"}, "finns inte"),
        ({"at": "i morgon"}, "Skriv dag och tid"),
        ({"at": "2027-01-11T08:00", "until": "2027-01-10T08:00"}, "framåt"),
    ],
)
def test_a_time_that_cannot_be_is_told_by_the_field(writer, begun, told, says):
    write(writer, begun)
    assert says in send(writer, f"{begun}/publicera", 422, **told).words


def test_what_shuts_readers_out_is_told_and_not_published(writer, begun):
    write(writer, begun, body="#### Hopp\n\n[](https://a.example)")
    assert "hoppar över en nivå" in go(writer, f"{begun}/publicera").words
    send(writer, f"{begun}/publicera", 422)
    with connection():
        assert not Article.select().where(Article.state == "published").count()


def test_two_who_write_at_once_are_warned_and_nothing_is_lost(county, writer, begun):
    with connection():
        other = Account.get_by_id(account_of("personal"))
        Grant.create(account=other, duty=Duty.COMMUNICATOR, starts_on=clock.today(), given_at=clock.now())
    second = signed_in(county, "personal")
    seen = version_of(second, begun)
    send(writer, f"{begun}/utkast", 200, seen=seen, **WORDS)
    send(second, f"{begun}/utkast", 409, seen=seen, **(WORDS | {"lead": "Min ingress."}))
    assert "har också nyheten öppen" in go(second, begun).words
    page = send(second, begun, 409, seen=seen, **(WORDS | {"lead": "Min ingress."}))
    assert page.soup.select_one("#lead").text.strip() == "Min ingress." and WORDS["lead"] in page.words
    with connection():
        assert Article.get(Article.title == WORDS["title"]).lead == WORDS["lead"]
    newest = page.soup.select("form [name=seen]")[-1]["value"]
    send(second, begun, 303, seen=newest, **(WORDS | {"lead": "Min ingress."}))


def test_an_earlier_version_is_compared_and_put_back(writer, begun):
    write(writer, begun)
    write(writer, begun, body="Något helt annat.")
    page = go(writer, f"{begun}/versioner/2")
    assert "Välj ett område i taget." in page.words
    send(writer, f"{begun}/versioner/2")
    assert "Välj ett område" in go(writer, begun).soup.select_one("#body").text
    send(writer, f"{begun}/versioner/99", 404)


def test_where_a_second_person_is_wanted_nobody_publishes_alone(county, writer, begun):
    write(writer, begun)
    send(writer, f"{SHELF}/regler", where="lanet", wanted="y")
    send(writer, f"{begun}/publicera", 422)
    send(writer, f"{begun}/be-om-lasning")
    send(writer, f"{begun}/godkann", 403)
    reviewer = signed_in(county, "processledare")
    send(reviewer, f"{begun}/godkann")
    send(writer, f"{begun}/publicera", 303)
    write(writer, begun, lead="Ändrat efter läsningen.")
    send(writer, f"{begun}/publicera", 422)


def test_a_huvudmans_communicator_reaches_only_its_own(county, writer, begun):
    with connection():
        flen = Organizer.get(Organizer.name == "Flens kommun")
        other = Account.get_by_id(account_of("personal"))
        Grant.create(
            account=other, duty=Duty.COMMUNICATOR, organizer=flen, starts_on=clock.today(), given_at=clock.now()
        )
    own = signed_in(county, "personal")
    for path in ("", "/visa", "/versioner", "/publicera"):
        go(own, f"{begun}{path}", status=404)
    send(own, begun, 404, seen="1", **WORDS)
    mine = send(own, SHELF, title="Flen provar", where=f"organizer-{flen.id}").location
    assert go(own, mine).soup.h1.text == "Flen provar"
    send(own, SHELF, title="Hela länet", where="lanet")
    with connection():
        assert {one.organizer_id for one in Article.select().where(Article.author == other)} == {flen.id}


def test_a_picture_is_put_up_with_words_and_shown_in_the_text(county, writer, begun, tmp_path):
    refused = send(writer, "/arbetsyta/bilder", 422, where="lanet", file=(io.BytesIO(picture()), "x.jpg"))
    assert "Skriv vad bilden visar" in refused.words
    refused = send(writer, "/arbetsyta/bilder", 422, alt="x", where="lanet", file=(io.BytesIO(b"<svg/>"), "x.jpg"))
    assert "ingen bild av rätt sort" in refused.words
    made = send(writer, "/arbetsyta/bilder", alt="En äng", where="lanet", file=(io.BytesIO(picture()), "../../x.php"))
    key = made.location.rpartition("/")[2]
    send(writer, f"/arbetsyta/bilder/{key}", alt="En äng i maj", credit="Foto: Exempelsson", focus_x="20", focus_y="80")
    write(writer, begun, body=f"## Bild\n\n![](bild:{key})")
    send(writer, f"{begun}/publicera")
    page = go(county.test_client(), "/nyheter/nya-bilder-for-sma-barn")
    shown = page.soup.select_one("article.prose img")
    assert shown["alt"] == "En äng i maj" and "focus-25-75" in shown["class"]
    for address in (shown["src"], *(part.split()[0] for part in shown["srcset"].split(", "))):
        with county.test_client().get(address) as response:
            assert response.status_code == 200 and response.headers["Cache-Control"].endswith("immutable")
    for address in (
        f"/bilder/{key}-481.jpg",
        f"/bilder/{key}-480.svg",
        f"/bilder/{'0' * 32}-480.jpg",
        "/bilder/..-480.jpg",
    ):
        go(county.test_client(), address, status=404)


def test_contrast_and_language_are_looked_at_while_somebody_writes(county, writer, begun):
    held = io.BytesIO()
    Image.new("RGB", (600, 400), "#9a9a9a").save(held, "PNG")
    held.seek(0)
    made = send(writer, "/arbetsyta/bilder", alt="Skylt med öppettider", where="lanet", file=(held, "x.png"))
    said = go(writer, made.location).words
    assert "svag kontrast" in said and "stå ord i bilden" in said
    body = f"![](bild:{made.location.rpartition('/')[2]})\n\nNumret i rött är nytt.\n\n[Welcome]{{en}}"
    side = send(writer, f"{begun}/utkast", 200, seen=version_of(writer, begun), **(WORDS | {"body": body}))
    assert "svag kontrast" in side.words and "alla ser inte färger" in side.words
    assert side.soup.select_one(".preview span[lang=en][dir=ltr]").text == "Welcome"


def test_the_feed_carries_pictures_and_whole_addresses(county, writer, begun):
    made = send(writer, "/arbetsyta/bilder", alt='En "äng"', where="lanet", file=(io.BytesIO(picture()), "x.jpg"))
    write(writer, begun, body=f"[Hjulet](/hjulet)\n\n![](bild:{made.location.rpartition('/')[2]})")
    send(writer, f"{begun}/publicera")
    with county.test_client().get("/nyheter/flode.atom") as response:
        root = ET.fromstring(response.get_data())
    content = root.find(".//{http://www.w3.org/2005/Atom}content").text
    assert 'href="http://127.0.0.1:8000/hjulet"' in content
    assert 'src="http://127.0.0.1:8000/bilder/' in content and 'alt="En ”äng”"' in content


def test_the_feed_is_atom_and_says_what_the_page_says(county, writer, begun):
    write(writer, begun, body="## Rubrik & mer\n\n<b>x</b>")
    send(writer, f"{begun}/publicera")
    with county.test_client().get("/nyheter/flode.atom") as response:
        assert response.mimetype == "application/atom+xml" and response.headers["ETag"]
        root = ET.fromstring(response.get_data())
        again = county.test_client().get("/nyheter/flode.atom", headers={"If-None-Match": response.headers["ETag"]})
        assert again.status_code == 304
    name = "{http://www.w3.org/2005/Atom}"
    entry = root.find(f"{name}entry")
    assert entry.find(f"{name}title").text == WORDS["title"]
    assert "<h2" in entry.find(f"{name}content").text and "<b>" not in entry.find(f"{name}content").text
    assert {child.tag for child in root} >= {f"{name}{each}" for each in ("id", "title", "updated", "author", "link")}


def test_readers_choose_municipality_category_and_term(county, writer, begun):
    with connection():
        flen = Municipality.get(Municipality.name == "Flen")
    write(writer, begun, municipality=str(flen.id), category="inspiration")
    send(writer, f"{begun}/publicera")
    reader = county.test_client()
    for query, found in (
        ("", True), ("kommun=flen", True), ("kommun=trosa", False), ("kategori=inspiration", True),
        ("kategori=sip", False), ("termin=VT1999", False), ("kommun=%00", None), ("sida=9", None),
    ):  # fmt: skip
        status = {True: 200, False: 200, None: 404 if "sida" in query else 400}[found]
        page = go(reader, f"/nyheter?{query}", status=status)
        assert found is None or (WORDS["title"] in page.words) is found, query
    assert WORDS["title"] in go(reader, "/?kommun=flen").words
    assert WORDS["title"] not in go(reader, "/?kommun=trosa").words


def test_an_urgent_message_stands_on_the_start_page_for_its_time(county, writer, at):
    until = (clock.local(clock.now()) + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    send(writer, "/arbetsyta/meddelanden", 422, text="Telefonerna ligger nere.", ends_at="")
    send(writer, "/arbetsyta/meddelanden", 422, text="Hej", link="https://evil.example", ends_at=until)
    send(
        writer,
        "/arbetsyta/meddelanden",
        text="Telefonerna ligger nere.",
        link="/kontakt",
        municipality="",
        ends_at=until,
    )
    reader = county.test_client()
    assert "Telefonerna ligger nere." in go(reader, "/").words
    number = go(writer, "/arbetsyta/meddelanden").soup.select_one("table form")["action"]
    send(writer, number)
    assert "Telefonerna ligger nere." not in go(reader, "/").words


def test_signed_in_staff_see_what_is_new_since_last_time(county, writer, begun):
    write(writer, begun)
    send(writer, f"{begun}/publicera")
    staff = signed_in(county, "personal")
    assert WORDS["title"] in go(staff, "/arbetsyta").words
    send(staff, "/arbetsyta/nytt")
    assert WORDS["title"] not in go(staff, "/arbetsyta").words


def test_what_is_kept_of_an_article_is_what_readers_saw(writer, begun):
    write(writer, begun)
    send(writer, f"{begun}/publicera")
    with connection():
        live = json.loads(Article.get(Article.title == WORDS["title"]).live)
    assert (live["title"], live["lead"], live["body"]) == (WORDS["title"], WORDS["lead"], WORDS["body"])


def test_those_who_write_find_theirs_by_title_and_state(writer, begun):
    send(writer, SHELF, title="Något annat", where="lanet")
    for query, found in (("q=ny+bild", True), ("q=xyzzy", False), ("lage=draft", True), ("lage=published", False)):
        page = go(writer, f"{SHELF}?{query}")
        assert (page.soup.find("a", href=begun) is not None) is found, query
    assert go(writer, f"{SHELF}?q=xyzzy").soup.select_one("#q")["value"] == "xyzzy"
