"""The pages of forgetting: decide, propose, approve by a second one, hold back, and print the receipt."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tbb import clock, database
from tbb.database import connection
from tbb.models import AuditRow, Case, Forgetting, Grant, Hold, Letter, RetentionRule
from tbb.services import forgetting
from tbb.services.demo_cast import account_of
from tests import make_cases
from tests.at_work import units
from tests.conftest import go
from tests.people import signed_in, submit

ROOT = "/arbetsyta/gallring"


@pytest.fixture
def old(county):
    """A case that was closed two years ago, in a county where a second administrator is appointed."""
    with connection(), database.db.atomic():
        own = units()["own"]
        Grant.create(
            account=account_of("processledare2"),
            duty="organizer_admin",
            organizer=own.organizer_id,
            starts_on=date(2026, 1, 1),
            given_at=clock.now(),
        )
        return make_cases.case(own, state="closed", closed_at=clock.now() - timedelta(days=800))


@pytest.fixture
def admin(county, old):
    """The browser of the administrator of the municipality."""
    return signed_in(county, "huvudman")


def kept() -> list:
    """All that these pages could change."""
    with connection():
        return [list(each.select().dicts()) for each in (RetentionRule, Forgetting, Hold, Letter, Case)]


def at_own(action: str) -> str:
    """How the address ends that a form of the municipality's is sent to."""
    with connection():
        return f"{action}?huvudman={units()['own'].organizer_id}"


def decided(client, days: object = 730, **more: object):
    """Send in a decision about cases of children."""
    told = {"days": str(days), "decision": "BUN 2026/117 § 42", "decided_on": "2026-09-01"} | more
    return submit(client, f"{ROOT}/regler/child", told, action=at_own("/child"), status=more.pop("status", 200))


def listed(client) -> str:
    """Draw up a list; give its address."""
    submit(client, ROOT, action=at_own("/listor"))
    with connection():
        return f"{ROOT}/listor/{Forgetting.select().order_by(Forgetting.id.desc()).first().key}"


def test_from_decision_to_receipt_by_two(county, admin, old):
    shown = go(admin, ROOT)
    assert "Tills vidare" in shown.words and shown.title.startswith("Gallring")
    assert "Inget har sparats så länge" in submit(admin, ROOT, action=at_own("/listor")).words
    decided(admin)
    path = listed(admin)
    page = go(admin, path)
    assert old.reference in page.words and "Alva" not in page.text and old.key not in page.text
    wrong = submit(admin, f"{path}/foresla", action="/foresla", status=422)
    assert "Gå igenom listan och kryssa i rutan." in wrong.words
    assert (
        "Väntar på en annan administratör" in submit(admin, f"{path}/foresla", {"seen": "y"}, action="/foresla").words
    )
    assert "godkann" not in str(go(admin, path).links)
    own = admin.get(f"{path}/godkann")
    assert own.status_code == 303, "one does not approve one's own proposal"
    other = signed_in(county, "processledare2")
    assert "Det går inte att ångra" in go(other, f"{path}/godkann").words
    submit(other, f"{path}/godkann", {"seen": "y"}, action="/godkann")
    with connection():
        assert forgetting.carry_out() == 1 and Case.select().count() == 0
    receipt = go(admin, path)
    assert "Kvitto på gallring" in receipt.words and "Gallrat" in receipt.words and old.reference in receipt.words
    assert receipt.soup.select_one("[data-print]")
    assert old.reference not in go(admin, ROOT).words and "1 av 1" in go(admin, ROOT).words
    with connection():
        (read,) = {row.thing_id for row in AuditRow.select().where(AuditRow.action == "forgetting:read")}
    assert path.endswith(read)


def test_looking_changes_nothing_and_others_are_told_nothing(county, admin, old):
    decided(admin)
    path = listed(admin)
    before = kept()
    for page in (ROOT, path, f"{path}/foresla", f"{ROOT}/regler/child", f"/arenden/{old.key}/undanta"):
        go(admin, page)
    for persona in ("granne", "bba", "enhetschef", "processledare", "loggranskare", "drift"):
        client = signed_in(county, persona)
        for page in (path, f"{path}/foresla"):
            go(client, page, status=404)
    for persona in ("bba", "processledare", "styrgrupp"):
        go(signed_in(county, persona), ROOT, status=404)
    for page in (f"{ROOT}/regler/finns-inte", f"{ROOT}/listor/{'0' * 32}", f"{ROOT}?huvudman=999999"):
        go(admin, page, status=404)
    assert county.test_client().get(ROOT).status_code == 303
    assert kept() == before


def test_a_decision_that_is_wrong_keeps_what_was_typed_and_changes_nothing(admin):
    before = kept()
    page = submit(
        admin,
        f"{ROOT}/regler/child",
        {"days": "7", "decision": "", "decided_on": "2031-01-01"},
        action=at_own("/child"),
        status=422,
    )
    for words in ("Skriv ett tal från 30 till 11 000.", "Skriv beslutets beteckning.", "Dagen kan inte ligga framåt"):
        assert words in page.words
    assert page.soup.select_one("#days")["value"] == "7" and page.title.startswith("Fel:")
    assert kept() == before
    decided(admin, 900)
    shown = go(admin, f"{ROOT}/regler/child")
    assert shown.soup.select_one("#days")["value"] == "900"
    assert "BUN 2026/117" in go(admin, ROOT).words
    submit(admin, f"{ROOT}/regler/child", action=at_own("/ta-bort"))
    with connection():
        assert RetentionRule.select().count() == 0


def test_a_list_can_be_stopped(admin):
    decided(admin)
    path = listed(admin)
    assert "Listan är stoppad" in submit(admin, path, action="/stoppa").words
    with connection():
        assert Forgetting.get().state == "stopped"


def test_a_case_is_held_back_by_reference_or_by_those_who_answer_for_it(county, admin, old):
    unknown = submit(admin, ROOT, {"reference": "B-FINNSE"}, action=at_own("/undanta"), status=422)
    assert "Det finns inget ärende hos er med den beteckningen." in unknown.words
    assert unknown.soup.select_one("#reference")["value"] == "B-FINNSE"
    page = submit(admin, ROOT, {"reference": old.reference.lower()}, action=at_own("/undanta"))
    assert old.reference in page.words and "Alva" not in page.text
    path = f"/arenden/{old.key}/undanta"
    wrong = submit(admin, path, {"reason": "19121212-1212"}, action="/undanta", status=422)
    assert "personnumret" in wrong.words
    submit(admin, path, {"reason": "Begäran om registerutdrag, dnr 2026/31"}, action="/undanta")
    bba = signed_in(county, "bba")
    assert "dnr 2026/31" in go(bba, path).words
    submit(bba, path, action="/hav")
    assert "Tidigare undantag" in go(admin, path).words
    for persona in ("granne", "personal", "delegerad", "loggranskare"):
        go(signed_in(county, persona), path, status=404)
    with connection():
        read = AuditRow.select().where(AuditRow.action == "case:hold-read", AuditRow.outcome == "read")
        assert read.count() >= 4 and {row.thing_id for row in read} == {old.reference}
