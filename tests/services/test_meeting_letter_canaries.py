"""Letters and calendars of many meetings, with a canary in all that is known of the child and of others: none sings.

TBB_MAILS says how many letters are made; TBB_MAILS=1000 with -s prints the figures of the full count.
"""

from __future__ import annotations

import os
import random
import re
import secrets
import threading
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

from tbb import clock
from tbb.database import connection, transaction
from tbb.models import Meeting, Participant, Unit
from tbb.services import actors, calendar_feeds, consent_taking, meeting_invitations, meeting_sending, sealed_fields
from tbb.services.demo_cast import account_of
from tests import make_cases, make_meetings
from tests.at_work import units
from tests.calendars import readers
from tests.postbox import open_postbox
from tests.services.meeting_office import NOON, calendar_of, fresh, person, postman

MAILS = int(os.environ.get("TBB_MAILS", "30"))
NEVER = threading.Event()
LANGUAGES = ("sv", "en", "fi", "ar", "so")
STARTS = (
    datetime(2027, 3, 28, 1, 0, tzinfo=UTC), datetime(2027, 3, 27, 23, 0, tzinfo=UTC),
    datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 2, 0, tzinfo=UTC),
    datetime(2028, 2, 29, 12, 0, tzinfo=UTC), datetime(2027, 6, 1, 21, 45, tzinfo=UTC),
    datetime(2027, 12, 31, 22, 30, tzinfo=UTC), datetime(2027, 5, 4, 11, 0, tzinfo=UTC),
)  # fmt: skip
"""Nights when clocks change, midnight, leap day, New Year, and a day like others."""
AREAS = ("halsa", "utveckling", "larande", "omsorg", "hemmet", "relationer", "trygghet")


class Aviary:
    """Canaries, each given out once, with what it was planted in."""

    def __init__(self) -> None:
        self.birds: dict[str, str] = {}

    def __call__(self, what: str) -> str:
        bird = f"kanarie{secrets.token_hex(8)}"
        self.birds[bird] = what
        return bird

    def singing(self, words: str) -> list[str]:
        """What can be heard in some words; they are all looked for at once."""
        return [self.birds[bird] for bird in set(re.findall(r"kanarie[0-9a-f]{16}", words.lower())) & set(self.birds)]


@transaction
def meet(bird: Aviary, chance: random.Random) -> tuple[Meeting, dict[str, str]]:
    """Make a meeting that is proposed, with a canary in everything; give it and each reader's own address."""
    near, bba = units(), actors.of_account(account_of("bba"), strong=True)
    Unit.update(name=bird("other unit"), display_name="").where(Unit.id == near["other"].id).execute()
    answers = {name: bird(name) for name in ("child.label", "child.stage", "child.own_reference", "strengths")}
    answers |= {"told.child": "yes", "told.guardians": "yes"}
    for area in AREAS:
        answers |= {f"area.{area}.level": "stod", f"area.{area}.see": bird("seen"), f"area.{area}.child": bird("said")}
    case = make_cases.case(near["own"], answers=answers, state="collaborating", received_at=clock.now())
    sealed_fields.save(case, {"question.1": bird("question"), "voice.child": bird("voice")})
    ends_on = clock.today() + timedelta(days=360)
    consent_taking.record(bba, case=case, units=[near["other"]], voices=make_meetings.ALL_SAY_YES,
                          information=bird("consent"), ends_on=ends_on)  # fmt: skip
    meeting = make_meetings.meeting(case, state="proposed", minutes=chance.choice((30, 60, 90)), created_by=bba.account,
                                    answers_by=date(2027, 3, 20), place_words="Rum Näckrosen")  # fmt: skip
    sealed_fields.save(meeting, {name: bird(name) for name in ("child.how", "child.wish", "needs", "quorum.reason")})
    for _ in range(3):
        make_meetings.slot(meeting, chance.choice(STARTS) + timedelta(minutes=chance.randrange(1000)))
    own = {}
    for who, unit in (("karin", near["other"]), ("guardian_1", None), ("guardian_2", None), ("child", None)):
        told = {"language": chance.choice(LANGUAGES)} | ({"who": who, "role": "child" if who == "child" else "guardian"}
                                                         if unit is None else {})  # fmt: skip
        made = make_meetings.participant(meeting, unit, **told)
        own[who] = f"{bird('address')}@post.example"
        person(made, {"name": bird("name"), "email": own[who], "phone": bird("phone"), "note": bird("note")})
    make_meetings.participant(meeting, near["own"], account=bba.account)
    return meeting, own


