"""The coverage board: figures within reach, no persons for the steering group, reminders looked at first and undone."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection, rows
from tbb.models import CoverageRecord, Letter, Responsibility
from tbb.services import coverage, terms
from tests.conftest import go
from tests.people import send, signed_in, submit

BOARD = "/arbetsyta/laget"
STARTS = ((1, 10), (8, 20))


def table(client, query: str = "") -> list[list[str]]:
    """The board as a spreadsheet reads it."""
    text = go(client, f"{BOARD}.csv{query}").get_data().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def unit_of(wrong: str) -> list[int]:
    """Units of Eskilstuna kommun that stand so, by number."""
    from tbb.services.demo_cast import account_of

    with connection():
        from tbb.services.actors import of_account

        who = of_account(account_of("huvudman"))
        found = coverage.board(who, coverage.Choice(wrong=wrong), STARTS)
        return [line.number for line in found.lines]


def test_the_county_sees_all_municipalities_and_an_organizer_its_own(county):
    county_page = go(signed_in(county, "processledare"), BOARD)
    assert all(name in county_page.text for name in ("Vingåker", "Eskilstuna", "Trosa"))
    own = go(signed_in(county, "huvudman"), BOARD)
    assert "Eskilstuna" in own.text and "Vingåker" not in own.text
    codes = {row[0] for row in table(signed_in(county, "granne"))[1:]}
    assert codes == {"Flen"}


def test_the_figures_are_right(county):
    with connection():
        wanted = rows(
            "SELECT COUNT(*) FROM unit WHERE status = 'active' AND kind IN ('preschool', 'compulsory', 'bvc', 'kaa',"
            " 'upper_secondary', 'upper_secondary_adapted', 'compulsory_adapted', 'home_followup')"
        )[0][0]
        lacking = rows(
            "SELECT COUNT(*) FROM unit u WHERE status = 'active' AND kind NOT IN ('social_services', 'family_centre')"
            " AND NOT EXISTS (SELECT 1 FROM responsibility r WHERE r.unit_id = u.id AND r.role = 'bba'"
            " AND r.starts_on <= ? AND (r.ends_on IS NULL OR r.ends_on >= ?))",
            (clock.today(), clock.today()),
        )[0][0]
    text = go(signed_in(county, "processledare"), BOARD).soup.select_one("h1").get_text()
    assert text.startswith(f"{wanted - lacking} av {wanted} ")


def test_the_steering_group_sees_figures_and_no_persons_or_units(county):
    client = signed_in(county, "styrgrupp")
    text = go(client, BOARD).text
    with connection():
        names = [row[0] for row in rows("SELECT name FROM person WHERE name <> ''")]
        labels = [row[0] for row in rows("SELECT name FROM unit WHERE kind = 'compulsory'")]
    assert "Eskilstuna" in text and not [name for name in (*names, *labels) if name in text]
    assert table(client)[0] == ["Kommun", "Verksamheter", "Med ansvarig", "Bekräftade"]
    go(client, f"{BOARD}/paminn", status=404, method="POST", data={})


@pytest.mark.parametrize("who", ["personal", "bba", "enhetschef", "kommunikator", "loggranskare", "drift"])
def test_to_others_there_is_no_board(county, who):
    for path in (BOARD, f"{BOARD}.csv"):
        go(signed_in(county, who), path, status=404)


def test_the_board_is_narrowed_by_what_is_wrong_by_place_and_by_words(county):
    client = signed_in(county, "processledare")
    missing = table(client, "?wrong=missing")[1:]
    assert missing and {row[4] for row in missing} == {"nej"}
    unconfirmed = table(client, "?wrong=unconfirmed&municipality=0482")[1:]
    assert {row[0] for row in unconfirmed} <= {"Flen"} and {row[5] for row in unconfirmed} <= {"nej"}
    assert {row[0] for row in table(client, "?text=vingåker")[1:]} == {"Vingåker"}
    assert len(table(client, "?wrong=xyzzy")) == len(table(client))
    fragment = go(client, f"{BOARD}?wrong=missing&sida=2", fragment=True).get_data(as_text=True)
    assert "<html" not in fragment


def test_a_mandate_given_by_nobody_knows_when_counts_as_missing(county):
    before = len(unit_of("no_mandate"))
    with connection():
        first = Responsibility.select().where(Responsibility.mandate == "delegated").first()
        Responsibility.update(mandate_on=None).where(Responsibility.id == first.id).execute()
    assert len(unit_of("no_mandate")) == before + 1


def test_a_reminder_is_looked_at_first_waits_five_minutes_and_can_be_undone(county):
    client, number = signed_in(county, "huvudman"), unit_of("unconfirmed")[0]
    with connection():
        before = Letter.select().count()
    shown = submit(client, BOARD, {"unit": str(number)}, action="/paminn")
    assert "Ett brev skickas" in shown.text and "@tbb.example" in shown.text
    with connection():
        assert Letter.select().count() == before
    waits = send(client, shown, BOARD, action="/skicka")
    assert "Ett brev går om fem minuter" in waits.text
    with connection():
        letter = Letter.get(Letter.template == "coverage_reminder")
        assert letter.next_at > clock.now() + timedelta(minutes=4)
    assert "1 brev är stoppade" in send(client, waits, BOARD, action="/angra").text
    with connection():
        assert Letter.select().count() == before


def test_nobody_undoes_anothers_letters_or_reminds_of_anothers_units(county):
    client, number = signed_in(county, "huvudman"), unit_of("unconfirmed")[0]
    shown = submit(client, BOARD, {"unit": str(number)}, action="/paminn")
    send(client, shown, BOARD, action="/skicka")
    with connection():
        batch = Letter.get(Letter.template == "coverage_reminder").dedupe.split(":")[2]
    go(signed_in(county, "granne"), f"{BOARD}/paminn/{batch}", status=404)
    strange = submit(signed_in(county, "granne"), BOARD, {"unit": str(number)}, action="/paminn")
    assert "Inget att påminna om" in strange.text


def test_reminding_of_nothing_says_what_to_do(county):
    assert "Välj minst en verksamhet" in submit(signed_in(county, "huvudman"), BOARD, action="/paminn").text


def test_the_trend_keeps_the_last_count_of_each_term(county):
    with connection():
        CoverageRecord.delete().execute()
        first = coverage.keep_record(STARTS)
        assert coverage.keep_record(STARTS) == first == CoverageRecord.select().count()
        CoverageRecord.update(term="HT2024", with_bba=0).execute()
        coverage.keep_record(STARTS)
    text = go(signed_in(county, "processledare"), BOARD).text
    now = terms.term_of(clock.today(), STARTS).code
    now = f"{now[:2]} {now[2:]}"
    assert "HT 2024" in text and now in text and text.index("HT 2024") < text.index(now)
