"""The pages of those who work here: things of every kind near and far, and the addresses that lead to them.

A route whose address names a thing that `things` does not know fails its tests with a KeyError until a sample is added.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from werkzeug.routing import Rule

from tbb import clock
from tbb.database import keyring, transaction
from tbb.models import (
    Account,
    Alarm,
    Application,
    Article,
    ArticleVersion,
    Assessment,
    AuditSample,
    Banner,
    CaseNote,
    ContactChange,
    Delegation,
    EntryChange,
    Feedback,
    Flag,
    Forgetting,
    Handover,
    Happening,
    Material,
    MeetingParty,
    Newsletter,
    NewsletterSection,
    Organizer,
    Picture,
    Responsibility,
    Room,
    SchoolBreak,
    Unit,
    Upload,
)
from tbb.models.kinds import Duty
from tbb.policy import Actor, Held
from tbb.services import case_export, demo_joining, letters, sealed_fields
from tbb.services.demo_cast import account_of
from tbb.services.wheel_texts import NEWEST
from tests import make, make_cases, make_meetings, make_talks

NOBODYS = "x" * 43
"""A token that was never given out: what lies behind it exists for nobody."""


@dataclass(frozen=True)
class Sample:
    """An address, and where what it shows belongs: own, sister, other, or county."""

    rule: Rule
    address: str
    where: str


def units() -> dict[str, Unit]:
    """A unit that most of the cast belongs to, another of its organizer, and one of another organizer."""
    own = Account.get_by_id(account_of("enhetschef")).grants.get().unit
    sister = Account.get_by_id(account_of("ersattare")).person.responsibilities.get().unit
    other = Unit.get(Unit.organizer == Organizer.get(Organizer.name == "Flens kommun"), Unit.kind == "preschool")
    return {"own": own, "sister": sister, "other": other}


AUTHORS = {"own": "personal", "sister": "ersattare", "other": "granne"}
"""Who of the cast has begun the wheels near and far."""


NOTHING_MASKED = {"asker": "child", "masked": [], "own": [], "senders": [], "digest": ""}


@transaction
def furnish() -> dict[str, dict[str, dict[str, object]]]:
    """Put one thing of every kind near and far; give {kind of thing: {where: parts of its address}}."""
    found: dict[str, dict[str, dict[str, object]]] = {}
    for where, unit in units().items():
        for kind, parts in _of_unit(unit, where).items():
            found.setdefault(kind, {})[where] = parts
    for where, persona in AUTHORS.items():
        who = Account.get_by_id(account_of(persona))
        grant = who.grants.first()
        found.setdefault("account", {})[where] = {
            "key": who.key,
            "number": grant.id if grant else 0,
            "what": "logga-ut",
        }
        found.setdefault("person", {})[where] = {"account": who.id}
    found["county"] = {"county": _of_county()}
    (
        found["article"], found["picture"], found["banner"], found["happening"], found["material"], found["newsletter"],
    ) = _of_content()  # fmt: skip
    return found


def _of_content() -> tuple[dict[str, dict[str, object]], ...]:
    """An article, a picture and a message of each organizer, as the places that their communicators reach."""
    moment = clock.now()
    articles, pictures, banners, happenings, materials, newsletters = {}, {}, {}, {}, {}, {}
    for where, unit in units().items():
        if where == "sister":
            continue  # of the same organizer as the own unit
        owner, author = unit.organizer, account_of(AUTHORS[where])
        article = Article.create(
            key=f"{unit.id:031x}c", slug=f"nyhet-{unit.id}", organizer=owner, title="Nyhet", lead="Kort.",
            author=author, created_at=moment, saved_at=moment,
        )  # fmt: skip
        ArticleVersion.create(article=article, number=1, title="Nyhet", lead="", body="", by=author, at=moment)
        picture = Picture.create(
            key=f"{unit.id:031x}d", organizer=owner, alt="En äng", width=480, height=300, widths="[480]", digest="",
            by=author, at=moment,
        )  # fmt: skip
        message = Banner.create(
            text="Hej", organizer=owner, starts_at=moment, ends_at=moment + timedelta(days=1), by=author
        )
        happening = Happening.create(
            key=f"{unit.id:031x}b", slug=f"traff-{unit.id}", organizer=owner, title="Webbinarium", lead="Kort.",
            wall="2027-02-12T12:00", starts_at=moment + timedelta(days=30), ends_at=moment + timedelta(days=31),
            uid=f"traff-{unit.id}@tbb.example", author=author, created_at=moment, saved_at=moment,
        )  # fmt: skip
        happenings[where] = {"key": happening.key}
        material = Material.create(
            key=f"{unit.id:031x}a", slug=f"material-{unit.id}", short=f"m{unit.id}", kind="work", organizer=owner,
            title="Material", lead="Kort.", author=author, created_at=moment, saved_at=moment,
        )  # fmt: skip
        materials[where] = {"key": material.key}
        articles[where] = {"key": article.key, "number": 1}
        letter = Newsletter.create(
            key=f"{unit.id:031x}e", slug=f"ht2026-brev-{unit.id}", organizer=owner, title="Brev", term="HT2026",
            author=author, created_at=moment, saved_at=moment,
        )  # fmt: skip
        part = NewsletterSection.create(newsletter=letter, position=1, kind="current", title="Aktuellt", body="Hej.")
        pictures[where], banners[where] = {"key": picture.key}, {"number": message.id}
        newsletters[where] = {"key": letter.key, "number": part.id}
    return articles, pictures, banners, happenings, materials, newsletters


def _of_unit(unit: Unit, where: str) -> dict[str, dict[str, object]]:
    part = Responsibility.get(Responsibility.unit == unit, Responsibility.role == "bba")
    contact = ContactChange.create(
        unit=unit,
        before=json.dumps({"phone": unit.phone}),
        after=json.dumps({"phone": "08-465 004 44"}),
        proposed_at=clock.now(),
        due_at=clock.now() + timedelta(hours=24),
    )
    change = EntryChange.create(
        unit=unit, by="Någon", what="facts", before='{"street": "x"}', after='{"street": "y"}', at=clock.now()
    )
    flag = Flag.create(unit=unit, message="Ser inte rätt ut.", raised_at=clock.now())
    key = make_fault(unit)
    following = make.responsible(unit, make.person("Nya Exempelsson"), "deputy")
    Handover.get_or_create(
        leaving=part,
        defaults={"unit": unit, "coming": following, "opened_at": clock.now(), "due_on": clock.today()},
    )
    slug = {"slug": unit.slug}
    return (
        _of_cases(unit, where)
        | _of_talks(unit)
        | {
            "unit": slug,
            "responsibility": slug | {"number": part.id, "responsibility": part.id},
            "contact": slug | {"number": contact.id},
            "change": slug | {"number": change.id},
            "flag": slug | {"number": flag.id},
            "handover": slug | {"side": "left"},
            "fault": {"key": key},
            "log of unit": {"unit": unit.id},
            "log of thing": {"subject": f"unit:{unit.id}"},
        }
    )


def _of_talks(unit: Unit) -> dict[str, dict[str, object]]:
    """Open hours for talks, days that differ, a talk to come and one that has been."""
    host, today = make_talks.host(unit), clock.today()
    hours, off = host.row.hours.get(), make_talks.closed(host, today, today)
    make_talks.row(host, clock.now() + timedelta(days=3))
    been = make_talks.past(host)
    return {
        "talk": {"slug": unit.slug, "key": been.key, "number": hours.id},
        "days without talks": {"slug": unit.slug, "number": off.id},
    }


def _of_cases(unit: Unit, where: str) -> dict[str, dict[str, object]]:
    """Two cases of the unit, a question in one, an export that is ready, what its author still writes, a list."""
    author, moment = account_of(AUTHORS[where]), clock.now()
    case, second = (make_cases.case(unit, author, state="received", received_at=moment) for _ in range(2))
    wheel, draft = case.wheels.get(), make_cases.draft(author, unit, unit)
    question = CaseNote.create(case=case, key=f"{unit.id:032x}", kind="question", wheel=wheel, body=b"", at=moment)
    question.body = sealed_fields.seal(case, "Hur ofta?", f"case_note.body:{question.key}")
    question.save()
    writer = Actor(f"account:{author}", account=author)
    meeting = make_meetings.meeting(case, at=moment + timedelta(days=7))
    proposed = make_meetings.slot(meeting, moment + timedelta(days=8))
    own = MeetingParty.create(meeting=meeting, unit=unit)
    room = Room.create(unit=unit, name="Vassen")
    asked = make_meetings.meeting(case, state="proposed")
    open_slot, silent = make_meetings.slot(asked, moment + timedelta(days=9)), make_meetings.participant(asked)
    lov = SchoolBreak.create(
        municipality=unit.municipality, name="Lov", starts_on=clock.today(), ends_on=clock.today() + timedelta(days=4)
    )
    guardian, plan = make_meetings.participant(meeting), make_meetings.plan(case, meeting)
    bba = Actor(f"account:{author}", author, frozenset({Held(Duty.BBA, unit.id)}), strong=True)
    action = make_meetings.action(plan)
    make_meetings.family_link(plan)
    agreed = make_meetings.consent(bba, second, next(each for each in units().values() if each.id != unit.id))
    held = make_meetings.meeting(case, at=moment - timedelta(hours=1), state="held")
    there = make_meetings.participant(held, attended="yes")
    forum = make_meetings.forum(unit, unit)
    sitting = make_meetings.sitting(forum, moment + timedelta(days=9))
    export = case_export.note(writer, case, "archive", "Till diariet.")
    if where == "own":
        lent = Account.get_by_id(account_of("delegerad")).grants.get()
        Delegation.create(case=case, grant=lent, at=moment)
    extract = case_export.note(writer, case, "extract", "Familjen har frågat.", NOTHING_MASKED)
    written = Assessment.create(
        key=f"{unit.id:031x}a", organizer=unit.organizer, unit=unit, author=author, title="Ny skolgård",
        edition=NEWEST, created_at=moment, saved_at=moment, shared=True,
    )  # fmt: skip
    listed = Forgetting.create(key=f"{unit.id:031x}f", organizer=unit.organizer, items="[]", drawn_at=moment)
    return {
        "case": {"key": case.key, "wheel": wheel.key, "other": second.key, "number": 999_999},
        "consent": {"key": second.key, "language": "sv", "number": agreed.parties.get().id * 24},
        "forum": {"key": forum.key, "date": sitting.key, "number": forum.members.get().id},
        "export": {"key": case.key, "export": export.key, "form": "json"},
        "extract": {"key": case.key, "export": extract.key, "form": "json"},
        "draft": {"key": draft.key},
        "sent wheel": {"key": wheel.key, "question": question.key},
        "assessment": {"key": written.key},
        "list to forget": {"key": listed.key},
        "meeting": {"key": meeting.key, "slot": proposed.id, "participant": guardian.key, "number": own.id},
        "open meeting": {"key": asked.key, "slot": open_slot.id, "participant": silent.key},
        "room": {"slug": unit.slug, "number": room.id},
        "break": {"municipality": unit.municipality.slug, "number": lov.id},
        "held meeting": {"key": held.key, "participant": there.key},
        "plan": {"key": plan.key, "number": 999_999, "action": action.key, "note": make_meetings.told(plan).key},
    }


def make_fault(unit: Unit) -> str:
    """Let somebody have told of a fault in a unit's entry."""
    key = f"{unit.id:032x}"
    Feedback.create(
        key=key,
        subject="report",
        unit=unit,
        topic="person",
        message=keyring().seal("Fel person.", f"feedback.message:{key}"),
        created_at=clock.now(),
        forget_on=clock.today() + timedelta(days=90),
    )
    return key


