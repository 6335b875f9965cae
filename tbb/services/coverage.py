"""The coverage board: which units have their Barnets bästa-ansvarig, which lack, and which have not confirmed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from tbb import clock
from tbb.database import as_day, rows, run, transaction
from tbb.models.kinds import BBA_KINDS, Duty
from tbb.policy import Actor, Permission, require
from tbb.services import shelf
from tbb.services.terms import Starts, Term, term_of

READERS = (Duty.ORGANIZER_ADMIN, Duty.PROCESS_LEADER, Duty.STEERING)
PERSONS = (Duty.ORGANIZER_ADMIN, Duty.PROCESS_LEADER)
"""Who also sees the units by name and who answers; the steering group sees figures alone."""
PAGE_SIZE = 25
WRONGS = ("missing", "unconfirmed", "no_mandate", "no_deputy", "planned")
KINDS = ", ".join(repr(kind.value) for kind in sorted(BBA_KINDS))
SELECT = f"""
    SELECT u.id, u.slug, COALESCE(NULLIF(u.display_name, ''), u.name), u.kind, m.code, m.name, u.organizer_id,
        COALESCE(o.name, 'Ingen huvudman'), CASE WHEN p.protected THEN p.function_name ELSE p.name END,
        r.confirmed_on, r.mandate, r.mandate_on,
        (SELECT COUNT(*) FROM responsibility d WHERE d.unit_id = u.id AND d.role = 'deputy' AND d.starts_on <= ?
            AND (d.ends_on IS NULL OR d.ends_on >= ?)),
        (SELECT MIN(n.starts_on) FROM responsibility n WHERE n.unit_id = u.id AND n.role = 'bba' AND n.starts_on > ?),
        r.ends_on, r.id
    FROM unit u JOIN municipality m ON m.id = u.municipality_id LEFT JOIN organizer o ON o.id = u.organizer_id
    LEFT JOIN responsibility r ON r.unit_id = u.id AND r.role = 'bba' AND r.starts_on <= ?
        AND (r.ends_on IS NULL OR r.ends_on >= ?)
    LEFT JOIN person p ON p.id = r.person_id
    WHERE u.status = 'active' AND u.kind IN ({KINDS}) AND {{where}} ORDER BY m.sort_key, u.sort_key, u.id
