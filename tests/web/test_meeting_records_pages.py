"""The pages of a meeting without scripts: recorded, merged, closed in the right order alone, read and confirmed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import AuditRow, Coordinator, Letter, Meeting, MeetingField, Participant, Plan
from tbb.services import actors, coordinators, sealed_fields, weeks
from tbb.services.consent_taking import Scope
from tbb.services.demo_cast import account_of
from tests import make_cases, make_meetings
from tests.at_work import units
from tests.conftest import go
from tests.people import send, signed_in, submit

EVERY = ("/anteckningar", "/anteckningar/las", "/anteckningar/skriv-ut", "/anteckningar/ratta", "/samordningsperson",
         "/avsluta")  # fmt: skip
SECRET = "Jag vill bo hos mormor."


@pytest.fixture
def meeting(county) -> Meeting:
    """A meeting that is going on: the nurse, the neighbour for trygghet alone, and a guardian."""
    with connection():
        near, bba = units(), actors.of_account(account_of("bba"), strong=True)
        case = make_cases.case(near["own"], state="collaborating", received_at=clock.now())
        make_meetings.consent(bba, case, Scope(near["other"].id, areas=("trygghet",)))
        made = make_meetings.meeting(case, at=clock.now() - timedelta(minutes=20))
        make_meetings.participant(made, near["own"], account=account_of("personal"))
        make_meetings.participant(made, near["other"], account=account_of("granne"))
        make_meetings.participant(made)
        return made


@pytest.fixture
def bba(county):
    """The browser of the own unit's BBA."""
    return signed_in(county, "bba")


def path(meeting: Meeting, more: str = "/anteckningar") -> str:
    """An address of the meeting."""
    return f"/moten/{meeting.key}{more}"


def key_of(meeting: Meeting, persona: str) -> str:
    """The key of the part that one of the cast has."""
    with connection():
        return Participant.get(Participant.meeting == meeting, Participant.account == account_of(persona)).key


def said(meeting: Meeting) -> dict[str, str]:
    """What is written."""
    with connection():
        return sealed_fields.texts(Meeting.get_by_id(meeting.id))


def kept() -> list:
    """All that these pages could change."""
    with connection():
        models = (Meeting, MeetingField, Participant, Coordinator, Plan, Letter)
        return [list(model.select().dicts()) for model in models]


def filled(meeting: Meeting, page) -> dict[str, str]:
    """All that closing wants, but the samordningsperson, as it is typed on a page."""
    row = page.soup.select_one(".recordaction textarea")["name"].rpartition(".")[0]
    came = {field["name"]: "yes" for field in page.soup.select("[name^='attended.']")}
    with connection():
        week = weeks.coming(3)[-1].isoformat()
    return came | {
        "voice.says": SECRET, "area.trygghet.agreed": "Samma vuxna.", "area.hemmet.agreed": "Familjen får stöd.",
        f"{row}.what": "Möter vid dörren", f"{row}.who": key_of(meeting, "personal"), f"{row}.by": week,
        "followup.day": (clock.today() + timedelta(days=40)).isoformat(), "followup.time": "13:00",
        "followup.minutes": "45", "followup.agreed": "1",
    }  # fmt: skip


def record(bba, meeting: Meeting, more: dict[str, str] | None = None):
    """Write the whole record."""
    shown = go(bba, path(meeting))
    return send(bba, shown, path(meeting), filled(meeting, shown) | (more or {}), action="/anteckningar")


def appoint(bba, meeting: Meeting, **more):
    """Appoint the nurse, as the child wishes."""
    nurse = key_of(meeting, "personal")
    return submit(bba, path(meeting, "/samordningsperson"), {"child_asked": "yes", "wish": nurse, "participant": nurse},
                  action="/samordningsperson", **more)  # fmt: skip


def test_every_page_names_nobody_in_its_title_and_carries_the_notice(meeting, bba):
    before = kept()
    for more in EVERY:
        shown = go(bba, path(meeting, more))
        assert "Alva" not in shown.title and "skyldigheten att göra orosanmälningar" in shown.words, more
    assert kept() == before
    with connection():
        read = AuditRow.select().where(AuditRow.thing_id == meeting.reference, AuditRow.outcome == "read")
        assert {row.action for row in read} == {"meeting:record", "meeting:read"} and read.count() == len(EVERY)


