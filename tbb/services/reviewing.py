"""Two process leaders review an application: what they see, and what each of them may do with it, once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tbb import clock
from tbb.database import one_at_a_time, rows, transaction
from tbb.models import Account, Application, ApplicationEvent
from tbb.models.kinds import ApplicationState
from tbb.policy import Actor, Permission, Place, Refused, may, require
from tbb.services import agreements, application_checks, applying, audit, letters, tokens
from tbb.services.application_checks import KnownOrganization, UnitCheck

OPEN_TO_DECIDE = (ApplicationState.SENT, ApplicationState.ASKED, ApplicationState.RECOMMENDED)
TABS = {
    "att-granska": (ApplicationState.SENT,),
    "andra-beslut": (ApplicationState.RECOMMENDED,),
    "vantar-svar": (ApplicationState.ASKED,),
    "avslutade": (ApplicationState.APPROVED, ApplicationState.DECLINED, ApplicationState.WITHDRAWN),
}


class Overtaken(Exception):
    """Somebody else, or the applicant, has changed the application since the page was made."""


@dataclass(frozen=True)
class ReviewLine:
    """An application in the list."""

    reference: str
    organization: str
    state: str
    units: int
    sent_on: date
    days: int
    first_by: str


@dataclass(frozen=True)
class Happening:
    """Something that has happened to an application, and by whom; nobody named means the applicant."""

    what: str
    note: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Review:
    """Everything that a reviewer needs to decide."""

    application: Application
    data: dict[str, Any]
    known: KnownOrganization | None
    units: list[UnitCheck]
    proposed: list[tuple[list[str], dict[str, str]]]
    mail: str
    domains: list[str]
    numbers: list[tuple[str, str]]
    earlier: list[Application]
    likes: list[Application]
    hindrances: list[str]
    events: list[Happening]
    first_by: str
    agreement: agreements.Agreement | None
    may_review: bool
    may_approve: bool

    @property
    def organization(self) -> str:
        """What the organisation calls itself."""
        return self.data["organisation"]["name"]


def listing(actor: Actor, tab: str) -> list[ReviewLine]:
    """List the sent applications of a tab, the oldest first; the settled ones newest first."""
    require(actor, Permission.READ_APPLICATIONS)
    states = TABS.get(tab, TABS["att-granska"])
    order = Application.settled_at.desc() if tab == "avslutade" else Application.sent_at
    found = Application.select().where(Application.state << [each.value for each in states]).order_by(order)
    names = _names_of({each.first_by_id for each in found})
    return [_line(each, names) for each in found]


def counts(actor: Actor) -> dict[str, int]:
    """Count the applications of each tab."""
    require(actor, Permission.READ_APPLICATIONS)
    found = dict(rows("SELECT state, COUNT(*) FROM application GROUP BY state"))
    return {tab: sum(found.get(state.value, 0) for state in states) for tab, states in TABS.items()}


def review(actor: Actor, reference: str) -> Review | None:
    """Gather one application and what the register says of it; None when there is none that has been sent."""
    require(actor, Permission.READ_APPLICATIONS)
    found = _sent(reference)
    if found is None:
        return None
    data = json.loads(found.data)
    known, units = application_checks.organization(found.orgnr), application_checks.check_units(data)
    mail, domains = application_checks.mail_check(found.email, known, units)
    earlier, likes = application_checks.alike(found, data)
    place, own = place_of(found), is_ones_own(actor, found)
    return Review(
        application=found,
        data=data,
        known=known,
        units=units,
        proposed=application_checks.proposed(data),
        mail=mail,
        domains=domains,
        numbers=application_checks.numbers_to_call(known, units),
        earlier=earlier,
        likes=likes,
        hindrances=application_checks.hindrances(found, data),
        events=_events(found),
        first_by=_names_of({found.first_by_id}).get(found.first_by_id, ""),
        agreement=agreements.agreement(found.agreement) if found.agreement else None,
        may_review=not own and may(actor, Permission.REVIEW_APPLICATION, place),
        may_approve=not own and may(actor, Permission.APPROVE_APPLICATION, place),
    )


def place_of(found: Application) -> Place:
    """Say, for the policy, whose application it is and who reviewed it first."""
    known = application_checks.organization(found.orgnr)
    return Place(organizer=known.id if known else None, begun_by=found.first_by_id)


def is_ones_own(actor: Actor, found: Application) -> bool:
    """Whether the one who would review is the one who applies, or is proposed in the application."""
    mine = rows("SELECT email FROM account WHERE id = ?", (actor.account,))
    proposed = {each.get("email", "").lower() for each in json.loads(found.data).get("responsible", {}).values()}
    return bool(mine) and mine[0][0] in {found.email, *proposed}


def locked(actor: Actor, reference: str, permission: Permission) -> Application | None:
    """Find an application that has been sent, for the actor alone within this transaction; Refused to its own."""
    found = _sent(reference)
    if found is None:
        return None
    one_at_a_time(f"application:{found.key}")
    found = Application.get_by_id(found.id)
    require(actor, permission, place_of(found))
    if is_ones_own(actor, found):
        raise Refused(f"{actor.name} may not review their own application.")
    return found


def turn(found: Application, version: int, states: tuple[ApplicationState, ...], **columns: Any) -> None:
    """Change the state of an application exactly once; Overtaken when it is not what the page showed."""
    changed = (
        Application.update(version=version + 1, **columns)
        .where(
            Application.id == found.id,
            Application.version == version,
            Application.state << [each.value for each in states],
        )
        .execute()
    )
    if changed != 1:
        raise Overtaken


@transaction
def ask(actor: Actor, reference: str, version: int, question: str) -> bool:
    """Ask the applicant for more, by a letter with a link; False when there is no such application."""
    found = locked(actor, reference, Permission.REVIEW_APPLICATION)
    if found is None:
        return False
    states = (ApplicationState.SENT, ApplicationState.RECOMMENDED)
    turn(found, version, states, state=ApplicationState.ASKED, first_by=None, first_at=None, called_back="")
    note_event(actor, found, "asked", question)
    secret = tokens.issue(applying.PURPOSE, found.key, lasts=applying.LINK_LASTS)
    facts = {"reference": found.reference, "path": f"/anslut/{secret}", "days": applying.LINK_LASTS.days}
    letters.write(f"application:{found.id}:asked:{version}", found.email, "application_question", facts)
    audit.record(actor, "application:ask", "application", found.id, place=_where(found), fields=("state",))
    return True


@transaction
def recommend(actor: Actor, reference: str, version: int, called_back: str) -> bool:
    """Recommend an application after having called the organisation; another person then decides.

    `called_back` says who was called, on which number, where the number is from, and when; ValueError without it.
    """
    if not called_back.strip():
        raise ValueError("Nobody has been called.")
    found = locked(actor, reference, Permission.REVIEW_APPLICATION)
    if found is None:
        return False
    turn(
        found,
        version,
        (ApplicationState.SENT,),
        state=ApplicationState.RECOMMENDED,
        first_by=actor.account,
        first_at=clock.now(),
        called_back=called_back[:300],
    )
    note_event(actor, found, "recommended", called_back)
    found = Application.get_by_id(found.id)
    organization = json.loads(found.data)["organisation"]["name"]
    applying.tell_reviewers(found, organization, "second", but=actor.account)
    fields = ("state", "called_back")
    audit.record(actor, "application:recommend", "application", found.id, place=_where(found), fields=fields)
    return True


@transaction
def decline(actor: Actor, reference: str, version: int, reason: str) -> bool:
    """Decline an application and tell the applicant why; False when there is no such application."""
    found = locked(actor, reference, Permission.REVIEW_APPLICATION)
    if found is None:
        return False
    turn(
        found,
        version,
        OPEN_TO_DECIDE,
        state=ApplicationState.DECLINED,
        settled_by=actor.account,
        settled_at=clock.now(),
        forget_on=clock.today() + applying.KEPT_SENT,
    )
    note_event(actor, found, "declined", reason)
    facts = {"reference": found.reference, "approved": False, "reason": reason, "kept": [], "path": "/anslut"}
    letters.write(f"application:{found.id}:decided", found.email, "application_decided", facts)
    audit.record(actor, "application:decline", "application", found.id, place=_where(found), fields=("state",))
    return True


def note_event(actor: Actor, found: Application, what: str, note: str = "") -> None:
    """Write down what has happened to an application, and by whom."""
    ApplicationEvent.create(application=found, account=actor.account, what=what, note=note, at=clock.now())


def _sent(reference: str) -> Application | None:
    return Application.get_or_none(
        Application.reference == reference, Application.state != ApplicationState.DRAFT.value
    )


def _where(found: Application) -> Place:
    return Place(organizer=place_of(found).organizer)


def _line(found: Application, names: dict[int, str]) -> ReviewLine:
    data = json.loads(found.data)
    return ReviewLine(
        reference=found.reference,
        organization=data["organisation"]["name"],
        state=found.state,
        units=len(data["units"]),
        sent_on=clock.local(found.sent_at).date(),
        days=(clock.today() - clock.local(found.sent_at).date()).days,
        first_by=names.get(found.first_by_id, ""),
    )


def _events(found: Application) -> list[Happening]:
    happened = list(found.events.order_by(ApplicationEvent.id))
    names = _names_of({each.account_id for each in happened})
    return [Happening(each.what, each.note, each.at, names.get(each.account_id, "")) for each in happened]


def _names_of(numbers: set[int | None]) -> dict[int, str]:
    wanted = sorted(number for number in numbers if number is not None)
    return {each.id: each.name for each in Account.select(Account.id, Account.name).where(Account.id << wanted)}
