"""What a unit's page can be taken home as: a contact card, a QR code and a poster."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from tbb.services.cards import Card, qr_svg, vcard
from tbb.services.directory import UnitPage
from tbb.services.poster import PosterText, make_poster

FONTS = Path(__file__).parent.parent / "static" / "vendor" / "print"
QR_TITLE = "QR-kod till verksamhetens sida"


def contact_card(shown: UnitPage, url: str) -> bytes:
    """Make the vCard of whoever is to be called: the BBA, or the unit itself."""
    unit, bba = shown.unit, shown.bba
    return vcard(
        Card(
            name=bba.name if bba else unit.label,
            unit=unit.label,
            organizer=unit.organizer.name if unit.organizer else "",
            title=", ".join(part for part in ("Barnets bästa-ansvarig", bba.title) if part) if bba else "",
            phone=bba.phone if bba else unit.phone,
            email=bba.email if bba else unit.email,
            street=unit.street,
            postal_code=unit.postal_code,
            place=unit.place,
            url=url,
            note=bba.phone_hours if bba else "",
            person=bool(bba and not bba.protected),
            revised=unit.updated_at,
        )
    )


@lru_cache(maxsize=500)
def qr(url: str) -> str:
    """Draw the QR code of an address as SVG."""
    return qr_svg(url, title=QR_TITLE)


def poster_text(shown: UnitPage, url: str) -> PosterText:
    """Choose what the poster says: the BBA, or whom to turn to while there is none."""
    unit, bba = shown.unit, shown.bba
    if bba:
        return PosterText(
            unit=unit.label,
            place=unit.place or shown.municipality.name,
            name=bba.name,
            title=bba.title,
            phone=bba.phone,
            email=bba.email,
            phone_hours=bba.phone_hours,
            languages=bba.languages,
            url=url,
            person=not bba.protected,
        )
    return PosterText(
        unit=unit.label,
        place=unit.place or shown.municipality.name,
        name=unit.head_name or unit.label,
        phone=unit.phone or shown.municipality.switchboard,
        email=unit.email,
        url=url,
        bba=False,
    )


@lru_cache(maxsize=200)
def poster(text: PosterText) -> bytes:
    """Set the poster as an A4 PDF; the same text is set once."""
    return make_poster(text, fonts=FONTS, qr_svg=qr(text.url))
