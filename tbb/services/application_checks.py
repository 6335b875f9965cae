"""What the imported register says about an application: its organisation, its units, its addresses, its likes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tbb import clock
from tbb.database import rows
from tbb.models import Application
from tbb.models.kinds import ApplicationState, JoiningState, Kind, OrganizerKind, Status
from tbb.services import agreements
from tbb.services.registers.values import BadValue, preschool_number, school_unit_code

FREE_MAIL = frozenset(
    """gmail.com googlemail.com hotmail.com hotmail.se outlook.com outlook.se live.com live.se msn.com yahoo.com
    yahoo.se icloud.com me.com mac.com telia.com tele2.se bredband.net comhem.se spray.se passagen.se home.se
    proton.me protonmail.com tutanota.com gmx.com gmx.net mail.com aol.com""".split()
)
"""Where anybody can have an address, so that it says nothing about an employer."""
KINDS = (
    Kind.PRESCHOOL,
    Kind.FAMILY_DAYCARE,
    Kind.COMPULSORY,
    Kind.COMPULSORY_ADAPTED,
    Kind.UPPER_SECONDARY,
    Kind.UPPER_SECONDARY_ADAPTED,
)
"""What an independent organisation may run a unit of."""
UNDER_REVIEW = (ApplicationState.SENT, ApplicationState.ASKED, ApplicationState.RECOMMENDED)
REQUIRED = {
    "organisation": ("orgnr", "name", "street", "postal_code", "place"),
    "firmatecknare": ("name", "title", "proof"),
    "kontakt": ("name", "phone", "wish"),
}
REQUIRED_OF_BBA = ("name", "title", "email", "phone", "mandate")


@dataclass(frozen=True)
class KnownOrganization:
    """An organizer as the register has it."""

    id: int
    name: str
    kind: str
    website: str
    email: str
    phone: str

    @property
    def independent(self) -> bool:
        """Whether it is one that may apply."""
        return self.kind == OrganizerKind.INDEPENDENT


@dataclass(frozen=True)
class KnownUnit:
    """A unit as the register has it."""

    id: int
    label: str
    kind: str
    slug: str
    status: str
    place: str
    phone: str
    email: str
    website: str
    organizer: int | None
    organizer_name: str
    organizer_orgnr: str
    bba_name: str
    joined: bool


@dataclass(frozen=True)
class UnitCheck:
    """A unit of an application beside what the register says; `known` is None when it has no such code."""

    key: str
    code: str
    name: str
    kind: str
    reason: str
    known: KnownUnit | None
    fits: bool
    """Whether the register lets this organisation run it, or lets nobody in particular."""

    @property
    def own(self) -> bool:
        """Whether it is one without a code."""
        return not self.code


def organization(orgnr: str) -> KnownOrganization | None:
    """Find an organizer by its number of ten digits."""
    found = rows("SELECT id, name, kind, website, email, phone FROM organizer WHERE orgnr = ?", (orgnr,))
    return KnownOrganization(*found[0]) if orgnr and found else None


def municipalities() -> list[tuple[str, str]]:
    """The municipalities that take part: code and name, in Swedish order."""
    return rows("SELECT code, name FROM municipality WHERE participates ORDER BY sort_key")


UNIT_SQL = """
    SELECT u.id, COALESCE(NULLIF(u.display_name, ''), u.name), u.kind, u.slug, u.status, u.place, u.phone, u.email,
           u.website, u.organizer_id, COALESCE(o.name, ''), COALESCE(o.orgnr, ''),
           COALESCE((SELECT CASE WHEN p.protected THEN p.function_name ELSE p.name END FROM responsibility r
                     JOIN person p ON p.id = r.person_id WHERE r.unit_id = u.id AND r.role = 'bba'
                     AND (r.ends_on IS NULL OR r.ends_on >= ?) ORDER BY r.starts_on LIMIT 1), ''),
           COALESCE(j.state, '') = ?
    FROM unit_id n JOIN unit u ON u.id = n.unit_id LEFT JOIN organizer o ON o.id = u.organizer_id
    LEFT JOIN joining j ON j.organizer_id = o.id
    WHERE n.scheme = ? AND n.value = ?
