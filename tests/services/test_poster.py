"""Promises of the poster: readable by everyone, whatever people are called and whatever is typed in."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

import tbb
from tbb.services.cards import qr_svg
from tbb.services.poster import PosterError, PosterText, make_poster

FONTS = Path(tbb.__file__).parent / "static" / "vendor" / "print"
ADDRESS = "https://tbb.example/enhet/nackrosskolan"
QR = qr_svg(ADDRESS, title="QR-kod")
HELENA = PosterText(
    unit="Näckrosskolan",
    place="Flen",
    name="Helena Exempelsson",
    title="Biträdande rektor",
    phone="070-174 06 11",
    email="helena@flen.example",
    phone_hours="Måndag–fredag 8–9 och 15–16.",
    languages="svenska, finska",
    note="Mitt rum: entréplan, bredvid biblioteket.",
    url=ADDRESS,
)


def poster(text: PosterText = HELENA) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(make_poster(text, fonts=FONTS, qr_svg=QR)))


@pytest.fixture(scope="module")
def helena() -> pikepdf.Pdf:
    return poster()


def words(pdf: pikepdf.Pdf) -> str:
    """The page's text in reading order, as a program that reads aloud gets it from the fonts' tables."""
    page, read, letters, spoken = pdf.pages[0], [], {}, [False]
    tables = {name: to_unicode(font) for name, font in page.resources.Font.items()}
    for operands, operator in pikepdf.parse_content_stream(page):
        if operator == pikepdf.Operator("Tf"):
            letters = tables[str(operands[0])]
        elif operator in {pikepdf.Operator("BDC"), pikepdf.Operator("BMC")}:
            said = operands[1].get("/ActualText") if len(operands) > 1 else None
            spoken.append(spoken[-1] or said is not None)
            read.append("\n" if said is None else str(said))
        elif operator == pikepdf.Operator("EMC"):
            spoken.pop()
        elif operator in {pikepdf.Operator("Tj"), pikepdf.Operator("TJ")} and not spoken[-1]:
            read.append(glyphs(operands[0], letters))
    return "".join(read).replace("\xa0", " ")


def glyphs(shown: pikepdf.Object, letters: dict[bytes, str]) -> str:
    parts = [shown] if isinstance(shown, pikepdf.String) else shown
    codes = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
    return "".join(letters[codes[at : at + 2]] for at in range(0, len(codes), 2))


def to_unicode(font: pikepdf.Object) -> dict[bytes, str]:
    table = font.ToUnicode.read_bytes().decode("ascii")
    pairs = {}
    for part in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, text in re.findall(r"<(\w+)>\s*<(\w*)>", part):
            pairs[bytes.fromhex(code)] = bytes.fromhex(text).decode("utf-16-be")
    for part in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", part):
            for step in range(int(last, 16) - int(first, 16) + 1):
                pairs[(int(first, 16) + step).to_bytes(2)] = chr(int(text, 16) + step)
    return pairs


def packed(text: str) -> str:
    """Without spaces: a line may end anywhere in a long word."""
    return re.sub(r"[\s\u200b]", "", text)


def elements(pdf: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    """Every element of the structure tree, in reading order."""
    found, waiting = [], [pdf.Root.StructTreeRoot.K]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, pikepdf.Array):
            waiting[:0] = list(node)
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            found.append(node)
            if "/K" in node:
                waiting.insert(0, node.K)
    return found


def test_it_is_one_sheet_of_a4(helena):
    assert len(helena.pages) == 1
    left, bottom, right, top = (float(edge) for edge in helena.pages[0].MediaBox)
    assert (right - left, top - bottom) == pytest.approx((595.28, 841.89), abs=0.1)


def test_it_says_it_is_accessible_swedish_and_has_a_title(helena):
    assert bool(helena.Root.MarkInfo.Marked) is True
    assert str(helena.Root.Lang).lower().startswith("sv")
    assert bool(helena.Root.ViewerPreferences.DisplayDocTitle) is True
    with helena.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Affisch för Näckrosskolan"


def test_headings_list_and_links_are_tagged(helena):
    kinds = [str(element.S) for element in elements(helena)]
    assert [kind for kind in kinds if re.fullmatch("/H[1-6]?", kind)] == ["/H1", "/H2"]
    assert kinds.count("/LI") == 7
    assert kinds.count("/Link") == 3
    targets = [str(note.A.URI) for note in helena.pages[0].Annots]
    assert targets == ["tel:+46701740611", "mailto:helena@flen.example", ADDRESS]


def test_every_figure_has_words_and_the_rest_is_ornament(helena):
    figures = [element for element in elements(helena) if element.S == "/Figure"]
    assert [str(figure.Alt) for figure in figures] == [f"QR-kod till {ADDRESS}", "العربية"]


def test_the_names_of_the_languages_are_marked_with_their_language(helena):
    marked = {str(element.Lang) for element in elements(helena) if "/Lang" in element}
    content = helena.pages[0].Contents.read_bytes()
    marked |= {code.decode() for code in re.findall(rb"/Lang ?\((\w+)\)", content)}
    assert {"en", "fi", "ar", "so"} <= marked


def test_all_fonts_travel_with_it(helena):
    fonts = [font.DescendantFonts[0].FontDescriptor for font in helena.pages[0].resources.Font.values()]
    assert {str(font.FontName).split("+")[1] for font in fonts} >= {"Inter-Regular", "InterDisplay-SemiBold"}
    assert all({"/FontFile2", "/FontFile3"} & set(font.keys()) for font in fonts)


def test_it_says_who_to_talk_to(helena):
    page = packed(words(helena))
    for text in (
        "Näckrosskolan i Flen",
        "Är det något som känns svårt?",
        "Prata med mig. Jag är Barnets bästa-ansvarig här.",
        "Helena Exempelsson",
        "Biträdande rektor",
        "070-174 06 11",
        "helena@flen.example",
        "Måndag–fredag 8–9 och 15–16.",
        "Språk: svenska, finska",
        "Mitt rum: entréplan, bredvid biblioteket.",
        "tbb.example/enhet/nackrosskolan",
        "Läs på ditt språk",
        "Hälsa Utveckling Lärande Omsorg Hemmet Relationer Trygghet",
        "Tillsammans för barnens bästa i Sörmland",
        "Fara för liv: 112",
        "Bris: 116 111",
    ):
        assert packed(text) in page


def test_a_unit_without_anyone_responsible_says_who_to_turn_to():
    page = words(poster(PosterText(unit="Förskolan Vrena", name="Växeln", phone="08-465 004 10", bba=False)))
    assert packed("Just nu finns ingen Barnets bästa-ansvarig här. Vänd dig i stället till:") in packed(page)
    assert "Prata med mig" not in page
    assert "08-465 004 10" in page


def test_a_protected_person_does_not_say_me():
    page = words(poster(PosterText(unit="BVC Ekorren", name="Barnets bästa-ansvarig", phone="112", person=False)))
    assert packed("Prata med oss. Vi har en Barnets bästa-ansvarig här.") in packed(page)
    assert "mig" not in page


@pytest.mark.parametrize(
    ("unit", "place", "kicker"),
    [
        ("Näckrosskolan", "Flen", "Näckrosskolan i Flen"),
        ("Förskolan Vrena", "Vrena", "Förskolan Vrena"),
        ("Flensborg", "Flen", "Flensborg i Flen"),
        ("Regnbågen", "", "Regnbågen"),
    ],
)
def test_the_place_is_not_said_twice(unit, place, kicker):
    assert PosterText(unit=unit, place=place).kicker == kicker


LONG = PosterText(
    unit="Pedagogisk omsorg Näckrosdalens friluftsförskola och fritids",
    place="Katrineholm",
    name="Anna-Karin Margareta Exempelsdotter von Provnamnsson-Lindeberg",
    title="Verksamhetsutvecklare och samordnande specialpedagog för förskoleklass och anpassad grundskola",
    phone="070-174 06 12",
    email="anna-karin.exempelsdotter.von.provnamnsson@utbildning.katrineholm.example",
    phone_hours="Måndag, tisdag, torsdag och fredag 8–9 och 15–16, men inte under lovveckorna.",
    languages="svenska, engelska, finska, arabiska, somaliska",
    note="Mitt rum: entréplan, bredvid biblioteket, andra dörren till vänster.",
    url="https://tbb.example/enhet/pedagogisk-omsorg-nackrosdalens-friluftsforskola-och-fritids",
)


def test_long_names_get_smaller_and_stay_on_the_sheet():
    pdf = poster(LONG)
    assert len(pdf.pages) == 1
    for text in (LONG.kicker, LONG.name, LONG.title, LONG.email, LONG.phone_hours, LONG.note):
        assert packed(text) in packed(words(pdf))
    assert inside(pdf)


def inside(pdf: pikepdf.Pdf) -> bool:
    """No link, which is as wide as its words, reaches the QR code or the edge."""
    return all(float(note.Rect[0]) >= 37 and float(note.Rect[2]) <= 402 for note in pdf.pages[0].Annots)


HOSTILE = [
    '#panic("x") #x',
    "$x^2$ `raw` *b* _i_",
    "\\ \\n \\u{41}",
    "\"'´`",
    "<b>&amp;</b>",
    "// /* */ @ref <label>",
    "- + = / 1. a~b c--d e...",
]


@pytest.mark.parametrize("text", [*HOSTILE, "A" * 200, "https://" + "x-" * 90])
def test_text_with_signs_that_mean_something_elsewhere_stays_as_it_was(text):
    pdf = poster(PosterText(unit=text, name=text, title=text, phone=text, email=text, phone_hours=text))
    assert len(pdf.pages) == 1
    assert packed(words(pdf)).count(packed(text)) == 6


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Kim 🌼👩‍👧 Exempelsson", "Kim Exempelsson"),
        ("Kim 中文 Exempelsson", "Kim Exempelsson"),
        ("Kim \u202egnp\u2066", "Kim gnp"),
        ("Kim\x00\r\nExempelsson\ud800\ufffe", "Kim Exempelsson"),
        ("A\u030asa", "Åsa"),
        ("".join(map(chr, range(0x0E01, 0x0E31))) + " Kim 日本語 한국어 🌼", "Kim"),
        ("Łukasz Ćwiek-Øst Nguyễn", "Łukasz Ćwiek-Øst Nguyễn"),
        ("Анна Ελένη", "Анна Ελένη"),
    ],
)
def test_letters_are_kept_and_what_no_font_has_is_left_out(text, kept):
    pdf = poster(PosterText(unit="Regnbågen", name=text))
    assert packed(f"här.{kept}Läs på") in packed(words(pdf))


@pytest.mark.parametrize("text", ["سارة", "שרה", "x" * 5000, "", " ", "\u200f", "Z\u0300" * 300])
def test_no_text_stops_the_poster(text):
    assert len(poster(PosterText(unit=text, name=text, title=text, phone=text, note=text)).pages) == 1


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "https://a.example/ x"])
def test_only_addresses_of_pages_become_links(url):
    pdf = poster(PosterText(unit="Regnbågen", phone="växeln", email="a@b?cc=c@d.example", url=url))
    assert "/Annots" not in pdf.pages[0]


def test_the_same_text_gives_the_same_bytes():
    assert make_poster(HELENA, fonts=FONTS, qr_svg=QR) == make_poster(HELENA, fonts=FONTS, qr_svg=QR)


def test_posters_made_at_the_same_time_do_not_mix_people():
    names = [f"Kim Exempelsson {letter}" for letter in "ABCDEFGH"]
    with ThreadPoolExecutor(4) as threads:
        pages = list(threads.map(lambda name: words(poster(PosterText(unit="R", name=name))), names))
    assert all(name in page for name, page in zip(names, pages, strict=True))


def test_without_its_fonts_there_is_no_poster(tmp_path):
    with pytest.raises(PosterError, match="unknown font family"):
        make_poster(HELENA, fonts=tmp_path, qr_svg=QR)
