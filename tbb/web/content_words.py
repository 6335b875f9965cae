"""The words for what communicators write: categories and states, in the language of the page or in Swedish at work."""

from __future__ import annotations

from flask import url_for

from tbb.models.content_kinds import Category, ContentState
from tbb.services.writing_hints import EASY, HARD, Hint
from tbb.web.texts import N_
from tbb.web.texts import say as _

CATEGORIES = {
    Category.NEWS: N_("Nyhet"),
    Category.INSPIRATION: N_("Inspireras av andra"),
    Category.INDEPENDENT: N_("Fristående verksamheter"),
    Category.SIP: N_("SIP"),
    Category.METHODS: N_("Metodstöd"),
}
SORTS = {
    "article": N_("Nyhet"),
    "happening": N_("Webbinarium eller träff"),
    "material": N_("Material"),
    "newsletter": N_("Nyhetsbrev"),
}
ADDRESSES = {
    "article": "news.article",
    "happening": "happenings.show",
    "material": "materials.show",
    "newsletter": "subscribing.newsletter",
}
STATES = {
    ContentState.DRAFT: ("Utkast", "neutral"),
    ContentState.REVIEW: ("Väntar på läsning", "warning"),
    ContentState.SCHEDULED: ("Planerad", "info"),
    ContentState.PUBLISHED: ("Publicerad", "success"),
    ContentState.WITHDRAWN: ("Borttagen", "neutral"),
}
COVERS = {
    Category.NEWS: "relationer",
    Category.INSPIRATION: "utveckling",
    Category.INDEPENDENT: "larande",
    Category.SIP: "trygghet",
    Category.METHODS: "omsorg",
}
"""The colour of the water lily that is drawn where there is no picture."""
_LANGUAGES = {"en": "engelska", "fi": "finska", "sv": "svenska", "ar": "arabiska", "so": "somaliska"}
_HINTS = {
    "title_shouts": "Rubriken står med bara stora bokstäver. Då blir den svårare att läsa.",
    "heading_skips": "Rubriken ”{where}” hoppar över en nivå. Använd ## för rubriker och ### för underrubriker.",
    "bold_heading": "”{where}” ser ut som en rubrik men är bara fet text. Sätt ## före, så hittar skärmläsare den.",
    "link_silent": "En länk saknar text. Skriv vart den leder.",
    "link_vague": "Länken ”{where}” säger inte vart den leder. Skriv det i länken, till exempel sidans namn.",
    "link_address": "Länken är en webbadress. Skriv i stället vad som finns där.",
    "link_nowhere": "Länken ”{where}” leder ingenstans. Adressen ska börja med https:// eller ett snedstreck.",
    "picture_gone": "En bild i texten finns inte kvar. Ta bort den eller välj en ny.",
    "picture_silent": "En bild saknar text för den som inte ser den. Skriv vad bilden visar.",
    "picture_elsewhere": "En bild ligger på en annan webbplats. Ladda upp den här i stället.",
    "sentence_long": "En mening har {number} ord: ”{where} …” Dela den gärna.",
    "colour_alone": "”{where}”: alla ser inte färger. Säg också var det står, eller vad det heter.",
    "letters_fancy": "”{where}” är tecken som bara liknar bokstäver. Skärmläsare kan inte läsa dem. Skriv vanliga.",
    "picture_faint": "Bilden ”{where}” har svag kontrast, ungefär {number}:1 mellan det ljusa och det mörka. Välj en"
    " tydligare, minst 3:1. Står det ord i bilden ska de ha minst 4,5:1.",
    "picture_words": "Det verkar stå ord i bilden ”{where}”. De går inte att förstora eller lyssna på."
    " Skriv dem i texten också.",
    "language_passage": "”{where} …” ser ut att vara på {language}. Märk stycket så här: [texten]{{{code}}}. Då läses"
    " det upp rätt.",
    "language_other": "Texten ser ut att vara på {language}. Stämmer språket som är valt?",
}


def category(code: str) -> str:
    """Name a category in the language of the page."""
    return _(CATEGORIES[Category(code)])


def swedish_category(code: str) -> str:
    """Name a category in Swedish, for those who write."""
    return str(CATEGORIES[Category(code)])


def sort(code: str) -> str:
    """Name what something that was found is."""
    return _(SORTS[code])


def address(of: str, slug: str) -> str:
    """Give the address of something that is published."""
    return url_for(ADDRESSES[of], slug=slug)


def state(code: str) -> tuple[str, str]:
    """Name a state, with the colour of its tag."""
    return STATES[ContentState(code)]


def cover_tone(code: str) -> str:
    """The colour of a drawn cover."""
    return COVERS[Category(code)]


def hint(found: Hint) -> str:
    """Say what could be better."""
    code, where = found.where[:2], found.where
    if found.code == "language_passage":
        where = where[3:]
    language = _LANGUAGES.get(code, "ett annat språk")
    return _HINTS[found.code].format(where=where, number=found.number, language=language, code=code)


def reads(lix: int) -> str:
    """Say how easy a text is to read, by its LIX."""
    if lix < EASY:
        return "Lätt att läsa"
    return "Ganska lätt att läsa" if lix < HARD - 5 else "Svår att läsa: korta meningar och vanliga ord hjälper"
