"""Finds what should not be written down about people: personal numbers, phones, addresses and what looks like names.

Nothing of what is found may be logged or kept: it is for the eyes of the one who wrote it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from stdnum.luhn import is_valid

from tbb.services.personal_names import full_names

DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043", "-"))
"""Phones and word processors make longer dashes of the hyphen."""
COORDINATION_DAYS = 60
CENTURIES = ("18", "19", "20")
NO_PERSONAL_NUMBER = "Ta bort personnumret. Vi får inte och vill inte spara det."

_GAP = r"[^\S\n]{0,2}\n?[^\S\n]{0,2}"
_BETWEEN = rf"{_GAP}[./-]?{_GAP}"
WRITTEN = re.compile(
    rf"(?<![\d+])(?:(?P<century>18|19|20){_GAP})?\d{{2}}{_BETWEEN}(?P<month>\d{{2}}){_BETWEEN}(?P<day>\d{{2}})"
    rf"{_GAP}[-+/.]?{_GAP}(?:\d{{2}}[^\S\n]?\d{{2}}|(?P<masked>[xX*]{{4}}))(?![\dxX*])"
)
SPELT = re.compile(r"(?<![\d+])(?:\d[ .]){6,8}(?:[-+] ?)?(?:\d[ .]){3}\d(?![\d])")
"""Digits with a blank or a dot between each of them."""
DATE_AND_TIME = re.compile(r"(?:19|20)\d{2}-\d{2}-\d{2}\s{1,2}[012]\d ?[0-5]\d")

PHONE = re.compile(r"(?<![\d,.:/-])(?:\+|00(?=[1-9])|\(?0(?=[1-9]))(?:[ ()/-]{0,3}\d){6,13}(?![\d])")
LABELLED_PHONE = re.compile(
    r"\b(?:tel(?:efon)?(?:nr|nummer)?|mobil(?:nr|nummer)?|mob|sms:?a)\b[.: ]{0,3}(\d(?:[ -]{0,2}\d){4,11})(?!\d)", re.I
)
NO_PHONE = re.compile(
    r"\d{2}[-/ ]\d{2}[-/ ](?:19|20)\d{2}|[012]\d[0-5]\d ?- ?[012]\d[0-5]\d|00\d \d{3} \d{3}|0\d( 0?\d\d?){3,}"
)
"""Days such as 05-06-2026, hours such as 0800-1430, and rows of small numbers."""
EMAIL = re.compile(
    r"[\w.+-]{1,64}(?: ?@ ?| ?[(\[] ?(?:at|snabel-?a) ?[)\]] ?| snabel-?a )[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}", re.I
)
_STREETS = (
    r"gatan?|vägen?|gränd(?:en)?|stig(?:en)?|torget?|allén?|leden|liden|kajen|esplanaden|slingan|ringen|svängen"
    r"|kroken|stråket|backen?|platsen|bron|promenaden|vreten|hagen|dalen|höjden|åsen|terrassen"
)
_COUNTED = (
    r"(?!\s{0,2}(?:%|(?:km|kilometer|m|meter|min|minuter|gånger|ggr|gång|dagar|dag|timmar|timme|lektioner|veckor"
    r"|vecka|månader|månad|år|barn|elever|elev|vuxna|personer|av|till|och|eller|st|klasser)\b))"
)
STREET = re.compile(
    rf"(?:\b[A-ZÅÄÖ][a-zåäö:]{{1,12}} )?(?:\b(?:[A-ZÅÄÖ][\wåäö]{{1,24}}(?:{_STREETS})"
    r"|[a-zåäö]{2,24}(?:gatan?|vägen?|gränden?|stigen|torget?|allén))|\b[A-ZÅÄÖ][\w:]{1,20} "
    rf"(?:[Gg]ata|[Gg]atan|[Vv]äg|[Vv]ägen|[Gg]ränd|[Tt]org|[Aa]llé|[Pp]lats|[Ss]tig|[Bb]acke|[Gg]ård)) "
    rf"\d{{1,4}}(?!\d)(?: ?[A-Ha-h]\b)?{_COUNTED}"
)
BOX = re.compile(r"\b(?:[Pp]ost)?[Bb]ox \d{1,6}\b")
POSTCODE = re.compile(r"(?<![\d-])(?:SE?-)?[1-9]\d{2} \d{2} {1,2}[A-ZÅÄÖ][a-zåäö]{2,}")


class FoundKind(StrEnum):
    """What can be found in a text."""

    PERSONAL_NUMBER = "personal_number"
    PHONE = "phone"
    EMAIL = "email"
    STREET_ADDRESS = "street_address"
    SURNAME = "surname"


SENTENCES = {
    FoundKind.PERSONAL_NUMBER: "Det ser ut att stå ett personnummer här. Ta bort det om det är ett.",
    FoundKind.PHONE: "Det ser ut att stå ett telefonnummer här. Ta bort det om det inte behövs.",
    FoundKind.EMAIL: "Det ser ut att stå en e-postadress här. Ta bort den om den inte behövs.",
    FoundKind.STREET_ADDRESS: "Det ser ut att stå en adress här. Ta bort den om den inte behövs.",
    FoundKind.SURNAME: "Det ser ut att stå ett efternamn här. Skriv hellre en roll, till exempel mamma eller mentorn.",
}


@dataclass(frozen=True)
class Finding:
    """Something that should perhaps not stand in a text: its kind, the words themselves, and what to say of it.

    `refused` is true of a number that is a real personal number. The words are left out of its repr, so that they
    reach no log by mistake.
    """

    kind: FoundKind
    found: str = field(repr=False)
    sentence: str
    refused: bool = False


def holds_personal_number(text: str) -> bool:
    """Tell whether a text holds a personnummer or samordningsnummer that passes its check digit."""
    return any(sure for _, _, sure in _personal_numbers(_plain(text)))


def findings(text: str) -> list[Finding]:
    """Look through a text for what tells of a person, in the order of the text; each thing is told of once."""
    plain, taken = _plain(text), []
    for start, end, kind, sure in _candidates(plain):
        if not any(start < other_end and other < end for other, other_end, *_ in taken):
            taken.append((start, end, kind, sure))
    told = {}
    for start, end, kind, sure in sorted(taken):
        words = " ".join(plain[start:end].split())
        told.setdefault((kind, words), Finding(kind, words, NO_PERSONAL_NUMBER if sure else SENTENCES[kind], sure))
    return list(told.values())


def _plain(text: str) -> str:
    """The text with one kind of digits, dashes and line breaks, and without invisible characters."""
    visible = (sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    digits = (str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in visible)
    return "".join(digits).translate(DASHES).replace("\r\n", "\n").replace("\r", "\n")


def _candidates(plain: str) -> Iterator[tuple[int, int, FoundKind, bool]]:
    """Everything that may be something, the surest first: of two that overlap the first counts."""
    numbers = list(_personal_numbers(plain))
    yield from ((start, end, FoundKind.PERSONAL_NUMBER, True) for start, end, sure in numbers if sure)
    yield from ((*found.span(), FoundKind.EMAIL, False) for found in EMAIL.finditer(plain))
    phones = [found.span() for found in PHONE.finditer(plain) if _is_phone(found[0])]
    yield from ((*span, FoundKind.PHONE, False) for span in phones if not _is_hyphenated_number(plain[slice(*span)]))
    yield from ((start, end, FoundKind.PERSONAL_NUMBER, False) for start, end, sure in numbers if not sure)
    yield from ((*found.span(1), FoundKind.PHONE, False) for found in LABELLED_PHONE.finditer(plain))
    for pattern in (STREET, BOX, POSTCODE):
        yield from ((*found.span(), FoundKind.STREET_ADDRESS, False) for found in pattern.finditer(plain))
    yield from ((start, end, FoundKind.SURNAME, False) for start, end in full_names(plain))


def _personal_numbers(plain: str) -> Iterator[tuple[int, int, bool]]:
    """What is written as a personal number: where it stands, and whether its check digit is right."""
    for found in WRITTEN.finditer(plain):
        if _is_day(found["month"], found["day"]) and not DATE_AND_TIME.fullmatch(found[0]):
            yield found.start(), found.end(), not found["masked"] and _checks(found[0])
    for found in SPELT.finditer(plain):
        digits = re.sub(r"\D", "", found[0])
        if _is_day(digits[-8:-6], digits[-6:-4]) and (len(digits) == 10 or digits[:2] in CENTURIES):
            yield found.start(), found.end(), _checks(digits)


def _is_day(month: str, day: str) -> bool:
    """Whether these are a month and a day, or a samordningsnummer's day, which is 60 more."""
    number = int(day)
    return 1 <= int(month) <= 12 and (1 <= number <= 31 or 1 <= number - COORDINATION_DAYS <= 31)


def _checks(written: str) -> bool:
    return is_valid(re.sub(r"\D", "", written)[-10:])


def _is_phone(written: str) -> bool:
    digits = re.sub(r"\D", "", written)
    return 8 <= len(digits) <= 15 and not NO_PHONE.fullmatch(written.strip())


def _is_hyphenated_number(written: str) -> bool:
    """Whether six digits, a hyphen and four are written, which is how nobody writes a telephone number."""
    return bool(re.fullmatch(r"\d{6}[-+]\d{4}", written)) and _is_day(written[2:4], written[4:6])
