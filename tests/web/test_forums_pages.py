"""The pages of samverkansforum: the list, keeping one, bringing a case, the agenda, and what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import Account, AuditRow, Case, Forum, ForumDate, ForumItem, ForumMember
from tbb.services import actors
from tbb.services.demo_cast import account_of
from tests import make_cases, make_meetings
from tests.at_work import units
from tests.conftest import go
from tests.people import send, signed_in, submit


@pytest.fixture
def case(county) -> Case:
    """A case that its BBA has received."""
    with connection():
        return make_cases.case(units()["own"], state="collaborating", received_at=clock.now())


@pytest.fixture
def forum(county) -> Forum:
    """A forum of two services that sits in nine days; somebody comes for one of them."""
    with connection():
        made = make_meetings.forum(units()["own"], units()["own"], units()["sister"])
        ForumMember.update(account=account_of("ersattare")).where(ForumMember.unit == units()["sister"]).execute()
        make_meetings.sitting(made, clock.now() + timedelta(days=9))
        return made


def test_a_forum_is_made_filled_and_ended(county):
    client = signed_in(county, "huvudman")
    wrong = submit(client, "/samverkansforum/nytt", {"name": ""}, status=422)
    assert "Skriv vad forumet heter." in wrong.words
    made = submit(client, "/samverkansforum/nytt", {"name": "Forum Öst", "about": "För skolstart."})
    with connection():
        (forum,) = Forum.select().where(Forum.name == "Forum Öst")
        sister = units()["sister"]
    path = f"/samverkansforum/{forum.key}"
    found = go(client, f"{path}/andra?q={sister.label}")
    assert sister.label in found.words
    form = next(
        form for form in found.soup.select("form[action$='/medlemmar']") if form.select_one(f"[value={sister.slug}]")
    )
    values = {field["name"]: field["value"] for field in form.select("input")}
    added = go(client, form["action"], data=values)
    assert "Verksamheten är med." in added.words
    with connection():
        key, number = Account.get_by_id(account_of("ersattare")).key, forum.members.get().id
    said = send(client, added, path, {"account": key}, action=f"/medlemmar/{number}")
    assert said.soup.select_one("option[selected]")["value"] == key
    later = (clock.today() + timedelta(days=40)).isoformat()
    for typed, problem in (
        ({"day": "", "time": "13:00"}, "Skriv vilken dag"),
        ({"day": "2020-01-07", "time": "13:00"}, "som inte har varit"),
        ({"day": "2027-03-28", "time": "02:30"}, "ställs klockan om"),
        ({"day": later, "time": "13:00", "minutes": "7"}, "mellan 15 och 480"),
    ):
        wrong = submit(client, f"{path}/andra", typed, action="/traffar", status=422)
        assert problem in wrong.words and wrong.title.startswith("Fel:"), typed
    dated = submit(client, f"{path}/andra", {"day": later, "time": "13:00", "place": "Rådhuset"}, action="/traffar")
    assert "kl. 13.00–14.30" in dated.words and "Rådhuset" in dated.words
    meanwhile = go(client, f"{path}/andra")
    changed = send(client, dated, path, {"how": "Ring Leila först."}, action="/andra")
    assert "Sparat." in changed.words
    stale = send(client, meanwhile, path, {"how": "Mejla."}, action="/andra", status=409)
    assert "Någon annan har ändrat forumet." in stale.words and "Mejla." in stale.text
    cancelled = submit(client, f"{path}/andra", action="/stall-in")
    assert "Inställd" in cancelled.words
    shown = go(signed_in(county, "personal"), path)
    assert "Ring Leila först." in shown.words and "Inställd" in shown.words and "Dagordning" not in shown.words
    assert "Forumet är avslutat." in submit(client, f"{path}/andra", action="/avsluta").words
    go(client, path, status=404)
    assert made.title


def test_a_case_is_brought_with_consent_and_read_by_who_comes(county, case, forum):
    client, path = signed_in(county, "bba"), f"/arenden/{case.key}/samverkansforum"
    with connection():
        date = ForumDate.get(ForumDate.forum == forum)
        sister = units()["sister"]
    shown = go(client, path)
    assert "Det saknas ett samtycke" in shown.words and not shown.soup.select("form[action$='/samverkansforum']")
    token = {field["name"]: field["value"] for field in shown.soup.select("header form input")}
    told = go(client, path, data=token | {"date": date.key}, status=409)
    assert "Samtycke saknas" in told.words and sister.label in told.words
    with connection():
        assert not ForumItem.select().exists()
        make_meetings.consent(actors.of_account(account_of("bba"), strong=True), case, sister)
    brought = submit(client, path, action="/samverkansforum")
    assert "Här är ärendet med" in brought.words
    reader, agenda = signed_in(county, "ersattare"), f"/samverkansforum/{forum.key}/traffar/{date.key}"
    assert agenda in go(reader, f"/samverkansforum/{forum.key}").links
    read = go(reader, agenda)
    assert case.reference in read.words and "Trygghet" in read.words and "Alva" not in read.text
    with connection():
        looked = AuditRow.get(AuditRow.action == "forum:agenda", AuditRow.outcome == "read")
        assert looked.thing_id == case.reference
    for persona in ("bba", "huvudman", "processledare", "personal", "granne"):
        go(signed_in(county, persona), agenda, status=404)
    gone = submit(client, path, action="/ta-bort")
    assert "Borttaget" in gone.words and case.reference not in go(reader, agenda).words


def test_others_may_look_at_a_forum_and_not_change_it(county, case, forum):
    client, path = signed_in(county, "granne"), f"/samverkansforum/{forum.key}"
    assert "Ändra forumet" not in go(client, path).words
    go(client, f"{path}/andra", status=403)
    go(signed_in(county, "personal"), f"{path}/andra", status=404)
    for persona in ("personal", "enhetschef", "huvudman", "granne"):
        go(signed_in(county, persona), f"/arenden/{case.key}/samverkansforum", status=404)
