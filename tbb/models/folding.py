"""Folded text and Swedish sort keys: which spellings are the same, and which name comes first."""

import re
import unicodedata

LONGEST_KEY = 400
"""Keys are cut here: more characters than any name needs, and no more than the columns hold."""

_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ħ": "h", "ı": "i"}
)
_COMMON = str.maketrans("åäöéü", "aaoeu")  # a short cut for nearly every Swedish name
_SAINT = re.compile(r"\b(?:sankta?|s:ta?|sta)(?![0-9a-z])")
_OTHER_SCRIPTS = re.compile(r"[\u0370-\u1dbf\u2c80-\ud7ff]{2,}")
_NOT_SEARCHABLE = re.compile(r"[^0-9a-z]+")

# å ä ö follow z. Every code is of plain letters and digits, so that binary order and the linguistic
# collations of a database agree on it; "z" itself takes two letters to leave room for the three.
_SORTED_LETTERS = str.maketrans(
    {"z": "za", "å": "zb", "ä": "zc", "æ": "zc", "ö": "zd", "ø": "zd", "w": "v", "ü": "y", "ű": "y"}
    | {"ß": "ss", "œ": "oe", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ħ": "h", "ı": "i"}
)
_KEPT_APART = re.compile(r"[åäöü]")
_SORTED_PIECES = re.compile(r"[0-9]+|[a-zåäöæøüűßœđðłþħı]+")


def fold(text: str) -> str:
    """Return the text as the search compares it: lower-case a–z, digits and single spaces, nothing else."""
    plain = text.lower().translate(_COMMON)
    if not plain.isascii():
        plain = _without_marks(text.casefold()).casefold().translate(_LETTERS)
    return _NOT_SEARCHABLE.sub(" ", _SAINT.sub("st", plain)).strip()[:LONGEST_KEY].rstrip()


def words(text: str) -> list[str]:
    """Return the folded words of a text, in order."""
    return fold(text).split()


def words_in_any_script(text: str) -> list[str]:
    """Return the folded words of a text, and after them those of other scripts than ours, without their marks."""
    return [*words(text), *_OTHER_SCRIPTS.findall(_without_marks(text.casefold()))]


def sort_key(text: str) -> str:
    """Return a key that puts names in Swedish order when keys are compared character by character.

    å ä ö come after z, w is v, é is e, and numbers count as numbers ("Duveholm 2" before "Duveholm 10").
    """
    lowered = unicodedata.normalize("NFC", text).casefold()
    plain = "".join(
        letter if letter.isascii() or _KEPT_APART.match(letter) else _without_marks(letter).casefold()
        for letter in lowered
    )
    ordered = ("".join(map(_sorted_piece, _SORTED_PIECES.findall(word))) for word in _split(plain))
    return "0".join(ordered)[:LONGEST_KEY]


def _without_marks(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def _split(plain: str) -> list[str]:
    return [word for word in re.split(r"[^0-9a-zåäöæøüűßœđðłþħı]+", plain) if word]


def _sorted_piece(piece: str) -> str:
    """Write a number as its length and then its digits, so that a longer number is a greater one."""
    if not piece[0].isdigit():
        return piece.translate(_SORTED_LETTERS)
    digits = piece.lstrip("0") or "0"
    return f"1{min(len(digits), 99):02}{digits}"
