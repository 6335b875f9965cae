"""The words a visitor reads for the codes of the directory, in the language of the page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from tbb.models.kinds import Kind, OrganizerKind
from tbb.services.cards import dial
from tbb.services.directory import UnitPage
from tbb.web.language import SOURCE, current

KIND_NAMES = {
    Kind.BVC: _("Barnavårdscentral, BVC"),
    Kind.FAMILY_CENTRE: _("Familjecentral"),
    Kind.PRESCHOOL: _("Förskola"),
    Kind.FAMILY_DAYCARE: _("Pedagogisk omsorg"),
    Kind.COMPULSORY: _("Grundskola"),
    Kind.COMPULSORY_ADAPTED: _("Anpassad grundskola"),
    Kind.SPECIAL_SCHOOL: _("Specialskola"),
    Kind.UPPER_SECONDARY: _("Gymnasieskola"),
    Kind.UPPER_SECONDARY_ADAPTED: _("Anpassad gymnasieskola"),
    Kind.HOME_FOLLOWUP: _("Uppföljningsansvarig i hemkommunen"),
    Kind.KAA: _("Kommunens aktivitetsansvar, KAA"),
    Kind.YOUTH_CLINIC: _("Ungdomsmottagning"),
    Kind.PUPIL_HEALTH: _("Elevhälsa"),
    Kind.SOCIAL_SERVICES: _("Socialtjänst"),
    Kind.OTHER: _("Annan verksamhet"),
}
KINDS_NAMES = {
    Kind.BVC: _("Barnavårdscentraler"),
    Kind.FAMILY_CENTRE: _("Familjecentraler"),
    Kind.PRESCHOOL: _("Förskolor"),
    Kind.FAMILY_DAYCARE: _("Pedagogisk omsorg"),
    Kind.COMPULSORY: _("Grundskolor"),
    Kind.COMPULSORY_ADAPTED: _("Anpassade grundskolor"),
    Kind.SPECIAL_SCHOOL: _("Specialskolor"),
    Kind.UPPER_SECONDARY: _("Gymnasieskolor"),
    Kind.UPPER_SECONDARY_ADAPTED: _("Anpassade gymnasieskolor"),
    Kind.HOME_FOLLOWUP: _("Uppföljningsansvariga"),
    Kind.KAA: _("Kommunernas aktivitetsansvar, KAA"),
    Kind.YOUTH_CLINIC: _("Ungdomsmottagningar"),
    Kind.PUPIL_HEALTH: _("Elevhälsa"),
    Kind.SOCIAL_SERVICES: _("Socialtjänst"),
    Kind.OTHER: _("Andra verksamheter"),
}
RUNS_IT = {
    OrganizerKind.MUNICIPAL: _("Kommunen"),
    OrganizerKind.REGION: _("Regionen"),
    OrganizerKind.INDEPENDENT: _("Fristående"),
}
LAST_COMPULSORY_GRADE = 9


def kind_name(code: str) -> str:
    """Name a kind of unit."""
    return str(KIND_NAMES[Kind(code)])


def kind_names(code: str) -> str:
    """Name a kind of unit in the plural, as headings and links do."""
    return str(KINDS_NAMES[Kind(code)])


def runs_it(code: str | None) -> str:
    """Say who runs a unit; empty when it is not known."""
    return str(RUNS_IT[OrganizerKind(code)]) if code else ""


def grades(first: int | None, last: int | None) -> str:
    """Write a range of school years: F–9, 7–9; empty for gymnasium years, which all have the same."""
    if last is None or last > LAST_COMPULSORY_GRADE:
        return ""
    if first is None or first == last:
        return str(_("årskurs %(grade)s", grade=_grade(last)))
    return f"{_grade(first)}–{_grade(last)}"


def _grade(number: int) -> str:
    return "F" if number == 0 else str(number)


def ages(first: int | None, last: int | None) -> str:
    """Write a range of ages: 1–5 år; empty when it is not known."""
    if last is None:
        return ""
    if first is None or first == last:
        return ngettext("%(num)s år", "%(num)s år", last)
    return str(_("%(first)s–%(last)s år", first=first, last=last))


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
        (str(_("Verksamheten")), unit.label, unit.phone),
        (str(_("Kommunens växel")), where.name, where.switchboard),
    ]
    return [(what, name, number, dial(number)) for what, name, number in said if number]


def swedish(text: str) -> Markup | str:
    """Mark what the directory holds in Swedish, such as a title or hours, where the page is in another language."""
    if current().code == SOURCE or not text:
        return text
    return Markup('<span lang="sv" dir="ltr">{}</span>').format(text)
