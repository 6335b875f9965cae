"""Borders of secrecy: between huvudmän, between the boards of one, and as a huvudman itself has decided."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import AuditRow, Organizer, OwnerRules, Unit
from tbb.policy import Refused
from tbb.services import actors, borders, owner_rules
from tbb.services.demo_cast import account_of
from tests import make
from tests.at_work import units


@pytest.fixture
def here(county):
    """The demo county with a connection."""
    with connection():
        yield units()


def of_kind(organizer: int, kind: str) -> Unit:
    """A unit of a huvudman that is of a kind."""
    return Unit.get_or_none(Unit.organizer == organizer, Unit.kind == kind) or make.unit(
        f"En {kind}", kind=kind, organizer=Organizer.get_by_id(organizer)
    )


def decide(organizer: int, persona: str = "huvudman", **more) -> tuple[str, ...]:
    """Let an administrator decide."""
    shown = owner_rules.show(actors.of_account(account_of("huvudman"), strong=True), organizer)
    given = {
        "guardians": "both",
        "regime": "osl",
        "boards": {},
        "decided_on": clock.today() - timedelta(days=1),
        "decision": "BUN 2026/1",
        "seen": shown.version,
    }
    return owner_rules.change(actors.of_account(account_of(persona), strong=True), organizer, **given | more)


def test_where_borders_go_when_nobody_has_decided(here):
    own, sister, other = here["own"], here["sister"], here["other"]
    social = of_kind(own.organizer_id, "social_services")
    assert not borders.between(own, own).crosses
    assert not borders.between(own, sister).crosses, "two schools of one nämnd"
    assert "annan huvudman" in borders.between(own, other).why
    assert "annan nämnd" in borders.between(own, social).why, "also within the municipality"
    assert borders.between(social, own).crosses
    lone = make.unit("Utan huvudman", organizer=None)
    assert borders.between(lone, lone).crosses, "nobody knows whose it is"
    friends = Organizer.get(Organizer.name == "Föräldrakooperativet i Eskilstuna")
    assert borders.rules_of(friends.id).regime == "skollagen"
    assert borders.rules_of(own.organizer_id) == borders.Rules("both", {}, "osl")


def test_a_huvudman_draws_its_own_borders(here):
    own, sister = here["own"], here["sister"]
    preschool, social = of_kind(own.organizer_id, "preschool"), of_kind(own.organizer_id, "social_services")
    assert not borders.between(own, preschool).crosses
    boards = {"preschool": "Förskolenämnden", "compulsory": "Skolnämnden", "social_services": "skolnämnden  "}
    decide(own.organizer_id, boards=boards)
    assert borders.between(own, preschool).crosses
    assert not borders.between(own, sister).crosses
    assert not borders.between(own, social).crosses, "letters' case and blanks make no border"
    assert borders.between(here["other"], of_kind(here["other"].organizer_id, "social_services")).crosses, "elsewhere"


def test_deciding_is_for_the_huvudman_and_overwrites_nobody(here):
    organizer = here["own"].organizer_id
    for persona in ("granne", "enhetschef", "bba", "processledare"):
        with pytest.raises(Refused):
            decide(organizer, persona)
    assert owner_rules.show(actors.of_account(account_of("granne")), organizer) is None
    assert set(decide(organizer, guardians="one")) == {"guardians", "regime", "boards", "decided_on", "decision"}
    assert decide(organizer, guardians="one") == (), "nothing new"
    with pytest.raises(owner_rules.ChangedMeanwhile):
        decide(organizer, seen="")
    with pytest.raises(owner_rules.UnknownKind):
        decide(organizer, boards={"bvc": "Regionen"})
    assert OwnerRules.select().count() == 1
    told = AuditRow.get(AuditRow.action == "rules:change")
    assert (told.organizer, told.thing) == (organizer, "rules") and "guardians" in told.fields
