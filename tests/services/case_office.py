"""The county in which the machine of cases works: who acts, what there is from the start, and their browsers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tbb import clock, database
from tbb.database import db
from tbb.models import Account, Grant, Responsibility, RetentionRule, Unit
from tbb.services import case_files, sealed_fields
from tbb.services.demo_cast import account_of
from tests import make, make_cases
from tests.at_work import units
from tests.people import as_account

WORD = "kanariefågel"
TOLD = {"child.label": WORD, "area.trygghet.level": "stod", "area.trygghet.see": WORD, "told.child": "yes",
        "told.guardians": "yes"}  # fmt: skip
ANSWERED = {f"question.{number}": WORD for number in range(1, 6)} | {"voice.child": WORD}
STAFF = ("personal", "bba", "delegerad", "enhetschef", "ersattare", "bba of sister", "bba of other", "head of other")
EVERYBODY = (*STAFF, "huvudman", "granne", "loggranskare", "dataskyddsombud", "processledare", "drift")


class Office:
    """The county as every run of the machine finds it, the accounts of those who act, and their browsers."""

    def __init__(self, app, template: Path, live: Path):
        self.template, self.live = template, live
        with database.connection(), db.atomic():
            self.units = {name: unit.id for name, unit in units().items()}
            self.accounts = {name: account_of(name) for name in EVERYBODY if " of " not in name}
            self.accounts |= {"bba of sister": self._answering("sister"), "bba of other": self._answering("other")}
            self.accounts["head of other"] = self._account("chef@flen.example")
            self._grant("head of other", "unit_head", unit=self.units["other"])
            self.accounts["second admin"] = account_of("processledare2")
            organizer = units()["own"].organizer_id
            self._grant("second admin", "organizer_admin", organizer=organizer)
            for document in ("child", "anonymous"):
                RetentionRule.create(
                    organizer=organizer, document=document, days=30, decided_on=date(2026, 1, 1), decision="BUN 7",
                    changed_at=clock.now(),
                )  # fmt: skip
            self._furnish()
        self.browsers = {name: as_account(app, self.accounts[name]) for name in EVERYBODY}

    def _furnish(self) -> None:
        """Cases and drafts of every kind to begin with, so that a run is deep at once."""
        own, sister, other = (Unit.get_by_id(self.units[name]) for name in ("own", "sister", "other"))
        author, moment = self.accounts["personal"], clock.now()
        for unit in (own, own, own, sister, sister):
            make_cases.case(unit, author, TOLD, received_at=moment, state="received")
        for unit in (own, sister):
            make_cases.case(unit, author, TOLD)
            case = make_cases.case(unit, author, TOLD, received_at=moment, state="mapping")
            sealed_fields.save(case, ANSWERED)
        for to in (own, sister, other):
            make_cases.draft(author, own, to, TOLD)

    def _account(self, email: str, **more) -> int:
        made = Account.create(
            key=case_files.new_key(), email=email, name=email, state="active", created_at=clock.now(), **more
        )
        return made.id

    def _answering(self, name: str) -> int:
        """An account for whoever is the BBA of a unit."""
        unit = self.units[name]
        found = Responsibility.get_or_none(Responsibility.unit == unit, Responsibility.role == "bba")
        person = found.person if found else make.responsible(unit, make.person()).person
        known = Account.get_or_none(Account.person == person)
        return known.id if known else self._account(f"bba.{name}@tbb.example", person=person)

    def _grant(self, name: str, duty: str, **more) -> None:
        Grant.create(account=self.accounts[name], duty=duty, starts_on=date(2026, 1, 1), given_at=clock.now(), **more)
