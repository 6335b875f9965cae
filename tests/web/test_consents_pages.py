"""The pages of consent: the matrix, taking it back in two taps, on paper in every language, and what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import AuditRow, Case, Consent, ConsentException, Participant
from tbb.services import actors, consents
from tbb.services.consent_taking import Scope
from tbb.services.demo_cast import account_of
from tbb.web.language import LANGUAGES
from tests import heads, make_cases, make_meetings
from tests.at_work import units
from tests.conftest import go
from tests.people import filled_in, send, signed_in, submit


@pytest.fixture
def case(county) -> Case:
    """A case in which the BBA has written down that all three say yes to two services."""
    with connection():
        found = units()
        heads.head(found["other"])
        made = make_cases.case(found["own"], state="collaborating", received_at=clock.now())
        bba = actors.of_account(account_of("bba"), strong=True)
        make_meetings.consent(
            bba,
            made,
            Scope(found["other"], ("halsa", "trygghet"), ("meeting", "plan"), (("child", "halsa"),)),
            found["sister"],
        )
        return made


def path_of(case: Case, *more: str) -> str:
    """Where the consent of a case is."""
    return "/".join((f"/arenden/{case.key}/samtycke", *more))


def label(where: str) -> str:
    """What a unit is called."""
    with connection():
        return units()[where].label


def test_the_matrix_says_in_words_who_has_said_what_to_what(county, case):
    shown = go(signed_in(county, "bba"), path_of(case))
    assert "Båda vårdnadshavarna och barnet har sagt ja." in shown.words
    assert f"får berätta för {label('other')}" in shown.words
    assert "Om trygghet. Det gäller det som sägs på möten och planen för vad vi ska göra." in shown.words
    assert "GDPR" not in shown.text and "Alva" not in shown.title
    rows = [row.get_text(" ", strip=True) for row in shown.soup.select(".consenttable")[0].select("tbody tr")]
    tables = {table.find_previous("h2").get_text(): table for table in shown.soup.select(".consenttable")}
    theirs = next(table for heading, table in tables.items() if label("other") in heading)
    rows = {row.th.get_text(strip=True): row.get_text(" ", strip=True) for row in theirs.select("tbody tr")}
    assert set(rows) == {"Allt", "Hälsa", "Trygghet"}
    assert "Nej" in rows["Hälsa"] and "Delas inte" in rows["Hälsa"] and "Delas delvis" in rows["Allt"]
    assert rows["Trygghet"].count("Ja ") == 3
    assert all(cell.find("svg") for cell in theirs.select("tbody td")), "never by colour alone"


def test_one_cell_is_taken_back_in_two_taps_without_a_reason(county, case):
    client = signed_in(county, "bba")
    with connection():
        meeting = make_meetings.meeting(case, at=clock.now() + timedelta(days=7))
        theirs = make_meetings.participant(meeting, units()["other"], state="invited")
        others = make_meetings.participant(meeting, units()["sister"], state="invited")
    shown = go(client, path_of(case))
    (link,) = [
        link["href"]
        for link in shown.soup.select(".consenttable a")
        if link.get_text(" ", strip=True) == f"Ta tillbaka vårdnadshavare 2: allt till {label('other')}"
    ]
    with connection():
        before = list(Consent.select().dicts())
    done = submit(client, link, action=link)
    assert f"Inget delas med {label('other')}" in done.words and "Har tagit tillbaka sitt ja" in done.words
    with connection():
        assert list(Consent.select().dicts()) == before, "the version is as it was"
        assert Participant.get_by_id(theirs.id).state == "ended" and Participant.get_by_id(others.id).state == "invited"
        assert consents.covers(case, units()["sister"]) and not consents.covers(case, units()["other"])
    go(client, link, status=404)
    assert go(client, link, data=filled_in(done.soup.select_one("form")), status=404)


def test_all_is_taken_back_in_two_taps(county, case):
    client = signed_in(county, "bba")
    gone = submit(client, path_of(case, "aterkalla"), action="/aterkalla")
    assert "Samtycket är återkallat." in gone.words and "Ta tillbaka" not in gone.words
    with connection():
        assert Consent.get().withdrawn_at is not None
        other = make_cases.case(units()["own"], state="received", received_at=clock.now())
        mine = Consent.select().first()
    theirs = filled_in(gone.soup.select_one("form")) | {"consent": mine.key}
    go(client, path_of(other, "aterkalla"), data=theirs, status=404)
    assert "Det finns inget samtycke att återkalla." in go(client, path_of(case, "aterkalla")).words


def test_a_new_version_begins_with_the_one_before_and_keeps_what_was_typed(county, case):
    client = signed_in(county, "bba")
    shown = go(client, path_of(case, "nytt"))
    form = filled_in(shown.soup.select_one("form[action$='/samtycke']"))
    with connection():
        slug = units()["other"].slug
    assert form[f"{slug}-areas"] == ["halsa", "trygghet"] and form[f"{slug}-no_child"] == "halsa"
    today = str(clock.today())
    said = {
        name: value
        for who in ("guardian_1", "guardian_2", "child")
        for name, value in ((who, "yes"), (f"{who}_way", "oral"), (f"{who}_on", today))
    }
    told = said | {"deciders": "two", "information": "Bara det om trygghet.", "to": [slug]}
    for changed, problem in (
        ({f"{slug}-areas": None}, "Välj minst ett område för"),
        ({f"{slug}-kinds": None}, "Välj minst en sorts uppgifter för"),
        ({f"{slug}-kinds": "annat"}, "Välj minst en sorts uppgifter för"),
        ({"guardian_1_way": "written"}, "Skriv var det skriftliga samtycket finns."),
        ({"maturity": "alone", "child": "not_asked", "why_not_asked": "Liten."}, "Fråga barnet först"),
        ({"maturity": "annat"}, "Välj hur mycket barnets eget ja väger."),
    ):
        wrong = send(client, shown, path_of(case, "nytt"), told | changed, action="/samtycke", status=422)
        assert problem in wrong.words and "Bara det om trygghet." in wrong.text and wrong.title.startswith("Fel:")
    with connection():
        assert Consent.select().count() == 1
    written = told | {"guardian_1_way": "written", "paper": "Akt 7 i arkivskåpet.", "maturity": "with"}
    done = send(client, shown, path_of(case, "nytt"), written, action="/samtycke")
    assert "Visa en tidigare version" in done.words and "Barnets eget ja behövs." in done.words
    with connection():
        newest = consents.of_case(case)[0]
        assert (newest.version, newest.maturity, newest.paper) == (2, "with", "Akt 7 i arkivskåpet.")
        assert [party.areas for party in newest.parties] == [("halsa", "trygghet")]
        assert ConsentException.select().where(ConsentException.consent == Consent.get(Consent.version == 2)).count()


def test_on_paper_in_every_language_without_the_childs_name(county, case):
    client = signed_in(county, "bba")
    headings = set()
    for code, language in LANGUAGES.items():
        paper = go(client, path_of(case, "utskrift", code), language=code)
        html = paper.soup.html
        assert (html["lang"], html["dir"]) == (code, language.direction)
        assert "Alva" not in paper.text and "rende" not in paper.soup.select_one("main").get_text()
        assert case.reference in paper.words and label("other") in paper.words
        headings.add(paper.heading)
    assert len(headings) == len(LANGUAGES)
    with connection():
        assert AuditRow.select().where(AuditRow.outcome == "read", AuditRow.thing_id == case.reference).count() == 5


def test_others_are_told_nothing(county, case):
    with connection():
        number = Consent.get().parties.get().id * 24
    for persona in ("personal", "enhetschef", "granne", "ersattare", "huvudman", "processledare"):
        client = signed_in(county, persona)
        for more in ((), ("nytt",), ("utskrift", "sv"), ("aterkalla",), ("ta-tillbaka", str(number))):
            go(client, path_of(case, *more), status=404)


def test_an_anonymous_consultation_needs_none_and_has_no_form(county):
    with connection():
        nobody = make_cases.case(units()["own"], about="anonymous", state="mapping", received_at=clock.now())
    client = signed_in(county, "bba")
    assert "inget samtycke behövs" in go(client, path_of(nobody)).words
    assert "Skriv in ett samtycke" not in go(client, f"/arenden/{nobody.key}").words
    go(client, path_of(nobody, "nytt"), status=404)
