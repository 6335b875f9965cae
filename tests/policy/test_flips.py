"""Every cell of the policy flipped, over HTTP: a door that opens or shuts wrongly is noticed at some address.

A cell is one permission for one of the cast in one place. Where it is refused, all other permissions are given, so
that this one alone stands in the way; then it is given too, and the answer must change. Where it is allowed, it is
taken away: first in that place only, and if no address asks for the place, at the door. The figures are printed at the
end of the run.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask

from tbb.database import connection
from tbb.models import Account, ContactChange, Forgetting, Handover, Responsibility
from tbb.policy import RULES, Actor, Permission, Place
from tbb.services.demo_cast import account_of
from tests.at_work import AUTHORS, Sample, furnish, samples, units
from tests.conftest import go
from tests.people import signed_in
from tests.policy.test_doors import COLUMN, HANDS, TURNED_AWAY, allowed, ends_the_sitting, table

ANYWHERE = ("county", "nobody")
CASES = tuple(permission for permission in Permission if permission.startswith("case:"))

HELD_TWICE = {
    Permission.READ_ACCOUNTS: "the list of accounts begins with the duties themselves",
    Permission.CHANGE_ACCOUNT: "an account is looked for in that list",
    Permission.READ_AUDIT: "rows are looked for in the organizations that one reviews",
    Permission.READ_ASSESSMENT: "analyses are looked for in one's own organizations",
    Permission.WRITE_ASSESSMENT: "only its author writes an analysis",
    Permission.PROPOSE_FORGETTING: "without an organization of one's own there is nothing to list",
    Permission.KEEP_RULES: "without an organization of one's own there are no rules to show",
    Permission.KEEP_BREAKS: "without an organization or the county there is no municipality whose breaks one keeps",
    Permission.REVIEW_CONTENT: "nobody approves their own words, whatever the table says",
}
"""Where a shelf keeps out as well whom the policy refuses: given the permission, they still come nowhere."""

WITHOUT_ADDRESS = {
    ("processledare", Permission.READ_ACCOUNTS): "the accounts near at hand are not the county's to care for",
    ("processledare", Permission.CHANGE_ACCOUNT): "the accounts near at hand are not the county's to care for",
    ("huvudman", Permission.READ_JOINING): "the organization that may join is not theirs; the cast's friskola is tried",
    (
        "huvudman",
        Permission.RENEW_JOINING,
    ): "the organization that may join is not theirs; the cast's friskola is tried",
}
"""What the table allows somebody, but of which the furnished county has nothing that is theirs."""


@dataclass
class Cell:
    """One permission for one of the cast in one place, and the addresses where it may show."""

    permission: Permission
    where: str
    allowed: bool
    tries: list[tuple[str, Sample]] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.permission} ({self.where}, {'allowed' if self.allowed else 'refused'})"


class Somebody:
    """One of the cast at every address, under rules that are bent for them alone."""

    def __init__(self, app: Flask, persona: str, patch) -> None:
        self.app, self.persona, self.patch, self.rules = app, persona, patch, dict(RULES)
        with connection():
            self.account = account_of(persona)
            self.places = {where: (unit.id, unit.organizer_id) for where, unit in units().items()}
            self.handovers = {
                where: found.id
                for where, (unit, _) in self.places.items()
                for found in Handover.select().where(Handover.unit == unit)
            }
        self.sign_in()

    def sign_in(self) -> None:
        self.client = signed_in(self.app, self.persona)
        self.token = go(self.client, "/konto").soup.select_one("[name=csrf_token]")["value"]

    def bent(self, permission: Permission, where: str, give: bool, *, at_the_door: bool) -> tuple:
        """The rule of a permission with one answer changed: in a place, or wherever it is asked for."""
        before, (unit, organizer) = self.rules[permission], self.places.get(where, (None, None))

        def holds(actor: Actor, place: Place | None) -> bool:
            as_it_is = any(rule(actor, place) for rule in before)
            if actor.account != self.account:
                return as_it_is
            if at_the_door or where in ANYWHERE:
                return give
            if place is None:
                return give or as_it_is
            here = place.unit == unit or (place.unit is None and place.organizer in (organizer, None))
            return give if here else as_it_is

        return (holds,)

    def answer(self, cell: Cell, method: str, sample: Sample, give: bool | None, *, alone=False, at_the_door=False):
        """Whether they are let in at an address; `give` bends the cell, `alone` opens every other gate."""
        with self.patch.context() as patch:
            for other in Permission if alone else ():
                if other not in (cell.permission, Permission.FINISH_SIGN_IN):
                    patch.setitem(RULES, other, self.bent(other, cell.where, True, at_the_door=False))
            if give is not None:
                rule = self.bent(cell.permission, cell.where, give, at_the_door=at_the_door)
                patch.setitem(RULES, cell.permission, rule)
            data = {"csrf_token": self.token, "once": secrets.token_urlsafe(24), "note": "Har slutat.", "seen": "y"}
            data["handover"] = self.handovers.get(cell.where, 0)
            headers = {"Sec-Fetch-Site": "same-origin"}
            sent = data if method == "POST" else None
            with self.client.open(sample.address, method=method, data=sent, headers=headers) as response:
                inside = response.status_code not in TURNED_AWAY
        if ends_the_sitting(sample):
            self.sign_in()
        return inside

    def notices(self, cell: Cell) -> bool:
        """Whether flipping a cell changes the answer of some address, from what the table says to the opposite."""
        if not cell.allowed:
            return any(
                not self.answer(cell, *each, None, alone=True) and self.answer(cell, *each, True, alone=True)
                for each in cell.tries
            )
        # Shut first: what is let in may be done with afterwards. Where another shelf looks, only the door is asked.
        return any(
            not self.answer(cell, *each, False, at_the_door=at_the_door) and self.answer(cell, *each, None)
            for at_the_door in ((True,) if cell.permission in HELD_TWICE else (False, True))
            for each in cell.tries
        )

    def held_twice(self, cell: Cell) -> bool:
        """Whether another gate keeps them out of a cell's every address though the permission is given."""
        return not any(self.answer(cell, *each, True) and not self.answer(cell, *each, None) for each in cell.tries)


