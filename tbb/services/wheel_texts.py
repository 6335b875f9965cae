"""The model's own words, by edition: the seven areas, the four levels and the five questions (R27)."""

from __future__ import annotations

from dataclasses import dataclass

AREAS = ("halsa", "utveckling", "larande", "omsorg", "hemmet", "relationer", "trygghet")
"""The areas of Barnets bästa-hjulet in the model's order, by code."""

LEVELS = ("bra", "uppm", "stod", "vetinte")
"""How an area is: fungerar bra, behöver uppmärksammas, behöver stöd, vet inte."""

FLAGGED = ("uppm", "stod")
"""The levels of which the BBA is informed (R9)."""

AREA_NAMES = {
    "halsa": "Hälsa",
    "utveckling": "Utveckling",
    "larande": "Lärande",
    "omsorg": "Omsorg",
    "hemmet": "Hemmet",
    "relationer": "Relationer",
    "trygghet": "Trygghet",
}
LEVEL_NAMES = {
    "bra": "Fungerar bra",
    "uppm": "Behöver uppmärksammas",
    "stod": "Behöver stöd",
    "vetinte": "Vet inte",
}
NEWEST = "2024"


@dataclass(frozen=True)
class Edition:
    """The texts that hold together: what a wheel or a case is filed with it keeps."""

    code: str
    areas: dict[str, str]
    levels: dict[str, str]
    questions: tuple[str, ...]


EDITIONS = {
    "2024": Edition(
        code="2024",
        areas=AREA_NAMES,
        levels=LEVEL_NAMES,
        questions=(
            "Har jag all information som jag behöver för att hjälpa barnet?",
            "Vad står i vägen för barnets välmående?",
            "Vad kan jag göra nu för att hjälpa det här barnet?",
            "Vad kan min verksamhet göra för att hjälpa barnet?",
            "Vilken ytterligare hjälp behöver jag från andra?",
        ),
    )
}


def edition(code: str) -> Edition:
    """Give the texts of an edition; KeyError when there is none of that name."""
    return EDITIONS[code]
