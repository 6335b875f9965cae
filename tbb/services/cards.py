"""Contact cards: a person as a vCard for the address book, an address as a QR code, a number to dial."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

import segno

LINE = 75  # octets in a vCard line before it is folded (RFC 2426, 2.6)
QUIET_ZONE = 4  # modules of white around a QR code; with fewer, some phones do not find it


@dataclass(frozen=True)
class Card:
    """What a contact card says. Empty text means: left out."""

    name: str
    unit: str
    organizer: str = ""
    title: str = ""
    phone: str = ""
    email: str = ""
    street: str = ""
    postal_code: str = ""
    place: str = ""
    url: str = ""
    note: str = ""
    person: bool = True  # False: the name is a function or a switchboard, with no given and family name
    revised: datetime | None = None


def vcard(card: Card) -> bytes:
    """The card as vCard 3.0: the version that iOS, Android and Outlook all read in full."""
    name = one_line(card.name) or one_line(card.unit)
    rows = [
        ("VERSION", "3.0"),
        ("FN", _escape(name)),
        ("N", _structured_name(name, card.person)),
        ("ORG", _parts(card.organizer, card.unit) if card.organizer else _escape(one_line(card.unit))),
        ("TITLE", _escape(one_line(card.title))),
        ("TEL;TYPE=WORK,VOICE", dial(card.phone) or _escape(one_line(card.phone))),
        ("EMAIL;TYPE=INTERNET,WORK", _escape(one_line(card.email))),
        ("ADR;TYPE=WORK", _address(card)),
        ("URL", web_address(card.url)),
        ("NOTE", _escape(_lines(card.note))),
        ("REV", f"{card.revised.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if card.revised else ""),
    ]
    lines = ["BEGIN:VCARD", *(f"{label}:{value}" for label, value in rows if value), "END:VCARD"]
    return b"".join(_fold(line) for line in lines)


def dial(phone: str) -> str:
    """A Swedish number as it is dialled from anywhere, +46701740611; a short one stays; "" if it is none."""
    written = re.sub(r"[\s()/.\u2010-\u2013-]", "", phone)
    if not re.fullmatch(r"\+?[0-9]{3,15}", written, re.ASCII):
        return ""
    abroad = re.sub(r"^00", "+", written)
    if abroad.startswith("0"):
        return f"+46{abroad[1:]}"
    return re.sub(r"^\+460", "+46", abroad)  # people write +46 (0)70


def web_address(url: str) -> str:
    """The address if it is one that a browser may open, else nothing: no javascript:, no second line."""
    return url if re.fullmatch(r"https?://[!-~]{1,1900}", url) else ""


def qr_svg(url: str, *, title: str, dark: str = "#1d1c18", light: str = "#ffffff") -> str:
    """The address as a QR code in SVG: crisp, with a title for screen readers and no style attribute."""
    code = segno.make_qr(url, error="m", encoding="utf-8", boost_error=True)
    size = code.symbol_size(scale=1, border=QUIET_ZONE)[0]
    dark, light = escape(dark), escape(light)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="qr" viewBox="0 0 {size} {size}" role="img"'
        f' shape-rendering="crispEdges"><title>{escape(one_line(title))}</title>'
        f'<path fill="{light}" d="M0 0h{size}v{size}H0z"/><path fill="{dark}" d="{_modules(code)}"/></svg>'
    )


def _modules(code: segno.QRCode) -> str:
    """The dark modules, one rectangle for each unbroken run in a row: no hairlines between modules."""
    path = []
    for y, row in enumerate(code.matrix):
        for run in re.finditer(b"\x01+", bytes(row)):
            width = run.end() - run.start()
            path.append(f"M{run.start() + QUIET_ZONE} {y + QUIET_ZONE}h{width}v1h-{width}z")
    return "".join(path)


def _structured_name(name: str, person: bool) -> str:
    """Family name; given names. A function has no family name and is kept whole."""
    given, _, family = name.rpartition(" ") if person else ("", "", name)
    return f"{_escape(family)};{_escape(given)};;;"


def _address(card: Card) -> str:
    if not (card.street or card.postal_code or card.place):
        return ""
    code = one_line(card.postal_code)
    if re.fullmatch(r"[0-9]{5}", code):
        code = f"{code[:3]} {code[3:]}"
    return f";;{_parts(card.street, card.place)};;{_escape(code)};Sverige"


def _parts(*values: str) -> str:
    return ";".join(_escape(one_line(value)) for value in values)


def one_line(text: str) -> str:
    """One line of visible characters: whatever breaks a line or steers the text direction is gone."""
    return " ".join("".join(" " if _breaks(sign) else sign for sign in text if _visible(sign)).split())


def _lines(text: str) -> str:
    return "\n".join(one_line(line) for line in text.splitlines()).strip()


def _breaks(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cc", "Zl", "Zp"}


def _visible(sign: str) -> bool:
    return unicodedata.category(sign) not in {"Cs", "Cf"} or sign in "\u00ad\u200c\u200d"


def _escape(text: str) -> str:
    return re.sub(r"([\\;,])", r"\\\1", text).replace("\n", "\\n")


def _fold(line: str) -> bytes:
    """The line in pieces of at most 75 octets, never cut inside a character; a space says it goes on."""
    pieces, piece = [], b""
    for sign in line:
        octets = sign.encode()
        if len(piece) + len(octets) > LINE:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece, b""])
