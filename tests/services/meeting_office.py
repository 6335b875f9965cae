"""A meeting whose time is set, with one of each who may be called, and who takes the letters to a postbox."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace

from tbb import clock, worker
from tbb.database import case_keys, transaction
from tbb.models import Participant
from tbb.services import actors
from tbb.services.demo_cast import account_of
from tests import make_cases, make_meetings
from tests.at_work import units

NOON = datetime(2027, 3, 10, 12, 0, tzinfo=UTC)
STARTS = datetime(2027, 3, 28, 11, 0, tzinfo=UTC)
"""One o'clock in the afternoon, on the day of the night when the clocks go forward."""
GUARDIAN = {"name": "Gun Kanariefågel", "email": "gun@exempelsson.example", "phone": "070-174 06 05", "note": ""}
KARIN = {"name": "Karin Testlind", "email": "karin.testlind@flen.example", "phone": "", "note": ""}
NOBODY = {"name": "Nils Exempelsson", "email": "", "phone": "070-174 06 06", "note": ""}
CHILD_WORDS = ("kanariefågel", "alva", "trygghet", "orosanm", "socialtj", "flens")
"""What no letter and no calendar may hold: names, reasons, other services."""


@transaction
def person(participant: Participant, said: dict[str, str]) -> Participant:
    """Let somebody without an account be called something."""
    sealed = case_keys().seal(participant.meeting.seal, json.dumps(said), f"participant.person:{participant.key}")
    Participant.update(person=sealed).where(Participant.id == participant.id).execute()
    return Participant.get_by_id(participant.id)


@transaction
def office(*, at: datetime | None = STARTS, sort: str = "") -> SimpleNamespace:
    """Make the meeting, with everybody asked and the other service covered by a consent."""
    near = units()
    bba = actors.of_account(account_of("bba"), strong=True)
    answers = make_cases.ALVA | {"child.label": "Alva Kanariefågel"}
    case = make_cases.case(near["own"], answers=answers, state="collaborating", received_at=clock.now())
    consent = make_meetings.consent(bba, case, near["other"])
    meeting = make_meetings.meeting(case, at=at, place_words="Rum Näckrosen, Skolgatan 1", created_by=bba.account)
    people = SimpleNamespace(
        bba=make_meetings.participant(meeting, near["own"], account=bba.account),
        karin=person(make_meetings.participant(meeting, near["other"]), KARIN),
        guardian=person(make_meetings.participant(meeting, language="ar"), GUARDIAN),
        nobody=person(make_meetings.participant(meeting, who="guardian_2"), NOBODY),
    )
    return SimpleNamespace(bba=bba, case=case, consent=consent, meeting=meeting, people=people, near=near)


def fresh(thing):
    """A thing as it stands now."""
    return type(thing).get_by_id(thing.id)


def states(made: SimpleNamespace) -> dict[str, str]:
    """How each stands."""
    return {name: fresh(each).state for name, each in vars(made.people).items()}


@contextmanager
def postman(box, tmp_path):
    """Who takes the letters to a postbox."""
    made = worker.Postman(
        SimpleNamespace(
            smtp_url=box.url,
            mail_from="Tillsammans för barnens bästa <no-reply@tbb.example>",
            base_url="https://tbb.example",
            instance=tmp_path,
            production=False,
        )
    )
    try:
        yield made
    finally:
        made.go_home()


def calendar_of(letter) -> tuple[str, bytes]:
    """The method and file of the calendar in a letter that has come; "" and nothing when it has none."""
    for part in letter.walk():
        if part.get_content_type() == "text/calendar":
            return part.get_param("method"), part.get_payload(decode=True)
    return "", b""
