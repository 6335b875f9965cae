"""The demo county is invented from end to end, shows every special case, and never mixes with real units."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from stdnum.se import orgnr

from tbb import clock
from tbb.database import rows
from tbb.models import AuditRow, Municipality, Organizer, Person, Responsibility, Unit, UnitSlug
from tbb.models.kinds import BBA_KINDS, Kind, Role, Status
from tbb.policy import COMMAND, VISITOR, Refused
from tbb.services import demo, directory, search, site, versions
from tests import make

FICTIONAL = re.compile(r"070-174 06 (?:0[5-9]|[1-9]\d)|08-465 004 \d\d")


def test_only_a_command_loads_it(db):
    with pytest.raises(Refused):
        demo.load(VISITOR)
    assert not site.holds_demo_data()


def test_it_never_mixes_with_units_that_are_there(db):
    make.unit()
    with pytest.raises(demo.NotEmpty):
        demo.load(COMMAND)
    assert Unit.select().count() == 1 and not site.holds_demo_data()


def test_loading_marks_bumps_and_is_written_down(db):
    before = versions.current(versions.DIRECTORY)
    made = demo.load(COMMAND)
    assert made == Unit.select().count() > 100
    assert site.holds_demo_data()
    assert versions.current(versions.DIRECTORY) > before
    assert AuditRow.select().order_by(AuditRow.id.desc()).first().action == "demo:load"
    with pytest.raises(demo.NotEmpty):
        demo.load(COMMAND)


class TestTheCounty:
    """What is in it."""

    @pytest.fixture(autouse=True)
    def load(self, db):
        """Load it."""
        demo.load(COMMAND)

    def test_every_number_and_address_is_from_what_is_kept_for_fiction(self):
        numbers = [
            row[0]
            for row in rows(
                "SELECT phone FROM person UNION SELECT switchboard FROM person UNION SELECT phone FROM unit"
            )
        ]
        assert all(FICTIONAL.fullmatch(number) for number in numbers if number)
        mails = [row[0] for row in rows("SELECT email FROM person UNION SELECT email FROM unit")]
        assert all(mail.endswith(".example") for mail in mails if mail)
        sites = [row[0] for row in rows("SELECT website FROM unit UNION SELECT concern_url FROM municipality")]
        assert all(re.fullmatch(r"https://[a-z]+\.example(/.*)?", site) for site in sites if site)
        assert all(unit.street.startswith("Exempelvägen ") for unit in Unit.select())

    def test_every_kind_of_life_is_shown(self):
        assert Municipality.select().where(Municipality.participates).count() == 9
        kinds = {unit.kind for unit in Unit.select(Unit.kind)}
        assert kinds >= BBA_KINDS - {Kind.FAMILY_DAYCARE, Kind.SPECIAL_SCHOOL}
        assert all(orgnr.is_valid(organizer.orgnr) for organizer in Organizer.select() if organizer.orgnr)
        today = clock.today()
        assert Person.select().where(Person.protected).exists()
        assert Unit.select().where(Unit.status == Status.DORMANT).exists()
        assert UnitSlug.select().exists()
        assert (
            Responsibility.select()
            .where(Responsibility.away_from <= today, Responsibility.away_until >= today)
            .exists()
        )
        for role in Role:
            assert Responsibility.select().where(Responsibility.role == role).exists()

    def test_some_units_lack_a_bba_but_most_have_one(self):
        expected = [unit for unit in Unit.select() if unit.kind in BBA_KINDS]
        without = [
            unit for unit in expected if not unit.responsibilities.where(Responsibility.role == Role.BBA).exists()
        ]
        assert 0 < len(without) < len(expected) / 10

    def test_everything_in_it_is_found_and_has_a_page(self):
        today = clock.today() + timedelta(days=0)
        for unit in Unit.select():
            assert directory.unit_page(unit.slug, today).unit.id == unit.id
        assert search.find("näckrosskolan", today=today).total
