"""Who has no account confirms closed minutes by link and code, without scripts, and sees only what is theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection, transaction
from tbb.models import AuditRow, Letter, Meeting, MeetingField, Participant
from tbb.services import (
    actors,
    consent_taking,
    consents,
    letters,
    meeting_links,
    meeting_mail,
    meeting_minutes,
    meeting_record,
    sealed_fields,
    tokens,
)
from tbb.services.consent_taking import Scope
from tbb.services.demo_cast import account_of
from tests import make_cases, make_meetings
from tests.at_work import units
from tests.conftest import go
from tests.people import send, signed_in, submit

SAID = {
    "voice.says": "Jag vill ha sällskap.",
    "area.trygghet.agreed": "Samma vuxna.",
    "area.hemmet.agreed": "Stöd hemma.",
    "area.relationer.agreed": "Kanariefågel.",
}
GUARDIAN, KARIN, INTERPRETER = "guardian", "karin", "interpreter"
GOOD, REMARK = "Jag har läst och det stämmer", "Det var torsdag, inte onsdag."


@pytest.fixture
def meeting(county) -> Meeting:
    """Minutes that are closed: a guardian, somebody of another service covered for trygghet, and an interpreter."""
    with connection():
        near, bba = units(), actors.of_account(account_of("bba"), strong=True)
        hidden = {"now.relationer.level": "stod", "now.relationer.see": "x", "now.relationer.hidden": "1"}
        case = make_cases.case(near["own"], state="collaborating", received_at=clock.now())
        sealed_fields.save(case, hidden)
        make_meetings.consent(bba, case, Scope(near["other"].id, areas=("trygghet",)))
        made = make_meetings.meeting(case, at=clock.now() - timedelta(minutes=20), kind="followup", state="held")
        make_meetings.participant(made, near["own"], account=account_of("personal"), attended="yes")
        make_meetings.participant(made, near["other"], attended="yes", who="")
        make_meetings.participant(made, attended="yes", language="ar")
        make_meetings.participant(made, role="interpreter", who="", attended="yes")
        _close(bba, made, case)
        return Meeting.get_by_id(made.id)


@transaction
def _close(bba, made, case) -> None:
    sealed_fields.save(
        made, SAID | {"area.relationer.why": "Togs upp.", "area.trygghet.why": "x", "area.hemmet.why": "x"}
    )
    meeting_record.close(bba, made)


def of(meeting: Meeting, who: str) -> Participant:
    """One of those without account."""
    role = {GUARDIAN: "guardian", KARIN: "professional", INTERPRETER: "interpreter"}[who]
    where = (Participant.meeting == meeting, Participant.account.is_null(), Participant.role == role)
    return Participant.get(*where)


def link(county, meeting: Meeting, who: str, language: str = "sv"):
    """A browser in which the code has been given, and the address of the personal link."""
    with connection():
        bba, person = actors.of_account(account_of("bba"), strong=True), of(meeting, who)
        code = meeting_links.new_code(bba, person)
        secret = transaction(tokens.issue)(meeting_mail.LINK, person.key, lasts=meeting_mail.LINK_LASTS, alone=False)
    client, path = county.test_client(), f"/{language}/svar/{secret}"
    send(client, go(client, path), path, {"code": code}, action="/kod")
    return client, path


def read(county, meeting, who, language="sv"):
    """The minutes as somebody reads them by their link."""
    client, path = link(county, meeting, who, language)
    assert f"{path}/anteckningar" in go(client, path).links
    return client, f"{path}/anteckningar", go(client, f"{path}/anteckningar")


def test_whoever_has_a_link_is_written_to_without_a_word_about_the_meeting(meeting):
    with connection():
        written = Letter.select().where(Letter.template == "meeting_confirm")
        facts = [letters.facts_of(letter) for letter in written]
        ends = {each.link_ends_at for each in (of(meeting, GUARDIAN), of(meeting, KARIN))}
        assert of(meeting, INTERPRETER).link_ends_at is None
    assert len(facts) == 2 and {letter.language for letter in written} == {"sv", "ar"}
    assert {tuple(sorted(each)) for each in facts} == {("path", "reference", "unit")}
    assert all(end > clock.now() + timedelta(days=29) for end in ends)


def test_a_guardian_reads_all_but_what_is_hidden_confirms_and_objects(county, meeting):
    client, path, shown = read(county, meeting, GUARDIAN)
    assert "Samma vuxna." in shown.words and "Stöd hemma." in shown.words and "Kanariefågel" not in shown.text
    assert "exempelsson.example" not in shown.text and "Gun" not in shown.title
    objected = send(client, shown, path, {"remark": REMARK}, action="/anmarkning")
    assert REMARK in objected.words and "Det du skrev ligger nu tillsammans" in objected.words
    thanked = send(client, objected, path, action="/bekrafta")
    assert "Du har sagt att det stämmer." in thanked.words and GOOD not in thanked.words
    with connection():
        assert of(meeting, GUARDIAN).confirmed_at is not None
        done = AuditRow.select().where(AuditRow.thing == "meeting", AuditRow.actor == "public")
        assert {"meeting:read", "meeting:confirm", "meeting:remark"} <= {row.action for row in done}
        assert REMARK.encode() not in b"".join(bytes(field.body) for field in MeetingField.select())
    holds = go(signed_in(county, "bba"), f"/moten/{meeting.key}/anteckningar/las")
    assert REMARK in holds.words and "har bekräftat" in holds.words


def test_somebody_of_another_service_reads_what_a_consent_covers_and_nobodys_remarks(county, meeting):
    with connection():
        nurse = actors.of_account(account_of("personal"), strong=True)
        meeting_minutes.confirm(nurse, meeting, "Bara mellan oss.")
    _client, _path, shown = read(county, meeting, KARIN)
    assert "Samma vuxna." in shown.words and "Stöd hemma." not in shown.text and "Bara mellan oss." not in shown.text
    with connection():
        bba = actors.of_account(account_of("bba"), strong=True)
        consent_taking.withdraw(bba, consents.of_case(meeting.case)[0].key)
    go(_client, _path, status=404)


def test_an_interpreter_reads_nothing_and_without_the_code_nobody_does(county, meeting):
    with connection():
        Participant.update(link_ends_at=clock.now() + timedelta(days=1)).where(
            Participant.role == "interpreter"
        ).execute()
    client, path = link(county, meeting, INTERPRETER)
    assert "Samma vuxna." not in go(client, f"{path}/anteckningar").text
    assert "Det finns inget att svara på nu." in go(client, path).words
    _client, other, shown = read(county, meeting, GUARDIAN)
    stranger = county.test_client()
    assert "Skriv koden" in go(stranger, other).words
    for action, data in (("/bekrafta", {}), ("/anmarkning", {"remark": "x"})):
        refused = stranger.post(other + action, data=shown.fields() | data, headers={"Sec-Fetch-Site": "same-origin"})
        assert refused.status_code == 403
        again = client.post(f"{path}/anteckningar{action}", data=shown.fields() | data | {"remark": "x"},
                            headers={"Sec-Fetch-Site": "same-origin"})  # fmt: skip
        assert again.status_code == 409
    with connection():
        assert not Participant.select().where(Participant.confirmed_at.is_null(False)).exists()


def test_what_cannot_be_kept_is_said_by_the_field_and_keeps_what_was_typed(county, meeting):
    client, path, shown = read(county, meeting, GUARDIAN)
    for typed, sentence in (("", "Skriv vad som inte stämmer."), ("Hon är 20121212-1212", "Ta bort personnumret.")):
        wrong = send(client, shown, path, {"remark": typed}, action="/anmarkning", status=422)
        assert sentence in wrong.words and wrong.soup.select_one("[name=remark]").get_text().strip() == typed
    for number in range(meeting_minutes.MOST_REMARKS):
        for _time in range(2):
            shown = send(client, shown, path, {"remark": f"Ord {number}"}, action="/anmarkning")
    assert "många anmärkningar" in send(client, shown, path, {"remark": "Ord"}, action="/anmarkning", status=422).words
    with connection():
        assert MeetingField.select().where(MeetingField.name.startswith("say.")).count() == meeting_minutes.MOST_REMARKS


def test_the_page_is_in_the_readers_language_and_what_people_wrote_is_marked_as_swedish(county, meeting):
    _client, _path, shown = read(county, meeting, GUARDIAN, "ar")
    assert shown.soup.html["dir"] == "rtl" and "ملاحظات الاجتماع" in shown.words
    assert all(bdi["lang"] == "sv" for bdi in shown.soup.select("main bdi.casewords") if "Samma" in bdi.get_text())


def test_whoever_holds_the_minutes_gives_a_new_code_and_sees_who_has_not_answered(county, meeting):
    bba, path = signed_in(county, "bba"), f"/moten/{meeting.key}/anteckningar/las"
    with connection():
        guardian = of(meeting, GUARDIAN)
    code = submit(bba, path, action=f"/personer/{guardian.key}/kod")
    assert "Ny kod" in code.words and len(code.soup.select_one(".linkcode").get_text().replace(" ", "")) == 6


def test_after_thirty_days_the_link_leads_nowhere(county, meeting, at):
    client, path, _shown = read(county, meeting, GUARDIAN)
    at(clock.now() + timedelta(days=31))
    go(client, path, status=404)
