"""What a consent is called in words that a family understands: who, what they have said, about what, and why not."""

from __future__ import annotations

from collections.abc import Mapping

from tbb.models.kinds import Information
from tbb.services.consent_matrix import Cell, Matrix, Said, Service
from tbb.services.consents import CHILD, WHY_NOT
from tbb.web.texts import N_
from tbb.web.texts import say as _

WHO = {
    "guardian_1": N_("Vårdnadshavare 1"),
    "guardian_2": N_("Vårdnadshavare 2"),
    "child": N_("Barnet eller den unga"),
}
KINDS = {
    Information.WHEEL: N_("det som står i Barnets bästa-hjulet"),
    Information.MAPPING: N_("det vi har tagit reda på tillsammans"),
    Information.ABSENCE: N_("frånvaro"),
    Information.MEETING: N_("det som sägs på möten"),
    Information.PLAN: N_("planen för vad vi ska göra"),
}
"""The kinds of information, as the end of "Det gäller …"."""
SAID = {
    Said.YES: (N_("Ja"), "circle-check", "ok"),
    Said.NO: (N_("Nej"), "ban", "stop"),
    Said.TAKEN_BACK: (N_("Har tagit tillbaka sitt ja"), "arrow-back-up", "stop"),
    Said.NOT_ASKED: (N_("Har inte svarat"), "help", "wait"),
    Said.NOT_NEEDED: (N_("Behöver inte svara"), "minus", "none"),
}
"""What somebody has said: words, icon, and the kind of sign."""
WAYS = {"oral": N_("muntligt"), "written": N_("skriftligt")}


def who(code: str) -> str:
    """Say who it is, never by name."""
    return _(WHO[code])


def kind(code: str) -> str:
    """Say what kind of information it is."""
    return _(KINDS[Information(code)])


def said(cell: Cell) -> tuple[str, str, str]:
    """Say what somebody has said to a cell: words, icon and the kind of sign."""
    words, icon, sign = SAID[cell.said]
    return _(words), icon, sign


def way(code: str) -> str:
    """Say how somebody answered."""
    return _(WAYS[code]) if code else ""


def why_not(code: str) -> str:
    """Say why nothing may be shared, in Swedish."""
    return WHY_NOT[code]


def shared(service: Service, areas: Mapping[str, str]) -> str:
    """Say in Swedish what a service may be told, and what not."""
    said = f"Om {_listed([areas[area].lower() for area in service.shared], 'och')}."
    said += f" Det gäller {_listed([KINDS[Information(code)] for code in service.kinds], 'och')}."
    if service.closed:
        said += f" Inget om {_listed([areas[area].lower() for area in service.closed], 'eller')}."
    return said


def headline(matrix: Matrix) -> tuple[str, str]:
    """Say in one sentence how it stands, and whether that is good (ok), waits (wait) or is a stop."""
    consent = matrix.consent
    if matrix.why == "withdrawn":
        return "Samtycket är återkallat. Dela inget mer med andra.", "stop"
    if matrix.why == "ended":
        return "Samtycket har gått ut. Dela inget mer med andra innan ni har frågat på nytt.", "stop"
    if matrix.why in ("child", "guardians") and "no" in {voice.answer for voice in consent.voices.values()}:
        return "Någon har sagt nej. Dela inget med andra.", "stop"
    if matrix.why:
        return "Alla som behöver säga ja har inte gjort det. Dela inget med andra innan det är klart.", "wait"
    if not any(service.shared for service in matrix.services):
        return "Någon har sagt nej till allt som var tänkt. Dela inget med andra.", "stop"
    return f"{_those_who_said_yes(matrix)} har sagt ja.", "ok"


def _listed(words: list[str], before_last: str) -> str:
    *others, last = words
    return f"{', '.join(others)} {before_last} {last}" if others else last


def _those_who_said_yes(matrix: Matrix) -> str:
    yes = [who for who, voice in matrix.consent.voices.items() if voice.answer == "yes"]
    guardians = [who for who in yes if who != CHILD]
    adults = {0: "", 1: "En vårdnadshavare", 2: "Båda vårdnadshavarna"}[len(guardians)]
    if len(guardians) == 1 and "guardian_2" not in matrix.consent.voices:
        adults = "Vårdnadshavaren"
    if CHILD not in yes:
        return adults
    return f"{adults} och barnet" if adults else "Den unga"
