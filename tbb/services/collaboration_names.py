"""What the fields of meetings and plans are called on paper, and in which order they are read."""

from __future__ import annotations

import re

from tbb.models import Meeting, Plan
from tbb.services import case_names
from tbb.services.case_entry import Entry
from tbb.services.case_names import CHOICE, GUARDIANS, LEVEL, MARK, QUOTE, TEXT, Word
from tbb.services.wheel_texts import AREAS

OF_AREA = {
    "why": ("Varför det togs upp", TEXT),
    "agreed": ("Det kom ni överens om", TEXT),
    "child": ("Mål med barnets egna ord", QUOTE),
    "own": ("Mål med de vuxnas ord", TEXT),
    "hidden": ("Visas inte för vårdnadshavare", MARK),
}
OF_ACTION = {"what": "Vad som ska göras", "who": "Vem som gör det", "by": "Klart senast", "area": "Område"}
PLAIN = {
    "child.part": ("Hur barnet är med", CHOICE),
    "child.how": ("Hur barnet vill vara med", TEXT),
    "child.symbols": ("Bildstöd", CHOICE),
    "child.wish": ("Vem barnet vill ha som samordningsperson", QUOTE),
    "interpreter": ("Tolk", TEXT),
    "needs": ("Vad som behövs för att alla ska kunna vara med", TEXT),
    "voice.says": ("Barnet säger", QUOTE),
    "voice.brought": ("Så kom barnets röst fram", TEXT),
    "voice.none": ("Varför barnets röst inte är med", TEXT),
    "voice.guardians": ("Vårdnadshavarna säger", GUARDIANS),
    "sum.agreed": ("Mer ni kom överens om", TEXT),
    "quorum.reason": ("Varför tiden valdes fast någon saknades", TEXT),
    "followup.day": ("Uppföljningens dag", CHOICE),
    "followup.time": ("Uppföljningens klockslag", CHOICE),
    "followup.minutes": ("Uppföljningens längd i minuter", CHOICE),
    "followup.agreed": ("Samordningspersonen har valt tiden", MARK),
    "followup.by": ("Vem som bokade uppföljningen", TEXT),
    "agenda": ("Dagordningens områden", CHOICE),
}
_ACTION = re.compile(r"do\.[0-9a-f]{32}\.(what|who|by|area)")


def of_plan(name: str) -> Word:
    """Name a field of a plan."""
    return case_names.word_of(name)


def of_meeting(name: str) -> Word:
    """Name a field of a meeting. One that is not known here is called by its own name: nothing is left out."""
    head, _, rest = name.partition(".")
    middle, _, tail = rest.partition(".")
    if head == "area" and middle in AREAS and tail in OF_AREA:
        return Word(*OF_AREA[tail], area=middle)
    if name in PLAIN:
        return Word(*PLAIN[name])
    if found := _ACTION.fullmatch(name):
        return Word(OF_ACTION[found[1]], TEXT if found[1] in ("what", "who") else CHOICE)
    if head == "attended":
        return Word("Närvaro", CHOICE)
    if head == "deviation":
        return Word("En verksamhet kom inte", TEXT)
    if head == "say":
        return Word("Anmärkning på anteckningarna", TEXT)
    if head == "fix":
        return Word("Rättelse", TEXT, area=tail if tail in AREAS else "")
    return case_names.word_of(name)


def head_of(thing: Meeting | Plan) -> str:
    """What stands before a field's name in a record, so that a meeting's area is not taken for a wheel's."""
    return "meeting." if isinstance(thing, Meeting) else ""


def in_words(name: str, value: str, word: Word) -> str:
    """Say an answer in words: of a level its name, of a choice what was chosen."""
    if word.kind == LEVEL:
        return case_names.in_words("now.halsa.level", value)
    if word.kind == MARK:
        return "Ja" if value else ""
    return case_names.chosen(value) if word.kind == CHOICE else value


def place_in_order(entry: Entry) -> tuple[int, str]:
    """Where a field comes: area by area in the model's order, what belongs to none last."""
    return AREAS.index(entry.area) if entry.area else len(AREAS), entry.name
