"""The words for files: why one is refused, and what looking through it showed."""

from __future__ import annotations

FILE_WHY = {
    "kind": "Filen är inte av rätt sort.",
    "size": "Filen är för stor.",
    "empty": "Filen är tom.",
    "broken": "Filen går inte att läsa. Spara den på nytt och försök igen.",
    "locked": "Filen är låst med lösenord.",
    "acts": "Filen innehåller något som körs av sig självt. Spara den som en vanlig fil.",
}


def findings(found: dict[str, object]) -> list[tuple[bool, str]]:
    """Say what looking through a PDF or a film showed: (whether it is well, words)."""
    if found.get("film"):
        return [
            (
                bool(found["captions"]),
                "Filmen är textad." if found["captions"] else "Filmen saknar textning. Lagen kräver den.",
            )
        ]
    if "tagged" not in found:
        return []
    language, title = found.get("language"), found.get("title")
    return [
        (
            bool(found["tagged"]),
            "PDF:en är taggad, så skärmläsare kan läsa den."
            if found["tagged"]
            else "PDF:en är inte taggad. Den som använder skärmläsare kan inte läsa den.",
        ),
        (bool(language), f"Språket är angivet: {language}." if language else "Språket är inte angivet i PDF:en."),
        (bool(title), "PDF:en har en titel." if title else "PDF:en saknar titel."),
    ]