def _of_county() -> dict[str, object]:
    letters.write("sample", "nagon@tbb.example", "plain", {"subject": "Hej", "body": "Hej"})
    letter = letters.Letter.get(letters.Letter.dedupe == "sample")
    sample = AuditSample.create(
        week="2026-W01", rows="[]", drawn_at=clock.now(), due_on=clock.today() + timedelta(days=7)
    )
    alarm = Alarm.create(
        rule="many_readings", account=account_of("personal"), window="2026-01-01", count=31, raised_at=clock.now()
    )
    demo_joining.play()
    application = Application.get(Application.state == "sent")
    friends = Organizer.get(Organizer.name == "Föräldrakooperativet i Eskilstuna")
    listed = base64.b64encode(b"kommunkod,kommun,juridiskt_namn,orgnr\n0482,Flen,Flens kommun,2120000332\n").decode()
    upload = Upload.create(
        key="b" * 32, account=account_of("processledare"), name="x.csv", content=listed, uploaded_at=clock.now()
    )
    return {
        "letter": letter.id,
        "sample": sample.id,
        "alarm": alarm.id,
        "reference": application.reference,
        "friends": friends.id,
        "upload": upload.key,
    }


# What stands in the addresses of each group of endpoints: the kind of thing that `furnish` made.
KINDS = {
    "talk_hours.remove_exception": "days without talks",
    "keeping.waiting": "contact",
    "keeping.approve": "contact",
    "keeping.stop": "contact",
    "keeping.change": "change",
    "keeping.restore": "change",
    "keeping.shown_flag": "flag",
    "keeping.settle_flag": "flag",
    "keeping.person": "responsibility",
    "keeping.change_person": "responsibility",
    "keeping.protection": "responsibility",
    "keeping.protect": "responsibility",
    "handovers.show": "handover",
    "handovers.confirm": "handover",
    "faults.report": "fault",
    "faults.settle": "fault",
    "faults.look": "fault",
    "cases.status": "sent wheel",
    "cases.add": "sent wheel",
    "cases.answer": "sent wheel",
    "informing.undo": "sent wheel",
    "informing.receipt": "sent wheel",
    "forgetting.held": "case",
    "forums.bringing": "case",
    "forums.bring": "case",
    "forums.take_out": "case",
    "forgetting.hold": "case",
    "forgetting.end_hold": "case",
    "case_exports.ready": "export",
    "case_exports.fetch": "export",
    "case_exports.prepared": "extract",
    "case_exports.decide": "extract",
    "case_exports.fetch_extract": "extract",
    "meetings.new": "case",
    "meetings.make": "case",
    "meeting_times.moving": "meeting",
    "meeting_times.move": "meeting",
    "rooms.edit": "room",
    "rooms.change": "room",
    "people.account": "account",
    "people.give": "account",
    "people.take": "account",
    "people.change": "account",
    "auditing.unit": "log of unit",
    "auditing.subject": "log of thing",
    "auditing.person": "person",
    "meeting_people.ask_to_remind": "open meeting",
}
SUBJECTS = {
    "keeping": "unit",
    "appointing": "responsibility",
    "confirming": "unit",
    "cases": "case",
    "mapping": "case",
    "transitions": "case",
    "consents": "consent",
    "forums": "forum",
    "case_exports": "case",
    "informing": "draft",
    "assessments": "assessment",
    "forgetting": "list to forget",
    "meetings": "meeting",
    "calendars": "meeting",
    "meeting_people": "meeting",
    "meeting_undoing": "meeting",
    "rooms": "room",
    "meeting_times": "open meeting",
    "school_breaks": "break",
    "meeting_letters": "meeting",
    "meeting_records": "held meeting",
    "plans": "plan",
    "plan_steps": "plan",
    "plan_papers": "plan",
    "articles": "article",
    "pictures": "picture",
    "banners": "banner",
    "happening_writing": "happening",
    "guests": "happening",
    "talk_hours": "talk",
    "material_writing": "material",
    "newsletters": "newsletter",
    "newsletter_sending": "newsletter",
}
"""The kind of thing in the addresses of a subject, where `KINDS` does not say it of the endpoint."""

