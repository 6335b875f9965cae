"""The words a visitor reads for the codes of the directory, in the language of the page."""

from __future__ import annotations

from markupsafe import Markup

from tbb.models.kinds import Kind, OrganizerKind
from tbb.services.cards import dial
from tbb.services.directory import UnitPage
from tbb.web.texts import N_, SOURCE, spoken
from tbb.web.texts import say as _
from tbb.web.texts import say_number as ngettext

KIND_NAMES = {
    Kind.BVC: N_("Barnavårdscentral, BVC"),
    Kind.FAMILY_CENTRE: N_("Familjecentral"),
    Kind.PRESCHOOL: N_("Förskola"),
    Kind.FAMILY_DAYCARE: N_("Pedagogisk omsorg"),
    Kind.COMPULSORY: N_("Grundskola"),
    Kind.COMPULSORY_ADAPTED: N_("Anpassad grundskola"),
    Kind.SPECIAL_SCHOOL: N_("Specialskola"),
    Kind.UPPER_SECONDARY: N_("Gymnasieskola"),
    Kind.UPPER_SECONDARY_ADAPTED: N_("Anpassad gymnasieskola"),
    Kind.HOME_FOLLOWUP: N_("Uppföljningsansvarig i hemkommunen"),
    Kind.KAA: N_("Kommunens aktivitetsansvar, KAA"),
    Kind.YOUTH_CLINIC: N_("Ungdomsmottagning"),
    Kind.PUPIL_HEALTH: N_("Elevhälsa"),
    Kind.SOCIAL_SERVICES: N_("Socialtjänst"),
    Kind.OTHER: N_("Annan verksamhet"),
}
KINDS_NAMES = {
    Kind.BVC: N_("Barnavårdscentraler"),
    Kind.FAMILY_CENTRE: N_("Familjecentraler"),
    Kind.PRESCHOOL: N_("Förskolor"),
    Kind.FAMILY_DAYCARE: N_("Pedagogisk omsorg"),
    Kind.COMPULSORY: N_("Grundskolor"),
    Kind.COMPULSORY_ADAPTED: N_("Anpassade grundskolor"),
    Kind.SPECIAL_SCHOOL: N_("Specialskolor"),
    Kind.UPPER_SECONDARY: N_("Gymnasieskolor"),
    Kind.UPPER_SECONDARY_ADAPTED: N_("Anpassade gymnasieskolor"),
    Kind.HOME_FOLLOWUP: N_("Uppföljningsansvariga"),
    Kind.KAA: N_("Kommunernas aktivitetsansvar, KAA"),
    Kind.YOUTH_CLINIC: N_("Ungdomsmottagningar"),
    Kind.PUPIL_HEALTH: N_("Elevhälsa"),
    Kind.SOCIAL_SERVICES: N_("Socialtjänst"),
    Kind.OTHER: N_("Andra verksamheter"),
}
RUNS_IT = {
    OrganizerKind.MUNICIPAL: N_("Kommunen"),
    OrganizerKind.REGION: N_("Regionen"),
    OrganizerKind.INDEPENDENT: N_("Fristående"),
}
LAST_COMPULSORY_GRADE = 9


def kind_name(code: str) -> str:
    """Name a kind of unit."""
    return _(KIND_NAMES[Kind(code)])


def kind_names(code: str) -> str:
    """Name a kind of unit in the plural, as headings and links do."""
    return _(KINDS_NAMES[Kind(code)])


def runs_it(code: str | None) -> str:
    """Say who runs a unit; empty when it is not known."""
    return _(RUNS_IT[OrganizerKind(code)]) if code else ""


def grades(first: int | None, last: int | None) -> str:
    """Write a range of school years: F–9, 7–9; empty for gymnasium years, which all have the same."""
    if last is None or last > LAST_COMPULSORY_GRADE:
        return ""
    if first is None or first == last:
        return _("årskurs %(grade)s", grade=_grade(last))
    return f"{_grade(first)}–{_grade(last)}"


def _grade(number: int) -> str:
    return "F" if number == 0 else str(number)


def ages(first: int | None, last: int | None) -> str:
    """Write a range of ages: 1–5 år; empty when it is not known."""
    if last is None:
        return ""
    if first is None or first == last:
        return ngettext("%(num)s år", "%(num)s år", last)
    return _("%(first)s–%(last)s år", first=first, last=last)


def unit_line(
    kind: str,
    organizer_kind: str | None = None,
    grade_from: int | None = None,
    grade_to: int | None = None,
    age_from: int | None = None,
    age_to: int | None = None,
) -> str:
    """Write the line under a unit's name: Grundskola, F–9 · Kommunen."""
    span = grades(grade_from, grade_to) or ages(age_from, age_to)
    what = f"{kind_name(kind)}, {span}" if span else kind_name(kind)
    return " · ".join(part for part in (what, runs_it(organizer_kind)) if part)


def postal(code: str, place: str) -> str:
    """Write postcode and place: 641 36 Exempelby."""
    spaced = f"{code[:3]} {code[3:]}" if len(code) == 5 else code
    return f"{spaced} {place}".strip()


def call_instead(shown: UnitPage) -> list[tuple[str, str, str, str]]:
    """Say whom to call while a unit has no BBA: what, name, number, and the number as it is dialled."""
    unit, where = shown.unit, shown.municipality
    said = [
        (_("Verksamheten"), unit.label, unit.phone),
        (_("Kommunens växel"), where.name, where.switchboard),
    ]
    return [(what, name, number, dial(number)) for what, name, number in said if number]


def swedish(text: str) -> Markup | str:
    """Mark what the directory holds in Swedish, such as a title or hours, where the page is in another language."""
    if spoken() == SOURCE or not text:
        return text
    return Markup('<span lang="sv" dir="ltr">{}</span>').format(text)
