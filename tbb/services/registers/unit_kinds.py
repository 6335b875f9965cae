"""What kind of unit it is, and for which grades: read from a register's codes, or from the words of a name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tbb.models.kinds import Kind, OrganizerKind

WORDS: dict[str, Kind] = {
    "forskola": Kind.PRESCHOOL,
    "forskoleenhet": Kind.PRESCHOOL,
    "preschool": Kind.PRESCHOOL,
    "fritidshem": Kind.OTHER,
    "familjedaghem": Kind.FAMILY_DAYCARE,
    "pedagogisk_omsorg": Kind.FAMILY_DAYCARE,
    "dagbarnvardare": Kind.FAMILY_DAYCARE,
    "forskoleklass": Kind.COMPULSORY,
    "grundskola": Kind.COMPULSORY,
    "forskoleklass_grundskola": Kind.COMPULSORY,
    "skola": Kind.COMPULSORY,
    "anpassad_grundskola": Kind.COMPULSORY_ADAPTED,
    "grundsarskola": Kind.COMPULSORY_ADAPTED,
    "specialskola": Kind.SPECIAL_SCHOOL,
    "sameskola": Kind.SPECIAL_SCHOOL,
    "gymnasieskola": Kind.UPPER_SECONDARY,
    "gymnasium": Kind.UPPER_SECONDARY,
    "anpassad_gymnasieskola": Kind.UPPER_SECONDARY_ADAPTED,
    "gymnasiesarskola": Kind.UPPER_SECONDARY_ADAPTED,
    "bvc": Kind.BVC,
    "barnavardscentral": Kind.BVC,
    "barnhalsovard": Kind.BVC,
    "barnhalsovarden": Kind.BVC,
    "kaa": Kind.KAA,
    "kommunalt_aktivitetsansvar": Kind.KAA,
    "kommunala_aktivitetsansvaret": Kind.KAA,
    "uppfoljningsansvarig": Kind.HOME_FOLLOWUP,
    "uppfoljningsansvarig_hemkommun": Kind.HOME_FOLLOWUP,
    "familjecentral": Kind.FAMILY_CENTRE,
    "ungdomsmottagning": Kind.YOUTH_CLINIC,
    "elevhalsa": Kind.PUPIL_HEALTH,
    "elevhalsan": Kind.PUPIL_HEALTH,
    "socialtjanst": Kind.SOCIAL_SERVICES,
    "socialtjansten": Kind.SOCIAL_SERVICES,
    "socialtjanstens_mottagning": Kind.SOCIAL_SERVICES,
    "mottagning_socialtjanst": Kind.SOCIAL_SERVICES,
    "mottagning": Kind.SOCIAL_SERVICES,
    "ovrigt": Kind.OTHER,
    "ovrig": Kind.OTHER,
    "annan": Kind.OTHER,
}
"""Folded Swedish words for a kind, as they stand in lists (see `reading.column_key`)."""

NAMES: dict[Kind, str] = {
    Kind.BVC: "BVC",
    Kind.FAMILY_CENTRE: "familjecentral",
    Kind.PRESCHOOL: "förskola",
    Kind.FAMILY_DAYCARE: "familjedaghem",
    Kind.COMPULSORY: "grundskola",
    Kind.COMPULSORY_ADAPTED: "anpassad grundskola",
    Kind.SPECIAL_SCHOOL: "specialskola",
    Kind.UPPER_SECONDARY: "gymnasieskola",
    Kind.UPPER_SECONDARY_ADAPTED: "anpassad gymnasieskola",
    Kind.HOME_FOLLOWUP: "uppföljningsansvarig",
    Kind.KAA: "KAA",
    Kind.YOUTH_CLINIC: "ungdomsmottagning",
    Kind.PUPIL_HEALTH: "elevhälsa",
    Kind.SOCIAL_SERVICES: "socialtjänst",
    Kind.OTHER: "övrigt",
}
"""The word for each kind in files that we write; every one of them can be read back."""

REGION_KINDS = frozenset({Kind.BVC, Kind.YOUTH_CLINIC})
GRADES_ADAPTED_UPPER = (10, 13)
GRADES_UPPER = (10, 12)

ORGANIZER_WORDS: dict[str, OrganizerKind] = {
    "kommunal": OrganizerKind.MUNICIPAL,
    "kommun": OrganizerKind.MUNICIPAL,
    "kommunforbund": OrganizerKind.MUNICIPAL,
    "kommforb": OrganizerKind.MUNICIPAL,
    "region": OrganizerKind.REGION,
    "regional": OrganizerKind.REGION,
    "landsting": OrganizerKind.REGION,
    "enskild": OrganizerKind.INDEPENDENT,
    "fristaende": OrganizerKind.INDEPENDENT,
    "friskola": OrganizerKind.INDEPENDENT,
    "privat": OrganizerKind.INDEPENDENT,
}


def from_school_types(codes: Iterable[str]) -> Kind | None:
    """Choose the kind of a unit with these register codes (FKLASS, GR, GRAN, …); None for adults only.

    A unit that has both the ordinary and the adapted form is the ordinary one.
    """
    found = {code.upper() for code in codes}
    for wanted, kind in (
        ({"GR", "FKLASS", "FSK"}, Kind.COMPULSORY),
        ({"GRAN"}, Kind.COMPULSORY_ADAPTED),
        ({"SP", "SAM"}, Kind.SPECIAL_SCHOOL),
        ({"GY"}, Kind.UPPER_SECONDARY),
        ({"GYAN"}, Kind.UPPER_SECONDARY_ADAPTED),
        ({"FTH", "OPPFTH"}, Kind.OTHER),
    ):
        if found & wanted:
            return kind
    return None if found else Kind.OTHER


def usual_grades(kind: Kind) -> tuple[int, int] | None:
    """Give the grades of an upper secondary school (10–12, or 10–13 when adapted); others differ too much."""
    if kind is Kind.UPPER_SECONDARY:
        return GRADES_UPPER
    if kind is Kind.UPPER_SECONDARY_ADAPTED:
        return GRADES_ADAPTED_UPPER
    return None


def grades_in_name(name: str) -> tuple[int | None, int | None]:
    """Read "X F-9", "Y 7–9", "Z åk 4-6" or "Å F–6 och …"; (None, None) when the name tells no grades.

    "Storgatan 2-4" and "Duveholm 2" are no grades: the first must be below the second, both within 0–9,
    and no street may stand before them.
    """
    match = re.search(r"(?<![\w-])(F|[0-9])\s?[-–]\s?([1-9])(?![\w-])", name, flags=re.IGNORECASE)
    if not match or re.search(r"(gatan|vägen|gränd|torget|plan)\s*$", name[: match.start()].rstrip(), re.IGNORECASE):
        return None, None
    low = 0 if match[1].upper() == "F" else int(match[1])
    high = int(match[2])
    return (low, high) if low < high else (None, None)


def grade_range(grades: Iterable[object]) -> tuple[int | None, int | None]:
    """Give the lowest and highest of grades written as 1, "1", "F" or "ak1"."""
    numbers = []
    for grade in grades:
        text = str(grade).strip().upper()
        digits = re.sub(r"[^0-9]", "", text)
        if text in ("F", "FKLASS", "FK"):
            numbers.append(0)
        elif digits and int(digits) <= 10:
            numbers.append(int(digits))
    return (min(numbers), max(numbers)) if numbers else (None, None)
