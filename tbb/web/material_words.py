"""The words for materials: kinds, audiences, levels of prevention and standing, in the language of the page."""

from __future__ import annotations

from babel import Locale

from tbb.models.content_kinds import MaterialKind
from tbb.services.wheel_texts import AREA_NAMES
from tbb.web.language import current
from tbb.web.texts import N_
from tbb.web.texts import say as _

KINDS = {
    MaterialKind.FILM: N_("Film"),
    MaterialKind.WORK: N_("Arbetsmaterial"),
    MaterialKind.SYMBOLS: N_("Bildstöd"),
    MaterialKind.FORM: N_("Blankett"),
    MaterialKind.REPORT: N_("Rapport"),
}
AUDIENCES = {
    "preschool": N_("Förskola"),
    "school": N_("Skola"),
    "health": N_("Hälso- och sjukvård"),
    "social": N_("Socialtjänst"),
    "families": N_("Familjer"),
    "children": N_("Barn"),
}
LEVELS = {
    "promotive": N_("Främjande"),
    "preventive": N_("Förebyggande"),
    "remedial": N_("Åtgärdande"),
}
STANDINGS = {
    "pilot": N_("Pilot"),
    "evaluated": N_("Under utvärdering"),
    "included": N_("Ingår i modellen"),
}
AREAS = AREA_NAMES


def named(table: dict[str, str], code: str) -> str:
    """Name a code in the language of the page; "" for one that is not known."""
    return _(table[code]) if code in table else ""


def swedish(table: dict[str, str]) -> list[tuple[str, str]]:
    """Give a table's choices in Swedish, for those who write."""
    return [(str(code), str(words)) for code, words in table.items()]


def language(code: str) -> str:
    """Name a language, such as ``sv-SE``, in the language of the page; the code itself when it is unknown."""
    return Locale.parse(current().code).languages.get(code.partition("-")[0].lower(), code)