def test_to_others_no_page_is_there_and_who_takes_part_only_reads(meeting, county):
    before = kept()
    for persona in ("huvudman", "enhetschef", "processledare", "ersattare"):
        client = signed_in(county, persona)
        for more in EVERY:
            go(client, path(meeting, more), status=404)
    neighbour = signed_in(county, "granne")
    for more in EVERY:
        reads = more in ("/anteckningar/las", "/anteckningar/skriv-ut")
        assert neighbour.get(path(meeting, more)).status_code in ((200,) if reads else (403, 404)), more
    assert "Du kan läsa dem när mötet är avslutat." in go(neighbour, path(meeting, "/anteckningar/las")).words
    assert kept() == before


def test_the_page_begins_with_the_child_and_the_flagged_areas_and_keeps_what_is_typed(meeting, bba):
    shown = go(bba, path(meeting))
    assert [area["id"] for area in shown.soup.select(".recordform > section > fieldset.area")] == [
        "omrade-trygghet", "omrade-hemmet",
    ]  # fmt: skip
    assert "Vad står i vägen för barnets välmående?" in shown.text and "Går inte gärna ut på rasten." in shown.words
    parts = [heading.get_text(strip=True).lstrip("123456") for heading in shown.soup.select(".recordform h2")]
    assert parts == ["Vilka är med?", "Barnet först", "Område för område", "Samordningsperson",
                     "Vem gör vad, till när?", "Uppföljning"]  # fmt: skip
    wrong = {"voice.says": "Ring 19121212-1212.", "area.trygghet.agreed": "Samma vuxna."}
    before = kept()
    refused = send(bba, shown, path(meeting), wrong, action="/anteckningar", status=422)
    assert refused.title.startswith("Fel:") and "19121212-1212" in refused.text and "Samma vuxna." in refused.text
    assert kept() == before
    no_reason = send(bba, go(bba, path(meeting)), path(meeting), {"area.halsa.agreed": "Sömnen."},
                     action="/anteckningar", status=422)  # fmt: skip
    assert "Skriv varför ni tar upp hälsa." in no_reason.words and kept() == before
    long = {"area.trygghet.agreed": "å" * 1001}
    assert "Skriv högst 1000 tecken." in submit(bba, path(meeting), long, action="/anteckningar", status=422).words
    saved = record(bba, meeting)
    assert "Sparat." in saved.words and said(meeting)["voice.says"] == SECRET
    warned = submit(bba, path(meeting), {"sum.agreed": "Ring 070-174 06 12."}, action="/anteckningar")
    assert "Läs igenom texten en gång till" in warned.words and "070-174" in said(meeting)["sum.agreed"]


def test_two_who_write_the_same_field_put_their_words_together(meeting, bba):
    address = path(meeting)
    mine, theirs = go(bba, address), go(bba, address)
    send(bba, theirs, address, {"voice.says": "Deras.", "sum.agreed": "Mer."}, action="/anteckningar")
    both = send(bba, mine, address, {"voice.says": "Mitt.", "area.hemmet.agreed": "Stöd."}, action="/anteckningar",
                status=409)  # fmt: skip
    assert "Någon annan har skrivit samtidigt" in both.words and "area.hemmet.agreed" not in said(meeting)
    assert both.soup.select_one("textarea").get_text().strip() == "Deras.\n\nMitt."
    send(bba, both, address, {"voice.says": "Vårt."}, action="/anteckningar")
    assert said(meeting) == {"voice.says": "Vårt.", "sum.agreed": "Mer.", "area.hemmet.agreed": "Stöd."}


def test_the_page_saves_by_itself_field_by_field(meeting, bba):
    shown = go(bba, path(meeting))
    form = shown.soup.select_one("form[data-autosave]")
    token = form.select_one("[name=csrf_token]")["value"]

    def keep(**fields):
        return bba.post(form["data-autosave"], data={"csrf_token": token, "seen": "{}"} | fields,
                        headers={"Sec-Fetch-Site": "same-origin"})  # fmt: skip

    answer = keep(
        **{"voice.says": "Hej.", "sum.agreed": "19121212-1212", f"attended.{key_of(meeting, 'granne')}": "no"}
    )
    told = answer.get_json()
    assert answer.status_code == 200 and set(told["problems"]) == {"sum.agreed"} and "Sparat" in told["saved"]
    assert said(meeting) == {"voice.says": "Hej."}
    once_more = keep(**{"voice.says": "Och hej."}).get_json()
    assert once_more["merged"] == {"voice.says": "Hej.\nOch hej."}
    with connection():
        Meeting.update(state="cancelled").where(Meeting.id == meeting.id).execute()
    assert keep(**{"voice.says": "Nytt."}).status_code == 409 and said(meeting) == {"voice.says": "Hej.\nOch hej."}


