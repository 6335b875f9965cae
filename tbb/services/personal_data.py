"""Finds what must never be written down here: Swedish personal numbers in every form people write them."""

from __future__ import annotations

import re
import unicodedata

from stdnum.luhn import is_valid

WRITTEN = re.compile(r"(?<!\d)(?:(?:19|20)\d{2}|\d{2})[ .-]?(\d{2})[ .-]?(\d{2})[ ]?[-+ ]?[ ]?(\d{4})(?!\d)")
COORDINATION_DAYS = 60
DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
"""Phones and word processors make longer dashes of the hyphen."""


def holds_personal_number(text: str) -> bool:
    """Tell whether a text holds a personnummer or samordningsnummer that passes its check digit."""
    plain = unicodedata.normalize("NFKC", text).translate(DASHES)
    return any(_is_one(found) for found in WRITTEN.finditer(plain))


def _is_one(found: re.Match[str]) -> bool:
    month, day = int(found[1]), int(found[2])
    if not 1 <= month <= 12 or not (1 <= day <= 31 or 1 <= day - COORDINATION_DAYS <= 31):
        return False
    return is_valid(re.sub(r"\D", "", found[0])[-10:])