"""


@dataclass(frozen=True)
class UnitLine:
    """How one unit stands. `who` is a name, or the function of one with a protected identity; empty when nobody."""

    number: int
    slug: str
    label: str
    kind: str
    code: str
    municipality: str
    organizer_id: int | None
    organizer: str
    who: str
    confirmed_on: date | None
    confirmed: bool
    has_bba: bool
    has_mandate: bool
    has_deputy: bool
    planned_on: date | None
    ends_on: date | None

    @property
    def wrongs(self) -> tuple[str, ...]:
        """What is wrong or coming, in the order of how much it hurts."""
        found = {
            "missing": not self.has_bba,
            "unconfirmed": self.has_bba and not self.confirmed,
            "no_mandate": self.has_bba and not self.has_mandate,
            "no_deputy": not self.has_deputy,
            "planned": self.planned_on is not None or self.ends_on is not None,
        }
        return tuple(wrong for wrong in WRONGS if found[wrong])


@dataclass(frozen=True)
class Sum:
    """The figures of one municipality, one organizer, or all."""

    name: str
    key: str
    units: int
    with_bba: int
    confirmed: int
    no_mandate: int
    no_deputy: int
    planned: int

    @property
    def missing(self) -> int:
        """The units without."""
        return self.units - self.with_bba

    @property
    def unconfirmed(self) -> int:
        """The units whose BBA has not confirmed this term."""
        return self.with_bba - self.confirmed

    def share(self, of: int) -> int:
        """A part in whole per cent."""
        return round(100 * of / self.units) if self.units else 0


@dataclass(frozen=True)
class Board:
    """The board as one reader sees it on one day."""

    today: date
    term: Term
    all: Sum
    municipalities: tuple[Sum, ...]
    organizers: tuple[Sum, ...]
    lines: tuple[UnitLine, ...]
    shows_units: bool
    total: int
    page: int
    pages: int
    trend: tuple[Sum, ...]


@dataclass(frozen=True)
class Choice:
    """What the board is narrowed to."""

    municipality: str = ""
    organizer: str = ""
    wrong: str = ""
    text: str = ""


def board(actor: Actor, choice: Choice, starts: Starts, *, page: int = 1, page_size: int = PAGE_SIZE) -> Board:
    """Draw the board of what the actor may see; `choice` narrows it, and figures follow the narrowed."""
    require(actor, Permission.READ_COVERAGE)
    today = clock.today()
    reached = _narrowed(_lines(actor, READERS, starts), choice)
    named = _narrowed(_lines(actor, PERSONS, starts), choice) if actor.has(*PERSONS) else []
    shown = [line for line in named if not choice.wrong or choice.wrong in line.wrongs]
    pages = max(1, -(-len(shown) // page_size))
    page = min(max(page, 1), pages)
    return Board(
        today=today,
        term=term_of(today, starts),
        all=summed("Alla", "", reached),
        municipalities=_by(reached, lambda line: (line.municipality, line.code)),
        organizers=_by(reached, lambda line: (line.organizer, str(line.organizer_id or ""))),
        lines=tuple(shown[(page - 1) * page_size : page * page_size]),
        shows_units=actor.has(*PERSONS),
        total=len(shown),
        page=page,
        pages=pages,
        trend=_trend({(line.code, line.organizer_id or 0) for line in reached}),
    )


def lines(actor: Actor, numbers: list[int], starts: Starts) -> list[UnitLine]:
    """Give some units of the board by number, those that the actor may see by name."""
    require(actor, Permission.READ_COVERAGE)
    wanted = set(numbers)
    return [line for line in _lines(actor, PERSONS, starts) if line.number in wanted]


def summed(name: str, key: str, found: list[UnitLine]) -> Sum:
    """Count how some units stand."""
    return Sum(
        name,
        key,
        units=len(found),
        with_bba=sum(line.has_bba for line in found),
        confirmed=sum(line.has_bba and line.confirmed for line in found),
        no_mandate=sum("no_mandate" in line.wrongs for line in found),
        no_deputy=sum(not line.has_deputy for line in found),
        planned=sum("planned" in line.wrongs for line in found),
    )


@transaction
def keep_record(starts: Starts) -> int:
    """Keep today's figures for the trend, in place of those kept earlier in the term; tell how many rows.

    The worker does it every day.
    """
    today, term = clock.today(), term_of(clock.today(), starts)
    groups: dict[tuple[str, int], list[UnitLine]] = defaultdict(list)
    for line in _read("1 = 1", [], starts):
        groups[line.code, line.organizer_id or 0].append(line)
    for (code, organizer), found in groups.items():
        count = summed("", "", found)
        run(
            "INSERT INTO coverage_record (term, municipality_code, organizer_id, units, with_bba, confirmed, taken_on)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (term, municipality_code, organizer_id) DO UPDATE SET"
            " units = excluded.units, with_bba = excluded.with_bba, confirmed = excluded.confirmed,"
            " taken_on = excluded.taken_on",
            (term.code, code, organizer, count.units, count.with_bba, count.confirmed, today),
        )
    return len(groups)


def _lines(actor: Actor, duties: tuple[Duty, ...], starts: Starts) -> list[UnitLine]:
    where, params = shelf.units(actor, duties)
    return _read(where, params, starts)


def _read(where: str, params: list[int], starts: Starts) -> list[UnitLine]:
    today = clock.today()
    begins = term_of(today, starts).starts_on
    found = []
    for row in rows(SELECT.format(where=where), [today] * 5 + params):
        confirmed_on, mandate_on = as_day(row[9]), as_day(row[11])
        found.append(
            UnitLine(
                *row[:8],
                who=row[8] or "",
                confirmed_on=confirmed_on,
                confirmed=confirmed_on is not None and confirmed_on >= begins,
                has_bba=row[15] is not None,
                has_mandate=row[10] == "decision_maker" or (row[10] == "delegated" and mandate_on is not None),
                has_deputy=row[12] > 0,
                planned_on=as_day(row[13]),
                ends_on=as_day(row[14]),
            )
        )
    return found


def _narrowed(found: list[UnitLine], choice: Choice) -> list[UnitLine]:
    text = choice.text.casefold()
    return [
        line
        for line in found
        if choice.municipality in ("", line.code)
        and choice.organizer in ("", str(line.organizer_id or ""))
        and text in f"{line.label} {line.municipality} {line.organizer}".casefold()
    ]


def _by(found: list[UnitLine], key) -> tuple[Sum, ...]:
    groups: dict[tuple[str, str], list[UnitLine]] = defaultdict(list)
    for line in found:
        groups[key(line)].append(line)
    return tuple(summed(name, code, group) for (name, code), group in groups.items())


def _trend(reached: set[tuple[str, int]]) -> tuple[Sum, ...]:
    """Sum up what was kept of each term, over what the reader reaches now; oldest first."""
    terms: dict[str, list[int]] = {}
    kept = rows("SELECT term, municipality_code, organizer_id, units, with_bba, confirmed FROM coverage_record")
    for term, code, organizer, *figures in kept:
        if (code, organizer) in reached:
            terms[term] = [a + b for a, b in zip(terms.get(term, [0, 0, 0]), figures, strict=True)]
    ordered = sorted(terms.items(), key=lambda item: (item[0][2:], item[0][:2] == "HT"))
    return tuple(
        Sum(f"{term[:2]} {term[2:]}", term, units, with_bba, confirmed, 0, 0, 0)
        for term, (units, with_bba, confirmed) in ordered
    )
