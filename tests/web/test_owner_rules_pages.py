"""The page of a huvudman's rules, and the list of units where nobody answers."""

from __future__ import annotations

from datetime import timedelta

from tbb import clock
from tbb.database import connection
from tbb.models import AuditRow, Grant, OwnerRules, Responsibility, Sitting
from tests import make_cases
from tests.at_work import units
from tests.conftest import go
from tests.people import signed_in, submit

PATH = "/arbetsyta/regler"
NOBODY = "/arbetsyta/utan-ansvarig"


def kept() -> list:
    """All that the page could change."""
    with connection():
        return list(OwnerRules.select().dicts())


def test_a_huvudman_decides_and_what_is_wrong_changes_nothing(county):
    client = signed_in(county, "huvudman")
    shown = go(client, PATH)
    assert "Ni har inte beslutat något än" in shown.words and "Eskilstuna kommun" in shown.words and not kept()
    decided = {"decision": "BUN 2026/7", "decided_on": str(clock.today() - timedelta(days=2)), "guardians": "one"}
    for typed, said in (
        ({"decision": ""}, "Skriv vilket beslut reglerna bygger på."),
        ({"decided_on": str(clock.today() + timedelta(days=2))}, "Skriv en dag som har varit."),
        ({"board_compulsory": ""}, "Skriv vilken nämnd"),
        ({"guardians": "none"}, "Välj vems ja som behövs."),
        ({"board_compulsory": "Nämnden 19121212-1212"}, "Ta bort personnumret"),
    ):
        wrong = submit(client, PATH, decided | typed, status=422)
        assert said in wrong.words and wrong.title.startswith("Fel:") and not kept()
    done = submit(client, PATH, decided | {"board_preschool": "Förskolenämnden"})
    assert "Sparat." in done.words and "Senast ändrat" in done.words
    assert done.soup.select_one("#board_preschool")["value"] == "Förskolenämnden"
    assert [(row["guardians"], row["decision"]) for row in kept()] == [("one", "BUN 2026/7")]
    wrong = submit(client, PATH, decided | {"seen": "x"}, status=422)
    assert "Någon annan har ändrat reglerna" in wrong.words


def test_others_find_no_rules_and_nobody_those_of_another(county):
    for persona in ("bba", "enhetschef", "personal", "processledare", "loggranskare"):
        go(signed_in(county, persona), PATH, status=404)
    with connection():
        theirs = units()["own"].organizer_id
    client = signed_in(county, "granne")
    go(client, f"{PATH}?huvudman={theirs}", status=404)
    decided = {"huvudman": str(theirs), "decision": "X 1", "decided_on": str(clock.today()), "guardians": "one"}
    submit(client, PATH, decided, status=404)
    assert not kept()
    admin = signed_in(county, "huvudman")
    with connection():
        Sitting.update(proved_at=clock.now() - timedelta(hours=1)).execute()
    assert PATH not in go(admin, PATH, follow=False, status=303).location, "who they are is asked once more"


def test_where_nobody_answers_is_listed_for_those_who_can_appoint(county):
    with connection():
        own = units()["own"]
        make_cases.case(own)
        Responsibility.delete().where(Responsibility.unit == own).execute()
        Grant.delete().where(Grant.unit == own, Grant.duty == "unit_head").execute()
        before = AuditRow.select().count()
    shown = go(signed_in(county, "huvudman"), NOBODY)
    assert own.label in shown.words and f"/arbetsyta/verksamheter/{own.slug}/ansvariga" in shown.links
    assert "Ingen svarar för en verksamhet" in go(signed_in(county, "huvudman"), "/arbetsyta").words
    assert own.label not in go(signed_in(county, "granne"), NOBODY).words
    go(signed_in(county, "bba"), NOBODY, status=404)
    with connection():
        assert AuditRow.select().where(AuditRow.outcome != "refused").count() == before
