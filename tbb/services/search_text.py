"""The Swedish of the search: word stems, words that say nothing, and what people call each kind of unit."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rapidfuzz.distance import OSA

from tbb.models.folding import words
from tbb.models.kinds import Kind, OrganizerKind

LONGEST_QUERY = 100
LONGEST_WORD = 40
MOST_WORDS = 8

EMPTY_WORDS = frozenset("i och pa vid av ab hb kb ek kommun kommuns ekonomisk forening stiftelse stiftelsen".split())
"""Too common, or too legal, to tell one unit from another: neither indexed nor asked for."""

COUNTY_WORDS = ("sormland", "sodermanland")
"""What the units of the municipalities that take part are found by together."""

KIND_WORDS: Mapping[str, tuple[str, ...]] = {
    Kind.BVC: ("bvc",),
    Kind.FAMILY_CENTRE: ("familjecentral",),
    Kind.PRESCHOOL: ("forskola",),
    Kind.FAMILY_DAYCARE: ("familjedaghem", "pedagogisk", "omsorg"),
    Kind.COMPULSORY: ("grundskola", "skola"),
    Kind.COMPULSORY_ADAPTED: ("grundskola", "skola", "anpassad"),
    Kind.SPECIAL_SCHOOL: ("specialskola", "skola"),
    Kind.UPPER_SECONDARY: ("gymnasium", "skola"),
    Kind.UPPER_SECONDARY_ADAPTED: ("gymnasium", "skola", "anpassad"),
    Kind.HOME_FOLLOWUP: ("uppfoljningsansvarig", "hemkommun"),
    Kind.KAA: ("kaa", "kommunalt", "aktivitetsansvar"),
    Kind.YOUTH_CLINIC: ("ungdomsmottagning",),
    Kind.PUPIL_HEALTH: ("elevhalsa",),
    Kind.SOCIAL_SERVICES: ("socialtjanst",),
    Kind.OTHER: (),
}
"""The words that every unit of a kind is found by, whatever its name."""

SYNONYMS: Mapping[str, str] = {
    "sankt": "st",  # always folded so; here for the one who misspells it
    "barnavardscentral": "bvc",
    "barnhalsovard": "bvc",
    "bhv": "bvc",
    "familjecenter": "familjecentral",
    "dagis": "forskola",
    "daghem": "forskola",
    "preschool": "forskola",
    "kindergarten": "forskola",
    "dagbarnvardare": "familjedaghem",
    "dagmamma": "familjedaghem",
    "forskoleklass": "grundskola",
    "lagstadium": "grundskola",
    "mellanstadium": "grundskola",
    "hogstadium": "grundskola",
    "school": "skola",
    "sarskola": "anpassad",
    "grundsarskola": "anpassad",
    "gymnasiesarskola": "anpassad",
    "anpassade": "anpassad",
    "gymnasieskola": "gymnasium",
    "kommunala": "kommunalt",
    "umo": "ungdomsmottagning",
    "elevhalsoteam": "elevhalsa",
    "eht": "elevhalsa",
    "skolkurator": "elevhalsa",
    "skolskoterska": "elevhalsa",
    "socialen": "socialtjanst",
    "socialkontor": "socialtjanst",
    "socialforvaltning": "socialtjanst",
    "socialsekreterare": "socialtjanst",
    "ifo": "socialtjanst",
    "fristaende": "friskola",
    "privatskola": "friskola",
}
"""What people also say, led to the word that is indexed; the index would grow large with them all."""

_LONG_EMPTY_WORDS = tuple(word for word in sorted(EMPTY_WORDS) if len(word) >= 7)
_SCHOOLS = (Kind.COMPULSORY, Kind.COMPULSORY_ADAPTED, Kind.UPPER_SECONDARY, Kind.UPPER_SECONDARY_ADAPTED)
_POSTAL_CODE = re.compile(r"\b([0-9]{3}) ([0-9]{2})\b")
_ENDINGS = ((("ium", "iet", "ie"), 6), (("an", "en", "et"), 3), (("a", "e"), 4))


def kind_words(kind: str, organizer_kind: str) -> Iterable[str]:
    """Name the words that a unit of this kind and organizer is found by."""
    yield from KIND_WORDS[Kind(kind)]
    if organizer_kind == OrganizerKind.INDEPENDENT and kind in _SCHOOLS:
        yield "friskola"


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Cut the genitive, the definite form and the last vowel: forskolans, forskolan, forskola → forskol.

    The stem is always the beginning of the word, and at least three letters long.
    """
    if word[-1:].isdigit():
        return word
    bare = word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word
    for endings, shortest in _ENDINGS:
        for ending in endings:
            if bare.endswith(ending) and len(bare) - len(ending) >= shortest:
                return bare[: -len(ending)] + ("i" if ending[0] == "i" else "")
    return bare


def query_words(text: str) -> list[str]:
    """Return the words to search for: folded, without repetition, and without those that say nothing."""
    joined = _POSTAL_CODE.sub(r"\1\2", " ".join(words(text[:LONGEST_QUERY])))
    asked = list(dict.fromkeys(word[:LONGEST_WORD] for word in joined.split()))
    return ([word for word in asked if not _says_nothing(word)] or asked)[:MOST_WORDS]


def _says_nothing(word: str) -> bool:
    """Know the empty words also when a finger slipped: "ekonomiisk" is not a name."""
    if len(word) < 7 or word in EMPTY_WORDS:
        return word in EMPTY_WORDS
    return any(OSA.distance(word, empty, score_cutoff=1) <= 1 for empty in _LONG_EMPTY_WORDS)


def printable(text: str) -> str:
    """Return what may be shown again of a query: no control characters, nothing broken, not too long."""
    return "".join(sign for sign in text[:LONGEST_QUERY] if sign.isprintable()).strip()
