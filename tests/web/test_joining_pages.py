"""The pages on which the county follows every independent organisation, and the organisation its own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection, rows
from tbb.models import Joining, Organizer
from tbb.services import agreements, joining
from tests import applications
from tests.conftest import go
from tests.people import send, signed_in, submit

LIST = "/arbetsyta/fristaende"


@pytest.fixture
def stage(county):
    """The demonstration with its independent organisations."""
    applications.stage(county)
    return county


@pytest.fixture
def leader(stage):
    """The browser of a process leader."""
    return signed_in(stage, "processledare")


@pytest.fixture
def own(stage):
    """The browser of the administrator of the joined organisation, and the address of its page."""
    return signed_in(stage, "friskola"), address("Eskilstuna")


def address(town: str) -> str:
    """The page of a town's independent organisation."""
    with connection():
        return f"{LIST}/{Organizer.get(Organizer.name == f'Föräldrakooperativet i {town}').id}"


def joining_of(path: str) -> Joining | None:
    """Where the organisation of a page stands."""
    with connection():
        return Joining.get_or_none(Joining.organizer == int(path.rpartition("/")[2]))


def everything() -> list:
    """All that a form could change."""
    with connection():
        tables = ("joining", "joining_note", "letter", "responsibility", "audit_row")
        return [rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables] + [rows('SELECT * FROM "grant"')]


def test_every_organization_is_listed_with_its_state(leader):
    page = go(leader, LIST)
    assert "9 organisationer" in page.words
    for words in ("Ansluten", "Erbjuden", "Träff bokad", "Workshop genomförd", "Avstått", "Inte erbjuden"):
        assert words in page.words
    assert "1 organisation" in go(leader, f"{LIST}?lage=joined").words
    assert "Föräldrakooperativet i Flen" in go(leader, f"{LIST}?kommun=flen").words
    assert "Ingen organisation passar" in go(leader, f"{LIST}?q=xyzzy").words
    for odd in ("sida=x", "sida=99999999", "sida=0", "lage=%3Cscript%3E", "kommun=%27", "q=%25_"):
        go(leader, f"{LIST}?{odd}")
    assert "<html" not in go(leader, f"{LIST}?kommun=flen", fragment=True).text


def test_the_list_is_a_table_for_spreadsheets_too(leader):
    with connection():
        Organizer.update(name="=HYPERLINK(1)").where(Organizer.name == "Föräldrakooperativet i Flen").execute()
    response = go(leader, f"{LIST}.csv?lage=offered")
    lines = response.get_data(as_text=True).splitlines()
    assert response.mimetype == "text/csv" and lines[0].startswith("\ufeffOrganisation;")
    assert len(lines) == 3 and lines[1].startswith("'=HYPERLINK")


@pytest.mark.parametrize("persona", ["huvudman", "styrgrupp", "loggranskare", "personal", "kommunikator"])
def test_to_others_there_is_nothing(stage, persona):
    client, page = signed_in(stage, persona), address("Eskilstuna")
    for path in (LIST, f"{LIST}.csv", f"{LIST}/erbjud", page, f"{page}/fornya", f"{page}/lamna"):
        go(client, path, status=404)


def test_an_administrator_sees_their_own_organization_and_no_other(own):
    client, page = own
    shown = go(client, page)
    assert "Vill ni fortsätta?" in shown.words and "Talade med rektorn" not in shown.text
    other = address("Flen")
    for path in (LIST, f"{LIST}/erbjud", other, f"{other}/fornya", f"{other}/lamna", f"{LIST}/999999"):
        go(client, path, status=404)
    before = everything()
    data = send_data(go(client, f"{page}/lamna"))
    go(client, page, data=data | {"on": "2026-01-01", "how": "phone", "note": "x"}, status=403)
    assert everything() == before


