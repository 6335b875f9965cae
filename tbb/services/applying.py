"""An independent organisation applies to join: a link by mail, answers saved as they come, and the sending."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tbb import clock
from tbb.database import one_at_a_time, rows, transaction
from tbb.models import Account, Application, ApplicationEvent, Grant, Letter
from tbb.models.kinds import ApplicationState, Duty
from tbb.policy import Actor
from tbb.services import agreements, application_checks, audit, letters, limits, tokens

PURPOSE = "application"
LINK_LASTS = timedelta(days=30)
KEPT_UNCONFIRMED, KEPT_DRAFT, KEPT_SENT = timedelta(days=2), timedelta(days=30), timedelta(days=365)
HOUR = 3600
SAVES_AN_HOUR = 300
MOST_UNITS = 40
EDITABLE = (ApplicationState.DRAFT, ApplicationState.ASKED)


class Stale(Exception):
    """Somebody else has saved the same part since the form was given out; `stored` is what they wrote."""

    def __init__(self, stored: dict[str, Any]):
        super().__init__("The part has been saved by somebody else.")
        self.stored = stored


class Closed(Exception):
    """The application has been sent or settled and cannot be changed now."""


class Incomplete(Exception):
    """Something is left to answer before the application can be sent."""


class NotAdded(Exception):
    """A unit cannot be added; the message is a Swedish sentence."""


@dataclass(frozen=True)
class Draft:
    """An application as its applicant sees it."""

    application: Application
    data: dict[str, Any]
    progress: dict[str, str]

    @property
    def editable(self) -> bool:
        """Whether its answers may be changed now."""
        return self.application.state in EDITABLE

    @property
    def complete(self) -> bool:
        """Whether every part is answered."""
        return all(state == "done" for state in self.progress.values())

    def part(self, name: str) -> dict[str, Any]:
        """What has been answered in a part; ``ansvarig:KEY`` is the BBA proposed for a unit."""
        return _part(self.data, name)

    def seen(self, name: str) -> str:
        """Name what a part says now, so that a form can tell what it was filled in from."""
        return _seen(self.part(name))

    def unit(self, key: str) -> dict[str, Any] | None:
        """A unit of the application by its key."""
        return next((each for each in self.data.get("units", []) if each["key"] == key), None)

    @property
    def sent_on(self) -> date | None:
        """The day it was sent, in Sweden."""
        moment = self.application.sent_at
        return clock.local(moment).date() if moment else None

    @property
    def question(self) -> str:
        """What the reviewers have asked, while they wait for the answer."""
        if self.application.state != ApplicationState.ASKED:
            return ""
        asked = self.application.events.where(ApplicationEvent.what == "asked").order_by(ApplicationEvent.id.desc())
        found = asked.first()
        return found.note if found else ""


def find(secret: str) -> Draft | None:
    """Find the application of a link; None when the link is unknown or too old, or the application is forgotten."""
    token = tokens.look(PURPOSE, secret)
    found = Application.get_or_none(Application.key == token.subject) if token else None
    return _draft(found) if found else None


@transaction
def confirm(actor: Actor, secret: str) -> Draft | None:
    """Note that whoever has the link reads the mail of that address; the draft is then kept for 30 days."""
    found = _locked(secret)
    if found is not None and found.email_confirmed_at is None:
        found.email_confirmed_at, found.forget_on = clock.now(), clock.today() + KEPT_DRAFT
        found.save(only=[Application.email_confirmed_at, Application.forget_on])
        audit.record(actor, "application:confirm", "application", found.id, fields=("email_confirmed_at",))
    return _draft(found) if found else None


# The answers


@transaction
def save(actor: Actor, secret: str, part: str, answers: dict[str, Any], seen: str) -> Draft | None:
    """Keep the answers of a part; None when the link is no good.

    `seen` is what Draft.seen said when the form was given out. Raises Stale when the part says something else now,
    and Closed when the application is out of the applicant's hands.
    """
    found = _editable(secret)
    if found is None:
        return None
    data = json.loads(found.data)
    if _seen(_part(data, part)) != seen and _part(data, part) != answers:
        raise Stale(_part(data, part))
    head, _, key = part.partition(":")
    if head == "ansvarig":
        data.setdefault("responsible", {})[key] = answers
    else:
        data[head] = answers
    return _keep(actor, found, data, fields=(head,))


@transaction
def accept(actor: Actor, secret: str, version: int) -> Draft | None:
    """Accept the agreement as it stands now; another version than the current one is Stale."""
    found = _editable(secret)
    if found is None:
        return None
    if version != agreements.CURRENT:
        raise Stale({})
    found.agreement, found.accepted_at = version, clock.now()
    found.save(only=[Application.agreement, Application.accepted_at])
    return _keep(actor, found, json.loads(found.data), fields=("agreement",))


@transaction
def add_unit(actor: Actor, secret: str, listed: dict[str, Any]) -> Draft | None:
    """Add a unit by its code, or one without; NotAdded when it is there already or there are too many."""
    found = _editable(secret)
    if found is None:
        return None
    data = json.loads(found.data)
    units = data.setdefault("units", [])
    if len(units) >= MOST_UNITS:
        raise NotAdded(f"En ansökan kan gälla högst {MOST_UNITS} verksamheter. Hör av dig till oss om ni har fler.")
    same = [each for each in units if _names(each) == _names(listed)]
    if same:
        raise NotAdded(f"{same[0]['name']} finns redan i ansökan.")
    units.append(listed | {"key": secrets.token_hex(4)})
    return _keep(actor, found, data, fields=("units",))


@transaction
def remove_unit(actor: Actor, secret: str, key: str) -> Draft | None:
    """Take a unit, and who was proposed for it, out of the application."""
    found = _editable(secret)
    if found is None:
        return None
    data = json.loads(found.data)
    data["units"] = [each for each in data.get("units", []) if each["key"] != key]
    data.get("responsible", {}).pop(key, None)
    return _keep(actor, found, data, fields=("units",))


@transaction
def same_for_all(actor: Actor, secret: str, key: str) -> Draft | None:
    """Propose the BBA of one unit for every other unit that has none yet."""
    found = _editable(secret)
    if found is None:
        return None
    data = json.loads(found.data)
    responsible = data.setdefault("responsible", {})
    if application_checks.bba_is_whole(responsible.get(key, {})):
        for each in data.get("units", []):
            responsible.setdefault(each["key"], dict(responsible[key]))
    return _keep(actor, found, data, fields=("responsible",))


@transaction
def send(actor: Actor, secret: str, *, tell_address: str) -> Draft | None:
    """Send the application to the reviewers, with a receipt to the applicant; once, however often it is asked.

    `tell_address` is told where there is no process leader with an account. Raises Incomplete and Closed.
    """
    found = _locked(secret)
    if found is None or found.email_confirmed_at is None:
        return None
    if found.state in application_checks.UNDER_REVIEW and found.state not in EDITABLE:
        return _draft(found)
    if found.state not in EDITABLE:
        raise Closed
    draft = _draft(found)
    if not draft.complete:
        raise Incomplete
    _hand_over(actor, found, draft.data, tell_address)
    return find(secret)


def _hand_over(actor: Actor, found: Application, data: dict[str, Any], tell_address: str) -> None:
    moment, organization = clock.now(), data["organisation"]
    changed = (
        Application.update(
            state=ApplicationState.SENT,
            version=found.version + 1,
            orgnr=organization["orgnr"],
            sent_at=moment,
            saved_at=moment,
            first_by=None,
            first_at=None,
            called_back="",
            forget_on=clock.today() + KEPT_SENT,
        )
        .where(
            Application.id == found.id,
            Application.version == found.version,
            Application.state << [each.value for each in EDITABLE],
        )
        .execute()
    )
    if changed != 1:
        raise Closed
    ApplicationEvent.create(application=found, what="sent", at=moment)
    facts = {"reference": found.reference, "organization": organization["name"]}
    letters.write(f"application:{found.id}:sent:{found.version}", found.email, "application_received", facts)
    tell_reviewers(found, organization["name"], "first", but=None, otherwise=tell_address)
    audit.record(actor, "application:send", "application", found.id, fields=("state",))


@transaction
def withdraw(actor: Actor, secret: str) -> bool:
    """Take the application back: a draft is erased, a sent one is closed; False when there is nothing to take."""
    found = _locked(secret)
    if found is None:
        return False
    audit.record(actor, "application:withdraw", "application", found.id, fields=("state",))
    if found.state == ApplicationState.DRAFT:
        tokens.revoke(PURPOSE, found.key)
        found.delete_instance(recursive=True)
        return True
    if found.state not in application_checks.UNDER_REVIEW:
        raise Closed
    Application.update(state=ApplicationState.WITHDRAWN, version=found.version + 1, settled_at=clock.now()).where(
        Application.id == found.id
    ).execute()
    ApplicationEvent.create(application=found, what="withdrawn", at=clock.now())
    return True


def tell_reviewers(found: Application, organization: str, stage: str, *, but: int | None, otherwise: str = "") -> None:
    """Write to every process leader that an application waits, but not to the one who has just acted."""
    today = clock.today()
    held = Grant.select(Grant.account).where(
        Grant.duty == Duty.PROCESS_LEADER,
        Grant.ended_at.is_null(),
        Grant.starts_on <= today,
        Grant.ends_on.is_null() | (Grant.ends_on >= today),
    )
    there = Account.select().where(Account.id << held, Account.state == "active")
    to = [(each.id, each.email) for each in there if each.id != but] or ([(0, otherwise)] if otherwise else [])
    facts = {"reference": found.reference, "organization": organization, "stage": stage}
    facts["path"] = f"/arbetsyta/ansokningar/{found.reference}"
    for number, email in to:
        letters.write(f"application:{found.id}:{stage}:{found.version}:{number}", email, "application_waiting", facts)


@transaction
def forget_old() -> int:
    """Remove applications whose time is out, and the letters to addresses that nobody confirmed; tell how many."""
    gone = rows("SELECT id FROM application WHERE forget_on <= ?", (clock.today(),))
    for (number,) in gone:
        Application.get_by_id(number).delete_instance(recursive=True)
    Letter.delete().where(
        Letter.template == "application_start",
        Letter.created_at < clock.now() - KEPT_UNCONFIRMED,
        Letter.state.not_in([letters.State.CLAIMED, letters.State.SENDING]),
        Letter.recipient.not_in(Application.select(Application.email)),
    ).execute()
    return len(gone)


def _draft(found: Application) -> Draft:
    data = json.loads(found.data)
    return Draft(found, data, application_checks.progress(found, data))


def _locked(secret: str) -> Application | None:
    """Find the application of a link and let nobody else change it within this transaction."""
    token = tokens.look(PURPOSE, secret)
    if token is None:
        return None
    one_at_a_time(f"application:{token.subject}")
    return Application.get_or_none(Application.key == token.subject)


def _editable(secret: str) -> Application | None:
    found = _locked(secret)
    if found is None or found.email_confirmed_at is None:
        return None
    limits.spend("application-save", found.key, most=SAVES_AN_HOUR, seconds=HOUR)
    if found.state not in EDITABLE:
        raise Closed
    return found


def _keep(actor: Actor, found: Application, data: dict[str, Any], *, fields: tuple[str, ...]) -> Draft:
    found.data, found.saved_at, found.version = json.dumps(data, ensure_ascii=False), clock.now(), found.version + 1
    if found.state == ApplicationState.DRAFT:
        found.forget_on = clock.today() + KEPT_DRAFT
    found.orgnr = data.get("organisation", {}).get("orgnr", "")
    found.save(
        only=[Application.data, Application.saved_at, Application.version, Application.forget_on, Application.orgnr]
    )
    audit.record(actor, "application:save", "application", found.id, fields=fields)
    return _draft(found)


def _part(data: dict[str, Any], name: str) -> dict[str, Any]:
    head, _, key = name.partition(":")
    return data.get("responsible", {}).get(key, {}) if head == "ansvarig" else data.get(head, {})


def _seen(answers: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(answers, sort_keys=True).encode()).hexdigest()[:16]


def _names(listed: dict[str, Any]) -> tuple[str, str]:
    """What makes a unit this one: its code, or its name where it has none."""
    return (listed["scheme"], listed["code"]) if listed.get("code") else ("", listed["name"].casefold())
