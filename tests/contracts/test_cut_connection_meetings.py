"""The forms of a meeting and its plan, sent again because the line was cut before the answer: one row for each intent.

Also by personal links, where nobody has signed in and no key of a sitting tells one sending from the next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from itsdangerous import TimestampSigner

from tbb import clock
from tbb.database import connection, on_postgresql, transaction
from tbb.models import (
    AuditRow,
    Coordinator,
    Letter,
    Meeting,
    MeetingField,
    MeetingSlot,
    Participant,
    Plan,
    PlanAction,
    PlanNote,
    SlotAnswer,
    TalkBooking,
)
from tbb.services import meeting_links, meeting_mail, meeting_record, plan_notes, sittings, talk_hosts, tokens
from tbb.services.demo_cast import account_of
from tbb.web.link_steps import COOKIE
from tbb.web.sitting import COOKIES
from tests import engines, make_cases, make_meetings, make_talks
from tests.at_work import units
from tests.contracts.test_cut_connection import counted, cutting_proxy
from tests.page import Page
from tests.people import filled_in
from tests.services.plan_cast import held_meeting, planned, wall, who
from tests.serving import Browser, Gone, Served

SECRET = "a secret of servers, long enough to be one"


@dataclass(frozen=True)
class Intent:
    """What somebody wants: on which page, by the form that goes where; what is counted, and how much more there is."""

    by: str
    page: str
    action: str
    written: dict[str, str]
    count: Callable[[], int]
    more: int = 1
    answers: tuple[int, ...] = field(default=(303,))


def number_of(model: Any, *where: Any) -> Callable[[], int]:
    """Count rows of a kind."""
    return lambda: model.select().where(*where).count() if where else model.select().count()


def deeds(action: str) -> Callable[[], int]:
    """Count how often something was done."""
    return number_of(AuditRow, AuditRow.action == action)


@transaction
def link(participant: Participant) -> str:
    """A personal link that is good for a while yet."""
    Participant.update(link_ends_at=clock.now() + timedelta(days=9)).where(Participant.id == participant.id).execute()
    return tokens.issue(meeting_mail.LINK, participant.key, lasts=meeting_mail.LINK_LASTS)


def stepped(participant: Participant) -> str:
    """The cookie of a browser in which the code has been given."""
    signer = TimestampSigner(SECRET, salt="tbb step of a link")
    return f"{COOKIE}={signer.sign(meeting_links.step_mark(Participant.get_by_id(participant.id)).encode()).decode()}"


def world() -> SimpleNamespace:
    """Meetings in each of their states with a guardian who has a link, a plan, and a host of first talks."""
    near, bba = units(), who("bba")

    def meeting(**more) -> tuple[Meeting, Participant]:
        case = make_cases.case(near["own"], state="collaborating", received_at=clock.now())
        made = make_meetings.meeting(case, **more)
        make_meetings.participant(made, near["own"], account=account_of("personal"), attended="yes")
        return made, make_meetings.participant(made, attended="yes")

    soon, lately = clock.now() + timedelta(days=3), clock.now() - timedelta(minutes=20)
    asked, set_, going, over = (
        meeting(state="proposed"), meeting(at=soon), meeting(at=lately), meeting(at=lately, kind="followup"),
    )  # fmt: skip
    slot = make_meetings.slot(asked[0], soon)
    Participant.update(state="invited").where(Participant.id == set_[1].id).execute()
    said = {"voice.says": "Hej", "area.trygghet.agreed": "Ja", "area.hemmet.agreed": "Ja"}
    meeting_record.save(bba, over[0], said)
    meeting_record.close(bba, over[0])
    plan = planned(held_meeting())
    host = make_talks.host(near["own"])
    mine = {"asked": asked, "set": set_, "over": over}
    return SimpleNamespace(
        asked=asked, set=set_, going=going, over=over, slot=slot, plan=plan, host=host,
        nurse=Participant.get(Participant.meeting == going[0], Participant.account.is_null(False)),
        tid=next(iter(talk_hosts.free_slots(host))).id, family=plan_notes.new_link(bba, plan),
        other=near["other"].id, links={name: link(person) for name, (_, person) in mine.items()},
    )  # fmt: skip


def intents(made: SimpleNamespace) -> dict[str, Intent]:
    """All that is tried."""
    asked, coming, over = (f"/sv/svar/{made.links[name]}" for name in ("asked", "set", "over"))
    record, plan = f"/moten/{made.going[0].key}", f"/planer/{made.plan.key}"
    talk = f"/sv/enhet/{made.host.unit.slug}/boka/uppgifter"
    later = (clock.local(clock.now()) + timedelta(days=6)).strftime("%Y-%m-%d")
    remarks = number_of(MeetingField, MeetingField.name.startswith("say."))
    appointed = {"child_asked": "yes", "wish": made.nurse.key, "participant": made.nurse.key, "agreed": "y"}
    action = {"what": "Ringer", "who": "Vi", "responsible": "", "week": wall(7)[:10]}
    return {
        "answer times": Intent("asked", asked, asked, {f"tid-{made.slot.id}": "yes"}, number_of(SlotAnswer)),
        "another time": Intent(
            "asked", f"{asked}/annan-tid", "/annan-tid", {"day": later, "hour": "15:00"}, number_of(MeetingSlot),
            answers=(303, 422),
        ),
        "come": Intent("set", coming, "/kommer", {"coming": "accepted"},
                       number_of(Participant, Participant.state == "accepted")),
        "confirm minutes": Intent("over", f"{over}/anteckningar", "/bekrafta", {}, deeds("meeting:confirm")),
        "object to minutes": Intent("over", f"{over}/anteckningar", "/anmarkning", {"remark": "Torsdag."}, remarks),
        "confirm signed in": Intent("personal", f"/moten/{made.over[0].key}/anteckningar/las", "/bekrafta", {},
                                    deeds("meeting:confirm")),
        "remark signed in": Intent("personal", f"/moten/{made.over[0].key}/anteckningar/las", "/anmarkning",
                                   {"remark": "Fredag."}, remarks),
        "appoint": Intent("bba", f"{record}/samordningsperson", "/samordningsperson", appointed,
                          number_of(Coordinator)),
        "record": Intent("bba", f"{record}/anteckningar", "/anteckningar", {"voice.says": "Hej du"},
                         number_of(MeetingField, MeetingField.name == "voice.says")),
        "tell of the plan": Intent("", f"/sv/plan/{made.family}", made.family, {"words": "Ingen ringer."},
                                   number_of(PlanNote)),
        "add an action": Intent("ersattare", f"{plan}/atgarder/ny", "/ny", action, number_of(PlanAction)),
        "book the followup": Intent("ersattare", f"{plan}/uppfoljning/boka", "/boka", {"day": later, "at": "13:00"},
                                    number_of(Meeting)),
        "deviation": Intent("bba", f"{plan}/avvikelse", "/avvikelse",
                            {"unit": str(made.other), "text": "Kom inte."}, number_of(PlanNote)),
        "hand on": Intent("bba", f"{plan}/samordningsperson", "/samordningsperson",
                          {"asked": "yes", "as_wished": "yes", "to": f"konto-{account_of('granne')}"},
                          number_of(Letter, Letter.template == "plan_yours")),
        "end the plan": Intent("granne", f"{plan}/avsluta", "/avsluta", {"reason": "Målet är nått."},
                               number_of(Plan, Plan.state == "ended")),
        "book a talk": Intent("", f"{talk}?tid={made.tid}", "/uppgifter",
                              {"way": "phone", "name": "Kim Exempelsson", "phone": "070-174 06 31"},
                              number_of(TalkBooking)),
    }  # fmt: skip


@pytest.fixture
def served(county_url, key_file, tmp_path):
    """A server on the demo county with what the forms are about, and everybody's cookies."""
    if on_postgresql():
        pytest.skip("the engine's own promise; everything above it is the same")
    engines.configure(county_url)
    with connection():
        made = world()
        people = ("bba", "personal", "ersattare", "granne")
        cookies = {
            persona: f"{COOKIES[1]}={sittings.begin(account_of(persona), method='test', strong=True)}"
            for persona in people
        }
        cookies |= {name: stepped(getattr(made, name)[1]) for name in made.links} | {"": ""}
    engines.close()
    server = Served(county_url, key_file, tmp_path)
    with server.running():
        yield server, made, cookies