def test_no_step_can_be_skipped_by_a_form_that_is_sent_directly(meeting, bba):
    page = go(bba, path(meeting, "/anteckningar/las"))
    token = page.soup.select_one("[name=csrf_token]")["value"]

    def post(more: str, **fields) -> int:
        data = {"csrf_token": token, "once": f"{more:o<24}"[:40] + str(len(fields)), **fields}
        return bba.post(path(meeting, more), data=data, headers={"Sec-Fetch-Site": "same-origin"}).status_code

    nurse = key_of(meeting, "personal")
    chosen = {"child_asked": "yes", "wish": nurse, "participant": nurse}
    before = kept()
    assert post("/avsluta") == 409, "nothing is written"
    assert post("/samordningsperson", **chosen) == 409, "the nurse is not noted as having come"
    assert post("/samordningsperson", **chosen | {"wish": "other"}) == 422, "no special reasons are told"
    assert post("/anteckningar/ratta", text="x") == 409 and post("/anteckningar/bekrafta/" + "0" * 32) in (404, 409)
    assert post("/anteckningar/bekrafta") == 403
    with connection():
        Meeting.update(starts_at=clock.now() + timedelta(hours=1), ends_at=clock.now() + timedelta(hours=2)).execute()
    before_it_begins = kept()
    assert post("/anteckningar", **{"voice.says": "x", "seen": "{}"}) == 409
    assert post("/samordningsperson", **chosen, agreed="y") == 409 and post("/avsluta", again="1") == 409
    assert kept() == before_it_begins and kept()[1:] == before[1:]


def test_from_the_first_word_to_confirmed_minutes(meeting, bba, county):
    record(bba, meeting)
    lacks = go(bba, path(meeting, "/avsluta"))
    assert "Vem som är samordningsperson" in lacks.words and path(meeting, "/samordningsperson") in lacks.links
    appointed = appoint(bba, meeting)
    assert "Samordningspersonen är utsedd." in appointed.words and "Barnet valde själv." in appointed.words
    assert not submit(bba, path(meeting, "/avsluta"), action="/avsluta").title.startswith("Fel")
    with connection():
        assert Meeting.get_by_id(meeting.id).state == "closed" and Plan.get(Plan.case == meeting.case).followup
    shown = go(bba, path(meeting))
    assert shown.response.request.path.endswith("/las") and "åt samordningspersonen." in shown.words
    neighbour = signed_in(county, "granne")
    reading = path(meeting, "/anteckningar/las")
    seen = go(neighbour, reading)
    assert "Samma vuxna." in seen.words and "Familjen får stöd." not in seen.text
    assert "Du ser de områden som samtycket gäller" in seen.words
    remarked = submit(
        neighbour, path(meeting, "/anteckningar/las"), {"remark": "Det var torsdag."}, action="/anmarkning"
    )
    assert "Tack. Det är antecknat." in remarked.words and "Det var torsdag." in remarked.words
    thanked = submit(neighbour, reading, action="/bekrafta")
    assert "Du har bekräftat" in thanked.words
    heard = go(bba, path(meeting, "/anteckningar/las"))
    assert "Det var torsdag." in heard.words and "Gun Exempelsson" in heard.words
    (form,) = [form["action"] for form in heard.soup.select("main form") if "/bekrafta/" in form["action"]]
    assert "Säger att det stämmer" not in send(bba, heard, path(meeting), action=form).words
    corrected = submit(bba, path(meeting, "/anteckningar/ratta"), {"text": "Rätt dag är torsdag."}, action="/ratta")
    assert (
        "Rätt dag är torsdag." in corrected.words
        and "Rätt dag" in go(neighbour, path(meeting, "/anteckningar/las")).words
    )
    paper = go(neighbour, path(meeting, "/anteckningar/skriv-ut"))
    assert "Familjen får stöd." not in paper.text and SECRET in paper.words
    happened = go(bba, f"/arenden/{meeting.case.key}").words
    assert "Anteckningarna från mötet stängdes" in happened and "Samordningsperson" in happened


def test_whom_the_meeting_has_chosen_can_be_chosen_again_until_it_is_closed(meeting, bba):
    record(bba, meeting)
    appoint(bba, meeting)
    assert appoint_fails(bba, meeting) == "Det finns redan en samordningsperson."
    again = submit(bba, path(meeting, "/samordningsperson"), action="/valj-om")
    assert again.soup.select_one("form#formular") is not None
    with connection():
        assert coordinators.of_case(meeting.case) is None


