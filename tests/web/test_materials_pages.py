"""Materials are found, fetched in any version, and looked through for those who listen; all is searched together."""

from __future__ import annotations

import io

import pytest

from tbb.database import connection
from tbb.services import content_search
from tests.conftest import go
from tests.people import signed_in
from tests.services.test_media_files import CAPTIONS, pdf, run_script, tag
from tests.web.test_news_pages import WORDS as NEWS
from tests.web.test_news_pages import send

SHELF = "/arbetsyta/material"
PAGE = "/material/kort-om-hjulet"
WORDS = {
    "title": "Kort om hjulet",
    "kind": "symbols",
    "lead": "Bilder att skriva ut.",
    "body": "## Så gör du\n\nKlipp ut korten.",
    "owner_name": "Processledarna",
    "areas": ["halsa", "trygghet"],
    "audience": ["preschool"],
    "level": "promotive",
    "standing": "included",
    "language": "sv",
    "cover": "",
}


@pytest.fixture
def writer(county):
    """The county's communicator at work."""
    return signed_in(county, "kommunikator")


@pytest.fixture
def begun(writer):
    """The address of a material that has been written and published with one version."""
    address = send(writer, SHELF, title=WORDS["title"], kind="symbols", where="lanet").location
    write(writer, address)
    add(writer, address)
    send(writer, f"{address}/publicera")
    return address


def write(client, address: str, status: int = 303, **more):
    """Save what is said of it."""
    seen = go(client, address).soup.select_one("form [name=seen]")["value"]
    return send(client, address, status, **({"seen": seen} | WORDS | more))


def add(client, address: str, status: int = 303, data: bytes = b"", **more):
    """Add a version with a PDF."""
    told = {"dated": "2026-11-02", "file": (io.BytesIO(data or pdf(tag)), "Kort.pdf")}
    return send(client, f"{address}/version", status, **(told | more))


def test_a_material_is_found_fetched_and_led_to_by_a_short_address(county, begun):
    reader = county.test_client()
    assert WORDS["title"] in go(reader, "/material?omrade=trygghet&for=preschool&sort=symbols&niva=promotive").words
    assert WORDS["title"] not in go(reader, "/material?omrade=hemmet").words
    page = go(reader, PAGE)
    assert "Ingår i modellen" in page.words and "svår att läsa med skärmläsare" not in page.words
    with reader.get(page.soup.select_one("main a.ds-button")["href"]) as answer:
        assert answer.get_data().startswith(b"%PDF-") and "attachment" in answer.headers["Content-Disposition"]
    short = page.soup.select_one("code").text.partition("/")[2]
    with reader.get(f"/{short}") as answer:
        assert answer.location.endswith(PAGE)
    with reader.get(f"{PAGE}/qr.svg") as answer:
        assert answer.mimetype == "image/svg+xml"
    go(reader, "/m/finnsej", status=404)


def test_earlier_versions_keep_their_addresses(county, writer, begun):
    add(writer, begun, data=pdf(), note="Ny bild")
    reader = county.test_client()
    newest, first = go(reader, PAGE), go(reader, f"{PAGE}/version-1")
    assert "svår att läsa med skärmläsare" in newest.words and "äldre version" in first.words
    files = {page.soup.select_one("main a.ds-button")["href"] for page in (newest, first)}
    assert len(files) == 2
    for href in files:
        with reader.get(href) as answer:
            assert answer.status_code == 200
    assert "inte taggad" in go(writer, begun).words
    go(reader, f"{PAGE}/version-3", status=404)
    send(writer, f"{begun}/ta-bort")
    for href in (*files, PAGE, f"{PAGE}/version-1"):
        go(reader, href, status=404)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"data": pdf(run_script)}, "körs av sig självt"),
        ({"file": (io.BytesIO(b"<svg/>"), "x.pdf")}, "inte av rätt sort"),
        ({"dated": "2999-01-01"}, "inte varit än"),
        ({"url": "https://a.example"}, "inte båda"),
        ({"file": (io.BytesIO(b""), ""), "url": "javascript:x"}, "https://"),
    ],
)
def test_a_version_that_cannot_be_is_told_and_not_kept(writer, begun, told, says):
    file = told.get("file")
    if file:
        told = told | {"file": (io.BytesIO(file[0].getvalue()), file[1])}
    assert says in add(writer, begun, 422, **told).words
    assert "Version 2" not in go(writer, begun).words


def test_nothing_is_published_without_something_to_fetch(writer):
    address = send(writer, SHELF, title="Tomt", kind="work", where="lanet").location
    write(writer, address, title="Tomt")
    assert "Lägg till en fil eller en länk" in send(writer, f"{address}/publicera", 422).words


def test_everything_published_is_searched_together_and_misspelling_forgiven(county, writer, begun):
    news = send(writer, "/arbetsyta/nyheter", title=NEWS["title"], where="lanet").location
    seen = go(writer, news).soup.select_one("form [name=seen]")["value"]
    send(writer, news, seen=seen, **NEWS)
    reader = county.test_client()
    assert NEWS["title"] not in go(reader, "/sok?q=barn").words
    send(writer, f"{news}/publicera")
    for asked, found in (
        ("hjulet", WORDS["title"]), ("hjuelt", WORDS["title"]), ("processledarna", WORDS["title"]),
        ("bilder", NEWS["title"]), ("bildar", WORDS["title"]), ("BILD", NEWS["title"]), ("små barn", NEWS["title"]),
    ):  # fmt: skip
        assert found in go(reader, f"/sok?q={asked}").words, asked
    for asked in ("xyzzyqq", "", "%25", "'; DROP TABLE content_word; --"):
        assert WORDS["title"] not in go(reader, f"/sok?q={asked}").words
    with connection():
        both = {one.sort for one in content_search.find("bilder")}
    assert both == {"article", "material"}


def test_a_film_without_captions_is_told_of_to_all(county, writer, begun):
    film = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 40
    add(writer, begun, file=(io.BytesIO(film), "film.mp4"))
    assert "Filmen är inte textad" in go(county.test_client(), PAGE).words
    assert "Filmen saknar textning" in go(writer, begun).words
    captions = (io.BytesIO(CAPTIONS.encode()), "text.vtt")
    add(writer, begun, file=(io.BytesIO(film), "film.mp4"), captions=captions)
    assert "Filmen är inte textad" not in go(county.test_client(), PAGE).words
    assert "Filmen är textad" in go(writer, begun).words


def test_two_who_save_at_once_see_both_and_nothing_is_lost(writer, begun):
    old = go(writer, begun).soup.select_one("form [name=seen]")["value"]
    write(writer, begun, areas=["larande"], level="")
    page = send(writer, begun, 409, **(WORDS | {"seen": old, "lead": "Sedan."}))
    told = {one.dt.text: one.dd.text for one in page.soup.select("[role=alert] dl > div")}
    assert told == {"Ingress": WORDS["lead"], "Områden i hjulet": "Lärande", "Nivå": "Inte vald"}
    assert page.soup.select_one("#lead").text.strip() == "Sedan."
    fresh = page.soup.select_one("#material [name=seen]")["value"]
    send(writer, begun, 303, **(WORDS | {"seen": fresh, "lead": "Sedan."}))


def test_readers_are_told_what_looking_through_a_pdf_showed(county, writer, begun):
    reader = county.test_client()
    assert "Går att läsa med skärmläsare. Språk: svenska." in go(reader, PAGE).words
    add(writer, begun, data=pdf())
    assert "Svår att läsa med skärmläsare. Språket är inte angivet i filen." in go(reader, PAGE).words
