"""Single values as registers write them: codes that lost their zeros, decimal commas, capitals, links."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from urllib.parse import urlsplit

from stdnum.exceptions import ValidationError
from stdnum.se import orgnr as stdnum_orgnr

SUPPRESSED = frozenset({"", ".", "..", "...", "…", "-", "–", "—", "null", "none", "nan", "n/a", "#n/a", "#saknas!"})
KEPT_CAPITALS = frozenset(
    """AB HB KB EK IES KAA BVC MVC BUP HVB SIS LBS NTI IT FN EU USA SFI BBA IFO EHT NPF SIP
    II III IV VI VII VIII IX XI XII""".split()
)
SMALL_WORDS = frozenset(
    """i och på vid för av med till den det de en ett som under över kommun kommuns landsting ekonomisk
    ideell förening åk årskurs""".split()
)


class BadValue(ValueError):
    """A value that cannot be what its field is for; the message is a Swedish sentence."""


def text_or_none(value: object) -> str | None:
    """Squeeze white space; None when the source is silent (empty, or a mark for a suppressed value)."""
    if value is None:
        return None
    text = " ".join(str(value).replace("\x00", "").split())
    if re.match(r"'[=+\-@]", text):
        text = text[1:]  # the mark that keeps a spreadsheet from taking the cell for a formula
    return None if text.casefold() in SUPPRESSED else text


def _whole(text: str) -> str:
    """Take away what a spreadsheet adds to a code: "64281.0" and "64281,00" are 64281."""
    return re.sub(r"[.,]0+$", "", text.strip().lstrip("'"))


@lru_cache(maxsize=4096)
def municipality_code(text: str) -> str:
    """Give SCB's four digits, with the leading zero that exports lose."""
    digits = _whole(text)
    if not re.fullmatch(r"[0-9]{3,4}", digits):
        raise BadValue(f"Kommunkoden ”{text}” ska ha fyra siffror.")
    return digits.zfill(4)


def school_unit_code(text: str) -> str:
    """Give Skolverket's eight digits for a school unit."""
    digits = _whole(text).replace(" ", "")
    if not re.fullmatch(r"[1-9][0-9]{7}", digits):
        raise BadValue(f"Skolenhetskoden ”{text}” ska ha åtta siffror.")
    return digits


def preschool_number(text: str) -> str:
    """Give Skolverket's number for a preschool, six digits in all files seen."""
    digits = _whole(text).replace(" ", "")
    if not re.fullmatch(r"[0-9]{4,8}", digits):
        raise BadValue(f"Förskole-id ”{text}” ska bestå av siffror, oftast sex.")
    return digits.zfill(6)


def postal_code(text: str) -> str:
    """Give five digits from "641 36", "64136", "64136.0" or "SE-641 36"."""
    digits = re.sub(r"^(SE|S)[\s-]*", "", _whole(text), flags=re.IGNORECASE)
    digits = re.sub(r"\s", "", digits)
    if not re.fullmatch(r"[1-9][0-9]{4}", digits):
        raise BadValue(f"Postnumret ”{text}” ska ha fem siffror.")
    return digits


@lru_cache(maxsize=4096)
def organisation_number(text: str) -> str:
    """Give ten digits that pass the Luhn check, from 10 or 12 digits with or without a hyphen.

    A sole trader's number is a personal identity number and is refused, because it must not be kept.
    """
    digits = re.sub(r"[\s-]", "", _whole(text))
    if len(digits) == 12 and digits[:2] in ("16", "19", "20"):
        digits = digits[2:]
    if not re.fullmatch(r"[0-9]{10}", digits):
        raise BadValue(f"Organisationsnumret ”{text}” ska ha tio siffror.")
    if digits[2] in "01":
        raise BadValue("Organisationsnumret ser ut som ett personnummer och sparas därför inte.")
    try:
        return stdnum_orgnr.validate(digits)
    except ValidationError:
        raise BadValue(f"Kontrollsiffran i organisationsnumret ”{text}” stämmer inte.") from None