def the_form(browser: Browser, wanted: Intent) -> tuple[str, dict]:
    """Where a page's form goes, and what it holds, untouched."""
    page = Page(browser.ask("GET", wanted.page)[1])
    forms = page.soup.select("main form[method=post]")
    (form,) = [form for form in forms if form.get("action", "").partition("?")[0].endswith(wanted.action)]
    return form["action"], filled_in(form)


def test_what_somebody_wants_once_is_done_once_though_the_line_is_cut(served, county_url):
    server, made, cookies = served
    with connection_of(county_url):
        wanted = intents(made)
    wrong = []
    with cutting_proxy(server.port) as proxy:
        for what, intent in wanted.items():
            browser, behind_proxy = (Browser(port, cookies[intent.by]) for port in (server.port, proxy))
            address, form = the_form(browser, intent)
            form |= intent.written
            before = counted(county_url, intent.count)
            with pytest.raises(Gone):
                behind_proxy.ask("POST", address, form)
            done = counted(county_url, intent.count)
            answers = [browser.ask("POST", address, form)[0] for _ in range(2)]
            after = counted(county_url, intent.count)
            if (done, after) != (before + intent.more,) * 2 or not set(answers) <= set(intent.answers):
                wrong.append(f"{what}: {before} before, {done} after the cut, {after} after all; {answers}")
    assert not wrong, "\n".join(wrong)


def connection_of(address: str):
    """A connection to the server's database."""
    engines.configure(address)
    return connection()
