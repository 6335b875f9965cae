"""No case is ever without an owner: who answers for it today, and who is told when nobody is left who could."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from tbb import clock
from tbb.database import one_at_a_time, rows, run, transaction
from tbb.models import Case
from tbb.models.kinds import Duty
from tbb.policy import WORKER, Actor, Place
from tbb.services import audit, case_files, case_shelf, keepers, letters

BBA, DEPUTY, HEAD, ADMINS = "bba", "deputy", "head", "admins"
COUNTY_AFTER = timedelta(days=7)
"""When nobody has been appointed for so long, those who lead the process are told as well."""
MARK = "ownerless:"
# A unit with open cases that neither a BBA, a deputy nor a head with an account answers for, or that is closed.
_OWNERLESS = """
    SELECT u.id, u.organizer_id, COALESCE(NULLIF(u.display_name, ''), u.name), u.slug, u.status FROM unit u
    WHERE EXISTS (SELECT 1 FROM casefile c WHERE c.unit_id = u.id AND c.state <> 'closed')
      AND (u.status = 'closed' OR NOT (
        EXISTS (SELECT 1 FROM responsibility r JOIN account a ON a.person_id = r.person_id
                WHERE r.unit_id = u.id AND a.state = 'active' AND r.role IN ('bba', 'deputy')
                  AND r.starts_on <= ? AND (r.ends_on IS NULL OR r.ends_on >= ?))
        OR EXISTS (SELECT 1 FROM "grant" g JOIN account a ON a.id = g.account_id
                   WHERE g.unit_id = u.id AND g.duty = 'unit_head' AND a.state = 'active' AND g.ended_at IS NULL
                     AND g.starts_on <= ? AND (g.ends_on IS NULL OR g.ends_on >= ?))))
    ORDER BY u.id
"""


@dataclass(frozen=True)
class Owner:
    """Who has a case: how they come to have it, and their accounts. `admins` have the duty to appoint somebody."""

    how: str
    accounts: tuple[int, ...]


@dataclass(frozen=True)
class Ownerless:
    """A unit with open cases that nobody can open, or that is closed."""

    id: int
    organizer: int | None
    label: str
    slug: str
    closed: bool


def owner_of(case: Case) -> Owner:
    """Tell who has a case today; see `owner_of_unit`."""
    return owner_of_unit(case.unit_id)


def owner_of_unit(unit: int) -> Owner:
    """Tell who has a unit's cases today: its BBA, while away the deputy, else the head; and when there is none of
    them with an account, the administrators of the organizer, who must appoint somebody, or those who lead the county.
    """
    place, bbas = case_shelf.place_of_unit(unit), keepers.answering(unit)
    if not place.bba_away:
        return _owner(BBA, bbas)
    answering = case_files.answering(unit)
    if not place.unanswered:
        return _owner(DEPUTY, [one for one in answering if one not in bbas])
    if heads := keepers.unit_heads(unit):
        return _owner(HEAD, heads)
    if answering:  # Away, but with a way in.
        return _owner(BBA if bbas else DEPUTY, answering)
    return _owner(ADMINS, keepers.organizer_admins(place.organizer) or keepers.process_leaders())


def ownerless() -> list[Ownerless]:
    """Find the units whose open cases nobody near can open, and the closed ones that still have open cases."""
    today = clock.today()
    return [Ownerless(*row[:4], row[4] == "closed") for row in rows(_OWNERLESS, (today,) * 4)]


def of(actor: Actor) -> list[Ownerless]:
    """Find those for whom the actor must see that somebody is appointed: their own, or all of the county's."""
    own, leads = actor.organizers(Duty.ORGANIZER_ADMIN), actor.has(Duty.PROCESS_LEADER)
    return [unit for unit in ownerless() if leads or unit.organizer in own] if own or leads else []


@transaction
def watch() -> int:
    """Tell the administrators of every unit whose open cases nobody has, at once and then daily; count the units.

    When it has lasted a week, those who lead the process are told too, and at once where there is no administrator.
    The letter says nothing of any case. For every minute: a letter of the day is written once.
    """
    one_at_a_time("case owners")
    today, found, since = clock.today(), ownerless(), _since()
    for unit in set(since) - {each.id for each in found}:
        run("DELETE FROM meta WHERE key = ?", (f"{MARK}{unit}",))
        audit.record(WORKER, "unit:owned", "unit", unit, place=case_shelf.place_of_unit(unit))
    for each in found:
        if each.id not in since:
            run("INSERT INTO meta (key, value) VALUES (?, ?)", (f"{MARK}{each.id}", today.isoformat()))
            audit.record(WORKER, "unit:ownerless", "unit", each.id, place=_place(each))
        _tell(each, today, since.get(each.id, today))
    return len(found)


def _tell(unit: Ownerless, today: date, since: date) -> None:
    told = keepers.organizer_admins(unit.organizer)
    if not told or today - since >= COUNTY_AFTER:
        told = keepers.once([*told, *keepers.process_leaders()])
    facts = {"unit": unit.label, "closed": unit.closed, "path": f"/arbetsyta/verksamheter/{unit.slug}/ansvariga"}
    for keeper in told:
        letters.write(f"ownerless:{unit.id}:{today}:{keeper.account}", keeper.email, "case_without_owner", facts)


def _since() -> dict[int, date]:
    found = rows("SELECT key, value FROM meta WHERE key LIKE 'ownerless:%'")
    return {int(key.removeprefix(MARK)): date.fromisoformat(value) for key, value in found}


def _place(unit: Ownerless) -> Place:
    return Place(unit=unit.id, organizer=unit.organizer)


def _owner(how: str, accounts: list[keepers.Keeper]) -> Owner:
    return Owner(how, tuple(keeper.account for keeper in accounts))