def decimal(text: str) -> float:
    """Read a number with a decimal point or comma, with or without spaces between thousands."""
    plain = re.sub(r"\s", "", text).replace("−", "-").replace(",", ".")
    if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]*)?", plain):
        raise BadValue(f"”{text}” är inte ett tal.")
    return float(plain)


def whole_number(text: str) -> int:
    """Read a whole number, as "9" or "9.0"."""
    plain = _whole(text)
    if not re.fullmatch(r"-?[0-9]{1,6}", plain):
        raise BadValue(f"”{text}” är inte ett heltal.")
    return int(plain)


def day(text: str) -> date:
    """Read a date: 2026-08-17, 20260817, 17/8 2026 or with a time of day after it."""
    for pattern, order in (
        (r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ].*)?", (1, 2, 3)),
        (r"([0-9]{4})([0-9]{2})([0-9]{2})", (1, 2, 3)),
        (r"([0-9]{1,2})[/.]([0-9]{1,2})[/. ]([0-9]{4})", (3, 2, 1)),
    ):
        match = re.fullmatch(pattern, text.strip())
        if match:
            try:
                return date(*(int(match[part]) for part in order))
            except ValueError:
                break
    raise BadValue(f"Datumet ”{text}” ska skrivas som 2026-08-17.")


def yes(text: str) -> bool:
    """Read ja or nej, as people write them."""
    word = text.strip().casefold()
    if word in ("ja", "j", "x", "1", "sant", "true", "yes"):
        return True
    if word in ("nej", "n", "0", "falskt", "false", "no"):
        return False
    raise BadValue(f"”{text}” ska vara ja eller nej.")


def email(text: str) -> str:
    """Give an e-mail address without "mailto:"; refuse what cannot be one."""
    address = re.sub(r"^mailto:", "", text.strip(), flags=re.IGNORECASE).rstrip(".;,")
    if not re.fullmatch(r"[^@\s<>\"'(),;:]{1,64}@[^@\s<>\"'(),;:]+\.[^@\s<>\"'(),;:.]{2,}", address):
        raise BadValue(f"”{text}” är inte en e-postadress.")
    return address


def phone(text: str) -> str:
    """Give a telephone number as written, when it is one; refuse text and far too long numbers."""
    number = re.sub(r"\(?\b(växeln?|vx|tel|telefon|mobil)\b[.:]*\)?", "", text, flags=re.IGNORECASE).strip()
    digits = re.sub(r"[^0-9]", "", number)
    if not re.fullmatch(r"[0-9+()/\s–-]+", number) or not 3 <= len(digits) <= 15 or len(number) > 40:
        raise BadValue(f"”{text}” är inte ett telefonnummer.")
    return number


def website(text: str) -> str:
    """Give an http address; add the scheme when it is missing, refuse every other scheme."""
    address = text.strip()
    if not re.match(r"[a-z][a-z0-9+.-]*:", address, flags=re.IGNORECASE) or re.match(r"[^/:]+:[0-9]", address):
        address = f"https://{address.lstrip('/')}"
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or "." not in host or parts.scheme.lower() not in ("http", "https") or re.search(r"[\s<>\"]", address):
        raise BadValue(f"”{text}” är inte en webbadress.")
    return address


def sensible_capitals(name: str) -> str:
    """Set a name written wholly in capitals as people write it; leave every other name alone.

    "FLENS KOMMUN" is Flens kommun; AB, KAA and IES stay as they are, and so does a single short word.
    """
    letters = [letter for letter in name if letter.isalpha()]
    if not letters or any(letter.islower() for letter in letters):
        return name
    words = name.split(" ")
    if len(words) == 1 and len(letters) <= 4:
        return name
    return " ".join(_word(word, first=not place) for place, word in enumerate(words))


def _word(word: str, *, first: bool) -> str:
    bare = re.sub(r"[^\w]", "", word)
    if bare in KEPT_CAPITALS or re.search(r"[0-9]", bare) or (len(bare) == 1 and not word.casefold() == "i"):
        return word
    if not first and word.casefold() in SMALL_WORDS:
        return word.casefold()
    parts = re.split(r"([-/(&])", word)
    return "".join(re.sub(r"[^\W\d_]", lambda letter: letter[0].upper(), part.lower(), count=1) for part in parts)
