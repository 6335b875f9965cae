"""The list of every independent organisation in the register, with where it stands; and one of them, whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tbb import clock
from tbb.database import as_day, rows
from tbb.models import Account, Application, Joining, JoiningNote, Organizer
from tbb.models.kinds import JoiningState, OrganizerKind
from tbb.policy import Actor, Permission, Place, may, require
from tbb.services.joining import administrators, joining_of, may_renew

PAGE_SIZE = 25
SILENT = "obesvarade"
"""The list of those whose year is over without an answer."""


@dataclass(frozen=True)
class Chosen:
    """What the list is narrowed to: a state or SILENT, a municipality's slug, and words of a name."""

    state: str = ""
    municipality: str = ""
    text: str = ""


@dataclass(frozen=True)
class OrganizationLine:
    """An organisation in the list."""

    id: int
    name: str
    orgnr: str
    state: str
    changed_on: date | None
    renew_by: date | None
    left_on: date | None
    reminded_on: date | None
    wants_visit: bool
    units: int
    with_bba: int
    municipalities: str
    last_contact: date | None

    @property
    def silent(self) -> bool:
        """Whether its year is over without an answer."""
        return self.state == JoiningState.JOINED and self.renew_by is not None and self.renew_by < clock.today()


@dataclass(frozen=True)
class OrganizationList:
    """A page of organisations, and how many of each state there are in the same municipality."""

    lines: list[OrganizationLine]
    total: int
    page: int
    pages: int
    counts: dict[str, int]


@dataclass(frozen=True)
class OrganizationPage:
    """One organisation, whole; the notes only for the county."""

    organizer: Organizer
    joining: Joining | None
    state: str
    units: list[tuple[str, str, str]]
    notes: list[JoiningNote]
    applications: list[Application]
    administrators: list[Account]
    may_note: bool
    may_renew: bool
    may_leave: bool


LIST_SQL = """
    SELECT o.id, o.name, COALESCE(o.orgnr, ''), COALESCE(j.state, 'not_offered'), j.changed_on, j.renew_by, j.left_on,
           j.reminded_on, COALESCE(j.wants_visit, FALSE),
           (SELECT COUNT(*) FROM unit u WHERE u.organizer_id = o.id AND u.status <> 'closed'),
           (SELECT COUNT(DISTINCT r.unit_id) FROM responsibility r JOIN unit u ON u.id = r.unit_id
            WHERE u.organizer_id = o.id AND u.status <> 'closed' AND r.role = 'bba' AND r.starts_on <= ?
            AND (r.ends_on IS NULL OR r.ends_on >= ?)),
           (SELECT MAX(n."on") FROM joining_note n WHERE n.joining_id = j.id)
    FROM organizer o LEFT JOIN joining j ON j.organizer_id = o.id
    WHERE o.kind = ?
"""
PLACES_SQL = """
    SELECT DISTINCT u.organizer_id, m.name, m.slug, m.sort_key
    FROM unit u JOIN municipality m ON m.id = u.municipality_id
    JOIN organizer o ON o.id = u.organizer_id WHERE o.kind = ? AND u.status <> 'closed' ORDER BY m.sort_key
"""


def organizations(actor: Actor, chosen: Chosen, page: int = 1, size: int = PAGE_SIZE) -> OrganizationList:
    """List the independent organisations of the register by name; without a row of its own one is not offered."""
    require(actor, Permission.NOTE_JOINING)
    here = [line for line in _lines(chosen.municipality) if chosen.text.casefold() in line.name.casefold()]
    counts = {state.value: 0 for state in JoiningState}
    for line in here:
        counts[line.state] += 1
    counts |= {"": len(here), SILENT: sum(line.silent for line in here)}
    wanted = [line for line in here if _is_wanted(line, chosen.state)]
    pages = max(1, -(-len(wanted) // size))
    page = min(max(page, 1), pages)
    return OrganizationList(wanted[(page - 1) * size : page * size], len(wanted), page, pages, counts)


def not_offered(actor: Actor, chosen: Chosen) -> list[OrganizationLine]:
    """List those within the choice that have not been offered to join."""
    found = organizations(actor, Chosen(JoiningState.NOT_OFFERED, chosen.municipality, chosen.text), size=100_000)
    return found.lines


def organization(actor: Actor, organizer: Organizer) -> OrganizationPage:
    """Gather what is known of an organisation that the actor may see."""
    place = Place(organizer=organizer.id)
    require(actor, Permission.READ_JOINING, place)
    joining, county = joining_of(organizer), may(actor, Permission.NOTE_JOINING, place)
    joined = joining is not None and joining.state == JoiningState.JOINED
    own = may(actor, Permission.RENEW_JOINING, place)
    return OrganizationPage(
        organizer=organizer,
        joining=joining,
        state=joining.state if joining else JoiningState.NOT_OFFERED.value,
        units=_units(organizer.id),
        notes=list(joining.notes.order_by(JoiningNote.on.desc(), JoiningNote.id.desc())) if joining and county else [],
        applications=_applications(organizer) if county else [],
        administrators=administrators(organizer.id),
        may_note=county,
        may_renew=own and may_renew(joining),
        may_leave=joined and joining.left_on is None and (county or own),
    )


def municipalities() -> list[tuple[str, str]]:
    """The municipalities that take part: slug and name, in Swedish order."""
    return rows("SELECT slug, name FROM municipality WHERE participates ORDER BY sort_key")


def _lines(municipality: str) -> list[OrganizationLine]:
    names: dict[int, list[str]] = {}
    there = set()
    for organizer, name, slug, _key in rows(PLACES_SQL, (OrganizerKind.INDEPENDENT.value,)):
        names.setdefault(organizer, []).append(name)
        if slug == municipality:
            there.add(organizer)
    today = clock.today()
    found = rows(LIST_SQL + " ORDER BY lower(o.name), o.id", (today, today, OrganizerKind.INDEPENDENT.value))
    return [
        OrganizationLine(
            id=row[0],
            name=row[1],
            orgnr=row[2],
            state=row[3],
            changed_on=as_day(row[4]),
            renew_by=as_day(row[5]),
            left_on=as_day(row[6]),
            reminded_on=as_day(row[7]),
            wants_visit=bool(row[8]),
            units=row[9],
            with_bba=row[10],
            municipalities=", ".join(names.get(row[0], [])),
            last_contact=as_day(row[11]),
        )
        for row in found
        if not municipality or row[0] in there
    ]


def _is_wanted(line: OrganizationLine, state: str) -> bool:
    return line.silent if state == SILENT else not state or line.state == state


UNITS_SQL = """
    SELECT u.slug, COALESCE(NULLIF(u.display_name, ''), u.name),
           COALESCE((SELECT CASE WHEN p.protected THEN p.function_name ELSE p.name END FROM responsibility r
                     JOIN person p ON p.id = r.person_id WHERE r.unit_id = u.id AND r.role = 'bba'
                     AND r.starts_on <= ? AND (r.ends_on IS NULL OR r.ends_on >= ?) LIMIT 1), '')
    FROM unit u WHERE u.organizer_id = ? AND u.status <> 'closed' ORDER BY u.sort_key
"""


def _units(organizer: int) -> list[tuple[str, str, str]]:
    today = clock.today()
    return [tuple(row) for row in rows(UNITS_SQL, (today, today, organizer))]


def _applications(organizer: Organizer) -> list[Application]:
    sent = Application.select().where(Application.state != "draft").order_by(Application.sent_at.desc())
    return [
        each
        for each in sent
        if each.organizer_id == organizer.id or (organizer.orgnr and each.orgnr == organizer.orgnr)
    ]