"""


def unit(scheme: str, code: str) -> KnownUnit | None:
    """Find a unit by its number in a register."""
    found = rows(UNIT_SQL, (clock.today(), JoiningState.JOINED.value, scheme, code))
    return KnownUnit(*found[0][:-1], joined=bool(found[0][-1])) if code and found else None


def unit_by_code(text: str) -> tuple[str, str, KnownUnit | None]:
    """Read a skolenhetskod (eight digits) or förskole-id and give scheme, code and what the register has.

    Raises BadValue with a sentence when it can be neither.
    """
    digits = re.sub(r"\s", "", text)
    ways = (("skolenhetskod", school_unit_code), ("forskole_id", preschool_number))
    codes = {}
    for scheme, read in ways:
        try:
            codes[scheme] = read(digits)
        except BadValue:
            continue
    if not codes:
        raise BadValue("Koden ska bestå av siffror: åtta för en skola, oftast sex för en förskola.")
    for scheme, code in codes.items():
        if known := unit(scheme, code):
            return scheme, code, known
    scheme, code = next(iter(codes.items()))
    return scheme, code, None


def check_unit(listed: dict[str, Any], orgnr: str) -> UnitCheck:
    """Hold a unit of an application against the register."""
    known = unit(listed.get("scheme", ""), listed.get("code", ""))
    return UnitCheck(
        key=listed["key"],
        code=listed.get("code", ""),
        name=known.label if known else listed.get("name", ""),
        kind=known.kind if known else listed.get("kind", ""),
        reason=listed.get("reason", ""),
        known=known,
        fits=known is None or known.organizer is None or (bool(orgnr) and known.organizer_orgnr == orgnr),
    )


def check_units(data: dict[str, Any]) -> list[UnitCheck]:
    """Hold every unit of an application against the register, in the order they were written."""
    orgnr = data.get("organisation", {}).get("orgnr", "")
    return [check_unit(listed, orgnr) for listed in data.get("units", [])]


def proposed(data: dict[str, Any]) -> list[tuple[list[str], dict[str, str]]]:
    """Gather the units for which the same is proposed: their names, and what was said of the BBA, if anything."""
    found: list[tuple[list[str], dict[str, str]]] = []
    for check in check_units(data):
        said = data.get("responsible", {}).get(check.key, {})
        same = next((names for names, other in found if other == said), None)
        if same is None:
            found.append(([check.name], said))
        else:
            same.append(check.name)
    return found


# What is left to fill in


def is_whole(part: str, answers: dict[str, Any]) -> bool:
    """Tell whether all that must be answered in a part is."""
    return all(answers.get(name) for name in REQUIRED[part])


def bba_is_whole(answers: dict[str, Any]) -> bool:
    """Tell whether all that must be said of a proposed BBA is; a special mandate is by somebody, from some day."""
    needed = REQUIRED_OF_BBA + (("mandate_by", "mandate_on") if answers.get("mandate") == "delegated" else ())
    return all(answers.get(name) for name in needed)


def progress(application: Application, data: dict[str, Any]) -> dict[str, str]:
    """Tell how each part stands: ``done``, ``begun`` or ``empty``, in the order of the task list."""
    found = {}
    for part in REQUIRED:
        answers = data.get(part, {})
        found[part] = "done" if is_whole(part, answers) else "begun" if any(answers.values()) else "empty"
    units, responsible = data.get("units", []), data.get("responsible", {})
    whole = [bba_is_whole(responsible.get(listed["key"], {})) for listed in units]
    agreed = application.accepted_at is not None and application.agreement == agreements.CURRENT
    return {
        "organisation": found["organisation"],
        "verksamheter": "done" if units else "empty",
        "firmatecknare": found["firmatecknare"],
        "ansvariga": "done" if units and all(whole) else "begun" if responsible else "empty",
        "overenskommelse": "done" if agreed else "empty",
        "kontakt": found["kontakt"],
    }


# What a reviewer wants to know


def domain_of(text: str) -> str:
    """Give the domain of an e-mail or web address, without www; empty when there is none."""
    host = text.rpartition("@")[2] if "@" in text else urlsplit(text if "//" in text else f"//{text}").hostname or ""
    return host.strip().lower().removeprefix("www.").rstrip(".")


def mail_check(email: str, known: KnownOrganization | None, units: Sequence[UnitCheck]) -> tuple[str, list[str]]:
    """Compare the applicant's mail domain with those that the register has for the organisation and its units.

    Gives ``match``, ``other``, ``free`` (where anybody can have an address) or ``unknown``, and the register's
    domains. Units of another organisation do not count.
    """
    texts = [known.website, known.email] if known else []
    for each in units:
        if each.known and each.fits:
            texts += [each.known.website, each.known.email]
    domains = sorted({domain for text in texts if (domain := domain_of(text)) and domain not in FREE_MAIL})
    own = domain_of(email)
    if own in FREE_MAIL:
        return "free", domains
    if not domains:
        return "unknown", domains
    related = any(own == each or own.endswith(f".{each}") or each.endswith(f".{own}") for each in domains)
    return ("match" if related else "other"), domains


def numbers_to_call(known: KnownOrganization | None, units: Sequence[UnitCheck]) -> list[tuple[str, str]]:
    """Give the telephone numbers that the register has, with whose they are; never one that the applicant wrote."""
    found: dict[str, str] = {}
    if known and known.phone:
        found[known.phone] = known.name
    for each in units:
        if each.known and each.fits and each.known.phone:
            found.setdefault(each.known.phone, each.known.label)
    return list(found.items())


def alike(application: Application, data: dict[str, Any]) -> tuple[list[Application], list[Application]]:
    """Find earlier settled applications of the same organisation, and open ones of it or of any of its units."""
    others = Application.select().where(
        Application.id != application.id, Application.state != ApplicationState.DRAFT.value
    )
    codes = _codes(data)
    earlier, open_now = [], []
    for other in others.order_by(Application.sent_at.desc()):
        same = bool(application.orgnr) and other.orgnr == application.orgnr
        if other.state in UNDER_REVIEW:
            if same or codes & _codes(json.loads(other.data)):
                open_now.append(other)
        elif same:
            earlier.append(other)
    return earlier, open_now


def hindrances(application: Application, data: dict[str, Any]) -> list[str]:
    """Say in sentences why an application cannot be approved as it stands; empty when it can."""
    known = organization(application.orgnr)
    found = []
    if known and not known.independent:
        found.append(f"Organisationsnumret tillhör {known.name}, som inte är fristående.")
    for each in check_units(data):
        if each.code and each.known is None:
            found.append(f"{each.name}: koden {each.code} finns inte längre i registret.")
        elif not each.fits:
            found.append(f"{each.name} drivs enligt registret av {each.known.organizer_name}.")
        elif each.known and each.known.status == Status.CLOSED:
            found.append(f"{each.name} är nedlagd enligt registret.")
    return found


def _codes(data: dict[str, Any]) -> set[tuple[str, str]]:
    return {(listed["scheme"], listed["code"]) for listed in data.get("units", []) if listed.get("code")}
