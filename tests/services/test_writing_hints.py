"""While somebody writes they are told what would shut readers out, and what could be better."""

from __future__ import annotations

import pytest

from tbb.services import writing_hints

KEY = "ab" * 16
GOOD = "## Så kan du börja\n\nVälj ett område i taget. Börja med något som går bra.\n\n### Sedan\n\nVänta på barnet."

PASSAGE = "Welcome to the meeting, you can bring a friend with you if it is not too late."
ENGLISH = "The work is done by the people of the county and they are not in a hurry to be on this list of it."


def codes(body: str, title: str = "Nya bilder", language: str = "sv", **more) -> set[str]:
    """What is said of a text."""
    return {hint.code for hint in writing_hints.look(title, "", body, language=language, **more).hints}


def test_a_good_text_is_left_alone():
    read = writing_hints.look("Nya bilder", "De finns nu.", GOOD)
    assert read.hints == () and read.lix < writing_hints.EASY and read.minutes == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("## Ett\n\n#### Fyra", "heading_skips"),
        ("#### Fyra", "heading_skips"),
        ("**Det här ser ut som en rubrik**", "bold_heading"),
        ("[Läs mer](https://a.example)", "link_vague"),
        ("[klicka här.](https://a.example)", "link_vague"),
        ("[](https://a.example)", "link_silent"),
        ("[\u200b\ufeff](https://a.example)", "link_silent"),
        ("[https://a.example](https://a.example)", "link_address"),
        ("[dit](javascript:x)", "link_nowhere"),
        (f"![](bild:{KEY})", "picture_gone"),
        ("![katt](https://a.example/katt.png)", "picture_elsewhere"),
        ("Vi " + "går och går " * 14 + ".", "sentence_long"),
        (ENGLISH, "language_other"),
        ("Rutorna i rött är viktiga.", "colour_alone"),
        ("Läs den gröna texten först.", "colour_alone"),
        ("Det är 𝗸𝘂𝗿𝗮𝘁𝗼𝗿𝗻 som svarar.", "letters_fancy"),
        (f"{GOOD} Och så är det som det är, på den plats där vi har det.\n\n{PASSAGE}", "language_passage"),
        ("Skriv ut kortet مرحبا بكم och ta med det.", "language_passage"),
    ],
)  # fmt: skip
def test_what_could_be_better_is_said(body, code):
    assert code in codes(body)


def test_what_shuts_readers_out_stops_the_publishing_and_the_rest_does_not():
    read = writing_hints.look(
        "T", "", f"#### x\n\n[Läs mer](https://a.example)\n\n![](bild:{KEY})", pictures={KEY: False}
    )
    assert {hint.code for hint in read.stops} == {"heading_skips", "picture_silent"}


def test_another_language_may_be_said_and_titles_need_not_shout():
    assert "language_other" not in codes(ENGLISH, language="en")
    assert "title_shouts" in codes("Hej.", title="NU BÖRJAR VI")


@pytest.mark.parametrize(
    "body",
    [
        f"Så här skriver de själva:\n\n[{PASSAGE}]{{en}}",
        "Skriv ut kortet [مرحبا بكم]{ar} och ta med det.",
        "Den röda bussen går till den gröna skogen, och vi träffas i Rosa huset. Å ena sidan.",
        "Malva Skissberg från Vassviken, Jonas Provlund från Holmviken, Leila Testborg från Näckros.",
    ],
)
def test_what_is_marked_or_only_looks_so_is_left_alone(body):
    assert codes(body) == set()


def test_the_index_is_bjornssons():
    assert writing_hints.lix(["Det här är en mening.", "Barnavårdscentralen öppnar."]) == 18
    assert writing_hints.lix([]) == 0