COUNTY_PARTS = {
    "mailing": {"number": "letter"},
    "joining": {"number": "friends"},
    "reviewing": {"reference": "reference"},
    "importing": {"key": "upload"},
    "auditing": {"sample": "sample", "alarm": "alarm"},
}
UNKNOWN = {
    "area": "halsa",
    "document": "child",
    "token": NOBODYS,
    "batch": "0" * 16,
    "provider": "ingen",
    "number": 999_999,
}
"""Parts that name what exists for nobody, or only for the one who asks."""


def samples(app: Flask, made: dict[str, dict[str, dict[str, object]]], method: str) -> list[Sample]:
    """Every address of the pages at work that answers a method, near and far; KeyError when a part is not known."""
    found = []
    with app.test_request_context():
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
            if method in rule.methods and is_at_work(app, rule):
                for where, parts in _parts_of(rule, made).items():
                    values = {name: parts[name] for name in rule.arguments}
                    found.append(Sample(rule, app.url_for(rule.endpoint, **values, _external=False), where))
    return found


def is_at_work(app: Flask, rule: Rule) -> bool:
    """Whether one must be signed in for a route, all the way or half."""
    from tbb.web.access import HIDDEN, OPEN

    return app.view_functions[rule.endpoint].permission not in OPEN | HIDDEN and "<path:filename>" not in rule.rule


def _parts_of(rule: Rule, made: dict[str, dict[str, dict[str, object]]]) -> dict[str, dict[str, object]]:
    """The parts of a rule's address, by where the thing is."""
    if not rule.arguments:
        return {"county": {}}
    subject = rule.endpoint.partition(".")[0]
    kind = KINDS.get(rule.endpoint) or SUBJECTS.get(subject)
    if kind and all(rule.arguments <= parts.keys() for parts in made[kind].values()):
        return made[kind]
    county = made["county"]["county"]
    if subject in COUNTY_PARTS and rule.arguments <= COUNTY_PARTS[subject].keys():
        return {"county": {name: county[COUNTY_PARTS[subject][name]] for name in rule.arguments}}
    return {"nobody": {name: UNKNOWN[name] for name in rule.arguments}}