def test_looking_changes_nothing(leader, own):
    before = everything()
    for path in (LIST, f"{LIST}/erbjud", address("Flen"), f"{address('Eskilstuna')}/lamna"):
        go(leader, path)
    go(own[0], f"{own[1]}/fornya")
    assert everything() == before


def test_a_contact_is_noted_with_its_new_state(leader):
    page = address("Vingåker")
    before = everything()
    for wrong in ({"how": ""}, {"on": ""}, {"on": "2999-01-01"}, {"note": "19121212-1212"}, {"state": "joined"}):
        values = {"how": "phone", "on": clock.today().isoformat(), "note": "Ringde."} | wrong
        refused = submit(leader, page, values, status=422)
        assert refused.title.startswith("Fel:")
    assert everything() == before
    shown = submit(leader, page, {"how": "phone", "note": "De vill <b>veta</b> mer.", "state": "interested"})
    assert "Kontakten är sparad." in shown.words and "De vill <b>veta</b> mer." in shown.words
    assert joining_of(page).state == "interested"


def test_an_offer_is_previewed_and_written_for_those_that_are_ticked(leader):
    with connection():
        Joining.delete().where(Joining.state == "offered").execute()
    preview = go(leader, f"{LIST}/erbjud")
    boxes = preview.soup.select("input[name=organizations]")
    assert len(boxes) == 3 and all(box.has_attr("checked") for box in boxes)
    before = everything()
    none = send(leader, preview, f"{LIST}/erbjud", {"organizations": None, "how": "letter"}, status=422)
    assert "Välj minst en" in none.words
    other = send(leader, preview, "", {"organizations": ["999999"], "how": "letter"}, status=422)
    assert other.title.startswith("Fel:") and everything() == before
    ticked = [box["value"] for box in boxes[:2]]
    page = send(leader, preview, "", {"organizations": ticked, "how": "letter", "note": "Broschyr."})
    assert "noterat för 2 organisationer" in page.words
    assert len(go(leader, f"{LIST}/erbjud").soup.select("input[name=organizations]")) == 1


def test_yes_we_go_on_is_one_button(own):
    client, page = own
    day = joining_of(page).renew_by
    shown = go(client, f"{page}/fornya")
    assert [button.text for button in shown.soup.select("main form button")] == ["Ja, vi fortsätter"]
    for _ in range(2):
        send(client, shown, "")
    assert joining_of(page).renew_by == joining.a_year_after(day)
    assert "inget att svara på" in go(client, f"{page}/fornya").words


def test_a_new_agreement_must_be_read_and_ticked(own, monkeypatch):
    client, page = own
    with connection():
        Joining.update(agreement=0).execute()
    before = everything()
    assert "Kryssa i" in submit(client, f"{page}/fornya", status=422).words
    assert everything() == before
    submit(client, f"{page}/fornya", {"accepted": "y"})
    assert joining_of(page).agreement == agreements.CURRENT


def test_the_county_does_not_answer_for_the_organization(leader):
    go(leader, f"{address('Eskilstuna')}/fornya", status=404)


def test_leaving_takes_a_day_and_a_tick(own):
    client, page = own
    before = everything()
    past, last = clock.today() - timedelta(days=1), clock.today() + timedelta(days=5)
    for wrong in ({"sure": "y"}, {"last_day": last.isoformat()}, {"last_day": past.isoformat(), "sure": "y"}):
        assert submit(client, f"{page}/lamna", wrong, status=422).title.startswith("Fel:")
    assert everything() == before
    shown = submit(client, f"{page}/lamna", {"last_day": last.isoformat(), "sure": "y", "reason": "Vi flyttar."})
    assert "Sista dagen är" in shown.words
    assert joining_of(page).left_on == last
    assert "redan en sista dag" in go(client, f"{page}/lamna").words


def send_data(page) -> dict[str, str]:
    """What guards the form of a page."""
    return {each["name"]: each["value"] for each in page.soup.select("main form input[type=hidden]")}