def play(meeting: Meeting, chance: random.Random, carry) -> None:
    """Let everything happen with a meeting that letters tell of, with time for each to leave."""
    bba = actors.of_account(account_of("bba"), strong=True)
    people = list(Participant.select().where(Participant.meeting == meeting))
    for participant in people:
        transaction(meeting_invitations.ask)(bba, participant)
    carry()
    for participant in people:
        transaction(meeting_invitations.remind)(participant)
    carry()
    for change in range(2):
        at = chance.choice(STARTS) + timedelta(days=change)
        wall, ends = clock.local(at).strftime("%Y-%m-%dT%H:%M"), at + timedelta(minutes=meeting.minutes)
        Meeting.update(state="set", wall=wall, starts_at=at, ends_at=ends, set_at=clock.now()).where(
            Meeting.id == meeting.id
        ).execute()
        tell = meeting_invitations.changed if change else meeting_invitations.time_set
        transaction(tell)(bba, fresh(meeting))
        waiting = meeting_sending.drafts(bba, fresh(meeting))
        meeting_sending.send(bba, meeting, seen=len(waiting), sequence=fresh(meeting).sequence)
        carry()
    transaction(meeting_invitations.called_off)(bba, fresh(meeting))
    carry()


def heard(letter: EmailMessage) -> str:
    """All that a letter says, to whoever has it: headers as they are, every part, its calendar unfolded."""
    parts = [part.get_content() for part in letter.walk() if not part.is_multipart()]
    headers = [f"{name}: {value}" for name, value in letter.items()]
    return "\n".join([*headers, *parts]).replace("\r\n ", "").replace("\n ", "")


def test_no_canary_sings_in_any_letter_or_calendar(county, at, tmp_path):
    bird, chance, moment = Aviary(), random.Random(7), [NOON]
    letters = files = 0
    ics: list[bytes] = []
    with connection(), open_postbox() as box, postman(box, tmp_path) as carries:

        def carry() -> None:
            moment[0] += timedelta(minutes=11)
            at(moment[0])
            carries.deliver(NEVER)

        while letters < MAILS:
            at(moment[0])
            meeting, own = meet(bird, chance)
            play(meeting, chance, carry)
            for letter, who in zip(box.letters, box.recipients, strict=True):
                assert len(who) == 1 and who == [letter["To"].addresses[0].addr_spec]
                words = heard(letter).replace(who[0], "")
                assert bird.singing(words) == [], letter["Subject"]
                assert (who[0] in own.values()) is not who[0].endswith("@tbb.example")
                method, file = calendar_of(letter)
                ics += [file] if method else []
                letters += 1
            box.taken.clear()
            box.recipients.clear()
        for persona in ("bba", "personal"):
            secret = calendar_feeds.make(actors.of_account(account_of(persona), strong=True))
            ics.append(calendar_feeds.read(secret).file)
    for file, third in zip(ics, readers.by_ical_js(ics), strict=True):
        files += 1
        first, second = readers.by_icalendar(file), readers.by_vobject(file)
        assert first == second and [each["starts"] for each in third["events"]] == [
            each["starts"] for each in first["events"]
        ]
        # Whose calendar it is stands in it, and nobody else.
        assert bird.singing(re.sub("ATTENDEE[^\r\n]*", "", file.decode().replace("\r\n ", ""), count=1)) == []
    assert letters >= MAILS and files > letters / 3
    print(f"{letters} letters, {files} calendar files, {len(bird.birds)} canaries: 0 found")
