"""Gaps: units that lack their Barnets bästa-ansvarig, and who is told of it, further up the longer it lasts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from tbb import clock
from tbb.database import as_day, load, one_at_a_time, rows, transaction
from tbb.models import Gap
from tbb.models.kinds import BBA_KINDS
from tbb.policy import WORKER, Actor, Place
from tbb.services import audit, letters, shelf
from tbb.services.keepers import Keeper, organizer_admins, process_leaders, unit_heads

FORESEEN = timedelta(days=14)
"""So long before the last day somebody is told that no successor is planned."""

UNIT_HEAD, ORGANIZER, COUNTY = 1, 2, 3
ESCALATION = ((UNIT_HEAD, 0), (ORGANIZER, 7), (COUNTY, 21))
"""Who is told, and after how many days without a BBA. A level where nobody can be reached is passed by at once."""

TEMPLATES = {UNIT_HEAD: "gap_unit", ORGANIZER: "gap_organizer", COUNTY: "gap_county"}
MOST_NAMED = 20
"""A letter names no more units than this, and tells how many more there are."""

# An independent organisation owes a BBA once it has joined; before anything is noted, once it has had one.
TAKES_PART = """
    (o.kind IS NULL OR o.kind <> 'independent'
     OR EXISTS (SELECT 1 FROM joining j WHERE j.organizer_id = o.id AND j.state = 'joined')
     OR (NOT EXISTS (SELECT 1 FROM joining j WHERE j.organizer_id = o.id)
         AND EXISTS (SELECT 1 FROM responsibility r WHERE r.unit_id = u.id AND r.role = 'bba')))
"""
SHALL_HAVE = f"u.status = 'active' AND u.kind IN ({', '.join(repr(kind.value) for kind in sorted(BBA_KINDS))})"
LACKING = f"""
    SELECT u.id, MAX(past.ends_on) FROM unit u
    LEFT JOIN organizer o ON o.id = u.organizer_id
    LEFT JOIN responsibility past ON past.unit_id = u.id AND past.role = 'bba' AND past.ends_on < ?
    WHERE {SHALL_HAVE} AND {TAKES_PART}
      AND NOT EXISTS (SELECT 1 FROM responsibility r WHERE r.unit_id = u.id AND r.role = 'bba'
                      AND r.starts_on <= ? AND (r.ends_on IS NULL OR r.ends_on >= ?))
    GROUP BY u.id
"""
ENDING = f"""
    SELECT u.id, r.ends_on FROM unit u JOIN responsibility r ON r.unit_id = u.id
    WHERE {SHALL_HAVE} AND r.role = 'bba' AND r.starts_on <= ? AND r.ends_on BETWEEN ? AND ?
      AND NOT EXISTS (SELECT 1 FROM responsibility next WHERE next.unit_id = u.id AND next.role = 'bba'
                      AND next.starts_on > r.ends_on)
