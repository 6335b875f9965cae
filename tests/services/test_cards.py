"""Promises of the contact cards: nothing typed in can add a line, and a phone reads what we wrote."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from segno import consts

from tbb.services.cards import Card, dial, qr_svg, vcard, web_address

ADDRESS = "https://tbb.example/enhet/nackrosskolan"
HELENA = Card(
    name="Helena Exempelsson",
    unit="Näckrosskolan",
    organizer="Flens kommun",
    title="Biträdande rektor",
    phone="070-174 06 11",
    email="helena@flen.example",
    street="Exempelvägen 3",
    postal_code="64136",
    place="Flen",
    url=ADDRESS,
    note="Måndag–fredag 8–9.\nRing gärna.",
    revised=datetime(2025, 11, 3, 9, 30, tzinfo=UTC),
)


def read(card: bytes) -> dict[str, list[str]]:
    """A vCard as a phone reads it: unfolded, each property split at its unescaped semicolons."""
    assert card.endswith(b"\r\n")
    lines = card.decode().replace("\r\n ", "").split("\r\n")[:-1]
    assert lines[0] == "BEGIN:VCARD"
    assert lines[-1] == "END:VCARD"
    properties = {}
    for line in lines[1:-1]:
        label, _, value = line.partition(":")
        assert label not in properties
        properties[label] = [unescape(part) for part in re.findall(r"(?:^|;)((?:\\.|[^\\;])*)", value)]
    return properties


def unescape(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text)


def test_a_card_holds_everything_about_the_person():
    assert read(vcard(HELENA)) == {
        "VERSION": ["3.0"],
        "FN": ["Helena Exempelsson"],
        "N": ["Exempelsson", "Helena", "", "", ""],
        "ORG": ["Flens kommun", "Näckrosskolan"],
        "TITLE": ["Biträdande rektor"],
        "TEL;TYPE=WORK,VOICE": ["+46701740611"],
        "EMAIL;TYPE=INTERNET,WORK": ["helena@flen.example"],
        "ADR;TYPE=WORK": ["", "", "Exempelvägen 3", "Flen", "", "641 36", "Sverige"],
        "URL": [ADDRESS],
        "NOTE": ["Måndag–fredag 8–9.\nRing gärna."],
        "REV": ["2025-11-03T09:30:00Z"],
    }


def test_what_is_not_known_leaves_no_empty_property():
    assert read(vcard(Card(name="Kim Exempelsson", unit="Regnbågen"))) == {
        "VERSION": ["3.0"],
        "FN": ["Kim Exempelsson"],
        "N": ["Exempelsson", "Kim", "", "", ""],
        "ORG": ["Regnbågen"],
    }


def test_a_function_is_not_split_into_given_and_family_name():
    card = read(vcard(Card(name="Barnets bästa-ansvarig, BVC", unit="BVC Ekorren", person=False)))
    assert card["N"] == ["Barnets bästa-ansvarig, BVC", "", "", "", ""]


def test_a_card_without_a_name_is_called_what_the_unit_is_called():
    assert read(vcard(Card(name="", unit="Regnbågen", person=False)))["FN"] == ["Regnbågen"]


def test_lines_are_at_most_75_octets_and_never_cut_inside_a_letter():
    card = vcard(Card(name="Å" * 200, unit="🌼" * 100, note="ä" * 1000))
    for line in card.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_a_line_break_typed_in_adds_no_property(line_end):
    evil = f"Kim{line_end}TEL:112{line_end}END:VCARD"
    card = read(vcard(Card(name=evil, unit=evil, organizer=evil, title=evil, email=evil, place=evil, phone=evil)))
    assert card["FN"] == ["Kim TEL:112 END:VCARD"]
    assert "TEL" not in card


@given(st.text(max_size=120), st.text(max_size=120))
def test_any_text_comes_back_as_one_value(name, note):
    card = read(vcard(Card(name=name, unit="Regnbågen", note=note, person=False)))
    assert set(card) <= {"VERSION", "FN", "N", "ORG", "NOTE"}
    assert "".join(card["FN"]) == "".join(card["N"])
    assert len(card["N"]) == 5


@pytest.mark.parametrize("text", ["a;b", "a,b", r"a\b", r"a\;b\n", "O’Brien; TEL:112", r"slut\\"])
def test_signs_with_a_meaning_come_back_as_they_were(text):
    assert read(vcard(Card(name="Kim", unit="R", title=text)))["TITLE"] == [text]


def test_signs_that_turn_the_text_around_are_taken_away():
    assert read(vcard(Card(name="Kim \u202egnp", unit="R", person=False)))["FN"] == ["Kim gnp"]


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("070-174 06 11", "+46701740611"),
        ("08-465 004 00", "+46846500400"),
        ("+46 (0)70-174 06 11", "+46701740611"),
        ("0046 70 174 06 11", "+46701740611"),
        ("0046 (0)70-174 06 11", "+46701740611"),
        ("116 111", "116111"),
        ("112", "112"),
        ("08-465 004 00 (växel)", ""),
        ("<script>", ""),
        ("٠٧٠", ""),
        ("", ""),
    ],
)
def test_a_number_is_dialled_from_anywhere(written, dialled):
    assert dial(written) == dialled


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://a.example/\r\nTEL:112", "//a.example", "https://a b", ""]
)
def test_an_address_is_only_one_that_a_browser_may_open(url):
    assert web_address(url) == ""
    assert "URL" not in read(vcard(Card(name="Kim", unit="R", url=url)))


@pytest.mark.parametrize("url", [ADDRESS, "https://tbb.example/" + "a" * 180, "http://127.0.0.1:8000/enhet/x?å=1"])
def test_a_phone_reads_the_address_from_the_code(url):
    assert decode(qr_svg(url, title="QR-kod")) == url


def test_the_code_can_be_read_by_a_screen_reader_and_breaks_no_policy():
    drawing = qr_svg(ADDRESS, title='Sidan för "A & <b>"')
    root = ElementTree.fromstring(drawing)
    assert root.get("role") == "img"
    assert root[0].text == 'Sidan för "A & <b>"'
    assert "style" not in drawing
    assert {part.get("fill") for part in root[1:]} == {"#1d1c18", "#ffffff"}


def test_a_colour_cannot_leave_its_attribute():
    drawing = qr_svg(ADDRESS, title="QR", dark='"/><script>')
    assert [part.tag.split("}")[1] for part in ElementTree.fromstring(drawing)] == ["title", "path", "path"]


# A reader of undamaged QR codes, after ISO/IEC 18004: only the standard's tables are shared with the writer.


def decode(drawing: str) -> str:
    modules = drawn(drawing)
    size = len(modules)
    version = (size - 17) // 4
    level, mask = format_of(modules)
    blocks = [block for block in consts.ECC[version][level] for _ in range(block.num_blocks)]
    data = data_codewords(codewords(modules, version, mask), [block.num_data for block in blocks])
    bits = "".join(f"{octet:08b}" for octet in data)
    assert bits[:4] == "0100", "byte mode"
    start = 12 if version < 10 else 20
    length = int(bits[4:start], 2)
    return bytes(int(bits[at : at + 8], 2) for at in range(start, start + 8 * length, 8)).decode()


def drawn(drawing: str) -> list[list[bool]]:
    """The modules inside the quiet zone, which must be four modules wide."""
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', drawing)[1])
    field = [[False] * side for _ in range(side)]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", drawing):
        field[int(y)][int(x) : int(x) + int(width)] = [True] * int(width)
    assert not any(any(row) for row in field[:4] + field[-4:])
    return [row[4:-4] for row in field[4:-4]]


def format_of(modules: list[list[bool]]) -> tuple[int, int]:
    places = [(8, column) for column in (0, 1, 2, 3, 4, 5, 7, 8)] + [(row, 8) for row in (7, 5, 4, 3, 2, 1, 0)]
    bits = int("".join(str(int(modules[row][column])) for row, column in places), 2) ^ 0x5412
    return bits >> 13, bits >> 10 & 7


MASKS = (
    lambda i, j: (i + j) % 2,
    lambda i, j: i % 2,
    lambda i, j: j % 3,
    lambda i, j: (i + j) % 3,
    lambda i, j: (i // 2 + j // 3) % 2,
    lambda i, j: i * j % 2 + i * j % 3,
    lambda i, j: (i * j % 2 + i * j % 3) % 2,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2,
)


def codewords(modules: list[list[bool]], version: int, mask: int) -> list[int]:
    """Up and down in pairs of columns from the right, past everything that is not data."""
    size, bits = len(modules), ""
    columns = [*range(size - 1, 6, -2), 5, 3, 1]
    for turn, right in enumerate(columns):
        for row in range(size - 1, -1, -1) if turn % 2 == 0 else range(size):
            for column in (right, right - 1):
                if not reserved(row, column, size, version):
                    bits += str(int(modules[row][column] ^ (MASKS[mask](row, column) == 0)))
    return [int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8)]


def reserved(row: int, column: int, size: int, version: int) -> bool:
    corner = (row < 9 and (column < 9 or column >= size - 8)) or (row >= size - 8 and column < 9)
    info = version >= 7 and (min(row, column) < 6 and size - 11 <= max(row, column) < size - 8)
    return corner or info or row == 6 or column == 6 or aligned(row, column, size, version)


def aligned(row: int, column: int, size: int, version: int) -> bool:
    centres = consts.ALIGNMENT_POS[version - 2] if version > 1 else ()
    in_finder = {(6, 6), (6, size - 7), (size - 7, 6)}
    return any(abs(row - y) <= 2 and abs(column - x) <= 2 for y in centres for x in centres if (y, x) not in in_finder)


def data_codewords(mixed: list[int], lengths: list[int]) -> list[int]:
    """The blocks' data, which lie interleaved: the first codeword of each block, then the second of each."""
    blocks, stream = [[] for _ in lengths], iter(mixed)
    for place in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if place < length:
                block.append(next(stream))
    return [octet for block in blocks for octet in block]