def appoint_fails(bba, meeting: Meeting) -> str:
    """Send the form of a page that was opened before somebody else was first; give what is said."""
    with connection():
        Coordinator.update(ended_at=clock.now(), ended_why="left").execute()
    old = go(bba, path(meeting, "/samordningsperson"))
    with connection():
        Coordinator.update(ended_at=None, ended_why="").execute()
    nurse = key_of(meeting, "personal")
    chosen = {"child_asked": "yes", "wish": nurse, "participant": nurse}
    shown = send(bba, old, path(meeting), chosen, action="/samordningsperson", status=409)
    return shown.soup.select_one(".ds-alert[data-color=danger] p").get_text()


def test_a_consultation_asks_for_nobody(county, bba):
    with connection():
        case = make_cases.case(units()["own"], answers={"area.omsorg.level": "uppm"}, about="anonymous",
                               state="mapping", received_at=clock.now())  # fmt: skip
        meeting = make_meetings.meeting(case, at=clock.now() - timedelta(minutes=5), kind="consultation")
        make_meetings.participant(meeting, units()["other"], account=account_of("granne"))
    shown = go(bba, path(meeting))
    names = {field["name"] for field in shown.soup.select("main [name]")}
    assert (
        not [name for name in names if name.startswith(("voice", "do.", "followup"))]
        and "Barnet först" not in shown.text
    )
    send(bba, shown, path(meeting), {"area.omsorg.agreed": "Fråga i samlingen."}, action="/anteckningar")
    submit(bba, path(meeting, "/avsluta"), action="/avsluta")
    with connection():
        assert Meeting.get_by_id(meeting.id).state == "closed"


def test_a_followup_is_recorded_too_and_leads_on_to_the_plan(meeting, bba):
    record(bba, meeting)
    appoint(bba, meeting)
    submit(bba, path(meeting, "/avsluta"), action="/avsluta")
    with connection():
        plan = Plan.get(Plan.case == meeting.case)
        now = clock.now() - timedelta(minutes=5)
        Meeting.update(starts_at=now, ends_at=now + timedelta(hours=1)).where(Meeting.id == plan.followup_id).execute()
        again = plan.followup
    shown = go(bba, path(again))
    assert f"/planer/{plan.key}/uppfoljning" in shown.links and not shown.soup.select("[name='followup.day']")
    came = {field["name"]: "yes" for field in shown.soup.select("[name^='attended.']")}
    words = {"voice.says": "Det är bättre.", "area.trygghet.agreed": "Lika.", "area.hemmet.agreed": "Lika."}
    send(bba, shown, path(again), came | words, action="/anteckningar")
    submit(bba, path(again, "/avsluta"), action="/avsluta")
    with connection():
        assert Meeting.get_by_id(again.id).state == "closed" and Plan.get_by_id(plan.id).followup_id == again.id


def test_where_nobody_of_a_service_takes_part_the_page_says_so_instead_of_asking(meeting, bba):
    with connection():
        Participant.update(ended_at=clock.now()).where(Participant.account.is_null(False)).execute()
        before = kept()
    shown = go(bba, path(meeting, "/samordningsperson"))
    assert "Ingen att välja ännu" in shown.words and not shown.soup.select("#formular")
    data = {"csrf_token": shown.soup.select_one("[name=csrf_token]")["value"], "once": "o" * 32, "child_asked": "yes"}
    answer = bba.post(path(meeting, "/samordningsperson"), data=data, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 409 and kept() == before


def test_what_was_typed_is_kept_when_the_last_one_to_choose_is_taken_out_meanwhile(meeting, bba):
    nurse, other = key_of(meeting, "personal"), key_of(meeting, "granne")
    shown = go(bba, path(meeting, "/samordningsperson"))
    with connection():
        Participant.update(ended_at=clock.now()).where(Participant.account.is_null(False)).execute()
        before = kept()
    reason = "Barnet bad om någon annan, men hon är sjukskriven."
    sent = {"child_asked": "yes", "wish": other, "participant": nurse, "reason": reason}
    again = send(bba, shown, path(meeting), sent, action="/samordningsperson", status=409)
    assert "Ingen att välja längre" in again.words and kept() == before
    assert again.soup.select_one("textarea[name=reason]").get_text().strip() == reason
    assert again.soup.select_one("[name=child_asked][checked]")["value"] == "yes"
    with connection():
        Participant.update(ended_at=None).where(Participant.account == account_of("personal")).execute()
    same = {"wish": "other", "participant": nurse, "agreed": "y"}
    assert "Samordningspersonen är utsedd." in send(bba, again, path(meeting), same, action="/samordningsperson").words