"""
OF_UNIT = "SELECT organizer_id, COALESCE(NULLIF(display_name, ''), name), slug FROM unit WHERE id = ?"


@dataclass(frozen=True)
class OpenGap:
    """A unit that lacks its BBA since a day, or will from a day on. `level` is how far up it has been told."""

    slug: str
    label: str
    municipality: str
    organizer: str
    since: date
    level: int
    foreseen: bool


def open_gaps(actor: Actor) -> list[OpenGap]:
    """List the gaps of the units that the actor may see, the oldest first."""
    where, params = shelf.units(actor)
    found = rows(
        "SELECT u.slug, COALESCE(NULLIF(u.display_name, ''), u.name), m.name, COALESCE(o.name, ''), g.since, g.level"
        " FROM gap g JOIN unit u ON u.id = g.unit_id JOIN municipality m ON m.id = u.municipality_id"
        f" LEFT JOIN organizer o ON o.id = u.organizer_id WHERE {where} ORDER BY g.since, u.sort_key, u.id",
        params,
    )
    today = clock.today()
    return [OpenGap(*row[:4], as_day(row[4]), row[5], as_day(row[4]) > today) for row in found]


@transaction
def watch(units: Iterable[int] | None = None) -> int:
    """Find the gaps of today and those foreseen, forget the filled, tell whom it is time to tell; count the open.

    The worker does it every day, and whoever appoints or ends does it for the units concerned.
    """
    one_at_a_time("gaps")
    only = None if units is None else set(units)
    known = {gap.unit_id: gap for gap in load(Gap, "1 = 1") if only is None or gap.unit_id in only}
    found = {unit: since for unit, since in _find().items() if only is None or unit in only}
    for unit in known.keys() - found.keys():
        Gap.delete().where(Gap.unit == unit).execute()
        audit.record(WORKER, "gap:close", "gap", known[unit].id, place=_place(unit))
    for unit, since in sorted(found.items()):
        gap = known.get(unit)
        if gap is None:
            known[unit] = Gap.create(unit=unit, since=since)
            audit.record(WORKER, "gap:open", "gap", known[unit].id, place=_place(unit))
        elif gap.level == 0 and gap.since != since:
            Gap.update(since=since).where(Gap.id == gap.id).execute()
            gap.since = since
    _tell([known[unit] for unit in sorted(found)])
    return len(found)


def _find() -> dict[int, date]:
    """Give the units that lack their BBA with the first day without, past or to come."""
    today = clock.today()
    lacking = rows(LACKING, (today.isoformat(), today.isoformat(), today.isoformat()))
    ending = rows(ENDING, (today.isoformat(), today.isoformat(), (today + FORESEEN).isoformat()))
    foreseen = {unit: as_day(last) + timedelta(days=1) for unit, last in ending}
    return foreseen | {unit: as_day(last) + timedelta(days=1) if last else today for unit, last in lacking}


def _tell(gaps: list[Gap]) -> None:
    """Write to those whose turn it is, one letter each about all their units."""
    today, readers = clock.today(), _readers()
    told: dict[tuple[Keeper, int, bool], list[Gap]] = defaultdict(list)
    for gap in gaps:
        reached, to = _next_levels(gap, today, readers)
        if to or reached != gap.level:
            Gap.update(level=reached, told_on=today).where(Gap.id == gap.id).execute()
            audit.record(WORKER, "gap:tell", "gap", gap.id, place=_place(gap.unit_id), note=f"level {reached}")
        for level, keeper in to:
            told[keeper, level, gap.since > today].append(gap)
    for (keeper, level, foreseen), about in told.items():
        _write(keeper, level, foreseen, about, today)


def _next_levels(
    gap: Gap, today: date, readers: Callable[[int, int], list[Keeper]]
) -> tuple[int, list[tuple[int, Keeper]]]:
    """Tell how far up a gap has come today, and whom to write to now, with their level."""
    if gap.since > today:
        if gap.told_on is not None:
            return gap.level, []
        level = UNIT_HEAD if readers(gap.unit_id, UNIT_HEAD) else ORGANIZER
        return 0, [(level, keeper) for keeper in readers(gap.unit_id, level)]
    reached, to, unheard = gap.level, [], False
    for level, days in ESCALATION:
        if level > reached and (unheard or (today - gap.since).days >= days):
            found = readers(gap.unit_id, level)
            to += [(level, keeper) for keeper in found]
            reached, unheard = level, not found
    return reached, to


def _readers() -> Callable[[int, int], list[Keeper]]:
    """Make the function that tells who is to be told of a unit at a level; it remembers for one round."""
    admins, leaders = cache(organizer_admins), cache(process_leaders)

    @cache
    def readers(unit: int, level: int) -> list[Keeper]:
        if level == UNIT_HEAD:
            return unit_heads(unit)
        return admins(rows(OF_UNIT, (unit,))[0][0]) if level == ORGANIZER else leaders()

    return readers


def _write(keeper: Keeper, level: int, foreseen: bool, about: list[Gap], today: date) -> None:
    units = [(*rows(OF_UNIT, (gap.unit_id,))[0][1:], gap.since) for gap in about]
    mark = letters.fingerprint(",".join(str(gap.unit_id) for gap in about))
    facts = {
        "foreseen": foreseen,
        "units": [{"label": label, "since": since.isoformat()} for label, _slug, since in units[:MOST_NAMED]],
        "more": max(0, len(units) - MOST_NAMED),
        "path": f"/arbetsyta/verksamheter/{units[0][1]}/ansvariga" if len(units) == 1 else "/arbetsyta/verksamheter",
    }
    letters.write(f"gap:{level}:{foreseen:d}:{keeper.account}:{today}:{mark}", keeper.email, TEMPLATES[level], facts)


def _place(unit: int) -> Place:
    found = rows(OF_UNIT, (unit,))
    return Place(unit=unit, organizer=found[0][0] if found else None)