def cells(app: Flask, made, persona: str, letter: str = "") -> Iterator[Cell]:
    """Every cell of one of the cast, with its addresses; `letter` stands for what the own place is besides."""
    found: dict[tuple[Permission, str], list[tuple[str, Sample]]] = defaultdict(list)
    for method in ("GET", "POST"):
        for sample in samples(app, made, method):
            endpoint = sample.rule.endpoint
            permission = HANDS.get(endpoint, app.view_functions[endpoint].permission)
            found[permission, sample.where].append((method, sample))
    answers = table()
    for (permission, where), tries in found.items():
        if permission is Permission.FINISH_SIGN_IN:
            continue  # of those who are halfway in, whom tests/web/test_factors_pages.py follows
        written = answers[permission][COLUMN[persona]]
        given = letter in written or written == "all" if letter else allowed(written, persona, where)
        yield Cell(permission, where, given, tries)


def is_without_address(cell: Cell, persona: str) -> bool:
    """Whether somebody is allowed a thing of which nothing that is theirs is there."""
    somebody_elses = cell.permission is Permission.WRITE_ASSESSMENT and AUTHORS.get(cell.where) != persona
    return cell.allowed and (somebody_elses or (persona, cell.permission) in WITHOUT_ADDRESS)


def flip_all(somebody: Somebody, wanted: list[Cell], tell) -> list[str]:
    """Flip cells; tell how many were noticed and held twice, and give those that nobody noticed."""
    noticed = twice = 0
    survivors = []
    for cell in wanted:
        if somebody.notices(cell):
            noticed += 1
        elif not cell.allowed and cell.permission in HELD_TWICE and somebody.held_twice(cell):
            twice += 1
        else:
            survivors.append(cell)
    named = [f"{somebody.persona}: {cell}" for cell in survivors]
    tell("flipped cells", {"tried": len(wanted), "noticed": noticed, "held twice": twice, "not shown": named})
    return [str(cell) for cell in survivors if not is_without_address(cell, somebody.persona)]


@pytest.fixture
def furnished(county):
    """The demo county with a thing of every kind near and far, and lists that somebody has proposed."""
    with connection():
        made = furnish()
        Forgetting.update(proposed_by=account_of("drift"), state="proposed").execute()
    return county, made


ONE_OF_EACH = [persona for persona in COLUMN if persona not in ("granne", "region", "friskola", "processledare2")]


@pytest.mark.parametrize("persona", ONE_OF_EACH)
def test_every_flipped_cell_is_noticed(furnished, monkeypatch, persona, record_property):
    app, made = furnished
    wanted = list(cells(app, made, persona))
    assert len(wanted) > 100
    assert flip_all(Somebody(app, persona, monkeypatch), wanted, record_property) == []


def test_an_independent_school_and_its_joining(furnished, monkeypatch, record_property):
    app, made = furnished
    wanted = [cell for cell in cells(app, made, "friskola") if cell.permission.startswith("joining:")]
    assert flip_all(Somebody(app, "friskola", monkeypatch), wanted, record_property) == []


def test_the_head_answers_just_where_nobody_else_does(furnished, monkeypatch, record_property):
    app, made = furnished
    with connection():
        Responsibility.delete().where(Responsibility.unit == units()["own"]).execute()
    wanted = [cell for cell in cells(app, made, "enhetschef", "n") if cell.where == "own" and cell.permission in CASES]
    assert [cell.allowed for cell in wanted] == [True] * len(wanted) and len(wanted) > 5
    assert flip_all(Somebody(app, "enhetschef", monkeypatch), wanted, record_property) == []


@pytest.mark.parametrize("persona", ["bba", "enhetschef", "huvudman"])
def test_what_two_must_do_is_not_done_by_one(furnished, monkeypatch, persona, record_property):
    """Of lists to forget the database itself says so too, and of applications tests/web/test_reviewing_pages.py."""
    app, made = furnished
    with connection():
        who = account_of(persona)
        ContactChange.update(proposed_by=who).where(ContactChange.unit == units()["own"]).execute()
    (cell,) = (
        cell
        for cell in cells(app, made, persona, "b")
        if cell.where == "own" and cell.permission is Permission.APPROVE_CONTACT
    )
    assert not cell.allowed
    assert flip_all(Somebody(app, persona, monkeypatch), [cell], record_property) == []


@pytest.mark.parametrize("persona", ["enhetschef", "huvudman", "processledare"])
def test_nobody_changes_their_own_account(furnished, monkeypatch, persona):
    """Held twice: `people.may_change` says so too, whatever the table says."""
    app, made = furnished
    with connection():
        made["account"]["own"] |= {"key": Account.get_by_id(account_of(persona)).key}
    somebody = Somebody(app, persona, monkeypatch)
    for cell in cells(app, made, persona, "m"):
        if cell.where == "own" and cell.permission is Permission.CHANGE_ACCOUNT:
            cell.tries = [each for each in cell.tries if each[1].rule.endpoint == "people.change"]
            assert not cell.allowed and somebody.held_twice(cell)
            assert not any(somebody.answer(cell, *each, None) for each in cell.tries)
